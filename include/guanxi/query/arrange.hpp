// The end of a query: rows or groups in, the answer out, in its order and cut to its limits.
//
//   arrangement all(plan, within);
//   all.add_group(columns);  …
//   rows out(plan.columns, plan.catalog);   all.finish(out);
//
// Thread rule: one thread.
#pragma once

#include "guanxi/query/bounds.hpp"
#include "guanxi/query/plan.hpp"
#include "guanxi/query/sorted.hpp"

namespace guanxi::query {

/// Refuses a group whose amounts are in several currencies; the values are by op::column index.
result<void> check_currencies(const plan& p, std::span<const value> columns);

class arrangement {
 public:
  /// Both stay where they are.
  arrangement(const plan& p, const bounds& within);

  /// A row of path values that passed all filters.
  result<void> add_row(std::span<const value> paths) { return keep(paths, {}); }
  /// A group: its keys, then its aggregates. Mixed currencies are an error; having may drop it.
  result<void> add_group(std::span<const value> columns);
  /// Fills empty rows. Errors: errc::limit where there are more than the cap, and those of
  /// expressions.
  result<void> finish(rows& into);

 private:
  struct row {
    std::vector<value> outputs, order, per;
    std::vector<value> columns;  ///< if there are windows
    std::size_t level = 0;       ///< the number of its grouping set
  };
  /// What a window adds up of the rows of one grouping set.
  struct sum {
    wide all = 0;
    std::int64_t count = 0;
    value currency;
  };

  const plan& what_;
  const bounds& within_;
  expr::pace pace_;
  std::vector<row> kept_;
  std::vector<std::vector<value>> groups_;  ///< until the gaps between them are filled
  std::vector<std::vector<sum>> sums_;  ///< by window and level

  expr::inputs inputs(std::span<const value> paths, std::span<const value> columns) {
    return {.paths = paths, .columns = columns, .text = within_.text, .pace = &pace_};
  }
  /// After so many values.
  result<void> step(std::size_t values = 4) {
    return pace_.due(values * expr::pace::step) ? pace_.ask() : result<void>();
  }
  static std::size_t bytes_of(const row& r) noexcept;
  bool before(const row& a, const row& b) const;
  std::optional<std::size_t> wanted() const;
  result<void> keep(std::span<const value> paths, std::span<const value> columns);
  result<void> keep(row r);
  result<void> complete(std::span<const value> columns);
  result<void> fill_gaps();
  result<std::vector<value>> periods() const;
  error too_many() const;
  result<void> settle(std::span<const value> columns);
  void put_priors(std::vector<value>& columns) const;
  result<void> show_steps(std::vector<value> columns);
  result<void> evaluate(const expr::inputs& from, row& r);
  result<void> place(const expr::inputs& from, row& r) const;

  void number_levels();
  sum& sum_of(std::size_t window, const row& r) { return sums_[window][r.level]; }
  result<void> add_up(std::size_t window, row& r);
  result<value> share_of(std::size_t window, const row& r);
  std::vector<value> cohort_of(std::size_t window, const row& r) const;
  result<void> retain(std::size_t window);
  result<void> share_out();
  result<void> run_on();
};

}  // namespace guanxi::query

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/arrange-inl.hpp"
#endif
