#pragma once

#include "guanxi/expr/print.hpp"
#include "guanxi/query/plan.hpp"

#include <utility>

namespace guanxi::query {

namespace detail_trim {

/// The first step of any path that the principal does not see, as the unknown name that it is.
inline result<void> check_paths(const plan& p, const policy::grants& who) {
  for (const expr::bound_path& path : p.paths.entries())
    for (const schema::field* step : path.steps)
      if (!who.sees(*step))
        return unexpected(policy::unknown_field(who, *step->of, step->name));
  return {};
}

}  // namespace detail_trim

GUANXI_INLINE trimmed_plan trimmed_plan::with(plan_ptr resolved) const {
  trimmed_plan out = *this;
  out.plan_ = std::move(resolved);
  out.nested_.clear();
  out.earlier_.clear();
  return out;
}

GUANXI_INLINE trimmed_plan trimmed_plan::given(std::span<const value> parameters) const {
  trimmed_plan out = *this;
  out.plan_ = with_parameters(*plan_, parameters);
  for (trimmed_plan& inner : out.nested_) inner = inner.given(parameters);
  for (trimmed_plan& before : out.earlier_) before = before.given(parameters);
  return out;
}

GUANXI_INLINE result<trimmed_plan> trim(plan_ptr p, const policy::grants& who) {
  trimmed_plan out;
  for (const join& j : p->joins) {
    if (!who.of(*j.of).may_read) return unexpected(unknown_entity(j.of->name(), who));
    out.guards_.push_back(who.share(*j.of));
  }
  const schema::entity& root = p->paths.root();
  if (p->standing == standing::deleted && !who.of(root).may_remove)
    return unexpected(error(errc::permission,
                            "you may not see deleted records of `" + std::string(root.name()) +
                                "`, since no permission set gives the right to delete them")
                          .in_entity(root.name()));
  if (auto seen = detail_trim::check_paths(*p, who); !seen) return passed(seen);
  if (p->converts)
    if (auto may = may_convert(who); !may) return passed(may);
  for (const plan_ptr& inner : p->nested) {
    result<trimmed_plan> t = trim(inner, who);
    if (!t) return t;
    out.nested_.push_back(std::move(*t));
  }
  for (const earlier_reading& before : p->earlier) {
    result<trimmed_plan> t = trim(before.what, who);
    if (!t) return t;
    out.earlier_.push_back(std::move(*t));
  }
  out.plan_ = std::move(p);
  return out;
}

GUANXI_INLINE trimmed_plan children_of(const policy::tie& t, const schema::catalog_ptr& catalog) {
  const policy::grants all(std::make_shared<const policy::rulebook>(), catalog,
                           policy::principal::system_sight("rules of permission"));
  const statement s =
      parse("select id from " + expr::quoted_name(t.of->name()) + " with archived where " +
            expr::quoted_name(t.of->at(t.there).name) + " = :parent limit 1")
          .value();
  const expr::type parent{.base = value_type::reference, .target = t.of->at(t.there).target_entity};
  const expr::parameter_value open{.name = "parent", .open = parent};
  trimmed_plan out;
  out.plan_ = bind(s, all, {&open, 1}).value();  // a reference, which no name can make wrong
  auto own = std::make_shared<policy::grant>(all.of(*t.of));
  own->read = *t.within;
  out.guards_.push_back(std::move(own));
  return out;
}

}  // namespace guanxi::query
