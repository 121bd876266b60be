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

bool is_indexed(const schema::field& f) {
  return f.has(schema::unique) || f.has(schema::indexed);
}

/// Gathers the statements of one step. Views are made anew whenever their table changes: SQLite
/// refuses to alter a table that a view names otherwise.
class statements {
 public:
  statements(const schema::step& s, const schema::catalog& to, const names& called)
      : step_(s), of_(to.find(s.entity)), names_(called), table_(called.table(s.entity)) {}

  std::vector<std::string> write();

 private:
  void add(std::string sql) { out_.push_back(std::move(sql)); }
  void drop_view(std::string_view entity) { add("DROP VIEW IF EXISTS " + names_.view(entity)); }
  void drop_indices(std::string_view entity, std::string_view field) {
    for (const char* what : {"unique", "index"})
      add("DROP INDEX IF EXISTS " + names_.index(what, entity, field));
  }
  void add_index(const schema::field& f) {
    if (is_indexed(f)) add(index(*of_, f, names_));
  }
  const schema::field& field() const { return *of_->find(step_.field); }
  void add_entity();
  void rename_entity();
  void rename_field();
  void convert_field();

  const schema::step& step_;
  const schema::entity* of_;  ///< null: it is dropped
  const names& names_;
  const std::string table_;
  std::vector<std::string> out_;
};

void statements::add_entity() {
  std::string table = "CREATE TABLE " + table_ + " (";
  for (const schema::field* f : stored_fields(*of_)) table += column(*f) + ", ";
  add(table + identifier(sum_column) + " INTEGER) STRICT");
  for (std::string& sql : index_statements(*of_, names_)) add(std::move(sql));
}

void statements::rename_entity() {
  drop_view(step_.was);
  for (const schema::field* f : stored_fields(*of_))
    if (is_indexed(*f)) drop_indices(step_.was, f->name);
  add("ALTER TABLE " + names_.table(step_.was) + " RENAME TO " + table_);
  for (std::string& sql : index_statements(*of_, names_)) add(std::move(sql));
  // Entries of the change log that tell the entity by its name. Names have no quotes in them.
  add("UPDATE " + names_.table("gx_change") + " SET \"entity\" = '" + step_.entity +
      "' WHERE \"entity\" = '" + step_.was + "'");
}

void statements::rename_field() {
  drop_indices(step_.entity, step_.was);
  add("ALTER TABLE " + table_ + " RENAME COLUMN " + identifier(step_.was) + " TO " +
      identifier(step_.field));
  add_index(field());
}

/// An integer is a decimal of scale 0, so each is the coefficient times a power of ten. The records
/// have been asked whether it fits.
void statements::convert_field() {
  const int from = step_.before.type == schema::kind::integer ? 0 : step_.before.scale;
  std::string factor = "1";
  factor.append(static_cast<std::size_t>(step_.after.scale - from), '0');
  const std::string name = identifier(step_.field);
  add("UPDATE " + table_ + " SET " + name + " = " + name + " * " + factor + " WHERE " + name +
      " IS NOT NULL");
}

std::vector<std::string> statements::write() {
  using kind = schema::step::kind;
  drop_view(step_.entity);
  switch (step_.what) {
    case kind::add_entity: add_entity(); break;
    case kind::add_field:
      add("ALTER TABLE " + table_ + " ADD COLUMN " + column(field()));
      add_index(field());
      break;
    case kind::rename_entity: rename_entity(); break;
    case kind::rename_field: rename_field(); break;
    case kind::drop_entity: add("DROP TABLE " + table_); break;
    case kind::drop_field:
      drop_indices(step_.entity, step_.field);
      add("ALTER TABLE " + table_ + " DROP COLUMN " + identifier(step_.field));
      break;
    case kind::convert_field: convert_field(); break;
    case kind::index_field:
      drop_indices(step_.entity, step_.field);
      add_index(field());
      break;
    case kind::redefine_field: break;
  }
  if (of_) add(readable_view(*of_, names_));
  return std::move(out_);
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
    if (is_indexed(*f)) out.push_back(index(e, *f, called));
  if (!bare(e)) out.push_back(bin_index(e, called));
  return out;
}

std::vector<std::string> statements_for(const schema::step& s, const schema::catalog& to,
                                        const names& called) {
  return statements(s, to, called).write();
}

}  // namespace guanxi::store::sqlite
