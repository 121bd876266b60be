// Records that rules of permission ask for, by loading parents and by looking for children.
//
//   loaded_relatives others(catalog, load, run);
//   grant.allows(action::read, record, others);   others.failed();   // what went wrong meanwhile
//
// Thread rule: one thread; it remembers nothing of records.
#pragma once

#include "guanxi/query/plan.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace guanxi::query {

class loaded_relatives final : public policy::relatives {
 public:
  using image = std::shared_ptr<const schema::record>;
  /// A stored record, deleted or not; null: there is none.
  using loader = std::function<result<image>(const schema::entity& of, id key)>;
  using runner = std::function<result<rows>(const trimmed_plan& p)>;

  loaded_relatives(schema::catalog_ptr catalog, loader load, runner run)
      : catalog_(std::move(catalog)), load_(std::move(load)), run_(std::move(run)) {}

  bool any(const policy::tie& t, const value& key) override {
    if (key.is_null()) return false;
    if (!t.to_parent()) return any_child(t, key);
    result<image> parent = load_(*t.of, key.as_id());
    if (!parent) return no(std::move(parent.error()));
    return *parent && counts(**parent) && t.within->holds(**parent, *this);
  }
  /// The first error since it was asked; the answers after it are no.
  std::optional<error> failed() { return std::exchange(failed_, std::nullopt); }
  /// Records of this deletion batch count as live: they are about to be restored. 0: none do.
  void coming_back(std::int64_t batch) noexcept { batch_ = batch; }

 private:
  bool counts(const schema::record& r) const {
    return !r.deleted() ||
           (batch_ != 0 && r.at(schema::system_slot::deletion_batch).as_integer() == batch_);
  }
  bool any_child(const policy::tie& t, const value& key) {
    const std::pair at(t.within.get(), t.there);
    auto plan = plans_.find(at);
    if (plan == plans_.end())
      plan = plans_.emplace(at, kept{t.within, children_of(t, catalog_)}).first;
    result<rows> found = run_(plan->second.plan.given({&key, 1}));
    return found ? !found->empty() : no(std::move(found.error()));
  }
  bool no(error why) {
    if (!failed_) failed_ = std::move(why);
    return false;
  }

  struct kept {
    std::shared_ptr<const policy::reach> within;  ///< so that no other takes its address
    trimmed_plan plan;
  };
  struct key_hash {
    std::size_t operator()(const std::pair<const policy::reach*, std::uint16_t>& k) const noexcept {
      return std::hash<const void*>()(k.first) * 31 + k.second;
    }
  };
  schema::catalog_ptr catalog_;
  loader load_;
  runner run_;
  std::unordered_map<std::pair<const policy::reach*, std::uint16_t>, kept, key_hash> plans_;
  std::optional<error> failed_;
  std::int64_t batch_ = 0;
};

}  // namespace guanxi::query
