#pragma once

#include "guanxi/base/calendar.hpp"

#include <array>

namespace guanxi {

namespace detail_calendar {

// In the order of `calendar_unit`.
inline constexpr std::array<std::string_view, 8> unit_names = {
    "day", "week", "month", "quarter", "year", "fiscal_period", "fiscal_quarter", "fiscal_year"};

}  // namespace detail_calendar

GUANXI_INLINE std::string_view name(calendar_unit u) noexcept {
  return detail_calendar::unit_names[static_cast<std::size_t>(u)];
}

GUANXI_INLINE std::optional<calendar_unit> calendar_unit_named(std::string_view word) noexcept {
  for (std::size_t i = 0; i < detail_calendar::unit_names.size(); ++i)
    if (detail_calendar::unit_names[i] == word) return static_cast<calendar_unit>(i);
  return std::nullopt;
}

GUANXI_INLINE std::int64_t number_of(calendar_unit unit, date at) noexcept {
  const civil c = at.to_civil();
  switch (unit) {
    case calendar_unit::day: return at.days;
    case calendar_unit::week: return (std::int64_t{at.days} - (weekday(at) - 1) + 719'162) / 7;
    case calendar_unit::month: return c.year * 12 + c.month - 1;
    case calendar_unit::quarter: return c.year * 4 + (c.month - 1) / 3;
    default: return c.year;
  }
}

}  // namespace guanxi
