// A store: one tenant's records, behind the two doors of the house. Reads take a trimmed plan or a
// grant; writes take a transaction, which only the write pipeline can open.
//
//   auto s = store::open(std::move(driver), crm::definitions(), environment).value();
//   query::rows r = s->read(trimmed, bounds).value();
//
// Ownership: the store owns its driver and every catalog it ever had, so entities stay valid.
// Thread rule: may be used from many threads; one transaction at a time, others wait for it, and
// get errc::busy after busy_timeout_ms.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/query/relatives.hpp"
#include "guanxi/query/shape.hpp"
#include "guanxi/schema/request.hpp"
#include "guanxi/store/driver.hpp"
#include "guanxi/store/turns.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace guanxi::work {
class pipeline;
class change_log;
}

namespace guanxi::store {

class store;

/// Proof that the caller is the write pipeline (or the store itself).
class write_key {
  friend class guanxi::work::pipeline;
  friend class store;
  write_key() = default;
};

/// How a transaction is begun.
struct begin_options {
  /// Waiting for one's turn ends when this says so (errc::interrupted, errc::limit).
  const query::bounds* within = nullptr;
  /// The transaction ends by itself soon, without waiting for a user: others may share one commit
  /// with it.
  bool brief = false;
};

/// Proof that the caller is the reader of the change log, which sees stored records as they are.
class log_key {
  friend class guanxi::work::change_log;
  log_key() = default;
};

using record_visitor = std::function<result<bool>(const schema::record&)>;

/// A step that was taken, and how many records it concerned: those whose values it changed, drops
/// or had to look at.
struct taken_step {
  schema::step what;
  std::int64_t records = 0;
};

/// The open write transaction. Destroying it undoes what was not committed.
///
/// Brief transactions that wait for each other share a commit: the first leaves the driver's
/// transaction open to the next, and waits until the last of them commits for all. Nobody is told
/// of success before. They are whole one by one: a nesting each.
class transaction {
 public:
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  /// A stored record, deleted or not; an empty record if there is none.
  result<schema::record> load(const schema::entity& of, id key);
  result<void> put(const schema::record& r, std::int64_t expected_revision);
  /// Replaces a record that is not bare and whose stored image is known.
  result<void> replace(const schema::record& before, const schema::record& after);
  result<void> erase(const schema::entity& of, id key);
  /// The live record other than `except` that has this value in a unique field, or 0.
  result<id> holder(const schema::entity& of, std::uint16_t slot, const value& v, id except);
  /// A trimmed plan over what is written so far.
  result<query::rows> read(const query::trimmed_plan& p, const query::bounds& within);
  result<id> next_id();
  /// Sequence of the next entry of the change log; it is the entry's id.
  result<std::int64_t> next_change();
  /// The first sequence that may be of this transaction: what is below is committed.
  result<std::int64_t> first_change();
  /// As reading::scan, over what is written so far.
  result<void> scan(const schema::entity& of, id after, std::size_t at_most,
                    const record_visitor& visit);
  /// The number of a cause in gx_word, where it is put if it is new; 0: the cause is long, or there
  /// is no room for more.
  result<std::uint32_t> word(std::string_view cause);
  /// Tells everybody, other processes too, that rules or definitions are others after this commit.
  result<std::int64_t> next_epoch();

  /// Opens a nesting; undo() takes back what was written since, keep() makes it the outer's. On a
  /// store without transactions undo() and rollback() are errc::unsupported once something was
  /// written: it stays.
  result<int> nest();
  result<void> keep(int nesting);
  result<void> undo(int nesting);

  /// `before_unlocking` runs once it is committed and before another transaction can begin.
  /// `alone`: shares no commit with those who come after. Errors: errc::commit_unknown, with a
  /// token for store::outcome() if the change log was written.
  result<void> commit(const std::function<void()>& before_unlocking = {}, bool alone = false);
  result<void> rollback();
  bool open() const noexcept { return open_; }
  /// The definitions that hold throughout.
  const schema::catalog_ptr& catalog() const noexcept { return catalog_; }
  store& of() noexcept { return store_; }

 private:
  friend class store;
  /// A number of gx_meta that is handed out and advanced inside the transaction.
  struct counter {
    id key;
    std::int64_t next = 0;  ///< 0: not read yet
    std::int64_t first = 0; ///< what it was at the beginning
    bool stored = false;    ///< whether there is a row to replace
    std::int64_t written = 0;  ///< what the row says; 0: not known
  };
  /// Holds the turn of its maker.
  explicit transaction(store& s);
  result<std::int64_t> take(counter& from);
  result<void> look(counter& at);
  result<void> write_counters();
  result<void> still_stands();
  result<void> index_unique(const schema::record& before, const schema::record& after);

  result<void> said(result<void> how) const;

  /// The last entry of the change log: its sequence, and a hash of what it says.
  struct last_change {
    std::int64_t sequence = 0;
    std::uint64_t hash = 0;
  };
  /// How things stood when a nesting began.
  struct mark {
    std::size_t written = 0;
    last_change last;
  };

  store& store_;
  bool joined_ = false;          ///< a nesting within the transaction of others
  schema::catalog_ptr catalog_;  ///< as it was at the beginning
  schema::catalog_ptr next_;     ///< what its commit publishes, if it reshapes the schema
  /// Says that a store without transactions has kept what should be undone.
  result<void> undone(std::size_t since) const;
  bool open_ = true;
  int nesting_ = 0;
  std::size_t written_ = 0;            ///< puts and erasures so far
  std::vector<mark> nestings_;
  last_change last_;
  counter ids_, changes_, epochs_;
  std::vector<std::pair<std::string, std::uint32_t>> words_;  ///< known to be there
};

/// Reads of what is committed, each of the last commit; once it is held, all of one moment. Writers
/// do not wait for it, nor it for them, where the driver shows snapshots. It must go before the
/// store. Thread rule: one at a time.
class reading {
 public:
  result<query::rows> read(const query::trimmed_plan& p, const query::bounds& within);
  /// How read() would go about it; but for the statement's text.
  result<query::shape> explain(const query::trimmed_plan& p, const query::bounds& within);
  /// A live record as a grant shows it; an empty one if there is none within reach.
  result<schema::record> get(const policy::grant& g, id key);
  /// Stored records, deleted or not, with ids above `after`, rising, at most so many.
  result<void> scan(log_key, const schema::entity& of, id after, std::size_t at_most,
                    const record_visitor& visit);
  /// A stored record, deleted or not; an empty record if there is none.
  result<schema::record> load(log_key, const schema::entity& of, id key);
  /// How often rules or definitions have changed; it is stored, so processes share it.
  result<std::int64_t> epoch();
  /// Errors: errc::unsupported on a store that holds no moment.
  result<void> hold();
  bool holds() const noexcept { return held_; }
  /// The definitions as the store knew them when this reading began.
  const schema::catalog_ptr& catalog() const noexcept { return catalog_; }

  /// Whether a read has seen what another process may have committed since confirm().
  bool saw_news() const noexcept { return own_ && own_->saw_news(); }
  /// The same after a look at what is committed now.
  result<bool> look() { return own_ ? own_->look() : result<bool>(false); }
  void confirm() noexcept { if (own_) own_->confirm(); }

 private:
  friend class store;
  reading(store& of, std::unique_ptr<reader> own, schema::catalog_ptr catalog)
      : store_(of), own_(std::move(own)), catalog_(std::move(catalog)) {}
  template <class F>
  auto through(F&& work) -> decltype(work(std::declval<driver&>()));
  store& store_;
  std::unique_ptr<reader> own_;  ///< null: the store's driver is shared
  bool held_ = false;
  schema::catalog_ptr catalog_;
};

class store {
 public:
  /// Opens or creates: reads the stored definitions, brings them to the library's, in one
  /// transaction. Errors: errc::newer_schema, errc::store_corrupt and the driver's own.
  static result<std::unique_ptr<store>> open(std::unique_ptr<driver> d,
                                             std::span<const schema::entity_definition> standard,
                                             environment world, int busy_timeout_ms = 5000);
  ~store();

  schema::catalog_ptr catalog() const;
  const environment& world() const noexcept { return world_; }
  driver& raw(write_key) noexcept { return *driver_; }
  /// As driver::save.
  result<void> save(std::string_view path) { return driver_->save(path); }
  /// Checks every record, the indices and what holds them together.
  result<verification> verify(const verify_options& how);
  /// Makes a verified copy of one moment, which takes the path's place at once.
  result<backup_report> backup(const std::string& path, const backup_options& how);
  std::string_view driver_name() const noexcept { return driver_->name(); }
  bool transactional() const noexcept { return driver_->transactional(); }
  /// As driver::lent.
  bool lent() const noexcept { return driver_->lent(); }
  /// errc::misuse on a thread that is inside a call of the driver: a host's own store must not use
  /// the tenant that it keeps.
  result<void> outside() const;
  /// Whether nothing had been stored before this open.
  bool fresh() const noexcept { return fresh_; }
  /// What cursors of pages are signed with. It is stored, so processes share it; a store that is
  /// read only and has none makes one for itself.
  const std::array<std::int64_t, 2>& secret() const noexcept { return secret_; }

  /// Reads of what is committed.
  result<reading> read();
  /// Adds entities and fields, atomically; gives the new catalog.
  result<schema::catalog_ptr> define(std::span<const schema::entity_definition> entities);
  result<schema::catalog_ptr> define(std::string_view entity,
                                     const schema::field_definition& field);

  result<std::unique_ptr<transaction>> begin(write_key key, const begin_options& how = {});
  /// What became of a commit whose error was errc::commit_unknown, by its token; asked of the store
  /// once it was opened again. Errors: errc::invalid_argument.
  result<commit_outcome> outcome_of(std::string_view token);
  /// Takes what a vendor asks of the schema inside a transaction; its commit makes it everybody's.
  /// Errors: those of schema::reshaped(), errc::validation and errc::duplicate (the records do not
  /// fit), errc::unsupported (a store that only adds). After one the transaction must be undone.
  result<std::vector<taken_step>> reshape(transaction& in, const schema::request& asked);
  /// Reads the stored definitions again, if another process may have added to them.
  result<void> reload();

 private:
  friend class transaction;
  friend class reading;
  store(std::unique_ptr<driver> d, environment world, int busy_timeout_ms)
      : driver_(std::move(d)), world_(std::move(world)), busy_timeout_(busy_timeout_ms) {}
  result<std::unique_ptr<transaction>> begin(const begin_options& how = {});
  result<void> begin_driver(const begin_options& how);
  result<void> take_turn(const begin_options& how);
  struct end_turn {
    void operator()(turns* of) const noexcept { of->end(); }
  };
  struct read_lock {
    std::unique_ptr<turns, end_turn> write;
    std::unique_lock<std::mutex> read;
  };
  /// Transactions that wait for one commit.
  struct group;
  class last_in_turn;
  void end_group(const result<void>* how) noexcept;
  result<read_lock> lock_for_reading();
  result<void> hold_off_writers(read_lock& by);
  result<void> load_definitions(driver& from, view at,
                                std::vector<schema::entity_definition>& out);
  result<schema::catalog_ptr> stored_catalog();
  /// Takes the steps and stores the definitions; the caller commits, then publishes.
  result<schema::catalog_ptr> migrate(transaction& in,
                                      std::vector<schema::entity_definition> definitions,
                                      const schema::catalog& from);
  result<schema::catalog_ptr> finish(transaction& in,
                                     std::vector<schema::entity_definition> definitions,
                                     const schema::catalog& from);
  /// `by`: what may hold a moment for a query that reads more than once.
  static result<query::rows> run(driver& on, const query::trimmed_plan& p,
                                 const query::bounds& within, view at, reader* by = nullptr);
  static result<query::shape> explained(driver& on, const query::trimmed_plan& p,
                                        const query::bounds& within, view at);
  /// Records that rules of permission ask for, read where the record itself is.
  static query::loaded_relatives related(driver& on, view at, const schema::catalog_ptr& catalog);
  void publish(schema::catalog_ptr next);
  result<void> find_secret(transaction& in, const schema::catalog_ptr& of);
  result<schema::catalog_ptr> compile(std::span<const schema::entity_definition> definitions);
  result<void> check_defaults(const schema::catalog& in) const;
  result<void> store_definitions(transaction& in, const schema::catalog& from,
                                 const schema::catalog_ptr& to);

  std::unique_ptr<driver> driver_;
  environment world_;
  std::chrono::milliseconds busy_timeout_;  ///< how long one thread waits for another's transaction
  mutable std::mutex catalog_mutex_;
  turns turns_;
  std::shared_ptr<group> group_;  ///< of who has the turn
  std::mutex read_mutex_;
  schema::catalog_ptr catalog_;
  std::uint64_t publications_ = 0;  ///< how often catalog_ was another
  schema::catalog_ptr system_;  ///< of the library's own tables alone
  std::vector<schema::catalog_ptr> kept_;
  bool fresh_ = false;
  std::array<std::int64_t, 2> secret_{};
};

/// Definitions of the library's own tables (gx_…), which are entities like others.
std::span<const schema::entity_definition> system_definitions();

namespace system_table {
/// Rows of gx_meta: the counter of changes, up to which of them the log was pruned, and the secret.
inline constexpr id meta_next_change{2}, meta_pruned{16}, meta_secret[] = {id{17}, id{18}};

inline constexpr schema::field_row meta_fields[] = {
    {.name = "number", .type = schema::kind::integer, .text = {"Number", "数值"}},
    {.name = "content", .type = schema::kind::text, .text = {"Content", "内容"}},
};
inline constexpr schema::entity_row meta{.name = "gx_meta", .text = {"Setting", "设置"},
                                         .plural = {"Settings", "设置"}, .fields = meta_fields};

inline constexpr schema::field_row definition_fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"}},
    {.name = "content", .type = schema::kind::text, .text = {"Content", "内容"}},
};
inline constexpr schema::entity_row definition{
    .name = "gx_definition", .text = {"Definition", "定义"}, .plural = {"Definitions", "定义"},
    .fields = definition_fields};

inline constexpr schema::field_row unique_fields[] = {
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"}},
    {.name = "field", .type = schema::kind::text, .text = {"Field", "字段"}},
    {.name = "content", .type = schema::kind::text, .text = {"Value", "值"}},
    {.name = "record", .type = schema::kind::integer, .text = {"Record", "记录"}},
};
/// Unique values, for stores that cannot find by value: id is a hash of entity, field and value.
inline constexpr schema::entity_row unique{.name = "gx_unique", .text = {"Unique value", "唯一值"},
                                           .plural = {"Unique values", "唯一值"},
                                           .fields = unique_fields};

inline constexpr schema::field_row change_fields[] = {
    {.name = "at", .type = schema::kind::instant, .text = {"At", "时间"}},
    {.name = "user", .type = schema::kind::integer, .text = {"User", "用户"}},
    {.name = "cause", .type = schema::kind::text, .text = {"Cause", "原因"}},
    {.name = "batch", .type = schema::kind::integer, .text = {"Batch", "批次"}},
    {.name = "action", .type = schema::kind::text, .text = {"Action", "动作"}},
    {.name = "entity", .type = schema::kind::text, .text = {"Entity", "实体"}},
    {.name = "record", .type = schema::kind::integer, .text = {"Record", "记录"},
     .flags = schema::indexed},
    {.name = "before", .type = schema::kind::text, .text = {"Before", "之前"}},
    {.name = "after", .type = schema::kind::text, .text = {"After", "之后"}},
    {.name = "entry", .type = schema::kind::text, .text = {"Entry", "条目"}},
};
/// The change log: id is the sequence assigned at commit; `batch` is the sequence of the first
/// change of the same commit, null for that change itself; `entry` is packed (change_entry.hpp).
/// Rows of earlier versions have none, but cause, action, entity and, as JSON, before and after.
inline constexpr schema::entity_row change{.name = "gx_change", .text = {"Change", "变更"},
                                           .plural = {"Changes", "变更"}, .fields = change_fields};

inline constexpr schema::field_row word_fields[] = {
    {.name = "content", .type = schema::kind::text, .text = {"Content", "内容"}},
};
/// Causes that entries of the change log name by number: id is found from a hash of the content.
inline constexpr schema::entity_row word{.name = "gx_word", .text = {"Word", "词"},
                                         .plural = {"Words", "词"}, .fields = word_fields};

inline constexpr schema::field_row cleared_fields[] = {
    {.name = "batch", .type = schema::kind::integer, .text = {"Batch", "批次"},
     .flags = schema::indexed},
    {.name = "entity", .type = schema::kind::integer, .text = {"Entity", "实体"}},
    {.name = "record", .type = schema::kind::integer, .text = {"Record", "记录"}},
    {.name = "field", .type = schema::kind::integer, .text = {"Field", "字段"}},
    {.name = "target", .type = schema::kind::integer, .text = {"Target", "目标"},
     .flags = schema::indexed},
};
/// References that a deletion batch has cleared, until it is restored or purged; entity and field
/// by their lasting numbers, which outlive a rename.
inline constexpr schema::entity_row cleared{
    .name = "gx_cleared", .text = {"Cleared reference", "已清空的引用"},
    .plural = {"Cleared references", "已清空的引用"}, .fields = cleared_fields};

inline constexpr schema::field_row cursor_fields[] = {
    {.name = "name", .type = schema::kind::text, .text = {"Name", "名称"}},
    {.name = "user", .type = schema::kind::integer, .text = {"User", "用户"}},
    {.name = "position", .type = schema::kind::integer, .text = {"Position", "位置"}},
    {.name = "moved_at", .type = schema::kind::instant, .text = {"Moved at", "移动时间"}},
};
/// Readers of the change feed.
inline constexpr schema::entity_row cursor{.name = "gx_cursor", .text = {"Cursor", "游标"},
                                           .plural = {"Cursors", "游标"}, .fields = cursor_fields};
}  // namespace system_table

/// Whether an entity is one of the library's own tables, which keep no system fields but the id.
inline bool bare(const schema::entity& e) noexcept { return e.name().starts_with("gx_"); }

}  // namespace guanxi::store
