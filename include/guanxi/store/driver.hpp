// What a store must be able to do, and what it may. The built-in stores and a host's own implement
// the same interface; only the store floor calls it.
//
//   class my_store final : public driver { … get, put, erase, scan, migrate … };
//
// Required are the raw calls; transactions, finding by value and running plans are offers that a
// driver may make. What it does not offer, the core does.
// Thread rule: the store makes one call at a time; only a driver that offers snapshots() must bear
// one of each view at once.
#pragma once

#include "guanxi/query/run.hpp"
#include "guanxi/schema/record.hpp"
#include "guanxi/schema/step.hpp"
#include "guanxi/store/keeping.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::store {

/// What a read sees: the last commit, or the open write transaction.
enum class view : std::uint8_t { committed, writing };

class driver;

/// One thread's own way to read what is committed. It must go before its driver.
class reader {
 public:
  virtual ~reader() = default;
  /// What bears the reads, on view::committed.
  virtual driver& on() noexcept = 0;
  /// From here on every read sees this moment, until let_go().
  virtual result<void> hold() = 0;
  virtual void let_go() = 0;
  /// Whether a read has seen commits since the last confirm() that may be another process's.
  virtual bool saw_news() const noexcept { return false; }
  /// The same after a look at what is committed now.
  virtual result<bool> look() { return false; }
  virtual void confirm() noexcept {}
};

class driver {
 public:
  virtual ~driver() = default;
  virtual std::string_view name() const noexcept = 0;

  // Raw records. `into` is an empty record of the entity that is asked for.
  /// Whether there is such a record, deleted or not.
  virtual result<bool> get(const schema::entity& of, id key, view at, schema::record& into) = 0;
  /// Inserts (expected_revision 0) or replaces the stored record of that revision; errc::conflict
  /// if the stored revision is another, errc::duplicate if the driver guards unique values itself.
  virtual result<void> put(const schema::record& r, std::int64_t expected_revision) = 0;
  /// Replaces a record whose stored image the caller knows; a driver may write only what differs.
  virtual result<void> replace(const schema::record& before, const schema::record& after) {
    return put(after, before.revision());
  }
  virtual result<void> erase(const schema::entity& of, id key) = 0;
  /// Records with id above `after`, ascending, at most `at_most`, until the visitor answers false.
  virtual result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                            std::size_t at_most, view at,
                            const std::function<result<bool>(const schema::record&)>& visit) = 0;
  /// Takes the steps to `to`, inside the open transaction if there are transactions: what is added,
  /// and the others too if it reshapes().
  virtual result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps) = 0;
  /// Whether migrate() renames, drops, converts and indexes; else the store refuses such a step.
  virtual bool reshapes() const noexcept { return false; }

  // Transactions. Without them many-record atomicity is absent, and the store says so.
  virtual bool transactional() const noexcept { return false; }
  virtual result<void> begin() { return {}; }
  virtual result<void> commit() { return {}; }
  virtual result<void> rollback() { return {}; }
  /// Whether a commit waits for a disk, so that several transactions had better share one.
  virtual bool shares_commits() const noexcept { return false; }
  virtual result<void> savepoint(int) { return {}; }
  virtual result<void> release(int) { return {}; }
  virtual result<void> rollback_to(int) { return {}; }
  /// Whether view::committed shows the last commit while a transaction is open. Else the store
  /// makes readers wait for the transaction's end.
  virtual bool snapshots() const noexcept { return false; }
  /// Whether reads of what is committed may run on many threads at once. Else the store lets one
  /// run at a time.
  virtual bool parallel_reads() const noexcept { return false; }
  /// Whether a host lends us its connection: its transaction has ours in it and may take back what
  /// was committed. The host sees to it that one thread at a time uses the connection, and all that
  /// stands on it.
  virtual bool lent() const noexcept { return false; }
  /// Writes what is committed to a file, whole or not at all; an empty path is the one it was
  /// opened with. For stores that do not keep their file current by themselves.
  virtual result<void> save(std::string_view) {
    return unexpected(errc::unsupported, "this store keeps its records by itself; only the memory "
                                         "store is saved");
  }
  /// A way to read for one thread, beside the writer and other readers; null: reads go through this
  /// driver, one at a time unless it bears parallel_reads().
  virtual result<std::unique_ptr<reader>> open_reader() { return std::unique_ptr<reader>(); }
  /// Whether the calling thread is inside one of this driver's calls. A store whose code may turn
  /// round and call the library says so, and is refused what would else wait for itself.
  virtual bool entered() const noexcept { return false; }

  // Finding a live record by the value of a unique field.
  virtual bool finds() const noexcept { return false; }
  virtual result<std::optional<id>> find(const schema::entity&, std::uint16_t, const value&, view) {
    return std::optional<id>();
  }

  // Plans.
  virtual query::pushdown consider(const query::trimmed_plan&) { return {}; }
  /// Runs a fragment. Whole: a row is the outputs. A plan with currency checks is run without its
  /// having, limit and offset, and a row goes on with the checks' columns in order, then the value
  /// of having if there is one: the core checks every group before it drops any. Groups: a row is
  /// the keys and aggregates of one, of every grouping set, and what may follow is passed over.
  /// Else: a value per path, guards applied.
  virtual result<void> execute(const query::fragment&, view, const query::bounds&,
                               const query::row_sink&) {
    return unexpected(errc::unsupported, "this store runs no plans");
  }
  /// Whole fragments of a driver whose pushdown says `fills`: appends the answer itself, with
  /// currencies checked and the rows cut.
  virtual result<void> answer(const query::fragment&, view, const query::bounds&, query::rows&) {
    return unexpected(errc::unsupported, "this store fills no answers");
  }
  /// Says how it would find the rows of a fragment, a line a step.
  virtual result<void> describe(const query::fragment&, view, const query::bounds&,
                                std::vector<std::string>&) {
    return {};
  }
  /// Inserts records of one entity whose ids are above every stored one, rising.
  virtual result<void> put_all(std::span<const schema::record> fresh) {
    for (const schema::record& r : fresh)
      if (auto ok = put(r, 0); !ok) return ok;
    return {};
  }

  // Keeping it safe.
  /// A driver for reading alone, of what is committed now and as the medium has it; it outlives no
  /// change of the schema. Null: the store holds the writer off while it checks this one.
  virtual result<std::unique_ptr<driver>> open_check() { return std::unique_ptr<driver>(); }
  /// Checks what only the driver can: its file, that records are as they were written, indices.
  virtual result<void> verify(const schema::catalog&, inspection&) { return {}; }
  /// Makes a file of what is committed at one moment, where there is none or an empty one; writers
  /// go on. `check` is given a driver that has opened it, for a last look.
  virtual result<void> copy_to(const std::string& path, const progress&,
                               const std::function<result<void>(driver&)>& check) {
    static_cast<void>(path), static_cast<void>(check);
    return unexpected(errc::unsupported, "this store makes no backups by itself; back up what it "
                                         "keeps its records in");
  }
};

}  // namespace guanxi::store
