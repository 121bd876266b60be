// Conditions on children as nested selects: any(account.contacts: c) is
// account in (select account from contact where c), none is not in, and all is none that is not so.
// A figure of children, (select count() from contacts), is a call that looks up what
// select account, count() from contact group by account gives.
//
//   if (asks_of_children(s)) s = without_quantifiers(s, grants, entity).value();
//
// Thread rule: functions of their arguments.
#pragma once

#include "guanxi/policy/grant.hpp"
#include "guanxi/query/statement.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi::query {

namespace detail_children {

using expr::no_node;
using expr::node;
using expr::node_id;
using expr::op;
using expr::tree;

inline bool asks_of_children(const tree& t, const statement& s) {
  return std::any_of(t.nodes.begin(), t.nodes.end(), [&s](const node& n) {
    return expr::is_quantifier(n.what) ||
           (n.what == op::subselect && s.nested[n.index].of_children);
  });
}

/// "contacts" for contact, "companies" for company, "addresses" for address.
inline std::string plural(std::string_view word) {
  std::string out(word);
  const auto ends = [&](std::string_view with) { return word.ends_with(with); };
  const bool vowel = word.size() > 1 && std::string_view("aeiou").find(word[word.size() - 2]) !=
                                            std::string_view::npos;
  if (ends("y") && !vowel) {
    out.back() = 'i';
    return out + "es";
  }
  if (ends("s") || ends("x") || ends("z") || ends("ch") || ends("sh")) return out + "es";
  return out + "s";
}

/// The children of a record: those whose reference `via` names it.
struct relation {
  const schema::entity* of = nullptr;
  const schema::field* via = nullptr;
};

class quantifiers {
 public:
  quantifiers(statement& s, const policy::grants& who, const schema::entity& root)
      : s_(s), who_(who), root_(root) {}

  /// The children that `word` names of the record that `parent`, a path or `id`, leads to.
  result<relation> relation_of(std::string_view parent, std::string_view word,
                               std::uint32_t offset) const {
    result<const schema::entity*> of = parent == "id" ? &root_ : reached(parent, offset);
    if (!of) return passed(of);
    return named(word, **of, offset);
  }

  result<void> resolve(tree& t) {
    if (!query::detail_children::asks_of_children(t, s_)) return {};
    tree out;
    result<node_id> root = resolved(t, t.root, out);
    if (!root) return passed(root);
    out.root = *root;
    t = std::move(out);
    return {};
  }

 private:
  statement& s_;
  const policy::grants& who_;
  const schema::entity& root_;
  std::map<std::uint32_t, std::string> parents_;  ///< of figures, by the number of their select
  std::map<std::string, std::uint32_t> written_;  ///< the selects of figures by their texts

  result<node_id> resolved(const tree& from, node_id at, tree& to) {
    node n = from.at(at);
    if (expr::is_quantifier(n.what)) return membership(n, to);
    if (n.what == op::subselect && s_.nested[n.index].of_children) return figure(n, to);
    for (node_id& child : n.children) {
      if (child == no_node) continue;
      result<node_id> c = resolved(from, child, to);
      if (!c) return c;
      child = *c;
    }
    return to.add(std::move(n));
  }

  /// What stands before the last dot of a path to children, or `id`; and what behind it.
  static std::pair<std::string, std::string> parted(const std::string& path) {
    const std::size_t dot = path.rfind('.');
    if (dot == path.npos) return {"id", path};
    return {path.substr(0, dot), path.substr(dot + 1)};
  }

  /// What has no meaning where one value is given for each parent.
  static result<void> check_figure(const statement& s, std::uint32_t offset) {
    const bool bare = is_figure(s) && s.items.size() == 1 && s.having.empty() &&
                      s.order.empty() && s.limit.empty() && s.per.empty() && s.offset.empty() &&
                      s.pivot.empty();
    const auto of_groups = [](const node& n) {
      return n.what == op::call && (expr::is_window(n.fn) || expr::looks_back(n.fn));
    };
    const auto& nodes = s.items.empty() ? std::vector<node>() : s.items[0].what.nodes;
    if (bare && std::none_of(nodes.begin(), nodes.end(), of_groups)) return {};
    return unexpected(error(errc::unsupported,
                            "a select of children in an expression gives one figure for each "
                            "record: an aggregate, and `where` at most")
                          .at_offset(offset));
  }

  /// select count() from contacts, as select account, count() from contact group by account.
  result<node_id> figure(node n, tree& to) {
    if (!parents_.contains(n.index))  // what is written twice is read once
      n.index = written_.emplace(print(s_.nested[n.index]), n.index).first->second;
    statement& inner = s_.nested[n.index];
    if (!parents_.contains(n.index)) {
      if (auto ok = check_figure(inner, n.offset); !ok) return passed(ok);
      const auto [parent, word] = parted(inner.entity);
      result<relation> r = relation_of(parent, word, inner.entity_offset);
      if (!r) return passed(r);
      const std::string& via = r->via->name;
      inner.entity = r->of->name();
      inner.items.insert(inner.items.begin(), {expr::path(via), via, false, n.offset});
      inner.group_by = {{.how = group_item::kind::key, .keys = {expr::path(via)}, .offset = 0}};
      parents_.emplace(n.index, parent);
    }
    node parent;
    parent.what = op::path;
    parent.text = parents_.at(n.index);
    parent.offset = n.offset;
    node call;
    call.what = op::call;
    call.fn = expr::function::of_children;
    call.offset = n.offset;
    const node_id key = to.add(std::move(parent));
    call.children = {key, to.add(n)};
    return to.add(std::move(call));
  }

  result<node_id> membership(const node& n, tree& to) {
    const auto [parent, last] = parted(n.text);
    result<relation> r = relation_of(parent, last, n.offset);
    if (!r) return passed(r);
    statement& inner = s_.nested[n.index];
    // What `between` or another `all` has written twice is one statement, and is turned once.
    if (n.what == op::all && inner.entity.empty()) {
      tree c = inner.where;
      inner.where = expr::combine(op::logical_or, expr::unary(op::logical_not, c),
                                  expr::unary(op::is_null, c));
    }
    inner.entity = r->of->name();
    inner.items = {{expr::path(r->via->name), r->via->name, false, n.offset}};
    node operand;
    operand.what = op::path;
    operand.text = parent;
    operand.offset = n.offset;
    node nested;
    nested.what = op::subselect;
    nested.index = n.index;
    nested.offset = n.offset;
    node in;
    in.what = n.what == op::any ? op::in : op::not_in;
    in.offset = n.offset;
    const node_id left = to.add(std::move(operand));
    in.children = {left, to.add(std::move(nested))};
    return to.add(std::move(in));
  }

  /// The entity that a path of references leads to.
  result<const schema::entity*> reached(std::string_view path, std::uint32_t offset) const {
    const schema::entity* of = &root_;
    while (!path.empty()) {
      const std::string_view word = path.substr(0, path.find('.'));
      path.remove_prefix(std::min(word.size() + 1, path.size()));
      const schema::field* f = of->find(word);
      if (!f || !who_.sees(*f))
        return unexpected(policy::unknown_field(who_, *of, word).at_offset(offset));
      if (f->type != schema::kind::reference || !f->target_entity)
        return unexpected(error(errc::type_mismatch,
                                in_backticks(word) + " on `" + std::string(of->name()) +
                                    "` is not a reference, so it has no children")
                              .at_offset(offset));
      of = f->target_entity;
    }
    return of;
  }

  /// `contacts`, if contact has one reference to the entity or one that is named like it; and in
  /// any case `contacts_by_account`.
  result<relation> named(std::string_view word, const schema::entity& of,
                         std::uint32_t offset) const {
    nearest_name near(word);
    for (const auto& e : who_.catalog()->entities()) {
      if (!who_.of(*e).may_read) continue;
      std::vector<const schema::field*> all;
      for (const schema::field& f : e->fields())
        if (f.type == schema::kind::reference && f.target_entity == &of &&
            f.slot != schema::system_slot::id && who_.sees(f))
          all.push_back(&f);
      const std::string many = plural(e->name());
      for (const schema::field* f : all) {
        const std::string full = many + "_by_" + f->name;
        if (word == full || (word == many && (all.size() == 1 || f->name == of.name())))
          return relation{e.get(), f};
        near.offer(full);
        if (all.size() == 1 || f->name == of.name()) near.offer(many);
      }
    }
    return unexpected(error(errc::unknown_name, "no children " + in_backticks(word) + " of `" +
                                                    std::string(of.name()) + "`" + near.hint())
                          .in_entity(of.name())
                          .at_offset(offset));
  }
};

/// Takes out what is nested and no longer named.
inline void drop_unused(statement& s) {
  std::vector<bool> used(s.nested.size(), false);
  const auto each = [&s](auto&& see) {
    each_tree(s, [&](tree& t) {
      for (node& n : t.nodes)
        if (n.what == op::subselect || expr::is_quantifier(n.what)) see(n);
    });
  };
  each([&](node& n) { used[n.index] = true; });
  std::vector<std::uint32_t> to(s.nested.size(), 0);
  std::vector<statement> kept;
  for (std::size_t n = 0; n < s.nested.size(); ++n) {
    if (!used[n]) continue;
    to[n] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(std::move(s.nested[n]));
  }
  s.nested = std::move(kept);
  each([&](node& n) { n.index = to[n.index]; });
}

}  // namespace detail_children

inline bool asks_of_children(const statement& s) {
  bool out = false;
  each_tree(s, [&](const expr::tree& t) {
    out = out || detail_children::asks_of_children(t, s);
  });
  return out;
}

/// The statement with an `in` in the place of each quantifier, and a call in that of each figure.
/// Errors: errc::unknown_name with the nearest visible name, errc::type_mismatch,
/// errc::unsupported, with the offset.
inline result<statement> without_quantifiers(statement s, const policy::grants& who,
                                             const schema::entity& root) {
  detail_children::quantifiers about(s, who, root);
  result<void> all;
  each_tree(s, [&](expr::tree& t) {
    if (all) all = about.resolve(t);
  });
  if (!all) return passed(all);
  detail_children::drop_unused(s);
  return s;
}

}  // namespace guanxi::query
