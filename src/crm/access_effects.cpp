// What sharing defaults, implied access, queues and territories must be, before any is stored.
#include "effects.hpp"
#include "guanxi/crm/organisation.hpp"
#include "guanxi/crm/queues.hpp"
#include "guanxi/crm/sharing.hpp"
#include "guanxi/crm/territories.hpp"
#include "guanxi/policy/rules.hpp"
#include "rule_checks.hpp"

#include <map>

namespace guanxi::crm {

namespace {

constexpr std::string_view by_parent = "controlled_by_parent";

/// The entity that a field of a rule's entity refers to.
const schema::entity* referred(const change& c, output& out, const schema::entity& on,
                               const schema::handle<std::string_view>& field) {
  const auto name = (*c.after)[field];
  const schema::field* f = name ? on.find(*name) : nullptr;
  if (f && !f->system && f->target_entity) return f->target_entity;
  if (name)
    refuse(out, c, field.name(), in_backticks(*name) + " is no reference of `" +
                                     std::string(on.name()) + "`; name the one to the parent");
  return nullptr;
}

using parents = std::map<std::string, std::string>;

/// By entity, whose level its records have, this default included.
parents parents_of(const change& c, const query::rows& defaults) {
  parents out;
  const schema::catalog& all = *c.after->catalog();
  const auto add = [&](std::string_view entity, std::string_view field) {
    const schema::entity* on = all.find(entity);
    const schema::field* f = on ? on->find(field) : nullptr;
    if (f && f->target_entity) out[std::string(entity)] = f->target_entity->name();
  };
  for (std::size_t i = 0; i < defaults.size(); ++i)
    if (defaults.at(i, 0).as_id() != c.after->key())
      add(defaults.at(i, 1).as_text(), defaults.at(i, 2).as_text());
  add(*(*c.after)[sharing_default::entity_name], *(*c.after)[sharing_default::parent]);
  return out;
}

/// Rule 5: no entity controls itself, and no more than four stand above one.
std::string chain_fault(const parents& all) {
  for (const auto& [entity, parent] : all) {
    int above = 0;
    for (auto at = all.find(entity); at != all.end(); at = all.find(at->second)) {
      if (at->second == entity)
        return "`" + entity + "` would be controlled by itself; choose a parent that is not";
      if (++above > policy::deepest_parent)
        return "more than " + std::to_string(policy::deepest_parent) + " entities would stand "
               "above `" + entity + "`; give one of them a default of its own";
    }
  }
  return {};
}

work::effect default_check() {
  return {.name = "sharing_default.check", .entity = "sharing_default",
          .queries = {"select id, entity, parent from sharing_default with archived "
                      "where level = 'controlled_by_parent' and parent is not null"},
          .run = [](const change& c, const reads& in, output& out) {
            namespace d = sharing_default;
            const bool controlled = (*c.after)[d::level] == by_parent;
            if (!controlled) {
              for (const auto& field : {d::parent, d::cap})
                if ((*c.after)[field])
                  refuse(out, c, field.name(), "`" + std::string(field.name()) +
                                                   "` is for the level `controlled_by_parent`");
              return;
            }
            if (!(*c.after)[d::parent])
              return refuse(out, c, "parent", "name the reference to the parent that controls");
            const schema::entity* on = about(c, out, d::entity_name);
            if (!on || !referred(c, out, *on, d::parent)) return;
            if (std::string why = chain_fault(parents_of(c, in.queries[0])); !why.empty())
              refuse(out, c, "parent", std::move(why));
          }};
}

work::effect implied_check() {
  return {.name = "implied_access.check", .entity = "implied_access",
          .run = [](const change& c, const reads&, output& out) {
            namespace i = implied_access;
            if (const schema::entity* on = about(c, out, i::entity_name))
              referred(c, out, *on, i::field);
            const bool by_child = (*c.after)[i::kind] == std::string_view("by_child");
            if (by_child && (*c.after)[i::role])
              refuse(out, c, "role", "a visible child shows its parent to whoever sees it; a "
                                     "`role` is for the kind `by_parent`");
            if (by_child && (*c.after)[i::level] == std::string_view("edit"))
              refuse(out, c, "level", "a visible child gives `read` on its parent and no more");
            if (!by_child && !(*c.after)[i::role])
              refuse(out, c, "role", "name the role that the owner of the parent must have");
          }};
}

template <class User, class Role, class Tree, class Group>
void check_member(const change& c, output& out, const User& user, const Role& role,
                  const Tree& subordinates, const Group& group) {
  if (given(c, user, role, group) != 1)
    refuse(out, c, "user", "a member is one of `user`, `role` and `user_group`");
  check_tree(c, out, subordinates, role);
}

work::effect queue_member_check() {
  return {.name = "queue_member.check", .entity = "queue_member",
          .run = [](const change& c, const reads&, output& out) {
            namespace m = queue_member;
            check_member(c, out, m::user, m::role, m::subordinates, m::group);
          }};
}

work::effect territory_member_check() {
  return {.name = "territory_member.check", .entity = "territory_member",
          .run = [](const change& c, const reads&, output& out) {
            namespace m = territory_member;
            check_member(c, out, m::user, m::role, m::subordinates, m::group);
          }};
}

work::effect territory_check() {
  return {.name = "territory.check", .entity = "territory",
          .run = [](const change& c, const reads&, output& out) {
            if (const schema::entity* on = about(c, out, territory::entity_name))
              check_condition(c, out, *on, territory::criteria);
          }};
}

}  // namespace

std::vector<work::effect> access_effects() {
  return {default_check(), implied_check(), queue_member_check(), territory_check(),
          territory_member_check()};
}

}  // namespace guanxi::crm
