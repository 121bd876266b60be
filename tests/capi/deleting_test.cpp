#include "shop.hpp"

namespace {

using namespace shop;

std::int64_t contact_of(guanxi_session* s, std::int64_t account, std::string_view name) {
  const draft d = new_draft(s, "contact");
  set(d, "name", name);
  point(d, "account", account);
  return guanxi_record_id(create(s, d).get());
}

std::int64_t number(guanxi_session* s, std::string_view text) {
  const answer a = query(s, text);
  fault f;
  std::int64_t out = 0;
  must(guanxi_result_integer(a.get(), 0, 0, &out, nullptr, f.out()), f);
  return out;
}

TEST(capi_deleting, comes_back_whole) {
  const store s;
  fault f;
  guanxi_session* li = s.li.get();
  const std::int64_t acme = guanxi_record_id(s.account(li, "Acme").get());
  contact_of(li, acme, "Ann");
  contact_of(li, acme, "Bob");
  ASSERT_EQ(guanxi_delete(li, "account", nts, acme, nullptr, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(number(li, "select count() from contact"), 0);
  std::int64_t back = -1;
  EXPECT_EQ(guanxi_restore(li, "account", nts, acme, nullptr, &back, f.out()), GUANXI_OK)
      << f.message();
  EXPECT_EQ(back, 3);
  EXPECT_EQ(number(li, "select count() from contact"), 2);
  EXPECT_EQ(guanxi_restore(li, "account", nts, acme, nullptr, &back, f.out()), GUANXI_VALIDATION);
  EXPECT_EQ(back, 0);
  const guanxi_write_options guarded = {sizeof guarded, 1, nullptr, 0};
  EXPECT_EQ(guanxi_restore(li, "account", nts, acme, &guarded, nullptr, f.out()),
            GUANXI_INVALID_ARGUMENT);
  ASSERT_EQ(guanxi_delete(li, "account", nts, acme, nullptr, f.out()), GUANXI_OK);
  const std::int64_t batch = number(li, "select deletion_batch from account deleted");
  EXPECT_EQ(guanxi_restore_batch(li, batch, nullptr, nullptr, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_restore_batch(li, batch, nullptr, &back, f.out()), GUANXI_NOT_FOUND);
}

TEST(capi_deleting, of_many_is_one) {
  const store s;
  fault f;
  guanxi_session* li = s.li.get();
  const std::int64_t two[] = {guanxi_record_id(s.account(li, "A").get()),
                              guanxi_record_id(s.account(li, "B").get())};
  const auto both = [&](const std::int64_t* ids, std::size_t count) {
    return guanxi_delete_many(li, "account", nts, ids, count, nullptr, nullptr, nullptr, f.out());
  };
  EXPECT_EQ(both(two, 2), GUANXI_OK) << f.message();
  EXPECT_EQ(both(two, 2), GUANXI_NOT_FOUND);
  EXPECT_EQ(both(nullptr, 0), GUANXI_OK);
  std::int64_t back = 0;
  EXPECT_EQ(guanxi_restore(li, "account", nts, two[1], nullptr, &back, f.out()), GUANXI_OK);
  EXPECT_EQ(back, 2);
}

TEST(capi_deleting, archiving_puts_away) {
  const store s;
  fault f;
  guanxi_session* li = s.li.get();
  const std::int64_t acme = guanxi_record_id(s.account(li, "Acme").get());
  guanxi_record* put = nullptr;
  ASSERT_EQ(guanxi_archive(li, "account", nts, acme, nullptr, &put, f.out()), GUANXI_OK)
      << f.message();
  EXPECT_EQ(guanxi_record_revision(put), 2);
  guanxi_record_release(put);
  EXPECT_EQ(number(li, "select count() from account"), 0);
  EXPECT_EQ(number(li, "select count() from account with archived"), 1);
  const draft d = new_draft(li, "account");
  set(d, "name", "Other");
  EXPECT_EQ(guanxi_change(li, acme, d.get(), nullptr, nullptr, f.out()), GUANXI_VALIDATION);
  EXPECT_EQ(guanxi_unarchive(li, "account", nts, acme, nullptr, nullptr, f.out()), GUANXI_OK);
  EXPECT_EQ(guanxi_change(li, acme, d.get(), nullptr, nullptr, f.out()), GUANXI_OK)
      << f.message();
}

TEST(capi_deleting, a_purge_tells_what_it_did) {
  const store s;
  fault f;
  guanxi_session* li = s.li.get();
  guanxi_purge_report report = {};
  report.struct_size = sizeof report;
  EXPECT_EQ(guanxi_purge(li, nullptr, nullptr, nullptr, &report, f.out()), GUANXI_PERMISSION);
  const std::int64_t acme = guanxi_record_id(s.account(li, "Acme").get());
  ASSERT_EQ(guanxi_delete(li, "account", nts, acme, nullptr, f.out()), GUANXI_OK);
  guanxi_purge_options options = {sizeof options, store::now + 1, nullptr, 0};
  int calls = 0;
  const auto told = [](void* count, std::uint64_t, std::uint64_t) -> std::int32_t {
    ++*static_cast<int*>(count);
    return 1;
  };
  ASSERT_EQ(guanxi_purge(s.system.get(), &options, told, &calls, &report, f.out()), GUANXI_OK)
      << f.message();
  EXPECT_EQ(report.purged, 1);
  EXPECT_EQ(report.kept, 0);
  EXPECT_EQ(report.complete, 0);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(guanxi_restore(li, "account", nts, acme, nullptr, nullptr, f.out()), GUANXI_NOT_FOUND);
}

}  // namespace
