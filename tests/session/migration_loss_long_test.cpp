#include "support/migration_loss.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi::test;

TEST(migration_loss_long, leaves_the_old_schema_or_the_new_one_at_every_write) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  int images = 0;
  for (int round = 0; round < 3; ++round)
    for (const auto& [name, json] : schema_changes()) {
      const migration_verdict v = cut_change(json, syncs::all, random);
      EXPECT_EQ(v.neither, 0) << name << ' ' << v.complaint;
      EXPECT_GT(v.before, 0) << name;
      EXPECT_GT(v.after, 0) << name;
      images += v.images;
    }
  std::cout << images << " moments of " << schema_changes().size() << " changes\n";
}

TEST(migration_loss_long, leaves_an_older_format_or_the_new_one_at_every_write) {
  std::mt19937_64 random(chosen_seed());
  const migration_verdict v = cut_older_format(random, every_moment);
  EXPECT_EQ(v.neither, 0) << v.complaint;
}
