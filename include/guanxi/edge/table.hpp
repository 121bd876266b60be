// A query's answer as text: JSON for programs, CSV for spreadsheets, a table for a terminal and for
// a notebook.
//
//   std::cout << edge::to_text(session.query("select name, amount from opportunity").value());
//
//   name     │   amount
//   ─────────┼─────────
//   万科换新 │ 1200.00
//
// Thread rule: functions of their arguments.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/base/result.hpp"
#include "guanxi/query/batch.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace guanxi::edge {

/// An array of an object per row: numbers as numbers with all their digits; ids, dates and
/// instants as strings; null; children as an array of objects. Columns of one name become members
/// of one name.
std::string to_json(const query::rows& from);

/// RFC 4180 with a header row. Null is an empty cell, an empty text is "". Text that a spreadsheet
/// would run as a formula (first character = + - @, tab or carriage return) gets a leading
/// apostrophe; numbers are left alone. Children are a JSON array in their cell.
std::string to_csv(const query::rows& from);

/// How an answer is written for programs: as to_csv, as to_json, or a JSON object a line. The
/// numbers are those of the C API.
enum class text_format : std::uint8_t { csv = 0, json = 1, json_lines = 2 };
/// Takes the next part of a text; an error ends the writing.
using text_sink = std::function<result<void>(std::string_view part)>;

/// Writes an answer in parts of about 64 KiB, and after each tells how many of its rows are
/// written. Errors: errc::interrupted when cancelled, and the sink's own.
result<void> write(const query::rows& from, text_format as, const text_sink& into,
                   const progress& told = {});
/// Writes it beside the path, then puts it there at once; after an error what was there stays.
/// Errors: errc::duplicate (a store is there), errc::interrupted, errc::busy (another writes
/// there), errc::invalid_argument, errc::store_io, errc::store_full.
result<void> save(const query::rows& from, text_format as, const std::string& path,
                  const progress& told = {});

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
