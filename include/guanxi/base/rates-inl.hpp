#pragma once

#include "guanxi/base/rates.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace guanxi {

namespace detail_rates {

inline std::tuple<std::string_view, std::int32_t> place(const dated_rate& r) noexcept {
  return {r.of.text(), r.from.days};
}

GUANXI_INLINE unexpected missing(std::string_view of, std::optional<date> on) {
  constexpr std::string_view instead = ", or write `else null` for amounts without a rate";
  if (of.empty())
    return unexpected(errc::missing_rate, "an amount without currency cannot be converted; give "
                                          "its record a `currency`" + std::string(instead));
  if (!on)
    return unexpected(errc::missing_rate, "an amount in " + in_backticks(of) +
                                              " cannot be converted, since its date is null; leave "
                                              "such records out" + std::string(instead));
  return unexpected(errc::missing_rate, "no exchange rate of " + in_backticks(of) + " on " +
                                            on->to_string() +
                                            "; add an `exchange_rate` that is valid from that day "
                                            "or before" + std::string(instead));
}

}  // namespace detail_rates

GUANXI_INLINE exchange_rates::exchange_rates(currency base, std::vector<dated_rate> rates)
    : base_(base), rates_(std::move(rates)) {
  std::stable_sort(rates_.begin(), rates_.end(), [](const dated_rate& a, const dated_rate& b) {
    return detail_rates::place(a) < detail_rates::place(b);
  });
}

GUANXI_INLINE std::optional<std::int64_t> exchange_rates::worth(std::string_view of,
                                                                date on) const noexcept {
  if (of == base_.text()) return power_of_ten(rate_scale);
  const auto behind = std::upper_bound(
      rates_.begin(), rates_.end(), std::tuple(of, on.days),
      [](const auto& wanted, const dated_rate& r) { return wanted < detail_rates::place(r); });
  if (behind == rates_.begin() || std::prev(behind)->of.text() != of) return std::nullopt;
  return std::prev(behind)->worth;
}

GUANXI_INLINE result<decimal> exchange_rates::converted(decimal amount, std::string_view from,
                                                        std::string_view to,
                                                        std::optional<date> on, int scale) const {
  if (!from.empty() && from == to) return rescale(amount, scale);
  if (from.empty() || !on) return detail_rates::missing(from, on);
  const auto gives = worth(from, *on), takes = worth(to, *on);
  if (!gives || !takes) return detail_rates::missing(gives ? to : from, on);
  // Both rates have one scale, so that the quotient of their coefficients is that of the rates; the
  // product of two 64-bit numbers fits in 128.
  const auto out = divided(wide{amount.coefficient} * *gives, amount.scale, *takes, 0, scale);
  if (out) return decimal{*out, static_cast<std::uint8_t>(scale)};
  return unexpected(errc::overflow, in_backticks(amount.to_string()) + " of " + in_backticks(from) +
                                        " does not fit in a 64-bit decimal of " +
                                        in_backticks(to));
}

}  // namespace guanxi
