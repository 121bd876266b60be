// Random companies: after every change of roles, users, rights or records, what each store shows is
// what the rules say. A failure prints the seed; GUANXI_TEST_SEED repeats it.
#include "reference_rules.hpp"
#include "support/stores.hpp"

#include <iostream>
#include <random>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;
namespace field = guanxi::schema::system_field;

namespace {

class harness {
 public:
  harness(tested_store k, std::uint64_t seed, reference_rules::fault planted)
      : at_(k, seed), random_(seed) {
    rules_.planted = planted;
    session s = at_.system();
    s.begin().value();
    for (int i = 0; i < 6; ++i) add_role(s);
    for (int i = 0; i < 3; ++i) add_set(s);
    for (int i = 0; i < 7; ++i) add_user(s);
    for (int i = 0; i < 12; ++i) add_record(s);
    const id level = s.create(sharing_default::entity, {sharing_default::entity_name = "account",
                                                        sharing_default::level = "private"})
                         .value()
                         .key();
    default_ = level;
    s.commit().value();
  }

  /// What is wrong after so many random changes, or nothing.
  std::string run(int steps) {
    for (int i = 0; i < steps; ++i) {
      const std::string done = mutate();
      for (int n = 0; n < 2; ++n)
        if (std::string wrong = check(any(rules_.users)); !wrong.empty())
          return "step " + std::to_string(i) + " (" + done + "): " + wrong;
    }
    return {};
  }

 private:
  template <class Map>
  id any(const Map& from) {
    return std::next(from.begin(), static_cast<std::ptrdiff_t>(random_() % from.size()))->first;
  }
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  id any_or_none(const std::map<id, id>& from) {
    return from.empty() || chance(20) ? id{} : any(from);
  }
  std::string fresh(const char* what) { return what + std::to_string(++count_); }
  static value or_null(id x) { return x ? value(x) : value(); }

  void add_role(session& s) {
    const id parent = any_or_none(rules_.roles);
    schema::draft d = s.draft("role").value();
    d.set("name", fresh("role")).set("parent", or_null(parent));
    rules_.roles[s.create(d).value().key()] = parent;
  }
  void add_set(session& s) {
    const id set = s.create(permission_set::entity, {permission_set::name = fresh("set")})
                       .value()
                       .key();
    rights_[set] = s.create(entity_right::entity, {entity_right::permission_set = set,
                                                   entity_right::entity_name = "account",
                                                   entity_right::may_read = true})
                       .value()
                       .key();
    rules_.sets[set].read = true;
  }
  void add_user(session& s) {
    const id role = any_or_none(rules_.roles);
    const std::string login = fresh("user");
    schema::draft d = s.draft("user").value();
    d.set("login", login).set("name", login).set("role", or_null(role));
    const id key = s.create(d).value().key();
    rules_.users[key].role = role;
    logins_[key] = login;
    assign(s, key, any(rules_.sets));
  }
  void assign(session& s, id user, id set) {
    assigned_[{user, set}] =
        s.create(permission_assignment::entity, {permission_assignment::user = user,
                                                 permission_assignment::permission_set = set})
            .value()
            .key();
    rules_.users[user].sets.insert(set);
  }
  id active_user() {
    for (;;)
      if (const id u = any(rules_.users); rules_.users[u].active) return u;
  }
  /// Notes a refusal that should not be, or one that is missing; gives whether the call worked.
  template <class T>
  bool noted(const result<T>& done, bool expected, const char* what) {
    if (done.has_value() != expected) wrong_ = std::string(what) + ": " + message(done);
    return done.has_value();
  }
  void add_record(session& s) {
    const id owner = active_user();
    const auto made = s.create(account::entity, {account::name = fresh("account"),
                                                 account::phone = "1", field::owner = owner});
    if (noted(made, rules_.of(owner).read, "an owner needs the right to read"))
      rules_.records[made->key()] = owner;
  }
  void set_field(session& s, const char* entity, id key, const char* name, value v) {
    s.change(key, s.draft(entity).value().set(name, std::move(v))).value();
  }
  bool makes_circle(id role, id parent) const {
    for (id at = parent; at; at = rules_.roles.contains(at) ? rules_.roles.at(at) : id{})
      if (at == role) return true;
    return false;
  }

  /// Changes one thing, in the store and in the reference; gives its name.
  std::string mutate() {
    session s = at_.system();
    switch (random_() % 12) {
      case 0: add_record(s); return "new record";
      case 1: {
        const id key = any(rules_.records), owner = active_user();
        const auto moved = s.change(key, s.draft("account").value().set("owner", owner));
        if (noted(moved, rules_.of(owner).read || rules_.records[key] == owner,
                  "a new owner needs the right to read"))
          rules_.records[key] = owner;
        return "transfer";
      }
      case 2: {
        if (rules_.records.size() < 5) return "nothing";
        const id key = any(rules_.records);
        s.remove("account", key).value();
        rules_.records.erase(key);
        return "removed record";
      }
      case 3: return move_role(s);
      case 4:
      case 5: {
        const id user = any(rules_.users), role = any_or_none(rules_.roles);
        set_field(s, "user", user, "role", or_null(role));
        rules_.users[user].role = role;
        return "user moved";
      }
      case 6: {
        const id user = any(rules_.users);
        int active = 0;
        for (const auto& [key, p] : rules_.users) active += p.active;
        const bool now = !rules_.users[user].active || active < 4;
        set_field(s, "user", user, "active", now);
        rules_.users[user].active = now;
        return "user switched";
      }
      case 7: {
        const id user = any(rules_.users), set = any(rules_.sets);
        if (const auto held = assigned_.find({user, set}); held != assigned_.end()) {
          s.remove("permission_assignment", held->second).value();
          assigned_.erase(held);
          rules_.users[user].sets.erase(set);
        } else {
          assign(s, user, set);
        }
        return "set assigned or taken";
      }
      case 8: return change_right(s);
      case 9: return change_field_right(s);
      case 10: {
        const char* levels[] = {"private", "read", "edit"};
        const std::size_t n = random_() % 3;
        rules_.by_default = static_cast<reference_rules::level>(n);
        rules_.hierarchy = chance(70);
        s.change(default_, s.draft("sharing_default")
                               .value()
                               .set("level", levels[n])
                               .set("hierarchy", rules_.hierarchy))
            .value();
        return "default";
      }
      default: {
        if (rules_.roles.size() < 4 || chance(60)) {
          add_role(s);
          return "new role";
        }
        const id role = any(rules_.roles);
        s.remove("role", role).value();
        rules_.roles.erase(role);
        for (auto& [key, parent] : rules_.roles)
          if (parent == role) parent = id{};
        return "removed role";
      }
    }
  }

  std::string move_role(session& s) {
    const id role = any(rules_.roles), parent = any_or_none(rules_.roles);
    const bool circle = makes_circle(role, parent);
    const auto done = s.change(role, s.draft("role").value().set("parent", or_null(parent)));
    if (noted(done, !circle, "a circle of roles is refused")) rules_.roles[role] = parent;
    return circle ? "circle refused" : "role moved";
  }

  std::string change_right(session& s) {
    const id set = any(rules_.sets);
    reference_rules::rights& r = rules_.sets[set];
    const struct { const char* name; bool& at; } all[] = {
        {"may_create", r.create}, {"may_read", r.read}, {"may_edit", r.edit},
        {"may_delete", r.remove}, {"view_all", r.view_all}, {"modify_all", r.modify_all},
        {"listed_fields_only", r.listed_only}};
    const auto& one = all[random_() % std::size(all)];
    one.at = one.name == std::string_view("modify_all") ? chance(15) : chance(60);
    set_field(s, "entity_right", rights_.at(set), one.name, one.at);
    return one.name;
  }

  std::string change_field_right(session& s) {
    const id set = any(rules_.sets);
    const bool read = chance(50), edit = chance(30);
    if (const auto known = field_rights_.find(set); known != field_rights_.end()) {
      schema::draft d = s.draft("field_right").value();
      s.change(known->second, d.set("may_read", read).set("may_edit", edit)).value();
    } else {
      field_rights_[set] = s.create(field_right::entity, {field_right::permission_set = set,
                                                          field_right::entity_name = "account",
                                                          field_right::field = "phone",
                                                          field_right::may_read = read,
                                                          field_right::may_edit = edit})
                               .value()
                               .key();
    }
    rules_.sets[set].fields["phone"] = {read, edit};
    return "field right";
  }

  /// Holds what one user is shown against the reference.
  std::string check(id user) {
    if (!wrong_.empty()) return wrong_;
    const std::string who = logins_.at(user) + ": ";
    auto opened = at_.crm->as_user(logins_.at(user));
    const bool may_act =
        rules_.users[user].active || rules_.planted == reference_rules::inactive_too;
    if (opened.has_value() != may_act)
      return who + "may act although not active, or may not";
    if (!opened) return {};
    const session& s = *opened;
    const std::set<id> expected = rules_.visible(user);
    const auto list = s.query("select id from account order by id");
    if (!rules_.of(user).read) {
      if (!list) return {};
      return who + "reads without the right";
    }
    if (!list) return who + "may not list: " + message(list);
    std::set<id> shown;
    for (std::size_t i = 0; i < list->size(); ++i) shown.insert(list->at(i, 0).as_id());
    if (shown != expected)
      return who + "sees " + std::to_string(shown.size()) + " records, not " +
             std::to_string(expected.size());
    if (const std::string count = answer(s, "select count() from account");
        count != std::to_string(expected.size()) + "\n")
      return who + "counts " + count;
    const auto phone = s.query("select phone from account where phone = '1' limit 1");
    if (phone.has_value() != rules_.sees(user, "phone"))
      return who + "sees a hidden field, or misses one";
    return check_record(s, user, any(rules_.records));
  }

  std::string check_record(const session& s, id user, id record) {
    const std::string who = logins_.at(user) + ": ";
    const bool there = rules_.allowed(user, reference_rules::to_read, record);
    const auto got = s.get("account", record);
    if (got.has_value() != there) return who + "gets a record wrongly";
    const std::pair<action, reference_rules::action> actions[] = {
        {action::read, reference_rules::to_read},
        {action::edit, reference_rules::to_edit},
        {action::remove, reference_rules::to_remove},
        {action::transfer, reference_rules::to_transfer}};
    session admin = at_.as("admin");
    for (const auto& [a, reference] : actions) {
      const bool yes = rules_.allowed(user, reference, record);
      const auto why = admin.explain_for(logins_.at(user), a, "account", record);
      if (!why || why->allowed != yes)
        return who + "explained wrongly: " + std::string(policy::name(a));
      if (there) {
        const auto own = s.explain(a, "account", record);
        if (!own || own->allowed != yes) return who + "explained otherwise to the user";
      }
    }
    return check_writes(user, record);
  }

  /// Tries to edit and to remove, and takes it back.
  std::string check_writes(id user, id record) {
    session s = at_.as(logins_.at(user));
    s.begin().value();
    const auto edited = s.change(record, schema::draft(*s.catalog()->find("account"),
                                                       {account::city = fresh("city")}));
    const bool edits = rules_.allowed(user, reference_rules::to_edit, record);
    const bool listed = sees_city(user);
    const auto removed = s.remove("account", record);
    s.rollback().value();
    if (edited.has_value() != (edits && listed)) return "edited wrongly: " + message(edited);
    if (removed.has_value() != rules_.allowed(user, reference_rules::to_remove, record))
      return "removed wrongly: " + message(removed);
    return {};
  }

  /// Whether a set that edits is not in allow-list mode, which leaves `city` out.
  bool sees_city(id user) {
    for (id s : rules_.users[user].sets) {
      const auto& r = rules_.sets[s];
      if ((r.edit || r.create || r.modify_all) && !r.listed_only) return true;
    }
    return false;
  }

  company at_;
  std::mt19937_64 random_;
  reference_rules rules_;
  std::map<id, std::string> logins_;
  std::map<id, id> rights_, field_rights_;  ///< by permission set
  std::map<std::pair<id, id>, id> assigned_;
  id default_;
  std::string wrong_;
  int count_ = 0;
};

std::string run_world(tested_store k, std::uint64_t seed, int steps,
                      reference_rules::fault planted = reference_rules::no_fault) {
  return harness(k, seed, planted).run(steps);
}

class random_access : public testing::TestWithParam<tested_store> {};
INSTANTIATE_TEST_SUITE_P(on, random_access, every_store, store_name);

}  // namespace

TEST_P(random_access, is_what_the_rules_say) {
  const std::uint64_t start = chosen_seed();
  // A file waits for the disk at every commit, and behind C every row is copied: one world each.
  const bool slow = GetParam() == tested_store::sqlite_file ||
                    GetParam() == tested_store::c_store || GetParam() == tested_store::c_planner;
  const std::uint64_t worlds = slow ? 1 : 6;
  for (std::uint64_t world = 0; world < worlds; ++world) {
    const std::uint64_t seed = start + world;
    EXPECT_EQ(run_world(GetParam(), seed, 100), "") << "seed " << seed;
  }
  std::cout << "seeds from " << start << "\n";
}

TEST(random_access_harness, notices_a_wrong_rule) {
  for (int f = reference_rules::no_fault + 1; f <= reference_rules::hidden_shown; ++f) {
    std::string noticed;
    for (std::uint64_t seed = 1; seed <= 8 && noticed.empty(); ++seed)
      noticed = run_world(tested_store::map, seed, 60, static_cast<reference_rules::fault>(f));
    EXPECT_NE(noticed, "") << "a planted fault went unnoticed: " << f;
  }
}
