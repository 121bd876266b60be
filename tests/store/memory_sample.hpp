// A small schema with a field of every kind, and records of it by chance.
//
//   schema::catalog_ptr catalog = sample_catalog();   random_records by(7);
//   schema::record r = by.record(catalog, "thing", id{3}, 1);
#pragma once

#include "guanxi/schema/record.hpp"
#include "guanxi/schema/step.hpp"
#include "guanxi/store/driver.hpp"

#include <random>
#include <string>
#include <vector>

namespace guanxi::test {

inline std::vector<schema::entity_definition> sample_definitions() {
  using schema::kind;
  std::vector<schema::entity_definition> all = {
      {.name = "gx_note", .fields = {{.name = "content", .type = kind::text}}, .custom = false},
      {.name = "thing",
       .fields = {{.name = "code", .type = kind::text, .flags = schema::unique},
                  {.name = "name", .type = kind::text, .flags = schema::title},
                  {.name = "sort", .type = kind::choice, .choices = {{"big"}, {"small"}}},
                  {.name = "amount", .type = kind::money},
                  {.name = "count", .type = kind::integer, .flags = schema::indexed},
                  {.name = "day", .type = kind::date},
                  {.name = "moment", .type = kind::instant},
                  {.name = "open", .type = kind::boolean},
                  {.name = "part_of", .type = kind::reference, .target = "thing"}},
       .custom = false}};
  for (schema::entity_definition& e : all)
    for (schema::field_definition& f : e.fields) f.custom = false;
  return all;
}

inline schema::catalog_ptr catalog_of(const std::vector<schema::entity_definition>& definitions) {
  return schema::catalog::compile(definitions).value();
}

/// Opens a transaction in which the driver gets the tables of a catalog, and commits it.
inline void migrate(store::driver& d, const schema::catalog& from, const schema::catalog& to) {
  const std::vector<schema::step> steps = schema::steps_between(from, to).value();
  d.begin().value();
  d.migrate(to, steps).value();
  d.commit().value();
}

class random_records {
 public:
  explicit random_records(std::uint64_t seed) : random(seed) {}

  std::size_t below(std::size_t n) { return random() % n; }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  std::string word() {
    static const std::vector<std::string> words = {
        "", "a", "Ж", "张记茶业", "a rather long text that fits in no small string, of tea", "b"};
    return words[below(words.size())] + (chance(50) ? std::to_string(below(1000)) : "");
  }
  std::int64_t whole() {
    switch (below(8)) {
      case 0: return -static_cast<std::int64_t>(below(100'000'000'000));
      case 1: return static_cast<std::int64_t>(below(100'000'000'000));
      default: return static_cast<std::int64_t>(below(200));
    }
  }
  value content(const schema::field& f) {
    using schema::kind;
    if (chance(20)) return {};
    switch (f.type) {
      case kind::boolean: return chance(50);
      case kind::integer: return whole();
      case kind::decimal:
      case kind::money: return decimal{whole(), f.scale};
      case kind::text: return word();
      case kind::choice: return f.choices[below(f.choices.size())].code;
      case kind::date: return date{static_cast<std::int32_t>(below(40'000))};
      case kind::instant: return instant{whole()};
      case kind::reference: return id{1 + static_cast<std::int64_t>(below(60))};
    }
    return {};
  }
  schema::record record(const schema::catalog_ptr& catalog, std::string_view entity, id key,
                        std::int64_t revision) {
    schema::record r(catalog, *catalog->find(entity));
    for (const schema::field& f : r.of().fields())
      if (!f.system) r.set(f.slot, content(f));
    r.set(schema::system_slot::id, key);
    if (entity.starts_with("gx_")) return r;
    r.set(schema::system_slot::revision, revision);
    r.set(schema::system_slot::owner, id{1 + static_cast<std::int64_t>(below(5))});
    if (chance(10)) r.set(schema::system_slot::deletion_batch, std::int64_t{7});
    return r;
  }

  std::mt19937_64 random;
};

}  // namespace guanxi::test
