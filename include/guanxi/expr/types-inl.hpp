// The rules of types that binding goes by: what compares, what fits, what functions take.
#pragma once

#include "guanxi/expr/bind.hpp"

#include <algorithm>
#include <optional>

namespace guanxi::expr::detail_bind {


inline bool is_numeric(const type& t) noexcept {
  return t.base == value_type::integer || t.base == value_type::decimal;
}
inline bool has_order(const type& t) noexcept {
  return is_numeric(t) || t.base == value_type::text || t.base == value_type::date ||
         t.base == value_type::instant;
}
inline bool is_null(const type& t) noexcept { return t.base == value_type::null; }
inline bool is_condition(const type& t) noexcept {
  return t.base == value_type::boolean || is_null(t);
}

inline type plain(value_type base) noexcept { return type{.base = base}; }
inline type decimal_type(int scale, bool money, currency in = {}) noexcept {
  return type{.base = value_type::decimal,
              .scale = static_cast<std::uint8_t>(std::min(scale, max_scale)),
              .money = money,
              .in = money ? in : currency()};
}

inline type type_of(const value& v) noexcept {
  type t{.base = v.type()};
  if (t.base == value_type::decimal) t.scale = v.as_decimal().scale;
  return t;
}

GUANXI_INLINE type type_of(const schema::field& f) noexcept {
  type t{.base = schema::stored_as(f.type)};
  if (t.base == value_type::decimal) t.scale = f.scale;
  t.money = f.type == schema::kind::money;
  if (t.base == value_type::reference)
    t.target = f.system && f.slot == schema::system_slot::id ? f.of : f.target_entity;
  return t;
}

/// A number as a literal of this type, if it is exactly one.
GUANXI_INLINE std::optional<value> number_as(const value& v, const type& wanted) {
  const decimal d = v.number();
  const int scale = wanted.base == value_type::decimal ? wanted.scale : 0;
  if (!exact_at(d, scale)) return std::nullopt;
  const auto coefficient = rescaled(d.coefficient, d.scale, scale);
  if (!coefficient) return std::nullopt;
  if (wanted.base == value_type::integer) return value(*coefficient);
  return value(decimal{*coefficient, wanted.scale});
}

/// The members that can equal a value of this type, sorted, each once.
GUANXI_INLINE std::vector<value> matching(const type& operand, std::vector<value> members) {
  std::vector<value> out;
  for (value& m : members) {
    if (is_numeric(operand) && m.type() == value_type::reference) m = value(m.as_id().value);
    if (operand.base == value_type::reference && m.type() == value_type::integer)
      m = value(id{m.as_integer()});
    if (is_numeric(operand) && m.is_number()) {
      if (auto fitted = number_as(m, operand)) out.push_back(std::move(*fitted));
    } else if (!m.is_null() && m.type() == operand.base) {
      out.push_back(std::move(m));
    }
  }
  std::sort(out.begin(), out.end(),
            [](const value& a, const value& b) { return order(a, b) < 0; });
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

constexpr std::string_view sign_of(op what) noexcept {
  switch (what) {
    case op::logical_not: return "not";
    case op::logical_and: return "and";
    case op::logical_or: return "or";
    case op::equal: return "=";
    case op::not_equal: return "!=";
    case op::less: return "<";
    case op::less_equal: return "<=";
    case op::greater: return ">";
    case op::greater_equal: return ">=";
    case op::in: return "in";
    case op::not_in: return "not in";
    case op::like: return "like";
    case op::not_like: return "not like";
    case op::add: return "+";
    case op::subtract: return "-";
    case op::multiply: return "*";
    case op::divide: return "/";
    case op::negate: return "-";
    default: return "";
  }
}

constexpr std::string_view takes(function f) noexcept {
  switch (f) {
    case function::coalesce: return "two or more values of one type";
    case function::nullif: return "two values that compare";
    case function::if_: return "a condition and two values of one type";
    case function::round: return "a number and, if wanted, a number of digits from 0 to 18";
    case function::bucket: return "a number and a width, or two or more rising boundaries";
    case function::least:
    case function::greatest: return "two or more numbers, texts, dates or instants of one type";
    case function::abs:
    case function::sum:
    case function::avg:
    case function::median: return "a number";
    case function::lower:
    case function::upper:
    case function::length: return "a text";
    case function::concat: return "one or more texts";
    case function::year:
    case function::quarter:
    case function::month:
    case function::day:
    case function::weekday: return "a date or an instant";
    case function::period: return "a date or an instant and a unit such as month or fiscal_quarter";
    case function::periods_between:
      return "two dates or instants and a unit such as month or fiscal_quarter";
    case function::convert: return "an amount of money and a currency such as 'EUR'";
    case function::today:
    case function::now:
    case function::step:
    case function::step_name:
    case function::reached:
    case function::prior_reached:
    case function::first_reached: return "nothing";
    case function::of_children: return "a parent and a select of its children";
    case function::range: return "a number";
    case function::date: return "an instant";
    case function::count: return "nothing, `*` or a value";
    case function::min:
    case function::max: return "a number, a text, a date or an instant";
    case function::percentile: return "a number and a fraction from 0 to 1";
    case function::first:
    case function::last:
      return "a value and, behind `by`, numbers, texts, dates, instants or references";
    case function::search:
    case function::relevance: return "what was typed and, if wanted, the texts to look at";
    case function::grouping: return "a key of `group by`";
    case function::conversion:
      return "a number of each group and, if wanted, `prior` with how many steps to look back";
    case function::running_sum:
    case function::retention:
    case function::share: return "a number of each group";
    case function::prior: return "a figure of each group, and how far back to look";
    case function::delta: return "a number of each group, and `prior` with how far back to look";
    case function::none: break;
  }
  return "";
}

/// Whether values of these types compare; `ordered`: also by < and >.
GUANXI_INLINE bool comparable(const type& a, const type& b, bool ordered) noexcept {
  if (is_null(a) || is_null(b)) return true;
  if (is_numeric(a) && is_numeric(b)) return true;
  const auto with_id = [](const type& x, const type& y) {
    return x.base == value_type::reference && y.base == value_type::integer;
  };
  if (with_id(a, b) || with_id(b, a)) return true;
  return a.base == b.base && (!ordered || a.base != value_type::boolean);
}

}  // namespace guanxi::expr::detail_bind
