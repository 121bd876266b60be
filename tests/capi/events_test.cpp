// The change feed from C: pulled, told by a callback, and where its cursors stand; records as they
// were.
#include "shop.hpp"

#include <string>
#include <vector>

namespace {

using namespace shop;
using feed = owner<guanxi_events, guanxi_events_release>;

std::int64_t last(guanxi_session* s) {
  std::int64_t out = -1;
  fault f;
  must(guanxi_last_change(s, &out, f.out()), f);
  return out;
}

feed opened(guanxi_session* s, const char* cursor, std::string_view entities = {},
            std::int64_t after = 0) {
  const guanxi_feed_options how = {.struct_size = sizeof how,
                                   .entities = entities.data(),
                                   .entities_length = entities.size(),
                                   .fields = nullptr,
                                   .fields_length = 0,
                                   .actions = nullptr,
                                   .actions_length = 0,
                                   .start_after = after};
  guanxi_events* out = nullptr;
  fault f;
  must(guanxi_events_open(s, cursor, nts, &how, &out, f.out()), f);
  return feed(out);
}

/// "action entity field=after,field=after", of the change that the feed tells of.
std::string words_of(const guanxi_events* events) {
  const auto info = told<guanxi_event_info>(guanxi_events_info, events);
  fault f;
  std::string out = std::string(info.action) + " " + info.entity;
  for (std::int32_t i = 0; i < info.field_count; ++i) {
    const char* name = nullptr;
    guanxi_value after = {};
    after.struct_size = sizeof after;
    must(guanxi_events_field(events, i, &name, nullptr, &after, f.out()), f);
    out += (i ? "," : " ") + std::string(name) + "=" + (after.text ? after.text : "");
  }
  return out;
}

std::string next(const feed& events) {
  std::int32_t there = -1;
  fault f;
  must(guanxi_events_next(events.get(), &there, f.out()), f);
  return there ? words_of(events.get()) : "";
}

TEST(capi_events, are_pulled_one_by_one) {
  const store s;
  fault f;
  guanxi_session* li = s.li.get();
  feed events = opened(li, "erp", "account", last(li));
  EXPECT_EQ(next(events), "");
  guanxi_event_info info = {};
  info.struct_size = sizeof info;
  EXPECT_EQ(guanxi_events_info(events.get(), &info, f.out()), GUANXI_INVALID_ARGUMENT);
  const std::int64_t acme = guanxi_record_id(s.account(li, "Acme").get());
  const draft d = new_draft(li, "account");
  set(d, "city", "Ulm");
  must(guanxi_change(li, acme, d.get(), nullptr, nullptr, f.out()), f);
  EXPECT_TRUE(next(events).starts_with("create account"));
  EXPECT_EQ(next(events), "edit account city=Ulm");
  EXPECT_EQ(next(events), "");
  must(guanxi_events_rewind(events.get(), f.out()), f);
  EXPECT_TRUE(next(events).starts_with("create account"));
  must(guanxi_events_acknowledge(events.get(), f.out()), f);
  const feed again = opened(li, "erp");
  EXPECT_EQ(next(again), "edit account city=Ulm");
  must(guanxi_events_acknowledge(again.get(), f.out()), f);
  next(events);
  EXPECT_EQ(guanxi_events_acknowledge(events.get(), f.out()), GUANXI_CONFLICT);
  const guanxi_feed_options wrong = {.struct_size = sizeof wrong,
                                     .entities = "account,acount",
                                     .entities_length = 14,
                                     .fields = nullptr,
                                     .fields_length = 0,
                                     .actions = nullptr,
                                     .actions_length = 0,
                                     .start_after = 0};
  guanxi_events* none = nullptr;
  EXPECT_EQ(guanxi_events_open(li, "x", nts, &wrong, &none, f.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(none, nullptr);
}

/// What a callback is given.
struct taking {
  guanxi_session* session;
  std::vector<std::string> told = {};
  std::size_t most = 100;
  std::int32_t wrote = GUANXI_OK;
};

std::int32_t take(void* user, const guanxi_events* events) {
  taking& to = *static_cast<taking*>(user);
  if (to.told.size() == to.most) return 1;
  to.told.push_back(words_of(events));
  const draft d = new_draft(to.session, "account");
  set(d, "name", "From within");
  fault f;
  to.wrote = guanxi_create(to.session, d.get(), nullptr, nullptr, f.out());
  return 0;
}

TEST(capi_events, are_told_by_a_callback_that_writes_nothing) {
  const store s;
  fault f;
  guanxi_session* li = s.li.get();
  const feed events = opened(li, "erp", "account", last(li));
  for (const char* name : {"A", "B", "C"}) s.account(li, name);
  taking some{.session = li, .most = 2};
  std::int64_t count = -1;
  must(guanxi_events_each(events.get(), 10, take, &some, &count, f.out()), f);
  EXPECT_EQ(count, 2);
  EXPECT_EQ(some.wrote, GUANXI_MISUSE);
  taking rest{.session = li};
  must(guanxi_events_each(events.get(), 10, take, &rest, &count, f.out()), f);
  ASSERT_EQ(rest.told.size(), 1u);
  EXPECT_NE(rest.told[0].find("name=C"), std::string::npos) << rest.told[0];
  EXPECT_EQ(next(opened(li, "erp")), "");
  EXPECT_EQ(guanxi_events_each(events.get(), 0, take, &rest, &count, f.out()),
            GUANXI_INVALID_ARGUMENT);
}

TEST(capi_events, have_cursors_that_are_listed_moved_and_dropped) {
  const store s;
  fault f;
  guanxi_session* li = s.li.get();
  const std::int64_t now = last(li);
  opened(li, "one", {}, now);
  opened(li, "two", {}, now);
  must(guanxi_cursor_move(li, "two", nts, -1, now - 1, f.out()), f);
  guanxi_cursors* list = nullptr;
  must(guanxi_cursors_read(li, &list, f.out()), f);
  const owner<guanxi_cursors, guanxi_cursors_release> all(list);
  ASSERT_EQ(guanxi_cursors_count(list), 2);
  auto info = told<guanxi_cursor_info>(guanxi_cursors_at, list, 1);
  EXPECT_STREQ(info.name, "two");
  EXPECT_EQ(info.acknowledged, now - 1);
  EXPECT_NE(info.user, 0);
  EXPECT_EQ(guanxi_cursors_at(list, 2, &info, f.out()), GUANXI_INVALID_ARGUMENT);
  must(guanxi_cursor_drop(li, "one", nts, -1, f.out()), f);
  EXPECT_EQ(guanxi_cursor_drop(li, "one", nts, -1, f.out()), GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(guanxi_cursor_drop(s.wang.get(), "two", nts, info.user, f.out()), GUANXI_PERMISSION);
  EXPECT_EQ(guanxi_cursor_drop(s.as("admin").get(), "two", nts, info.user, f.out()), GUANXI_OK);
}

TEST(capi_events, outlive_their_session_and_leave_no_transaction_open) {
  const store s;
  fault f;
  feed events;
  {
    const session mine = s.as("li");
    events = opened(mine.get(), "erp", "account", last(mine.get()));
    must(guanxi_begin(mine.get(), f.out()), f);
    s.account(mine.get(), "Never there");
  }
  s.account(s.wang.get(), "Wang's");  // not locked out by what nobody can end
  EXPECT_EQ(next(events), "");
  s.account(s.li.get(), "Mine");
  EXPECT_TRUE(next(events).starts_with("create account"));
  must(guanxi_events_acknowledge(events.get(), f.out()), f);
}

TEST(capi_events, tell_the_past_until_it_is_pruned) {
  const store s;
  fault f;
  guanxi_session* li = s.li.get();
  const std::int64_t acme = guanxi_record_id(s.account(li, "Acme").get());
  const std::int64_t then = last(li);
  const draft d = new_draft(li, "account");
  set(d, "city", "Ulm");
  must(guanxi_change(li, acme, d.get(), nullptr, nullptr, f.out()), f);
  const auto was = [&](std::int64_t sequence) {
    guanxi_record* out = nullptr;
    const std::int32_t code =
        guanxi_get_as_of(li, "account", nts, acme, sequence, 0, &out, f.out());
    const std::int64_t revision = guanxi_record_revision(out);
    guanxi_record_release(out);
    return std::pair(code, revision);
  };
  const auto ok = [](std::int64_t revision) {
    return std::pair<std::int32_t, std::int64_t>(GUANXI_OK, revision);
  };
  EXPECT_EQ(was(then), ok(1)) << f.message();
  EXPECT_EQ(was(then + 1), ok(2));
  EXPECT_EQ(was(then - 1).first, GUANXI_NOT_FOUND);
  guanxi_query_options how = {};
  how.struct_size = sizeof how;
  how.as_of_sequence = then;
  guanxi_result* rows = nullptr;
  must(guanxi_query(li, "select id from account where city = 'Ulm'", nts, nullptr, &how, &rows,
                    f.out()), f);
  EXPECT_EQ(guanxi_result_row_count(rows), 0);
  guanxi_result_release(rows);
  guanxi_history* h = nullptr;
  must(guanxi_history_of_field(li, "account", nts, acme, "city", nts, &h, f.out()), f);
  EXPECT_EQ(guanxi_history_count(h), 1);
  guanxi_history_release(h);
  // Nobody has read the log so far, and all of it is older than the end of days.
  std::int64_t up_to = -1;
  EXPECT_EQ(guanxi_prune_changes(li, INT64_MAX, 0, nullptr, nullptr, &up_to, f.out()),
            GUANXI_PERMISSION);
  const session admin = s.as("admin");
  must(guanxi_prune_changes(admin.get(), INT64_MAX, 0, nullptr, nullptr, &up_to, f.out()), f);
  EXPECT_EQ(up_to, last(li));
  EXPECT_EQ(was(then).first, GUANXI_PRUNED);
}

}  // namespace
