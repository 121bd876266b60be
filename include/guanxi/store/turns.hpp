// Whose turn it is to write: first come, first served, each with a time after which it gives up.
//
//   turns t;   if (t.take(5s, {}, true)) { …; t.end(); }
//
// Thread rule: that is what it is for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>

namespace guanxi::store {

class turns {
 public:
  /// Waits for a turn: false when the time is over, or when `enough`, which is asked every few
  /// milliseconds, says so. `brief`: this turn ends by itself soon, without waiting for a user.
  bool take(std::chrono::milliseconds at_most, const std::function<bool()>& enough, bool brief);
  /// Ends the turn; who is next has it at once.
  void end() noexcept;
  /// Ends the turn in favour of a brief one that is next; false: none is, and the turn goes on.
  bool hand_on() noexcept;

 private:
  struct waiting {
    std::condition_variable ready;
    bool brief = false;
    bool called = false;
  };
  void call_next() noexcept;

  mutable std::mutex mutex_;
  std::list<waiting*> line_;
  bool taken_ = false;
};

}  // namespace guanxi::store
