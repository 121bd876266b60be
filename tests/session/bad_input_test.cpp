// What a user may get wrong: each is one clear error, with its place, and nothing is written.
#include "guanxi/guanxi.hpp"
#include "support/fault_loop.hpp"

#include <gtest/gtest.h>

using namespace guanxi;
using namespace guanxi::test;

namespace {

constexpr std::string_view invalid = "a\xff\xfe z";
const std::string with_nul("a\0b", 3);

bool says(const error& e, std::string_view words) {
  return e.message().find(words) != std::string_view::npos;
}

template <class T>
void expect_error(const result<T>& r, errc code, std::string_view words = {}) {
  ASSERT_FALSE(r) << "accepted";
  EXPECT_EQ(r.error().code(), code) << r.error().message();
  EXPECT_TRUE(says(r.error(), words)) << r.error().message() << "\nlacks: " << words;
  for (const std::string& fault : unclear(r.error())) ADD_FAILURE() << fault;
  for (const error& other : r.error().others())
    for (const std::string& fault : unclear(other)) ADD_FAILURE() << fault;
}

/// A company with one of each: pipeline, stage, account, opportunity; seen by its administrator.
class bad_input : public testing::Test {
 protected:
  void SetUp() override {
    auto p = s.create(crm::pipeline::entity, {crm::pipeline::name = "Sales"}).value();
    stage = s.create(crm::stage::entity,
                     {crm::stage::name = "Talk", crm::stage::pipeline = p.key()}).value().key();
    account = s.create(crm::account::entity, {crm::account::name = "Acme"}).value().key();
    deal = s.create(crm::opportunity::entity,
                    {crm::opportunity::name = "First", crm::opportunity::stage = stage})
               .value()
               .key();
    written = changes();
  }
  void TearDown() override {
    if (expect_nothing_written) {
      EXPECT_EQ(changes(), written) << "something was written";
    }
  }
  std::int64_t changes() {
    auto r = crm.as_system("test").query("select count() from gx_change");
    return r ? r->at(0, 0).as_integer() : -1;
  }
  schema::draft draft(std::string_view entity) { return s.draft(entity).value(); }
  /// Creates with one field set from a value.
  result<record> with(std::string_view entity, std::string_view field, value v) {
    schema::draft d = draft(entity);
    if (entity == "opportunity") d.set("stage", stage);
    if (field != "name" && d.of().find("name")) d.set("name", "N");
    if (field != "subject" && d.of().find("subject")) d.set("subject", "S");
    d.set(field, std::move(v));
    return s.create(d);
  }

  tenant crm = open(":memory:").value();
  session s = crm.as_user("admin").value();
  id stage, account, deal;
  std::int64_t written = 0;
  bool expect_nothing_written = true;
};

}  // namespace

TEST_F(bad_input, of_users_is_refused) {
  expect_error(crm.as_user("nobody"), errc::unknown_name, "`nobody`");
  expect_error(crm.as_user(""), errc::unknown_name);
  expect_error(crm.as_user("Admin"), errc::unknown_name);
  expect_error(crm.as_user(invalid), errc::unknown_name);
  expect_error(crm.as_user(with_nul), errc::unknown_name);
  expect_error(crm.as_user("admin' or '1'='1"), errc::unknown_name);
  expect_error(crm.as_user(std::string(100'000, 'x')), errc::unknown_name);
}

TEST_F(bad_input, of_a_deactivated_user_is_refused_at_the_next_call) {
  expect_nothing_written = false;
  auto li = s.create(crm::user::entity, {crm::user::login = "li", crm::user::name = "Li"}).value();
  session theirs = crm.as_user("li").value();
  ASSERT_TRUE(s.change(li, {crm::user::active = false}));
  expect_error(crm.as_user("li"), errc::unknown_name, "`li`");
  expect_error(theirs.query("select name from account"), errc::permission, "`li`");
  expect_error(theirs.get("account", account), errc::permission);
  expect_error(theirs.create(crm::account::entity, {crm::account::name = "X"}), errc::permission);
  expect_error(theirs.begin(), errc::permission);
  expect_error(theirs.define("account", {.name = "x_a", .label_en = "A"}), errc::permission);
}

TEST_F(bad_input, of_paths_is_refused) {
  for (const std::string_view path : {std::string_view(""), invalid, std::string_view(with_nul)})
    expect_error(open(path), errc::invalid_argument);
  expect_error(open("no_such_folder/line\nbreak\x1b[31m.gx"), errc::store_io);
  expect_error(open(":memory:", {.base_currency = "usd"}), errc::parse);
  expect_error(open(":memory:", {.base_currency = "DOLLAR"}), errc::parse);
}

TEST_F(bad_input, of_entity_names_is_refused_with_the_nearest) {
  expect_error(s.draft("acount"), errc::unknown_name, "did you mean `account`?");
  expect_error(s.get("acount", account), errc::unknown_name, "did you mean `account`?");
  expect_error(s.remove("acount", account), errc::unknown_name, "did you mean `account`?");
  expect_error(s.query("select name from acount"), errc::unknown_name, "did you mean `account`?");
  expect_error(s.history("acount", account), errc::unknown_name, "did you mean `account`?");
  expect_error(s.explain(action::read, "acount", account), errc::unknown_name, "`account`");
  expect_error(s.explain_for("admin", action::read, "acount", account), errc::unknown_name);
  expect_error(s.explain_for("nobody", action::read, "account", account), errc::unknown_name);
  expect_error(s.explain(action::read, "account", account, "nmae"), errc::unknown_name);
  expect_error(s.define("acount", {.name = "x_a", .label_en = "A"}), errc::unknown_name,
               "`account`");
  for (const std::string_view name :
       {std::string_view(""), invalid, std::string_view(with_nul), std::string_view("Account"),
        std::string_view("account; drop table account"), std::string_view("\"account\""),
        std::string_view("account\n"), std::string_view("客户")}) {
    expect_error(s.draft(name), errc::unknown_name);
    expect_error(s.get(name, account), errc::unknown_name);
    expect_error(s.remove(name, account), errc::unknown_name);
  }
}

TEST_F(bad_input, of_field_names_is_refused_with_the_nearest) {
  expect_error(with("account", "industri", "retail"), errc::unknown_name,
               "did you mean `industry`?");
  expect_error(s.query("select amout from opportunity"), errc::unknown_name,
               "did you mean `amount`?");
  expect_error(s.query("select name from opportunity where stage.nmae = 'x'"), errc::unknown_name,
               "did you mean `name`?");
  for (const std::string_view name :
       {std::string_view(""), invalid, std::string_view(with_nul), std::string_view("Name"),
        std::string_view("name\" = 'x' --"), std::string_view("名称")})
    expect_error(with("account", name, "x"), errc::unknown_name);
}

TEST_F(bad_input, of_queries_is_refused_with_code_and_place) {
  struct one {
    const char* text;
    errc code;
    std::int64_t offset;
    const char* words;
  };
  const one all[] = {
      {"", errc::parse, 0, "`select`"},
      {"   ", errc::parse, 3, "`select`"},
      {"drop table account", errc::parse, 0, "`select`"},
      {"selec name from account", errc::parse, 0, "`select`"},
      {"select from account", errc::parse, 12, "`from`"},
      {"select name", errc::parse, 11, "`from`"},
      {"select name from", errc::parse, 16, ""},
      {"select name frm account", errc::parse, 12, "`frm`"},
      {"select name from account where", errc::parse, 30, ""},
      {"select name from account where name =", errc::parse, 37, ""},
      {"select name from account where name = 'open", errc::parse, 38, ""},
      {"select name from account where (name = 'a'", errc::parse, 42, "`)`"},
      {"select name from account where name == 'a'", errc::parse, 37, ""},
      {"select name from account; delete from account", errc::parse, 24, "`;`"},
      {"select name from account limit", errc::parse, 30, ""},
      {"select name from account limit -1", errc::parse, 31, ""},
      {"select name from account order name", errc::parse, 31, "`by`"},
      {"select name from account order by name nulls middle", errc::parse, 45, "`first`"},
      {"select nme(name) from account", errc::unknown_name, 7, "`nme`"},
      {"select name from account where employees = 'many'", errc::type_mismatch, -2, ""},
      {"select name from account where name", errc::type_mismatch, -2, ""},
      {"select name from account where name > 3", errc::type_mismatch, -2, ""},
      {"select name + 1 from account", errc::type_mismatch, -2, ""},
      {"select name, count() from account", errc::parse, -2, "`name`"},
      {"select sum(name) from account", errc::type_mismatch, -2, "`sum`"},
      {"select sum(sum(employees)) from account", errc::parse, -2, ""},
      {"select name from account where classification = 'gold'", errc::unknown_name, -2, "`gold`"},
      {"select close_date from opportunity where close_date = '2026-02-30'", errc::parse, -2, ""},
      {"select name from account where name = :missing", errc::unknown_name, 38, "`:missing`"},
      {"select name.first from account", errc::type_mismatch, 7, "`name`"},
      {"select account.owner.rolle.name from opportunity", errc::unknown_name, 21, "`rolle`"},
      {"select name from account where name in (select id, name from account)", errc::type_mismatch,
       -2, "one column"},
      {"select 99999999999999999999 from account", errc::overflow, 7, ""},
      {"select name from account where employees = 1e5", errc::parse, -2, ""},
      {"select name from account limit 99999999999999999999", errc::overflow, -2, ""},
      {"select name @ from account", errc::parse, 12, "`@`"},
      {"select period(close_date, 'week') from opportunity", errc::parse, -2, ""},
      {"select name from account where name = \x01", errc::parse, 38, ""},
  };
  for (const one& q : all) {
    SCOPED_TRACE(q.text);
    auto r = s.query(q.text);
    expect_error(r, q.code, q.words);
    if (r) continue;
    if (q.offset == -2)
      EXPECT_GE(r.error().offset(), 0) << r.error().message();
    else
      EXPECT_EQ(r.error().offset(), q.offset) << r.error().message();
  }
}

TEST_F(bad_input, of_query_text_that_is_no_text_is_refused) {
  auto r = s.query("select name from account where name = '" + std::string(invalid) + "'");
  expect_error(r, errc::invalid_text);
  EXPECT_EQ(r.error().offset(), 40);
  auto n = s.query("select name from account where name = '" + with_nul + "'");
  expect_error(n, errc::invalid_text, "NUL");
  EXPECT_EQ(n.error().offset(), 40);
}

TEST_F(bad_input, of_parameters_is_refused) {
  const std::string text = "select name from account where name = :n";
  expect_error(s.query(text), errc::unknown_name, "`:n`");
  expect_error(s.query(text, {{"m", "x"}}), errc::unknown_name, "`:n`");
  expect_error(s.query(text, {{"n", invalid}}), errc::invalid_text);
  expect_error(s.query(text, {{"n", with_nul}}), errc::invalid_text);
  expect_error(s.query(text, {{"n", {}, {"a", "b"}, true}}), errc::type_mismatch);
  expect_error(s.query("select name from account where name in :n",
                       {{"n", {}, {"a", invalid}, true}}), errc::invalid_text);
  expect_error(s.query("select name from account where name in :n",
                       {{"n", {}, {"a", with_nul}, true}}), errc::invalid_text);
  expect_error(s.query(text, {{"n", std::int64_t{3}}}), errc::type_mismatch);
  expect_error(s.query("select name from account where owner in :n", {{"n", "x"}}),
               errc::type_mismatch);
  expect_error(s.query(text, {{std::string(invalid), "x"}}), errc::unknown_name);
  expect_error(s.query("select name from account limit :n", {{"n", "ten"}}), errc::type_mismatch);
  expect_error(s.query("select name from account limit :n", {{"n", std::int64_t{-1}}}),
               errc::type_mismatch);
}

TEST_F(bad_input, of_great_size_or_depth_is_refused_in_time) {
  const auto query = [&](const std::string& condition) {
    return s.query("select name from account where " + condition);
  };
  expect_error(query("name = '" + std::string(2 << 20, 'x') + "'"), errc::limit);
  expect_error(query(std::string(100'000, '(') + "true" + std::string(100'000, ')')), errc::limit);
  std::string nots, sum = "1", chain = "true", minus;
  for (int i = 0; i < 50'000; ++i) nots += "not ";
  for (int i = 0; i < 100'000; ++i) sum += "+1";
  for (int i = 0; i < 100'000; ++i) chain += " and true";
  for (int i = 0; i < 50'000; ++i) minus += "- ";
  expect_error(query(nots + "true"), errc::limit);
  expect_error(query(sum + " > 1"), errc::limit);
  expect_error(query(chain), errc::limit);
  expect_error(query(minus + "1 > 1"), errc::limit);
  std::string nested = "id in (select id from account)";
  for (int i = 0; i < 6; ++i) nested = "id in (select id from account where " + nested + ")";
  expect_error(query(nested), errc::limit);
  // More tables and columns than SQLite takes at once are the core's own work.
  std::string path = "parent";
  for (int i = 0; i < 200; ++i) path += ".parent";
  auto deep = query(path + " is null");
  ASSERT_TRUE(deep) << deep.error().message();
  EXPECT_EQ(deep->size(), 1u);
  std::string columns = "name";
  for (int i = 0; i < 5000; ++i) columns += ", name as n" + std::to_string(i);
  auto wide = s.query("select " + columns + " from account");
  ASSERT_TRUE(wide) << wide.error().message();
  EXPECT_EQ(wide->at(0, 5000), value("Acme"));
  std::string list;
  for (int i = 0; i < 9000; ++i) list += (i ? "," : "") + std::to_string(i);
  auto many = query("employees in (" + list + ") or employees is null");
  ASSERT_TRUE(many) << many.error().message();
  EXPECT_EQ(many->size(), 1u);
  expect_error(s.query("select name from account", {}, {.deadline_ms = 0}), errc::invalid_argument);
  expect_error(s.query("select name from account", {}, {.max_rows = 0}), errc::limit);
}

TEST_F(bad_input, of_field_values_is_refused_with_the_field) {
  struct one {
    const char* entity;
    const char* field;
    value content;
    errc code;
  };
  const std::int64_t most = 9223372036854775807;
  const one all[] = {
      {"account", "name", invalid, errc::invalid_text},
      {"account", "name", with_nul, errc::invalid_text},
      {"account", "name", value(), errc::validation},
      {"account", "name", std::int64_t{5}, errc::type_mismatch},
      {"account", "employees", "many", errc::parse},
      {"account", "employees", "99999999999999999999", errc::overflow},
      {"account", "employees", decimal{15, 1}, errc::validation},
      {"account", "employees", true, errc::type_mismatch},
      {"account", "annual_revenue", "1,5", errc::parse},
      {"account", "annual_revenue", most, errc::overflow},
      {"account", "annual_revenue", decimal{12345, 3}, errc::validation},
      {"account", "currency", "dollars", errc::validation},
      {"account", "classification", "gold", errc::validation},
      {"account", "parent", id{999'999}, errc::not_found},
      {"account", "parent", id{-1}, errc::validation},
      {"account", "parent", "Acme", errc::parse},
      {"account", "owner", id{999'999}, errc::not_found},
      {"account", "id", id{5}, errc::validation},
      {"account", "revision", std::int64_t{5}, errc::validation},
      {"account", "created_at", instant{}, errc::validation},
      {"account", "deletion_batch", std::int64_t{1}, errc::validation},
      {"opportunity", "stage", id{999'999}, errc::not_found},
      {"opportunity", "stage", value(), errc::validation},
      {"opportunity", "close_date", "2026-02-30", errc::parse},
      {"opportunity", "close_date", "30.2.2026", errc::parse},
      {"opportunity", "close_date", "soon", errc::parse},
      {"opportunity", "close_date", std::int64_t{20260101}, errc::type_mismatch},
      {"opportunity", "stage_entered_at", "2026-01-01T25:00:00Z", errc::parse},
      {"opportunity", "probability", decimal{12345, 3}, errc::validation},
      {"opportunity", "last_open_stage", id{1}, errc::validation},
      {"ticket", "status", "", errc::validation},
      {"user", "login", "admin", errc::duplicate},
      {"pipeline", "name", "Sales", errc::duplicate},
  };
  for (const one& c : all) {
    SCOPED_TRACE(std::string(c.entity) + "." + c.field + " = " + c.content.to_string());
    auto r = with(c.entity, c.field, c.content);
    expect_error(r, c.code, std::string("`") + c.field + "`");
    if (r) continue;
    EXPECT_EQ(r.error().field(), c.field);
    EXPECT_EQ(r.error().entity(), c.entity);
  }
}

TEST_F(bad_input, of_several_fields_is_told_at_once) {
  schema::draft d = draft("account");
  d.set("name", value()).set("employees", "many").set("industri", "x").set("parent", id{77777});
  auto r = s.create(d);
  ASSERT_FALSE(r);
  EXPECT_GE(r.error().others().size(), 1u) << r.error().message();
  expect_error(r, r.error().code(), "more)");
}

TEST_F(bad_input, of_records_that_are_not_there_is_refused) {
  for (const id key : {id{0}, id{-5}, id{999'999}, id{9223372036854775807}}) {
    expect_error(s.get("account", key), errc::not_found, "`account`");
    expect_error(s.change(key, draft("account").set("name", "X")), errc::not_found);
    expect_error(s.remove("account", key), errc::not_found);
    expect_error(s.history("account", key), errc::not_found);
  }
  expect_error(s.get("account", deal), errc::not_found);
  expect_error(s.change(account, draft("account").set("name", "X"), 99), errc::conflict,
               "read it again");
  expect_error(s.change(record(), {}), errc::misuse);
}

TEST_F(bad_input, of_rows_and_drafts_of_elsewhere_is_refused) {
  static constexpr schema::field_row fields[] = {{.name = "name", .text = {"Name", "名称"}}};
  static constexpr schema::entity_row unknown{.name = "spaceship", .text = {"Ship", "船"},
                                              .plural = {"Ships", "船"}, .fields = fields};
  expect_error(s.create(unknown, {}), errc::unknown_name, "`spaceship`");
  expect_error(s.get(unknown, id{1}), errc::unknown_name);
  tenant elsewhere = open(":memory:").value();
  session theirs = elsewhere.as_user("admin").value();
  ASSERT_TRUE(theirs.define("account", {.name = "x_only_there", .label_en = "A"}));
  ASSERT_TRUE(theirs.define({.name = "x_thing", .label_en = "T", .plural_en = "Ts",
                             .fields = {{.name = "name", .label_en = "Name"}}}));
  schema::draft foreign = theirs.draft("account").value();
  foreign.set("name", "A").set("x_only_there", "B");
  expect_error(s.create(foreign), errc::misuse, "another store");
  expect_error(s.change(account, foreign), errc::misuse, "another store");
  expect_error(s.create(theirs.draft("x_thing").value().set("name", "A")), errc::unknown_name);
}

TEST_F(bad_input, of_causes_is_refused) {
  for (const std::string_view cause : {invalid, std::string_view(with_nul)}) {
    expect_error(s.create(draft("account").set("name", "X"), cause), errc::invalid_text);
    expect_error(s.change(account, draft("account").set("name", "X"), 0, cause),
                 errc::invalid_text);
    expect_error(s.remove("account", account, 0, cause), errc::invalid_text);
    expect_error(crm.as_system(cause).create(draft("account").set("name", "X")),
                 errc::invalid_text);
  }
}

TEST_F(bad_input, of_calls_out_of_order_is_refused) {
  expect_error(s.commit(), errc::misuse);
  expect_error(s.rollback(), errc::misuse);
  ASSERT_TRUE(s.begin());
  expect_error(s.begin(), errc::misuse);
  expect_error(s.define("account", {.name = "x_a", .label_en = "A"}), errc::misuse);
  ASSERT_TRUE(s.rollback());
}

TEST_F(bad_input, of_custom_names_is_refused) {
  for (const std::string_view name :
       {std::string_view(""), invalid, std::string_view(with_nul), std::string_view("x_"),
        std::string_view("x a"), std::string_view("x_a\"b"),
        std::string_view("x_a'; drop table user; --"), std::string_view("X_a"),
        std::string_view("x_é"), std::string_view("x_😀"), std::string_view("select"),
        std::string_view("margin"), std::string_view("1x"), std::string_view("x_a.b"),
        std::string_view("x_a`b"), std::string_view("owner"),
        std::string_view("x_01234567890123456789012345678901234567890123456789")}) {
    SCOPED_TRACE(name);
    expect_error(s.define("account", {.name = std::string(name), .label_en = "A"}),
                 errc::invalid_argument);
    expect_error(s.define({.name = std::string(name), .label_en = "A", .plural_en = "As",
                           .fields = {{.name = "name", .label_en = "N"}}}),
                 errc::invalid_argument);
  }
  expect_error(s.define("account", {.name = "x_r", .type = schema::kind::reference, .label_en = "R",
                                    .target = "acount"}), errc::invalid_argument, "`account`");
  expect_error(s.define("account", {.name = "x_c", .type = schema::kind::choice, .label_en = "C"}),
               errc::invalid_argument);
  expect_error(s.define("account", {.name = "x_d", .type = schema::kind::decimal, .label_en = "D",
                                    .scale = 19}), errc::invalid_argument, "18");
  expect_error(
      s.define({.name = "x_twice",
                .label_en = "A",
                .plural_en = "As",
                .fields = {{.name = "name", .label_en = "N"}, {.name = "name", .label_en = "N"}}}),
      errc::invalid_argument, "twice");
  EXPECT_TRUE(s.define("account", {.name = "x_once", .label_en = "A"}));
  expect_error(s.define("account", {.name = "x_once", .label_en = "A"}), errc::duplicate,
               "`x_once`");
  EXPECT_TRUE(s.query("select x_once from account"));
}

TEST_F(bad_input, of_custom_defaults_and_labels_is_refused) {
  for (const char* initial :
       {"'open", "1 +", "unknown_field", "'text'", "sum(1)", "1; drop", ":p", "1.5",
        "parent.employees", "name", "99999999999999999999", "1 / 0 + 'a'"})
    expect_error(s.define("account", {.name = "x_i", .type = schema::kind::integer, .label_en = "I",
                                      .initial = initial}),
                 errc::invalid_argument, "the default of `x_i`");
  expect_error(s.define("account", {.name = "x_l", .label_en = std::string(invalid)}),
               errc::invalid_argument);
  expect_error(s.define("account", {.name = "x_l", .label_en = "L", .label_zh = with_nul}),
               errc::invalid_argument);
  expect_error(s.define({.name = "x_l", .label_en = "L", .plural_en = std::string(invalid)}),
               errc::invalid_argument);
  expect_nothing_written = false;
  ASSERT_TRUE(s.define("account", {.name = "x_i", .type = schema::kind::integer, .label_en = "I",
                                   .initial = "employees + 1"}));
  auto made = s.create(crm::account::entity,
                       {crm::account::name = "Works", crm::account::employees = 4});
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->find("x_i").value(), value(std::int64_t{5}));
}

TEST_F(bad_input, hides_in_custom_names_that_sql_would_take_for_its_own) {
  expect_nothing_written = false;
  // Two entities and fields whose names run together, and words of SQL.
  const auto entity = [](const char* name, std::vector<schema::field_definition> fields) {
    return schema::entity_definition{.name = name, .label_en = "E", .plural_en = "Es",
                                     .fields = std::move(fields)};
  };
  ASSERT_TRUE(
      s.define(entity("x_a", {{.name = "b_c", .label_en = "L", .flags = schema::indexed}})));
  auto other =
      s.define(entity("x_a_b", {{.name = "c", .label_en = "L", .flags = schema::indexed}}));
  ASSERT_TRUE(other) << other.error().message();
  ASSERT_TRUE(
      s.define(entity("x_select", {{.name = "select", .label_en = "L", .flags = schema::unique},
                                   {.name = "from", .type = schema::kind::integer, .label_en = "L"},
                                   {.name = "rowid", .label_en = "L"},
                                   {.name = "group",
                                    .type = schema::kind::reference,
                                    .label_en = "L",
                                    .target = "x_select"}})));
  schema::draft d = draft("x_select");
  d.set("select", "where").set("from", std::int64_t{3}).set("rowid", "r");
  auto made = s.create(d);
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(made->find("rowid").value(), value("r"));
  auto r = s.query("select \"select\", \"from\", rowid, \"group\".\"select\" from x_select "
                   "where \"select\" = 'where' order by \"from\"");
  ASSERT_TRUE(r) << r.error().message();
  ASSERT_EQ(r->size(), 1u);
  EXPECT_EQ(r->at(0, 2), value("r"));
  expect_error(s.create(d), errc::duplicate);
}

TEST_F(bad_input, that_is_only_odd_text_is_kept_as_it_is) {
  expect_nothing_written = false;
  const std::string texts[] = {"Robert'); DROP TABLE account;--",
                               "\"quoted\" 'and' `ticked`",
                               "😀 👩‍👩‍👧 客户",
                               "select",
                               "%_\\",
                               "line\nbreak\ttab\r",
                               "null",
                               "x'ff'",
                               "{\"json\": [1]}",
                               "=cmd()",
                               std::string(100'000, 'x'),
                               " ",
                               "\x7f\x01"};
  for (const std::string& text : texts) {
    auto made =
        s.create(crm::account::entity, {crm::account::name = text, crm::account::city = text});
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(s.get("account", made->key()).value()[crm::account::city], text);
    auto found = s.query("select name from account where name = :n", {{"n", text}});
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->size(), 1u);
    auto listed = s.query("select name from account where name in :n", {{"n", {}, {text}, true}});
    ASSERT_TRUE(listed) << listed.error().message();
    ASSERT_EQ(listed->size(), 1u);
    EXPECT_EQ(listed->at(0, 0), value(text));
    auto log = s.history("account", made->key());
    ASSERT_TRUE(log) << log.error().message();
    ASSERT_EQ(log->size(), 1u);
  }
  EXPECT_TRUE(s.query("select name from account"));
}

TEST(change_log, has_no_gaps_after_refusals_and_removals) {
  const std::string path = fresh_path("gaps");
  {
    auto crm = open(path).value();
    session s = crm.as_user("admin").value();
    ASSERT_TRUE(s.begin());
    auto a = s.create(crm::account::entity, {crm::account::name = "A"});
    ASSERT_TRUE(a);
    EXPECT_FALSE(s.create(crm::account::entity, {}));
    EXPECT_FALSE(s.create(crm::user::entity, {crm::user::login = "admin", crm::user::name = "B"}));
    ASSERT_TRUE(s.remove("account", a->key()));
    ASSERT_TRUE(s.create(crm::account::entity, {crm::account::name = "C"}));
    ASSERT_TRUE(s.commit());
  }
  for (const std::string& fault : inspect(path)) ADD_FAILURE() << fault;
  EXPECT_EQ(
      ask(path, "SELECT count(*) FROM gx_change WHERE batch NOT IN (SELECT id FROM gx_change)"), 0);
  std::remove(path.c_str());
}

TEST(bad_label, of_any_text_survives_a_reopening) {
  const std::string path = fresh_path("labels");
  const std::string odd = "'\"`; drop table account; -- 😀\n{\"a\": 1}\\";
  {
    auto crm = open(path).value();
    session s = crm.as_user("admin").value();
    auto done = s.define("account", {.name = "x_odd", .type = schema::kind::choice, .label_en = odd,
                                     .label_zh = odd, .choices = {{odd, odd, odd}}});
    ASSERT_TRUE(done) << done.error().message();
  }
  auto crm = open(path);
  ASSERT_TRUE(crm) << crm.error().message();
  session s = crm->as_user("admin").value();
  const schema::field& f = *s.catalog()->find("account")->find("x_odd");
  EXPECT_EQ(f.label_en, odd);
  EXPECT_EQ(f.choices.at(0).code, odd);
  auto made = s.create(s.draft("account").value().set("name", "A").set("x_odd", odd));
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(s.query("select name from account where x_odd = :o", {{"o", odd}})->size(), 1u);
  std::remove(path.c_str());
}
