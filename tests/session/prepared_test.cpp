// Queries that are read once: what is kept of them is used for those of the same rights and kinds
// of parameters alone, and never shows.
#include "support/stores.hpp"

#include <atomic>
#include <thread>

namespace guanxi::test {
namespace {

using namespace crm;

class prepared_case : public on_every_store {
 protected:
  static std::string said(const session& s, const prepared& q,
                          const std::vector<expr::parameter_value>& given) {
    const result<rows> r = s.query(q, given);
    return r ? text(*r) : "error: " + std::string(r.error().message());
  }
};
INSTANTIATE_TEST_SUITE_P(on, prepared_case, every_store, store_name);

TEST_P(prepared_case, takes_other_values_each_time) {
  const std::string query =
      "select name from opportunity where amount > :least order by amount limit :n";
  const prepared q = prepare(query).value();
  EXPECT_EQ(q.text(), query);
  EXPECT_EQ(q.parameters(), (std::vector<std::string>{"least", "n"}));
  const auto with = [](value least, int n) {
    return std::vector<expr::parameter_value>{{.name = "least", .content = std::move(least)},
                                              {.name = "n", .content = n}};
  };
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(said(system(), q, with(900, 2)), "Bolts\nBridge\n");
    EXPECT_EQ(said(system(), q, with(decimal{99'999, 2}, 2)), "Bridge\n茶叶年单\n");
    EXPECT_EQ(said(system(), q, with(9000, 1)), "太阳能\n");
    EXPECT_EQ(said(system(), q, with({}, 5)), "");
    EXPECT_EQ(said(as("nina"), q, with(900, 5)), "Bridge\n茶叶年单\n");
    EXPECT_EQ(said(system(), q, with("many", 5)).substr(0, 6), "error:");
  }
}

TEST_P(prepared_case, a_text_may_be_a_date_where_one_is_wanted) {
  const prepared q = prepare("select name from opportunity where close_date = :day").value();
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(said(system(), q, {{.name = "day", .content = "2026-01-10"}}), "Cross\n");
    EXPECT_EQ(said(system(), q, {{.name = "day", .content = date::parse("2026-03-31").value()}}),
              "Bridge\n");
    EXPECT_EQ(said(system(), q, {{.name = "day", .content = "2026-06-30"}}), "太阳能\n");
  }
}

TEST_P(prepared_case, lists_and_ranges_are_found_each_time) {
  const prepared q = prepare("select count() from opportunity where name in :names").value();
  EXPECT_EQ(said(system(), q, {{.name = "names", .list = {"Cross", "Bridge"}, .is_list = true}}),
            "2\n");
  EXPECT_EQ(said(system(), q, {{.name = "names", .list = {"Cross"}, .is_list = true}}), "1\n");
  const prepared today = prepare("select count() from user where created_at in today").value();
  EXPECT_NE(said(system(), today, {}), "0\n");
  at.clock->advance(std::int64_t{86'400} * microseconds_per_second);
  EXPECT_EQ(said(system(), today, {}), "0\n");
}

TEST_P(prepared_case, each_user_has_the_rights_of_his_own) {
  const prepared mine =
      prepare("select name from opportunity scope mine order by amount").value();
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(said(as("nina"), mine, {}), "Bridge\n茶叶年单\n");
    EXPECT_EQ(said(as("sun"), mine, {}), "Cross\n太阳能\n");
    EXPECT_EQ(said(as("mona"), mine, {}), "");
  }
  const prepared all = prepare("select * from opportunity").value();
  const auto columns = [&](const session& s) { return s.query(all).value().columns().size(); };
  const std::size_t whole = columns(system());
  EXPECT_EQ(columns(as("nina")), whole);
  const prepared deals = prepare("select name, amount from opportunity order by name").value();
  EXPECT_NE(said(as("nina"), deals, {}).find("Bridge|1000.50"), std::string::npos);
  system()
      .create(field_right::entity,
              {field_right::permission_set = key("standard"),
               field_right::entity_name = "opportunity", field_right::field = "amount",
               field_right::may_read = false})
      .value();
  EXPECT_EQ(said(as("nina"), deals, {}).substr(0, 41),
            "error: no field `amount` on `opportunity`");
  EXPECT_NE(said(system(), deals, {}).find("Bridge|1000.50"), std::string::npos);
  EXPECT_EQ(columns(as("nina")), whole - 1) << "what others see is no plan for who sees less";
  EXPECT_EQ(columns(as("admin")), whole);
  EXPECT_EQ(columns(as("nina")), whole - 1);
}

TEST_P(prepared_case, new_definitions_are_seen_at_once) {
  const prepared q = prepare("select name from x_site where name > :least").value();
  const std::vector<expr::parameter_value> given = {{.name = "least", .content = "A"}};
  session s = as("admin");
  EXPECT_EQ(said(s, q, given).substr(0, 27), "error: no entity `x_site`");
  schema::entity_definition site;
  site.name = "x_site";
  site.custom = true;
  site.fields.push_back({.name = "name", .type = schema::kind::text, .custom = true});
  if (!s.define(site)) GTEST_SKIP() << message(s.define(site));
  EXPECT_EQ(said(system(), q, given), "");
  schema::draft d = s.draft("x_site").value();
  d.set("name", value("North"));
  s.create(d).value();
  EXPECT_EQ(said(system(), q, given), "North\n");
}

TEST_P(prepared_case, many_threads_use_one) {
  const prepared q =
      prepare("select count() from opportunity where amount > :least and amount < :most").value();
  const tenant crm = *at.crm;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      const session s = t % 2 ? crm.as_system("test") : crm.as_user("nina").value();
      for (int i = 0; i < 50; ++i) {
        const value least = i % 3 ? value(100) : value(decimal{10'000, 2});
        const rows got = s.query(q, {{.name = "least", .content = least},
                                     {.name = "most", .content = 3000}})
                             .value();
        wrong += got.at(0, 0) != value(t % 2 ? 4 : 2);
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace guanxi::test
