// What happened to a record, as the acting user may know it.
#include "guanxi/work/change_log.hpp"
#include "shown_entry.hpp"
#include "state.hpp"

#include <utility>

namespace guanxi {

namespace {

/// The history of a record, or of one of its fields.
result<std::vector<history_entry>> history_of(const session::state& by, std::string_view entity,
                                              id key, std::optional<std::string_view> field) {
  std::vector<history_entry> out;
  const auto read = [&](const policy::grants& mine, work::change_log& log) -> result<void> {
    out.clear();
    const schema::entity* of = mine.catalog()->find(entity);
    if (!of || !mine.of(*of).may_read) return unexpected(query::unknown_entity(entity, mine));
    result<record> now = log.record(*of, key);
    if (!now) return passed(now);
    query::loaded_relatives others = log.related();
    const bool there = !now->empty() && !now->deleted() &&
                       mine.of(*of).allows(action::read, *now, others);
    if (auto failed = others.failed()) return unexpected(std::move(*failed));
    if (!there)
      return unexpected(policy::not_found(*of, key));
    const schema::field* only = field ? of->find(*field) : nullptr;
    if (field && (!only || !mine.sees(*only)))
      return unexpected(policy::unknown_field(mine, *of, *field));
    auto entries = log.of_record(*of, key);
    if (!entries) return passed(entries);
    for (store::change_entry& e : *entries) {
      history_entry one =
          shown_entry(std::move(e), *of, mine.of(*of), [&](const schema::field& f) {
            return !only || &f == only;
          });
      // A change of hidden fields alone did not happen, as far as this user can tell.
      if (!one.fields.empty()) out.push_back(std::move(one));
    }
    return {};
  };
  if (auto ok = by.look_at_log(read); !ok) return passed(ok);
  return out;
}

}  // namespace

result<std::vector<history_entry>> session::history(std::string_view entity, id key) const {
  return history_of(*state_, entity, key, std::nullopt);
}

result<std::vector<history_entry>> session::history(std::string_view entity, id key,
                                                    std::string_view field) const {
  return history_of(*state_, entity, key, field);
}

}  // namespace guanxi
