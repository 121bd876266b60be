// How a store would run a plan.
#include "guanxi/expr/print.hpp"
#include "guanxi/store/store.hpp"

#include <memory>
#include <utility>

namespace guanxi::store {

namespace {

std::string in_words(const policy::reach& r) {
  using extent = policy::reach::extent;
  if (r.how_far == extent::all) return "all";
  if (r.how_far == extent::none) return "none";
  std::string out = expr::print(r.filter);
  for (std::size_t i = 0; i < r.ties.size(); ++i) {
    const policy::tie& t = r.ties[i];
    const std::string there = t.of->at(t.there).name, here = r.paths->root().at(t.here).name;
    out += "; column" + std::to_string(i) + ": `" + here + "` is the `" + there + "` of a `" +
           std::string(t.of->name()) + "` within: " + in_words(*t.within);
  }
  return out;
}

/// What nested selects would give is not known, and changes no verdict.
std::vector<query::nested_answer> unknown_answers(const query::trimmed_plan& p) {
  std::vector<query::nested_answer> out(p.nested().size());
  for (std::size_t n = 0; n < out.size(); ++n)
    if (query::gives_figures(p.nested()[n].what()))
      out[n].figures = std::make_shared<const expr::figures>();
  return out;
}

}  // namespace

result<query::shape> store::explained(driver& on, const query::trimmed_plan& p,
                                      const query::bounds& within, view at) {
  const query::plan& what = p.what();
  query::shape out;
  out.store = on.name();
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
    alone = p.with(query::with_nested(what, unknown_answers(p)));
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
