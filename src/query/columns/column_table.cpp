#include "column_table.hpp"

#include <algorithm>
#include <new>

namespace guanxi::query {

namespace {

using schema::system_slot::id;

std::unique_ptr<cells> column_of(const schema::field_definition& f, const schema::entity* target) {
  const value_type base = schema::stored_as(f.type);
  expr::type type{.base = base};
  if (base == value_type::decimal) type.scale = f.scale;
  type.money = f.type == schema::kind::money;
  type.target = target;
  const bool distinct = (f.flags & (schema::unique | schema::title)) != 0;
  return std::make_unique<cells>(type, f.type == schema::kind::choice || !distinct);
}

std::unique_ptr<cells> column_of(const schema::field& f) { return column_of(f, f.target_entity); }

bool wants_index(const schema::field& f) noexcept {
  return f.has(schema::indexed) || f.has(schema::unique);
}

}  // namespace

column_table::column_table(const schema::entity& of) {
  columns_.reserve(of.slots());
  indices_.resize(of.slots());
  changes_.reserve(of.slots());
  entering_.reserve(of.slots());
  for (const schema::field& f : of.fields()) {
    columns_.push_back(column_of(f));
    if (wants_index(f)) indices_[f.slot] = std::make_unique<field_index>(*columns_.back());
  }
}

column_table::column_table(const column_table& other)
    : rows_(other.rows_), holed_(other.holed_), ids_(other.ids_) {
  columns_.reserve(other.slots());
  indices_.reserve(other.slots());
  changes_.reserve(other.slots());
  entering_.reserve(other.slots());
  for (std::uint16_t slot = 0; slot < other.slots(); ++slot) {
    columns_.push_back(std::make_unique<cells>(other.column(slot)));
    columns_.back()->keep();
    indices_.push_back(other.has_index(slot) ? std::make_unique<field_index>(*columns_.back())
                                             : nullptr);
  }
  if (!ids_.rising()) add_id(rows_ - 1);
}

column_table::~column_table() = default;

row_number column_table::find(guanxi::id key) const noexcept {
  const row_number row = ids_.find(key);
  return row != no_row && live(row) ? row : no_row;
}

row_number column_table::hole(guanxi::id key) const noexcept {
  const row_number row = ids_.find(key);
  return row != no_row && !live(row) ? row : no_row;
}

row_number column_table::next(guanxi::id after) const noexcept {
  if (ordered()) {
    row_number row = ids_.first_above(after);
    while (row < rows_ && !live(row)) ++row;
    return row < rows_ ? row : no_row;
  }
  const value low(after);
  if (by_id_) return by_id_->first({.low = &low, .high = nullptr, .low_open = true});
  row_number out = no_row;
  for (row_number row = 0; row < rows_; ++row) {
    const std::uint64_t code = columns_[id]->code(row);
    if (code == 0 || columns_[id]->integer(code) <= after.value) continue;
    if (out == no_row || code < columns_[id]->code(out)) out = row;
  }
  return out;
}

void column_table::fill(row_number row, schema::record& into) const {
  const std::size_t slots = std::min(columns_.size(), into.slots().size());
  for (std::size_t slot = 0; slot < slots; ++slot)
    into.set(static_cast<std::uint16_t>(slot), columns_[slot]->at(row));
}

row_number column_table::append(const schema::record& r) {
  prepared_.clear();
  const row_number row = rows_;
  try {
    const std::span<const value> values = r.slots();
    for (std::size_t slot = 0; slot < columns_.size(); ++slot)
      if (slot < values.size() && !values[slot].is_null()) columns_[slot]->set(row, values[slot]);
    ids_.add(r.key(), row);
    add_id(row);
  } catch (...) {
    for (const std::unique_ptr<cells>& column : columns_) column->truncate(row);
    ids_.truncate(row);
    throw;
  }
  ++rows_;
  return row;
}

/// Keeps the index over ids, from the first id that comes late.
void column_table::add_id(row_number row) {
  if (by_id_) return by_id_->add(row);
  if (ids_.rising()) return;
  auto index = std::make_unique<field_index>(*columns_[id]);
  index->add_all(0, row + 1, columns_[id].get());
  by_id_ = std::move(index);
}

void column_table::replace(row_number row, std::span<const value> values) {
  prepared_.clear();
  changes_.clear();
  const value null;
  for (std::size_t slot = 0; slot < columns_.size(); ++slot) {
    const value& wanted = slot < values.size() ? values[slot] : null;
    cells& column = *columns_[slot];
    if (column.holds(row, wanted)) continue;
    const std::uint64_t after = column.place(row, wanted);
    changes_.push_back({static_cast<std::uint16_t>(slot), column.code(row), after});
  }
  // From here on only an index can fail, and none is needed to put everything back.
  const bool was = live(row), known = row < entered_;
  for (const change& c : changes_)
    if (known && was && indices_[c.slot]) indices_[c.slot]->fetch(row);
  for (const change& c : changes_) {
    if (known && was && indices_[c.slot]) indices_[c.slot]->remove(row);
    columns_[c.slot]->put(row, c.after);
  }
  try {
    if (known) enter(row, !was);
    if (by_id_ && !was) by_id_->add(row);
  } catch (...) {
    unsettle();
    for (const change& c : changes_) columns_[c.slot]->put(row, c.before);
    throw;
  }
}

/// Enters a row into the indices over changed fields, or into all; into none if that fails.
void column_table::enter(row_number row, bool all) {
  entering_.clear();
  if (all) {
    for (const std::unique_ptr<field_index>& index : indices_)
      if (index) entering_.push_back(index.get());
  } else {
    for (const change& c : changes_)
      if (indices_[c.slot]) entering_.push_back(indices_[c.slot].get());
  }
  for (const field_index* index : entering_) index->fetch(row);
  std::size_t done = 0;
  try {
    for (; done < entering_.size(); ++done) entering_[done]->add(row);
  } catch (...) {
    while (done > 0) entering_[--done]->remove(row);
    throw;
  }
}

void column_table::erase(row_number row) {
  prepared_.clear();
  holed_ = true;
  for (const std::unique_ptr<cells>& column : columns_) column->place(row, value());
  if (entered(row))
    for (const std::unique_ptr<field_index>& index : indices_)
      if (index) index->remove(row);
  if (by_id_) by_id_->remove(row);
  for (const std::unique_ptr<cells>& column : columns_) column->put(row, 0);
}

/// `wanted` gives a cell as it was, by slot; nullptr: as it is.
template <class Wanted>
void column_table::restore_cells(row_number row, bool will, const Wanted& wanted) noexcept {
  prepared_.clear();
  const bool was = live(row), known = row < entered_;
  holed_ = holed_ || !will;
  if (by_id_ && was && !will) by_id_->remove(row);
  for (std::size_t slot = columns_.size(); slot-- > 0;) {
    field_index* index = known ? indices_[slot].get() : nullptr;
    const value* before = wanted(slot);
    const bool same = !before || columns_[slot]->holds(row, *before);
    if (same && was == will) continue;
    if (index && was) index->remove(row);
    if (!same) columns_[slot]->restore(row, *before);
    try {
      if (index && will && row < entered_) index->add(row);
    } catch (const std::bad_alloc&) {
      unsettle();
    }
  }
  if (!by_id_ || was || !will) return;
  try {
    by_id_->add(row);
  } catch (const std::bad_alloc&) {
    by_id_.reset();  // next() does without, until another id comes late
  }
}

void column_table::restore(row_number row, std::span<const value> cells) noexcept {
  const value null;
  const auto wanted = [&](std::size_t slot) {
    return slot < cells.size() ? &cells[slot] : &null;
  };
  restore_cells(row, !wanted(id)->is_null(), wanted);
}

void column_table::restore(row_number row, std::span<const value* const> cells) noexcept {
  const auto wanted = [&](std::size_t slot) {
    return slot < cells.size() ? cells[slot] : nullptr;
  };
  restore_cells(row, wanted(id) ? !wanted(id)->is_null() : live(row), wanted);
}

void column_table::truncate(row_number rows) noexcept {
  prepared_.clear();
  for (row_number row = rows; row < rows_; ++row) {
    if (!live(row)) continue;
    if (by_id_) by_id_->remove(row);
    if (row >= entered_) continue;
    for (const std::unique_ptr<field_index>& index : indices_)
      if (index) index->remove(row);
  }
  for (const std::unique_ptr<cells>& column : columns_) column->truncate(rows);
  ids_.truncate(rows);
  if (ids_.rising()) by_id_.reset();
  rows_ = std::min(rows_, rows);
  entered_ = std::min(entered_, rows);
  lost_ = lost_ && entered_ < rows_;
}

void column_table::keep() noexcept {
  for (const std::unique_ptr<cells>& column : columns_) column->keep();
}

void column_table::insert_column(const schema::entity& now, std::uint16_t slot) {
  prepared_.clear();
  const schema::field& f = now.at(slot);
  std::unique_ptr<cells> column = column_of(f);
  std::unique_ptr<field_index> index;
  if (wants_index(f)) {
    index = std::make_unique<field_index>(*column);
    index->add_all(0, entered_, columns_[id].get());
  }
  columns_.reserve(columns_.size() + 1);
  indices_.reserve(columns_.size() + 1);
  changes_.reserve(columns_.size() + 1);
  entering_.reserve(columns_.size() + 1);
  columns_.insert(columns_.begin() + slot, std::move(column));
  indices_.insert(indices_.begin() + slot, std::move(index));
}

void column_table::remove_column(std::uint16_t slot) noexcept {
  prepared_.clear();
  indices_.erase(indices_.begin() + slot);
  columns_.erase(columns_.begin() + slot);
}

bool column_table::convert_column(std::uint16_t slot, const schema::field_definition& now) {
  const cells& was = *columns_[slot];
  std::unique_ptr<cells> column = column_of(now, was.type().target);
  const int from = was.type().base == value_type::decimal ? was.type().scale : 0;
  const int to = column->type().base == value_type::decimal ? column->type().scale : 0;
  for (row_number row = 0; row < rows_; ++row) {
    if (was.is_null(row)) continue;
    const auto next = rescaled(was.integer(was.code(row)), from, to);
    if (!next) return false;
    column->set(row, to == 0 && column->type().base == value_type::integer
                         ? value(*next)
                         : value(decimal{*next, column->type().scale}));
  }
  std::unique_ptr<field_index> index;
  if (indices_[slot]) index = std::make_unique<field_index>(*column);
  unsettle();
  indices_[slot] = std::move(index);
  columns_[slot] = std::move(column);
  return true;
}

std::unique_ptr<field_index> column_table::index_over(std::uint16_t slot) const {
  auto out = std::make_unique<field_index>(*columns_[slot]);
  out->add_all(0, entered_, columns_[id].get());
  return out;
}

void column_table::put_index(std::uint16_t slot, std::unique_ptr<field_index> index) noexcept {
  prepared_.clear();
  indices_[slot] = std::move(index);
}

bool column_table::settle(std::size_t at_most) {
  if (!prepared_.empty()) {
    auto next = prepared_.begin();
    for (const std::unique_ptr<field_index>& index : indices_)
      if (index) *index = std::move(*next++);
    prepared_.clear();
    entered_ = rows_;
  }
  const row_number first = entered_;
  const auto last = static_cast<row_number>(
      first + std::min<std::size_t>(at_most, rows_ - first));
  if (many(last - first)) {
    enter_all(first, last);
    entered_ = last;
  }
  for (; entered_ < last; ++entered_)
    if (live(entered_)) enter(entered_, true);
  lost_ = lost_ && entered_ < rows_;
  return entered_ < rows_;
}

void column_table::prepare() {
  prepared_.clear();
  if (!many(rows_ - entered_)) return;
  std::vector<field_index> made;
  made.reserve(indices_.size());
  for (const std::unique_ptr<field_index>& index : indices_)
    if (index) made.push_back(index->with_all(entered_, rows_, columns_[id].get()));
  prepared_.swap(made);
}

/// Enters many rows into each index in turn; what fails leaves them all as they were.
void column_table::enter_all(row_number first, row_number last) {
  std::size_t done = 0;
  try {
    for (; done < indices_.size(); ++done)
      if (indices_[done]) indices_[done]->add_all(first, last, columns_[id].get());
  } catch (...) {
    for (std::size_t slot = 0; slot < done; ++slot)
      for (row_number row = first; indices_[slot] && row < last; ++row)
        if (live(row)) indices_[slot]->remove(row);
    throw;
  }
}

/// Indices hold nothing that cells do not: they are built anew when there is memory again.
void column_table::unsettle() noexcept {
  for (const std::unique_ptr<field_index>& index : indices_)
    if (index) index->clear();
  entered_ = 0;
  lost_ = rows_ > 0;
}

bool column_table::complete() {
  ids_.clear();
  by_id_.reset();
  unsettle();
  holed_ = false;
  for (row_number row = 0; row < rows_; ++row) {
    holed_ = holed_ || !live(row);
    if (!live(row)) continue;
    const guanxi::id key{columns_[id]->integer(columns_[id]->code(row))};
    if (ids_.find(key) != no_row) return false;
    ids_.add(key, row);
  }
  if (!ids_.rising()) add_id(rows_ - 1);
  return true;
}

std::size_t column_table::byte_size() const noexcept {
  std::size_t out = sizeof *this + ids_.byte_size();
  for (const std::unique_ptr<cells>& column : columns_) out += column->byte_size();
  for (const std::unique_ptr<field_index>& index : indices_)
    if (index) out += index->byte_size();
  if (by_id_) out += by_id_->byte_size();
  for (const field_index& index : prepared_) out += index.byte_size();
  return out;
}

}  // namespace guanxi::query
