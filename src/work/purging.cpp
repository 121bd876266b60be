// Purging: what was deleted long ago is erased, with what depends on it; the log tells that it was.
#include "run.hpp"

#include "guanxi/expr/print.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::work {

using schema::on_delete;

namespace {

constexpr std::size_t per_round = 256;  // records that are held and written together

/// Whether a record cannot be without what this reference leads to.
bool depends(const schema::field& f) {
  return f.has(schema::required) || f.on_delete == on_delete::cascade ||
         f.on_delete == on_delete::follow || f.on_delete == on_delete::restrict;
}

/// Who acted, and in which role, must be known as long as there is a record of what was done.
bool for_ever(const schema::entity& of) {
  return store::bare(of) || of.name() == "user" || of.name() == "role";
}

}  // namespace

/// Marks what must stay since a live record depends on it, and what that in turn depends on.
result<void> pipeline::run::mark_kept(record_set& set) {
  const auto keep = [&](const schema::field&, id, std::uint32_t parent) -> result<void> {
    set.at(parent).kept = true;
    return {};
  };
  if (auto ok = each_child_of(set, 0, set.size(), query::standing::live, depends, keep); !ok)
    return ok;
  for (bool more = true; std::exchange(more, false);)
    for (std::uint32_t i = 0; i < set.size(); ++i) {
      if (!set.at(i).kept && !for_ever(*set.at(i).of)) continue;
      for (const record_set::tie& t : set.parents(i))
        more = !std::exchange(set.at(t.parent).kept, true) || more;
    }
  return {};
}

/// Others that refer to what goes refer to nothing, as far as they can do without.
result<void> pipeline::run::let_go(const record_set& set, const std::vector<bool>& goes) {
  std::vector<cleared> all;
  const auto optional = [](const schema::field& f) { return !depends(f); };
  const auto add = [&](const schema::field& by, id child, std::uint32_t parent) -> result<void> {
    const auto own = set.find(*by.of, child);
    if (goes[parent] && !(own && goes[*own])) all.push_back({&by, child, set.at(parent).key});
    return {};
  };
  auto ok = each_child_of(set, 0, set.size(), query::standing::all, optional, add);
  for (std::size_t next = 0; ok && next < all.size();) {
    items_.clear();
    for (const std::size_t end = std::min(all.size(), next + per_round); next < end; ++next) {
      result<image> child = need(*all[next].by->of, all[next].child);
      if (!child) return passed(child);
      item& it = work_on(std::move(*child));
      it.quiet = it.before->deleted();
      this->set(it, all[next].by->slot, value(), write_class::rule);
    }
    ok = finish();
  }
  items_.clear();
  return ok;
}

/// Erases one record for good. Its last image goes into the log, which has a retention of its own.
result<void> pipeline::run::erase(image gone) {
  if (auto ok = p_.about_to_write(); !ok) return ok;
  const schema::entity& of = gone->of();
  const id key = gone->key();
  result<query::rows> notes =
      ask("select id from gx_cleared where target = :key", {{"key", key.value, {}, false}},
          query::standing::all);
  if (!notes) return passed(notes);
  for (std::size_t i = 0; i < notes->size(); ++i)
    if (auto ok = forget_note(notes->at(i, 0).as_id()); !ok) return ok;
  item it;
  it.after = *gone;
  it.before = std::move(gone);
  it.by = &p_.effects_->of(of);
  it.purged = true;
  if (auto ok = log(it, {}); !ok) return ok;
  p_.touch(of);
  return p_.in_->erase(of, key);
}

result<bool> pipeline::run::purge(instant before, std::size_t at_most, purge_place& from) {
  const auto all = catalog()->entities();
  for (; from.entity < all.size(); ++from.entity, from.after = {}) {
    const schema::entity& of = *all[from.entity];
    if (for_ever(of)) continue;
    result<query::rows> old =
        ask("select id from " + expr::quoted_name(of.name()) +
                " where modified_at < :before and id > :after order by id limit :most",
            {{"before", before, {}, false},
             {"after", from.after, {}, false},
             {"most", static_cast<std::int64_t>(at_most), {}, false}},
            query::standing::deleted);
    if (!old) return passed(old);
    if (old->empty()) continue;
    record_set set;
    for (std::size_t i = 0; i < old->size(); ++i)
      set.at(set.add(of, old->at(i, 0).as_id())).root = true;
    from.after = old->at(old->size() - 1, 0).as_id();
    if (auto ok = gather(set, query::standing::deleted, depends); !ok) return passed(ok);
    if (auto ok = mark_kept(set); !ok) return passed(ok);
    std::vector<bool> goes(set.size(), false);
    const std::vector<std::uint32_t> order = set.parents_first();
    for (std::uint32_t i : order) {
      const record_set::member& m = set.at(i);
      const auto ties = set.parents(i);
      goes[i] = !m.kept && !for_ever(*m.of) &&
                (m.root || std::any_of(ties.begin(), ties.end(),
                                       [&](const auto& t) { return goes[t.parent]; }));
      from.kept += m.root && !goes[i];
    }
    if (auto ok = let_go(set, goes); !ok) return passed(ok);
    for (auto i = order.rbegin(); i != order.rend(); ++i) {
      if (!goes[*i]) continue;
      result<image> gone = need(*set.at(*i).of, set.at(*i).key);
      if (!gone) return passed(gone);
      if (auto ok = erase(std::move(*gone)); !ok) return passed(ok);
      ++from.purged;
    }
    p_.forget();
    return true;
  }
  return false;
}

}  // namespace guanxi::work
