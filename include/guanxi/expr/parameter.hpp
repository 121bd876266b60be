// Named values that a query or condition is given from outside.
//
//   parameter_value least{.name = "min", .content = value(std::int64_t{1000})};   // :min
//
// Thread rule: a value.
#pragma once

#include "guanxi/expr/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace guanxi::expr {

/// A named value given from outside, such as :min.
struct parameter_value {
  std::string name = {};
  value content = {};                 ///< a single value …
  std::vector<value> list = {};       ///< … or, if is_list, the list of an `in :names`
  bool is_list = false;
  /// The value comes later: a node of op::parameter of this type stays in its place.
  std::optional<type> open = {};
};

}  // namespace guanxi::expr
