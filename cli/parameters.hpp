// Values for the parameters of queries, as they are written on a command line.
//
//   value v = value_from("1200.50");   // a decimal; "007" and "Acme" are texts, "'42'" is too
//
// What is a number, true, false, null, or 'text', date '…' and instant '…' in the words of the
// query language is that, and all else is text.
#pragma once

#include "guanxi/expr/parameter.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace guanxi::cli {

/// Errors: errc::overflow, errc::parse for a date that is none.
result<value> value_from(std::string_view written);

/// From `name=value` of --set, and of --list, where a name comes once for each member. Errors:
/// errc::invalid_argument (no `=`, a name twice).
result<std::vector<expr::parameter_value>> parameters_from(const std::vector<std::string>& single,
                                                           const std::vector<std::string>& lists);

}  // namespace guanxi::cli
