// Queries as text, as JSON and as what guanxi.query_builder puts together.
#include "binding.hpp"

#include "guanxi/query/statement_json.hpp"

namespace guanxi::python {

namespace {

/// The text of a query that is JSON, or a dict or a select(…) which the package makes JSON of.
std::string text_of_json(const py::object& query) {
  const py::object json =
      py::isinstance<py::str>(query)
          ? query
          : py::object(py::module_::import("guanxi.query_builder").attr("_json_text")(query));
  return query::print(unwrap(query::statement_from_json(text_from_python(json, "query"))));
}

py::object json_of_text(const py::str& text) {
  return json_to_python(query::to_json(unwrap(query::parse(text_from_python(text, "text")))));
}

}  // namespace

std::string query_from_python(const py::object& query) {
  return py::isinstance<py::str>(query) ? text_from_python(query, "query") : text_of_json(query);
}

void bind_statement(py::module_& m) {
  auto p = python_class<prepared>(
      m, "Prepared", "A query that was read once, for Session.query of any session.");
  p.def_property_readonly("text", &prepared::text, "The query in its one form.");
  p.def_property_readonly("parameters", [](const prepared& q) {
    py::list names;
    for (const std::string& name : q.parameters()) names.append(py::str(name));
    return py::tuple(names);
  }, "The names of its parameters, each once, in the order of the text.");
  p.def("__repr__", [](const prepared& q) { return "<guanxi.Prepared " + q.text() + ">"; });
  m.def("prepare", [](const py::object& query) {
    return unwrap(guanxi::prepare(query_from_python(query)));
  }, py::arg("query"), "Reads a query once, to run it often. Whether its names exist is found out\n"
                       "when a session runs it.");
  m.def("statement_to_json", &json_of_text, py::arg("text"),
        "The JSON form of a query's text, as a dict (docs/query_builder.md).");
  m.def("statement_from_json", &text_of_json, py::arg("query"),
        "The text of a query in JSON, or of a dict of that form, or of a select(…).");
}

}  // namespace guanxi::python
