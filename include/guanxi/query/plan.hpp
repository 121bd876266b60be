// A plan: a statement whose names are bound, in the form that stores and the engine run.
//
//   plan_ptr p = bind(parse(text).value(), grants, parameters).value();
//   trimmed_plan safe = trim(p, grants).value();        // the only thing that a store accepts
//
// Rows flow so: root scan and parent joins give a value per path; filters keep rows; then either
// outputs are computed, or keys and aggregates are, what earlier groups had is put beside them, a
// funnel makes a row for each step of them, and having, windows, order and outputs are over those;
// at last the limits cut.
// Thread rule: immutable once bound.
#pragma once

#include "guanxi/expr/evaluate.hpp"
#include "guanxi/policy/grant.hpp"
#include "guanxi/query/batch.hpp"
#include "guanxi/query/earlier.hpp"
#include "guanxi/query/precedence.hpp"
#include "guanxi/query/statement.hpp"

#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace guanxi::query {

/// A record taking part in a row: join 0 is the root; another hangs on a reference of its parent.
struct join {
  std::uint32_t parent = 0;
  const schema::field* via = nullptr;     ///< the reference on the parent; null for the root
  const schema::entity* of = nullptr;
};

/// Where a path's value is found: a slot of a join.
struct path_source {
  std::uint32_t join = 0;
  std::uint16_t slot = 0;
};

struct aggregate {
  expr::function fn = expr::function::count;
  bool distinct = false;
  expr::expression argument;  ///< empty: count()
  expr::expression filter;    ///< empty: all rows
  expr::type type;            ///< of the result
  /// percentile: its fraction, a literal; first and last: what they go by, the record's id at last.
  std::vector<expr::expression> by;
};

/// The fraction of percentile.
inline decimal fraction_of(const aggregate& a) {
  const bool given = a.fn == expr::function::percentile;
  return given ? a.by.front().top().content.as_decimal() : decimal{5, 1};
}

/// What stands in the place of each key in the rows of one grouping set: null for a key that is
/// rolled up, 0 or 1 for the mark before a key that may be; nothing: the key itself.
using grouping_set = std::vector<std::optional<value>>;

/// running_sum, share or retention: of all rows that come after having, each grouping set by
/// itself.
struct window {
  expr::function fn = expr::function::share;
  std::uint32_t age = 0;               ///< retention: the key that counts periods
  expr::expression argument;           ///< over columns before the windows'
  expr::type type;                     ///< of the result
  std::vector<std::uint32_t> checks;   ///< of the plan: amounts that must be in one currency
  std::string what;                    ///< as written
};

/// fill gaps: a group for every period from one to another, with all that the groups have of the
/// other keys.
struct filling {
  std::uint32_t period = 0;           ///< which key
  std::optional<std::uint32_t> mark;  ///< the key that tells whether it is rolled up
  calendar_unit unit = calendar_unit::month;
  calendar_ptr calendar;
  std::optional<date> from, to;       ///< first and last day, where the conditions say both …
  std::uint32_t least = 0, most = 0;  ///< … else the columns of a day of the first and the last
};

/// A column of the rows that a funnel makes of a group, one for each step.
struct stepped_column {
  /// By step, the column that it shows, null where it is none; empty: it is the step's number.
  std::vector<std::optional<std::uint32_t>> from;
};

/// More grouping sets than this are errc::limit.
inline constexpr std::size_t max_grouping_sets = 256;
/// Columns that a query may have; aggregates, and shares and running sums; keys of each of its
/// groups, order and `per`; and references that its paths follow. More is errc::limit.
inline constexpr std::size_t max_columns = 6'000;
inline constexpr std::size_t max_aggregates = 1'500;
inline constexpr std::size_t max_keys = 250;
inline constexpr std::size_t max_joins = 1'000;

/// Aggregates (least and greatest currency per money path) that must all name one currency.
struct currency_check {
  std::vector<std::uint32_t> columns;  ///< op::column indices
  std::string what;                    ///< the aggregate as written
};

struct plan {
  explicit plan(const schema::entity& of) : paths(of) {}
  explicit plan(expr::path_table those) : paths(std::move(those)) {}

  schema::catalog_ptr catalog;
  expr::path_table paths;
  std::vector<join> joins;
  std::vector<path_source> sources;        ///< by path index
  query::standing standing = query::standing::current;  ///< of the root; parents are live
  std::vector<expr::expression> filters;   ///< conjuncts
  bool grouped = false;
  bool converts = false;                   ///< at exchange rates, which its nodes hold
  std::vector<expr::expression> keys;
  std::vector<grouping_set> sets;          ///< of rollup and cube; none: one, the keys themselves
  std::vector<aggregate> aggregates;
  std::optional<filling> fill;
  std::vector<earlier_reading> earlier;
  std::vector<prior> priors;               ///< columns behind the aggregates
  std::uint32_t steps = 0;                 ///< of a funnel; 0: there is none
  std::vector<stepped_column> stepped;     ///< columns behind those
  std::vector<window> windows;             ///< columns behind those
  std::vector<expr::expression> outputs;   ///< over paths, or over columns if grouped
  expr::expression having;                 ///< over columns
  std::vector<order_key> order;            ///< ties are broken already: id, or all keys
  std::vector<currency_check> checks;
  std::vector<expr::expression> per;       ///< at most `most_per` rows of each of their values
  std::int64_t most_per = 0;
  std::optional<std::int64_t> limit, offset;  ///< of a page: one more than it has
  std::vector<column_info> columns;        ///< one an output; of a page, its order's come last
  std::vector<plan_ptr> nested;            ///< op::subselect indices; one column each
};

/// Where the columns of priors, of steps and of windows begin.
inline std::size_t first_prior(const plan& p) noexcept {
  return p.keys.size() + p.aggregates.size();
}
inline std::size_t first_stepped(const plan& p) noexcept {
  return first_prior(p) + p.priors.size();
}
inline std::size_t first_window(const plan& p) noexcept {
  return first_stepped(p) + p.stepped.size();
}

/// Where exchange rates are kept: `currency`, `rate` and `valid_from` of each.
inline constexpr std::string_view rate_entity = "exchange_rate";
/// errc::permission for those who may not read all exchange rates, and so may not convert.
result<void> may_convert(const policy::grants& who);

/// Binds a statement without selects of children (family.hpp) for one principal: a name that the
/// principal does not see does not exist.
/// Errors: errc::unknown_name with the nearest visible name, errc::type_mismatch, errc::parse,
/// errc::limit, errc::undefined_period, errc::mixed_currency, errc::permission (convert), with the
/// offset. `when`: null where no time is known; `pace`: asked while long lists are read.
result<plan_ptr> bind(const statement& s, const policy::grants& who,
                      std::span<const expr::parameter_value> parameters = {},
                      const expr::moment* when = nullptr, expr::pace* pace = nullptr);

/// The plan with values in the places of its open parameters.
plan_ptr with_parameters(const plan& p, std::span<const value> values);
/// What a nested select gave: a list for `in`, or the figures of children.
struct nested_answer {
  std::vector<value> list;
  expr::figures_ptr figures;
};
/// Whether a nested select gives figures: the parent and the figure are its columns.
inline bool gives_figures(const plan& nested) noexcept { return nested.columns.size() == 2; }
/// The plan with its nested selects replaced by what they gave.
plan_ptr with_nested(const plan& p, const std::vector<nested_answer>& answers);
/// The plan with what its earlier readings gave.
plan_ptr with_earlier(const plan& p, std::vector<prior_values> values);

/// A plan with the row filters of its principal on every record that it touches.
class trimmed_plan {
 public:
  const plan& what() const noexcept { return *plan_; }
  const plan_ptr& shared() const noexcept { return plan_; }
  /// The reach that a join's records must be within; an unreachable parent gives nulls.
  const policy::reach& guard(std::size_t join) const noexcept {
    // What is deleted is there for those alone who could delete it.
    const bool bin = join == 0 && plan_->standing == standing::deleted;
    return bin ? guards_[0]->full : guards_[join]->read;
  }
  std::span<const trimmed_plan> nested() const noexcept { return nested_; }
  std::span<const trimmed_plan> earlier() const noexcept { return earlier_; }
  /// The same plan with values in the places of its open parameters, nested selects included.
  trimmed_plan given(std::span<const value> parameters) const;
  /// The same plan with its nested selects replaced by their values, and with what its earlier
  /// readings gave.
  trimmed_plan with(plan_ptr resolved) const;

 private:
  friend result<trimmed_plan> trim(plan_ptr p, const policy::grants& who);
  friend trimmed_plan children_of(const policy::tie& t, const schema::catalog_ptr& catalog);
  trimmed_plan() = default;
  plan_ptr plan_;
  std::vector<policy::grant_ptr> guards_;
  std::vector<trimmed_plan> nested_, earlier_;
};

/// Makes a plan safe to run for a principal, whoever bound it: a field that the principal does not
/// see is errc::unknown_name, an entity without read right is an unknown entity. Deleted records
/// need the right to delete, else errc::permission.
result<trimmed_plan> trim(plan_ptr p, const policy::grants& who);

/// One record of those that a tie to children asks for, its open parameter being the parent. Their
/// reach is the tie's, and their fields are on system sight.
trimmed_plan children_of(const policy::tie& t, const schema::catalog_ptr& catalog);

/// The error that an unknown and an unreadable entity share.
error unknown_entity(std::string_view name, const policy::grants& who);

}  // namespace guanxi::query

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/earlier-inl.hpp"
#include "guanxi/query/bind-inl.hpp"
#include "guanxi/query/rewrite-inl.hpp"
#include "guanxi/query/trim-inl.hpp"
#endif
