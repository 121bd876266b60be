// Statements as JSON: the same text before and after, and a clear word about what is no statement.
#include "columns/random_company.hpp"
#include "guanxi/base/json.hpp"
#include "guanxi/query/statement_json.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

using namespace guanxi;

namespace {

std::string printed(std::string_view json) {
  const auto s = query::statement_from_json(json);
  return s ? query::print(*s) : "error: " + std::string(s.error().message());
}

std::string json_of(std::string_view text) {
  const auto s = query::parse(text);
  return s ? query::to_json(*s) : "error: " + std::string(s.error().message());
}

/// The text in one form, whether it went through JSON or not; JSON is the same after a second walk.
void expect_round_trip(std::string_view text) {
  const auto s = query::parse(text);
  ASSERT_TRUE(s) << text << "\n" << s.error().message();
  const std::string json = query::to_json(*s);
  ASSERT_TRUE(guanxi::json::parse(json, query::max_statement_json_depth)) << json;
  EXPECT_EQ(printed(json), query::print(*s)) << json;
  const auto back = query::statement_from_json(json);
  ASSERT_TRUE(back);
  EXPECT_EQ(query::to_json(*back), json);
}

std::string where(std::string_view condition) {
  return R"({"select": ["a"], "from": "b", "where": )" + std::string(condition) + "}";
}

std::uint64_t seed() {
  const char* given = std::getenv("GUANXI_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

}  // namespace

TEST(statement_json, is_written_in_one_form) {
  const std::pair<const char*, const char*> cases[] = {
      {"select name from account",
       R"({"version":1,"select":[{"path":"name"}],"from":"account"})"},
      {"select * from account with archived scope mine as of '2026-03-01'",
       R"({"version":1,"select":"*","from":"account","standing":"with_archived","scope":"mine",)"
       R"("as_of":"2026-03-01"})"},
      {"select account.name as who, 'x', 1 as one from opportunity deleted as of :then",
       R"({"version":1,"select":[{"path":"account.name","as":"who"},{"text":"x"},)"
       R"({"integer":1,"as":"one"}],"from":"opportunity","standing":"deleted",)"
       R"("as_of":{"parameter":"then"}})"},
      {"select a from b where c >= 10.50 and d = 'e' and not f is null and g in (1, true, null)",
       R"({"version":1,"select":[{"path":"a"}],"from":"b","where":{"and":[)"
       R"({"ge":[{"path":"c"},{"decimal":"10.50"}]},{"eq":[{"path":"d"},"e"]},)"
       R"({"not":{"is_null":{"path":"f"}}},{"in":[{"path":"g"},[1,true,null]]}]}})"},
      {"select a from b where c < date '2026-03-01' or c > instant '2026-03-01T00:00:00Z' or "
       "d = 9007199254740993",
       R"({"version":1,"select":[{"path":"a"}],"from":"b","where":{"or":[)"
       R"({"lt":[{"path":"c"},{"date":"2026-03-01"}]},)"
       R"({"gt":[{"path":"c"},{"instant":"2026-03-01T00:00:00Z"}]},)"
       R"({"eq":[{"path":"d"},{"integer":"9007199254740993"}]}]}})"},
      {"select a from b where c in :d and e in last_n_days(7) and f in today and g not in (select "
       "h from i where any(j.ks: l))",
       R"({"version":1,"select":[{"path":"a"}],"from":"b","where":{"and":[)"
       R"({"in":[{"path":"c"},{"parameter":"d"}]},)"
       R"({"in":[{"path":"e"},{"range":"last_n_days","n":7}]},)"
       R"({"in":[{"path":"f"},{"range":"today"}]},)"
       R"({"not_in":[{"path":"g"},{"select":[{"path":"h"}],"from":"i",)"
       R"("where":{"any":"j.ks","where":{"path":"l"}}}]}]}})"},
      {"select sum(a) filter (where b) as c, count(), count(distinct d), percentile(a, 0.9), "
       "first(a by d, e), round(-a / 2, 2), period(f, month) from g group by rollup(a, b), "
       "cube(c), d having count() > 1 order by a desc nulls last, b nulls first, c "
       "limit 3 per d, e limit :f after :g offset 5",
       R"({"version":1,"select":[{"aggregate":"sum","of":{"path":"a"},"filter":{"path":"b"},)"
       R"("as":"c"},{"aggregate":"count"},{"aggregate":"count","of":{"path":"d"},"distinct":true},)"
       R"({"aggregate":"percentile","of":{"path":"a"},"fraction":{"decimal":"0.9"}},)"
       R"({"aggregate":"first","of":{"path":"a"},"by":[{"path":"d"},{"path":"e"}]},)"
       R"({"call":"round","of":[{"divide":[{"negate":{"path":"a"}},2]},2]},)"
       R"({"call":"period","of":[{"path":"f"}],"unit":"month"}],"from":"g",)"
       R"("group_by":[{"rollup":[{"path":"a"},{"path":"b"}]},{"cube":[{"path":"c"}]},)"
       R"({"path":"d"}],)"
       R"("having":{"gt":[{"aggregate":"count"},1]},"order_by":[)"
       R"({"path":"a","desc":true,"nulls":"last"},{"path":"b","nulls":"first"},{"path":"c"}],)"
       R"("limit_per":{"limit":3,"per":[{"path":"d"},{"path":"e"}]},"limit":{"parameter":"f"},)"
       R"("after":{"parameter":"g"},"offset":5})"},
      {"select prior(sum(a), 1 year), delta(count(), prior :n month), bucket(a, 0, 5) from b "
       "group by period(c, month)",
       R"({"version":1,"select":[{"call":"prior","of":{"aggregate":"sum","of":{"path":"a"}},)"
       R"("n":1,"unit":"year"},{"call":"delta","of":{"aggregate":"count"},)"
       R"("n":{"parameter":"n"},"unit":"month"},{"call":"bucket","of":[{"path":"a"},0,5]}],)"
       R"("from":"b","group_by":[{"call":"period","of":[{"path":"c"}],"unit":"month"}]})"},
      {"select a from b group by a pivot (count(), sum(c) as h) for d.e in ('x' as y, 3)",
       R"({"version":1,"select":[{"path":"a"}],"from":"b","group_by":[{"path":"a"}],"pivot":{)"
       R"("figures":[{"aggregate":"count"},{"aggregate":"sum","of":{"path":"c"},"as":"h"}],)"
       R"("for":{"path":"d.e"},"in":[{"text":"x","as":"y"},{"integer":3}]}})"},
      {"select step(), conversion(count()), conversion(count(), prior :n step) from b funnel (c, "
       "(select min(d) from e where f) as g, any(h: i) as j) order by (select count() from e) desc",
       R"({"version":1,"select":[{"call":"step"},)"
       R"({"call":"conversion","of":[{"aggregate":"count"}]},)"
       R"({"call":"conversion","of":{"aggregate":"count"},"n":{"parameter":"n"},"unit":"step"}],)"
       R"("from":"b","funnel":[{"path":"c"},{"figure":{"select":[{"aggregate":"min",)"
       R"("of":{"path":"d"}}],"from":"e","where":{"path":"f"}},"as":"g"},)"
       R"({"any":"h","where":{"path":"i"},"as":"j"}],"order_by":[{"figure":{"select":[)"
       R"({"aggregate":"count"}],"from":"e"},"desc":true}]})"},
      {"select periods_between(a, b, month), prior(count(), 1 step), (select c from d) as e from f",
       R"({"version":1,"select":[{"call":"periods_between","of":[{"path":"a"},{"path":"b"}],)"
       R"("unit":"month"},{"call":"prior","of":{"aggregate":"count"},"n":1,"unit":"step"},)"
       R"({"select":[{"path":"c"}],"from":"d","as":"e"}],"from":"f"})"},
      {"select count() from b group by period(c, month) fill gaps order by count()",
       R"({"version":1,"select":[{"aggregate":"count"}],"from":"b","group_by":[)"
       R"({"call":"period","of":[{"path":"c"}],"unit":"month"}],"fill_gaps":true,)"
       R"("order_by":[{"aggregate":"count"}]})"},
      {"select convert(a, 'EUR') as b, sum(convert(c, :d, at e, else null)) from f",
       R"({"version":1,"select":[{"call":"convert","of":{"path":"a"},"to":"EUR","as":"b"},)"
       R"({"aggregate":"sum","of":{"call":"convert","of":{"path":"c"},"to":{"parameter":"d"},)"
       R"("at":{"path":"e"},"else":null}}],"from":"f"})"},
  };
  for (const auto& [text, wanted] : cases) {
    EXPECT_EQ(json_of(text), wanted);
    expect_round_trip(text);
  }
}

TEST(statement_json, is_read_as_people_write_it) {
  const std::pair<std::string, const char*> cases[] = {
      {R"({"from": "account", "select": ["name", "owner.name"], "order_by": ["name"]})",
       "select name, owner.name from account order by name"},
      {R"({"select": [{"aggregate": "sum", "of": "amount"}], "from": "opportunity",
           "group_by": ["stage", {"rollup": ["owner"]}],
           "limit_per": {"limit": 1, "per": ["stage"]}})",
       "select sum(amount) from opportunity group by stage, rollup(owner) limit 1 per stage"},
      {R"({"select": [{"aggregate": "last", "of": "a", "by": ["b"]}], "from": "c"})",
       "select last(a by b) from c"},
      {R"({"select": [{"call": "abs", "of": {"path": "a"}}, {"call": "today"}], "from": "c"})",
       "select abs(a), today() from c"},
      {where(R"({"between": [{"path": "c"}, 1, 2.50]})"),
       "select a from b where c >= 1 and c <= 2.50"},
      {where(R"({"and": [{"and": [{"path": "c"}, {"path": "d"}]}, {"or": [{"path": "e"}]}]})"),
       "select a from b where c and d and e"},
      {where(R"({"or": [{"and": [{"path": "c"}, {"path": "d"}]}, {"not": {"path": "e"}}]})"),
       "select a from b where c and d or not e"},
      {where(R"({"eq": [{"path": "c"}, {"id": "9007199254740993"}]})"),
       "select a from b where c = 9007199254740993"},
      {where(R"({"eq": [{"path": "c"}, {"decimal": 12}]})"), "select a from b where c = 12"},
      {where(R"({"eq": [{"integer": "-5"}, {"null": null}]})"), "select a from b where -5 = null"},
      {where(R"({"eq": [{"boolean": false}, {"text": "it's"}]})"),
       "select a from b where false = 'it''s'"},
      {where(R"({"in": [{"path": "c"}, []]})"), "select a from b where c in ()"},
      {where(R"({"like": [{"path": "a b.\"q\".order"}, "x%"]})"),
       "select a from b where \"a b\".\"\"\"q\"\"\".\"order\" like 'x%'"},
      {R"({"version": 1, "select": "*", "from": "group", "standing": "current", "scope": "all"})",
       "select * from \"group\""},
  };
  for (const auto& [json, wanted] : cases) {
    EXPECT_EQ(printed(json), wanted);
    if (!printed(json).starts_with("error")) expect_round_trip(printed(json));
  }
}

TEST(statement_json, is_refused_with_the_place_the_reason_and_the_nearest_name) {
  const std::string one = R"({"select": ["a"], "from": "b", )";
  const std::tuple<std::string, errc, const char*> cases[] = {
      {"", errc::parse, "JSON cannot be read at line 1"},
      {"{", errc::parse, "JSON cannot be read"},
      {"select a from b", errc::parse, "JSON cannot be read"},
      {R"({"select": ["a"], "select": ["a"], "from": "b"})", errc::parse, "stands twice"},
      {"\"\xff\"", errc::invalid_text, "UTF-8"},
      {"[]", errc::invalid_argument, "expected an object, not an array at the top"},
      {"null", errc::invalid_argument, "expected an object, not null at the top"},
      {"{}", errc::invalid_argument, "a query needs a `select`, at the top"},
      {R"({"select": ["a"]})", errc::invalid_argument, "a query needs a `from`, at the top"},
      {R"({"select": [], "from": "b"})", errc::invalid_argument, "at least one, not an array"},
      {R"({"select": {"path": "a"}, "from": "b"})", errc::invalid_argument, "not an object at "
                                                                            "`/select`"},
      {R"({"select": "name", "from": "b"})", errc::invalid_argument, "at `/select`"},
      {R"({"select": ["a"], "from": ["b"]})", errc::invalid_argument,
       "expected the name of an entity, not an array at `/from`"},
      {R"({"select": ["a"], "from": ""})", errc::invalid_argument, "not an empty string"},
      {one + R"("wher": true})", errc::unknown_name, "no key `wher`; did you mean `where`? at the "
                                                     "top"},
      {one + R"("order": ["a"]})", errc::unknown_name, "no key `order`"},
      {one + R"("version": 2})", errc::unsupported, "version 1 of queries as JSON, not `2` at "
                                                    "`/version`"},
      {one + R"("version": "1"})", errc::invalid_argument, "expected a number, not a string"},
      {one + R"("scope": "yours"})", errc::unknown_name,
       "no scope `yours`; use `all`, `mine`, `team` at `/scope`"},
      {one + R"("scope": "tema"})", errc::unknown_name, "did you mean `team`?"},
      {one + R"("standing": "delete"})", errc::unknown_name, "did you mean `deleted`? at "
                                                             "`/standing`"},
      {one + R"("as_of": 5})", errc::invalid_argument, "expected a date, an instant or a "
                                                       "{\"parameter\"}, not a number at `/as_of`"},
      {one + R"("as_of": {"path": "a"}})", errc::invalid_argument, "at `/as_of`"},
      {one + R"("limit": -1})", errc::invalid_argument, "at `/limit`"},
      {one + R"("limit": "5"})", errc::invalid_argument, "at `/limit`"},
      {one + R"("limit": {"path": "a"}})", errc::invalid_argument, "at `/limit`"},
      {one + R"("after": {"parameter": "c"}})", errc::invalid_argument, "`after` needs a `limit`"},
      {one + R"("limit": 2, "after": 3})", errc::invalid_argument, "at `/after`"},
      {one + R"("offset": 1e3})", errc::parse, "`1e3` has an exponent"},
      {one + R"("limit_per": 3})", errc::invalid_argument, "expected an object, not a number at "
                                                           "`/limit_per`"},
      {one + R"("limit_per": {"limit": 3}})", errc::invalid_argument, "what it is `per`"},
      {one + R"("limit_per": {"limit": 3, "by": ["a"]}})", errc::unknown_name, "no key `by`"},
      {one + R"("group_by": "a"})", errc::invalid_argument, "at `/group_by`"},
      {one + R"("group_by": [{"rollup": []}]})", errc::invalid_argument,
       "at `/group_by/0/rollup`"},
      {one + R"("group_by": [{"rollup": ["a"], "cube": ["b"]}]})", errc::invalid_argument,
       "not both"},
      {one + R"("group_by": [{"rolup": ["a"]}]})", errc::unknown_name, "no operator `rolup`"},
      {one + R"("order_by": [{"path": "a", "desc": "yes"}]})", errc::invalid_argument,
       "expected true or false, not a string at `/order_by/0/desc`"},
      {one + R"("order_by": [{"path": "a", "descending": true}]})", errc::unknown_name,
       "no key `descending`"},
      {one + R"("order_by": [{"path": "a", "nulls": "lats"}]})", errc::unknown_name,
       "did you mean `last`? at `/order_by/0/nulls`"},
      {one + R"("order_by": [{"path": "a", "as": "x"}]})", errc::unknown_name, "no key `as`"},
      {R"({"select": [{"path": "a", "as": ""}], "from": "b"})", errc::invalid_argument,
       "at `/select/0/as`"},
      {R"({"select": [{"path": "a", "as": "x\u0000"}], "from": "b"})", errc::invalid_text,
       "an embedded NUL at `/select/0/as`"},
      {R"({"select": [["a"]], "from": "b"})", errc::invalid_argument,
       "not an array at `/select/0`"},
      {R"({"select": [{"as": "x"}], "from": "b"})", errc::invalid_argument,
       "an expression needs the key of an operator"},
      {R"({"select": ["a"], "from": "b", "as_of": {"any": "c", "where": true}})",
       errc::invalid_argument, "no condition on children may stand here, at `/as_of/any`"},
      {where(R"({"gt": [{"select": ["a"], "from": "b"}, 1]})"), errc::invalid_argument,
       "a figure of children stands in `figure`, at `/where/gt/0`"},
      {where(R"({"figure": {"select": ["a"], "from": "b", "as": "c"}, "as": "c"})"),
       errc::unknown_name, "no key `as`"},
      {R"({"select": ["a"], "from": "b", "funnel": []})", errc::invalid_argument,
       "an array of steps, at least one, not an array at `/funnel`"},
      {where(R"({"call": "periods_between", "of": [1], "unit": "month"})"), errc::invalid_argument,
       "`periods_between` needs two values in `of`, and a `unit`"},
      {where(R"({"call": "conversion", "of": [1], "n": 1, "unit": "month"})"), errc::unknown_name,
       "the unit of `conversion` is `step`, not `month` at `/where/unit`"},
      {where("[]"), errc::invalid_argument, "expected an expression"},
      {where("{}"), errc::invalid_argument, "at `/where`"},
      {where(R"({"gee": [1, 2]})"), errc::unknown_name,
       "no operator `gee`; did you mean `ge`? at `/where`"},
      {where(R"({"eq": [1, 2], "ne": [1, 2]})"), errc::invalid_argument,
       "one operator is enough, not both `eq` and `ne`, at `/where`"},
      {where(R"({"eq": [1, 2], "as": "x"})"), errc::unknown_name, "no key `as`"},
      {where(R"({"eq": [1]})"), errc::invalid_argument,
       "expected an array of 2, not of 1, at `/where/eq`"},
      {where(R"({"eq": {"path": "a"}})"), errc::invalid_argument,
       "expected an array of 2, not an object at `/where/eq`"},
      {where(R"({"and": []})"), errc::invalid_argument, "at least one"},
      {where(R"({"and": [true, {"or": [true, {"lt": [{"path": 5}, 1]}]}]})"),
       errc::invalid_argument, "not a number at `/where/and/1/or/1/lt/0/path`"},
      {where(R"({"path": "a..b"})"), errc::invalid_argument, "a name is missing at a dot"},
      {where(R"({"path": ""})"), errc::invalid_argument, "not an empty string"},
      {where(R"({"path": "a\u0000"})"), errc::invalid_text, "an embedded NUL"},
      {where(R"({"parameter": ":min"})"), errc::invalid_argument, "cannot name a parameter"},
      {where(R"({"parameter": "a) or (1"})"), errc::invalid_argument, "cannot name a parameter"},
      {where(R"({"eq": [1, 12345678901234567890]})"), errc::overflow, "at `/where/eq/1`"},
      {where(R"({"decimal": "1,5"})"), errc::parse, "at `/where/decimal`"},
      {where(R"({"decimal": true})"), errc::invalid_argument, "expected digits"},
      {where(R"({"integer": "1.5"})"), errc::parse, "`1.5` is not a whole number"},
      {where(R"({"id": "-3"})"), errc::parse, "`-3` is not an id"},
      {where(R"({"id": "x"})"), errc::parse, "at `/where/id`"},
      {where(R"({"date": "2026-02-30"})"), errc::parse, "at `/where/date`"},
      {where(R"({"date": 20260230})"), errc::invalid_argument, "a string such as"},
      {where(R"({"instant": "2026-03-01T00:00:00"})"), errc::parse, "at `/where/instant`"},
      {where(R"({"boolean": "true"})"), errc::invalid_argument, "expected true or false"},
      {where(R"({"null": 0})"), errc::invalid_argument, "expected null"},
      {where(R"({"text": 5})"), errc::invalid_argument, "expected a string, not a number"},
      {where(R"({"in": [{"path": "a"}]})"), errc::invalid_argument, "an array of 2"},
      {where(R"({"in": [{"path": "a"}, {"path": "b"}]})"), errc::invalid_argument,
       "expected an array of values"},
      {where(R"({"in": [{"path": "a"}, "b"]})"), errc::invalid_argument, "not a string at "
                                                                         "`/where/in/1`"},
      {where(R"({"in": [{"path": "a"}, {"range": "this_mont"}]})"), errc::unknown_name,
       "did you mean `this_month`? at `/where/in/1/range`"},
      {where(R"({"in": [{"path": "a"}, {"range": "today", "n": 1}]})"), errc::invalid_argument,
       "takes no `n`"},
      {where(R"({"in": [{"path": "a"}, {"range": "last_n_days"}]})"), errc::invalid_argument,
       "needs an `n`"},
      {where(R"({"in": [{"path": "a"}, {"range": "last_n_days", "n": "7"}]})"),
       errc::invalid_argument, "at `/where/in/1/n`"},
      {where(R"({"in": [{"path": "a"}, {"range": "today", "m": 1}]})"), errc::unknown_name,
       "no key `m`"},
      {where(R"({"range": "today"})"), errc::invalid_argument, "behind `in` and `not_in` only"},
      {where(R"({"select": ["x"], "from": "y"})"), errc::invalid_argument,
       "behind `in` and `not_in` only"},
      {where(R"({"in": [{"path": "a"}, {"select": ["x"], "from": "y", "version": 1}]})"),
       errc::invalid_argument, "`version` stands in the outermost select"},
      {where(R"({"in": [{"path": "a"}, {"select": ["x"], "from": "y", "as_of": "2026-01-01"}]})"),
       errc::invalid_argument, "stands in the outermost select and is for all, at "
                               "`/where/in/1/as_of`"},
      {where(R"({"call": "roud", "of": [1]})"), errc::unknown_name,
       "no function `roud`; did you mean `round`? at `/where/call`"},
      {where(R"({"call": "sum", "of": [1]})"), errc::invalid_argument,
       "`sum` is an aggregate; it goes behind `aggregate`"},
      {where(R"({"aggregate": "round", "of": 1})"), errc::invalid_argument,
       "it goes behind `call`"},
      {where(R"({"aggregate": "summ", "of": 1})"), errc::unknown_name, "did you mean `sum`?"},
      {where(R"({"call": "", "of": [1]})"), errc::unknown_name, "no function ``"},
      {where(R"({"call": "abs", "off": [1]})"), errc::unknown_name, "did you mean `of`?"},
      {where(R"({"call": "abs", "of": [1], "unit": "month"})"), errc::invalid_argument,
       "only `period`, `periods_between`, `prior`, `delta` and `conversion` have a unit"},
      {where(R"({"call": "abs", "of": [1], "n": 1})"), errc::invalid_argument,
       "only `prior`, `delta` and `conversion` look back by an `n`"},
      {where(R"({"call": "prior", "of": [1], "unit": "month"})"), errc::invalid_argument,
       "`prior` needs one value in `of`, an `n` and a `unit`"},
      {R"({"select": ["a"], "from": "b", "fill_gaps": true})", errc::invalid_argument,
       "`fill_gaps` needs a `group_by`, at `/fill_gaps`"},
      {R"({"select": ["a"], "from": "b", "pivot": {"for": "c", "in": ["x"]}})",
       errc::invalid_argument, "`pivot` needs `figures`"},
      {R"({"select": ["a"], "from": "b", "pivot": {"figures": [{"aggregate": "count"}],
           "for": "c", "in": []}})",
       errc::invalid_argument, "at `/pivot/in`"},
      {where(R"({"call": "delta", "of": [1], "n": -1, "unit": "month"})"), errc::invalid_argument,
       "at `/where/n`"},
      {where(R"({"call": "period", "of": [{"path": "a"}]})"), errc::invalid_argument,
       "and a `unit`"},
      {where(R"({"call": "period", "of": [{"path": "a"}], "unit": "mont"})"), errc::unknown_name,
       "no unit `mont`; did you mean `month`? at `/where/unit`"},
      {where(R"({"aggregate": "count", "distinct": true})"), errc::invalid_argument,
       "need an `of`"},
      {where(R"({"aggregate": "sum", "of": "a", "distinct": 1})"), errc::invalid_argument,
       "at `/where/distinct`"},
      {where(R"({"aggregate": "sum", "of": "a", "by": ["b"]})"), errc::invalid_argument,
       "only `first` and `last`"},
      {where(R"({"aggregate": "first", "of": "a", "by": []})"), errc::invalid_argument,
       "at `/where/by`"},
      {where(R"({"aggregate": "sum", "of": "a", "fraction": 0.5})"), errc::invalid_argument,
       "only `percentile`"},
      {where(R"({"aggregate": "sum", "of": "a", "filter": {"pth": "b"}})"), errc::unknown_name,
       "did you mean `path`? at `/where/filter`"},
      {where(R"({"any": "cs"})"), errc::invalid_argument, "`any` needs a `where`"},
      {where(R"({"any": 5, "where": true})"), errc::invalid_argument, "at `/where/any`"},
      {where(R"({"any": "cs", "where": true, "of": 1})"), errc::unknown_name, "no key `of`"},
  };
  for (const auto& [json, code, what] : cases) {
    const auto s = query::statement_from_json(json);
    ASSERT_FALSE(s) << json;
    EXPECT_EQ(s.error().code(), code) << json << "\n" << s.error().message();
    EXPECT_NE(s.error().message().find(what), std::string::npos)
        << json << "\n" << s.error().message();
  }
}

TEST(statement_json, has_the_limits_of_the_text) {
  const auto repeated = [](std::string_view part, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += part;
    return out;
  };
  const auto nots = [&](int n) {
    return where(repeated("{\"not\":", n) + "{\"path\":\"c\"}" + repeated("}", n));
  };
  EXPECT_TRUE(query::statement_from_json(nots(expr::max_depth - 1)));
  EXPECT_EQ(query::statement_from_json(nots(expr::max_depth)).error().code(), errc::limit);
  EXPECT_TRUE(query::parse("select a from b where " + repeated("not ", expr::max_depth - 1) + "c"));
  EXPECT_FALSE(query::parse("select a from b where " + repeated("not ", expr::max_depth) + "c"));
  expect_round_trip("select a from b where " + repeated("abs(", 190) + "c" + repeated(")", 190));

  const auto children = [&](int n) {
    return where(repeated(R"({"any":"cs","where":)", n) + "true" + repeated("}", n));
  };
  EXPECT_TRUE(query::statement_from_json(children(query::max_nesting)));
  EXPECT_EQ(query::statement_from_json(children(query::max_nesting + 1)).error().code(),
            errc::limit);
  EXPECT_EQ(query::statement_from_json(where(repeated("[", 100'000))).error().code(), errc::parse);
  EXPECT_EQ(query::statement_from_json(where("[0" + repeated(",0", 2'100'000) + "]"))
                .error().code(), errc::limit);
  for (const char* opened : {"[", "{\"not\":", "{\"abs\":[", "{\"in\":[0,["}) {
    std::string closed;
    for (const char* c = opened; *c; ++c)
      if (*c == '[' || *c == '{') closed.insert(0, 1, *c == '[' ? ']' : '}');
    for (const int levels : {200, 400, 1'100})
      EXPECT_FALSE(query::statement_from_json(
          where(repeated(opened, levels) + "1" + repeated(closed, levels))));
  }
  const auto members = [&](std::size_t n) {
    return where(R"({"in":[{"path":"c"},[0)" + repeated(",0", static_cast<int>(n) - 1) + "]]}");
  };
  EXPECT_TRUE(query::statement_from_json(members(expr::max_nodes - 2)));
  const auto many = query::statement_from_json(members(expr::max_nodes));
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().code(), errc::limit);
  EXPECT_NE(many.error().message().find("pass long lists as parameters"), std::string::npos);
}

TEST(statement_json, reads_what_stands_before_between_once) {
  const auto around = [](const std::string& inner) {
    return R"({"call": "if", "of": [{"between": [)" + inner + ", true, true]}, true, false]}";
  };
  const std::string any = R"({"any": "cs", "where": {"path": "d"}})";
  const auto once = query::statement_from_json(where(around(any)));
  ASSERT_TRUE(once) << once.error().message();
  EXPECT_EQ(once->nested.size(), 1u);
  expect_round_trip("select a from b where any(cs: d) between true and true");
  const auto twice = query::statement_from_json(where(around(around(any))));
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code(), errc::limit);
  EXPECT_NE(twice.error().message().find("at `/where/of/0/between/0`"), std::string::npos);
}

TEST(statement_json, keeps_every_query_of_the_docs) {
  const char* root = std::getenv("GUANXI_SOURCE_DIR");
  ASSERT_TRUE(root);
  int seen = 0;
  for (const char* page : {"/docs/query.md", "/docs/query.zh-CN.md", "/docs/reports.md",
                           "/docs/calendars.md", "/docs/calendars.zh-CN.md"}) {
    std::ifstream file(std::string(root) + page);
    std::stringstream all;
    all << file.rdbuf();
    const std::string text = all.str();
    for (std::size_t at = text.find("```sql\n"); at != text.npos; at = text.find("```sql\n", at)) {
      at += 7;
      const std::string block = text.substr(at, text.find("```", at) - at);
      if (!block.starts_with("select")) continue;
      expect_round_trip(block);
      ++seen;
    }
  }
  EXPECT_GT(seen, 15);
}

TEST(statement_json, keeps_random_statements) {
  const std::uint64_t s = seed();
  test::random_source random(s);
  test::statement_writer writer(random, false);
  int kept = 0;
  for (int i = 0; i < 2'000 && !testing::Test::HasFailure(); ++i) {
    const std::string text = writer.statement();
    if (!query::parse(text)) continue;
    expect_round_trip(text);
    ++kept;
  }
  EXPECT_GT(kept, 1'000) << "GUANXI_TEST_SEED=" << s;
  EXPECT_FALSE(testing::Test::HasFailure()) << "GUANXI_TEST_SEED=" << s;
}

// A key that is changed, lost or doubled is noticed: what is read is refused or reads otherwise,
// and whatever is read prints what reads again.
TEST(statement_json, notices_every_change) {
  const std::uint64_t s = seed();
  test::random_source random(s);
  test::statement_writer writer(random, false);
  int refused = 0, other = 0;
  const auto mutated = [&](const json& from, auto& self) -> json {
    json out = from;
    if (from.is(json::type::object) && !from.members().empty()) {
      auto& members = out.members();
      const std::size_t at = random.below(members.size());
      switch (random.below(4)) {
        case 0: members.erase(members.begin() + static_cast<std::ptrdiff_t>(at)); return out;
        case 1: members[at].first += "x"; return out;
        case 2: members[at].first = members[at].first == "eq" ? "ne" : "eq"; return out;
        default: members[at].second = self(members[at].second, self); return out;
      }
    }
    if (from.is(json::type::array) && !from.items().empty()) {
      const std::size_t at = random.below(from.items().size());
      if (random.one_in(3)) out.items().push_back(from.items()[at]);
      else out.items()[at] = self(from.items()[at], self);
      return out;
    }
    if (from.is(json::type::text)) return json::make_text(from.as_text() + "x");
    if (from.is(json::type::number)) return json::make_number(from.as_text() + "1");
    return from.is(json::type::boolean) ? json::make_boolean(!from.as_boolean())
                                        : json::make_boolean(true);
  };
  for (int i = 0; i < 2'000; ++i) {
    const auto statement = query::parse(writer.statement());
    if (!statement) continue;
    const json before = json::parse(query::to_json(*statement), 1'000).value();
    const json after = mutated(before, mutated);
    const auto read = query::statement_from_json(after.dump());
    if (!read) {
      EXPECT_FALSE(read.error().message().empty());
      ++refused;
      continue;
    }
    const std::string text = query::print(*read);
    // A version may be left out, and what stands twice in a chain is one more condition.
    const bool same_meaning = before.members().size() != after.members().size() &&
                              !after.find("version");
    if (!same_meaning) {
      EXPECT_NE(text, query::print(*statement)) << "GUANXI_TEST_SEED=" << s << "\n" << before.dump()
                                                << "\n" << after.dump();
    }
    expect_round_trip(text);
    ++other;
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(other, 100);
}
