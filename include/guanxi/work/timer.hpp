// Timers: what happens when a record's time has come, as rows.
//
//   timer remind{.name = "activity.reminder", .entity = "activity", .due = "remind_at",
//                .where = "reminded_at is null",
//                .run = [](const schema::record& of, sight& in, outcome& out) { … }};
//
// A timer runs on system sight, once for each record that waits, in the order of due times, inside
// the write transaction in which it has found the record due. Its steps must leave the record no
// longer due: its time moved, or its condition false. So each runs exactly once, whatever process
// ticks. A tick costs what is due, not what exists, where the due field is indexed.
// Thread rule: immutable once installed; run may be called concurrently and must not keep state.
#pragma once

#include "guanxi/work/action.hpp"

namespace guanxi::work {

struct timer {
  std::string name = {};    ///< "entity.what"; also the cause of its changes
  std::string entity = {};
  std::string due = {};     ///< a field of kind instant
  std::string where = {};   ///< which records wait, as in a query; empty: all that have a time
  std::function<result<void>(const schema::record& of, sight& in, outcome& out)> run = {};
};

struct installed_timer {
  timer row;
  const schema::entity* of = nullptr;
  std::string due_text;   ///< the records that are due, earliest first: id and time
  std::string still_text; ///< whether one of them still is
  std::string next_text;  ///< the earliest time after now
};

class timer_set {
 public:
  /// Errors: errc::invalid_argument naming the timer and what is wrong.
  static result<timer_set> install(std::vector<timer> timers, schema::catalog_ptr catalog);
  const std::vector<installed_timer>& all() const noexcept { return all_; }

 private:
  schema::catalog_ptr catalog_;
  std::vector<installed_timer> all_;  ///< by name
};

}  // namespace guanxi::work
