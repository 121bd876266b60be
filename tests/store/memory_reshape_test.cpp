// The memory store's tables when their columns change: taken back to the cell, and never read by
// definitions of before, however threads meet.
#include "memory_sample.hpp"

#include "capi/scarce_memory.hpp"
#include "guanxi/guanxi.hpp"
#include "guanxi/schema/request.hpp"
#include "guanxi/session/schema_change.hpp"
#include "guanxi/store/keeping.hpp"
#include "guanxi/store/memory.hpp"
#include "guanxi/store/store.hpp"
#include "saved_sample.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <thread>

using namespace guanxi;
using namespace guanxi::test;
using schema::kind;
using schema::request;
using store::view;

namespace {

/// A catalog that a request leads to, and the steps towards it.
struct change {
  schema::catalog_ptr to;
  std::vector<schema::step> steps;
};

change change_of(const schema::catalog_ptr& from, const std::string& json) {
  const std::vector<request> asked = schema::requests_from_json("[" + json + "]").value();
  schema::reshaping next = schema::reshaped(*from, asked.at(0)).value();
  return {catalog_of(next.definitions), std::move(next.steps)};
}

constexpr const char* each_kind[] = {
    R"({"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}})",
    R"({"rename": {"entity": "x_car", "to": "x_vehicle"}})",
    R"({"drop": {"entity": "x_car", "field": "x_plate"}})",
    R"({"drop": {"entity": "x_car"}})",
    R"({"define": {"name": "x_car", "fields": [
         {"name": "x_seats", "type": "decimal", "scale": 3}]}})",
    R"({"define": {"name": "x_car", "fields": [
         {"name": "x_seats", "type": "integer", "indexed": true}]}})",
    R"({"define": {"name": "x_car", "fields": [{"name": "x_plate", "type": "text"}]}})"};

schema::catalog_ptr cars() {
  std::vector<schema::entity_definition> all = sample_definitions();
  all.push_back({.name = "x_car",
                 .fields = {{.name = "x_plate", .flags = schema::unique},
                            {.name = "x_seats", .type = kind::integer},
                            {.name = "x_thing", .type = kind::reference, .target = "thing"}}});
  return catalog_of(all);
}

/// A store with cars, of which one was erased.
struct garage {
  garage() {
    migrate(*d, *catalog_of({}), *catalog);
    d->begin().value();
    for (int i = 1; i <= 200; ++i) d->put(car(i, 1), 0).value();
    d->erase(*of(), id{17}).value();
    d->commit().value();
  }
  const schema::entity* of() const { return catalog->find("x_car"); }
  schema::record car(std::int64_t key, std::int64_t revision) {
    schema::record r(catalog, *of());
    r.set(schema::system_slot::id, id{key});
    r.set(schema::system_slot::revision, revision);
    r.set(of()->find("x_plate")->slot, "P" + std::to_string(key));
    if (key % 3 != 0) r.set(of()->find("x_seats")->slot, key % 7 - 2);
    return r;
  }
  std::string written() {
    std::string out;
    for (const auto& e : catalog->entities()) {
      const auto each = [&](const schema::record& r) -> result<bool> {
        for (const value& v : r.slots()) out += v.to_string() + "|";
        out += "\n";
        return true;
      };
      d->scan(catalog, *e, {}, 1'000'000, view::writing, each).value();
      out += "--\n";
    }
    return out;
  }
  std::string faults() {
    const store::verify_options how;
    store::inspection into{how};
    d->verify(*catalog, into).value();
    return into.result().findings.empty() ? "" : into.result().findings[0].text;
  }
  bool found(std::int64_t key, view at) {
    const value plate("P" + std::to_string(key));
    return d->find(*of(), of()->find("x_plate")->slot, plate, at).value() == id{key};
  }

  schema::catalog_ptr catalog = cars();
  std::unique_ptr<store::driver> d = store::open_memory().value();
};

}  // namespace

TEST(memory_reshape, a_savepoint_brings_back_what_was_before_each_kind) {
  for (const char* json : each_kind) {
    garage g;
    const change c = change_of(g.catalog, json);
    const std::string committed = told(*g.d, g.catalog);
    g.d->begin().value();
    g.d->put(g.car(201, 1), 0).value();
    g.d->put(g.car(2, 2), 1).value();
    g.d->erase(*g.of(), id{5}).value();
    g.d->savepoint(1).value();
    const std::string before = g.written();
    for (int again = 0; again < 2; ++again) {
      ASSERT_TRUE(g.d->migrate(*c.to, c.steps)) << json;
      // Written to in its new form, and that taken back as well.
      if (const schema::entity* is = c.to->entities()[g.of()->number()].get(); is->custom()) {
        schema::record r(c.to, *is);
        r.set(schema::system_slot::id, id{300});
        r.set(schema::system_slot::revision, std::int64_t{1});
        g.d->put(r, 0).value();
        g.d->erase(*is, id{3}).value();
      }
      EXPECT_EQ(told(*g.d, g.catalog), committed) << json;
      g.d->rollback_to(1).value();
      EXPECT_EQ(g.written(), before) << json;
    }
    g.d->release(1).value();
    EXPECT_TRUE(g.found(201, view::writing)) << json;
    EXPECT_FALSE(g.found(5, view::writing)) << json;
    g.d->commit().value();
    EXPECT_EQ(told(*g.d, g.catalog), before) << json;
    EXPECT_EQ(g.faults(), "") << json;
  }
}

TEST(memory_reshape, memory_that_runs_out_leaves_all_as_it_was) {
  for (const char* json : each_kind) {
    garage g;
    const change c = change_of(g.catalog, json);
    const std::string before = told(*g.d, g.catalog);
    bool done = false;
    for (long after = 0; !done; after += 1 + after / 16) {
      g.d->begin().value();
      try {
        scarce_memory::fail_after(after, after % 2 == 0);
        done = g.d->migrate(*c.to, c.steps).has_value();
      } catch (const std::bad_alloc&) {
      }
      scarce_memory::fail_never();
      EXPECT_EQ(told(*g.d, g.catalog), before) << json;
      EXPECT_TRUE(done || g.written() == before) << json;
      g.d->rollback().value();
      EXPECT_EQ(told(*g.d, g.catalog), before) << json;
      ASSERT_EQ(g.faults(), "") << json << " after " << after;
      EXPECT_TRUE(g.found(2, view::committed)) << json;
    }
  }
}

TEST(memory_reshape, definitions_of_before_are_told_so) {
  for (const char* json : {each_kind[1], each_kind[2], each_kind[3], each_kind[4]}) {
    garage g;
    const change c = change_of(g.catalog, json);
    const auto late = g.d->open_reader().value(), kept = g.d->open_reader().value();
    kept->hold().value();
    g.d->begin().value();
    g.d->migrate(*c.to, c.steps).value();
    schema::record r(g.catalog, *g.of());
    EXPECT_TRUE(late->on().get(*g.of(), id{2}, view::committed, r).value()) << json;
    EXPECT_FALSE(late->saw_news()) << json;
    g.d->commit().value();
    const auto none = [](const schema::record&) -> result<bool> { return true; };
    EXPECT_EQ(code(late->on().get(*g.of(), id{2}, view::committed, r)), errc::busy) << json;
    EXPECT_EQ(code(late->on().scan(g.catalog, *g.of(), {}, 9, view::committed, none)), errc::busy);
    EXPECT_EQ(code(g.d->find(*g.of(), schema::system_slot::owner, value(id{1}), view::committed)),
              errc::busy);
    EXPECT_TRUE(late->saw_news()) << json;
    late->confirm();
    EXPECT_FALSE(late->saw_news()) << json;
    // Who keeps a moment has seen nothing of it.
    EXPECT_TRUE(kept->on().get(*g.of(), id{2}, view::committed, r).value()) << json;
    EXPECT_FALSE(kept->saw_news()) << json;
    kept->let_go();
    EXPECT_EQ(code(kept->on().get(*g.of(), id{2}, view::committed, r)), errc::busy) << json;
  }
}

TEST(memory_reshape, a_table_goes_with_the_last_reader_of_before) {
  std::vector<schema::entity_definition> all = sample_definitions();
  const schema::catalog_ptr catalog = catalog_of(all);
  sample_store s(21);
  const schema::entity& thing = *catalog->find("thing");
  const auto wider = [&](std::uint8_t scale, schema::catalog_ptr& to) {
    schema::step step{schema::step::kind::convert_field, "thing", thing.find("count")->slot,
                      "count"};
    step.before = all[1].fields[4];
    all[1].fields[4].type = kind::decimal;
    all[1].fields[4].scale = scale;
    step.after = all[1].fields[4];
    to = catalog_of(all);
    s.with.begin();
    s.with.migrate(*to, std::span(&step, 1)).value();
    s.with.commit();
  };
  const store::memory::table* const now = s.inside.find(thing);
  schema::catalog_ptr second, third;
  {
    const auto keeps = [&] {
      const auto held = s.inside.hold();
      return std::make_unique<store::memory::kept_moment>(s.inside);
    };
    const auto early = keeps();
    wider(1, second);
    const store::memory::table* next = s.inside.find(thing);
    EXPECT_NE(next, now);
    EXPECT_EQ(next->before.get(), now);
    auto late = keeps();
    wider(3, third);
    EXPECT_EQ(s.inside.find(thing)->before.get(), next);
    late.reset();
    EXPECT_EQ(s.inside.seen(thing, early->at()).table, now) << "the earliest moment is still kept";
  }
  EXPECT_EQ(s.inside.find(thing)->before, nullptr);
  EXPECT_EQ(s.inside.past().remembered(), 0u);
}

TEST(memory_reshape, old_entries_of_the_change_log_follow_a_name) {
  const auto definitions = store::system_definitions();
  std::vector<schema::entity_definition> all(definitions.begin(), definitions.end());
  all.push_back({.name = "x_car", .fields = {{.name = "x_plate"}}});
  const schema::catalog_ptr catalog = catalog_of(all);
  auto d = store::open_memory().value();
  migrate(*d, *catalog_of({}), *catalog);
  const schema::entity& log = *catalog->find("gx_change");
  const auto entry = [&](std::int64_t key, const char* entity) {
    schema::record r(catalog, log);
    r.set(schema::system_slot::id, id{key});
    if (entity) r.set(log.find("entity")->slot, entity);
    r.set(log.find("after")->slot, "{}");
    d->put(r, 0).value();
  };
  d->begin().value();
  for (std::int64_t i = 0; i < 300; ++i)
    entry(1 + i, i % 3 == 0 ? "x_car" : i % 3 == 1 ? "x_cart" : nullptr);
  d->commit().value();
  const auto named = [&](const char* name, view at) {
    int out = 0;
    const auto each = [&](const schema::record& r) -> result<bool> {
      out += r.at(log.find("entity")->slot) == value(name) ? 1 : 0;
      EXPECT_EQ(r.at(log.find("after")->slot), value("{}"));
      return true;
    };
    d->scan(catalog, log, {}, 1000, at, each).value();
    return out;
  };
  const change c =
      change_of(catalog, R"({"rename": {"entity": "x_car", "to": "x_vehicle"}})");
  for (const bool keep : {false, true}) {
    d->begin().value();
    d->migrate(*c.to, c.steps).value();
    EXPECT_EQ(named("x_vehicle", view::writing), 100);
    EXPECT_EQ(named("x_car", view::writing), 0);
    EXPECT_EQ(named("x_car", view::committed), 100);
    (keep ? d->commit() : d->rollback()).value();
    EXPECT_EQ(named("x_car", view::committed), keep ? 0 : 100);
    EXPECT_EQ(named("x_cart", view::committed), 100);
  }
}

TEST(memory_reshape, readers_on_threads_never_mistake_a_column) {
  const tenant company = open(store::open_memory().value()).value();
  session admin = company.as_user("admin").value();
  admin.define({.name = "x_car", .label_en = "Car",
                .fields = {{.name = "x_note", .type = kind::integer},
                           {.name = "x_seats", .type = kind::integer}}})
      .value();
  for (int i = 0; i < 50; ++i) {
    schema::draft d = admin.draft("x_car").value();
    d.set("x_note", std::int64_t{1000}).set("x_seats", std::int64_t{4});
    admin.create(d).value();
  }
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, reads = 0;
  std::vector<std::thread> others;
  for (int t = 0; t < 3; ++t)
    others.emplace_back([&, t] {
      session mine = company.as_user("admin").value();
      const auto look = [&] {
        const std::string said = answer(mine, "select sum(x_seats), count() from x_car");
        if (said != "200|50\n") ++wrong;
        ++reads;
        return said;
      };
      while (!done) {
        if (t > 0) {
          look();
          continue;
        }
        if (!mine.begin_reading()) continue;
        const std::string first = look();
        if (look() != first || !mine.end_reading()) ++wrong;
      }
    });
  const auto ask = [&](const char* json) {
    admin.change_schema(schema::requests_from_json(json).value()).value();
  };
  for (int i = 0; i < 15; ++i) {
    ask(R"([{"drop": {"entity": "x_car", "field": "x_note"}}])");
    ask(R"([{"define": {"name": "x_car", "fields": [{"name": "x_note", "type": "integer"}]}},
            {"rename": {"entity": "x_car", "field": "x_seats", "to": "x_places"}},
            {"define": {"name": "x_car", "fields": [{"name": "x_seats", "type": "integer"}]}},
            {"drop": {"entity": "x_car", "field": "x_seats"}},
            {"rename": {"entity": "x_car", "field": "x_places", "to": "x_seats"}}])");
    const int before = reads;
    while (reads < before + 3) std::this_thread::yield();
  }
  done = true;
  for (std::thread& t : others) t.join();
  EXPECT_EQ(wrong, 0) << "of " << reads;
  EXPECT_TRUE(company.verify().value().sound());
}
