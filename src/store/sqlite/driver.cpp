#include "guanxi/store/sqlite.hpp"

#include "checkpoints.hpp"
#include "connection.hpp"
#include "ddl.hpp"
#include "epoch_watch.hpp"
#include "guanxi/expr/emit_sql.hpp"
#include "guanxi/store/store.hpp"
#include "keeping.hpp"
#include "record_sum.hpp"
#include "select.hpp"
#include "undo_list.hpp"
#include "write_gate.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::store {

namespace {

using sqlite::connection;
using sqlite::identifier;
using sqlite::running;

constexpr std::int64_t application_id = 0x47585231;  // "GXR1": how other tools know our files
constexpr std::int64_t format_version = 2;  // 2: every record has a checksum
constexpr std::size_t most_idle = 8;  // connections kept for reads to come

using sqlite::statement;

/// The statements that one connection runs for one entity.
struct table {
  const schema::entity* of = nullptr;
  statement get, insert, update, erase, scan;
  std::vector<statement> find;               ///< by slot; empty text: no unique field
  std::unordered_map<std::string, statement> changes;  ///< updates by the columns that they set
  std::vector<const schema::field*> fields;  ///< stored fields, in column order
  sqlite::record_sum sums;
};

table table_of(const schema::entity& e, const sqlite::names& called) {
  table t;
  t.of = &e;
  std::string columns, places, sets;
  t.fields = sqlite::stored_fields(e);
  t.sums = sqlite::record_sum(t.fields);
  for (std::size_t i = 0; i < t.fields.size(); ++i) {
    const schema::field& f = *t.fields[i];
    const std::string place = "?" + std::to_string(i + 1);
    if (!columns.empty()) columns += ", ", places += ", ";
    columns += identifier(f.name);
    places += place;
    if (f.slot == schema::system_slot::id) continue;
    if (!sets.empty()) sets += ", ";
    sets += identifier(f.name) + " = " + place;
  }
  const std::string name = called.table(e.name()), sum = identifier(sqlite::sum_column);
  const std::string sum_place = "?" + std::to_string(t.fields.size() + 1);
  t.get.sql = "SELECT " + columns + " FROM " + name + " WHERE \"id\" = ?1";
  t.insert.sql = "INSERT INTO " + name + " (" + columns + ", " + sum + ") VALUES (" + places +
                 ", " + sum_place + ")";
  t.update.sql = "UPDATE " + name + " SET " + sets + (sets.empty() ? "" : ", ") + sum + " = " +
                 sum_place + " WHERE \"id\" = ?1";
  if (!bare(e))
    t.update.sql += " AND \"revision\" = ?" + std::to_string(t.fields.size() + 2);
  t.erase.sql = "DELETE FROM " + name + " WHERE \"id\" = ?1";
  t.scan.sql =
      "SELECT " + columns + " FROM " + name + " WHERE \"id\" > ?1 ORDER BY \"id\" LIMIT ?2";
  t.find.resize(e.slots());
  for (const schema::field& f : e.fields())
    if (f.has(schema::unique))
      t.find[f.slot].sql = "SELECT \"id\" FROM " + name + " WHERE " + identifier(f.name) +
                           " = ?1 AND \"deletion_batch\" IS NULL";
  return t;
}

/// A connection and its statements. They belong to whoever holds the store's lock for it.
struct side {
  std::unique_ptr<connection> db;
  std::vector<table> tables = {};  ///< by entity number

  table& of(const schema::entity& e) {
    if (tables.size() <= e.number()) tables.resize(e.number() + 1u);
    table& t = tables[e.number()];
    // The first time, or after a change of the schema.
    if (t.of != &e) t = table_of(e, db->called());
    return t;
  }
};

using sqlite::undo_list;
using sqlite::written;

class sqlite_driver final : public driver {
 public:
  /// `readers`: whether reads of what is committed have connections of their own.
  /// `gate`: null for SQLite that needs none, and for those who only read.
  sqlite_driver(std::unique_ptr<connection> c, bool readers, sqlite_options options,
                environment world, std::unique_ptr<sqlite::write_gate> gate = nullptr)
      : gate_(std::move(gate)), side_{std::move(c)}, writer_(*side_.db), readers_(readers),
        options_(std::move(options)), world_(std::move(world)) {
    if (gate_) checkpoints_.watch(writer_);
  }

  std::string_view name() const noexcept override { return "sqlite"; }
  bool transactional() const noexcept override { return true; }
  bool finds() const noexcept override { return true; }

  result<bool> get(const schema::entity& of, id key, view at, schema::record& into) override;
  result<void> put(const schema::record& r, std::int64_t expected_revision) override;
  result<void> replace(const schema::record& before, const schema::record& after) override;
  result<void> erase(const schema::entity& of, id key) override;
  result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                    std::size_t at_most, view at,
                    const std::function<result<bool>(const schema::record&)>& visit) override;
  result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps) override;

  bool reshapes() const noexcept override { return true; }

  result<void> begin() override {
    undo_.clear();
    if (gate_)
      if (auto ok = gate_->enter(); !ok) return ok;
    auto begun = writer_.begin();
    if (!begun) leave();
    return begun;
  }
  result<void> commit() override {
    if (auto ok = writer_.commit(); !ok) return ok;
    if (gate_) checkpoints_.run_if_due(writer_);
    leave();
    if (lent()) static_cast<void>(epoch_now());  // what cannot be read now is read when relied on
    return {};
  }
  bool shares_commits() const noexcept override { return readers_; }
  result<void> rollback() override {
    undo_.clear();
    auto done = writer_.rollback();
    leave();
    return done;
  }
  result<void> savepoint(int n) override;
  result<void> release(int n) override;
  result<void> rollback_to(int n) override;
  bool snapshots() const noexcept override { return readers_; }
  result<std::unique_ptr<reader>> open_reader() override;
  bool lent() const noexcept override { return writer_.lent(); }
  /// On a host's connection: a number that is another when what is remembered may be out of date.
  result<std::int64_t> epoch_now() { return epoch_.look(writer_); }
  std::int64_t confirmed() const noexcept { return confirmed_; }
  void confirm() noexcept { confirmed_ = epoch_.number(); }

  result<std::optional<id>> find(const schema::entity& of, std::uint16_t slot, const value& v,
                                 view at) override;
  query::pushdown consider(const query::trimmed_plan& p) override;
  result<void> describe(const query::fragment& f, view at, const query::bounds& within,
                        std::vector<std::string>& into) override;
  result<void> execute(const query::fragment& f, view at, const query::bounds& within,
                       const query::row_sink& sink) override;

  result<std::unique_ptr<driver>> open_check() override;
  result<void> verify(const schema::catalog& catalog, inspection& into) override {
    return sqlite::verify(writer_, catalog, into);
  }
  result<void> copy_to(const std::string& path, const progress& told,
                       const std::function<result<void>(driver&)>& check) override;

 private:
  friend class sqlite_reader;
  static void fill(const connection& c, sqlite3_stmt* s, const table& t, schema::record& into);
  template <class F>
  result<void> undoable(const schema::entity& of, id key, const schema::record* before, F&& write);
  result<void> insert(const schema::record& r);
  result<void> update(const schema::record& r, std::int64_t expected_revision);
  result<void> update(const schema::record& before, const schema::record& after);
  result<void> take_back(const written& w);
  void leave() noexcept {
    if (gate_) gate_->leave();
  }
  result<void> finish(sqlite3_stmt* s, const schema::record& r, bool replacing);

  std::unique_ptr<sqlite::write_gate> gate_;  ///< lasts until the connection is closed
  sqlite::checkpoints checkpoints_;
  side side_;
  connection& writer_;  ///< of side_; the driver of a reader only reads by it
  undo_list undo_;

  const bool readers_;
  const sqlite_options options_;
  const environment world_;
  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<sqlite_driver>> idle_;  ///< of readers that are gone
  std::int64_t confirmed_ = -1;  ///< of a reader: the version of the file that its user knows
  sqlite::epoch_watch epoch_;    ///< on a host's connection
};

/// One thread's connection for reading, out of those that the driver keeps.
class sqlite_reader final : public reader {
 public:
  sqlite_reader(sqlite_driver& from, std::unique_ptr<sqlite_driver> on)
      : from_(from), on_(std::move(on)) {}
  ~sqlite_reader() override {
    try {
      let_go();
      // One that cannot end its transaction is closed, and so is one whose statement was left in
      // the middle by an exception: who takes it next would see an old moment.
      if (db().api().txn_state(db().raw(), "main") != SQLITE_TXN_NONE) return;
      const std::lock_guard lock(from_.idle_mutex_);
      if (from_.idle_.size() < most_idle) from_.idle_.push_back(std::move(on_));
    } catch (const std::bad_alloc&) {
    }
  }
  sqlite_reader(const sqlite_reader&) = delete;
  sqlite_reader& operator=(const sqlite_reader&) = delete;

  driver& on() noexcept override { return *on_; }
  result<void> hold() override {
    // A transaction sees what its first statement sees.
    if (auto ok = db().number("BEGIN"); !ok) return passed(ok);
    holding_ = true;
    if (auto ok = db().number("PRAGMA data_version"); !ok) return passed(ok);
    return {};
  }
  void let_go() override {
    if (holding_ && db().number("COMMIT")) holding_ = false;
  }
  bool saw_news() const noexcept override { return version() != on_->confirmed_; }
  result<bool> look() override {
    // Any statement looks at the file.
    if (auto ok = db().number("PRAGMA data_version"); !ok) return passed(ok);
    return saw_news();
  }
  void confirm() noexcept override { on_->confirmed_ = version(); }

 private:
  connection& db() const noexcept { return on_->writer_; }
  /// As the last read saw the file, by SQLite's own count.
  std::int64_t version() const noexcept {
    unsigned out = 0;
    sqlite3_file_control(db().raw(), "main", SQLITE_FCNTL_DATA_VERSION, &out);
    return out;
  }

  sqlite_driver& from_;
  std::unique_ptr<sqlite_driver> on_;
  bool holding_ = false;
};

/// On a host's connection there is one way to read, and others than this process may change what
/// it remembers: the host takes back what it had committed.
class lent_reader final : public reader {
 public:
  lent_reader(sqlite_driver& on, connection& db)
      : on_(on), db_(db), begin_sql_("SAVEPOINT " + moment()), end_sql_("RELEASE " + moment()) {}
  driver& on() noexcept override { return on_; }
  result<void> hold() override { return db_.run(begin_sql_); }
  void let_go() override { static_cast<void>(db_.run(end_sql_)); }
  bool saw_news() const noexcept override {
    try {
      const result<std::int64_t> number = on_.epoch_now();
      return !number || *number != on_.confirmed();
    } catch (const std::bad_alloc&) {
      return true;  // who cannot look had better not go on as before
    }
  }
  result<bool> look() override {
    result<std::int64_t> number = on_.epoch_now();
    if (!number) return passed(number);
    return *number != on_.confirmed();
  }
  void confirm() noexcept override { on_.confirm(); }

 private:
  std::string moment() const { return identifier(db_.called().prefix + "reading"); }
  sqlite_driver& on_;
  connection& db_;
  std::string begin_sql_, end_sql_;  ///< made beforehand: a reading must end without memory, too
};

result<std::unique_ptr<reader>> sqlite_driver::open_reader() {
  if (lent()) return std::unique_ptr<reader>(new lent_reader(*this, writer_));
  if (!readers_) return std::unique_ptr<reader>();  // in memory the writer has the one connection
  std::unique_ptr<sqlite_driver> on;
  {
    const std::lock_guard lock(idle_mutex_);
    if (!idle_.empty()) {
      on = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!on) {
    auto opened = connection::open(options_, false, world_);
    if (!opened) return passed(opened);
    if (auto ok = (*opened)->run("PRAGMA query_only = ON"); !ok) return passed(ok);
    on = std::make_unique<sqlite_driver>(std::move(*opened), false, options_, world_);
  }
  return std::unique_ptr<reader>(new sqlite_reader(*this, std::move(on)));
}

void sqlite_driver::fill(const connection& c, sqlite3_stmt* s, const table& t,
                         schema::record& into) {
  for (std::size_t i = 0; i < t.fields.size(); ++i) {
    const schema::field& f = *t.fields[i];
    into.set(f.slot, c.read(s, static_cast<int>(i), stored_as(f.type), f.scale));
  }
}

result<bool> sqlite_driver::get(const schema::entity& e, id key, view, schema::record& into) {
  table& t = side_.of(e);
  connection& c = *side_.db;
  result<sqlite3_stmt*> s = c.prepared(t.get);
  if (!s) {
    // A new store has no tables yet, so it has no such record; all else that fails is an error.
    const std::string_view said = c.api().errmsg(c.raw());
    if (s.error().store_code() == SQLITE_ERROR && said.starts_with("no such table")) return false;
    return passed(s);
  }
  c.bind(*s, 1, key.value);
  result<int> row = c.step(*s);
  if (!row) return passed(row);
  const bool there = *row == SQLITE_ROW;
  if (there) fill(c, *s, t, into);
  c.reset(*s);
  return there;
}

result<void> sqlite_driver::put(const schema::record& r, std::int64_t expected_revision) {
  if (auto ok = writer_.still_inside(); !ok) return ok;
  if (expected_revision == 0)
    return undoable(r.of(), r.key(), nullptr, [&] { return insert(r); });
  if (!undo_.wants_images()) return update(r, expected_revision);
  schema::record before(r.catalog(), r.of());
  result<bool> there = get(r.of(), r.key(), view::writing, before);
  if (!there) return passed(there);
  if (!*there) return update(r, expected_revision);  // which tells that there is none
  return undoable(r.of(), r.key(), &before, [&] { return update(r, expected_revision); });
}

/// Runs a statement that writes one record, so that it can be taken back.
template <class F>
result<void> sqlite_driver::undoable(const schema::entity& of, id key,
                                     const schema::record* before, F&& write) {
  const std::size_t noted = undo_.size();
  if (auto ok = undo_.add(writer_, of, key, before); !ok) return ok;
  result<void> done = write();
  if (!done) undo_.cut(noted);
  return done;
}

result<void> sqlite_driver::insert(const schema::record& r) {
  table& t = side_.of(r.of());
  result<sqlite3_stmt*> s = writer_.prepared(t.insert);
  if (!s) return passed(s);
  for (std::size_t i = 0; i < t.fields.size(); ++i)
    if (writer_.bind(*s, static_cast<int>(i + 1), r.at(t.fields[i]->slot), t.fields[i]->scale) !=
        SQLITE_OK)
      return unexpected(writer_.failed("write to"));
  writer_.bind(*s, static_cast<int>(t.fields.size() + 1), t.sums.of(r));
  return finish(*s, r, false);
}

/// Writes every column.
result<void> sqlite_driver::update(const schema::record& r, std::int64_t expected_revision) {
  table& t = side_.of(r.of());
  result<sqlite3_stmt*> s = writer_.prepared(t.update);
  if (!s) return passed(s);
  for (std::size_t i = 0; i < t.fields.size(); ++i)
    if (writer_.bind(*s, static_cast<int>(i + 1), r.at(t.fields[i]->slot), t.fields[i]->scale) !=
        SQLITE_OK)
      return unexpected(writer_.failed("write to"));
  writer_.bind(*s, static_cast<int>(t.fields.size() + 1), t.sums.of(r));
  if (!bare(r.of()))
    writer_.bind(*s, static_cast<int>(t.fields.size() + 2), expected_revision);
  return finish(*s, r, true);
}

result<void> sqlite_driver::replace(const schema::record& before, const schema::record& after) {
  if (auto ok = writer_.still_inside(); !ok) return ok;
  return undoable(after.of(), after.key(), &before, [&] { return update(before, after); });
}

/// Writes the columns that differ: SQLite keeps an index up for every column that a statement
/// names, whether its value is another or not.
result<void> sqlite_driver::update(const schema::record& before, const schema::record& after) {
  table& t = side_.of(after.of());
  std::string which;  // the columns that differ, two bytes each
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < t.fields.size(); ++i) {
    const value &was = before.at(t.fields[i]->slot), &is = after.at(t.fields[i]->slot);
    if (was == is) continue;
    which += static_cast<char>(i & 0xff);
    which += static_cast<char>(i >> 8);
    sum ^= t.sums.change(i, was, is);
  }
  if (which.empty()) return {};
  const auto field = [&](std::size_t at) -> const schema::field& {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(which[i]); };
    return *t.fields[static_cast<std::size_t>(byte(2 * at) | byte(2 * at + 1) << 8)];
  };
  const std::size_t columns = which.size() / 2;
  constexpr std::size_t kept = 64;
  if (t.changes.size() >= kept && !t.changes.contains(which)) t.changes.clear();
  auto known = t.changes.find(which);
  if (known == t.changes.end()) {
    // Kept when it is whole: half of it, where memory ran out, would change every record.
    std::string sql = "UPDATE " + writer_.called().table(after.of().name()) + " SET " +
                      sqlite::changed_sum("?3");
    for (std::size_t i = 0; i < columns; ++i)
      sql += ", " + identifier(field(i).name) + " = ?" + std::to_string(i + 4);
    sql += " WHERE \"id\" = ?1 AND \"revision\" = ?2";
    known = t.changes.emplace(which, statement{std::move(sql)}).first;
  }
  result<sqlite3_stmt*> s = writer_.prepared(known->second);
  if (!s) return passed(s);
  writer_.bind(*s, 1, after.key().value);
  writer_.bind(*s, 2, before.revision());
  writer_.bind(*s, 3, sum);
  for (std::size_t i = 0; i < columns; ++i)
    if (writer_.bind(*s, static_cast<int>(i + 4), after.at(field(i).slot), field(i).scale) !=
        SQLITE_OK)
      return unexpected(writer_.failed("write to"));
  return finish(*s, after, true);
}

result<void> sqlite_driver::finish(sqlite3_stmt* s, const schema::record& r, bool replacing) {
  result<int> done = writer_.step(s);
  if (!done) return passed(done);
  writer_.reset(s);
  if (replacing && writer_.api().changes(writer_.raw()) == 0)
    return unexpected(error(errc::conflict,
                            "the record has changed since it was read; read it again")
                          .in_entity(r.of().name())
                          .of_record(r.key().value));
  return {};
}

result<void> sqlite_driver::erase(const schema::entity& e, id key) {
  if (auto ok = writer_.still_inside(); !ok) return ok;
  if (auto ok = undo_.leave_to(writer_); !ok) return ok;
  result<sqlite3_stmt*> s = writer_.prepared(side_.of(e).erase);
  if (!s) return passed(s);
  writer_.bind(*s, 1, key.value);
  result<int> done = writer_.step(*s);
  if (!done) return passed(done);
  writer_.reset(*s);
  return {};
}

result<void> sqlite_driver::savepoint(int n) {
  if (auto ok = writer_.still_inside(); !ok) return ok;
  return undo_.begin(writer_, n);
}

result<void> sqlite_driver::release(int n) {
  if (auto ok = writer_.still_inside(); !ok) return ok;
  return undo_.end(writer_, n);
}

result<void> sqlite_driver::rollback_to(int n) {
  if (auto ok = writer_.still_inside(); !ok) return ok;
  return undo_.go_back(writer_, n, [this](const written& w) { return take_back(w); });
}

/// Puts back what stood there before a write; nothing may have come of the write.
result<void> sqlite_driver::take_back(const written& w) {
  if (w.before.empty()) {
    result<sqlite3_stmt*> s = writer_.prepared(side_.of(*w.of).erase);
    if (!s) return passed(s);
    writer_.bind(*s, 1, w.key.value);
    result<int> done = writer_.step(*s);
    if (!done) return passed(done);
    writer_.reset(*s);
    return {};
  }
  schema::record now(w.before.catalog(), *w.of);
  result<bool> there = get(*w.of, w.key, view::writing, now);
  if (!there) return passed(there);
  // As one that names what differs: a record that was damaged before stays found.
  return bare(*w.of) ? update(w.before, now.revision()) : update(now, w.before);
}

result<void> sqlite_driver::scan(const schema::catalog_ptr& catalog, const schema::entity& e,
                                 id after, std::size_t at_most, view,
                                 const std::function<result<bool>(const schema::record&)>& visit) {
  // The page is read out first, so that a visitor may read in turn.
  table& t = side_.of(e);
  connection& c = *side_.db;
  result<sqlite3_stmt*> s = c.prepared(t.scan);
  if (!s) return passed(s);
  c.bind(*s, 1, after.value);
  c.bind(*s, 2, static_cast<std::int64_t>(at_most));
  std::vector<schema::record> page;
  for (;;) {
    result<int> row = c.step(*s);
    if (!row) return passed(row);
    if (*row != SQLITE_ROW) break;
    fill(c, *s, t, page.emplace_back(catalog, e));
  }
  c.reset(*s);
  for (const schema::record& r : page) {
    result<bool> more = visit(r);
    if (!more) return passed(more);
    if (!*more) break;
  }
  return {};
}

result<void> sqlite_driver::migrate(const schema::catalog& to,
                                   std::span<const schema::step> steps) {
  if (auto ok = undo_.leave_to(writer_); !ok) return ok;
  using kind = schema::step::kind;
  std::vector<const schema::entity*> resummed;
  for (const schema::step& step : steps) {
    for (const std::string& sql : sqlite::statements_for(step, to, writer_.called()))
      if (auto ok = writer_.run_inside(sql); !ok) return ok;
    const bool renames = step.what == kind::rename_entity;
    if (renames || step.what == kind::rename_field || step.what == kind::drop_field ||
        step.what == kind::convert_field)
      resummed.push_back(to.find(step.entity));
    // The last rows written are entries of the change log that tell the entity by its name.
    if (renames && writer_.api().changes(writer_.raw()) > 0)
      resummed.push_back(to.find(system_table::change.name));
  }
  std::sort(resummed.begin(), resummed.end());
  resummed.erase(std::unique(resummed.begin(), resummed.end()), resummed.end());
  for (const schema::entity* each : resummed)
    if (auto ok = sqlite::fill_sums(writer_, *each); !ok) return ok;
  // Later versions want indices of tables that earlier ones made.
  for (const auto& e : to.entities())
    for (std::string sql : sqlite::index_statements(*e, writer_.called())) {
      constexpr std::string_view word = " INDEX ";
      sql.insert(sql.find(word) + word.size(), "IF NOT EXISTS ");
      if (auto ok = writer_.run_inside(sql); !ok) return ok;
    }
  return {};
}

result<std::optional<id>> sqlite_driver::find(const schema::entity& e, std::uint16_t slot,
                                              const value& v, view) {
  const schema::field& f = e.at(slot);
  connection& c = *side_.db;
  result<sqlite3_stmt*> s = c.prepared(side_.of(e).find[slot]);
  if (!s) return passed(s);
  if (c.bind(*s, 1, v, f.scale) != SQLITE_OK) return unexpected(c.failed("read"));
  result<int> row = c.step(*s);
  if (!row) return passed(row);
  std::optional<id> out;
  if (*row == SQLITE_ROW) out = id{c.api().column_int64(*s, 0)};
  c.reset(*s);
  return out;
}

namespace {

bool fits(const expr::expression& e, int around = 0) {
  return expr::is_sql(e) && !expr::may_lack(e) &&
         expr::sql_nesting(e) + around <= expr::max_sql_nesting;
}

/// Whether the plan keeps to what SQLite takes at once: 64 tables, 2000 columns or terms.
bool narrow(const query::plan& p) {
  constexpr std::size_t most_tables = 64, most_columns = 2000;
  std::size_t columns = p.outputs.size();
  for (const query::currency_check& check : p.checks) columns += check.columns.size();
  return p.joins.size() <= most_tables && columns <= most_columns &&
         p.keys.size() <= most_columns && p.order.size() <= most_columns &&
         p.sources.size() <= most_columns;
}

/// The same of a guard, where each record that it asks for is a query inside it.
bool fits(const policy::reach& guard, int around = 0) {
  constexpr int query_inside = 8;
  if (guard.how_far != policy::reach::extent::some) return true;
  if (!fits(guard.filter, around)) return false;
  const int inside = around + expr::sql_nesting(guard.filter) + query_inside;
  return std::all_of(guard.ties.begin(), guard.ties.end(),
                     [&](const policy::tie& t) { return fits(*t.within, inside); });
}

/// Whether one statement can give the groups of all grouping sets; a host may have set limits.
bool groupable(const query::plan& p) {
  constexpr std::size_t most_sets = 32, most_columns = 1000;
  return p.sets.size() <= most_sets && p.keys.size() + p.aggregates.size() <= most_columns;
}

/// Whether keys, outputs and order fit SQLite's parser when keys and aggregates stand inside them.
bool shallow(const query::plan& p) {
  int columns = 0;
  const auto inside = [&columns](const expr::expression& e) {
    columns = std::max(columns, expr::sql_nesting(e));
  };
  for (const expr::expression& key : p.keys) inside(key);
  for (const query::aggregate& a : p.aggregates) {
    inside(a.argument);
    inside(a.filter);
    for (const expr::expression& e : a.by) inside(e);
  }
  if (!p.aggregates.empty()) columns += 10;  // the aggregate around its argument
  bool fit = columns <= expr::max_sql_nesting && fits(p.having, columns);
  for (const expr::expression& e : p.outputs) fit = fit && fits(e, columns);
  for (const query::order_key& k : p.order) fit = fit && fits(k.by, columns);
  return fit;
}

/// Whether SQL can say keys, aggregates, outputs and order; what reads paths alone is the core's
/// then, and filters are pushed all the same.
bool speaks(const query::plan& p) {
  const auto is_sql = [](const expr::expression& e) { return expr::is_sql(e); };
  return std::all_of(p.keys.begin(), p.keys.end(), is_sql) &&
         std::all_of(p.outputs.begin(), p.outputs.end(), is_sql) &&
         std::all_of(p.aggregates.begin(), p.aggregates.end(),
                     [&](const query::aggregate& a) {
                       return is_sql(a.argument) && is_sql(a.filter) &&
                              std::all_of(a.by.begin(), a.by.end(), is_sql);
                     }) &&
         is_sql(p.having) &&
         std::all_of(p.order.begin(), p.order.end(),
                     [&](const query::order_key& k) { return is_sql(k.by); });
}

/// Whether SQLite works out for those rows alone that are asked for what may lack an answer: keys
/// and aggregates of rows that pass all conditions, and of all of them, which a limit might spare.
bool asks_no_more(const query::plan& p) {
  const auto lacks = [](const expr::expression& e) { return expr::may_lack(e); };
  const auto any = [&](const std::vector<expr::expression>& of) {
    return std::any_of(of.begin(), of.end(), lacks);
  };
  if (any(p.filters) || any(p.outputs) || lacks(p.having) ||
      std::any_of(p.order.begin(), p.order.end(),
                  [&](const query::order_key& k) { return lacks(k.by); }))
    return false;
  const bool groups =
      any(p.keys) || std::any_of(p.aggregates.begin(), p.aggregates.end(),
                                 [&](const query::aggregate& a) {
                                   return lacks(a.argument) || lacks(a.filter) || any(a.by);
                                 });
  return !groups || (!p.limit && !p.offset && p.per.empty());
}

}  // namespace

query::pushdown sqlite_driver::consider(const query::trimmed_plan& p) {
  // Every operation of the language is emitted as SQL or as a function of ours: all is exact,
  // unless it is nested deeper than SQLite can read, or may lack an answer for rows that are not
  // asked for. What looks at all rows of the answer or at earlier ones, what fills gaps, the steps
  // of a funnel, and what comes behind several grouping sets, is the core's.
  const query::plan& what = p.what();
  const bool whole = speaks(what) && asks_no_more(what);
  const bool plain = whole && what.sets.empty() && what.windows.empty() && what.priors.empty() &&
                     !what.fill && what.steps == 0;
  query::pushdown all{(!whole || shallow(what)) && narrow(what), {}, plain, whole,
                      whole && what.per.empty()};
  all.groups = whole && groupable(what);
  for (const expr::expression& filter : what.filters)
    all.filters.push_back(fits(filter) ? query::verdict::exact : query::verdict::unsupported);
  for (std::size_t join = 0; join < what.joins.size(); ++join)
    all.runs = all.runs && fits(p.guard(join));
  return all;
}

/// Stops a running statement when its bounds are broken.
class watch {
 public:
  watch(connection& c, const query::bounds& within, const std::vector<expr::sql_call>& calls)
      : of_(c), within_(within), pace_([this] { return verdict_ = within_.check(); }) {
    outer_ = std::exchange(of_.now(), {&pace_, &within_, &calls, &refused_});
    if (of_.lent()) return;  // the handler is the host's
    of_.api().progress_handler(of_.raw(), 1'000, &watch::ask, this);
  }
  ~watch() {
    of_.now() = outer_;
    if (!of_.lent()) of_.api().progress_handler(of_.raw(), 0, nullptr, nullptr);
  }
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;
  /// Why the statement failed, if it did so by our own doing.
  result<void> verdict() {
    if (!verdict_ || !refused_) return verdict_;
    return unexpected(*refused_);
  }
  /// After a row.
  result<void> step() { return pace_.due(4 * expr::pace::step) ? pace_.ask() : result<void>(); }

 private:
  static int ask(void* self) {
    auto& w = *static_cast<watch*>(self);
    w.verdict_ = w.within_.check();
    return w.verdict_ ? 0 : 1;
  }
  connection& of_;
  const query::bounds& within_;
  result<void> verdict_;
  expr::pace pace_;
  std::optional<error> refused_;
  running outer_;
};

result<void> sqlite_driver::execute(const query::fragment& f, view, const query::bounds& within,
                                    const query::row_sink& sink) {
  if (auto ok = within.check(); !ok) return ok;
  connection& c = *side_.db;
  const sqlite::select_text select = sqlite::select_for(f, c.called());
  result<sqlite3_stmt*> s = c.prepared(select.sql.text);
  if (!s) return passed(s);
  for (std::size_t i = 0; i < select.sql.values.size(); ++i) {
    const value& bound = select.sql.values[i];
    const int scale = bound.type() == value_type::decimal ? bound.as_decimal().scale : 0;
    if (c.bind(*s, static_cast<int>(i + 1), bound, scale) != SQLITE_OK)
      return unexpected(c.failed("read"));
  }
  watch guard(c, within, select.sql.calls);
  std::vector<value> row(select.columns.size());
  for (;;) {
    result<int> more = c.step(*s);
    if (!more) {
      if (auto ok = guard.verdict(); !ok) return ok;
      return passed(more);
    }
    if (*more != SQLITE_ROW) break;
    if (auto ok = guard.step(); !ok) {
      c.reset(*s);
      return ok;
    }
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = c.read(*s, static_cast<int>(i), select.columns[i].base,
                            select.columns[i].scale);
    result<bool> on = sink(row);
    if (!on || !*on) {
      c.reset(*s);
      if (!on) return passed(on);
      break;
    }
  }
  c.reset(*s);
  return {};
}

result<void> sqlite_driver::describe(const query::fragment& f, view, const query::bounds&,
                                     std::vector<std::string>& into) {
  connection& c = *side_.db;
  const sqlite::select_text select = sqlite::select_for(f, c.called());
  result<sqlite3_stmt*> s = c.prepared("EXPLAIN QUERY PLAN " + select.sql.text);
  if (!s) return passed(s);
  for (;;) {
    result<int> more = c.step(*s);
    if (!more) return passed(more);
    if (*more != SQLITE_ROW) break;
    constexpr int detail = 3;
    into.push_back(c.read(*s, detail, value_type::text, 0).to_string());
  }
  c.reset(*s);
  return {};
}

/// A connection of its own, so that nothing is cached, within one read transaction.
result<std::unique_ptr<driver>> sqlite_driver::open_check() {
  if (!readers_) return std::unique_ptr<driver>();
  auto c = connection::open(options_, false, world_);
  if (!c) return passed(c);
  for (const char* sql : {"PRAGMA query_only = ON", "PRAGMA cell_size_check = ON", "BEGIN"})
    if (auto ok = (*c)->run(sql); !ok) return passed(ok);
  // A transaction begins with its first read.
  if (auto first = (*c)->number("PRAGMA data_version"); !first) return passed(first);
  return std::unique_ptr<driver>(new sqlite_driver(std::move(*c), false, options_, world_));
}

result<void> sqlite_driver::copy_to(const std::string& path, const progress& told,
                                    const std::function<result<void>(driver&)>& check) {
  if (lent())
    return unexpected(errc::unsupported, "a host's database is backed up by the host, with all "
                                         "that is in it");
  result<std::unique_ptr<driver>> now = open_check();
  if (!now) return passed(now);
  connection& from = *now ? static_cast<sqlite_driver&>(**now).writer_ : writer_;
  if (auto ok = sqlite::copy(from, path, told); !ok) return ok;
  now->reset();
  auto copy = open_sqlite({.path = path, .create = false, .read_only = true}, world_);
  if (!copy) return passed(copy);
  return check(**copy);
}

/// Refuses files that are not ours and brings a new one to our format.
result<void> prepare(connection& c, const sqlite_options& options, sqlite::write_gate* gate) {
  result<std::int64_t> tables = c.number("SELECT count(*) FROM sqlite_master");
  if (!tables) return passed(tables);
  result<std::int64_t> whose = c.number("PRAGMA application_id");
  if (!whose) return passed(whose);
  result<std::int64_t> format = c.number("PRAGMA user_version");
  if (!format) return passed(format);
  const bool fresh = *tables == 0 && *whose == 0 && *format == 0;
  if (!fresh && *whose != application_id)
    return unexpected(errc::not_a_database,
                      c.shown_path() +
                          " is a SQLite file of another program, and was left as it is; "
                          "choose another path");
  if (*format > format_version)
    return unexpected(errc::newer_schema, c.shown_path() +
                                              " was written by a later version of Guanxi (format " +
                                              std::to_string(*format) +
                                              "); update the library to open it");
  if (options.read_only) return {};
  if (gate)
    if (auto ok = gate->enter(); !ok) return ok;
  if (auto ok = c.run("PRAGMA journal_mode = WAL"); !ok) return ok;
  const bool weak = options.may_lose_last_commits;
  if (auto ok = c.run(weak ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL"); !ok)
    return ok;
  // A transaction that outgrows the cache writes pages before their time, some many times over.
  if (auto ok = c.run("PRAGMA cache_size = -32768"); !ok) return ok;  // KiB, taken as needed
  if (!fresh && *format < format_version) return sqlite::add_sums(c, format_version);
  if (!fresh) return {};
  // Both or neither, for a file that bears one of them alone would be nobody's.
  return c.run("BEGIN IMMEDIATE; PRAGMA application_id = " + std::to_string(application_id) +
               "; PRAGMA user_version = " + std::to_string(format_version) + "; COMMIT");
}

}  // namespace

result<std::unique_ptr<driver>> open_sqlite(const sqlite_options& options,
                                            const environment& world) {
  if (options.busy_timeout_ms < 0 || options.busy_timeout_ms > 600'000)
    return unexpected(errc::invalid_argument, "`busy_timeout_ms` must be 0 to 600,000");
  const bool memory = options.path == ":memory:";
  if (auto ok = memory ? result<void>() : connection::look(options); !ok) return passed(ok);
  std::unique_ptr<sqlite::write_gate> gate;
  if (!memory && !options.read_only &&
      sqlite::may_lose_at_reset(sqlite::linked_copy()->api.libversion_number()))
    gate = std::make_unique<sqlite::write_gate>(options.path + "-lock", options.busy_timeout_ms);
  auto writer = connection::open(options, options.create, world);
  if (!writer) return passed(writer);
  if (auto ok = prepare(**writer, options, gate.get()); !ok) return passed(ok);
  if (gate) gate->leave();
  return std::unique_ptr<driver>(
      new sqlite_driver(std::move(*writer), !memory, options, world, std::move(gate)));
}

result<std::unique_ptr<driver>> open_sqlite_in(sqlite3* db, const sqlite_functions& functions,
                                               const sqlite_join& how, const environment& world) {
  if (!db) return unexpected(errc::invalid_argument, "the host's connection is null");
  if (auto ok = sqlite::check_prefix(how.prefix); !ok) return passed(ok);
  result<sqlite::copy_ptr> copy = sqlite::copy_of(functions);
  if (!copy) return passed(copy);
  auto c = connection::borrow(db, std::move(*copy), {how.prefix}, world);
  if (!c) return passed(c);
  if (auto ok = sqlite::look_around(**c, how); !ok) return passed(ok);
  return std::unique_ptr<driver>(new sqlite_driver(std::move(*c), false, {}, world));
}

}  // namespace guanxi::store
