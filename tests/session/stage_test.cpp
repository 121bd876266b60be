// Stages: what entering one brings along, and what a deal's path through them leaves behind.
#include "support/stores.hpp"

using namespace guanxi;
using namespace guanxi::crm;
using namespace guanxi::test;

namespace {

class stage_case : public on_every_store {
 protected:
  record deal(const char* stage = "talk") {
    return s.create(opportunity::entity,
                    {opportunity::name = "Deal", opportunity::stage = key(stage)})
        .value();
  }
  record move(const record& r, const char* stage) {
    return s.change(r, {opportunity::stage = key(stage)}).value();
  }
  std::string forecast(const record& r) {
    return r.find("probability").value().to_string() + " " +
           r.find("forecast_category").value().to_string();
  }
  std::string visits(const record& r) {
    return answer(s, "select stage.name, entered_at, left_at, duration_seconds from stage_visit "
                     "where opportunity = :deal order by id",
                  {{"deal", r.key()}});
  }
  void wait(std::int64_t seconds) { at.clock->advance(seconds * microseconds_per_second); }
  session s = as("nina");
};
INSTANTIATE_TEST_SUITE_P(on, stage_case, every_store, store_name);

}  // namespace

TEST_P(stage_case, gives_its_defaults_on_entry) {
  const record r = deal();
  EXPECT_EQ(forecast(r), "10.00 pipeline");
  EXPECT_EQ(forecast(move(r, "offer")), "60.00 best_case");
}

TEST_P(stage_case, follows_a_change_by_name_too) {
  const record r = deal();
  const record moved =
      s.change(r.key(), s.draft("opportunity").value().set("stage", key("offer"))).value();
  EXPECT_EQ(forecast(moved), "60.00 best_case");
  const record texted =
      s.change(r.key(),
               s.draft("opportunity").value().set("stage", std::to_string(key("talk").value)))
          .value();
  EXPECT_EQ(forecast(texted), "10.00 pipeline");
  s.begin().value();
  const record inside = move(texted, "offer");
  EXPECT_EQ(forecast(inside), "60.00 best_case");
  s.commit().value();
}

TEST_P(stage_case, yields_to_an_override_until_the_next_stage) {
  const record r = deal();
  const record overridden =
      s.change(r, {opportunity::probability = decimal{3300, 2},
                   opportunity::forecast_category = "commit"})
          .value();
  EXPECT_EQ(forecast(overridden), "33.00 commit");
  const record named = s.change(overridden, {opportunity::name = "Other"}).value();
  EXPECT_EQ(forecast(named), "33.00 commit");
  const record same = move(named, "talk");
  EXPECT_EQ(forecast(same), "33.00 commit") << "the same stage is no change";
  EXPECT_EQ(forecast(move(same, "offer")), "60.00 best_case");
  const record together =
      s.change(deal(), {opportunity::stage = key("offer"),
                        opportunity::probability = decimal{7500, 2}})
          .value();
  EXPECT_EQ(forecast(together), "75.00 best_case") << "an override may come with the stage";
}

TEST_P(stage_case, closes_at_hundred_or_nothing) {
  const record won = move(deal(), "won");
  EXPECT_EQ(forecast(won), "100.00 closed");
  const auto bargained = s.change(won, {opportunity::probability = decimal{5000, 2},
                                        opportunity::forecast_category = "commit"});
  ASSERT_TRUE(bargained) << message(bargained);
  EXPECT_EQ(forecast(*bargained), "100.00 closed");
  const record lost = s.change(deal(), {opportunity::stage = key("lost"),
                                        opportunity::probability = decimal{9000, 2}})
                          .value();
  EXPECT_EQ(forecast(lost), "0.00 omitted");
  const record born =
      s.create(opportunity::entity,
               {opportunity::name = "Born won", opportunity::stage = key("won"),
                opportunity::probability = decimal{100, 2}})
          .value();
  EXPECT_EQ(forecast(born), "100.00 closed");
  EXPECT_EQ(forecast(move(born, "talk")), "10.00 pipeline") << "reopened";
}

TEST_P(stage_case, rewrites_no_deal_when_its_defaults_are_edited) {
  const record r = deal();
  session admin = as("admin");
  admin.change(admin.get("stage", key("talk")).value(), {stage::probability = decimal{2000, 2}})
      .value();
  EXPECT_EQ(forecast(s.get("opportunity", r.key()).value()), "10.00 pipeline");
  EXPECT_EQ(forecast(deal()), "20.00 pipeline");
}

TEST_P(stage_case, tells_whether_it_is_open_won_or_lost) {
  EXPECT_EQ(answer(s, "select name, is_open, is_won, is_lost from stage order by position"),
            "Talk|true|false|false\nOffer 报价|true|false|false\nWon|false|true|false\n"
            "Lost|false|false|true\n");
  session admin = as("admin");
  admin.change(admin.get("stage", key("offer")).value(), {stage::class_ = "lost"}).value();
  EXPECT_EQ(answer(s, "select is_open, is_lost from stage where position = 2"), "false|true\n");
}

TEST_P(stage_case, leaves_a_visit_behind) {
  const record r = deal();
  EXPECT_EQ(visits(r), "Talk|2026-03-02T09:00:00Z|null|null\n");
  wait(3600);
  const record offered = move(r, "offer");
  EXPECT_EQ(offered[opportunity::stage_entered_at], at.clock->now());
  wait(86'400);
  const record back = move(offered, "talk");
  wait(10);
  move(back, "won");
  EXPECT_EQ(visits(r), "Talk|2026-03-02T09:00:00Z|2026-03-02T10:00:00Z|3600\n"
                       "Offer 报价|2026-03-02T10:00:00Z|2026-03-03T10:00:00Z|86400\n"
                       "Talk|2026-03-03T10:00:00Z|2026-03-03T10:00:10Z|10\n"
                       "Won|2026-03-03T10:00:10Z|null|null\n");
}

TEST_P(stage_case, counts_one_visit_a_stage_inside_one_transaction) {
  s.begin().value();
  const record r = deal();
  wait(5);
  move(move(r, "offer"), "won");
  s.commit().value();
  EXPECT_EQ(visits(r), "Talk|2026-03-02T09:00:00Z|2026-03-02T09:00:05Z|5\n"
                       "Offer 报价|2026-03-02T09:00:05Z|2026-03-02T09:00:05Z|0\n"
                       "Won|2026-03-02T09:00:05Z|null|null\n");
}

TEST_P(stage_case, respects_imported_times) {
  const record r =
      s.create(opportunity::entity,
               {opportunity::name = "Old", opportunity::stage = key("talk"),
                opportunity::stage_entered_at = instant::parse("2025-01-01T00:00:00Z").value()})
          .value();
  EXPECT_EQ(r[opportunity::stage_entered_at], instant::parse("2025-01-01T00:00:00Z").value());
  s.change(r, {opportunity::stage = key("offer"),
               opportunity::stage_entered_at = instant::parse("2025-01-02T00:00:00Z").value()})
      .value();
  EXPECT_EQ(visits(r), "Talk|2025-01-01T00:00:00Z|2025-01-02T00:00:00Z|86400\n"
                       "Offer 报价|2025-01-02T00:00:00Z|null|null\n");
}

TEST_P(stage_case, is_remembered_by_a_lost_deal) {
  const record lost = move(move(deal(), "offer"), "lost");
  EXPECT_EQ(lost[opportunity::last_open_stage], key("offer"));
  EXPECT_EQ(code(s.change(lost, {opportunity::last_open_stage = key("talk")})), errc::validation);
  EXPECT_EQ(move(lost, "talk")[opportunity::last_open_stage], key("talk"));
}

TEST_P(stage_case, shows_visits_to_those_who_see_the_deal) {
  const record r = deal();
  const std::string count = "select count() from stage_visit where opportunity = :d";
  EXPECT_EQ(answer(as("mona"), count, {{"d", r.key()}}), "1\n");
  EXPECT_EQ(answer(as("nils"), count, {{"d", r.key()}}), "0\n");
  session mona = as("mona");
  mona.change(mona.get("opportunity", r.key()).value(),
              {schema::system_field::owner = key("nils")})
      .value();
  EXPECT_EQ(answer(as("nina"), count, {{"d", r.key()}}), "0\n");
  EXPECT_EQ(answer(as("nils"), count, {{"d", r.key()}}), "1\n") << "the history moves along";
}

TEST_P(stage_case, puts_the_change_and_its_consequences_in_the_history) {
  const record r = deal();
  move(r, "offer");
  const auto log = s.history("opportunity", r.key()).value();
  ASSERT_EQ(log.size(), 2u);
  std::map<std::string, std::string> fields;
  for (const auto& f : log[1].fields)
    fields[f.name] = f.before.to_string() + " > " + f.after.to_string();
  EXPECT_EQ(fields["probability"], "10.00 > 60.00");
  EXPECT_EQ(fields["forecast_category"], "pipeline > best_case");
  EXPECT_EQ(fields["stage"], std::to_string(key("talk").value) + " > " +
                                 std::to_string(key("offer").value));
}
