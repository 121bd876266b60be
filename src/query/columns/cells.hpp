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
  /// One more than the greatest code in use (2^64 - 1 at most): the size of a table over codes.
  std::uint64_t code_limit() const noexcept { return limit_; }
  /// Integers: what code 1 stands for.
  std::int64_t base() const noexcept { return base_; }
  /// Integers: greater codes are greater values, in every column but one that has held both ends of
  /// int64 at once, whose codes go round.
  bool rising() const noexcept { return form_ == form::integers && !round_; }

  value at(row_number row) const { return decoded(code(row)); }
  bool is_null(row_number row) const noexcept { return code(row) == 0; }
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
  /// Whether a cell holds just this value of the column's type, or null.
  bool holds(row_number row, const value& v) const noexcept;

  /// Writes a value of the column's type, or null; rows between the last and this become null.
  void set(row_number row, const value& v);
  /// All of a write that can fail, with no cell changed: makes room for a value in a row, and gives
  /// the code to put() there before any other write.
  std::uint64_t place(row_number row, const value& v);
  void put(row_number row, std::uint64_t code) noexcept;
  /// Writes what the cell held before, for a transaction that is undone. It needs no memory: what
  /// was overwritten since keep() has its room until then.
  void restore(row_number row, const value& v) noexcept;
  /// What was overwritten until now will not be asked back.
  void keep() noexcept;
  /// Drops rows from here on (a transaction that is undone).
  void truncate(row_number rows) noexcept;
  void reserve(std::size_t rows);
  /// Bytes held.
  std::size_t byte_size() const noexcept;

 private:
  friend class cells_file;  ///< writes and reads snapshots: type_ to texts_, then complete()

  /// After the members down to texts_ were filled from outside: makes the others. False: they
  /// contradict each other.
  bool complete();
  std::uint64_t place_text(row_number row, std::string_view text);
  bool fits(std::int64_t x, std::uint64_t code) const noexcept;
  std::uint64_t place_integer(std::int64_t x);
  std::uint64_t make_room(std::int64_t x);
  std::uint64_t go_round(std::int64_t x);
  std::uint64_t free_code() const;
  std::uint64_t place_word(std::string_view text, std::uint64_t found);
  std::uint64_t append_text(std::string_view text, std::size_t spare);
  std::uint64_t find_word(std::string_view text) const noexcept;
  void become_arena();
  void squeeze(std::size_t more);
  void rewrite(std::int64_t base, int width);
  void widen_for(std::uint64_t greatest);
  void grow_rows(std::size_t rows);
  void grow_words();
  std::size_t text_room(std::uint64_t code) const noexcept;

  expr::type type_;
  form form_;
  bool round_ = false;
  int width_ = 0;
  std::size_t rows_ = 0;
  std::uint64_t limit_ = 1;
  std::int64_t base_ = 0;
  std::vector<std::uint8_t> codes_;  ///< those beyond rows_ are 0
  std::vector<std::uint64_t> ends_;  ///< dictionary: where the text of code n ends, at n; 0 at 0
  std::vector<char> texts_;          ///< dictionary: its texts; arena: length (LEB128), text, …

  std::uint64_t most_ = 0;            ///< integers: the greatest code of the width, if rising
  std::vector<std::uint32_t> words_;  ///< dictionary: codes by hash, open addressing, 0: free
  std::uint64_t waste_ = 0;           ///< arena: bytes that no cell refers to
  std::uint64_t owed_ = 0;            ///< arena: bytes that restore() may need
  std::uint64_t most_owed_ = 0;       ///< arena: all its bytes at the greatest, since keep()
};

inline std::uint64_t cells::code(row_number row) const noexcept {
  if (row >= rows_) return 0;
  switch (width_) {
    case 1: return codes<std::uint8_t>()[row];
    case 2: return codes<std::uint16_t>()[row];
    case 4: return codes<std::uint32_t>()[row];
    case 8: return codes<std::uint64_t>()[row];
    default: return 0;
  }
}

inline std::string_view cells::text(std::uint64_t code) const noexcept {
  if (form_ == form::dictionary)
    return {texts_.data() + ends_[code - 1], ends_[code] - ends_[code - 1]};
  const char* at = texts_.data() + (code - 1);
  std::size_t size = static_cast<std::uint8_t>(*at) & 0x7f;
  for (int shift = 7; static_cast<std::uint8_t>(*at++) & 0x80; shift += 7)
    size |= static_cast<std::size_t>(static_cast<std::uint8_t>(*at) & 0x7f) << shift;
  return {at, size};
}

inline value cells::decoded(std::uint64_t code) const {
  if (code == 0) return {};
  switch (type_.base) {
    case value_type::null: return {};
    case value_type::boolean: return integer(code) != 0;
    case value_type::integer: return integer(code);
    case value_type::decimal: return decimal{integer(code), type_.scale};
    case value_type::text: return text(code);
    case value_type::date: return date{static_cast<std::int32_t>(integer(code))};
    case value_type::instant: return instant{integer(code)};
    case value_type::reference: return id{integer(code)};
  }
  return {};
}

/// The integer that a value other than null or text is kept as.
inline std::int64_t whole(const value& v) {
  switch (v.type()) {
    case value_type::boolean: return v.as_boolean() ? 1 : 0;
    case value_type::integer: return v.as_integer();
    case value_type::decimal: return v.as_decimal().coefficient;
    case value_type::date: return v.as_date().days;
    case value_type::instant: return v.as_instant().microseconds;
    case value_type::reference: return v.as_id().value;
    case value_type::null:
    case value_type::text: break;
  }
  return 0;
}

}  // namespace guanxi::query
