#include "recipe.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::work {

bool change::touches(std::uint16_t slot) const noexcept {
  return std::find(touched.begin(), touched.end(), slot) != touched.end();
}

schema::draft& output::create(const schema::entity_row& of) { return change(of, id{}); }

schema::draft& output::change(const schema::entity_row& of, id key) {
  others_.push_back(std::make_unique<item>(item{key, schema::draft(*catalog_->find(of.name))}));
  return others_.back()->content;
}

namespace {

error at_effect(const effect& e, std::string what) {
  return error(errc::invalid_argument, "effect `" + e.name + "`: " + std::move(what))
      .in_entity(e.entity);
}

/// "entity.field" of a declared write; own fields are written without the entity.
std::string full_name(const effect& e, const std::string& write) {
  return write.find('.') == std::string::npos ? e.entity + "." + write : write;
}

bool overlap(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto star = [](const std::string& s) { return s.ends_with(".*"); };
  const auto entity = [](const std::string& s) { return s.substr(0, s.find('.')); };
  return (star(a) || star(b)) && entity(a) == entity(b);
}

result<void> check_path(const effect& e, const std::string& path, const schema::catalog& catalog) {
  const schema::entity* at = catalog.find(e.entity);
  std::size_t from = 0;
  while (from <= path.size()) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    const schema::field* f = at ? at->find(path.substr(from, dot - from)) : nullptr;
    if (!f) return unexpected(at_effect(e, "there is no path `" + path + "`"));
    at = f->target_entity;
    from = dot + 1;
  }
  return {};
}

result<void> check_names(const effect& e, const schema::catalog& catalog) {
  const schema::entity* own = catalog.find(e.entity);
  if (!own) return unexpected(at_effect(e, "there is no entity `" + e.entity + "`"));
  for (const std::string& f : e.fields)
    if (!own->find(f)) return unexpected(at_effect(e, "there is no field `" + f + "`"));
  for (const std::string& p : e.paths)
    if (auto ok = check_path(e, p, catalog); !ok) return ok;
  for (const std::string& w : e.writes) {
    const std::string full = full_name(e, w);
    const std::size_t dot = full.find('.');
    const schema::entity* of = catalog.find(full.substr(0, dot));
    if (!of) return unexpected(at_effect(e, "there is no entity for `" + w + "`"));
    const std::string field = full.substr(dot + 1);
    if (field == "*") continue;
    const schema::field* f = of->find(field);
    if (!f) return unexpected(at_effect(e, "there is no field `" + w + "`"));
    if (f->has(schema::derived) != (e.as == write_class::derived))
      return unexpected(at_effect(e, "`" + w + "` is derived exactly if the effect's class is"));
  }
  return {};
}

result<void> check_conflicts(const std::vector<effect>& all) {
  const auto ordered = [](const effect& a, const effect& b) {
    return std::find(a.after.begin(), a.after.end(), b.name) != a.after.end();
  };
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const effect &a = all[i], &b = all[j];
      if (a.name == b.name) return unexpected(at_effect(b, "the name is taken"));
      if (a.as != b.as || ordered(a, b) || ordered(b, a)) continue;
      for (const std::string& x : a.writes)
        for (const std::string& y : b.writes)
          if (overlap(full_name(a, x), full_name(b, y)))
            return unexpected(at_effect(b, "writes `" + full_name(b, y) + "` as `" + a.name +
                                               "` does; give one of them an order with `after`"));
    }
  return {};
}

/// Effects so that each stands behind those it names in `after`; otherwise in the given order.
result<std::vector<effect>> sorted(std::vector<effect> given) {
  std::vector<effect> out;
  while (!given.empty()) {
    const auto ready = std::find_if(given.begin(), given.end(), [&](const effect& e) {
      return std::none_of(given.begin(), given.end(), [&](const effect& other) {
        return std::find(e.after.begin(), e.after.end(), other.name) != e.after.end();
      });
    });
    if (ready == given.end())
      return unexpected(at_effect(given.front(), "its `after` goes in a circle"));
    out.push_back(std::move(*ready));
    given.erase(ready);
  }
  return out;
}

}  // namespace

result<effect_set> effect_set::install(std::vector<effect> effects, schema::catalog_ptr catalog) {
  for (const effect& e : effects)
    if (auto ok = check_names(e, *catalog); !ok) return passed(ok);
  if (auto ok = check_conflicts(effects); !ok) return passed(ok);
  result<std::vector<effect>> order = sorted(std::move(effects));
  if (!order) return passed(order);
  std::vector<std::vector<installed_effect>> by_entity(catalog->entities().size());
  for (const effect& e : *order) {
    result<installed_effect> ready = resolved(e, catalog);
    if (!ready) return unexpected(at_effect(e, std::string(ready.error().message())));
    by_entity[catalog->find(e.entity)->number()].push_back(std::move(*ready));
  }
  effect_set out;
  for (const auto& e : catalog->entities())
    out.recipes_.push_back(recipe_for(*catalog, *e, std::move(by_entity[e->number()])));
  out.catalog_ = std::move(catalog);
  out.effects_ = std::move(*order);
  return out;
}

}  // namespace guanxi::work
