// Changing the schema of a tenant that has records: previewed in words, then taken as one.
//
//   const auto asked = schema::requests_from_json(text).value();
//   for (const schema_step& s : admin.preview_schema(asked).value())
//     …                                   // s.words, s.records
//   admin.change_schema(asked).value();
//
// docs/migrations.md says what can become what. Thread rule: values.
#pragma once

#include "guanxi/schema/request.hpp"
#include "guanxi/session/session.hpp"

#include <cstdint>
#include <string>

namespace guanxi {

struct schema_step {
  std::string kind;          ///< "add_entity", "add_field", "rename_field", "drop_rights", …
  std::string entity, field;
  std::string words;         ///< "renames the field `x_tier` of `account` to `x_level`"
  std::int64_t records = 0;  ///< whose values change or go, or that had to be looked at
};

/// [{"kind": …, "entity": …, "field": …, "words": …, "records": …}, …]
std::string to_json(std::span<const schema_step> steps);

}  // namespace guanxi
