// A deadline in working time: four hours of work, over a week of holidays.
#include <guanxi/base/working_time.hpp>

#include <iostream>

using namespace guanxi;

constexpr std::string_view json = R"(
{"time_zone": "Asia/Shanghai",
 "monday":    [["09:00", "12:00"], ["13:30", "18:00"]],
 "tuesday":   [["09:00", "12:00"], ["13:30", "18:00"]],
 "wednesday": [["09:00", "12:00"], ["13:30", "18:00"]],
 "thursday":  [["09:00", "12:00"], ["13:30", "18:00"]],
 "friday":    [["09:00", "12:00"], ["13:30", "18:00"]],
 "holidays": ["2026-09-25", {"from": "2026-10-01", "to": "2026-10-07", "name": "National Day"},
              {"date": "2026-12-31", "shifts": [["09:00", "12:00"]]}],
 "extra": [{"date": "2026-10-10", "as": "friday"}]}
)";

int main() {
  constexpr std::int64_t hour = 3600 * microseconds_per_second;
  const working_hours_ptr hours =
      make_working_hours(working_hours_settings::parse(json).value(), *make_time_zones()).value();
  const instant opened = instant::parse("2026-09-30T17:00:00+08:00").value();
  const instant due = hours->add(opened, 4 * hour).value();         // 2026-10-08, 12:00 in Shanghai
  const instant warning = hours->add(due, -hour).value();           // an hour before
  const std::int64_t worked = hours->between(opened, due).value();  // four hours
  std::cout << "warned at " << warning.to_string() << ", due at " << due.to_string() << '\n';
  return worked == 4 * hour && due == instant::parse("2026-10-08T12:00:00+08:00").value() ? 0 : 1;
}
