#pragma once

#include "guanxi/policy/rules.hpp"

#include <algorithm>
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

GUANXI_INLINE result<rulebook_ptr> rulebook::compile(rules r) {
  auto out = std::make_shared<rulebook>();
  out->rules_ = std::move(r);
  detail_rules::children_map children;
  std::vector<id> roots;
  for (std::size_t i = 0; i < out->rules_.roles.size(); ++i)
    out->roles_.emplace(out->rules_.roles[i].key, i);
  for (const role& each : out->rules_.roles) {
    // A parent that is gone (deleted) leaves its children as roots: access never grows by it.
    if (each.parent && out->roles_.contains(each.parent)) children[each.parent].push_back(each.key);
    else roots.push_back(each.key);
  }
  std::uint32_t count = 0;
  for (id root : roots)
    detail_rules::walk(
        root, children, [&](id at) { out->intervals_[at].pre = count++; },
        [&](id at) { out->intervals_[at].post = count; });
  if (count != out->rules_.roles.size())
    return unexpected(errc::invalid_argument,
                      "the role tree has a circle; no role may stand above itself");
  for (std::size_t i = 0; i < out->rules_.users.size(); ++i) {
    out->users_.emplace(out->rules_.users[i].key, i);
    out->logins_.emplace(out->rules_.users[i].login, i);
  }
  for (std::size_t i = 0; i < out->rules_.defaults.size(); ++i)
    out->defaults_.emplace(out->rules_.defaults[i].entity, i);
  return rulebook_ptr(std::move(out));
}

GUANXI_INLINE const user* rulebook::find_user(std::string_view login) const noexcept {
  const auto found = logins_.find(login);
  return found == logins_.end() ? nullptr : &rules_.users[found->second];
}

GUANXI_INLINE const user* rulebook::find_user(id key) const noexcept {
  const auto found = users_.find(key);
  return found == users_.end() ? nullptr : &rules_.users[found->second];
}

GUANXI_INLINE const role* rulebook::find_role(id key) const noexcept {
  const auto found = roles_.find(key);
  return found == roles_.end() ? nullptr : &rules_.roles[found->second];
}

GUANXI_INLINE bool rulebook::above(id upper, id lower) const noexcept {
  const auto a = intervals_.find(upper), b = intervals_.find(lower);
  if (a == intervals_.end() || b == intervals_.end() || upper == lower) return false;
  return a->second.pre < b->second.pre && b->second.post <= a->second.post;
}

GUANXI_INLINE std::vector<id> rulebook::subordinates(id role) const {
  std::vector<id> out;
  const auto top = intervals_.find(role);
  if (top == intervals_.end()) return out;
  for (const auto& [key, at] : intervals_)
    if (at.pre > top->second.pre && at.post <= top->second.post) out.push_back(key);
  std::sort(out.begin(), out.end());
  return out;
}

GUANXI_INLINE level rulebook::default_level(std::string_view entity) const noexcept {
  const auto found = defaults_.find(entity);
  return found == defaults_.end() ? level::none : rules_.defaults[found->second].level;
}

GUANXI_INLINE bool rulebook::hierarchy(std::string_view entity) const noexcept {
  const auto found = defaults_.find(entity);
  return found == defaults_.end() || rules_.defaults[found->second].hierarchy;
}

}  // namespace guanxi::policy
