// Customers with their people and deals, in one query.
#include <guanxi/guanxi.hpp>
#include <guanxi/query/builder.hpp>

#include <iostream>

int main() {
  using namespace guanxi;
  using namespace guanxi::query::builder;
  const tenant crm = open(":memory:", {.store = store_kind::memory}).value();
  session s = crm.as_user("admin").value();
  const id acme =
      s.create(crm::account::entity, {crm::account::name = "Acme"}).value().key();
  for (const char* name : {"Ann", "Bob", "张三"})
    s.create(crm::contact::entity, {crm::contact::name = name, crm::contact::account = acme})
        .value();
  const rows r = s.query("select name, (select name from contacts order by name limit 2) as people,"
                         " (select count() from contacts) as n from account")
                     .value();
  const rows people = r.children(0, 1);
  std::cout << r.at(0, 0).as_text() << ": " << people.at(0, 0).as_text() << ", "
            << people.at(1, 0).as_text() << " of " << r.at(0, 2).as_integer() << "\n";
  const selection same =
      select(crm::account::name,
             select(crm::contact::name).from_children("contacts").order_by(crm::contact::name)
                 .limit(2).as("people"),
             select(count()).from_children("contacts").as("n"))
          .from(crm::account::entity);
  std::cout << same.text() << "\n";
}
