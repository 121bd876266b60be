// Deleting with what goes along, restoring exactly that, and the bin between them.
#include "support/stores.hpp"

#include <gmock/gmock.h>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;

namespace {

class deleting : public on_every_store {
 protected:
  id make(session& s, const schema::entity_row& of, std::initializer_list<schema::assignment> v) {
    const result<record> made = s.create(of, v);
    EXPECT_TRUE(made) << message(made);
    return made ? made->key() : id{};
  }
  id person(session& s, std::string_view name, id account) {
    return make(s, contact::entity, {contact::name = name, contact::account = account});
  }
  bool live(std::string_view entity, id key) { return system().get(entity, key).has_value(); }
  std::int64_t batch_of(std::string_view entity, id key) {
    const session s = system();
    const rows r = s.query("select deletion_batch from " + std::string(entity) +
                               " deleted where id = :id",
                           {{"id", key, {}, false}})
                       .value();
    return r.empty() ? 0 : r.at(0, 0).as_integer();
  }
  std::string count(const session& s, std::string_view from) {
    std::string n = answer(s, "select count() from " + std::string(from));
    return n.substr(0, n.find('\n'));
  }
  session vera = as("vera"), nina = as("nina"), sun = as("sun");
};
INSTANTIATE_TEST_SUITE_P(on, deleting, every_store, store_name);

}  // namespace

TEST_P(deleting, takes_along_what_belongs_to_it) {
  const id ann = person(vera, "Ann", key("acme"));
  const id task = make(vera, activity::entity,
                       {activity::subject = "Call", activity::opportunity = key("bridge")});
  const id bolts = key("bolts");
  vera.remove("account", key("acme")).value();
  for (const auto& [entity, record] :
       {std::pair("account", key("acme")), std::pair("contact", ann),
        std::pair("opportunity", key("bridge")), std::pair("opportunity", key("cross")),
        std::pair("activity", task)}) {
    EXPECT_FALSE(live(entity, record)) << entity;
    EXPECT_EQ(batch_of(entity, record), batch_of("account", key("acme"))) << entity;
  }
  EXPECT_EQ(answer(system(), "select count() from stage_visit where opportunity = " +
                                 std::to_string(key("bridge").value)),
            "0\n");
  EXPECT_TRUE(live("opportunity", bolts));
}

TEST_P(deleting, and_restoring_brings_back_exactly_that) {
  const session s = system();
  const auto all = [&] {
    std::string out;
    for (const char* entity : {"account", "contact", "opportunity", "stage_visit", "activity"})
      out += answer(s, "select id, owner, owner_role, created_at from " + std::string(entity) +
                           " order by id") +
             "-";
    return out;
  };
  person(vera, "Ann", key("acme"));
  make(vera, activity::entity, {activity::subject = "Call", activity::account = key("acme")});
  const std::string before = all();
  vera.remove("account", key("acme")).value();
  EXPECT_NE(all(), before);
  // acme, ann, the call, two deals with a visit each
  EXPECT_EQ(vera.restore("account", key("acme")).value(), 7);
  EXPECT_EQ(all(), before);
  EXPECT_EQ(code(vera.restore("account", key("acme"))), errc::validation) << "it is live";
}

// The trap: children that were deleted earlier or later by themselves revive with their parent.
TEST_P(deleting, leaves_deleted_what_was_deleted_by_itself) {
  const id early = person(vera, "Early", key("acme")), late = person(vera, "Late", key("acme")),
           with = person(vera, "With", key("acme"));
  vera.remove("contact", early).value();
  vera.remove("account", key("acme")).value();
  const std::int64_t batch = batch_of("account", key("acme"));
  vera.restore("account", key("acme")).value();
  vera.remove("contact", late).value();
  vera.remove("account", key("acme")).value();
  EXPECT_EQ(code(vera.restore_batch(batch)), errc::not_found) << "that batch is used up";
  vera.restore_batch(batch_of("account", key("acme"))).value();
  EXPECT_FALSE(live("contact", early));
  EXPECT_FALSE(live("contact", late));
  EXPECT_TRUE(live("contact", with));
  EXPECT_TRUE(live("opportunity", key("bridge")));
  EXPECT_EQ(vera.restore("contact", late).value(), 1);
  EXPECT_EQ(vera.restore("contact", early).value(), 1);
}

TEST_P(deleting, fails_whole_if_a_child_is_not_yours) {
  // cross, which is sun's and out of nina's sight, belongs to nina's acme.
  const result<void> hidden = nina.remove("account", key("acme"));
  EXPECT_EQ(code(hidden), errc::permission);
  EXPECT_EQ(message(hidden),
            "nothing was deleted, since what you may not see goes along and is not yours to "
            "delete; ask an administrator");
  EXPECT_EQ(hidden.error().others().size(), 0u);
  EXPECT_TRUE(live("account", key("acme")));
  EXPECT_TRUE(live("opportunity", key("bridge")));
}

TEST_P(deleting, names_what_is_in_the_way_within_sight_only) {
  session s = system();
  make(s, sharing_default::entity,
       {sharing_default::entity_name = "contact", sharing_default::level = "read"});
  const id ann = person(sun, "Ann", key("sunny"));
  const id bob = make(s, contact::entity,
                      {contact::name = "Bob", contact::account = key("zhang"),
                       schema::system_field::owner = key("sun")});
  const id call = make(s, activity::entity,
                       {activity::subject = "Hidden", activity::account = key("zhang"),
                        schema::system_field::owner = key("sun")});
  const result<void> both = nina.remove("account", key("zhang"));
  EXPECT_EQ(message(both), "nothing was deleted, since `contact` " + std::to_string(bob.value) +
                               " `Bob` goes along and is not yours to delete, and what you may "
                               "not see goes along and is not yours to delete; ask an "
                               "administrator");
  ASSERT_EQ(both.error().others().size(), 1u);
  EXPECT_EQ(both.error().others()[0].record(), bob.value);
  EXPECT_TRUE(live("contact", bob) && live("activity", call) && live("contact", ann));
  s.remove("activity", call).value();
  person(nina, "Own", key("zhang"));
  make(s, contact::entity, {contact::name = "Cyd", contact::account = key("zhang"),
                            schema::system_field::owner = key("sun")});
  EXPECT_THAT(message(nina.remove("account", key("zhang"))),
              testing::HasSubstr("2 records (`contact` " + std::to_string(bob.value) + " `Bob`, "));
}

TEST_P(deleting, is_forbidden_by_what_still_refers_to_it) {
  session s = system();
  const result<void> stage = s.remove("stage", key("won"));
  EXPECT_EQ(code(stage), errc::validation);
  EXPECT_THAT(message(stage), testing::HasSubstr("refer to it"));
  EXPECT_EQ(code(s.remove("pipeline", key("pipeline"))), errc::validation)
      << "its stages go along, and deals are in them";
  EXPECT_TRUE(live("stage", key("talk")));
  const id unused = make(s, crm::pipeline::entity, {crm::pipeline::name = "Unused"});
  const id first = make(s, stage::entity, {stage::name = "First", stage::pipeline = unused});
  s.remove("pipeline", unused).value();
  EXPECT_FALSE(live("stage", first));
  s.restore("stage", first).value();
  EXPECT_TRUE(live("pipeline", unused)) << "one batch";
}

TEST_P(deleting, of_visits_needs_no_right_of_its_own) {
  // Visits are parts of a deal: nina may not delete one, but her deal goes with its own.
  const rows visits = nina.query("select id from stage_visit where opportunity = :o",
                                 {{"o", key("bridge"), {}, false}})
                          .value();
  ASSERT_EQ(visits.size(), 1u);
  EXPECT_EQ(code(nina.remove("stage_visit", visits.at(0, 0).as_id())), errc::permission);
  nina.remove("opportunity", key("bridge")).value();
  EXPECT_FALSE(live("stage_visit", visits.at(0, 0).as_id()));
  EXPECT_EQ(nina.restore("opportunity", key("bridge")).value(), 2);
  EXPECT_TRUE(live("stage_visit", visits.at(0, 0).as_id()));
}

TEST_P(deleting, clears_what_can_do_without_and_ties_it_again) {
  session s = system();
  const id top = make(s, account::entity, {account::name = "Top"});
  const id a = make(s, account::entity, {account::name = "A", account::parent = top});
  const id b = make(s, account::entity, {account::name = "B", account::parent = top});
  const id c = make(s, account::entity, {account::name = "C", account::parent = top});
  const id other = make(s, account::entity, {account::name = "Other"});
  s.remove("account", c).value();
  s.remove("account", top).value();
  const auto parent = [&](id of) { return s.get("account", of).value()[account::parent]; };
  EXPECT_EQ(parent(a), std::nullopt);
  s.change(b, schema::draft(*s.catalog()->find("account"), {account::parent = other})).value();
  s.restore("account", c).value();
  EXPECT_EQ(parent(c), std::nullopt) << "what it led to is deleted";
  s.restore("account", top).value();
  EXPECT_EQ(parent(a), top);
  EXPECT_EQ(parent(b), other) << "somebody gave it another";
  EXPECT_EQ(parent(c), top);
}

TEST_P(deleting, is_not_stopped_by_a_rule_that_came_after_what_follows_from_it) {
  session s = system();
  const id top = make(s, account::entity, {account::name = "Top"});
  const id child = make(s, account::entity, {account::name = "A", account::parent = top});
  ASSERT_TRUE(
      s.define("account", {.name = "x_must", .label_en = "Must", .flags = schema::required}));
  const result<void> gone = s.remove("account", top);
  ASSERT_TRUE(gone) << message(gone);
  EXPECT_EQ(s.get("account", child).value()[account::parent], std::nullopt);
  const auto back = s.restore("account", top);
  ASSERT_TRUE(back) << message(back);
  EXPECT_EQ(s.get("account", child).value()[account::parent], top);
  const auto away = s.archive("account", child);
  EXPECT_TRUE(away) << message(away);
  s.unarchive("account", child).value();
  schema::draft d(*s.catalog()->find("account"));
  EXPECT_EQ(code(s.change(child, d.set("city", "Wuhan"))), errc::validation)
      << "who changes it must give the value";
}

TEST_P(deleting, of_many_is_one_batch) {
  const std::vector<id> two = {key("bolt"), key("lonely")};
  EXPECT_EQ(code(vera.remove("account", two)), errc::not_found) << "lone's account is lone's";
  EXPECT_TRUE(live("account", key("bolt")));
  session s = system();
  s.remove("account", two).value();
  EXPECT_EQ(batch_of("account", key("bolt")), batch_of("account", key("lonely")));
  EXPECT_EQ(code(s.remove("account", two)), errc::not_found);
  s.restore("account", key("bolt")).value();
  EXPECT_TRUE(live("account", key("lonely")) && live("opportunity", key("single")));
  EXPECT_TRUE(s.remove("account", std::span<const id>()));
}

TEST_P(deleting, guards_a_revision) {
  const record r = vera.get("account", key("bolt")).value();
  EXPECT_EQ(code(vera.remove("account", key("bolt"), r.revision() + 1)), errc::conflict);
  EXPECT_TRUE(vera.remove("account", key("bolt"), r.revision()));
}

TEST_P(deleting, restoring_needs_what_it_belongs_to) {
  const id ann = person(vera, "Ann", key("acme"));
  vera.remove("contact", ann).value();
  vera.remove("account", key("acme")).value();
  const auto refused = vera.restore("contact", ann);
  EXPECT_EQ(code(refused), errc::validation);
  EXPECT_EQ(message(refused),
            "nothing was restored, since the `account` of `contact` " + std::to_string(ann.value) +
                " `Ann`, `account` " + std::to_string(key("acme").value) +
                " `Acme`, is deleted; restore that first");
  vera.restore("account", key("acme")).value();
  EXPECT_EQ(vera.restore("contact", ann).value(), 1);
}

TEST_P(deleting, restoring_needs_sight_of_what_it_belongs_to) {
  session s = system();
  // nils reads neither account: one is live, one is deleted; he must not learn which.
  const id first = make(s, account::entity, {account::name = "First",
                                             schema::system_field::owner = key("sun")});
  const id second = make(s, account::entity, {account::name = "Second",
                                              schema::system_field::owner = key("sun")});
  const auto mine = [&](id account) {
    return make(s, contact::entity, {contact::name = "Mine", contact::account = account,
                                     schema::system_field::owner = key("nils")});
  };
  const id of_live = mine(first), of_gone = mine(second);
  session nils = as("nils");
  nils.remove("contact", of_live).value();
  nils.remove("contact", of_gone).value();
  s.remove("account", second).value();
  const auto one = nils.restore("contact", of_live), other = nils.restore("contact", of_gone);
  EXPECT_EQ(code(one), errc::validation);
  EXPECT_EQ(replaced(message(one), std::to_string(of_live.value), "#"),
            replaced(message(other), std::to_string(of_gone.value), "#"));
}

TEST_P(deleting, restoring_is_for_those_who_could_delete) {
  session s = system();
  const id ann = person(nina, "Ann", key("acme"));
  nina.remove("contact", ann).value();
  session nils = as("nils");
  EXPECT_EQ(code(nils.restore("contact", ann)), errc::not_found);
  EXPECT_EQ(message(nils.restore("contact", ann)),
            replaced(message(nils.restore("contact", id{999'999})), "999999",
                     std::to_string(ann.value)));
  EXPECT_EQ(message(nils.restore_batch(batch_of("contact", ann))),
            replaced(message(nils.restore_batch(999'999)), "999999",
                     std::to_string(batch_of("contact", ann))));
  EXPECT_EQ(count(nils, "contact deleted"), "0");
  EXPECT_EQ(count(nina, "contact deleted"), "1");
  EXPECT_EQ(count(as("mona"), "contact deleted"), "1") << "above the owner";
  // Part of a batch is not enough: all or nothing.
  s.remove("account", key("acme")).value();
  EXPECT_EQ(code(nina.restore("account", key("acme"))), errc::permission);
  EXPECT_EQ(code(nina.restore("opportunity", key("bridge"))), errc::permission);
  EXPECT_FALSE(live("opportunity", key("bridge")));
  EXPECT_TRUE(vera.restore("account", key("acme")));
}

TEST_P(deleting, restoring_into_a_conflict_names_it) {
  session s = system();
  const auto deal = [&](std::string_view owner) {
    return make(s, opportunity::entity,
                {opportunity::name = "Deal", opportunity::number = "N-1",
                 opportunity::stage = key("talk"),
                 schema::system_field::owner = key(owner)});
  };
  const id first = deal("nina");
  nina.remove("opportunity", first).value();
  const id second = deal("nina");
  const auto seen = nina.restore("opportunity", first);
  EXPECT_EQ(code(seen), errc::duplicate);
  EXPECT_EQ(seen.error().field(), "number");
  EXPECT_EQ(seen.error().record(), second.value);
  EXPECT_EQ(message(seen), "`number` must be unique, and `opportunity` " +
                               std::to_string(second.value) +
                               " `Deal` has this value now; change it there, then restore");
  s.change(second, s.draft("opportunity").value().set("owner", key("sun"))).value();
  const auto hidden = nina.restore("opportunity", first);
  EXPECT_EQ(message(hidden),
            "`number` must be unique, and another `opportunity` has this value");
  EXPECT_EQ(hidden.error().record(), 0);
  EXPECT_FALSE(live("opportunity", first));
  s.change(second, s.draft("opportunity").value().set("number", "N-2")).value();
  EXPECT_TRUE(nina.restore("opportunity", first));
  EXPECT_EQ(code(s.change(second, s.draft("opportunity").value().set("number", "N-1"))),
            errc::duplicate)
      << "the value is taken again";
}

TEST_P(deleting, shows_what_when_and_who_in_the_bin) {
  at.clock->advance(60 * microseconds_per_second);
  nina.remove("opportunity", key("tea")).value();
  EXPECT_EQ(answer(nina, "select name, modified_at, modified_by.login, deletion_batch > 0 "
                         "from opportunity deleted"),
            "茶叶年单|2026-03-02T09:01:00Z|nina|true\n");
  EXPECT_EQ(answer(nina, "select name from opportunity where id = " +
                             std::to_string(key("tea").value)),
            "");
  EXPECT_EQ(answer(nina, "select count(), sum(amount) from opportunity deleted"),
            "1|2500.00\n");
  EXPECT_EQ(code(nina.get("opportunity", key("tea"))), errc::not_found);
  EXPECT_EQ(code(nina.query("select id from product deleted")), errc::permission)
      << "no right to delete";
}

TEST_P(deleting, bin_follows_the_owner_to_another_role) {
  session s = system();
  nina.remove("opportunity", key("tea")).value();
  EXPECT_EQ(count(as("samir"), "opportunity deleted"), "0");
  s.change(key("nina"), s.draft("user").value().set("role", key("role.agent_south"))).value();
  EXPECT_EQ(count(as("samir"), "opportunity deleted"), "1");
  EXPECT_EQ(count(as("mona"), "opportunity deleted"), "0");
  as("samir").restore("opportunity", key("tea")).value();
  EXPECT_TRUE(as("samir").get("opportunity", key("tea")));
}

TEST_P(deleting, inside_a_transaction_is_seen_and_undone) {
  if (GetParam() == tested_store::map) return;  // it has no transactions
  vera.begin().value();
  vera.remove("account", key("acme")).value();
  EXPECT_EQ(code(vera.get("opportunity", key("bridge"))), errc::not_found);
  vera.restore("account", key("acme")).value();
  EXPECT_TRUE(vera.get("opportunity", key("bridge")));
  vera.remove("account", key("acme")).value();
  vera.rollback().value();
  EXPECT_TRUE(live("account", key("acme")) && live("opportunity", key("bridge")));
}

TEST_P(deleting, is_in_the_history_of_each) {
  vera.remove("account", key("acme")).value();
  vera.restore("account", key("acme")).value();
  const auto told = vera.history("opportunity", key("bridge")).value();
  ASSERT_GE(told.size(), 3u);
  EXPECT_EQ(told[told.size() - 2].action, "delete");
  EXPECT_EQ(told.back().action, "restore");
}

TEST_P(deleting, survives_a_restart) {
  if (GetParam() != tested_store::sqlite_file && GetParam() != tested_store::memory &&
      GetParam() != tested_store::memory_saved)
    return;
  vera.remove("account", key("acme")).value();
  at.reopen();
  session again = as("vera");
  EXPECT_EQ(again.restore("account", key("acme")).value(), 5);
  EXPECT_TRUE(again.get("opportunity", key("cross")));
}
