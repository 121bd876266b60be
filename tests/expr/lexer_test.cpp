#include "guanxi/expr/lexer.hpp"

#include <gtest/gtest.h>

namespace {

using namespace guanxi;
using namespace guanxi::expr;

std::string words(std::string_view source) {
  std::string out;
  const std::vector<token> tokens = tokenise(source).value();
  for (const token& t : tokens) out += "[" + t.text + "]";
  return out;
}

TEST(lexer, splits_words_numbers_texts_parameters_and_signs) {
  EXPECT_EQ(words("amount>=1.50 and name<>'it''s'"), "[amount][>=][1.50][and][name][<>][it's][]");
  EXPECT_EQ(words("a-b--c\n-1"), "[a][-][b][-][1][]");
}

TEST(lexer, reads_dotted_parameters_as_one) {
  const auto tokens = tokenise(":after.stage.name").value();
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0].what, token_kind::parameter);
  EXPECT_EQ(tokens[0].text, "after.stage.name");
}

TEST(lexer, takes_any_word_in_double_quotes) {
  const auto tokens = tokenise(R"("客户" "a""b")").value();
  EXPECT_EQ(tokens[0].what, token_kind::quoted_word);
  EXPECT_EQ(tokens[0].text, "客户");
  EXPECT_EQ(tokens[1].text, "a\"b");
}

TEST(lexer, keeps_byte_offsets) {
  const auto tokens = tokenise("'张三' = x").value();
  EXPECT_EQ(tokens[1].offset, 9u);
  EXPECT_EQ(tokens[2].offset, 11u);
  EXPECT_EQ(tokens[3].what, token_kind::end);
  EXPECT_EQ(tokens[3].offset, 12u);
}

struct refusal {
  std::string_view source;
  errc code;
  std::int64_t offset;
  std::string_view message;
};

TEST(lexer, refuses_with_the_place) {
  using namespace std::string_view_literals;
  const refusal cases[] = {
      {"a = 'open", errc::parse, 4, "the text that starts here has no closing `'`"},
      {"\"open", errc::parse, 0, "the quoted word that starts here has no closing `\"`"},
      {"1 + 12ab", errc::parse, 4, "`12ab` is not a number; write digits such as 12 or 1.50"},
      {"1.2.3", errc::parse, 0, "`1.2.3` is not a number; write digits such as 12 or 1.50"},
      {"1.", errc::parse, 0, "`1.` is not a number; write digits such as 12 or 1.50"},
      {"a :", errc::parse, 2, "after `:` comes the name of a parameter, such as `:min`"},
      {"\"\"", errc::parse, 0, "a quoted word needs at least one letter"},
      {"a = \xff", errc::invalid_text, 4, "the text is not UTF-8"},
      {"a\0b"sv, errc::invalid_text, 1, "the text has an embedded NUL"},
  };
  for (const refusal& c : cases) {
    const auto tokens = tokenise(c.source);
    ASSERT_FALSE(tokens) << c.source;
    EXPECT_EQ(tokens.error().code(), c.code) << c.source;
    EXPECT_EQ(tokens.error().offset(), c.offset) << c.source;
    EXPECT_EQ(tokens.error().message(), c.message);
  }
  const auto strange = tokenise("a； b");
  ASSERT_FALSE(strange);
  EXPECT_TRUE(strange.error().message().starts_with("`；` has no meaning here"));
}

TEST(lexer, refuses_more_than_a_mebibyte) {
  EXPECT_TRUE(tokenise(std::string(1u << 20, ' ')));
  EXPECT_EQ(tokenise(std::string((1u << 20) + 1, ' ')).error().code(), errc::limit);
}

TEST(cursor, knows_keywords_in_any_case_but_not_in_quotes) {
  cursor from(tokenise("SELECT \"from\" From").value());
  EXPECT_TRUE(from.take_word("select"));
  EXPECT_FALSE(from.at_word("from"));
  from.take();
  EXPECT_TRUE(from.expect_word("from"));
  EXPECT_TRUE(from.at_end());
}

TEST(cursor, says_what_it_expected) {
  cursor from(tokenise("a 'text'").value());
  EXPECT_EQ(from.expected("`from`").message(), "expected `from`, not `a`");
  from.take();
  EXPECT_EQ(from.expect_sign("(").error().message(), "expected `(`, not a text");
  from.take();
  EXPECT_EQ(from.expected("a value").message(), "expected a value, not the end");
  EXPECT_EQ(from.expected("a value").offset(), 8);
}

}  // namespace
