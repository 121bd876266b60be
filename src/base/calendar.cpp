#include "guanxi/base/calendar-inl.hpp"

#include "fiscal_years.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace guanxi {

namespace {

constexpr std::array<std::string_view, 7> weekday_names = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

constexpr std::int64_t first_day = -719'162, last_day = 2'932'896;  // 0001-01-01, 9999-12-31

std::int64_t floor_divided(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

result<date> day_at(std::int64_t days) {
  if (days >= first_day && days <= last_day) return date{static_cast<std::int32_t>(days)};
  return unexpected(errc::overflow, "the dates asked for are outside the years 0001 to 9999");
}

/// The first day of a month, counted from January of the year 0.
result<date> month_at(std::int64_t months) {
  const std::int64_t year = floor_divided(months, 12);
  if (year < 1 || year > 9999) return day_at(last_day + 1);
  return date::from_civil({static_cast<int>(year), static_cast<int>(months - year * 12 + 1), 1});
}

class standing_calendar final : public calendar {
 public:
  standing_calendar(time_zone_ptr zone, int week_start, fiscal_years_ptr fiscal)
      : zone_(std::move(zone)), week_start_(week_start), fiscal_(std::move(fiscal)) {}

  bool utc() const noexcept override { return !zone_ || zone_->utc(); }

  date local_date(instant at) const override {
    std::int64_t local = at.microseconds;
    if (!utc() && __builtin_add_overflow(local, zone_->offset_at(at), &local))
      local = at.microseconds;
    const std::int64_t day = floor_divided(local, microseconds_per_day);
    return date{static_cast<std::int32_t>(std::clamp(day, first_day, last_day))};
  }

  instant start_of(date d) const override {
    const instant midnight{d.days * microseconds_per_day};
    if (utc()) return midnight;
    const auto begun = [&](std::int64_t us) { return local_date(instant{us}) >= d; };
    // By the offset before or after it, unless clocks jump over midnight.
    const std::int64_t before =
        zone_->offset_at(instant{midnight.microseconds - microseconds_per_day});
    const std::int64_t after =
        zone_->offset_at(instant{midnight.microseconds + microseconds_per_day});
    for (const std::int64_t offset : {std::max(before, after), std::min(before, after)}) {
      const std::int64_t at = midnight.microseconds - offset;
      if (begun(at) && !begun(at - 1)) return instant{at};
    }
    // No offset has ever been 16 hours.
    constexpr std::int64_t most = 16 * 3600 * microseconds_per_second;
    std::int64_t low = midnight.microseconds - most - microseconds_per_day;
    std::int64_t high = midnight.microseconds + most + microseconds_per_day;
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (begun(middle) ? high : low) = middle;
    }
    return instant{high};
  }

  result<date_span> span(calendar_unit unit, date at, std::int64_t first,
                         std::int64_t count) const override {
    if (is_fiscal(unit)) return fiscal_->span(unit, at, first, count);
    result<date> from = start(unit, at, first), to = start(unit, at, first + count);
    if (!from) return passed(from);
    if (!to) return passed(to);
    return date_span{*from, *to};
  }

  result<std::string> label(calendar_unit unit, date at) const override {
    switch (unit) {
      case calendar_unit::day: return period_label(at, period_unit::day);
      case calendar_unit::week: return period_label(at, period_unit::week);
      case calendar_unit::month: return period_label(at, period_unit::month);
      case calendar_unit::quarter: return period_label(at, period_unit::quarter);
      case calendar_unit::year: return period_label(at, period_unit::year);
      default: return fiscal_->label(unit, at);
    }
  }

  result<std::optional<date_span>> counterpart(calendar_unit unit, date at, std::int64_t count,
                                               calendar_unit of) const override {
    if (!lies_in(unit, of))
      return unexpected(errc::misuse, "a " + std::string(name(unit)) + " has no place in a " +
                                          std::string(name(of)));
    if (is_fiscal(unit)) return fiscal_->counterpart(unit, at, count, of);
    if (unit <= calendar_unit::week) {
      const int back = unit == calendar_unit::week ? weekday(at) - 1 : 0;
      result<date> from = day_at(at.days - back - count * days_of(of));
      if (!from) return passed(from);
      return date_span{*from, date{from->days + static_cast<std::int32_t>(days_of(unit))}};
    }
    result<date_span> there = span(unit, at, -count * months_of(of) / months_of(unit), 1);
    if (!there) return passed(there);
    return *there;
  }

  result<std::int64_t> between(calendar_unit unit, date from, date to) const override {
    if (is_fiscal(unit)) return fiscal_->between(unit, from, to);
    return number_of(unit, to) - number_of(unit, from);
  }

  calendar_ptr in(time_zone_ptr zone) const override {
    return std::make_shared<standing_calendar>(std::move(zone), week_start_, fiscal_);
  }

 private:
  time_zone_ptr zone_;  ///< null: UTC
  int week_start_;      ///< 1 Monday to 7 Sunday
  fiscal_years_ptr fiscal_;

  static constexpr std::int64_t days_of(calendar_unit unit) noexcept {
    return unit == calendar_unit::week ? 7 : 1;
  }
  static constexpr std::int64_t months_of(calendar_unit unit) noexcept {
    return unit == calendar_unit::month ? 1 : unit == calendar_unit::quarter ? 3 : 12;
  }

  result<date> start(calendar_unit unit, date at, std::int64_t moved) const {
    const civil c = at.to_civil();
    const std::int64_t month = c.year * 12 + c.month - 1;
    switch (unit) {
      case calendar_unit::day: return day_at(at.days + moved);
      case calendar_unit::week:
        return day_at(at.days - (weekday(at) - week_start_ + 7) % 7 + 7 * moved);
      case calendar_unit::month: return month_at(month + moved);
      case calendar_unit::quarter: return month_at(month - month % 3 + 3 * moved);
      default: return month_at(12 * (c.year + moved));
    }
  }
};

}  // namespace

std::optional<int> weekday_named(std::string_view word) noexcept {
  const auto at = std::find(weekday_names.begin(), weekday_names.end(), word);
  if (at == weekday_names.end()) return std::nullopt;
  return static_cast<int>(at - weekday_names.begin()) + 1;
}

std::string_view weekday_name(int weekday) noexcept {
  return weekday_names[static_cast<std::size_t>(weekday - 1)];
}

result<calendar_ptr> make_calendar(const calendar_settings& from, const time_zones& zones) {
  time_zone_ptr zone;
  if (!from.time_zone.empty()) {
    auto found = zones.find(from.time_zone);
    if (!found) return passed(found);
    zone = std::move(*found);
  }
  int week_start = 1;
  if (!from.week_start.empty()) {
    const auto named = weekday_named(from.week_start);
    if (!named)
      return unexpected(errc::invalid_argument,
                        in_backticks(from.week_start) + " is no day that a week can start with; "
                                                        "it is `monday` to `sunday`");
    week_start = *named;
  }
  auto fiscal = make_fiscal_years(from.fiscal_calendar);
  if (!fiscal) return passed(fiscal);
  return calendar_ptr(
      std::make_shared<standing_calendar>(std::move(zone), week_start, std::move(*fiscal)));
}

calendar_ptr plain_calendar() {
  static const calendar_ptr one =
      std::make_shared<standing_calendar>(nullptr, 1, make_fiscal_years("").value());
  return one;
}

}  // namespace guanxi
