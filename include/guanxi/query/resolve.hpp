// What a plan needs before it runs: its nested selects and its earlier readings, run first.
//
//   const auto run = [&](const trimmed_plan& inner) { return read(inner); };
//   result<trimmed_plan> p = resolved(asked, within, run);
//
// Thread rule: a function of its arguments.
#pragma once

#include "guanxi/query/bounds.hpp"
#include "guanxi/query/earlier.hpp"
#include "guanxi/query/plan.hpp"

#include <utility>
#include <vector>

namespace guanxi::query {

inline bool reads_more_than_once(const trimmed_plan& p) noexcept {
  return !p.nested().empty() || !p.earlier().empty();
}

namespace detail_resolve {

/// The rows of a plan, of which only what is made of them counts as kept.
template <class Run>
result<rows> passing(const trimmed_plan& inner, const bounds& within, Run& run) {
  const std::size_t before = within.kept();
  result<rows> got = run(inner);
  if (got) within.let_go_to(before);
  return got;
}

inline std::size_t bytes_of(const prior_values& of) noexcept {
  std::size_t out = 0;
  for (const auto& [key, values] : of) out += query::bytes_of(key) + query::bytes_of(values);
  return out;
}

/// A list as it stands in its `in`, each member a part of the expression.
inline std::size_t bytes_of(const nested_answer& of) noexcept {
  std::size_t out = of.list.size() * sizeof(expr::node) + query::bytes_of(of.list);
  if (of.figures)
    for (const auto& [parent, figure] : of.figures->of)
      out += sizeof(parent) + query::bytes_of(figure);
  return out;
}

/// The figure of a parent without children: of a group without records.
inline result<value> of_none(const plan& p, const text_services* text) {
  std::vector<value> columns(p.keys.size());
  for (const aggregate& a : p.aggregates) {
    const expr::type argument = a.argument.empty() ? expr::type{} : a.argument.top().type;
    const expr::accumulator none(a.fn, a.distinct, argument, a.type.scale, fraction_of(a));
    result<value> v = none.finish();
    if (!v) return v;
    columns.push_back(std::move(*v));
  }
  return expr::evaluate(p.outputs.back(), {.paths = {}, .columns = columns, .text = text});
}

inline result<nested_answer> answer_of(const plan& p, const rows& got, const text_services* text) {
  nested_answer out;
  if (!gives_figures(p)) {
    for (std::size_t i = 0; i < got.size(); ++i)
      if (value v = got.at(i, 0); !v.is_null()) out.list.push_back(std::move(v));
    return out;
  }
  auto figures = std::make_shared<expr::figures>();
  result<value> none = of_none(p, text);
  if (!none) return passed(none);
  figures->none = std::move(*none);
  for (std::size_t i = 0; i < got.size(); ++i)
    if (const value parent = got.at(i, 0); !parent.is_null())
      figures->of.emplace(parent.as_id().value, got.at(i, 1));
  out.figures = std::move(figures);
  return out;
}

}  // namespace detail_resolve

/// `run` gives the rows of a plan; an error of its ends this.
template <class Run>
result<trimmed_plan> resolved(const trimmed_plan& asked, const bounds& within, Run&& run) {
  std::vector<nested_answer> lists;
  for (const trimmed_plan& inner : asked.nested()) {
    result<rows> got = detail_resolve::passing(inner, within, run);
    if (!got) return passed(got);
    result<nested_answer> answer = detail_resolve::answer_of(inner.what(), *got, within.text);
    if (!answer) return passed(answer);
    if (auto ok = within.keep(detail_resolve::bytes_of(*answer)); !ok) return passed(ok);
    lists.push_back(std::move(*answer));
  }
  std::vector<prior_values> before;
  for (std::size_t i = 0; i < asked.earlier().size(); ++i) {
    result<rows> got = detail_resolve::passing(asked.earlier()[i], within, run);
    if (!got) return passed(got);
    result<prior_values> values = beside_later_groups(asked.what().earlier[i], *got);
    if (!values) return passed(values);
    if (auto ok = within.keep(detail_resolve::bytes_of(*values)); !ok) return passed(ok);
    before.push_back(std::move(*values));
  }
  if (lists.empty() && before.empty()) return asked;
  plan_ptr out = asked.shared();
  if (!lists.empty()) out = with_nested(*out, lists);
  if (!before.empty()) out = with_earlier(*out, std::move(before));
  return asked.with(std::move(out));
}

}  // namespace guanxi::query
