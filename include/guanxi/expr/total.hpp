// The last step of sum, avg and median, for the accumulator and for whoever sums by other means.
//
//   total(function::avg, argument_type, 6, sum, count).value();
//
// Thread rule: a function of its arguments.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/expr/tree.hpp"

namespace guanxi::expr {

/// What the function gives of `count` numbers whose coefficients, at the scale of the argument, add
/// up to `sum`; `scale` is that of the result. Null for none. errc::overflow: it does not fit.
inline result<value> total(function fn, const type& argument, int scale, wide sum,
                           std::int64_t count) {
  if (count == 0) return value();
  const bool decimals = argument.base == value_type::decimal, is_sum = fn == function::sum;
  const int from = decimals ? argument.scale : 0;
  const int to = is_sum ? from : scale;
  const auto out = is_sum ? rescaled(sum, from, from) : divided(sum, from, count, 0, to);
  if (!out)
    return unexpected(errc::overflow,
                      "the result of `" + std::string(name(fn)) + "` does not fit in 64 bits");
  if (is_sum && !decimals) return value(*out);
  return value(decimal{*out, static_cast<std::uint8_t>(to)});
}

}  // namespace guanxi::expr
