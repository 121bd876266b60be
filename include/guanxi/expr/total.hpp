// The last step of sum, avg, median and percentile, for the accumulator and for whoever sums by
// other means.
//
//   total(function::avg, argument_type, 6, sum, count).value();
//   percentile(function::median, {5, 1}, argument_type, 3, coefficients).value();
//
// Thread rule: a function of its arguments.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/expr/tree.hpp"

#include <algorithm>
#include <vector>

namespace guanxi::expr {

/// What the function gives of `count` numbers whose coefficients, at the scale of the argument, add
/// up to `sum`; `scale` is that of the result. Null for none. errc::overflow: it does not fit.
inline result<value> total(function fn, const type& argument, int scale, wide sum,
                           std::int64_t count) {
  if (count == 0) return value();
  const bool decimals = argument.base == value_type::decimal;
  const bool is_sum = fn == function::sum || fn == function::running_sum;
  const int from = decimals ? argument.scale : 0;
  const int to = is_sum ? from : scale;
  const auto out = is_sum ? rescaled(sum, from, from) : divided(sum, from, count, 0, to);
  if (!out)
    return unexpected(errc::overflow,
                      "the result of `" + std::string(name(fn)) + "` does not fit in 64 bits");
  if (is_sum && !decimals) return value(*out);
  return value(decimal{*out, static_cast<std::uint8_t>(to)});
}

/// Of numbers, whose order it changes: the value at `fraction` of the way from the least to the
/// greatest, between two neighbours in proportion (percentile_cont of SQL), at `scale`, rounded
/// once. Null for none.
inline result<value> percentile(function fn, decimal fraction, const type& argument, int scale,
                                std::vector<std::int64_t>& numbers) {
  if (numbers.empty()) return value();
  const std::int64_t whole = power_of_ten(fraction.scale);
  const wide steps = wide{fraction.coefficient} * static_cast<wide>(numbers.size() - 1);
  const wide beyond = steps % whole;
  const auto lower = numbers.begin() + static_cast<std::ptrdiff_t>(steps / whole);
  std::nth_element(numbers.begin(), lower, numbers.end());
  // Weights of the two neighbours, which add up to `whole`: no sum here leaves 128 bits.
  wide sum = wide{*lower} * (whole - beyond);
  if (beyond > 0) sum += wide{*std::min_element(lower + 1, numbers.end())} * beyond;
  const int from = argument.base == value_type::decimal ? argument.scale : 0;
  const auto out = divided(sum, from, whole, 0, scale);
  if (!out)
    return unexpected(errc::overflow,
                      "the result of `" + std::string(name(fn)) + "` does not fit in 64 bits");
  return value(decimal{*out, static_cast<std::uint8_t>(scale)});
}

}  // namespace guanxi::expr
