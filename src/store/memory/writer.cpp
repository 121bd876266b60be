#include "writer.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace guanxi::store::memory {

namespace {

// What is done under one hold of the gate, so that readers wait for none longer.
constexpr row_number settled_at_once = 4096, truncated_at_once = 4096;
constexpr std::size_t put_at_once = 128;
constexpr int undone_at_once = 256;

unexpected moved_on(const schema::record& r) {
  return unexpected(error(errc::conflict,
                          "the record has changed since it was read; read it again")
                        .in_entity(r.of().name())
                        .of_record(r.key().value));
}

}  // namespace

unexpected writer::no_table(std::string_view entity) {
  return unexpected(error(errc::internal, "the store has no table for `" + std::string(entity) +
                                              "`")
                        .in_entity(entity));
}

result<table*> writer::place(const schema::entity& of) {
  table* t = find(contents_.tables_, of);
  if (!t) return no_table(of.name());
  return t;
}

void writer::touch(table& t) {
  if (t.touched) return;
  before_.reserve(t.columns.slots());  // so that undoing needs no memory
  touched_.push_back(&t);
  const std::lock_guard held(contents_.gate_);
  t.touched = true;
}

/// Tables touched after the first so many are nobody's again.
void writer::let_go(std::size_t touched) noexcept {
  if (touched_.size() == touched) return;
  const std::lock_guard held(contents_.gate_);
  for (; touched_.size() > touched; touched_.pop_back()) {
    touched_.back()->columns.keep();
    touched_.back()->touched = false;
    touched_.back()->version = ++contents_.versions_;
  }
}

void writer::grow(table& t) {
  if (!t.growths.empty() && t.growths.back().during == during()) return;
  grown_.reserve(grown_.size() + 1);
  t.growths.push_back({during(), t.columns.rows()});
  grown_.push_back(&t);
}

void writer::append(table& t, const schema::record& r) {
  grow(t);
  t.columns.append(r);
}

/// Keeps what differs, writes it, and puts back what was written if that fails.
void writer::replace(table& t, row_number row, std::span<const value> cells) {
  history& past = contents_.past_;
  past.open_change(t, row, deed::wrote, during());
  try {
    const value null;
    for (std::uint16_t slot = 0; slot < t.columns.slots(); ++slot) {
      const query::cells& column = t.columns.column(slot);
      if (!column.holds(row, slot < cells.size() ? cells[slot] : null))
        past.add_cell(slot, column.at(row));
    }
    t.columns.replace(row, cells);
  } catch (...) {
    past.drop_last();
    throw;
  }
}

result<void> writer::put(const schema::record& r, std::int64_t expected_revision) {
  result<table*> at = place(r.of());
  if (!at) return passed(at);
  table& t = **at;
  const row_number row = t.columns.find(r.key());
  if ((expected_revision == 0) != (row == no_row)) return moved_on(r);
  if (row != no_row) {
    // The library's own tables keep no revision.
    const value revision = t.columns.column(schema::system_slot::revision).at(row);
    if (!revision.is_null() && revision.as_integer() != expected_revision) return moved_on(r);
  }
  touch(t);
  const row_number place = row != no_row ? row : t.columns.hole(r.key());
  const std::lock_guard held(contents_.gate_);
  if (place == no_row) append(t, r);
  else replace(t, place, r.slots());
  return {};
}

result<void> writer::put_all(std::span<const schema::record> fresh) {
  if (fresh.empty()) return {};
  result<table*> at = place(fresh.front().of());
  if (!at) return passed(at);
  return whole([&]() -> result<void> {
    touch(**at);
    while (!fresh.empty()) {
      const std::lock_guard held(contents_.gate_);
      const std::size_t now = std::min(fresh.size(), put_at_once);
      for (const schema::record& r : fresh.first(now)) {
        // An id above every stored one may be that of a row that was erased.
        const row_number place = (*at)->columns.hole(r.key());
        if (place == no_row) append(**at, r);
        else replace(**at, place, r.slots());
      }
      fresh = fresh.subspan(now);
    }
    return {};
  });
}

void writer::erase(const schema::entity& of, id key) {
  table* t = find(contents_.tables_, of);
  const row_number row = t ? t->columns.find(key) : no_row;
  if (row == no_row) return;
  touch(*t);
  history& past = contents_.past_;
  const std::lock_guard held(contents_.gate_);
  past.open_change(*t, row, deed::erased, during());
  try {
    for (std::uint16_t slot = 0; slot < t->columns.slots(); ++slot)
      if (const query::cells& column = t->columns.column(slot); !column.is_null(row))
        past.add_cell(slot, column.at(row));
    t->columns.erase(row);
  } catch (...) {
    past.drop_last();
    throw;
  }
}

void writer::settle(const schema::entity& of) {
  if (table* t = find(contents_.tables_, of)) settle(*t);
}

void writer::settle(table& t) {
  t.columns.prepare();
  for (bool more = !t.columns.settled(); more;) {
    const std::lock_guard held(contents_.gate_);
    more = t.columns.settle(settled_at_once);
  }
}

void writer::savepoint(int level) {
  const std::size_t first = mark_rows_.size();
  marks_.reserve(marks_.size() + 1);
  mark_rows_.reserve(first + grown_.size());
  for (const table* t : grown_) mark_rows_.push_back(t->columns.rows());
  marks_.push_back({level, contents_.past_.end(), touched_.size(), grown_.size(), first});
}

void writer::release(int level) noexcept {
  while (!marks_.empty() && marks_.back().level >= level) {
    mark_rows_.resize(marks_.back().first_row);
    marks_.pop_back();
  }
}

void writer::rollback_to(int level) noexcept {
  release(level + 1);
  if (!marks_.empty() && marks_.back().level == level) back_to(marks_.back());
}

void writer::back_to(const mark& m) noexcept {
  // New rows first: what was changed in them since need not be put back.
  for (std::size_t i = grown_.size(); i-- > 0;) {
    table& t = *grown_[i];
    const bool later = i >= m.grown;
    const row_number rows = later ? t.growths.back().rows : mark_rows_[m.first_row + i];
    while (t.columns.rows() > rows) {
      const std::lock_guard held(contents_.gate_);
      t.columns.truncate(std::max(rows, t.columns.rows() - std::min(t.columns.rows(),
                                                                    truncated_at_once)));
    }
    if (!later) continue;
    const std::lock_guard held(contents_.gate_);
    t.growths.pop_back();
  }
  grown_.resize(m.grown);
  while (contents_.past_.end() > m.changes) {
    const std::lock_guard held(contents_.gate_);
    for (int i = 0; i < undone_at_once && contents_.past_.end() > m.changes; ++i) undo_last();
  }
  let_go(m.touched);
  undone_.reset();
}

void writer::undo_last() noexcept {
  history& past = contents_.past_;
  const change& c = past.last();
  table& t = *c.in;
  switch (c.what) {
    case deed::wrote:
    case deed::erased:
      if (c.row >= t.columns.rows()) break;  // it came with the transaction and is gone already
      before_.assign(t.columns.slots(), nullptr);
      for (std::uint32_t i = 0; i < c.cells; ++i)
        before_[past.cell(c, i).slot] = &past.cell(c, i).content;
      t.columns.restore(c.row, before_);
      break;
    case deed::added_column:
      t.columns.remove_column(static_cast<std::uint16_t>(c.row));
      t.columns_born.erase(t.columns_born.begin() + static_cast<std::ptrdiff_t>(c.row));
      if (!t.forms.empty()) t.forms.erase(t.forms.begin() + static_cast<std::ptrdiff_t>(c.row));
      break;
    case deed::added_table:
      std::erase(touched_, &t);
      contents_.tables_.get<by_name>().erase(t.name);
      break;
    case deed::replaced_table: undo_replacement(t); break;
    case deed::renamed_table: undo_rename(t); break;
    case deed::indexed_column:
      t.columns.put_index(static_cast<std::uint16_t>(c.row), nullptr);
      break;
    case deed::described: definitions_.pop_back(); break;
  }
  past.drop_last();
}

void writer::commit() {
  const auto replaced = [&](const table* t) { return find(contents_.tables_, t->number) != t; };
  for (table* t : touched_)
    if (!replaced(t)) settle(*t);
  {
    const std::lock_guard held(contents_.gate_);
    ++contents_.committed_;
    for (table* t : touched_) t->changed_at = contents_.committed_;
    for (auto& [t, definition] : definitions_) t->definition = std::move(definition);
    if (reshapings_ > 0) contents_.reshapings_.fetch_add(1, std::memory_order_release);
    // What was replaced may go with a reader as soon as the gate is open.
    definitions_.clear();
    std::erase_if(touched_, [&](table* t) {
      if (!replaced(t)) return false;
      t->touched = false;
      t->version = ++contents_.versions_;
      return true;
    });
  }
  end();
  contents_.tidy();
}

void writer::rollback() noexcept {
  mark_rows_.clear();
  back_to({.changes = start_});
  end();
}

void writer::end() noexcept {
  let_go(0);
  grown_.clear();
  marks_.clear();
  mark_rows_.clear();
  definitions_.clear();
  reshapings_ = 0;
}

}  // namespace guanxi::store::memory
