// A vendor's module behind C functions: its rows, what they may call, and who is in the middle of
// such a call.
//
//   open_options how;   give_modules(environment, how.modules);
//
// Thread rule: rows are immutable once an environment has them; `callers` is for any thread.
#pragma once

#include "guanxi.h"

#include "guanxi/session/modules.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// What the callback of an action or timer may use; nothing once it has returned. It stays one
/// object while the store is open, so that a callback which keeps the pointer is refused later and
/// finds no freed memory.
struct guanxi_call {
  bool open = false;
  guanxi::work::sight* in = nullptr;
  guanxi::work::outcome* out = nullptr;
  const guanxi::work::arguments* given = nullptr;  ///< of an action
  const guanxi::schema::record* due = nullptr;     ///< of a timer
  std::vector<guanxi::work::outcome::step*> steps = {};
  std::vector<std::vector<guanxi::work::outcome::cell>> rows = {};
  std::string words = {}, entity = {}, field = {};
};

/// The same for an effect.
struct guanxi_reaction {
  bool open = false;
  const guanxi::work::change* what = nullptr;
  const guanxi::work::reads* read = nullptr;
  guanxi::work::output* out = nullptr;
  std::string words = {}, entity = {}, field = {};
};

namespace guanxi::capi {

/// Who is inside a callback of a module of one opened store, and what they were lent.
class callers {
 public:
  /// Whether this thread is.
  bool here() const noexcept;

  /// A thread inside a callback, with what it is lent.
  template <class Lent>
  class visit {
   public:
    explicit visit(callers& of) : of_(of), lent_(of.enter(static_cast<Lent*>(nullptr))) {}
    ~visit() { of_.leave(std::move(lent_)); }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    Lent& lent() noexcept { return *lent_; }

   private:
    callers& of_;
    std::unique_ptr<Lent> lent_;
  };

 private:
  template <class Lent>
  struct shelf {
    std::vector<std::unique_ptr<Lent>> idle;
    std::size_t made = 0;
  };
  template <class Lent>
  std::unique_ptr<Lent> take(shelf<Lent>& from);
  template <class Lent>
  void put_back(shelf<Lent>& to, std::unique_ptr<Lent> lent) noexcept;
  std::unique_ptr<guanxi_call> enter(guanxi_call*) { return take(calls_); }
  std::unique_ptr<guanxi_reaction> enter(guanxi_reaction*) { return take(reactions_); }
  void leave(std::unique_ptr<guanxi_call> lent) noexcept { put_back(calls_, std::move(lent)); }
  void leave(std::unique_ptr<guanxi_reaction> lent) noexcept {
    put_back(reactions_, std::move(lent));
  }

  mutable std::mutex mutex_;
  std::atomic<std::size_t> inside_{0};
  std::vector<std::thread::id> threads_;
  shelf<guanxi_call> calls_;
  shelf<guanxi_reaction> reactions_;
};
using callers_ptr = std::shared_ptr<callers>;

/// What a callback is handed, given up with the last thing that may call it.
class held_self {
 public:
  explicit held_self(void* self) : self_(self) {}
  ~held_self();
  held_self(const held_self&) = delete;
  held_self& operator=(const held_self&) = delete;
  void own(guanxi_release_callback release) noexcept { release_ = release; }
  void* get() const noexcept { return self_; }

 private:
  void* const self_;
  guanxi_release_callback release_ = nullptr;
};

/// The rows of a module, whose functions are still those of C.
struct module_rows {
  template <class Row, class Callback>
  struct entry {
    Row row;  ///< without `run`
    Callback run = nullptr;
    std::shared_ptr<held_self> self = {};
  };
  using action_entry = entry<guanxi::work::action, guanxi_action_run_callback>;
  using timer_entry = entry<guanxi::work::timer, guanxi_action_run_callback>;
  using effect_entry = entry<guanxi::work::effect, guanxi_effect_run_callback>;
  std::string name = {};
  std::vector<schema::entity_definition> entities = {};
  std::vector<action_entry> actions = {};
  std::vector<timer_entry> timers = {};
  std::vector<effect_entry> effects = {};
};

/// Modules ready for one store that is being opened; nobody calls where there are none.
struct ready_modules {
  std::vector<guanxi::work::module_ptr> modules = {};
  callers_ptr inside = {};
};
ready_modules modules_of(const guanxi_environment* environment);

}  // namespace guanxi::capi
