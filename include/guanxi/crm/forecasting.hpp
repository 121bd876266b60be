// Quotas, adjustments and frozen forecasts; the action `opportunity.forecast` puts them beside what
// the deals say (docs/forecast.md).
//
//   session.create(crm::quota::entity, {crm::quota::user = nina, crm::quota::unit =
//   "fiscal_quarter", crm::quota::period_start = first_day, crm::quota::amount = target});
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

/// Periods of the company's calendar that a forecast may be of.
inline constexpr schema::choice_row forecast_units[] = {
    {"fiscal_period", {"Fiscal period", "会计期间"}},
    {"fiscal_quarter", {"Fiscal quarter", "财季"}},
    {"fiscal_year", {"Fiscal year", "财年"}}};

namespace quota {
inline constexpr schema::field_row fields[] = {
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::required | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::cascade},
    {.name = "unit", .type = schema::kind::choice, .text = {"Unit", "周期"},
     .flags = schema::required, .choices = forecast_units, .initial = "'fiscal_quarter'"},
    {.name = "period_start", .type = schema::kind::date, .text = {"First day", "起始日"},
     .flags = schema::required | schema::indexed},
    {.name = "amount", .type = schema::kind::money, .text = {"Amount", "指标金额"},
     .flags = schema::required | schema::tracked},
    {.name = "currency", .type = schema::kind::text, .text = {"Currency", "币种"}},
};
inline constexpr schema::entity_row entity{.name = "quota", .text = {"Quota", "销售指标"},
                                           .plural = {"Quotas", "销售指标"}, .fields = fields};
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<std::string_view> unit = entity["unit"];
inline constexpr schema::handle<date> period_start = entity["period_start"];
inline constexpr schema::handle<money> amount = entity["amount"];
inline constexpr schema::handle<std::string_view> currency = entity["currency"];
}  // namespace quota

/// What somebody thinks a category of a user's forecast will come to, in place of what the deals
/// add up to. Whoever owns it made it: the user, or a manager.
namespace forecast_adjustment {
inline constexpr schema::choice_row categories[] = {
    {"pipeline", {"Pipeline", "管道"}}, {"best_case", {"Best case", "最佳情况"}},
    {"commit", {"Commit", "承诺"}}, {"closed", {"Closed", "已结单"}}};
inline constexpr schema::choice_row scopes[] = {{"own", {"Own deals", "本人"}},
                                                {"total", {"With those below", "含下级"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::required | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::cascade},
    {.name = "unit", .type = schema::kind::choice, .text = {"Unit", "周期"},
     .flags = schema::required, .choices = forecast_units, .initial = "'fiscal_quarter'"},
    {.name = "period_start", .type = schema::kind::date, .text = {"First day", "起始日"},
     .flags = schema::required | schema::indexed},
    {.name = "category", .type = schema::kind::choice, .text = {"Category", "预测类别"},
     .flags = schema::required, .choices = categories},
    {.name = "scope", .type = schema::kind::choice, .text = {"Scope", "范围"},
     .flags = schema::required, .choices = scopes, .initial = "'total'"},
    {.name = "amount", .type = schema::kind::money, .text = {"Amount", "调整后金额"},
     .flags = schema::required | schema::tracked},
    {.name = "currency", .type = schema::kind::text, .text = {"Currency", "币种"}},
    {.name = "note", .type = schema::kind::text, .text = {"Note", "说明"}},
};
inline constexpr schema::entity_row entity{.name = "forecast_adjustment",
                                           .text = {"Forecast adjustment", "预测调整"},
                                           .plural = {"Forecast adjustments", "预测调整"},
                                           .fields = fields};
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<std::string_view> unit = entity["unit"];
inline constexpr schema::handle<date> period_start = entity["period_start"];
inline constexpr schema::handle<std::string_view> category = entity["category"];
inline constexpr schema::handle<std::string_view> scope = entity["scope"];
inline constexpr schema::handle<money> amount = entity["amount"];
inline constexpr schema::handle<std::string_view> currency = entity["currency"];
inline constexpr schema::handle<std::string_view> note = entity["note"];
}  // namespace forecast_adjustment

/// One figure of a forecast as it was when it was frozen; it belongs to the user that it is about.
namespace forecast_snapshot {
inline constexpr schema::field_row fields[] = {
    {.name = "user", .type = schema::kind::reference, .text = {"User", "用户"},
     .flags = schema::required | schema::indexed, .target = "user",
     .on_delete = schema::on_delete::cascade},
    {.name = "taken_at", .type = schema::kind::instant, .text = {"Taken at", "快照时间"},
     .flags = schema::required | schema::indexed},
    {.name = "unit", .type = schema::kind::choice, .text = {"Unit", "周期"},
     .flags = schema::required, .choices = forecast_units},
    {.name = "period_start", .type = schema::kind::date, .text = {"First day", "起始日"},
     .flags = schema::required | schema::indexed},
    {.name = "scope", .type = schema::kind::choice, .text = {"Scope", "范围"},
     .flags = schema::required, .choices = forecast_adjustment::scopes},
    {.name = "measure", .type = schema::kind::text, .text = {"Measure", "指标"},
     .flags = schema::required},
    {.name = "deals", .type = schema::kind::integer, .text = {"Deals", "商机数"}},
    {.name = "amount", .type = schema::kind::money, .text = {"Amount", "金额"}},
    {.name = "forecast", .type = schema::kind::money, .text = {"Forecast", "预测"}},
    {.name = "currency", .type = schema::kind::text, .text = {"Currency", "币种"}},
};
inline constexpr schema::entity_row entity{.name = "forecast_snapshot",
                                           .text = {"Forecast snapshot", "预测快照"},
                                           .plural = {"Forecast snapshots", "预测快照"},
                                           .fields = fields};
inline constexpr schema::handle<id> user = entity["user"];
inline constexpr schema::handle<instant> taken_at = entity["taken_at"];
inline constexpr schema::handle<std::string_view> unit = entity["unit"];
inline constexpr schema::handle<date> period_start = entity["period_start"];
inline constexpr schema::handle<std::string_view> scope = entity["scope"];
inline constexpr schema::handle<std::string_view> measure = entity["measure"];
inline constexpr schema::handle<std::int64_t> deals = entity["deals"];
inline constexpr schema::handle<money> amount = entity["amount"];
inline constexpr schema::handle<money> forecast = entity["forecast"];
inline constexpr schema::handle<std::string_view> currency = entity["currency"];
}  // namespace forecast_snapshot

}  // namespace guanxi::crm
