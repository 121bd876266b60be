#include "ddl.hpp"
#include "guanxi/store/store.hpp"
#include "keeping.hpp"
#include "record_sum.hpp"

#include <utility>
#include <vector>

namespace guanxi::store::sqlite {

namespace {

result<bool> there(connection& c, const std::string& question, std::string_view name) {
  result<sqlite3_stmt*> s = c.prepared(question);
  if (!s) return passed(s);
  c.api().bind_text64(*s, 1, name.data(), name.size(), SQLITE_STATIC, SQLITE_UTF8);
  result<int> row = c.step(*s);
  if (!row) return passed(row);
  c.reset(*s);
  return *row == SQLITE_ROW;
}

/// The catalog that the file describes; of a file whose making was cut short, an empty one.
result<schema::catalog_ptr> described(connection& c) {
  std::vector<schema::entity_definition> all;
  result<bool> told = there(c, "SELECT 1 FROM sqlite_schema WHERE name = ?1", "gx_definition");
  if (!told) return passed(told);
  if (*told) {
    result<sqlite3_stmt*> s = c.prepared("SELECT \"content\" FROM \"gx_definition\" ORDER BY id");
    if (!s) return passed(s);
    for (;;) {
      result<int> row = c.step(*s);
      if (!row) return passed(row);
      if (*row != SQLITE_ROW) break;
      result<schema::entity_definition> d =
          schema::entity_from_json(c.read(*s, 0, value_type::text, 0).to_string());
      if (!d)
        return unexpected(errc::store_corrupt, "a stored definition cannot be read: " +
                                                   std::string(d.error().message()));
      all.push_back(std::move(*d));
    }
    c.reset(*s);
  }
  return schema::catalog::compile(all);
}

result<void> add_sums_inside(connection& c, std::int64_t to_format) {
  result<schema::catalog_ptr> catalog = described(c);
  if (!catalog) return passed(catalog);
  for (const auto& e : (*catalog)->entities()) {
    const std::string name(e->name());
    result<bool> table =
        there(c, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", name);
    if (!table) return passed(table);
    if (!*table) continue;
    if (auto ok = c.run("ALTER TABLE " + identifier(name) + " ADD COLUMN " +
                        identifier(sum_column) + " INTEGER");
        !ok)
      return ok;
    if (auto ok = fill_sums(c, *e); !ok) return ok;
  }
  return c.run("PRAGMA user_version = " + std::to_string(to_format));
}

}  // namespace

result<void> fill_sums(connection& c, const schema::entity& e) {
  const std::vector<const schema::field*> fields = stored_fields(e);
  const record_sum sums(fields);
  std::string columns;
  for (const schema::field* f : fields)
    columns += (columns.empty() ? "" : ", ") + identifier(f->name);
  const std::string table = c.called().table(e.name());
  // Their own: one that the connection keeps may go when another is made.
  statement reads{"SELECT " + columns + " FROM " + table +
                  " WHERE \"id\" > ?1 ORDER BY \"id\" LIMIT 1000"};
  statement writes{"UPDATE " + table + " SET " + identifier(sum_column) +
                   " = ?2 WHERE \"id\" = ?1"};
  result<sqlite3_stmt*> page = c.prepared(reads);
  if (!page) return passed(page);
  result<sqlite3_stmt*> set = c.prepared(writes);
  if (!set) return passed(set);
  std::vector<std::pair<std::int64_t, std::int64_t>> made;
  for (std::int64_t after = 0;; made.clear()) {
    c.reset(*page);
    c.api().bind_int64(*page, 1, after);
    for (;;) {
      result<int> row = c.step(*page);
      if (!row) return passed(row);
      if (*row != SQLITE_ROW) break;
      after = c.api().column_int64(*page, 0);
      std::int64_t sum = 0;
      // What no field can hold gets no checksum: verify() will say so.
      if (sums.read(c, *page, sum)) made.emplace_back(after, sum);
    }
    c.reset(*page);
    if (made.empty()) return {};
    for (const auto& [key, sum] : made) {
      c.reset(*set);
      c.api().bind_int64(*set, 1, key);
      c.api().bind_int64(*set, 2, sum);
      if (result<int> done = c.step(*set); !done) return passed(done);
    }
    c.reset(*set);
  }
}

result<void> add_sums(connection& c, std::int64_t to_format) {
  if (auto ok = c.begin(); !ok) return ok;
  // Another process may have been faster.
  result<std::int64_t> format = c.number("PRAGMA user_version");
  if (!format) return passed(format);
  result<void> done = *format >= to_format ? result<void>() : add_sums_inside(c, to_format);
  if (done) done = c.commit();
  if (!done) static_cast<void>(c.rollback());
  return done;
}

}  // namespace guanxi::store::sqlite
