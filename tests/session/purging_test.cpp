// Purging: what was deleted long ago is erased for good, and nothing is left to refer to it.
#include "support/stores.hpp"

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;

namespace {

class purging : public on_every_store {
 protected:
  void wait_days(std::int64_t n) { at.clock->advance(n * 86'400 * microseconds_per_second); }
  bool there(std::string_view entity, id key) {
    const session s = system();
    return s.query("select id from " + std::string(entity) + " deleted where id = :id",
                   {{"id", key, {}, false}})
               .value()
               .size() == 1;
  }
  session admin = as("admin"), vera = as("vera");
};
INSTANTIATE_TEST_SUITE_P(on, purging, every_store, store_name);

}  // namespace

TEST_P(purging, erases_what_was_deleted_long_enough_ago) {
  vera.remove("account", key("acme")).value();
  wait_days(20);
  vera.remove("account", key("bolt")).value();
  wait_days(11);
  const purge_report done = admin.purge().value();
  EXPECT_EQ(done.purged, 5) << "acme, two deals and a visit of each";
  EXPECT_EQ(done.kept, 0);
  EXPECT_TRUE(done.complete);
  EXPECT_FALSE(there("account", key("acme")) || there("opportunity", key("bridge")));
  EXPECT_TRUE(there("account", key("bolt")) && there("opportunity", key("bolts")));
  EXPECT_EQ(code(vera.restore("account", key("acme"))), errc::not_found);
  EXPECT_TRUE(vera.restore("account", key("bolt")));
  EXPECT_EQ(admin.purge().value().purged, 0);
}

TEST_P(purging, keeps_to_the_setting) {
  vera.remove("account", key("acme")).value();
  wait_days(8);
  EXPECT_EQ(admin.purge().value().purged, 0);
  const id days =
      admin.create(setting::entity, {setting::name = "purge_after_days", setting::content = "7"})
          .value()
          .key();
  EXPECT_EQ(admin.purge().value().purged, 5);
  for (const char* bad : {"soon", "-1", "1.5", "99999"}) {
    admin.change(days, admin.draft("setting").value().set("content", bad)).value();
    EXPECT_EQ(code(admin.purge()), errc::validation) << bad;
  }
}

TEST_P(purging, is_for_administrators_outside_a_transaction) {
  EXPECT_EQ(code(vera.purge()), errc::permission);
  if (GetParam() == tested_store::map) return;
  admin.begin().value();
  EXPECT_EQ(code(admin.purge()), errc::misuse);
}

TEST_P(purging, leaves_no_reference_behind) {
  session s = system();
  const id ann =
      s.create(contact::entity, {contact::name = "Ann", contact::account = key("bolt")})
          .value()
          .key();
  s.change(key("bolts"), s.draft("opportunity").value().set("contact", ann)).value();
  s.change(key("tea"), s.draft("opportunity").value().set("contact", ann)).value();
  s.remove("opportunity", key("tea")).value();
  wait_days(1);
  s.remove("contact", ann).value();
  const instant between = at.clock->now();
  EXPECT_EQ(s.get("opportunity", key("bolts")).value()[opportunity::contact], ann)
      << "a deletion leaves it";
  wait_days(1);
  const auto when = [&] {
    return answer(s, "select modified_at, modified_by from opportunity deleted");
  };
  const std::string before = when();
  s.purge({.before = between.microseconds == 0 ? between : instant{between.microseconds + 1}})
      .value();
  EXPECT_FALSE(there("contact", ann));
  EXPECT_EQ(s.get("opportunity", key("bolts")).value()[opportunity::contact], std::nullopt);
  EXPECT_FALSE(there("opportunity", key("tea"))) << "older still";
  EXPECT_NE(when(), before);
}

TEST_P(purging, keeps_when_a_deleted_record_that_refers_to_it_was_deleted) {
  session s = system();
  const id ann = s.create(contact::entity, {contact::name = "Ann"}).value().key();
  s.change(key("tea"), s.draft("opportunity").value().set("contact", ann)).value();
  s.remove("contact", ann).value();
  wait_days(40);
  s.remove("opportunity", key("tea")).value();
  const std::string bin = "select modified_at, contact from opportunity deleted";
  const std::string then = answer(s, bin);
  wait_days(1);
  EXPECT_EQ(s.purge().value().purged, 1);
  EXPECT_EQ(answer(s, bin), replaced(then, std::to_string(ann.value), "null"));
  EXPECT_EQ(s.restore("opportunity", key("tea")).value(), 2);
}

TEST_P(purging, keeps_what_live_records_cannot_be_without) {
  session s = system();
  schema::entity_definition visit{.name = "x_visit", .label_en = "Visit"};
  visit.fields = {{.name = "x_where", .type = schema::kind::reference,
                   .flags = schema::required, .target = "account"}};
  s.define(visit).value();
  const id v = s.create(s.draft("x_visit").value().set("x_where", key("lonely"))).value().key();
  s.remove("account", key("lonely")).value();
  wait_days(31);
  const purge_report first = s.purge().value();
  EXPECT_EQ(first.kept, 1);
  EXPECT_TRUE(there("account", key("lonely")));
  s.remove("x_visit", v).value();
  EXPECT_EQ(s.purge().value().kept, 0) << "what depends on it goes along";
  EXPECT_FALSE(there("account", key("lonely")) || there("x_visit", v));
}

TEST_P(purging, never_forgets_people) {
  session s = system();
  s.remove("user", key("lone")).value();
  wait_days(99);
  s.purge().value();
  EXPECT_TRUE(there("user", key("lone")));
}

TEST_P(purging, tells_of_progress_and_stops_when_told) {
  session s = system();
  std::vector<id> many;
  for (int i = 0; i < 450; ++i)
    many.push_back(s.create(contact::entity, {contact::name = "C"}).value().key());
  s.remove("contact", many).value();
  wait_days(31);
  std::uint64_t last = 0, total = 0;
  const auto told = [&](std::uint64_t done, std::uint64_t of) {
    last = done;
    total = of;
    return done < 400;
  };
  const purge_report some = s.purge({.on_progress = told}).value();
  EXPECT_FALSE(some.complete);
  EXPECT_EQ(some.purged, 400);
  EXPECT_EQ(total, 450u);
  EXPECT_EQ(answer(s, "select count() from contact deleted"), "50\n");
  EXPECT_EQ(s.purge().value().purged, 50);
}

TEST_P(purging, frees_what_a_deletion_had_cleared) {
  session s = system();
  const id top = s.create(account::entity, {account::name = "Top"}).value().key();
  const id low =
      s.create(account::entity, {account::name = "Low", account::parent = top}).value().key();
  s.remove("account", top).value();
  wait_days(31);
  EXPECT_EQ(s.purge().value().purged, 1);
  EXPECT_EQ(s.get("account", low).value()[account::parent], std::nullopt);
}
