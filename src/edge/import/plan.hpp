// A mapping bound to a catalog and to loaded tables: names have become fields, columns positions.
#pragma once

#include "edge/import/key_index.hpp"
#include "edge/import/table.hpp"
#include "guanxi/edge/import.hpp"
#include "guanxi/expr/evaluate.hpp"

#include <deque>
#include <map>
#include <unordered_map>

namespace guanxi::edge {

struct bound_formula {
  explicit bound_formula(const schema::entity& of) : paths(of) {}
  expr::path_table paths;
  expr::expression body;
};

struct bound_source {
  const source* rule = nullptr;
  const schema::field* field = nullptr;   ///< what the value must fit
  std::vector<std::size_t> columns = {};  ///< of source::columns()
  std::size_t record = 0;                 ///< position of the earlier record of the row
  std::unique_ptr<bound_formula> formula = {}, if_empty = {};
  key_index* index = nullptr;             ///< where `find` looks
  std::vector<bound_source> with = {};
};

struct bound_rule {
  struct seen {
    std::int64_t line = 0;
    id key;                ///< key_index::rejected: the row was not taken
    std::string values;    ///< only where repeated rows must say the same
  };
  const record_rule* rule = nullptr;
  const schema::entity* of = nullptr;
  std::vector<bound_source> fields = {};
  std::vector<std::size_t> key = {};      ///< positions in `fields`
  std::optional<std::size_t> skip_if_blank = {};
  std::uint16_t currency_slot = schema::no_slot;  ///< set: records get the mapping's currency
  key_index* index = nullptr;
  std::unordered_map<std::string, seen> known = {};
};

struct bound_table {
  const loaded_table* table = nullptr;
  std::vector<bound_rule> rules = {};
  /// Whether one of its records is of this entity, so that a reference may be to a later row.
  bool makes(const schema::entity& of) const noexcept;
};

struct import_plan {
  schema::catalog_ptr catalog;
  std::vector<bound_table> tables;
  std::deque<key_index> indexes;  ///< a deque keeps their places

  /// Errors: errc::unknown_name for an entity or field that the session does not see and for a
  /// column that no file has; errc::type_mismatch for a source that cannot give what a field holds.
  static result<import_plan> bind(const mapping& m, const std::vector<loaded_table>& tables,
                                  const session& as);
  key_index* index_of(const schema::entity& of, std::vector<const schema::field*> fields);
};

}  // namespace guanxi::edge
