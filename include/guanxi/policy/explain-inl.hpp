#pragma once

#include "guanxi/policy/explain.hpp"
#include "guanxi/policy/grant.hpp"

#include <algorithm>

namespace guanxi::policy {

namespace detail_explain {

inline void say(explanation& out, bool grants, std::string code, std::string en, std::string zh) {
  out.reasons.push_back({grants, std::move(code), std::move(en), std::move(zh)});
}

inline bool gate(const grant& g, action a) {
  switch (a) {
    case action::read: return g.may_read;
    case action::create: return g.may_create;
    case action::edit:
    case action::transfer: return g.may_edit;
    case action::remove: return g.may_remove;
  }
  return false;
}

inline level needed(action a) {
  if (a == action::read) return level::read;
  return a == action::edit || a == action::create ? level::edit : level::full;
}

/// Whether any held permission set has view_all or modify_all on the entity.
inline bool bypasses(const grants& who, const schema::entity& on, action a) {
  const user* u = who.rules().find_user(who.who().user);
  if (!u) return false;
  for (const entity_right& e : who.rules().source().entity_rights) {
    if (std::find(u->permission_sets.begin(), u->permission_sets.end(), e.permission_set) ==
        u->permission_sets.end())
      continue;
    if (e.entity != "*" && e.entity != on.name()) continue;
    if (e.modify_all || (e.view_all && a == action::read)) return true;
  }
  return false;
}

inline void say_paths(explanation& out, const grants& who, action a, const schema::record& r) {
  const std::string_view entity = r.of().name();
  const level need = needed(a);
  if (bypasses(who, r.of(), a))
    say(out, true, "bypass", "a permission set reaches all records of this entity",
        "权限集可访问该实体的全部记录");
  if (who.rules().default_level(entity) >= need)
    say(out, true, "default", "the sharing default of the entity is enough", "实体的默认共享级别已足够");
  const value& owner = r.at(schema::system_slot::owner);
  if (!owner.is_null() && owner.as_id() == who.who().user)
    say(out, true, "owner", "owns the record", "是记录的负责人");
  const value& role = r.at(schema::system_slot::owner_role);
  if (who.rules().hierarchy(entity) && !role.is_null() &&
      who.rules().above(who.who().role, role.as_id()))
    say(out, true, "hierarchy", "stands above the owner in the role tree", "在角色树中位于负责人之上");
}

}  // namespace detail_explain

GUANXI_INLINE explanation explain(const grants& who, action a, const schema::record& r) {
  using detail_explain::say;
  explanation out;
  const grant& g = who.of(r.of());
  const bool put_away = r.archived() && a != action::read;
  out.allowed = !r.deleted() && !put_away && g.allows(a, r);
  const std::string entity(r.of().name()), doing(name(a));
  if (put_away)
    say(out, false, "archived", "the record is archived, which makes it read-only", "记录已归档，只读");
  if (who.who().system) {
    if (!out.allowed) return out;
    say(out, true, "system", "acts with system sight", "以系统身份操作");
    return out;
  }
  if (r.deleted()) say(out, false, "deleted", "the record is deleted", "记录已删除");
  const user* u = who.rules().find_user(who.who().user);
  if (!u || !u->active) say(out, false, "inactive", "the user is not active", "用户未启用");
  if (!detail_explain::gate(g, a))
    say(out, false, "entity_right",
        "no permission set gives the right to " + doing + " `" + entity + "`",
        "没有权限集授予对 `" + entity + "` 的该项权限");
  const std::size_t gates_failed = out.reasons.size();
  if (gates_failed == 0) detail_explain::say_paths(out, who, a, r);
  if (!out.allowed && gates_failed == 0)
    say(out, false, "no_path",
        "neither the owner, nor above the owner in the role tree, "
        "and the sharing default is too low; "
        "the nearest grant would be a share of this record",
        "既非负责人，也不在负责人的上级角色，且默认共享级别不足；最接近的授权是共享该记录");
  return out;
}

GUANXI_INLINE explanation explain(const grants& who, action a, const schema::record& r,
                                  std::uint16_t slot) {
  // A new owner is a transfer, which needs more than an edit.
  const bool transfer = a == action::edit && slot == schema::system_slot::owner;
  explanation out = explain(who, transfer ? action::transfer : a, r);
  const grant& g = who.of(r.of());
  if (a != action::read && !schema::settable(r.of().at(slot))) {
    detail_explain::say(out, false, "not_settable", "the library sets this field itself",
                        "该字段由系统自动设置");
    out.allowed = false;
  }
  const bool field = a == action::read ? g.sees(slot) : g.edits(slot);
  if (!field)
    detail_explain::say(
        out, false, "field_right",
        "no permission set gives the right to " + std::string(name(a)) + " this field",
        "没有权限集授予对该字段的此项权限");
  out.allowed = out.allowed && field;
  return out;
}

}  // namespace guanxi::policy
