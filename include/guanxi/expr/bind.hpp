// Names to slots and types: a tree becomes an expression over one entity.
//
//   path_table paths(opportunity);
//   scope in{.paths = &paths, .sees = sees_all};
//   expression e = bind(tree, in).value();      // e.top().type, paths.entries()[0].steps
//
// A name that the scope does not see fails exactly like a name that does not exist.
#pragma once

#include "guanxi/expr/pace.hpp"
#include "guanxi/expr/parameter.hpp"
#include "guanxi/expr/tree.hpp"

#include <functional>
#include <optional>
#include <span>

namespace guanxi::expr {

/// A path resolved through references: all but the last step are references.
struct bound_path {
  std::vector<const schema::field*> steps;
  const schema::field& last() const noexcept { return *steps.back(); }
};

/// The distinct paths that expressions over one root entity read; evaluation takes their values in
/// this order, so expressions do no I/O.
class path_table {
 public:
  explicit path_table(const schema::entity& root) : root_(&root) {}
  const schema::entity& root() const noexcept { return *root_; }
  std::uint32_t add(bound_path p);
  std::span<const bound_path> entries() const noexcept { return entries_; }

 private:
  const schema::entity* root_;
  std::vector<bound_path> entries_;
};

/// When a statement runs, by whose calendar and at what exchange rates: what `today()`,
/// `this_month`, the days of instants and `convert` go by.
struct moment {
  instant now;
  calendar_ptr calendar;  ///< not null
  rates_ptr rates = {};   ///< null: nothing may be converted
};
/// Paths that all expressions of a scope may read, and members that the lists of one expression may
/// have; more is errc::limit.
inline constexpr std::size_t max_paths = 4'000;
inline constexpr std::size_t max_members = 2'000'000;

/// A range of dates has at most so many units.
inline constexpr std::int64_t max_range_units = 100'000;

struct scope {
  path_table* paths = nullptr;
  /// Whether the acting user sees this field; empty: sees all.
  std::function<bool(const schema::field&)> sees = {};
  std::span<const parameter_value> parameters = {};
  /// Whether aggregates may stand here.
  bool aggregates = false;
  /// Whether groups are of the steps of a funnel; and, where each step is a date or each is an
  /// instant, the type of when a record reached it.
  bool steps = false;
  std::optional<type> reached = {};
  /// Type of what a nested select gives; queries supply it. Empty: none may stand here.
  std::function<result<type>(std::uint32_t)> subselect_type = {};
  /// Null: nothing that depends on it may stand here, and the days of instants are those of UTC.
  const moment* when = nullptr;
  expr::pace* pace = nullptr;  ///< asked while long lists are read
};

using expression = tree;  ///< a tree whose nodes have types and path indices

/// Types every node, resolves paths and replaces parameters by their literals (a list parameter of
/// `in` becomes its list; an open one stays and counts by its type, as a path does). Also:
///   - `path = 'x'` on a choice checks the code; text beside a date or instant is read as one;
///   - an integer beside a decimal becomes a decimal; a decimal literal takes its neighbour's scale
///     when that is exact;
///   - a reference compares with references and integers (ids);
///   - the members of `in` are literals of the operand's type, sorted; those that cannot match
///     (null, 1.5 beside an integer) are gone;
///   - a path that ends in a reference is the id; `stage.is_won` goes on through it.
/// Types: x / y and avg have scale max(6, x's scale), unless directly inside round(…, n), which
/// then rounds once, at n. median of an even number of rows is the mean of the middle two, at one
/// digit more than its argument (at most 18); percentile has as many more as its fraction has, at
/// least that one, so that it is exact too. first and last have their argument's type, share is a
/// quotient. count is an integer. date - date is an integer of days, date ± integer a date.
/// bucket has its argument's type, which its width and boundaries fit.
/// Amounts of money stay money through arithmetic, except that money / money is a decimal. What
/// convert gives has the scale of its amount, unless directly inside round(…, n); it is in one
/// currency, and meets no amount in another or in that of its record (errc::mixed_currency).
/// Errors: errc::unknown_name (with the nearest visible name), errc::type_mismatch, errc::parse
/// (aggregate out of place), all with the offset.
result<expression> bind(const tree& t, const scope& in);
/// The same, and refuses what is not a condition (errc::type_mismatch).
result<expression> bind_condition(const tree& t, const scope& in);

/// Puts values in the places of open parameters, by their position among the parameters.
void replace_parameters(expression& e, std::span<const value> values);

/// Puts a nested select's rows, but nulls, into its `in`, behind all parts: subtree() orders them.
void replace_subselect(expression& e, std::uint32_t index, std::vector<value> values);
/// Puts what a select of children gave in its place.
void replace_subselect(expression& e, std::uint32_t index, const figures_ptr& figures);

/// Evaluates what is constant, drops `and true`, `or false` and double negation. The result is
/// equal to its argument on every input, null rules and errors included.
expression fold(expression e);

/// The conjuncts of a boolean expression, in order.
std::vector<expression> conjuncts(const expression& e);

}  // namespace guanxi::expr

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/expr/bind-inl.hpp"
#include "guanxi/expr/evaluate.hpp"  // which ends with the bodies of both
#endif
