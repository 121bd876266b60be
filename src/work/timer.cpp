#include "guanxi/work/timer.hpp"

#include "guanxi/query/statement.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::work {

namespace {

error at_timer(const timer& t, const std::string& what) {
  return error(errc::invalid_argument, "timer `" + t.name + "`: " + what).in_entity(t.entity);
}

result<installed_timer> resolved(timer row, const schema::catalog& catalog) {
  if (!row.run) return unexpected(errc::invalid_argument, "`run` is empty");
  result<const schema::entity*> of = catalog.need(row.entity);
  if (!of) return passed(of);
  result<const schema::field*> due = catalog.need(row.entity, row.due);
  if (!due) return passed(due);
  if ((*due)->type != schema::kind::instant)
    return unexpected(errc::invalid_argument, "`" + row.due + "` is no instant");
  const std::string entity = "\"" + row.entity + "\"", field = "\"" + row.due + "\"";
  const std::string waits = row.where.empty() ? std::string() : " and (" + row.where + ")";
  installed_timer out;
  out.of = *of;
  out.due_text = "select id, " + field + " from " + entity + " where " + field + " <= :now" +
                 waits + " order by " + field + ", id limit :most";
  out.still_text = "select id from " + entity + " where id = :record and " + field + " <= :now" +
                   waits;
  out.next_text = "select " + field + " from " + entity + " where " + field + " > :now" + waits +
                  " order by " + field + " limit 1";
  for (const std::string& text : {out.due_text, out.still_text, out.next_text})
    if (auto read = query::parse(text); !read) return passed(read);
  out.row = std::move(row);
  return out;
}

}  // namespace

result<timer_set> timer_set::install(std::vector<timer> timers, schema::catalog_ptr catalog) {
  timer_set out;
  std::sort(timers.begin(), timers.end(),
            [](const timer& a, const timer& b) { return a.name < b.name; });
  for (std::size_t i = 0; i < timers.size(); ++i) {
    if (i > 0 && timers[i].name == out.all_.back().row.name)
      return unexpected(at_timer(timers[i], "the name is taken"));
    const timer named{.name = timers[i].name, .entity = timers[i].entity};
    result<installed_timer> ready = resolved(std::move(timers[i]), *catalog);
    if (!ready) return unexpected(at_timer(named, std::string(ready.error().message())));
    out.all_.push_back(std::move(*ready));
  }
  out.catalog_ = std::move(catalog);
  return out;
}

}  // namespace guanxi::work
