// A small company for the tests of this floor: an account and its deals, defined as rows.
#pragma once

#include "guanxi/schema/record.hpp"

#include <vector>

namespace sample {

using namespace guanxi;
using namespace guanxi::schema;

namespace account {
inline constexpr field_row fields[] = {
    {.name = "name", .type = kind::text, .text = {"Name", "名称"},
     .flags = required | schema::title},
    {.name = "parent", .type = kind::reference, .text = {"Parent", "上级"}, .target = "account"},
    {.name = "employees", .type = kind::integer, .text = {"Employees", "员工数"}},
    {.name = "active", .type = kind::boolean, .text = {"Active", "启用"}},
    {.name = "phone", .type = kind::text, .text = {"Phone", "电话"}},
};
inline constexpr entity_row entity{.name = "account", .text = {"Account", "客户"},
                                   .plural = {"Accounts", "客户"}, .fields = fields};
inline constexpr handle<std::string_view> name = entity["name"];
inline constexpr handle<id> parent = entity["parent"];
inline constexpr handle<std::int64_t> employees = entity["employees"];
inline constexpr handle<bool> active = entity["active"];
}  // namespace account

namespace deal {
inline constexpr choice_row stages[] = {{"open", {"Open", "进行中"}}, {"won", {"Won", "赢单"}},
                                        {"lost", {"Lost", "输单"}}};
inline constexpr field_row fields[] = {
    {.name = "name", .type = kind::text, .text = {"Name", "名称"}, .flags = schema::title},
    {.name = "account", .type = kind::reference, .text = {"Account", "客户"},
     .target = "account"},
    {.name = "amount", .type = kind::money, .text = {"Amount", "金额"}},
    {.name = "cost", .type = kind::money, .text = {"Cost", "成本"}},
    {.name = "discount", .type = kind::decimal, .text = {"Discount", "折扣"}, .scale = 4},
    {.name = "stage", .type = kind::choice, .text = {"Stage", "阶段"}, .choices = stages},
    {.name = "close_date", .type = kind::date, .text = {"Close date", "成交日期"}},
    {.name = "last_call", .type = kind::instant, .text = {"Last call", "最近通话"}},
};
inline constexpr entity_row entity{.name = "deal", .text = {"Deal", "商机"},
                                   .plural = {"Deals", "商机"}, .fields = fields};
inline constexpr handle<std::string_view> name = entity["name"];
inline constexpr handle<id> of_account = entity["account"];
inline constexpr handle<money> amount = entity["amount"];
inline constexpr handle<money> cost = entity["cost"];
inline constexpr handle<decimal> discount = entity["discount"];
inline constexpr handle<std::string_view> stage = entity["stage"];
inline constexpr handle<date> close_date = entity["close_date"];
inline constexpr handle<instant> last_call = entity["last_call"];
}  // namespace deal

inline std::vector<entity_definition> definitions() {
  return {define(account::entity), define(deal::entity)};
}

inline catalog_ptr compiled() { return catalog::compile(definitions()).value(); }

}  // namespace sample
