// Backups while others write: each is of one moment, and says of which.
#include "support/stores.hpp"

#include "guanxi/session/keeping.hpp"

#include <atomic>
#include <thread>

using namespace guanxi;
using namespace guanxi::test;

namespace {

class backup_under_load : public on_every_store {};

constexpr int backups = 5;

/// A thread that commits pairs of records, "1 a" with "1 b" and so on, and counts them.
class writing {
 public:
  explicit writing(company& at) : thread_([this, &at] { run(at); }) {}
  ~writing() { stop(); }
  writing(const writing&) = delete;
  writing& operator=(const writing&) = delete;
  int committed() const noexcept { return committed_; }
  void stop() {
    stopped_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run(company& at) {
    session s = at.system();
    while (!stopped_) {
      const std::string name = std::to_string(committed_ + 1);
      s.begin().value();
      for (const char* half : {" a", " b"})
        s.create(crm::account::entity, {crm::account::name = "pair " + name + half}).value();
      s.commit().value();
      ++committed_;
      std::this_thread::yield();
    }
  }
  std::atomic<bool> stopped_ = false;
  std::atomic<int> committed_ = 0;
  std::thread thread_;
};

struct removed {
  std::string path;
  ~removed() { remove_store(path); }
};

}  // namespace

TEST_P(backup_under_load, is_of_one_moment_and_says_of_which) {
  const bool memory = at.kind == tested_store::memory || at.kind == tested_store::memory_saved;
  if (!memory && at.kind != tested_store::sqlite_file) return;  // one connection, or no copies
  const removed copy{at.path + ".copy"}, back{at.path + ".back"};
  std::int64_t last = 0;
  writing others(at);
  for (int i = 0; i < backups; ++i) {
    const int before = others.committed();
    auto made = at.crm->backup(copy.path);
    const int after = others.committed();
    ASSERT_TRUE(made) << message(made);
    EXPECT_GT(made->sequence, last);
    last = made->sequence;
    remove_store(back.path);
    auto restored = restore(copy.path, back.path);
    ASSERT_TRUE(restored) << message(restored);
    EXPECT_EQ(restored->sequence, made->sequence);
    open_options how;
    how.store = memory ? store_kind::memory : store_kind::sqlite;
    auto then = open(back.path, how);
    ASSERT_TRUE(then) << message(then);
    EXPECT_EQ(then->verify()->sequence, made->sequence);
    const rows pairs = then->as_system("test")
                           .query("select name from account where name like 'pair %' order by id")
                           .value();
    // One writer: what a moment holds is all up to some pair, and that pair whole.
    ASSERT_EQ(pairs.size() % 2, 0u);
    const int held = static_cast<int>(pairs.size() / 2);
    for (int n = 0; n < held; ++n) {
      const std::string name = "pair " + std::to_string(n + 1);
      EXPECT_EQ(pairs.at(static_cast<std::size_t>(2 * n), 0).to_string(), name + " a");
      EXPECT_EQ(pairs.at(static_cast<std::size_t>(2 * n + 1), 0).to_string(), name + " b");
    }
    EXPECT_GE(held, before);
    EXPECT_LE(held, after + 1);
  }
  others.stop();
  EXPECT_GT(others.committed(), 0);
}

INSTANTIATE_TEST_SUITE_P(on, backup_under_load, every_store, store_name);
