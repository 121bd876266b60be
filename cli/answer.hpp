// What a command found out, on its way to standard output or into a file.
//
//   listing names({"entity", "label"});
//   names.add({"account", "Account"});
//   give(names.take(), {.as = answer_format::csv}, how);
#pragma once

#include "guanxi/edge/table.hpp"
#include "opening.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi::cli {

enum class answer_format { table, csv, json, json_lines };

struct answer_options {
  answer_format as = answer_format::table;
  std::string file = {};          ///< empty: standard output
  std::size_t cell_width = 40;    ///< of a table, terminal columns
  std::size_t max_rows = SIZE_MAX;  ///< of a table
};

/// A table that the program makes itself.
class listing {
 public:
  struct column {
    std::string name;
    value_type type = value_type::text;
  };
  explicit listing(std::vector<column> columns);
  void add(std::vector<value> row) { rows_.append(row); }
  query::rows take() { return std::move(rows_); }

 private:
  query::rows rows_;
};

/// Errors: those of edge::save, errc::store_io where standard output takes no more.
result<void> give(const query::rows& answer, const answer_options& to, const common_options& how);
/// The same for a text. A store is not written over: errc::duplicate.
result<void> give_text(std::string_view text, const std::string& file, const common_options& how);
/// To standard output, at once.
result<void> print(std::string_view text);

}  // namespace guanxi::cli
