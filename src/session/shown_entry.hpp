// An entry of the change log as a user may see it.
#pragma once

#include "guanxi/policy/grant.hpp"
#include "guanxi/session/session.hpp"
#include "guanxi/store/change_entry.hpp"

namespace guanxi {

/// The entry with the fields that the grant shows and `wants` asks for (all, if it is empty).
template <class Wants>
history_entry shown_entry(store::change_entry e, const schema::entity& of, const policy::grant& to,
                          const Wants& wants) {
  history_entry out;
  out.sequence = e.sequence;
  out.batch = e.batch;
  out.entity = of.name();
  out.record = e.record;
  // Who may not see when and by whom a record was modified does not learn it here.
  if (to.sees(schema::system_slot::modified_at)) out.at = e.at;
  if (to.sees(schema::system_slot::modified_by)) out.user = e.user;
  out.cause = std::move(e.cause);
  out.action = store::name(e.what);
  for (store::field_change& c : e.fields) {
    const schema::field* f = of.numbered(c.field);
    if (!f || !to.sees(f->slot) || !wants(*f)) continue;
    // When and by whom a record was last modified is what every entry tells anyway.
    if (f->slot == schema::system_slot::modified_at || f->slot == schema::system_slot::modified_by)
      continue;
    out.fields.push_back({f->name, store::as_of_now(*f, std::move(c.before)),
                          store::as_of_now(*f, std::move(c.after))});
  }
  return out;
}

}  // namespace guanxi
