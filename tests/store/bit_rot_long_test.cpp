#include "support/bit_rot.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi::test;

TEST(bit_rot_long, in_any_record_is_found_and_named) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  const rot_verdict v = rot(seed, 5000);
  for (const std::string& complaint : v.complaints) ADD_FAILURE() << complaint;
  EXPECT_GE(v.changed, 1000);
  EXPECT_GT(v.missed_by_sqlite, v.changed / 2);
  RecordProperty("changed", static_cast<int>(v.changed));
  RecordProperty("missed_by_sqlite", static_cast<int>(v.missed_by_sqlite));
}
