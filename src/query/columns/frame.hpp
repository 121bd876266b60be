// The tables of one plan as a run sees them, and values read from them at the run's moment.
//
//   held now(source);  frame.look();
//   std::optional<value> v = frame.evaluate({row, nullptr}, formula);    // nothing: frame.failed()
//
// Parents that are missing, deleted or out of reach give nulls here and nowhere else.
// Thread rule: one thread.
#pragma once

#include "lookup_cache.hpp"

#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace guanxi::query::columns {

/// A row of the root table; changed since the moment, it is seen through its image.
struct root_row {
  row_number row = no_row;
  const std::vector<value>* image = nullptr;
};

/// An expression and where its paths are found.
struct formula {
  const expr::expression* what = nullptr;  ///< the plan's, or `own`
  std::shared_ptr<const expr::expression> own;
  std::vector<path_source> sources;        ///< by path index
  std::vector<std::uint32_t> reads;        ///< the path indices in use
  const text_services* text = nullptr;
  std::vector<value> values;               ///< by path index; room for an evaluation
  std::span<const policy::tie> ties;       ///< of a guard: what its columns stand for

  formula() = default;
  /// Of an expression that stays where it is.
  formula(const expr::expression& e, std::span<const path_source> where,
          const text_services* text);
  /// Of a part of another.
  formula(const formula& whole, expr::node_id at);
  const expr::node& top() const noexcept { return what->top(); }
  /// Set if the expression is just a path.
  const path_source* path() const noexcept;
};

/// The path indices that a part of an expression reads.
std::vector<std::uint32_t> paths_in(const expr::expression& e, expr::node_id at);

class frame {
 public:
  frame(const trimmed_plan& p, source& from, const text_services* text,
        expr::pace* pace = nullptr);

  const plan& what() const noexcept { return plan_.what(); }
  const trimmed_plan& trimmed() const noexcept { return plan_; }
  source& from() noexcept { return from_; }
  const text_services* text() const noexcept { return text_; }
  formula formula_of(const expr::expression& e) const { return {e, what().sources, text_}; }
  /// The root's table; nullptr: it has no records.
  const column_table* root() const noexcept { return tables_[0]; }

  // The rest is for while the source is held; look() comes first after every lock. False: codes
  // that were read before mean something else now.
  bool look();
  row_number rows() const noexcept { return rows_; }
  bool changed() const noexcept { return written_[0]; }
  /// A row of the root that is changed or not, as it is to be read; nothing: it held no record.
  std::optional<root_row> at(row_number row) const;
  const cells& column(std::uint16_t slot) const noexcept { return tables_[0]->column(slot); }
  /// Asks for look() to watch the codes of a root column.
  void rely_on(std::uint16_t slot);

  /// A cell of the root, or of the record that a join leads to.
  value cell(const root_row& at, const path_source& path);
  /// Nothing: an error.
  std::optional<value> try_evaluate(const root_row& at, formula& f);
  /// The same, and an error fails the run.
  std::optional<value> evaluate(const root_row& at, formula& f);
  /// What it gives for every row whose root column `slot`, the only one the formula hangs on, has
  /// this code. Nothing: an error.
  std::optional<value> evaluate(std::uint16_t slot, std::uint64_t code, formula& f);
  /// The root column that these paths begin with, if it is one and its codes stand for values.
  std::optional<std::uint16_t> hangs_on(std::span<const std::uint32_t> reads,
                                        std::span<const path_source> sources) const;
  std::optional<std::uint16_t> hangs_on(const formula& f) const {
    return hangs_on(f.reads, f.sources);
  }
  std::uint16_t root_slot(const path_source& path) const noexcept;
  /// What a table over the codes of a root column depends on; nothing: it may not be kept.
  std::optional<lookup_key> key_of(std::uint16_t slot, const formula& f) const;
  /// Whether a tie of a guard is met, where `key` is what it hangs on.
  bool met(const policy::tie& t, const value& key);
  /// Whether guard and standing let a row of the root be seen; by the evaluator, for single rows.
  bool reached(const root_row& at);

  /// An expression could not be evaluated: the run is given up.
  void fail() noexcept { failed_ = true; }
  bool failed() const noexcept { return failed_; }

 private:
  /// The records that a tie asks for.
  struct kin {
    const column_table* table = nullptr;
    bool written = false;
    std::vector<row_number> changed;                ///< if it is to children
    std::unordered_map<std::int64_t, bool> known;   ///< by what the tie hangs on
    std::optional<std::unordered_set<std::int64_t>> parents;  ///< of children without an index
  };
  struct watched {
    std::uint16_t slot;
    cells::form form;
    std::int64_t base;
    bool rising;
  };

  const trimmed_plan& plan_;
  source& from_;
  const text_services* text_;
  expr::pace* pace_;
  std::vector<const column_table*> tables_;   ///< by join
  std::vector<bool> written_;                 ///< by join: rows were written since the moment
  std::vector<watched> watched_;
  std::vector<std::unordered_map<std::int64_t, row_number>> reached_;  ///< by join: guards passed
  std::vector<value> guard_values_;
  std::unordered_map<const policy::tie*, kin> kin_;
  row_number rows_ = 0;
  bool failed_ = false;

  // The row being read: which row each join leads to, found when first asked for.
  root_row at_;
  std::uint64_t turn_ = 0;
  std::vector<std::uint64_t> turns_;
  std::vector<row_number> leads_to_;
  const value* content_ = nullptr;            ///< instead of a row: what its one column holds

  void turn_to(const root_row& at, const value* content);
  value here(const path_source& path);
  value cell(std::size_t join, row_number row, std::uint16_t slot) const;
  row_number joined(std::size_t join);
  row_number within_reach(std::size_t join, id key);
  template <class Cell>
  bool passes(std::size_t join, Cell&& cell_of);
  template <class Cell>
  bool within(const policy::reach& guard, Cell&& cell_of);
  value cell(const kin& of, row_number row, std::uint16_t slot) const;
  bool holds(const kin& of, const policy::tie& t, row_number row);
  bool has_child(kin& of, const policy::tie& t, const value& key);
  void find_parents(kin& of, const policy::tie& t);
  void add_kin(const policy::reach& guard);
  std::optional<value> compute(formula& f);
};

}  // namespace guanxi::query::columns
