#include "guanxi/base/text_services.hpp"
#include "guanxi/edge/report.hpp"
#include "import_fixture.hpp"

#include <algorithm>

namespace guanxi::edge {
namespace {

class report_text_test : public import_fixture {
 protected:
  report_text_test() {
    add("Alder 桤木", "retail", 1'234'50);
    add("Birch", "retail", 2'469'00);
    add("Cedar", nullptr, 0);
  }
  void add(const std::string& name, const char* industry, int revenue) {
    schema::draft d = admin_.draft("account").value();
    d.set("name", name).set("annual_revenue", value(decimal{revenue, 2}));
    if (industry) d.set("industry", industry);
    ASSERT_TRUE(admin_.create(d));
  }
  static std::string definition(std::string sections) {
    std::replace(sections.begin(), sections.end(), '\n', ' ');  // a JSON text has no line ends
    return R"({"guanxi_report": 1, "columns": {
        "account": {"en": "Account", "zh": "客户"}, "revenue": {"en": "Revenue", "zh": "年收入"},
        "part": {"en": "Part", "zh": "占比", "unit": "percent"}},
        "sections": [)" + sections + "]}";
  }
  static std::string accounts() {
    return R"({"key": "s", "title": {"en": "Accounts", "zh": "各客户"}, "chart": {"kind": "bar"},
        "query": "select name as account, sum(annual_revenue) as revenue from account )"
           R"(group by name order by name"})";
  }
  std::string text(const std::string& sections, const report_text_options& options = {}) const {
    const auto done = report_text(admin_, definition(sections), options);
    return done ? *done : "error: " + std::string(done.error().message());
  }
};

TEST_F(report_text_test, has_aligned_columns_and_bars) {
  EXPECT_EQ(text(accounts(), {.width = 60}),
            "■ Accounts\n"
            "  Account     Revenue (USD)\n"
            "  ──────────  ─────────────\n"
            "  Alder 桤木       1,234.50  ████████████\n"
            "  Birch            2,469.00  ████████████████████████\n"
            "  Cedar                0.00  \n");
}

TEST_F(report_text_test, speaks_chinese_in_ascii_too) {
  EXPECT_EQ(text(accounts(), {.language = language::chinese, .width = 40, .ascii = true}),
            "# 各客户\n"
            "  客户        年收入（USD）\n"
            "  ----------  -------------\n"
            "  Alder 桤木       1,234.50  ######\n"
            "  Birch            2,469.00  ###########\n"
            "  Cedar                0.00  \n");
}

TEST_F(report_text_test, colours_titles_and_bars_when_it_is_told_to) {
  const std::string plain = text(accounts()), coloured = text(accounts(), {.colour = true});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_NE(coloured.find("\x1b[1mAccounts\x1b[0m"), std::string::npos);
  EXPECT_NE(coloured.find("\x1b[36m█"), std::string::npos);
}

TEST_F(report_text_test, shows_a_row_upright_and_groups_below_their_title) {
  EXPECT_EQ(text(R"({"key": "g", "title": {"en": "All"}, "sections": [
                {"key": "row", "shape": "row", "query": "select count() as n,
                   round(count() filter (where industry is null) / count(), 6) as part,
                   min(founded_year) as first from account"}]})"),
            "■ All\n"
            "\n"
            "  · row\n"
            "  n          3\n"
            "  Part   33.3%\n"
            "  first      –\n");
}

TEST_F(report_text_test, names_a_null) {
  const std::string by_industry =
      R"("query": "select industry, count() as n from account group by industry order by n"})";
  EXPECT_NE(text(R"({"key": "s", )" + by_industry).find("(none)    1\n"), std::string::npos);
  EXPECT_NE(text(R"({"key": "s", "null_title": {"en": "Unknown"}, )" + by_industry)
                .find("Unknown   1\n"),
            std::string::npos);
}

TEST_F(report_text_test, fits_the_width_and_never_cuts_a_number) {
  add(std::string(300, 'x') + "万科", "retail", 100);
  for (const std::size_t width : {40u, 60u, 80u, 200u}) {
    const std::string t = text(accounts(), {.width = width});
    std::size_t at = 0;
    while (at < t.size()) {
      const std::size_t end = t.find('\n', at);
      EXPECT_LE(display_width(t.substr(at, end - at)), width) << t;
      at = end + 1;
    }
    EXPECT_NE(t.find("2,469.00"), std::string::npos);
    EXPECT_NE(t.find("…"), std::string::npos);
  }
  EXPECT_EQ(text(accounts(), {.width = 39}).substr(0, 7), "error: ");
  EXPECT_EQ(text(accounts(), {.width = 1001}).substr(0, 7), "error: ");
}

TEST_F(report_text_test, names_cannot_forge_lines) {
  add("Oak\n  Elm\x1b[2J", "retail", 1);
  const std::string t = text(accounts());
  EXPECT_NE(t.find("Oak?  Elm?[2J"), std::string::npos) << t;
}

}  // namespace
}  // namespace guanxi::edge
