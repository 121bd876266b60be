#include "guanxi/guanxi.hpp"

#include <gtest/gtest.h>

using namespace guanxi;
using namespace guanxi::crm;

TEST(first, walks_the_house) {
  auto crm = open(":memory:");
  ASSERT_TRUE(crm) << crm.error().message();
  auto s = crm->as_user("admin");
  ASSERT_TRUE(s) << s.error().message();
  auto acme = s->create(account::entity, {account::name = "Acme", account::industry = "retail"});
  ASSERT_TRUE(acme) << acme.error().message();
  auto p = s->create(pipeline::entity, {pipeline::name = "Sales"});
  ASSERT_TRUE(p) << p.error().message();
  auto open_stage = s->create(stage::entity, {stage::name = "Talk", stage::pipeline = p->key(),
                                              stage::probability = decimal{4000, 2}});
  ASSERT_TRUE(open_stage) << open_stage.error().message();
  auto won = s->create(stage::entity,
                       {stage::name = "Won", stage::pipeline = p->key(), stage::class_ = "won"});
  ASSERT_TRUE(won) << won.error().message();
  auto deal = s->create(opportunity::entity,
                        {opportunity::name = "First", opportunity::account = acme->key(),
                         opportunity::stage = open_stage->key(),
                         opportunity::amount = money{decimal{100050, 2}, currency("USD")}});
  ASSERT_TRUE(deal) << deal.error().message();
  EXPECT_EQ((*deal)[opportunity::probability], (decimal{40, 0}));
  auto moved = s->change(*deal, {opportunity::stage = won->key()});
  ASSERT_TRUE(moved) << moved.error().message();
  EXPECT_EQ((*moved)[opportunity::probability], (decimal{100, 0}));
  EXPECT_EQ((*moved)[opportunity::forecast_category], "closed");
  auto r = s->query(
      "select account.name as a, sum(amount) as total, count() as n from opportunity where "
      "stage.is_won group by account.name order by total desc limit 10");
  ASSERT_TRUE(r) << r.error().message();
  ASSERT_EQ(r->size(), 1u);
  EXPECT_EQ(r->at(0, 0), value("Acme"));
  EXPECT_EQ(r->at(0, 1), value(decimal{100050, 2}));
  auto v = s->query("select stage.name, left_at is null from stage_visit order by entered_at, id");
  ASSERT_TRUE(v) << v.error().message();
  EXPECT_EQ(v->size(), 2u);
  auto h = s->history("opportunity", deal->key());
  ASSERT_TRUE(h) << h.error().message();
  EXPECT_EQ(h->size(), 2u);
}
