// A report as one would write it over columns of one's own: codes in arrays, sums in a dense table,
// one thread.
#pragma once

#include "../deals.hpp"
#include "../measure.hpp"

namespace guanxi::bench {

class hand_columns {
 public:
  explicit hand_columns(const deals& from);
  /// Sum of amounts and count by region, stage and month of closing: each group that has deals, in
  /// the order of the keys.
  std::uint64_t report() const;

 private:
  std::vector<std::uint8_t> region_, stage_;
  std::vector<std::int32_t> close_date_;
  std::vector<std::int64_t> amount_;
};

/// A group of the report as both sides digest it; month is of the year 0.
void add_group(digest& into, std::string_view region, std::string_view stage, std::int64_t month,
               std::int64_t sum, std::int64_t count);

}  // namespace guanxi::bench
