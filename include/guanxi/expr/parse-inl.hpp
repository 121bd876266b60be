#pragma once

#include "guanxi/expr/parse.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace guanxi::expr {

namespace detail_parse {

using parsed = result<node_id>;

/// Recursive descent, a function per level of binding. The depth of calls and of the tree is
/// bounded.
class parser {
 public:
  parser(cursor& from, const nested_readers& nested) : from_(from), nested_(nested) {}

  result<tree> run() {
    parsed root = disjunction();
    if (!root) return passed(root);
    out_.root = *root;
    // Between and chains leave unused nodes behind; the tree keeps only its own.
    return subtree(out_, out_.root);
  }

 private:
  cursor& from_;
  const nested_readers& nested_;
  tree out_;
  std::vector<int> heights_;
  std::vector<std::uint32_t> doubled_;  // nested selects
  int depth_ = 0;

  struct level {
    explicit level(int& depth) : depth_(depth) { ++depth_; }
    ~level() { --depth_; }
    level(const level&) = delete;
    level& operator=(const level&) = delete;
    int& depth_;
  };

  error too_deep(std::uint32_t offset) const {
    return error(errc::limit, "the expression is nested deeper than " + std::to_string(max_depth))
        .at_offset(offset);
  }

  parsed add(node n) {
    int height = 1;
    for (node_id child : n.children)
      if (child != no_node) height = std::max(height, heights_[child] + 1);
    if (height > max_depth) return unexpected(too_deep(n.offset));
    if (out_.nodes.size() >= max_nodes)
      return unexpected(error(errc::limit, "the expression has more than " +
                                               std::to_string(max_nodes) +
                                               " parts; pass long lists as parameters")
                            .at_offset(n.offset));
    heights_.push_back(height);
    return out_.add(std::move(n));
  }

  static node made(op what, std::uint32_t offset, std::vector<node_id> children = {}) {
    node n;
    n.what = what;
    n.offset = offset;
    n.children = std::move(children);
    return n;
  }

  /// What `between` needs twice. Nested selects are shared by their copies, and twice at most: each
  /// copy holds the whole list that they give.
  parsed copy(node_id at) {
    node n = out_.nodes[at];
    if (n.what == op::subselect || is_quantifier(n.what)) {
      if (std::find(doubled_.begin(), doubled_.end(), n.index) != doubled_.end())
        return unexpected(error(errc::limit, "a nested select stands before more than one "
                                             "`between`; compare it with `>=` and `<=`")
                              .at_offset(n.offset));
      doubled_.push_back(n.index);
    }
    for (node_id& child : n.children) {
      if (child == no_node) continue;
      parsed c = copy(child);
      if (!c) return c;
      child = *c;
    }
    return add(std::move(n));
  }

  /// One node for a chain of `and` or `or`, so that long filters stay flat.
  parsed chain(op what, std::string_view word, parsed (parser::*next)()) {
    parsed first = (this->*next)();
    if (!first || !from_.at_word(word)) return first;
    node n = made(what, from_.peek().offset);
    append_flat(n, *first);
    while (from_.take_word(word)) {
      parsed part = (this->*next)();
      if (!part) return part;
      append_flat(n, *part);
    }
    return add(std::move(n));
  }

  void append_flat(node& n, node_id part) const {
    const node& p = out_.nodes[part];
    if (p.what == n.what)
      n.children.insert(n.children.end(), p.children.begin(), p.children.end());
    else
      n.children.push_back(part);
  }

  parsed disjunction() {
    const level here(depth_);
    if (depth_ > max_depth) return unexpected(too_deep(from_.peek().offset));
    return chain(op::logical_or, "or", &parser::conjunction);
  }

  parsed conjunction() { return chain(op::logical_and, "and", &parser::negation); }

  parsed negation() {
    if (!from_.at_word("not")) return comparison();
    const level here(depth_);
    if (depth_ > max_depth) return unexpected(too_deep(from_.peek().offset));
    const std::uint32_t offset = from_.take().offset;
    parsed under = negation();
    if (!under) return under;
    return add(made(op::logical_not, offset, {*under}));
  }

  static op comparison_sign(const token& t) {
    if (t.what != token_kind::sign) return op::literal;
    if (t.text == "=") return op::equal;
    if (t.text == "!=" || t.text == "<>") return op::not_equal;
    if (t.text == "<") return op::less;
    if (t.text == "<=") return op::less_equal;
    if (t.text == ">") return op::greater;
    if (t.text == ">=") return op::greater_equal;
    return op::literal;
  }

  bool at_comparison() const {
    if (comparison_sign(from_.peek()) != op::literal) return true;
    if (from_.at_word("is") || from_.at_word("in") || from_.at_word("like") ||
        from_.at_word("between"))
      return true;
    return from_.at_word("not") && (from_.at_word("in", 1) || from_.at_word("like", 1) ||
                                    from_.at_word("between", 1));
  }

  parsed comparison() {
    parsed left = sum();
    if (!left || !at_comparison()) return left;
    parsed whole = compared(*left);
    if (whole && at_comparison())
      return unexpected(from_.expected("`and`, `or` or the end, since comparisons do not chain"));
    return whole;
  }

  parsed compared(node_id left) {
    const std::uint32_t offset = from_.peek().offset;
    if (const op what = comparison_sign(from_.peek()); what != op::literal) {
      from_.take();
      parsed right = sum();
      if (!right) return right;
      return add(made(what, offset, {left, *right}));
    }
    if (from_.take_word("is")) {
      const bool negated = from_.take_word("not");
      if (!from_.take_word("null"))
        return unexpected(from_.expected(negated ? "`null`" : "`null` or `not null`"));
      return add(made(negated ? op::is_not_null : op::is_null, offset, {left}));
    }
    const bool negated = from_.take_word("not");
    if (from_.take_word("in")) return in(left, negated, offset);
    if (from_.take_word("between")) return between(left, negated, offset);
    from_.take();  // like
    parsed right = sum();
    if (!right) return right;
    return add(made(negated ? op::not_like : op::like, offset, {left, *right}));
  }

  parsed between(node_id left, bool negated, std::uint32_t offset) {
    parsed low = sum();
    if (!low) return low;
    if (auto word = from_.expect_word("and"); !word) return passed(word);
    parsed high = sum();
    if (!high) return high;
    parsed again = copy(left);
    if (!again) return again;
    parsed above = add(made(op::greater_equal, offset, {left, *low}));
    if (!above) return above;
    parsed below = add(made(op::less_equal, offset, {*again, *high}));
    if (!below) return below;
    parsed both = add(made(op::logical_and, offset, {*above, *below}));
    if (!both || !negated) return both;
    return add(made(op::logical_not, offset, {*both}));
  }

  parsed in(node_id left, bool negated, std::uint32_t offset) {
    node n = made(negated ? op::not_in : op::in, offset, {left});
    if (from_.peek().what == token_kind::parameter) {
      parsed list = primary();
      if (!list) return list;
      n.children.push_back(*list);
    } else if (from_.at_sign("(") && from_.at_word("select", 1)) {
      const std::uint32_t at = from_.peek().offset;
      if (!nested_.select)
        return unexpected(error(errc::parse, "a nested select may not stand here").at_offset(at));
      result<std::uint32_t> number = nested_.select(from_);
      if (!number) return passed(number);
      node nested = made(op::subselect, at);
      nested.index = *number;
      parsed child = add(std::move(nested));
      if (!child) return child;
      n.children.push_back(*child);
    } else if (from_.peek().what == token_kind::word) {
      parsed named = range();
      if (!named) return named;
      n.children.push_back(*named);
    } else {
      if (!from_.at_sign("("))
        return unexpected(from_.expected("`(`, a parameter such as `:list`, or a range of dates "
                                         "such as `this_month`"));
      from_.take();
      if (auto read = list(n.children); !read) return passed(read);
    }
    return add(std::move(n));
  }

  static std::string lowered(std::string word) {
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return word;
  }

  /// this_month, last_n_days(7)
  parsed range() {
    node n = made(op::call, from_.peek().offset);
    n.fn = function::range;
    const std::string written = from_.take().text;
    n.text = lowered(written);
    const auto known = range_named(n.text);
    if (!known)
      return unexpected(error(errc::unknown_name, "no range of dates " + in_backticks(written) +
                                                      range_hint(n.text))
                            .at_offset(n.offset));
    if (!known->counted) return add(std::move(n));
    if (!from_.take_sign("("))
      return unexpected(from_.expected("`(` and a number, as in `last_n_days(7)`"));
    const auto kind = from_.peek().what;
    if (kind != token_kind::number && kind != token_kind::parameter)
      return unexpected(from_.expected("a number or a parameter"));
    parsed count = primary();
    if (!count) return count;
    if (auto closed = from_.expect_sign(")"); !closed) return passed(closed);
    n.children.push_back(*count);
    return add(std::move(n));
  }

  /// Expressions between commas, up to and with the closing parenthesis.
  result<void> list(std::vector<node_id>& into) {
    if (from_.take_sign(")")) return {};
    while (true) {
      parsed item = disjunction();
      if (!item) return passed(item);
      into.push_back(*item);
      if (from_.take_sign(")")) return {};
      if (!from_.take_sign(",")) return unexpected(from_.expected("`,` or `)`"));
    }
  }

  parsed sum() {
    parsed left = product();
    while (left && (from_.at_sign("+") || from_.at_sign("-"))) {
      const token sign = from_.take();
      parsed right = product();
      if (!right) return right;
      left = add(made(sign.text == "+" ? op::add : op::subtract, sign.offset, {*left, *right}));
    }
    return left;
  }

  parsed product() {
    parsed left = signed_operand();
    while (left && (from_.at_sign("*") || from_.at_sign("/"))) {
      const token sign = from_.take();
      parsed right = signed_operand();
      if (!right) return right;
      left = add(made(sign.text == "*" ? op::multiply : op::divide, sign.offset, {*left, *right}));
    }
    return left;
  }

  parsed signed_operand() {
    if (!from_.at_sign("-")) return primary();
    const level here(depth_);
    const std::uint32_t offset = from_.peek().offset;
    if (depth_ > max_depth) return unexpected(too_deep(offset));
    from_.take();
    if (from_.peek().what == token_kind::number) return number("-", offset);
    parsed under = signed_operand();
    if (!under) return under;
    return add(made(op::negate, offset, {*under}));
  }

  parsed literal(value v, std::uint32_t offset) {
    node n = made(op::literal, offset);
    n.content = std::move(v);
    return add(std::move(n));
  }

  parsed number(std::string_view sign, std::uint32_t offset) {
    const std::string text = std::string(sign) + from_.take().text;
    result<decimal> d = decimal::parse(text);
    if (!d) return unexpected(std::move(d.error().at_offset(offset)));
    if (text.find('.') != text.npos) return literal(*d, offset);
    return literal(d->coefficient, offset);
  }

  parsed primary() {
    const token& t = from_.peek();
    const std::uint32_t offset = t.offset;
    switch (t.what) {
      case token_kind::number: return number("", offset);
      case token_kind::text: return literal(from_.take().text, offset);
      case token_kind::parameter: {
        node n = made(op::parameter, offset);
        n.text = from_.take().text;
        return add(std::move(n));
      }
      case token_kind::quoted_word: return path();
      case token_kind::word: return word();
      case token_kind::sign:
        if (from_.at_sign("(") && from_.at_word("select", 1)) return figure();
        if (from_.take_sign("(")) {
          parsed inner = disjunction();
          if (!inner) return inner;
          if (auto closed = from_.expect_sign(")"); !closed) return passed(closed);
          return inner;
        }
        break;
      case token_kind::end: break;
    }
    return unexpected(from_.expected("a value"));
  }

  /// (select min(close_date) from opportunities)
  parsed figure() {
    node n = made(op::subselect, from_.peek().offset);
    if (!nested_.figure)
      return unexpected(
          error(errc::parse, "a nested select may not stand here").at_offset(n.offset));
    result<std::uint32_t> number = nested_.figure(from_);
    if (!number) return passed(number);
    n.index = *number;
    return add(std::move(n));
  }

  parsed word() {
    const std::uint32_t offset = from_.peek().offset;
    if (from_.at_sign("(", 1)) return call();
    const bool before_text = from_.peek(1).what == token_kind::text;
    if (before_text && from_.take_word("date")) {
      result<date> d = date::parse(from_.take().text);
      if (!d) return unexpected(std::move(d.error().at_offset(offset)));
      return literal(*d, offset);
    }
    if (before_text && from_.take_word("instant")) {
      result<instant> i = instant::parse(from_.take().text);
      if (!i) return unexpected(std::move(i.error().at_offset(offset)));
      return literal(*i, offset);
    }
    if (from_.take_word("true")) return literal(true, offset);
    if (from_.take_word("false")) return literal(false, offset);
    if (from_.take_word("null")) return literal(value(), offset);
    for (std::string_view keyword : {"and", "or", "not", "in", "is", "like", "between"})
      if (from_.at_word(keyword)) return unexpected(from_.expected("a value"));
    return path();
  }

  parsed path() {
    node n = made(op::path, from_.peek().offset);
    while (true) {
      const token& t = from_.peek();
      const bool name = t.what == token_kind::word || t.what == token_kind::quoted_word;
      if (!name) return unexpected(from_.expected("the name of a field"));
      if (t.text.find('.') != t.text.npos)
        return unexpected(error(errc::parse, "the name " + in_backticks(t.text) +
                                                 " has a dot; quote each part of a path by itself")
                              .at_offset(t.offset));
      n.text += from_.take().text;
      if (!from_.take_sign(".")) return add(std::move(n));
      n.text += '.';
    }
  }

  parsed call() {
    const token called = from_.take();
    const std::string word = lowered(called.text);
    for (const op what : {op::any, op::all, op::none})
      if (word == quantifier_word(what)) return quantified(what, called.offset);
    const function fn = function_named(word);
    if (word == "rollup" || word == "cube")
      return unexpected(error(errc::parse, "`" + called.text + "` may stand in `group by` only")
                            .at_offset(called.offset));
    if (fn == function::none) {
      nearest_name near(word);
      for (auto f = function::coalesce; f <= last_function;
           f = static_cast<function>(static_cast<int>(f) + 1))
        near.offer(name(f));
      return unexpected(
          error(errc::unknown_name, "no function " + in_backticks(called.text) + near.hint())
              .at_offset(called.offset));
    }
    from_.take();  // (
    if (is_aggregate(fn)) return aggregate(fn, called.offset);
    node n = made(op::call, called.offset);
    n.fn = fn;
    const bool periods = fn == function::period || fn == function::periods_between;
    if (periods || looks_back(fn) || fn == function::convert || fn == function::conversion) {
      auto read = periods                   ? period(n)
                  : fn == function::convert ? convert(n)
                                            : earlier(n);
      if (!read) return passed(read);
    } else if (auto read = list(n.children); !read) {
      return passed(read);
    }
    return add(std::move(n));
  }

  /// any(account.contacts: title like '%CEO%')
  parsed quantified(op what, std::uint32_t offset) {
    if (!nested_.condition)
      return unexpected(error(errc::parse, in_backticks(quantifier_word(what)) +
                                               " may not stand here; it is for conditions of "
                                               "`where` and `having`")
                            .at_offset(offset));
    from_.take();  // (
    parsed of = path();
    if (!of) return of;
    node n = made(what, offset);
    n.text = out_.nodes[*of].text;
    if (from_.peek().what == token_kind::parameter)
      return unexpected(from_.expected("`:` and a blank before the condition"));
    if (auto colon = from_.expect_sign(":"); !colon) return passed(colon);
    result<std::uint32_t> number = nested_.condition(from_);
    if (!number) return passed(number);
    n.index = *number;
    if (auto closed = from_.expect_sign(")"); !closed) return passed(closed);
    return add(std::move(n));
  }

  /// The inside of period(x, unit) and periods_between(a, b, unit): the unit is a bare word.
  result<void> period(node& n) {
    const std::size_t values = n.fn == function::period ? 1 : 2;
    while (n.children.size() < values) {
      if (!n.children.empty())
        if (auto comma = from_.expect_sign(","); !comma) return comma;
      parsed of = disjunction();
      if (!of) return passed(of);
      n.children.push_back(*of);
    }
    if (auto comma = from_.expect_sign(","); !comma) return comma;
    if (from_.peek().what != token_kind::word)
      return unexpected(from_.expected("a unit such as `month` or `fiscal_quarter`"));
    n.text = lowered(from_.take().text);
    return from_.expect_sign(")");
  }

  /// The inside of prior(x, n unit), delta(x, prior n unit) and conversion(x, prior n step).
  result<void> earlier(node& n) {
    parsed of = disjunction();
    if (!of) return passed(of);
    n.children.push_back(*of);
    const bool conversion = n.fn == function::conversion;
    if (conversion && from_.take_sign(")")) return {};
    if (auto comma = from_.expect_sign(","); !comma) return comma;
    if (n.fn != function::prior)
      if (auto word = from_.expect_word("prior"); !word) return word;
    const auto kind = from_.peek().what;
    if (kind != token_kind::number && kind != token_kind::parameter)
      return unexpected(from_.expected("a number and a unit, as in `1 fiscal_year`"));
    parsed count = primary();
    if (!count) return passed(count);
    n.children.push_back(*count);
    if (conversion && !from_.at_word(step_unit)) return unexpected(from_.expected("`step`"));
    if (from_.peek().what != token_kind::word)
      return unexpected(from_.expected("a unit such as `month` or `fiscal_year`"));
    n.text = lowered(from_.take().text);
    return from_.expect_sign(")");
  }

  /// The inside of convert(amount, 'EUR', at d, else null).
  result<void> convert(node& n) {
    parsed of = disjunction();
    if (!of) return passed(of);
    if (auto comma = from_.expect_sign(","); !comma) return comma;
    parsed to = disjunction();
    if (!to) return passed(to);
    n.children = {*of, *to};
    bool more = from_.take_sign(",");
    if (more && from_.take_word("at")) {
      parsed day = disjunction();
      if (!day) return passed(day);
      n.children.push_back(*day);
      more = from_.take_sign(",");
    }
    if (more) {
      if (!from_.at_word("else") || !from_.at_word("null", 1))
        return unexpected(from_.expected(n.children.size() == 2 ? "`at` and a date, or `else null`"
                                                                : "`else null`"));
      from_.take();
      n.text = lowered(from_.take().text);
    }
    return from_.expect_sign(")");
  }

  parsed aggregate(function fn, std::uint32_t offset) {
    node n = made(op::aggregate, offset, {no_node, no_node});
    n.fn = fn;
    if (from_.at_word("distinct") && !from_.at_sign(")", 1) && !from_.at_sign(".", 1)) {
      from_.take();
      n.distinct = true;
    }
    if (from_.at_sign("*") && !n.distinct && fn == function::count) {
      from_.take();
    } else if (!from_.at_sign(")")) {
      parsed argument = disjunction();
      if (!argument) return argument;
      n.children[0] = *argument;
      if (auto read = behind_argument(n); !read) return passed(read);
    }
    if (auto closed = from_.expect_sign(")"); !closed) return passed(closed);
    if (from_.at_word("filter") && from_.at_sign("(", 1)) {
      from_.take();
      from_.take();
      if (auto word = from_.expect_word("where"); !word) return passed(word);
      parsed condition = disjunction();
      if (!condition) return condition;
      n.children[1] = *condition;
      if (auto closed = from_.expect_sign(")"); !closed) return passed(closed);
    }
    return add(std::move(n));
  }

  /// The fraction of percentile, or what first and last go by; where none is, bind says what they
  /// take.
  result<void> behind_argument(node& n) {
    const bool by = goes_by(n.fn);
    if ((!by && n.fn != function::percentile) || from_.at_sign(")")) return {};
    if (auto next = by ? from_.expect_word("by") : from_.expect_sign(","); !next) return next;
    do {
      parsed part = disjunction();
      if (!part) return passed(part);
      n.children.push_back(*part);
    } while (by && from_.take_sign(","));
    return {};
  }
};

}  // namespace detail_parse

GUANXI_INLINE result<tree> parse(cursor& from, const nested_readers& nested) {
  return detail_parse::parser(from, nested).run();
}

GUANXI_INLINE result<tree> parse(std::string_view text) {
  result<std::vector<token>> tokens = tokenise(text);
  if (!tokens) return passed(tokens);
  cursor from(std::move(*tokens));
  result<tree> t = parse(from, {});
  if (t && !from.at_end()) return unexpected(from.expected("an operator or the end"));
  return t;
}

}  // namespace guanxi::expr
