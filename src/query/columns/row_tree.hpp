// Rows of one column in the order of (value, row), in leaves of row numbers under two levels of
// branches: the tree beneath a field index. A leaf's entry is four bytes; its value is looked up in
// the cells, so a base that moves or a dictionary that becomes an arena changes nothing here.
//
//   row_tree t(owners);
//   t.insert(t.probe_of(7));
//   t.walk(t.lower({.key = …}), t.end(), …);
//
// Branches keep the first value of each leaf as a key of 64 bits: integers whole, of texts the
// first eight bytes; where keys are equal the texts decide.
// Thread rule: as the cells it looks into.
#pragma once

#include "cells.hpp"

#include <memory>
#include <span>
#include <vector>

namespace guanxi::query {

/// Keys in the order of what they stand for; of a text only as far as eight bytes go.
std::uint64_t key_of(std::int64_t x) noexcept;
std::uint64_t key_of(std::string_view text) noexcept;

class row_tree {
 public:
  /// Nulls: every key is 0, and the row alone decides.
  row_tree(const cells& of, bool nulls) : cells_(&of), nulls_(nulls) {}

  /// A place in the order: before every entry of a greater (key, text, row).
  struct probe {
    std::uint64_t key = 0;
    std::string_view text = {};
    row_number row = 0;
  };
  probe probe_of(row_number row) const noexcept;
  std::uint64_t key_of(row_number row) const noexcept;

  struct position {
    std::uint32_t branch = 0, leaf = 0, entry = 0;
    friend auto operator<=>(const position&, const position&) = default;
  };
  /// The first entry that is not before the probe. Positions are good until the next write.
  position lower(const probe& p) const noexcept;
  position begin() const noexcept { return {}; }
  position end() const noexcept {
    return {static_cast<std::uint32_t>(branches_.size()), 0, 0};
  }
  /// The row at a position before the end.
  row_number at(position p) const noexcept;
  /// Entries from one position up to another.
  std::size_t distance(position from, position to) const noexcept;
  /// Appends the rows between two positions, at most so many; whether there are more.
  bool copy(position from, position to, std::size_t at_most, std::vector<row_number>& into) const;
  bool copy_backwards(position from, position to, std::size_t at_most,
                      std::vector<row_number>& into) const;

  std::size_t size() const noexcept { return size_; }
  void insert(row_number row);
  /// Whether the row was there.
  bool remove(row_number row) noexcept;
  /// One order of the rows of two.
  void merge(std::span<const row_number> a, std::span<const row_number> b,
             std::span<row_number> into) const;
  /// Takes rows that are in order already for all its entries.
  void build(std::span<const row_number> sorted);
  void clear() noexcept {
    branches_.clear();
    size_ = 0;
  }
  std::size_t byte_size() const noexcept;

 private:
  struct leaf {
    std::uint64_t key = 0;  ///< of the first row
    std::unique_ptr<row_number[]> rows;
    row_number first = 0;
    std::uint16_t count = 0, room = 0;
  };
  struct branch {
    std::vector<leaf> leaves;
    std::size_t size = 0;  ///< entries in all leaves
  };

  bool integers() const noexcept { return cells_->kept_as() == cells::form::integers; }
  bool before(std::uint64_t key, row_number row, const probe& p) const noexcept;
  std::uint32_t entry_in(const leaf& l, const probe& p) const noexcept;
  template <class Code>
  std::uint32_t integer_in(const leaf& l, const probe& p) const noexcept;
  std::size_t rank(position at) const noexcept;
  bool full(position at) const noexcept;
  void make_room(position at);
  void split(position at);
  void drop_leaf(position at) noexcept;
  void join_next(position at) noexcept;

  const cells* cells_;
  bool nulls_;
  std::size_t size_ = 0;
  std::vector<std::unique_ptr<branch>> branches_;
};

}  // namespace guanxi::query
