// Values of any type for columns, drawn so that widths, bases and dictionaries change under way,
// and the order that they must have, written without the library's own.
#pragma once

#include "guanxi/base/value.hpp"
#include "guanxi/expr/tree.hpp"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace column_tests {

using guanxi::value;
using guanxi::value_type;

inline const std::vector<guanxi::expr::type>& column_types() {
  static const std::vector<guanxi::expr::type> all{
      {.base = value_type::boolean}, {.base = value_type::integer},
      {.base = value_type::decimal, .scale = 2}, {.base = value_type::decimal, .scale = 0},
      {.base = value_type::text}, {.base = value_type::date}, {.base = value_type::instant},
      {.base = value_type::reference}};
  return all;
}

class random_values {
 public:
  random_values(guanxi::expr::type of, std::uint64_t seed) : type_(of), random_(seed) {}

  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  /// A value of the column, a null one time in eight.
  value next() {
    if (below(8) == 0) return {};
    switch (type_.base) {
      case value_type::boolean: return below(2) == 0;
      case value_type::integer: return integer();
      case value_type::decimal: return guanxi::decimal{integer(), type_.scale};
      case value_type::date: return guanxi::date{static_cast<std::int32_t>(integer())};
      case value_type::instant: return guanxi::instant{integer()};
      case value_type::reference: return guanxi::id{integer()};
      default: return text();
    }
  }
  /// Later values are spread wider.
  void spread() { ++spread_; }

 private:
  std::int64_t integer() {
    using limits = std::numeric_limits<std::int64_t>;
    if (spread_ >= 5 && below(4) == 0) {
      const std::int64_t ends[] = {limits::min(), limits::max(), limits::min() + 1,
                                   limits::max() - 1, 0, -1};
      return ends[below(std::size(ends))];
    }
    const int bits[] = {3, 8, 16, 31, 47, 62};
    const std::int64_t x =
        static_cast<std::int64_t>(random_() >> (64 - bits[std::min(spread_, 5)]));
    return below(3) == 0 ? -x : x;
  }
  std::string text() {
    static const char* pieces[] = {"", "a", "b", "关系", "é", "\xf0\x9f\x98\x80", "z", "Müller",
                                   "\x01", "上海", "same beginning of eight and more"};
    std::string out;
    // At first few texts, later many, sometimes long ones.
    const std::uint64_t parts = below(1 + static_cast<std::uint64_t>(std::min(spread_, 3)));
    for (std::uint64_t i = 0; i <= parts; ++i) out += pieces[below(std::size(pieces))];
    if (spread_ > 3 && below(2) == 0) out += std::to_string(below(1'000'000));
    if (spread_ > 3 && below(50) == 0) out += std::string(below(20'000), 'x');
    return out;
  }

  guanxi::expr::type type_;
  std::mt19937_64 random_;
  int spread_ = 0;
};

/// Null first, then by content; texts byte by byte.
inline bool less(const value& a, const value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && !b.is_null();
  switch (a.type()) {
    case value_type::boolean: return !a.as_boolean() && b.as_boolean();
    case value_type::integer: return a.as_integer() < b.as_integer();
    case value_type::decimal: return a.as_decimal().coefficient < b.as_decimal().coefficient;
    case value_type::date: return a.as_date().days < b.as_date().days;
    case value_type::instant: return a.as_instant().microseconds < b.as_instant().microseconds;
    case value_type::reference: return a.as_id().value < b.as_id().value;
    default: {
      const std::string_view x = a.as_text(), y = b.as_text();
      for (std::size_t i = 0; i < x.size() && i < y.size(); ++i)
        if (x[i] != y[i])
          return static_cast<unsigned char>(x[i]) < static_cast<unsigned char>(y[i]);
      return x.size() < y.size();
    }
  }
}

}  // namespace column_tests
