// Pages by key: the condition that a row comes behind another in an order.
//
//   order by amount desc, id     behind (50, 7):     amount < 50 or amount is null
//                                                    or amount = 50 and id > 7
//
// Thread rule: functions of their arguments.
#pragma once

#include "guanxi/query/precedence.hpp"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi::query {

/// More rows than this in one page are errc::limit.
inline constexpr std::int64_t max_page_rows = 10'000'000;

inline constexpr std::string_view no_cursor =
    "this cursor is not of this query, its parameters and its user; ask for the first page again";

namespace detail_paging {

using expr::expression;
using expr::node;
using expr::op;

inline expression condition(op what, const expression& a, const value* b = nullptr) {
  expression out = expr::subtree(a, a.root);
  node n;
  n.what = what;
  n.type.base = value_type::boolean;
  n.children = {out.root};
  if (b) {
    node literal;
    literal.content = *b;
    literal.type = a.top().type;
    if (b->type() == value_type::decimal) literal.type.scale = b->as_decimal().scale;
    n.children.push_back(out.add(std::move(literal)));
  }
  out.root = out.add(std::move(n));
  return out;
}

inline expression joined(op how, const expression& a, const expression& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  expression out = a;
  const expr::node_id right = expr::graft(b, b.root, out);
  node n;
  n.what = how;
  n.type.base = value_type::boolean;
  n.children = {out.root, right};
  out.root = out.add(std::move(n));
  return out;
}

inline expression or_null(const order_key& k, expression a) {
  return k.nulls_first ? a : joined(op::logical_or, a, condition(op::is_null, k.by));
}

/// That one key comes behind a value.
inline expression behind(const order_key& k, const value& v) {
  if (!v.is_null()) return or_null(k, condition(k.descending ? op::less : op::greater, k.by, &v));
  if (k.nulls_first) return condition(op::is_not_null, k.by);
  expression never = expr::literal(value(false));
  never.nodes[never.root].type.base = value_type::boolean;
  return never;
}

/// That it does not come before it; empty: nothing does.
inline expression not_before(const order_key& k, const value& v) {
  if (!v.is_null())
    return or_null(k, condition(k.descending ? op::less_equal : op::greater_equal, k.by, &v));
  return k.nulls_first ? expression() : condition(op::is_null, k.by);
}

inline expression beside(const order_key& k, const value& v) {
  return v.is_null() ? condition(op::is_null, k.by) : condition(op::equal, k.by, &v);
}

}  // namespace detail_paging

/// a and b; either may be empty.
inline expr::expression both(const expr::expression& a, const expr::expression& b) {
  return detail_paging::joined(expr::op::logical_and, a, b);
}

/// Whether values may be those of a row in this order.
inline bool fits(std::span<const order_key> order, std::span<const value> at) {
  if (order.size() != at.size()) return false;
  for (std::size_t i = 0; i < at.size(); ++i)
    if (!at[i].is_null() && at[i].type() != order[i].by.top().type.base) return false;
  return true;
}

/// That a row comes behind the one with these values; no two rows have the same of all keys.
inline expr::expression behind(std::span<const order_key> order, std::span<const value> at) {
  expr::expression out;
  for (std::size_t i = order.size(); i-- > 0;) {
    const bool last = i + 1 == order.size();
    if (!last) out = both(detail_paging::beside(order[i], at[i]), out);
    out = detail_paging::joined(expr::op::logical_or, detail_paging::behind(order[i], at[i]), out);
  }
  return out;
}

/// The same as conditions of which each holds: the first bounds the first key, for an index.
inline std::vector<expr::expression> conjuncts_behind(std::span<const order_key> order,
                                                      std::span<const value> at) {
  std::vector<expr::expression> out;
  if (order.size() > 1)
    if (expr::expression bound = detail_paging::not_before(order[0], at[0]); !bound.empty())
      out.push_back(std::move(bound));
  out.push_back(behind(order, at));
  return out;
}

}  // namespace guanxi::query
