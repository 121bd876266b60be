// Business time: when people work, by shifts of the week, holidays and time zone; deadlines in it.
//
//   working_hours_settings s = working_hours_settings::parse(R"({
//       "time_zone": "Asia/Shanghai", "friday": [["09:00", "12:00"], ["13:30", "18:00"]],
//       "holidays": [{"from": "2026-10-01", "to": "2026-10-07"}],
//       "extra": [{"date": "2026-10-10", "as": "friday"}]})").value();
//   working_hours_ptr hours = make_working_hours(s, *make_time_zones()).value();
//   instant due = hours->add(now, 4 * 3600 * microseconds_per_second).value();  // 4 hours of work
//
// It is open while a clock on the wall shows a time of a shift, and working time is the time that
// passes meanwhile. Where clocks jump ahead over the begin of a shift, it opens with what comes
// then; a time that clocks show twice counts both times. So a shift over a change of the clocks is
// as long as it is really worked.
// A shift belongs to the day on which it begins: a holiday takes away those that begin on it, and
// the night shift of the day before is worked to its end.
//
// Instants are those of the years 0001 to 9999. Thread rule: immutable; const members may be called
// concurrently.
#pragma once

#include "guanxi/base/calendar.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi {

/// Minutes after midnight of the day on which it begins, by the clock on the wall.
struct shift {
  int from = 0;  ///< 0 to 1439
  int to = 0;    ///< after `from` by at most 1440; beyond 1440 on the next day
  friend constexpr bool operator==(shift, shift) = default;
};

/// What is worked on a date, in place of the shifts of its day of the week.
struct dated_shifts {
  date day;
  std::vector<shift> shifts;  ///< none: closed
  friend bool operator==(const dated_shifts&, const dated_shifts&) = default;
};

struct working_hours_settings {
  std::string time_zone = {};                 ///< empty: UTC
  std::array<std::vector<shift>, 7> week = {};  ///< from Monday
  std::vector<dated_shifts> dates = {};       ///< in any order, each date once

  static constexpr std::size_t max_shifts = 48;   ///< of one day
  static constexpr std::size_t max_dates = 4096;  ///< of all holidays and extra days

  /// From JSON; docs/calendars.md has the format. Errors: errc::parse where it is no JSON,
  /// errc::invalid_argument for the rest, which say what is wrong where.
  static result<working_hours_settings> parse(std::string_view text);
};

class working_hours {
 public:
  virtual ~working_hours() = default;

  /// The first moment by which so much working time has passed since `from`: a deadline that falls
  /// on the end of a shift is that end, not the next opening. With 0 it is next_opening(from).
  /// Below 0 it is the last moment from which so much passes until `from`: one that falls on an
  /// opening is that opening, not the end before it.
  /// So between(from, add(from, n)) is n, add() never falls as `from` or n rises, and
  /// add(add(from, n), m) is add(from, n + m) where both are above 0 or both below.
  /// Errors: errc::undefined_period if it is never open again (or was never open before),
  /// errc::overflow beyond the years 0001 to 9999.
  virtual result<instant> add(instant from, std::int64_t microseconds) const = 0;

  /// The working time from one moment to another, in microseconds; below 0 if `to` is the earlier.
  /// It takes time by the days between them: a year some fifty microseconds.
  /// Errors: errc::overflow for an instant beyond the years 0001 to 9999.
  virtual result<std::int64_t> between(instant from, instant to) const = 0;

  /// Whether it is open; the moment that a shift begins belongs to it, the one at which it ends
  /// does not.
  virtual bool open(instant at) const = 0;

  /// The first moment from `at` on that is open: `at` itself if that is.
  /// Errors: as of add().
  virtual result<instant> next_opening(instant at) const = 0;

  /// The first moment from `at` on that is closed after one that is open: the end of what is open
  /// at `at`, or else of what opens next. Shifts that meet are one.
  /// Errors: as of add(), and errc::undefined_period if it never closes again.
  virtual result<instant> next_closing(instant at) const = 0;
};
using working_hours_ptr = std::shared_ptr<const working_hours>;

/// Errors: errc::unknown_name (time zone); errc::invalid_argument for shifts that overlap, also
/// those of neighbouring days, a date that is listed twice, and what is out of its range.
/// A week without shifts is none: what is then not on a date is never open.
result<working_hours_ptr> make_working_hours(const working_hours_settings& from,
                                             const time_zones& zones);

/// Around the clock: working time is time.
working_hours_ptr always_open();

}  // namespace guanxi
