#include "shop.hpp"

#include <cstring>

namespace {

using namespace shop;

using catalog = owner<guanxi_catalog, guanxi_catalog_release>;

catalog read(guanxi_session* s) {
  fault f;
  guanxi_catalog* out = nullptr;
  must(guanxi_catalog_read(s, &out, f.out()), f);
  return catalog(out);
}

std::int32_t entity(const catalog& c, std::string_view name) {
  fault f;
  std::int32_t out = -1;
  must(guanxi_catalog_entity(c.get(), name.data(), name.size(), &out, f.out()), f);
  return out;
}

std::int32_t field(const catalog& c, std::int32_t of, std::string_view name) {
  fault f;
  std::int32_t out = -1;
  must(guanxi_catalog_field(c.get(), of, name.data(), name.size(), &out, f.out()), f);
  return out;
}

guanxi_entity_info about(const catalog& c, std::int32_t entity) {
  return told<guanxi_entity_info>(guanxi_catalog_entity_info, c.get(), entity);
}

guanxi_field_info about(const catalog& c, std::int32_t entity, std::int32_t field) {
  return told<guanxi_field_info>(guanxi_catalog_field_info, c.get(), entity, field);
}

TEST(capi_catalog, describes_entities_and_fields) {
  const store s;
  const catalog c = read(s.system.get());
  const std::int32_t deal = entity(c, "opportunity");
  const guanxi_entity_info of = about(c, deal);
  EXPECT_STREQ(of.name, "opportunity");
  EXPECT_STREQ(of.label_en, "Opportunity");
  EXPECT_STREQ(of.label_zh, "商机");
  EXPECT_STREQ(of.plural_en, "Opportunities");
  EXPECT_EQ(of.is_custom, 0);
  const guanxi_field_info stage = about(c, deal, field(c, deal, "stage"));
  EXPECT_EQ(stage.kind, GUANXI_KIND_REFERENCE);
  EXPECT_EQ(std::string_view(stage.target, stage.target_length), "stage");
  EXPECT_NE(stage.flags & GUANXI_FIELD_REQUIRED, 0U);
  const guanxi_field_info amount = about(c, deal, field(c, deal, "amount"));
  EXPECT_EQ(amount.kind, GUANXI_KIND_MONEY);
  EXPECT_EQ(amount.scale, 2);
  EXPECT_STREQ(amount.label_zh, "金额");
  EXPECT_EQ(amount.is_system, 0);
  EXPECT_EQ(about(c, deal, field(c, deal, "owner")).is_system, 1);
  const std::int32_t category = field(c, deal, "forecast_category");
  ASSERT_EQ(about(c, deal, category).choice_count, 5);
  const auto commit =
      told<guanxi_choice_info>(guanxi_catalog_choice_info, c.get(), deal, category, 3);
  EXPECT_STREQ(commit.code, "commit");
  EXPECT_STREQ(commit.label_zh, "承诺");
}

TEST(capi_catalog, its_slots_are_those_of_records) {
  const store s;
  const catalog c = read(s.li.get());
  const std::int32_t account = entity(c, "account");
  fault f;
  std::int32_t slot = -1;
  ASSERT_EQ(guanxi_slot(s.li.get(), "account", nts, "city", nts, &slot, f.out()), GUANXI_OK);
  EXPECT_EQ(about(c, account, field(c, account, "city")).slot, slot);
}

TEST(capi_catalog, shows_what_its_user_may_see) {
  const store s;
  s.hide("account", "phone");
  const catalog mine = read(s.li.get()), all = read(s.system.get());
  EXPECT_LT(guanxi_catalog_entity_count(mine.get()), guanxi_catalog_entity_count(all.get()));
  fault f;
  std::int32_t at = 0;
  EXPECT_EQ(guanxi_catalog_entity(mine.get(), "permission_set", nts, &at, f.out()),
            GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(at, -1);
  const std::int32_t account = entity(mine, "account");
  EXPECT_EQ(guanxi_catalog_field(mine.get(), account, "phone", nts, &at, f.out()),
            GUANXI_UNKNOWN_NAME);
  const std::int32_t count = about(mine, account).field_count;
  EXPECT_EQ(count + 1, about(all, entity(all, "account")).field_count);
  for (std::int32_t i = 0; i < count; ++i)
    EXPECT_STRNE(about(mine, account, i).name, "phone");
}

TEST(capi_catalog, gives_nothing_out_of_range) {
  const store s;
  const catalog c = read(s.li.get());
  for (const std::int32_t at : {-1, 5000}) {
    fault f;
    guanxi_entity_info of = {};
    of.struct_size = sizeof of;
    EXPECT_EQ(guanxi_catalog_entity_info(c.get(), at, &of, f.out()), GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(of.name, nullptr);
    guanxi_field_info field = {};
    field.struct_size = sizeof field;
    EXPECT_EQ(guanxi_catalog_field_info(c.get(), 0, at, &field, f.out()), GUANXI_INVALID_ARGUMENT);
    guanxi_choice_info choice = {};
    choice.struct_size = sizeof choice;
    EXPECT_EQ(guanxi_catalog_choice_info(c.get(), 0, 0, at, &choice, f.out()),
              GUANXI_INVALID_ARGUMENT);
  }
}

constexpr const char* visit =
    R"({"name": "x_visit", "label": {"en": "Visit", "zh": "拜访"},
        "fields": [{"name": "subject", "type": "text", "title": true},
                   {"name": "cost", "type": "money"}]})";

TEST(capi_catalog, an_entity_made_at_run_time_is_one_like_others) {
  const store s;
  fault f;
  ASSERT_EQ(guanxi_define_entity(s.system.get(), visit, nts, f.out()), GUANXI_OK) << f.message();
  const catalog c = read(s.system.get());
  EXPECT_EQ(about(c, entity(c, "x_visit")).is_custom, 1);
  const draft d = new_draft(s.system.get(), "x_visit");
  set(d, "subject", "First visit");
  ASSERT_EQ(guanxi_draft_set_money(d.get(), "cost", nts, 1250, 2, "EUR", nts, f.out()), GUANXI_OK)
      << f.message();
  EXPECT_EQ(text_of(create(s.system.get(), d), "subject"), "First visit");
  const answer a = query(s.system.get(), "select sum(cost) from x_visit");
  std::int64_t cents = 0;
  EXPECT_EQ(guanxi_result_decimal(a.get(), 0, 0, &cents, nullptr, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(cents, 1250);
}

TEST(capi_catalog, a_field_made_at_run_time_is_one_like_others) {
  const store s;
  const draft before = new_draft(s.li.get(), "account");
  set(before, "name", "Acme");
  fault f;
  ASSERT_EQ(guanxi_define_field(s.system.get(), "account", nts,
                                R"({"name": "x_stars", "type": "integer"})", nts, f.out()),
            GUANXI_OK) << f.message();
  const draft d = new_draft(s.li.get(), "account");
  set(d, "name", "Beta");
  ASSERT_EQ(guanxi_draft_set_integer(d.get(), "x_stars", nts, 5, f.out()), GUANXI_OK)
      << f.message();
  const record r = create(s.li.get(), d);
  std::int64_t stars = 0;
  EXPECT_EQ(guanxi_record_integer(r.get(), "x_stars", nts, &stars, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(stars, 5);
  EXPECT_EQ(text_of(create(s.li.get(), before), "name"), "Acme")
      << "a draft from before the definition still works";
}

TEST(capi_catalog, a_definition_that_cannot_stand_is_refused) {
  const store s;
  fault f;
  EXPECT_EQ(guanxi_define_entity(s.system.get(), "{", 1, f.out()), GUANXI_PARSE);
  EXPECT_EQ(guanxi_define_entity(s.system.get(), R"({"nam": "x_a"})", nts, f.out()),
            GUANXI_UNKNOWN_NAME);
  EXPECT_NE(f.message().find("did you mean `name`?"), std::string::npos) << f.message();
  EXPECT_EQ(guanxi_define_field(s.system.get(), "account", nts,
                                R"({"name": "stars", "type": "integer"})", nts, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_define_field(s.system.get(), "acount", nts,
                                R"({"name": "x_stars", "type": "integer"})", nts, f.out()),
            GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_define_entity(s.li.get(), visit, nts, f.out()), GUANXI_PERMISSION);
  ASSERT_EQ(guanxi_begin(s.system.get(), f.out()), GUANXI_OK);
  EXPECT_EQ(guanxi_define_entity(s.system.get(), visit, nts, f.out()), GUANXI_MISUSE);
}

}  // namespace
