// Reports: percentiles, first and last, rollup and cube, figures over the whole answer, and the
// first rows of each; the same on every store.
#include "support/stores.hpp"

namespace guanxi::test {
namespace {

using namespace crm;

class grouping : public on_every_store {
 protected:
  /// The answer, or the code of what is wrong.
  std::string ask(const std::string& query,
                  const std::vector<expr::parameter_value>& parameters = {}) const {
    const auto r = system().query(query, parameters);
    return r ? text(*r) : "error " + std::string(guanxi::name(r.error().code()));
  }
  /// One cell of a select over all deals.
  std::string of_deals(const std::string& item) const {
    return ask("select " + item + " from opportunity");
  }
  void add_deal_in_euros() {
    system()
        .create(opportunity::entity,
                {opportunity::name = "Euro", schema::system_field::owner = key("nina"),
                 opportunity::account = key("acme"), opportunity::stage = key("talk"),
                 opportunity::amount = money{decimal{100, 2}, currency("EUR")},
                 opportunity::close_date = date::parse("2026-01-01").value()})
        .value();
  }
};
INSTANTIATE_TEST_SUITE_P(on, grouping, every_store, store_name);

TEST_P(grouping, percentiles_lie_between_neighbours_in_proportion) {
  // 50.00 700.01 999.99 1000.50 2500.00 10000.00
  EXPECT_EQ(of_deals("percentile(amount, 0.5), median(amount)"), "1000.245|1000.245\n");
  EXPECT_EQ(of_deals("percentile(amount, 0.25), percentile(amount, 0.125)"),
            "775.0050|456.25625\n");
  EXPECT_EQ(of_deals("percentile(amount, 0), percentile(amount, 1), percentile(amount, 0.900)"),
            "50.000|10000.000|6250.000\n");
  EXPECT_EQ(of_deals("percentile(amount, 0.5) filter (where stage.is_won)"), "999.990\n");
  EXPECT_EQ(of_deals("percentile(amount, 0.5) filter (where name = 'nobody')"), "null\n");
  EXPECT_EQ(of_deals("percentile(probability, 0.75), round(percentile(amount, 0.25), 1)"),
            of_deals("percentile(probability, 0.7500), 775.0"));
  EXPECT_EQ(ask("select percentile(amount, :p) from opportunity",
                {{"p", decimal{90, 2}, {}, false}}),
            "6250.000\n");
  EXPECT_EQ(ask("select owner.login, percentile(amount, 0.5) from opportunity group by owner.login "
                "having percentile(amount, 0.5) > 900 order by percentile(amount, 0.5) desc"),
            "sun|5025.000\nnina|1750.250\nnils|999.990\n");
}

TEST_P(grouping, first_and_last_show_one_record_of_the_group) {
  EXPECT_EQ(of_deals("first(name by close_date), last(name by close_date)"), "Cross|太阳能\n");
  EXPECT_EQ(ask("select owner.login, first(amount by close_date), "
                "last(name by stage.position, amount) from opportunity group by owner.login"),
            "lone|700.01|Single\nnils|999.99|Bolts\nnina|1000.50|茶叶年单\nsun|50.00|Cross\n");
  EXPECT_EQ(of_deals("first(name by currency), last(name by currency)"), "Bridge|Single\n")
      << "ties go by the record's id";
  EXPECT_EQ(of_deals("first(name by name), last(name by account.name, name)"), "Bolts|太阳能\n");
  EXPECT_EQ(of_deals("first(name by source), last(name by close_date, source)"), "null|null\n")
      << "a row with a null among its keys has no place";
  EXPECT_EQ(of_deals("first(source by close_date), first(stage.is_won by close_date)"),
            "null|false\n");
  EXPECT_EQ(of_deals("last(name by close_date) filter (where stage.is_won)"), "Bolts\n");
  EXPECT_EQ(of_deals("first(owner by close_date)"), std::to_string(key("sun").value) + "\n");
}

TEST_P(grouping, what_goes_by_amounts_needs_one_currency) {
  add_deal_in_euros();
  EXPECT_EQ(of_deals("first(name by amount)"), "error mixed_currency");
  EXPECT_EQ(of_deals("percentile(amount, 0.5)"), "error mixed_currency");
  EXPECT_EQ(of_deals("first(amount by close_date), first(currency by close_date)"), "1.00|EUR\n");
  EXPECT_EQ(ask("select currency, first(name by amount) from opportunity group by currency"),
            "EUR|Euro\nUSD|Cross\n");
  EXPECT_EQ(of_deals("first(name by amount) filter (where currency = 'USD')"), "Cross\n");
}

TEST_P(grouping, buckets_of_a_width_and_between_boundaries) {
  // 50.00 700.01 999.99 1000.50 2500.00 10000.00
  EXPECT_EQ(ask("select bucket(amount, 1000) as b, count(), sum(amount) from opportunity "
                "group by b"),
            "0.00|3|1750.00\n1000.00|1|1000.50\n2000.00|1|2500.00\n10000.00|1|10000.00\n");
  EXPECT_EQ(ask("select bucket(amount, 700.01, :middle, 5000) as b, count() from opportunity "
                "group by b order by b desc",
                {{"middle", 1000}}),
            "5000.00|1\n1000.00|2\n700.01|2\nnull|1\n");
  EXPECT_EQ(ask("select bucket(-amount, :width) as b, bucket(count(), 2) from opportunity "
                "group by b having bucket(count(), 2) >= 0 order by bucket(count(), 2) desc, b "
                "limit 3",
                {{"width", decimal{10000, 1}}}),
            "-1000.00|2\n-10000.00|0\n-3000.00|0\n");
  EXPECT_EQ(ask("select name from opportunity where bucket(amount, 0, 10000) = 10000"),
            "太阳能\n");
  EXPECT_EQ(ask("select bucket(amount, 0) from opportunity"), "error type_mismatch");
}

TEST_P(grouping, rollup_adds_totals_behind_what_they_are_totals_of) {
  EXPECT_EQ(ask("select owner.login as who, stage.name as at, count(), sum(amount), grouping(who), "
                "grouping(at) from opportunity group by rollup(who, at)"),
            "lone|Offer 报价|1|700.01|0|0\n"
            "lone|null|1|700.01|0|1\n"
            "nils|Won|1|999.99|0|0\n"
            "nils|null|1|999.99|0|1\n"
            "nina|Offer 报价|1|2500.00|0|0\n"
            "nina|Talk|1|1000.50|0|0\n"
            "nina|null|2|3500.50|0|1\n"
            "sun|Lost|1|50.00|0|0\n"
            "sun|Talk|1|10000.00|0|0\n"
            "sun|null|2|10050.00|0|1\n"
            "null|null|6|15250.50|1|1\n");
}

TEST_P(grouping, a_constant_has_no_totals) {
  for (const char* key : {"k", "1 + 1", "today()", ":p"}) {
    const auto r = system().query(
        "select 'x' as k, count() from opportunity group by rollup(" + std::string(key) + ")",
        {{.name = "p", .content = 3}});
    EXPECT_EQ(code(r), errc::parse) << key;
    EXPECT_NE(message(r).find("is the same for every record"), std::string::npos) << message(r);
  }
  EXPECT_EQ(ask("select 'x' as k, count() from opportunity group by k"), "x|6\n");
}

TEST_P(grouping, constants_alone_are_of_one_group_of_all) {
  EXPECT_EQ(ask("select 1 from opportunity order by min(name)"), "1\n");
  EXPECT_EQ(ask("select 1 from opportunity having count() > 0"), "1\n");
  EXPECT_EQ(ask("select 1 from opportunity having count() > 99"), "");
  EXPECT_EQ(ask("select 1, 'x' from opportunity where false order by max(amount) limit 1"),
            "1|x\n");
}

TEST_P(grouping, cube_adds_totals_of_every_choice_of_keys) {
  EXPECT_EQ(ask("select stage.is_open, stage.is_won, count() from opportunity "
                "group by cube(stage.is_open, stage.is_won)"),
            "false|false|1\nfalse|true|1\nfalse|null|2\ntrue|false|4\ntrue|null|4\n"
            "null|false|5\nnull|true|1\nnull|null|6\n");
  EXPECT_EQ(ask("select stage.is_open, stage.is_won, count() from opportunity "
                "group by cube(stage.is_open, stage.is_won) "
                "having grouping(stage.is_open) + grouping(stage.is_won) = 1 "
                "order by grouping(stage.is_won), count() desc limit 3"),
            "null|false|5\nnull|true|1\ntrue|null|4\n");
}

TEST_P(grouping, sets_go_together_and_count_once) {
  const std::string mixed =
      ask("select currency, stage.name, count(), grouping(currency), grouping(stage.name) "
          "from opportunity group by currency, rollup(stage.name)");
  EXPECT_EQ(mixed, "USD|Lost|1|0|0\nUSD|Offer 报价|2|0|0\nUSD|Talk|2|0|0\nUSD|Won|1|0|0\n"
                   "USD|null|6|0|1\n");
  EXPECT_EQ(ask("select currency, count() from opportunity group by currency, cube(currency)"),
            "USD|6\n");
  EXPECT_EQ(ask("select currency, count() from opportunity group by rollup(currency), "
                "rollup(currency)"),
            "USD|6\nnull|6\n");
  EXPECT_EQ(ask("select stage.is_won, stage.is_open, count() from opportunity "
                "group by rollup(stage.is_won), rollup(stage.is_open)"),
            ask("select stage.is_won, stage.is_open, count() from opportunity "
                "group by cube(stage.is_won, stage.is_open)"));
}

TEST_P(grouping, a_null_key_is_no_total) {
  EXPECT_EQ(ask("select source, count(), grouping(source) from opportunity "
                "group by rollup(source)"),
            "null|6|0\nnull|6|1\n");
  EXPECT_EQ(ask("select source, count() from opportunity group by rollup(source) "
                "having grouping(source) = 1"),
            "null|6\n");
  EXPECT_EQ(ask("select 0, coalesce(source, 'none'), count() from opportunity "
                "group by rollup(source) order by grouping(source) desc"),
            "0|none|6\n0|none|6\n");
}

TEST_P(grouping, totals_are_of_records_not_of_totals) {
  EXPECT_EQ(ask("select owner.login, count(distinct account), median(amount), avg(amount), "
                "first(name by close_date) from opportunity group by rollup(owner.login)"),
            "lone|1|700.010|700.010000|Single\n"
            "nils|1|999.990|999.990000|Bolts\n"
            "nina|2|1750.250|1750.250000|Bridge\n"
            "sun|2|5025.000|5025.000000|Cross\n"
            "null|5|1000.245|2541.750000|Cross\n");
}

TEST_P(grouping, of_no_rows_there_is_the_grand_total) {
  const std::string nobody = "from opportunity where name = 'nobody' group by ";
  EXPECT_EQ(ask("select stage.name, count(), sum(amount) " + nobody + "rollup(stage.name)"),
            "null|0|null\n");
  EXPECT_EQ(ask("select currency, count() " + nobody + "currency, rollup(stage.name)"), "");
  EXPECT_EQ(ask("select count() " + nobody + "rollup(stage.name) having count() > 0"), "");
}

TEST_P(grouping, each_total_has_its_own_currency_check) {
  add_deal_in_euros();
  EXPECT_EQ(ask("select currency, sum(amount) from opportunity group by rollup(currency)"),
            "error mixed_currency");
  EXPECT_EQ(ask("select currency, stage.is_won, sum(amount) from opportunity "
                "group by currency, rollup(stage.is_won)"),
            "EUR|false|1.00\nEUR|null|1.00\nUSD|false|14250.51\nUSD|true|999.99\n"
            "USD|null|15250.50\n");
  EXPECT_EQ(ask("select currency, count() from opportunity group by rollup(currency)"),
            "EUR|1\nUSD|6\nnull|7\n");
}

TEST_P(grouping, shares_and_running_sums_are_of_the_answer) {
  EXPECT_EQ(ask("select owner.login as who, count() as n, round(share(count()), 3) as part, "
                "running_sum(count()) as so_far from opportunity group by who order by n desc"),
            "nina|2|0.333|2\nsun|2|0.333|4\nlone|1|0.167|5\nnils|1|0.167|6\n");
  EXPECT_EQ(ask("select owner.login as who, share(sum(amount)) as part from opportunity "
                "group by who having count() > 1 order by part desc"),
            "sun|0.741670\nnina|0.258330\n")
      << "having goes before";
  EXPECT_EQ(ask("select owner.login as who, round(share(count()), 3), running_sum(count()) "
                "from opportunity group by who order by who desc limit 1 offset 1"),
            "nina|0.333|4\n")
      << "the limit goes behind";
  EXPECT_EQ(ask("select close_date, running_sum(sum(amount)) from opportunity "
                "group by close_date order by close_date limit 3"),
            "2026-01-10|50.00\n2026-02-28|1049.99\n2026-03-31|2050.49\n");
}

TEST_P(grouping, totals_take_no_share_of_their_parts) {
  EXPECT_EQ(ask("select stage.is_won as won, count(), share(count()), running_sum(count()) "
                "from opportunity group by rollup(won)"),
            "false|5|0.833333|5\ntrue|1|0.166667|6\nnull|6|1.000000|6\n");
}

TEST_P(grouping, sums_over_the_answer_need_one_currency) {
  add_deal_in_euros();
  for (const char* figure : {"share(sum(amount))", "running_sum(sum(amount))",
                             "running_sum(first(amount by close_date))",
                             "share(sum(amount) - min(amount))"})
    EXPECT_EQ(ask("select currency, " + std::string(figure) +
                  " from opportunity group by currency"),
              "error mixed_currency")
        << figure;
  EXPECT_EQ(ask("select currency, share(count()) from opportunity group by currency"),
            "EUR|0.142857\nUSD|0.857143\n");
}

TEST_P(grouping, of_nothing_and_of_nulls_there_is_no_share) {
  EXPECT_EQ(ask("select stage.is_won, share(sum(probability) * 0), "
                "running_sum(max(amount) filter (where stage.is_won)) "
                "from opportunity group by stage.is_won"),
            "false|null|null\ntrue|null|999.99\n");
}

TEST_P(grouping, shows_the_first_rows_of_each) {
  EXPECT_EQ(ask("select name from opportunity order by amount desc limit 1 per owner.login"),
            "太阳能\n茶叶年单\nBolts\nSingle\n");
  EXPECT_EQ(ask("select name from opportunity order by amount desc limit 1 per owner.login "
                "limit 2 offset 1"),
            "茶叶年单\nBolts\n");
  EXPECT_EQ(ask("select owner.login as who, stage.name, sum(amount) from opportunity "
                "group by who, stage.name order by sum(amount) desc limit :n per who",
                {{"n", 1, {}, false}}),
            "sun|Talk|10000.00\nnina|Offer 报价|2500.00\nnils|Won|999.99\nlone|Offer 报价|700.01\n");
  EXPECT_EQ(ask("select name from opportunity limit 0 per owner"), "");
  EXPECT_EQ(ask("select name from opportunity order by name limit 2 per stage.is_won, "
                "stage.is_open"),
            "Bolts\nBridge\nCross\nSingle\n");
}

TEST_P(grouping, refuses_with_the_place_and_the_nearest_name) {
  const struct {
    std::string query;
    errc code;
    std::int64_t offset;
    std::string_view message;
  } cases[] = {
      {"select percentile(amount, 1.5) from opportunity", errc::type_mismatch, 26,
       "the fraction of `percentile` is a number from 0 to 1, written out or given as a parameter, "
       "not `1.5`"},
      {"select count() from opportunity group by rolup(stage)", errc::unknown_name, 41,
       "no function `rolup`; did you mean `rollup`?"},
      {"select count(), rollup(stage) from opportunity", errc::parse, 16,
       "`rollup` may stand in `group by` only"},
      {"select grouping(sourc) from opportunity group by rollup(source)", errc::unknown_name, 16,
       "no field `sourc` on `opportunity`; did you mean `source`?"},
      {"select grouping(source) from opportunity group by rollup(name)", errc::parse, 16,
       "`grouping` takes a key of `group by`, not `source`"},
      {"select grouping(account.name) from opportunity group by rollup(account.names)",
       errc::unknown_name, 71, "no field `names` on `account`; did you mean `name`?"},
      {"select count() from opportunity group by rollup(source", errc::parse, 54,
       "expected `,` or `)`, not the end"},
      {"select count() from opportunity group by currency, cube(name, source, amount, probability, "
       "close_date, opened_on, owner, stage, account)",
       errc::limit, 51,
       "`group by` makes more than 256 grouping sets; use fewer keys in `rollup` and `cube`"},
      {"select name from opportunity where grouping(name) = 0", errc::parse, 35,
       "`grouping` may not stand here"},
      {"select share(share(count())) from opportunity", errc::parse, 13,
       "`share` may not stand in another such call"},
      {"select sum(share(count())) from opportunity", errc::parse, 7,
       "`sum` may not hold another aggregate"},
      {"select count() from opportunity group by name having share(count()) > 0.5", errc::parse, 53,
       "`share` may not stand in `having`"},
      {"select count() from opportunity group by name order by running_sum(count())", errc::parse,
       55, "`running_sum` follows the order and may not stand in `order by`"},
      {"select share(max(name)) from opportunity", errc::type_mismatch, 13,
       "`share` takes a number of each group, not text"},
      {"select count() from opportunity group by name limit 2 per source", errc::parse, 58,
       "`source` is neither grouped nor inside an aggregate; add it to `group by` or aggregate it"},
      {"select name from opportunity limit 2 per owner limit 3 per name", errc::parse, 55,
       "expected the end of the query, not `per`"},
  };
  for (const auto& c : cases) {
    const auto r = system().query(c.query);
    ASSERT_FALSE(r) << c.query;
    EXPECT_EQ(r.error().code(), c.code) << c.query;
    EXPECT_EQ(r.error().offset(), c.offset) << c.query;
    EXPECT_EQ(r.error().message(), c.message) << c.query;
  }
}

}  // namespace
}  // namespace guanxi::test
