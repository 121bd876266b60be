// Actions by name; guanxi.actions has them as attributes.
#include "binding.hpp"

namespace guanxi::python {
namespace {

py::object invoke(session_handle& h, const py::str& action, const py::object& values, bool preview,
                  const py::object& cause, const py::kwargs& parameters) {
  invoke_options how{.preview = preview};
  if (!cause.is_none()) how.cause = text_from_python(cause, "cause");
  std::vector<expr::parameter_value> given;
  if (!values.is_none()) given = parameters_from_python(values.cast<py::dict>());
  for (expr::parameter_value& p : parameters_from_python(parameters))
    given.push_back(std::move(p));
  const std::string name = text_from_python(action, "action");
  return result_to_python(unwrap(h.run([&](session& s) { return s.invoke(name, given, how); })));
}

py::object action_table(session_handle& h) {
  return result_to_python(unwrap(h.run([](session& s) { return s.actions(); })));
}

}  // namespace

void bind_action_calls(session_class& c) {
  c.def("invoke", &invoke, py::arg(), py::arg() = py::none(), py::kw_only(),
        py::arg("preview") = false, py::arg("cause") = py::none(),
        "Runs an action, such as \"lead.convert\", whole or not at all; its parameters are\n"
        "keywords. What it answers is a table, mostly of one row.\n\n"
        "preview writes nothing and gives what would be written, a row for each field. cause is\n"
        "why, for the change log; None: the action's name.");
  c.def("action_table", &action_table,
        "The actions that the user knows, a row for each of their parameters and results.");
  c.def_property_readonly(
      "actions",
      [](const py::object& self) {
        return py::module_::import("guanxi.actions").attr("Actions")(self);
      },
      "The actions as attributes: session.actions.lead.convert(lead=…).");
}

}  // namespace guanxi::python
