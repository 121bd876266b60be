#pragma once

#include "guanxi/expr/evaluate.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

namespace guanxi::expr {

namespace detail_functions {

// 0001-01-01 and 9999-12-31, the first and last date there is.
inline constexpr std::int64_t first_day = -719'162, last_day = 2'932'896;

GUANXI_INLINE unexpected overflow(std::string_view what) {
  return unexpected(errc::overflow, std::string(what) + " does not fit in 64 bits");
}

GUANXI_INLINE unexpected wrong(std::string_view what, const value& v) {
  return unexpected(errc::type_mismatch, "`" + std::string(what) + "` cannot work on " +
                                             std::string(name(v.type())));
}

GUANXI_INLINE result<value> negated(const value& a) {
  if (a.is_null()) return value();
  if (!a.is_number()) return wrong("-", a);
  const decimal d = a.number();
  if (d.coefficient == std::numeric_limits<std::int64_t>::min())
    return overflow("the negative of " + d.to_string());
  if (a.type() == value_type::integer) return value(-d.coefficient);
  return value(decimal{-d.coefficient, d.scale});
}

GUANXI_INLINE result<value> moved(date from, std::int64_t days, bool back) {
  std::int64_t to = 0;
  const bool over = back ? __builtin_sub_overflow(std::int64_t{from.days}, days, &to)
                         : __builtin_add_overflow(std::int64_t{from.days}, days, &to);
  if (!over && to >= first_day && to <= last_day) return value(date{static_cast<std::int32_t>(to)});
  return unexpected(errc::overflow, "the date " + from.to_string() + (back ? " - " : " + ") +
                                        std::to_string(days) +
                                        " days is outside the years 0001 to 9999");
}

GUANXI_INLINE result<value> on_dates(op what, const value& a, const value& b) {
  const bool first = a.type() == value_type::date, second = b.type() == value_type::date;
  const bool back = what == op::subtract;
  if (first && second && back)
    return value(std::int64_t{a.as_date().days} - std::int64_t{b.as_date().days});
  if (first && b.type() == value_type::integer && (back || what == op::add))
    return moved(a.as_date(), b.as_integer(), back);
  if (second && a.type() == value_type::integer && what == op::add)
    return moved(b.as_date(), a.as_integer(), false);
  return wrong(back ? "-" : "+", first ? b : a);
}

/// Days from one instant to another.
GUANXI_INLINE result<value> on_instants(op what, const value& a, const value& b, int scale) {
  const bool both = a.type() == value_type::instant && b.type() == value_type::instant;
  if (!both || what != op::subtract) return wrong(what == op::subtract ? "-" : "+", both ? a : b);
  std::int64_t apart = 0;
  if (__builtin_sub_overflow(a.as_instant().microseconds, b.as_instant().microseconds, &apart))
    return overflow("the time between two instants");
  result<decimal> out = divide(decimal{apart, 0}, decimal{microseconds_per_day, 0}, scale);
  if (out && out->scale != scale) out = rescale(*out, scale);
  if (!out) return passed(out);
  return value(*out);
}

GUANXI_INLINE result<value> on_integers(op what, std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  switch (what) {
    case op::add:
      if (!__builtin_add_overflow(a, b, &out)) return value(out);
      return overflow("the sum of " + std::to_string(a) + " and " + std::to_string(b));
    case op::subtract:
      if (!__builtin_sub_overflow(a, b, &out)) return value(out);
      return overflow("the difference of " + std::to_string(a) + " and " + std::to_string(b));
    default:
      if (!__builtin_mul_overflow(a, b, &out)) return value(out);
      return overflow("the product of " + std::to_string(a) + " and " + std::to_string(b));
  }
}

GUANXI_INLINE result<value> on_decimals(op what, decimal a, decimal b, int scale) {
  if (what == op::divide && b.coefficient == 0) return value();
  result<decimal> out = what == op::add        ? add(a, b)
                        : what == op::subtract ? subtract(a, b)
                        : what == op::multiply ? multiply(a, b)
                                               : divide(a, b, scale);
  if (out && out->scale != scale) out = rescale(*out, scale);
  if (!out) return passed(out);
  return value(*out);
}

/// The code point's length in bytes at the start of well-formed text.
inline std::size_t step(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(length, text.size());
}

/// `by`: null for UTC and calendar years.
GUANXI_INLINE result<value> date_part(function fn, std::string_view unit, const value& v,
                                      const calendar* by) {
  if (v.type() != value_type::date && v.type() != value_type::instant) return wrong(name(fn), v);
  const date d = v.type() == value_type::date ? v.as_date()
                 : by                         ? by->local_date(v.as_instant())
                                              : v.as_instant().utc_date();
  switch (fn) {
    case function::year: return value(d.to_civil().year);
    case function::quarter: return value(quarter(d));
    case function::month: return value(d.to_civil().month);
    case function::day: return value(d.to_civil().day);
    case function::weekday: return value(weekday(d));
    case function::date: return value(d);
    default: break;
  }
  const auto named = calendar_unit_named(unit);
  if (!named)
    return unexpected(errc::unknown_name, in_backticks(unit) + " is not a unit of `period`");
  if (by) {
    result<std::string> label = by->label(*named, d);
    if (!label) return passed(label);
    return value(std::move(*label));
  }
  switch (*named) {
    case calendar_unit::day: return value(period_label(d, period_unit::day));
    case calendar_unit::week: return value(period_label(d, period_unit::week));
    case calendar_unit::month: return value(period_label(d, period_unit::month));
    case calendar_unit::quarter: return value(period_label(d, period_unit::quarter));
    case calendar_unit::year: return value(period_label(d, period_unit::year));
    default: break;
  }
  return unexpected(errc::misuse, "a fiscal period needs a calendar");
}

GUANXI_INLINE result<value> joined(std::span<const value> parts) {
  std::string out;
  for (const value& v : parts) {
    if (v.is_null()) continue;
    if (v.type() != value_type::text) return wrong("concat", v);
    if (out.size() + v.as_text().size() > max_made_text)
      return unexpected(errc::limit, "`concat` makes a text of more than " +
                                         std::to_string(max_made_text >> 20) + " MiB");
    out += v.as_text();
  }
  return value(std::move(out));
}

/// At the scale of a decimal result; any other value as it is.
GUANXI_INLINE result<value> at_scale(const value& v, int scale) {
  if (v.type() != value_type::decimal || v.as_decimal().scale == scale) return v;
  result<decimal> d = rescale(v.as_decimal(), scale);
  if (!d) return passed(d);
  return value(*d);
}

/// A number's bucket: the greatest boundary or multiple of the width that is not above it. Its
/// bounds have its type.
GUANXI_INLINE result<value> bucket(std::span<const value> arguments) {
  const value& x = arguments[0];
  if (!x.is_number()) return wrong("bucket", x);
  if (arguments.size() > 2) {
    const auto above = std::find_if(arguments.begin() + 1, arguments.end(), [&x](const value& v) {
      return compare_values(v, x) > 0;
    });
    return above == arguments.begin() + 1 ? value() : *(above - 1);
  }
  const std::int64_t width = arguments[1].number().coefficient;
  decimal d = x.number();
  const std::int64_t beyond = d.coefficient % width;  // below 0 where x is
  const std::int64_t back = beyond < 0 ? beyond + width : beyond;
  if (__builtin_sub_overflow(d.coefficient, back, &d.coefficient))
    return overflow("the bucket of " + x.to_string());
  if (x.type() == value_type::integer) return value(d.coefficient);
  return value(d);
}

/// How many periods lie between two dates; an instant's is that of the calendar.
GUANXI_INLINE result<value> periods_between(std::string_view unit, const value& from,
                                            const value& to, const calendar* by) {
  const auto counted = calendar_unit_named(unit);
  if (!counted) return unexpected(errc::misuse, "no unit of time " + in_backticks(unit));
  std::array<date, 2> days;
  for (const auto& [v, day] : {std::pair(&from, &days[0]), std::pair(&to, &days[1])}) {
    if (v->type() != value_type::date && v->type() != value_type::instant)
      return wrong("periods_between", *v);
    *day = v->type() == value_type::date ? v->as_date()
           : by                          ? by->local_date(v->as_instant())
                                         : v->as_instant().utc_date();
  }
  if (!is_fiscal(*counted))
    return value(number_of(*counted, days[1]) - number_of(*counted, days[0]));
  if (!by) return unexpected(errc::misuse, "a fiscal period needs a calendar");
  result<std::int64_t> count = by->between(*counted, days[0], days[1]);
  if (!count) return passed(count);
  return value(*count);
}

/// Everything but lower and upper, which need text services. Arguments are of the right number.
GUANXI_INLINE result<value> call_plain(function fn, std::string_view unit,
                                       std::span<const value> arguments, int scale,
                                       const calendar* by) {
  if (fn == function::concat) return joined(arguments);
  if (arguments.empty()) return unexpected(errc::misuse, "a function was called with nothing");
  const value& first = arguments[0];
  switch (fn) {
    case function::coalesce:
      for (const value& v : arguments)
        if (!v.is_null()) return at_scale(v, scale);
      return value();
    case function::nullif:
      if (arguments.size() != 2) break;
      if (first.is_null() || arguments[1].is_null() || compare_values(first, arguments[1]) != 0)
        return first;
      return value();
    case function::if_: {
      if (arguments.size() != 3) break;
      const bool yes = first.type() == value_type::boolean && first.as_boolean();
      return at_scale(arguments[yes ? 1 : 2], scale);
    }
    default: break;
  }
  if (first.is_null()) return value();
  switch (fn) {
    case function::round: {
      if (!first.is_number()) return wrong("round", first);
      result<decimal> d = rescale(first.number(), scale);
      if (!d) return passed(d);
      return value(*d);
    }
    case function::bucket:
      if (arguments.size() < 2) break;
      return bucket(arguments);
    case function::abs:
      if (!first.is_number()) return wrong("abs", first);
      return first.number().coefficient < 0 ? negated(first) : first;
    case function::periods_between:
      if (arguments.size() != 2) break;
      if (arguments[1].is_null()) return value();
      return periods_between(unit, first, arguments[1], by);
    case function::length:
      if (first.type() != value_type::text) return wrong("length", first);
      return value(static_cast<std::int64_t>(code_points(first.as_text())));
    case function::year:
    case function::quarter:
    case function::month:
    case function::day:
    case function::weekday:
    case function::date:
    case function::period: return date_part(fn, unit, first, by);
    default: break;
  }
  return unexpected(errc::misuse, "`" + std::string(name(fn)) + "` cannot be called this way");
}

}  // namespace detail_functions

GUANXI_INLINE std::strong_ordering compare_values(const value& a, const value& b) noexcept {
  if (a.type() == value_type::reference && b.type() == value_type::integer)
    return a.as_id().value <=> b.as_integer();
  if (a.type() == value_type::integer && b.type() == value_type::reference)
    return a.as_integer() <=> b.as_id().value;
  return order(a, b);
}

GUANXI_INLINE result<value> arithmetic(op what, const value& a, const value& b, int scale) {
  using namespace detail_functions;
  if (what == op::negate) return negated(a);
  if (a.is_null() || b.is_null()) return value();
  if (a.type() == value_type::date || b.type() == value_type::date) return on_dates(what, a, b);
  if (a.type() == value_type::instant || b.type() == value_type::instant)
    return on_instants(what, a, b, scale);
  if (!a.is_number()) return wrong("arithmetic", a);
  if (!b.is_number()) return wrong("arithmetic", b);
  const bool integers = a.type() == value_type::integer && b.type() == value_type::integer;
  if (integers && what != op::divide) return on_integers(what, a.as_integer(), b.as_integer());
  return on_decimals(what, a.number(), b.number(), scale);
}

GUANXI_INLINE bool like(std::string_view text, std::string_view pattern) noexcept {
  return *like(text, pattern, nullptr);
}

GUANXI_INLINE result<bool> like(std::string_view text, std::string_view pattern, pace* by) {
  // Where to go on after a mismatch: the last % takes one code point more.
  std::string_view retry_text, retry_pattern;
  bool can_retry = false;
  while (true) {
    if (!pattern.empty() && pattern[0] == '%') {
      pattern.remove_prefix(1);
      retry_text = text;
      retry_pattern = pattern;
      can_retry = true;
      continue;
    }
    if (pattern.empty() && text.empty()) return true;
    bool same = false;
    if (!pattern.empty() && !text.empty()) {
      const bool any_one = pattern[0] == '_';
      if (pattern[0] == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
      const std::size_t wanted = detail_functions::step(pattern);
      const std::size_t there = detail_functions::step(text);
      same = any_one || pattern.substr(0, wanted) == text.substr(0, there);
      pattern.remove_prefix(wanted);
      text.remove_prefix(there);
    }
    if (same) continue;
    if (!can_retry || retry_text.empty()) return false;
    if (by && by->due(retry_pattern.size() - pattern.size()))
      if (auto on = by->ask(); !on) return passed(on);
    retry_text.remove_prefix(detail_functions::step(retry_text));
    text = retry_text;
    pattern = retry_pattern;
  }
}

GUANXI_INLINE result<value> found(function fn, std::span<const std::string_view> texts,
                                  const search_words* sought) {
  if (!sought)
    return unexpected(errc::unsupported, "the text services that the host has brought do not "
                                         "search; let them look_for what is typed");
  const int relevance = sought->relevance(texts);
  return fn == function::search ? value(relevance > 0) : value(std::int64_t{relevance});
}

GUANXI_INLINE result<value> convert(std::span<const value, 4> arguments, int scale,
                                    const exchange_rates& rates, const calendar* by, bool or_null) {
  const auto& [amount, to, at, from] = std::tie(arguments[0], arguments[1], arguments[2],
                                                arguments[3]);
  if (amount.is_null()) return value();
  if (!amount.is_number()) return detail_functions::wrong("convert", amount);
  std::optional<date> on;
  if (at.type() == value_type::date) on = at.as_date();
  if (at.type() == value_type::instant)
    on = by ? by->local_date(at.as_instant()) : at.as_instant().utc_date();
  const auto code = [](const value& v) {
    return v.type() == value_type::text ? v.as_text() : std::string_view();
  };
  result<decimal> out = rates.converted(amount.number(), code(from), code(to), on, scale);
  if (out) return value(*out);
  if (or_null && out.error().code() == errc::missing_rate) return value();
  return passed(out);
}

GUANXI_INLINE result<value> call(function fn, std::string_view unit,
                                 std::span<const value> arguments, int scale,
                                 const text_services& text, const calendar* by) {
  if (fn == function::search || fn == function::relevance) {
    if (arguments.empty() || arguments[0].is_null()) return value();
    if (arguments[0].type() != value_type::text)
      return detail_functions::wrong(name(fn), arguments[0]);
    std::vector<std::string_view> texts;
    for (const value& v : arguments.subspan(1)) {
      if (v.is_null()) continue;
      if (v.type() != value_type::text) return detail_functions::wrong(name(fn), v);
      texts.push_back(v.as_text());
    }
    return found(fn, texts, text.look_for(arguments[0].as_text()).get());
  }
  if (fn != function::lower && fn != function::upper)
    return detail_functions::call_plain(fn, unit, arguments, scale, by);
  if (arguments.size() != 1)
    return unexpected(errc::misuse, "`lower` and `upper` are called with one text");
  if (arguments[0].is_null()) return value();
  if (arguments[0].type() != value_type::text)
    return detail_functions::wrong(name(fn), arguments[0]);
  const std::string_view word = arguments[0].as_text();
  return value(fn == function::lower ? text.lowered(word) : text.uppered(word));
}

}  // namespace guanxi::expr
