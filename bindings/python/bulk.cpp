#include "guanxi/edge/import.hpp"
#include "guanxi/edge/sample.hpp"

#include "binding.hpp"

#include <optional>

namespace guanxi::python {
namespace {

/// A Python callback as the library's progress. What it throws stops the call and comes back from
/// it as itself; so does an interrupt from the keyboard, which Python notices nowhere else while
/// the library is at work.
class reporter {
 public:
  explicit reporter(py::object callback) : callback_(std::move(callback)) {}

  progress told() {
    return [this](std::uint64_t done, std::uint64_t total) { return tell(done, total); };
  }
  void rethrow() const {
    if (thrown_) throw py::error_already_set(*thrown_);
  }

 private:
  bool tell(std::uint64_t done, std::uint64_t total) {
    const py::gil_scoped_acquire locked;
    if (thrown_) return false;
    try {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (callback_.is_none()) return true;
      const py::object answer = callback_(done, total);
      return answer.is_none() || PyObject_IsTrue(answer.ptr()) == 1;
    } catch (py::error_already_set& thrown) {
      thrown_ = thrown;
      return false;
    }
  }

  py::object callback_;
  std::optional<py::error_already_set> thrown_;
};

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

py::object generate_sample(session_handle& h, const py::object& seed,
                           const py::object& opportunities, const py::object& callback) {
  const value from = from_python(seed, "seed");
  const value wanted = from_python(opportunities, "opportunities");
  if (from.type() != value_type::integer || wanted.type() != value_type::integer)
    throw py::type_error("`seed` and `opportunities` are of type int");
  reporter told(callback);
  result<edge::sample_summary> done = h.run([&](session& s) {
    edge::sample_options options;
    options.seed = static_cast<std::uint64_t>(from.as_integer());
    options.opportunities = wanted.as_integer();
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
        py::arg("progress") = py::none(),
        "Fills the store with a company that is made up from a seed; gives what was made.");
}

}  // namespace guanxi::python
