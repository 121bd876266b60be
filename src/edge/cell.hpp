// A cell of a table on a terminal: text that cannot forge a line, with the columns it takes.
//
//   cell c = shown_text("万科企业股份", 7);   // "万科企…", 7 columns
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace guanxi::edge {

struct cell {
  std::string text;
  std::size_t width = 0;  ///< terminal columns
};

/// Text cut to `most` columns, at least 1, with "…" in place of what is cut; controls and marks of
/// writing direction are shown as "?".
cell shown_text(std::string_view text, std::size_t most);

/// Appends a cell padded to a width; the last of a line has no padding behind it.
void append_cell(std::string& out, const cell& c, std::size_t width, bool right, bool last);

}  // namespace guanxi::edge
