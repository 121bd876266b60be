// A field that somebody may not read does not exist for them: not in any clause, call or message.
#include "support/stores.hpp"

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;

namespace {

/// Eve holds a set of her own, without `probability` on deals and `phone` on accounts.
class hidden_field : public on_every_store {
 protected:
  hidden_field() {
    session s = system();
    set = s.create(permission_set::entity, {permission_set::name = "Narrow"}).value().key();
    const id eve = s.create(user::entity, {user::login = "eve", user::name = "Eve"}).value().key();
    at.keys["eve"] = eve;
    s.create(permission_assignment::entity,
             {permission_assignment::user = eve, permission_assignment::permission_set = set})
        .value();
    for (const char* entity : {"opportunity", "account", "stage_visit", "stage"})
      s.create(entity_right::entity,
               {entity_right::permission_set = set, entity_right::entity_name = entity,
                entity_right::may_create = true, entity_right::may_read = true,
                entity_right::may_edit = true, entity_right::may_delete = true})
          .value();
    hide("opportunity", "probability");
    hide("account", "phone");
    const record r = s.create(opportunity::entity,
                              {opportunity::name = "Eves", opportunity::stage = key("talk"),
                               opportunity::amount = money{decimal{500, 2}, currency("USD")},
                               schema::system_field::owner = eve})
                         .value();
    at.keys["eves"] = r.key();
  }
  void hide(const char* entity, const char* field) {
    system()
        .create(field_right::entity,
                {field_right::permission_set = set, field_right::entity_name = entity,
                 field_right::field = field, field_right::may_read = false,
                 field_right::may_edit = false})
        .value();
  }
  id set;
};
INSTANTIATE_TEST_SUITE_P(on, hidden_field, every_store, store_name);

}  // namespace

TEST_P(hidden_field, is_unknown_in_every_clause) {
  const session eve = as("eve");
  const char* statements[] = {
      "select ? from opportunity",
      "select ? as x from opportunity",
      "select name, ? * 2 as twice from opportunity",
      "select coalesce(?, 0) from opportunity",
      "select name from opportunity where ? > 5",
      "select name from opportunity where ? is null",
      "select name from opportunity where name = 'Eves' or ? in (1, 10)",
      "select name from opportunity order by ?",
      "select name from opportunity order by amount, ? desc nulls last",
      "select count() from opportunity group by ?",
      "select ?, count() from opportunity group by ?",
      "select max(?) from opportunity",
      "select sum(?), min(?), avg(?), median(?) from opportunity",
      "select count(?) from opportunity",
      "select count(distinct ?) from opportunity",
      "select sum(amount) filter (where ? > 5) from opportunity",
      "select count() from opportunity group by name having max(?) > 1",
      "select name from opportunity group by name order by max(?)",
      "select ? as p, count() from opportunity group by p order by p",
      "select opportunity.? from stage_visit",
      "select id from stage_visit where opportunity.? = 10",
      "select max(opportunity.?) from stage_visit",
      "select name from account where id in (select account from opportunity where ? > 5)",
      "select name from opportunity where 10 in (select ? from opportunity)",
      "select if(? > 5, 'high', 'low') from opportunity",
      "select percentile(?, 0.9) from opportunity",
      "select first(name by ?), last(? by name) from opportunity",
      "select last(name by amount, ?) from opportunity where currency = 'USD'",
      "select count() from opportunity group by rollup(name, ?)",
      "select grouping(?), count() from opportunity group by cube(name, ?)",
      "select share(sum(?)), running_sum(max(?)) from opportunity group by name",
      "select period(close_date, month) as m, prior(sum(?), 1 year) from opportunity group by m",
      "select bucket(?, 10), count() from opportunity group by bucket(?, 10)",
      "select count() from opportunity pivot (sum(?)) for name in ('Eves')",
      "select count() from opportunity pivot (count()) for ? in (5, 10)",
      "select step(), count() from opportunity funnel (name = 'a', ? > 5)",
      "select step(), conversion(sum(?)) from opportunity funnel (created_at as a)",
      "select name from opportunity where (select max(?) from account.opportunities) > 5",
      "select name from account order by (select count() from opportunities where ? > 5)",
      "select least(?, 5), greatest(1, ?) from opportunity",
      "select retention(sum(?)) from opportunity group by "
      "periods_between(created_at, close_date, month)",
      "select name from opportunity limit 1 per ?",
      "select sum(convert(amount * ?, 'USD')) from opportunity",
  };
  for (const std::string text : statements) {
    const auto hidden = eve.query(replaced(text, "?", "probability"));
    const auto absent = eve.query(replaced(text, "?", "zzzzzzzzzzz"));
    ASSERT_FALSE(hidden) << text;
    ASSERT_FALSE(absent) << text;
    EXPECT_EQ(replaced(message(hidden), "probability", "?"),
              replaced(message(absent), "zzzzzzzzzzz", "?"))
        << text;
    EXPECT_EQ(hidden.error().code(), errc::unknown_name) << text;
    EXPECT_EQ(hidden.error().code(), absent.error().code()) << text;
    EXPECT_EQ(hidden.error().offset(), absent.error().offset()) << text;
    EXPECT_EQ(hidden.error().entity(), absent.error().entity()) << text;
    EXPECT_TRUE(as("admin").query(replaced(text, "?", "probability")) ||
                text.find("10 in") != std::string::npos)
        << "the text is right, for those who see the field: " << text;
  }
}

TEST_P(hidden_field, is_no_part_of_all_fields) {
  const rows r = as("eve").query("select * from opportunity").value();
  EXPECT_EQ(r.column("probability"), -1);
  EXPECT_GE(r.column("amount"), 0);
  const rows all = as("admin").query("select * from opportunity").value();
  EXPECT_EQ(all.columns().size(), r.columns().size() + 1);
}

TEST_P(hidden_field, is_not_named_by_an_alias_or_a_hint) {
  const session eve = as("eve");
  EXPECT_EQ(answer(eve, "select name as probability from opportunity order by probability"),
            "Eves\n");
  EXPECT_EQ(answer(eve, "select probabilty from opportunity").find("`probability`"),
            std::string::npos);
  EXPECT_NE(answer(as("nina"), "select probabilty from opportunity").find("`probability`"),
            std::string::npos);
}

TEST_P(hidden_field, is_absent_from_records_and_history) {
  session eve = as("eve");
  const record r = eve.get("opportunity", key("eves")).value();
  EXPECT_EQ(r[opportunity::probability], std::nullopt);
  const auto hidden = r.find("probability"), absent = r.find("zzzzzzzzzzz");
  ASSERT_FALSE(hidden);
  EXPECT_EQ(replaced(message(hidden), "probability", "?"),
            replaced(message(absent), "zzzzzzzzzzz", "?"));
  const record moved = eve.change(r, {opportunity::stage = key("offer")}).value();
  EXPECT_EQ(moved[opportunity::probability], std::nullopt);
  EXPECT_EQ(answer(as("admin"), "select probability from opportunity where name = 'Eves'"),
            "60.00\n")
      << "effects write what their caller does not see";
  const auto log = eve.history("opportunity", key("eves")).value();
  for (const auto& entry : log)
    for (const auto& f : entry.fields) EXPECT_NE(f.name, "probability");
  system()
      .change(key("eves"), system().draft("opportunity").value().set("probability", 33))
      .value();
  EXPECT_EQ(eve.history("opportunity", key("eves")).value().size(), 2u)
      << "a change of hidden fields alone did not happen";
}

TEST_P(hidden_field, cannot_be_written_or_explained) {
  session eve = as("eve");
  const auto set_to = [&](const char* name, const value& v, bool fresh) {
    schema::draft d = eve.draft("opportunity").value();
    d.set(name, v);
    if (!fresh) return message(eve.change(key("eves"), d));
    d.set("name", "New").set("stage", key("talk"));
    return message(eve.create(d));
  };
  for (const value& v : {value(5), value("five"), value(), value(true)})
    for (bool fresh : {true, false})
      EXPECT_EQ(replaced(set_to("probability", v, fresh), "probability", "?"),
                replaced(set_to("zzzzzzzzzzz", v, fresh), "zzzzzzzzzzz", "?"))
          << v.to_string();
  const record r = eve.get("opportunity", key("eves")).value();
  const auto by_handle = eve.change(r, {opportunity::probability = decimal{5000, 2}});
  ASSERT_FALSE(by_handle);
  EXPECT_EQ(by_handle.error().code(), errc::unknown_name);
  EXPECT_EQ(replaced(message(eve.explain(action::read, "opportunity", r.key(), "probability")),
                     "probability", "?"),
            replaced(message(eve.explain(action::read, "opportunity", r.key(), "zzzzzzzzzzz")),
                     "zzzzzzzzzzz", "?"));
  EXPECT_EQ(answer(as("admin"), "select probability from opportunity where name = 'Eves'"),
            "10.00\n");
}

TEST_P(hidden_field, leaves_the_sum_of_amounts_alone) {
  hide("opportunity", "currency");
  const session eve = as("eve");
  EXPECT_EQ(answer(eve, "select sum(amount) from opportunity"), "5.00\n");
}

TEST_P(hidden_field, may_be_read_only) {
  session s = system();
  const rows right = s.query("select id from field_right where field = 'probability'").value();
  s.change(right.at(0, 0).as_id(), s.draft("field_right").value().set("may_read", true)).value();
  session eve = as("eve");
  const record r = eve.get("opportunity", key("eves")).value();
  EXPECT_EQ(r[opportunity::probability], (decimal{1000, 2}));
  EXPECT_EQ(code(eve.change(r, {opportunity::probability = decimal{5000, 2}})), errc::permission);
  EXPECT_TRUE(eve.explain(action::read, "opportunity", r.key(), "probability").value().allowed);
  EXPECT_FALSE(eve.explain(action::edit, "opportunity", r.key(), "probability").value().allowed);
}

TEST_P(hidden_field, is_the_rule_where_only_listed_fields_are_given) {
  session s = system();
  const rows right = s.query("select id from entity_right where entity = 'account' and "
                             "permission_set = :s", {{"s", set}}).value();
  s.change(right.at(0, 0).as_id(),
           s.draft("entity_right").value().set("listed_fields_only", true))
      .value();
  s.create(field_right::entity, {field_right::permission_set = set,
                                 field_right::entity_name = "account", field_right::field = "name",
                                 field_right::may_read = true, field_right::may_edit = true})
      .value();
  session eve = as("eve");
  const auto made = eve.create(account::entity, {account::name = "Eve's"});
  ASSERT_TRUE(made) << message(made);
  const rows r = eve.query("select * from account").value();
  std::string columns;
  for (const auto& c : r.columns()) columns += c.name + " ";
  EXPECT_EQ(columns, "id revision name ");
  EXPECT_EQ(code(eve.query("select city from account")), errc::unknown_name);
  EXPECT_EQ(code(eve.query("select owner from account")), errc::unknown_name);
  EXPECT_TRUE(eve.change(*made, {account::name = "Eve & Co"}));
}
