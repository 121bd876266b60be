// A query as JSON, for programs that put queries together: web front ends, report designers.
//
//   statement s = statement_from_json(R"({"select": ["name", {"path": "amount", "as": "worth"}],
//       "from": "opportunity", "where": {"ge": [{"path": "amount"}, {"decimal": "1000.00"}]}})")
//                     .value();
//   print(s);     // select name, amount as worth from opportunity where amount >= 1000.00
//   to_json(s);   // {"version":1,"select":[{"path":"name"},…
//
// What each key means is in docs/query_builder.md. Thread rule: functions of their arguments.
#pragma once

#include "guanxi/query/statement.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace guanxi::query {

inline constexpr int statement_json_version = 1;
/// Bytes and levels of nesting that JSON of a statement may have, besides the limits of the text.
inline constexpr std::size_t max_statement_json = 4u << 20;
inline constexpr std::size_t max_statement_json_depth = 1'024;

/// One line; what statement_from_json() makes of it prints the same text.
std::string to_json(const statement& s);

/// Every error but those of JSON itself ends with its place, a JSON pointer such as
/// `/where/and/0/ge`: errc::unknown_name for a key or word (with the nearest one), errc::parse for
/// a number, date or instant that cannot be read, errc::limit, errc::invalid_text,
/// errc::unsupported for another version, and errc::invalid_argument for all else. Whether the
/// entity has such fields is found out when the statement runs.
result<statement> statement_from_json(std::string_view text);

}  // namespace guanxi::query
