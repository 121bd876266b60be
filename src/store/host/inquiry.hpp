// From a plan to what a host's store can be asked, and back to verdicts about the plan.
//
//   inquiry a = inquiry_for(plan, services);   host.plan(of, a.wanted, said);
//   verdicts_of_filters(a, said);              to_execute(a, said);
//
// Thread rule: values.
#pragma once

#include "guanxi/store/request.hpp"

#include <vector>

namespace guanxi::store::host_row {

struct inquiry {
  const schema::entity* of = nullptr;
  request wanted;
  std::vector<std::size_t> filter_of;  ///< by term: the plan's conjunct, or no_filter
  std::vector<bool> all_said;          ///< by conjunct: whether terms say all of it
  bool complete = false;               ///< whether terms say all that keeps a row out
};
inline constexpr std::size_t no_filter = ~std::size_t{0};

/// Whether records are within a reach by their children, which are looked for among all rows of
/// another table.
bool goes_by_children(const policy::reach& r);

/// What a plan asks of its root's rows: standing, rights, conditions, and order and limit where
/// they cut. `text` may be null.
inquiry inquiry_for(const query::trimmed_plan& p, const text_services* text);

/// By conjunct of the plan.
std::vector<query::verdict> verdicts_of_filters(const inquiry& a, const plan_answer& said);

/// The part of a request that the store has taken.
struct taken {
  request what;                ///< limit 0: all rows, page by page
  std::vector<bool> exact;     ///< by term of `what`
};
taken to_execute(const inquiry& a, const plan_answer& said);

/// Whether the store does anything at all that reading every row would not.
inline bool is_worth(const taken& t) noexcept { return !t.what.terms.empty() || t.what.limit > 0; }

}  // namespace guanxi::store::host_row
