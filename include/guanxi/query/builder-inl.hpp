#pragma once

#include "guanxi/expr/print.hpp"
#include "guanxi/query/builder.hpp"

#include <limits>
#include <utility>

namespace guanxi::query::builder {

namespace detail_builder {

[[noreturn]] inline void misused(std::string why) {
  throw failure(error(errc::misuse, std::move(why)));
}

inline bool counts_nested(expr::op what) noexcept {
  return what == expr::op::subselect || expr::is_quantifier(what);
}

/// Moves the numbers of nested selects behind those that are there already.
inline void renumber(expr::tree& t, std::size_t behind) {
  for (expr::node& n : t.nodes)
    if (counts_nested(n.what)) n.index += static_cast<std::uint32_t>(behind);
}

inline void take_nested(std::vector<statement>& into, piece& from) {
  renumber(from.tree, into.size());
  for (statement& s : from.nested) into.push_back(std::move(s));
  from.nested.clear();
}

/// The entity of the fields of both.
inline std::uint32_t common(std::uint32_t a, std::uint32_t b) {
  if (a && b && a != b)
    misused("fields of two entities stand in one query; reach the other by a path, as in "
            "path(opportunity::account, account::name)");
  return a ? a : b;
}

GUANXI_INLINE piece literal(value v) { return {.tree = expr::literal(std::move(v))}; }

GUANXI_INLINE piece field(std::string_view path, std::uint32_t of, std::uint32_t target) {
  if (path.empty()) misused("a field without a name; name it by field(\"…\")");
  return {.tree = expr::path(path), .nested = {}, .of = of, .target = target};
}

GUANXI_INLINE piece parameter(std::string_view name) { return {.tree = expr::parameter(name)}; }

GUANXI_INLINE piece walked(std::vector<piece> steps) {
  std::string text;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const expr::node& n = steps[i].tree.top();
    if (n.what != expr::op::path) misused("a path is made of fields");
    if (i) {
      const std::uint32_t reached = steps[i - 1].target;
      if (reached && steps[i].of && reached != steps[i].of)
        misused("the path " + in_backticks(text) + " leads to another entity than that of `" +
                n.text + "`");
      text += '.';
    }
    text += n.text;
  }
  return field(text, steps.front().of, steps.back().target);
}

GUANXI_INLINE piece unary(expr::op what, piece a) {
  a.tree = expr::unary(what, std::move(a.tree));
  a.target = 0;
  return a;
}

GUANXI_INLINE piece combined(expr::op what, piece a, piece b) {
  a.of = common(a.of, b.of);
  a.target = 0;
  take_nested(a.nested, b);
  a.tree = expr::combine(what, std::move(a.tree), std::move(b.tree));
  return a;
}

inline bool is_null_literal(const piece& p) {
  return p.tree.top().what == expr::op::literal && p.tree.top().content.is_null();
}

GUANXI_INLINE piece compared(expr::op what, piece a, piece b, currency in) {
  using expr::op;
  if (what == op::equal || what == op::not_equal) {
    const op test = what == op::equal ? op::is_null : op::is_not_null;
    if (is_null_literal(b)) return unary(test, std::move(a));
    if (is_null_literal(a)) return unary(test, std::move(b));
  }
  if (in.empty()) return combined(what, std::move(a), std::move(b));
  const piece& amount = a.tree.top().what == op::path ? a : b;
  const expr::node& n = amount.tree.top();
  if (n.what != op::path)
    misused("an amount with a currency compares with a field; compare a figure with a decimal, and "
            "the currency beside it");
  piece priced = field(n.text.substr(0, n.text.rfind('.') + 1) + "currency", amount.of, 0);
  priced = combined(op::equal, std::move(priced), literal(value(in.text())));
  const op inner = what == op::not_equal ? op::equal : what;
  piece both = combined(op::logical_and, combined(inner, std::move(a), std::move(b)),
                        std::move(priced));
  return what == op::not_equal ? unary(op::logical_not, std::move(both)) : both;
}

GUANXI_INLINE piece joined(expr::node over, std::vector<piece> parts) {
  piece out;
  for (piece& p : parts) {
    out.of = common(out.of, p.of);
    take_nested(out.nested, p);
    over.children.push_back(expr::graft(p.tree, p.tree.root, out.tree));
  }
  out.tree.root = out.tree.add(std::move(over));
  return out;
}

GUANXI_INLINE piece called(expr::function fn, std::vector<piece> parts) {
  expr::node n;
  n.what = expr::op::call;
  n.fn = fn;
  return joined(std::move(n), std::move(parts));
}

GUANXI_INLINE piece aggregated(expr::function fn, std::vector<piece> parts) {
  expr::node n;
  n.what = expr::op::aggregate;
  n.fn = fn;
  piece out = joined(std::move(n), std::move(parts));
  std::vector<expr::node_id>& children = out.tree.nodes[out.tree.root].children;
  if (children.empty()) children.push_back(expr::no_node);
  children.insert(children.begin() + 1, expr::no_node);
  return out;
}

GUANXI_INLINE piece filtered(piece aggregate, piece condition) {
  aggregate.of = common(aggregate.of, condition.of);
  take_nested(aggregate.nested, condition);
  expr::tree& t = aggregate.tree;
  expr::node n = std::move(t.nodes[t.root]);
  t.nodes.pop_back();  // it was the last to be added
  expr::node_id added = expr::graft(condition.tree, condition.tree.root, t);
  if (n.children[1] != expr::no_node) {
    expr::node both;
    both.what = expr::op::logical_and;
    for (expr::node_id part : {n.children[1], added}) {
      const expr::node& old = t.nodes[part];
      if (old.what == expr::op::logical_and)
        both.children.insert(both.children.end(), old.children.begin(), old.children.end());
      else
        both.children.push_back(part);
    }
    added = t.add(std::move(both));
  }
  n.children[1] = added;
  t.root = t.add(std::move(n));
  return aggregate;
}

GUANXI_INLINE piece converted_at(piece conversion, piece day) {
  conversion.of = common(conversion.of, day.of);
  take_nested(conversion.nested, day);
  expr::tree& t = conversion.tree;
  expr::node n = std::move(t.nodes[t.root]);
  t.nodes.pop_back();  // it was the last to be added
  n.children.resize(2);
  n.children.push_back(expr::graft(day.tree, day.tree.root, t));
  t.root = t.add(std::move(n));
  t = expr::subtree(t, t.root);  // without the day of an earlier call
  return conversion;
}

GUANXI_INLINE piece or_null(piece conversion) {
  conversion.tree.nodes[conversion.tree.root].text = "null";
  return conversion;
}

GUANXI_INLINE piece membership(expr::op what, piece a, std::vector<piece> set) {
  expr::node n;
  n.what = what;
  set.insert(set.begin(), std::move(a));
  return joined(std::move(n), std::move(set));
}

GUANXI_INLINE piece quantified(expr::op what, std::string_view children, piece condition) {
  statement inner;
  inner.where = std::move(condition.tree);
  inner.nested = std::move(condition.nested);
  expr::node n;
  n.what = what;
  n.text = children;
  piece out = joined(std::move(n), {});
  out.nested.push_back(std::move(inner));
  return out;
}

GUANXI_INLINE piece ranged(std::string_view word, std::vector<piece> n) {
  const auto known = expr::range_named(word);
  if (!known)
    throw failure(error(errc::unknown_name, "no range of dates " + in_backticks(word) +
                                                expr::range_hint(word)));
  if (known->counted == n.empty())
    misused("the range " + in_backticks(word) +
            (n.empty() ? " needs a number" : " takes no number"));
  expr::node over;
  over.what = expr::op::call;
  over.fn = expr::function::range;
  over.text = word;
  return joined(std::move(over), std::move(n));
}

GUANXI_INLINE piece nested(const statement& s) {
  expr::node n;
  n.what = expr::op::subselect;
  piece out = joined(std::move(n), {});
  out.nested.push_back(s);
  return out;
}

GUANXI_INLINE piece figure(const statement& children) {
  if (!children.of_children)
    misused("a figure is of children; say which by from_children(\"…\")");
  return nested(children);
}

GUANXI_INLINE void distinct(piece& aggregate) {
  aggregate.tree.nodes[aggregate.tree.root].distinct = true;
}

GUANXI_INLINE value whole_number(std::uint64_t x) {
  if (x > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    throw failure(error(errc::overflow, "a number of a query has 64 bits, one of them its sign"));
  return static_cast<std::int64_t>(x);
}

}  // namespace detail_builder

/// A piece of this query, its selects with it: checks whose fields it has and whether selects may
/// stand there.
GUANXI_INLINE piece selection::own(piece p, bool may_nest) {
  of_ = detail_builder::common(of_, p.of);
  if (!may_nest && !p.nested.empty())
    detail_builder::misused("no select and no condition on children may be a limit or a moment");
  detail_builder::take_nested(s_.nested, p);
  return p;
}

GUANXI_INLINE selection& selection::from(std::string_view entity) {
  of_ = detail_builder::common(of_, schema::entity_tag(entity));
  s_.entity = entity;
  return *this;
}

GUANXI_INLINE selection& selection::from_children(std::string_view path) {
  s_.entity = path;
  s_.of_children = true;
  return *this;
}

GUANXI_INLINE selection& selection::add_branch(query::statement children, std::string name) {
  if (!children.of_children)
    detail_builder::misused("a select among the items of another is about its children; say which "
                            "by from_children(\"…\")");
  select_item item;
  item.named = !name.empty();
  item.name = item.named ? std::move(name)
                         : children.entity.substr(children.entity.rfind('.') + 1);
  expr::node n;
  n.what = expr::op::subselect;
  n.index = static_cast<std::uint32_t>(s_.nested.size());
  item.what.root = item.what.add(std::move(n));
  s_.nested.push_back(std::move(children));
  s_.items.push_back(std::move(item));
  return *this;
}

GUANXI_INLINE selection& selection::among(query::standing which) {
  if (which == standing::all)
    detail_builder::misused("no query asks for deleted records and others at once");
  s_.standing = which;
  return *this;
}

GUANXI_INLINE selection& selection::scope(ownership whose) {
  s_.scope = whose;
  return *this;
}

GUANXI_INLINE const query::statement& selection::statement() const {
  if (s_.entity.empty()) detail_builder::misused("the query needs a from()");
  return s_;
}

GUANXI_INLINE selection& selection::add_item(piece what, std::string name) {
  piece p = own(std::move(what));
  const bool named = !name.empty();
  if (!named) name = name_of(p.tree, s_);
  s_.items.push_back({std::move(p.tree), std::move(name), named, 0});
  return *this;
}

GUANXI_INLINE selection& selection::add_all_fields() {
  s_.all_fields = true;
  return *this;
}

GUANXI_INLINE void selection::add_condition(expr::tree& into, piece p) {
  p = own(std::move(p));
  into = into.empty() ? std::move(p.tree)
                      : expr::combine(expr::op::logical_and, std::move(into), std::move(p.tree));
}

GUANXI_INLINE selection& selection::add_where(piece p) {
  add_condition(s_.where, std::move(p));
  return *this;
}

GUANXI_INLINE selection& selection::add_having(piece p) {
  add_condition(s_.having, std::move(p));
  return *this;
}

GUANXI_INLINE selection& selection::add_as_of(piece p) {
  s_.as_of = own(std::move(p), false).tree;
  return *this;
}

GUANXI_INLINE selection& selection::add_limit(piece p) {
  s_.limit = own(std::move(p), false).tree;
  return *this;
}

GUANXI_INLINE selection& selection::after(std::string_view parameter) {
  s_.after = expr::parameter(parameter);
  return *this;
}

GUANXI_INLINE selection& selection::add_offset(piece p) {
  s_.offset = own(std::move(p), false).tree;
  return *this;
}

GUANXI_INLINE selection& selection::add_per(std::vector<piece> keys) {
  if (s_.limit.empty()) detail_builder::misused("per() goes behind the limit() that it is for");
  s_.most_per = std::exchange(s_.limit, {});
  s_.per.clear();
  for (piece& key : keys) s_.per.push_back(own(std::move(key)).tree);
  return *this;
}

GUANXI_INLINE selection& selection::add_keys(group_item::kind how, std::vector<piece> keys) {
  group_item item;
  item.how = how;
  for (piece& key : keys) item.keys.push_back(own(std::move(key)).tree);
  s_.group_by.push_back(std::move(item));
  return *this;
}

GUANXI_INLINE std::vector<select_item> selection::own_items(const std::vector<named_item>& items) {
  std::vector<select_item> out;
  for (const named_item& item : items) {
    piece p = own(item.what);
    const bool named = !item.name.empty();
    std::string name = named ? item.name : name_of(p.tree, s_);
    out.push_back({std::move(p.tree), std::move(name), named, 0});
  }
  return out;
}

GUANXI_INLINE selection& selection::add_pivot(const std::vector<named_item>& figures, piece of,
                                              const std::vector<named_item>& values) {
  if (figures.empty() || values.empty())
    detail_builder::misused("pivot() takes at least one figure and one value");
  s_.pivot = {own_items(figures), own(std::move(of)).tree, own_items(values), 0};
  return *this;
}

GUANXI_INLINE selection& selection::add_funnel(const std::vector<named_item>& steps) {
  if (steps.empty()) detail_builder::misused("funnel() takes at least one step");
  s_.funnel = {own_items(steps), 0};
  return *this;
}

GUANXI_INLINE selection& selection::fill_gaps() {
  s_.fill_gaps = true;
  return *this;
}

GUANXI_INLINE selection& selection::add_key(ordering o) {
  s_.order.push_back({own(std::move(o.by)).tree, o.descending, o.nulls});
  return *this;
}

}  // namespace guanxi::query::builder
