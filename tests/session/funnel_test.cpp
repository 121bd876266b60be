// funnel: of the records that came in, how many reached each step, and how long that took.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class funnel : public on_every_store {
 protected:
  /// A deal that goes through stages, an hour in each.
  id deal(const char* name, const std::vector<const char*>& stages, const char* owner = "nina") {
    session s = system();
    record r = s.create(opportunity::entity,
                        {opportunity::name = std::string("f ") + name,
                         opportunity::stage = key(stages.front()),
                         schema::system_field::owner = key(owner),
                         opportunity::amount = money{decimal{10000, 2}, currency("USD")}})
                   .value();
    for (std::size_t i = 1; i < stages.size(); ++i) {
      at.clock->advance(3600 * microseconds_per_second);
      r = s.change(r, {opportunity::stage = key(stages[i])}).value();
    }
    return r.key();
  }
  void deals() {
    deal("a", {"talk", "offer", "won"});
    deal("b", {"talk", "won"});           // which skips a stage, and has passed it
    deal("c", {"talk", "offer", "talk"}); // which came back
    deal("d", {"talk", "lost"}, "nils");
    deal("e", {"offer"}, "nils");
  }
  std::string ask(const std::string& query,
                  const std::vector<expr::parameter_value>& parameters = {}) const {
    return answer(system(), query, parameters);
  }
  error refused(const std::string& query) const {
    auto r = system().query(query);
    EXPECT_FALSE(r) << query;
    EXPECT_TRUE(!r && r.error().offset()) << query;
    return r ? error() : std::move(r.error());
  }
};
INSTANTIATE_TEST_SUITE_P(on, funnel, every_store, store_name);

const std::string by_visits =
    " from opportunity where name like 'f %' funnel (any(stage_visits: stage.name = 'Talk') as "
    "talk, any(stage_visits: stage.name = 'Offer 报价') as offer, stage.is_won as won)";
const std::string by_moments =
    " from opportunity where name like 'f %' funnel ("
    "(select min(entered_at) from stage_visits where stage.name = 'Talk') as talk, "
    "(select min(entered_at) from stage_visits where stage.name = 'Offer 报价') as offer, "
    "(select min(entered_at) from stage_visits where stage.is_won) as won)";

TEST_P(funnel, counts_those_that_reached_a_step_or_a_later_one) {
  deals();
  const std::string wanted = "1|talk|5|1.000|null|null\n"
                             "2|offer|4|0.800|0.800|-1\n"
                             "3|won|2|0.400|0.500|-2\n";
  const std::string items =
      "select step(), step_name(), count() as deals, round(conversion(count()), 3), "
      "round(conversion(count(), prior 1 step), 3), delta(count(), prior 1 step)";
  EXPECT_EQ(ask(items + by_visits), wanted);
  EXPECT_EQ(ask(items + by_moments), wanted);
  EXPECT_EQ(ask("select step(), step_name(), count(distinct opportunity), "
                "round(conversion(count(distinct opportunity)), 3), "
                "round(conversion(count(distinct opportunity), prior 1 step), 3), "
                "delta(count(distinct opportunity), prior :n step) from stage_visit "
                "where opportunity.name like 'f %' funnel (stage.name = 'Talk' as talk, "
                "stage.name = 'Offer 报价' as offer, stage.is_won as won)",
                {{"n", 1}}),
            wanted);
  EXPECT_EQ(ask("select step_name(), count(), sum(amount), prior(count(), 2 step)" + by_visits +
                " having count() < 5 order by step() desc limit 1"),
            "won|2|200.00|5\n");
}

TEST_P(funnel, tells_the_time_between) {
  deals();
  EXPECT_EQ(ask("select step_name(), round(24 * avg(reached() - prior_reached()), 2), "
                "round(24 * max(reached() - first_reached()), 2), "
                "count(reached()) - count(prior_reached())" +
                by_moments),
            "talk|null|0.00|5\noffer|0.75|1.00|0\nwon|0.50|2.00|0\n")
      << "b reached the offer when it was won";
  EXPECT_EQ(ask("select step_name(), max(reached()) - min(reached()) filter (where prior_reached() "
                "is not null)" + by_moments + " order by step() limit 1 offset 2"),
            "won|0.041667\n");
}

TEST_P(funnel, goes_by_other_keys_and_has_all_steps) {
  deals();
  EXPECT_EQ(ask("select owner.login as who, step(), count(), round(conversion(count()), 2)" +
                replaced(by_visits, " funnel", " group by who funnel")),
            "nils|1|2|1.00\nnils|2|1|0.50\nnils|3|0|0.00\n"
            "nina|1|3|1.00\nnina|2|3|1.00\nnina|3|2|0.67\n");
  EXPECT_EQ(ask("select owner.login as who, step(), count(), share(count())" +
                replaced(by_visits, " funnel", " group by rollup(who) funnel") +
                " having step() = 3"),
            "nils|3|0|0.000000\nnina|3|2|1.000000\nnull|3|2|1.000000\n");
  EXPECT_EQ(ask("select step_name(), count() as n, conversion(count())" +
                replaced(by_visits, "'f %'", "'nothing'")),
            "talk|0|null\noffer|0|null\nwon|0|null\n");
  EXPECT_EQ(ask("select step_name(), count()" + by_visits +
                " pivot (count()) for owner.login in ('nina', 'nils')"),
            "talk|5|3|2\noffer|4|3|1\nwon|2|2|0\n");
  EXPECT_EQ(ask("select step() as n, count()" + by_visits + " order by count(), n limit 2"),
            "3|2\n2|4\n");
}

TEST_P(funnel, shows_what_the_user_may_see) {
  deals();
  const std::string query = "select step(), count()" + by_visits;
  EXPECT_EQ(answer(as("nils"), query), "1|2\n2|1\n3|0\n");
  EXPECT_EQ(answer(as("nina"), query), "1|3\n2|3\n3|2\n");
  EXPECT_EQ(answer(as("nils"), "select step(), count()" + by_moments), "1|2\n2|1\n3|0\n");
}

TEST_P(funnel, has_pages) {
  deals();
  const std::string query =
      "select step() as n, count() as deals" + by_visits + " order by n limit 2 after :cursor";
  const rows first = system().query(query, {{"cursor", value()}}).value();
  EXPECT_EQ(text(first), "1|5\n2|4\n");
  EXPECT_EQ(ask(query, {{"cursor", value(first.page().next)}}), "3|2\n");
}

TEST_P(funnel, refuses_what_makes_no_steps) {
  const auto told = [&](const std::string& items, const std::string& clause) {
    return std::string(refused("select " + items + " from opportunity " + clause).message());
  };
  EXPECT_EQ(told("step()", ""),
            "`step` goes by the steps of a query's `funnel (…)`, and there is none");
  EXPECT_EQ(told("count()", "funnel (name)"),
            "a step of `funnel` is a condition, a date or an instant, not text");
  EXPECT_EQ(told("min(reached())", "funnel (stage.is_won, close_date)"),
            "`reached` tells when a step was reached, so each step of `funnel` has to be a date, "
            "or each an instant");
  EXPECT_EQ(told("reached()", "funnel (created_at, modified_at)"),
            "`reached` is of each record, so it stands in an aggregate, as in `min(reached())`");
  EXPECT_EQ(told("name", "funnel (stage.is_won)"),
            "`name` is neither grouped nor inside an aggregate; add it to `group by` or aggregate "
            "it");
  EXPECT_EQ(told("conversion(1)", "funnel (stage.is_won)"),
            "`conversion` compares groups, so it takes an aggregate or what is computed of some; "
            "write `sum(…)` or the like");
  EXPECT_EQ(told("prior(count(), 1 step)", "group by period(close_date, month)"),
            "`prior` goes by the steps of a query's `funnel (…)`, and there is none");
  EXPECT_EQ(told("prior(count(), 1 year)", "group by period(close_date, year) funnel (amount > 1)"),
            "`prior` by periods does not go with `funnel`; look back by steps, as in "
            "`prior(count(), 1 step)`, or leave the funnel out");
  EXPECT_EQ(told("conversion(count(), prior 1 month)", "funnel (amount > 1)"),
            "expected `step`, not `month`");
  EXPECT_EQ(told("count()", "funnel ()"), "expected a value, not `)`");
  EXPECT_EQ(told("count()", "funnel (nme = 'a')"),
            "no field `nme` on `opportunity`; did you mean `name`?");
  std::string many = "funnel (amount > 1";
  for (int i = 0; i < 32; ++i) many += ", amount > 1";
  EXPECT_EQ(told("count()", many + ")"), "`funnel` has at most 32 steps");
}

}  // namespace
}  // namespace guanxi::test
