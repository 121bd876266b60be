// A query as written: the text's tree, before any name is looked up.
//
//   statement q = parse("select stage.name as stage, sum(amount) as total from opportunity "
//                       "where close_date >= :from group by stage.name order by total desc")
//                     .value();
//
//   select item [as name], … | * from entity [with archived | archived | deleted]
//   [scope mine | team | all] [as of t] [where c]
//   [group by e | rollup(e, …) | cube(e, …), … [fill gaps]]
//   [funnel (step [as name], …)] [pivot (e [as name], …) for e in (v [as name], …)] [having c]
//   [order by e [asc|desc] [nulls first|last], …] [limit n|:n per e, …]
//   [limit n|:n [after :cursor]] [offset n|:n]
//
// An alias given with `as` may stand in group by, having and order by, and wins over a field.
// `x in (select y from … where …)` nests, uncorrelated, up to four levels; so does
// `(select … from contacts …)`, which is about the children of each record.
// Thread rule: a value.
#pragma once

#include "guanxi/expr/parse.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace guanxi::query {

/// Which records of its entity a query is about.
enum class standing : std::uint8_t {
  current,   ///< neither deleted nor archived: what lists show
  live,      ///< not deleted: `with archived`
  archived,  ///< live and archived
  deleted,   ///< what could be restored
  all        ///< deleted or not; no text says it
};
/// Whether a record with these marks is among them.
constexpr bool among(standing which, bool deleted, bool archived) noexcept {
  switch (which) {
    case standing::current: return !deleted && !archived;
    case standing::live: return !deleted;
    case standing::archived: return !deleted && archived;
    case standing::deleted: return deleted;
    case standing::all: return true;
  }
  return false;
}

struct select_item {
  expr::tree what;
  std::string name;       ///< alias, or the text of the expression
  bool named = false;     ///< given with `as`
  std::uint32_t offset = 0;
};

/// One element of `group by`: a key, or keys that give a grouping set for each of their beginnings
/// (rollup) or each choice of them (cube).
struct group_item {
  enum class kind : std::uint8_t { key, rollup, cube };
  kind how = kind::key;
  std::vector<expr::tree> keys;  ///< one of a plain key
  std::uint32_t offset = 0;
};

/// Columns behind the select's own: each figure, of the records with each of some values. A column
/// is named after its value and, where that is one of several or has a name, its figure.
struct pivot_clause {
  std::vector<select_item> figures;  ///< aggregates, or computed of some
  expr::tree of;
  std::vector<select_item> values;   ///< literals or parameters
  std::uint32_t offset = 0;
  bool empty() const noexcept { return figures.empty(); }
};

/// More steps than this are errc::limit.
inline constexpr std::size_t max_funnel_steps = 32;

/// Steps in order, each a condition or the date or instant when it comes true: a group is made of
/// the records that reached a step or a later one.
struct funnel_clause {
  std::vector<select_item> steps;
  std::uint32_t offset = 0;
  bool empty() const noexcept { return steps.empty(); }
};

enum class nulls : std::uint8_t { by_direction, first, last };  ///< by_direction: null is smallest

struct order_item {
  expr::tree by;
  bool descending = false;
  query::nulls nulls = query::nulls::by_direction;
};

/// Whose records a query is about; rights trim them in any case.
enum class ownership : std::uint8_t {
  all,   ///< everybody's
  mine,  ///< those that the acting user owns
  team   ///< and those that people in roles below own
};

struct statement {
  bool all_fields = false;  ///< select *
  std::vector<select_item> items;
  std::string entity;
  std::uint32_t entity_offset = 0;
  /// Of a select among the items of another: `entity` is a path to children of its records, such
  /// as contacts or account.contacts.
  bool of_children = false;
  query::standing standing = query::standing::current;
  ownership scope = ownership::all;
  expr::tree as_of;  ///< a literal or a parameter; empty: as records are
  expr::tree where;
  std::vector<group_item> group_by;
  bool fill_gaps = false;  ///< groups for the periods between, of which there are no records
  std::uint32_t fill_offset = 0;
  funnel_clause funnel;
  pivot_clause pivot;
  expr::tree having;
  std::vector<order_item> order;
  expr::tree most_per;          ///< of `limit n per e, …`: a literal or a parameter …
  std::vector<expr::tree> per;  ///< … and what the limit is for each value of
  expr::tree limit, offset;  ///< a literal or a parameter
  expr::tree after;          ///< a parameter: where the page before ended, or null; with a limit
  /// Of `in (select …)`; of items; or of any(…: …), with a `where` alone, until binding finds the
  /// entity.
  std::vector<statement> nested;
};

/// Selects and conditions on children that may stand in one another, and that one select may have.
inline constexpr int max_nesting = 4;
inline constexpr std::size_t max_nested = 250;

/// Errors: errc::parse, errc::limit, errc::invalid_text, with the offset.
result<statement> parse(std::string_view text);
/// Canonical text: parse(print(s)) prints the same.
std::string print(const statement& s);
/// An expression of a statement, with the selects that nest in it.
std::string print(const expr::tree& t, const statement& s);
/// What an item is called that no `as` names: a select of children after these, else as written.
std::string name_of(const expr::tree& item, const statement& s);

/// Every expression of a statement, in the order of its text; not those of nested selects.
template <class Statement, class F>
void each_tree(Statement& s, F&& see) {
  const auto some = [&](auto& trees) {
    for (auto& t : trees) see(t);
  };
  const auto named = [&](auto& items) {
    for (auto& item : items) see(item.what);
  };
  named(s.items);
  see(s.as_of);
  see(s.where);
  for (auto& item : s.group_by) some(item.keys);
  named(s.funnel.steps);
  named(s.pivot.figures);
  see(s.pivot.of);
  named(s.pivot.values);
  see(s.having);
  for (auto& item : s.order) see(item.by);
  see(s.most_per);
  some(s.per);
  see(s.limit);
  see(s.after);
  see(s.offset);
}

/// Whether a select of children gives one value for each parent: an aggregate without groups.
inline bool is_figure(const statement& s) {
  const auto aggregate = [](const select_item& item) {
    return std::any_of(item.what.nodes.begin(), item.what.nodes.end(),
                       [](const expr::node& n) { return n.what == expr::op::aggregate; });
  };
  return s.of_children && s.group_by.empty() && s.funnel.empty() &&
         (!s.having.empty() || std::any_of(s.items.begin(), s.items.end(), aggregate));
}

}  // namespace guanxi::query

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/statement-inl.hpp"
#endif
