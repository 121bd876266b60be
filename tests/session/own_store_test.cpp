// A CRM on the least store that a host can write in C++, and what that store must not do.
#include "guanxi/session/own_store.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace guanxi::test {
namespace {

class shelf : public store::host {
 public:
  using rows = std::map<std::string, std::map<id, std::vector<value>>, std::less<>>;
  explicit shelf(rows& kept) : kept_(kept) {}
  ~shelf() override { rollback().value(); }

  std::string_view name() const noexcept override { return "shelf"; }
  offer offers() const noexcept override { return {.transactions = true, .plans = true}; }

  result<void> get(const schema::entity& of, id key, const store::row_taker& take) override {
    const auto& table = kept_[std::string(of.name())];
    const auto at = table.find(key);
    if (at == table.end()) return {};
    const result<bool> taken = take(at->second);
    return taken ? result<void>() : unexpected(taken.error());
  }
  result<void> put(const schema::entity& of, std::span<const value> row,
                   std::int64_t expected_revision) override {
    auto& table = kept_[std::string(of.name())];
    const auto at = table.find(row[0].as_id());
    const bool there = at != table.end();
    if (there == (expected_revision == 0) ||
        (there && !at->second[1].is_null() && at->second[1] != value(expected_revision)))
      return unexpected(errc::conflict, "the row is another");
    table[row[0].as_id()].assign(row.begin(), row.end());
    return {};
  }
  result<void> erase(const schema::entity& of, id key) override {
    kept_[std::string(of.name())].erase(key);
    return {};
  }
  result<void> scan(const schema::entity& of, id after, std::size_t at_most,
                    const store::row_taker& take) override {
    const auto& table = kept_[std::string(of.name())];
    for (auto at = table.upper_bound(after); at != table.end() && at_most > 0; ++at, --at_most) {
      const result<bool> more = take(at->second);
      if (!more) return unexpected(more.error());
      if (!*more) break;
    }
    return {};
  }

  result<void> plan(const schema::entity&, const store::request& asked,
                    store::plan_answer& said) override {
    for (std::size_t t = 0; t < asked.terms.size(); ++t)
      if (asked.terms[t].how != store::comparison::starts_with)
        said.terms[t] = query::verdict::exact;
    return {};
  }
  result<void> execute(const schema::entity& of, const store::request& asked,
                       const store::row_taker& take) override {
    const auto& table = kept_[std::string(of.name())];
    for (auto at = table.upper_bound(asked.after); at != table.end(); ++at) {
      const auto holds = [&](const store::term& t) { return store::passes(t, at->second); };
      if (!std::all_of(asked.terms.begin(), asked.terms.end(), holds)) continue;
      const result<bool> more = take(at->second);
      if (!more) return unexpected(more.error());
      if (!*more) break;
    }
    return {};
  }
  result<void> begin() override {
    before_ = kept_;
    return {};
  }
  result<void> commit() override {
    before_.reset();
    return {};
  }
  result<void> rollback() override {
    if (before_) kept_ = *std::exchange(before_, std::nullopt);
    return {};
  }

 private:
  rows& kept_;
  std::optional<rows> before_;
};

TEST(own_store, keeps_a_crm) {
  shelf::rows kept;
  id acme;
  {
    const tenant crm = open(std::make_unique<shelf>(kept)).value();
    session s = crm.as_user("admin").value();
    acme = s.create(crm::account::entity, {crm::account::name = "Acme"}).value().key();
    s.begin().value();
    s.create(crm::account::entity, {crm::account::name = "Gone"}).value();
    s.rollback().value();
    EXPECT_EQ(crm.store_name(), "shelf");
  }
  const tenant crm = open(std::make_unique<shelf>(kept)).value();
  EXPECT_FALSE(crm.fresh());
  EXPECT_EQ(answer(crm.as_user("admin").value(), "select name from account"), "Acme\n");
  EXPECT_EQ(crm.as_system("test").get("account", acme).value()[crm::account::name], "Acme");
}

TEST(own_store, is_found_right) {
  shelf::rows kept;
  const auto make = [&](store::opening how) -> result<std::unique_ptr<store::host>> {
    if (how == store::opening::fresh) kept.clear();
    return std::make_unique<shelf>(kept);
  };
  const store::check_report report = store::check_host(make, {.seed = 7}).value();
  for (const store::store_fault& f : report.faults) ADD_FAILURE() << f.text;
}

/// A shelf whose answers to requests can be spoilt, and which tells what it was asked.
class told_shelf final : public shelf {
 public:
  struct tale {
    std::vector<store::request> planned, executed;
    int scans = 0;
    std::function<void(store::plan_answer&)> say;
    /// What becomes of the rows that were found; empty: nothing.
    std::function<void(const store::request&, std::vector<std::vector<value>>&)> spoil;
  };
  told_shelf(rows& kept, tale& told) : shelf(kept), told_(told) {}

  result<void> scan(const schema::entity& of, id after, std::size_t at_most,
                    const store::row_taker& take) override {
    told_.scans += of.name() == "account" ? 1 : 0;
    return shelf::scan(of, after, at_most, take);
  }
  result<void> plan(const schema::entity& of, const store::request& asked,
                    store::plan_answer& said) override {
    if (of.name() == "account") told_.planned.push_back(asked);
    if (auto ok = shelf::plan(of, asked, said); !ok) return ok;
    said.sort = true;
    if (told_.say) told_.say(said);
    return {};
  }
  result<void> execute(const schema::entity& of, const store::request& asked,
                       const store::row_taker& take) override {
    std::vector<std::vector<value>> found;
    const auto keep = [&](std::span<const value> r) -> result<bool> {
      found.emplace_back(r.begin(), r.end());
      return true;
    };
    if (auto ok = shelf::execute(of, asked, keep); !ok) return ok;
    std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
      return store::stands_before(asked.sort, a, b);
    });
    if (found.size() > asked.limit) found.resize(asked.limit);
    if (of.name() == "account") told_.executed.push_back(asked);
    if (of.name() == "account" && told_.spoil) told_.spoil(asked, found);
    for (const auto& r : found)
      if (result<bool> more = take(r); !more) return passed(more);
    return {};
  }

 private:
  tale& told_;
};

class own_plans : public testing::Test {
 protected:
  own_plans() : crm(open(std::make_unique<told_shelf>(kept, told)).value()) {
    session s = admin();
    for (int n = 0; n < 12; ++n)
      s.create(crm::account::entity,
               {crm::account::name = "Acme " + std::string(1, static_cast<char>('a' + n)),
                crm::account::city = n % 3 == 0 ? "Bonn" : "Köln"})
          .value();
    told = {};
  }
  session admin() const { return crm.as_user("admin").value(); }
  std::string terms(const store::request& asked) const {
    std::string out;
    for (const store::term& t : asked.terms) out += in_words(t) + "; ";
    return out;
  }
  /// The error of a query, with its code and field.
  error refusal(std::string_view query) const {
    const auto r = admin().query(query);
    EXPECT_FALSE(r) << "was answered";
    return r ? error() : r.error();
  }

  shelf::rows kept;
  told_shelf::tale told;
  tenant crm;
};

TEST_F(own_plans, hand_over_conditions_order_and_limit) {
  EXPECT_EQ(answer(admin(), "select name from account where city = 'Köln' and name >= 'Acme c' "
                            "order by name desc limit 2"),
            "Acme l\nAcme k\n");
  ASSERT_EQ(told.planned.size(), 1u) << "a query is asked about once";
  ASSERT_EQ(told.executed.size(), 1u);
  EXPECT_EQ(told.scans, 0);
  const store::request& asked = told.executed[0];
  EXPECT_EQ(terms(asked), "`deletion_batch` is null; `archived` is null; `city` = 'Köln'; "
                          "`name` >= 'Acme c'; ");
  EXPECT_EQ(store::in_words(asked.sort), "`name` descending");
  EXPECT_EQ(asked.limit, 2u);
  EXPECT_LT(asked.columns.size(), asked.terms[0].of->of->slots());
}

TEST_F(own_plans, keep_the_limit_where_a_row_might_be_dropped) {
  const auto limit_of = [&](const std::string& query) {
    told.planned.clear(), told.executed.clear();
    EXPECT_EQ(answer(admin(), query).substr(0, 5), "Acme ") << query;
    return told.executed.empty() ? std::size_t{0} : told.executed.back().limit;
  };
  EXPECT_EQ(limit_of("select name from account where city = 'Bonn' limit 1"), 1u);
  EXPECT_EQ(limit_of("select name from account limit 2 offset 3"), 5u);
  constexpr std::size_t page = 1000;
  EXPECT_EQ(limit_of("select name from account where city = 'Bonn' or name = 'x' limit 1"), page);
  EXPECT_EQ(limit_of("select name from account where owner.name = 'Administrator' limit 1"), page);
  EXPECT_EQ(limit_of("select name from account order by length(name) limit 1"), page);
  EXPECT_EQ(limit_of("select name from account where name like 'a%' limit 1"), page)
      << "the shelf cannot fold";
  told.say = [](store::plan_answer& said) { said.sort = false; };
  EXPECT_EQ(limit_of("select name from account order by name limit 1"), page);
  told.say = [](store::plan_answer& said) { said.terms.back() = query::verdict::prune; };
  EXPECT_EQ(limit_of("select name from account where city = 'Bonn' limit 1"), page);
}

TEST_F(own_plans, look_again_at_what_is_pruned) {
  told.say = [](store::plan_answer& said) {
    for (query::verdict& v : said.terms) v = query::verdict::prune;
  };
  told.spoil = [&](const store::request& asked, auto& found) {
    found.clear();  // every row, whatever was asked
    for (const auto& [key, r] : kept["account"])
      if (key > asked.after) found.push_back(r);
  };
  EXPECT_EQ(answer(admin(), "select count() from account where city = 'Bonn'"), "4\n");
  session s = admin();
  s.remove("account", s.query("select id from account limit 1")->at(0, 0).as_id()).value();
  EXPECT_EQ(answer(admin(), "select count() from account"), "11\n") << "the deleted row came, too";
}

TEST_F(own_plans, that_nothing_is_taken_of_are_scanned) {
  told.say = [](store::plan_answer& said) {
    for (query::verdict& v : said.terms) v = query::verdict::unsupported;
  };
  EXPECT_EQ(answer(admin(), "select count() from account where city = 'Bonn'"), "4\n");
  EXPECT_EQ(told.scans, 1);
  EXPECT_TRUE(told.executed.empty());
}

TEST_F(own_plans, refuse_a_row_that_fails_an_exact_term) {
  told.spoil = [&](const store::request&, auto& found) {
    found[0] = kept["account"].begin()->second;
  };
  const error why = refusal("select name from account where city = 'Köln'");
  EXPECT_EQ(why.code(), errc::store_corrupt);
  EXPECT_EQ(why.field(), "city");
  EXPECT_EQ(why.entity(), "account");
  EXPECT_NE(why.message().find("the store `shelf` answered `execute` of `account` with a row for "
                               "which `city` = 'Köln' does not hold"),
            std::string::npos)
      << why.message();
}

TEST_F(own_plans, refuse_a_wrong_order_and_rows_too_many) {
  using found_rows = std::vector<std::vector<value>>;
  const std::pair<const char*, std::function<void(const store::request&, found_rows&)>> lies[] = {
      {"is not the order by `name`",
       [](const auto&, found_rows& found) { std::swap(found[0], found[1]); }},
      {"more than the 3 rows asked for",
       [](const auto&, found_rows& found) {
         found.push_back(found.back());
         found.back()[0] = id{found.back()[0].as_id().value + 1};
       }},
      {"is not the order by `name`",
       [](const auto&, found_rows& found) { found[1] = found[0]; }},
      {"a row of", [](const auto&, found_rows& found) { found[1].pop_back(); }},
      {"of type integer", [](const auto&, found_rows& found) { found[1].back() = value(5); }},
      {"a row without an id", [](const auto&, found_rows& found) { found[1][0] = value(); }},
  };
  for (const auto& [words, lie] : lies) {
    told.spoil = lie;
    const error why = refusal("select name from account order by name limit 3");
    EXPECT_EQ(why.code(), errc::store_corrupt);
    EXPECT_NE(why.message().find(words), std::string::npos) << why.message();
  }
  told.spoil = [](const auto&, found_rows& found) { std::swap(found[0], found[1]); };
  EXPECT_NE(refusal("select name from account").message().find("is not the order by `id`"),
            std::string::npos);
}

TEST_F(own_plans, refuse_verdicts_of_another_number) {
  told.say = [](store::plan_answer& said) { said.terms.push_back(query::verdict::exact); };
  const error why = refusal("select name from account");
  EXPECT_EQ(why.code(), errc::store_corrupt);
  EXPECT_NE(why.message().find("answered `plan` of `account` with 3 verdicts for 2 terms"),
            std::string::npos)
      << why.message();
  EXPECT_EQ(code(admin().explain_query("select name from account")), errc::store_corrupt);
  told.say = [](store::plan_answer& said) { said.terms[0] = static_cast<query::verdict>(9); };
  EXPECT_NE(refusal("select name from account").message().find("a verdict that is none"),
            std::string::npos);
  told.say = {};
  EXPECT_EQ(answer(admin(), "select count() from account"), "12\n");
}

TEST_F(own_plans, are_told_by_explain) {
  const query::shape s =
      admin().explain_query("select name from account where city = 'Bonn' and name like 'a%' "
                            "and (city = 'Bonn' or name = 'x')").value();
  EXPECT_EQ(s.division, query::division::shared);
  ASSERT_EQ(s.conditions.size(), 3u);
  EXPECT_EQ(s.conditions[0].verdict, "exact");
  EXPECT_EQ(s.conditions[1].verdict, "unsupported");
  EXPECT_EQ(s.conditions[2].verdict, "unsupported");
  EXPECT_EQ(s.access, (std::vector<std::string>{
                          "exact: `deletion_batch` is null", "exact: `archived` is null",
                          "exact: `city` = 'Bonn'", "unsupported: `name` starts with 'a'",
                          "rows of `account` by `id`"}));
}

TEST_F(own_plans, come_page_by_page) {
  session s = admin();
  for (int n = 0; n < 1'001; ++n)
    s.create(crm::account::entity, {crm::account::name = "More", crm::account::city = "Ulm"})
        .value();
  told.executed.clear();
  EXPECT_EQ(answer(s, "select count() from account where city = 'Ulm'"), "1001\n");
  ASSERT_EQ(told.executed.size(), 2u);
  EXPECT_EQ(told.executed[0].after, id());
  EXPECT_TRUE(told.executed[1].after);
}

}  // namespace
}  // namespace guanxi::test
