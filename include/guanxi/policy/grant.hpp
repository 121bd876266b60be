// Grants: what a principal may do with the records of one entity. rules × principal → grant.
//
//   grants mine(policy, catalog, principal::of(*policy->find_user("li")));
//   const grant& g = mine.of(*catalog->find("opportunity"));
//   g.allows(action::edit, record, related);   // the check of a loaded record: no store is asked,
//                                              // unless a rule goes by another record
//
// Thread rule: a grant is immutable; `grants` fills lazily and belongs to one thread at a time.
#pragma once

#include "guanxi/expr/bind.hpp"
#include "guanxi/policy/principal.hpp"
#include "guanxi/policy/rules.hpp"
#include "guanxi/schema/record.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace guanxi::policy {

struct reach;

/// What a filter asks of other records: whether a live one of `of` is within a reach whose `there`
/// is what `here` of the record is. One of them is the id: that of a parent, or of the record whose
/// children are meant.
struct tie {
  std::uint16_t here = 0;
  const schema::entity* of = nullptr;
  std::uint16_t there = 0;
  std::shared_ptr<const reach> within;

  bool to_parent() const noexcept { return there == schema::system_slot::id; }
};

/// Finds the records that ties ask for.
class relatives {
 public:
  virtual ~relatives() = default;
  /// Whether there is one; `key` is what `here` of the record is. What cannot be found out is no.
  virtual bool any(const tie& t, const value& key) = 0;
};

/// For where no rule goes by other records.
class no_relatives final : public relatives {
 public:
  bool any(const tie&, const value&) override { return false; }
};

/// Which records of an entity a level reaches: none, all, or those for which a filter holds.
struct reach {
  enum class extent : std::uint8_t { none, some, all };
  extent how_far = extent::none;
  expr::expression filter;   ///< extent::some: bound to `paths`, whose entries are single slots
  std::shared_ptr<const expr::path_table> paths;
  /// Behind the filter's columns: column i is whether tie i is met. More of them never means less.
  std::vector<tie> ties = {};

  bool holds(const schema::record& r, relatives& others) const;
  /// The same of the values of `paths`. Ties that do not matter are not asked for.
  bool holds(std::span<const value> own, const std::function<bool(const tie&)>& met) const;
};

struct grant {
  const schema::entity* entity = nullptr;
  bool may_create = false, may_read = false, may_edit = false, may_remove = false;
  reach read, edit, full;   ///< already within the gates: no read right, no reach
  std::shared_ptr<const std::vector<bool>> visible, editable;  ///< by slot

  bool sees(std::uint16_t slot) const noexcept { return (*visible)[slot]; }
  bool edits(std::uint16_t slot) const noexcept { return (*editable)[slot]; }
  /// Whether the principal may do this to this record (a create: to its after-image).
  bool allows(action a, const schema::record& r, relatives& others) const;
};
using grant_ptr = std::shared_ptr<const grant>;

/// Compiles the grant of one entity of a catalog.
grant_ptr compile(const rulebook& p, const principal& who, const schema::entity& on,
                  const schema::catalog& all);

/// Whether a user has the right to read an entity at all; the grant's may_read, without the grant.
bool may_read(const rulebook& p, const user& by, const schema::entity& on);

/// The grants of one principal under one policy and catalog, compiled as they are asked for.
class grants {
 public:
  grants(rulebook_ptr p, schema::catalog_ptr c, principal who)
      : policy_(std::move(p)), catalog_(std::move(c)), who_(std::move(who)) {}
  const grant& of(const schema::entity& on) const { return *share(on); }
  grant_ptr share(const schema::entity& on) const;
  const principal& who() const noexcept { return who_; }
  const rulebook& rules() const noexcept { return *policy_; }
  const rulebook_ptr& policy_shared() const noexcept { return policy_; }
  const schema::catalog_ptr& catalog() const noexcept { return catalog_; }
  /// Whether a field exists for this principal, in any clause of anything (rule 11).
  bool sees(const schema::field& f) const { return of(*f.of).may_read && of(*f.of).sees(f.slot); }

 private:
  rulebook_ptr policy_;
  schema::catalog_ptr catalog_;
  principal who_;
  mutable std::unordered_map<const schema::entity*, grant_ptr> compiled_;
};

/// The error that an unknown and a hidden field share; its hint knows visible names only.
error unknown_field(const grants& who, const schema::entity& of, std::string_view name);
/// The error that a missing, a deleted and an unreachable record share.
error not_found(const schema::entity& of, id key);

}  // namespace guanxi::policy

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/policy/grant-inl.hpp"
#endif
