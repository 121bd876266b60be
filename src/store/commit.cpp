// How a transaction begins and ends, alone or in a group that shares one commit.
#include "change_hash.hpp"
#include "guanxi/store/store.hpp"

#include <charconv>
#include <new>
#include <optional>
#include <thread>
#include <utility>

namespace guanxi::store {

/// Transactions that are done and wait for one commit. Whoever has the turn may add itself, and the
/// last one to have it ends the group; the others wait.
struct store::group {
  std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
  std::optional<result<void>> how;  ///< none: there was no memory to say
  std::vector<std::function<void()>> before_unlocking;  ///< of each, in their order
};

namespace {

/// Transactions that may share one commit: the first of them should not wait for long.
constexpr std::size_t most_in_a_group = 64;

error busy() {
  return error(errc::busy, "another transaction is open; end it and try again").set_retriable(true);
}

}  // namespace

result<void> store::take_turn(const begin_options& how) {
  if (auto ok = outside(); !ok) return ok;
  std::function<bool()> enough;
  if (how.within) enough = [&how] { return !how.within->check(); };
  if (turns_.take(busy_timeout_, enough, how.brief)) return {};
  if (how.within)
    if (auto ok = how.within->check(); !ok) return ok;
  return unexpected(busy());
}

/// Begins on the driver, which says errc::busy while another process writes.
result<void> store::begin_driver(const begin_options& how) {
  using clock = std::chrono::steady_clock;
  const clock::time_point end = clock::now() + busy_timeout_;
  for (;;) {
    auto begun = driver_->begin();
    if (begun || begun.error().code() != errc::busy || !begun.error().retriable()) return begun;
    if (driver_->lent()) return begun;  // its host decides how long to wait
    if (how.within)
      if (auto ok = how.within->check(); !ok) return ok;
    if (clock::now() >= end) return begun;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

result<std::unique_ptr<transaction>> store::begin(write_key, const begin_options& how) {
  return begin(how);
}

result<std::unique_ptr<transaction>> store::begin(const begin_options& how) {
  if (auto ok = take_turn(how); !ok) return passed(ok);
  std::unique_ptr<turns, end_turn> turn(&turns_);
  // Made before the driver begins: were there no memory for it after, nobody would end what began.
  std::unique_ptr<transaction> out(new transaction(*this));
  out->open_ = false;
  if (!group_) {
    if (auto ok = begin_driver(how); !ok) return passed(ok);
    out->open_ = true;
    out->catalog_ = catalog();
  } else {
    out->open_ = out->joined_ = true;
    if (auto nested = out->nest(); !nested) {
      static_cast<void>(turn.release());
      static_cast<void>(out->rollback());  // which settles what becomes of the group
      return passed(nested);
    }
  }
  static_cast<void>(turn.release());
  return out;
}

result<void> transaction::commit(const std::function<void()>& before_unlocking, bool alone) {
  if (!open_) return unexpected(errc::misuse, "the transaction has ended already");
  if (auto ok = write_counters(); !ok) return ok;
  if (joined_) {
    if (auto ok = keep(1); !ok) return ok;
    joined_ = false;
  }
  const bool shares = !alone && store_.driver_->shares_commits() &&
                      (!store_.group_ || store_.group_->before_unlocking.size() < most_in_a_group);
  if (shares) {
    std::shared_ptr<store::group> mine = store_.group_;
    if (!mine) mine = std::make_shared<store::group>();
    mine->before_unlocking.reserve(most_in_a_group);
    mine->before_unlocking.push_back(before_unlocking);
    const bool first = std::exchange(store_.group_, mine) == nullptr;
    if (store_.turns_.hand_on()) {
      open_ = false;
      std::unique_lock lock(mine->mutex);
      mine->ended.wait(lock, [&] { return mine->over; });
      if (mine->how) return said(*mine->how);
      return unexpected(errc::out_of_memory, "memory ran out, and nothing was written");
    }
    mine->before_unlocking.pop_back();
    if (first) store_.group_.reset();
  }
  auto done = store_.driver_->commit();
  if (!done) {
    // Nothing is left to be committed, whoever else has waited for it.
    store_.end_group(&done);
    return said(std::move(done));
  }
  open_ = false;
  store_.end_group(&done);
  if (next_) store_.publish(std::move(next_));
  if (before_unlocking) before_unlocking();
  store_.turns_.end();
  return done;
}

/// Tells those who wait for this commit what became of it.
void store::end_group(const result<void>* how) noexcept {
  const std::shared_ptr<group> of = std::exchange(group_, nullptr);
  if (!of) return;
  if (how && *how)
    for (const std::function<void()>& each : of->before_unlocking)
      if (each) each();
  const std::lock_guard lock(of->mutex);
  try {
    if (how) of->how = *how;
  } catch (const std::bad_alloc&) {
    of->how.reset();
  }
  of->over = true;
  of->ended.notify_all();
}

/// The error of a commit, with what is to be asked by where nobody knows.
result<void> transaction::said(result<void> how) const {
  if (how || how.error().code() != errc::commit_unknown || last_.sequence == 0) return how;
  char hash[17] = {};
  std::to_chars(hash, hash + sizeof hash - 1, last_.hash, 16);
  how.error().set_token(std::to_string(last_.sequence) + "-" + hash);
  return how;
}

namespace {

/// What those are told whose commit was shared with one that could neither be kept nor undone.
error lost(const error& why) {
  return error(why.code(), "a transaction that was to be committed together with this one could "
                           "not be undone, so nothing of either was written: " +
                               std::string(why.message()))
      .with_store_code(why.store_code())
      .set_retriable(true)
      .set_aborted(true);
}

}  // namespace

/// Ends the turn, whatever ends the function.
class store::last_in_turn {
 public:
  explicit last_in_turn(store& of) : of_(of) {}
  last_in_turn(const last_in_turn&) = delete;
  last_in_turn& operator=(const last_in_turn&) = delete;
  ~last_in_turn() {
    if (!settled_) undo_all();
    of_.end_group(nullptr);  // which it has ended already, unless memory ran out
    of_.turns_.end();
  }
  /// The driver's transaction has ended.
  void settled() noexcept { settled_ = true; }

 private:
  /// An exception came before the driver's transaction had ended; the next one could not begin.
  void undo_all() noexcept {
    try {
      static_cast<void>(of_.driver_->rollback());
    } catch (...) {
    }
  }

  store& of_;
  bool settled_ = false;
};

result<void> transaction::rollback() {
  if (!open_) return unexpected(errc::misuse, "the transaction has ended already");
  open_ = false;
  store::last_in_turn turn(store_);
  if (!joined_ || nesting_ == 0) {
    auto done = undone(0);
    if (done) done = store_.driver_->rollback();
    turn.settled();
    if (store_.group_) {
      const result<void> all = unexpected(lost(error(errc::store_io, "no savepoint could be set")));
      store_.end_group(&all);
    }
    return done;
  }
  auto done = undo(1);
  // It may have been refused for what others have written and wait to have committed. That is
  // committed before anybody is told of it: else who reads it again would find the old record, and
  // those who try again and again would keep the group from its end.
  if (auto committed = done ? store_.driver_->commit() : done; committed) {
    turn.settled();
    store_.end_group(&committed);
  } else {
    static_cast<void>(store_.driver_->rollback());
    turn.settled();
    if (!done) committed = unexpected(lost(done.error()));
    store_.end_group(&committed);
  }
  return done;
}

}  // namespace guanxi::store
