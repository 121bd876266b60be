#pragma once

#include "guanxi/base/decimal.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace guanxi {

namespace detail_decimal {

__extension__ using wide_magnitude = unsigned __int128;

inline constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
inline constexpr int max_power = 38;  // 10^38 is the largest power below 2^127

GUANXI_INLINE wide wide_power(int n) noexcept {
  wide power = 1;
  for (int i = 0; i < n; ++i) power *= 10;
  return power;
}

GUANXI_INLINE wide_magnitude magnitude(wide x) noexcept {
  return x < 0 ? wide_magnitude{0} - static_cast<wide_magnitude>(x)
               : static_cast<wide_magnitude>(x);
}

/// A magnitude that has come this far cannot be brought back by further digits.
GUANXI_INLINE bool beyond_64_bits(wide_magnitude m) noexcept {
  return m > static_cast<wide_magnitude>(most);
}

GUANXI_INLINE std::optional<std::int64_t> narrowed(wide_magnitude m, bool negative) noexcept {
  const auto bound = static_cast<wide_magnitude>(most) + (negative ? 1 : 0);
  if (m > bound) return std::nullopt;
  const auto bits = static_cast<std::uint64_t>(m);
  return static_cast<std::int64_t>(negative ? std::uint64_t{0} - bits : bits);
}

GUANXI_INLINE std::optional<std::int64_t> narrowed(wide x) noexcept {
  return narrowed(magnitude(x), x < 0);
}

/// m / 10^power, rounded half up; m is a magnitude, so this is half away from zero.
GUANXI_INLINE wide_magnitude shortened(wide_magnitude m, int power) noexcept {
  if (power <= 0) return m;
  if (power > max_power) return 0;  // a magnitude is below 2^128, less than half of 10^39
  const auto unit = static_cast<wide_magnitude>(wide_power(power));
  return m / unit + (m % unit >= unit / 2 ? 1 : 0);
}

GUANXI_INLINE unexpected does_not_fit(std::string_view what, decimal a, decimal b) {
  return unexpected(errc::overflow, "the " + std::string(what) + " of " +
                                        in_backticks(a.to_string()) + " and " +
                                        in_backticks(b.to_string()) +
                                        " does not fit in a 64-bit decimal; use smaller numbers or"
                                        " fewer digits after the point");
}

GUANXI_INLINE result<decimal> sum_of(decimal a, decimal b, bool minus) {
  const int scale = std::max<int>(a.scale, b.scale);
  const wide left = wide{a.coefficient} * wide_power(std::min(scale - a.scale, max_scale));
  const wide right = wide{b.coefficient} * wide_power(std::min(scale - b.scale, max_scale));
  const auto total = narrowed(minus ? left - right : left + right);
  if (!total) return does_not_fit(minus ? "difference" : "sum", a, b);
  return decimal{*total, static_cast<std::uint8_t>(scale)};
}

GUANXI_INLINE unexpected bad_scale(int scale) {
  return unexpected(errc::invalid_argument, "a decimal cannot have " + std::to_string(scale) +
                                                " digits after the point; use 0 to 18");
}

}  // namespace detail_decimal

GUANXI_INLINE result<decimal> decimal::parse(std::string_view text) {
  const auto unreadable = [&](const char* why) {
    return unexpected(errc::parse, in_backticks(text) + " is not a decimal number; " + why);
  };
  std::size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) at = 1;
  const auto digit = [&](std::size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  if (!digit(at)) return unreadable("write it like 1234.50");

  detail_decimal::wide_magnitude m = 0;
  bool fits = true;
  std::size_t point = std::string_view::npos;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && point == std::string_view::npos && digit(at + 1)) {
      point = at;
      continue;
    }
    if (!digit(at)) return unreadable("write it like 1234.50, without grouping or exponent");
    m = m * 10 + static_cast<unsigned>(text[at] - '0');
    if (!detail_decimal::narrowed(m, negative)) {
      fits = false;
      m = 0;  // the rest is read only to tell a wrong form from a number that is too large
    }
  }
  const std::size_t scale = point == std::string_view::npos ? 0 : text.size() - point - 1;
  if (scale > static_cast<std::size_t>(max_scale)) {
    return unexpected(errc::overflow, in_backticks(text) +
                                          " has more than 18 digits after the point; round it"
                                          " first");
  }
  if (!fits) {
    return unexpected(errc::overflow, in_backticks(text) +
                                          " does not fit in a 64-bit decimal; use a smaller number"
                                          " or fewer digits after the point");
  }
  return decimal{*detail_decimal::narrowed(m, negative), static_cast<std::uint8_t>(scale)};
}

GUANXI_INLINE std::string decimal::to_string() const {
  std::string digits = std::to_string(coefficient);
  if (scale == 0) return digits;
  const std::size_t sign = coefficient < 0 ? 1 : 0;
  const std::size_t least = sign + scale + 1u;  // one digit always stands before the point
  if (digits.size() < least) digits.insert(sign, least - digits.size(), '0');
  digits.insert(digits.size() - scale, 1, '.');
  return digits;
}

GUANXI_INLINE std::int64_t power_of_ten(int n) noexcept {
  static constexpr std::array<std::int64_t, 19> powers = {
      1,
      10,
      100,
      1'000,
      10'000,
      100'000,
      1'000'000,
      10'000'000,
      100'000'000,
      1'000'000'000,
      10'000'000'000,
      100'000'000'000,
      1'000'000'000'000,
      10'000'000'000'000,
      100'000'000'000'000,
      1'000'000'000'000'000,
      10'000'000'000'000'000,
      100'000'000'000'000'000,
      1'000'000'000'000'000'000};
  return powers[static_cast<std::size_t>(std::clamp(n, 0, max_scale))];
}

GUANXI_INLINE std::optional<std::int64_t> rescaled(wide coefficient, int from, int to) noexcept {
  const bool negative = coefficient < 0;
  detail_decimal::wide_magnitude m = detail_decimal::magnitude(coefficient);
  if (from >= to) {
    return detail_decimal::narrowed(detail_decimal::shortened(m, from - to), negative);
  }
  if (m == 0) return 0;
  for (int i = from; i < to; ++i) {
    if (detail_decimal::beyond_64_bits(m)) return std::nullopt;
    m *= 10;
  }
  return detail_decimal::narrowed(m, negative);
}

GUANXI_INLINE result<decimal> rescale(decimal x, int scale) {
  if (scale < 0 || scale > max_scale) return detail_decimal::bad_scale(scale);
  const auto coefficient = rescaled(x.coefficient, x.scale, scale);
  if (coefficient) return decimal{*coefficient, static_cast<std::uint8_t>(scale)};
  return unexpected(errc::overflow, in_backticks(x.to_string()) +
                                        " does not fit in a 64-bit decimal with " +
                                        std::to_string(scale) +
                                        " digits after the point; use a smaller number or fewer"
                                        " digits");
}

GUANXI_INLINE bool exact_at(decimal x, int scale) noexcept {
  if (x.coefficient == 0 || scale >= x.scale) return true;
  const int dropped = x.scale - scale;
  return dropped <= max_scale && x.coefficient % power_of_ten(dropped) == 0;
}

GUANXI_INLINE result<decimal> add(decimal a, decimal b) {
  return detail_decimal::sum_of(a, b, false);
}

GUANXI_INLINE result<decimal> subtract(decimal a, decimal b) {
  return detail_decimal::sum_of(a, b, true);
}

GUANXI_INLINE result<decimal> multiply(decimal a, decimal b) {
  const int exact = a.scale + b.scale;
  const int scale = std::min(exact, max_scale);
  const auto product = rescaled(wide{a.coefficient} * wide{b.coefficient}, exact, scale);
  if (!product) return detail_decimal::does_not_fit("product", a, b);
  return decimal{*product, static_cast<std::uint8_t>(scale)};
}

GUANXI_INLINE result<decimal> divide(decimal a, decimal b, int scale) {
  if (scale < 0 || scale > max_scale) return detail_decimal::bad_scale(scale);
  if (b.coefficient == 0) {
    return unexpected(errc::invalid_argument,
                      in_backticks(a.to_string()) + " cannot be divided by zero");
  }
  const auto quotient = divided(a.coefficient, a.scale, b.coefficient, b.scale, scale);
  if (!quotient) return detail_decimal::does_not_fit("quotient", a, b);
  return decimal{*quotient, static_cast<std::uint8_t>(scale)};
}

GUANXI_INLINE std::optional<std::int64_t> divided(wide a, int scale_a, wide b, int scale_b,
                                                  int to) noexcept {
  if (b == 0) return std::nullopt;
  const bool negative = (a < 0) != (b < 0);
  const detail_decimal::wide_magnitude divisor = detail_decimal::magnitude(b);
  const detail_decimal::wide_magnitude dividend = detail_decimal::magnitude(a);
  detail_decimal::wide_magnitude quotient = dividend / divisor;
  detail_decimal::wide_magnitude rest = dividend % divisor;
  const int shift = to + scale_b - scale_a;
  // Of a shortened quotient only the whole part decides the rounding, since half a unit is whole.
  if (shift < 0) {
    return detail_decimal::narrowed(detail_decimal::shortened(quotient, -shift), negative);
  }
  for (int i = 0; i < shift; ++i) {
    if (rest == 0 && quotient == 0) return 0;
    if (detail_decimal::beyond_64_bits(quotient)) return std::nullopt;
    // Ten times the rest may exceed 128 bits; adding it up modulo the divisor cannot.
    detail_decimal::wide_magnitude next = 0;
    unsigned digit = 0;
    for (int k = 0; k < 10; ++k) {
      next += rest;
      if (next >= divisor) {
        next -= divisor;
        ++digit;
      }
    }
    quotient = quotient * 10 + digit;
    rest = next;
  }
  if (rest >= divisor - rest) ++quotient;
  return detail_decimal::narrowed(quotient, negative);
}

GUANXI_INLINE std::strong_ordering compare(decimal a, decimal b) noexcept {
  if (a.scale == b.scale) return a.coefficient <=> b.coefficient;
  if (a.scale > b.scale) return 0 <=> compare(b, a);
  const int raise = b.scale - a.scale;
  if (raise <= max_scale) {
    const wide left = wide{a.coefficient} * power_of_ten(raise);
    const wide right = b.coefficient;
    return left < right   ? std::strong_ordering::less
           : left > right ? std::strong_ordering::greater
                          : std::strong_ordering::equal;
  }
  if (a.coefficient == 0) return 0 <=> b.coefficient;
  return a.coefficient <=> 0;  // only for a scale that no decimal of ours has
}

}  // namespace guanxi
