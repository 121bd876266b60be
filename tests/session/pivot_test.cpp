// pivot: a column for each of some values.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class pivot : public on_every_store {
 protected:
  std::string ask(const std::string& query,
                  const std::vector<expr::parameter_value>& parameters = {}) const {
    return answer(system(), query, parameters);
  }
  std::string names(const std::string& query) const {
    std::string out;
    const rows answer = system().query(query).value();
    for (const auto& c : answer.columns()) out += c.name + " ";
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(on, pivot, every_store, store_name);

TEST_P(pivot, makes_a_column_for_each_value_and_figure) {
  const std::string by_stage =
      "select owner.login as who, count() from opportunity group by who "
      "pivot (sum(amount) as value, count() as deals) for stage.name in ('Talk' as talk, 'Won')";
  EXPECT_EQ(names(by_stage), "who count() talk_value talk_deals Won_value Won_deals ");
  EXPECT_EQ(ask(by_stage), "lone|1|null|0|null|0\nnils|1|null|0|999.99|1\n"
                           "nina|2|1000.50|1|null|0\nsun|2|10000.00|1|null|0\n");
  EXPECT_EQ(ask(by_stage), ask("select owner.login as who, count(), "
                               "sum(amount) filter (where stage.name = 'Talk'), "
                               "count() filter (where stage.name = 'Talk'), "
                               "sum(amount) filter (where stage.name = 'Won'), "
                               "count() filter (where stage.name = 'Won') "
                               "from opportunity group by who"));
  EXPECT_EQ(ask(by_stage + " having talk_deals > 0 order by talk_value desc limit 1"),
            "sun|2|10000.00|1|null|0\n");
}

TEST_P(pivot, has_one_figure_without_a_name) {
  const std::string of_all = "select count() as all_of_them from opportunity "
                             "pivot (count()) for stage.is_won in (true as won, false)";
  EXPECT_EQ(names(of_all), "all_of_them won false ");
  EXPECT_EQ(ask(of_all), "6|1|5\n");
  EXPECT_EQ(ask("select count() from opportunity pivot (round(sum(amount) filter (where "
                "owner.login = 'nina') / count(), 1)) for stage.name in ('Talk', :s as other)",
                {{"s", "Won"}}),
            "6|500.3|null\n");
  EXPECT_EQ(ask("select count() from opportunity pivot (count()) "
                "for source in (null as none, 'x')"),
            "6|6|0\n");
  EXPECT_EQ(ask("select stage.name as s, count() from opportunity group by s pivot "
                "(first(name by close_date), share(count())) for bucket(amount, 0, 1000) in "
                "(0 as small, 1000 as large) order by s limit 1"),
            "Lost|1|Cross|0.333333|null|0.000000\n");
  EXPECT_EQ(ask("select stage.name as s, count() from opportunity group by rollup(s) "
                "pivot (count()) for (owner.login = 'nina') in (true as hers) "
                "having grouping(s) = 1"),
            "null|6|2\n");
}

TEST_P(pivot, stands_with_what_else_groups_have) {
  EXPECT_EQ(ask("select period(close_date, year) as y, count() from opportunity where close_date "
                "between '1999-01-01' and '2000-12-31' group by y fill gaps pivot (count() as n, "
                "prior(count(), 1 year) as before) for stage.name in ('Won' as won)"),
            "1999|0|0|null\n2000|0|0|null\n");
}

TEST_P(pivot, refuses_what_makes_no_columns) {
  const auto told = [&](const std::string& clause) {
    auto r = system().query("select count() from opportunity " + clause);
    EXPECT_FALSE(r) << clause;
    EXPECT_TRUE(r.error().offset()) << clause;
    return message(r);
  };
  EXPECT_EQ(told("pivot (amount) for stage.name in ('Won')"),
            "`pivot` takes aggregates or what is computed of some, not `amount`");
  EXPECT_EQ(told("pivot (count()) for stage.name in (name)"),
            "`pivot` takes its values as literals or parameters, not `name`");
  EXPECT_EQ(told("pivot (count()) for stage.name in ('a', 'b' as a)"),
            "`pivot` makes a second column `a`; give it another name with `as`");
  EXPECT_EQ(told("pivot (count()) for stage.nme in ('a')"),
            "no field `nme` on `stage`; did you mean `name`?");
  EXPECT_EQ(told("pivot (count()) for amount in ('a')"),
            "`=` cannot compare `amount` (decimal) with text");
  EXPECT_EQ(told("pivot (count()) for stage.name = 'a'"), "expected `in`, not the end");
  EXPECT_EQ(told("pivot count() for stage.name in ('a')"), "expected `(`, not `count`");
  EXPECT_EQ(told("pivot (count()) for stage.name in ()"), "expected a value, not `)`");
}

}  // namespace
}  // namespace guanxi::test
