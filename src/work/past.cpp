#include "guanxi/work/past.hpp"

#include "guanxi/query/resolve.hpp"
#include "guanxi/query/split.hpp"

#include <algorithm>
#include <limits>

namespace guanxi::work {

namespace {

namespace at = schema::system_slot;
constexpr std::size_t page = 1000;

}  // namespace

namespace {

/// By number: the entities that a guard asks for other records of.
void note_ties(const policy::reach& guard, std::vector<bool>& into) {
  for (const policy::tie& t : guard.ties) {
    into[t.of->number()] = true;
    note_ties(*t.within, into);
  }
}

/// By number: the entities that a plan and those nested in it read.
void note_entities(const query::trimmed_plan& asked, std::vector<bool>& into) {
  into[asked.what().paths.root().number()] = true;
  for (const query::join& j : asked.what().joins)
    if (j.of) into[j.of->number()] = true;
  for (std::size_t j = 0; j < asked.what().joins.size(); ++j) note_ties(asked.guard(j), into);
  for (const query::trimmed_plan& inner : asked.nested()) note_entities(inner, into);
  for (const query::trimmed_plan& before : asked.earlier()) note_entities(before, into);
}

}  // namespace

past::past(change_log& log, const policy::grants& mine)
    : log_(log), mine_(mine), related_(log.related()),
      by_entity_(mine.catalog()->entities().size()), users_(mine.catalog()->find("user")) {
  if (users_) role_ = users_->find("role")->slot;
}

result<past> past::after(change_log& log, std::int64_t sequence, const policy::grants& mine,
                         const query::trimmed_plan& asked, const query::bounds& within) {
  past out(log, mine);
  if (auto ok = out.look_back(sequence, asked, within); !ok) return passed(ok);
  return out;
}

result<past> past::of_record(change_log& log, std::int64_t sequence, const policy::grants& mine,
                             const schema::entity& of, id key) {
  past out(log, mine);
  if (auto ok = out.look_back(sequence, of, key); !ok) return passed(ok);
  return out;
}

result<void> past::reaches(std::int64_t sequence) {
  result<std::int64_t> pruned = log_.pruned();
  if (!pruned) return passed(pruned);
  if (sequence >= *pruned) return {};
  return unexpected(errc::pruned, "the change log has been pruned up to " +
                                      std::to_string(*pruned) +
                                      ", so nothing before that can be read as it was");
}

result<void> past::look_back(std::int64_t sequence, const query::trimmed_plan& asked,
                             const query::bounds& within) {
  if (auto ok = reaches(sequence); !ok) return ok;
  std::vector<bool> wanted(by_entity_.size());
  note_entities(asked, wanted);
  if (users_) wanted[users_->number()] = true;
  std::size_t held = 0;
  for (std::int64_t seen = sequence;;) {
    if (auto ok = within.check(); !ok) return ok;
    auto entries = log_.after(seen, page, change_log::own::included);
    if (!entries) return passed(entries);
    if (entries->empty()) break;
    for (const store::change_entry& e : *entries) {
      if (e.entity >= wanted.size() || !wanted[e.entity]) continue;
      const std::size_t before = by_entity_[e.entity].size();
      note(e);
      held += by_entity_[e.entity].size() - before;
    }
    if (held > within.max_rows)
      return unexpected(errc::limit, "more records changed since then than the statement may hold");
    seen = entries->back().sequence;
  }
  // Pruned while it was read, on a store that holds no moment: what is gone may be missing.
  return reaches(sequence);
}

result<void> past::look_back(std::int64_t sequence, const schema::entity& of, id key) {
  if (auto ok = reaches(sequence); !ok) return ok;
  const auto take = [&](const schema::entity& e, id record) -> result<void> {
    auto entries = log_.of_record(e, record);
    if (!entries) return passed(entries);
    for (const store::change_entry& entry : *entries)
      if (entry.sequence > sequence) note(entry);
    return {};
  };
  if (auto ok = take(of, key); !ok) return ok;
  result<schema::record> now = log_.record(of, key);
  if (!now) return passed(now);
  result<schema::record> was = restored(of, key, *now);
  if (!was) return passed(was);
  const value owner = was->empty() ? value() : was->at(at::owner);
  if (users_ && !owner.is_null() && (of.number() != users_->number() || owner.as_id() != key))
    if (auto ok = take(*users_, owner.as_id()); !ok) return ok;
  return reaches(sequence);
}

past::fates& past::of(const schema::entity& e) { return by_entity_[e.number()]; }

void past::note(const store::change_entry& e) {
  if (e.entity >= by_entity_.size()) return;
  const schema::entity& of = *mine_.catalog()->entities()[e.entity];
  fate& f = by_entity_[e.entity][e.record];
  if (f.born) return;
  const bool first = f.changes == 0;
  ++f.changes;
  if (e.what == store::change_kind::create) {
    f.born = first;
    return;
  }
  if (e.what == store::change_kind::purge) f.purged = true;
  for (const store::field_change& c : e.fields) {
    const schema::field* field = of.numbered(c.field);
    if (!field) continue;
    if (f.purged) f.last.emplace_back(field->slot, store::as_of_now(*field, c.before));
    const auto known = std::any_of(f.before.begin(), f.before.end(),
                                   [&](const auto& b) { return b.first == field->slot; });
    if (!known) f.before.emplace_back(field->slot, store::as_of_now(*field, c.before));
  }
}

/// A user's change of role relabels what the user owns, without entries in the log; and a change
/// of owner does not tell the role where it stays the same. So the role of then is that of the
/// owner of then; nothing: as it stands in a record that has not changed.
result<std::optional<value>> past::role_then(const value& owner, bool changed) {
  const std::optional<value> none;
  if (owner.is_null() || !users_) return none;
  const id user = owner.as_id();
  const fates& users = of(*users_);
  if (const auto found = users.find(user); found != users.end())
    for (const auto& [slot, before] : found->second.before)
      if (slot == role_) return std::optional(before);
  if (!changed) return none;
  auto kept = roles_now_.find(user);
  if (kept == roles_now_.end()) {
    result<schema::record> now = log_.record(*users_, user);
    if (!now) return passed(now);
    kept = roles_now_.emplace(user, now->empty() ? value() : now->at(role_)).first;
  }
  return std::optional(kept->second);
}

result<bool> past::seen_now(const policy::grant& mine, const schema::record& r) {
  const bool seen = mine.allows(policy::action::read, r, related_);
  if (auto failed = related_.failed()) return unexpected(std::move(*failed));
  return seen;
}

result<schema::record> past::restored(const schema::entity& e, id key, const schema::record& now) {
  const fates& changed = of(e);
  const auto found = changed.find(key);
  const policy::grant& mine = mine_.of(e);
  schema::record out = now;
  if (found == changed.end()) {
    if (now.empty()) return schema::record();
    result<bool> seen = seen_now(mine, now);
    if (!seen) return passed(seen);
    if (!*seen) return schema::record();
  } else {
    const fate& f = found->second;
    if (f.born) return schema::record();
    if (now.empty()) {
      if (!f.purged) return schema::record();
      out = schema::record(mine_.catalog(), e);
      out.set(at::id, key);
      for (const auto& [slot, before] : f.last) out.set(slot, before);
    }
    // In reach at its last, that is today's state or what it was when it was purged.
    result<bool> seen = seen_now(mine, out);
    if (!seen) return passed(seen);
    if (!*seen) return schema::record();
    for (const auto& [slot, before] : f.before) out.set(slot, before);
    // A purge tells the last revision, and does not raise it.
    const std::int64_t raised = now.empty() ? f.changes - 1 : f.changes;
    if (!out.at(at::revision).is_null()) out.set(at::revision, out.revision() - raised);
  }
  auto role = role_then(out.at(at::owner), found != changed.end());
  if (!role) return passed(role);
  if (*role) out.set(at::owner_role, std::move(**role));
  return out;
}

result<schema::record> past::get(const schema::entity& e, id key) {
  result<schema::record> now = log_.record(e, key);
  if (!now) return passed(now);
  result<schema::record> then = restored(e, key, *now);
  if (then && !then->empty() && then->deleted()) return schema::record();
  return then;
}

result<void> past::scan(const schema::entity& e, query::standing which,
                        const std::function<result<bool>(const schema::record&)>& visit) {
  const fates& changed = of(e);
  auto gone = changed.begin();
  id seen;
  const auto wanted = [&](const schema::record& then) {
    return !then.empty() && query::among(which, then.deleted(), then.archived());
  };
  // Records that are no longer stored come between the stored ones, by their ids.
  const auto visit_purged_below = [&](id below) -> result<bool> {
    for (; gone != changed.end() && gone->first < below; ++gone) {
      if (!gone->second.purged) continue;
      result<schema::record> then = restored(e, gone->first, schema::record());
      if (!then) return passed(then);
      if (!wanted(*then)) continue;
      result<bool> more = visit(*then);
      if (!more || !*more) return more;
    }
    return true;
  };
  for (bool more = true; more;) {
    std::vector<schema::record> stored;
    const auto keep = [&](const schema::record& r) -> result<bool> {
      stored.push_back(r);
      return true;
    };
    if (auto ok = log_.records(e, seen, page, keep); !ok) return ok;
    more = stored.size() == page;
    for (const schema::record& now : stored) {
      seen = now.key();
      result<bool> on = visit_purged_below(seen);
      if (!on) return passed(on);
      if (!*on) return {};
      result<schema::record> then = restored(e, seen, now);
      if (!then) return passed(then);
      if (!wanted(*then)) continue;
      result<bool> goes_on = visit(*then);
      if (!goes_on) return passed(goes_on);
      if (!*goes_on) return {};
    }
  }
  result<bool> rest = visit_purged_below(id{std::numeric_limits<std::int64_t>::max()});
  return rest ? result<void>() : result<void>(passed(rest));
}

result<query::rows> past::run(const query::trimmed_plan& asked, const query::bounds& within) {
  result<query::trimmed_plan> ready = query::resolved(
      asked, within, [&](const query::trimmed_plan& inner) { return run(inner, within); });
  if (!ready) return passed(ready);
  const query::trimmed_plan& p = *ready;
  const query::split_plan how = query::split(p, {});
  query::engine core(p.what(), how.residue, within);
  const auto take = [&](std::span<const value> paths) { return core.take(paths); };
  if (auto ran = query::gather(p, *this, within, take); !ran) return passed(ran);
  return core.finish();
}

}  // namespace guanxi::work
