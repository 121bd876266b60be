// What happened to a record, as the acting user may know it.
#include "guanxi/work/change_log.hpp"
#include "state.hpp"

#include <utility>

namespace guanxi {

namespace {

/// When and by whom a record was last modified is what every entry tells anyway.
bool told_by_the_entry(const schema::field& f) {
  return f.slot == schema::system_slot::modified_at || f.slot == schema::system_slot::modified_by;
}

history_entry shown(store::change_entry e, const schema::entity& of, const policy::grant& to) {
  history_entry out;
  out.sequence = e.sequence;
  // Who may not see when and by whom a record was modified does not learn it here.
  if (to.sees(schema::system_slot::modified_at)) out.at = e.at;
  if (to.sees(schema::system_slot::modified_by)) out.user = e.user;
  out.cause = std::move(e.cause);
  out.action = store::name(e.what);
  for (store::field_change& c : e.fields) {
    const schema::field* f = of.numbered(c.field);
    if (!f || told_by_the_entry(*f) || !to.sees(f->slot)) continue;
    out.fields.push_back({f->name, store::as_of_now(*f, std::move(c.before)),
                          store::as_of_now(*f, std::move(c.after))});
  }
  return out;
}

}  // namespace

result<std::vector<history_entry>> session::history(std::string_view entity, id key) const {
  std::vector<history_entry> out;
  const auto work = [&](const policy::grants& mine, work::change_log& log) -> result<void> {
    out.clear();
    const schema::entity* of = mine.catalog()->find(entity);
    if (!of || !mine.of(*of).may_read) return unexpected(query::unknown_entity(entity, mine));
    result<record> now = log.record(*of, key);
    if (!now) return passed(now);
    if (now->empty() || now->deleted() || !mine.of(*of).allows(action::read, *now))
      return unexpected(policy::not_found(*of, key));
    auto entries = log.of_record(*of, key);
    if (!entries) return passed(entries);
    for (store::change_entry& e : *entries) {
      history_entry one = shown(std::move(e), *of, mine.of(*of));
      // A change of hidden fields alone did not happen, as far as this user can tell.
      if (!one.fields.empty()) out.push_back(std::move(one));
    }
    return {};
  };
  if (auto ok = state_->look_at_log(work); !ok) return passed(ok);
  return out;
}

}  // namespace guanxi
