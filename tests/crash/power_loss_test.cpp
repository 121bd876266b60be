// What a loss of power leaves, at thousands of moments; the planted faults are in
// store/power_loss_test.cpp.
#include "crash/size.hpp"
#include "support/power_story.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi::test;

namespace {

/// A half of the images, so that halves run side by side.
void cut(std::uint64_t half) {
  const std::uint64_t seed = chosen_seed() + half;
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  const power_verdict v = cut_power(seed, size_of("GUANXI_POWER_CUTS", 20'000) / 2, syncs::all);
  for (const std::string& complaint : v.complaints) ADD_FAILURE() << complaint;
  std::cout << v.images << " images: " << v.lost << " lose a commit, " << v.partial
            << " have half of one, " << v.corrupt << " are corrupt\n";
}

}  // namespace

TEST(power_cuts, lose_no_acknowledged_commit_and_halve_none) { cut(0); }
TEST(power_cuts, lose_and_halve_nothing_the_second_time) { cut(1); }
