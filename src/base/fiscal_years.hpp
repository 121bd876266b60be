// The years of a company's books as lists of periods.
//
//   fiscal_years_ptr f = make_fiscal_years(R"({"kind": "shifted", "start_month": 4})").value();
//   f->label(calendar_unit::fiscal_quarter, date::parse("2026-05-01").value());   // "FY2027-Q1"
//
// Thread rule: immutable.
#pragma once

#include "guanxi/base/calendar.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace guanxi {

struct fiscal_year {
  std::int64_t number = 0;
  std::vector<date> starts;               ///< of its periods; at last the day after the year
  std::array<std::size_t, 5> quarters{};  ///< the first period of each; at last their number
};

class fiscal_years {
 public:
  virtual ~fiscal_years() = default;
  /// The year that a day lies in; the year of a number. Errors: errc::undefined_period.
  virtual result<fiscal_year> of(date d) const = 0;
  virtual result<fiscal_year> numbered(std::int64_t number) const = 0;

  result<date_span> span(calendar_unit unit, date at, std::int64_t first, std::int64_t count) const;
  result<std::string> label(calendar_unit unit, date at) const;
  result<std::optional<date_span>> counterpart(calendar_unit unit, date at, std::int64_t count,
                                               calendar_unit of) const;
  result<std::int64_t> between(calendar_unit unit, date from, date to) const;

 private:
  struct place {
    fiscal_year in;
    std::size_t unit = 0;  ///< of the year's units
  };
  result<place> moved(calendar_unit unit, date at, std::int64_t by) const;
};
using fiscal_years_ptr = std::shared_ptr<const fiscal_years>;

/// 1 Monday to 7 Sunday.
std::optional<int> weekday_named(std::string_view word) noexcept;
std::string_view weekday_name(int weekday) noexcept;

/// From JSON; an empty text gives calendar years.
result<fiscal_years_ptr> make_fiscal_years(std::string_view definition);

}  // namespace guanxi
