#include "expr/sample.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace {

using namespace guanxi;
using namespace expr_sample;
using expr::accumulator;
using expr::function;

constexpr expr::type integers{.base = value_type::integer};
constexpr expr::type amounts{.base = value_type::decimal, .scale = 2};
constexpr expr::type texts{.base = value_type::text};

std::string total(accumulator a, const std::vector<value>& rows) {
  for (const value& v : rows)
    if (auto added = a.add(v); !added) return "error " + std::string(name(added.error().code()));
  const result<value> out = a.finish();
  return out ? out->to_string() : "error " + std::string(name(out.error().code()));
}

TEST(accumulator, of_nothing_is_null_and_counts_zero) {
  for (function fn : {function::sum, function::avg, function::min, function::max,
                       function::median}) {
    EXPECT_EQ(total({fn, false, amounts, 2}, {}), "null");
    EXPECT_EQ(total({fn, false, amounts, 2}, {value(), value()}), "null");
  }
  EXPECT_EQ(total({function::count, false, amounts, 0}, {value(), value()}), "0");
}

TEST(accumulator, counts_rows_values_and_distinct_values) {
  const std::vector<value> rows = {value("b"), value(), value("a"), value("b")};
  EXPECT_EQ(total({function::count, false, {}, 0}, rows), "4");
  EXPECT_EQ(total({function::count, false, texts, 0}, rows), "3");
  EXPECT_EQ(total({function::count, true, texts, 0}, rows), "2");
  std::vector<value> many;
  for (int i = 0; i < 50'000; ++i) many.emplace_back(i % 3'000);
  EXPECT_EQ(total({function::count, true, integers, 0}, many), "3000");
}

TEST(accumulator, sums_beyond_64_bits_on_the_way) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(total({function::sum, false, integers, 0}, {value(most), value(most), value(-most)}),
            std::to_string(most));
  EXPECT_EQ(total({function::sum, false, integers, 0}, {value(most), value(1)}), "error overflow");
  EXPECT_EQ(total({function::avg, false, integers, 0}, {value(most), value(most)}),
            std::to_string(most));
}

TEST(accumulator, averages_and_medians_are_exact) {
  const std::vector<value> rows = {exact("1.00"), exact("2.00"), exact("2.00"), value()};
  EXPECT_EQ(total({function::avg, false, amounts, 6}, rows), "1.666667");
  EXPECT_EQ(total({function::avg, false, amounts, 0}, rows), "2");
  EXPECT_EQ(total({function::median, false, amounts, 3}, rows), "2.000");
  EXPECT_EQ(total({function::median, false, amounts, 3}, {exact("1.00"), exact("1.01")}), "1.005");
  EXPECT_EQ(total({function::median, false, integers, 1}, {value(9), value(1), value(2), value(4)}),
            "3.0");
}

TEST(accumulator, percentiles_are_exact) {
  const auto at = [](decimal fraction, int scale, const std::vector<value>& rows) {
    return total({function::percentile, false, integers, scale, fraction}, rows);
  };
  const std::vector<value> rows = {value(4), value(1), value(), value(3), value(2)};
  EXPECT_EQ(at({0, 0}, 1, rows), "1.0");
  EXPECT_EQ(at({25, 2}, 2, rows), "1.75");
  EXPECT_EQ(at({5, 1}, 1, rows), total({function::median, false, integers, 1}, rows));
  EXPECT_EQ(at({999, 3}, 3, rows), "3.997");
  EXPECT_EQ(at({1, 0}, 1, rows), "4.0");
  EXPECT_EQ(at({1, 18}, 18, {value(1), value(2)}), "1.000000000000000001");
  EXPECT_EQ(at({9, 1}, 1, {value(7)}), "7.0");
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::int64_t least = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(at({5, 1}, 1, {value(most), value(least)}), "-0.5");
  EXPECT_EQ(at({999'999'999'999'999'999, 18}, 0, {value(least), value(most)}),
            "9223372036854775789");
  EXPECT_EQ(at({1, 0}, 1, {value(most)}), "error overflow");
}

TEST(accumulator, first_and_last_go_by_all_keys) {
  const auto chosen = [](function fn, std::initializer_list<std::vector<value>> rows) {
    accumulator a(fn, false, texts, 0);
    for (const std::vector<value>& r : rows)
      EXPECT_TRUE(a.add(r[0], std::span(r).subspan(1)));
    return a.finish().value().to_string();
  };
  const std::initializer_list<std::vector<value>> rows = {
      {value("a"), value(1), value("y")}, {value("b"), value(1), value("x")},
      {value("c"), value(2), value("x")}, {value("d"), value(0), value()},
      {value("e"), value(2), value("x")}};
  EXPECT_EQ(chosen(function::first, rows), "b");
  EXPECT_EQ(chosen(function::last, rows), "c") << "of equal keys the first that came";
  EXPECT_EQ(chosen(function::first, {}), "null");
  EXPECT_EQ(chosen(function::last, {{value(), value(3)}, {value("x"), value(2)}}), "null");
}

TEST(accumulator, least_and_greatest_of_any_order) {
  const std::vector<value> rows = {value("b"), value("张"), value(), value("B")};
  EXPECT_EQ(total({function::min, false, texts, 0}, rows), "B");
  EXPECT_EQ(total({function::max, false, texts, 0}, rows), "张");
}

}  // namespace
