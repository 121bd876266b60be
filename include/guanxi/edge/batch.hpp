// Many records in one call: written together or not at all, and read one for each id.
//
//   std::vector<put_row> rows = {{.what = &first}, {.key = acme, .what = &second}};
//   std::vector<id> keys = put_many(s, rows).value();     // one made, one changed
//   std::vector<std::optional<record>> found = get_many(s, "account", keys).value();
//
// Every row passes the pipeline as a single create or change does; a batch is not a way around a
// rule. Thread rule: as for the session.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/session/session.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::edge {

struct put_row {
  id key = {};                          ///< the record to change; empty: a new one
  const schema::draft* what = nullptr;  ///< the same draft may stand in many rows
};

struct put_options {
  std::string cause = {};     ///< why, for the change log
  progress on_progress = {};  ///< told of rows; returning false cancels, and nothing is written
};

/// Creates and changes records in one transaction: all of them or, after an error, none. The ids of
/// the rows, in their order. Errors: errc::misuse inside a transaction, errc::interrupted, those
/// of create and change, with the number of the row, from 1, as their line.
result<std::vector<id>> put_many(session& into, std::span<const put_row> rows,
                                 const put_options& options = {});

/// A record for each id, in their order; nothing for one that is missing or out of reach. Errors:
/// errc::unknown_name for the entity, those of the store.
result<std::vector<std::optional<record>>> get_many(const session& from, std::string_view entity,
                                                    std::span<const id> keys);

}  // namespace guanxi::edge
