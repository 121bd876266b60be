// From record ids to rows, for about nothing while ids rise as rows do.
//
//   id_map rows;
//   rows.add(id{17}, 0);   rows.add(id{20}, 1);
//   rows.find(id{20}) == 1;
//
// Ids that rise live in pages of 64: a bit per id, and the row of the first; the row of another is
// as many further as there are bits before its own. An id that comes late lives in a hash table.
// Rows that were erased stay, so that a record that is written again gets its old row.
// Thread rule: reads may run at once, a write alone.
#pragma once

#include "cells.hpp"

#include <unordered_map>
#include <vector>

namespace guanxi::query {

class id_map {
 public:
  row_number find(id key) const noexcept;  ///< no_row: never had one
  /// The first row of an id above `after`, of those that came in order; no_row: none.
  row_number first_above(id after) const noexcept;
  /// A new id with the next row. Strong: what fails changes nothing.
  void add(id key, row_number row);
  /// Forgets rows from here on.
  void truncate(row_number rows) noexcept;
  void clear() noexcept;
  /// Whether all ids came in order.
  bool rising() const noexcept { return late_.empty(); }
  std::size_t byte_size() const noexcept;

 private:
  struct page {
    std::uint64_t number;  ///< of the page: id / 64
    std::uint64_t bits;    ///< ids that are there
    row_number first;      ///< row of the lowest bit
  };
  /// The last page whose number is not above this one, or none.
  const page* page_at(std::uint64_t number) const noexcept;

  std::vector<page> pages_;
  std::unordered_map<std::int64_t, row_number> late_;
};

}  // namespace guanxi::query
