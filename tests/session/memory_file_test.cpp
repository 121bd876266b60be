// Memory stores through the façade: files, saving, reading only.
#include "support/stores.hpp"

#include <gtest/gtest.h>

using namespace guanxi;
using namespace guanxi::test;

namespace {

open_options in_memory() {
  open_options how;
  how.store = store_kind::memory;
  return how;
}

std::string accounts(const tenant& of) {
  return answer(of.as_user("admin").value(), "select name from account order by name");
}

}  // namespace

TEST(memory_file, keeps_what_was_saved_and_no_more) {
  const std::string path = fresh_path();
  {
    const tenant shop = open(path, in_memory()).value();
    EXPECT_TRUE(shop.fresh());
    EXPECT_EQ(shop.store_name(), "memory");
    session s = shop.as_user("admin").value();
    s.create(crm::account::entity, {crm::account::name = "Saved"}).value();
    s.begin().value();
    s.create(crm::account::entity, {crm::account::name = "Open"}).value();
    shop.save().value();  // what is open is not saved
    s.commit().value();
    EXPECT_EQ(accounts(shop), "Open\nSaved\n");
  }
  const tenant again = open(path, in_memory()).value();
  EXPECT_FALSE(again.fresh());
  EXPECT_EQ(accounts(again), "Saved\n");
  remove_store(path);
}

TEST(memory_file, is_named_by_the_path) {
  const tenant shop = open(":memory:", in_memory()).value();
  EXPECT_EQ(code(shop.save()), errc::invalid_argument);
  const std::string path = fresh_path();
  EXPECT_TRUE(shop.save(path));
  EXPECT_EQ(code(shop.save()), errc::invalid_argument) << "the store has no file of its own yet";
  EXPECT_TRUE(open(path, in_memory()));
  open_options how = in_memory();
  how.create = false;
  EXPECT_EQ(code(open(path + ".none", how)), errc::file_missing);
  how.vfs = "unix";
  EXPECT_EQ(code(open(path, how)), errc::invalid_argument);
  EXPECT_EQ(code(open(path)), errc::not_a_database) << "SQLite opens no snapshot";
  remove_store(path);
  EXPECT_EQ(code(open(":memory:").value().save(path)), errc::unsupported);
}

TEST(memory_file, that_is_read_only_is_neither_written_nor_saved) {
  const std::string path = fresh_path();
  open_options how = in_memory();
  how.read_only = true;
  EXPECT_EQ(code(open(path, how)), errc::file_missing);
  {
    const tenant shop = open(path, in_memory()).value();
    shop.as_user("admin").value().create(crm::account::entity, {crm::account::name = "A"}).value();
    shop.save().value();
  }
  const tenant shop = open(path, how).value();
  EXPECT_EQ(accounts(shop), "A\n");
  session s = shop.as_user("admin").value();
  EXPECT_EQ(code(s.create(crm::account::entity, {crm::account::name = "B"})), errc::read_only);
  EXPECT_EQ(code(s.define("account", {.name = "x_a", .type = schema::kind::text})),
            errc::read_only);
  EXPECT_EQ(code(shop.save()), errc::read_only);
  EXPECT_EQ(code(shop.save(path + ".copy")), errc::read_only);
  EXPECT_EQ(accounts(shop), "A\n");
  remove_store(path);
}

TEST(memory_file, of_two_tenants_is_the_one_saved_last) {
  const std::string path = fresh_path();
  const tenant one = open(path, in_memory()).value(), other = open(path, in_memory()).value();
  one.as_user("admin").value().create(crm::account::entity, {crm::account::name = "One"}).value();
  other.as_user("admin").value().create(crm::account::entity, {crm::account::name = "Two"}).value();
  EXPECT_EQ(accounts(one), "One\n");
  one.save().value();
  other.save().value();
  EXPECT_EQ(accounts(open(path, in_memory()).value()), "Two\n");
  remove_store(path);
}
