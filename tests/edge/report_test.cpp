#include "import_fixture.hpp"

#include "guanxi/base/json.hpp"

#include <algorithm>

namespace guanxi::edge {
namespace {

class report : public import_fixture {
 protected:
  report() {
    const auto add = [&](const char* name, const char* industry, int revenue) {
      schema::draft d = admin_.draft("account").value();
      d.set("name", name).set("annual_revenue", value(decimal{revenue, 2}));
      if (industry) d.set("industry", industry);
      EXPECT_TRUE(admin_.create(d));
    };
    add("Alder", "retail", 1050);
    add("Birch", "retail", 2000);
    add("Cedar", nullptr, 300);
  }
  static std::string section(const std::string& body) {
    std::string out = R"({"guanxi_report": 1, "sections": [{"key": "s", )" + body + "}]}";
    std::replace(out.begin(), out.end(), '\n', ' ');  // a JSON text has no line ends
    return out;
  }
  std::string run_section(const std::string& body,
                          const std::vector<expr::parameter_value>& parameters = {}) {
    const auto done = run_report(admin_, section(body), parameters);
    return done ? json::parse(*done)->find("s")->dump() : std::string(done.error().message());
  }
};

TEST_F(report, shapes_its_answers) {
  EXPECT_EQ(run_section(R"("shape": "value", "query": "select count() as n from account")"), "3");
  EXPECT_EQ(run_section(R"("shape": "row", "query":
      "select count() as n, sum(annual_revenue) as total, min(founded_year) as first
       from account")"),
            R"({"n":3,"total":33.5,"first":null})");
  EXPECT_EQ(run_section(R"("query": "select name as account, founded_year is null as young
      from account where industry is not null order by name")"),
            R"([{"account":"Alder","young":true},{"account":"Birch","young":true}])");
  EXPECT_EQ(run_section(R"("shape": "map", "query": "select industry as i, count() as n
      from account group by industry order by industry")"),
            R"({"None":1,"retail":2})");
  EXPECT_EQ(run_section(R"("shape": "map", "null_key": "无", "query": "select industry as i,
      count() as n, sum(annual_revenue) as total from account group by industry order by i")"),
            R"({"无":{"n":1,"total":3},"retail":{"n":2,"total":30.5}})");
  EXPECT_EQ(run_section(R"("shape": "map", "query": "select name as a, count() as n
      from account where name = 'Nobody' group by name")"),
            "{}");
}

TEST_F(report, nests_sections) {
  EXPECT_EQ(run_section(R"("sections": [
      {"key": "all", "shape": "value", "query": "select count() as n from account"},
      {"key": "deep", "sections": [
        {"key": "none", "shape": "list", "query": "select name as n from contact"}]}])"),
            R"({"all":3,"deep":{"none":[]}})");
}

TEST_F(report, passes_parameters_to_its_queries) {
  EXPECT_EQ(run_section(R"("shape": "value", "query":
                "select count() as n from account where industry = :industry")",
                        {{.name = "industry", .content = value("retail")}}),
            "2");
}

TEST_F(report, finds_parameters_that_it_was_not_given) {
  const std::string text = R"({"guanxi_report": 1,
      "parameters": {"least": "select max(annual_revenue) from account"},
      "sections": [{"key": "s", "shape": "value",
                    "query": "select count() as n from account where annual_revenue >= :least"}]})";
  EXPECT_EQ(json::parse(*run_report(admin_, text))->find("s")->dump(), "1");
  EXPECT_EQ(json::parse(*run_report(admin_, text, {{.name = "least", .content = value(0)}}))
                ->find("s")->dump(),
            "3");
  const auto many = run_report(admin_, R"({"guanxi_report": 1,
      "parameters": {"least": "select name from account"}, "sections": []})");
  ASSERT_FALSE(many);
  EXPECT_NE(many.error().message().find("report.parameters.least` is one value"),
            std::string_view::npos);
}

TEST_F(report, finds_one_currency_or_refuses) {
  const std::string text = R"({"guanxi_report": 1, "currency":
      "select currency from account group by currency", "sections": []})";
  EXPECT_TRUE(run_report(admin_, text));
  schema::draft d = admin_.draft("account").value();
  ASSERT_TRUE(admin_.create(d.set("name", "Oak").set("currency", "EUR")));
  EXPECT_EQ(run_report(admin_, text).error().code(), errc::mixed_currency);
}

TEST_F(report, refuses_what_it_cannot_shape) {
  const auto says = [&](const std::string& body, const std::string& word) {
    const std::string said = run_section(body);
    EXPECT_NE(said.find(word), std::string::npos) << said;
  };
  says(R"("shape": "value", "query": "select name as n from account")", "gives 3 rows");
  says(R"("shape": "value", "query": "select count() as n, sum(employees) as e from account")",
       "2 columns");
  says(R"("shape": "map", "query": "select name as n from account")", "two columns or more");
  says(R"("shape": "map", "query": "select industry as i, name as n from account")",
       "two rows of the key `retail`");
  says(R"("shape": "list", "query": "select name as n, city as n from account")",
       "two columns `n`");
  says(R"("shape": "mapp", "query": "select name as n from account")", "did you mean `map`?");
  says(R"("shape": "list")", "lacks `query`");
  says(R"("qery": "select name as n from account")", "did you mean `query`?");
  says(R"("query": "select nam as n from account")",
       "report.s`: no field `nam` on `account`; did you mean `name`?");
  EXPECT_FALSE(run_report(admin_, "{"));
  EXPECT_FALSE(run_report(admin_, R"({"sections": []})"));
  EXPECT_EQ(run_report(admin_, R"({"guanxi_report": 2, "sections": []})").error().code(),
            errc::unsupported);
  EXPECT_EQ(run_report(admin_, R"({"guanxi_report": 1, "sections": [
      {"key": "a", "query": "select name as n from account"},
      {"key": "a", "query": "select name as n from account"}]})").error().code(),
            errc::duplicate);
}

TEST_F(report, of_the_project_runs_on_an_empty_store) {
  const auto done = run_report(admin_, project_file("examples/reports/sales.json"));
  ASSERT_TRUE(done) << done.error().message();
  const json answers = *json::parse(*done);
  EXPECT_EQ(answers.find("total")->dump(),
            R"({"won":0,"lost":0,"won_value":0,"win_rate":null,"avg_won":null})");
  EXPECT_EQ(answers.find("by_agent")->dump(), "{}");
}

}  // namespace
}  // namespace guanxi::edge
