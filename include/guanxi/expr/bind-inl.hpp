#pragma once

#include "guanxi/expr/bind.hpp"
#include "guanxi/expr/types-inl.hpp"

#include <algorithm>

namespace guanxi::expr {

namespace detail_bind {

class binder {
 public:
  binder(const tree& t, const scope& in) : t_(t), in_(in), map_(t.nodes.size(), no_node) {}

  result<expression> run() {
    if (t_.empty() || t_.root >= t_.nodes.size())
      return unexpected(errc::parse, "the expression is empty");
    if (result<void> sound = check_shape(); !sound) return passed(sound);
    for (node_id n = 0; n <= t_.root; ++n) {
      if (!used_[n]) continue;
      if (result<void> bound = bind_node(n); !bound) return passed(bound);
    }
    const node& top = t_.at(t_.root);
    if (top.what == op::parameter && is_list(top)) return unexpected(list_out_of_place(top));
    if (is_range(top)) return unexpected(range_out_of_place(top));
    return subtree(out_, map_[t_.root]);  // without the literals that lists have taken up
  }

 private:
  const tree& t_;
  const scope& in_;
  std::vector<node_id> map_;         // from node of t_ to node of out_
  std::vector<bool> used_;           // by node of t_: reached from the root
  tree out_;
  std::vector<bool> aggregates_;     // by node of out_: an aggregate stands under it
  std::size_t members_ = 0;          // of all lists

  using done = result<void>;

  done step() const {
    return in_.pace && in_.pace->due(pace::step) ? in_.pace->ask() : done();
  }

  error refusal(errc code, const node& at, std::string message) const {
    return error(code, std::move(message)).at_offset(at.offset);
  }
  unexpected mismatch(const node& at, std::string message) const {
    return unexpected(refusal(errc::type_mismatch, at, std::move(message)));
  }

  // Builders other than parse make trees too: children come first, and depth and size are bounded.
  done check_shape() {
    used_.assign(t_.nodes.size(), false);
    std::vector<int> depth(t_.nodes.size(), 0);
    used_[t_.root] = true;
    std::size_t parts = 1;  // the members of an `in` do not count: lists may be long
    for (node_id n = t_.root + 1; n-- > 0;) {
      if (!used_[n]) continue;
      const bool in = t_.at(n).what == op::in || t_.at(n).what == op::not_in;
      parts += in ? 1 : t_.at(n).children.size();
      if (parts > max_nodes)
        return unexpected(errc::limit, "the expression has more than " + std::to_string(max_nodes) +
                                           " parts; use fewer");
      if (depth[n] >= max_depth)
        return unexpected(refusal(errc::limit, t_.at(n),
                                  "the expression is nested deeper than " +
                                      std::to_string(max_depth)));
      for (node_id child : t_.at(n).children) {
        if (child == no_node && t_.at(n).what == op::aggregate) continue;
        if (child >= n)
          return unexpected(errc::misuse, "a tree needs its children before their parents");
        used_[child] = true;
        depth[child] = std::max(depth[child], depth[n] + 1);
      }
    }
    return {};
  }

  bool is_list(const node& n) const {
    const parameter_value* given = find_parameter(n.text);
    return given && given->is_list;
  }
  const parameter_value* find_parameter(std::string_view name) const {
    for (const parameter_value& p : in_.parameters)
      if (p.name == name) return &p;
    return nullptr;
  }
  error list_out_of_place(const node& n) const {
    return refusal(errc::type_mismatch, n,
                   "the parameter " + in_backticks(":" + n.text) +
                       " is a list; it may only follow `in`");
  }

  static bool is_range(const node& n) { return n.what == op::call && n.fn == function::range; }
  error range_out_of_place(const node& n) const {
    return refusal(errc::type_mismatch, n,
                   "the range of dates " + in_backticks(n.text) + " may only follow `in`");
  }

  node_id push(node n) {
    bool aggregate = n.what == op::aggregate || of_groups(n);
    for (node_id child : n.children)
      aggregate = aggregate || (child != no_node && aggregates_[child]);
    aggregates_.push_back(aggregate);
    return out_.add(std::move(n));
  }

  /// A call that means something of groups alone.
  static bool of_groups(const node& n) {
    return n.what == op::call &&
           (n.fn == function::grouping || is_window(n.fn) || looks_back(n.fn) ||
            is_of_steps(n.fn));
  }

  done bind_node(node_id at) {
    const node& from = t_.at(at);
    if (from.what == op::parameter) return bind_parameter(at);
    if (from.what == op::in || from.what == op::not_in) return bind_in(at);
    node n = from;
    for (node_id& child : n.children) {
      if (child == no_node) continue;
      if (t_.at(child).what == op::parameter && is_list(t_.at(child)))
        return unexpected(list_out_of_place(t_.at(child)));
      if (is_range(t_.at(child))) return unexpected(range_out_of_place(t_.at(child)));
      child = map_[child];
    }
    done typed = type_node(n);
    if (typed) map_[at] = push(std::move(n));
    return typed;
  }

  done bind_parameter(node_id at) {
    const node& from = t_.at(at);
    const parameter_value* given = find_parameter(from.text);
    if (!given) {
      nearest_name near(from.text);
      for (const parameter_value& p : in_.parameters) near.offer(p.name);
      return unexpected(refusal(errc::unknown_name, from,
                                "no value given for parameter " + in_backticks(":" + from.text) +
                                    near.hint()));
    }
    if (given->is_list) return {};  // taken up by the `in` above it, refused anywhere else
    node n;
    n.offset = from.offset;
    if (given->open) {
      n.what = op::parameter;
      n.index = static_cast<std::uint32_t>(given - in_.parameters.data());
      n.text = given->name;
      n.type = *given->open;
    } else {
      n.content = given->content;
      n.type = type_of(n.content);
    }
    map_[at] = push(std::move(n));
    return {};
  }

  done type_node(node& n) {
    switch (n.what) {
      case op::literal: n.type = type_of(n.content); return {};
      case op::path: return bind_path(n);
      case op::column: return {};
      case op::subselect: return bind_subselect(n);
      case op::logical_not:
      case op::logical_and:
      case op::logical_or: return bind_logic(n);
      case op::equal:
      case op::not_equal:
      case op::less:
      case op::less_equal:
      case op::greater:
      case op::greater_equal: return bind_comparison(n);
      case op::like:
      case op::not_like: return bind_like(n);
      case op::add:
      case op::subtract:
      case op::multiply:
      case op::divide: return bind_arithmetic(n);
      case op::negate: return bind_negate(n);
      case op::call: return bind_call(n);
      case op::aggregate: return bind_aggregate(n);
      default:  // is_null and is_not_null take anything
        if (n.children.size() != 1) return wrong_shape(n);
        n.type = plain(value_type::boolean);
        return {};
    }
  }

  done wrong_shape(const node& n) const {
    return unexpected(refusal(errc::misuse, n,
                              "a part of the tree has the wrong number of children"));
  }

  done bind_path(node& n) {
    bound_path p;
    const schema::entity* of = &in_.paths->root();
    std::string_view rest = n.text;
    std::uint32_t offset = n.offset;
    while (true) {
      const std::size_t dot = std::min(rest.find('.'), rest.size());
      const std::string_view word = rest.substr(0, dot);
      const schema::field* f = of->find(word);
      if (!f || !seen(*f)) return unexpected(unknown(word, *of, offset));
      p.steps.push_back(f);
      if (dot == rest.size()) break;
      rest.remove_prefix(dot + 1);
      if (f->type != schema::kind::reference || !f->target_entity)
        return unexpected(error(errc::type_mismatch,
                                in_backticks(word) + " on `" + std::string(of->name()) +
                                    "` is not a reference, so " +
                                    in_backticks("." + std::string(rest)) + " cannot follow it")
                              .in_entity(of->name())
                              .in_field(word)
                              .at_offset(offset));
      of = f->target_entity;
      offset += static_cast<std::uint32_t>(dot + 1);
    }
    n.type = type_of(p.last());
    n.index = in_.paths->add(std::move(p));
    if (in_.paths->entries().size() > max_paths)
      return unexpected(refusal(errc::limit, n, "the query reads more than " +
                                                    std::to_string(max_paths) + " paths"));
    return {};
  }

  bool seen(const schema::field& f) const { return !in_.sees || in_.sees(f); }

  error unknown(std::string_view word, const schema::entity& of, std::uint32_t offset) const {
    nearest_name near(word);
    for (const schema::field& f : of.fields())
      if (seen(f)) near.offer(f.name);
    return error(errc::unknown_name, "no field " + in_backticks(word) + " on `" +
                                         std::string(of.name()) + "`" + near.hint())
        .in_entity(of.name())
        .in_field(word)
        .at_offset(offset);
  }

  done bind_subselect(node& n) {
    if (!in_.subselect_type)
      return unexpected(refusal(errc::parse, n, "a nested select may not stand here"));
    result<type> t = in_.subselect_type(n.index);
    if (!t) return passed(t);
    n.type = *t;
    return {};
  }

  done bind_logic(node& n) {
    if (n.children.empty() || (n.what == op::logical_not) != (n.children.size() == 1))
      return wrong_shape(n);
    for (node_id child : n.children)
      if (!is_condition(out_.at(child).type))
        return mismatch(out_.at(child), "`" + std::string(sign_of(n.what)) +
                                            "` takes conditions, not " + spoken(child));
    n.type = plain(value_type::boolean);
    return {};
  }

  /// A child's type for messages, with its name where it is a path.
  std::string spoken(node_id child) const {
    const node& n = out_.at(child);
    std::string kind(name(n.type.base));
    return n.what == op::path ? in_backticks(n.text) + " (" + kind + ")" : kind;
  }

  const schema::field* choice_of(node_id n) const {
    const node& at = out_.at(n);
    if (at.what != op::path) return nullptr;
    const schema::field& last = in_.paths->entries()[at.index].last();
    return last.type == schema::kind::choice ? &last : nullptr;
  }

  /// Lets a literal take its neighbour's type where that loses nothing. Beside a choice it must be
  /// a code where the two are compared for equality; coalesce(class, 'none') is fine.
  done adapt(node_id literal, node_id neighbour, bool equality = false) {
    node& n = out_.nodes[literal];
    if (n.what != op::literal || n.content.is_null()) return {};
    const node& beside = out_.at(neighbour);
    if (n.content.type() == value_type::text) {
      if (beside.type.base == value_type::date) return read_as<date>(n);
      if (beside.type.base == value_type::instant) return read_as<instant>(n);
      const schema::field* choice = equality ? choice_of(neighbour) : nullptr;
      return choice ? check_choice(n, *choice) : done();
    }
    if (n.content.type() == value_type::integer && beside.type.base == value_type::reference)
      n.content = value(id{n.content.as_integer()});
    else if (n.content.is_number() && is_numeric(beside.type))
      if (auto fitted = number_as(n.content, beside.type)) n.content = std::move(*fitted);
    n.type = type_of(n.content);
    return {};
  }

  template <class T>
  done read_as(node& n) const {
    result<T> read = T::parse(n.content.as_text());
    if (!read) return unexpected(std::move(read.error().at_offset(n.offset)));
    n.content = value(*read);
    n.type = type_of(n.content);
    return {};
  }

  done check_choice(const node& n, const schema::field& choice) const {
    const std::string_view code = n.content.as_text();
    if (choice.has_choice(code)) return {};
    nearest_name near(code);
    for (const schema::choice_definition& c : choice.choices) near.offer(c.code);
    std::string hint = near.hint();
    if (hint.empty()) {
      for (std::size_t i = 0; i < std::min<std::size_t>(choice.choices.size(), 8); ++i)
        hint += (i == 0 ? "; the choices are `" : "`, `") + choice.choices[i].code;
      if (!hint.empty()) hint += choice.choices.size() > 8 ? "`, …" : "`";
    }
    return unexpected(refusal(errc::unknown_name, n,
                              in_backticks(code) + " is not a choice of `" +
                                  choice.name + "`" + hint)
                          .in_entity(choice.of->name())
                          .in_field(choice.name));
  }

  done adapt_both(const node& n) {
    if (n.children.size() != 2) return wrong_shape(n);
    const bool equality = n.what == op::equal || n.what == op::not_equal;
    done first = adapt(n.children[0], n.children[1], equality);
    return first ? adapt(n.children[1], n.children[0], equality) : std::move(first);
  }

  done bind_comparison(node& n) {
    if (done adapted = adapt_both(n); !adapted) return adapted;
    const bool ordered = n.what != op::equal && n.what != op::not_equal;
    if (!comparable(out_.at(n.children[0]).type, out_.at(n.children[1]).type, ordered))
      return mismatch(n, "`" + std::string(sign_of(n.what)) + "` cannot compare " +
                             spoken(n.children[0]) + " with " + spoken(n.children[1]));
    n.type = plain(value_type::boolean);
    return meet_only(n);
  }

  done bind_like(node& n) {
    if (n.children.size() != 2) return wrong_shape(n);
    for (node_id child : n.children) {
      const type& t = out_.at(child).type;
      if (t.base != value_type::text && !is_null(t))
        return mismatch(out_.at(child), "`" + std::string(sign_of(n.what)) + "` takes texts, not " +
                                            spoken(child));
    }
    n.type = plain(value_type::boolean);
    return {};
  }

  done bind_in(node_id at) {
    const node& from = t_.at(at);
    if (from.children.empty()) return wrong_shape(from);
    const node& first = t_.at(from.children[0]);
    if (first.what == op::parameter && is_list(first)) return unexpected(list_out_of_place(first));
    node n = from;
    n.type = plain(value_type::boolean);
    const node_id operand = map_[from.children[0]];
    n.children = {operand};
    if (from.children.size() == 2 && is_range(t_.at(from.children[1])))
      return bind_range(at, operand, t_.at(from.children[1]));
    if (from.children.size() == 2 && t_.at(from.children[1]).what == op::subselect) {
      const node_id nested = map_[from.children[1]];
      if (!comparable(out_.at(operand).type, out_.at(nested).type, false))
        return mismatch(n, "`in` cannot compare " + spoken(operand) + " with the " +
                               std::string(name(out_.at(nested).type.base)) +
                               " of the nested select");
      n.children.push_back(nested);
      if (auto one = meet(n); !one) return passed(one);
    } else {
      std::vector<value> members;
      for (std::size_t i = 1; i < from.children.size(); ++i)
        if (done read = read_member(from.children[i], operand, members); !read) return read;
      for (value& v : matching(out_.at(operand).type, std::move(members))) {
        if (done on = step(); !on) return on;
        node member;
        member.offset = n.offset;
        member.type = type_of(v);
        member.content = std::move(v);
        n.children.push_back(push(std::move(member)));
      }
    }
    map_[at] = push(std::move(n));
    return {};
  }

  /// How many units a range counts.
  result<std::int64_t> count_of(const node& range, const range_words& words) const {
    if (!words.counted) return 1;
    const node& given = out_.at(map_[range.children[0]]);
    const value& v = given.content;
    if (given.what == op::literal && v.type() == value_type::integer && v.as_integer() >= 1 &&
        v.as_integer() <= max_range_units)
      return v.as_integer();
    return mismatch(t_.at(range.children[0]),
                    in_backticks(range.text) + " takes a whole number from 1 to " +
                        std::to_string(max_range_units) + " that is known beforehand");
  }

  /// x in last_month: x >= its first day and x < the day after its last; of instants, the first
  /// instants of those days.
  done bind_range(node_id at, node_id operand, const node& range) {
    const type of = out_.at(operand).type;
    const bool dates = of.base == value_type::date || is_null(of);
    if (!dates && of.base != value_type::instant)
      return mismatch(t_.at(at), "a range of dates such as " + in_backticks(range.text) +
                                     " is for dates and instants, not " + spoken(operand));
    const auto words = range_named(range.text);
    if (!words || range.children.size() != (words->counted ? 1u : 0u)) return wrong_shape(range);
    if (!in_.when) return unexpected(no_moment(range));
    result<std::int64_t> count = count_of(range, *words);
    if (!count) return passed(count);
    const bool before = words->counted && words->first < 0;
    result<date_span> span =
        in_.when->calendar->span(words->unit, in_.when->calendar->local_date(in_.when->now),
                                 before ? -*count : words->first, *count);
    if (!span) return unexpected(std::move(span.error().at_offset(range.offset)));
    const auto bound = [&](op what, date d) {
      node limit;
      limit.offset = range.offset;
      limit.content = dates ? value(d) : value(in_.when->calendar->start_of(d));
      limit.type = type_of(limit.content);
      node n;
      n.what = what;
      n.offset = t_.at(at).offset;
      n.type = plain(value_type::boolean);
      n.children = {what == op::less ? copied(operand) : operand, push(std::move(limit))};
      return push(std::move(n));
    };
    node both;
    both.what = op::logical_and;
    both.offset = t_.at(at).offset;
    both.type = plain(value_type::boolean);
    const node_id from = bound(op::greater_equal, span->from);
    both.children = {from, bound(op::less, span->to)};
    map_[at] = push(std::move(both));
    if (t_.at(at).what == op::in) return {};
    node negated;
    negated.what = op::logical_not;
    negated.offset = t_.at(at).offset;
    negated.type = plain(value_type::boolean);
    negated.children = {map_[at]};
    map_[at] = push(std::move(negated));
    return {};
  }

  node_id copied(node_id at) {
    node n = out_.at(at);
    for (node_id& child : n.children)
      if (child != no_node) child = copied(child);
    return push(std::move(n));
  }

  error no_moment(const node& n) const {
    return refusal(errc::misuse, n, "what depends on the time of a query may not stand here");
  }

  /// One member of an `in` list as written: a literal, or a parameter with one value or many.
  done read_member(node_id at, node_id operand, std::vector<value>& members) {
    const node& from = t_.at(at);
    if (from.what != op::literal && from.what != op::parameter)
      return mismatch(from, "the list of `in` takes literals and parameters; compare with the rest "
                            "by `=` and `or`");
    const parameter_value* given = from.what == op::parameter ? find_parameter(from.text) : nullptr;
    if (given && given->open)
      return mismatch(from, "the list of `in` takes no parameter whose value comes later, such "
                            "as " + in_backticks(":" + from.text));
    const std::vector<value> one = given && given->is_list
                                       ? std::vector<value>()
                                       : std::vector<value>{out_.at(map_[at]).content};
    const std::vector<value>& values = given && given->is_list ? given->list : one;
    members_ += values.size();
    if (members_ > max_members)
      return unexpected(refusal(errc::limit, from, "the lists of `in` have more than " +
                                                       std::to_string(max_members) +
                                                       " members in all"));
    for (const value& v : values) {
      if (done on = step(); !on) return on;
      node member;
      member.offset = from.offset;
      member.content = v;
      member.type = type_of(v);
      const node_id n = push(std::move(member));
      if (done adapted = adapt(n, operand, true); !adapted) return adapted;
      if (!comparable(out_.at(operand).type, out_.at(n).type, false))
        return mismatch(from, "`in` cannot compare " + spoken(operand) + " with " + spoken(n));
      members.push_back(std::move(out_.nodes[n].content));
      out_.nodes.pop_back();
      aggregates_.pop_back();
    }
    return {};
  }

  done bind_arithmetic(node& n) {
    if (n.children.size() != 2) return wrong_shape(n);
    const type& left = out_.at(n.children[0]).type;
    const type& right = out_.at(n.children[1]).type;
    const bool additive = n.what == op::add || n.what == op::subtract;
    const bool dates = left.base == value_type::date || right.base == value_type::date;
    if (additive && dates) return bind_days(n);
    const bool instants = left.base == value_type::instant || right.base == value_type::instant;
    if (n.what == op::subtract && instants) return bind_span(n);
    if ((!is_numeric(left) && !is_null(left)) || (!is_numeric(right) && !is_null(right)))
      return mismatch(n, "`" + std::string(sign_of(n.what)) + "` takes numbers" +
                             (additive ? ", or a date and a whole number of days" : "") + ", not " +
                             spoken(n.children[0]) + " and " + spoken(n.children[1]));
    if (additive && left.base == value_type::decimal && right.base == value_type::decimal)
      if (done adapted = adapt_both(n); !adapted) return adapted;
    const type a = out_.at(n.children[0]).type, b = out_.at(n.children[1]).type;
    const bool money = n.what == op::divide ? a.money != b.money : a.money || b.money;
    result<currency> in = meet(n);
    if (!in) return passed(in);
    if (n.what == op::divide)
      n.type = decimal_type(std::max<int>(6, a.scale), money, *in);
    else if (a.base != value_type::decimal && b.base != value_type::decimal)
      n.type = plain(value_type::integer);
    else
      n.type = decimal_type(additive ? std::max(a.scale, b.scale) : a.scale + b.scale, money, *in);
    return {};
  }

  done bind_days(node& n) {
    if (n.what == op::subtract)
      if (done adapted = adapt_both(n); !adapted) return adapted;
    const type& left = out_.at(n.children[0]).type;
    const type& right = out_.at(n.children[1]).type;
    const auto is_date = [](const type& t) { return t.base == value_type::date; };
    const auto is_days = [](const type& t) { return t.base == value_type::integer || is_null(t); };
    if (n.what == op::subtract && (is_date(left) || is_null(left)) && is_date(right)) {
      n.type = plain(value_type::integer);
      return {};
    }
    if ((is_date(left) && is_days(right)) ||
        (n.what == op::add && is_days(left) && is_date(right))) {
      n.type = plain(value_type::date);
      return {};
    }
    return mismatch(n, "`" + std::string(sign_of(n.what)) +
                           "` takes numbers, or a date and a whole number of days, not " +
                           spoken(n.children[0]) + " and " + spoken(n.children[1]));
  }

  /// instant - instant: days, to six digits.
  done bind_span(node& n) {
    if (done adapted = adapt_both(n); !adapted) return adapted;
    for (node_id child : n.children)
      if (const type& t = out_.at(child).type; t.base != value_type::instant && !is_null(t))
        return mismatch(n, "`-` takes two instants, not " + spoken(n.children[0]) + " and " +
                               spoken(n.children[1]) + "; `date` makes a date of an instant");
    n.type = decimal_type(6, false);
    return {};
  }

  /// Whether it is a quotient, which round() gives its own number of digits.
  bool divides(const node& n) const {
    const auto instant = [this](node_id child) {
      return out_.at(child).type.base == value_type::instant;
    };
    return n.what == op::divide ||
           (n.what == op::subtract &&
            std::any_of(n.children.begin(), n.children.end(), instant));
  }

  done bind_negate(node& n) {
    if (n.children.size() != 1) return wrong_shape(n);
    const type& t = out_.at(n.children[0]).type;
    if (!is_numeric(t) && !is_null(t))
      return mismatch(n, "`-` takes a number, not " + spoken(n.children[0]));
    n.type = is_null(t) ? plain(value_type::integer) : t;
    return {};
  }

  unexpected wrong_argument(const node& n, node_id child) const {
    return mismatch(out_.at(child), "`" + std::string(name(n.fn)) + "` takes " +
                                        std::string(takes(n.fn)) + ", not " + spoken(child));
  }
  unexpected wrong_count(const node& n) const {
    const std::size_t count = n.children.size();
    return mismatch(n, "`" + std::string(name(n.fn)) + "` takes " + std::string(takes(n.fn)) +
                           ", not " + (count == 0 ? "nothing" : count == 1 ? "one value" :
                                       std::to_string(count) + " values"));
  }

  template <class Good>
  done each(const node& n, Good good) const {
    for (node_id child : n.children)
      if (const type& t = out_.at(child).type; !is_null(t) && !good(t))
        return unexpected(wrong_argument(n, child));
    return {};
  }

  done bind_call(node& n) {
    const std::size_t count = n.children.size();
    switch (n.fn) {
      case function::coalesce:
        if (count < 2) return wrong_count(n);
        return bind_branches(n, 0);
      case function::if_:
        if (count != 3) return wrong_count(n);
        if (!is_condition(out_.at(n.children[0]).type)) return wrong_argument(n, n.children[0]);
        return bind_branches(n, 1);
      case function::nullif:
        if (count != 2) return wrong_count(n);
        if (done adapted = adapt_both(n); !adapted) return adapted;
        if (!comparable(out_.at(n.children[0]).type, out_.at(n.children[1]).type, false))
          return wrong_argument(n, n.children[1]);
        n.type = out_.at(n.children[0]).type;
        return meet_only(n);
      case function::round: return bind_round(n);
      case function::bucket: return bind_bucket(n);
      case function::convert: return bind_convert(n);
      case function::least:
      case function::greatest:
        if (count < 2) return wrong_count(n);
        if (done same = bind_branches(n, 0); !same) return same;
        return each(n, [](const type& t) { return has_order(t); });
      case function::periods_between: return bind_periods(n);
      case function::of_children: return bind_children(n);
      case function::step:
      case function::step_name:
      case function::conversion: return bind_of_steps(n);
      case function::reached:
      case function::prior_reached:
      case function::first_reached: return bind_reached(n);
      case function::grouping:
      case function::running_sum:
      case function::retention:
      case function::share: return bind_of_groups(n);
      case function::prior:
      case function::delta: return bind_prior(n);
      case function::abs: {
        if (count != 1) return wrong_count(n);
        const type& t = out_.at(n.children[0]).type;
        n.type = is_null(t) ? plain(value_type::integer) : t;
        return each(n, is_numeric);
      }
      case function::lower:
      case function::upper:
      case function::length:
      case function::concat:
        if (count == 0 || (n.fn != function::concat && count != 1)) return wrong_count(n);
        if (count > max_concat_parts)
          return unexpected(refusal(errc::limit, n, "`concat` takes at most " +
                                                        std::to_string(max_concat_parts) +
                                                        " texts"));
        n.type = plain(n.fn == function::length ? value_type::integer : value_type::text);
        return each(n, [](const type& t) { return t.base == value_type::text; });
      case function::today:
      case function::now:
        if (count != 0) return wrong_count(n);
        if (!in_.when) return unexpected(no_moment(n));
        n.what = op::literal;
        n.content = n.fn == function::now
                        ? value(in_.when->now)
                        : value(in_.when->calendar->local_date(in_.when->now));
        n.fn = function::none;
        n.type = type_of(n.content);
        return {};
      case function::search:
      case function::relevance: return bind_search(n);
      case function::range:  // the `in` above it takes it up
        if (count > 1) return wrong_count(n);
        return {};
      case function::none: return wrong_shape(n);
      default: return bind_date_function(n);
    }
  }

  /// Without texts it looks at all searchable fields that the scope sees.
  done bind_search(node& n) {
    if (n.children.empty()) return wrong_count(n);
    n.type = plain(n.fn == function::search ? value_type::boolean : value_type::integer);
    if (n.children.size() == 1)
      for (const schema::field& f : in_.paths->root().fields()) {
        if (!f.has(schema::searchable) || f.type != schema::kind::text || !seen(f)) continue;
        node field;
        field.what = op::path;
        field.offset = n.offset;
        field.text = f.name;
        if (done bound = bind_path(field); !bound) return bound;
        n.children.push_back(push(std::move(field)));
      }
    if (n.children.size() == 1)
      return unexpected(refusal(errc::unknown_name, n,
                                "`" + std::string(in_.paths->root().name()) +
                                    "` has no searchable field; name the texts to look at, as in "
                                    "search(:typed, name)"));
    return each(n, [](const type& t) { return t.base == value_type::text; });
  }

  /// The currency of the amounts that meet under a node, or none where there is no amount or each
  /// is in that of its record. What was converted meets no other amount.
  result<currency> meet(const node& n) const {
    const type* known = nullptr;
    for (node_id child : n.children) {
      const type& t = out_.at(child).type;
      if (!t.money) continue;
      if (known && !(known->in == t.in)) {
        const auto spoken_in = [](const type& amount) {
          return amount.in.empty() ? std::string("the currency of its record")
                                   : std::string(amount.in.text());
        };
        return unexpected(refusal(errc::mixed_currency, out_.at(child),
                                  "an amount in " + spoken_in(*known) + " meets one in " +
                                      spoken_in(t) + "; `convert` both to one currency"));
      }
      known = &t;
    }
    return known ? known->in : currency();
  }

  done meet_only(const node& n) const {
    result<currency> in = meet(n);
    return in ? done() : done(passed(in));
  }

  /// convert(amount, 'EUR', at d): the amount's currency joins as the fourth child.
  done bind_convert(node& n) {
    if (n.children.size() < 2 || n.children.size() > 3) return wrong_count(n);
    if (!in_.when || !in_.when->rates)
      return unexpected(refusal(errc::misuse, n, "`convert` may not stand here; it is for queries, "
                                                 "which know of exchange rates"));
    for (node_id child : n.children)
      if (aggregates_[child])
        return unexpected(refusal(errc::parse, n, "`convert` takes the amounts of records, not of "
                                                  "groups; convert inside the aggregate, as in "
                                                  "`sum(convert(amount, 'EUR'))`"));
    const type amount = out_.at(n.children[0]).type;
    if (!amount.money) return wrong_argument(n, n.children[0]);
    const node& target = out_.at(n.children[1]);
    const bool text = target.what == op::literal && target.content.type() == value_type::text;
    const result<currency> to = currency::parse(text ? target.content.as_text() : "");
    if (!to)
      return mismatch(target, "the currency of `convert` is three upper-case letters such as "
                              "'EUR', written out or given as a parameter, not " +
                                  (text ? in_backticks(target.content.as_text())
                                        : spoken(n.children[1])));
    result<node_id> at = day_of_rate(n);
    if (!at) return passed(at);
    result<node_id> from = currency_of(n.children[0], n);
    if (!from) return passed(from);
    n.children = {n.children[0], n.children[1], *at, *from};
    if (out_.at(*at).type.base == value_type::instant && !in_.when->calendar->utc())
      n.calendar = in_.when->calendar;
    n.rates = in_.when->rates;
    n.type = decimal_type(amount.scale, true, *to);
    return {};
  }

  /// What stands behind `at`, else today.
  result<node_id> day_of_rate(const node& n) {
    node out;
    out.offset = n.offset;
    if (n.children.size() == 2) {
      out.content = value(in_.when->calendar->local_date(in_.when->now));
      out.type = type_of(out.content);
      return push(std::move(out));
    }
    node& given = out_.nodes[n.children[2]];
    if (given.what == op::literal && given.content.type() == value_type::text) {
      const bool day = date::parse(given.content.as_text()).has_value();
      if (done read = day ? read_as<date>(given) : read_as<instant>(given); !read)
        return passed(read);
    }
    if (given.type.base != value_type::date && given.type.base != value_type::instant)
      return mismatch(given, "`at` takes a date or an instant, not " + spoken(n.children[2]));
    return n.children[2];
  }

  /// The currency of an amount as a node: that of the record that all of it is of.
  result<node_id> currency_of(node_id amount, const node& n) {
    node out;
    out.offset = out_.at(amount).offset;
    if (const currency known = out_.at(amount).type.in; !known.empty()) {
      out.content = value(known.text());
      out.type = type_of(out.content);
      return push(std::move(out));
    }
    std::vector<node_id> found;
    find_amounts(amount, found);
    if (found.empty()) return wrong_argument(n, amount);
    const auto steps = [this](node_id path) -> const std::vector<const schema::field*>& {
      return in_.paths->entries()[out_.at(path).index].steps;
    };
    const std::vector<const schema::field*> first = steps(found[0]);
    for (node_id other : found)
      if (!std::equal(first.begin(), first.end() - 1, steps(other).begin(), steps(other).end() - 1))
        return mismatch(n, "`convert` takes amounts of one record, not of " +
                               spoken(found[0]) + " and " + spoken(other) +
                               "; convert each by itself");
    const schema::entity& of = *first.back()->of;
    const schema::field& in = of.at(of.currency_slot());
    if (!seen(in)) return unexpected(unknown(in.name, of, out.offset));
    bound_path path{first};
    path.steps.back() = &in;
    out.what = op::path;
    out.text = in.name;
    out.type = type_of(in);
    out.index = in_.paths->add(std::move(path));
    return push(std::move(out));
  }

  /// The paths that make an amount what it is; not those of conditions and factors.
  void find_amounts(node_id at, std::vector<node_id>& into) const {
    const node& n = out_.at(at);
    if (!n.type.money) return;
    if (n.what == op::path) return into.push_back(at);
    for (node_id child : n.children)
      if (child != no_node) find_amounts(child, into);
  }

  done bind_of_groups(node& n) {
    if (n.children.size() != 1) return wrong_count(n);
    if (!in_.aggregates)
      return unexpected(refusal(errc::parse, n,
                                "`" + std::string(name(n.fn)) + "` may not stand here"));
    const type& t = out_.at(n.children[0]).type;
    if (n.fn == function::grouping) {
      n.type = plain(value_type::integer);
      return {};
    }
    if (!is_numeric(t)) return wrong_argument(n, n.children[0]);
    const bool quotient = n.fn != function::running_sum;
    n.type = quotient ? decimal_type(std::max<int>(6, t.scale), false) : t;
    return {};
  }

  done check_steps(const node& n) const {
    if (in_.aggregates && in_.steps) return {};
    return unexpected(refusal(errc::parse, n,
                              "`" + std::string(name(n.fn)) + "` goes by the steps of a query's "
                              "`funnel (…)`, and " +
                                  (in_.steps ? "may not stand here" : "there is none")));
  }

  done bind_of_steps(node& n) {
    if (done there = check_steps(n); !there) return there;
    if (n.fn == function::conversion) return bind_conversion(n);
    if (!n.children.empty()) return wrong_count(n);
    n.type = plain(n.fn == function::step ? value_type::integer : value_type::text);
    return {};
  }

  done bind_conversion(node& n) {
    if (n.children.empty() || n.children.size() > 2) return wrong_count(n);
    const type& t = out_.at(n.children[0]).type;
    if (!is_numeric(t)) return wrong_argument(n, n.children[0]);
    n.type = decimal_type(std::max<int>(6, t.scale), false);
    if (done compared = check_compared(n); !compared) return compared;
    return n.children.size() == 2 ? check_step_count(n) : done();
  }

  /// When a record reached a step, which only a step that is a moment tells.
  done bind_reached(node& n) {
    if (done there = check_steps(n); !there) return there;
    if (!n.children.empty()) return wrong_count(n);
    if (!in_.reached)
      return unexpected(refusal(errc::type_mismatch, n,
                                "`" + std::string(name(n.fn)) + "` tells when a step was reached, "
                                "so each step of `funnel` has to be a date, or each an instant"));
    n.type = *in_.reached;
    return {};
  }

  done bind_periods(node& n) {
    if (n.children.size() != 2) return wrong_count(n);
    const auto unit = calendar_unit_named(n.text);
    if (!unit) return unexpected(unknown_unit(n));
    n.type = plain(value_type::integer);
    if (is_fiscal(*unit) && !in_.when) return unexpected(no_moment(n));
    bool local = false;
    for (node_id child : n.children)
      local = local || out_.at(child).type.base == value_type::instant;
    local = local && in_.when && !in_.when->calendar->utc();
    if (is_fiscal(*unit) || local) n.calendar = in_.when->calendar;
    return each(n, [](const type& t) {
      return t.base == value_type::instant || t.base == value_type::date;
    });
  }

  /// A figure of children has no currency but that which it was converted to.
  done bind_children(node& n) {
    if (n.children.size() != 2 || out_.at(n.children[1]).what != op::subselect ||
        out_.at(n.children[0]).type.base != value_type::reference)
      return wrong_shape(n);
    n.type = out_.at(n.children[1]).type;
    if (n.type.money && n.type.in.empty())
      return unexpected(refusal(errc::mixed_currency, n,
                                "amounts of children are each in the currency of its own record; "
                                "`convert` them inside their select"));
    return {};
  }

  done bind_prior(node& n) {
    if (n.children.size() != 2) return wrong_count(n);
    const std::string called = "`" + std::string(name(n.fn)) + "`";
    if (!in_.aggregates)
      return unexpected(refusal(errc::parse, n, called + " may not stand here"));
    const bool steps = n.text == step_unit;
    if (!steps && !calendar_unit_named(n.text)) return unexpected(unknown_unit(n));
    const node_id of = n.children[0];
    const type& t = out_.at(of).type;
    if (is_null(t) || (n.fn == function::delta && !is_numeric(t))) return wrong_argument(n, of);
    n.type = t;
    if (done compared = check_compared(n); !compared) return compared;
    if (steps)
      if (done there = check_steps(n); !there) return there;
    return check_step_count(n);
  }

  /// What is compared with other groups.
  done check_compared(const node& n) const {
    const node_id of = n.children[0];
    if (!aggregates_[of])
      return unexpected(refusal(errc::parse, out_.at(of),
                                "`" + std::string(name(n.fn)) +
                                    "` compares groups, so it takes an aggregate or what is "
                                    "computed of some; write `sum(…)` or the like"));
    return refuse_figures(n, of);
  }

  done check_step_count(const node& n) const {
    const std::string called = "`" + std::string(name(n.fn)) + "`";
    const node& count = out_.at(n.children[1]);
    const value& v = count.content;
    if (count.what != op::literal || v.type() != value_type::integer || v.as_integer() < 1 ||
        v.as_integer() > max_range_units)
      return mismatch(count, called + " looks back by a whole number of units, from 1 to " +
                                 std::to_string(max_range_units) + ", that is known beforehand");
    return {};
  }

  /// What looks at other groups than one may not stand in what is compared.
  done refuse_figures(const node& whole, node_id at) const {
    const node& n = out_.at(at);
    if (n.what == op::call &&
        (is_window(n.fn) || looks_back(n.fn) || n.fn == function::conversion))
      return unexpected(refusal(errc::parse, n, "`" + std::string(name(n.fn)) +
                                                    "` may not stand in `" +
                                                    std::string(name(whole.fn)) + "`"));
    for (node_id child : n.children)
      if (child != no_node)
        if (done plain = refuse_figures(whole, child); !plain) return plain;
    return {};
  }

  error unknown_unit(const node& n) const {
    nearest_name near(n.text);
    for (auto u = calendar_unit::day; u <= calendar_unit::fiscal_year;
         u = static_cast<calendar_unit>(static_cast<int>(u) + 1))
      near.offer(guanxi::name(u));
    return refusal(errc::unknown_name, n,
                   in_backticks(n.text) + " is not a unit of `" + std::string(name(n.fn)) + "`" +
                       (near.best().empty()
                            ? "; use day, week, month, quarter, year, fiscal_period, "
                              "fiscal_quarter or fiscal_year"
                            : near.hint()));
  }

  done bind_date_function(node& n) {
    if (n.children.size() != 1) return wrong_count(n);
    n.type = plain(n.fn == function::period ? value_type::text
                   : n.fn == function::date ? value_type::date
                                            : value_type::integer);
    const auto unit = calendar_unit_named(n.text);
    if (n.fn == function::period && !unit) return unexpected(unknown_unit(n));
    const bool fiscal = n.fn == function::period && is_fiscal(*unit);
    if (fiscal && !in_.when) return unexpected(no_moment(n));
    const bool local = out_.at(n.children[0]).type.base == value_type::instant && in_.when &&
                       !in_.when->calendar->utc();
    if (fiscal || local) n.calendar = in_.when->calendar;
    return each(n, [&](const type& t) {
      return t.base == value_type::instant ||
             (t.base == value_type::date && n.fn != function::date);
    });
  }

  /// round(a / b, n), round(avg(x), n), round(share(x), n) and round(convert(x, c), n) round once:
  /// the division itself then has n digits.
  done bind_round(node& n) {
    if (n.children.empty() || n.children.size() > 2) return wrong_count(n);
    int digits = 0;
    if (n.children.size() == 2) {
      const node& wanted = out_.at(n.children[1]);
      const bool whole = wanted.what == op::literal && wanted.content.type() == value_type::integer;
      if (!whole || wanted.content.as_integer() < 0 || wanted.content.as_integer() > max_scale)
        return unexpected(refusal(errc::type_mismatch, wanted,
                                  "`round` takes " + std::string(takes(n.fn)) +
                                      ", written as a number"));
      digits = static_cast<int>(wanted.content.as_integer());
    }
    node& of = out_.nodes[n.children[0]];
    if (!is_numeric(of.type) && !is_null(of.type)) return wrong_argument(n, n.children[0]);
    n.type = decimal_type(digits, of.type.money, of.type.in);
    const bool average = of.what == op::aggregate && of.fn == function::avg;
    const bool share = of.what == op::call &&
                       (of.fn == function::share || of.fn == function::retention ||
                        of.fn == function::conversion);
    const bool converted = of.what == op::call && of.fn == function::convert;
    if (divides(of) || average || share || converted) of.type.scale = n.type.scale;
    return {};
  }

  /// The width or the boundaries become literals of the argument's type, so that the bounds of
  /// buckets are values of it.
  done bind_bucket(node& n) {
    if (n.children.size() < 2) return wrong_count(n);
    if (n.children.size() - 1 > max_boundaries)
      return unexpected(refusal(errc::limit, out_.at(n.children[1 + max_boundaries]),
                                "`bucket` has at most " + std::to_string(max_boundaries) +
                                    " boundaries; use fewer, or a width"));
    const type& of = out_.at(n.children[0]).type;
    n.type = is_null(of) ? plain(value_type::integer) : of;
    if (!is_numeric(n.type)) return wrong_argument(n, n.children[0]);
    const bool width = n.children.size() == 2;
    for (std::size_t i = 1; i < n.children.size(); ++i) {
      if (done fitted = fit_bound(n.type, n.children[i]); !fitted) return fitted;
      const node& bound = out_.at(n.children[i]);
      if (width && bound.content.number().coefficient <= 0)
        return mismatch(bound, "the width of `bucket` is above 0, not " +
                                   in_backticks(bound.content.to_string()));
      if (i > 1 && order(out_.at(n.children[i - 1]).content, bound.content) >= 0)
        return mismatch(bound, "the boundaries of `bucket` rise, and " +
                                   in_backticks(bound.content.to_string()) +
                                   " is not above the one before it");
    }
    return {};
  }

  done fit_bound(const type& wanted, node_id at) {
    node& bound = out_.nodes[at];
    if (bound.what != op::literal || !bound.content.is_number())
      return mismatch(bound, "the width and the boundaries of `bucket` are numbers, written out or "
                             "given as parameters, not " + spoken(at));
    std::optional<value> fitted = number_as(bound.content, wanted);
    if (!fitted)
      return mismatch(bound, in_backticks(bound.content.to_string()) +
                                 " is no bound for numbers with " + std::to_string(wanted.scale) +
                                 " digits behind the point; use one that such a number can have");
    bound.content = std::move(*fitted);
    bound.type = type_of(bound.content);
    return {};
  }

  /// The common type of the children from `first` on.
  done bind_branches(node& n, std::size_t first) {
    node_id model = no_node;  // the first branch that is neither a literal nor null, else not null
    for (std::size_t i = first; i < n.children.size(); ++i) {
      const node& branch = out_.at(n.children[i]);
      if (is_null(branch.type)) continue;
      if (model == no_node || (out_.at(model).what == op::literal && branch.what != op::literal))
        model = n.children[i];
    }
    if (model == no_node) return {};  // only ever null
    n.type = out_.at(model).type;
    result<currency> in = meet(n);
    if (!in) return passed(in);
    for (std::size_t i = first; i < n.children.size(); ++i) {
      if (done adapted = adapt(n.children[i], model); !adapted) return adapted;
      const type& t = out_.at(n.children[i]).type;
      if (is_null(t)) continue;
      if (is_numeric(t) && is_numeric(n.type)) {
        const bool decimals = t.base == value_type::decimal || n.type.base == value_type::decimal;
        if (decimals)
          n.type = decimal_type(std::max(t.scale, n.type.scale), t.money || n.type.money, *in);
      } else if (t.base != n.type.base) {
        return wrong_argument(n, n.children[i]);
      } else if (t.target != n.type.target) {
        n.type.target = nullptr;
      }
    }
    return {};
  }

  done bind_aggregate(node& n) {
    const std::string called = "`" + std::string(name(n.fn)) + "`";
    const bool longer = goes_by(n.fn) || n.fn == function::percentile;
    if (n.children.size() < 2 || (n.children.size() > 2 && !longer) || !is_aggregate(n.fn) ||
        std::find(n.children.begin() + 2, n.children.end(), no_node) != n.children.end())
      return wrong_shape(n);
    if (!in_.aggregates)
      return unexpected(refusal(errc::parse, n, called + " may not stand here"));
    for (node_id child : n.children)
      if (child != no_node && aggregates_[child])
        return unexpected(refusal(errc::parse, n, called + " may not hold another aggregate"));
    if (n.distinct && n.fn != function::count)
      return unexpected(refusal(errc::parse, n, "`distinct` goes with `count` only, not with " +
                                                    called));
    if (n.children[1] != no_node && !is_condition(out_.at(n.children[1]).type))
      return mismatch(out_.at(n.children[1]), "`filter` takes a condition, not " +
                                                  spoken(n.children[1]));
    const node_id argument = n.children[0];
    if (argument == no_node) {
      if (n.fn != function::count)
        return mismatch(n, called + " takes " + std::string(takes(n.fn)) + ", not nothing");
      n.type = plain(value_type::integer);
      return {};
    }
    const type t = out_.at(argument).type;
    if (is_null(t)) return wrong_argument(n, argument);
    if (longer && n.children.size() == 2)
      return mismatch(n, called + " takes " + std::string(takes(n.fn)) + ", not one value");
    if (goes_by(n.fn)) return bind_keys(n, t);
    if (n.fn == function::percentile) return bind_percentile(n, t);
    return type_aggregate(n, t);
  }

  done bind_keys(node& n, const type& t) {
    if (n.children.size() - 2 > max_ordering_keys)
      return unexpected(refusal(errc::limit, out_.at(n.children[2 + max_ordering_keys]),
                                "`" + std::string(name(n.fn)) + "` goes by at most " +
                                    std::to_string(max_ordering_keys) + " keys; use fewer"));
    for (std::size_t i = 2; i < n.children.size(); ++i)
      if (const type& key = out_.at(n.children[i]).type;
          is_null(key) || key.base == value_type::boolean)
        return wrong_argument(n, n.children[i]);
    n.type = t;
    return {};
  }

  done bind_percentile(node& n, const type& t) {
    if (n.children.size() != 3) return wrong_shape(n);
    if (!is_numeric(t)) return wrong_argument(n, n.children[0]);
    node& at = out_.nodes[n.children[2]];
    const value& given = at.content;
    const bool number = at.what == op::literal && given.is_number();
    if (!number || given.number() < decimal{0, 0} || given.number() > decimal{1, 0})
      return mismatch(at, "the fraction of `percentile` is a number from 0 to 1, written out or "
                          "given as a parameter, not " +
                              (at.what == op::literal ? in_backticks(given.to_string())
                                                      : spoken(n.children[2])));
    decimal fraction = given.number();
    while (fraction.scale > 0 && fraction.coefficient % 10 == 0) {
      fraction.coefficient /= 10;
      --fraction.scale;
    }
    at.content = value(fraction);
    at.type = type_of(at.content);
    n.type = decimal_type(t.scale + std::max<int>(fraction.scale, 1), t.money, t.in);
    return {};
  }

  done type_aggregate(node& n, const type& t) {
    const bool ordered = has_order(t);
    switch (n.fn) {
      case function::count: n.type = plain(value_type::integer); return {};
      case function::min:
      case function::max:
        if (!ordered) return wrong_argument(n, n.children[0]);
        n.type = t;
        return {};
      default: break;
    }
    if (!is_numeric(t)) return wrong_argument(n, n.children[0]);
    n.type = t;
    if (n.fn == function::avg) n.type = decimal_type(std::max<int>(6, t.scale), t.money, t.in);
    if (n.fn == function::median) n.type = decimal_type(t.scale + 1, t.money, t.in);
    return {};
  }
};

}  // namespace detail_bind

GUANXI_INLINE std::uint32_t path_table::add(bound_path p) {
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].steps == p.steps) return static_cast<std::uint32_t>(i);
  entries_.push_back(std::move(p));
  return static_cast<std::uint32_t>(entries_.size() - 1);
}

GUANXI_INLINE result<expression> bind(const tree& t, const scope& in) {
  return detail_bind::binder(t, in).run();
}

GUANXI_INLINE result<expression> bind_condition(const tree& t, const scope& in) {
  result<expression> e = bind(t, in);
  if (e && !detail_bind::is_condition(e->top().type))
    return unexpected(error(errc::type_mismatch, "a condition is needed here, not " +
                                                     std::string(name(e->top().type.base)))
                          .at_offset(e->top().offset));
  return e;
}

GUANXI_INLINE void replace_parameters(expression& e, std::span<const value> values) {
  for (node& n : e.nodes) {
    if (n.what != op::parameter) continue;
    n.what = op::literal;
    n.content = values[n.index];
    n.text.clear();
  }
}

GUANXI_INLINE void replace_subselect(expression& e, std::uint32_t index,
                                     std::vector<value> values) {
  for (std::size_t at = 0; at < e.nodes.size(); ++at) {
    if (e.nodes[at].what != op::in && e.nodes[at].what != op::not_in) continue;
    if (e.nodes[at].children.size() != 2) continue;
    const node& nested = e.nodes[e.nodes[at].children[1]];
    if (nested.what != op::subselect || nested.index != index) continue;
    const node_id operand = e.nodes[at].children[0];
    const std::uint32_t offset = nested.offset;
    std::vector<node_id> children = {operand};
    for (value& v : detail_bind::matching(e.nodes[operand].type, values)) {
      node member;
      member.offset = offset;
      member.type = detail_bind::type_of(v);
      member.content = std::move(v);
      children.push_back(e.add(std::move(member)));
    }
    e.nodes[at].children = std::move(children);
  }
}

GUANXI_INLINE void replace_subselect(expression& e, std::uint32_t index,
                                     const figures_ptr& figures) {
  for (node& n : e.nodes) {
    if (n.what != op::call || n.fn != function::of_children || n.children.size() != 2) continue;
    if (e.at(n.children[1]).index != index) continue;
    n.figures = figures;
    n.children.pop_back();
  }
}

GUANXI_INLINE std::vector<expression> conjuncts(const expression& e) {
  std::vector<expression> out;
  std::vector<node_id> open = {e.root};
  while (!open.empty()) {
    const node_id at = open.back();
    open.pop_back();
    if (e.at(at).what != op::logical_and) {
      out.push_back(subtree(e, at));
      continue;
    }
    const std::vector<node_id>& children = e.at(at).children;
    open.insert(open.end(), children.rbegin(), children.rend());
  }
  return out;
}

}  // namespace guanxi::expr
