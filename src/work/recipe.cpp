#include "recipe.hpp"

#include "guanxi/expr/parse.hpp"
#include "guanxi/policy/grant.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::work {

namespace {

expr::bound_path path_from(const schema::entity& root, std::string_view dotted) {
  expr::bound_path out;
  const schema::entity* at = &root;
  for (std::size_t from = 0; from <= dotted.size();) {
    const std::size_t dot = std::min(dotted.find('.', from), dotted.size());
    out.steps.push_back(at->find(dotted.substr(from, dot - from)));
    at = out.last().target_entity;
    from = dot + 1;
  }
  return out;
}

declared_write write_of(const std::string& written, const schema::entity& own,
                        const schema::catalog& catalog) {
  const std::size_t dot = written.find('.');
  if (dot == std::string::npos) return {&own, own.find(written)};
  const schema::entity* of = catalog.find(std::string_view(written).substr(0, dot));
  return {of, of->find(std::string_view(written).substr(dot + 1))};  // none is named `*`
}

/// The fields of a record, after and before, as parameters of queries that are bound before there
/// is a record.
std::vector<expr::parameter_value> open_parameters(const schema::entity& of) {
  std::vector<expr::parameter_value> out;
  for (const char* prefix : {"", "before."})
    for (const schema::field& f : of.fields()) {
      const value_type base = schema::stored_as(f.type);
      const std::uint8_t scale = base == value_type::decimal ? f.scale : 0;
      out.push_back({.name = prefix + f.name,
                     .open = expr::type{.base = base,
                                        .scale = scale,
                                        .money = f.type == schema::kind::money,
                                        .target = f.target_entity}});
    }
  return out;
}

initial default_of(const schema::field& f) {
  initial out{&f, {}, expr::expression()};
  result<expr::tree> t = expr::parse(f.initial);
  if (!t) return initial{&f, {}, passed(t)};
  expr::path_table paths(*f.of);
  out.content = expr::bind(*t, {.paths = &paths});
  for (const expr::bound_path& p : paths.entries()) out.inputs.push_back(p.steps.front()->slot);
  return out;
}

}  // namespace

bool installed_effect::may_write(const schema::field& f) const noexcept {
  return std::any_of(writes.begin(), writes.end(), [&](const declared_write& w) {
    return w.of == f.of && (!w.field || w.field == &f);
  });
}

bool installed_effect::runs_for(std::uint8_t what,
                                std::span<const std::uint16_t> touched) const noexcept {
  if (!(rule.on & what)) return false;
  if (what != updated || fields.empty()) return true;
  return std::find_first_of(fields.begin(), fields.end(), touched.begin(), touched.end()) !=
         fields.end();
}

result<installed_effect> resolved(const effect& e, const schema::catalog_ptr& catalog) {
  const schema::entity& own = *catalog->find(e.entity);
  installed_effect out;
  out.rule = e;
  for (const std::string& field : e.fields) out.fields.push_back(own.find(field)->slot);
  for (const std::string& path : e.paths) out.paths.push_back(path_from(own, path));
  for (const std::string& write : e.writes) out.writes.push_back(write_of(write, own, *catalog));
  if (e.queries.empty()) return out;
  const policy::grants all(std::make_shared<const policy::rulebook>(), catalog,
                           policy::principal::system_sight("effect"));
  const std::vector<expr::parameter_value> parameters = open_parameters(own);
  for (const std::string& text : e.queries) {
    result<query::statement> q = query::parse(text);
    if (!q) return passed(q);
    result<query::plan_ptr> p = query::bind(*q, all, parameters);
    if (!p) return passed(p);
    result<query::trimmed_plan> t = query::trim(*p, all);
    if (!t) return passed(t);
    out.queries.push_back(std::move(*t));
  }
  return out;
}

std::shared_ptr<const recipe> recipe_for(const schema::catalog& in, const schema::entity& of,
                                         std::vector<installed_effect> effects) {
  auto out = std::make_shared<recipe>();
  out->effects = std::move(effects);
  for (const schema::field& f : of.fields()) {
    if (!f.initial.empty()) out->defaults.push_back(default_of(f));
    if (f.has(schema::required) || f.has(schema::unique) || f.type == schema::kind::reference)
      out->checked.push_back(&f);
    if (f.type == schema::kind::money) out->amounts.push_back(f.slot);
    out->numbered.push_back(f.slot);
  }
  std::sort(out->numbered.begin(), out->numbered.end(), [&](std::uint16_t a, std::uint16_t b) {
    return of.at(a).number < of.at(b).number;
  });
  for (const auto& e : in.entities())
    for (const schema::field& f : e->fields())
      if (f.target_entity == &of && !f.system) out->referrers.push_back(&f);
  if (of.name() == "user") {
    out->role = of.find("role")->slot;
    out->active = of.find("active")->slot;
  }
  return out;
}

}  // namespace guanxi::work
