// The second interpreter: an expression as SQL text with bound values.
//
//   sql_text out;   emit_sql(e, dialect, out);   // out.text "(j0.c1 > ?1)", out.values
//
// Values are bound, never spliced; identifiers come from the dialect. Where SQL's own rule differs
// from the language's (overflow, rounding, division, like, dates) a function of ours is called:
// gx_add, gx_sub, gx_mul, gx_div, gx_neg, gx_round, gx_abs, gx_like, gx_lower, gx_upper, gx_length,
// gx_period, gx_date_part, gx_compare, and the aggregates gx_sum, gx_avg, gx_median. A store that
// runs this SQL registers them over arithmetic(), call() and accumulator.
#pragma once

#include "guanxi/expr/bind.hpp"

#include <functional>

namespace guanxi::expr {

struct sql_text {
  std::string text;
  std::vector<value> values;   ///< by placeholder, from ?1
  std::vector<std::vector<value>> lists;  ///< long `in` lists, bound as one array each
};

struct sql_dialect {
  /// Column reference of a path, such as j1."name"; a `column` node's text comes from `column`.
  std::function<std::string(std::uint32_t path)> path;
  std::function<std::string(std::uint32_t index)> column;
  /// Placeholder for values[n] (from 0), such as ?3; and for lists[n], a subquery of one column.
  std::function<std::string(sql_text&, value)> bind_value;
  std::function<std::string(sql_text&, std::vector<value>)> bind_list;
};

/// Every decimal is emitted as its int64 coefficient at the node's scale, a date as days, an instant
/// as microseconds, a boolean as 0 or 1.
void emit_sql(const expression& e, const sql_dialect& dialect, sql_text& out);

}  // namespace guanxi::expr

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/expr/emit_sql-inl.hpp"
#endif
