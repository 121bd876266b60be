#include "guanxi/store/store.hpp"

#include "change_hash.hpp"
#include "stored.hpp"

#include <new>
#include <utility>

namespace guanxi::store {

namespace {

// Rows of gx_meta that hold counters.
constexpr id meta_next_id{1}, meta_epoch{4};

/// A unique value's place among the gx_unique entries: FNV-1a over what identifies it.
id unique_entry(std::string_view entity, std::string_view field, std::string_view content) {
  std::uint64_t h = 1469598103934665603ULL;
  for (std::string_view part : {entity, field, content}) {
    for (char c : part) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    h = (h ^ 0xff) * 1099511628211ULL;
  }
  return id{static_cast<std::int64_t>((h >> 1) | 1)};
}

constexpr int max_probes = 64;

namespace table = system_table;

/// Whether an entry of gx_unique stands for this value of this field.
bool is_for(const schema::record& entry, const schema::field& f, std::string_view content) {
  return stored_text(entry.at(table::unique["entity"].slot)) == f.of->name() &&
         stored_text(entry.at(table::unique["field"].slot)) == f.name &&
         stored_text(entry.at(table::unique["content"].slot)) == content;
}

}  // namespace

transaction::transaction(store& s)
    : store_(s), catalog_(s.catalog()), ids_{meta_next_id}, changes_{table::meta_next_change},
      epochs_{meta_epoch} {}

transaction::~transaction() {
  if (!open_) return;
  // Nothing can be done here about a failing rollback: the store undoes it when it next opens.
  try {
    static_cast<void>(rollback());
  } catch (...) {  // no memory, or a host's own store that throws
  }
}

result<schema::record> transaction::load(const schema::entity& of, id key) {
  schema::record r(catalog_, of);
  result<bool> there = store_.driver_->get(of, key, view::writing, r);
  if (!there) return passed(there);
  if (!*there) return schema::record();
  return r;
}

result<void> transaction::put(const schema::record& r, std::int64_t expected_revision) {
  if (!store_.driver_->finds() && !bare(r.of())) {
    schema::record before;
    if (expected_revision > 0) {
      result<schema::record> stored = load(r.of(), r.key());
      if (!stored) return passed(stored);
      before = std::move(*stored);
    }
    if (auto ok = index_unique(before, r); !ok) return ok;
  }
  ++written_;
  auto done = store_.driver_->put(r, expected_revision);
  if (done && bare(r.of()) && r.of().name() == table::change.name)
    last_ = {r.key().value, hash_of_change(r)};
  return done;
}

result<void> transaction::replace(const schema::record& before, const schema::record& after) {
  if (!store_.driver_->finds())
    if (auto ok = index_unique(before, after); !ok) return ok;
  ++written_;
  return store_.driver_->replace(before, after);
}

result<void> transaction::erase(const schema::entity& of, id key) {
  ++written_;
  return store_.driver_->erase(of, key);
}

/// Keeps the gx_unique entries of a record that is about to be stored.
result<void> transaction::index_unique(const schema::record& before, const schema::record& after) {
  const schema::entity& entries = *catalog_->find(table::unique.name);
  // Finds the entry of a value, or the free place for it, and points it at `owner` (0: nobody).
  const auto point = [&](const schema::field& f, const value& v, id owner) -> result<void> {
    const std::string content = v.to_string();
    id key = unique_entry(after.of().name(), f.name, content);
    for (int probe = 0; probe < max_probes; ++probe, ++key.value) {
      result<schema::record> entry = load(entries, key);
      if (!entry) return passed(entry);
      const bool fresh = entry->empty();
      const bool mine = !fresh && is_for(*entry, f, content);
      if (!fresh && !mine) continue;
      if (fresh && !owner) return {};
      schema::record next(catalog_, entries);
      next.set(schema::system_slot::id, key);
      next.set(table::unique["entity"].slot, after.of().name());
      next.set(table::unique["field"].slot, f.name);
      next.set(table::unique["content"].slot, content);
      next.set(table::unique["record"].slot, owner.value);
      return store_.driver_->put(next, fresh ? 0 : 1);
    }
    return unexpected(errc::internal, "the index of unique values has too long a chain");
  };
  for (const schema::field& f : after.of().fields()) {
    if (!f.has(schema::unique)) continue;
    const value old = before.empty() || before.deleted() ? value() : before.at(f.slot);
    const value now = after.deleted() ? value() : after.at(f.slot);
    if (old == now) continue;
    if (!old.is_null())
      if (auto ok = point(f, old, id{}); !ok) return ok;
    if (!now.is_null())
      if (auto ok = point(f, now, after.key()); !ok) return ok;
  }
  return {};
}

result<id> transaction::holder(const schema::entity& of, std::uint16_t slot, const value& v,
                               id except) {
  id found;
  if (store_.driver_->finds()) {
    result<std::optional<id>> at = store_.driver_->find(of, slot, v, view::writing);
    if (!at) return passed(at);
    found = at->value_or(id{});
  } else {
    const schema::entity& entries = *catalog_->find(table::unique.name);
    const std::string content = v.to_string();
    id key = unique_entry(of.name(), of.at(slot).name, content);
    for (int probe = 0; probe < max_probes; ++probe, ++key.value) {
      result<schema::record> entry = load(entries, key);
      if (!entry) return passed(entry);
      if (entry->empty()) break;
      if (!is_for(*entry, of.at(slot), content)) continue;
      found = id{stored_number(entry->at(table::unique["record"].slot))};
      break;
    }
  }
  return found == except ? id{} : found;
}

result<query::rows> transaction::read(const query::trimmed_plan& p, const query::bounds& within) {
  return store::run(*store_.driver_, p, within, view::writing);
}

result<void> transaction::look(counter& at) {
  if (at.next != 0) return {};
  result<schema::record> row = load(*catalog_->find(table::meta.name), at.key);
  if (!row) return passed(row);
  at.stored = !row->empty();
  result<std::int64_t> next = at.stored ? stored_counter(*row) : result<std::int64_t>(1);
  if (!next) return passed(next);
  at.next = at.first = *next;
  at.written = at.stored ? at.next : 0;
  return {};
}

result<std::int64_t> transaction::take(counter& from) {
  if (auto ok = look(from); !ok) return passed(ok);
  const std::int64_t taken = from.next++;
  // Where nothing is undone, a number that was given out must never be given again.
  if (!store_.transactional())
    if (auto ok = write_counters(); !ok) return passed(ok);
  return taken;
}

result<id> transaction::next_id() {
  result<std::int64_t> n = take(ids_);
  if (!n) return passed(n);
  return id{*n};
}

result<std::int64_t> transaction::next_change() { return take(changes_); }

result<std::int64_t> transaction::first_change() {
  if (auto ok = look(changes_); !ok) return passed(ok);
  return changes_.first;
}

result<void> transaction::scan(const schema::entity& of, id after, std::size_t at_most,
                               const record_visitor& visit) {
  return store_.driver_->scan(catalog_, of, after, at_most, view::writing, visit);
}

result<std::int64_t> transaction::next_epoch() { return take(epochs_); }

result<void> transaction::write_counters() {
  for (counter* each : {&ids_, &changes_, &epochs_}) {
    if (each->next == each->written) continue;
    schema::record next(catalog_, *catalog_->find(table::meta.name));
    next.set(schema::system_slot::id, each->key);
    next.set(table::meta["number"].slot, each->next);
    if (auto ok = store_.driver_->put(next, each->stored ? 1 : 0); !ok) return ok;
    each->stored = true;
    each->written = each->next;
  }
  return {};
}

/// Whether a host, between two calls, has taken back what the first has written.
result<void> transaction::still_stands() {
  for (const counter* each : {&ids_, &changes_, &epochs_}) {
    if (each->written == 0) continue;
    result<schema::record> row = load(*catalog_->find(table::meta.name), each->key);
    if (!row) return passed(row);
    if (row->empty() || stored_number(row->at(table::meta["number"].slot)) != each->written)
      return unexpected(error(errc::misuse, "the host has taken back what this transaction wrote "
                                            "before; nothing more is written in it, begin again")
                            .set_aborted(true));
  }
  return {};
}

result<int> transaction::nest() {
  if (nesting_ == 0 && store_.lent())
    if (auto ok = still_stands(); !ok) return passed(ok);
  if (auto ok = store_.driver_->savepoint(nesting_ + 1); !ok) return passed(ok);
  nestings_.push_back({written_, last_});
  return ++nesting_;
}

result<void> transaction::keep(int nesting) {
  nesting_ = nesting - 1;
  nestings_.resize(static_cast<std::size_t>(nesting_));
  // A host that commits now must not commit records without the numbers that they took.
  if (nesting_ == 0 && store_.lent())
    if (auto ok = write_counters(); !ok) return ok;
  return store_.driver_->release(nesting);
}

result<void> transaction::undo(int nesting) {
  nesting_ = nesting - 1;
  const mark began = nestings_[static_cast<std::size_t>(nesting_)];
  nestings_.resize(static_cast<std::size_t>(nesting_));
  words_.clear();  // some may be gone again
  if (auto ok = undone(began.written); !ok) return ok;
  last_ = began.last;
  if (auto ok = store_.driver_->rollback_to(nesting); !ok) return ok;
  return store_.driver_->release(nesting);
}

result<void> transaction::undone(std::size_t since) const {
  if (store_.transactional() || written_ == since) return {};
  return unexpected(errc::unsupported, "this store has no transactions; what was written before "
                                       "the failure stays");
}

}  // namespace guanxi::store
