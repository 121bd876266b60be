// How a store would run a plan.
#include "guanxi/expr/print.hpp"
#include "guanxi/store/store.hpp"

#include <utility>

namespace guanxi::store {

namespace {

std::string in_words(const policy::reach& r) {
  using extent = policy::reach::extent;
  if (r.how_far == extent::all) return "all";
  return r.how_far == extent::none ? "none" : expr::print(r.filter);
}

}  // namespace

result<query::shape> store::explained(driver& on, const query::trimmed_plan& p,
                                      const query::bounds& within, view at) {
  const query::plan& what = p.what();
  query::shape out;
  out.store = on.name();
  // What nested selects would give is not known, and changes no verdict.
  query::trimmed_plan alone = p;
  for (const query::trimmed_plan& inner : p.nested()) {
    result<query::shape> n = explained(on, inner, within, at);
    if (!n) return n;
    out.nested.push_back(std::move(*n));
  }
  for (const query::trimmed_plan& before : p.earlier()) {
    result<query::shape> n = explained(on, before, within, at);
    if (!n) return n;
    out.nested.push_back(std::move(*n));
  }
  if (!p.nested().empty())
    alone = p.with(query::with_nested(what, std::vector<std::vector<value>>(p.nested().size())));
  const query::pushdown offer = on.consider(alone);
  const query::split_plan how = query::split(alone, offer);
  out.division = !how.pushed          ? query::division::core
                 : how.fragment.whole ? query::division::store
                                      : query::division::shared;
  for (std::size_t i = 0; i < what.filters.size(); ++i)
    out.conditions.push_back(
        {expr::print(what.filters[i], [](std::uint32_t) { return std::string("(select …)"); }),
         std::string(name(how.pushed && i < offer.filters.size() ? offer.filters[i]
                                                                 : query::verdict::unsupported))});
  for (std::size_t j = 0; j < what.joins.size(); ++j)
    out.guards.push_back({std::string(what.joins[j].of->name()), in_words(p.guard(j))});
  if (how.pushed) {
    if (auto ok = on.describe(how.fragment, at, within, out.access); !ok) return passed(ok);
  } else {
    out.access.push_back("every record of `" + std::string(what.paths.root().name()) + "`");
  }
  return out;
}

}  // namespace guanxi::store
