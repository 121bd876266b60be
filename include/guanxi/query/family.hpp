// Selects of children as statements of their own: what stands in the select of accounts as
// (select name from contacts order by name limit 3) is, for all accounts at once,
// select name, account from contact where account in (…) order by name limit 3 per account.
//
//   family f = family_of(s).value();   f.parents   f.branches[0].of_these(relation, "keys")
//
// Thread rule: functions of their arguments.
#pragma once

#include "guanxi/query/children.hpp"

namespace guanxi::query {

/// One select of children.
struct branch {
  std::size_t column = 0;      ///< of the answer around it, where `parents` has the parents' ids
  std::string parent;          ///< the path to the parent: `id`, or `account`
  std::string children;        ///< the word for its children: `contacts`
  std::uint32_t offset = 0;    ///< of the select
  std::uint32_t named_at = 0;  ///< where its children are named
  bool single = false;         ///< it gives one value for each parent: an aggregate without groups
  statement what;              ///< without an entity

  /// The statement for the parents whose ids the list parameter `keys` has. Its column of the
  /// parents is the first if it selects all fields, else the last.
  statement of_these(const schema::entity& of, std::string_view via, std::string_view keys) const;
  /// What a parent without children gets, as the one row of a statement about nothing.
  statement of_none(const schema::entity& of) const;
};

struct family {
  statement parents;  ///< in the place of each branch the parent's id
  std::vector<branch> branches;
};

namespace detail_family {

using expr::node;
using expr::op;
using expr::tree;

inline unexpected refused(std::string why, std::uint32_t offset) {
  return unexpected(error(errc::unsupported, std::move(why)).at_offset(offset));
}

inline bool is_of_groups(const tree& t) {
  return std::any_of(t.nodes.begin(), t.nodes.end(),
                     [](const node& n) { return n.what == op::aggregate; });
}

inline const node* window_in(const tree& t) {
  for (const node& n : t.nodes)
    if (n.what == op::call && expr::is_window(n.fn)) return &n;
  return nullptr;
}

/// What makes sense of all rows of an answer does not of those of each parent.
inline result<void> check(const statement& s, const branch& b) {
  for (const select_item& item : s.items)
    if (const node* n = window_in(item.what))
      return refused("`" + std::string(expr::name(n->fn)) +
                         "` looks at a whole answer, so no select of children has it",
                     n->offset);
  for (const group_item& g : s.group_by)
    if (g.how != group_item::kind::key)
      return refused("`rollup` and `cube` stand in no select of children", g.offset);
  if (!s.pivot.empty())
    return refused("`pivot` stands in no select of children", s.pivot.of.top().offset);
  if (!s.funnel.empty())
    return refused("`funnel` stands in no select of children", s.funnel.offset);
  if (!s.offset.empty())
    return refused("a select of children takes no `offset`; raise its `limit`",
                   s.offset.top().offset);
  if (!s.limit.empty() && !s.per.empty())
    return refused("a select of children takes one `limit`", s.limit.top().offset);
  if (b.single && s.items.size() != 1)
    return refused("a select of children without `group by` gives one figure; write one for each",
                   s.items[1].offset);
  if (b.single && !s.having.empty())
    return refused("`having` of a select of children needs `group by`", s.having.top().offset);
  return {};
}

inline result<branch> branch_of(statement inner, std::size_t column, std::uint32_t offset) {
  branch out;
  out.column = column;
  out.offset = offset;
  out.named_at = inner.entity_offset;
  const std::size_t dot = inner.entity.rfind('.');
  out.parent = dot == std::string::npos ? "id" : inner.entity.substr(0, dot);
  out.children = inner.entity.substr(dot == std::string::npos ? 0 : dot + 1);
  out.single = is_figure(inner);
  if (auto ok = check(inner, out); !ok) return passed(ok);
  out.what = std::move(inner);
  out.what.of_children = false;
  return out;
}

/// Gives nested selects their numbers without those that went.
inline void renumber(tree& t, const std::vector<std::uint32_t>& to) {
  for (node& n : t.nodes)
    if (n.what == op::subselect || expr::is_quantifier(n.what)) n.index = to[n.index];
}

/// Whether another clause goes by the item, or by one that says the same.
inline bool is_used(const select_item& item, const statement& s) {
  const std::string written = print(item.what, s);
  const auto alike = [&](const tree& t) { return !t.empty() && print(t, s) == written; };
  const auto names_it = [&](const node& n) {
    return n.what == op::path &&
           std::any_of(s.items.begin(), s.items.end(), [&](const select_item& other) {
             return other.named && other.name == n.text && alike(other.what);
           });
  };
  const auto in = [&](const tree& t) {
    return alike(t) || std::any_of(t.nodes.begin(), t.nodes.end(), names_it);
  };
  const auto key = [&](const group_item& g) {
    return std::any_of(g.keys.begin(), g.keys.end(), in);
  };
  return std::any_of(s.group_by.begin(), s.group_by.end(), key) || in(s.having) ||
         std::any_of(s.order.begin(), s.order.end(),
                     [&](const order_item& o) { return in(o.by); }) ||
         std::any_of(s.per.begin(), s.per.end(), in);
}

/// Whether it is a select of children that is read for the parents of the answer alone: a list, or
/// a figure by which no other clause goes.
inline bool stands_apart(const select_item& item, const statement& s) {
  if (item.what.top().what != op::subselect) return false;
  return !is_figure(s.nested[item.what.top().index]) || !is_used(item, s);
}

/// A list of children is there when the parents have their order already.
inline result<void> check_uses(const tree& t, const statement& s) {
  for (const node& n : t.nodes)
    for (const select_item& item : s.items)
      if (n.what == op::path && item.name == n.text && stands_apart(item, s))
        return refused(in_backticks(n.text) + " is of children, and the query cannot sort or "
                                              "group by it",
                       n.offset);
  return {};
}

inline result<void> check_uses(const statement& s) {
  std::vector<const tree*> all;
  for (const group_item& g : s.group_by)
    for (const tree& key : g.keys) all.push_back(&key);
  for (const order_item& o : s.order) all.push_back(&o.by);
  for (const tree& key : s.per) all.push_back(&key);
  if (!s.having.empty()) all.push_back(&s.having);
  for (const tree* t : all)
    if (auto ok = check_uses(*t, s); !ok) return ok;
  return {};
}

}  // namespace detail_family

inline bool selects_children(const statement& s) {
  return std::any_of(s.items.begin(), s.items.end(), [&s](const select_item& item) {
    return detail_family::stands_apart(item, s);
  });
}

/// A statement that selects_children(). Errors: errc::unsupported, with the offset.
inline result<family> family_of(const statement& s) {
  using namespace detail_family;
  if (auto ok = check_uses(s); !ok) return passed(ok);
  family out;
  out.parents = s;
  std::vector<bool> goes(s.nested.size(), false);
  for (std::size_t i = 0; i < s.items.size(); ++i) {
    const node& n = s.items[i].what.top();
    if (!stands_apart(s.items[i], s)) continue;
    goes[n.index] = true;
    result<branch> b = branch_of(s.nested[n.index], i, n.offset);
    if (!b) return passed(b);
    tree key = expr::path(b->parent);
    key.nodes[key.root].offset = b->named_at;
    out.parents.items[i].what = std::move(key);
    out.branches.push_back(std::move(*b));
  }
  std::vector<std::uint32_t> to(s.nested.size(), 0);
  out.parents.nested.clear();
  for (std::size_t n = 0; n < s.nested.size(); ++n) {
    if (goes[n]) continue;
    to[n] = static_cast<std::uint32_t>(out.parents.nested.size());
    out.parents.nested.push_back(s.nested[n]);
  }
  each_tree(out.parents, [&](tree& t) { renumber(t, to); });
  return out;
}

inline statement branch::of_these(const schema::entity& of, std::string_view via,
                                  std::string_view keys) const {
  using namespace detail_family;
  statement out = what;
  out.entity = of.name();
  const tree key = expr::path(via);
  tree among = expr::combine(op::in, key, expr::parameter(keys));
  out.where = out.where.empty() ? std::move(among)
                                : expr::combine(op::logical_and, std::move(out.where),
                                                std::move(among));
  out.items.push_back({key, std::string(via), false, offset});
  if (single || !out.group_by.empty()) {
    group_item by;
    by.keys = {key};
    by.offset = offset;
    out.group_by.insert(out.group_by.begin(), std::move(by));
  }
  if (!out.limit.empty()) out.most_per = std::exchange(out.limit, {});
  if (!out.most_per.empty()) out.per.insert(out.per.begin(), key);
  return out;
}

inline statement branch::of_none(const schema::entity& of) const {
  statement out = what;
  out.entity = of.name();
  out.where = expr::literal(value(false));
  out.order.clear();
  out.limit = out.most_per = {};
  out.per.clear();
  detail_children::drop_unused(out);  // of conditions
  return out;
}

/// The entity of a branch's children and the reference by which they name their parent, as a user
/// sees them. Errors: errc::unknown_name, errc::type_mismatch, with the offset.
inline result<detail_children::relation> children_of(const branch& b, const policy::grants& who,
                                                     const schema::entity& root) {
  statement nothing;
  detail_children::quantifiers about(nothing, who, root);
  return about.relation_of(b.parent, b.children, b.named_at);
}

}  // namespace guanxi::query
