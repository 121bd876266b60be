// Criteria of sharing and restriction rules: conditions over a record's own fields.
//
//   expr::tree t = criteria("city = 'Oslo' and amount > 1000", entity).value();
//
// They are part of row filters, which every store runs and which must not fail. So they compare
// fields with values and with each other, and combine that with and, or, not, in and is null. They
// run on system sight, whoever's field rights; unknown is no match (rule 7).
#pragma once

#include "guanxi/expr/bind.hpp"

#include <string_view>

namespace guanxi::policy {

/// Checks parsed criteria against an entity. Errors: errc::validation for what criteria cannot
/// have, and those of expr::bind_condition.
result<void> check_criteria(const expr::tree& t, const schema::entity& on);
/// Parses and checks. Errors: those of expr::parse besides.
result<expr::tree> criteria(std::string_view text, const schema::entity& on);

}  // namespace guanxi::policy

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/policy/criteria-inl.hpp"
#endif
