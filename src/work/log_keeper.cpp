#include "guanxi/work/log_keeper.hpp"

#include "store/stored.hpp"

#include <string>
#include <utility>
#include <vector>

namespace guanxi::work {

namespace {

namespace table = store::system_table;
namespace at = schema::system_slot;

}  // namespace

result<void> log_keeper::put(cursor& c) {
  const bool fresh = !c.key;
  if (fresh) {
    result<id> key = in_.in_->next_id();
    if (!key) return passed(key);
    c.key = *key;
  }
  schema::record r(in_.catalog_, *in_.catalog_->find(table::cursor.name));
  r.set(at::id, c.key);
  r.set(table::cursor["name"].slot, c.name);
  r.set(table::cursor["user"].slot, c.user.value);
  r.set(table::cursor["position"].slot, c.position);
  r.set(table::cursor["moved_at"].slot, c.moved_at);
  return in_.in_->put(r, fresh ? 0 : 1);
}

result<void> log_keeper::drop(id key) {
  return in_.in_->erase(*in_.catalog_->find(table::cursor.name), key);
}

result<std::size_t> log_keeper::prune(std::int64_t up_to, std::size_t at_most) {
  const schema::entity& log = *in_.catalog_->find(table::change.name);
  std::vector<id> old;
  value last_at;
  const auto take = [&](const schema::record& r) -> result<bool> {
    if (r.key().value > up_to) return false;
    old.push_back(r.key());
    last_at = r.at(table::change["at"].slot);
    return true;
  };
  if (auto ok = in_.in_->scan(log, id{}, at_most, take); !ok) return passed(ok);
  if (old.empty()) return std::size_t{0};
  // What is noted first is never less than what is gone, also on a store that undoes nothing; and
  // a salvaged log is noted as pruned further than it is.
  const schema::entity& meta = *in_.catalog_->find(table::meta.name);
  result<schema::record> noted = in_.in_->load(meta, table::meta_pruned);
  if (!noted) return passed(noted);
  const std::int64_t before =
      noted->empty() ? 0 : store::stored_number(noted->at(table::meta["number"].slot));
  if (before < old.back().value) {
    schema::record now(in_.catalog_, meta);
    now.set(at::id, table::meta_pruned);
    now.set(table::meta["number"].slot, old.back().value);
    if (last_at.type() == value_type::instant)
      now.set(table::meta["content"].slot, std::to_string(last_at.as_instant().microseconds));
    if (auto ok = in_.in_->put(now, noted->empty() ? 0 : 1); !ok) return passed(ok);
  }
  for (id key : old)
    if (auto ok = in_.in_->erase(log, key); !ok) return passed(ok);
  return old.size();
}

}  // namespace guanxi::work
