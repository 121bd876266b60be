#include "edge/report/definition.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace guanxi::edge::report {

namespace {

constexpr int deepest = 8;

/// A word of the definition and what it stands for.
template <class Enum>
struct choice {
  std::string_view word;
  Enum meaning;
};

constexpr choice<section::shape> shapes[] = {{"value", section::shape::value},
                                             {"row", section::shape::row},
                                             {"list", section::shape::list},
                                             {"map", section::shape::map}};
constexpr choice<chart::kind> chart_kinds[] = {{"figures", chart::kind::figures},
                                               {"column", chart::kind::column},
                                               {"bar", chart::kind::bar},
                                               {"line", chart::kind::line},
                                               {"funnel", chart::kind::funnel}};
constexpr choice<unit> units[] = {{"number", unit::number},
                                  {"money", unit::money},
                                  {"percent", unit::percent},
                                  {"days", unit::days}};

template <class Enum, std::size_t size>
result<Enum> chosen(const choice<Enum> (&from)[size], const std::string& word,
                    const std::string& place) {
  nearest_name near(word);
  std::string known;
  for (std::size_t i = 0; i < size; ++i) {
    if (from[i].word == word) return from[i].meaning;
    near.offer(from[i].word);
    known += (i == 0 ? "" : i + 1 == size ? " and " : ", ") + std::string(from[i].word);
  }
  return refused(errc::unknown_name, place,
                 "is none of " + known + ": " + in_backticks(word) + near.hint());
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
                         std::initializer_list<std::string_view> known) {
  if (!from.is(json::type::object)) return refused(errc::parse, place, "is not an object {…}");
  for (const auto& [key, content] : from.members()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    nearest_name near(key);
    for (std::string_view word : known) near.offer(word);
    return refused(errc::unknown_name, place,
                   "has an unknown word " + in_backticks(key) + near.hint());
  }
  return {};
}

/// {"en": …, "zh": …}, which may have further members that the caller reads.
result<words> words_of(const json& from, const std::string& place) {
  words out;
  auto en = text_of(from, "en", place);
  if (!en) return passed(en);
  auto zh = text_of(from, "zh", place);
  if (!zh) return passed(zh);
  out.en = std::move(*en);
  out.zh = std::move(*zh);
  return out;
}

result<words> words_at(const json& from, std::string_view word, const std::string& place) {
  const json* j = from.find(word);
  if (!j) return words{};
  const std::string inner = place + "." + std::string(word);
  if (auto ok = check_words(*j, inner, {"en", "zh"}); !ok) return passed(ok);
  return words_of(*j, inner);
}

result<std::vector<std::string>> names_at(const json& from, std::string_view word,
                                          const std::string& place) {
  std::vector<std::string> out;
  const json* list = from.find(word);
  if (!list) return out;
  const std::string inner = place + "." + std::string(word);
  if (!list->is(json::type::array)) return refused(errc::parse, inner, "is not a list […]");
  for (const json& one : list->items()) {
    if (!one.is(json::type::text)) return refused(errc::parse, inner, "holds what is no text");
    out.push_back(one.as_text());
  }
  return out;
}

result<chart> chart_of(const json& from, const std::string& place) {
  if (auto ok = check_words(from, place, {"kind", "values", "line", "note"}); !ok)
    return passed(ok);
  auto kind = text_of(from, "kind", place);
  if (!kind) return passed(kind);
  if (kind->empty()) return refused(errc::parse, place, "lacks `kind`");
  auto drawn = chosen(chart_kinds, *kind, place + ".kind");
  if (!drawn) return passed(drawn);
  auto values = names_at(from, "values", place);
  if (!values) return passed(values);
  auto line = names_at(from, "line", place);
  if (!line) return passed(line);
  if (!line->empty() && *drawn != chart::kind::column)
    return refused(errc::invalid_argument, place + ".line", "goes with the kind `column` only");
  auto note = words_at(from, "note", place);
  if (!note) return passed(note);
  return chart{*drawn, std::move(*values), std::move(*line), std::move(*note)};
}

result<std::vector<section>> sections_of(const json& holder, const std::string& place, int depth);

/// The words of a section that has a query.
result<void> fill_query(section& out, const json& from) {
  auto form = text_of(from, "shape", out.place, "list");
  if (!form) return passed(form);
  auto known = chosen(shapes, *form, out.place + ".shape");
  if (!known) return passed(known);
  out.form = *known;
  auto null_key = text_of(from, "null_key", out.place, "None");
  if (!null_key) return passed(null_key);
  out.null_key = std::move(*null_key);
  auto null_title = words_at(from, "null_title", out.place);
  if (!null_title) return passed(null_title);
  out.null_title = std::move(*null_title);
  const json* drawing = from.find("chart");
  if (!drawing) return {};
  auto read = chart_of(*drawing, out.place + ".chart");
  if (!read) return passed(read);
  out.drawing = std::move(*read);
  if (out.drawing->drawn == chart::kind::figures && out.form != section::shape::row &&
      out.form != section::shape::value)
    return refused(errc::invalid_argument, out.place + ".chart",
                   "shows figures, which takes the shape `row` or `value`");
  return {};
}

result<section> section_of(const json& from, const std::string& place, const std::string& key,
                           int depth) {
  section out;
  out.key = key;
  out.place = place + "." + key;
  auto title = words_at(from, "title", out.place);
  if (!title) return passed(title);
  out.title = std::move(*title);
  auto query = text_of(from, "query", out.place);
  if (!query) return passed(query);
  out.query = std::move(*query);
  if (from.find("sections")) {
    if (!out.query.empty())
      return refused(errc::invalid_argument, out.place,
                     "has both `query` and `sections`; keep one");
    auto inner = sections_of(from, out.place, depth + 1);
    if (!inner) return passed(inner);
    out.sections = std::move(*inner);
    return out;
  }
  if (out.query.empty()) return refused(errc::parse, out.place, "lacks `query`");
  if (auto ok = fill_query(out, from); !ok) return passed(ok);
  return out;
}

result<std::vector<section>> sections_of(const json& holder, const std::string& place, int depth) {
  const json* list = holder.find("sections");
  if (!list || !list->is(json::type::array))
    return refused(errc::parse, place, "lacks `sections`, a list […]");
  if (depth == deepest) return refused(errc::limit, place, "nests too deeply");
  std::vector<section> out;
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    const json& one = list->items()[i];
    const std::string numbered = place + ".sections[" + std::to_string(i) + "]";
    if (auto ok = check_words(
            one, numbered, {"key", "title", "shape", "query", "null_key", "null_title",
                  "sections", "chart"});
        !ok)
      return passed(ok);
    auto key = text_of(one, "key", numbered);
    if (!key) return passed(key);
    if (key->empty()) return refused(errc::parse, numbered, "lacks `key`");
    for (const section& earlier : out)
      if (earlier.key == *key)
        return refused(errc::duplicate, numbered, "has the key of another section");
    auto read = section_of(one, place, *key, depth);
    if (!read) return passed(read);
    out.push_back(std::move(*read));
  }
  return out;
}

result<std::vector<column_text>> columns_of(const json& doc) {
  std::vector<column_text> out;
  const json* all = doc.find("columns");
  if (!all) return out;
  if (!all->is(json::type::object))
    return refused(errc::parse, "report.columns", "is not an object {…}");
  for (const auto& [name, content] : all->members()) {
    const std::string place = "report.columns." + name;
    if (auto ok = check_words(content, place, {"en", "zh", "unit"}); !ok) return passed(ok);
    auto text = words_of(content, place);
    if (!text) return passed(text);
    column_text& column = out.emplace_back(column_text{name, std::move(*text), {}});
    auto word = text_of(content, "unit", place);
    if (!word) return passed(word);
    if (word->empty()) continue;
    auto counted = chosen(units, *word, place + ".unit");
    if (!counted) return passed(counted);
    column.counted = *counted;
  }
  return out;
}

result<std::vector<std::pair<std::string, std::string>>> parameters_of(const json& doc) {
  std::vector<std::pair<std::string, std::string>> out;
  const json* all = doc.find("parameters");
  if (!all) return out;
  if (!all->is(json::type::object))
    return refused(errc::parse, "report.parameters", "is not an object {…}");
  for (const auto& [name, content] : all->members()) {
    auto query = text_of(*all, name, "report.parameters");
    if (!query) return passed(query);
    out.emplace_back(name, std::move(*query));
  }
  return out;
}

result<void> check_version(const json& doc) {
  const json* version = doc.find("guanxi_report");
  if (!version || !version->is(json::type::number))
    return refused(errc::parse, "report", "lacks its version; write `\"guanxi_report\": 1`");
  if (version->as_text() != "1")
    return refused(errc::unsupported, "report.guanxi_report",
                   "is " + in_backticks(version->as_text()) + "; this library reads version 1");
  return {};
}

}  // namespace

unexpected refused(errc code, const std::string& place, const std::string& what) {
  return unexpected(code, "the report at `" + place + "` " + what);
}

const column_text* definition::column(std::string_view name) const noexcept {
  for (const column_text& c : columns)
    if (c.name == name) return &c;
  return nullptr;
}

result<definition> parse_definition(std::string_view json_text) {
  result<json> doc = json::parse(json_text);
  if (!doc) {
    doc.error().set_message("the report cannot be read: " + std::string(doc.error().message()));
    return passed(doc);
  }
  if (auto ok = check_words(*doc, "report", {"guanxi_report", "title", "columns", "parameters",
                                             "currency", "sections"});
      !ok)
    return passed(ok);
  if (auto ok = check_version(*doc); !ok) return passed(ok);
  definition out;
  auto title = words_at(*doc, "title", "report");
  if (!title) return passed(title);
  out.title = std::move(*title);
  auto columns = columns_of(*doc);
  if (!columns) return passed(columns);
  out.columns = std::move(*columns);
  auto parameters = parameters_of(*doc);
  if (!parameters) return passed(parameters);
  out.parameters = std::move(*parameters);
  auto currency = text_of(*doc, "currency", "report");
  if (!currency) return passed(currency);
  out.currency = std::move(*currency);
  auto sections = sections_of(*doc, "report", 0);
  if (!sections) return passed(sections);
  out.sections = std::move(*sections);
  return out;
}

}  // namespace guanxi::edge::report
