// Processes that are killed while they write; at length in ../crash/kill_test.cpp.
#include "support/fault_loop.hpp"
#include "support/stores.hpp"
#include "support/workers.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

using namespace guanxi;
using namespace guanxi::test;

namespace {

std::uint64_t shown_seed() {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  return seed;
}

std::string new_store(const std::string& stem) {
  const std::string path = test::fresh_path(stem);
  fault_vfs quick;
  EXPECT_TRUE(open(path, {.vfs = quick.name()}));
  return path;
}

}  // namespace

TEST(killed_process, loses_nothing_that_it_has_acknowledged) {
  const std::string path = new_store("killed");
  workers at(path, shown_seed());
  for (int cycle = 0; cycle < 20; ++cycle) {
    at.start(2);
    at.let_work(20);
    at.kill_all();
    for (const std::string& complaint : at.compare()) ADD_FAILURE() << complaint;
    if (cycle % 5 == 4)
      for (const std::string& fault : inspect(path)) ADD_FAILURE() << fault;
  }
  EXPECT_GT(at.acknowledged(), 15u);
  std::cout << at.acknowledged() << " transactions acknowledged\n";
  remove_store(path);
}

TEST(eight_processes, write_to_one_file) {
  const std::string path = new_store("eight");
  workers at(path, shown_seed());
  at.start(8);
  at.let_work(1500);
  std::error_code none;
  const auto log = std::filesystem::file_size(path + "-wal", none);
  at.kill_all();
  for (const std::string& complaint : at.compare()) ADD_FAILURE() << complaint;
  for (const std::string& fault : inspect(path)) ADD_FAILURE() << fault;
  EXPECT_GT(at.acknowledged(), 8u);
  EXPECT_LT(log, std::uintmax_t{64} << 20) << "the log is not tidied";
  std::cout << at.acknowledged() << " transactions acknowledged, " << log << " bytes of log\n";
  remove_store(path);
}

// The planted fault: what a process has acknowledged goes missing.
TEST(killed_process, is_seen_to_lose_what_is_taken_away) {
  const std::string path = new_store("robbed");
  workers at(path, shown_seed());
  at.start(1);
  at.let_work(30);
  at.kill_all();
  ASSERT_TRUE(at.compare().empty());
  auto crm = open(path).value();
  session s = crm.as_user("admin").value();
  const rows one = s.query("select id from account where name like '% b' limit 1").value();
  ASSERT_TRUE(s.remove("account", one.at(0, 0).as_id()));
  EXPECT_GE(at.compare().size(), 2u) << "neither lost nor half";
}
