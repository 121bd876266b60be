#include "guanxi/base/working_time.hpp"

#include "fiscal_years.hpp"
#include "open_time.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

constexpr int day_minutes = 24 * 60;
constexpr std::int64_t first_day = -719'162, last_day = 2'932'896;  // 0001-01-01, 9999-12-31
constexpr std::int64_t first_instant = first_day * microseconds_per_day;
constexpr std::int64_t end_of_instants = (last_day + 1) * microseconds_per_day;
// Changes of a zone that undo one another lie further apart than this: the closest ever were four
// days, in Freetown in 1939, and there are some of a week.
constexpr std::int64_t probe = 3 * microseconds_per_day;
// No two offsets of a zone are further apart.
constexpr std::int64_t most_change = 2 * microseconds_per_day;

bool in_range(std::int64_t at) { return at >= first_instant && at < end_of_instants; }

unexpected out_of_range() {
  return unexpected(errc::overflow, "the working time asked for is outside the years 0001 to 9999");
}

/// Moments between which clocks differ from UTC by the same.
struct stretch {
  std::int64_t from, to, offset;
  std::int64_t clock_from() const { return from + offset; }
  std::int64_t clock_to() const { return to + offset; }
};

/// Whether clocks that are put back at its end may show again what they showed before it began, so
/// that their readings do not tell what comes next.
bool turns_soon(const stretch& s) { return s.to - s.from < most_change; }

class standing_hours final : public working_hours {
 public:
  standing_hours(time_zone_ptr zone, open_time open)
      : zone_(std::move(zone)), open_(std::move(open)), closed_(open_.complement()) {}

  result<instant> add(instant from, std::int64_t microseconds) const override {
    if (microseconds == 0) return next_opening(from);
    if (!in_range(from.microseconds) || microseconds < first_instant - end_of_instants ||
        microseconds > end_of_instants - first_instant)
      return out_of_range();
    return microseconds > 0 ? later(from.microseconds, microseconds)
                            : earlier(from.microseconds, -microseconds);
  }

  result<std::int64_t> between(instant from, instant to) const override {
    if (to < from)
      return between(to, from).transform([](std::int64_t passed) { return -passed; });
    if (!in_range(from.microseconds) || !in_range(to.microseconds)) return out_of_range();
    std::int64_t out = 0;
    for (std::int64_t at = from.microseconds; at < to.microseconds;) {
      const stretch s = after(at, to.microseconds);
      out += open_.until(s.clock_to()) - open_.until(s.clock_from());
      at = s.to;
    }
    return out;
  }

  bool open(instant at) const override {
    return in_range(at.microseconds) && open_.at(at.microseconds + offset_at(at.microseconds));
  }
  result<instant> next_opening(instant at) const override {
    return next(open_, at, "opening after");
  }
  result<instant> next_closing(instant at) const override {
    result<instant> from = next_opening(at);
    if (!from) return from;
    return next(closed_, *from, "closing after");
  }

 private:
  time_zone_ptr zone_;
  open_time open_, closed_;

  std::int64_t offset_at(std::int64_t at) const { return zone_->offset_at(instant{at}); }

  /// From a moment to the next change of clocks, or as far as was looked.
  stretch after(std::int64_t from, std::int64_t limit) const {
    if (zone_->utc()) return {from, limit, 0};
    const std::int64_t offset = offset_at(from);
    std::int64_t to = std::min(from + probe, limit);
    if (offset_at(to) == offset) return {from, to, offset};
    for (std::int64_t low = from; to - low > 1;) {
      const std::int64_t middle = low + (to - low) / 2;
      (offset_at(middle) == offset ? low : to) = middle;
    }
    return {from, to, offset};
  }
  /// From the last change of clocks to before a moment, likewise.
  stretch before(std::int64_t to) const {
    if (zone_->utc()) return {first_instant, to, 0};
    const std::int64_t offset = offset_at(to - 1);
    std::int64_t from = std::max(to - probe, first_instant);
    if (offset_at(from) == offset) return {from, to, offset};
    for (std::int64_t high = to - 1; high - from > 1;) {
      const std::int64_t middle = from + (high - from) / 2;
      (offset_at(middle) == offset ? high : from) = middle;
    }
    return {from + 1, to, offset};
  }

  /// Where it was looked for up to the end of time.
  static unexpected none(const open_time& hours, std::string_view what, std::int64_t from) {
    if (hours.every_week()) return out_of_range();
    return unexpected(errc::undefined_period,
                      "the working hours have no " + std::string(what) + " " +
                          instant{from}.to_string() +
                          "; change the shifts of the week or add dates");
  }

  /// The first moment in the hours, be they those of being open or of being closed.
  result<instant> next(const open_time& hours, instant from, std::string_view what) const {
    if (!in_range(from.microseconds)) return out_of_range();
    for (std::int64_t at = from.microseconds; at < end_of_instants;) {
      const stretch s = after(at, end_of_instants);
      const auto found = hours.last_with(hours.until(s.clock_from()));
      if (found && *found < s.clock_to()) return instant{*found - s.offset};
      at = s.to;
      if (turns_soon(s)) continue;
      if (!found) break;
      at = std::max(at, *found - s.offset - most_change);
    }
    return none(hours, what, from.microseconds);
  }

  result<instant> later(std::int64_t from, std::int64_t left) const {
    for (std::int64_t at = from; at < end_of_instants;) {
      const stretch s = after(at, end_of_instants);
      const std::int64_t begun = open_.until(s.clock_from());
      const std::int64_t gone = open_.until(s.clock_to()) - begun;
      if (gone >= left) return instant{*open_.first_with(begun + left) - s.offset};
      left -= gone;
      at = s.to;
      if (gone > 0) continue;
      result<instant> opening = next(open_, instant{s.from}, "opening after");
      if (!opening) return opening;
      at = opening->microseconds;
    }
    return none(open_, "opening after", from);
  }

  result<instant> earlier(std::int64_t from, std::int64_t left) const {
    for (std::int64_t at = from; at > first_instant;) {
      const stretch s = before(at);
      const std::int64_t ended = open_.until(s.clock_to());
      const std::int64_t gone = ended - open_.until(s.clock_from());
      if (gone >= left) return instant{*open_.last_with(ended - left) - s.offset};
      left -= gone;
      at = s.from;
      if (gone > 0) continue;
      const auto closing = open_.first_with(ended);
      if (turns_soon(s)) continue;
      if (!closing) break;
      at = std::min(at, *closing - s.offset + most_change);
    }
    return none(open_, "opening before", from);
  }
};

class endless_hours final : public working_hours {
 public:
  result<instant> add(instant from, std::int64_t microseconds) const override {
    instant out;
    if (!in_range(from.microseconds) ||
        __builtin_add_overflow(from.microseconds, microseconds, &out.microseconds) ||
        !in_range(out.microseconds))
      return out_of_range();
    return out;
  }
  result<std::int64_t> between(instant from, instant to) const override {
    if (!in_range(from.microseconds) || !in_range(to.microseconds)) return out_of_range();
    return to.microseconds - from.microseconds;
  }
  bool open(instant at) const override { return in_range(at.microseconds); }
  result<instant> next_opening(instant at) const override { return add(at, 0); }
  result<instant> next_closing(instant at) const override {
    if (!in_range(at.microseconds)) return out_of_range();
    return unexpected(errc::undefined_period,
                      "the working hours never close; they are around the clock");
  }
};

std::string text(shift s) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const auto time = [&](int minutes) { return two(minutes / 60) + ":" + two(minutes % 60); };
  return time(s.from) + " to " + time(s.to > day_minutes ? s.to - day_minutes : s.to);
}

/// A day's shifts and what it is called in messages.
struct named_day {
  std::string name;
  const std::vector<shift>* shifts;
};

unexpected refused(const std::string& what) {
  return unexpected(errc::invalid_argument, "in the calendar of working hours " + what);
}

result<void> put_in_order(std::vector<shift>& shifts, const std::string& name) {
  if (shifts.size() > working_hours_settings::max_shifts)
    return refused(name + " has more than " +
                   std::to_string(working_hours_settings::max_shifts) + " shifts");
  for (const shift& s : shifts)
    if (s.from < 0 || s.from >= day_minutes || s.to <= s.from || s.to - s.from > day_minutes)
      return refused(name + " has a shift from minute " + std::to_string(s.from) + " to " +
                     std::to_string(s.to) +
                     "; it begins at 0 to 1439 and ends at most a day after that");
  std::sort(shifts.begin(), shifts.end(),
            [](const shift& a, const shift& b) { return a.from < b.from; });
  return {};
}

/// Whether shifts of a day overlap, or the night shift of the day before lasts into the first.
result<void> apart(const named_day& before, const named_day& own) {
  const auto overlap = [](const named_day& a, shift first, const named_day& b, shift second) {
    return refused("the shift " + text(first) + " of " + a.name + " overlaps " + text(second) +
                   " of " + b.name + "; end the one before the other begins");
  };
  for (std::size_t i = 1; i < own.shifts->size(); ++i)
    if (const shift a = (*own.shifts)[i - 1], b = (*own.shifts)[i]; b.from < a.to)
      return overlap(own, a, own, b);
  if (before.shifts->empty() || own.shifts->empty()) return {};
  if (const shift a = before.shifts->back(), b = own.shifts->front(); a.to - day_minutes > b.from)
    return overlap(before, a, own, b);
  return {};
}

result<void> check_week(const working_hours_settings& s) {
  const auto named = [&](std::size_t weekday) {
    return named_day{"`" + std::string(weekday_name(static_cast<int>(weekday) + 1)) + "`",
                     &s.week[weekday]};
  };
  for (std::size_t i = 0; i < 7; ++i)
    if (auto ok = apart(named((i + 6) % 7), named(i)); !ok) return ok;
  return {};
}

/// Of dates in order: each against the days beside it, listed or not.
result<void> check_dates(const working_hours_settings& s) {
  const auto named = [&](std::int32_t days) {
    const date day{days};
    const auto there = std::lower_bound(
        s.dates.begin(), s.dates.end(), day,
        [](const dated_shifts& d, date on) { return d.day < on; });
    const bool listed = there != s.dates.end() && there->day == day;
    return named_day{day.to_string(),
                     listed ? &there->shifts
                            : &s.week[static_cast<std::size_t>(weekday(day) - 1)]};
  };
  for (const dated_shifts& d : s.dates)
    for (const std::int32_t n : {d.day.days, d.day.days + 1})
      if (auto ok = apart(named(n - 1), named(n)); !ok) return ok;
  return {};
}

result<void> put_in_order(working_hours_settings& s) {
  for (std::size_t i = 0; i < 7; ++i)
    if (auto ok = put_in_order(s.week[i],
                               "`" + std::string(weekday_name(static_cast<int>(i) + 1)) + "`");
        !ok)
      return ok;
  if (s.dates.size() > working_hours_settings::max_dates)
    return refused("there are more than " + std::to_string(working_hours_settings::max_dates) +
                   " dates; leave out those long past");
  std::sort(s.dates.begin(), s.dates.end(),
            [](const dated_shifts& a, const dated_shifts& b) { return a.day < b.day; });
  for (std::size_t i = 0; i < s.dates.size(); ++i) {
    const std::string day = s.dates[i].day.to_string();
    if (s.dates[i].day.days < first_day || s.dates[i].day.days > last_day)
      return refused("a date is outside the years 0001 to 9999");
    if (i > 0 && s.dates[i - 1].day == s.dates[i].day)
      return refused("the date " + day +
                     " is listed twice, among holidays or extra days; keep it once");
    if (auto ok = put_in_order(s.dates[i].shifts, day); !ok) return ok;
  }
  return {};
}

}  // namespace

result<working_hours_ptr> make_working_hours(const working_hours_settings& from,
                                             const time_zones& zones) {
  auto zone = zones.find(from.time_zone.empty() ? "UTC" : from.time_zone);
  if (!zone) return passed(zone);
  working_hours_settings s = from;
  if (auto ok = put_in_order(s); !ok) return passed(ok);
  if (auto ok = check_week(s); !ok) return passed(ok);
  if (auto ok = check_dates(s); !ok) return passed(ok);
  open_time open(s.week, s.dates);
  if (open.complement().never()) return always_open();
  return working_hours_ptr(
      std::make_shared<standing_hours>(std::move(*zone), std::move(open)));
}

working_hours_ptr always_open() { return std::make_shared<endless_hours>(); }

}  // namespace guanxi
