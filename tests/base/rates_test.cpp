#include "guanxi/base/rates.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace guanxi {
namespace {

constexpr std::int64_t one = 1'000'000'000'000;
date day(const char* text) { return date::parse(text).value(); }

exchange_rates some() {
  return exchange_rates(currency("CNY"),
                        {{currency("EUR"), day("2026-03-01"), 8 * one},
                         {currency("USD"), day("2026-01-01"), 7 * one},
                         {currency("EUR"), day("2026-01-01"), 7 * one + one / 2},
                         {currency("JPY"), day("2026-01-01"), one / 20}});
}

TEST(exchange_rates, hold_from_their_day_to_the_day_before_the_next) {
  const exchange_rates r = some();
  EXPECT_EQ(r.worth("EUR", day("2025-12-31")), std::nullopt);
  EXPECT_EQ(r.worth("EUR", day("2026-01-01")), 7 * one + one / 2);
  EXPECT_EQ(r.worth("EUR", day("2026-02-28")), 7 * one + one / 2);
  EXPECT_EQ(r.worth("EUR", day("2026-03-01")), 8 * one);
  EXPECT_EQ(r.worth("EUR", day("9999-12-31")), 8 * one);
  EXPECT_EQ(r.worth("CNY", day("0001-01-01")), one) << "the base is worth 1 on every day";
  EXPECT_EQ(r.worth("GBP", day("2026-03-01")), std::nullopt);
  EXPECT_EQ(r.worth("ZZZ", day("2026-03-01")), std::nullopt);
  EXPECT_EQ(r.worth("", day("2026-03-01")), std::nullopt);
}

TEST(exchange_rates, of_one_day_the_last_counts) {
  const exchange_rates r(currency("CNY"), {{currency("EUR"), day("2026-01-01"), 7 * one},
                                           {currency("EUR"), day("2026-01-01"), 8 * one}});
  EXPECT_EQ(r.worth("EUR", day("2026-01-01")), 8 * one);
}

TEST(exchange_rates, convert_through_the_base_and_round_once) {
  const exchange_rates r = some();
  const auto to = [&](decimal amount, const char* from, const char* into, int scale) {
    return r.converted(amount, from, into, day("2026-02-01"), scale).value().to_string();
  };
  EXPECT_EQ(to({10'000, 2}, "EUR", "CNY", 2), "750.00");
  EXPECT_EQ(to({10'000, 2}, "CNY", "EUR", 2), "13.33");
  EXPECT_EQ(to({10'000, 2}, "CNY", "EUR", 6), "13.333333");
  EXPECT_EQ(to({10'000, 2}, "EUR", "USD", 2), "107.14");
  EXPECT_EQ(to({1, 2}, "JPY", "USD", 2), "0.00");
  EXPECT_EQ(to({70, 2}, "JPY", "USD", 2), "0.01") << "0.005: half away from zero";
  EXPECT_EQ(to({-70, 2}, "JPY", "USD", 2), "-0.01");
  EXPECT_EQ(to({69, 2}, "JPY", "USD", 2), "0.00");
  EXPECT_EQ(to({12'345, 3}, "EUR", "EUR", 3), "12.345");
  EXPECT_EQ(to({12'345, 3}, "GBP", "GBP", 2), "12.35") << "its own currency needs no rate";
}

TEST(exchange_rates, tell_what_rate_is_missing) {
  const exchange_rates r = some();
  const auto why = [&](const char* from, const char* into, std::optional<date> on) {
    const auto out = r.converted({100, 2}, from, into, on, 2);
    EXPECT_FALSE(out);
    EXPECT_EQ(out.error().code(), errc::missing_rate);
    return std::string(out.error().message());
  };
  EXPECT_EQ(why("GBP", "CNY", day("2026-02-01")),
            "no exchange rate of `GBP` on 2026-02-01; add an `exchange_rate` that is valid from "
            "that day or before, or write `else null` for amounts without a rate");
  EXPECT_NE(why("USD", "GBP", day("2026-02-01")).find("of `GBP` on"), std::string::npos);
  EXPECT_NE(why("EUR", "CNY", day("2025-12-31")).find("2025-12-31"), std::string::npos);
  EXPECT_NE(why("", "CNY", day("2026-02-01")).find("without currency"), std::string::npos);
  EXPECT_NE(why("EUR", "CNY", std::nullopt).find("its date is null"), std::string::npos);
}

TEST(exchange_rates, refuse_what_does_not_fit) {
  const exchange_rates r(currency("CNY"),
                         {{currency("KWD"), day("2026-01-01"),
                           std::numeric_limits<std::int64_t>::max()},
                          {currency("IRR"), day("2026-01-01"), 1}});
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(r.converted({most, 2}, "KWD", "CNY", day("2026-01-01"), 2).error().code(),
            errc::overflow);
  EXPECT_EQ(r.converted({1, 2}, "KWD", "IRR", day("2026-01-01"), 2).value().coefficient, most);
  EXPECT_EQ(r.converted({-2, 2}, "KWD", "IRR", day("2026-01-01"), 2).error().code(),
            errc::overflow);
  EXPECT_EQ(r.converted({most, 2}, "KWD", "KWD", day("2026-01-01"), 2).value().coefficient, most);
}

}  // namespace
}  // namespace guanxi
