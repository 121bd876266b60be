// Exchange rates, by which queries convert amounts (docs/query.md, Currencies).
//
//   session.create(crm::exchange_rate::entity, {crm::exchange_rate::currency = "EUR",
//                                               crm::exchange_rate::rate = decimal{785, 2},
//                                               crm::exchange_rate::valid_from = day});
#pragma once

#include "guanxi/base/rates.hpp"
#include "guanxi/schema/row.hpp"

namespace guanxi::crm {

namespace exchange_rate {
inline constexpr schema::field_row fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"},
     .flags = schema::title | schema::unique | schema::derived},
    {.name = "currency", .type = schema::kind::text, .text = {"Currency", "币种"},
     .flags = schema::required},
    {.name = "rate", .type = schema::kind::decimal,
     .text = {"Worth of one unit in the base currency", "一单位折合本位币"},
     .flags = schema::required | schema::tracked, .scale = rate_scale},
    {.name = "valid_from", .type = schema::kind::date, .text = {"Valid from", "生效日期"},
     .flags = schema::required | schema::indexed},
};
inline constexpr schema::entity_row entity{.name = "exchange_rate",
                                           .text = {"Exchange rate", "汇率"},
                                           .plural = {"Exchange rates", "汇率"},
                                           .fields = fields};
inline constexpr schema::handle<std::string_view> name = entity["name"];
inline constexpr schema::handle<std::string_view> currency = entity["currency"];
inline constexpr schema::handle<decimal> rate = entity["rate"];
inline constexpr schema::handle<date> valid_from = entity["valid_from"];
}  // namespace exchange_rate

}  // namespace guanxi::crm
