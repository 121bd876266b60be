// How prior and delta are bound: a second plan, and columns that find its groups.
#pragma once

#include "guanxi/query/bind-inl.hpp"

#include <set>
#include <utility>

namespace guanxi::query::detail_bind {

/// The one key that is a period; no other key may hang on what it is of.
inline result<std::uint32_t> binder::only_period(const std::string& called,
                                                 std::uint32_t offset) const {
  const auto refused = [&](const std::string& why) {
    return unexpected(error(errc::parse, why).at_offset(offset));
  };
  std::vector<std::uint32_t> found;
  for (std::uint32_t k = 0; k < plan_->keys.size(); ++k)
    if (const node& top = plan_->keys[k].top();
        top.what == op::call && top.fn == expr::function::period)
      found.push_back(k);
  if (found.empty())
    return refused(called + " goes by periods, so `group by` needs one as a key, such as "
                            "`period(close_date, quarter)`");
  const expression& key = plan_->keys[found[0]];
  const expression of = subtree(key, key.top().children[0]);
  for (std::uint32_t k = 0; k < plan_->keys.size(); ++k)
    if (k != found[0] && (shares_fields(plan_->keys[k], of) ||
                          std::find(found.begin(), found.end(), k) != found.end()))
      return refused(called + " goes by one period, on whose date no other key hangs, and "
                              "`group by` has " + in_backticks(expr::print(key)) + " and " +
                     in_backticks(expr::print(plan_->keys[k])) + "; leave one of them out");
  return found[0];
}

/// The period of priors, of a kind that the call's unit can be compared by.
inline result<void> binder::find_period(const node& call) {
  const std::string called = "`" + std::string(expr::name(call.fn)) + "`";
  const result<std::uint32_t> found = only_period(called, call.offset);
  if (!found) return unexpected(error(found.error()));
  const expression& key = plan_->keys[*found];
  const calendar_unit own = *calendar_unit_named(key.top().text);
  if (!lies_in(own, *calendar_unit_named(call.text)))
    return unexpected(error(errc::parse, called + " cannot look " + in_backticks(call.text) +
                                             " back from " + in_backticks(expr::print(key)) +
                                             "; use " + units_before(own))
                          .at_offset(call.offset));
  period_ = *found;
  return {};
}

/// Periods are those of a calendar, which comes with the moment of a query.
inline unexpected no_calendar(std::uint32_t offset) {
  return unexpected(
      error(errc::misuse, "what goes by periods may not stand here, where no calendar is known")
          .at_offset(offset));
}

/// fill gaps: between the ends that the conditions on the date have, if they have both, else
/// between the first and the last day that there are records of.
inline result<void> binder::bind_gaps() {
  if (!s_.fill_gaps) return {};
  if (!when_) return no_calendar(s_.fill_offset);
  const result<std::uint32_t> period = only_period("`fill gaps`", s_.fill_offset);
  if (!period) return unexpected(error(period.error()));
  const expression& key = plan_->keys[*period];
  const expression of = subtree(key, key.top().children[0]);
  filling f;
  f.period = *period;
  if (*period > 0 && marks_[*period - 1]) f.mark = *period - 1;
  f.unit = *calendar_unit_named(key.top().text);
  f.calendar = when_->calendar;
  result<std::vector<expression>> written = written_conditions();
  if (!written) return passed(written);
  for (const expression& filter : *written) {
    if (!shares_fields(filter, of)) continue;
    for (const node& n : filter.nodes)
      if (n.what == op::parameter)
        return unexpected(error(errc::misuse, "what the gaps lie between is known beforehand")
                              .at_offset(n.offset));
    const auto [from, to] = days_within(f.calendar, filter, of);
    if (from) f.from = std::max(f.from.value_or(*from), *from);
    if (to) f.to = std::min(f.to.value_or(*to), *to);
  }
  if (!f.from || !f.to) f.from = f.to = std::nullopt;
  const auto day = [&](expr::function fn, std::uint32_t& column) -> result<void> {
    result<std::uint32_t> added = aggregate_column({fn, false, of, {}, of.top().type, {}});
    if (!added) return passed(added);
    column = *added;
    return {};
  };
  if (!f.from) {
    if (auto ok = day(expr::function::min, f.least); !ok) return ok;
    if (auto ok = day(expr::function::max, f.most); !ok) return ok;
  }
  plan_->fill = std::move(f);
  return {};
}

/// The place of a call among the figures that are asked for.
inline result<std::uint32_t> binder::prior_of(const expression& from, node_id n) {
  const node& call = from.at(n);
  asked_prior asked{subtree(from, call.children[0]),
                    from.at(call.children[1]).content.as_integer(),
                    *calendar_unit_named(call.text), expr::print(subtree(from, n)), {}};
  for (std::uint32_t i = 0; i < priors_.size(); ++i)
    if (priors_[i].count == asked.count && priors_[i].unit == asked.unit &&
        same(priors_[i].of, asked.of))
      return i;
  if (priors_.size() >= max_aggregates)
    return unexpected(error(errc::limit, "a query looks back at most " +
                                             std::to_string(max_aggregates) + " times")
                          .at_offset(call.offset));
  if (asked.of.top().type.money)
    if (auto ok = check_amounts(asked.of, asked.of.root, asked.what, asked.checks); !ok)
      return passed(ok);
  priors_.push_back(std::move(asked));
  return static_cast<std::uint32_t>(priors_.size() - 1);
}

inline result<node_id> binder::lower_prior(const expression& from, node_id n, tree& to) {
  const node& call = from.at(n);
  if (call.text == expr::step_unit) return lower_of_steps(from, n, to);
  if (!steps_.empty())
    return unexpected(error(errc::unsupported,
                            "`" + std::string(expr::name(call.fn)) +
                                "` by periods does not go with `funnel`; look back by steps, as "
                                "in `prior(count(), 1 step)`, or leave the funnel out")
                          .at_offset(call.offset));
  if (auto ok = find_period(call); !ok) return passed(ok);
  result<std::uint32_t> number = prior_of(from, n);
  if (!number) return passed(number);
  node before;
  before.what = op::column;
  before.index = open_priors + *number;
  before.type = from.at(call.children[0]).type;
  before.offset = call.offset;
  if (call.fn == expr::function::prior) return to.add(std::move(before));
  result<node_id> now = lower(from, call.children[0], to);
  if (!now) return now;
  node less;
  less.what = op::subtract;
  less.type = call.type;
  less.offset = call.offset;
  less.children = {*now, to.add(std::move(before))};
  return to.add(std::move(less));
}

/// The conditions of `where` one by one: none is dropped because of another that is never true.
inline result<std::vector<expression>> binder::written_conditions() {
  if (s_.where.empty()) return std::vector<expression>();
  result<expression> e = expr::bind(s_.where, scope(false));
  if (!e) return passed(e);
  std::vector<expression> out = expr::conjuncts(*e);
  for (expression& part : out) part = expr::fold(std::move(part));
  return out;
}

/// Gives whether they bound what the period is of below and above.
inline result<bool> binder::move_filters(const look_back& by,
                                         std::vector<expression>& filters) const {
  const expression& key = plan_->keys[*period_];
  const expression of = subtree(key, key.top().children[0]);
  bool from = false, to = false;
  for (expression& filter : std::exchange(filters, {})) {
    result<moved_condition> moved = moved_back(by, filter, of);
    if (!moved) return passed(moved);
    from = from || moved->from;
    to = to || moved->to;
    for (expression& part : moved->parts) filters.push_back(std::move(part));
  }
  return from && to;
}

/// A figure as the earlier groups have it: the filters of its aggregates are moved back, too.
inline result<expression> binder::moved_figure(const look_back& by,
                                               const expression& figure) const {
  expression out = figure;
  for (node_id n = 0; n < figure.nodes.size(); ++n) {
    if (figure.at(n).what != op::aggregate || figure.at(n).children[1] == no_node) continue;
    std::vector<expression> parts =
        expr::conjuncts(subtree(figure, figure.at(n).children[1]));
    result<bool> moved = move_filters(by, parts);
    if (!moved) return passed(moved);
    expression all;
    for (const expression& part : parts) all = both(all, part);
    const node_id filter = graft(all, all.root, out);
    out.nodes[n].children[1] = filter;
  }
  return subtree(out, out.root);
}

/// The second plan: all that makes groups, as of some time before.
inline result<void> binder::add_reading(std::int64_t count, calendar_unit unit) {
  earlier_reading reading;
  const expression& key = plan_->keys[*period_];
  reading.period = *period_;
  if (*period_ > 0 && marks_[*period_ - 1]) reading.mark = *period_ - 1;
  if (!when_) return no_calendar(key.top().offset);
  reading.by = {*calendar_unit_named(key.top().text), count, unit, when_->calendar};
  auto own = std::make_shared<plan>(plan_->paths);
  own->catalog = plan_->catalog;
  own->standing = plan_->standing;
  own->nested = plan_->nested;
  own->filters = plan_->filters;
  own->grouped = true;
  own->keys = plan_->keys;
  own->sets = plan_->sets;
  result<std::vector<expression>> written = written_conditions();
  if (!written) return passed(written);
  const result<bool> bounded = move_filters(reading.by, *written);
  if (!bounded) return unexpected(error(bounded.error()));
  if (auto ok = move_filters(reading.by, own->filters); !ok) return passed(ok);
  reading.totals = *bounded;
  const std::shared_ptr<plan> later = std::exchange(plan_, own);
  auto known = std::exchange(known_aggregates_, {});
  const auto show = [&own](expression e) {
    own->columns.push_back({.name = {}, .type = e.top().type});
    own->outputs.push_back(std::move(e));
  };
  const auto column = [](std::uint32_t index, const expr::type& type) {
    expression e;
    node n;
    n.what = op::column;
    n.index = index;
    n.type = type;
    e.root = e.add(std::move(n));
    return e;
  };
  for (std::uint32_t k = 0; k < own->keys.size(); ++k) show(column(k, own->keys[k].top().type));
  const expression of = subtree(key, key.top().children[0]);
  result<std::uint32_t> day =
      aggregate_column({expr::function::min, false, of, {}, of.top().type, {}});
  if (!day) return passed(day);
  show(column(*day, of.top().type));
  const auto number = static_cast<std::uint32_t>(later->earlier.size());
  const auto place = [&] {
    return prior{number, static_cast<std::uint32_t>(own->outputs.size() - own->keys.size() - 1)};
  };
  for (std::size_t i = 0; i < priors_.size(); ++i) {
    const asked_prior& asked = priors_[i];
    if (asked.count != count || asked.unit != unit) continue;
    result<expression> moved = moved_figure(reading.by, asked.of);
    if (!moved) return passed(moved);
    result<expression> figure = lowered(*moved);
    if (!figure) return passed(figure);
    later->priors[i] = place();
    show(std::move(*figure));
    // The currencies of then stand beside those of now, whose checks see both.
    std::vector<std::uint32_t> checks;
    if (moved->top().type.money)
      if (auto ok = check_amounts(*moved, moved->root, asked.what, checks); !ok) return ok;
    for (std::size_t c = 0; c < checks.size(); ++c)
      for (const std::uint32_t currency : own->checks[checks[c]].columns) {
        later->checks[asked.checks[c]].columns.push_back(
            open_priors + static_cast<std::uint32_t>(later->priors.size()));
        later->priors.push_back(place());
        show(column(currency, {.base = value_type::text}));
      }
  }
  if (auto ok = find_joins(); !ok) return ok;
  plan_ = later;
  known_aggregates_ = std::move(known);
  reading.what = std::move(own);
  plan_->earlier.push_back(std::move(reading));
  return {};
}

inline result<void> binder::bind_earlier() {
  if (priors_.empty()) return {};
  plan_->priors.resize(priors_.size());
  std::set<std::pair<std::int64_t, calendar_unit>> done;
  for (const asked_prior& asked : priors_)
    if (done.emplace(asked.count, asked.unit).second)
      if (auto ok = add_reading(asked.count, asked.unit); !ok) return ok;
  return {};
}

}  // namespace guanxi::query::detail_bind
