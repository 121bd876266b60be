// What a plan needs before it runs: its nested selects and its earlier readings, run first.
//
//   const auto run = [&](const trimmed_plan& inner) { return read(inner); };
//   result<trimmed_plan> p = resolved(asked, within.text, run);
//
// Thread rule: a function of its arguments.
#pragma once

#include "guanxi/query/earlier.hpp"
#include "guanxi/query/plan.hpp"

#include <utility>
#include <vector>

namespace guanxi::query {

inline bool reads_more_than_once(const trimmed_plan& p) noexcept {
  return !p.nested().empty() || !p.earlier().empty();
}

namespace detail_resolve {

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

/// `run` gives the rows of a plan; an error of its ends this. `text`: the services of functions.
template <class Run>
result<trimmed_plan> resolved(const trimmed_plan& asked, const text_services* text, Run&& run) {
  std::vector<nested_answer> lists;
  for (const trimmed_plan& inner : asked.nested()) {
    result<rows> got = run(inner);
    if (!got) return passed(got);
    result<nested_answer> answer = detail_resolve::answer_of(inner.what(), *got, text);
    if (!answer) return passed(answer);
    lists.push_back(std::move(*answer));
  }
  std::vector<prior_values> before;
  for (std::size_t i = 0; i < asked.earlier().size(); ++i) {
    result<rows> got = run(asked.earlier()[i]);
    if (!got) return passed(got);
    result<prior_values> values = beside_later_groups(asked.what().earlier[i], *got);
    if (!values) return passed(values);
    before.push_back(std::move(*values));
  }
  if (lists.empty() && before.empty()) return asked;
  plan_ptr out = asked.shared();
  if (!lists.empty()) out = with_nested(*out, lists);
  if (!before.empty()) out = with_earlier(*out, std::move(before));
  return asked.with(std::move(out));
}

}  // namespace guanxi::query
