// Shares and teams name a record by its entity and id, which is no reference: here they are made to
// go with their record and to follow its owner, and whoever makes one is checked.
#include "run.hpp"

#include "guanxi/expr/print.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace guanxi::work {

namespace at = schema::system_slot;

namespace {

constexpr std::size_t per_query = 100;  // ids that one query asks for
constexpr std::string_view tables[] = {policy::share_entity, policy::team_entity};

}  // namespace

bool pipeline::run::shares(const schema::entity& of) noexcept {
  return of.name() == policy::share_entity || of.name() == policy::team_entity;
}

/// The record that a share or a member of a team is about; null: there is none.
result<image> pipeline::run::shared_record(const schema::record& share) {
  const value& entity = share.at(share.of().find("entity")->slot);
  const value& key = share.at(share.of().find("record")->slot);
  const schema::entity* of = entity.is_null() ? nullptr : catalog()->find(entity.as_text());
  if (!of || store::bare(*of) || key.is_null() || key.as_integer() <= 0) return image();
  result<image> r = p_.load(*of, id{key.as_integer()});
  if (r && *r && (*r)->deleted()) return image();
  return r;
}

/// Who shares a record needs full on it. What cannot be read does not exist.
result<void> pipeline::run::authorise_share(const schema::record& share) {
  if (!shares(share.of())) return {};
  result<image> r = shared_record(share);
  if (!r) return passed(r);
  if (!*r || !allows(who_.of((*r)->of()), policy::action::read, **r))
    return unexpected(error(errc::not_found, "there is no such record to share; check `entity` "
                                             "and `record`")
                          .in_entity(share.of().name())
                          .in_field("record"));
  if (allows(who_.of((*r)->of()), policy::action::share, **r)) return {};
  return unexpected(error(errc::permission,
                          "you may not share this `" + std::string((*r)->of().name()) +
                              "`: that takes its owner, or somebody above the owner")
                        .in_entity((*r)->of().name())
                        .of_record((*r)->key().value));
}

/// Whether a member of a deletion batch is restored with it. A share is if all that it names is
/// there, or comes back with it; beside its record, only by somebody who could share that anew.
result<bool> pipeline::run::comes_back(const schema::entity& of, id key, std::int64_t batch) {
  if (!shares(of)) return true;
  result<image> share = need(of, key);
  if (!share) return passed(share);
  const auto with_it = [&](const image& r) {
    return r && r->deleted() && r->at(at::deletion_batch).as_integer() == batch;
  };
  for (const schema::field& f : of.fields()) {
    if (f.system || !f.target_entity || (*share)->at(f.slot).is_null()) continue;
    result<image> named = p_.load(*f.target_entity, (*share)->at(f.slot).as_id());
    if (!named) return passed(named);
    if (!*named || ((*named)->deleted() && !with_it(*named))) return false;
  }
  const value& entity = (*share)->at(of.find("entity")->slot);
  const value& record = (*share)->at(of.find("record")->slot);
  if (entity.is_null() || record.is_null()) return false;
  const schema::entity* about = catalog()->find(entity.as_text());
  if (!about || store::bare(*about)) return false;
  result<image> r = p_.load(*about, id{record.as_integer()});
  if (!r) return passed(r);
  if (with_it(*r)) return true;
  return *r && !(*r)->deleted() && allows(who_.of(*about), policy::action::share, **r);
}

/// Whether anything of an entity may be shared. The rules do not know what this transaction shared.
bool pipeline::run::may_be_shared(const schema::entity& of) const {
  if (who_.rules().shared(of.name())) return true;
  return std::any_of(p_.touched_.begin(), p_.touched_.end(),
                     [](const schema::entity* e) { return shares(*e); });
}

/// The shares of some records of one entity, from one of the tables.
result<void> pipeline::run::each_share(std::string_view table, const schema::entity& of,
                                       std::span<const id> records, bool manual_only,
                                       const row_visitor& take) {
  std::string text = "select id, record from " + std::string(table) +
                     " where entity = :entity and record in :records";
  if (manual_only) text += " and cause = 'manual'";
  for (std::size_t from = 0; from < records.size(); from += per_query) {
    expr::parameter_value some{"records", {}, {}, true};
    for (id key : records.subspan(from, std::min(per_query, records.size() - from)))
      some.list.emplace_back(key.value);
    result<query::rows> rows = ask(text, {{"entity", value(of.name()), {}, false}, std::move(some)},
                                   query::standing::live);
    if (!rows) return passed(rows);
    for (std::size_t i = 0; i < rows->size(); ++i)
      if (auto ok = take(rows->at(i, 0).as_id(), id{rows->at(i, 1).as_integer()}); !ok) return ok;
  }
  return {};
}

/// What is shared goes with its shares, as parts of it.
result<void> pipeline::run::gather_shares(record_set& going) {
  std::map<std::uint16_t, std::vector<id>> by_entity;
  for (std::uint32_t i = 0; i < going.size(); ++i)
    if (may_be_shared(*going.at(i).of))
      by_entity[going.at(i).of->number()].push_back(going.at(i).key);
  for (const auto& [number, keys] : by_entity) {
    const schema::entity& of = *catalog()->entities()[number];
    for (std::string_view table : tables) {
      const schema::entity& share = *catalog()->find(table);
      const auto add = [&](id key, id record) -> result<void> {
        const std::uint32_t place = going.add(share, key);
        going.bind(place, *going.find(of, record), false);
        going.at(place).part = true;
        return {};
      };
      if (auto ok = each_share(table, of, keys, false, add); !ok) return ok;
    }
  }
  return {};
}

/// Rule 8: what was shared by hand ends with the ownership that it came from; the team does where
/// the sharing default of the entity says so.
result<void> pipeline::run::drop_manual_shares() {
  std::map<std::uint16_t, std::vector<id>> moved;
  for (const auto& it : items_)
    if (!it->fresh() && !it->removed && !it->purged && it->differs(at::owner) &&
        may_be_shared(it->of()))
      moved[it->of().number()].push_back(it->after.key());
  for (const auto& [number, keys] : moved) {
    const schema::entity& of = *catalog()->entities()[number];
    const policy::sharing_default* base = who_.rules().default_of(of.name());
    if (auto ok = drop_shares(policy::share_entity, of, keys, true); !ok) return ok;
    if (!base || base->team_stays) continue;
    if (auto ok = drop_shares(policy::team_entity, of, keys, false); !ok) return ok;
  }
  return {};
}

result<void> pipeline::run::drop_shares(std::string_view table, const schema::entity& of,
                                        std::span<const id> records, bool manual_only) {
  std::vector<id> ending;
  const auto note = [&](id key, id) -> result<void> {
    ending.push_back(key);
    return {};
  };
  if (auto ok = each_share(table, of, records, manual_only, note); !ok) return ok;
  if (ending.empty()) return {};
  result<std::int64_t> batch = p_.in_->next_change();
  if (!batch) return passed(batch);
  reserved_ = *batch;
  for (id key : ending) {
    result<image> share = need(*catalog()->find(table), key);
    if (!share) return passed(share);
    item& it = work_on(std::move(*share));
    it.removed = true;
    set(it, at::deletion_batch, *batch, write_class::derived);
    if (auto ok = store(it); !ok) return ok;
  }
  return {};
}

}  // namespace guanxi::work
