// What is due.
#include "reporter.hpp"
#include "tenant.hpp"

namespace guanxi::python {
namespace {

py::dict told(const tick_failure& f) {
  py::dict out;
  out["timer"] = f.timer;
  out["entity"] = f.entity;
  out["record"] = f.record.value;
  out["code"] = std::string(name(f.why.code()));
  out["message"] = std::string(f.why.message());
  return out;
}

py::dict tick(tenant_handle& t, std::size_t at_most, const py::object& deadline_ms,
              const py::object& callback) {
  tick_options options{.at_most = at_most};
  options.deadline_ms = count_from_python(deadline_ms, "deadline_ms");
  reporter told_of(callback);
  if (!callback.is_none()) options.on_progress = told_of.told();
  result<tick_report> done = t.run([&](const tenant& of) { return of.tick(options); });
  told_of.rethrow();
  const tick_report report = unwrap(std::move(done));
  py::dict out;
  out["ran"] = report.ran;
  out["more"] = report.more;
  out["next"] = report.next ? to_python(value(*report.next)) : py::object(py::none());
  py::list failures;
  for (const tick_failure& f : report.failures) failures.append(told(f));
  out["failures"] = failures;
  return out;
}

}  // namespace

void bind_tick(tenant_class& c) {
  c.def("tick", &tick, py::kw_only(), py::arg("at_most") = 10'000,
        py::arg("deadline_ms") = py::none(), py::arg("progress") = py::none(),
        "Runs what is due by the clock, in the order of its time, each exactly once, whatever\n"
        "else ticks. A dict: ran, how many records were dealt with; more, whether there are more;\n"
        "next, when to call again, a datetime or None; failures, those that stay due, with why.");
}

}  // namespace guanxi::python
