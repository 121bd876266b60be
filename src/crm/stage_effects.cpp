// Stage, probability and forecast category; stage history. Rules: entering a stage applies both
// defaults, an override lasts until the next stage change, won is always 100 %/closed and lost
// always 0 %/omitted; each visit to a stage stores entered, left and duration.
#include "effects.hpp"
#include "guanxi/crm/standard.hpp"

namespace guanxi::crm {

namespace {

using work::change;
using work::output;
using work::reads;
using work::write_class;

/// is_open, is_won and is_lost of a stage follow from its class.
work::effect stage_class() {
  return {.name = "stage.class",
          .entity = "stage",
          .fields = {"class"},
          .as = write_class::derived,
          .writes = {"is_open", "is_won", "is_lost"},
          .run = [](const change& c, const reads&, output& out) {
            const auto is = [&](std::string_view what) {
              return (*c.after)[stage::class_] == what;
            };
            out.set(stage::is_open = is("open"));
            out.set(stage::is_won = is("won"));
            out.set(stage::is_lost = is("lost"));
          }};
}

/// The stage's defaults, where the caller gave no value in the same write.
work::effect defaults() {
  return {.name = "opportunity.stage_defaults", .entity = "opportunity", .fields = {"stage"},
          .as = write_class::initial, .paths = {"stage.probability", "stage.forecast_category"},
          .writes = {"probability", "forecast_category", "stage_entered_at"},
          .run = [](const change& c, const reads& in, output& out) {
            // A stage without a default gives none: what the last stage gave must not stay.
            const auto give = [&](std::uint16_t slot, const value& v) {
              out.set({opportunity::probability.tag(), slot, v, {}});
            };
            give(opportunity::probability.slot(), in.paths[0]);
            give(opportunity::forecast_category.slot(), in.paths[1]);
            out.set(opportunity::stage_entered_at = c.now);
          }};
}

/// Won and lost stages admit no override.
work::effect closing() {
  return {.name = "opportunity.closing", .entity = "opportunity",
          .fields = {"stage", "probability", "forecast_category"}, .as = write_class::rule,
          .paths = {"stage.class"}, .writes = {"probability", "forecast_category"},
          .run = [](const change&, const reads& in, output& out) {
            const bool won = in.paths[0] == value("won"), lost = in.paths[0] == value("lost");
            if (!won && !lost) return;
            out.set(opportunity::probability = decimal{won ? 10'000 : 0, 2});
            out.set(opportunity::forecast_category = won ? std::string_view("closed")
                                                         : std::string_view("omitted"));
          }};
}

/// A lost deal remembers its last live stage.
work::effect last_open_stage() {
  return {.name = "opportunity.last_open_stage", .entity = "opportunity", .fields = {"stage"},
          .as = write_class::derived, .paths = {"stage.class"}, .writes = {"last_open_stage"},
          .run = [](const change& c, const reads& in, output& out) {
            if (in.paths[0] == value("open")) {
              out.set(opportunity::last_open_stage = (*c.after)[opportunity::stage].value_or(id{}));
            }
          }};
}

work::effect first_visit() {
  return {.name = "opportunity.first_visit", .entity = "opportunity", .on = work::created,
          .as = write_class::rule, .writes = {"stage_visit.*"}, .after = {"opportunity.closing"},
          .run = [](const change& c, const reads&, output& out) {
            const auto at = (*c.after)[opportunity::stage];
            if (!at) return;
            out.create(stage_visit::entity)
                .set(stage_visit::opportunity = c.after->key())
                .set(stage_visit::stage = *at)
                .set(stage_visit::entered_at =
                         (*c.after)[opportunity::stage_entered_at].value_or(c.now));
          }};
}

/// Leaving a stage closes its visit and opens the next; coming back is a new visit.
work::effect next_visit() {
  return {
      .name = "opportunity.next_visit",
      .entity = "opportunity",
      .on = work::updated,
      .fields = {"stage"},
      .as = write_class::rule,
      .queries =
          {"select id, entered_at from stage_visit with archived "
           "where opportunity = :id and left_at is null"},
      .writes = {"stage_visit.*"},
      .after = {"opportunity.first_visit"},
      .run =
          [](const change& c, const reads& in, output& out) {
            if (!c.before) return;
            const instant now = (*c.after)[opportunity::stage_entered_at].value_or(c.now);
            const query::rows& open = in.queries[0];
            for (std::size_t i = 0; i < open.size(); ++i) {
              const instant entered = open.at(i, 1).as_instant();
              // Imported times may run backwards; a visit never lasts less than nothing.
              const instant left = now < entered ? entered : now;
              out.change(stage_visit::entity, open.at(i, 0).as_id())
                  .set(stage_visit::left_at = left)
                  .set(stage_visit::duration_seconds =
                           (left.microseconds - entered.microseconds) / microseconds_per_second);
            }
            if (const auto at = (*c.after)[opportunity::stage])
              out.create(stage_visit::entity)
                  .set(stage_visit::opportunity = c.after->key())
                  .set(stage_visit::stage = *at)
                  .set(stage_visit::entered_at = now);
          }};
}

/// A deal's history belongs to whom the deal belongs.
work::effect visits_follow_owner() {
  return {.name = "opportunity.visits_follow_owner",
          .entity = "opportunity",
          .on = work::updated,
          .fields = {"owner"},
          .as = write_class::rule,
          .queries = {"select id from stage_visit with archived where opportunity = :id"},
          .writes = {"stage_visit.*"},
          .after = {"opportunity.next_visit", "opportunity.first_visit"},
          .run = [](const change& c, const reads& in, output& out) {
            const auto owner = (*c.after)[schema::system_field::owner];
            for (std::size_t i = 0; i < in.queries[0].size(); ++i) {
              schema::draft& visit =
                  out.change(stage_visit::entity, in.queries[0].at(i, 0).as_id());
              visit.set(owner ? schema::system_field::owner = *owner
                              : schema::system_field::owner = nullptr);
            }
          }};
}

}  // namespace

std::vector<work::effect> stage_effects() {
  return {stage_class(),     defaults(),    closing(),   last_open_stage(),
          first_visit(), next_visit(), visits_follow_owner()};
}

}  // namespace guanxi::crm
