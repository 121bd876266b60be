// Where days begin and what a company calls its periods: time zone, week start, fiscal calendar.
//
//   calendar_settings s{.time_zone = "Asia/Shanghai", .fiscal_calendar = R"({"start_month": 4})"};
//   calendar_ptr c = make_calendar(s, *make_time_zones()).value();
//   c->span(calendar_unit::fiscal_quarter, c->local_date(now), -4, 4);   // the last four quarters
//
// Thread rule: immutable; const members may be called concurrently.
#pragma once

#include "guanxi/base/time.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace guanxi {

/// A place's offset from UTC, by the IANA time zone database.
class time_zone {
 public:
  virtual ~time_zone() = default;
  /// Microseconds east of UTC at an instant: local time less UTC.
  virtual std::int64_t offset_at(instant at) const = 0;
  /// Whether it is UTC at all times.
  virtual bool utc() const noexcept = 0;
};
using time_zone_ptr = std::shared_ptr<const time_zone>;

class time_zones {
 public:
  virtual ~time_zones() = default;
  /// By its name, such as "Europe/Paris" or "UTC". Errors: errc::unknown_name.
  virtual result<time_zone_ptr> find(std::string_view name) const = 0;
};

/// The built-in database, that of ICU.
std::shared_ptr<const time_zones> make_time_zones();

enum class calendar_unit : std::uint8_t {
  day, week, month, quarter, year,
  fiscal_period,   ///< a month of the fiscal year, or one of its 13 periods
  fiscal_quarter, fiscal_year
};
std::string_view name(calendar_unit u) noexcept;
std::optional<calendar_unit> calendar_unit_named(std::string_view word) noexcept;
/// Days, weeks (from Monday), months, quarters and years are counted by numbers that rise by one.
std::int64_t number_of(calendar_unit unit, date at) noexcept;
constexpr bool is_fiscal(calendar_unit u) noexcept { return u >= calendar_unit::fiscal_period; }

/// Whether each `of` has places for whole periods of a kind: days in weeks, months in quarters and
/// years, fiscal periods in fiscal quarters and years, and each in its own kind.
constexpr bool lies_in(calendar_unit unit, calendar_unit of) noexcept {
  const bool months = unit >= calendar_unit::month && unit < of && is_fiscal(unit) == is_fiscal(of);
  return unit == of || (unit == calendar_unit::day && of == calendar_unit::week) || months;
}

/// The dates from `from` to before `to`.
struct date_span {
  date from, to;
  friend constexpr bool operator==(date_span, date_span) = default;
};

class calendar {
 public:
  virtual ~calendar() = default;
  /// The date that it is in the calendar's time zone.
  virtual date local_date(instant at) const = 0;
  /// The first instant of a day there: midnight or, where clocks jump over it, what comes then.
  virtual instant start_of(date d) const = 0;
  /// Whether days there are those of UTC.
  virtual bool utc() const noexcept = 0;
  /// `count` units from the `first`-th after the one that a day lies in (0: that one itself; below
  /// 0: before it). Errors: errc::undefined_period for a fiscal year that the calendar does not
  /// define, errc::overflow beyond the years 0001 to 9999.
  virtual result<date_span> span(calendar_unit unit, date at, std::int64_t first,
                                 std::int64_t count) const = 0;
  /// What the unit that a day lies in is called: "2017", "2017-Q1", "2017-03", "2017-W09" (ISO
  /// 8601, whatever the week start), "2017-03-01", "FY2017", "FY2017-Q1", "FY2017-P01". Labels sort
  /// as text. Errors: errc::undefined_period.
  virtual result<std::string> label(calendar_unit unit, date at) const = 0;
  /// The period that has the place in an `of`, `count` of them before (below 0: after), that the
  /// one of a day has in its own: March for the March of another year. Nothing where there
  /// is no such place, as for a fourth period in a quarter of three. Weeks are those of label().
  /// Errors: errc::undefined_period, errc::overflow, errc::misuse unless lies_in(unit, of).
  virtual result<std::optional<date_span>> counterpart(calendar_unit unit, date at,
                                                       std::int64_t count,
                                                       calendar_unit of) const = 0;
  /// How many units that of `to` lies behind that of `from`; below 0: before it. Weeks are those
  /// of label(). Errors: errc::undefined_period.
  virtual result<std::int64_t> between(calendar_unit unit, date from, date to) const = 0;
  /// The same calendar in another time zone.
  virtual std::shared_ptr<const calendar> in(time_zone_ptr zone) const = 0;
};
using calendar_ptr = std::shared_ptr<const calendar>;

/// Texts as they are kept; an empty one stands for the default.
struct calendar_settings {
  std::string time_zone = {};    ///< UTC
  std::string week_start = {};   ///< "monday" to "sunday"; monday
  /// JSON; calendar years by default. docs/calendars.md has the kinds: "shifted", "weeks" and
  /// "custom".
  std::string fiscal_calendar = {};
};

/// Errors: errc::unknown_name (time zone), errc::invalid_argument and errc::parse, which say what
/// is wrong where.
result<calendar_ptr> make_calendar(const calendar_settings& from, const time_zones& zones);
/// UTC, weeks from Monday, fiscal years that are calendar years.
calendar_ptr plain_calendar();

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/calendar-inl.hpp"
#endif
