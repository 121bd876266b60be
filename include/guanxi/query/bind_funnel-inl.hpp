// How a funnel is bound: each aggregate becomes one for each step, of the records that reached it,
// and columns that show a group's figures step by step.
#pragma once

#include "guanxi/query/bind-inl.hpp"

#include <utility>

namespace guanxi::query::detail_bind {

/// The place of the one key that is a call of a function.
inline result<std::uint32_t> binder::only_key(expr::function fn, const std::string& needed,
                                              std::uint32_t offset) const {
  std::optional<std::uint32_t> found;
  std::size_t count = 0;
  for (std::uint32_t k = 0; k < plan_->keys.size(); ++k) {
    const node& top = plan_->keys[k].top();
    if (top.what != op::call || top.fn != fn) continue;
    found = k;
    ++count;
  }
  if (count == 1) return *found;
  return unexpected(error(errc::parse, needed + ", not " + (count == 0 ? "none" : "several"))
                        .at_offset(offset));
}

inline result<void> binder::bind_funnel() {
  const std::vector<select_item>& items = s_.funnel.steps;
  if (items.size() > max_funnel_steps)
    return unexpected(error(errc::limit, "`funnel` has at most " +
                                             std::to_string(max_funnel_steps) + " steps")
                          .at_offset(items[max_funnel_steps].offset));
  std::vector<bound_step> steps;
  for (const select_item& item : items) {
    result<expression> e = bound(item.what, false);
    if (!e) return passed(e);
    const value_type base = e->top().type.base;
    const bool moment = base == value_type::date || base == value_type::instant;
    if (!moment && base != value_type::boolean && base != value_type::null)
      return unexpected(error(errc::type_mismatch,
                              "a step of `funnel` is a condition, a date or an instant, not " +
                                  std::string(name(base)))
                            .at_offset(e->top().offset));
    bound_step step{*e, {}};
    if (moment) {
      node there;
      there.what = op::is_not_null;
      there.type.base = value_type::boolean;
      there.children = {step.is_at.root};
      step.is_at.root = step.is_at.add(std::move(there));
      step.moment = std::move(*e);
    }
    steps.push_back(std::move(step));
  }
  steps_ = std::move(steps);
  plan_->steps = static_cast<std::uint32_t>(steps_.size());
  if (!steps_.empty()) plan_->stepped.emplace_back();  // the number of the step
  return {};
}

/// Of when a record reached a step, where each step tells it.
inline std::optional<expr::type> binder::moment_type() const {
  std::optional<expr::type> out;
  for (const bound_step& step : steps_) {
    if (step.moment.empty()) return std::nullopt;
    const expr::type own{.base = step.moment.top().type.base};
    if (out && !(*out == own)) return std::nullopt;
    out = own;
  }
  return out;
}

/// Whether a record is at a step or at a later one.
inline expression binder::reached_from(std::size_t step) const {
  if (step + 1 == steps_.size()) return steps_[step].is_at;
  expression out;
  node some;
  some.what = op::logical_or;
  some.type.base = value_type::boolean;
  for (std::size_t s = step; s < steps_.size(); ++s)
    some.children.push_back(graft(steps_[s].is_at, steps_[s].is_at.root, out));
  out.root = out.add(std::move(some));
  return out;
}

/// The first moment at a step or at a later one.
inline expression binder::moment_from(std::size_t step, const expr::type& of) const {
  if (step + 1 == steps_.size()) return steps_[step].moment;
  expression out;
  node least;
  least.what = op::call;
  least.fn = expr::function::least;
  least.type = of;
  for (std::size_t s = step; s < steps_.size(); ++s)
    least.children.push_back(graft(steps_[s].moment, steps_[s].moment.root, out));
  out.root = out.add(std::move(least));
  return out;
}

/// A part of an aggregate as it is for one step: it tells when that was reached.
inline node_id binder::of_step(const expression& from, node_id n, std::size_t step,
                               expression& to) const {
  const node& at = from.at(n);
  if (at.what == op::call && expr::is_reached(at.fn)) {
    const bool before = at.fn == expr::function::prior_reached;
    node none;
    none.type = at.type;
    if (before && step == 0) return to.add(std::move(none));
    const std::size_t of = at.fn == expr::function::first_reached ? 0 : step - (before ? 1 : 0);
    const expression moment = moment_from(of, at.type);
    return graft(moment, moment.root, to);
  }
  node copy = at;
  for (node_id& child : copy.children)
    if (child != no_node) child = of_step(from, child, step, to);
  return to.add(std::move(copy));
}

/// The column of a group's row that shows what is given for its step.
inline node_id binder::step_column(stepped_column c, const node& as, tree& to) {
  std::size_t at = 0;
  while (at < plan_->stepped.size() && plan_->stepped[at].from != c.from) ++at;
  if (at == plan_->stepped.size()) plan_->stepped.push_back(std::move(c));
  node out;
  out.what = op::column;
  out.index = open_steps + static_cast<std::uint32_t>(at);
  out.type = as.type;
  out.offset = as.offset;
  out.text = as.text;
  return to.add(std::move(out));
}

/// An aggregate: one for each step, of those that reached it.
inline result<node_id> binder::stepped(const expression& from, node_id n, tree& to) {
  std::vector<std::uint32_t> columns;
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    expression own;
    own.root = of_step(from, n, step, own);
    const expression reached = reached_from(step);
    const node_id only = graft(reached, reached.root, own);
    node& call = own.nodes[own.root];
    if (call.children.size() < 2) call.children.resize(2, no_node);
    if (call.children[1] == no_node) {
      call.children[1] = only;
    } else {
      node both;
      both.what = op::logical_and;
      both.type.base = value_type::boolean;
      both.children = {call.children[1], only};
      const node_id filter = own.add(std::move(both));
      own.nodes[own.root].children[1] = filter;
    }
    result<std::uint32_t> column = add_aggregate(own, own.root);
    if (!column) return passed(column);
    columns.push_back(*column);
  }
  stepped_column shown;
  const auto count = static_cast<std::int64_t>(columns.size());
  for (std::int64_t step = 0; step < count; ++step) {
    const std::int64_t of = view_.first ? 0 : step - view_.back;
    shown.from.push_back(of < 0 ? std::optional<std::uint32_t>()
                                : columns[static_cast<std::size_t>(of)]);
  }
  return step_column(std::move(shown), from.at(n), to);
}

inline result<node_id> binder::seen_from(step_view view, const expression& from, node_id n,
                                         tree& to) {
  const step_view before = std::exchange(view_, view);
  result<node_id> out = lower(from, n, to);
  view_ = before;
  return out;
}

/// The number of the step by its names.
inline node_id binder::name_of_step(const node& call, tree& to) {
  const auto literal = [&](value v, value_type base) {
    node n;
    n.type.base = base;
    n.content = std::move(v);
    n.offset = call.offset;
    return to.add(std::move(n));
  };
  const auto name_at = [&](std::size_t step) {
    return literal(value(s_.funnel.steps[step].name), value_type::text);
  };
  const expr::type number{.base = value_type::integer};
  node_id out = name_at(steps_.size() - 1);
  for (std::size_t step = steps_.size() - 1; step-- > 0;) {
    node column;
    column.type = number;
    node equal;
    equal.what = op::equal;
    equal.type.base = value_type::boolean;
    const node_id left = step_column({}, column, to);
    equal.children = {left, literal(value(static_cast<std::int64_t>(step + 1)),
                                    value_type::integer)};
    node choice;
    choice.what = op::call;
    choice.fn = expr::function::if_;
    choice.type = call.type;
    choice.offset = call.offset;
    const node_id condition = to.add(std::move(equal));
    choice.children = {condition, name_at(step), out};
    out = to.add(std::move(choice));
  }
  return out;
}

/// step, step_name, conversion; prior and delta by steps.
inline result<node_id> binder::lower_of_steps(const expression& from, node_id n, tree& to) {
  using expr::function;
  const node& call = from.at(n);
  if (call.fn == function::step) return step_column({}, call, to);
  if (call.fn == function::step_name) return name_of_step(call, to);
  if (expr::is_reached(call.fn))
    return unexpected(error(errc::parse, "`" + std::string(expr::name(call.fn)) +
                                             "` is of each record, so it stands in an aggregate, "
                                             "as in `min(reached())`")
                          .at_offset(call.offset));
  step_view view{.first = true};
  if (call.children.size() == 2)
    view = {.back = from.at(call.children[1]).content.as_integer()};
  result<node_id> before = seen_from(view, from, call.children[0], to);
  if (!before || call.fn == function::prior) return before;
  result<node_id> now = lower(from, call.children[0], to);
  if (!now) return now;
  node out;
  out.what = call.fn == function::delta ? op::subtract : op::divide;
  out.type = call.type;
  out.offset = call.offset;
  out.children = {*now, *before};
  return to.add(std::move(out));
}

}  // namespace guanxi::query::detail_bind
