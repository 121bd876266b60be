// What comes in from outside: leads and tickets. Rule: a source names what it sends by a key; the
// same key again gives the same record, however often it is sent and by however many at once.
#include "actions.hpp"
#include "guanxi/crm/standard.hpp"

#include "guanxi/base/json.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::crm {

namespace {

using schema::kind;
using work::arguments;
using work::outcome;
using work::sight;

/// Fields that the CRM settles itself, or that are not there before somebody works on it.
bool is_captured(const schema::field_row& f) {
  constexpr std::string_view no[] = {"status",      "score",   "converted_on", "account",
                                     "opportunity", "contact", "capture_key",  "resolved_at",
                                     "satisfaction", "followed_up_at", "first_responded_at",
                                     "first_response_state", "resolution_state"};
  return (f.flags & schema::derived) == 0 &&
         std::find(std::begin(no), std::end(no), f.name) == std::end(no);
}

/// Of a ticket customer and contact are known to the source, of a lead nothing is.
bool is_captured(const schema::entity_row& of, const schema::field_row& f) {
  return is_captured(f) || (of.name == "ticket" && (f.name == "account" || f.name == "contact"));
}

/// A value of JSON as a field takes it; texts that read as dates and the like are fitted later.
result<value> value_of(const std::string& name, const json& v) {
  switch (v.kind()) {
    case json::type::null: return value();
    case json::type::boolean: return value(v.as_boolean());
    case json::type::text: return value(v.as_text());
    case json::type::number: {
      result<decimal> read = decimal::parse(v.as_text());
      return read ? result<value>(value(*read)) : passed(read);
    }
    default: break;
  }
  return unexpected(error(errc::invalid_argument, "`" + name + "` in `values` is a list or an "
                                                  "object; a field takes one value")
                        .in_field(name));
}

result<void> add_values(std::string_view text, schema::draft& to) {
  result<json> doc = json::parse(text);
  if (!doc || !doc->is(json::type::object)) {
    error why(errc::parse, "`values` takes a JSON object of fields" +
                               (doc ? std::string() : ": " + std::string(doc.error().message())));
    return unexpected(why.in_field("values"));
  }
  for (const auto& [name, content] : doc->members()) {
    result<value> v = value_of(name, content);
    if (!v) return passed(v);
    to.set(name, std::move(*v));
  }
  return {};
}

result<void> capture(const schema::entity_row& of, const arguments& given, sight& in,
                     outcome& out) {
  const value& key = given["key"];
  result<query::rows> there = in.query_all(
      "select id from " + std::string(of.name) + " with archived where capture_key = :key",
      {{.name = "key", .content = key}});
  if (!there) return passed(there);
  if (!there->empty()) {
    // Whoever does not see it is told that it is there, as by any unique field, and no more.
    const bool seen = in.get(of.name, there->at(0, 0).as_id()).has_value();
    out.answer({seen ? there->at(0, 0) : value(), value(false)});
    return {};
  }
  outcome::step& made = out.create(of.name);
  made.content.set("capture_key", key);
  for (const schema::field_row& f : of.fields)
    if (is_captured(of, f) && given.has(f.name))
      made.content.set(f.name, given[f.name]);
  if (given.has("values"))
    if (auto ok = add_values(given["values"].as_text(), made.content); !ok) return ok;
  if (given.holds("assign"))
    out.follow(std::string(of.name) + ".assign", {{"record", made}}, outcome::authority::action);
  out.answer({made, value(true)});
  return {};
}

work::action capture_row(const schema::entity_row& of) {
  const std::string entity(of.name);
  std::vector<schema::field_definition> parameters = {
      {.name = "key", .type = kind::text, .flags = schema::required},
      {.name = "assign", .type = kind::boolean, .initial = "true"},
      {.name = "values", .type = kind::text}};
  for (const schema::field_row& f : of.fields) {
    if (!is_captured(of, f)) continue;
    schema::field_definition d = schema::define(f);
    // What is required is told by the record itself; defaults are its own.
    parameters.push_back({.name = d.name, .type = d.type, .label_en = d.label_en,
                          .label_zh = d.label_zh, .target = d.target, .choices = d.choices,
                          .scale = d.scale});
  }
  return {.name = entity + ".capture",
          .label_en = "Capture",
          .label_zh = "录入",
          .entity = entity,
          .needs = policy::action::create,
          .parameters = std::move(parameters),
          .results = {{.name = entity, .type = kind::reference, .target = entity},
                      {.name = "created", .type = kind::boolean}},
          .run = [&of](const arguments& given, sight& in, outcome& out) {
            return capture(of, given, in, out);
          }};
}

}  // namespace

std::vector<work::action> capture_actions() {
  return {capture_row(lead::entity), capture_row(ticket::entity)};
}

}  // namespace guanxi::crm
