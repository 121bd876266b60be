#include "guanxi/work/action.hpp"

#include "guanxi/expr/evaluate.hpp"
#include "guanxi/expr/parse.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace guanxi::work {

const value& arguments::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    if (parameters_[i].name == name) return values_[i];
  throw failure(error(errc::misuse, "the action has no parameter " + in_backticks(name)));
}

id arguments::reference(std::string_view name) const {
  const value& v = (*this)[name];
  return v.is_null() ? id{} : v.as_id();
}

bool arguments::holds(std::string_view name) const { return (*this)[name] == value(true); }

outcome::step& outcome::add(verb what, std::string_view entity, id key, authority by) {
  const schema::entity* of = catalog_->find(entity);
  if (!of) throw failure(error(errc::misuse, "there is no entity " + in_backticks(entity)));
  steps_.push_back({.what = what, .key = key, .content = schema::draft(*of), .by = by});
  return steps_.back();
}

outcome::step& outcome::create(std::string_view entity, authority by) {
  return add(verb::create, entity, {}, by);
}

outcome::step& outcome::change(std::string_view entity, id key, authority by) {
  return add(verb::edit, entity, key, by);
}

outcome::step& outcome::remove(std::string_view entity, id key, authority by) {
  return add(verb::remove, entity, key, by);
}

namespace {

error at_action(const action& a, const std::string& what) {
  return error(errc::invalid_argument, "action `" + a.name + "`: " + what).in_entity(a.entity);
}

/// A parameter or result as a field that belongs to no entity.
result<schema::field> field_of(const schema::field_definition& d, std::size_t place,
                               const schema::catalog& catalog) {
  constexpr bool of_custom = false;
  schema::field_definition checked = d;
  checked.custom = false;
  // One without a target is the id of a record of any entity.
  if (d.type == schema::kind::reference && d.target.empty()) checked.type = schema::kind::integer;
  if (auto ok = schema::check(checked, of_custom); !ok) return passed(ok);
  schema::field out;
  static_cast<schema::field_definition&>(out) = std::move(checked);
  out.type = d.type;
  out.slot = static_cast<std::uint16_t>(place);
  if (out.target.empty()) return out;
  result<const schema::entity*> target = catalog.need(out.target);
  if (!target) return passed(target);
  out.target_entity = *target;
  return out;
}

result<std::vector<schema::field>> fields_of(const std::vector<schema::field_definition>& from,
                                             const schema::catalog& catalog) {
  std::vector<schema::field> out;
  for (const schema::field_definition& d : from) {
    for (const schema::field& before : out)
      if (before.name == d.name)
        return unexpected(errc::invalid_argument, "`" + d.name + "` comes twice");
    result<schema::field> f = field_of(d, out.size(), catalog);
    if (!f) return passed(f);
    out.push_back(std::move(*f));
  }
  return out;
}

/// What a parameter is when it is left out: an expression that reads nothing.
result<value> default_of(const schema::field& f, const schema::entity& beside) {
  if (f.initial.empty()) return value();
  result<expr::tree> t = expr::parse(f.initial);
  if (!t) return passed(t);
  expr::path_table paths(beside);
  result<expr::expression> e = expr::bind(*t, {.paths = &paths});
  if (!e) return passed(e);
  if (!paths.entries().empty())
    return unexpected(errc::invalid_argument,
                      "the default of `" + f.name + "` reads a field, and there is no record");
  result<value> v = expr::evaluate(*e, {});
  return v ? schema::fitted(f, std::move(*v)) : v;
}

query::column_info column_of(const schema::field& f) {
  const value_type base = schema::stored_as(f.type);
  return {f.name,
          {.base = base,
           .scale = base == value_type::decimal ? f.scale : std::uint8_t{0},
           .target = f.target_entity}};
}

result<installed_action> resolved(action row, const schema::catalog_ptr& in) {
  const schema::catalog& catalog = *in;
  installed_action out;
  out.catalog = in;
  if (!row.run) return unexpected(errc::invalid_argument, "`run` is empty");
  result<const schema::entity*> of = catalog.need(row.entity);
  if (!of) return passed(of);
  out.of = *of;
  if (!row.name.starts_with(row.entity + ".") || row.name.size() == row.entity.size() + 1)
    return unexpected(errc::invalid_argument, "its name must be `" + row.entity + ".` and a verb");
  auto parameters = fields_of(row.parameters, catalog);
  if (!parameters) return passed(parameters);
  out.parameters = std::move(*parameters);
  for (const schema::field& f : out.parameters) {
    result<value> v = default_of(f, *out.of);
    if (!v) return passed(v);
    out.defaults.push_back(std::move(*v));
  }
  auto results = fields_of(row.results, catalog);
  if (!results) return passed(results);
  out.results = std::move(*results);
  for (const schema::field& f : out.results) out.columns.push_back(column_of(f));
  out.row = std::move(row);
  return out;
}

}  // namespace

result<action_set> action_set::install(std::vector<action> actions, schema::catalog_ptr catalog) {
  action_set out;
  for (action& a : actions) {
    if (out.find(a.name)) return unexpected(at_action(a, "the name is taken"));
    const action named{.name = a.name, .entity = a.entity};
    result<installed_action> ready = resolved(std::move(a), catalog);
    if (!ready) return unexpected(at_action(named, std::string(ready.error().message())));
    const auto place = std::lower_bound(
        out.all_.begin(), out.all_.end(), named.name,
        [](const installed_action& x, const std::string& name) { return x.row.name < name; });
    out.all_.insert(place, std::move(*ready));
  }
  out.catalog_ = std::move(catalog);
  return out;
}

const installed_action* action_set::find(std::string_view name) const noexcept {
  const auto found = std::lower_bound(
      all_.begin(), all_.end(), name,
      [](const installed_action& x, std::string_view wanted) { return x.row.name < wanted; });
  return found != all_.end() && found->row.name == name ? &*found : nullptr;
}

result<arguments> installed_action::fitted(const std::vector<expr::parameter_value>& given) const {
  std::vector<std::optional<value>> taken(parameters.size());
  for (const expr::parameter_value& p : given) {
    const auto f = std::find_if(parameters.begin(), parameters.end(),
                                [&](const schema::field& x) { return x.name == p.name; });
    if (f == parameters.end()) {
      nearest_name near(p.name);
      for (const schema::field& x : parameters) near.offer(x.name);
      return unexpected(errc::unknown_name, "`" + row.name + "` has no parameter " +
                                                in_backticks(p.name) + near.hint());
    }
    if (p.is_list)
      return unexpected(error(errc::type_mismatch, "`" + f->name + "` of `" + row.name +
                                                       "` takes one value, not a list")
                            .in_field(f->name));
    if (taken[f->slot])
      return unexpected(error(errc::invalid_argument, "`" + f->name + "` of `" + row.name +
                                                          "` is given twice")
                            .in_field(f->name));
    result<value> v = schema::fitted(*f, p.content);
    if (!v) return passed(v);
    taken[f->slot] = std::move(*v);
  }
  std::vector<value> out;
  for (const schema::field& f : parameters) {
    const bool given_one = taken[f.slot] && !taken[f.slot]->is_null();
    out.push_back(given_one ? std::move(*taken[f.slot]) : defaults[f.slot]);
    if (f.has(schema::required) && out.back().is_null())
      return unexpected(error(errc::invalid_argument, "`" + row.name + "` needs `" + f.name + "`")
                            .in_field(f.name));
  }
  return arguments(parameters, std::move(out));
}

result<query::rows> installed_action::answer(
    const outcome& from, const std::function<id(const outcome::step&)>& made) const {
  query::rows out(columns, catalog);
  for (const std::vector<outcome::cell>& row_given : from.answers()) {
    if (row_given.size() != results.size())
      return unexpected(errc::misuse, "the action `" + row.name + "` answers with " +
                                          std::to_string(row_given.size()) + " values, not " +
                                          std::to_string(results.size()));
    std::vector<value> values;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const outcome::cell& c = row_given[i];
      const id key = c.made ? made(*c.made) : id{};
      result<value> v = schema::fitted(results[i], c.made ? (key ? value(key) : value())
                                                          : c.content);
      if (!v) return passed(v);
      values.push_back(std::move(*v));
    }
    out.append(values);
  }
  return out;
}

}  // namespace guanxi::work
