// Bits that flip on the medium: verify finds each that changes what a reader would see.
#include "support/bit_rot.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi::test;

TEST(bit_rot, in_any_record_is_found_and_named) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  const rot_verdict v = rot(seed, 1'200);
  for (const std::string& complaint : v.complaints) ADD_FAILURE() << complaint;
  EXPECT_GE(v.changed, 60) << "too few of the flips changed anything";
  EXPECT_GT(v.missed_by_sqlite, v.changed / 2) << "SQLite's own check would do";
  std::cout << v.changed << " flips changed something, " << v.named << " were named, "
            << v.missed_by_sqlite << " pass SQLite's own check\n";
}
