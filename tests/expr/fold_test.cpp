#include "expr/sample.hpp"

#include <gtest/gtest.h>

namespace {

using namespace guanxi;
using namespace expr_sample;

std::string folded(std::string_view text) {
  const bound b(text);
  if (!b.e) return "error: " + std::string(b.why().message());
  return expr::print(expr::fold(*b.e));
}

// That folding changes no answer is also held on random expressions, beside SQL (tests/store).
TEST(fold, evaluates_what_is_constant) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"amount > 2 * 3 + 1", "amount > 7"},
      {"urgent and 1 = 1", "urgent"},
      {"urgent or 1 = 2", "urgent"},
      {"true and true", "true"},
      {"false and urgent", "false"},
      {"true or urgent", "true"},
      {"urgent and false and amount > 1", "urgent and false"},
      {"not not urgent", "urgent"},
      {"not not not urgent", "not urgent"},
      {"if(1 = 1, probability, 2)", "probability"},
      {"if(null, probability, 2)", "2"},
      {"close_date > date '2017-01-01' + 30", "close_date > date '2017-01-31'"},
      {"probability = length('abc')", "probability = 3"},
      {"null is null", "true"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(folded(text), wanted) << text;
}

TEST(fold, leaves_what_only_the_run_can_tell) {
  for (const char* text : {"if(urgent, 9223372036854775807 + 1, 1)", "lower('A') = 'a'",
                           "'A' like 'a'", "-(-probability)", "urgent and null", "amount / 0"})
    EXPECT_EQ(folded(text), expr::print(*bound(text).e)) << text;
  EXPECT_EQ(folded("1 / 0"), "null");
}

}  // namespace
