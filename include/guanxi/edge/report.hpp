// A report: a JSON text of sections, each the answer of one query in a declared shape.
//
//   result<std::string> r = run_report(s, R"({"guanxi_report": 1, "sections": [
//       {"key": "by_owner", "shape": "map",
//        "query": "select owner.name as o, count() as deals from opportunity group by owner.name"}
//   ]})");                                                // {"by_owner": {"Li Lei": 12, …}}
//
// Every number is what a query answered as the acting user; nothing is computed beside it. What a
// definition may say is in docs/reports.md; report_page.hpp writes the same report for a browser.
#pragma once

#include "guanxi/session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::edge {

/// What labels are written in. The numbers are those of the C API.
enum class language : std::uint8_t { english = 0, chinese = 1 };

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

/// How a report is written for a terminal.
struct report_text_options {
  edge::language language = edge::language::english;
  std::size_t width = 80;  ///< columns of the terminal, 40 to 1,000
  bool ascii = false;      ///< lines and bars of ASCII signs; names stay as they are
  bool colour = false;     ///< with ANSI sequences
};

/// The report as aligned tables, wide characters counted as two. Texts are cut to fit the width,
/// numbers never. A section with a chart has a bar beside each row.
/// Errors: as for run_report, and errc::invalid_argument for a width out of range.
result<std::string> report_text(const session& as, std::string_view definition_json,
                                const report_text_options& options = {},
                                const std::vector<expr::parameter_value>& parameters = {});

}  // namespace guanxi::edge
