#include "support/choosy_driver.hpp"

namespace guanxi::test {

query::pushdown choosy_driver::consider(const query::trimmed_plan& p) {
  query::pushdown out = forwarding_driver::consider(p);
  out.runs = out.runs && chance(85);
  out.sort = out.sort && chance(70);
  out.limit = out.limit && chance(70);
  out.aggregate = out.aggregate && chance(70);
  out.groups = out.groups && chance(60);
  for (query::verdict& v : out.filters) {
    if (v != query::verdict::exact || chance(60)) continue;
    v = chance(50) ? query::verdict::prune : query::verdict::unsupported;
  }
  last_ = out.filters;
  return out;
}

result<void> choosy_driver::execute(const query::fragment& f, store::view at,
                                    const query::bounds& within, const query::row_sink& sink) {
  // What a store only prunes by, it may as well not prune at all: the core looks again.
  query::fragment looser = f;
  for (std::size_t i = 0; i < looser.filters.size() && i < last_.size(); ++i)
    if (last_[i] == query::verdict::prune && chance(50)) looser.filters[i] = false;
  return forwarding_driver::execute(looser, at, within, sink);
}

}  // namespace guanxi::test
