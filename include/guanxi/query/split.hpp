// Split: what a store does of a plan, and what the core does after it.
//
//   pushdown d = driver.consider(plan);   fragment f = split(plan, d);   // f.whole, f.filters
//
// A store answers for each filter: exact, prune (the core looks again) or unsupported. It takes
// sort and limit only with exact filters, and aggregates only with exact filters. Where it groups,
// but sort, limit or windows are the core's, it gives the groups.
// Thread rule: values.
#pragma once

#include "guanxi/query/plan.hpp"

#include <string_view>
#include <vector>

namespace guanxi::query {

enum class verdict : std::uint8_t { unsupported, prune, exact };
std::string_view name(verdict v) noexcept;

/// A store's answer to a plan.
struct pushdown {
  bool runs = false;              ///< executes plans at all; else the core scans and gets
  std::vector<verdict> filters;   ///< one a conjunct of plan.filters
  bool aggregate = false, sort = false, limit = false;
  bool fills = false;             ///< gives whole answers as columns, currencies checked
  bool groups = false;            ///< gives keys and aggregates of every grouping set
};

/// What the store is asked to do.
struct fragment {
  const trimmed_plan* plan = nullptr;
  std::vector<bool> filters;  ///< conjuncts that the store applies
  bool whole = false;         ///< outputs, grouping, order and limit too …
  bool groups = false;        ///< … or grouping alone; else a value per path
};

/// What is left for the core.
struct residue {
  std::vector<bool> filters;  ///< conjuncts that the core (re-)checks
  bool all = true;            ///< grouping, outputs, order, limit are the core's
};

struct split_plan {
  bool pushed = false;
  query::fragment fragment;
  query::residue residue;
};

split_plan split(const trimmed_plan& p, const pushdown& answer);

}  // namespace guanxi::query

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/split-inl.hpp"
#endif
