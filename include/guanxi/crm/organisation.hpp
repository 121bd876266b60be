// Users, roles and permission rules, which are records like others.
//
//   session.create(crm::user::entity, {crm::user::login = "li", crm::user::name = "李雷"});
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

namespace role {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title},
    {.name = "parent", .type = schema::kind::reference, .text = {"Parent role", "上级角色"},
     .flags = schema::indexed, .target = "role"},
};
inline constexpr schema::entity_row entity{.name = "role", .text = {"Role", "角色"},
                                           .plural = {"Roles", "角色"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<id> parent = entity["parent"];
}  // namespace role

namespace user {
inline constexpr schema::field_row fields[] = {
    {.name = "login", .type = schema::kind::text, .text = {"Login", "登录名"},
     .flags = schema::required | schema::unique},
    {.name = "name", .type = schema::kind::text, .text = {"Name", "姓名"},
     .flags = schema::required | schema::title},
    {.name = "role", .type = schema::kind::reference, .text = {"Role", "角色"},
     .flags = schema::indexed, .target = "role"},
    {.name = "manager", .type = schema::kind::reference, .text = {"Manager", "直属上级"},
     .flags = schema::indexed, .target = "user"},
    {.name = "region", .type = schema::kind::text, .text = {"Region", "区域"}},
    {.name = "email", .type = schema::kind::text, .text = {"E-mail", "电子邮箱"}},
    {.name = "active", .type = schema::kind::boolean, .text = {"Active", "启用"},
     .flags = schema::required, .initial = "true"},
};
inline constexpr schema::entity_row entity{.name = "user", .text = {"User", "用户"},
                                           .plural = {"Users", "用户"}, .fields = fields};
inline constexpr schema::handle<std::string_view> login = entity["login"];
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<id> role = entity["role"];
inline constexpr schema::handle<id> manager = entity["manager"];
inline constexpr schema::handle<std::string_view> region = entity["region"];
inline constexpr schema::handle<std::string_view> email = entity["email"];
inline constexpr schema::handle<bool> active = entity["active"];
}  // namespace user

namespace permission_set {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title | schema::unique},
};
inline constexpr schema::entity_row entity{.name = "permission_set",
                                           .text = {"Permission set", "权限集"},
                                           .plural = {"Permission sets", "权限集"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
}  // namespace permission_set

namespace permission_assignment {
inline constexpr schema::field_row fields[] = {
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::required | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::cascade},
    {.name = "permission_set", .type = schema::kind::reference, .text = {"Permission set", "权限集"},
     .flags = schema::required | schema::indexed, .target = "permission_set",
     .on_delete = schema::on_delete::cascade},
};
inline constexpr schema::entity_row entity{
    .name = "permission_assignment", .text = {"Permission assignment", "权限分配"},
    .plural = {"Permission assignments", "权限分配"}, .fields = fields};
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<id> permission_set = entity["permission_set"];
}  // namespace permission_assignment

namespace entity_right {
inline constexpr schema::field_row fields[] = {
    {.name = "permission_set", .type = schema::kind::reference, .text = {"Permission set", "权限集"},
     .flags = schema::required | schema::indexed, .target = "permission_set",
     .on_delete = schema::on_delete::cascade},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity (* for all)", "实体（* 为全部）"},
     .flags = schema::required},
    {.name = "may_create", .type = schema::kind::boolean, .text = {"Create", "新建"}},
    {.name = "may_read", .type = schema::kind::boolean, .text = {"Read", "读取"}},
    {.name = "may_edit", .type = schema::kind::boolean, .text = {"Edit", "编辑"}},
    {.name = "may_delete", .type = schema::kind::boolean, .text = {"Delete", "删除"}},
    {.name = "view_all", .type = schema::kind::boolean, .text = {"View all", "查看全部"}},
    {.name = "modify_all", .type = schema::kind::boolean, .text = {"Modify all", "修改全部"}},
    {.name = "listed_fields_only", .type = schema::kind::boolean,
     .text = {"Listed fields only", "仅限列出的字段"}},
    {.name = "bypass_restriction", .type = schema::kind::boolean,
     .text = {"Bypass restrictions", "不受限制规则约束"}},
};
inline constexpr schema::entity_row entity{.name = "entity_right", .text = {"Entity right", "实体权限"},
                                           .plural = {"Entity rights", "实体权限"}, .fields = fields};
inline constexpr schema::handle<id> permission_set = entity["permission_set"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<bool> may_create = entity["may_create"];
inline constexpr schema::handle<bool> may_read = entity["may_read"];
inline constexpr schema::handle<bool> may_edit = entity["may_edit"];
inline constexpr schema::handle<bool> may_delete = entity["may_delete"];
inline constexpr schema::handle<bool> view_all = entity["view_all"];
inline constexpr schema::handle<bool> modify_all = entity["modify_all"];
inline constexpr schema::handle<bool> listed_fields_only = entity["listed_fields_only"];
inline constexpr schema::handle<bool> bypass_restriction = entity["bypass_restriction"];
}  // namespace entity_right

namespace field_right {
inline constexpr schema::field_row fields[] = {
    {.name = "permission_set", .type = schema::kind::reference, .text = {"Permission set", "权限集"},
     .flags = schema::required | schema::indexed, .target = "permission_set",
     .on_delete = schema::on_delete::cascade},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required},
    {.name = "field", .type = schema::kind::text, .text = {"Field", "字段"},
     .flags = schema::required},
    {.name = "may_read", .type = schema::kind::boolean, .text = {"Read", "读取"}},
    {.name = "may_edit", .type = schema::kind::boolean, .text = {"Edit", "编辑"}},
};
inline constexpr schema::entity_row entity{.name = "field_right", .text = {"Field right", "字段权限"},
                                           .plural = {"Field rights", "字段权限"}, .fields = fields};
inline constexpr schema::handle<id> permission_set = entity["permission_set"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::string_view> field = entity["field"];
inline constexpr schema::handle<bool> may_read = entity["may_read"];
inline constexpr schema::handle<bool> may_edit = entity["may_edit"];
}  // namespace field_right

namespace sharing_default {
inline constexpr schema::choice_row levels[] = {
    {"private", {"Private", "私有"}}, {"read", {"Read", "只读"}}, {"edit", {"Edit", "读写"}},
    {"controlled_by_parent", {"Controlled by parent", "由父记录控制"}}};
inline constexpr schema::choice_row caps[] = {{"read", {"Read", "只读"}},
                                              {"edit", {"Edit", "读写"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required | schema::unique | schema::title},
    {.name = "level", .type = schema::kind::choice, .text = {"Level", "级别"},
     .flags = schema::required, .choices = levels, .initial = "'private'"},
    {.name = "hierarchy", .type = schema::kind::boolean, .text = {"Hierarchy", "按角色层级"},
     .flags = schema::required, .initial = "true"},
    {.name = "parent", .type = schema::kind::text, .text = {"Parent field", "父记录字段"}},
    {.name = "cap", .type = schema::kind::choice, .text = {"No more than", "级别上限"},
     .choices = caps},
    {.name = "ends_team", .type = schema::kind::boolean,
     .text = {"Team ends with the ownership", "负责人变更时解散团队"}},
};
inline constexpr schema::entity_row entity{.name = "sharing_default",
                                           .text = {"Sharing default", "默认共享"},
                                           .plural = {"Sharing defaults", "默认共享"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::string_view> level = entity["level"];
inline constexpr schema::handle<bool> hierarchy = entity["hierarchy"];
inline constexpr schema::handle<std::string_view> parent = entity["parent"];
inline constexpr schema::handle<std::string_view> cap = entity["cap"];
inline constexpr schema::handle<bool> ends_team = entity["ends_team"];
}  // namespace sharing_default

namespace setting {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::unique | schema::title},
    {.name = "content", .type = schema::kind::text, .text = {"Content", "内容"}},
};
inline constexpr schema::entity_row entity{.name = "setting", .text = {"Setting", "设置"},
                                           .plural = {"Settings", "设置"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> content = entity["content"];
}  // namespace setting

}  // namespace guanxi::crm
