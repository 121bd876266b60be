// The permission rules that go by other records or by what a record says: 5, 9, 14 and 17, and the
// team of rule 8. permission_rules_test.cpp has the others, and names the stores.
#include "guanxi/session/schema_change.hpp"
#include "permission_rule.hpp"

using namespace guanxi;
using namespace guanxi::test;
namespace field = guanxi::schema::system_field;

TEST_P(permission_rule, r05_the_level_is_that_of_the_parent) {
  ASSERT_TRUE(control("opportunity", "account"));
  EXPECT_EQ(names("nina"), "Bridge 茶叶年单 Cross ") << "Cross is another's deal with her account";
  EXPECT_EQ(names("sun"), "太阳能 ") << "who owns the deal alone has nothing";
  EXPECT_EQ(names("mona"), "Bridge 茶叶年单 Bolts Cross ");
  EXPECT_EQ(names("admin"), "Bridge 茶叶年单 Bolts 太阳能 Cross Single ");
  EXPECT_EQ(why("nina", action::read, "cross"), "yes: parent");
  EXPECT_EQ(why("sun", action::read, "cross"), "no: no_path");
  EXPECT_EQ(edits("nina", "cross"), errc::ok);
  EXPECT_EQ(edits("sun", "cross"), errc::not_found);
  EXPECT_EQ(code(as("sun").get("opportunity", key("cross"))), errc::not_found);
  EXPECT_EQ(code(as("sun").history("opportunity", key("cross"))), errc::not_found);
  EXPECT_TRUE(as("nina").history("opportunity", key("cross")));
  create(draft_of("record_share").set("entity", "account").set("record", key("acme").value)
             .set("user", key("sun")));
  EXPECT_EQ(names("sun"), "Bridge 太阳能 Cross ") << "what is shared is the parent";
  EXPECT_EQ(edits("sun", "cross"), errc::permission);
  EXPECT_EQ(why("sun", action::edit, "cross"), "no: no_path");
  system().change(key("acme"), draft_of("account").set(field::owner = key("lone"))).value();
  EXPECT_EQ(names("nina"), "茶叶年单 ");
  EXPECT_EQ(names("lone"), "Bridge Cross Single ");
  create(draft_of("opportunity").set("name", "Nobody's").set("stage", key("talk")));
  EXPECT_EQ(names("vera"), "茶叶年单 Bolts 太阳能 ")
      << "without a parent a record is nobody's";
}

TEST_P(permission_rule, r05_every_call_goes_by_the_parent) {
  ASSERT_TRUE(control("opportunity", "account"));
  for (const char* deal : {"bridge", "cross", "solar"})
    create(draft_of("activity").set("subject", deal).set("opportunity", key(deal))
               .set(field::owner = key("sun")));
  const auto asks = [&](const char* login, const char* query) {
    return replaced(answer(as(login), query), "\n", " ");
  };
  EXPECT_EQ(asks("sun", "select subject, opportunity.name from activity order by id"),
            "bridge|null cross|null solar|太阳能 ");
  EXPECT_EQ(asks("sun", "select count() from activity where opportunity.name = 'Cross'"), "0 ");
  EXPECT_EQ(asks("sun", "select count(), sum(convert(amount, 'USD')) from opportunity"),
            "1|10000.00 ");
  EXPECT_EQ(asks("nina", "select account.name, count() from opportunity group by account.name "
                         "order by account.name"),
            "Acme|2 张记茶业|1 ");
  EXPECT_EQ(asks("sun", "select name from account where any(opportunities: name = 'Cross')"), "");
  EXPECT_EQ(asks("nina", "select name from account where any(opportunities: name = 'Cross')"),
            "Acme ");
  EXPECT_EQ(asks("nina", "select name from opportunity order by name desc limit 1"), "茶叶年单 ");
  EXPECT_EQ(as("sun").search("Cross").value().size(), 0u);
  EXPECT_EQ(as("nina").search("Cross").value().size(), 1u);
  EXPECT_NE(as("admin").explain_query("select name from opportunity", {}, "nina")
                .value().guards.front().reach.find("`account` is the `id` of a `account` within"),
            std::string::npos);
}

TEST_P(permission_rule, r05_writing_takes_the_parent_before_and_after) {
  ASSERT_TRUE(control("opportunity", "account"));
  create(draft_of("record_share").set("entity", "account").set("record", key("bolt").value)
             .set("user", key("nina")));
  const auto deal = [&](const char* account) {
    return draft_of("opportunity").set("name", "New").set("stage", key("talk"))
        .set("account", key(account));
  };
  session nina = as("nina");
  EXPECT_TRUE(nina.create(deal("acme")));
  EXPECT_EQ(code(nina.create(deal("bolt"))), errc::permission) << "reading it is not enough";
  EXPECT_EQ(code(nina.create(deal("sunny"))), errc::permission);
  const auto move = [&](const char* account) {
    return code(nina.change(key("bridge"), draft_of("opportunity").set("account", key(account))));
  };
  EXPECT_EQ(move("zhang"), errc::ok);
  EXPECT_EQ(move("bolt"), errc::permission);
  EXPECT_EQ(code(nina.change(key("bridge"), draft_of("opportunity").set("account", key("bolt"))
                                                .set(field::owner = key("nils")))),
            errc::permission)
      << "a new owner is no way around it";
  EXPECT_EQ(code(nina.change(key("bridge"), draft_of("opportunity").set("account", nullptr))),
            errc::permission);
  EXPECT_EQ(code(nina.remove("opportunity", key("bolts"))), errc::permission);
  EXPECT_EQ(code(nina.remove("opportunity", key("cross"))), errc::ok);
  EXPECT_EQ(code(nina.restore("opportunity", key("cross"))), errc::ok);
  if (code(nina.remove("account", key("acme"))) != errc::ok) return;
  EXPECT_EQ(names("nina"), "Bridge 茶叶年单 Bolts ");
  const auto back = nina.restore("account", key("acme"));
  ASSERT_TRUE(back) << message(back);
  EXPECT_EQ(names("nina"), "Bridge 茶叶年单 Bolts Cross New ");
}

TEST_P(permission_rule, r05_the_relation_caps_the_level) {
  const auto made = control("opportunity", "account");
  ASSERT_TRUE(made);
  system().change(made->key(), draft_of("sharing_default").set("cap", "edit")).value();
  EXPECT_EQ(edits("nina", "cross"), errc::ok);
  EXPECT_EQ(code(as("nina").remove("opportunity", key("cross"))), errc::permission);
  system().change(made->key(), draft_of("sharing_default").set("cap", "read")).value();
  EXPECT_EQ(names("nina"), "Bridge 茶叶年单 Cross ");
  EXPECT_EQ(edits("nina", "bridge"), errc::permission);
  EXPECT_EQ(edits("admin", "bridge"), errc::ok);
}

TEST_P(permission_rule, r05_chains_are_followed_and_bounded) {
  ASSERT_TRUE(control("opportunity", "contact"));
  ASSERT_TRUE(control("contact", "account"));
  ASSERT_TRUE(control("activity", "opportunity"));
  const id person = create(draft_of("contact").set("name", "Ada").set("account", key("acme"))
                               .set(field::owner = key("sun")));
  system().change(key("cross"), draft_of("opportunity").set("contact", person)).value();
  create(draft_of("activity").set("subject", "Call").set("opportunity", key("cross"))
             .set(field::owner = key("sun")));
  EXPECT_EQ(names("nina"), "Cross ");
  EXPECT_EQ(names("sun"), "");
  EXPECT_EQ(answer(as("nina"), "select subject, opportunity.contact.name from activity"),
            "Call|Ada\n");
  EXPECT_EQ(answer(as("sun"), "select count() from activity"), "0\n");
  const auto circle = control("account", "parent");
  EXPECT_EQ(code(circle), errc::validation) << message(circle);
  EXPECT_NE(message(circle).find("controlled by itself"), std::string::npos) << message(circle);
}

TEST_P(permission_rule, r05_what_makes_no_sense_is_refused) {
  const auto refused = [&](const schema::draft& d) {
    const auto made = system().create(d);
    EXPECT_EQ(code(made), errc::validation) << message(made);
    return message(made);
  };
  const auto by = [&](const char* level) {
    return draft_of("sharing_default").set("entity", "opportunity").set("level", level);
  };
  EXPECT_NE(refused(by("controlled_by_parent")).find("name the reference"), std::string::npos);
  refused(by("controlled_by_parent").set("parent", "name"));
  refused(by("controlled_by_parent").set("parent", "owner"));
  refused(by("private").set("parent", "account"));
  refused(by("private").set("cap", "read"));
  create(share("bridge").set("user", key("sun")));
  create(rule().set("owned_by_role", key("role.agent_south")).set("with_user", key("nils")));
  ASSERT_TRUE(control("opportunity", "account"));
  EXPECT_EQ(answer(system(), "select count() from record_share"), "0\n");
  EXPECT_EQ(answer(system(), "select count() from sharing_rule"), "0\n");
  EXPECT_NE(refused(share("bridge").set("user", key("sun"))).find("share the parents"),
            std::string::npos);
  refused(rule().set("owned_by_role", key("role.agent_south")).set("with_user", key("nils")));
}

TEST_P(permission_rule, r05_uncommitted_parents_decide_nothing) {
  ASSERT_TRUE(control("opportunity", "account"));
  session nina = as("nina");
  if (!nina.begin()) GTEST_SKIP();
  const id fresh = nina.create(draft_of("account").set("name", "Fresh")).value().key();
  nina.create(draft_of("opportunity").set("name", "First").set("stage", key("talk"))
                  .set("account", fresh)).value();
  nina.change(key("acme"), draft_of("account").set(field::owner = key("sun"))).value();
  EXPECT_EQ(answer(nina, "select name from opportunity order by id"), "茶叶年单\nFirst\n");
  if (shows_last_commit(GetParam())) {
    EXPECT_EQ(names("nina"), "Bridge 茶叶年单 Cross ");
    EXPECT_EQ(names("sun"), "太阳能 ");
  }
  nina.commit().value();
  EXPECT_EQ(names("nina"), "茶叶年单 First ");
  EXPECT_EQ(names("sun"), "Bridge 太阳能 Cross ");
}

TEST_P(permission_rule, r09_a_visible_child_shows_its_parent) {
  const id rule = create(draft_of("implied_access").set("entity", "opportunity")
                             .set("field", "account"));
  EXPECT_EQ(accounts("sun"), "Acme 阳光科技 ");
  EXPECT_EQ(accounts("samir"), "Acme 阳光科技 ");
  EXPECT_EQ(accounts("nils"), "Bolt ");
  EXPECT_TRUE(as("sun").get("account", key("acme")));
  EXPECT_EQ(code(as("sun").change(key("acme"), draft_of("account").set("city", "Bonn"))),
            errc::permission);
  const auto why_not = as("admin").explain_for("sun", action::read, "account", key("acme"));
  ASSERT_TRUE(why_not);
  ASSERT_EQ(why_not->reasons.size(), 1u);
  EXPECT_EQ(why_not->reasons.front().code, "child");
  EXPECT_EQ(names("sun"), "太阳能 Cross ") << "other children stay hidden";
  system().change(key("acme"), draft_of("account").set("parent", key("lonely"))).value();
  EXPECT_EQ(accounts("sun"), "Acme 阳光科技 ") << "and nothing above the parent is shown";
  system().remove("opportunity", key("cross")).value();
  EXPECT_EQ(accounts("sun"), "阳光科技 ") << "it ends with the last child";
  system().restore("opportunity", key("cross")).value();
  EXPECT_EQ(accounts("sun"), "Acme 阳光科技 ");
  restrict("name != 'Cross'");
  EXPECT_EQ(accounts("sun"), "阳光科技 ") << "a child behind a restriction shows nothing";
  system().remove("implied_access", rule).value();
  EXPECT_EQ(accounts("lone"), "Lonely ");
}

TEST_P(permission_rule, r09_who_has_the_parent_has_the_children_as_the_role_says) {
  create(draft_of("implied_access").set("entity", "opportunity").set("field", "account")
             .set("kind", "by_parent").set("role", key("role.agent_north")).set("level", "edit"));
  EXPECT_EQ(names("nina"), "Bridge 茶叶年单 Cross ");
  EXPECT_EQ(edits("nina", "cross"), errc::ok);
  EXPECT_EQ(why("nina", action::read, "cross"), "yes: parent_owner");
  EXPECT_EQ(code(as("nina").remove("opportunity", key("cross"))), errc::permission);
  EXPECT_EQ(names("lone"), "Single ");
  EXPECT_EQ(names("mona"), "Bridge 茶叶年单 Bolts ") << "it is the owner's and is not lifted";
  system().change(key("nina"), draft_of("user").set("role", key("role.north"))).value();
  EXPECT_EQ(names("nina"), "Bridge 茶叶年单 Bolts ") << "it is of the role";
}

TEST_P(permission_rule, r09_rules_that_mean_nothing_are_refused) {
  const auto rule = [&] {
    return draft_of("implied_access").set("entity", "opportunity").set("field", "account");
  };
  const auto refused = [&](const schema::draft& d) {
    EXPECT_EQ(code(system().create(d)), errc::validation);
  };
  refused(rule().set("field", "amount"));
  refused(rule().set("field", "nosuch"));
  refused(rule().set("entity", "nosuch"));
  refused(rule().set("kind", "by_parent"));
  refused(rule().set("level", "edit"));
  refused(rule().set("role", key("role.vp")));
  EXPECT_EQ(answer(system(), "select count() from implied_access"), "0\n");
}

TEST_P(permission_rule, r14_members_of_a_queue_have_its_records) {
  const id holder = create(draft_of("user").set("login", "queue.first").set("name", "First line"));
  create(draft_of("permission_assignment").set("user", holder)
             .set("permission_set", key("standard")));
  const id queue = create(draft_of("queue").set("name", "First line").set("holder", holder));
  const id member = create(draft_of("queue_member").set("queue", queue).set("user", key("sun")));
  as("lone").change(key("single"), draft_of("opportunity").set(field::owner = holder)).value();
  EXPECT_EQ(names("lone"), "");
  EXPECT_EQ(names("sun"), "太阳能 Cross Single ");
  EXPECT_EQ(names("samir"), "太阳能 Cross Single ") << "whoever stands above a member";
  EXPECT_EQ(names("nils"), "Bolts ");
  EXPECT_EQ(why("sun", action::remove, "single"), "yes: queue");
  EXPECT_EQ(edits("sun", "single"), errc::ok);
  EXPECT_FALSE(at.crm->as_user("queue.first")) << "a queue is nobody";
  const auto taken =
      as("sun").change(key("single"), draft_of("opportunity").set(field::owner = key("sun")));
  ASSERT_TRUE(taken) << message(taken);
  system().change(key("single"), draft_of("opportunity").set(field::owner = holder)).value();
  system().remove("queue_member", member).value();
  EXPECT_EQ(names("sun"), "太阳能 Cross ");
  create(draft_of("queue_member").set("queue", queue).set("role", key("role.north"))
             .set("subordinates", true));
  EXPECT_EQ(names("nils"), "Bolts Single ");
  EXPECT_EQ(code(system().create(draft_of("queue_member").set("queue", queue))),
            errc::validation);
  EXPECT_NE(code(system().create(draft_of("queue").set("name", "Second").set("holder", holder))),
            errc::ok)
      << "a holder holds one queue";
}

TEST_P(permission_rule, r17_members_of_a_territory_have_what_lies_in_it) {
  const auto territory = [&](const char* name, const char* criteria, const char* level,
                             id above = {}) {
    schema::draft d = draft_of("territory").set("name", name).set("entity", "account")
                          .set("level", level);
    if (criteria) d.set("criteria", criteria);
    if (above) d.set("parent", above);
    return create(d);
  };
  const auto join = [&](id territory, const char* login) {
    return create(draft_of("territory_member").set("territory", territory)
                      .set("user", key(login)));
  };
  const id asia = territory("Asia", nullptr, "edit");
  const id china = territory("China", "city = '上海'", "read", asia);
  join(china, "lone");
  EXPECT_EQ(accounts("lone"), "张记茶业 阳光科技 Lonely ");
  const id above = join(asia, "nils");
  EXPECT_EQ(accounts("nils"), "张记茶业 Bolt 阳光科技 ") << "a parent has what its children have";
  const auto edits_account = [&](const char* login) {
    return code(as(login).change(key("sunny"), draft_of("account").set("website", "x")));
  };
  EXPECT_EQ(edits_account("lone"), errc::permission);
  EXPECT_EQ(edits_account("nils"), errc::ok) << "at the level of the parent";
  EXPECT_EQ(accounts("mona"), "Acme 张记茶业 Bolt 阳光科技 ") << "and whoever stands above";
  const auto e = as("admin").explain_for("nils", action::edit, "account", key("sunny"));
  ASSERT_TRUE(e);
  ASSERT_EQ(e->reasons.size(), 1u);
  EXPECT_EQ(e->reasons.front().code, "territory");
  const id empty = create(draft_of("account").set("name", "Empty").set("city", "上海"));
  EXPECT_EQ(code(as("nils").remove("account", empty)), errc::permission);
  system().change(asia, draft_of("territory").set("level", "full")).value();
  EXPECT_EQ(code(as("nils").remove("account", empty)), errc::ok);
  for (const char* each : {"zhang", "sunny"})
    system().change(key(each), draft_of("account").set("city", "Oslo")).value();
  EXPECT_EQ(accounts("lone"), "Lonely ") << "what moves away is left";
  system().remove("territory_member", above).value();
  EXPECT_EQ(accounts("nils"), "Bolt ");
  const auto circle = system().change(asia, draft_of("territory").set("parent", china));
  EXPECT_EQ(code(circle), errc::invalid_argument) << message(circle);
  EXPECT_EQ(code(system().create(draft_of("territory").set("name", "Bad")
                                     .set("entity", "account").set("criteria", "nosuch = 1"))),
            errc::validation);
}

TEST_P(permission_rule, r08_a_team_ends_with_the_ownership_where_the_default_says_so) {
  create(draft_of("sharing_default").set("entity", "opportunity").set("ends_team", true));
  create(draft_of("team_member").set("entity", "opportunity").set("record", key("bridge").value)
             .set("user", key("sun")));
  EXPECT_EQ(names("sun"), "Bridge 太阳能 Cross ");
  EXPECT_EQ(edits("nina", "bridge"), errc::ok);
  EXPECT_EQ(names("sun"), "Bridge 太阳能 Cross ") << "an edit is no change of owner";
  as("nina").change(key("bridge"), draft_of("opportunity").set(field::owner = key("nils"))).value();
  EXPECT_EQ(names("sun"), "太阳能 Cross ");
  EXPECT_EQ(answer(system(), "select count() from team_member"), "0\n");
}

TEST_P(permission_rule, r12_what_goes_by_a_field_follows_its_name) {
  session admin = as("admin");
  if (!admin.define("opportunity", {.name = "x_place", .type = schema::kind::reference,
                                    .target = "account"}))
    GTEST_SKIP();
  if (!admin.define("account", {.name = "x_area", .type = schema::kind::text})) GTEST_SKIP();
  using schema::request;
  const auto change = [&](const request& r) {
    return as("admin").change_schema(std::span<const request>(&r, 1));
  };
  system().change(key("bridge"), draft_of("opportunity").set("x_place", key("bolt"))).value();
  system().change(key("bolt"), draft_of("account").set("x_area", "Fjord")).value();
  ASSERT_TRUE(control("opportunity", "x_place"));
  const id region = create(draft_of("territory").set("name", "Fjord")
                               .set("criteria", "x_area = 'Fjord'"));
  create(draft_of("territory_member").set("territory", region).set("user", key("lone")));
  EXPECT_EQ(names("nils"), "Bridge ");
  EXPECT_EQ(accounts("lone"), "Bolt Lonely ");
  const auto renamed = change({.what = request::kind::rename, .entity = "opportunity",
                               .field = "x_place", .to = "x_site"});
  if (!renamed && renamed.error().code() == errc::unsupported) GTEST_SKIP();
  ASSERT_TRUE(renamed) << message(renamed);
  EXPECT_EQ(names("nils"), "Bridge ");
  EXPECT_EQ(answer(system(), "select parent from sharing_default where entity = 'opportunity'"),
            "x_site\n");
  const auto kept = change({.what = request::kind::drop, .entity = "opportunity",
                            .field = "x_site"});
  EXPECT_EQ(code(kept), errc::validation) << "owners would see what the parent keeps from them";
  const auto dropped = change({.what = request::kind::drop, .entity = "account",
                               .field = "x_area"});
  ASSERT_TRUE(dropped) << message(dropped);
  EXPECT_EQ(accounts("lone"), "Lonely ");
  EXPECT_EQ(answer(system(), "select criteria from territory"), "null\n");
}
