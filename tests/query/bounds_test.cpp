// Bounds: what is asked for in long work, and what is counted.
#include "expr/sample.hpp"
#include "guanxi/query/bounds.hpp"
#include "guanxi/query/sorted.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

using namespace guanxi;

namespace {

/// Says no from the n-th question on.
struct patience {
  int left;
  expr::pace pace{[this]() -> result<void> {
    if (left-- > 0) return {};
    return unexpected(errc::limit, "enough");
  }};
};

}  // namespace

TEST(bounds, count_what_is_kept_at_a_time) {
  query::memory_account account(1'000);
  EXPECT_TRUE(account.add(600));
  EXPECT_TRUE(account.add(400));
  const auto more = account.add(1);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code(), errc::limit);
  EXPECT_NE(more.error().message().find("1000 bytes"), std::string::npos);
  EXPECT_EQ(account.kept(), 1'000u);
  account.take_off(500);
  EXPECT_TRUE(account.add(500));
  account.take_off(5'000);
  EXPECT_EQ(account.kept(), 0u);
  EXPECT_FALSE(account.add(static_cast<std::size_t>(-1)));
  std::size_t mine = 0;
  EXPECT_TRUE(account.become(mine, 900));
  EXPECT_TRUE(account.become(mine, 1'000));
  EXPECT_FALSE(account.become(mine, 1'001));
  EXPECT_EQ(mine, 0u);
  EXPECT_EQ(account.kept(), 0u);
}

TEST(bounds, are_asked_for_by_work) {
  int asked = 0;
  expr::pace pace([&]() -> result<void> {
    ++asked;
    return {};
  });
  for (int i = 0; i < 10'000; ++i)
    if (pace.due(expr::pace::step)) { EXPECT_TRUE(pace.ask()); }
  EXPECT_EQ(asked, 9);
  patience none{0};
  EXPECT_TRUE(none.pace.due(expr::pace::stride));
  EXPECT_FALSE(none.pace.ask());
  EXPECT_TRUE(none.pace.due(1)) << "what has been refused is refused at once the next time";
}

TEST(bounds, stop_one_expression) {
  std::string text = "if(name like '%a%b', 1, 2)";
  for (int i = 0; i < 7; ++i) text = "(" + text + " + " + text + ")";
  const expr_sample::bound b(text);
  ASSERT_TRUE(b.e) << b.why().message();
  const auto services = make_text_services();
  const std::vector<value> row = {value(std::string(10'000, 'a'))};
  patience some{3};
  const auto stopped =
      expr::evaluate(*b.e, {.paths = row, .text = services.get(), .pace = &some.pace});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().message(), "enough");
  patience much{1'000'000};
  EXPECT_TRUE(expr::evaluate(*b.e, {.paths = row, .text = services.get(), .pace = &much.pace}));
}

TEST(bounds, stop_one_search) {
  const std::string text(20'000, 'a'), pattern = "%" + std::string(9'000, '_') + "b%";
  patience some{3};
  EXPECT_FALSE(expr::like(text, pattern, &some.pace));
}

TEST(sort, gives_one_order_whatever_its_size) {
  std::mt19937 random(7);
  for (const std::size_t size : {0u, 1u, 4'095u, 4'096u, 4'097u, 8'192u, 30'000u}) {
    std::vector<std::string> all(size);
    for (std::string& s : all) s = std::to_string(random() % 1'000'000) + " and what is moved";
    std::vector<std::string> wanted = all;
    std::sort(wanted.begin(), wanted.end());
    expr::pace pace;
    EXPECT_TRUE(query::sort(all, std::less<>(), pace));
    EXPECT_EQ(all, wanted) << size;
  }
}

TEST(sort, ends_when_it_is_told_to) {
  std::vector<int> all(100'000);
  std::iota(all.rbegin(), all.rend(), 0);
  patience some{2};
  const auto stopped = query::sort(all, std::less<>(), some.pace);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), errc::limit);
}
