// Several threads that write share a commit where a commit waits for a disk.
#include "support/forwarding_driver.hpp"
#include "support/stores.hpp"

#include "guanxi/store/memory.hpp"
#include "guanxi/store/turns.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace guanxi::test {
namespace {

using namespace crm;
using namespace std::chrono_literals;

/// A memory store whose commits take a while, as a disk's do, and fail or cannot undo when told.
class slow_disk final : public forwarding_driver {
 public:
  struct orders {
    std::atomic<int> commits{0};
    std::atomic<bool> slow{false}, refuses{false}, cannot_undo{false};
  };
  explicit slow_disk(std::shared_ptr<orders> o)
      : forwarding_driver(store::open_memory().value()), orders_(std::move(o)) {}

  bool shares_commits() const noexcept override { return true; }
  result<void> commit() override {
    if (orders_->slow) std::this_thread::sleep_for(3ms);
    ++orders_->commits;
    if (orders_->refuses) return unexpected(errc::store_io, "the disk refuses");
    return forwarding_driver::commit();
  }
  result<void> rollback_to(int n) override {
    if (orders_->cannot_undo) return unexpected(errc::store_io, "the disk cannot undo");
    return forwarding_driver::rollback_to(n);
  }

 private:
  std::shared_ptr<orders> orders_;
};

class shared_commit : public testing::Test {
 protected:
  static std::string count(const tenant& crm, std::string_view like) {
    return answer(crm.as_system("test"), "select count() from account where name like :n",
                  {{"n", like}});
  }
  /// Each of many threads creates accounts one by one; how many were acknowledged.
  int write(int threads, int each, std::string_view named) {
    std::vector<std::thread> all;
    std::atomic<int> made{0};
    for (int t = 0; t < threads; ++t)
      all.emplace_back([&, t] {
        session s = crm.as_system("test");
        for (int i = 0; i < each; ++i)
          if (s.create(account::entity, {account::name = std::string(named) + std::to_string(t) +
                                                         "." + std::to_string(i)}))
            ++made;
      });
    for (std::thread& t : all) t.join();
    return made;
  }
  std::shared_ptr<slow_disk::orders> disk = std::make_shared<slow_disk::orders>();
  tenant crm = open(std::make_unique<slow_disk>(disk)).value();
};

TEST_F(shared_commit, is_one_for_those_who_wait_together) {
  disk->slow = true;
  disk->commits = 0;
  EXPECT_EQ(write(8, 10, "W "), 80);
  EXPECT_EQ(count(crm, "W %"), "80\n");
  EXPECT_LE(disk->commits, 40) << "80 writes by 8 threads had a commit each";
  // One thread has nobody to share with.
  disk->commits = 0;
  EXPECT_EQ(write(1, 5, "X "), 5);
  EXPECT_EQ(disk->commits, 5);
}

TEST_F(shared_commit, that_fails_fails_for_all_of_them) {
  disk->slow = true;
  disk->refuses = true;
  EXPECT_EQ(write(8, 3, "F "), 0);
  disk->refuses = false;
  EXPECT_EQ(count(crm, "F %"), "0\n");
  EXPECT_EQ(write(8, 3, "F "), 24) << "and nobody is left waiting";
  EXPECT_EQ(count(crm, "F %"), "24\n");
}

TEST_F(shared_commit, does_not_make_a_refused_call_fail_others) {
  disk->slow = true;
  std::atomic<int> refused{0};
  std::thread bad([&] {
    session s = crm.as_system("test");
    for (int i = 0; i < 30; ++i)
      if (!s.create(account::entity, {account::city = "nowhere"})) ++refused;
  });
  EXPECT_EQ(write(6, 8, "R "), 48);
  bad.join();
  EXPECT_EQ(refused, 30);
  EXPECT_EQ(count(crm, "R %"), "48\n");
  EXPECT_EQ(answer(crm.as_system("test"), "select count() from account where city = 'nowhere'"),
            "0\n");
}

/// Who is told that somebody was quicker finds what that somebody wrote, and all come to an end.
TEST_F(shared_commit, is_there_before_anybody_is_refused_for_what_it_holds) {
  disk->slow = true;
  const id one =
      crm.as_system("test").create(account::entity, {account::name = "One"}).value().key();
  constexpr int threads = 6, each = 5;
  std::atomic<int> done{0}, unseen{0}, tries{0};
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&, t] {
      session s = crm.as_system("test");
      for (int made = 0; made < each && tries < 20'000; ++tries) {
        const record r = s.get("account", one).value();
        const std::string city = std::to_string(t) + "." + std::to_string(++made);
        const auto changed = s.change(r, {account::city = city});
        if (changed) {
          ++done;
          continue;
        }
        --made;
        const auto* both = schema::conflict_of(changed.error());
        if (both && s.get("account", one)->revision() < both->stored.revision()) ++unseen;
      }
    });
  for (std::thread& t : all) t.join();
  EXPECT_EQ(done, threads * each) << tries << " tries";
  EXPECT_EQ(unseen, 0);
  EXPECT_EQ(crm.as_system("test").get("account", one)->revision(), 1 + threads * each);
}

TEST_F(shared_commit, is_lost_for_all_where_one_cannot_be_undone) {
  // Each acknowledged write must be there, whatever becomes of the others.
  disk->slow = true;
  disk->cannot_undo = true;
  std::atomic<bool> over{false};
  std::thread bad([&] {
    session s = crm.as_system("test");
    while (!over) static_cast<void>(s.create(account::entity, {account::city = "nowhere"}));
  });
  const int made = write(6, 8, "L ");
  over = true;
  bad.join();
  disk->cannot_undo = false;
  EXPECT_EQ(count(crm, "L %"), std::to_string(made) + "\n");
  EXPECT_EQ(write(4, 2, "N "), 8);
}

TEST_F(shared_commit, does_not_wait_for_a_transaction_that_a_user_holds_open) {
  // The single write stands before an explicit transaction in line: it commits by itself.
  session first = crm.as_system("test");
  ASSERT_TRUE(first.begin());
  std::atomic<bool> written{false}, begun{false}, ends{false};
  std::thread single([&] {
    session s = crm.as_system("test");
    written = s.create(account::entity, {account::name = "Single"}).has_value();
  });
  std::this_thread::sleep_for(30ms);
  std::thread user([&] {
    session s = crm.as_system("test");
    begun = s.begin().has_value();
    while (!ends) std::this_thread::sleep_for(1ms);
    static_cast<void>(s.commit());
  });
  std::this_thread::sleep_for(30ms);
  ASSERT_TRUE(first.commit());
  single.join();
  EXPECT_TRUE(written);
  ends = true;
  user.join();
  EXPECT_TRUE(begun);
}

TEST(turns, come_in_the_order_of_asking) {
  store::turns line;
  ASSERT_TRUE(line.take(0ms, {}, true));
  std::vector<int> order;
  std::vector<std::thread> all;
  for (int i = 0; i < 5; ++i) {
    all.emplace_back([&, i] {
      ASSERT_TRUE(line.take(60s, {}, true));
      order.push_back(i);
      line.end();
    });
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_FALSE(line.take(0ms, {}, false)) << "somebody has it";
  EXPECT_FALSE(line.take(60s, [] { return true; }, false)) << "had enough";
  line.end();
  for (std::thread& t : all) t.join();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
  EXPECT_TRUE(line.take(0ms, {}, true)) << "free again";
  EXPECT_FALSE(line.hand_on()) << "to nobody";
  line.end();
}

TEST(turns, are_handed_on_to_brief_ones_only) {
  store::turns line;
  ASSERT_TRUE(line.take(0ms, {}, true));
  std::thread slow([&] {
    ASSERT_TRUE(line.take(60s, {}, false));
    line.end();
  });
  std::this_thread::sleep_for(30ms);
  EXPECT_FALSE(line.hand_on());
  line.end();
  slow.join();
  ASSERT_TRUE(line.take(0ms, {}, true));
  std::thread brief([&] {
    ASSERT_TRUE(line.take(60s, {}, true));
    line.end();
  });
  while (!line.hand_on()) std::this_thread::sleep_for(1ms);
  brief.join();
}

}  // namespace
}  // namespace guanxi::test
