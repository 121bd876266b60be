// Queues: records that wait for somebody to take them belong to a queue, and its members have them.
//
//   id holder = session.create(crm::user::entity, {crm::user::login = "queue.first_line", …});
//   session.create(crm::queue::entity,
//                  {crm::queue::name = "First line", crm::queue::holder = holder});
//
// What a queue has is owned by its holder, a user that nobody is: who is owner stays one question,
// with one answer, for every rule.
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

namespace queue {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::unique | schema::title},
    {.name = "holder", .type = schema::kind::reference, .text = {"Holder", "持有用户"},
     .flags = schema::required | schema::unique | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::restrict},
};
inline constexpr schema::entity_row entity{.name = "queue", .text = {"Queue", "队列"},
                                           .plural = {"Queues", "队列"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<id> holder = entity["holder"];
}  // namespace queue

namespace queue_member {
inline constexpr schema::field_row fields[] = {
    {.name = "queue", .type = schema::kind::reference, .text = {"Queue", "队列"},
     .flags = schema::required | schema::indexed, .target = "queue",
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
inline constexpr schema::entity_row entity{.name = "queue_member",
                                           .text = {"Queue member", "队列成员"},
                                           .plural = {"Queue members", "队列成员"},
                                           .fields = fields};
inline constexpr schema::handle<id> queue = entity["queue"];
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<id> role = entity["role"];
inline constexpr schema::handle<bool> subordinates = entity["subordinates"];
inline constexpr schema::handle<id> group = entity["user_group"];
}  // namespace queue_member

}  // namespace guanxi::crm
