// Settings of the calendar, and a query by another time zone than the company's.
#include <guanxi/guanxi.hpp>

#include <iostream>

using namespace guanxi;

int main() {
  const tenant crm = open(":memory:").value();
  session s = crm.as_user("admin").value();
  s.create(crm::setting::entity, {crm::setting::name = "time_zone",
                                  crm::setting::content = "Asia/Shanghai"})
      .value();
  s.create(crm::account::entity, {crm::account::name = "Acme"}).value();
  const rows mine = s.query("select name from account where created_at in today", {},
                            {.time_zone = "Europe/Paris"}).value();
  const calendar_ptr days = s.calendar();
  const date today = days->local_date(s.world().clock->now());
  const date_span week = days->span(calendar_unit::week, today, 0, 1).value();
  std::cout << mine.size() << " account of the week from " << week.from.to_string() << '\n';
  return mine.size() == 1 ? 0 : 1;
}
