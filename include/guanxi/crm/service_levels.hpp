// What was promised to customers: working hours, policies, and their targets by priority
// (docs/service_levels.md).
//
//   session.create(crm::sla_target::entity, {crm::sla_target::policy = gold,
//   crm::sla_target::priority = "urgent", crm::sla_target::first_response_minutes = 30});
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

namespace business_hours {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title | schema::unique},
    {.name = "content", .type = schema::kind::text, .text = {"Working hours (JSON)", "工作时间（JSON）"},
     .flags = schema::required | schema::tracked},
};
inline constexpr schema::entity_row entity{.name = "business_hours",
                                           .text = {"Business hours", "工作时间"},
                                           .plural = {"Business hours", "工作时间"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> content = entity["content"];
}  // namespace business_hours

namespace sla_policy {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title},
    {.name = "version", .type = schema::kind::integer, .text = {"Version", "版本"},
     .flags = schema::required, .initial = "1"},
    {.name = "position", .type = schema::kind::integer, .text = {"Position", "顺序"},
     .flags = schema::required, .initial = "0"},
    {.name = "criteria", .type = schema::kind::text, .text = {"Criteria", "条件"}},
    {.name = "business_hours", .type = schema::kind::reference, .text = {"Business hours", "工作时间"},
     .flags = schema::indexed, .target = "business_hours",
     .on_delete = schema::on_delete::restrict},
    {.name = "active", .type = schema::kind::boolean, .text = {"Active", "启用"},
     .flags = schema::required, .initial = "true"},
};
inline constexpr schema::entity_row entity{.name = "sla_policy", .text = {"SLA policy", "SLA 策略"},
                                           .plural = {"SLA policies", "SLA 策略"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::int64_t> version = entity["version"];
inline constexpr schema::handle<std::int64_t> position = entity["position"];
inline constexpr schema::handle<std::string_view> criteria = entity["criteria"];
inline constexpr schema::handle<id> business_hours = entity["business_hours"];
inline constexpr schema::handle<bool> active = entity["active"];
}  // namespace sla_policy

/// What a policy promises for a priority, in minutes of its business hours; null: nothing.
namespace sla_target {
inline constexpr schema::choice_row priorities[] = {
    {"low", {"Low", "低"}}, {"normal", {"Normal", "普通"}}, {"high", {"High", "高"}},
    {"urgent", {"Urgent", "紧急"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "policy", .type = schema::kind::reference, .text = {"Policy", "策略"},
     .flags = schema::required | schema::indexed, .target = "sla_policy",
     .on_delete = schema::on_delete::cascade},
    {.name = "priority", .type = schema::kind::choice,
     .text = {"Priority (empty: any)", "优先级（空为全部）"}, .choices = priorities},
    {.name = "first_response_minutes", .type = schema::kind::integer,
     .text = {"First response (min)", "首次响应（分钟）"}},
    {.name = "resolution_minutes", .type = schema::kind::integer,
     .text = {"Resolution (min)", "解决（分钟）"}},
    {.name = "warn_minutes", .type = schema::kind::integer,
     .text = {"Warn before (min)", "提前预警（分钟）"}},
    {.name = "business_hours", .type = schema::kind::reference, .text = {"Business hours", "工作时间"},
     .flags = schema::indexed, .target = "business_hours",
     .on_delete = schema::on_delete::restrict},
};
inline constexpr schema::entity_row entity{.name = "sla_target", .text = {"SLA target", "SLA 目标"},
                                           .plural = {"SLA targets", "SLA 目标"},
                                           .fields = fields};
inline constexpr schema::handle<id> policy = entity["policy"];
inline constexpr schema::handle<std::string_view> priority = entity["priority"];
inline constexpr schema::handle<std::int64_t> first_response_minutes =
    entity["first_response_minutes"];
inline constexpr schema::handle<std::int64_t> resolution_minutes = entity["resolution_minutes"];
inline constexpr schema::handle<std::int64_t> warn_minutes = entity["warn_minutes"];
inline constexpr schema::handle<id> business_hours = entity["business_hours"];
}  // namespace sla_target

}  // namespace guanxi::crm
