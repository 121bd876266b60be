// What a file from elsewhere may not do to who opens it.
#include "support/fault_loop.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

using namespace guanxi;
using namespace guanxi::test;

namespace {

void alter(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  sqlite3_close(db);
}

}  // namespace

TEST(sqlite_limits, a_trigger_in_a_file_changes_nothing_behind_the_log) {
  const std::string path = test::fresh_path("trigger");
  { ASSERT_TRUE(open(path)); }
  alter(path, "CREATE TRIGGER t AFTER INSERT ON account "
              "BEGIN UPDATE account SET name = 'Stolen'; END");
  {
    auto crm = open(path).value();
    session s = crm.as_user("admin").value();
    auto made = s.create(crm::account::entity, {crm::account::name = "Acme"});
    ASSERT_TRUE(made) << message(made);
    EXPECT_EQ(answer(s, "select name from account"), "Acme\n");
    EXPECT_TRUE(crm.verify()->sound());
  }
  remove_store(path);
}
