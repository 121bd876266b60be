#include "edge/import/mapping.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>

namespace guanxi::edge {

namespace {

constexpr std::string_view known_version = "1";

unexpected refused(errc code, std::string_view place, const std::string& what) {
  return unexpected(code, "the mapping at `" + std::string(place) + "` " + what);
}

/// Reads the members of one object, and refuses words that it does not know.
class object_reader {
 public:
  static result<object_reader> open(const json& from, std::string place,
                                    std::initializer_list<std::string_view> words) {
    if (!from.is(json::type::object)) return refused(errc::parse, place, "is not an object {…}");
    for (const auto& [key, content] : from.members()) {
      if (std::find(words.begin(), words.end(), key) != words.end()) continue;
      nearest_name near(key);
      for (std::string_view word : words) near.offer(word);
      return refused(errc::unknown_name, place,
                     "has an unknown word " + in_backticks(key) + near.hint());
    }
    return object_reader(from, std::move(place));
  }

  const std::string& place() const noexcept { return place_; }
  std::string below(std::string_view key) const { return place_ + "." + std::string(key); }
  const json* find(std::string_view key) const noexcept { return from_->find(key); }

  /// A text that is not empty; `fallback` where there is none.
  result<std::string> text(std::string_view key, std::string fallback = {}) const {
    const json* j = find(key);
    if (!j) return fallback;
    if (!j->is(json::type::text) || j->as_text().empty())
      return refused(errc::parse, below(key), "is not a text, or is empty");
    return j->as_text();
  }
  result<std::string> required_text(std::string_view key) const {
    if (!find(key)) return refused(errc::parse, place_, "lacks `" + std::string(key) + "`");
    return text(key);
  }
  result<bool> flag(std::string_view key, bool fallback) const {
    const json* j = find(key);
    if (!j) return fallback;
    if (!j->is(json::type::boolean))
      return refused(errc::parse, below(key), "is not true or false");
    return j->as_boolean();
  }
  result<const std::vector<json>*> list(std::string_view key) const {
    static const std::vector<json> none;
    const json* j = find(key);
    if (!j) return &none;
    if (!j->is(json::type::array)) return refused(errc::parse, below(key), "is not a list […]");
    return &j->items();
  }

 private:
  object_reader(const json& from, std::string place) : from_(&from), place_(std::move(place)) {}
  const json* from_;
  std::string place_;
};

std::string item(const std::string& list, std::size_t at) {
  return list + "[" + std::to_string(at) + "]";
}

/// A JSON scalar as the text of a cell; nothing for lists and objects.
std::optional<std::string> cell_text(const json& j) {
  switch (j.kind()) {
    case json::type::null: return std::string();
    case json::type::boolean: return j.as_boolean() ? "true" : "false";
    case json::type::number:
    case json::type::text: return j.as_text();
    default: return std::nullopt;
  }
}

result<alias_table> read_aliases(const json& from, const std::string& place) {
  if (!from.is(json::type::object)) return refused(errc::parse, place, "is not an object {…}");
  alias_table out;
  for (const auto& [key, content] : from.members()) {
    if (content.is(json::type::null)) {
      out.emplace(key, std::nullopt);
      continue;
    }
    const std::optional<std::string> text = cell_text(content);
    if (!text) return refused(errc::parse, place, "gives " + in_backticks(key) + " no text");
    out.emplace(key, *text);
  }
  return out;
}

result<std::vector<source::piece>> read_template(const std::string& text,
                                                 const std::string& place) {
  std::vector<source::piece> out;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) out.push_back({false, std::move(literal)});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
    } else if (c == '{') {
      const std::size_t end = text.find('}', i);
      if (end == std::string::npos || end == i + 1)
        return refused(errc::parse, place, "has a { that names no column; write {{ for a brace");
      flush();
      out.push_back({true, text.substr(i + 1, end - i - 1)});
      i = end;
    } else if (c == '}') {
      return refused(errc::parse, place, "has a } without its {; write }} for a brace");
    } else {
      literal += c;
    }
  }
  flush();
  return out;
}

result<transform> read_transform(const json& from, const std::string& place) {
  if (from.is(json::type::text)) {
    if (from.as_text() == "lower") return transform{transform::kind::lower};
    if (from.as_text() == "upper") return transform{transform::kind::upper};
    nearest_name near(from.as_text());
    for (const char* word : {"lower", "upper"}) near.offer(word);
    return refused(errc::unknown_name, place,
                   "has no transform " + in_backticks(from.as_text()) + near.hint());
  }
  auto in = object_reader::open(from, place, {"replace", "with"});
  if (!in) return passed(in);
  transform out{transform::kind::replace};
  auto old = in->required_text("replace");
  if (!old) return passed(old);
  out.from = *old;
  if (const json* with = in->find("with"); with && with->is(json::type::text))
    out.to = with->as_text();
  return out;
}

result<expr::tree> read_formula(const std::string& text, const std::string& place) {
  result<expr::tree> t = expr::parse(text);
  if (!t) {
    t.error().set_message("the mapping at `" + place +
                          "` is no expression: " + std::string(t.error().message()));
    return passed(t);
  }
  return t;
}

class mapping_reader {
 public:
  result<mapping> read(const json& doc) {
    auto in = object_reader::open(doc, "mapping", {"guanxi_mapping", "title", "currency", "aliases",
                                                   "fields", "tables"});
    if (!in) return passed(in);
    const json* version = in->find("guanxi_mapping");
    if (!version || !version->is(json::type::number))
      return refused(errc::parse, "mapping", "lacks its version; write `\"guanxi_mapping\": 1`");
    if (version->as_text() != known_version)
      return refused(errc::unsupported, "mapping.guanxi_mapping",
                     "is " + in_backticks(version->as_text()) + "; this library reads version 1");
    mapping out;
    auto currency_code = in->text("currency");
    if (!currency_code) return passed(currency_code);
    out.currency = *currency_code;
    if (!out.currency.empty())
      if (auto code = currency::parse(out.currency); !code)
        return refused(errc::invalid_argument, "mapping.currency",
                       "takes three upper-case letters such as USD, not " +
                           in_backticks(out.currency));
    if (auto ok = read_shared(*in); !ok) return passed(ok);
    if (auto ok = read_definitions(*in, out); !ok) return passed(ok);
    if (auto ok = read_tables(*in, out); !ok) return passed(ok);
    return out;
  }

 private:
  result<void> read_shared(const object_reader& in) {
    const json* all = in.find("aliases");
    if (!all) return {};
    if (!all->is(json::type::object))
      return refused(errc::parse, "mapping.aliases", "is not an object {…}");
    for (const auto& [name, content] : all->members()) {
      auto table = read_aliases(content, "mapping.aliases." + name);
      if (!table) return passed(table);
      shared_.emplace(name, std::move(*table));
    }
    return {};
  }

  static result<void> read_definitions(const object_reader& in, mapping& out) {
    auto list = in.list("fields");
    if (!list) return passed(list);
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
      const std::string place = item("mapping.fields", i);
      auto one = object_reader::open((**list)[i], place, {"entity", "field"});
      if (!one) return passed(one);
      auto entity = one->required_text("entity");
      if (!entity) return passed(entity);
      const json* field = one->find("field");
      if (!field) return refused(errc::parse, place, "lacks `field`");
      auto read = schema::field_from_json(field->dump());
      if (!read) {
        read.error().set_message("the mapping at `" + place + ".field` is no field: " +
                                 std::string(read.error().message()));
        return passed(read);
      }
      out.fields.push_back({*entity, std::move(*read)});
    }
    return {};
  }

  result<void> read_tables(const object_reader& in, mapping& out) {
    auto list = in.list("tables");
    if (!list) return passed(list);
    if ((*list)->empty())
      return refused(errc::invalid_argument, "mapping.tables", "is empty; name a file");
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
      auto table = read_table((**list)[i], item("mapping.tables", i));
      if (!table) return passed(table);
      out.tables.push_back(std::move(*table));
    }
    return {};
  }

  result<table_rule> read_table(const json& from, const std::string& place) {
    auto in = object_reader::open(from, place,
                                  {"file", "name", "rows", "delimiter", "trim", "records"});
    if (!in) return passed(in);
    table_rule out;
    out.place = place;
    auto file = in->text("file");
    if (!file) return passed(file);
    out.inline_rows = in->find("rows") != nullptr;
    if (out.inline_rows == !file->empty())
      return refused(errc::invalid_argument, place, "needs either `file` or `rows`");
    auto name = in->text("name", out.inline_rows ? "a table of the mapping" : *file);
    if (!name) return passed(name);
    out.name = out.inline_rows ? *name : *file;
    if (auto ok = check_path(*file, place); !ok) return passed(ok);
    auto delimiter = in->text("delimiter", ",");
    if (!delimiter) return passed(delimiter);
    if (delimiter->size() != 1)
      return refused(errc::invalid_argument, place + ".delimiter", "is not one ASCII character");
    out.delimiter = (*delimiter)[0];
    auto trim = in->flag("trim", true);
    if (!trim) return passed(trim);
    out.trim = *trim;
    if (out.inline_rows)
      if (auto ok = read_rows(*in, out); !ok) return passed(ok);
    auto records = in->list("records");
    if (!records) return passed(records);
    if ((*records)->empty())
      return refused(errc::invalid_argument, place, "yields no record; give `records`");
    std::set<std::string> names;
    for (std::size_t i = 0; i < (*records)->size(); ++i) {
      auto rule = read_record((**records)[i], item(place + ".records", i), names);
      if (!rule) return passed(rule);
      names.insert(rule->name);
      out.records.push_back(std::move(*rule));
    }
    return out;
  }

  /// A mapping may come from elsewhere, so it reads only below the folder that the caller names.
  static result<void> check_path(const std::string& file, const std::string& place) {
    const bool rooted = !file.empty() && (file[0] == '/' || file.find(':') != std::string::npos);
    bool climbs = file.find('\\') != std::string::npos;
    for (std::size_t at = 0; at < file.size();) {
      const std::size_t end = std::min(file.find('/', at), file.size());
      climbs = climbs || file.compare(at, end - at, "..") == 0;
      at = end + 1;
    }
    if (!rooted && !climbs) return {};
    return refused(errc::invalid_argument, place + ".file",
                   "must name a file below the folder of the import, not " + in_backticks(file));
  }

  static result<void> read_rows(const object_reader& in, table_rule& out) {
    auto list = in.list("rows");
    if (!list) return passed(list);
    const std::string place = in.below("rows");
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
      const json& row = (**list)[i];
      if (!row.is(json::type::object))
        return refused(errc::parse, item(place, i), "is not an object {…}");
      for (const auto& [column, content] : row.members())
        if (std::find(out.columns.begin(), out.columns.end(), column) == out.columns.end())
          out.columns.push_back(column);
    }
    for (std::size_t i = 0; i < (*list)->size(); ++i) {
      std::vector<std::string> cells;
      for (const std::string& column : out.columns) {
        const json* content = (**list)[i].find(column);
        const std::optional<std::string> text = content ? cell_text(*content) : std::string();
        if (!text) return refused(errc::parse, item(place, i) + "." + column, "is not one value");
        cells.push_back(*text);
      }
      out.rows.push_back(std::move(cells));
    }
    return {};
  }

  result<record_rule> read_record(const json& from, const std::string& place,
                                  const std::set<std::string>& names) {
    auto in = object_reader::open(
        from, place, {"name", "entity", "key", "repeats", "skip_if_blank", "fields"});
    if (!in) return passed(in);
    record_rule out;
    out.place = place;
    auto entity = in->required_text("entity");
    if (!entity) return passed(entity);
    out.entity = *entity;
    auto name = in->text("name", *entity);
    if (!name) return passed(name);
    out.name = *name;
    if (names.contains(out.name))
      return refused(errc::invalid_argument, place,
                     "has the name `" + out.name + "` of an earlier record; give it a `name`");
    auto skip = in->text("skip_if_blank");
    if (!skip) return passed(skip);
    out.skip_if_blank = *skip;
    if (auto ok = read_repetition(*in, out); !ok) return passed(ok);
    const json* fields = in->find("fields");
    if (!fields || !fields->is(json::type::object) || fields->members().empty())
      return refused(errc::parse, place, "lacks `fields`, an object of fields and their sources");
    for (const auto& [field, content] : fields->members()) {
      auto s = read_source(content, place + ".fields." + field, names, 0);
      if (!s) return passed(s);
      out.fields.emplace_back(field, std::move(*s));
    }
    if (auto ok = read_key(*in, out); !ok) return passed(ok);
    return out;
  }

  static result<void> read_repetition(const object_reader& in, record_rule& out) {
    auto repeats = in.text("repeats", "refused");
    if (!repeats) return passed(repeats);
    if (*repeats == "first") out.repeats = record_rule::repetition::first;
    else if (*repeats == "same") out.repeats = record_rule::repetition::same;
    else if (*repeats != "refused")
      return refused(errc::invalid_argument, in.below("repeats"),
                     "is `first`, `same` or `refused`, not " + in_backticks(*repeats));
    return {};
  }

  static result<void> read_key(const object_reader& in, record_rule& out) {
    auto key = in.list("key");
    if (!key) return passed(key);
    if ((*key)->empty())
      return refused(errc::parse, in.place(), "lacks `key`, the fields by which a record is known");
    for (const json& field : **key) {
      const bool mapped = std::any_of(out.fields.begin(), out.fields.end(),
                                      [&](const auto& f) { return f.first == field.as_text(); });
      if (!field.is(json::type::text) || !mapped)
        return refused(errc::invalid_argument, in.below("key"),
                       "names " + in_backticks(field.as_text()) +
                           ", which is none of the record's `fields`");
      out.key.push_back(field.as_text());
    }
    return {};
  }

  result<source> read_source(const json& from, const std::string& place,
                             const std::set<std::string>& names, int depth) {
    source out;
    out.place = place;
    if (from.is(json::type::text)) {
      if (from.as_text().empty()) return refused(errc::parse, place, "names no column");
      out.text = from.as_text();
      return out;
    }
    auto in = object_reader::open(
        from, place, {"column", "constant", "template", "record", "expression", "aliases",
                      "only_aliases", "transform", "multiply", "date_format", "find", "with",
                      "if_empty", "keep_if_blank"});
    if (!in) return passed(in);
    if (auto ok = read_origin(*in, out, names); !ok) return passed(ok);
    if (auto ok = read_text_rules(*in, out); !ok) return passed(ok);
    if (auto ok = read_number_rules(*in, out); !ok) return passed(ok);
    if (auto ok = read_find(*in, out, names, depth); !ok) return passed(ok);
    auto if_empty = in->text("if_empty");
    if (!if_empty) return passed(if_empty);
    if (!if_empty->empty()) {
      auto formula = read_formula(*if_empty, in->below("if_empty"));
      if (!formula) return passed(formula);
      out.if_empty = std::move(*formula);
    }
    auto keep = in->flag("keep_if_blank", false);
    if (!keep) return passed(keep);
    out.keep_if_blank = *keep;
    return out;
  }

  static result<void> read_origin(const object_reader& in, source& out,
                                  const std::set<std::string>& names) {
    int origins = 0;
    for (const char* word : {"column", "constant", "template", "record", "expression"})
      if (in.find(word)) ++origins;
    if (origins != 1)
      return refused(errc::invalid_argument, in.place(),
                     "needs one of `column`, `constant`, `template`, `record`, `expression`");
    if (const json* constant = in.find("constant")) {
      out.what = source::kind::constant;
      const auto text = cell_text(*constant);
      if (!text) return refused(errc::parse, in.below("constant"), "is not one value");
      out.text = *text;
      return {};
    }
    for (const auto& [word, what] : {std::pair{"column", source::kind::column},
                                     {"template", source::kind::pattern},
                                     {"record", source::kind::record},
                                     {"expression", source::kind::expression}}) {
      if (!in.find(word)) continue;
      out.what = what;
      auto text = in.text(word);
      if (!text) return passed(text);
      out.text = *text;
    }
    if (out.what == source::kind::record && !names.contains(out.text)) {
      nearest_name near(out.text);
      for (const std::string& name : names) near.offer(name);
      return refused(errc::unknown_name, in.below("record"),
                     "names " + in_backticks(out.text) +
                         ", which is no earlier record of the row" + near.hint());
    }
    if (out.what == source::kind::pattern) {
      auto pieces = read_template(out.text, in.below("template"));
      if (!pieces) return passed(pieces);
      out.pieces = std::move(*pieces);
    }
    if (out.what == source::kind::expression) {
      auto formula = read_formula(out.text, in.below("expression"));
      if (!formula) return passed(formula);
      out.formula = std::move(*formula);
    }
    return {};
  }

  result<void> read_text_rules(const object_reader& in, source& out) {
    if (const json* aliases = in.find("aliases")) {
      if (aliases->is(json::type::text)) {
        const auto shared = shared_.find(aliases->as_text());
        if (shared == shared_.end()) {
          nearest_name near(aliases->as_text());
          for (const auto& [name, table] : shared_) near.offer(name);
          return refused(errc::unknown_name, in.below("aliases"),
                         "names " + in_backticks(aliases->as_text()) +
                             ", which `mapping.aliases` lacks" + near.hint());
        }
        out.aliases = shared->second;
      } else {
        auto own = read_aliases(*aliases, in.below("aliases"));
        if (!own) return passed(own);
        out.aliases = std::move(*own);
      }
    }
    auto only = in.flag("only_aliases", false);
    if (!only) return passed(only);
    out.aliases_only = *only;
    auto transforms = in.list("transform");
    if (!transforms) return passed(transforms);
    for (std::size_t i = 0; i < (*transforms)->size(); ++i) {
      auto t = read_transform((**transforms)[i], item(in.below("transform"), i));
      if (!t) return passed(t);
      out.transforms.push_back(std::move(*t));
    }
    return {};
  }

  static result<void> read_number_rules(const object_reader& in, source& out) {
    if (const json* multiply = in.find("multiply")) {
      const auto factor = decimal::parse(multiply->as_text());
      if (!factor)
        return refused(errc::parse, in.below("multiply"), "is not a plain number");
      out.multiply = *factor;
    }
    auto format = in.text("date_format");
    if (!format) return passed(format);
    out.date_format = *format;
    if (!out.date_format.empty())
      if (auto ok = check_date_format(out.date_format); !ok)
        return refused(ok.error().code(), in.below("date_format"),
                       std::string(ok.error().message()));
    return {};
  }

  result<void> read_find(const object_reader& in, source& out,
                         const std::set<std::string>& names, int depth) {
    constexpr int deepest = 4;
    auto find = in.text("find");
    if (!find) return passed(find);
    out.find = *find;
    const json* with = in.find("with");
    if (!with) return {};
    if (out.find.empty() || !with->is(json::type::object))
      return refused(errc::invalid_argument, in.below("with"),
                     "is an object of the further fields of `find`");
    if (depth == deepest) return refused(errc::limit, in.below("with"), "nests too deeply");
    for (const auto& [field, content] : with->members()) {
      auto s = read_source(content, in.below("with") + "." + field, names, depth + 1);
      if (!s) return passed(s);
      out.with.emplace_back(field, std::move(*s));
    }
    return {};
  }

  std::map<std::string, alias_table, std::less<>> shared_;
};

/// Length of the run of one letter that begins at `at`.
std::size_t run_length(std::string_view format, std::size_t at) {
  std::size_t end = at;
  while (end < format.size() && format[end] == format[at]) ++end;
  return end - at;
}

bool is_part(char c) noexcept { return c == 'Y' || c == 'M' || c == 'D'; }

}  // namespace

std::vector<std::string_view> source::columns() const {
  std::vector<std::string_view> out;
  if (what == kind::column) out.push_back(text);
  for (const piece& p : pieces)
    if (p.column) out.push_back(p.text);
  return out;
}

result<mapping> mapping::parse(std::string_view text) {
  result<json> doc = json::parse(text);
  if (!doc) {
    doc.error().set_message("the mapping cannot be read: " + std::string(doc.error().message()));
    return passed(doc);
  }
  return mapping_reader().read(*doc);
}

result<void> check_date_format(std::string_view format) {
  int years = 0, months = 0, days = 0;
  bool sound = true, touching = false;
  for (std::size_t i = 0; i < format.size();) {
    if (!is_part(format[i])) {
      sound = sound && !(format[i] >= '0' && format[i] <= '9');
      touching = false;
      ++i;
      continue;
    }
    const std::size_t n = run_length(format, i);
    if (format[i] == 'Y') ++years, sound = sound && n == 4;
    else (format[i] == 'M' ? months : days) += 1, sound = sound && n <= 2;
    // A part of open length beside another leaves open where one ends.
    sound = sound && !(touching && n == 1) && !(n == 1 && i + 1 < format.size() &&
                                                is_part(format[i + 1]));
    touching = true;
    i += n;
  }
  if (sound && years == 1 && months == 1 && days == 1) return {};
  return unexpected(errc::invalid_argument,
                    "is no form of a date; write YYYY, MM or M, and DD or D once each, such as "
                    "`DD/MM/YYYY`");
}

result<date> read_date(std::string_view text, std::string_view format) {
  const auto wrong = [&] {
    return unexpected(errc::parse, in_backticks(text) + " is no date of the form " +
                                       in_backticks(format));
  };
  civil c;
  std::size_t at = 0;
  for (std::size_t i = 0; i < format.size();) {
    if (!is_part(format[i])) {
      if (at >= text.size() || text[at] != format[i]) return wrong();
      ++at, ++i;
      continue;
    }
    const std::size_t letters = run_length(format, i);
    const std::size_t most = letters == 1 ? 2 : letters;
    std::size_t digits = 0;
    int number = 0;
    for (; digits < most && at < text.size() && text[at] >= '0' && text[at] <= '9'; ++digits)
      number = number * 10 + (text[at++] - '0');
    if (digits < letters) return wrong();
    (format[i] == 'Y' ? c.year : format[i] == 'M' ? c.month : c.day) = number;
    i += letters;
  }
  if (at != text.size()) return wrong();
  const result<date> day = date::from_civil(c);
  if (!day) return wrong();
  return *day;
}

}  // namespace guanxi::edge
