#include "edge/report/run.hpp"

#include "guanxi/base/money.hpp"

#include <algorithm>
#include <set>

namespace guanxi::edge::report {

namespace {

using shape = section::shape;

result<rows> ask(const session& as, const std::string& query, const std::string& place,
                 const std::vector<expr::parameter_value>& parameters) {
  result<rows> out = as.query(query, parameters);
  if (!out)
    out.error().set_message("the report at `" + place +
                            "`: " + std::string(out.error().message()));
  return out;
}

result<void> check_columns(const rows& from, const std::string& place) {
  std::set<std::string_view> names;
  for (const query::column_info& c : from.columns())
    if (!names.insert(c.name).second)
      return refused(errc::invalid_argument, place,
                     "has two columns `" + c.name + "`; name them apart with `as`");
  return {};
}

result<void> check_keys(const rows& from, const section& about) {
  if (from.columns().size() < 2)
    return refused(errc::invalid_argument, about.place,
                   "is a map, which takes two columns or more");
  std::set<std::string> keys;
  for (std::size_t row = 0; row < from.size(); ++row) {
    const value v = from.at(row, 0);
    const std::string key = v.is_null() ? about.null_key : v.to_string();
    if (!keys.insert(key).second)
      return refused(errc::duplicate, about.place,
                     "has two rows of the key " + in_backticks(key) +
                         "; group by it, or give another `null_key`");
  }
  return {};
}

result<void> check_shape(const rows& from, const section& about) {
  if (auto ok = check_columns(from, about.place); !ok) return ok;
  if (about.form == shape::list) return {};
  if (about.form == shape::map) return check_keys(from, about);
  if (from.size() != 1)
    return refused(errc::invalid_argument, about.place,
                   std::string("is a ") + (about.form == shape::row ? "row" : "value") +
                       ", but its query gives " + std::to_string(from.size()) +
                       " rows; aggregate it, or make it a list");
  if (about.form == shape::value && from.columns().size() != 1)
    return refused(errc::invalid_argument, about.place,
                   "is a value, but its query gives " + std::to_string(from.columns().size()) +
                       " columns; make it a row");
  return {};
}

result<void> check_drawn(const rows& from, const section& about, const std::string& name) {
  const std::ptrdiff_t at = from.column(name);
  if (at < 0) {
    nearest_name near(name);
    for (const query::column_info& c : from.columns()) near.offer(c.name);
    return refused(errc::unknown_name, about.place + ".chart",
                   "draws " + in_backticks(name) + ", which its query does not give" +
                       near.hint());
  }
  const value_type type = from.columns()[static_cast<std::size_t>(at)].type.base;
  if (type != value_type::integer && type != value_type::decimal && type != value_type::null)
    return refused(errc::type_mismatch, about.place + ".chart",
                   "draws " + in_backticks(name) + ", which is no number");
  return {};
}

/// What shares an axis counts the same.
result<void> check_units(const rows& from, const section& about, const definition& declared,
                         const std::vector<std::string>& names) {
  const auto unit_at = [&](const std::string& name) {
    return unit_of(declared, from.columns()[static_cast<std::size_t>(from.column(name))]);
  };
  for (const std::string& name : names)
    if (unit_at(name) != unit_at(names.front()))
      return refused(errc::invalid_argument, about.place + ".chart",
                     "draws " + in_backticks(names.front()) + " and " + in_backticks(name) +
                         " on one axis, but their units differ; name what it draws in `values`, "
                         "and in `line` what has another unit");
  return {};
}

/// A chart draws what the query gives, and numbers only. From here on it names its columns.
result<void> complete_chart(const rows& from, section& about, const definition& declared) {
  if (!about.drawing || about.drawing->drawn == chart::kind::figures) return {};
  std::vector<std::string>& values = about.drawing->values;
  if (values.empty() && (about.form == shape::row || about.form == shape::value)) {
    for (const query::column_info& c : from.columns()) values.push_back(c.name);
  } else if (values.empty()) {
    values.push_back(from.columns().back().name);
  }
  for (const auto* names : {&values, &about.drawing->line}) {
    for (const std::string& name : *names)
      if (auto ok = check_drawn(from, about, name); !ok) return ok;
    if (auto ok = check_units(from, about, declared, *names); !ok) return ok;
  }
  return {};
}

result<std::vector<answer>> ask_all(const session& as, std::vector<section> from,
                                    const definition& declared,
                                    const std::vector<expr::parameter_value>& parameters) {
  std::vector<answer> out;
  for (section& s : from) {
    answer& one = out.emplace_back();
    std::vector<section> inner = std::move(s.sections);
    one.about = std::move(s);
    if (one.about.query.empty()) {
      auto parts = ask_all(as, std::move(inner), declared, parameters);
      if (!parts) return passed(parts);
      one.parts = std::move(*parts);
      continue;
    }
    result<rows> table = ask(as, one.about.query, one.about.place, parameters);
    if (!table) return passed(table);
    one.table = std::move(*table);
    if (auto ok = check_shape(one.table, one.about); !ok) return passed(ok);
    if (auto ok = complete_chart(one.table, one.about, declared); !ok) return passed(ok);
  }
  return out;
}

/// The values that the report finds itself, where the caller gave none.
result<void> find_parameters(const session& as, const definition& declared,
                             std::vector<expr::parameter_value>& parameters) {
  for (const auto& [name, query] : declared.parameters) {
    const auto is_it = [&](const expr::parameter_value& p) { return p.name == name; };
    if (std::any_of(parameters.begin(), parameters.end(), is_it)) continue;
    const std::string place = "report.parameters." + name;
    result<rows> found = ask(as, query, place, parameters);
    if (!found) return passed(found);
    if (found->size() != 1 || found->columns().size() != 1)
      return refused(errc::invalid_argument, place,
                     "is one value, but its query gives " + std::to_string(found->size()) +
                         " rows of " + std::to_string(found->columns().size()) + " columns");
    parameters.push_back({.name = name, .content = found->at(0, 0)});
  }
  return {};
}

/// Sums over several currencies are refused by the queries, so one is left; of a report on no
/// amounts it is the session's.
result<std::string> find_currency(const session& as, const definition& declared,
                                  const std::vector<expr::parameter_value>& parameters) {
  if (!declared.currency.empty()) {
    result<rows> found = ask(as, declared.currency, "report.currency", parameters);
    if (!found) return passed(found);
    if (found->size() > 1)
      return refused(errc::mixed_currency, "report.currency",
                     "finds amounts in several currencies; filter on one");
    if (found->size() == 1 && found->at(0, 0).type() == value_type::text)
      if (const auto code = currency::parse(found->at(0, 0).as_text()); code)
        return std::string(code->text());
  }
  return std::string(as.base_currency());
}

}  // namespace

unit unit_of(const definition& in, const query::column_info& column) {
  const column_text* declared = in.column(column.name);
  if (declared && declared->counted) return *declared->counted;
  return column.type.money ? unit::money : unit::number;
}

result<answers> run(const session& as, std::string_view definition_json,
                    const std::vector<expr::parameter_value>& parameters) {
  result<definition> declared = parse_definition(definition_json);
  if (!declared) return passed(declared);
  answers out;
  out.declared = std::move(*declared);
  out.parameters = parameters;
  if (auto ok = find_parameters(as, out.declared, out.parameters); !ok) return passed(ok);
  auto currency = find_currency(as, out.declared, out.parameters);
  if (!currency) return passed(currency);
  out.currency = std::move(*currency);
  std::vector<section> declared_sections = std::move(out.declared.sections);
  out.declared.sections.clear();
  auto sections = ask_all(as, std::move(declared_sections), out.declared, out.parameters);
  if (!sections) return passed(sections);
  out.sections = std::move(*sections);
  return out;
}

}  // namespace guanxi::edge::report
