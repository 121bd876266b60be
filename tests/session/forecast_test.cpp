// Forecasts: what deals add up to, up the role tree, beside what people say (docs/forecast.md).
#include "support/stores.hpp"

#include "guanxi/crm/forecasting.hpp"

#include <random>

namespace guanxi::test {
namespace {

using namespace crm;

class forecasts : public on_every_store {
 protected:
  void SetUp() override {
    // Only what each test makes.
    session all = system();
    const rows old = all.query("select id from opportunity").value();
    for (std::size_t i = 0; i < old.size(); ++i)
      all.remove("opportunity", old.at(i, 0).as_id()).value();
  }
  id deal(const char* owner, const char* stage, std::int64_t dollars,
          const char* category = nullptr, const char* closes = "2026-03-20",
          std::optional<std::int64_t> percent = {}, const char* in = "USD") {
    session all = system();
    schema::draft d = all.draft("opportunity").value();
    d.set(opportunity::name = "D").set(opportunity::stage = key(stage));
    d.set(opportunity::amount = money{decimal{dollars * 100, 2}, currency::parse(in).value()});
    d.set(opportunity::close_date = date::parse(closes).value());
    d.set(schema::system_field::owner = key(owner));
    if (category) d.set(opportunity::forecast_category = std::string_view(category));
    if (percent) d.set(opportunity::probability = decimal{*percent * 100, 2});
    return all.create(d).value().key();
  }
  result<rows> ask(const char* login, std::vector<expr::parameter_value> with = {}) {
    return as(login).invoke("opportunity.forecast", with);
  }
  /// Measures of one user and scope: "weighted 30.00 commit 100.00 …", by a column of the answer.
  static std::string of(const rows& r, id user, const char* scope, const char* column = "amount",
                        bool zeros = false) {
    std::string out;
    const auto at = static_cast<std::size_t>(r.column(column));
    for (std::size_t i = 0; i < r.size(); ++i)
      if (r.at(i, 0) == value(user) && r.at(i, 1) == value(std::string_view(scope)) &&
          (zeros || r.at(i, at).to_string() != "0.00"))
        out += r.at(i, 4).to_string() + " " + r.at(i, at).to_string() + ", ";
    return out;
  }
  id made(const schema::entity_row& entity, const char* owner,
          std::initializer_list<schema::assignment> values) {
    session all = system();
    schema::draft d = all.draft(entity.name).value();
    for (const schema::assignment& a : values) d.set(a);
    d.set(schema::system_field::owner = key(owner));
    return all.create(d).value().key();
  }
  static money usd(std::int64_t dollars) { return {decimal{dollars * 100, 2}, currency("USD")}; }
  date quarter = date::parse("2026-01-01").value();
};
INSTANTIATE_TEST_SUITE_P(on, forecasts, every_store, store_name);

TEST_P(forecasts, add_up_as_the_rule_says) {
  deal("nina", "won", 50);
  deal("nina", "offer", 100, "commit");
  deal("nina", "offer", 150, "best_case");
  deal("nina", "talk", 200, "pipeline");
  deal("nina", "lost", 5000);
  deal("nina", "talk", 900, "pipeline", "2026-04-01");
  deal("nina", "talk", 900, "omitted");
  EXPECT_EQ(of(ask("nina").value(), key("nina"), "total"),
            // 60 % of 100 and 150, 10 % of 200 and 900
            "weighted 260.00, pipeline 200.00, best_case 150.00, commit 100.00, closed 50.00, "
            "commit_forecast 150.00, best_case_forecast 300.00, open_pipeline 450.00, ");
  EXPECT_EQ(of(ask("nina").value(), key("nina"), "total", "deals", true),
            "weighted 4, pipeline 1, best_case 1, commit 1, closed 1, commit_forecast 2, "
            "best_case_forecast 3, open_pipeline 3, ");
  EXPECT_EQ(of(ask("nina", {{.name = "day", .content = "2026-06-30"}}).value(), key("nina"),
               "total"),
            "weighted 90.00, pipeline 900.00, open_pipeline 900.00, ");
  EXPECT_EQ(of(ask("nina", {{.name = "unit", .content = "fiscal_year"}}).value(), key("nina"),
               "total")
                .substr(0, 34),
            "weighted 350.00, pipeline 1100.00,");
}

TEST_P(forecasts, count_no_lost_deal_whatever_its_category) {
  // One that was lost behind the back of the stage rule, as an older import may have left it.
  const id d = deal("nina", "lost", 70);
  session all = system();
  all.change(key("lost"), all.draft("stage").value().set("class", "open")).value();
  all.change(d, all.draft("opportunity").value().set("forecast_category", "commit")).value();
  all.change(key("lost"), all.draft("stage").value().set("class", "lost")).value();
  EXPECT_EQ(of(ask("nina").value(), key("nina"), "total"), "");
}

TEST_P(forecasts, roll_up_the_role_tree) {
  deal("nina", "offer", 10, "commit");
  deal("nils", "offer", 20, "commit");
  deal("mona", "offer", 40, "commit");
  deal("sun", "offer", 80, "commit");
  deal("vera", "offer", 160, "commit");
  deal("lone", "offer", 320, "commit");
  const rows r = ask("vera").value();
  const auto commit = [&](const char* who, const char* scope) {
    const std::string all = of(r, key(who), scope);
    const std::size_t from = all.find("commit ");
    if (from == std::string::npos) return std::string("none");
    return all.substr(from + 7, all.find(',', from) - from - 7);
  };
  EXPECT_EQ(commit("vera", "total"), "310.00");
  EXPECT_EQ(commit("vera", "own"), "160.00");
  EXPECT_EQ(commit("mona", "total"), "70.00");
  EXPECT_EQ(commit("mona", "own"), "40.00");
  EXPECT_EQ(commit("nina", "total"), "10.00");
  EXPECT_EQ(commit("nina", "own"), "none") << "nobody is below, so there is one figure";
  EXPECT_EQ(commit("samir", "total"), "80.00");
  EXPECT_EQ(commit("lone", "total"), "none");
  EXPECT_EQ(of(ask("mona").value(), key("nina"), "total").find("sun"), std::string::npos);
  const rows peer = ask("nina", {{.name = "user", .content = key("mona")}}).value();
  EXPECT_EQ(of(peer, key("mona"), "total", "deals", true).substr(0, 10), "weighted 1")
      << "of others one sees what one may see";
}

TEST_P(forecasts, keep_adjustments_apart_from_deals) {
  const id d = deal("nina", "offer", 100, "commit");
  deal("nils", "offer", 30, "commit");
  const auto adjust = [&](const char* by, const char* who, std::int64_t dollars,
                          const char* scope = "total") {
    made(forecast_adjustment::entity, by,
         {forecast_adjustment::user = key(who), forecast_adjustment::unit = "fiscal_quarter",
          forecast_adjustment::period_start = quarter, forecast_adjustment::category = "commit",
          forecast_adjustment::scope = std::string_view(scope),
          forecast_adjustment::amount = usd(dollars)});
  };
  adjust("nina", "nina", 90);
  EXPECT_EQ(of(ask("nina").value(), key("nina"), "total", "forecast").substr(0, 30),
            "weighted 60.00, commit 90.00, ");
  adjust("mona", "nina", 70);
  const rows r = ask("mona").value();
  EXPECT_NE(of(r, key("nina"), "total", "forecast").find("commit 70.00, commit_forecast 70.00"),
            std::string::npos)
      << "a manager's counts before the user's";
  EXPECT_NE(of(r, key("nina"), "total", "user_adjustment").find("commit 90.00"), std::string::npos);
  EXPECT_NE(of(r, key("nina"), "total", "manager_adjustment").find("commit 70.00"),
            std::string::npos);
  EXPECT_NE(of(r, key("nina"), "total", "amount").find("commit 100.00"), std::string::npos)
      << "what the deals say stays beside it";
  EXPECT_NE(of(r, key("mona"), "total", "forecast").find("commit 100.00"), std::string::npos)
      << "70 and 30 roll up";
  EXPECT_NE(of(r, key("mona"), "total", "amount").find("commit 130.00"), std::string::npos);
  adjust("mona", "mona", 120);
  adjust("mona", "mona", 5, "own");
  const rows later = ask("vera").value();
  EXPECT_NE(of(later, key("mona"), "own", "forecast").find("commit 5.00"), std::string::npos);
  EXPECT_NE(of(later, key("mona"), "total", "forecast").find("commit 120.00"), std::string::npos);
  EXPECT_NE(of(later, key("vera"), "total", "forecast").find("commit 120.00"), std::string::npos);
  EXPECT_EQ(answer(system(), "select amount from opportunity where id = :d", {{"d", d}}),
            "100.00\n");
}

TEST_P(forecasts, stand_beside_quotas) {
  deal("nina", "won", 50);
  const auto set = [&](const char* who, const char* unit, const char* from, std::int64_t dollars) {
    made(quota::entity, who, {quota::user = key(who), quota::unit = std::string_view(unit),
                              quota::period_start = date::parse(from).value(),
                              quota::amount = usd(dollars)});
  };
  set("nina", "fiscal_period", "2026-01-01", 60);
  set("nina", "fiscal_period", "2026-03-01", 65);
  set("nina", "fiscal_period", "2026-04-01", 1000);
  const auto told = [&](const char* column) {
    const rows r = ask("nina").value();
    const auto at = static_cast<std::size_t>(r.column(column));
    for (std::size_t i = 0; i < r.size(); ++i)
      if (r.at(i, 4) == value("closed")) return r.at(i, at).to_string();
    return std::string();
  };
  EXPECT_EQ(told("quota"), "125.00") << "the months of the quarter";
  EXPECT_EQ(told("attainment"), "0.4000");
  set("nina", "fiscal_quarter", "2026-01-01", 200);
  EXPECT_EQ(told("quota"), "200.00") << "one of the whole quarter counts before";
  EXPECT_EQ(told("attainment"), "0.2500");
}

TEST_P(forecasts, convert_at_the_close_date_or_say_what_is_unpriced) {
  session all = system();
  for (const auto& [from, rate] : {std::pair("2026-01-01", 200), {"2026-03-01", 300}})
    all.create(exchange_rate::entity, {exchange_rate::currency = "EUR",
                                       exchange_rate::rate = decimal{rate, 2},
                                       exchange_rate::valid_from = date::parse(from).value()})
        .value();
  deal("nina", "offer", 10, "commit", "2026-02-28", {}, "EUR");
  deal("nina", "offer", 10, "commit", "2026-03-01", {}, "EUR");
  deal("nina", "offer", 1, "commit", "2026-03-01", {}, "GBP");
  const rows r = ask("nina").value();
  EXPECT_NE(of(r, key("nina"), "total").find("commit 50.00"), std::string::npos)
      << of(r, key("nina"), "total");
  EXPECT_EQ(r.at(0, static_cast<std::size_t>(r.column("unpriced"))), value(std::int64_t{1}));
  const rows euros = ask("nina", {{.name = "currency", .content = "EUR"}}).value();
  EXPECT_NE(of(euros, key("nina"), "total").find("commit 20.00"), std::string::npos);
  EXPECT_EQ(code(ask("nina", {{.name = "currency", .content = "euro"}})), errc::parse)
      << message(ask("nina", {{.name = "currency", .content = "euro"}}));
}

TEST_P(forecasts, are_frozen_and_compared_with_what_closed) {
  const id d = deal("nina", "offer", 100, "commit");
  const rows frozen = as("nina").invoke("opportunity.freeze_forecast").value();
  EXPECT_EQ(frozen.at(0, 1), value(std::int64_t{8}));
  at.clock->advance(30 * microseconds_per_day);
  session s = as("nina");
  s.change(s.get("opportunity", d).value(),
           {opportunity::stage = key("won"), opportunity::amount = usd(80)})
      .value();
  const rows r = s.invoke("opportunity.forecast_accuracy",
                          {{.name = "day", .content = "2026-03-02"}})
                     .value();
  std::string told;
  for (std::size_t i = 0; i < r.size(); ++i) {
    for (std::size_t c : {5, 6, 7, 8}) told += r.at(i, c).to_string() + " ";
    told += "\n";
  }
  EXPECT_EQ(told, "best_case_forecast 100.00 80.00 0.8000 \ncommit_forecast 100.00 80.00 0.8000 \n"
                  "weighted 60.00 80.00 1.3333 \n");
  // The log can make the same figures again.
  const rows then = ask("nina", {{.name = "day", .content = "2026-03-02"},
                                 {.name = "as_of", .content = frozen.at(0, 0)}})
                        .value();
  EXPECT_EQ(of(then, key("nina"), "total"),
            "weighted 60.00, commit 100.00, commit_forecast 100.00, best_case_forecast 100.00, "
            "open_pipeline 100.00, ");
  EXPECT_EQ(code(as("nina").invoke("opportunity.freeze_forecast",
                                   {{.name = "user", .content = key("mona")}})),
            errc::permission);
  EXPECT_TRUE(as("vera").invoke("opportunity.freeze_forecast",
                                {{.name = "user", .content = key("mona")}}));
}

/// The same sums over records, one by one, as the rule is written.
TEST_P(forecasts, equal_a_sum_by_hand) {
  std::mt19937_64 random(11);
  const auto upto = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const char* people[] = {"nina", "nils", "mona", "sun", "samir", "vera", "lone"};
  const char* stages[] = {"talk", "offer", "won", "lost"};
  const char* category_of[] = {"omitted", "pipeline", "best_case", "commit"};
  for (int i = 0; i < 60; ++i) {
    const bool open = upto(3) != 0;
    deal(people[upto(7)], stages[open ? upto(2) : 2 + upto(2)],
         static_cast<std::int64_t>(upto(5000)), open ? category_of[upto(4)] : nullptr,
         upto(2) ? "2026-01-01" : upto(2) ? "2026-03-31" : "2026-04-01",
         open ? std::optional<std::int64_t>(static_cast<std::int64_t>(upto(101))) : std::nullopt);
  }
  const std::map<std::string, std::vector<std::string>> below = {
      {"vera", {"vera", "mona", "samir", "nina", "nils", "sun"}},
      {"mona", {"mona", "nina", "nils"}}, {"samir", {"samir", "sun"}}, {"nina", {"nina"}},
      {"nils", {"nils"}}, {"sun", {"sun"}}, {"lone", {"lone"}}};
  session all = system();
  const rows deals = all.query("select owner, stage.class, forecast_category, amount, probability, "
                               "close_date from opportunity").value();
  for (const char* top : {"vera", "lone"}) {
    const rows r = ask(top).value();
    for (const auto& [who, them] : below) {
      if ((std::string_view(who) == "lone") != (std::string_view(top) == "lone")) continue;
      std::map<std::string, std::int64_t> want;  // ten-thousandths
      for (std::size_t i = 0; i < deals.size(); ++i) {
        bool his = false;
        for (const std::string& p : them) his = his || deals.at(i, 0) == value(key(p));
        if (!his || deals.at(i, 1) == value("lost") ||
            deals.at(i, 5).as_date() > date::parse("2026-03-31").value())
          continue;
        const std::int64_t amount = deals.at(i, 3).as_decimal().coefficient * 10'000;
        const std::string category(deals.at(i, 2).as_text());
        want[category] += amount;
        if (deals.at(i, 1) == value("open"))
          want["weighted"] +=
              amount / 10'000 * deals.at(i, 4).as_decimal().coefficient;
      }
      for (std::size_t i = 0; i < r.size(); ++i) {
        if (r.at(i, 0) != value(key(who)) || r.at(i, 1) != value("total")) continue;
        const std::string measure = r.at(i, 4).to_string();
        std::int64_t sum = 0;
        if (measure == "commit_forecast") sum = want["closed"] + want["commit"];
        else if (measure == "best_case_forecast")
          sum = want["closed"] + want["commit"] + want["best_case"];
        else if (measure == "open_pipeline")
          sum = want["commit"] + want["best_case"] + want["pipeline"];
        else sum = want[measure];
        EXPECT_EQ(r.at(i, 6), value(decimal{(sum + 5000) / 10'000, 2})) << who << " " << measure;
      }
    }
  }
}

}  // namespace
}  // namespace guanxi::test
