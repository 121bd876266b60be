// Conditions on children, and whose records a query is about.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class relations : public on_every_store {
 protected:
  id made(const schema::entity_row& of, std::initializer_list<schema::assignment> values) {
    return system().create(of, values).value().key();
  }
  void SetUp() override {
    on_every_store::SetUp();
    both_ = made(account::entity, {account::name = "r both"});
    bosses_ = made(account::entity, {account::name = "r bosses"});
    none_ = made(account::entity, {account::name = "r none"});
    for (const auto& [of, title] : {std::pair(both_, "CEO"), std::pair(both_, "clerk"),
                                    std::pair(bosses_, "CEO"), std::pair(bosses_, "CFO")})
      made(contact::entity, {contact::name = "x", contact::account = of,
                             contact::job_title = title});
    made(contact::entity, {contact::name = "r untitled", contact::account = bosses_});
  }
  std::string accounts(const std::string& condition) {
    return answer(system(), "select name from account where name like 'r %' and " + condition +
                                " order by name");
  }
  std::string refused(const std::string& condition) {
    const auto r = system().query("select name from account where " + condition);
    return r ? std::string("answered") : std::string(r.error().message());
  }
  id both_, bosses_, none_;
};
INSTANTIATE_TEST_SUITE_P(on, relations, every_store, store_name);

TEST_P(relations, are_asked_for_any_all_and_none) {
  EXPECT_EQ(accounts("any(contacts: job_title = 'CEO')"), "r bosses\nr both\n");
  EXPECT_EQ(accounts("any(contacts: job_title = 'clerk')"), "r both\n");
  EXPECT_EQ(accounts("none(contacts: job_title = 'clerk')"), "r bosses\nr none\n");
  EXPECT_EQ(accounts("none(contacts: true)"), "r none\n");
  EXPECT_EQ(accounts("all(contacts: job_title like 'C%')"), "r both\nr none\n")
      << "of one contact the title is not known";
  EXPECT_EQ(accounts("all(contacts: job_title is null or job_title like 'C%O')"),
            "r bosses\nr none\n");
  EXPECT_EQ(accounts("not any(contacts: job_title = 'CEO') or "
                     "any(contacts_by_account: job_title = 'CFO')"),
            "r bosses\nr none\n");
}

TEST_P(relations, are_those_of_what_a_path_leads_to) {
  const auto names = [&](const std::string& condition) {
    return answer(system(), "select job_title from contact where account.name like 'r %' and " +
                                condition + " order by job_title nulls last");
  };
  EXPECT_EQ(names("any(account.contacts: job_title = 'clerk')"), "CEO\nclerk\n");
  EXPECT_EQ(names("any(account.contacts: job_title = 'clerk' and any(account.contacts: "
                  "job_title = 'CFO'))"),
            "");
  EXPECT_EQ(names("job_title = 'CFO' and all(account.contacts: account.name = 'r bosses')"),
            "CFO\n");
  made(account::entity, {account::name = "r child", account::parent = both_});
  EXPECT_EQ(accounts("any(accounts_by_parent: name = 'r child')"), "r both\n");
  EXPECT_EQ(accounts("any(accounts: name = 'r child')"), "r both\n")
      << "a record is no child of its own";
  EXPECT_EQ(accounts("any(parent.contacts: job_title = 'clerk')"), "r child\n");
}

TEST_P(relations, all_is_turned_once_however_often_it_is_written) {
  made(account::entity, {account::name = "r child", account::parent = both_});
  EXPECT_EQ(accounts("all(accounts_by_parent: all(contacts: false))"),
            "r bosses\nr both\nr child\nr none\n");
  made(contact::entity,
       {contact::name = "x", contact::account = made(account::entity, {account::name = "r kid",
                                                                       account::parent = none_})});
  EXPECT_EQ(accounts("all(accounts_by_parent: all(contacts: false))"),
            "r bosses\nr both\nr child\nr kid\n");
  EXPECT_EQ(accounts("none(accounts_by_parent: not all(contacts: false))"),
            accounts("all(accounts_by_parent: all(contacts: false))"));
  EXPECT_EQ(accounts("if(all(contacts: false), 1, 2) between 2 and 2"),
            "r bosses\nr both\nr kid\n");
  EXPECT_EQ(accounts("if(all(contacts: false), 1, 2) in (2)"), "r bosses\nr both\nr kid\n");
}

TEST_P(relations, are_unknown_by_any_other_name) {
  EXPECT_NE(refused("any(contcts: true)").find("did you mean `contacts`?"), std::string::npos);
  EXPECT_NE(refused("any(name.contacts: true)").find("is not a reference"), std::string::npos);
  EXPECT_NE(refused("any(nobody.contacts: true)").find("`nobody`"), std::string::npos);
  EXPECT_NE(refused("any(contacts: nothing = 1)").find("no field `nothing` on `contact`"),
            std::string::npos);
  EXPECT_NE(refused("any(contacts: job_title)").find("condition"), std::string::npos);
}

TEST_P(relations, are_trimmed_like_any_other_read) {
  // What lone cannot see does not count, and what nobody may read is no name.
  session lone = as("lone");
  const id mine = lone.create(account::entity, {account::name = "r of lone"}).value().key();
  made(contact::entity, {contact::name = "hidden", contact::account = mine,
                         contact::job_title = "spy"});
  lone.create(contact::entity, {contact::name = "seen", contact::account = mine,
                                contact::job_title = "own"})
      .value();
  const auto told = [&](const char* condition) {
    return answer(lone, std::string("select count() from account where name = 'r of lone' and ") +
                            condition);
  };
  EXPECT_EQ(told("any(contacts: job_title = 'own')"), "1\n");
  EXPECT_EQ(told("any(contacts: job_title = 'spy')"), "0\n");
  EXPECT_EQ(told("none(contacts: job_title = 'spy')"), "1\n");
  EXPECT_EQ(answer(lone, "select name from user where any(permission_assignments: true)"),
            replaced(answer(lone, "select name from user where any(permission_assignmentx: true)"),
                     "permission_assignmentx", "permission_assignments"));
}

TEST_P(relations, can_be_narrowed_to_ones_own_and_ones_team) {
  const auto owners = [&](const char* login, const char* scope) {
    return answer(as(login), std::string("select owner.login from account scope ") + scope +
                                 " where owner is not null group by owner.login "
                                 "order by owner.login");
  };
  EXPECT_EQ(owners("nina", "mine"), "nina\n");
  EXPECT_EQ(owners("nina", "team"), "nina\n") << "a peer is no team";
  EXPECT_EQ(owners("mona", "team"), "nils\nnina\n");
  EXPECT_EQ(owners("mona", "mine"), "");
  EXPECT_EQ(owners("vera", "team"), "nils\nnina\nsun\n");
  EXPECT_EQ(owners("vera", "all"), answer(as("vera"), "select owner.login from account where "
                                                      "owner is not null group by owner.login "
                                                      "order by owner.login"));
  EXPECT_EQ(code(system().query("select name from account scope mine")), errc::misuse);
  EXPECT_EQ(answer(as("mona"), "select count() from opportunity where account in (select id from "
                               "account scope mine)"),
            "0\n");
}

}  // namespace
}  // namespace guanxi::test
