// How a query is answered, in words: for those who wonder why it takes its time.
//
//   query::shape s = admin.explain_query("select name from account where industry = 'it'").value();
//   s.conditions[0].verdict == "exact";      s.access      // what the store says of finding rows
//
// It tells of conditions that rights add, so only administrators are given one.
// Thread rule: a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::query {

/// Who does what.
enum class division : std::uint8_t {
  store,   ///< the store gives the whole answer
  shared,  ///< the store finds and joins rows, the core does the rest
  core     ///< the core reads record after record
};
std::string_view name(division d) noexcept;

struct shape {
  struct condition {
    std::string text;
    /// "exact": the store applies it alone; "prune": and the core looks again; "unsupported": the
    /// core.
    std::string verdict;
  };
  /// The rights on an entity as they are applied.
  struct guard {
    std::string entity;
    std::string reach;  ///< "all", "none", or the condition on its records
  };

  std::string statement;  ///< as it is printed
  std::string store;      ///< its kind
  query::division division = division::core;
  std::vector<condition> conditions;
  std::vector<guard> guards;          ///< of the entity, then of each parent that is read
  std::vector<std::string> access;    ///< how the store finds rows, in its own words
  /// Selects that run first, any, all and none, and earlier readings.
  std::vector<shape> nested;
};

std::string to_json(const shape& s);

}  // namespace guanxi::query
