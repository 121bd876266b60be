// Checks, copies and their return, on every store.
#include "support/stores.hpp"

#include "guanxi/session/keeping.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

using namespace guanxi;
using namespace guanxi::test;

namespace {

class keeping : public on_every_store {};

bool copies(const company& at) {
  return at.kind != tested_store::map && at.kind != tested_store::choosy &&
         at.kind != tested_store::c_store && at.kind != tested_store::c_planner;
}

std::string copy_path(const company& at) { return at.path + ".copy"; }

bool never(std::uint64_t, std::uint64_t) { return false; }

struct removed {
  std::string path;
  ~removed() { remove_store(path); }
};

/// A disk on which no file becomes larger.
class small_files_only {
 public:
  explicit small_files_only(std::uintmax_t bytes) : then_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~small_files_only() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, then_);
  }
  small_files_only(const small_files_only&) = delete;
  small_files_only& operator=(const small_files_only&) = delete;

 private:
  rlimit before_ = {};
  void (*then_)(int);
};

/// Opens a copy as the kind that made it.
result<tenant> opened_copy(const company& at, const std::string& path) {
  const bool memory =
      at.kind == tested_store::memory || at.kind == tested_store::memory_saved;
  open_options how;
  how.store = memory ? store_kind::memory : store_kind::sqlite;
  how.create = false;
  return open(path, how);
}

}  // namespace

TEST_P(keeping, a_store_in_use_is_sound) {
  auto seen = at.crm->verify();
  ASSERT_TRUE(seen) << message(seen);
  for (const store::finding& f : seen->findings) ADD_FAILURE() << f.text;
  EXPECT_FALSE(seen->more);
  EXPECT_GT(seen->sequence, 20);
}

TEST_P(keeping, a_check_tells_how_far_it_is_and_can_be_stopped) {
  std::uint64_t last = 0, total = 0, told = 0;
  auto whole = at.crm->verify({.on_progress = [&](std::uint64_t done, std::uint64_t all) {
    EXPECT_GE(done, last);
    EXPECT_LE(done, all);
    last = done, total = all, ++told;
    return true;
  }});
  ASSERT_TRUE(whole) << message(whole);
  if (told == 0) return;  // a store without a check of its own has nothing to tell
  EXPECT_EQ(last, total);
  auto stopped = at.crm->verify({.on_progress = never});
  EXPECT_EQ(code(stopped), errc::interrupted) << message(stopped);
  EXPECT_TRUE(at.crm->verify()) << "it can be asked again";
}

TEST_P(keeping, a_bound_of_findings_out_of_range_is_refused) {
  EXPECT_EQ(code(at.crm->verify({.max_findings = 0})), errc::invalid_argument);
}

TEST_P(keeping, a_backup_holds_what_was_committed_and_says_up_to_where) {
  const removed after{copy_path(at)};
  auto made = at.crm->backup(after.path);
  if (!copies(at)) {
    EXPECT_EQ(code(made), errc::unsupported) << message(made);
    EXPECT_FALSE(std::filesystem::exists(after.path));
    return;
  }
  ASSERT_TRUE(made) << message(made);
  EXPECT_EQ(made->bytes, std::filesystem::file_size(after.path));
  const std::string question = "select name, owner.name, industry from account order by name";
  const std::string before = answer(system(), question);
  session s = system();
  s.create(crm::account::entity, {crm::account::name = "Later"}).value();
  auto copy = opened_copy(at, after.path);
  ASSERT_TRUE(copy) << message(copy);
  EXPECT_EQ(answer(copy->as_system("test"), question), before);
  EXPECT_EQ(copy->verify()->sequence, made->sequence);
  EXPECT_LT(made->sequence, at.crm->verify()->sequence);
}

TEST_P(keeping, a_backup_takes_the_place_of_an_older_one_at_once) {
  if (!copies(at)) return;
  const removed after{copy_path(at)};
  ASSERT_TRUE(at.crm->backup(after.path));
  session s = system();
  s.create(crm::account::entity, {crm::account::name = "Later"}).value();
  auto again = at.crm->backup(after.path);
  ASSERT_TRUE(again) << message(again);
  auto stopped = at.crm->backup(after.path, {.on_progress = never});
  EXPECT_EQ(code(stopped), errc::interrupted) << message(stopped);
  auto copy = opened_copy(at, after.path);
  ASSERT_TRUE(copy) << message(copy);
  EXPECT_EQ(answer(copy->as_system("test"), "select name from account where name = 'Later'"),
            "Later\n");
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(after.path).parent_path()))
    EXPECT_EQ(entry.path().string().find(after.path + ".new"), std::string::npos)
        << entry.path() << " was left";
}

TEST_P(keeping, a_full_disk_leaves_the_older_backup_as_it_was) {
  if (!copies(at)) return;
  const removed after{copy_path(at)};
  ASSERT_TRUE(at.crm->backup(after.path));
  const auto size = std::filesystem::file_size(after.path);
  {
    const small_files_only limit(std::min<std::uintmax_t>(size / 2, 4096));
    auto no = at.crm->backup(after.path);
    ASSERT_FALSE(no);
    EXPECT_TRUE(no.error().code() == errc::store_full || no.error().code() == errc::store_io)
        << message(no);
  }
  EXPECT_EQ(std::filesystem::file_size(after.path), size);
  EXPECT_TRUE(opened_copy(at, after.path));
  EXPECT_TRUE(at.crm->backup(after.path)) << "once there is room again";
}

TEST_P(keeping, a_backup_overwrites_no_other_file_and_no_open_store) {
  if (!copies(at)) return;
  const removed after{copy_path(at)};
  { std::ofstream(after.path) << "name,industry\nAcme,retail\n"; }
  EXPECT_EQ(code(at.crm->backup(after.path)), errc::duplicate);
  EXPECT_EQ(std::filesystem::file_size(after.path), 26u);
  EXPECT_EQ(code(at.crm->backup("no_such_folder/copy.gx")), errc::store_io);
  EXPECT_EQ(code(at.crm->backup("")), errc::invalid_argument);
  if (at.kind == tested_store::sqlite_file) {
    EXPECT_EQ(code(at.crm->backup(at.path)), errc::busy) << "over the store itself";
  }
}


namespace {

/// Accounts by name, as the file at a path has them.
std::string accounts_in(const company& at, const std::string& path) {
  auto crm = opened_copy(at, path);
  if (!crm) return "error: " + message(crm);
  return answer(crm->as_system("test"), "select name from account order by id");
}

bool has_file(const company& at) {
  return at.kind == tested_store::sqlite_file || at.kind == tested_store::memory ||
         at.kind == tested_store::memory_saved;
}

}  // namespace

TEST_P(keeping, a_backup_is_restored_where_nothing_is) {
  if (!copies(at)) return;
  const removed backup{copy_path(at)}, back{at.path + ".back"};
  auto made = at.crm->backup(backup.path);
  ASSERT_TRUE(made) << message(made);
  auto restored = restore(backup.path, back.path);
  ASSERT_TRUE(restored) << message(restored);
  EXPECT_EQ(restored->sequence, made->sequence);
  EXPECT_EQ(accounts_in(at, back.path), accounts_in(at, backup.path));
}

TEST_P(keeping, a_store_is_overwritten_only_when_told) {
  if (!copies(at) || !has_file(at)) return;
  const removed backup{copy_path(at)}, back{at.path + ".back"};
  ASSERT_TRUE(at.crm->backup(backup.path));
  const std::string then = accounts_in(at, backup.path);
  session s = system();
  s.create(crm::account::entity, {crm::account::name = "Later"}).value();
  ASSERT_TRUE(at.crm->backup(back.path));
  const std::string now = accounts_in(at, back.path);
  ASSERT_NE(then, now);
  auto refused = restore(backup.path, back.path);
  EXPECT_EQ(code(refused), errc::duplicate) << message(refused);
  EXPECT_EQ(accounts_in(at, back.path), now);
  auto restored = restore(backup.path, back.path, {.overwrite = true});
  ASSERT_TRUE(restored) << message(restored);
  EXPECT_EQ(accounts_in(at, back.path), then);
}

TEST_P(keeping, restoring_over_an_open_store_gives_its_sessions_the_old_content_and_rules) {
  if (at.kind != tested_store::sqlite_file) return;
  const removed backup{copy_path(at)};
  ASSERT_TRUE(at.crm->backup(backup.path));
  const std::string question = "select name from account order by id";
  const std::string then = answer(system(), question);
  session nina = as("nina"), s = system();
  s.create(crm::account::entity, {crm::account::name = "Later"}).value();
  schema::draft off = s.draft("user").value();
  off.set(crm::user::active = false);
  s.change(key("nina"), off).value();
  ASSERT_EQ(code(nina.query(question)), errc::permission);
  ASSERT_TRUE(restore(backup.path, at.path, {.overwrite = true}));
  EXPECT_EQ(answer(s, question), then);
  EXPECT_TRUE(nina.query(question)) << "the rules are those of the backup";
  EXPECT_TRUE(s.create(crm::account::entity, {crm::account::name = "Goes on"}));
  EXPECT_TRUE(at.crm->verify()->sound());
}

TEST_P(keeping, what_is_no_sound_backup_is_not_restored) {
  if (!copies(at) || !has_file(at)) return;
  const removed backup{copy_path(at)}, back{at.path + ".back"};
  EXPECT_EQ(code(restore(backup.path, back.path)), errc::file_missing);
  { std::ofstream(backup.path) << "name,industry\nAcme,retail\n"; }
  EXPECT_EQ(code(restore(backup.path, back.path)), errc::not_a_database);
  std::filesystem::remove(backup.path);
  ASSERT_TRUE(at.crm->backup(backup.path));
  EXPECT_EQ(code(restore(backup.path, backup.path, {.overwrite = true})), errc::invalid_argument);
  {
    // One letter of a name, as a bad disk would change it.
    std::fstream file(backup.path, std::ios::in | std::ios::out | std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(file), {});
    const std::size_t place = content.find("Sunny") == std::string::npos
                                  ? content.find("\xe9\x98\xb3\xe5\x85\x89\xe7\xa7\x91\xe6\x8a\x80")
                                  : content.find("Sunny");
    ASSERT_NE(place, std::string::npos);
    file.seekp(static_cast<std::streamoff>(place + 2));
    file.put(static_cast<char>(content[place + 2] ^ 1));
  }
  auto damaged = restore(backup.path, back.path);
  EXPECT_EQ(code(damaged), errc::store_corrupt) << message(damaged);
  EXPECT_FALSE(std::filesystem::exists(back.path));
  { std::ofstream(back.path) << "a letter to mother\n"; }
  std::filesystem::remove(backup.path);
  ASSERT_TRUE(at.crm->backup(backup.path));
  auto letter = restore(backup.path, back.path, {.overwrite = true});
  EXPECT_EQ(code(letter), errc::duplicate) << message(letter);
}

INSTANTIATE_TEST_SUITE_P(on, keeping, every_store, store_name);
