// Queries built in C++ with the typed handles of fields; what does not compare does not compile.
//
//   using namespace guanxi::query::builder;
//   auto won = path(opportunity::stage, stage::is_won);
//   auto q = select(path(opportunity::account, account::name).as("customer"),
//                   sum(opportunity::amount).filter(won).as("total"))
//                .from(opportunity::entity)
//                .where(opportunity::amount >= decimal{1000, 0} && opportunity::currency == "USD")
//                .group_by(field("customer"))
//                .order_by(desc(field("total")).nulls_last())
//                .limit(10);
//   session.query(q);     q.text();    // select account.name as customer, …
//
// Values become literals of their types and are never spliced. What a handle cannot name is named
// by field("x_region") or, typed, by field<date>("x_due"). A mistake that a compiler cannot see (a
// field of another entity, a select where none may stand) throws failure (errc::misuse).
// docs/query_builder.md has all of it. Thread rule: values.
#pragma once

#include "guanxi/base/calendar.hpp"
#include "guanxi/query/statement.hpp"
#include "guanxi/schema/row.hpp"

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace guanxi::query::builder {

/// The type of what only a catalog knows; it compares with everything.
struct unknown {};

/// An expression without its type: a tree, the selects that nest in it, and whose fields it has.
struct piece {
  expr::tree tree = {};
  std::vector<statement> nested = {};
  std::uint32_t of = 0;      ///< tag of the entity of its fields; 0: any
  std::uint32_t target = 0;  ///< of a path to a reference: the tag of what it leads to
};

namespace detail_builder {
piece literal(value v);
piece field(std::string_view path, std::uint32_t of, std::uint32_t target);
piece parameter(std::string_view name);
piece walked(std::vector<piece> steps);
piece unary(expr::op what, piece a);
piece combined(expr::op what, piece a, piece b);
/// With a currency: the amount in it, and no other.
piece compared(expr::op what, piece a, piece b, currency in);
/// One node over all parts.
piece joined(expr::node over, std::vector<piece> parts);
piece called(expr::function fn, std::vector<piece> parts);
piece aggregated(expr::function fn, std::vector<piece> argument);
piece filtered(piece aggregate, piece condition);
piece converted_at(piece conversion, piece day);
piece or_null(piece conversion);
piece membership(expr::op what, piece a, std::vector<piece> set);
piece quantified(expr::op what, std::string_view children, piece condition);
piece ranged(std::string_view word, std::vector<piece> n);
piece nested(const statement& s);
piece figure(const statement& children);
void distinct(piece& aggregate);
value whole_number(std::uint64_t x);
}  // namespace detail_builder

template <class T>
class expression;

// What stands for which type: handles, expressions and plain values.
template <class X> struct operand_type {};
template <class T> struct operand_type<schema::handle<T>> { using type = T; };
template <class X>
  requires requires { typename X::expression_type; }
struct operand_type<X> { using type = typename X::expression_type; };
template <> struct operand_type<bool> { using type = bool; };
template <class X>
  requires(std::integral<X> && !std::same_as<X, bool> && !std::same_as<X, char>)
struct operand_type<X> { using type = std::int64_t; };
template <> struct operand_type<decimal> { using type = decimal; };
template <> struct operand_type<date> { using type = date; };
template <> struct operand_type<instant> { using type = instant; };
template <> struct operand_type<id> { using type = id; };
template <> struct operand_type<std::nullptr_t> { using type = unknown; };
template <class X>
  requires(std::convertible_to<const X&, std::string_view> && !std::same_as<X, std::nullptr_t>)
struct operand_type<X> { using type = std::string_view; };

template <class X>
using type_of = typename operand_type<std::decay_t<X>>::type;
template <class X>
concept operand = requires { typename operand_type<std::decay_t<X>>::type; };

template <class X> inline constexpr bool is_handle = false;
template <class T> inline constexpr bool is_handle<schema::handle<T>> = true;
/// Not a plain value: what operators of this header are for.
template <class X>
concept built = operand<X> && (is_handle<std::decay_t<X>> ||
                               requires { typename std::decay_t<X>::expression_type; });

template <class T>
inline constexpr bool is_unknown = std::same_as<T, unknown>;
template <class T>
inline constexpr bool is_number =
    std::same_as<T, std::int64_t> || std::same_as<T, decimal> || std::same_as<T, money>;
template <class T>
inline constexpr bool is_day = std::same_as<T, date> || std::same_as<T, instant>;

/// What compares beside operands: an amount with its currency.
template <class X> struct compared_type : operand_type<X> {};
template <> struct compared_type<money> { using type = money; };
template <class X>
using compared_as = typename compared_type<std::decay_t<X>>::type;

template <class A, class B>
inline constexpr bool types_compare =
    std::same_as<A, B> || is_unknown<A> || is_unknown<B> || (is_number<A> && is_number<B>);
/// Two sides of a comparison; a text that is no field may be a date or an instant.
template <class A, class B>
concept comparable =
    (built<A> || built<B>) &&
    (types_compare<compared_as<A>, compared_as<B>> ||
     (is_day<compared_as<A>> && std::same_as<compared_as<B>, std::string_view> && !built<B>) ||
     (is_day<compared_as<B>> && std::same_as<compared_as<A>, std::string_view> && !built<A>));
template <class X>
concept numeric = built<X> && (is_number<type_of<X>> || is_unknown<type_of<X>>);
template <class X>
concept textual = operand<X> && (std::same_as<type_of<X>, std::string_view> ||
                                 is_unknown<type_of<X>>);
template <class X>
concept daily = built<X> && (is_day<type_of<X>> || is_unknown<type_of<X>>);
template <class X>
concept condition = built<X> && (std::same_as<type_of<X>, bool> || is_unknown<type_of<X>>);

/// A handle, an expression or a value as a piece.
template <operand X>
piece piece_of(const X& x) {
  using D = std::decay_t<X>;
  if constexpr (is_handle<D>) return detail_builder::field(x.name(), x.tag(), x.target());
  else if constexpr (built<D>) return x.parts();
  else if constexpr (std::same_as<D, std::nullptr_t>) return detail_builder::literal(value());
  else if constexpr (std::same_as<type_of<D>, std::string_view>)
    return detail_builder::literal(value(std::string_view(x)));
  else if constexpr (std::unsigned_integral<D> && !std::same_as<D, bool>)
    return detail_builder::literal(detail_builder::whole_number(x));
  else if constexpr (std::same_as<type_of<D>, std::int64_t>)
    return detail_builder::literal(value(static_cast<std::int64_t>(x)));
  else return detail_builder::literal(value(x));
}

template <operand... X>
std::vector<piece> pieces_of(const X&... x) {
  std::vector<piece> out;
  out.reserve(sizeof...(x));
  (out.push_back(piece_of(x)), ...);
  return out;
}

template <class X>
currency currency_of(const X& x) {
  if constexpr (std::same_as<X, money>) return x.currency;
  else return {};
}
template <class X>
piece compared_piece(const X& x) {
  if constexpr (std::same_as<X, money>) return detail_builder::literal(x.amount);
  else return piece_of(x);
}

/// One of `select`, with a name.
struct named_item {
  piece what;
  std::string name;
};

/// One of `order by`.
struct ordering {
  piece by;
  bool descending = false;
  query::nulls nulls = query::nulls::by_direction;
  ordering nulls_first() const { return {by, descending, query::nulls::first}; }
  ordering nulls_last() const { return {by, descending, query::nulls::last}; }
};

/// rollup(…) or cube(…).
struct grouping_keys {
  group_item::kind how;
  std::vector<piece> keys;
};

template <class T>
class expression {
 public:
  using expression_type = T;
  explicit expression(piece p) : piece_(std::move(p)) {}
  const piece& parts() const noexcept { return piece_; }
  named_item as(std::string name) const { return {piece_, std::move(name)}; }

 protected:
  piece piece_;
};

/// count(x), sum(x) and the like.
template <class T>
class aggregate : public expression<T> {
 public:
  using expression<T>::expression;
  template <condition C>
  aggregate filter(const C& c) const {
    return aggregate(detail_builder::filtered(this->piece_, piece_of(c)));
  }
  aggregate distinct() const {
    aggregate out = *this;
    detail_builder::distinct(out.piece_);
    return out;
  }
};

/// first(x) and last(x), which go by something.
template <class T>
class chosen {
 public:
  chosen(expr::function fn, piece of) : fn_(fn), of_(std::move(of)) {}
  template <built K, built... More>
  aggregate<T> by(const K& key, const More&... more) const {
    std::vector<piece> parts{of_};
    for (piece& p : pieces_of(key, more...)) parts.push_back(std::move(p));
    return aggregate<T>(detail_builder::aggregated(fn_, std::move(parts)));
  }

 private:
  expr::function fn_;
  piece of_;
};

/// :name, also the list of an `in`.
template <class T = unknown>
class parameter : public expression<T> {
 public:
  explicit parameter(std::string_view name)
      : expression<T>(detail_builder::parameter(name)) {}
};

template <class X> inline constexpr bool is_parameter = false;
template <class T> inline constexpr bool is_parameter<parameter<T>> = true;
/// A number or a parameter, as limits and ranges take.
template <class X>
concept countable =
    operand<X> && !std::same_as<X, std::nullptr_t> &&
    (built<X> ? is_parameter<X> && types_compare<type_of<X>, std::int64_t>
              : std::same_as<type_of<X>, std::int64_t>);
/// A date, an instant, a text of either, or a parameter.
template <class X>
concept momentary = operand<X> && (is_day<type_of<X>> || textual<X>) &&
                    !std::same_as<X, std::nullptr_t> && (!built<X> || is_parameter<X>);

/// Dates behind in(): range("this_month"), range("last_n_days", 7).
class range {
 public:
  explicit range(std::string_view word) : piece_(detail_builder::ranged(word, {})) {}
  template <countable N>
  range(std::string_view word, const N& n)
      : piece_(detail_builder::ranged(word, {piece_of(n)})) {}
  const piece& parts() const noexcept { return piece_; }

 private:
  piece piece_;
};

/// A select of children among the items of another, with a name.
struct named_branch {
  query::statement what;
  std::string name;
};

/// A query, clause by clause; the clauses may come in any order, and conditions add up.
class selection {
 public:
  selection& from(const schema::entity_row& of) { return from(of.name); }
  selection& from(std::string_view entity);
  /// About the children of each record of the select that this one stands in:
  /// select(account::name, select(contact::name).from_children("contacts").limit(3)).
  selection& from_children(std::string_view path);
  named_branch as(std::string name) const { return {statement(), std::move(name)}; }
  selection& with_archived() { return among(standing::live); }
  selection& archived() { return among(standing::archived); }
  selection& deleted() { return among(standing::deleted); }
  selection& among(query::standing which);
  selection& scope(ownership whose);
  template <momentary M>
  selection& as_of(const M& moment) { return add_as_of(piece_of(moment)); }
  template <condition C>
  selection& where(const C& c) { return add_where(piece_of(c)); }
  template <condition C>
  selection& having(const C& c) { return add_having(piece_of(c)); }
  template <class... K>
  selection& group_by(const K&... keys) { return (add_group(keys), ..., *this); }
  /// Behind group_by(), of which one key is a period: the periods between that have no records.
  selection& fill_gaps();
  /// Columns for some values of x, of one figure or of several with names:
  /// pivot(sum(amount), x, {literal("Won").as("won"), literal("Lost").as("lost")}).
  template <built F, built X>
  selection& pivot(const F& figure, const X& x, const std::vector<named_item>& values) {
    return add_pivot({{piece_of(figure), {}}}, piece_of(x), values);
  }
  template <built X>
  selection& pivot(const std::vector<named_item>& figures, const X& x,
                   const std::vector<named_item>& values) {
    return add_pivot(figures, piece_of(x), values);
  }
  /// Steps in order, each a condition, a date or an instant, with a name:
  /// funnel(created_at.as("created"), any("stage_visits", won).as("won")).
  template <class... S>
  selection& funnel(const S&... steps) { return add_funnel({step_of(steps)...}); }
  template <class... K>
  selection& order_by(const K&... keys) { return (add_order(keys), ..., *this); }
  template <countable N>
  selection& limit(const N& n) { return add_limit(piece_of(n)); }
  /// The limit before it is one for each value of these: limit(3).per(x).
  template <built... K>
  selection& per(const K&... keys) { return add_per(pieces_of(keys...)); }
  /// Behind the limit: the page behind a cursor, or the first.
  selection& after(std::string_view parameter);
  template <countable N>
  selection& offset(const N& n) { return add_offset(piece_of(n)); }

  const query::statement& statement() const;
  operator const query::statement&() const { return statement(); }
  std::string text() const { return print(statement()); }

  selection& add_item(piece what, std::string name);
  selection& add_item(const named_item& item) { return add_item(item.what, item.name); }
  template <built X>
  selection& add_item(const X& x) { return add_item(piece_of(x), {}); }
  selection& add_item(const selection& children) { return add_branch(children.statement(), {}); }
  selection& add_item(const named_branch& b) { return add_branch(b.what, b.name); }
  selection& add_all_fields();

 private:
  query::statement s_;
  std::uint32_t of_ = 0;

  static named_item step_of(const named_item& step) { return step; }
  template <built S>
  static named_item step_of(const S& step) { return {piece_of(step), {}}; }
  piece own(piece p, bool may_nest = true);
  selection& add_branch(query::statement children, std::string name);
  void add_condition(expr::tree& into, piece p);
  selection& add_where(piece p);
  selection& add_having(piece p);
  selection& add_as_of(piece p);
  selection& add_limit(piece p);
  selection& add_offset(piece p);
  selection& add_per(std::vector<piece> keys);
  selection& add_funnel(const std::vector<named_item>& steps);
  selection& add_pivot(const std::vector<named_item>& figures, piece of,
                       const std::vector<named_item>& values);
  std::vector<select_item> own_items(const std::vector<named_item>& items);
  selection& add_keys(group_item::kind how, std::vector<piece> keys);
  selection& add_key(ordering o);
  template <built X>
  void add_group(const X& x) { add_keys(group_item::kind::key, pieces_of(x)); }
  void add_group(const grouping_keys& g) { add_keys(g.how, g.keys); }
  template <built X>
  void add_order(const X& x) { add_key({piece_of(x)}); }
  void add_order(const ordering& o) { add_key(o); }
};

template <class... Items>
selection select(const Items&... items) {
  static_assert(sizeof...(items) > 0, "select something, or select_all()");
  selection out;
  (out.add_item(items), ...);
  return out;
}
inline selection select_all() { return selection().add_all_fields(); }

// --- names and values

/// A field or an alias by its name, or a path of names: field("x_region"), field<date>("x_due").
template <class T = unknown>
expression<T> field(std::string_view path) {
  return expression<T>(detail_builder::field(path, 0, 0));
}
/// path(opportunity::account, account::name)
template <built... Steps>
auto path(const Steps&... steps) {
  using last = typename decltype((std::type_identity<type_of<Steps>>(), ...))::type;
  return expression<last>(detail_builder::walked(pieces_of(steps...)));
}
template <operand X>
auto literal(const X& x) { return expression<type_of<X>>(piece_of(x)); }
template <built X>
named_item as(const X& x, std::string name) { return {piece_of(x), std::move(name)}; }

template <built X>
ordering asc(const X& x) { return {piece_of(x)}; }
template <built X>
ordering desc(const X& x) { return {piece_of(x), true}; }
template <built... K>
grouping_keys rollup(const K&... k) { return {group_item::kind::rollup, pieces_of(k...)}; }
template <built... K>
grouping_keys cube(const K&... k) { return {group_item::kind::cube, pieces_of(k...)}; }

// --- conditions

template <class A, class B>
expression<bool> compare(expr::op what, const A& a, const B& b) {
  const currency in = currency_of(a).empty() ? currency_of(b) : currency_of(a);
  return expression<bool>(
      detail_builder::compared(what, compared_piece(a), compared_piece(b), in));
}
template <class A, class B> requires comparable<A, B>
expression<bool> operator==(const A& a, const B& b) { return compare(expr::op::equal, a, b); }
template <class A, class B> requires comparable<A, B>
expression<bool> operator!=(const A& a, const B& b) { return compare(expr::op::not_equal, a, b); }
template <class A, class B> requires comparable<A, B>
expression<bool> operator<(const A& a, const B& b) { return compare(expr::op::less, a, b); }
template <class A, class B> requires comparable<A, B>
expression<bool> operator<=(const A& a, const B& b) { return compare(expr::op::less_equal, a, b); }
template <class A, class B> requires comparable<A, B>
expression<bool> operator>(const A& a, const B& b) { return compare(expr::op::greater, a, b); }
template <class A, class B> requires comparable<A, B>
expression<bool> operator>=(const A& a, const B& b) {
  return compare(expr::op::greater_equal, a, b);
}

template <condition A, condition B>
expression<bool> operator&&(const A& a, const B& b) {
  return expression<bool>(
      detail_builder::combined(expr::op::logical_and, piece_of(a), piece_of(b)));
}
template <condition A, condition B>
expression<bool> operator||(const A& a, const B& b) {
  return expression<bool>(
      detail_builder::combined(expr::op::logical_or, piece_of(a), piece_of(b)));
}
template <condition A>
expression<bool> operator!(const A& a) {
  return expression<bool>(detail_builder::unary(expr::op::logical_not, piece_of(a)));
}

template <built X>
expression<bool> is_null(const X& x) {
  return expression<bool>(detail_builder::unary(expr::op::is_null, piece_of(x)));
}
template <built X>
expression<bool> is_not_null(const X& x) {
  return expression<bool>(detail_builder::unary(expr::op::is_not_null, piece_of(x)));
}
template <class X, class L, class H> requires(comparable<X, L> && comparable<X, H>)
expression<bool> between(const X& x, const L& low, const H& high) {
  return x >= low && x <= high;
}
/// % is any run, _ any one character; \ escapes.
template <built X, textual P> requires textual<X>
expression<bool> like(const X& x, const P& pattern) {
  return expression<bool>(detail_builder::combined(expr::op::like, piece_of(x), piece_of(pattern)));
}
template <built X, textual P> requires textual<X>
expression<bool> not_like(const X& x, const P& pattern) {
  return expression<bool>(
      detail_builder::combined(expr::op::not_like, piece_of(x), piece_of(pattern)));
}

namespace detail_builder {
template <class V>
std::vector<piece> set_of(std::initializer_list<V> values) {
  std::vector<piece> out;
  for (const V& v : values) out.push_back(piece_of(v));
  return out;
}
template <class V>
std::vector<piece> set_of(const std::vector<V>& values) {
  std::vector<piece> out;
  for (const V& v : values) out.push_back(piece_of(v));
  return out;
}
template <class T>
std::vector<piece> set_of(const builder::parameter<T>& p) { return {p.parts()}; }
inline std::vector<piece> set_of(const range& r) { return {r.parts()}; }
inline std::vector<piece> set_of(const selection& s) { return {nested(s.statement())}; }
}  // namespace detail_builder

template <class X, class S>
inline constexpr bool takes_set = false;
template <class X, class V>
inline constexpr bool takes_set<X, std::vector<V>> = operand<V> && comparable<X, V>;
template <class X, class T>
inline constexpr bool takes_set<X, parameter<T>> = types_compare<type_of<X>, T>;
template <class X>
inline constexpr bool takes_set<X, selection> = true;
template <class X>
inline constexpr bool takes_set<X, range> = daily<X>;

/// in(x, {1, 2}), in(x, vector), in(x, parameter("list")), in(x, select(…)), in(x, range(…)).
template <built X, operand V> requires comparable<X, V>
expression<bool> in(const X& x, std::initializer_list<V> values) {
  return expression<bool>(detail_builder::membership(expr::op::in, piece_of(x),
                                                     detail_builder::set_of(values)));
}
template <built X, class S> requires(takes_set<X, S>)
expression<bool> in(const X& x, const S& set) {
  return expression<bool>(
      detail_builder::membership(expr::op::in, piece_of(x), detail_builder::set_of(set)));
}
template <built X, operand V> requires comparable<X, V>
expression<bool> not_in(const X& x, std::initializer_list<V> values) {
  return expression<bool>(detail_builder::membership(expr::op::not_in, piece_of(x),
                                                     detail_builder::set_of(values)));
}
template <built X, class S> requires(takes_set<X, S>)
expression<bool> not_in(const X& x, const S& set) {
  return expression<bool>(
      detail_builder::membership(expr::op::not_in, piece_of(x), detail_builder::set_of(set)));
}

/// What a select of children gives for each record, as a value:
/// figure<date>(select(min(opportunity::close_date)).from_children("opportunities")).
template <class T = unknown>
expression<T> figure(const selection& children) {
  return expression<T>(detail_builder::figure(children.statement()));
}

/// any("account.contacts", like(contact::title, "%CEO%")): of the children that a path leads to.
template <condition C>
expression<bool> any(std::string_view children, const C& c) {
  return expression<bool>(detail_builder::quantified(expr::op::any, children, piece_of(c)));
}
template <condition C>
expression<bool> all(std::string_view children, const C& c) {
  return expression<bool>(detail_builder::quantified(expr::op::all, children, piece_of(c)));
}
template <condition C>
expression<bool> none(std::string_view children, const C& c) {
  return expression<bool>(detail_builder::quantified(expr::op::none, children, piece_of(c)));
}

// --- arithmetic

/// What a sum, a difference or a product is; days are added to dates.
template <class A, class B>
using computed = std::conditional_t<
    is_unknown<A> || is_unknown<B>, unknown,
    std::conditional_t<
        is_day<A>, A,
        std::conditional_t<std::same_as<A, money> || std::same_as<B, money>, money,
                           std::conditional_t<std::same_as<A, std::int64_t> &&
                                                  std::same_as<B, std::int64_t>,
                                              std::int64_t, decimal>>>>;
template <class A, class B>
concept computes = operand<A> && operand<B> && (built<A> || built<B>) &&
                   (is_number<type_of<A>> || is_unknown<type_of<A>>) &&
                   (is_number<type_of<B>> || is_unknown<type_of<B>>);
template <class A, class B>
concept moves_day = operand<A> && operand<B> && built<A> && std::same_as<type_of<A>, date> &&
                    (std::same_as<type_of<B>, std::int64_t> || is_unknown<type_of<B>>);

template <class A, class B> requires(computes<A, B> || moves_day<A, B>)
auto operator+(const A& a, const B& b) {
  return expression<computed<type_of<A>, type_of<B>>>(
      detail_builder::combined(expr::op::add, piece_of(a), piece_of(b)));
}
template <class A, class B> requires(computes<A, B> || moves_day<A, B>)
auto operator-(const A& a, const B& b) {
  return expression<computed<type_of<A>, type_of<B>>>(
      detail_builder::combined(expr::op::subtract, piece_of(a), piece_of(b)));
}
/// Days from the second date to the first.
template <class A, class B>
  requires((built<A> || built<B>) && std::same_as<type_of<A>, date> &&
           std::same_as<type_of<B>, date>)
expression<std::int64_t> operator-(const A& a, const B& b) {
  return expression<std::int64_t>(
      detail_builder::combined(expr::op::subtract, piece_of(a), piece_of(b)));
}
template <class A, class B> requires computes<A, B>
auto operator*(const A& a, const B& b) {
  return expression<computed<type_of<A>, type_of<B>>>(
      detail_builder::combined(expr::op::multiply, piece_of(a), piece_of(b)));
}
template <class A, class B> requires computes<A, B>
auto operator/(const A& a, const B& b) {
  return expression<decimal>(
      detail_builder::combined(expr::op::divide, piece_of(a), piece_of(b)));
}
template <numeric A>
auto operator-(const A& a) {
  return expression<type_of<A>>(detail_builder::unary(expr::op::negate, piece_of(a)));
}

// --- functions

namespace detail_builder {
template <class T, operand... X>
expression<T> call(expr::function fn, const X&... x) {
  return expression<T>(called(fn, pieces_of(x...)));
}
template <class T, operand... X>
aggregate<T> total(expr::function fn, const X&... x) {
  return aggregate<T>(aggregated(fn, pieces_of(x...)));
}
}  // namespace detail_builder

template <built X, operand... More> requires(sizeof...(More) > 0 && (comparable<X, More> && ...))
auto coalesce(const X& x, const More&... more) {
  return detail_builder::call<type_of<X>>(expr::function::coalesce, x, more...);
}
template <built A, operand B> requires comparable<A, B>
auto nullif(const A& a, const B& b) {
  return detail_builder::call<type_of<A>>(expr::function::nullif, a, b);
}
template <condition C, operand A, operand B> requires(types_compare<type_of<A>, type_of<B>>)
auto if_(const C& c, const A& then, const B& otherwise) {
  return detail_builder::call<std::conditional_t<is_unknown<type_of<A>>, type_of<B>, type_of<A>>>(
      expr::function::if_, c, then, otherwise);
}
/// Half away from zero.
template <numeric X>
auto round(const X& x) { return detail_builder::call<type_of<X>>(expr::function::round, x); }
template <numeric X>
auto round(const X& x, int digits) {
  return detail_builder::call<type_of<X>>(expr::function::round, x, digits);
}
/// The lower bound of what x lies in: of a width, or two or more rising boundaries; decimals, whole
/// numbers or parameters.
template <numeric X, operand... Bound>
  requires(sizeof...(Bound) > 0 && (types_compare<type_of<Bound>, decimal> && ...))
auto bucket(const X& x, const Bound&... bounds) {
  return detail_builder::call<type_of<X>>(expr::function::bucket, x, bounds...);
}
/// The least or the greatest of those that are not null.
template <built X, operand... More> requires(sizeof...(More) > 0 && (comparable<X, More> && ...))
auto least(const X& x, const More&... more) {
  return detail_builder::call<type_of<X>>(expr::function::least, x, more...);
}
template <built X, operand... More> requires(sizeof...(More) > 0 && (comparable<X, More> && ...))
auto greatest(const X& x, const More&... more) {
  return detail_builder::call<type_of<X>>(expr::function::greatest, x, more...);
}
template <numeric X>
auto abs(const X& x) { return detail_builder::call<type_of<X>>(expr::function::abs, x); }
template <built X> requires textual<X>
auto lower(const X& x) { return detail_builder::call<std::string_view>(expr::function::lower, x); }
template <built X> requires textual<X>
auto upper(const X& x) { return detail_builder::call<std::string_view>(expr::function::upper, x); }
template <built X> requires textual<X>
auto length(const X& x) { return detail_builder::call<std::int64_t>(expr::function::length, x); }
template <textual... X>
auto concat(const X&... x) {
  return detail_builder::call<std::string_view>(expr::function::concat, x...);
}
/// Whether all words typed are found in the texts; without texts, in the searchable fields.
template <operand W, textual... X> requires types_compare<type_of<W>, std::string_view>
auto search(const W& typed, const X&... texts) {
  return detail_builder::call<bool>(expr::function::search, typed, texts...);
}
/// How well they are found, 0 where one is not.
template <operand W, textual... X> requires types_compare<type_of<W>, std::string_view>
auto relevance(const W& typed, const X&... texts) {
  return detail_builder::call<std::int64_t>(expr::function::relevance, typed, texts...);
}
template <daily X>
auto year(const X& x) { return detail_builder::call<std::int64_t>(expr::function::year, x); }
template <daily X>
auto quarter(const X& x) { return detail_builder::call<std::int64_t>(expr::function::quarter, x); }
template <daily X>
auto month(const X& x) { return detail_builder::call<std::int64_t>(expr::function::month, x); }
template <daily X>
auto day(const X& x) { return detail_builder::call<std::int64_t>(expr::function::day, x); }
/// 1 Monday to 7 Sunday.
template <daily X>
auto weekday(const X& x) { return detail_builder::call<std::int64_t>(expr::function::weekday, x); }
/// The label of a period, such as FY2017-Q1.
template <daily X>
expression<std::string_view> period(const X& x, calendar_unit unit) {
  expr::node n;
  n.what = expr::op::call;
  n.fn = expr::function::period;
  n.text = guanxi::name(unit);
  return expression<std::string_view>(detail_builder::joined(std::move(n), pieces_of(x)));
}
/// How many periods of the calendar lie between: from that of a to that of b.
template <daily A, daily B>
expression<std::int64_t> periods_between(const A& a, const B& b, calendar_unit unit) {
  expr::node n;
  n.what = expr::op::call;
  n.fn = expr::function::periods_between;
  n.text = guanxi::name(unit);
  return expression<std::int64_t>(detail_builder::joined(std::move(n), pieces_of(a, b)));
}
/// An amount in another currency, at today's rate or that of a day.
class conversion : public expression<money> {
 public:
  using expression<money>::expression;
  /// At the rate of a date or of an instant's day; a text is either.
  template <operand D>
    requires(is_day<type_of<D>> || textual<D>)
  conversion at(const D& day) const {
    return conversion(detail_builder::converted_at(piece_, piece_of(day)));
  }
  /// Null where no rate is known, instead of an error.
  conversion else_null() const { return conversion(detail_builder::or_null(piece_)); }
};
/// convert(opportunity::amount, "EUR").at(opportunity::close_date); also to a parameter.
template <built X, textual C>
  requires((std::same_as<type_of<X>, money> || is_unknown<type_of<X>>) &&
           (!built<C> || is_parameter<C>))
conversion convert(const X& amount, const C& to) {
  return conversion(detail_builder::called(expr::function::convert, pieces_of(amount, to)));
}
/// The language's date(instant).
template <daily X>
auto date_of(const X& x) { return detail_builder::call<date>(expr::function::date, x); }
inline auto today() { return detail_builder::call<date>(expr::function::today); }
inline auto now() { return detail_builder::call<instant>(expr::function::now); }
/// 1 where rollup or cube leave the key out.
template <built X>
auto grouping(const X& key) {
  return detail_builder::call<std::int64_t>(expr::function::grouping, key);
}
template <numeric X>
auto running_sum(const X& x) {
  return detail_builder::call<type_of<X>>(expr::function::running_sum, x);
}
template <numeric X>
auto share(const X& x) { return detail_builder::call<decimal>(expr::function::share, x); }
/// Over the x of period 0; one key is periods_between.
template <numeric X>
auto retention(const X& x) { return detail_builder::call<decimal>(expr::function::retention, x); }

namespace detail_builder {
template <operand X, operand N>
piece looked_back(expr::function fn, const X& x, const N& n, std::string_view unit) {
  expr::node call;
  call.what = expr::op::call;
  call.fn = fn;
  call.text = unit;
  return joined(std::move(call), pieces_of(x, n));
}
}  // namespace detail_builder

/// Of the group n units before, by its period; n is from 1, a number or a parameter.
template <built X, operand N> requires types_compare<type_of<N>, std::int64_t>
auto prior(const X& x, const N& n, calendar_unit unit) {
  return expression<type_of<X>>(
      detail_builder::looked_back(expr::function::prior, x, n, guanxi::name(unit)));
}
/// x less its prior.
template <numeric X, operand N> requires types_compare<type_of<N>, std::int64_t>
auto delta(const X& x, const N& n, calendar_unit unit) {
  return expression<type_of<X>>(
      detail_builder::looked_back(expr::function::delta, x, n, guanxi::name(unit)));
}

/// Of a funnel: the number of the step, from 1, and its name.
inline auto step() { return detail_builder::call<std::int64_t>(expr::function::step); }
inline auto step_name() {
  return detail_builder::call<std::string_view>(expr::function::step_name);
}
/// When a record reached the step, the one before it, the first one; inside aggregates.
template <class T = unknown>
auto reached() { return detail_builder::call<T>(expr::function::reached); }
template <class T = unknown>
auto prior_reached() { return detail_builder::call<T>(expr::function::prior_reached); }
template <class T = unknown>
auto first_reached() { return detail_builder::call<T>(expr::function::first_reached); }
/// Over the x of the first step; with n, of the n-th step before.
template <numeric X>
auto conversion_of(const X& x) {
  return detail_builder::call<decimal>(expr::function::conversion, x);
}
template <numeric X, operand N> requires types_compare<type_of<N>, std::int64_t>
auto conversion_of(const X& x, const N& n) {
  return expression<decimal>(
      detail_builder::looked_back(expr::function::conversion, x, n, expr::step_unit));
}
/// Of the n-th step before.
template <built X, operand N> requires types_compare<type_of<N>, std::int64_t>
auto prior_step(const X& x, const N& n) {
  return expression<type_of<X>>(
      detail_builder::looked_back(expr::function::prior, x, n, expr::step_unit));
}
/// x less that.
template <numeric X, operand N> requires types_compare<type_of<N>, std::int64_t>
auto delta_step(const X& x, const N& n) {
  return expression<type_of<X>>(
      detail_builder::looked_back(expr::function::delta, x, n, expr::step_unit));
}

// --- aggregates

inline auto count() { return detail_builder::total<std::int64_t>(expr::function::count); }
template <built X>
auto count(const X& x) { return detail_builder::total<std::int64_t>(expr::function::count, x); }
template <numeric X>
auto sum(const X& x) { return detail_builder::total<type_of<X>>(expr::function::sum, x); }
template <built X>
auto min(const X& x) { return detail_builder::total<type_of<X>>(expr::function::min, x); }
template <built X>
auto max(const X& x) { return detail_builder::total<type_of<X>>(expr::function::max, x); }
/// Means are decimals, those of amounts amounts.
template <class T>
using mean = std::conditional_t<std::same_as<T, std::int64_t>, decimal, T>;
template <numeric X>
auto avg(const X& x) { return detail_builder::total<mean<type_of<X>>>(expr::function::avg, x); }
template <numeric X>
auto median(const X& x) {
  return detail_builder::total<mean<type_of<X>>>(expr::function::median, x);
}
/// The fraction is from 0 to 1, a decimal or a parameter.
template <numeric X, operand F> requires types_compare<type_of<F>, decimal>
auto percentile(const X& x, const F& fraction) {
  return detail_builder::total<mean<type_of<X>>>(expr::function::percentile, x, fraction);
}
template <built X>
chosen<type_of<X>> first(const X& x) { return {expr::function::first, piece_of(x)}; }
template <built X>
chosen<type_of<X>> last(const X& x) { return {expr::function::last, piece_of(x)}; }

}  // namespace guanxi::query::builder

// Operators are looked up where their operands are from.
namespace guanxi::schema {
using query::builder::operator==;
using query::builder::operator!=;
using query::builder::operator<;
using query::builder::operator<=;
using query::builder::operator>;
using query::builder::operator>=;
using query::builder::operator&&;
using query::builder::operator||;
using query::builder::operator!;
using query::builder::operator+;
using query::builder::operator-;
using query::builder::operator*;
using query::builder::operator/;
}  // namespace guanxi::schema

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/builder-inl.hpp"
#endif
