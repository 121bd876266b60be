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

}  // namespace guanxi
