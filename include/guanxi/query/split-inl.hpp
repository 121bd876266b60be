#pragma once

#include "guanxi/query/split.hpp"

namespace guanxi::query {

GUANXI_INLINE std::string_view name(verdict v) noexcept {
  switch (v) {
    case verdict::unsupported: return "unsupported";
    case verdict::prune: return "prune";
    case verdict::exact: return "exact";
  }
  return "unsupported";
}

GUANXI_INLINE split_plan split(const trimmed_plan& p, const pushdown& answer) {
  const plan& what = p.what();
  split_plan out;
  out.residue.filters.assign(what.filters.size(), true);
  if (!answer.runs) return out;
  out.pushed = true;
  out.fragment.plan = &p;
  out.fragment.filters.assign(what.filters.size(), false);
  bool exact = true;
  for (std::size_t i = 0; i < what.filters.size(); ++i) {
    const verdict v = i < answer.filters.size() ? answer.filters[i] : verdict::unsupported;
    out.fragment.filters[i] = v != verdict::unsupported;
    out.residue.filters[i] = v != verdict::exact;
    exact = exact && v == verdict::exact;
  }
  const bool aggregates = !what.grouped || answer.aggregate;
  const bool sorts = what.order.empty() || answer.sort;
  const bool cuts = (!what.limit && !what.offset && what.per.empty()) || answer.limit;
  out.fragment.whole = exact && aggregates && sorts && cuts;
  out.fragment.groups = exact && what.grouped && answer.groups && !out.fragment.whole;
  out.residue.all = !out.fragment.whole;
  return out;
}

}  // namespace guanxi::query
