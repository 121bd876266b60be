// What the acting user sees of the schema: names that are hidden are not there.
//
//   const sight seen = look(s).value();
//   seen.find("account")->fields
#pragma once

#include "answer.hpp"
#include "guanxi/schema/catalog.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::cli {

struct sight {
  struct entity {
    const schema::entity* of = nullptr;
    std::vector<const schema::field*> fields;  ///< by slot
    const schema::field* find(std::string_view name) const;
  };
  schema::catalog_ptr catalog;  ///< what the others point into
  std::vector<entity> entities;
  /// Null: none, or none that is seen.
  const entity* find(std::string_view name) const;
};

result<sight> look(const session& s);

/// entity, label, plural, fields, custom
query::rows entities_of(const sight& seen, language in);
/// entity, field, kind, label, target, choices, default, rules; of these entities. Errors:
/// errc::unknown_name, with the nearest name.
result<query::rows> fields_of(const sight& seen, std::span<const std::string> entities,
                              language in);

}  // namespace guanxi::cli
