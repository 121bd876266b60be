// An entity of your own, written as the standard ones are: rows, and handles that name slots.
#include <guanxi/guanxi.hpp>
#include <guanxi/schema/definition.hpp>

#include <cstdio>
#include <iostream>

using namespace guanxi;

namespace contract {
inline constexpr schema::choice_row terms[] = {{"month", {"Monthly", "按月"}},
                                               {"year", {"Yearly", "按年"}}};
inline constexpr schema::field_row fields[] = {
    {.name = "number", .type = schema::kind::text, .text = {"Number", "编号"},
     .flags = schema::required | schema::title | schema::unique},
    {.name = "account", .type = schema::kind::reference, .text = {"Account", "客户"},
     .flags = schema::indexed, .target = "account"},
    {.name = "term", .type = schema::kind::choice, .text = {"Term", "周期"}, .choices = terms,
     .initial = "'year'"},
    {.name = "fee", .type = schema::kind::money, .text = {"Fee", "费用"}},
};
inline constexpr schema::entity_row entity{.name = "x_contract", .text = {"Contract", "合同"},
                                           .plural = {"Contracts", "合同"}, .fields = fields};
inline constexpr schema::handle<std::string_view> number = entity["number"];
inline constexpr schema::handle<id> account = entity["account"];
inline constexpr schema::handle<money> fee = entity["fee"];
}  // namespace contract

int main() {
  std::remove("new_entity.gx");
  tenant shop = open("new_entity.gx").value();
  session s = shop.as_user("admin").value();
  schema::entity_definition own = schema::define(contract::entity);
  own.custom = true;  // what the project ships is not; what a host adds is, and is named x_…
  for (schema::field_definition& f : own.fields) f.custom = true;
  s.define(own).value();

  id acme = s.create(crm::account::entity, {crm::account::name = "Acme"}).value().key();
  record c = s.create(contract::entity, {contract::number = "2024-7", contract::account = acme,
                                         contract::fee = money{decimal{120}, currency("EUR")}})
                 .value();
  std::cout << c[contract::fee]->amount.to_string() << "\n";  // 120.00
  rows r = s.query("select account.name, term from x_contract where fee > 100").value();
  std::cout << r.at(0, 0).to_string() << ": " << r.at(0, 1).to_string() << "\n";  // Acme: year
  return r.size() == 1 ? 0 : 1;
}
