#include "fiscal_years.hpp"

#include "definition.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

constexpr std::array<std::size_t, 5> of_twelve = {0, 3, 6, 9, 12};

error undefined(const std::string& what) {
  return error(errc::undefined_period,
               what + " is in no year of the fiscal calendar; add the year to the setting "
                      "`fiscal_calendar`");
}

std::string padded(std::int64_t number, std::size_t width) {
  std::string out = std::to_string(number);
  if (out.size() < width) out.insert(0, width - out.size(), '0');
  return out;
}

/// Where the units of a year begin, as places among its periods; at last their end.
std::vector<std::size_t> bounds_of(const fiscal_year& y, calendar_unit unit) {
  if (unit == calendar_unit::fiscal_year) return {0, y.starts.size() - 1};
  if (unit == calendar_unit::fiscal_quarter) return {y.quarters.begin(), y.quarters.end()};
  std::vector<std::size_t> out(y.starts.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
  return out;
}

/// Twelve months from the first of one of them.
class shifted_years final : public fiscal_years {
 public:
  shifted_years(int start_month, bool named_by_end)
      : start_(start_month), ahead_(named_by_end && start_month > 1 ? 1 : 0) {}

  result<fiscal_year> of(date d) const override {
    const civil c = d.to_civil();
    return numbered(c.year - (c.month < start_ ? 1 : 0) + ahead_);
  }
  result<fiscal_year> numbered(std::int64_t number) const override {
    fiscal_year out{number, {}, of_twelve};
    for (int i = 0; i <= 12; ++i) {
      const std::int64_t month = (number - ahead_) * 12 + start_ - 1 + i;
      // The last year ends with the calendar.
      result<date> start =
          month == 120'000 ? date{date::from_civil({9999, 12, 31})->days + 1}
          : month < 12 || month > 120'000
              ? result<date>(unexpected(undefined("the fiscal year " + std::to_string(number))))
              : date::from_civil({static_cast<int>(month / 12), static_cast<int>(month % 12 + 1),
                                  1});
      if (!start) return passed(start);
      out.starts.push_back(*start);
    }
    return out;
  }

 private:
  int start_, ahead_;
};

/// 52 or 53 weeks that end with a day of the week about the end of a month (4-4-5 and its like).
class week_years final : public fiscal_years {
 public:
  int weekday = 6;       ///< of the last day
  int month = 12;        ///< at whose end it is
  bool nearest = false;  ///< to the end of the month; else the last of the month
  int behind = 0;        ///< the number is that of the calendar year of the end less this
  std::vector<int> weeks;  ///< of each period; the 53rd goes to the last
  std::array<std::size_t, 5> quarters{};

  result<fiscal_year> of(date d) const override {
    for (std::int64_t year = d.to_civil().year - 1;; ++year) {
      result<date> last = end(year);
      if (!last) return passed(last);
      if (d <= *last) return numbered(year - behind);
    }
  }
  result<fiscal_year> numbered(std::int64_t number) const override {
    result<date> before = end(number + behind - 1), last = end(number + behind);
    if (!before) return passed(before);
    if (!last) return passed(last);
    fiscal_year out{number, {}, quarters};
    date at{before->days + 1};
    for (const int n : weeks) {
      out.starts.push_back(at);
      at.days += 7 * n;
    }
    out.starts.push_back(date{last->days + 1});
    return out;
  }

 private:
  result<date> end(std::int64_t year) const {
    if (year < 2 || year > 9998)
      return unexpected(undefined("the fiscal year " + std::to_string(year - behind)));
    const int y = static_cast<int>(year);
    const date next = month == 12 ? date::from_civil({y + 1, 1, 1}).value()
                                  : date::from_civil({y, month + 1, 1}).value();
    const date last{next.days - 1};
    const int back = (guanxi::weekday(last) - weekday + 7) % 7;
    return date{last.days - back + (nearest && back > 3 ? 7 : 0)};
  }
};

class listed_years final : public fiscal_years {
 public:
  std::vector<fiscal_year> years;  ///< by date and by number

  result<fiscal_year> of(date d) const override {
    for (const fiscal_year& y : years)
      if (y.starts.front() <= d && d < y.starts.back()) return y;
    return unexpected(undefined("the date " + d.to_string()));
  }
  result<fiscal_year> numbered(std::int64_t number) const override {
    for (const fiscal_year& y : years)
      if (y.number == number) return y;
    return unexpected(undefined("the fiscal year " + std::to_string(number)));
  }
};

/// Four numbers of periods that add up.
result<std::array<std::size_t, 5>> read_quarters(const definition& d, std::size_t periods) {
  std::array<std::size_t, 5> out{};
  const json* there = d.find("quarters");
  const auto refused = [&] {
    return d.wrong("quarters", "must be four numbers of periods, of at least 1, that add up to " +
                                   std::to_string(periods));
  };
  if (there && (!there->is(json::type::array) || there->items().size() != 4)) return refused();
  for (std::size_t q = 0; q < 4; ++q) {
    std::int64_t n = static_cast<std::int64_t>(periods / 4);
    if (there) n = definition::whole(there->items()[q]).value_or(0);
    if (n < 1 || n > static_cast<std::int64_t>(periods)) return refused();
    out[q + 1] = out[q] + static_cast<std::size_t>(n);
  }
  if (out[4] != periods) return refused();
  return out;
}

result<fiscal_years_ptr> read_shifted(const definition& d) {
  if (auto ok = d.only({"kind", "start_month", "named_by"}); !ok) return passed(ok);
  auto month = d.number("start_month", {}, 1, 12);
  if (!month) return passed(month);
  auto named = d.word("named_by", "end", {"end", "start"});
  if (!named) return passed(named);
  return fiscal_years_ptr(
      std::make_shared<shifted_years>(static_cast<int>(*month), *named == "end"));
}

result<fiscal_years_ptr> read_weeks(const definition& d) {
  if (auto ok = d.only({"kind", "ends", "weekday", "month", "pattern", "quarters", "named_by"});
      !ok)
    return passed(ok);
  auto out = std::make_shared<week_years>();
  auto ends = d.word("ends", "", {"last", "nearest"});
  if (!ends) return passed(ends);
  auto day = d.word("weekday", "", {"monday", "tuesday", "wednesday", "thursday", "friday",
                                    "saturday", "sunday"});
  if (!day) return passed(day);
  auto month = d.number("month", {}, 1, 12);
  if (!month) return passed(month);
  auto pattern = d.word("pattern", "4-4-5", {"4-4-5", "4-5-4", "5-4-4", "13 periods"});
  if (!pattern) return passed(pattern);
  auto named = d.word("named_by", "end", {"end", "start"});
  if (!named) return passed(named);
  out->nearest = *ends == "nearest";
  out->weekday = *weekday_named(*day);
  out->month = static_cast<int>(*month);
  // Years that end with December begin in the same one.
  out->behind = *named == "start" && *month != 12 ? 1 : 0;
  if (*pattern == "13 periods") {
    out->weeks.assign(13, 4);
    if (!d.find("quarters")) {
      out->quarters = {0, 3, 6, 9, 13};
      return fiscal_years_ptr(std::move(out));
    }
  } else {
    for (int q = 0; q < 4; ++q)
      for (const std::size_t digit : {0u, 2u, 4u}) out->weeks.push_back((*pattern)[digit] - '0');
  }
  auto quarters = read_quarters(d, out->weeks.size());
  if (!quarters) return passed(quarters);
  out->quarters = *quarters;
  return fiscal_years_ptr(std::move(out));
}

result<fiscal_year> read_year(const json& from, std::string where) {
  const definition d(from, std::move(where));
  if (!from.is(json::type::object))
    return unexpected(errc::invalid_argument, d.where() + " must be an object");
  if (auto ok = d.only({"year", "starts", "ends", "quarters"}); !ok) return passed(ok);
  auto number = d.number("year", {}, 1, 9999);
  if (!number) return passed(number);
  fiscal_year out{*number, {}, {}};
  const json* starts = d.find("starts");
  if (!starts || !starts->is(json::type::array) || starts->items().size() < 4 ||
      starts->items().size() > 366)
    return d.wrong("starts", "must be the first days of 4 to 366 periods");
  for (const json& each : starts->items()) {
    result<date> day = date::parse(each.is(json::type::text) ? each.as_text() : "");
    if (!day) return d.wrong("starts", "must be dates such as \"2026-02-01\"");
    out.starts.push_back(*day);
  }
  const json* ends = d.find("ends");
  result<date> last = date::parse(ends && ends->is(json::type::text) ? ends->as_text() : "");
  if (!last) return d.wrong("ends", "must be the last day, such as \"2027-01-31\"");
  out.starts.push_back(date{last->days + 1});
  for (std::size_t i = 1; i < out.starts.size(); ++i)
    if (out.starts[i] <= out.starts[i - 1])
      return d.wrong(i + 1 == out.starts.size() ? "ends" : "starts",
                     "must be later than what comes before it");
  auto quarters = read_quarters(d, out.starts.size() - 1);
  if (!quarters) return passed(quarters);
  out.quarters = *quarters;
  return out;
}

result<fiscal_years_ptr> read_listed(const definition& d) {
  if (auto ok = d.only({"kind", "years"}); !ok) return passed(ok);
  const json* years = d.find("years");
  if (!years || !years->is(json::type::array) || years->items().empty())
    return d.wrong("years", "must be a list of at least one year");
  auto out = std::make_shared<listed_years>();
  for (const json& each : years->items()) {
    const std::string place = std::to_string(out->years.size() + 1);
    auto year = read_year(each, "year " + place + " of the fiscal calendar");
    if (!year) return passed(year);
    if (!out->years.empty() && (year->number <= out->years.back().number ||
                                year->starts.front() < out->years.back().starts.back()))
      return d.wrong("years", "must be in order and not overlap, which year " + place +
                                  " of them does not keep to");
    out->years.push_back(std::move(*year));
  }
  return fiscal_years_ptr(std::move(out));
}

}  // namespace

result<fiscal_years::place> fiscal_years::moved(calendar_unit unit, date at,
                                                std::int64_t by) const {
  result<fiscal_year> year = of(at);
  if (!year) return passed(year);
  std::vector<std::size_t> bounds = bounds_of(*year, unit);
  const auto there = static_cast<std::size_t>(
      std::upper_bound(year->starts.begin(), year->starts.end(), at) - year->starts.begin() - 1);
  std::int64_t index = std::upper_bound(bounds.begin(), bounds.end(), there) - bounds.begin() - 1;
  const auto units = [&] { return static_cast<std::int64_t>(bounds.size()) - 1; };
  const auto turn_to = [&](std::int64_t number) -> result<void> {
    year = numbered(number);
    if (!year) return passed(year);
    bounds = bounds_of(*year, unit);
    return {};
  };
  if (unit == calendar_unit::fiscal_year) {
    if (auto ok = turn_to(year->number + by); !ok) return passed(ok);
    return place{std::move(*year), 0};
  }
  index += by;
  while (index < 0) {
    if (auto ok = turn_to(year->number - 1); !ok) return passed(ok);
    index += units();
  }
  while (index >= units()) {
    index -= units();
    if (auto ok = turn_to(year->number + 1); !ok) return passed(ok);
  }
  return place{std::move(*year), static_cast<std::size_t>(index)};
}

result<date_span> fiscal_years::span(calendar_unit unit, date at, std::int64_t first,
                                     std::int64_t count) const {
  result<place> from = moved(unit, at, first), last = moved(unit, at, first + count - 1);
  if (!from) return passed(from);
  if (!last) return passed(last);
  return date_span{from->in.starts[bounds_of(from->in, unit)[from->unit]],
                   last->in.starts[bounds_of(last->in, unit)[last->unit + 1]]};
}

result<std::string> fiscal_years::label(calendar_unit unit, date at) const {
  result<place> here = moved(unit, at, 0);
  if (!here) return passed(here);
  const std::string year = "FY" + padded(here->in.number, 4);
  if (unit == calendar_unit::fiscal_year) return year;
  if (unit == calendar_unit::fiscal_quarter) return year + "-Q" + std::to_string(here->unit + 1);
  return year + "-P" + padded(static_cast<std::int64_t>(here->unit) + 1,
                              here->in.starts.size() > 100 ? 3 : 2);
}

result<std::optional<date_span>> fiscal_years::counterpart(calendar_unit unit, date at,
                                                           std::int64_t count,
                                                           calendar_unit of) const {
  result<place> here = moved(unit, at, 0), own = moved(of, at, 0), there = moved(of, at, -count);
  for (result<place>* each : {&here, &own, &there})
    if (!*each) return passed(*each);
  // The first of the units that lie in what `in` is.
  const auto first = [&](const place& in) {
    const std::vector<std::size_t> units = bounds_of(in.in, unit);
    const std::size_t start = bounds_of(in.in, of)[in.unit];
    return static_cast<std::size_t>(std::lower_bound(units.begin(), units.end(), start) -
                                    units.begin());
  };
  const std::vector<std::size_t> units = bounds_of(there->in, unit);
  const std::size_t end = bounds_of(there->in, of)[there->unit + 1];
  const std::size_t found = first(*there) + here->unit - first(*own);
  if (found + 1 >= units.size() || units[found] >= end) return std::nullopt;
  return date_span{there->in.starts[units[found]], there->in.starts[units[found + 1]]};
}

result<std::int64_t> fiscal_years::between(calendar_unit unit, date from, date to) const {
  if (to < from)
    return between(unit, to, from).transform([](std::int64_t count) { return -count; });
  result<place> first = moved(unit, from, 0), last = moved(unit, to, 0);
  if (!first) return passed(first);
  if (!last) return passed(last);
  if (unit == calendar_unit::fiscal_year) return last->in.number - first->in.number;
  auto out = static_cast<std::int64_t>(last->unit) - static_cast<std::int64_t>(first->unit);
  for (std::int64_t number = first->in.number; number < last->in.number; ++number) {
    result<fiscal_year> year = numbered(number);
    if (!year) return passed(year);
    out += static_cast<std::int64_t>(bounds_of(*year, unit).size()) - 1;
  }
  return out;
}

result<fiscal_years_ptr> make_fiscal_years(std::string_view text) {
  if (text.empty()) return fiscal_years_ptr(std::make_shared<shifted_years>(1, true));
  result<json> read = json::parse(text);
  if (!read) return passed(read);
  const definition d(*read, "the fiscal calendar");
  if (!read->is(json::type::object))
    return unexpected(errc::invalid_argument, "the fiscal calendar must be a JSON object");
  auto kind = d.word("kind", "shifted", {"shifted", "weeks", "custom"});
  if (!kind) return passed(kind);
  if (*kind == "weeks") return read_weeks(d);
  return *kind == "custom" ? read_listed(d) : read_shifted(d);
}

}  // namespace guanxi
