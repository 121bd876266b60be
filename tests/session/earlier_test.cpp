// prior and delta: a group beside that of an earlier period, which conditions on the date would
// leave out.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class earlier : public on_every_store {
 protected:
  void deal(const char* closes, std::int64_t cents, const char* stage = "talk",
            const char* owner = "nina", currency in = currency("USD")) {
    system()
        .create(opportunity::entity,
                {opportunity::name = std::string("d ") + closes, opportunity::stage = key(stage),
                 schema::system_field::owner = key(owner),
                 opportunity::amount = money{decimal{cents, 2}, in},
                 opportunity::close_date = date::parse(closes).value()})
        .value();
  }
  void set(const char* name, const std::string& content) {
    system()
        .create(setting::entity, {setting::name = name, setting::content = content})
        .value();
  }
  /// Of the deals made here; `rest` may group, sort and so on.
  std::string deals(const std::string& items, const std::string& rest,
                    const std::string& condition = "true",
                    const std::vector<expr::parameter_value>& parameters = {}) {
    return answer(system(), query(items, rest, condition), parameters);
  }
  static std::string query(const std::string& items, const std::string& rest,
                           const std::string& condition) {
    return "select " + items + " from opportunity where name like 'd %' and (" + condition +
           ") " + rest;
  }
  error refused(const std::string& items, const std::string& rest,
                const std::string& condition = "true") {
    auto r = system().query(query(items, rest, condition));
    EXPECT_FALSE(r) << items << rest << condition;
    return r ? error() : std::move(r.error());
  }
};
INSTANTIATE_TEST_SUITE_P(on, earlier, every_store, store_name);

TEST_P(earlier, periods_are_found_though_where_leaves_them_out) {
  deal("2025-01-15", 10000);
  deal("2025-02-28", 20000);
  deal("2026-01-10", 15000);
  deal("2026-01-20", 5000);
  deal("2026-02-01", 100);
  deal("2026-03-01", 700);
  const std::string items =
      "period(close_date, month) as m, sum(amount), prior(sum(amount), 1 year), "
      "delta(sum(amount), prior 1 year) as yoy, prior(count(), 1 month)";
  const std::string wanted = "2026-01|200.00|100.00|100.00|null\n"
                             "2026-02|1.00|200.00|-199.00|2\n"
                             "2026-03|7.00|null|null|1\n";
  EXPECT_EQ(deals(items, "group by m", "close_date in this_year"), wanted);
  EXPECT_EQ(deals(items, "group by m", "close_date >= '2026-01-01' and '2027-01-01' > close_date"),
            wanted);
  EXPECT_EQ(deals(items, "group by m", "close_date between :from and '2026-12-31'",
                  {{"from", date::parse("2026-01-01").value()}}),
            wanted);
  EXPECT_EQ(deals(items, "group by m having yoy is not null order by yoy limit 1",
                  "close_date in this_year"),
            "2026-02|1.00|200.00|-199.00|2\n");
  EXPECT_EQ(deals("period(close_date, month) as m, coalesce(delta(count(), prior :n year), 0)",
                  "group by m", "close_date = '2026-02-01'", {{"n", 1}}),
            "2026-02|0\n")
      << "2025-02-01 is not 2025-02-28";
  EXPECT_EQ(deals("period(close_date, month) as m, delta(count(), prior 1 year)", "group by m",
                  "close_date <= '2026-02-28' and close_date > '2026-01-31'"),
            "2026-02|0\n");
  EXPECT_EQ(deals("period(close_date, year) as y, delta(count(), prior 1 year), "
                  "round(sum(amount) / prior(sum(amount), 1 year), 2)",
                  "group by y"),
            "2025|null|null\n2026|2|0.69\n");
}

TEST_P(earlier, groups_have_the_same_of_the_other_keys) {
  deal("2025-05-01", 100, "talk");
  deal("2025-05-01", 200, "won");
  deal("2025-08-01", 400, "won");
  deal("2026-05-01", 1000, "talk");
  deal("2026-08-01", 2000, "talk");
  deal("2026-08-01", 5000, "won");
  EXPECT_EQ(deals("stage.name as s, period(close_date, quarter) as q, sum(amount), "
                  "prior(sum(amount), 1 year), prior(sum(amount), 1 quarter)",
                  "group by s, q", "close_date in this_year"),
            "Talk|2026-Q2|10.00|1.00|null\nTalk|2026-Q3|20.00|null|10.00\n"
            "Won|2026-Q3|50.00|4.00|null\n");
  EXPECT_EQ(deals("stage.name as s, period(close_date, quarter) as q, count(), "
                  "prior(count(), 1 year), grouping(s) as gs, grouping(q) as gq",
                  "group by rollup(q, s)", "close_date in this_year"),
            "Talk|2026-Q2|1|1|0|0\nnull|2026-Q2|1|2|1|0\n"
            "Talk|2026-Q3|1|null|0|0\nWon|2026-Q3|1|1|0|0\nnull|2026-Q3|2|1|1|0\n"
            "null|null|3|3|1|1\n");
  EXPECT_EQ(deals("period(close_date, quarter) as q, prior(count(), 1 year)",
                  "group by rollup(q) having grouping(q) = 1"),
            "null|null\n")
      << "a total over all time has none before it";
}

TEST_P(earlier, figures_may_stand_where_aggregates_do) {
  deal("2025-05-01", 100);
  deal("2025-06-01", 300);
  deal("2026-05-01", 1000);
  deal("2026-06-01", 700);
  EXPECT_EQ(deals("period(close_date, month) as m, share(prior(sum(amount), 1 year)), "
                  "running_sum(delta(sum(amount), prior 1 year))",
                  "group by m having prior(count(), 1 year) = 1 order by m desc",
                  "close_date in this_year"),
            "2026-06|0.750000|4.00\n2026-05|0.250000|13.00\n");
  EXPECT_EQ(deals("period(close_date, month) as m, "
                  "prior(sum(amount) filter (where close_date < '2026-06-01'), 1 year), "
                  "delta(sum(amount) filter (where stage.is_open), prior 1 year), "
                  "prior(max(close_date), 1 year)",
                  "group by m", "close_date in this_year"),
            "2026-05|1.00|9.00|2025-05-01\n2026-06|null|4.00|2025-06-01\n")
      << "a filter on the date moves back, too";
  const session s = system();
  const std::string page = query("period(close_date, month) as m, "
                                 "delta(count(), prior 1 month) as d",
                                 "group by m order by d desc nulls last limit 1 after :at", "true");
  const rows first = s.query(page, {{"at", value()}}).value();
  EXPECT_EQ(text(first), "2025-06|0\n");
  EXPECT_EQ(answer(s, page, {{"at", first.page().next}}), "2026-06|0\n");
  EXPECT_EQ(answer(s, "select count() from opportunity where name like 'd %' and 1 in (select "
                      "prior(count(), 1 year) from opportunity where name like 'd %' group by "
                      "period(close_date, month))"),
            "4\n");
}

TEST_P(earlier, days_move_to_their_counterparts) {
  deal("2023-02-28", 100);
  deal("2024-02-28", 200);
  deal("2024-02-29", 400);
  deal("2025-02-28", 800);
  deal("2025-03-31", 1600);
  const auto february = [&](const char* condition) {
    return deals("period(close_date, month) as m, prior(sum(amount), 1 year)", "group by m",
                 condition);
  };
  EXPECT_EQ(february("close_date <= '2025-02-28' and close_date >= '2025-02-01'"),
            "2025-02|6.00\n");
  EXPECT_EQ(february("close_date < '2025-02-28' or close_date is null").substr(0, 6), "error:");
  EXPECT_EQ(february("close_date = '2025-02-28'"), "2025-02|6.00\n")
      << "the last day is that of the other month, to its end";
  EXPECT_EQ(february("close_date = '2024-02-29'"), "2024-02|null\n") << "2023 has no such day";
  EXPECT_EQ(february("close_date > '2024-02-28' and close_date < '2024-03-01'"), "2024-02|null\n");
  EXPECT_EQ(february("close_date is not null and close_date in ('2024-02-29')").substr(0, 6),
            "error:");
  EXPECT_EQ(deals("period(close_date, month) as m, prior(sum(amount), 1 month)", "group by m",
                  "close_date >= '2025-03-31'"),
            "2025-03|null\n")
      << "behind the end of February";
  EXPECT_EQ(deals("period(close_date, week) as w, prior(count(), 104 week)", "group by w",
                  "close_date in last_n_years(3) and close_date > '2025-02-01'"),
            "2025-W09|1\n2025-W14|null\n");
  EXPECT_EQ(deals("period(close_date, day) as d, prior(sum(amount), 1 day)", "group by d"),
            "2023-02-28|null\n2024-02-28|null\n2024-02-29|2.00\n2025-02-28|null\n"
            "2025-03-31|null\n");
  EXPECT_EQ(deals("period(close_date, day) as d, prior(sum(amount), 2 week)", "group by d",
                  "close_date = '2025-03-14' or name = 'x'")
                .substr(0, 6),
            "error:");
  deal("2025-03-14", 3200);
  EXPECT_EQ(deals("period(close_date, day) as d, prior(sum(amount), 2 week)", "group by d",
                  "close_date = '2025-03-14'"),
            "2025-03-14|8.00\n");
}

TEST_P(earlier, fiscal_periods_go_by_the_calendar) {
  set("week_start", "sunday");
  set("fiscal_calendar",
      R"({"kind": "weeks", "ends": "last", "weekday": "saturday", "month": 12,
          "pattern": "13 periods"})");
  deal("2024-12-29", 100);  // the first of FY2025
  deal("2025-09-10", 200);  // FY2025-P10
  deal("2025-12-27", 400);  // FY2025-P13, the last of FY2025
  deal("2025-12-28", 800);  // the first of FY2026
  deal("2026-09-09", 1600);
  deal("2026-12-26", 3200);
  EXPECT_EQ(deals("period(close_date, fiscal_period) as p, sum(amount), "
                  "prior(sum(amount), 1 fiscal_year), prior(sum(amount), 1 fiscal_period), "
                  "prior(sum(amount), 1 fiscal_quarter)",
                  "group by p", "close_date in this_fiscal_year"),
            "FY2026-P01|8.00|1.00|4.00|2.00\nFY2026-P10|16.00|2.00|null|null\n"
            "FY2026-P13|32.00|4.00|null|null\n");
  EXPECT_EQ(deals("period(close_date, fiscal_quarter) as q, sum(amount), "
                  "delta(sum(amount), prior 1 fiscal_year), delta(count(), prior 1 fiscal_quarter)",
                  "group by q", "close_date in last_n_fiscal_years(1)"),
            "FY2025-Q1|1.00|null|null\nFY2025-Q4|6.00|null|null\n");
  EXPECT_EQ(deals("period(close_date, fiscal_quarter) as q, prior(sum(amount), 1 fiscal_year)",
                  "group by q",
                  "close_date >= '2025-12-28' and close_date < '2026-09-10'"),
            "FY2026-Q1|1.00\nFY2026-Q4|2.00\n")
      << "the fourth day of a tenth period is that of the other";
  EXPECT_EQ(deals("period(close_date, week) as w, prior(count(), 1 week)", "group by w",
                  "close_date = '2025-12-28'"),
            "2025-W52|null\n");
  EXPECT_EQ(deals("period(close_date, week) as w, prior(count(), 1 week)", "group by w",
                  "close_date in ('2025-12-28') or true")
                .substr(0, 6),
            "error:");
}

TEST_P(earlier, fiscal_years_that_nobody_has_listed_have_nothing_before_them) {
  set("fiscal_calendar", R"({"kind": "custom", "years": [
      {"year": 2025, "starts": ["2025-01-06", "2025-04-07", "2025-07-07", "2025-10-06",
                                "2025-11-03"], "quarters": [1, 1, 1, 2], "ends": "2026-01-04"},
      {"year": 2026, "starts": ["2026-01-05", "2026-02-02", "2026-04-06", "2026-07-06",
                                "2026-10-05"], "quarters": [2, 1, 1, 1], "ends": "2027-01-03"}]})");
  deal("2025-01-06", 100);
  deal("2025-11-03", 200);
  deal("2026-02-02", 400);
  deal("2026-10-05", 800);
  EXPECT_EQ(deals("period(close_date, fiscal_quarter) as q, prior(sum(amount), 1 fiscal_year)",
                  "group by q"),
            "FY2025-Q1|null\nFY2025-Q4|null\nFY2026-Q1|1.00\nFY2026-Q4|2.00\n");
  EXPECT_EQ(deals("period(close_date, fiscal_period) as p, prior(sum(amount), 1 fiscal_quarter)",
                  "group by p", "close_date in this_fiscal_year"),
            "FY2026-P02|2.00\nFY2026-P05|null\n")
      << "the second of a quarter of two is that of the quarter before";
  EXPECT_EQ(code(system().query(query("period(close_date, fiscal_year) as y, "
                                      "prior(count(), 1 fiscal_year)",
                                      "group by y", "close_date in last_fiscal_year"))),
            errc::undefined_period);
}

TEST_P(earlier, instants_go_by_the_days_of_the_time_zone) {
  set("time_zone", "Asia/Shanghai");
  const auto visit = [&](const char* name, const char* when) {
    at.clock->set(instant::parse(when).value());
    system().create(account::entity, {account::name = name}).value();
  };
  visit("v a", "2025-02-28T16:00:00Z");  // the first of March there
  visit("v b", "2025-03-15T01:00:00Z");
  visit("v c", "2025-03-31T16:00:00Z");  // the first of April there
  visit("v d", "2026-03-14T17:00:00Z");
  at.clock->set(instant::parse("2026-03-20T00:00:00Z").value());
  const auto visits = [&](const std::string& condition) {
    return answer(system(), "select period(created_at, month) as m, count(), "
                            "prior(count(), 1 year) from account where name like 'v %' and " +
                                condition + " group by m");
  };
  EXPECT_EQ(visits("created_at in this_month"), "2026-03|1|2\n");
  EXPECT_EQ(visits("created_at >= '2026-03-14T17:00:00Z' and created_at < '2026-04-01T00:00:00Z'"),
            "2026-03|1|1\n");
  EXPECT_EQ(visits("created_at > '2026-03-14T16:59:59.999999Z' and created_at <= "
                   "'2026-03-15T01:00:00Z'"),
            "2026-03|1|1\n");
  EXPECT_EQ(visits("date(created_at) <= '2026-03-15' and created_at in this_year"),
            "2026-03|1|2\n");
  EXPECT_EQ(text(system()
                     .query("select period(created_at, day) as d, prior(count(), 364 day) from "
                            "account where name = 'v d' or name = 'v b' group by d",
                            {}, {.time_zone = "UTC"})
                     .value()),
            "2025-03-15|null\n2026-03-14|1\n");
}

TEST_P(earlier, amounts_are_in_one_currency_then_and_now) {
  deal("2025-05-01", 100, "talk", "nina", currency("EUR"));
  deal("2026-05-01", 1000);
  const std::string rest = "group by m";
  for (const char* figure :
       {"prior(sum(amount), 1 year)", "delta(max(amount), prior 1 year)",
        "sum(amount) / prior(sum(amount), 1 year)", "share(prior(sum(amount), 1 year))"}) {
    const error why = refused("period(close_date, month) as m, " + std::string(figure), rest,
                              "close_date in this_year");
    EXPECT_EQ(why.code(), errc::mixed_currency) << figure << why.message();
  }
  EXPECT_EQ(deals("period(close_date, month) as m, prior(count(), 1 year)", rest,
                  "close_date in this_year"),
            "2026-05|1\n");
  EXPECT_EQ(deals("period(close_date, month) as m, currency, prior(sum(amount), 1 year)",
                  "group by m, currency", "close_date in this_year"),
            "2026-05|USD|null\n");
  deal("2025-05-02", 300);
  EXPECT_EQ(refused("period(close_date, month) as m, prior(sum(amount), 1 year)", rest,
                    "close_date in this_year")
                .code(),
            errc::mixed_currency);
}

TEST_P(earlier, groups_show_what_the_user_may_see) {
  deal("2025-05-01", 100, "talk", "nina");
  deal("2025-05-02", 200, "talk", "sun");
  deal("2026-05-01", 1000, "talk", "nina");
  deal("2026-05-02", 2000, "talk", "sun");
  const std::string text = query("period(close_date, month) as m, sum(amount), "
                                 "prior(sum(amount), 1 year)",
                                 "group by m", "close_date in this_year");
  EXPECT_EQ(answer(system(), text), "2026-05|30.00|3.00\n");
  EXPECT_EQ(answer(as("nina"), text), "2026-05|10.00|1.00\n");
  EXPECT_EQ(answer(as("sun"), text), "2026-05|20.00|2.00\n");
  EXPECT_EQ(answer(as("lone"), text), "");
  EXPECT_EQ(answer(as("vera"), replaced(text, "from opportunity", "from opportunity scope mine")),
            "");
}

TEST_P(earlier, moments_of_the_past_are_read_as_they_were) {
  deal("2025-05-01", 100);
  deal("2026-05-01", 1000);
  const instant then = at.clock->now();
  at.clock->set(instant{then.microseconds + 86'400'000'000});
  deal("2025-05-03", 5000);
  const std::string text = query("period(close_date, month) as m, prior(sum(amount), 1 year)",
                                 "group by m", "close_date in this_year");
  EXPECT_EQ(answer(system(), text), "2026-05|51.00\n");
  EXPECT_EQ(answer(system(), replaced(text, "from opportunity",
                                      "from opportunity as of instant '" + then.to_string() + "'")),
            "2026-05|1.00\n");
}

TEST_P(earlier, prepared_queries_move_the_values_that_they_are_given) {
  deal("2024-05-01", 100);
  deal("2025-05-01", 200);
  deal("2026-05-01", 400);
  const prepared q = prepare(query("period(close_date, year) as y, prior(sum(amount), :n year)",
                                   "group by y", "close_date >= :from and stage = :s"))
                         .value();
  const auto asked = [&](int n, const char* from) {
    return text(system()
                    .query(q, {{"n", n}, {"from", date::parse(from).value()}, {"s", key("talk")}})
                    .value());
  };
  EXPECT_EQ(asked(1, "2026-01-01"), "2026|2.00\n");
  EXPECT_EQ(asked(2, "2026-01-01"), "2026|1.00\n");
  EXPECT_EQ(asked(1, "2025-01-01"), "2025|1.00\n2026|2.00\n");
}

TEST_P(earlier, what_cannot_be_compared_is_refused_with_its_place) {
  const auto told = [&](const std::string& items, const std::string& rest,
                        const std::string& condition = "true") {
    const error why = refused(items, rest, condition);
    EXPECT_TRUE(why.offset()) << why.message();
    return std::string(why.message());
  };
  const std::string month = "period(close_date, month) as m, ";
  EXPECT_EQ(told("prior(count(), 1 year)", ""),
            "`prior` goes by periods, so `group by` needs one as a key, such as "
            "`period(close_date, quarter)`");
  EXPECT_EQ(told(month + "delta(count(), prior 1 week)", "group by m"),
            "`delta` cannot look `week` back from `period(close_date, month)`; use `month`, "
            "`quarter` or `year`");
  EXPECT_EQ(told(month + "prior(count(), 1 fiscal_year)", "group by m"),
            "`prior` cannot look `fiscal_year` back from `period(close_date, month)`; use `month`, "
            "`quarter` or `year`");
  EXPECT_EQ(told(month + "prior(count(), 1 year)", "group by m, year(close_date)"),
            "`prior` goes by one period, on whose date no other key hangs, and `group by` has "
            "`period(close_date, month)` and `year(close_date)`; leave one of them out");
  EXPECT_EQ(told(month + "prior(count(), 1 year)", "group by m, period(created_at, month)"),
            "`prior` goes by one period, on whose date no other key hangs, and `group by` has "
            "`period(close_date, month)` and `period(created_at, month)`; leave one of them out");
  EXPECT_EQ(told(month + "prior(count(), 1 year)", "group by m", "year(close_date) = 2026"),
            "for the periods before, the conditions on `close_date` are moved back, and this one "
            "cannot be; compare `close_date` with constants or a range such as `this_year`, joined "
            "by `and`");
  EXPECT_EQ(told(month + "prior(stage.name, 1 year)", "group by m"),
            "`prior` compares groups, so it takes an aggregate or what is computed of some; write "
            "`sum(…)` or the like");
  EXPECT_EQ(told(month + "prior(delta(count(), prior 1 year), 1 year)", "group by m"),
            "`delta` may not stand in `prior`");
  EXPECT_EQ(told(month + "prior(share(count()), 1 year)", "group by m"),
            "`share` may not stand in `prior`");
  EXPECT_EQ(told(month + "prior(count(), 0 year)", "group by m"),
            "`prior` looks back by a whole number of units, from 1 to 100000, that is known "
            "beforehand");
  EXPECT_EQ(told(month + "delta(max(name), prior 1 year)", "group by m"),
            "`delta` takes a number of each group, and `prior` with how far back to look, not "
            "text");
  EXPECT_EQ(told(month + "prior(count(), 1 years)", "group by m"),
            "`years` is not a unit of `prior`; did you mean `year`?");
  EXPECT_EQ(told(month + "sum(prior(count(), 1 year))", "group by m"),
            "`sum` may not hold another aggregate");
  EXPECT_EQ(told("name", "", "prior(count(), 1 year) > 1"), "`count` may not stand here");
  EXPECT_EQ(told(month + "delta(count(), 1 year)", "group by m"), "expected `prior`, not `1`");
}

TEST_P(earlier, readings_are_shown_to_those_who_ask_how) {
  const query::shape how =
      system()
          .explain_query(query("period(close_date, month) as m, prior(count(), 1 year)",
                               "group by m", "close_date in this_year"))
          .value();
  ASSERT_EQ(how.nested.size(), 1u);
  ASSERT_EQ(how.nested[0].conditions.size(), 3u);
  EXPECT_EQ(how.nested[0].conditions[1].text, "close_date >= date '2025-01-01'");
  EXPECT_EQ(how.conditions[1].text, "close_date >= date '2026-01-01'");
}

}  // namespace
}  // namespace guanxi::test
