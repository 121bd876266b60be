// A list that a person scrolls: page after page, while others write.
#include <guanxi/guanxi.hpp>

#include <iostream>

int main() {
  using namespace guanxi;
  const tenant crm = open(":memory:", {.store = store_kind::memory}).value();
  session s = crm.as_user("admin").value();
  for (const char* name : {"Acme", "Bolt", "Cedar", "长城", "Delta"})
    s.create(crm::account::entity, {crm::account::name = name}).value();
  value cursor;  // null: the first page
  do {
    const rows page = s.query("select name from account order by name limit 2 after :cursor",
                              {{.name = "cursor", .content = cursor}})
                          .value();
    for (std::size_t i = 0; i < page.size(); ++i) std::cout << page.at(i, 0).as_text() << "\n";
    std::cout << "--\n";
    cursor = page.page().next;
  } while (!cursor.as_text().empty());
}
