// Statements as text: what is read is printed in one form, which reads the same again.
#include "columns/random_company.hpp"
#include "guanxi/query/statement.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

using namespace guanxi;

namespace {

std::string canonical(std::string_view text) {
  const auto s = query::parse(text);
  return s ? query::print(*s) : "error: " + std::string(s.error().message());
}

}  // namespace

TEST(statement, is_printed_in_one_form) {
  const std::pair<const char*, const char*> cases[] = {
      {"SELECT name FROM account", "select name from account"},
      {"select * from account with archived", "select * from account with archived"},
      {"select name as n from account deleted scope MINE where x = 1",
       "select name as n from account deleted scope mine where x = 1"},
      {"select name from account scope all", "select name from account"},
      {"select name from account scope team order by name desc nulls last limit 3 offset :o",
       "select name from account scope team order by name desc nulls last limit 3 offset :o"},
      {"select a from b where c in (select d from e where f in (select g from h))",
       "select a from b where c in (select d from e where f in (select g from h))"},
      {"select a from b where not in_it and any(c.ds: e = 1 or f)",
       "select a from b where not in_it and any(c.ds: e = 1 or f)"},
      {"select a from b where NONE(ds: all(fs : g) and h in (select i from j)) or k",
       "select a from b where none(ds: all(fs: g) and h in (select i from j)) or k"},
      {"select a from b scope team AS OF '2026-03-01' where c",
       "select a from b scope team as of '2026-03-01' where c"},
      {"select a from b as of :then", "select a from b as of :then"},
      {"select a from b as of date '2026-03-01'", "select a from b as of date '2026-03-01'"},
      {"select a from b order by a limit 2 After :c",
       "select a from b order by a limit 2 after :c"},
      {"select a from b limit :n after :c offset 3", "select a from b limit :n after :c offset 3"},
      {"select any from b where \"any\" = 1", "select any from b where any = 1"},
      {"select n, count() from b group by n having count() > 1 and n in (select x from y)",
       "select n, count() from b group by n having count() > 1 and n in (select x from y)"},
  };
  for (const auto& [text, wanted] : cases) {
    EXPECT_EQ(canonical(text), wanted);
    EXPECT_EQ(canonical(wanted), wanted);
  }
}

TEST(statement, is_refused_with_the_place) {
  const std::tuple<const char*, std::int64_t, const char*> cases[] = {
      {"select a from b scope yours", 22, "expected `mine`, `team` or `all`, not `yours`"},
      {"select a from b where any(cs:x = 1)", 28, "expected `:` and a blank before the condition"},
      {"select a from b where any(cs)", 28, "expected `:`, not `)`"},
      {"select a from b where any(cs: )", 30, "expected a value, not `)`"},
      {"select a from b as of now", 22, "expected a date, an instant or a parameter"},
      {"select a from b where c in (select d from e as of '2026-01-01')", 44,
       "stands in the outermost select"},
      {"select a from b limit 2 after 'x'", 30, "expected a parameter for the cursor"},
      {"select a from b after :c", 16, "expected the end of the query"},
      {"select a from b where c in (select d from e limit 2 after :c)", 52,
       "`after` stands in the outermost select alone"},
      {"select a from b limit any(cs: x)", 22, "expected a number or a parameter, not `any`"},
      {"select a from b where all(cs: x", 31, "expected `)`, not the end"},
  };
  for (const auto& [text, offset, what] : cases) {
    const auto s = query::parse(text);
    ASSERT_FALSE(s) << text;
    EXPECT_EQ(s.error().offset(), offset) << text;
    EXPECT_NE(s.error().message().find(what), std::string::npos) << s.error().message();
  }
  std::string deep = "x";
  for (int i = 0; i < 6; ++i) deep = "any(cs: " + deep + ")";
  EXPECT_EQ(query::parse("select a from b where " + deep).error().code(), errc::limit);
}

TEST(statement, shows_words_without_their_control_characters_and_cut) {
  const std::pair<std::string, const char*> cases[] = {
      {"select a \"b\nc\"", "expected `from`, not `b?c`"},
      {"select a from b where c = d \"\x7f\"", "expected the end of the query, not `?`"},
      {"select \"a.\tb\" from c", "the name `a.?b` has a dot"},
      {"select f" + std::string(1'000, 'x') + "(a) from b", "xx…`"},
      {"select a from b group by f" + std::string(1'000, 'x') + "(a)", "xx…`"},
      {"select a from b where :" + std::string(1'000, 'x') + " :y", "not `:y`"},
      {"select a " + std::string(1'000, 'x') + " b", "xx…`"},
  };
  for (const auto& [text, what] : cases) {
    const auto s = query::parse(text);
    ASSERT_FALSE(s) << text;
    EXPECT_NE(s.error().message().find(what), std::string::npos) << s.error().message();
    EXPECT_LT(s.error().message().size(), 200u);
  }
}

TEST(statement, doubles_a_nested_select_before_between_once) {
  EXPECT_EQ(canonical("select a from b where if(any(cs: d), 1, 2) between 1 and 2"),
            "select a from b where if(any(cs: d), 1, 2) >= 1 and if(any(cs: d), 1, 2) <= 2");
  // Each level would be printed, and hold its list, twice as often as the one around it.
  std::string many = "any(cs: d)";
  for (int i = 0; i < 2; ++i) many = "if(" + many + " between true and true, true, false)";
  const auto s = query::parse("select a from b where " + many);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code(), errc::limit);
  EXPECT_EQ(s.error().offset(), 28);
}

TEST(statement, reads_again_what_it_prints_whatever_it_is) {
  const char* given = std::getenv("GUANXI_TEST_SEED");
  const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
  test::random_source random(seed);
  test::statement_writer writer(random, false);
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = writer.statement();
    const auto s = query::parse(text);
    if (!s) continue;
    const std::string printed = query::print(*s);
    EXPECT_EQ(canonical(printed), printed) << "GUANXI_TEST_SEED=" << seed << "\n" << text;
  }
}
