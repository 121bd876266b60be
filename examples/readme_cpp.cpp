// The C++ lines of the README, run as they stand there.
#include <guanxi/guanxi.hpp>

#include <cstdio>
#include <iostream>

using namespace guanxi;
using namespace guanxi::crm;

int main() {
  std::remove("readme_cpp.gx");
  // [readme]
  tenant shop = open("readme_cpp.gx").value();
  session s = shop.as_user("admin").value();
  id sales = s.create(pipeline::entity, {pipeline::name = "Sales"}).value().key();
  id talks = s.create(stage::entity, {stage::name = "Talks", stage::pipeline = sales,
                                      stage::probability = decimal{40}}).value().key();
  id won = s.create(stage::entity, {stage::name = "Won", stage::pipeline = sales,
                                    stage::class_ = "won"}).value().key();
  id acme = s.create(account::entity, {account::name = "Acme"}).value().key();
  s.create(contact::entity, {contact::name = "李雷", contact::account = acme}).value();
  record deal = s.create(opportunity::entity,
                         {opportunity::name = "New tills", opportunity::account = acme,
                          opportunity::stage = talks,
                          opportunity::amount = money{decimal{1200}, currency("USD")}}).value();
  deal = s.change(deal, {opportunity::stage = won}).value();  // 100 %, closed, history kept
  rows r = s.query("select account.name, sum(amount) as won from opportunity "
                   "where stage.is_won group by account.name").value();
  std::cout << r.at(0, 0).to_string() << ": " << r.at(0, 1).to_string() << "\n";  // Acme: 1200.00
  // [/readme]
  return deal[opportunity::probability] == decimal{100} && r.size() == 1 ? 0 : 1;
}
