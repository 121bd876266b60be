// What currencies are worth, from which day on.
//
//   exchange_rates r(currency("CNY"), {{currency("EUR"), new_year, 7'850'000'000'000}});
//   r.worth("EUR", today);                             // 7850000000000: one euro is 7.85 yuan
//   r.converted({10'000, 2}, "EUR", "CNY", today, 2);  // 785.00
//
// A rate holds from its day to the day before the currency's next. Thread rule: immutable; const
// members may be called concurrently.
#pragma once

#include "guanxi/base/money.hpp"
#include "guanxi/base/time.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace guanxi {

/// Digits after the point of a rate.
inline constexpr std::uint8_t rate_scale = 12;

/// What one unit of a currency is worth in the base currency.
struct dated_rate {
  currency of;
  date from;
  std::int64_t worth = 0;  ///< at rate_scale; above 0
};

class exchange_rates {
 public:
  /// Of two rates of one currency and day, the one that comes last counts.
  exchange_rates(currency base, std::vector<dated_rate> rates);
  currency base() const noexcept { return base_; }
  /// At rate_scale; the base is worth 1 on every day. Nothing: no rate is known for that day.
  std::optional<std::int64_t> worth(std::string_view of, date on) const noexcept;
  /// The amount in another currency, at `scale`, rounded once, half away from zero. Between two
  /// that are not the base it goes through the base. The same currency needs no rate. `on`: nothing
  /// where there is no date. Errors: errc::missing_rate, errc::overflow.
  result<decimal> converted(decimal amount, std::string_view from, std::string_view to,
                            std::optional<date> on, int scale) const;

 private:
  currency base_;
  std::vector<dated_rate> rates_;  ///< by currency and day
};
using rates_ptr = std::shared_ptr<const exchange_rates>;

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/rates-inl.hpp"
#endif
