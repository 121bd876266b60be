// Dates by the company's calendar: ranges, today, fiscal periods, days of a time zone.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class calendars : public on_every_store {
 protected:
  /// Keeps a setting, made or changed.
  result<void> set(const char* name, const std::string& content) {
    session s = system();
    const rows there =
        s.query("select id from setting where name = :n", {{"n", value(name)}}).value();
    if (there.empty()) {
      auto made = s.create(setting::entity, {setting::name = name, setting::content = content});
      return made ? result<void>() : passed(made);
    }
    schema::draft d = s.draft("setting").value();
    d.set(setting::content = content);
    auto changed = s.change(there.at(0, 0).as_id(), d);
    return changed ? result<void>() : passed(changed);
  }
  void deal(const char* name, const char* closes) {
    session s = system();
    schema::draft d = s.draft("opportunity").value();
    d.set(opportunity::name = name);
    d.set(opportunity::stage = key("talk"));
    d.set(opportunity::close_date = date::parse(closes).value());
    s.create(d).value();
  }
  std::string deals(const std::string& condition) {
    return answer(system(), "select name from opportunity where name like 'd %' and " + condition +
                                " order by close_date");
  }
};
INSTANTIATE_TEST_SUITE_P(on, calendars, every_store, store_name);

TEST_P(calendars, give_ranges_of_dates_from_the_clock) {
  const date today = system().calendar()->local_date(system().world().clock->now());
  const auto closes = [&](const char* name, int days) {
    deal(name, date{today.days + days}.to_string().c_str());
  };
  closes("d yesterday", -1);
  closes("d today", 0);
  closes("d tomorrow", 1);
  closes("d long ago", -4000);
  EXPECT_EQ(deals("close_date in today"), "d today\n");
  EXPECT_EQ(deals("close_date in yesterday"), "d yesterday\n");
  EXPECT_EQ(deals("close_date in last_n_days(1)"), "d yesterday\n");
  EXPECT_EQ(deals("close_date in next_n_days(:n)").substr(0, 6), "error:") << "no value for :n";
  EXPECT_EQ(answer(system(), "select name from opportunity where close_date in next_n_days(:n) "
                             "and name like 'd %'",
                   {{"n", value(std::int64_t{3})}}),
            "d tomorrow\n");
  EXPECT_EQ(deals("close_date not in today"), "d long ago\nd yesterday\nd tomorrow\n");
  EXPECT_EQ(deals("close_date = today()"), "d today\n");
  EXPECT_EQ(deals("close_date < today() - 1000"), "d long ago\n");
  EXPECT_EQ(deals("close_date in last_n_years(:n)").substr(0, 6), "error:");
  EXPECT_EQ(answer(system(), "select count() from opportunity where created_at > now()"), "0\n");
  EXPECT_EQ(answer(system(), "select count() from opportunity where name like 'd %' "
                             "and created_at in this_year"),
            "4\n");
}

TEST_P(calendars, name_fiscal_periods) {
  ASSERT_TRUE(set("fiscal_calendar", R"({"kind": "shifted", "start_month": 4})"));
  deal("d a", "2026-03-31");
  deal("d b", "2026-04-01");
  deal("d c", "2026-12-31");
  EXPECT_EQ(answer(system(), "select period(close_date, fiscal_quarter) as q, count() from "
                             "opportunity where name like 'd %' group by q order by q"),
            "FY2026-Q4|1\nFY2027-Q1|1\nFY2027-Q3|1\n");
  EXPECT_EQ(answer(system(), "select name from opportunity where name like 'd %' and "
                             "period(close_date, fiscal_year) = 'FY2027' order by name"),
            "d b\nd c\n");
  EXPECT_EQ(answer(system(), "select period(close_date, fiscal_period), name from opportunity "
                             "where name like 'd %' order by period(close_date, fiscal_period) "
                             "desc limit 1"),
            "FY2027-P09|d c\n");
}

TEST_P(calendars, do_not_make_up_a_fiscal_year) {
  ASSERT_TRUE(set("fiscal_calendar",
                  R"({"kind": "custom", "years": [{"year": 2000, "starts": ["2000-01-01",
                      "2000-04-01", "2000-07-01", "2000-10-01"], "ends": "2000-12-31"}]})"));
  deal("d old", "2000-05-05");
  deal("d new", "2001-05-05");
  const auto refused = [&](const char* text) { return code(system().query(text)); };
  EXPECT_EQ(refused("select name from opportunity where close_date in this_fiscal_year"),
            errc::undefined_period);
  EXPECT_EQ(refused("select period(close_date, fiscal_quarter) from opportunity "
                    "where name like 'd %'"),
            errc::undefined_period);
  EXPECT_EQ(answer(system(), "select period(close_date, fiscal_quarter) from opportunity "
                             "where name = 'd old'"),
            "FY2000-Q2\n");
}

TEST_P(calendars, refuse_settings_that_make_no_sense) {
  for (const auto& [name, content] :
       {std::pair("time_zone", "Mars/Olympus"), std::pair("week_start", "noon"),
        std::pair("fiscal_calendar", "{\"start_month\": 0}")}) {
    const result<void> kept = set(name, content);
    ASSERT_FALSE(kept) << name;
    EXPECT_NE(message(kept).find("1 to 12"), message(kept).find("`")) << message(kept);
  }
  EXPECT_EQ(answer(system(), "select period(close_date, fiscal_year) from opportunity where id = "
                             "0"),
            "");
}

TEST_P(calendars, count_days_of_their_time_zone) {
  ASSERT_TRUE(set("time_zone", "Asia/Shanghai"));
  const record made =
      system().create(account::entity, {account::name = "Midnight"}).value();
  const instant now = made[schema::system_field::created_at].value();
  const calendar_ptr c = system().calendar();
  EXPECT_FALSE(c->utc());
  const std::string here = c->local_date(now).to_string();
  EXPECT_EQ(answer(system(), "select date(created_at), period(created_at, day) from account where "
                             "name = 'Midnight'"),
            here + "|" + here + "\n");
  EXPECT_EQ(answer(system(), "select count() from account where name = 'Midnight' and created_at "
                             "in today and date(created_at) = today()"),
            "1\n");
  const rows there = system()
                         .query("select date(created_at) from account where name = 'Midnight'", {},
                                {.time_zone = "Pacific/Kiritimati"})
                         .value();
  EXPECT_EQ(there.at(0, 0).as_date(), date{static_cast<std::int32_t>(
                                          (now.microseconds + 14 * 3'600'000'000) /
                                          microseconds_per_day)});
  EXPECT_EQ(code(system().query("select name from account", {}, {.time_zone = "Nowhere/Else"})),
            errc::unknown_name);
}

TEST_P(calendars, stand_still_inside_a_nested_select_and_say_where_words_are_wrong) {
  deal("d x", "2026-04-01");
  EXPECT_EQ(answer(system(), "select count() from account where id in (select account from "
                             "opportunity where close_date in last_n_fiscal_quarters(400))")
                .substr(0, 5) == "error",
            false);
  const auto wrong = [&](const std::string& condition) {
    const auto r = system().query("select name from opportunity where " + condition);
    return r ? std::string("answered") : std::string(r.error().message());
  };
  EXPECT_NE(wrong("close_date in this_mont").find("did you mean `this_month`?"), std::string::npos);
  EXPECT_NE(wrong("close_date in last_n_days(0)").find("from 1 to"), std::string::npos);
  EXPECT_NE(wrong("close_date in last_n_days('7')").find("a number"), std::string::npos);
  EXPECT_NE(wrong("amount in this_month").find("for dates and instants"), std::string::npos);
  EXPECT_NE(wrong("close_date = this_month").find("no field `this_month`"), std::string::npos);
  EXPECT_NE(wrong("today(1) = close_date").find("takes nothing"), std::string::npos);
}

}  // namespace
}  // namespace guanxi::test
