#include "shop.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace {

using namespace shop;

struct attempt {
  const char* what;
  std::function<std::int32_t(guanxi_error**)> call;
};

TEST(capi_arguments, a_null_is_refused_and_not_followed) {
  const store s;
  guanxi_session* li = s.li.get();
  const draft owned = new_draft(li, "account");
  guanxi_draft* d = owned.get();
  const record acme = s.account(li, "Acme");
  const guanxi_record* r = acme.get();
  const answer names = query(li, "select name from account");
  const guanxi_result* a = names.get();
  guanxi_tenant* tenant = nullptr;
  guanxi_session* session = nullptr;
  guanxi_draft* made = nullptr;
  guanxi_result* result = nullptr;
  guanxi_record* got = nullptr;
  guanxi_explanation* why = nullptr;
  guanxi_history* history = nullptr;
  guanxi_catalog* catalog = nullptr;
  guanxi_buffer* buffer = nullptr;
  std::int32_t i = 0;
  const char* text = nullptr;
  guanxi_value v = an_integer(1);
  const attempt attempts[] = {
      {"environment_create", [&](auto e) { return guanxi_environment_create(nullptr, e); }},
      {"set_clock", [&](auto e) {
         return guanxi_environment_set_clock(nullptr, nullptr, nullptr, nullptr, e); }},
      {"open", [&](auto e) { return guanxi_open(nullptr, nullptr, 0, nullptr, &tenant, e); }},
      {"open out", [&](auto e) { return guanxi_open(nullptr, "x.gx", 4, nullptr, nullptr, e); }},
      {"as_user", [&](auto e) { return guanxi_as_user(nullptr, "li", 2, &session, e); }},
      {"as_user login", [&](auto e) {
         return guanxi_as_user(s.crm.get(), nullptr, nts, &session, e); }},
      {"as_system", [&](auto e) { return guanxi_as_system(nullptr, "x", 1, &session, e); }},
      {"begin", [&](auto e) { return guanxi_begin(nullptr, e); }},
      {"commit", [&](auto e) { return guanxi_commit(nullptr, e); }},
      {"rollback", [&](auto e) { return guanxi_rollback(nullptr, e); }},
      {"slot", [&](auto e) { return guanxi_slot(nullptr, "account", 7, "name", 4, &i, e); }},
      {"slot out", [&](auto e) { return guanxi_slot(li, "account", 7, "name", 4, nullptr, e); }},
      {"draft", [&](auto e) { return guanxi_draft_create(nullptr, "account", 7, &made, e); }},
      {"draft entity", [&](auto e) { return guanxi_draft_create(li, nullptr, 7, &made, e); }},
      {"set_text", [&](auto e) { return guanxi_draft_set_text(nullptr, "name", 4, "x", 1, e); }},
      {"set_text field", [&](auto e) { return guanxi_draft_set_text(d, nullptr, 4, "x", 1, e); }},
      {"set_text text", [&](auto e) {
         return guanxi_draft_set_text(d, "name", 4, nullptr, 0, e); }},
      {"set_money", [&](auto e) {
         return guanxi_draft_set_money(d, "annual_revenue", nts, 1, 0, nullptr, 0, e); }},
      {"set_integer", [&](auto e) { return guanxi_draft_set_integer(nullptr, "name", 4, 1, e); }},
      {"set_null", [&](auto e) { return guanxi_draft_set_null(nullptr, "name", 4, e); }},
      {"set_at", [&](auto e) { return guanxi_draft_set_at(nullptr, 11, &v, e); }},
      {"set_at value", [&](auto e) { return guanxi_draft_set_at(d, 11, nullptr, e); }},
      {"create", [&](auto e) { return guanxi_create(nullptr, d, nullptr, nullptr, e); }},
      {"create draft", [&](auto e) { return guanxi_create(li, nullptr, nullptr, nullptr, e); }},
      {"change", [&](auto e) { return guanxi_change(li, 1, nullptr, nullptr, &got, e); }},
      {"get", [&](auto e) { return guanxi_get(nullptr, "account", 7, 1, &got, e); }},
      {"get out", [&](auto e) { return guanxi_get(li, "account", 7, 1, nullptr, e); }},
      {"delete", [&](auto e) { return guanxi_delete(nullptr, "account", 7, 1, nullptr, e); }},
      {"record", [&](auto e) { return guanxi_record_is_null(nullptr, "name", 4, &i, e); }},
      {"record out", [&](auto e) { return guanxi_record_is_null(r, "name", 4, nullptr, e); }},
      {"record text", [&](auto e) {
         return guanxi_record_text(r, "name", 4, nullptr, nullptr, e); }},
      {"record at", [&](auto e) { return guanxi_record_value_at(nullptr, 11, &v, e); }},
      {"record value", [&](auto e) { return guanxi_record_value(r, "name", 4, nullptr, e); }},
      {"parameters", [&](auto e) { return guanxi_parameters_create(nullptr, e); }},
      {"parameters set", [&](auto e) {
         return guanxi_parameters_set_integer(nullptr, "x", 1, 1, e); }},
      {"parameters append", [&](auto e) {
         return guanxi_parameters_append(nullptr, "x", 1, &v, e); }},
      {"query", [&](auto e) {
         return guanxi_query(nullptr, "select", 6, nullptr, nullptr, &result, e); }},
      {"query text", [&](auto e) {
         return guanxi_query(li, nullptr, 6, nullptr, nullptr, &result, e); }},
      {"query out", [&](auto e) {
         return guanxi_query(li, "select name from account", nts, nullptr, nullptr, nullptr, e); }},
      {"cell", [&](auto e) { return guanxi_result_text(nullptr, 0, 0, &text, nullptr, e); }},
      {"cell out", [&](auto e) { return guanxi_result_text(a, 0, 0, nullptr, nullptr, e); }},
      {"json", [&](auto e) { return guanxi_result_json(nullptr, &buffer, e); }},
      {"arrow", [&](auto e) { return guanxi_result_arrow_stream(a, nullptr, e); }},
      {"explain", [&](auto e) {
         return guanxi_explain(nullptr, 0, "account", 7, 1, nullptr, 0, &why, e); }},
      {"explain_for", [&](auto e) {
         return guanxi_explain_for(li, nullptr, 0, 0, "account", 7, 1, &why, e); }},
      {"history", [&](auto e) {
         return guanxi_history_read(nullptr, "account", 7, 1, &history, e); }},
      {"history entry", [&](auto e) { return guanxi_history_entry(nullptr, 0, nullptr, e); }},
      {"history field", [&](auto e) {
         return guanxi_history_field(nullptr, 0, 0, nullptr, nullptr, nullptr, e); }},
      {"define_entity", [&](auto e) { return guanxi_define_entity(nullptr, "{}", 2, e); }},
      {"define_field", [&](auto e) { return guanxi_define_field(li, nullptr, 0, "{}", 2, e); }},
      {"catalog", [&](auto e) { return guanxi_catalog_read(nullptr, &catalog, e); }},
      {"catalog entity", [&](auto e) { return guanxi_catalog_entity(nullptr, "a", 1, &i, e); }},
      {"catalog field", [&](auto e) { return guanxi_catalog_field(nullptr, 0, "a", 1, &i, e); }},
      {"import", [&](auto e) {
         return guanxi_import(li, nullptr, 0, "d", 1, nullptr, nullptr, &buffer, e); }},
      {"report", [&](auto e) { return guanxi_report(nullptr, "{}", 2, nullptr, &buffer, e); }},
      {"sample", [&](auto e) {
         return guanxi_generate_sample(nullptr, nullptr, nullptr, nullptr, &buffer, e); }},
  };
  for (const attempt& t : attempts) {
    fault f;
    EXPECT_EQ(t.call(f.out()), GUANXI_INVALID_ARGUMENT) << t.what << ": " << f.message();
    EXPECT_NE(f.message().find("is NULL"), std::string::npos) << t.what << ": " << f.message();
  }
}

TEST(capi_arguments, accessors_take_null) {
  EXPECT_EQ(guanxi_error_code(nullptr), GUANXI_OK);
  EXPECT_STREQ(guanxi_error_message(nullptr, nullptr), "");
  EXPECT_EQ(guanxi_error_offset(nullptr), -1);
  EXPECT_EQ(guanxi_error_other(nullptr, 0), nullptr);
  EXPECT_STREQ(guanxi_buffer_data(nullptr, nullptr), "");
  EXPECT_EQ(guanxi_record_id(nullptr), 0);
  EXPECT_EQ(guanxi_result_row_count(nullptr), 0);
  EXPECT_EQ(guanxi_explanation_is_allowed(nullptr), 0);
  EXPECT_EQ(guanxi_in_transaction(nullptr), 0);
  guanxi_interrupt(nullptr);
}

TEST(capi_arguments, text_that_is_not_utf8_is_refused_at_its_byte) {
  const store s;
  const draft d = new_draft(s.li.get(), "account");
  fault f;
  guanxi_session* session = nullptr;
  EXPECT_EQ(guanxi_as_user(s.crm.get(), "li\xff", nts, &session, f.out()), GUANXI_INVALID_TEXT);
  EXPECT_EQ(f.message(), "`login` is not UTF-8 at byte 2");
  EXPECT_EQ(guanxi_error_offset(f.get()), 2);
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "name", nts, "\xc3(", 2, f.out()), GUANXI_INVALID_TEXT);
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "\xed\xa0\x80", nts, "x", 1, f.out()),
            GUANXI_INVALID_TEXT);
  guanxi_result* result = nullptr;
  EXPECT_EQ(guanxi_query(s.li.get(), "select '\x80' from account", nts, nullptr, nullptr, &result,
                         f.out()), GUANXI_INVALID_TEXT);
}

TEST(capi_arguments, a_nul_within_a_text_is_refused) {
  const store s;
  const draft d = new_draft(s.li.get(), "account");
  fault f;
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "name\0x", 6, "x", 1, f.out()), GUANXI_INVALID_TEXT);
  EXPECT_EQ(f.message(), "`field` has a NUL at byte 4; pass its length without one");
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "name", 4, "a\0b", 3, f.out()), GUANXI_INVALID_TEXT);
  guanxi_draft* out = nullptr;
  EXPECT_EQ(guanxi_draft_create(s.li.get(), "account", 8, &out, f.out()), GUANXI_INVALID_TEXT);
}

TEST(capi_arguments, a_length_ends_a_text_before_its_nul) {
  const store s;
  fault f;
  guanxi_draft* out = nullptr;
  ASSERT_EQ(guanxi_draft_create(s.li.get(), "accounting", 7, &out, f.out()), GUANXI_OK)
      << f.message();
  guanxi_draft_release(out);
}

TEST(capi_arguments, an_older_struct_is_read_as_far_as_it_goes) {
  fault f;
  guanxi_open_options how = {};
  how.struct_size = offsetof(guanxi_open_options, read_only);
  how.read_only = 1;  // beyond what this caller's version has
  how.base_currency = reinterpret_cast<const char*>(1);
  guanxi_tenant* opened = nullptr;
  ASSERT_EQ(guanxi_open(nullptr, ":memory:", nts, &how, &opened, f.out()), GUANXI_OK)
      << f.message();
  guanxi_tenant_release(opened);
  how.struct_size = offsetof(guanxi_open_options, read_only) + 2;  // half a field is none
  ASSERT_EQ(guanxi_open(nullptr, ":memory:", nts, &how, &opened, f.out()), GUANXI_OK)
      << f.message();
  guanxi_tenant_release(opened);
  how.struct_size = 0;
  EXPECT_EQ(guanxi_open(nullptr, ":memory:", nts, &how, &opened, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(opened, nullptr);
}

TEST(capi_arguments, a_newer_struct_is_read_as_far_as_it_is_known) {
  struct newer {
    guanxi_open_options known;
    std::int64_t added;
  } how = {};
  how.known.struct_size = sizeof how;
  how.known.base_currency = "EUR";
  how.known.base_currency_length = 3;
  how.added = 1;
  fault f;
  guanxi_tenant* opened = nullptr;
  ASSERT_EQ(guanxi_open(nullptr, ":memory:", nts, &how.known, &opened, f.out()), GUANXI_OK)
      << f.message();
  guanxi_tenant_release(opened);
}

TEST(capi_arguments, an_older_value_is_written_as_far_as_it_goes) {
  const store s;
  const record acme = s.account(s.li.get(), "Acme");
  guanxi_value v = {};
  v.struct_size = offsetof(guanxi_value, text);
  v.text_length = 99;
  fault f;
  ASSERT_EQ(guanxi_record_value(acme.get(), "name", nts, &v, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(v.type, GUANXI_TYPE_TEXT);
  EXPECT_EQ(v.text, nullptr);
  EXPECT_EQ(v.text_length, 99U);
  v.struct_size = 0;
  EXPECT_EQ(guanxi_record_value(acme.get(), "name", nts, &v, f.out()), GUANXI_INVALID_ARGUMENT);
}

TEST(capi_arguments, versions_and_codes_have_names) {
  EXPECT_STREQ(guanxi_version(), GUANXI_VERSION_STRING);
  EXPECT_EQ(guanxi_version_number(), GUANXI_VERSION_MAJOR * 1000000 +
                                         GUANXI_VERSION_MINOR * 1000 + GUANXI_VERSION_PATCH);
  EXPECT_STREQ(guanxi_code_name(GUANXI_NOT_FOUND), "not_found");
  EXPECT_STREQ(guanxi_code_name(12345), "internal");
}

}  // namespace
