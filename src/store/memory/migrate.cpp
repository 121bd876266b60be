// How the open transaction takes steps of the schema, and takes them back. Names, definitions and
// new indices change in place; columns that go or get another form do so in a new table, since
// readers of earlier moments go on with the old one.
#include "writer.hpp"

#include "guanxi/store/store.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace guanxi::store::memory {

using schema::step;

namespace {

// What is done under one hold of the gate, so that readers wait for none longer.
constexpr std::size_t renamed_at_once = 128;

unexpected name_taken(std::string_view entity) {
  return unexpected(error(errc::internal, "the store has a table of the name or number of `" +
                                              std::string(entity) + "` already")
                        .in_entity(entity));
}

bool wants_index(const schema::field_definition& f) noexcept {
  return (f.flags & (schema::unique | schema::indexed)) != 0;
}

}  // namespace

result<void> writer::migrate(const schema::catalog& to, std::span<const step> steps) {
  made_.clear();
  return whole([&]() -> result<void> {
    for (const step& s : steps)
      if (auto ok = take(s, to); !ok) return ok;
    finish_made(to);
    describe(to);
    return {};
  });
}

table* writer::named(const std::string& name) const noexcept {
  const auto& names = contents_.tables_.get<by_name>();
  const auto at = names.find(name);
  return at == names.end() ? nullptr : at->get();
}

result<void> writer::take(const step& s, const schema::catalog& to) {
  using kind = step::kind;
  if (s.what == kind::add_entity) return add_table(*to.find(s.entity));
  if (s.what == kind::add_field) return add_column(*to.find(s.entity), s.slot);
  const std::string& name = s.what == kind::rename_entity ? s.was : s.entity;
  table* const t = named(name);
  if (!t) return no_table(name);
  if (s.what == kind::rename_entity && named(s.entity)) return name_taken(s.entity);
  switch (s.what) {
    case kind::rename_entity: rename_table(*t, s, to); break;
    case kind::drop_entity: drop_table(*t, to); break;
    case kind::drop_field: drop_column(*t, s.slot); break;
    case kind::convert_field: return convert_column(*t, s);
    case kind::index_field: index_column(*t, s); break;
    // Cells are found by slot, so these are in the definitions alone.
    case kind::rename_field:
    case kind::redefine_field:
    case kind::add_entity:
    case kind::add_field: break;
  }
  return {};
}

// What is added.

result<void> writer::add_table(const schema::entity& of) {
  // A dropped entity has left its empty successor already.
  if (const table* there = find(contents_.tables_, of); there && made(*there)) return {};
  auto fresh = std::make_unique<table>(of, during());
  table& t = *fresh;
  history& past = contents_.past_;
  const std::lock_guard held(contents_.gate_);
  past.open_change(t, no_row, deed::added_table, during());
  try {
    if (contents_.tables_.insert(std::move(fresh)).second) return {};
  } catch (...) {
    past.drop_last();
    throw;
  }
  past.drop_last();
  return name_taken(of.name());
}

result<void> writer::add_column(const schema::entity& of, std::uint16_t slot) {
  const result<table*> at = place(of);
  if (!at) return no_table(of.name());
  table& t = **at;
  settle(t);
  touch(t);
  before_.reserve(t.columns.slots() + 1);
  history& past = contents_.past_;
  const std::lock_guard held(contents_.gate_);
  t.columns_born.reserve(t.columns_born.size() + 1);
  t.forms.reserve(t.forms.size() + 1);
  // What was made in this migration goes as a whole, and its slots may change yet.
  const bool told = !made(t);
  if (told) past.open_change(t, slot, deed::added_column, during());
  try {
    t.columns.insert_column(of, slot);
  } catch (...) {
    if (told) past.drop_last();
    throw;
  }
  t.columns_born.insert(t.columns_born.begin() + slot, during());
  if (!t.forms.empty()) t.forms.insert(t.forms.begin() + slot, form_of(of.at(slot)));
  return {};
}

// Names.

void writer::rename_table(table& t, const step& s, const schema::catalog& to) {
  table::former_name was{s.entity, during()};
  history& past = contents_.past_;
  {
    const std::lock_guard held(contents_.gate_);
    t.former.reserve(t.former.size() + 1);
    past.open_change(t, no_row, deed::renamed_table, during());
    auto& numbers = contents_.tables_.get<by_number>();
    numbers.modify(numbers.find(t.number), [&](const std::unique_ptr<table>&) {
      t.name.swap(was.name);
      t.former.push_back(std::move(was));
    });
    ++reshapings_;
  }
  rename_in_log(s, to);
}

void writer::undo_rename(table& t) noexcept {
  auto& numbers = contents_.tables_.get<by_number>();
  numbers.modify(numbers.find(t.number), [&](const std::unique_ptr<table>&) {
    t.name.swap(t.former.back().name);
    t.former.pop_back();
  });
  --reshapings_;
}

/// Entries of the change log that tell the entity by its name; later ones have its number.
void writer::rename_in_log(const step& s, const schema::catalog& to) {
  const schema::entity* log = to.find(system_table::change.name);
  table* const t = log ? find(contents_.tables_, *log) : nullptr;
  if (!t) return;
  const std::uint16_t slot = log->find("entity")->slot;
  const query::cells& names = t->columns.column(slot);
  const value was(s.was), now(s.entity);
  if (names.kept_as() == query::cells::form::dictionary && !names.find(was)) return;
  std::vector<row_number> rows;
  for (row_number row = 0; row < t->columns.rows(); ++row)
    if (names.holds(row, was)) rows.push_back(row);
  if (rows.empty()) return;
  touch(*t);
  std::vector<value> cells(t->columns.slots());
  for (std::size_t first = 0; first < rows.size(); first += renamed_at_once) {
    const std::lock_guard held(contents_.gate_);
    const std::size_t last = std::min(rows.size(), first + renamed_at_once);
    for (std::size_t i = first; i < last; ++i) {
      for (std::uint16_t at = 0; at < cells.size(); ++at)
        cells[at] = at == slot ? now : t->columns.column(at).at(rows[i]);
      replace(*t, rows[i], cells);
    }
  }
}

/// Tables remember what they are defined as for snapshot files: where a step or a new name of what
/// a field refers to has changed that, it becomes so with the commit.
void writer::describe(const schema::catalog& to) {
  const auto defined = [&](const table& t) -> const schema::entity_definition& {
    const auto last = std::find_if(definitions_.rbegin(), definitions_.rend(),
                                   [&](const auto& one) { return one.first == &t; });
    return last == definitions_.rend() ? t.definition : last->second;
  };
  for (const auto& e : to.entities()) {
    table* const t = find(contents_.tables_, *e);
    if (!t || defined(*t) == e->definition()) continue;
    const std::lock_guard held(contents_.gate_);
    contents_.past_.open_change(*t, no_row, deed::described, during());
    try {
      definitions_.emplace_back(t, e->definition());
    } catch (...) {
      contents_.past_.drop_last();
      throw;
    }
  }
}

// Tables in others' places.

bool writer::made(const table& t) const noexcept {
  return std::find(made_.begin(), made_.end(), &t) != made_.end();
}

/// The table that has taken this one's place during this migration. Nobody else looks into it
/// before the commit, so its columns may be changed at leisure.
table& writer::made_anew(table& t) {
  return made(t) ? t : put_in_place(std::make_unique<table>(t, during()), t);
}

table& writer::put_in_place(std::unique_ptr<table> next, table& was) {
  table& out = *next;
  before_.reserve(out.columns.slots());
  made_.reserve(made_.size() + 1);
  touched_.reserve(touched_.size() + 1);
  const std::lock_guard held(contents_.gate_);
  contents_.past_.open_change(out, no_row, deed::replaced_table, during());
  auto& numbers = contents_.tables_.get<by_number>();
  numbers.modify(numbers.find(was.number), [&](std::unique_ptr<table>& at) { at.swap(next); });
  out.before = std::move(next);
  out.touched = true;
  touched_.push_back(&out);
  made_.push_back(&out);
  ++reshapings_;
  return out;
}

void writer::undo_replacement(table& t) noexcept {
  std::unique_ptr<table> back = std::move(t.before);
  auto& numbers = contents_.tables_.get<by_number>();
  numbers.modify(numbers.find(t.number), [&](std::unique_ptr<table>& at) { at.swap(back); });
  std::erase(touched_, &t);
  --reshapings_;
  back->before = std::move(undone_);
  undone_ = std::move(back);
}

void writer::drop_table(table& t, const schema::catalog& to) {
  auto empty = std::make_unique<table>(*to.entities()[t.number], during());
  empty->former = t.former;
  empty->former.push_back({t.name, during()});
  put_in_place(std::move(empty), t);
}

void writer::drop_column(table& t, std::uint16_t slot) {
  table& next = made_anew(t);
  next.columns.remove_column(slot);
  next.columns_born.erase(next.columns_born.begin() + slot);
}

result<void> writer::convert_column(table& t, const step& s) {
  if (made_anew(t).columns.convert_column(s.slot, s.after)) return {};
  return unexpected(error(errc::overflow, "a value of `" + s.field + "` of `" + s.entity +
                                              "` does not fit its new form; nothing was changed")
                        .in_entity(s.entity)
                        .in_field(s.field));
}

void writer::index_column(table& t, const step& s) {
  const bool wanted = wants_index(s.after);
  if (t.columns.has_index(s.slot) == wanted) return;
  if (!wanted) {
    // What is undone must find the index as it was, which one that rows had left behind is not.
    made_anew(t).columns.put_index(s.slot, nullptr);
    return;
  }
  settle(t);
  std::unique_ptr<query::field_index> index = t.columns.index_over(s.slot);
  const std::lock_guard held(contents_.gate_);
  if (!made(t)) contents_.past_.open_change(t, s.slot, deed::indexed_column, during());
  t.columns.put_index(s.slot, std::move(index));
}

void writer::finish_made(const schema::catalog& to) {
  for (table* t : made_) {
    const schema::entity& is = *to.entities()[t->number];
    std::vector<std::uint32_t> forms;
    for (const schema::field& f : is.fields()) forms.push_back(form_of(f));
    settle(*t);
    const std::lock_guard held(contents_.gate_);
    t->forms = std::move(forms);
  }
}

}  // namespace guanxi::store::memory
