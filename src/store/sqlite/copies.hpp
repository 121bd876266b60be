// The copies of SQLite that this process calls: our own, and those of hosts that lend a connection.
//
//   const copy_ptr& ours = linked_copy();     ours->api.step(statement);
//
// A function of SQL is told nothing by which it could find the copy that calls it, so ours are
// compiled once for each of a few places; a copy has one for as long as somebody holds it.
// Thread rule: any thread.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/store/sqlite_functions.hpp"

#include <memory>

namespace guanxi::store::sqlite {

/// Copies that can be in use at a time; processes with more than two have not been met.
inline constexpr int most_copies = 4;

struct copy {
  sqlite_functions api;
  int place = 0;
};
using copy_ptr = std::shared_ptr<const copy>;

/// The one that the library is linked with.
const copy_ptr& linked_copy();
/// The same functions give the same copy. Errors: errc::invalid_argument (a null among them),
/// errc::unsupported (a SQLite older than 3.37), errc::limit (all places are taken).
result<copy_ptr> copy_of(const sqlite_functions& given);
/// The functions at a place that is held.
const sqlite_functions& functions_at(int place) noexcept;

}  // namespace guanxi::store::sqlite
