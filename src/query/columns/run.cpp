#include "run.hpp"

#include "column_run.hpp"
#include "exact.hpp"

namespace guanxi::query::columns {

namespace {

/// Whether columns know how: rows that are listed have no limit for each of some values.
bool runs_on_columns(const plan& p) { return p.grouped || p.per.empty(); }

}  // namespace

result<void> answer(const trimmed_plan& p, source& from, const bounds& within, rows& into) {
  // Writers may move codes now and then; one that does so all the time is not waited for.
  constexpr int tries = 4;
  bool hashed = false;
  const bool on_columns = runs_on_columns(p.what()) && from.table(*p.what().joins[0].of);
  for (int i = 0; i < tries && on_columns; ++i) {
    rows found(p.what().columns, p.what().catalog);
    result<column_run::end> how = column_run(p, from, within, hashed).answer(found);
    if (!how) return passed(how);
    if (*how == column_run::end::answered) {
      into = std::move(found);
      return {};
    }
    if (*how == column_run::end::failed) break;
    hashed = hashed || *how == column_run::end::outgrown;
  }
  result<rows> all = exact_answer(p, from, within);
  if (!all) return passed(all);
  into = std::move(*all);
  return {};
}

std::string described(const trimmed_plan& p, source& from, const bounds& within) {
  const std::string entity = "`" + std::string(p.what().paths.root().name()) + "`";
  if (!from.table(*p.what().joins[0].of)) return "no record of " + entity;
  frame in(p, from, within.text);
  const held now(from);
  in.look();
  const access way = choose_access(
      in, p.what().grouped ? std::nullopt : listing::enough(p.what(), within));
  switch (way.how) {
    case access::way::list:
      return std::to_string(way.list.size()) + " rows of " + entity + " that an index names";
    case access::way::walk:
      return "rows of " + entity + " along the index on `" +
             p.what().paths.root().at(way.slot).name + "`" +
             (way.backwards ? ", backwards," : "") + " until enough are found";
    default: return "all " + std::to_string(in.rows()) + " rows of " + entity;
  }
}

}  // namespace guanxi::query::columns
