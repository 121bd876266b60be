// The façade: open a tenant, act as a user, create, change, query.
//
//   tenant crm = open("shop.gx").value();
//   session s = crm.as_user("li").value();
//   record acme = s.create(crm::account::entity, {crm::account::name = "Acme"}).value();
//   rows r = s.query("select name from account where name like :n", {{"n", "Ac%"}}).value();
//
// Every read is trimmed to what the acting user may see; every write passes the pipeline.
// Ownership: tenant and session are handles; the store closes with the last of them.
// Thread rule: a tenant may be used from many threads, a session by one at a time.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/expr/parameter.hpp"
#include "guanxi/policy/explain.hpp"
#include "guanxi/query/batch.hpp"
#include "guanxi/query/shape.hpp"
#include "guanxi/schema/conflict.hpp"
#include "guanxi/schema/record.hpp"
#include "guanxi/session/prepared.hpp"
#include "guanxi/session/purge.hpp"
#include "guanxi/session/tick.hpp"
#include "guanxi/store/keeping.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace guanxi::store {
class driver;
}
namespace guanxi::schema {
struct request;
}
namespace guanxi::query {
struct statement;
}
namespace guanxi::work {
struct module;
}

namespace guanxi {

using policy::action;
using policy::explanation;
using query::rows;
using schema::draft;
using schema::record;

class session;
struct schema_step;
using steps_listener = std::function<void(std::span<const schema_step>)>;

/// What keeps the records: one SQLite file, always current; or memory, with a file that save()
/// writes.
enum class store_kind : std::uint8_t { sqlite = 0, memory = 1 };

struct open_options {
  store_kind store = store_kind::sqlite;
  bool create = true;       ///< make the store if it is missing; else errc::file_missing
  bool read_only = false;
  int busy_timeout_ms =
      5000;                 ///< how long a write waits for another thread or process, 0 to 600,000
  std::string vfs = {};     ///< SQLite: name of a registered VFS
  bool may_lose_last_commits = false;  ///< SQLite: to a power cut, whole ones; writes wait less
  std::string base_currency = "USD";  ///< currency of amounts that name none; kept by a new store
  std::optional<environment> world = {};  ///< empty: default_environment()
  /// What vendors add (guanxi/work/action.hpp): entities that the store lacks are defined, effects
  /// and actions hold while it is open. Errors: errc::invalid_argument naming what does not fit.
  std::vector<std::shared_ptr<const work::module>> modules = {};
};

/// One company's CRM: a store with its catalog and its permission rules.
class tenant {
 public:
  /// Acts as a user. Errors: errc::unknown_name for a login that does not exist or is not active.
  result<session> as_user(std::string_view login) const;
  /// Acts with system sight: sees and does all. `cause` is written on every change.
  session as_system(std::string_view cause) const;
  schema::catalog_ptr catalog() const;
  /// Runs what is due by the environment's clock, in the order of its time, each exactly once,
  /// whatever else ticks (docs/tick.md), and tells when to call again. Errors: those of the store;
  /// what one record runs into is among the report's failures, and stops no other.
  result<tick_report> tick(const tick_options& options = {}) const;
  /// Whether this open made the store.
  bool fresh() const noexcept;
  std::string_view store_name() const noexcept;
  /// Memory stores: writes what is committed to a snapshot file, which takes the place of an older
  /// one at once; an empty path is the one it was opened with. Errors: errc::unsupported (a store
  /// that keeps its file current), errc::invalid_argument (no path), errc::store_io,
  /// errc::store_full; an older file is as it was then.
  result<void> save(std::string_view path = {}) const;
  /// What became of a commit that failed with errc::commit_unknown, by its error's token, once the
  /// store was opened again. Errors: errc::invalid_argument for what is no token.
  result<commit_outcome> outcome_of(std::string_view token) const;
  /// Checks every record, the indices and the change log (docs/keeping.md); readers and writers go
  /// on. Errors: errc::interrupted, those of a store that cannot be read at all.
  result<store::verification> verify(const store::verify_options& how = {}) const;
  /// Makes a copy of one moment while others write on: written beside the path, verified, then put
  /// in its place, or in that of an older copy, at once. Errors: errc::duplicate (another file is
  /// there), errc::store_corrupt (the store does not pass), errc::unsupported, errc::interrupted,
  /// errc::busy, errc::store_io, errc::store_full; an older copy is as it was then.
  result<store::backup_report> backup(std::string_view path,
                                      const store::backup_options& how = {}) const;

  struct state;
  explicit tenant(std::shared_ptr<state> s) : state_(std::move(s)) {}

 private:
  std::shared_ptr<state> state_;
};

/// Opens or creates a store: SQLite, or memory if the options say so (a snapshot file, or
/// ":memory:" for none). A new one has the user `admin` with all rights.
result<tenant> open(std::string_view path, const open_options& options = {});
/// Opens a store of the host's own.
result<tenant> open(std::unique_ptr<store::driver> d, const open_options& options = {});

/// One entry of the change log, trimmed to the fields that the acting user sees.
struct history_entry {
  std::int64_t sequence = 0;
  std::int64_t batch = 0;  ///< the sequence of the first change of the same commit
  std::string entity;
  id record;
  instant at;            ///< 1970 if the acting user may not see `modified_at`
  id user;               ///< 0: system sight, or `modified_by` may not be seen
  std::string cause;
  std::string action;    ///< create, edit, delete, restore, purge
  struct field { std::string name; value before, after; };
  std::vector<field> fields;
};

/// A moment of the past, one of: after the change of this sequence, or after the last change that
/// bears this time or an earlier one. The order of changes is that of their sequences, also where a
/// clock was put back.
struct as_of {
  std::optional<std::int64_t> sequence = {};
  std::optional<instant> at = {};
};

/// A reader of the change feed (feed.hpp) and where it has got to.
struct feed_cursor {
  std::string name;
  id user;                        ///< whose; 0: system sight's
  std::int64_t acknowledged = 0;  ///< a sequence
  instant moved_at;
};

/// What of the change log may go.
struct prune_options {
  std::optional<instant> older_than = {};     ///< entries before the first that is not older
  std::optional<std::int64_t> up_to = {};     ///< entries up to this sequence
  bool unread = false;  ///< also what cursors have not acknowledged; they will get errc::pruned
  progress on_progress = {};  ///< told of entries erased and to erase; false: what is gone is gone
};

struct prune_report {
  std::int64_t erased = 0;
  std::int64_t pruned_up_to = 0;       ///< a sequence; as-of reads go back to it
  std::optional<std::string> kept_for; ///< the cursor that entries were kept for
};

/// Limits of one query.
struct query_options {
  std::optional<std::int64_t> deadline_ms = {};  ///< 1 to 86,400,000; empty: none
  std::size_t max_rows = 10'000'000;
  /// Bytes that it may keep at a time: rows, groups, lists and the answer, as query::memory_account
  /// counts them. What a store keeps of its own, such as SQLite's sorting in temporary files, does
  /// not count.
  std::size_t max_memory = std::size_t{8} << 30;
  /// Read records as they were; an empty one: as they are. It runs over the change log since then
  /// and never inside the store (docs/changes.md).
  guanxi::as_of as_of = {};
  /// Days are those of this IANA time zone; empty: of the calendar (docs/calendars.md). One that
  /// does not exist is errc::unknown_name.
  std::string time_zone = {};
};

/// Where a search looks, and how much it gives.
struct search_options {
  std::vector<std::string> entities = {};  ///< empty: all that have a searchable field within sight
  std::size_t limit = 20;                  ///< records in all, 1 to 1,000
  std::optional<std::int64_t> deadline_ms = {};  ///< 1 to 86,400,000; empty: none
};

/// How an action is called.
struct invoke_options {
  /// Nothing is written; the answer is what would be: columns step, verb, entity, record, field,
  /// before and after.
  bool preview = false;
  std::string cause = {};  ///< why, for the change log; empty: the action's name
};

struct feed_options;
class feed;

class session {
 public:
  const policy::principal& who() const noexcept;
  /// The catalog now; definitions made later appear in a later one.
  schema::catalog_ptr catalog() const;

  /// Which fields of an entity exist for the acting user, a bit per slot; for edges that name
  /// fields one by one and must not tell a hidden one from none. Errors: as for draft().
  result<std::shared_ptr<const std::vector<bool>>> visible(std::string_view entity) const;

  /// A draft for an entity. Errors: errc::unknown_name (also for an entity that may not be read).
  result<schema::draft> draft(std::string_view entity) const;

  result<record> create(const schema::draft& d, std::string_view cause = {});
  result<record> create(const schema::entity_row& of,
                        std::initializer_list<schema::assignment> values);
  /// A live record within reach, hidden fields null. errc::not_found tells missing from forbidden
  /// to nobody.
  result<record> get(std::string_view entity, id key) const;
  result<record> get(const schema::entity_row& of, id key) const { return get(of.name, key); }
  /// A record as it was, if it was live then, was then within the user's reach by today's rules,
  /// and is so still, or was when it was deleted. Errors: errc::not_found, errc::pruned.
  result<record> get(std::string_view entity, id key, const as_of& when) const;
  /// Changes what the draft names. With expected_revision, errc::conflict if it has moved on.
  result<record> change(id key, const schema::draft& d, std::int64_t expected_revision = 0,
                        std::string_view cause = {});
  /// Changes a record that was read: guarded by its revision.
  result<record> change(const record& r, std::initializer_list<schema::assignment> values);
  result<void> remove(std::string_view entity, id key, std::int64_t expected_revision = 0,
                      std::string_view cause = {});
  /// Several records as one deletion, all of them or none.
  result<void> remove(std::string_view entity, std::span<const id> keys,
                      std::string_view cause = {});

  /// Brings back what was deleted together with a record, or as one batch (the field
  /// `deletion_batch`), exactly that; gives how many records came back (docs/deleting.md).
  result<std::int64_t> restore(std::string_view entity, id key, std::string_view cause = {});
  result<std::int64_t> restore_batch(std::int64_t batch, std::string_view cause = {});
  /// Puts a record away: read-only, and only in queries `with archived`.
  result<record> archive(std::string_view entity, id key, std::int64_t expected_revision = 0,
                         std::string_view cause = {});
  result<record> unarchive(std::string_view entity, id key, std::int64_t expected_revision = 0,
                           std::string_view cause = {});
  /// Takes out of the tables what was deleted long enough ago (the change log keeps its last
  /// image), in transactions of its own; for those who administer permissions. What was purged
  /// before an error stays purged.
  result<purge_report> purge(const purge_options& options = {});

  /// Runs an action of the standard CRM or of a module (docs/actions.md), whole or not at all. What
  /// it answers is a table, mostly of one row. Errors: errc::unknown_name (an action or parameter
  /// that does not exist, or is about what the acting user may not read), errc::invalid_argument,
  /// errc::permission, errc::unsupported where several writes have to be one and the store has no
  /// transactions, those of the action and of the writes that it makes.
  result<rows> invoke(std::string_view action,
                      const std::vector<expr::parameter_value>& arguments = {},
                      const invoke_options& options = {});
  /// The actions that the acting user knows, a row for each parameter and result: columns action,
  /// label_en, label_zh, entity, writes, role (parameter or result; null: it has neither), name,
  /// kind, target, required, default and choices (codes, by commas).
  result<rows> actions() const;

  /// Runs a query of the language (docs/query.md).
  result<rows> query(std::string_view text,
                     const std::vector<expr::parameter_value>& parameters = {},
                     const query_options& options = {}) const;
  /// Runs a statement of the builder, of JSON or of query::parse as its text would be; offsets of
  /// errors are those in query::print(s).
  result<rows> query(const query::statement& s,
                     const std::vector<expr::parameter_value>& parameters = {},
                     const query_options& options = {}) const;

  /// Runs one that was read before.
  result<rows> query(const prepared& q, const std::vector<expr::parameter_value>& parameters = {},
                     const query_options& options = {}) const;

  /// The records that answer best what a person typed into one box, of all entities within sight
  /// (docs/search.md): columns entity, id, title and relevance; the most relevant first, then in
  /// the order of the entities, of titles and of ids. Errors: errc::unknown_name (an entity that
  /// is unknown or has nothing to search), errc::invalid_argument (the limit), those of query().
  result<rows> search(std::string_view typed, const search_options& options = {}) const;

  /// How a query of a user's would be answered (empty login: the acting user's), and by what
  /// conditions of his rights; for those who administer permissions. Not inside a transaction.
  result<query::shape> explain_query(std::string_view text,
                                     const std::vector<expr::parameter_value>& parameters = {},
                                     std::string_view login = {},
                                     const query_options& options = {}) const;

  /// Why the acting user may or may not do this; a record out of sight is errc::not_found.
  result<explanation> explain(action a, std::string_view entity, id key) const;
  result<explanation> explain(action a, std::string_view entity, id key,
                              std::string_view field) const;
  /// The same for another user; for those who administer permissions.
  result<explanation> explain_for(std::string_view login, action a, std::string_view entity,
                                  id key) const;
  /// What happened to a record within reach, oldest first.
  result<std::vector<history_entry>> history(std::string_view entity, id key) const;
  /// The values of one field: the entries that changed it, with that field alone.
  result<std::vector<history_entry>> history(std::string_view entity, id key,
                                             std::string_view field) const;

  /// Opens the feed of changes (feed.hpp) at a cursor of the acting user's, which is stored if it
  /// is new. Errors: errc::unknown_name, errc::invalid_argument, errc::pruned.
  result<guanxi::feed> feed(std::string_view cursor, const feed_options& options);
  /// The cursors of the acting user; of everybody, for those who administer permissions.
  result<std::vector<feed_cursor>> cursors() const;
  /// Moves a cursor to a sequence, or drops it. Own ones, or anybody's for those who administer
  /// permissions. Errors: errc::unknown_name.
  result<void> move_cursor(std::string_view name, std::int64_t to, std::optional<id> of_user = {});
  result<void> drop_cursor(std::string_view name, std::optional<id> of_user = {});
  /// The sequence of the last committed change; 0: none.
  result<std::int64_t> last_change() const;
  /// Erases old entries of the change log, some thousand at a time, for those who administer
  /// permissions; not inside a transaction.
  result<prune_report> prune_changes(const prune_options& what);

  /// Several writes as one: nothing is seen by others until commit; a failed call inside undoes
  /// itself only. errc::misuse when one is open, or none.
  result<void> begin();
  result<void> commit();
  result<void> rollback();
  bool in_transaction() const noexcept;

  /// Marks a place in the open transaction to come back to, numbered from 1: savepoints nest.
  /// errc::misuse without a transaction.
  result<int> savepoint();
  /// Forgets a savepoint and those after it; what was written stays, as part of the transaction.
  result<void> release(int savepoint);
  /// Undoes what was written since the savepoint, which stays; those after it go.
  result<void> rollback_to(int savepoint);

  /// Runs `work`, which takes this session and gives a result, in a transaction: committed if it
  /// succeeds, else undone. Where an error is retriable (another process writes; a store that
  /// lets writers collide), it is run again from the start, `attempts` times in all.
  template <class F>
  auto transact(F&& work, int attempts = 5) -> std::invoke_result_t<F&, session&> {
    for (int left = attempts;; --left) {
      auto done = [&] {
        if (auto begun = begin(); !begun)
          return std::invoke_result_t<F&, session&>(passed(begun));
        const undone_unless_committed guard(*this);
        auto made = work(*this);
        if (made)
          if (auto kept = commit(); !kept) made = passed(kept);
        return made;
      }();
      if (done || !done.error().retriable() || left <= 1) return done;
    }
  }

  /// How long a call may take, in ms, 1 to 86,400,000; then it ends with errc::limit and has done
  /// nothing. Nothing: no limit. A query's own deadline is its own. errc::invalid_argument.
  result<void> set_deadline(std::optional<std::int64_t> ms);
  std::optional<std::int64_t> deadline() const noexcept;

  /// Several reads of one moment: from here to end_reading() this session's reads see the records
  /// and definitions as they are now, and cost less than each on its own; it writes nothing
  /// meanwhile. Others write on. Rights that are taken away hold at once where this process took
  /// them, and within 16 reads or 50 ms where another did. errc::misuse when one is open, or none,
  /// or inside a transaction; errc::unsupported on a store that holds no moment.
  result<void> begin_reading();
  result<void> end_reading();

  /// Adds to the schema at run time; for those who administer permissions. Not inside a
  /// transaction.
  result<void> define(const schema::entity_definition& e);
  result<void> define(std::string_view entity, const schema::field_definition& f);

  /// What requests (guanxi/session/schema_change.hpp) would do, in the order of their steps: tried
  /// and taken back, so writers wait as long as for the change itself.
  result<std::vector<schema_step>> preview_schema(std::span<const schema::request> asked) const;
  /// Takes requests as one, for those who administer permissions: all happen, or none. Rules that
  /// name what is renamed follow; those that name what is dropped go. Readers go on meanwhile.
  /// Errors: those of schema::reshaped(), errc::validation, errc::duplicate and errc::overflow for
  /// records that do not fit, errc::unsupported for a store that only adds. `on_steps` is told the
  /// steps before they are kept; if it throws, none is.
  result<std::vector<schema_step>> change_schema(std::span<const schema::request> asked,
                                                 const steps_listener& on_steps = {});

  /// Stops the call that this session is in from another thread: it ends with errc::interrupted
  /// and has done nothing, unless it is committing already. The session stays usable.
  void interrupt() const noexcept;
  const environment& world() const noexcept;
  std::string_view base_currency() const noexcept;
  /// The calendar that queries go by, from the settings `time_zone`, `week_start` and
  /// `fiscal_calendar`, as this handle knows them.
  calendar_ptr calendar() const;

  session(session&&) noexcept;
  session& operator=(session&&) noexcept;
  ~session();

  struct state;
  explicit session(std::unique_ptr<state> s);

 private:
  /// Undoes what a scope has begun, whatever ends it.
  class undone_unless_committed {
   public:
    explicit undone_unless_committed(session& of) : of_(of) {}
    undone_unless_committed(const undone_unless_committed&) = delete;
    undone_unless_committed& operator=(const undone_unless_committed&) = delete;
    ~undone_unless_committed() {
      if (of_.in_transaction()) static_cast<void>(of_.rollback());
    }

   private:
    session& of_;
  };
  std::shared_ptr<state> state_;  ///< feeds share it
};

}  // namespace guanxi
