#include "guanxi/base/decimal.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace guanxi {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

decimal of(std::string_view text) { return decimal::parse(text).value(); }

void expect_same(decimal got, std::string_view text) {
  EXPECT_EQ(got.to_string(), text);
}

TEST(decimal, keeps_the_digits_as_written) {
  for (const char* text : {"0", "7", "-7", "1096.50", "-1234.50", "0.05", "-0.05",
                           "0.000000000000000001", "9223372036854775807", "-9223372036854775808",
                           "9.223372036854775807", "-9.223372036854775808", "100.00"}) {
    EXPECT_EQ(of(text).to_string(), text);
  }
  EXPECT_EQ(of("1096.50").coefficient, 109650);
  EXPECT_EQ(of("1096.50").scale, 2);
}

TEST(decimal, reads_signs_and_leading_zeros) {
  EXPECT_EQ(of("+5").to_string(), "5");
  EXPECT_EQ(of("-0").to_string(), "0");
  EXPECT_EQ(of("-0.00").to_string(), "0.00");
  EXPECT_EQ(of("00000000000000000000000000000000000000000042").coefficient, 42);
}

TEST(decimal, refuses_what_is_not_a_plain_number) {
  for (const char* text : {"", "-", "+", ".", "-.", ".5", "5.", "1..2", "1.2.3", "1e3", "1,000",
                           " 1", "1 ", "--1", "+-1", "0x10", "abc", "NaN", "inf", "１２"}) {
    const auto r = decimal::parse(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().code(), errc::parse) << text;
    EXPECT_NE(r.error().message().find("is not a decimal number"), std::string_view::npos);
  }
  EXPECT_FALSE(decimal::parse(std::string_view("1\0", 2)));
}

TEST(decimal, refuses_what_does_not_fit) {
  for (const char* text : {"9223372036854775808", "-9223372036854775809", "99999999999999999999",
                           "92233720368547758.080", "1.0000000000000000000",
                           "0.1234567890123456789", "340282366920938463463374607431768211457"}) {
    const auto r = decimal::parse(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().code(), errc::overflow) << text;
  }
  EXPECT_EQ(decimal::parse("99999999999999999999x").error().code(), errc::parse);
}

TEST(decimal, names_the_input_of_an_error_but_not_all_of_a_long_one) {
  EXPECT_EQ(decimal::parse("12a").error().message(),
            "`12a` is not a decimal number; write it like 1234.50, without grouping or exponent");
  EXPECT_LT(decimal::parse(std::string(5000, 'x')).error().message().size(), 200u);
}

TEST(decimal, rounds_half_away_from_zero) {
  expect_same(rescale(of("0.5"), 0).value(), "1");
  expect_same(rescale(of("-0.5"), 0).value(), "-1");
  expect_same(rescale(of("1.5"), 0).value(), "2");
  expect_same(rescale(of("2.5"), 0).value(), "3");
  expect_same(rescale(of("-2.5"), 0).value(), "-3");
  expect_same(rescale(of("2.499999999999999999"), 0).value(), "2");
  expect_same(rescale(of("0.125"), 2).value(), "0.13");
  expect_same(rescale(of("-0.125"), 2).value(), "-0.13");
  expect_same(rescale(of("0.004"), 2).value(), "0.00");
  expect_same(rescale(of("-0.004"), 2).value(), "0.00");
}

TEST(decimal, rescales_at_the_edges) {
  expect_same(rescale({most, 18}, 0).value(), "9");
  expect_same(rescale({least, 18}, 0).value(), "-9");
  expect_same(rescale({most, 1}, 0).value(), "922337203685477581");
  expect_same(rescale({1, 0}, 18).value(), "1.000000000000000000");
  expect_same(rescale({0, 0}, 18).value(), "0.000000000000000000");
  EXPECT_EQ(rescale({10, 0}, 18).error().code(), errc::overflow);
  EXPECT_EQ(rescale({most, 0}, 1).error().code(), errc::overflow);
  EXPECT_EQ(rescale({least, 0}, 1).error().code(), errc::overflow);
  EXPECT_EQ(rescale({1, 0}, 19).error().code(), errc::invalid_argument);
  EXPECT_EQ(rescale({1, 0}, -1).error().code(), errc::invalid_argument);
}

TEST(decimal, rescales_wide_sums) {
  const wide sum = wide{most} * 1000;
  EXPECT_EQ(rescaled(sum, 3, 0), most);
  EXPECT_FALSE(rescaled(sum, 2, 0));
  EXPECT_EQ(rescaled(wide{least} * 1000, 3, 0), least);
  EXPECT_EQ(rescaled(wide{least} * 1000 - 499, 3, 0), least);
  EXPECT_FALSE(rescaled(wide{least} * 1000 - 500, 3, 0));
  EXPECT_EQ(rescaled(5, 60, 0), 0);
  EXPECT_EQ(rescaled(0, 0, 60), 0);
}

TEST(decimal, tells_whether_digits_would_be_lost) {
  EXPECT_TRUE(exact_at(of("1.50"), 1));
  EXPECT_FALSE(exact_at(of("1.55"), 1));
  EXPECT_TRUE(exact_at(of("1.55"), 2));
  EXPECT_TRUE(exact_at(of("1.55"), 18));
  EXPECT_TRUE(exact_at(of("0.000"), 0));
  EXPECT_FALSE(exact_at(of("0.000000000000000001"), 0));
}

TEST(decimal, adds_and_subtracts_exactly) {
  expect_same(add(of("0.1"), of("0.2")).value(), "0.3");
  expect_same(add(of("1"), of("0.25")).value(), "1.25");
  expect_same(subtract(of("1.00"), of("1")).value(), "0.00");
  expect_same(subtract(of("0"), of("0.01")).value(), "-0.01");
  expect_same(add({most, 0}, {least, 0}).value(), "-1");
  expect_same(subtract({least, 0}, {least, 0}).value(), "0");
  // The parts need not fit at the common scale, only the result.
  expect_same(subtract(of("10"), of("9.200000000000000001")).value(), "0.799999999999999999");
}

TEST(decimal, refuses_sums_that_do_not_fit) {
  EXPECT_EQ(add({most, 0}, {1, 0}).error().code(), errc::overflow);
  EXPECT_EQ(subtract({least, 0}, {1, 0}).error().code(), errc::overflow);
  EXPECT_EQ(subtract({0, 0}, {least, 0}).error().code(), errc::overflow);
  EXPECT_EQ(add({most, 0}, {0, 1}).error().code(), errc::overflow);
  EXPECT_TRUE(add({most, 0}, {1, 0}).error().message().starts_with(
      "the sum of `9223372036854775807` and `1` does not fit"));
}

TEST(decimal, multiplies_and_rounds_only_beyond_18_digits) {
  expect_same(multiply(of("1.5"), of("1.5")).value(), "2.25");
  expect_same(multiply(of("-19.99"), of("3")).value(), "-59.97");
  expect_same(multiply(of("0.0000000001"), of("0.000000005")).value(), "0.000000000000000001");
  expect_same(multiply(of("-0.0000000001"), of("0.000000005")).value(), "-0.000000000000000001");
  expect_same(multiply(of("0.0000000001"), of("0.000000004")).value(), "0.000000000000000000");
  expect_same(multiply({least, 0}, {1, 0}).value(), "-9223372036854775808");
  EXPECT_EQ(multiply({least, 0}, {-1, 0}).error().code(), errc::overflow);
  EXPECT_EQ(multiply({most, 0}, {2, 0}).error().code(), errc::overflow);
  EXPECT_EQ(multiply({least, 0}, {least, 0}).error().code(), errc::overflow);
}

TEST(decimal, divides_and_rounds_once) {
  expect_same(divide(of("1"), of("3"), 6).value(), "0.333333");
  expect_same(divide(of("2"), of("3"), 6).value(), "0.666667");
  expect_same(divide(of("-2"), of("3"), 2).value(), "-0.67");
  expect_same(divide(of("1"), of("8"), 2).value(), "0.13");
  expect_same(divide(of("-1"), of("8"), 2).value(), "-0.13");
  expect_same(divide(of("1"), of("-8"), 2).value(), "-0.13");
  expect_same(divide(of("0"), of("-8"), 2).value(), "0.00");
  expect_same(divide(of("0.449"), of("1"), 0).value(), "0");  // not 0.449 -> 0.45 -> 0.5 -> 1
  expect_same(divide(of("10005534"), of("4238"), 2).value(), "2360.91");
  expect_same(divide({most, 18}, {most, 0}, 18).value(), "0.000000000000000001");
  expect_same(divide({most, 0}, {most, 18}, 0).value(), "1000000000000000000");
  expect_same(divide({least, 0}, {1, 0}, 0).value(), "-9223372036854775808");
  expect_same(divide({1, 18}, {most, 0}, 18).value(), "0.000000000000000000");
}

TEST(decimal, refuses_division_by_zero_and_what_does_not_fit) {
  EXPECT_EQ(divide(of("1"), of("0.00"), 2).error().code(), errc::invalid_argument);
  EXPECT_EQ(divide(of("1"), of("1"), 19).error().code(), errc::invalid_argument);
  EXPECT_EQ(divide({least, 0}, {-1, 0}, 0).error().code(), errc::overflow);
  EXPECT_EQ(divide({most, 0}, {1, 18}, 0).error().code(), errc::overflow);
  EXPECT_EQ(divide({10, 0}, {1, 0}, 18).error().code(), errc::overflow);
}

TEST(decimal, divides_wide_sums) {
  wide huge = 1;
  for (int i = 0; i < 38; ++i) huge *= 10;
  EXPECT_EQ(divided(huge, 0, huge, 0, 18), power_of_ten(18));
  EXPECT_EQ(divided(huge, 20, huge, 0, 0), 0);
  EXPECT_EQ(divided(huge, 0, huge - 1, 0, 18), power_of_ten(18));
  EXPECT_EQ(divided(-huge, 38, 2, 0, 0), -1);
  EXPECT_EQ(divided(huge, 38, 3, 0, 6), 333'333);
  EXPECT_FALSE(divided(huge, 0, 1, 0, 0));
  EXPECT_FALSE(divided(1, 0, 0, 0, 0));
}

TEST(decimal, divides_as_multiplication_says) {
  // q is right when |2(a*10^s - q*b)| <= |b|, with ties away from zero.
  std::uint64_t seed = 12345;
  for (int i = 0; i < 20000; ++i) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto a = static_cast<std::int64_t>(seed) >> (seed % 50);
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto b = static_cast<std::int64_t>(seed) >> (seed % 60);
    const int scale = static_cast<int>(seed >> 33) % 10;
    if (b == 0) continue;
    const auto q = divided(a, 0, b, 0, scale);
    if (!q) continue;
    const wide rest = 2 * (wide{a} * power_of_ten(scale) - wide{*q} * b);
    const wide size = rest < 0 ? -rest : rest;
    ASSERT_LE(size, b < 0 ? -wide{b} : wide{b}) << a << "/" << b;
    const bool rounded_in = (rest > 0) == (a > 0);
    if (size == (b < 0 ? -wide{b} : wide{b})) {
      ASSERT_FALSE(rounded_in) << a << "/" << b;
    }
  }
}

TEST(decimal, compares_by_value_whatever_the_scales) {
  EXPECT_EQ(of("1.0"), of("1.00"));
  EXPECT_EQ(of("0"), of("0.000"));
  EXPECT_LT(of("1.09"), of("1.1"));
  EXPECT_GT(of("-1.09"), of("-1.1"));
  EXPECT_LT(of("-0.01"), of("0"));
  EXPECT_GT((decimal{most, 0}), (decimal{most, 18}));
  EXPECT_LT((decimal{least, 0}), (decimal{least, 18}));
  EXPECT_LT((decimal{least, 0}), (decimal{most, 0}));
  EXPECT_GT((decimal{1, 0}), (decimal{999'999'999'999'999'999, 18}));
}

}  // namespace
}  // namespace guanxi
