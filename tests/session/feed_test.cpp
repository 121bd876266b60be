// The change feed, its cursors, and what pruning leaves, on every store.
#include "guanxi/session/feed.hpp"
#include "support/stores.hpp"

#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;
namespace field = guanxi::schema::system_field;

namespace {

class feed_case : public on_every_store {};
INSTANTIATE_TEST_SUITE_P(on, feed_case, every_store, store_name);

std::vector<history_entry> everything(feed& f) {
  std::vector<history_entry> out;
  for (;;) {
    auto some = f.next(7).value();
    if (some.empty()) return out;
    for (history_entry& e : some) out.push_back(std::move(e));
  }
}

feed from_now(session& s, std::string_view name, feed_options options = {}) {
  options.start_after = s.last_change().value();
  return s.feed(name, options).value();
}

}  // namespace

TEST_P(feed_case, gives_each_change_once_a_cursor) {
  session s = system();
  feed f = from_now(s, "erp");
  const id one = s.create(account::entity, {account::name = "One"}).value().key();
  s.change(one, s.draft("account").value().set("city", "Ulm")).value();
  const auto first = everything(f);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].action, "create");
  EXPECT_EQ(first[0].entity, "account");
  EXPECT_EQ(first[0].record, one);
  EXPECT_EQ(first[0].cause, "test");
  EXPECT_EQ(first[1].action, "edit");
  ASSERT_EQ(first[1].fields.size(), 1u);
  EXPECT_EQ(first[1].fields[0].name, "city");
  EXPECT_EQ(first[1].fields[0].after, value("Ulm"));
  EXPECT_LT(first[0].sequence, first[1].sequence);
  EXPECT_TRUE(everything(f).empty());
  // Who dies before acknowledging gets them again; who has acknowledged does not.
  feed again = s.feed("erp", {}).value();
  EXPECT_EQ(everything(again).size(), 2u);
  again.rewind();
  EXPECT_EQ(again.next(1).value().size(), 1u);
  again.acknowledge().value();
  feed third = s.feed("erp", {}).value();
  ASSERT_EQ(everything(third).size(), 1u);
  third.acknowledge().value();
  EXPECT_TRUE(everything(third).empty());
  // Somebody else has moved on since `f` was opened.
  EXPECT_EQ(code(f.acknowledge()), errc::conflict);
}

TEST_P(feed_case, acknowledges_with_the_consumers_own_writes_or_not_at_all) {
  session s = system();
  feed f = from_now(s, "erp");
  s.create(account::entity, {account::name = "One"}).value();
  if (!s.begin()) {
    EXPECT_EQ(code(s.begin()), errc::unsupported);
    return;
  }
  ASSERT_EQ(f.next().value().size(), 1u);
  s.create(account::entity, {account::name = "Copy of One"}).value();
  EXPECT_TRUE(f.next().value().empty()) << "what may still be undone was told";
  f.acknowledge().value();
  s.rollback().value();
  EXPECT_EQ(f.next().value().size(), 1u) << "what was undone is not done with";
  s.begin().value();
  s.create(account::entity, {account::name = "Copy of One"}).value();
  f.acknowledge().value();
  s.commit().value();
  feed later = s.feed("erp", {}).value();
  const auto rest = everything(later);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].action, "create");
}

TEST_P(feed_case, goes_back_with_what_is_undone) {
  session s = system();
  feed f = from_now(s, "erp");
  for (const char* name : {"A", "B", "C"})
    s.create(account::entity, {account::name = name}).value();
  if (!s.begin()) return;
  ASSERT_EQ(f.next(1).value().size(), 1u);
  f.acknowledge().value();
  s.rollback().value();
  EXPECT_EQ(code(f.acknowledge()), errc::conflict);
  EXPECT_EQ(everything(f).size(), 3u);
  f.rewind();
  s.begin().value();
  f.next(1).value();
  f.acknowledge().value();
  if (const auto point = s.savepoint()) {
    f.next(1).value();
    f.acknowledge().value();
    s.rollback_to(*point).value();
    EXPECT_EQ(f.next(1).value().at(0).fields.at(0).after.is_null(), false);
    f.acknowledge().value();
  } else {
    f.next(1).value();
    f.acknowledge().value();
  }
  s.commit().value();
  EXPECT_EQ(everything(f).size(), 1u);
}

/// An error that ends the transaction leaves nothing that could still move the cursor.
TEST_P(feed_case, does_not_move_in_a_transaction_that_has_ended) {
  session s = system();
  {
    feed f = from_now(s, "erp");
    s.create(account::entity, {account::name = "A"}).value();
  }
  session other = system();
  {
    session gone = system();
    feed kept = gone.feed("erp", {}).value();
    if (!gone.begin()) return;
    gone.create(account::entity, {account::name = "Never"}).value();
    kept.next(1).value();
    gone = system();  // which undoes what was open
    EXPECT_TRUE(other.create(account::entity, {account::name = "B"}));
    EXPECT_EQ(everything(kept).size(), 1u);
  }
  EXPECT_EQ(answer(other, "select count() from account where name = 'Never'"), "0\n");
}

TEST_P(feed_case, is_filtered_by_entity_field_and_action) {
  session s = system();
  const std::int64_t start = s.last_change().value();
  const id one = s.create(account::entity, {account::name = "One"}).value().key();
  s.create(contact::entity, {contact::name = "Li"}).value();
  s.change(one, s.draft("account").value().set("city", "Ulm").set("industry", "food")).value();
  s.change(one, s.draft("account").value().set("industry", "tea")).value();
  s.remove("account", one).value();
  const auto told = [&](feed_options how) {
    static int n = 0;
    how.start_after = start;
    feed f = s.feed("filter " + std::to_string(n++), how).value();
    std::string out;
    for (const history_entry& e : everything(f)) {
      out += e.action + " " + e.entity;
      for (const auto& c : e.fields) out += "." + c.name;
      out += "\n";
    }
    return out;
  };
  EXPECT_EQ(told({.entities = {"account"}, .actions = {"edit"}}),
            "edit account.industry.city\nedit account.industry\n");
  EXPECT_EQ(told({.fields = {"account.city"}}), "edit account.city\ndelete account\n");
  EXPECT_EQ(told({.actions = {"delete"}}), "delete account.deletion_batch\n");
  EXPECT_EQ(code(s.feed("x", {.entities = {"acount"}})), errc::unknown_name);
  EXPECT_EQ(code(s.feed("x", {.fields = {"account.cty"}})), errc::unknown_name);
  EXPECT_EQ(code(s.feed("x", {.actions = {"erase"}})), errc::invalid_argument);
  EXPECT_EQ(code(s.feed("", {})), errc::invalid_argument);
  EXPECT_EQ(code(s.feed("x", {.start_after = 1'000'000'000})), errc::invalid_argument);
}

TEST_P(feed_case, shows_what_the_user_may_see_now) {
  session s = system();
  session nina = as("nina"), sun = as("sun");
  const feed_options accounts{.entities = {"account"}};
  feed hers = from_now(nina, "mine", accounts), his = from_now(sun, "mine", accounts);
  s.change(key("acme"), s.draft("account").value().set("city", "Bonn")).value();
  s.change(key("sunny"), s.draft("account").value().set("city", "Xi'an")).value();
  const auto seen = everything(hers);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].record, key("acme"));
  ASSERT_EQ(everything(his).size(), 1u);
  // A record that is deleted since tells only that; one that went to somebody else, nothing.
  hers.rewind();
  nina.remove("account", key("zhang")).value();
  s.change(key("acme"), s.draft("account").value().set(field::owner = key("sun"))).value();
  const auto after = everything(hers);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].action, "delete");
  EXPECT_TRUE(after[0].fields.empty());
  his.rewind();
  EXPECT_EQ(everything(his).size(), 3u);
}

TEST_P(feed_case, has_cursors_that_belong_to_users) {
  session s = system(), nina = as("nina"), sun = as("sun"), admin = as("admin");
  from_now(nina, "a");
  from_now(sun, "a");
  from_now(s, "b");
  ASSERT_EQ(nina.cursors().value().size(), 1u);
  EXPECT_EQ(nina.cursors().value()[0].name, "a");
  EXPECT_EQ(nina.cursors().value()[0].user, key("nina"));
  EXPECT_EQ(admin.cursors().value().size(), 3u);
  EXPECT_EQ(code(nina.drop_cursor("b")), errc::unknown_name);
  EXPECT_EQ(code(nina.drop_cursor("a", key("sun"))), errc::permission);
  const std::int64_t now = s.last_change().value();
  admin.move_cursor("a", 1, key("sun")).value();
  EXPECT_EQ(sun.cursors().value()[0].acknowledged, 1);
  EXPECT_EQ(code(sun.move_cursor("a", now + 1)), errc::invalid_argument);
  sun.drop_cursor("a").value();
  EXPECT_TRUE(sun.cursors().value().empty());
  EXPECT_EQ(admin.cursors().value().size(), 2u);
}

TEST_P(feed_case, calls_back_and_lets_nothing_be_written_meanwhile) {
  session s = system();
  feed f = from_now(s, "erp");
  for (const char* name : {"A", "B", "C"})
    s.create(account::entity, {account::name = name}).value();
  int told = 0;
  const auto take = [&](const history_entry&) {
    EXPECT_EQ(code(s.create(account::entity, {account::name = "D"})), errc::misuse);
    EXPECT_EQ(code(s.define("account", {.name = "x_no"})), errc::misuse);
    EXPECT_EQ(code(s.begin()), errc::misuse);
    EXPECT_TRUE(s.get("account", key("acme")));
    return ++told < 2;
  };
  EXPECT_EQ(f.each(10, take).value(), 1);
  EXPECT_EQ(f.each(10, [&](const history_entry&) { return true; }).value(), 2);
  EXPECT_EQ(f.each(10, [&](const history_entry&) { return true; }).value(), 0);
  EXPECT_TRUE(s.create(account::entity, {account::name = "D"}));
}

TEST_P(feed_case, tells_clearly_what_was_pruned) {
  session s = system();
  feed f = s.feed("erp", {}).value();
  const std::int64_t last = s.last_change().value();
  EXPECT_EQ(s.prune_changes({.up_to = last}).value().erased, 0) << "a cursor had not read them";
  EXPECT_EQ(s.prune_changes({.up_to = last}).value().kept_for, "erp");
  EXPECT_EQ(code(as("nina").prune_changes({.up_to = last})), errc::permission);
  EXPECT_EQ(code(s.prune_changes({})), errc::invalid_argument);
  const prune_report report = s.prune_changes({.up_to = last - 3, .unread = true}).value();
  EXPECT_EQ(report.pruned_up_to, last - 3);
  EXPECT_EQ(report.erased, last - 3);
  EXPECT_EQ(code(f.next()), errc::pruned);
  EXPECT_EQ(code(s.feed("new", {})), errc::pruned);
  EXPECT_EQ(s.prune_changes({.up_to = last - 2}).value().erased, 1) << "it lacks some anyway";
  EXPECT_EQ(code(s.move_cursor("erp", last - 3)), errc::pruned);
  s.move_cursor("erp", last - 2).value();
  f = s.feed("erp", {}).value();
  EXPECT_EQ(everything(f).size(), 2u);
  EXPECT_EQ(code(s.query("select count() from account", {}, {.as_of = {.sequence = 1}})),
            errc::pruned);
}

TEST_P(feed_case, prunes_by_age_and_stops_when_told) {
  session s = system();
  at.clock->advance(3600 * microseconds_per_second);
  const instant later = at.clock->now();
  const std::int64_t before = s.last_change().value();
  s.create(account::entity, {account::name = "Young"}).value();
  EXPECT_EQ(code(s.prune_changes({.older_than = later,
                                  .on_progress = [](std::uint64_t, std::uint64_t) {
                                    return false;
                                  }})),
            errc::interrupted);
  EXPECT_EQ(s.prune_changes({.older_than = later}).value().pruned_up_to, before);
  feed f = s.feed("erp", {.start_after = before}).value();
  EXPECT_EQ(everything(f).size(), 1u);
}

TEST_P(feed_case, keeps_its_order_when_the_clock_jumps) {
  session s = system();
  feed f = from_now(s, "erp");
  const instant start = at.clock->now();
  constexpr std::int64_t ten_years = 3653LL * 86400 * microseconds_per_second;
  std::vector<id> made;
  for (int i = 0; i < 9; ++i) {
    at.clock->set(instant{start.microseconds + (i % 3 - 1) * ten_years});
    made.push_back(
        s.create(account::entity, {account::name = "A" + std::to_string(i)}).value().key());
  }
  const auto told = everything(f);
  ASSERT_EQ(told.size(), made.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    EXPECT_EQ(told[i].record, made[i]);
    const rows then =
        s.query("select count() from account where name like 'A_'", {},
                {.as_of = {.sequence = told[i].sequence}}).value();
    EXPECT_EQ(then.at(0, 0), value(static_cast<std::int64_t>(i + 1)));
  }
}

TEST_P(feed_case, never_gives_an_entry_below_one_that_it_has_given) {
  if (!system().begin()) return;
  std::atomic<bool> done{false};
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([&, w] {
      session s = at.crm->as_system("writer " + std::to_string(w));
      for (int i = 0; i < 25; ++i) {
        if (!s.begin()) continue;
        static_cast<void>(s.create(account::entity, {account::name = "W"}));
        static_cast<void>(s.create(account::entity, {}));  // refused: its number is a gap
        static_cast<void>(s.create(account::entity, {account::name = "W"}));
        static_cast<void>(i % 5 == 4 ? s.rollback() : s.commit());
      }
    });
  session s = system();
  feed f = from_now(s, "reader");
  std::set<std::int64_t> seen;
  std::int64_t greatest = 0;
  const auto read = [&] {
    auto some = f.next(5);
    if (!some) return;
    for (const history_entry& e : *some) {
      EXPECT_GT(e.sequence, greatest);
      greatest = e.sequence;
      EXPECT_TRUE(seen.insert(e.sequence).second);
    }
  };
  std::thread watch([&] {
    for (std::thread& w : writers) w.join();
    done = true;
  });
  while (!done) read();
  watch.join();
  for (int i = 0; i < 200; ++i) read();
  const std::int64_t start = f.acknowledged();
  const rows all = s.query("select id from gx_change where id > :start",
                           {{"start", id{start}, {}, false}}).value();
  EXPECT_EQ(all.size(), seen.size()) << "something was committed below what was read already";
}

namespace {

constexpr int accounts_written = 40, readers = 3;

/// Reads a cursor until everything has been copied: each account becomes a contact of its number.
void copy_all(const std::string& path, const std::string& cursor, std::int64_t start) {
  tenant crm = open(path).value();
  session s = crm.as_system("reader");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const std::string mine = "select count() from contact where job_title = '" + cursor + "'";
  while (std::chrono::steady_clock::now() < end) {
    auto f = s.feed(cursor, {.entities = {"account"}, .actions = {"create"}, .start_after = start});
    if (!f || !s.begin()) continue;
    const auto some = f->next(3);
    if (!some || some->empty()) {
      s.rollback().value();
      const auto count = s.query(mine);
      if (count && count->at(0, 0) == value(std::int64_t{accounts_written})) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      continue;
    }
    for (const history_entry& e : *some) {
      const std::string name = std::to_string(e.record.value);
      s.create(contact::entity, {contact::name = name, contact::job_title = cursor}).value();
    }
    if (f->acknowledge()) static_cast<void>(s.commit());
    if (s.in_transaction()) s.rollback().value();
  }
}

void write_all(const std::string& path) {
  tenant crm = open(path).value();
  session s = crm.as_system("writer");
  for (int i = 0; i < accounts_written;)
    if (s.create(account::entity, {account::name = "A"})) ++i;
}

template <class Work>
pid_t in_a_process(Work&& work) {
  const pid_t child = fork();
  if (child != 0) return child;
  try {
    work();
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

struct copies {
  std::int64_t made = 0, distinct = 0;
};

/// Several processes read one cursor, or each its own, while another writes.
copies copied_by_processes(bool one_cursor) {
  const std::string path = fresh_path();
  std::int64_t start = 0;
  {
    tenant crm = open(path).value();
    start = crm.as_system("test").last_change().value();
  }
  std::vector<pid_t> children{in_a_process([&] { write_all(path); })};
  for (int i = 0; i < readers; ++i) {
    const std::string cursor = one_cursor ? "shared" : "of " + std::to_string(i);
    children.push_back(in_a_process([&] { copy_all(path, cursor, start); }));
  }
  for (const pid_t child : children) {
    int how = -1;
    EXPECT_EQ(waitpid(child, &how, 0), child);
    EXPECT_EQ(how, 0);
  }
  tenant crm = open(path).value();
  const rows all =
      crm.as_system("test").query("select count(), count(distinct name) from contact").value();
  EXPECT_TRUE(crm.verify()->sound());
  remove_store(path);
  return {all.at(0, 0).as_integer(), all.at(0, 1).as_integer()};
}

}  // namespace

TEST(feed_of_processes, gives_each_change_to_one_transaction_of_a_cursor) {
  const copies shared = copied_by_processes(true);
  EXPECT_EQ(shared.made, accounts_written);
  EXPECT_EQ(shared.distinct, accounts_written);
  // The planted fault: readers that do not share their cursor copy everything each.
  const copies apart = copied_by_processes(false);
  EXPECT_EQ(apart.made, readers * accounts_written);
  EXPECT_EQ(apart.distinct, accounts_written);
}
