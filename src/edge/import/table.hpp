// A table of an import with its rows at hand: a file read whole, or the mapping's own rows.
#pragma once

#include "edge/import/mapping.hpp"
#include "guanxi/edge/csv.hpp"

#include <cstdint>
#include <optional>

namespace guanxi::edge {

struct loaded_table {
  const table_rule* rule = nullptr;
  std::string text = {};              ///< of the file
  std::vector<std::string> columns = {};
  std::int64_t rows = 0;

  /// Reads the file, its header and how many rows it has. Errors: errc::file_missing,
  /// errc::invalid_text, errc::parse for a row of another length, all naming the file.
  static result<loaded_table> load(const table_rule& rule, const std::string& directory);
  /// The position of a column, or errc::unknown_name with the nearest one.
  result<std::size_t> column(std::string_view name, const std::string& place) const;
  /// "`deals.csv` line 17", for messages.
  std::string at(std::int64_t line) const;
};

/// Walks over the rows below the header; blank lines are no rows.
class row_reader {
 public:
  /// `of` must outlive the reader.
  explicit row_reader(const loaded_table& of);
  result<bool> next(std::vector<std::string_view>& cells);
  /// The line of the file, or the number of the row in the mapping, from 1.
  std::int64_t line() const noexcept { return line_; }

 private:
  result<bool> next_of_file(std::vector<std::string_view>& cells);
  const loaded_table& of_;
  csv_reader file_;
  std::size_t at_ = 0;
  std::int64_t line_ = 0;
};

}  // namespace guanxi::edge
