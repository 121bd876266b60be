// What may stand where is that of the grammar of the text, so that whatever is read here can be
// printed and read again; what names mean is for binding to say.
#include "json_expression.hpp"

#include "json_form.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace guanxi::query::json_form {
namespace {

using expr::function;
using expr::no_node;
using expr::node;
using expr::node_id;
using expr::tree;

const operator_key* operator_named(std::string_view key) noexcept {
  const auto at = std::find_if(std::begin(operators), std::end(operators),
                               [&](const operator_key& o) { return o.key == key; });
  return at == std::end(operators) ? nullptr : at;
}

constexpr std::string_view call_keys[] = {"of", "unit", "n", "to", "at", "else"};
constexpr std::string_view aggregate_keys[] = {"of", "distinct", "filter", "by", "fraction"};
constexpr std::string_view quantifier_keys[] = {"where"};
constexpr std::string_view range_keys[] = {"range", "n"};

words keys_beside(form how) noexcept {
  if (how == form::call) return call_keys;
  if (how == form::aggregate) return aggregate_keys;
  if (how == form::quantifier) return quantifier_keys;
  return {};
}

bool is_word(std::string_view text) noexcept {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// Whether the parts between the dots are all as wanted.
template <class F>
bool dotted(std::string_view text, F&& good) {
  for (;;) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    if (!good(text.substr(0, dot))) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

result<value> number_value(const std::string& digits, const place& where) {
  if (digits.find_first_of("eE") != std::string::npos)
    return refused(errc::parse, where, in_backticks(digits) +
                                           " has an exponent; write its digits, as in "
                                           "{\"decimal\": \"1500.00\"}");
  result<decimal> d = decimal::parse(digits);
  if (!d) return refused(d.error().code(), where, std::string(d.error().message()));
  if (digits.find('.') != std::string::npos) return value(*d);
  return value(d->coefficient);
}

/// What an operator's key of this type holds: {"date": "2026-03-01"}.
result<value> literal_value(value_type type, const json& x, const place& where) {
  const auto moved = [&](auto&& read) -> result<value> {
    if (!read) return refused(read.error().code(), where, std::string(read.error().message()));
    return value(*read);
  };
  const auto digits = [&]() -> result<std::string> {
    if (x.is(json::type::number)) return x.as_text();
    return read_text(x, where, "digits, as a string or a number");
  };
  switch (type) {
    case value_type::null:
      if (!x.is(json::type::null)) return expected(where, "null", x);
      return value();
    case value_type::boolean:
      if (!x.is(json::type::boolean)) return expected(where, "true or false", x);
      return value(x.as_boolean());
    case value_type::text: return read_text(x, where, "a string").transform([](std::string t) {
      return value(std::move(t));
    });
    case value_type::date: {
      result<std::string> text = read_text(x, where, "a string such as \"2026-03-01\"");
      if (!text) return passed(text);
      return moved(date::parse(*text));
    }
    case value_type::instant: {
      result<std::string> text = read_text(x, where, "a string such as \"2026-03-01T09:00:00Z\"");
      if (!text) return passed(text);
      return moved(instant::parse(*text));
    }
    default: break;
  }
  result<std::string> text = digits();
  if (!text) return passed(text);
  result<value> number = number_value(*text, where);
  if (!number) return number;
  if (type == value_type::decimal) return number;  // without a point it is what the text has
  if (number->type() != value_type::integer)
    return refused(errc::parse, where, in_backticks(*text) + " is not a whole number");
  if (type == value_type::integer) return number;
  if (number->as_integer() < 0)
    return refused(errc::parse, where, in_backticks(*text) + " is not an id");
  return value(id{number->as_integer()});
}

/// A name of a function, aggregate or else.
result<function> read_function(const json& x, const place& where, bool aggregates) {
  const std::string_view what = aggregates ? "aggregate" : "function";
  result<std::string> word = read_text(x, where, "a string");
  if (!word) return passed(word);
  const function fn = expr::function_named(*word);
  if (fn != function::none && expr::is_aggregate(fn) == aggregates) return fn;
  if (fn != function::none)
    return malformed(where, in_backticks(*word) +
                                (aggregates ? " is a function; it goes behind `call`"
                                            : " is an aggregate; it goes behind `aggregate`"));
  nearest_name near(*word);
  for (auto f = function::coalesce; f <= expr::last_function;
       f = static_cast<function>(static_cast<int>(f) + 1))
    if (expr::is_aggregate(f) == aggregates) near.offer(expr::name(f));
  return unknown(where, what, *word, near);
}

/// Reads one expression; selects and conditions on children that nest in it go to `into`.
class expression_reader {
 public:
  expression_reader(statement* into, int nesting) : into_(into), nesting_(nesting) {}

  /// `beside` are keys that the caller reads, such as `as`.
  result<tree> run(const json& x, const place& where, bare strings, words beside = {}) {
    result<node_id> root = any_form(x, where, strings, beside);
    if (!root) return passed(root);
    out_.root = *root;
    return expr::subtree(out_, *root);
  }

 private:
  using read = result<node_id>;

  statement* into_;
  int nesting_;
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

  unexpected too_deep(const place& where) const {
    return refused(errc::limit, where,
                   "the expression is nested deeper than " + std::to_string(expr::max_depth));
  }

  read add(node n, const place& where) {
    int height = 1;
    for (node_id child : n.children)
      if (child != no_node) height = std::max(height, heights_[child] + 1);
    if (height > expr::max_depth) return too_deep(where);
    if (out_.nodes.size() >= expr::max_nodes)
      return refused(errc::limit, where, "the expression has more than " +
                                             std::to_string(expr::max_nodes) +
                                             " parts; pass long lists as parameters");
    heights_.push_back(height);
    return out_.add(std::move(n));
  }

  read add_literal(result<value> v, const place& where) {
    if (!v) return passed(v);
    node n;
    n.content = std::move(*v);
    return add(std::move(n), where);
  }

  read any_form(const json& x, const place& where, bare strings, words beside = {}) {
    const level here(depth_);
    if (depth_ > expr::max_depth) return too_deep(where);
    switch (x.kind()) {
      case json::type::null: return add_literal(value(), where);
      case json::type::boolean: return add_literal(value(x.as_boolean()), where);
      case json::type::number: return add_literal(number_value(x.as_text(), where), where);
      case json::type::text:
        if (strings == bare::path) return path(x, where);
        return add_literal(literal_value(value_type::text, x, where), where);
      case json::type::array:
        return expected(where, "an expression, such as {\"path\": \"name\"} or a value", x);
      case json::type::object: break;
    }
    return operation(x, where, beside);
  }

  read operand(const json& x, const place& where) { return any_form(x, where, bare::text); }

  /// An object with one operator's key and what may stand beside it.
  read operation(const json& x, const place& where, words beside) {
    const operator_key* found = nullptr;
    for (const json::member& m : x.members()) {
      const operator_key* o = operator_named(m.first);
      if (!o) continue;
      if (found)
        return malformed(where, "one operator is enough, not both `" + std::string(found->key) +
                                    "` and `" + std::string(o->key) + "`,");
      found = o;
    }
    for (const json::member& m : x.members()) {
      const words own = found ? keys_beside(found->how) : words();
      if (operator_named(m.first) || among_words(own, m.first) || among_words(beside, m.first))
        continue;
      return unknown_key(m.first, found, beside, where);
    }
    if (!found)
      return malformed(where, "an expression needs the key of an operator, such as `path`, `eq`, "
                              "`and` or `aggregate`,");
    return operation(*found, x, where);
  }

  static unexpected unknown_key(std::string_view key, const operator_key* found, words beside,
                                const place& where) {
    if (key == "select" || key == "range")
      return malformed(where, "`" + std::string(key) +
                                  "` may stand behind `in` and `not_in` only" +
                                  (key == "select" ? "; a figure of children stands in `figure`,"
                                                   : ","));
    nearest_name near(key);
    for (std::string_view k : beside) near.offer(k);
    if (found)
      for (std::string_view k : keys_beside(found->how)) near.offer(k);
    else
      for (const operator_key& o : operators) near.offer(o.key);
    return unknown(where, found ? "key" : "operator", key, near);
  }

  read operation(const operator_key& o, const json& x, const place& object) {
    const json& content = *x.find(o.key);
    const place where = object.at(o.key);
    switch (o.how) {
      case form::literal: return add_literal(literal_value(o.type, content, where), where);
      case form::path: return path(content, where);
      case form::parameter: return parameter(content, where);
      case form::chain: return chain(o.what, content, where);
      case form::unary: return unary(o.what, content, where);
      case form::pair: return pair(o.what, content, where);
      case form::membership: return membership(o.what, content, where);
      case form::between: return between(content, where);
      case form::call: return call(x, object);
      case form::aggregate: return aggregate(x, object);
      case form::quantifier: return quantifier(o, x, object);
      case form::figure: return figure(content, where);
    }
    return malformed(where, "no such form");
  }

  read path(const json& x, const place& where) {
    result<std::string> text = read_name(x, where, "a path such as \"account.name\"");
    if (!text) return passed(text);
    if (!dotted(*text, [](std::string_view part) { return !part.empty(); }))
      return malformed(where, in_backticks(*text) + " is not a path: a name is missing at a dot");
    node n;
    n.what = op::path;
    n.text = std::move(*text);
    return add(std::move(n), where);
  }

  read parameter(const json& x, const place& where) {
    result<std::string> text = read_name(x, where, "a parameter's name, without colon");
    if (!text) return passed(text);
    if (!dotted(*text, is_word))
      return malformed(where, in_backticks(*text) + " cannot name a parameter; use letters, digits "
                                                    "and _");
    node n;
    n.what = op::parameter;
    n.text = std::move(*text);
    return add(std::move(n), where);
  }

  read unary(op what, const json& x, const place& where) {
    read under = operand(x, where);
    if (!under) return under;
    node n;
    n.what = what;
    n.children = {*under};
    return add(std::move(n), where);
  }

  result<void> operands(const json& x, const place& where, std::vector<node_id>& into) {
    for (std::size_t i = 0; i < x.items().size(); ++i) {
      read item = operand(x.items()[i], where.at(i));
      if (!item) return passed(item);
      into.push_back(*item);
    }
    return {};
  }

  result<void> check_count(const json& x, const place& where, std::size_t count) {
    const std::string wanted = "an array of " + std::to_string(count);
    if (!x.is(json::type::array)) return expected(where, wanted, x);
    if (x.items().size() == count) return {};
    return malformed(where,
                     "expected " + wanted + ", not of " + std::to_string(x.items().size()) + ",");
  }

  read pair(op what, const json& x, const place& where) {
    if (auto ok = check_count(x, where, 2); !ok) return passed(ok);
    node n;
    n.what = what;
    if (auto ok = operands(x, where, n.children); !ok) return passed(ok);
    return add(std::move(n), where);
  }

  /// One node for nested chains of one kind, as the text has.
  read chain(op what, const json& x, const place& where) {
    if (!x.is(json::type::array) || x.items().empty())
      return expected(where, "an array of conditions, at least one", x);
    std::vector<node_id> parts;
    if (auto ok = operands(x, where, parts); !ok) return passed(ok);
    if (parts.size() == 1) return parts[0];
    node n;
    n.what = what;
    for (node_id part : parts) {
      const node& p = out_.nodes[part];
      if (p.what == what) n.children.insert(n.children.end(), p.children.begin(), p.children.end());
      else n.children.push_back(part);
    }
    return add(std::move(n), where);
  }

  /// As the text's `between` copies what stands before it, so that it is read once.
  read copy(node_id at, const place& where) {
    node n = out_.nodes[at];
    if (n.what == op::subselect || expr::is_quantifier(n.what)) {
      if (std::find(doubled_.begin(), doubled_.end(), n.index) != doubled_.end())
        return refused(errc::limit, where,
                       "a nested select stands in more than one `between`; compare it with `ge` "
                       "and `le`,");
      doubled_.push_back(n.index);
    }
    for (node_id& child : n.children) {
      if (child == no_node) continue;
      read c = copy(child, where);
      if (!c) return c;
      child = *c;
    }
    return add(std::move(n), where);
  }

  read between(const json& x, const place& where) {
    if (auto ok = check_count(x, where, 3); !ok) return passed(ok);
    node both;
    both.what = op::logical_and;
    const place first = where.at(std::size_t{0});
    read once = operand(x.items()[0], first);
    if (!once) return once;
    for (std::size_t at = 1; at <= 2; ++at) {
      read left = at == 1 ? once : copy(*once, first);
      if (!left) return left;
      read right = operand(x.items()[at], where.at(at));
      if (!right) return right;
      node n;
      n.what = at == 1 ? op::greater_equal : op::less_equal;
      n.children = {*left, *right};
      read compared = add(std::move(n), where);
      if (!compared) return compared;
      both.children.push_back(*compared);
    }
    return add(std::move(both), where);
  }

  read membership(op what, const json& x, const place& where) {
    if (auto ok = check_count(x, where, 2); !ok) return passed(ok);
    read left = operand(x.items()[0], where.at(std::size_t{0}));
    if (!left) return left;
    node n;
    n.what = what;
    n.children = {*left};
    const json& right = x.items()[1];
    const place there = where.at(std::size_t{1});
    if (right.is(json::type::array)) {
      if (auto ok = operands(right, there, n.children); !ok) return passed(ok);
      return add(std::move(n), where);
    }
    read set = right.find("range")      ? range(right, there)
               : right.find("select")   ? subselect(right, there)
               : right.find("parameter") ? operand(right, there)
                                         : read(expected(there,
                                                         "an array of values, a {\"parameter\"}, a "
                                                         "{\"select\"} or a {\"range\"}",
                                                         right));
    if (!set) return set;
    n.children.push_back(*set);
    return add(std::move(n), where);
  }

  read range(const json& x, const place& where) {
    if (auto ok = check_keys(x, range_keys, where); !ok) return passed(ok);
    const place there = where.at("range");
    result<std::string> word = read_text(*x.find("range"), there, "a string");
    if (!word) return passed(word);
    const auto known = expr::range_named(*word);
    if (!known)
      return refused(errc::unknown_name, there,
                     "no range of dates " + in_backticks(*word) + expr::range_hint(*word));
    const json* count = x.find("n");
    if (known->counted != (count != nullptr))
      return malformed(where, in_backticks(*word) + (count ? " takes no `n`" : " needs an `n`"));
    node n;
    n.what = op::call;
    n.fn = function::range;
    n.text = std::move(*word);
    if (count) {
      read number = this->count(*count, where.at("n"));
      if (!number) return number;
      n.children.push_back(*number);
    }
    return add(std::move(n), where);
  }

 public:
  /// A number or a parameter, as limits and ranges take.
  result<tree> run_count(const json& x, const place& where) {
    read root = count(x, where);
    if (!root) return passed(root);
    out_.root = *root;
    return std::move(out_);
  }

 private:
  read count(const json& x, const place& where) {
    read out = operand(x, where);
    if (!out) return out;
    const node& n = out_.nodes[*out];
    const bool number = n.what == op::literal && n.content.is_number() &&
                        n.content.number().coefficient >= 0;
    if (!number && n.what != op::parameter)
      return expected(where, "a number that is not below 0, or a {\"parameter\"}", x);
    return out;
  }

  result<void> check_nesting(const place& where) {
    if (!into_)
      return malformed(where, "no select and no condition on children may stand here,");
    if (into_->nested.size() >= max_nested)
      return refused(errc::limit, where,
                     "a select has more than " + std::to_string(max_nested) + " nested ones");
    if (nesting_ + 1 <= max_nesting) return {};
    return refused(errc::limit, where,
                   "selects are nested more than " + std::to_string(max_nesting) + " deep");
  }

  std::uint32_t keep(statement inner) {
    into_->nested.push_back(std::move(inner));
    return static_cast<std::uint32_t>(into_->nested.size() - 1);
  }

  read subselect(const json& x, const place& where) {
    if (auto ok = check_nesting(where); !ok) return passed(ok);
    result<statement> inner = read_select(x, where, nesting_ + 1);
    if (!inner) return passed(inner);
    node n;
    n.what = op::subselect;
    n.index = keep(std::move(*inner));
    return add(std::move(n), where);
  }

  /// What a select of children gives for each record.
  read figure(const json& x, const place& where) {
    if (auto ok = check_nesting(where); !ok) return passed(ok);
    result<statement> inner = read_select(x, where, nesting_ + 1, true);
    if (!inner) return passed(inner);
    node n;
    n.what = op::subselect;
    n.index = keep(std::move(*inner));
    return add(std::move(n), where);
  }

  read quantifier(const operator_key& o, const json& x, const place& object) {
    const place where = object.at(o.key);
    if (auto ok = check_nesting(where); !ok) return passed(ok);
    read of = path(*x.find(o.key), where);
    if (!of) return of;
    const json* condition = x.find("where");
    if (!condition) return malformed(object, "`" + std::string(o.key) + "` needs a `where`,");
    statement inner;
    result<tree> c = expression_reader(&inner, nesting_ + 1)
                         .run(*condition, object.at("where"), bare::text);
    if (!c) return passed(c);
    inner.where = std::move(*c);
    node n;
    n.what = o.what;
    n.text = out_.nodes[*of].text;
    n.index = keep(std::move(inner));
    return add(std::move(n), object);
  }

  read call(const json& x, const place& object) {
    result<function> fn = read_function(*x.find("call"), object.at("call"), false);
    if (!fn) return passed(fn);
    node n;
    n.what = op::call;
    n.fn = *fn;
    if (const json* of = x.find("of")) {
      const place where = object.at("of");
      if (of->is(json::type::array)) {
        if (auto ok = operands(*of, where, n.children); !ok) return passed(ok);
      } else {
        read one = operand(*of, where);
        if (!one) return one;
        n.children.push_back(*one);
      }
    }
    if (auto ok = unit(n, x, object); !ok) return passed(ok);
    if (auto ok = conversion(n, x, object); !ok) return passed(ok);
    return add(std::move(n), object);
  }

  /// convert() alone has a currency that it goes to.
  result<void> conversion(node& n, const json& x, const place& object) {
    const json *to = x.find("to"), *day = x.find("at"), *otherwise = x.find("else");
    if (n.fn != function::convert) {
      const std::string_view stray = to ? "to" : day ? "at" : otherwise ? "else" : "";
      if (stray.empty()) return {};
      return malformed(object.at(stray), "only `convert` has `to`, `at` and `else`,");
    }
    if (!to || n.children.size() != 1)
      return malformed(object, "`convert` needs one amount in `of`, and a currency in `to`,");
    for (const auto& [part, name] : {std::pair(to, "to"), std::pair(day, "at")}) {
      if (!part) continue;
      read child = operand(*part, object.at(name));
      if (!child) return passed(child);
      n.children.push_back(*child);
    }
    if (!otherwise) return {};
    if (!otherwise->is(json::type::null)) return expected(object.at("else"), "null", *otherwise);
    n.text = "null";
    return {};
  }

  /// period() and periods_between() have one; prior(), delta() and, if wanted, conversion() look
  /// back by `n` of them.
  result<void> unit(node& n, const json& x, const place& object) {
    const json* unit = x.find("unit");
    const json* count = x.find("n");
    const bool steps = n.fn == function::conversion;
    const bool back = expr::looks_back(n.fn) || (steps && (unit || count));
    if (count && !back)
      return malformed(object.at("n"),
                       "only `prior`, `delta` and `conversion` look back by an `n`,");
    const bool counts = n.fn == function::periods_between;
    if (n.fn != function::period && !counts && !back) {
      if (!unit) return {};
      return malformed(object.at("unit"), "only `period`, `periods_between`, `prior`, `delta` and "
                                          "`conversion` have a unit,");
    }
    if (!unit || n.children.size() != (counts ? 2u : 1u) || back != (count != nullptr))
      return malformed(object, in_backticks(expr::name(n.fn)) + " needs " +
                                   (counts ? "two values" : "one value") + " in `of`, " +
                                   (back ? "an `n` " : "") + "and a `unit`,");
    if (back) {
      read number = this->count(*count, object.at("n"));
      if (!number) return passed(number);
      n.children.push_back(*number);
    }
    const place where = object.at("unit");
    result<std::string> word = read_text(*unit, where, "a string such as \"fiscal_quarter\"");
    if (!word) return passed(word);
    const bool of_steps = back && *word == expr::step_unit;
    if (steps && !of_steps)
      return refused(errc::unknown_name, where,
                     "the unit of `conversion` is `step`, not " + in_backticks(*word));
    if (!of_steps && !calendar_unit_named(*word)) {
      nearest_name near(*word);
      if (back) near.offer(expr::step_unit);
      for (int u = 0; u <= static_cast<int>(calendar_unit::fiscal_year); ++u)
        near.offer(guanxi::name(static_cast<calendar_unit>(u)));
      return unknown(where, "unit", *word, near);
    }
    n.text = std::move(*word);
    return {};
  }

  read aggregate(const json& x, const place& object) {
    result<function> fn = read_function(*x.find("aggregate"), object.at("aggregate"), true);
    if (!fn) return passed(fn);
    node n;
    n.what = op::aggregate;
    n.fn = *fn;
    n.children = {no_node, no_node};
    const json* of = x.find("of");
    if (of) {
      read argument = any_form(*of, object.at("of"), bare::path);
      if (!argument) return argument;
      n.children[0] = *argument;
    }
    if (const json* distinct = x.find("distinct")) {
      if (!distinct->is(json::type::boolean))
        return expected(object.at("distinct"), "true or false", *distinct);
      n.distinct = distinct->as_boolean();
    }
    if (const json* filter = x.find("filter")) {
      read condition = operand(*filter, object.at("filter"));
      if (!condition) return condition;
      n.children[1] = *condition;
    }
    if (auto ok = behind_argument(n, x, object); !ok) return passed(ok);
    if (!of && (n.distinct || n.children.size() > 2))
      return malformed(object, "`distinct`, `by` and `fraction` need an `of`,");
    return add(std::move(n), object);
  }

  result<void> behind_argument(node& n, const json& x, const place& object) {
    const json* by = x.find("by");
    const json* fraction = x.find("fraction");
    if (by && !expr::goes_by(n.fn))
      return malformed(object.at("by"), "only `first` and `last` go by something,");
    if (fraction && n.fn != function::percentile)
      return malformed(object.at("fraction"), "only `percentile` has a fraction,");
    if (fraction) {
      read part = operand(*fraction, object.at("fraction"));
      if (!part) return passed(part);
      n.children.push_back(*part);
    }
    if (!by) return {};
    const place where = object.at("by");
    if (!by->is(json::type::array) || by->items().empty())
      return expected(where, "an array of keys, at least one", *by);
    for (std::size_t i = 0; i < by->items().size(); ++i) {
      read part = any_form(by->items()[i], where.at(i), bare::path);
      if (!part) return passed(part);
      n.children.push_back(*part);
    }
    return {};
  }
};

}  // namespace

result<tree> read_expression(const json& x, const place& where, bare strings, words beside,
                             statement* into, int depth) {
  return expression_reader(into, depth).run(x, where, strings, beside);
}

result<tree> read_count(const json& x, const place& where) {
  return expression_reader(nullptr, 0).run_count(x, where);
}

}  // namespace guanxi::query::json_form
