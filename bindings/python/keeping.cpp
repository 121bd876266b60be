#include "guanxi/edge/keeping.hpp"

#include "reporter.hpp"
#include "tenant.hpp"

namespace guanxi::python {
namespace {

using store::finding;

py::list verify(tenant_handle& t, const py::object& callback, std::size_t max_findings) {
  reporter told(callback);
  auto seen = t.run([&](const tenant& of) {
    return of.verify({.max_findings = max_findings, .on_progress = told.told()});
  });
  told.rethrow();
  py::list out;
  for (finding& f : unwrap(std::move(seen)).findings) out.append(std::move(f));
  return out;
}

py::object backup(tenant_handle& t, const py::object& path, const py::object& callback) {
  const std::string to = path_from_python(path, "path");
  reporter told(callback);
  auto made = t.run([&](const tenant& of) { return of.backup(to, {.on_progress = told.told()}); });
  told.rethrow();
  return json_to_python(edge::to_json(unwrap(std::move(made))));
}

py::object restore_backup(const py::object& backup, const py::object& path, bool overwrite,
                          const py::object& callback) {
  const std::string from = path_from_python(backup, "backup"), to = path_from_python(path, "path");
  reporter told(callback);
  auto made = [&] {
    const py::gil_scoped_release unlocked;
    return restore(from, to, {.overwrite = overwrite, .on_progress = told.told()});
  }();
  told.rethrow();
  return json_to_python(edge::to_json(unwrap(std::move(made))));
}

py::object salvage_store(const py::object& path, const py::object& into, const py::object& callback,
                         std::size_t max_findings) {
  const std::string from = path_from_python(path, "path"), to = path_from_python(into, "into");
  reporter told(callback);
  auto made = [&] {
    const py::gil_scoped_release unlocked;
    return salvage(from, to, {.max_findings = max_findings, .on_progress = told.told()});
  }();
  told.rethrow();
  return json_to_python(edge::to_json(unwrap(std::move(made))));
}

void bind_finding(py::module_& m) {
  auto c = python_class<finding>(m, "Finding", "A fault that Tenant.verify has found.");
  c.def_property_readonly("part", [](const finding& f) { return store::name(f.where); },
                          "\"file\", \"record\", \"index\" or \"log\".");
  c.def_property_readonly("entity", [](const finding& f) {
    return f.entity.empty() ? py::object(py::none()) : py::object(py::str(f.entity));
  });
  c.def_property_readonly("record", [](const finding& f) {
    return f.record ? py::object(py::int_(f.record.value)) : py::object(py::none());
  }, "Id of the record; None where it is not known, or none in particular.");
  c.def_property_readonly("text", [](const finding& f) { return f.text; });
  c.def("__str__", [](const finding& f) { return f.text; });
  c.def("__repr__", [](const finding& f) { return "<guanxi.Finding " + f.text + ">"; });
}

}  // namespace

void bind_keeping(py::module_& m, tenant_class& c) {
  bind_finding(m);
  c.def("verify", &verify, py::kw_only(), py::arg("progress") = py::none(),
        py::arg("max_findings") = 1000,
        "Checks every record, the indices and the change log; a list of what is wrong.");
  c.def("backup", &backup, py::arg("path"), py::kw_only(), py::arg("progress") = py::none(),
        "Copies one moment to a file while others write on, verifies it, and puts it in its place\n"
        "at once. A dict of the sequence of its last change, its records and bytes.");
  m.def("restore", &restore_backup, py::arg("backup"), py::arg("path"), py::kw_only(),
        py::arg("overwrite") = false, py::arg("progress") = py::none(),
        "Verifies a backup and puts a copy of it at a path, all of it or nothing. A store that is\n"
        "there is replaced only with overwrite=True.");
  m.def("salvage", &salvage_store, py::arg("path"), py::arg("into"), py::kw_only(),
        py::arg("progress") = py::none(), py::arg("max_findings") = 1000,
        "Reads what can be read of a damaged file into a new store. A dict of what was kept, what\n"
        "is doubtful and what is lost; the damaged file is only read.");
}

}  // namespace guanxi::python
