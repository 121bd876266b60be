#pragma once

#include "guanxi/expr/print.hpp"

#include <algorithm>

namespace guanxi::expr {

namespace detail_print {

/// How tightly a node binds; an operand that binds less stands in parentheses.
enum level : int { any = 0, either = 1, both = 2, negation = 3, comparison = 4, sum = 5,
                   product = 6, sign = 7, whole = 8 };

constexpr int level_of(op what) noexcept {
  switch (what) {
    case op::logical_or: return either;
    case op::logical_and: return both;
    case op::logical_not: return negation;
    case op::equal: case op::not_equal: case op::less: case op::less_equal: case op::greater:
    case op::greater_equal: case op::is_null: case op::is_not_null: case op::in: case op::not_in:
    case op::like: case op::not_like: return comparison;
    case op::add: case op::subtract: return sum;
    case op::multiply: case op::divide: return product;
    case op::negate: return sign;
    default: return whole;
  }
}

constexpr std::string_view spelling(op what) noexcept {
  switch (what) {
    case op::logical_or: return " or ";
    case op::logical_and: return " and ";
    case op::equal: return " = ";
    case op::not_equal: return " != ";
    case op::less: return " < ";
    case op::less_equal: return " <= ";
    case op::greater: return " > ";
    case op::greater_equal: return " >= ";
    case op::like: return " like ";
    case op::not_like: return " not like ";
    case op::in: return " in ";
    case op::not_in: return " not in ";
    case op::add: return " + ";
    case op::subtract: return " - ";
    case op::multiply: return " * ";
    case op::divide: return " / ";
    default: return "";
  }
}

/// Words that begin or go on an expression or a clause, and so cannot name a field bare.
inline bool is_keyword(std::string_view word) noexcept {
  static constexpr std::string_view words[] = {
      "and", "as",   "asc",    "between", "by",   "desc", "distinct", "false",
      "from", "group", "having", "in",   "is",   "like", "limit",    "not",
      "null", "nulls", "or",   "order",   "select", "true", "where"};
  return std::any_of(std::begin(words), std::end(words), [&](std::string_view keyword) {
    return std::equal(word.begin(), word.end(), keyword.begin(), keyword.end(), [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
  });
}

struct printer {
  const tree& t;
  const std::function<std::string(std::uint32_t)>& subselect;
  std::string out;

  void operand(node_id n, int least) {
    const bool enclosed = level_of(t.at(n).what) < least;
    if (enclosed) out += '(';
    print(n);
    if (enclosed) out += ')';
  }

  void list(const std::vector<node_id>& children, std::size_t from) {
    for (std::size_t i = from; i < children.size(); ++i) {
      if (i > from) out += ", ";
      operand(children[i], any);
    }
  }

  void chain(const node& n, int operands) {
    for (std::size_t i = 0; i < n.children.size(); ++i) {
      if (i > 0) out += spelling(n.what);
      operand(n.children[i], operands);
    }
  }

  void pair(const node& n, int left, int right) {
    operand(n.children[0], left);
    out += spelling(n.what);
    operand(n.children[1], right);
  }

  void literal(const value& v) {
    switch (v.type()) {
      case value_type::text: out += quoted_text(v.as_text()); return;
      case value_type::date: out += "date '" + v.to_string() + "'"; return;
      case value_type::instant: out += "instant '" + v.to_string() + "'"; return;
      case value_type::reference: out += std::to_string(v.as_id().value); return;
      case value_type::boolean: out += v.as_boolean() ? "true" : "false"; return;
      case value_type::null: out += "null"; return;
      default: out += v.to_string(); return;
    }
  }

  void dotted(std::string_view text) {
    for (bool first = true; first || !text.empty(); first = false) {
      const std::size_t dot = std::min(text.find('.'), text.size());
      if (!first) out += '.';
      out += quoted_name(text.substr(0, dot));
      text.remove_prefix(std::min(dot + 1, text.size()));
    }
  }

  void in(const node& n) {
    operand(n.children[0], sum);
    out += spelling(n.what);
    const bool nested = n.children.size() == 2 && t.at(n.children[1]).what == op::subselect;
    if (nested) return print(n.children[1]);
    if (n.children.size() == 2 && t.at(n.children[1]).fn == function::range) {
      const node& range = t.at(n.children[1]);
      out += range.text;
      if (range.children.empty()) return;
      out += '(';
      list(range.children, 0);
      out += ')';
      return;
    }
    out += '(';
    list(n.children, 1);
    out += ')';
  }

  void call(const node& n) {
    if (n.fn == function::of_children) {
      if (n.children.size() == 2) print(n.children[1]);
      else out += "(select)";
      return;
    }
    out += name(n.fn);
    out += '(';
    if ((looks_back(n.fn) || n.fn == function::conversion) && n.children.size() == 2) {
      operand(n.children[0], any);
      out += n.fn == function::prior ? ", " : ", prior ";
      operand(n.children[1], any);
      out += ' ' + n.text;
    } else if (n.fn == function::convert) {
      convert(n);
    } else {
      list(n.children, 0);
      if (n.fn == function::period || n.fn == function::periods_between) out += ", " + n.text;
    }
    out += ')';
  }

  /// What binding adds does not show.
  void convert(const node& n) {
    operand(n.children[0], any);
    out += ", ";
    operand(n.children[1], any);
    if (n.children.size() > 2) {
      out += ", at ";
      operand(n.children[2], any);
    }
    if (!n.text.empty()) out += ", else " + n.text;
  }

  void aggregate(const node& n) {
    out += name(n.fn);
    out += n.distinct ? "(distinct " : "(";
    if (n.children[0] != no_node) operand(n.children[0], any);
    if (n.children.size() > 2) {
      out += goes_by(n.fn) ? " by " : ", ";
      list(n.children, 2);
    }
    out += ')';
    if (n.children[1] == no_node) return;
    out += " filter (where ";
    operand(n.children[1], any);
    out += ')';
  }

  void print(node_id at) {
    const node& n = t.at(at);
    switch (n.what) {
      case op::literal: return literal(n.content);
      case op::parameter: out += ':' + n.text; return;
      case op::path: return dotted(n.text);
      case op::logical_not: out += "not "; return operand(n.children[0], negation);
      case op::logical_or: return chain(n, both);
      case op::logical_and: return chain(n, negation);
      case op::is_null: operand(n.children[0], sum); out += " is null"; return;
      case op::is_not_null: operand(n.children[0], sum); out += " is not null"; return;
      case op::in: case op::not_in: return in(n);
      case op::add: case op::subtract: return pair(n, sum, product);
      case op::multiply: case op::divide: return pair(n, product, sign);
      case op::negate: {
        // A number or a second minus right behind a minus would read as one literal or a comment.
        const node& under = t.at(n.children[0]);
        const bool enclosed = under.what == op::literal || level_of(under.what) <= sign;
        out += enclosed ? "-(" : "-";
        print(n.children[0]);
        if (enclosed) out += ')';
        return;
      }
      case op::call: return call(n);
      case op::aggregate: return aggregate(n);
      case op::any:
      case op::all:
      case op::none:
        out += quantifier_word(n.what);
        out += '(';
        dotted(n.text);
        out += ": " + (subselect ? subselect(n.index) : std::string("true")) + ')';
        return;
      case op::subselect: out += subselect ? subselect(n.index) : "(select)"; return;
      case op::column: out += "column" + std::to_string(n.index); return;
      default: return pair(n, sum, sum);
    }
  }
};

}  // namespace detail_print

GUANXI_INLINE std::string quoted_name(std::string_view word) {
  bool plain = !word.empty() && !(word[0] >= '0' && word[0] <= '9');
  for (char c : word)
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_');
  if (plain && !detail_print::is_keyword(word)) return std::string(word);
  std::string out = "\"";
  for (char c : word) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

GUANXI_INLINE std::string quoted_text(std::string_view text) {
  std::string out = "'";
  for (char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + '\'';
}

GUANXI_INLINE std::string print(const tree& t,
                                const std::function<std::string(std::uint32_t)>& subselect) {
  detail_print::printer p{t, subselect, {}};
  if (!t.empty()) p.print(t.root);
  return std::move(p.out);
}

GUANXI_INLINE std::string print(const tree& t) { return print(t, {}); }

}  // namespace guanxi::expr
