// Changes of the schema that die at any write; of each kind in migration_loss_long_test.cpp.
#include "support/migration_loss.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi::test;

TEST(migration_loss, leaves_the_old_schema_or_the_new_one_at_every_write) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  const auto& [name, json] = schema_changes()[seed % schema_changes().size()];
  const migration_verdict v = cut_change(json, syncs::all, random);
  EXPECT_EQ(v.neither, 0) << name << ' ' << v.complaint;
  EXPECT_GT(v.before, 0) << name;
  EXPECT_GT(v.after, 0) << name;
}

TEST(migration_loss, leaves_an_older_format_or_the_new_one_at_any_write) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  const migration_verdict v = cut_older_format(random, 60);
  EXPECT_EQ(v.neither, 0) << v.complaint;
  EXPECT_GT(v.images, 10);
}

// The planted fault: a disk on which nothing is ever synced.
TEST(migration_loss, is_seen_where_nothing_is_synced) {
  std::mt19937_64 random(1);
  EXPECT_GT(cut_change(schema_changes()[0].json, syncs::none, random).neither, 0);
}
