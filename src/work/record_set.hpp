// Records that one call deletes, restores or purges together: too many to hold them all, so a set
// knows which they are and what belongs to what.
//
//   record_set going;   going.add(account, acme);   going.tie(contact_place, account_place, true);
//   for (std::uint32_t i : going.parents_first()) …
//
// Thread rule: a value.
#pragma once

#include "guanxi/schema/catalog.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace guanxi::work {

class record_set {
 public:
  struct member {
    const schema::entity* of = nullptr;
    id key;
    bool root = false;  ///< named by the caller
    bool part = false;  ///< a part of another member: it needs no right of its own
    bool seen = false;  ///< the caller may know that it is a member
    bool kept = false;  ///< purge: it must stay
  };
  struct tie {
    std::uint32_t child, parent;
    bool seen;  ///< the caller sees the field that ties them
  };

  /// The place of a record, old or new.
  std::uint32_t add(const schema::entity& of, id key);
  std::optional<std::uint32_t> find(const schema::entity& of, id key) const;
  void bind(std::uint32_t child, std::uint32_t parent, bool seen) {
    ties_.push_back({child, parent, seen});
    sorted_ = false;
  }
  std::size_t size() const noexcept { return members_.size(); }
  member& at(std::uint32_t place) noexcept { return members_[place]; }
  const member& at(std::uint32_t place) const noexcept { return members_[place]; }
  /// What ties a member to its parents.
  std::span<const tie> parents(std::uint32_t child);
  /// Every place, parents before their children; what goes in a circle comes last.
  std::vector<std::uint32_t> parents_first();

 private:
  struct key_hash {
    std::size_t operator()(const std::pair<const schema::entity*, id>& k) const noexcept {
      return std::hash<const void*>()(k.first) ^
             (std::hash<id>()(k.second) * 0x9e3779b97f4a7c15ULL);
    }
  };
  void sort();

  std::vector<member> members_;
  std::unordered_map<std::pair<const schema::entity*, id>, std::uint32_t, key_hash> places_;
  std::vector<tie> ties_;  ///< by child once sorted
  bool sorted_ = true;
};

}  // namespace guanxi::work
