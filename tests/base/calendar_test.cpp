#include "guanxi/base/calendar.hpp"

#include <gtest/gtest.h>

using namespace guanxi;

namespace {

date day(std::string_view text) { return date::parse(text).value(); }
instant at(std::string_view text) { return instant::parse(text).value(); }

calendar_ptr made(calendar_settings from) {
  return make_calendar(from, *make_time_zones()).value();
}
calendar_ptr fiscal(std::string definition) { return made({.fiscal_calendar = definition}); }
calendar_ptr in_zone(std::string zone) { return made({.time_zone = zone}); }

std::string text(const result<date_span>& s) {
  if (!s) return std::string(name(s.error().code()));
  return s->from.to_string() + " " + date{s->to.days - 1}.to_string();
}
std::string span(const calendar_ptr& c, calendar_unit u, std::string_view about,
                 std::int64_t first = 0, std::int64_t count = 1) {
  return text(c->span(u, day(about), first, count));
}
std::string label(const calendar_ptr& c, calendar_unit u, std::string_view of) {
  const result<std::string> l = c->label(u, day(of));
  return l ? *l : std::string(name(l.error().code()));
}
std::string refused(calendar_settings from) {
  const auto c = make_calendar(from, *make_time_zones());
  return c ? "made" : std::string(c.error().message());
}

using unit = calendar_unit;

}  // namespace

TEST(calendar, has_units_that_meet_and_do_not_overlap) {
  const calendar_ptr c = plain_calendar();
  EXPECT_EQ(span(c, unit::day, "2024-02-29"), "2024-02-29 2024-02-29");
  EXPECT_EQ(span(c, unit::week, "2024-02-29"), "2024-02-26 2024-03-03");
  EXPECT_EQ(span(c, unit::month, "2024-02-29"), "2024-02-01 2024-02-29");
  EXPECT_EQ(span(c, unit::month, "2024-01-31", -3, 3), "2023-10-01 2023-12-31");
  EXPECT_EQ(span(c, unit::quarter, "2024-02-29", -1), "2023-10-01 2023-12-31");
  EXPECT_EQ(span(c, unit::year, "2024-02-29", 1, 2), "2025-01-01 2026-12-31");
  EXPECT_EQ(span(c, unit::fiscal_year, "2024-02-29"), "2024-01-01 2024-12-31");
  EXPECT_EQ(span(c, unit::year, "9999-06-01"), "overflow") << "it ends beyond the calendar";
  EXPECT_EQ(span(c, unit::day, "0001-01-01", -1), "overflow");
}

TEST(calendar, starts_weeks_where_it_is_told) {
  const auto week = [](std::string start) {
    return span(made({.week_start = start}), unit::week, "2024-03-03");
  };
  EXPECT_EQ(week("sunday"), "2024-03-03 2024-03-09");
  EXPECT_EQ(week("saturday"), "2024-03-02 2024-03-08");
  EXPECT_NE(refused({.week_start = "Sunday"}).find("`Sunday`"), std::string::npos);
}

TEST(calendar, shifts_fiscal_years) {
  const calendar_ptr c = fiscal(R"({"kind": "shifted", "start_month": 4})");
  EXPECT_EQ(span(c, unit::fiscal_year, "2026-03-31"), "2025-04-01 2026-03-31");
  EXPECT_EQ(span(c, unit::fiscal_quarter, "2026-04-01", -1), "2026-01-01 2026-03-31");
  EXPECT_EQ(span(c, unit::fiscal_period, "2026-04-01", -2, 2), "2026-02-01 2026-03-31");
  EXPECT_EQ(label(c, unit::fiscal_year, "2026-03-31"), "FY2026");
  EXPECT_EQ(label(c, unit::fiscal_quarter, "2026-04-01"), "FY2027-Q1");
  EXPECT_EQ(label(c, unit::fiscal_period, "2026-03-31"), "FY2026-P12");
  const calendar_ptr by_start = fiscal(R"({"start_month": 10, "named_by": "start"})");
  EXPECT_EQ(label(by_start, unit::fiscal_quarter, "2026-09-30"), "FY2025-Q4");
  EXPECT_EQ(label(by_start, unit::fiscal_year, "2026-10-01"), "FY2026");
}

// The calendar of the National Retail Federation, whose years it publishes: 2023 has 53 weeks.
TEST(calendar, has_years_of_weeks_that_end_nearest_to_a_month) {
  const calendar_ptr c = fiscal(R"({"kind": "weeks", "ends": "nearest", "weekday": "saturday",
                                    "month": 1, "pattern": "4-5-4", "named_by": "start"})");
  EXPECT_EQ(span(c, unit::fiscal_year, "2022-06-01"), "2022-01-30 2023-01-28");
  EXPECT_EQ(span(c, unit::fiscal_year, "2023-06-01"), "2023-01-29 2024-02-03");
  EXPECT_EQ(span(c, unit::fiscal_year, "2024-06-01"), "2024-02-04 2025-02-01");
  EXPECT_EQ(span(c, unit::fiscal_period, "2023-01-29"), "2023-01-29 2023-02-25");
  EXPECT_EQ(span(c, unit::fiscal_period, "2023-02-26"), "2023-02-26 2023-04-01");
  EXPECT_EQ(span(c, unit::fiscal_period, "2024-02-03"), "2023-12-31 2024-02-03") << "the 53rd week";
  EXPECT_EQ(label(c, unit::fiscal_quarter, "2024-02-03"), "FY2023-Q4");
  EXPECT_EQ(label(c, unit::fiscal_period, "2024-02-04"), "FY2024-P01");
  EXPECT_EQ(span(c, unit::fiscal_quarter, "2024-02-04", -4, 4), "2023-01-29 2024-02-03");
}

// Apple's annual reports: years end with the last Saturday of September, 2023 after 53 weeks.
TEST(calendar, has_years_of_weeks_that_end_with_the_last_of_a_month) {
  const calendar_ptr c = fiscal(R"({"kind": "weeks", "ends": "last", "weekday": "saturday",
                                    "month": 9, "pattern": "4-4-5"})");
  EXPECT_EQ(span(c, unit::fiscal_year, "2022-01-01"), "2021-09-26 2022-09-24");
  EXPECT_EQ(span(c, unit::fiscal_year, "2023-01-01"), "2022-09-25 2023-09-30");
  EXPECT_EQ(span(c, unit::fiscal_year, "2024-01-01"), "2023-10-01 2024-09-28");
  EXPECT_EQ(label(c, unit::fiscal_year, "2023-10-01"), "FY2024");
}

TEST(calendar, has_thirteen_periods) {
  const calendar_ptr c = fiscal(R"({"kind": "weeks", "ends": "last", "weekday": "sunday",
                                    "month": 12, "pattern": "13 periods"})");
  EXPECT_EQ(span(c, unit::fiscal_year, "2026-06-01"), "2025-12-29 2026-12-27");
  EXPECT_EQ(span(c, unit::fiscal_period, "2026-12-27"), "2026-11-30 2026-12-27");
  EXPECT_EQ(label(c, unit::fiscal_period, "2026-12-27"), "FY2026-P13");
  EXPECT_EQ(span(c, unit::fiscal_quarter, "2026-12-27"), "2026-09-07 2026-12-27")
      << "of four periods";
  const calendar_ptr other = fiscal(
      R"({"kind": "weeks", "ends": "last", "weekday": "sunday", "month": 12,
          "pattern": "13 periods", "quarters": [4, 3, 3, 3]})");
  EXPECT_EQ(span(other, unit::fiscal_quarter, "2025-12-29"), "2025-12-29 2026-04-19");
}

TEST(calendar, finds_the_period_in_the_same_place) {
  const auto there = [](const calendar_ptr& c, unit u, std::string_view about, std::int64_t count,
                        unit of) {
    const auto found = c->counterpart(u, day(about), count, of);
    if (!found) return std::string(name(found.error().code()));
    return *found ? text(**found) : "none";
  };
  const calendar_ptr plain = made({.week_start = "sunday"});
  EXPECT_EQ(there(plain, unit::month, "2024-02-29", 1, unit::year), "2023-02-01 2023-02-28");
  EXPECT_EQ(there(plain, unit::month, "2024-02-29", 1, unit::quarter), "2023-11-01 2023-11-30");
  EXPECT_EQ(there(plain, unit::quarter, "2024-02-29", -2, unit::year), "2026-01-01 2026-03-31");
  EXPECT_EQ(there(plain, unit::day, "2024-02-29", 2, unit::week), "2024-02-15 2024-02-15");
  EXPECT_EQ(there(plain, unit::week, "2024-03-03", 1, unit::week), "2024-02-19 2024-02-25")
      << "weeks are those of their labels";
  EXPECT_EQ(there(plain, unit::month, "2024-02-29", 1, unit::week), "misuse");
  EXPECT_EQ(there(plain, unit::year, "0005-02-01", 5, unit::year), "overflow");
  const calendar_ptr thirteen = fiscal(
      R"({"kind": "weeks", "ends": "last", "weekday": "saturday", "month": 12,
          "pattern": "13 periods"})");
  EXPECT_EQ(label(thirteen, unit::fiscal_period, "2025-12-27"), "FY2025-P13");
  EXPECT_EQ(there(thirteen, unit::fiscal_period, "2025-12-27", 1, unit::fiscal_year),
            "2024-12-01 2024-12-28");
  EXPECT_EQ(there(thirteen, unit::fiscal_period, "2025-12-27", 1, unit::fiscal_quarter), "none");
  EXPECT_EQ(there(thirteen, unit::fiscal_period, "2025-12-27", -4, unit::fiscal_quarter),
            "2026-11-29 2026-12-26");
  EXPECT_EQ(there(thirteen, unit::fiscal_quarter, "2025-01-01", 1, unit::fiscal_quarter),
            "2024-09-08 2024-12-28");
  const calendar_ptr shifted = fiscal(R"({"kind": "shifted", "start_month": 4})");
  EXPECT_EQ(there(shifted, unit::fiscal_quarter, "2026-01-01", 1, unit::fiscal_year),
            "2025-01-01 2025-03-31");
  const calendar_ptr listed = fiscal(
      R"({"kind": "custom", "years": [{"year": 2026, "starts": ["2026-01-05", "2026-04-06",
          "2026-07-06", "2026-10-05"], "ends": "2027-01-03"}]})");
  EXPECT_EQ(there(listed, unit::fiscal_quarter, "2026-05-01", 1, unit::fiscal_quarter),
            "2026-01-05 2026-04-05");
  EXPECT_EQ(there(listed, unit::fiscal_quarter, "2026-05-01", 1, unit::fiscal_year),
            "undefined_period");
}

TEST(calendar, knows_of_listed_years_only) {
  const calendar_ptr c = fiscal(
      R"({"kind": "custom", "years": [
          {"year": 2025, "starts": ["2025-01-06", "2025-04-07", "2025-07-07", "2025-10-06"],
           "ends": "2026-01-04"},
          {"year": 2026, "starts": ["2026-01-05", "2026-04-06", "2026-07-06", "2026-10-05"],
           "ends": "2027-01-03"}]})");
  EXPECT_EQ(span(c, unit::fiscal_year, "2026-05-01"), "2026-01-05 2027-01-03")
      << "the last one too";
  EXPECT_EQ(span(c, unit::fiscal_quarter, "2026-01-05", -1), "2025-10-06 2026-01-04");
  EXPECT_EQ(label(c, unit::fiscal_quarter, "2026-01-04"), "FY2025-Q4");
  EXPECT_EQ(span(c, unit::fiscal_year, "2026-05-01", 1), "undefined_period");
  EXPECT_EQ(span(c, unit::fiscal_quarter, "2025-02-01", -1), "undefined_period");
  EXPECT_EQ(label(c, unit::fiscal_year, "2027-01-04"), "undefined_period");
}

TEST(calendar, refuses_what_makes_no_sense) {
  const auto says = [](std::string definition, std::string_view what) {
    const std::string told = refused({.fiscal_calendar = definition});
    EXPECT_NE(told.find(what), std::string::npos) << definition << ": " << told;
  };
  says("[]", "JSON object");
  says("{", "JSON");
  says(R"({"kind": "lunar"})", "must be one of `shifted`, `weeks`, `custom`");
  says(R"({"start_month": 13})", "1 to 12");
  says(R"({"start_month": 4.5})", "1 to 12");
  says(R"({"start_mont": 4})", "did you mean `start_month`?");
  says(R"({"kind": "weeks"})", "`ends`");
  says(R"({"kind": "weeks", "ends": "last", "weekday": "saturday", "month": 1,
           "quarters": [3, 3]})",
       "add up to 12");
  says(R"({"kind": "custom", "years": []})", "at least one year");
  says(R"({"kind": "custom", "years": [{"year": 2025, "starts": ["2025-01-01", "2025-02-30"],
          "ends": "2025-12-31"}]})",
       "4 to 366");
  says(R"({"kind": "custom", "years": [{"year": 2025, "starts":
          ["2025-01-01", "2025-04-01", "2025-03-01", "2025-10-01"], "ends": "2025-12-31"}]})",
       "later than what comes before");
  says(R"({"kind": "custom", "years": [
          {"year": 2025, "starts": ["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01"],
           "ends": "2025-12-31"},
          {"year": 2026, "starts": ["2025-12-31", "2026-04-01", "2026-07-01", "2026-10-01"],
           "ends": "2026-12-31"}]})",
       "year 2 of them");
  EXPECT_NE(refused({.time_zone = "Europe/Pariss"}).find("`Europe/Pariss`"), std::string::npos);
  EXPECT_NE(refused({.time_zone = "CST"}).find("`CST`"), std::string::npos) << "which of them?";
}

TEST(calendar, begins_days_where_its_zone_does) {
  EXPECT_EQ(in_zone("Asia/Shanghai")->start_of(day("2026-03-01")), at("2026-02-28T16:00:00Z"));
  EXPECT_EQ(in_zone("Asia/Shanghai")->local_date(at("2026-02-28T15:59:59.999999Z")),
            day("2026-02-28"));
  EXPECT_EQ(in_zone("Asia/Shanghai")->local_date(at("2026-02-28T16:00:00Z")), day("2026-03-01"));
  EXPECT_EQ(in_zone("Pacific/Kiritimati")->start_of(day("2026-03-01")), at("2026-02-28T10:00:00Z"));
  EXPECT_EQ(in_zone("Etc/GMT+12")->start_of(day("2026-03-01")), at("2026-03-01T12:00:00Z"));
  const calendar_ptr paris = in_zone("Europe/Paris");
  EXPECT_EQ(paris->start_of(day("2026-03-29")), at("2026-03-28T23:00:00Z")) << "a day of 23 hours";
  EXPECT_EQ(paris->start_of(day("2026-03-30")), at("2026-03-29T22:00:00Z"));
  EXPECT_EQ(paris->start_of(day("2026-10-26")), at("2026-10-25T23:00:00Z")) << "after 25 hours";
}

TEST(calendar, begins_a_day_without_midnight_when_clocks_have_jumped) {
  // In Sao Paulo clocks went from 00:00 to 01:00 on 2018-11-04.
  const calendar_ptr paulo = in_zone("America/Sao_Paulo");
  EXPECT_EQ(paulo->start_of(day("2018-11-04")), at("2018-11-04T03:00:00Z"));
  EXPECT_EQ(paulo->local_date(at("2018-11-04T02:59:59Z")), day("2018-11-03"));
  // In Havana midnight came twice on 2026-11-01: the day begins with the first.
  EXPECT_EQ(in_zone("America/Havana")->start_of(day("2026-11-01")), at("2026-11-01T04:00:00Z"));
  // On Samoa there was no 30th of December 2011: it is empty.
  const calendar_ptr apia = in_zone("Pacific/Apia");
  EXPECT_EQ(apia->start_of(day("2011-12-30")), apia->start_of(day("2011-12-31")));
  EXPECT_EQ(apia->start_of(day("2011-12-31")), at("2011-12-30T10:00:00Z"));
}

TEST(calendar, of_every_day_begins_where_the_date_changes) {
  for (const char* zone : {"UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe",
                           "Asia/Kathmandu", "Africa/Casablanca"}) {
    const calendar_ptr c = in_zone(zone);
    for (date d = day("2024-12-25"); d < day("2026-02-01"); ++d.days) {
      const instant start = c->start_of(d);
      EXPECT_EQ(c->local_date(start), d) << zone;
      EXPECT_LT(c->local_date(instant{start.microseconds - 1}), d) << zone << d.to_string();
    }
  }
}
