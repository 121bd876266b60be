#include "guanxi/base/time.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace guanxi {
namespace {

date day(std::string_view text) { return date::parse(text).value(); }
instant at(std::string_view text) { return instant::parse(text).value(); }

TEST(date, counts_days_from_1970) {
  EXPECT_EQ(day("1970-01-01").days, 0);
  EXPECT_EQ(day("1969-12-31").days, -1);
  EXPECT_EQ(day("2000-03-01").days, 11017);
  EXPECT_EQ(day("0001-01-01").days, -719162);
  EXPECT_EQ(day("9999-12-31").days, 2932896);
}

TEST(date, walks_through_every_day_of_ten_thousand_years) {
  std::int32_t expected = day("0001-01-01").days;
  int wday = 1;  // 0001-01-01 is a Monday
  for (int year = 1; year <= 9999; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int d = 1; d <= 31; ++d) {
        const auto made = date::from_civil({year, month, d});
        if (!made) {
          ASSERT_GT(d, 28);
          continue;
        }
        ASSERT_EQ(made->days, expected++);
        ASSERT_EQ(weekday(*made), wday);
        wday = wday % 7 + 1;
        const civil c = made->to_civil();
        ASSERT_TRUE(c.year == year && c.month == month && c.day == d) << year << "-" << month;
      }
    }
  }
  EXPECT_EQ(expected - 1, day("9999-12-31").days);
}

TEST(date, knows_leap_years) {
  EXPECT_TRUE(leap_year(2000));
  EXPECT_FALSE(leap_year(1900));
  EXPECT_TRUE(leap_year(2024));
  EXPECT_FALSE(leap_year(2023));
  EXPECT_TRUE(date::parse("2000-02-29"));
  EXPECT_TRUE(date::parse("2024-02-29"));
  EXPECT_FALSE(date::parse("1900-02-29"));
  EXPECT_FALSE(date::parse("2023-02-29"));
}

TEST(date, prints_what_it_reads) {
  for (const char* text : {"0001-01-01", "0999-12-31", "1600-02-29", "2017-03-01", "9999-12-31"}) {
    EXPECT_EQ(day(text).to_string(), text);
  }
}

TEST(date, refuses_impossible_days_and_other_forms) {
  for (const char* text : {"", "2017", "2017-3-1", "2017/03/01", "17-03-01", "2017-03-01 ",
                           " 2017-03-01", "2017-03-01T", "2017-00-10", "2017-13-01", "2017-01-00",
                           "2017-01-32", "2017-04-31", "2017-02-30", "0000-01-01", "-001-01-01",
                           "20170301", "2017-0a-01", "+017-01-01", "２０１７-03-01"}) {
    const auto r = date::parse(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().code(), errc::parse);
    EXPECT_NE(r.error().message().find("is not a date"), std::string_view::npos);
  }
  EXPECT_EQ(date::parse("2017-02-30").error().message(),
            "`2017-02-30` is not a date; that month has no such day");
  EXPECT_EQ(date::from_civil({10000, 1, 1}).error().code(), errc::invalid_argument);
  EXPECT_FALSE(date::from_civil({2017, 1, -5}));
}

TEST(date, of_any_count_prints_without_fault) {
  using limits = std::numeric_limits<std::int32_t>;
  for (const auto days : {limits::min(), limits::max()}) {
    EXPECT_FALSE(date{days}.to_string().empty());
    EXPECT_FALSE(period_label(date{days}, period_unit::week).empty());
  }
}

TEST(weekday, follows_iso_8601) {
  EXPECT_EQ(weekday(day("1970-01-01")), 4);
  EXPECT_EQ(weekday(day("1969-12-29")), 1);
  EXPECT_EQ(weekday(day("2017-03-05")), 7);
}

TEST(quarter, groups_months_by_three) {
  EXPECT_EQ(quarter(day("2017-01-01")), 1);
  EXPECT_EQ(quarter(day("2017-03-31")), 1);
  EXPECT_EQ(quarter(day("2017-04-01")), 2);
  EXPECT_EQ(quarter(day("2017-09-30")), 3);
  EXPECT_EQ(quarter(day("2017-12-31")), 4);
}

TEST(period_label, names_each_unit) {
  const date d = day("2017-03-01");
  EXPECT_EQ(period_label(d, period_unit::year), "2017");
  EXPECT_EQ(period_label(d, period_unit::quarter), "2017-Q1");
  EXPECT_EQ(period_label(d, period_unit::month), "2017-03");
  EXPECT_EQ(period_label(d, period_unit::week), "2017-W09");
  EXPECT_EQ(period_label(d, period_unit::day), "2017-03-01");
  EXPECT_EQ(period_label(day("0001-01-01"), period_unit::year), "0001");
}

TEST(period_label, gives_the_iso_week_of_years_that_are_known) {
  const std::pair<const char*, const char*> known[] = {
      {"2004-12-31", "2004-W53"}, {"2005-01-01", "2004-W53"}, {"2005-01-02", "2004-W53"},
      {"2005-01-03", "2005-W01"}, {"2005-12-31", "2005-W52"}, {"2006-01-01", "2005-W52"},
      {"2006-01-02", "2006-W01"}, {"2006-12-31", "2006-W52"}, {"2007-01-01", "2007-W01"},
      {"2007-12-30", "2007-W52"}, {"2007-12-31", "2008-W01"}, {"2008-12-28", "2008-W52"},
      {"2008-12-29", "2009-W01"}, {"2009-12-31", "2009-W53"}, {"2010-01-03", "2009-W53"},
      {"2010-01-04", "2010-W01"}, {"2015-12-31", "2015-W53"}, {"2016-01-03", "2015-W53"},
      {"2016-01-04", "2016-W01"}, {"2020-12-31", "2020-W53"}, {"2021-01-03", "2020-W53"},
      {"2021-01-04", "2021-W01"}, {"2024-12-30", "2025-W01"}, {"2026-12-31", "2026-W53"},
      {"0001-01-01", "0001-W01"}, {"9999-12-31", "9999-W52"}};
  for (const auto& [text, label] : known) {
    EXPECT_EQ(period_label(day(text), period_unit::week), label);
  }
}

TEST(instant, reads_offsets_as_utc) {
  EXPECT_EQ(at("1970-01-01T00:00:00Z").microseconds, 0);
  EXPECT_EQ(at("1970-01-01T08:00:00+08:00").microseconds, 0);
  EXPECT_EQ(at("1969-12-31T19:00:00-05:00").microseconds, 0);
  EXPECT_EQ(at("2026-01-05T09:30:00+05:30"), at("2026-01-05T04:00:00Z"));
  EXPECT_EQ(at("2026-01-01T00:30:00+01:00").to_string(), "2025-12-31T23:30:00Z");
}

TEST(instant, keeps_microseconds) {
  EXPECT_EQ(at("1970-01-01T00:00:00.000001Z").microseconds, 1);
  EXPECT_EQ(at("1970-01-01T00:00:00.5Z").microseconds, 500'000);
  EXPECT_EQ(at("1969-12-31T23:59:59.999999Z").microseconds, -1);
}

TEST(instant, prints_with_z_and_a_fraction_only_where_there_is_one) {
  for (const char* text : {"1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z",
                           "2026-01-05T09:00:00.5Z", "0001-01-01T00:00:00Z",
                           "9999-12-31T23:59:59.999999Z", "2026-01-05T09:00:00.000001Z"}) {
    EXPECT_EQ(at(text).to_string(), text);
  }
  EXPECT_EQ(at("2026-01-05T09:00:00.500000Z").to_string(), "2026-01-05T09:00:00.5Z");
}

TEST(instant, prints_any_number_that_a_file_may_hold) {
  EXPECT_TRUE(instant{std::numeric_limits<std::int64_t>::min()}.to_string().ends_with(
      "T19:59:05.224192Z"));
  EXPECT_TRUE(instant{std::numeric_limits<std::int64_t>::max()}.to_string().ends_with(
      "T04:00:54.775807Z"));
}

TEST(instant, falls_on_its_day_in_utc_even_before_1970) {
  EXPECT_EQ(instant{-1}.utc_date(), day("1969-12-31"));
  EXPECT_EQ(instant{0}.utc_date(), day("1970-01-01"));
  EXPECT_EQ(at("2026-01-05T23:59:59Z").utc_date(), day("2026-01-05"));
}

TEST(instant, refuses_what_is_not_one) {
  for (const char* text : {"", "2026-01-05", "2026-01-05T09:00:00", "2026-01-05T09:00Z",
                           "2026-01-05 09:00:00Z", "2026-01-05t09:00:00z", "2026-01-05T24:00:00Z",
                           "2026-01-05T09:60:00Z", "2026-01-05T09:00:60Z", "2026-01-05T09:00:00.Z",
                           "2026-01-05T09:00:00.1234567Z", "2026-01-05T09:00:00+0800",
                           "2026-01-05T09:00:00+24:00", "2026-01-05T09:00:00+08:60",
                           "2026-01-05T09:00:00Zx", "2026-02-30T09:00:00Z", "2026-01-05T09:00:00 Z",
                           "0000-01-05T09:00:00Z", "2026-01-05T0a:00:00Z"}) {
    const auto r = instant::parse(text);
    ASSERT_FALSE(r) << text;
    EXPECT_EQ(r.error().code(), errc::parse) << text;
  }
}

TEST(instant, refuses_an_offset_that_leaves_the_calendar) {
  EXPECT_EQ(instant::parse("0001-01-01T00:00:00+01:00").error().code(), errc::overflow);
  EXPECT_EQ(instant::parse("9999-12-31T23:00:00-02:00").error().code(), errc::overflow);
}

TEST(fixed_clock, moves_only_when_told) {
  fixed_clock clock(at("2026-01-05T09:00:00Z"));
  EXPECT_EQ(clock.now(), clock.now());
  clock.advance(microseconds_per_day);
  EXPECT_EQ(clock.now().to_string(), "2026-01-06T09:00:00Z");
}

}  // namespace
}  // namespace guanxi
