#pragma once

#include "guanxi/schema/catalog.hpp"

#include <algorithm>

namespace guanxi::schema {

namespace detail_catalog {

inline unexpected no_field(std::string_view entity_name, std::string_view field_name,
                           const nearest_name& near) {
  return unexpected(error(errc::unknown_name, "no field " + in_backticks(field_name) +
                                                  " on `" + std::string(entity_name) + "`" +
                                                  near.hint())
                        .in_entity(entity_name)
                        .in_field(field_name));
}

}  // namespace detail_catalog

GUANXI_INLINE bool field::has_choice(std::string_view code) const noexcept {
  return std::any_of(choices.begin(), choices.end(),
                     [&](const choice_definition& c) { return c.code == code; });
}

GUANXI_INLINE const field* entity::find(std::string_view name) const noexcept {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : &fields_[at->second];
}

GUANXI_INLINE const field* entity::numbered(std::uint32_t number) const noexcept {
  const std::uint16_t slot = number < by_number_.size() ? by_number_[number] : no_slot;
  return slot == no_slot ? nullptr : &fields_[slot];
}

GUANXI_INLINE void entity::fill(entity_definition definition, std::uint16_t number) {
  definition_ = std::move(definition);
  complete(definition_);
  tag_ = entity_tag(definition_.name);
  number_ = number;
  const auto append = [&](field_definition d, bool system) {
    field f;
    static_cast<field_definition&>(f) = std::move(d);
    f.slot = static_cast<std::uint16_t>(fields_.size());
    f.of = this;
    f.system = system;
    if (system) f.number = f.slot;
    by_name_.emplace(f.name, f.slot);
    if (by_number_.size() <= f.number) by_number_.resize(f.number + 1u, no_slot);
    by_number_[f.number] = f.slot;
    fields_.push_back(std::move(f));
  };
  fields_.reserve(system_slot::count + definition_.fields.size());
  for (const field_row& row : system_rows()) append(define(row), true);
  bool priced = false;
  for (const field_definition& d : definition_.fields) {
    append(d, false);
    priced = priced || d.type == kind::money;
    if (fields_.back().has(title)) title_slot_ = fields_.back().slot;
  }
  if (priced) currency_slot_ = by_name_.find("currency")->second;
}

GUANXI_INLINE result<catalog_ptr> catalog::compile(
    std::span<const entity_definition> definitions) {
  if (definitions.size() >= no_slot)
    return unexpected(errc::invalid_argument, "a catalog holds at most 65534 entities");
  const auto out = std::make_shared<catalog>();
  out->entities_.reserve(definitions.size());
  for (const entity_definition& d : definitions) {
    if (result<void> good = check(d); !good) return passed(good);
    if (result<void> added = out->add(d); !added) return passed(added);
  }
  for (const std::unique_ptr<entity>& e : out->entities_)
    if (result<void> connected = out->connect(*e); !connected) return passed(connected);
  return catalog_ptr(out);
}

GUANXI_INLINE result<void> catalog::add(const entity_definition& definition) {
  auto made = std::make_unique<entity>();
  made->fill(definition, static_cast<std::uint16_t>(entities_.size()));
  const auto refuse = [&](std::string message) {
    return unexpected(error(errc::invalid_argument, std::move(message)).in_entity(made->name()));
  };
  for (const field& f : made->fields())
    if (!f.system && f.number == 0)
      return refuse("`" + definition.name + "` has had 65,520 fields, of which most are gone; "
                    "make another entity");
  if (!by_name_.emplace(made->name(), made.get()).second)
    return refuse("the entity `" + definition.name + "` is defined twice");
  const auto [other, first] = by_tag_.emplace(made->tag(), made.get());
  if (!first)
    return refuse("`" + definition.name + "` cannot stand beside `" +
                  std::string(other->second->name()) +
                  "`, since their names have one tag; choose another name");
  entities_.push_back(std::move(made));
  return {};
}

GUANXI_INLINE result<void> catalog::connect(entity& e) {
  e.fields_[system_slot::id].target_entity = &e;
  for (field& f : e.fields_) {
    if (f.type != kind::reference || f.target.empty()) continue;
    f.target_entity = find(f.target);
    if (f.target_entity || f.system) continue;  // a catalog without users still has owners' ids
    nearest_name near(f.target);
    for (const std::unique_ptr<entity>& other : entities_) near.offer(other->name());
    return unexpected(error(errc::invalid_argument,
                            "`" + f.name + "` of `" + std::string(e.name()) + "` refers to " +
                                in_backticks(f.target) + ", which is no entity" +
                                near.hint())
                          .in_entity(e.name())
                          .in_field(f.name));
  }
  return {};
}

GUANXI_INLINE const entity* catalog::find(std::string_view name) const noexcept {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : at->second;
}

GUANXI_INLINE const entity* catalog::find_tag(std::uint32_t tag) const noexcept {
  const auto at = by_tag_.find(tag);
  return at == by_tag_.end() ? nullptr : at->second;
}

GUANXI_INLINE result<const entity*> catalog::need(std::string_view entity_name) const {
  if (const entity* found = find(entity_name)) return found;
  nearest_name near(entity_name);
  for (const std::unique_ptr<entity>& e : entities_) near.offer(e->name());
  return unexpected(error(errc::unknown_name, "no entity " + in_backticks(entity_name) +
                                                  near.hint())
                        .in_entity(entity_name));
}

GUANXI_INLINE result<const field*> catalog::need(std::string_view entity_name,
                                                 std::string_view field_name) const {
  result<const entity*> of = need(entity_name);
  if (!of) return passed(of);
  if (const field* found = (*of)->find(field_name)) return found;
  nearest_name near(field_name);
  for (const field& f : (*of)->fields()) near.offer(f.name);
  return detail_catalog::no_field(entity_name, field_name, near);
}

}  // namespace guanxi::schema
