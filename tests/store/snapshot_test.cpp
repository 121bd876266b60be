// Snapshot files: whole or not there, whatever fails; and what is not whole is not believed.
#include "saved_sample.hpp"

#include "guanxi/store/memory.hpp"
#include "support/fault_loop.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <sys/resource.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace guanxi;
using namespace guanxi::test;

namespace {

/// In a file of its own: a file that is cut to nothing is waited for by some file systems.
void rewrite(const std::string& path, const std::string& bytes) {
  std::filesystem::remove(path);
  write_file(path, bytes);
}

errc opened(const std::string& path) {
  auto d = store::open_memory({.path = path, .create = false});
  if (d) return errc::ok;
  for (const std::string& fault : unclear(d.error())) ADD_FAILURE() << fault;
  EXPECT_NE(d.error().message().find(path), std::string_view::npos) << d.error().message();
  return d.error().code();
}

/// Makes the end of a file fit its content, as somebody would who means harm.
std::string signed_again(std::string bytes, const std::string& directory) {
  const std::size_t tail = bytes.size() - 32;
  std::uint64_t at = 0;
  std::memcpy(&at, bytes.data() + tail, 8);
  bytes = bytes.substr(0, at) + directory;
  const auto add = [&](std::uint64_t n) { bytes.append(reinterpret_cast<char*>(&n), 8); };
  add(at);
  add(directory.size());
  add(bytes.size() + 16);
  add(XXH3_64bits(bytes.data(), bytes.size()));
  return bytes;
}

std::string directory_of(const std::string& bytes) {
  std::uint64_t at = 0, size = 0;
  std::memcpy(&at, bytes.data() + bytes.size() - 32, 8);
  std::memcpy(&size, bytes.data() + bytes.size() - 24, 8);
  return bytes.substr(at, size);
}

/// Opens a file that says what it wants; refused or not, nothing breaks.
void survive(const std::string& path, const schema::catalog_ptr& catalog) {
  auto d = store::open_memory({.path = path, .create = false});
  if (!d) {
    EXPECT_EQ(d.error().code(), errc::store_corrupt) << d.error().message();
    return;
  }
  told(**d, catalog);
  for (const schema::field& f : catalog->find("thing")->fields())
    static_cast<void>((*d)->find(*f.of, f.slot, value(std::int64_t{3}), store::view::committed));
}

/// No more memory than so much beyond what is in use; not where a sanitizer has claimed it all.
class memory_limit {
 public:
  explicit memory_limit([[maybe_unused]] std::size_t more) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    getrlimit(RLIMIT_AS, &before_);
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit now = before_;
    now.rlim_cur = pages * static_cast<std::size_t>(getpagesize()) + more;
    setrlimit(RLIMIT_AS, &now);
    set_ = true;
#endif
  }
  ~memory_limit() {
    if (set_) setrlimit(RLIMIT_AS, &before_);
  }

 private:
  rlimit before_ = {};
  bool set_ = false;
};

}  // namespace

TEST(snapshot, gives_back_what_was_saved) {
  sample_store s(1);
  const std::string path = saved(s);
  EXPECT_EQ(told_file(path, s.catalog), told(s.inside, s.catalog));
  // What is opened again can be written, and saved to the file that it came from.
  auto d = store::open_memory({.path = path}).value();
  const schema::entity& thing = *s.catalog->find("thing");
  d->begin().value();
  d->erase(thing, id{3}).value();
  random_records by(2);
  d->put(by.record(s.catalog, "thing", id{7}, 1), 0).value();
  d->put(by.record(s.catalog, "thing", id{1000}, 1), 0).value();
  d->commit().value();
  d->save({}).value();
  EXPECT_EQ(told_file(path, s.catalog), told(*d, s.catalog));
  remove_store(path);
}

TEST(snapshot, finds_every_changed_byte) {
  sample_store s(2, 6);
  const std::string path = saved(s), good = read_file(path);
  std::cout << good.size() << " bytes\n";
  for (std::size_t at = 0; at < good.size(); ++at)
    for (int change : {1 << (at % 8), 0xff}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ change);
      rewrite(path, bad);
      const errc told = opened(path);
      ASSERT_TRUE(told == errc::store_corrupt || (at < 8 && told == errc::not_a_database))
          << "byte " << at << ": " << name(told);
      ASSERT_EQ(read_file(path), bad) << "the file was changed";
    }
  remove_store(path);
}

TEST(snapshot, finds_every_truncation_and_addition) {
  sample_store s(3, 6);
  const std::string path = saved(s), good = read_file(path);
  for (std::size_t size = 0; size < good.size(); ++size) {
    rewrite(path, good.substr(0, size));
    const errc told = opened(path);
    ASSERT_TRUE(told == errc::store_corrupt || (size == 0 && told == errc::not_a_database))
        << "size " << size << ": " << name(told);
  }
  rewrite(path, good + '\0');
  EXPECT_EQ(opened(path), errc::store_corrupt);
  rewrite(path, good + good);
  EXPECT_EQ(opened(path), errc::store_corrupt);
  rewrite(path, good);
  EXPECT_EQ(opened(path), errc::ok);
  remove_store(path);
}

TEST(snapshot, tells_other_files_from_damaged_ones) {
  const std::string path = fresh_path();
  rewrite(path, "SQLite format 3");
  EXPECT_EQ(opened(path), errc::not_a_database);
  EXPECT_EQ(opened(testing::TempDir()), errc::not_a_database);
  EXPECT_EQ(opened("/dev/null"), errc::not_a_database);
  EXPECT_EQ(opened(path + ".not_there"), errc::file_missing);
  EXPECT_EQ(opened(path + "/below_a_file"), errc::file_missing);
  sample_store s(4, 3);
  const std::string good = read_file(saved(s));
  std::string later = good;
  later[8] = 2;
  rewrite(path, signed_again(later, directory_of(good)));
  EXPECT_EQ(opened(path), errc::newer_schema);
  remove_store(path);
}

TEST(snapshot, believes_no_number_that_a_file_says) {
  sample_store s(5, 6);
  const std::string path = saved(s), good = read_file(path), directory = directory_of(good);
  const memory_limit tight(std::size_t{64} << 20);
  for (std::size_t at = 0; at < directory.size();) {
    const std::size_t end = std::min(directory.find(' ', at), directory.size());
    for (const char* lie : {"0", "1", "4294967294", "4294967296", "9223372036854775807",
                            "18446744073709551615", "-1", "x", "1000000", ""}) {
      rewrite(path, signed_again(good, directory.substr(0, at) + lie + directory.substr(end)));
      survive(path, s.catalog);
    }
    at = end + 1;
  }
  for (std::size_t size = 0; size < directory.size(); size += 7) {
    rewrite(path, signed_again(good, directory.substr(0, size)));
    survive(path, s.catalog);
  }
  remove_store(path);
}

TEST(snapshot, believes_no_block_that_contradicts_itself) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "seed " << seed << "\n";
  random_records by(seed);
  sample_store s(6, 20);
  const std::string path = saved(s), good = read_file(path), directory = directory_of(good);
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good;
    for (std::size_t n = 1 + by.below(4); n > 0; --n)
      bad[16 + by.below(good.size() - 48 - directory.size())] = static_cast<char>(by.below(256));
    rewrite(path, signed_again(bad, directory));
    survive(path, s.catalog);
  }
  remove_store(path);
}
