// Checkpoints and writers of several connections on one file.
#include "store/sqlite/write_gate.hpp"

#include "support/fault_loop.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <utility>

using namespace guanxi;
using namespace guanxi::test;
using store::sqlite::may_lose_at_reset;
using store::sqlite::write_gate;

namespace {

struct closer {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using database = std::unique_ptr<sqlite3, closer>;

database opened(const std::string& path, const fault_vfs& disk) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                            disk.name().c_str()),
            SQLITE_OK);
  sqlite3_wal_autocheckpoint(db, 0);
  return database(db);
}

void run(const database& db, const std::string& sql) {
  EXPECT_EQ(sqlite3_exec(db.get(), sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db.get());
}

std::int64_t number(const database& db, const std::string& sql) {
  sqlite3_stmt* s = nullptr;
  std::int64_t out = -1;
  if (sqlite3_prepare_v2(db.get(), sql.c_str(), -1, &s, nullptr) == SQLITE_OK &&
      sqlite3_step(s) == SQLITE_ROW)
    out = sqlite3_column_int64(s, 0);
  sqlite3_finalize(s);
  return out;
}

void checkpoint(const database& db) {
  constexpr int mode = SQLITE_CHECKPOINT_PASSIVE;
  EXPECT_EQ(sqlite3_wal_checkpoint_v2(db.get(), "main", mode, nullptr, nullptr), SQLITE_OK);
}

}  // namespace

TEST(write_gate, is_needed_by_the_copies_of_sqlite_that_have_the_fault) {
  for (const int faulty : {3'007'000, 3'040'001, 3'044'005, 3'045'000, 3'046'001, 3'050'006,
                           3'051'000, 3'051'002})
    EXPECT_TRUE(may_lose_at_reset(faulty)) << faulty;
  for (const int mended : {3'044'006, 3'044'999, 3'050'007, 3'051'003, 3'052'000, 3'053'001,
                           4'000'000})
    EXPECT_FALSE(may_lose_at_reset(mended)) << mended;
}

TEST(write_gate, without_it_a_checkpoint_loses_a_commit) {
  if (!may_lose_at_reset(sqlite3_libversion_number()))
    GTEST_SKIP() << "this copy of SQLite has been mended";
  const std::string path = test::fresh_path("reset");
  fault_vfs disk;
  const database a = opened(path, disk), b = opened(path, disk), c = opened(path, disk);
  run(a, "PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
  EXPECT_EQ(number(a, "SELECT count(*) FROM t"), 0);
  for (int i = 0; i < 20; ++i) run(b, "INSERT INTO t VALUES (zeroblob(3000))");
  checkpoint(b);
  bool done = false;
  disk.watch_checkpoints(
      [&] {
        if (std::exchange(done, true)) return;
        run(c, "INSERT INTO t VALUES ('meanwhile')");
      },
      {});
  checkpoint(a);
  disk.watch_checkpoints({}, {});
  ASSERT_TRUE(done) << "the moment of the fault was not met";
  run(c, "INSERT INTO t VALUES ('committed')");
  const database later = opened(path, disk);
  EXPECT_EQ(number(later, "SELECT count(*) FROM t WHERE x = 'committed'"), 0)
      << "the fault that the gate is for does not show";
}

TEST(write_gate, nobody_commits_while_a_checkpoint_runs) {
  if (!may_lose_at_reset(sqlite3_libversion_number()))
    GTEST_SKIP() << "this copy of SQLite has been mended";
  const std::string path = test::fresh_path("gate");
  fault_vfs disk;
  {
    auto here = open(path, {.vfs = disk.name()}).value();
    auto there = open(path, {.busy_timeout_ms = 0, .vfs = disk.name()}).value();
    session ours = here.as_user("admin").value(), others = there.as_user("admin").value();
    long checkpoints = 0, busy = 0, committed = 0;
    bool inside = false;
    disk.watch_checkpoints({}, [&] {
      ++checkpoints;
      if (std::exchange(inside, true)) return;
      auto done = others.create(crm::account::entity, {crm::account::name = "Meanwhile"});
      if (done) ++committed;
      else if (done.error().code() == errc::busy && done.error().retriable()) ++busy;
      inside = false;
    });
    const std::string text(3000, 'x');
    for (int i = 0; i < 40 && checkpoints == 0; ++i) {
      ASSERT_TRUE(ours.begin());
      for (int n = 0; n < 20; ++n)
        ASSERT_TRUE(ours.create(crm::account::entity,
                                {crm::account::name = "Big", crm::account::description = text}));
      ASSERT_TRUE(ours.commit());
    }
    disk.watch_checkpoints({}, {});
    EXPECT_GT(checkpoints, 0) << "no checkpoint was run";
    EXPECT_GT(busy, 0);
    EXPECT_EQ(committed, 0);
    EXPECT_TRUE(others.create(crm::account::entity, {crm::account::name = "After"}));
    EXPECT_TRUE(here.verify()->sound());
  }
  EXPECT_FALSE(std::filesystem::exists(path + "-lock")) << "the last one out takes the lock along";
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
  std::filesystem::remove(path);
}

TEST(write_gate, a_sync_that_is_refused_to_a_checkpoint_ends_writing) {
  if (!may_lose_at_reset(sqlite3_libversion_number()))
    GTEST_SKIP() << "this copy of SQLite runs its own checkpoints";
  const std::string path = test::fresh_path("unsynced_checkpoint");
  fault_vfs disk;
  {
    auto crm = open(path, {.vfs = disk.name()}).value();
    session s = crm.as_user("admin").value();
    disk.watch_checkpoints({}, [&] { disk.fail(fault_vfs::call::sync, {}); });
    const std::string text(60'000, 'x');
    result<record> last = s.create(crm::account::entity, {crm::account::name = "First"});
    int made = 0;
    for (; made < 200 && disk.strikes() == 0; ++made) {
      last = s.create(crm::account::entity,
                      {crm::account::name = "Big", crm::account::description = text});
      ASSERT_TRUE(last) << "the commit before the checkpoint was good: " << last.error().message();
    }
    disk.watch_checkpoints({}, {});
    ASSERT_GT(disk.strikes(), 0) << "no checkpoint was run";
    disk.lift();
    auto next = s.create(crm::account::entity, {crm::account::name = "Next"});
    ASSERT_FALSE(next) << "what the file holds is unknown, and more is promised";
    EXPECT_EQ(next.error().code(), errc::store_io);
    EXPECT_NE(next.error().message().find("opened again"), std::string::npos);
    EXPECT_EQ(s.query("select count() from account where name = 'Big'").value().at(0, 0),
              value(std::int64_t{made}));
  }
  auto crm = open(path).value();
  EXPECT_TRUE(crm.as_user("admin")->create(crm::account::entity, {crm::account::name = "Next"}));
  EXPECT_TRUE(crm.verify()->sound());
  remove_store(path);
}

TEST(write_gate, lets_one_in_at_a_time_and_tells_the_other_to_try_again) {
  const std::string path = test::fresh_path("one") + "-lock";
  write_gate a(path, 10), b(path, 10);
  ASSERT_TRUE(a.enter());
  auto no = b.enter();
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error().code(), errc::busy);
  EXPECT_TRUE(no.error().retriable());
  a.leave();
  EXPECT_TRUE(b.enter());
  EXPECT_FALSE(a.enter());
}

TEST(write_gate, that_somebody_took_away_is_made_anew) {
  const std::string path = test::fresh_path("away") + "-lock";
  write_gate waiting(path, 10);
  {
    write_gate a(path, 10);
    ASSERT_TRUE(a.enter());
    EXPECT_FALSE(waiting.enter());
  }
  ASSERT_TRUE(waiting.enter()) << "it waits for a file that is gone";
  write_gate late(path, 10);
  EXPECT_FALSE(late.enter());
}
