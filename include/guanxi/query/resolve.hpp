// What a plan needs before it runs: its nested selects and its earlier readings, run first.
//
//   const auto run = [&](const trimmed_plan& inner) { return read(inner); };
//   result<trimmed_plan> p = resolved(asked, run);
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

/// `run` gives the rows of a plan; an error of its ends this.
template <class Run>
result<trimmed_plan> resolved(const trimmed_plan& asked, Run&& run) {
  std::vector<std::vector<value>> lists;
  for (const trimmed_plan& inner : asked.nested()) {
    result<rows> got = run(inner);
    if (!got) return passed(got);
    std::vector<value>& list = lists.emplace_back();
    for (std::size_t i = 0; i < got->size(); ++i)
      if (value v = got->at(i, 0); !v.is_null()) list.push_back(std::move(v));
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
