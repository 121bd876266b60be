// Groups, sharing rules, restrictions, shares and teams: who reaches which records beside their
// owners and those above them. Records like others; docs/permissions.md says what they mean.
//
//   session.create(crm::user_group::entity, {crm::user_group::name = "Service"});
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

/// What rules and shares of a record may give.
inline constexpr schema::choice_row shared_levels[] = {{"read", {"Read", "只读"}},
                                                       {"edit", {"Edit", "读写"}}};

namespace user_group {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::unique | schema::title},
    {.name = "hierarchy", .type = schema::kind::boolean, .text = {"Hierarchy", "按角色层级"},
     .flags = schema::required, .initial = "true"},
};
inline constexpr schema::entity_row entity{.name = "user_group", .text = {"User group", "用户组"},
                                           .plural = {"User groups", "用户组"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<bool> hierarchy = entity["hierarchy"];
}  // namespace user_group

namespace group_member {
inline constexpr schema::field_row fields[] = {
    {.name = "user_group", .type = schema::kind::reference, .text = {"Group", "用户组"},
     .flags = schema::required | schema::indexed, .target = "user_group",
     .on_delete = schema::on_delete::cascade},
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::indexed, .target = "user", .on_delete = schema::on_delete::cascade},
    {.name = "role", .type = schema::kind::reference, .text = {"Role", "角色"},
     .flags = schema::indexed, .target = "role", .on_delete = schema::on_delete::cascade},
    {.name = "subordinates", .type = schema::kind::boolean,
     .text = {"And the roles below", "包括下级角色"}},
    {.name = "nested_group", .type = schema::kind::reference, .text = {"Nested group", "嵌套用户组"},
     .flags = schema::indexed, .target = "user_group", .on_delete = schema::on_delete::cascade},
};
inline constexpr schema::entity_row entity{.name = "group_member",
                                           .text = {"Group member", "用户组成员"},
                                           .plural = {"Group members", "用户组成员"},
                                           .fields = fields};
inline constexpr schema::handle<id> group = entity["user_group"];
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<id> role = entity["role"];
inline constexpr schema::handle<bool> subordinates = entity["subordinates"];
inline constexpr schema::handle<id> nested_group = entity["nested_group"];
}  // namespace group_member

/// Shares what somebody owns, or what meets a condition, with somebody else.
namespace sharing_rule {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required},
    {.name = "owned_by_role", .type = schema::kind::reference,
     .text = {"Owned by role", "负责人的角色"}, .flags = schema::indexed, .target = "role",
     .on_delete = schema::on_delete::cascade},
    {.name = "owned_by_subordinates", .type = schema::kind::boolean,
     .text = {"Or by the roles below", "包括下级角色的负责人"}},
    {.name = "owned_by_group", .type = schema::kind::reference,
     .text = {"Owned by group", "负责人的用户组"}, .flags = schema::indexed, .target = "user_group",
     .on_delete = schema::on_delete::cascade},
    {.name = "criteria", .type = schema::kind::text, .text = {"Criteria", "条件"}},
    {.name = "with_user", .type = schema::kind::reference, .text = {"With user", "共享给用户"},
     .flags = schema::indexed, .target = "user", .on_delete = schema::on_delete::cascade},
    {.name = "with_role", .type = schema::kind::reference, .text = {"With role", "共享给角色"},
     .flags = schema::indexed, .target = "role", .on_delete = schema::on_delete::cascade},
    {.name = "with_subordinates", .type = schema::kind::boolean,
     .text = {"And with the roles below", "包括下级角色"}},
    {.name = "with_group", .type = schema::kind::reference, .text = {"With group", "共享给用户组"},
     .flags = schema::indexed, .target = "user_group", .on_delete = schema::on_delete::cascade},
    {.name = "level", .type = schema::kind::choice, .text = {"Level", "级别"},
     .flags = schema::required, .choices = shared_levels, .initial = "'read'"},
};
inline constexpr schema::entity_row entity{.name = "sharing_rule", .text = {"Sharing rule", "共享规则"},
                                           .plural = {"Sharing rules", "共享规则"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<id> owned_by_role = entity["owned_by_role"];
inline constexpr schema::handle<bool> owned_by_subordinates = entity["owned_by_subordinates"];
inline constexpr schema::handle<id> owned_by_group = entity["owned_by_group"];
inline constexpr schema::handle<std::string_view> criteria = entity["criteria"];
inline constexpr schema::handle<id> with_user = entity["with_user"];
inline constexpr schema::handle<id> with_role = entity["with_role"];
inline constexpr schema::handle<bool> with_subordinates = entity["with_subordinates"];
inline constexpr schema::handle<id> with_group = entity["with_group"];
inline constexpr schema::handle<std::string_view> level = entity["level"];
}  // namespace sharing_rule

/// Keeps those whom it binds (everybody, if it names nobody) to the records that meet a condition.
namespace restriction_rule {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required},
    {.name = "criteria", .type = schema::kind::text, .text = {"Criteria", "条件"},
     .flags = schema::required},
    {.name = "for_user", .type = schema::kind::reference, .text = {"For user", "约束用户"},
     .flags = schema::indexed, .target = "user", .on_delete = schema::on_delete::restrict},
    {.name = "for_role", .type = schema::kind::reference, .text = {"For role", "约束角色"},
     .flags = schema::indexed, .target = "role", .on_delete = schema::on_delete::restrict},
    {.name = "for_subordinates", .type = schema::kind::boolean,
     .text = {"And for the roles below", "包括下级角色"}},
    {.name = "for_group", .type = schema::kind::reference, .text = {"For group", "约束用户组"},
     .flags = schema::indexed, .target = "user_group", .on_delete = schema::on_delete::restrict},
};
inline constexpr schema::entity_row entity{.name = "restriction_rule",
                                           .text = {"Restriction rule", "限制规则"},
                                           .plural = {"Restriction rules", "限制规则"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::string_view> criteria = entity["criteria"];
inline constexpr schema::handle<id> for_user = entity["for_user"];
inline constexpr schema::handle<id> for_role = entity["for_role"];
inline constexpr schema::handle<bool> for_subordinates = entity["for_subordinates"];
inline constexpr schema::handle<id> for_group = entity["for_group"];
}  // namespace restriction_rule

/// Shares one record. Its `cause` is `manual` unless a program says otherwise: manual shares end
/// when the record changes owner.
namespace record_share {
inline constexpr schema::field_row fields[] = {
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required},
    {.name = "record", .type = schema::kind::integer, .text = {"Record", "记录"},
     .flags = schema::required | schema::indexed},
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::indexed, .target = "user", .on_delete = schema::on_delete::cascade},
    {.name = "role", .type = schema::kind::reference, .text = {"Role", "角色"},
     .flags = schema::indexed, .target = "role", .on_delete = schema::on_delete::cascade},
    {.name = "subordinates", .type = schema::kind::boolean,
     .text = {"And the roles below", "包括下级角色"}},
    {.name = "user_group", .type = schema::kind::reference, .text = {"Group", "用户组"},
     .flags = schema::indexed, .target = "user_group", .on_delete = schema::on_delete::cascade},
    {.name = "level", .type = schema::kind::choice, .text = {"Level", "级别"},
     .flags = schema::required, .choices = shared_levels, .initial = "'read'"},
    {.name = "cause", .type = schema::kind::text, .text = {"Cause", "来源"},
     .flags = schema::required, .initial = "'manual'"},
};
inline constexpr schema::entity_row entity{.name = "record_share",
                                           .text = {"Record share", "记录共享"},
                                           .plural = {"Record shares", "记录共享"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::int64_t> record = entity["record"];
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<id> role = entity["role"];
inline constexpr schema::handle<bool> subordinates = entity["subordinates"];
inline constexpr schema::handle<id> group = entity["user_group"];
inline constexpr schema::handle<std::string_view> level = entity["level"];
inline constexpr schema::handle<std::string_view> cause = entity["cause"];
}  // namespace record_share

/// Somebody who works on a record beside its owner, and stays when that changes.
namespace team_member {
inline constexpr schema::choice_row team_roles[] = {{"owner", {"Owner", "负责人"}},
                                                    {"co_owner", {"Co-owner", "协作负责人"}},
                                                    {"service", {"Service", "服务人员"}},
                                                    {"follower", {"Follower", "关注人"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required},
    {.name = "record", .type = schema::kind::integer, .text = {"Record", "记录"},
     .flags = schema::required | schema::indexed},
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::required | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::cascade},
    {.name = "team_role", .type = schema::kind::choice, .text = {"Role in the team", "团队角色"},
     .flags = schema::required, .choices = team_roles, .initial = "'follower'"},
    {.name = "level", .type = schema::kind::choice, .text = {"Level", "级别"},
     .flags = schema::required, .choices = shared_levels, .initial = "'read'"},
};
inline constexpr schema::entity_row entity{.name = "team_member", .text = {"Team member", "团队成员"},
                                           .plural = {"Team members", "团队成员"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::int64_t> record = entity["record"];
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<std::string_view> team_role = entity["team_role"];
inline constexpr schema::handle<std::string_view> level = entity["level"];
}  // namespace team_member

/// Access along a reference: to what a visible record refers to, or to what refers to one's own.
namespace implied_access {
inline constexpr schema::choice_row kinds[] = {
    {"by_child", {"To the parent by a visible child", "因可见的子记录而可读父记录"}},
    {"by_parent", {"To the children of the parent's owner", "父记录负责人可访问子记录"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required},
    {.name = "field", .type = schema::kind::text, .text = {"Field", "字段"},
     .flags = schema::required},
    {.name = "kind", .type = schema::kind::choice, .text = {"Kind", "类型"},
     .flags = schema::required, .choices = kinds, .initial = "'by_child'"},
    {.name = "role", .type = schema::kind::reference, .text = {"Role of the owner", "负责人的角色"},
     .flags = schema::indexed, .target = "role", .on_delete = schema::on_delete::cascade},
    {.name = "level", .type = schema::kind::choice, .text = {"Level", "级别"},
     .flags = schema::required, .choices = shared_levels, .initial = "'read'"},
};
inline constexpr schema::entity_row entity{.name = "implied_access",
                                           .text = {"Implied access", "隐含访问"},
                                           .plural = {"Implied access", "隐含访问"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::string_view> field = entity["field"];
inline constexpr schema::handle<std::string_view> kind = entity["kind"];
inline constexpr schema::handle<id> role = entity["role"];
inline constexpr schema::handle<std::string_view> level = entity["level"];
}  // namespace implied_access

}  // namespace guanxi::crm
