// A condition over rows of the root table, compiled to loops over codes.
//
//   condition open(frame, formula, expected_rows);
//   open.keep(frame, rows, kept);          // the rows for which it holds, in their order
//
// Comparisons of a column with a literal are ranges of codes; what hangs on one column is a table
// over its codes; the rest is evaluated row by row. Thread rule: one thread.
#pragma once

#include "by_code.hpp"
#include "frame.hpp"

namespace guanxi::query::columns {

enum class truth : std::uint8_t { no, yes, unknown, failed };

class condition {
 public:
  /// `failing_is_no`: a row for which it cannot be evaluated is out, as a guard has it.
  condition(frame& in, formula f, std::size_t expected_rows, bool failing_is_no = false);
  condition(condition&&) noexcept;
  condition& operator=(condition&&) noexcept;
  ~condition();

  /// A truth for each row.
  void decide(frame& in, const selection& rows, std::uint8_t* into);
  /// Writes the rows for which it holds, and gives their number; room for rows.count.
  std::size_t keep(frame& in, const selection& rows, row_number* into);
  /// For a row that is seen through its image.
  bool holds(frame& in, const root_row& at);

 private:
  struct part;
  class compiler;
  std::unique_ptr<part> top_;
  formula whole_;
  bool failing_is_no_;
  std::vector<std::uint8_t> truths_;

  static void decide(part& p, frame& in, const selection& rows, std::uint8_t* into);
  static void look_for(const part& p, frame& in, const selection& rows, std::uint8_t* into);
};

/// Whether evaluating it may end in an error.
bool can_fail(const expr::expression& e, const text_services* text);

/// The codes of a column for which `column op literal` holds: those from low to high, null never.
struct code_range {
  std::uint64_t low = 1, high = 0;
  bool others = false;  ///< all but these
};
/// Nothing: the comparison is not one of codes.
std::optional<code_range> range_of(const cells& of, expr::op what, const value& literal);

}  // namespace guanxi::query::columns
