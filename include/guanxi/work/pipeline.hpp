// The write pipeline: the only way into a store. It runs inside the write transaction, in this
// order: load, apply the caller's values, defaults, authorise, effects to quiet, validate, log,
// store.
//
//   auto p = pipeline::begin(store, effects).value();
//   record r = p->create(grants, draft, {.cause = "import"}).value();   p->commit();
//
// Each call is whole or not at all, also within an open transaction (a savepoint each).
// Ownership: holds the transaction; destroying it undoes. Thread rule: one thread.
#pragma once

#include "guanxi/policy/grant.hpp"
#include "guanxi/store/store.hpp"
#include "guanxi/work/effect.hpp"

#include <functional>
#include <unordered_map>
#include <vector>

namespace guanxi::work {

/// Rounds that effects may take to come to rest.
inline constexpr int max_rounds = 8;

/// A record as it is stored, shared by all who look at it; null if there is none.
using image = std::shared_ptr<const schema::record>;

struct write_options {
  std::string cause = {};            ///< why, for the change log; empty: "api"
  std::int64_t expected_revision = 0;  ///< change and remove: the revision that was read; 0: any
  query::bounds within = {};           ///< the call is undone when one of them is broken
  /// Brings names to those of a change of the schema that this transaction is about to make, which
  /// effects, who know the schema as it is, would refuse: none runs.
  bool follows_schema = false;
};

struct pipeline_options {
  std::string_view base_currency;       ///< of amounts that name none
  const query::bounds* within = nullptr;  ///< of the wait for one's turn
  bool brief = false;                   ///< as store::begin_options
};

/// Records that one deletion may take along.
inline constexpr std::size_t max_batch = 1'000'000;

/// Where a purge has come to, and what it did so far.
struct purge_place {
  std::uint16_t entity = 0;  ///< its number
  id after;                  ///< candidates up to here are done
  std::int64_t purged = 0, kept = 0;
};

class pipeline {
 public:
  /// Opens the write transaction.
  static result<std::unique_ptr<pipeline>> begin(store::store& into,
                                                 std::shared_ptr<const effect_set> effects,
                                                 const pipeline_options& how);
  ~pipeline();

  /// Errors: errc::permission, errc::validation (with all faults in others()), errc::duplicate,
  /// errc::unknown_name, errc::not_found, errc::mixed_currency and those of the store. The record
  /// comes back as its principal may see it.
  result<schema::record> create(const policy::grants& who, const schema::draft& d,
                                const write_options& how = {});
  result<schema::record> change(const policy::grants& who, const schema::entity& of, id key,
                                const schema::draft& d, const write_options& how = {});
  /// Soft delete of these records and of all that goes with them (schema::on_delete), as one
  /// deletion batch; expected_revision is for one record. Errors: errc::permission and
  /// errc::validation with what stands in the way, within the caller's sight, in others();
  /// errc::limit beyond max_batch.
  result<void> remove(const policy::grants& who, const schema::entity& of,
                      std::span<const id> keys, const write_options& how = {});
  /// Brings back the whole batch that a deleted record went with, and gives how many records that
  /// were. Needs the right to delete each, and to read what each belongs to. Errors:
  /// errc::validation (it is not deleted, or what it belongs to is), errc::duplicate naming the
  /// field, and the record if it is in sight.
  result<std::int64_t> restore(const policy::grants& who, const schema::entity& of, id key,
                               const write_options& how = {});
  result<std::int64_t> restore_batch(const policy::grants& who, std::int64_t batch,
                                     const write_options& how = {});
  /// Puts a record away, read-only and out of lists, or takes it back. Needs the right to edit it.
  result<schema::record> archive(const policy::grants& who, const schema::entity& of, id key,
                                 bool archived, const write_options& how = {});
  /// Erases records that were deleted before `before`, with what depends on them: a stretch of at
  /// most `at_most` candidates of the entity at `from`, which moves on. False: there are no more.
  result<bool> purge(const policy::grants& who, instant before, std::size_t at_most,
                     purge_place& from, const write_options& how = {});
  /// Reads that see what is written so far.
  result<query::rows> read(const query::trimmed_plan& p, const query::bounds& within);
  result<schema::record> get(const policy::grant& g, id key);

  /// Takes what a vendor asks of the schema, all or nothing; only commit() or rollback() may
  /// follow, and after an error only the second.
  result<std::vector<store::taken_step>> reshape(std::span<const schema::request> asked);
  bool reshaped() const noexcept { return reshaped_; }
  /// `rules_changed` tells other processes to load rules and definitions again.
  /// `before_unlocking` runs once it is committed and before another transaction can begin.
  result<void> commit(bool rules_changed = false,
                      const std::function<void()>& before_unlocking = {});
  result<void> rollback();

  /// Opens a savepoint, numbered from 1.
  result<int> savepoint();
  /// Makes what came after a savepoint, and the later savepoints, part of what it stands in.
  result<void> release(int savepoint);
  /// Undoes what came after it; the savepoint stays. Errors: errc::unsupported on a store without
  /// transactions, if something was written.
  result<void> rollback_to(int savepoint);
  /// The definitions that hold throughout.
  const schema::catalog_ptr& catalog() const noexcept { return catalog_; }
  /// Of a commit with `rules_changed`: what the store's epoch is after it.
  std::int64_t epoch() const noexcept { return epoch_; }
  int savepoints() const noexcept { return static_cast<int>(marks_.size()); }
  /// Entities that this transaction has changed.
  const std::vector<const schema::entity*>& touched() const noexcept { return touched_; }

  /// Shares and members of teams that this transaction may have changed.
  const std::vector<std::pair<const schema::entity*, id>>& touched_shares() const noexcept {
    return touched_shares_;
  }

  /// Runs what reads or writes beside the records (the change log, its cursors), unless the
  /// transaction has ended; what costs the transaction ends it.
  result<void> beside(const std::function<result<void>()>& task);

 private:
  friend class change_log;
  friend class log_keeper;
  class run;
  struct key_hash {
    std::size_t operator()(const std::pair<const schema::entity*, id>& k) const noexcept {
      return std::hash<const void*>()(k.first) ^
             (std::hash<id>()(k.second) * 0x9e3779b97f4a7c15ULL);
    }
  };
  pipeline(store::store& into, std::shared_ptr<const effect_set> effects,
           std::string_view base_currency)
      : store_(into), effects_(std::move(effects)), base_currency_(base_currency) {}
  const environment& world() const { return store_.world(); }
  /// A stored record on system sight, kept for the transaction.
  result<image> load(const schema::entity& of, id key);
  /// Records that rules of permission ask for, as they are written so far.
  query::loaded_relatives& related();
  void remember(image r);
  void forget() noexcept;
  void touch(const schema::entity& of);
  template <class F>
  auto whole(const policy::grants& who, const write_options& how, F&& work) -> decltype(work());
  /// Opens the call's nesting at its first write: what fails before that has nothing to undo.
  result<void> about_to_write();
  template <class T>
  result<T> noticed(result<T> read);
  static error ended();
  void abandon() noexcept;

  store::store& store_;
  std::shared_ptr<const effect_set> effects_;
  std::string base_currency_;
  schema::catalog_ptr catalog_;  ///< one for the whole transaction
  std::int64_t epoch_ = 0;
  std::int64_t batch_ = 0;       ///< sequence of this transaction's first change
  std::unique_ptr<store::transaction> in_;
  bool reshaped_ = false;
  int nesting_ = 0;          ///< of the call that is running; 0: it has written nothing
  struct mark {
    int nesting = 0;
    std::int64_t batch = 0;
  };
  std::vector<mark> marks_;  ///< the open savepoints
  schema::record entry_;     ///< of the change log, filled anew for each change
  /// Images by age: when `recent_` is full it becomes `older_`, so that what is in use stays.
  using images = std::unordered_map<std::pair<const schema::entity*, id>, image, key_hash>;
  images recent_, older_;
  std::optional<query::loaded_relatives> related_;
  std::vector<const schema::entity*> touched_;
  std::vector<std::pair<const schema::entity*, id>> touched_shares_;
};

}  // namespace guanxi::work
