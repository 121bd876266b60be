#include "record_set.hpp"

#include <algorithm>

namespace guanxi::work {

std::uint32_t record_set::add(const schema::entity& of, id key) {
  const auto next = static_cast<std::uint32_t>(members_.size());
  const auto [at, fresh] = places_.try_emplace({&of, key}, next);
  if (fresh) members_.push_back({.of = &of, .key = key});
  return at->second;
}

std::optional<std::uint32_t> record_set::find(const schema::entity& of, id key) const {
  const auto at = places_.find({&of, key});
  return at == places_.end() ? std::nullopt : std::optional(at->second);
}

void record_set::sort() {
  if (sorted_) return;
  std::sort(ties_.begin(), ties_.end(), [](const tie& a, const tie& b) {
    return a.child != b.child ? a.child < b.child : a.parent < b.parent;
  });
  sorted_ = true;
}

std::span<const record_set::tie> record_set::parents(std::uint32_t child) {
  sort();
  const auto [first, last] = std::equal_range(
      ties_.begin(), ties_.end(), tie{child, 0, false},
      [](const tie& a, const tie& b) { return a.child < b.child; });
  return {first, last};
}

std::vector<std::uint32_t> record_set::parents_first() {
  const std::size_t count = members_.size();
  std::vector<tie> by_parent = ties_;
  std::sort(by_parent.begin(), by_parent.end(),
            [](const tie& a, const tie& b) { return a.parent < b.parent; });
  std::vector<std::uint32_t> waits(count, 0), out;
  for (const tie& t : ties_) ++waits[t.child];
  out.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i)
    if (waits[i] == 0) out.push_back(i);
  for (std::size_t next = 0; next < out.size(); ++next) {
    auto t = std::lower_bound(by_parent.begin(), by_parent.end(), out[next],
                              [](const tie& a, std::uint32_t p) { return a.parent < p; });
    for (; t != by_parent.end() && t->parent == out[next]; ++t)
      if (--waits[t->child] == 0) out.push_back(t->child);
  }
  for (std::uint32_t i = 0; i < count && out.size() < count; ++i)
    if (waits[i] != 0) out.push_back(i);
  return out;
}

}  // namespace guanxi::work
