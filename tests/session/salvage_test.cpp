// What is rescued of a damaged store, and what is told of the rest.
#include "support/bit_rot.hpp"
#include "support/fault_loop.hpp"

#include "guanxi/session/keeping.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>

using namespace guanxi;
using namespace guanxi::test;

namespace {

constexpr std::size_t page_size = 4096;
constexpr int accounts = 600;

/// A store with enough accounts for a tree, and a field of the company's own.
const std::string& whole() {
  static const std::string content = [] {
    const std::string path = test::fresh_path("salvage_whole");
    fault_vfs quick;
    {
      auto crm = open(path, {.vfs = quick.name()}).value();
      session s = crm.as_user("admin").value();
      s.define("account", {.name = "x_shoe_size", .type = schema::kind::integer}).value();
      s.begin().value();
      for (int i = 1; i <= accounts; ++i) {
        schema::draft d = s.draft("account").value();
        d.set("name", "Company " + std::to_string(i)).set("city", i % 2 ? "Bergen" : "上海");
        d.set("x_shoe_size", std::int64_t{i});
        s.create(d).value();
      }
      s.commit().value();
    }
    std::string out = read_file(path);
    remove_store(path);
    return out;
  }();
  return content;
}

class salvaged : public testing::Test {
 protected:
  ~salvaged() override {
    remove_store(path);
    remove_store(into);
  }
  result<store::salvage_report> run(const std::string& content) {
    write_file(path, content);
    auto out = salvage(path, into);
    EXPECT_EQ(read_file(path), content) << "the damaged file was touched";
    for (const auto& entry : std::filesystem::directory_iterator("."))
      EXPECT_EQ(entry.path().string().find(into + ".new"), std::string::npos) << entry.path();
    return out;
  }
  /// Rows of accounts, as the new store has them.
  std::string names() {
    auto crm = open(into, {.create = false});
    if (!crm) return "error: " + message(crm);
    return answer(crm->as_system("test"),
                  "select name, city, x_shoe_size from account order by x_shoe_size");
  }
  const store::salvage_report::entity& of(const store::salvage_report& r, std::string_view name) {
    for (const auto& e : r.entities)
      if (e.name == name) return e;
    static const store::salvage_report::entity none;
    return none;
  }
  std::string path = test::fresh_path("salvage_damaged"), into = test::fresh_path("salvage_into");
};

std::string all_names() {
  std::string out;
  for (int i = 1; i <= accounts; ++i)
    out += "Company " + std::to_string(i) + "|" + (i % 2 ? "Bergen" : "上海") + "|" +
           std::to_string(i) + "\n";
  return out;
}

/// Root page of a table, from the schema.
std::size_t root_of(const std::string& content, const std::string& table) {
  const std::string path = test::fresh_path("salvage_root");
  write_file(path, content);
  const std::int64_t out =
      ask(path, "SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'");
  remove_store(path);
  return static_cast<std::size_t>(out - 1) * page_size;
}

/// The page of the n-th child of an inner page.
std::size_t child_of(const std::string& content, std::size_t page, std::size_t n) {
  const auto number = [&](std::size_t at, int size) {
    std::size_t out = 0;
    for (int i = 0; i < size; ++i)
      out = out << 8 | static_cast<unsigned char>(content[at + static_cast<std::size_t>(i)]);
    return out;
  };
  const std::size_t cell = page + number(page + 12 + 2 * n, 2);
  return (number(cell, 4) - 1) * page_size;
}

/// The page of the last child of an inner page.
std::size_t last_child_of(const std::string& content, std::size_t page) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < 4; ++i)
    out = out << 8 | static_cast<unsigned char>(content[page + 8 + i]);
  return (out - 1) * page_size;
}

}  // namespace

TEST_F(salvaged, a_sound_file_comes_over_whole) {
  auto r = run(whole());
  ASSERT_TRUE(r) << message(r);
  for (const store::finding& f : r->findings) ADD_FAILURE() << f.text;
  EXPECT_EQ(of(*r, "account").kept, static_cast<std::uint64_t>(accounts));
  EXPECT_EQ(r->lost, 0u);
  EXPECT_TRUE(names() == all_names()) << names().substr(0, 200);
  auto crm = open(into, {.create = false}).value();
  EXPECT_FALSE(crm.fresh());
  session s = crm.as_user("admin").value();
  auto made = s.create(crm::account::entity, {crm::account::name = "Next"});
  ASSERT_TRUE(made) << message(made);
  EXPECT_EQ(s.history("account", made->key())->size(), 1u);
  EXPECT_TRUE(crm.verify()->sound());
}

TEST_F(salvaged, a_changed_bit_is_kept_and_told) {
  std::string content = whole();
  std::size_t changed = 0;  // in the account, and perhaps in the log's entry of it
  for (std::size_t at = 0; (at = content.find("Company 77", at)) != std::string::npos; ++at) {
    if (content[at / page_size * page_size] != 13) continue;
    content[at] = 'D';
    ++changed;
  }
  ASSERT_GE(changed, 1u);
  auto r = run(content);
  ASSERT_TRUE(r) << message(r);
  EXPECT_EQ(r->doubtful, changed);
  EXPECT_EQ(r->lost, 0u);
  ASSERT_GE(r->findings.size(), changed);
  EXPECT_TRUE(std::any_of(r->findings.begin(), r->findings.end(), [](const auto& f) {
    return f.where == store::part::record && f.entity == "account" && f.record;
  }));
}

TEST_F(salvaged, records_come_over_when_the_tree_above_them_is_gone) {
  std::string content = whole();
  const std::size_t root = root_of(content, "account");
  ASSERT_EQ(content[root], 5) << "no inner page: the test needs more accounts";
  content.replace(root, page_size, page_size, '\0');
  auto r = run(content);
  ASSERT_TRUE(r) << message(r);
  EXPECT_EQ(of(*r, "account").kept, static_cast<std::uint64_t>(accounts));
  EXPECT_EQ(r->lost, 0u);
  EXPECT_TRUE(names() == all_names()) << names().substr(0, 200);
}

TEST_F(salvaged, records_of_a_page_that_is_gone_are_named) {
  std::string content = whole();
  const std::size_t leaf = child_of(content, root_of(content, "account"), 3);
  ASSERT_EQ(content[leaf], 13);
  const std::size_t rows = static_cast<unsigned char>(content[leaf + 4]);
  content.replace(leaf, page_size, page_size, '\0');
  auto r = run(content);
  ASSERT_TRUE(r) << message(r);
  EXPECT_EQ(of(*r, "account").lost, rows);
  EXPECT_EQ(of(*r, "account").kept, accounts - rows);
  const auto named = std::count_if(r->findings.begin(), r->findings.end(), [](const auto& f) {
    return f.entity == "account" && f.record && f.text.ends_with("is lost");
  });
  EXPECT_EQ(named, static_cast<std::ptrdiff_t>(rows));
}

TEST_F(salvaged, a_file_without_its_head_comes_over_whole) {
  std::string content = whole();
  content.replace(0, 100, 100, '\0');
  auto r = run(content);
  ASSERT_TRUE(r) << message(r);
  EXPECT_TRUE(names() == all_names()) << names().substr(0, 200);
}

TEST_F(salvaged, a_file_without_its_first_page_comes_over_whole) {
  std::string content = whole();
  content.replace(0, page_size, page_size, '\0');
  auto r = run(content);
  ASSERT_TRUE(r) << message(r);
  EXPECT_EQ(of(*r, "account").kept, static_cast<std::uint64_t>(accounts));
  EXPECT_TRUE(names() == all_names()) << names().substr(0, 200);
}

/// As-of reads of a salvaged store are right or refused.
TEST_F(salvaged, the_past_is_told_as_far_back_as_the_change_log_is_whole) {
  write_file(path, whole());
  std::int64_t last = 0;
  {
    auto crm = open(path).value();
    session s = crm.as_user("admin").value();
    last = s.last_change().value();
    s.prune_changes({.up_to = last - 10}).value();
  }
  const std::string pruned = read_file(path);
  const auto then = [&](std::int64_t sequence) {
    auto crm = open(into, {.create = false}).value();
    return crm.as_system("test").query("select count() from account", {},
                                       {.as_of = {.sequence = sequence}});
  };
  ASSERT_TRUE(run(pruned));
  EXPECT_EQ(code(then(last - 11)), errc::pruned);
  const auto before = then(last - 10);
  ASSERT_TRUE(before) << message(before);
  EXPECT_EQ(before->at(0, 0), value(std::int64_t{accounts - 10}));
  remove_store(into);
  std::string content = whole();
  const std::size_t leaf = child_of(content, root_of(content, "gx_change"), 3);
  content.replace(leaf, page_size, page_size, '\0');
  const auto r = run(content);
  ASSERT_TRUE(r) << message(r);
  EXPECT_TRUE(std::any_of(r->findings.begin(), r->findings.end(), [](const auto& f) {
    return f.where == store::part::log && f.text.find("may lack entries") != std::string::npos;
  }));
  EXPECT_EQ(code(then(last - 1)), errc::pruned);
  EXPECT_EQ(then(last)->at(0, 0), value(std::int64_t{accounts}));
  {  // pruning what is there still does not move the line back
    auto crm = open(into).value();
    EXPECT_EQ(crm.as_user("admin")->prune_changes({.up_to = 20})->pruned_up_to, last);
    EXPECT_EQ(crm.outcome_of(std::to_string(last - 1) + "-0").value(),
              crm.as_system("test").query("select id from gx_change where id = :n",
                                          {{"n", id{last - 1}, {}, false}})->empty()
                  ? commit_outcome::unknown
                  : commit_outcome::not_committed);
  }
  remove_store(into);
  // Nor is the end of the log what is left of it.
  std::string torn = whole();
  const std::size_t newest = last_child_of(torn, root_of(torn, "gx_change"));
  torn.replace(newest, page_size, page_size, '\0');
  ASSERT_TRUE(run(torn));
  EXPECT_EQ(code(then(last - 1)), errc::pruned);
  auto crm = open(into).value();
  EXPECT_EQ(crm.as_system("test").last_change().value(), last);
}

TEST_F(salvaged, what_is_in_the_log_of_the_file_counts) {
  {
    auto crm = open(path).value();
    session s = crm.as_user("admin").value();
    s.create(crm::account::entity, {crm::account::name = "Only in the log"}).value();
    ASSERT_TRUE(std::filesystem::exists(path + "-wal"));
    std::filesystem::copy_file(path, path + ".moved");
    std::filesystem::copy_file(path + "-wal", path + ".moved-wal");
  }
  auto r = salvage(path + ".moved", into);
  remove_store(path + ".moved");
  ASSERT_TRUE(r) << message(r);
  EXPECT_EQ(of(*r, "account").kept, 1u);
}

TEST_F(salvaged, nothing_is_made_of_what_is_no_store_or_where_something_is) {
  EXPECT_EQ(code(salvage(path, into)), errc::file_missing);
  EXPECT_EQ(code(run("name,industry\nAcme,retail\n")), errc::not_a_database);
  EXPECT_FALSE(std::filesystem::exists(into));
  EXPECT_EQ(code(run(std::string(9000, 'x'))), errc::not_a_database);
  write_file(into, "something");
  EXPECT_EQ(code(run(whole())), errc::duplicate);
  EXPECT_EQ(read_file(into), "something");
  std::filesystem::remove(into);
  write_file(path, whole());
  auto stopped =
      salvage(path, into, {.on_progress = [](std::uint64_t, std::uint64_t) { return false; }});
  EXPECT_EQ(code(stopped), errc::interrupted) << message(stopped);
  EXPECT_FALSE(std::filesystem::exists(into));
  {
    auto crm = open(":memory:", {.store = store_kind::memory}).value();
    crm.save(path + ".gxm").value();
  }
  EXPECT_EQ(code(salvage(path + ".gxm", into)), errc::unsupported);
  std::filesystem::remove(path + ".gxm");
}

TEST_F(salvaged, every_record_is_kept_as_it_was_or_told_of) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "GUANXI_TEST_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  const std::size_t pages = whole().size() / page_size;
  for (int round = 0; round < 8; ++round) {
    std::string content = whole();
    for (int i = 0; i < 3; ++i) {
      const std::size_t page = random() % pages;
      for (std::size_t at = 0; at < page_size; ++at)
        if (round % 2 == 0 || random() % 16 == 0)
          content[page * page_size + at] = static_cast<char>(random());
    }
    remove_store(into);
    auto r = run(content);
    ASSERT_TRUE(r) << "round " << round << ": " << message(r);
    auto crm = open(into, {.create = false});
    ASSERT_TRUE(crm) << "round " << round << ": " << message(crm);
    std::uint64_t as_it_was = 0;
    const rows kept = crm->as_system("test").query("select name from account").value();
    for (std::size_t i = 0; i < kept.size(); ++i)
      as_it_was += kept.at(i, 0).to_string().starts_with("Company ");
    EXPECT_GE(as_it_was + r->doubtful, of(*r, "account").kept) << "round " << round;
    if (of(*r, "account").kept + of(*r, "account").lost < static_cast<std::uint64_t>(accounts)) {
      EXPECT_FALSE(r->findings.empty()) << "round " << round;
    }
  }
}
