#include "guanxi/edge/report.hpp"

#include "edge/report/run.hpp"

namespace guanxi::edge {

namespace {

using report::answer;
using shape = report::section::shape;

json to_tree(const value& v) {
  switch (v.type()) {
    case value_type::null: return {};
    case value_type::boolean: return json::make_boolean(v.as_boolean());
    case value_type::integer: return json::make_number(v.to_string());
    case value_type::decimal: {
      // JSON numbers have no scale, so 1054.00 is 1054.
      std::string digits = v.to_string();
      if (digits.find('.') != std::string::npos) {
        digits.erase(digits.find_last_not_of('0') + 1);
        if (digits.back() == '.') digits.pop_back();
      }
      return json::make_number(std::move(digits));
    }
    default: return json::make_text(v.to_string());
  }
}

json row_tree(const rows& from, std::size_t row, std::size_t first_column) {
  json out = json::make_object();
  for (std::size_t c = first_column; c < from.columns().size(); ++c)
    out.members().emplace_back(from.columns()[c].name, to_tree(from.at(row, c)));
  return out;
}

json map_tree(const rows& from, const std::string& null_key) {
  json out = json::make_object();
  for (std::size_t row = 0; row < from.size(); ++row) {
    const value v = from.at(row, 0);
    json content = from.columns().size() == 2 ? to_tree(from.at(row, 1)) : row_tree(from, row, 1);
    out.members().emplace_back(v.is_null() ? null_key : v.to_string(), std::move(content));
  }
  return out;
}

json list_tree(const rows& from) {
  json out = json::make_array();
  for (std::size_t row = 0; row < from.size(); ++row)
    out.items().push_back(row_tree(from, row, 0));
  return out;
}

json tree_of(const std::vector<answer>& sections);

json tree_of(const answer& a) {
  if (a.about.query.empty()) return tree_of(a.parts);
  switch (a.about.form) {
    case shape::value: return to_tree(a.table.at(0, 0));
    case shape::row: return row_tree(a.table, 0, 0);
    case shape::map: return map_tree(a.table, a.about.null_key);
    default: return list_tree(a.table);
  }
}

json tree_of(const std::vector<answer>& sections) {
  json out = json::make_object();
  for (const answer& a : sections) out.members().emplace_back(a.about.key, tree_of(a));
  return out;
}

}  // namespace

result<std::string> run_report(const session& as, std::string_view definition_json,
                               const std::vector<expr::parameter_value>& parameters) {
  const auto ran = report::run(as, definition_json, parameters);
  if (!ran) return unexpected(ran.error());
  return tree_of(ran->sections).dump(2) + "\n";
}

}  // namespace guanxi::edge
