// Whether two bound expressions compute the same.
//
//   same(key, key.root, item, item.root)      // then the item is the key
//
// Thread rule: a function of its arguments.
#pragma once

#include "guanxi/expr/tree.hpp"

#include <algorithm>

namespace guanxi::expr {

/// Of two parts; no_node is like no_node only. A literal is like one of its type alone.
inline bool same(const tree& a, node_id x, const tree& b, node_id y) {
  if (x == no_node || y == no_node) return x == y;
  const node &p = a.at(x), &q = b.at(y);
  if (p.what != q.what || p.fn != q.fn || p.distinct != q.distinct || p.index != q.index ||
      !(p.type == q.type) || p.children.size() != q.children.size())
    return false;
  if (p.what == op::call &&
      (p.text != q.text || p.calendar != q.calendar || p.rates != q.rates ||
       p.figures != q.figures))
    return false;
  if (p.what == op::literal &&
      (p.content.type() != q.content.type() || !(p.content == q.content)))
    return false;
  for (std::size_t i = 0; i < p.children.size(); ++i)
    if (!same(a, p.children[i], b, q.children[i])) return false;
  return true;
}

/// Equal for trees that compute the same.
inline std::size_t hash(const tree& t) {
  std::size_t out = t.nodes.size();
  for (const node& n : t.nodes) {
    const auto mix = [&out](std::size_t part) { out = (out ^ part) * 1099511628211ULL; };
    mix(static_cast<std::size_t>(n.what) * 256 + static_cast<std::size_t>(n.fn));
    mix(n.index);
    mix(n.what == op::literal ? hash(n.content) : 0);
  }
  return out;
}

inline bool same(const tree& a, const tree& b) { return same(a, a.root, b, b.root); }

inline bool same(const std::vector<tree>& a, const std::vector<tree>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const tree& x, const tree& y) { return same(x, y); });
}

}  // namespace guanxi::expr
