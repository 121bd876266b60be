// Actions: a lead becomes a customer, a customer's timeline, a forecast; and one of a vendor's own.
#include <guanxi/guanxi.hpp>
#include <guanxi/work/module.hpp>

#include <cstdio>
#include <iostream>

using namespace guanxi;
using namespace guanxi::crm;

namespace {

/// Takes a ticket that nobody works on: its owner becomes who calls.
result<void> take(const work::arguments& given, work::sight& in, work::outcome& out) {
  const id key = given.reference("ticket");
  result<record> of = in.get("ticket", key);
  if (!of) return passed(of);
  if ((*of)[ticket::status] != "new")
    return unexpected(error(errc::validation, "somebody works on it already").in_entity("ticket"));
  work::outcome::step& change = out.change("ticket", key, work::outcome::authority::action);
  change.content.set(schema::system_field::owner = in.who().user).set(ticket::status = "open");
  out.answer({value(key)});
  return {};
}

work::module_ptr vendor() {
  auto out = std::make_shared<work::module>();
  out->name = "desk";
  out->actions = {{.name = "ticket.take",
                   .label_en = "Take a ticket",
                   .label_zh = "领取工单",
                   .entity = "ticket",
                   .needs = policy::action::edit,
                   .parameters = {{.name = "ticket", .type = schema::kind::reference,
                                   .flags = schema::required, .target = "ticket"}},
                   .results = {{.name = "ticket", .type = schema::kind::reference,
                                .target = "ticket"}},
                   .run = take}};
  return out;
}

}  // namespace

int main() {
  std::remove("actions.gx");
  open_options how;
  how.modules = {vendor()};
  tenant shop = open("actions.gx", how).value();
  session s = shop.as_user("admin").value();
  const record sales = s.create(pipeline::entity, {pipeline::name = "Sales"}).value();
  s.create(stage::entity, {stage::name = "Talk", stage::pipeline = sales.key(),
                           stage::probability = decimal{2000, 2}})
      .value();
  const record fang =
      s.create(lead::entity, {lead::name = "王芳", lead::company = "Lotus", lead::phone = "555"})
          .value();

  const std::vector<expr::parameter_value> it = {{.name = "lead", .content = fang.key()}};
  const rows planned = s.invoke("lead.convert", it, {.preview = true}).value();
  std::cout << planned.size() << " fields would be written\n";
  const rows made = s.invoke("lead.convert", it).value();
  const id account = made.at(0, 0).as_id(), deal = made.at(0, 2).as_id();

  const rows events =
      s.invoke("account.timeline", {{.name = "record", .content = account}}).value();
  for (std::size_t i = 0; i < events.size(); ++i)
    std::cout << events.at(i, 0).to_string() << " " << events.at(i, 1).to_string() << " "
              << events.at(i, 4).to_string() << "\n";

  s.change(s.get("opportunity", deal).value(),
           {opportunity::amount = money{decimal{100'000, 2}, currency("USD")}})
      .value();
  const rows forecast = s.invoke("opportunity.forecast").value();
  const value weighted = forecast.at(0, static_cast<std::size_t>(forecast.column("amount")));
  std::cout << "weighted: " << weighted.to_string() << "\n";  // 200.00

  const record broken = s.create(ticket::entity, {ticket::subject = "Broken"}).value();
  s.invoke("ticket.take", {{.name = "ticket", .content = broken.key()}}).value();
  return events.size() >= 4 && weighted == value(decimal{20'000, 2}) ? 0 : 1;
}
