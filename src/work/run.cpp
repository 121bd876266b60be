#include "run.hpp"

#include "guanxi/base/text_services.hpp"
#include "guanxi/expr/evaluate.hpp"
#include "guanxi/schema/conflict.hpp"
#include "log.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::work {

namespace at = schema::system_slot;

namespace {

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) > 0; });
}

error refused(policy::action a, const schema::entity& of, std::string why) {
  return error(errc::permission, "you may not " + std::string(name(a)) + " this `" +
                                     std::string(of.name()) + "`: " + std::move(why))
      .in_entity(of.name());
}

error no_right_to_create(const schema::entity& of) {
  return refused(policy::action::create, of,
                 "no permission set gives the right to create `" + std::string(of.name()) + "`");
}

}  // namespace

pipeline::run::run(pipeline& p, const policy::grants& who, const write_options& how)
    : p_(p), who_(who), how_(how), now_(p.world().clock->now()) {}

error pipeline::run::unknown_field(const schema::entity& of, std::string_view name) const {
  return policy::unknown_field(who_, of, name);
}

pipeline::run::item* pipeline::run::find(const schema::entity& of, id key) {
  for (const auto& it : items_)
    if (&it->of() == &of && it->after.key() == key) return it.get();
  return nullptr;
}

pipeline::run::item& pipeline::run::begin(image before, schema::record after) {
  auto it = std::make_unique<item>();
  it->by = &p_.effects_->of(after.of());
  it->rights = &who_.of(after.of());
  it->classes.assign(after.of().slots(), write_class::none);
  it->next.reserve(after.of().slots());  // one growth: most fields of a new record are written
  it->before = std::move(before);
  it->after = std::move(after);
  items_.push_back(std::move(it));
  return *items_.back();
}

result<pipeline::run::item*> pipeline::run::start(const schema::entity& of, id key) {
  if (item* known = find(of, key)) return known;
  result<image> stored = p_.load(of, key);
  if (!stored) return passed(stored);
  if (!*stored || (*stored)->deleted()) return unexpected(policy::not_found(of, key));
  schema::record after = **stored;
  return &begin(std::move(*stored), std::move(after));
}

result<pipeline::run::item*> pipeline::run::start_new(const schema::entity& of) {
  result<id> key = p_.in_->next_id();
  if (!key) return passed(key);
  schema::record after(catalog(), of);
  after.set(at::id, *key);
  return &begin({}, std::move(after));
}

void pipeline::run::set(item& it, std::uint16_t slot, value v, write_class as) {
  if (it.classes[slot] > as) return;
  it.classes[slot] = as;
  if (v.type() == value_type::text && !ascii(v.as_text()))
    v = p_.world().text->composed(v.as_text());
  if (it.after.at(slot) == v) return;
  it.after.set(slot, std::move(v));
  if (std::find(it.next.begin(), it.next.end(), slot) == it.next.end()) it.next.push_back(slot);
}

void pipeline::run::apply_entry(item& it, const schema::draft::entry& e) {
  const schema::field& f = it.of().at(e.slot);
  const policy::grant& g = *it.rights;
  const auto fault = [&](errc code, std::string text) {
    faults_.push_back(error(code, std::move(text)).in_entity(it.of().name()).in_field(f.name));
  };
  if (!g.sees(e.slot) && !g.edits(e.slot)) {
    faults_.push_back(unknown_field(it.of(), f.name));
    return;
  }
  if (f.has(schema::derived))
    return fault(errc::validation, "`" + f.name + "` is derived; it follows from other fields");
  const bool stamp = e.slot == at::created_at || e.slot == at::created_by ||
                     e.slot == at::modified_at || e.slot == at::modified_by;
  if (!schema::settable(f) && !(stamp && who_.who().system))
    return fault(errc::validation, "`" + f.name + "` is set by the library");
  if (!g.edits(e.slot))
    return fault(errc::permission,
                 "you may not edit `" + f.name + "` on `" + std::string(it.of().name()) + "`");
  set(it, e.slot, e.content, write_class::caller);
}

void pipeline::run::apply_caller(item& it, const schema::draft& d) {
  for (const error& e : d.errors()) {
    const schema::field* f = it.of().find(e.field());
    // Whatever is wrong with a hidden field's value: the field does not exist.
    const bool hidden = !f || (!it.rights->sees(f->slot) && !it.rights->edits(f->slot));
    faults_.push_back(hidden && e.code() != errc::misuse ? unknown_field(it.of(), e.field()) : e);
  }
  for (const schema::draft::entry& e : d.entries()) apply_entry(it, e);
}

result<void> pipeline::run::apply_defaults(item& it) {
  std::vector<value> inputs;
  for (const initial& each : it.by->defaults) {
    const schema::field& f = *each.of;
    if (!it.after.at(f.slot).is_null() || it.classes[f.slot] != write_class::none) continue;
    if (!each.content) return unexpected(each.content.error());
    inputs.clear();
    for (std::uint16_t slot : each.inputs) inputs.push_back(it.after.at(slot));
    result<value> v =
        expr::evaluate(*each.content, {.paths = inputs, .text = p_.world().text.get()});
    if (!v) return passed(v);
    result<value> fits = schema::fitted(f, std::move(*v));
    if (!fits) return passed(fits);
    set(it, f.slot, std::move(*fits), write_class::initial);
  }
  const std::uint16_t currency = it.of().currency_slot();
  if (currency != schema::no_slot && it.after.at(currency).is_null())
    set(it, currency, value(p_.base_currency_), write_class::initial);
  return {};
}

/// What a caller's choice of owner must be: active, and with a right to read the entity. Of a user
/// who is out of the caller's sight nothing is told; validation finds that there is none.
void pipeline::run::check_new_owner(const item& it, const schema::record& owner) {
  if (!allows(who_.of(owner.of()), policy::action::read, owner)) return;
  const auto fault = [&](std::string text) {
    faults_.push_back(
        error(errc::validation, std::move(text)).in_entity(it.of().name()).in_field("owner"));
  };
  if (owner.at(p_.effects_->of(owner.of()).active) == value(false))
    return fault("`owner` is not active; choose an active user");
  const policy::user* known = who_.rules().find_user(owner.key());
  if (!known || !known->active || known->key == who_.who().user) return;
  if (!policy::may_read(who_.rules(), *known, it.of()))
    fault("the new `owner` has no right to read `" + std::string(it.of().name()) + "`");
}

/// The owner defaults to who acts; owner_role is the owner's role, always.
result<void> pipeline::run::settle_owner(item& it) {
  if (it.fresh() && it.after.at(at::owner).is_null() && who_.who().user &&
      it.classes[at::owner] != write_class::caller)
    set(it, at::owner, who_.who().user, write_class::initial);
  if (!it.differs(at::owner)) return {};
  const value& owner = it.after.at(at::owner);
  const schema::entity* of = it.of().at(at::owner).target_entity;
  if (owner.is_null() || !of) {
    set(it, at::owner_role, value(), write_class::derived);
    return {};
  }
  const schema::entity& users = *of;
  image stored;
  // A user who creates the own record owns it before it is stored.
  const bool own = &it.of() == &users && owner == it.after.at(at::id);
  if (!own) {
    result<image> found = p_.load(users, owner.as_id());
    if (!found) return passed(found);
    stored = std::move(*found);
    // One that is not there is a missing reference, which validation tells of.
    if (!stored || stored->deleted()) return {};
  }
  const schema::record& user = own ? it.after : *stored;
  if (it.classes[at::owner] == write_class::caller) check_new_owner(it, user);
  it.classes[at::owner_role] = write_class::none;
  set(it, at::owner_role, user.at(p_.effects_->of(users).role), write_class::derived);
  return {};
}

result<void> pipeline::run::authorise(const item& it) const {
  using policy::action;
  const policy::grant& g = *it.rights;
  if (it.fresh()) {
    if (!g.may_create) return unexpected(no_right_to_create(it.of()));
    if (!allows(g, action::create, it.after))
      return unexpected(refused(
          action::create, it.of(),
          by_parent(it.of())
              ? "you could not edit it, which takes the right to edit the record that `" +
                    who_.rules().default_of(it.of().name())->parent + "` refers to"
              : "you could not edit it; choose yourself or someone below you as `owner`"));
    return {};
  }
  const schema::record& before = *it.before;
  const action what = it.differs(at::owner) ? action::transfer : action::edit;
  if (auto ok = may(what, before); !ok) return ok;
  // What is given away may leave the reach that came with its owner, but not that of its parents.
  if ((what == action::edit || by_parent(it.of())) && !allows(g, action::edit, it.after))
    return unexpected(
        refused(action::edit, it.of(), "it would leave your reach").of_record(before.key().value));
  return {};
}

/// Whether the caller may do this to a stored record. What cannot be read does not exist; only then
/// may an error speak of rights.
result<void> pipeline::run::may(policy::action what, const schema::record& before) const {
  const policy::grant& g = who_.of(before.of());
  if (!allows(g, policy::action::read, before))
    return unexpected(policy::not_found(before.of(), before.key()));
  if (!(what == policy::action::remove ? g.may_remove : g.may_edit))
    return unexpected(refused(what, before.of(), "no permission set gives the right")
                          .of_record(before.key().value));
  if (!allows(g, what, before))
    return unexpected(refused(what, before.of(),
                              by_parent(before.of())
                                  ? "you may not do that to the record that `" +
                                        who_.rules().default_of(before.of().name())->parent +
                                        "` refers to, which decides on this one"
                                  : "you are neither its owner nor above the owner in the role "
                                    "tree, and nothing shares it with you")
                          .of_record(before.key().value));
  return {};
}

/// Whether the record is still as the caller has read it; else what is stored, and what was wanted
/// if there is such an image.
result<void> pipeline::run::expected(const schema::record& before,
                                     const schema::record* after) const {
  if (how_.expected_revision <= 0 || before.revision() == how_.expected_revision) return {};
  const policy::grant& g = who_.of(before.of());
  schema::record stored = before, wanted;
  stored.hide_behind(g.visible);
  if (after) {
    wanted = *after;
    wanted.hide_behind(g.visible);
  }
  error out = error(errc::conflict, "the record has changed since it was read: it is at revision " +
                                        std::to_string(before.revision()) + ", not " +
                                        std::to_string(how_.expected_revision) +
                                        "; read it again")
                  .in_entity(before.of().name())
                  .of_record(before.key().value);
  out.enclose(std::make_shared<schema::conflict>(std::move(stored), std::move(wanted)));
  return unexpected(std::move(out));
}

error read_only(const schema::record& archived) {
  return error(errc::validation, "this `" + std::string(archived.of().name()) +
                                     "` is archived, which makes it read-only; nothing was "
                                     "changed; unarchive it first")
      .in_entity(archived.of().name())
      .of_record(archived.key().value);
}

result<void> pipeline::run::faults() {
  if (faults_.empty()) return {};
  error first = std::move(faults_.front());
  for (std::size_t i = 1; i < faults_.size(); ++i) first.add_other(std::move(faults_[i]));
  if (faults_.size() > 1)
    first.set_message(std::string(first.message()) + " (and " + std::to_string(faults_.size() - 1) +
                      " more)");
  faults_.clear();
  return unexpected(std::move(first));
}

/// The entity that a draft is for, as this store knows it; another tenant's may have other slots.
result<const schema::entity*> pipeline::run::own(const schema::draft& d) const {
  const auto all = catalog()->entities();
  if (d.of().number() < all.size() && all[d.of().number()].get() == &d.of()) return &d.of();
  const schema::entity* of = catalog()->find(d.of().name());
  if (!of) return unexpected(query::unknown_entity(d.of().name(), who_));
  for (const schema::draft::entry& e : d.entries())
    if (e.slot >= of->slots() || of->at(e.slot).name != d.of().at(e.slot).name)
      return unexpected(error(errc::misuse, "the draft was made for another store's `" +
                                                std::string(of->name()) + "`; make it again")
                            .in_entity(of->name()));
  return of;
}

result<schema::record> pipeline::run::create(const schema::draft& d) {
  result<const schema::entity*> known = own(d);
  if (!known) return passed(known);
  const schema::entity* of = *known;
  const policy::grant& g = who_.of(*of);
  if (!g.may_create) {
    if (!g.may_read) return unexpected(query::unknown_entity(of->name(), who_));
    return unexpected(no_right_to_create(*of));
  }
  result<item*> it = start_new(*of);
  if (!it) return passed(it);
  apply_caller(**it, d);
  if (auto ok = apply_defaults(**it); !ok) return passed(ok);
  if (auto ok = settle_owner(**it); !ok) return passed(ok);
  if (auto ok = authorise(**it); !ok) return passed(ok);
  if (auto ok = authorise_share((*it)->after); !ok) return passed(ok);
  if (auto ok = finish(); !ok) return passed(ok);
  return shown(*items_.front());
}

result<schema::record> pipeline::run::change(const schema::entity& asked, id key,
                                             const schema::draft& d) {
  result<const schema::entity*> known = own(d);
  if (!known) return passed(known);
  const schema::entity* of = *known;
  if (asked.name() != of->name())
    return unexpected(errc::misuse, "the draft is for `" + std::string(of->name()) + "`, not `" +
                                        std::string(asked.name()) + "`");
  if (!who_.of(*of).may_read) return unexpected(query::unknown_entity(of->name(), who_));
  result<item*> it = start(*of, key);
  if (!it) return passed(it);
  if (!allows(who_.of(*of), policy::action::read, *(*it)->before))
    return unexpected(policy::not_found(*of, key));
  apply_caller(**it, d);
  if (auto ok = expected(*(*it)->before, &(*it)->after); !ok) return passed(ok);
  if (auto ok = settle_owner(**it); !ok) return passed(ok);
  if (auto ok = authorise(**it); !ok) return passed(ok);
  if ((*it)->before->archived()) return unexpected(read_only(*(*it)->before));
  for (const schema::record* image : {(*it)->before.get(), &std::as_const((*it)->after)})
    if (auto ok = how_.follows_schema ? result<void>() : authorise_share(*image); !ok)
      return passed(ok);
  if (auto ok = finish(); !ok) return passed(ok);
  return shown(*items_.front());
}

/// What the principal sees of what was written; perhaps only that it was. The item is done with.
schema::record pipeline::run::shown(item& it) const {
  schema::record out = std::move(it.after);
  const policy::grant& g = *it.rights;
  if (allows(g, policy::action::read, out)) {
    out.hide_behind(g.visible);
    return out;
  }
  auto only_id = std::make_shared<std::vector<bool>>(out.of().slots(), false);
  (*only_id)[at::id] = true;
  out.hide_behind(std::move(only_id));
  return out;
}

result<void> pipeline::run::finish() {
  if (auto ok = faults(); !ok) return ok;
  if (auto ok = run_effects(); !ok) return ok;
  for (const auto& it : items_)
    if (auto ok = validate(*it); !ok) return ok;
  if (auto ok = faults(); !ok) return ok;
  if (auto ok = how_.within.check(); !ok) return ok;
  for (const auto& it : items_)
    if (auto ok = store(*it); !ok) return ok;
  return drop_manual_shares();
}

}  // namespace guanxi::work
