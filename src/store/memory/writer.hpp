// The open write transaction over the contents of a memory store: writes in place, keeps what was
// before, and puts it back when it is undone.
//
//   w.begin();   w.savepoint(1);   w.put(record, 0).value();   w.rollback_to(1);   w.commit();
//
// New records wait to be entered into the indices until a read of the transaction needs them or it
// commits; nobody else can see them before. A table whose columns are dropped or converted is built
// anew beside the old one, which comes back if that is undone.
// Thread rule: one thread at a time; readers of what is committed may be at work meanwhile.
#pragma once

#include "contents.hpp"
#include "guanxi/base/result.hpp"
#include "guanxi/schema/step.hpp"

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi::store::memory {

class writer {
 public:
  explicit writer(contents& in) : contents_(in) {}

  void begin() noexcept { start_ = contents_.past().end(); }
  void commit();
  void rollback() noexcept;
  void savepoint(int level);
  void release(int level) noexcept;
  void rollback_to(int level) noexcept;

  result<void> put(const schema::record& r, std::int64_t expected_revision);
  result<void> put_all(std::span<const schema::record> fresh);
  void erase(const schema::entity& of, id key);
  result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps);
  /// Enters what waits into the indices of a table.
  void settle(const schema::entity& of);

 private:
  /// Where the transaction stood at a savepoint.
  struct mark {
    int level = 0;
    serial changes = 0;
    std::size_t touched = 0, grown = 0;
    std::size_t first_row = 0;  ///< in mark_rows_: the rows of each table grown by then
  };

  static unexpected no_table(std::string_view entity);
  /// Runs what consists of several writes: all of them happen, or none.
  template <class Writes>
  result<void> whole(const Writes& writes);
  moment during() const noexcept { return contents_.committed() + 1; }
  result<table*> place(const schema::entity& of);
  void touch(table& t);
  void let_go(std::size_t touched) noexcept;
  void grow(table& t);
  void append(table& t, const schema::record& r);
  void replace(table& t, row_number row, std::span<const value> cells);
  void settle(table& t);
  // The steps of a migration; see migrate.cpp.
  table* named(const std::string& name) const noexcept;
  result<void> take(const schema::step& s, const schema::catalog& to);
  result<void> add_table(const schema::entity& of);
  result<void> add_column(const schema::entity& of, std::uint16_t slot);
  void rename_table(table& t, const schema::step& s, const schema::catalog& to);
  void rename_in_log(const schema::step& s, const schema::catalog& to);
  void drop_table(table& t, const schema::catalog& to);
  void drop_column(table& t, std::uint16_t slot);
  result<void> convert_column(table& t, const schema::step& s);
  void index_column(table& t, const schema::step& s);
  bool made(const table& t) const noexcept;
  table& made_anew(table& t);
  table& put_in_place(std::unique_ptr<table> next, table& was);
  void finish_made(const schema::catalog& to);
  void describe(const schema::catalog& to);
  void undo_replacement(table& t) noexcept;
  void undo_rename(table& t) noexcept;
  void back_to(const mark& m) noexcept;
  void undo_last() noexcept;
  void end() noexcept;

  contents& contents_;
  serial start_ = 0;
  std::vector<table*> touched_;           ///< tables that this transaction has changed
  std::vector<table*> grown_;             ///< those to which it added rows
  std::vector<mark> marks_;
  std::vector<row_number> mark_rows_;
  std::vector<const value*> before_;      ///< room for the cells of one row
  /// What tables are defined as once this commits.
  std::vector<std::pair<table*, schema::entity_definition>> definitions_;
  std::vector<table*> made_;              ///< tables that this migration has put in others' places
  std::size_t reshapings_ = 0;            ///< tables that this transaction has replaced or renamed
  std::unique_ptr<table> undone_;         ///< to be let go without the gate
};

template <class Writes>
result<void> writer::whole(const Writes& writes) {
  constexpr int innermost = std::numeric_limits<int>::max() - 1;
  savepoint(innermost);
  result<void> done;
  try {
    done = writes();
    if (!done) rollback_to(innermost);
  } catch (...) {
    rollback_to(innermost);
    release(innermost);
    throw;
  }
  release(innermost);
  return done;
}

}  // namespace guanxi::store::memory
