#pragma once

#include "guanxi/expr/evaluate.hpp"
#include "guanxi/policy/criteria.hpp"
#include "guanxi/policy/grant.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace guanxi::policy {

GUANXI_INLINE bool reach::holds(const schema::record& r) const {
  if (how_far != extent::some) return how_far == extent::all;
  std::vector<value> inputs;
  inputs.reserve(paths->entries().size());
  for (const expr::bound_path& p : paths->entries()) inputs.push_back(r.at(p.last().slot));
  // A row filter has no arithmetic that could fail; if it did, the record stays out of reach.
  const result<bool> yes = expr::holds(filter, {.paths = inputs});
  return yes && *yes;
}

GUANXI_INLINE bool grant::allows(action a, const schema::record& r) const {
  switch (a) {
    case action::read: return may_read && read.holds(r);
    case action::create: return may_create && edit.holds(r);
    case action::edit: return may_edit && edit.holds(r);
    case action::remove: return may_remove && full.holds(r);
    case action::transfer:
    case action::share: return may_edit && full.holds(r);
  }
  return false;
}

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

/// Ownership and hierarchy, which give every level.
inline sources owned(const rulebook& p, const principal& who, const schema::entity& on) {
  sources out;
  out.owners.push_back(who.user);
  if (p.hierarchy(on.name())) out.owner_roles = p.subordinates(who.role);
  return out;
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

inline reach bound_reach(const expr::tree& filter, const schema::entity& on) {
  auto paths = std::make_shared<expr::path_table>(on);
  reach out;
  result<expr::expression> bound = expr::bind(filter, {.paths = paths.get()});
  if (!bound) return out;  // unreachable by construction; and no reach is the safe answer
  out.how_far = reach::extent::some;
  out.filter = std::move(*bound);
  out.paths = std::move(paths);
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

/// The reaches of one principal on one entity.
class reaches {
 public:
  reaches(const rulebook& p, const principal& who, const schema::entity& on, bool unrestricted)
      : p_(p), who_(who), on_(on), user_(who.system ? nullptr : p.find_user(who.user)) {
    if (!user_) return;
    rules_ = p.on(on.name());
    shares_ = p.shared(on.name());
    if (rules_ && !unrestricted) limits_ = limits_of(p, *user_, *rules_, on);
  }

  /// All records, restrictions excepted.
  reach all() const {
    if (limits_.nothing) return {};
    if (!limits_.criteria.empty())
      return bound_reach(limited(expr::tree(*limits_.criteria.front()), 1), on_);
    reach out;
    out.how_far = reach::extent::all;
    return out;
  }
  /// Those within a level.
  const reach& some(level least) {
    if (!rules_ && !shares_) least = level::full;  // then all levels are one
    std::optional<reach>& made = made_[static_cast<std::size_t>(least)];
    if (!made) made = make(least);
    return *made;
  }

 private:
  reach make(level least) const {
    if (limits_.nothing) return {};
    sources from = owned(p_, who_, on_);
    if (rules_ && least < level::full) add_rules(from, p_, *user_, *rules_, on_, least);
    if (shares_ && least < level::full) add_shares(from, p_, *user_, *shares_, on_, least);
    for (std::vector<id>* all : {&from.owners, &from.owner_roles, &from.records}) settle(*all);
    return bound_reach(limited(filter_of(from), 0), on_);
  }
  /// A filter and the restrictions from one place on (rule 10).
  expr::tree limited(expr::tree filter, std::size_t from) const {
    for (std::size_t i = from; i < limits_.criteria.size(); ++i)
      filter = expr::combine(expr::op::logical_and, std::move(filter), *limits_.criteria[i]);
    return filter;
  }

  const rulebook& p_;
  const principal& who_;
  const schema::entity& on_;
  const user* user_;
  const entity_rules* rules_ = nullptr;
  const std::vector<record_share>* shares_ = nullptr;
  limits limits_;
  std::array<std::optional<reach>, 4> made_;
};

}  // namespace detail_grant

GUANXI_INLINE grant_ptr compile(const rulebook& p, const principal& who, const schema::entity& on) {
  const detail_grant::rights mine = detail_grant::united(p, who, on);
  auto out = std::make_shared<grant>();
  out->entity = &on;
  out->may_create = mine.create;
  out->may_read = mine.read;
  out->may_edit = mine.edit;
  out->may_remove = mine.remove;
  out->visible = std::make_shared<const std::vector<bool>>(mine.visible);
  out->editable = std::make_shared<const std::vector<bool>>(mine.editable);
  const level base = p.default_level(on.name());
  detail_grant::reaches within(p, who, on, mine.unrestricted);
  const auto at = [&](bool gate, bool bypass, level least) {
    if (!gate) return reach();
    return bypass || base >= least ? within.all() : within.some(least);
  };
  out->read = at(mine.read, mine.view_all, level::read);
  out->edit = at(mine.edit || mine.create, mine.modify_all, level::edit);
  out->full = at(mine.edit || mine.remove, mine.modify_all, level::full);
  return out;
}

GUANXI_INLINE bool may_read(const rulebook& p, const user& by, const schema::entity& on) {
  if (!by.active || on.name().starts_with("gx_")) return false;
  const auto& all = p.source().entity_rights;
  return std::any_of(all.begin(), all.end(), [&](const entity_right& e) {
    return detail_grant::reads(e) && detail_grant::held(by, e, on);
  });
}

GUANXI_INLINE grant_ptr grants::share(const schema::entity& on) const {
  grant_ptr& at = compiled_[&on];
  if (!at) at = compile(*policy_, who_, on);
  return at;
}

GUANXI_INLINE error unknown_field(const grants& who, const schema::entity& of,
                                  std::string_view name) {
  nearest_name nearest(name);
  for (const schema::field& f : of.fields())
    if (who.sees(f)) nearest.offer(f.name);
  return error(errc::unknown_name, "no field " + in_backticks(name) + " on `" +
                                       std::string(of.name()) + "`" + nearest.hint())
      .in_entity(of.name())
      .in_field(name);
}

GUANXI_INLINE error not_found(const schema::entity& of, id key) {
  return error(errc::not_found, "no `" + std::string(of.name()) + "` with id " +
                                    std::to_string(key.value))
      .in_entity(of.name())
      .of_record(key.value);
}

}  // namespace guanxi::policy
