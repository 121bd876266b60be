// Permission rules are records: read them into a rulebook, and furnish a new store with the first.
#include "guanxi/crm/currencies.hpp"
#include "guanxi/crm/customers.hpp"
#include "guanxi/crm/organisation.hpp"
#include "guanxi/crm/sales.hpp"
#include "guanxi/crm/service.hpp"
#include "state.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

constexpr std::string_view rule_entities[] = {
    "role",         "user",        "permission_set", "permission_assignment",
    "entity_right", "field_right", "sharing_default",  "setting"};

id id_at(const rows& r, std::size_t row, std::size_t column) {
  const value v = r.at(row, column);
  return v.is_null() ? id{} : v.as_id();
}
std::string text_at(const rows& r, std::size_t row, std::size_t column) {
  const value v = r.at(row, column);
  return v.is_null() ? std::string() : std::string(v.as_text());
}
bool true_at(const rows& r, std::size_t row, std::size_t column) {
  const value v = r.at(row, column);
  return !v.is_null() && v.as_boolean();
}

result<void> load_people(const rule_reader& read, policy::rules& out) {
  result<rows> roles = read("select id, parent, name from role with archived");
  if (!roles) return passed(roles);
  for (std::size_t i = 0; i < roles->size(); ++i)
    out.roles.push_back({id_at(*roles, i, 0), id_at(*roles, i, 1), text_at(*roles, i, 2)});
  result<rows> users = read("select id, login, name, role, active from user with archived");
  if (!users) return passed(users);
  std::unordered_map<id, std::size_t> place;
  for (std::size_t i = 0; i < users->size(); ++i) {
    place.emplace(id_at(*users, i, 0), out.users.size());
    out.users.push_back({id_at(*users, i, 0), text_at(*users, i, 1), text_at(*users, i, 2),
                         id_at(*users, i, 3), true_at(*users, i, 4), {}});
  }
  result<rows> held = read("select user, permission_set from permission_assignment with archived "
                           "where permission_set in (select id from permission_set with archived)");
  if (!held) return passed(held);
  for (std::size_t i = 0; i < held->size(); ++i)
    if (const auto u = place.find(id_at(*held, i, 0)); u != place.end())
      out.users[u->second].permission_sets.push_back(id_at(*held, i, 1));
  return {};
}

result<void> load_rights(const rule_reader& read, policy::rules& out) {
  result<rows> rights = read(
      "select permission_set, entity, may_create, may_read, may_edit, may_delete, view_all, "
      "modify_all, listed_fields_only from entity_right with archived");
  if (!rights) return passed(rights);
  for (std::size_t i = 0; i < rights->size(); ++i)
    out.entity_rights.push_back({id_at(*rights, i, 0), text_at(*rights, i, 1),
                                 true_at(*rights, i, 2), true_at(*rights, i, 3),
                                 true_at(*rights, i, 4), true_at(*rights, i, 5),
                                 true_at(*rights, i, 6), true_at(*rights, i, 7),
                                 true_at(*rights, i, 8)});
  result<rows> fields = read(
      "select permission_set, entity, field, may_read, may_edit from field_right with archived");
  if (!fields) return passed(fields);
  for (std::size_t i = 0; i < fields->size(); ++i)
    out.field_rights.push_back({id_at(*fields, i, 0), text_at(*fields, i, 1),
                                text_at(*fields, i, 2), true_at(*fields, i, 3),
                                true_at(*fields, i, 4)});
  result<rows> defaults =
      read("select entity, level, hierarchy from sharing_default with archived");
  if (!defaults) return passed(defaults);
  for (std::size_t i = 0; i < defaults->size(); ++i) {
    const std::string level = text_at(*defaults, i, 1);
    out.defaults.push_back({text_at(*defaults, i, 0),
                            level == "edit"   ? policy::level::edit
                            : level == "read" ? policy::level::read
                                              : policy::level::none,
                            true_at(*defaults, i, 2)});
  }
  return {};
}

/// Creates and gives the id; the first failure is kept and everything after it does nothing.
class furnisher {
 public:
  explicit furnisher(session& s) : s_(s) {}
  id create(const schema::entity_row& of, std::initializer_list<schema::assignment> values) {
    if (!done_) return {};
    result<record> r = s_.create(of, values);
    if (!r) {
      done_ = passed(r);
      return {};
    }
    return r->key();
  }
  result<void> done() { return std::move(done_); }

 private:
  session& s_;
  result<void> done_;
};

}  // namespace

bool holds_rules(std::string_view entity) noexcept {
  return std::find(std::begin(rule_entities), std::end(rule_entities), entity) !=
         std::end(rule_entities);
}

namespace {

/// What stands for a calendar that cannot be made: a setting that was written by a library with
/// other time zones keeps nobody from opening the store, only from asking by it.
class no_calendar final : public calendar {
 public:
  explicit no_calendar(error why) : why_(std::move(why)) {}
  date local_date(instant at) const override { return at.utc_date(); }
  instant start_of(date d) const override { return {d.days * microseconds_per_day}; }
  bool utc() const noexcept override { return false; }
  result<date_span> span(calendar_unit, date, std::int64_t, std::int64_t) const override {
    return unexpected(error(why_));
  }
  result<std::string> label(calendar_unit, date) const override { return unexpected(error(why_)); }
  result<std::optional<date_span>> counterpart(calendar_unit, date, std::int64_t,
                                               calendar_unit) const override {
    return unexpected(error(why_));
  }
  result<std::int64_t> between(calendar_unit, date, date) const override {
    return unexpected(error(why_));
  }
  calendar_ptr in(time_zone_ptr) const override { return std::make_shared<no_calendar>(why_); }

 private:
  error why_;
};

result<calendar_ptr> load_calendar(const rule_reader& read, const environment& world) {
  calendar_settings from;
  result<rows> found = read("select name, content from setting with archived where name in "
                            "('time_zone', 'week_start', 'fiscal_calendar')");
  if (!found) return passed(found);
  for (std::size_t i = 0; i < found->size(); ++i) {
    const std::string which = text_at(*found, i, 0);
    (which == "time_zone"    ? from.time_zone
     : which == "week_start" ? from.week_start
                             : from.fiscal_calendar) = text_at(*found, i, 1);
  }
  result<calendar_ptr> made = make_calendar(from, *world.zones);
  if (made) return made;
  return calendar_ptr(std::make_shared<no_calendar>(std::move(made.error())));
}

}  // namespace

result<standing_rules> load_rules(const rule_reader& read, const environment& world) {
  policy::rules out;
  if (auto ok = load_people(read, out); !ok) return passed(ok);
  if (auto ok = load_rights(read, out); !ok) return passed(ok);
  result<policy::rulebook_ptr> rights = policy::rulebook::compile(std::move(out));
  if (!rights) return passed(rights);
  result<calendar_ptr> calendar = load_calendar(read, world);
  if (!calendar) return passed(calendar);
  return standing_rules{std::move(*rights), std::move(*calendar)};
}

result<void> furnish(session& s, std::string_view base_currency) {
  using namespace crm;
  const result<void> begun = s.begin();
  const bool whole = begun.has_value();
  // A store without transactions is furnished record by record.
  if (!whole && begun.error().code() != errc::unsupported) return begun;
  // Somebody else may have opened the same new store and been quicker.
  result<rows> there = s.query("select id from setting with archived where name = 'base_currency'");
  if (!there) return passed(there);
  if (!there->empty()) return whole ? s.rollback() : result<void>();
  // A store that was salvaged may have lost its settings and kept its people or their rights.
  result<rows> people = s.query("select id from permission_set limit 1");
  if (!people) return passed(people);
  result<rows> known = s.query("select id from user with archived where login = 'admin'");
  if (!known) return passed(known);
  furnisher f(s);
  f.create(setting::entity, {setting::name = "base_currency", setting::content = base_currency});
  if (!people->empty()) {
    if (auto ok = f.done(); !ok) return ok;
    return whole ? s.commit() : result<void>();
  }
  const id all = f.create(permission_set::entity, {permission_set::name = "Administrator"});
  f.create(entity_right::entity,
           {entity_right::permission_set = all, entity_right::entity_name = "*",
            entity_right::modify_all = true});
  const id admin =
      !known->empty()
          ? known->at(0, 0).as_id()
          : f.create(user::entity, {user::login = "admin", user::name = "Administrator"});
  f.create(permission_assignment::entity,
           {permission_assignment::user = admin, permission_assignment::permission_set = all});
  const id standard = f.create(permission_set::entity, {permission_set::name = "Standard user"});
  for (const schema::entity_row* e : {&account::entity, &contact::entity, &lead::entity,
                                      &opportunity::entity, &ticket::entity, &activity::entity})
    f.create(entity_right::entity,
             {entity_right::permission_set = standard, entity_right::entity_name = e->name,
              entity_right::may_create = true, entity_right::may_read = true,
              entity_right::may_edit = true, entity_right::may_delete = true});
  for (const schema::entity_row* e : {&pipeline::entity, &stage::entity, &stage_visit::entity,
                                      &product::entity, &user::entity, &role::entity,
                                      &exchange_rate::entity}) {
    f.create(entity_right::entity, {entity_right::permission_set = standard,
                                    entity_right::entity_name = e->name,
                                    entity_right::may_read = true});
    if (e == &stage_visit::entity) continue;  // as private as the deals that it tells of
    f.create(sharing_default::entity,
             {sharing_default::entity_name = e->name, sharing_default::level = "read"});
  }
  if (auto ok = f.done(); !ok || !whole) return ok;
  return s.commit();
}

}  // namespace guanxi
