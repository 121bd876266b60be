#pragma once

#include "guanxi/expr/parse.hpp"
#include "guanxi/policy/criteria.hpp"

#include <string>
#include <utility>

namespace guanxi::policy {

namespace detail_criteria {

inline bool possible(const expr::node& n) noexcept {
  using expr::op;
  switch (n.what) {
    case op::literal:
    case op::logical_not: case op::logical_and: case op::logical_or:
    case op::equal: case op::not_equal:
    case op::less: case op::less_equal: case op::greater: case op::greater_equal:
    case op::is_null: case op::is_not_null:
    case op::in: case op::not_in: return true;
    case op::path: return n.text.find('.') == std::string::npos;
    default: return false;
  }
}

}  // namespace detail_criteria

GUANXI_INLINE result<void> check_criteria(const expr::tree& t, const schema::entity& on) {
  for (const expr::node& n : t.nodes)
    if (!detail_criteria::possible(n))
      return unexpected(error(errc::validation,
                              "criteria compare the record's own fields with values, and combine "
                              "that with and, or, not, in and is null; nothing else is possible "
                              "here")
                            .at_offset(n.offset));
  expr::path_table paths(on);
  result<expr::expression> bound = expr::bind_condition(t, {.paths = &paths});
  return bound ? result<void>() : passed(bound);
}

GUANXI_INLINE result<expr::tree> criteria(std::string_view text, const schema::entity& on) {
  result<expr::tree> t = expr::parse(text);
  if (!t) return t;
  if (auto ok = check_criteria(*t, on); !ok) return passed(ok);
  return t;
}

}  // namespace guanxi::policy
