// One entity's records as columns: a body per row number, found by id, with indices over fields.
//
//   column_table deals(*catalog->find("opportunity"));
//   row_number row = deals.append(record);
//   deals.column(amount_slot).at(row);   deals.find(record.key()) == row;
//
// A row number stays the record's as long as the record is stored; an erased row is a hole, whose
// cells are all null (its id too). Holes are not filled with other records.
// A write that throws std::bad_alloc leaves every cell as it was; indices may then be unsettled.
// Thread rule: as its cells: reads may run at once, a write alone.
#pragma once

#include "cells.hpp"
#include "field_index.hpp"
#include "guanxi/schema/record.hpp"
#include "id_map.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace guanxi::query {

class column_table {
 public:
  /// Columns for every slot; indices over what is flagged indexed or unique, the owner among them.
  explicit column_table(const schema::entity& of);
  /// The same rows, ids and cells. Its indices are to be settled.
  explicit column_table(const column_table& other);
  ~column_table();
  column_table& operator=(const column_table&) = delete;

  std::size_t slots() const noexcept { return columns_.size(); }
  /// Rows, holes included.
  row_number rows() const noexcept { return rows_; }
  row_number find(id key) const noexcept;  ///< no_row: no such record
  /// The row that a record of this id left behind when it was erased, where replace() puts it
  /// again; no_row: none.
  row_number hole(id key) const noexcept;
  /// Rows by ascending id: whether row order is id order already, so that a scan needs no index.
  bool ordered() const noexcept { return ids_.rising(); }
  const cells& column(std::uint16_t slot) const noexcept { return *columns_[slot]; }
  /// Whether some row may hold none.
  bool holed() const noexcept { return holed_; }
  /// Whether a row holds a record.
  bool live(row_number row) const noexcept { return !columns_[0]->is_null(row); }
  /// The index over a field, or nullptr. It knows the rows below entered(); after an allocation
  /// failed there may be none until settle() has built them again.
  const field_index* index(std::uint16_t slot) const noexcept {
    return lost_ ? nullptr : indices_[slot].get();
  }
  row_number entered() const noexcept { return entered_; }
  /// The row of the smallest stored id above `after`; no_row: none.
  row_number next(id after) const noexcept;
  /// Reads a row into a record of the entity, which may have fewer slots (an older catalog).
  void fill(row_number row, schema::record& into) const;

  // Writes.
  row_number append(const schema::record& r);
  /// Touches only cells that differ. A hole takes the record that left it.
  void replace(row_number row, const schema::record& r) { replace(row, r.slots()); }
  void replace(row_number row, std::span<const value> cells);
  void erase(row_number row);
  /// Puts the cells of a row back as they were, for a transaction that is undone. It needs no
  /// memory, if keep() is called at the end of every transaction; at worst indices are unsettled.
  void restore(row_number row, std::span<const value> cells) noexcept;
  /// The same where some cells are still as they were: nullptr.
  void restore(row_number row, std::span<const value* const> cells) noexcept;
  void truncate(row_number rows) noexcept;
  /// The transaction has ended: what it overwrote will not be asked back.
  void keep() noexcept;
  /// A null column is put in at a slot, as schema::step::add_field says.
  void insert_column(const schema::entity& now, std::uint16_t slot);
  /// Takes a column out.
  void remove_column(std::uint16_t slot) noexcept;
  /// Gives a column of numbers the type and scale of another definition. False: a value does not
  /// fit, and nothing was changed. Its index is to be settled.
  bool convert_column(std::uint16_t slot, const schema::field_definition& now);
  bool has_index(std::uint16_t slot) const noexcept { return indices_[slot] != nullptr; }
  /// An index over a field that has none, made aside while others read a settled table.
  std::unique_ptr<field_index> index_over(std::uint16_t slot) const;
  /// Puts an index in, null for none.
  void put_index(std::uint16_t slot, std::unique_ptr<field_index> index) noexcept;
  /// Enters appended rows into the indices, at most so many; false: none are left to enter. Until
  /// then index() does not know them.
  bool settle(std::size_t at_most = no_row);
  /// Makes aside what settle() has to enter, if that is much, while others read; the next settle()
  /// takes it at once, however many rows that are. Another write in between loses it.
  void prepare();
  bool settled() const noexcept { return entered_ == rows_; }
  std::size_t byte_size() const noexcept;

 private:
  friend class cells_file;  ///< fills columns_ and rows_, then complete()
  struct change {
    std::uint16_t slot;
    std::uint64_t before, after;  ///< codes
  };

  /// After columns were filled from outside. False: ids are missing or double.
  bool complete();
  void add_id(row_number row);
  void enter(row_number row, bool all);
  void enter_all(row_number first, row_number last);
  void unsettle() noexcept;
  template <class Wanted>
  void restore_cells(row_number row, bool will, const Wanted& wanted) noexcept;
  bool entered(row_number row) const noexcept { return row < entered_ && live(row); }
  bool many(std::size_t rows) const noexcept { return rows >= 64 && rows >= entered_ / 8; }

  std::vector<std::unique_ptr<cells>> columns_;
  std::vector<std::unique_ptr<field_index>> indices_;  ///< by slot; empty: none
  row_number rows_ = 0;
  bool holed_ = false;      ///< some row held none since the table began
  row_number entered_ = 0;  ///< rows that the indices know
  std::vector<field_index> prepared_;  ///< the indices, slot by slot, when they know all rows
  bool lost_ = false;       ///< what the indices knew before is still being entered again
  id_map ids_;
  std::unique_ptr<field_index> by_id_;  ///< while ids do not rise as rows do
  std::vector<change> changes_;         ///< room for those of one write
  std::vector<field_index*> entering_;  ///< room for the indices of one row
};

}  // namespace guanxi::query
