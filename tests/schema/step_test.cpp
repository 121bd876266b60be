#include "guanxi/schema/step.hpp"

#include "sample.hpp"

#include <gtest/gtest.h>

namespace {
using namespace sample;

using definition_list = std::vector<entity_definition>;

error refusal(const definition_list& from, const definition_list& to) {
  const auto steps = steps_between(*catalog::compile(from).value(), *catalog::compile(to).value());
  return steps ? error() : steps.error();
}

TEST(step, is_not_needed_between_equal_catalogs) {
  EXPECT_TRUE(steps_between(*compiled(), *compiled()).value().empty());
}

TEST(step, adds_every_entity_to_an_empty_store) {
  const auto steps = steps_between(*catalog::compile({}).value(), *compiled()).value();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].what, step::kind::add_entity);
  EXPECT_EQ(steps[0].entity, "account");
  EXPECT_EQ(steps[1].entity, "deal");
}

TEST(step, adds_entities_before_fields_and_fields_by_rising_slot) {
  auto more = definitions();
  more[0].fields.insert(more[0].fields.begin() + 1, {.name = "website", .custom = false});
  more[0].fields.push_back({.name = "x_visit", .type = kind::reference, .target = "x_visit"});
  more.push_back({.name = "x_visit", .fields = {{.name = "cost", .type = kind::money}}});
  const catalog_ptr to = catalog::compile(more).value();
  const auto steps = steps_between(*compiled(), *to).value();
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[0].what, step::kind::add_entity);
  EXPECT_EQ(steps[0].entity, "x_visit");
  EXPECT_EQ(steps[1].what, step::kind::add_field);
  EXPECT_EQ(steps[1].field, "website");
  EXPECT_EQ(steps[1].slot, system_slot::count + 1);
  EXPECT_EQ(steps[2].field, "x_visit");
  EXPECT_EQ(steps[2].entity, "account");
  EXPECT_EQ(steps[2].slot, to->find("account")->find("x_visit")->slot);
}

TEST(step, adds_the_currency_with_the_first_amount) {
  auto more = definitions();
  more[0].fields.push_back({.name = "x_limit", .type = kind::money});
  const auto steps = steps_between(*compiled(), *catalog::compile(more).value()).value();
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].field, "x_limit");
  EXPECT_EQ(steps[1].field, "currency");
}

TEST(step, inserting_nulls_gives_the_new_layout) {
  auto more = definitions();
  more[1].fields.insert(more[1].fields.begin() + 3, {.name = "probability", .custom = false});
  more[1].fields.push_back({.name = "x_margin", .type = kind::money});
  const catalog_ptr from = compiled(), to = catalog::compile(more).value();
  std::vector<std::string> row;
  for (const field& f : from->find("deal")->fields()) row.push_back(f.name);
  const auto steps = steps_between(*from, *to).value();
  for (const step& s : steps) row.insert(row.begin() + s.slot, s.field);
  ASSERT_EQ(row.size(), to->find("deal")->slots());
  for (const field& f : to->find("deal")->fields()) EXPECT_EQ(row[f.slot], f.name);
}

TEST(step, refuses_a_changed_kind_scale_or_target) {
  auto kinds = definitions();
  kinds[0].fields[2].type = kind::text;
  const error kind_changed = refusal(definitions(), kinds);
  EXPECT_EQ(kind_changed.code(), errc::invalid_argument);
  EXPECT_EQ(kind_changed.message(), "`employees` of `account` is of kind integer and cannot become "
                                    "text; add a field of another name instead");
  EXPECT_EQ(kind_changed.entity(), "account");
  EXPECT_EQ(kind_changed.field(), "employees");

  auto scales = definitions();
  scales[1].fields[4].scale = 6;
  EXPECT_EQ(refusal(definitions(), scales).field(), "discount");
  EXPECT_EQ(refusal(definitions(), scales).code(), errc::invalid_argument);

  auto targets = definitions();
  targets[1].fields[1].target = "deal";
  EXPECT_EQ(refusal(definitions(), targets).message(),
            "`account` of `deal` refers to `account` and cannot refer to `deal`; add a field of "
            "another name instead");
}

TEST(step, lets_labels_flags_and_choices_change) {
  auto other = definitions();
  other[1].fields[5].choices.push_back({"stalled", "Stalled", "停滞"});
  other[1].fields[5].label_en = "Phase";
  other[1].fields[5].flags |= indexed;
  EXPECT_TRUE(steps_between(*compiled(), *catalog::compile(other).value()).value().empty());
}

TEST(step, gives_the_indices_that_fields_gain_or_lose) {
  auto other = definitions();
  other[1].fields[5].flags ^= indexed;
  other[1].fields[1].flags ^= tracked;
  other[1].fields.insert(other[1].fields.begin(),
                         {.name = "before", .flags = indexed, .custom = false});
  const catalog_ptr from = compiled(), to = catalog::compile(other).value();
  const auto steps = index_steps_between(*from, *to);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].what, step::kind::index_field);
  EXPECT_EQ(steps[0].entity, "deal");
  EXPECT_EQ(steps[0].field, definitions()[1].fields[5].name);
  EXPECT_EQ(steps[0].slot, to->find("deal")->find(steps[0].field)->slot);
  EXPECT_EQ(steps[0].before.flags ^ steps[0].after.flags, indexed);
  EXPECT_TRUE(index_steps_between(*from, *from).empty());
}

TEST(step, tells_of_a_store_that_a_later_library_wrote) {
  auto fewer_fields = definitions();
  fewer_fields[0].fields.pop_back();
  const error field = refusal(definitions(), fewer_fields);
  EXPECT_EQ(field.code(), errc::newer_schema);
  EXPECT_EQ(field.message(), "the store has a field `phone` on `account` that this library does "
                             "not know; open it with a later version");
  EXPECT_EQ(field.field(), "phone");

  const error entity = refusal(definitions(), {define(account::entity)});
  EXPECT_EQ(entity.code(), errc::newer_schema);
  EXPECT_EQ(entity.entity(), "deal");
}

}  // namespace
