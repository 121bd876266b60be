#pragma once

#include "guanxi/expr/evaluate.hpp"
#include "guanxi/policy/levels.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::policy {

namespace detail_grant {

/// A row filter has no arithmetic that could fail; if it did, the record stays out of reach.
inline bool test(const reach& r, std::span<const value> own, std::span<const value> ties) {
  const result<bool> yes = expr::holds(r.filter, {.paths = own, .columns = ties});
  return yes && *yes;
}

}  // namespace detail_grant

GUANXI_INLINE bool reach::holds(std::span<const value> own,
                                const std::function<bool(const tie&)>& met) const {
  if (how_far != extent::some) return how_far == extent::all;
  std::vector<value> columns(ties.size(), value(false));
  if (detail_grant::test(*this, own, columns)) return true;
  if (ties.empty()) return false;
  std::fill(columns.begin(), columns.end(), value(true));
  if (!detail_grant::test(*this, own, columns)) return false;
  for (std::size_t i = 0; i < ties.size(); ++i) columns[i] = value(met(ties[i]));
  return detail_grant::test(*this, own, columns);
}

GUANXI_INLINE bool reach::holds(const schema::record& r, relatives& others) const {
  if (how_far != extent::some) return how_far == extent::all;
  std::vector<value> own;
  own.reserve(paths->entries().size());
  for (const expr::bound_path& p : paths->entries()) own.push_back(r.at(p.last().slot));
  if (ties.empty()) return detail_grant::test(*this, own, {});
  return holds(own, [&](const tie& t) { return others.any(t, r.at(t.here)); });
}

GUANXI_INLINE bool grant::allows(action a, const schema::record& r, relatives& others) const {
  switch (a) {
    case action::read: return may_read && read.holds(r, others);
    case action::create: return may_create && edit.holds(r, others);
    case action::edit: return may_edit && edit.holds(r, others);
    case action::remove: return may_remove && full.holds(r, others);
    case action::transfer:
    case action::share: return may_edit && full.holds(r, others);
  }
  return false;
}

GUANXI_INLINE grant_ptr compile(const rulebook& p, const principal& who, const schema::entity& on,
                                const schema::catalog& all) {
  const detail_grant::rights mine = detail_grant::united(p, who, on);
  auto out = std::make_shared<grant>();
  out->entity = &on;
  out->may_create = mine.create;
  out->may_read = mine.read;
  out->may_edit = mine.edit;
  out->may_remove = mine.remove;
  out->visible = std::make_shared<const std::vector<bool>>(mine.visible);
  out->editable = std::make_shared<const std::vector<bool>>(mine.editable);
  const detail_grant::levels within(p, who, all);
  const bool one_level = within.one_level(on);
  std::optional<reach> some;
  const auto at = [&](bool gate, bool bypass, level least) -> reach {
    if (!gate) return {};
    if (bypass) return within.within_limits(detail_grant::everything(), on, mine);
    if (!some || !one_level) some = within.within_limits(within.at(on, least), on, mine);
    return *some;
  };
  out->read = at(mine.read, mine.view_all, level::read);
  out->edit = at(mine.edit || mine.create, mine.modify_all, level::edit);
  out->full = at(mine.edit || mine.remove, mine.modify_all, level::full);
  return out;
}

GUANXI_INLINE bool may_read(const rulebook& p, const user& by, const schema::entity& on) {
  if (!by.active || on.name().starts_with("gx_")) return false;
  const auto& all = p.source().entity_rights;
  return std::any_of(all.begin(), all.end(), [&](const entity_right& e) {
    return detail_grant::reads(e) && detail_grant::held(by, e, on);
  });
}

GUANXI_INLINE grant_ptr grants::share(const schema::entity& on) const {
  grant_ptr& at = compiled_[&on];
  if (!at) at = compile(*policy_, who_, on, *catalog_);
  return at;
}

GUANXI_INLINE error unknown_field(const grants& who, const schema::entity& of,
                                  std::string_view name) {
  nearest_name nearest(name);
  for (const schema::field& f : of.fields())
    if (who.sees(f)) nearest.offer(f.name);
  return error(errc::unknown_name, "no field " + in_backticks(name) + " on `" +
                                       std::string(of.name()) + "`" + nearest.hint())
      .in_entity(of.name())
      .in_field(name);
}

GUANXI_INLINE error not_found(const schema::entity& of, id key) {
  return error(errc::not_found, "no `" + std::string(of.name()) + "` with id " +
                                    std::to_string(key.value))
      .in_entity(of.name())
      .of_record(key.value);
}

}  // namespace guanxi::policy
