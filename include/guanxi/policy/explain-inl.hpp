#pragma once

#include "guanxi/expr/evaluate.hpp"
#include "guanxi/policy/explain.hpp"
#include "guanxi/policy/levels.hpp"

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
    case action::transfer:
    case action::share: return g.may_edit;
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

/// Whether a record meets criteria; unknown is no.
inline bool meets(const expr::tree* criteria, const schema::record& r) {
  if (!criteria || !check_criteria(*criteria, r.of())) return false;
  expr::path_table paths(r.of());
  result<expr::expression> bound = expr::bind_condition(*criteria, {.paths = &paths});
  if (!bound) return false;
  std::vector<value> inputs;
  for (const expr::bound_path& p : paths.entries()) inputs.push_back(r.at(p.last().slot));
  const result<bool> yes = expr::holds(*bound, {.paths = inputs});
  return yes && *yes;
}

/// Whether the record's owner is one of those whom a party stands for.
inline bool owned_by(const rulebook& p, const party& by, const schema::record& r) {
  const rulebook::owners all = p.owned_by(by);
  const auto has = [&](const std::vector<id>& ids, std::uint16_t slot) {
    const value& v = r.at(slot);
    return !v.is_null() && std::find(ids.begin(), ids.end(), v.as_id()) != ids.end();
  };
  return has(all.users, schema::system_slot::owner) ||
         has(all.roles, schema::system_slot::owner_role);
}

/// Says a grant to a party if it reaches the user. It names nobody: a party's name is not for all.
inline void say_grant(explanation& out, const grants& who, const user& u, const party& to,
                      std::string_view entity, std::string code, const std::string& en,
                      const std::string& zh) {
  switch (who.rules().reaches(to, u, entity)) {
    case rulebook::path::none: return;
    case rulebook::path::own: return say(out, true, std::move(code), en, zh);
    case rulebook::path::hierarchy:
      return say(out, true, std::move(code), en + ", with somebody below in the role tree",
                 zh + "（共享给角色树中的下级）");
  }
}

inline void say_rules(explanation& out, const grants& who, const user& u, level need,
                      const schema::record& r) {
  const std::string_view entity = r.of().name();
  static const entity_rules none;
  const entity_rules* rules = who.rules().on(entity);
  for (const auto& [rule, condition] : (rules ? *rules : none).sharing) {
    if (rule->level < need) continue;
    if (rule->owned_by.what == party::kind::nobody) {
      if (meets(condition.get(), r))
        say_grant(out, who, u, rule->shared_with, entity, "criteria_rule",
                  "meets the criteria of a sharing rule", "符合某条共享规则的条件");
    } else if (owned_by(who.rules(), rule->owned_by, r)) {
      say_grant(out, who, u, rule->shared_with, entity, "owner_rule",
                "a sharing rule shares what the owner owns", "共享规则共享了该负责人的记录");
    }
  }
  const share_book::list* shares = who.rules().shared(entity);
  if (!shares) return;
  for (const record_share& s : *shares) {
    if (s.record != r.key() || s.level < need) continue;
    if (s.team)
      say_grant(out, who, u, s.shared_with, entity, "team", "is on the record's team",
                "是记录的团队成员");
    else
      say_grant(out, who, u, s.shared_with, entity, "share", "the record is shared",
                "该记录已共享");
  }
}

/// Rules 14 and 17: what a user has through others' ownership and criteria at every level.
inline void say_members(explanation& out, const grants& who, const user& u, level need,
                        const schema::record& r) {
  const rulebook& p = who.rules();
  const std::string_view entity = r.of().name();
  const auto say_path = [&](rulebook::path by, std::string code, const std::string& en,
                            const std::string& zh) {
    if (by == rulebook::path::none) return;
    const bool lifted = by == rulebook::path::hierarchy;
    say(out, true, std::move(code),
        en + (lifted ? ", through somebody below in the role tree" : ""),
        zh + (lifted ? "（经由角色树中的下级）" : ""));
  };
  const value& owner = r.at(schema::system_slot::owner);
  for (const queue& q : p.source().queues)
    if (!owner.is_null() && owner.as_id() == q.holder)
      say_path(p.in_queue(q.key, u, entity), "queue",
               "is a member of the queue that has the record", "是该记录所在队列的成员");
  const entity_rules* rules = p.on(entity);
  if (!rules) return;
  for (const auto& [territory, condition] : rules->territories)
    if (meets(condition.get(), r))
      say_path(p.in_territory(*territory, u, need), "territory",
               "is a member of a territory that the record lies in", "是该记录所属区域的成员");
}

/// Rule 9: what follows from a visible child, or from having the parent.
inline void say_implied(explanation& out, const grants& who, level need, const schema::record& r,
                        relatives& others) {
  const detail_grant::levels of(who.rules(), who.who(), *who.catalog());
  for (const implied_access& rule : who.rules().source().implied) {
    if (rule.by_child ? need > level::read : rule.level < need) continue;
    if (!of.with_implied({}, rule, r.of()).holds(r, others)) continue;
    if (rule.by_child)
      say(out, true, "child", "may read a record that refers to this one", "可读取引用该记录的记录");
    else
      say(out, true, "parent_owner", "owns what the record refers to", "是该记录所引用记录的负责人");
  }
}

inline void say_paths(explanation& out, const grants& who, const user& u, action a,
                      const schema::record& r, relatives& others) {
  const std::string_view entity = r.of().name();
  const level need = needed(a);
  if (bypasses(who, r.of(), a))
    say(out, true, "bypass", "a permission set reaches all records of this entity",
        "权限集可访问该实体的全部记录");
  const sharing_default* base = who.rules().default_of(entity);
  if (base && !base->parent.empty()) {
    const detail_grant::levels of(who.rules(), who.who(), *who.catalog());
    if (of.at(r.of(), need).holds(r, others))
      say(out, true, "parent", "reaches the record that `" + base->parent + "` refers to, which "
                               "decides on this one", "可访问 `" + base->parent +
                               "` 所引用的记录，由其决定该记录的访问权");
    return;
  }
  if (who.rules().default_level(entity) >= need)
    say(out, true, "default", "the sharing default of the entity is enough", "实体的默认共享级别已足够");
  const value& owner = r.at(schema::system_slot::owner);
  if (!owner.is_null() && owner.as_id() == who.who().user)
    say(out, true, "owner", "owns the record", "是记录的负责人");
  const value& role = r.at(schema::system_slot::owner_role);
  if (who.rules().hierarchy(entity) && !role.is_null() &&
      who.rules().above(who.who().role, role.as_id()))
    say(out, true, "hierarchy", "stands above the owner in the role tree", "在角色树中位于负责人之上");
  say_members(out, who, u, need, r);
  if (need < level::full) say_rules(out, who, u, need, r);
  say_implied(out, who, need, r, others);
}

/// Rule 10: restrictions come last, and bind those too who reach all records.
inline void say_restrictions(explanation& out, const grants& who, const user& u,
                             const schema::record& r) {
  const entity_rules* rules = who.rules().on(r.of().name());
  if (!rules || rules->restrictions.empty()) return;
  for (const entity_right& e : who.rules().source().entity_rights)
    if (e.bypass_restriction && (e.entity == "*" || e.entity == r.of().name()) &&
        std::find(u.permission_sets.begin(), u.permission_sets.end(), e.permission_set) !=
            u.permission_sets.end())
      return;
  for (const auto& [rule, condition] : rules->restrictions)
    if (who.rules().stands_for(rule->binds, u) && !meets(condition.get(), r))
      say(out, false, "restriction",
          "the record does not meet the restriction " + in_backticks(rule->name),
          "记录不符合限制规则 " + in_backticks(rule->name));
}

}  // namespace detail_explain

GUANXI_INLINE explanation explain(const grants& who, action a, const schema::record& r,
                                  relatives& others) {
  using detail_explain::say;
  explanation out;
  const grant& g = who.of(r.of());
  const bool put_away = r.archived() && a != action::read;
  out.allowed = !r.deleted() && !put_away && g.allows(a, r, others);
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
  if (u) detail_explain::say_restrictions(out, who, *u, r);
  const std::size_t gates_failed = out.reasons.size();
  if (gates_failed == 0) detail_explain::say_paths(out, who, *u, a, r, others);
  if (out.allowed || gates_failed > 0) return out;
  const sharing_default* base = who.rules().default_of(r.of().name());
  if (base && !base->parent.empty())
    say(out, false, "no_path",
        "does not reach the record that `" + base->parent + "` refers to, which decides on this "
        "one; the nearest grant would be one on that record",
        "无法访问 `" + base->parent + "` 所引用的记录，而该记录的访问权由其决定；最接近的授权是对那条记录授权");
  else
    say(out, false, "no_path",
        "neither the owner, nor above the owner in the role tree, "
        "and the sharing default is too low; "
        "the nearest grant would be a share of this record",
        "既非负责人，也不在负责人的上级角色，且默认共享级别不足；最接近的授权是共享该记录");
  return out;
}

GUANXI_INLINE explanation explain(const grants& who, action a, const schema::record& r,
                                  std::uint16_t slot, relatives& others) {
  // A new owner is a transfer, which needs more than an edit.
  const bool transfer = a == action::edit && slot == schema::system_slot::owner;
  explanation out = explain(who, transfer ? action::transfer : a, r, others);
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
