// A report: a JSON text of sections, each the answer of one query in a declared shape.
//
//   result<std::string> r = run_report(s, R"({"guanxi_report": 1, "sections": [
//       {"key": "by_owner", "shape": "map",
//        "query": "select owner.name as o, count() as deals from opportunity group by owner.name"}
//   ]})");                                                // {"by_owner": {"Li Lei": 12, …}}
//
// Every number is what a query answered as the acting user; nothing is computed beside it.
#pragma once

#include "guanxi/session/session.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace guanxi::edge {

/// The answers as one JSON object, a member per section. Shapes:
///   value  one row, one column:  5
///   row    one row:              {"won": 5, "lost": 2}
///   list   rows in their order:  [{"stage": "Won", "deals": 5}, …]
///   map    rows by their first column: {"Won": {"deals": 5, "value": 9}, …}, or, where one other
///          column is left, {"Won": 5, …}; a null key is the section's `null_key`, else "None"
/// A section without a query has `sections` of its own. Numbers are exact and without trailing
/// zeros. Errors: errc::parse, errc::unknown_name and errc::invalid_argument for the definition,
/// errc::duplicate for a map with one key twice, and those of the queries, naming the section.
result<std::string> run_report(const session& as, std::string_view definition_json,
                               const std::vector<expr::parameter_value>& parameters = {});

}  // namespace guanxi::edge
