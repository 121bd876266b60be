#include "guanxi/base/working_time.hpp"

#include <gtest/gtest.h>

using namespace guanxi;

namespace {

constexpr std::int64_t minute = 60 * microseconds_per_second, hour = 60 * minute;

instant at(std::string_view text) { return instant::parse(text).value(); }

working_hours_ptr made(std::string_view json) {
  return make_working_hours(working_hours_settings::parse(json).value(), *make_time_zones())
      .value();
}

std::string text(const result<instant>& r) {
  return r ? r->to_string() : std::string(name(r.error().code()));
}
std::string add(const working_hours_ptr& w, std::string_view from, std::int64_t microseconds) {
  return text(w->add(at(from), microseconds));
}
std::string opening(const working_hours_ptr& w, std::string_view from) {
  return text(w->next_opening(at(from)));
}
std::string closing(const working_hours_ptr& w, std::string_view from) {
  return text(w->next_closing(at(from)));
}
std::int64_t between(const working_hours_ptr& w, std::string_view from, std::string_view to) {
  return w->between(at(from), at(to)).value();
}

/// 09:00 to 12:00 and 13:30 to 18:00 from Monday to Friday in Shanghai, 8 hours ahead of UTC; the
/// first week of October 2026 off, for which a Sunday before and a Saturday after are worked.
constexpr std::string_view shanghai = R"({
    "time_zone": "Asia/Shanghai",
    "monday": [["09:00", "12:00"], ["13:30", "18:00"]],
    "tuesday": [["09:00", "12:00"], ["13:30", "18:00"]],
    "wednesday": [["09:00", "12:00"], ["13:30", "18:00"]],
    "thursday": [["09:00", "12:00"], ["13:30", "18:00"]],
    "friday": [["13:30", "18:00"], ["09:00", "12:00"]],
    "holidays": [{"from": "2026-10-01", "to": "2026-10-07", "name": "国庆节"},
                 {"date": "2026-12-31", "shifts": [["09:00", "12:00"]]}],
    "extra": [{"date": "2026-09-20", "as": "friday"},
              {"date": "2026-10-10", "shifts": [["10:00", "12:00"]]}]})";

working_hours_ptr on_sundays(std::string zone, std::string shifts) {
  return made(R"({"time_zone": ")" + zone + R"(", "sunday": [)" + shifts + "]}");
}

}  // namespace

TEST(working_time, passes_in_shifts_only) {
  const working_hours_ptr w = made(shanghai);
  // Friday the 11th of September.
  EXPECT_EQ(add(w, "2026-09-11T02:00:00Z", hour), "2026-09-11T03:00:00Z");
  EXPECT_EQ(add(w, "2026-09-11T02:00:00Z", 3 * hour), "2026-09-11T06:30:00Z") << "after lunch";
  EXPECT_EQ(add(w, "2026-09-11T09:30:00Z", hour), "2026-09-14T01:30:00Z") << "on Monday";
  EXPECT_EQ(add(w, "2026-09-12T05:00:00.5Z", 1), "2026-09-14T01:00:00.000001Z");
  EXPECT_EQ(add(w, "2026-09-11T02:00:00.25Z", minute), "2026-09-11T02:01:00.25Z");
  EXPECT_EQ(between(w, "2026-09-11T02:00:00Z", "2026-09-14T02:00:00Z"),
            7 * hour + hour / 2);
  EXPECT_EQ(between(w, "2026-09-14T02:00:00Z", "2026-09-11T02:00:00Z"), -(7 * hour + hour / 2));
  EXPECT_EQ(between(w, "2026-09-11T11:00:00Z", "2026-09-14T01:00:00Z"), 0);
}

TEST(working_time, has_a_deadline_at_the_end_of_a_shift_and_a_warning_at_its_begin) {
  const working_hours_ptr w = made(shanghai);
  EXPECT_EQ(add(w, "2026-09-11T09:00:00Z", hour), "2026-09-11T10:00:00Z") << "not on Monday";
  EXPECT_EQ(add(w, "2026-09-11T09:00:00Z", hour + 1), "2026-09-14T01:00:00.000001Z");
  EXPECT_EQ(add(w, "2026-09-14T02:00:00Z", -hour), "2026-09-14T01:00:00Z") << "not on Friday";
  EXPECT_EQ(add(w, "2026-09-14T02:00:00Z", -hour - 1), "2026-09-11T09:59:59.999999Z");
  EXPECT_EQ(add(w, "2026-09-13T00:00:00Z", -hour), "2026-09-11T09:00:00Z") << "from a weekend";
  EXPECT_EQ(add(w, "2026-09-11T02:00:00Z", 0), "2026-09-11T02:00:00Z") << "within the hours";
  EXPECT_EQ(add(w, "2026-09-11T10:00:00Z", 0), "2026-09-14T01:00:00Z") << "the next opening";
  EXPECT_EQ(add(w, "2026-09-11T01:00:00Z", 0), "2026-09-11T01:00:00Z");
}

TEST(working_time, opens_and_closes) {
  const working_hours_ptr w = made(shanghai);
  EXPECT_TRUE(w->open(at("2026-09-11T01:00:00Z"))) << "the begin of a shift is in it";
  EXPECT_FALSE(w->open(at("2026-09-11T00:59:59.999999Z")));
  EXPECT_TRUE(w->open(at("2026-09-11T03:59:59.999999Z")));
  EXPECT_FALSE(w->open(at("2026-09-11T04:00:00Z"))) << "the end of a shift is not";
  EXPECT_EQ(opening(w, "2026-09-11T02:00:00Z"), "2026-09-11T02:00:00Z");
  EXPECT_EQ(opening(w, "2026-09-11T04:00:00Z"), "2026-09-11T05:30:00Z");
  EXPECT_EQ(closing(w, "2026-09-11T02:00:00Z"), "2026-09-11T04:00:00Z");
  EXPECT_EQ(closing(w, "2026-09-11T04:00:00Z"), "2026-09-11T10:00:00Z") << "of the next shift";
  EXPECT_EQ(closing(w, "2026-09-12T04:00:00Z"), "2026-09-14T04:00:00Z");
}

TEST(working_time, stands_still_on_holidays_and_passes_on_days_that_are_worked_for_them) {
  const working_hours_ptr w = made(shanghai);
  EXPECT_EQ(add(w, "2026-09-30T09:00:00Z", 2 * hour), "2026-10-08T02:00:00Z") << "on Thursday";
  EXPECT_EQ(between(w, "2026-09-30T16:00:00Z", "2026-10-07T16:00:00Z"), 0);
  EXPECT_EQ(between(w, "2026-09-19T16:00:00Z", "2026-09-20T16:00:00Z"), 15 * hour / 2)
      << "a Sunday";
  EXPECT_EQ(between(w, "2026-10-09T16:00:00Z", "2026-10-10T16:00:00Z"), 2 * hour) << "a Saturday";
  EXPECT_EQ(between(w, "2026-12-30T16:00:00Z", "2026-12-31T16:00:00Z"), 3 * hour) << "half a day";
  EXPECT_EQ(add(w, "2026-10-09T09:30:00Z", hour), "2026-10-10T02:30:00Z");
}

TEST(working_time, passes_midnight_in_a_night_shift_of_the_day_on_which_it_begins) {
  const working_hours_ptr w = made(R"({
      "monday": [["22:00", "06:00"]], "tuesday": [["06:00", "12:00"], ["22:00", "00:00"]],
      "friday": [["22:00", "24:00"]], "sunday": [["20:00", "08:00"]],
      "holidays": ["2026-09-15", "2026-09-21"]})");
  EXPECT_EQ(closing(w, "2026-09-07T23:00:00Z"), "2026-09-08T12:00:00Z")
      << "shifts that meet are one";
  EXPECT_EQ(closing(w, "2026-09-08T22:00:00Z"), "2026-09-09T00:00:00Z");
  EXPECT_EQ(closing(w, "2026-09-11T22:00:00Z"), "2026-09-12T00:00:00Z");
  EXPECT_EQ(closing(w, "2026-09-06T20:00:00Z"), "2026-09-07T08:00:00Z") << "from week to week";
  EXPECT_EQ(closing(w, "2026-09-14T22:00:00Z"), "2026-09-15T06:00:00Z")
      << "the holiday takes away what begins on it";
  EXPECT_EQ(opening(w, "2026-09-15T06:00:00Z"), "2026-09-18T22:00:00Z");
  EXPECT_EQ(closing(w, "2026-09-20T21:00:00Z"), "2026-09-21T08:00:00Z");
  EXPECT_EQ(opening(w, "2026-09-21T08:00:00Z"), "2026-09-22T06:00:00Z");
}

TEST(working_time, is_as_long_as_it_is_worked_where_clocks_change_within_a_shift) {
  // In Berlin from 02:00 to 03:00 on 2026-03-29, and back from 03:00 to 02:00 on 2026-10-25.
  const working_hours_ptr berlin = on_sundays("Europe/Berlin", R"(["01:00", "06:00"])");
  EXPECT_EQ(add(berlin, "2026-03-28T12:00:00Z", 4 * hour), "2026-03-29T04:00:00Z");
  EXPECT_EQ(between(berlin, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 4 * hour);
  EXPECT_EQ(between(berlin, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 6 * hour);
  EXPECT_EQ(add(berlin, "2026-10-24T12:00:00Z", 6 * hour), "2026-10-25T05:00:00Z");
  EXPECT_EQ(add(berlin, "2026-10-25T12:00:00Z", -6 * hour), "2026-10-24T23:00:00Z");
  EXPECT_EQ(closing(berlin, "2026-10-25T00:30:00Z"), "2026-10-25T05:00:00Z");
  // In New York on 2026-03-08 and 2026-11-01, during a night shift.
  const working_hours_ptr york =
      made(R"({"time_zone": "America/New_York", "saturday": [["22:00", "06:00"]]})");
  EXPECT_EQ(add(york, "2026-03-07T12:00:00Z", 7 * hour), "2026-03-08T10:00:00Z");
  EXPECT_EQ(between(york, "2026-03-07T12:00:00Z", "2026-03-08T12:00:00Z"), 7 * hour);
  EXPECT_EQ(add(york, "2026-10-31T12:00:00Z", 9 * hour), "2026-11-01T11:00:00Z");
  EXPECT_EQ(between(york, "2026-10-31T12:00:00Z", "2026-11-01T12:00:00Z"), 9 * hour);
  // On Lord Howe Island by half an hour, on 2026-04-05 and 2026-10-04.
  const working_hours_ptr howe = on_sundays("Australia/Lord_Howe", R"(["00:00", "06:00"])");
  EXPECT_EQ(between(howe, "2026-04-04T00:00:00Z", "2026-04-05T12:00:00Z"), 6 * hour + hour / 2);
  EXPECT_EQ(add(howe, "2026-04-04T00:00:00Z", 6 * hour + hour / 2), "2026-04-04T19:30:00Z");
  EXPECT_EQ(between(howe, "2026-10-03T00:00:00Z", "2026-10-04T12:00:00Z"), 5 * hour + hour / 2);
  EXPECT_EQ(add(howe, "2026-10-03T00:00:00Z", 5 * hour + hour / 2), "2026-10-03T19:00:00Z");
}

TEST(working_time, opens_with_what_comes_where_clocks_jump_over_the_begin) {
  const working_hours_ptr late = on_sundays("Europe/Berlin", R"(["02:30", "05:00"])");
  EXPECT_EQ(opening(late, "2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z") << "at three o'clock";
  EXPECT_EQ(between(late, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 2 * hour);
  const working_hours_ptr within = on_sundays("Europe/Berlin", R"(["02:15", "02:45"])");
  EXPECT_EQ(between(within, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 0);
  EXPECT_EQ(opening(within, "2026-03-28T12:00:00Z"), "2026-04-05T00:15:00Z") << "a week later";
  // On Samoa there was no 30th of December 2011, a Friday.
  const working_hours_ptr apia =
      made(R"({"time_zone": "Pacific/Apia", "friday": [["08:00", "16:00"]]})");
  EXPECT_EQ(opening(apia, "2011-12-25T00:00:00Z"), "2012-01-05T18:00:00Z");
}

TEST(working_time, counts_both_passes_of_a_time_that_clocks_show_twice) {
  const working_hours_ptr w = on_sundays("Europe/Berlin", R"(["02:15", "02:45"])");
  EXPECT_EQ(between(w, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), hour);
  EXPECT_EQ(closing(w, "2026-10-25T00:00:00Z"), "2026-10-25T00:45:00Z");
  EXPECT_EQ(opening(w, "2026-10-25T00:45:00Z"), "2026-10-25T01:15:00Z");
  EXPECT_EQ(add(w, "2026-10-25T00:00:00Z", 40 * minute), "2026-10-25T01:25:00Z");
  EXPECT_EQ(add(w, "2026-10-25T01:20:00Z", -10 * minute), "2026-10-25T00:40:00Z");
  // The second pass comes although no reading of the clock that is left for ahead is open.
  const working_hours_ptr once = made(R"({"time_zone": "Europe/Berlin", "extra": [
      {"date": "2026-10-25", "shifts": [["02:15", "02:45"]]}]})");
  EXPECT_EQ(opening(once, "2026-10-25T00:50:00Z"), "2026-10-25T01:15:00Z");
  EXPECT_EQ(add(once, "2026-10-25T00:50:00Z", 5 * minute), "2026-10-25T01:20:00Z");
  EXPECT_EQ(add(once, "2026-10-25T01:10:00Z", -5 * minute), "2026-10-25T00:40:00Z");
  EXPECT_EQ(opening(once, "2026-10-25T01:45:00Z"), "undefined_period");
}

TEST(working_time, follows_clocks_that_are_put_back_within_a_week) {
  // Recife was two hours behind UTC from 2000-10-08 to 2000-10-15, three before and after.
  const working_hours_ptr w = made(R"({"time_zone": "America/Recife",
      "tuesday": [["09:00", "17:00"]], "friday": [["09:00", "17:00"]]})");
  EXPECT_EQ(add(w, "2000-10-06T12:00:00Z", 9 * hour), "2000-10-10T12:00:00Z");
  EXPECT_EQ(add(w, "2000-10-06T12:00:00Z", 24 * hour), "2000-10-13T19:00:00Z");
  EXPECT_EQ(add(w, "2000-10-06T12:00:00Z", 25 * hour), "2000-10-17T13:00:00Z");
  EXPECT_EQ(add(w, "2000-10-17T13:00:00Z", -10 * hour), "2000-10-10T18:00:00Z");
}

TEST(working_time, is_all_time_around_the_clock) {
  const std::string whole = R"({"time_zone": "Europe/Berlin", "monday": [["00:00", "24:00"]],
      "tuesday": [["00:00", "24:00"]], "wednesday": [["00:00", "24:00"]],
      "thursday": [["00:00", "24:00"]], "friday": [["00:00", "12:00"], ["12:00", "24:00"]],
      "saturday": [["00:00", "24:00"]], "sunday": [["00:00", "24:00"]])";
  for (const working_hours_ptr& w :
       {always_open(), made(R"({"always_open": true})"), made(whole + "}")}) {
    EXPECT_TRUE(w->open(at("2026-03-29T01:30:00Z")));
    EXPECT_EQ(add(w, "2026-03-28T12:00:00Z", 100 * hour), "2026-04-01T16:00:00Z");
    EXPECT_EQ(add(w, "2026-03-28T12:00:00Z", -100 * hour), "2026-03-24T08:00:00Z");
    EXPECT_EQ(between(w, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 24 * hour);
    EXPECT_EQ(opening(w, "2026-03-28T12:00:00Z"), "2026-03-28T12:00:00Z");
    EXPECT_EQ(closing(w, "2026-03-28T12:00:00Z"), "undefined_period");
    EXPECT_EQ(add(w, "9999-12-31T12:00:00Z", 24 * hour), "overflow");
  }
  const working_hours_ptr but_one = made(whole + R"(, "holidays": ["2026-12-25"]})");
  EXPECT_EQ(closing(but_one, "2020-01-01T00:00:00Z"), "2026-12-24T23:00:00Z");
  EXPECT_EQ(closing(but_one, "2026-12-25T12:00:00Z"), "undefined_period");
  EXPECT_EQ(between(but_one, "2026-12-24T00:00:00Z", "2026-12-27T00:00:00Z"), 48 * hour);
}

TEST(working_time, may_never_come) {
  const working_hours_ptr never = made(R"({"monday": []})");
  EXPECT_FALSE(never->open(at("2026-09-11T02:00:00Z")));
  EXPECT_EQ(between(never, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"), 0);
  for (const std::int64_t n : {hour, std::int64_t{0}, -hour})
    EXPECT_EQ(add(never, "2026-09-11T02:00:00Z", n), "undefined_period");
  EXPECT_EQ(opening(never, "2026-09-11T02:00:00Z"), "undefined_period");
  EXPECT_EQ(closing(never, "2026-09-11T02:00:00Z"), "undefined_period");
  const auto told = never->add(at("2026-09-11T02:00:00Z"), hour);
  EXPECT_NE(told.error().message().find("2026-09-11T02:00:00Z"), std::string_view::npos);
  for (const char* zone : {"UTC", "America/New_York"}) {
    const working_hours_ptr dates = made(R"({"time_zone": ")" + std::string(zone) + R"(", "extra": [
        {"date": "2026-09-11", "shifts": [["09:00", "17:00"]]},
        {"date": "2056-09-11", "shifts": [["09:00", "17:00"]]}]})");
    const bool utc = zone == std::string("UTC");
    EXPECT_EQ(opening(dates, "2026-09-12T00:00:00Z"),
              utc ? "2056-09-11T09:00:00Z" : "2056-09-11T13:00:00Z");
    EXPECT_EQ(add(dates, "2026-09-12T00:00:00Z", -hour),
              utc ? "2026-09-11T16:00:00Z" : "2026-09-11T20:00:00Z");
    EXPECT_EQ(add(dates, "2056-09-11T00:00:00Z", -hour),
              utc ? "2026-09-11T16:00:00Z" : "2026-09-11T20:00:00Z");
    EXPECT_EQ(add(dates, "2026-01-01T00:00:00Z", 16 * hour),
              utc ? "2056-09-11T17:00:00Z" : "2056-09-11T21:00:00Z");
    EXPECT_EQ(add(dates, "2026-01-01T00:00:00Z", 16 * hour + 1), "undefined_period");
    EXPECT_EQ(add(dates, "2057-01-01T00:00:00Z", -16 * hour - 1), "undefined_period");
    EXPECT_EQ(opening(dates, "2056-09-12T00:00:00Z"), "undefined_period");
  }
}

TEST(working_time, ends_with_the_years_of_the_calendar) {
  for (const char* zone : {"UTC", "Europe/Berlin"}) {
    const working_hours_ptr w = on_sundays(zone, R"(["09:00", "17:00"])");
    EXPECT_EQ(add(w, "9999-12-31T00:00:00Z", hour), "overflow") << "a Friday";
    EXPECT_EQ(add(w, "0001-01-01T00:00:00Z", -hour), "overflow");
    EXPECT_EQ(add(w, "2026-01-01T00:00:00Z", INT64_MAX), "overflow");
    EXPECT_EQ(add(w, "2026-01-01T00:00:00Z", INT64_MIN), "overflow");
    EXPECT_EQ(opening(w, "9999-12-31T00:00:00Z"), "overflow");
    EXPECT_EQ(text(w->add(instant{INT64_MAX}, 1)), "overflow");
    EXPECT_EQ(text(w->next_closing(instant{INT64_MIN})), "overflow");
    EXPECT_FALSE(w->open(instant{INT64_MAX}));
    EXPECT_FALSE(w->between(instant{0}, instant{INT64_MAX}));
  }
  EXPECT_FALSE(always_open()->between(instant{INT64_MIN}, instant{0}));
}

TEST(working_time, takes_a_long_span_as_the_sum_of_its_parts) {
  const working_hours_ptr w = made(R"({"time_zone": "America/New_York",
      "monday": [["22:00", "06:00"]], "sunday": [["00:30", "04:15"]],
      "holidays": ["2026-03-08"]})");
  std::int64_t sum = 0;
  const instant first = at("1990-01-01T07:11:00Z");
  instant from = first;
  for (int i = 0; i < 4000; ++i) {
    const instant to{from.microseconds + 101 * hour + i * minute};
    sum += w->between(from, to).value();
    from = to;
  }
  EXPECT_EQ(w->between(first, from).value(), sum);
  EXPECT_EQ(w->between(first, w->add(first, sum).value()).value(), sum);
}
