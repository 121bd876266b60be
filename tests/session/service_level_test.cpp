// What was promised about tickets, and what became of it (docs/service_levels.md).
#include "support/stores.hpp"

#include "guanxi/base/working_time.hpp"
#include "guanxi/crm/service_levels.hpp"

#include <random>

namespace guanxi::test {
namespace {

using namespace crm;

constexpr std::int64_t minute = 60 * microseconds_per_second;
constexpr const char* office = R"({"time_zone": "Asia/Shanghai",
    "monday": [["09:00", "12:00"], ["13:00", "18:00"]], "tuesday": [["09:00", "18:00"]],
    "wednesday": [["09:00", "18:00"]], "thursday": [["09:00", "18:00"]],
    "friday": [["09:00", "18:00"]], "holidays": ["2026-03-04"]})";

class service_level : public on_every_store {
 protected:
  void SetUp() override {
    hours_ = made(business_hours::entity,
                  {business_hours::name = "Office", business_hours::content = office});
    policy_ = made(sla_policy::entity, {sla_policy::name = "Gold",
                                        sla_policy::business_hours = hours_,
                                        sla_policy::criteria = "account.classification = 'key'"});
    made(sla_target::entity,
         {sla_target::policy = policy_, sla_target::first_response_minutes = std::int64_t{60},
          sla_target::resolution_minutes = std::int64_t{480},
          sla_target::warn_minutes = std::int64_t{30}});
    made(sla_target::entity,
         {sla_target::policy = policy_, sla_target::priority = "urgent",
          sla_target::first_response_minutes = std::int64_t{15},
          sla_target::resolution_minutes = std::int64_t{120}});
    session all = system();
    all.change(key("acme"), all.draft("account").value().set("classification", "key")).value();
    // Monday, 10:00 in Shanghai.
    at.clock->set(instant::parse("2026-03-02T02:00:00Z").value());
  }
  id made(const schema::entity_row& of, std::initializer_list<schema::assignment> values) {
    return system().create(of, values).value().key();
  }
  record open(std::initializer_list<schema::assignment> more = {}, const char* account = "acme") {
    schema::draft d = s.draft("ticket").value();
    d.set(ticket::subject = "T").set(ticket::account = key(account));
    for (const schema::assignment& a : more) d.set(a);
    return s.create(d).value();
  }
  record move(const record& r, const char* status) {
    return s.change(s.get("ticket", r.key()).value(), {ticket::status = std::string(status)})
        .value();
  }
  void pass(std::int64_t minutes) { at.clock->advance(minutes * minute); }
  std::string told(const record& r, const char* fields) const {
    return answer(system(), std::string("select ") + fields + " from ticket where id = :t",
                  {{"t", r.key()}});
  }
  std::string dues(const record& r) const {
    return told(r, "first_response_due_at, resolution_due_at");
  }
  std::string states(const record& r) const {
    return told(r, "first_response_state, resolution_state");
  }
  std::string notes() const {
    return answer(system(), "select kind, owner.login from notification order by id");
  }
  id hours_, policy_;
  session s = as("nina");
};
INSTANTIATE_TEST_SUITE_P(on, service_level, every_store, store_name);

TEST_P(service_level, binds_what_meets_its_criteria_when_it_is_made) {
  const record gold = open();
  EXPECT_EQ(told(gold, "sla_policy.name, sla_hours.name"), "Gold|Office\n");
  // One hour from 10:00; eight from 10:00, less the break, past Monday into Tuesday.
  EXPECT_EQ(dues(gold), "2026-03-02T03:00:00Z|2026-03-03T02:00:00Z\n");
  EXPECT_EQ(states(gold), "open|open\n");
  EXPECT_EQ(told(open({}, "zhang"), "sla_policy, resolution_due_at, resolution_state"),
            "null|null|null\n");
  EXPECT_EQ(dues(open({ticket::priority = "urgent"})),
            "2026-03-02T02:15:00Z|2026-03-02T04:00:00Z\n")
      << "two hours end with the shift, not after the break";
}

TEST_P(service_level, begins_with_the_next_opening_and_passes_over_holidays) {
  at.clock->set(instant::parse("2026-03-03T12:00:00Z").value());  // Tuesday, 20:00 there
  EXPECT_EQ(dues(open()), "2026-03-05T02:00:00Z|2026-03-05T09:00:00Z\n")
      << "Wednesday is a holiday";
}

TEST_P(service_level, stops_the_clock_while_it_waits) {
  record r = open();
  pass(30);
  r = move(r, "open");
  EXPECT_EQ(states(r), "met|open\n");
  EXPECT_EQ(told(r, "first_responded_at"), "2026-03-02T02:30:00Z\n");
  r = move(r, "pending");
  EXPECT_EQ(told(r, "resolution_due_at, hold_since"), "null|2026-03-02T02:30:00Z\n");
  pass(180);  // till 13:30 there: 90 minutes to the break, and 30 after it
  r = move(r, "open");
  EXPECT_EQ(told(r, "resolution_due_at, hold_since, hold_seconds"),
            "2026-03-03T04:00:00Z|null|7200\n");
  pass(60);
  r = move(r, "resolved");
  EXPECT_EQ(told(r, "resolved_at, resolution_seconds, resolution_state"),
            "2026-03-02T06:30:00Z|5400|met\n")
      << "half an hour, and an hour after the wait";
  r = move(r, "closed");
  EXPECT_EQ(told(r, "resolution_seconds, closed_at"), "5400|2026-03-02T06:30:00Z\n");
  r = move(r, "open");
  EXPECT_EQ(told(r, "resolved_at, resolution_seconds, closed_at, resolution_state"),
            "null|null|null|open\n");
}

TEST_P(service_level, warns_and_tells_of_violations_once_each) {
  session all = system();
  all.change(key("nina"), all.draft("user").value().set("manager", key("mona"))).value();
  const record r = open();
  EXPECT_EQ(at.crm->tick().value().next, instant::parse("2026-03-02T02:30:00Z").value());
  pass(30);
  EXPECT_EQ(at.crm->tick().value().ran, 1);
  EXPECT_EQ(states(r), "warned|open\n");
  EXPECT_EQ(at.crm->tick().value().ran, 0);
  pass(30);
  EXPECT_EQ(at.crm->tick().value().ran, 1);
  EXPECT_EQ(states(r), "violated|open\n");
  EXPECT_EQ(notes(), "ticket.first_response_warning|nina\nticket.first_response_violation|nina\n"
                     "ticket.first_response_violation|mona\n");
  move(r, "open");
  EXPECT_EQ(states(r), "violated|open\n") << "an answer that was late stays late";
  at.clock->set(instant::parse("2026-03-03T01:30:00Z").value());
  EXPECT_EQ(at.crm->tick().value().ran, 1);
  EXPECT_EQ(states(r), "violated|warned\n");
  move(r, "pending");
  at.clock->set(instant::parse("2026-03-03T03:30:00Z").value());
  EXPECT_EQ(at.crm->tick().value().ran, 0) << "what waits is not late";
  const record again = move(r, "open");
  EXPECT_EQ(told(again, "resolution_due_at, resolution_state"), "2026-03-03T04:00:00Z|open\n");
  pass(30);
  EXPECT_EQ(at.crm->tick().value().ran, 2) << "the warning anew, and the violation";
  EXPECT_EQ(states(r), "violated|violated\n");
  move(r, "resolved");
  EXPECT_EQ(states(r), "violated|violated\n");
}

TEST_P(service_level, keeps_what_was_promised_under_a_new_version) {
  const record old = open();
  session all = system();
  const rows targets =
      all.query("select id from sla_target where priority is null").value();
  const id target = targets.at(0, 0).as_id();
  EXPECT_EQ(code(all.change(target, all.draft("sla_target").value().set(
                                        "resolution_minutes", value(std::int64_t{60})))),
            errc::validation);
  const id fresh = all.invoke("sla_policy.new_version", {{.name = "policy", .content = policy_}})
                       .value()
                       .at(0, 0)
                       .as_id();
  EXPECT_EQ(answer(all, "select version, active, (select count() from sla_targets) from sla_policy "
                        "order by version"),
            "1|false|2\n2|true|2\n");
  const rows copies = all.query("select id from sla_target where policy = :p and priority is null",
                                {{"p", fresh}}).value();
  all.change(copies.at(0, 0).as_id(), all.draft("sla_target").value().set(
                                          "resolution_minutes", value(std::int64_t{60})))
      .value();
  EXPECT_EQ(dues(open()).substr(21), "2026-03-02T03:00:00Z\n");
  move(old, "open");
  EXPECT_EQ(dues(old).substr(21), "2026-03-03T02:00:00Z\n");
  s.change(s.get("ticket", old.key()).value(), {ticket::priority = "urgent"}).value();
  EXPECT_EQ(dues(old).substr(21), "2026-03-02T04:00:00Z\n") << "another priority, same version";
}

TEST_P(service_level, takes_the_targets_calendar_before_the_policys_and_the_tickets) {
  const id night = made(business_hours::entity,
                        {business_hours::name = "Night",
                         business_hours::content = R"({"monday": [["22:00", "23:00"]]})"});
  const auto named = [&](const record& r) { return told(r, "sla_hours.name"); };
  session all = system();
  const record plain = open({ticket::business_hours = night});
  EXPECT_EQ(named(plain), "Office\n");
  const id loose = made(sla_policy::entity, {sla_policy::name = "Loose"});
  made(sla_target::entity, {sla_target::policy = loose,
                            sla_target::resolution_minutes = std::int64_t{30}});
  EXPECT_EQ(named(open({ticket::business_hours = night}, "zhang")), "Night\n");
  EXPECT_EQ(dues(open({}, "zhang")), "null|2026-03-02T02:30:00Z\n") << "without any: the clock";
  const id own = made(sla_policy::entity,
                      {sla_policy::name = "Own", sla_policy::position = std::int64_t{-1},
                       sla_policy::business_hours = hours_});
  made(sla_target::entity, {sla_target::policy = own, sla_target::business_hours = night,
                            sla_target::resolution_minutes = std::int64_t{30}});
  EXPECT_EQ(named(open({}, "zhang")), "Night\n");
}

TEST_P(service_level, refuses_rules_that_cannot_be_used) {
  session all = system();
  const auto refused = [&](const schema::entity_row& of,
                           std::initializer_list<schema::assignment> values) {
    const auto r = all.create(of, values);
    EXPECT_FALSE(r);
    return std::string(guanxi::name(code(r))) + " " + (r ? "" : std::string(r.error().field())) +
           ": " + message(r);
  };
  EXPECT_NE(refused(business_hours::entity, {business_hours::name = "B",
                                             business_hours::content = R"({"mondey": []})"})
                .find("did you mean `monday`"),
            std::string::npos);
  EXPECT_EQ(refused(business_hours::entity,
                    {business_hours::name = "B", business_hours::content = "nine to five"})
                .substr(0, 14),
            "parse content:");
  EXPECT_NE(refused(sla_policy::entity,
                    {sla_policy::name = "P", sla_policy::criteria = "acount.name = 'x'"})
                .find("acount"),
            std::string::npos);
  EXPECT_EQ(refused(sla_policy::entity, {sla_policy::name = "P", sla_policy::criteria = "subject"})
                .substr(0, 23),
            "type_mismatch criteria:");
}

TEST_P(service_level, closes_a_complaint_after_its_follow_up) {
  const record r = open({ticket::type = "complaint"});
  move(r, "resolved");
  const auto early = s.change(s.get("ticket", r.key()).value(), {ticket::status = "closed"});
  EXPECT_EQ(code(early), errc::validation);
  EXPECT_EQ(early.error().field(), "followed_up_at");
  EXPECT_TRUE(s.change(s.get("ticket", r.key()).value(),
                       {ticket::status = "closed", ticket::followed_up_at = at.clock->now()}));
}

/// The same clocks, minute by minute, as the rule is written.
TEST_P(service_level, equals_a_simulation_minute_by_minute) {
  const std::uint64_t seed = 5;
  std::mt19937_64 random(seed);
  const auto upto = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  // Open or not, by the clock on the wall of Shanghai, which knows no summer time since 1991.
  const auto working = [](instant t) {
    const std::int64_t local = t.microseconds / minute + 8 * 60;
    const std::int64_t day = local / 1440, at = local % 1440;
    const std::int64_t weekday = (day + 3) % 7;  // 0: Monday; 1970 began on a Thursday
    if (weekday > 4 || date{static_cast<std::int32_t>(day)}.to_string() == "2026-03-04")
      return false;
    if (weekday == 0) return (at >= 540 && at < 720) || (at >= 780 && at < 1080);
    return at >= 540 && at < 1080;
  };
  for (int run = 0; run < 6; ++run) {
    at.clock->set(instant{instant::parse("2026-03-02T00:00:00Z").value().microseconds +
                          upto(4000) * minute});
    record r = open();
    std::int64_t left = 480, elapsed = 0;
    std::string status = "new";
    std::optional<instant> violated;
    for (int step = 0; step < 5; ++step) {
      for (std::int64_t wait = upto(900); wait > 0; --wait) {
        const instant now = at.clock->now();
        if (status != "pending" && working(now)) {
          ++elapsed;
          if (--left == 0 && !violated) violated = instant{now.microseconds + minute};
        }
        pass(1);
      }
      static_cast<void>(at.crm->tick().value());
      EXPECT_EQ(told(r, "resolution_state") == "violated\n", violated.has_value())
          << "run " << run << " step " << step;
      const char* next[] = {"open", "pending"};
      status = next[upto(2)];
      r = move(r, status.c_str());
      if (status == "pending") continue;
      // The deadline is where as many minutes of work are left.
      instant due = at.clock->now();
      for (std::int64_t more = left; more > 0; due.microseconds += minute)
        if (working(due)) --more;
      if (left > 0) {
        EXPECT_EQ(told(r, "resolution_due_at"), due.to_string() + "\n")
            << "run " << run << " step " << step;
      }
    }
    const bool late = violated.has_value();
    r = move(r, "resolved");
    EXPECT_EQ(told(r, "resolution_seconds, resolution_state"),
              std::to_string(elapsed * 60) + (late ? "|violated\n" : "|met\n"))
        << "run " << run;
  }
}

}  // namespace
}  // namespace guanxi::test
