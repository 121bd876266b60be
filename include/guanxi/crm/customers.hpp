// Accounts, contacts and leads: the customer file.
//
//   session.create(account::entity, {account::name = "Acme", account::industry = "retail"});
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

namespace account {
inline constexpr schema::choice_row classifications[] = {
    {"prospect", {"Prospect", "潜在客户"}},
    {"existing", {"Existing", "现有客户"}},
    {"key", {"Key", "重点客户"}},
    {"former", {"Former", "流失客户"}},
};
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "客户名称"},
     .flags = schema::required | schema::title | schema::indexed | schema::searchable},
    {.name = "industry", .type = schema::kind::text, .text = {"Industry", "行业"},
     .flags = schema::indexed},
    {.name = "parent", .type = schema::kind::reference, .text = {"Parent account", "上级客户"},
     .flags = schema::indexed, .target = "account", .on_delete = schema::on_delete::clear},
    {.name = "classification", .type = schema::kind::choice, .text = {"Classification", "客户分级"},
     .choices = classifications, .initial = "'prospect'"},
    {.name = "phone", .type = schema::kind::text, .text = {"Phone", "电话"},
     .flags = schema::searchable},
    {.name = "email", .type = schema::kind::text, .text = {"E-mail", "电子邮箱"},
     .flags = schema::searchable},
    {.name = "website", .type = schema::kind::text, .text = {"Website", "网站"}},
    {.name = "country", .type = schema::kind::text, .text = {"Country", "国家"}},
    {.name = "city", .type = schema::kind::text, .text = {"City", "城市"}},
    {.name = "address", .type = schema::kind::text, .text = {"Address", "地址"}},
    {.name = "employees", .type = schema::kind::integer, .text = {"Employees", "员工人数"}},
    {.name = "founded_year", .type = schema::kind::integer, .text = {"Founded", "成立年份"}},
    {.name = "annual_revenue", .type = schema::kind::money, .text = {"Annual revenue", "年营业额"}},
    {.name = "currency", .type = schema::kind::text, .text = {"Currency", "币种"}},
    {.name = "description", .type = schema::kind::text, .text = {"Description", "说明"}},
    {.name = "last_activity_at", .type = schema::kind::instant, .text = {"Last activity", "最近跟进"},
     .flags = schema::derived | schema::indexed},
};
inline constexpr schema::entity_row entity{.name = "account", .text = {"Account", "客户"},
                                           .plural = {"Accounts", "客户"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> industry = entity["industry"];
inline constexpr schema::handle<id> parent = entity["parent"];
inline constexpr schema::handle<std::string_view> classification = entity["classification"];
inline constexpr schema::handle<std::string_view> phone = entity["phone"];
inline constexpr schema::handle<std::string_view> email = entity["email"];
inline constexpr schema::handle<std::string_view> website = entity["website"];
inline constexpr schema::handle<std::string_view> country = entity["country"];
inline constexpr schema::handle<std::string_view> city = entity["city"];
inline constexpr schema::handle<std::string_view> address = entity["address"];
inline constexpr schema::handle<std::int64_t> employees = entity["employees"];
inline constexpr schema::handle<std::int64_t> founded_year = entity["founded_year"];
inline constexpr schema::handle<money> annual_revenue = entity["annual_revenue"];
inline constexpr schema::handle<std::string_view> currency = entity["currency"];
inline constexpr schema::handle<std::string_view> description = entity["description"];
inline constexpr schema::handle<instant> last_activity_at = entity["last_activity_at"];
}  // namespace account

namespace contact {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "姓名"},
     .flags = schema::required | schema::title | schema::indexed | schema::searchable},
    {.name = "account", .type = schema::kind::reference, .text = {"Account", "客户"},
     .flags = schema::indexed, .target = "account", .on_delete = schema::on_delete::cascade},
    {.name = "job_title", .type = schema::kind::text, .text = {"Job title", "职务"}},
    {.name = "email", .type = schema::kind::text, .text = {"E-mail", "电子邮箱"},
     .flags = schema::indexed | schema::searchable},
    {.name = "phone", .type = schema::kind::text, .text = {"Phone", "电话"},
     .flags = schema::searchable},
    {.name = "mobile", .type = schema::kind::text, .text = {"Mobile", "手机"},
     .flags = schema::searchable},
    {.name = "birthday", .type = schema::kind::date, .text = {"Birthday", "生日"}},
    {.name = "description", .type = schema::kind::text, .text = {"Description", "说明"}},
    {.name = "email_opt_out", .type = schema::kind::boolean,
     .text = {"Wants no e-mail", "拒收邮件"}},
    {.name = "last_activity_at", .type = schema::kind::instant, .text = {"Last activity", "最近跟进"},
     .flags = schema::derived},
};
inline constexpr schema::entity_row entity{.name = "contact", .text = {"Contact", "联系人"},
                                           .plural = {"Contacts", "联系人"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<id> account = entity["account"];
inline constexpr schema::handle<std::string_view> job_title = entity["job_title"];
inline constexpr schema::handle<std::string_view> email = entity["email"];
inline constexpr schema::handle<std::string_view> phone = entity["phone"];
inline constexpr schema::handle<std::string_view> mobile = entity["mobile"];
inline constexpr schema::handle<date> birthday = entity["birthday"];
inline constexpr schema::handle<std::string_view> description = entity["description"];
inline constexpr schema::handle<bool> email_opt_out = entity["email_opt_out"];
inline constexpr schema::handle<instant> last_activity_at = entity["last_activity_at"];
}  // namespace contact

namespace lead {
inline constexpr schema::choice_row statuses[] = {
    {"new", {"New", "新建"}},           {"working", {"Working", "跟进中"}},
    {"qualified", {"Qualified", "合格"}}, {"unqualified", {"Unqualified", "不合格"}},
    {"converted", {"Converted", "已转化"}},
};
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "姓名"},
     .flags = schema::required | schema::title | schema::searchable},
    {.name = "company", .type = schema::kind::text, .text = {"Company", "公司"},
     .flags = schema::searchable},
    {.name = "email", .type = schema::kind::text, .text = {"E-mail", "电子邮箱"},
     .flags = schema::indexed | schema::searchable},
    {.name = "phone", .type = schema::kind::text, .text = {"Phone", "电话"},
     .flags = schema::searchable},
    {.name = "source", .type = schema::kind::text, .text = {"Source", "来源"},
     .flags = schema::indexed},
    {.name = "status", .type = schema::kind::choice, .text = {"Status", "状态"},
     .flags = schema::indexed, .choices = statuses, .initial = "'new'"},
    {.name = "score", .type = schema::kind::integer, .text = {"Score", "评分"}},
    {.name = "received_on", .type = schema::kind::date, .text = {"Received on", "获取日期"},
     .flags = schema::indexed},
    {.name = "converted_on", .type = schema::kind::date, .text = {"Converted on", "转化日期"}},
    {.name = "account", .type = schema::kind::reference, .text = {"Converted account", "转化客户"},
     .flags = schema::indexed, .target = "account"},
    {.name = "opportunity", .type = schema::kind::reference,
     .text = {"Converted opportunity", "转化商机"}, .flags = schema::indexed,
     .target = "opportunity"},
    {.name = "description", .type = schema::kind::text, .text = {"Description", "说明"}},
    {.name = "contact", .type = schema::kind::reference, .text = {"Converted contact", "转化联系人"},
     .flags = schema::indexed, .target = "contact"},
    {.name = "job_title", .type = schema::kind::text, .text = {"Job title", "职务"}},
    {.name = "mobile", .type = schema::kind::text, .text = {"Mobile", "手机"},
     .flags = schema::searchable},
    {.name = "industry", .type = schema::kind::text, .text = {"Industry", "行业"}},
    {.name = "website", .type = schema::kind::text, .text = {"Website", "网站"}},
    {.name = "country", .type = schema::kind::text, .text = {"Country", "国家"}},
    {.name = "city", .type = schema::kind::text, .text = {"City", "城市"}},
    {.name = "address", .type = schema::kind::text, .text = {"Address", "地址"}},
    {.name = "email_opt_out", .type = schema::kind::boolean,
     .text = {"Wants no e-mail", "拒收邮件"}},
    {.name = "last_activity_at", .type = schema::kind::instant, .text = {"Last activity", "最近跟进"},
     .flags = schema::derived | schema::indexed},
    {.name = "capture_key", .type = schema::kind::text, .text = {"Capture key", "来源唯一键"},
     .flags = schema::unique},
};
inline constexpr schema::entity_row entity{.name = "lead", .text = {"Lead", "线索"},
                                           .plural = {"Leads", "线索"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> company = entity["company"];
inline constexpr schema::handle<std::string_view> email = entity["email"];
inline constexpr schema::handle<std::string_view> phone = entity["phone"];
inline constexpr schema::handle<std::string_view> source = entity["source"];
inline constexpr schema::handle<std::string_view> status = entity["status"];
inline constexpr schema::handle<std::int64_t> score = entity["score"];
inline constexpr schema::handle<date> received_on = entity["received_on"];
inline constexpr schema::handle<date> converted_on = entity["converted_on"];
inline constexpr schema::handle<id> account = entity["account"];
inline constexpr schema::handle<id> opportunity = entity["opportunity"];
inline constexpr schema::handle<id> contact = entity["contact"];
inline constexpr schema::handle<std::string_view> job_title = entity["job_title"];
inline constexpr schema::handle<std::string_view> mobile = entity["mobile"];
inline constexpr schema::handle<std::string_view> industry = entity["industry"];
inline constexpr schema::handle<std::string_view> website = entity["website"];
inline constexpr schema::handle<std::string_view> country = entity["country"];
inline constexpr schema::handle<std::string_view> city = entity["city"];
inline constexpr schema::handle<std::string_view> address = entity["address"];
inline constexpr schema::handle<bool> email_opt_out = entity["email_opt_out"];
inline constexpr schema::handle<instant> last_activity_at = entity["last_activity_at"];
inline constexpr schema::handle<std::string_view> capture_key = entity["capture_key"];
}  // namespace lead

/// Which field of a lead becomes which of what it is converted into, beside those of the same name
/// and kind.
namespace conversion_mapping {
inline constexpr schema::choice_row targets[] = {
    {"account", {"Account", "客户"}},
    {"contact", {"Contact", "联系人"}},
    {"opportunity", {"Opportunity", "商机"}},
};
inline constexpr schema::field_row fields[] = {
    {.name = "lead_field", .type = schema::kind::text, .text = {"Field of the lead", "线索字段"},
     .flags = schema::required | schema::title},
    {.name = "target", .type = schema::kind::choice, .text = {"Target", "目标实体"},
     .flags = schema::required, .choices = targets},
    {.name = "target_field", .type = schema::kind::text, .text = {"Field of the target", "目标字段"},
     .flags = schema::required},
};
inline constexpr schema::entity_row entity{.name = "conversion_mapping",
                                           .text = {"Conversion mapping", "线索转化映射"},
                                           .plural = {"Conversion mappings", "线索转化映射"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> lead_field = entity["lead_field"];
inline constexpr schema::handle<std::string_view> target = entity["target"];
inline constexpr schema::handle<std::string_view> target_field = entity["target_field"];
}  // namespace conversion_mapping

}  // namespace guanxi::crm
