// Reminders, and a vendor's own timer, on a clock that the program moves.
#include <guanxi/guanxi.hpp>
#include <guanxi/work/module.hpp>

#include <cstdio>
#include <iostream>

using namespace guanxi;
using namespace guanxi::crm;

namespace {

/// Tickets that nobody has taken by the time that was promised become urgent.
work::timer promised() {
  return {.name = "ticket.promised",
          .entity = "ticket",
          .due = "x_promised_at",
          .where = "status = 'new' and priority <> 'urgent'",
          .run = [](const record& of, work::sight&, work::outcome& out) -> result<void> {
            out.change("ticket", of.key()).content.set(ticket::priority = "urgent");
            return {};
          }};
}

}  // namespace

int main() {
  std::remove("tick.gx");
  const auto clock =
      std::make_shared<fixed_clock>(instant::parse("2026-01-05T08:00:00Z").value());
  open_options how;
  how.world = default_environment();
  how.world->clock = clock;
  {
    tenant fresh = open("tick.gx", how).value();
    fresh.as_system("set-up")
        .define("ticket", {.name = "x_promised_at", .type = schema::kind::instant,
                           .flags = schema::indexed})
        .value();
  }
  auto desk = std::make_shared<work::module>();
  desk->timers = {promised()};
  how.modules = {desk};
  tenant shop = open("tick.gx", how).value();
  session s = shop.as_user("admin").value();
  const instant nine = instant::parse("2026-01-05T09:00:00Z").value();
  s.create(activity::entity, {activity::subject = "Call Acme", activity::remind_at = nine})
      .value();

  const tick_report early = shop.tick().value();  // nothing is due; next is nine o'clock
  clock->set(early.next.value());                 // a host would sleep until then
  const tick_report done = shop.tick().value();
  std::cout << done.ran << " reminded\n";         // 1 reminded

  schema::draft d = s.draft("ticket").value();
  d.set(ticket::subject = "Broken").set("x_promised_at", clock->now());
  const record broken = s.create(d).value();
  shop.tick().value();
  const bool urgent = s.get("ticket", broken.key()).value()[ticket::priority] == "urgent";
  return early.ran == 0 && done.ran == 1 && urgent ? 0 : 1;
}
