// The second interpreter: an expression as SQL text with bound values.
//
//   sql_text out;   emit_sql(e, dialect, out);   // out.text "(j0.c1 > ?1)", out.values
//
// Values are bound, never spliced; identifiers come from the dialect. Every decimal travels as its
// int64 coefficient at its node's scale, a date as days, an instant as microseconds, a boolean as 0
// or 1. Where SQL's own rule differs from the language's (overflow, rounding, division, like,
// dates) a function of ours is called; a store registers them over arithmetic(), call(), like() and
// accumulator. All are deterministic; NULL for a NULL value unless said otherwise; an error of ours
// becomes one of SQL's, whose message begins with "overflow: " for errc::overflow and "limit: " for
// errc::limit.
//
//   gx_add(a, scale_a, b, scale_b, scale)   a + b; likewise gx_sub, gx_mul, gx_div. A scale of -1
//                                           means an integer, else a decimal; x / 0 is NULL
//   gx_neg(x)  gx_abs(x)                    of a coefficient or integer
//   gx_round(x, from, to)                   coefficient x at scale from, brought to scale to
//   gx_bucket(x, width)                     of numbers at one scale: the multiple of width up to x
//   gx_bucket(x, bound, bound, …)           the greatest of rising bounds up to x, or NULL
//   gx_compare(a, scale_a, b, scale_b)      -1, 0 or 1, by value
//   gx_nullif(a, scale_a, b, scale_b)       NULL if equal by value, else a, NULL b included
//   gx_add_days(d, n)  gx_sub_days(d, n)    days d moved by n; outside years 1 to 9999: overflow
//   gx_date(us)                             days of an instant's UTC date
//   gx_date_part(part, d)                   part: 'year', 'quarter', 'month', 'day', 'weekday'
//   gx_period(unit, d)                      unit: 'year', 'quarter', 'month', 'week', 'day'; a text
//   gx_like(text, pattern)                  raw texts; it folds both; 0 or 1
//   gx_lower(t)  gx_upper(t)  gx_length(t)
//   gx_search(typed, t, …)  gx_relevance(typed, t, …)   of raw texts; a NULL text is passed over
//   gx_concat(t, …)                         up to max_concat_parts texts; NULL is no text
//   gx_call(i, x, …)                        sql_text::calls[i] of what is given
//   gx_sum(x)                               aggregate; coefficient or integer
//   gx_avg(x, from, to)                     aggregate; x at scale from, answer at scale to
//   gx_median(x, from, to)                  aggregate, likewise
//   gx_percentile(x, from, to, p, scale)    aggregate, likewise; the fraction is p at that scale
//   gx_first(x, k, …)  gx_last(x, k, …)     aggregate; x of the row with the least or greatest keys
//
// SQLite's parser holds nesting only so deep; a store takes what has sql_nesting(e) <=
// max_sql_nesting and leaves the rest to the core.
#pragma once

#include "guanxi/base/text_services.hpp"
#include "guanxi/expr/bind.hpp"

#include <functional>
#include <span>

namespace guanxi::expr {

/// A function by a calendar or exchange rates, which no text can hold.
struct sql_call {
  function fn = function::none;
  std::string word;              ///< the unit; of convert: whether what has no rate is null
  std::vector<type> arguments;
  int scale = 0;                 ///< of the answer
  calendar_ptr calendar;
  rates_ptr rates;
  std::uint32_t offset = 0;      ///< in the text of the statement

  /// Of arguments in the form in which values travel. Errors: those of call() and convert().
  result<value> of(std::span<const value> travelled, const text_services& text) const;
};

struct sql_text {
  std::string text;
  std::vector<value> values;   ///< by placeholder, from ?1
  std::vector<std::vector<value>> lists;  ///< long `in` lists, bound as one array each
  std::vector<sql_call> calls;            ///< what gx_call is told of
};

struct sql_dialect {
  /// Column reference of a path (by path_table index), such as j1."name"; a `column` node's text
  /// comes from `column`.
  std::function<std::string(std::uint32_t path)> path;
  std::function<std::string(std::uint32_t index)> column;
  /// Keeps the value in values and gives its placeholder, such as ?3; keeps the list in lists and
  /// gives a subquery of one column: SELECT value FROM …
  std::function<std::string(sql_text&, value)> bind_value;
  std::function<std::string(sql_text&, std::vector<value>)> bind_list;
};

/// The values that bind_value and bind_list are given are integers and texts only,
/// in the form above.
void emit_sql(const expression& e, const sql_dialect& dialect, sql_text& out);

/// Whether SQL can say it, with gx_call.
bool is_sql(const expression& e) noexcept;
/// Whether a value may have no answer: fiscal periods that nobody has defined, missing rates. A
/// store that tries it on rows that are not asked for gives errors that others do not.
bool may_lack(const expression& e) noexcept;
/// How much of a parser's stack the emitted text needs at most; SQLite has 100, from which the
/// statement around it takes some.
int sql_nesting(const expression& e);
inline constexpr int max_sql_nesting = 70;
/// Lists of `in` with more members than this are bound as one array.
inline constexpr std::size_t max_inline_list = 16;

}  // namespace guanxi::expr

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/expr/emit_sql-inl.hpp"
#endif
