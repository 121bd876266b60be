// What an activity is related to, and when each of those was last in contact. Rules: an activity
// that is related to a contact, deal or ticket belongs to its customer, too; logging it (it is
// done) moves `last_activity_at` of everything that it is related to, and that is always the
// latest of what is logged.
#include "effects.hpp"
#include "guanxi/crm/standard.hpp"

#include <string>

namespace guanxi::crm {

namespace {

using work::change;
using work::output;
using work::reads;
using work::write_class;

/// Something that activities are related to.
struct relation {
  std::string_view field;
  const schema::entity_row* of;
  schema::handle<id> by;
  schema::handle<instant> last;
};

constexpr relation relations[] = {
    {"account", &account::entity, activity::account, account::last_activity_at},
    {"contact", &contact::entity, activity::contact, contact::last_activity_at},
    {"opportunity", &opportunity::entity, activity::opportunity, opportunity::last_activity_at},
    {"ticket", &ticket::entity, activity::ticket, ticket::last_activity_at},
    {"lead", &lead::entity, activity::lead, lead::last_activity_at},
};

std::vector<std::string> fields_that_count() {
  std::vector<std::string> out = {"done_at"};
  for (const relation& r : relations) out.emplace_back(r.field);
  return out;
}

std::vector<std::string> last_activities() {
  std::vector<std::string> out;
  for (const relation& r : relations) out.push_back(std::string(r.field) + ".last_activity_at");
  return out;
}

/// The customer of the deal, ticket or contact, where the caller names none.
work::effect customer() {
  return {.name = "activity.account",
          .entity = "activity",
          .fields = {"contact", "opportunity", "ticket"},
          .when = [](const change& c) { return !(*c.after)[activity::account]; },
          .as = write_class::initial,
          .paths = {"opportunity.account", "ticket.account", "contact.account"},
          .writes = {"account"},
          .run = [](const change&, const reads& in, output& out) {
            for (const value& v : in.paths)
              if (!v.is_null()) return out.set(activity::account = v.as_id());
          }};
}

/// A later one moves what it is related to on.
work::effect logged() {
  std::vector<std::string> paths;
  for (const relation& r : relations)
    for (const char* field : {".id", ".deletion_batch", ".last_activity_at"})
      paths.push_back(std::string(r.field) + field);
  return {.name = "activity.logged",
          .entity = "activity",
          .on = work::created | work::updated | work::restored,
          .fields = fields_that_count(),
          .when = [](const change& c) { return (*c.after)[activity::done_at].has_value(); },
          .as = write_class::derived,
          .paths = std::move(paths),
          .writes = last_activities(),
          .after = {"activity.account"},
          .run = [](const change& c, const reads& in, output& out) {
            const instant done = *(*c.after)[activity::done_at];
            for (std::size_t i = 0; i < std::size(relations); ++i) {
              const value& key = in.paths[3 * i];
              const value& deleted = in.paths[3 * i + 1];
              const value& last = in.paths[3 * i + 2];
              if (key.is_null() || !deleted.is_null()) continue;
              if (!last.is_null() && last.as_instant() >= done) continue;
              out.change(*relations[i].of, key.as_id()).set(relations[i].last = done);
            }
          }};
}

/// Whether something may no longer be the latest of what it was related to.
bool takes_back(const change& c) {
  if (!c.before || !(*c.before)[activity::done_at]) return false;
  if (c.what == work::removed) return true;
  const auto now = (*c.after)[activity::done_at];
  if (!now || *now < *(*c.before)[activity::done_at]) return true;
  for (const relation& r : relations)
    if ((*c.before)[r.by] && (*c.before)[r.by] != (*c.after)[r.by]) return true;
  return false;
}

/// One that is deleted, moved or done earlier than was said leaves the latest of the others.
work::effect taken_back() {
  std::vector<std::string> queries;
  for (const relation& r : relations) {
    const std::string field(r.field);
    queries.push_back("select max(done_at) from activity with archived where " + field +
                      " = :before." + field + " and id <> :id");
    queries.push_back("select id, last_activity_at from \"" + field +
                      "\" with archived where id = :before." + field);
  }
  return {.name = "activity.taken_back",
          .entity = "activity",
          .on = work::updated | work::removed,
          .fields = fields_that_count(),
          .when = takes_back,
          .as = write_class::derived,
          .queries = std::move(queries),
          .writes = last_activities(),
          .after = {"activity.logged", "activity.account"},
          .run = [](const change& c, const reads& in, output& out) {
            for (std::size_t i = 0; i < std::size(relations); ++i) {
              const query::rows& others = in.queries[2 * i];
              const query::rows& related = in.queries[2 * i + 1];
              if (related.empty()) continue;
              value latest = others.empty() ? value() : others.at(0, 0);
              // Where it still belongs there, it counts with what it says now.
              const auto now = (*c.after)[activity::done_at];
              const bool stays = c.what != work::removed && now &&
                                 (*c.after)[relations[i].by] == (*c.before)[relations[i].by];
              if (stays && (latest.is_null() || latest.as_instant() < *now)) latest = *now;
              if (latest == related.at(0, 1)) continue;
              schema::draft& to = out.change(*relations[i].of, related.at(0, 0).as_id());
              to.set_slot(relations[i].last.slot(), latest);
            }
          }};
}

/// Another time reminds once more.
work::effect reminded_anew() {
  return {.name = "activity.reminded_anew",
          .entity = "activity",
          .on = work::updated,
          .fields = {"remind_at"},
          .when = [](const change& c) {
            return c.before &&
                   (*c.before)[activity::remind_at] != (*c.after)[activity::remind_at];
          },
          .writes = {"reminded_at"},
          .run = [](const change&, const reads&, output& out) {
            out.set(activity::reminded_at = nullptr);
          }};
}

}  // namespace

std::vector<work::effect> activity_effects() {
  return {customer(), logged(), taken_back(), reminded_anew()};
}

}  // namespace guanxi::crm
