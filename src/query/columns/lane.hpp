// What an expression gives for many rows: small numbers for values, or plain integers.
//
//   number_lane regions(frame, formula, expected_rows);
//   regions.read(frame, rows, numbers);        regions.known().at(numbers[0]);   // value("North")
//   integer_lane amounts(frame, formula, expected_rows);
//   amounts.read(frame, rows, coefficients, present);
//
// Thread rule: one thread.
#pragma once

#include "by_code.hpp"
#include "frame.hpp"
#include "lookup_cache.hpp"
#include "numbers.hpp"

#include <memory>

namespace guanxi::query::columns {

/// Equal values have one number, null has 0.
class number_lane {
 public:
  number_lane(frame& in, formula f, std::size_t expected_rows);

  void read(frame& in, const selection& rows, std::uint32_t* into);
  /// into[i] = into[i] * times + number: one place more of a number with many digits.
  void append(frame& in, const selection& rows, std::uint32_t times, std::uint32_t* into);
  /// For a row that is seen through its image.
  std::uint32_t read(frame& in, const root_row& at);
  const value_numbers& known() const noexcept { return *known_; }
  /// Whether every number that unchanged rows can have is known.
  bool complete() const noexcept;
  /// Whether numbers are in the order of their values.
  bool ranked() const noexcept { return shared_ && known_ != &own_; }
  /// The place of each number in the order of the values.
  std::vector<std::uint32_t> ranks() const;
  struct code_numbers {
    std::uint16_t slot;
    std::span<const std::uint32_t> numbers;  ///< by code
  };
  /// The column and the numbers by its codes, where none is missing and none is an error.
  std::optional<code_numbers> by_codes() const noexcept;
  /// The number that all these rows have, if that is quick to tell.
  std::optional<std::uint32_t> only(frame& in, const selection& rows);

 private:
  enum class kind : std::uint8_t { constant, table, hashed, each };
  static constexpr std::uint32_t unknown = 0xffff'ffff, failed = 0xffff'fffe;
  using table = by_code<std::uint32_t, unknown>;
  struct made {  ///< what is kept for the next run
    table numbers;
    value_numbers known;
    bool fails = false;
  };

  kind how_ = kind::each;
  std::uint16_t slot_ = 0;
  std::uint32_t constant_ = 0;
  formula f_;
  std::shared_ptr<const made> shared_;  ///< complete, perhaps from an earlier run
  table numbers_;
  value_numbers own_;
  const value_numbers* known_ = &own_;
  pair_numbers codes_;                  ///< hashed: codes that were met
  std::vector<std::uint32_t> by_met_;   ///< hashed: their numbers
  bool fails_ = false;                  ///< some entry is an error

  std::vector<std::uint32_t> room_;

  std::uint32_t number_of(const std::optional<value>& v);
  std::shared_ptr<const made> make(frame& in, std::size_t expected_rows);

 public:
  number_lane(number_lane&&) = delete;
};

namespace detail_lane {

struct integer_entry {
  std::int64_t content = 0;
  std::uint8_t state = 0xff;  ///< 0 null, 1 there, 2 error, 0xff not known
  friend constexpr bool operator==(const integer_entry&, const integer_entry&) = default;
};

}  // namespace detail_lane

/// Numbers, dates and instants as integers; decimals at the scale of the expression.
class integer_lane {
 public:
  integer_lane(frame& in, formula f, std::size_t expected_rows);

  /// present[i] is 0 for null.
  void read(frame& in, const selection& rows, std::int64_t* values, std::uint8_t* present);
  /// Nothing: null.
  std::optional<std::int64_t> read(frame& in, const root_row& at);
  value as_value(std::int64_t x) const;
  /// The column that it just reads, if it does no more.
  std::optional<std::uint16_t> column() const noexcept {
    return how_ == kind::column ? std::optional(slot_) : std::nullopt;
  }

 private:
  enum class kind : std::uint8_t { column, table, each };
  using entry = detail_lane::integer_entry;

  kind how_ = kind::each;
  std::uint16_t slot_ = 0;
  expr::type type_;
  formula f_;
  by_code<entry, entry{}> entries_;

  entry entry_of(const std::optional<value>& v) const;
};

}  // namespace guanxi::query::columns
