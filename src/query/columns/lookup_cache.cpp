#include "lookup_cache.hpp"

#include "guanxi/expr/same.hpp"

#include <algorithm>

namespace guanxi::query::columns {

namespace {

bool same(const policy::reach& a, const policy::reach& b) {
  if (a.how_far != b.how_far) return false;
  if (a.how_far != policy::reach::extent::some) return true;
  const auto x = a.paths->entries(), y = b.paths->entries();
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](const expr::bound_path& p, const expr::bound_path& q) {
                      return p.steps == q.steps;
                    }) &&
         expr::same(a.filter, b.filter);
}

}  // namespace

bool operator==(const lookup_key& a, const lookup_key& b) {
  const auto same_source = [](const path_source& x, const path_source& y) {
    return x.join == y.join && x.slot == y.slot;
  };
  const auto same_part = [](const lookup_key::part& x, const lookup_key::part& y) {
    return x.table == y.table && x.version == y.version && x.parent == y.parent &&
           x.via == y.via && same(x.guard, y.guard);
  };
  return a.slot == b.slot && a.limit == b.limit && a.base == b.base && a.has_text == b.has_text &&
         std::equal(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(),
                    same_source) &&
         std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(), same_part) &&
         expr::same(a.what, b.what);
}

std::shared_ptr<const void> lookup_cache::find(const lookup_key& key) {
  const std::lock_guard lock(mutex_);
  const auto at = std::find_if(entries_.begin(), entries_.end(),
                               [&](const entry& e) { return e.key == key; });
  if (at == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, at);
  return at->table;
}

void lookup_cache::put(lookup_key key, std::shared_ptr<const void> table, std::size_t bytes) {
  if (bytes > room_ / 2) return;
  const std::lock_guard lock(mutex_);
  entries_.push_front({std::move(key), std::move(table), bytes});
  used_ += bytes;
  // However small, entries are looked through one by one.
  constexpr std::size_t most = 64;
  while (used_ > room_ || entries_.size() > most) {
    used_ -= entries_.back().bytes;
    entries_.pop_back();
  }
}

std::size_t lookup_cache::size() const {
  const std::lock_guard lock(mutex_);
  return used_;
}

}  // namespace guanxi::query::columns
