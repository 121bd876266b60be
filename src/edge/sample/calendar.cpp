#include "calendar.hpp"

#include <algorithm>

namespace guanxi::edge::sample {

namespace {

/// Month and day as 100 m + d, from 2000 on; the lunar calendar has no short formula.
constexpr int festivals[] = {
    205, 124, 212, 201, 122, 209, 129, 218, 207, 126, 214, 203, 123, 210, 131, 219, 208,
    128, 216, 205, 125, 212, 201, 122, 210, 129, 217, 206, 126, 213, 203, 123, 211, 131,
    219, 208, 128, 215, 204, 124, 212, 201, 122, 210, 130, 217, 206, 126, 214, 202, 123};

/// Per mille of the usual business of a month.
constexpr std::int64_t months[] = {920, 760, 1180, 980,  1000, 1060,
                                   960, 700, 1120, 1010, 1080, 980};

/// Days at which 0, 10, … 100 per cent of deals have closed.
constexpr std::int64_t cycle[] = {5, 14, 22, 31, 41, 53, 67, 87, 118, 172, 430};

date of(int year, int month, int day) noexcept {
  const result<date> d = date::from_civil({year, month, day});
  return d ? *d : date{};
}

date quarter_end(date d) noexcept {
  const civil c = d.to_civil();
  const int last_month = (c.month + 2) / 3 * 3;
  return of(c.year, last_month, last_month == 3 || last_month == 12 ? 31 : 30);
}

std::int64_t busy(date d, std::int64_t day, std::int64_t days) {
  std::int64_t weight = months[d.to_civil().month - 1] * (1000 + 600 * day / days);
  if (weekday(d) > 5) weight /= 25;
  if (festive(d)) weight /= 8;
  return weight;
}

}  // namespace

date plus(date d, std::int64_t days) noexcept {
  return {static_cast<std::int32_t>(d.days + days)};
}

std::int64_t days_between(date from, date to) noexcept {
  return std::int64_t{to.days} - from.days;
}

date spring_festival(int year) noexcept {
  const int at = year - 2000;
  if (at < 0 || at >= static_cast<int>(std::size(festivals))) return of(year, 2, 4);
  return of(year, festivals[at] / 100, festivals[at] % 100);
}

bool festive(date d) noexcept {
  const std::int64_t after = days_between(spring_festival(d.to_civil().year), d);
  return after >= -5 && after <= 12;
}

date first_day(date last) noexcept {
  const civil c = last.to_civil();
  return of(c.year - years, c.month, std::min(c.day, 28));
}

std::vector<std::int64_t> opened_by_day(date first, date last, std::int64_t n) {
  const std::int64_t days = days_between(first, last) + 1;
  std::int64_t total = 0;
  for (std::int64_t day = 0; day < days; ++day) total += busy(plus(first, day), day, days);
  std::vector<std::int64_t> out;
  std::int64_t so_far = 0, given = 0;
  for (std::int64_t day = 0; day < days; ++day) {
    so_far += busy(plus(first, day), day, days);
    const auto due = static_cast<std::int64_t>(static_cast<wide>(n) * so_far / total);
    out.push_back(due - given);
    given = due;
  }
  return out;
}

date usual_close(date wished, date earliest, random& by) {
  date d = std::max(wished, earliest);
  const date end = quarter_end(d);
  const bool hurried = by.chance(520);
  const std::int64_t before_end = by.below(12);
  if (hurried && days_between(d, end) <= 40) d = std::max(plus(end, -before_end), earliest);
  const bool away = by.chance(620);
  const std::int64_t into_september = by.between(1, 28);
  if (away && d.to_civil().month == 8)
    d = of(d.to_civil().year, 9, static_cast<int>(into_september));
  const std::int64_t after_festival = by.between(13, 34);
  if (festive(d) && !by.chance(120)) d = plus(spring_festival(d.to_civil().year), after_festival);
  if (weekday(d) > 5 && !by.chance(100)) d = std::max(plus(d, 5 - weekday(d)), earliest);
  return d;
}

instant working_hour(date d, instant latest, random& by) {
  // 09:00 to 18:00 in Beijing is 01:00 to 10:00 UTC.
  const std::int64_t minute = by.between(60, 10 * 60 - 1);
  const instant at{d.days * microseconds_per_day + minute * 60 * microseconds_per_second};
  return std::min(at, latest);
}

std::int64_t cycle_days(random& by) {
  const std::int64_t at = by.below(10'000);
  const auto step = static_cast<std::size_t>(at / 1000);
  return cycle[step] + (cycle[step + 1] - cycle[step]) * (at % 1000) / 1000;
}

}  // namespace guanxi::edge::sample
