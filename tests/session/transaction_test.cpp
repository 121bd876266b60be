// Transactions: savepoints, retry, both versions of a conflict, deadlines and interrupts, and many
// threads that write at once.
#include "support/stores.hpp"

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

namespace guanxi::test {
namespace {

using namespace crm;

class transaction_case : public on_every_store {
 protected:
  /// Begins; false where the store has no transactions, and says so.
  bool begins(session& s) {
    const result<void> begun = s.begin();
    if (!begun) {
      EXPECT_EQ(code(begun), errc::unsupported) << message(begun);
      EXPECT_EQ(GetParam(), tested_store::map);
    }
    return begun.has_value();
  }
  static id make(session& s, std::string_view name) {
    return s.create(account::entity, {account::name = name}).value().key();
  }
  static std::string named(const session& s, std::string_view like) {
    return answer(s, "select name from account where name like :n order by name", {{"n", like}});
  }
};
INSTANTIATE_TEST_SUITE_P(on, transaction_case, every_store, store_name);

TEST_P(transaction_case, savepoints_nest) {
  session s = system();
  if (!begins(s)) return;
  make(s, "T one");
  ASSERT_EQ(s.savepoint().value(), 1);
  make(s, "T two");
  ASSERT_EQ(s.savepoint().value(), 2);
  const id three = make(s, "T three");
  schema::draft other(*s.catalog()->find("account"));
  ASSERT_TRUE(s.change(three, other.set("name", "T drei")));
  EXPECT_EQ(named(s, "T %"), "T drei\nT one\nT two\n");
  ASSERT_TRUE(s.rollback_to(2));
  EXPECT_EQ(named(s, "T %"), "T one\nT two\n");
  EXPECT_EQ(code(s.get("account", three)), errc::not_found);
  make(s, "T four");
  ASSERT_TRUE(s.rollback_to(2)) << "a savepoint stays when one comes back to it";
  make(s, "T five");
  ASSERT_TRUE(s.release(2));
  EXPECT_EQ(code(s.rollback_to(2)), errc::misuse);
  EXPECT_EQ(named(s, "T %"), "T five\nT one\nT two\n");
  ASSERT_TRUE(s.rollback_to(1));
  EXPECT_EQ(named(s, "T %"), "T one\n");
  ASSERT_TRUE(s.commit());
  EXPECT_EQ(named(system(), "T %"), "T one\n");
  EXPECT_EQ(answer(s, "select name from account where name = 'T one'"), "T one\n");
}

TEST_P(transaction_case, savepoints_need_a_transaction) {
  session s = system();
  EXPECT_EQ(code(s.savepoint()), errc::misuse);
  EXPECT_EQ(code(s.release(1)), errc::misuse);
  EXPECT_EQ(code(s.rollback_to(1)), errc::misuse);
  if (!begins(s)) return;
  EXPECT_EQ(code(s.rollback_to(0)), errc::misuse);
  EXPECT_EQ(code(s.release(1)), errc::misuse);
}

/// Savepoints by chance, beside a model: a stack of copies of what is there.
TEST_P(transaction_case, savepoints_by_chance_leave_what_a_model_says) {
  const std::uint64_t seed = chosen_seed();
  RecordProperty("seed", std::to_string(seed));
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  using world = std::map<std::int64_t, std::string>;
  session s = system();
  for (int round = 0; round < 6; ++round) {
    world before;
    const rows there = s.query("select id, name from account where name like 'M %'").value();
    for (std::size_t i = 0; i < there.size(); ++i)
      before[there.at(i, 0).as_id().value] = there.at(i, 1).to_string();
    if (!begins(s)) return;
    std::vector<world> marks;
    world now = before;
    for (int step = 0; step < 40; ++step) {
      const std::size_t what = below(8);
      const std::string name = "M " + std::to_string(round) + "." + std::to_string(step);
      schema::draft d(*s.catalog()->find("account"));
      d.set("name", name);
      if (what < 3 || now.empty()) {
        now[s.create(d).value().key().value] = name;
      } else if (what < 5) {
        auto at = std::next(now.begin(), static_cast<std::ptrdiff_t>(below(now.size())));
        ASSERT_TRUE(s.change(id{at->first}, d));
        at->second = name;
      } else if (what == 5) {
        auto at = std::next(now.begin(), static_cast<std::ptrdiff_t>(below(now.size())));
        ASSERT_TRUE(s.remove("account", id{at->first}));
        now.erase(at);
      } else if (what == 6 || marks.empty()) {
        ASSERT_EQ(s.savepoint().value(), static_cast<int>(marks.size()) + 1);
        marks.push_back(now);
      } else {
        const std::size_t to = below(marks.size());
        const bool back = below(2) == 0;
        const int number = static_cast<int>(to) + 1;
        ASSERT_TRUE(back ? s.rollback_to(number) : s.release(number));
        if (back) now = marks[to];
        marks.resize(back ? to + 1 : to);
      }
    }
    const bool keeps = below(3) != 0;
    ASSERT_TRUE(keeps ? s.commit() : s.rollback());
    const rows after = s.query("select id, name from account where name like 'M %'").value();
    world found;
    for (std::size_t i = 0; i < after.size(); ++i)
      found[after.at(i, 0).as_id().value] = after.at(i, 1).to_string();
    ASSERT_EQ(found, keeps ? now : before) << "round " << round;
  }
}

TEST_P(transaction_case, transact_keeps_all_or_nothing) {
  session s = system();
  if (!begins(s)) return;
  ASSERT_TRUE(s.rollback());
  const result<id> made = s.transact([](session& in) -> result<id> {
    make(in, "A one");
    return make(in, "A two");
  });
  ASSERT_TRUE(made) << message(made);
  EXPECT_EQ(named(s, "A %"), "A one\nA two\n");
  int runs = 0;
  const result<void> failed = s.transact([&](session& in) -> result<void> {
    ++runs;
    make(in, "A three");
    return unexpected(errc::validation, "no");
  });
  EXPECT_EQ(code(failed), errc::validation);
  EXPECT_EQ(runs, 1) << "only what may succeed later is tried again";
  EXPECT_THROW(static_cast<void>(s.transact([](session& in) -> result<void> {
    make(in, "A four");
    throw std::runtime_error("the host's");
  })),
               std::runtime_error);
  EXPECT_FALSE(s.in_transaction());
  EXPECT_EQ(named(s, "A %"), "A one\nA two\n");
  runs = 0;
  const result<int> third = s.transact([&](session& in) -> result<int> {
    make(in, "A again");
    if (++runs < 3) return unexpected(error(errc::busy, "not yet").set_retriable(true));
    return runs;
  });
  EXPECT_EQ(third.value(), 3);
  EXPECT_EQ(named(s, "A again"), "A again\n");
  runs = 0;
  const result<void> never = s.transact(
      [&](session&) -> result<void> {
        ++runs;
        return unexpected(error(errc::busy, "not yet").set_retriable(true));
      },
      4);
  EXPECT_EQ(code(never), errc::busy);
  EXPECT_EQ(runs, 4);
}

TEST_P(transaction_case, a_conflict_brings_both_versions) {
  session mine = as("nina");
  const record read = mine.get("account", key("acme")).value();
  ASSERT_TRUE(system().change(read, {account::name = "Theirs"}));
  const result<record> done = mine.change(read, {account::name = "Mine", account::city = "Wuhan"});
  ASSERT_EQ(code(done), errc::conflict);
  EXPECT_EQ(done.error().record(), read.key().value);
  const schema::conflict* both = schema::conflict_of(done.error());
  ASSERT_NE(both, nullptr);
  EXPECT_EQ(both->stored[account::name], "Theirs");
  EXPECT_EQ(both->stored.revision(), read.revision() + 1);
  EXPECT_EQ(both->wanted[account::name], "Mine");
  EXPECT_EQ(both->wanted[account::city], "Wuhan");
  EXPECT_EQ(both->wanted.at(schema::system_slot::owner),
            both->stored.at(schema::system_slot::owner));
  // Enough to settle it: the caller's wish on the revision that stands.
  EXPECT_TRUE(mine.change(both->stored, {account::city = "Wuhan"}));
  const result<void> gone = mine.remove("account", read.key(), read.revision());
  ASSERT_EQ(code(gone), errc::conflict);
  ASSERT_NE(schema::conflict_of(gone.error()), nullptr);
  EXPECT_TRUE(schema::conflict_of(gone.error())->wanted.empty());
  const error copied = done.error();
  EXPECT_EQ(schema::conflict_of(copied)->stored[account::name], "Theirs");
  EXPECT_EQ(schema::conflict_of(error(errc::conflict, "other")), nullptr);
}

TEST_P(transaction_case, a_deadline_is_of_each_call) {
  session s = system();
  EXPECT_EQ(code(s.set_deadline(0)), errc::invalid_argument);
  EXPECT_EQ(code(s.set_deadline(86'400'001)), errc::invalid_argument);
  ASSERT_TRUE(s.set_deadline(1000));
  // The clock stands still, so nothing runs late.
  EXPECT_TRUE(s.create(account::entity, {account::name = "In time"}));
  EXPECT_TRUE(s.query("select name from account"));
}

TEST_P(transaction_case, waits_no_longer_than_its_deadline_or_an_interrupt) {
  session holder = system();
  if (!begins(holder)) return;
  make(holder, "Holds the turn");
  // By the system's clock, since it is to move on while this waits.
  session late = system();
  std::atomic<bool> waits{false};
  result<record> stopped = unexpected(errc::internal, "not yet");
  std::thread other([&] {
    waits = true;
    stopped = late.create(account::entity, {account::name = "Interrupted"});
  });
  while (!waits) std::this_thread::yield();
  // Interrupts count for the call that runs: some are too early.
  std::atomic<bool> over{false};
  std::thread nags([&] {
    while (!over) {
      late.interrupt();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  other.join();
  over = true;
  nags.join();
  EXPECT_EQ(code(stopped), errc::interrupted) << message(stopped);
  ASSERT_TRUE(holder.commit());
  EXPECT_TRUE(late.create(account::entity, {account::name = "Later"}));
  EXPECT_EQ(named(late, "Interrupted"), "");
}

/// Transfers between accounts by many threads: what all of them hold together never changes, no
/// transfer is lost, and each is whole.
TEST_P(transaction_case, many_threads_keep_what_must_hold) {
  constexpr int threads = 6, transfers = 25;
  constexpr std::int64_t each = 1000;
  session s = system();
  ASSERT_TRUE(s.define("account", {.name = "x_held", .type = schema::kind::integer,
                                   .label_en = "Held"}));
  std::vector<id> keys;
  for (int i = 0; i < 4; ++i) {
    schema::draft d(*s.catalog()->find("account"));
    keys.push_back(s.create(d.set("name", "H" + std::to_string(i)).set("x_held", each))
                       .value().key());
  }
  if (!begins(s)) return;
  ASSERT_TRUE(s.rollback());
  std::atomic<int> conflicts{0};
  const std::uint64_t seed = chosen_seed();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::atomic<bool> over{false};
  std::atomic<int> wrong{0}, looks{0};
  std::thread reader([&] {
    session r = system();
    while (!over) {
      if (r.query("select sum(x_held) from account").value().at(0, 0) !=
          value(std::int64_t{4 * each}))
        ++wrong;
      ++looks;
    }
  });
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&, t] {
      std::mt19937_64 random(seed + static_cast<std::uint64_t>(t));
      session mine = system();
      for (int i = 0; i < transfers;) {
        const id from = keys[random() % 4], to = keys[random() % 4];
        if (from == to) continue;
        const auto done = mine.transact([&](session& in) -> result<void> {
          for (const auto& [key, by] : {std::pair(from, -1), std::pair(to, 1)}) {
            result<record> r = in.get("account", key);
            if (!r) return passed(r);
            schema::draft d(r->of());
            const std::int64_t held = r->at(r->of().find("x_held")->slot).as_integer();
            result<record> w = in.change(key, d.set("x_held", held + by), r->revision());
            if (!w) return passed(w);
          }
          return {};
        }, 100);
        if (done) ++i;
        else ++conflicts;
      }
    });
  for (std::thread& t : all) t.join();
  over = true;
  reader.join();
  EXPECT_EQ(wrong, 0) << "of " << looks << " looks";
  EXPECT_EQ(conflicts, 0);
  const rows sum = s.query("select sum(x_held) from account").value();
  EXPECT_EQ(sum.at(0, 0), value(std::int64_t{4 * each}));
  std::int64_t revisions = 0;
  for (id k : keys) revisions += s.get("account", k).value().revision() - 1;
  EXPECT_EQ(revisions, 2 * threads * transfers) << "a transfer was lost";
}

/// Single writes by many threads share commits on a file; whatever is acknowledged is there, and a
/// call that fails fails alone.
TEST_P(transaction_case, single_writes_by_many_threads_are_each_whole) {
  constexpr int threads = 8, writes = 20;
  std::vector<std::thread> all;
  std::atomic<int> refused{0}, made{0};
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&, t] {
      session mine = system();
      for (int i = 0; i < writes; ++i) {
        const std::string name = "G " + std::to_string(t) + "." + std::to_string(i);
        if (mine.create(account::entity, {account::name = name})) ++made;
        // No name: refused, and nothing of it may be there.
        if (!mine.create(account::entity, {account::city = "G"})) ++refused;
      }
    });
  for (std::thread& t : all) t.join();
  EXPECT_EQ(made, threads * writes);
  EXPECT_EQ(refused, threads * writes);
  session s = system();
  EXPECT_EQ(answer(s, "select count() from account where name like 'G %'"),
            std::to_string(threads * writes) + "\n");
  EXPECT_EQ(answer(s, "select count() from account where city = 'G'"), "0\n");
}

/// Another process has changed the schema since this one last looked.
TEST_P(transaction_case, a_write_knows_the_schema_of_its_own_moment) {
  if (GetParam() != tested_store::sqlite_file) return;
  session mine = system();
  make(mine, "Z before");
  tenant other = open(at.path).value();
  ASSERT_TRUE(other.as_system("test").define(
      "account", {.name = "x_must", .label_en = "Must", .flags = schema::required}));
  EXPECT_EQ(code(mine.create(account::entity, {account::name = "Z after"})), errc::validation);
  ASSERT_TRUE(mine.begin());
  schema::draft d(*mine.catalog()->find("account"));
  d.set("name", "Z inside").set("x_must", "here");
  const result<record> made = mine.create(d);
  ASSERT_TRUE(made) << message(made);
  schema::draft e(*mine.catalog()->find("account"));
  ASSERT_TRUE(mine.change(made->key(), e.set("x_must", "there")));
  EXPECT_EQ(mine.get("account", made->key()).value().find("x_must").value(), value("there"));
  ASSERT_TRUE(mine.commit());
}

/// Many threads change rules and read; what is revoked holds for whoever comes after.
TEST_P(transaction_case, rules_never_go_back) {
  if (GetParam() != tested_store::sqlite_file && GetParam() != tested_store::memory) return;
  const id who = key("nina");
  std::atomic<int> wrong{0};
  std::atomic<bool> over{false};
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t)
    readers.emplace_back([&] {
      session s = system();
      while (!over) static_cast<void>(s.query("select count() from account"));
    });
  session admin = system();
  for (int i = 0; i < 40; ++i) {
    schema::draft d(*admin.catalog()->find("user"));
    admin.change(who, d.set("active", i % 2 != 0)).value();
    const bool may = at.crm->as_user("nina").has_value();
    if (may != (i % 2 != 0)) ++wrong;
  }
  over = true;
  for (std::thread& t : readers) t.join();
  EXPECT_EQ(wrong, 0);
}

class every_entity : public on_every_store {};
INSTANTIATE_TEST_SUITE_P(on, every_entity, every_store, store_name);

TEST_P(every_entity, can_be_read_whole_on_system_sight) {
  const session s = system();
  for (const auto& e : s.catalog()->entities()) {
    const auto r = s.query("select * from " + std::string(e->name()) + " limit 3");
    EXPECT_TRUE(r) << e->name() << ": " << message(r);
  }
}

}  // namespace
}  // namespace guanxi::test
