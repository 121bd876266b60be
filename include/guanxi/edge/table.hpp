// A query's answer as text: JSON for programs, CSV for spreadsheets, a table for a terminal and for
// a notebook.
//
//   std::cout << edge::to_text(session.query("select name, amount from opportunity").value());
//
//   name     │   amount
//   ─────────┼─────────
//   万科换新 │ 1200.00
//
// Thread rule: pure functions.
#pragma once

#include "guanxi/query/batch.hpp"

#include <cstddef>
#include <string>

namespace guanxi::edge {

/// An array of an object per row: numbers as numbers with all their digits; ids, dates and
/// instants as strings; null. Columns of one name become members of one name.
std::string to_json(const query::rows& from);

/// RFC 4180 with a header row. Null is an empty cell, an empty text is "". Text that a spreadsheet
/// would run as a formula (first character = + - @, tab or carriage return) gets a leading
/// apostrophe; numbers are left alone.
std::string to_csv(const query::rows& from);

/// How much of an answer is shown to people.
struct table_options {
  std::size_t max_rows = 20;     ///< the rest is counted in the last line
  std::size_t max_columns = 20;  ///< columns of the table, the rest is named in the last line
  std::size_t cell_width = 40;   ///< terminal columns of a cell, at least 2; what is cut ends in …
};

/// An aligned table for a terminal of fixed width, wide characters counted as two; numbers stand
/// right; control characters and those that turn the writing direction are shown as "?".
std::string to_text(const query::rows& from, const table_options& options = {});

/// The same as an HTML table for notebooks, with everything escaped.
std::string to_html(const query::rows& from, const table_options& options = {});

}  // namespace guanxi::edge
