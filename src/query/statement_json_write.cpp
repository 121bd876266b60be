// Statements out as JSON, in one order and one line.
#include "guanxi/query/statement_json.hpp"

#include "guanxi/base/json.hpp"
#include "json_form.hpp"

#include <algorithm>
#include <iterator>

namespace guanxi::query {
namespace {

using namespace json_form;
using expr::function;
using expr::no_node;
using expr::node;
using expr::node_id;
using expr::tree;

class writer {
 public:
  std::string out;

  void select(const statement& s, bool outermost) {
    open_select(s, outermost);
    out += '}';
  }

 private:
  /// Without its closing brace, so that `as` can follow.
  void open_select(const statement& s, bool outermost) {
    out += outermost ? "{\"version\":" + std::to_string(statement_json_version) + ",\"select\":"
                     : std::string("{\"select\":");
    items(s);
    member("from");
    append_json_text(out, s.entity);
    word("standing", s.standing, standings, standing::current);
    word("scope", s.scope, scopes, ownership::all);
    expression("as_of", s.as_of, s);
    expression("where", s.where, s);
    groups(s);
    if (s.fill_gaps) out += ",\"fill_gaps\":true";
    if (!s.funnel.empty()) {
      member("funnel");
      some(s.funnel.steps, s, false);
    }
    pivot(s);
    expression("having", s.having, s);
    order(s);
    if (!s.per.empty()) {
      out += ",\"limit_per\":{\"limit\":";
      whole(s.most_per, s.most_per.root, s);
      member("per");
      list(s.per, s);
      out += '}';
    }
    expression("limit", s.limit, s);
    expression("after", s.after, s);
    expression("offset", s.offset, s);
  }

  void member(std::string_view key) {
    out += ",\"";
    out += key;
    out += "\":";
  }

  template <class T, std::size_t N>
  void word(std::string_view key, T what, const std::pair<std::string_view, T> (&known)[N],
            T usual) {
    if (what == usual) return;
    for (const auto& [name, meaning] : known) {
      if (meaning != what) continue;
      member(key);
      append_json_text(out, name);
    }
  }

  void expression(std::string_view key, const tree& t, const statement& s) {
    if (t.empty()) return;
    member(key);
    whole(t, t.root, s);
  }

  void items(const statement& s) {
    if (s.all_fields) {
      out += "\"*\"";
      return;
    }
    some(s.items, s, true);
  }

  /// `bare`: a select of children stands for itself.
  void some(const std::vector<select_item>& items, const statement& s, bool bare) {
    out += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i) out += ',';
      const node& top = items[i].what.top();
      if (bare && top.what == op::subselect) open_select(s.nested[top.index], false);
      else open(items[i].what, items[i].what.root, s);
      if (items[i].named) {
        member("as");
        append_json_text(out, items[i].name);
      }
      out += '}';
    }
    out += ']';
  }

  void pivot(const statement& s) {
    if (s.pivot.empty()) return;
    out += ",\"pivot\":{\"figures\":";
    some(s.pivot.figures, s, false);
    member("for");
    closed(s.pivot.of, s.pivot.of.root, s);
    member("in");
    some(s.pivot.values, s, false);
    out += '}';
  }

  void list(const std::vector<tree>& keys, const statement& s) {
    out += '[';
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i) out += ',';
      closed(keys[i], keys[i].root, s);
    }
    out += ']';
  }

  void groups(const statement& s) {
    if (s.group_by.empty()) return;
    member("group_by");
    out += '[';
    for (std::size_t i = 0; i < s.group_by.size(); ++i) {
      const group_item& item = s.group_by[i];
      if (i) out += ',';
      if (item.how == group_item::kind::key) {
        closed(item.keys[0], item.keys[0].root, s);
        continue;
      }
      out += item.how == group_item::kind::rollup ? "{\"rollup\":" : "{\"cube\":";
      list(item.keys, s);
      out += '}';
    }
    out += ']';
  }

  void order(const statement& s) {
    if (s.order.empty()) return;
    member("order_by");
    out += '[';
    for (std::size_t i = 0; i < s.order.size(); ++i) {
      const order_item& item = s.order[i];
      if (i) out += ',';
      open(item.by, item.by.root, s);
      if (item.descending) out += ",\"desc\":true";
      if (item.nulls == nulls::first) out += ",\"nulls\":\"first\"";
      if (item.nulls == nulls::last) out += ",\"nulls\":\"last\"";
      out += '}';
    }
    out += ']';
  }

  /// As a bare value where one is meant, else as an object.
  void whole(const tree& t, node_id at, const statement& s) {
    const node& n = t.at(at);
    if (n.what == op::literal && bare_value(n.content)) return;
    closed(t, at, s);
  }

  void closed(const tree& t, node_id at, const statement& s) {
    open(t, at, s);
    out += '}';
  }

  /// What JavaScript reads without losing a digit.
  static bool is_exact(std::int64_t x) noexcept {
    constexpr std::int64_t most = (std::int64_t{1} << 53) - 1;
    return x >= -most && x <= most;
  }

  bool bare_value(const value& v) {
    switch (v.type()) {
      case value_type::integer:
        if (!is_exact(v.as_integer())) return false;
        break;
      case value_type::null:
      case value_type::boolean:
      case value_type::text: break;
      default: return false;
    }
    append_json_value(out, v);
    return true;
  }

  void literal(const value& v) {
    for (const operator_key& o : operators) {
      if (o.how != form::literal || o.type != v.type()) continue;
      key(o.key);
      break;
    }
    const bool digits = v.type() == value_type::decimal ||
                        (v.type() == value_type::integer && !is_exact(v.as_integer()));
    if (digits) append_json_text(out, v.to_string());
    else append_json_value(out, v);
  }

  void key(std::string_view k) {
    out += "{\"";
    out += k;
    out += "\":";
  }

  void operands(const tree& t, const std::vector<node_id>& children, std::size_t from,
                const statement& s) {
    out += '[';
    for (std::size_t i = from; i < children.size(); ++i) {
      if (i > from) out += ',';
      whole(t, children[i], s);
    }
    out += ']';
  }

  /// An object without its closing brace, so that `as` and the like can follow.
  void open(const tree& t, node_id at, const statement& s) {
    const node& n = t.at(at);
    if (n.what == op::literal) return literal(n.content);
    const auto o = std::find_if(std::begin(operators), std::end(operators),
                                [&](const operator_key& k) { return k.what == n.what; });
    if (o == std::end(operators)) {  // the column of a bound tree, which has no name of its own
      key("path");
      return append_json_text(out, "column" + std::to_string(n.index));
    }
    key(o->key);
    switch (o->how) {
      case form::path:
      case form::parameter: return append_json_text(out, n.text);
      case form::unary: return whole(t, n.children[0], s);
      case form::membership: return membership(t, n, s);
      case form::call: return call(t, n, s);
      case form::aggregate: return aggregate(t, n, s);
      case form::figure: return select(s.nested[n.index], false);
      case form::quantifier:
        append_json_text(out, n.text);
        member("where");
        return whole(s.nested[n.index].where, s.nested[n.index].where.root, s.nested[n.index]);
      default: return operands(t, n.children, 0, s);
    }
  }

  void membership(const tree& t, const node& n, const statement& s) {
    out += '[';
    whole(t, n.children[0], s);
    out += ',';
    const node* set = n.children.size() == 2 ? &t.at(n.children[1]) : nullptr;
    if (set && set->what == op::subselect) {
      select(s.nested[set->index], false);
    } else if (set && set->fn == function::range) {
      key("range");
      append_json_text(out, set->text);
      if (!set->children.empty()) {
        member("n");
        whole(t, set->children[0], s);
      }
      out += '}';
    } else if (set && set->what == op::parameter) {
      whole(t, n.children[1], s);
    } else {
      operands(t, n.children, 1, s);
    }
    out += ']';
  }

  void call(const tree& t, const node& n, const statement& s) {
    append_json_text(out, expr::name(n.fn));
    if (n.fn == function::convert) return conversion(t, n, s);
    const bool back = (expr::looks_back(n.fn) || n.fn == function::conversion) &&
                      n.children.size() == 2;
    if (!n.children.empty()) {
      member("of");
      if (back) whole(t, n.children[0], s);
      else operands(t, n.children, 0, s);
    }
    if (back) {
      member("n");
      whole(t, n.children[1], s);
    }
    if (n.fn != function::period && n.fn != function::periods_between && !back) return;
    member("unit");
    append_json_text(out, n.text);
  }

  void conversion(const tree& t, const node& n, const statement& s) {
    constexpr std::string_view keys[] = {"of", "to", "at"};
    for (std::size_t i = 0; i < std::min(n.children.size(), std::size(keys)); ++i) {
      member(keys[i]);
      whole(t, n.children[i], s);
    }
    if (!n.text.empty()) out += ",\"else\":null";
  }

  void aggregate(const tree& t, const node& n, const statement& s) {
    append_json_text(out, expr::name(n.fn));
    if (n.children[0] != no_node) {
      member("of");
      closed(t, n.children[0], s);
    }
    if (n.distinct) out += ",\"distinct\":true";
    if (n.children.size() > 2 && !expr::goes_by(n.fn)) {
      member("fraction");
      whole(t, n.children[2], s);
    } else if (n.children.size() > 2) {
      member("by");
      out += '[';
      for (std::size_t i = 2; i < n.children.size(); ++i) {
        if (i > 2) out += ',';
        closed(t, n.children[i], s);
      }
      out += ']';
    }
    if (n.children[1] == no_node) return;
    member("filter");
    whole(t, n.children[1], s);
  }
};

}  // namespace

std::string to_json(const statement& s) {
  writer w;
  w.select(s, true);
  return std::move(w.out);
}

}  // namespace guanxi::query
