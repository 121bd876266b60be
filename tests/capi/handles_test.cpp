#include "shop.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace {

using namespace shop;

TEST(capi_handles, parents_may_go_first) {
  auto s = std::make_unique<store>();
  session li = s->as("li");
  const draft d = new_draft(li.get(), "account");
  record acme = s->account(li.get(), "Acme");
  const answer a = query(li.get(), "select name from account");
  fault f;
  guanxi_catalog* catalog = nullptr;
  ASSERT_EQ(guanxi_catalog_read(li.get(), &catalog, f.out()), GUANXI_OK);
  guanxi_history* history = nullptr;
  ASSERT_EQ(guanxi_history_read(li.get(), "account", nts, guanxi_record_id(acme.get()), &history,
                                f.out()), GUANXI_OK) << f.message();
  s->system.reset();
  s->wang.reset();
  s->li.reset();
  s->crm.reset();
  EXPECT_EQ(text_of(s->account(li.get(), "Beta"), "name"), "Beta") << "a session keeps its store";
  li.reset();
  EXPECT_EQ(text_of(acme, "name"), "Acme");
  EXPECT_STREQ(guanxi_record_entity(acme.get(), nullptr), "account");
  set(d, "name", "Gamma");
  EXPECT_EQ(guanxi_result_row_count(a.get()), 1);
  EXPECT_GT(guanxi_catalog_entity_count(catalog), 10);
  EXPECT_EQ(guanxi_history_count(history), 1);
  guanxi_history_release(history);
  guanxi_catalog_release(catalog);
}

TEST(capi_handles, children_may_go_first) {
  const store s;
  draft d = new_draft(s.li.get(), "account");
  record acme = s.account(s.li.get(), "Acme");
  acme.reset();
  d.reset();
  EXPECT_EQ(s.count("account"), 1);
}

TEST(capi_handles, every_release_takes_null) {
  guanxi_error_release(nullptr);
  guanxi_buffer_release(nullptr);
  guanxi_environment_release(nullptr);
  guanxi_tenant_release(nullptr);
  guanxi_session_release(nullptr);
  guanxi_draft_release(nullptr);
  guanxi_record_release(nullptr);
  guanxi_parameters_release(nullptr);
  guanxi_result_release(nullptr);
  guanxi_explanation_release(nullptr);
  guanxi_history_release(nullptr);
  guanxi_catalog_release(nullptr);
}

TEST(capi_handles, a_session_released_in_a_transaction_undoes_it) {
  const store s;
  session li = s.as("li");
  fault f;
  ASSERT_EQ(guanxi_begin(li.get(), f.out()), GUANXI_OK) << f.message();
  s.account(li.get(), "Acme");
  li.reset();
  EXPECT_EQ(s.count("account"), 0);
}

TEST(capi_handles, say_who_acts_and_in_what) {
  const store s;
  EXPECT_EQ(guanxi_tenant_is_fresh(s.crm.get()), 1);
  EXPECT_STREQ(guanxi_tenant_store_name(s.crm.get(), nullptr), "sqlite");
  std::size_t length = 0;
  EXPECT_STREQ(guanxi_session_login(s.li.get(), &length), "li");
  EXPECT_EQ(length, 2U);
  EXPECT_GT(guanxi_session_user(s.li.get()), 0);
  EXPECT_EQ(guanxi_session_user(s.system.get()), 0);
  EXPECT_STREQ(guanxi_session_base_currency(s.li.get(), nullptr), "USD");
}

TEST(capi_handles, an_unknown_user_gets_no_session) {
  const store s;
  fault f;
  guanxi_session* out = nullptr;
  EXPECT_EQ(guanxi_as_user(s.crm.get(), "nobody", nts, &out, f.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(out, nullptr);
  EXPECT_NE(f.message().find("`nobody`"), std::string::npos) << f.message();
  EXPECT_EQ(guanxi_as_system(s.crm.get(), "", 0, &out, f.out()), GUANXI_INVALID_ARGUMENT);
}

struct counted {
  int released = 0;
  static void release(void* self) { ++static_cast<counted*>(self)->released; }
  static std::int64_t now(void*) { return store::now; }
};

TEST(capi_handles, a_callback_is_released_once_when_nothing_needs_it) {
  counted user;
  fault f;
  guanxi_environment* world = nullptr;
  ASSERT_EQ(guanxi_environment_create(&world, f.out()), GUANXI_OK);
  ASSERT_EQ(guanxi_environment_set_clock(world, counted::now, &user, counted::release, f.out()),
            GUANXI_OK);
  guanxi_tenant* crm = nullptr;
  ASSERT_EQ(guanxi_open(world, ":memory:", nts, nullptr, &crm, f.out()), GUANXI_OK) << f.message();
  guanxi_environment_release(world);
  EXPECT_EQ(user.released, 0);
  guanxi_tenant_release(crm);
  EXPECT_EQ(user.released, 1);
  EXPECT_EQ(guanxi_environment_set_clock(nullptr, counted::now, &user, counted::release, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(user.released, 1) << "a call that fails takes nothing over";
}

TEST(capi_handles, a_file_that_cannot_be_opened_is_named) {
  fault f;
  guanxi_tenant* out = nullptr;
  guanxi_open_options how = {};
  how.struct_size = sizeof how;
  how.must_exist = 1;
  EXPECT_EQ(guanxi_open(nullptr, "missing.gx", nts, &how, &out, f.out()), GUANXI_FILE_MISSING);
  EXPECT_NE(f.message().find("`missing.gx`"), std::string::npos) << f.message();
  EXPECT_FALSE(std::filesystem::exists("missing.gx"));
  std::ofstream("letter.gx") << std::string(4096, 'x');
  EXPECT_EQ(guanxi_open(nullptr, "letter.gx", nts, nullptr, &out, f.out()), GUANXI_NOT_A_DATABASE);
  EXPECT_EQ(out, nullptr);
}

TEST(capi_handles, a_file_keeps_what_was_written) {
  for (const char* name : {"kept.gx", "kept.gx-wal", "kept.gx-shm"}) std::filesystem::remove(name);
  fault f;
  guanxi_open_options how = {};
  how.struct_size = sizeof how;
  how.base_currency = "CNY";
  how.base_currency_length = nts;
  for (const int fresh : {1, 0}) {
    guanxi_tenant* opened = nullptr;
    ASSERT_EQ(guanxi_open(nullptr, "kept.gx", nts, &how, &opened, f.out()), GUANXI_OK)
        << f.message();
    const tenant crm(opened);
    EXPECT_EQ(guanxi_tenant_is_fresh(opened), fresh);
    guanxi_session* s = nullptr;
    ASSERT_EQ(guanxi_as_user(opened, "admin", nts, &s, f.out()), GUANXI_OK) << f.message();
    const session admin(s);
    EXPECT_STREQ(guanxi_session_base_currency(s, nullptr), "CNY");
    how.base_currency = nullptr;  // the store remembers
  }
}

guanxi_tenant* open_in_memory(const char* path, fault& f) {
  guanxi_open_options how = {};
  how.struct_size = sizeof how;
  how.store = GUANXI_STORE_KIND_MEMORY;
  guanxi_tenant* out = nullptr;
  must(guanxi_open(nullptr, path, nts, &how, &out, f.out()), f);
  return out;
}

session admin_of(const tenant& crm) {
  fault f;
  guanxi_session* out = nullptr;
  must(guanxi_as_user(crm.get(), "admin", nts, &out, f.out()), f);
  return session(out);
}

TEST(capi_handles, a_memory_store_writes_a_snapshot_when_told) {
  for (const char* name : {"kept.snapshot", "copy.snapshot"}) std::filesystem::remove(name);
  fault f;
  {
    const tenant crm(open_in_memory("kept.snapshot", f));
    EXPECT_STREQ(guanxi_tenant_store_name(crm.get(), nullptr), "memory");
    EXPECT_EQ(guanxi_tenant_is_fresh(crm.get()), 1);
    const session admin = admin_of(crm);
    const draft d = new_draft(admin.get(), "account");
    set(d, "name", "Acme");
    create(admin.get(), d);
    ASSERT_EQ(guanxi_tenant_save(crm.get(), nullptr, 0, f.out()), GUANXI_OK) << f.message();
    ASSERT_EQ(guanxi_tenant_save(crm.get(), "copy.snapshot", nts, f.out()), GUANXI_OK)
        << f.message();
    create(admin.get(), d);  // is not saved
  }
  for (const char* name : {"kept.snapshot", "copy.snapshot"}) {
    const tenant again(open_in_memory(name, f));
    EXPECT_EQ(guanxi_tenant_is_fresh(again.get()), 0);
    const answer a = query(admin_of(again).get(), "select name from account");
    EXPECT_EQ(guanxi_result_row_count(a.get()), 1) << name;
  }
}

TEST(capi_handles, a_store_without_a_file_is_not_saved) {
  const store s;
  fault f;
  EXPECT_EQ(guanxi_tenant_save(s.crm.get(), "x.gx", nts, f.out()), GUANXI_UNSUPPORTED)
      << "SQLite keeps its file current";
  const tenant crm(open_in_memory(":memory:", f));
  EXPECT_EQ(guanxi_tenant_save(crm.get(), nullptr, 0, f.out()), GUANXI_INVALID_ARGUMENT);
}

TEST(capi_handles, options_of_a_store_out_of_range_are_refused) {
  fault f;
  guanxi_tenant* out = nullptr;
  guanxi_open_options how = {};
  how.struct_size = sizeof how;
  how.store = 2;
  EXPECT_EQ(guanxi_open(nullptr, ":memory:", nts, &how, &out, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_NE(f.message().find("`store`"), std::string::npos) << f.message();
  how.store = GUANXI_STORE_KIND_SQLITE;
  for (const std::int32_t wrong : {-2, 600'001}) {
    how.busy_timeout_ms = wrong;
    EXPECT_EQ(guanxi_open(nullptr, ":memory:", nts, &how, &out, f.out()), GUANXI_INVALID_ARGUMENT)
        << wrong;
  }
  how.busy_timeout_ms = -1;
  ASSERT_EQ(guanxi_open(nullptr, ":memory:", nts, &how, &out, f.out()), GUANXI_OK) << f.message();
  guanxi_tenant_release(out);
}

#if defined(__unix__) || defined(__APPLE__)
/// Whether every call on the store's handles is refused, in the words for a fork.
bool all_refuse(const store& s, const guanxi_draft* d) {
  guanxi_session* made = nullptr;
  guanxi_record* record = nullptr;
  guanxi_result* result = nullptr;
  guanxi_catalog* catalog = nullptr;
  guanxi_draft* draft = nullptr;
  guanxi_session* li = s.li.get();
  const std::int32_t answers[] = {
      guanxi_as_user(s.crm.get(), "li", nts, &made, nullptr),
      guanxi_as_system(s.crm.get(), "x", nts, &made, nullptr),
      guanxi_tenant_save(s.crm.get(), nullptr, 0, nullptr),
      guanxi_begin(li, nullptr),
      guanxi_draft_create(li, "account", nts, &draft, nullptr),
      guanxi_create(li, d, nullptr, nullptr, nullptr),
      guanxi_get(li, "account", nts, 1, &record, nullptr),
      guanxi_query(li, "select name from account", nts, nullptr, nullptr, &result, nullptr),
      guanxi_catalog_read(li, &catalog, nullptr),
      guanxi_generate_sample(li, nullptr, nullptr, nullptr, nullptr, nullptr),
  };
  return std::all_of(std::begin(answers), std::end(answers),
                     [](std::int32_t code) { return code == GUANXI_MISUSE; });
}

TEST(capi_handles, refuse_use_after_a_fork) {
  auto s = std::make_unique<store>();
  const draft d = new_draft(s->li.get(), "account");
  set(d, "name", "Acme");
  const record kept = s->account(s->li.get(), "Acme");
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool refused = all_refuse(*s, d.get());
    const bool readable = text_of(kept, "name") == "Acme";  // memory alone
    s->li.reset();
    s->crm.reset();
    _exit(refused && readable ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(guanxi_record_revision(s->account(s->li.get(), "Beta").get()), 1);
  EXPECT_EQ(s->count("account"), 2);
}
#endif

}  // namespace
