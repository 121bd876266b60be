// An ordered index over one field of a column table: a B-tree of (value, row), nulls first.
//
//   field_index by_owner(owners);                 // over the cells of a field
//   by_owner.add(7);                              // row 7 as its cell now stands
//   std::vector<row_number> mine;
//   by_owner.collect({.low = &li, .high = &li}, false, 1000, nullptr, mine);
//
// Thread rule: as the cells it looks into.
#pragma once

#include "cells.hpp"

#include <memory>
#include <vector>

namespace guanxi::query {

/// Values between two bounds; no bound: to the end on that side. Nulls come before every value and
/// are only within a range without a low bound.
struct key_range {
  const value* low = nullptr;
  const value* high = nullptr;
  bool low_open = false, high_open = false;  ///< the bound itself is out
};

class field_index {
 public:
  explicit field_index(const cells& of);
  ~field_index();
  field_index(field_index&&) noexcept;
  field_index& operator=(field_index&&) noexcept;

  /// Enters a row as its cell now stands; a row must be removed before its cell changes.
  void add(row_number row);
  void remove(row_number row) noexcept;
  /// Begins to load what add() or remove() of a row will touch, so that several indices wait for
  /// memory at once.
  void fetch(row_number row) const noexcept;
  /// Enters the rows of [first, last), faster than one by one; not those that are null in `stored`.
  void add_all(row_number first, row_number last, const cells* stored = nullptr);
  /// What this would be after add_all, made aside while others read.
  field_index with_all(row_number first, row_number last, const cells* stored = nullptr) const;
  void clear() noexcept;

  std::size_t size() const noexcept;
  /// The first row of a range; no_row: it is empty.
  row_number first(const key_range& in) const noexcept;
  /// How many rows a range holds, counted up to `at_most`.
  std::size_t count(const key_range& in, std::size_t at_most) const;
  /// Appends rows of the range in the order of (value, row), or backwards; at most so many, going
  /// on behind the row `after` (whose cell has not changed since) if there is one. False: the range
  /// has ended.
  bool collect(const key_range& in, bool backwards, std::size_t at_most, const row_number* after,
               std::vector<row_number>& into) const;
  std::size_t byte_size() const noexcept;

 private:
  struct tree;
  std::unique_ptr<tree> tree_;
};

}  // namespace guanxi::query
