// A store's file with one bit turned, again and again: what plain SQLite then reads is compared
// with what it read before, and verify must have noticed every difference.
//
//   rot_verdict v = rot(seed, 1000);   for (auto& c : v.complaints) ADD_FAILURE() << c;
#pragma once

#include "support/stores.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace guanxi::test {

struct rot_verdict {
  long flips = 0;
  long changed = 0;           ///< that change what a reader sees, or keep it from reading
  long named = 0;             ///< of those, found at just the record that differs
  long missed_by_sqlite = 0;  ///< of those, on which PRAGMA integrity_check says "ok"
  std::vector<std::string> complaints;
};

/// Flips so many bits of pages that hold records, chosen by the seed.
rot_verdict rot(std::uint64_t seed, long flips);

/// Table and row of every record as SQLite shows it: "account 7 …"; an error is a row, too.
std::vector<std::string> dump(const std::string& path);

}  // namespace guanxi::test
