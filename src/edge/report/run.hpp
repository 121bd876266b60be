// One run of a report as the acting user, from which its JSON, its text and its page are written.
//
//   answers a = run(session, definition_json, parameters).value();
//   a.sections[0].table.at(0, 0)
//
// Thread rule: values.
#pragma once

#include "edge/report/definition.hpp"
#include "guanxi/session/session.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace guanxi::edge::report {

struct answer {
  section about;               ///< its inner sections have moved to `parts`
  rows table;                  ///< of a section with a query
  std::vector<answer> parts;
};

struct answers {
  definition declared;         ///< its sections have moved to `sections`
  std::vector<expr::parameter_value> parameters;  ///< those given, and those the report finds
  std::string currency;        ///< of its amounts
  std::vector<answer> sections;
};

/// What the numbers of a column count.
unit unit_of(const definition& in, const query::column_info& column);

/// Every section's query, whose rows fit its declared shape. Errors: those of parse_definition and
/// of the queries, errc::invalid_argument and errc::duplicate for an answer of another shape.
result<answers> run(const session& as, std::string_view definition_json,
                    const std::vector<expr::parameter_value>& parameters);

}  // namespace guanxi::edge::report
