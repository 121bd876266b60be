// The mapping and the report of the examples: on the real set that they were made for, and on sets
// of the same shape whose figures are computed here, apart from the library.
#include "import_fixture.hpp"
#include "support/stores.hpp"

#include "guanxi/base/json.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace guanxi::edge {
namespace {

const std::string mapping_name = "examples/mappings/sales-pipeline.json";
const std::string report_name = "examples/reports/sales.json";

/// Whether two JSON values say the same, whatever the order of members and the form of numbers.
testing::AssertionResult same(const json& a, const json& b, const std::string& at = "report") {
  const auto differ = [&] {
    return testing::AssertionFailure() << at << ": " << a.dump() << " is not " << b.dump();
  };
  if (a.kind() != b.kind()) return differ();
  if (a.is(json::type::number)) {
    if (*decimal::parse(a.as_text()) == *decimal::parse(b.as_text()))
      return testing::AssertionSuccess();
    return differ();
  }
  if (!a.is(json::type::object))
    return a.dump() == b.dump() ? testing::AssertionSuccess() : differ();
  for (const auto& [key, content] : b.members())
    if (!a.find(key)) return testing::AssertionFailure() << at << " lacks " << key;
  for (const auto& [key, content] : a.members()) {
    const json* other = b.find(key);
    if (!other) return testing::AssertionFailure() << at << " has " << key << " too many";
    if (auto equal = same(content, *other, at + "." + key); !equal) return equal;
  }
  return testing::AssertionSuccess();
}

std::int64_t count_in(const json& row, const char* column) {
  return decimal::parse(row.find(column)->as_text())->coefficient;
}

class sales_pipeline : public import_fixture {
 protected:
  using import_fixture::import_fixture;
  json report_as(std::string_view login) {
    const session as = crm_.as_user(login).value();
    return *json::parse(run_report(as, project_file(report_name)).value());
  }
  void import_from(const std::string& directory) {
    const auto done = import_files(admin_, project_file(mapping_name), directory);
    ASSERT_TRUE(done) << done.error().message();
    report_ = *done;
  }
  /// Who made how many records of one name in the mapping.
  std::int64_t created(const std::string& record) const {
    for (const auto& f : report_.files)
      for (const import_count& c : f.records)
        if (c.record == record) return c.created;
    return -1;
  }
  void check_that_rows_add_up() const {
    for (const auto& f : report_.files)
      for (const import_count& c : f.records)
        EXPECT_EQ(c.created + c.updated + c.unchanged + c.repeated + c.skipped, f.rows)
            << f.name << " " << c.record;
  }

  /// Each person's report shows just that person's part, and the parts make the whole.
  void check_that_parts_add_up(const char* section, const std::string& people) {
    const json whole = report_as("admin");
    const rows logins = admin_.query(people).value();
    std::map<std::string, std::int64_t> sums;
    for (std::size_t i = 0; i < logins.size(); ++i) {
      const std::string login(logins.at(i, 0).as_text()), name(logins.at(i, 1).as_text());
      const json own = report_as(login);
      const json* total = own.find("total");
      if (const json* expected = whole.find(section)->find(name)) {
        EXPECT_TRUE(same(*total, *expected, login));
      } else {
        EXPECT_EQ(count_in(*total, "won") + count_in(*total, "lost"), 0) << login;
      }
      for (const char* column : {"won", "lost", "won_value"})
        sums[column] += scaled(*total, column);
      for (const auto& [stage, n] : own.find("stage_counts")->members())
        sums["stage " + stage] += decimal::parse(n.as_text())->coefficient;
    }
    for (const char* column : {"won", "lost", "won_value"})
      EXPECT_EQ(sums[column], scaled(*whole.find("total"), column)) << column;
    for (const auto& [stage, n] : whole.find("stage_counts")->members())
      EXPECT_EQ(sums["stage " + stage], decimal::parse(n.as_text())->coefficient) << stage;
  }
  static std::int64_t scaled(const json& row, const char* column) {
    return rescale(*decimal::parse(row.find(column)->as_text()), 2)->coefficient;
  }

  import_report report_;
};

const std::string managers =
    "select login, name from user where id in (select manager from user where manager is not null) "
    "order by login";
const std::string agents = "select login, name from user where manager is not null order by login";

// --- the real set

class maven : public sales_pipeline {
 protected:
  void SetUp() override {
    const char* data = std::getenv("GUANXI_TEST_DATA");
    set_ = std::string(data ? data : "") + "/maven-crm";
    if (!data || !*data || !std::filesystem::exists(set_))
      GTEST_SKIP() << "GUANXI_TEST_DATA names no folder with the set maven-crm";
    import_from(set_);
  }
  json expected() const {
    const std::string text = read_file(set_ + "/../expected.json").value();
    return *json::parse(text)->find("maven_crm");
  }
  std::string set_;
};

TEST_F(maven, is_imported_whole) {
  check_that_rows_add_up();
  EXPECT_EQ(created("account"), 85);
  EXPECT_EQ(created("product"), 7);
  EXPECT_EQ(created("agent"), 35);
  EXPECT_EQ(created("manager"), 6);
  EXPECT_EQ(created("region role"), 3);
  EXPECT_EQ(created("opportunity"), 8800);
  EXPECT_EQ(answer("select count() as n from opportunity where account is null"), "1425\n");
  EXPECT_EQ(answer("select count() as n from opportunity where opened_on is null"), "500\n");
  EXPECT_EQ(answer("select count() as n from opportunity where close_date is null"), "2089\n");
  EXPECT_EQ(answer("select count() as n from account where parent is not null"), "15\n");
  EXPECT_EQ(answer("select count() as n from account where industry = 'technolgy' "
                   "or country = 'Philipines'"),
            "0\n");
  EXPECT_EQ(answer("select count() as n from opportunity where currency != 'USD'"), "0\n");
  EXPECT_EQ(answer("select count() as n from opportunity "
                   "where stage.is_open and amount != product.list_price"),
            "0\n");
  EXPECT_EQ(answer("select count() as n from opportunity where owner.region is null"), "0\n");

  // The same again finds everything as it is.
  import_from(set_);
  check_that_rows_add_up();
  for (const auto& f : report_.files)
    for (const import_count& c : f.records) EXPECT_EQ(c.created + c.updated, 0) << c.record;
}

TEST_F(maven, has_the_expected_figures) {
  const json got = report_as("admin"), wanted = expected();
  for (const auto& [key, content] : got.members())
    if (const json* its = wanted.find(key)) { EXPECT_TRUE(same(content, *its, key)); }
  for (const char* key :
       {"total", "stage_counts", "null_account", "by_close_quarter", "by_agent", "by_manager",
        "by_region", "by_product", "by_sector", "sales_cycle_days", "parents_rollup_won_value"})
    EXPECT_NE(got.find(key), nullptr) << key;
}

TEST_F(maven, adds_up_over_its_people) {
  check_that_parts_add_up("by_manager", managers);
  check_that_parts_add_up("by_agent", agents);
}

TEST_F(maven, keeps_an_agent_from_the_deals_of_others) {
  // The largest deal of all, and one of the agents who do not own it.
  const rows best = admin_.query("select id, number, amount, owner.login as login, "
                                 "account from opportunity order by amount desc, id limit 1")
                        .value();
  const id theirs = best.at(0, 0).as_id();
  const std::string number(best.at(0, 1).as_text()), owner(best.at(0, 3).as_text());
  const std::string login(admin_.query("select owner.login as login, count() as n from opportunity "
                                       "where owner.login != :owner group by owner.login "
                                       "order by n desc limit 1",
                                       {{.name = "owner", .content = value(owner)}})
                              .value()
                              .at(0, 0)
                              .as_text());
  session agent = crm_.as_user(login).value();
  const std::string of_mine = " where owner.login = '" + login + "'";
  const std::string key = std::to_string(theirs.value);

  // By id, and a missing id is told in the same words.
  const auto got = agent.get("opportunity", theirs);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), errc::not_found);
  const auto missing = agent.get("opportunity", id{99'999'999});
  std::string said(got.error().message()), said_of_none(missing.error().message());
  const auto without = [](std::string text, const std::string& word) {
    for (std::size_t at; (at = text.find(word)) != std::string::npos;) text.erase(at, word.size());
    return text;
  };
  EXPECT_EQ(without(said, key), without(said_of_none, "99999999"));
  EXPECT_EQ(agent.history("opportunity", theirs).error().code(), errc::not_found);
  EXPECT_EQ(agent.explain(action::read, "opportunity", theirs).error().code(), errc::not_found);
  schema::draft d = agent.draft("opportunity").value();
  d.set("next_step", "mine now");
  EXPECT_EQ(agent.change(theirs, d).error().code(), errc::not_found);
  EXPECT_EQ(agent.remove("opportunity", theirs).error().code(), errc::not_found);

  // By list, count, sum, sort and guess: each answers as if there were only the agent's own.
  const auto only_mine = [&](const std::string& head, const std::string& tail = {}) {
    EXPECT_EQ(answer(agent, head + tail), answer(head + of_mine + tail)) << head;
  };
  only_mine("select number from opportunity", " order by number");
  only_mine("select count() as n from opportunity");
  only_mine("select sum(amount) as a, max(amount) as b, median(amount) as c from opportunity");
  only_mine("select number, amount from opportunity", " order by amount desc, id limit 5");
  only_mine("select owner.name as o, count() as n from opportunity", " group by owner.name");
  only_mine("select product.name as p, count(distinct account) as n from opportunity",
            " group by product.name having count() > 1 order by n desc, p");
  for (const std::string& guess :
       {"id = " + key, "number = '" + number + "'", "number like '" + number.substr(0, 4) + "%'",
        "owner.login = '" + owner + "'", "amount >= " + best.at(0, 2).to_string(),
        "id in (" + key + ")", "id in (select id from opportunity where number = '" + number + "')",
        "number = '" + number + "' or id = " + key}) {
    EXPECT_EQ(answer(agent, "select count() as n from opportunity where " + guess), "0\n") << guess;
    EXPECT_EQ(answer(agent, "select number from opportunity where " + guess), "") << guess;
  }
  EXPECT_EQ(answer(agent, "select count() as n from account where id in "
                          "(select account from opportunity where id = " + key + ")"),
            "0\n");
  EXPECT_EQ(answer(agent, "select count() as n from stage_visit where opportunity = " + key +
                              " and opportunity.number is not null"),
            "0\n");
  EXPECT_TRUE(admin_.get("opportunity", theirs));
}

// --- other sets of the same shape

/// What a group of closed deals comes to; the amounts are in cents.
struct figures {
  std::int64_t won = 0, lost = 0, cents = 0;

  static std::string rounded(std::int64_t dividend, std::int64_t divisor, int digits) {
    if (divisor == 0) return "null";
    std::int64_t n = (2 * dividend + divisor) / (2 * divisor);
    std::string text = std::to_string(n);
    while (static_cast<int>(text.size()) <= digits) text.insert(0, "0");
    return text.insert(text.size() - static_cast<std::size_t>(digits), ".");
  }
  std::string dump() const {
    return "{\"won\":" + std::to_string(won) + ",\"lost\":" + std::to_string(lost) +
           ",\"won_value\":" + rounded(cents, 1, 2) +
           ",\"win_rate\":" + rounded(won * 1'000'000, won + lost, 6) +
           ",\"avg_won\":" + rounded(cents * 100, won, 4) + "}";
  }
};

using groups = std::map<std::string, figures>;

template <class Map, class Dump>
std::string dump(const Map& from, Dump&& each) {
  std::string out = "{";
  for (const auto& [key, content] : from) {
    if (out.size() > 1) out += ',';
    append_json_text(out, key);
    out += ":" + each(content);
  }
  return out + "}";
}

std::string dump_days(std::vector<std::int64_t> days, const std::string& prefix, bool range) {
  std::sort(days.begin(), days.end());
  std::int64_t sum = 0;
  for (std::int64_t d : days) sum += d;
  const auto n = static_cast<std::int64_t>(days.size());
  const std::int64_t twice_median =
      n == 0 ? 0 : days[days.size() / 2] + days[(days.size() - 1) / 2];
  std::string out = "\"" + prefix + "_mean\":" + figures::rounded(sum * 10'000, n, 4) + ",\"" +
                    prefix + "_median\":" + figures::rounded(twice_median * 5, n == 0 ? 0 : 1, 1);
  const auto one = [&](std::size_t at) { return n == 0 ? "null" : std::to_string(days[at]); };
  if (range)
    out += ",\"" + prefix + "_min\":" + one(0) + ",\"" + prefix + "_max\":" +
           one(days.size() - 1);
  return out;
}

/// Writes the four files and computes their figures as it goes.
class made_up_set {
 public:
  explicit made_up_set(std::uint32_t seed) : random_(seed) {
    const char* regions[] = {"North", "Süd", "华东"};
    for (int m = 0; m < 4; ++m)
      for (int a = below(4) + 1; a > 0; --a)
        agents_.push_back({"Agent " + std::to_string(agents_.size()) + (a % 2 ? " 李" : ""),
                           "Manager " + std::to_string(m), regions[m % 3]});
    for (int p = 0; p < 5; ++p)
      products_.push_back({"Product " + std::to_string(p), 100 + below(90'000)});
    products_.push_back({"GTX Pro", 4'800'50});
    const char* sectors[] = {"retail", "technolgy", "medical", ""};
    for (int a = 0; a < 20; ++a)
      accounts_.push_back({"Account, \"" + std::to_string(a) + "\"", sectors[below(4)],
                           a > 5 && below(3) == 0 ? below(5) : -1});
    for (const account& a : accounts_)
      if (a.parent >= 0) has_subsidiaries_.insert(a.parent);
    for (int i = 0; i < 400; ++i) add_deal(i);
  }

  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> out;
    std::string text = "product,series,sales_price\n";
    for (const product& p : products_)
      text += p.name + ",S," + figures::rounded(p.cents, 1, 2) + "\n";
    out["products.csv"] = text;
    text = "account,sector,year_established,revenue,employees,office_location,subsidiary_of\r\n";
    for (const account& a : accounts_)
      text += quoted(a.name) + "," + a.sector + ",1990,12.5,100,Philipines," +
              (a.parent < 0 ? "" : quoted(accounts_[static_cast<std::size_t>(a.parent)].name)) +
              "\r\n";
    out["accounts.csv"] = text;
    text = "sales_agent,manager,regional_office\n";
    for (const agent& a : agents_) text += a.name + "," + a.manager + "," + a.region + "\n";
    out["sales_teams.csv"] = text;
    out["sales_pipeline.csv"] =
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,"
        "close_value\n" + deals_;
    return out;
  }

  std::string expected() const {
    const auto whole = [](const figures& f) { return f.dump(); };
    const auto number = [](std::int64_t n) { return std::to_string(n); };
    const auto money = [](std::int64_t cents) { return figures::rounded(cents, 1, 2); };
    std::string out = "{\"total\":" + total_.dump();
    out += ",\"stage_counts\":" + dump(stages_, number);
    std::int64_t without = 0;
    for (const auto& [stage, n] : without_account_) without += n;
    out += ",\"null_account\":{\"total\":" + number(without) +
           ",\"by_stage\":" + dump(without_account_, number) + "}";
    for (const auto& [key, group] : by_) {
      out += ",\"" + key + "\":";
      out += dump(group, whole);
    }
    out += ",\"sales_cycle_days\":{" + dump_days(won_days_, "won", true) + "," +
           dump_days(lost_days_, "lost", false) + "}";
    out += ",\"pipeline\":" + dump_open([](const open_deal& d) { return d.stage; }, true);
    out += ",\"funnel\":{\"created\":400,\"begun\":" +
           number(400 - stages_.at("Prospecting")) + ",\"decided\":" +
           number(total_.won + total_.lost) + ",\"won_deals\":" + number(total_.won) + "}";
    out += ",\"deal_age\":" + dump_open([&](const open_deal& d) { return age_of(d); }, false);
    out += ",\"top_agents\":" + dump_top_agents();
    return out + ",\"parents_rollup_won_value\":" + dump(rollup_, money) + "}";
  }
  std::int64_t cents_of_open() const { return open_cents_; }

 private:
  struct agent { std::string name, manager, region; };
  struct product { std::string name; std::int64_t cents; };
  struct account { std::string name, sector; int parent; };

  struct open_deal {
    std::string stage;
    std::int32_t opened;  ///< day; 0: none
    std::int64_t cents;
  };

  std::string age_of(const open_deal& d) const {
    if (d.opened == 0) return "None";
    const std::int32_t age = last_day_ - d.opened;
    return age <= 30    ? "0–30"
           : age <= 60  ? "31–60"
           : age <= 90  ? "61–90"
           : age <= 180 ? "91–180"
           : age <= 365 ? "181–365"
                        : "> 365";
  }

  template <class Key>
  std::string dump_open(Key&& key, bool with_weighted) const {
    struct sums {
      std::int64_t deals = 0, cents = 0, weighted = 0;
    };
    std::map<std::string, sums> by_key;
    for (const open_deal& d : open_) {
      sums& s = by_key[key(d)];
      const std::int64_t percent = d.stage == "Engaging" ? 40 : 10;
      ++s.deals;
      s.cents += d.cents;
      s.weighted += (d.cents * percent + 50) / 100;
    }
    return dump(by_key, [&](const sums& s) {
      return "{\"deals\":" + std::to_string(s.deals) +
             ",\"value\":" + figures::rounded(s.cents, 1, 2) +
             (with_weighted ? ",\"weighted\":" + figures::rounded(s.weighted, 1, 2) : "") + "}";
    });
  }

  std::string dump_top_agents() const {
    std::vector<std::pair<std::string, figures>> all(by_.at("by_agent").begin(),
                                                     by_.at("by_agent").end());
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.second.cents > b.second.cents;
    });
    if (all.size() > 15) all.resize(15);
    return dump(groups(all.begin(), all.end()), [](const figures& f) {
      return "{\"won_value\":" + figures::rounded(f.cents, 1, 2) +
             ",\"won\":" + std::to_string(f.won) + ",\"win_rate\":" +
             figures::rounded(f.won * 1'000'000, f.won + f.lost, 6) + "}";
    });
  }

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  }

  void add_deal(int number) {
    const char* names[] = {"Prospecting", "Engaging", "Won", "Lost"};
    const int stage = below(4);
    // The last agent never closes a deal, and is in the report all the same.
    const agent& by = agents_[static_cast<std::size_t>(
        stage < 2 ? below(static_cast<int>(agents_.size()))
                  : below(static_cast<int>(agents_.size()) - 1))];
    const product& what = products_[static_cast<std::size_t>(below(6))];
    const bool named = stage >= 2 || below(2) == 0;
    const int at = below(20);
    const date opened{17'000 + below(700)};
    const date closed{opened.days + below(200)};
    const std::int64_t cents = stage == 2 ? 100 + below(1'000'000) : 0;
    deals_ += "N" + std::to_string(number) + "," + by.name + "," +
              (what.name == "GTX Pro" ? "GTXPro" : what.name) + "," +
              (named ? quoted(accounts_[static_cast<std::size_t>(at)].name) : "") + "," +
              names[stage] + "," + (stage == 0 ? "" : opened.to_string()) + "," +
              (stage < 2 ? "," : closed.to_string() + "," + figures::rounded(cents, 1, 2)) + "\n";
    ++stages_[names[stage]];
    if (!named) ++without_account_[names[stage]];
    if (stage < 2) {
      open_cents_ += what.cents;
      open_.push_back({names[stage], stage == 0 ? 0 : opened.days, what.cents});
    }
    if (stage > 0) last_day_ = std::max(last_day_, stage < 2 ? opened.days : closed.days);
    const auto count = [&](figures& f) {
      f.won += stage == 2;
      f.lost += stage == 3;
      f.cents += cents;
    };
    count(total_);
    if (stage >= 2)
      count(by_["by_close_quarter"][period_label(closed, period_unit::quarter)]);
    count(by_["by_agent"][by.name]);
    count(by_["by_manager"][by.manager]);
    count(by_["by_region"][by.region]);
    count(by_["by_product"][what.name]);
    const account& of = accounts_[static_cast<std::size_t>(at)];
    const std::string sector = of.sector == "technolgy" ? "technology" : of.sector;
    count(by_["by_sector"][named && !sector.empty() ? sector : "None"]);
    if (stage >= 2) (stage == 2 ? won_days_ : lost_days_).push_back(closed.days - opened.days);
    if (named && (of.parent >= 0 || has_subsidiaries_.contains(at)))
      rollup_[of.parent >= 0 ? accounts_[static_cast<std::size_t>(of.parent)].name : of.name] +=
          cents;
  }

  std::mt19937 random_;
  std::vector<agent> agents_;
  std::vector<product> products_;
  std::vector<account> accounts_;
  std::set<int> has_subsidiaries_;
  std::string deals_;
  figures total_;
  std::map<std::string, std::int64_t> stages_, without_account_, rollup_;
  std::map<std::string, groups> by_;
  std::vector<std::int64_t> won_days_, lost_days_;
  std::vector<open_deal> open_;
  std::int32_t last_day_ = 0;
  std::int64_t open_cents_ = 0;
};

class another_set : public sales_pipeline {
 protected:
  using sales_pipeline::sales_pipeline;
  void make(std::uint32_t seed) {
    const made_up_set set(seed);
    for (const auto& [name, text] : set.files()) write(name, text);
    import_from(folder());
    check_that_rows_add_up();
    EXPECT_TRUE(same(report_as("admin"), *json::parse(set.expected())));
    EXPECT_EQ(answer("select sum(amount) as a from opportunity where stage.is_open"),
              figures::rounded(set.cents_of_open(), 1, 2) + "\n");
  }
};

TEST_F(another_set, gives_its_own_figures) { make(1); }
TEST_F(another_set, gives_its_own_figures_too) { make(20260105); }

TEST_F(another_set, adds_up_over_its_people) {
  make(7);
  check_that_parts_add_up("by_manager", managers);
  check_that_parts_add_up("by_agent", agents);
}

TEST_F(another_set, brings_its_subsidiaries_home) {
  make(3);
  EXPECT_EQ(answer("select count() as n from account where country != 'Philippines'"), "0\n");
  EXPECT_EQ(answer("select min(annual_revenue) as a, max(annual_revenue) as b from account"),
            "12500000.00 | 12500000.00\n");
}

/// The same figures on every store, also on one that runs no query by itself.
class set_on_a_store : public another_set, public testing::WithParamInterface<test::tested_store> {
 protected:
  set_on_a_store() : set_on_a_store(test::fresh_path()) {}
  ~set_on_a_store() override { test::remove_store(path_); }

 private:
  explicit set_on_a_store(const std::string& path)
      : another_set(open(test::make_driver(GetParam(), default_environment(), path)).value()),
        path_(path) {}
  std::string path_;
};
INSTANTIATE_TEST_SUITE_P(on, set_on_a_store, test::every_store, test::store_name);

TEST_P(set_on_a_store, gives_its_own_figures) { make(11); }

class maven_on_a_store : public set_on_a_store {};
INSTANTIATE_TEST_SUITE_P(on, maven_on_a_store, testing::Values(test::tested_store::map),
                         test::store_name);

TEST_P(maven_on_a_store, has_the_expected_figures) {
  const char* data = std::getenv("GUANXI_TEST_DATA");
  if (!data || !*data || !std::filesystem::exists(std::string(data) + "/maven-crm"))
    GTEST_SKIP() << "GUANXI_TEST_DATA names no folder with the set maven-crm";
  import_from(std::string(data) + "/maven-crm");
  const json all = *json::parse(read_file(std::string(data) + "/expected.json").value());
  const json got = report_as("admin");
  for (const auto& [key, content] : got.members())
    if (const json* its = all.find("maven_crm")->find(key)) {
      EXPECT_TRUE(same(content, *its, key));
    }
}

}  // namespace
}  // namespace guanxi::edge
