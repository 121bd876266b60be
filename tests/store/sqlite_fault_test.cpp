// Files that are not ours, disks that fail, and what is left of a store afterwards.
#include "support/fault_loop.hpp"

#include "guanxi/crm/standard.hpp"
#include "guanxi/store/sqlite.hpp"
#include "guanxi/store/store.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <random>

using namespace guanxi;
using namespace guanxi::test;

namespace {

/// Changes a file as another program would.
void alter(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  sqlite3_close(db);
}

std::string new_store(const std::string& stem) {
  const std::string path = fresh_path(stem);
  fault_vfs quick;  // spares the syncs
  auto crm = open(path, {.vfs = quick.name()});
  EXPECT_TRUE(crm) << crm.error().message();
  auto s = crm->as_user("admin");
  EXPECT_TRUE(s->create(crm::account::entity, {crm::account::name = "Acme"}));
  return path;
}

/// Refused with this code, in clear words that name the path, and the file as it was.
void expect_refused(const std::string& path, errc code, const open_options& how = {}) {
  const std::string before = read_file(path);
  auto crm = open(path, how);
  ASSERT_FALSE(crm) << path;
  EXPECT_EQ(crm.error().code(), code) << crm.error().message();
  for (const std::string& fault : unclear(crm.error())) ADD_FAILURE() << fault;
  EXPECT_EQ(read_file(path), before) << "the file was changed";
  EXPECT_FALSE(std::filesystem::exists(path + "-journal"));
  if (how.read_only) return;  // who may not write cannot clear SQLite's side files away
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
}

bool says(const error& e, std::string_view words) {
  return e.message().find(words) != std::string_view::npos;
}

void expect_sound(const std::string& story_name) {
  for (const story& s : stories()) {
    if (s.name != story_name) continue;
    const verdict v = play(s, 2);
    for (const std::string& complaint : v.complaints) ADD_FAILURE() << complaint;
    EXPECT_GE(v.points, 5);
    EXPECT_GT(v.failures, 0) << "no fault was felt";
    return;
  }
  FAIL() << "no story " << story_name;
}

}  // namespace

TEST(sqlite_file, is_missed_when_it_may_not_be_made) {
  const std::string path = fresh_path("missing");
  for (const open_options& how : {open_options{.create = false}, open_options{.read_only = true}}) {
    auto crm = open(path, how);
    ASSERT_FALSE(crm);
    EXPECT_EQ(crm.error().code(), errc::file_missing) << crm.error().message();
    EXPECT_TRUE(says(crm.error(), "`" + path + "`"));
    for (const std::string& fault : unclear(crm.error())) ADD_FAILURE() << fault;
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  fault_vfs disk;
  auto crm = open(path, {.create = false, .vfs = disk.name()});
  ASSERT_FALSE(crm);
  EXPECT_EQ(crm.error().code(), errc::file_missing);
}

TEST(sqlite_file, is_not_a_folder) {
  const std::string path = fresh_path("folder");
  std::filesystem::create_directory(path);
  for (const bool create : {true, false}) {
    auto crm = open(path, {.create = create});
    ASSERT_FALSE(crm);
    EXPECT_EQ(crm.error().code(), errc::not_a_database) << crm.error().message();
    EXPECT_TRUE(says(crm.error(), "folder")) << crm.error().message();
  }
  std::filesystem::remove(path);
  auto nowhere = open("no_such_folder/shop.gx");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code(), errc::store_io);
  EXPECT_TRUE(says(nowhere.error(), "no_such_folder/shop.gx"));
}

TEST(sqlite_file, of_other_content_is_refused_and_left_as_it_was) {
  const std::string path = fresh_path("foreign");
  std::mt19937 random(7);
  std::string noise(20'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  for (const std::string& content :
       {noise, noise.substr(0, 17), std::string("x"), std::string("name,industry\nAcme,retail\n"),
        std::string("SQLite format 3\0", 16), "SQLite format 3" + noise}) {
    write_file(path, content);
    expect_refused(path, errc::not_a_database);
    expect_refused(path, errc::not_a_database, {.read_only = true});
  }
  std::filesystem::remove(path);
}

TEST(sqlite_file, that_is_empty_becomes_a_store) {
  const std::string path = fresh_path("empty");
  write_file(path, "");
  auto crm = open(path, {.create = false});
  ASSERT_TRUE(crm) << crm.error().message();
  EXPECT_TRUE(crm->fresh());
  EXPECT_TRUE(crm->as_user("admin"));
  std::filesystem::remove(path);
}

TEST(sqlite_file, that_is_empty_cannot_be_opened_for_reading_only) {
  const std::string path = fresh_path("empty_read");
  write_file(path, "");
  auto crm = open(path, {.read_only = true});
  ASSERT_FALSE(crm);
  EXPECT_EQ(crm.error().code(), errc::read_only) << crm.error().message();
  EXPECT_EQ(read_file(path), "");
  std::filesystem::remove(path);
}

TEST(sqlite_file, of_another_program_is_refused_and_left_as_it_was) {
  for (const char* content :
       {"CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, 'a')",
        "PRAGMA application_id = 1196444487; CREATE TABLE layers (id INTEGER)",
        "PRAGMA application_id = 7", "PRAGMA user_version = 3",
        "PRAGMA journal_mode = WAL; CREATE TABLE account (id INTEGER)"}) {
    const std::string path = fresh_path("other");
    alter(path, content);
    expect_refused(path, errc::not_a_database);
    auto crm = open(path);
    EXPECT_TRUE(says(crm.error(), "another program")) << crm.error().message();
    std::filesystem::remove(path);
  }
}

TEST(sqlite_file, of_a_later_format_is_refused_and_left_as_it_was) {
  const std::string path = new_store("later_format");
  alter(path, "PRAGMA user_version = 3");
  expect_refused(path, errc::newer_schema);
  expect_refused(path, errc::newer_schema, {.read_only = true});
  alter(path, "PRAGMA user_version = 2");
  EXPECT_TRUE(open(path));
  std::filesystem::remove(path);
}

TEST(sqlite_file, with_what_this_library_does_not_know_is_refused_and_left_as_it_was) {
  const environment world = default_environment();
  const auto made_by = [&](const std::string& path,
                           const std::vector<schema::entity_definition>& definitions) {
    auto d = store::open_sqlite({.path = path}, world);
    ASSERT_TRUE(d);
    auto s = store::store::open(std::move(*d), definitions, world);
    ASSERT_TRUE(s) << s.error().message();
  };
  {
    const std::string path = new_store("later_entity");
    auto later = crm::definitions();
    later.push_back({.name = "quote", .label_en = "Quote", .plural_en = "Quotes",
                     .fields = {{.name = "name", .label_en = "Name", .custom = false}},
                     .custom = false});
    made_by(path, later);
    expect_refused(path, errc::newer_schema);
    auto crm = open(path);
    EXPECT_TRUE(says(crm.error(), "`quote`")) << crm.error().message();
    std::filesystem::remove(path);
  }
  {
    const std::string path = new_store("later_field");
    auto later = crm::definitions();
    for (auto& e : later)
      if (e.name == "account")
        e.fields.push_back({.name = "tax_number", .label_en = "Tax number", .custom = false});
    made_by(path, later);
    expect_refused(path, errc::newer_schema);
    auto crm = open(path);
    EXPECT_TRUE(says(crm.error(), "`tax_number`")) << crm.error().message();
    std::filesystem::remove(path);
  }
}

TEST(sqlite_file, opened_for_reading_only_reads_and_refuses_to_write) {
  const std::string path = new_store("read_only");
  const std::string before = read_file(path);
  {
    auto crm = open(path, {.read_only = true});
    ASSERT_TRUE(crm) << crm.error().message();
    auto s = crm->as_user("admin");
    ASSERT_TRUE(s);
    auto seen = s->query("select name from account");
    ASSERT_TRUE(seen) << seen.error().message();
    EXPECT_EQ(seen->size(), 1u);
    auto no = s->create(crm::account::entity, {crm::account::name = "New"});
    ASSERT_FALSE(no);
    EXPECT_EQ(no.error().code(), errc::read_only) << no.error().message();
    EXPECT_TRUE(says(no.error(), path)) << no.error().message();
    auto field = s->define("account", {.name = "x_a", .label_en = "A"});
    ASSERT_FALSE(field);
    EXPECT_EQ(field.error().code(), errc::read_only) << field.error().message();
    EXPECT_TRUE(s->query("select name from account"));
  }
  EXPECT_EQ(read_file(path), before);
  std::filesystem::remove(path);
}

TEST(sqlite_file, on_a_protected_medium_is_refused_for_writing) {
  const std::string path = new_store("protected");
  fault_vfs disk;
  disk.protect(true);
  auto crm = open(path, {.vfs = disk.name()});
  ASSERT_FALSE(crm);
  EXPECT_EQ(crm.error().code(), errc::read_only) << crm.error().message();
  EXPECT_TRUE(says(crm.error(), path));
  EXPECT_TRUE(open(path, {.read_only = true, .vfs = disk.name()}));
  std::filesystem::remove(path);
}

TEST(sqlite_file, that_another_process_writes_is_busy_and_may_be_tried_again) {
  const std::string path = new_store("locked");
  const environment world = default_environment();
  const auto open_soon = [&] {
    auto d = store::open_sqlite({.path = path, .busy_timeout_ms = 20}, world);
    if (!d) return result<tenant>(passed(d));
    return open(std::move(*d));
  };
  auto crm = open_soon();
  ASSERT_TRUE(crm) << crm.error().message();
  auto s = crm->as_user("admin").value();
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  auto no = s.create(crm::account::entity, {crm::account::name = "Waits"});
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error().code(), errc::busy) << no.error().message();
  EXPECT_TRUE(no.error().retriable());
  for (const std::string& fault : unclear(no.error())) ADD_FAILURE() << fault;
  EXPECT_TRUE(s.query("select name from account")) << "reading waits for nobody";
  auto late = open_soon();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), errc::busy) << late.error().message();
  EXPECT_TRUE(late.error().retriable());
  sqlite3_close(other);
  EXPECT_TRUE(s.create(crm::account::entity, {crm::account::name = "Waits"}));
  EXPECT_TRUE(open_soon());
  std::filesystem::remove(path);
}

TEST(sqlite_file, that_is_cut_off_or_damaged_never_takes_the_library_down) {
  const std::string path = new_store("damaged");
  const std::string whole = read_file(path);
  std::mt19937 random(11);
  for (int round = 0; round < 24; ++round) {
    std::string content = whole;
    if (round < 8) {
      content.resize(100 + random() % (whole.size() - 100));
    } else {
      for (int i = 0; i < 200; ++i)
        content[100 + random() % (whole.size() - 100)] = static_cast<char>(random());
    }
    write_file(path, content);
    auto crm = open(path);
    if (!crm) {
      EXPECT_NE(crm.error().code(), errc::ok);
      continue;
    }
    auto s = crm->as_user("admin");
    if (!s) continue;
    static_cast<void>(s->query("select name, industry, owner.name from account"));
    static_cast<void>(s->create(crm::account::entity, {crm::account::name = "B"}));
  }
  std::filesystem::remove(path);
}

TEST(failing_disk, making_a_store_is_whole_or_can_be_done_again) { expect_sound("new_store"); }
TEST(failing_disk, a_record_is_there_or_not) { expect_sound("create"); }
TEST(failing_disk, a_change_is_whole_or_not) { expect_sound("change"); }
TEST(failing_disk, a_transaction_is_whole_or_not) { expect_sound("transaction"); }
TEST(failing_disk, a_careless_transaction_is_whole_or_not) { expect_sound("stubborn_transaction"); }
TEST(failing_disk, a_change_of_the_schema_is_whole_or_not) { expect_sound("reshaping"); }
TEST(failing_disk, many_records_are_there_as_acknowledged) { expect_sound("fifty"); }
TEST(failing_disk, a_new_field_is_in_table_and_definition_or_in_neither) {
  expect_sound("new_field");
}

TEST(failing_disk, that_refuses_a_sync_ends_writing_until_the_store_is_opened_again) {
  const std::string path = new_store("sync");
  std::string token;
  fault_vfs disk;
  {
    auto crm = open(path, {.vfs = disk.name()}).value();
    session s = crm.as_user("admin").value();
    disk.fail(fault_vfs::call::sync, {});
    auto first = s.create(crm::account::entity, {crm::account::name = "Unsure"});
    ASSERT_FALSE(first) << "a sync that failed was acknowledged";
    EXPECT_EQ(first.error().code(), errc::commit_unknown);
    token = first.error().token();
    EXPECT_FALSE(token.empty());
    disk.lift();
    auto next = s.create(crm::account::entity, {crm::account::name = "Next"});
    ASSERT_FALSE(next) << "what lies on the disk is unknown, and more is promised";
    EXPECT_EQ(next.error().code(), errc::store_io);
    EXPECT_TRUE(says(next.error(), "opened again")) << next.error().message();
    EXPECT_TRUE(s.query("select name from account"));
  }
  auto crm = open(path).value();
  session s = crm.as_user("admin").value();
  const bool there = !s.query("select id from account where name = 'Unsure'").value().empty();
  EXPECT_EQ(crm.outcome_of(token).value(),
            there ? commit_outcome::committed : commit_outcome::not_committed);
  EXPECT_TRUE(s.create(crm::account::entity, {crm::account::name = "Next"}));
  EXPECT_EQ(crm.outcome_of(token).value(),
            there ? commit_outcome::committed : commit_outcome::not_committed)
      << "another change that takes the place of a lost one must not be taken for it";
  for (const char* bad : {"", "-", "1", "1-", "-1-2", "0-2", "1-2x", "99999999999999999999-1"})
    EXPECT_EQ(crm.outcome_of(bad).error().code(), errc::invalid_argument) << bad;
  EXPECT_TRUE(inspect(path).empty());
  std::filesystem::remove(path);
}

TEST(failing_disk, that_cannot_be_read_in_a_transaction_undoes_it_whole) {
  const std::string path = new_store("unread");
  {  // more than SQLite keeps in memory, so that a query must go to the disk
    auto crm = open(path).value();
    session s = crm.as_user("admin").value();
    ASSERT_TRUE(s.begin());
    const std::string text(60'000, 'x');
    for (int i = 0; i < 60; ++i)
      ASSERT_TRUE(s.create(crm::account::entity,
                           {crm::account::name = "Big", crm::account::description = text}));
    ASSERT_TRUE(s.commit());
  }
  fault_vfs disk;
  {
    auto crm = open(path, {.vfs = disk.name()}).value();
    session s = crm.as_user("admin").value();
    ASSERT_TRUE(s.begin());
    ASSERT_TRUE(s.create(crm::account::entity, {crm::account::name = "Before"}));
    disk.fail(fault_vfs::call::read, {.for_ever = true});
    auto seen = s.query("select count() from account where description like '%y%'");
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code(), errc::store_io) << seen.error().message();
    EXPECT_TRUE(seen.error().aborted()) << "SQLite has undone the transaction; the host must know";
    disk.lift();
    auto after = s.create(crm::account::entity, {crm::account::name = "After"});
    EXPECT_FALSE(after) << "written outside the transaction that it belongs to";
    EXPECT_TRUE(after || after.error().aborted());
    EXPECT_FALSE(s.query("select name from account"));
    EXPECT_FALSE(s.commit());
    EXPECT_FALSE(s.in_transaction());
    EXPECT_TRUE(s.create(crm::account::entity, {crm::account::name = "Again"}));
  }
  EXPECT_EQ(ask(path, account_named("Before")), 0);
  EXPECT_EQ(ask(path, account_named("After")), 0);
  EXPECT_EQ(ask(path, account_named("Again")), 1);
  for (const std::string& fault : inspect(path)) ADD_FAILURE() << fault;
  std::filesystem::remove(path);
}

TEST(failing_disk, never_leaves_a_session_under_rules_that_have_changed) {
  const std::string path = new_store("rules");
  fault_vfs quick;
  auto here = open(path, {.vfs = quick.name()}).value();
  session admin = here.as_user("admin").value();
  auto set = admin.query("select id from permission_set where name = 'Administrator'").value();
  auto li =
      admin.create(crm::user::entity, {crm::user::login = "li", crm::user::name = "Li"}).value();
  ASSERT_TRUE(admin.create(crm::permission_assignment::entity,
                           {crm::permission_assignment::user = li.key(),
                            crm::permission_assignment::permission_set = set.at(0, 0).as_id()}));
  fault_vfs disk;
  for (long n = 1; n <= 6; ++n) {
    auto there = open(path, {.vfs = disk.name()}).value();
    session s = there.as_user("li").value();
    ASSERT_TRUE(s.query("select name from account"));
    auto off = admin.change(*admin.get("user", li.key()), {crm::user::active = false});
    ASSERT_TRUE(off) << off.error().message();
    disk.fail(fault_vfs::call::read, {.at = n});
    static_cast<void>(s.query("select name from account"));  // perhaps refused for the disk
    disk.lift();
    auto no = s.query("select name from account");
    ASSERT_FALSE(no) << "a revoked user still reads, after a failed read " << n;
    EXPECT_EQ(no.error().code(), errc::permission) << no.error().message();
    ASSERT_TRUE(admin.change(*admin.get("user", li.key()), {crm::user::active = true}));
  }
  std::filesystem::remove(path);
}

TEST(fault_loop, catches_a_store_whose_log_and_records_differ) {
  const std::string path = new_store("tampered"), good = read_file(path);
  ASSERT_TRUE(inspect(path).empty()) << inspect(path).front();
  for (const char* tampering :
       {"DELETE FROM account", "DELETE FROM gx_change WHERE id = 2",
        "DELETE FROM gx_change WHERE record IN (SELECT id FROM account)",
        "UPDATE account SET revision = 5", "UPDATE gx_meta SET number = 1 WHERE id = 1",
        "UPDATE gx_meta SET number = 1 WHERE id = 2"}) {
    write_file(path, good);
    alter(path, tampering);
    EXPECT_FALSE(inspect(path).empty()) << tampering;
  }
  std::filesystem::remove(path);
}

TEST(fault_loop, catches_a_disk_that_loses_what_it_has_acknowledged) {
  int caught = 0;
  for (long at = 1; at <= 9; at += 4) {
    const std::string path = new_store("lies");
    fault_vfs disk;
    {
      auto crm = open(path, {.vfs = disk.name()}).value();
      session s = crm.as_user("admin").value();
      disk.lie_about_writes(at);
      static_cast<void>(s.create(crm::account::entity, {crm::account::name = "Lost"}));
    }
    disk.lift();
    caught += ask(path, account_named("Lost")) == 0 || !inspect(path).empty();
    std::filesystem::remove(path);
  }
  EXPECT_EQ(caught, 3);
}
