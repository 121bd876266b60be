// Saving: what a failing disk, a crash, another process and a busy writer do to it.
#include "saved_sample.hpp"

#include "support/fault_loop.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>

using namespace guanxi;
using namespace guanxi::test;

namespace {

/// Lets the call of a number fail, from then on for good or once; a crash also leaves all as it is.
class failing_calls final : public system_calls {
 public:
  enum class how { once, for_good, crash };
  failing_calls(int which, int code, how h) : which_(which), code_(code), how_(h) {}

  int open(const char* path, int flags, mode_t mode) override {
    return fails() ? -1 : system_calls::open(path, flags, mode);
  }
  ssize_t write(int file, const void* bytes, std::size_t size) override {
    // Half of it, and what is left fails.
    if (fails()) return failed_ == 1 && size > 1 ? system_calls::write(file, bytes, size / 2) : -1;
    return system_calls::write(file, bytes, size);
  }
  int sync(int file) override { return fails() ? -1 : system_calls::sync(file); }
  int rename(const char* from, const char* to) override {
    return fails() ? -1 : system_calls::rename(from, to);
  }
  int remove(const char* path) override {
    return how_ == how::crash && failed_ > 0 ? -1 : system_calls::remove(path);
  }
  int calls() const { return calls_; }

 private:
  bool fails() {
    const int now = calls_++;
    if (now < which_ || (how_ == how::once && failed_ > 1)) return false;
    ++failed_;
    errno = code_;
    return true;
  }
  int which_, code_, calls_ = 0, failed_ = 0;
  how how_;
};

/// A disk that says it has written what it has not: only what checks files can notice it.
class lying_calls final : public system_calls {
 public:
  ssize_t write(int file, const void* bytes, std::size_t size) override {
    system_calls::write(file, bytes, size - size / 8);
    return static_cast<ssize_t>(size);
  }
};

struct attempt {
  result<void> said;
  std::vector<std::string> complaints;
};

/// Saves a second state over a first one, and looks at what is there then.
attempt save_over(system_calls& calls) {
  sample_store s(11);
  const std::string path = saved(s), before = told(s.inside, s.catalog);
  s.with.begin();
  s.put(id{100}, 0);
  s.with.commit();
  const std::string after = told(s.inside, s.catalog);
  attempt out{snapshot::save(s.inside, path, calls), {}};
  const std::string there = told_file(path, s.catalog);
  // The last call confirms the folder: whether the new file stands is open then.
  if (out.said && there != after) out.complaints.push_back("what was acknowledged is not there");
  if (!out.said && there != before && there != after)
    out.complaints.push_back("neither the old nor the new is there: " + there.substr(0, 200));
  if (!out.said && out.said.error().message().find("did not confirm") == std::string::npos &&
      there != before)
    out.complaints.push_back("it failed, and the old file is not there");
  if (!out.said)
    for (std::string& fault : unclear(out.said.error())) out.complaints.push_back(std::move(fault));
  // The next save goes well, whatever was left behind, and leaves nothing.
  system_calls sound;
  if (auto ok = snapshot::save(s.inside, path, sound); !ok)
    out.complaints.push_back("the next save fails: " + std::string(ok.error().message()));
  if (told_file(path, s.catalog) != after) out.complaints.push_back("the next save is wrong");
  if (std::filesystem::exists(path + ".saving")) out.complaints.push_back("a file was left");
  remove_store(path);
  return out;
}

}  // namespace

TEST(save, is_whole_or_not_at_all_whatever_fails) {
  using how = failing_calls::how;
  for (const auto& [error_number, code] :
       {std::pair(ENOSPC, errc::store_full), std::pair(EDQUOT, errc::store_full),
        std::pair(EIO, errc::store_io), std::pair(EACCES, errc::store_io)})
    for (how h : {how::once, how::for_good, how::crash}) {
      int failures = 0;
      for (int which = 0;; ++which) {
        failing_calls calls(which, error_number, h);
        const attempt tried = save_over(calls);
        for (const std::string& complaint : tried.complaints)
          ADD_FAILURE() << "call " << which << ": " << complaint;
        if (calls.calls() <= which) break;
        if (tried.said) continue;  // a short write that went on well
        ++failures;
        EXPECT_EQ(tried.said.error().code(),
                  tried.said.error().message().find("did not confirm") == std::string::npos
                      ? code
                      : errc::store_io);
      }
      EXPECT_GE(failures, 4) << "no fault was felt";
    }
}

TEST(save, harness_notices_a_disk_that_lies) {
  lying_calls calls;
  EXPECT_FALSE(save_over(calls).complaints.empty());
}

TEST(save, says_where_it_cannot_write) {
  auto d = store::open_memory().value();
  const auto refused = [&](const std::string& path) {
    const auto said = d->save(path);
    EXPECT_FALSE(said);
    for (const std::string& fault : unclear(said.error())) ADD_FAILURE() << fault;
    return said ? errc::ok : said.error().code();
  };
  EXPECT_EQ(refused(""), errc::invalid_argument);
  EXPECT_EQ(refused(std::string("a\0b", 3)), errc::invalid_argument);
  EXPECT_EQ(refused("\xff"), errc::invalid_argument);
  EXPECT_EQ(refused(fresh_path() + "/no/folder"), errc::store_io);
  EXPECT_EQ(refused(testing::TempDir()), errc::store_io);
  EXPECT_EQ(refused("/dev/full/x"), errc::store_io);
}

TEST(save, waits_for_no_other_process_and_tells_of_it) {
  sample_store s(12);
  const std::string path = saved(s), before = read_file(path);
  const int other = ::open((path + ".saving").c_str(), O_RDWR | O_CREAT, 0666);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  system_calls calls;
  const auto said = snapshot::save(s.inside, path, calls);
  EXPECT_EQ(code(said), errc::busy);
  EXPECT_TRUE(said.error().retriable());
  EXPECT_EQ(read_file(path), before);
  ::close(other);
  EXPECT_TRUE(snapshot::save(s.inside, path, calls));
  remove_store(path);
}

TEST(save, keeps_links_and_rights) {
  sample_store s(13);
  const std::string path = saved(s), link = fresh_path();
  std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
  std::filesystem::create_symlink(path, link);
  system_calls calls;
  snapshot::save(s.inside, link, calls).value();
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(told_file(link, s.catalog), told(s.inside, s.catalog));
  remove_store(link);
  remove_store(path);
}

TEST(save, holds_one_moment_while_the_writer_goes_on) {
  sample_store s(14, 20'000);
  const std::string before = told(s.inside, s.catalog);
  const std::string path = fresh_path();
  // The writer commits between the writes of the file: changes, erasures, records, a field.
  class busy_calls final : public system_calls {
   public:
    explicit busy_calls(sample_store& s) : s_(s) {}
    ssize_t write(int file, const void* bytes, std::size_t size) override {
      ++writes;
      s_.with.begin();
      for (int i = 0; i < 200; ++i) {
        const id key{1 + static_cast<std::int64_t>(s_.by.below(21'000))};
        const schema::entity& thing = *s_.catalog->find("thing");
        schema::record r(s_.catalog, thing);
        const store::memory::table& t = *s_.inside.find(thing);
        if (const auto row = t.columns.find(key); row != store::memory::no_row) {
          t.columns.fill(row, r);
          if (s_.by.chance(20)) s_.with.erase(thing, key);
          else s_.put(key, r.revision());
        } else {
          s_.put(key, 0);
        }
      }
      if (writes == 1) {
        std::vector<schema::entity_definition> wider = sample_definitions();
        wider[1].fields.push_back({.name = "x_late", .type = schema::kind::integer});
        const schema::catalog_ptr to = catalog_of(wider);
        s_.with.migrate(*to, schema::steps_between(*s_.catalog, *to).value()).value();
        s_.catalog = to;
      }
      if (writes == 1 || s_.by.chance(70)) s_.with.commit();
      else s_.with.rollback();
      return system_calls::write(file, bytes, size);
    }
    int writes = 0;

   private:
    sample_store& s_;
  };
  busy_calls calls(s);
  const schema::catalog_ptr first = s.catalog;
  snapshot::save(s.inside, path, calls).value();
  EXPECT_GT(calls.writes, 3);
  EXPECT_TRUE(told_file(path, first) == before) << "the file holds another moment";
  remove_store(path);
}

TEST(save, leaves_out_what_was_erased_or_undone) {
  sample_store s(15);
  const schema::entity& thing = *s.catalog->find("thing");
  const auto named = [&](std::int64_t key, const std::string& text) {
    schema::record r(s.catalog, thing);
    r.set(schema::system_slot::id, id{key});
    r.set(schema::system_slot::revision, std::int64_t{1});
    for (const char* field : {"name", "code"}) r.set(thing.find(field)->slot, text);
    s.with.put(r, 0).value();
  };
  s.with.begin();
  named(500, "a secret that was erased");
  named(501, "kept in the file");
  s.with.commit();
  s.with.begin();
  named(502, "a secret that was undone");
  s.with.rollback();
  s.with.begin();
  s.with.erase(thing, id{500});
  s.with.commit();
  s.with.begin();
  named(503, "a secret that is still open");
  const std::string bytes = read_file(saved(s));
  EXPECT_EQ(bytes.find("a secret"), std::string::npos);
  EXPECT_NE(bytes.find("kept in the file"), std::string::npos);
  s.with.rollback();
}
