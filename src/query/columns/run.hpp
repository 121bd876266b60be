// Runs trimmed plans over column tables, column by column.
//
//   rows out(plan.what().columns, plan.what().catalog);
//   if (auto ok = columns::answer(plan, source, bounds, out); !ok) return ok;
//
// An expression that reads one column is evaluated once per distinct code and looked up per row;
// comparisons over wide columns run as loops; whatever else there is runs row by row through the
// evaluator of floor 2, so that every answer, error included, is the one of gather() and engine.
// Thread rule: one thread a run; many runs at once over one source each.
#pragma once

#include "column_table.hpp"
#include "guanxi/query/run.hpp"

namespace guanxi::query::columns {

class lookup_cache;

/// Rows that a run looks at before it lets go of its source.
inline constexpr std::size_t hold_rows = 16'384;

/// What a run sees: tables as they were at one moment. While it looks at columns a run holds the
/// source (lock, unlock); it lets go at least every rows_per_hold() rows, when others may write. A
/// row written since the moment is read through image(), never through the columns.
class source {
 public:
  virtual ~source() = default;
  virtual void lock() = 0;
  virtual void unlock() = 0;
  /// The table of an entity; nullptr: it has no records.
  virtual const column_table* table(const schema::entity& of) = 0;

  // The rest is asked while the source is held.
  /// Rows that the moment knows: those with higher numbers came later.
  virtual row_number rows(const column_table& t) const = 0;
  /// Whether any row below rows() was written since; asked again after each hold.
  virtual bool changed(const column_table& t) const = 0;
  virtual bool changed(const column_table& t, row_number row) const = 0;
  /// The cells of a changed row at the moment, by slot; nullptr: it held no record then. Good until
  /// unlock().
  virtual const std::vector<value>* image(const column_table& t, row_number row) const = 0;
  /// The rows below rows() that were written since.
  virtual void changed(const column_table& t, std::vector<row_number>& into) const = 0;
  /// The row of a record at the moment; no_row: none. (An id never moves to another row while a run
  /// may see it.)
  virtual row_number find(const column_table& t, id key) const = 0;
  /// The table's content at the moment has this number, from 1, and no other content ever has: what
  /// was computed from it may be kept. 0: it may not (a transaction looks at its own writes).
  virtual std::uint64_t version(const column_table& t) const = 0;

  /// Where runs over one store keep what they computed; nullptr: nowhere. Asked without holding.
  virtual lookup_cache* cache() { return nullptr; }
  /// Rows that a run looks at before it lets go.
  virtual std::size_t rows_per_hold() const { return hold_rows; }
};

/// Fills empty rows with the whole answer of any plan whose nested selects have been run: guards,
/// filters, grouping, currency checks, having, order, limit. Errors are those of gather() and
/// engine.
result<void> answer(const trimmed_plan& p, source& from, const bounds& within, rows& into);

/// Which rows answer() would look at.
std::string described(const trimmed_plan& p, source& from, const bounds& within);

}  // namespace guanxi::query::columns
