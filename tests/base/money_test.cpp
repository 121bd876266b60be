#include "guanxi/base/money.hpp"

#include <gtest/gtest.h>

namespace guanxi {
namespace {

TEST(currency, takes_three_upper_case_letters) {
  EXPECT_EQ(currency::parse("CNY").value(), currency("CNY"));
  EXPECT_EQ(currency("USD").text(), "USD");
  EXPECT_NE(currency("USD"), currency("CNY"));
}

TEST(currency, is_empty_until_set) {
  EXPECT_TRUE(currency().empty());
  EXPECT_EQ(currency().text(), "");
}

TEST(currency, refuses_other_text) {
  for (const char* text : {"", "US", "USDX", "usd", "U$D", "元"}) {
    const auto r = currency::parse(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().code(), errc::parse);
  }
  EXPECT_EQ(currency::parse("dollar").error().message(),
            "`dollar` is not a currency; write three upper-case letters such as USD");
}

TEST(money, is_equal_by_value_and_currency) {
  const money a{{1050, 1}, currency("USD")};
  EXPECT_EQ(a, (money{{10500, 2}, currency("USD")}));
  EXPECT_NE(a, (money{{1050, 1}, currency("EUR")}));
  EXPECT_NE(a, (money{{1051, 1}, currency("USD")}));
}

}  // namespace
}  // namespace guanxi
