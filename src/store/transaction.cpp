#include "guanxi/store/store.hpp"

#include <utility>

namespace guanxi::store {

namespace {

// Rows of gx_meta that hold counters.
constexpr id meta_next_id{1}, meta_next_change{2}, meta_epoch{4};

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

}  // namespace

transaction::~transaction() {
  // Nothing can be done here about a failing rollback: the store undoes it when it next opens.
  if (open_) static_cast<void>(rollback());
}

result<schema::record> transaction::load(const schema::entity& of, id key) {
  schema::record r(store_.catalog(), of);
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
  return store_.driver_->put(r, expected_revision);
}

result<void> transaction::erase(const schema::entity& of, id key) {
  ++written_;
  return store_.driver_->erase(of, key);
}

/// Keeps the gx_unique entries of a record that is about to be stored.
result<void> transaction::index_unique(const schema::record& before, const schema::record& after) {
  const schema::entity& table = *store_.catalog()->find("gx_unique");
  const std::uint16_t entity_slot = table.find("entity")->slot,
                      field_slot = table.find("field")->slot,
                      content_slot = table.find("content")->slot,
                      record_slot = table.find("record")->slot;
  // Finds the entry of a value, or the free place for it, and points it at `owner` (0: nobody).
  const auto point = [&](const schema::field& f, const value& v, id owner) -> result<void> {
    const std::string content = v.to_string();
    id key = unique_entry(after.of().name(), f.name, content);
    for (int probe = 0; probe < max_probes; ++probe, ++key.value) {
      result<schema::record> entry = load(table, key);
      if (!entry) return passed(entry);
      const bool fresh = entry->empty();
      const bool mine = !fresh && entry->at(entity_slot) == value(after.of().name()) &&
                        entry->at(field_slot) == value(f.name) &&
                        entry->at(content_slot) == value(content);
      if (!fresh && !mine) continue;
      if (fresh && !owner) return {};
      schema::record next(store_.catalog(), table);
      next.set(schema::system_slot::id, key);
      next.set(entity_slot, after.of().name());
      next.set(field_slot, f.name);
      next.set(content_slot, content);
      next.set(record_slot, owner.value);
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
    const schema::entity& table = *store_.catalog()->find("gx_unique");
    const std::string content = v.to_string();
    id key = unique_entry(of.name(), of.at(slot).name, content);
    for (int probe = 0; probe < max_probes; ++probe, ++key.value) {
      result<schema::record> entry = load(table, key);
      if (!entry) return passed(entry);
      if (entry->empty()) break;
      if (entry->at(table.find("entity")->slot) == value(of.name()) &&
          entry->at(table.find("field")->slot) == value(of.at(slot).name) &&
          entry->at(table.find("content")->slot) == value(content)) {
        found = id{entry->at(table.find("record")->slot).as_integer()};
        break;
      }
    }
  }
  return found == except ? id{} : found;
}

result<query::rows> transaction::read(const query::trimmed_plan& p, const query::bounds& within) {
  return store_.read(p, within, view::writing);
}

result<std::int64_t> transaction::counter(id key, std::optional<std::int64_t>& cached) {
  if (!cached) {
    const schema::entity& table = *store_.catalog()->find("gx_meta");
    result<schema::record> row = load(table, key);
    if (!row) return passed(row);
    cached = row->empty() ? 1 : row->at(table.find("number")->slot).as_integer();
  }
  const std::int64_t taken = (*cached)++;
  // Where nothing is undone, a number that was given out must never be given again.
  if (!store_.transactional())
    if (auto ok = write_counters(); !ok) return passed(ok);
  return taken;
}

result<id> transaction::next_id() {
  result<std::int64_t> n = counter(meta_next_id, next_id_);
  if (!n) return passed(n);
  return id{*n};
}

result<std::int64_t> transaction::next_change() { return counter(meta_next_change, next_change_); }

result<std::int64_t> transaction::next_epoch() { return counter(meta_epoch, epoch_); }

result<void> transaction::write_counters() {
  for (auto [key, cached] : {std::pair(meta_next_id, next_id_),
                             std::pair(meta_next_change, next_change_),
                             std::pair(meta_epoch, epoch_)}) {
    if (!cached) continue;
    const schema::entity& table = *store_.catalog()->find("gx_meta");
    result<schema::record> row = load(table, key);
    if (!row) return passed(row);
    schema::record next(store_.catalog(), table);
    next.set(schema::system_slot::id, key);
    next.set(table.find("number")->slot, *cached);
    if (auto ok = store_.driver_->put(next, row->empty() ? 0 : 1); !ok) return ok;
  }
  return {};
}

result<int> transaction::nest() {
  if (auto ok = store_.driver_->savepoint(nesting_ + 1); !ok) return passed(ok);
  nestings_.push_back(written_);
  return ++nesting_;
}

result<void> transaction::keep(int nesting) {
  nesting_ = nesting - 1;
  nestings_.resize(static_cast<std::size_t>(nesting_));
  return store_.driver_->release(nesting);
}

result<void> transaction::undo(int nesting) {
  nesting_ = nesting - 1;
  const std::size_t since = nestings_[static_cast<std::size_t>(nesting_)];
  nestings_.resize(static_cast<std::size_t>(nesting_));
  if (auto ok = undone(since); !ok) return ok;
  if (auto ok = store_.driver_->rollback_to(nesting); !ok) return ok;
  return store_.driver_->release(nesting);
}

result<void> transaction::undone(std::size_t since) const {
  if (store_.transactional() || written_ == since) return {};
  return unexpected(errc::unsupported, "this store has no transactions; what was written before "
                                       "the failure stays");
}

result<void> transaction::commit(const std::function<void()>& before_unlocking) {
  if (!open_) return unexpected(errc::misuse, "the transaction has ended already");
  if (auto ok = write_counters(); !ok) return ok;
  auto done = store_.driver_->commit();
  if (!done) return done;
  open_ = false;
  if (before_unlocking) before_unlocking();
  lock_.unlock();
  return done;
}

result<void> transaction::rollback() {
  if (!open_) return unexpected(errc::misuse, "the transaction has ended already");
  open_ = false;
  auto done = undone(0);
  if (done) done = store_.driver_->rollback();
  lock_.unlock();
  return done;
}

}  // namespace guanxi::store
