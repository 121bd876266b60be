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
    const char* code = guanxi_explanation_reason_code(why.get(), i, nullptr);
    if (std::strcmp(code, "owner") != 0) continue;
    owner = true;
    EXPECT_EQ(guanxi_explanation_reason_grants(why.get(), i), 1);
    EXPECT_STRNE(guanxi_explanation_reason_text(why.get(), i, GUANXI_ENGLISH, nullptr), "");
    EXPECT_STRNE(guanxi_explanation_reason_text(why.get(), i, GUANXI_CHINESE, nullptr),
                 guanxi_explanation_reason_text(why.get(), i, GUANXI_ENGLISH, nullptr));
  }
  EXPECT_TRUE(owner);
  EXPECT_EQ(guanxi_explanation_reason_code(why.get(), 99, nullptr), nullptr);
}

TEST(capi_explanation, names_the_gate_that_failed) {
  const store s;
  const explanation why = explain(s.li.get(), GUANXI_ACTION_EDIT, "stage", s.qualified);
  EXPECT_EQ(guanxi_explanation_is_allowed(why.get()), 0);
  ASSERT_GE(guanxi_explanation_reason_count(why.get()), 1);
  EXPECT_EQ(guanxi_explanation_reason_grants(why.get(), 0), 0);
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
  EXPECT_STREQ(guanxi_history_action(h.get(), 0, nullptr), "create");
  EXPECT_STREQ(guanxi_history_action(h.get(), 1, nullptr), "edit");
  EXPECT_STREQ(guanxi_history_cause(h.get(), 1, nullptr), "phone call");
  EXPECT_EQ(guanxi_history_at(h.get(), 1), store::now);
  EXPECT_EQ(guanxi_history_user(h.get(), 1), guanxi_session_user(s.li.get()));
  EXPECT_GT(guanxi_history_sequence(h.get(), 1), guanxi_history_sequence(h.get(), 0));
  bool city = false;
  for (std::int32_t i = 0; i < guanxi_history_field_count(h.get(), 1); ++i) {
    if (std::strcmp(guanxi_history_field_name(h.get(), 1, i, nullptr), "city") != 0) continue;
    city = true;
    guanxi_value v = {};
    v.struct_size = sizeof v;
    ASSERT_EQ(guanxi_history_before(h.get(), 1, i, &v, f.out()), GUANXI_OK);
    EXPECT_EQ(v.type, GUANXI_TYPE_NULL);
    ASSERT_EQ(guanxi_history_after(h.get(), 1, i, &v, f.out()), GUANXI_OK);
    EXPECT_STREQ(v.text, "Lisbon");
  }
  EXPECT_TRUE(city);
  guanxi_value v = {};
  v.struct_size = sizeof v;
  EXPECT_EQ(guanxi_history_after(h.get(), 2, 0, &v, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_history_after(h.get(), 1, 99, &v, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_history_cause(h.get(), 2, nullptr), nullptr);
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
  for (std::int32_t i = 0; i < guanxi_history_field_count(h.get(), 0); ++i)
    EXPECT_STRNE(guanxi_history_field_name(h.get(), 0, i, nullptr), "phone");
  fault f;
  guanxi_history* out = nullptr;
  EXPECT_EQ(guanxi_history_read(s.wang.get(), "account", nts, id, &out, f.out()),
            GUANXI_NOT_FOUND);
}

}  // namespace
