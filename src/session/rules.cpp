// Permission rules are records: read them into a rulebook, and furnish a new store with the first.
#include "guanxi/crm/currencies.hpp"
#include "guanxi/crm/customers.hpp"
#include "guanxi/crm/organisation.hpp"
#include "guanxi/crm/sales.hpp"
#include "guanxi/crm/service.hpp"
#include "guanxi/crm/service_levels.hpp"
#include "guanxi/crm/sharing.hpp"
#include "state.hpp"

#include <algorithm>
#include <utility>

namespace guanxi {

namespace {

constexpr std::string_view rule_entities[] = {
    "role",         "user",        "permission_set", "permission_assignment",
    "entity_right", "field_right", "sharing_default",  "setting",
    "user_group",   "group_member", "sharing_rule",    "restriction_rule",
    "record_share", "team_member", "implied_access",   "queue",
    "queue_member", "territory",   "territory_member"};

id id_at(const rows& r, std::size_t row, std::size_t column) {
  const value v = r.at(row, column);
  return v.is_null() ? id{} : v.as_id();
}
/// Of a record that a share names by its number; whatever stands there in a damaged file.
id record_at(const rows& r, std::size_t row, std::size_t column) {
  const value v = r.at(row, column);
  return v.is_null() ? id{} : id{v.as_integer()};
}
std::string text_at(const rows& r, std::size_t row, std::size_t column) {
  const value v = r.at(row, column);
  return v.is_null() ? std::string() : std::string(v.as_text());
}
bool true_at(const rows& r, std::size_t row, std::size_t column) {
  const value v = r.at(row, column);
  return !v.is_null() && v.as_boolean();
}

policy::level level_at(const rows& r, std::size_t row, std::size_t column) {
  const std::string level = text_at(r, row, column);
  return level == "full"   ? policy::level::full
         : level == "edit" ? policy::level::edit
         : level == "read" ? policy::level::read
                           : policy::level::none;
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
      "modify_all, listed_fields_only, bypass_restriction from entity_right with archived");
  if (!rights) return passed(rights);
  for (std::size_t i = 0; i < rights->size(); ++i)
    out.entity_rights.push_back({id_at(*rights, i, 0), text_at(*rights, i, 1),
                                 true_at(*rights, i, 2), true_at(*rights, i, 3),
                                 true_at(*rights, i, 4), true_at(*rights, i, 5),
                                 true_at(*rights, i, 6), true_at(*rights, i, 7),
                                 true_at(*rights, i, 8), true_at(*rights, i, 9)});
  result<rows> fields = read(
      "select permission_set, entity, field, may_read, may_edit from field_right with archived");
  if (!fields) return passed(fields);
  for (std::size_t i = 0; i < fields->size(); ++i)
    out.field_rights.push_back({id_at(*fields, i, 0), text_at(*fields, i, 1),
                                text_at(*fields, i, 2), true_at(*fields, i, 3),
                                true_at(*fields, i, 4)});
  result<rows> defaults =
      read("select entity, level, hierarchy, parent, cap, ends_team from sharing_default "
           "with archived");
  if (!defaults) return passed(defaults);
  for (std::size_t i = 0; i < defaults->size(); ++i) {
    const bool by_parent = text_at(*defaults, i, 1) == "controlled_by_parent";
    const policy::level cap = level_at(*defaults, i, 4);
    out.defaults.push_back({text_at(*defaults, i, 0), level_at(*defaults, i, 1),
                            true_at(*defaults, i, 2),
                            by_parent ? text_at(*defaults, i, 3) : std::string(),
                            cap == policy::level::none ? policy::level::full : cap,
                            !true_at(*defaults, i, 5)});
  }
  return {};
}

/// Whom a rule names in columns `user, role, subordinates, group`; nobody: none of them.
policy::party party_at(const rows& r, std::size_t row, std::size_t first) {
  using kind = policy::party::kind;
  if (const id user = id_at(r, row, first)) return {kind::user, user};
  if (const id role = id_at(r, row, first + 1))
    return {true_at(r, row, first + 2) ? kind::subordinates : kind::role, role};
  if (const id group = id_at(r, row, first + 3)) return {kind::group, group};
  return {};
}

result<void> load_groups(const rule_reader& read, policy::rules& out) {
  result<rows> groups = read("select id, hierarchy from user_group with archived");
  if (!groups) return passed(groups);
  for (std::size_t i = 0; i < groups->size(); ++i)
    out.groups.push_back({id_at(*groups, i, 0), true_at(*groups, i, 1)});
  result<rows> members = read("select user_group, user, role, subordinates, nested_group "
                              "from group_member with archived");
  if (!members) return passed(members);
  for (std::size_t i = 0; i < members->size(); ++i)
    out.group_members.push_back({id_at(*members, i, 0), party_at(*members, i, 1)});
  return {};
}

result<void> load_sharing(const rule_reader& read, policy::rules& out) {
  result<rows> rules = read(
      "select id, entity, owned_by_role, owned_by_subordinates, owned_by_group, criteria, "
      "with_user, with_role, with_subordinates, with_group, level from sharing_rule with archived");
  if (!rules) return passed(rules);
  using kind = policy::party::kind;
  for (std::size_t i = 0; i < rules->size(); ++i) {
    policy::party owner;
    if (const id role = id_at(*rules, i, 2))
      owner = {true_at(*rules, i, 3) ? kind::subordinates : kind::role, role};
    else if (const id group = id_at(*rules, i, 4)) owner = {kind::group, group};
    out.sharing_rules.push_back({id_at(*rules, i, 0), text_at(*rules, i, 1), owner,
                                 text_at(*rules, i, 5), party_at(*rules, i, 6),
                                 level_at(*rules, i, 10)});
  }
  result<rows> limits = read("select id, name, entity, for_user, for_role, for_subordinates, "
                             "for_group, criteria from restriction_rule with archived");
  if (!limits) return passed(limits);
  for (std::size_t i = 0; i < limits->size(); ++i) {
    policy::party binds = party_at(*limits, i, 3);
    if (binds.what == kind::nobody) binds.what = kind::everyone;
    out.restriction_rules.push_back({id_at(*limits, i, 0), text_at(*limits, i, 1),
                                     text_at(*limits, i, 2), binds, text_at(*limits, i, 7)});
  }
  return {};
}

result<void> load_implied(const rule_reader& read, policy::rules& out) {
  result<rows> implied =
      read("select id, entity, field, kind, role, level from implied_access with archived");
  if (!implied) return passed(implied);
  for (std::size_t i = 0; i < implied->size(); ++i)
    out.implied.push_back({id_at(*implied, i, 0), text_at(*implied, i, 1), text_at(*implied, i, 2),
                           text_at(*implied, i, 3) == "by_child", id_at(*implied, i, 4),
                           level_at(*implied, i, 5)});
  return {};
}

result<void> load_queues(const rule_reader& read, policy::rules& out) {
  result<rows> queues = read("select id, holder from queue with archived");
  if (!queues) return passed(queues);
  for (std::size_t i = 0; i < queues->size(); ++i)
    out.queues.push_back({id_at(*queues, i, 0), id_at(*queues, i, 1)});
  result<rows> members = read("select queue, user, role, subordinates, user_group "
                              "from queue_member with archived");
  if (!members) return passed(members);
  for (std::size_t i = 0; i < members->size(); ++i)
    out.queue_members.push_back({id_at(*members, i, 0), party_at(*members, i, 1)});
  return {};
}

result<void> load_territories(const rule_reader& read, policy::rules& out) {
  result<rows> all =
      read("select id, parent, entity, criteria, level from territory with archived");
  if (!all) return passed(all);
  for (std::size_t i = 0; i < all->size(); ++i)
    out.territories.push_back({id_at(*all, i, 0), id_at(*all, i, 1), text_at(*all, i, 2),
                               text_at(*all, i, 3), level_at(*all, i, 4)});
  result<rows> members = read("select territory, user, role, subordinates, user_group "
                              "from territory_member with archived");
  if (!members) return passed(members);
  for (std::size_t i = 0; i < members->size(); ++i)
    out.territory_members.push_back({id_at(*members, i, 0), party_at(*members, i, 1)});
  return {};
}

/// Reads shares and members of teams, all or those that a condition names.
result<void> load_shares(const rule_reader& read, const std::string& condition,
                         policy::share_book::changes& out) {
  result<rows> shares = read("select entity, record, user, role, subordinates, user_group, level, "
                             "id from record_share with archived" + condition);
  if (!shares) return passed(shares);
  for (std::size_t i = 0; i < shares->size(); ++i)
    out[text_at(*shares, i, 0)].push_back({id_at(*shares, i, 7), record_at(*shares, i, 1),
                                           party_at(*shares, i, 2), level_at(*shares, i, 6),
                                           false});
  result<rows> teams = read("select entity, record, user, level, id from team_member "
                            "with archived" + condition);
  if (!teams) return passed(teams);
  for (std::size_t i = 0; i < teams->size(); ++i)
    out[text_at(*teams, i, 0)].push_back({id_at(*teams, i, 4), record_at(*teams, i, 1),
                                          {policy::party::kind::user, id_at(*teams, i, 2)},
                                          level_at(*teams, i, 3), true});
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
  if (auto ok = load_groups(read, out); !ok) return passed(ok);
  if (auto ok = load_sharing(read, out); !ok) return passed(ok);
  if (auto ok = load_implied(read, out); !ok) return passed(ok);
  if (auto ok = load_queues(read, out); !ok) return passed(ok);
  if (auto ok = load_territories(read, out); !ok) return passed(ok);
  policy::share_book::changes shares;
  if (auto ok = load_shares(read, "", shares); !ok) return passed(ok);
  result<policy::rulebook_ptr> rights = policy::rulebook::compile(
      std::move(out), policy::share_book().with({}, {}, std::move(shares)));
  if (!rights) return passed(rights);
  result<calendar_ptr> calendar = load_calendar(read, world);
  if (!calendar) return passed(calendar);
  return standing_rules{std::move(*rights), std::move(*calendar)};
}

result<policy::rulebook_ptr> with_shares(
    const rule_reader& read, const policy::rulebook& before,
    std::span<const std::pair<const schema::entity*, id>> changed) {
  std::vector<id> shares, members;
  std::string condition;
  for (const auto& [of, key] : changed) {
    (of->name() == policy::share_entity ? shares : members).push_back(key);
    condition += (condition.empty() ? " where id in (" : ", ") + std::to_string(key.value);
  }
  policy::share_book::changes now;
  if (!changed.empty())
    if (auto ok = load_shares(read, condition + ")", now); !ok) return passed(ok);
  static const policy::share_book none;
  const policy::share_book& book = before.shares() ? *before.shares() : none;
  return before.with(book.with(std::move(shares), std::move(members), std::move(now)));
}

result<void> drop_idle_grants(work::pipeline& p, const policy::grants& all,
                              const query::bounds& within) {
  const auto is_default = [](const schema::entity* e) { return e->name() == "sharing_default"; };
  if (std::none_of(p.touched().begin(), p.touched().end(), is_default)) return {};
  for (const char* table : {"sharing_rule", "record_share"}) {
    result<query::statement> q = query::parse(
        "select id from " + std::string(table) +
        " where entity in (select entity from sharing_default where level in "
        "('edit', 'controlled_by_parent')) or "
        "level = 'read' and entity in (select entity from sharing_default where level = 'read')");
    if (!q) return passed(q);
    result<query::plan_ptr> plan = query::bind(*q, all);
    if (!plan) return passed(plan);
    result<query::trimmed_plan> t = query::trim(*plan, all);
    if (!t) return passed(t);
    result<rows> idle = p.read(*t, within);
    if (!idle) return passed(idle);
    std::vector<id> keys;
    for (std::size_t i = 0; i < idle->size(); ++i) keys.push_back(idle->at(i, 0).as_id());
    if (keys.empty()) continue;
    if (auto ok = p.remove(all, *all.catalog()->find(table), keys,
                           {.cause = "the sharing default was raised"});
        !ok)
      return ok;
  }
  return {};
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
                                      &exchange_rate::entity, &sla_policy::entity,
                                      &business_hours::entity}) {
    f.create(entity_right::entity, {entity_right::permission_set = standard,
                                    entity_right::entity_name = e->name,
                                    entity_right::may_read = true});
    if (e == &stage_visit::entity) continue;  // as private as the deals that it tells of
    f.create(sharing_default::entity,
             {sharing_default::entity_name = e->name, sharing_default::level = "read"});
  }
  // What each owns is private, and everybody above sees it.
  f.create(entity_right::entity,
           {entity_right::permission_set = standard, entity_right::entity_name = "quota",
            entity_right::may_read = true});
  f.create(entity_right::entity,
           {entity_right::permission_set = standard,
            entity_right::entity_name = "forecast_snapshot", entity_right::may_read = true});
  f.create(entity_right::entity,
           {entity_right::permission_set = standard,
            entity_right::entity_name = "forecast_adjustment", entity_right::may_create = true,
            entity_right::may_read = true, entity_right::may_edit = true,
            entity_right::may_delete = true});
  f.create(entity_right::entity,
           {entity_right::permission_set = standard, entity_right::entity_name = "notification",
            entity_right::may_read = true, entity_right::may_edit = true,
            entity_right::may_delete = true});
  if (auto ok = f.done(); !ok || !whole) return ok;
  return s.commit();
}

}  // namespace guanxi
