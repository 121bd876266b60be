#include "import_fixture.hpp"

#include <map>
#include <vector>

namespace guanxi::edge {
namespace {

using csv_import = import_fixture;

/// A mapping of accounts.csv with these fields, found by name.
std::string accounts(const std::string& fields, const std::string& top = {},
                     const std::string& record = {}) {
  return R"({"guanxi_mapping": 1, )" + top + R"( "tables": [{"file": "accounts.csv", "records": [
            {"entity": "account", "key": ["name"], )" +
         record + R"( "fields": {)" + fields + "}}]}]}";
}

const std::string names = R"("name": "name")";

/// A pipeline with two stages, and deals.csv by number.
std::string deals(const std::string& fields) {
  return R"({"guanxi_mapping": 1, "currency": "CNY", "tables": [
    {"rows": [{"p": "Sales"}], "records": [{"entity": "pipeline", "key": ["name"],
                                            "fields": {"name": "p"}}]},
    {"rows": [{"s": "Talks", "c": "open"}, {"s": "Won", "c": "won"}], "records": [
      {"entity": "stage", "key": ["name"], "fields": {
        "name": "s", "class": "c", "pipeline": {"constant": "Sales", "find": "name"}}}]},
    {"file": "deals.csv", "records": [{"entity": "opportunity", "key": ["number"], "fields": {
      "number": "no", "name": "no", "stage": {"column": "stage", "find": "name"}, )" +
         fields + "}}]}]}";
}

struct counts {
  std::int64_t created, updated, unchanged, repeated, skipped;
  friend bool operator==(const counts&, const counts&) = default;
};

counts of(const import_count& c) {
  return {c.created, c.updated, c.unchanged, c.repeated, c.skipped};
}

/// The code and the message of a failed import.
std::string failure_of(const result<import_report>& r) {
  if (r) return "no error";
  return std::string(name(r.error().code())) + ": " + std::string(r.error().message());
}

// --- the worked example of docs/import.md

struct block {
  std::string language, title, text;
};

/// The fenced blocks of a page.
std::vector<block> blocks_of(const std::string& page) {
  std::vector<block> out;
  for (std::size_t at = 0; (at = page.find("\n```", at)) != std::string::npos;) {
    const std::size_t head = at + 4, line_end = page.find('\n', head);
    const std::size_t end = page.find("\n```", line_end);
    const std::string info = page.substr(head, line_end - head);
    const std::size_t space = info.find(' ');
    out.push_back({info.substr(0, space),
                   space == std::string::npos ? std::string() : info.substr(space + 1),
                   page.substr(line_end + 1, end - line_end)});
    at = end + 4;
  }
  return out;
}

TEST_F(csv_import, does_what_its_page_says) {
  std::string mapping, query;
  int compared = 0;
  for (const block& b : blocks_of(project_file("docs/import.md"))) {
    if (b.language == "csv") write(b.title, b.text);
    if (b.language == "json") {
      mapping = b.text;
      const auto done = run(mapping);
      ASSERT_TRUE(done) << failure_of(done);
    }
    if (b.language == "sql") query = b.text;
    if (b.language == "text") {
      EXPECT_EQ(answer(query), b.text);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 2);
  // The same import again finds everything as it is.
  const auto again = run(mapping);
  ASSERT_TRUE(again) << failure_of(again);
  for (const auto& file : again->files)
    for (const import_count& c : file.records) {
      EXPECT_EQ(c.created, 0) << file.name << " " << c.record;
      EXPECT_EQ(c.updated, 0) << file.name << " " << c.record;
    }
}

// --- what it writes

TEST_F(csv_import, accounts_for_each_row) {
  write("accounts.csv", "name,city,unused\nA,Rome,1\nB,,2\n\nA,Oslo,3\n,Bonn,4\n");
  const std::string mapping = accounts(names + R"(, "city": "city")", {},
                                       R"("repeats": "first", "skip_if_blank": "name",)");
  auto done = run(mapping);
  ASSERT_TRUE(done) << failure_of(done);
  ASSERT_EQ(done->files.size(), 1u);
  EXPECT_EQ(done->files[0].rows, 4);
  EXPECT_EQ(of(done->files[0].records[0]), (counts{2, 0, 0, 1, 1}));
  EXPECT_EQ(done->files[0].unused_columns, std::vector<std::string>{"unused"});
  EXPECT_EQ(answer("select name, city from account order by name"), "A | Rome\nB | null\n");

  write("accounts.csv", "name,city\nA,Rome\nB,Bern\nC,Bari\n");
  done = run(mapping);
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(of(done->files[0].records[0]), (counts{1, 1, 1, 0, 0}));
  EXPECT_EQ(answer("select name, city from account order by name"),
            "A | Rome\nB | Bern\nC | Bari\n");
  EXPECT_NE(to_json(*done).find("\"updated\": 1"), std::string::npos);
}

TEST_F(csv_import, blanks_become_null_but_spare_defaults) {
  write("accounts.csv", "name,city,class\nA,Rome,key\n");
  const std::string mapping =
      accounts(names + R"(, "city": "city", "classification": "class")");
  ASSERT_TRUE(run(mapping));
  write("accounts.csv", "name,city,class\nA, ,\nB,,\n");
  auto done = run(mapping);
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(answer("select name, city, classification from account order by name"),
            "A | null | key\nB | null | prospect\n");
  write("accounts.csv", "name,city,class\nA,Rome,\n");
  ASSERT_TRUE(run(mapping));
  write("accounts.csv", "name,city,class\nA,,\n");
  ASSERT_TRUE(run(accounts(names + R"(, "city": {"column": "city", "keep_if_blank": true})")));
  EXPECT_EQ(answer("select city from account where name = 'A'"), "Rome\n");
}

TEST_F(csv_import, finds_parents_in_later_rows) {
  write("accounts.csv", "name,parent\nLeaf,Branch\nBranch,Root\nRoot,\n");
  const std::string mapping =
      accounts(names + R"(, "parent": {"column": "parent", "find": "name"})");
  auto done = run(mapping);
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(answer("select name, parent.name from account order by name"),
            "Branch | Root\nLeaf | Branch\nRoot | null\n");
  done = run(mapping);
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(of(done->files[0].records[0]), (counts{0, 0, 3, 0, 0}));
}

TEST_F(csv_import, fills_blanks_by_an_expression_over_other_records) {
  write("deals.csv", "no,stage,product,price\n1,Talks,Van,\n2,Talks,Van,7.5\n3,Talks,,\n");
  ASSERT_TRUE(admin_.create(crm::product::entity,
                            {crm::product::name = "Van",
                             crm::product::list_price = money{decimal{1200, 2}, currency("CNY")}}));
  auto done = run(deals(R"("product": {"column": "product", "find": "name"},
                           "amount": {"column": "price", "if_empty": "product.list_price * 2"})"));
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(answer("select number, amount, currency from opportunity order by number"),
            "1 | 24.00 | CNY\n2 | 7.50 | CNY\n3 | null | CNY\n");
}

TEST_F(csv_import, leaves_stage_rules_to_the_crm) {
  write("deals.csv", "no,stage\n1,Won\n");
  auto done = run(deals(R"("probability": {"constant": null, "keep_if_blank": true})"));
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(answer("select probability, forecast_category from opportunity"),
            "100.00 | closed\n");
  EXPECT_EQ(answer("select stage.name from stage_visit"), "Won\n");
}

TEST_F(csv_import, reads_dates_only_in_the_declared_form) {
  const auto day = [&](const std::string& cell, const std::string& form) {
    write("deals.csv", "no,stage,day\n1,Won,\"" + cell + "\"\n");
    auto done = run(deals(R"("close_date": {"column": "day")" +
                          (form.empty() ? std::string() : R"(, "date_format": ")" + form + "\"") +
                          "}"));
    return done ? answer("select close_date from opportunity") : failure_of(done);
  };
  EXPECT_EQ(day("2026-03-04", ""), "2026-03-04\n");
  EXPECT_EQ(day("04/03/2026", "DD/MM/YYYY"), "2026-03-04\n");
  EXPECT_EQ(day("3/4/2026", "M/D/YYYY"), "2026-03-04\n");
  EXPECT_EQ(day("20260304", "YYYYMMDD"), "2026-03-04\n");
  EXPECT_EQ(day("2026年3月4日", "YYYY年M月D日"), "2026-03-04\n");
  for (const char* other : {"04/03/2026", "2026-3-4", "2026-02-30", "yesterday"}) {
    const std::string said = day(other, "");
    EXPECT_NE(said.find("`deals.csv` line 2, column `day`, value `" + std::string(other) + "`"),
              std::string::npos)
        << said;
  }
  EXPECT_NE(day("13/13/2026", "DD/MM/YYYY").find("no date of the form `DD/MM/YYYY`"),
            std::string::npos);
  for (const char* form : {"DD/MM/YY", "MM/YYYY", "DMYYYY", "YYYY-MM-DD-DD"})
    EXPECT_NE(day("2026-03-04", form).find("no form of a date"), std::string::npos) << form;
}

TEST_F(csv_import, takes_a_date_for_the_beginning_of_its_day) {
  write("deals.csv", "no,stage,day\n1,Won,2026-03-04\n");
  auto done = run(
      deals(R"("close_date": "day", "stage_entered_at": {"expression": "close_date"})"));
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(answer("select stage_entered_at from opportunity"), "2026-03-04T00:00:00Z\n");
}

TEST_F(csv_import, defines_the_custom_fields_that_it_needs) {
  write("accounts.csv", "name,tier\nA,3\n");
  const std::string mapping = accounts(
      names + R"(, "x_tier": "tier")",
      R"("fields": [{"entity": "account", "field": {"name": "x_tier", "type": "integer",
         "label": {"en": "Tier", "zh": "级别"}}}],)");
  auto done = run(mapping);
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(answer("select x_tier from account"), "3\n");
  done = run(mapping);
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(of(done->files[0].records[0]), (counts{0, 0, 1, 0, 0}));
  const std::string other = accounts(
      names, R"("fields": [{"entity": "account", "field": {"name": "x_tier", "type": "text",
         "label": {"en": "Tier", "zh": "级别"}}}],)");
  EXPECT_NE(failure_of(run(other)).find("there already as integer"), std::string::npos);
}

TEST_F(csv_import, composes_text_before_it_compares) {
  write("accounts.csv", "name\nCaf\xc3\xa9\n");
  ASSERT_TRUE(run(accounts(names)));
  write("accounts.csv", "name\nCafe\xcc\x81\n");
  auto done = run(accounts(names));
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(of(done->files[0].records[0]), (counts{0, 0, 1, 0, 0}));
}

// --- bad input: one clear error each, and nothing written

class bad_input : public import_fixture {
 protected:
  /// The import fails with this code, the message has these words, and nothing was written.
  void refused(const std::string& mapping, errc code, const std::vector<std::string>& words,
               std::int64_t line = 0) {
    const auto done = run(mapping);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), code) << done.error().message();
    for (const std::string& word : words)
      EXPECT_NE(done.error().message().find(word), std::string_view::npos)
          << "no " << word << " in: " << done.error().message();
    if (line != 0) {
      EXPECT_EQ(done.error().line(), line);
    }
    EXPECT_FALSE(admin_.in_transaction());
    for (const char* entity : {"account", "opportunity", "stage", "pipeline", "stage_visit"})
      EXPECT_EQ(answer(std::string("select count() as n from ") + entity), "0\n") << entity;
  }
};

TEST_F(bad_input, missing_file) {
  refused(accounts(names), errc::file_missing, {"accounts.csv"});
  refused(R"({"guanxi_mapping": 1, "tables": [{"file": "../accounts.csv", "records": [
              {"entity": "account", "key": ["name"], "fields": {"name": "name"}}]}]})",
          errc::invalid_argument, {"`../accounts.csv`", "below the folder"});
}

TEST_F(bad_input, missing_column) {
  write("accounts.csv", "name,town\nA,Rome\n");
  refused(accounts(names + R"(, "city": "twn")"), errc::unknown_name,
          {"`accounts.csv` has no column `twn`", "did you mean `town`?",
           "tables[0].records[0].fields.city"});
  write("accounts.csv", "name,city,city\nA,Rome,Bern\n");
  refused(accounts(names + R"(, "city": "city")"), errc::duplicate, {"two columns `city`"}, 1);
  write("accounts.csv", "");
  refused(accounts(names), errc::parse, {"`accounts.csv` is empty"});
}

TEST_F(bad_input, row_of_another_length) {
  write("accounts.csv", "name,city\nA,Rome\nB,Bern,Swiss\n");
  refused(accounts(names), errc::parse, {"`accounts.csv` line 3 has 3 cells", "2 columns"}, 3);
}

TEST_F(bad_input, bad_number) {
  write("accounts.csv", "name,staff\nA,12\nB,a dozen\n");
  refused(accounts(names + R"(, "employees": "staff")"), errc::parse,
          {"`accounts.csv` line 3, column `staff`, value `a dozen`", "`employees`"}, 3);
  write("accounts.csv", "name,staff\nA,12.5\n");
  refused(accounts(names + R"(, "employees": "staff")"), errc::parse, {"value `12.5`"}, 2);
  write("accounts.csv", "name,staff\nA,\"1,200.50\"\n");
  refused(accounts(names + R"(, "annual_revenue": {"column": "staff", "multiply": 1000})"),
          errc::parse, {"value `1,200.50`"}, 2);
  write("accounts.csv", "name,staff\nA,99999999999999999\n");
  refused(accounts(names + R"(, "annual_revenue": {"column": "staff", "multiply": 1000})"),
          errc::overflow, {"line 2, column `staff`"}, 2);
}

TEST_F(bad_input, bad_date) {
  write("deals.csv", "no,stage,day\n1,Won,2026-02-30\n");
  refused(deals(R"("close_date": "day")"), errc::parse,
          {"`deals.csv` line 2, column `day`, value `2026-02-30`", "`close_date`"}, 2);
}

TEST_F(bad_input, unknown_stage) {
  write("deals.csv", "no,stage,day\n1,Won,\n2,Tolks,\n");
  refused(deals(R"("close_date": "day")"), errc::not_found,
          {"`deals.csv` line 3, column `stage`, value `Tolks`", "there is no `stage`",
           "did you mean `Talks`?", "alias"},
          3);
}

TEST_F(bad_input, unknown_alias) {
  write("accounts.csv", "name,class\nA,gold\n");
  refused(accounts(names + R"(, "classification": {"column": "class", "only_aliases": true,
                                                   "aliases": {"golden": "key"}})"),
          errc::unknown_name,
          {"line 2, column `class`, value `gold`", "none of the declared aliases"}, 2);
  refused(accounts(names + R"(, "classification": {"column": "class", "aliases": "clas"})",
                   R"("aliases": {"class": {"gold": "key"}},)"),
          errc::unknown_name, {"`clas`", "did you mean `class`?"});
  refused(accounts(names + R"(, "classification": "class")"), errc::validation,
          {"value `gold`", "has no choice `gold`"}, 2);
}

TEST_F(bad_input, unknown_parent) {
  write("accounts.csv", "name,parent\nAcme,\nB,Acme Ltd\n");
  refused(accounts(names + R"(, "parent": {"column": "parent", "find": "name"})"),
          errc::not_found,
          {"`accounts.csv` line 3, column `parent`, value `Acme Ltd`", "there is no `account`"}, 3);
}

TEST_F(bad_input, unknown_user) {
  write("deals.csv", "no,stage,seller\n1,Won,nobody\n");
  refused(deals(R"("owner": {"column": "seller", "find": "login"})"), errc::not_found,
          {"line 2, column `seller`, value `nobody`", "there is no `user`"}, 2);
}

TEST_F(bad_input, duplicate_key) {
  write("accounts.csv", "name\nA\nB\nA\n");
  refused(accounts(names), errc::duplicate,
          {"`accounts.csv` line 4, column `name`, value `A`", "line 2"}, 4);
  write("accounts.csv", "name,city\nA,Rome\nA,Rome\nA,Bern\n");
  refused(accounts(names + R"(, "city": "city")", {}, R"("repeats": "same",)"), errc::duplicate,
          {"line 4", "says other things"}, 4);
  write("accounts.csv", "name,city\nA,Rome\n,Bern\n");
  refused(accounts(names), errc::validation, {"line 3, column `name`", "may not be blank"}, 3);
}

TEST_F(bad_input, unique_value_taken) {
  write("deals.csv", "no,stage,title\n1,Won,a\n2,Won,b\n");
  // Found by name, both claim one number.
  std::string mapping = deals(R"("description": "title")");
  mapping.replace(mapping.find(R"("key": ["number"])"), 17, R"("key": ["description"])");
  mapping.replace(mapping.find(R"("number": "no")"), 14, R"("number": {"constant": "7"})");
  refused(mapping, errc::duplicate, {"`deals.csv` line 3", "`number`"}, 3);
}

TEST_F(bad_input, several_records_of_one_key) {
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(admin_.create(crm::contact::entity, {crm::contact::name = "Li"}));
  write("accounts.csv", "name\nLi\n");
  std::string mapping = accounts(names);
  mapping.replace(mapping.find(R"("account")"), 9, R"("contact")");
  refused(mapping, errc::duplicate, {"line 2", "several records of `contact`"}, 2);
}

TEST_F(bad_input, invalid_utf8) {
  write("accounts.csv", "name\nA\nB\xff\n");
  refused(accounts(names), errc::invalid_text, {"`accounts.csv` line 3", "UTF-8"}, 3);
  write("accounts.csv", "name\nA\n\"B\n");
  refused(accounts(names), errc::parse, {"`accounts.csv` line 3", "quote"}, 3);
}

TEST_F(bad_input, malformed_mapping) {
  write("accounts.csv", "name\nA\n");
  const std::map<std::string, std::string> words = {
      {"{", "cannot be read"},
      {"[]", "is not an object"},
      {R"({"tables": []})", "lacks its version"},
      {R"({"guanxi_mapping": 2, "tables": []})", "reads version 1"},
      {R"({"guanxi_mapping": 1, "tables": []})", "name a file"},
      {R"({"guanxi_mapping": 1, "table": []})", "did you mean `tables`?"},
      {R"({"guanxi_mapping": 1, "currency": "euro", "tables": []})", "three upper-case letters"},
      {accounts(R"("naem": "name")"), "which is none of the record's `fields`"},
      {accounts(names + R"(, "citty": "name")"), "did you mean `city`?"},
      {accounts(names + R"(, "parent": "name")"), "give `find`"},
      {accounts(names + R"(, "city": {"column": "name", "find": "name"})"), "is no reference"},
      {accounts(names + R"(, "city": {"column": "name", "multiply": 2})"), "is no number"},
      {accounts(names + R"(, "city": {"column": "name", "constant": 2})"), "needs one of"},
      {accounts(names + R"(, "city": {"template": "{name"})"), "names no column"},
      {accounts(names + R"(, "city": {"expression": "lower(("})"), "is no expression"},
      {accounts(names + R"(, "city": {"expression": "nam"})"), "did you mean `name`?"},
      {accounts(names + R"(, "parent": {"record": "owner"})"), "no earlier record"},
      {accounts(names + R"(, "parent": {"column": "name", "find": "nam"})"), "`name`?"},
      {accounts(names + R"(, "city": {"column": "name", "transform": ["lwer"]})"), "`lower`?"},
      {accounts(names, {}, R"("repeats": "often",)"), "`often`"},
  };
  for (const auto& [mapping, word] : words) {
    SCOPED_TRACE(mapping);
    const auto done = run(mapping);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message().find(word), std::string_view::npos) << done.error().message();
  }
  std::string other = accounts(names);
  other.replace(other.find(R"("account")"), 9, R"("acount")");
  EXPECT_NE(failure_of(run(other)).find("did you mean `account`?"), std::string::npos);
}

TEST_F(bad_input, is_reported_together) {
  std::string text = "name,staff\n";
  for (int i = 0; i < 40; ++i) text += "A" + std::to_string(i) + ",x\n";
  write("accounts.csv", text);
  const auto done = run(accounts(names + R"(, "employees": "staff")"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().line(), 2);
  ASSERT_EQ(done.error().others().size(), 20u);
  EXPECT_EQ(done.error().others()[0].line(), 3);
  EXPECT_EQ(done.error().others()[19].line(), 22);
  EXPECT_EQ(answer("select count() as n from account"), "0\n");
}

TEST_F(bad_input, of_one_row_is_not_held_against_those_that_name_it) {
  write("accounts.csv", "name,parent,staff\nRoot,,x\nLeaf,Root,1\nTwig,Leaf,2\n");
  const auto done = run(accounts(
      names + R"(, "parent": {"column": "parent", "find": "name"}, "employees": "staff")"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().line(), 2);
  EXPECT_TRUE(done.error().others().empty()) << done.error().others()[0].message();
}

TEST_F(bad_input, undoes_updates_too) {
  write("accounts.csv", "name,city,staff\nA,Rome,1\n");
  const std::string mapping = accounts(names + R"(, "city": "city", "employees": "staff")");
  ASSERT_TRUE(run(mapping));
  write("accounts.csv", "name,city,staff\nA,Bern,2\nB,Oslo,x\n");
  ASSERT_FALSE(run(mapping));
  EXPECT_EQ(answer("select name, city, employees from account"), "A | Rome | 1\n");
  const rows a = admin_.query("select id from account").value();
  EXPECT_EQ(admin_.history("account", a.at(0, 0).as_id()).value().size(), 1u);
}

// --- cancelling, transactions, permissions

TEST_F(csv_import, can_be_cancelled_at_any_point) {
  std::string text = "name\n";
  for (int i = 0; i < 300; ++i) text += "A" + std::to_string(i) + "\n";
  write("accounts.csv", text);
  for (const std::uint64_t stop : {0u, 64u, 256u, 300u}) {
    const import_options stopping{.on_progress = [&](std::uint64_t at, std::uint64_t all) {
      EXPECT_EQ(all, 300u);
      return at < stop;
    }};
    const auto done = run(accounts(names), stopping);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), errc::interrupted);
    EXPECT_EQ(answer("select count() as n from account"), "0\n");
    EXPECT_FALSE(admin_.in_transaction());
  }
  ASSERT_TRUE(run(accounts(names)));
}

TEST_F(csv_import, undoes_itself_when_the_host_throws) {
  write("accounts.csv", "name\nA\n");
  const import_options throwing{.on_progress = [](std::uint64_t at, std::uint64_t) -> bool {
    if (at > 0) throw 7;
    return true;
  }};
  EXPECT_THROW(static_cast<void>(run(accounts(names), throwing)), int);
  EXPECT_FALSE(admin_.in_transaction());
  EXPECT_EQ(answer("select count() as n from account"), "0\n");
}

TEST_F(csv_import, is_a_transaction_of_its_own) {
  write("accounts.csv", "name\nA\n");
  ASSERT_TRUE(admin_.begin());
  EXPECT_EQ(failure_of(run(accounts(names))).substr(0, 6), "misuse");
  ASSERT_TRUE(admin_.rollback());
  ASSERT_TRUE(run(accounts(names)));
}

/// A user who may create, read and edit accounts; `hidden` is a field that the user does not see.
session clerk(tenant& crm, session& admin, const std::string& hidden = {}) {
  using namespace crm;
  const id set = admin.create(permission_set::entity, {permission_set::name = "Clerks"})->key();
  const auto right = [&](std::string_view entity, bool write) {
    EXPECT_TRUE(admin.create(entity_right::entity,
                             {entity_right::permission_set = set,
                              entity_right::entity_name = entity, entity_right::may_read = true,
                              entity_right::may_create = write, entity_right::may_edit = write}));
  };
  right("account", true);
  right("product", false);
  if (!hidden.empty()) {
    EXPECT_TRUE(admin.create(field_right::entity,
                             {field_right::permission_set = set,
                              field_right::entity_name = "account", field_right::field = hidden,
                              field_right::may_read = false, field_right::may_edit = false}));
  }
  const id user = admin.create(user::entity, {user::login = "clerk", user::name = "Clerk"})->key();
  EXPECT_TRUE(admin.create(permission_assignment::entity,
                           {permission_assignment::user = user,
                            permission_assignment::permission_set = set}));
  return crm.as_user("clerk").value();
}

TEST_F(csv_import, does_what_its_user_may) {
  session user = clerk(crm_, admin_);
  write("accounts.csv", "name\nA\n");
  auto done = import_files(user, accounts(names), folder());
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(answer("select name, owner.login from account"), "A | clerk\n");
  std::string products = accounts(names);
  products.replace(products.find(R"("account")"), 9, R"("product")");
  done = import_files(user, products, folder());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), errc::permission);
  EXPECT_EQ(done.error().line(), 2);
  EXPECT_EQ(answer("select count() as n from product"), "0\n");
}

TEST_F(csv_import, knows_no_entity_and_no_field_that_its_user_does_not_see) {
  session user = clerk(crm_, admin_, "city");
  write("accounts.csv", "name\nA\n");
  const auto said = [&](std::string mapping, const std::string& word) {
    std::string text = failure_of(import_files(user, mapping, folder()));
    for (std::size_t at; (at = text.find(word)) != std::string::npos;)
      text.replace(at, word.size(), "?");
    return text;
  };
  const auto entity = [&](const std::string& name) {
    std::string m = accounts(names);
    return said(m.replace(m.find(R"("account")"), 9, "\"" + name + "\""), name);
  };
  EXPECT_EQ(entity("contact"), entity("nothing"));
  const auto field = [&](const std::string& name) {
    return said(accounts(names + ", \"" + name + R"(": {"constant": "x"})"), name);
  };
  EXPECT_EQ(field("city"), field("zity"));
  EXPECT_NE(field("city").find("no field"), std::string::npos);
}

TEST_F(csv_import, leaves_records_out_of_sight_alone) {
  ASSERT_TRUE(admin_.create(crm::account::entity,
                            {crm::account::name = "A", crm::account::city = "Rome"}));
  session user = clerk(crm_, admin_);
  write("accounts.csv", "name,city\nA,Bern\n");
  const auto done = import_files(user, accounts(names + R"(, "city": "city")"), folder());
  ASSERT_TRUE(done) << failure_of(done);
  EXPECT_EQ(of(done->files[0].records[0]), (counts{1, 0, 0, 0, 0}));
  EXPECT_EQ(answer("select city, owner.login from account order by city"),
            "Bern | clerk\nRome | admin\n");
}

}  // namespace
}  // namespace guanxi::edge
