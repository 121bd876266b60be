// A query's two forms in C: each is made of the other, and what is neither is refused.
#include "shop.hpp"

namespace {

using namespace shop;

template <class Call>
std::string told_by(Call c, const char* given) {
  fault f;
  guanxi_buffer* out = nullptr;
  must(c(given, nts, &out, f.out()), f);
  const buffer owned(out);
  return out ? guanxi_buffer_data(out, nullptr) : "";
}
std::string json_of(const char* text) { return told_by(guanxi_statement_to_json, text); }
std::string text_of_json(const char* json) { return told_by(guanxi_statement_from_json, json); }

constexpr const char* text =
    "select name from account where industry in ('retail', 'it') order by name limit 5";

TEST(capi_statement, is_text_or_json) {
  const std::string json = json_of(text);
  EXPECT_EQ(json, R"({"version":1,"select":[{"path":"name"}],"from":"account","where":{"in":[)"
                  R"({"path":"industry"},["retail","it"]]},"order_by":[{"path":"name"}],)"
                  R"("limit":5})");
  EXPECT_EQ(text_of_json(json.c_str()), text);
  EXPECT_EQ(text_of_json(R"({"select": "*", "from": "account"})"), "select * from account");
}

TEST(capi_statement, runs_once_it_is_text) {
  const store s;
  s.deal(s.li.get(), "Tills", 10965);
  const std::string made_of_json = text_of_json(
      R"({"select": ["name"], "from": "opportunity",
          "where": {"ge": [{"path": "amount"}, {"decimal": "1.00"}]}})");
  EXPECT_EQ(guanxi_result_row_count(query(s.li.get(), made_of_json.c_str()).get()), 1);
}

TEST(capi_statement, is_refused_with_the_place) {
  fault f;
  guanxi_buffer* out = nullptr;
  EXPECT_EQ(guanxi_statement_to_json("select name fro account", nts, &out, f.out()), GUANXI_PARSE);
  EXPECT_EQ(guanxi_error_offset(f.get()), 12);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(guanxi_statement_from_json(
                R"({"select": ["name"], "from": "account", "where": {"gee": [1, 2]}})", nts, &out,
                f.out()),
            GUANXI_UNKNOWN_NAME);
  EXPECT_EQ(f.message(), "no operator `gee`; did you mean `ge`? at `/where`");
  EXPECT_EQ(guanxi_statement_from_json("{\"select\"", nts, &out, f.out()), GUANXI_PARSE);
  EXPECT_EQ(guanxi_statement_from_json(R"({"select": "*"})", nts, &out, f.out()),
            GUANXI_INVALID_ARGUMENT);
  EXPECT_EQ(guanxi_statement_from_json(R"({"version": 9, "select": "*", "from": "a"})", nts, &out,
                                       f.out()),
            GUANXI_UNSUPPORTED);
  EXPECT_EQ(guanxi_statement_from_json("\xff", 1, &out, f.out()), GUANXI_INVALID_TEXT);
  EXPECT_EQ(out, nullptr);
}

}  // namespace
