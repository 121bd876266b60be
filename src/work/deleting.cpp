// Deleting: what goes along with a record, what stands in the way, and the deletion as one batch.
#include "obstacles.hpp"
#include "run.hpp"

#include "guanxi/expr/print.hpp"

#include <map>
#include <utility>

namespace guanxi::work {

namespace at = schema::system_slot;
using schema::on_delete;

namespace {

constexpr int max_levels = 64;         // of records that go along with records
constexpr std::size_t per_query = 100;  // ids that one query asks for
constexpr std::size_t per_round = 256;  // records that are held and written together

bool goes_along(const schema::field& f) {
  return f.on_delete == on_delete::cascade || f.on_delete == on_delete::follow;
}

}  // namespace

const policy::grants& pipeline::run::all_sight() {
  if (!all_sight_)
    all_sight_.emplace(who_.policy_shared(), catalog(),
                       policy::principal::system_sight("deletion"));
  return *all_sight_;
}

/// A query on system sight, over what is written so far.
result<query::rows> pipeline::run::ask(const std::string& text,
                                       std::vector<expr::parameter_value> parameters,
                                       query::standing which) {
  result<query::statement> q = query::parse(text);
  if (!q) return passed(q);
  q->standing = which;
  result<query::plan_ptr> p = query::bind(*q, all_sight(), parameters);
  if (!p) return passed(p);
  result<query::trimmed_plan> t = query::trim(*p, all_sight());
  if (!t) return passed(t);
  return p_.in_->read(*t, within());
}

/// Records whose reference leads to one of these.
result<void> pipeline::run::each_child(const schema::field& by, std::span<const id> parents,
                                       query::standing which, const row_visitor& take) {
  const std::string name = expr::quoted_name(by.name);
  const std::string text = "select id, " + name + " from " + expr::quoted_name(by.of->name()) +
                           " where " + name + " in :parents";
  for (std::size_t from = 0; from < parents.size(); from += per_query) {
    expr::parameter_value some{"parents", {}, {}, true};
    for (id key : parents.subspan(from, std::min(per_query, parents.size() - from)))
      some.list.emplace_back(key);
    result<query::rows> rows = ask(text, {std::move(some)}, which);
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i)
      if (auto ok = take(rows->at(i, 0).as_id(), rows->at(i, 1).as_id()); !ok) return ok;
  }
  return {};
}

/// The same for the members of a set from one place to another, along some references.
result<void> pipeline::run::each_child_of(
    const record_set& set, std::size_t from, std::size_t to, query::standing which,
    const field_filter& along,
    const std::function<result<void>(const schema::field& by, id child, std::uint32_t parent)>&
        take) {
  std::map<std::uint16_t, std::vector<id>> by_entity;
  for (std::size_t i = from; i < to; ++i) {
    const record_set::member& m = set.at(static_cast<std::uint32_t>(i));
    by_entity[m.of->number()].push_back(m.key);
  }
  for (const auto& [number, keys] : by_entity) {
    const schema::entity& of = *catalog()->entities()[number];
    for (const schema::field* by : p_.effects_->of(of).referrers) {
      if (!along(*by)) continue;
      auto each = [&](id child, id parent) { return take(*by, child, *set.find(of, parent)); };
      if (auto ok = each_child(*by, keys, which, each); !ok) return ok;
    }
  }
  return {};
}

/// Adds what belongs to the members, and what belongs to that.
result<void> pipeline::run::gather(record_set& set, query::standing which,
                                   const field_filter& along) {
  int level = 0;
  for (std::size_t from = 0, to = set.size(); from < to; from = to, to = set.size()) {
    if (++level > max_levels)
      return unexpected(errc::limit, "nothing was done, since records belong to records on more "
                                     "than 64 levels; begin further down");
    const auto add = [&](const schema::field& by, id child, std::uint32_t parent) -> result<void> {
      const std::uint32_t place = set.add(*by.of, child);
      set.bind(place, parent, who_.sees(by));
      if (by.on_delete == on_delete::follow) set.at(place).part = true;
      if (set.size() <= max_batch) return {};
      return unexpected(errc::limit, "nothing was done, since more than 1,000,000 records belong "
                                     "together; begin with some that belong to them");
    };
    if (auto ok = each_child_of(set, from, to, which, along, add); !ok) return ok;
  }
  return {};
}

/// A record that must be there, deleted or not.
result<image> pipeline::run::need(const schema::entity& of, id key) {
  result<image> r = p_.load(of, key);
  if (!r || *r) return r;
  return unexpected(error(errc::store_corrupt,
                          "the store names `" + std::string(of.name()) + "` " +
                              std::to_string(key.value) + ", which it does not have")
                        .in_entity(of.name())
                        .of_record(key.value));
}

pipeline::run::item& pipeline::run::work_on(image before) {
  if (item* known = find(before->of(), before->key())) return *known;
  schema::record after = *before;
  item& it = begin(std::move(before), std::move(after));
  it.consequence = true;
  return it;
}

/// A record in a message: `contact` 17 `Ann`. Only for what the caller may read.
std::string pipeline::run::called(const schema::record& r) const {
  std::string out = "`" + std::string(r.of().name()) + "` " + std::to_string(r.key().value);
  const std::uint16_t title = r.of().title_slot();
  if (title != schema::no_slot && who_.of(r.of()).sees(title) && !r.at(title).is_null())
    out += " " + in_backticks(r.at(title).to_string());
  return out;
}

result<void> pipeline::run::check_root(const schema::entity& of, id key) {
  result<image> r = p_.load(of, key);
  if (!r) return passed(r);
  if (!*r || (*r)->deleted()) return unexpected(policy::not_found(of, key));
  if (auto ok = may(policy::action::remove, **r); !ok) return ok;
  if (auto ok = expected(**r); !ok) return ok;
  if ((*r)->archived()) return unexpected(read_only(**r));
  return {};
}

/// A cascade needs the right to delete each; what the caller may not know of is not told.
result<void> pipeline::run::check_rights(record_set& going) {
  obstacles found;
  for (std::uint32_t i : going.parents_first()) {
    record_set::member& m = going.at(i);
    if (m.root) continue;
    result<image> r = need(*m.of, m.key);
    if (!r) return passed(r);
    const policy::grant& g = who_.of(*m.of);
    if (allows(g, policy::action::read, **r))
      for (const record_set::tie& t : going.parents(i))
        m.seen = m.seen || (t.seen && going.at(t.parent).seen);
    if (m.part || allows(g, policy::action::remove, **r)) continue;
    found.add(m.seen ? called(**r) : std::string(), **r, errc::permission);
  }
  return found.told(errc::permission, "nothing was deleted, since",
                    "goes along and is not yours to delete",
                    "go along and are not yours to delete",
                    "what you may not see goes along and is not yours to delete",
                    "ask an administrator");
}

/// A live record that refers to one of these, and must not lose what it refers to.
result<void> pipeline::run::check_restricted(const record_set& going) {
  record_set others;
  const auto add = [&](const schema::field& by, id child, std::uint32_t parent) -> result<void> {
    if (going.find(*by.of, child)) return {};
    record_set::member& m = others.at(others.add(*by.of, child));
    m.seen = m.seen || (who_.sees(by) && going.at(parent).seen);
    return {};
  };
  const auto forbids = [](const schema::field& f) { return f.on_delete == on_delete::restrict; };
  if (auto ok = each_child_of(going, 0, going.size(), query::standing::live, forbids, add); !ok)
    return ok;
  obstacles found;
  for (std::uint32_t i = 0; i < others.size(); ++i) {
    const record_set::member& m = others.at(i);
    result<image> r = need(*m.of, m.key);
    if (!r) return passed(r);
    const bool seen = m.seen && allows(who_.of(*m.of), policy::action::read, **r);
    found.add(seen ? called(**r) : std::string(), **r, errc::validation);
  }
  return found.told(errc::validation, "nothing was deleted, since",
                    "still refers to it", "still refer to it",
                    "what you may not see still refers to it",
                    "change or delete that first, or archive the record instead");
}

result<std::vector<pipeline::run::cleared>> pipeline::run::references_to_clear(
    const record_set& going) {
  std::vector<cleared> out;
  const auto clears = [](const schema::field& f) { return f.on_delete == on_delete::clear; };
  const auto add = [&](const schema::field& by, id child, std::uint32_t parent) -> result<void> {
    if (!going.find(*by.of, child)) out.push_back({&by, child, going.at(parent).key});
    return {};
  };
  auto ok = each_child_of(going, 0, going.size(), query::standing::live, clears, add);
  if (!ok) return passed(ok);
  return out;
}

/// Remembers what a reference led to, for the day when that is restored.
result<void> pipeline::run::note_cleared(const cleared& what, std::int64_t batch) {
  namespace to = store::system_table;
  if (auto ok = p_.about_to_write(); !ok) return ok;
  result<id> key = p_.in_->next_id();
  if (!key) return passed(key);
  schema::record note(catalog(), *catalog()->find(to::cleared.name));
  note.set(at::id, *key);
  note.set(to::cleared["batch"].slot, batch);
  note.set(to::cleared["entity"].slot, std::int64_t{what.by->of->number()});
  note.set(to::cleared["record"].slot, what.child.value);
  note.set(to::cleared["field"].slot, std::int64_t{what.by->number});
  note.set(to::cleared["target"].slot, what.target.value);
  return p_.in_->put(note, 0);
}

/// What refers to a deleted record and can do without: a consequence, which needs no right.
result<void> pipeline::run::clear(std::span<const cleared> all, std::int64_t batch) {
  for (std::size_t from = 0; from < all.size(); from += per_round) {
    items_.clear();
    const auto some = all.subspan(from, std::min(per_round, all.size() - from));
    for (const cleared& each : some) {
      result<image> r = need(*each.by->of, each.child);
      if (!r) return passed(r);
      set(work_on(std::move(*r)), each.by->slot, value(), write_class::rule);
    }
    if (auto ok = finish(); !ok) return ok;
    for (const cleared& each : some)
      if (auto ok = note_cleared(each, batch); !ok) return ok;
  }
  return {};
}

/// Children before their parents, so that what follows from a child still finds its parent.
result<void> pipeline::run::remove_all(record_set& going, std::int64_t batch) {
  const std::vector<std::uint32_t> order = going.parents_first();
  for (std::size_t left = order.size(); left > 0;) {
    items_.clear();
    for (std::size_t n = std::min(left, per_round); n > 0; --n) {
      const record_set::member& m = going.at(order[--left]);
      result<image> r = need(*m.of, m.key);
      if (!r) return passed(r);
      item& it = work_on(std::move(*r));
      it.removed = true;
      set(it, at::deletion_batch, batch, write_class::derived);
    }
    if (auto ok = finish(); !ok) return ok;
  }
  return {};
}

result<void> pipeline::run::remove(const schema::entity& asked, std::span<const id> keys) {
  const schema::entity* of = catalog()->find(asked.name());
  if (!of || !who_.of(*of).may_read) return unexpected(query::unknown_entity(asked.name(), who_));
  record_set going;
  for (const id& key : keys) {
    if (auto ok = check_root(*of, key); !ok) {
      if (keys.size() > 1) ok.error().at_line(1 + (&key - keys.data()));
      return ok;
    }
    record_set::member& m = going.at(going.add(*of, key));
    m.root = m.seen = true;
  }
  if (going.size() == 0) return {};
  if (auto ok = gather(going, query::standing::live, goes_along); !ok) return ok;
  if (auto ok = gather_shares(going); !ok) return ok;
  if (auto ok = check_rights(going); !ok) return ok;
  if (auto ok = check_restricted(going); !ok) return ok;
  auto without = references_to_clear(going);
  if (!without) return passed(without);
  result<std::int64_t> batch = p_.in_->next_change();
  if (!batch) return passed(batch);
  reserved_ = *batch;
  if (p_.batch_ == 0) p_.batch_ = reserved_;
  if (auto ok = clear(*without, *batch); !ok) return ok;
  return remove_all(going, *batch);
}

}  // namespace guanxi::work
