// Rows that a host's store gives, held against what their entity says they are.
//
//   fill(row, record, {.store = "ledger", .function = "get"}).value();
//
// Thread rule: functions of their arguments.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/schema/record.hpp"

#include <span>
#include <string>
#include <string_view>

namespace guanxi::store::host_row {

/// Who answered what, for errors.
struct asked {
  std::string_view store;
  std::string_view function;
};

/// errc::store_corrupt: "the store `ledger` answered `get` of `account` with …".
unexpected refused(const asked& of_whom, const schema::entity& of, id key, const std::string& with);

/// The id in slot 0; 0 if there is none.
id key_of(std::span<const value> row) noexcept;

/// The revision that a put which replaces this row expects.
std::int64_t revision_of(std::span<const value> row) noexcept;

/// Puts a row into a record, once every value is found to be what its field holds; decimals are
/// brought to the scale of their field.
result<void> fill(std::span<const value> row, schema::record& into, const asked& of_whom);

}  // namespace guanxi::store::host_row
