// Fields and entities that are made while the program runs are like standard ones, in every call.
#include "guanxi/store/store.hpp"
#include "support/stores.hpp"

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;
using schema::kind;

namespace {

class schema_case : public on_every_store {
 protected:
  schema_case() {
    session admin = as("admin");
    admin
        .define("account", {.name = "x_tier", .type = kind::choice,
                            .choices = {{"gold", "Gold", "金"}, {"iron", "Iron", "铁"}},
                            .initial = "'iron'"})
        .value();
    admin.define("account", {.name = "x_code", .flags = schema::unique}).value();
    admin.define("account", {.name = "x_buyer", .type = kind::reference, .target = "contact"})
        .value();
    schema::entity_definition visit{.name = "x_visit", .label_en = "Visit", .label_zh = "拜访"};
    visit.fields = {
        {.name = "x_title", .type = kind::text, .flags = schema::required | schema::title},
        {.name = "x_account", .type = kind::reference, .target = "account"},
        {.name = "x_on", .type = kind::date},
        {.name = "x_cost", .type = kind::money},
        {.name = "x_rating", .type = kind::decimal, .scale = 1},
        {.name = "x_number", .type = kind::text, .flags = schema::unique},
    };
    admin.define(visit).value();
    admin.define("x_visit", {.name = "x_notes", .type = kind::text}).value();
    session s = system();
    s.create(entity_right::entity,
             {entity_right::permission_set = key("standard"), entity_right::entity_name = "x_visit",
              entity_right::may_create = true, entity_right::may_read = true,
              entity_right::may_edit = true, entity_right::may_delete = true})
        .value();
  }
  result<record> visit(session& s, const char* title, id account, std::int64_t cents,
                       const char* number = nullptr) {
    schema::draft d = s.draft("x_visit").value();
    d.set("x_title", title).set("x_account", account).set("x_on", "2026-03-05");
    d.set("x_cost", money{decimal{cents, 2}, currency("CNY")}).set("x_rating", decimal{45, 1});
    if (number) d.set("x_number", number);
    return s.create(d);
  }
};
INSTANTIATE_TEST_SUITE_P(on, schema_case, every_store, store_name);

}  // namespace

TEST_P(schema_case, has_custom_fields_in_every_call) {
  session s = as("nina");
  const record before = s.get("account", key("acme")).value();
  EXPECT_EQ(before.find("x_tier").value(), value()) << "what was there before has no value";
  schema::draft d = s.draft("account").value();
  d.set("name", "Delta").set("x_code", "D1");
  const record made = s.create(d).value();
  EXPECT_EQ(made.find("x_tier").value(), value("iron")) << "the default";
  const auto tier = s.catalog()->find<std::string_view>("account", "x_tier").value();
  EXPECT_EQ(made[tier], "iron");
  const record changed = s.change(made, {tier = "gold"}).value();
  EXPECT_EQ(changed[tier], "gold");
  EXPECT_EQ(code(s.change(changed, {tier = "tin"})), errc::validation);
  EXPECT_EQ(answer(s, "select x_tier, count(), count(x_code) from account group by x_tier "
                      "having count() > 0 order by x_tier desc"),
            "gold|1|1\nnull|2|0\n");
  EXPECT_EQ(answer(s, "select name from account where x_tier = 'gold' and x_code like 'D%'"),
            "Delta\n");
  schema::draft again = s.draft("account").value();
  again.set("name", "Other").set("x_code", "D1");
  EXPECT_EQ(code(s.create(again)), errc::duplicate);
  const auto log = s.history("account", made.key()).value();
  ASSERT_EQ(log.size(), 2u);
  ASSERT_EQ(log[1].fields.size(), 1u);
  EXPECT_EQ(log[1].fields[0].name, "x_tier");
  EXPECT_EQ(log[1].fields[0].before, value("iron"));
  EXPECT_TRUE(s.explain(action::edit, "account", made.key(), "x_tier").value().allowed);
  EXPECT_EQ(replaced(answer(s, "select x_tear from account"), "x_tear", "?").find("`x_tier`") !=
                std::string::npos,
            true)
      << "hints know it";
}

TEST_P(schema_case, reaches_through_custom_references) {
  session s = as("nina");
  const id buyer = s.create(contact::entity, {contact::name = "王芳"}).value().key();
  s.change(key("acme"), s.draft("account").value().set("x_buyer", buyer)).value();
  EXPECT_EQ(answer(s, "select name, account.x_buyer.name from opportunity order by id"),
            "Bridge|王芳\n茶叶年单|null\n");
  EXPECT_EQ(code(s.change(key("acme"), s.draft("account").value().set("x_buyer", 999'999))),
            errc::not_found);
}

TEST_P(schema_case, has_custom_entities_in_every_call) {
  session nina = as("nina"), sun = as("sun"), mona = as("mona");
  const record first = visit(nina, "Tea tasting 品茶", key("zhang"), 88'00, "V1").value();
  visit(sun, "Factory", key("sunny"), 12'00, "V2").value();
  EXPECT_EQ(code(visit(sun, "Twin", key("sunny"), 1, "V1")), errc::duplicate);
  EXPECT_EQ(code(visit(sun, "Spy", key("zhang"), 1)), errc::not_found);
  EXPECT_EQ(first.find("currency").value(), value("CNY"));
  EXPECT_EQ(answer(nina, "select x_title, x_account.name, x_cost, x_rating, x_on from x_visit"),
            "Tea tasting 品茶|张记茶业|88.00|4.5|2026-03-05\n");
  EXPECT_EQ(answer(mona, "select sum(x_cost), count() from x_visit"), "88.00|1\n");
  EXPECT_EQ(answer(as("vera"), "select period(x_on, month) as m, sum(x_cost) from x_visit "
                               "group by m having count() > 1"),
            "2026-03|100.00\n");
  EXPECT_EQ(answer(nina, "select name from account where id in "
                         "(select x_account from x_visit where x_rating >= 4)"),
            "张记茶业\n");
  const record changed =
      nina.change(first.key(), nina.draft("x_visit").value().set("x_notes", "很好"),
                  first.revision())
          .value();
  EXPECT_EQ(changed.find("x_notes").value(), value("很好"));
  EXPECT_EQ(nina.history("x_visit", first.key()).value().size(), 2u);
  EXPECT_EQ(code(sun.get("x_visit", first.key())), errc::not_found);
  EXPECT_EQ(code(sun.remove("x_visit", first.key())), errc::not_found);
  schema::draft untitled = nina.draft("x_visit").value();
  EXPECT_EQ(code(nina.create(untitled)), errc::validation);
  nina.remove("x_visit", first.key()).value();
  EXPECT_TRUE(visit(sun, "Reuse", key("sunny"), 1, "V1"));
}

TEST_P(schema_case, keeps_old_rows_whole_when_fields_are_added) {
  session nina = as("nina");
  const record made = visit(nina, "Before", key("acme"), 10'00).value();
  const std::string before = answer(nina, "select x_title, x_cost, currency, x_notes from x_visit");
  as("admin").define("x_visit", {.name = "x_fee", .type = kind::money}).value();
  as("admin").define("contact", {.name = "x_budget", .type = kind::money}).value();
  as("admin").define("contact", {.name = "x_mood", .type = kind::text}).value();
  EXPECT_EQ(answer(nina, "select x_title, x_cost, currency, x_notes from x_visit"), before);
  const record again = nina.get("x_visit", made.key()).value();
  EXPECT_EQ(again.find("x_fee").value(), value());
  schema::draft d = nina.draft("contact").value();
  d.set("name", "C").set("x_mood", "good").set("x_budget", money{decimal{5, 0}, currency("EUR")});
  const record c = nina.create(d).value();
  EXPECT_EQ(answer(nina, "select x_budget, currency, x_mood from contact"), "5.00|EUR|good\n");
  const auto log = nina.history("contact", c.key()).value();
  EXPECT_FALSE(log.empty());
}

TEST_P(schema_case, takes_drafts_and_records_from_before_a_definition) {
  session nina = as("nina");
  schema::draft old = nina.draft("account").value();
  const record r = nina.get("account", key("acme")).value();
  as("admin").define("account", {.name = "x_late", .type = kind::text}).value();
  old.set("name", "Old draft");
  EXPECT_TRUE(nina.create(old));
  EXPECT_TRUE(nina.change(r, {account::city = "Bonn"}));
  EXPECT_EQ(r[account::name], "Acme");
}

TEST_P(schema_case, refuses_definitions_that_cannot_be) {
  session admin = as("admin");
  EXPECT_EQ(code(admin.define("account", {.name = "x_tier", .type = kind::text})), errc::duplicate);
  EXPECT_EQ(code(admin.define("galaxy", {.name = "x_a", .type = kind::text})), errc::unknown_name);
  EXPECT_FALSE(admin.define("account", {.name = "tier", .type = kind::text}));
  EXPECT_FALSE(admin.define("account", {.name = "x_r", .type = kind::reference, .target = "no"}));
  EXPECT_FALSE(admin.define({.name = "visits"}));
  EXPECT_EQ(code(admin.define({.name = "x_visit"})), errc::duplicate);
  admin.begin().value();
  EXPECT_EQ(code(admin.define("account", {.name = "x_b", .type = kind::text})), errc::misuse);
  admin.rollback().value();
  EXPECT_EQ(answer(as("nina"), "select count() from account"), "2\n");
}

TEST(schema_file, is_the_same_after_reopening) {
  company at(tested_store::sqlite_file);
  at.furnish();
  {
    session admin = at.as("admin");
    admin.define("account", {.name = "x_tier", .flags = schema::unique}).value();
    admin.define({.name = "x_car",
                  .fields = {{.name = "x_plate", .type = kind::text, .flags = schema::title},
                             {.name = "x_price", .type = kind::money}}})
        .value();
    admin.change(at.key("acme"), admin.draft("account").value().set("x_tier", "gold")).value();
    schema::draft car = admin.draft("x_car").value();
    car.set("x_plate", "京A 123").set("x_price", money{decimal{100, 2}, currency("CNY")});
    admin.create(car).value();
  }
  at.reopen();
  EXPECT_FALSE(at.crm->fresh());
  session admin = at.as("admin");
  EXPECT_EQ(answer(admin, "select x_plate, x_price, currency from x_car"), "京A 123|1.00|CNY\n");
  EXPECT_EQ(answer(admin, "select name from account where x_tier = 'gold'"), "Acme\n");
  const schema::draft gold = admin.draft("account").value().set("x_tier", "gold");
  EXPECT_EQ(code(admin.change(at.key("bolt"), gold)), errc::duplicate);
  EXPECT_EQ(admin.history("account", at.key("acme")).value().size(), 2u);
  EXPECT_TRUE(admin.define("x_car", {.name = "x_seats", .type = kind::integer}));
  EXPECT_EQ(answer(at.as("mona"), "select count() from opportunity"), "3\n");
}

TEST(schema_file, opens_with_more_definitions_than_it_was_made_with) {
  const environment world = default_environment();
  const std::string path = fresh_path();
  const auto reopened = [&](const std::vector<schema::entity_definition>& with) {
    return store::store::open(make_driver(tested_store::sqlite_file, world, path), with, world);
  };
  std::vector<schema::entity_definition> known = {
      {.name = "thing", .fields = {{.name = "name", .custom = false}}, .custom = false}};
  {
    auto first = reopened(known).value();
    EXPECT_TRUE(first->fresh());
    EXPECT_FALSE(first->catalog()->find("other"));
    first->define("thing", {.name = "x_mine", .type = kind::text}).value();
  }
  known[0].fields.push_back({.name = "price", .type = kind::money, .custom = false});
  known.push_back(known[0]);
  known.back().name = "other";
  {
    auto second = reopened(known).value();
    EXPECT_FALSE(second->fresh());
    const schema::entity* thing = second->catalog()->find("thing");
    ASSERT_TRUE(thing);
    for (const char* name : {"name", "price", "currency", "x_mine"})
      EXPECT_TRUE(thing->find(name)) << name;
    EXPECT_TRUE(second->catalog()->find("other"));
  }
  known[0].fields.pop_back();
  EXPECT_EQ(code(reopened(known)), errc::newer_schema)
      << "an earlier library must not lose what a later one stored";
  remove_store(path);
}
