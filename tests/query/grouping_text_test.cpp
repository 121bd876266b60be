// Groups, totals and limits per value as text.
#include "guanxi/query/statement.hpp"

#include <gtest/gtest.h>

namespace {

using namespace guanxi;

std::string canonical(std::string_view text) {
  const auto s = query::parse(text);
  return s ? query::print(*s) : "error: " + std::string(s.error().message());
}

TEST(grouping_text, prints_what_reads_back_the_same) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"SELECT a FROM b GROUP BY ROLLUP(a, b.c), Cube(d) , e",
       "select a from b group by rollup(a, b.c), cube(d), e"},
      {"select rollup, cube from b group by rollup, cube",
       "select rollup, cube from b group by rollup, cube"},
      {"select grouping(a), percentile(x, .5) from b", "error: expected a value, not `.`"},
      {"select grouping(a), Percentile(x, :p) filter (where y) from b group by rollup(a)",
       "select grouping(a), percentile(x, :p) filter (where y) from b group by rollup(a)"},
      {"select first(x by k), last(x + 1 BY k, l or m) filter (where z) from b",
       "select first(x by k), last(x + 1 by k, l or m) filter (where z) from b"},
      {"select first, last, share, per from b order by first limit 3",
       "select first, last, share, per from b order by first limit 3"},
      {"select a from b order by c limit 3 PER a.d, c limit :n offset 2",
       "select a from b order by c limit 3 per a.d, c limit :n offset 2"},
      {"select a from b limit :most per a offset 1", "select a from b limit :most per a offset 1"},
      {"select prior(sum(a), 1 year), delta(a, prior :n week) from b group by period(c, day)",
       "select prior(sum(a), 1 year), delta(a, prior :n week) from b group by period(c, day)"},
      {"select count() from b group by period(c, day), fill FILL gaps having true",
       "select count() from b group by period(c, day), fill fill gaps having true"},
      {"select a from b group by a pivot (count(), sum(c) / 2 as h) for d.e in ('x' as y, null)",
       "select a from b group by a pivot (count(), sum(c) / 2 as h) for d.e in ('x' as y, null)"},
      {"select 1 from pivot Pivot (count()) for (a = 1) in (true) having true",
       "select 1 from pivot pivot (count()) for (a = 1) in (true) having true"},
      {"select Step(), conversion(count()), CONVERSION(a, Prior 2 STEP), funnel from b group by c "
       "Funnel (d as e, f > 1) pivot (count()) for d in (true)",
       "select step(), conversion(count()), conversion(a, prior 2 step), funnel from b group by c "
       "funnel (d as e, f > 1) pivot (count()) for d in (true)"},
      {"select periods_between(a, b.c, Month) from d",
       "select periods_between(a, b.c, month) from d"},
      {"select (Select max(a) from b) + 1 as c, (select d from e) from f where (select count() "
       "from b where any(g: h)) between 1 and 2 group by (select min(a) from b) order by "
       "(select count() from g.h)",
       "select (select max(a) from b) + 1 as c, (select d from e) from f where (select count() "
       "from b where any(g: h)) >= 1 and (select count() from b where any(g: h)) <= 2 group by "
       "(select min(a) from b) order by (select count() from g.h)"},
      {"select running_sum(sum(a)), round(share(count()), 2) as s from b group by c",
       "select running_sum(sum(a)), round(share(count()), 2) as s from b group by c"},
  };
  for (const auto& [text, wanted] : cases) {
    EXPECT_EQ(canonical(text), wanted) << text;
    if (!wanted.starts_with("error")) { EXPECT_EQ(canonical(wanted), wanted); }
  }
}

TEST(grouping_text, refuses_with_the_place) {
  const struct {
    std::string_view text;
    errc code;
    std::int64_t offset;
    std::string_view message;
  } cases[] = {
      {"select first(a, b) from c", errc::parse, 14, "expected `by`, not `,`"},
      {"select percentile(a by b) from c", errc::parse, 20, "expected `,`, not `by`"},
      {"select percentile(a, 0.1, 0.2) from c", errc::parse, 24, "expected `)`, not `,`"},
      {"select a from b group by rollup()", errc::parse, 32, "expected a value, not `)`"},
      {"select a from b group by cub(a)", errc::unknown_name, 25,
       "no function `cub`; did you mean `cube`?"},
      {"select a from b where cube(a)", errc::parse, 22, "`cube` may stand in `group by` only"},
      {"select a from b limit 3 per", errc::parse, 27, "expected a value, not the end"},
      {"select a from b limit 3 per a limit", errc::parse, 35,
       "expected a number or a parameter, not the end"},
  };
  for (const auto& c : cases) {
    const auto s = query::parse(c.text);
    ASSERT_FALSE(s) << c.text;
    EXPECT_EQ(s.error().code(), c.code) << c.text;
    EXPECT_EQ(s.error().offset(), c.offset) << c.text;
    EXPECT_EQ(s.error().message(), c.message) << c.text;
  }
}

}  // namespace
