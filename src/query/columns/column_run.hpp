// One try to answer a plan from columns.
//
//   column_run run(plan, source, within, false);
//   result<column_run::end> how = run.answer(rows);
//
// It ends without an answer where an expression has an error, or where writers moved what codes
// stand for; its caller then tries again or takes the exact path.
// Thread rule: one thread.
#pragma once

#include "access.hpp"
#include "grouping.hpp"
#include "held.hpp"
#include "listing.hpp"

namespace guanxi::query::columns {

class column_run {
 public:
  enum class end : std::uint8_t { answered, moved, outgrown, failed };

  /// `hashed`: as for grouping.
  column_run(const trimmed_plan& p, source& from, const bounds& within, bool hashed);

  /// Fills empty rows; they are to be thrown away unless it ends with `answered`. Errors:
  /// errc::interrupted and errc::limit of the bounds.
  result<end> answer(rows& into);

 private:
  const bounds& within_;
  expr::pace pace_;
  frame frame_;
  bool hashed_;
  std::vector<condition> conditions_;
  std::vector<grouping> groups_;                ///< one a grouping set
  std::optional<listing> list_;
  std::vector<row_number> changed_;             ///< of the hold, rising
  std::vector<row_number> here_, there_;        ///< rows on their way through the conditions
  std::size_t kept_ = 0;                        ///< bytes, as the bounds were told

  void prepare(std::size_t expected_rows);
  result<end> look_at_all();
  result<end> try_to_answer(rows& into);
  result<end> scan(std::optional<held>& now);
  result<end> look_at(const std::vector<row_number>& rows, std::optional<held>& now);
  std::optional<end> walk(const access& along, std::size_t enough);
  bool pass(selection rows);
  bool pass_changed(row_number row);
  selection standing_so(selection rows);
  template <class Rows>
  bool take(const Rows& rows);
  bool finish_groups(rows& into);
  end given_up() const noexcept;
  result<void> ask();
};

}  // namespace guanxi::query::columns
