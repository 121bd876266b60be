#pragma once

#include "guanxi/expr/print.hpp"
#include "guanxi/expr/same.hpp"
#include "guanxi/query/earlier.hpp"
#include "guanxi/query/family.hpp"
#include "guanxi/query/paging.hpp"
#include "guanxi/query/plan.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace guanxi::query {

GUANXI_INLINE error unknown_entity(std::string_view name, const policy::grants& who) {
  nearest_name nearest(name);
  for (const auto& e : who.catalog()->entities())
    if (who.of(*e).may_read) nearest.offer(e->name());
  return error(errc::unknown_name, "no entity " + in_backticks(name) + nearest.hint())
      .in_entity(name);
}

/// A rate tells of all amounts at once, so there is no half right to convert.
GUANXI_INLINE result<void> may_convert(const policy::grants& who) {
  const schema::entity* rates = who.catalog()->find(rate_entity);
  bool may = rates && who.of(*rates).may_read &&
             who.of(*rates).read.how_far == policy::reach::extent::all;
  for (const std::string_view name : {"currency", "rate", "valid_from"}) {
    const schema::field* f = may ? rates->find(name) : nullptr;
    may = f && who.sees(*f);
  }
  if (may) return {};
  return unexpected(errc::permission,
                    "you may not convert amounts, since that takes the right to read every `" +
                        std::string(rate_entity) + "`; ask an administrator");
}

namespace detail_bind {

using expr::expression;
using expr::graft;
using expr::node;
using expr::node_id;
using expr::no_node;
using expr::op;
using expr::same;
using expr::subtree;
using expr::tree;

/// Whether it means something of groups alone.
inline bool has_aggregate(const tree& t) {
  return std::any_of(t.nodes.begin(), t.nodes.end(), [](const node& n) {
    return n.what == op::aggregate ||
           (n.what == op::call && (n.fn == expr::function::grouping || expr::is_window(n.fn) ||
                                   expr::looks_back(n.fn) || expr::is_of_steps(n.fn)));
  });
}

/// Column indices of what stands behind the aggregates while there may still be more of these.
inline constexpr std::uint32_t open_steps = 0x2000'0000, open_priors = 0x4000'0000,
                               open_windows = 0x8000'0000;

/// A step of the funnel: whether a record is at it, and when it came there, of a moment.
struct bound_step {
  expression is_at, moment;
};
/// Of which step a figure is, seen from a row's.
struct step_view {
  bool first = false;
  std::int64_t back = 0;
};

/// A figure of earlier groups that is asked for.
struct asked_prior {
  expression of;
  std::int64_t count = 1;
  calendar_unit unit = calendar_unit::year;
  std::string what;                   ///< as written
  std::vector<std::uint32_t> checks;  ///< of the plan: amounts that must be in one currency
};

class binder {
 public:
  binder(const statement& s, const policy::grants& who,
         std::span<const expr::parameter_value> parameters, const expr::moment* when,
         expr::pace* pace)
      : s_(s), who_(who), parameters_(parameters), when_(when), pace_(pace) {}

  result<plan_ptr> run(const schema::entity& root);

 private:
  result<void> check_size() const;
  result<void> bind_nested();
  void name_items();
  result<void> bind_items();
  result<void> add_pivot();
  result<tree> pivoted(const select_item& figure, const tree& of,
                       const select_item& by) const;
  result<void> bind_scope();
  result<void> bind_filters();
  result<void> bind_funnel();
  result<void> bind_keys();
  result<void> bind_outputs();
  result<void> bind_order();
  result<void> bind_per();
  result<void> bind_counts();
  result<void> bind_after();
  result<void> bind_earlier();
  void break_ties();
  void place_columns();
  result<void> find_joins();
  void convert_last();

  expr::scope scope(bool aggregates);
  tree with_aliases(const tree& t) const;
  tree with_key_names(const tree& t) const;
  node_id graft_aliased(const tree& from, node_id n, tree& to) const;
  result<expression> bound(const tree& t, bool aggregates);
  /// An expression over paths as it is, or over columns if the plan is grouped.
  result<expression> lowered(const expression& e);
  result<node_id> lower(const expression& from, node_id n, tree& to);
  result<node_id> lower_grouping(const expression& from, node_id n, tree& to);
  result<node_id> lower_window(const expression& from, node_id n, tree& to);
  result<node_id> lower_prior(const expression& from, node_id n, tree& to);
  result<std::uint32_t> prior_of(const expression& from, node_id n);
  result<std::uint32_t> only_key(expr::function fn, const std::string& needed,
                                 std::uint32_t offset) const;
  std::optional<expr::type> moment_type() const;
  expression reached_from(std::size_t step) const;
  expression moment_from(std::size_t step, const expr::type& of) const;
  node_id of_step(const expression& from, node_id n, std::size_t step, expression& to) const;
  result<node_id> stepped(const expression& from, node_id n, tree& to);
  node_id step_column(stepped_column c, const node& as, tree& to);
  result<node_id> lower_of_steps(const expression& from, node_id n, tree& to);
  node_id name_of_step(const node& call, tree& to);
  result<node_id> seen_from(step_view view, const expression& from, node_id n, tree& to);
  result<std::uint32_t> only_period(const std::string& called, std::uint32_t offset) const;
  result<void> find_period(const node& call);
  result<void> bind_gaps();
  result<void> add_reading(std::int64_t count, calendar_unit unit);
  result<std::vector<expression>> written_conditions();
  result<bool> move_filters(const look_back& by, std::vector<expression>& filters) const;
  result<expression> moved_figure(const look_back& by, const expression& figure) const;
  result<std::vector<std::size_t>> find_keys(const group_item& item);
  result<void> find_sets(const std::vector<std::vector<std::size_t>>& items);
  void mark_keys(const std::vector<std::vector<bool>>& sets);
  result<std::uint32_t> add_aggregate(const expression& from, node_id n);
  result<std::uint32_t> aggregate_column(aggregate a);
  expression record_id();
  result<void> add_currency_check(const aggregate& a, const expression& amounts,
                                  const std::string& written);
  result<void> check_amounts(const expression& from, node_id n, const std::string& what,
                             std::vector<std::uint32_t>& checks);
  result<std::optional<std::int64_t>> count(const tree& t, std::string_view clause);

  const statement& s_;
  const policy::grants& who_;
  std::span<const expr::parameter_value> parameters_;
  const expr::moment* when_;
  expr::pace* pace_;
  std::shared_ptr<plan> plan_;
  std::vector<select_item> items_;
  std::unordered_map<std::string_view, const select_item*> named_;      // by alias
  std::unordered_multimap<std::size_t, std::size_t> known_aggregates_;  // by hash
  std::vector<bool> marks_;          // by key: it tells whether the next is rolled up
  const char* no_window_ = nullptr;  // where no window may stand now
  std::optional<std::uint32_t> period_;  // the key that priors go by
  std::vector<asked_prior> priors_;
  std::vector<bound_step> steps_;
  step_view view_;
};

inline expr::scope binder::scope(bool aggregates) {
  expr::scope in;
  in.paths = &plan_->paths;
  in.sees = [this](const schema::field& f) { return who_.sees(f); };
  in.parameters = parameters_;
  in.aggregates = aggregates;
  in.steps = !steps_.empty();
  if (aggregates) in.reached = moment_type();
  in.when = when_;
  in.pace = pace_;
  in.subselect_type = [this](std::uint32_t n) -> result<expr::type> {
    return plan_->nested[n]->columns.back().type;
  };
  return in;
}

/// An alias may be long and stand often: what has grown too large grows no more, and bound()
/// refuses it.
inline node_id binder::graft_aliased(const tree& from, node_id n, tree& to) const {
  const node& at = from.at(n);
  // The parent of children is a record's, whatever an item is called.
  if (at.what == op::call && at.fn == expr::function::of_children) return graft(from, n, to);
  if (from.at(n).what == op::path && to.nodes.size() <= expr::max_nodes)
    if (const auto item = named_.find(from.at(n).text); item != named_.end())
      return graft(item->second->what, item->second->what.root, to);
  node copy = from.at(n);
  for (node_id& child : copy.children)
    if (child != no_node) child = graft_aliased(from, child, to);
  return to.add(std::move(copy));
}

inline tree binder::with_aliases(const tree& t) const {
  tree out;
  out.root = graft_aliased(t, t.root, out);
  return out;
}

/// An item of the select may name a key by its alias, inside grouping().
inline tree binder::with_key_names(const tree& t) const {
  tree out = t;
  for (node_id n = 0; n < t.nodes.size(); ++n) {
    node& call = out.nodes[n];
    if (call.what != op::call || call.fn != expr::function::grouping || call.children.size() != 1)
      continue;
    const node_id key = graft_aliased(t, call.children[0], out);
    out.nodes[n].children[0] = key;
  }
  return subtree(out, out.root);
}

inline result<expression> binder::bound(const tree& t, bool aggregates) {
  if (t.nodes.size() > 2 * expr::max_nodes)
    return unexpected(error(errc::limit, "with what its aliases stand for the expression has more "
                                         "than " + std::to_string(expr::max_nodes) + " parts")
                          .at_offset(t.top().offset));
  result<expression> e = expr::bind(t, scope(aggregates));
  if (!e) return e;
  const auto converts = std::find_if(e->nodes.begin(), e->nodes.end(),
                                     [](const node& n) { return n.rates != nullptr; });
  if (converts != e->nodes.end()) {
    if (auto may = may_convert(who_); !may)
      return unexpected(std::move(may.error().at_offset(converts->offset)));
    plan_->converts = true;
  }
  return expr::fold(std::move(*e));
}

inline result<void> binder::bind_nested() {
  for (const statement& inner : s_.nested) {
    result<plan_ptr> p = bind(inner, who_, parameters_, when_, pace_);
    if (!p) return passed(p);
    if ((*p)->columns.size() != (inner.of_children ? 2u : 1u))  // with the parent
      return unexpected(error(errc::type_mismatch, "a select after `in` needs exactly one column")
                            .at_offset(inner.entity_offset));
    plan_->nested.push_back(std::move(*p));
  }
  return {};
}

inline result<void> binder::check_size() const {
  const auto refused = [](std::size_t most, std::string_view of, std::uint32_t offset) {
    return unexpected(error(errc::limit, "a query has at most " + std::to_string(most) + " " +
                                             std::string(of))
                          .at_offset(offset));
  };
  if (s_.items.size() > max_columns)
    return refused(max_columns, "columns", s_.items[max_columns].offset);
  std::size_t keys = 0;
  for (const group_item& item : s_.group_by)
    if ((keys += item.keys.size()) > max_keys)
      return refused(max_keys, "keys of groups", item.offset);
  if (s_.order.size() > max_keys)
    return refused(max_keys, "keys of its order", s_.order[max_keys].by.top().offset);
  if (s_.per.size() > max_keys)
    return refused(max_keys, "keys of `per`", s_.per[max_keys].top().offset);
  return {};
}

inline void binder::name_items() {
  named_.clear();
  for (const select_item& item : items_)
    if (item.named) named_.emplace(item.name, &item);
}

inline result<void> binder::bind_items() {
  items_ = s_.items;
  if (s_.all_fields)
    for (const schema::field& f : plan_->paths.root().fields())
      if (who_.sees(f)) items_.push_back({expr::path(f.name), f.name, false, 0});
  name_items();
  if (!s_.pivot.empty()) {
    if (auto r = add_pivot(); !r) return r;
    name_items();
  }
  plan_->grouped = !s_.group_by.empty() || !s_.having.empty() || !s_.funnel.empty();
  for (const select_item& item : items_) plan_->grouped |= has_aggregate(item.what);
  for (const order_item& item : s_.order)
    plan_->grouped |= has_aggregate(with_aliases(item.by));
  for (const tree& key : s_.per) plan_->grouped |= has_aggregate(with_aliases(key));
  return {};
}

/// owner = me, or owner_role in (roles below mine).
inline result<void> binder::bind_scope() {
  if (s_.scope == ownership::all) return {};
  const policy::principal& me = who_.who();
  if (me.system)
    return unexpected(error(errc::misuse, "system sight owns nothing, so `scope` needs a user")
                          .at_offset(s_.entity_offset));
  tree whose = expr::combine(op::equal, expr::path("owner"), expr::literal(me.user));
  const std::vector<id> below =
      s_.scope == ownership::team && me.role ? who_.rules().subordinates(me.role)
                                             : std::vector<id>();
  if (!below.empty())
    whose = expr::combine(op::logical_or, std::move(whose),
                          expr::in_list(expr::path("owner_role"), {below.begin(), below.end()}));
  result<expression> e = bound(whose, false);
  if (!e) return passed(e);
  plan_->filters.push_back(std::move(*e));
  return {};
}

inline result<void> binder::bind_filters() {
  if (auto r = bind_scope(); !r) return r;
  if (s_.where.empty()) return {};
  result<expression> e = bound(s_.where, false);
  if (!e) return passed(e);
  if (e->top().type.base != value_type::boolean && e->top().type.base != value_type::null)
    return unexpected(error(errc::type_mismatch, "`where` needs a condition, not " +
                                                     std::string(name(e->top().type.base)))
                          .at_offset(e->top().offset));
  for (expression& part : expr::conjuncts(*e)) plan_->filters.push_back(std::move(part));
  return {};
}

inline bool is_constant(const expression& e) {
  return std::none_of(e.nodes.begin(), e.nodes.end(),
                      [](const node& n) { return n.what == op::path; });
}

/// Adds what keys are new; gives the places of all.
inline result<std::vector<std::size_t>> binder::find_keys(const group_item& item) {
  std::vector<std::size_t> out;
  for (const tree& key : item.keys) {
    result<expression> e = bound(with_aliases(key), false);
    if (!e) return passed(e);
    if (item.how != group_item::kind::key && is_constant(*e))
      return unexpected(error(errc::parse, in_backticks(expr::print(key)) +
                                               " is the same for every record, so it has no "
                                               "totals; leave it out of `rollup` and `cube`")
                            .at_offset(key.top().offset));
    const auto known = std::find_if(plan_->keys.begin(), plan_->keys.end(),
                                    [&](const expression& k) { return same(k, *e); });
    out.push_back(static_cast<std::size_t>(known - plan_->keys.begin()));
    if (known == plan_->keys.end()) plan_->keys.push_back(std::move(*e));
  }
  return out;
}

inline result<void> binder::bind_keys() {
  std::vector<std::vector<std::size_t>> items;
  bool plain = true;
  for (const group_item& item : s_.group_by) {
    result<std::vector<std::size_t>> keys = find_keys(item);
    if (!keys) return passed(keys);
    items.push_back(std::move(*keys));
    plain = plain && item.how == group_item::kind::key;
  }
  marks_.assign(plan_->keys.size(), false);
  return plain ? result<void>() : find_sets(items);
}

/// What one element of `group by` keeps of the keys in each of its grouping sets; not all of them
/// where they are more than `most`.
inline std::vector<std::vector<bool>> sets_of(group_item::kind how,
                                              const std::vector<std::size_t>& own,
                                              std::size_t keys, std::size_t most) {
  std::vector<std::vector<bool>> out = {std::vector<bool>(keys)};
  for (std::size_t i = 0; i < own.size() && out.size() <= most; ++i) {
    const std::size_t first = how == group_item::kind::rollup ? out.size() - 1 : 0;
    const std::size_t last = out.size();
    for (std::size_t set = first; set < last; ++set) {
      if (how != group_item::kind::key) out.push_back(out[set]);
      out.back()[own[i]] = true;
    }
  }
  return out;
}

/// The grouping sets that rollup and cube stand for, each once: every choice of one set of each
/// element, together.
inline result<void> binder::find_sets(const std::vector<std::vector<std::size_t>>& items) {
  std::vector<std::vector<bool>> all = {std::vector<bool>(plan_->keys.size())};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const group_item& item = s_.group_by[i];
    const std::size_t most = max_grouping_sets / all.size();
    const auto own = sets_of(item.how, items[i], plan_->keys.size(), most);
    if (own.size() > most)
      return unexpected(error(errc::limit, "`group by` makes more than " +
                                               std::to_string(max_grouping_sets) +
                                               " grouping sets; use fewer keys in `rollup` and "
                                               "`cube`")
                            .at_offset(item.offset));
    std::vector<std::vector<bool>> both;
    for (const std::vector<bool>& a : all)
      for (std::vector<bool> set : own) {
        for (std::size_t k = 0; k < set.size(); ++k) set[k] = set[k] || a[k];
        if (std::find(both.begin(), both.end(), set) == both.end()) both.push_back(std::move(set));
      }
    all = std::move(both);
  }
  if (all.size() > 1) mark_keys(all);
  return {};
}

/// A key that some set leaves out gets a mark before it, itself a key, since a null may be the
/// key's own.
inline void binder::mark_keys(const std::vector<std::vector<bool>>& sets) {
  std::vector<expression> keys = std::exchange(plan_->keys, {});
  plan_->sets.resize(sets.size());
  marks_.clear();
  for (std::size_t k = 0; k < keys.size(); ++k) {
    const bool rolled =
        std::any_of(sets.begin(), sets.end(), [k](const auto& set) { return !set[k]; });
    for (std::size_t s = 0; s < sets.size(); ++s) {
      if (rolled) plan_->sets[s].emplace_back(value(sets[s][k] ? 0 : 1));
      plan_->sets[s].push_back(sets[s][k] ? std::nullopt : std::optional(value()));
    }
    if (rolled) {
      expression mark = expr::literal(value(0));
      mark.nodes[mark.root].type = {.base = value_type::integer};
      plan_->keys.push_back(std::move(mark));
      marks_.push_back(true);
    }
    plan_->keys.push_back(std::move(keys[k]));
    marks_.push_back(false);
  }
}

inline result<std::uint32_t> binder::aggregate_column(aggregate a) {
  std::size_t key = expr::hash(a.argument) ^ expr::hash(a.filter) * 3;
  for (const expression& e : a.by) key = key * 5 ^ expr::hash(e);
  const auto [first, last] = known_aggregates_.equal_range(key);
  for (auto known = first; known != last; ++known) {
    const std::size_t i = known->second;
    const aggregate& b = plan_->aggregates[i];
    if (a.fn == b.fn && a.distinct == b.distinct && a.type == b.type &&
        same(a.argument, b.argument) && same(a.filter, b.filter) && same(a.by, b.by))
      return static_cast<std::uint32_t>(plan_->keys.size() + i);
  }
  if (plan_->aggregates.size() >= max_aggregates)
    return unexpected(errc::limit, "a query has at most " + std::to_string(max_aggregates) +
                                       " aggregates");
  known_aggregates_.emplace(key, plan_->aggregates.size());
  plan_->aggregates.push_back(std::move(a));
  return static_cast<std::uint32_t>(plan_->keys.size() + plan_->aggregates.size() - 1);
}

/// The paths that an expression reads otherwise than to convert what they hold.
inline std::vector<std::uint32_t> unconverted(const expression& e) {
  std::vector<std::uint32_t> out;
  std::vector<node_id> open = {e.root};
  while (!open.empty()) {
    const node& n = e.at(open.back());
    open.pop_back();
    if (n.what == op::path) out.push_back(n.index);
    if (n.rates) continue;
    for (node_id child : n.children)
      if (child != no_node) open.push_back(child);
  }
  std::reverse(out.begin(), out.end());  // as they are written
  return out;
}

/// `amounts`: the aggregate's argument, or one of what it goes by.
inline result<void> binder::add_currency_check(const aggregate& a, const expression& amounts,
                                               const std::string& written) {
  currency_check check{{}, written};
  if (!amounts.top().type.in.empty()) return {};  // it is in one currency, whatever it is made of
  for (std::uint32_t read : unconverted(amounts)) {
    const expr::bound_path& amount = plan_->paths.entries()[read];
    if (amount.last().type != schema::kind::money) continue;
    expr::bound_path in = amount;
    const schema::entity& of = *amount.last().of;
    in.steps.back() = &of.at(of.currency_slot());
    // currency filter (where <the aggregate's filter> and <the amounts> is not null)
    expression at;
    node path;
    path.what = op::path;
    path.index = plan_->paths.add(in);
    path.type = {.base = value_type::text};
    path.text = in.last().name;
    at.root = at.add(path);
    expression only = subtree(amounts, amounts.root);
    node there;
    there.what = op::is_not_null;
    there.type.base = value_type::boolean;
    there.children = {only.root};
    only.root = only.add(there);
    if (!a.filter.empty()) {
      node both;
      both.what = op::logical_and;
      both.type.base = value_type::boolean;
      both.children = {graft(a.filter, a.filter.root, only), only.root};
      only.root = only.add(both);
    }
    for (expr::function fn : {expr::function::min, expr::function::max}) {
      auto column = aggregate_column({fn, false, at, only, {.base = value_type::text}, {}});
      if (!column) return passed(column);
      check.columns.push_back(*column);
    }
  }
  if (!check.columns.empty()) plan_->checks.push_back(std::move(check));
  return {};
}

inline result<std::uint32_t> binder::add_aggregate(const expression& from, node_id n) {
  const node& call = from.at(n);
  aggregate a;
  a.fn = call.fn;
  a.distinct = call.distinct;
  a.type = call.type;
  if (!call.children.empty()) a.argument = subtree(from, call.children[0]);
  if (call.children.size() > 1) a.filter = subtree(from, call.children[1]);
  for (std::size_t i = 2; i < call.children.size(); ++i)
    a.by.push_back(subtree(from, call.children[i]));
  if (expr::goes_by(a.fn)) a.by.push_back(record_id());  // ties have one end on every store
  const std::size_t before = plan_->aggregates.size();
  const result<std::uint32_t> column = aggregate_column(a);
  if (!column) return unexpected(error(column.error()).at_offset(call.offset));
  if (plan_->aggregates.size() == before || a.fn == expr::function::count) return column;
  const std::string written = expr::print(subtree(from, n));
  // first and last show one record's amount, and compare those that they go by.
  if (expr::goes_by(a.fn)) {
    for (const expression& key : a.by)
      if (key.top().type.money)
        if (auto ok = add_currency_check(a, key, written); !ok) return passed(ok);
  } else if (a.argument.top().type.money) {
    if (auto ok = add_currency_check(a, a.argument, written); !ok) return passed(ok);
  }
  return column;
}

inline expression binder::record_id() {
  const schema::field& key = plan_->paths.root().at(schema::system_slot::id);
  expression e;
  node n;
  n.what = op::path;
  n.text = key.name;
  n.index = plan_->paths.add({{&key}});
  n.type = {.base = value_type::reference, .target = &plan_->paths.root()};
  e.root = e.add(std::move(n));
  return e;
}

inline result<node_id> binder::lower(const expression& from, node_id n, tree& to) {
  node copy = from.at(n);
  const auto column = [&](std::uint32_t index) {
    node c;
    c.what = op::column;
    c.index = index;
    c.type = copy.type;
    c.offset = copy.offset;
    c.text = copy.text;
    return to.add(std::move(c));
  };
  for (std::size_t k = 0; k < plan_->keys.size(); ++k)
    if (!marks_[k] && same(from, n, plan_->keys[k], plan_->keys[k].root))
      return column(static_cast<std::uint32_t>(k));
  if (copy.what == op::call && copy.fn == expr::function::grouping)
    return lower_grouping(from, n, to);
  if (copy.what == op::call && expr::is_window(copy.fn)) return lower_window(from, n, to);
  if (copy.what == op::call && expr::looks_back(copy.fn)) return lower_prior(from, n, to);
  if (copy.what == op::call && (expr::is_of_steps(copy.fn) || expr::is_reached(copy.fn)))
    return lower_of_steps(from, n, to);
  if (copy.what == op::aggregate && !steps_.empty()) return stepped(from, n, to);
  if (copy.what == op::aggregate) {
    result<std::uint32_t> added = add_aggregate(from, n);
    if (!added) return passed(added);
    return column(*added);
  }
  if (copy.what == op::path)
    return unexpected(error(errc::parse, in_backticks(copy.text) +
                                             " is neither grouped nor inside an aggregate; add it "
                                             "to `group by` or aggregate it")
                          .at_offset(copy.offset));
  for (node_id& child : copy.children) {
    if (child == no_node) continue;
    result<node_id> c = lower(from, child, to);
    if (!c) return c;
    child = *c;
  }
  return to.add(std::move(copy));
}

inline result<node_id> binder::lower_grouping(const expression& from, node_id n, tree& to) {
  const node_id asked = from.at(n).children[0];
  node out;
  out.type = {.base = value_type::integer};
  out.offset = from.at(n).offset;
  for (std::size_t k = 0; k < plan_->keys.size(); ++k) {
    const expression& key = plan_->keys[k];
    if (marks_[k] || !same(from, asked, key, key.root)) continue;
    out.content = value(0);
    if (k > 0 && marks_[k - 1]) {
      out.what = op::column;
      out.index = static_cast<std::uint32_t>(k - 1);
    }
    return to.add(std::move(out));
  }
  const std::string written = expr::print(subtree(from, asked));
  nearest_name near(written);
  for (std::size_t k = 0; k < plan_->keys.size(); ++k)
    if (!marks_[k]) near.offer(expr::print(plan_->keys[k]));
  return unexpected(error(errc::parse, "`grouping` takes a key of `group by`, not " +
                                           in_backticks(written) + near.hint())
                        .at_offset(from.at(asked).offset));
}

inline result<node_id> binder::lower_window(const expression& from, node_id n, tree& to) {
  const node& call = from.at(n);
  const std::string called(expr::name(call.fn));
  if (no_window_)
    return unexpected(error(errc::parse, "`" + called + "` may not stand in " + no_window_)
                          .at_offset(call.offset));
  window w;
  if (call.fn == expr::function::retention) {
    result<std::uint32_t> age =
        only_key(expr::function::periods_between,
                 "`retention` compares with period 0, so `group by` needs one key "
                 "`periods_between(…)`",
                 call.offset);
    if (!age) return passed(age);
    w.age = *age;
  }
  w.fn = call.fn;
  w.type = call.type;
  w.what = expr::print(subtree(from, n));
  no_window_ = "another such call";
  result<node_id> root = lower(from, call.children[0], w.argument);
  no_window_ = nullptr;
  if (!root) return root;
  w.argument.root = *root;
  if (from.at(call.children[0]).type.money)
    if (auto ok = check_amounts(from, call.children[0], w.what, w.checks); !ok) return passed(ok);
  if (plan_->windows.size() >= max_aggregates)
    return unexpected(error(errc::limit, "a query has at most " + std::to_string(max_aggregates) +
                                             " shares and running sums")
                          .at_offset(call.offset));
  std::size_t at = 0;
  const auto alike = [&w](const window& o) {
    return o.fn == w.fn && o.type == w.type && same(o.argument, w.argument);
  };
  while (at < plan_->windows.size() && !alike(plan_->windows[at])) ++at;
  if (at == plan_->windows.size()) plan_->windows.push_back(std::move(w));
  node out;
  out.what = op::column;
  out.index = open_windows + static_cast<std::uint32_t>(at);
  out.type = call.type;
  out.offset = call.offset;
  return to.add(std::move(out));
}

/// Finds the currencies of all amounts that go into a figure of several groups.
inline result<void> binder::check_amounts(const expression& from, node_id n,
                                          const std::string& what,
                                          std::vector<std::uint32_t>& checks) {
  const node& at = from.at(n);
  if (at.what == op::call && expr::looks_back(at.fn)) {
    result<std::uint32_t> number = prior_of(from, n);
    if (!number) return passed(number);
    const std::vector<std::uint32_t>& own = priors_[*number].checks;
    checks.insert(checks.end(), own.begin(), own.end());
    return {};
  }
  const bool amount = at.type.money && (at.what == op::aggregate || at.what == op::path);
  if (!amount) {
    if (at.what != op::aggregate)
      for (node_id child : at.children)
        if (child != no_node)
          if (auto ok = check_amounts(from, child, what, checks); !ok) return ok;
    return {};
  }
  aggregate a;
  if (at.what == op::path) {
    a.argument = subtree(from, n);
  } else {
    a.argument = subtree(from, at.children[0]);
    if (at.children[1] != no_node) a.filter = subtree(from, at.children[1]);
  }
  if (!steps_.empty()) a.filter = both(a.filter, reached_from(0));
  const std::size_t before = plan_->checks.size();
  if (auto ok = add_currency_check(a, a.argument, what); !ok) return ok;
  if (plan_->checks.size() > before) checks.push_back(static_cast<std::uint32_t>(before));
  return {};
}

inline result<expression> binder::lowered(const expression& e) {
  if (!plan_->grouped) return e;
  tree out;
  result<node_id> root = lower(e, e.root, out);
  if (!root) return passed(root);
  out.root = *root;
  return out;
}

inline result<void> binder::bind_outputs() {
  for (const select_item& item : items_) {
    result<expression> e = bound(with_key_names(item.what), true);
    if (!e) return passed(e);
    column_info info{item.name, e->top().type, nullptr};
    if (e->top().what == op::path) info.field = &plan_->paths.entries()[e->top().index].last();
    result<expression> out = lowered(*e);
    if (!out) return passed(out);
    plan_->outputs.push_back(std::move(*out));
    plan_->columns.push_back(std::move(info));
  }
  if (s_.having.empty()) return {};
  no_window_ = "`having`";
  result<expression> e = bound(with_aliases(s_.having), true);
  if (!e) return passed(e);
  if (e->top().type.base != value_type::boolean && e->top().type.base != value_type::null)
    return unexpected(error(errc::type_mismatch, "`having` needs a condition")
                          .at_offset(e->top().offset));
  result<expression> out = lowered(*e);
  if (!out) return passed(out);
  no_window_ = nullptr;
  plan_->having = std::move(*out);
  return {};
}

inline result<void> binder::bind_order() {
  for (const order_item& item : s_.order) {
    result<expression> e = bound(with_aliases(item.by), true);
    if (!e) return passed(e);
    result<expression> out = lowered(*e);
    if (!out) return passed(out);
    for (const node& n : out->nodes)
      if (n.what == op::column && n.index >= open_windows &&
          plan_->windows[n.index - open_windows].fn == expr::function::running_sum)
        return unexpected(error(errc::parse, "`running_sum` follows the order and may not stand in "
                                             "`order by`")
                              .at_offset(n.offset));
    const bool first = item.nulls == nulls::by_direction ? !item.descending
                                                         : item.nulls == nulls::first;
    plan_->order.push_back({std::move(*out), item.descending, first});
  }
  break_ties();
  return {};
}

/// One answer everywhere includes its order: rows end in id order, groups in that of their keys.
inline void binder::break_ties() {
  const auto add = [this](expression e) {
    for (const order_key& k : plan_->order)
      if (same(k.by, k.by.root, e, e.root)) return;
    plan_->order.push_back({std::move(e), false, true});
  };
  if (!plan_->grouped) return add(record_id());
  for (std::size_t k = 0; k < plan_->keys.size(); ++k) {
    expression e;
    node n;
    n.what = op::column;
    n.index = static_cast<std::uint32_t>(k);
    n.type = plan_->keys[k].top().type;
    n.text = plan_->keys[k].top().text;
    e.root = e.add(std::move(n));
    add(std::move(e));
  }
  if (steps_.empty()) return;
  expression step;
  node n;
  n.type = {.base = value_type::integer};
  step.root = step_column({}, n, step);
  add(std::move(step));
}

inline result<void> binder::bind_per() {
  no_window_ = "`per`";
  for (const tree& key : s_.per) {
    result<expression> e = bound(with_aliases(key), true);
    if (!e) return passed(e);
    result<expression> out = lowered(*e);
    if (!out) return passed(out);
    plan_->per.push_back(std::move(*out));
  }
  return {};
}

/// Priors stand behind all aggregates, and windows behind those, once they are known.
inline void binder::place_columns() {
  if (plan_->windows.empty() && plan_->priors.empty() && plan_->stepped.empty()) return;
  const auto steps = static_cast<std::uint32_t>(first_stepped(*plan_));
  const auto priors = static_cast<std::uint32_t>(first_prior(*plan_));
  const auto windows = static_cast<std::uint32_t>(first_window(*plan_));
  const auto placed = [=](std::uint32_t index) {
    return index >= open_windows  ? index - open_windows + windows
           : index >= open_priors ? index - open_priors + priors
           : index >= open_steps  ? index - open_steps + steps
                                  : index;
  };
  const auto place = [&](expression& e) {
    for (node& n : e.nodes)
      if (n.what == op::column) n.index = placed(n.index);
  };
  for (expression& e : plan_->outputs) place(e);
  for (order_key& k : plan_->order) place(k.by);
  for (expression& e : plan_->per) place(e);
  for (window& w : plan_->windows) place(w.argument);
  place(plan_->having);
  for (currency_check& check : plan_->checks)
    for (std::uint32_t& column : check.columns) column = placed(column);
}

inline result<std::optional<std::int64_t>> binder::count(const tree& t, std::string_view clause) {
  if (t.empty()) return std::optional<std::int64_t>();
  result<expression> e = bound(t, false);
  if (!e) return passed(e);
  const value& v = e->top().content;
  if (e->top().what == op::literal && v.type() == value_type::integer && v.as_integer() >= 0)
    return std::optional<std::int64_t>(v.as_integer());
  return unexpected(error(errc::type_mismatch,
                          "`" + std::string(clause) + "` needs a whole number of at least 0")
                        .at_offset(t.top().offset));
}

inline result<void> binder::bind_counts() {
  auto limit = count(s_.limit, "limit");
  if (!limit) return passed(limit);
  auto offset = count(s_.offset, "offset");
  if (!offset) return passed(offset);
  auto most_per = count(s_.most_per, "limit");
  if (!most_per) return passed(most_per);
  plan_->most_per = most_per->value_or(0);
  plan_->limit = *limit;
  plan_->offset = *offset;
  return {};
}

/// A page is asked for with one row more, which tells whether there is another page, and with the
/// values of its order, which the next page stands behind.
inline result<void> binder::bind_after() {
  if (s_.after.empty()) return {};
  const node& named = s_.after.top();
  const auto refused = [&](errc code, const std::string& why) {
    return unexpected(error(code, why).at_offset(named.offset));
  };
  if (plan_->offset || !s_.per.empty() || !plan_->windows.empty())
    return refused(errc::parse, std::string("`after` goes on behind a row, which ") +
                                    (plan_->offset         ? "`offset`"
                                     : !s_.per.empty()     ? "`limit … per`"
                                                           : "`share` and `running_sum`") +
                                    " cannot; leave one of them out");
  if (*plan_->limit < 1 || *plan_->limit > max_page_rows)
    return refused(errc::limit, "a page has 1 to " + std::to_string(max_page_rows) + " rows");
  ++*plan_->limit;
  for (const order_key& k : plan_->order) {
    plan_->outputs.push_back(k.by);
    plan_->columns.push_back({.name = {}, .type = k.by.top().type, .hidden = true});
  }
  const auto given = std::find_if(parameters_.begin(), parameters_.end(),
                                  [&](const auto& p) { return p.name == named.text; });
  if (given == parameters_.end())
    return refused(errc::unknown_name, "no value given for parameter " +
                                           in_backticks(":" + named.text) +
                                           "; null asks for the first page");
  if (!given->is_list && given->content.is_null()) return {};
  if (!given->is_list || !fits(plan_->order, given->list))
    return refused(errc::invalid_argument, std::string(no_cursor));
  if (plan_->grouped)
    plan_->having = both(std::move(plan_->having), behind(plan_->order, given->list));
  else
    for (expression& part : conjuncts_behind(plan_->order, given->list))
      plan_->filters.push_back(std::move(part));
  return {};
}

/// Each distinct chain of references becomes one join, parents before children.
inline result<void> binder::find_joins() {
  plan& p = *plan_;
  p.joins.push_back({0, nullptr, &p.paths.root()});
  for (const expr::bound_path& path : p.paths.entries()) {
    std::uint32_t at = 0;
    for (std::size_t i = 0; i + 1 < path.steps.size(); ++i) {
      const schema::field* via = path.steps[i];
      std::uint32_t next = 0;
      for (std::uint32_t j = 1; j < p.joins.size() && next == 0; ++j)
        if (p.joins[j].parent == at && p.joins[j].via == via) next = j;
      if (next == 0) {
        if (p.joins.size() > max_joins)
          return unexpected(error(errc::limit, "the paths of a query follow more than " +
                                                   std::to_string(max_joins) + " references")
                                .at_offset(s_.entity_offset));
        next = static_cast<std::uint32_t>(p.joins.size());
        p.joins.push_back({at, via, via->target_entity});
      }
      at = next;
    }
    p.sources.push_back({at, path.last().slot});
  }
  return {};
}

/// Whatever a store takes on itself, a rate is missing for the records alone that all other
/// conditions keep.
inline void binder::convert_last() {
  std::stable_partition(plan_->filters.begin(), plan_->filters.end(), [](const expression& e) {
    return std::none_of(e.nodes.begin(), e.nodes.end(),
                        [](const node& n) { return n.rates != nullptr; });
  });
}

inline result<plan_ptr> binder::run(const schema::entity& root) {
  plan_ = std::make_shared<plan>(root);
  plan_->catalog = who_.catalog();
  plan_->standing = s_.standing;
  if (auto r = check_size(); !r) return passed(r);
  if (auto r = bind_nested(); !r) return passed(r);
  if (auto r = bind_items(); !r) return passed(r);
  if (auto r = bind_filters(); !r) return passed(r);
  if (auto r = bind_funnel(); !r) return passed(r);
  if (auto r = bind_keys(); !r) return passed(r);
  if (auto r = bind_outputs(); !r) return passed(r);
  if (auto r = bind_order(); !r) return passed(r);
  if (auto r = bind_per(); !r) return passed(r);
  if (auto r = bind_counts(); !r) return passed(r);
  if (auto r = bind_after(); !r) return passed(r);
  if (auto r = bind_gaps(); !r) return passed(r);
  if (auto r = bind_earlier(); !r) return passed(r);
  place_columns();
  if (auto r = find_joins(); !r) return passed(r);
  convert_last();
  return plan_ptr(plan_);
}

}  // namespace detail_bind

GUANXI_INLINE result<plan_ptr> bind(const statement& s, const policy::grants& who,
                                    std::span<const expr::parameter_value> parameters,
                                    const expr::moment* when, expr::pace* pace) {
  for (const select_item& item : s.items)
    if (item.what.top().what == expr::op::subselect &&
        !is_figure(s.nested[item.what.top().index]))
      return unexpected(error(errc::unsupported, "a select of children stands among what the "
                                                 "query itself selects, not inside `in`")
                            .at_offset(item.offset));
  const schema::entity* root = who.catalog()->find(s.entity);
  if (!root || !who.of(*root).may_read)
    return unexpected(unknown_entity(s.entity, who).at_offset(s.entity_offset));
  if (!asks_of_children(s))
    return detail_bind::binder(s, who, parameters, when, pace).run(*root);
  result<statement> plain = without_quantifiers(s, who, *root);
  if (!plain) return passed(plain);
  return detail_bind::binder(*plain, who, parameters, when, pace).run(*root);
}

}  // namespace guanxi::query

#include "guanxi/query/bind_earlier-inl.hpp"
#include "guanxi/query/bind_funnel-inl.hpp"
#include "guanxi/query/bind_pivot-inl.hpp"
