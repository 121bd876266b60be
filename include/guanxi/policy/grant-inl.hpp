#pragma once

#include "guanxi/expr/evaluate.hpp"
#include "guanxi/policy/grant.hpp"

#include <algorithm>
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
    case action::transfer: return may_edit && full.holds(r);
  }
  return false;
}

namespace detail_grant {

/// The union of a user's permission sets on one entity (rule 1).
struct rights {
  bool create = false, read = false, edit = false, remove = false, view_all = false,
       modify_all = false;
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

/// owner = me or owner_role in (roles below mine): ownership and hierarchy, both at level full.
inline reach owned(const rulebook& p, const principal& who, const schema::entity& on) {
  expr::tree filter = expr::combine(expr::op::equal, expr::path("owner"), expr::literal(who.user));
  const std::vector<id> below =
      p.hierarchy(on.name()) ? p.subordinates(who.role) : std::vector<id>();
  if (!below.empty()) {
    std::vector<value> roles(below.begin(), below.end());
    filter = expr::combine(expr::op::logical_or, std::move(filter),
                           expr::in_list(expr::path("owner_role"), std::move(roles)));
  }
  auto paths = std::make_shared<expr::path_table>(on);
  reach out;
  result<expr::expression> bound = expr::bind(filter, {.paths = paths.get()});
  if (!bound) return out;  // unreachable by construction; and no reach is the safe answer
  out.how_far = reach::extent::some;
  out.filter = std::move(*bound);
  out.paths = std::move(paths);
  return out;
}

inline reach everything() {
  reach out;
  out.how_far = reach::extent::all;
  return out;
}

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
  const bool bare = mine.read || mine.create;
  const reach own = bare && !mine.modify_all ? detail_grant::owned(p, who, on) : reach();
  if (mine.read)
    out->read = mine.view_all || base >= level::read ? detail_grant::everything() : own;
  if (mine.edit || mine.create)
    out->edit = mine.modify_all || base >= level::edit ? detail_grant::everything() : own;
  if (mine.edit || mine.remove)
    out->full = mine.modify_all || base >= level::full ? detail_grant::everything() : own;
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
