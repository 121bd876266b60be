// How a query would be answered: who does what, by which conditions, told to administrators alone.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;
using query::division;

class shapes : public on_every_store {
 protected:
  query::shape of(std::string_view text, std::string_view login = {}) {
    auto s = as("admin").explain_query(text, {}, login);
    EXPECT_TRUE(s) << message(s);
    return s ? *s : query::shape();
  }
  bool whole() const {
    return GetParam() != tested_store::map && GetParam() != tested_store::choosy &&
           GetParam() != tested_store::c_store && GetParam() != tested_store::c_planner;
  }
};
INSTANTIATE_TEST_SUITE_P(on, shapes, every_store, store_name);

TEST_P(shapes, say_who_does_what) {
  const query::shape s = of("select name from account where industry = 'it' order by name limit 3");
  EXPECT_EQ(s.statement,
            "select name from account where industry = 'it' order by name limit 3");
  ASSERT_EQ(s.conditions.size(), 1u);
  EXPECT_EQ(s.conditions[0].text, "industry = 'it'");
  EXPECT_FALSE(s.access.empty());
  if (whole()) {
    EXPECT_EQ(s.division, division::store);
    EXPECT_EQ(s.conditions[0].verdict, "exact");
  } else if (GetParam() == tested_store::map) {
    EXPECT_EQ(s.division, division::core);
    EXPECT_EQ(s.conditions[0].verdict, "unsupported");
  }
}

TEST_P(shapes, have_the_conditions_of_the_rights) {
  const query::shape all = of("select name, account.name from opportunity");
  ASSERT_EQ(all.guards.size(), 2u);
  EXPECT_EQ(all.guards[0].entity, "opportunity");
  EXPECT_EQ(all.guards[1].entity, "account");
  EXPECT_EQ(all.guards[0].reach, "all");
  const query::shape of_nina = of("select name from opportunity", "nina");
  EXPECT_NE(of_nina.guards[0].reach.find("owner = "), std::string::npos)
      << of_nina.guards[0].reach;
}

TEST_P(shapes, tell_a_store_that_finds_rows_of_rights_in_values) {
  if (GetParam() != tested_store::c_planner) return;
  std::string told;  // verdicts come by chance: where it takes nothing, there is nothing to tell
  for (int i = 0; i < 10 && told.find("`owner`") == std::string::npos; ++i)
    for (const std::string& line : of("select name from opportunity", "lone").access)
      told += line + "\n";
  EXPECT_NE(told.find("`owner` = " + std::to_string(key("lone").value)), std::string::npos)
      << told;
  EXPECT_EQ(told.find("lone"), std::string::npos);
}

TEST_P(shapes, have_those_of_nested_selects) {
  const query::shape s = of("select name from account where any(contacts: job_title = 'CEO') and "
                            "id in (select account from opportunity)");
  ASSERT_EQ(s.nested.size(), 2u);
  EXPECT_EQ(s.nested[0].conditions.size(), 1u);
  EXPECT_NE(query::to_json(s).find("\"nested\""), std::string::npos);
}

TEST_P(shapes, leave_days_of_a_zone_and_rates_to_sqlite) {
  if (GetParam() != tested_store::sqlite_file) return;
  const auto divided = [&](std::string_view text) {
    return as("admin").explain_query(text, {}, {}, {.time_zone = "Asia/Shanghai"}).value().division;
  };
  EXPECT_EQ(divided("select period(created_at, month) as m, count() from opportunity group by m"),
            division::store);
  EXPECT_EQ(divided("select sum(convert(amount, 'CNY', at close_date)) from opportunity "
                    "group by period(close_date, fiscal_quarter)"),
            division::store);
  // A record that a limit or another condition leaves out must not be asked for its rate.
  EXPECT_NE(divided("select convert(amount, 'CNY') from opportunity limit 3"), division::store);
  EXPECT_NE(divided("select name from opportunity where convert(amount, 'CNY') > 5"),
            division::store);
}

TEST_P(shapes, are_for_administrators) {
  EXPECT_EQ(code(as("nina").explain_query("select name from account")), errc::permission);
  EXPECT_EQ(code(as("admin").explain_query("select name from account", {}, "nobody")),
            errc::unknown_name);
  EXPECT_EQ(code(as("admin").explain_query("select nme from account")), errc::unknown_name);
  EXPECT_EQ(code(as("admin").explain_query("select name fro account")), errc::parse);
}

TEST_P(shapes, leave_nothing_behind) {
  session s = as("admin");
  const std::string before = answer(s, "select count() from account");
  for (int i = 0; i < 3; ++i) of("select name from account where owner.name like 'n%'");
  EXPECT_EQ(answer(s, "select count() from account"), before);
}

}  // namespace
}  // namespace guanxi::test
