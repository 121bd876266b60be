// Records as they were after a change of the past: today's records, with everything taken back that
// the change log tells of since.
//
//   past then = past::after(log, 4711, grants).value();
//   schema::record deal = then.get(entity, key).value();     // empty: there was none
//   query::rows r = then.run(trimmed, bounds).value();
//
// It shows a record only if its present state, too, is within the reader's reach; of one that is
// deleted or purged since, its last state. What a record's state of then must be, the plan's guards
// or the caller say. Definitions are today's: a field that is gone is gone, a new one is null.
// It costs one pass over the log since then, and memory for the records changed since.
// Thread rule: one thread; the log and the grants must outlive it.
#pragma once

#include "guanxi/policy/grant.hpp"
#include "guanxi/query/run.hpp"
#include "guanxi/work/change_log.hpp"

#include <map>
#include <utility>
#include <vector>

namespace guanxi::work {

class past final : public query::record_source {
 public:
  /// The moment after the change of this sequence, as far as a plan asks of it. Errors:
  /// errc::pruned if the log no longer reaches back so far; errc::limit if more records changed
  /// since than the bounds allow rows.
  static result<past> after(change_log& log, std::int64_t sequence, const policy::grants& mine,
                            const query::trimmed_plan& asked, const query::bounds& within);
  /// The same for one record alone, which costs no pass over the log.
  static result<past> of_record(change_log& log, std::int64_t sequence,
                                const policy::grants& mine, const schema::entity& of, id key);

  result<void> scan(const schema::entity& of, query::standing which,
                    const std::function<result<bool>(const schema::record&)>& visit) override;
  result<schema::record> get(const schema::entity& of, id key) override;
  /// Runs a plan on the core's own engine.
  result<query::rows> run(const query::trimmed_plan& p, const query::bounds& within);

 private:
  /// What became of one record since then.
  struct fate {
    bool born = false;         ///< created since
    bool purged = false;
    std::int64_t changes = 0;  ///< each of which raised the revision
    std::vector<std::pair<std::uint16_t, value>> before;  ///< the first of each slot
    std::vector<std::pair<std::uint16_t, value>> last;    ///< of a purged one: its last state
  };
  using fates = std::map<id, fate>;

  past(change_log& log, const policy::grants& mine);
  result<void> reaches(std::int64_t sequence);
  result<void> look_back(std::int64_t sequence, const query::trimmed_plan& asked,
                         const query::bounds& within);
  result<void> look_back(std::int64_t sequence, const schema::entity& of, id key);
  void note(const store::change_entry& e);
  fates& of(const schema::entity& e);
  /// The record of then, deleted or not, or an empty one; `now` is empty where it is purged.
  result<schema::record> restored(const schema::entity& of, id key, const schema::record& now);
  result<bool> seen_now(const policy::grant& mine, const schema::record& r);
  result<std::optional<value>> role_then(const value& owner, bool changed);

  change_log& log_;
  const policy::grants& mine_;
  query::loaded_relatives related_;  ///< of now
  std::vector<fates> by_entity_;  ///< by number
  std::map<id, value> roles_now_;         ///< of users whose role is the same since
  const schema::entity* users_ = nullptr;
  std::uint16_t role_ = schema::no_slot;
};

}  // namespace guanxi::work
