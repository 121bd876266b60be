// What a purge takes away, and what came of it.
//
//   purge_report done = s.purge({.before = instant::parse("2026-01-01T00:00:00Z").value()})
//                           .value();
//
// Thread rule: values.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace guanxi {

struct purge_options {
  /// Deleted before then; empty: as long ago as the setting `purge_after_days` says, else 30 days.
  std::optional<instant> before = {};
  std::string cause = {};     ///< why, for the change log
  progress on_progress = {};  ///< told of candidates; false ends the purge between transactions
};

struct purge_report {
  std::int64_t purged = 0;  ///< records erased
  std::int64_t kept = 0;    ///< deleted long enough ago, but live records cannot be without them
  bool complete = true;     ///< false: ended by on_progress
};

}  // namespace guanxi
