// Statements that are made to explode: each ends in time, whatever the store, with an answer or one
// clear error, and the session goes on.
#include "guanxi/query/statement_json.hpp"
#include "support/fault_loop.hpp"
#include "support/stores.hpp"

#include <chrono>
#include <functional>

using namespace guanxi;
using namespace guanxi::test;

namespace {

constexpr int accounts = 400;
constexpr std::size_t long_text = 20'000;
constexpr std::int64_t deadline_ms = 100;
/// A busy machine with sanitizers may not run a thread for so long.
constexpr std::int64_t allowance_ms = 3'000;

std::string repeated(std::string_view part, std::size_t times, std::string_view between = "") {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    if (i) out += between;
    out += part;
  }
  return out;
}

std::string nested(const std::string& open, std::size_t levels, std::string_view inside,
                   const std::string& close = ")") {
  return repeated(open, levels) + std::string(inside) + repeated(close, levels);
}

/// `leaf op leaf` with 2^levels leaves and little depth.
std::string balanced(const std::string& leaf, std::string_view op, int levels) {
  if (levels == 0) return leaf;
  const std::string half = balanced(leaf, op, levels - 1);
  return "(" + half + std::string(op) + half + ")";
}

std::string numbered(std::size_t n, const std::function<std::string(std::size_t)>& part) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += (i ? ", " : "") + part(i);
  return out;
}

std::string number(std::size_t n) { return std::to_string(n); }

/// One company with long texts, by a clock that runs.
class bomb : public testing::TestWithParam<tested_store> {
 protected:
  bomb() {
    world.clock = default_environment().clock;
    open_options how;
    how.world = world;
    crm = open(make_driver(GetParam(), world, path), how).value();
    session s = crm->as_user("admin").value();
    s.begin().value();
    id last;
    for (int i = 0; i < accounts; ++i) {
      schema::draft d = s.draft("account").value();
      d.set("name", "Account " + std::to_string(i));
      d.set("industry", "industry " + std::to_string(i % 20));
      d.set("city", "city " + std::to_string(i % 7));
      d.set("employees", std::int64_t{i % 50});
      d.set("founded_year", std::int64_t{1900 + i % 100});
      d.set("description", std::string(long_text, 'a'));
      if (i > 0) d.set("parent", last);
      last = s.create(d).value().key();
    }
    s.commit().value();
    if (GetParam() != tested_store::memory_saved) return;
    crm->save().value();
    crm.reset();
    crm = open(make_driver(GetParam(), world, path), how).value();
  }
  ~bomb() override {
    crm.reset();
    remove_store(path);
  }

  /// Runs it within the deadline, and then something that anybody asks. Gives the error's code.
  errc ends(const std::string& what, const std::string& text,
                    const std::vector<expr::parameter_value>& parameters = {},
                    query_options within = {}) {
    session s = crm->as_user("admin").value();
    if (!within.deadline_ms) within.deadline_ms = deadline_ms;
    const auto before = std::chrono::steady_clock::now();
    result<rows> out = s.query(text, parameters, within);
    const auto took =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - before)
            .count();
    EXPECT_LT(took, 2 * *within.deadline_ms + allowance_ms) << what;
    if (!out) {
      const errc why = out.error().code();
      EXPECT_TRUE(why == errc::limit || why == errc::overflow || why == errc::parse)
          << what << ": " << out.error().message();
      for (const std::string& fault : unclear(out.error())) ADD_FAILURE() << what << ": " << fault;
    }
    const result<rows> next = s.query("select count() from account");
    EXPECT_TRUE(next && next->at(0, 0) == value(accounts)) << what;
    return code(out);
  }

  std::string path = fresh_path();
  environment world = default_environment();
  std::optional<tenant> crm;
};

}  // namespace

TEST_P(bomb, of_nesting_ends) {
  const std::string start = "select name from account where ";
  ends("not", start + nested("not ", 199, "name is null", ""));
  ends("parentheses", start + nested("(", 199, "name is null"));
  ends("functions", "select " + nested("lower(upper(", 95, "description", "))") + " from account");
  ends("ifs", "select " + nested("if(employees > 1, ", 190, "1", ", employees)") + " from account");
  ends("any", start + "any(accounts_by_parent: any(accounts_by_parent: any(accounts_by_parent: "
                      "any(accounts_by_parent: employees > 1))))");
  ends("all", start + "all(accounts_by_parent: all(accounts_by_parent: all(accounts_by_parent: "
                      "all(accounts_by_parent: employees > 1))))");
  ends("paths", "select " + repeated("parent.", 150) + "name from account");
  ends("many paths", "select " + numbered(150, [](std::size_t i) {
         return repeated("parent.", i) + "name as n" + number(i);
       }) + " from account");
  EXPECT_EQ(ends("too deep", start + nested("not (", 300, "name is null")), errc::limit);
}

TEST_P(bomb, of_many_parts_ends) {
  const std::string start = "select name from account where ";
  ends("or", start + repeated("name = 'x'", 3'000, " or "));
  ends("sums", "select " + balanced("employees", " + ", 13) + " from account");
  ends("products of sums", "select sum(" + balanced("employees", " * ", 12) + ") from account");
  ends("likes", start + repeated("description like '%a%b%a'", 5'000, " or "));
  ends("columns", "select " + numbered(1'400, [](std::size_t i) {
         return "employees + " + number(i) + " as c" + number(i);
       }) + " from account");
  const auto column = [](std::size_t i) { return "employees + " + number(i); };
  EXPECT_EQ(ends("too many columns", "select " + numbered(6'100, [](std::size_t i) {
         return "city as c" + number(i);
       }) + " from account"),
            errc::limit);
  EXPECT_EQ(ends("too many sorts", "select name from account order by " + numbered(1'000, column)),
            errc::limit);
  EXPECT_EQ(ends("too many keys", "select count() from account group by " +
                                      numbered(4'000, column)), errc::limit);
  EXPECT_EQ(ends("too many aggregates", "select " + numbered(1, [](std::size_t) {
         std::string all = "0";
         for (std::size_t i = 0; i < 180; ++i) all += " + sum(employees + " + number(i) + ")";
         return all;
       }) + ", " + numbered(1'400, [](std::size_t i) {
         return "sum(employees + " + number(1'000 + i) + ")";
       }) + " from account"), errc::limit);
  EXPECT_EQ(ends("aliases", "select " + balanced("employees", " + ", 12) +
                                " as a from account group by a having " +
                                repeated("a = 1", 1'000, " or ")), errc::limit);
  ends("groupings", "select " + numbered(1'400, [](std::size_t i) {
         return "grouping(k" + number(i % 7) + ") as g" + number(i);
       }) + ", " + numbered(7, [&](std::size_t i) { return column(i) + " as k" + number(i); }) +
       " from account group by cube(" + numbered(7, [](std::size_t i) {
         return "k" + number(i);
       }) + ")");
  ends("percentiles", "select " + numbered(300, [](std::size_t i) {
         return "percentile(employees * " + number(i) + ", 0.9)";
       }) + " from account group by industry");
}

TEST_P(bomb, of_long_lists_ends) {
  expr::parameter_value list{.name = "list", .is_list = true};
  for (std::int64_t i = 0; i < 1'000'000; ++i) list.list.emplace_back((i * 7'919) % 1'000'003);
  const std::string start = "select name from account where ";
  ends("a list", start + "employees in :list", {list});
  ends("a list twice", start + "employees in :list or founded_year not in :list", {list});
  EXPECT_EQ(ends("a list often", start + repeated("employees in :list", 1'000, " or "), {list}),
            errc::limit);
  const std::string nested_select = "id in (select parent from account)";
  ends("selects", start + repeated(nested_select, 250, " or "));
  EXPECT_EQ(ends("too many selects", start + repeated(nested_select, 2'000, " and ")),
            errc::limit);
}

TEST_P(bomb, of_texts_ends) {
  const std::string start = "select name from account where ";
  ends("like", start + "description like '" + repeated("%a", 2'000) + "%b'");
  ends("like of ones", start + "description like '%" + repeated("_", 5'000) + "b%'");
  ends("like of a run", start + "description like '%" + repeated("a", 9'000) + "b%'");
  ends("like of its own", start + "concat(description, 'b') like concat('%', description, 'c%')");
  ends("concat", "select length(concat(" + repeated("description", 100, ", ") +
                     ")) from account");
  EXPECT_EQ(ends("concat of many", "select length(concat(" + repeated("name", 101, ", ") +
                                       ")) from account"), errc::limit);
  std::string doubled = "description";  // 2^12 of them would be 80 MB
  for (int i = 0; i < 12; ++i) doubled = "concat(" + doubled + ", " + doubled + ")";
  EXPECT_EQ(ends("concat of concat", "select length(" + doubled + ") from account limit 1", {},
                 {.deadline_ms = 60'000}), errc::limit);
  ends("an alias of texts", "select concat(" + repeated("description", 100, ", ") +
                                ") as d from account group by d having " +
                                repeated("length(d) > 1", 200, " and "));
}

TEST_P(bomb, of_groups_ends) {
  const std::string keys = "id, name, industry, city, employees, founded_year, parent, created_at";
  const std::string cube = "select count() as n, sum(employees) as s from account group by cube(" +
                           keys + ")";
  ends("cube", cube);
  ends("cube in order", cube + " order by s desc, n limit 3");
  ends("cube and sums", "select share(sum(employees)) as part, running_sum(count()) from account "
                        "group by cube(" + keys + ") order by part");
  ends("cube of medians", "select median(employees), count(distinct name), first(name by id) from "
                          "account group by cube(" + keys + ")");
  ends("cube within 50 ms", cube, {}, {.deadline_ms = 50});
  EXPECT_EQ(ends("cube with few rows", cube, {}, {.max_rows = 1'000}), errc::limit);
  ends("limit per", "select name from account order by name limit 1 per " + keys + " limit 3");
}

TEST_P(bomb, of_search_ends) {
  ends("a word", "select name from account where search('b', description)");
  ends("a run", "select name from account where search('" + repeated("a", 9'000) +
                    "b', description)");
  ends("many words", "select name, relevance('" + repeated("a", 2'000, " ") +
                         "', description) as r from account order by r desc limit 3");
  ends("many searches", "select name from account where " +
                            repeated("search('ab', description)", 1'000, " or "));
}

TEST_P(bomb, of_periods_ends) {
  const std::string group = " from account group by period(created_at, day)";
  ends("readings", "select " + numbered(300, [](std::size_t i) {
         return "prior(count(), " + number(i + 1) + " day)";
       }) + group);
  EXPECT_EQ(ends("too many readings", "select " + numbered(1'600, [](std::size_t i) {
         return "prior(sum(employees), " + number(i + 1) + " day)";
       }) + group), errc::limit);
  ends("gaps", "select count() from account where created_at between instant "
               "'1800-01-01T00:00:00Z' and instant '2200-01-01T00:00:00Z' "
               "group by period(created_at, day), name, city fill gaps");
  ends("pivot", "select industry from account group by cube(industry, name, founded_year) "
                "pivot (sum(employees) as total, count() as n) for city in (" +
                    numbered(450, [](std::size_t i) { return "'city " + number(i) + "'"; }) +
                    ")");
}

TEST_P(bomb, of_children_ends) {
  const std::string children = "(select name from accounts_by_parent)";
  ends("many", "select " + numbered(200, [&](std::size_t i) {
         return "(select name from accounts_by_parent order by name limit 3) as c" + number(i);
       }) + " from account");
  EXPECT_EQ(ends("too many", "select " + numbered(300, [&](std::size_t i) {
         return children + " as c" + number(i);
       }) + " from account"), errc::limit);
  std::string deep = "name";
  for (int i = 0; i < 3; ++i) deep = "name, (select " + deep + " from accounts_by_parent)";
  ends("deep", "select " + deep + " from account");
  const std::string texts = "select name, (select description from accounts_by_parent) as those "
                            "from account";
  EXPECT_EQ(ends("little memory", texts, {}, {.deadline_ms = 60'000, .max_memory = 1'000'000}),
            errc::limit);
  EXPECT_EQ(ends("enough memory", texts, {}, {.deadline_ms = 60'000, .max_memory = 40'000'000}),
            errc::ok);
}

TEST_P(bomb, of_memory_ends) {
  const query_options little{.deadline_ms = 60'000, .max_memory = 200'000};
  const std::string all_keys = "id, name, industry, city, employees, founded_year";
  for (const std::string& text : {
           std::string("select description from account order by employees"),
           std::string("select description as d from account where employees >= 0"),
           "select count() from account group by cube(" + all_keys + ")",
           "select running_sum(count()) from account group by cube(" + all_keys + ")",
           std::string("select name from account limit 400 per description"),
           std::string("select description, count() from account group by id, description"),
           std::string("select prior(max(description), 1 day) from account "
                       "group by period(created_at, day), name"),
       })
    EXPECT_EQ(ends("little memory", text, {}, little), errc::limit) << text;
  for (const std::string& text : {
           std::string("select name from account order by employees limit 10"),
           std::string("select industry, median(employees), count(distinct city) from account "
                       "group by industry"),
           std::string("select count() from account where id in (select parent from account "
                       "where employees > 40)"),
       })
    EXPECT_EQ(ends("enough memory", text, {}, little), errc::ok) << text;
  EXPECT_EQ(ends("a list", "select name from account where id in (select parent from account)", {},
                 {.deadline_ms = 60'000, .max_memory = 50'000}), errc::limit);
}

TEST_P(bomb, of_json_ends) {
  for (const char* part : {"[", "{\"not\":", "{\"a\":", "[{\"b\":"}) {
    const auto s = query::statement_from_json(R"({"select": ["a"], "from": "b", "where": )" +
                                              repeated(part, 100'000));
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code(), errc::parse);
  }
}

INSTANTIATE_TEST_SUITE_P(on, bomb, every_store, store_name);
