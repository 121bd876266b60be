// Definitions as JSON: the form in which hosts hand custom entities over and stores keep them.
// Reading is strict about form (a misspelt key would otherwise be a rule that silently is not
// there); what a catalog may hold is check()'s to say.
#include "guanxi/base/json.hpp"
#include "guanxi/schema/definition.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace guanxi::schema {
namespace {

struct flag_key {
  std::string_view key;
  field_flag flag;
};
constexpr flag_key flag_keys[] = {{"required", required}, {"unique", unique},
                                  {"indexed", indexed},   {"title", title},
                                  {"derived", derived},   {"tracked", tracked},
                                  {"searchable", searchable}};

constexpr kind kinds[] = {kind::boolean, kind::integer, kind::decimal, kind::money,    kind::text,
                          kind::choice,  kind::date,    kind::instant, kind::reference};

constexpr std::string_view field_keys[] = {
    "name",    "type",       "label",  "required", "unique", "indexed", "title", "derived",
    "tracked", "searchable", "target", "choices",  "scale",  "initial", "on_delete",
    "custom",  "number"};
constexpr std::string_view entity_keys[] = {"name",   "label",  "plural",
                                            "fields", "custom", "numbers"};
constexpr std::string_view choice_keys[] = {"code", "label"};
constexpr std::string_view label_keys[] = {"en", "zh"};

unexpected malformed(const std::string& message) {
  return unexpected(errc::invalid_argument, message);
}

/// `where` says in messages what is read: "a field", "a label".
result<void> check_keys(const json& doc, std::span<const std::string_view> known,
                        const std::string& where) {
  if (!doc.is(json::type::object)) return malformed(where + " must be a JSON object");
  for (const json::member& m : doc.members()) {
    if (std::find(known.begin(), known.end(), m.first) != known.end()) continue;
    nearest_name near(m.first);
    for (std::string_view key : known) near.offer(key);
    return unexpected(errc::unknown_name,
                      "no key " + in_backticks(m.first) + " in " + where + near.hint());
  }
  return {};
}

result<void> read_text(const json& doc, std::string_view key, std::string& into) {
  const json* at = doc.find(key);
  if (!at) return {};
  if (!at->is(json::type::text)) return malformed("`" + std::string(key) + "` must be a text");
  into = at->as_text();
  return {};
}

result<bool> read_flag(const json& doc, std::string_view key, bool absent) {
  const json* at = doc.find(key);
  if (!at) return absent;
  if (!at->is(json::type::boolean))
    return malformed("`" + std::string(key) + "` must be true or false");
  return at->as_boolean();
}

result<void> read_label(const json& doc, std::string_view key, std::string& en, std::string& zh) {
  const json* at = doc.find(key);
  if (!at) return {};
  if (result<void> good = check_keys(*at, label_keys, "`" + std::string(key) + "`"); !good)
    return good;
  if (result<void> good = read_text(*at, "en", en); !good) return good;
  return read_text(*at, "zh", zh);
}

result<void> read_kind(const json& doc, kind& into) {
  std::string word;
  if (result<void> good = read_text(doc, "type", word); !good) return good;
  if (word.empty()) return malformed("a field needs a `type`, such as text or money");
  for (kind k : kinds) {
    if (name(k) != word) continue;
    into = k;
    return {};
  }
  nearest_name near(word);
  for (kind k : kinds) near.offer(name(k));
  return unexpected(errc::unknown_name, "no type " + in_backticks(word) + near.hint());
}

result<void> read_scale(const json& doc, std::uint8_t& into) {
  const json* at = doc.find("scale");
  if (!at) return {};
  const std::string& digits = at->as_text();
  const bool short_number = at->is(json::type::number) && digits.size() <= 2 && digits[0] != '-';
  const int number = short_number ? std::stoi(digits) : -1;
  if (number < 0 || number > max_scale) return malformed("`scale` must be a number from 0 to 18");
  into = static_cast<std::uint8_t>(number);
  return {};
}

result<void> read_number(const json& doc, std::string_view key, std::uint16_t& into) {
  const json* at = doc.find(key);
  if (!at) return {};
  const std::string& digits = at->as_text();
  const bool fits = at->is(json::type::number) && digits.size() <= 5 &&
                    digits.find_first_not_of("0123456789") == std::string::npos;
  const int number = fits ? std::stoi(digits) : -1;
  if (number < 0 || number > 0xffff)
    return malformed("`" + std::string(key) + "` must be a number from 0 to 65535");
  into = static_cast<std::uint16_t>(number);
  return {};
}

result<void> read_on_delete(const json& doc, on_delete& into) {
  std::string word;
  if (result<void> good = read_text(doc, "on_delete", word); !good) return good;
  if (word.empty()) return {};
  nearest_name near(word);
  for (on_delete each : {on_delete::leave, on_delete::clear, on_delete::restrict,
                         on_delete::cascade, on_delete::follow}) {
    near.offer(name(each));
    if (name(each) != word) continue;
    into = each;
    return {};
  }
  return unexpected(errc::unknown_name, "no `on_delete` " + in_backticks(word) + near.hint());
}

result<void> read_choices(const json& doc, std::vector<choice_definition>& into) {
  const json* at = doc.find("choices");
  if (!at) return {};
  if (!at->is(json::type::array)) return malformed("`choices` must be an array");
  for (const json& item : at->items()) {
    choice_definition c;
    if (result<void> good = check_keys(item, choice_keys, "a choice"); !good) return good;
    if (result<void> good = read_text(item, "code", c.code); !good) return good;
    if (result<void> good = read_label(item, "label", c.label_en, c.label_zh); !good) return good;
    if (c.code.empty()) return malformed("a choice needs a `code`");
    into.push_back(std::move(c));
  }
  return {};
}

result<void> read_field_rest(const json& doc, field_definition& out) {
  if (result<void> good = read_kind(doc, out.type); !good) return good;
  if (result<void> good = read_label(doc, "label", out.label_en, out.label_zh); !good) return good;
  for (const flag_key& f : flag_keys) {
    const result<bool> set = read_flag(doc, f.key, false);
    if (!set) return unexpected(set.error());
    if (*set) out.flags |= f.flag;
  }
  if (result<void> good = read_text(doc, "target", out.target); !good) return good;
  if (result<void> good = read_choices(doc, out.choices); !good) return good;
  if (result<void> good = read_scale(doc, out.scale); !good) return good;
  if (result<void> good = read_text(doc, "initial", out.initial); !good) return good;
  if (result<void> good = read_number(doc, "number", out.number); !good) return good;
  if (result<void> good = read_on_delete(doc, out.on_delete); !good) return good;
  const result<bool> custom = read_flag(doc, "custom", true);
  if (!custom) return unexpected(custom.error());
  out.custom = *custom;
  return {};
}

result<field_definition> read_field(const json& doc) {
  field_definition out;
  if (result<void> good = check_keys(doc, field_keys, "a field"); !good) {
    if (const json* at = doc.find("name"); at && at->is(json::type::text))
      good.error().in_field(at->as_text());
    return passed(good);
  }
  if (result<void> good = read_text(doc, "name", out.name); !good) return passed(good);
  if (out.name.empty()) return malformed("a field needs a `name`");
  if (result<void> good = read_field_rest(doc, out); !good) {
    good.error().in_field(out.name);
    return passed(good);
  }
  return out;
}

result<void> read_entity_rest(const json& doc, entity_definition& out) {
  if (result<void> good = read_label(doc, "label", out.label_en, out.label_zh); !good) return good;
  if (result<void> good = read_label(doc, "plural", out.plural_en, out.plural_zh); !good)
    return good;
  const result<bool> custom = read_flag(doc, "custom", true);
  if (!custom) return unexpected(custom.error());
  out.custom = *custom;
  if (result<void> good = read_number(doc, "numbers", out.numbers); !good) return good;
  const json* fields = doc.find("fields");
  if (!fields) return {};
  if (!fields->is(json::type::array)) return malformed("`fields` must be an array");
  for (const json& item : fields->items()) {
    result<field_definition> f = read_field(item);
    if (!f) return passed(f);
    out.fields.push_back(std::move(*f));
  }
  return {};
}

json label_of(const std::string& en, const std::string& zh) {
  json out = json::make_object();
  if (!en.empty()) out.members().emplace_back("en", json::make_text(en));
  if (!zh.empty()) out.members().emplace_back("zh", json::make_text(zh));
  return out;
}

json written(const field_definition& field) {
  json out = json::make_object();
  const auto put = [&](std::string_view key, json content) {
    out.members().emplace_back(std::string(key), std::move(content));
  };
  put("name", json::make_text(field.name));
  put("type", json::make_text(std::string(name(field.type))));
  put("label", label_of(field.label_en, field.label_zh));
  for (const flag_key& f : flag_keys)
    if ((field.flags & f.flag) != 0) put(f.key, json::make_boolean(true));
  if (!field.target.empty()) put("target", json::make_text(field.target));
  if (!field.choices.empty()) {
    json choices = json::make_array();
    for (const choice_definition& c : field.choices) {
      json choice = json::make_object();
      choice.members().emplace_back("code", json::make_text(c.code));
      choice.members().emplace_back("label", label_of(c.label_en, c.label_zh));
      choices.items().push_back(std::move(choice));
    }
    put("choices", std::move(choices));
  }
  const bool scaled = field.type == kind::decimal || field.type == kind::money;
  if (scaled || field.scale != field_definition{}.scale)
    put("scale", json::make_number(std::to_string(field.scale)));
  if (!field.initial.empty()) put("initial", json::make_text(field.initial));
  if (field.on_delete != on_delete::leave)
    put("on_delete", json::make_text(std::string(name(field.on_delete))));
  put("custom", json::make_boolean(field.custom));
  if (field.number != 0) put("number", json::make_number(std::to_string(field.number)));
  return out;
}

}  // namespace

result<field_definition> field_from_json(std::string_view text) {
  result<json> doc = json::parse(text);
  if (!doc) return passed(doc);
  return read_field(*doc);
}

result<entity_definition> entity_from_json(std::string_view text) {
  result<json> doc = json::parse(text);
  if (!doc) return passed(doc);
  entity_definition out;
  result<void> good = check_keys(*doc, entity_keys, "an entity");
  if (good) good = read_text(*doc, "name", out.name);
  if (good && out.name.empty()) good = malformed("an entity needs a `name`");
  if (good) good = read_entity_rest(*doc, out);
  if (good) return out;
  if (!out.name.empty()) good.error().in_entity(out.name);
  return passed(good);
}

std::string to_json(const field_definition& field) { return written(field).dump(); }

std::string to_json(const entity_definition& entity) {
  json out = json::make_object();
  out.members().emplace_back("name", json::make_text(entity.name));
  out.members().emplace_back("label", label_of(entity.label_en, entity.label_zh));
  out.members().emplace_back("plural", label_of(entity.plural_en, entity.plural_zh));
  out.members().emplace_back("custom", json::make_boolean(entity.custom));
  if (entity.numbers != 0)
    out.members().emplace_back("numbers", json::make_number(std::to_string(entity.numbers)));
  json fields = json::make_array();
  for (const field_definition& f : entity.fields) fields.items().push_back(written(f));
  out.members().emplace_back("fields", std::move(fields));
  return out.dump();
}

}  // namespace guanxi::schema
