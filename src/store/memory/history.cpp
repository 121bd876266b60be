#include "history.hpp"

#include <utility>

namespace guanxi::store::memory {

namespace {

bool of_a_row(deed what) noexcept { return what == deed::wrote || what == deed::erased; }

}  // namespace

void history::open_change(table& in, row_number row, deed what, moment during) {
  changes_.push_back({&in, during, no_change, first_cell_ + cells_.size(), 0, row, what});
  ++end_;
  if (what == deed::erased) ++in.erasures;
}

void history::add_cell(std::uint16_t slot, value was) {
  cells_.push_back({slot, std::move(was)});
  ++changes_.back().cells;
}

void history::unlink(const change& c, serial s) noexcept {
  if (!of_a_row(c.what)) return;
  const auto newest = c.in->newest.find(c.row);
  if (newest == c.in->newest.end() || newest->second != s) return;
  // What came before may have been forgotten; then nobody asks for it.
  if (c.previous == no_change || c.previous < first_) c.in->newest.erase(newest);
  else newest->second = c.previous;
}

void history::drop_last() noexcept {
  const change& c = changes_.back();
  const serial s = --end_;
  if (s < indexed_.load(std::memory_order_relaxed)) {
    unlink(c, s);
    indexed_.store(s, std::memory_order_relaxed);
  }
  if (c.what == deed::erased) --c.in->erasures;
  for (std::uint32_t i = 0; i < c.cells; ++i) cells_.pop_back();
  changes_.pop_back();
}

bool history::forget(moment seen_by_all, std::size_t at_most) {
  for (; !changes_.empty() && changes_.front().during <= seen_by_all; --at_most) {
    if (at_most == 0) return true;
    const change& c = changes_.front();
    if (first_ < indexed_.load(std::memory_order_relaxed)) unlink(c, first_);
    else indexed_.store(first_ + 1, std::memory_order_relaxed);
    if (c.what == deed::erased) --c.in->erasures;
    for (std::uint32_t i = 0; i < c.cells; ++i) cells_.pop_front();
    first_cell_ += c.cells;
    changes_.pop_front();
    ++first_;
  }
  return false;
}

void history::index() {
  if (indexed_.load(std::memory_order_acquire) == end()) return;
  const std::lock_guard lock(index_mutex_);
  for (serial s = indexed_.load(std::memory_order_relaxed); s != end(); ++s) {
    change& c = changes_[s - first_];
    if (of_a_row(c.what)) {
      const auto [newest, first] = c.in->newest.try_emplace(c.row, s);
      if (!first) c.previous = std::exchange(newest->second, s);
    }
    indexed_.store(s + 1, std::memory_order_release);
  }
}

bool history::changed(const table& in, row_number row, moment since) const {
  if (in.newest.empty()) return false;
  const auto newest = in.newest.find(row);
  return newest != in.newest.end() && newest->second >= first_ &&
         at(newest->second).during > since;
}

/// Shows the cells that a row had before each change since a moment, the newest change first.
template <class Visit>
void history::each_before(const table& in, row_number row, moment since,
                          const Visit& visit) const {
  const auto newest = in.newest.find(row);
  if (newest == in.newest.end()) return;
  for (serial s = newest->second; s != no_change && s >= first_; s = at(s).previous) {
    const change& c = at(s);
    if (c.during <= since) break;
    for (std::uint32_t i = 0; i < c.cells; ++i) visit(cell(c, i));
  }
}

void history::image(const table& in, row_number row, moment at, std::span<value> cells) const {
  each_before(in, row, at, [&](const before_cell& was) {
    if (was.slot < cells.size()) cells[was.slot] = was.content;
  });
}

value history::cell(const table& in, row_number row, std::uint16_t slot, moment at) const {
  const value* out = nullptr;
  each_before(in, row, at, [&](const before_cell& was) {
    if (was.slot == slot) out = &was.content;
  });
  return out ? *out : in.columns.column(slot).at(row);
}

void history::changed(const table& in, moment since, std::vector<row_number>& into) const {
  for (const auto& [row, s] : in.newest)
    if (s >= first_ && at(s).during > since) into.push_back(row);
}

}  // namespace guanxi::store::memory
