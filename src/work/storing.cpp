// The end of a write: validate, log, store.
#include "guanxi/expr/print.hpp"
#include "log.hpp"
#include "run.hpp"

#include <utility>

namespace guanxi::work {

namespace at = schema::system_slot;

result<void> pipeline::run::check_reference(const item& it, const schema::field& f) {
  const value& v = it.after.at(f.slot);
  // owner_role is the owner's role as it stands, even one that is deleted.
  if (v.is_null() || !f.target_entity || f.slot == at::id || f.slot == at::owner_role) return {};
  if (!it.differs(f.slot)) return {};
  const schema::entity& target = *f.target_entity;
  const auto missing = [&] {
    fault(it, f, errc::not_found,
          "no `" + std::string(target.name()) + "` " + v.to_string() + " for `" + f.name + "`");
  };
  if (find(target, v.as_id())) return {};
  result<image> r = p_.load(target, v.as_id());
  if (!r) return passed(r);
  // Rule 15: what a caller relates to must be readable; out of sight and missing are one.
  const bool callers = it.classes[f.slot] == write_class::caller;
  if (!*r || (*r)->deleted() || (callers && !allows(who_.of(target), policy::action::read, **r)))
    missing();
  return {};
}

result<void> pipeline::run::check_unique(const item& it, const schema::field& f) {
  const value& v = it.after.at(f.slot);
  if (v.is_null() || it.after.deleted() || !(it.restored || it.differs(f.slot))) return {};
  result<id> holder = p_.in_->holder(it.of(), f.slot, v, it.after.key());
  if (!holder) return passed(holder);
  if (*holder && it.restored) {
    result<image> other = p_.load(it.of(), *holder);
    if (!other) return passed(other);
    if (*other && allows(*it.rights, policy::action::read, **other)) {
      fault(it, f, errc::duplicate,
            "`" + f.name + "` must be unique, and " + called(**other) +
                " has this value now; change it there, then restore");
      if (faults_.back().field() == f.name) faults_.back().of_record(holder->value);
      return {};
    }
  }
  // Opaque by design: who holds the value may be out of the caller's sight.
  if (*holder)
    fault(it, f, errc::duplicate,
          "`" + f.name + "` must be unique, and another `" + std::string(it.of().name()) +
              "` has this value");
  return {};
}

void pipeline::run::fault(const item& it, const schema::field& f, errc code, std::string text) {
  const policy::grant& g = *it.rights;
  const std::string entity(it.of().name());
  if (g.sees(f.slot) || g.edits(f.slot))
    return faults_.push_back(
        error(code, std::move(text)).in_entity(entity).in_field(f.name));
  faults_.push_back(error(errc::validation, "this `" + entity + "` breaks a rule on a field that "
                                            "you may not see; ask an administrator")
                        .in_entity(entity));
}

/// Amounts have a currency, and keep it: changing the record's while another amount stays as it is
/// would turn that amount into something else.
void pipeline::run::check_currency(const item& it) {
  const std::uint16_t slot = it.of().currency_slot();
  if (slot == schema::no_slot) return;
  const value& now = it.after.at(slot);
  const bool changed = !it.fresh() && !it.before->at(slot).is_null() && it.differs(slot);
  for (std::uint16_t amount : it.by->amounts) {
    if (it.after.at(amount).is_null()) continue;
    if (now.is_null())
      return fault(it, it.of().at(slot), errc::validation,
                   "`" + it.of().at(slot).name + "` is required where there is an amount");
    if (changed && it.classes[amount] == write_class::none)
      return fault(it, it.of().at(slot), errc::mixed_currency,
                   "an amount of this record is in " + it.before->at(slot).to_string() +
                       "; give every amount anew to change the currency to " + now.to_string());
  }
}

result<void> pipeline::run::validate(const item& it) {
  if (it.removed || it.quiet) return {};
  for (const schema::field* each : it.by->checked) {
    const schema::field& f = *each;
    // What it holds was good when it was written; rules that came later do not stop what follows
    // from another record, nor a restore.
    const bool asked = !it.consequence || it.differs(f.slot);
    if (asked && f.has(schema::required) && it.after.at(f.slot).is_null())
      fault(it, f, errc::validation,
            "`" + f.name + "` is required on `" + std::string(it.of().name()) + "`");
    if (f.type == schema::kind::reference)
      if (auto ok = check_reference(it, f); !ok) return ok;
    if (f.has(schema::unique))
      if (auto ok = check_unique(it, f); !ok) return ok;
  }
  check_currency(it);
  return {};
}

result<void> pipeline::run::log(const item& it, std::span<const std::uint16_t> changed) {
  namespace to = store::system_table;
  const std::int64_t taken = std::exchange(reserved_, 0);
  result<std::int64_t> sequence = taken ? result<std::int64_t>(taken) : p_.in_->next_change();
  if (!sequence) return passed(sequence);
  if (p_.batch_ == 0) p_.batch_ = *sequence;
  const std::string& why = it.cause ? *it.cause : !how_.cause.empty() ? how_.cause
                                                                     : who_.who().cause;
  schema::record& entry = p_.entry_;
  entry.set(at::id, id{*sequence});
  entry.set(to::change["at"].slot, now_);
  entry.set(to::change["user"].slot, who_.who().user.value);
  entry.set(to::change["batch"].slot, p_.batch_ == *sequence ? value() : value(p_.batch_));
  entry.set(to::change["record"].slot, it.after.key().value);
  store::cause_name named;
  if (!why.empty() && why != "api") {
    result<std::uint32_t> word = p_.in_->word(why);
    if (!word) return passed(word);
    named = {*word, why};
  }
  const store::change_kind what = it.purged     ? store::change_kind::purge
                                  : it.removed  ? store::change_kind::remove
                                  : it.restored ? store::change_kind::restore
                                  : it.fresh()  ? store::change_kind::create
                                                : store::change_kind::edit;
  entry.set(to::change["entry"].slot,
            packed({what, now_, named, it.before.get(), it.after, changed, it.by->numbered}));
  return p_.in_->put(entry, 0);
}

result<void> pipeline::run::store(item& it) {
  const std::vector<std::uint16_t> changed =
      differing(it.before.get(), it.after, it.by->numbered);
  if (changed.empty() && !it.fresh()) return {};
  if (auto ok = p_.about_to_write(); !ok) return ok;
  it.after.set(at::revision, it.fresh() ? 1 : it.before->revision() + 1);
  const value who = who_.who().user ? value(who_.who().user) : value();
  const auto stamp = [&](std::uint16_t slot, value v) {
    if (it.classes[slot] != write_class::caller) it.after.set(slot, std::move(v));
  };
  if (it.fresh()) {
    stamp(at::created_at, now_);
    stamp(at::created_by, who);
  }
  if (!it.quiet) {  // when and by whom it was deleted stays true
    stamp(at::modified_at, now_);
    stamp(at::modified_by, who);
  }
  auto stored = it.fresh() ? p_.in_->put(it.after, 0) : p_.in_->replace(*it.before, it.after);
  if (!stored) return stored;
  if (auto ok = log(it, changed); !ok) return ok;
  p_.touch(it.of());
  if (shares(it.of())) p_.touched_shares_.emplace_back(&it.of(), it.after.key());
  const std::uint16_t role = it.by->role;
  if (role != schema::no_slot && !it.fresh() && it.differs(role))
    if (auto ok = relabel_owned(it); !ok) return ok;
  // A new record is read again if it is needed, which most are not.
  if (!it.fresh()) p_.remember(std::make_shared<const schema::record>(it.after));
  return {};
}

/// A user who changes role takes along what that user owns: owner_role follows, and nothing else
/// (no revision, no log entry: it is derived from the owner).
result<void> pipeline::run::relabel_owned(const item& user) {
  const value role = user.after.at(user.by->role);
  const policy::grants all(who_.policy_shared(), catalog(),
                           policy::principal::system_sight("effect"));
  const expr::parameter_value owner{"user", user.after.at(at::id), {}, false};
  for (const auto& e : catalog()->entities()) {
    if (store::bare(*e)) continue;
    result<query::statement> q =
        query::parse("select id from " + expr::quoted_name(e->name()) + " where owner = :user");
    if (!q) return passed(q);
    q->standing = query::standing::all;  // who sees it in the bin follows, too
    result<query::plan_ptr> p = query::bind(*q, all, {&owner, 1});
    if (!p) return passed(p);
    result<query::trimmed_plan> t = query::trim(*p, all);
    if (!t) return passed(t);
    result<query::rows> owned = p_.in_->read(*t, within());
    if (!owned) return passed(owned);
    for (std::size_t i = 0; i < owned->size(); ++i) {
      if (auto ok = how_.within.check(); !ok) return ok;
      result<schema::record> before = p_.in_->load(*e, owned->at(i, 0).as_id());
      if (!before) return passed(before);
      schema::record after = *before;
      after.set(at::owner_role, role);
      if (auto ok = p_.in_->replace(*before, after); !ok) return ok;
      if (item* pending = find(*e, after.key())) pending->after.set(at::owner_role, role);
      p_.remember(std::make_shared<const schema::record>(std::move(after)));
    }
  }
  return {};
}

}  // namespace guanxi::work
