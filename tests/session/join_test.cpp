// A CRM in a host's own database: what the host commits or takes back, we do.
#include "support/host_sqlite.hpp"
#include "support/stores.hpp"

#include <gmock/gmock.h>

using namespace guanxi;
using namespace guanxi::test;

namespace {

constexpr const char* shop =
    "CREATE TABLE account (number TEXT PRIMARY KEY, balance INTEGER);"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, amount INTEGER CHECK (amount > 0));"
    "PRAGMA application_id = 77; PRAGMA user_version = 12";

class join : public testing::Test {
 public:
  ~join() override { remove_store(path_); }

  tenant opened(const join_options& how = {}) {
    tenant crm = open_in(host.db(), host.functions(), how).value();
    if (!crm.fresh()) return crm;
    session s = crm.as_user("admin").value();
    const id line = s.create(crm::pipeline::entity, {crm::pipeline::name = "Sales"}).value().key();
    s.create(crm::stage::entity, {crm::stage::name = "New", crm::stage::pipeline = line}).value();
    return crm;
  }
  static id deal(session& s, const std::string& name) {
    namespace opportunity = crm::opportunity;
    const id at = s.query("select id from stage").value().at(0, 0).as_id();
    const money amount{decimal{5000, 2}, currency("USD")};
    return s
        .create(opportunity::entity, {opportunity::name = name, opportunity::stage = at,
                                      opportunity::amount = amount})
        .value()
        .key();
  }
  static std::string deals(const session& s) {
    return answer(s, "select name from opportunity order by name");
  }
  std::string orders() { return host.run("SELECT id, amount FROM orders"); }

  std::string path_ = fresh_path();
  host_sqlite host{path_, shop};
};

}  // namespace

TEST_F(join, calls_another_copy_of_sqlite_than_its_own) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the address sanitizer lets no library be loaded twice";
#endif
  EXPECT_TRUE(host.is_another_copy());
}

TEST_F(join, leaves_the_hosts_tables_and_numbers_alone) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  s.create(crm::account::entity, {crm::account::name = "Acme"}).value();
  EXPECT_EQ(host.run("SELECT count(*) FROM account"), "0\n");
  EXPECT_EQ(host.run("SELECT name FROM gx_account"), "Acme\n");
  EXPECT_EQ(host.run("SELECT name FROM gx_readable_account"), "Acme\n");
  EXPECT_EQ(host.run("PRAGMA application_id; PRAGMA user_version; PRAGMA journal_mode"),
            "77\n12\ndelete\n");
  EXPECT_EQ(host.run("SELECT name FROM sqlite_master WHERE name NOT LIKE 'gx\\_%' ESCAPE '\\' "
                     "AND name NOT LIKE 'sqlite_%' ORDER BY 1"),
            "account\norders\n");
}

TEST_F(join, commits_with_the_host) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN; INSERT INTO orders VALUES (1, 50)");
  deal(s, "Tea");
  EXPECT_EQ(deals(s), "Tea\n");
  EXPECT_EQ(host.run("COMMIT"), "");
  const host_sqlite other(path_);
  EXPECT_EQ(other.run("SELECT name FROM gx_opportunity; SELECT id, amount FROM orders"),
            "Tea\n1|50\n");
}

TEST_F(join, rolls_back_with_the_host) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN; INSERT INTO orders VALUES (1, 50)");
  const id gone = deal(s, "Tea");
  EXPECT_EQ(host.run("ROLLBACK"), "");
  EXPECT_EQ(deals(s), "");
  EXPECT_EQ(orders(), "");
  EXPECT_EQ(code(s.get("opportunity", gone)), errc::not_found);
  const id next = deal(s, "Rice");
  EXPECT_EQ(next, gone) << "an id that was never committed is free again";
  EXPECT_EQ(host.run("SELECT count(*) FROM gx_change WHERE record IN "
                     "(SELECT id FROM gx_opportunity)"),
            "1\n");
}

TEST_F(join, commits_by_itself_where_the_host_has_no_transaction) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  deal(s, "Tea");
  const host_sqlite other(path_);
  EXPECT_EQ(other.run("SELECT name FROM gx_opportunity"), "Tea\n");
  EXPECT_EQ(host.run("COMMIT"), "error: cannot commit - no transaction is active");
}

TEST_F(join, stands_inside_savepoints_of_the_host) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN; SAVEPOINT a");
  deal(s, "One");
  host.run("SAVEPOINT b");
  deal(s, "Two");
  host.run("ROLLBACK TO b");
  EXPECT_EQ(deals(s), "One\n");
  deal(s, "Three");
  host.run("RELEASE b; RELEASE a; COMMIT");
  EXPECT_EQ(deals(s), "One\nThree\n");
}

TEST_F(join, undoes_a_call_that_fails_and_nothing_of_the_hosts) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN; INSERT INTO orders VALUES (1, 50)");
  deal(s, "Tea");
  EXPECT_EQ(code(s.create(crm::account::entity, {})), errc::validation);
  host.run("COMMIT");
  EXPECT_EQ(deals(s), "Tea\n");
  EXPECT_EQ(orders(), "1|50\n");
}

TEST_F(join, survives_a_host_whose_constraint_ends_the_transaction) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN; INSERT INTO orders VALUES (1, 50)");
  deal(s, "Tea");
  EXPECT_THAT(host.run("INSERT OR ROLLBACK INTO orders VALUES (1, 60)"),
              testing::StartsWith("error: UNIQUE"));
  EXPECT_EQ(deals(s), "");
  EXPECT_EQ(orders(), "");
  deal(s, "Rice");
  EXPECT_EQ(deals(s), "Rice\n");
}

TEST_F(join, a_transaction_of_ours_ends_with_the_hosts) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN");
  s.begin().value();
  deal(s, "Tea");
  host.run("INSERT INTO orders VALUES (1, 50)");
  host.run("INSERT OR ROLLBACK INTO orders VALUES (1, 60)");
  const auto late = s.create(crm::account::entity, {crm::account::name = "Acme"});
  EXPECT_EQ(code(late), errc::misuse) << message(late);
  EXPECT_TRUE(late.error().aborted());
  static_cast<void>(s.rollback());
  EXPECT_EQ(deals(s), "");
  EXPECT_EQ(answer(s, "select name from account"), "");
}

TEST_F(join, a_transaction_of_ours_notices_that_the_host_began_another) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN");
  s.begin().value();
  deal(s, "Tea");
  host.run("ROLLBACK; BEGIN");
  EXPECT_EQ(code(s.create(crm::account::entity, {crm::account::name = "Acme"})), errc::misuse);
  EXPECT_FALSE(s.commit());
  host.run("COMMIT");
  EXPECT_EQ(deals(s), "");
  EXPECT_EQ(answer(s, "select name from account"), "");
}

TEST_F(join, a_commit_of_the_hosts_keeps_what_ours_wrote_and_its_numbers) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN");
  s.begin().value();
  const id tea = deal(s, "Tea");
  host.run("COMMIT");
  EXPECT_EQ(code(s.commit()), errc::misuse);
  EXPECT_EQ(deals(s), "Tea\n");
  EXPECT_GT(deal(s, "Rice").value, tea.value);
}

TEST_F(join, forgets_definitions_that_the_host_took_back) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN");
  s.define("account", {.name = "x_tier"}).value();
  EXPECT_TRUE(crm.catalog()->find("account")->find("x_tier"));
  host.run("ROLLBACK");
  EXPECT_EQ(code(s.query("select x_tier from account")), errc::unknown_name);
  EXPECT_FALSE(crm.catalog()->find("account")->find("x_tier"));
  s.define("account", {.name = "x_tier", .type = schema::kind::integer}).value();
  EXPECT_EQ(answer(s, "select x_tier from account"), "");
}

TEST_F(join, forgets_rules_that_the_host_took_back) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN");
  s.create(crm::user::entity, {crm::user::login = "li", crm::user::name = "Li"}).value();
  EXPECT_TRUE(crm.as_user("li"));
  host.run("ROLLBACK");
  EXPECT_EQ(code(crm.as_user("li")), errc::unknown_name);
}

TEST_F(join, learns_what_another_process_counted_to_the_same_epoch) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("BEGIN");
  s.define("account", {.name = "x_ours"}).value();
  EXPECT_TRUE(s.query("select x_ours from account"));
  host.run("ROLLBACK");
  {
    host_sqlite other(path_);
    const tenant theirs = open_in(other.db(), other.functions()).value();
    session t = theirs.as_user("admin").value();
    t.define("account", {.name = "x_theirs"}).value();
  }
  EXPECT_TRUE(s.query("select x_theirs from account"));
  EXPECT_EQ(code(s.query("select x_ours from account")), errc::unknown_name);
}

TEST_F(join, an_opening_that_is_taken_back_says_so) {
  host.run("BEGIN");
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  deal(s, "Tea");
  host.run("ROLLBACK");
  const auto late = s.query("select name from opportunity");
  EXPECT_EQ(code(late), errc::misuse) << message(late);
  EXPECT_EQ(host.run("SELECT count(*) FROM sqlite_master WHERE name LIKE 'gx%'"), "0\n");
  EXPECT_TRUE(opened().as_user("admin"));
}

TEST_F(join, goes_on_beside_an_open_cursor_of_the_host) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host.run("INSERT INTO orders VALUES (1, 50), (2, 60), (3, 70); BEGIN");
  struct visit {
    session& s;
    int seen = 0;
  } all{s};
  const auto each = [](void* to, int, char** cells, char**) {
    auto& v = *static_cast<visit*>(to);
    deal(v.s, std::string("Order ") + cells[0]);
    EXPECT_EQ(code(v.s.create(crm::account::entity, {})), errc::validation);
    ++v.seen;
    return 0;
  };
  EXPECT_EQ(host.functions().exec(host.db(), "SELECT id FROM orders", each, &all, nullptr),
            SQLITE_OK);
  EXPECT_EQ(all.seen, 3);
  host.run("COMMIT");
  EXPECT_EQ(deals(s), "Order 1\nOrder 2\nOrder 3\n");
}

TEST_F(join, keeps_the_host_from_closing_what_is_in_use) {
  {
    const tenant crm = opened();
    session s = crm.as_user("admin").value();
    deal(s, "Tea");
    EXPECT_EQ(host.close(), SQLITE_BUSY);
    EXPECT_EQ(deals(s), "Tea\n");
  }
  EXPECT_EQ(host.close(), SQLITE_OK);
}

TEST_F(join, opens_again_what_is_there) {
  {
    const tenant crm = opened();
    EXPECT_TRUE(crm.fresh());
    session s = crm.as_user("admin").value();
    s.define("account", {.name = "x_tier"}).value();
    deal(s, "Tea");
  }
  const tenant crm = opened({.create = false});
  EXPECT_FALSE(crm.fresh());
  session s = crm.as_user("admin").value();
  EXPECT_EQ(deals(s), "Tea\n");
}

TEST_F(join, holds_two_companies_by_two_prefixes) {
  const tenant east = opened({.prefix = "east_"}), west = opened({.prefix = "west_"});
  session e = east.as_user("admin").value(), w = west.as_user("admin").value();
  host.run("BEGIN");
  deal(e, "East");
  deal(w, "West");
  host.run("COMMIT");
  EXPECT_EQ(deals(e), "East\n");
  EXPECT_EQ(deals(w), "West\n");
  EXPECT_EQ(host.run("SELECT count(*) FROM east_gx_change WHERE record IN "
                     "(SELECT id FROM east_opportunity)"),
            "1\n");
}

TEST_F(join, keeps_the_savepoints_of_two_companies_apart) {
  const tenant east = opened({.prefix = "east_"}), west = opened({.prefix = "west_"});
  session e = east.as_user("admin").value(), w = west.as_user("admin").value();
  const auto many = [](session& s) {  // more than are undone one by one
    ASSERT_TRUE(s.begin());
    ASSERT_EQ(s.savepoint().value(), 1);
    for (int i = 0; i < 120; ++i)
      ASSERT_TRUE(s.create(crm::account::entity, {crm::account::name = "A"}));
  };
  many(e);
  many(w);
  ASSERT_TRUE(e.rollback_to(1));
  EXPECT_EQ(answer(e, "select count() from account"), "0\n");
  static_cast<void>(w.rollback());
  ASSERT_TRUE(e.rollback());
}

TEST_F(join, refuses_what_cannot_work) {
  EXPECT_EQ(code(open_in(nullptr, host.functions())), errc::invalid_argument);
  store::sqlite_functions hole = host.functions();
  hole.step = nullptr;
  EXPECT_EQ(code(open_in(host.db(), hole)), errc::invalid_argument);
  store::sqlite_functions small = host.functions();
  small.struct_size -= 8;
  EXPECT_EQ(code(open_in(host.db(), small)), errc::invalid_argument);
  store::sqlite_functions old = host.functions();
  old.libversion_number = [] { return 3'036'000; };
  EXPECT_EQ(code(open_in(host.db(), old)), errc::unsupported);
  for (const char* bad : {"", "gx", "_", "9_", "GX_", "a b_", "a\"_", "sqlite_", "关_"})
    EXPECT_EQ(code(open_in(host.db(), host.functions(), {.prefix = bad})), errc::invalid_argument)
        << bad;
  const auto none = open_in(host.db(), host.functions(), {.create = false});
  EXPECT_EQ(code(none), errc::file_missing) << message(none);
}

TEST_F(join, refuses_a_database_of_utf16) {
  const std::string path = fresh_path();
  {
    const host_sqlite wide(path, "PRAGMA encoding = 'UTF-16'; CREATE TABLE t (a)");
    EXPECT_EQ(code(open_in(wide.db(), wide.functions())), errc::unsupported);
  }
  remove_store(path);
}

TEST_F(join, refuses_a_later_format) {
  opened();
  host.run("UPDATE gx_meta SET number = 99 WHERE id = 3");
  const auto late = open_in(host.db(), host.functions());
  EXPECT_EQ(code(late), errc::newer_schema) << message(late);
}

TEST_F(join, refuses_where_the_host_has_a_table_of_that_name) {
  host.run("CREATE TABLE gx_contact (a)");
  const auto taken = open_in(host.db(), host.functions());
  EXPECT_FALSE(taken);
  EXPECT_THAT(message(taken), testing::HasSubstr("gx_contact"));
  EXPECT_EQ(host.run("SELECT name FROM sqlite_master WHERE name LIKE 'gx%'"), "gx_contact\n");
  EXPECT_TRUE(open_in(host.db(), host.functions(), {.prefix = "crm_"}));
}

TEST_F(join, waits_for_no_other_process_by_itself) {
  const tenant crm = opened();
  session s = crm.as_user("admin").value();
  host_sqlite other(path_);
  other.run("BEGIN IMMEDIATE");
  const auto late = s.create(crm::account::entity, {crm::account::name = "Acme"});
  EXPECT_EQ(code(late), errc::busy) << message(late);
  EXPECT_TRUE(late.error().retriable());
  other.run("ROLLBACK");
  EXPECT_TRUE(s.create(crm::account::entity, {crm::account::name = "Acme"}));
}
