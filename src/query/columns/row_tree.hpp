// Rows of one column in the order of (value, row), in leaves of row numbers under two levels of
// branches: the tree beneath a field index. An entry is a row number and a tag of two bytes, the
// value's distance from the leaf's first as far as it fits: most searches look into no cell. What
// tags leave open the cells decide, so a base that moves or a dictionary that becomes an arena
// changes nothing here.
//
//   row_tree t(owners, false);
//   t.insert(7);
//   t.copy(t.lower({.key = key_of(1)}), t.end(), 100, rows);
//
// A value's key is 64 bits in the order of values: integers whole, of texts the first eight bytes;
// where keys are equal the texts decide, which hold no NUL.
// Thread rule: as the cells it looks into.
#pragma once

#include "cells.hpp"

#include <memory>
#include <vector>

namespace guanxi::query {

/// Keys in the order of what they stand for; of a text only as far as eight bytes go.
std::uint64_t key_of(std::int64_t x) noexcept;
std::uint64_t key_of(std::string_view text) noexcept;

class row_tree {
 public:
  /// Rows with a value, or rows without: those are in the order of their numbers.
  row_tree(const cells& of, bool nulls) : cells_(&of), nulls_(nulls) {}

  /// A place in the order: before every entry of a greater (key, text, row).
  struct probe {
    std::uint64_t key = 0;
    std::string_view text = {};
    std::uint64_t code = 0;  ///< of `text` in the cells; 0: unknown
    row_number row = 0;
  };
  probe probe_of(row_number row) const noexcept;
  std::uint64_t key_of(row_number row) const noexcept;
  /// Whether a row's entry is before the probe.
  bool before(std::uint64_t key, row_number row, const probe& p) const noexcept;

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
  /// Has the memory that insert() or remove() of a row will touch on its way.
  void fetch(row_number row) const noexcept;
  void insert(row_number row);
  /// Whether the row was there.
  bool remove(row_number row) noexcept;
  void clear() noexcept;
  std::size_t byte_size() const noexcept;

 private:
  friend class row_tree_loader;
  struct leaf {
    std::uint64_t origin = 0;            ///< the key of tag 0
    std::unique_ptr<row_number[]> rows;  ///< `room` rows, then as many tags
    row_number first = 0;
    std::uint16_t count = 0, room = 0;
    std::uint8_t shift = 0;  ///< bits of a key's distance that tags leave out

    std::uint16_t* tags() const noexcept {
      return reinterpret_cast<std::uint16_t*>(rows.get() + room);
    }
    std::uint16_t tag_of(std::uint64_t of_key) const noexcept;
    void set_range(std::uint64_t first_key, std::uint64_t last_key) noexcept;
  };
  struct branch {
    std::vector<std::uint64_t> keys;  ///< of the first row of each leaf
    std::vector<leaf> leaves;
    std::size_t size = 0;  ///< entries in all leaves
    void reserve(std::size_t count);
  };

  bool texts() const noexcept { return !nulls_ && cells_->kept_as() != cells::form::integers; }
  bool same(row_number first, row_number last, const probe& p) const noexcept;
  template <class First>
  std::uint32_t child(const std::vector<std::uint64_t>& keys, const First& first,
                      const probe& p) const noexcept;
  position leaf_for(const probe& p) const noexcept;
  std::uint32_t entry_in(position of, const probe& p) const noexcept;
  std::size_t rank(position at) const noexcept;
  void make_room(position at);
  void split(position at);
  void split_branch(position at);
  std::uint64_t tag(leaf& l) const noexcept;
  void set_key(position of, std::uint64_t key) noexcept;
  void drop_leaf(position at) noexcept;
  void join_next(position at) noexcept;

  const cells* cells_;
  bool nulls_;
  std::size_t size_ = 0;
  std::vector<std::uint64_t> keys_;  ///< of the first row of each branch
  std::vector<std::unique_ptr<branch>> branches_;
};

/// Fills a tree from entries that come in their order. The tree keeps what it has until finish().
class row_tree_loader {
 public:
  explicit row_tree_loader(row_tree& into) : into_(&into) {}
  void reserve(std::size_t entries);
  void add(std::uint64_t key, row_number row) {
    if (held_ == full) flush();
    keys_[held_] = key;
    rows_[held_++] = row;
  }
  /// Ready to be taken, which needs no memory.
  void complete();
  void finish() noexcept;

 private:
  /// Leaves keep a little room, so that the first later insertions split nothing.
  static constexpr std::size_t full = 120;
  void flush();

  row_tree* into_;
  std::vector<std::uint64_t> branch_keys_;
  std::vector<std::unique_ptr<row_tree::branch>> branches_;
  std::size_t size_ = 0, left_ = 0, held_ = 0;
  std::uint64_t keys_[full];
  row_number rows_[full];
};

}  // namespace guanxi::query
