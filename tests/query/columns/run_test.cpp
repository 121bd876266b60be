// What columns::answer promises beyond equal answers: which rows it looks at, what it keeps,
// what bounds do, and that nobody learns of a row out of reach.
#include "random_company.hpp"

using namespace guanxi;
using namespace guanxi::test;

namespace {

/// 100 deals of users 1 to 4, amounts 1.00 to 100.00, all won but every tenth.
class column_run : public testing::Test {
 protected:
  column_run() : catalog_(indexed()), source_(catalog_) {
    policy::rules r;
    r.roles = {{id{1}, id{}, "top"}};
    for (std::int64_t u = 1; u <= 4; ++u)
      r.users.push_back({id{u}, "u" + std::to_string(u), "u", id{}, true, {id{1}}});
    r.entity_rights.push_back({.permission_set = id{1}, .entity = "*", .read = true});
    rules_ = policy::rulebook::compile(std::move(r)).value();
    for (std::int64_t key = 1; key <= 100; ++key) source_.append(deal(key, key * 100));
    source_.settle();
    source_.keep_moment();
  }

  static schema::catalog_ptr indexed() {
    std::vector<schema::entity_definition> all;
    for (const schema::entity_row& e : expr_sample::entities) {
      all.push_back(schema::define(e));
      for (schema::field_definition& f : all.back().fields)
        if (f.name == "close_date" || f.name == "name") f.flags |= schema::indexed;
    }
    return schema::catalog::compile(all).value();
  }
  const schema::entity& deals() const { return *catalog_->find("opportunity"); }
  schema::record deal(std::int64_t key, std::int64_t cents) const {
    schema::record r(catalog_, deals());
    r.set(schema::system_slot::id, id{key});
    r.set(schema::system_slot::owner, id{key % 4 + 1});
    r.set(deals().find("name")->slot, "Deal " + std::to_string(key));
    r.set(deals().find("amount")->slot, decimal{cents, 2});
    r.set(deals().currency_slot(), "USD");
    r.set(deals().find("class")->slot, key % 10 ? "won" : "lost");
    r.set(deals().find("close_date")->slot, date{static_cast<std::int32_t>(17'000 + key % 25)});
    return r;
  }

  result<query::rows> ask(std::string_view statement, query::bounds within = {},
                          std::int64_t user = 0) {
    const policy::grants who(rules_, catalog_,
                             user ? policy::principal::of(*rules_->find_user(id{user}))
                                  : policy::principal::system_sight("test"));
    const auto plan = query::trim(query::bind(query::parse(statement).value(), who).value(), who);
    query::rows out(plan->what().columns, plan->what().catalog);
    if (auto ok = columns::answer(*plan, source_, within, out); !ok) return passed(ok);
    return out;
  }

  schema::catalog_ptr catalog_;
  policy::rulebook_ptr rules_;
  moment_source source_;
};

}  // namespace

TEST_F(column_run, groups_sums_and_orders) {
  const auto r = ask("select class, count(), sum(amount) from opportunity group by class");
  ASSERT_EQ(r->size(), 2u);
  EXPECT_EQ(r->at(0, 0), value("lost"));
  EXPECT_EQ(r->at(0, 1), value(10));
  EXPECT_EQ(r->at(0, 2), value(decimal{55'000, 2}));
  EXPECT_EQ(r->at(1, 2), value(decimal{450'000, 2}));
}

TEST_F(column_run, walks_an_index_for_the_first_rows_and_breaks_ties_by_id) {
  const auto r = ask("select id from opportunity order by close_date desc limit 5");
  ASSERT_EQ(r->size(), 5u);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(r->at(i, 0), value(id{static_cast<std::int64_t>(24 + 25 * i)}));
  EXPECT_EQ(r->at(4, 0), value(id{23}));
}

TEST_F(column_run, walks_on_to_the_last_tie_of_a_text_that_every_row_keeps_for_itself) {
  for (std::int64_t key = 1; key <= 100; ++key) {
    schema::record named = deal(key, key * 100);
    named.set(deals().find("name")->slot, key <= 10 ? "Acme" : "Globex");
    source_.replace(deals(), static_cast<query::row_number>(key - 1), named);
  }
  source_.settle();
  source_.keep_moment();
  ASSERT_EQ(source_.at(deals()).column(deals().find("name")->slot).kept_as(),
            query::cells::form::arena);
  const auto r = ask("select id from opportunity order by name, amount desc limit 20");
  ASSERT_EQ(r->size(), 20u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(r->at(i, 0), value(id{static_cast<std::int64_t>(10 - i)}));
    EXPECT_EQ(r->at(10 + i, 0), value(id{static_cast<std::int64_t>(100 - i)}));
  }
}

TEST_F(column_run, sees_its_moment_through_what_was_written_since) {
  source_.replace(deals(), 0, deal(1, 9'999'999));
  source_.erase(deals(), 1);
  source_.append(deal(101, 5'000));
  const auto r = ask("select count(), sum(amount), max(amount) from opportunity");
  EXPECT_EQ(r->at(0, 0), value(100));
  EXPECT_EQ(r->at(0, 1), value(decimal{505'000, 2}));
  EXPECT_EQ(r->at(0, 2), value(decimal{10'000, 2}));
}

TEST_F(column_run, says_nothing_of_a_row_out_of_reach) {
  source_.replace(deals(), 2, deal(3, std::numeric_limits<std::int64_t>::max()));  // of user 4
  source_.keep_moment();
  EXPECT_TRUE(ask("select sum(amount * 2) from opportunity", {}, 1));
  const auto r = ask("select sum(amount * 2) from opportunity", {}, 4);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), errc::overflow);
}

TEST_F(column_run, refuses_currencies_that_do_not_add_up) {
  schema::record other = deal(7, 700);
  other.set(deals().currency_slot(), "EUR");
  source_.replace(deals(), 6, other);
  const auto before = ask("select sum(amount) from opportunity");
  EXPECT_TRUE(before) << "it was written after the moment";
  source_.keep_moment();
  const auto r = ask("select sum(amount) from opportunity");
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code(), errc::mixed_currency);
}

TEST_F(column_run, keeps_its_tables_for_the_next_run_and_never_for_another_content) {
  source_.kept = std::make_unique<columns::lookup_cache>(1 << 20);
  const char* statement = "select class, count() from opportunity group by class";
  const auto first = ask(statement);
  const std::size_t kept = source_.kept->size();
  EXPECT_GT(kept, 0u);
  EXPECT_EQ(ask(statement)->size(), first->size());
  EXPECT_EQ(source_.kept->size(), kept);
  schema::record moved = deal(1, 100);
  moved.set(deals().find("class")->slot, "open");
  source_.replace(deals(), 0, moved);
  source_.keep_moment();
  EXPECT_EQ(ask(statement)->size(), first->size() + 1);
}

TEST_F(column_run, keeps_to_its_bounds) {
  EXPECT_EQ(ask("select id from opportunity", {.max_rows = 99}).error().code(), errc::limit);
  EXPECT_TRUE(ask("select id from opportunity", {.max_rows = 100}));
  const std::atomic<bool> stop = true;
  const auto r = ask("select count() from opportunity", {.interrupted = &stop});
  EXPECT_EQ(r.error().code(), errc::interrupted);
}
