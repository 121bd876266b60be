// What a fuzz target may ask of any text: that facts hold, that errors are fit for people, and that
// two statements are the same tree.
//
//   require(query::print(*again) == printed, "a second reading prints another text", printed);
//
// A fact that does not hold ends the program, so that the fuzzer keeps the input.
#pragma once

#include "guanxi/base/error.hpp"
#include "guanxi/base/text_services.hpp"
#include "guanxi/query/statement.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace fuzz {

using namespace guanxi;

inline void require(bool holds, std::string_view what, std::string_view about = {}) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: %.*s:\n%.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(about.size()), about.data());
  std::abort();
}

/// One printable sentence of bounded length, and a place inside the text. Long words of the input
/// are cut where a message shows them, and control characters are no part of a message.
inline void require_good(const error& e, std::size_t text_size, bool placed) {
  const std::string_view said = e.message();
  require(e.code() != errc::ok && e.code() != errc::internal, "an error without a cause", said);
  require(!said.empty() && said.size() <= 600, "a message that is empty or long", said);
  require(!utf8_fault(said), "a message that is not UTF-8", said);
  const auto control = [](unsigned char c) { return c < 32 || c == 127; };
  require(std::none_of(said.begin(), said.end(), control), "a message with a control character",
          said);
  require(e.offset() <= static_cast<std::int64_t>(text_size), "a place behind the text", said);
  require(!placed || e.offset() >= 0, "an error without its place", said);
}

inline bool same(const query::statement& a, const query::statement& b);

/// An id is written as the integer that it is.
inline bool same(const value& a, const value& b) {
  const auto is_whole = [](const value& v) {
    return v.type() == value_type::integer || v.type() == value_type::reference;
  };
  return (a.type() == b.type() || (is_whole(a) && is_whole(b))) && a.to_string() == b.to_string();
}

/// Of two trees as they are read; nested selects are compared and not counted.
inline bool same(const query::statement& in_a, const expr::tree& a, expr::node_id x,
                 const query::statement& in_b, const expr::tree& b, expr::node_id y) {
  using expr::op;
  if (x == expr::no_node || y == expr::no_node) return x == y;
  const expr::node &p = a.at(x), &q = b.at(y);
  if (p.what != q.what || p.fn != q.fn || p.distinct != q.distinct || p.text != q.text ||
      !same(p.content, q.content) || p.children.size() != q.children.size())
    return false;
  const bool nests = p.what == op::subselect || expr::is_quantifier(p.what);
  if (nests && !same(in_a.nested[p.index], in_b.nested[q.index])) return false;
  for (std::size_t i = 0; i < p.children.size(); ++i)
    if (!same(in_a, a, p.children[i], in_b, b, q.children[i])) return false;
  return true;
}

inline bool same(const query::statement& a, const query::statement& b) {
  const auto tree = [&](const expr::tree& x, const expr::tree& y) {
    return same(a, x, x.root, b, y, y.root);
  };
  const auto trees = [&](const std::vector<expr::tree>& x, const std::vector<expr::tree>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), tree);
  };
  const auto item = [&](const query::select_item& x, const query::select_item& y) {
    return tree(x.what, y.what) && x.name == y.name && x.named == y.named;
  };
  const auto group = [&](const query::group_item& x, const query::group_item& y) {
    return x.how == y.how && trees(x.keys, y.keys);
  };
  const auto order = [&](const query::order_item& x, const query::order_item& y) {
    return tree(x.by, y.by) && x.descending == y.descending && x.nulls == y.nulls;
  };
  const auto items = [&](const std::vector<query::select_item>& x,
                         const std::vector<query::select_item>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), item);
  };
  return a.all_fields == b.all_fields && a.entity == b.entity && a.standing == b.standing &&
         a.of_children == b.of_children && a.fill_gaps == b.fill_gaps &&
         items(a.funnel.steps, b.funnel.steps) &&
         items(a.pivot.figures, b.pivot.figures) && tree(a.pivot.of, b.pivot.of) &&
         items(a.pivot.values, b.pivot.values) && a.scope == b.scope &&
         a.nested.size() == b.nested.size() &&
         items(a.items, b.items) &&
         std::equal(a.group_by.begin(), a.group_by.end(), b.group_by.begin(), b.group_by.end(),
                    group) &&
         std::equal(a.order.begin(), a.order.end(), b.order.begin(), b.order.end(), order) &&
         tree(a.as_of, b.as_of) && tree(a.where, b.where) && tree(a.having, b.having) &&
         tree(a.most_per, b.most_per) && trees(a.per, b.per) && tree(a.limit, b.limit) &&
         tree(a.offset, b.offset) && tree(a.after, b.after);
}

/// The statement's text in its one form, once it is shown that it reads as the same tree.
inline std::string printed(const query::statement& s) {
  const std::string text = query::print(s);
  const result<query::statement> again = query::parse(text);
  require(again.has_value(), "what is printed cannot be read", text);
  require(same(s, *again), "what is printed reads as another tree", text);
  require(query::print(*again) == text, "a second reading prints another text", text);
  return text;
}

}  // namespace fuzz
