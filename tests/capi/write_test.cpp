#include "shop.hpp"

#include <cstddef>

namespace {

using namespace shop;

TEST(capi_write, gives_the_record_as_it_was_stored) {
  const store s;
  const record acme = s.account(s.li.get(), "Acme");
  EXPECT_GT(guanxi_record_id(acme.get()), 0);
  EXPECT_EQ(guanxi_record_revision(acme.get()), 1);
  EXPECT_STREQ(guanxi_record_entity(acme.get(), nullptr), "account");
  EXPECT_EQ(text_of(acme, "name"), "Acme");
  EXPECT_EQ(text_of(acme, "classification"), "prospect");
  EXPECT_EQ(text_of(acme, "phone"), "null");
  fault f;
  std::int64_t at = 0;
  EXPECT_EQ(guanxi_record_instant(acme.get(), "created_at", nts, &at, nullptr, f.out()), GUANXI_OK)
      << f.message();
  EXPECT_EQ(at, store::now);
}

TEST(capi_write, every_type_comes_back_as_it_went_in) {
  const store s;
  const draft d = new_draft(s.li.get(), "opportunity");
  fault f;
  set(d, "name", "关系");
  point(d, "stage", s.qualified);
  ASSERT_EQ(guanxi_draft_set_money(d.get(), "amount", nts, 10965, 1, "CNY", nts, f.out()),
            GUANXI_OK) << f.message();
  ASSERT_EQ(guanxi_draft_set_date(d.get(), "close_date", nts, 20458, f.out()), GUANXI_OK);
  const record r = create(s.li.get(), d);
  std::int64_t coefficient = 0, id = 0;
  std::int32_t scale = 0, days = 0, is_null = 7;
  const char* currency = nullptr;
  EXPECT_EQ(guanxi_record_money(r.get(), "amount", nts, &coefficient, &scale, &currency, nullptr,
                                f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(coefficient, 109650);
  EXPECT_EQ(scale, 2);
  EXPECT_STREQ(currency, "CNY");
  EXPECT_EQ(guanxi_record_date(r.get(), "close_date", nts, &days, &is_null, f.out()), GUANXI_OK);
  EXPECT_EQ(days, 20458);
  EXPECT_EQ(is_null, 0);
  EXPECT_EQ(guanxi_record_reference(r.get(), "stage", nts, &id, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(id, s.qualified);
  std::size_t length = 0;
  const char* name = nullptr;
  EXPECT_EQ(guanxi_record_text(r.get(), "name", nts, &name, &length, f.out()), GUANXI_OK);
  EXPECT_EQ(std::string_view(name, length), "关系");
  EXPECT_EQ(name[length], '\0');
}

TEST(capi_write, slots_reach_what_names_reach) {
  const store s;
  fault f;
  std::int32_t name = -1, employees = -1;
  ASSERT_EQ(guanxi_slot(s.li.get(), "account", nts, "name", nts, &name, f.out()), GUANXI_OK);
  ASSERT_EQ(guanxi_slot(s.li.get(), "account", nts, "employees", nts, &employees, f.out()),
            GUANXI_OK);
  const draft d = new_draft(s.li.get(), "account");
  const guanxi_value acme = a_text("Acme"), forty = an_integer(40);
  ASSERT_EQ(guanxi_draft_set_at(d.get(), name, &acme, f.out()), GUANXI_OK);
  ASSERT_EQ(guanxi_draft_set_at(d.get(), employees, &forty, f.out()), GUANXI_OK);
  const record r = create(s.li.get(), d);
  guanxi_value v = {};
  v.struct_size = sizeof v;
  EXPECT_EQ(guanxi_record_value_at(r.get(), employees, &v, f.out()), GUANXI_OK);
  EXPECT_EQ(v.type, GUANXI_TYPE_INTEGER);
  EXPECT_EQ(v.integer, 40);
  EXPECT_EQ(guanxi_record_value_at(r.get(), 5000, &v, f.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_draft_set_at(d.get(), -1, &forty, f.out()), GUANXI_UNKNOWN_NAME);
}

TEST(capi_write, a_value_that_is_none_is_refused) {
  const store s;
  fault f;
  const draft d = new_draft(s.li.get(), "opportunity");
  std::int32_t slot = -1;
  ASSERT_EQ(guanxi_slot(s.li.get(), "opportunity", nts, "amount", nts, &slot, f.out()), GUANXI_OK);
  const auto refused = [&](std::int32_t type, std::int64_t integer, std::int32_t scale) {
    guanxi_value v = an_integer(integer);
    v.type = type;
    v.scale = scale;
    return guanxi_draft_set_at(d.get(), slot, &v, f.out());
  };
  EXPECT_EQ(refused(8, 0, 0), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(refused(-1, 0, 0), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(refused(GUANXI_TYPE_DECIMAL, 1, 19), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(refused(GUANXI_TYPE_DATE, INT64_MAX, 0), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(refused(GUANXI_TYPE_REFERENCE, 0, 0), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(refused(GUANXI_TYPE_TEXT, 0, 0), GUANXI_INVALID_ARGUMENT) << "a text needs its text";
  EXPECT_EQ(refused(GUANXI_TYPE_BOOLEAN, 1, 0), GUANXI_TYPE_MISMATCH);
  EXPECT_EQ(refused(GUANXI_TYPE_DECIMAL, 10965000, 2), GUANXI_OK) << f.message();
  guanxi_value bad = a_text("\xff");
  EXPECT_EQ(guanxi_draft_set_at(d.get(), slot, &bad, f.out()), GUANXI_INVALID_TEXT);
  bad.struct_size = 0;
  EXPECT_EQ(guanxi_draft_set_at(d.get(), slot, &bad, f.out()), GUANXI_INVALID_ARGUMENT);
}

TEST(capi_write, a_null_is_never_taken_for_a_zero) {
  const store s;
  const record acme = s.account(s.li.get(), "Acme");
  fault f;
  std::int64_t count = 7;
  std::int32_t is_null = 0;
  EXPECT_EQ(guanxi_record_integer(acme.get(), "employees", nts, &count, nullptr, f.out()),
            GUANXI_TYPE_MISMATCH);
  EXPECT_EQ(f.message(), "`employees` is null; pass `is_null` to be told of nulls");
  EXPECT_EQ(guanxi_record_integer(acme.get(), "employees", nts, &count, &is_null, f.out()),
            GUANXI_OK);
  EXPECT_EQ(is_null, 1);
  EXPECT_EQ(count, 0);
}

TEST(capi_write, a_getter_of_another_type_says_what_the_field_is) {
  const store s;
  const record acme = s.account(s.li.get(), "Acme");
  fault f;
  std::int64_t number = 0;
  EXPECT_EQ(guanxi_record_integer(acme.get(), "name", nts, &number, nullptr, f.out()),
            GUANXI_TYPE_MISMATCH);
  EXPECT_EQ(f.message(), "`name` is of type text, not integer");
}

TEST(capi_write, moving_the_stage_moves_what_follows_it) {
  const store s;
  const record deal = s.deal(s.li.get(), "Tills", 100);
  const draft d = new_draft(s.li.get(), "opportunity");
  point(d, "stage", s.proposal);
  fault f;
  guanxi_record* out = nullptr;
  ASSERT_EQ(guanxi_change(s.li.get(), guanxi_record_id(deal.get()), d.get(), nullptr, &out,
                          f.out()), GUANXI_OK) << f.message();
  const record moved(out);
  std::int64_t percent = 0;
  std::int32_t scale = 0;
  EXPECT_EQ(guanxi_record_decimal(out, "probability", nts, &percent, &scale, nullptr, f.out()),
            GUANXI_OK);
  EXPECT_EQ(percent, 6000);
  EXPECT_EQ(scale, 2);
  EXPECT_EQ(s.count("stage_visit"), 2);
}

TEST(capi_write, a_refused_create_says_why_and_stores_nothing) {
  const store s;
  const draft d = new_draft(s.li.get(), "stage");
  set(d, "name", "Mine");
  point(d, "pipeline", 1);
  fault f;
  guanxi_record* out = nullptr;
  EXPECT_EQ(guanxi_create(s.li.get(), d.get(), nullptr, &out, f.out()), GUANXI_PERMISSION);
  EXPECT_EQ(out, nullptr);
  EXPECT_STREQ(guanxi_error_name(f.get()), "permission");
  EXPECT_STREQ(guanxi_error_entity(f.get(), nullptr), "stage");
  EXPECT_NE(f.message().find("stage"), std::string::npos) << f.message();
  EXPECT_EQ(s.count("stage"), 2);
}

TEST(capi_write, validation_names_every_fault) {
  const store s;
  const draft d = new_draft(s.li.get(), "opportunity");
  fault f;
  EXPECT_EQ(guanxi_create(s.li.get(), d.get(), nullptr, nullptr, f.out()), GUANXI_VALIDATION);
  ASSERT_EQ(guanxi_error_other_count(f.get()), 1) << f.message();
  const guanxi_error* other = guanxi_error_other(f.get(), 0);
  EXPECT_EQ(guanxi_error_code(other), GUANXI_VALIDATION);
  EXPECT_EQ(f.field(), "name");
  EXPECT_STREQ(guanxi_error_field(other, nullptr), "stage");
  EXPECT_EQ(guanxi_error_other(f.get(), 1), nullptr);
  EXPECT_EQ(guanxi_error_other(f.get(), -1), nullptr);
}

TEST(capi_write, a_stale_revision_is_a_conflict) {
  const store s;
  const record acme = s.account(s.li.get(), "Acme");
  const draft d = new_draft(s.li.get(), "account");
  set(d, "city", "Lisbon");
  guanxi_write_options how = {};
  how.struct_size = sizeof how;
  how.expected_revision = 1;
  fault f;
  EXPECT_EQ(guanxi_change(s.li.get(), guanxi_record_id(acme.get()), d.get(), &how, nullptr,
                          f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_change(s.li.get(), guanxi_record_id(acme.get()), d.get(), &how, nullptr,
                          f.out()), GUANXI_CONFLICT);
  EXPECT_EQ(guanxi_delete(s.li.get(), "account", nts, guanxi_record_id(acme.get()), &how, f.out()),
            GUANXI_CONFLICT);
}

TEST(capi_write, a_deleted_record_is_not_found) {
  const store s;
  const std::int64_t id = guanxi_record_id(s.account(s.li.get(), "Acme").get());
  fault f;
  guanxi_record* out = nullptr;
  EXPECT_EQ(guanxi_delete(s.li.get(), "account", nts, id, nullptr, f.out()), GUANXI_OK)
      << f.message();
  EXPECT_EQ(guanxi_get(s.li.get(), "account", nts, id, &out, f.out()), GUANXI_NOT_FOUND);
  EXPECT_EQ(out, nullptr);
}

TEST(capi_write, a_record_out_of_sight_is_one_that_does_not_exist) {
  const store s;
  const std::int64_t id = guanxi_record_id(s.account(s.li.get(), "Acme").get());
  fault hidden, missing;
  guanxi_record* out = nullptr;
  EXPECT_EQ(guanxi_get(s.wang.get(), "account", nts, id, &out, hidden.out()), GUANXI_NOT_FOUND);
  EXPECT_EQ(guanxi_get(s.wang.get(), "account", nts, 999, &out, missing.out()), GUANXI_NOT_FOUND);
  std::string expected = missing.message();
  expected.replace(expected.find("999"), 3, std::to_string(id));
  EXPECT_EQ(hidden.message(), expected);
}

TEST(capi_write, a_hidden_field_is_one_that_does_not_exist) {
  const store s;
  s.hide("account", "phone");
  const record acme = s.account(s.li.get(), "Acme");
  const draft d = new_draft(s.li.get(), "account");
  fault hidden, missing;
  const auto same = [&](const char* what) {
    std::string expected = missing.message();
    for (std::size_t at; (at = expected.find("phoNe")) != std::string::npos;)
      expected.replace(at, 5, "phone");
    EXPECT_EQ(hidden.message(), expected) << what;
  };
  const char* text = nullptr;
  EXPECT_EQ(guanxi_record_text(acme.get(), "phone", nts, &text, nullptr, hidden.out()),
            GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_record_text(acme.get(), "phoNe", nts, &text, nullptr, missing.out()),
            GUANXI_UNKNOWN_NAME);
  same("record");
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "phone", nts, "1", 1, hidden.out()),
            GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "phoNe", nts, "1", 1, missing.out()),
            GUANXI_UNKNOWN_NAME);
  same("draft");
  std::int32_t slot = 0, visible = 1;
  EXPECT_EQ(guanxi_slot(s.li.get(), "account", nts, "phone", nts, &slot, hidden.out()),
            GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(slot, -1);
  EXPECT_EQ(guanxi_record_is_visible(acme.get(), "phone", nts, &visible, hidden.out()), GUANXI_OK);
  EXPECT_EQ(visible, 0);
  EXPECT_EQ(guanxi_record_is_visible(acme.get(), "name", nts, &visible, hidden.out()), GUANXI_OK);
  EXPECT_EQ(visible, 1);
  ASSERT_EQ(guanxi_slot(s.system.get(), "account", nts, "phone", nts, &slot, hidden.out()),
            GUANXI_OK);
  guanxi_value v = a_text("1");
  EXPECT_EQ(guanxi_draft_set_at(d.get(), slot, &v, hidden.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_record_value_at(acme.get(), slot, &v, hidden.out()), GUANXI_UNKNOWN_NAME);
}

TEST(capi_write, a_failed_set_leaves_the_draft_as_it_was) {
  const store s;
  const draft d = new_draft(s.li.get(), "opportunity");
  set(d, "name", "Tills");
  point(d, "stage", s.qualified);
  fault f;
  ASSERT_EQ(guanxi_draft_set_money(d.get(), "amount", nts, 100, 2, "EUR", nts, f.out()), GUANXI_OK);
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "currency", nts, "USD", 3, f.out()),
            GUANXI_MIXED_CURRENCY);
  EXPECT_EQ(guanxi_draft_set_money(d.get(), "amount", nts, 5, 3, "EUR", nts, f.out()),
            GUANXI_VALIDATION);
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "forecast_category", nts, "certain", nts, f.out()),
            GUANXI_VALIDATION);
  EXPECT_EQ(f.field(), "forecast_category");
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "nam", nts, "x", 1, f.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(f.message(), "no field `nam` on `opportunity`; did you mean `name`?");
  EXPECT_EQ(guanxi_draft_set_text(d.get(), "currency", nts, "CNY", 3, f.out()),
            GUANXI_MIXED_CURRENCY) << "the currency still belongs to the amount";
  const record r = create(s.li.get(), d);
  std::int64_t amount = 0;
  std::int32_t scale = 0;
  const char* currency = nullptr;
  EXPECT_EQ(guanxi_record_money(r.get(), "amount", nts, &amount, &scale, &currency, nullptr,
                                f.out()), GUANXI_OK);
  EXPECT_EQ(amount, 100);
  EXPECT_STREQ(currency, "EUR");
}

TEST(capi_write, values_out_of_range_are_refused) {
  const store s;
  const draft d = new_draft(s.li.get(), "opportunity");
  fault f;
  EXPECT_EQ(guanxi_draft_set_decimal(d.get(), "amount", nts, 1, 19, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_draft_set_decimal(d.get(), "amount", nts, 1, -1, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_draft_set_date(d.get(), "close_date", nts, INT32_MAX, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_draft_set_instant(d.get(), "stage_entered_at", nts, INT64_MIN, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_draft_set_reference(d.get(), "account", nts, 0, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_NE(guanxi_draft_set_money(d.get(), "amount", nts, 1, 2, "dollars", nts, f.out()),
            GUANXI_OK);
}

TEST(capi_write, a_transaction_is_seen_at_its_commit_or_never) {
  const store s;
  fault f;
  ASSERT_EQ(guanxi_begin(s.li.get(), f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_in_transaction(s.li.get()), 1);
  EXPECT_EQ(guanxi_begin(s.li.get(), f.out()), GUANXI_MISUSE);
  s.account(s.li.get(), "Acme");
  ASSERT_EQ(guanxi_rollback(s.li.get(), f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(s.count("account"), 0);
  ASSERT_EQ(guanxi_begin(s.li.get(), f.out()), GUANXI_OK) << f.message();
  s.account(s.li.get(), "Acme");
  ASSERT_EQ(guanxi_commit(s.li.get(), f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(s.count("account"), 1);
  EXPECT_EQ(guanxi_in_transaction(s.li.get()), 0);
  EXPECT_EQ(guanxi_commit(s.li.get(), f.out()), GUANXI_MISUSE);
  EXPECT_EQ(guanxi_rollback(s.li.get(), f.out()), GUANXI_MISUSE);
}

TEST(capi_write, many_are_written_together_and_read_back) {
  const store s;
  const draft acme = new_draft(s.li.get(), "account"), beta = new_draft(s.li.get(), "account");
  set(acme, "name", "Acme");
  set(beta, "name", "Beta");
  const std::int64_t known = guanxi_record_id(create(s.li.get(), acme).get());
  const guanxi_draft* drafts[] = {beta.get(), beta.get(), acme.get()};
  std::int64_t ids[] = {0, known, 0};
  fault f;
  ASSERT_EQ(guanxi_put_many(s.li.get(), drafts, ids, 3, nullptr, nullptr, nullptr, f.out()),
            GUANXI_OK) << f.message();
  EXPECT_GT(ids[0], 0);
  EXPECT_EQ(ids[1], known);
  EXPECT_EQ(s.count("account"), 3);
  const std::int64_t asked[] = {known, 987'654, ids[2]};
  guanxi_record* found[3];
  ASSERT_EQ(guanxi_get_many(s.li.get(), "account", nts, asked, found, 3, f.out()), GUANXI_OK);
  const record first(found[0]), last(found[2]);
  EXPECT_EQ(text_of(first, "name"), "Beta");
  EXPECT_EQ(found[1], nullptr) << "what is missing is no record";
  EXPECT_EQ(text_of(last, "name"), "Acme");
}

TEST(capi_write, a_batch_that_fails_leaves_ids_as_they_were) {
  const store s;
  const draft good = new_draft(s.li.get(), "account"), bad = new_draft(s.li.get(), "account");
  set(good, "name", "Acme");
  const guanxi_draft* drafts[] = {good.get(), bad.get()};
  std::int64_t ids[] = {0, 0};
  fault f;
  EXPECT_EQ(guanxi_put_many(s.li.get(), drafts, ids, 2, nullptr, nullptr, nullptr, f.out()),
            GUANXI_VALIDATION);
  EXPECT_EQ(guanxi_error_line(f.get()), 2);
  EXPECT_EQ(ids[0], 0);
  EXPECT_EQ(s.count("account"), 0);
  drafts[1] = nullptr;
  EXPECT_EQ(guanxi_put_many(s.li.get(), drafts, ids, 2, nullptr, nullptr, nullptr, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(f.message(), "`drafts` is NULL");
  EXPECT_EQ(guanxi_put_many(s.li.get(), nullptr, nullptr, 0, nullptr, nullptr, nullptr, f.out()),
            GUANXI_OK) << "none is a number too";
  guanxi_record* found[1] = {reinterpret_cast<guanxi_record*>(&f)};
  EXPECT_EQ(guanxi_get_many(s.li.get(), "acount", nts, ids, found, 1, f.out()),
            GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(found[0], nullptr);
}

}  // namespace
