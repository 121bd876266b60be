// Who gets what comes in: ordered entries, capacities and absences; the actions `lead.assign`,
// `account.assign`, `opportunity.assign` and `ticket.assign` go by them (docs/assignment.md).
//
//   session.create(crm::assignment_rule::entity, {crm::assignment_rule::name = "Fair leads",
//   crm::assignment_rule::entity_name = "lead", crm::assignment_rule::criteria = "source = 'fair'",
//   crm::assignment_rule::method = "round_robin", crm::assignment_rule::group = sales});
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

/// One entry. Of an entity's entries the first that is met decides.
namespace assignment_rule {
inline constexpr schema::choice_row methods[] = {
    {"user", {"One user", "指定用户"}},
    {"queue", {"A queue", "队列"}},
    {"round_robin", {"In turn", "轮流分配"}},
    {"load", {"Fewest open", "负载最少"}},
    {"capacity", {"Most capacity left", "剩余配额最多"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required | schema::indexed},
    {.name = "position", .type = schema::kind::integer, .text = {"Position", "顺序"},
     .flags = schema::required, .initial = "0"},
    {.name = "criteria", .type = schema::kind::text, .text = {"Criteria", "条件"}},
    {.name = "method", .type = schema::kind::choice, .text = {"Method", "分配方式"},
     .flags = schema::required, .choices = methods, .initial = "'round_robin'"},
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::indexed, .target = "user", .on_delete = schema::on_delete::cascade},
    {.name = "user_group", .type = schema::kind::reference, .text = {"Group", "用户组"},
     .flags = schema::indexed, .target = "user_group", .on_delete = schema::on_delete::cascade},
    {.name = "queue", .type = schema::kind::reference, .text = {"Queue", "队列"},
     .flags = schema::indexed, .target = "queue", .on_delete = schema::on_delete::cascade},
    {.name = "active", .type = schema::kind::boolean, .text = {"Active", "启用"},
     .flags = schema::required, .initial = "true"},
    {.name = "last_user", .type = schema::kind::reference, .text = {"Whose turn it was", "上次分配给"},
     .flags = schema::indexed, .target = "user", .on_delete = schema::on_delete::clear},
};
inline constexpr schema::entity_row entity{.name = "assignment_rule",
                                           .text = {"Assignment rule", "分配规则"},
                                           .plural = {"Assignment rules", "分配规则"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::int64_t> position = entity["position"];
inline constexpr schema::handle<std::string_view> criteria = entity["criteria"];
inline constexpr schema::handle<std::string_view> method = entity["method"];
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<id> group = entity["user_group"];
inline constexpr schema::handle<id> queue = entity["queue"];
inline constexpr schema::handle<bool> active = entity["active"];
inline constexpr schema::handle<id> last_user = entity["last_user"];
}  // namespace assignment_rule

/// How much of an entity a user takes; what is null has no limit.
namespace assignment_capacity {
inline constexpr schema::field_row fields[] = {
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::required | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::cascade},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required},
    {.name = "most_open", .type = schema::kind::integer, .text = {"Most open", "在手上限"}},
    {.name = "daily", .type = schema::kind::integer, .text = {"A day", "每日上限"}},
    {.name = "monthly", .type = schema::kind::integer, .text = {"A month", "每月上限"}},
};
inline constexpr schema::entity_row entity{.name = "assignment_capacity",
                                           .text = {"Assignment capacity", "分配容量"},
                                           .plural = {"Assignment capacities", "分配容量"},
                                           .fields = fields};
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::int64_t> most_open = entity["most_open"];
inline constexpr schema::handle<std::int64_t> daily = entity["daily"];
inline constexpr schema::handle<std::int64_t> monthly = entity["monthly"];
}  // namespace assignment_capacity

/// From when to when a user gets nothing.
namespace user_absence {
inline constexpr schema::field_row fields[] = {
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::required | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::cascade},
    {.name = "starts_at", .type = schema::kind::instant, .text = {"Starts at", "开始时间"},
     .flags = schema::required},
    {.name = "ends_at", .type = schema::kind::instant, .text = {"Ends at", "结束时间"},
     .flags = schema::required | schema::indexed},
    {.name = "note", .type = schema::kind::text, .text = {"Note", "说明"}},
};
inline constexpr schema::entity_row entity{.name = "user_absence", .text = {"Absence", "缺勤"},
                                           .plural = {"Absences", "缺勤"}, .fields = fields};
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<instant> starts_at = entity["starts_at"];
inline constexpr schema::handle<instant> ends_at = entity["ends_at"];
inline constexpr schema::handle<std::string_view> note = entity["note"];
}  // namespace user_absence

/// That a record was given to somebody, when and why. It stays when the record is passed on, so
/// that what was given on a day is not what is still there of it.
namespace ownership {
inline constexpr schema::choice_row causes[] = {{"assign", {"Assigned", "分配"}},
                                                {"rule", {"By rule", "按规则分配"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::required | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::cascade},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"},
     .flags = schema::required},
    {.name = "record", .type = schema::kind::integer, .text = {"Record", "记录"},
     .flags = schema::required | schema::indexed},
    {.name = "at", .type = schema::kind::instant, .text = {"At", "时间"},
     .flags = schema::required | schema::indexed},
    {.name = "cause", .type = schema::kind::choice, .text = {"Cause", "原因"},
     .flags = schema::required, .choices = causes},
    {.name = "rule", .type = schema::kind::reference, .text = {"Rule", "规则"},
     .flags = schema::indexed, .target = "assignment_rule"},
    {.name = "previous", .type = schema::kind::reference, .text = {"Before", "原负责人"},
     .flags = schema::indexed, .target = "user"},
};
inline constexpr schema::entity_row entity{.name = "ownership", .text = {"Ownership", "负责记录"},
                                           .plural = {"Ownerships", "负责记录"}, .fields = fields};
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::int64_t> record = entity["record"];
inline constexpr schema::handle<instant> at = entity["at"];
inline constexpr schema::handle<std::string_view> cause = entity["cause"];
inline constexpr schema::handle<id> rule = entity["rule"];
inline constexpr schema::handle<id> previous = entity["previous"];
}  // namespace ownership

}  // namespace guanxi::crm
