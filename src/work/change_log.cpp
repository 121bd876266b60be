#include "guanxi/work/change_log.hpp"

#include <limits>
#include <utility>

namespace guanxi::work {

namespace {

namespace table = store::system_table;

}  // namespace

change_log::change_log(pipeline& open) : open_(&open), text_(open.world().text.get()) {}

schema::catalog_ptr change_log::catalog() const {
  return open_ ? open_->catalog_ : by_->catalog();
}

result<schema::record> change_log::record(const schema::entity& of, id key) {
  return open_ ? open_->in_->load(of, key) : by_->load(store::log_key(), of, key);
}

result<void> change_log::scan(const schema::entity& of, id after, std::size_t at_most,
                              const store::record_visitor& visit) {
  return open_ ? open_->in_->scan(of, after, at_most, visit)
               : by_->scan(store::log_key(), of, after, at_most, visit);
}

result<std::string> change_log::word(std::uint32_t number) {
  if (const auto known = words_.find(number); known != words_.end()) return known->second;
  result<schema::record> row = record(*catalog()->find(table::word.name), id{number});
  if (!row) return passed(row);
  const value text = row->empty() ? value() : row->at(table::word["content"].slot);
  std::string out = text.is_null() ? std::string() : std::string(text.as_text());
  words_.emplace(number, out);
  return out;
}

result<std::vector<store::change_entry>> change_log::after(std::int64_t sequence,
                                                           std::size_t at_most) {
  std::int64_t own = std::numeric_limits<std::int64_t>::max();
  if (open_) {
    result<std::int64_t> first = open_->in_->first_change();
    if (!first) return passed(first);
    own = *first;
  }
  const schema::catalog_ptr names = catalog();
  // Rows first, words after: a visitor must not read in turn.
  std::vector<schema::record> rows;
  const auto take = [&](const schema::record& row) -> result<bool> {
    if (row.key().value >= own) return false;
    rows.push_back(row);
    return true;
  };
  if (auto ok = scan(*names->find(table::change.name), id{sequence}, at_most, take); !ok)
    return passed(ok);
  std::vector<store::change_entry> out;
  out.reserve(rows.size());
  for (const schema::record& row : rows) {
    result<store::change_entry> e =
        store::unpacked(row, *names, [this](std::uint32_t n) { return word(n); });
    if (!e) return passed(e);
    out.push_back(std::move(*e));
  }
  return out;
}

result<query::rows> change_log::rows_of(const schema::entity& log, id record) {
  const policy::grants all(std::make_shared<const policy::rulebook>(), catalog(),
                           policy::principal::system_sight("log"));
  std::string text = "select id";
  for (const schema::field& f : log.fields())
    if (!f.system) text += ", " + f.name;
  const expr::parameter_value which{"record", record.value, {}, false};
  result<query::statement> q =
      query::parse(text + " from gx_change where record = :record order by id");
  if (!q) return passed(q);
  result<query::plan_ptr> p = query::bind(*q, all, {&which, 1});
  if (!p) return passed(p);
  result<query::trimmed_plan> t = query::trim(*p, all);
  if (!t) return passed(t);
  const query::bounds within{.text = text_};
  return open_ ? open_->in_->read(*t, within) : by_->read(*t, within);
}

result<std::vector<store::change_entry>> change_log::of_record(const schema::entity& of, id key) {
  const schema::catalog_ptr names = catalog();
  const schema::entity& log = *names->find(table::change.name);
  result<query::rows> rows = rows_of(log, key);
  if (!rows) return passed(rows);
  std::vector<store::change_entry> out;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    schema::record row(names, log);
    row.set(schema::system_slot::id, rows->at(i, 0));
    std::size_t column = 1;
    for (const schema::field& f : log.fields())
      if (!f.system) row.set(f.slot, rows->at(i, column++));
    result<store::change_entry> e =
        store::unpacked(row, *names, [this](std::uint32_t n) { return word(n); });
    if (!e) return passed(e);
    if (e->entity == of.number()) out.push_back(std::move(*e));
  }
  return out;
}

}  // namespace guanxi::work
