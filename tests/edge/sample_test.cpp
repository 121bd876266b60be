#include "guanxi/edge/sample.hpp"

#include "guanxi/guanxi.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace guanxi::edge {
namespace {

constexpr std::string_view today = "2026-03-10";

/// Deals of the company that most tests look at; each test program makes it again.
constexpr std::int64_t deals = 800;

/// A store in memory whose clock stands still.
class shop {
 public:
  explicit shop(std::string_view day = today, std::string_view base = "USD")
      : crm_(opened(day, base)), all_(crm_.as_system("sample test")) {}

  result<sample_summary> generate(const sample_options& options) {
    return generate_sample(all_, options);
  }
  session& all() { return all_; }
  session as(std::string_view login) { return crm_.as_user(login).value(); }
  rows ask(std::string_view text) { return all_.query(text).value(); }
  std::int64_t number(std::string_view text) { return ask(text).at(0, 0).as_integer(); }
  std::string text(std::string_view query) {
    const rows r = ask(query);
    std::string out;
    for (std::size_t i = 0; i < r.size(); ++i)
      for (std::size_t c = 0; c < r.columns().size(); ++c) out += r.at(i, c).to_string() + "|";
    return out;
  }
  /// What a reader of the whole store would notice.
  std::string digest() {
    return text("select name, login, role.name, manager.name, region from user order by id") +
           text("select name, city, industry, employees, annual_revenue, parent.name, owner.login "
                "from account order by id") +
           text("select name, email, mobile, birthday from contact order by id") +
           text("select number, name, amount, stage.name, opened_on, close_date, lost_reason, "
                "stage_entered_at, probability, owner.login from opportunity order by id") +
           text("select entered_at, left_at, stage.name from stage_visit order by id") +
           text("select name, company, source, status, received_on from lead order by id") +
           text("select subject, due_on, done_at from activity order by id") +
           text("select subject, opened_at, resolved_at, satisfaction from ticket order by id");
  }

 private:
  static tenant opened(std::string_view day, std::string_view base) {
    environment world = default_environment();
    world.clock = std::make_shared<fixed_clock>(
        instant::parse(std::string(day) + "T08:00:00Z").value());
    open_options how;
    how.base_currency = base;
    how.world = world;
    return open(":memory:", how).value();
  }

  tenant crm_;
  session all_;
};

/// Made once, only read.
shop& company() {
  static shop* const made = [] {
    static shop s;
    EXPECT_TRUE(s.generate({.opportunities = deals}));
    return &s;
  }();
  return *made;
}

TEST(sample, is_the_same_for_the_same_seed_and_clock) {
  shop one, two, other, later("2026-03-11");
  const sample_options options{.seed = 7, .opportunities = 120};
  const std::string made = to_json(one.generate(options).value());
  EXPECT_EQ(to_json(two.generate(options).value()), made);
  EXPECT_EQ(one.digest(), two.digest());
  ASSERT_TRUE(other.generate({.seed = 8, .opportunities = 120}));
  EXPECT_NE(one.digest(), other.digest());
  ASSERT_TRUE(later.generate(options));
  EXPECT_NE(one.digest(), later.digest());
}

TEST(sample, is_the_same_on_every_machine) {
  // Written down from the first machine: a change here is one that users of a seed will notice.
  shop s;
  ASSERT_TRUE(s.generate({.seed = 42, .opportunities = 20}));
  EXPECT_EQ(s.text("select number, amount, opened_on from opportunity order by number limit 3"),
            "D2023-0000001|8265.00|2023-05-11|D2023-0000002|2208.00|2023-07-13|"
            "D2023-0000003|2280.00|2023-09-21|");
}

TEST(sample, counts_what_it_made) {
  for (std::int64_t n : {1, 2, 49, 151}) {
    shop s;
    const sample_summary made = s.generate({.opportunities = n}).value();
    EXPECT_EQ(made.count("opportunity"), n);
    EXPECT_EQ(made.count("pool"), 0);
    for (const auto& [entity, count] : made.counts) {
      // A store has the administrator and some defaults of its own.
      const std::int64_t stored = s.number("select count() from " + entity);
      if (entity == "user" || entity == "permission_set" || entity == "permission_assignment" ||
          entity == "entity_right" || entity == "sharing_default")
        EXPECT_GE(stored, count) << entity;
      else
        EXPECT_EQ(stored, count) << entity;
    }
  }
}

TEST(sample, tells_what_it_made_as_json) {
  sample_summary made;
  made.seed = 3;
  made.currency = "EUR";
  made.counts = {{"account", 2}, {"lead", 5}};
  EXPECT_EQ(to_json(made),
            R"({"seed": 3, "currency": "EUR", "created": {"account": 2, "lead": 5}})");
  EXPECT_EQ(to_json({}), R"({"seed": 0, "currency": null, "created": {}})");
}

TEST(sample, has_three_years_up_to_the_clock) {
  shop& s = company();
  EXPECT_EQ(s.number("select count() from opportunity where opened_on < date '2023-03-10' or "
                     "opened_on > date '2026-03-10'"),
            0);
  for (std::string_view year : {"2023", "2024", "2025"})
    EXPECT_GT(s.number("select count() from opportunity where period(opened_on, year) = '" +
                       std::string(year) + "'"),
              deals / 7);
  EXPECT_EQ(s.number("select count() from stage_visit where entered_at > "
                     "instant '2026-03-10T08:00:00Z' or left_at < entered_at"),
            0);
  EXPECT_EQ(s.number("select count() from ticket where opened_at > instant "
                     "'2026-03-10T08:00:00Z' or resolved_at < opened_at"),
            0);
}

TEST(sample, deals_agree_with_their_stage) {
  shop& s = company();
  EXPECT_EQ(s.number("select count() from opportunity where stage is null or stage.pipeline is "
                     "null or amount is null or currency is null or owner is null"),
            0);
  EXPECT_EQ(s.number("select count() from opportunity where not stage.is_open and "
                     "(close_date is null or close_date >= date '2026-03-10' or "
                     "close_date <= opened_on)"),
            0);
  EXPECT_EQ(s.number("select count() from opportunity where stage.is_open and "
                     "(probability <= 0 or probability >= 100 or forecast_category = 'closed' or "
                     "forecast_category = 'omitted')"),
            0);
  EXPECT_EQ(s.number("select count() from opportunity where stage.is_won and "
                     "(probability != 100 or forecast_category != 'closed')"),
            0);
  EXPECT_EQ(s.number("select count() from opportunity where stage.is_lost and "
                     "(probability != 0 or forecast_category != 'omitted' or lost_reason is null "
                     "or last_open_stage is null)"),
            0);
  EXPECT_GT(s.number("select count() from opportunity where stage.is_open and "
                     "probability != stage.probability"),
            2);
}

TEST(sample, deals_keep_to_one_pipeline) {
  shop& s = company();
  const rows r = s.ask("select opportunity, min(stage.pipeline.name), max(stage.pipeline.name) "
                       "from stage_visit group by opportunity");
  EXPECT_EQ(r.size(), static_cast<std::size_t>(deals));
  for (std::size_t i = 0; i < r.size(); ++i) ASSERT_EQ(r.at(i, 1), r.at(i, 2));
}

TEST(sample, walks_a_good_part_of_the_deals_through_their_stages) {
  shop& s = company();
  const rows r = s.ask("select opportunity, count() as visits from stage_visit "
                       "group by opportunity having count() >= 3");
  EXPECT_GT(r.size(), static_cast<std::size_t>(deals * 3 / 10));
  // Each deal is in one stage now, the last that it entered.
  EXPECT_EQ(s.number("select count() from stage_visit where left_at is null"), deals);
  EXPECT_EQ(s.number("select count() from stage_visit where left_at is null and "
                     "stage != opportunity.stage"),
            0);
}

TEST(sample, has_a_plausible_mix_of_stages) {
  shop& s = company();
  const std::int64_t open = s.number("select count() from opportunity where stage.is_open");
  const std::int64_t won = s.number("select count() from opportunity where stage.is_won");
  EXPECT_GT(open, deals / 12);
  EXPECT_LT(open, deals / 3);
  EXPECT_GT(won, deals * 35 / 100);
  EXPECT_LT(won, deals * 65 / 100);
  for (std::string_view stage : {"Prospecting", "Qualification", "Proposal", "Negotiation"})
    EXPECT_GT(s.number("select count() from opportunity where stage.name = '" +
                       std::string(stage) + "'"),
              5)
        << stage;
}

TEST(sample, has_deals_that_fell_asleep) {
  EXPECT_GT(company().number("select count() from opportunity where stage.is_open and "
                             "next_step is null and opened_on < date '2025-11-30'"),
            deals / 40);
}

TEST(sample, has_a_long_tail_of_slow_deals) {
  const rows r = company().ask("select median(close_date - opened_on) as usual, "
                               "max(close_date - opened_on) as longest from opportunity "
                               "where stage.is_won");
  const decimal middle = r.at(0, 0).number();
  const std::int64_t usual = middle.coefficient / power_of_ten(middle.scale);
  EXPECT_GT(usual, 25);
  EXPECT_LT(usual, 90);
  EXPECT_GT(r.at(0, 1).as_integer(), 5 * usual);
}

TEST(sample, agents_are_uneven) {
  const rows r = company().ask("select owner, count() as deals from opportunity group by owner "
                               "order by deals desc");
  std::int64_t top = 0;
  for (std::size_t i = 0; i < (r.size() + 4) / 5; ++i) top += r.at(i, 1).as_integer();
  EXPECT_GT(top, deals * 40 / 100);
  EXPECT_LT(top, deals * 80 / 100);
}

TEST(sample, business_has_seasons) {
  const rows r = company().ask("select month(close_date) as m, count() from opportunity "
                               "where close_date >= date '2024-01-01' and "
                               "close_date < date '2026-01-01' and not stage.is_open group by m");
  std::map<std::int64_t, std::int64_t> closed;
  for (std::size_t i = 0; i < r.size(); ++i)
    closed[r.at(i, 0).as_integer()] = r.at(i, 1).as_integer();
  const std::int64_t quarter_ends = closed[6] + closed[9] + closed[12];
  EXPECT_GT(quarter_ends, closed[5] + closed[7] + closed[11]);
  EXPECT_LT(closed[8] * 3, closed[7] * 2);
  EXPECT_LT(closed[8] * 3, closed[9]);
  // In 2024 the Spring Festival fell on 10 February.
  const auto february = company().number(
      "select count() from opportunity where not stage.is_open and period(close_date, month) = "
      "'2024-02'");
  const auto march = company().number(
      "select count() from opportunity where not stage.is_open and period(close_date, month) = "
      "'2024-03'");
  EXPECT_LT(february * 2, march);
}

TEST(sample, sources_convert_differently) {
  const rows r = company().ask("select source, count() as leads, count() filter (where status = "
                               "'converted') as converted from lead group by source");
  std::map<std::string, std::int64_t> per_mille;
  for (std::size_t i = 0; i < r.size(); ++i)
    per_mille[r.at(i, 0).to_string()] = 1000 * r.at(i, 2).as_integer() / r.at(i, 1).as_integer();
  EXPECT_GE(per_mille.size(), 6u);
  EXPECT_GT(per_mille["referral"], 2 * per_mille["cold call"]);
  EXPECT_EQ(company().number("select count() from lead where status = 'converted' and "
                             "(opportunity is null or account is null or "
                             "converted_on < received_on)"),
            0);
}

TEST(sample, some_products_cause_more_tickets) {
  shop& s = company();
  EXPECT_LT(s.number("select count() from opportunity where product.family = 'Ember'"),
            s.number("select count() from opportunity where product.family = 'Boreal'"));
  EXPECT_GT(s.number("select count() from ticket where product.family = 'Ember'"),
            s.number("select count() from ticket where product.family = 'Boreal'"));
  EXPECT_EQ(s.number("select count() from ticket where satisfaction < 1 or satisfaction > 5"), 0);
  EXPECT_GT(s.number("select count() from ticket where resolved_at is null"), 0);
}

TEST(sample, speaks_both_languages) {
  shop& s = company();
  const auto chinese = [](const std::string& t) {
    return std::any_of(t.begin(), t.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0xe4; });
  };
  for (std::string_view entity : {"user", "account", "contact", "lead"}) {
    const rows r = s.ask("select name from " + std::string(entity));
    std::size_t zh = 0;
    for (std::size_t i = 0; i < r.size(); ++i) zh += chinese(r.at(i, 0).to_string()) ? 1 : 0;
    EXPECT_GT(zh, r.size() / 4) << entity;
    EXPECT_LT(zh, r.size() * 9 / 10) << entity;
  }
  EXPECT_GT(s.number("select count() from contact where name like '欧阳%' or name like '司马%' or "
                     "name like '诸葛%'"),
            0);
  EXPECT_GT(s.number("select count() from account where name like '%有限公司'"), 30);
  EXPECT_GT(s.number("select count() from account where name like '%Ltd'"), 3);
  EXPECT_GT(s.number("select count() from account where parent is not null"), 5);
  EXPECT_EQ(s.number("select count() from account where parent.parent is not null"), 0);
}

TEST(sample, names_and_logins_are_unique) {
  shop& s = company();
  for (std::string_view field : {"user.login", "user.name", "account.name", "opportunity.number"}) {
    const auto dot = field.find('.');
    const std::string entity(field.substr(0, dot)), name(field.substr(dot + 1));
    EXPECT_EQ(s.number("select count(distinct " + name + ") from " + entity),
              s.number("select count() from " + entity))
        << field;
  }
}

TEST(sample, everybody_sees_what_a_sales_organisation_shows) {
  shop& s = company();
  const rows teams = s.ask("select owner.login as agent, owner.manager.login as lead, "
                           "owner.manager.manager.login as director, count() as deals "
                           "from opportunity group by agent, lead, director order by deals desc "
                           "limit 1");
  const auto seen = [&](session as) {
    return as.query("select count() from opportunity").value().at(0, 0).as_integer();
  };
  const std::int64_t agents = seen(s.as(teams.at(0, 0).to_string()));
  const std::int64_t leads = seen(s.as(teams.at(0, 1).to_string()));
  const std::int64_t directors = seen(s.as(teams.at(0, 2).to_string()));
  EXPECT_EQ(agents, teams.at(0, 3).as_integer());
  EXPECT_GT(leads, agents);
  EXPECT_GE(directors, leads);
  EXPECT_LT(directors, deals);
  const session agent = s.as(teams.at(0, 0).to_string());
  EXPECT_EQ(agent.query("select count() from account").value().at(0, 0).as_integer(),
            s.number("select count() from account"));
  EXPECT_EQ(agent.query("select count() from ticket").value().at(0, 0).as_integer(), 0);
  EXPECT_FALSE(agent.query("select name from permission_set"));
}

TEST(sample, service_sees_every_ticket_and_no_deal) {
  shop& s = company();
  const std::string desk =
      s.ask("select owner.login from ticket order by id limit 1").at(0, 0).to_string();
  const session service = s.as(desk);
  EXPECT_EQ(service.query("select count() from ticket").value().at(0, 0).as_integer(),
            s.number("select count() from ticket"));
  EXPECT_FALSE(service.query("select count() from opportunity"));
}

TEST(sample, amounts_are_in_one_currency) {
  shop yuan(today, "CNY");
  EXPECT_EQ(yuan.generate({.opportunities = 20}).value().currency, "CNY");
  EXPECT_EQ(yuan.number("select count() from opportunity where currency != 'CNY'"), 0);
  EXPECT_TRUE(yuan.all().query("select sum(amount), sum(account.annual_revenue) from opportunity"));
  shop euro;
  EXPECT_EQ(euro.generate({.opportunities = 20, .currency = "EUR"}).value().currency, "EUR");
  EXPECT_EQ(euro.number("select count() from opportunity where currency != 'EUR'"), 0);
}

TEST(sample, mixes_currencies_if_told_to) {
  shop s;
  EXPECT_EQ(s.generate({.opportunities = 100, .mixed_currencies = true}).value().currency, "");
  EXPECT_GT(s.number("select count() from opportunity where currency = 'CNY'"), 10);
  EXPECT_GT(s.number("select count() from opportunity where currency = 'USD'"), 10);
  EXPECT_EQ(s.number("select count() from opportunity where currency != product.currency"), 0);
  EXPECT_EQ(s.number("select count() from opportunity where currency != account.currency"), 0);
  const result<rows> sum = s.all().query("select sum(amount) from opportunity");
  ASSERT_FALSE(sum);
  EXPECT_EQ(sum.error().code(), errc::mixed_currency);
  EXPECT_TRUE(s.all().query("select currency, sum(amount) from opportunity group by currency"));
}

TEST(sample, reports_progress_to_its_end) {
  shop s;
  std::vector<std::uint64_t> told;
  sample_options options{.opportunities = 120};
  options.on_progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_EQ(total, 120u);
    told.push_back(done);
    return true;
  };
  ASSERT_TRUE(s.generate(options));
  ASSERT_GE(told.size(), 2u);
  EXPECT_EQ(told.front(), 0u);
  EXPECT_EQ(told.back(), 120u);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
}

TEST(sample, leaves_nothing_behind_when_it_is_cancelled) {
  shop s;
  const std::int64_t users = s.number("select count() from user");
  for (std::uint64_t at : {0u, 50u, 120u}) {
    sample_options options{.opportunities = 120};
    options.on_progress = [&](std::uint64_t done, std::uint64_t) { return done < at; };
    const auto made = s.generate(options);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::interrupted);
    EXPECT_EQ(s.number("select count() from user"), users);
    for (std::string_view entity : {"role", "account", "opportunity", "stage_visit", "lead"})
      EXPECT_EQ(s.number("select count() from " + std::string(entity)), 0) << entity;
    EXPECT_FALSE(s.all().in_transaction());
  }
  EXPECT_TRUE(s.generate({.opportunities = 5}));
}

TEST(sample, refuses_options_out_of_range) {
  shop s;
  for (std::int64_t n : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10'000'001}}) {
    const auto made = s.generate({.opportunities = n});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::invalid_argument);
    EXPECT_NE(made.error().message().find("`opportunities`"), std::string_view::npos);
  }
  EXPECT_FALSE(s.generate({.opportunities = 1, .currency = "dollars"}));
  EXPECT_FALSE(s.generate({.opportunities = 1, .currency = "USD", .mixed_currencies = true}));
  EXPECT_EQ(s.number("select count() from role"), 0);
}

TEST(sample, refuses_a_store_that_has_it_already) {
  shop s;
  ASSERT_TRUE(s.generate({.opportunities = 5}));
  const std::string before = s.digest();
  const auto again = s.generate({.opportunities = 5});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), errc::duplicate);
  EXPECT_EQ(s.digest(), before);
}

TEST(sample, refuses_an_open_transaction) {
  shop s;
  ASSERT_TRUE(s.all().begin());
  const auto made = s.generate({.opportunities = 1});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), errc::misuse);
  EXPECT_TRUE(s.all().in_transaction());
  EXPECT_TRUE(s.all().rollback());
}

TEST(sample, is_not_for_those_who_may_not_make_users) {
  shop s;
  ASSERT_TRUE(s.generate({.opportunities = 5}));
  const std::string agent =
      s.ask("select owner.login from opportunity limit 1").at(0, 0).to_string();
  session as = s.as(agent);
  EXPECT_FALSE(generate_sample(as, {.opportunities = 1}));
  EXPECT_FALSE(as.in_transaction());
}

TEST(sample, may_be_made_by_the_administrator) {
  shop s;
  session admin = s.as("admin");
  const auto made = generate_sample(admin, {.opportunities = 10});
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(s.number("select count() from opportunity where owner.login = 'admin'"), 0);
}

TEST(sample, ends_on_any_day) {
  for (std::string_view day : {"2024-02-29", "2025-01-01", "1999-12-31", "2060-08-15"}) {
    shop s(day);
    const auto made = s.generate({.opportunities = 60});
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(s.number("select count() from opportunity where opened_on > date '" +
                       std::string(day) + "'"),
              0);
  }
}

}  // namespace
}  // namespace guanxi::edge
