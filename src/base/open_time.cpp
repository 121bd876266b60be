#include "open_time.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

constexpr std::int64_t microseconds_per_minute = 60 * microseconds_per_second;
// 0001-01-01 and 9999-12-31, and what clocks anywhere may show then.
constexpr std::int64_t first_day = -719'162 - 2, last_day = 2'932'896 + 2;

std::int64_t floor_divided(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

struct place_in_weeks {
  std::int64_t week;  ///< 0: the one that 1970-01-01 lies in, a Thursday
  std::size_t weekday;  ///< 0 Monday
};

place_in_weeks place(std::int64_t day) noexcept {
  const std::int64_t week = floor_divided(day + 3, 7);
  return {week, static_cast<std::size_t>(day + 3 - week * 7)};
}

}  // namespace

open_time::open_time(const shifts_of_week& week, const std::vector<dated_shifts>& dates) {
  for (std::size_t i = 0; i < 7; ++i) week_[i] = made(week[(i + 6) % 7], week[i]);
  const auto shifts_of = [&](std::int64_t number) -> const std::vector<shift>& {
    const auto there = std::lower_bound(
        dates.begin(), dates.end(), number,
        [](const dated_shifts& d, std::int64_t n) { return d.day.days < n; });
    if (there != dates.end() && there->day.days == number) return there->shifts;
    return week[place(number).weekday];
  };
  for (const dated_shifts& d : dates) {
    const std::int64_t number = d.day.days;
    // A night shift lasts into the next day, whose morning a date therefore changes too.
    for (const std::int64_t n : {number, number + 1})
      if (dates_.empty() || dates_.back().number < n)
        dates_.push_back({n, made(shifts_of(n - 1), shifts_of(n))});
  }
  sum();
}

open_time open_time::complement() const {
  open_time out;
  for (std::size_t i = 0; i < 7; ++i) out.week_[i] = complement(week_[i]);
  for (const dated& d : dates_) out.dates_.push_back({d.number, complement(d.what)});
  out.sum();
  return out;
}

bool open_time::at(std::int64_t reading) const {
  const std::int64_t number = floor_divided(reading, microseconds_per_day);
  const std::int64_t within = reading - number * microseconds_per_day;
  const std::vector<piece>& pieces = of(number).pieces;
  return std::any_of(pieces.begin(), pieces.end(),
                     [&](const piece& p) { return p.from <= within && within < p.to; });
}

std::int64_t open_time::until(std::int64_t reading) const {
  const std::int64_t number = floor_divided(reading, microseconds_per_day);
  const std::int64_t within = reading - number * microseconds_per_day;
  std::int64_t out = before(number);
  for (const piece& p : of(number).pieces) {
    if (within <= p.from) break;
    out += std::min(within, p.to) - p.from;
  }
  return out;
}

std::optional<std::int64_t> open_time::first_with(std::int64_t amount) const {
  const auto number = first_day_that([&](std::int64_t n) { return before(n + 1) >= amount; });
  if (!number) return std::nullopt;
  std::int64_t left = amount - before(*number);
  for (const piece& p : of(*number).pieces) {
    if (left > 0 && left <= p.to - p.from) return *number * microseconds_per_day + p.from + left;
    left -= p.to - p.from;
  }
  return std::nullopt;  // there was so much before the first day
}

std::optional<std::int64_t> open_time::last_with(std::int64_t amount) const {
  const auto number = first_day_that([&](std::int64_t n) { return before(n + 1) > amount; });
  if (!number) return std::nullopt;
  std::int64_t left = amount - before(*number);
  for (const piece& p : of(*number).pieces) {
    if (left >= 0 && left < p.to - p.from) return *number * microseconds_per_day + p.from + left;
    left -= p.to - p.from;
  }
  return std::nullopt;  // there was more before the first day
}

bool open_time::never() const {
  return !every_week() && std::all_of(dates_.begin(), dates_.end(),
                                      [](const dated& d) { return d.what.total == 0; });
}

/// What is open from midnight to midnight, with the night shift of the day before.
open_time::day open_time::made(const std::vector<shift>& before, const std::vector<shift>& own) {
  day out;
  const auto put = [&](int from, int to) {
    const piece p{from * microseconds_per_minute,
                  std::min(to * microseconds_per_minute, microseconds_per_day)};
    if (p.from >= p.to) return;
    out.total += p.to - p.from;
    if (!out.pieces.empty() && out.pieces.back().to == p.from)
      out.pieces.back().to = p.to;
    else
      out.pieces.push_back(p);
  };
  constexpr int day_minutes = 24 * 60;
  if (!before.empty()) put(0, before.back().to - day_minutes);
  for (const shift& s : own) put(s.from, s.to);
  return out;
}

open_time::day open_time::complement(const day& of) {
  day out{{}, microseconds_per_day - of.total};
  std::int64_t from = 0;
  for (const piece& p : of.pieces) {
    if (from < p.from) out.pieces.push_back({from, p.from});
    from = p.to;
  }
  if (from < microseconds_per_day) out.pieces.push_back({from, microseconds_per_day});
  return out;
}

void open_time::sum() {
  for (std::size_t i = 0; i < 7; ++i) starts_[i + 1] = starts_[i] + week_[i].total;
  std::int64_t gained = 0;
  for (dated& d : dates_) {
    d.gained = gained;
    gained += d.what.total - week_[place(d.number).weekday].total;
  }
}

std::vector<open_time::dated>::const_iterator open_time::dates_from(std::int64_t number) const {
  return std::lower_bound(dates_.begin(), dates_.end(), number,
                          [](const dated& d, std::int64_t n) { return d.number < n; });
}

const open_time::day& open_time::of(std::int64_t number) const {
  const auto there = dates_from(number);
  if (there != dates_.end() && there->number == number) return there->what;
  return week_[place(number).weekday];
}

std::int64_t open_time::before(std::int64_t number) const {
  const place_in_weeks at = place(number);
  std::int64_t out = at.week * starts_.back() + starts_[at.weekday];
  const auto there = dates_from(number);
  if (there == dates_.begin()) return out;
  const dated& last = *(there - 1);
  return out + last.gained + last.what.total - week_[place(last.number).weekday].total;
}

/// By halves: what holds for a day holds for all later ones.
template <class Holds>
std::optional<std::int64_t> open_time::first_day_that(Holds holds) {
  std::int64_t low = first_day, high = last_day + 1;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (holds(middle))
      high = middle;
    else
      low = middle + 1;
  }
  if (low > last_day) return std::nullopt;
  return low;
}

}  // namespace guanxi
