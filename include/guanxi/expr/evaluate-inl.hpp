#pragma once

#include "guanxi/expr/evaluate.hpp"

#include <algorithm>

namespace guanxi::expr {

namespace detail_evaluate {

/// The services of an evaluation that was given none: texts stay as they are.
class no_text_services final : public text_services {
 public:
  std::string folded(std::string_view text) const override { return std::string(text); }
  std::string lowered(std::string_view text) const override { return std::string(text); }
  std::string uppered(std::string_view text) const override { return std::string(text); }
  std::string composed(std::string_view text) const override { return std::string(text); }
  std::string sort_key(std::string_view text, std::string_view) const override {
    return std::string(text);
  }
};

/// Walks the tree. Values of paths and literals are looked at in place; only computed ones are
/// made.
/// Its recursion is bounded, since bind bounds the depth of trees.
class evaluator {
 public:
  evaluator(const expression& e, const inputs& from) : e_(e), from_(from) {}

  /// The value of a node, or null pointer with the error kept. `room` holds what has no other
  /// place.
  const value* see(node_id at, value& room) {
    const node& n = e_.at(at);
    switch (n.what) {
      case op::literal: return &n.content;
      case op::path: return input(from_.paths, n, room, "path");
      case op::column: return input(from_.columns, n, room, "column");
      default: break;
    }
    if (!step(pace::step) || !compute(n, room)) return nullptr;
    return &room;
  }

  error&& why() { return std::move(why_); }

 private:
  const expression& e_;
  const inputs& from_;
  error why_;

  bool fail(error why) {
    why_ = std::move(why);
    return false;
  }

  bool step(std::size_t work) {
    if (!from_.pace || !from_.pace->due(work)) return true;
    result<void> on = from_.pace->ask();
    return on || fail(std::move(on.error()));
  }

  bool keep(result<value>&& v, value& out) {
    if (!v) return fail(std::move(v.error()));
    out = std::move(*v);
    return true;
  }

  const value* input(std::span<const value> given, const node& n, value& room, const char* what) {
    if (n.index >= given.size()) {
      fail(error(errc::misuse, "the expression reads " + std::string(what) + " " +
                                   std::to_string(n.index) + ", but only " +
                                   std::to_string(given.size()) + " values were given"));
      return nullptr;
    }
    const value& v = given[n.index];
    const bool other_scale = n.type.base == value_type::decimal && v.is_number() &&
                             (v.type() != value_type::decimal ||
                              v.as_decimal().scale != n.type.scale);
    if (!other_scale) return &v;
    result<decimal> d = rescale(v.number(), n.type.scale);
    if (!d) {
      fail(std::move(d.error()));
      return nullptr;
    }
    room = value(*d);
    return &room;
  }

  bool compute(const node& n, value& out) {
    switch (n.what) {
      case op::logical_not: return negate_condition(n, out);
      case op::logical_and: return decide(n, false, out);
      case op::logical_or: return decide(n, true, out);
      case op::equal:
      case op::not_equal:
      case op::less:
      case op::less_equal:
      case op::greater:
      case op::greater_equal: return compare_pair(n, out);
      case op::is_null:
      case op::is_not_null: {
        value room;
        const value* v = see(n.children[0], room);
        if (!v) return false;
        out = value(v->is_null() == (n.what == op::is_null));
        return true;
      }
      case op::in:
      case op::not_in: return find(n, out);
      case op::like:
      case op::not_like: return match(n, out);
      case op::add:
      case op::subtract:
      case op::multiply:
      case op::divide:
      case op::negate: return calculate(n, out);
      case op::call: return call_function(n, out);
      default: break;
    }
    return fail(error(errc::misuse, "the expression has a part that cannot be evaluated by itself")
                    .at_offset(n.offset));
  }

  bool negate_condition(const node& n, value& out) {
    value room;
    const value* v = see(n.children[0], room);
    if (!v) return false;
    out = v->is_null() ? value() : value(!v->as_boolean());
    return true;
  }

  /// and (deciding: false) and or (deciding: true), from left to right until decided.
  bool decide(const node& n, bool deciding, value& out) {
    bool unknown = false;
    for (node_id child : n.children) {
      value room;
      const value* v = see(child, room);
      if (!v) return false;
      if (v->is_null()) {
        unknown = true;
      } else if (v->as_boolean() == deciding) {
        out = value(deciding);
        return true;
      }
    }
    out = unknown ? value() : value(!deciding);
    return true;
  }

  bool compare_pair(const node& n, value& out) {
    value room_a, room_b;
    const value* a = see(n.children[0], room_a);
    if (!a) return false;
    const value* b = see(n.children[1], room_b);
    if (!b) return false;
    if (a->is_null() || b->is_null()) {
      out = value();
      return true;
    }
    const auto by = compare_values(*a, *b);
    switch (n.what) {
      case op::equal: out = value(by == 0); break;
      case op::not_equal: out = value(by != 0); break;
      case op::less: out = value(by < 0); break;
      case op::less_equal: out = value(by <= 0); break;
      case op::greater: out = value(by > 0); break;
      default: out = value(by >= 0); break;
    }
    return true;
  }

  // bind has sorted the members and given them the operand's type.
  bool find(const node& n, value& out) {
    value room;
    const value* v = see(n.children[0], room);
    if (!v) return false;
    if (v->is_null()) {
      out = value();
      return true;
    }
    if (n.children.size() > 1 && e_.at(n.children[1]).what != op::literal)
      return fail(error(errc::misuse, "a nested select was not run before its filter")
                      .at_offset(n.offset));
    const auto at = std::lower_bound(
        n.children.begin() + 1, n.children.end(), *v, [&](node_id member, const value& wanted) {
          return compare_values(e_.at(member).content, wanted) < 0;
        });
    const bool there = at != n.children.end() && compare_values(e_.at(*at).content, *v) == 0;
    out = value(there == (n.what == op::in));
    return true;
  }

  bool match(const node& n, value& out) {
    value room_a, room_b;
    const value* text = see(n.children[0], room_a);
    if (!text) return false;
    const value* pattern = see(n.children[1], room_b);
    if (!pattern) return false;
    if (text->is_null() || pattern->is_null()) {
      out = value();
      return true;
    }
    if (!from_.text) return fail(no_services());
    if (!step(text->as_text().size() + pattern->as_text().size())) return false;
    const result<bool> matched = like(from_.text->folded(text->as_text()),
                                      from_.text->folded(pattern->as_text()), from_.pace);
    if (!matched) return fail(matched.error());
    out = value(*matched == (n.what == op::like));
    return true;
  }

  static error no_services() {
    return error(errc::misuse, "`like`, `lower`, `upper`, `search` and `relevance` need the "
                               "environment's text services");
  }

  bool calculate(const node& n, value& out) {
    value room_a, room_b;
    const value* a = see(n.children[0], room_a);
    if (!a) return false;
    const value* b = n.what == op::negate ? a : see(n.children[1], room_b);
    if (!b) return false;
    return keep(arithmetic(n.what, *a, *b, n.type.scale), out);
  }

  /// A branch of coalesce or if, as a value of the whole node's type.
  bool branch(const value& v, const node& whole, value& out) {
    if (whole.type.base != value_type::decimal || !v.is_number()) {
      out = v;
      return true;
    }
    result<decimal> d = rescale(v.number(), whole.type.scale);
    if (!d) return fail(std::move(d.error()));
    out = value(*d);
    return true;
  }

  bool call_function(const node& n, value& out) {
    if (n.fn == function::coalesce || n.fn == function::if_) return choose(n, out);
    if (n.fn == function::of_children) return look_up(n, out);
    const std::size_t count = n.fn == function::round ? 1 : n.children.size();
    std::vector<value> arguments(count);
    for (std::size_t i = 0; i < count; ++i) {
      value room;
      const value* v = see(n.children[i], room);
      if (!v) return false;
      if (v == &room) arguments[i] = std::move(room);
      else arguments[i] = *v;
      const bool text = arguments[i].type() == value_type::text;
      if (text && !step(arguments[i].as_text().size())) return false;
    }
    if (n.fn == function::convert) return convert_amount(n, arguments, out);
    if (n.fn == function::least || n.fn == function::greatest) return extreme(n, arguments, out);
    if (needs_services(n.fn) && !from_.text) return fail(no_services());
    static const no_text_services none;
    const text_services& services = from_.text ? *from_.text : none;
    return keep(call(n.fn, n.text, arguments, n.type.scale, services, n.calendar.get()),
                out);
  }

  /// The least or the greatest of those that are there.
  bool extreme(const node& n, const std::vector<value>& arguments, value& out) {
    const value* best = nullptr;
    for (const value& v : arguments) {
      if (v.is_null()) continue;
      const auto by = best ? compare_values(v, *best) : std::strong_ordering::equal;
      if (!best || (n.fn == function::least ? by < 0 : by > 0)) best = &v;
    }
    return branch(best ? *best : value(), n, out);
  }

  /// What the select of children gave for the parent; no parent has none.
  bool look_up(const node& n, value& out) {
    if (!n.figures)
      return fail(error(errc::misuse, "a select of children was not run before its query")
                      .at_offset(n.offset));
    value room;
    const value* parent = see(n.children[0], room);
    if (!parent) return false;
    const auto found = n.figures->of.find(parent->is_null() ? 0 : parent->as_id().value);
    return branch(found == n.figures->of.end() ? n.figures->none : found->second, n, out);
  }

  bool convert_amount(const node& n, const std::vector<value>& arguments, value& out) {
    if (!n.rates || arguments.size() != 4)
      return fail(error(errc::misuse, "`convert` was not bound to exchange rates")
                      .at_offset(n.offset));
    result<value> v = convert(std::span<const value, 4>(arguments), n.type.scale, *n.rates,
                              n.calendar.get(), !n.text.empty());
    if (!v) return fail(std::move(v.error().at_offset(n.offset)));
    out = std::move(*v);
    return true;
  }

  /// coalesce and if look only at the branches they need.
  bool choose(const node& n, value& out) {
    std::size_t first = 0, last = n.children.size();
    if (n.fn == function::if_) {
      value room;
      const value* condition = see(n.children[0], room);
      if (!condition) return false;
      first = !condition->is_null() && condition->as_boolean() ? 1 : 2;
      last = first + 1;
    }
    for (std::size_t i = first; i < last; ++i) {
      value room;
      const value* v = see(n.children[i], room);
      if (!v) return false;
      if (!v->is_null()) return branch(*v, n, out);
    }
    out = value();
    return true;
  }
};

}  // namespace detail_evaluate

GUANXI_INLINE result<value> evaluate(const expression& e, const inputs& from) {
  if (e.empty()) return unexpected(errc::misuse, "an empty expression has no value");
  detail_evaluate::evaluator walk(e, from);
  value room;
  const value* v = walk.see(e.root, room);
  if (!v) return unexpected(walk.why());
  if (v == &room) return room;
  return *v;
}

GUANXI_INLINE result<bool> holds(const expression& e, const inputs& from) {
  result<value> v = evaluate(e, from);
  if (!v) return passed(v);
  if (v->is_null()) return false;
  if (v->type() != value_type::boolean)
    return unexpected(errc::type_mismatch, "a filter must be a condition, not " +
                                               std::string(name(v->type())));
  return v->as_boolean();
}

}  // namespace guanxi::expr
