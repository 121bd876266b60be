#include "ddl.hpp"

#include "connection.hpp"
#include "guanxi/store/store.hpp"
#include "record_sum.hpp"

namespace guanxi::store::sqlite {

namespace {

bool is_text(const schema::field& f) { return stored_as(f.type) == value_type::text; }

std::string column(const schema::field& f) {
  if (f.slot == schema::system_slot::id) return "\"id\" INTEGER PRIMARY KEY NOT NULL";
  return identifier(f.name) + (is_text(f) ? " TEXT" : " INTEGER");
}

std::string index(const schema::entity& e, const schema::field& f, const names& called) {
  const std::string on = " ON " + called.table(e.name()) + " (" + identifier(f.name) + ")";
  if (f.has(schema::unique))
    return "CREATE UNIQUE INDEX " + called.index("unique", e.name(), f.name) + on +
           " WHERE \"deletion_batch\" IS NULL";
  return "CREATE INDEX " + called.index("index", e.name(), f.name) + on;
}

/// What is deleted is few, and looked for by batch; live records pay nothing for it.
std::string bin_index(const schema::entity& e, const names& called) {
  return "CREATE INDEX " + called.index("index", e.name(), "deletion_batch") + " ON " +
         called.table(e.name()) + " (\"deletion_batch\") WHERE \"deletion_batch\" IS NOT NULL";
}

/// A column as people read it.
std::string readable(const schema::field& f) {
  const std::string name = identifier(f.name);
  switch (f.type) {
    case schema::kind::date: return "date(" + name + " * 86400, 'unixepoch') AS " + name;
    case schema::kind::instant:
      return "strftime('%Y-%m-%dT%H:%M:%SZ', " + name + " / 1000000, 'unixepoch') AS " + name;
    case schema::kind::decimal:
    case schema::kind::money:
      return name + " / 1e" + std::to_string(f.scale) + " AS " + name;
    default: return name;
  }
}

std::string readable_view(const schema::entity& e, const names& called) {
  std::string out = "CREATE VIEW " + called.view(e.name()) + " AS SELECT ";
  bool first = true;
  for (const schema::field* f : stored_fields(e)) {
    if (!first) out += ", ";
    first = false;
    out += readable(*f);
  }
  out += " FROM " + called.table(e.name());
  return bare(e) ? out : out + " WHERE \"deletion_batch\" IS NULL";
}

}  // namespace

std::vector<const schema::field*> stored_fields(const schema::entity& e) {
  std::vector<const schema::field*> out;
  for (const schema::field& f : e.fields())
    if (!bare(e) || !f.system || f.slot == schema::system_slot::id) out.push_back(&f);
  return out;
}

std::vector<std::string> index_statements(const schema::entity& e,
                                          const names& called) {
  std::vector<std::string> out;
  for (const schema::field* f : stored_fields(e))
    if (f->has(schema::unique) || f->has(schema::indexed)) out.push_back(index(e, *f, called));
  if (!bare(e)) out.push_back(bin_index(e, called));
  return out;
}

std::vector<std::string> statements_for(const schema::step& s, const schema::catalog& to,
                                        const names& called) {
  std::vector<std::string> out;
  const schema::entity& e = *to.find(s.entity);
  if (s.what == schema::step::kind::add_field) {
    const schema::field& f = *e.find(s.field);
    out.push_back("DROP VIEW IF EXISTS " + called.view(s.entity));
    out.push_back("ALTER TABLE " + called.table(s.entity) + " ADD COLUMN " + column(f));
    if (f.has(schema::unique) || f.has(schema::indexed)) out.push_back(index(e, f, called));
    out.push_back(readable_view(e, called));
    return out;
  }
  std::string table = "CREATE TABLE " + called.table(s.entity) + " (";
  for (const schema::field* f : stored_fields(e)) table += column(*f) + ", ";
  out.push_back(table + identifier(sum_column) + " INTEGER) STRICT");
  for (std::string& sql : index_statements(e, called)) out.push_back(std::move(sql));
  out.push_back(readable_view(e, called));
  return out;
}

}  // namespace guanxi::store::sqlite
