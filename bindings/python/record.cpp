#include "binding.hpp"

namespace guanxi::python {
namespace {

std::string text_of(const error& why) { return std::string(why.message()); }

py::object attribute(const record& r, const py::str& name) {
  const result<value> found = r.find(text_from_python(name, "field"));
  if (!found) throw py::attribute_error(text_of(found.error()));
  return to_python(*found);
}

py::object item(const record& r, const py::str& name) {
  const result<value> found = r.find(text_from_python(name, "field"));
  if (!found) throw py::key_error(text_of(found.error()));
  return to_python(*found);
}

py::list keys(const record& r) {
  py::list out;
  for (const schema::field& f : r.of().fields())
    if (r.visible(f.slot)) out.append(py::str(f.name));
  return out;
}

py::dict to_dict(const record& r) {
  py::dict out;
  for (const schema::field& f : r.of().fields())
    if (r.visible(f.slot)) out[py::str(f.name)] = to_python(r.at(f.slot));
  return out;
}

std::string repr(const record& r) {
  std::string out =
      "<guanxi.Record " + std::string(r.of().name()) + " " + std::to_string(r.key().value);
  const std::uint16_t title = r.of().title_slot();
  if (title != schema::no_slot && r.visible(title) && !r.at(title).is_null())
    out += " " + in_backticks(r.at(title).to_string());
  return out + ">";
}

}  // namespace

void bind_record(py::module_& m) {
  auto c = python_class<record>(
      m, "Record",
      "A record as the acting user sees it: fields by attribute and by key.\n\n"
      "It is a value: session.change gives the next one. A field that has the "
      "name of a method is read by key.");
  c.def_property_readonly("entity_name",
                          [](const record& r) { return std::string(r.of().name()); });
  c.def_property_readonly("id", [](const record& r) { return r.key().value; });
  c.def_property_readonly("revision", &record::revision);
  c.def("keys", &keys, "Names of the fields that the acting user sees.");
  c.def("to_dict", &to_dict, "The fields that the acting user sees.");
  c.def("__getattr__", &attribute);
  c.def("__setattr__", [](const record& r, const py::str& name, const py::object&) {
    throw py::attribute_error("a record is a value; write session.change(record, " +
                              name.cast<std::string>() + "=…) to change the `" +
                              std::string(r.of().name()) + "`");
  });
  c.def("__getitem__", &item);
  c.def("__contains__", [](const record& r, const py::object& name) {
    return py::isinstance<py::str>(name) && r.find(text_from_python(name, "field")).has_value();
  });
  c.def("__iter__", [](const record& r) { return py::iter(keys(r)); });
  c.def("__len__", [](const record& r) { return keys(r).size(); });
  c.def("__dir__", [](const py::object& self) {
    py::list out = py::module_::import("builtins").attr("dir")(py::type::of(self));
    for (const py::handle name : keys(self.cast<const record&>()))
      if (!out.contains(name)) out.append(name);
    return out;
  });
  c.def("__repr__", &repr);
}

}  // namespace guanxi::python
