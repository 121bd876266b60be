// Pipelines, stages, products, opportunities and the visits of opportunities to stages.
//
//   session.change(deal, {opportunity::stage = won});   // probability, category, history follow
#pragma once

#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

inline constexpr schema::choice_row stage_classes[] = {
    {"open", {"Open", "进行中"}}, {"won", {"Won", "赢单"}}, {"lost", {"Lost", "输单"}}};
inline constexpr schema::choice_row forecast_categories[] = {
    {"omitted", {"Omitted", "不计入"}},     {"pipeline", {"Pipeline", "管道"}},
    {"best_case", {"Best case", "最佳情况"}}, {"commit", {"Commit", "承诺"}},
    {"closed", {"Closed", "已结单"}}};

namespace pipeline {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title | schema::unique},
};
inline constexpr schema::entity_row entity{.name = "pipeline", .text = {"Pipeline", "销售流程"},
                                           .plural = {"Pipelines", "销售流程"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
}  // namespace pipeline

namespace stage {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title},
    {.name = "pipeline", .type = schema::kind::reference, .text = {"Pipeline", "销售流程"},
     .flags = schema::required | schema::indexed, .target = "pipeline",
     .on_delete = schema::on_delete::cascade},
    {.name = "position", .type = schema::kind::integer, .text = {"Position", "顺序"},
     .initial = "0"},
    {.name = "class", .type = schema::kind::choice, .text = {"Class", "类别"},
     .flags = schema::required, .choices = stage_classes, .initial = "'open'"},
    {.name = "probability", .type = schema::kind::decimal, .text = {"Probability (%)", "成功率（%）"},
     .scale = 2, .initial = "0"},
    {.name = "forecast_category", .type = schema::kind::choice,
     .text = {"Forecast category", "预测类别"}, .choices = forecast_categories,
     .initial = "'pipeline'"},
    {.name = "is_open", .type = schema::kind::boolean, .text = {"Is open", "进行中"},
     .flags = schema::derived},
    {.name = "is_won", .type = schema::kind::boolean, .text = {"Is won", "已赢单"},
     .flags = schema::derived},
    {.name = "is_lost", .type = schema::kind::boolean, .text = {"Is lost", "已输单"},
     .flags = schema::derived},
};
inline constexpr schema::entity_row entity{.name = "stage", .text = {"Stage", "阶段"},
                                           .plural = {"Stages", "阶段"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<id> pipeline = entity["pipeline"];
inline constexpr schema::handle<std::int64_t> position = entity["position"];
inline constexpr schema::handle<std::string_view> class_ = entity["class"];
inline constexpr schema::handle<decimal> probability = entity["probability"];
inline constexpr schema::handle<std::string_view> forecast_category = entity["forecast_category"];
inline constexpr schema::handle<bool> is_open = entity["is_open"];
inline constexpr schema::handle<bool> is_won = entity["is_won"];
inline constexpr schema::handle<bool> is_lost = entity["is_lost"];
}  // namespace stage

namespace product {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::required | schema::title | schema::searchable},
    {.name = "code", .type = schema::kind::text, .text = {"Code", "编码"}, .flags = schema::unique},
    {.name = "family", .type = schema::kind::text, .text = {"Family", "系列"}},
    {.name = "list_price", .type = schema::kind::money, .text = {"List price", "标价"}},
    {.name = "currency", .type = schema::kind::text, .text = {"Currency", "币种"}},
    {.name = "active", .type = schema::kind::boolean, .text = {"Active", "启用"},
     .initial = "true"},
};
inline constexpr schema::entity_row entity{.name = "product", .text = {"Product", "产品"},
                                           .plural = {"Products", "产品"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> code = entity["code"];
inline constexpr schema::handle<std::string_view> family = entity["family"];
inline constexpr schema::handle<money> list_price = entity["list_price"];
inline constexpr schema::handle<std::string_view> currency = entity["currency"];
inline constexpr schema::handle<bool> active = entity["active"];
}  // namespace product

namespace opportunity {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "商机名称"},
     .flags = schema::required | schema::title | schema::searchable},
    {.name = "number", .type = schema::kind::text, .text = {"Number", "商机编号"},
     .flags = schema::unique},
    {.name = "account", .type = schema::kind::reference, .text = {"Account", "客户"},
     .flags = schema::indexed, .target = "account", .on_delete = schema::on_delete::cascade},
    {.name = "contact", .type = schema::kind::reference, .text = {"Contact", "联系人"},
     .flags = schema::indexed, .target = "contact"},
    {.name = "product", .type = schema::kind::reference, .text = {"Product", "产品"},
     .flags = schema::indexed, .target = "product", .on_delete = schema::on_delete::restrict},
    {.name = "stage", .type = schema::kind::reference, .text = {"Stage", "阶段"},
     .flags = schema::required | schema::indexed | schema::tracked, .target = "stage",
     .on_delete = schema::on_delete::restrict},
    {.name = "amount", .type = schema::kind::money, .text = {"Amount", "金额"},
     .flags = schema::tracked},
    {.name = "currency", .type = schema::kind::text, .text = {"Currency", "币种"}},
    {.name = "probability", .type = schema::kind::decimal, .text = {"Probability (%)", "成功率（%）"},
     .flags = schema::tracked, .scale = 2},
    {.name = "forecast_category", .type = schema::kind::choice,
     .text = {"Forecast category", "预测类别"}, .choices = forecast_categories},
    {.name = "opened_on", .type = schema::kind::date, .text = {"Opened on", "开始日期"}},
    {.name = "close_date", .type = schema::kind::date, .text = {"Close date", "结单日期"},
     .flags = schema::indexed | schema::tracked},
    {.name = "stage_entered_at", .type = schema::kind::instant,
     .text = {"Stage entered at", "进入阶段时间"}},
    {.name = "last_open_stage", .type = schema::kind::reference,
     .text = {"Last open stage", "最后进行阶段"}, .flags = schema::derived, .target = "stage"},
    {.name = "source", .type = schema::kind::text, .text = {"Source", "来源"}},
    {.name = "lost_reason", .type = schema::kind::text, .text = {"Lost reason", "输单原因"}},
    {.name = "next_step", .type = schema::kind::text, .text = {"Next step", "下一步"}},
    {.name = "description", .type = schema::kind::text, .text = {"Description", "说明"}},
    {.name = "last_activity_at", .type = schema::kind::instant, .text = {"Last activity", "最近跟进"},
     .flags = schema::derived | schema::indexed},
};
inline constexpr schema::entity_row entity{.name = "opportunity", .text = {"Opportunity", "商机"},
                                           .plural = {"Opportunities", "商机"}, .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> number = entity["number"];
inline constexpr schema::handle<id> account = entity["account"];
inline constexpr schema::handle<id> contact = entity["contact"];
inline constexpr schema::handle<id> product = entity["product"];
inline constexpr schema::handle<id> stage = entity["stage"];
inline constexpr schema::handle<money> amount = entity["amount"];
inline constexpr schema::handle<std::string_view> currency = entity["currency"];
inline constexpr schema::handle<decimal> probability = entity["probability"];
inline constexpr schema::handle<std::string_view> forecast_category = entity["forecast_category"];
inline constexpr schema::handle<date> opened_on = entity["opened_on"];
inline constexpr schema::handle<date> close_date = entity["close_date"];
inline constexpr schema::handle<instant> stage_entered_at = entity["stage_entered_at"];
inline constexpr schema::handle<id> last_open_stage = entity["last_open_stage"];
inline constexpr schema::handle<std::string_view> source = entity["source"];
inline constexpr schema::handle<std::string_view> lost_reason = entity["lost_reason"];
inline constexpr schema::handle<std::string_view> next_step = entity["next_step"];
inline constexpr schema::handle<std::string_view> description = entity["description"];
inline constexpr schema::handle<instant> last_activity_at = entity["last_activity_at"];
}  // namespace opportunity

namespace stage_visit {
inline constexpr schema::field_row fields[] = {
    {.name = "opportunity", .type = schema::kind::reference, .text = {"Opportunity", "商机"},
     .flags = schema::required | schema::indexed, .target = "opportunity",
     .on_delete = schema::on_delete::follow},
    {.name = "stage", .type = schema::kind::reference, .text = {"Stage", "阶段"},
     .flags = schema::required | schema::indexed, .target = "stage",
     .on_delete = schema::on_delete::restrict},
    {.name = "entered_at", .type = schema::kind::instant, .text = {"Entered at", "进入时间"},
     .flags = schema::required},
    {.name = "left_at", .type = schema::kind::instant, .text = {"Left at", "离开时间"}},
    {.name = "duration_seconds", .type = schema::kind::integer,
     .text = {"Duration (s)", "停留时长（秒）"}},
};
inline constexpr schema::entity_row entity{.name = "stage_visit", .text = {"Stage visit", "阶段历史"},
                                           .plural = {"Stage visits", "阶段历史"}, .fields = fields};
inline constexpr schema::handle<id> opportunity = entity["opportunity"];
inline constexpr schema::handle<id> stage = entity["stage"];
inline constexpr schema::handle<instant> entered_at = entity["entered_at"];
inline constexpr schema::handle<instant> left_at = entity["left_at"];
inline constexpr schema::handle<std::int64_t> duration_seconds = entity["duration_seconds"];
}  // namespace stage_visit

}  // namespace guanxi::crm
