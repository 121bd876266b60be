// Selects of children among the items of another select, on every store: lists and figures of each
// parent's own, which are what a query for that parent alone gives.
#include "support/stores.hpp"

#include <random>

namespace guanxi::test {
namespace {

using namespace crm;

/// Rows on lines; children in brackets, with "; " between them.
std::string spoken(const rows& r, std::string_view end = "\n") {
  std::string out;
  for (std::size_t row = 0; row < r.size(); ++row) {
    if (row > 0 && end != "\n") out += end;
    for (std::size_t c = 0; c < r.columns().size(); ++c) {
      if (c > 0) out += "|";
      if (r.branch(c)) out += "[" + spoken(r.children(row, c), "; ") + "]";
      else out += r.at(row, c).to_string();
    }
    if (end == "\n") out += end;
  }
  return out;
}

class branch_case : public on_every_store {
 protected:
  static std::string said(const session& s, std::string_view query,
                          const std::vector<expr::parameter_value>& given = {},
                          const query_options& how = {}) {
    const result<rows> r = s.query(query, given, how);
    return r ? spoken(*r) : "error: " + std::string(r.error().message());
  }
  static std::size_t place(const session& s, std::string_view query) {
    const result<rows> r = s.query(query);
    return r ? 0 : static_cast<std::size_t>(r.error().offset());
  }
};
INSTANTIATE_TEST_SUITE_P(on, branch_case, every_store, store_name);

TEST_P(branch_case, lists_the_children_of_each) {
  EXPECT_EQ(said(system(), "select name, (select name, amount from opportunities "
                           "order by amount desc limit 1) as deals from account "
                           "where name in ('Acme', 'Bolt', 'Lonely') order by name"),
            said(system(), "select name, (select name, amount from opportunities_by_account "
                           "order by amount desc limit 1) as deals from account "
                           "where name in ('Acme', 'Bolt', 'Lonely') order by name"));
  EXPECT_EQ(said(as("nina"), "select name, (select name from opportunities order by name) "
                             "from account order by name"),
            "Acme|[Bridge]\n张记茶业|[茶叶年单]\n");
  const rows r = as("nina").query("select name, (select name as deal, close_date from "
                                  "opportunities) from account").value();
  EXPECT_EQ(r.columns()[1].name, "opportunities");
  EXPECT_EQ(r.columns()[1].type.base, value_type::integer);
  EXPECT_EQ(r.at(0, 1), value(1));
  ASSERT_NE(r.branch(1), nullptr);
  EXPECT_EQ(r.branch(0), nullptr);
  EXPECT_EQ(r.branch(1)->all->columns()[0].name, "deal");
  EXPECT_EQ(r.branch(1)->all->columns()[1].type.base, value_type::date);
}

TEST_P(branch_case, gives_a_figure_for_each) {
  EXPECT_EQ(said(as("nina"),
                 "select name, (select count() from opportunities where stage.is_open) as open, "
                 "(select sum(amount) from opportunities where stage.is_lost) as lost, "
                 "(select coalesce(max(amount), 0) + 1 from opportunities) as most, "
                 "(select count() from contacts) from account order by name"),
            "Acme|1|null|1001.50|0\n张记茶业|" +
                said(as("nina"), "select count() filter (where stage.is_open), sum(amount) filter "
                                 "(where stage.is_lost), max(amount) + 1, 0 from opportunity "
                                 "where account.name = '张记茶业'"));
  // Of somebody without deals, too, there are conditions and figures of figures.
  system().create(account::entity, {account::name = "Bare"}).value();
  EXPECT_EQ(said(system(), "select (select coalesce(max((select count() from stage_visits)), -1) "
                           "from opportunities where any(stage_visits: stage.is_open)) as visits "
                           "from account where name in ('Acme', 'Bare') order by name"),
            "1\n-1\n");
  const rows r = system().query("select (select count() from contacts) as people from account")
                     .value();
  EXPECT_EQ(r.columns()[0].name, "people");
  EXPECT_EQ(r.branch(0), nullptr);
}

TEST_P(branch_case, groups_go_by_parents) {
  EXPECT_EQ(said(system(), "select name, (select stage.name, count() as n from opportunities "
                           "group by stage.name order by stage.name limit 1) from account "
                           "where name = 'Acme'"),
            "Acme|[" +
                replaced(said(system(), "select stage.name, count() from opportunity "
                                        "where account.name = 'Acme' group by stage.name "
                                        "order by stage.name limit 1"),
                         "\n", "]\n"));
}

TEST_P(branch_case, parents_may_be_at_the_end_of_a_path) {
  EXPECT_EQ(said(as("nina"), "select name, (select name from account.opportunities) as others, "
                             "(select count() from account.opportunities) as n "
                             "from opportunity order by name"),
            "Bridge|[Bridge]|1\n茶叶年单|[茶叶年单]|1\n");
  EXPECT_EQ(said(as("nina"), "select account, (select name from account.opportunities) as own "
                             "from opportunity where name = 'Bridge' group by account"),
            std::to_string(key("acme").value) + "|[Bridge]\n");
  EXPECT_EQ(said(system(), "select name, (select name from roles_by_parent order by name) "
                           "from role where name in ('VP', 'North') order by name"),
            "North|[Agent N]\nVP|[North; South]\n");
  EXPECT_EQ(said(system(), "select name, (select name from parent.roles_by_parent) from role "
                           "where parent is null"),
            "VP|[]\n");
}

TEST_P(branch_case, children_have_children) {
  EXPECT_EQ(said(system(), "select name, (select name, (select name, (select count() from "
                           "roles_by_parent) from roles_by_parent) as below from roles_by_parent "
                           "order by name) as below from role where parent is null"),
            "VP|[North|[Agent N|0]; South|[Agent S|0]]\n");
  EXPECT_EQ(said(system(), "select (select (select (select (select (select 1 from owners) from "
                           "roles_by_parent) from roles_by_parent) from roles_by_parent) from "
                           "roles_by_parent) from role"),
            "error: selects are nested more than 4 deep");
}

TEST_P(branch_case, all_fields_of_children) {
  const rows r = system()
                     .query("select name, (select * from roles_by_parent order by name) from role "
                            "where parent is null")
                     .value();
  const rows below = r.children(0, 1);
  ASSERT_EQ(below.size(), 2u);
  EXPECT_EQ(below.columns().size(), system().query("select * from role").value().columns().size());
  EXPECT_EQ(below.at(1, static_cast<std::size_t>(below.column("name"))), value("South"));
}

TEST_P(branch_case, takes_parameters_pages_the_past_and_transactions) {
  const std::vector<expr::parameter_value> given = {{.name = "least", .content = 2000},
                                                    {.name = "n", .content = 1},
                                                    {.name = "cursor", .content = value()}};
  const std::string query = "select name, (select name from opportunities where amount > :least "
                            "limit :n) as large from account order by name limit 1 after :cursor";
  session s = as("nina");
  result<rows> page = s.query(query, given);
  ASSERT_TRUE(page) << message(page);
  EXPECT_EQ(spoken(*page), "Acme|[]\n");
  std::vector<expr::parameter_value> next = given;
  next[2].content = page->page().next;
  EXPECT_EQ(said(s, query, next).substr(0, 13), "张记茶业|");
  const prepared q = prepare(query).value();
  EXPECT_EQ(q.parameters(), (std::vector<std::string>{"least", "n", "cursor"}));
  EXPECT_EQ(spoken(s.query(q, given).value()), "Acme|[]\n");

  const std::string names = "select name, (select name from opportunities) from account "
                            "where name = 'Acme'";
  const std::int64_t then = s.last_change().value();
  s.begin().value();
  schema::draft d = s.draft("opportunity").value();
  d.set("name", value("Bridge 2"));
  s.change(key("bridge"), d).value();
  EXPECT_EQ(said(s, names), "Acme|[Bridge 2]\n");
  s.commit().value();
  EXPECT_EQ(said(s, names), "Acme|[Bridge 2]\n");
  EXPECT_EQ(said(s, names, {}, {.as_of = {.sequence = then}}), "Acme|[Bridge]\n");
}

TEST_P(branch_case, shows_what_the_user_sees) {
  EXPECT_EQ(said(as("nils"), "select name, (select name from opportunities) from account"),
            "Bolt|[" + replaced(said(as("nils"), "select name from opportunity"), "\n", "]\n"));
  system()
      .create(field_right::entity,
              {field_right::permission_set = key("standard"),
               field_right::entity_name = "opportunity", field_right::field = "amount",
               field_right::may_read = false})
      .value();
  EXPECT_EQ(said(as("nina"), "select name, (select amount from opportunities) from account"),
            "error: no field `amount` on `opportunity`; did you mean `account`?");
  system()
      .create(field_right::entity,
              {field_right::permission_set = key("standard"),
               field_right::entity_name = "opportunity", field_right::field = "account",
               field_right::may_read = false})
      .value();
  const std::string query = "select name, (select name from opportunities) from account";
  EXPECT_EQ(said(as("nina"), query).substr(0, 47),
            "error: no children `opportunities` of `account`");
}

TEST_P(branch_case, says_what_is_wrong_and_where) {
  const session s = system();
  const auto wrong = [&](std::string_view query, std::string_view what, std::string_view at) {
    EXPECT_EQ(said(s, query), "error: " + std::string(what));
    EXPECT_EQ(place(s, query), query.rfind(at)) << query;
  };
  wrong("select name, (select name from contakts) from account",
        "no children `contakts` of `account`; did you mean `contacts`?", "contakts");
  wrong("select (select name from contacts) as people from account order by people",
        "`people` is of children, and the query cannot sort or group by it", "people");
  wrong("select (select count(), 1 from contacts) from account",
        "a select of children without `group by` gives one figure; write one for each", "1 from");
  wrong("select (select share(count()) from contacts group by name) from account",
        "`share` looks at a whole answer, so no select of children has it", "share");
  wrong("select (select name, count() from contacts group by rollup(name)) from account",
        "`rollup` and `cube` stand in no select of children", "rollup");
  wrong("select (select name from contacts limit 2 offset 1) from account",
        "a select of children takes no `offset`; raise its `limit`", "1) from");
  wrong("select name from account where id in (select (select name from contacts) from account)",
        "a select of children stands among what the query itself selects, not inside `in`",
        "(select name");
  wrong("select (select name from contacts as of '2026-01-01') from account",
        "`as of` stands in the outermost select and is for all", "as of");
  EXPECT_EQ(said(s, "select name, (select name from opportunities) from account", {},
                 {.max_rows = 2})
                .substr(0, 6),
            "error:");
}

TEST_P(branch_case, is_what_a_query_for_each_parent_gives) {
  const std::uint64_t seed = chosen_seed();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  session s = system();
  s.begin().value();
  const char* names[] = {"a", "b", "c", "a"};
  for (int i = 0; i < 60; ++i) {
    const char* of[] = {"acme", "bolt", "zhang"};
    s.create(contact::entity, {contact::name = names[random() % 4],
                               contact::account = key(of[random() % 3]),
                               contact::job_title = names[random() % 4]})
        .value();
  }
  s.commit().value();
  const char* clauses[] = {"select name, job_title from %s order by name limit 3",
                           "select job_title from %s where name != 'a' order by job_title desc",
                           "select name from %s limit 2 per name",
                           "select name, count() from %s group by name order by count() desc, name",
                           "select job_title, max(name) from %s group by job_title limit 2"};
  for (const char* clause : clauses) {
    const auto with = [&](std::string_view source) { return replaced(clause, "%s", source); };
    const rows whole =
        s.query("select id, (" + with("contacts") + ") as those from account").value();
    for (std::size_t row = 0; row < whole.size(); ++row) {
      std::string one = with("contact");
      const std::string own = "account = " + std::to_string(whole.at(row, 0).as_id().value);
      const std::size_t where = one.find(" where ");
      if (where != std::string::npos) one.insert(where + 7, own + " and ");
      else one.insert(one.find("contact") + 7, " where " + own);
      EXPECT_EQ(spoken(whole.children(row, 1)), said(s, one)) << one;
    }
  }
}

}  // namespace
}  // namespace guanxi::test
