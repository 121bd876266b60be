// Several writes as one: savepoints, conflicts, retry, and several reads of one moment.
#include <guanxi/guanxi.hpp>

#include <cstdio>
#include <iostream>

using namespace guanxi;
using namespace guanxi::crm;

int main() {
  std::remove("transactions.gx");
  tenant crm = open("transactions.gx").value();
  session s = crm.as_user("admin").value();

  // All or nothing; run again where a store says that it may go better.
  const id acme = s.transact([](session& in) -> result<id> {
    auto made = in.create(account::entity, {account::name = "Acme"});
    if (!made) return passed(made);
    return made->key();
  }).value();

  // A part of it may fail and the rest go on.
  s.begin().value();
  const int before = s.savepoint().value();
  s.create(account::entity, {account::name = "A doubt"}).value();
  s.rollback_to(before).value();
  s.create(account::entity, {account::name = "Beta"}).value();
  s.commit().value();

  // Somebody else was quicker: both versions are at hand.
  const record read = s.get(account::entity, acme).value();
  session other = crm.as_user("admin").value();
  other.change(read, {account::city = "Wuhan"}).value();
  result<record> done = s.change(read, {account::name = "Acme Ltd"});
  if (!done && done.error().code() == errc::conflict) {
    const schema::conflict* both = schema::conflict_of(done.error());
    std::cout << both->stored[account::city].value() << " stands, "
              << both->wanted[account::name].value() << " was wanted\n";
    done = s.change(both->stored, {account::name = "Acme Ltd"});
  }

  // Ten reads for one screen, all of one moment.
  s.begin_reading().value();
  other.create(account::entity, {account::name = "Too late for this screen"}).value();
  const auto seen = s.query("select count() from account").value().at(0, 0).as_integer();
  s.end_reading().value();
  std::cout << seen << " accounts\n";  // 2
  return done && seen == 2 ? 0 : 1;
}
