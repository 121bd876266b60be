// fill gaps: groups for the periods between that have no records.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class gaps : public on_every_store {
 protected:
  void deal(const char* closes, std::int64_t cents, const char* stage = "talk") {
    system()
        .create(opportunity::entity,
                {opportunity::name = std::string("d ") + closes, opportunity::stage = key(stage),
                 schema::system_field::owner = key("nina"),
                 opportunity::amount = money{decimal{cents, 2}, currency("USD")},
                 opportunity::close_date = date::parse(closes).value()})
        .value();
  }
  std::string deals(const std::string& items, const std::string& rest,
                    const std::string& condition = "true",
                    const std::vector<expr::parameter_value>& parameters = {}) {
    return answer(system(),
                  "select " + items + " from opportunity where name like 'd %' and (" +
                      condition + ") " + rest,
                  parameters);
  }
};
INSTANTIATE_TEST_SUITE_P(on, gaps, every_store, store_name);

TEST_P(gaps, between_the_first_and_the_last_period_are_filled) {
  deal("2025-11-30", 100);
  deal("2026-02-01", 200);
  deal("2026-02-02", 300);
  EXPECT_EQ(deals("period(close_date, month) as m, count(), sum(amount), coalesce(sum(amount), 0), "
                  "max(close_date), avg(amount)",
                  "group by m fill gaps"),
            "2025-11|1|1.00|1.00|2025-11-30|1.000000\n2025-12|0|null|0.00|null|null\n"
            "2026-01|0|null|0.00|null|null\n2026-02|2|5.00|5.00|2026-02-02|2.500000\n");
  EXPECT_EQ(deals("period(close_date, quarter) as q, count()",
                  "group by q fill gaps having count() = 0 or q = '2026-Q1' order by q desc",
                  "close_date in last_n_years(1) or close_date > '2026-01-01'"),
            "2026-Q1|2\n");
  EXPECT_EQ(deals("period(close_date, week) as w, count(), running_sum(count()), share(count())",
                  "group by w fill gaps", "close_date >= '2026-01-20'"),
            "2026-W05|1|1|0.500000\n2026-W06|1|2|0.500000\n");
  EXPECT_EQ(deals("period(close_date, month) as m, count()", "group by m fill gaps", "false"), "");
}

TEST_P(gaps, within_the_range_of_where_are_filled_to_its_ends) {
  deal("2026-02-01", 200);
  const std::string wanted = "2025-12|0\n2026-01|0\n2026-02|1\n2026-03|0\n";
  const std::string items = "period(close_date, month) as m, count()";
  const std::string rest = "group by m fill gaps";
  EXPECT_EQ(deals(items, rest, "close_date >= '2025-12-31' and close_date < '2026-04-01'"), wanted);
  EXPECT_EQ(deals(items, rest, "close_date between :from and :to",
                  {{"from", date::parse("2025-12-01").value()},
                   {"to", date::parse("2026-03-01").value()}}),
            wanted);
  EXPECT_EQ(deals(items, rest, "close_date in last_n_months(3) and close_date < '2026-02-10'"),
            "2025-12|0\n2026-01|0\n2026-02|1\n");
  EXPECT_EQ(deals(items, rest, "close_date in next_month"), "2026-04|0\n") << "of no records, too";
  EXPECT_EQ(deals(items, rest, "close_date > '2026-01-01'"), "2026-02|1\n");
  EXPECT_EQ(deals(items, rest, "close_date > '2026-05-01' and close_date < '2026-01-01'"), "");
  EXPECT_EQ(deals("period(close_date, day) as d, count()", "group by d fill gaps",
                  "close_date = '2026-02-03'"),
            "2026-02-03|0\n");
}

TEST_P(gaps, are_filled_for_all_that_the_answer_has_of_other_keys) {
  deal("2026-01-01", 100, "talk");
  deal("2026-03-01", 200, "won");
  EXPECT_EQ(deals("stage.name as s, period(close_date, month) as m, count()",
                  "group by m, s fill gaps"),
            "Talk|2026-01|1\nWon|2026-01|0\nTalk|2026-02|0\nWon|2026-02|0\n"
            "Talk|2026-03|0\nWon|2026-03|1\n");
  EXPECT_EQ(deals("stage.name as s, period(close_date, month) as m, count(), grouping(m)",
                  "group by rollup(s, m) fill gaps having grouping(s) = 0"),
            "Talk|2026-01|1|0\nTalk|2026-02|0|0\nTalk|2026-03|0|0\nTalk|null|1|1\n"
            "Won|2026-01|0|0\nWon|2026-02|0|0\nWon|2026-03|1|0\nWon|null|1|1\n");
  EXPECT_EQ(deals("period(close_date, month) as m, stage.name as s, count()",
                  "group by m, s fill gaps order by count() desc, m limit 1 per s"),
            "2026-01|Talk|1\n2026-03|Won|1\n");
}

TEST_P(gaps, have_what_was_before_them) {
  deal("2025-02-01", 100);
  deal("2026-01-01", 200);
  EXPECT_EQ(deals("period(close_date, month) as m, coalesce(sum(amount), 0) - "
                  "coalesce(prior(sum(amount), 1 year), 0) as less",
                  "group by m fill gaps", "close_date between '2026-01-01' and '2026-02-28'"),
            "2026-01|2.00\n2026-02|-1.00\n");
}

TEST_P(gaps, of_instants_and_fiscal_periods_go_by_the_calendar) {
  system()
      .create(setting::entity,
              {setting::name = "fiscal_calendar",
               setting::content = R"({"kind": "custom", "years": [{"year": 2026, "starts": [
                   "2026-01-05", "2026-04-06", "2026-07-06", "2026-10-05"],
                   "ends": "2027-01-03"}]})"})
      .value();
  deal("2026-01-05", 100);
  deal("2027-01-03", 200);
  EXPECT_EQ(deals("period(close_date, fiscal_quarter) as q, count()", "group by q fill gaps"),
            "FY2026-Q1|1\nFY2026-Q2|0\nFY2026-Q3|0\nFY2026-Q4|1\n");
  EXPECT_EQ(deals("period(created_at, month) as m, count()", "group by m fill gaps",
                  "created_at in last_n_months(2) or created_at in today"),
            "2026-03|2\n");
  EXPECT_EQ(deals("period(created_at, day) as d, count()", "group by d fill gaps",
                  "created_at >= '2026-03-01T12:00:00Z' and created_at < '2026-03-03T00:00:00Z'"),
            "2026-03-01|0\n2026-03-02|2\n");
  EXPECT_EQ(deals("period(close_date, fiscal_year) as y, count()", "group by y fill gaps",
                  "close_date >= '2025-01-01' and close_date < '2027-01-01'")
                .substr(0, 6),
            "error:");
}

TEST_P(gaps, are_filled_up_to_the_cap_of_the_answer) {
  deal("2020-01-01", 100);
  deal("2026-01-01", 200);
  const auto days = [&](std::size_t most) {
    return system().query("select period(close_date, day) as d, count() from opportunity where "
                          "name like 'd %' group by d fill gaps",
                          {}, {.max_rows = most});
  };
  EXPECT_EQ(days(2193).value().size(), 2193u);
  EXPECT_EQ(code(days(2192)), errc::limit);
  EXPECT_NE(message(days(100)).find("`fill gaps`"), std::string::npos) << message(days(100));
}

TEST_P(gaps, of_no_period_are_refused_with_their_place) {
  const auto told = [&](const std::string& rest) {
    auto r = system().query("select count() from opportunity " + rest);
    EXPECT_TRUE(r.error().offset()) << rest;
    return message(r);
  };
  EXPECT_EQ(told("group by stage fill gaps"),
            "`fill gaps` goes by periods, so `group by` needs one as a key, such as "
            "`period(close_date, quarter)`");
  EXPECT_EQ(told("group by period(close_date, month), month(close_date) fill gaps"),
            "`fill gaps` goes by one period, on whose date no other key hangs, and `group by` has "
            "`period(close_date, month)` and `month(close_date)`; leave one of them out");
  EXPECT_EQ(told("group by stage fill"), "expected `gaps`, not the end");
}

}  // namespace
}  // namespace guanxi::test
