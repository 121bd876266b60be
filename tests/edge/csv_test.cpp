#include "guanxi/edge/csv.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace guanxi::edge {
namespace {

using row = std::vector<std::string>;

std::vector<row> read_all(std::string_view text, char delimiter = ',') {
  csv_reader reader(text, delimiter);
  std::vector<row> rows;
  std::vector<std::string_view> cells;
  while (reader.next(cells).value()) rows.emplace_back(cells.begin(), cells.end());
  return rows;
}

error first_error(std::string_view text, char delimiter = ',') {
  csv_reader reader(text, delimiter);
  std::vector<std::string_view> cells;
  for (int i = 0; i < 1000; ++i) {
    const auto more = reader.next(cells);
    if (!more) return more.error();
    if (!*more) break;
  }
  ADD_FAILURE() << "no error in " << text;
  return {};
}

TEST(csv_reader, reads_plain_rows) {
  EXPECT_EQ(read_all("a,b,c\n1,,3\n"), (std::vector<row>{{"a", "b", "c"}, {"1", "", "3"}}));
  EXPECT_EQ(read_all("a,b\n1,2"), (std::vector<row>{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read_all("客户,金额\n北京,1"), (std::vector<row>{{"客户", "金额"}, {"北京", "1"}}));
  EXPECT_EQ(read_all(" a , b "), (std::vector<row>{{" a ", " b "}}));
}

TEST(csv_reader, has_no_row_in_empty_text) {
  EXPECT_TRUE(read_all("").empty());
  EXPECT_TRUE(read_all("\xef\xbb\xbf").empty());
}

TEST(csv_reader, takes_every_line_end) {
  const std::vector<row> expected{{"a", "b"}, {"c", "d"}};
  EXPECT_EQ(read_all("a,b\nc,d\n"), expected);
  EXPECT_EQ(read_all("a,b\r\nc,d\r\n"), expected);
  EXPECT_EQ(read_all("a,b\rc,d\r"), expected);
  EXPECT_EQ(read_all("a,b\r\nc,d\n"), expected);
}

TEST(csv_reader, skips_a_byte_order_mark) {
  EXPECT_EQ(read_all("\xef\xbb\xbf" "a,b"), (std::vector<row>{{"a", "b"}}));
  EXPECT_EQ(read_all("\xef\xbb\xbf\"a\",b"), (std::vector<row>{{"a", "b"}}));
}

TEST(csv_reader, reads_quoted_cells) {
  EXPECT_EQ(read_all("\"a,b\",\"c\nd\",\"e\"\"f\"\n"), (std::vector<row>{{"a,b", "c\nd", "e\"f"}}));
  EXPECT_EQ(read_all("\"\",\"\"\"\",\"\"\"x\"\"\""), (std::vector<row>{{"", "\"", "\"x\""}}));
  EXPECT_EQ(read_all("\"a\r\nb\",c\r\n"), (std::vector<row>{{"a\r\nb", "c"}}));
}

TEST(csv_reader, keeps_every_unescaped_cell_of_a_row) {
  std::string text;
  row expected;
  for (int i = 0; i < 200; ++i) {
    text += (i == 0 ? "" : ",") + ("\"q\"\"" + std::to_string(i) + "\"");
    expected.push_back("q\"" + std::to_string(i));
  }
  EXPECT_EQ(read_all(text), (std::vector<row>{expected}));
}

TEST(csv_reader, takes_a_quote_inside_a_plain_cell_as_text) {
  EXPECT_EQ(read_all("5\" pipe,a\"b\n"), (std::vector<row>{{"5\" pipe", "a\"b"}}));
}

TEST(csv_reader, ends_a_row_with_an_empty_cell_after_a_last_delimiter) {
  EXPECT_EQ(read_all("a,\n,\n"), (std::vector<row>{{"a", ""}, {"", ""}}));
  EXPECT_EQ(read_all("a,"), (std::vector<row>{{"a", ""}}));
}

TEST(csv_reader, gives_an_empty_line_as_one_empty_cell) {
  EXPECT_EQ(read_all("a\n\nb\n"), (std::vector<row>{{"a"}, {""}, {"b"}}));
  EXPECT_EQ(read_all("\r\n"), (std::vector<row>{{""}}));
}

TEST(csv_reader, takes_another_delimiter) {
  EXPECT_EQ(read_all("a;b,c;\"d;e\"", ';'), (std::vector<row>{{"a", "b,c", "d;e"}}));
  EXPECT_EQ(read_all("a\tb", '\t'), (std::vector<row>{{"a", "b"}}));
  for (const char bad : {'"', '\n', '\r', '\0', '\xff'}) {
    EXPECT_EQ(first_error("a,b", bad).code(), errc::invalid_argument);
  }
}

TEST(csv_reader, tells_the_line_where_a_row_begins) {
  csv_reader reader("a\r\n\"b\nb\r\nb\",1\n\nc\rd");
  std::vector<std::string_view> cells;
  std::vector<std::int64_t> lines;
  while (reader.next(cells).value()) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<std::int64_t>{1, 2, 5, 6, 7}));
}

TEST(csv_reader, refuses_a_quote_that_never_closes) {
  const error e = first_error("a,b\n1,\"open\nand on\n");
  EXPECT_EQ(e.code(), errc::parse);
  EXPECT_EQ(e.line(), 2);
  EXPECT_EQ(e.offset(), 6);
  EXPECT_EQ(e.message(), "line 2, byte 6: a quote is opened and never closed");
  EXPECT_EQ(first_error("\"").line(), 1);
  EXPECT_EQ(first_error("\"a\"\"").code(), errc::parse);
}

TEST(csv_reader, names_the_line_of_the_opening_quote_inside_a_long_row) {
  EXPECT_EQ(first_error("a\n\"x\ny\",\"open\n").line(), 3);
}

TEST(csv_reader, refuses_text_after_a_closing_quote) {
  const error e = first_error("a\n\"b\" c,d\n");
  EXPECT_EQ(e.code(), errc::parse);
  EXPECT_EQ(e.line(), 2);
  EXPECT_EQ(e.offset(), 5);
}

TEST(csv_reader, refuses_a_nul_byte) {
  const error e = first_error(std::string_view("a\nb\0c\n", 6));
  EXPECT_EQ(e.code(), errc::invalid_text);
  EXPECT_EQ(e.line(), 2);
  EXPECT_EQ(e.offset(), 3);
}

TEST(csv_reader, refuses_ill_formed_utf8) {
  const error e = first_error("a,b\n\"x\ny\",\xc3(\n");
  EXPECT_EQ(e.code(), errc::invalid_text);
  EXPECT_EQ(e.line(), 3);
  EXPECT_EQ(e.offset(), 10);
  EXPECT_EQ(first_error("\xff\xfe" "a").offset(), 0);  // UTF-16
  EXPECT_EQ(first_error("\xef\xbb\xbf\n\xff").offset(), 4);
}

TEST(csv_reader, gives_the_same_error_again) {
  csv_reader reader("ok\n\"open");
  std::vector<std::string_view> cells;
  ASSERT_TRUE(reader.next(cells).value());
  const auto first = reader.next(cells);
  const auto second = reader.next(cells);
  ASSERT_FALSE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(first.error().message(), second.error().message());
  EXPECT_EQ(second.error().line(), 2);
}

class scratch_folder {
 public:
  scratch_folder() : path_(std::filesystem::path(testing::TempDir()) / "guanxi_csv_test") {
    std::filesystem::create_directories(path_);
  }
  ~scratch_folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string text() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(read_file, gives_every_byte) {
  const scratch_folder folder;
  std::string content("a\0b\r\n", 5);
  for (int i = 0; i < 20'000; ++i) content += "0123456789";
  std::ofstream(folder.file("x.csv"), std::ios::binary) << content;
  EXPECT_EQ(read_file(folder.file("x.csv")).value(), content);
  std::ofstream(folder.file("empty.csv"), std::ios::binary).flush();
  EXPECT_EQ(read_file(folder.file("empty.csv")).value(), "");
}

TEST(read_file, names_the_file_that_is_missing) {
  const scratch_folder folder;
  const std::string path = folder.file(std::string(100, 'x') + ".csv");
  const auto r = read_file(path);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), errc::file_missing);
  EXPECT_EQ(r.error().message(), "there is no file `" + path + "`");
}

TEST(read_file, refuses_a_folder) {
  const scratch_folder folder;
  const auto r = read_file(folder.text());
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), errc::store_io);
  EXPECT_NE(r.error().message().find("is a folder"), std::string_view::npos);
}

}  // namespace
}  // namespace guanxi::edge
