#include "columns.hpp"

#include <algorithm>
#include <numeric>

namespace guanxi::bench {

hand_columns::hand_columns(const deals& from) {
  for (const deal& d : from.list) {
    region_.push_back(d.region);
    stage_.push_back(d.stage);
    close_date_.push_back(d.close_date);
    amount_.push_back(d.amount);
  }
}

void add_group(digest& into, std::string_view region, std::string_view stage, std::int64_t month,
               std::int64_t sum, std::int64_t count) {
  into.add(region);
  into.add(stage);
  into.add(month);
  into.add(sum);
  into.add(count);
}

std::uint64_t hand_columns::report() const {
  // A month per day, looked up; then one add per row.
  const auto [least, most] = std::minmax_element(close_date_.begin(), close_date_.end());
  const auto days = static_cast<std::size_t>(*most - *least + 1);
  const auto month_of = [](std::int32_t day) {
    const civil c = date{day}.to_civil();
    return c.year * 12 + c.month - 1;
  };
  const std::int32_t first_day = *least, first_month = month_of(*least);
  std::vector<std::uint16_t> month(days);
  for (std::size_t d = 0; d < days; ++d)
    month[d] = static_cast<std::uint16_t>(month_of(first_day + static_cast<std::int32_t>(d)) -
                                          first_month);
  const std::size_t months = month.back() + 1u;
  struct cell {
    std::int64_t sum = 0, count = 0;
  };
  std::vector<cell> table(regions.size() * stages.size() * months);
  for (std::size_t i = 0; i < amount_.size(); ++i) {
    const std::size_t at = (region_[i] * stages.size() + stage_[i]) * months +
                           month[static_cast<std::size_t>(close_date_[i] - first_day)];
    table[at].sum += amount_[i];
    ++table[at].count;
  }
  const auto in_order = [](const auto& words) {
    std::vector<std::size_t> out(words.size());
    std::iota(out.begin(), out.end(), 0u);
    std::sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
      return std::string_view(words[a]) < std::string_view(words[b]);
    });
    return out;
  };
  digest out;
  for (std::size_t r : in_order(regions))
    for (std::size_t s : in_order(stages))
      for (std::size_t m = 0; m < months; ++m) {
        const cell& c = table[(r * stages.size() + s) * months + m];
        if (c.count)
          add_group(out, regions[r], stages[s], first_month + static_cast<std::int64_t>(m), c.sum,
                    c.count);
      }
  return out.value();
}

}  // namespace guanxi::bench
