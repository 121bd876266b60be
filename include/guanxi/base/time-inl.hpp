#pragma once

#include "guanxi/base/time.hpp"

#include <charconv>
#include <optional>

namespace guanxi {

namespace detail_time {

/// Exactly `count` digits at `at`, or -1.
GUANXI_INLINE int digits(std::string_view text, std::size_t at, std::size_t count) noexcept {
  if (text.size() < at + count) return -1;
  int number = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

GUANXI_INLINE void append_padded(std::string& out, std::int64_t number, std::size_t width) {
  char digits[24];
  const char* end = std::to_chars(digits, digits + 24, number < 0 ? -number : number).ptr;
  const auto size = static_cast<std::size_t>(end - digits);
  if (number < 0) out += '-';
  if (size < width) out.append(width - size, '0');
  out.append(digits, size);
}

GUANXI_INLINE std::int64_t floor_divided(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

GUANXI_INLINE int days_in_month(int year, int month) noexcept {
  if (month == 2) return leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

GUANXI_INLINE std::int32_t days_from_civil(civil c) noexcept {
  const std::int64_t year = std::int64_t{c.year} - (c.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divided(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int32_t>(era * 146'097 + day_of_era - 719'468);
}

/// Why a date is impossible, or null.
GUANXI_INLINE const char* fault_of(civil c) noexcept {
  if (c.year < 1 || c.year > 9999) return "years run from 0001 to 9999";
  if (c.month < 1 || c.month > 12) return "months run from 01 to 12";
  if (c.day < 1 || c.day > days_in_month(c.year, c.month)) return "that month has no such day";
  return nullptr;
}

/// Year, month and day if the form is YYYY-MM-DD.
GUANXI_INLINE std::optional<civil> read_civil(std::string_view text) noexcept {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const civil c{digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)};
  if (c.year < 0 || c.month < 0 || c.day < 0) return std::nullopt;
  return c;
}

/// Microseconds since midnight of "hh:mm:ss", or nothing.
GUANXI_INLINE std::optional<std::int64_t> read_time_of_day(std::string_view text) noexcept {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const int hour = digits(text, 0, 2);
  const int minute = digits(text, 3, 2);
  const int second = digits(text, 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  return (hour * 3600 + minute * 60 + second) * microseconds_per_second;
}

/// Takes ".ffffff" off the front of `rest`; nothing if the point has no digit or more than six.
GUANXI_INLINE std::optional<std::int64_t> take_fraction(std::string_view& rest) noexcept {
  if (rest.empty() || rest[0] != '.') return 0;
  std::size_t count = 0;
  while (count < 7 && digits(rest, count + 1, 1) >= 0) ++count;
  if (count == 0 || count > 6) return std::nullopt;
  std::int64_t fraction = digits(rest, 1, count);
  for (std::size_t i = count; i < 6; ++i) fraction *= 10;
  rest.remove_prefix(count + 1);
  return fraction;
}

/// Microseconds east of UTC of "Z", "+hh:mm" or "-hh:mm", or nothing.
GUANXI_INLINE std::optional<std::int64_t> read_offset(std::string_view text) noexcept {
  if (text == "Z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hour = digits(text, 1, 2);
  const int minute = digits(text, 4, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  const std::int64_t offset = (hour * 3600 + minute * 60) * microseconds_per_second;
  return text[0] == '-' ? -offset : offset;
}

struct iso_week {
  int year = 0;
  int week = 0;
};

/// ISO 8601: a week belongs to the year of its Thursday; week 1 has the year's first Thursday.
GUANXI_INLINE iso_week week_of(date d) noexcept {
  const date thursday{static_cast<std::int32_t>(std::int64_t{d.days} + 4 - weekday(d))};
  const int year = thursday.to_civil().year;
  const std::int64_t first = days_from_civil({year, 1, 1});
  return {year, static_cast<int>((thursday.days - first) / 7 + 1)};
}

}  // namespace detail_time

GUANXI_INLINE result<date> date::parse(std::string_view text) {
  const auto c = detail_time::read_civil(text);
  if (!c) {
    return unexpected(errc::parse, in_backticks(text) + " is not a date; write it as YYYY-MM-DD");
  }
  if (const char* fault = detail_time::fault_of(*c)) {
    return unexpected(errc::parse, in_backticks(text) + " is not a date; " + fault);
  }
  return date{detail_time::days_from_civil(*c)};
}

GUANXI_INLINE result<date> date::from_civil(civil c) {
  if (const char* fault = detail_time::fault_of(c)) {
    std::string shown;
    detail_time::append_padded(shown, c.year, 4);
    detail_time::append_padded(shown += '-', c.month, 2);
    detail_time::append_padded(shown += '-', c.day, 2);
    return unexpected(errc::invalid_argument, in_backticks(shown) + " is not a date; " + fault);
  }
  return date{detail_time::days_from_civil(c)};
}

GUANXI_INLINE civil date::to_civil() const noexcept {
  const std::int64_t shifted = std::int64_t{days} + 719'468;
  const std::int64_t era = detail_time::floor_divided(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t march_month = (5 * day_of_year + 2) / 153;
  civil c;
  c.day = static_cast<int>(day_of_year - (153 * march_month + 2) / 5 + 1);
  c.month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
  c.year = static_cast<int>(year_of_era + era * 400 + (c.month <= 2 ? 1 : 0));
  return c;
}

GUANXI_INLINE std::string date::to_string() const {
  return period_label(*this, period_unit::day);
}

GUANXI_INLINE result<instant> instant::parse(std::string_view text) {
  const auto unreadable = [&](const char* why) {
    return unexpected(errc::parse, in_backticks(text) + " is not an instant; " + why);
  };
  constexpr const char* form = "write it as YYYY-MM-DDThh:mm:ssZ or with an offset such as +08:00";
  if (text.size() < 20 || text[10] != 'T') return unreadable(form);
  const auto day = detail_time::read_civil(text.substr(0, 10));
  if (!day) return unreadable(form);
  if (const char* fault = detail_time::fault_of(*day)) return unreadable(fault);
  const auto time_of_day = detail_time::read_time_of_day(text.substr(11, 8));
  if (!time_of_day) return unreadable("the time of day runs from 00:00:00 to 23:59:59");
  std::string_view rest = text.substr(19);
  const auto fraction = detail_time::take_fraction(rest);
  if (!fraction) return unreadable("a fraction of a second has one to six digits");
  const auto offset = detail_time::read_offset(rest);
  if (!offset) return unreadable("end it with Z or an offset such as +08:00");

  const instant at{detail_time::days_from_civil(*day) * microseconds_per_day + *time_of_day +
                   *fraction - *offset};
  const int year = at.utc_date().to_civil().year;
  if (year >= 1 && year <= 9999) return at;
  return unexpected(errc::overflow,
                    in_backticks(text) + " lies outside the years 0001 to 9999 of UTC");
}

GUANXI_INLINE std::string instant::to_string() const {
  // Of any int64, also one outside the years that have a name, whose day would not fit.
  const std::int64_t left = microseconds % microseconds_per_day;
  const std::int64_t in_day = left < 0 ? left + microseconds_per_day : left;
  const std::int64_t second = in_day / microseconds_per_second;
  const std::int64_t fraction = in_day % microseconds_per_second;
  std::string out = utc_date().to_string();
  detail_time::append_padded(out += 'T', second / 3600, 2);
  detail_time::append_padded(out += ':', second / 60 % 60, 2);
  detail_time::append_padded(out += ':', second % 60, 2);
  if (fraction != 0) {
    detail_time::append_padded(out += '.', fraction, 6);
    while (out.back() == '0') out.pop_back();
  }
  return out += 'Z';
}

GUANXI_INLINE date instant::utc_date() const noexcept {
  const std::int64_t days = detail_time::floor_divided(microseconds, microseconds_per_day);
  return {static_cast<std::int32_t>(days)};
}

GUANXI_INLINE int quarter(date d) noexcept { return (d.to_civil().month - 1) / 3 + 1; }

GUANXI_INLINE int weekday(date d) noexcept {
  const std::int64_t monday_based = std::int64_t{d.days} + 3;  // 1970-01-01 was a Thursday
  return static_cast<int>(monday_based - detail_time::floor_divided(monday_based, 7) * 7) + 1;
}

GUANXI_INLINE bool leap_year(int year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

GUANXI_INLINE std::string period_label(date d, period_unit unit) {
  std::string out;
  if (unit == period_unit::week) {
    const detail_time::iso_week w = detail_time::week_of(d);
    detail_time::append_padded(out, w.year, 4);
    detail_time::append_padded(out += "-W", w.week, 2);
    return out;
  }
  const civil c = d.to_civil();
  detail_time::append_padded(out, c.year, 4);
  if (unit == period_unit::year) return out;
  if (unit == period_unit::quarter) {
    detail_time::append_padded(out += "-Q", (c.month - 1) / 3 + 1, 1);
    return out;
  }
  detail_time::append_padded(out += '-', c.month, 2);
  if (unit == period_unit::day) detail_time::append_padded(out += '-', c.day, 2);
  return out;
}

}  // namespace guanxi
