#include "sample.hpp"

#include <gtest/gtest.h>

namespace {
using namespace sample;

error refusal(std::vector<entity_definition> definitions) {
  const auto made = catalog::compile(definitions);
  return made ? error() : made.error();
}

entity_definition visit(std::vector<field_definition> fields) {
  return {.name = "x_visit", .label_en = "Visit", .fields = std::move(fields)};
}

TEST(catalog, keeps_entities_in_the_order_given) {
  const catalog_ptr c = compiled();
  ASSERT_EQ(c->entities().size(), 2u);
  EXPECT_EQ(c->entities()[0]->name(), "account");
  EXPECT_EQ(c->entities()[1]->name(), "deal");
  EXPECT_EQ(c->find("deal")->number(), 1);
  EXPECT_EQ(c->find_tag(entity_tag("deal")), c->find("deal"));
  EXPECT_EQ(c->find_tag(7), nullptr);
  EXPECT_EQ(c->find("nothing"), nullptr);
}

TEST(catalog, gives_fields_the_slots_of_their_handles) {
  const catalog_ptr c = compiled();
  const entity& d = *c->find("deal");
  EXPECT_EQ(d.find("amount")->slot, deal::amount.slot());
  EXPECT_EQ(d.find("last_call")->slot, deal::last_call.slot());
  EXPECT_EQ(d.tag(), deal::amount.tag());
  EXPECT_EQ(d.at(deal::stage.slot()).name, "stage");
  EXPECT_EQ(d.title_slot(), deal::name.slot());
}

TEST(catalog, puts_the_system_fields_first) {
  const catalog_ptr c = compiled();
  const entity& a = *c->find("account");
  EXPECT_EQ(a.find("revision")->slot, system_slot::revision);
  EXPECT_EQ(a.find("archived")->slot, system_slot::archived);
  EXPECT_TRUE(a.find("owner")->system);
  EXPECT_FALSE(a.find("name")->system);
  EXPECT_EQ(a.find("name")->slot, system_slot::count);
}

TEST(catalog, resolves_references) {
  const catalog_ptr c = compiled();
  EXPECT_EQ(c->find("deal")->find("account")->target_entity, c->find("account"));
  EXPECT_EQ(c->find("account")->find("parent")->target_entity, c->find("account"));
  EXPECT_EQ(c->find("account")->find("id")->target_entity, c->find("account"));
  EXPECT_EQ(c->find("account")->find("owner")->target_entity, nullptr);

  auto with_users = definitions();
  with_users.push_back({.name = "user", .custom = false});
  const catalog_ptr u = catalog::compile(with_users).value();
  EXPECT_EQ(u->find("deal")->find("owner")->target_entity, u->find("user"));
}

TEST(catalog, adds_a_currency_where_there_is_money) {
  const catalog_ptr c = compiled();
  EXPECT_EQ(c->find("account")->currency_slot(), no_slot);
  EXPECT_EQ(c->find("account")->find("currency"), nullptr);
  const field* currency = c->find("deal")->find("currency");
  ASSERT_NE(currency, nullptr);
  EXPECT_EQ(c->find("deal")->currency_slot(), currency->slot);
  EXPECT_EQ(currency->type, kind::text);
  EXPECT_EQ(currency->label_en, "Currency");
  EXPECT_EQ(currency->label_zh, "币种");
  EXPECT_FALSE(currency->custom);
}

TEST(catalog, takes_a_currency_that_is_defined) {
  const catalog_ptr c =
      catalog::compile(std::vector{visit({{.name = "currency", .label_en = "Coin"},
                                          {.name = "cost", .type = kind::money}})})
          .value();
  const entity& v = *c->find("x_visit");
  EXPECT_EQ(v.slots(), system_slot::count + 2u);
  EXPECT_EQ(v.at(v.currency_slot()).label_en, "Coin");
  EXPECT_EQ(refusal({visit({{.name = "currency", .type = kind::integer},
                            {.name = "cost", .type = kind::money}})})
                .code(),
            errc::invalid_argument);
}

TEST(catalog, keeps_slots_when_custom_fields_are_appended) {
  auto more = definitions();
  more[1].fields.push_back({.name = "x_margin", .type = kind::money});
  const catalog_ptr before = compiled(), after = catalog::compile(more).value();
  for (const field& f : before->find("deal")->fields())
    EXPECT_EQ(after->find("deal")->find(f.name)->slot, f.slot) << f.name;
}

TEST(catalog, compiles_its_own_definitions_to_the_same_layout) {
  const catalog_ptr c = compiled();
  std::vector<entity_definition> again;
  for (const auto& e : c->entities()) again.push_back(e->definition());
  const catalog_ptr d = catalog::compile(again).value();
  ASSERT_EQ(d->find("deal")->slots(), c->find("deal")->slots());
  for (const field& f : c->find("deal")->fields())
    EXPECT_EQ(d->find("deal")->find(f.name)->slot, f.slot) << f.name;
}

TEST(catalog, treats_custom_entities_as_standard_ones) {
  auto custom = define(deal::entity);
  custom.name = "x_deal";
  custom.custom = true;
  for (field_definition& f : custom.fields) f.custom = true;
  auto all = definitions();
  all.push_back(custom);
  const catalog_ptr c = catalog::compile(all).value();
  const entity &standard = *c->find("deal"), &own = *c->find("x_deal");
  EXPECT_TRUE(own.custom());
  ASSERT_EQ(own.slots(), standard.slots());
  EXPECT_EQ(own.at(own.currency_slot()).name, "currency");
  EXPECT_EQ(own.at(own.title_slot()).name, "name");
  for (const field& of_standard : standard.fields()) {
    const field* f = own.find(of_standard.name);
    ASSERT_NE(f, nullptr) << of_standard.name;
    field_definition same = *f;
    same.custom = of_standard.custom;
    same.number = of_standard.number;  // by slots, whose order is another with a custom currency
    EXPECT_EQ(same, static_cast<const field_definition&>(of_standard));
    EXPECT_EQ(f->of, &own);
    EXPECT_EQ(f->system, of_standard.system);
  }
  EXPECT_EQ(own.find("account")->target_entity, standard.find("account")->target_entity);
}

TEST(catalog, finds_typed_handles_for_standard_and_custom_fields) {
  auto all = definitions();
  all[1].fields.push_back({.name = "x_margin", .type = kind::money});
  const catalog_ptr c = catalog::compile(all).value();
  const auto amount = c->find<money>("deal", "amount");
  ASSERT_TRUE(amount);
  EXPECT_EQ(amount->slot(), deal::amount.slot());
  EXPECT_EQ(amount->tag(), deal::amount.tag());
  const auto margin = c->find<money>("deal", "x_margin");
  ASSERT_TRUE(margin);
  EXPECT_EQ(margin->slot(), c->find("deal")->find("x_margin")->slot);
  EXPECT_EQ(margin->name(), "x_margin");
  EXPECT_EQ(deal::amount.name(), "amount");
  EXPECT_EQ(deal::of_account.target(), entity_tag("account"));
  EXPECT_EQ(c->find<id>("deal", "account")->target(), entity_tag("account"));
  EXPECT_EQ(c->find<id>("deal", "owner")->tag(), 0u);
  EXPECT_EQ(c->find<id>("deal", "owner")->name(), "owner");
  EXPECT_EQ(c->find<std::string_view>("deal", "stage")->slot(), deal::stage.slot());
}

TEST(catalog, refuses_handles_of_another_kind) {
  const auto wrong = compiled()->find<bool>("deal", "amount");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), errc::type_mismatch);
  EXPECT_EQ(wrong.error().message(), "`amount` is of kind money");
}

TEST(catalog, names_the_nearest_known_name) {
  const catalog_ptr c = compiled();
  const auto no_entity = c->need("acount");
  ASSERT_FALSE(no_entity);
  EXPECT_EQ(no_entity.error().code(), errc::unknown_name);
  EXPECT_EQ(no_entity.error().message(), "no entity `acount`; did you mean `account`?");
  const auto no_field = c->need("deal", "amout");
  ASSERT_FALSE(no_field);
  EXPECT_EQ(no_field.error().message(), "no field `amout` on `deal`; did you mean `amount`?");
  EXPECT_EQ(no_field.error().entity(), "deal");
  EXPECT_EQ(no_field.error().field(), "amout");
  EXPECT_EQ(c->need("deal", "zzz").error().message(), "no field `zzz` on `deal`");
}

TEST(catalog, refuses_an_unknown_target) {
  const error why =
      refusal({visit({{.name = "of", .type = kind::reference, .target = "x_visti"}})});
  EXPECT_EQ(why.code(), errc::invalid_argument);
  EXPECT_EQ(why.entity(), "x_visit");
  EXPECT_EQ(why.field(), "of");
  EXPECT_EQ(why.message(), "`of` of `x_visit` refers to `x_visti`, which is no entity; did you "
                           "mean `x_visit`?");
}

TEST(catalog, refuses_two_titles_and_double_names) {
  const error titles =
      refusal({visit({{.name = "a", .flags = title}, {.name = "b", .flags = title}})});
  EXPECT_EQ(titles.code(), errc::invalid_argument);
  EXPECT_EQ(titles.field(), "b");
  EXPECT_EQ(titles.message(), "`x_visit` has two titles, `a` and `b`; keep one");
  const error fields = refusal({visit({{.name = "a"}, {.name = "a"}})});
  EXPECT_EQ(fields.code(), errc::invalid_argument);
  EXPECT_EQ(fields.message(), "`x_visit` has a field `a` twice");
  const error entities = refusal({visit({}), visit({})});
  EXPECT_EQ(entities.code(), errc::invalid_argument);
  EXPECT_EQ(entities.message(), "the entity `x_visit` is defined twice");
}

TEST(catalog, holds_hundreds_of_entities) {
  std::vector<entity_definition> many;
  for (int i = 0; i < 600; ++i)
    many.push_back({.name = "x_e" + std::to_string(i),
                    .fields = {{.name = "next", .type = kind::reference,
                                .target = "x_e" + std::to_string((i + 1) % 600)}}});
  const catalog_ptr c = catalog::compile(many).value();
  EXPECT_EQ(c->find("x_e599")->number(), 599);
  EXPECT_EQ(c->find("x_e599")->find("next")->target_entity, c->find("x_e0"));
}

}  // namespace
