#include "guanxi/store/turns.hpp"

namespace guanxi::store {

bool turns::take(std::chrono::milliseconds at_most, const std::function<bool()>& enough,
                 bool brief) {
  using clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds between_questions{5};
  std::unique_lock lock(mutex_);
  if (!taken_) {
    taken_ = true;
    return true;
  }
  waiting me;
  me.brief = brief;
  const auto place = line_.insert(line_.end(), &me);
  const clock::time_point end = clock::now() + at_most;
  while (!me.called) {
    const clock::time_point now = clock::now();
    bool leaves = now >= end;
    if (!leaves && enough) {
      lock.unlock();
      try {
        leaves = enough();
      } catch (...) {
        lock.lock();
        if (me.called) call_next();
        else line_.erase(place);
        throw;
      }
      lock.lock();
    }
    if (me.called) break;
    if (leaves) {
      line_.erase(place);
      return false;
    }
    me.ready.wait_until(lock, enough ? std::min(end, now + between_questions) : end);
  }
  return true;
}

/// Who is next is called while it still stands in line, so that it cannot give up unseen.
void turns::call_next() noexcept {
  if (line_.empty()) {
    taken_ = false;
    return;
  }
  waiting& next = *line_.front();
  line_.pop_front();
  next.called = true;
  next.ready.notify_one();
}

void turns::end() noexcept {
  const std::lock_guard lock(mutex_);
  call_next();
}

bool turns::hand_on() noexcept {
  const std::lock_guard lock(mutex_);
  if (line_.empty() || !line_.front()->brief) return false;
  call_next();
  return true;
}

}  // namespace guanxi::store
