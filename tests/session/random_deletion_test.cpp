// Random trees of records, deleted, restored, archived and purged by several users, held against
// the rule in words (reference_deletion.hpp).
#include "reference_deletion.hpp"
#include "support/stores.hpp"

#include <algorithm>
#include <iostream>
#include <random>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;

namespace {

constexpr std::int64_t day = 86'400 * microseconds_per_second;

class harness {
 public:
  harness(tested_store k, std::uint64_t seed, reference_deletion::fault planted)
      : at_(k, seed), random_(seed) {
    at_.furnish();
    rule_.planted = planted;
    rule_.all_read = chance(40);
    const std::map<std::string, std::set<std::string>> below = {
        {"vera", {"mona", "samir", "nina", "nils", "sun"}}, {"mona", {"nina", "nils"}},
        {"samir", {"sun"}}};
    rule_.over = [this, below](id user, id owner) {
      if (user == owner || user == admin_) return true;
      const auto all = below.find(logins_.at(user));
      return all != below.end() && all->second.contains(logins_.at(owner));
    };
    define();
  }

  std::string run(int steps) {
    for (int i = 0; i < 20; ++i) create();
    for (int i = 0; i < steps; ++i) {
      at_.clock->advance(chance(4) ? -20 * day : day / 4);  // clocks jump, too
      rule_.now = at_.clock->now().microseconds;
      const std::string what = step();
      const std::string wrong = wrong_.empty() ? compare() : wrong_;
      if (!wrong.empty()) return "step " + std::to_string(i) + ", " + what + ": " + wrong;
    }
    return {};
  }

 private:
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  id any_user() {
    auto it = logins_.begin();
    std::advance(it, random_() % logins_.size());
    return it->first;
  }
  id any_node() {
    if (rule_.nodes.empty()) return id{1};
    auto it = rule_.nodes.begin();
    std::advance(it, random_() % rule_.nodes.size());
    return it->first;
  }
  id live_or_none(int percent) {
    const id some = any_node();
    return chance(percent) && rule_.live(some) ? some : id{};
  }

  void define() {
    session s = at_.system();
    using schema::kind;
    using schema::on_delete;
    schema::entity_definition e{.name = "x_node"};
    e.fields = {{.name = "x_code", .flags = schema::unique}};
    const std::pair<const char*, on_delete> ties[] = {{"x_up", on_delete::cascade},
                                                      {"x_part", on_delete::follow},
                                                      {"x_needs", on_delete::restrict},
                                                      {"x_likes", on_delete::clear},
                                                      {"x_sees", on_delete::leave}};
    for (const auto& [name, what] : ties)
      e.fields.push_back({.name = name, .type = kind::reference, .target = "x_node",
                          .on_delete = what});
    s.define(e).value();
    s.create(entity_right::entity,
             {entity_right::permission_set = at_.key("standard"),
              entity_right::entity_name = "x_node", entity_right::may_create = true,
              entity_right::may_read = true, entity_right::may_edit = true,
              entity_right::may_delete = true})
        .value();
    if (rule_.all_read)
      s.create(sharing_default::entity,
               {sharing_default::entity_name = "x_node", sharing_default::level = "read"})
          .value();
    for (const char* login : {"vera", "mona", "samir", "nina", "nils", "sun"})
      logins_[at_.key(login)] = login;
    admin_ = s.query("select id from user where login = 'admin'").value().at(0, 0).as_id();
    logins_[admin_] = "admin";
  }

  static value or_null(id x) { return x ? value(x) : value(); }

  std::string create() {
    session s = at_.system();
    reference_deletion::node n;
    n.owner = any_user();
    n.up = live_or_none(60);
    n.part = live_or_none(15);
    n.needs = live_or_none(10);
    n.likes = live_or_none(25);
    n.sees = live_or_none(25);
    if (chance(60)) n.code = std::string(1, static_cast<char>('a' + random_() % 4));
    for (const auto& [key, other] : rule_.nodes)
      if (other.batch == 0 && other.code == n.code) n.code.clear();
    schema::draft d = s.draft("x_node").value();
    d.set("owner", n.owner).set("x_up", or_null(n.up)).set("x_part", or_null(n.part));
    d.set("x_needs", or_null(n.needs)).set("x_likes", or_null(n.likes));
    d.set("x_sees", or_null(n.sees));
    d.set("x_code", n.code.empty() ? value() : value(n.code));
    const auto made = s.create(d);
    if (!made) {
      wrong_ = "not created: " + message(made);
      return "create";
    }
    rule_.nodes[made->key()] = n;
    return "create";
  }

  /// Another parent, so that there are circles, too.
  std::string move() {
    const id key = any_node(), up = live_or_none(90);
    if (!rule_.live(key) || rule_.nodes[key].archived) return "nothing";
    session s = at_.system();
    const bool likes = chance(40);
    const auto done = s.change(
        key, s.draft("x_node").value().set(likes ? "x_likes" : "x_up", or_null(up)));
    if (!done) wrong_ = "not moved: " + message(done);
    (likes ? rule_.nodes[key].likes : rule_.nodes[key].up) = up;
    return "move";
  }

  template <class T>
  void expect(errc wanted, const result<T>& got) {
    if (code(got) != wanted)
      wrong_ = "gave " + std::string(name(code(got))) + " (" + message(got) + "), not " +
               std::string(name(wanted));
  }

  std::string step() {
    const int dice = static_cast<int>(random_() % 100);
    const id user = any_user(), key = any_node();
    session s = at_.as(logins_.at(user));
    const std::string who = logins_.at(user) + " on " + std::to_string(key.value);
    if (dice < 22) return create();
    if (dice < 30) return move();
    if (dice < 55) {
      expect(rule_.remove(user, key), s.remove("x_node", key));
      return "delete by " + who;
    }
    if (dice < 75) {
      expect(rule_.restore(user, key), s.restore("x_node", key));
      return "restore by " + who;
    }
    if (dice < 82) {
      const int batch = rule_.nodes.empty() ? 0 : rule_.nodes[key].batch;
      if (batch == 0) return "nothing";
      expect(rule_.restore_batch(user, batch), s.restore_batch(numbers_[batch]));
      return "restore batch by " + who;
    }
    if (dice < 94) {
      const bool archived = chance(60);
      const errc wanted = rule_.archive(user, key, archived);
      if (archived) expect(wanted, s.archive("x_node", key));
      else expect(wanted, s.unarchive("x_node", key));
      return "archive by " + who;
    }
    const std::int64_t before = at_.clock->now().microseconds - 3 * day;
    session admin = at_.as("admin");
    const auto done = admin.purge({.before = instant{before}});
    const int wanted = rule_.purge(before);
    if (!done) wrong_ = "not purged: " + message(done);
    else if (done->purged != wanted || done->kept != 0)
      wrong_ = "purged " + std::to_string(done->purged) + ", not " + std::to_string(wanted);
    return "purge";
  }

  static std::set<id> ids(const session& s, const std::string& from) {
    const rows r = s.query("select id from " + from).value();
    std::set<id> out;
    for (std::size_t i = 0; i < r.size(); ++i) out.insert(r.at(i, 0).as_id());
    return out;
  }

  static id id_at(const rows& r, std::size_t row, std::size_t column) {
    const value v = r.at(row, column);
    return v.is_null() ? id{} : v.as_id();
  }

  /// Every record on system sight, and what one user is shown.
  std::string compare() {
    std::size_t seen = 0;
    const session s = at_.system();
    for (const char* which : {" with archived", " deleted"}) {
      const rows r = s.query("select id, x_up, x_part, x_needs, x_likes, x_sees, archived, "
                             "deletion_batch, owner from x_node" +
                             std::string(which))
                         .value();
      for (std::size_t i = 0; i < r.size(); ++i) {
        const std::string wrong = compare(r, i);
        if (!wrong.empty()) return wrong;
      }
      seen += r.size();
    }
    if (seen != rule_.nodes.size())
      return std::to_string(seen) + " records, not " + std::to_string(rule_.nodes.size());
    const id user = any_user();
    const session own = at_.as(logins_.at(user));
    const std::string who = logins_.at(user);
    if (ids(own, "x_node") != rule_.listed(user)) return who + " lists others";
    if (ids(own, "x_node archived") != rule_.put_away(user)) return who + " finds others archived";
    if (ids(own, "x_node deleted") != rule_.bin(user)) return who + " finds others in the bin";
    const std::string count = answer(own, "select count() from x_node");
    if (count != std::to_string(rule_.listed(user).size()) + "\n") return who + " counts " + count;
    return {};
  }

  std::string compare(const rows& r, std::size_t i) {
    const id key = r.at(i, 0).as_id();
    const std::string which = "record " + std::to_string(key.value);
    const auto known = rule_.nodes.find(key);
    if (known == rule_.nodes.end()) return which + " is there";
    const reference_deletion::node& n = known->second;
    const id wanted[] = {n.up, n.part, n.needs, n.likes, n.sees};
    for (std::size_t c = 0; c < std::size(wanted); ++c)
      if (id_at(r, i, c + 1) != wanted[c])
        return which + " leads to " + std::to_string(id_at(r, i, c + 1).value) + ", not " +
               std::to_string(wanted[c].value);
    if (!r.at(i, 6).is_null() != n.archived) return which + " is archived, or not";
    const value batch = r.at(i, 7);
    if (batch.is_null() != (n.batch == 0)) return which + " is live, or not";
    if (batch.is_null()) return {};
    const std::int64_t number = batch.as_integer();
    const auto [at, fresh] = numbers_.try_emplace(n.batch, number);
    if (at->second != number) return which + " is of another batch";
    return {};
  }

  company at_;
  std::mt19937_64 random_;
  reference_deletion rule_;
  std::map<id, std::string> logins_;
  std::map<int, std::int64_t> numbers_;  ///< the rule's batches as the store numbers them
  id admin_;
  std::string wrong_;
};

std::string run_world(tested_store k, std::uint64_t seed, int steps,
                      reference_deletion::fault planted = reference_deletion::no_fault) {
  return harness(k, seed, planted).run(steps);
}

class random_deletion : public testing::TestWithParam<tested_store> {};
INSTANTIATE_TEST_SUITE_P(on, random_deletion, every_store, store_name);

}  // namespace

TEST_P(random_deletion, is_what_the_rule_says) {
  const std::uint64_t start = chosen_seed();
  // A file waits for the disk at every commit, so it gets one world.
  const std::uint64_t worlds = GetParam() == tested_store::sqlite_file ? 1 : 4;
  for (std::uint64_t world = 0; world < worlds; ++world) {
    const std::uint64_t seed = start + world;
    EXPECT_EQ(run_world(GetParam(), seed, 150), "") << "seed " << seed;
  }
  std::cout << "seeds from " << start << "\n";
}

TEST(random_deletion_harness, notices_a_wrong_rule) {
  for (int f = reference_deletion::no_fault + 1; f <= reference_deletion::archive_blocks_cascade;
       ++f) {
    std::string noticed;
    for (std::uint64_t seed = 1; seed <= 20 && noticed.empty(); ++seed)
      noticed = run_world(tested_store::memory, seed, 150,
                          static_cast<reference_deletion::fault>(f));
    EXPECT_NE(noticed, "") << "a planted fault went unnoticed: " << f;
  }
}
