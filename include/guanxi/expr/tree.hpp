// The one expression tree: filters, formulas, defaults, row filters and report columns.
//
//   tree t = parse("amount * probability / 100 > :min and account.industry in ('it')").value();
//   print(t);            // the same text in canonical form
//
// A tree is an arena of nodes, children before parents. parse makes it, bind types it in place.
// Thread rule: a value.
#pragma once

#include "guanxi/base/calendar.hpp"
#include "guanxi/base/rates.hpp"
#include "guanxi/base/value.hpp"
#include "guanxi/schema/catalog.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace guanxi::expr {

using node_id = std::uint32_t;
inline constexpr node_id no_node = 0xffff'ffff;

enum class op : std::uint8_t {
  literal, parameter, path,
  logical_not, logical_and, logical_or,  ///< `and` and `or` have two or more children
  equal, not_equal, less, less_equal, greater, greater_equal,
  is_null, is_not_null,
  in, not_in,          ///< children: the operand, then a list or one subselect node
  like, not_like,      ///< case-folded; % any run, _ any one code point, \ escapes
  add, subtract, multiply, divide, negate,
  call,
  aggregate,           ///< child 0: argument or no_node for count(); child 1: filter or no_node;
                       ///< then the fraction of percentile, or what first and last go by
  subselect,           ///< `text` indexes the statement's list of nested selects through `index`
  column,              ///< after grouping: `index` is a key, behind them an aggregate, a window
  any, all, none       ///< any(account.contacts: c): `text` is the path, and `index` counts c among
                       ///< the nested selects; binding a query makes an `in` of it
};
constexpr bool is_quantifier(op what) noexcept { return what >= op::any; }
constexpr std::string_view quantifier_word(op what) noexcept {
  return what == op::any ? "any" : what == op::all ? "all" : "none";
}

/// Functions of the language. Units of period() are bare words.
enum class function : std::uint8_t {
  none,
  coalesce,   ///< coalesce(a, b, …): the first that is not null
  nullif,     ///< nullif(a, b): null if they are equal, else a
  if_,        ///< if(condition, then, else): else also when the condition is null
  round,      ///< round(x[, digits = 0]), half away from zero
  bucket,     ///< bucket(x, width) or bucket(x, bound, bound, …): the greatest bound up to x
  abs,
  least, greatest,  ///< least(a, b, …): of those that are not null
  lower, upper, length, concat,
  year, quarter, month, day, weekday,  ///< of a date or (in UTC) an instant
  period,     ///< period(x, fiscal_quarter): the label of a calendar_unit, such as FY2017-Q1
  periods_between,  ///< periods_between(a, b, month): of the calendar, from that of a to that of b
  date,       ///< date(instant): its date in the calendar's time zone
  convert,    ///< convert(amount, 'EUR'[, at d][, else null]): of amount, currency and d; `text` is
              ///< "null" where an amount without a rate is; binding adds the amount's currency
  today, now, ///< constants of a statement
  range,      ///< behind `in` alone: this_month, last_n_days(7); `text` has the word
  search,     ///< search(typed[, text, …]): whether all words typed are in the texts
  relevance,  ///< relevance(typed[, text, …]): how well, 0 where it is not
  of_children,  ///< what a select of children gives for a parent: the parent's id and the select
  grouping,   ///< grouping(key): 1 where rollup or cube leave the key out, else 0
  step, step_name,  ///< of a funnel: the number of the group's, from 1, and its name
  reached, prior_reached, first_reached,  ///< when a record came to the step, to that before, …
  conversion,   ///< conversion(x[, prior n step]): x over that of the first step, or of one before
  running_sum,  ///< running_sum(x): of this row of the answer and those before it
  share,      ///< share(x): x over the sum of all rows of the answer
  retention,  ///< retention(x): x over that of period 0 of periods_between
  prior,      ///< prior(x, n unit): x of the group n units before; children: x, n; `text`: unit
  delta,      ///< delta(x, prior n unit): x less its prior; the unit of a funnel is `step`
  count, sum, avg, min, max, median,
  percentile,   ///< percentile(x, p): between neighbours in proportion, as median for p = 0.5
  first, last   ///< first(x by k, …): x of the row with the least k, last: with the greatest
};
inline constexpr function last_function = function::last;
std::string_view name(function f) noexcept;
function function_named(std::string_view word) noexcept;  ///< function::none: no such
bool is_aggregate(function f) noexcept;
/// Whether it needs the environment's text services.
bool needs_services(function f) noexcept;
/// Whether it takes what it goes by: first and last.
bool goes_by(function f) noexcept;
/// Whether it looks at all rows of the answer: running_sum, share and retention.
bool is_window(function f) noexcept;
/// Whether it looks at an earlier group: prior and delta.
bool looks_back(function f) noexcept;
/// Whether it means something of the groups of a funnel alone: step, step_name and conversion.
bool is_of_steps(function f) noexcept;
/// Whether it tells when a record reached a step of a funnel.
bool is_reached(function f) noexcept;
/// The unit of prior, delta and conversion that is no period.
inline constexpr std::string_view step_unit = "step";

/// What the words behind `in` say: units about today, none of which the others overlap.
struct range_words {
  calendar_unit unit = calendar_unit::day;
  int first = 0;         ///< 0: the unit that today is in
  bool counted = false;  ///< last_n_…(n) and next_n_…(n): n units, before today's or after it
};
/// "today", "yesterday", "tomorrow", "this_week", "last_fiscal_quarter", "next_n_days", …
std::optional<range_words> range_named(std::string_view word) noexcept;
/// The known word closest to one that is none, as a hint for messages; with an example at least.
std::string range_hint(std::string_view word);

/// The static type of a bound node.
struct type {
  value_type base = value_type::null;   ///< null: only ever null
  std::uint8_t scale = 0;               ///< decimal
  bool money = false;                   ///< amounts in the record's currency …
  currency in = {};                     ///< … or in this one: what convert gives
  const schema::entity* target = nullptr;  ///< reference
  friend bool operator==(const type&, const type&) = default;
};

/// What a select of children gives for each parent.
struct figures {
  std::unordered_map<std::int64_t, value> of;  ///< by the parent's id
  value none;                                  ///< of a parent without children
};
using figures_ptr = std::shared_ptr<const figures>;

struct node {
  expr::op what = op::literal;
  function fn = function::none;
  bool distinct = false;
  expr::type type;
  std::uint32_t offset = 0;         ///< byte offset in the text it came from
  std::uint32_t index = 0;          ///< path: into path_table; parameter, column: its number
  value content;                    ///< literal
  std::string text;                 ///< path ("account.name"), parameter name, unit of period()
  calendar_ptr calendar;            ///< a bound call that needs more than UTC and calendar years
  rates_ptr rates;                  ///< a bound convert
  figures_ptr figures;              ///< of_children, once its select has been run
  std::vector<node_id> children;
};

struct tree {
  std::vector<node> nodes;
  node_id root = no_node;

  bool empty() const noexcept { return root == no_node; }
  const node& top() const noexcept { return nodes[root]; }
  const node& at(node_id n) const noexcept { return nodes[n]; }
  node_id add(node n);
};

/// Depth of nesting and number of nodes that a tree may have; more is errc::limit.
inline constexpr int max_depth = 200;
inline constexpr std::size_t max_nodes = 20'000;
/// The boundaries that bucket may have; more is errc::limit.
inline constexpr std::size_t max_boundaries = 64;
/// What first and last may go by; more is errc::limit.
inline constexpr std::size_t max_ordering_keys = 16;
/// What concat takes, and the longest text in bytes that it makes; more is errc::limit.
inline constexpr std::size_t max_concat_parts = 100;
inline constexpr std::size_t max_made_text = std::size_t{16} << 20;

// Building without text: `combine(op::logical_and, a, b)`; a chain of `and` becomes one node.
tree literal(value v);
tree path(std::string_view dotted);
tree parameter(std::string_view name);
tree unary(op what, tree a);
tree combine(op what, tree a, tree b);
tree in_list(tree operand, std::vector<value> values);

/// Copies a subtree into another arena; gives its root there (no_node for no_node).
node_id graft(const tree& from, node_id at, tree& to);
/// The part of a tree under one node, as a tree of its own.
tree subtree(const tree& t, node_id at);
/// Levels of nesting: 1 for a literal or path, 0 for nothing.
int depth(const tree& t);

}  // namespace guanxi::expr

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/expr/tree-inl.hpp"
#endif
