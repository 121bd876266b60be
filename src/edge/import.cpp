#include "guanxi/edge/import.hpp"

#include "edge/import/run.hpp"
#include "guanxi/base/json.hpp"

#include <new>

namespace guanxi::edge {

namespace {

/// Undoes what is not committed, also when a host's callback throws.
class open_transaction {
 public:
  explicit open_transaction(session& of) : session_(of) {}
  ~open_transaction() {
    try {
      if (session_.in_transaction()) static_cast<void>(session_.rollback());
    } catch (const std::bad_alloc&) {
    }
  }
  open_transaction(const open_transaction&) = delete;
  open_transaction& operator=(const open_transaction&) = delete;

 private:
  session& session_;
};

/// Adds the custom fields that are not there yet.
result<void> define_fields(session& into, const mapping& m) {
  for (const mapping::definition& d : m.fields) {
    const schema::catalog_ptr catalog = into.catalog();
    const schema::entity* of = catalog->find(d.entity);
    const schema::field* known = of ? of->find(d.field.name) : nullptr;
    // A field out of sight is as good as none: without the right to define it, both are refused
    // alike.
    const auto seen = into.visible(d.entity);
    if (!known || !seen || !(**seen)[known->slot]) {
      if (auto ok = into.define(d.entity, d.field); !ok) return ok;
      continue;
    }
    if (known->type != d.field.type || known->target != d.field.target)
      return unexpected(error(errc::type_mismatch,
                              "the mapping defines `" + d.field.name + "` of `" + d.entity +
                                  "` as " + std::string(schema::name(d.field.type)) +
                                  ", but it is there already as " +
                                  std::string(schema::name(known->type)))
                            .in_entity(d.entity)
                            .in_field(d.field.name));
  }
  return {};
}

json number(std::int64_t n) { return json::make_number(std::to_string(n)); }

json to_tree(const import_count& c) {
  json out = json::make_object();
  out.members() = {{"record", json::make_text(c.record)},   {"entity", json::make_text(c.entity)},
                   {"created", number(c.created)},          {"updated", number(c.updated)},
                   {"unchanged", number(c.unchanged)},      {"repeated", number(c.repeated)},
                   {"skipped", number(c.skipped)}};
  return out;
}

}  // namespace

result<import_report> import_files(session& into, std::string_view mapping_json,
                                   std::string_view directory, const import_options& options) {
  if (into.in_transaction())
    return unexpected(errc::misuse, "an import is a transaction of its own; commit or roll back "
                                    "the open one first");
  result<mapping> m = mapping::parse(mapping_json);
  if (!m) return passed(m);
  std::vector<loaded_table> tables;
  for (const table_rule& rule : m->tables) {
    result<loaded_table> table = loaded_table::load(rule, std::string(directory));
    if (!table) return passed(table);
    tables.push_back(std::move(*table));
  }
  if (auto ok = define_fields(into, *m); !ok) return passed(ok);
  result<import_plan> plan = import_plan::bind(*m, tables, into);
  if (!plan) return passed(plan);

  const open_transaction undo(into);
  if (auto ok = into.begin(); !ok) return passed(ok);
  result<import_report> report = import_run(into, *m, *plan, options).run();
  if (!report) return report;
  if (options.on_report) options.on_report(*report);
  if (auto ok = into.commit(); !ok) return passed(ok);
  return report;
}

std::string to_json(const import_report& report) {
  json files = json::make_array();
  for (const import_report::file& f : report.files) {
    json records = json::make_array();
    for (const import_count& c : f.records) records.items().push_back(to_tree(c));
    json unused = json::make_array();
    for (const std::string& c : f.unused_columns) unused.items().push_back(json::make_text(c));
    json file = json::make_object();
    file.members() = {{"name", json::make_text(f.name)},
                      {"rows", number(f.rows)},
                      {"records", std::move(records)},
                      {"unused_columns", std::move(unused)}};
    files.items().push_back(std::move(file));
  }
  json out = json::make_object();
  out.members().emplace_back("files", std::move(files));
  return out.dump(2);
}

}  // namespace guanxi::edge
