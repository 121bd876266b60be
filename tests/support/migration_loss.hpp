// A change of the schema, and the opening of a file of an earlier format, that die at any write:
// what each moment leaves, beside what was there before and after.
//
//   migration_verdict v = cut_change(schema_changes()[0].json, syncs::all, random);
//   EXPECT_EQ(v.neither, 0) << v.complaint;
#pragma once

#include "support/power_loss.hpp"

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace guanxi::test {

struct migration_verdict {
  int images = 0, before = 0, after = 0;
  int neither = 0;             ///< images that are damaged, or between the two
  std::string complaint = {};  ///< of the first of them
};

struct schema_request_case {
  std::string name, json;
};

/// A request of each kind, for the cars that cut_change begins with.
const std::vector<schema_request_case>& schema_changes();
inline constexpr std::size_t every_moment = std::size_t{1} << 32;
/// The file at each of its writes, with what a killed process or a power cut then leaves.
migration_verdict cut_change(const std::string& json, syncs which, std::mt19937_64& random);
/// The same at about so many of them: what an older file lacks are hundreds of writes by now, and
/// each look at it opens, and so migrates, it anew.
migration_verdict cut_older_format(std::mt19937_64& random, std::size_t most);

}  // namespace guanxi::test
