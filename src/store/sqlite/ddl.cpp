#include "ddl.hpp"

#include "connection.hpp"
#include "guanxi/store/store.hpp"

namespace guanxi::store::sqlite {

namespace {

bool is_text(const schema::field& f) { return stored_as(f.type) == value_type::text; }

bool stored(const schema::entity& e, const schema::field& f) {
  return !bare(e) || !f.system || f.slot == schema::system_slot::id;
}

std::string column(const schema::field& f) {
  if (f.slot == schema::system_slot::id) return "\"id\" INTEGER PRIMARY KEY NOT NULL";
  return identifier(f.name) + (is_text(f) ? " TEXT" : " INTEGER");
}

std::string index(const schema::entity& e, const schema::field& f) {
  const std::string table(e.name());
  // The dot, which no name has, keeps `x_a`.`b_c` and `x_a_b`.`c` apart.
  if (f.has(schema::unique))
    return "CREATE UNIQUE INDEX " + identifier("unique_" + table + "." + f.name) + " ON " +
           identifier(table) + " (" + identifier(f.name) + ") WHERE \"deletion_batch\" IS NULL";
  return "CREATE INDEX " + identifier("index_" + table + "." + f.name) + " ON " +
         identifier(table) + " (" + identifier(f.name) + ")";
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

std::string readable_view(const schema::entity& e) {
  std::string out =
      "CREATE VIEW " + identifier("readable_" + std::string(e.name())) + " AS SELECT ";
  bool first = true;
  for (const schema::field& f : e.fields()) {
    if (!stored(e, f)) continue;
    if (!first) out += ", ";
    first = false;
    out += readable(f);
  }
  out += " FROM " + identifier(e.name());
  return bare(e) ? out : out + " WHERE \"deletion_batch\" IS NULL";
}

}  // namespace

std::vector<std::string> statements_for(const schema::step& s, const schema::catalog& to) {
  std::vector<std::string> out;
  const schema::entity& e = *to.find(s.entity);
  const std::string view = identifier("readable_" + s.entity);
  if (s.what == schema::step::kind::add_field) {
    const schema::field& f = *e.find(s.field);
    out.push_back("DROP VIEW IF EXISTS " + view);
    out.push_back("ALTER TABLE " + identifier(s.entity) + " ADD COLUMN " + column(f));
    if (f.has(schema::unique) || f.has(schema::indexed)) out.push_back(index(e, f));
    out.push_back(readable_view(e));
    return out;
  }
  std::string table = "CREATE TABLE " + identifier(s.entity) + " (";
  for (const schema::field& f : e.fields()) {
    if (!stored(e, f)) continue;
    if (f.slot > 0) table += ", ";
    table += column(f);
  }
  out.push_back(table + ") STRICT");
  for (const schema::field& f : e.fields())
    if (stored(e, f) && (f.has(schema::unique) || f.has(schema::indexed)))
      out.push_back(index(e, f));
  out.push_back(readable_view(e));
  return out;
}

}  // namespace guanxi::store::sqlite
