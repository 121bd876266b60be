#include "shop.hpp"

#include "support/c_store.hpp"

#include <cstddef>
#include <cstring>
#include <functional>

namespace {

using namespace shop;
using guanxi::test::c_offer;
using guanxi::test::c_shelf;

struct opened {
  std::int32_t code;
  tenant crm;
};

opened open_on(const guanxi_store& functions, void* self, fault& f) {
  guanxi_tenant* out = nullptr;
  const std::int32_t code = guanxi_open_store(nullptr, &functions, self, nullptr, &out, f.out());
  return {code, tenant(out)};
}

session admin_of(const tenant& crm) {
  fault f;
  guanxi_session* out = nullptr;
  must(guanxi_as_user(crm.get(), "admin", nts, &out, f.out()), f);
  return session(out);
}

std::int64_t count_of(const session& s, const char* entity) {
  const answer a = query(s.get(), "select count() from " + std::string(entity));
  fault f;
  std::int64_t out = -1;
  must(guanxi_result_integer(a.get(), 0, 0, &out, nullptr, f.out()), f);
  return out;
}

record named_account(const session& s, const char* name) {
  const draft d = new_draft(s.get(), "account");
  set(d, "name", name);
  return create(s.get(), d);
}

class capi_own_store : public testing::TestWithParam<c_offer> {};

TEST_P(capi_own_store, keeps_a_crm_between_two_openings) {
  c_shelf kept;
  fault f;
  std::int64_t acme = 0;
  {
    const opened first = open_on(c_shelf::functions(GetParam()), &kept, f);
    ASSERT_EQ(first.code, GUANXI_OK) << f.message();
    EXPECT_EQ(guanxi_tenant_is_fresh(first.crm.get()), 1);
    EXPECT_STREQ(guanxi_tenant_store_name(first.crm.get(), nullptr), "shelf");
    const session admin = admin_of(first.crm);
    acme = guanxi_record_id(named_account(admin, "茶叶").get());
    EXPECT_EQ(count_of(admin, "account"), 1);
  }
  const opened second = open_on(c_shelf::functions(GetParam()), &kept, f);
  ASSERT_EQ(second.code, GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_tenant_is_fresh(second.crm.get()), 0);
  const session admin = admin_of(second.crm);
  guanxi_record* out = nullptr;
  must(guanxi_get(admin.get(), "account", nts, acme, &out, f.out()), f);
  EXPECT_EQ(text_of(record(out), "name"), "茶叶");
}

TEST_P(capi_own_store, has_transactions_if_it_offers_them) {
  c_shelf kept;
  fault f;
  const opened at = open_on(c_shelf::functions(GetParam()), &kept, f);
  const session admin = admin_of(at.crm);
  const std::int32_t begun = guanxi_begin(admin.get(), f.out());
  if (GetParam() == c_offer::plain) {
    EXPECT_EQ(begun, GUANXI_UNSUPPORTED) << "many-record atomicity is absent, and said to be";
    return;
  }
  ASSERT_EQ(begun, GUANXI_OK) << f.message();
  named_account(admin, "Acme");
  const draft nameless = new_draft(admin.get(), "account");
  guanxi_record* out = nullptr;
  EXPECT_EQ(guanxi_create(admin.get(), nameless.get(), nullptr, &out, f.out()), GUANXI_VALIDATION);
  EXPECT_EQ(count_of(admin, "account"), 1) << "a failed call undoes itself only";
  must(guanxi_rollback(admin.get(), f.out()), f);
  EXPECT_EQ(count_of(admin, "account"), 0);
}

TEST_P(capi_own_store, keeps_its_rows_when_a_field_is_added) {
  c_shelf kept;
  fault f;
  const opened at = open_on(c_shelf::functions(GetParam()), &kept, f);
  const session admin = admin_of(at.crm);
  const record acme = named_account(admin, "Acme");
  constexpr const char* field = R"({"name": "x_tier", "type": "text"})";
  must(guanxi_define_field(admin.get(), "account", nts, field, nts, f.out()), f);
  guanxi_record* out = nullptr;
  must(guanxi_get(admin.get(), "account", nts, guanxi_record_id(acme.get()), &out, f.out()), f);
  const record again(out);
  EXPECT_EQ(text_of(again, "name"), "Acme");
  EXPECT_EQ(text_of(again, "x_tier"), "null");
}

INSTANTIATE_TEST_SUITE_P(on, capi_own_store,
                         testing::Values(c_offer::plain, c_offer::transactions, c_offer::all),
                         [](const auto& info) {
                           return info.param == c_offer::plain          ? "plain"
                                  : info.param == c_offer::transactions ? "transactions"
                                                                        : "all";
                         });

TEST(capi_store_functions, write_nothing_where_they_are_opened_to_be_read) {
  c_shelf kept;
  fault f;
  guanxi_open_options how = {};
  how.struct_size = sizeof how;
  how.read_only = 1;
  const guanxi_store functions = c_shelf::functions(c_offer::transactions);
  guanxi_tenant* none = nullptr;
  EXPECT_EQ(guanxi_open_store(nullptr, &functions, &kept, &how, &none, f.out()), GUANXI_READ_ONLY);
  ASSERT_EQ(open_on(functions, &kept, f).code, GUANXI_OK) << f.message();
  guanxi_tenant* out = nullptr;
  ASSERT_EQ(guanxi_open_store(nullptr, &functions, &kept, &how, &out, f.out()), GUANXI_OK)
      << f.message();
  const tenant crm(out);
  const session admin = admin_of(crm);
  const draft d = new_draft(admin.get(), "account");
  set(d, "name", "Acme");
  guanxi_record* made = nullptr;
  EXPECT_EQ(guanxi_create(admin.get(), d.get(), nullptr, &made, f.out()), GUANXI_READ_ONLY);
}

TEST(capi_store_functions, come_in_groups) {
  c_shelf kept;
  fault f;
  const auto refused = [&](auto spoil) {
    guanxi_store functions = c_shelf::functions(c_offer::all);
    spoil(functions);
    EXPECT_EQ(open_on(functions, &kept, f).code, GUANXI_INVALID_ARGUMENT);
    return f.message();
  };
  EXPECT_NE(refused([](auto& s) { s.scan = nullptr; }).find("`scan`"), std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.commit = nullptr; }).find("come together"), std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.undo = nullptr; }).find("come together"), std::string::npos);
  EXPECT_EQ(open_on(c_shelf::functions(c_offer::plans), &kept, f).code, GUANXI_OK);
  EXPECT_NE(refused([](auto& s) {
              s.plan = c_shelf::functions(c_offer::plans).plan;
            }).find("`plan` and `execute` of `store` come together"),
            std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.struct_size = 0; }).find("`struct_size` of `store`"),
            std::string::npos);
  EXPECT_NE(refused([](auto& s) { s.begin = s.commit = s.rollback = nullptr; }).find("savepoint"),
            std::string::npos);
}

TEST(capi_store_functions, of_a_shorter_struct_are_those_that_it_has) {
  c_shelf kept;
  fault f;
  guanxi_store functions = c_shelf::functions(c_offer::all);
  functions.struct_size = offsetof(guanxi_store, migrate);
  const opened at = open_on(functions, &kept, f);
  ASSERT_EQ(at.code, GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_begin(admin_of(at.crm).get(), f.out()), GUANXI_UNSUPPORTED);
}

/// A shelf that counts its releases and can be told to misbehave by hand.
struct told_shelf : c_shelf {
  int releases = 0;
  guanxi_answer* answer = nullptr;
  guanxi_session* session = nullptr;
  std::int32_t inner = GUANXI_OK;
};

told_shelf& told(void* self) { return *static_cast<told_shelf*>(static_cast<c_shelf*>(self)); }

guanxi_store functions_of_told() {
  guanxi_store out = c_shelf::functions(c_offer::transactions);
  out.release = [](void* self) { ++told(self).releases; };
  return out;
}

TEST(capi_store_release, is_called_once_and_last) {
  told_shelf self;
  fault f;
  opened at = open_on(functions_of_told(), static_cast<c_shelf*>(&self), f);
  session admin = admin_of(at.crm);
  at.crm.reset();
  EXPECT_EQ(self.releases, 0) << "a session keeps its store";
  admin.reset();
  EXPECT_EQ(self.releases, 1);
}

TEST(capi_store_release, is_not_called_after_a_failed_open) {
  told_shelf self;
  fault f;
  guanxi_store functions = functions_of_told();
  functions.get = [](void*, const guanxi_table*, std::int64_t, guanxi_answer* a) {
    guanxi_answer_explain(a, "the disk is gone", nts, 5, nullptr);
    return std::int32_t{GUANXI_STORE_IO};
  };
  EXPECT_EQ(open_on(functions, static_cast<c_shelf*>(&self), f).code, GUANXI_STORE_IO);
  EXPECT_EQ(f.message(), "the disk is gone");
  EXPECT_EQ(guanxi_error_store_code(f.get()), 5);
  EXPECT_EQ(self.releases, 0) << "what was not taken is the caller's";
}

TEST(capi_store_answer, is_refused_outside_of_its_call) {
  told_shelf self;
  fault f;
  guanxi_store functions = functions_of_told();
  functions.scan = [](void* given, const guanxi_table* table, std::int64_t after,
                      std::uint64_t at_most, guanxi_answer* a) {
    told(given).answer = a;
    return c_shelf::functions(c_offer::plain).scan(given, table, after, at_most, a);
  };
  const opened at = open_on(functions, static_cast<c_shelf*>(&self), f);
  ASSERT_EQ(at.code, GUANXI_OK) << f.message();
  guanxi_value v = an_integer(1);
  EXPECT_EQ(guanxi_answer_row(self.answer, &v, 1, nullptr, f.out()), GUANXI_MISUSE);
  EXPECT_EQ(guanxi_answer_explain(self.answer, "late", nts, 0, f.out()), GUANXI_MISUSE);
}

TEST(capi_store_functions, may_not_use_their_tenant) {
  told_shelf self;
  fault f;
  guanxi_store functions = functions_of_told();
  functions.put = [](void* given, const guanxi_table* table, const guanxi_value* const* row,
                     std::size_t count, std::int64_t expected, guanxi_answer* a) {
    told_shelf& me = told(given);
    if (me.session) {
      guanxi_result* none = nullptr;
      me.inner = guanxi_query(me.session, "select name from account", nts, nullptr, nullptr, &none,
                              nullptr);
      EXPECT_EQ(guanxi_commit(me.session, nullptr), GUANXI_MISUSE);
      EXPECT_EQ(guanxi_rollback(me.session, nullptr), GUANXI_MISUSE);
      EXPECT_EQ(guanxi_begin(me.session, nullptr), GUANXI_MISUSE);
    }
    return c_shelf::functions(c_offer::plain).put(given, table, row, count, expected, a);
  };
  const opened at = open_on(functions, static_cast<c_shelf*>(&self), f);
  ASSERT_EQ(at.code, GUANXI_OK) << f.message();
  const session admin = admin_of(at.crm), other = admin_of(at.crm);
  self.session = other.get();
  named_account(admin, "Acme");
  EXPECT_EQ(self.inner, GUANXI_MISUSE);
  self.session = admin.get();
  self.inner = GUANXI_OK;
  must(guanxi_begin(admin.get(), f.out()), f);
  named_account(admin, "Beta");
  EXPECT_EQ(self.inner, GUANXI_MISUSE) << "the very session that runs";
  self.session = nullptr;
  must(guanxi_commit(admin.get(), f.out()), f);
  EXPECT_EQ(count_of(admin, "account"), 2);
}

TEST(capi_store_functions, of_a_struct_before_plans_are_scanned) {
  c_shelf kept;
  fault f;
  guanxi_store functions = c_shelf::functions(c_offer::plans);
  functions.struct_size = offsetof(guanxi_store, plan);
  functions.plan = [](void*, const guanxi_table*, const guanxi_request*, guanxi_answer*) {
    ADD_FAILURE() << "it lies beyond the struct";
    return std::int32_t{GUANXI_STORE_IO};
  };
  const opened at = open_on(functions, &kept, f);
  ASSERT_EQ(at.code, GUANXI_OK) << f.message();
  EXPECT_EQ(count_of(admin_of(at.crm), "account"), 0);
}

/// A shelf whose plan does what a test says.
struct planning_shelf : c_shelf {
  std::function<std::int32_t(const guanxi_table*, const guanxi_request*, guanxi_answer*)> plan;
  const guanxi_request* kept_request = nullptr;
  guanxi_answer* kept_answer = nullptr;
};

planning_shelf& planning(void* self) {
  return *static_cast<planning_shelf*>(static_cast<c_shelf*>(self));
}

guanxi_store functions_of_planning() {
  guanxi_store out = c_shelf::functions(c_offer::plans);
  out.plan = [](void* self, const guanxi_table* table, const guanxi_request* request,
                guanxi_answer* answer) {
    planning_shelf& me = planning(self);
    return me.plan ? me.plan(table, request, answer) : GUANXI_OK;
  };
  return out;
}

TEST(capi_store_request, says_what_a_query_wants) {
  planning_shelf self;
  fault f;
  const opened at = open_on(functions_of_planning(), static_cast<c_shelf*>(&self), f);
  ASSERT_EQ(at.code, GUANXI_OK) << f.message();
  const session admin = admin_of(at.crm);
  std::string told;
  self.plan = [&](const guanxi_table* table, const guanxi_request* request, guanxi_answer* answer) {
    const auto name_of = [&](std::int32_t slot) {
      guanxi_field_info field = {};
      field.struct_size = sizeof field;
      EXPECT_EQ(guanxi_table_field(table, slot, &field, nullptr), GUANXI_OK);
      EXPECT_EQ(guanxi_request_wants(request, slot), 1);
      return std::string(field.name);
    };
    for (std::int32_t t = 0; t < guanxi_request_term_count(request); ++t) {
      guanxi_request_term term = {};
      term.struct_size = sizeof term;
      EXPECT_EQ(guanxi_request_term_info(request, t, &term, nullptr), GUANXI_OK);
      told += name_of(term.slot) + " " + std::to_string(term.comparison);
      for (std::int32_t c = 0; c < term.constant_count; ++c) {
        guanxi_value v = {};
        v.struct_size = sizeof v;
        EXPECT_EQ(guanxi_request_constant(request, t, c, &v, nullptr), GUANXI_OK);
        told += v.type == GUANXI_TYPE_TEXT ? " " + std::string(v.text, v.text_length)
                                           : " " + std::to_string(v.integer) + "e-" +
                                                 std::to_string(v.scale);
      }
      told += "; ";
    }
    for (std::int32_t k = 0; k < guanxi_request_sort_count(request); ++k) {
      guanxi_request_sort key = {};
      key.struct_size = sizeof key;
      EXPECT_EQ(guanxi_request_sort_info(request, k, &key, nullptr), GUANXI_OK);
      told += "by " + name_of(key.slot) + std::to_string(key.is_descending) +
              std::to_string(key.nulls_first);
    }
    told += " " + std::to_string(guanxi_request_limit(request)) + " after " +
            std::to_string(guanxi_request_after(request));
    guanxi_value none = {};
    none.struct_size = sizeof none;
    guanxi_error* err = nullptr;
    EXPECT_EQ(guanxi_request_constant(request, 0, 0, &none, &err), GUANXI_INVALID_ARGUMENT);
    guanxi_error_release(err);
    EXPECT_EQ(guanxi_answer_verdict(answer, 4, GUANXI_VERDICT_EXACT, nullptr),
              GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(guanxi_answer_verdict(answer, -1, GUANXI_VERDICT_EXACT, nullptr),
              GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(guanxi_answer_verdict(answer, 0, 3, nullptr), GUANXI_INVALID_ARGUMENT);
    guanxi_value row = an_integer(1);
    EXPECT_EQ(guanxi_answer_row(answer, &row, 1, nullptr, nullptr), GUANXI_MISUSE);
    self.kept_request = request;
    self.kept_answer = answer;
    return std::int32_t{GUANXI_OK};
  };
  query(admin.get(), "select name from account where annual_revenue >= 12.5 and city in ('b', 'a') "
                     "order by name desc limit 7");
  EXPECT_EQ(told, "deletion_batch 8; archived 8; annual_revenue 6 1250e-2; city 7 a b; by name10 7 "
                  "after 0");
  EXPECT_EQ(guanxi_request_term_count(self.kept_request), 0) << "it is empty once plan is over";
  EXPECT_EQ(guanxi_request_wants(self.kept_request, 0), 0);
  EXPECT_EQ(guanxi_answer_verdict(self.kept_answer, 0, 0, f.out()), GUANXI_MISUSE);
  EXPECT_EQ(guanxi_answer_sorts(self.kept_answer, f.out()), GUANXI_MISUSE);
}

TEST(capi_store_request, fails_with_what_plan_says) {
  planning_shelf self;
  fault f;
  const opened at = open_on(functions_of_planning(), static_cast<c_shelf*>(&self), f);
  ASSERT_EQ(at.code, GUANXI_OK) << f.message();
  const session admin = admin_of(at.crm);
  self.plan = [](const guanxi_table*, const guanxi_request*, guanxi_answer* answer) {
    guanxi_answer_explain(answer, "the index is gone", nts, 7, nullptr);
    return std::int32_t{GUANXI_STORE_IO};
  };
  guanxi_result* none = nullptr;
  EXPECT_EQ(guanxi_query(admin.get(), "select name from account", nts, nullptr, nullptr, &none,
                         f.out()),
            GUANXI_STORE_IO);
  EXPECT_EQ(f.message(), "the index is gone");
  EXPECT_EQ(guanxi_error_store_code(f.get()), 7);
}

TEST(capi_store_table, tells_its_fields) {
  struct seen_shelf : c_shelf {
    std::string fields;
  } self;
  fault f;
  guanxi_store functions = c_shelf::functions(c_offer::all);
  functions.migrate = [](void* given, const guanxi_table* table, std::int32_t slot,
                         guanxi_answer* a) {
    auto& me = *static_cast<seen_shelf*>(static_cast<c_shelf*>(given));
    if (std::strcmp(guanxi_table_name(table, nullptr), "opportunity") == 0 && slot == -1) {
      for (std::int32_t i = 0; i < guanxi_table_slots(table); ++i) {
        guanxi_field_info field = {};
        field.struct_size = sizeof field;
        EXPECT_EQ(guanxi_table_field(table, i, &field, nullptr), GUANXI_OK);
        me.fields += std::string(field.name) + ":" + std::to_string(field.kind) + " ";
      }
      guanxi_field_info none = {};
      none.struct_size = sizeof none;
      EXPECT_EQ(guanxi_table_field(table, guanxi_table_slots(table), &none, nullptr),
                GUANXI_INVALID_ARGUMENT);
    }
    return c_shelf::functions(c_offer::all).migrate(given, table, slot, a);
  };
  const opened at = open_on(functions, static_cast<c_shelf*>(&self), f);
  ASSERT_EQ(at.code, GUANXI_OK) << f.message();
  EXPECT_EQ(self.fields.rfind("id:9 revision:2 owner:9", 0), 0u) << self.fields;
  EXPECT_NE(self.fields.find("amount:4 "), std::string::npos) << self.fields;
}

}  // namespace
