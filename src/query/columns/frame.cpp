#include "frame.hpp"

#include <algorithm>

namespace guanxi::query::columns {

using schema::system_slot::archived;
using schema::system_slot::deletion_batch;

std::vector<std::uint32_t> paths_in(const expr::expression& e, expr::node_id at) {
  std::vector<std::uint32_t> out;
  std::vector<expr::node_id> open = {at};
  while (!open.empty()) {
    const expr::node& n = e.at(open.back());
    open.pop_back();
    if (n.what == expr::op::path && std::find(out.begin(), out.end(), n.index) == out.end())
      out.push_back(n.index);
    // The members of an `in` are literals, and may be many.
    const bool list = n.what == expr::op::in || n.what == expr::op::not_in;
    for (std::size_t i = 0; i < (list ? 1 : n.children.size()); ++i)
      if (n.children[i] != expr::no_node) open.push_back(n.children[i]);
  }
  return out;
}

formula::formula(const expr::expression& e, std::span<const path_source> where,
                 const text_services* text)
    : what(&e), sources(where.begin(), where.end()), reads(paths_in(e, e.root)), text(text),
      values(where.size()) {}

formula::formula(const formula& whole, expr::node_id at) : formula(whole) {
  if (at == what->root) return;
  own = std::make_shared<const expr::expression>(expr::subtree(*whole.what, at));
  what = own.get();
  reads = paths_in(*what, what->root);
  // A part has no tie: conditions tell ties and what joins them apart.
  ties = {};
}

const path_source* formula::path() const noexcept {
  return top().what == expr::op::path ? &sources[top().index] : nullptr;
}

frame::frame(const trimmed_plan& p, source& from, const text_services* text, expr::pace* pace)
    : plan_(p), from_(from), text_(text), pace_(pace), reached_(p.what().joins.size()),
      turns_(p.what().joins.size()),
      leads_to_(p.what().joins.size(), no_row) {
  for (const join& j : p.what().joins) tables_.push_back(from.table(*j.of));
  written_.resize(tables_.size());
  for (std::size_t j = 0; j < tables_.size(); ++j) add_kin(p.guard(j));
}

void frame::add_kin(const policy::reach& guard) {
  for (const policy::tie& t : guard.ties) {
    if (!kin_.try_emplace(&t, kin{from_.table(*t.of), false, {}, {}, {}}).second) continue;
    add_kin(*t.within);
  }
}

bool frame::look() {
  for (std::size_t j = 0; j < tables_.size(); ++j)
    written_[j] = tables_[j] && from_.changed(*tables_[j]);
  if (tables_[0]) rows_ = from_.rows(*tables_[0]);
  for (auto& [t, k] : kin_) {
    k.written = k.table && from_.changed(*k.table);
    k.changed.clear();
    if (k.written && !t->to_parent()) from_.changed(*k.table, k.changed);
  }
  ++turn_;
  return std::all_of(watched_.begin(), watched_.end(), [this](const watched& w) {
    const cells& now = column(w.slot);
    return now.kept_as() == w.form && now.base() == w.base && now.rising() == w.rising;
  });
}

void frame::rely_on(std::uint16_t slot) {
  const cells& now = column(slot);
  if (std::none_of(watched_.begin(), watched_.end(),
                   [slot](const watched& w) { return w.slot == slot; }))
    watched_.push_back({slot, now.kept_as(), now.base(), now.rising()});
}

std::optional<root_row> frame::at(row_number row) const {
  if (!written_[0] || !from_.changed(*tables_[0], row)) return root_row{row, nullptr};
  const std::vector<value>* image = from_.image(*tables_[0], row);
  if (!image) return std::nullopt;
  return root_row{row, image};
}

value frame::cell(std::size_t join, row_number row, std::uint16_t slot) const {
  const column_table& t = *tables_[join];
  if (written_[join] && from_.changed(t, row)) {
    const std::vector<value>* image = from_.image(t, row);
    return image && slot < image->size() ? (*image)[slot] : value();
  }
  return slot < t.slots() ? t.column(slot).at(row) : value();
}

template <class Cell>
bool frame::passes(std::size_t join, Cell&& cell_of) {
  const standing which = join == 0 ? what().standing : standing::live;
  if (!among(which, !cell_of(deletion_batch).is_null(), !cell_of(archived).is_null())) return false;
  return within(plan_.guard(join), cell_of);
}

template <class Cell>
bool frame::within(const policy::reach& guard, Cell&& cell_of) {
  if (guard.how_far != policy::reach::extent::some)
    return guard.how_far == policy::reach::extent::all;
  if (guard.ties.empty()) {
    guard_values_.clear();
    for (const expr::bound_path& p : guard.paths->entries())
      guard_values_.push_back(cell_of(p.last().slot));
    const result<bool> yes = expr::holds(guard.filter, {.paths = guard_values_});
    return yes && *yes;
  }
  std::vector<value> own;  // not the frame's: records that are asked for have values, too
  for (const expr::bound_path& p : guard.paths->entries()) own.push_back(cell_of(p.last().slot));
  return guard.holds(own, [&](const policy::tie& t) { return met(t, cell_of(t.here)); });
}

bool frame::met(const policy::tie& t, const value& key) {
  kin& of = kin_.at(&t);
  if (key.is_null() || !of.table) return false;
  const std::int64_t number = key.as_id().value;
  if (const auto found = of.known.find(number); found != of.known.end()) return found->second;
  bool yes = false;
  if (t.to_parent()) {
    const row_number row = from_.find(*of.table, key.as_id());
    yes = row != no_row && holds(of, t, row);
  } else {
    yes = has_child(of, t, key);
  }
  of.known.emplace(number, yes);
  return yes;
}

value frame::cell(const kin& of, row_number row, std::uint16_t slot) const {
  if (of.written && from_.changed(*of.table, row)) {
    const std::vector<value>* image = from_.image(*of.table, row);
    return image && slot < image->size() ? (*image)[slot] : value();
  }
  return slot < of.table->slots() ? of.table->column(slot).at(row) : value();
}

/// Whether a row is a live record within the reach of a tie.
bool frame::holds(const kin& of, const policy::tie& t, row_number row) {
  const auto cell_of = [&](std::uint16_t slot) { return cell(of, row, slot); };
  return !cell_of(schema::system_slot::id).is_null() && cell_of(deletion_batch).is_null() &&
         within(*t.within, cell_of);
}

/// By the index of the reference, and by what was written since; without one by a look at all.
bool frame::has_child(kin& of, const policy::tie& t, const value& key) {
  const bool indexed = t.there < of.table->slots() && of.table->index(t.there) &&
                       of.table->entered() >= from_.rows(*of.table);
  if (!indexed) {
    if (!of.parents) find_parents(of, t);
    return of.parents->contains(key.as_id().value);
  }
  std::vector<row_number> children;
  of.table->index(t.there)->collect({.low = &key, .high = &key}, false, no_row, nullptr, children);
  std::erase_if(children, [&](row_number row) {
    return row >= from_.rows(*of.table) || (of.written && from_.changed(*of.table, row));
  });
  for (const row_number row : of.changed)
    if (cell(of, row, t.there) == key) children.push_back(row);
  return std::any_of(children.begin(), children.end(),
                     [&](row_number row) { return holds(of, t, row); });
}

void frame::find_parents(kin& of, const policy::tie& t) {
  of.parents.emplace();
  for (row_number row = 0; row < from_.rows(*of.table); ++row) {
    const value parent = cell(of, row, t.there);
    if (parent.is_null() || of.parents->contains(parent.as_id().value)) continue;
    if (holds(of, t, row)) of.parents->insert(parent.as_id().value);
  }
}

row_number frame::within_reach(std::size_t join, id key) {
  if (!tables_[join]) return no_row;
  const auto look_up = [&] {
    const row_number row = from_.find(*tables_[join], key);
    const auto cell_of = [&](std::uint16_t slot) { return cell(join, row, slot); };
    return row != no_row && passes(join, cell_of) ? row : no_row;
  };
  if (plan_.guard(join).how_far != policy::reach::extent::some) return look_up();
  const auto found = reached_[join].find(key.value);
  if (found != reached_[join].end()) return found->second;
  return reached_[join].emplace(key.value, look_up()).first->second;
}

row_number frame::joined(std::size_t join) {
  if (turns_[join] == turn_) return leads_to_[join];
  const query::join& j = what().joins[join];
  const value key = here({j.parent, j.via->slot});
  leads_to_[join] = key.is_null() ? no_row : within_reach(join, key.as_id());
  turns_[join] = turn_;
  return leads_to_[join];
}

void frame::turn_to(const root_row& at, const value* content) {
  if (content || at.row != at_.row || at.image != at_.image || content_) ++turn_;
  at_ = at;
  content_ = content;
}

value frame::here(const path_source& path) {
  if (path.join == 0) {
    if (content_) return *content_;
    if (at_.image) return path.slot < at_.image->size() ? (*at_.image)[path.slot] : value();
    return path.slot < tables_[0]->slots() ? column(path.slot).at(at_.row) : value();
  }
  const row_number row = joined(path.join);
  return row == no_row ? value() : cell(path.join, row, path.slot);
}

value frame::cell(const root_row& at, const path_source& path) {
  turn_to(at, nullptr);
  return here(path);
}

std::optional<value> frame::compute(formula& f) {
  for (std::uint32_t p : f.reads) f.values[p] = here(f.sources[p]);
  if (f.top().what == expr::op::path) {
    const value& v = f.values[f.top().index];
    // As the evaluator does: a decimal cell may be read at another scale.
    if (v.type() != value_type::decimal || v.as_decimal().scale == f.top().type.scale)
      return v;
  }
  std::vector<value> met_ties;
  for (const policy::tie& t : f.ties) met_ties.emplace_back(met(t, here({0, t.here})));
  result<value> v = expr::evaluate(
      *f.what, {.paths = f.values, .columns = met_ties, .text = f.text, .pace = pace_});
  if (!v) return std::nullopt;
  return std::move(*v);
}

std::optional<value> frame::try_evaluate(const root_row& at, formula& f) {
  turn_to(at, nullptr);
  return compute(f);
}

std::optional<value> frame::evaluate(const root_row& at, formula& f) {
  std::optional<value> v = try_evaluate(at, f);
  if (!v) fail();
  return v;
}

std::optional<value> frame::evaluate(std::uint16_t slot, std::uint64_t code, formula& f) {
  const value content = column(slot).decoded(code);
  turn_to({}, &content);
  std::optional<value> v = compute(f);
  content_ = nullptr;
  ++turn_;
  return v;
}

std::uint16_t frame::root_slot(const path_source& path) const noexcept {
  if (path.join == 0) return path.slot;
  std::uint32_t j = path.join;
  while (what().joins[j].parent != 0) j = what().joins[j].parent;
  return what().joins[j].via->slot;
}

std::optional<std::uint16_t> frame::hangs_on(std::span<const std::uint32_t> reads,
                                             std::span<const path_source> sources) const {
  std::optional<std::uint16_t> slot;
  for (std::uint32_t p : reads) {
    const std::uint16_t on = root_slot(sources[p]);
    if (slot && *slot != on) return std::nullopt;
    slot = on;
  }
  if (!slot || *slot >= tables_[0]->slots()) return std::nullopt;
  if (column(*slot).kept_as() == cells::form::arena) return std::nullopt;
  return slot;
}

std::optional<lookup_key> frame::key_of(std::uint16_t slot, const formula& f) const {
  lookup_key key{slot, column(slot).code_limit(), column(slot).base(), f.text != nullptr,
                 *f.what, f.sources, std::vector<lookup_key::part>(what().joins.size())};
  const auto add = [&](std::uint32_t join) {
    lookup_key::part& p = key.parts[join];
    if (p.table || !tables_[join]) return p.version != 0;
    const query::join& j = what().joins[join];
    // The root's guard says which rows are looked at, not what a code stands for.
    p = {tables_[join], from_.version(*tables_[join]), j.via, j.parent,
         join == 0 ? policy::reach() : plan_.guard(join)};
    // What other records say may change without a change of these.
    return p.version != 0 && p.guard.ties.empty();
  };
  if (!add(0)) return std::nullopt;
  for (std::uint32_t p : f.reads)
    for (std::uint32_t join = f.sources[p].join; join != 0; join = what().joins[join].parent)
      if (!add(join)) return std::nullopt;
  return key;
}

bool frame::reached(const root_row& at) {
  return passes(0, [&](std::uint16_t slot) { return cell(at, {0, slot}); });
}

}  // namespace guanxi::query::columns
