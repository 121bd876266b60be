// Which rows a run looks at: all, those that an index or an id names, or an index in the order that
// is wanted.
//
//   access rows = choose_access(frame, list_wanted);
//   if (rows.how == access::way::list) for (row_number r : rows.list) …
//
// What an index gives is never the last word: every filter and guard is looked at again.
// Thread rule: one thread, while the source is held.
#pragma once

#include "frame.hpp"

namespace guanxi::query::columns {

struct access {
  enum class way : std::uint8_t { scan, list, walk };
  way how = way::scan;
  std::vector<row_number> list;   ///< list: rows that may be wanted, changed ones too
  std::uint16_t slot = 0;         ///< walk: the index
  bool backwards = false;
  const value* low = nullptr;     ///< walk: what filters say of the field
  const value* high = nullptr;
};

/// `enough`: so many of the best rows are wanted of a list, and nothing is lost with the others.
access choose_access(frame& in, std::optional<std::size_t> enough);

}  // namespace guanxi::query::columns
