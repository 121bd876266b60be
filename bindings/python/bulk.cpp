#include "guanxi/edge/arrow.hpp"
#include "guanxi/edge/batch.hpp"
#include "guanxi/edge/import.hpp"
#include "guanxi/edge/sample.hpp"

#include "reporter.hpp"

#include <optional>

namespace guanxi::python {

id id_from_python(py::handle x) {
  const value key = from_python(x, "id");
  if (key.is_null()) return {};
  if (key.type() == value_type::reference) return key.as_id();
  if (key.type() != value_type::integer || key.as_integer() <= 0)
    raise(error(errc::invalid_argument, "an `id` is a record or an int greater than 0"));
  return {key.as_integer()};
}

namespace {

py::object import_files(session_handle& h, const py::object& mapping, const py::object& directory,
                        const py::object& callback) {
  const std::string declared = json_from_python(mapping, "mapping");
  const std::string folder = path_from_python(directory, "directory");
  reporter told(callback);
  result<edge::import_report> done = h.run([&](session& s) {
    edge::import_options options;
    options.on_progress = told.told();
    return edge::import_files(s, declared, folder, options);
  });
  told.rethrow();
  return json_to_python(edge::to_json(unwrap(std::move(done))));
}

/// A row of a batch: the record to change, if it has an id, and the fields to write.
struct given_row {
  id key;
  std::vector<std::pair<std::string, value>> fields;
};

std::vector<given_row> rows_from_python(const py::iterable& rows) {
  constexpr std::size_t most = 10'000'000;  // an iterator may have no end
  std::vector<given_row> out;
  for (const py::handle row : rows) {
    if (out.size() == most) raise(error(errc::limit, "a batch has more than 10,000,000 rows"));
    if (!py::isinstance<py::dict>(row))
      throw py::type_error("a row of put_many() is a dict of its fields");
    given_row& given = out.emplace_back();
    for (const auto& [name, content] : py::reinterpret_borrow<py::dict>(row)) {
      std::string field = text_from_python(name, "field");
      if (field == "id") given.key = id_from_python(content);
      else given.fields.emplace_back(std::move(field), from_python(content, field));
    }
  }
  return out;
}

result<std::vector<schema::draft>> drafts_of(const session& s, const std::string& entity,
                                             const std::vector<given_row>& rows) {
  std::vector<schema::draft> out;
  out.reserve(rows.size());
  for (const given_row& row : rows) {
    result<schema::draft> d = s.draft(entity);
    if (!d) return passed(d);
    for (const auto& [name, content] : row.fields) d->set(name, content);
    out.push_back(std::move(*d));
  }
  return out;
}

py::list ids_to_python(const std::vector<id>& keys) {
  py::list out;
  for (const id key : keys) out.append(key.value);
  return out;
}

py::list put_many(session_handle& h, const py::str& entity, const py::iterable& rows,
                  const py::object& cause, const py::object& callback) {
  const std::string of = text_from_python(entity, "entity");
  const std::vector<given_row> given = rows_from_python(rows);
  edge::put_options options;
  if (!cause.is_none()) options.cause = text_from_python(cause, "cause");
  reporter told(callback);
  options.on_progress = told.told();
  result<std::vector<id>> done = h.run([&](session& s) -> result<std::vector<id>> {
    const result<std::vector<schema::draft>> drafts = drafts_of(s, of, given);
    if (!drafts) return unexpected(drafts.error());
    std::vector<edge::put_row> batch;
    batch.reserve(given.size());
    for (std::size_t i = 0; i < given.size(); ++i) batch.push_back({given[i].key, &(*drafts)[i]});
    return edge::put_many(s, batch, options);
  });
  told.rethrow();
  return ids_to_python(unwrap(std::move(done)));
}

py::list put_table(session_handle& h, const py::str& entity, const py::object& table,
                   const py::object& cause, const py::object& callback) {
  const std::string of = text_from_python(entity, "entity");
  if (!py::hasattr(table, "__arrow_c_stream__"))
    throw py::type_error("put_table() takes what gives an Arrow stream: a table of pyarrow, a data "
                         "frame of polars or of pandas 2.2 or later");
  const py::capsule given = table.attr("__arrow_c_stream__")();
  auto* stream =
      static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(given.ptr(), "arrow_array_stream"));
  if (!stream) throw py::error_already_set();
  edge::put_options options;
  if (!cause.is_none()) options.cause = text_from_python(cause, "cause");
  reporter told(callback);
  options.on_progress = told.told();
  result<std::vector<id>> done =
      h.run([&](session& s) { return edge::put_table(s, of, *stream, options); });
  told.rethrow();
  return ids_to_python(unwrap(std::move(done)));
}

void delete_many(session_handle& h, const py::str& entity, const py::iterable& ids,
                 const py::object& cause, const py::object& callback) {
  const std::string of = text_from_python(entity, "entity");
  std::vector<id> keys;
  for (const py::handle one : ids) keys.push_back(id_from_python(one));
  edge::put_options options;
  if (!cause.is_none()) options.cause = text_from_python(cause, "cause");
  reporter told(callback);
  options.on_progress = told.told();
  result<void> done = h.run([&](session& s) { return edge::remove_many(s, of, keys, options); });
  told.rethrow();
  unwrap(std::move(done));
}

py::list get_many(session_handle& h, const py::str& entity, const py::iterable& ids) {
  const std::string of = text_from_python(entity, "entity");
  std::vector<id> keys;
  for (const py::handle one : ids) keys.push_back(id_from_python(one));
  py::list out;
  for (std::optional<record>& one :
       unwrap(h.run([&](session& s) { return edge::get_many(s, of, keys); })))
    out.append(one ? record_to_python(std::move(*one)) : py::object(py::none()));
  return out;
}

py::object generate_sample(session_handle& h, const py::object& seed,
                           const py::object& opportunities, const py::object& callback,
                           const py::object& currency, bool mixed_currencies,
                           std::int64_t records, std::int64_t users, std::int64_t roles,
                           std::int64_t role_levels) {
  const std::string in =
      currency.is_none() ? std::string() : text_from_python(currency, "currency");
  const value from = from_python(seed, "seed");
  const value wanted = from_python(opportunities, "opportunities");
  if (from.type() != value_type::integer || wanted.type() != value_type::integer)
    throw py::type_error("`seed` and `opportunities` are of type int");
  reporter told(callback);
  result<edge::sample_summary> done = h.run([&](session& s) {
    edge::sample_options options;
    options.seed = static_cast<std::uint64_t>(from.as_integer());
    options.opportunities = wanted.as_integer();
    options.currency = in;
    options.mixed_currencies = mixed_currencies;
    options.records = records;
    options.staff = {.users = users, .roles = roles, .role_levels = role_levels};
    options.on_progress = told.told();
    return edge::generate_sample(s, options);
  });
  told.rethrow();
  return json_to_python(edge::to_json(unwrap(std::move(done))));
}

}  // namespace

void bind_bulk_calls(session_class& c) {
  c.def("import_files", &import_files, py::arg("mapping"), py::arg("directory"),
        py::arg("progress") = py::none(),
        "Imports CSV files by a mapping: a dict, a JSON text or the path of one. All or nothing.\n"
        "\nprogress(done, total) is told of rows; False stops it. It must not use a session.");
  c.def("generate_sample", &generate_sample, py::arg("seed") = 1, py::arg("opportunities") = 2000,
        py::arg("progress") = py::none(), py::kw_only(), py::arg("currency") = py::none(),
        py::arg("mixed_currencies") = false, py::arg("records") = 0, py::arg("users") = 0,
        py::arg("roles") = 0, py::arg("role_levels") = 0,
        "Fills the store with a company that is made up from a seed; gives what was made.\n\n"
        "currency is that of every amount, by default the base currency; with mixed_currencies,\n"
        "Chinese customers pay CNY and others USD. records, 1,000 to 10,000,000, is about how\n"
        "many are made in all, in place of opportunities; users (100 to 100,000), roles and\n"
        "role_levels make an organisation of that size.");
  c.def("put_many", &put_many, py::arg("entity"), py::arg("rows"), py::kw_only(),
        py::arg("cause") = py::none(), py::arg("progress") = py::none(),
        "Creates a record from each dict, or changes the one that its \"id\" names: all or\n"
        "none.\n\n"
        "Gives the ids. An error's line is the number of the row, from 1.");
  c.def("put_table", &put_table, py::arg("entity"), py::arg("table"), py::kw_only(),
        py::arg("cause") = py::none(), py::arg("progress") = py::none(),
        "Creates a record from each row of a table, or changes the one that its id names: all or\n"
        "none. The table is a data frame of pandas (2.2 or later) or polars, a table of pyarrow,\n"
        "or whatever else gives an Arrow stream; its columns are named as the fields are.\n\n"
        "A null id makes a record; a column revision guards the changes. A null clears the field\n"
        "of a record that is changed, and leaves that of a new one to its default. Gives the\n"
        "ids.");
  c.def("delete_many", &delete_many, py::arg("entity"), py::arg("ids"), py::kw_only(),
        py::arg("cause") = py::none(), py::arg("progress") = py::none(),
        "Deletes records, all or none; an error's line is the number of the id, from 1.");
  c.def("get_many", &get_many, py::arg("entity"), py::arg("ids"),
        "A record for each id; None for one that is missing or out of reach.");
}

}  // namespace guanxi::python
