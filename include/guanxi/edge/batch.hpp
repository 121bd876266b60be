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
#include "guanxi/edge/arrow.hpp"
#include "guanxi/session/session.hpp"

#include <functional>
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
  /// Told of the ids of a table before they are kept; if it throws, nothing is written.
  std::function<void(std::span<const id>)> on_keys = {};
};

/// Creates and changes records, all of them or, after an error, none: in a transaction of its own,
/// or in the open one, of which it undoes no more than its own. The ids of the rows, in order.
/// Errors: errc::interrupted, those of create and change, with the number of the row, from 1, as
/// their line.
result<std::vector<id>> put_many(session& into, std::span<const put_row> rows,
                                 const put_options& options = {});

/// The same from a table, a row a record: columns are named as the fields are. A column `id` names
/// the record to change, null or absent a new one; a column `revision` guards the changes. A null
/// clears the field of a record that is changed, and leaves that of a new one to its default.
/// Choices are given by their codes, references by ids, amounts as decimals or integers; a
/// dictionary's words are taken as text. The stream is used up and released, whatever happens.
/// Errors: as put_many, errc::unknown_name for a column, errc::type_mismatch for one that no field
/// takes, errc::duplicate for one that comes twice.
result<std::vector<id>> put_table(session& into, std::string_view entity, ArrowArrayStream& rows,
                                  const put_options& options = {});

/// Deletes records as one deletion: all of them or, after an error, none; as put_many.
result<void> remove_many(session& from, std::string_view entity, std::span<const id> keys,
                         const put_options& options = {});

/// A record for each id, in their order; nothing for one that is missing or out of reach. Errors:
/// errc::unknown_name for the entity, those of the store.
result<std::vector<std::optional<record>>> get_many(const session& from, std::string_view entity,
                                                    std::span<const id> keys);

}  // namespace guanxi::edge
