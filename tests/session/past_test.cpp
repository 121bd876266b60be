// Records as they were: each as-of read beside a copy that was kept at that moment, on every store.
#include "guanxi/session/feed.hpp"
#include "support/stores.hpp"

#include <random>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;
namespace field = guanxi::schema::system_field;

namespace {

class past_case : public on_every_store {};
INSTANTIATE_TEST_SUITE_P(on, past_case, every_store, store_name);

constexpr std::string_view accounts = "select id, name, city, industry, owner, owner_role, "
                                      "modified_at, modified_by, revision from account order by id";
constexpr std::string_view deals =
    "select id, name, amount, currency, stage.name, account.name, account.owner.name, probability, "
    "close_date from opportunity order by id";
constexpr std::string_view totals =
    "select stage.name, currency, count(), sum(amount) from opportunity "
    "group by stage.name, currency order by stage.name, currency";
constexpr std::string_view people = "select id, name, account from contact order by id";
constexpr std::string_view put_away = "select id, name, archived, revision from account with "
                                      "archived order by id";
constexpr std::string_view gone = "select id, name, revision from account deleted order by id";
constexpr std::string_view questions[] = {accounts, deals, totals, people, put_away, gone};

/// What stood there at one moment.
struct copy {
  std::int64_t sequence;
  instant at;
  std::vector<std::string> answers;
};

copy taken(const session& s, const company& of) {
  copy out{s.last_change().value(), of.clock->now(), {}};
  for (std::string_view q : questions) out.answers.push_back(answer(s, q));
  return out;
}

/// One random change of many kinds.
void change(session& s, company& of, std::mt19937_64& by, std::vector<id>& made) {
  const auto one_of = [&](std::initializer_list<const char*> names) {
    return of.key(names.begin()[by() % names.size()]);
  };
  schema::draft a = s.draft("account").value(), o = s.draft("opportunity").value();
  const id some = made.empty() ? id{} : made[by() % made.size()];
  switch (by() % 13) {
    case 0:
    case 8: {
      const std::string name = "New " + std::to_string(by() % 100);
      const std::initializer_list<const char*> owners = {"nina", "sun", "nils"};
      const record r =
          s.create(account::entity, {account::name = name, field::owner = one_of(owners)}).value();
      made.push_back(r.key());
      s.create(contact::entity, {contact::name = "Of " + name, contact::account = r.key()}).value();
      return;
    }
    case 1:
    case 9:
      static_cast<void>(s.remove("account", some));
      return;
    case 10:
      static_cast<void>(s.restore("account", some));
      return;
    case 11:
      static_cast<void>(by() % 3 ? s.archive("account", some) : s.unarchive("account", some));
      return;
    case 12:
      if (by() % 3 == 0) s.purge({.before = of.clock->now()}).value();
      return;
    case 2:
      a.set("city", by() % 2 ? "Ulm" : "上海").set("industry", "tea");
      static_cast<void>(s.change(one_of({"acme", "zhang", "bolt"}), a));
      return;
    case 3:
      a.set(field::owner = one_of({"nina", "sun", "lone"}));
      static_cast<void>(s.change(one_of({"acme", "zhang", "sunny"}), a));
      return;
    case 4: {
      schema::draft u = s.draft("user").value();
      u.set(user::role = one_of({"role.north", "role.south", "role.agent_north"}));
      static_cast<void>(s.change(one_of({"nina", "sun"}), u));
      return;
    }
    case 5:
      o.set(opportunity::stage = one_of({"talk", "offer", "won"}));
      static_cast<void>(s.change(one_of({"bridge", "tea", "solar"}), o));
      return;
    default:
      o.set(opportunity::amount =
                money{decimal{static_cast<std::int64_t>(by() % 1'000'000), 2}, currency("USD")});
      static_cast<void>(s.change(one_of({"bridge", "tea", "solar", "cross"}), o));
  }
}

}  // namespace

TEST_P(past_case, is_what_stood_there_whatever_has_happened_since) {
  const std::uint64_t seed = chosen_seed();
  SCOPED_TRACE("GUANXI_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 by(seed);
  session s = system();
  std::vector<copy> copies;
  std::vector<id> made;
  for (int i = 0; i < 60; ++i) {
    at.clock->advance(static_cast<std::int64_t>(1 + by() % 1000) * microseconds_per_second);
    change(s, at, by, made);
    if (by() % 4 == 0) copies.push_back(taken(s, at));
  }
  at.clock->advance(microseconds_per_second);
  // A field that comes later is null then, and changes nothing else.
  s.define("account", {.name = "x_tier", .type = schema::kind::text}).value();
  s.change(key("acme"), s.draft("account").value().set("x_tier", "gold")).value();
  for (const copy& c : copies) {
    std::size_t i = 0;
    for (std::string_view q : questions) {
      const auto text_of = [](const result<rows>& r) { return r ? text(*r) : message(r); };
      EXPECT_EQ(text_of(s.query(q, {}, {.as_of = {.sequence = c.sequence}})), c.answers[i]) << q;
      EXPECT_EQ(text_of(s.query(q, {}, {.as_of = {.at = c.at}})), c.answers[i]) << q;
      ++i;
    }
    EXPECT_TRUE(s.query("select count() from account where x_tier is not null", {},
                        {.as_of = {.sequence = c.sequence}}).value().at(0, 0) ==
                value(std::int64_t{0}));
  }
  // The oracle catches a log that lies: as of another moment the answers differ somewhere.
  int differing = 0;
  for (std::size_t i = 1; i < copies.size(); ++i)
    differing += copies[i].answers != copies[i - 1].answers;
  EXPECT_GT(differing, 0);
  // What was kept holds after pruning, as far back as that goes.
  const copy& middle = copies[copies.size() / 2];
  s.prune_changes({.up_to = middle.sequence}).value();
  EXPECT_EQ(text(s.query(accounts, {}, {.as_of = {.sequence = middle.sequence}}).value()),
            middle.answers[0]);
  if (copies.front().sequence < middle.sequence) {
    EXPECT_EQ(code(s.query(accounts, {}, {.as_of = {.sequence = copies.front().sequence}})),
              errc::pruned);
  }
  EXPECT_TRUE(at.crm->verify()->sound());
}

TEST_P(past_case, is_asked_for_in_the_text_too) {
  session s = system();
  const record acme = s.create(account::entity, {account::name = "Then"}).value();
  const instant then = at.clock->now();
  at.clock->advance(3 * microseconds_per_day);
  ASSERT_TRUE(s.change(acme, {account::name = "Now"}));
  const auto named = [&](const std::string& moment) {
    return answer(s, "select name from account as of " + moment + " where id = :k",
                  {{"k", value(acme.key())}, {"m", value(then)}});
  };
  EXPECT_EQ(named("instant '" + then.to_string() + "'"), "Then\n");
  EXPECT_EQ(named("'" + then.to_string() + "'"), "Then\n");
  EXPECT_EQ(named(":m"), "Then\n");
  EXPECT_EQ(named("'" + then.utc_date().to_string() + "'"), "Then\n") << "the end of that day";
  EXPECT_EQ(named("'" + date{then.utc_date().days - 1}.to_string() + "'").substr(0, 5) == "Then\n",
            false);
  EXPECT_EQ(named("date '" + at.clock->now().utc_date().to_string() + "'"), "Now\n");
  EXPECT_EQ(code(s.query("select name from account as of '2026-13-01'")), errc::type_mismatch);
  EXPECT_EQ(code(s.query("select name from account as of '2026-01-01'", {},
                         {.as_of = {.sequence = 1}})),
            errc::misuse);
}

TEST_P(past_case, shows_one_record_as_it_was) {
  session s = system();
  const record before = s.get("account", key("acme")).value();
  const std::int64_t then = s.last_change().value();
  s.change(key("acme"), s.draft("account").value().set("city", "Bonn")).value();
  s.remove("account", key("acme")).value();
  const record was = s.get("account", key("acme"), {.sequence = then}).value();
  for (std::uint16_t slot = 0; slot < was.of().slots(); ++slot)
    EXPECT_EQ(was.at(slot), before.at(slot)) << was.of().at(slot).name;
  EXPECT_EQ(code(s.get("account", key("acme"))), errc::not_found);
  EXPECT_EQ(code(s.get("account", key("acme"), {.sequence = s.last_change().value()})),
            errc::not_found);
  const id young = s.create(account::entity, {account::name = "Young"}).value().key();
  EXPECT_EQ(code(s.get("account", young, {.sequence = then})), errc::not_found);
  EXPECT_EQ(code(s.get("account", young, {})), errc::invalid_argument);
  EXPECT_EQ(code(s.get("account", young, {.sequence = -1})), errc::invalid_argument);
}

TEST_P(past_case, shows_only_what_was_and_is_within_reach) {
  session s = system(), nina = as("nina"), sun = as("sun");
  const std::int64_t then = s.last_change().value();
  s.change(key("acme"), s.draft("account").value().set(field::owner = key("sun"))).value();
  const std::string count = "select count() from account";
  const query_options before{.as_of = {.sequence = then}};
  EXPECT_EQ(code(nina.get("account", key("acme"), {.sequence = then})), errc::not_found);
  EXPECT_EQ(code(sun.get("account", key("acme"), {.sequence = then})), errc::not_found);
  EXPECT_EQ(text(nina.query(count, {}, before).value()), "1\n");
  EXPECT_EQ(text(sun.query(count, {}, before).value()), "1\n");
  EXPECT_EQ(text(as("vera").query(count, {}, before).value()), "4\n");
  // Deleted since: it was within reach to the last.
  nina.remove("account", key("zhang")).value();
  EXPECT_TRUE(nina.get("account", key("zhang"), {.sequence = then}));
  EXPECT_EQ(code(sun.get("account", key("zhang"), {.sequence = then})), errc::not_found);
}

/// What went to somebody else stays out of reach when it is purged there.
TEST_P(past_case, shows_of_what_was_purged_only_what_was_within_reach_to_the_last) {
  session s = system(), nina = as("nina"), sun = as("sun");
  const std::int64_t then = s.last_change().value();
  const query_options before{.as_of = {.sequence = then}};
  const std::string count = "select count() from account";
  s.change(key("acme"), s.draft("account").value().set(field::owner = key("sun"))).value();
  s.remove("account", key("acme")).value();
  s.remove("account", key("zhang")).value();
  at.clock->advance(microseconds_per_second);
  s.purge({.before = at.clock->now()}).value();
  EXPECT_EQ(code(nina.get("account", key("acme"), {.sequence = then})), errc::not_found);
  EXPECT_EQ(code(sun.get("account", key("acme"), {.sequence = then})), errc::not_found);
  EXPECT_TRUE(nina.get("account", key("zhang"), {.sequence = then}));
  EXPECT_EQ(text(nina.query(count, {}, before).value()), "1\n");
  EXPECT_TRUE(s.get("account", key("acme"), {.sequence = then}));
}

/// Of now there is always a past, and of an instant before what was pruned there is none.
TEST_P(past_case, is_told_by_instants_when_all_is_pruned) {
  session s = system();
  const instant early = at.clock->now();
  at.clock->advance(3600 * microseconds_per_second);
  s.change(key("acme"), s.draft("account").value().set("city", "Bonn")).value();
  s.prune_changes({.up_to = s.last_change().value()}).value();
  at.clock->advance(microseconds_per_second);
  EXPECT_EQ(text(s.query("select city from account where id = :a", {{"a", key("acme"), {}, false}},
                         {.as_of = {.at = at.clock->now()}})
                     .value()),
            "Bonn\n");
  EXPECT_EQ(code(s.get("account", key("acme"), {.at = early})), errc::pruned);
}

TEST_P(past_case, undoes_the_open_transaction_too) {
  session s = system();
  const std::int64_t then = s.last_change().value();
  const std::string before = answer(s, accounts);
  if (!s.begin()) return;
  s.change(key("acme"), s.draft("account").value().set("city", "Bonn")).value();
  s.create(account::entity, {account::name = "Not yet"}).value();
  EXPECT_EQ(text(s.query(accounts, {}, {.as_of = {.sequence = then}}).value()), before);
  s.rollback().value();
  EXPECT_EQ(answer(s, accounts), before);
}

TEST_P(past_case, has_a_history_of_one_field) {
  session nina = as("nina");
  nina.change(key("bridge"), nina.draft("opportunity").value().set("next_step", "Call")).value();
  nina.change(key("bridge"), nina.draft("opportunity").value().set("next_step", "Visit")).value();
  const auto h = nina.history("opportunity", key("bridge"), "next_step").value();
  ASSERT_EQ(h.size(), 2u);
  EXPECT_EQ(h[1].fields.at(0).before, value("Call"));
  EXPECT_EQ(h[1].fields.at(0).after, value("Visit"));
  EXPECT_EQ(h[1].user, key("nina"));
  EXPECT_EQ(code(nina.history("opportunity", key("bridge"), "nxt")), errc::unknown_name);
  EXPECT_EQ(code(nina.history("opportunity", key("solar"), "next_step")), errc::not_found);
}
