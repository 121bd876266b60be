#pragma once

#include "guanxi/expr/print.hpp"
#include "guanxi/query/statement.hpp"

#include <utility>

namespace guanxi::query {

namespace detail_statement {

inline result<statement> read(expr::cursor& from, int depth, bool of_children = false);

/// Whether another select may be nested in `into`.
inline result<void> may_nest(const expr::cursor& from, const statement& into, int depth) {
  if (into.nested.size() >= max_nested)
    return unexpected(error(errc::limit, "a select has more than " +
                                             std::to_string(max_nested) + " nested ones")
                          .at_offset(from.peek().offset));
  if (depth + 1 <= max_nesting) return {};
  return unexpected(error(errc::limit, "selects are nested more than " +
                                           std::to_string(max_nesting) + " deep")
                        .at_offset(from.peek().offset));
}

/// The readers of what is nested in conditions of `into`.
inline expr::nested_readers nesting(statement& into, int depth) {
  const auto keep = [&into](statement inner) {
    into.nested.push_back(std::move(inner));
    return static_cast<std::uint32_t>(into.nested.size() - 1);
  };
  expr::nested_readers out;
  out.select = [=, &into](expr::cursor& from) -> result<std::uint32_t> {
    if (auto r = may_nest(from, into, depth); !r) return passed(r);
    if (auto r = from.expect_sign("("); !r) return passed(r);
    result<statement> inner = read(from, depth + 1);
    if (!inner) return passed(inner);
    if (auto r = from.expect_sign(")"); !r) return passed(r);
    return keep(std::move(*inner));
  };
  out.figure = [=, &into](expr::cursor& from) -> result<std::uint32_t> {
    if (auto r = may_nest(from, into, depth); !r) return passed(r);
    if (auto r = from.expect_sign("("); !r) return passed(r);
    result<statement> inner = read(from, depth + 1, true);
    if (!inner) return passed(inner);
    if (auto r = from.expect_sign(")"); !r) return passed(r);
    return keep(std::move(*inner));
  };
  out.condition = [=, &into](expr::cursor& from) -> result<std::uint32_t> {
    if (auto r = may_nest(from, into, depth); !r) return passed(r);
    statement inner;
    inner.entity_offset = from.peek().offset;
    result<expr::tree> c = expr::parse(from, nesting(inner, depth + 1));
    if (!c) return passed(c);
    inner.where = std::move(*c);
    return keep(std::move(inner));
  };
  return out;
}

/// Items with commas between them. A select of children is named after these.
inline result<void> read_some(expr::cursor& from, std::vector<select_item>& into, statement& out,
                              int depth) {
  do {
    select_item item;
    item.offset = from.peek().offset;
    result<expr::tree> what = expr::parse(from, nesting(out, depth));
    if (!what) return passed(what);
    item.what = std::move(*what);
    item.name = name_of(item.what, out);
    if (from.take_word("as")) {
      const auto kind = from.peek().what;
      if (kind != expr::token_kind::word && kind != expr::token_kind::quoted_word)
        return unexpected(from.expected("a name"));
      item.name = from.take().text;
      item.named = true;
    }
    into.push_back(std::move(item));
  } while (from.take_sign(","));
  return {};
}

inline result<void> read_items(expr::cursor& from, statement& out, int depth) {
  if (from.take_sign("*")) {
    out.all_fields = true;
    return {};
  }
  return read_some(from, out.items, out, depth);
}

inline result<void> read_order(expr::cursor& from, statement& out, int depth) {
  do {
    order_item item;
    result<expr::tree> by = expr::parse(from, nesting(out, depth));
    if (!by) return passed(by);
    item.by = std::move(*by);
    if (from.take_word("desc")) item.descending = true;
    else from.take_word("asc");
    if (from.take_word("nulls")) {
      if (from.take_word("first")) item.nulls = nulls::first;
      else if (from.take_word("last")) item.nulls = nulls::last;
      else return unexpected(from.expected("`first` or `last`"));
    }
    out.order.push_back(std::move(item));
  } while (from.take_sign(","));
  return {};
}

inline result<expr::tree> read_count(expr::cursor& from) {
  const auto kind = from.peek().what;
  if (kind != expr::token_kind::number && kind != expr::token_kind::parameter)
    return unexpected(from.expected("a number or a parameter"));
  const expr::token t = from.take();
  result<expr::tree> out = kind == expr::token_kind::number ? expr::parse(t.text)
                                                            : expr::parameter(t.text);
  if (!out) return unexpected(std::move(out.error().at_offset(t.offset)));
  out->nodes[out->root].offset = t.offset;
  return out;
}

/// A word before a parenthesis that is no function: perhaps a way of grouping was meant.
inline result<void> check_grouping_word(const expr::cursor& from) {
  const expr::token& word = from.peek();
  if (word.what != expr::token_kind::word || !from.at_sign("(", 1)) return {};
  std::string lowered = word.text;
  for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (expr::function_named(lowered) != expr::function::none) return {};
  nearest_name near(lowered);
  for (auto f = expr::function::coalesce; f <= expr::last_function;
       f = static_cast<expr::function>(static_cast<int>(f) + 1))
    near.offer(expr::name(f));
  near.offer("rollup");
  near.offer("cube");
  return unexpected(error(errc::unknown_name,
                          "no function " + in_backticks(word.text) + near.hint())
                        .at_offset(word.offset));
}

inline result<void> read_keys(expr::cursor& from, std::vector<expr::tree>& out,
                              const expr::nested_readers& nested) {
  do {
    result<expr::tree> key = expr::parse(from, nested);
    if (!key) return passed(key);
    out.push_back(std::move(*key));
  } while (from.take_sign(","));
  return {};
}

inline result<void> read_groups(expr::cursor& from, statement& out,
                                const expr::nested_readers& nested) {
  do {
    group_item item;
    item.offset = from.peek().offset;
    if (from.at_sign("(", 1)) {
      if (from.take_word("rollup")) item.how = group_item::kind::rollup;
      else if (from.take_word("cube")) item.how = group_item::kind::cube;
    }
    if (item.how != group_item::kind::key) {
      from.take_sign("(");
      if (auto r = read_keys(from, item.keys, nested); !r) return r;
      if (!from.take_sign(")")) return unexpected(from.expected("`,` or `)`"));
    } else {
      if (auto r = check_grouping_word(from); !r) return r;
      result<expr::tree> key = expr::parse(from, nested);
      if (!key) return passed(key);
      item.keys.push_back(std::move(*key));
    }
    out.group_by.push_back(std::move(item));
  } while (from.take_sign(","));
  return {};
}

/// What stands before `in`, whose list has names of its own and is no expression.
inline result<expr::tree> read_before_in(expr::cursor& from,
                                         const expr::nested_readers& nested) {
  std::vector<expr::token> own;
  for (int open = 0; !from.at_end() && (open > 0 || !from.at_word("in"));) {
    if (from.at_sign("(")) ++open;
    if (from.at_sign(")") && --open < 0) break;
    own.push_back(from.take());
  }
  if (!from.at_word("in")) return unexpected(from.expected("`in`"));
  expr::token end = from.peek();
  end.what = expr::token_kind::end;
  own.push_back(std::move(end));
  expr::cursor inside(std::move(own));
  result<expr::tree> out = expr::parse(inside, nested);
  if (out && !inside.at_end()) return unexpected(inside.expected("`in`"));
  return out;
}

/// ( item, … )
inline result<void> read_listed(expr::cursor& from, std::vector<select_item>& into,
                                statement& out, int depth) {
  if (auto r = from.expect_sign("("); !r) return r;
  if (auto r = read_some(from, into, out, depth); !r) return r;
  if (!from.take_sign(")")) return unexpected(from.expected("`,` or `)`"));
  return {};
}

/// funnel (created_at as created, any(stage_visits: stage.is_won) as won)
inline result<void> read_funnel(expr::cursor& from, statement& out, int depth) {
  out.funnel.offset = from.peek().offset;
  if (!from.take_word("funnel")) return {};
  return read_listed(from, out.funnel.steps, out, depth);
}

/// pivot (sum(amount) as value, …) for stage.name in ('Won' as won, …)
inline result<void> read_pivot(expr::cursor& from, statement& out, int depth) {
  out.pivot.offset = from.peek().offset;
  if (!from.take_word("pivot")) return {};
  if (auto r = read_listed(from, out.pivot.figures, out, depth); !r) return r;
  if (auto r = from.expect_word("for"); !r) return r;
  result<expr::tree> of = read_before_in(from, nesting(out, depth));
  if (!of) return passed(of);
  out.pivot.of = std::move(*of);
  if (auto r = from.expect_word("in"); !r) return r;
  return read_listed(from, out.pivot.values, out, depth);
}

inline result<void> read_after(expr::cursor& from, statement& out, int depth) {
  const std::uint32_t offset = from.peek().offset;
  if (!from.take_word("after")) return {};
  if (depth > 0)
    return unexpected(error(errc::parse, "`after` stands in the outermost select alone")
                          .at_offset(offset));
  if (from.peek().what != expr::token_kind::parameter)
    return unexpected(from.expected("a parameter for the cursor, such as `:cursor`"));
  const expr::token t = from.take();
  out.after = expr::parameter(t.text);
  out.after.nodes[out.after.root].offset = t.offset;
  return {};
}

inline result<void> read_limits(expr::cursor& from, statement& out, int depth) {
  for (auto [word, into] : {std::pair("limit", &out.limit), std::pair("offset", &out.offset)}) {
    if (!from.take_word(word)) continue;
    result<expr::tree> n = read_count(from);
    if (!n) return passed(n);
    *into = std::move(*n);
    if (into != &out.limit) continue;
    if (!out.per.empty() || !from.take_word("per")) {
      if (auto r = read_after(from, out, depth); !r) return r;
      continue;
    }
    out.most_per = std::exchange(out.limit, {});
    if (auto r = read_keys(from, out.per, nesting(out, depth)); !r) return r;
    return read_limits(from, out, depth);
  }
  return {};
}

inline result<standing> read_standing(expr::cursor& from) {
  if (from.take_word("deleted")) return standing::deleted;
  if (from.take_word("archived")) return standing::archived;
  if (!from.take_word("with")) return standing::current;
  if (auto r = from.expect_word("archived"); !r) return passed(r);
  return standing::live;
}

inline result<expr::tree> read_moment(expr::cursor& from) {
  using kind = expr::token_kind;
  const kind first = from.peek().what;
  const bool named = (from.at_word("date") || from.at_word("instant")) &&
                     from.peek(1).what == kind::text;
  if (first != kind::text && first != kind::parameter && !named)
    return unexpected(from.expected("a date, an instant or a parameter"));
  const expr::token t = from.take();
  std::string text = first == kind::parameter ? ":" + t.text : expr::quoted_text(t.text);
  if (named) text = t.text + " " + expr::quoted_text(from.take().text);
  result<expr::tree> out = expr::parse(text);
  if (!out) return unexpected(std::move(out.error().at_offset(t.offset)));
  for (expr::node& n : out->nodes) n.offset = t.offset;
  return out;
}

inline result<ownership> read_scope(expr::cursor& from) {
  if (!from.take_word("scope")) return ownership::all;
  if (from.take_word("mine")) return ownership::mine;
  if (from.take_word("team")) return ownership::team;
  if (from.take_word("all")) return ownership::all;
  return unexpected(from.expected("`mine`, `team` or `all`"));
}

inline result<void> read_clauses(expr::cursor& from, statement& out, int depth) {
  const expr::nested_readers nested = nesting(out, depth);
  const auto condition = [&](expr::tree& into) -> result<void> {
    result<expr::tree> c = expr::parse(from, nested);
    if (!c) return passed(c);
    into = std::move(*c);
    return {};
  };
  if (from.take_word("where"))
    if (auto r = condition(out.where); !r) return r;
  if (from.take_word("group")) {
    if (auto r = from.expect_word("by"); !r) return r;
    if (auto r = read_groups(from, out, nested); !r) return r;
    out.fill_offset = from.peek().offset;
    out.fill_gaps = from.take_word("fill");
    if (out.fill_gaps)
      if (auto r = from.expect_word("gaps"); !r) return r;
  }
  if (auto r = read_funnel(from, out, depth); !r) return r;
  if (auto r = read_pivot(from, out, depth); !r) return r;
  if (from.take_word("having"))
    if (auto r = condition(out.having); !r) return r;
  if (from.take_word("order")) {
    if (auto r = from.expect_word("by"); !r) return r;
    if (auto r = read_order(from, out, depth); !r) return r;
  }
  return read_limits(from, out, depth);
}

/// The name of an entity, or words with dots between them that lead to children.
inline result<void> read_source(expr::cursor& from, statement& out) {
  out.entity_offset = from.peek().offset;
  do {
    const auto kind = from.peek().what;
    if (kind != expr::token_kind::word && kind != expr::token_kind::quoted_word)
      return unexpected(from.expected(out.of_children ? "the name of children"
                                                      : "the name of an entity"));
    if (out.of_children && from.peek().text.find('.') != std::string::npos)
      return unexpected(from.expected("the name of children without a dot"));
    if (!out.entity.empty()) out.entity += '.';
    out.entity += from.take().text;
  } while (out.of_children && from.take_sign("."));
  return {};
}

inline result<statement> read(expr::cursor& from, int depth, bool of_children) {
  statement out;
  out.of_children = of_children;
  if (auto r = from.expect_word("select"); !r) return passed(r);
  if (auto r = read_items(from, out, depth); !r) return passed(r);
  if (auto r = from.expect_word("from"); !r) return passed(r);
  if (auto r = read_source(from, out); !r) return passed(r);
  result<standing> which = read_standing(from);
  if (!which) return passed(which);
  out.standing = *which;
  result<ownership> whose = read_scope(from);
  if (!whose) return passed(whose);
  out.scope = *whose;
  if (from.at_word("as")) {
    const std::uint32_t offset = from.take().offset;
    if (auto r = from.expect_word("of"); !r) return passed(r);
    if (depth > 0)
      return unexpected(error(errc::parse, "`as of` stands in the outermost select and is for all")
                            .at_offset(offset));
    result<expr::tree> when = read_moment(from);
    if (!when) return passed(when);
    out.as_of = std::move(*when);
  }
  if (auto r = read_clauses(from, out, depth); !r) return passed(r);
  return out;
}

inline void append_items(std::string& out, const std::vector<select_item>& items,
                         const statement& s) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i) out += ", ";
    out += print(items[i].what, s);
    if (items[i].named) out += " as " + expr::quoted_name(items[i].name);
  }
}

inline void append_funnel(std::string& out, const statement& s) {
  if (s.funnel.empty()) return;
  out += " funnel (";
  append_items(out, s.funnel.steps, s);
  out += ')';
}

inline void append_pivot(std::string& out, const statement& s) {
  const pivot_clause& p = s.pivot;
  if (p.empty()) return;
  out += " pivot (";
  append_items(out, p.figures, s);
  // A comparison in front of `in` would be read to its end.
  const expr::op what = p.of.top().what;
  const bool bare = what == expr::op::path || what == expr::op::call;
  out += (bare ? ") for " : ") for (") + print(p.of, s) + (bare ? "" : ")");
  out += " in (";
  append_items(out, p.values, s);
  out += ')';
}

inline void append_keys(std::string& out, const std::vector<expr::tree>& keys,
                        const statement& s) {
  for (std::size_t i = 0; i < keys.size(); ++i) out += (i ? ", " : "") + print(keys[i], s);
}

inline void append_group(std::string& out, const group_item& item, const statement& s) {
  if (item.how == group_item::kind::key) return append_keys(out, item.keys, s);
  out += item.how == group_item::kind::rollup ? "rollup(" : "cube(";
  append_keys(out, item.keys, s);
  out += ')';
}

inline void append_condition(std::string& out, std::string_view word, const expr::tree& t,
                             const statement& s) {
  if (t.empty()) return;
  out += word;
  out += print(t, s);
}

inline std::string source(const statement& s) {
  if (!s.of_children) return expr::quoted_name(s.entity);
  std::string out;
  for (std::string_view left = s.entity;;) {
    const std::size_t dot = std::min(left.find('.'), left.size());
    out += expr::quoted_name(left.substr(0, dot));
    if (dot == left.size()) return out;
    out += '.';
    left.remove_prefix(dot + 1);
  }
}

}  // namespace detail_statement

GUANXI_INLINE result<statement> parse(std::string_view text) {
  result<std::vector<expr::token>> tokens = expr::tokenise(text);
  if (!tokens) return passed(tokens);
  expr::cursor from(std::move(*tokens));
  result<statement> out = detail_statement::read(from, 0);
  if (!out) return out;
  if (!from.at_end()) return unexpected(from.expected("the end of the query"));
  return out;
}

GUANXI_INLINE std::string print(const expr::tree& t, const statement& s) {
  return expr::print(t, [&s](std::uint32_t n) {
    const statement& inner = s.nested[n];
    return inner.entity.empty() ? print(inner) : "(" + print(inner) + ")";
  });
}

GUANXI_INLINE std::string name_of(const expr::tree& item, const statement& s) {
  if (item.top().what != expr::op::subselect) return print(item, s);
  const std::string& children = s.nested[item.top().index].entity;
  return children.substr(children.rfind('.') + 1);
}

GUANXI_INLINE std::string print(const statement& s) {
  if (s.entity.empty()) {  // the condition of a quantifier
    std::string condition;
    detail_statement::append_condition(condition, "", s.where, s);
    return condition;
  }
  std::string out = "select ";
  if (s.all_fields) out += "*";
  detail_statement::append_items(out, s.items, s);
  out += " from " + detail_statement::source(s);
  if (s.standing == standing::live) out += " with archived";
  if (s.standing == standing::archived) out += " archived";
  if (s.standing == standing::deleted) out += " deleted";
  if (s.scope == ownership::mine) out += " scope mine";
  if (s.scope == ownership::team) out += " scope team";
  if (!s.as_of.empty()) out += " as of " + expr::print(s.as_of);
  detail_statement::append_condition(out, " where ", s.where, s);
  for (std::size_t i = 0; i < s.group_by.size(); ++i) {
    out += i ? ", " : " group by ";
    detail_statement::append_group(out, s.group_by[i], s);
  }
  if (s.fill_gaps) out += " fill gaps";
  detail_statement::append_funnel(out, s);
  detail_statement::append_pivot(out, s);
  detail_statement::append_condition(out, " having ", s.having, s);
  for (std::size_t i = 0; i < s.order.size(); ++i) {
    out += (i ? ", " : " order by ") + print(s.order[i].by, s);
    if (s.order[i].descending) out += " desc";
    if (s.order[i].nulls == nulls::first) out += " nulls first";
    if (s.order[i].nulls == nulls::last) out += " nulls last";
  }
  if (!s.per.empty()) {
    out += " limit " + expr::print(s.most_per) + " per ";
    detail_statement::append_keys(out, s.per, s);
  }
  if (!s.limit.empty()) out += " limit " + expr::print(s.limit);
  if (!s.after.empty()) out += " after " + expr::print(s.after);
  if (!s.offset.empty()) out += " offset " + expr::print(s.offset);
  return out;
}

}  // namespace guanxi::query
