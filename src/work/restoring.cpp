// Restoring a deletion batch, exactly that; and archiving, which is no deletion.
#include "obstacles.hpp"
#include "run.hpp"

#include "guanxi/expr/print.hpp"
#include "store/stored.hpp"

#include <utility>

namespace guanxi::work {

namespace at = schema::system_slot;
using schema::on_delete;

namespace {

constexpr std::size_t per_round = 256;  // records that are held and written together

/// Whether a live record cannot be without what this reference leads to.
bool belongs(const schema::field& f) {
  return f.target_entity && !f.system &&
         (f.on_delete == on_delete::cascade || f.on_delete == on_delete::follow ||
          f.on_delete == on_delete::restrict);
}

error no_batch(std::int64_t batch) {
  return error(errc::not_found, "no deletion batch " + std::to_string(batch) +
                                    " that you may restore; nothing was restored");
}

}  // namespace

result<std::int64_t> pipeline::run::restore(const schema::entity& asked, id key) {
  const schema::entity* of = catalog()->find(asked.name());
  if (!of || !who_.of(*of).may_read) return unexpected(query::unknown_entity(asked.name(), who_));
  result<image> r = p_.load(*of, key);
  if (!r) return passed(r);
  const policy::grant& g = who_.of(*of);
  if (*r && (*r)->deleted())
    p_.related().coming_back((*r)->at(at::deletion_batch).as_integer());
  if (!*r || !allows(g, policy::action::read, **r)) return unexpected(policy::not_found(*of, key));
  if (!(*r)->deleted())
    return unexpected(error(errc::validation, "this `" + std::string(of->name()) +
                                                  "` is not deleted; nothing was restored")
                          .in_entity(of->name())
                          .of_record(key.value));
  // What is deleted is there for those alone who could delete it.
  if (!allows(g, policy::action::remove, **r)) return unexpected(policy::not_found(*of, key));
  return restore_batch((*r)->at(at::deletion_batch).as_integer());
}

result<record_set> pipeline::run::members_of(std::int64_t batch) {
  record_set out;
  for (const auto& e : catalog()->entities()) {
    if (store::bare(*e)) continue;
    result<query::rows> rows =
        ask("select id from " + expr::quoted_name(e->name()) + " where deletion_batch = :batch",
            {{"batch", batch, {}, false}}, query::standing::deleted);
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i) {
      const id key = rows->at(i, 0).as_id();
      result<bool> comes = comes_back(*e, key, batch);
      if (!comes) return passed(comes);
      if (*comes) out.add(*e, key);
    }
  }
  return out;
}

/// What in a batch belongs to what, as it was when they were deleted.
result<void> pipeline::run::tie_members(record_set& back) {
  for (std::uint32_t i = 0; i < back.size(); ++i) {
    const record_set::member m = back.at(i);
    result<image> r = need(*m.of, m.key);
    if (!r) return passed(r);
    if (shares(*m.of)) {
      const schema::entity* of = catalog()->find((*r)->at(m.of->find("entity")->slot).as_text());
      const id key{(*r)->at(m.of->find("record")->slot).as_integer()};
      if (const auto shared = of ? back.find(*of, key) : std::nullopt) {
        back.bind(i, *shared, false);
        back.at(i).part = true;
      }
    }
    for (const schema::field& f : m.of->fields()) {
      if (!belongs(f) || (*r)->at(f.slot).is_null()) continue;
      const auto parent = back.find(*f.target_entity, (*r)->at(f.slot).as_id());
      if (!parent) continue;
      back.bind(i, *parent, who_.sees(f));
      if (f.on_delete == on_delete::follow) back.at(i).part = true;
    }
  }
  return {};
}

/// What a record belongs to must be live, and the caller must be able to read it, unless the record
/// is part of one that comes back.
result<void> pipeline::run::check_parent(const record_set::member& m, const schema::record& r,
                                         const schema::field& by) {
  const schema::entity& target = *by.target_entity;
  result<image> parent = p_.load(target, r.at(by.slot).as_id());
  if (!parent) return passed(parent);
  const bool readable =
      *parent && allows(who_.of(target), policy::action::read, **parent) && who_.sees(by);
  const bool live = *parent && !(*parent)->deleted();
  if (live && (m.part || allows(who_.of(target), policy::action::read, **parent))) return {};
  if (!m.seen)
    return unexpected(errc::validation, "nothing was restored, since a part of it refers to what "
                                        "is not there; ask an administrator");
  const std::string place = "the `" + by.name + "` of " + called(r);
  error out(errc::validation,
            !who_.sees(by) ? "nothing was restored, since " + called(r) +
                                 " belongs to what is not there for you; ask an administrator"
            : readable     ? "nothing was restored, since " + place + ", " + called(**parent) +
                                 ", is deleted; restore that first"
                           : "nothing was restored, since " + place +
                                 " is not there for you; ask an administrator");
  out.in_entity(m.of->name()).of_record(m.key.value);
  if (who_.sees(by)) out.in_field(by.name);
  return unexpected(std::move(out));
}

/// Who may restore: who may delete each, parts excepted. A batch of which the caller sees nothing
/// does not exist.
result<void> pipeline::run::check_restorable(record_set& back, std::int64_t batch) {
  obstacles found;
  bool any = false;
  const std::vector<std::uint32_t> order = back.parents_first();
  for (std::uint32_t i : order) {
    record_set::member& m = back.at(i);
    result<image> r = need(*m.of, m.key);
    if (!r) return passed(r);
    const policy::grant& g = who_.of(*m.of);
    m.seen = allows(g, policy::action::remove, **r);
    any = any || m.seen;
    if (m.part && allows(g, policy::action::read, **r))
      for (const record_set::tie& t : back.parents(i))
        m.seen = m.seen || (t.seen && back.at(t.parent).seen);
    if (!m.part && !m.seen) found.add({}, **r, errc::permission);
  }
  if (!any) return unexpected(no_batch(batch));
  if (auto ok = found.told(errc::permission, "nothing was restored, since", "", "",
                           "what was deleted with it is not yours to restore",
                           "ask an administrator");
      !ok)
    return ok;
  for (std::uint32_t i : order) {
    const record_set::member& m = back.at(i);
    result<image> r = need(*m.of, m.key);
    if (!r) return passed(r);
    for (const schema::field& f : m.of->fields()) {
      if (!belongs(f) || (*r)->at(f.slot).is_null()) continue;
      if (back.find(*f.target_entity, (*r)->at(f.slot).as_id())) continue;
      if (auto ok = check_parent(m, **r, f); !ok) return ok;
    }
  }
  return {};
}

/// Begins the restoring of one record. A reference that the deletion of its target would have
/// cleared, had the record been live, is cleared now, until that target is restored.
result<void> pipeline::run::restore_one(image before, noted& notes) {
  item& it = work_on(std::move(before));
  it.restored = true;
  set(it, at::deletion_batch, value(), write_class::derived);
  for (const schema::field& f : it.of().fields()) {
    if (f.on_delete != on_delete::clear || it.after.at(f.slot).is_null()) continue;
    const id target = it.after.at(f.slot).as_id();
    if (const item* pending = find(*f.target_entity, target); pending && pending->restored)
      continue;
    result<image> there = p_.load(*f.target_entity, target);
    if (!there) return passed(there);
    if (*there && !(*there)->deleted()) continue;
    set(it, f.slot, value(), write_class::rule);
    if (*there)
      notes.push_back({{&f, it.after.key(), target},
                       (*there)->at(at::deletion_batch).as_integer()});
  }
  return {};
}

/// Parents before their children, so that what follows from a child finds its parent.
result<void> pipeline::run::restore_all(record_set& back, std::int64_t batch) {
  const std::vector<std::uint32_t> order = back.parents_first();
  for (std::size_t next = 0; next < order.size();) {
    noted notes;
    items_.clear();
    for (const std::size_t end = std::min(order.size(), next + per_round); next < end; ++next) {
      const record_set::member& m = back.at(order[next]);
      result<image> r = need(*m.of, m.key);
      if (!r) return passed(r);
      if (auto ok = restore_one(std::move(*r), notes); !ok) return ok;
    }
    if (auto ok = finish(); !ok) return ok;
    for (const auto& [what, with] : notes)
      if (auto ok = note_cleared(what, with); !ok) return ok;
  }
  return tie_again(back, batch);
}

result<void> pipeline::run::forget_note(id note) {
  if (auto ok = p_.about_to_write(); !ok) return ok;
  return p_.in_->erase(*catalog()->find(store::system_table::cleared.name), note);
}

const schema::entity* pipeline::run::entity_numbered(std::int64_t number) const {
  for (const auto& e : catalog()->entities())
    if (e->number() == number) return e.get();
  return nullptr;
}

/// References that the deletion cleared lead again to where they led, unless somebody has given
/// them another value.
result<void> pipeline::run::tie_again(const record_set& back, std::int64_t batch) {
  result<query::rows> notes =
      ask("select id, entity, record, field, target from gx_cleared where batch = :batch",
          {{"batch", batch, {}, false}}, query::standing::all);
  if (!notes) return passed(notes);
  for (std::size_t next = 0; next < notes->size();) {
    std::vector<id> used;
    items_.clear();
    for (const std::size_t end = std::min(notes->size(), next + per_round); next < end; ++next) {
      const schema::entity* of = entity_numbered(store::stored_number(notes->at(next, 1)));
      const auto number = static_cast<std::uint32_t>(store::stored_number(notes->at(next, 3)));
      const schema::field* by = of ? of->numbered(number) : nullptr;
      const id target{store::stored_number(notes->at(next, 4))};
      if (!by || !by->target_entity || !back.find(*by->target_entity, target)) continue;
      result<image> child = p_.load(*of, id{store::stored_number(notes->at(next, 2))});
      if (!child) return passed(child);
      used.push_back(notes->at(next, 0).as_id());
      if (!*child || !(*child)->at(by->slot).is_null()) continue;
      item& it = work_on(std::move(*child));
      it.quiet = it.before->deleted();
      set(it, by->slot, target, write_class::rule);
    }
    if (auto ok = finish(); !ok) return ok;
    for (id note : used)
      if (auto ok = forget_note(note); !ok) return ok;
  }
  return {};
}

result<std::int64_t> pipeline::run::restore_batch(std::int64_t batch) {
  result<record_set> back = members_of(batch);
  if (!back) return passed(back);
  if (back->size() == 0) return unexpected(no_batch(batch));
  p_.related().coming_back(batch);  // parents in it decide on their children again
  if (auto ok = tie_members(*back); !ok) return passed(ok);
  if (auto ok = check_restorable(*back, batch); !ok) return passed(ok);
  if (auto ok = restore_all(*back, batch); !ok) return passed(ok);
  return static_cast<std::int64_t>(back->size());
}

result<schema::record> pipeline::run::archive(const schema::entity& asked, id key, bool archived) {
  const schema::entity* of = catalog()->find(asked.name());
  if (!of || !who_.of(*of).may_read) return unexpected(query::unknown_entity(asked.name(), who_));
  result<item*> it = start(*of, key);
  if (!it) return passed(it);
  (*it)->consequence = true;
  const schema::record& before = *(*it)->before;
  if (auto ok = may(policy::action::edit, before); !ok) return passed(ok);
  if (auto ok = expected(before); !ok) return passed(ok);
  if (before.archived() != archived)
    set(**it, at::archived, archived ? value(true) : value(), write_class::derived);
  if (auto ok = finish(); !ok) return passed(ok);
  return shown(*items_.front());
}

}  // namespace guanxi::work
