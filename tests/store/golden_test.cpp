// Files of every format version open for ever, with all that is in them.
//
// A file of the present version is written anew by, for example,
//   GUANXI_WRITE_GOLDEN=tests/golden/memory_1.gxm guanxi_store_tests --gtest_filter=golden.memory*
//   GUANXI_WRITE_GOLDEN=tests/golden/sqlite_1.gx guanxi_store_tests --gtest_filter=golden.sqlite*
//   sqlite3 tests/golden/sqlite_1.gx "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM;
//                                     PRAGMA journal_mode = WAL"      (a fifth of the size)
// It is written once a version, and stays.
#include "guanxi/guanxi.hpp"
#include "support/fault_loop.hpp"
#include "store/memory/snapshot.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

using namespace guanxi;
using namespace guanxi::test;

namespace {

std::string golden_file(const std::string& name) {
  const char* source = std::getenv("GUANXI_SOURCE_DIR");
  return std::string(source ? source : ".") + "/tests/golden/" + name;
}

open_options kept_in(store_kind kind) {
  open_options how;
  how.store = kind;
  how.base_currency = "CNY";
  how.world = default_environment();
  how.world->clock =
      std::make_shared<fixed_clock>(instant::parse("2026-03-02T09:00:00Z").value());
  return how;
}
open_options in_memory() { return kept_in(store_kind::memory); }

void fill(const tenant& of) {
  using namespace crm;
  session s = of.as_user("admin").value();
  s.define("account", {.name = "x_tier",
                       .type = schema::kind::choice,
                       .choices = {{"gold", "Gold", "金"}, {"plain", "Plain", "普通"}}})
      .value();
  s.define({.name = "x_car",
            .fields = {{.name = "x_plate", .flags = schema::title | schema::unique},
                       {.name = "x_seats", .type = schema::kind::integer},
                       {.name = "x_sold", .type = schema::kind::date},
                       {.name = "x_new", .type = schema::kind::boolean},
                       {.name = "x_owner", .type = schema::kind::reference, .target = "account"}}})
      .value();
  schema::draft tea = s.draft("account").value();
  tea.set("name", "张记茶业").set("city", "上海").set("x_tier", "gold");
  const id zhang = s.create(tea).value().key();
  const id acme = s.create(account::entity, {account::name = "Acme"}).value().key();
  const id line = s.create(pipeline::entity, {pipeline::name = "Sales"}).value().key();
  const id won = s.create(stage::entity, {stage::name = "Won", stage::pipeline = line,
                                          stage::class_ = "won"})
                     .value()
                     .key();
  for (std::int64_t i = 1; i <= 3; ++i)
    s.create(opportunity::entity,
             {opportunity::name = "Deal " + std::to_string(i), opportunity::account = zhang,
              opportunity::stage = won,
              opportunity::amount = money{decimal{-5 + 100'000 * i, 2}, currency("CNY")}})
        .value();
  schema::draft car = s.draft("x_car").value();
  car.set("x_plate", "京A 123").set("x_seats", std::int64_t{4}).set("x_new", true);
  car.set("x_sold", date::parse("2026-02-28").value()).set("x_owner", acme);
  s.create(car).value();
  s.change(acme, s.draft("account").value().set("name", "Acme & Sons")).value();
  const id gone = s.create(account::entity, {account::name = "Gone"}).value().key();
  s.remove("account", gone).value();
}

/// The questions that every version must go on answering, and their answers.
void expect_filled(const tenant& of) {
  const session s = of.as_user("admin").value();
  EXPECT_EQ(answer(s, "select name, city, x_tier from account order by name"),
            "Acme & Sons|null|null\n张记茶业|上海|gold\n");
  EXPECT_EQ(answer(s, "select account.name, currency, sum(amount), count() from opportunity "
                      "where stage.is_won group by account.name, currency"),
            "张记茶业|CNY|5999.85|3\n");
  EXPECT_EQ(answer(s, "select x_plate, x_seats, x_sold, x_new, x_owner.name from x_car "
                      "where x_owner is not null"),
            "京A 123|4|2026-02-28|true|Acme & Sons\n");
  EXPECT_EQ(answer(s, "select count() from stage_visit"), "3\n");
  EXPECT_EQ(answer(s, "select name from opportunity where name = 'Deal 2'"), "Deal 2\n");
  const rows acme =
      s.query("select id, created_at from account where name = 'Acme & Sons'").value();
  EXPECT_EQ(acme.at(0, 1).to_string(), "2026-03-02T09:00:00Z");
  const auto history = s.history("account", acme.at(0, 0).as_id()).value();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].fields.at(0).before, value("Acme"));
}

/// A tenant that was opened from a file goes on working, too.
void expect_usable(const tenant& of) {
  session s = of.as_user("admin").value();
  schema::draft car = s.draft("x_car").value();
  EXPECT_EQ(code(s.create(car.set("x_plate", "京A 123"))), errc::duplicate);
  schema::draft other = s.draft("x_car").value();
  EXPECT_TRUE(s.create(other.set("x_plate", "京A 124")));
  EXPECT_TRUE(s.define("x_car", {.name = "x_colour", .type = schema::kind::text}));
  EXPECT_EQ(answer(s, "select count() from x_car where x_colour is null"), "2\n");
}

/// References that a file of version 1 has no index for, the library's own and a custom one.
constexpr std::pair<const char*, const char*> indexed_later[] = {
    {"lead", "account"}, {"opportunity", "contact"}, {"user", "role"}, {"x_car", "x_owner"}};

/// How many of them a snapshot file's tables have an index for.
int indices_of(const std::string& path) {
  store::memory::contents in;
  const auto file = store::memory::old_file::open(path).value();
  store::memory::snapshot::load(in, file).value();
  int out = 0;
  for (const std::unique_ptr<store::memory::table>& t : in.tables())
    for (std::size_t i = 0; i < t->definition.fields.size(); ++i)
      for (const auto& [entity, field] : indexed_later)
        if (t->name == entity && t->definition.fields[i].name == field)
          out += t->columns.has_index(static_cast<std::uint16_t>(schema::system_slot::count + i));
  return out;
}

/// The same of an SQLite file.
int indices_in(const std::string& path) {
  int out = 0;
  for (const auto& [entity, field] : indexed_later)
    out += static_cast<int>(ask(path, std::string("SELECT count(*) FROM sqlite_schema WHERE "
                                                  "type = 'index' AND name = 'index_") +
                                          entity + "." + field + "'"));
  return out;
}

}  // namespace

TEST(golden, memory_file_of_version_1_opens) {
  if (const char* path = std::getenv("GUANXI_WRITE_GOLDEN")) {
    const tenant made = open(":memory:", in_memory()).value();
    fill(made);
    made.save(path).value();
  }
  const std::string file = golden_file("memory_1.gxm"), before = read_file(file);
  ASSERT_FALSE(before.empty()) << file;
  open_options how = in_memory();
  how.create = false;
  const auto opened = open(file, how);
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_FALSE(opened->fresh());
  expect_filled(*opened);
  expect_usable(*opened);
  // What it was brought to by this version can be saved and opened as well.
  const std::string copy = fresh_path();
  opened->save(copy).value();
  expect_filled(open(copy, how).value());
  EXPECT_TRUE(opened->verify().value().sound());
  EXPECT_EQ(indices_of(file), 0);
  EXPECT_EQ(indices_of(copy), 4);
  EXPECT_EQ(read_file(file), before) << "the golden file was changed";
  remove_store(copy);
}

TEST(golden, memory_file_of_now_holds_the_same) {
  const tenant made = open(":memory:", in_memory()).value();
  fill(made);
  expect_filled(made);
  const std::string path = fresh_path();
  made.save(path).value();
  expect_filled(open(path, in_memory()).value());
  remove_store(path);
}

TEST(golden, sqlite_file_of_version_1_opens) {
  if (const char* path = std::getenv("GUANXI_WRITE_GOLDEN"))
    fill(open(path, kept_in(store_kind::sqlite)).value());
  const std::string file = golden_file("sqlite_1.gx"), copy = fresh_path();
  ASSERT_TRUE(std::filesystem::copy_file(file, copy)) << file;
  EXPECT_EQ(indices_in(copy), 0);
  open_options how = kept_in(store_kind::sqlite);
  how.create = false;
  {
    const auto opened = open(copy, how);
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_FALSE(opened->fresh());
    expect_filled(*opened);
    expect_usable(*opened);
    EXPECT_TRUE(opened->verify().value().sound());
  }
  EXPECT_EQ(indices_in(copy), 4);
  expect_filled(open(copy, how).value());  // as this version has left it
  remove_store(copy);
}

TEST(golden, sqlite_file_of_a_later_version_is_refused_and_left_alone) {
  const std::string copy = fresh_path();
  std::filesystem::copy_file(golden_file("sqlite_1.gx"), copy);
  ask(copy, "PRAGMA user_version = 1000");
  const std::string before = read_file(copy);
  open_options how = kept_in(store_kind::sqlite);
  const auto opened = open(copy, how);
  EXPECT_EQ(code(opened), errc::newer_schema);
  EXPECT_NE(message(opened).find("update the library"), std::string::npos) << message(opened);
  EXPECT_EQ(read_file(copy), before);
  remove_store(copy);
}
