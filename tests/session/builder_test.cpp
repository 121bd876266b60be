// One answer from a query's three forms, on every store: text, what C++ builds, and JSON.
#include "guanxi/query/builder.hpp"
#include "guanxi/query/statement_json.hpp"
#include "support/stores.hpp"

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::query::builder;
namespace system_field = guanxi::schema::system_field;

namespace {

class query_forms : public test::on_every_store {
 protected:
  /// The answer of the text, which the other forms give too.
  std::string same(const selection& built, const std::string& json,
                   const std::vector<expr::parameter_value>& parameters = {}) {
    std::string last;
    for (const char* login : {"vera", "nina", "lone"}) {
      const session s = as(login);
      const std::string by_text = test::answer(s, built.text(), parameters);
      const auto by_builder = s.query(built, parameters);
      EXPECT_TRUE(by_builder) << test::message(by_builder);
      EXPECT_EQ(by_builder ? test::text(*by_builder) : "", by_text) << login;
      const auto read = query::statement_from_json(json);
      EXPECT_TRUE(read) << test::message(read);
      if (!read) continue;
      EXPECT_EQ(query::print(*read), built.text());
      const auto by_json = s.query(*read, parameters);
      EXPECT_TRUE(by_json) << test::message(by_json);
      EXPECT_EQ(by_json ? test::text(*by_json) : "", by_text) << login;
      if (last.empty()) last = by_text;
    }
    EXPECT_FALSE(last.empty());
    return last;
  }
};

TEST_P(query_forms, give_the_same_answer) {
  same(select(opportunity::name, path(opportunity::account, account::name).as("customer"),
              opportunity::amount)
           .from(opportunity::entity)
           .where(opportunity::amount >= decimal{0, 2} || is_null(opportunity::amount))
           .order_by(desc(opportunity::amount).nulls_last(), opportunity::name),
       R"({"select": ["name", {"path": "account.name", "as": "customer"}, "amount"],
           "from": "opportunity",
           "where": {"or": [{"ge": [{"path": "amount"}, {"decimal": "0.00"}]},
                            {"is_null": {"path": "amount"}}]},
           "order_by": [{"path": "amount", "desc": true, "nulls": "last"}, "name"]})");
  same(select(path(system_field::owner, user::login).as("agent"), count().as("deals"),
              count().filter(path(opportunity::stage, stage::is_won)).as("won"),
              grouping(field("agent")).as("level"))
           .from(opportunity::entity)
           .with_archived()
           .group_by(rollup(field("agent")))
           .having(count() >= parameter("least"))
           .limit(10),
       R"({"version": 1, "select": [{"path": "owner.login", "as": "agent"},
             {"aggregate": "count", "as": "deals"},
             {"aggregate": "count", "filter": {"path": "stage.is_won"}, "as": "won"},
             {"call": "grouping", "of": {"path": "agent"}, "as": "level"}],
           "from": "opportunity", "standing": "with_archived", "group_by": [{"rollup": ["agent"]}],
           "having": {"ge": [{"aggregate": "count"}, {"parameter": "least"}]}, "limit": 10})",
       {{.name = "least", .content = value(1)}});
}

TEST_P(query_forms, take_children_selects_scopes_and_lists) {
  same(select(account::name)
           .from(account::entity)
           .scope(query::ownership::team)
           .where(any("opportunities", opportunity::amount > 0) ||
                  in(field<id>("id"), select(opportunity::account)
                                          .from(opportunity::entity)
                                          .where(path(opportunity::stage, stage::is_open))) ||
                  in(account::city, parameter("cities")))
           .order_by(account::name)
           .limit(2)
           .per(account::city),
       R"({"select": ["name"], "from": "account", "scope": "team",
           "where": {"or": [
             {"any": "opportunities", "where": {"gt": [{"path": "amount"}, 0]}},
             {"in": [{"path": "id"}, {"select": ["account"], "from": "opportunity",
                                      "where": {"path": "stage.is_open"}}]},
             {"in": [{"path": "city"}, {"parameter": "cities"}]}]},
           "order_by": ["name"], "limit_per": {"limit": 2, "per": ["city"]}})",
       {{.name = "cities", .list = {value("Berlin"), value("上海")}, .is_list = true}});
}

TEST_P(query_forms, read_the_past_alike) {
  same(select(account::name).from(account::entity).as_of("9000-01-01").order_by(account::name),
       R"({"select": ["name"], "from": "account", "as_of": "9000-01-01", "order_by": ["name"]})");
}

TEST_P(query_forms, are_refused_alike_with_the_place_in_the_text) {
  const session s = as("nina");
  const selection wrong = select(field("nmae")).from(account::entity);
  const auto by_text = s.query(wrong.text());
  const auto by_builder = s.query(wrong);
  ASSERT_FALSE(by_text);
  ASSERT_FALSE(by_builder);
  EXPECT_EQ(by_builder.error().code(), errc::unknown_name);
  EXPECT_EQ(by_builder.error().message(), by_text.error().message());
  EXPECT_EQ(by_builder.error().offset(), 7);
  query::statement odd;  // no text says it
  odd.entity = "account";
  EXPECT_EQ(test::code(s.query(odd)), errc::parse);
  odd.items.push_back({expr::path("name"), "name", false, 0});
  EXPECT_EQ(test::code(s.query(odd)), errc::ok);
  odd.where = expr::unary(expr::op::is_null, expr::path(std::string_view("a\0b", 3)));
  EXPECT_EQ(test::code(s.query(odd)), errc::invalid_text);
}

INSTANTIATE_TEST_SUITE_P(on, query_forms, test::every_store, test::store_name);

}  // namespace
