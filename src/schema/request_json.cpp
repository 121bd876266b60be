// Requests as JSON: the form in which a vendor ships a change of the schema.
#include "guanxi/base/json.hpp"
#include "guanxi/schema/request.hpp"

#include <string>
#include <utility>

namespace guanxi::schema {

namespace {

constexpr std::size_t most_requests = 10'000;

unexpected malformed(std::size_t number, const std::string& why) {
  return unexpected(error(errc::invalid_argument, "request " + std::to_string(number) + " " + why)
                        .at_line(static_cast<std::int64_t>(number)));
}

/// Reads texts of an object into places by key.
result<void> read_texts(const json& from, std::size_t number,
                        std::initializer_list<std::pair<std::string_view, std::string*>> into) {
  if (!from.is(json::type::object)) return malformed(number, "must hold a JSON object");
  for (const json::member& m : from.members()) {
    std::string* place = nullptr;
    nearest_name near(m.first);
    for (const auto& [key, text] : into) {
      if (key == m.first) place = text;
      near.offer(key);
    }
    if (!place)
      return unexpected(error(errc::unknown_name, "no key " + in_backticks(m.first) +
                                                      " in request " + std::to_string(number) +
                                                      near.hint())
                            .at_line(static_cast<std::int64_t>(number)));
    if (!m.second.is(json::type::text))
      return malformed(number, "has a " + in_backticks(m.first) + " that is no text");
    *place = m.second.as_text();
  }
  return {};
}

result<request> read_request(const json& from, std::size_t number) {
  if (!from.is(json::type::object) || from.members().size() != 1)
    return malformed(number, "must be an object of one key: define, rename or drop");
  const auto& [verb, what] = from.members().front();
  request out;
  if (verb == "define") {
    out.what = request::kind::define;
    result<entity_definition> d = entity_from_json(what.dump());
    if (!d) return unexpected(error(d.error()).at_line(static_cast<std::int64_t>(number)));
    out.definition = std::move(*d);
    out.entity = out.definition.name;
    return out;
  }
  result<void> read;
  if (verb == "rename") {
    out.what = request::kind::rename;
    read = read_texts(what, number,
                      {{"entity", &out.entity}, {"field", &out.field}, {"to", &out.to}});
  } else if (verb == "drop") {
    out.what = request::kind::drop;
    read = read_texts(what, number, {{"entity", &out.entity}, {"field", &out.field}});
  } else {
    nearest_name near(verb);
    for (const char* known : {"define", "rename", "drop"}) near.offer(known);
    return malformed(number, "is no " + in_backticks(verb) + near.hint());
  }
  if (!read) return passed(read);
  if (out.entity.empty()) return malformed(number, "names no `entity`");
  if (out.what == request::kind::rename && out.to.empty())
    return malformed(number, "has no `to`, the new name");
  return out;
}

}  // namespace

result<std::vector<request>> requests_from_json(std::string_view text) {
  result<json> doc = json::parse(text);
  if (!doc) return passed(doc);
  if (!doc->is(json::type::array) || doc->items().size() > most_requests)
    return unexpected(errc::invalid_argument,
                      "requests must be a JSON array, of at most 10,000 objects");
  std::vector<request> out;
  for (const json& each : doc->items()) {
    result<request> r = read_request(each, out.size() + 1);
    if (!r) return passed(r);
    out.push_back(std::move(*r));
  }
  return out;
}

}  // namespace guanxi::schema
