#include "guanxi/crm/standard.hpp"
#include "guanxi/store/memory.hpp"
#include "guanxi/store/sqlite.hpp"
#include "state.hpp"

#include <utility>

namespace guanxi {

namespace {

/// Runs a text on system sight under an empty rulebook: rules cannot be read by rules.
result<rows> read_as_system(store::store& from, const environment& world, std::string_view text) {
  static const policy::rulebook_ptr no_rules = std::make_shared<const policy::rulebook>();
  const policy::grants all(no_rules, from.catalog(), policy::principal::system_sight("rules"));
  result<query::statement> q = query::parse(text);
  if (!q) return passed(q);
  result<query::plan_ptr> p = query::bind(*q, all);
  if (!p) return passed(p);
  result<query::trimmed_plan> t = query::trim(*p, all);
  if (!t) return passed(t);
  result<store::reading> now = from.read();
  if (!now) return passed(now);
  return now->read(*t, {.text = world.text.get()});
}

/// Defines the entities of modules that a store does not have yet, and finds out at once whether
/// what they do fits: afterwards every write would say so.
result<void> add_modules(tenant::state& to, const open_options& options) {
  std::vector<schema::entity_definition> missing;
  for (const work::module_ptr& m : options.modules)
    for (const schema::entity_definition& e : m->entities)
      if (!to.store->catalog()->find(e.name)) missing.push_back(e);
  if (!missing.empty()) {
    if (options.read_only)
      return unexpected(errc::read_only, "the store lacks " + in_backticks(missing.front().name) +
                                             " of a module, and is open to read only");
    if (auto defined = to.store->define(missing); !defined) return passed(defined);
  }
  {
    const std::lock_guard lock(to.mutex);
    to.modules = options.modules;
    to.effects_catalog = nullptr;
  }
  if (auto ready = to.current_actions(); !ready) return passed(ready);
  return {};
}

}  // namespace

policy::rulebook_ptr tenant::state::current_rules() const {
  const std::lock_guard lock(mutex);
  return rules.rights;
}

calendar_ptr tenant::state::current_calendar() const {
  const std::lock_guard lock(mutex);
  return rules.calendar;
}

void tenant::state::adopt(standing_rules next, std::int64_t epoch) {
  const std::lock_guard lock(mutex);
  if (rules.rights && epoch < rules_epoch && !store->lent()) return;
  rules = std::move(next);
  rules_epoch = epoch;
}

result<void> tenant::state::load(std::int64_t epoch) {
  result<standing_rules> next = load_rules(
      [this](std::string_view text) { return read_as_system(*store, world, text); }, world);
  if (!next) return passed(next);
  adopt(std::move(*next), epoch);
  return {};
}

result<void> tenant::state::refresh() {
  result<store::reading> now = store->read();
  if (!now) return passed(now);
  result<bool> news = now->look();
  if (!news) return passed(news);
  return refresh(*now);
}

result<void> tenant::state::refresh(store::reading& by) {
  if (!by.saw_news()) return {};
  // One after another: who comes next finds most of it done, and nothing older replaces it.
  const std::lock_guard one(loading);
  result<std::int64_t> epoch = by.epoch();
  if (!epoch) return passed(epoch);
  const bool goes_back = store->lent();  // a host may take back what was seen
  bool changed = goes_back;
  {
    const std::lock_guard lock(mutex);
    changed = changed || *epoch > seen_epoch;
  }
  if (changed) {
    if (auto ok = store->reload(); !ok) return ok;
    if (auto ok = load(*epoch); !ok) return ok;
    // Only now: had loading failed, the next call would go on under the old rules.
    const std::lock_guard lock(mutex);
    seen_epoch = *epoch;
  }
  by.confirm();
  return {};
}

result<void> tenant::state::install() {
  const schema::catalog_ptr now = store->catalog();
  if (effects_catalog == now) return {};
  std::vector<work::effect> all_effects = crm::effects();
  std::vector<work::action> all_actions = crm::actions();
  std::vector<work::timer> all_timers = crm::timers();
  for (const work::module_ptr& m : modules) {
    all_effects.insert(all_effects.end(), m->effects.begin(), m->effects.end());
    all_actions.insert(all_actions.end(), m->actions.begin(), m->actions.end());
    all_timers.insert(all_timers.end(), m->timers.begin(), m->timers.end());
  }
  result<work::effect_set> next = work::effect_set::install(std::move(all_effects), now);
  if (!next) return passed(next);
  result<work::action_set> doable = work::action_set::install(std::move(all_actions), now);
  if (!doable) return passed(doable);
  result<work::timer_set> due = work::timer_set::install(std::move(all_timers), now);
  if (!due) return passed(due);
  effects = std::make_shared<const work::effect_set>(std::move(*next));
  timers = std::make_shared<const work::timer_set>(std::move(*due));
  actions = std::make_shared<const work::action_set>(std::move(*doable));
  effects_catalog = now;
  return {};
}

result<std::shared_ptr<const work::effect_set>> tenant::state::current_effects() {
  const std::lock_guard lock(mutex);
  if (auto ok = install(); !ok) return passed(ok);
  return effects;
}

result<std::shared_ptr<const work::action_set>> tenant::state::current_actions() {
  const std::lock_guard lock(mutex);
  if (auto ok = install(); !ok) return passed(ok);
  return actions;
}

result<std::shared_ptr<const work::timer_set>> tenant::state::current_timers() {
  const std::lock_guard lock(mutex);
  if (auto ok = install(); !ok) return passed(ok);
  return timers;
}

result<session> tenant::as_user(std::string_view login) const {
  if (auto ok = state_->refresh(); !ok) return passed(ok);
  const policy::rulebook_ptr rules = state_->current_rules();
  const policy::user* u = rules->find_user(login);
  if (!u || !u->active)
    return unexpected(errc::unknown_name, "no active user " + in_backticks(login) +
                                              "; check the login, or activate the user");
  for (const policy::queue& q : rules->source().queues)
    if (q.holder == u->key)
      return unexpected(errc::unknown_name, in_backticks(login) + " holds what a queue has, and is "
                                            "nobody; act as a member of the queue");
  auto s = std::make_unique<session::state>();
  s->of = state_;
  s->who = policy::principal::of(*u);
  return session(std::move(s));
}

session tenant::as_system(std::string_view cause) const {
  auto s = std::make_unique<session::state>();
  s->of = state_;
  s->who = policy::principal::system_sight(std::string(cause));
  return session(std::move(s));
}

schema::catalog_ptr tenant::catalog() const { return state_->store->catalog(); }
bool tenant::fresh() const noexcept { return state_->store->fresh(); }
result<void> tenant::save(std::string_view path) const { return state_->store->save(path); }
result<commit_outcome> tenant::outcome_of(std::string_view token) const {
  return state_->store->outcome_of(token);
}
result<store::verification> tenant::verify(const store::verify_options& how) const {
  return state_->store->verify(how);
}
result<store::backup_report> tenant::backup(std::string_view path,
                                            const store::backup_options& how) const {
  return state_->store->backup(std::string(path), how);
}
std::string_view tenant::store_name() const noexcept { return state_->store->driver_name(); }

result<tenant> open(std::unique_ptr<store::driver> d, const open_options& options) {
  if (auto c = currency::parse(options.base_currency); !c) return passed(c);
  if (options.busy_timeout_ms < 0 || options.busy_timeout_ms > 600'000)
    return unexpected(errc::invalid_argument, "`busy_timeout_ms` must be 0 to 600,000");
  auto s = std::make_shared<tenant::state>();
  s->world = options.world ? *options.world : default_environment();
  if (!s->world.zones) s->world.zones = make_time_zones();
  auto opened = store::store::open(std::move(d), crm::definitions(), s->world,
                                    options.busy_timeout_ms);
  if (!opened) return passed(opened);
  s->store = std::move(*opened);
  s->base_currency = options.base_currency;
  // Seen before it is loaded: what another process commits in between is loaded again.
  if (auto ok = s->refresh(); !ok) return passed(ok);
  if (!s->current_rules())
    if (auto ok = s->load(s->seen_epoch); !ok) return passed(ok);
  tenant out(s);
  // A store whose making was cut short between its tables and its first records is furnished now.
  const auto kept = [&] {
    return read_as_system(*s->store, s->world,
                          "select content from setting with archived where name = 'base_currency'");
  };
  result<rows> currency = kept();
  if (currency && currency->empty() && !options.read_only) {
    session first = out.as_system("a new store");
    if (auto ok = furnish(first, options.base_currency); !ok) return passed(ok);
    if (auto ok = s->load(s->rules_epoch); !ok) return passed(ok);
    currency = kept();
  }
  if (!currency) return passed(currency);
  if (!currency->empty()) s->base_currency = currency->at(0, 0).to_string();
  if (!options.modules.empty())
    if (auto ok = add_modules(*s, options); !ok) return passed(ok);
  return out;
}

result<tenant> open(std::string_view path, const open_options& options) {
  if (path.empty() || path.find('\0') != std::string_view::npos || utf8_fault(path))
    return unexpected(errc::invalid_argument,
                      "a path must be UTF-8 text without NUL, and not empty");
  const environment world = options.world ? *options.world : default_environment();
  if (options.store == store_kind::memory) {
    if (!options.vfs.empty())
      return unexpected(errc::invalid_argument, "a memory store has no `vfs`; leave it out");
    store::memory_options how{.create = options.create, .read_only = options.read_only};
    if (path != ":memory:") how.path = path;
    auto d = store::open_memory(how);
    if (!d) return passed(d);
    return open(std::move(*d), options);
  }
  store::sqlite_options how;
  how.path = path;
  how.create = options.create;
  how.read_only = options.read_only;
  how.vfs = options.vfs;
  how.busy_timeout_ms = options.busy_timeout_ms;
  how.may_lose_last_commits = options.may_lose_last_commits;
  auto d = store::open_sqlite(how, world);
  if (!d) return passed(d);
  return open(std::move(*d), options);
}

}  // namespace guanxi
