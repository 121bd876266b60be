// Effects: which sets of them are refused, and what the others do to a write.
#include "guanxi/work/pipeline.hpp"
#include "support/map_store.hpp"

#include <gtest/gtest.h>

using namespace guanxi;
using namespace guanxi::work;
using schema::kind;

namespace {

std::vector<schema::entity_definition> definitions() {
  schema::entity_definition thing{.name = "thing", .custom = false};
  thing.fields = {
      {.name = "name", .flags = schema::required, .custom = false},
      {.name = "count", .type = kind::integer, .initial = "1", .custom = false},
      {.name = "note", .custom = false},
      {.name = "total", .type = kind::integer, .flags = schema::derived, .custom = false},
      {.name = "parent", .type = kind::reference, .target = "thing", .custom = false},
  };
  schema::entity_definition mark{.name = "mark", .custom = false};
  mark.fields = {{.name = "thing", .type = kind::reference, .target = "thing", .custom = false},
                 {.name = "text", .custom = false}};
  return {thing, mark};
}
constexpr schema::entity_row mark_row{.name = "mark"};

class effects : public testing::Test {
 protected:
  effects()
      : world(default_environment()),
        store(
            store::store::open(std::make_unique<test::map_store>(), definitions(), world).value()),
        catalog(store->catalog()),
        all(std::make_shared<const policy::rulebook>(), catalog,
            policy::principal::system_sight("test")) {}

  const schema::entity& thing() const { return *catalog->find("thing"); }
  schema::assignment to(const char* field, value v) const {
    return {thing().tag(), thing().find(field)->slot, std::move(v), {}};
  }
  void install(std::vector<effect> list) {
    set =
        std::make_shared<const effect_set>(effect_set::install(std::move(list), catalog).value());
  }
  std::string refused(std::vector<effect> list) const {
    const auto r = effect_set::install(std::move(list), catalog);
    EXPECT_TRUE(r || r.error().code() == errc::invalid_argument);
    return r ? "installed" : std::string(r.error().message());
  }
  effect writing(const char* name, const char* field, write_class as) const {
    effect e;
    e.name = name;
    e.entity = "thing";
    e.as = as;
    e.writes = {field};
    e.run = [](const change&, const reads&, output&) {};
    return e;
  }
  /// An effect that sets a number or text, and nothing else.
  effect setting(const char* name, const char* field, write_class as, value v) const {
    effect e = writing(name, field, as);
    e.run = [a = to(field, std::move(v))](const change&, const reads&, output& out) { out.set(a); };
    return e;
  }
  result<schema::record> create(const schema::draft& d) {
    auto p = pipeline::begin(*store, set, {.base_currency = "USD"}).value();
    auto r = p->create(all, d);
    if (r) p->commit().value();
    return r;
  }
  result<schema::record> edit(id key, const schema::draft& d) {
    auto p = pipeline::begin(*store, set, {.base_currency = "USD"}).value();
    auto r = p->change(all, thing(), key, d);
    if (r) p->commit().value();
    return r;
  }
  schema::draft named(const char* name) const { return schema::draft(thing()).set("name", name); }
  std::size_t stored(const char* entity) {
    auto p = pipeline::begin(*store, set, {.base_currency = "USD"}).value();
    std::size_t n = 0;
    for (std::int64_t i = 1; i < 50; ++i)
      n += !p->get(all.of(*catalog->find(entity)), id{i}).value().empty();
    return n;
  }

  environment world;
  std::unique_ptr<store::store> store;
  schema::catalog_ptr catalog;
  policy::grants all;
  std::shared_ptr<const effect_set> set = std::make_shared<const effect_set>();
};

}  // namespace

TEST_F(effects, of_one_class_may_not_write_one_field_without_an_order) {
  const effect a = writing("a", "note", write_class::rule);
  effect b = writing("b", "note", write_class::rule);
  const std::string why = refused({a, b});
  EXPECT_NE(why.find("`a`"), std::string::npos) << why;
  EXPECT_NE(why.find("`b`"), std::string::npos) << why;
  b.as = write_class::initial;
  EXPECT_EQ(refused({a, b}), "installed");
  b.as = write_class::rule;
  b.after = {"a"};
  EXPECT_EQ(refused({a, b}), "installed");
  EXPECT_EQ(refused({b, a}), "installed");
  effect other = writing("o", "thing.*", write_class::rule);
  other.entity = "mark";
  EXPECT_NE(refused({a, other}), "installed") << "all fields of an entity are this field, too";
  effect elsewhere = writing("e", "mark.text", write_class::rule);
  EXPECT_EQ(refused({a, elsewhere}), "installed");
}

TEST_F(effects, have_one_name_each_and_no_circle) {
  effect a = writing("a", "note", write_class::rule), b = writing("b", "count", write_class::rule);
  EXPECT_NE(refused({a, a}), "installed");
  a.after = {"b"};
  b.after = {"a"};
  EXPECT_NE(refused({a, b}).find("circle"), std::string::npos);
  b.after = {"b"};
  a.after = {};
  EXPECT_NE(refused({a, b}).find("circle"), std::string::npos);
  b.after = {"not installed"};
  EXPECT_EQ(refused({a, b}), "installed");
}

TEST_F(effects, name_only_what_there_is) {
  const effect good = writing("a", "note", write_class::rule);
  effect e = good;
  e.entity = "galaxy";
  EXPECT_NE(refused({e}), "installed");
  for (const char* field : {"nope", "galaxy.name", "mark.nope"})
    EXPECT_NE(refused({writing("a", field, write_class::rule)}), "installed") << field;
  e = good;
  e.fields = {"nope"};
  EXPECT_NE(refused({e}), "installed");
  for (const char* path : {"nope", "parent.nope", "name.parent", "parent.", ""}) {
    e = good;
    e.paths = {path};
    EXPECT_NE(refused({e}), "installed") << path;
  }
  e = good;
  for (const char* query : {"select from", "select nope from thing", "select name from galaxy",
                            "select id from thing where parent = :nope",
                            "select id from thing where count in (:count)",
                            "select id from thing where note = :count"}) {
    e.queries = {query};
    EXPECT_NE(refused({e}).find("effect `a`"), std::string::npos) << query;
  }
}

TEST_F(effects, read_queries_with_the_records_own_values) {
  effect e = writing("siblings", "note", write_class::initial);
  e.fields = {"parent", "count"};
  e.queries = {"select count() from thing where parent = :parent and id != :id",
               "select name, :count + 1 from thing where count >= :count order by name limit 1",
               "select count() from thing where parent in (select id from thing where "
               "parent = :parent)"};
  e.run = [this](const change&, const reads& in, output& out) {
    std::string note = in.queries[0].at(0, 0).to_string() + ",";
    for (std::size_t i = 0; i < in.queries[1].size(); ++i)
      note += in.queries[1].at(i, 0).to_string() + in.queries[1].at(i, 1).to_string();
    out.set(to("note", note + "," + in.queries[2].at(0, 0).to_string()));
  };
  install({e});
  const auto note = [](const result<schema::record>& r) {
    return r.value().find("note").value().to_string();
  };
  const id top = create(named("top").set("count", 5)).value().key();
  EXPECT_EQ(note(create(named("a").set("parent", top).set("count", 2))), "0,top3,0");
  const id b = create(named("b").set("parent", top).set("count", 9)).value().key();
  EXPECT_EQ(note(create(named("c").set("parent", top).set("count", 6))), "2,b7,0");
  EXPECT_EQ(note(create(named("deep").set("parent", b).set("count", 6))), "0,b7,0");
  EXPECT_EQ(note(create(named("d").set("parent", top).set("count", 7))), "3,b8,1");
  EXPECT_EQ(note(create(named("rootless").set("count", nullptr))), "0,,0")
      << "null equals nothing, itself neither";
}

TEST_F(effects, go_on_when_the_schema_has_grown_since_they_were_installed) {
  install({setting("rule", "note", write_class::rule, "kept")});
  store->define("thing", {.name = "x_new", .initial = "'fresh'"}).value();
  const policy::grants now(std::make_shared<const policy::rulebook>(), store->catalog(),
                           policy::principal::system_sight("test"));
  auto p = pipeline::begin(*store, set, {.base_currency = "USD"}).value();
  const auto r = p->create(now, schema::draft(*store->catalog()->find("thing")).set("name", "A"));
  ASSERT_TRUE(r) << r.error().message();
  EXPECT_EQ(r->find("note").value(), value("kept"));
  EXPECT_EQ(r->find("x_new").value(), value("fresh"));
}

TEST_F(effects, derive_what_is_derived_and_nothing_else) {
  EXPECT_EQ(refused({writing("a", "total", write_class::derived)}), "installed");
  EXPECT_NE(refused({writing("a", "total", write_class::rule)}), "installed");
  EXPECT_NE(refused({writing("a", "note", write_class::derived)}), "installed");
}

TEST_F(effects, win_by_their_class) {
  install({setting("first", "note", write_class::initial, "initial")});
  EXPECT_EQ(create(named("A")).value().find("note").value(), value("initial"));
  EXPECT_EQ(create(named("B").set("note", "mine")).value().find("note").value(), value("mine"));
  install({setting("first", "note", write_class::initial, "initial"),
           setting("rule", "note", write_class::rule, "rule")});
  EXPECT_EQ(create(named("C").set("note", "mine")).value().find("note").value(), value("rule"));
  effect late = setting("late", "note", write_class::rule, "late");
  effect early = setting("early", "note", write_class::rule, "early");
  late.after = {"early"};
  late.fields = early.fields = {"name"};
  install({late, early});
  EXPECT_EQ(create(named("D")).value().find("note").value(), value("late"));
}

TEST_F(effects, run_when_what_they_watch_has_changed) {
  int runs = 0;
  effect e = writing("count", "total", write_class::derived);
  e.fields = {"note"};
  e.run = [&runs](const change&, const reads&, output&) { ++runs; };
  install({e});
  const id key = create(named("A")).value().key();
  EXPECT_EQ(runs, 1) << "a creation touches everything";
  edit(key, schema::draft(thing()).set("name", "B")).value();
  EXPECT_EQ(runs, 1);
  edit(key, schema::draft(thing()).set("note", "x")).value();
  EXPECT_EQ(runs, 2);
  edit(key, schema::draft(thing()).set("note", "x")).value();
  EXPECT_EQ(runs, 2) << "the same value is no change";
}

TEST_F(effects, that_do_not_come_to_rest_are_stopped_and_leave_nothing) {
  effect e = writing("restless", "count", write_class::rule);
  const std::uint16_t slot = thing().find("count")->slot;
  e.run = [this, slot](const change& c, const reads&, output& out) {
    out.set(to("count", c.after->at(slot).as_integer() + 1));
  };
  install({e});
  const auto endless = create(named("A"));
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code(), errc::effect_limit);
  EXPECT_EQ(stored("thing"), 0u);
  e.run = [this, slot](const change& c, const reads&, output& out) {
    if (const auto n = c.after->at(slot).as_integer(); n < max_rounds - 1)
      out.set(to("count", n + 1));
  };
  install({e});
  EXPECT_EQ(create(named("B")).value().find("count").value(), value(max_rounds - 1));
}

TEST_F(effects, see_each_others_writes_and_parents) {
  effect e = writing("inherit", "note", write_class::initial);
  e.paths = {"parent.name", "parent.parent.name"};
  e.run = [this](const change&, const reads& in, output& out) {
    out.set(to("note", in.paths[0].to_string() + "/" + in.paths[1].to_string()));
  };
  install({e});
  const id top = create(named("top")).value().key();
  const id middle = create(named("middle").set("parent", top)).value().key();
  EXPECT_EQ(create(named("leaf").set("parent", middle)).value().find("note").value(),
            value("middle/top"));
}

TEST_F(effects, write_other_records_or_refuse_all) {
  effect e = writing("mark", "mark.*", write_class::rule);
  e.on = created;
  e.queries = {"select count() from mark"};
  e.run = [](const change& c, const reads& in, output& out) {
    if (in.queries[0].at(0, 0) == value(2)) out.refuse(error(errc::validation, "enough"));
    out.create(mark_row).set("thing", c.after->key()).set("text", "made");
  };
  install({e});
  EXPECT_TRUE(create(named("A")));
  EXPECT_TRUE(create(named("B")));
  EXPECT_EQ(stored("mark"), 2u);
  const auto third = create(named("C"));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().message(), "enough");
  EXPECT_EQ(stored("thing"), 2u);
  EXPECT_EQ(stored("mark"), 2u);
}
