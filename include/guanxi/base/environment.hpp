// Everything the library may ask of the world outside, as one value: no global state and no wall
// clock.
//
//   environment world = default_environment();
//   world.clock = std::make_shared<fixed_clock>(instant::parse("2026-01-05T09:00:00Z").value());
//
// Thread rule: a value; what it points to must allow concurrent const calls.
#pragma once

#include "guanxi/base/calendar.hpp"
#include "guanxi/base/text_services.hpp"
#include "guanxi/base/time.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace guanxi {

/// Told of long work: done and total units (total 0: unknown). Returning false cancels.
using progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

struct environment {
  std::shared_ptr<const guanxi::clock> clock;
  std::shared_ptr<const text_services> text;
  /// Receives what a host may want to log; empty: nothing is said.
  std::function<void(std::string_view message)> log;
  std::shared_ptr<const time_zones> zones;
};

/// The system's clock, and the built-in text services and time zones.
environment default_environment();

}  // namespace guanxi
