// Changes of a schema that has records: what is asked happens whole, or the reason is said.
#include "guanxi/session/schema_change.hpp"
#include "guanxi/store/keeping.hpp"
#include "support/stores.hpp"

#include <gmock/gmock.h>

#include <filesystem>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;
using schema::kind;

namespace {

constexpr schema::handle<std::string_view> right_field = field_right::entity["field"];

class change_case : public on_every_store {
 protected:
  change_case() {
    session admin = as("admin");
    schema::entity_definition car{.name = "x_car", .label_en = "Car"};
    car.fields = {{.name = "x_plate", .flags = schema::title},
                  {.name = "x_seats", .type = kind::integer},
                  {.name = "x_price", .type = kind::decimal, .scale = 2},
                  {.name = "x_class", .type = kind::choice,
                   .choices = {{"small", "Small", "小"}, {"large", "Large", "大"}}},
                  {.name = "x_of", .type = kind::reference, .target = "account"}};
    admin.define(car).value();
    admin.define("account", {.name = "x_tier"}).value();
    session s = system();
    for (int i = 1; i <= 3; ++i) {
      schema::draft d = s.draft("x_car").value();
      d.set("x_plate", "P" + std::to_string(i)).set("x_seats", std::int64_t{i + 1});
      d.set("x_price", decimal{i * 1050, 2}).set("x_of", key("acme"));
      if (i < 3) d.set("x_class", i == 1 ? "small" : "large");
      cars_.push_back(s.create(d).value().key());
    }
    s.change(key("acme"), s.draft("account").value().set("x_tier", "gold")).value();
  }
  /// Opens the store anew, where that keeps what is in it.
  void again() {
    if (at.kind == tested_store::sqlite_file || at.kind == tested_store::memory ||
        at.kind == tested_store::memory_saved)
      at.reopen();
  }
  /// Whether this kind of store changes what is stored, or only adds.
  bool reshapes() const {
    return at.kind != tested_store::map && at.kind != tested_store::c_store &&
           at.kind != tested_store::c_planner;
  }
  /// Whether a reading keeps its moment.
  bool holds() const {
    return at.kind == tested_store::sqlite_file || at.kind == tested_store::memory ||
           at.kind == tested_store::memory_saved;
  }
  result<std::vector<schema_step>> ask(const std::string& json) {
    session admin = as("admin");
    return admin.change_schema(schema::requests_from_json(json).value());
  }
  result<std::vector<schema_step>> look(const std::string& json) {
    return as("admin").preview_schema(schema::requests_from_json(json).value());
  }
  /// Asks, on stores that take it; on others it must be refused and change nothing. Gives whether
  /// it was done.
  bool done(const std::string& json) {
    const auto answer = ask(json);
    if (!reshapes()) {
      EXPECT_EQ(code(answer), errc::unsupported) << message(answer);
      EXPECT_EQ(all_cars(), "P1|2|10.50|small\nP2|3|21.00|large\nP3|4|31.50|null\n");
      return false;
    }
    EXPECT_TRUE(answer) << message(answer);
    EXPECT_EQ(faults(), "");
    return true;
  }
  std::string all_cars() {
    return answer(system(),
                  "select x_plate, x_seats, x_price, x_class from x_car order by x_plate");
  }
  /// Everything that the store's own check has to say.
  std::string faults() {
    const auto checked = at.crm->verify();
    if (!checked) return "error: " + message(checked);
    std::string out;
    for (const auto& f : checked->findings) out += f.text + "\n";
    return out;
  }
  static std::string words(const result<std::vector<schema_step>>& steps) {
    if (!steps) return "error: " + message(steps);
    std::string out;
    for (const schema_step& s : *steps) out += s.words + " (" + std::to_string(s.records) + ")\n";
    return out;
  }
  id right(const schema::entity_row& of, std::initializer_list<schema::assignment> values) {
    session s = system();
    return s.create(of, values).value().key();
  }
  std::vector<id> cars_;
};
INSTANTIATE_TEST_SUITE_P(on, change_case, every_store, store_name);

}  // namespace

TEST_P(change_case, adds_and_describes_anew_on_every_store) {
  const std::string json = R"([
    {"define": {"name": "x_trip", "fields": [{"name": "x_to", "type": "text"}]}},
    {"define": {"name": "x_car", "label": {"en": "Vehicle"}, "fields": [
      {"name": "x_colour", "type": "text"},
      {"name": "x_plate", "type": "text", "label": {"en": "Plate"}, "title": true,
       "required": true}]}}])";
  const std::string told = words(look(json));
  EXPECT_EQ(told,
            "adds the entity `x_trip` (0)\n"
            "makes the field `x_plate` of `x_car` required (3)\n"
            "adds the field `x_colour` of `x_car` (0)\n");
  EXPECT_EQ(code(system().query("select x_to from x_trip")), errc::unknown_name);
  EXPECT_EQ(words(ask(json)), told);
  EXPECT_EQ(answer(system(), "select x_to from x_trip"), "");
  EXPECT_EQ(answer(system(), "select count() from x_car where x_colour is null"), "3\n");
  session s = system();
  EXPECT_EQ(code(s.create(s.draft("x_car").value())), errc::validation);
  again();
  EXPECT_EQ(at.crm->catalog()->find("x_car")->definition().label_en, "Vehicle");
  EXPECT_EQ(words(ask(json)), "") << "what is so already is no step";
}

TEST_P(change_case, renames_a_field_with_its_values_and_rights) {
  const id rule = right(field_right::entity, {field_right::permission_set = key("standard"),
                                              field_right::entity_name = "x_car",
                                              right_field = "x_plate"});
  if (!done(R"([{"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}}])")) return;
  EXPECT_EQ(answer(system(), "select x_number from x_car order by x_number"), "P1\nP2\nP3\n");
  EXPECT_EQ(code(system().query("select x_plate from x_car")), errc::unknown_name);
  EXPECT_EQ(system().get("field_right", rule).value().find("field").value(), value("x_number"));
  again();
  session s = system();
  EXPECT_TRUE(s.change(cars_[0], s.draft("x_car").value().set("x_number", "P9")));
  EXPECT_EQ(answer(s, "select x_number from x_car where id = 1 or x_seats = 2"), "P9\n");
}

TEST_P(change_case, renames_an_entity_with_all_that_names_it) {
  const id rule = right(entity_right::entity, {entity_right::permission_set = key("standard"),
                                               entity_right::entity_name = "x_car"});
  ASSERT_TRUE(as("admin").define("account", {.name = "x_uses", .type = kind::reference,
                                             .target = "x_car"}));
  if (!done(R"([{"rename": {"entity": "x_car", "to": "x_vehicle"}}])")) return;
  EXPECT_EQ(answer(system(), "select x_plate from x_vehicle order by x_plate"), "P1\nP2\nP3\n");
  EXPECT_EQ(code(system().query("select x_plate from x_car")), errc::unknown_name);
  EXPECT_EQ(system().history("x_vehicle", cars_[0]).value().size(), 1u);
  EXPECT_EQ(at.crm->catalog()->find("account")->find("x_uses")->target, "x_vehicle");
  EXPECT_EQ(system().get("entity_right", rule).value().find("entity").value(), value("x_vehicle"));
  again();
  session s = system();
  EXPECT_TRUE(s.change(key("acme"), s.draft("account").value().set("x_uses", cars_[1])));
  EXPECT_EQ(answer(s, "select x_uses.x_plate from account where x_uses is not null"), "P2\n");
}

TEST_P(change_case, drops_a_field_with_its_values_and_rights) {
  right(field_right::entity, {field_right::permission_set = key("standard"),
                              field_right::entity_name = "x_car",
                              right_field = "x_class"});
  const std::string json = R"([{"drop": {"entity": "x_car", "field": "x_class"}}])";
  if (reshapes()) {
    EXPECT_EQ(words(look(json)),
              "drops the rules of permission about `x_class` of `x_car` (1)\n"
              "drops the field `x_class` of `x_car` and its values (2)\n");
  }
  if (!done(json)) return;
  EXPECT_EQ(code(system().query("select x_class from x_car")), errc::unknown_name);
  EXPECT_EQ(answer(system(), "select count() from field_right where field = 'x_class'"), "0\n");
  again();
  ASSERT_TRUE(as("admin").define("x_car", {.name = "x_class", .type = kind::integer}));
  EXPECT_EQ(answer(system(), "select x_plate, x_class from x_car order by x_plate"),
            "P1|null\nP2|null\nP3|null\n");
}

TEST_P(change_case, drops_an_entity_with_its_records_and_rights) {
  right(entity_right::entity, {entity_right::permission_set = key("standard"),
                               entity_right::entity_name = "x_car"});
  right(sharing_default::entity, {sharing_default::entity_name = "x_car",
                                  sharing_default::level = "read"});
  const std::string json = R"([{"drop": {"entity": "x_car"}}])";
  if (!done(json)) return;
  EXPECT_EQ(code(system().query("select x_plate from x_car")), errc::unknown_name);
  EXPECT_EQ(answer(system(), "select count() from entity_right where entity = 'x_car'"), "0\n");
  EXPECT_EQ(answer(system(), "select count() from sharing_default where entity = 'x_car'"), "0\n");
  again();
  ASSERT_TRUE(as("admin").define({.name = "x_car", .fields = {{.name = "x_name"}}}));
  EXPECT_EQ(answer(system(), "select x_name from x_car"), "");
  EXPECT_EQ(answer(system(), "select x_tier from account where x_tier is not null"), "gold\n");
}

TEST_P(change_case, widens_numbers_exactly) {
  const std::string json = R"([{"define": {"name": "x_car", "fields": [
      {"name": "x_seats", "type": "decimal", "scale": 3},
      {"name": "x_price", "type": "decimal", "scale": 4}]}}])";
  if (reshapes()) {
    EXPECT_EQ(words(look(json)),
              "makes the field `x_seats` of `x_car` decimal of scale 3, which was integer (3)\n"
              "describes the field `x_seats` of `x_car` anew (3)\n"
              "makes the field `x_price` of `x_car` decimal of scale 4, which was decimal of scale "
              "2 (3)\n"
              "describes the field `x_price` of `x_car` anew (3)\n");
  }
  if (!done(json)) return;
  const std::string wide = "P1|2.000|10.5000|small\nP2|3.000|21.0000|large\n"
                           "P3|4.000|31.5000|null\n";
  EXPECT_EQ(all_cars(), wide);
  again();
  EXPECT_EQ(all_cars(), wide);
  EXPECT_EQ(answer(system(), "select sum(x_price) from x_car where x_seats > 2.5"), "52.5000\n");
}

TEST_P(change_case, refuses_numbers_that_do_not_fit) {
  session s = system();
  s.change(cars_[1], s.draft("x_car").value().set("x_seats", std::int64_t{99'999'999'999'999'999}))
      .value();
  const auto refused = ask(R"([{"define": {"name": "x_car", "fields": [
      {"name": "x_seats", "type": "decimal", "scale": 6}]}}])");
  EXPECT_EQ(code(refused), reshapes() ? errc::overflow : errc::unsupported) << message(refused);
  EXPECT_EQ(answer(s, "select x_seats from x_car where x_plate = 'P2'"), "99999999999999999\n");
}

TEST_P(change_case, refuses_a_kind_that_is_no_widening) {
  for (const char* to : {R"("type": "integer")", R"("type": "text")", R"("type": "money")",
                         R"("type": "decimal", "scale": 1)"}) {
    const auto refused = ask(std::string(R"([{"define": {"name": "x_car", "fields": [
        {"name": "x_price", )") + to + "}]}}]");
    EXPECT_EQ(code(refused), errc::invalid_argument) << to;
    EXPECT_THAT(message(refused), testing::HasSubstr("add a field of another name"));
  }
}

TEST_P(change_case, retires_a_choice_that_nobody_holds_only) {
  const std::string json = R"([{"define": {"name": "x_car", "fields": [
      {"name": "x_class", "type": "choice",
       "choices": [{"code": "small"}, {"code": "huge"}]}]}}])";
  const auto refused = ask(json);
  EXPECT_EQ(code(refused), errc::validation);
  EXPECT_EQ(message(refused), "1 record of `x_car` has a `x_class` that is no choice any more, "
                              "such as `large`; change them first");
  session s = system();
  s.change(cars_[1], s.draft("x_car").value().set("x_class", "small")).value();
  ASSERT_TRUE(ask(json));
  EXPECT_EQ(code(s.change(cars_[0], s.draft("x_car").value().set("x_class", "large"))),
            errc::validation);
  EXPECT_TRUE(s.change(cars_[0], s.draft("x_car").value().set("x_class", "huge")));
}

TEST_P(change_case, makes_required_what_everybody_has_only) {
  const std::string json = R"([{"define": {"name": "x_car", "fields": [
      {"name": "x_class", "type": "text", "required": true}]}}])";
  const auto refused = ask(json);
  EXPECT_EQ(code(refused), errc::validation);
  EXPECT_EQ(message(refused),
            "1 record of `x_car` has no `x_class`; fill it before it is made required");
  session s = system();
  s.change(cars_[2], s.draft("x_car").value().set("x_class", "small")).value();
  ASSERT_TRUE(ask(json));
  EXPECT_TRUE(s.change(cars_[2], s.draft("x_car").value().set("x_class", "anything")))
      << "a choice became a text";
}

TEST_P(change_case, makes_unique_and_indexed_what_is) {
  const std::string json = R"([{"define": {"name": "x_car", "fields": [
      {"name": "x_plate", "type": "text", "title": true, "unique": true},
      {"name": "x_seats", "type": "integer", "indexed": true}]}}])";
  session s = system();
  s.change(cars_[1], s.draft("x_car").value().set("x_plate", "P1")).value();
  const auto refused = ask(json);
  EXPECT_EQ(code(refused), reshapes() ? errc::duplicate : errc::unsupported) << message(refused);
  s.change(cars_[1], s.draft("x_car").value().set("x_plate", "P2")).value();
  if (!done(json)) return;
  EXPECT_EQ(code(s.change(cars_[1], s.draft("x_car").value().set("x_plate", "P1"))),
            errc::duplicate);
  ASSERT_TRUE(ask(R"([{"define": {"name": "x_car", "fields": [
      {"name": "x_plate", "type": "text", "title": true}]}}])"));
  EXPECT_TRUE(s.change(cars_[1], s.draft("x_car").value().set("x_plate", "P1")));
}

TEST_P(change_case, keeps_references_quick_to_find_by) {
  EXPECT_TRUE(at.crm->catalog()->find("x_car")->find("x_of")->has(schema::indexed));
  const std::string json = R"([{"define": {"name": "x_car", "fields": [
      {"name": "x_of", "type": "reference", "target": "account"},
      {"name": "x_by", "type": "reference", "target": "user"}]}},
      {"define": {"name": "x_trip", "fields": [
      {"name": "x_with", "type": "reference", "target": "x_car"}]}}])";
  ASSERT_TRUE(ask(json));
  EXPECT_EQ(words(ask(json)), "") << "what nobody asked for is no difference";
  ASSERT_TRUE(as("admin").define("account", {.name = "x_car", .type = kind::reference,
                                             .target = "x_car"}));
  again();
  for (const auto& e : at.crm->catalog()->entities())
    for (const schema::field& f : e->fields()) {
      const bool listed = f.type == kind::reference && !f.system && f.name != "last_open_stage";
      EXPECT_TRUE(!listed || f.has(schema::indexed)) << e->name() << "." << f.name;
    }
  EXPECT_EQ(answer(system(), "select count() from x_car where x_of.name = 'Acme'"), "3\n");
  EXPECT_EQ(at.crm->verify() ? faults() : "", "");
}

TEST_P(change_case, happens_whole_or_not_at_all) {
  const auto refused = ask(R"([
    {"define": {"name": "x_trip", "fields": [{"name": "x_to", "type": "text"}]}},
    {"define": {"name": "account", "fields": [{"name": "x_tier", "type": "text",
                                               "required": true}]}}])");
  EXPECT_EQ(code(refused), errc::validation) << message(refused);
  EXPECT_FALSE(at.crm->catalog()->find("x_trip"));
  again();
  EXPECT_FALSE(at.crm->catalog()->find("x_trip"));
  EXPECT_TRUE(as("admin").define({.name = "x_trip", .fields = {{.name = "x_to"}}}));
}

TEST_P(change_case, follows_a_name_through_several_requests) {
  if (!done(R"([
      {"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}},
      {"rename": {"entity": "x_car", "to": "x_vehicle"}},
      {"drop": {"entity": "x_vehicle", "field": "x_class"}},
      {"define": {"name": "x_vehicle", "fields": [
        {"name": "x_number", "type": "text", "unique": true, "title": true}]}}])"))
    return;
  EXPECT_EQ(answer(system(), "select x_number, x_seats from x_vehicle order by x_number"),
            "P1|2\nP2|3\nP3|4\n");
}

TEST_P(change_case, keeps_readers_of_before_at_work) {
  if (!holds()) return;
  session early = system();
  ASSERT_TRUE(early.begin_reading());
  EXPECT_EQ(answer(early, "select x_plate from x_car where x_seats = 2"), "P1\n");
  ASSERT_TRUE(ask(R"([{"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}},
                      {"drop": {"entity": "x_car", "field": "x_seats"}}])"));
  EXPECT_EQ(answer(early, "select x_plate from x_car where x_seats = 2"), "P1\n")
      << "its moment has the old schema";
  ASSERT_TRUE(early.end_reading());
  EXPECT_EQ(answer(early, "select x_number from x_car order by x_number"), "P1\nP2\nP3\n");
}

TEST_P(change_case, leaves_a_reading_its_moment_whatever_changes) {
  if (!holds()) return;
  const std::string cars = "select x_plate, x_seats, x_price, x_class, x_of.name from x_car "
                           "order by x_plate";
  const std::string before = answer(system(), cars);
  // Each reading is of the moment after so many of the requests.
  const char* const requests[] = {
      R"([{"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}}])",
      R"([{"define": {"name": "x_car", "fields": [
            {"name": "x_seats", "type": "decimal", "scale": 3, "indexed": true}]}}])",
      R"([{"rename": {"entity": "x_car", "to": "x_vehicle"}}])",
      R"([{"drop": {"entity": "x_vehicle", "field": "x_class"}}])",
      R"([{"drop": {"entity": "x_vehicle"}}])"};
  const std::pair<const char*, const char*> questions[] = {
      {"select x_plate, x_seats from x_car where x_seats = 3", "P2|3\n"},
      {"select x_number, x_seats from x_car where x_seats = 3", "P2|3\n"},
      {"select x_number, x_seats from x_car where x_seats = 3", "P2|3.000\n"},
      {"select x_number, x_class from x_vehicle where x_seats = 3", "P2|large\n"},
      {"select x_number, x_price from x_vehicle where x_seats = 3", "P2|21.00\n"}};
  std::vector<session> readers;
  for (const char* each : requests) {
    readers.push_back(system());
    ASSERT_TRUE(readers.back().begin_reading());
    ASSERT_TRUE(ask(each)) << each;
  }
  for (std::size_t i = 0; i < readers.size(); ++i) {
    EXPECT_EQ(answer(readers[i], questions[i].first), questions[i].second) << i;
    const char* const name = i < 3 ? "x_car" : "x_vehicle";
    EXPECT_EQ(readers[i].get(name, cars_[1]).value().key(), cars_[1]) << i;
  }
  EXPECT_EQ(answer(readers[0], cars), before);
  EXPECT_EQ(answer(readers[0], "select x_plate from x_car where x_class = 'small'"), "P1\n");
  while (!readers.empty()) readers.erase(readers.begin() + (readers.size() > 2 ? 1 : 0));
  EXPECT_EQ(code(system().query("select x_number from x_vehicle")), errc::unknown_name);
  EXPECT_EQ(faults(), "");
}

TEST_P(change_case, a_preview_of_each_kind_leaves_all_as_it_was) {
  const std::string before = all_cars();
  session early = system();
  if (holds()) early.begin_reading().value();
  for (const char* each :
       {R"([{"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}}])",
        R"([{"rename": {"entity": "x_car", "to": "x_vehicle"}}])",
        R"([{"drop": {"entity": "x_car", "field": "x_class"}}])",
        R"([{"drop": {"entity": "x_car"}}])",
        R"([{"define": {"name": "x_car", "fields": [
              {"name": "x_price", "type": "decimal", "scale": 5}]}}])",
        R"([{"define": {"name": "x_car", "fields": [
              {"name": "x_plate", "type": "text", "title": true, "unique": true}]}}])",
        R"([{"define": {"name": "x_car", "fields": [
              {"name": "x_seats", "type": "integer", "indexed": true},
              {"name": "x_more", "type": "text"}]}},
            {"define": {"name": "x_car", "fields": [
              {"name": "x_seats", "type": "decimal", "scale": 1}]}},
            {"drop": {"entity": "x_car", "field": "x_plate"}},
            {"rename": {"entity": "x_car", "to": "x_vehicle"}},
            {"drop": {"entity": "x_vehicle"}}])"}) {
    const auto told = look(each);
    EXPECT_EQ(code(told), reshapes() ? errc::ok : errc::unsupported) << each << message(told);
    EXPECT_EQ(all_cars(), before) << each;
    EXPECT_EQ(answer(early, "select x_plate from x_car where x_seats = 2"), "P1\n");
    EXPECT_TRUE(!reshapes() || faults().empty()) << each << faults();
  }
  session s = system();
  EXPECT_EQ(all_cars(), before);
  if (holds()) early.end_reading().value();
  EXPECT_TRUE(s.change(cars_[1], s.draft("x_car").value().set("x_plate", "P1")));
  EXPECT_EQ(answer(s, "select count() from x_car where x_plate = 'P1'"), "2\n");
}

TEST_P(change_case, opens_again_after_each_kind) {
  if (!reshapes()) return;
  ASSERT_TRUE(as("admin").define("account", {.name = "x_uses", .type = kind::reference,
                                             .target = "x_car"}));
  session s = system();
  s.change(key("acme"), s.draft("account").value().set("x_uses", cars_[1])).value();
  const std::pair<const char*, const char*> steps[] = {
      {R"([{"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}}])",
       "select x_number, x_seats from x_car where x_seats = 3"},
      {R"([{"rename": {"entity": "x_car", "to": "x_vehicle"}}])",
       "select x_number, x_seats from x_vehicle where x_seats = 3"},
      {R"([{"drop": {"entity": "x_vehicle", "field": "x_class"}}])",
       "select x_number, x_seats from x_vehicle where x_seats = 3"},
      {R"([{"define": {"name": "x_vehicle", "fields": [
            {"name": "x_seats", "type": "decimal", "scale": 0}]}}])",
       "select x_uses.x_number, x_uses.x_seats from account where x_uses is not null"},
      {R"([{"define": {"name": "x_vehicle", "fields": [
            {"name": "x_number", "type": "text", "title": true, "unique": true}]}}])",
       "select x_number, x_seats from x_vehicle where x_number = 'P2'"},
      {R"([{"drop": {"entity": "account", "field": "x_uses"}}, {"drop": {"entity": "x_vehicle"}}])",
       "select 'P2', 3 from account where name = 'Acme'"}};
  for (const auto& [json, question] : steps) {
    ASSERT_TRUE(ask(json)) << json;
    again();
    EXPECT_EQ(answer(system(), question), "P2|3\n") << json;
    EXPECT_EQ(faults(), "") << json;
  }
}

TEST_P(change_case, goes_on_writing_what_was_reshaped) {
  if (!done(R"([
      {"define": {"name": "x_car", "fields": [
        {"name": "x_seats", "type": "decimal", "scale": 2},
        {"name": "x_note", "type": "text"}]}},
      {"drop": {"entity": "x_car", "field": "x_class"}},
      {"define": {"name": "x_car", "fields": [
        {"name": "x_plate", "type": "text", "title": true, "unique": true},
        {"name": "x_class", "type": "date"}]}}])"))
    return;
  session s = system();
  schema::draft d = s.draft("x_car").value();
  d.set("x_plate", "P4").set("x_seats", decimal{55, 1}).set("x_note", "new");
  d.set("x_class", date::parse("2026-02-01").value());
  const id made = s.create(d).value().key();
  s.remove("x_car", cars_[0]).value();
  EXPECT_EQ(code(s.change(cars_[1], s.draft("x_car").value().set("x_plate", "P4"))),
            errc::duplicate);
  const std::string all = "select x_plate, x_seats, x_note, x_class from x_car order by x_plate";
  const std::string now = "P2|3.00|null|null\nP3|4.00|null|null\nP4|5.50|new|2026-02-01\n";
  EXPECT_EQ(answer(s, all), now);
  again();
  EXPECT_EQ(answer(system(), all), now);
  EXPECT_EQ(system().history("x_car", made).value().size(), 1u);
  EXPECT_EQ(faults(), "");
}

TEST_P(change_case, reaches_other_openings_of_the_file) {
  if (at.kind != tested_store::sqlite_file) return;
  const tenant other = open(at.path, {.world = at.world}).value();
  session s = other.as_system("another process");
  EXPECT_EQ(answer(s, "select x_plate from x_car where x_seats = 2"), "P1\n");
  ASSERT_TRUE(ask(R"([{"rename": {"entity": "x_car", "field": "x_plate", "to": "x_number"}},
                      {"drop": {"entity": "x_car", "field": "x_seats"}}])"));
  EXPECT_EQ(answer(s, "select x_number from x_car order by x_number"), "P1\nP2\nP3\n");
  EXPECT_TRUE(s.change(cars_[0], s.draft("x_car").value().set("x_number", "P8")));
}

TEST_P(change_case, is_refused_where_it_cannot_be_meant) {
  struct {
    const char* json;
    errc code;
    const char* says;
  } const cases[] = {
      {R"([{"drop": {"entity": "account"}}])", errc::invalid_argument, "standard entity"},
      {R"([{"drop": {"entity": "account", "field": "name"}}])", errc::invalid_argument,
       "not custom"},
      {R"([{"rename": {"entity": "account", "field": "owner", "to": "x_o"}}])",
       errc::invalid_argument, "not custom"},
      {R"([{"rename": {"entity": "x_car", "field": "x_plate", "to": "x_seats"}}])",
       errc::duplicate, "already"},
      {R"([{"rename": {"entity": "x_car", "to": "account"}}])", errc::duplicate, "already"},
      {R"([{"rename": {"entity": "x_car", "to": "car"}}])", errc::invalid_argument, "x_"},
      {R"([{"rename": {"entity": "account", "field": "x_tier", "to": "tier"}}])",
       errc::invalid_argument, "x_"},
      {R"([{"drop": {"entity": "x_cra"}}])", errc::unknown_name, "x_car"},
      {R"([{"drop": {"entity": "x_car", "field": "x_plat"}}])", errc::unknown_name, "x_plate"},
      {R"([{"define": {"name": "account", "fields": [{"name": "name", "type": "text"}]}}])",
       errc::invalid_argument, "x_"},
  };
  for (const auto& c : cases) {
    const auto refused = ask(c.json);
    EXPECT_EQ(code(refused), c.code) << c.json << ": " << message(refused);
    EXPECT_THAT(message(refused), testing::HasSubstr(c.says)) << c.json;
  }
  ASSERT_TRUE(as("admin").define("account", {.name = "x_uses", .type = kind::reference,
                                             .target = "x_car"}));
  EXPECT_THAT(message(ask(R"([{"drop": {"entity": "x_car"}}])")),
              testing::HasSubstr("`x_uses` of `account` refers to `x_car`"));
  session clerk = as("nina");
  EXPECT_EQ(code(clerk.change_schema(
                schema::requests_from_json(R"([{"drop": {"entity": "x_car"}}])").value())),
            errc::permission);
  session admin = as("admin");
  if (admin.begin()) {
    EXPECT_EQ(code(admin.change_schema({})), errc::misuse);
    static_cast<void>(admin.rollback());
  }
}

TEST(requests, say_where_their_text_is_wrong) {
  for (const auto& [json, says] : std::initializer_list<std::pair<const char*, const char*>>{
           {"{}", "JSON array"},
           {"[1]", "request 1 must be an object of one key"},
           {R"([{"drop": {"entity": "a"}}, {"drp": {}}])", "request 2 is no `drp`; did you mean"},
           {R"([{"drop": {"entity": "a", "feild": "b"}}])", "no key `feild` in request 1"},
           {R"([{"drop": {}}])", "request 1 names no `entity`"},
           {R"([{"drop": {"entity": 1}}])", "has a `entity` that is no text"},
           {R"([{"rename": {"entity": "a"}}])", "request 1 has no `to`"},
           {R"([{"define": {"fields": []}}])", "an entity needs a `name`"}}) {
    const auto refused = schema::requests_from_json(json);
    EXPECT_FALSE(refused) << json;
    EXPECT_THAT(message(refused), testing::HasSubstr(says)) << json;
  }
}

TEST_P(change_case, a_reference_that_was_cleared_is_tied_again_by_its_new_name) {
  if (!reshapes()) return;
  as("admin").define("account", {.name = "x_lead", .type = kind::reference, .target = "account"})
      .value();
  session s = system();
  const id led = s.create(account::entity, {account::name = "Led"}).value().key();
  const id leader = s.create(account::entity, {account::name = "Leader"}).value().key();
  s.change(led, s.draft("account").value().set("x_lead", leader)).value();
  s.remove("account", leader).value();
  ASSERT_TRUE(ask(R"([{"rename": {"entity": "account", "field": "x_lead", "to": "x_boss"}}])"));
  s.restore("account", leader).value();
  EXPECT_EQ(answer(s, "select x_boss.name from account where name = 'Led'"), "Leader\n");
}

/// What a driver keeps of an entity must not outlive the definitions that a check has read.
TEST_P(change_case, checks_between_changes_leave_nothing_behind) {
  for (int i = 0; i < 12; ++i) {
    const auto before = at.crm->verify();
    if (!before) return;
    EXPECT_TRUE(before->sound());
    as("admin").define("account", {.name = "x_more" + std::to_string(i)}).value();
    EXPECT_TRUE(at.crm->verify().value().sound());
    session s = system();
    schema::draft d = s.draft("account").value();
    d.set("name", "V").set("x_more" + std::to_string(i), "w");
    const record made = s.create(d).value();
    EXPECT_EQ(s.get("account", made.key()).value().find("x_more" + std::to_string(i)).value(),
              value("w"));
  }
}
