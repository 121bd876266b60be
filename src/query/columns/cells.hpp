// The cells of one field, by row number: how a body lives in columns.
//
//   cells amounts(expr::type{.base = value_type::decimal, .scale = 2}, false);
//   amounts.set(0, value(decimal{109650, 2}));          // grows to hold row 0
//   amounts.at(0).as_decimal();
//   switch (amounts.width()) { case 2: loop over amounts.codes<std::uint16_t>() … }
//
// Every cell is an unsigned code of 1, 2, 4 or 8 bytes, the narrowest that holds the column; code 0
// is null. Integers of all kinds (boolean, integer, decimal coefficient, date, instant, reference)
// are codes from a base: value = base + code - 1. Text is a code into a dictionary when the field
// repeats itself (choices, currencies, cities), else 1 + its offset in one arena.
// A column of nulls takes no room. Widening and a moved base rewrite the column, so codes are good
// only while nothing is written.
// Thread rule: a value; reads may run at once, a write alone.
#pragma once

#include "guanxi/base/value.hpp"
#include "guanxi/expr/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace guanxi::query {

using row_number = std::uint32_t;
inline constexpr row_number no_row = 0xffff'ffff;

class cells {
 public:
  enum class form : std::uint8_t { integers, dictionary, arena };

  /// `repeats`: text whose values are few; it becomes an arena if they turn out to be many.
  cells(expr::type of, bool repeats);

  const expr::type& type() const noexcept { return type_; }
  form kept_as() const noexcept { return form_; }
  /// Rows that have a code; cells beyond are null.
  std::size_t rows() const noexcept { return rows_; }
  /// Bytes per code: 0 while every cell is null, else 1, 2, 4 or 8.
  int width() const noexcept { return width_; }
  template <class Code>
  const Code* codes() const noexcept { return reinterpret_cast<const Code*>(codes_.data()); }
  /// The code of any row, whatever the width.
  std::uint64_t code(row_number row) const noexcept;
  /// One more than the greatest code in use: the size of a table over codes.
  std::uint64_t code_limit() const noexcept { return limit_; }
  /// Integers: what code 1 stands for.
  std::int64_t base() const noexcept { return base_; }

  value at(row_number row) const;
  bool is_null(row_number row) const noexcept;
  /// The value that a code stands for; null for 0.
  value decoded(std::uint64_t code) const;
  /// Text of a code other than 0; good until the next write.
  std::string_view text(std::uint64_t code) const noexcept;
  /// The integer of a code other than 0.
  std::int64_t integer(std::uint64_t code) const noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(base_) + code - 1);
  }
  /// The code that a value has in this column now, or nothing if no cell can hold it; never for an
  /// arena.
  std::optional<std::uint64_t> find(const value& v) const;

  /// Writes a value of the column's type, or null; rows between the last and this become null.
  void set(row_number row, const value& v);
  /// Drops rows from here on (a transaction that is undone).
  void truncate(row_number rows);
  void reserve(std::size_t rows);
  /// Bytes held.
  std::size_t byte_size() const noexcept;

 private:
  friend class cells_file;  ///< writes and reads snapshots
  expr::type type_;
  form form_;
  int width_ = 0;
  std::size_t rows_ = 0;
  std::uint64_t limit_ = 1;
  std::int64_t base_ = 0;
  std::vector<std::uint8_t> codes_;
};

}  // namespace guanxi::query
