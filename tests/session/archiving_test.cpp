// Archiving: a record is put away, read-only and out of lists, and yet is there.
#include "support/stores.hpp"

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;

namespace {

class archiving : public on_every_store {
 protected:
  session vera = as("vera"), nina = as("nina");
};
INSTANTIATE_TEST_SUITE_P(on, archiving, every_store, store_name);

}  // namespace

TEST_P(archiving, takes_a_record_out_of_lists_and_counts) {
  const std::string names = "select name from opportunity";
  EXPECT_EQ(answer(nina, names + " order by name"), "Bridge\n茶叶年单\n");
  const record put = nina.archive("opportunity", key("bridge")).value();
  EXPECT_EQ(put[schema::system_field::archived], true);
  EXPECT_EQ(answer(nina, names), "茶叶年单\n");
  EXPECT_EQ(answer(nina, "select count(), sum(amount) from opportunity"), "1|2500.00\n");
  EXPECT_EQ(answer(nina, names + " archived"), "Bridge\n");
  EXPECT_EQ(answer(nina, names + " with archived order by name"), "Bridge\n茶叶年单\n");
  EXPECT_EQ(answer(nina, names + " with archived order by amount desc limit 1"), "茶叶年单\n");
  EXPECT_EQ(answer(nina, "select name from account where id in (select account from opportunity)"),
            "张记茶业\n");
  EXPECT_EQ(answer(nina, "select name from account where id in "
                         "(select account from opportunity archived)"),
            "Acme\n");
}

TEST_P(archiving, leaves_it_to_be_got_and_followed) {
  nina.archive("account", key("acme")).value();
  EXPECT_EQ(nina.get("account", key("acme")).value()[account::name], "Acme");
  EXPECT_EQ(answer(nina, "select account.name, account.archived from opportunity "
                         "where name = 'Bridge'"),
            "Acme|true\n");
  EXPECT_EQ(nina.create(contact::entity,
                        {contact::name = "Ann", contact::account = key("acme")})
                .value()[contact::account],
            key("acme"));
}

TEST_P(archiving, makes_it_read_only_for_everybody) {
  const record bridge = nina.get("opportunity", key("bridge")).value();
  nina.archive("opportunity", key("bridge")).value();
  session who[] = {as("nina"), as("admin"), system()};
  for (session& s : who) {
    const auto change = s.change(
        key("bridge"), schema::draft(bridge.of(), {opportunity::name = "Other"}));
    EXPECT_EQ(code(change), errc::validation);
    EXPECT_EQ(message(change), "this `opportunity` is archived, which makes it read-only; nothing "
                               "was changed; unarchive it first");
    EXPECT_EQ(code(s.remove("opportunity", key("bridge"))), errc::validation);
  }
  EXPECT_FALSE(nina.explain(action::edit, "opportunity", key("bridge")).value().allowed);
  EXPECT_TRUE(nina.explain(action::read, "opportunity", key("bridge")).value().allowed);
  nina.unarchive("opportunity", key("bridge")).value();
  EXPECT_TRUE(
      nina.change(key("bridge"), schema::draft(bridge.of(), {opportunity::name = "Other"})));
  EXPECT_EQ(answer(nina, "select count() from opportunity archived"), "0\n");
}

TEST_P(archiving, needs_the_right_to_edit) {
  session nils = as("nils");
  EXPECT_EQ(code(nils.archive("opportunity", key("bridge"))), errc::not_found);
  EXPECT_EQ(code(nina.archive("stage", key("talk"))), errc::permission);
  EXPECT_TRUE(vera.archive("opportunity", key("bridge")));
  EXPECT_EQ(code(nils.unarchive("opportunity", key("bridge"))), errc::not_found);
}

TEST_P(archiving, guards_a_revision_and_is_done_once) {
  const record r = nina.get("opportunity", key("bridge")).value();
  EXPECT_EQ(code(nina.archive("opportunity", key("bridge"), r.revision() + 1)), errc::conflict);
  const record once = nina.archive("opportunity", key("bridge"), r.revision()).value();
  EXPECT_EQ(once.revision(), r.revision() + 1);
  EXPECT_EQ(nina.archive("opportunity", key("bridge")).value().revision(), once.revision());
}

TEST_P(archiving, lets_it_go_and_come_with_its_parent) {
  vera.archive("opportunity", key("bridge")).value();
  vera.remove("account", key("acme")).value();
  EXPECT_EQ(code(nina.get("opportunity", key("bridge"))), errc::not_found);
  EXPECT_EQ(answer(vera, "select name from opportunity archived"), "");
  vera.restore("account", key("acme")).value();
  EXPECT_EQ(answer(vera, "select name from opportunity archived"), "Bridge\n");
}

TEST_P(archiving, still_forbids_the_deletion_of_what_it_refers_to) {
  session s = system();
  const id late = s.create(stage::entity, {stage::name = "Late", stage::pipeline = key("pipeline")})
                      .value()
                      .key();
  const id deal =
      s.create(opportunity::entity, {opportunity::name = "Old", opportunity::stage = late})
          .value()
          .key();
  s.archive("opportunity", deal).value();
  EXPECT_EQ(code(s.remove("stage", late)), errc::validation);
}

TEST_P(archiving, of_rules_and_people_takes_no_right_away) {
  session s = system();
  const rows sets = s.query("select id from permission_set").value();
  for (std::size_t i = 0; i < sets.size(); ++i)
    s.archive("permission_set", sets.at(i, 0).as_id()).value();
  s.archive("user", key("nina")).value();
  s.archive("role", key("role.north")).value();
  EXPECT_TRUE(as("nina").get("opportunity", key("bridge")));
  EXPECT_TRUE(as("mona").get("opportunity", key("bridge")));
}

TEST_P(archiving, moves_with_an_owner_who_changes_role) {
  session s = system();
  nina.archive("opportunity", key("bridge")).value();
  s.change(key("nina"), s.draft("user").value().set("role", key("role.agent_south"))).value();
  EXPECT_EQ(code(as("mona").get("opportunity", key("bridge"))), errc::not_found);
  EXPECT_TRUE(as("samir").get("opportunity", key("bridge")));
}

TEST_P(archiving, is_in_its_history) {
  nina.archive("opportunity", key("bridge")).value();
  nina.unarchive("opportunity", key("bridge")).value();
  const auto told = nina.history("opportunity", key("bridge")).value();
  ASSERT_GE(told.size(), 3u);
  ASSERT_EQ(told.back().fields.size(), 1u);
  EXPECT_EQ(told.back().fields[0].name, "archived");
  EXPECT_EQ(told.back().fields[0].before, value(true));
}
