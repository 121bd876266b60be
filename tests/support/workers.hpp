// Processes that write to one store and are killed at any moment; and what their store must hold
// afterwards.
//
//   workers at(path, seed);   at.start(8);   at.let_work(200);   at.kill_all();
//   for (const std::string& complaint : at.compare()) ADD_FAILURE() << complaint;
//
// Thread rule: one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace guanxi::test {

class workers {
 public:
  workers(std::string path, std::uint64_t seed) : path_(std::move(path)), random_(seed) {}
  ~workers() { kill_all(); }
  workers(const workers&) = delete;
  workers& operator=(const workers&) = delete;

  void start(int how_many);
  /// Waits until each has had something acknowledged, then so long and a bit by chance.
  void let_work(int milliseconds);
  void kill_all();
  /// What was acknowledged and is not there, and half of what belongs together. What the store says
  /// against itself is inspect()'s to ask, which takes longer.
  std::vector<std::string> compare();
  std::size_t acknowledged() const noexcept { return pairs_.size(); }

 private:
  struct process {
    pid_t number = 0;
    int output = -1;
    std::string said = {};
    std::size_t lines = 0;
  };
  void listen(process& p);
  void take(const std::string& line);

  std::string path_;
  std::mt19937_64 random_;
  int started_ = 0;
  std::vector<process> running_;
  std::set<std::string> pairs_;              ///< acknowledged
  std::map<std::string, std::int64_t> sets_; ///< the last acknowledged description
  std::vector<std::string> complaints_;
};

}  // namespace guanxi::test
