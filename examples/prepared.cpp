// A query that is read once and run often.
#include <guanxi/guanxi.hpp>

#include <iostream>

int main() {
  using namespace guanxi;
  const tenant crm = open(":memory:", {.store = store_kind::memory}).value();
  session s = crm.as_user("admin").value();
  s.create(crm::account::entity, {crm::account::name = "Acme", crm::account::employees = 250})
      .value();
  s.create(crm::account::entity, {crm::account::name = "Bolt", crm::account::employees = 7})
      .value();
  const prepared large = prepare("select name from account where employees > :least").value();
  const rows some = s.query(large, {{.name = "least", .content = 100}}).value();
  std::cout << some.at(0, 0).as_text() << "\n";
  return some.size() == 1 ? 0 : 1;
}
