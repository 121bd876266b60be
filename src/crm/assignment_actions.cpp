// Assignment. Rules: entries are ordered, the first that is met decides; it names a user, or a
// group of whom one is chosen in turn, by the fewest open records (ties: the lowest id) or by the
// most of the daily and monthly quota left. Who is absent or not active gets nothing, nor who has
// as much as he takes. All of it is read and written in the transaction of the assignment, so that
// two at once never skip anybody nor count twice.
#include "actions.hpp"
#include "guanxi/crm/sharing.hpp"
#include "guanxi/crm/standard.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace guanxi::crm {

namespace {

using schema::kind;
using work::arguments;
using work::outcome;
using work::sight;

constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

/// What counts as open, as a condition on records of an entity.
struct assignable {
  std::string_view entity, open;
};
constexpr assignable assignables[] = {
    {"lead", "status not in ('converted', 'unqualified')"},
    {"account", "true"},
    {"opportunity", "stage.is_open"},
    {"ticket", "status not in ('resolved', 'closed')"},
};

using id_set = std::set<std::int64_t>;

/// Ids that a query gives in its first column.
result<id_set> ids_of(sight& in, const std::string& text,
                      const std::vector<expr::parameter_value>& with = {}) {
  result<query::rows> rows = in.query_all(text, with);
  if (!rows) return passed(rows);
  id_set out;
  for (std::size_t i = 0; i < rows->size(); ++i)
    if (!rows->at(i, 0).is_null()) out.insert(rows->at(i, 0).as_id().value);
  return out;
}

/// Numbers by user, of a query of users and counts.
result<std::map<std::int64_t, std::int64_t>> counts_of(
    sight& in, const std::string& text, const std::vector<expr::parameter_value>& with) {
  result<query::rows> rows = in.query_all(text, with);
  if (!rows) return passed(rows);
  std::map<std::int64_t, std::int64_t> out;
  for (std::size_t i = 0; i < rows->size(); ++i)
    if (!rows->at(i, 0).is_null())
      out[rows->at(i, 0).as_id().value] = rows->at(i, 1).as_integer();
  return out;
}

/// The users of a group: those it names, those of its roles and below them, those of its groups.
class group_of_users {
 public:
  explicit group_of_users(sight& in) : in_(in) {}

  result<id_set> members(id group) {
    if (auto ok = add(group); !ok) return passed(ok);
    return std::move(users_);
  }

 private:
  result<void> add(id group) {
    if (!seen_.insert(group.value).second) return {};
    result<query::rows> rows = in_.query_all(
        "select user, role, subordinates, nested_group from group_member "
        "where user_group = :g order by id", {{.name = "g", .content = group}});
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i) {
      if (const value u = rows->at(i, 0); !u.is_null()) users_.insert(u.as_id().value);
      if (const value r = rows->at(i, 1); !r.is_null())
        if (auto ok = add_role(r.as_id(), rows->at(i, 2) == value(true)); !ok) return ok;
      if (const value g = rows->at(i, 3); !g.is_null())
        if (auto ok = add(g.as_id()); !ok) return ok;
    }
    return {};
  }

  result<void> add_role(id role, bool below) {
    id_set roles = {role.value};
    std::vector<std::int64_t> open = {role.value};
    while (below && !open.empty()) {
      const id at{open.back()};
      open.pop_back();
      result<id_set> children =
          ids_of(in_, "select id from role where parent = :r", {{.name = "r", .content = at}});
      if (!children) return passed(children);
      for (std::int64_t child : *children)
        if (roles.insert(child).second) open.push_back(child);
    }
    for (std::int64_t each : roles) {
      result<id_set> users = ids_of(in_, "select id from user where role = :r",
                                    {{.name = "r", .content = id{each}}});
      if (!users) return passed(users);
      users_.insert(users->begin(), users->end());
    }
    return {};
  }

  sight& in_;
  id_set users_, seen_;
};

/// A rule as it is stored.
struct entry {
  id key;
  std::string name, method;
  id user, group, last, queue;
};

/// One assignment.
class assigning {
 public:
  assigning(const assignable& of, id record, sight& in) : of_(of), record_(record), in_(in) {}

  /// The first entry that is met; none: no entry is.
  result<std::optional<entry>> find_entry() {
    result<query::rows> rows = in_.query_all(
        "select id, name, criteria, method, user, user_group, last_user, queue "
        "from assignment_rule "
        "where entity = :e and active order by position, id",
        {{.name = "e", .content = value(of_.entity)}});
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i) {
      result<bool> met = meets(rows->at(i, 1), rows->at(i, 2));
      if (!met) return passed(met);
      if (!*met) continue;
      const auto key = [&](std::size_t c) {
        return rows->at(i, c).is_null() ? id{} : rows->at(i, c).as_id();
      };
      return std::optional<entry>({key(0), rows->at(i, 1).to_string(),
                                   std::string(rows->at(i, 3).as_text()), key(4), key(5), key(6),
                                   key(7)});
    }
    return std::optional<entry>();
  }

  /// Who gets it by an entry; 0: nobody can take it now.
  result<id> choose(const entry& by) {
    if (by.method == "queue") return holder_of(by.queue);
    id_set candidates;
    if (by.method == "user" || !by.group) {
      if (by.user) candidates.insert(by.user.value);
    } else {
      result<id_set> members = group_of_users(in_).members(by.group);
      if (!members) return passed(members);
      candidates = std::move(*members);
    }
    if (auto ok = drop_the_absent(candidates); !ok) return passed(ok);
    if (auto ok = read_loads(); !ok) return passed(ok);
    for (auto at = candidates.begin(); at != candidates.end();)
      at = room(*at) > 0 ? std::next(at) : candidates.erase(at);
    if (candidates.empty()) return id{};
    if (by.method == "round_robin") {
      const auto next = candidates.upper_bound(by.last.value);
      return id{next == candidates.end() ? *candidates.begin() : *next};
    }
    const auto better = [&](std::int64_t a, std::int64_t b) {
      if (by.method == "load") return open_[a] < open_[b];
      return quota_left(a) > quota_left(b);
    };
    std::int64_t best = *candidates.begin();
    for (std::int64_t user : candidates)
      if (better(user, best)) best = user;  // of equals the lowest id stays
    return id{best};
  }

  /// Whether somebody who is named can take it. Errors: errc::validation, with why.
  result<void> check(id user) {
    const auto refuse = [&](std::string why) {
      return unexpected(
          error(errc::validation, std::move(why)).in_entity(of_.entity).in_field("user"));
    };
    id_set one = {user.value};
    if (auto ok = drop_the_absent(one); !ok) return ok;
    if (one.empty()) return refuse("this `user` is not active or absent; choose another");
    if (auto ok = read_loads(); !ok) return ok;
    if (room(user.value) <= 0)
      return refuse("this `user` has as many as he takes (see `assignment_capacity`); choose "
                    "another, or raise what he takes");
    return {};
  }

 private:
  /// What waits in a queue is its holder's, and there is always room.
  result<id> holder_of(id queue) {
    result<query::rows> holder = in_.query_all("select holder from queue where id = :q",
                                               {{.name = "q", .content = queue}});
    if (!holder) return passed(holder);
    return holder->empty() ? id{} : holder->at(0, 0).as_id();
  }

  result<bool> meets(const value& name, const value& criteria) {
    if (criteria.is_null() || criteria.as_text().empty()) return true;
    result<query::rows> met = in_.query_all(
        "select id from " + std::string(of_.entity) + " where id = :record and (" +
            std::string(criteria.as_text()) + ")",
        {{.name = "record", .content = record_}});
    if (met) return !met->empty();
    return unexpected(error(errc::validation, "the criteria of the assignment rule " +
                                                  in_backticks(name.to_string()) +
                                                  " cannot be used: " +
                                                  std::string(met.error().message()))
                          .in_entity("assignment_rule")
                          .in_field("criteria"));
  }

  result<void> drop_the_absent(id_set& candidates) {
    result<id_set> active = ids_of(in_, "select id from user where active");
    if (!active) return passed(active);
    result<id_set> absent =
        ids_of(in_, "select user from user_absence where starts_at <= :now and ends_at > :now",
               {{.name = "now", .content = in_.now()}});
    if (!absent) return passed(absent);
    for (auto at = candidates.begin(); at != candidates.end();)
      at = active->count(*at) && !absent->count(*at) ? std::next(at) : candidates.erase(at);
    return {};
  }

  /// What everybody has open, what was given to everybody today and this month, and who takes how
  /// much. Days are those of the company's calendar.
  result<void> read_loads() {
    const std::string entity(of_.entity);
    auto open = counts_of(in_, "select owner, count() from " + entity + " where " +
                                   std::string(of_.open) + " and id <> :record group by owner",
                          {{.name = "record", .content = record_}});
    if (!open) return passed(open);
    open_ = std::move(*open);
    const date today = in_.days().local_date(in_.now());
    result<date_span> month = in_.days().span(calendar_unit::month, today, 0, 1);
    if (!month) return passed(month);
    const std::pair<date, std::map<std::int64_t, std::int64_t>*> since[] = {
        {today, &given_today_}, {month->from, &given_this_month_}};
    for (const auto& [from, into] : since) {
      auto given = counts_of(in_, "select user, count() from ownership where entity = :e and "
                                  "at >= :from group by user",
                             {{.name = "e", .content = value(of_.entity)},
                              {.name = "from", .content = in_.days().start_of(from)}});
      if (!given) return passed(given);
      *into = std::move(*given);
    }
    result<query::rows> caps = in_.query_all(
        "select user, most_open, daily, monthly from assignment_capacity where entity = :e",
        {{.name = "e", .content = value(of_.entity)}});
    if (!caps) return passed(caps);
    const auto number = [&](std::size_t i, std::size_t c) {
      return caps->at(i, c).is_null() ? unlimited : caps->at(i, c).as_integer();
    };
    for (std::size_t i = 0; i < caps->size(); ++i)
      caps_[caps->at(i, 0).as_id().value] = {number(i, 1), number(i, 2), number(i, 3)};
    return {};
  }

  struct cap {
    std::int64_t open = unlimited, daily = unlimited, monthly = unlimited;
  };
  cap cap_of(std::int64_t user) const {
    const auto found = caps_.find(user);
    return found == caps_.end() ? cap() : found->second;
  }
  static std::int64_t left(std::int64_t of, std::int64_t used) {
    return of == unlimited ? unlimited : of - used;
  }
  std::int64_t quota_left(std::int64_t user) {
    const cap c = cap_of(user);
    return std::min(left(c.daily, given_today_[user]), left(c.monthly, given_this_month_[user]));
  }
  std::int64_t room(std::int64_t user) {
    return std::min(left(cap_of(user).open, open_[user]), quota_left(user));
  }

  const assignable& of_;
  id record_;
  sight& in_;
  std::map<std::int64_t, std::int64_t> open_, given_today_, given_this_month_;
  std::map<std::int64_t, cap> caps_;
};

/// Gives a record to somebody, and notes that.
void give(const assignable& of, const schema::record& record, id to, const entry* by, sight& in,
          outcome& out) {
  const auto previous = record[schema::system_field::owner];
  if (previous != to)
    out.change(of.entity, record.key(), outcome::authority::action)
        .content.set(schema::system_field::owner = to);
  schema::draft& note = out.create("ownership", outcome::authority::action).content;
  note.set(ownership::user = to).set(ownership::entity_name = of.entity);
  note.set(ownership::record = record.key().value).set(ownership::at = in.now());
  note.set(ownership::cause = by ? std::string_view("rule") : std::string_view("assign"));
  if (by) note.set(ownership::rule = by->key);
  if (previous) note.set(ownership::previous = *previous);
  if (by && by->method == "round_robin")
    out.change("assignment_rule", by->key, outcome::authority::action)
        .content.set(assignment_rule::last_user = to);
}

result<void> assign(const assignable& of, const arguments& given, sight& in, outcome& out) {
  const id key = given.reference("record");
  if (auto ok = in.need(policy::action::edit, of.entity, key); !ok) return ok;
  result<schema::record> record = in.get_all(of.entity, key);
  if (!record) return passed(record);
  assigning work(of, key, in);
  if (const id user = given.reference("user")) {
    if (auto ok = in.need(policy::action::transfer, of.entity, key); !ok) return ok;
    if (auto seen = in.get("user", user); !seen) return passed(seen);
    if (auto ok = work.check(user); !ok) return ok;
    give(of, *record, user, nullptr, in, out);
    out.answer({value(user), value()});
    return {};
  }
  result<std::optional<entry>> by = work.find_entry();
  if (!by) return passed(by);
  if (!*by) {
    out.answer({value(), value()});
    return {};
  }
  result<id> to = work.choose(**by);
  if (!to) return passed(to);
  if (*to) give(of, *record, *to, &**by, in, out);
  out.answer({*to ? value(*to) : value(), value((*by)->key)});
  return {};
}

work::action assign_row(const assignable& of) {
  const std::string entity(of.entity);
  return {.name = entity + ".assign",
          .label_en = "Assign",
          .label_zh = "分配",
          .entity = entity,
          .needs = policy::action::edit,
          .parameters = {{.name = "record", .type = kind::reference, .flags = schema::required,
                          .target = entity},
                         {.name = "user", .type = kind::reference, .target = "user"}},
          .results = {{.name = "user", .type = kind::reference, .target = "user"},
                      {.name = "rule", .type = kind::reference, .target = "assignment_rule"}},
          .run = [&of](const arguments& given, sight& in, outcome& out) {
            return assign(of, given, in, out);
          }};
}

}  // namespace

std::vector<work::action> assignment_actions() {
  std::vector<work::action> out;
  for (const assignable& of : assignables) out.push_back(assign_row(of));
  return out;
}

}  // namespace guanxi::crm
