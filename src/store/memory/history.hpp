// What rows were before they were changed: how a transaction is undone, and how readers go on
// seeing the moment at which they began.
//
//   past.open_change(deals, row, deed::wrote, committed + 1);
//   past.add_cell(amount_slot, was);             // then the row itself is changed
//   past.changed(deals, row, m);  past.image(deals, row, m, cells);   // as it was at moment m
//
// Only cells that differ are kept. Which change of a row is the newest is worked out when the first
// reader asks, so that a writer whom nobody watches pays for the list alone.
// Thread rule: index(), changed(), image() and cell() may run at once on many threads; all
// else alone.
#pragma once

#include "table.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

namespace guanxi::store::memory {

enum class deed : std::uint8_t {
  wrote, erased, added_column, added_table,
  replaced_table,  ///< by one that keeps it
  renamed_table, indexed_column, described
};

struct change {
  table* in = nullptr;
  moment during = 0;             ///< the moment that its commit makes
  serial previous = no_change;   ///< the change of the same row before it
  serial first_cell = 0;
  std::uint32_t cells = 0;
  row_number row = 0;            ///< added_column, indexed_column: the slot
  deed what = deed::wrote;
};

struct before_cell {
  std::uint16_t slot = 0;
  value content;
};

class history {
 public:
  // The writer's part.
  /// Where the next change will stand; the writer may ask without anybody's leave.
  serial end() const noexcept { return end_; }
  void open_change(table& in, row_number row, deed what, moment during);
  void add_cell(std::uint16_t slot, value was);
  const change& last() const noexcept { return changes_.back(); }
  const before_cell& cell(const change& of, std::uint32_t at) const {
    return cells_[of.first_cell + at - first_cell_];
  }
  /// Forgets the last change: it was undone, or never done.
  void drop_last() noexcept;
  /// Forgets changes that every reader has seen, at most so many; false: none is left to forget.
  bool forget(moment seen_by_all, std::size_t at_most);

  /// Changes that are kept, for readers or to be undone.
  std::size_t remembered() const noexcept { return changes_.size(); }

  // The readers' part.
  /// Links what is new; called before the rest, while no writer works.
  void index();
  bool changed(const table& in, row_number row, moment since) const;
  /// Lays the cells as they were over `cells`, which are those of now.
  void image(const table& in, row_number row, moment at, std::span<value> cells) const;
  /// The same of one cell.
  value cell(const table& in, row_number row, std::uint16_t slot, moment at) const;
  /// Rows of a table that were changed after a moment, each once.
  void changed(const table& in, moment since, std::vector<row_number>& into) const;

 private:
  const change& at(serial s) const { return changes_[s - first_]; }
  template <class Visit>
  void each_before(const table& in, row_number row, moment at, const Visit& visit) const;
  void unlink(const change& c, serial s) noexcept;

  serial first_ = 0, end_ = 0, first_cell_ = 0;
  std::deque<change> changes_;
  std::deque<before_cell> cells_;
  std::mutex index_mutex_;
  std::atomic<serial> indexed_ = 0;  ///< changes below are linked
};

}  // namespace guanxi::store::memory
