#include "guanxi/base/json.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace guanxi {
namespace {

json read(std::string_view text) { return json::parse(text).value(); }

error fault(std::string_view text) {
  auto r = json::parse(text);
  EXPECT_FALSE(r) << text;
  return r ? error() : r.error();
}

TEST(json, reads_a_tree) {
  const json doc = read(
      R"({"currency": "USD", "open": true, "none": null, "stages": [1, "won", []], "x": {}})");
  ASSERT_TRUE(doc.is(json::type::object));
  EXPECT_EQ(doc.find("currency")->as_text(), "USD");
  EXPECT_TRUE(doc.find("open")->as_boolean());
  EXPECT_TRUE(doc.find("none")->is(json::type::null));
  ASSERT_EQ(doc.find("stages")->items().size(), 3u);
  EXPECT_EQ(doc.find("stages")->items()[1].as_text(), "won");
  EXPECT_TRUE(doc.find("stages")->items()[2].is(json::type::array));
  EXPECT_TRUE(doc.find("x")->members().empty());
  EXPECT_EQ(doc.find("missing"), nullptr);
}

TEST(json, keeps_members_in_their_order) {
  EXPECT_EQ(read(R"({"z":1,"a":2,"m":3})").dump(), R"({"z":1,"a":2,"m":3})");
}

TEST(json, keeps_numbers_as_written) {
  for (const char* text : {"0", "-0", "1.50", "-0.0", "1e2", "1E+02",
                           "0.1000000000000000055511151231257827", "9223372036854775807",
                           "9223372036854775808", "-9223372036854775808",
                           "123456789012345678901234567890", "12345678901234567.89"}) {
    EXPECT_EQ(read(text).as_text(), text);
    EXPECT_EQ(read("[" + std::string(text) + "]").items()[0].as_text(), text);
    EXPECT_EQ(read("{\"a\":" + std::string(text) + " ,\"b\":1}").find("a")->as_text(), text);
  }
  EXPECT_EQ(read("[1,-2.5,3]").dump(), "[1,-2.5,3]");
}

TEST(json, refuses_a_number_beyond_all_use) {
  EXPECT_NE(fault("1e999").message().find("a number is too large"), std::string_view::npos);
}

TEST(json, reads_escapes) {
  EXPECT_EQ(read(R"("\u5ba2\ud83d\ude00\n\t\"\\\/")").as_text(), "客😀\n\t\"\\/");
  EXPECT_EQ(read("\"\\u0000\"").as_text(), std::string("\0", 1));
  EXPECT_EQ(fault(R"("\ud83d")").code(), errc::parse);
}

TEST(json, tells_the_line_and_byte_of_an_error) {
  const error e = fault("{\n  \"a\": 1,\n  \"b\" 2\n}");
  EXPECT_EQ(e.code(), errc::parse);
  EXPECT_EQ(e.line(), 3);
  EXPECT_EQ(e.offset(), 18);
  EXPECT_TRUE(e.message().starts_with("JSON cannot be read at line 3: ")) << e.message();
  EXPECT_EQ(e.message().find("json.exception"), std::string_view::npos);
}

TEST(json, refuses_what_is_not_strict) {
  for (const char* text : {"", " ", "{", "[", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.",
                           ".5", "+1", "NaN", "tru", "// c\n1", "1 2", "[1", "\"abc", "{\"a\"}",
                           "]", "\"a\nb\"", "0x1", "{\"a\":1]", "1-", "\"\\x\""}) {
    const error e = fault(text);
    EXPECT_EQ(e.code(), errc::parse) << text;
    EXPECT_GE(e.line(), 1) << text;
    EXPECT_GE(e.offset(), 0) << text;
    EXPECT_LE(e.offset(), static_cast<std::int64_t>(std::string_view(text).size())) << text;
  }
}

TEST(json, refuses_ill_formed_text) {
  const error e = fault("{\n\"a\": \"\xff\"}");
  EXPECT_EQ(e.code(), errc::invalid_text);
  EXPECT_EQ(e.line(), 2);
  EXPECT_EQ(e.offset(), 8);
}

TEST(json, refuses_a_key_that_stands_twice) {
  const error e = fault("{\"a\": 1,\n \"b\": {\"a\": 2},\n \"a\": 3}");
  EXPECT_EQ(e.code(), errc::parse);
  EXPECT_EQ(e.line(), 3);
  EXPECT_NE(e.message().find("the key `a` stands twice"), std::string_view::npos) << e.message();
  EXPECT_FALSE(json::parse(R"({"a":1,"\u0061":2})"));
  EXPECT_TRUE(json::parse(R"([{"a":1},{"a":2}])"));
}

TEST(json, bounds_nesting_at_64) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(json::parse(nested(64)));
  const error e = fault(nested(65));
  EXPECT_EQ(e.code(), errc::parse);
  EXPECT_EQ(e.offset(), 64);
  EXPECT_NE(e.message().find("deeper than 64"), std::string_view::npos);
  EXPECT_TRUE(json::parse(nested(65), 65));
  EXPECT_EQ(json::parse(nested(66), 65).error().code(), errc::parse);
  EXPECT_EQ(fault(std::string(10'000'000, '[')).code(), errc::parse);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(fault(objects).code(), errc::parse);
}

TEST(json, keeps_its_messages_short) {
  EXPECT_LT(fault("[" + std::string(100'000, 'x')).message().size(), 300u);
  EXPECT_LT(fault("{\"" + std::string(100'000, 'x') + "\": tru}").message().size(), 300u);
  EXPECT_LT(fault("\"" + std::string(100'000, 'x')).message().size(), 300u);
}

TEST(json, takes_no_part_of_the_input_for_its_own_words) {
  const std::string text = "{\"e\": [\"'; expected \x7f\x7f";
  const result<json> r = json::parse(text);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().message().find('\x7f'), std::string_view::npos) << r.error().message();
  EXPECT_NE(json::parse("[1 2]").error().message().find("expected"), std::string_view::npos);
}

TEST(json, dumps_what_it_reads) {
  const std::string text = R"({"a":[1,2.50,{"b":null}],"c":"客\n","d":[],"e":{}})";
  EXPECT_EQ(read(text).dump(), text);
  EXPECT_EQ(read(read(text).dump(4)).dump(), text);
  EXPECT_EQ(read(R"({"a":[1],"b":{}})").dump(2), "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
}

TEST(json, is_built_by_hand) {
  json doc = json::make_object();
  doc.members().emplace_back("n", json::make_number("1.50"));
  doc.members().emplace_back("t", json::make_text("a\"b"));
  doc.members().emplace_back("l", json::make_array());
  doc.members()[2].second.items().push_back(json::make_boolean(false));
  doc.members()[2].second.items().emplace_back();
  EXPECT_EQ(doc.dump(), R"({"n":1.50,"t":"a\"b","l":[false,null]})");
}

TEST(append_json_text, escapes_what_must_be) {
  std::string out = "x=";
  append_json_text(out, std::string_view("a\"\\\n\r\t\x01\x1f\0 客", 13));
  EXPECT_EQ(out, "x=\"a\\\"\\\\\\n\\r\\t\\u0001\\u001f\\u0000 客\"");
}

TEST(append_json_text, stays_utf8_for_any_bytes) {
  std::string out;
  append_json_text(out, "a\xff客\xe5\xae");
  EXPECT_EQ(out, "\"a\ufffd客\ufffd\ufffd\"");
  EXPECT_TRUE(json::parse(out));
}

TEST(append_json_value, writes_numbers_plain_and_ids_as_strings) {
  const auto written = [](const value& v) {
    std::string out;
    append_json_value(out, v);
    return out;
  };
  EXPECT_EQ(written(value()), "null");
  EXPECT_EQ(written(value(true)), "true");
  EXPECT_EQ(written(value(-7)), "-7");
  EXPECT_EQ(written(value(decimal{109650, 2})), "1096.50");
  EXPECT_EQ(written(value("a\"b")), "\"a\\\"b\"");
  EXPECT_EQ(written(value(date{0})), "\"1970-01-01\"");
  EXPECT_EQ(written(value(instant{0})), "\"1970-01-01T00:00:00Z\"");
  EXPECT_EQ(written(value(id{42})), "\"42\"");
}

}  // namespace
}  // namespace guanxi
