// Who gets what comes in (docs/assignment.md).
#include "support/stores.hpp"

#include "guanxi/crm/assignment.hpp"
#include "guanxi/crm/queues.hpp"
#include "guanxi/crm/sharing.hpp"

#include <atomic>
#include <map>
#include <thread>

namespace guanxi::test {
namespace {

using namespace crm;

class assignment : public on_every_store {
 protected:
  void SetUp() override {
    session all = system();
    sales_ = all.create(user_group::entity, {user_group::name = "Sales"}).value().key();
    for (const char* who : {"nina", "nils", "sun"}) join(who);
  }
  id join(const char* who) {
    return system()
        .create(group_member::entity,
                {group_member::group = sales_, group_member::user = key(who)})
        .value()
        .key();
  }
  id rule(const char* method, const char* criteria = "", std::int64_t position = 1,
          const char* entity = "lead") {
    return system()
        .create(assignment_rule::entity,
                {assignment_rule::name = "R", assignment_rule::entity_name = std::string(entity),
                 assignment_rule::method = std::string(method),
                 assignment_rule::criteria = std::string(criteria),
                 assignment_rule::position = position, assignment_rule::group = sales_})
        .value()
        .key();
  }
  void takes(const char* who, std::optional<std::int64_t> open, std::optional<std::int64_t> daily,
             std::optional<std::int64_t> monthly = {}) {
    session all = system();
    schema::draft d = all.draft("assignment_capacity").value();
    d.set(assignment_capacity::user = key(who)).set("entity", "lead");
    if (open) d.set(assignment_capacity::most_open = *open);
    if (daily) d.set(assignment_capacity::daily = *daily);
    if (monthly) d.set(assignment_capacity::monthly = *monthly);
    all.create(d).value();
  }
  id lead_of(const char* source = "web") {
    return system()
        .create(lead::entity, {lead::name = "L", lead::source = std::string(source)})
        .value()
        .key();
  }
  /// The login of who got it, "nobody", or "no rule".
  std::string assigned(id lead) {
    const auto r = system().invoke("lead.assign", {{.name = "record", .content = lead}});
    if (!r) return "error: " + message(r);
    if (r->at(0, 1).is_null()) return "no rule";
    if (r->at(0, 0).is_null()) return "nobody";
    return answer(system(), "select owner.login from lead where id = :l", {{"l", lead}})
        .substr(0, 4);
  }
  std::string next(const char* source = "web") { return assigned(lead_of(source)); }
  id sales_;
};
INSTANTIATE_TEST_SUITE_P(on, assignment, every_store, store_name);

TEST_P(assignment, goes_round_without_skipping_or_doubling) {
  rule("round_robin");
  // In the order of ids: nina, nils, sun.
  EXPECT_EQ(next(), "nina");
  EXPECT_EQ(next(), "nils");
  EXPECT_EQ(next(), "sun\n");
  EXPECT_EQ(next(), "nina");
  EXPECT_EQ(answer(system(), "select user.login, count() from ownership group by user.login "
                             "order by user.login"),
            "nils|1\nnina|2\nsun|1\n");
}

TEST_P(assignment, skips_the_absent_and_the_inactive) {
  rule("round_robin");
  session all = system();
  const instant now = at.clock->now();
  all.create(user_absence::entity,
             {user_absence::user = key("nils"), user_absence::starts_at = now,
              user_absence::ends_at = instant{now.microseconds + 1000}})
      .value();
  EXPECT_EQ(next(), "nina");
  EXPECT_EQ(next(), "sun\n");
  at.clock->advance(1000);
  EXPECT_EQ(next(), "nina");
  EXPECT_EQ(next(), "nils");
  all.change(key("sun"), all.draft("user").value().set("active", false)).value();
  EXPECT_EQ(next(), "nina");
}

TEST_P(assignment, lets_the_first_entry_decide_that_is_met) {
  rule("round_robin", "source = 'fair' and score > 10", 1);
  session all = system();
  const id named = all.create(assignment_rule::entity,
                              {assignment_rule::name = "Web", assignment_rule::entity_name = "lead",
                               assignment_rule::method = "user",
                               assignment_rule::criteria = "source = 'web'",
                               assignment_rule::position = std::int64_t{2},
                               assignment_rule::user = key("lone")})
                       .value()
                       .key();
  EXPECT_EQ(next("web"), "lone");
  EXPECT_EQ(next("fair"), "no rule") << "a score that is null is not above 10";
  rule("round_robin", "", 3);
  EXPECT_EQ(next("fair"), "nina") << "the catch-all comes last";
  all.change(named, all.draft("assignment_rule").value().set("active", false)).value();
  EXPECT_EQ(next("web"), "nils");
}

TEST_P(assignment, counts_who_has_the_fewest_open) {
  rule("load");
  session all = system();
  const auto owned = [&](const char* who, const char* status) {
    schema::draft d = all.draft("lead").value();
    d.set(lead::name = "O").set(lead::status = std::string_view(status));
    d.set(schema::system_field::owner = key(who));
    all.create(d).value();
  };
  owned("nina", "new");
  owned("nils", "working");
  owned("nils", "converted");
  owned("sun", "unqualified");
  EXPECT_EQ(next(), "sun\n");
  EXPECT_EQ(next(), "nina") << "of equals the lowest id";
  EXPECT_EQ(next(), "nils");
}

TEST_P(assignment, keeps_to_quotas_and_capacities) {
  rule("capacity");
  takes("nina", {}, 2, 3);
  takes("nils", {}, 5, 2);
  takes("sun", 1, 1);
  EXPECT_EQ(next(), "nina") << "2 left as nils has, and the lowest id";
  EXPECT_EQ(next(), "nils");
  EXPECT_EQ(next(), "nina");
  EXPECT_EQ(next(), "nils");
  EXPECT_EQ(next(), "sun\n");
  EXPECT_EQ(next(), "nobody");
  at.clock->advance(microseconds_per_day);
  EXPECT_EQ(next(), "nina") << "her third of the month; sun still holds one";
  EXPECT_EQ(next(), "nobody");
  // What is passed on still counts as given.
  session all = system();
  all.change(lead_of(), all.draft("lead").value().set("owner", key("lone"))).value();
  EXPECT_EQ(next(), "nobody");
  at.clock->advance(31 * microseconds_per_day);
  EXPECT_EQ(next(), "nina");
}

TEST_P(assignment, knows_groups_in_groups_and_roles_below) {
  session all = system();
  const id outer = all.create(user_group::entity, {user_group::name = "Outer"}).value().key();
  all.create(group_member::entity,
             {group_member::group = outer, group_member::role = key("role.vp"),
              group_member::subordinates = true})
      .value();
  all.create(group_member::entity,
             {group_member::group = outer, group_member::nested_group = sales_})
      .value();
  const id r = rule("round_robin");
  all.change(r, all.draft("assignment_rule").value().set("user_group", outer)).value();
  std::map<std::string, int> seen;
  for (int i = 0; i < 12; ++i) ++seen[next()];
  EXPECT_EQ(seen.size(), 6u) << "vera, mona, samir, nina, nils, sun; idle is not active";
  for (const auto& [who, n] : seen) EXPECT_EQ(n, 2) << who;
}

TEST_P(assignment, lets_what_fits_nobody_wait_in_a_queue) {
  session all = system();
  const id waiting =
      all.create(queue::entity, {queue::name = "First line", queue::holder = key("lone")})
          .value()
          .key();
  all.create(assignment_rule::entity,
             {assignment_rule::name = "Rest", assignment_rule::entity_name = "lead",
              assignment_rule::method = "queue", assignment_rule::queue = waiting})
      .value();
  takes("lone", 0, 0);
  EXPECT_EQ(next(), "lone");
}

TEST_P(assignment, gives_to_who_is_named_if_he_can_take_it) {
  takes("sun", 1, {});
  session nina = as("nina");
  const id mine = nina.create(lead::entity, {lead::name = "M"}).value().key();
  const auto give = [&](const char* to) {
    return nina.invoke("lead.assign", {{.name = "record", .content = mine},
                                       {.name = "user", .content = key(to)}});
  };
  EXPECT_EQ(code(give("idle")), errc::validation);
  session all = system();
  schema::draft d = all.draft("lead").value();
  d.set(lead::name = "S").set(schema::system_field::owner = key("sun"));
  all.create(d).value();
  EXPECT_EQ(code(give("sun")), errc::validation) << "sun holds one";
  EXPECT_TRUE(give("nils"));
  EXPECT_EQ(answer(all, "select cause, user.login, previous.login from ownership"),
            "assign|nils|nina\n");
  EXPECT_EQ(code(give("nina")), errc::not_found) << "it is out of her reach now";
}

TEST_P(assignment, says_which_rule_cannot_be_used) {
  rule("round_robin", "sorce = 'web'");
  const std::string told = next();
  EXPECT_NE(told.find("the criteria of the assignment rule `R` cannot be used"), std::string::npos)
      << told;
  EXPECT_NE(told.find("did you mean `source`"), std::string::npos) << told;
}

TEST_P(assignment, doubles_and_skips_nobody_with_many_at_once) {
  rule("round_robin");
  constexpr int threads = 4, each = 15;
  std::vector<id> leads;
  for (int i = 0; i < threads * each; ++i) leads.push_back(lead_of());
  std::atomic<int> done{0};
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&, t] {
      session s = at.crm->as_system("intake");
      for (int i = 0; i < each; ++i)
        for (int tries = 0; tries < 200; ++tries) {
          const auto r = s.invoke(
              "lead.assign",
              {{.name = "record", .content = leads[static_cast<std::size_t>(t * each + i)]}});
          if (!r) continue;  // the store was busy
          ++done;
          break;
        }
    });
  for (std::thread& t : all) t.join();
  EXPECT_EQ(done, threads * each);
  EXPECT_EQ(answer(system(), "select owner.login, count() from lead where name = 'L' "
                             "group by owner.login order by owner.login"),
            "nils|20\nnina|20\nsun|20\n");
}

TEST_P(assignment, captures_once_whatever_comes_twice) {
  rule("round_robin");
  session s = as("lone");
  const std::vector<expr::parameter_value> sent = {
      {.name = "key", .content = "form-1"}, {.name = "name", .content = "王芳"},
      {.name = "company", .content = "Lotus"}, {.name = "source", .content = "web"},
      {.name = "values",
       .content = R"({"description": "from a form", "received_on": "2026-03-01"})"}};
  const rows first = s.invoke("lead.capture", sent).value();
  EXPECT_EQ(first.at(0, 1), value(true));
  EXPECT_EQ(answer(system(), "select name, company, description, received_on, owner.login, "
                             "capture_key from lead"),
            "王芳|Lotus|from a form|2026-03-01|nina|form-1\n");
  const rows again = s.invoke("lead.capture", sent).value();
  EXPECT_TRUE(again.at(0, 0).is_null()) << "it is nina's now, out of who captured it's sight";
  EXPECT_EQ(again.at(0, 1), value(false));
  EXPECT_EQ(system().invoke("lead.capture", sent).value().at(0, 0), first.at(0, 0));
  EXPECT_EQ(answer(system(), "select count() from ownership"), "1\n");
  const rows kept = s.invoke("lead.capture", {{.name = "key", .content = "form-2"},
                                              {.name = "name", .content = "X"},
                                              {.name = "assign", .content = false}})
                        .value();
  EXPECT_EQ(s.get("lead", kept.at(0, 0).as_id()).value()[schema::system_field::owner], key("lone"));
}

TEST_P(assignment, captures_tickets_and_refuses_what_is_wrong) {
  session s = as("nina");
  const rows t = s.invoke("ticket.capture", {{.name = "key", .content = "mail-7"},
                                             {.name = "subject", .content = "Broken"},
                                             {.name = "account", .content = key("acme")},
                                             {.name = "channel", .content = "email"}})
                     .value();
  EXPECT_EQ(s.get("ticket", t.at(0, 0).as_id()).value()[ticket::channel], "email");
  const auto told = [&](std::vector<expr::parameter_value> more) {
    more.push_back({.name = "key", .content = "k"});
    const auto r = s.invoke("ticket.capture", more);
    EXPECT_FALSE(r);
    return std::string(guanxi::name(code(r))) + ": " + message(r);
  };
  EXPECT_EQ(told({}).substr(0, 11), "validation:") << "a ticket needs its subject";
  EXPECT_EQ(told({{.name = "subject", .content = "S"}, {.name = "values", .content = "[1]"}}),
            "parse: `values` takes a JSON object of fields");
  EXPECT_NE(told({{.name = "subject", .content = "S"},
                  {.name = "values", .content = R"({"nothing": 1})"}})
                .find("no field `nothing`"),
            std::string::npos);
  EXPECT_NE(told({{.name = "subject", .content = "S"},
                  {.name = "values", .content = R"({"description": [1]})"}})
                .find("takes one value"),
            std::string::npos);
  EXPECT_EQ(told({{.name = "subject", .content = "S"}, {.name = "channel", .content = "pigeon"}})
                .substr(0, 11),
            "validation:");
  EXPECT_EQ(answer(system(), "select count() from ticket"), "1\n");
}

}  // namespace
}  // namespace guanxi::test
