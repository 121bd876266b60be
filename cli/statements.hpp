// Statements as people write them: several lines each, ended by a semicolon.
//
//   statement_reader in;
//   in.add("select name");   in.add("from account; -- all of them");
//   in.next();               // "select name\nfrom account"
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/query/shape.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace guanxi::cli {

class statement_reader {
 public:
  /// A line, without its end.
  void add(std::string_view line);
  /// The next whole statement, without its semicolon; one of blanks and comments alone is none.
  std::optional<std::string> next();
  /// Whether something other than blanks and comments waits for its semicolon.
  bool pending() const;
  std::string_view text() const noexcept { return text_; }
  void clear() { text_.clear(); }
  /// The line, from 1, on which the statement begins that next() gave last.
  std::size_t line() const noexcept { return line_; }

 private:
  std::string text_;
  std::size_t line_ = 1, next_line_ = 1;
};

/// Whether there is anything but blanks and comments.
bool says_something(std::string_view text);
/// On one line, without comments, for a history.
std::string on_one_line(std::string_view statement);

/// The statement of a command line: the text, or standard input for "-", without a semicolon at its
/// end. Errors: errc::limit above 1 MiB.
result<std::string> statement_from(const std::string& written);

/// How a query is answered, for people.
std::string described(const query::shape& shape);

}  // namespace guanxi::cli
