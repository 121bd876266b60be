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

TEST(accumulator, least_and_greatest_of_any_order) {
  const std::vector<value> rows = {value("b"), value("张"), value(), value("B")};
  EXPECT_EQ(total({function::min, false, texts, 0}, rows), "B");
  EXPECT_EQ(total({function::max, false, texts, 0}, rows), "张");
}

}  // namespace
