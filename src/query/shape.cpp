#include "guanxi/query/shape.hpp"

#include "guanxi/base/json.hpp"

#include <utility>

namespace guanxi::query {

std::string_view name(division d) noexcept {
  switch (d) {
    case division::store: return "store";
    case division::shared: return "shared";
    case division::core: return "core";
  }
  return {};
}

namespace {

json described(const shape& s) {
  json out = json::make_object();
  const auto put = [](json& to, std::string_view key, json content) {
    to.members().emplace_back(std::string(key), std::move(content));
  };
  const auto text = [](std::string_view t) { return json::make_text(std::string(t)); };
  put(out, "statement", text(s.statement));
  put(out, "store", text(s.store));
  put(out, "division", text(name(s.division)));
  json conditions = json::make_array(), guards = json::make_array(), access = json::make_array(),
       nested = json::make_array();
  for (const shape::condition& c : s.conditions) {
    json one = json::make_object();
    put(one, "text", text(c.text));
    put(one, "verdict", text(c.verdict));
    conditions.items().push_back(std::move(one));
  }
  for (const shape::guard& g : s.guards) {
    json one = json::make_object();
    put(one, "entity", text(g.entity));
    put(one, "reach", text(g.reach));
    guards.items().push_back(std::move(one));
  }
  for (const std::string& a : s.access) access.items().push_back(text(a));
  for (const shape& n : s.nested) nested.items().push_back(described(n));
  put(out, "conditions", std::move(conditions));
  put(out, "guards", std::move(guards));
  put(out, "access", std::move(access));
  put(out, "nested", std::move(nested));
  return out;
}

}  // namespace

std::string to_json(const shape& s) { return described(s).dump(); }

}  // namespace guanxi::query
