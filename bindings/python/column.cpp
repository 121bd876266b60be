#include "binding.hpp"

namespace guanxi::python {
namespace {

/// A column of a result, which it keeps.
struct column_view {
  std::shared_ptr<const rows> of;
  std::size_t number;
  const query::column_info& info() const { return of->columns()[number]; }
};

std::string label_of(const column_view& c, const std::string& language) {
  if (language != "en" && language != "zh")
    throw py::value_error("no language " + in_backticks(language) + "; labels are in en and zh");
  const schema::field* f = c.info().field;
  if (!f) return c.info().name;
  return language == "en" ? f->label_en : f->label_zh;
}

std::string type_of(const column_view& c) {
  return c.of->branch(c.number) ? "children" : std::string(name(c.info().type.base));
}

py::object scale_of(const column_view& c) {
  const bool scaled = c.info().type.base == value_type::decimal;
  return scaled ? py::object(py::int_(c.info().type.scale)) : py::object(py::none());
}

}  // namespace

py::tuple columns_to_python(const std::shared_ptr<const rows>& of) {
  py::tuple out(of->columns().size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = column_view{of, i};
  return out;
}

void bind_column(py::module_& m) {
  auto c = python_class<column_view>(m, "Column", "What a column of a result holds.");
  c.def_property_readonly("name", [](const column_view& x) { return x.info().name; });
  c.def_property_readonly("type", [](const column_view& x) {
    return type_of(x);
  }, "boolean, integer, decimal, text, date, instant, reference, children (a Result a row), or\n"
     "null: only ever None.");
  c.def_property_readonly("children", [](const column_view& x) -> py::object {
    const query::branch_rows* of = x.of->branch(x.number);
    return of ? py::object(columns_to_python(of->all)) : py::object(py::none());
  }, "Of children, what each of their columns holds; else None.");
  c.def_property_readonly("scale", &scale_of, "Digits after the point, of a decimal.");
  c.def_property_readonly("money", [](const column_view& x) { return x.info().type.money; },
                          "Whether a decimal is an amount of money.");
  c.def("label", &label_of, py::arg("language") = "en",
        "Its heading for people: the label of its field, else its name.");
  c.def("__repr__", [](const column_view& x) {
    return "<guanxi.Column " + in_backticks(x.info().name) + ": " +
           type_of(x) + ">";
  });
}

}  // namespace guanxi::python
