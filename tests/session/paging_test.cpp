// Pages by key: a walk meets each row once, in order, whatever others write meanwhile, and takes no
// cursor but its own.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;
using parameters = std::vector<expr::parameter_value>;

class paging : public on_every_store {
 protected:
  static result<rows> page(const session& s, const std::string& query, const std::string& cursor,
                           parameters given = {}) {
    given.push_back({.name = "cursor", .content = cursor.empty() ? value() : value(cursor)});
    return s.query(query, given);
  }
  /// All pages, one behind the other, each but the last ended by "--".
  static std::string walk(const session& s, const std::string& query,
                          const parameters& given = {}) {
    std::string out, cursor;
    for (int pages = 0; pages < 100; ++pages) {
      const result<rows> got = page(s, query, cursor, given);
      if (!got) return out + "error: " + std::string(got.error().message());
      out += text(*got);
      cursor = got->page().next;
      if (cursor.empty()) return out;
      out += "--\n";
    }
    return out + "no end";
  }
  /// A walk by pages of several sizes gives what the query gives at once.
  void expect_walk(const std::string& query) const {
    const std::string all = answer(system(), query);
    for (int size : {1, 2, 5}) {
      const std::string pages =
          walk(system(), query + " limit " + std::to_string(size) + " after :cursor");
      EXPECT_EQ(replaced(pages, "--\n", ""), all) << query << " by " << size;
    }
  }
  std::string cursor_of(const session& s, const std::string& query) const {
    return page(s, query, "").value().page().next;
  }
  id add_deal(const std::string& called, std::int64_t cents) const {
    return system()
        .create(opportunity::entity,
                {opportunity::name = called, schema::system_field::owner = key("nina"),
                 opportunity::account = key("acme"), opportunity::stage = key("talk"),
                 opportunity::amount = money{decimal{cents, 2}, currency("USD")}})
        .value()
        .key();
  }
};
INSTANTIATE_TEST_SUITE_P(on, paging, every_store, store_name);

TEST_P(paging, goes_on_behind_the_last_row) {
  EXPECT_EQ(walk(system(), "select amount from opportunity order by amount limit 4 after :cursor"),
            "50.00\n700.01\n999.99\n1000.50\n--\n2500.00\n10000.00\n");
  EXPECT_EQ(walk(system(), "select amount from opportunity order by amount desc limit 3 "
                           "after :cursor"),
            "10000.00\n2500.00\n1000.50\n--\n999.99\n700.01\n50.00\n")
      << "a last page that is full has no page behind it";
  EXPECT_EQ(walk(system(), "select amount from opportunity where amount > 99999 limit 3 "
                           "after :cursor"),
            "");
}

TEST_P(paging, shows_no_column_of_its_order) {
  const rows got = page(system(), "select name from opportunity order by amount, account.name "
                                  "limit 2 after :cursor", "")
                       .value();
  EXPECT_EQ(got.columns().size(), 1u);
  EXPECT_EQ(got.size(), 2u);
  EXPECT_EQ(got.column("amount"), -1);
}

TEST_P(paging, nulls_and_ties_have_their_place_among_pages) {
  for (const char* order :
       {"source", "source desc", "source nulls last", "source desc nulls first",
        "stage.is_won, source desc", "account.parent.name nulls last, amount desc", "id desc",
        "probability desc nulls last, close_date", "amount * probability / 100, name",
        "source nulls last, account.city desc nulls first", "created_at desc", "owner, account"})
    expect_walk("select id, source from opportunity order by " + std::string(order));
}

TEST_P(paging, groups_go_by_pages_too) {
  for (const char* query :
       {"select owner.login as who, count() as n from opportunity group by who order by n desc",
        "select source, count() from opportunity group by rollup(source) "
        "order by source nulls last",
        "select source, account.city, count() from opportunity group by cube(source, account.city)",
        "select stage.name, sum(amount) from opportunity group by stage.name having count() > 0 "
        "order by avg(amount) desc",
        "select stage.is_won, source from opportunity group by stage.is_won, source "
        "order by stage.is_won desc nulls last, source desc nulls last",
        "select count() from opportunity"})
    expect_walk(query);
}

TEST_P(paging, what_others_write_moves_no_row_between_pages) {
  const std::string query =
      "select name from opportunity order by amount limit 2 after :cursor";
  const session s = system();
  const rows first = page(s, query, "").value();
  EXPECT_EQ(text(first), "Cross\nSingle\n");
  add_deal("before", 100);
  const id behind = add_deal("behind", 100'100);
  EXPECT_EQ(text(page(s, query, first.page().next).value()), "Bolts\nBridge\n");
  const rows second = page(s, query, first.page().next).value();
  EXPECT_EQ(text(page(s, query, second.page().next).value()), "behind\n茶叶年单\n");
  system().remove("opportunity", behind).value();
  EXPECT_EQ(text(page(s, query, second.page().next).value()), "茶叶年单\n太阳能\n");
}

TEST_P(paging, tells_the_last_change_before_its_first_page) {
  const std::string query = "select name from opportunity order by name limit 2 after :cursor";
  const session s = system();
  const std::int64_t then = s.last_change().value();
  const rows first = page(s, query, "").value();
  EXPECT_EQ(first.page().since, then);
  add_deal("zz", 100);
  EXPECT_GT(s.last_change().value(), then);
  EXPECT_EQ(page(s, query, first.page().next).value().page().since, then);
}

TEST_P(paging, a_row_out_of_reach_is_on_no_page) {
  const std::string query = "select name from opportunity order by amount limit 1 after :cursor";
  EXPECT_EQ(walk(as("nina"), query), "Bridge\n--\n茶叶年单\n");
  const rows first = page(as("nina"), query, "").value();
  EXPECT_EQ(message(page(as("mona"), query, first.page().next)),
            "this cursor is not of this query, its parameters and its user; ask for the first page "
            "again");
}

TEST_P(paging, takes_no_cursor_but_its_own) {
  const session s = system();
  const std::string query =
      "select name from opportunity where amount > :least order by amount limit 2 after :cursor";
  const parameters least = {{.name = "least", .content = 100}};
  const std::string cursor = page(s, query, "", least).value().page().next;
  ASSERT_FALSE(cursor.empty());
  EXPECT_EQ(code(page(s, query, cursor, least)), errc::ok);
  EXPECT_EQ(code(page(s, query, cursor, {{.name = "least", .content = 101}})),
            errc::invalid_argument);
  EXPECT_EQ(code(page(s, "select name from opportunity order by amount limit 2 after :cursor",
                      cursor)),
            errc::invalid_argument);
  EXPECT_EQ(code(page(s, replaced(query, "limit 2", "limit 3"), cursor, least)), errc::ok)
      << "pages may change their size on the way";
  const std::string both = "select name from opportunity where probability > :n order by amount "
                           "limit :n after :cursor";
  const std::string of_one = page(s, both, "", {{.name = "n", .content = 1}}).value().page().next;
  EXPECT_EQ(code(page(s, both, of_one, {{.name = "n", .content = 1}})), errc::ok);
  EXPECT_EQ(code(page(s, both, of_one, {{.name = "n", .content = 2}})), errc::invalid_argument)
      << "here it is no size alone";
  for (std::size_t at = 0; at < cursor.size(); ++at) {
    std::string forged = cursor;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code(page(s, query, forged, least)), errc::invalid_argument) << at;
  }
  for (const char* forged : {"x", "====", "AA", "汉字", "bm90aGluZw"})
    EXPECT_EQ(code(page(s, query, forged, least)), errc::invalid_argument) << forged;
  EXPECT_EQ(code(page(s, query, cursor.substr(0, cursor.size() - 4), least)),
            errc::invalid_argument);
}

TEST_P(paging, says_what_is_wrong_with_what_is_asked) {
  const session s = system();
  const std::pair<const char*, const char*> cases[] = {
      {"select name from opportunity limit 2 after :cursor offset 1", "which `offset` cannot"},
      {"select name from opportunity limit 1 per source limit 2 after :cursor",
       "which `limit … per` cannot"},
      {"select owner, share(count()) from opportunity group by owner limit 2 after :cursor",
       "which `share` and `running_sum` cannot"},
      {"select name from opportunity limit 0 after :cursor", "a page has 1 to 10000000 rows"},
      {"select name from opportunity limit 2 after :other",
       "no value given for parameter `:other`; null asks for the first page"},
  };
  for (const auto& [query, wanted] : cases)
    EXPECT_NE(message(page(s, query, "")).find(wanted), std::string::npos)
        << message(page(s, query, ""));
  EXPECT_EQ(code(s.query("select name from opportunity limit 2 after :c",
                         {{.name = "c", .content = 7}})),
            errc::type_mismatch);
}

TEST_P(paging, a_page_may_have_as_many_rows_as_are_allowed) {
  const std::string query = "select name from opportunity order by amount limit 3 after :cursor";
  const parameters first = {{.name = "cursor", .content = value()}};
  EXPECT_EQ(code(system().query(query, first, {.max_rows = 3})), errc::ok);
  EXPECT_EQ(code(system().query(query, first, {.max_rows = 2})), errc::limit);
  EXPECT_EQ(code(system().query(replaced(query, "limit 3", "limit 6"), first, {.max_rows = 5})),
            errc::limit);
  EXPECT_EQ(code(system().query(replaced(query, "limit 3", "limit 9"), first, {.max_rows = 6})),
            errc::ok);
}

TEST_P(paging, goes_on_after_the_store_was_opened_again) {
  const std::string query = "select name from opportunity order by amount limit 4 after :cursor";
  const std::string cursor = cursor_of(system(), query);
  if (at.kind == tested_store::map || at.kind == tested_store::choosy ||
      at.kind == tested_store::c_store || at.kind == tested_store::c_planner ||
      at.kind == tested_store::sqlite_memory)
    GTEST_SKIP() << "this store does not outlive its process";
  at.reopen();
  EXPECT_EQ(text(page(system(), query, cursor).value()), "茶叶年单\n太阳能\n");
}

TEST_P(paging, walks_through_the_past_and_inside_a_transaction) {
  session s = system();
  const std::string query = "select amount from opportunity order by amount limit 4 after :cursor";
  EXPECT_EQ(walk(s, "select amount from opportunity as of '9000-01-01' order by amount limit 4 "
                    "after :cursor"),
            walk(s, query));
  s.begin().value();
  s.create(opportunity::entity,
           {opportunity::name = "new", schema::system_field::owner = key("nina"),
            opportunity::account = key("acme"), opportunity::stage = key("talk"),
            opportunity::amount = money{decimal{800, 0}, currency("USD")}})
      .value();
  EXPECT_EQ(walk(s, query), "50.00\n700.01\n800.00\n999.99\n--\n1000.50\n2500.00\n10000.00\n");
  s.rollback().value();
}

}  // namespace
}  // namespace guanxi::test
