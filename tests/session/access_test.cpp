// Who sees and does what in one company, as each of its users, on every store.
#include "support/stores.hpp"

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;
namespace field = guanxi::schema::system_field;

namespace {

class access_case : public on_every_store {
 protected:
  std::string names(std::string_view login) {
    return replaced(answer(as(login), "select name from opportunity order by id"), "\n", " ");
  }
  void give(const char* deal, const char* to) {
    session s = system();
    s.change(key(deal), draft_of("opportunity").set(field::owner = key(to))).value();
  }
  schema::draft draft_of(const char* entity) { return system().draft(entity).value(); }
  void share(const char* level, bool hierarchy = true) {
    session s = system();
    const rows known =
        s.query("select id from sharing_default where entity = 'opportunity'").value();
    schema::draft d = draft_of("sharing_default");
    d.set("entity", "opportunity").set("level", level).set("hierarchy", hierarchy);
    if (known.empty()) s.create(d).value();
    else s.change(known.at(0, 0).as_id(), d).value();
  }
  void put_in_role(const char* user, const char* role) {
    system().change(key(user), draft_of("user").set("role", role ? value(key(role)) : value()))
        .value();
  }
};
INSTANTIATE_TEST_SUITE_P(on, access_case, every_store, store_name);

}  // namespace

TEST_P(access_case, lists_what_one_owns_and_what_those_below_own) {
  EXPECT_EQ(names("nina"), "Bridge 茶叶年单 ");
  EXPECT_EQ(names("nils"), "Bolts ");
  EXPECT_EQ(names("mona"), "Bridge 茶叶年单 Bolts ");
  EXPECT_EQ(names("sun"), "太阳能 Cross ");
  EXPECT_EQ(names("samir"), "太阳能 Cross ");
  EXPECT_EQ(names("vera"), "Bridge 茶叶年单 Bolts 太阳能 Cross ");
  EXPECT_EQ(names("lone"), "Single ");
  EXPECT_EQ(names("admin"), "Bridge 茶叶年单 Bolts 太阳能 Cross Single ");
}

TEST_P(access_case, counts_sums_and_groups_only_that) {
  const char* figures = "select count(), sum(amount), min(amount), max(amount), avg(amount), "
                        "median(amount), min(name) from opportunity";
  EXPECT_EQ(answer(as("nils"), figures),
            "1|999.99|999.99|999.99|999.990000|999.990|Bolts\n");
  EXPECT_EQ(answer(as("samir"), figures),
            "2|10050.00|50.00|10000.00|5025.000000|5025.000|Cross\n");
  EXPECT_EQ(answer(as("mona"), "select stage.name, count(), sum(amount) from opportunity "
                               "group by stage.name order by 2 desc, stage.name"),
            answer(as("mona"), "select stage.name, count(), sum(amount) from opportunity "
                               "group by stage.name order by stage.name"));
  EXPECT_EQ(answer(as("mona"), "select stage.name, count() from opportunity group by stage.name "
                               "having count() > 0"),
            "Offer 报价|1\nTalk|1\nWon|1\n");
  EXPECT_EQ(answer(as("vera"), "select name from opportunity order by amount desc limit 2"),
            "太阳能\n茶叶年单\n");
  EXPECT_EQ(
      answer(as("nina"), "select name from opportunity order by amount desc limit 1 offset 1"),
      "Bridge\n");
}

TEST_P(access_case, shows_nothing_through_a_relation_to_what_is_out_of_sight) {
  session sun = as("sun");  // owns Cross, which is for Nina's Acme
  EXPECT_EQ(answer(sun, "select name, account.name, account.city from opportunity order by id"),
            "太阳能|阳光科技|上海\nCross|null|null\n");
  EXPECT_EQ(answer(sun, "select name from opportunity where account.name = 'Acme'"), "");
  EXPECT_EQ(answer(sun, "select count() from opportunity where account.city = 'Berlin'"), "0\n");
  EXPECT_EQ(answer(sun, "select name from opportunity where account.name != 'Acme'"), "太阳能\n")
      << "out of sight is unknown, and unknown is not different";
  EXPECT_EQ(answer(sun, "select name from opportunity where account.name is null"), "Cross\n");
  EXPECT_EQ(answer(sun, "select account.name, count() from opportunity group by account.name"),
            "null|1\n阳光科技|1\n");
  EXPECT_EQ(answer(sun, "select max(account.name), count(distinct account.city) from opportunity"),
            "阳光科技|1\n");
  EXPECT_EQ(answer(sun, "select name from opportunity order by account.city desc, id"),
            "太阳能\nCross\n");
  EXPECT_EQ(answer(sun, "select name from opportunity where account.owner.login = 'nina'"), "");
  EXPECT_EQ(answer(as("vera"), "select account.name from opportunity where name = 'Cross'"),
            "Acme\n");
}

TEST_P(access_case, trims_nested_selects_too) {
  session sun = as("sun");
  EXPECT_EQ(answer(sun, "select name from opportunity where account in (select id from account)"),
            "太阳能\n");
  EXPECT_EQ(answer(sun, "select name from opportunity where account not in "
                        "(select id from account)"),
            "Cross\n");
  EXPECT_EQ(answer(as("nina"), "select name from account where id in "
                               "(select account from opportunity where stage.is_lost)"),
            "")
      << "the lost deal at Acme is not Nina's";
  EXPECT_EQ(answer(as("vera"), "select name from account where id in "
                               "(select account from opportunity where stage.is_lost)"),
            "Acme\n");
}

TEST_P(access_case, tells_missing_from_forbidden_to_nobody) {
  session nina = as("nina");
  const id hidden = key("solar"), missing{987'654};
  const auto same = [&](const auto& a, const auto& b) {
    ASSERT_FALSE(a);
    ASSERT_FALSE(b);
    EXPECT_EQ(a.error().code(), errc::not_found);
    EXPECT_EQ(b.error().code(), errc::not_found);
    EXPECT_EQ(replaced(message(a), std::to_string(hidden.value), "#"),
              replaced(message(b), std::to_string(missing.value), "#"));
    EXPECT_EQ(a.error().others().size(), b.error().others().size());
  };
  same(nina.get("opportunity", hidden), nina.get("opportunity", missing));
  const schema::draft d = nina.draft("opportunity").value().set("description", "x");
  same(nina.change(hidden, d), nina.change(missing, d));
  same(nina.change(hidden, d, 77), nina.change(missing, d, 77));
  schema::draft bad = nina.draft("opportunity").value();
  bad.set("stage", 999'999).set("nothing", 1);
  same(nina.change(hidden, bad), nina.change(missing, bad));
  same(nina.remove("opportunity", hidden), nina.remove("opportunity", missing));
  same(nina.remove("opportunity", hidden, 77), nina.remove("opportunity", missing, 77));
  same(nina.history("opportunity", hidden), nina.history("opportunity", missing));
  same(nina.explain(action::read, "opportunity", hidden),
       nina.explain(action::read, "opportunity", missing));
  same(nina.explain(action::edit, "opportunity", hidden, "name"),
       nina.explain(action::edit, "opportunity", missing, "name"));
}

TEST_P(access_case, lets_read_edit_and_remove_as_far_as_the_default_says) {
  const schema::draft d = draft_of("opportunity").set("description", "x");
  const auto verdicts = [&](const char* login) {
    session s = as(login);
    s.begin().value();
    const schema::draft away = draft_of("opportunity").set(field::owner = key("mona"));
    std::string out;
    out += s.get("opportunity", key("bridge")) ? "r" : "-";
    out += s.change(key("bridge"), d) ? "e" : "-";
    out += s.remove("opportunity", key("bridge")) ? "d" : "-";
    s.rollback().value();
    s.begin().value();
    out += s.change(key("bridge"), away) ? "t" : "-";
    s.rollback().value();
    return out;
  };
  const auto three = [&] {
    std::string out;
    for (const char* login : {"nils", "mona", "lone"}) out += verdicts(login);
    return out;
  };
  EXPECT_EQ(three(), "----redt----");
  share("read");
  EXPECT_EQ(three(), "r---redtr---");
  EXPECT_EQ(code(as("nils").change(key("bridge"), d)), errc::permission);
  EXPECT_EQ(code(as("nils").remove("opportunity", key("bridge"))), errc::permission);
  share("edit");
  EXPECT_EQ(three(), "re--redtre--");
  share("private", false);
  EXPECT_EQ(three(), "------------")
      << "without hierarchy a manager is like any other";
  EXPECT_EQ(verdicts("nina"), "redt");
}

TEST_P(access_case, explains_what_it_decides) {
  session admin = as("admin");
  for (const char* level : {"private", "read", "edit"}) {
    share(level);
    for (const char* login : {"vera", "mona", "samir", "nina", "nils", "sun", "lone", "idle"})
      for (const char* deal : {"bridge", "bolts", "solar", "single"}) {
        const auto why = [&](action a) {
          const auto e = admin.explain_for(login, a, "opportunity", key(deal));
          EXPECT_TRUE(e) << message(e);
          EXPECT_FALSE(e->reasons.empty()) << login << " " << deal;
          bool granted = false, denied = false;
          for (const auto& r : e->reasons) (r.grants ? granted : denied) = true;
          EXPECT_EQ(e->allowed, granted && !denied) << login << " " << deal;
          return e->allowed;
        };
        const std::string at = std::string(level) + " " + login + " " + deal;
        auto s = this->at.crm->as_user(login);
        if (!s) {
          EXPECT_FALSE(why(action::read) || why(action::edit)) << at;
          continue;
        }
        // Asked before the transaction: a store without snapshots would make the admin wait.
        const bool reads = why(action::read), edits = why(action::edit),
                   transfers = why(action::transfer), removes = why(action::remove);
        const char* other = deal == std::string("bridge") ? "nils" : "nina";
        const schema::draft step = draft_of("opportunity").set("next_step", "x");
        const schema::draft away = draft_of("opportunity").set(field::owner = key(other));
        s->begin().value();
        EXPECT_EQ(s->get("opportunity", key(deal)).has_value(), reads) << at;
        EXPECT_EQ(s->change(key(deal), step).has_value(), edits) << at;
        EXPECT_EQ(s->change(key(deal), away).has_value(), transfers) << at;
        s->rollback().value();
        s->begin().value();
        EXPECT_EQ(s->remove("opportunity", key(deal)).has_value(), removes) << at;
        s->rollback().value();
      }
  }
  EXPECT_EQ(code(as("nina").explain_for("nils", action::read, "opportunity", key("bridge"))),
            errc::permission);
}

TEST_P(access_case, lets_nobody_create_out_of_reach) {
  const auto create = [&](const char* as_who, const char* owner) {
    return as(as_who).create(account::entity,
                             {account::name = "New", field::owner = key(owner)});
  };
  EXPECT_TRUE(create("nina", "nina"));
  EXPECT_TRUE(create("mona", "nina"));
  EXPECT_EQ(code(create("nina", "mona")), errc::permission);
  EXPECT_EQ(code(create("nina", "nils")), errc::permission);
  EXPECT_EQ(code(create("mona", "sun")), errc::permission);
  EXPECT_EQ(code(create("mona", "idle")), errc::validation) << "an inactive user owns nothing new";
}

TEST_P(access_case, follows_the_owner) {
  session mona = as("mona");
  const record bridge = mona.get("opportunity", key("bridge")).value();
  const record moved = mona.change(bridge, {field::owner = key("nils")}).value();
  EXPECT_EQ(moved[field::owner_role], key("role.agent_north"));
  EXPECT_EQ(names("nina"), "茶叶年单 ");
  EXPECT_EQ(names("nils"), "Bridge Bolts ");
  session nils = as("nils");
  const auto given = nils.change(moved, {field::owner = key("sun")});
  ASSERT_TRUE(given) << message(given);
  EXPECT_TRUE(given->key());
  EXPECT_EQ((*given)[opportunity::name], std::nullopt) << "it is out of sight now";
  EXPECT_EQ(names("nils"), "Bolts ");
  EXPECT_EQ(names("samir"), "Bridge 太阳能 Cross ");
  EXPECT_EQ(code(as("nina").change(key("tea"), draft_of("opportunity").set("owner", key("idle")))),
            errc::validation);
  EXPECT_FALSE(as("nina").change(key("tea"), draft_of("opportunity").set("owner", 987'654)));
  EXPECT_EQ(names("nina"), "茶叶年单 ") << "and the deal stayed";
}

TEST_P(access_case, moves_with_a_user_who_changes_role) {
  put_in_role("mona", "role.south");
  EXPECT_EQ(names("mona"), "太阳能 Cross ");
  put_in_role("nina", "role.agent_south");
  EXPECT_EQ(names("mona"), "Bridge 茶叶年单 太阳能 Cross ");
  EXPECT_EQ(answer(system(), "select count() from opportunity where owner_role != owner.role"),
            "0\n");
  EXPECT_EQ(answer(system(), "select count() from account where owner_role != owner.role"), "0\n");
  put_in_role("nina", nullptr);
  EXPECT_EQ(names("mona"), "太阳能 Cross ");
  EXPECT_EQ(names("vera"), "Bolts 太阳能 Cross ");
  EXPECT_EQ(names("nina"), "Bridge 茶叶年单 ");
  const auto log = as("nina").history("opportunity", key("bridge")).value();
  EXPECT_EQ(log.size(), 1u) << "a role is no change of the record";
  session nina = as("nina");
  EXPECT_TRUE(nina.change(nina.get("opportunity", key("bridge")).value(),
                          {opportunity::name = "Bridge 2"}));
}

TEST_P(access_case, moves_with_a_role) {
  session admin = as("admin");
  session mona = as("mona");
  admin.change(key("role.agent_south"), draft_of("role").set("parent", key("role.north"))).value();
  EXPECT_EQ(names("samir"), "");
  EXPECT_EQ(names("mona"), "Bridge 茶叶年单 Bolts 太阳能 Cross ");
  EXPECT_EQ(answer(mona, "select count() from opportunity"), "5\n") << "an open session, too";
  admin.remove("role", key("role.north")).value();
  EXPECT_EQ(names("mona"), "");
  EXPECT_EQ(names("vera"), "") << "the roles below a role that is gone stand alone";
}

TEST_P(access_case, refuses_a_circle_of_roles_and_stores_nothing) {
  session admin = as("admin");
  const auto under = [&](const char* role, const char* parent) {
    return admin.change(key(role), draft_of("role").set("parent", key(parent)));
  };
  EXPECT_EQ(code(under("role.vp", "role.agent_north")), errc::invalid_argument);
  EXPECT_EQ(code(under("role.vp", "role.vp")), errc::invalid_argument);
  admin.begin().value();
  const id made = admin.create(account::entity, {account::name = "Beside"}).value().key();
  EXPECT_TRUE(under("role.vp", "role.agent_south"));
  const auto refused = admin.commit();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), errc::invalid_argument);
  EXPECT_TRUE(refused.error().aborted());
  EXPECT_FALSE(admin.in_transaction());
  EXPECT_EQ(code(admin.get("account", made)), errc::not_found);
  EXPECT_EQ(admin.get("role", key("role.vp")).value()[role::parent], std::nullopt);
  EXPECT_EQ(names("vera"), "Bridge 茶叶年单 Bolts 太阳能 Cross ");
  admin.begin().value();
  EXPECT_TRUE(under("role.vp", "role.agent_south"));
  EXPECT_TRUE(admin.change(key("role.vp"), draft_of("role").set("parent", nullptr)));
  EXPECT_TRUE(admin.commit()) << "only what is committed counts";
}

TEST_P(access_case, changes_rules_at_the_commit) {
  session admin = as("admin"), mona = as("mona");
  admin.begin().value();
  admin.change(key("mona"), draft_of("user").set("role", key("role.south"))).value();
  EXPECT_EQ(admin.get("user", key("mona")).value()[user::role], key("role.south"));
  if (shows_last_commit(GetParam())) {
    EXPECT_EQ(answer(mona, "select count() from opportunity"), "3\n");
  }
  admin.commit().value();
  EXPECT_EQ(answer(mona, "select count() from opportunity where name = 'Cross'"), "1\n");
  admin.begin().value();
  admin.change(key("mona"), draft_of("user").set("role", nullptr)).value();
  admin.rollback().value();
  EXPECT_EQ(answer(mona, "select count() from opportunity where name = 'Cross'"), "1\n");
}

TEST_P(access_case, ends_for_a_deactivated_user_and_not_for_those_above) {
  session nina = as("nina");
  EXPECT_EQ(code(at.crm->as_user("idle")), errc::unknown_name);
  EXPECT_EQ(replaced(message(at.crm->as_user("idle")), "idle", "X"),
            replaced(message(at.crm->as_user("nobody")), "nobody", "X"));
  system().change(key("nina"), draft_of("user").set("active", false)).value();
  EXPECT_EQ(code(nina.query("select name from account")), errc::permission);
  EXPECT_EQ(code(nina.get("account", key("acme"))), errc::permission);
  EXPECT_EQ(code(nina.create(account::entity, {account::name = "Late"})), errc::permission);
  EXPECT_EQ(code(nina.remove("account", key("acme"))), errc::permission);
  EXPECT_EQ(code(nina.history("account", key("acme"))), errc::permission);
  EXPECT_EQ(code(nina.begin()), errc::permission);
  EXPECT_EQ(names("mona"), "Bridge 茶叶年单 Bolts ");
  system().change(key("nina"), draft_of("user").set("active", true)).value();
  EXPECT_EQ(answer(nina, "select count() from account"), "2\n");
}

TEST_P(access_case, needs_the_entity_right_first) {
  session s = system();
  const rows held = s.query("select id from permission_assignment where user = :u",
                            {{"u", key("nina")}})
                        .value();
  s.remove("permission_assignment", held.at(0, 0).as_id()).value();
  session nina = as("nina");
  const auto hidden = nina.get("account", key("acme"));
  const auto unknown = nina.get("galaxy", key("acme"));
  ASSERT_FALSE(hidden);
  EXPECT_EQ(hidden.error().code(), errc::unknown_name) << "an owner without the right sees nothing";
  EXPECT_EQ(replaced(message(hidden), "account", "galaxy"), message(unknown));
  EXPECT_EQ(replaced(answer(nina, "select id from account"), "account", "galaxy"),
            answer(nina, "select id from galaxy"));
}

TEST_P(access_case, has_no_entity_that_may_not_be_read) {
  session nina = as("nina");
  const id any{1};
  const auto texts = [&](const std::string& entity) {
    std::string out;
    for (const std::string& got :
         {answer(nina, "select id from " + entity), answer(nina, "select * from " + entity),
          answer(nina, "select count() from " + entity),
          answer(nina, "select name from account where id in (select id from " + entity + ")"),
          message(nina.draft(entity)), message(nina.get(entity, any)),
          message(nina.remove(entity, any)), message(nina.history(entity, any)),
          message(nina.explain(action::read, entity, any)),
          message(nina.explain(action::read, entity, any, "name"))})
      out += replaced(got, entity, "X") + "\n";
    return out;
  };
  EXPECT_EQ(texts("entity_right"), texts("galaxy"));
  EXPECT_EQ(texts("gx_change"), texts("galaxy"));
  EXPECT_EQ(texts("gx_meta"), texts("galaxy"));
  EXPECT_EQ(answer(nina, "select id from entity_rights").find("entity_right`"), std::string::npos)
      << "no hint names it";
  EXPECT_NE(answer(nina, "select id from acount").find("`account`"), std::string::npos);
  // A draft may come from the catalog, which knows all.
  const schema::draft smuggled(*nina.catalog()->find("setting"), {setting::name = "x"});
  EXPECT_EQ(replaced(message(nina.create(smuggled)), "setting", "X"),
            replaced(message(nina.draft("galaxy")), "galaxy", "X"));
  EXPECT_EQ(replaced(message(nina.change(any, smuggled)), "setting", "X"),
            replaced(message(nina.draft("galaxy")), "galaxy", "X"));
}

TEST_P(access_case, cannot_be_raised_by_those_who_have_it) {
  session nina = as("nina");
  for (const schema::entity_row* e :
       {&user::entity, &role::entity, &stage::entity, &pipeline::entity, &product::entity}) {
    const auto made = nina.create(schema::draft(*nina.catalog()->find(e->name)));
    EXPECT_EQ(code(made), errc::permission) << e->name;
  }
  EXPECT_EQ(code(nina.change(key("nina"), draft_of("user").set("role", key("role.vp")))),
            errc::permission);
  EXPECT_EQ(code(nina.define("account", {.name = "x_more", .type = schema::kind::text})),
            errc::permission);
}
