// Exact decimals: an int64 coefficient and a scale. No binary fraction anywhere.
//
//   decimal price = decimal::parse("1096.50").value();    // coefficient 109650, scale 2
//   decimal third = divide({1, 0}, {3, 0}, 6).value();    // 0.333333
//
// Rounding is half away from zero (四舍五入), the rule of invoices and spreadsheets. A result that
// does not fit in int64 is errc::overflow, never a wrapped or inexact number.
// Thread rule: values.
#pragma once

#include "guanxi/base/result.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guanxi {

/// 128-bit integers carry sums and products, so that only a final result can overflow.
__extension__ using wide = __int128;

inline constexpr int max_scale = 18;

struct decimal {
  std::int64_t coefficient = 0;
  std::uint8_t scale = 0;  ///< digits after the point, 0 to 18

  /// Reads "-1234.50"; the scale is the number of digits written. No exponent, no grouping.
  static result<decimal> parse(std::string_view text);
  std::string to_string() const;
};

/// 10 to the power n, 0 <= n <= 18.
std::int64_t power_of_ten(int n) noexcept;

/// Coefficient at another scale, rounded half away from zero; nothing if it does not fit.
std::optional<std::int64_t> rescaled(wide coefficient, int from, int to) noexcept;
/// The same for decimals, as a result.
result<decimal> rescale(decimal x, int scale);
/// Whether x can be written with `scale` digits without rounding.
bool exact_at(decimal x, int scale) noexcept;

result<decimal> add(decimal a, decimal b);       ///< scale: the larger of the two
result<decimal> subtract(decimal a, decimal b);  ///< scale: the larger of the two
result<decimal> multiply(decimal a, decimal b);  ///< scale: the sum, at most 18 (then rounded)
/// Quotient at `scale`, rounded once. b must not be zero (errc::invalid_argument).
result<decimal> divide(decimal a, decimal b, int scale);
/// Quotient of wide coefficients at `to`, rounded once; nothing if it does not fit.
std::optional<std::int64_t> divided(wide a, int scale_a, wide b, int scale_b, int to) noexcept;

/// By value, whatever the scales: 1.0 equals 1.00.
std::strong_ordering compare(decimal a, decimal b) noexcept;
inline bool operator==(decimal a, decimal b) noexcept { return compare(a, b) == 0; }
inline std::strong_ordering operator<=>(decimal a, decimal b) noexcept { return compare(a, b); }

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/decimal-inl.hpp"
#endif
