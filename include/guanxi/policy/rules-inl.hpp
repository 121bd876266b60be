#pragma once

#include "guanxi/expr/parse.hpp"
#include "guanxi/policy/rules.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace guanxi::policy {

namespace detail_rules {

using children_map = std::unordered_map<id, std::vector<id>>;

/// Numbers a tree in pre-order without recursion, so that depth is bounded by memory alone.
template <class Enter, class Leave>
void walk(id root, const children_map& children, Enter&& enter, Leave&& leave) {
  std::vector<std::pair<id, std::size_t>> open{{root, 0}};
  enter(root);
  while (!open.empty()) {
    auto& [at, next] = open.back();
    const auto below = children.find(at);
    if (below == children.end() || next == below->second.size()) {
      leave(at);
      open.pop_back();
      continue;
    }
    const id child = below->second[next++];
    enter(child);
    open.emplace_back(child, 0);
  }
}

}  // namespace detail_rules

GUANXI_INLINE result<rulebook_ptr> rulebook::compile(rules r, share_book_ptr shares) {
  auto out = std::make_shared<rulebook>();
  out->t_->source = std::move(r);
  out->shares_ = std::move(shares);
  if (auto ok = out->number_roles(); !ok) return passed(ok);
  for (std::size_t i = 0; i < out->t_->source.users.size(); ++i) {
    out->t_->users.emplace(out->t_->source.users[i].key, i);
    out->t_->logins.emplace(out->t_->source.users[i].login, i);
  }
  out->count_users();
  if (auto ok = out->flatten_groups(); !ok) return passed(ok);
  for (std::size_t i = 0; i < out->t_->source.defaults.size(); ++i)
    out->t_->defaults.emplace(out->t_->source.defaults[i].entity, i);
  out->sort_by_entity();
  if (auto ok = out->check_territories(); !ok) return passed(ok);
  return rulebook_ptr(std::move(out));
}

GUANXI_INLINE result<void> rulebook::number_roles() {
  detail_rules::children_map children;
  std::vector<id> roots;
  for (std::size_t i = 0; i < t_->source.roles.size(); ++i)
    t_->roles.emplace(t_->source.roles[i].key, i);
  for (const role& each : t_->source.roles) {
    // A parent that is gone (deleted) leaves its children as roots: access never grows by it.
    if (each.parent && t_->roles.contains(each.parent)) children[each.parent].push_back(each.key);
    else roots.push_back(each.key);
  }
  std::uint32_t count = 0;
  for (id root : roots)
    detail_rules::walk(
        root, children, [&](id at) { t_->intervals[at].pre = count++; },
        [&](id at) { t_->intervals[at].post = count; });
  if (count == t_->source.roles.size()) return {};
  return unexpected(errc::invalid_argument,
                    "the role tree has a circle; no role may stand above itself");
}

GUANXI_INLINE void rulebook::count_users() {
  t_->users_before.assign(t_->source.roles.size() + 1, 0);
  for (const user& u : t_->source.users)
    if (const auto at = t_->intervals.find(u.role); at != t_->intervals.end())
      ++t_->users_before[at->second.pre + 1];
  for (std::size_t i = 1; i < t_->users_before.size(); ++i)
    t_->users_before[i] += t_->users_before[i - 1];
}

/// Groups whose groups are flat become flat, until all are; a circle never does.
GUANXI_INLINE result<void> rulebook::flatten_groups() {
  std::unordered_map<id, std::vector<id>> inside;   // group > the groups that it is in
  std::unordered_map<id, std::size_t> waits_for;    // how many groups in it are not flat yet
  for (const user_group& g : t_->source.groups) t_->groups[g.key].hierarchy = g.hierarchy;
  for (const group_member& m : t_->source.group_members) {
    const auto in = t_->groups.find(m.group);
    if (in == t_->groups.end()) continue;
    switch (m.member.what) {
      case party::kind::user: in->second.users.push_back(m.member.key); break;
      case party::kind::role: in->second.roles.push_back(m.member.key); break;
      case party::kind::subordinates: in->second.subordinates.push_back(m.member.key); break;
      case party::kind::group:
        if (!t_->groups.contains(m.member.key)) break;
        inside[m.member.key].push_back(m.group);
        ++waits_for[m.group];
        break;
      default: break;
    }
  }
  std::vector<id> flat;
  for (const user_group& g : t_->source.groups)
    if (!waits_for.contains(g.key)) flat.push_back(g.key);
  const auto settle = [](std::vector<id>& all) {
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  };
  for (std::size_t i = 0; i < flat.size(); ++i) {
    flat_group& g = t_->groups[flat[i]];
    settle(g.users);
    settle(g.roles);
    settle(g.subordinates);
    for (id above : inside[flat[i]]) {
      flat_group& to = t_->groups[above];
      to.users.insert(to.users.end(), g.users.begin(), g.users.end());
      to.roles.insert(to.roles.end(), g.roles.begin(), g.roles.end());
      to.subordinates.insert(to.subordinates.end(), g.subordinates.begin(), g.subordinates.end());
      if (--waits_for[above] == 0) flat.push_back(above);
    }
  }
  if (flat.size() == t_->groups.size()) return {};
  return unexpected(errc::invalid_argument,
                    "the groups have a circle; no group may contain itself");
}

GUANXI_INLINE void rulebook::sort_by_entity() {
  const auto parsed = [](const std::string& text) -> std::shared_ptr<const expr::tree> {
    if (text.empty()) return {};
    result<expr::tree> t = expr::parse(text);
    return t ? std::make_shared<const expr::tree>(std::move(*t)) : nullptr;
  };
  for (const sharing_rule& r : t_->source.sharing_rules)
    t_->by_entity[r.entity].sharing.push_back({&r, parsed(r.criteria)});
  for (const restriction_rule& r : t_->source.restriction_rules)
    t_->by_entity[r.entity].restrictions.push_back({&r, parsed(r.criteria)});
  for (const territory& t : t_->source.territories) {
    t_->territory_at.emplace(t.key, &t);
    if (!t.criteria.empty())
      t_->by_entity[t.entity].territories.push_back({&t, parsed(t.criteria)});
  }
  for (const territory_member& m : t_->source.territory_members)
    t_->territories[m.territory].push_back(m.member);
  for (const queue_member& m : t_->source.queue_members) t_->queues[m.queue].push_back(m.member);
}

/// A territory from which no root is reached within as many steps as there are stands in a circle.
GUANXI_INLINE result<void> rulebook::check_territories() const {
  for (const territory& t : t_->source.territories) {
    const territory* at = &t;
    for (std::size_t steps = 0; at; ++steps) {
      if (steps > t_->source.territories.size())
        return unexpected(errc::invalid_argument,
                          "the territories have a circle; none may stand above itself");
      const auto up = t_->territory_at.find(at->parent);
      at = up == t_->territory_at.end() ? nullptr : up->second;
    }
  }
  return {};
}

GUANXI_INLINE rulebook::path rulebook::reaches_any(const std::vector<party>* all, const user& u,
                                                   std::string_view entity) const noexcept {
  path best = path::none;
  if (!all) return best;
  for (const party& p : *all) {
    const path one = reaches(p, u, entity);
    if (one == path::own) return one;
    if (one != path::none) best = one;
  }
  return best;
}

GUANXI_INLINE rulebook::path rulebook::in_queue(id queue, const user& u,
                                                std::string_view entity) const noexcept {
  const auto found = t_->queues.find(queue);
  return reaches_any(found == t_->queues.end() ? nullptr : &found->second, u, entity);
}

GUANXI_INLINE rulebook::path rulebook::in_territory(const territory& t, const user& u,
                                                    level least) const noexcept {
  path best = path::none;
  for (const territory* at = &t; at;) {
    const auto members = t_->territories.find(at->key);
    if (at->level >= least && members != t_->territories.end()) {
      const path one = reaches_any(&members->second, u, t.entity);
      if (one == path::own) return one;
      if (one != path::none) best = one;
    }
    const auto up = t_->territory_at.find(at->parent);
    at = up == t_->territory_at.end() ? nullptr : up->second;
  }
  return best;
}

GUANXI_INLINE rulebook_ptr rulebook::with(share_book_ptr shares) const {
  auto out = std::make_shared<rulebook>(*this);
  out->shares_ = std::move(shares);
  return out;
}

GUANXI_INLINE share_book_ptr share_book::with(std::vector<id> shares, std::vector<id> members,
                                              changes now) const {
  auto out = std::make_shared<share_book>(*this);
  std::sort(shares.begin(), shares.end());
  std::sort(members.begin(), members.end());
  const auto replaced = [&](const record_share& s) {
    const std::vector<id>& keys = s.team ? members : shares;
    return std::binary_search(keys.begin(), keys.end(), s.key);
  };
  for (const auto& [entity, list] : lists_)
    if (std::any_of(list->begin(), list->end(), replaced)) now.try_emplace(entity);
  for (auto& [entity, fresh] : now) {
    if (const list* old = on(entity))
      std::remove_copy_if(old->begin(), old->end(), std::back_inserter(fresh), replaced);
    std::sort(fresh.begin(), fresh.end(), [](const record_share& a, const record_share& b) {
      return a.shared_with < b.shared_with;
    });
    if (fresh.empty()) out->lists_.erase(entity);
    else out->lists_[entity] = std::make_shared<const list>(std::move(fresh));
  }
  return out;
}

GUANXI_INLINE const share_book::list* share_book::on(std::string_view entity) const noexcept {
  // A key for the lookup would need memory, which may be short; those with shares are few.
  for (const auto& [name, shares] : lists_)
    if (name == entity) return shares.get();
  return nullptr;
}

GUANXI_INLINE const entity_rules* rulebook::on(std::string_view entity) const noexcept {
  const auto found = t_->by_entity.find(entity);
  return found == t_->by_entity.end() ? nullptr : &found->second;
}

GUANXI_INLINE const rulebook::flat_group* rulebook::find_group(id key) const noexcept {
  const auto found = t_->groups.find(key);
  return found == t_->groups.end() ? nullptr : &found->second;
}

GUANXI_INLINE bool rulebook::stands_for(const party& p, const user& u) const noexcept {
  const auto under = [&](id top) { return u.role && (u.role == top || above(top, u.role)); };
  switch (p.what) {
    case party::kind::nobody: return false;
    case party::kind::everyone: return true;
    case party::kind::user: return p.key == u.key;
    case party::kind::role: return u.role && u.role == p.key;
    case party::kind::subordinates: return under(p.key);
    case party::kind::group: break;
  }
  const flat_group* g = find_group(p.key);
  return g && (std::binary_search(g->users.begin(), g->users.end(), u.key) ||
               std::binary_search(g->roles.begin(), g->roles.end(), u.role) ||
               std::any_of(g->subordinates.begin(), g->subordinates.end(), under));
}

/// Whether somebody has a role that is both strictly below `role` and within the tree of `top`.
GUANXI_INLINE bool rulebook::populated_below(id role, id top) const noexcept {
  const auto a = t_->intervals.find(role), b = t_->intervals.find(top);
  if (a == t_->intervals.end() || b == t_->intervals.end()) return false;
  const std::uint32_t from = std::max(a->second.pre + 1, b->second.pre);
  const std::uint32_t to = std::min(a->second.post, b->second.post);
  return from < to && t_->users_before[to] > t_->users_before[from];
}

GUANXI_INLINE bool rulebook::somebody_below(const party& p, id role) const noexcept {
  const auto holds_role = [&](id key) {
    const auto at = t_->intervals.find(key);
    return above(role, key) &&
           t_->users_before[at->second.pre + 1] > t_->users_before[at->second.pre];
  };
  const auto is_below = [&](id key) {
    const user* u = find_user(key);
    return u && above(role, u->role);
  };
  const auto within = [&](id key) { return populated_below(role, key); };
  switch (p.what) {
    case party::kind::nobody: return false;
    case party::kind::everyone: return populated_below(role, role);
    case party::kind::user: return is_below(p.key);
    case party::kind::role: return holds_role(p.key);
    case party::kind::subordinates: return within(p.key);
    case party::kind::group: break;
  }
  const flat_group* g = find_group(p.key);
  return g && g->hierarchy &&
         (std::any_of(g->users.begin(), g->users.end(), is_below) ||
          std::any_of(g->roles.begin(), g->roles.end(), holds_role) ||
          std::any_of(g->subordinates.begin(), g->subordinates.end(), within));
}

GUANXI_INLINE rulebook::path rulebook::reaches(const party& p, const user& u,
                                               std::string_view entity) const noexcept {
  if (stands_for(p, u)) return path::own;
  if (!u.role || !hierarchy(entity)) return path::none;
  return somebody_below(p, u.role) ? path::hierarchy : path::none;
}

GUANXI_INLINE rulebook::owners rulebook::owned_by(const party& p) const {
  owners out;
  const auto add_tree = [&](id top) {
    const std::vector<id> below = subordinates(top);
    out.roles.push_back(top);
    out.roles.insert(out.roles.end(), below.begin(), below.end());
  };
  if (p.what == party::kind::user) out.users.push_back(p.key);
  if (p.what == party::kind::role) out.roles.push_back(p.key);
  if (p.what == party::kind::subordinates) add_tree(p.key);
  if (p.what != party::kind::group) return out;
  if (const flat_group* g = find_group(p.key)) {
    out.users = g->users;
    out.roles = g->roles;
    for (id top : g->subordinates) add_tree(top);
  }
  return out;
}

GUANXI_INLINE const user* rulebook::find_user(std::string_view login) const noexcept {
  const auto found = t_->logins.find(login);
  return found == t_->logins.end() ? nullptr : &t_->source.users[found->second];
}

GUANXI_INLINE const user* rulebook::find_user(id key) const noexcept {
  const auto found = t_->users.find(key);
  return found == t_->users.end() ? nullptr : &t_->source.users[found->second];
}

GUANXI_INLINE const role* rulebook::find_role(id key) const noexcept {
  const auto found = t_->roles.find(key);
  return found == t_->roles.end() ? nullptr : &t_->source.roles[found->second];
}

GUANXI_INLINE bool rulebook::above(id upper, id lower) const noexcept {
  const auto a = t_->intervals.find(upper), b = t_->intervals.find(lower);
  if (a == t_->intervals.end() || b == t_->intervals.end() || upper == lower) return false;
  return a->second.pre < b->second.pre && b->second.post <= a->second.post;
}

GUANXI_INLINE std::vector<id> rulebook::subordinates(id role) const {
  std::vector<id> out;
  const auto top = t_->intervals.find(role);
  if (top == t_->intervals.end()) return out;
  for (const auto& [key, at] : t_->intervals)
    if (at.pre > top->second.pre && at.post <= top->second.post) out.push_back(key);
  std::sort(out.begin(), out.end());
  return out;
}

GUANXI_INLINE const sharing_default* rulebook::default_of(
    std::string_view entity) const noexcept {
  const auto found = t_->defaults.find(entity);
  return found == t_->defaults.end() ? nullptr : &t_->source.defaults[found->second];
}

GUANXI_INLINE level rulebook::default_level(std::string_view entity) const noexcept {
  const sharing_default* d = default_of(entity);
  return d && d->parent.empty() ? d->level : level::none;
}

GUANXI_INLINE bool rulebook::hierarchy(std::string_view entity) const noexcept {
  const sharing_default* d = default_of(entity);
  return !d || d->hierarchy;
}

}  // namespace guanxi::policy
