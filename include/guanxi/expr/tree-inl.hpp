#pragma once

#include "guanxi/expr/tree.hpp"

#include <algorithm>
#include <array>

namespace guanxi::expr {

namespace detail_tree {

// In the order of `function`.
inline constexpr std::array<std::string_view, 49> function_names = {
    "",       "coalesce", "nullif",   "if",    "round",           "bucket", "abs",     "least",
    "greatest", "lower",  "upper",    "length", "concat",         "year",   "quarter", "month",
    "day",    "weekday",  "period",   "periods_between", "date",  "convert", "today",  "now",
    "",       "search",   "relevance", "",     "grouping",        "step",   "step_name", "reached",
    "prior_reached", "first_reached", "conversion", "running_sum", "share", "retention", "prior",
    "delta",  "count",    "sum",      "avg",   "min",             "max",    "median",
    "percentile", "first", "last"};
static_assert(static_cast<std::size_t>(last_function) + 1 == function_names.size());

/// Appends all of `b` to `a`; gives what to add to a node id of b.
GUANXI_INLINE node_id append(tree& a, tree&& b) {
  const node_id shift = static_cast<node_id>(a.nodes.size());
  for (node& n : b.nodes) {
    for (node_id& child : n.children)
      if (child != no_node) child += shift;
    a.nodes.push_back(std::move(n));
  }
  return shift;
}

}  // namespace detail_tree

GUANXI_INLINE std::string_view name(function f) noexcept {
  return detail_tree::function_names[static_cast<std::size_t>(f)];
}

GUANXI_INLINE function function_named(std::string_view word) noexcept {
  for (std::size_t i = 1; i < detail_tree::function_names.size(); ++i)
    if (!word.empty() && detail_tree::function_names[i] == word) return static_cast<function>(i);
  return function::none;
}

GUANXI_INLINE bool is_aggregate(function f) noexcept { return f >= function::count; }
GUANXI_INLINE bool needs_services(function f) noexcept {
  return f == function::lower || f == function::upper || f == function::search ||
         f == function::relevance;
}
GUANXI_INLINE bool goes_by(function f) noexcept {
  return f == function::first || f == function::last;
}
GUANXI_INLINE bool is_window(function f) noexcept {
  return f == function::running_sum || f == function::share || f == function::retention;
}
GUANXI_INLINE bool is_of_steps(function f) noexcept {
  return f == function::step || f == function::step_name || f == function::conversion;
}
GUANXI_INLINE bool is_reached(function f) noexcept {
  return f >= function::reached && f <= function::first_reached;
}

GUANXI_INLINE bool looks_back(function f) noexcept {
  return f == function::prior || f == function::delta;
}

GUANXI_INLINE std::optional<range_words> range_named(std::string_view word) noexcept {
  if (word == "today") return range_words{};
  if (word == "yesterday") return range_words{.first = -1};
  if (word == "tomorrow") return range_words{.first = 1};
  const auto taken = [&word](std::string_view start) {
    if (!word.starts_with(start)) return false;
    word.remove_prefix(start.size());
    return true;
  };
  range_words out;
  if (taken("last_")) out.first = -1;
  else if (taken("next_")) out.first = 1;
  else if (!taken("this_")) return std::nullopt;
  if (out.first != 0 && taken("n_")) {
    out.counted = true;
    if (word.empty() || word.back() != 's') return std::nullopt;
    word.remove_suffix(1);
  }
  const auto unit = calendar_unit_named(word);
  if (!unit || (*unit == calendar_unit::day && !out.counted)) return std::nullopt;
  out.unit = *unit;
  return out;
}

GUANXI_INLINE std::string range_hint(std::string_view word) {
  nearest_name near(word);
  for (const std::string_view day : {"today", "yesterday", "tomorrow"}) near.offer(day);
  for (int u = 0; u <= static_cast<int>(calendar_unit::fiscal_year); ++u) {
    const std::string unit(name(static_cast<calendar_unit>(u)));
    for (const char* start : {"last_n_", "next_n_"}) near.offer(start + unit + "s");
    for (const char* start : {"this_", "last_", "next_"})
      if (u > 0) near.offer(start + unit);
  }
  return near.best().empty() ? "; use one such as `this_month` or `last_n_days(7)`" : near.hint();
}

GUANXI_INLINE node_id tree::add(node n) {
  nodes.push_back(std::move(n));
  return static_cast<node_id>(nodes.size() - 1);
}

GUANXI_INLINE tree literal(value v) {
  tree t;
  node n;
  n.content = std::move(v);
  t.root = t.add(std::move(n));
  return t;
}

GUANXI_INLINE tree path(std::string_view dotted) {
  tree t;
  node n;
  n.what = op::path;
  n.text = dotted;
  t.root = t.add(std::move(n));
  return t;
}

GUANXI_INLINE tree parameter(std::string_view name) {
  tree t;
  node n;
  n.what = op::parameter;
  n.text = name;
  t.root = t.add(std::move(n));
  return t;
}

GUANXI_INLINE tree unary(op what, tree a) {
  node n;
  n.what = what;
  n.children = {a.root};
  a.root = a.add(std::move(n));
  return a;
}

GUANXI_INLINE tree combine(op what, tree a, tree b) {
  const bool chain = what == op::logical_and || what == op::logical_or;
  const node_id b_root = b.root + detail_tree::append(a, std::move(b));
  node n;
  n.what = what;
  for (node_id part : {a.root, b_root}) {
    const node& old = a.nodes[part];
    if (chain && old.what == what)
      n.children.insert(n.children.end(), old.children.begin(), old.children.end());
    else
      n.children.push_back(part);
  }
  a.root = a.add(std::move(n));
  return a;
}

GUANXI_INLINE tree in_list(tree operand, std::vector<value> values) {
  node n;
  n.what = op::in;
  n.children = {operand.root};
  for (value& v : values) {
    node member;
    member.content = std::move(v);
    n.children.push_back(operand.add(std::move(member)));
  }
  operand.root = operand.add(std::move(n));
  return operand;
}

GUANXI_INLINE node_id graft(const tree& from, node_id at, tree& to) {
  if (at == no_node) return no_node;
  node copy = from.nodes[at];
  for (node_id& child : copy.children) child = graft(from, child, to);
  return to.add(std::move(copy));
}

GUANXI_INLINE tree subtree(const tree& t, node_id at) {
  tree out;
  out.root = graft(t, at, out);
  return out;
}

GUANXI_INLINE int depth(const tree& t) {
  if (t.empty()) return 0;
  std::vector<int> levels(t.nodes.size(), 1);
  for (node_id n = 0; n <= t.root; ++n)
    for (node_id child : t.nodes[n].children)
      if (child < n) levels[n] = std::max(levels[n], levels[child] + 1);
  return levels[t.root];
}

}  // namespace guanxi::expr
