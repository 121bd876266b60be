#include "guanxi/edge/report.hpp"

#include "guanxi/base/json.hpp"

#include <algorithm>
#include <set>

namespace guanxi::edge {

namespace {

constexpr int deepest = 8;

unexpected refused(errc code, const std::string& place, const std::string& what) {
  return unexpected(code, "the report at `" + place + "` " + what);
}

/// Reads one text; `fallback` where there is none.
result<std::string> text_of(const json& from, std::string_view word, const std::string& place,
                            const std::string& fallback = {}) {
  const json* j = from.find(word);
  if (!j) return fallback;
  if (!j->is(json::type::text) || j->as_text().empty())
    return refused(errc::parse, place + "." + std::string(word), "is not a text, or is empty");
  return j->as_text();
}

result<void> check_words(const json& from, const std::string& place,
                         std::initializer_list<std::string_view> words) {
  if (!from.is(json::type::object)) return refused(errc::parse, place, "is not an object {…}");
  for (const auto& [key, content] : from.members()) {
    if (std::find(words.begin(), words.end(), key) != words.end()) continue;
    nearest_name near(key);
    for (std::string_view word : words) near.offer(word);
    return refused(errc::unknown_name, place,
                   "has an unknown word " + in_backticks(key) + near.hint());
  }
  return {};
}

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

result<void> check_columns(const rows& from, const std::string& place) {
  std::set<std::string_view> names;
  for (const query::column_info& c : from.columns())
    if (!names.insert(c.name).second)
      return refused(errc::invalid_argument, place,
                     "has two columns `" + c.name + "`; name them apart with `as`");
  return {};
}

result<json> map_tree(const rows& from, const std::string& place, const std::string& null_key) {
  if (from.columns().size() < 2)
    return refused(errc::invalid_argument, place, "is a map, which takes two columns or more");
  json out = json::make_object();
  std::set<std::string> keys;
  for (std::size_t row = 0; row < from.size(); ++row) {
    const value v = from.at(row, 0);
    std::string key = v.is_null() ? null_key : v.to_string();
    if (!keys.insert(key).second)
      return refused(errc::duplicate, place,
                     "has two rows of the key " + in_backticks(key) +
                         "; group by it, or give another `null_key`");
    json content = from.columns().size() == 2 ? to_tree(from.at(row, 1)) : row_tree(from, row, 1);
    out.members().emplace_back(std::move(key), std::move(content));
  }
  return out;
}

result<json> shaped(const rows& from, const std::string& shape, const std::string& place,
                    const std::string& null_key) {
  if (auto ok = check_columns(from, place); !ok) return passed(ok);
  if (shape == "map") return map_tree(from, place, null_key);
  if (shape == "list") {
    json out = json::make_array();
    for (std::size_t row = 0; row < from.size(); ++row)
      out.items().push_back(row_tree(from, row, 0));
    return out;
  }
  if (from.size() != 1)
    return refused(errc::invalid_argument, place,
                   "is a " + shape + ", but its query gives " + std::to_string(from.size()) +
                       " rows; aggregate it, or make it a list");
  if (shape == "row") return row_tree(from, 0, 0);
  if (from.columns().size() != 1)
    return refused(errc::invalid_argument, place, "is a value, but its query gives " +
                                                      std::to_string(from.columns().size()) +
                                                      " columns; make it a row");
  return to_tree(from.at(0, 0));
}

result<void> check_shape(const std::string& shape, const std::string& place) {
  nearest_name near(shape);
  for (const char* known : {"value", "row", "list", "map"}) {
    if (shape == known) return {};
    near.offer(known);
  }
  return refused(errc::unknown_name, place + ".shape",
                 "is none of value, row, list and map: " + in_backticks(shape) + near.hint());
}

class report_run {
 public:
  report_run(const session& as, const std::vector<expr::parameter_value>& parameters)
      : session_(as), parameters_(parameters) {}

  result<json> sections(const json& holder, const std::string& place, int depth) const {
    const json* list = holder.find("sections");
    if (!list || !list->is(json::type::array))
      return refused(errc::parse, place, "lacks `sections`, a list […]");
    if (depth == deepest) return refused(errc::limit, place, "nests too deeply");
    json out = json::make_object();
    for (std::size_t i = 0; i < list->items().size(); ++i) {
      const json& one = list->items()[i];
      const std::string numbered = place + ".sections[" + std::to_string(i) + "]";
      if (auto ok = check_words(one, numbered, {"key", "title", "shape", "query", "null_key",
                                                "sections", "columns"});
          !ok)
        return passed(ok);
      auto key = text_of(one, "key", numbered);
      if (!key) return passed(key);
      if (key->empty()) return refused(errc::parse, numbered, "lacks `key`");
      if (out.find(*key))
        return refused(errc::duplicate, numbered, "has the key of another section");
      auto content = section(one, place + "." + *key, depth);
      if (!content) return content;
      out.members().emplace_back(*key, std::move(*content));
    }
    return out;
  }

 private:
  result<json> section(const json& one, const std::string& place, int depth) const {
    auto text = text_of(one, "query", place);
    if (!text) return passed(text);
    if (one.find("sections")) {
      if (text->empty()) return sections(one, place, depth + 1);
      return refused(errc::invalid_argument, place, "has both `query` and `sections`; keep one");
    }
    if (text->empty()) return refused(errc::parse, place, "lacks `query`");
    auto shape = text_of(one, "shape", place, "list");
    if (!shape) return passed(shape);
    auto null_key = text_of(one, "null_key", place, "None");
    if (!null_key) return passed(null_key);
    if (auto ok = check_shape(*shape, place); !ok) return passed(ok);
    result<rows> answer = session_.query(*text, parameters_);
    if (!answer) {
      answer.error().set_message("the report at `" + place +
                                 "`: " + std::string(answer.error().message()));
      return passed(answer);
    }
    return shaped(*answer, *shape, place, *null_key);
  }

  const session& session_;
  const std::vector<expr::parameter_value>& parameters_;
};

}  // namespace

result<std::string> run_report(const session& as, std::string_view definition_json,
                               const std::vector<expr::parameter_value>& parameters) {
  result<json> doc = json::parse(definition_json);
  if (!doc) {
    doc.error().set_message("the report cannot be read: " + std::string(doc.error().message()));
    return passed(doc);
  }
  if (auto ok = check_words(*doc, "report", {"guanxi_report", "title", "columns", "sections"}); !ok)
    return passed(ok);
  const json* version = doc->find("guanxi_report");
  if (!version || !version->is(json::type::number))
    return refused(errc::parse, "report", "lacks its version; write `\"guanxi_report\": 1`");
  if (version->as_text() != "1")
    return refused(errc::unsupported, "report.guanxi_report",
                   "is " + in_backticks(version->as_text()) + "; this library reads version 1");
  result<json> all = report_run(as, parameters).sections(*doc, "report", 0);
  if (!all) return passed(all);
  return all->dump(2) + "\n";
}

}  // namespace guanxi::edge
