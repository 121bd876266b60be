// One box for everything: what a person types finds records of all entities.
#include <guanxi/guanxi.hpp>

#include <iostream>

int main() {
  using namespace guanxi;
  const tenant crm = open(":memory:", {.store = store_kind::memory}).value();
  session s = crm.as_user("admin").value();
  s.create(crm::account::entity, {crm::account::name = "張記茶業"}).value();
  s.create(crm::contact::entity,
           {crm::contact::name = "张三", crm::contact::mobile = "138 0013 8000"})
      .value();
  for (const char* typed : {"zs", "zhang", "茶业", "+86 13800138000"}) {
    const rows hits = s.search(typed, {.limit = 10}).value();
    for (std::size_t i = 0; i < hits.size(); ++i)
      std::cout << typed << ": " << hits.at(i, 0).as_text() << " " << hits.at(i, 2).as_text()
                << "\n";
  }
  // As a condition it goes with any other.
  const rows people = s.query("select name from contact where search(:typed) and mobile is not null"
                              " order by relevance(:typed) desc limit 10",
                              {{.name = "typed", .content = "zhangsan"}})
                          .value();
  std::cout << people.size() << " contact\n";
}
