#include "guanxi/base/text_services.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace guanxi {
namespace {

const text_services& services() {
  static const auto made = make_text_services();
  return *made;
}

std::vector<std::string> sorted(std::vector<std::string> words, std::string_view locale) {
  std::sort(words.begin(), words.end(), [&](const std::string& a, const std::string& b) {
    return services().sort_key(a, locale) < services().sort_key(b, locale);
  });
  return words;
}

TEST(folded, ignores_case_width_and_composition) {
  EXPECT_EQ(services().folded("Ｇｕａｎｘｉ ÄÖ"), "guanxi äö");
  EXPECT_EQ(services().folded("ABC xyz"), "abc xyz");
  EXPECT_EQ(services().folded("Straße"), services().folded("STRASSE"));
  EXPECT_EQ(services().folded("e\u0301"), services().folded("É"));
  EXPECT_EQ(services().folded("ﬁ"), "fi");
  EXPECT_EQ(services().folded("ｶﾞ"), services().folded("ガ"));
  EXPECT_EQ(services().folded("ΣΑΣ"), services().folded("σας"));
}

TEST(folded, leaves_han_characters_and_is_stable) {
  EXPECT_EQ(services().folded("客户关系"), "客户关系");
  EXPECT_EQ(services().folded("（北京）"), "(北京)");
  EXPECT_EQ(services().folded("國"), "國");  // traditional and simplified are different texts
  const std::string once = services().folded("ÅＢﬁ①İ");
  EXPECT_EQ(services().folded(once), once);
}

TEST(folded, survives_any_bytes) {
  EXPECT_FALSE(services().folded("Ä\xff\xe5").empty());
  EXPECT_FALSE(services().sort_key("Ä\xff\xe5", "en").empty());
  EXPECT_FALSE(services().uppered("ä\xff\xe5").empty());
  EXPECT_EQ(services().folded(""), "");
  EXPECT_EQ(services().folded(std::string_view("A\0B", 3)), std::string("a\0b", 3));
}

TEST(lowered, and_uppered_do_not_depend_on_a_locale) {
  EXPECT_EQ(services().lowered("ÄÖ Guanxi I"), "äö guanxi i");
  EXPECT_EQ(services().uppered("äö guanxi i"), "ÄÖ GUANXI I");
  EXPECT_EQ(services().uppered("straße"), "STRASSE");
  EXPECT_EQ(services().lowered("客户"), "客户");
}

TEST(composed, gives_one_form_and_keeps_width) {
  EXPECT_EQ(services().composed("e\u0301"), "é");
  EXPECT_EQ(services().composed("é"), "é");
  EXPECT_EQ(services().composed("Ａ"), "Ａ");
  EXPECT_EQ(services().composed("plain"), "plain");
}

TEST(sort_key, orders_chinese_by_pinyin) {
  const std::vector<std::string> by_pinyin = {"阿里", "北京", "陈", "李", "王", "张"};
  EXPECT_EQ(sorted({"张", "王", "北京", "李", "阿里", "陈"}, "zh"), by_pinyin);
  EXPECT_EQ(sorted({"张", "王", "北京", "李", "阿里", "陈"}, "zh-CN"), by_pinyin);
}

TEST(sort_key, orders_words_and_not_bytes) {
  EXPECT_EQ(sorted({"zebra", "Äpfel", "apple", "Zoo", "banana"}, "en"),
            (std::vector<std::string>{"Äpfel", "apple", "banana", "zebra", "Zoo"}));
  EXPECT_EQ(sorted({"zon", "äta", "ost"}, "sv"), (std::vector<std::string>{"ost", "zon", "äta"}));
}

TEST(sort_key, has_no_zero_byte_and_works_for_unknown_locales) {
  for (const char* locale : {"en", "zh", "", "xx", "not a locale!", "zh-Hant"}) {
    const std::string key = services().sort_key("客户 Guanxi", locale);
    EXPECT_FALSE(key.empty());
    EXPECT_EQ(key.find('\0'), std::string::npos);
  }
  EXPECT_EQ(services().sort_key("a", "xx"), services().sort_key("a", "en"));
  for (int i = 0; i < 200; ++i) {
    EXPECT_FALSE(services().sort_key("a", "x" + std::to_string(i)).empty());
  }
}

TEST(sort_key, of_long_text_is_whole) {
  const std::string text(10'000, 'b');
  EXPECT_LT(services().sort_key(text + "a", "en"), services().sort_key(text + "b", "en"));
}

TEST(text_services, may_be_used_from_several_threads) {
  const auto shared = make_text_services();
  const std::string expected = shared->sort_key("客户", "zh");
  std::vector<std::thread> threads;
  std::vector<int> good(4, 0);
  for (std::size_t t = 0; t < good.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        good[t] += shared->sort_key("客户", "zh") == expected && shared->folded("Ä") == "ä" &&
                           !shared->sort_key("x", i % 2 == 0 ? "de" : "fr").empty()
                       ? 1
                       : 0;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  for (const int count : good) EXPECT_EQ(count, 500);
}

}  // namespace
}  // namespace guanxi
