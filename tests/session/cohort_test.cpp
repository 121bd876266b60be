// Cohorts: records by the period of a first event and by how many periods have gone since; and
// what they are made of, figures of children as values and periods_between.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class cohort : public on_every_store {
 protected:
  void customer(const char* name, const std::vector<const char*>& closed,
                const char* owner = "nina", const char* in = "USD") {
    session s = system();
    const id who = s.create(account::entity, {account::name = std::string("k ") + name,
                                              schema::system_field::owner = key(owner)})
                       .value()
                       .key();
    for (const char* day : closed)
      s.create(opportunity::entity,
               {opportunity::name = std::string("k ") + name, opportunity::account = who,
                opportunity::stage = key("won"), schema::system_field::owner = key(owner),
                opportunity::amount = money{decimal{10000, 2}, currency::parse(in).value()},
                opportunity::close_date = date::parse(day).value()})
          .value();
  }
  void customers() {
    customer("a", {"2025-01-31", "2025-02-01", "2025-04-30"});
    customer("b", {"2025-01-01", "2025-01-02", "2025-02-28"}, "nils");
    customer("c", {"2025-02-15"});
    customer("d", {});
  }
  void set(const char* name, const std::string& content) {
    system()
        .create(setting::entity, {setting::name = name, setting::content = content})
        .value();
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
INSTANTIATE_TEST_SUITE_P(on, cohort, every_store, store_name);

const std::string first_won =
    "(select min(close_date) from account.opportunities where stage.is_won)";

TEST_P(cohort, groups_by_the_first_event_and_the_periods_since) {
  customers();
  const std::string wanted = "2025-01|0|2|1.00\n2025-01|1|2|1.00\n2025-01|3|1|0.50\n"
                             "2025-02|0|1|1.00\n";
  EXPECT_EQ(ask("select period(" + first_won + ", month) as cohort, periods_between(" + first_won +
                ", close_date, month) as age, count(distinct account) as buyers, "
                "round(retention(count(distinct account)), 2) as kept from opportunity "
                "where name like 'k %' and stage.is_won group by cohort, age"),
            wanted);
  EXPECT_EQ(ask("select period(" + first_won + ", month) as cohort, count(distinct account) as n "
                "from opportunity where name like 'k %' group by cohort pivot "
                "(count(distinct account)) for periods_between(" + first_won +
                ", close_date, month) in (0 as m0, 1 as m1, 2 as m2, 3 as m3)"),
            "2025-01|2|2|2|0|1\n2025-02|1|1|0|0|0\n");
}

TEST_P(cohort, retention_is_of_period_0_of_the_same_cohort) {
  customers();
  const std::string of = "from opportunity where name like 'k %' group by owner.login, age ";
  EXPECT_EQ(ask("select owner.login, periods_between(date '2025-01-01', close_date, month) as age, "
                "retention(sum(amount)) " + of),
            "nils|0|1.000000\nnils|1|0.500000\nnina|0|1.000000\nnina|1|2.000000\n"
            "nina|3|1.000000\n");
  EXPECT_EQ(ask("select owner.login, periods_between(date '2025-02-01', close_date, month) as age, "
                "round(retention(count()), 1) as kept " + of + "order by kept desc, age limit 3"),
            "nils|-1|2.0\nnils|0|1.0\nnina|0|1.0\n");
  EXPECT_EQ(ask("select owner.login, periods_between(date '2025-01-01', close_date, month) as age, "
                "retention(count()) " + of + "having count() < 2"),
            "nils|1|null\nnina|0|1.000000\nnina|3|1.000000\n")
      << "groups that having leaves out are no base";
  EXPECT_EQ(refused("select retention(count()) from opportunity group by close_date").message(),
            "`retention` compares with period 0, so `group by` needs one key "
            "`periods_between(…)`, not none");
  customer("e", {"2025-01-01"}, "nina", "EUR");
  EXPECT_NE(ask("select owner.login, periods_between(date '2025-01-01', close_date, month) as age, "
                "retention(sum(amount)) " + of).find("meets amounts in"),
            std::string::npos);
}

TEST_P(cohort, days_of_a_zone_stand_inside_periods_of_it) {
  const auto r = system().query("select periods_between(date(created_at), created_at, day), "
                                "period(created_at, day) = period(date(created_at), day) "
                                "from account limit 1", {}, {.time_zone = "Asia/Shanghai"});
  ASSERT_TRUE(r) << r.error().message();
  EXPECT_EQ(r->at(0, 0), value(0));
  EXPECT_EQ(r->at(0, 1), value(true));
}

TEST_P(cohort, periods_are_those_of_the_calendar) {
  const auto between = [&](const std::string& from, const std::string& to, const char* unit) {
    return ask("select periods_between(" + from + ", " + to + ", " + unit +
               ") from account limit 1");
  };
  const auto days = [&](const char* from, const char* to, const char* unit) {
    return between("date '" + std::string(from) + "'", "date '" + std::string(to) + "'", unit);
  };
  EXPECT_EQ(days("2025-01-31", "2025-02-01", "month"), "1\n");
  EXPECT_EQ(days("2025-02-01", "2025-01-31", "month"), "-1\n");
  EXPECT_EQ(days("2024-12-31", "2025-01-01", "year"), "1\n");
  EXPECT_EQ(days("2024-12-31", "2025-04-01", "quarter"), "2\n");
  EXPECT_EQ(days("2025-11-02", "2025-11-03", "week"), "1\n") << "from Sunday to Monday";
  EXPECT_EQ(days("2025-11-03", "2025-11-09", "week"), "0\n");
  EXPECT_EQ(days("1969-12-28", "1970-01-05", "week"), "2\n");
  EXPECT_EQ(days("0001-01-07", "0001-01-08", "week"), "1\n");
  EXPECT_EQ(days("2025-03-01", "2024-03-01", "day"), "-365\n");
  EXPECT_EQ(between("null", "date '2025-03-01'", "day"), "null\n");
  EXPECT_EQ(between("instant '2025-01-31T23:30:00Z'", "date '2025-02-01'", "month"), "1\n");
  set("time_zone", "Asia/Shanghai");
  set("fiscal_calendar", R"({"kind": "shifted", "start_month": 4})");
  EXPECT_EQ(between("instant '2025-01-31T23:30:00Z'", "date '2025-02-01'", "month"), "0\n");
  EXPECT_EQ(days("2025-03-31", "2025-04-01", "fiscal_year"), "1\n");
  EXPECT_EQ(days("2025-04-01", "2025-03-31", "fiscal_year"), "-1\n");
  EXPECT_EQ(days("2025-01-01", "2026-07-01", "fiscal_quarter"), "6\n");
  EXPECT_EQ(days("2026-07-01", "2025-01-01", "fiscal_period"), "-18\n");
  EXPECT_EQ(refused("select periods_between(close_date, 1, month) from opportunity").message(),
            "`periods_between` takes two dates or instants and a unit such as month or "
            "fiscal_quarter, not integer");
  EXPECT_EQ(refused("select periods_between(close_date, close_date, mnth) from opportunity")
                .message(),
            "`mnth` is not a unit of `periods_between`; did you mean `month`?");
}

TEST_P(cohort, thirteen_periods_and_listed_years_are_counted) {
  const auto between = [&](const char* from, const char* to, const char* unit) {
    return ask("select periods_between(date '" + std::string(from) + "', date '" + to + "', " +
               unit + ") from account limit 1");
  };
  session s = system();
  const record calendar =
      s.create(setting::entity,
               {setting::name = "fiscal_calendar",
                setting::content = R"({"kind": "weeks", "ends": "last", "weekday": "sunday",
                                       "month": 12, "pattern": "13 periods"})"})
          .value();
  EXPECT_EQ(between("2025-01-15", "2026-01-14", "fiscal_period"), "13\n");
  EXPECT_EQ(between("2025-01-15", "2026-01-14", "fiscal_quarter"), "4\n");
  s.change(calendar, {setting::content = R"({"kind": "custom", "years": [{"year": 2026,
      "starts": ["2026-01-05", "2026-04-06", "2026-07-06", "2026-10-05"], "ends": "2027-01-03"},
      {"year": 2027, "starts": ["2027-01-04", "2027-03-01", "2027-05-03", "2027-07-05",
      "2027-09-06", "2027-11-01", "2027-11-15", "2027-12-06"], "ends": "2028-01-02"}]})"})
      .value();
  EXPECT_EQ(between("2026-07-06", "2027-11-14", "fiscal_period"), "7\n");
  EXPECT_EQ(between("2027-12-31", "2026-01-05", "fiscal_period"), "-11\n");
  EXPECT_EQ(between("2026-12-01", "2027-05-03", "fiscal_quarter"), "2\n");
  auto r = s.query("select periods_between(close_date, date '2028-02-01', fiscal_year) "
                   "from opportunity where close_date is not null");
  EXPECT_EQ(code(r), errc::undefined_period) << message(r);
}

TEST_P(cohort, figures_of_children_stand_where_values_do) {
  customers();
  const std::string of = " from account where name like 'k %' ";
  EXPECT_EQ(ask("select name, (select count() from opportunities) as n" + of + "order by n desc, "
                "name limit 3"),
            "k a|3\nk b|3\nk c|1\n");
  EXPECT_EQ(ask("select name, (select count() from opportunities) + 1, "
                "coalesce((select max(close_date) from opportunities), date '2000-01-01')" + of +
                "and (select count() from opportunities) between 0 and 1"),
            "k c|2|2025-02-15\nk d|1|2000-01-01\n");
  EXPECT_EQ(ask("select (select count() from opportunities) as deals, count()" + of +
                "group by deals"),
            "0|1\n1|1\n3|2\n");
  EXPECT_EQ(ask("select (select count() from opportunities) as deals, (select count() from "
                "opportunities) as again, count()" + of + "group by deals limit 1"),
            "0|0|1\n");
  EXPECT_EQ(ask("select (select count() from opportunities), count()" + of +
                "group by (select count() from opportunities) limit 1"),
            "0|1\n");
  EXPECT_EQ(ask("select avg((select count() from opportunities)), "
                "count() filter (where any(opportunities: close_date < '2025-02-01'))" + of),
            "1.750000|2\n");
  EXPECT_EQ(ask("select name, least((select min(close_date) from opportunities), date "
                "'2025-02-01'), greatest(1, (select count() from opportunities where "
                "close_date > :day))" + of, {{"day", date::parse("2025-02-01").value()}}),
            "k a|2025-01-31|1\nk b|2025-01-01|1\nk c|2025-02-01|1\nk d|2025-02-01|1\n");
  EXPECT_EQ(ask("select name" + of + "and (select max((select count() from account.opportunities)) "
                "from opportunities) = 3 order by name"),
            "k a\nk b\n");
}

TEST_P(cohort, figures_of_children_are_trimmed) {
  customers();
  const std::string query = "select name, (select count() from account.opportunities) * 1 from "
                            "opportunity where name like 'k %' order by id limit 1";
  EXPECT_EQ(answer(as("nina"), query), "k a|3\n");
  EXPECT_EQ(answer(as("nils"), query), "k b|3\n");
  const std::string owned = "select login, (select count() from opportunities_by_owner where name "
                            "like 'k %') + 0 as n from user where login in ('nina', 'nils') "
                            "order by login";
  EXPECT_EQ(ask(owned), "nils|3\nnina|4\n");
  EXPECT_EQ(answer(as("nils"), owned), "nils|3\nnina|0\n");
}

TEST_P(cohort, figures_of_children_refuse_what_is_none) {
  const auto told = [&](const std::string& query) { return std::string(refused(query).message()); };
  const std::string one = "a select of children in an expression gives one figure for each record: "
                          "an aggregate, and `where` at most";
  EXPECT_EQ(told("select (select name from opportunities) = 'a' from account"), one);
  EXPECT_EQ(told("select name from account where (select count() from opportunities limit 1) > 1"),
            one);
  EXPECT_EQ(told("select name from account where (select count() from opportunity) > 1"),
            "no children `opportunity` of `account`; did you mean `opportunities`?");
  EXPECT_EQ(told("select name from account order by (select sum(amount) from opportunities)"),
            "amounts of children are each in the currency of its own record; `convert` them inside "
            "their select");
  EXPECT_EQ(told("select name from account where (select count() from opportunities where nme = "
                 "'a') > 1"),
            "no field `nme` on `opportunity`; did you mean `name`?");
}

}  // namespace
}  // namespace guanxi::test
