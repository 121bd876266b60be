#pragma once

#include "guanxi/expr/print.hpp"
#include "guanxi/expr/same.hpp"
#include "guanxi/query/plan.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace guanxi::query {

GUANXI_INLINE std::string units_before(calendar_unit key) {
  std::vector<std::string> names;
  for (auto u = calendar_unit::day; u <= calendar_unit::fiscal_year;
       u = static_cast<calendar_unit>(static_cast<int>(u) + 1))
    if (lies_in(key, u)) names.push_back(in_backticks(name(u)));
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return out;
}

namespace detail_earlier {

using expr::expression;
using expr::node;
using expr::node_id;
using expr::op;

/// Where a day falls: the boundaries before and behind it. Where it is not there, both are the end
/// of the period that lacks it.
struct counterpart {
  date at, behind;
  bool there = true;
};

inline result<counterpart> counterpart_of(const look_back& by, date d) {
  const calendar& c = *by.calendar;
  auto here = c.counterpart(by.key, d, 0, by.key);
  if (!here) return passed(here);
  auto there = c.counterpart(by.key, d, by.count, by.unit);
  if (!there) return passed(there);
  if (!*there) {
    auto around = c.counterpart(by.unit, d, by.count, by.unit);
    if (!around) return passed(around);
    return counterpart{(*around)->to, (*around)->to, false};
  }
  const date_span from = **here, to = **there;
  const auto shifted = [&](date day) { return date{to.from.days + (day.days - from.from.days)}; };
  if (by.key <= calendar_unit::week) return counterpart{shifted(d), shifted({d.days + 1})};
  // By the month or the fiscal period in the place of the one that it lies in, and the day in that.
  const calendar_unit part =
      is_fiscal(by.key) ? calendar_unit::fiscal_period : calendar_unit::month;
  std::int64_t place = 0;
  result<date_span> own = c.span(part, from.from, place, 1);
  while (own && own->to <= d) own = c.span(part, from.from, ++place, 1);
  if (!own) return passed(own);
  result<date_span> other = c.span(part, to.from, place, 1);
  if (!other && other.error().code() != errc::undefined_period) return passed(other);
  if (!other || other->from >= to.to) return counterpart{to.to, to.to, false};
  const date at{other->from.days + (d.days - own->from.days)};
  if (at >= other->to) return counterpart{other->to, other->to, false};
  return counterpart{at, d.days + 1 == own->to.days ? other->to : date{at.days + 1}};
}

/// A boundary before a day; `above`: the one that a range ends with.
inline result<date> moved_boundary(const look_back& by, date d, bool above) {
  result<counterpart> c = counterpart_of(by, above ? date{d.days - 1} : d);
  if (!c) return passed(c);
  return above ? c->behind : c->at;
}

inline result<instant> moved_boundary(const look_back& by, instant at, bool above) {
  const calendar& c = *by.calendar;
  const date day = c.local_date(at);
  const std::int64_t rest = at.microseconds - c.start_of(day).microseconds;
  if (rest <= 0) {
    result<date> d = moved_boundary(by, day, above);
    if (!d) return passed(d);
    return c.start_of(*d);
  }
  result<counterpart> to = counterpart_of(by, day);
  if (!to) return passed(to);
  const instant start = c.start_of(to->at);
  if (!to->there) return start;
  return instant{std::min(start.microseconds + rest,
                          c.start_of(date{to->at.days + 1}).microseconds)};
}

/// The boundary that is `beyond` days or microseconds behind a value.
inline result<value> moved_boundary(const look_back& by, const value& v, int beyond, bool above) {
  if (v.type() == value_type::date) {
    result<date> d = moved_boundary(by, date{v.as_date().days + beyond}, above);
    if (!d) return passed(d);
    return value(*d);
  }
  std::int64_t at = 0;
  if (__builtin_add_overflow(v.as_instant().microseconds, beyond, &at))
    return unexpected(errc::overflow, "the instant " + v.to_string() + " cannot be moved");
  result<instant> i = moved_boundary(by, instant{at}, above);
  if (!i) return passed(i);
  return value(*i);
}

/// A comparison the other way round: 5 < x is x > 5.
constexpr op turned(op what) noexcept {
  switch (what) {
    case op::less: return op::greater;
    case op::less_equal: return op::greater_equal;
    case op::greater: return op::less;
    case op::greater_equal: return op::less_equal;
    default: return what;
  }
}

inline bool is_comparison(op what) noexcept {
  return what == op::equal || (what >= op::less && what <= op::greater_equal);
}

class mover {
 public:
  mover(const look_back& by, const expression& condition, const expression& of)
      : by_(by), e_(condition), of_(of) {}

  result<moved_condition> run() {
    const node& top = e_.top();
    moved_condition out;
    const bool null_test = top.what == op::is_null || top.what == op::is_not_null;
    if (!shares_fields(e_, of_) || (null_test && is_of(top.children[0]))) {
      out.parts.push_back(e_);
      return out;
    }
    const std::optional<compared> c = comparison();
    if (!c) return refused();
    if (c->with->is_null()) {
      out.parts.push_back(e_);
      return out;
    }
    for (const boundary& b : c->boundaries)
      if (auto ok = add(out, c->field, *c->with, b); !ok) return passed(ok);
    return out;
  }

  /// The first and the last day that the condition lets through, where it is a comparison.
  std::pair<std::optional<date>, std::optional<date>> days() const {
    std::pair<std::optional<date>, std::optional<date>> out;
    const std::optional<compared> c = comparison();
    if (!c || c->with->is_null()) return out;
    const auto day_of = [&](int beyond) {
      if (c->with->type() == value_type::date) return date{c->with->as_date().days + beyond};
      return by_.calendar->local_date(instant{c->with->as_instant().microseconds + beyond});
    };
    for (const boundary& b : c->boundaries)
      (b.above ? out.second : out.first) = day_of(b.beyond - (b.above ? 1 : 0));
    return out;
  }

 private:
  const look_back& by_;
  const expression& e_;
  const expression& of_;

  /// Lies so many days or microseconds behind a value.
  struct boundary {
    int beyond = 0;
    bool above = false;
  };
  struct compared {
    node_id field = expr::no_node;
    const value* with = nullptr;
    std::vector<boundary> boundaries;
  };

  /// What is compared with a constant, if that is what the period is of.
  std::optional<compared> comparison() const {
    const node& top = e_.top();
    if (!is_comparison(top.what)) return std::nullopt;
    const bool behind = is_of(top.children[1]);
    const node_id field = top.children[behind ? 1 : 0], limit = top.children[behind ? 0 : 1];
    if (!is_of(field) || e_.at(limit).what != op::literal) return std::nullopt;
    compared out{field, &e_.at(limit).content, {}};
    switch (behind ? turned(top.what) : top.what) {
      // A range that begins behind a day, or ends with it, has its boundary behind it.
      case op::less: out.boundaries = {{0, true}}; break;
      case op::less_equal: out.boundaries = {{1, true}}; break;
      case op::greater: out.boundaries = {{1, false}}; break;
      case op::greater_equal: out.boundaries = {{0, false}}; break;
      default: out.boundaries = {{0, false}, {1, true}}; break;
    }
    return out;
  }

  /// Whether a part of the condition is what the period is of; an instant and its date are one.
  bool is_of(node_id n) const {
    const auto alike = [&](node_id a, node_id b) { return expr::same(e_, a, of_, b); };
    const auto inside = [](const node& x) {
      return x.what == op::call && x.fn == expr::function::date;
    };
    if (alike(n, of_.root)) return true;
    if (inside(of_.top())) return alike(n, of_.top().children[0]);
    return inside(e_.at(n)) && alike(e_.at(n).children[0], of_.root);
  }

  result<void> add(moved_condition& to, node_id field, const value& v, boundary at) {
    const bool above = at.above;
    result<value> bound = moved_boundary(by_, v, at.beyond, above);
    if (!bound) return unexpected(std::move(bound.error().at_offset(e_.top().offset)));
    expression part = expr::subtree(e_, field);
    node limit;
    limit.type.base = bound->type();
    limit.content = std::move(*bound);
    limit.offset = e_.top().offset;
    node compared;
    compared.what = above ? op::less : op::greater_equal;
    compared.type.base = value_type::boolean;
    compared.offset = e_.top().offset;
    compared.children = {part.root, part.add(std::move(limit))};
    part.root = part.add(std::move(compared));
    to.parts.push_back(std::move(part));
    (above ? to.to : to.from) = true;
    return {};
  }

  unexpected refused() const {
    const std::string field = in_backticks(expr::print(of_));
    return unexpected(
        error(errc::parse, "for the periods before, the conditions on " + field +
                               " are moved back, and this one cannot be; compare " + field +
                               " with constants or a range such as `this_year`, joined by `and`")
            .at_offset(e_.top().offset));
  }
};

}  // namespace detail_earlier

GUANXI_INLINE bool shares_fields(const expr::expression& e, const expr::expression& of) {
  const auto is_path = [](const expr::node& n) { return n.what == expr::op::path; };
  return std::any_of(of.nodes.begin(), of.nodes.end(), [&](const expr::node& wanted) {
    return is_path(wanted) &&
           std::any_of(e.nodes.begin(), e.nodes.end(), [&](const expr::node& n) {
             return is_path(n) && n.index == wanted.index;
           });
  });
}

GUANXI_INLINE result<moved_condition> moved_back(const look_back& by,
                                                 const expr::expression& condition,
                                                 const expr::expression& of) {
  return detail_earlier::mover(by, condition, of).run();
}

GUANXI_INLINE std::pair<std::optional<date>, std::optional<date>> days_within(
    const calendar_ptr& by, const expr::expression& condition, const expr::expression& of) {
  const look_back still{.key = calendar_unit::day, .count = 0, .unit = calendar_unit::day,
                        .calendar = by};
  return detail_earlier::mover(still, condition, of).days();
}

GUANXI_INLINE result<prior_values> beside_later_groups(const earlier_reading& r,
                                                       const rows& answer) {
  prior_values out;
  const std::size_t keys = r.what->keys.size();
  const calendar& c = *r.by.calendar;
  for (std::size_t row = 0; row < answer.size(); ++row) {
    std::vector<value> key;
    for (std::size_t k = 0; k < keys; ++k) key.push_back(answer.at(row, k));
    const bool total = r.mark && key[*r.mark] == value(1);
    const value day = answer.at(row, keys);
    if (total ? !r.totals : day.is_null()) continue;
    if (!total) {
      const date d = day.type() == value_type::date ? day.as_date()
                                                    : c.local_date(day.as_instant());
      auto later = c.counterpart(r.by.key, d, -r.by.count, r.by.unit);
      // A period that is none of this calendar is none of the groups.
      if (!later && later.error().code() != errc::overflow &&
          later.error().code() != errc::undefined_period)
        return passed(later);
      if (!later || !*later) continue;
      result<std::string> label = c.label(r.by.key, (*later)->from);
      if (!label) return passed(label);
      key[r.period] = value(std::move(*label));
    }
    std::vector<value> values;
    for (std::size_t v = keys + 1; v < r.what->outputs.size(); ++v)
      values.push_back(answer.at(row, v));
    out.emplace(std::move(key), std::move(values));
  }
  return out;
}

}  // namespace guanxi::query
