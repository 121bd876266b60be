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

}  // namespace detail_resolve

/// `run` gives the rows of a plan; an error of its ends this.
template <class Run>
result<trimmed_plan> resolved(const trimmed_plan& asked, const bounds& within, Run&& run) {
  std::vector<std::vector<value>> lists;
  for (const trimmed_plan& inner : asked.nested()) {
    result<rows> got = detail_resolve::passing(inner, within, run);
    if (!got) return passed(got);
    std::vector<value>& list = lists.emplace_back();
    for (std::size_t i = 0; i < got->size(); ++i)
      if (value v = got->at(i, 0); !v.is_null()) list.push_back(std::move(v));
    // As it stands in its `in`, each member a part of the expression.
    const std::size_t bytes = list.size() * sizeof(expr::node) + bytes_of(list);
    if (auto ok = within.keep(bytes); !ok) return passed(ok);
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
