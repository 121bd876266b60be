// Definitions: rows that own their text, as custom entities and fields arrive at run time and as
// the store keeps them. A standard row converts into one; from there on nothing tells them apart.
//
//   field_definition margin{.name = "x_margin", .type = kind::money, .label_en = "Margin"};
//
// Thread rule: values.
#pragma once

#include "guanxi/schema/row.hpp"

#include <string>
#include <vector>

namespace guanxi::schema {

struct choice_definition {
  std::string code = {}, label_en = {}, label_zh = {};
  friend bool operator==(const choice_definition&, const choice_definition&) = default;
};

struct field_definition {
  std::string name = {};
  kind type = kind::text;
  std::string label_en = {}, label_zh = {};
  std::uint32_t flags = no_flags;
  std::string target = {};
  std::vector<choice_definition> choices = {};
  std::uint8_t scale = 2;
  std::string initial = {};
  schema::on_delete on_delete = schema::on_delete::leave;
  bool custom = true;
  std::uint16_t number = 0;  ///< lasting, see complete(); 0: not given yet
  friend bool operator==(const field_definition&, const field_definition&) = default;
};

struct entity_definition {
  std::string name = {};
  std::string label_en = {}, label_zh = {}, plural_en = {}, plural_zh = {};
  std::vector<field_definition> fields = {};  ///< without the system fields
  bool custom = true;
  std::uint16_t numbers = 0;  ///< the greatest number that a field of it ever had
  friend bool operator==(const entity_definition&, const entity_definition&) = default;
};

field_definition define(const field_row& row);    ///< custom = false
entity_definition define(const entity_row& row);  ///< custom = false

/// Numbers below are those of the system fields, which are their slots.
inline constexpr std::uint16_t first_own_number = 16;

/// Makes a definition what a catalog keeps: an entity with amounts gets a field for their currency,
/// and fields without a number get the next. A field's number is its own for ever: it stays when
/// the field is renamed, and no later field gets it, also not one of the same name.
void complete(entity_definition& of);
/// Marks custom references as indexed, whoever defines them: what refers to a record is asked for
/// when it is shown and when it is deleted. For what is being defined; stored definitions say what
/// the store has.
void index_references(field_definition& of);
void index_references(entity_definition& of);
/// Gives fields that `stored` has by name the numbers that they have there.
void take_numbers(const entity_definition& stored, entity_definition& to);

/// Refuses what no catalog may hold: a name that is not [a-z][a-z0-9_]* of at most 48 bytes, a
/// system field's name, a scale above 18, a reference without target, a choice without choices,
/// an `on_delete` that is not for a reference, or clears one that is required.
/// Custom fields of standard entities and custom entities are named x_…, so that a later version of
/// the library never collides with them.
result<void> check(const field_definition& field, bool custom_entity);
result<void> check(const entity_definition& entity);

/// {"name": "x_margin", "type": "money", "label": {"en": "Margin", "zh": "毛利"}, "scale": 2, …};
/// flags are booleans of their names. An unknown key is errc::unknown_name, with the nearest one.
result<field_definition> field_from_json(std::string_view text);
/// {"name": "x_visit", "label": {…}, "fields": [ … ]}
result<entity_definition> entity_from_json(std::string_view text);
std::string to_json(const field_definition& field);
std::string to_json(const entity_definition& entity);

}  // namespace guanxi::schema

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/schema/definition-inl.hpp"
#endif
