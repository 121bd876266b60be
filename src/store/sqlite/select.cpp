#include "select.hpp"

#include "connection.hpp"
#include "guanxi/store/store.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::store::sqlite {

namespace {

using expr::expression;
using schema::system_slot::deletion_batch;

/// An aggregate of the plan as the node that it was.
expression as_expression(const query::aggregate& a) {
  expression out;
  expr::node call;
  call.what = expr::op::aggregate;
  call.fn = a.fn;
  call.distinct = a.distinct;
  call.type = a.type;
  const auto copy = [&out](const expression& part) { return expr::graft(part, part.root, out); };
  call.children = {copy(a.argument), copy(a.filter)};
  for (const expression& e : a.by) call.children.push_back(copy(e));
  out.root = out.add(std::move(call));
  return out;
}

/// Whether evaluating it may end in an error (overflow, a date out of range).
bool can_fail(const expression& e) {
  return std::any_of(e.nodes.begin(), e.nodes.end(), [](const expr::node& n) {
    return n.what == expr::op::call ||
           (n.what >= expr::op::add && n.what <= expr::op::negate);
  });
}

class writer {
 public:
  writer(const query::fragment& f, const names& called)
      : fragment_(f), plan_(f.plan->what()), names_(called) {
    dialect_.path = [this](std::uint32_t p) {
      return column(plan_.sources[p].join, plan_.sources[p].slot);
    };
    dialect_.column = [this](std::uint32_t index) { return column_text(index); };
    dialect_.bind_value = [](expr::sql_text& out, value v) {
      out.values.push_back(std::move(v));
      return "?" + std::to_string(out.values.size() + out.lists.size());
    };
    dialect_.bind_list = [](expr::sql_text& out, std::vector<value> list) {
      // A list travels as JSON text: one placeholder, one scan into a transient index.
      std::string text = "[";
      for (const value& v : list) {
        if (text.size() > 1) text += ',';
        append(text, v);
      }
      out.values.push_back(value(text + "]"));
      return "SELECT value FROM json_each(?" + std::to_string(out.values.size()) + ")";
    };
  }

  select_text write() {
    if (fragment_.groups) {
      write_groups();
      return std::move(out_);
    }
    out_.sql.text = "SELECT ";
    if (fragment_.whole) write_outputs();
    else write_paths();
    write_from();
    write_where();
    if (fragment_.whole) write_tail();
    return std::move(out_);
  }

 private:
  static void append(std::string& text, const value& v);
  std::string column(std::uint32_t join, std::uint16_t slot) const {
    const schema::entity& of = *plan_.joins[join].of;
    // The library's own tables have no columns for what they do not keep.
    if (bare(of) && of.at(slot).system && slot != schema::system_slot::id) return "NULL";
    return "j" + std::to_string(join) + "." + identifier(plan_.joins[join].of->at(slot).name);
  }
  void emit(const expression& e) { expr::emit_sql(e, dialect_, out_.sql); }
  /// A key or an aggregate, written out where a column of the grouping is used.
  std::string column_text(std::uint32_t index);
  void write_outputs();
  void write_groups();
  void write_paths();
  void write_from();
  void write_where();
  void write_tail();
  void write_guard(std::size_t join);
  using column_writer = std::function<std::string(std::uint16_t slot)>;
  void write_reach(const policy::reach& r, const column_writer& own);
  std::string tie_text(const policy::tie& t, const std::string& key);
  void write_standing(std::uint32_t join);
  void write_filter(const expression& e);

  const query::fragment& fragment_;
  const query::plan& plan_;
  const names& names_;
  expr::sql_dialect dialect_;
  select_text out_;
  int ties_ = 0;  ///< so many names of their records are given
};

void writer::append(std::string& text, const value& v) {
  switch (v.type()) {
    case value_type::boolean: text += v.as_boolean() ? "1" : "0"; return;
    case value_type::integer: text += std::to_string(v.as_integer()); return;
    case value_type::decimal: text += std::to_string(v.as_decimal().coefficient); return;
    case value_type::date: text += std::to_string(v.as_date().days); return;
    case value_type::instant: text += std::to_string(v.as_instant().microseconds); return;
    case value_type::reference: text += std::to_string(v.as_id().value); return;
    case value_type::null: text += "null"; return;
    case value_type::text: {
      text += '"';
      for (char c : v.as_text()) {
        constexpr char hex[] = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') (text += '\\') += c;
        else if (byte < 0x20) ((text += "\\u00") += hex[byte >> 4]) += hex[byte & 15];
        else text += c;
      }
      text += '"';
    }
  }
}

std::string writer::column_text(std::uint32_t index) {
  // The text goes where the caller stands, but its values join the statement's list at once.
  expr::sql_text part;
  part.values = std::move(out_.sql.values);
  part.lists = std::move(out_.sql.lists);
  part.calls = std::move(out_.sql.calls);
  if (index < plan_.keys.size()) {
    expr::emit_sql(plan_.keys[index], dialect_, part);
  } else {
    expr::emit_sql(as_expression(plan_.aggregates[index - plan_.keys.size()]), dialect_, part);
  }
  out_.sql.values = std::move(part.values);
  out_.sql.lists = std::move(part.lists);
  out_.sql.calls = std::move(part.calls);
  return part.text;
}

void writer::write_outputs() {
  const auto comma = [this] { if (!out_.columns.empty()) out_.sql.text += ", "; };
  for (const expression& e : plan_.outputs) {
    comma();
    emit(e);
    out_.columns.push_back(e.top().type);
  }
  for (const query::currency_check& check : plan_.checks)
    for (std::uint32_t c : check.columns) {
      comma();
      const std::string text = column_text(c);
      out_.sql.text += text;
      out_.columns.push_back({.base = value_type::text});
    }
  // What `having` drops has its currencies checked, too.
  if (!plan_.checks.empty() && !plan_.having.empty()) {
    comma();
    emit(plan_.having);
    out_.columns.push_back({.base = value_type::boolean});
  }
  // One group of all records is one to SQLite where an aggregate stands here, and not in what
  // follows alone.
  if (plan_.grouped && plan_.keys.empty()) {
    comma();
    out_.sql.text += "count(*)";
    out_.columns.push_back({.base = value_type::integer});
  }
}

/// A SELECT for each grouping set, all of the same rows. Placeholders have numbers, so that one
/// text may stand in each.
void writer::write_groups() {
  std::vector<std::string> columns(plan_.keys.size() + plan_.aggregates.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    // A mark stands nowhere as it is, and a value that is bound must stand somewhere.
    const bool mark = c < plan_.keys.size() && !plan_.sets.empty() &&
                      std::all_of(plan_.sets.begin(), plan_.sets.end(),
                                  [c](const auto& set) { return set[c].has_value(); });
    if (!mark) columns[c] = column_text(static_cast<std::uint32_t>(c));
  }
  write_from();
  write_where();
  const std::string rows = std::exchange(out_.sql.text, {});
  const std::vector<query::grouping_set> one(1, query::grouping_set(plan_.keys.size()));
  for (const query::grouping_set& set : plan_.sets.empty() ? one : plan_.sets) {
    std::string& text = out_.sql.text;
    text += text.empty() ? "SELECT " : " UNION ALL SELECT ";
    std::string by;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (c >= plan_.keys.size() || !set[c]) text += columns[c];
      else text += set[c]->is_null() ? "NULL" : set[c]->to_string();
      text += ", ";
      if (c < plan_.keys.size() && !set[c])
        by += (by.empty() ? " GROUP BY +(" : ", +(") + columns[c] + ")";
    }
    // Without any aggregate a set without keys would be a row for each record.
    text += "count(*)" + rows + by;
  }
  for (const expression& key : plan_.keys) out_.columns.push_back(key.top().type);
  for (const query::aggregate& a : plan_.aggregates) out_.columns.push_back(a.type);
  out_.columns.push_back({.base = value_type::integer});
}

void writer::write_paths() {
  // A count() reads no path, but SQL wants a column.
  if (plan_.sources.empty()) out_.sql.text += "1";
  for (std::size_t i = 0; i < plan_.sources.size(); ++i) {
    const query::path_source& s = plan_.sources[i];
    if (i) out_.sql.text += ", ";
    out_.sql.text += column(s.join, s.slot);
    const schema::field& f = plan_.joins[s.join].of->at(s.slot);
    out_.columns.push_back({.base = stored_as(f.type), .scale = f.scale});
  }
}

void writer::write_standing(std::uint32_t join) {
  using query::standing;
  const standing which = join == 0 ? plan_.standing : standing::live;
  // The library's own tables are neither deleted nor archived.
  if (bare(*plan_.joins[join].of) || which == standing::all) {
    out_.sql.text += "1";
    return;
  }
  out_.sql.text += column(join, deletion_batch);
  out_.sql.text += which == standing::deleted ? " IS NOT NULL" : " IS NULL";
  if (which == standing::current)
    out_.sql.text += " AND " + column(join, schema::system_slot::archived) + " IS NULL";
  if (which == standing::archived)
    out_.sql.text += " AND " + column(join, schema::system_slot::archived) + " IS NOT NULL";
}

void writer::write_guard(std::size_t join) {
  const policy::reach& guard = fragment_.plan->guard(join);
  const auto at = static_cast<std::uint32_t>(join);
  write_standing(at);
  if (guard.how_far == policy::reach::extent::all) return;
  out_.sql.text += " AND ";
  write_reach(guard, [&](std::uint16_t slot) { return column(at, slot); });
}

/// A reach of the record whose columns these are.
void writer::write_reach(const policy::reach& r, const column_writer& own) {
  if (r.how_far != policy::reach::extent::some) {
    out_.sql.text += r.how_far == policy::reach::extent::all ? "1" : "0";
    return;
  }
  expr::sql_dialect dialect = dialect_;
  dialect.path = [&](std::uint32_t p) { return own(r.paths->entries()[p].last().slot); };
  dialect.column = [&](std::uint32_t i) { return tie_text(r.ties[i], own(r.ties[i].here)); };
  expr::emit_sql(r.filter, dialect, out_.sql);
}

/// Whether there is a record that a tie asks for: by its key, or by the index of its reference.
std::string writer::tie_text(const policy::tie& t, const std::string& key) {
  const std::string alias = "t" + std::to_string(++ties_) + ".";
  const auto own = [&](std::uint16_t slot) { return alias + identifier(t.of->at(slot).name); };
  std::string before = std::exchange(out_.sql.text, {});
  out_.sql.text = "EXISTS (SELECT 1 FROM " + names_.table(t.of->name()) + " AS t" +
                  std::to_string(ties_) + " WHERE " + own(t.there) + " = " + key + " AND " +
                  own(deletion_batch) + " IS NULL AND ";
  write_reach(*t.within, own);
  out_.sql.text += ")";
  return std::exchange(out_.sql.text, std::move(before));
}

void writer::write_from() {
  out_.sql.text += " FROM " + names_.table(plan_.joins[0].of->name()) + " AS j0";
  for (std::size_t j = 1; j < plan_.joins.size(); ++j) {
    const query::join& join = plan_.joins[j];
    const std::string alias = "j" + std::to_string(j);
    out_.sql.text += " LEFT JOIN " + names_.table(join.of->name()) + " AS " + alias + " ON " +
                     alias + ".\"id\" = " + column(join.parent, join.via->slot) + " AND ";
    write_guard(j);
  }
}

void writer::write_where() {
  out_.sql.text += " WHERE ";
  write_guard(0);
  for (std::size_t i = 0; i < plan_.filters.size(); ++i) {
    if (!fragment_.filters[i]) continue;
    out_.sql.text += " AND ";
    write_filter(plan_.filters[i]);
  }
}

/// SQLite tests conditions in an order of its own. One that can fail must not be tried on a row
/// that the guards exclude: its error would tell of that row.
void writer::write_filter(const expression& e) {
  if (!can_fail(e)) return emit(e);
  std::vector<bool> used(plan_.joins.size(), false);
  for (const expr::node& n : e.nodes) {
    if (n.what != expr::op::path) continue;
    for (std::uint32_t j = plan_.sources[n.index].join; j > 0; j = plan_.joins[j].parent)
      used[j] = true;
  }
  out_.sql.text += "CASE WHEN ";
  write_guard(0);
  for (std::uint32_t j = 1; j < used.size(); ++j) {
    if (!used[j]) continue;
    out_.sql.text += " AND (" + column(j, schema::system_slot::id) + " IS NULL OR (";
    write_guard(j);
    out_.sql.text += "))";
  }
  out_.sql.text += " THEN ";
  emit(e);
  out_.sql.text += " END";
}

void writer::write_tail() {
  for (std::size_t k = 0; k < plan_.keys.size(); ++k) {
    out_.sql.text += k ? ", " : " GROUP BY ";
    // A bare literal would be read as a column number.
    out_.sql.text += "+(";
    emit(plan_.keys[k]);
    out_.sql.text += ")";
  }
  if (plan_.checks.empty() && !plan_.having.empty()) {
    out_.sql.text += " HAVING ";
    emit(plan_.having);
  }
  for (std::size_t i = 0; i < plan_.order.size(); ++i) {
    const query::order_key& k = plan_.order[i];
    out_.sql.text += i ? ", " : " ORDER BY ";
    const bool literal = k.by.top().what == expr::op::literal;
    if (literal) out_.sql.text += "+(";
    emit(k.by);
    if (literal) out_.sql.text += ")";
    out_.sql.text += k.descending ? " DESC" : " ASC";
    out_.sql.text += k.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }
  // The core cuts what has currencies to check, once every group is checked.
  if (plan_.checks.empty() && (plan_.limit || plan_.offset)) {
    out_.sql.text += " LIMIT " + std::to_string(plan_.limit.value_or(-1));
    if (plan_.offset) out_.sql.text += " OFFSET " + std::to_string(*plan_.offset);
  }
}

}  // namespace

select_text select_for(const query::fragment& f, const names& called) {
  return writer(f, called).write();
}

}  // namespace guanxi::store::sqlite
