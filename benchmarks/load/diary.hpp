// What a simulated user keeps of the day: how long each action took, what went wrong, and every
// change that the store has acknowledged.
#pragma once

#include "script.hpp"

#include "guanxi/base/error.hpp"
#include "guanxi/base/id.hpp"
#include "guanxi/base/value.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace guanxi::bench::load {

/// A change that the store has acknowledged: after it, the record had this revision, and one field
/// that is looked at had this value.
struct acknowledged {
  id user, record;
  std::int64_t revision = 0;
  const char* entity = "";
  const char* field = "";
  value after;
};

struct diary {
  std::array<std::vector<std::int64_t>, kinds> took_ns;
  std::map<errc, std::int64_t> retried;  ///< told to try again, and did: by the bound it worked
  std::map<errc, std::int64_t> failed;
  std::string first_failure;
  std::vector<acknowledged> changes;
  std::int64_t last_sequence = 0;
  std::int64_t sequences_back = 0;  ///< how often the log's sequence had not grown by a change
};

}  // namespace guanxi::bench::load
