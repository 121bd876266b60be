// How a pivot is bound: a column for each value and figure, whose aggregates have a filter more.
#pragma once

#include "guanxi/query/bind-inl.hpp"

#include <string>
#include <utility>

namespace guanxi::query::detail_bind {

/// More columns than this are errc::limit.
inline constexpr std::size_t max_pivot_columns = 1000;

/// A tree whose aggregates are of those records alone of which a condition is true.
inline node_id with_filters(const tree& from, node_id n, const tree& only, tree& to) {
  node copy = from.at(n);
  const bool aggregate = copy.what == op::aggregate;
  for (node_id& child : copy.children)
    if (child != no_node) child = with_filters(from, child, only, to);
  if (aggregate) {
    const node_id condition = graft(only, only.root, to);
    if (copy.children[1] == no_node) {
      copy.children[1] = condition;
    } else {
      node both;
      both.what = op::logical_and;
      both.offset = to.at(condition).offset;
      both.children = {copy.children[1], condition};
      copy.children[1] = to.add(std::move(both));
    }
  }
  return to.add(std::move(copy));
}

inline result<tree> binder::pivoted(const select_item& figure, const tree& of,
                                    const select_item& by) const {
  const node& v = by.what.top();
  if (v.what != op::literal && v.what != op::parameter)
    return unexpected(error(errc::parse, "`pivot` takes its values as literals or parameters, "
                                         "not " + in_backticks(expr::print(by.what)))
                          .at_offset(v.offset));
  const bool null = v.what == op::literal && v.content.is_null();
  tree only = null ? expr::unary(op::is_null, of) : expr::combine(op::equal, of, by.what);
  only.nodes[only.root].offset = v.offset;
  tree out;
  out.root = with_filters(figure.what, figure.what.root, only, out);
  return out;
}

/// What a value is called where it has no name.
inline std::string value_name(const select_item& v) {
  const node& top = v.what.top();
  const bool text = top.what == op::literal && top.content.type() == value_type::text;
  return v.named || !text ? v.name : std::string(top.content.as_text());
}

/// The columns stand behind the select's own, under names by which having and order know them.
inline result<void> binder::add_pivot() {
  const pivot_clause& p = s_.pivot;
  if (p.figures.size() * p.values.size() > max_pivot_columns)
    return unexpected(error(errc::limit, "`pivot` makes more than " +
                                             std::to_string(max_pivot_columns) + " columns")
                          .at_offset(p.offset));
  for (const select_item& figure : p.figures)
    if (!has_aggregate(figure.what))
      return unexpected(error(errc::parse, "`pivot` takes aggregates or what is computed of some, "
                                           "not " + in_backticks(expr::print(figure.what)))
                            .at_offset(figure.what.top().offset));
  const tree of = with_aliases(p.of);
  for (const select_item& v : p.values)
    for (const select_item& figure : p.figures) {
      result<tree> what = pivoted(figure, of, v);
      if (!what) return passed(what);
      std::string name = value_name(v);
      if (figure.named || p.figures.size() > 1) name += "_" + figure.name;
      for (const select_item& other : items_)
        if (other.name == name)
          return unexpected(error(errc::parse, "`pivot` makes a second column " +
                                                   in_backticks(name) +
                                                   "; give it another name with `as`")
                                .at_offset(v.offset));
      items_.push_back({std::move(*what), std::move(name), true, v.offset});
    }
  return {};
}

}  // namespace guanxi::query::detail_bind
