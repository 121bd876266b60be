#include "guanxi/base/error.hpp"
#include "guanxi/base/result.hpp"

#include <gtest/gtest.h>

#include <string>

namespace guanxi {
namespace {

TEST(error, carries_its_place_through_copies) {
  const error e = error(errc::unknown_name, "no field `amout`")
                      .in_entity("opportunity")
                      .in_field("amout")
                      .at_offset(7)
                      .at_line(3)
                      .of_record(42);
  const error copy = e;
  EXPECT_EQ(copy.code(), errc::unknown_name);
  EXPECT_EQ(copy.message(), "no field `amout`");
  EXPECT_EQ(copy.entity(), "opportunity");
  EXPECT_EQ(copy.field(), "amout");
  EXPECT_EQ(copy.offset(), 7);
  EXPECT_EQ(copy.line(), 3);
  EXPECT_EQ(copy.record(), 42);
}

TEST(error, is_without_place_by_default) {
  const error e;
  EXPECT_EQ(e.code(), errc::ok);
  EXPECT_EQ(e.message(), "");
  EXPECT_EQ(e.offset(), -1);
  EXPECT_EQ(e.line(), 0);
  EXPECT_FALSE(e.retriable());
}

TEST(error, has_a_stable_name_for_each_code) {
  EXPECT_EQ(name(errc::not_found), "not_found");
  EXPECT_EQ(name(errc::file_missing), "file_missing");
  EXPECT_EQ(static_cast<int>(errc::internal), 64);
}

TEST(in_backticks, shows_input_safely) {
  EXPECT_EQ(in_backticks("amount"), "`amount`");
  EXPECT_EQ(in_backticks("客户"), "`客户`");
  EXPECT_EQ(in_backticks(""), "``");
  EXPECT_EQ(in_backticks("a\nb\x7f\xff"), "`a?b??`");
  EXPECT_EQ(in_backticks("\xe5\xae"), "`??`");
}

TEST(in_backticks, cuts_long_input_between_characters) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "客";
  const std::string shown = in_backticks(text);
  EXPECT_LE(shown.size(), 64u);
  EXPECT_TRUE(shown.ends_with("客…`"));
}

TEST(nearest_name, takes_swapped_letters_for_one_slip) {
  nearest_name near("naem");
  near.offer("number");
  near.offer("name");
  EXPECT_EQ(near.best(), "name");
}

TEST(nearest_name, offers_the_closest_only) {
  nearest_name near("amout");
  near.offer("account");
  near.offer("amount");
  EXPECT_EQ(near.best(), "amount");
  EXPECT_EQ(near.hint(), "; did you mean `amount`?");
  nearest_name far("zzz");
  far.offer("amount");
  EXPECT_EQ(far.hint(), "");
}

TEST(result, holds_a_value_or_an_error) {
  const result<int> good = 3;
  EXPECT_TRUE(good);
  EXPECT_EQ(good.value(), 3);
  const result<int> bad = unexpected(errc::parse, "no");
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.value_or(7), 7);
  EXPECT_THROW(static_cast<void>(bad.value()), failure);
  try {
    static_cast<void>(bad.value());
  } catch (const failure& f) {
    EXPECT_STREQ(f.what(), "no");
    EXPECT_EQ(f.error().code(), errc::parse);
  }
}

TEST(result, of_nothing_still_can_fail) {
  EXPECT_TRUE(result<void>());
  const result<void> bad = unexpected(errc::busy, "later");
  EXPECT_FALSE(bad);
  EXPECT_THROW(bad.value(), failure);
}

TEST(result, chains) {
  const auto doubled = result<int>(21).and_then([](int x) { return result<int>(x * 2); });
  EXPECT_EQ(doubled.value(), 42);
  const auto text = result<int>(unexpected(errc::limit, "x")).transform([](int x) {
    return std::to_string(x);
  });
  EXPECT_EQ(text.error().code(), errc::limit);
}

}  // namespace
}  // namespace guanxi
