#include "guanxi/edge/table.hpp"

#include "guanxi/base/json.hpp"
#include "guanxi/base/text_services.hpp"
#include "guanxi/edge/csv.hpp"

#include "answers.hpp"

#include <gtest/gtest.h>

#include "guanxi/session/session.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace guanxi::edge {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

query::rows texts(const std::vector<std::string>& cells) {
  std::vector<std::vector<value>> lines;
  for (const std::string& cell : cells) lines.push_back({cell});
  return answer({column("t", value_type::text)}, lines);
}

TEST(to_json, writes_numbers_as_numbers_and_the_rest_as_text) {
  EXPECT_EQ(to_json(every_type()),
            "[\n"
            R"({"yes": true, "n": 7, "price": -1096.50, "name": "万科", "day": "2017-03-01", )"
            R"("at": "2017-03-01T09:00:00.000001Z", "account": "12", "nothing": null},)"
            "\n"
            R"({"yes": null, "n": null, "price": null, "name": null, "day": null, )"
            R"("at": null, "account": null, "nothing": null})"
            "\n]");
}

TEST(to_json, escapes_text_and_names) {
  const std::string text =
      to_json(answer({column("a\"b", value_type::text)}, {{"\"</script>\n\x01"}}));
  const json doc = json::parse(text).value();
  ASSERT_EQ(doc.items().size(), 1u);
  EXPECT_EQ(doc.items()[0].find("a\"b")->as_text(), "\"</script>\n\x01");
}

TEST(to_json, of_no_rows_is_an_empty_array) { EXPECT_EQ(to_json(texts({})), "[]"); }

TEST(to_csv, has_a_header_and_crlf) {
  EXPECT_EQ(to_csv(every_type()),
            "yes,n,price,name,day,at,account,nothing\r\n"
            "true,7,-1096.50,万科,2017-03-01,2017-03-01T09:00:00.000001Z,12,\r\n"
            ",,,,,,,\r\n");
}

TEST(to_csv, can_be_read_again) {
  const std::vector<std::string> cells{"plain",         "a,b",      "say \"hi\"",
                                       "two\r\nlines", " padded ", "客户"};
  const std::string text = to_csv(texts(cells));
  csv_reader reader(text);
  std::vector<std::string_view> row;
  ASSERT_TRUE(reader.next(row).value());
  EXPECT_EQ(row[0], "t");
  for (const std::string& cell : cells) {
    ASSERT_TRUE(reader.next(row).value());
    EXPECT_EQ(row[0], cell);
  }
  EXPECT_FALSE(reader.next(row).value());
}

TEST(to_csv, tells_an_empty_text_from_none) {
  EXPECT_EQ(to_csv(answer({column("t", value_type::text), column("u", value_type::text)},
                          {{"", value()}})),
            "t,u\r\n\"\",\r\n");
}

TEST(to_csv, disarms_formulas_in_text_only) {
  for (const char* cell : {"=1+1", "+1", "-1", "@sum", "\tx"})
    EXPECT_EQ(to_csv(texts({cell})), "t\r\n'" + std::string(cell) + "\r\n");
  EXPECT_EQ(to_csv(texts({"=HYPERLINK(\"x\")"})), "t\r\n\"'=HYPERLINK(\"\"x\"\")\"\r\n");
  EXPECT_EQ(to_csv(texts({"\rx"})), "t\r\n\"'\rx\"\r\n");
  EXPECT_EQ(to_csv(texts({"a=b"})), "t\r\na=b\r\n");
  EXPECT_EQ(to_csv(answer({column("n", value_type::integer), column("d", value_type::decimal, 1)},
                          {{-1, decimal{-15, 1}}})),
            "n,d\r\n-1,-1.5\r\n");
}

TEST(to_text, aligns_wide_characters_and_numbers) {
  const std::string text = to_text(answer(
      {column("name", value_type::text), column("amount", value_type::decimal, 2)},
      {{"万科换新", decimal{120000, 2}}, {"Acme", decimal{-5, 2}}, {value(), value()}}));
  EXPECT_EQ(text,
            "name     │  amount\n"
            "─────────┼────────\n"
            "万科换新 │ 1200.00\n"
            "Acme     │   -0.05\n"
            "         │        \n"
            "(3 rows)\n");
}

TEST(to_text, shows_the_first_rows_and_counts_the_rest) {
  query::rows many({column("n", value_type::integer)}, nullptr);
  for (std::int64_t i = 0; i < 1234; ++i) many.append(std::vector<value>{i});
  const std::vector<std::string> lines = lines_of(to_text(many, {.max_rows = 2}));
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines.back(), "(1,234 rows, the first 2 shown)");
}

TEST(to_text, shows_the_first_columns_and_counts_the_rest) {
  const std::vector<std::string> lines = lines_of(to_text(every_type(), {.max_columns = 2}));
  EXPECT_EQ(lines.front(), "yes  │ n");
  EXPECT_EQ(lines.back(), "(2 rows, 6 columns not shown)");
}

TEST(to_text, cuts_long_cells_between_characters) {
  const std::vector<std::string> lines =
      lines_of(to_text(texts({"上海汽车集团", "abcdef", "abcde"}), {.cell_width = 5}));
  EXPECT_EQ(lines[2], "上海…");
  EXPECT_EQ(lines[3], "abcd…");
  EXPECT_EQ(lines[4], "abcde");
  for (const std::string& line : lines_of(to_text(texts({std::string(5000, 'x')}))))
    EXPECT_LE(display_width(line), 40u);
}

TEST(to_text, lets_no_cell_steer_the_terminal) {
  const std::string text = to_text(texts({"a\x1b[2Jb\nc\u0085d\u202ee\u2066f"}));
  EXPECT_NE(text.find("a?[2Jb?c?d?e?f"), std::string::npos) << text;
}

TEST(to_html, escapes_everything) {
  const std::string text =
      to_html(answer({column("<i>", value_type::text)}, {{"<script>alert(\"&'\")</script>"}}));
  EXPECT_EQ(text.find("<script>"), std::string::npos);
  EXPECT_EQ(text.find("<i>"), std::string::npos);
  EXPECT_NE(text.find("&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;"),
            std::string::npos) << text;
}

TEST(to_html, says_how_many_rows_there_are) {
  EXPECT_NE(to_html(texts({"a"})).find("<p>1 row</p>"), std::string::npos);
  EXPECT_NE(to_html(texts({"a", "b"}), {.max_rows = 1}).find("2 rows, the first 1 shown"),
            std::string::npos);
}

query::rows many_rows(std::size_t n) {
  std::vector<std::vector<value>> lines;
  for (std::size_t i = 0; i < n; ++i) lines.push_back({"row " + std::to_string(i)});
  return answer({column("t", value_type::text)}, lines);
}

TEST(write, gives_the_whole_text_in_parts) {
  const query::rows from = many_rows(20'000);
  for (const text_format as : {text_format::csv, text_format::json, text_format::json_lines}) {
    std::string text;
    std::size_t parts = 0;
    std::uint64_t last = 0;
    const auto into = [&](std::string_view part) -> result<void> {
      text += part;
      ++parts;
      return {};
    };
    ASSERT_TRUE(write(from, as, into, [&](std::uint64_t done, std::uint64_t total) {
      EXPECT_EQ(total, 20'000u);
      EXPECT_GT(done, last);
      last = done;
      return true;
    }));
    EXPECT_GT(parts, 3u);
    EXPECT_EQ(last, 20'000u);
    if (as == text_format::csv) EXPECT_EQ(text, to_csv(from));
    else if (as == text_format::json) EXPECT_EQ(text, to_json(from));
    else EXPECT_EQ(lines_of(text).size(), 20'000u);
  }
  std::string lines;
  const auto into = [&](std::string_view part) -> result<void> { lines += part; return {}; };
  ASSERT_TRUE(write(texts({"a", "b\n"}), text_format::json_lines, into));
  EXPECT_EQ(lines, "{\"t\": \"a\"}\n{\"t\": \"b\\n\"}\n");
}

TEST(write, ends_where_it_is_told_to) {
  const query::rows from = many_rows(20'000);
  int parts = 0;
  const auto into = [&](std::string_view) -> result<void> {
    if (++parts == 2) return unexpected(errc::store_full, "full");
    return {};
  };
  EXPECT_EQ(write(from, text_format::csv, into).error().code(), errc::store_full);
  EXPECT_EQ(parts, 2);
  parts = 10;
  EXPECT_EQ(write(from, text_format::csv, into, [](auto, auto) { return false; }).error().code(),
            errc::interrupted);
}

TEST(save, puts_a_whole_file_there_or_leaves_what_was) {
  const std::string path = "saved_answer.csv";
  const auto content = [&] {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const query::rows few = texts({"a"}), many = many_rows(20'000);
  ASSERT_TRUE(save(few, text_format::csv, path));
  EXPECT_EQ(content(), to_csv(few));
  EXPECT_EQ(save(many, text_format::csv, path, [](auto done, auto) { return done < 9'000; })
                .error().code(),
            errc::interrupted);
  EXPECT_EQ(content(), to_csv(few));
  EXPECT_FALSE(std::ifstream(path + ".new").good()) << "nothing is left beside it";
  ASSERT_TRUE(save(many, text_format::json, path));
  EXPECT_EQ(content(), to_json(many));
  std::remove(path.c_str());
  EXPECT_EQ(save(few, text_format::csv, "no_such_folder/a.csv").error().code(), errc::store_io);
  EXPECT_EQ(save(few, text_format::csv, "").error().code(), errc::invalid_argument);
}

TEST(save, writes_over_no_store) {
  const std::string path = "saved_answer.gx";
  { const tenant crm = open(path).value(); }
  EXPECT_EQ(save(texts({"a"}), text_format::csv, path).error().code(), errc::duplicate);
  EXPECT_TRUE(open(path, {.create = false}));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace guanxi::edge
