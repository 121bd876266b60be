#include "guanxi/base/text_services.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace guanxi {
namespace {

int in_all(std::string_view typed, const std::vector<std::string>& texts) {
  static const auto services = make_text_services();
  const std::vector<std::string_view> seen(texts.begin(), texts.end());
  return services->look_for(typed)->relevance(seen);
}

int relevance(std::string_view typed, const std::string& text) {
  return in_all(typed, {text});
}

TEST(search, finds_chinese_names_as_people_type_them) {
  for (const char* typed : {"张三", "张", "三", "zhangsan", "ZhangSan", "zhangs", "zh", "san", "zs",
                            "三 张", "zhang san", "張三", "ｚｈａｎｇｓａｎ", "z s", " 张三。"})
    EXPECT_GT(relevance(typed, "张三"), 0) << typed;
  for (const char* typed : {"李", "张四", "三张", "zhangsi", "angsan", "zhangsanfeng", "zsf", "ha", "",
                            " ", "。", "张三 李"})
    EXPECT_EQ(relevance(typed, "张三"), 0) << typed;
}

TEST(search, folds_traditional_characters_both_ways) {
  for (const char* name : {"長城", "长城"})
    for (const char* typed : {"长城", "長城", "長", "changcheng", "cc", "zhangcheng", "zc"})
      EXPECT_GT(relevance(typed, name), 0) << name << " by " << typed;
  EXPECT_EQ(relevance("cz", "长城"), 0);
}

TEST(search, knows_how_surnames_are_read) {
  const std::pair<const char*, const char*> names[] = {
      {"单雄信", "shan"}, {"曾国藩", "zengguofan"}, {"解缙", "xiejin"}, {"仇英", "qiuying"}, {"区大典", "ou"},
      {"查良镛", "zhaliangyong"}, {"朴志英", "piaozhiying"}, {"盖叫天", "gai"}, {"尉迟恭", "yuchigong"},
      {"万俟卨", "moqi"}, {"乐毅", "yueyi"}, {"折可存", "shekecun"}, {"繁钦", "poqin"}, {"翟让", "zhairang"},
      {"覃坤", "tankun"}, {"缪贤", "miaoxian"}, {"吕布", "lvbu"}, {"種師道", "chongshidao"}};
  for (const auto& [name, typed] : names) EXPECT_GE(relevance(typed, name), 3) << name;
}

TEST(search, goes_on_behind_blanks_in_chinese_and_ends_at_them_elsewhere) {
  EXPECT_GT(relevance("张三", "张　三"), 0);
  EXPECT_GT(relevance("zhangsan", "张 三"), 0);
  EXPECT_EQ(relevance("annalee", "Anna Lee"), 0);
  EXPECT_GT(relevance("中国 ibm", "IBM中国有限公司"), 0);
  EXPECT_GT(relevance("ibm中国", "IBM (中国) 有限公司"), 0);
}

TEST(search, compares_without_case_width_and_accents) {
  EXPECT_GT(relevance("acme", "ＡＣＭＥ Ltd"), 0);
  EXPECT_GT(relevance("muller", "Müller & Söhne"), 0);
  EXPECT_GT(relevance("MÜLLER", "Muller"), 0);
  EXPECT_GT(relevance("strasse", "Straße"), 0);
  EXPECT_GT(relevance("tokyo", "Tōkyō"), 0);
  EXPECT_GT(relevance("東京", "东京タワー"), 0);
  EXPECT_GT(relevance("タワ", "東京タワー"), 0);
  EXPECT_GT(relevance("전자", "삼성전자 주식회사"), 0);
  EXPECT_EQ(relevance("cme", "Acme"), 0);
}

TEST(search, finds_a_telephone_number_however_it_is_written) {
  for (const char* typed : {"13800138000", "138 0013 8000", "138-0013-8000", "+86 138 0013 8000",
                            "0086 13800138000", "(138) 0013.8000", "8000", "0013", "１３８００１３８０００"})
    for (const char* stored : {"13800138000", "+86 138-0013-8000", "(+86)138 0013 8000",
                               "138.0013.8000"})
      EXPECT_GT(relevance(typed, stored), 0) << typed << " in " << stored;
  for (const char* typed : {"010-88886666", "+86 10 88886666", "88886666", "+86 (0)10 8888-6666",
                            "010"})
    EXPECT_GT(relevance(typed, "010-8888 6666"), 0) << typed;
  EXPECT_GT(relevance("+49 30 901820", "030 / 901820"), 0);
  EXPECT_GT(relevance("+1 212 555 0100", "(212) 555-0100"), 0);
  EXPECT_GT(relevance("+852 2345 6789", "2345 6789"), 0);
  EXPECT_EQ(relevance("13800138001", "13800138000"), 0);
  EXPECT_EQ(relevance("000", "13800138000"), 0);  // fewer than four digits before the end
  EXPECT_GT(relevance("2026", "SO-2026-0001"), 0);
  EXPECT_EQ(relevance("026", "SO-2026-0001"), 0);
}

TEST(search, looks_for_each_word_in_any_of_the_texts) {
  EXPECT_GT(in_all("张三 acme", {"张三", "Acme Ltd"}), 0);
  EXPECT_GT(in_all("acme 8000", {"张三", "Acme Ltd", "13800138000"}), 0);
  EXPECT_EQ(in_all("acme bolt", {"张三", "Acme Ltd"}), 0);
  EXPECT_EQ(in_all("acme", {}), 0);
}

TEST(search, ranks_by_where_a_word_is_found) {
  EXPECT_EQ(relevance("上海", "上海"), 6);
  EXPECT_EQ(relevance("上海", "上海长城电器"), 5);
  EXPECT_EQ(relevance("长城", "上海长城电器"), 4);
  EXPECT_EQ(relevance("shanghai", "上海长城电器"), 3);
  EXPECT_EQ(relevance("changcheng", "上海长城电器"), 2);
  EXPECT_EQ(relevance("shcc", "上海长城电器"), 2);
  EXPECT_EQ(relevance("sh", "上海长城电器"), 3);
  EXPECT_EQ(relevance("shc", "上海长城电器"), 2);
  EXPECT_EQ(relevance("ccd", "上海长城电器"), 1);
  EXPECT_EQ(relevance("acme", "Acme"), 6);
  EXPECT_EQ(relevance("ac", "Acme"), 5);
  EXPECT_EQ(relevance("ltd", "Acme Ltd"), 4);
  EXPECT_EQ(relevance("acme ltd", "Acme Ltd"), 9);
  EXPECT_EQ(relevance("13800138000", "138 0013 8000"), 6);
}

TEST(search, bears_any_text) {
  const std::string many(100'000, 'a');
  EXPECT_GT(relevance(many, many), 0);
  std::string words;
  for (int i = 0; i < 1000; ++i) words += "w" + std::to_string(i) + " ";
  EXPECT_EQ(relevance(words, "w0"), 0);
  std::string first;
  for (std::size_t i = 0; i < max_search_words; ++i) first += "w" + std::to_string(i) + " ";
  EXPECT_GT(relevance(words, first), 0);  // those behind max_search_words do not count
  std::string run;
  for (int i = 0; i < 2000; ++i) run += "曾";
  EXPECT_EQ(relevance(std::string(60, 'c') + "x", run), 0);
  EXPECT_GT(relevance("cengzengceng", run), 0);
}

}  // namespace
}  // namespace guanxi
