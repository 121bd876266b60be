// What is due: reminders, deadlines, periods that end. Nothing happens by itself; the host calls
// tick, by its own timer or loop, and is told when to call again.
//
//   for (;;) sleep_until(crm.tick().value().next.value_or(in_an_hour));
//
// Thread rule: values.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/base/id.hpp"
#include "guanxi/base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace guanxi {

struct tick_options {
  std::size_t at_most = 10'000;  ///< records whose time has come, 1 to 1,000,000
  /// 1 to 86,400,000; what is done by then stays done, and `more` says that there is more.
  std::optional<std::int64_t> deadline_ms = {};
  progress on_progress = {};  ///< told of records done, of an unknown total; false: enough for now
};

/// A record whose time has come and whose timer could not run. It stays due, and is tried again by
/// the next tick.
struct tick_failure {
  std::string timer;
  std::string entity;
  id record;
  error why;
};

struct tick_report {
  std::int64_t ran = 0;               ///< records whose time had come and that were dealt with
  bool more = false;                  ///< there are more that are due: call again
  /// When the next is due; nothing: none is in sight. While there is more, the time of this call.
  std::optional<instant> next;
  std::vector<tick_failure> failures; ///< at most 100
};

}  // namespace guanxi
