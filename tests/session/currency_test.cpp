// Exchange rates and what queries convert by them; the same on every store.
#include "support/stores.hpp"

#include "guanxi/session/prepared.hpp"

namespace guanxi::test {
namespace {

using namespace crm;
namespace field = schema::system_field;

/// The base currency is USD, and today is 2026-03-02.
class currencies : public on_every_store {
 protected:
  currencies() {
    add_rate("EUR", {110, 2}, "2026-01-01");
    add_rate("EUR", {120, 2}, "2026-03-01");
    add_rate("CNY", {14, 2}, "2025-01-01");
  }
  result<record> try_rate(std::string_view of, decimal worth, const char* from) {
    return system().create(exchange_rate::entity,
                           {exchange_rate::currency = of, exchange_rate::rate = worth,
                            exchange_rate::valid_from = date::parse(from).value()});
  }
  id add_rate(std::string_view of, decimal worth, const char* from) {
    return try_rate(of, worth, from).value().key();
  }
  void change_rate(id which, decimal worth) {
    session s = system();
    s.change(which, s.draft("exchange_rate").value().set("rate", worth)).value();
  }
  id add_deal(const char* name, money amount, const char* closes, const char* owner = "nina",
              const char* of = "acme") {
    session s = system();
    schema::draft d = s.draft("opportunity").value();
    d.set(opportunity::name = name);
    d.set(field::owner = key(owner));
    d.set(opportunity::account = key(of));
    d.set(opportunity::stage = key("talk"));
    d.set(opportunity::amount = amount);
    if (closes) d.set(opportunity::close_date = date::parse(closes).value());
    return s.create(d).value().key();
  }
  void add_deals() {
    add_deal("d euro old", money{{10'000, 2}, currency("EUR")}, "2026-02-28");
    add_deal("d euro new", money{{10'000, 2}, currency("EUR")}, "2026-03-01");
    add_deal("d yuan", money{{100'001, 2}, currency("CNY")}, "2026-03-15");
    add_deal("d dollar", money{{5'000, 2}, currency("USD")}, "2020-01-01");
  }
  /// The answer about the deals whose names begin with "d", or the code of what is wrong.
  std::string of_deals(const std::string& items, const std::string& rest = "order by name",
                       const std::vector<expr::parameter_value>& parameters = {}) const {
    return ask("select " + items + " from opportunity where name like 'd %' " + rest, parameters);
  }
  std::string ask(const std::string& query,
                  const std::vector<expr::parameter_value>& parameters = {}) const {
    const auto r = system().query(query, parameters);
    return r ? text(*r) : "error " + std::string(guanxi::name(r.error().code()));
  }
  std::string why(const std::string& query) const {
    const auto r = system().query(query);
    return message(r) + " at " + (r ? "none" : std::to_string(r.error().offset()));
  }
};
INSTANTIATE_TEST_SUITE_P(on, currencies, every_store, store_name);

TEST_P(currencies, convert_at_todays_rate_or_that_of_a_date) {
  add_deals();
  EXPECT_EQ(of_deals("name, convert(amount, 'USD'), convert(amount, 'USD', at close_date)"),
            "d dollar|50.00|50.00\n"
            "d euro new|120.00|120.00\n"
            "d euro old|120.00|110.00\n"
            "d yuan|140.00|140.00\n");
  EXPECT_EQ(of_deals("name, convert(amount, 'CNY', at '2026-02-01'), convert(amount, 'EUR')"),
            "d dollar|357.14|41.67\n"
            "d euro new|785.71|100.00\n"
            "d euro old|785.71|100.00\n"
            "d yuan|1000.01|116.67\n");
  EXPECT_EQ(of_deals("sum(convert(amount, 'USD')), max(convert(amount, 'USD', at close_date)), "
                     "median(convert(amount, 'USD'))", ""),
            "430.00|140.00|120.000\n");
  EXPECT_EQ(of_deals("count(), sum(convert(amount * probability / 100, 'USD'))", ""),
            "4|43.000140\n") << "what is computed of an amount";
}

TEST_P(currencies, convert_in_every_clause) {
  add_deals();
  EXPECT_EQ(of_deals("name", "and convert(amount, 'USD', at close_date) > 115 order by "
                             "convert(amount, 'USD', at close_date) desc"),
            "d yuan\nd euro new\n");
  EXPECT_EQ(of_deals("convert(amount, 'USD') as dollars, count()", "group by dollars"),
            "50.00|1\n120.00|2\n140.00|1\n");
  EXPECT_EQ(of_deals("currency, sum(convert(amount, 'USD')) as total",
                     "group by currency having sum(convert(amount, 'USD')) > 100 "
                     "order by total desc"),
            "EUR|240.00\nCNY|140.00\n");
  EXPECT_EQ(of_deals("currency, sum(convert(amount, 'USD')) as total", "group by rollup(currency)"),
            "CNY|140.00\nEUR|240.00\nUSD|50.00\nnull|430.00\n");
  EXPECT_EQ(of_deals("currency, running_sum(sum(convert(amount, 'USD'))), "
                     "round(share(sum(convert(amount, 'USD'))), 2)", "group by currency"),
            "CNY|140.00|0.33\nEUR|380.00|0.56\nUSD|430.00|0.12\n");
  EXPECT_EQ(of_deals("first(name by convert(amount, 'USD', at close_date)), "
                     "last(name by convert(amount, 'USD', at close_date))", ""),
            "d dollar|d yuan\n");
  EXPECT_EQ(of_deals("sum(convert(amount, 'USD')) filter (where convert(amount, 'EUR') = 100)", ""),
            "240.00\n");
  EXPECT_EQ(ask("select name from account where id in (select account from opportunity "
                "where name like 'd %' and convert(amount, 'USD') > 130)"),
            "Acme\n");
  EXPECT_EQ(ask("select name from account where any(opportunities: name like 'd %' and "
                "convert(amount, 'USD') > 130)"),
            "Acme\n");
  EXPECT_EQ(of_deals("name", "order by name limit 1 per convert(amount, 'USD') limit 9"),
            "d dollar\nd euro new\nd yuan\n");
}

TEST_P(currencies, round_once_at_the_digits_that_are_wanted) {
  add_deals();
  EXPECT_EQ(of_deals("round(convert(amount, 'EUR', at close_date), 4)", "and currency = 'CNY'"),
            "116.6678\n");
  EXPECT_EQ(of_deals("round(convert(amount, 'EUR', at close_date))", "and currency = 'CNY'"),
            "117\n");
}

TEST_P(currencies, take_the_currency_of_the_record_that_a_path_leads_to) {
  session s = system();
  s.change(key("acme"), s.draft("account").value().set(
                            account::annual_revenue = money{{1'000'000, 2}, currency("CNY")}))
      .value();
  add_deals();
  EXPECT_EQ(of_deals("convert(account.annual_revenue, 'USD'), convert(amount, 'USD')",
                     "and currency = 'EUR' order by name limit 1"),
            "1400.00|120.00\n");
  EXPECT_EQ(of_deals("convert(if(stage.is_open, amount, 0), 'USD')", "and currency = 'CNY'"),
            "140.00\n");
  EXPECT_EQ(why("select convert(amount + account.annual_revenue, 'USD') from opportunity"),
            "`convert` takes amounts of one record, not of `amount` (decimal) and "
            "`account.annual_revenue` (decimal); convert each by itself at 7");
}

TEST_P(currencies, read_the_date_of_an_instant_in_the_calendars_time_zone) {
  // 2026-02-28T20:00Z is 2026-03-01 in Shanghai.
  add_deals();
  const std::string then = "convert(amount, 'USD', at instant '2026-02-28T20:00:00Z')";
  EXPECT_EQ(of_deals(then, "and name = 'd euro old'"), "110.00\n");
  system().create(setting::entity, {setting::name = "time_zone",
                                    setting::content = "Asia/Shanghai"}).value();
  EXPECT_EQ(of_deals(then, "and name = 'd euro old'"), "120.00\n");
  EXPECT_EQ(of_deals("convert(amount, 'USD', at created_at)", "and name = 'd euro old'"),
            "120.00\n");
  // Today, too: in Shanghai it is the next day eight hours earlier.
  add_rate("EUR", {130, 2}, "2026-03-03");
  at.clock->set(instant::parse("2026-03-02T17:00:00Z").value());
  EXPECT_EQ(of_deals("convert(amount, 'USD')", "and name = 'd euro old'"), "130.00\n");
}

TEST_P(currencies, miss_no_rate_in_silence) {
  add_deals();
  add_deal("p pound", money{{100, 2}, currency("GBP")}, "2026-03-01");
  EXPECT_EQ(why("select sum(convert(amount, 'USD', at close_date)) from opportunity"),
            "no exchange rate of `GBP` on 2026-03-01; add an `exchange_rate` that is valid from "
            "that day or before, or write `else null` for amounts without a rate at 11");
  EXPECT_EQ(of_deals("sum(convert(amount, 'USD', at close_date))", ""), "420.00\n")
      << "a record that the query does not read needs no rate";
  EXPECT_EQ(ask("select name from opportunity where convert(amount, 'USD', at close_date) > 100 "
                "and currency = 'EUR' and name like 'd %' order by name"),
            "d euro new\nd euro old\n")
      << "nor does one that another condition leaves out, wherever that stands";
  EXPECT_EQ(ask("select convert(amount, 'USD') from opportunity order by name limit 1"),
            "error missing_rate")
      << "one that a limit cuts needs it";
  EXPECT_EQ(of_deals("sum(convert(amount, 'GBP')) filter (where currency = 'GBP'), count()", ""),
            "null|4\n");
  EXPECT_EQ(of_deals("convert(amount, 'GBP')"), "error missing_rate");
  EXPECT_EQ(of_deals("convert(amount, 'CNY', at date '2024-12-31')"), "error missing_rate");
  EXPECT_EQ(ask("select name, convert(amount, 'EUR', at close_date, else null) from opportunity "
                "where name in ('p pound', 'd dollar', 'd yuan') order by name"),
            "d dollar|null\nd yuan|116.67\np pound|null\n");
  EXPECT_EQ(of_deals("count(), count(convert(amount, 'GBP', else null)), "
                     "sum(convert(amount, 'GBP', else null))", ""),
            "4|0|null\n");
}

TEST_P(currencies, give_null_for_no_amount_and_refuse_an_amount_without_date) {
  add_deals();
  session s = system();
  const id undated = add_deal("u undated", money{{100, 2}, currency("EUR")}, nullptr);
  const std::string one = " from opportunity where name = 'u undated'";
  EXPECT_EQ(ask("select convert(amount, 'USD', at close_date)" + one), "error missing_rate");
  EXPECT_EQ(ask("select convert(amount, 'USD', at close_date, else null)" + one), "null\n");
  EXPECT_EQ(ask("select convert(amount, 'EUR', at close_date)" + one), "1.00\n")
      << "its own currency needs no rate";
  EXPECT_EQ(ask("select convert(amount, 'USD', at coalesce(close_date, today()))" + one),
            "1.20\n");
  s.change(undated, s.draft("opportunity").value().set("amount", value())).value();
  EXPECT_EQ(ask("select convert(amount, 'USD', at close_date), convert(amount, 'GBP')" + one),
            "null|null\n");
}

TEST_P(currencies, do_not_meet) {
  EXPECT_EQ(why("select convert(amount, 'EUR') + convert(amount, 'USD') from opportunity"),
            "an amount in EUR meets one in USD; `convert` both to one currency at 32");
  for (const char* mixed :
       {"sum(convert(amount, 'EUR')) + sum(convert(amount, 'USD'))",
        "sum(convert(amount, 'EUR')) - sum(amount)", "convert(amount, 'EUR') + amount",
        "sum(convert(amount, 'EUR') + amount)", "convert(amount, 'EUR') > amount",
        "coalesce(convert(amount, 'EUR'), amount)", "nullif(convert(amount, 'EUR'), amount)",
        "if(stage.is_open, convert(amount, 'EUR'), convert(amount, 'USD'))",
        "convert(amount, 'EUR') / amount",
        "convert(amount, 'EUR') in (select convert(amount, 'USD') from opportunity)"})
    EXPECT_EQ(ask("select " + std::string(mixed) + " from opportunity"), "error mixed_currency")
        << mixed;
  EXPECT_EQ(ask("select name from opportunity where convert(amount, 'EUR') in "
                "(select convert(amount, 'USD') from opportunity)"),
            "error mixed_currency");
  EXPECT_EQ(ask("select coalesce(sum(convert(amount, 'EUR')), 0) > 1, "
                "sum(convert(amount, 'EUR')) / sum(convert(amount, 'EUR') * 2) from opportunity "
                "where currency = 'USD'"),
            "true|0.500000\n");
  add_deals();
  EXPECT_EQ(why("select sum(amount) from opportunity").substr(0, 110),
            "`sum(amount)` meets amounts in CNY and USD; `convert` them to one currency, group by "
            "the currency or filter on");
  EXPECT_EQ(of_deals("sum(if(convert(amount, 'USD') > 100, 1, 0))", ""), "3\n");
  EXPECT_EQ(of_deals("sum(if(convert(amount, 'USD') > 100, amount, 0))", ""),
            "error mixed_currency");
  EXPECT_EQ(of_deals("sum(convert(convert(amount, 'CNY'), 'USD'))", ""), "430.00\n");
}

TEST_P(currencies, refuse_what_cannot_be_converted) {
  EXPECT_EQ(why("select convert(probability, 'EUR') from opportunity"),
            "`convert` takes an amount of money and a currency such as 'EUR', not `probability` "
            "(decimal) at 15");
  EXPECT_EQ(why("select convert(amount, 'euro') from opportunity"),
            "the currency of `convert` is three upper-case letters such as 'EUR', written out or "
            "given as a parameter, not `euro` at 23");
  EXPECT_EQ(ask("select convert(amount, currency) from opportunity"), "error type_mismatch");
  EXPECT_EQ(ask("select convert(amount, 'EUR', at name) from opportunity"), "error type_mismatch");
  EXPECT_EQ(ask("select convert(amount, 'EUR', at 'soon') from opportunity"), "error parse");
  EXPECT_EQ(ask("select convert(amount, 'EUR', at null) from opportunity"), "error type_mismatch");
  EXPECT_EQ(why("select convert(sum(amount), 'EUR') from opportunity"),
            "`convert` takes the amounts of records, not of groups; convert inside the aggregate, "
            "as in `sum(convert(amount, 'EUR'))` at 7");
  EXPECT_EQ(ask("select convert(amount) from opportunity"), "error parse");
  EXPECT_EQ(why("select convert(amount, 'EUR', close_date) from opportunity"),
            "expected `at` and a date, or `else null`, not `close_date` at 30");
  EXPECT_EQ(ask("select convert(amount, 'EUR', else 0) from opportunity"), "error parse");
  EXPECT_EQ(ask("select convert(amount, 'EUR'), count() from opportunity"), "error parse");
}

TEST_P(currencies, take_the_currency_and_the_date_as_parameters) {
  add_deals();
  const std::string total = "select sum(convert(amount, :to, at :day)) from opportunity "
                            "where name like 'd %'";
  const prepared q = prepare(total).value();
  const auto in = [&](const char* to, const char* day) {
    const auto r = system().query(q, {{.name = "to", .content = to},
                                      {.name = "day", .content = date::parse(day).value()}});
    return r ? text(*r) : "error " + std::string(guanxi::name(r.error().code()));
  };
  EXPECT_EQ(in("USD", "2026-02-01"), "410.00\n");
  EXPECT_EQ(in("USD", "2026-03-01"), "430.00\n");
  EXPECT_EQ(in("CNY", "2026-03-01"), "3071.43\n");
  EXPECT_EQ(in("XXL", "2026-03-01"), "error missing_rate");
  EXPECT_EQ(in("much", "2026-03-01"), "error type_mismatch");
  const std::vector<expr::parameter_value> texts = {{.name = "to", .content = "USD"},
                                                    {.name = "day", .content = "2026-02-01"}};
  EXPECT_EQ(ask(total, texts), "410.00\n");
}

TEST_P(currencies, know_a_changed_rate_at_once) {
  add_deals();
  const std::string dollars = "convert(amount, 'USD', at close_date)";
  const std::string one = "and name = 'd euro old'";
  const id january = system().query("select id from exchange_rate where name = 'EUR 2026-01-01'")
                         .value().at(0, 0).as_id();
  for (std::int64_t cents : {110, 111, 112, 111}) {
    change_rate(january, {cents, 2});
    EXPECT_EQ(of_deals(dollars, one), decimal({cents * 100, 2}).to_string() + "\n");
    EXPECT_EQ(of_deals(dollars, one), decimal({cents * 100, 2}).to_string() + "\n") << "kept";
  }
  session s = system();
  s.remove("exchange_rate", january).value();
  EXPECT_EQ(of_deals(dollars, one), "error missing_rate");
  s.restore("exchange_rate", january).value();
  EXPECT_EQ(of_deals(dollars, one), "111.00\n");
  s.archive("exchange_rate", january).value();
  EXPECT_EQ(of_deals(dollars, one), "111.00\n") << "what is put away holds on";
  at.clock->set(instant{at.clock->now().microseconds + 60'000'000});
  add_rate("EUR", {115, 2}, "2026-02-20");
  EXPECT_EQ(of_deals(dollars, one), "115.00\n");
}

TEST_P(currencies, are_those_of_an_open_transaction_inside_it_alone) {
  add_deals();
  session s = system();
  if (!s.begin()) return;  // a store without transactions
  const std::string q = "select convert(amount, 'USD', at close_date) from opportunity "
                        "where name = 'd euro old'";
  EXPECT_EQ(answer(s, q), "110.00\n");
  s.create(exchange_rate::entity,
           {exchange_rate::currency = "EUR", exchange_rate::rate = decimal{2, 0},
            exchange_rate::valid_from = date::parse("2026-02-01").value()})
      .value();
  EXPECT_EQ(answer(s, q), "200.00\n");
  if (shows_last_commit(at.kind)) {
    EXPECT_EQ(answer(system(), q), "110.00\n");
  }
  s.rollback().value();
  EXPECT_EQ(answer(s, q), "110.00\n");
  EXPECT_EQ(answer(system(), q), "110.00\n");
}

TEST_P(currencies, stand_still_in_a_reading) {
  add_deals();
  session reader = system();
  if (!reader.begin_reading()) return;  // a store that holds no moment
  const std::string q = "select convert(amount, 'USD', at close_date) from opportunity "
                        "where name = 'd euro old'";
  EXPECT_EQ(answer(reader, q), "110.00\n");
  add_rate("EUR", {2, 0}, "2026-02-01");
  EXPECT_EQ(answer(system(), q), "200.00\n");
  EXPECT_EQ(answer(reader, q), "110.00\n");
  EXPECT_EQ(answer(system(), q), "200.00\n");
  reader.end_reading().value();
  EXPECT_EQ(answer(reader, q), "200.00\n");
}

TEST_P(currencies, are_read_as_they_were) {
  add_deals();
  session s = system();
  const id january = s.query("select id from exchange_rate where name = 'EUR 2026-01-01'")
                         .value().at(0, 0).as_id();
  const std::int64_t before = s.last_change().value();
  change_rate(january, {2, 0});
  const std::int64_t doubled = s.last_change().value();
  s.remove("exchange_rate", january).value();
  const std::string q = "select convert(amount, 'USD', at close_date) from opportunity "
                        "where name = 'd euro old'";
  const auto then = [&](std::int64_t sequence) {
    query_options how;
    how.as_of.sequence = sequence;
    const auto r = s.query(q, {}, how);
    return r ? text(*r) : "error " + std::string(guanxi::name(r.error().code()));
  };
  EXPECT_EQ(then(before), "110.00\n");
  EXPECT_EQ(then(doubled), "200.00\n");
  EXPECT_EQ(then(s.last_change().value()), "error missing_rate");
  EXPECT_EQ(answer(s, q).substr(0, 6), "error:");
}

TEST_P(currencies, are_for_those_who_may_read_every_rate) {
  add_deals();
  const std::string q = "select sum(convert(amount, 'USD')) from opportunity where name like 'd %'";
  EXPECT_EQ(answer(as("nina"), q), "430.00\n");
  session s = system();
  const auto one = [&](const std::string& query) {
    return s.query(query, {{.name = "set", .content = key("standard")}}).value().at(0, 0).as_id();
  };
  const std::string refused =
      "error: you may not convert amounts, since that takes the right to read every "
      "`exchange_rate`; ask an administrator";
  const id shared = one("select id from sharing_default where entity = 'exchange_rate'");
  s.change(shared, s.draft("sharing_default").value().set("level", "private")).value();
  EXPECT_EQ(answer(as("nina"), q), refused) << "she sees some at most";
  EXPECT_EQ(as("nina").query(q).error().offset(), 11);
  s.change(shared, s.draft("sharing_default").value().set("level", "read")).value();
  EXPECT_EQ(answer(as("nina"), q), "430.00\n");
  const id hidden = s.create(field_right::entity, {field_right::permission_set = key("standard"),
                                                   field_right::entity_name = "exchange_rate",
                                                   field_right::field = "rate",
                                                   field_right::may_read = false})
                        .value().key();
  EXPECT_EQ(answer(as("nina"), q), refused);
  s.remove("field_right", hidden).value();
  EXPECT_EQ(answer(as("nina"), q), "430.00\n");
  s.remove("entity_right", one("select id from entity_right where entity = 'exchange_rate' and "
                               "permission_set = :set")).value();
  EXPECT_EQ(answer(as("nina"), q), refused);
  EXPECT_EQ(answer(as("admin"), q), "430.00\n");
}

TEST_P(currencies, are_no_way_round_a_hidden_amount) {
  add_deals();
  session s = system();
  for (const char* hidden : {"amount", "currency"})
    s.create(field_right::entity, {field_right::permission_set = key("standard"),
                                   field_right::entity_name = "opportunity",
                                   field_right::field = hidden, field_right::may_read = false})
        .value();
  const std::string q = "select convert(amount, 'USD') from opportunity";
  EXPECT_EQ(answer(as("nina"), q),
            answer(as("nina"), replaced(q, "convert(amount, 'USD')", "amount")));
  EXPECT_EQ(code(as("nina").query(q)), errc::unknown_name);
}

TEST_P(currencies, do_not_tell_of_records_out_of_reach) {
  add_deals();
  // Of sun, in a currency without a rate; nina does not see it.
  add_deal("d pound", money{{100, 2}, currency("GBP")}, "2026-03-01", "sun", "sunny");
  EXPECT_EQ(answer(as("nina"), "select sum(convert(amount, 'USD')) from opportunity "
                               "where name like 'd %' and convert(amount, 'USD') > 0"),
            "430.00\n");
  EXPECT_EQ(code(as("sun").query("select sum(convert(amount, 'USD')) from opportunity")),
            errc::missing_rate);
}

TEST_P(currencies, have_rates_that_make_sense) {
  const auto refused = [&](std::string_view of, decimal worth, const char* from) {
    const auto r = try_rate(of, worth, from);
    return std::string(guanxi::name(code(r))) + " " +
           (r ? std::string() : std::string(r.error().field()));
  };
  EXPECT_EQ(refused("GBP", {0, 0}, "2026-01-01"), "validation rate");
  EXPECT_EQ(refused("GBP", {-1, 0}, "2026-01-01"), "validation rate");
  EXPECT_EQ(refused("pound", {1, 0}, "2026-01-01"), "validation currency");
  EXPECT_EQ(refused("USD", {2, 0}, "2026-01-01"), "validation rate");
  EXPECT_EQ(refused("EUR", {2, 0}, "2026-01-01"), "duplicate name");
  EXPECT_EQ(refused("USD", {1, 0}, "2026-01-01"), "ok ") << "it is worth 1 in any case";
  EXPECT_EQ(ask("select name, rate from exchange_rate order by name limit 2"),
            "CNY 2025-01-01|0.140000000000\nEUR 2026-01-01|1.100000000000\n");
}

TEST_P(currencies, go_by_pages) {
  add_deals();
  const std::string q = "select name from opportunity where name like 'd %' "
                        "order by convert(amount, 'USD', at close_date) desc limit 2 after :c";
  const rows first = system().query(q, {{.name = "c", .content = value()}}).value();
  EXPECT_EQ(text(first), "d yuan\nd euro new\n");
  EXPECT_EQ(text(system().query(q, {{.name = "c", .content = first.page().next}}).value()),
            "d euro old\nd dollar\n");
}

TEST_P(currencies, are_explained) {
  add_deals();
  const auto shape = as("admin").explain_query(
      "select name from opportunity where convert(amount, 'USD', at close_date) > 100");
  ASSERT_TRUE(shape) << message(shape);
  EXPECT_EQ(shape->conditions.size(), 1u);
  EXPECT_EQ(shape->conditions[0].text, "convert(amount, 'USD', at close_date) > 100.00");
}

}  // namespace
}  // namespace guanxi::test
