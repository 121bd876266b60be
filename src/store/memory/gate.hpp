// A lock that many readers share, and that a writer gets although readers keep coming.
//
//   std::shared_lock reading(gate);   std::unique_lock writing(gate);
//
// std::shared_mutex alone may let readers pass a waiting writer for ever; here they wait behind it.
// Thread rule: that is what it is for.
#pragma once

#include <atomic>
#include <mutex>
#include <shared_mutex>

namespace guanxi::store::memory {

class gate {
 public:
  void lock() {
    const std::lock_guard first(turn_);
    waiting_.store(true, std::memory_order_relaxed);
    body_.lock();
    waiting_.store(false, std::memory_order_relaxed);
  }
  bool try_lock() { return body_.try_lock(); }
  void unlock() { body_.unlock(); }

  void lock_shared() {
    if (waiting_.load(std::memory_order_relaxed)) const std::lock_guard behind(turn_);
    body_.lock_shared();
  }
  void unlock_shared() { body_.unlock_shared(); }

 private:
  std::mutex turn_;  ///< held by the writer that is next
  std::atomic<bool> waiting_ = false;
  std::shared_mutex body_;
};

}  // namespace guanxi::store::memory
