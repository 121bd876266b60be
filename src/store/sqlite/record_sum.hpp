// The checksum of a record: what it stores, in 64 bits, so that a changed bit is found.
//
//   record_sum sums(entity, fields);   stored = sums.of(r);   sums.change(0, was, is) ^ stored
//
// It is the XOR of a share of each field that is not null: XXH3 of what SQLite stores, seeded by
// the names of entity and field. So the order of fields does not matter, a field that is added
// changes nothing, and an update needs only the shares of the fields that it changes. A record that
// was damaged before an update is still found after it.
// Thread rule: a value.
#pragma once

#include "guanxi/schema/record.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3_stmt;

namespace guanxi::store::sqlite {

class connection;

/// Name of the column, which is no field.
inline constexpr std::string_view sum_column = "gx_sum";

/// What one column of a row holds; a text lies in the row.
struct stored_cell {
  enum class kind : std::uint8_t { null, integer, text, other };
  kind holds = kind::null;
  std::int64_t number = 0;
  std::string_view text = {};
  static stored_cell of(std::int64_t n) { return {kind::integer, n, {}}; }
  static stored_cell of(std::string_view t) { return {kind::text, 0, t}; }
};
stored_cell cell_at(const connection& c, sqlite3_stmt* row, int column);

class record_sum {
 public:
  record_sum() = default;
  /// Fields in the order of columns.
  explicit record_sum(const std::vector<const schema::field*>& fields);

  std::int64_t of(const schema::record& r) const;
  /// What an update of one field changes: to be combined with the old sum by XOR.
  std::int64_t change(std::size_t column, const value& was, const value& is) const;
  /// Of a row whose first columns are the fields; false: a column holds what no field can.
  bool read(const connection& c, sqlite3_stmt* row, std::int64_t& sum) const;
  bool add(std::size_t column, const stored_cell& cell, std::int64_t& sum) const;

 private:
  std::uint64_t share(std::size_t column, const value& v) const;

  std::vector<const schema::field*> fields_;
  std::vector<std::uint64_t> seeds_;
};

/// "\"gx_sum\" = …", which combines it with the parameter by XOR, an operator that SQL lacks. The
/// bits of both lie within those of either, so the difference cannot overflow.
std::string changed_sum(std::string_view parameter);

}  // namespace guanxi::store::sqlite
