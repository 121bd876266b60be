// What a vendor asks of the schema, one request after the other: define what is new or has changed,
// rename, drop. A rename is said and never guessed.
//
//   const auto asked = requests_from_json(R"([{"rename": {"entity": "account", "field": "x_tier",
//                                                          "to": "x_level"}}])").value();
//   const reshaping next = reshaped(*catalog, asked[0]).value();   // next.steps, next.definitions
//
// Thread rule: values.
#pragma once

#include "guanxi/schema/step.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace guanxi::schema {

struct request {
  enum class kind : std::uint8_t { define, rename, drop };
  kind what = kind::define;
  std::string entity = {};
  std::string field = {};  ///< rename, drop: empty for the entity itself
  std::string to = {};     ///< rename
  /// define: of a new entity all, of one that is there the custom fields that are new or differ;
  /// what it does not list stays.
  entity_definition definition = {};
};

struct reshaping {
  std::vector<entity_definition> definitions;  ///< of the next catalog, by entity number
  std::vector<step> steps;                     ///< towards it
};

/// What a request makes of a catalog. Errors: errc::unknown_name, errc::duplicate,
/// errc::invalid_argument (what is not custom, what others refer to, a kind that cannot become
/// another: docs/migrations.md says which can).
result<reshaping> reshaped(const catalog& from, const request& asked);

/// A step in words, as "renames the field `x_tier` of `account` to `x_level`".
std::string in_words(const step& s);

/// [{"define": {entity}}, {"rename": {"entity": …, "field": …, "to": …}}, {"drop": {…}}]
result<std::vector<request>> requests_from_json(std::string_view text);

/// An entity that was dropped leaves its number taken, under a name that begins so and without
/// fields: numbers are for ever, in the change log too.
inline constexpr std::string_view gone_prefix = "gx_gone_";
std::string gone_name(std::uint16_t number);

}  // namespace guanxi::schema
