#include "support/power_story.hpp"

#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi::test;

TEST(power_loss_long, loses_no_acknowledged_commit_and_halves_none) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  const power_verdict v = cut_power(seed, 20'000, syncs::all);
  for (const std::string& complaint : v.complaints) ADD_FAILURE() << complaint;
  const power_verdict normal = cut_power(seed, 2'000, syncs::as_normal);
  const power_verdict off = cut_power(seed, 2'000, syncs::none);
  std::cout << v.images << " images: " << v.lost << " lose a commit, " << v.partial
            << " have half of one, " << v.corrupt << " are corrupt\n"
            << "as with NORMAL: " << normal.lost << " of " << normal.images << " lose a commit, "
            << normal.corrupt << " are corrupt\nas with OFF: " << off.lost << " and "
            << off.corrupt << " of " << off.images << "\n";
  EXPECT_GT(normal.lost, normal.images / 5);
  EXPECT_GT(off.corrupt, 0);
}
