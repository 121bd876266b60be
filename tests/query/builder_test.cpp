// Queries built in C++: what is built prints as the text that says the same.
#include "guanxi/crm/customers.hpp"
#include "guanxi/crm/organisation.hpp"
#include "guanxi/crm/sales.hpp"
#include "guanxi/query/builder.hpp"
#include "guanxi/query/statement_json.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::query::builder;
namespace system_field = guanxi::schema::system_field;

namespace {

const auto won = path(opportunity::stage, stage::is_won);
const auto usd = opportunity::currency == "USD";

selection deals() { return select(opportunity::name).from(opportunity::entity); }

template <class C>
std::string where(const C& c) {
  const std::string text = deals().where(c).text();
  const std::string start = "select name from opportunity where ";
  EXPECT_EQ(text.substr(0, start.size()), start);
  return text.substr(start.size());
}

template <class X>
std::string item(const X& x) {
  const std::string text = select(x).from(opportunity::entity).text();
  return text.substr(7, text.size() - 7 - std::string(" from opportunity").size());
}

errc thrown(const std::function<void()>& what) {
  try {
    what();
  } catch (const failure& f) {
    EXPECT_FALSE(f.error().message().empty());
    return f.error().code();
  }
  return errc::ok;
}

/// What is built, after a walk through text and back, and through JSON and back.
void expect_same(const selection& built, const std::string& wanted) {
  EXPECT_EQ(built.text(), wanted);
  const auto read = query::parse(wanted);
  ASSERT_TRUE(read) << wanted << "\n" << read.error().message();
  EXPECT_EQ(query::print(*read), wanted);
  const auto back = query::statement_from_json(query::to_json(built));
  ASSERT_TRUE(back) << query::to_json(built) << "\n" << back.error().message();
  EXPECT_EQ(query::print(*back), wanted);
  EXPECT_EQ(query::to_json(*query::statement_from_json(query::to_json(*read))),
            query::to_json(*read));
}

template <class A, class B>
concept equals = requires(const A& a, const B& b) { a == b; };
template <class A, class B>
concept adds = requires(const A& a, const B& b) { a + b; };
template <class A>
concept sums = requires(const A& a) { sum(a); };
template <class A, class V>
concept is_among = requires(const A& a, const V& v) { in(a, v); };
template <class C>
concept filters = requires(selection s, const C& c) { s.where(c); };
template <class N>
concept limits = requires(selection s, const N& n) { s.limit(n); };
template <class A, class B>
concept alike = requires(const A& a, const B& b) { like(a, b); };

using text_handle = schema::handle<std::string_view>;
using date_handle = schema::handle<date>;
using amount_handle = schema::handle<money>;
using id_handle = schema::handle<id>;
using flag_handle = schema::handle<bool>;
static_assert(equals<text_handle, const char*> && equals<text_handle, std::string>);
static_assert(!equals<text_handle, int> && !equals<int, text_handle>);
static_assert(!equals<text_handle, decimal> && !equals<text_handle, date>);
static_assert(!equals<text_handle, amount_handle> && equals<text_handle, text_handle>);
static_assert(equals<amount_handle, decimal> && equals<amount_handle, int>);
static_assert(equals<amount_handle, money> && !equals<amount_handle, const char*>);
static_assert(!equals<amount_handle, double> && !equals<amount_handle, bool>);
static_assert(equals<date_handle, date> && equals<date_handle, const char*>);
static_assert(!equals<date_handle, text_handle> && !equals<date_handle, instant>);
static_assert(equals<id_handle, id> && !equals<id_handle, int> && !equals<id_handle, bool>);
static_assert(equals<id_handle, std::nullptr_t>);
static_assert(equals<expression<unknown>, int> && equals<text_handle, parameter<>>);
static_assert(!equals<text_handle, parameter<date>>);
static_assert(!adds<text_handle, int> && adds<date_handle, int> && !adds<date_handle, date>);
static_assert(sums<amount_handle> && !sums<text_handle> && !sums<date_handle>);
static_assert(is_among<text_handle, std::vector<std::string>>);
static_assert(!is_among<text_handle, std::vector<int>> && !is_among<text_handle, range>);
static_assert(is_among<date_handle, range> && is_among<id_handle, selection>);
static_assert(!is_among<amount_handle, std::vector<money>> && !adds<amount_handle, money>);
static_assert(limits<int> && limits<parameter<>> && !limits<schema::handle<std::int64_t>>);
static_assert(!limits<decimal> && !limits<std::nullptr_t> && !limits<const char*>);
static_assert(filters<flag_handle> && !filters<text_handle> && !filters<amount_handle>);
static_assert(alike<text_handle, const char*> && !alike<amount_handle, const char*>);

}  // namespace

TEST(builder, compares_fields_with_values_of_their_types) {
  EXPECT_EQ(where(opportunity::amount >= decimal{100000, 2}), "amount >= 1000.00");
  EXPECT_EQ(where(opportunity::amount > 5), "amount > 5");
  EXPECT_EQ(where(5 < opportunity::amount), "5 < amount");
  EXPECT_EQ(where(opportunity::name == "it's"), "name = 'it''s'");
  EXPECT_EQ(where(opportunity::name != std::string("' or 1 = 1 --")), "name != ''' or 1 = 1 --'");
  EXPECT_EQ(where(opportunity::close_date < date{20'000}), "close_date < date '2024-10-04'");
  EXPECT_EQ(where(opportunity::close_date < "2024-10-04"), "close_date < '2024-10-04'");
  EXPECT_EQ(where(opportunity::stage_entered_at <= instant{0}),
            "stage_entered_at <= instant '1970-01-01T00:00:00Z'");
  EXPECT_EQ(where(opportunity::account == id{7}), "account = 7");
  EXPECT_EQ(where(field<bool>("x_hot") == true), "x_hot = true");
  EXPECT_EQ(where(field("x_region") == "north"), "x_region = 'north'");
  EXPECT_EQ(where(opportunity::source == nullptr), "source is null");
  EXPECT_EQ(where(nullptr != opportunity::source), "source is not null");
  EXPECT_EQ(where(opportunity::probability == -std::int64_t{3}), "probability = -3");
  EXPECT_EQ(where(system_field::owner == opportunity::contact), "owner = contact");
  EXPECT_EQ(where(field<std::int64_t>("x") == std::numeric_limits<std::int64_t>::min()),
            "x = -9223372036854775808");
  EXPECT_EQ(thrown([] { (void)(field("x") == std::numeric_limits<std::uint64_t>::max()); }),
            errc::overflow);
}

TEST(builder, compares_an_amount_in_a_currency_within_that_currency) {
  const money least{decimal{1000, 0}, currency("EUR")};
  EXPECT_EQ(where(opportunity::amount >= least), "amount >= 1000 and currency = 'EUR'");
  EXPECT_EQ(where(least <= opportunity::amount), "1000 <= amount and currency = 'EUR'");
  EXPECT_EQ(where(opportunity::amount != least), "not (amount = 1000 and currency = 'EUR')");
  EXPECT_EQ(where(path(opportunity::product, product::list_price) == least),
            "product.list_price = 1000 and product.currency = 'EUR'");
  EXPECT_EQ(where(opportunity::amount == money{decimal{5, 1}, {}}), "amount = 0.5");
  EXPECT_EQ(thrown([&] { (void)(sum(opportunity::amount) > least); }), errc::misuse);
}

TEST(builder, joins_conditions) {
  EXPECT_EQ(where(won && usd && opportunity::amount > 1),
            "stage.is_won and currency = 'USD' and amount > 1");
  EXPECT_EQ(where((won || usd) && !won), "(stage.is_won or currency = 'USD') and not stage.is_won");
  EXPECT_EQ(where(usd && (usd && won)), "currency = 'USD' and currency = 'USD' and stage.is_won");
  EXPECT_EQ(where(!(won && usd)), "not (stage.is_won and currency = 'USD')");
  EXPECT_EQ(where(between(opportunity::amount, 1, 2)), "amount >= 1 and amount <= 2");
  EXPECT_EQ(where(like(opportunity::name, "%科技%") && not_like(opportunity::name, "a_")),
            "name like '%科技%' and name not like 'a_'");
  EXPECT_EQ(where(is_null(opportunity::source) || is_not_null(opportunity::contact)),
            "source is null or contact is not null");
  EXPECT_EQ(deals().where(won).where(usd).text(),
            "select name from opportunity where stage.is_won and currency = 'USD'");
  expression<bool> grown = usd;
  for (int i = 0; i < 3; ++i) grown = grown || opportunity::amount == i;
  EXPECT_EQ(where(grown), "currency = 'USD' or amount = 0 or amount = 1 or amount = 2");
}

TEST(builder, asks_for_membership) {
  EXPECT_EQ(where(in(opportunity::source, {"web", "phone"})), "source in ('web', 'phone')");
  EXPECT_EQ(where(not_in(opportunity::account, std::vector<id>{id{1}, id{2}})),
            "account not in (1, 2)");
  EXPECT_EQ(where(in(opportunity::source, std::vector<std::string>{})), "source in ()");
  EXPECT_EQ(where(in(opportunity::source, parameter("sources"))), "source in (:sources)");
  EXPECT_EQ(where(in(opportunity::close_date, range("this_month"))), "close_date in this_month");
  EXPECT_EQ(where(not_in(opportunity::close_date, range("last_n_days", 7)) &&
                  in(opportunity::close_date, range("next_n_fiscal_quarters", parameter("n")))),
            "close_date not in last_n_days(7) and close_date in next_n_fiscal_quarters(:n)");
  EXPECT_EQ(where(in(opportunity::account,
                     select(field<id>("id")).from(account::entity).where(account::city == "上海"))),
            "account in (select id from account where city = '上海')");
  EXPECT_EQ(thrown([] { range("this_mont"); }), errc::unknown_name);
  EXPECT_EQ(thrown([] { range("this_month", 3); }), errc::misuse);
  EXPECT_EQ(thrown([] { range("last_n_days"); }), errc::misuse);
}

TEST(builder, asks_of_children_and_counts_what_nests) {
  const auto lost = any("opportunities", path(opportunity::stage, stage::is_lost));
  const auto inner = in(account::parent, select(field<id>("id")).from("account"));
  expect_same(select(account::name)
                  .from(account::entity)
                  .where(inner || (none("contacts", contact::email == nullptr) && lost))
                  .where(all("contacts", any("account.contacts", contact::job_title == "CEO") &&
                                             in(contact::account,
                                                select(account::parent).from(account::entity)))),
              "select name from account where (parent in (select id from account) or "
              "none(contacts: email is null) and any(opportunities: stage.is_lost)) and "
              "all(contacts: any(account.contacts: job_title = 'CEO') and account in "
              "(select parent from account))");
}

TEST(builder, has_arithmetic_and_functions) {
  EXPECT_EQ(item(opportunity::amount * opportunity::probability / 100),
            "amount * probability / 100");
  EXPECT_EQ(item((opportunity::amount + 1) * -opportunity::probability),
            "(amount + 1) * -probability");
  EXPECT_EQ(item(opportunity::close_date - opportunity::opened_on), "close_date - opened_on");
  EXPECT_EQ(item(today() - 30), "today() - 30");
  EXPECT_EQ(item(coalesce(opportunity::amount, 0)), "coalesce(amount, 0)");
  EXPECT_EQ(item(nullif(opportunity::source, "")), "nullif(source, '')");
  EXPECT_EQ(item(if_(won, "won", "not")), "if(stage.is_won, 'won', 'not')");
  EXPECT_EQ(item(round(opportunity::amount / 3, 2)), "round(amount / 3, 2)");
  EXPECT_EQ(item(abs(round(opportunity::amount))), "abs(round(amount))");
  EXPECT_EQ(item(bucket(opportunity::amount, 1000)), "bucket(amount, 1000)");
  EXPECT_EQ(item(bucket(opportunity::amount, 0, decimal{5, 1}, parameter("top"))),
            "bucket(amount, 0, 0.5, :top)");
  EXPECT_EQ(item(concat(lower(opportunity::name), " / ", upper(opportunity::source))),
            "concat(lower(name), ' / ', upper(source))");
  EXPECT_EQ(item(search("it's", opportunity::name, lower(opportunity::source))),
            "search('it''s', name, lower(source))");
  EXPECT_EQ(item(relevance(parameter<std::string_view>("typed"))), "relevance(:typed)");
  EXPECT_EQ(item(length(opportunity::name) + year(opportunity::close_date) +
                 quarter(opportunity::close_date) + month(opportunity::close_date) +
                 day(opportunity::close_date) + weekday(now())),
            "length(name) + year(close_date) + quarter(close_date) + month(close_date) + "
            "day(close_date) + weekday(now())");
  EXPECT_EQ(item(period(opportunity::close_date, calendar_unit::fiscal_quarter)),
            "period(close_date, fiscal_quarter)");
  EXPECT_EQ(item(date_of(system_field::created_at)), "date(created_at)");
  EXPECT_EQ(item(literal("x")), "'x'");
}

TEST(builder, has_aggregates) {
  EXPECT_EQ(item(count()), "count()");
  EXPECT_EQ(item(count(opportunity::account).distinct()), "count(distinct account)");
  EXPECT_EQ(item(sum(opportunity::amount).filter(won)), "sum(amount) filter (where stage.is_won)");
  EXPECT_EQ(item(count().filter(won).filter(usd)),
            "count() filter (where stage.is_won and currency = 'USD')");
  EXPECT_EQ(item(avg(opportunity::amount) + min(opportunity::amount) + max(opportunity::amount) +
                 median(opportunity::probability)),
            "avg(amount) + min(amount) + max(amount) + median(probability)");
  EXPECT_EQ(item(percentile(opportunity::amount, decimal{9, 1}).filter(usd)),
            "percentile(amount, 0.9) filter (where currency = 'USD')");
  EXPECT_EQ(item(percentile(opportunity::amount, parameter("p"))), "percentile(amount, :p)");
  EXPECT_EQ(item(first(opportunity::name).by(opportunity::close_date)),
            "first(name by close_date)");
  EXPECT_EQ(item(last(opportunity::name).by(opportunity::close_date, opportunity::amount)
                     .filter(won).as("l")),
            "last(name by close_date, amount) filter (where stage.is_won) as l");
  EXPECT_EQ(item(round(share(sum(opportunity::amount)), 3)), "round(share(sum(amount)), 3)");
  EXPECT_EQ(item(running_sum(count())), "running_sum(count())");
  EXPECT_EQ(item(prior(sum(opportunity::amount), 1, calendar_unit::fiscal_year)),
            "prior(sum(amount), 1 fiscal_year)");
  EXPECT_EQ(item(delta(count() / 2, parameter("n"), calendar_unit::month)),
            "delta(count() / 2, prior :n month)");
  EXPECT_EQ(item(sum(convert(opportunity::amount, "EUR"))), "sum(convert(amount, 'EUR'))");
  EXPECT_EQ(item(convert(opportunity::amount, parameter("to")).at(opportunity::close_date)),
            "convert(amount, :to, at close_date)");
  EXPECT_EQ(item(convert(opportunity::amount * 2, "EUR").else_null().at("2026-03-01").at(today())),
            "convert(amount * 2, 'EUR', at today(), else null)");
  EXPECT_EQ(item(convert(path(opportunity::account, account::annual_revenue), "EUR")
                     .at(opportunity::stage_entered_at).else_null().as("e")),
            "convert(account.annual_revenue, 'EUR', at stage_entered_at, else null) as e");
  EXPECT_EQ(item(convert(opportunity::amount, "EUR") >= 5 && convert(field("x"), "EUR") > 1),
            "convert(amount, 'EUR') >= 5 and convert(x, 'EUR') > 1");
  EXPECT_EQ(item(count() + count(opportunity::name)), "count() + count(name)");
}

TEST(builder, says_whole_queries) {
  expect_same(
      select(path(opportunity::account, account::industry).as("industry"),
             as(opportunity::name, "Deal name"), opportunity::amount)
          .from(opportunity::entity)
          .where(opportunity::currency == "USD")
          .order_by(desc(opportunity::amount).nulls_last(), field("industry"),
                    asc(opportunity::name).nulls_first())
          .limit(3)
          .per(field("industry"))
          .limit(20)
          .offset(parameter("skip")),
      "select account.industry as industry, name as \"Deal name\", amount from opportunity where "
      "currency = 'USD' order by amount desc nulls last, industry, name nulls first "
      "limit 3 per industry limit 20 offset :skip");
  const auto won = path(opportunity::stage, stage::name);
  expect_same(select(period(opportunity::close_date, calendar_unit::month).as("m"), count())
                  .from(opportunity::entity)
                  .group_by(field("m"))
                  .fill_gaps()
                  .pivot({sum(opportunity::amount).as("total"), count().as("deals")}, won,
                         {literal("Won").as("won"), parameter("other").as("other")}),
              "select period(close_date, month) as m, count() from opportunity group by m fill "
              "gaps pivot (sum(amount) as total, count() as deals) for stage.name in "
              "('Won' as won, :other as other)");
  expect_same(select(count()).from(opportunity::entity).pivot(
                  count(), opportunity::amount > 5, {literal(true).as("large")}),
              "select count() from opportunity pivot (count()) for (amount > 5) in "
              "(true as large)");
  const auto first = figure<instant>(
      select(min(stage_visit::entered_at)).from_children("stage_visits").where(
          path(stage_visit::stage, stage::is_won)));
  expect_same(select(step(), step_name().as("s"), round(conversion_of(count()), 2),
                     conversion_of(count(), 1), prior_step(count(), parameter("n")),
                     delta_step(count(), 2), avg(reached() - prior_reached()),
                     min(first_reached<instant>()))
                  .from(opportunity::entity)
                  .group_by(opportunity::currency)
                  .funnel(system_field::created_at, first.as("won"),
                          any("stage_visits", field<bool>("open")).as("x")),
              "select step(), step_name() as s, round(conversion(count()), 2), conversion(count(), "
              "prior 1 step), prior(count(), :n step), delta(count(), prior 2 step), avg(reached() "
              "- prior_reached()), min(first_reached()) from opportunity group by currency funnel "
              "(created_at, (select min(entered_at) from stage_visits where stage.is_won) as won, "
              "any(stage_visits: open) as x)");
  const auto age = periods_between(opportunity::close_date, first, calendar_unit::month);
  expect_same(select(age.as("age"), retention(count()), least(opportunity::close_date, date{0}),
                     greatest(opportunity::amount, 1))
                  .from(opportunity::entity)
                  .where(in(opportunity::account, select(field<id>("id")).from("account")))
                  .group_by(field("age"))
                  .order_by(desc(first)),
              "select periods_between(close_date, (select min(entered_at) from stage_visits where "
              "stage.is_won), month) as age, retention(count()), least(close_date, date "
              "'1970-01-01'), greatest(amount, 1) from opportunity where account in (select id "
              "from account) group by age order by (select min(entered_at) from stage_visits where "
              "stage.is_won) desc");
  expect_same(select(opportunity::currency, path(system_field::owner, user::name).as("agent"),
                     sum(opportunity::amount).as("total"), grouping(field("agent")).as("level"))
                  .from(opportunity::entity)
                  .group_by(opportunity::currency,
                            rollup(field("agent"), period(opportunity::close_date,
                                                          calendar_unit::quarter)),
                            cube(opportunity::source))
                  .having(count() > parameter("least") && sum(opportunity::amount) > 0)
                  .having(in(opportunity::currency, {"USD"})),
              "select currency, owner.name as agent, sum(amount) as total, grouping(agent) as "
              "level from opportunity group by currency, rollup(agent, period(close_date, "
              "quarter)), cube(source) having count() > :least and sum(amount) > 0 and "
              "currency in ('USD')");
  expect_same(select_all().from("x_visit").with_archived().scope(query::ownership::team).as_of(
                  date{20'000}),
              "select * from x_visit with archived scope team as of date '2024-10-04'");
  expect_same(deals().deleted().scope(query::ownership::mine).as_of("2026-03-01"),
              "select name from opportunity deleted scope mine as of '2026-03-01'");
  expect_same(deals().archived().as_of(parameter("then")),
              "select name from opportunity archived as of :then");
  expect_same(deals().as_of(instant{1}),
              "select name from opportunity as of instant '1970-01-01T00:00:00.000001Z'");
}

TEST(builder, refuses_what_the_compiler_cannot_see) {
  EXPECT_EQ(thrown([] { select(account::name).from(opportunity::entity); }), errc::misuse);
  EXPECT_EQ(thrown([] { deals().where(account::name == "x"); }), errc::misuse);
  EXPECT_EQ(thrown([] { (void)(account::name == opportunity::name); }), errc::misuse);
  EXPECT_EQ(thrown([] { path(opportunity::account, stage::name); }), errc::misuse);
  EXPECT_EQ(thrown([] { path(opportunity::account, sum(opportunity::amount)); }), errc::misuse);
  EXPECT_EQ(thrown([] { figure(select(count()).from("contact")); }), errc::misuse);
  EXPECT_EQ(thrown([] { deals().per(opportunity::source); }), errc::misuse);
  EXPECT_EQ(thrown([] { (void)select(opportunity::name).text(); }), errc::misuse);
  EXPECT_EQ(thrown([] { deals().among(query::standing::all); }), errc::misuse);
  EXPECT_EQ(thrown([] { field(""); }), errc::misuse);
  EXPECT_EQ(thrown([] { deals().where(schema::handle<bool>(0, 12) == true); }), errc::misuse);
  EXPECT_EQ(thrown([] { path(opportunity::account, account::parent, account::name); }), errc::ok);
}

TEST(builder, names_custom_fields_by_their_handles) {
  std::vector<schema::entity_definition> all;
  for (const schema::entity_row* e : {&account::entity, &contact::entity, &user::entity,
                                      &role::entity})
    all.push_back(schema::define(*e));
  all[0].fields.push_back({.name = "x_region", .label_en = "Region"});
  all[0].fields.push_back(
      {.name = "x_partner", .type = schema::kind::reference, .target = "account"});
  const auto catalog = schema::catalog::compile(all);
  ASSERT_TRUE(catalog) << catalog.error().message();
  const auto region = (*catalog)->find<std::string_view>("account", "x_region").value();
  const auto partner = (*catalog)->find<id>("account", "x_partner").value();
  const auto owner = (*catalog)->find<id>("account", "owner").value();
  EXPECT_EQ(select(region, path(partner, region).as("theirs"), path(partner, account::name),
                   path(owner, user::name))
                .from(account::entity)
                .where(in(region, {"north"}))
                .text(),
            "select x_region, x_partner.x_region as theirs, x_partner.name, owner.name from "
            "account where x_region in ('north')");
  EXPECT_EQ(thrown([&] { path(partner, contact::job_title); }), errc::misuse);
}
