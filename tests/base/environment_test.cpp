#include "guanxi/base/environment.hpp"

#include <gtest/gtest.h>

namespace guanxi {
namespace {

TEST(environment, comes_with_a_clock_and_text_services) {
  const environment world = default_environment();
  ASSERT_TRUE(world.clock);
  ASSERT_TRUE(world.text);
  EXPECT_FALSE(world.log);
  EXPECT_GT(world.clock->now(), instant::parse("2024-01-01T00:00:00Z").value());
  EXPECT_EQ(world.text->folded("ÄÖ"), "äö");
}

TEST(environment, takes_the_clock_of_a_host) {
  environment world = default_environment();
  world.clock = std::make_shared<fixed_clock>(instant::parse("2026-01-05T09:00:00Z").value());
  EXPECT_EQ(world.clock->now().to_string(), "2026-01-05T09:00:00Z");
}

}  // namespace
}  // namespace guanxi
