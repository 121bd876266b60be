#pragma once

#include "guanxi/expr/bind.hpp"
#include "guanxi/expr/evaluate.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::expr {

namespace detail_fold {

/// Works on the arena in place, children first. A node that gives way to one of its children is
/// marked in `now`; what is left over is dropped at the end.
class folder {
 public:
  explicit folder(expression e) : e_(std::move(e)), now_(e_.nodes.size()) {}

  expression run() {
    if (e_.empty()) return std::move(e_);
    const node_id root = e_.root;
    for (node_id n = 0; n <= root; ++n) {
      now_[n] = n;
      for (node_id& child : e_.nodes[n].children)
        if (child != no_node && child < n) child = now_[child];
      fold_node(n);
    }
    return subtree(e_, now_[root]);
  }

 private:
  expression e_;
  std::vector<node_id> now_;

  bool is_literal(node_id n) const { return n != no_node && e_.at(n).what == op::literal; }
  bool is_boolean(node_id n, bool wanted) const {
    const value& v = e_.at(n).content;
    return is_literal(n) && v.type() == value_type::boolean && v.as_boolean() == wanted;
  }

  void fold_node(node_id at) {
    node& n = e_.nodes[at];
    if (n.what == op::logical_and || n.what == op::logical_or) simplify_chain(at);
    if (now_[at] != at) return;
    if (n.what == op::logical_not && e_.at(n.children[0]).what == op::logical_not) {
      now_[at] = e_.at(n.children[0]).children[0];
      return;
    }
    if (n.what == op::call && n.fn == function::if_ && is_literal(n.children[0])) {
      const node_id taken = n.children[is_boolean(n.children[0], true) ? 1 : 2];
      if (e_.at(taken).type == n.type) now_[at] = taken;
      return;
    }
    if (is_constant(n)) compute(at);
  }

  /// Drops `and true` and `or false`, and what stands behind `and false` or `or true`: evaluation
  /// goes from left to right and never gets there.
  void simplify_chain(node_id at) {
    node& n = e_.nodes[at];
    const bool deciding = n.what == op::logical_or;
    std::vector<node_id> kept;
    for (node_id child : n.children) {
      if (is_boolean(child, !deciding)) continue;
      kept.push_back(child);
      if (is_boolean(child, deciding)) break;
    }
    if (kept.empty()) return become(n, value(!deciding));
    if (kept.size() == 1) {
      now_[at] = kept[0];
      return;
    }
    n.children = std::move(kept);
  }

  static void become(node& n, value v) {
    n.what = op::literal;
    n.content = std::move(v);
    n.text.clear();
    n.children.clear();
  }

  bool is_constant(const node& n) const {
    switch (n.what) {
      case op::literal:
      case op::parameter:
      case op::path:
      case op::column:
      case op::subselect:
      case op::aggregate:
      case op::like:  // folding of case needs the environment
      case op::not_like: return false;
      case op::call:
        if (needs_services(n.fn)) return false;
        if (n.fn == function::grouping || is_window(n.fn) || looks_back(n.fn)) return false;
        if (is_of_steps(n.fn) || is_reached(n.fn) || n.fn == function::of_children) return false;
        break;
      default: break;
    }
    return std::all_of(n.children.begin(), n.children.end(),
                       [&](node_id child) { return is_literal(child); });
  }

  /// A constant that fails stays as it is: it may never be reached at run time.
  void compute(node_id at) {
    const node_id root = std::exchange(e_.root, at);
    result<value> v = evaluate(e_, {});
    e_.root = root;
    if (v) become(e_.nodes[at], std::move(*v));
  }
};

}  // namespace detail_fold

GUANXI_INLINE expression fold(expression e) { return detail_fold::folder(std::move(e)).run(); }

}  // namespace guanxi::expr
