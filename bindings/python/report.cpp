#include "guanxi/edge/report.hpp"
#include "guanxi/edge/report_page.hpp"

#include "binding.hpp"

#include <algorithm>

namespace guanxi::python {
namespace {

edge::language language_named(const std::string& word) {
  if (word == "en") return edge::language::english;
  if (word == "zh") return edge::language::chinese;
  throw py::value_error("no language " + in_backticks(word) + "; texts are in en and zh");
}

edge::page_theme theme_named(const std::string& word) {
  if (word == "system") return edge::page_theme::system;
  if (word == "light") return edge::page_theme::light;
  if (word == "dark") return edge::page_theme::dark;
  throw py::value_error("no theme " + in_backticks(word) + "; take system, light or dark");
}

std::vector<expr::parameter_value> given(const py::object& parameters) {
  if (parameters.is_none()) return {};
  return parameters_from_python(py::dict(parameters));
}

py::str report_json(session_handle& h, const py::object& definition,
                    const py::kwargs& parameters) {
  const std::string declared = json_from_python(definition, "definition");
  const std::vector<expr::parameter_value> with = parameters_from_python(parameters);
  return unwrap(h.run([&](session& s) { return edge::run_report(s, declared, with); }));
}

py::object report(session_handle& h, const py::object& definition, const py::kwargs& parameters) {
  return json_to_python(std::string(report_json(h, definition, parameters)));
}

py::object report_text(session_handle& h, const py::object& definition,
                       const std::string& language, const py::object& width, bool ascii,
                       bool colour, const py::object& parameters) {
  const value columns = from_python(width, "width");
  if (columns.type() != value_type::integer) throw py::type_error("`width` is of type int");
  const std::string declared = json_from_python(definition, "definition");
  const std::vector<expr::parameter_value> with = given(parameters);
  const edge::report_text_options how{
      .language = language_named(language),
      .width = static_cast<std::size_t>(std::max<std::int64_t>(columns.as_integer(), 0)),
      .ascii = ascii,
      .colour = colour};
  return py::str(
      unwrap(h.run([&](session& s) { return edge::report_text(s, declared, how, with); })));
}

py::object report_page(session_handle& h, const py::object& definition,
                       const std::string& language, const py::object& library,
                       const std::string& theme, const py::object& title,
                       const py::object& parameters) {
  const std::string declared = json_from_python(definition, "definition");
  const std::string script = library.is_none() ? "" : text_from_python(library, "library");
  const std::vector<expr::parameter_value> with = given(parameters);
  const edge::page_options how{.language = language_named(language),
                               .theme = theme_named(theme),
                               .chart_library = script,
                               .title = title.is_none() ? "" : text_from_python(title, "title")};
  return py::str(
      unwrap(h.run([&](session& s) { return edge::report_page(s, declared, how, with); })));
}

}  // namespace

void bind_report_calls(session_class& c) {
  c.def("report", &report, py::arg(),
        "Runs a report definition (a dict, a JSON text or the path of one); gives its answers.");
  c.def("report_json", &report_json, py::arg(),
        "The same answers as a JSON text, numbers with all their digits.");
  c.def("report_text", &report_text, py::arg(), py::kw_only(), py::arg("language") = "en",
        py::arg("width") = 80, py::arg("ascii") = false, py::arg("colour") = false,
        py::arg("parameters") = py::none(),
        "The report as aligned tables for a terminal, with bars where it declares charts.");
  c.def("report_page", &report_page, py::arg(), py::kw_only(), py::arg("language") = "en",
        py::arg("library") = py::none(), py::arg("theme") = "system",
        py::arg("title") = py::none(), py::arg("parameters") = py::none(),
        "The report as one HTML page that needs no network. library: the text of ECharts'\n"
        "echarts.min.js; without it the page has tables and no charts.");
}

}  // namespace guanxi::python
