#include "guanxi/base/value.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace guanxi {
namespace {

TEST(value, knows_its_type) {
  EXPECT_EQ(value().type(), value_type::null);
  EXPECT_EQ(value(true).type(), value_type::boolean);
  EXPECT_EQ(value(1).type(), value_type::integer);
  EXPECT_EQ(value(decimal{1, 0}).type(), value_type::decimal);
  EXPECT_EQ(value("x").type(), value_type::text);
  EXPECT_EQ(value(date{1}).type(), value_type::date);
  EXPECT_EQ(value(instant{1}).type(), value_type::instant);
  EXPECT_EQ(value(id{1}).type(), value_type::reference);
  EXPECT_EQ(name(value_type::reference), "reference");
  EXPECT_EQ(name(value_type::null), "null");
}

TEST(value, prints_for_people) {
  EXPECT_EQ(value().to_string(), "null");
  EXPECT_EQ(value(true).to_string(), "true");
  EXPECT_EQ(value(false).to_string(), "false");
  EXPECT_EQ(value(-5).to_string(), "-5");
  EXPECT_EQ(value(decimal{109650, 2}).to_string(), "1096.50");
  EXPECT_EQ(value("客户").to_string(), "客户");
  EXPECT_EQ(value(date{0}).to_string(), "1970-01-01");
  EXPECT_EQ(value(instant{0}).to_string(), "1970-01-01T00:00:00Z");
  EXPECT_EQ(value(id{42}).to_string(), "42");
}

TEST(value, equals_by_value_across_number_types) {
  EXPECT_EQ(value(1), value(decimal{10, 1}));
  EXPECT_EQ(value(decimal{10, 1}), value(decimal{100, 2}));
  EXPECT_NE(value(1), value(decimal{11, 1}));
  EXPECT_EQ(value(), value(nullptr));
  EXPECT_EQ(value("a"), value(std::string("a")));
}

TEST(value, is_unequal_across_other_types) {
  EXPECT_NE(value(1), value(true));
  EXPECT_NE(value(1), value("1"));
  EXPECT_NE(value(1), value(id{1}));
  EXPECT_NE(value(date{1}), value(1));
  EXPECT_NE(value(), value(0));
  EXPECT_NE(value(), value(""));
}

TEST(order, puts_null_first_and_then_types_in_their_order) {
  const std::vector<value> sorted = {value(),
                                     value(false),
                                     value(true),
                                     value(std::numeric_limits<std::int64_t>::min()),
                                     value(-1),
                                     value(decimal{-5, 1}),
                                     value(0),
                                     value(decimal{1, 18}),
                                     value(1),
                                     value(decimal{15, 1}),
                                     value(2),
                                     value(std::numeric_limits<std::int64_t>::max()),
                                     value(""),
                                     value("A"),
                                     value("a"),
                                     value("ab"),
                                     value("é"),
                                     value("客"),
                                     value("😀"),
                                     value(date{-1}),
                                     value(date{5}),
                                     value(instant{-1}),
                                     value(instant{5}),
                                     value(id{1}),
                                     value(id{2})};
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      EXPECT_TRUE(order(sorted[i], sorted[j]) == (i <=> j)) << sorted[i].to_string() << " and "
                                                            << sorted[j].to_string();
    }
  }
}

TEST(hash, agrees_with_equality) {
  EXPECT_EQ(hash(value(1)), hash(value(decimal{10, 1})));
  EXPECT_EQ(hash(value(1)), hash(value(decimal{100, 2})));
  EXPECT_EQ(hash(value(0)), hash(value(decimal{0, 18})));
  EXPECT_EQ(hash(value(-100)), hash(value(decimal{-1000, 1})));
  EXPECT_EQ(hash(value(decimal{150, 2})), hash(value(decimal{15, 1})));
  EXPECT_EQ(hash(value("a")), hash(value(std::string("a"))));
}

TEST(hash, tells_unequal_values_apart) {
  const std::vector<value> all = {value(),       value(false),  value(true),    value(0), value(1),
                                  value("1"),    value(date{1}), value(instant{1}), value(id{1}),
                                  value(decimal{1, 1}), value(decimal{1, 2}), value("")};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(hash(all[i]), hash(all[j])) << i << "," << j;
  }
}

TEST(id, carries_site_and_sequence) {
  EXPECT_EQ(id::of(0, 3).value, 3);
  EXPECT_EQ(id::of(1, 1).value, (std::int64_t{1} << 48) + 1);
  EXPECT_GT(id::of(0x7fff, 0xffff'ffff'ffffULL).value, 0);
  EXPECT_FALSE(id{});
  EXPECT_TRUE(id{1});
}

}  // namespace
}  // namespace guanxi
