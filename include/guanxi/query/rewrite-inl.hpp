// Plans with values put in the places that were left for them.
#pragma once

#include "guanxi/query/plan.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

namespace guanxi::query {

namespace detail_rewrite {

/// A copy of a plan with each of its expressions changed.
template <class F>
std::shared_ptr<plan> rewritten(const plan& p, F&& change) {
  auto out = std::make_shared<plan>(p);
  const auto each = [&](expr::expression& e) { if (!e.empty()) change(e); };
  for (expr::expression& e : out->filters) each(e);
  for (expr::expression& e : out->keys) each(e);
  for (aggregate& a : out->aggregates) {
    each(a.argument);
    each(a.filter);
    for (expr::expression& e : a.by) each(e);
  }
  for (window& w : out->windows) each(w.argument);
  for (expr::expression& e : out->outputs) each(e);
  each(out->having);
  for (order_key& k : out->order) each(k.by);
  for (expr::expression& e : out->per) each(e);
  return out;
}

}  // namespace detail_rewrite

GUANXI_INLINE plan_ptr with_parameters(const plan& p, std::span<const value> values) {
  return detail_rewrite::rewritten(
      p, [&](expr::expression& e) { expr::replace_parameters(e, values); });
}

GUANXI_INLINE plan_ptr with_nested(const plan& p, const std::vector<nested_answer>& answers) {
  auto out = detail_rewrite::rewritten(p, [&](expr::expression& e) {
    std::vector<bool> asked(answers.size());
    for (const expr::node& n : e.nodes)
      if (n.what == expr::op::subselect && n.index < asked.size()) asked[n.index] = true;
    for (std::uint32_t n = 0; n < answers.size(); ++n) {
      if (!asked[n]) continue;
      if (answers[n].figures) expr::replace_subselect(e, n, answers[n].figures);
      else expr::replace_subselect(e, n, answers[n].list);
    }
    if (std::find(asked.begin(), asked.end(), true) != asked.end()) e = subtree(e, e.root);
  });
  out->nested.clear();
  return out;
}

GUANXI_INLINE plan_ptr with_earlier(const plan& p, std::vector<prior_values> values) {
  auto out = std::make_shared<plan>(p);
  for (std::size_t i = 0; i < values.size(); ++i)
    out->earlier[i].values = std::make_shared<const prior_values>(std::move(values[i]));
  return out;
}

}  // namespace guanxi::query
