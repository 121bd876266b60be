// What is due: in order, once, whatever ticks (docs/tick.md).
#include "support/stores.hpp"

#include "guanxi/work/module.hpp"

#include <atomic>
#include <random>
#include <set>
#include <thread>

namespace guanxi::test {
namespace {

using namespace crm;
using work::outcome;
using work::sight;

class ticking : public on_every_store {
 protected:
  instant in_minutes(std::int64_t n) const {
    return {at.clock->now().microseconds + n * 60 * microseconds_per_second};
  }
  record task(const char* subject, std::int64_t minutes, const char* owner = "nina") {
    session all = system();
    schema::draft d = all.draft("activity").value();
    d.set(activity::subject = std::string_view(subject));
    d.set(activity::remind_at = in_minutes(minutes));
    d.set(schema::system_field::owner = key(owner));
    return all.create(d).value();
  }
  std::string notes() const {
    return answer(system(), "select text, owner.login, record from notification order by id");
  }
  tick_report tick(const tick_options& how = {}) { return at.crm->tick(how).value(); }
};
INSTANTIATE_TEST_SUITE_P(on, ticking, every_store, store_name);

TEST_P(ticking, reminds_once_when_the_time_has_come) {
  EXPECT_FALSE(tick().next);
  const record a = task("later", 20), b = task("sooner", 10), c = task("sun's", 10, "sun");
  const std::string nothing = notes();
  tick_report r = tick();
  EXPECT_EQ(r.ran, 0);
  EXPECT_FALSE(r.more);
  EXPECT_EQ(r.next, in_minutes(10));
  EXPECT_EQ(notes(), nothing);
  const instant second = in_minutes(20);
  at.clock->advance(15 * 60 * microseconds_per_second);
  r = tick();
  EXPECT_EQ(r.ran, 2);
  EXPECT_EQ(r.next, second);
  EXPECT_EQ(notes(), "sooner|nina|" + std::to_string(b.key().value) + "\nsun's|sun|" +
                         std::to_string(c.key().value) + "\n");
  EXPECT_EQ(tick().ran, 0);
  at.clock->advance(60 * 60 * microseconds_per_second);
  EXPECT_EQ(tick().ran, 1);
  EXPECT_FALSE(tick().next);
  EXPECT_EQ(answer(as("nina"), "select text, at from notification order by id"),
            "sooner|2026-03-02T09:10:00Z\nlater|2026-03-02T09:20:00Z\n")
      << "everybody sees the own ones";
  EXPECT_EQ(system().history("activity", a.key()).value().back().cause, "activity.reminder");
}

TEST_P(ticking, reminds_again_at_another_time_and_not_of_what_is_done) {
  const record a = task("a", 1);
  at.clock->advance(60 * microseconds_per_second);
  EXPECT_EQ(tick().ran, 1);
  session nina = as("nina");
  nina.change(nina.get("activity", a.key()).value(), {activity::remind_at = in_minutes(1)})
      .value();
  at.clock->advance(60 * microseconds_per_second);
  EXPECT_EQ(tick().ran, 1);
  const record b = task("b", 1);
  nina.change(nina.get("activity", b.key()).value(), {activity::done_at = at.clock->now()})
      .value();
  const record c = task("c", 1);
  nina.remove("activity", c.key()).value();
  at.clock->advance(60 * microseconds_per_second);
  const tick_report r = tick();
  EXPECT_EQ(r.ran, 0);
  EXPECT_FALSE(r.next) << "what is done or deleted waits for nothing";
}

TEST_P(ticking, goes_in_order_in_slices) {
  std::string wanted;
  std::vector<int> minutes;
  for (int i = 0; i < 250; ++i) minutes.push_back(i);
  std::mt19937 random(3);
  std::shuffle(minutes.begin(), minutes.end(), random);
  session all = system();
  all.begin().value();
  for (int m : minutes) {
    schema::draft d = all.draft("activity").value();
    d.set(activity::subject = std::to_string(m)).set(activity::remind_at = in_minutes(m));
    all.create(d).value();
  }
  all.commit().value();
  for (int i = 0; i < 250; ++i) wanted += std::to_string(i) + "\n";
  at.clock->advance(1000 * 60 * microseconds_per_second);
  // Nobody owns them: they are marked and nobody is told. The log has the order.
  tick_report r = tick({.at_most = 7});
  EXPECT_EQ(r.ran, 7);
  EXPECT_TRUE(r.more);
  EXPECT_EQ(r.next, at.clock->now());
  std::uint64_t told = 0;
  r = tick({.on_progress = [&](std::uint64_t done, std::uint64_t) {
    told = done;
    return true;
  }});
  EXPECT_EQ(r.ran, 243);
  EXPECT_EQ(told, 243u);
  EXPECT_FALSE(r.more);
  const rows log = all.query("select subject from activity order by reminded_at, remind_at, id "
                             "limit 10").value();
  EXPECT_EQ(log.at(0, 0), value("0"));
  EXPECT_EQ(code(at.crm->tick({.at_most = 0})), errc::invalid_argument);
  EXPECT_EQ(code(at.crm->tick({.at_most = 1'000'001})), errc::invalid_argument);
}

TEST_P(ticking, stops_when_the_host_has_had_enough) {
  for (int i = 0; i < 250; ++i) task("t", 1);
  at.clock->advance(3600 * microseconds_per_second);
  const tick_report r = tick({.on_progress = [](std::uint64_t, std::uint64_t) { return false; }});
  EXPECT_EQ(r.ran, 100);
  EXPECT_TRUE(r.more);
  EXPECT_EQ(tick().ran, 150) << "what was done stays done";
}

/// Timers of a module: one that fails for some, one that leaves its records due.
class module_timers : public testing::TestWithParam<tested_store> {
 protected:
  static work::module_ptr vendor(std::vector<std::string>* told = nullptr) {
    auto out = std::make_shared<work::module>();
    out->timers = {
        {.name = "ticket.first", .entity = "ticket", .due = "opened_at",
         .where = "status = 'new'",
         .run = [told](const record& of, sight& in, outcome& to) -> result<void> {
           if (told)
             told->push_back(std::string(of[ticket::subject].value_or("")) +
                             std::to_string(in.query("select count() from ticket").value().at(0, 0)
                                                .as_integer()));
           to.create("activity").content.set(activity::subject = "of it");
           if (of[ticket::subject] == "bad")
             return unexpected(errc::validation, "it is bad");
           to.change("ticket", of.key()).content.set(
               ticket::status = of[ticket::subject] == "stuck" ? "new" : "open");
           return {};
         }},
        {.name = "ticket.second", .entity = "ticket", .due = "resolved_at",
         .where = "status = 'resolved'",
         .run = [told](const record& of, sight&, outcome& to) -> result<void> {
           if (told) told->push_back("closed " + std::string(of[ticket::subject].value_or("")));
           to.change("ticket", of.key()).content.set(ticket::status = "closed");
           return {};
         }}};
    return out;
  }
  tenant opened(std::vector<std::string>* told = nullptr) {
    open_options how;
    how.world = default_environment();
    how.world->clock = clock_;
    how.modules = {vendor(told)};
    return open(make_driver(GetParam(), *how.world, path_), how).value();
  }
  static id make(const tenant& in, const char* subject, instant due, const char* status = "new") {
    session s = in.as_system("test");
    schema::draft d = s.draft("ticket").value();
    d.set(ticket::subject = std::string_view(subject)).set(ticket::status =
                                                               std::string_view(status));
    if (std::string_view(status) == "new") d.set(ticket::opened_at = due);
    else d.set(ticket::resolved_at = due);
    return s.create(d).value().key();
  }
  instant minute(std::int64_t n) const {
    return {start_.microseconds + n * 60 * microseconds_per_second};
  }
  void TearDown() override { remove_store(path_); }
  instant start_ = instant::parse("2026-03-02T09:00:00Z").value();
  std::shared_ptr<fixed_clock> clock_ = std::make_shared<fixed_clock>(start_);
  std::string path_ = fresh_path();
};
INSTANTIATE_TEST_SUITE_P(on, module_timers, every_store, store_name);

TEST_P(module_timers, run_in_the_order_of_time_across_timers) {
  std::vector<std::string> told;
  const tenant crm = opened(&told);
  make(crm, "c", minute(-1), "resolved");
  make(crm, "b", minute(-2));
  make(crm, "a", minute(-3), "resolved");
  make(crm, "d", minute(0));
  make(crm, "e", minute(5));
  const tick_report r = crm.tick().value();
  EXPECT_EQ(r.ran, 4);
  EXPECT_EQ(r.next, minute(5));
  EXPECT_EQ(told, (std::vector<std::string>{"closed a", "b5", "closed c", "d5"}));
}

TEST_P(module_timers, stop_nobody_else_when_one_fails) {
  const tenant crm = opened();
  make(crm, "bad", minute(-3));
  const id stuck = make(crm, "stuck", minute(-2));
  make(crm, "good", minute(-1));
  make(crm, "later", minute(9));
  for (int i = 0; i < 2; ++i) {
    const tick_report r = crm.tick().value();
    EXPECT_EQ(r.ran, i == 0 ? 1 : 0);
    ASSERT_EQ(r.failures.size(), 2u);
    EXPECT_EQ(r.failures[0].timer, "ticket.first");
    EXPECT_EQ(r.failures[0].why.message(), "it is bad");
    EXPECT_EQ(r.failures[1].record, stuck);
    EXPECT_EQ(r.failures[1].why.code(), errc::misuse);
    EXPECT_FALSE(r.more);
    EXPECT_EQ(r.next, minute(9));
  }
  EXPECT_EQ(answer(crm.as_system("test"), "select count() from activity"), "1\n")
      << "of those that failed nothing stays";
}

TEST_P(module_timers, run_once_whoever_ticks) {
  const tenant crm = opened();
  constexpr int many = 300;
  {
    session s = crm.as_system("test");
    s.begin().value();
    for (int i = 0; i < many; ++i) {
      schema::draft d = s.draft("ticket").value();
      d.set(ticket::subject = "t").set(ticket::opened_at = minute(-i));
      s.create(d).value();
    }
    s.commit().value();
  }
  std::atomic<std::int64_t> ran{0};
  std::vector<std::thread> all;
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&] {
      for (int tries = 0; tries < 50; ++tries) {
        const auto r = crm.tick({.at_most = 40});
        if (!r) continue;  // the store was busy
        ran += r->ran;
        if (!r->more) return;
      }
    });
  for (std::thread& t : all) t.join();
  EXPECT_EQ(ran, many);
  EXPECT_EQ(answer(crm.as_system("test"), "select count() from activity"),
            std::to_string(many) + "\n");
}

TEST_P(module_timers, are_refused_when_they_do_not_fit) {
  const auto told = [](work::timer t) {
    auto m = std::make_shared<work::module>();
    m->timers = {std::move(t)};
    open_options how;
    how.modules = {m};
    return message(open(":memory:", how));
  };
  const work::timer good = vendor()->timers.front();
  work::timer t = good;
  t.due = "subject";
  EXPECT_EQ(told(t), "timer `ticket.first`: `subject` is no instant");
  t = good;
  t.where = "status = ";
  EXPECT_NE(told(t).find("timer `ticket.first`: "), std::string::npos);
  t = good;
  t.name = "activity.reminder";
  EXPECT_NE(told(t).find("the name is taken"), std::string::npos);
  t = good;
  t.run = {};
  EXPECT_EQ(told(t), "timer `ticket.first`: `run` is empty");
}

}  // namespace
}  // namespace guanxi::test
