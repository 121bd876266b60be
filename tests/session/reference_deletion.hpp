// What deletion, restoring, archiving and purging do, written down a second time, from the rule in
// words: soft delete by batch; a cascade fails whole if a child may not be deleted; restoring
// brings back exactly that batch; unique values are scoped to live records; archived is read-only
// and found by flag. Plain maps and fixpoints, so that the library can be held against it.
#pragma once

#include "guanxi/base/error.hpp"
#include "guanxi/base/id.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace guanxi::test {

struct reference_deletion {
  /// Mistakes that a harness must notice; `no_fault` is the rule as it is.
  enum fault {
    no_fault, revives_earlier, cascade_without_right, part_needs_right, restrict_ignored,
    clear_forgotten, tied_not_again, taken_value_restored, archived_deleted, orphan_restored,
    anybody_restores, archived_listed, bin_for_readers, purge_leaves_children, purge_leaves_ids,
    archive_blocks_cascade
  };

  struct node {
    id owner;
    id up, part, needs, likes, sees;  ///< cascade, follow, restrict, clear, leave
    std::string code;                 ///< unique among the live
    int batch = 0;                    ///< 0: live
    std::int64_t deleted_at = 0;
    bool archived = false;
  };
  struct note {
    id child, target;
    int batch;
  };

  fault planted = no_fault;
  std::map<id, node> nodes;
  std::vector<note> notes;
  std::function<bool(id user, id owner)> over;  ///< the owner, or above the owner
  bool all_read = false;                        ///< a sharing default of read
  int batches = 0;
  std::int64_t now = 0;

  bool may_delete(id user, const node& n) const { return over(user, n.owner); }
  bool reads(id user, const node& n) const { return all_read || over(user, n.owner); }
  bool live(id n) const { return nodes.contains(n) && nodes.at(n).batch == 0; }

  std::set<id> going(id root) const {
    std::set<id> out{root};
    for (std::size_t before = 0; before != out.size();) {
      before = out.size();
      for (const auto& [key, n] : nodes)
        if (n.batch == 0 && (out.contains(n.up) || out.contains(n.part))) out.insert(key);
    }
    return out;
  }

  errc remove(id user, id root) {
    if (!live(root) || !reads(user, nodes[root])) return errc::not_found;
    if (!may_delete(user, nodes[root])) return errc::permission;
    if (nodes[root].archived && planted != archived_deleted) return errc::validation;
    const std::set<id> all = going(root);
    for (id each : all) {
      const node& n = nodes[each];
      const bool part = all.contains(n.part) && planted != part_needs_right;
      if (each == root || part || planted == cascade_without_right) continue;
      if (!may_delete(user, n)) return errc::permission;
      if (planted == archive_blocks_cascade && n.archived) return errc::validation;
    }
    for (const auto& [key, n] : nodes)
      if (n.batch == 0 && !all.contains(key) && all.contains(n.needs) &&
          planted != restrict_ignored)
        return errc::validation;
    ++batches;
    for (auto& [key, n] : nodes) {
      if (n.batch != 0 || all.contains(key) || !all.contains(n.likes)) continue;
      notes.push_back({key, n.likes, batches});
      if (planted != clear_forgotten) n.likes = {};
    }
    for (id each : all) {
      nodes[each].batch = batches;
      nodes[each].deleted_at = now;
    }
    return errc::ok;
  }

  std::set<id> members(int batch) const {
    std::set<id> out;
    for (const auto& [key, n] : nodes)
      if (n.batch == batch) out.insert(key);
    for (bool more = planted == revives_earlier; more;) {
      more = false;
      for (const auto& [key, n] : nodes)
        if (n.batch != 0 && (out.contains(n.up) || out.contains(n.part)))
          more = out.insert(key).second || more;
    }
    return out;
  }

  errc restore(id user, id key) {
    if (!nodes.contains(key) || !reads(user, nodes[key])) return errc::not_found;
    if (nodes[key].batch == 0) return errc::validation;
    if (!may_delete(user, nodes[key]) && planted != anybody_restores) return errc::not_found;
    return restore_batch(user, nodes[key].batch);
  }

  errc restore_batch(id user, int batch) {
    const std::set<id> back = members(batch);
    bool any = false, all = true;
    for (id each : back) {
      const bool mine = may_delete(user, nodes[each]) || planted == anybody_restores;
      any = any || mine;
      all = all && (mine || back.contains(nodes[each].part));
    }
    if (!any) return errc::not_found;
    if (!all) return errc::permission;
    for (id each : back) {
      const node& n = nodes[each];
      for (id parent : {n.up, n.part, n.needs}) {
        if (!parent || back.contains(parent) || planted == orphan_restored) continue;
        const bool part = back.contains(n.part);
        if (!live(parent) || (!part && !reads(user, nodes[parent]))) return errc::validation;
      }
    }
    for (id each : back)
      for (const auto& [key, n] : nodes)
        if (n.batch == 0 && !n.code.empty() && n.code == nodes[each].code &&
            planted != taken_value_restored)
          return errc::duplicate;
    for (id each : back) nodes[each].batch = 0;
    for (id each : back) {
      node& n = nodes[each];
      if (!n.likes || live(n.likes)) continue;
      if (nodes.contains(n.likes)) notes.push_back({each, n.likes, nodes[n.likes].batch});
      n.likes = {};
    }
    for (const note& each : notes)
      if (each.batch == batch && back.contains(each.target) && nodes.contains(each.child) &&
          !nodes[each.child].likes && planted != tied_not_again)
        nodes[each.child].likes = each.target;
    std::erase_if(notes, [&](const note& n) { return n.batch == batch; });
    return errc::ok;
  }

  errc archive(id user, id key, bool archived) {
    if (!live(key) || !reads(user, nodes[key])) return errc::not_found;
    if (!may_delete(user, nodes[key])) return errc::permission;  // here who edits also deletes
    nodes[key].archived = archived;
    return errc::ok;
  }

  int purge(std::int64_t before) {
    std::set<id> gone;
    for (const auto& [key, n] : nodes)
      if (n.batch != 0 && n.deleted_at < before) gone.insert(key);
    for (bool more = planted != purge_leaves_children; more;) {
      more = false;
      for (const auto& [key, n] : nodes)
        if (gone.contains(n.up) || gone.contains(n.part) || gone.contains(n.needs))
          more = gone.insert(key).second || more;
    }
    for (id each : gone) nodes.erase(each);
    for (auto& [key, n] : nodes) {
      if (planted == purge_leaves_ids) break;
      if (gone.contains(n.likes)) n.likes = {};
      if (gone.contains(n.sees)) n.sees = {};
    }
    std::erase_if(notes, [&](const note& n) { return gone.contains(n.target); });
    return static_cast<int>(gone.size());
  }

  // What somebody is shown.
  std::set<id> listed(id user) const {
    return shown(user, [this](const node& n) {
      return n.batch == 0 && (!n.archived || planted == archived_listed);
    });
  }
  std::set<id> put_away(id user) const {
    return shown(user, [](const node& n) { return n.batch == 0 && n.archived; });
  }
  std::set<id> bin(id user) const {
    std::set<id> out;
    for (const auto& [key, n] : nodes)
      if (n.batch != 0 && (planted == bin_for_readers ? reads(user, n) : may_delete(user, n)))
        out.insert(key);
    return out;
  }

 private:
  std::set<id> shown(id user, const std::function<bool(const node&)>& which) const {
    std::set<id> out;
    for (const auto& [key, n] : nodes)
      if (which(n) && reads(user, n)) out.insert(key);
    return out;
  }
};

}  // namespace guanxi::test
