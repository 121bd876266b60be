#include "guanxi/base/working_time.hpp"

#include <gtest/gtest.h>

using namespace guanxi;

namespace {

working_hours_settings parsed(std::string_view json) {
  return working_hours_settings::parse(json).value();
}
/// What is told of a calendar that cannot be.
std::string refused(std::string_view json) {
  const auto s = working_hours_settings::parse(json);
  if (!s) return std::string(s.error().message());
  const auto hours = make_working_hours(*s, *make_time_zones());
  return hours ? "made" : std::string(hours.error().message());
}

}  // namespace

TEST(working_hours_settings, are_what_their_json_says) {
  const working_hours_settings s = parsed(R"({
      "time_zone": "Asia/Shanghai", "monday": [["09:00", "12:00"], ["13:30", "18:00"]],
      "holidays": ["2026-09-25", {"from": "2026-10-01", "to": "2026-10-07", "name": "国庆节"},
                   {"date": "2026-12-31", "shifts": [["09:00", "12:00"]]}],
      "extra": [{"date": "2026-10-10", "as": "monday"}]})");
  EXPECT_EQ(s.time_zone, "Asia/Shanghai");
  EXPECT_EQ(s.week[0], (std::vector<shift>{{540, 720}, {810, 1080}}));
  EXPECT_TRUE(s.week[5].empty());
  ASSERT_EQ(s.dates.size(), 10u);
  EXPECT_EQ(s.dates[0], (dated_shifts{date::parse("2026-09-25").value(), {}}));
  EXPECT_EQ(s.dates[7], (dated_shifts{date::parse("2026-10-07").value(), {}}));
  EXPECT_EQ(s.dates[8], (dated_shifts{date::parse("2026-12-31").value(), {{540, 720}}}));
  EXPECT_EQ(s.dates[9], (dated_shifts{date::parse("2026-10-10").value(), s.week[0]}));
  const working_hours_settings night =
      parsed(R"({"monday": [["22:00", "06:00"], ["12:00", "00:00"]]})");
  EXPECT_EQ(night.week[0], (std::vector<shift>{{1320, 1800}, {720, 1440}}));
  EXPECT_EQ(night.time_zone, "");
}

TEST(working_hours_settings, that_are_no_calendar_are_refused) {
  const auto says = [](std::string_view json, std::string_view what) {
    const std::string told = refused(json);
    EXPECT_NE(told.find(what), std::string::npos) << json << ": " << told;
  };
  says("{", "JSON");
  says("[]", "must be a JSON object");
  says(R"({"mondey": []})", "no member `mondey`; did you mean `monday`?");
  says(R"({"time_zone": 8})", "`time_zone` of the calendar of working hours must be the name");
  says(R"({"time_zone": "Asia/Shangai"})", "no time zone `Asia/Shangai`");
  says(R"({"monday": "09:00-18:00"})",
       "`monday` of the calendar of working hours must be a list");
  says(R"({"monday": [["09:00", "12:00"], "13:00"]})", "has as shift 2 `13:00`; write its begin");
  says(R"({"monday": [["09:00"]]})", R"(shift 1 `["09:00"]`; write its begin and its end)");
  says(R"({"monday": [["9:00", "12:00"]]})", "the time `9:00`; write hours and minutes");
  says(R"({"monday": [["09:60", "12:00"]]})", "the time `09:60`");
  says(R"({"monday": [["09:00", "24:01"]]})", "the time `24:01`");
  says(R"({"monday": [["09:00", 12]]})", "the time `12`");
  says(R"({"monday": [["24:00", "06:00"]]})", "at 00:00 of the next day");
  says(R"({"monday": [["00:00", "00:00"]]})", R"(write ["00:00", "24:00"] for a whole day)");
  says(R"({"monday": [["09:00", "12:00"], ["11:00", "13:00"]]})",
       "the shift 09:00 to 12:00 of `monday` overlaps 11:00 to 13:00 of `monday`; end the one");
  says(R"({"sunday": [["22:00", "06:00"]], "monday": [["05:59", "12:00"]]})",
       "the shift 22:00 to 06:00 of `sunday` overlaps 05:59 to 12:00 of `monday`");
  says(R"({"thursday": [["22:00", "06:00"]], "holidays":
          [{"date": "2026-10-02", "shifts": [["05:00", "09:00"]]}]})",
       "the shift 22:00 to 06:00 of 2026-10-01 overlaps 05:00 to 09:00 of 2026-10-02");
  says(R"({"friday": [["05:00", "09:00"]], "extra":
          [{"date": "2026-10-01", "shifts": [["22:00", "06:00"]]}]})",
       "the shift 22:00 to 06:00 of 2026-10-01 overlaps 05:00 to 09:00 of 2026-10-02");
  says(R"({"holidays": "2026-10-01"})",
       "`holidays` of the calendar of working hours must be a list");
  says(R"({"holidays": ["2026-10-01", 7]})",
       "holiday 2 of the calendar of working hours must be");
  says(R"({"holidays": ["2026-02-30"]})", "`date` of holiday 1 of the calendar of working hours is "
                                          "`2026-02-30`, which is no date");
  says(R"({"holidays": [{"dat": "2026-10-01"}]})", "did you mean `date`?");
  says(R"({"holidays": [{}]})", "`date` of holiday 1 of the calendar of working hours is missing");
  says(R"({"holidays": [{"from": "2026-10-01"}]})", "`to` of holiday 1");
  says(R"({"holidays": [{"from": "2026-10-07", "to": "2026-10-01"}]})", "exchange the two");
  says(R"({"holidays": [{"from": "2026-10-07", "to": "2036-10-01"}]})", "split the range");
  says(R"({"holidays": [{"date": "2026-10-07", "to": "2026-10-08"}]})", "beside `from` or `to`");
  says(R"({"holidays": [{"date": "2026-10-07", "name": 1}]})", "must be a text");
  says(R"({"holidays": ["2026-10-01", {"from": "2026-09-30", "to": "2026-10-01"}]})",
       "the date 2026-10-01 is listed twice");
  says(R"({"holidays": ["2026-10-01"], "extra":
          [{"date": "2026-10-01", "shifts": [["09:00", "12:00"]]}]})",
       "the date 2026-10-01 is listed twice");
  says(R"({"extra": ["2026-10-10"]})",
       "extra day 1 of the calendar of working hours says not what");
  says(R"({"extra": [{"date": "2026-10-10", "shifts": []}]})", "says not what is worked");
  says(R"({"extra": [{"date": "2026-10-10", "as": "freitag"}]})", "must be a day of the week");
  says(R"({"extra": [{"date": "2026-10-10", "as": "sunday"}]})",
       "is `sunday`, which has no shifts");
  says(R"({"monday": [["09:00", "12:00"]], "extra": [
          {"date": "2026-10-10", "as": "monday", "shifts": []}]})",
       "beside `shifts`");
  says(R"({"always_open": 1})", "must be true or false");
  says(R"({"always_open": true, "monday": []})",
       "`monday` of the calendar of working hours stands");
  says(R"({"always_open": false})", "made");
}

TEST(working_hours_settings, are_bounded_in_shifts_and_dates) {
  std::string shifts;
  for (int i = 0; i < 49; ++i)
    shifts += std::string(i ? "," : "") + R"(["00:00", "00:01"])";
  EXPECT_NE(refused(R"({"monday": [)" + shifts + "]}").find("more than 48"), std::string::npos);
  std::string ranges;
  for (int i = 0; i < 12; ++i)
    ranges += std::string(i ? "," : "") + R"({"from": ")" + std::to_string(2026 + i) +
              R"(-01-01", "to": ")" + std::to_string(2026 + i) + R"(-12-31"})";
  EXPECT_NE(refused(R"({"holidays": [)" + ranges + "]}").find("more than 4096"), std::string::npos);
  working_hours_settings s;
  s.week[2] = {{600, 500}};
  const auto zones = make_time_zones();
  EXPECT_NE(make_working_hours(s, *zones).error().message().find("`wednesday`"), std::string::npos);
  s.week[2] = {{600, 600 + 1441}};
  EXPECT_FALSE(make_working_hours(s, *zones));
  s.week[2] = {{-1, 60}};
  EXPECT_FALSE(make_working_hours(s, *zones));
  s.week[2] = {{600, 600 + 1440}};
  EXPECT_TRUE(make_working_hours(s, *zones));
  s.dates = {{date{INT32_MAX}, {}}};
  EXPECT_NE(make_working_hours(s, *zones).error().message().find("0001 to 9999"),
            std::string::npos);
}
