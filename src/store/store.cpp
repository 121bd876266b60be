#include "guanxi/store/store.hpp"

#include "base/signature.hpp"
#include "change_hash.hpp"

#include "guanxi/expr/bind.hpp"
#include "guanxi/expr/evaluate.hpp"
#include "guanxi/expr/parse.hpp"
#include "guanxi/query/resolve.hpp"
#include "stored.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace guanxi::store {

namespace {

// Rows of gx_meta: that the store is set up, and how often its rules have changed.
constexpr id meta_catalog{3}, meta_epoch{4};

/// The core's view of a driver that runs no plans.
class raw_source final : public query::record_source {
 public:
  raw_source(driver& d, schema::catalog_ptr catalog, view at)
      : driver_(d), catalog_(std::move(catalog)), at_(at) {}

  result<void> scan(const schema::entity& of, query::standing which,
                    const std::function<result<bool>(const schema::record&)>& visit) override {
    constexpr std::size_t page = 1000;
    id after;
    for (bool more = true; more;) {
      std::size_t got = 0;
      const auto each = [&](const schema::record& r) -> result<bool> {
        ++got;
        after = r.key();
        if (!query::among(which, r.deleted(), r.archived())) return true;
        result<bool> on = visit(r);
        more = on && *on;
        return on;
      };
      if (auto ok = driver_.scan(catalog_, of, after, page, at_, each); !ok) return ok;
      more = more && got == page;
    }
    return {};
  }

  result<schema::record> get(const schema::entity& of, id key) override {
    schema::record r(catalog_, of);
    result<bool> there = driver_.get(of, key, at_, r);
    if (!there) return passed(there);
    if (!*there || r.deleted()) return schema::record();
    return r;
  }

 private:
  driver& driver_;
  schema::catalog_ptr catalog_;
  view at_;
};

/// Appends whole-fragment rows, checking currencies that travel behind the outputs.
class answer {
 public:
  answer(const query::plan& p, const query::bounds& within)
      : plan_(p), within_(within), out_(p.columns, p.catalog) {
    if (!p.checks.empty()) columns_.resize(p.keys.size() + p.aggregates.size());
  }
  result<bool> take(std::span<const value> row) {
    std::size_t at = plan_.outputs.size();
    for (const query::currency_check& check : plan_.checks)
      for (std::uint32_t c : check.columns) columns_[c] = row[at++];
    if (auto ok = query::check_currencies(plan_, columns_); !ok) return passed(ok);
    if (!plan_.checks.empty()) {
      if (!plan_.having.empty() && row[at] != value(true)) return true;
      // A group out of the cut is checked, too: its place in the order came from its amounts.
      const auto place = static_cast<std::int64_t>(taken_++);
      const std::int64_t first = plan_.offset.value_or(0);
      if (place < first || (plan_.limit && place - first >= *plan_.limit)) return true;
    }
    if (out_.size() >= within_.max_rows)
      return unexpected(errc::limit, "the answer has more rows than its cap of " +
                                         std::to_string(within_.max_rows));
    const std::span<const value> shown = row.first(plan_.outputs.size());
    if (auto ok = within_.keep(query::bytes_of(shown)); !ok) return passed(ok);
    out_.append(shown);
    return true;
  }
  query::rows done() { return std::move(out_); }

 private:
  const query::plan& plan_;
  const query::bounds& within_;
  std::size_t taken_ = 0;
  query::rows out_;
  std::vector<value> columns_;
};

/// Lets a driver group, and does the rest.
result<query::rows> of_groups(driver& on, const query::trimmed_plan& p, const query::fragment& f,
                              view at, const query::bounds& within) {
  const query::plan& what = p.what();
  query::arrangement all(what, within);
  std::size_t groups = 0;
  const auto each = [&](std::span<const value> row) -> result<bool> {
    if (groups++ >= within.max_rows)
      return unexpected(errc::limit, "the statement has more groups than its cap");
    auto ok = all.add_group(row.first(what.keys.size() + what.aggregates.size()));
    if (!ok) return passed(ok);
    return true;
  };
  if (auto ran = on.execute(f, at, within, each); !ran) return passed(ran);
  query::rows out(what.columns, what.catalog);
  if (auto ok = all.finish(out); !ok) return passed(ok);
  return out;
}

/// Whether a field's default can be read, and gives what the field stores: a broken one would
/// refuse every later record of its entity.
result<void> check_default(const schema::field& f, const text_services* text) {
  const auto refuse = [&f](const std::string& why) {
    return unexpected(error(errc::invalid_argument,
                            "the default of `" + f.name + "` cannot be used: " + why)
                          .in_entity(f.of->name())
                          .in_field(f.name));
  };
  result<expr::tree> t = expr::parse(f.initial);
  if (!t) return refuse(std::string(t.error().message()));
  expr::path_table paths(*f.of);
  result<expr::expression> e = expr::bind(*t, {.paths = &paths});
  if (!e) return refuse(std::string(e.error().message()));
  for (const expr::bound_path& p : paths.entries())
    if (p.steps.size() > 1) return refuse("it may read fields of the record itself only");
  const value_type gives = e->top().type.base, holds = stored_as(f.type);
  const auto number = [](value_type v) {
    return v == value_type::integer || v == value_type::decimal;
  };
  if (!paths.entries().empty()) {
    if (gives == holds || gives == value_type::null || (number(gives) && number(holds))) return {};
    return refuse("it gives " + std::string(name(gives)) + ", not " + std::string(name(holds)));
  }
  result<value> v = expr::evaluate(*e, {.text = text});
  if (!v) return refuse(std::string(v.error().message()));
  result<value> fits = schema::fitted(f, std::move(*v));
  return fits ? result<void>() : refuse(std::string(fits.error().message()));
}

}  // namespace

store::~store() = default;

schema::catalog_ptr store::catalog() const {
  const std::lock_guard lock(catalog_mutex_);
  return catalog_;
}

void store::publish(schema::catalog_ptr next) {
  const std::lock_guard lock(catalog_mutex_);
  catalog_ = std::move(next);
  ++publications_;
}

result<schema::catalog_ptr> store::compile(std::span<const schema::entity_definition> definitions) {
  result<schema::catalog_ptr> out = schema::catalog::compile(definitions);
  if (!out) return out;
  // A driver may keep what it knows of an entity by its address, so no catalog that it has seen may
  // go while the store lives.
  const std::lock_guard lock(catalog_mutex_);
  kept_.push_back(*out);
  return out;
}

result<void> store::outside() const {
  if (!driver_->entered()) return {};
  return unexpected(errc::misuse, "a function of the store called the library on the tenant that "
                                  "it keeps; nothing was done; let it return first");
}

/// Holds off what must not run beside a read of what is committed: other such reads and, where the
/// driver shows no snapshots, the write transaction.
result<store::read_lock> store::lock_for_reading() {
  if (auto ok = outside(); !ok) return passed(ok);
  read_lock out;
  if (!driver_->snapshots()) {
    if (auto ok = take_turn({}); !ok) return passed(ok);
    out.write.reset(&turns_);
  }
  if (!driver_->parallel_reads()) out.read = std::unique_lock(read_mutex_);
  return out;
}

result<reading> store::read() {
  // The catalog is no later than what is read: what has been added to the store since is not asked
  // for.
  schema::catalog_ptr now = catalog();
  result<std::unique_ptr<reader>> own = driver_->open_reader();
  if (!own) return passed(own);
  return reading(*this, std::move(*own), std::move(now));
}

template <class F>
auto reading::through(F&& work) -> decltype(work(std::declval<driver&>())) {
  if (own_) return work(own_->on());
  const auto lock = store_.lock_for_reading();
  if (!lock) return unexpected(lock.error());
  return work(*store_.driver_);
}

result<query::rows> reading::read(const query::trimmed_plan& p, const query::bounds& within) {
  return through([&](driver& on) {
    return store::run(on, p, within, view::committed, held_ ? nullptr : own_.get());
  });
}

result<query::shape> reading::explain(const query::trimmed_plan& p, const query::bounds& within) {
  return through([&](driver& on) { return store::explained(on, p, within, view::committed); });
}

namespace {

/// Keeps the several reads of one query at one moment, where a reader is given that holds none yet.
class one_moment {
 public:
  explicit one_moment(reader* by) : by_(by) {}
  ~one_moment() {
    if (held_) by_->let_go();
  }
  one_moment(const one_moment&) = delete;
  one_moment& operator=(const one_moment&) = delete;
  result<void> hold() {
    if (!by_ || held_) return {};
    auto ok = by_->hold();
    held_ = ok.has_value();
    return ok;
  }

 private:
  reader* by_;
  bool held_ = false;
};

}  // namespace

result<query::rows> store::run(driver& on, const query::trimmed_plan& asked,
                               const query::bounds& within, view at, reader* by) {
  one_moment still(by);
  if (query::reads_more_than_once(asked))
    if (auto ok = still.hold(); !ok) return passed(ok);
  result<query::trimmed_plan> ready = query::resolved(
      asked, within, [&](const query::trimmed_plan& inner) { return run(on, inner, within, at); });
  if (!ready) return passed(ready);
  const query::trimmed_plan& p = *ready;
  const query::pushdown offer = on.consider(p);
  const query::split_plan how = query::split(p, offer);
  if (how.fragment.whole && offer.fills) {
    query::rows out(p.what().columns, p.what().catalog);
    if (auto ran = on.answer(how.fragment, at, within, out); !ran) return passed(ran);
    return out;
  }
  if (how.fragment.whole) {
    answer out(p.what(), within);
    auto ran = on.execute(how.fragment, at, within,
                          [&](std::span<const value> row) { return out.take(row); });
    if (!ran) return passed(ran);
    return out.done();
  }
  if (how.fragment.groups) return of_groups(on, p, how.fragment, at, within);
  query::engine core(p.what(), how.residue, within);
  const query::row_sink sink = [&](std::span<const value> paths) { return core.take(paths); };
  if (!how.pushed)
    if (auto ok = still.hold(); !ok) return passed(ok);
  raw_source source(on, p.what().catalog, at);
  auto ran = how.pushed ? on.execute(how.fragment, at, within, sink)
                        : query::gather(p, source, within, sink);
  if (!ran) return passed(ran);
  return core.finish();
}

query::loaded_relatives store::related(driver& on, view at, const schema::catalog_ptr& catalog) {
  using image = query::loaded_relatives::image;
  const auto load = [&on, at, catalog](const schema::entity& of, id key) -> result<image> {
    auto r = std::make_shared<schema::record>(catalog, of);
    result<bool> there = on.get(of, key, at, *r);
    if (!there) return passed(there);
    return *there ? image(std::move(r)) : image();
  };
  return {catalog, load, [&on, at](const query::trimmed_plan& p) { return run(on, p, {}, at); }};
}

namespace {

/// A record that was loaded as a grant shows it.
result<schema::record> shown(const policy::grant& g, schema::record r,
                             policy::relatives& others) {
  if (!g.allows(policy::action::read, r, others)) return schema::record();
  r.hide_behind(g.visible);
  return r;
}

}  // namespace

result<schema::record> reading::get(const policy::grant& g, id key) {
  if (!g.may_read) return schema::record();
  const bool asks = !g.read.ties.empty();
  one_moment still(asks && !held_ ? own_.get() : nullptr);
  if (auto ok = still.hold(); !ok) return passed(ok);
  return through([&](driver& on) -> result<schema::record> {
    schema::record r(catalog_, *g.entity);
    result<bool> there = on.get(*g.entity, key, view::committed, r);
    if (!there) return passed(there);
    if (!*there || r.deleted()) return schema::record();
    policy::no_relatives none;
    if (!asks) return shown(g, std::move(r), none);
    query::loaded_relatives others = store::related(on, view::committed, catalog_);
    result<schema::record> out = shown(g, std::move(r), others);
    if (auto failed = others.failed()) return unexpected(std::move(*failed));
    return out;
  });
}

result<void> reading::scan(log_key, const schema::entity& of, id after, std::size_t at_most,
                           const record_visitor& visit) {
  return through([&](driver& on) {
    return on.scan(catalog_, of, after, at_most, view::committed, visit);
  });
}

result<schema::record> reading::load(log_key, const schema::entity& of, id key) {
  schema::record r(catalog_, of);
  result<bool> there = through([&](driver& on) { return on.get(of, key, view::committed, r); });
  if (!there) return passed(there);
  return *there ? std::move(r) : schema::record();
}

result<std::int64_t> reading::epoch() {
  schema::record row(catalog_, *catalog_->find("gx_meta"));
  result<bool> there =
      through([&](driver& on) { return on.get(row.of(), meta_epoch, view::committed, row); });
  if (!there) return passed(there);
  return *there ? stored_counter(row) : result<std::int64_t>(0);
}

result<commit_outcome> store::outcome_of(std::string_view token) {
  const auto bad = [] {
    return unexpected(errc::invalid_argument, "this is no token of a commit; give the one that the "
                                              "error of a commit has");
  };
  std::int64_t sequence = 0;
  std::uint64_t hash = 0;
  const char* const end = token.data() + token.size();
  const auto [dash, read_first] = std::from_chars(token.data(), end, sequence);
  if (read_first != std::errc() || dash == end || *dash != '-' || sequence < 1) return bad();
  const auto [rest, read_second] = std::from_chars(dash + 1, end, hash, 16);
  if (read_second != std::errc() || rest != end) return bad();
  result<reading> now = read();
  if (!now) return passed(now);
  schema::record entry(now->catalog(), *now->catalog()->find(system_table::change.name));
  result<bool> there = now->through([&](driver& on) {
    return on.get(entry.of(), id{sequence}, view::committed, entry);
  });
  if (!there) return passed(there);
  if (*there)
    return hash_of_change(entry) == hash ? commit_outcome::committed
                                         : commit_outcome::not_committed;
  // Nothing at this place: it never was, unless what stood there was pruned or is lost.
  schema::record row(now->catalog(), *now->catalog()->find(system_table::meta.name));
  result<bool> pruned = now->through([&](driver& on) {
    return on.get(row.of(), system_table::meta_pruned, view::committed, row);
  });
  if (!pruned) return passed(pruned);
  if (!*pruned) return commit_outcome::not_committed;
  result<std::int64_t> gone = stored_counter(row);
  if (!gone) return passed(gone);
  return sequence <= *gone ? commit_outcome::unknown : commit_outcome::not_committed;
}

result<void> reading::hold() {
  if (own_ && !store_.lent()) {
    auto ok = own_->hold();
    held_ = ok.has_value();
    return ok;
  }
  return unexpected(errc::unsupported, "this store holds no moment; each read stands alone");
}

result<void> store::reload() {
  std::vector<schema::entity_definition> stored;
  const std::uint64_t before = [this] {
    const std::lock_guard lock(catalog_mutex_);
    return publications_;
  }();
  result<reading> now = read();
  if (!now) return passed(now);
  auto loaded =
      now->through([&](driver& on) { return load_definitions(on, view::committed, stored); });
  if (!loaded) return loaded;
  const schema::catalog_ptr known = catalog();
  bool same = stored.size() == known->entities().size();
  for (std::size_t i = 0; same && i < stored.size(); ++i)
    same = stored[i] == known->entities()[i]->definition();
  if (same) return {};
  result<schema::catalog_ptr> next = compile(stored);
  if (!next) return passed(next);
  const std::lock_guard lock(catalog_mutex_);
  // Definitions of this process that came in the meantime are later than what was read.
  if (publications_ != before) return {};
  catalog_ = std::move(*next);
  ++publications_;
  return {};
}


result<void> store::load_definitions(driver& from, view at,
                                     std::vector<schema::entity_definition>& out) {
  const schema::entity& table = *system_->find("gx_definition");
  raw_source source(from, system_, at);
  return source.scan(table, query::standing::live, [&](const schema::record& r) -> result<bool> {
    const std::uint16_t slot = table.find("content")->slot;
    result<schema::entity_definition> d = schema::entity_from_json(stored_text(r.at(slot)));
    if (!d)
      return unexpected(errc::store_corrupt, "a stored definition cannot be read: " +
                                                 std::string(d.error().message()));
    out.push_back(std::move(*d));
    return true;
  });
}

result<schema::catalog_ptr> store::migrate(transaction& in,
                                           std::vector<schema::entity_definition> definitions,
                                           const schema::catalog& from) {
  result<schema::catalog_ptr> to = compile(definitions);
  if (!to) return passed(to);
  result<std::vector<schema::step>> steps = schema::steps_between(from, **to);
  if (!steps) return passed(steps);
  // A driver that only adds finds as it can.
  if (driver_->reshapes())
    for (schema::step& s : schema::index_steps_between(from, **to)) steps->push_back(std::move(s));
  if (!steps->empty())
    if (auto ok = driver_->migrate(**to, *steps); !ok) return passed(ok);
  const schema::entity& table = *(*to)->find("gx_definition");
  for (const auto& e : (*to)->entities()) {
    const bool changed = std::any_of(steps->begin(), steps->end(),
                                     [&](const schema::step& s) { return s.entity == e->name(); });
    // A definition's id is its entity's number, which never changes: entities are only appended.
    const id key{e->number() + 1};
    result<schema::record> before = in.load(table, key);
    if (!before) return passed(before);
    const std::string content = schema::to_json(e->definition());
    // A new store has the library's own tables before it has a place to write of them.
    if (!changed && !before->empty() &&
        before->at(table.find("content")->slot) == value(content))
      continue;
    schema::record r(*to, table);
    r.set(schema::system_slot::id, key);
    r.set(table.find("name")->slot, e->name());
    r.set(table.find("content")->slot, content);
    if (auto ok = in.put(r, before->empty() ? 0 : 1); !ok) return passed(ok);
  }
  return to;
}

result<void> store::find_secret(transaction& in, const schema::catalog_ptr& of) {
  const schema::entity& table = *of->find(system_table::meta.name);
  const auto fresh = random_secret();
  for (std::size_t half = 0; half < fresh.size(); ++half) {
    result<schema::record> row = in.load(table, system_table::meta_secret[half]);
    if (!row) return passed(row);
    if (!row->empty()) {
      result<std::int64_t> stored = stored_counter(*row);
      if (!stored) return passed(stored);
      secret_[half] = *stored;
      continue;
    }
    secret_[half] = fresh[half];
    schema::record made(of, table);
    made.set(schema::system_slot::id, system_table::meta_secret[half]);
    made.set(table.find("number")->slot, fresh[half]);
    if (auto ok = in.put(made, 0); !ok && ok.error().code() != errc::read_only) return ok;
  }
  return {};
}

result<std::unique_ptr<store>> store::open(std::unique_ptr<driver> d,
                                           std::span<const schema::entity_definition> standard,
                                           environment world, int busy_timeout_ms) {
  std::unique_ptr<store> s(new store(std::move(d), std::move(world), busy_timeout_ms));
  result<schema::catalog_ptr> own = s->compile(system_definitions());
  if (!own) return passed(own);
  s->system_ = *own;
  result<schema::catalog_ptr> nothing = s->compile({});
  if (!nothing) return passed(nothing);
  auto in = s->begin();
  if (!in) return passed(in);
  // The library's own tables come first: a store without them is new.
  schema::record probe(*own, *(*own)->find("gx_meta"));
  result<bool> there = s->driver_->get(probe.of(), meta_catalog, view::writing, probe);
  if (!there) return passed(there);
  s->fresh_ = !*there;
  std::vector<schema::entity_definition> stored;
  if (s->fresh_) {
    result<std::vector<schema::step>> steps = schema::steps_between(**nothing, **own);
    if (!steps) return passed(steps);
    if (auto ok = s->driver_->migrate(**own, *steps); !ok) return passed(ok);
    probe.set(schema::system_slot::id, meta_catalog);
    probe.set(probe.of().find("number")->slot, std::int64_t{1});
    if (auto ok = s->driver_->put(probe, 0); !ok) return passed(ok);
    const auto all = system_definitions();
    stored.assign(all.begin(), all.end());
  } else {
    if (auto ok = s->load_definitions(*s->driver_, view::writing, stored); !ok) return passed(ok);
  }
  result<schema::catalog_ptr> from = s->compile(stored);
  if (!from) return passed(from);
  // The library's definitions replace the stored ones of the same name, but keep their order and
  // their custom fields; new ones are appended, so that numbers and slots stay what they were.
  std::vector<schema::entity_definition> wanted;
  for (const auto& e : (*from)->entities()) wanted.push_back(e->definition());
  const auto merge = [&](const schema::entity_definition& each) {
    auto at = std::find_if(wanted.begin(), wanted.end(),
                           [&](const auto& w) { return w.name == each.name; });
    if (at == wanted.end()) {
      wanted.push_back(each);
      return;
    }
    schema::entity_definition next = each;
    for (const schema::field_definition& f : at->fields)
      if (f.custom) next.fields.push_back(f);
    schema::take_numbers(*at, next);
    *at = std::move(next);
  };
  for (const schema::entity_definition& each : system_definitions()) merge(each);
  for (const schema::entity_definition& each : standard) merge(each);
  for (schema::entity_definition& each : wanted) schema::index_references(each);
  // A stored entity that is neither custom nor the library's comes from a later version of it.
  std::erase_if(wanted, [&](const schema::entity_definition& w) {
    const auto is = [&](const schema::entity_definition& known) { return known.name == w.name; };
    const auto own = system_definitions();
    return !w.custom && !w.name.starts_with(schema::gone_prefix) &&
           std::none_of(own.begin(), own.end(), is) &&
           std::none_of(standard.begin(), standard.end(), is);
  });
  result<schema::catalog_ptr> ready = s->migrate(**in, std::move(wanted), **from);
  if (!ready) return passed(ready);
  if (auto ok = s->find_secret(**in, *ready); !ok) return passed(ok);
  if (auto ok = (*in)->commit([&] { s->publish(*ready); }); !ok) return passed(ok);
  in->reset();
  return s;
}

result<void> store::check_defaults(const schema::catalog& in) const {
  for (const auto& e : in.entities())
    for (const schema::field& f : e->fields())
      if (f.custom && !f.initial.empty())
        if (auto ok = check_default(f, world_.text.get()); !ok) return ok;
  return {};
}

result<schema::catalog_ptr> store::finish(transaction& in,
                                          std::vector<schema::entity_definition> definitions,
                                          const schema::catalog& from) {
  result<schema::catalog_ptr> next = migrate(in, std::move(definitions), from);
  if (!next) return next;
  if (auto ok = check_defaults(**next); !ok) return passed(ok);
  if (auto ok = in.next_epoch(); !ok) return passed(ok);
  // Whoever comes next must find the new definitions in force.
  if (auto ok = in.commit([&] { publish(*next); }, true); !ok) return passed(ok);
  return next;
}

/// The catalog as it is stored now that the write lock is held: another process may have added to
/// it since ours was read.
result<schema::catalog_ptr> store::stored_catalog() {
  std::vector<schema::entity_definition> stored;
  if (auto ok = load_definitions(*driver_, view::writing, stored); !ok) return passed(ok);
  return compile(stored);
}

result<schema::catalog_ptr> store::define(std::span<const schema::entity_definition> entities) {
  auto in = begin();
  if (!in) return passed(in);
  result<schema::catalog_ptr> from = stored_catalog();
  if (!from) return from;
  std::vector<schema::entity_definition> next;
  for (const auto& e : (*from)->entities()) next.push_back(e->definition());
  for (const schema::entity_definition& e : entities) {
    if (auto ok = schema::check(e); !ok) return passed(ok);
    if ((*from)->find(e.name))
      return unexpected(error(errc::duplicate, "there is an entity `" + e.name + "` already")
                            .in_entity(e.name));
    next.push_back(e);
    schema::take_numbers({}, next.back());
    schema::index_references(next.back());
  }
  return finish(**in, std::move(next), **from);
}

result<schema::catalog_ptr> store::define(std::string_view entity,
                                          const schema::field_definition& field) {
  auto in = begin();
  if (!in) return passed(in);
  result<schema::catalog_ptr> from = stored_catalog();
  if (!from) return from;
  result<const schema::entity*> of = (*from)->need(entity);
  if (!of) return passed(of);
  if (auto ok = schema::check(field, (*of)->custom()); !ok) return passed(ok);
  if ((*of)->find(field.name))
    return unexpected(error(errc::duplicate, "there is a field `" + field.name + "` on `" +
                                                 std::string(entity) + "` already")
                          .in_entity(entity)
                          .in_field(field.name));
  std::vector<schema::entity_definition> next;
  for (const auto& e : (*from)->entities()) {
    next.push_back(e->definition());
    if (e.get() != *of) continue;
    next.back().fields.push_back(field);
    next.back().fields.back().number = 0;
    schema::index_references(next.back().fields.back());
  }
  return finish(**in, std::move(next), **from);
}

}  // namespace guanxi::store
