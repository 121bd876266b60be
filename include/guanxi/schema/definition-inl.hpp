#pragma once

#include "guanxi/base/text_services.hpp"
#include "guanxi/schema/definition.hpp"

#include <algorithm>
#include <unordered_set>

namespace guanxi::schema {

namespace detail_definition {

inline constexpr std::size_t longest_name = 48;
inline constexpr std::size_t most_fields = 4096;
inline constexpr std::uint32_t known_flags =
    required | unique | indexed | title | derived | tracked | searchable;

inline bool well_named(std::string_view text) noexcept {
  if (text.empty() || text.size() > longest_name || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

inline bool named_as_custom(std::string_view text) noexcept {
  return text.size() > 2 && text.substr(0, 2) == "x_";
}

inline bool clean(std::string_view text) noexcept {
  return text.find('\0') == std::string_view::npos && !utf8_fault(text);
}

inline unexpected refused(std::string message, const field_definition& field) {
  return unexpected(error(errc::invalid_argument, std::move(message)).in_field(field.name));
}

inline result<void> check_name(const field_definition& field, bool custom_entity) {
  if (!well_named(field.name))
    return refused(in_backticks(field.name) +
                       " is no name for a field; use a to z, 0 to 9 and _, begin with a letter, "
                       "and write at most 48 characters",
                   field);
  for (const field_row& row : system_rows())
    if (row.name == field.name)
      return refused("every record has a field `" + field.name + "` already; choose another name",
                     field);
  if (field.custom && !custom_entity && !named_as_custom(field.name))
    return refused("the custom field `" + field.name + "` must be named `x_" + field.name +
                       "`, as every custom field of a standard entity begins with x_",
                   field);
  return {};
}

inline result<void> check_choices(const field_definition& field) {
  if (field.type != kind::choice) {
    if (field.choices.empty()) return {};
    return refused("`" + field.name + "` has choices but is of kind " +
                       std::string(name(field.type)) + "; make it a choice",
                   field);
  }
  if (field.choices.empty())
    return refused("the choice `" + field.name + "` has no choices; give at least one", field);
  std::unordered_set<std::string_view> codes;
  for (const choice_definition& c : field.choices) {
    if (c.code.empty()) return refused("a choice of `" + field.name + "` has no code", field);
    if (!clean(c.code) || !clean(c.label_en) || !clean(c.label_zh))
      return refused("a choice of `" + field.name + "` is not UTF-8 without NUL", field);
    if (!codes.insert(c.code).second)
      return refused("`" + field.name + "` has the choice " + in_backticks(c.code) +
                         " twice",
                     field);
  }
  return {};
}

/// Gives an entity with amounts a field for their currency. It comes after the last standard field
/// (whose slots are constants in handles) and after the first amount, so that fields which are
/// appended later move no slot.
inline void add_currency(entity_definition& of) {
  const auto none = of.fields.end();
  const auto priced = std::find_if(of.fields.begin(), none, [](const field_definition& f) {
    return f.type == kind::money;
  });
  const bool named = std::any_of(of.fields.begin(), none, [](const field_definition& f) {
    return f.name == "currency";
  });
  if (priced == none || named) return;
  auto place = priced + 1;
  for (auto at = place; at != none; ++at)
    if (!at->custom) place = at + 1;
  of.fields.insert(place, {.name = "currency", .type = kind::text, .label_en = "Currency",
                           .label_zh = "币种", .custom = of.custom});
}

inline result<void> check_numbers(const entity_definition& entity) {
  std::unordered_set<std::uint16_t> numbers;
  for (const field_definition& f : entity.fields)
    if (f.number != 0 && (f.number < first_own_number || f.number > entity.numbers ||
                          !numbers.insert(f.number).second))
      return refused("`" + f.name + "` has the number " + std::to_string(f.number) +
                         ", which is not its own; leave numbers out",
                     f);
  return {};
}

inline result<void> check_on_delete(const field_definition& field) {
  if (field.on_delete == on_delete::leave) return {};
  if (name(field.on_delete) == "unknown")
    return refused("`" + field.name + "` has an unknown `on_delete`", field);
  if (field.type != kind::reference)
    return refused("`" + field.name + "` has an `on_delete` but is of kind " +
                       std::string(name(field.type)) + "; only references have one",
                   field);
  if (field.on_delete == on_delete::clear && (field.flags & required) != 0)
    return refused("`" + field.name +
                       "` is required and cannot be cleared; let `on_delete` be restrict or "
                       "cascade",
                   field);
  return {};
}

inline result<void> check_fields(const entity_definition& entity) {
  if (entity.fields.size() > most_fields)
    return unexpected(errc::invalid_argument, "`" + entity.name + "` has more than 4096 fields");
  std::unordered_set<std::string_view> names;
  if (result<void> good = check_numbers(entity); !good) return good;
  const field_definition *titled = nullptr, *currency = nullptr;
  bool priced = false;
  for (const field_definition& f : entity.fields) {
    if (result<void> good = check(f, entity.custom); !good) return good;
    if (!names.insert(f.name).second)
      return refused("`" + entity.name + "` has a field `" + f.name + "` twice", f);
    if ((f.flags & title) != 0) {
      if (titled)
        return refused("`" + entity.name + "` has two titles, `" + titled->name + "` and `" +
                           f.name + "`; keep one",
                       f);
      titled = &f;
    }
    priced = priced || f.type == kind::money;
    if (f.name == "currency") currency = &f;
  }
  if (priced && currency && stored_as(currency->type) != value_type::text)
    return refused("`currency` of `" + entity.name +
                       "` must be of kind text or choice, as it names the currency of its amounts",
                   *currency);
  return {};
}

}  // namespace detail_definition

GUANXI_INLINE field_definition define(const field_row& row) {
  field_definition out;
  out.name = row.name;
  out.type = row.type;
  out.label_en = row.text.en;
  out.label_zh = row.text.zh;
  out.flags = row.flags;
  out.target = row.target;
  out.choices.reserve(row.choices.size());
  for (const choice_row& c : row.choices)
    out.choices.push_back(
        {std::string(c.code), std::string(c.text.en), std::string(c.text.zh)});
  out.scale = row.scale;
  out.initial = row.initial;
  out.on_delete = row.on_delete;
  out.custom = false;
  return out;
}

GUANXI_INLINE entity_definition define(const entity_row& row) {
  entity_definition out;
  out.name = row.name;
  out.label_en = row.text.en;
  out.label_zh = row.text.zh;
  out.plural_en = row.plural.en;
  out.plural_zh = row.plural.zh;
  out.fields.reserve(row.fields.size());
  for (const field_row& f : row.fields) out.fields.push_back(define(f));
  out.custom = false;
  return out;
}

GUANXI_INLINE void complete(entity_definition& of) {
  detail_definition::add_currency(of);
  constexpr std::uint16_t none = first_own_number - 1;
  if (of.numbers < none) of.numbers = none;
  for (field_definition& f : of.fields)
    if (f.number == 0 && of.numbers < 0xffff) f.number = ++of.numbers;
}

GUANXI_INLINE void index_references(field_definition& of) {
  if (of.custom && of.type == kind::reference) of.flags |= indexed;
}

GUANXI_INLINE void index_references(entity_definition& of) {
  for (field_definition& f : of.fields) index_references(f);
}

GUANXI_INLINE void take_numbers(const entity_definition& stored, entity_definition& to) {
  detail_definition::add_currency(to);
  to.numbers = stored.numbers;
  for (field_definition& f : to.fields) {
    const auto was = std::find_if(stored.fields.begin(), stored.fields.end(),
                                  [&](const field_definition& s) { return s.name == f.name; });
    f.number = was == stored.fields.end() ? std::uint16_t{0} : was->number;
  }
}

GUANXI_INLINE result<void> check(const field_definition& field, bool custom_entity) {
  using namespace detail_definition;
  if (result<void> good = check_name(field, custom_entity); !good) return good;
  if (stored_as(field.type) == value_type::null)
    return refused("`" + field.name + "` is of no known kind", field);
  if ((field.flags & ~known_flags) != 0)
    return refused("`" + field.name + "` has an unknown flag", field);
  if (field.scale > max_scale)
    return refused("`" + field.name + "` has a scale of " + std::to_string(field.scale) +
                       "; the largest is 18",
                   field);
  if (field.type == kind::reference && field.target.empty())
    return refused("the reference `" + field.name + "` has no target; name an entity", field);
  if (field.type != kind::reference && !field.target.empty())
    return refused("`" + field.name + "` has a target but is of kind " +
                       std::string(name(field.type)) + "; make it a reference",
                   field);
  if (result<void> good = check_on_delete(field); !good) return good;
  if (!clean(field.label_en) || !clean(field.label_zh) || !clean(field.initial))
    return refused("label or default of `" + field.name + "` is not UTF-8 without NUL", field);
  return check_choices(field);
}

GUANXI_INLINE result<void> check(const entity_definition& entity) {
  using namespace detail_definition;
  const auto refuse = [&](std::string message) {
    return unexpected(error(errc::invalid_argument, std::move(message)).in_entity(entity.name));
  };
  if (!well_named(entity.name))
    return refuse(in_backticks(entity.name) +
                  " is no name for an entity; use a to z, 0 to 9 and _, begin with a letter, and "
                  "write at most 48 characters");
  if (entity.custom && !named_as_custom(entity.name))
    return refuse("the custom entity `" + entity.name + "` must be named `x_" + entity.name +
                  "`, as every custom entity begins with x_");
  if (!clean(entity.label_en) || !clean(entity.label_zh) || !clean(entity.plural_en) ||
      !clean(entity.plural_zh))
    return refuse("a label of `" + entity.name + "` is not UTF-8 without NUL");
  result<void> good = check_fields(entity);
  if (!good) good.error().in_entity(entity.name);
  return good;
}

}  // namespace guanxi::schema
