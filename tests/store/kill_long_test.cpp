#include "support/fault_loop.hpp"
#include "support/stores.hpp"
#include "support/workers.hpp"

#include <gtest/gtest.h>

#include <iostream>
#include <optional>

using namespace guanxi;
using namespace guanxi::test;

TEST(killed_process_long, loses_nothing_that_it_has_acknowledged) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  std::size_t acknowledged = 0;
  constexpr int rounds = 100, cycles = 20;
  for (int round = 0; round < rounds; ++round) {
    const std::string path = test::fresh_path("killed_long");
    { ASSERT_TRUE(open(path)); }
    workers at(path, seed + static_cast<std::uint64_t>(round));
    for (int cycle = 0; cycle < cycles; ++cycle) {
      at.start(1 + cycle % 3);
      at.let_work(10);
      at.kill_all();
      for (const std::string& complaint : at.compare()) ADD_FAILURE() << complaint;
    }
    for (const std::string& fault : inspect(path)) ADD_FAILURE() << fault;
    acknowledged += at.acknowledged();
    remove_store(path);
  }
  std::cout << rounds * cycles << " cycles, " << acknowledged << " transactions acknowledged\n";
}

TEST(eight_processes_long, write_to_one_file) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  const std::string path = test::fresh_path("eight_long");
  { ASSERT_TRUE(open(path)); }
  workers at(path, seed);
  for (int round = 0; round < 10; ++round) {
    at.start(8);
    at.let_work(5000);
    at.kill_all();
    for (const std::string& complaint : at.compare()) ADD_FAILURE() << complaint;
  }
  for (const std::string& fault : inspect(path)) ADD_FAILURE() << fault;
  std::cout << at.acknowledged() << " transactions acknowledged\n";
  remove_store(path);
}
