// What stands behind the handles tenant and session.
#pragma once

#include "guanxi/session/session.hpp"
#include "guanxi/work/module.hpp"
#include "guanxi/work/pipeline.hpp"
#include "prepared.hpp"

#include <functional>
#include <mutex>

namespace guanxi::work {
class change_log;
}

namespace guanxi {

class taking;

/// Writes beside the change log.
using log_write = std::function<result<void>(work::pipeline& in, const policy::grants& mine)>;
/// Reads the change log under the acting user's rights.
using log_look = std::function<result<void>(const policy::grants& mine, work::change_log& log)>;

/// Runs a query text on system sight.
using rule_reader = std::function<result<rows>(std::string_view text)>;
/// What the records of rights and settings say, compiled.
struct standing_rules {
  policy::rulebook_ptr rights;
  calendar_ptr calendar;
};
/// Loads them from their records.
result<standing_rules> load_rules(const rule_reader& read, const environment& world);
/// The rules with those shares read again; what else a transaction wrote was no rule.
result<policy::rulebook_ptr> with_shares(
    const rule_reader& read, const policy::rulebook& before,
    std::span<const std::pair<const schema::entity*, id>> changed);
/// No text of a parameter may be what no stored text is: errc::invalid_text.
result<void> check_texts(const std::vector<expr::parameter_value>& parameters);
/// Whether records of this entity are rules or settings.
bool holds_rules(std::string_view entity) noexcept;
/// Rule 4: removes the sharing rules and shares that give no more than the sharing defaults do, if
/// this transaction has touched a default.
result<void> drop_idle_grants(work::pipeline& p, const policy::grants& all,
                              const query::bounds& within);
/// What a new store starts with: settings, permission sets, the user `admin`.
result<void> furnish(session& s, std::string_view base_currency);

struct tenant::state {
  std::unique_ptr<store::store> store;
  std::vector<work::module_ptr> modules;
  environment world;
  std::string base_currency;
  query_texts texts;

  mutable std::mutex mutex;  ///< guards what follows
  standing_rules rules;
  std::shared_ptr<const work::effect_set> effects;
  std::shared_ptr<const work::action_set> actions;
  std::shared_ptr<const work::timer_set> timers;
  schema::catalog_ptr effects_catalog;  ///< the catalog that all three were installed against
  std::int64_t seen_epoch = 0;
  std::int64_t rules_epoch = 0;  ///< of `rules`, which later ones replace and earlier ones do not
  rates_ptr rates;               ///< the exchange rates that were read last; null: none were
  std::int64_t rates_epoch = 0;  ///< of `rates`
  std::mutex loading;            ///< held while rules and definitions are read again

  /// Brings rules, definitions and effects to what is stored now, if another process changed them.
  result<void> refresh();
  /// The same if the reading has seen news; it then knows them.
  result<void> refresh(store::reading& by);
  result<void> load(std::int64_t epoch);
  void adopt(standing_rules next, std::int64_t epoch);
  policy::rulebook_ptr current_rules() const;
  calendar_ptr current_calendar() const;
  /// The exchange rates as they are at an epoch, if they were kept.
  rates_ptr kept_rates(std::int64_t epoch) const;
  void keep_rates(rates_ptr found, std::int64_t epoch);
  result<std::shared_ptr<const work::effect_set>> current_effects();
  result<std::shared_ptr<const work::action_set>> current_actions();
  result<std::shared_ptr<const work::timer_set>> current_timers();
  /// Makes effects, actions and timers ready for the catalog as it is now. Needs the mutex.
  result<void> install();
};

struct session::state {
  std::shared_ptr<guanxi::tenant::state> of;
  policy::principal who;
  mutable std::optional<policy::grants> grants;
  std::unique_ptr<work::pipeline> open;  ///< the explicit transaction
  mutable std::optional<store::reading> held;  ///< what an explicit reading sees
  mutable unsigned reads_held = 0;             ///< since a look at what others have committed
  mutable instant looked_at = {};              ///< when that was
  mutable std::atomic<bool> interrupted{false};
  mutable query::memory_account memory{0};  ///< of the query that runs
  int following = 0;                           ///< actions that follow each other, how deep
  bool telling = false;                        ///< a change event is being told
  std::optional<std::int64_t> deadline_ms;  ///< of each call

  /// The bounds of a call that begins now.
  query::bounds begin_call() const { return begin_call(deadline_ms); }
  query::bounds begin_call(std::optional<std::int64_t> may_take_ms) const;

  /// The grants of the acting user under today's rules; errc::permission once deactivated.
  result<const policy::grants*> rights() const;
  /// The same without a look at what other processes have committed.
  result<const policy::grants*> known_rights(const schema::catalog_ptr& catalog) const;
  /// The same inside a reading, with a look now and then.
  result<const policy::grants*> held_rights() const;
  /// Runs one read under today's rights. The read itself finds out whether others have committed,
  /// so a look before it would be a second one.
  template <class F>
  auto look(F&& work) const
      -> decltype(work(std::declval<const policy::grants&>(), std::declval<store::reading*>()));
  /// The same for other sources than session.cpp.
  using looker = std::function<result<void>(const policy::grants&, store::reading*)>;
  result<void> look_so(const looker& work) const;
  /// The same for the change log.
  result<void> look_at_log(const log_look& work) const;
  /// Runs one write beside the log.
  result<void> write_log(const log_write& task);
  /// Runs one write, in the open transaction or in one of its own.
  template <class F>
  auto write(const query::bounds& within, F&& work)
      -> decltype(work(std::declval<work::pipeline&>(), std::declval<const policy::grants&>()));
  /// The same for other sources than session.cpp.
  using writer = std::function<result<void>(work::pipeline&, const policy::grants&)>;
  result<void> write_so(const query::bounds& within, const writer& work);
  /// Opens a write transaction whose definitions are those of the rights.
  result<std::unique_ptr<work::pipeline>> begin_writing(const query::bounds& within, bool brief);
  result<void> finish(work::pipeline& p);
  result<standing_rules> rules_after(work::pipeline& p, bool all_of_them);
  // Reads by a reading, or without one in the open transaction.
  /// A live record as a grant shows it.
  result<record> read(const policy::grant& g, id key, store::reading* by) const;
  result<record> stored(std::string_view entity, id key, store::reading* by) const;
  /// What all statements of one query have in common.
  struct call {
    expr::moment when;
    query::bounds within;
    bool usual_days = true;  ///< by the calendar's own time zone
  };
  result<call> call_of(const query_options& options) const;
  result<rows> run(prepared::state& q, const policy::grants& as,
                   const std::vector<expr::parameter_value>& parameters, const call& in,
                   store::reading* by) const;
  /// Runs a query as it is, or as it was.
  result<rows> run(prepared::state& q, const std::vector<expr::parameter_value>& parameters,
                   const query_options& options) const;
  /// The same with what stands in its text: its moment of the past, and the place of its page.
  result<rows> answer(const session& by, prepared::state& q,
                      const std::vector<expr::parameter_value>& parameters,
                      const query_options& options) const;
  /// The same over the records of a moment of the past.
  result<rows> run_then(const query::statement& q,
                        const std::vector<expr::parameter_value>& parameters,
                        const as_of& then, const call& in) const;
  /// The same for a query that selects children.
  result<rows> run_family(prepared::state& q, const query::family& f,
                          const std::vector<expr::parameter_value>& parameters,
                          const query_options& options, const call& in) const;
  result<query::bounds> bounds_of(const query_options& options) const;
  /// The moment of the past that a statement names, if it names one.
  result<query_options> with_as_of(const query::statement& q,
                                   const std::vector<expr::parameter_value>& parameters,
                                   const query_options& options) const;
  /// When a query runs that begins now, and by whose calendar.
  result<expr::moment> moment_of(const query_options& options) const;
  /// The exchange rates that a statement goes by.
  result<rates_ptr> rates_for(const policy::grants& mine, store::reading* by) const;
  /// The same as they were after a change of the past.
  result<rates_ptr> rates_then(const policy::grants& mine, work::change_log& log,
                               std::int64_t sequence, const query::bounds& within) const;
  result<explanation> explain(const policy::grants& who, action a, std::string_view entity, id key,
                              std::optional<std::string_view> field, store::reading* by) const;
  /// Runs an action on an open transaction or, if it only reads, on a reading.
  result<rows> act(const work::installed_action& what, const work::arguments& given,
                   const policy::grants& mine, const call& in, store::reading* by,
                   const invoke_options& options);
  /// One call of tick, as system sight.
  result<tick_report> tick(const tick_options& options);
  struct round;
  result<rows> answer_to(prepared::state& q, const policy::grants& as, bool own_sight,
                         const std::vector<expr::parameter_value>& with, const call& in,
                         store::reading* by) const;
  /// Runs what an action wants to be followed by.
  result<void> follow(const work::outcome& done, const taking& steps, const policy::grants& mine,
                      const call& in, const invoke_options& options);
  using actor = std::function<result<rows>(const policy::grants&, store::reading*)>;
  /// Runs what reads and writes in the open transaction, which it leaves as it was if it fails, or
  /// in one of its own.
  result<rows> act_within(const actor& work, const query::bounds& within);
  /// Of a record, or of a field of one, on the grants of anybody.
  result<explanation> explained(const policy::grants& whose, action a, const record& r,
                                std::optional<std::uint16_t> slot, store::reading* by) const;
  /// Tries requests of the schema, and keeps what they did, once a listener knows it, or, without
  /// one, takes it back.
  result<std::vector<schema_step>> reshape(std::span<const schema::request> asked,
                                           const steps_listener* keep);
  /// Undoes an open transaction and ends a reading: feeds may live on, the session does not.
  void end() noexcept;
  /// errc::misuse while a change is told, in which nothing is written.
  result<void> quiet() const;
  /// errc::permission for those who do not administer permissions.
  result<void> administers(std::string_view what) const;
};

}  // namespace guanxi
