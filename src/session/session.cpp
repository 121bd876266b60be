#include "guanxi/session/session.hpp"

#include "guanxi/work/change_log.hpp"
#include "families.hpp"
#include "page_walk.hpp"
#include "state.hpp"

#include <limits>
#include <new>
#include <utility>

namespace guanxi {

namespace {

constexpr std::int64_t longest_ms = 86'400'000;  // a day

unexpected no_transaction() { return unexpected(errc::misuse, "no transaction is open"); }

}  // namespace

session::session(std::unique_ptr<state> s) : state_(std::move(s)) {}
session::session(session&&) noexcept = default;
session& session::operator=(session&& other) noexcept {
  if (this != &other) {
    if (state_) state_->end();
    state_ = std::move(other.state_);
  }
  return *this;
}
session::~session() {
  if (state_) state_->end();
}

void session::state::end() noexcept {
  open.reset();
  held.reset();
}

result<void> session::state::quiet() const {
  if (!telling) return {};
  return unexpected(errc::misuse, "a change is being told, and nothing is written meanwhile; "
                                  "write when the callback has returned");
}

result<const policy::grants*> session::state::rights() const {
  if (auto ok = of->store->outside(); !ok) return passed(ok);
  if (open && grants) return &*grants;  // inside a transaction the rules stand still
  if (held) return held_rights();
  if (auto ok = of->refresh(); !ok) return passed(ok);
  return known_rights(of->store->catalog());
}

result<const policy::grants*> session::state::known_rights(
    const schema::catalog_ptr& catalog) const {
  const policy::rulebook_ptr rules = of->current_rules();
  if (!who.system) {
    const policy::user* u = rules->find_user(who.user);
    if (!u || !u->active)
      return unexpected(errc::permission, "the user " + in_backticks(who.login) +
                                              " is no longer active; nothing was done");
  }
  if (!grants || grants->policy_shared() != rules || grants->catalog() != catalog) {
    policy::principal now = who;
    if (const policy::user* u = rules->find_user(who.user)) now = policy::principal::of(*u);
    grants.emplace(rules, catalog, std::move(now));
  }
  return &*grants;
}

result<const policy::grants*> session::state::held_rights() const {
  // Records stand still inside a reading, rights do not. Those that this process changes are known
  // at once; those of other processes cost a look, which not every read pays for.
  constexpr unsigned reads_between_looks = 16;
  constexpr std::int64_t microseconds_between_looks = 50'000;
  const instant now = of->world.clock->now();
  const std::int64_t passed_by = now.microseconds - looked_at.microseconds;
  if (++reads_held >= reads_between_looks || passed_by < 0 ||
      passed_by >= microseconds_between_looks) {
    if (auto ok = of->refresh(); !ok) return passed(ok);
    reads_held = 0;
    looked_at = now;
  }
  return known_rights(held->catalog());
}

result<void> session::state::administers(std::string_view what) const {
  result<const policy::grants*> mine = rights();
  if (!mine) return passed(mine);
  const schema::entity* e = (*mine)->catalog()->find("permission_set");
  if ((*mine)->of(*e).edit.how_far == policy::reach::extent::all) return {};
  return unexpected(errc::permission,
                    "you may not " + std::string(what) + "; ask an administrator");
}

template <class F>
auto session::state::look(F&& work) const
    -> decltype(work(std::declval<const policy::grants&>(), std::declval<store::reading*>())) {
  if (open || held) {
    result<const policy::grants*> mine = rights();
    if (!mine) return passed(mine);
    return work(**mine, held ? &*held : nullptr);
  }
  result<store::reading> first = of->store->read();
  if (!first) return passed(first);
  if (result<const policy::grants*> mine = known_rights(first->catalog())) {
    const policy::rulebook_ptr rules = (*mine)->policy_shared();
    auto out = work(**mine, &*first);
    // What refuses may have read nothing, and so have seen nothing.
    if (!out)
      if (auto news = first->look(); !news) return passed(news);
    if (auto ok = of->refresh(*first); !ok) return passed(ok);
    if (of->current_rules() == rules && of->store->catalog() == first->catalog()) return out;
  }
  if (auto ok = of->refresh(); !ok) return passed(ok);
  result<store::reading> second = of->store->read();
  if (!second) return passed(second);
  result<const policy::grants*> mine = known_rights(second->catalog());
  if (!mine) return passed(mine);
  return work(**mine, &*second);
}

result<void> session::state::look_so(const looker& work) const { return look(work); }

namespace {

/// What a transaction means for the rules.
struct touched_rules {
  bool any = false;    ///< rules, settings or shares
  bool all = false;    ///< more of them than a few shares
  bool rates = false;
};

touched_rules touched_by(const work::pipeline& p) {
  constexpr std::size_t few = 1000;  // shares that are read again by their ids
  touched_rules out;
  for (const schema::entity* e : p.touched()) {
    const bool shares = e->name() == policy::share_entity || e->name() == policy::team_entity;
    out.any = out.any || holds_rules(e->name());
    out.all = out.all || (holds_rules(e->name()) && !shares);
    out.rates = out.rates || e->name() == query::rate_entity;
  }
  out.all = out.all || p.touched_shares().size() > few;
  return out;
}

}  // namespace

/// The rules as a transaction leaves them. Impossible ones are refused, and so never get stored.
result<standing_rules> session::state::rules_after(work::pipeline& p, bool all_of_them) {
  const policy::grants all(of->current_rules(), of->store->catalog(),
                           policy::principal::system_sight("rules"));
  if (auto ok = drop_idle_grants(p, all, {.text = of->world.text.get()}); !ok) return passed(ok);
  const rule_reader read = [&](std::string_view text) -> result<rows> {
    result<query::statement> q = query::parse(text);
    if (!q) return passed(q);
    result<query::plan_ptr> plan = query::bind(*q, all);
    if (!plan) return passed(plan);
    result<query::trimmed_plan> t = query::trim(*plan, all);
    if (!t) return passed(t);
    return p.read(*t, {.text = of->world.text.get()});
  };
  // A host's connection may have taken back what these rules were read from.
  if (!all_of_them && !of->store->lent()) {
    auto rights = with_shares(read, all.rules(), p.touched_shares());
    if (!rights) return passed(rights);
    return standing_rules{std::move(*rights), of->current_calendar()};
  }
  result<standing_rules> compiled = load_rules(read, of->world);
  if (!compiled) return compiled;
  // One that stands for a setting that makes no sense knows no day.
  if (auto ok = compiled->calendar->span(calendar_unit::day, date{}, 0, 1); !ok) return passed(ok);
  return compiled;
}

/// Commits; rules that were changed are compiled first.
result<void> session::state::finish(work::pipeline& p) {
  const touched_rules touched = touched_by(p);
  standing_rules next;
  if (touched.any) {
    result<standing_rules> compiled = rules_after(p, touched.all);
    if (!compiled) {
      static_cast<void>(p.rollback());
      return unexpected(std::move(compiled.error().set_aborted(true)));
    }
    next = std::move(*compiled);
  }
  // Adopted before the lock is let go: two commits take effect in the order in which they happened.
  const auto adopt = [&] { if (next.rights) of->adopt(std::move(next), p.epoch()); };
  if (auto ok = p.commit(touched.any || touched.rates || p.reshaped(), adopt); !ok) {
    static_cast<void>(p.rollback());
    ok.error().set_aborted(true);
    return ok;
  }
  return {};
}

result<std::unique_ptr<work::pipeline>> session::state::begin_writing(const query::bounds& within,
                                                                      bool brief) {
  // Another process may have changed the schema since this one last looked; then the transaction is
  // begun anew, so that its records and its rights are of one schema.
  constexpr int tries = 10;
  for (int i = 0; i < tries; ++i) {
    auto effects = of->current_effects();
    if (!effects) return passed(effects);
    auto p = work::pipeline::begin(
        *of->store, *effects,
        {.base_currency = of->base_currency, .within = &within, .brief = brief});
    if (!p) return p;
    // Rights are those of now: they may have been taken away while this waited for its turn.
    result<const policy::grants*> mine = rights();
    if (!mine) return passed(mine);
    if ((*mine)->catalog() == (*p)->catalog()) return p;
  }
  return unexpected(error(errc::busy, "the schema is changing; try again").set_retriable(true));
}

template <class F>
auto session::state::write(const query::bounds& within, F&& work)
    -> decltype(work(std::declval<work::pipeline&>(), std::declval<const policy::grants&>())) {
  if (held)
    return unexpected(errc::misuse, "a reading is open, and nothing is written meanwhile; end it "
                                    "first");
  if (auto ok = quiet(); !ok) return passed(ok);
  if (open) {
    result<const policy::grants*> mine = rights();
    if (!mine) return passed(mine);
    return work(*open, **mine);
  }
  auto p = begin_writing(within, true);
  if (!p) return passed(p);
  result<const policy::grants*> mine = known_rights((*p)->catalog());
  if (!mine) return passed(mine);
  auto done = work(**p, **mine);
  if (!done) return done;
  if (auto ok = finish(**p); !ok) return passed(ok);
  return done;
}

result<void> session::state::write_so(const query::bounds& within, const writer& work) {
  return write(within, work);
}

const policy::principal& session::who() const noexcept { return state_->who; }
schema::catalog_ptr session::catalog() const { return state_->of->store->catalog(); }
const environment& session::world() const noexcept { return state_->of->world; }
std::string_view session::base_currency() const noexcept { return state_->of->base_currency; }
calendar_ptr session::calendar() const { return state_->of->current_calendar(); }
bool session::in_transaction() const noexcept { return state_->open != nullptr; }
void session::interrupt() const noexcept { state_->interrupted = true; }

result<schema::draft> session::draft(std::string_view entity) const {
  result<const policy::grants*> mine = state_->rights();
  if (!mine) return passed(mine);
  const schema::entity* of = (*mine)->catalog()->find(entity);
  if (!of || (!(*mine)->of(*of).may_read && !(*mine)->of(*of).may_create))
    return unexpected(query::unknown_entity(entity, **mine));
  return schema::draft(*of);
}

result<record> session::create(const schema::draft& d, std::string_view cause) {
  const query::bounds within = state_->begin_call();
  return state_->write(within, [&](work::pipeline& p, const policy::grants& mine) {
    return p.create(mine, d, {.cause = std::string(cause), .within = within});
  });
}

result<record> session::create(const schema::entity_row& of,
                               std::initializer_list<schema::assignment> values) {
  result<schema::draft> mine = draft(of.name);
  if (!mine) return passed(mine);
  return create(schema::draft(mine->of(), values));
}

result<record> session::get(std::string_view entity, id key) const {
  return state_->look([&](const policy::grants& mine, store::reading* by) -> result<record> {
    const schema::entity* of = mine.catalog()->find(entity);
    if (!of || !mine.of(*of).may_read) return unexpected(query::unknown_entity(entity, mine));
    result<record> r = state_->read(mine.of(*of), key, by);
    if (!r) return r;
    if (r->empty()) return unexpected(policy::not_found(*of, key));
    return r;
  });
}

result<record> session::change(id key, const schema::draft& d, std::int64_t expected_revision,
                               std::string_view cause) {
  const query::bounds within = state_->begin_call();
  return state_->write(within, [&](work::pipeline& p, const policy::grants& mine) {
    return p.change(mine, d.of(), key, d,
                    {.cause = std::string(cause),
                     .expected_revision = expected_revision,
                     .within = within});
  });
}

result<record> session::change(const record& r, std::initializer_list<schema::assignment> values) {
  if (r.empty())
    return unexpected(errc::misuse, "an empty record cannot be changed; read one first");
  return change(r.key(), schema::draft(r.of(), values), r.revision());
}

query::bounds session::state::begin_call(std::optional<std::int64_t> may_take_ms) const {
  interrupted = false;
  query::bounds out;
  out.text = of->world.text.get();
  out.clock = of->world.clock.get();
  out.interrupted = &interrupted;
  if (may_take_ms)
    out.deadline = instant{out.clock->now().microseconds + *may_take_ms * 1000};
  return out;
}

std::optional<std::int64_t> session::deadline() const noexcept { return state_->deadline_ms; }

result<void> session::set_deadline(std::optional<std::int64_t> ms) {
  if (ms && (*ms < 1 || *ms > longest_ms))
    return unexpected(errc::invalid_argument, "a deadline must be 1 to 86,400,000 ms");
  state_->deadline_ms = ms;
  return {};
}

result<void> check_texts(const std::vector<expr::parameter_value>& parameters) {
  const auto check = [](const std::string& name, const value& v) -> result<void> {
    if (v.type() != value_type::text) return {};
    const std::string_view text = v.as_text();
    if (text.find('\0') == std::string_view::npos && !utf8_fault(text)) return {};
    return unexpected(errc::invalid_text, "the parameter " + in_backticks(":" + name) +
                                              " must be UTF-8 text without NUL");
  };
  for (const expr::parameter_value& p : parameters) {
    if (auto ok = check(p.name, p.content); !ok) return ok;
    for (const value& v : p.list)
      if (auto ok = check(p.name, v); !ok) return ok;
  }
  return {};
}

result<session::state::call> session::state::call_of(const query_options& options) const {
  result<expr::moment> when = moment_of(options);
  if (!when) return passed(when);
  result<query::bounds> within = bounds_of(options);
  if (!within) return passed(within);
  return call{std::move(*when), *within, options.time_zone.empty()};
}

result<rows> session::state::run(prepared::state& q, const policy::grants& as,
                                 const std::vector<expr::parameter_value>& parameters,
                                 const call& in, store::reading* by) const {
  expr::moment when = in.when;
  if (q.converts()) {
    result<rates_ptr> rates = rates_for(as, by);
    if (!rates) return passed(rates);
    when.rates = std::move(*rates);
  }
  // The rates of an open transaction are of one statement.
  const bool lasting = in.usual_days && (by || !q.converts());
  expr::pace pace = in.within.pace();
  result<query::trimmed_plan> t = q.plan(as, parameters, when, lasting, pace);
  if (!t) return passed(t);
  return by ? by->read(*t, in.within) : open->read(*t, in.within);
}

result<query_options> session::state::with_as_of(
    const query::statement& q, const std::vector<expr::parameter_value>& parameters,
    const query_options& options) const {
  if (q.as_of.empty()) return options;
  const std::uint32_t offset = q.as_of.top().offset;
  if (options.as_of.sequence || options.as_of.at)
    return unexpected(error(errc::misuse, "the query and its options both say `as of`; say it once")
                          .at_offset(offset));
  result<expr::moment> when = moment_of(options);
  if (!when) return passed(when);
  expr::path_table no_paths(*of->store->catalog()->find("user"));
  result<expr::expression> e = expr::bind(
      q.as_of, {.paths = &no_paths, .parameters = parameters, .when = &*when});
  if (!e) return passed(e);
  value at = e->top().content;
  // A text is a day or an instant, by how it is written.
  if (at.type() == value_type::text) {
    if (result<date> day = date::parse(at.as_text())) at = *day;
    else if (result<instant> exact = instant::parse(at.as_text())) at = *exact;
  }
  query_options out = options;
  if (at.type() == value_type::instant) out.as_of.at = at.as_instant();
  else if (at.type() == value_type::date)  // with all that happened on that day
    out.as_of.at =
        instant{when->calendar->start_of(date{at.as_date().days + 1}).microseconds - 1};
  else
    return unexpected(error(errc::type_mismatch, "`as of` takes a date or an instant, such as "
                                                 "'2026-03-01'")
                          .at_offset(offset));
  return out;
}

result<expr::moment> session::state::moment_of(const query_options& options) const {
  expr::moment out{of->world.clock->now(), of->current_calendar()};
  if (options.time_zone.empty()) return out;
  result<time_zone_ptr> zone = of->world.zones->find(options.time_zone);
  if (!zone) return passed(zone);
  out.calendar = out.calendar->in(std::move(*zone));
  return out;
}

result<query::bounds> session::state::bounds_of(const query_options& options) const {
  if (options.deadline_ms && (*options.deadline_ms < 1 || *options.deadline_ms > longest_ms))
    return unexpected(errc::invalid_argument, "a deadline must be 1 to 86,400,000 ms");
  query::bounds within = begin_call(options.deadline_ms ? options.deadline_ms : deadline_ms);
  within.max_rows = options.max_rows;
  memory = query::memory_account(options.max_memory);
  within.memory = &memory;
  return within;
}

result<rows> session::query(std::string_view text,
                            const std::vector<expr::parameter_value>& parameters,
                            const query_options& options) const {
  result<std::shared_ptr<prepared::state>> q = state_->of->texts.find(text);
  if (!q) return passed(q);
  return state_->answer(*this, **q, parameters, options);
}

result<rows> session::query(const prepared& q, const std::vector<expr::parameter_value>& parameters,
                            const query_options& options) const {
  return state_->answer(*this, *q.state_, parameters, options);
}

result<rows> session::state::answer(const session& by, prepared::state& q,
                                    const std::vector<expr::parameter_value>& parameters,
                                    const query_options& options) const {
  if (auto ok = check_texts(parameters); !ok) return passed(ok);
  result<query_options> asked = with_as_of(q.content, parameters, options);
  if (!asked) return passed(asked);
  if (q.content.after.empty()) return run(q, parameters, *asked);
  result<page_walk> walk =
      page_walk::take_up(by, of->store->secret(), q.content, parameters, *asked);
  if (!walk) return passed(walk);
  // The row that tells of a page behind this one is none that the caller asked for.
  asked->max_rows += asked->max_rows < std::numeric_limits<std::size_t>::max();
  result<rows> out = run(q, walk->parameters(), *asked);
  if (!out) return out;
  walk->cut(*out);
  if (out->size() <= options.max_rows) return out;
  return unexpected(errc::limit, "the answer has more rows than its cap of " +
                                     std::to_string(options.max_rows));
}

result<rows> session::state::run(prepared::state& q,
                                 const std::vector<expr::parameter_value>& parameters,
                                 const query_options& options) const {
  result<const query::family*> kin = q.kin();
  if (!kin) return passed(kin);
  result<call> in = call_of(options);
  if (!in) return passed(in);
  if (*kin) return run_family(q, **kin, parameters, options, *in);
  if (options.as_of.sequence || options.as_of.at)
    return run_then(q.content, parameters, options.as_of, *in);
  return look([&](const policy::grants& mine, store::reading* with) {
    return run(q, mine, parameters, *in, with);
  });
}

result<rows> session::state::run_family(prepared::state& q, const query::family& f,
                                        const std::vector<expr::parameter_value>& parameters,
                                        const query_options& options, const call& in) const {
  const bool past = options.as_of.sequence || options.as_of.at;
  const auto read = [&](const policy::grants& mine, store::reading* by) -> result<rows> {
    // What the parents' statement sees its children's has to see, where a store can do that.
    if (by && !by->holds())
      if (auto held = by->hold(); !held && held.error().code() != errc::unsupported)
        return passed(held);
    const auto one = [&](prepared::state& s, const std::vector<expr::parameter_value>& with) {
      return past ? run_then(s.content, with, options.as_of, in) : run(s, mine, with, in, by);
    };
    result<rows> out = one(q.parents(), parameters);
    if (!out) return out;
    const family_reader reader(
        mine,
        [&](const query::statement& s, const std::vector<expr::parameter_value>& with) {
          prepared::state once(s);
          return one(once, with);
        },
        in.within);
    const schema::entity& root = *mine.catalog()->find(f.parents.entity);
    if (auto ok = reader.fill(*out, f, root, parameters); !ok) return passed(ok);
    return out;
  };
  if (!past) return look(read);
  result<const policy::grants*> mine = rights();
  if (!mine) return passed(mine);
  return read(**mine, nullptr);
}

result<rows> session::query(const query::statement& s,
                            const std::vector<expr::parameter_value>& parameters,
                            const query_options& options) const {
  return query(query::print(s), parameters, options);  // what no text can say is refused as there
}

result<record> session::state::read(const policy::grant& g, id key, store::reading* by) const {
  return by ? by->get(g, key) : open->get(g, key);
}

result<query::shape> session::explain_query(std::string_view text,
                                            const std::vector<expr::parameter_value>& parameters,
                                            std::string_view login,
                                            const query_options& options) const {
  if (auto ok = state_->administers("explain how queries run"); !ok) return passed(ok);
  if (state_->open)
    return unexpected(errc::misuse, "a transaction is open, and queries are explained outside one");
  result<query::statement> q = query::parse(text);
  if (!q) return passed(q);
  if (!q->as_of.empty())
    return unexpected(error(errc::unsupported, "a query `as of` an earlier moment is answered from "
                                               "the change log, record by record")
                          .at_offset(q->as_of.top().offset));
  if (auto ok = check_texts(parameters); !ok) return passed(ok);
  std::vector<expr::parameter_value> given = parameters;
  if (!q->after.empty()) {
    result<page_walk> walk = page_walk::take_up(*this, state_->of->store->secret(), *q, parameters,
                                                options);
    if (!walk) return passed(walk);
    given = walk->parameters();
  }
  // Of a query that selects children its parents' statement is explained.
  query::statement asked = *q;
  if (query::selects_children(*q)) {
    result<query::family> f = query::family_of(*q);
    if (!f) return passed(f);
    asked = std::move(f->parents);
  }
  return state_->look([&](const policy::grants& mine, store::reading* by) -> result<query::shape> {
    policy::principal as = mine.who();
    if (!login.empty()) {
      const policy::user* u = mine.rules().find_user(login);
      if (!u) return unexpected(errc::unknown_name, "no user " + in_backticks(login));
      as = policy::principal::of(*u);
    }
    const policy::grants theirs(mine.policy_shared(), mine.catalog(), std::move(as));
    result<state::call> in = state_->call_of(options);
    if (!in) return passed(in);
    if (converts_amounts(asked)) {
      result<rates_ptr> rates = state_->rates_for(theirs, by);
      if (!rates) return passed(rates);
      in->when.rates = std::move(*rates);
    }
    result<query::plan_ptr> p = query::bind(asked, theirs, given, &in->when);
    if (!p) return passed(p);
    result<query::trimmed_plan> t = query::trim(*p, theirs);
    if (!t) return passed(t);
    result<query::shape> out = by->explain(*t, in->within);
    if (out) out->statement = query::print(*q);
    return out;
  });
}

/// A live record on system sight, for those who then check.
result<record> session::state::stored(std::string_view entity, id key, store::reading* by) const {
  const schema::catalog_ptr now = open ? of->store->catalog() : by->catalog();
  const schema::entity& e = *now->find(entity);
  const policy::grants all(of->current_rules(), now, policy::principal::system_sight("explain"));
  result<record> r = read(all.of(e), key, by);
  if (r && r->empty()) return unexpected(policy::not_found(e, key));
  return r;
}

result<explanation> session::state::explained(const policy::grants& whose, action a,
                                              const record& r, std::optional<std::uint16_t> slot,
                                              store::reading* by) const {
  using image = query::loaded_relatives::image;
  const policy::grants all(whose.policy_shared(), whose.catalog(),
                           policy::principal::system_sight("explain"));
  const auto load = [&](const schema::entity& e, id key) -> result<image> {
    result<record> found = read(all.of(e), key, by);
    if (!found) return passed(found);
    return found->empty() ? image() : std::make_shared<const record>(std::move(*found));
  };
  const auto run = [&](const query::trimmed_plan& p) {
    const query::bounds within{.text = of->world.text.get()};
    return by ? by->read(p, within) : open->read(p, within);
  };
  query::loaded_relatives others(whose.catalog(), load, run);
  explanation out = slot ? policy::explain(whose, a, r, *slot, others)
                         : policy::explain(whose, a, r, others);
  if (auto failed = others.failed()) return unexpected(std::move(*failed));
  return out;
}

result<explanation> session::state::explain(const policy::grants& mine, action a,
                                            std::string_view entity, id key,
                                            std::optional<std::string_view> field,
                                            store::reading* by) const {
  const schema::entity* e = mine.catalog()->find(entity);
  if (!e || !mine.of(*e).may_read) return unexpected(query::unknown_entity(entity, mine));
  result<record> seen = read(mine.of(*e), key, by);
  if (!seen) return passed(seen);
  if (seen->empty()) return unexpected(policy::not_found(*e, key));
  result<record> r = stored(entity, key, by);
  if (!r) return passed(r);
  if (!field) return explained(mine, a, *r, std::nullopt, by);
  const schema::field* f = r->of().find(*field);
  if (!f || !mine.sees(*f)) return unexpected(policy::unknown_field(mine, r->of(), *field));
  return explained(mine, a, *r, f->slot, by);
}

result<explanation> session::explain(action a, std::string_view entity, id key) const {
  return state_->look([&](const policy::grants& mine, store::reading* by) {
    return state_->explain(mine, a, entity, key, std::nullopt, by);
  });
}

result<explanation> session::explain(action a, std::string_view entity, id key,
                                     std::string_view field) const {
  return state_->look([&](const policy::grants& mine, store::reading* by) {
    return state_->explain(mine, a, entity, key, field, by);
  });
}

result<explanation> session::explain_for(std::string_view login, action a, std::string_view entity,
                                         id key) const {
  if (auto ok = state_->administers("explain another user's access"); !ok) return passed(ok);
  return state_->look([&](const policy::grants& mine, store::reading* by) -> result<explanation> {
    const policy::user* u = mine.policy_shared()->find_user(login);
    if (!u) return unexpected(errc::unknown_name, "no user " + in_backticks(login));
    if (result<const schema::entity*> of = mine.catalog()->need(entity); !of) return passed(of);
    result<record> r = state_->stored(entity, key, by);
    if (!r) return passed(r);
    const policy::grants theirs(mine.policy_shared(), mine.catalog(), policy::principal::of(*u));
    return state_->explained(theirs, a, *r, std::nullopt, by);
  });
}

result<void> session::state::write_log(const log_write& task) {
  const query::bounds within = begin_call();
  return write(within, [&](work::pipeline& in, const policy::grants& mine) {
    return in.beside([&] { return task(in, mine); });
  });
}

result<void> session::state::look_at_log(const log_look& work) const {
  return look([&](const policy::grants& mine, store::reading* by) {
    if (by) {
      work::change_log log(*by, of->world.text.get());
      return work(mine, log);
    }
    work::change_log log(*open);
    return open->beside([&] { return work(mine, log); });
  });
}

result<void> session::begin_reading() {
  if (auto ok = state_->of->store->outside(); !ok) return ok;
  if (state_->open || state_->held)
    return unexpected(errc::misuse, state_->open ? "a transaction is open; end it first"
                                                 : "a reading is open already; end it first");
  // Definitions must be those of the moment: where somebody changes them in between, a later moment
  // has them, too.
  constexpr int tries = 10;
  for (int i = 0; i < tries; ++i) {
    result<store::reading> now = state_->of->store->read();
    if (!now) return passed(now);
    if (auto ok = now->hold(); !ok) return ok;
    if (auto ok = state_->of->refresh(*now); !ok) return ok;
    if (state_->of->store->catalog() != now->catalog()) continue;
    state_->held.emplace(std::move(*now));
    state_->reads_held = 0;
    state_->looked_at = state_->of->world.clock->now();
    if (auto mine = state_->held_rights(); mine) return {};
    else {
      state_->held.reset();
      return passed(mine);
    }
  }
  return unexpected(error(errc::busy, "the schema is changing; try again").set_retriable(true));
}

result<void> session::end_reading() {
  if (!state_->held) return unexpected(errc::misuse, "no reading is open");
  state_->held.reset();
  return {};
}

result<void> session::begin() {
  if (auto ok = state_->of->store->outside(); !ok) return ok;
  if (state_->held) return unexpected(errc::misuse, "a reading is open; end it first");
  if (auto ok = state_->quiet(); !ok) return ok;
  if (state_->open)
    return unexpected(errc::misuse, "a transaction is open already; commit or roll back first");
  if (!state_->of->store->transactional())
    return unexpected(errc::unsupported, "this store has no transactions; each call stands alone");
  // Rights are those of its beginning, and stand still until its end.
  const query::bounds within = state_->begin_call();
  auto p = state_->begin_writing(within, false);
  if (!p) return passed(p);
  state_->open = std::move(*p);
  return {};
}

result<void> session::commit() {
  if (auto ok = state_->of->store->outside(); !ok) return ok;
  if (auto ok = state_->quiet(); !ok) return ok;
  if (!state_->open) return no_transaction();
  // It ends here, whatever comes: one that memory was too short to commit is undone.
  const std::unique_ptr<work::pipeline> ending = std::move(state_->open);
  try {
    return state_->finish(*ending);
  } catch (const std::bad_alloc&) {
    return unexpected(error(errc::out_of_memory, "memory ran out, and nothing was written")
                          .set_aborted(true));
  }
}

result<void> session::rollback() {
  if (auto ok = state_->of->store->outside(); !ok) return ok;
  if (auto ok = state_->quiet(); !ok) return ok;
  if (!state_->open) return no_transaction();
  const std::unique_ptr<work::pipeline> ending = std::move(state_->open);
  return ending->rollback();
}

namespace {

result<void> check_savepoint(const work::pipeline& in, int savepoint) {
  if (savepoint >= 1 && savepoint <= in.savepoints()) return {};
  return unexpected(errc::misuse, "there is no savepoint " + std::to_string(savepoint) +
                                      " in this transaction; the open ones are numbered from 1");
}

}  // namespace

result<int> session::savepoint() {
  if (auto ok = state_->of->store->outside(); !ok) return passed(ok);
  if (auto ok = state_->quiet(); !ok) return passed(ok);
  if (!state_->open) return no_transaction();
  return state_->open->savepoint();
}

result<void> session::release(int savepoint) {
  if (auto ok = state_->of->store->outside(); !ok) return ok;
  if (auto ok = state_->quiet(); !ok) return ok;
  if (!state_->open) return no_transaction();
  if (auto ok = check_savepoint(*state_->open, savepoint); !ok) return ok;
  return state_->open->release(savepoint);
}

result<void> session::rollback_to(int savepoint) {
  if (auto ok = state_->of->store->outside(); !ok) return ok;
  if (auto ok = state_->quiet(); !ok) return ok;
  if (!state_->open) return no_transaction();
  if (auto ok = check_savepoint(*state_->open, savepoint); !ok) return ok;
  return state_->open->rollback_to(savepoint);
}

result<void> session::define(const schema::entity_definition& e) {
  if (state_->open || state_->held)
    return unexpected(errc::misuse,
                      "the schema cannot change inside a transaction or reading; end it first");
  if (auto ok = state_->quiet(); !ok) return ok;
  if (auto ok = state_->administers("change the schema"); !ok) return ok;
  auto done = state_->of->store->define({&e, 1});
  if (!done) return passed(done);
  return {};
}

result<void> session::define(std::string_view entity, const schema::field_definition& f) {
  if (state_->open || state_->held)
    return unexpected(errc::misuse,
                      "the schema cannot change inside a transaction or reading; end it first");
  if (auto ok = state_->quiet(); !ok) return ok;
  if (auto ok = state_->administers("change the schema"); !ok) return ok;
  auto done = state_->of->store->define(entity, f);
  if (!done) return passed(done);
  return {};
}

}  // namespace guanxi
