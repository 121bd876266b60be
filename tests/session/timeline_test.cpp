// When somebody was last in contact, and what happened with a customer.
#include "support/stores.hpp"

#include <random>

namespace guanxi::test {
namespace {

using namespace crm;

class timeline_case : public on_every_store {
 protected:
  void wait(std::int64_t minutes) {
    at.clock->advance(minutes * 60 * microseconds_per_second);
  }
  std::string last(const char* entity, id key) const {
    return answer(system(), std::string("select last_activity_at from ") + entity +
                                " where id = :k", {{"k", key}});
  }
  record log(std::initializer_list<schema::assignment> values, bool done = true) {
    schema::draft d = s.draft("activity").value();
    d.set(activity::subject = "Call").set(activity::type = "call");
    if (done) d.set(activity::done_at = at.clock->now());
    for (const schema::assignment& a : values) d.set(a);
    return s.create(d).value();
  }
  /// A page of a timeline as lines of when, what and title.
  std::string page(session& by, const char* action, id key, std::int64_t limit = 50,
                   value after = {}, std::string* place = nullptr) {
    const auto r = by.invoke(action, {{.name = "record", .content = key},
                                      {.name = "limit", .content = limit},
                                      {.name = "after", .content = after}});
    if (!r) return "error: " + message(r);
    std::string out;
    for (std::size_t i = 0; i < r->size(); ++i) {
      out += r->at(i, 0).to_string().substr(11, 5);
      for (std::size_t c : {1, 2, 4, 5}) out += "|" + r->at(i, c).to_string();
      out += "\n";
    }
    if (place) *place = r->empty() ? "" : r->at(r->size() - 1, 7).to_string();
    return out;
  }
  session s = as("nina");
};
INSTANTIATE_TEST_SUITE_P(on, timeline_case, every_store, store_name);

TEST_P(timeline_case, belongs_to_the_customer_of_what_it_is_related_to) {
  EXPECT_EQ(log({activity::opportunity = key("tea")})[activity::account], key("zhang"));
  EXPECT_EQ(log({activity::opportunity = key("tea"),
                 activity::account = key("acme")})[activity::account],
            key("acme"));
  const record c =
      s.create(contact::entity, {contact::name = "C", contact::account = key("acme")}).value();
  const record a = log({activity::contact = c.key()}, false);
  EXPECT_EQ(a[activity::account], key("acme"));
}

TEST_P(timeline_case, knows_the_last_activity_of_everything_it_is_related_to) {
  EXPECT_EQ(last("account", key("acme")), "null\n");
  const record planned = log({activity::opportunity = key("bridge")}, false);
  EXPECT_EQ(last("opportunity", key("bridge")), "null\n") << "planned is not done";
  wait(5);
  s.change(planned, {activity::done_at = at.clock->now()}).value();
  EXPECT_EQ(last("opportunity", key("bridge")), "2026-03-02T09:05:00Z\n");
  EXPECT_EQ(last("account", key("acme")), "2026-03-02T09:05:00Z\n");
  wait(-3);
  log({activity::account = key("acme")});
  EXPECT_EQ(last("account", key("acme")), "2026-03-02T09:05:00Z\n") << "an earlier one";
  const record l = s.create(lead::entity, {lead::name = "L"}).value();
  const record t = s.create(ticket::entity, {ticket::subject = "T"}).value();
  const record c = s.create(contact::entity, {contact::name = "C"}).value();
  wait(30);
  log({activity::lead = l.key(), activity::ticket = t.key(), activity::contact = c.key()});
  for (const auto& [entity, of] :
       {std::pair("lead", l.key()), {"ticket", t.key()}, {"contact", c.key()}})
    EXPECT_EQ(last(entity, of), "2026-03-02T09:32:00Z\n") << entity;
}

TEST_P(timeline_case, takes_back_what_was_moved_or_deleted) {
  log({activity::account = key("acme")});
  wait(10);
  record later = log({activity::account = key("acme"), activity::opportunity = key("bridge")});
  EXPECT_EQ(last("account", key("acme")), "2026-03-02T09:10:00Z\n");
  later = s.change(later, {activity::account = key("zhang")}).value();
  EXPECT_EQ(last("account", key("acme")), "2026-03-02T09:00:00Z\n");
  EXPECT_EQ(last("account", key("zhang")), "2026-03-02T09:10:00Z\n");
  EXPECT_EQ(last("opportunity", key("bridge")), "2026-03-02T09:10:00Z\n");
  later = s.change(later, {activity::done_at = at.clock->now()}).value();
  s.remove("activity", later.key()).value();
  EXPECT_EQ(last("account", key("zhang")), "null\n");
  EXPECT_EQ(last("opportunity", key("bridge")), "null\n");
  s.restore("activity", later.key()).value();
  EXPECT_EQ(last("account", key("zhang")), "2026-03-02T09:10:00Z\n");
}

/// What the page says, looked up record by record: the latest of what is logged, whoever did what.
TEST_P(timeline_case, is_the_latest_after_any_changes) {
  std::mt19937_64 random(7);
  const auto upto = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const id accounts[] = {key("acme"), key("zhang")};
  const id deals[] = {key("bridge"), key("tea")};
  std::vector<id> live, gone;
  for (int i = 0; i < 120; ++i) {
    wait(static_cast<std::int64_t>(upto(7)) - 2);
    const std::size_t what = upto(10);
    if (live.empty() || what < 4) {
      live.push_back(log({activity::account = accounts[upto(2)],
                          activity::opportunity = deals[upto(2)]}, upto(3) != 0)
                         .key());
    } else if (what < 7) {
      schema::draft d = s.draft("activity").value();
      if (upto(2)) d.set(activity::done_at = at.clock->now());
      else d.set(activity::done_at = nullptr);
      if (upto(2)) d.set(activity::account = accounts[upto(2)]);
      s.change(live[upto(live.size())], d).value();
    } else if (what < 9 || gone.empty()) {
      const std::size_t which = upto(live.size());
      s.remove("activity", live[which]).value();
      gone.push_back(live[which]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(which));
    } else {
      s.restore("activity", gone.back()).value();
      live.push_back(gone.back());
      gone.pop_back();
    }
    for (const char* field : {"account", "opportunity"})
      for (const id of : field[0] == 'a' ? accounts : deals) {
        std::optional<instant> wanted;
        for (const id each : live) {
          const record r = s.get("activity", each).value();
          const auto done = r[activity::done_at];
          const auto to = field[0] == 'a' ? r[activity::account] : r[activity::opportunity];
          if (done && to == of && (!wanted || *wanted < *done)) wanted = *done;
        }
        ASSERT_EQ(last(field, of), (wanted ? wanted->to_string() : "null") + "\n") << "step " << i;
      }
  }
}

TEST_P(timeline_case, tells_what_happened_the_latest_first) {
  const record a = s.create(account::entity, {account::name = "Nova"}).value();
  wait(1);
  const record c =
      s.create(contact::entity, {contact::name = "Ida", contact::account = a.key(),
                                 contact::job_title = "CEO"})
          .value();
  wait(1);
  record d = s.create(opportunity::entity,
                      {opportunity::name = "Deal", opportunity::account = a.key(),
                       opportunity::stage = key("talk"), opportunity::source = "web"})
                 .value();
  wait(1);
  log({activity::opportunity = d.key()});
  wait(1);
  d = s.get("opportunity", d.key()).value();  // which the call has moved on
  d = s.change(d, {opportunity::stage = key("won")}).value();
  wait(1);
  s.create(ticket::entity, {ticket::subject = "Help", ticket::account = a.key(),
                            ticket::opened_at = at.clock->now(), ticket::channel = "phone"})
      .value();
  EXPECT_EQ(page(s, "account.timeline", a.key()),
            "09:05|ticket_opened|ticket|Help|phone\n"
            "09:04|stage_entered|opportunity|Deal|Won\n"
            "09:03|activity|activity|Call|call\n"
            "09:02|opportunity_created|opportunity|Deal|web\n"
            "09:02|stage_entered|opportunity|Deal|Talk\n"
            "09:01|contact_created|contact|Ida|CEO\n"
            "09:00|account_created|account|Nova|prospect\n");
  EXPECT_EQ(page(s, "opportunity.timeline", d.key()),
            "09:04|stage_entered|opportunity|Deal|Won\n"
            "09:03|activity|activity|Call|call\n"
            "09:02|opportunity_created|opportunity|Deal|web\n"
            "09:02|stage_entered|opportunity|Deal|Talk\n");
  EXPECT_EQ(page(s, "contact.timeline", c.key()), "09:01|contact_created|contact|Ida|CEO\n");
}

TEST_P(timeline_case, goes_by_pages_without_gap_or_doubling) {
  const record a = s.create(account::entity, {account::name = "Nova"}).value();
  for (int i = 0; i < 30; ++i) {
    if (i % 4 == 0) wait(1);  // several at one moment
    log({activity::account = a.key()});
    if (i % 3 == 0)
      s.create(contact::entity, {contact::name = "P", contact::account = a.key()}).value();
    if (i % 5 == 0)
      s.create(opportunity::entity, {opportunity::name = "D", opportunity::account = a.key(),
                                     opportunity::stage = key("talk")})
          .value();
  }
  const std::string whole = page(s, "account.timeline", a.key(), 1000);
  EXPECT_EQ(std::count(whole.begin(), whole.end(), '\n'), 1 + 30 + 10 + 6 * 2);
  for (std::int64_t size : {1, 2, 7, 100}) {
    std::string together, place;
    value after;
    for (int n = 0; n < 100; ++n) {
      const std::string next = page(s, "account.timeline", a.key(), size, after, &place);
      if (next.empty()) break;
      together += next;
      after = value(place);
    }
    EXPECT_EQ(together, whole) << "pages of " << size;
  }
}

TEST_P(timeline_case, shows_nothing_out_of_sight) {
  session all = system();
  log({activity::account = key("acme")});
  schema::draft d = all.draft("activity").value();
  d.set(activity::subject = "Secret").set(activity::account = key("acme"));
  d.set(activity::done_at = at.clock->now()).set(schema::system_field::owner = key("sun"));
  all.create(d).value();
  EXPECT_EQ(page(s, "account.timeline", key("acme")).find("Secret"), std::string::npos);
  EXPECT_EQ(page(s, "account.timeline", key("acme")).find("Cross"), std::string::npos)
      << "another's deal with the same customer";
  session everybody = as("vera");
  EXPECT_NE(page(everybody, "account.timeline", key("acme")).find("Secret"), std::string::npos);
  session sun = as("sun");
  EXPECT_EQ(page(sun, "account.timeline", key("bolt")),
            "error: no `account` with id " + std::to_string(key("bolt").value));
  all.create(field_right::entity,
             {field_right::permission_set = key("standard"), field_right::entity_name = "activity",
              field_right::field = "subject", field_right::may_read = false,
              field_right::may_edit = false})
      .value();
  session nina = as("nina");
  const std::string shown = page(nina, "account.timeline", key("acme"));
  EXPECT_NE(shown.find("|activity|activity|null|call\n"), std::string::npos) << shown;
}

TEST_P(timeline_case, refuses_a_place_that_is_none) {
  for (const char* wrong : {"", "x", "2026-03-02T09:00:00Z/activity", "2026/activity/1",
                            "2026-03-02T09:00:00Z/activity/1x"}) {
    const auto r = s.invoke("account.timeline", {{.name = "record", .content = key("acme")},
                                                 {.name = "after", .content = wrong}});
    EXPECT_EQ(code(r), errc::invalid_argument) << wrong;
  }
  for (std::int64_t limit : {0, -1, 1001}) {
    const auto r = s.invoke("account.timeline", {{.name = "record", .content = key("acme")},
                                                 {.name = "limit", .content = limit}});
    EXPECT_EQ(code(r), errc::invalid_argument) << limit;
  }
}

}  // namespace
}  // namespace guanxi::test
