// What a loss of power leaves, at some moments; at length in ../crash/power_loss_test.cpp.
#include "support/power_story.hpp"

#include "support/fault_loop.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi::test;

namespace {

std::uint64_t shown_seed() {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  return seed;
}

}  // namespace

TEST(power_loss, loses_no_acknowledged_commit_and_halves_none) {
  const power_verdict v = cut_power(shown_seed(), 100, syncs::all);
  for (const std::string& complaint : v.complaints) ADD_FAILURE() << complaint;
  EXPECT_EQ(v.images, 100);
}

// The planted faults: with weaker syncing the same images must show losses.
TEST(power_loss, is_seen_to_lose_commits_where_the_log_is_not_synced) {
  const power_verdict v = cut_power(shown_seed(), 60, syncs::as_normal);
  EXPECT_GT(v.lost, v.images / 5);
  EXPECT_EQ(v.corrupt, 0) << v.complaints.front();
  EXPECT_EQ(v.partial, 0);
}

TEST(power_loss, is_seen_to_corrupt_where_nothing_is_synced) {
  const power_verdict v = cut_power(shown_seed(), 60, syncs::none);
  EXPECT_GT(v.corrupt + v.lost, v.images / 2);
  EXPECT_GT(v.corrupt, 0);
}

// Of a commit that may be lost nobody waits for the disk; of others, everybody does.
TEST(power_loss, is_waited_for_unless_the_last_commits_may_be_lost) {
  for (const bool may : {false, true}) {
    const std::string path = fresh_path("power_option");
    tape_vfs disk;
    long syncs = 0;
    {
      auto crm = guanxi::open(path, {.vfs = disk.name(), .may_lose_last_commits = may}).value();
      guanxi::session s = crm.as_user("admin").value();
      const std::size_t before = disk.tape().size();
      for (int i = 0; i < 5; ++i)
        s.create(guanxi::crm::account::entity, {guanxi::crm::account::name = "A"}).value();
      for (std::size_t i = before; i < disk.tape().size(); ++i)
        syncs += disk.tape()[i].what == tape_entry::deed::sync;
    }
    EXPECT_TRUE(may ? syncs == 0 : syncs >= 5) << syncs;
    remove_store(path);
  }
}
