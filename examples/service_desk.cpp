// A service desk: tickets come in by mail, some twice; what was promised is watched by ticks.
#include <guanxi/guanxi.hpp>
#include <guanxi/crm/service_levels.hpp>

#include <cstdio>
#include <iostream>
#include <string>

using namespace guanxi;
using namespace guanxi::crm;

namespace {

/// What an administrator sets up once.
void promise(session& s) {
  const record office =
      s.create(business_hours::entity,
               {business_hours::name = "Office",
                business_hours::content = R"({"time_zone": "Europe/Berlin",
                    "monday": [["09:00", "17:00"]], "tuesday": [["09:00", "17:00"]],
                    "wednesday": [["09:00", "17:00"]], "thursday": [["09:00", "17:00"]],
                    "friday": [["09:00", "17:00"]]})"})
          .value();
  const record gold = s.create(sla_policy::entity,
                               {sla_policy::name = "Key customers",
                                sla_policy::criteria = "account.classification = 'key'",
                                sla_policy::business_hours = office.key()})
                          .value();
  s.create(sla_target::entity,
           {sla_target::policy = gold.key(), sla_target::first_response_minutes = 60,
            sla_target::resolution_minutes = 480, sla_target::warn_minutes = 30})
      .value();
}

/// A message of the mailbox, which a mail server may well deliver again.
id take(session& s, std::string_view message, std::string_view subject, id account) {
  return s.invoke("ticket.capture", {{.name = "key", .content = message},
                                     {.name = "subject", .content = subject},
                                     {.name = "account", .content = account},
                                     {.name = "channel", .content = "email"}})
      .value()
      .at(0, 0)
      .as_id();
}

}  // namespace

int main() {
  std::remove("service_desk.gx");
  const auto clock =
      std::make_shared<fixed_clock>(instant::parse("2026-01-05T08:00:00Z").value());
  open_options how;
  how.world = default_environment();
  how.world->clock = clock;
  tenant desk = open("service_desk.gx", how).value();
  session s = desk.as_user("admin").value();
  promise(s);
  const record acme =
      s.create(account::entity, {account::name = "Acme", account::classification = "key"}).value();

  const id broken = take(s, "<1@acme.example>", "The till is broken", acme.key());
  const bool once = take(s, "<1@acme.example>", "The till is broken", acme.key()) == broken;

  // The host's loop: sleep until something is due, tick, show what was told.
  for (tick_report r = desk.tick().value(); r.next && clock->now() < *r.next;
       r = desk.tick().value()) {
    clock->set(*r.next);
    if (clock->now() > instant::parse("2026-01-05T09:00:00Z").value()) break;
  }
  const rows told = s.query("select kind, text, at from notification order by id").value();
  for (std::size_t i = 0; i < told.size(); ++i)
    std::cout << told.at(i, 2).to_string() << " " << told.at(i, 0).to_string() << ": "
              << told.at(i, 1).to_string() << "\n";

  const record late = s.get("ticket", broken).value();
  std::cout << "first response: " << late[ticket::first_response_state].value_or("") << "\n";
  return once && told.size() == 2 && late[ticket::first_response_state] == "violated" ? 0 : 1;
}
