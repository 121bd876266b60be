// Statements as JSON: their clauses, of which each reads its own part.
#include "guanxi/query/statement_json.hpp"

#include "guanxi/expr/print.hpp"
#include "json_expression.hpp"
#include "json_form.hpp"

namespace guanxi::query {
namespace json_form {
namespace {

using expr::node;
using expr::tree;

constexpr std::string_view item_keys[] = {"as"};
constexpr std::string_view order_keys[] = {"desc", "nulls"};
constexpr std::string_view pivot_keys[] = {"figures", "for", "in"};
constexpr std::string_view limit_keys[] = {"limit", "per"};
constexpr std::string_view statement_keys[] = {
    "version", "select",   "from",   "standing", "scope",     "as_of",
    "where",   "group_by", "fill_gaps", "funnel", "pivot",    "having", "order_by", "limit_per",
    "limit",   "after",    "offset"};

constexpr std::string_view branch_keys[] = {
    "as",       "version",   "select", "from",   "standing", "scope",     "as_of", "where",
    "group_by", "fill_gaps", "funnel", "pivot",  "having", "order_by", "limit_per", "limit",
    "after",    "offset"};

result<void> check_array(const json& x, const place& where, std::string_view of) {
  if (x.is(json::type::array) && !x.items().empty()) return {};
  return expected(where, "an array of " + std::string(of) + ", at least one", x);
}

/// A select among the items of another: it is named after the children that it is about.
result<void> read_branch(const json& x, const place& where, int depth, statement& out,
                         select_item& item) {
  if (out.nested.size() >= max_nested)
    return refused(errc::limit, where,
                   "a select has more than " + std::to_string(max_nested) + " nested ones");
  if (depth + 1 > max_nesting)
    return refused(errc::limit, where,
                   "selects are nested more than " + std::to_string(max_nesting) + " deep");
  result<statement> inner = read_select(x, where, depth + 1, true);
  if (!inner) return passed(inner);
  node n;
  n.what = op::subselect;
  n.index = static_cast<std::uint32_t>(out.nested.size());
  item.what.root = item.what.add(std::move(n));
  item.name = inner->entity.substr(inner->entity.rfind('.') + 1);
  out.nested.push_back(std::move(*inner));
  return {};
}

/// The statement that an expression stands in, and how deep that is nested.
struct inside {
  statement& out;
  int depth;
};

result<void> read_plain(const json& x, const place& where, bare strings, inside of,
                        select_item& item) {
  result<tree> what = read_expression(x, where, strings, item_keys, &of.out, of.depth);
  if (!what) return passed(what);
  item.what = std::move(*what);
  item.name = name_of(item.what, of.out);
  return {};
}

/// `what` reads an item but for the name that it is given.
template <class F>
result<void> read_some(const json& x, const place& where, std::vector<select_item>& out,
                       F&& what) {
  for (std::size_t i = 0; i < x.items().size(); ++i) {
    const place there = where.at(i);
    select_item item;
    if (auto ok = what(x.items()[i], there, item); !ok) return ok;
    if (const json* as = x.items()[i].find("as")) {
      result<std::string> name = read_name(*as, there.at("as"), "a name");
      if (!name) return passed(name);
      item.name = std::move(*name);
      item.named = true;
    }
    out.push_back(std::move(item));
  }
  return {};
}

result<void> read_items(const json& x, const place& where, int depth, statement& out) {
  if (x.is(json::type::text) && x.as_text() == "*") {
    out.all_fields = true;
    return {};
  }
  if (!x.is(json::type::array) || x.items().empty())
    return expected(where, "\"*\" or an array of expressions, at least one", x);
  return read_some(x, where, out.items, [&](const json& one, const place& there, auto& item) {
    return one.find("select") ? read_branch(one, there, depth, out, item)
                              : read_plain(one, there, bare::path, {out, depth}, item);
  });
}

result<void> read_funnel(const json& x, const place& where, inside of) {
  if (auto ok = check_array(x, where, "steps"); !ok) return ok;
  return read_some(x, where, of.out.funnel.steps,
                   [&](const json& one, const place& there, auto& item) {
                     return read_plain(one, there, bare::path, of, item);
                   });
}

result<void> read_pivot(const json& x, const place& where, inside of) {
  statement& out = of.out;
  if (auto ok = check_keys(x, pivot_keys, where); !ok) return ok;
  for (std::string_view needed : pivot_keys)
    if (!x.find(needed))
      return malformed(where, "`pivot` needs `figures`, what it is `for`, and the values `in` it,");
  const auto some = [&](std::string_view key, bare strings, std::vector<select_item>& into) {
    const json& items = *x.find(key);
    auto ok = check_array(items, where.at(key), "expressions");
    if (!ok) return ok;
    return read_some(items, where.at(key), into,
                     [&](const json& one, const place& there, auto& item) {
                       return read_plain(one, there, strings, of, item);
                     });
  };
  if (auto ok = some("figures", bare::path, out.pivot.figures); !ok) return ok;
  result<tree> by = read_expression(*x.find("for"), where.at("for"), bare::path, {}, &out,
                                    of.depth);
  if (!by) return passed(by);
  out.pivot.of = std::move(*by);
  return some("in", bare::text, out.pivot.values);
}

result<void> read_keys(const json& x, const place& where, inside of, std::vector<tree>& into) {
  if (auto ok = check_array(x, where, "expressions"); !ok) return ok;
  for (std::size_t i = 0; i < x.items().size(); ++i) {
    result<tree> key = read_expression(x.items()[i], where.at(i), bare::path, {}, &of.out,
                                       of.depth);
    if (!key) return passed(key);
    into.push_back(std::move(*key));
  }
  return {};
}

result<void> read_groups(const json& x, const place& where, inside of) {
  if (auto ok = check_array(x, where, "keys"); !ok) return ok;
  for (std::size_t i = 0; i < x.items().size(); ++i) {
    const json& from = x.items()[i];
    const place there = where.at(i);
    group_item item;
    const json* rollup = from.find("rollup");
    const json* cube = from.find("cube");
    if (rollup || cube) {
      static constexpr std::string_view keys[] = {"rollup", "cube"};
      if (auto ok = check_keys(from, keys, there); !ok) return ok;
      if (rollup && cube) return malformed(there, "either `rollup` or `cube`, not both,");
      item.how = rollup ? group_item::kind::rollup : group_item::kind::cube;
      const place within = there.at(rollup ? "rollup" : "cube");
      if (auto ok = read_keys(rollup ? *rollup : *cube, within, of, item.keys); !ok) return ok;
    } else {
      result<tree> key = read_expression(from, there, bare::path, {}, &of.out, of.depth);
      if (!key) return passed(key);
      item.keys.push_back(std::move(*key));
    }
    of.out.group_by.push_back(std::move(item));
  }
  return {};
}

result<void> read_gaps(const json& x, const place& where, statement& out) {
  if (!x.is(json::type::boolean)) return expected(where, "true or false", x);
  if (x.as_boolean() && out.group_by.empty())
    return malformed(where, "`fill_gaps` needs a `group_by`,");
  out.fill_gaps = x.as_boolean();
  return {};
}

result<void> read_order(const json& x, const place& where, inside of) {
  if (auto ok = check_array(x, where, "expressions"); !ok) return ok;
  for (std::size_t i = 0; i < x.items().size(); ++i) {
    const json& from = x.items()[i];
    const place there = where.at(i);
    result<tree> by = read_expression(from, there, bare::path, order_keys, &of.out, of.depth);
    if (!by) return passed(by);
    order_item item;
    item.by = std::move(*by);
    if (const json* desc = from.find("desc")) {
      if (!desc->is(json::type::boolean))
        return expected(there.at("desc"), "true or false", *desc);
      item.descending = desc->as_boolean();
    }
    if (const json* last = from.find("nulls")) {
      result<nulls> which = read_word(*last, there.at("nulls"), "place of nulls", null_places);
      if (!which) return passed(which);
      item.nulls = *which;
    }
    of.out.order.push_back(std::move(item));
  }
  return {};
}

result<void> read_moment(const json& x, const place& where, int depth, statement& out) {
  if (depth > 0)
    return malformed(where, "`as_of` stands in the outermost select and is for all,");
  result<tree> when = read_expression(x, where, bare::text);
  if (!when) return passed(when);
  const node& top = when->top();
  const value_type type = top.content.type();
  if (top.what != op::parameter &&
      (top.what != op::literal || (type != value_type::text && type != value_type::date &&
                                   type != value_type::instant)))
    return expected(where, "a date, an instant or a {\"parameter\"}", x);
  out.as_of = std::move(*when);
  return {};
}

result<void> read_condition(const json& x, const place& where, int depth, statement& out,
                            tree& into) {
  result<tree> c = read_expression(x, where, bare::text, {}, &out, depth);
  if (!c) return passed(c);
  into = std::move(*c);
  return {};
}

result<void> read_limit_per(const json& x, const place& where, inside of) {
  if (auto ok = check_keys(x, limit_keys, where); !ok) return ok;
  const json* limit = x.find("limit");
  const json* per = x.find("per");
  if (!limit || !per) return malformed(where, "`limit_per` needs a `limit` and what it is `per`,");
  result<tree> most = read_count(*limit, where.at("limit"));
  if (!most) return passed(most);
  of.out.most_per = std::move(*most);
  return read_keys(*per, where.at("per"), of, of.out.per);
}

result<void> put_count(const json& x, const place& where, tree& into) {
  result<tree> n = read_count(x, where);
  if (!n) return passed(n);
  into = std::move(*n);
  return {};
}

result<void> read_after(const json& x, const place& where, int depth, statement& out) {
  if (depth > 0) return malformed(where, "`after` stands in the outermost select,");
  if (out.limit.empty()) return malformed(where, "`after` needs a `limit`,");
  if (auto ok = put_count(x, where, out.after); !ok) return ok;
  if (out.after.top().what == op::parameter) return {};
  return expected(where, "a {\"parameter\"} for the cursor", x);
}

result<void> read_version(const json& x, const place& where, int depth) {
  if (depth > 0) return malformed(where, "`version` stands in the outermost select,");
  if (!x.is(json::type::number)) return expected(where, "a number", x);
  if (x.as_text() == std::to_string(statement_json_version)) return {};
  return refused(errc::unsupported, where,
                 "this library reads version " + std::to_string(statement_json_version) +
                     " of queries as JSON, not " + in_backticks(x.as_text()));
}

result<void> read_children(const json& x, const place& where, statement& out) {
  result<std::string> path = read_name(x, where, "a path to children such as \"contacts\"");
  if (!path) return passed(path);
  if (path->starts_with('.') || path->ends_with('.') || path->find("..") != std::string::npos)
    return malformed(where, in_backticks(*path) + " is not a path: a name is missing at a dot");
  out.entity = std::move(*path);
  return {};
}

result<void> read_clause(const json::member& m, const place& where, int depth, statement& out) {
  const auto& [key, x] = m;
  if (key == "version") return read_version(x, where, depth);
  if (key == "select") return read_items(x, where, depth, out);
  if (key == "as_of") return read_moment(x, where, depth, out);
  if (key == "where") return read_condition(x, where, depth, out, out.where);
  if (key == "group_by") return read_groups(x, where, {out, depth});
  if (key == "fill_gaps") return read_gaps(x, where, out);
  if (key == "funnel") return read_funnel(x, where, {out, depth});
  if (key == "pivot") return read_pivot(x, where, {out, depth});
  if (key == "having") return read_condition(x, where, depth, out, out.having);
  if (key == "order_by") return read_order(x, where, {out, depth});
  if (key == "limit_per") return read_limit_per(x, where, {out, depth});
  if (key == "limit") return put_count(x, where, out.limit);
  if (key == "after") return read_after(x, where, depth, out);
  if (key == "offset") return put_count(x, where, out.offset);
  const auto keep = [](auto&& read, auto& into) -> result<void> {
    if (!read) return passed(read);
    into = std::move(*read);
    return {};
  };
  if (key == "from" && out.of_children) return read_children(x, where, out);
  if (key == "from") return keep(read_name(x, where, "the name of an entity"), out.entity);
  if (key == "standing") return keep(read_word(x, where, "standing", standings), out.standing);
  return keep(read_word(x, where, "scope", scopes), out.scope);
}

}  // namespace

result<statement> read_select(const json& x, const place& where, int depth, bool of_children) {
  const words known = of_children ? words(branch_keys) : words(statement_keys);
  if (auto ok = check_keys(x, known, where); !ok) return passed(ok);
  for (std::string_view needed : {"select", "from"})
    if (!x.find(needed)) return malformed(where, "a query needs a `" + std::string(needed) + "`,");
  statement out;
  out.of_children = of_children;
  // In the order of the text, so that nested selects have the numbers that they have there.
  for (std::string_view key : statement_keys)
    for (const json::member& m : x.members())
      if (m.first == key)
        if (auto ok = read_clause(m, where.at(key), depth, out); !ok) return passed(ok);
  return out;
}

}  // namespace json_form

result<statement> statement_from_json(std::string_view text) {
  if (text.size() > max_statement_json)
    return unexpected(errc::limit, "the JSON of a query is longer than 4 MiB; pass long lists as "
                                   "parameters");
  result<json> doc = json::parse(text, max_statement_json_depth);
  if (!doc) return passed(doc);
  return json_form::read_select(*doc, json_form::place{}, 0);
}

}  // namespace guanxi::query
