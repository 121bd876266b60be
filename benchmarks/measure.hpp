// Comparing two ways of doing the same work: ours and one written by hand, in turns, on the same
// data, each giving its answer.
//
//   comparison c{.goal = "M3", .part = "owner scan"};
//   c.ours.work = [&] { return sum_by_index(); };
//   c.theirs.work = [&] { return sum_by_container(); };
//   book.compare(c);       // a line of the measures file, from which the table is made
//
// What counts is CPU time of the process, so waiting (for a disk, or asleep) is no work; where a
// goal is about waiting, `wall` counts the time that passes.
#pragma once

#include "guanxi/base/result.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace guanxi::bench {

/// What an answer comes to: two sides that answer alike have the same digest.
class digest {
 public:
  void add(std::int64_t number) noexcept {
    state_ = (state_ ^ static_cast<std::uint64_t>(number)) * 0x100'0000'01b3ULL;
    state_ ^= state_ >> 29;
  }
  void add(std::string_view text) noexcept {
    for (char c : text) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3ULL;
    add(static_cast<std::int64_t>(text.size()));
  }
  std::uint64_t value() const noexcept { return state_; }

 private:
  std::uint64_t state_ = 0xcbf2'9ce4'8422'2325ULL;
};

struct side {
  std::function<void()> prepare = [] {};  ///< not measured
  std::function<std::uint64_t()> work;    ///< gives the digest of its answer
  /// What counts in place of the time that the work took, such as the slowest of its calls.
  std::function<double()> seconds = {};
};

struct comparison {
  std::string goal, part;
  std::int64_t items = 1;  ///< records, reads or questions in one run, for the table
  side ours = {}, theirs = {};
  int pairs = 7;
  bool wall = false;
};

/// Where measures go: a JSON object a line.
class book {
 public:
  explicit book(const std::string& path);
  /// Runs both sides once to warm up, then in turns.
  void compare(const comparison& c);
  /// A size in place of a time: ours against the bound of the goal or against theirs.
  void note(const std::string& goal, const std::string& part, double ours, double theirs);

 private:
  struct close_file {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
  };
  std::unique_ptr<std::FILE, close_file> file_;
};

/// Ends the program with the error: a benchmark has nothing better to do.
[[noreturn]] void give_up(const error& why);

template <class T>
T need(result<T> from) {
  if (!from) give_up(from.error());
  if constexpr (!std::is_void_v<T>) return std::move(*from);
}

/// Bytes that the process holds in its heap.
std::size_t heap_bytes() noexcept;

}  // namespace guanxi::bench
