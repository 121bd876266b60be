// What the program knows of where it writes: a terminal or not, how wide, in which signs and
// language; and the line that tells how far long work has come.
//
//   progress_line bar("importing", how);
//   import_files(s, mapping, folder, {.on_progress = bar.teller()});
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/edge/report.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace guanxi::cli {

using edge::language;

bool is_terminal(int file) noexcept;
/// Columns of a terminal, 80 where nobody knows.
std::size_t columns_of(int file) noexcept;
/// Whether lines and bars may be of other signs than ASCII's.
bool locale_is_utf8();
/// What the user's locale speaks, of the languages that the library speaks.
language locale_language();
/// Whether a terminal shall be coloured: NO_COLOR and TERM=dumb say no.
bool may_colour(int file);

/// The text in one of the two languages.
constexpr std::string_view in(language which, std::string_view en, std::string_view zh) noexcept {
  return which == language::chinese ? zh : en;
}
/// Digits in groups of three: 12,345.
std::string grouped(std::uint64_t number);

/// One line on standard error, if that is a terminal; it is gone at the end. Cancels when Ctrl-C
/// was pressed.
class progress_line {
 public:
  progress_line(std::string_view label, language in, bool quiet);
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line();
  /// For a call that this object outlives.
  progress teller();

 private:
  bool tell(std::uint64_t done, std::uint64_t total);
  std::string line(std::uint64_t done, std::uint64_t total, double seconds) const;

  std::string label_;
  language language_;
  bool shown_, drawn_ = false, ascii_;
  std::chrono::steady_clock::time_point started_, next_;
};

}  // namespace guanxi::cli
