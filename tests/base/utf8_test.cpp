#include "guanxi/base/text_services.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace guanxi {
namespace {

using std::string_view;

TEST(utf8_fault, finds_none_in_well_formed_text) {
  for (const char* text : {"", "plain", "éßñ", "客户关系", "😀 𠀀", "\xf4\x8f\xbf\xbf",
                           "\xed\x9f\xbf", "\xee\x80\x80", "\xc2\x80", "\xe0\xa0\x80",
                           "\xf0\x90\x80\x80"}) {
    EXPECT_FALSE(utf8_fault(text)) << text;
  }
  EXPECT_FALSE(utf8_fault(string_view("a\0b", 3)));
}

TEST(utf8_fault, finds_overlong_forms) {
  for (const char* text : {"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
                           "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf"}) {
    EXPECT_EQ(utf8_fault(text), 0u);
  }
}

TEST(utf8_fault, finds_surrogates_and_what_lies_beyond_the_last_code_point) {
  for (const char* text : {"\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                           "\xff", "\xfe"}) {
    EXPECT_EQ(utf8_fault(text), 0u);
  }
}

TEST(utf8_fault, finds_truncated_sequences_and_stray_bytes) {
  EXPECT_EQ(utf8_fault("ab\xe5\xae"), 2u);
  EXPECT_EQ(utf8_fault("ab\xc3"), 2u);
  EXPECT_EQ(utf8_fault("客\xf0\x9f\x98"), 3u);
  EXPECT_EQ(utf8_fault("a\x80"), 1u);
  EXPECT_EQ(utf8_fault("\xe5z\xae"), 0u);
  EXPECT_EQ(utf8_fault("\xc3\xc3\xa9"), 0u);
}

TEST(utf8_fault, finds_a_fault_at_any_place) {
  for (std::size_t place = 0; place < 40; ++place) {
    std::string text(40, 'x');
    text[place] = '\xff';
    EXPECT_EQ(utf8_fault(text), place);
  }
}

TEST(code_points, counts_characters_not_bytes) {
  EXPECT_EQ(code_points(""), 0u);
  EXPECT_EQ(code_points("abc"), 3u);
  EXPECT_EQ(code_points("客户é😀"), 4u);
}

TEST(display_width, is_two_for_east_asian_wide) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("客户"), 4u);
  EXPECT_EQ(display_width("Ａ"), 2u);
  EXPECT_EQ(display_width("ｱ"), 1u);
  EXPECT_EQ(display_width("한글"), 4u);
  EXPECT_EQ(display_width("😀"), 2u);
  EXPECT_EQ(display_width("𠀀"), 2u);
  EXPECT_EQ(display_width("é"), 1u);
  EXPECT_EQ(display_width("，。"), 4u);
}

TEST(display_width, is_none_for_combining_marks) {
  EXPECT_EQ(display_width("e\u0301"), 1u);
  EXPECT_EQ(display_width("\u200b"), 0u);
  EXPECT_EQ(display_width("か\u3099"), 2u);
}

TEST(display_width, counts_ill_formed_bytes_as_one) {
  EXPECT_EQ(display_width("a\xff\xe5"), 3u);
}

}  // namespace
}  // namespace guanxi
