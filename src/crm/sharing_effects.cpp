// What groups, sharing rules, restrictions and shares must be, before any is stored.
#include "effects.hpp"
#include "guanxi/crm/sharing.hpp"
#include "rule_checks.hpp"

namespace guanxi::crm {

namespace {

using work::change;
using work::output;
using work::reads;

constexpr const char* default_query =
    "select level from sharing_default with archived where entity = :entity";

/// Rule 4: what gives no more than everybody has is refused.
void check_level(const change& c, const reads& in, output& out,
                 const schema::handle<std::string_view>& field) {
  const query::rows& found = in.queries[0];
  const auto level = (*c.after)[field];
  const value given = found.empty() ? value() : found.at(0, 0);
  if (!level || given.is_null()) return;
  const std::string_view base = given.as_text();
  if (base == "controlled_by_parent")
    return refuse(out, c, field.name(),
                  "records of this entity are controlled by their parents, and nothing else gives "
                  "access to them; share the parents");
  if (base == "edit" || base == *level)
    refuse(out, c, field.name(),
           "the sharing default gives everybody `" + std::string(base) +
               "` already, so that `" + std::string(*level) + "` would share nothing");
}

work::effect member_check() {
  return {.name = "group_member.check", .entity = "group_member",
          .run = [](const change& c, const reads&, output& out) {
            namespace m = group_member;
            if (given(c, m::user, m::role, m::nested_group) != 1)
              refuse(out, c, "user", "a member is one of `user`, `role` and `nested_group`");
            check_tree(c, out, m::subordinates, m::role);
          }};
}

work::effect rule_check() {
  return {.name = "sharing_rule.check", .entity = "sharing_rule", .queries = {default_query},
          .run = [](const change& c, const reads& in, output& out) {
            namespace r = sharing_rule;
            if (given(c, r::owned_by_role, r::owned_by_group, r::criteria) != 1)
              refuse(out, c, "criteria",
                     "a rule shares what is `owned_by_role` or `owned_by_group`, or what meets "
                     "`criteria`; give one of them");
            if (given(c, r::with_user, r::with_role, r::with_group) != 1)
              refuse(out, c, "with_role",
                     "a rule shares with one of `with_user`, `with_role` and `with_group`");
            check_tree(c, out, r::owned_by_subordinates, r::owned_by_role);
            check_tree(c, out, r::with_subordinates, r::with_role);
            if (const schema::entity* on = about(c, out, r::entity_name))
              check_condition(c, out, *on, r::criteria);
            check_level(c, in, out, r::level);
          }};
}

work::effect restriction_check() {
  return {.name = "restriction_rule.check", .entity = "restriction_rule",
          .run = [](const change& c, const reads&, output& out) {
            namespace r = restriction_rule;
            if (given(c, r::for_user, r::for_role, r::for_group) > 1)
              refuse(out, c, "for_role",
                     "a restriction is for one of `for_user`, `for_role` and `for_group`, or for "
                     "everybody");
            check_tree(c, out, r::for_subordinates, r::for_role);
            if (const schema::entity* on = about(c, out, r::entity_name))
              check_condition(c, out, *on, r::criteria);
          }};
}

work::effect share_check() {
  return {.name = "record_share.check", .entity = "record_share", .queries = {default_query},
          .run = [](const change& c, const reads& in, output& out) {
            namespace s = record_share;
            if (given(c, s::user, s::role, s::group) != 1)
              refuse(out, c, "user", "a record is shared with one of `user`, `role` and "
                                     "`user_group`");
            check_tree(c, out, s::subordinates, s::role);
            about(c, out, s::entity_name);
            check_level(c, in, out, s::level);
          }};
}

work::effect team_check() {
  return {.name = "team_member.check", .entity = "team_member",
          .run = [](const change& c, const reads&, output& out) {
            about(c, out, team_member::entity_name);
          }};
}

}  // namespace

std::vector<work::effect> sharing_effects() {
  return {member_check(), rule_check(), restriction_check(), share_check(), team_check()};
}

}  // namespace guanxi::crm
