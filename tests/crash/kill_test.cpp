// Processes that are killed while they write, thousands of them; the planted fault is in
// store/kill_test.cpp.
#include "crash/size.hpp"
#include "support/fault_loop.hpp"
#include "support/stores.hpp"
#include "support/workers.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi;
using namespace guanxi::test;

namespace {

/// A half of the cycles, so that halves run side by side.
void kill_and_compare() {
  const std::uint64_t seed = chosen_seed();
  const long cycles = size_of("GUANXI_KILLS", 2'000) / 2;
  constexpr long a_round = 20;  // in a store of their own, so that it stays small
  std::size_t acknowledged = 0;
  for (long done = 0; done < cycles; done += a_round) {
    const std::string path = fresh_path("killed");
    { ASSERT_TRUE(open(path)); }
    workers at(path, seed + static_cast<std::uint64_t>(done));
    for (long cycle = 0; cycle < a_round; ++cycle) {
      at.start(1 + static_cast<int>(cycle % 3));
      at.let_work(5);
      at.kill_all();
      for (const std::string& complaint : at.compare()) ADD_FAILURE() << complaint;
    }
    for (const std::string& fault : inspect(path)) ADD_FAILURE() << fault;
    ASSERT_FALSE(testing::Test::HasFailure()) << "GUANXI_TEST_SEED=" << seed;
    acknowledged += at.acknowledged();
    remove_store(path);
  }
  EXPECT_GT(acknowledged, static_cast<std::size_t>(cycles / 2));
  std::cout << cycles << " cycles, " << acknowledged << " transactions acknowledged\n";
}

}  // namespace

TEST(killed_processes, lose_nothing_that_they_have_acknowledged) { kill_and_compare(); }
TEST(killed_processes, lose_nothing_the_second_time) { kill_and_compare(); }

TEST(many_processes, write_to_one_file) {
  const std::string path = fresh_path("eight");
  { ASSERT_TRUE(open(path)); }
  workers at(path, chosen_seed());
  for (long round = 0; round < size_of("GUANXI_ROUNDS_OF_EIGHT", 5); ++round) {
    at.start(8);
    at.let_work(2'000);
    at.kill_all();
    for (const std::string& complaint : at.compare()) ADD_FAILURE() << complaint;
  }
  for (const std::string& fault : inspect(path)) ADD_FAILURE() << fault;
  std::cout << at.acknowledged() << " transactions acknowledged\n";
  remove_store(path);
}
