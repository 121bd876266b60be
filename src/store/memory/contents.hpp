// What a memory store holds: its tables, the history of what was changed, and who still reads at
// which moment.
//
//   std::optional<kept_moment> now;
//   { auto held = in.hold();  now.emplace(in); }             // from here on the store keeps it
//   { auto held = in.hold();  row = in.find(deals, key, now->at()); }
//
// A transaction writes in place, a row at a time, under the gate; whoever reads what is committed
// shares the gate for short spans and sees changed rows as the history keeps them.
// Thread rule: reads on many threads, each while it holds the gate; writes by one, likewise.
#pragma once

#include "gate.hpp"
#include "history.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <mutex>
#include <vector>

namespace guanxi::store::memory {

/// A reader's place in the list of those whose moment must be kept.
struct watcher : boost::intrusive::list_base_hook<> {
  moment at = 0;
};

class kept_moment;

/// What a moment has of an entity.
struct sight {
  const memory::table* table = nullptr;  ///< null: no records
  bool moved = false;  ///< the moment has another schema than the entity is of
};

class contents {
 public:
  /// Shares the gate, with the history ready to be asked.
  std::shared_lock<memory::gate> hold() const {
    std::shared_lock held(gate_);
    past_.index();
    return held;
  }

  // While somebody holds it.
  moment committed() const noexcept { return committed_; }
  /// What the writer has; a moment may have another, which seen() finds.
  const table* find(const schema::entity& of) const noexcept {
    return memory::find(tables_, of);
  }
  sight seen(const schema::entity& of, moment at) const noexcept;
  /// The same table at a moment, or nullptr.
  static const table* seen(const table& now, moment at) noexcept {
    const table* out = &now;
    while (out && out->born > at) out = out->before.get();
    return out;
  }
  /// How many commits have moved columns or names under those who hold an earlier catalog. It may
  /// be asked at any time.
  std::uint64_t reshapings() const noexcept {
    return reshapings_.load(std::memory_order_acquire);
  }
  const table_set& tables() const noexcept { return tables_; }
  const history& past() const noexcept { return past_; }
  /// Rows that a moment knows; those with higher numbers came later.
  row_number rows(const table& t, moment at) const noexcept;
  /// The row of a record at a moment; no_row: none.
  row_number find(const table& t, id key, moment at) const;
  /// The cells of a row at a moment.
  std::vector<value> image(const table& t, row_number row, moment at) const;
  value cell(const table& t, row_number row, std::uint16_t slot, moment at) const {
    return past_.changed(t, row, at) ? past_.cell(t, row, slot, at)
                                     : t.columns.column(slot).at(row);
  }
  /// A record as a moment knows it; false: none.
  bool read(const table& t, row_number row, moment at, schema::record& into) const;


 private:
  friend class kept_moment;
  friend class snapshot;
  friend class writer;
  void watch(watcher& w);
  void leave(watcher& w) noexcept;
  /// Forgets what no reader can ask for any more.
  void tidy();
  /// Gives tables that nobody can ask for any more, to be let go without the gate.
  bool tidy_some(moment seen_by_all, std::size_t at_most, std::unique_ptr<table>& gone) noexcept;
  moment seen_by_all() const;

  mutable memory::gate gate_;
  table_set tables_;
  mutable history past_;
  moment committed_ = 0;
  std::uint64_t versions_ = 0;
  std::atomic<std::uint64_t> reshapings_ = 0;
  mutable std::mutex watchers_mutex_;
  /// By moment, since nobody begins before one who is there already.
  boost::intrusive::list<watcher> watchers_;
};

/// Keeps the moment of the last commit as long as it lives. It is made while the gate is held, and
/// goes when it is not.
class kept_moment {
 public:
  explicit kept_moment(contents& in) : contents_(in) { contents_.watch(me_); }
  ~kept_moment() { contents_.leave(me_); }
  kept_moment(const kept_moment&) = delete;
  kept_moment& operator=(const kept_moment&) = delete;
  moment at() const noexcept { return me_.at; }

 private:
  contents& contents_;
  watcher me_;
};

}  // namespace guanxi::store::memory
