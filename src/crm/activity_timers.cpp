// Reminders. Rule: who owns an activity that is not done is reminded once, when the time that was
// set has come; another time reminds once more.
#include "timers.hpp"
#include "guanxi/crm/standard.hpp"

#include <string>

namespace guanxi::crm {

namespace {

work::timer reminder() {
  return {.name = "activity.reminder",
          .entity = "activity",
          .due = "remind_at",
          .where = "reminded_at is null and done_at is null",
          .run = [](const schema::record& of, work::sight& in,
                    work::outcome& out) -> result<void> {
            using work::outcome;
            out.change("activity", of.key(), outcome::authority::action)
                .content.set(activity::reminded_at = in.now());
            const auto owner = of[schema::system_field::owner];
            if (!owner) return {};
            schema::draft& note =
                out.create("notification", outcome::authority::action).content;
            note.set(notification::text = of[activity::subject].value_or(""));
            note.set(notification::kind = "activity.reminder");
            note.set(notification::at = *of[activity::remind_at]);
            note.set(notification::entity_name = "activity");
            note.set(notification::record = of.key().value);
            note.set(schema::system_field::owner = *owner);
            return {};
          }};
}

}  // namespace

std::vector<work::timer> activity_timers() { return {reminder()}; }

}  // namespace guanxi::crm
