// The permission rules that are in force, written down a second time: rules 1, 2, 5 (default
// levels), 6, 11 and 13, literally, record by record. No SQL, no cache, no compilation; slow and
// plain on purpose, so that the library can be held against it.
#pragma once

#include "guanxi/base/id.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace guanxi::test {

struct reference_rules {
  enum level { none, read, edit, full };
  enum action { to_read, to_edit, to_remove, to_transfer };
  /// Mistakes that a harness must notice; `no_fault` is the rules as they are.
  enum fault {
    no_fault, peers_too, superiors_of_nobody, inactive_too, default_ignored, owner_without_right,
    hierarchy_always, view_all_edits, hidden_shown
  };

  struct rights {
    bool create = false, read = false, edit = false, remove = false, view_all = false,
         modify_all = false, listed_only = false;
    std::map<std::string, std::pair<bool, bool>> fields;  ///< read, edit
  };
  struct person {
    id role;
    bool active = true;
    std::set<id> sets;
  };

  fault planted = no_fault;
  std::map<id, id> roles;  ///< role > its parent, 0 for none; a role that is gone is not here
  std::map<id, person> users;
  std::map<id, rights> sets;  ///< what each permission set gives on the entity
  level by_default = none;
  bool hierarchy = true;
  std::map<id, id> records;  ///< live record > owner

  rights of(id who) const {
    rights out;
    const person& p = users.at(who);
    if (!p.active && planted != inactive_too) return out;  // rule 13
    for (id s : p.sets) {  // rule 1: the union over the permission sets
      const auto held = sets.find(s);
      if (held == sets.end()) continue;
      const rights& r = held->second;
      out.create |= r.create || r.modify_all;
      out.edit |= r.edit || r.modify_all;
      out.remove |= r.remove || r.modify_all;
      out.modify_all |= r.modify_all;
      out.view_all |= r.view_all || r.modify_all;
      out.read |= r.read || r.edit || r.remove || r.view_all || r.modify_all;
    }
    return out;
  }

  /// Rule 6: whether `upper` is a strict ancestor of `lower`.
  bool above(id upper, id lower) const {
    if (!upper || !lower || !roles.contains(upper) || !roles.contains(lower)) return false;
    if (planted == superiors_of_nobody) return false;
    if (planted == peers_too && upper == lower) return true;
    for (id at = roles.at(lower); at && roles.contains(at); at = roles.at(at))
      if (at == upper) return true;
    return false;
  }

  level reached(id who, id record) const {
    const id owner = records.at(record);
    level out = planted == default_ignored ? none : by_default;
    if (owner == who) out = full;
    const auto p = users.find(owner);
    if ((hierarchy || planted == hierarchy_always) && p != users.end() &&
        above(users.at(who).role, p->second.role))
      out = full;
    return out;
  }

  bool allowed(id who, action a, id record) const {
    if (!records.contains(record)) return false;
    const rights mine = of(who);
    const bool gate = a == to_read ? mine.read : a == to_remove ? mine.remove : mine.edit;
    if (!gate && !(planted == owner_without_right && records.at(record) == who)) return false;
    if (mine.modify_all) return true;
    if (mine.view_all && (a == to_read || planted == view_all_edits)) return true;
    const level need = a == to_read ? read : a == to_edit ? edit : full;
    return reached(who, record) >= need;
  }

  /// Rule 11: whether a field exists for somebody.
  bool sees(id who, const std::string& field) const {
    const person& p = users.at(who);
    if (!p.active || !of(who).read) return false;
    if (planted == hidden_shown) return true;
    for (id s : p.sets) {
      const auto held = sets.find(s);
      if (held == sets.end()) continue;
      const rights& r = held->second;
      if (!(r.read || r.edit || r.remove || r.view_all || r.modify_all)) continue;
      const auto listed = r.fields.find(field);
      if (listed == r.fields.end() ? !r.listed_only
                                   : listed->second.first || listed->second.second)
        return true;
    }
    return false;
  }

  std::set<id> visible(id who) const {
    std::set<id> out;
    for (const auto& [record, owner] : records)
      if (allowed(who, to_read, record)) out.insert(record);
    return out;
  }
};

}  // namespace guanxi::test
