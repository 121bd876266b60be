// What each level of a user reaches on an entity, as filters: what compile() and explain() go by.
//
//   levels mine(rules, principal, catalog);
//   reach r = mine.at(entity, level::edit);        // before rights and restrictions
//
// Thread rule: refers to what it was made from.
#pragma once

#include "guanxi/policy/criteria.hpp"
#include "guanxi/policy/grant.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace guanxi::policy {

namespace detail_grant {

/// The union of a user's permission sets on one entity (rule 1).
struct rights {
  bool create = false, read = false, edit = false, remove = false, view_all = false,
       modify_all = false, unrestricted = false;
  std::vector<bool> visible, editable;
};

inline bool covers(std::string_view right_entity, const schema::entity& on) {
  return right_entity == on.name() || right_entity == "*";
}

inline bool reads(const entity_right& e) noexcept {
  return e.read || e.edit || e.remove || e.view_all || e.modify_all;
}

inline bool held(const user& by, const entity_right& e, const schema::entity& on) {
  return covers(e.entity, on) && std::find(by.permission_sets.begin(), by.permission_sets.end(),
                                           e.permission_set) != by.permission_sets.end();
}

inline void add_fields(rights& out, const rulebook& p, const entity_right& e,
                       const schema::entity& on) {
  const bool sees = reads(e);
  const bool edits = e.edit || e.create || e.modify_all;
  std::vector<bool> see(on.slots(), sees && !e.listed_fields_only);
  std::vector<bool> change(on.slots(), edits && !e.listed_fields_only);
  for (const field_right& f : p.source().field_rights) {
    if (f.permission_set != e.permission_set || f.entity != on.name()) continue;
    const schema::field* named = on.find(f.field);
    if (!named) continue;
    see[named->slot] = sees && (f.read || f.edit);
    change[named->slot] = edits && f.edit;
  }
  for (std::size_t i = 0; i < on.slots(); ++i) {
    if (see[i]) out.visible[i] = true;
    if (change[i]) out.editable[i] = true;
  }
}

inline rights united(const rulebook& p, const principal& who, const schema::entity& on) {
  rights out;
  out.visible.assign(on.slots(), who.system);
  out.editable.assign(on.slots(), who.system);
  if (who.system) {
    out.create = out.read = out.edit = out.remove = out.view_all = out.modify_all = true;
    out.unrestricted = true;
    return out;
  }
  const user* u = p.find_user(who.user);
  // Rule 13: a deactivated user has no grant at all. The library's own tables are nobody's.
  if (!u || !u->active || on.name().starts_with("gx_")) return out;
  for (const entity_right& e : p.source().entity_rights) {
    if (!held(*u, e, on)) continue;
    out.create |= e.create || e.modify_all;
    out.edit |= e.edit || e.modify_all;
    out.remove |= e.remove || e.modify_all;
    out.read |= reads(e);
    out.view_all |= e.view_all || e.modify_all;
    out.modify_all |= e.modify_all;
    out.unrestricted |= e.bypass_restriction;
    add_fields(out, p, e, on);
  }
  // An amount says nothing without its currency: whoever has the one has the other.
  for (const schema::field& f : on.fields()) {
    if (f.type != schema::kind::money) continue;
    if (out.visible[f.slot]) out.visible[on.currency_slot()] = true;
    if (out.editable[f.slot]) out.editable[on.currency_slot()] = true;
  }
  // Without these no record could be named, and no edit could be guarded by its revision.
  if (out.read)
    out.visible[schema::system_slot::id] = out.visible[schema::system_slot::revision] = true;
  return out;
}

/// What brings records within a level: their owners, the owners' roles, their ids, conditions.
struct sources {
  std::vector<id> owners, owner_roles, records;
  std::vector<const expr::tree*> criteria;
};

inline void settle(std::vector<id>& all) {
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
}

/// Ownership and hierarchy, and queues, which give every level.
inline sources owned(const rulebook& p, const user& u, const schema::entity& on) {
  sources out;
  out.owners.push_back(u.key);
  if (p.hierarchy(on.name())) out.owner_roles = p.subordinates(u.role);
  for (const queue& q : p.source().queues)
    if (p.in_queue(q.key, u, on.name()) != rulebook::path::none) out.owners.push_back(q.holder);
  return out;
}

inline void add_territories(sources& out, const rulebook& p, const user& u,
                            const entity_rules& rules, const schema::entity& on, level least) {
  for (const auto& [territory, condition] : rules.territories)
    if (condition && p.in_territory(*territory, u, least) != rulebook::path::none &&
        check_criteria(*condition, on))
      out.criteria.push_back(condition.get());
}

inline void add_rules(sources& out, const rulebook& p, const user& u, const entity_rules& rules,
                      const schema::entity& on, level least) {
  for (const auto& [rule, condition] : rules.sharing) {
    if (rule->level < least) continue;
    if (p.reaches(rule->shared_with, u, on.name()) == rulebook::path::none) continue;
    if (rule->owned_by.what == party::kind::nobody) {
      // A rule whose fields are gone shares nothing.
      if (condition && check_criteria(*condition, on)) out.criteria.push_back(condition.get());
      continue;
    }
    const rulebook::owners by = p.owned_by(rule->owned_by);
    out.owners.insert(out.owners.end(), by.users.begin(), by.users.end());
    out.owner_roles.insert(out.owner_roles.end(), by.roles.begin(), by.roles.end());
  }
}

inline void add_shares(sources& out, const rulebook& p, const user& u,
                       const std::vector<record_share>& shares, const schema::entity& on,
                       level least) {
  const party* last = nullptr;  // shares stand in the order of their parties
  bool reached = false;
  for (const record_share& s : shares) {
    if (!last || *last != s.shared_with)
      reached = p.reaches(s.shared_with, u, on.name()) != rulebook::path::none;
    last = &s.shared_with;
    if (reached && s.level >= least) out.records.push_back(s.record);
  }
}

inline expr::tree one_of(std::string_view field, const std::vector<id>& ids) {
  if (ids.size() == 1)
    return expr::combine(expr::op::equal, expr::path(field), expr::literal(ids.front()));
  return expr::in_list(expr::path(field), std::vector<value>(ids.begin(), ids.end()));
}

/// owner = me or owner_role in (roles below mine) or id in (shared with me) or what rules share.
inline expr::tree filter_of(const sources& from) {
  expr::tree out = one_of("owner", from.owners);
  const auto or_else = [&](expr::tree more) {
    out = expr::combine(expr::op::logical_or, std::move(out), std::move(more));
  };
  if (!from.owner_roles.empty()) {
    std::vector<value> roles(from.owner_roles.begin(), from.owner_roles.end());
    or_else(expr::in_list(expr::path("owner_role"), std::move(roles)));
  }
  if (!from.records.empty()) or_else(one_of("id", from.records));
  for (const expr::tree* each : from.criteria) or_else(*each);
  return out;
}

/// What the restriction rules that bind a user leave of an entity.
struct limits {
  std::vector<const expr::tree*> criteria;
  bool nothing = false;  ///< one cannot be tested any more, so that nothing meets it
};

inline limits limits_of(const rulebook& p, const user& u, const entity_rules& rules,
                        const schema::entity& on) {
  limits out;
  for (const auto& [rule, condition] : rules.restrictions) {
    if (!p.stands_for(rule->binds, u)) continue;
    if (condition && check_criteria(*condition, on)) out.criteria.push_back(condition.get());
    else out.nothing = true;
  }
  return out;
}

inline expr::expression both(expr::op what, expr::expression a, expr::expression b) {
  a = expr::combine(what, std::move(a), std::move(b));
  a.nodes[a.root].type.base = value_type::boolean;
  return a;
}

/// A filter of own fields; what cannot be bound reaches nothing, which is the safe answer.
inline reach bound(const expr::tree& filter, const schema::entity& on) {
  auto paths = std::make_shared<expr::path_table>(on);
  reach out;
  result<expr::expression> e = expr::bind(filter, {.paths = paths.get()});
  if (!e) return out;
  out.how_far = reach::extent::some;
  out.filter = std::move(*e);
  out.paths = std::move(paths);
  return out;
}

inline reach everything() {
  reach out;
  out.how_far = reach::extent::all;
  return out;
}

/// What a reach has besides where a tie is met.
inline reach or_tied(reach r, tie t, const schema::entity& on) {
  if (r.how_far == reach::extent::all || t.within->how_far == reach::extent::none) return r;
  expr::node n;
  n.what = expr::op::column;
  n.type.base = value_type::boolean;
  n.index = static_cast<std::uint32_t>(r.ties.size());
  expr::expression met;
  met.root = met.add(std::move(n));
  r.ties.push_back(std::move(t));
  if (r.how_far == reach::extent::none) {
    r.how_far = reach::extent::some;
    r.filter = std::move(met);
    r.paths = std::make_shared<const expr::path_table>(on);
  } else {
    r.filter = both(expr::op::logical_or, std::move(r.filter), std::move(met));
  }
  return r;
}

/// What criteria leave of a reach.
inline reach limited(reach r, const limits& by, const schema::entity& on) {
  if (by.nothing) return {};
  for (const expr::tree* each : by.criteria) {
    if (r.how_far == reach::extent::none) return r;
    auto paths = r.paths ? std::make_shared<expr::path_table>(*r.paths)
                         : std::make_shared<expr::path_table>(on);
    result<expr::expression> e = expr::bind(*each, {.paths = paths.get()});
    if (!e) return {};
    r.filter = r.how_far == reach::extent::all
                   ? std::move(*e)
                   : both(expr::op::logical_and, std::move(r.filter), std::move(*e));
    r.how_far = reach::extent::some;
    r.paths = std::move(paths);
  }
  return r;
}

class levels {
 public:
  levels(const rulebook& p, const principal& who, const schema::catalog& all)
      : p_(p), who_(who), all_(all), user_(who.system ? nullptr : p.find_user(who.user)) {}

  /// Records of at least this level, before the gates. `children`: whether visible children count;
  /// `above`: how many are controlled by this entity on the way here.
  reach at(const schema::entity& on, level least, bool children = true, int above = 0) const {
    if (!user_) return {};
    const sharing_default* base = p_.default_of(on.name());
    if (base && !base->parent.empty()) return of_parent(on, *base, least, children, above);
    if (base && base->level >= least) return everything();
    reach out = of_itself(on, least);
    for (const implied_access& rule : p_.source().implied) {
      if (rule.by_child ? children && least <= level::read : rule.level >= least)
        out = with_implied(std::move(out), rule, on);
    }
    return out;
  }
  /// Those that may be read: within the gates.
  reach readable(const schema::entity& on, bool children) const {
    const rights mine = united(p_, who_, on);
    if (!mine.read) return {};
    return within_limits(mine.view_all ? everything() : at(on, level::read, children), on, mine);
  }
  reach within_limits(reach r, const schema::entity& on, const rights& mine) const {
    const entity_rules* rules = p_.on(on.name());
    if (!user_ || !rules || mine.unrestricted) return r;
    return limited(std::move(r), limits_of(p_, *user_, *rules, on), on);
  }
  /// Whether no rule tells one level from another.
  bool one_level(const schema::entity& on) const {
    const sharing_default* base = p_.default_of(on.name());
    return !p_.on(on.name()) && !p_.shared(on.name()) && p_.source().implied.empty() &&
           (!base || (base->parent.empty() && base->level == level::none));
  }
  /// A rule of implied access on what it gives access to; nothing: it is not about this entity.
  reach with_implied(reach r, const implied_access& rule, const schema::entity& on) const {
    const schema::entity* child = all_.find(rule.entity);
    const schema::field* by = child ? child->find(rule.field) : nullptr;
    if (!by || !by->target_entity) return r;
    const schema::entity& parent = *by->target_entity;
    constexpr std::uint16_t id = schema::system_slot::id;
    if (rule.by_child) {
      if (&parent != &on) return r;
      auto seen = std::make_shared<const reach>(readable(*child, false));
      return or_tied(std::move(r), {id, child, by->slot, std::move(seen)}, on);
    }
    if (child != &on || !user_->role || rule.role != user_->role) return r;
    auto own = std::make_shared<const reach>(
        bound(expr::combine(expr::op::equal, expr::path("owner"), expr::literal(user_->key)),
              parent));
    return or_tied(std::move(r), {by->slot, &parent, id, std::move(own)}, on);
  }

 private:
  reach of_itself(const schema::entity& on, level least) const {
    sources from = owned(p_, *user_, on);
    if (const entity_rules* rules = p_.on(on.name())) {
      add_territories(from, p_, *user_, *rules, on, least);
      if (least < level::full) add_rules(from, p_, *user_, *rules, on, least);
    }
    const share_book::list* shares = p_.shared(on.name());
    if (shares && least < level::full) add_shares(from, p_, *user_, *shares, on, least);
    for (std::vector<id>* all : {&from.owners, &from.owner_roles, &from.records}) settle(*all);
    return bound(filter_of(from), on);
  }
  /// Rule 5: the level is the parent's, up to the cap.
  reach of_parent(const schema::entity& on, const sharing_default& base, level least,
                  bool children, int above) const {
    const schema::field* by = on.find(base.parent);
    if (above >= deepest_parent || least > base.cap || !by || !by->target_entity) return {};
    const schema::entity& parent = *by->target_entity;
    auto within = std::make_shared<const reach>(at(parent, least, children, above + 1));
    return or_tied({}, {by->slot, &parent, schema::system_slot::id, std::move(within)}, on);
  }

  const rulebook& p_;
  const principal& who_;
  const schema::catalog& all_;
  const user* user_;
};

}  // namespace detail_grant

}  // namespace guanxi::policy
