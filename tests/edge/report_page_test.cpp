#include "guanxi/edge/report_page.hpp"

#include "edge/report/sha256.hpp"
#include "guanxi/base/json.hpp"
#include "import_fixture.hpp"

#include <algorithm>

namespace guanxi::edge {
namespace {

constexpr const char* library = "var echarts = {};";

std::string base64_of_hash(std::string_view text) { return report::base64(report::sha256(text)); }

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++n;
  return n;
}

/// What stands between two marks, from the first of the one to the next of the other.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t start = text.find(from);
  if (start == std::string::npos) return "(lacks " + from + ")";
  const std::size_t at = start + from.size();
  return text.substr(at, text.find(to, at) - at);
}

// The vectors of FIPS 180-4's examples, and the borders of the padding by an independent program.
TEST(sha256, has_the_published_values) {
  EXPECT_EQ(base64_of_hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(base64_of_hash("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(base64_of_hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
  for (const auto& [size, hash] :
       {std::pair<std::size_t, const char*>{55, "1eKFaDzU78AtAhpcYgFGlJWJAQBdb3HongmJ+sd+QHI="},
        {56, "BMJiYTcO51QVSdFt7jIMcj4/0UZx5moJmv4KN3wWiI4="},
        {63, "dSILRyGCeOZW8gE7uPDEVaJerwHobGSSTp1I2Jd21vI="},
        {64, "fOEAlx9k5wAej+WlGXPs3+HO1Cvv5+6NX9YhlQa1OTw="},
        {1'000'000, "G5d+n4Txsmtu1/aLBJj67iOF6kElvSmtzkp9kQa6MTQ="}})
    EXPECT_EQ(base64_of_hash(std::string(size, 'x')), hash) << size;
}

class report_page_test : public import_fixture {
 protected:
  report_page_test() {
    add("Alder", "retail", 1050);
    add("Birch", "retail", 2000);
  }
  void add(const std::string& name, const char* industry, int revenue) {
    schema::draft d = admin_.draft("account").value();
    d.set("name", name).set("annual_revenue", value(decimal{revenue, 2}));
    if (industry) d.set("industry", industry);
    ASSERT_TRUE(admin_.create(d));
  }
  static std::string definition(const std::string& sections, const std::string& more = {}) {
    return R"({"guanxi_report": 1, )" + more + R"("sections": [)" + sections + "]}";
  }
  static std::string accounts(const std::string& chart = R"({"kind": "bar"})") {
    return R"({"key": "s", "title": {"en": "Accounts", "zh": "客户"}, "chart": )" + chart +
           R"(, "query": "select name, industry, count() as n, sum(annual_revenue) as total )"
           R"(from account group by name, industry order by name"})";
  }
  std::string page(const std::string& text, const page_options& options = {}) const {
    return page_as(admin_, text, options);
  }
  static std::string page_as(const session& as, const std::string& text,
                             const page_options& options = {}) {
    const auto done = report_page(as, text, options);
    return done ? *done : "error: " + std::string(done.error().message());
  }
};

TEST_F(report_page_test, is_a_whole_page_that_asks_for_nothing) {
  const std::string p = page(definition(accounts()), {.chart_library = library});
  EXPECT_TRUE(p.starts_with("<!doctype html>\n<html lang=\"en\" data-theme=\"system\">"));
  EXPECT_TRUE(p.ends_with("</html>\n"));
  const std::string policy = between(p, "Content-Security-Policy\" content=\"", "\"");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'sha256-")) << policy;
  EXPECT_EQ(count_of(policy, "unsafe-inline"), 1u) << policy;  // of styles alone
  EXPECT_NE(policy.find("'sha256-" + base64_of_hash(library) + "'"), std::string::npos) << policy;
  for (const char* loads : {"src=", "href=", "url(", "@import", "http:", "https:", "//fonts"})
    EXPECT_EQ(count_of(p, loads), 0u) << loads;
  EXPECT_EQ(count_of(p, "<script>" + std::string(library) + "</script>"), 1u);
}

TEST_F(report_page_test, has_a_table_behind_each_chart) {
  const std::string p = page(definition(accounts()), {.chart_library = library});
  EXPECT_EQ(count_of(p, "<div class=\"chart\" id=\"chart-1\""), 1u);
  EXPECT_NE(p.find("aria-label=\"Chart: Accounts. Its figures are in the table below.\""),
            std::string::npos);
  const std::string table = between(p, "<table>", "</table>");
  EXPECT_NE(table.find("<caption>Accounts</caption>"), std::string::npos) << table;
  EXPECT_NE(table.find("<th scope=\"col\" class=\"number\">total (USD)</th>"), std::string::npos)
      << table;
  EXPECT_NE(table.find("<tr><th scope=\"row\">Birch</th><td>retail</td>"
                       "<td class=\"number\">1</td><td class=\"number\">20.00</td></tr>"),
            std::string::npos)
      << table;
  const json drawn = json::parse(between(p, "id=\"figures\">", "</script>")).value();
  const json& chart = drawn.find("charts")->items().at(0);
  EXPECT_EQ(chart.find("categories")->dump(), R"(["Alder","Birch"])");
  EXPECT_EQ(chart.find("series")->dump(),
            R"([{"name":"total","unit":"money","line":false,"values":[10.50,20.00]}])");
}

TEST_F(report_page_test, speaks_chinese) {
  const std::string p = page(
      definition(accounts(), R"("title": {"en": "Figures", "zh": "数据"},
                                "columns": {"total": {"en": "Total", "zh": "合计"}}, )"),
      {.language = language::chinese, .theme = page_theme::dark, .chart_library = library});
  EXPECT_NE(p.find("<html lang=\"zh-Hans\" data-theme=\"dark\">"), std::string::npos);
  EXPECT_NE(p.find("<title>数据</title>"), std::string::npos);
  EXPECT_NE(p.find("<h2>客户</h2>"), std::string::npos);
  EXPECT_NE(p.find("合计（USD）"), std::string::npos);
  EXPECT_NE(p.find("（admin）所见"), std::string::npos);
  for (const char* english : {">Accounts<", ">Figures<", ">Total", "As seen by"})
    EXPECT_EQ(count_of(p, english), 0u) << english;
}

TEST_F(report_page_test, without_a_library_shows_its_tables) {
  const std::string p = page(definition(accounts()));
  EXPECT_EQ(count_of(p, "<script>"), 0u);
  EXPECT_EQ(count_of(p, "class=\"chart\""), 0u);
  EXPECT_EQ(count_of(p, "<details open>"), 1u);
  EXPECT_NE(p.find("script-src 'none'"), std::string::npos);
  EXPECT_NE(p.find("Without a chart library"), std::string::npos);
}

TEST_F(report_page_test, names_the_reader_and_the_time_of_its_clock) {
  open_options how;
  how.world = default_environment();
  how.world->clock = std::make_shared<fixed_clock>(instant::parse("2026-02-03T04:05:59Z").value());
  const tenant crm = open(":memory:", how).value();
  const std::string text = definition(accounts());
  const std::string p = page_as(crm.as_user("admin").value(), text);
  EXPECT_NE(p.find("<span>As seen by Administrator (admin)</span><span>3 Feb 2026, 04:05 UTC"),
            std::string::npos);
  EXPECT_NE(p.find("<p class=\"empty\">No figures.</p>"), std::string::npos);
  const std::string zh = page_as(crm.as_system("x"), text, {.language = language::chinese});
  EXPECT_NE(zh.find("<span>系统所见</span><span>2026年2月3日 04:05（UTC）"), std::string::npos);
}

TEST_F(report_page_test, hostile_names_are_text) {
  const std::string names[] = {"</script><script>alert(1)</script>", "<!--<script>",
                               "\" onmouseover=\"alert(2)", "'><img src=x onerror=alert(3)>",
                               "{{7*7}} ${x} {a|b}", "🐼 \xe2\x80\xa8 ]]>", "&lt;b&gt;",
                               "\xe2\x80\xaeigne"};
  for (const std::string& name : names) add(name, nullptr, 100);
  const std::string calm = page(definition(accounts()), {.chart_library = library});
  const std::string text = definition(
      accounts(), R"("title": {"en": "</title><script>alert(4)</script>"}, "columns":
                     {"total": {"en": "</th><script>alert(5)</script>"}}, )");
  page_options how{.chart_library = library};
  for (const std::string& p : {calm, page(text, how)}) {
    EXPECT_EQ(count_of(p, "<script"), 3u);  // figures, library, the page's own
    EXPECT_EQ(count_of(p, "</script"), 3u);
    for (const char* fragment : {"<img", "<!--", "\xe2\x80\xa8\"", "\" onmouseover"})
      EXPECT_EQ(count_of(between(p, "<body>", "<script"), fragment), 0u) << fragment;
  }
  how.title = "<b>\"";
  EXPECT_NE(page(text, how).find("<h1>&lt;b&gt;&quot;</h1>"), std::string::npos);
  // The names themselves are whole where the script reads them.
  const json figures = json::parse(between(calm, "id=\"figures\">", "</script>")).value();
  const auto& categories = figures.find("charts")->items().at(0).find("categories")->items();
  for (const std::string& name : names)
    EXPECT_TRUE(std::any_of(categories.begin(), categories.end(),
                            [&](const json& c) { return c.as_text() == name; }))
        << name;
}

TEST_F(report_page_test, holds_nothing_that_its_reader_may_not_see) {
  const auto make = [&](const char* entity,
                        std::initializer_list<std::pair<const char*, value>> values) {
    schema::draft d = admin_.draft(entity).value();
    for (const auto& [name, content] : values) d.set(name, content);
    return admin_.create(d).value().key();
  };
  // One reader of names, and one of whose own records alone there are any.
  const id names = make("permission_set", {{"name", "Names"}});
  make("entity_right", {{"permission_set", value(names)}, {"entity", "account"},
                        {"may_read", true}, {"view_all", true}, {"listed_fields_only", true}});
  make("field_right", {{"permission_set", value(names)}, {"entity", "account"},
                       {"field", "name"}, {"may_read", true}});
  const id reader = make("user", {{"login", "reader"}, {"name", "Reader"}});
  make("permission_assignment", {{"user", value(reader)}, {"permission_set", value(names)}});
  const id own = make("permission_set", {{"name", "Own"}});
  make("entity_right", {{"permission_set", value(own)}, {"entity", "account"}, {"may_read", true},
                        {"may_create", true}});
  const id loner = make("user", {{"login", "loner"}, {"name", "Loner"}});
  make("permission_assignment", {{"user", value(loner)}, {"permission_set", value(own)}});
  add("Planted-owner-7261", "planted-industry-5520", 918273);

  const session as_reader = crm_.as_user("reader").value();
  const session as_loner = crm_.as_user("loner").value();
  const std::string hidden = definition(accounts());
  EXPECT_NE(page_as(as_reader, hidden).find("error: the report at `report.s`: no field `industry`"),
            std::string::npos);
  const std::string seen = definition(
      R"({"key": "s", "query": "select name, count() as n from account group by name"})");
  const std::string readers = page_as(as_reader, seen, {.chart_library = library});
  EXPECT_NE(readers.find("Planted-owner-7261"), std::string::npos);
  for (const char* planted : {"planted-industry-5520", "918273", "9182.73", "9,182.73"})
    EXPECT_EQ(count_of(readers, planted), 0u) << planted;
  const std::string loners = page_as(as_loner, hidden, {.chart_library = library});
  EXPECT_NE(loners.find("No figures."), std::string::npos) << loners.substr(0, 200);
  for (const char* planted : {"Planted-owner-7261", "planted-industry-5520", "9182", "9,182",
                              "Alder"})
    EXPECT_EQ(count_of(loners, planted), 0u) << planted;
}

TEST_F(report_page_test, refuses_a_library_that_would_end_its_element) {
  for (const char* bad : {"a</SCRIPT >b", "a<!-- b", "a<script b"}) {
    const auto done = report_page(admin_, definition(accounts()), {.chart_library = bad});
    ASSERT_FALSE(done) << bad;
    EXPECT_EQ(done.error().code(), errc::invalid_argument) << bad;
  }
  for (const std::string_view bad : {std::string_view("a\xff"), std::string_view("a\0b", 3)}) {
    const auto done = report_page(admin_, definition(accounts()), {.chart_library = bad});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), errc::invalid_text);
  }
  // A browser reads CR LF as LF before it takes the hash.
  const std::string p = page(definition(accounts()), {.chart_library = "a();\r\nb();\rc();"});
  EXPECT_NE(p.find("<script>a();\nb();\nc();</script>"), std::string::npos);
  EXPECT_NE(p.find(base64_of_hash("a();\nb();\nc();")), std::string::npos);
}

TEST_F(report_page_test, refuses_charts_that_cannot_be_drawn) {
  const auto says = [&](const std::string& chart, const std::string& word) {
    const std::string said = page(definition(accounts(chart)));
    EXPECT_NE(said.find(word), std::string::npos) << said.substr(0, 300);
  };
  says(R"({"kind": "pie"})",
       "report.s.chart.kind` is none of figures, column, bar, line and funnel");
  says(R"({"kind": "colum"})", "did you mean `column`?");
  says(R"({})", "lacks `kind`");
  says(R"({"kind": "bar", "values": ["totl"]})", "did you mean `total`?");
  says(R"({"kind": "bar", "values": ["name"]})", "draws `name`, which is no number");
  says(R"({"kind": "bar", "line": ["total"]})", "goes with the kind `column` only");
  says(R"({"kind": "bar", "values": ["total", "n"]})", "on one axis, but their units differ");
  says(R"({"kind": "figures"})", "takes the shape `row` or `value`");
  says(R"({"kind": "bar", "title": "x"})", "has an unknown word `title`");
}

TEST_F(report_page_test, of_the_project_is_written_for_an_empty_store) {
  const std::string p = page(project_file("examples/reports/sales.json"),
                             {.chart_library = library});
  EXPECT_TRUE(p.ends_with("</html>\n")) << p.substr(0, 300);
}

}  // namespace
}  // namespace guanxi::edge
