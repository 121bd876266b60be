#include "support/map_store.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::test {

namespace {

void fill(const std::vector<value>& from, schema::record& into) {
  const std::size_t slots = std::min(from.size(), into.slots().size());
  for (std::size_t i = 0; i < slots; ++i) into.set(static_cast<std::uint16_t>(i), from[i]);
}

}  // namespace

const map_store::row* map_store::find(std::string_view entity, id key, store::view at) const {
  const auto in = [&](const tables& all) -> const row* {
    const auto t = all.find(entity);
    if (t == all.end()) return nullptr;
    const auto found = t->second.find(key);
    return found == t->second.end() ? nullptr : &found->second;
  };
  if (at == store::view::writing)
    if (const row* changed = in(pending_)) return changed->empty() ? nullptr : changed;
  return in(stored_);
}

void map_store::write(std::string_view entity, id key, row now) {
  if (transactional_) {
    table& changes = pending_[std::string(entity)];
    const auto at = changes.find(key);
    if (!saved_.empty())
      undo_.push_back({std::string(entity), key,
                       at == changes.end() ? std::nullopt : std::optional<row>(at->second)});
    changes[key] = std::move(now);
  } else if (now.empty()) {
    stored_[std::string(entity)].erase(key);
  } else {
    stored_[std::string(entity)][key] = std::move(now);
  }
}

result<bool> map_store::get(const schema::entity& of, id key, store::view at,
                            schema::record& into) {
  const std::lock_guard lock(mutex_);
  const row* found = find(of.name(), key, at);
  if (found) fill(*found, into);
  return found != nullptr;
}

result<void> map_store::put(const schema::record& r, std::int64_t expected_revision) {
  const std::lock_guard lock(mutex_);
  const row* before = find(r.of().name(), r.key(), store::view::writing);
  const value& revision = before ? (*before)[schema::system_slot::revision] : value();
  // The library's own tables keep no revision.
  const bool same = revision.is_null() || revision == value(expected_revision);
  const bool as_expected = expected_revision == 0 ? !before : before && same;
  if (!as_expected)
    return unexpected(error(errc::conflict, "the record has changed since it was read")
                          .in_entity(r.of().name())
                          .of_record(r.key().value));
  write(r.of().name(), r.key(), row(r.slots().begin(), r.slots().end()));
  return {};
}

result<void> map_store::erase(const schema::entity& of, id key) {
  const std::lock_guard lock(mutex_);
  write(of.name(), key, {});
  return {};
}

result<void> map_store::scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                             std::size_t at_most, store::view at,
                             const std::function<result<bool>(const schema::record&)>& visit) {
  table merged;
  const auto add = [&](const tables& all, std::size_t most) {
    const auto t = all.find(of.name());
    if (t == all.end()) return;
    for (auto i = t->second.upper_bound(after); i != t->second.end() && most > 0; ++i, --most)
      merged[i->first] = i->second;
  };
  {
    const std::lock_guard lock(mutex_);
    const auto changes = pending_.find(of.name());
    const bool open = at == store::view::writing && changes != pending_.end();
    // Each pending change may erase one of the page.
    add(stored_, at_most + (open ? changes->second.size() : 0));
    if (open) add(pending_, changes->second.size());
  }
  std::size_t given = 0;
  for (const auto& [key, values] : merged) {
    if (values.empty()) continue;
    if (given++ == at_most) break;
    schema::record r(catalog, of);
    fill(values, r);
    result<bool> more = visit(r);
    if (!more) return passed(more);
    if (!*more) break;
  }
  return {};
}

namespace {

/// What a step makes of the cells of a record.
void change(std::vector<value>& cells, const schema::step& s) {
  using kind = schema::step::kind;
  if (s.what == kind::add_field) cells.insert(cells.begin() + s.slot, value());
  if (s.what == kind::drop_field) cells.erase(cells.begin() + s.slot);
  if (s.what != kind::convert_field || cells[s.slot].is_null()) return;
  const decimal was = cells[s.slot].number();
  cells[s.slot] = decimal{rescaled(was.coefficient, was.scale, s.after.scale).value(),
                          s.after.scale};
}

}  // namespace

result<void> map_store::migrate(const schema::catalog&, std::span<const schema::step> steps) {
  using kind = schema::step::kind;
  const std::lock_guard lock(mutex_);
  for (const schema::step& s : steps) {
    if (s.what == kind::add_entity) continue;  // a table is made when first written
    const std::string& name = s.what == kind::rename_entity ? s.was : s.entity;
    table now;
    for (const tables* all : {&std::as_const(stored_), &std::as_const(pending_)})
      if (const auto t = all->find(name); t != all->end())
        for (const auto& [key, values] : t->second) now[key] = values;
    for (auto& [key, values] : now) {
      if (values.empty()) continue;
      if (s.what == kind::rename_entity || s.what == kind::drop_entity) write(name, key, {});
      if (s.what == kind::drop_entity) continue;
      change(values, s);
      write(s.entity, key, std::move(values));
    }
  }
  return {};
}

result<void> map_store::begin() {
  const std::lock_guard lock(mutex_);
  pending_.clear();
  saved_.clear();
  undo_.clear();
  return {};
}

result<void> map_store::commit() {
  const std::lock_guard lock(mutex_);
  for (auto& [entity, changes] : pending_)
    for (auto& [key, values] : changes) {
      if (values.empty()) stored_[entity].erase(key);
      else stored_[entity][key] = std::move(values);
    }
  pending_.clear();
  saved_.clear();
  undo_.clear();
  return {};
}

result<void> map_store::rollback() { return begin(); }

result<void> map_store::savepoint(int n) {
  const std::lock_guard lock(mutex_);
  if (transactional_) saved_[n] = undo_.size();
  return {};
}

result<void> map_store::release(int n) {
  const std::lock_guard lock(mutex_);
  saved_.erase(saved_.lower_bound(n), saved_.end());
  if (saved_.empty()) undo_.clear();
  return {};
}

result<void> map_store::rollback_to(int n) {
  const std::lock_guard lock(mutex_);
  const auto at = saved_.find(n);
  if (at == saved_.end()) return {};
  for (; undo_.size() > at->second; undo_.pop_back()) {
    written& w = undo_.back();
    if (w.before) pending_[w.entity][w.key] = std::move(*w.before);
    else pending_[w.entity].erase(w.key);
  }
  return {};
}

}  // namespace guanxi::test
