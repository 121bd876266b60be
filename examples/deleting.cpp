// A customer is deleted by mistake and comes back, another is put away, and the bin is emptied.
#include <guanxi/guanxi.hpp>

#include <cstdio>
#include <iostream>

using namespace guanxi;
using namespace guanxi::crm;

int main() {
  std::remove("deleting.gx");
  tenant shop = open("deleting.gx").value();
  session s = shop.as_user("admin").value();
  const record acme = s.create(account::entity, {account::name = "Acme"}).value();
  s.create(contact::entity, {contact::name = "李雷", contact::account = acme.key()}).value();

  s.remove("account", acme.key()).value();  // and the contact with it
  const rows bin =
      s.query("select name, deletion_batch, modified_at, modified_by.name from account deleted")
          .value();
  std::cout << bin.at(0, 0).to_string() << ", deleted by " << bin.at(0, 3).to_string() << "\n";
  std::cout << s.restore("account", acme.key()).value() << " came back\n";  // 2 came back

  s.archive("account", acme.key()).value();
  const auto hidden = s.query("select name from account").value();               // none
  const auto shown = s.query("select name from account with archived").value();  // Acme
  s.unarchive("account", acme.key()).value();

  s.remove("account", acme.key()).value();
  purge_options now;
  now.before = s.world().clock->now();
  now.before->microseconds += 1;
  const purge_report done = s.purge(now).value();
  std::cout << done.purged << " erased for good\n";  // 2 erased for good
  return hidden.empty() && shown.size() == 1 && done.purged == 2 ? 0 : 1;
}
