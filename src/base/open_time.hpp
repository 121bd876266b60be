// The open time of a week and of dates that differ from it, by the clock on the wall alone.
//
//   open_time hours(week, dates);
//   hours.until(b) - hours.until(a)       // open between two readings of the clock
//
// Readings are microseconds since 1970-01-01T00:00 of the clock, whatever the zone. Every call
// costs the logarithm of the dates, or of the days that can be asked for. Thread rule: immutable.
#pragma once

#include "guanxi/base/working_time.hpp"

#include <cstddef>
#include <optional>

namespace guanxi {

class open_time {
 public:
  using shifts_of_week = std::array<std::vector<shift>, 7>;

  /// Shifts in order of time, none of which overlaps another; dates in order.
  open_time(const shifts_of_week& week, const std::vector<dated_shifts>& dates);
  /// What is closed in it.
  open_time complement() const;

  bool at(std::int64_t reading) const;
  /// Open time before a reading, counted from some moment that is the same for all readings.
  std::int64_t until(std::int64_t reading) const;
  /// The first reading with so much before it, and the last; nothing where none of the years 0001
  /// to 9999 is it.
  std::optional<std::int64_t> first_with(std::int64_t amount) const;
  std::optional<std::int64_t> last_with(std::int64_t amount) const;
  /// Whether a week without any date of its own is open at any time.
  bool every_week() const noexcept { return starts_.back() > 0; }
  bool never() const;

 private:
  struct piece {
    std::int64_t from, to;  ///< after midnight, within the day
  };
  struct day {
    std::vector<piece> pieces;  ///< in order, none touches the next
    std::int64_t total = 0;
  };
  struct dated {
    std::int64_t number;  ///< days since 1970-01-01
    day what;
    std::int64_t gained = 0;  ///< against the plain week, by all dates before this one
  };

  std::array<day, 7> week_;
  std::array<std::int64_t, 8> starts_{};  ///< of each day's open time in a week; at last its sum
  std::vector<dated> dates_;              ///< those that differ from the week, in order

  open_time() = default;
  static day made(const std::vector<shift>& before, const std::vector<shift>& own);
  static day complement(const day& of);
  void sum();
  std::vector<dated>::const_iterator dates_from(std::int64_t number) const;
  const day& of(std::int64_t number) const;
  std::int64_t before(std::int64_t number) const;  ///< open time before a day
  template <class Holds>
  static std::optional<std::int64_t> first_day_that(Holds holds);
};

}  // namespace guanxi
