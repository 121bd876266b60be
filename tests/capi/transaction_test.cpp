// Savepoints, retry, readings, deadlines and the versions of a conflict through the C interface.
#include "shop.hpp"

namespace {

using namespace shop;

/// How many accounts have this name.
std::int64_t named(guanxi_session* s, const std::string& name) {
  fault f;
  const std::string text = "select id from account where name = '" + name + "'";
  guanxi_result* out = nullptr;
  must(guanxi_query(s, text.data(), text.size(), nullptr, nullptr, &out, f.out()), f);
  const answer rows(out);
  return guanxi_result_row_count(rows.get());
}

std::int32_t make(guanxi_session* s, const std::string& name, fault& f) {
  const draft d = new_draft(s, "account");
  set(d, "name", name);
  return guanxi_create(s, d.get(), nullptr, nullptr, f.out());
}

TEST(capi_transaction, savepoints_undo_what_came_after_them) {
  const store s;
  guanxi_session* li = s.li.get();
  fault f;
  std::int32_t point = -7;
  EXPECT_EQ(guanxi_savepoint(li, &point, f.out()), GUANXI_MISUSE);
  ASSERT_EQ(guanxi_begin(li, f.out()), GUANXI_OK) << f.message();
  ASSERT_EQ(make(li, "one", f), GUANXI_OK) << f.message();
  ASSERT_EQ(guanxi_savepoint(li, &point, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(point, 1);
  ASSERT_EQ(make(li, "two", f), GUANXI_OK) << f.message();
  ASSERT_EQ(guanxi_rollback_to(li, point, f.out()), GUANXI_OK) << f.message();
  ASSERT_EQ(make(li, "three", f), GUANXI_OK) << f.message();
  ASSERT_EQ(guanxi_release_savepoint(li, point, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_rollback_to(li, point, f.out()), GUANXI_MISUSE);
  ASSERT_EQ(guanxi_commit(li, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(named(li, "one"), 1);
  EXPECT_EQ(named(li, "two"), 0);
  EXPECT_EQ(named(li, "three"), 1);
}

struct patience {
  int runs = 0, enough = 3;
  std::int32_t otherwise = GUANXI_BUSY;
};

std::int32_t try_it(void* user, guanxi_session* s) {
  auto& p = *static_cast<patience*>(user);
  fault f;
  if (make(s, "again", f) != GUANXI_OK) return guanxi_error_code(f.get());
  return ++p.runs < p.enough ? p.otherwise : static_cast<std::int32_t>(GUANXI_OK);
}

TEST(capi_transaction, work_is_run_again_while_it_is_busy) {
  const store s;
  guanxi_session* li = s.li.get();
  fault f;
  patience p;
  ASSERT_EQ(guanxi_transact(li, try_it, &p, 5, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(p.runs, 3);
  EXPECT_EQ(named(li, "again"), 1);
  p = {0, 9, GUANXI_BUSY};
  EXPECT_EQ(guanxi_transact(li, try_it, &p, 2, f.out()), GUANXI_BUSY);
  EXPECT_EQ(p.runs, 2);
  p = {0, 9, GUANXI_VALIDATION};
  EXPECT_EQ(guanxi_transact(li, try_it, &p, 5, f.out()), GUANXI_VALIDATION);
  EXPECT_EQ(p.runs, 1);
  EXPECT_EQ(named(li, "again"), 1);
  EXPECT_EQ(guanxi_in_transaction(li), 0);
  EXPECT_EQ(guanxi_transact(li, try_it, &p, 0, f.out()), GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_transact(li, nullptr, &p, 1, f.out()), GUANXI_INVALID_ARGUMENT);
}

TEST(capi_transaction, a_conflict_brings_both_versions) {
  const store s;
  guanxi_session* li = s.li.get();
  fault f;
  const record read = s.account(li, "Acme");
  const std::int64_t id = guanxi_record_id(read.get());
  const draft theirs = new_draft(li, "account"), mine = new_draft(li, "account");
  set(theirs, "name", "Theirs");
  set(mine, "name", "Mine");
  ASSERT_EQ(guanxi_change(li, id, theirs.get(), nullptr, nullptr, f.out()), GUANXI_OK);
  guanxi_write_options options = {};
  options.struct_size = sizeof options;
  options.expected_revision = 1;
  ASSERT_EQ(guanxi_change(li, id, mine.get(), &options, nullptr, f.out()), GUANXI_CONFLICT);
  fault g;
  guanxi_record *stored = nullptr, *wanted = nullptr;
  ASSERT_EQ(guanxi_error_stored(f.get(), &stored, g.out()), GUANXI_OK) << g.message();
  ASSERT_EQ(guanxi_error_wanted(f.get(), &wanted, g.out()), GUANXI_OK) << g.message();
  const record owned_stored(stored), owned_wanted(wanted);
  EXPECT_EQ(text_of(owned_stored, "name"), "Theirs");
  EXPECT_EQ(guanxi_record_revision(stored), 2);
  EXPECT_EQ(text_of(owned_wanted, "name"), "Mine");
  ASSERT_EQ(guanxi_delete(li, "account", nts, id, &options, f.out()), GUANXI_CONFLICT);
  EXPECT_EQ(guanxi_error_wanted(f.get(), &wanted, g.out()), GUANXI_NOT_FOUND);
  EXPECT_EQ(wanted, nullptr);
  EXPECT_STREQ(guanxi_error_token(f.get(), nullptr), "");
}

TEST(capi_transaction, deadlines_and_tokens_are_checked) {
  const store s;
  fault f;
  for (std::int64_t bad : {-1L, 86'400'001L})
    EXPECT_EQ(guanxi_set_deadline(s.li.get(), bad, f.out()), GUANXI_INVALID_ARGUMENT) << bad;
  ASSERT_EQ(guanxi_set_deadline(s.li.get(), 1000, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(make(s.li.get(), "in time", f), GUANXI_OK) << f.message();
  ASSERT_EQ(guanxi_set_deadline(s.li.get(), 0, f.out()), GUANXI_OK) << f.message();
  std::int32_t outcome = -1;
  EXPECT_EQ(guanxi_outcome(s.crm.get(), "none", nts, &outcome, f.out()), GUANXI_INVALID_ARGUMENT);
  ASSERT_EQ(guanxi_outcome(s.crm.get(), "999999-1", nts, &outcome, f.out()), GUANXI_OK);
  EXPECT_EQ(outcome, GUANXI_OUTCOME_NOT_COMMITTED);
}

TEST(capi_transaction, a_reading_is_of_one_moment_or_refused) {
  const store s;
  guanxi_session* li = s.li.get();
  fault f;
  const std::int32_t begun = guanxi_begin_reading(li, f.out());
  if (begun == GUANXI_UNSUPPORTED) return;
  ASSERT_EQ(begun, GUANXI_OK) << f.message();
  EXPECT_EQ(make(li, "late", f), GUANXI_MISUSE);
  ASSERT_EQ(guanxi_end_reading(li, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_end_reading(li, f.out()), GUANXI_MISUSE);
}

}  // namespace
