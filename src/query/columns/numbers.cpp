#include "numbers.hpp"

#include <algorithm>
#include <numeric>

namespace guanxi::query::columns {

std::vector<std::uint32_t> value_numbers::ranks() const {
  std::vector<std::uint32_t> by_value(values_.size());
  std::iota(by_value.begin(), by_value.end(), 0u);
  std::sort(by_value.begin(), by_value.end(), [this](std::uint32_t a, std::uint32_t b) {
    return order(values_[a], values_[b]) < 0;
  });
  std::vector<std::uint32_t> out(values_.size());
  for (std::uint32_t place = 0; place < by_value.size(); ++place) out[by_value[place]] = place;
  return out;
}

std::vector<std::uint32_t> value_numbers::sort() {
  std::vector<std::uint32_t> places = ranks();
  std::vector<value> sorted(values_.size());
  for (std::size_t n = 0; n < values_.size(); ++n) sorted[places[n]] = std::move(values_[n]);
  values_ = std::move(sorted);
  for (auto& [v, number] : known_) number = places[number];
  return places;
}

void pair_numbers::grow() {
  slots_.assign(std::max<std::size_t>(64, 4 * pairs_.size()), 0);
  std::size_t size = 64;
  while (size < slots_.size()) size *= 2;
  slots_.assign(size, 0);
  for (std::uint32_t n = 0; n < pairs_.size(); ++n) {
    std::size_t at = place(pairs_[n].first, pairs_[n].second);
    while (slots_[at] != 0) at = (at + 1) & (size - 1);
    slots_[at] = n + 1;
  }
}

}  // namespace guanxi::query::columns
