#include "shop.hpp"

#include <cstring>

namespace {

using namespace shop;

using explanation = owner<guanxi_explanation, guanxi_explanation_release>;
using history = owner<guanxi_history, guanxi_history_release>;

explanation explain(guanxi_session* s, std::int32_t action, std::string_view entity,
                    std::int64_t id, const char* field = nullptr) {
  fault f;
  guanxi_explanation* out = nullptr;
  must(guanxi_explain(s, action, entity.data(), entity.size(), id, field, nts, &out, f.out()), f);
  return explanation(out);
}

history read(guanxi_session* s, std::string_view entity, std::int64_t id) {
  fault f;
  guanxi_history* out = nullptr;
  must(guanxi_history_read(s, entity.data(), entity.size(), id, &out, f.out()), f);
  return history(out);
}

TEST(capi_explanation, names_the_path_that_grants) {
  const store s;
  const std::int64_t id = guanxi_record_id(s.account(s.li.get(), "Acme").get());
  const explanation why = explain(s.li.get(), GUANXI_ACTION_EDIT, "account", id);
  EXPECT_EQ(guanxi_explanation_is_allowed(why.get()), 1);
  bool owner = false;
  for (std::int32_t i = 0; i < guanxi_explanation_reason_count(why.get()); ++i) {
    const auto reason = told<guanxi_reason_info>(guanxi_explanation_reason, why.get(), i);
    if (std::strcmp(reason.code, "owner") != 0) continue;
    owner = true;
    EXPECT_EQ(reason.grants, 1);
    EXPECT_STRNE(reason.text_en, "");
    EXPECT_STRNE(reason.text_zh, reason.text_en);
  }
  EXPECT_TRUE(owner);
  fault f;
  guanxi_reason_info none = {};
  none.struct_size = sizeof none;
  EXPECT_EQ(guanxi_explanation_reason(why.get(), 99, &none, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(none.code, nullptr);
}

TEST(capi_explanation, names_the_gate_that_failed) {
  const store s;
  const explanation why = explain(s.li.get(), GUANXI_ACTION_EDIT, "stage", s.qualified);
  EXPECT_EQ(guanxi_explanation_is_allowed(why.get()), 0);
  ASSERT_GE(guanxi_explanation_reason_count(why.get()), 1);
  EXPECT_EQ(told<guanxi_reason_info>(guanxi_explanation_reason, why.get(), 0).grants, 0);
}

TEST(capi_explanation, of_a_field_is_for_reading_and_editing) {
  const store s;
  const std::int64_t id = guanxi_record_id(s.account(s.li.get(), "Acme").get());
  const explanation why = explain(s.li.get(), GUANXI_ACTION_READ, "account", id, "name");
  EXPECT_EQ(guanxi_explanation_is_allowed(why.get()), 1);
  fault f;
  guanxi_explanation* out = nullptr;
  EXPECT_EQ(guanxi_explain(s.li.get(), GUANXI_ACTION_DELETE, "account", nts, id, "name", nts, &out,
                           f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_explain(s.li.get(), 9, "account", nts, id, nullptr, 0, &out, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_explain(s.li.get(), GUANXI_ACTION_READ, "account", nts, id, "nmae", nts, &out,
                           f.out()), GUANXI_UNKNOWN_NAME);
}

TEST(capi_explanation, of_a_record_out_of_sight_is_not_found) {
  const store s;
  const std::int64_t id = guanxi_record_id(s.account(s.li.get(), "Acme").get());
  fault f;
  guanxi_explanation* out = nullptr;
  EXPECT_EQ(guanxi_explain(s.wang.get(), GUANXI_ACTION_READ, "account", nts, id, nullptr, 0, &out,
                           f.out()), GUANXI_NOT_FOUND);
}

TEST(capi_explanation, of_another_user_is_for_administrators) {
  const store s;
  const std::int64_t id = guanxi_record_id(s.account(s.li.get(), "Acme").get());
  fault f;
  guanxi_explanation* out = nullptr;
  EXPECT_EQ(guanxi_explain_for(s.li.get(), "wang", nts, GUANXI_ACTION_READ, "account", nts, id,
                               &out, f.out()), GUANXI_PERMISSION);
  ASSERT_EQ(guanxi_explain_for(s.as("admin").get(), "wang", nts, GUANXI_ACTION_READ, "account",
                               nts, id, &out, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_explanation_is_allowed(out), 0);
  guanxi_explanation_release(out);
}

TEST(capi_history, tells_what_happened) {
  const store s;
  const std::int64_t id = guanxi_record_id(s.account(s.li.get(), "Acme").get());
  const draft d = new_draft(s.li.get(), "account");
  set(d, "city", "Lisbon");
  guanxi_write_options how = {};
  how.struct_size = sizeof how;
  how.cause = "phone call";
  how.cause_length = nts;
  fault f;
  ASSERT_EQ(guanxi_change(s.li.get(), id, d.get(), &how, nullptr, f.out()), GUANXI_OK)
      << f.message();
  const history h = read(s.li.get(), "account", id);
  ASSERT_EQ(guanxi_history_count(h.get()), 2);
  const auto made = told<guanxi_entry_info>(guanxi_history_entry, h.get(), 0);
  const auto edited = told<guanxi_entry_info>(guanxi_history_entry, h.get(), 1);
  EXPECT_STREQ(made.action, "create");
  EXPECT_STREQ(edited.action, "edit");
  EXPECT_STREQ(edited.cause, "phone call");
  EXPECT_EQ(edited.at, store::now);
  EXPECT_EQ(edited.user, guanxi_session_user(s.li.get()));
  EXPECT_GT(edited.sequence, made.sequence);
  bool city = false;
  guanxi_value before = {}, after = {};
  before.struct_size = after.struct_size = sizeof before;
  const char* name = nullptr;
  for (std::int32_t i = 0; i < edited.field_count; ++i) {
    ASSERT_EQ(guanxi_history_field(h.get(), 1, i, &name, &before, &after, f.out()), GUANXI_OK);
    if (std::strcmp(name, "city") != 0) continue;
    city = true;
    EXPECT_EQ(before.type, GUANXI_TYPE_NULL);
    EXPECT_STREQ(after.text, "Lisbon");
  }
  EXPECT_TRUE(city);
  EXPECT_EQ(guanxi_history_field(h.get(), 1, 0, nullptr, nullptr, nullptr, f.out()), GUANXI_OK)
      << "nothing of it need be wanted";
  for (const auto& [entry, field] : {std::pair(2, 0), std::pair(1, 99), std::pair(-1, 0)}) {
    EXPECT_EQ(guanxi_history_field(h.get(), entry, field, &name, nullptr, nullptr, f.out()),
              GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(name, nullptr);
  }
}

TEST(capi_history, keeps_hidden_fields_to_itself) {
  const store s;
  const draft d = new_draft(s.system.get(), "account");
  set(d, "name", "Acme");
  set(d, "phone", "555");
  point(d, "owner", guanxi_session_user(s.li.get()));
  const std::int64_t id = guanxi_record_id(create(s.system.get(), d).get());
  s.hide("account", "phone");
  const history h = read(s.li.get(), "account", id);
  ASSERT_EQ(guanxi_history_count(h.get()), 1);
  fault f;
  const char* name = nullptr;
  const auto made = told<guanxi_entry_info>(guanxi_history_entry, h.get(), 0);
  for (std::int32_t i = 0; i < made.field_count; ++i) {
    ASSERT_EQ(guanxi_history_field(h.get(), 0, i, &name, nullptr, nullptr, f.out()), GUANXI_OK);
    EXPECT_STRNE(name, "phone");
  }
  guanxi_history* out = nullptr;
  EXPECT_EQ(guanxi_history_read(s.wang.get(), "account", nts, id, &out, f.out()),
            GUANXI_NOT_FOUND);
}

}  // namespace
