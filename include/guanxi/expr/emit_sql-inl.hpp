#pragma once

#include "guanxi/expr/emit_sql.hpp"
#include "guanxi/expr/evaluate.hpp"

#include <algorithm>

namespace guanxi::expr {

namespace detail_emit {

/// The form in which a value travels: an integer or a text.
GUANXI_INLINE value raw(const value& v) {
  switch (v.type()) {
    case value_type::boolean: return value(std::int64_t{v.as_boolean() ? 1 : 0});
    case value_type::decimal: return value(v.as_decimal().coefficient);
    case value_type::date: return value(std::int64_t{v.as_date().days});
    case value_type::instant: return value(v.as_instant().microseconds);
    case value_type::reference: return value(v.as_id().value);
    default: return v;
  }
}

/// What travelled in that form.
inline value arrived(const value& v, const type& as) {
  if (v.is_null()) return v;
  switch (as.base) {
    case value_type::boolean: return value(v.as_integer() != 0);
    case value_type::decimal:
      return value(decimal{v.as_integer(), static_cast<std::uint8_t>(as.scale)});
    case value_type::date: return value(date{static_cast<std::int32_t>(v.as_integer())});
    case value_type::instant: return value(instant{v.as_integer()});
    case value_type::reference: return value(id{v.as_integer()});
    default: return v;
  }
}

class emitter {
 public:
  emitter(const expression& e, const sql_dialect& dialect, sql_text& out)
      : e_(e), dialect_(dialect), out_(out) {}

  void emit(node_id at) {
    const node& n = e_.at(at);
    switch (n.what) {
      case op::literal: return literal(n.content);
      case op::path: return put(dialect_.path(n.index));
      case op::column: return put(dialect_.column(n.index));
      case op::logical_not: return wrapped("(NOT ", n.children[0], ")");
      case op::logical_and: return chain(n, " AND ", 0, n.children.size());
      case op::logical_or: return chain(n, " OR ", 0, n.children.size());
      case op::equal:
      case op::not_equal:
      case op::less:
      case op::less_equal:
      case op::greater:
      case op::greater_equal: return comparison(n);
      case op::is_null: return wrapped("(", n.children[0], " IS NULL)");
      case op::is_not_null: return wrapped("(", n.children[0], " IS NOT NULL)");
      case op::in:
      case op::not_in: return in(n);
      case op::like: return called("gx_like", n.children);
      case op::not_like:
        put("(NOT ");
        called("gx_like", n.children);
        return put(")");
      case op::add:
      case op::subtract:
      case op::multiply:
      case op::divide: return arithmetic(n);
      case op::negate: return wrapped("gx_neg(", n.children[0], ")");
      case op::call: return call(n);
      case op::aggregate: return aggregate(n);
      default: return put("NULL");  // bind leaves no parameter, and queries no nested select
    }
  }

 private:
  const expression& e_;
  const sql_dialect& dialect_;
  sql_text& out_;

  void put(std::string_view text) { out_.text += text; }
  void put(std::int64_t number) { out_.text += std::to_string(number); }
  const type& type_of(node_id n) const { return e_.at(n).type; }

  /// Digits of a decimal; an integer has none.
  int scale_of(node_id n) const {
    return type_of(n).base == value_type::decimal ? type_of(n).scale : 0;
  }
  /// For gx_add and its like, which tell integers from decimals of scale 0.
  int kind_of(const type& t) const { return t.base == value_type::decimal ? t.scale : -1; }

  void literal(const value& v) {
    if (v.is_null()) return put("NULL");
    put(dialect_.bind_value(out_, raw(v)));
  }

  void wrapped(std::string_view before, node_id n, std::string_view after) {
    put(before);
    emit(n);
    put(after);
  }

  void called(std::string_view name, const std::vector<node_id>& arguments) {
    put(name);
    put("(");
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (i > 0) put(", ");
      emit(arguments[i]);
    }
    put(")");
  }

  /// A balanced nest of pairs: stores bound the depth of what they parse, and chains may be long.
  void chain(const node& n, std::string_view sign, std::size_t from, std::size_t to) {
    if (to - from == 1) return emit(n.children[from]);
    const std::size_t middle = from + (to - from + 1) / 2;
    put("(");
    chain(n, sign, from, middle);
    put(sign);
    chain(n, sign, middle, to);
    put(")");
  }

  void scaled_pair(std::string_view name, node_id a, node_id b) {
    put(name);
    put("(");
    emit(a);
    put(", ");
    put(scale_of(a));
    put(", ");
    emit(b);
    put(", ");
    put(scale_of(b));
    put(")");
  }

  static std::string_view sign_of(op what) noexcept {
    switch (what) {
      case op::equal: return " = ";
      case op::not_equal: return " <> ";
      case op::less: return " < ";
      case op::less_equal: return " <= ";
      case op::greater: return " > ";
      default: return " >= ";
    }
  }

  void comparison(const node& n) {
    const node_id a = n.children[0], b = n.children[1];
    put("(");
    if (scale_of(a) == scale_of(b)) {
      emit(a);
      put(sign_of(n.what));
      emit(b);
    } else {
      scaled_pair("gx_compare", a, b);
      put(sign_of(n.what));
      put("0");
    }
    put(")");
  }

  void in(const node& n) {
    const bool negated = n.what == op::not_in;
    const std::size_t count = n.children.size() - 1;
    if (count == 0)  // SQLite says 0 even for NULL IN ()
      return wrapped("(CASE WHEN ", n.children[0], negated ? " IS NULL THEN NULL ELSE 1 END)"
                                                           : " IS NULL THEN NULL ELSE 0 END)");
    wrapped("(", n.children[0], negated ? " NOT IN (" : " IN (");
    if (count > max_inline_list) {
      std::vector<value> list;
      list.reserve(count);
      for (std::size_t i = 1; i <= count; ++i) list.push_back(raw(e_.at(n.children[i]).content));
      put(dialect_.bind_list(out_, std::move(list)));
    } else {
      for (std::size_t i = 1; i <= count; ++i) {
        if (i > 1) put(", ");
        emit(n.children[i]);
      }
    }
    put("))");
  }

  void arithmetic(const node& n) {
    const node_id a = n.children[0], b = n.children[1];
    const bool first = type_of(a).base == value_type::date;
    const bool second = type_of(b).base == value_type::date;
    if (n.type.base == value_type::date) {
      put(n.what == op::subtract ? "gx_sub_days(" : "gx_add_days(");
      emit(second ? b : a);
      put(", ");
      emit(second ? a : b);
      return put(")");
    }
    if (first || second) {  // two dates, days apart: cannot overflow
      wrapped("(", a, " - ");
      return wrapped("", b, ")");
    }
    if (type_of(a).base == value_type::instant || type_of(b).base == value_type::instant) {
      wrapped("gx_div(gx_sub(", a, ", -1, ");
      wrapped("", b, ", -1, -1), -1, ");
      put(microseconds_per_day);
      put(", -1, ");
      put(n.type.scale);
      return put(")");
    }
    put(n.what == op::add        ? "gx_add("
        : n.what == op::subtract ? "gx_sub("
        : n.what == op::multiply ? "gx_mul("
                                 : "gx_div(");
    emit(a);
    put(", ");
    put(kind_of(type_of(a)));
    put(", ");
    emit(b);
    put(", ");
    put(kind_of(type_of(b)));
    put(", ");
    put(kind_of(n.type));
    put(")");
  }

  void rounded(node_id n, int scale) {
    if (scale_of(n) == scale) return emit(n);
    wrapped("gx_round(", n, ", ");
    put(scale_of(n));
    put(", ");
    put(scale);
    put(")");
  }

  /// A branch of coalesce or if, at the whole node's scale.
  void branch(const node& whole, node_id n) {
    const bool decimals = whole.type.base == value_type::decimal;
    if (decimals && type_of(n).base != value_type::null) return rounded(n, whole.type.scale);
    emit(n);
  }

  /// In nests of fifty, since SQLite bounds the arguments of a function.
  void coalesce(const node& n, std::size_t from) {
    constexpr std::size_t most = 50;
    put("coalesce(");
    const std::size_t left = n.children.size() - from;
    const std::size_t here = left > most + 1 ? most : left;
    for (std::size_t i = from; i < from + here; ++i) {
      if (i > from) put(", ");
      branch(n, n.children[i]);
    }
    if (here < left) {
      put(", ");
      coalesce(n, from + here);
    }
    put(")");
  }

  void dated(std::string_view name, std::string_view word, node_id n) {
    put(name);
    put("('");
    put(word);  // one of ours: bind has checked it
    put("', ");
    days(n);
    put(")");
  }
  void days(node_id n) {
    if (type_of(n).base == value_type::instant) return wrapped("gx_date(", n, ")");
    emit(n);
  }

  /// A function by a calendar or by rates, which the store finds by its place.
  void call_by_place(const node& n) {
    sql_call c{n.fn, n.text, {}, n.type.scale, n.calendar, n.rates, n.offset};
    const std::size_t place = out_.calls.size();
    out_.calls.emplace_back();  // its arguments may hold others
    put("gx_call(");
    put(static_cast<std::int64_t>(place));
    for (node_id child : n.children) {
      c.arguments.push_back(type_of(child));
      wrapped(", ", child, "");
    }
    put(")");
    out_.calls[place] = std::move(c);
  }

  void call(const node& n) {
    if (n.calendar || n.rates || n.fn == function::periods_between) return call_by_place(n);
    switch (n.fn) {
      case function::coalesce: return coalesce(n, 0);
      case function::if_:
        wrapped("(CASE WHEN ", n.children[0], " THEN ");
        branch(n, n.children[1]);
        put(" ELSE ");
        branch(n, n.children[2]);
        return put(" END)");
      case function::nullif:
        if (scale_of(n.children[0]) != scale_of(n.children[1]))
          return scaled_pair("gx_nullif", n.children[0], n.children[1]);
        return called("nullif", n.children);
      case function::round: return rounded(n.children[0], n.type.scale);
      case function::bucket: return bucket(n);
      case function::abs: return called("gx_abs", n.children);
      case function::lower: return called("gx_lower", n.children);
      case function::upper: return called("gx_upper", n.children);
      case function::length: return called("gx_length", n.children);
      case function::search: return called("gx_search", n.children);
      case function::relevance: return called("gx_relevance", n.children);
      case function::concat: return called("gx_concat", n.children);
      case function::date: return days(n.children[0]);
      case function::period: return dated("gx_period", n.text, n.children[0]);
      default: return dated("gx_date_part", name(n.fn), n.children[0]);
    }
  }

  /// Between boundaries a field is looked up by comparisons; a width may leave 64 bits.
  void bucket(const node& n) {
    if (n.children.size() == 2 || e_.at(n.children[0]).what != op::path)
      return called("gx_bucket", n.children);
    put("(CASE");
    for (std::size_t i = n.children.size(); --i > 0;) {
      wrapped(" WHEN ", n.children[0], " >= ");
      wrapped("", n.children[i], " THEN ");
      emit(n.children[i]);
    }
    put(" END)");
  }

  void fraction(node_id n) {
    const decimal d = e_.at(n).content.as_decimal();
    put(", ");
    put(d.coefficient);
    put(", ");
    put(d.scale);
  }

  void aggregate(const node& n) {
    const node_id argument = n.children[0];
    switch (n.fn) {
      case function::count:
        put(n.distinct ? "count(DISTINCT " : "count(");
        if (argument == no_node) put("*");
        else emit(argument);
        break;
      case function::min: wrapped("min(", argument, ""); break;
      case function::max: wrapped("max(", argument, ""); break;
      case function::sum: wrapped("gx_sum(", argument, ""); break;
      case function::first:
      case function::last:
        wrapped(n.fn == function::first ? "gx_first(" : "gx_last(", argument, "");
        for (std::size_t i = 2; i < n.children.size(); ++i) wrapped(", ", n.children[i], "");
        break;
      default:
        wrapped(n.fn == function::avg      ? "gx_avg("
                : n.fn == function::median ? "gx_median("
                                           : "gx_percentile(",
                argument, ", ");
        put(scale_of(argument));
        put(", ");
        put(n.type.scale);
        if (n.fn == function::percentile) fraction(n.children[2]);
        break;
    }
    put(")");
    if (n.children[1] != no_node) wrapped(" FILTER (WHERE ", n.children[1], ")");
  }
};

/// What a node puts on the parser's stack before its deepest child: its name, parentheses, commas
/// and the operands read before.
GUANXI_INLINE int stacked(const node& n) noexcept {
  constexpr int call = 5, parentheses = 3, choice = 6;
  const auto pairs = [&] {  // of a balanced chain
    int levels = 0;
    for (std::size_t left = n.children.size(); left > 1; left = (left + 1) / 2) ++levels;
    return levels * parentheses;
  };
  switch (n.what) {
    case op::logical_and:
    case op::logical_or: return pairs();
    case op::logical_not:
    case op::is_null:
    case op::is_not_null: return parentheses;
    case op::equal:
    case op::not_equal:
    case op::less:
    case op::less_equal:
    case op::greater:
    case op::greater_equal:
    case op::like:
    case op::not_like:
    case op::in:
    case op::not_in: return parentheses + call;
    case op::aggregate: return 2 * call;
    case op::call: break;
    default: return n.children.empty() ? 4 : call;
  }
  switch (n.fn) {
    case function::coalesce:
      return call * (2 + static_cast<int>(n.children.size() / 50));
    case function::bucket:
    case function::if_: return choice + call;
    default: return 2 * call;
  }
}

}  // namespace detail_emit

GUANXI_INLINE bool is_sql(const expression& e) noexcept {
  return std::none_of(e.nodes.begin(), e.nodes.end(), [](const node& n) {
    return n.what == op::call && (n.fn == function::least || n.fn == function::greatest ||
                                  n.fn == function::of_children);
  });
}

GUANXI_INLINE bool may_lack(const expression& e) noexcept {
  return std::any_of(e.nodes.begin(), e.nodes.end(), [](const node& n) {
    return n.rates || (n.calendar && n.text.starts_with("fiscal"));
  });
}

GUANXI_INLINE result<value> sql_call::of(std::span<const value> travelled,
                                         const text_services& text) const {
  if (travelled.size() != arguments.size() || (fn == function::convert && !rates))
    return unexpected(errc::misuse, "gx_call is no function for other statements");
  std::vector<value> given;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    given.push_back(detail_emit::arrived(travelled[i], arguments[i]));
  if (fn != function::convert) return call(fn, word, given, scale, text, calendar.get());
  if (given.size() != 4) return unexpected(errc::misuse, "`convert` takes four values");
  result<value> v = convert(std::span<const value, 4>(given), scale, *rates, calendar.get(),
                            !word.empty());
  if (!v) return unexpected(std::move(v.error().at_offset(offset)));
  return v;
}

GUANXI_INLINE int sql_nesting(const expression& e) {
  if (e.empty()) return 0;
  std::vector<int> levels(e.nodes.size(), 0);
  for (node_id n = 0; n <= e.root; ++n) {
    for (node_id child : e.nodes[n].children)
      if (child < n) levels[n] = std::max(levels[n], levels[child]);
    levels[n] += detail_emit::stacked(e.nodes[n]);
  }
  return levels[e.root];
}

GUANXI_INLINE void emit_sql(const expression& e, const sql_dialect& dialect, sql_text& out) {
  if (!e.empty()) detail_emit::emitter(e, dialect, out).emit(e.root);
}

}  // namespace guanxi::expr
