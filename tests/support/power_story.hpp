// A day at a store on a disk that remembers all, and what a power cut at any moment of it leaves.
//
//   power_verdict v = cut_power(seed, 1000, syncs::all);   EXPECT_EQ(v.lost, 0);
#pragma once

#include "support/power_loss.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace guanxi::test {

struct power_verdict {
  long images = 0;
  long lost = 0;     ///< images in which an acknowledged commit is missing
  long partial = 0;  ///< with half of a transaction
  long corrupt = 0;  ///< that cannot be opened, or in which verify finds something
  std::vector<std::string> complaints;  ///< a few of them, in words
};

/// So many images, at moments and with losses chosen by the seed.
power_verdict cut_power(std::uint64_t seed, long images, syncs which);

}  // namespace guanxi::test
