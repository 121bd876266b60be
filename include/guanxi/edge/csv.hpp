// CSV rows (RFC 4180) from text in memory, without copying what needs no unescaping.
//
//   csv_reader rows(text);
//   std::vector<std::string_view> cells;
//   while (true) {
//     result<bool> more = rows.next(cells);
//     if (!more) return unexpected(more.error());   // line() of the error is the line in the file
//     if (!*more) break;
//     use(cells, rows.line());
//   }
//
// Lines end with CR, LF or CRLF; a UTF-8 byte order mark is skipped; a quote inside an unquoted
// cell is text. An empty line is a row of one empty cell. Thread rule: one thread at a time.
#pragma once

#include "guanxi/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::edge {

class csv_reader {
 public:
  /// `text` must outlive the reader. The delimiter is an ASCII character, not a quote or line end.
  explicit csv_reader(std::string_view text, char delimiter = ',');

  /// Reads the next row; false after the last. Cells are valid until the next call. After an error
  /// (errc::parse or errc::invalid_text, with line and byte offset) each call gives it again.
  result<bool> next(std::vector<std::string_view>& cells);

  /// The line of the text, from 1, on which the row last read begins.
  std::int64_t line() const noexcept { return row_line_; }

 private:
  result<void> read_quoted(std::vector<std::string_view>& cells);
  void read_plain(std::vector<std::string_view>& cells);
  void skip_line_end() noexcept;
  result<void> check_text(std::size_t from, std::size_t to) const;
  std::int64_t line_at(std::size_t offset) const noexcept;
  unexpected fault(errc code, std::size_t offset, const std::string& what) const;

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
  std::size_t row_start_ = 0;
  std::int64_t row_line_ = 0;
  std::int64_t next_line_ = 1;
  std::deque<std::string> unescaped_;  // cells that had doubled quotes; a deque keeps views valid
};

/// A whole file. No such file is errc::file_missing; a folder or an unreadable one errc::store_io.
result<std::string> read_file(const std::string& path);

}  // namespace guanxi::edge
