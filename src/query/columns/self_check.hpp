// Whether the ways to find a table's rows agree with its cells.
//
//   self_check(deals, [](const disagreement& d) { … return true; });
//
// Thread rule: as for reads of the table.
#pragma once

#include "column_table.hpp"

#include <functional>

namespace guanxi::query {

struct disagreement {
  row_number row = no_row;  ///< no_row: none in particular
  std::uint16_t slot = 0;   ///< of the index; 0: the ids
  bool twice = false;       ///< two live records have one value of a unique field; else not found
};

/// Tells of each disagreement, until told to stop. `unique` and `deleted` say which fields hold a
/// value once, and which slot is null in live records. `on` is asked now and then whether to go on.
/// False: stopped.
bool self_check(const column_table& t, const std::vector<bool>& unique, std::uint16_t deleted,
                const std::function<bool(const disagreement&)>& tell,
                const std::function<bool(row_number)>& on);

}  // namespace guanxi::query
