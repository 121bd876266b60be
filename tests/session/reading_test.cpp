// Several reads of one moment: what they see, what is refused meanwhile, and whose rights hold.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class reading : public on_every_store {
 protected:
  /// Begins a reading; false where the store holds no moment, and says so.
  bool begins(session& s) {
    const result<void> begun = s.begin_reading();
    if (!begun) {
      EXPECT_EQ(code(begun), errc::unsupported) << message(begun);
      EXPECT_NE(GetParam(), tested_store::sqlite_file);
    }
    return begun.has_value();
  }
  static std::int64_t accounts(const session& s) {
    return s.query("select count() from account").value().at(0, 0).as_integer();
  }
};
INSTANTIATE_TEST_SUITE_P(on, reading, every_store, store_name);

TEST_P(reading, sees_one_moment_while_others_write) {
  session reader = system();
  session writer = system();
  const record acme = writer.create(account::entity, {account::name = "Acme"}).value();
  const std::int64_t before = accounts(reader);
  if (!begins(reader)) return;
  ASSERT_TRUE(writer.change(acme, {account::name = "Other"}));
  const id later = writer.create(account::entity, {account::name = "Later"}).value().key();
  EXPECT_EQ(accounts(reader), before);
  EXPECT_EQ(reader.get("account", acme.key()).value()[account::name], "Acme");
  EXPECT_EQ(code(reader.get("account", later)), errc::not_found);
  EXPECT_EQ(accounts(writer), before + 1);
  ASSERT_TRUE(reader.end_reading());
  EXPECT_EQ(accounts(reader), before + 1);
  EXPECT_EQ(reader.get("account", acme.key()).value()[account::name], "Other");
}

TEST_P(reading, writes_nothing_and_does_not_nest) {
  session s = system();
  const record acme = s.create(account::entity, {account::name = "Acme"}).value();
  EXPECT_EQ(code(s.end_reading()), errc::misuse);
  if (!begins(s)) return;
  EXPECT_EQ(code(s.begin_reading()), errc::misuse);
  EXPECT_EQ(code(s.begin()), errc::misuse);
  EXPECT_EQ(code(s.create(account::entity, {account::name = "Two"})), errc::misuse);
  EXPECT_EQ(code(s.change(acme, {account::name = "Two"})), errc::misuse);
  EXPECT_EQ(code(s.remove("account", acme.key())), errc::misuse);
  EXPECT_EQ(code(s.define("account", {.name = "x_a", .label_en = "A"})), errc::misuse);
  ASSERT_TRUE(s.end_reading());
  EXPECT_EQ(code(s.end_reading()), errc::misuse);
  ASSERT_TRUE(s.begin());
  EXPECT_EQ(code(s.begin_reading()), errc::misuse);
  ASSERT_TRUE(s.rollback());
  EXPECT_TRUE(s.change(acme, {account::name = "Two"}));
}

TEST_P(reading, keeps_the_definitions_of_its_moment) {
  session nina = as("nina");
  if (!begins(nina)) return;
  const std::int64_t mine = accounts(nina);
  session s = system();
  const record old = s.create(account::entity, {account::name = "Old"}).value();
  ASSERT_TRUE(s.define("account", {.name = "x_later", .label_en = "Later"}));
  schema::draft d(*s.catalog()->find("account"));
  ASSERT_TRUE(s.change(old.key(), d.set("x_later", "now")));
  EXPECT_EQ(accounts(nina), mine);
  EXPECT_EQ(code(nina.query("select x_later from account")), errc::unknown_name);
  ASSERT_TRUE(nina.end_reading());
  EXPECT_EQ(answer(nina, "select count() from account where x_later is not null"), "0\n");
}

TEST_P(reading, ends_with_the_rights_of_its_user) {
  session nina = as("nina");
  if (!begins(nina)) return;
  EXPECT_GT(accounts(nina), 0);
  session s = system();
  const id who = s.query("select id from user where login = 'nina'").value().at(0, 0).as_id();
  schema::draft off(*s.catalog()->find("user"));
  ASSERT_TRUE(s.change(who, off.set("active", false)));
  EXPECT_EQ(code(nina.query("select count() from account")), errc::permission);
  EXPECT_EQ(code(nina.get("account", key("acme"))), errc::permission);
  ASSERT_TRUE(nina.end_reading());
  EXPECT_EQ(code(nina.query("select count() from account")), errc::permission);
}

TEST_P(reading, notices_what_another_process_revokes) {
  if (GetParam() != tested_store::sqlite_file) return;
  session nina = as("nina");
  ASSERT_TRUE(begins(nina));
  tenant other = open(at.path).value();
  session s = other.as_system("test");
  const id who = s.query("select id from user where login = 'nina'").value().at(0, 0).as_id();
  schema::draft off(*s.catalog()->find("user"));
  ASSERT_TRUE(s.change(who, off.set("active", false)));
  int went_on = 0;
  while (nina.query("select count() from account") && went_on < 1000) ++went_on;
  EXPECT_LE(went_on, 16);
}

TEST_P(reading, is_trimmed_as_every_read_is) {
  session lone = as("lone");
  const std::string alone = answer(lone, "select name from account order by name");
  if (!begins(lone)) return;
  EXPECT_EQ(answer(lone, "select name from account order by name"), alone);
}

TEST_P(reading, many_at_once_and_again_and_again) {
  std::vector<session> readers;
  for (int i = 0; i < 12; ++i) readers.push_back(system());
  for (int round = 0; round < 3; ++round) {
    for (session& s : readers)
      if (!begins(s)) return;
    const std::int64_t now = accounts(readers[0]);
    ASSERT_TRUE(system().create(account::entity, {account::name = "One more"}));
    for (session& s : readers) EXPECT_EQ(accounts(s), now);
    for (session& s : readers) ASSERT_TRUE(s.end_reading());
  }
}

}  // namespace
}  // namespace guanxi::test
