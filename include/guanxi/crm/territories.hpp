// Territories: records belong to them by what they say, and their members reach those records.
//
//   session.create(crm::territory::entity,
//                  {crm::territory::name = "Oslo", crm::territory::parent = nordic,
//                   crm::territory::entity_name = "account",
//                   crm::territory::criteria = "city = 'Oslo'", crm::territory::level = "edit"});
//
// A territory has the records of those below it, at its own level.
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

namespace territory {
inline constexpr schema::choice_row levels[] = {
    {"read", {"Read", "只读"}}, {"edit", {"Edit", "读写"}}, {"full", {"Full", "完全"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::unique | schema::title},
    {.name = "parent", .type = schema::kind::reference, .text = {"Parent", "上级区域"},
     .flags = schema::indexed, .target = "territory", .on_delete = schema::on_delete::restrict},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required, .initial = "'account'"},
    {.name = "criteria", .type = schema::kind::text, .text = {"Criteria", "条件"}},
    {.name = "level", .type = schema::kind::choice, .text = {"Level", "级别"},
     .flags = schema::required, .choices = levels, .initial = "'read'"},
};
inline constexpr schema::entity_row entity{.name = "territory", .text = {"Territory", "区域"},
                                           .plural = {"Territories", "区域"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<id> parent = entity["parent"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::string_view> criteria = entity["criteria"];
inline constexpr schema::handle<std::string_view> level = entity["level"];
}  // namespace territory

namespace territory_member {
inline constexpr schema::field_row fields[] = {
    {.name = "territory", .type = schema::kind::reference, .text = {"Territory", "区域"},
     .flags = schema::required | schema::indexed, .target = "territory",
     .on_delete = schema::on_delete::cascade},
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::indexed, .target = "user", .on_delete = schema::on_delete::cascade},
    {.name = "role", .type = schema::kind::reference, .text = {"Role", "角色"},
     .flags = schema::indexed, .target = "role", .on_delete = schema::on_delete::cascade},
    {.name = "subordinates", .type = schema::kind::boolean,
     .text = {"And the roles below", "包括下级角色"}},
    {.name = "user_group", .type = schema::kind::reference, .text = {"Group", "用户组"},
     .flags = schema::indexed, .target = "user_group", .on_delete = schema::on_delete::cascade},
};
inline constexpr schema::entity_row entity{.name = "territory_member",
                                           .text = {"Territory member", "区域成员"},
                                           .plural = {"Territory members", "区域成员"},
                                           .fields = fields};
inline constexpr schema::handle<id> territory = entity["territory"];
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<id> role = entity["role"];
inline constexpr schema::handle<bool> subordinates = entity["subordinates"];
inline constexpr schema::handle<id> group = entity["user_group"];
}  // namespace territory_member

}  // namespace guanxi::crm
