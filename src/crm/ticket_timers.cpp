// Promises that fall due. Rule: warning and violation fire once each; the owner is told, and of a
// violation the owner's manager, too.
#include "timers.hpp"
#include "guanxi/crm/standard.hpp"

#include <string>

namespace guanxi::crm {

namespace {

using work::outcome;

/// One moment of one milestone.
struct alarm {
  const char* name;      ///< of the timer, and the kind of the notification
  const char* due;       ///< the field
  const char* milestone; ///< the field of its state
  const char* from;      ///< a condition on that state
  std::string_view to;   ///< the state afterwards
};

constexpr alarm alarms[] = {
    {"ticket.first_response_warning", "first_response_warn_at", "first_response_state",
     "first_response_state = 'open' and first_responded_at is null and "
     "status not in ('resolved', 'closed')",
     "warned"},
    {"ticket.first_response_violation", "first_response_due_at", "first_response_state",
     "first_response_state in ('open', 'warned') and first_responded_at is null and "
     "status not in ('resolved', 'closed')",
     "violated"},
    {"ticket.resolution_warning", "resolution_warn_at", "resolution_state",
     "resolution_state = 'open' and status not in ('resolved', 'closed')", "warned"},
    {"ticket.resolution_violation", "resolution_due_at", "resolution_state",
     "resolution_state in ('open', 'warned') and status not in ('resolved', 'closed')",
     "violated"},
};

void notify(const alarm& a, const schema::record& of, instant due, id user, outcome& out) {
  schema::draft& note = out.create("notification", outcome::authority::action).content;
  note.set(notification::text = of[ticket::subject].value_or(""));
  note.set(notification::kind = std::string_view(a.name)).set(notification::at = due);
  note.set(notification::entity_name = "ticket").set(notification::record = of.key().value);
  note.set(schema::system_field::owner = user);
}

result<void> ring(const alarm& a, const schema::record& of, work::sight& in, outcome& out) {
  out.change("ticket", of.key(), outcome::authority::action)
      .content.set(a.milestone, value(a.to));
  const auto owner = of[schema::system_field::owner];
  if (!owner) return {};
  result<schema::record> who = in.get_all("user", *owner);
  if (!who) return passed(who);
  if (who->empty()) return {};
  const instant due = of.at(of.of().find(a.due)->slot).as_instant();
  if ((*who)[user::active] == true) notify(a, of, due, *owner, out);
  if (a.to != "violated") return {};
  const auto manager = (*who)[user::manager];
  if (!manager) return {};
  result<schema::record> above = in.get_all("user", *manager);
  if (!above) return passed(above);
  if (!above->empty() && (*above)[user::active] == true) notify(a, of, due, *manager, out);
  return {};
}

}  // namespace

std::vector<work::timer> ticket_timers() {
  std::vector<work::timer> out;
  for (const alarm& a : alarms)
    out.push_back({.name = a.name,
                   .entity = "ticket",
                   .due = a.due,
                   .where = a.from,
                   .run = [&a](const schema::record& of, work::sight& in, outcome& to) {
                     return ring(a, of, in, to);
                   }});
  return out;
}

}  // namespace guanxi::crm
