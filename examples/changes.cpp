// The change log: history of a field, a feed with a cursor, records as they were, and pruning.
#include <guanxi/guanxi.hpp>
#include <guanxi/session/feed.hpp>

#include <cstdio>
#include <iostream>

using namespace guanxi;
using namespace guanxi::crm;

int main() {
  std::remove("changes.gx");
  tenant crm = open("changes.gx").value();
  session s = crm.as_user("admin").value();
  const std::int64_t start = s.last_change().value();
  const record acme = s.create(account::entity, {account::name = "Acme"}).value();
  const std::int64_t then = s.last_change().value();
  s.change(acme, {account::city = "Wuhan"}).value();

  for (const history_entry& e : s.history("account", acme.key(), "city").value())
    std::cout << e.at.microseconds << ": " << e.fields[0].after.to_string() << '\n';

  feed erp = s.feed("erp", {.entities = {"account"}, .start_after = start}).value();
  for (const history_entry& e : erp.next(100).value())
    std::cout << e.sequence << ' ' << e.action << ' ' << e.entity << ' ' << e.record.value << '\n';
  erp.acknowledge().value();

  const record was = s.get("account", acme.key(), {.sequence = then}).value();
  const rows before =
      s.query("select count() from account where city = 'Wuhan'", {}, {.as_of = {.sequence = then}})
          .value();
  std::cout << was.revision() << ' ' << before.at(0, 0).to_string() << '\n';

  const prune_report gone = s.prune_changes({.up_to = then}).value();
  std::cout << gone.erased << " entries are gone\n";
  const bool refused = !s.get("account", acme.key(), {.sequence = start});
  return was.revision() == 1 && before.at(0, 0) == value(0) && refused ? 0 : 1;
}
