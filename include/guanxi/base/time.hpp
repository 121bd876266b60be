// Dates (days) and instants (microseconds UTC), both counted from 1970-01-01, proleptic Gregorian.
//
//   date d = date::parse("2017-03-01").value();   quarter(d) == 1;   d.to_string() == "2017-03-01"
//
// Calendar arithmetic after Howard Hinnant's days-from-civil algorithm. Years 0001 to 9999.
// Thread rule: values.
#pragma once

#include "guanxi/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace guanxi {

struct civil {
  int year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
};

struct date {
  std::int32_t days = 0;  ///< since 1970-01-01
  /// Reads YYYY-MM-DD and nothing else; an impossible day is an error, never moved.
  static result<date> parse(std::string_view text);
  static result<date> from_civil(civil c);
  civil to_civil() const noexcept;
  std::string to_string() const;
  friend constexpr auto operator<=>(date, date) = default;
};

struct instant {
  std::int64_t microseconds = 0;  ///< since 1970-01-01T00:00:00Z
  /// Reads YYYY-MM-DDThh:mm:ss[.ffffff](Z|+hh:mm|-hh:mm); an offset is required.
  static result<instant> parse(std::string_view text);
  std::string to_string() const;  ///< always with Z; a fraction only where there is one
  date utc_date() const noexcept;
  friend constexpr auto operator<=>(instant, instant) = default;
};

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t microseconds_per_day = 86'400 * microseconds_per_second;

/// Calendar periods that `period(x, unit)` of the language can name.
enum class period_unit : std::uint8_t { year, quarter, month, week, day };

int quarter(date d) noexcept;  ///< 1 to 4
int weekday(date d) noexcept;  ///< ISO 8601: 1 Monday to 7 Sunday
bool leap_year(int year) noexcept;
/// "2017", "2017-Q1", "2017-03", "2017-W09" (ISO 8601 week), "2017-03-01". Labels sort as text.
std::string period_label(date d, period_unit unit);

/// Where the library gets the time from: a host or test injects it.
class clock {
 public:
  virtual ~clock() = default;
  virtual instant now() const = 0;
};

/// Stands still until it is set.
class fixed_clock final : public clock {
 public:
  explicit fixed_clock(instant start) : now_(start) {}
  instant now() const override { return now_; }
  void set(instant at) { now_ = at; }
  void advance(std::int64_t microseconds) { now_.microseconds += microseconds; }

 private:
  instant now_;
};

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/time-inl.hpp"
#endif
