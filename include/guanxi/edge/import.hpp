// CSV files into the CRM, by a mapping: a JSON text that declares which file holds which records
// and which column is which field (docs/import.md has every word of it).
//
//   result<import_report> done = import_files(s, mapping_text, "exports/2026");
//   if (!done) say(done.error().message());   // file, line, column, value, reason, remedy
//
// An import is one transaction through the session, so every rule of the CRM holds for it, and it
// sees and writes what the acting user may. Nothing in it knows a data set.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/session/session.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::edge {

struct import_report;

struct import_options {
  /// Told of rows done and of all rows. Returning false cancels: nothing is written.
  progress on_progress = {};
  /// Told what became of the rows before that is kept; if it throws, nothing is written.
  std::function<void(const import_report&)> on_report = {};
};

/// What became of one kind of record that the rows of a file name. The numbers add up to the rows
/// of the file; a row that is rejected fails the import, so none is counted here.
struct import_count {
  std::string record;           ///< its name in the mapping
  std::string entity;
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;   ///< it stood so already
  std::int64_t repeated = 0;    ///< an earlier row of the file had named it
  std::int64_t skipped = 0;     ///< its `skip_if_blank` column was blank
};

struct import_report {
  struct file {
    std::string name;
    std::int64_t rows = 0;      ///< without the header and blank lines
    std::vector<import_count> records;
    std::vector<std::string> unused_columns;  ///< in the file and not in the mapping
  };
  std::vector<file> files;      ///< and tables of the mapping itself, in its order
};

/// Imports the files of a folder. Either all rows are written or none; custom fields that the
/// mapping declares are defined first and stay. Errors: those of the mapping (errc::parse,
/// errc::unknown_name, errc::invalid_argument), errc::file_missing, errc::invalid_text,
/// errc::interrupted, errc::misuse inside a transaction, those of the store; and for rows the first
/// fault, with its line, and up to 20 more in others().
result<import_report> import_files(session& into, std::string_view mapping_json,
                                   std::string_view directory, const import_options& options = {});

std::string to_json(const import_report& report);

}  // namespace guanxi::edge
