// Tickets and activities: what customers ask, and what people do for them.
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

namespace ticket {
inline constexpr schema::choice_row statuses[] = {
    {"new", {"New", "新建"}},           {"open", {"Open", "处理中"}}, {"pending", {"Pending", "等待中"}},
    {"resolved", {"Resolved", "已解决"}}, {"closed", {"Closed", "已关闭"}}};
inline constexpr schema::choice_row priorities[] = {
    {"low", {"Low", "低"}}, {"normal", {"Normal", "普通"}}, {"high", {"High", "高"}},
    {"urgent", {"Urgent", "紧急"}}};
inline constexpr schema::choice_row channels[] = {
    {"phone", {"Phone", "电话"}}, {"email", {"E-mail", "邮件"}}, {"web", {"Web", "网页"}},
    {"chat", {"Chat", "在线聊天"}}, {"visit", {"Visit", "到访"}}};
inline constexpr schema::choice_row types[] = {
    {"question", {"Question", "咨询"}}, {"incident", {"Incident", "故障"}},
    {"complaint", {"Complaint", "投诉"}}, {"request", {"Request", "请求"}}};
/// How a promise stands.
inline constexpr schema::choice_row milestone_states[] = {
    {"open", {"Open", "进行中"}}, {"warned", {"Warned", "已预警"}}, {"met", {"Met", "已达成"}},
    {"violated", {"Violated", "已违约"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "subject",
     .type = schema::kind::text,
     .text = {"Subject", "主题"},
     .flags = schema::required | schema::title | schema::searchable},
    {.name = "account",
     .type = schema::kind::reference,
     .text = {"Account", "客户"},
     .flags = schema::indexed,
     .target = "account",
     .on_delete = schema::on_delete::cascade},
    {.name = "contact",
     .type = schema::kind::reference,
     .text = {"Contact", "联系人"},
     .flags = schema::indexed,
     .target = "contact"},
    {.name = "product",
     .type = schema::kind::reference,
     .text = {"Product", "产品"},
     .flags = schema::indexed,
     .target = "product",
     .on_delete = schema::on_delete::restrict},
    {.name = "status",
     .type = schema::kind::choice,
     .text = {"Status", "状态"},
     .flags = schema::indexed,
     .choices = statuses,
     .initial = "'new'"},
    {.name = "priority",
     .type = schema::kind::choice,
     .text = {"Priority", "优先级"},
     .choices = priorities,
     .initial = "'normal'"},
    {.name = "channel",
     .type = schema::kind::choice,
     .text = {"Channel", "渠道"},
     .choices = channels},
    {.name = "opened_at",
     .type = schema::kind::instant,
     .text = {"Opened at", "受理时间"},
     .flags = schema::indexed},
    {.name = "resolved_at", .type = schema::kind::instant, .text = {"Resolved at", "解决时间"}},
    {.name = "satisfaction",
     .type = schema::kind::integer,
     .text = {"Satisfaction (1-5)", "满意度（1-5）"}},
    {.name = "description", .type = schema::kind::text, .text = {"Description", "说明"}},
    {.name = "last_activity_at", .type = schema::kind::instant, .text = {"Last activity", "最近跟进"},
     .flags = schema::derived},
    {.name = "capture_key", .type = schema::kind::text, .text = {"Capture key", "来源唯一键"},
     .flags = schema::unique},
    {.name = "type", .type = schema::kind::choice, .text = {"Type", "类型"}, .choices = types},
    {.name = "followed_up_at", .type = schema::kind::instant,
     .text = {"Followed up at", "回访时间"}},
    {.name = "closed_at", .type = schema::kind::instant, .text = {"Closed at", "关闭时间"},
     .flags = schema::derived},
    {.name = "business_hours", .type = schema::kind::reference, .text = {"Business hours", "工作时间"},
     .flags = schema::indexed, .target = "business_hours"},
    {.name = "sla_policy", .type = schema::kind::reference, .text = {"SLA policy", "SLA 策略"},
     .flags = schema::derived | schema::indexed, .target = "sla_policy",
     .on_delete = schema::on_delete::restrict},
    {.name = "sla_hours", .type = schema::kind::reference, .text = {"SLA hours", "SLA 工作时间"},
     .flags = schema::derived | schema::indexed, .target = "business_hours",
     .on_delete = schema::on_delete::restrict},
    {.name = "sla_started_at", .type = schema::kind::instant, .text = {"SLA started at", "SLA 起始"},
     .flags = schema::derived},
    {.name = "first_responded_at", .type = schema::kind::instant,
     .text = {"First responded at", "首次响应时间"}},
    {.name = "first_response_due_at", .type = schema::kind::instant,
     .text = {"First response due", "首次响应期限"}, .flags = schema::derived | schema::indexed},
    {.name = "first_response_warn_at", .type = schema::kind::instant,
     .text = {"First response warning", "首次响应预警"}, .flags = schema::derived | schema::indexed},
    {.name = "first_response_state", .type = schema::kind::choice,
     .text = {"First response", "首次响应"}, .choices = milestone_states},
    {.name = "resolution_due_at", .type = schema::kind::instant,
     .text = {"Resolution due", "解决期限"}, .flags = schema::derived | schema::indexed},
    {.name = "resolution_warn_at", .type = schema::kind::instant,
     .text = {"Resolution warning", "解决预警"}, .flags = schema::derived | schema::indexed},
    {.name = "resolution_state", .type = schema::kind::choice, .text = {"Resolution", "解决"},
     .choices = milestone_states},
    {.name = "hold_since", .type = schema::kind::instant, .text = {"On hold since", "暂停自"},
     .flags = schema::derived},
    {.name = "hold_seconds", .type = schema::kind::integer, .text = {"On hold (s)", "暂停时长（秒）"},
     .flags = schema::derived},
    {.name = "resolution_seconds", .type = schema::kind::integer,
     .text = {"Resolution time (s)", "解决用时（秒）"}, .flags = schema::derived},
};
inline constexpr schema::entity_row entity{.name = "ticket", .text = {"Ticket", "工单"},
                                           .plural = {"Tickets", "工单"}, .fields = fields};
inline constexpr schema::handle<std::string_view> subject = entity["subject"];
inline constexpr schema::handle<id> account = entity["account"];
inline constexpr schema::handle<id> contact = entity["contact"];
inline constexpr schema::handle<id> product = entity["product"];
inline constexpr schema::handle<std::string_view> status = entity["status"];
inline constexpr schema::handle<std::string_view> priority = entity["priority"];
inline constexpr schema::handle<std::string_view> channel = entity["channel"];
inline constexpr schema::handle<instant> opened_at = entity["opened_at"];
inline constexpr schema::handle<instant> resolved_at = entity["resolved_at"];
inline constexpr schema::handle<std::int64_t> satisfaction = entity["satisfaction"];
inline constexpr schema::handle<std::string_view> description = entity["description"];
inline constexpr schema::handle<instant> last_activity_at = entity["last_activity_at"];
inline constexpr schema::handle<std::string_view> capture_key = entity["capture_key"];
inline constexpr schema::handle<std::string_view> type = entity["type"];
inline constexpr schema::handle<instant> followed_up_at = entity["followed_up_at"];
inline constexpr schema::handle<instant> closed_at = entity["closed_at"];
inline constexpr schema::handle<id> business_hours = entity["business_hours"];
inline constexpr schema::handle<id> sla_policy = entity["sla_policy"];
inline constexpr schema::handle<id> sla_hours = entity["sla_hours"];
inline constexpr schema::handle<instant> sla_started_at = entity["sla_started_at"];
inline constexpr schema::handle<instant> first_responded_at = entity["first_responded_at"];
inline constexpr schema::handle<instant> first_response_due_at = entity["first_response_due_at"];
inline constexpr schema::handle<instant> first_response_warn_at =
    entity["first_response_warn_at"];
inline constexpr schema::handle<std::string_view> first_response_state =
    entity["first_response_state"];
inline constexpr schema::handle<instant> resolution_due_at = entity["resolution_due_at"];
inline constexpr schema::handle<instant> resolution_warn_at = entity["resolution_warn_at"];
inline constexpr schema::handle<std::string_view> resolution_state = entity["resolution_state"];
inline constexpr schema::handle<instant> hold_since = entity["hold_since"];
inline constexpr schema::handle<std::int64_t> hold_seconds = entity["hold_seconds"];
inline constexpr schema::handle<std::int64_t> resolution_seconds = entity["resolution_seconds"];
}  // namespace ticket

namespace activity {
inline constexpr schema::choice_row types[] = {
    {"task", {"Task", "任务"}}, {"call", {"Call", "电话"}}, {"meeting", {"Meeting", "会议"}},
    {"email", {"E-mail", "邮件"}}, {"note", {"Note", "备注"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "subject", .type = schema::kind::text, .text = {"Subject", "主题"},
     .flags = schema::required | schema::title},
    {.name = "type", .type = schema::kind::choice, .text = {"Type", "类型"},
     .flags = schema::required, .choices = types, .initial = "'task'"},
    {.name = "account", .type = schema::kind::reference, .text = {"Account", "客户"},
     .flags = schema::indexed, .target = "account", .on_delete = schema::on_delete::cascade},
    {.name = "contact", .type = schema::kind::reference, .text = {"Contact", "联系人"},
     .flags = schema::indexed, .target = "contact"},
    {.name = "opportunity", .type = schema::kind::reference, .text = {"Opportunity", "商机"},
     .flags = schema::indexed, .target = "opportunity", .on_delete = schema::on_delete::cascade},
    {.name = "ticket", .type = schema::kind::reference, .text = {"Ticket", "工单"},
     .flags = schema::indexed, .target = "ticket", .on_delete = schema::on_delete::cascade},
    {.name = "due_on", .type = schema::kind::date, .text = {"Due on", "截止日期"},
     .flags = schema::indexed},
    {.name = "done_at", .type = schema::kind::instant, .text = {"Done at", "完成时间"}},
    {.name = "notes", .type = schema::kind::text, .text = {"Notes", "备注"}},
    {.name = "lead", .type = schema::kind::reference, .text = {"Lead", "线索"},
     .flags = schema::indexed, .target = "lead", .on_delete = schema::on_delete::cascade},
    {.name = "remind_at", .type = schema::kind::instant, .text = {"Remind at", "提醒时间"},
     .flags = schema::indexed},
    {.name = "reminded_at", .type = schema::kind::instant, .text = {"Reminded at", "已提醒时间"}},
};
inline constexpr schema::entity_row entity{.name = "activity", .text = {"Activity", "活动"},
                                           .plural = {"Activities", "活动"}, .fields = fields};
inline constexpr schema::handle<std::string_view> subject = entity["subject"];
inline constexpr schema::handle<std::string_view> type = entity["type"];
inline constexpr schema::handle<id> account = entity["account"];
inline constexpr schema::handle<id> contact = entity["contact"];
inline constexpr schema::handle<id> opportunity = entity["opportunity"];
inline constexpr schema::handle<id> ticket = entity["ticket"];
inline constexpr schema::handle<date> due_on = entity["due_on"];
inline constexpr schema::handle<instant> done_at = entity["done_at"];
inline constexpr schema::handle<std::string_view> notes = entity["notes"];
inline constexpr schema::handle<id> lead = entity["lead"];
inline constexpr schema::handle<instant> remind_at = entity["remind_at"];
inline constexpr schema::handle<instant> reminded_at = entity["reminded_at"];
}  // namespace activity

/// Something that a user should know; it belongs to that user.
namespace notification {
inline constexpr schema::field_row fields[] = {
    {.name = "text", .type = schema::kind::text, .text = {"Text", "内容"},
     .flags = schema::required | schema::title},
    {.name = "kind", .type = schema::kind::text, .text = {"Kind", "类型"},
     .flags = schema::required | schema::indexed},
    {.name = "at", .type = schema::kind::instant, .text = {"At", "时间"},
     .flags = schema::required | schema::indexed},
    {.name = "entity", .type = schema::kind::text, .text = {"About entity", "相关实体"}},
    {.name = "record", .type = schema::kind::integer, .text = {"About record", "相关记录"},
     .flags = schema::indexed},
    {.name = "read_at", .type = schema::kind::instant, .text = {"Read at", "阅读时间"}},
};
inline constexpr schema::entity_row entity{.name = "notification", .text = {"Notification", "通知"},
                                           .plural = {"Notifications", "通知"}, .fields = fields};
inline constexpr schema::handle<std::string_view> text = entity["text"];
inline constexpr schema::handle<std::string_view> kind = entity["kind"];
inline constexpr schema::handle<instant> at = entity["at"];
inline constexpr schema::handle<std::string_view> entity_name = entity["entity"];
inline constexpr schema::handle<std::int64_t> record = entity["record"];
inline constexpr schema::handle<instant> read_at = entity["read_at"];
}  // namespace notification

}  // namespace guanxi::crm
