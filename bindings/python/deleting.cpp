#include "binding.hpp"
#include "reporter.hpp"

namespace guanxi::python {
namespace {

target one_record(const py::args& arguments, const char* call) {
  target of = target_of(arguments, 0, call);
  if (arguments.size() > of.used) throw py::type_error(std::string(call) + "() takes one record");
  return of;
}

void remove(session_handle& h, const py::args& arguments, const py::object& expected,
            const py::object& cause) {
  const target of = one_record(arguments, "delete");
  const std::int64_t revision = revision_of(expected, of);
  const std::string why = cause_of(cause);
  unwrap(h.run([&](session& s) { return s.remove(of.entity, of.key, revision, why); }));
}

std::int64_t restore(session_handle& h, const py::args& arguments, const py::object& cause) {
  const target of = one_record(arguments, "restore");
  const std::string why = cause_of(cause);
  return unwrap(h.run([&](session& s) { return s.restore(of.entity, of.key, why); }));
}

std::int64_t restore_batch(session_handle& h, std::int64_t batch, const py::object& cause) {
  const std::string why = cause_of(cause);
  return unwrap(h.run([&](session& s) { return s.restore_batch(batch, why); }));
}

py::object archive(session_handle& h, const py::args& arguments, const py::object& expected,
                   const py::object& cause) {
  const target of = one_record(arguments, "archive");
  const std::int64_t revision = revision_of(expected, of);
  const std::string why = cause_of(cause);
  return record_to_python(
      unwrap(h.run([&](session& s) { return s.archive(of.entity, of.key, revision, why); })));
}

py::object unarchive(session_handle& h, const py::args& arguments, const py::object& expected,
                     const py::object& cause) {
  const target of = one_record(arguments, "unarchive");
  const std::int64_t revision = revision_of(expected, of);
  const std::string why = cause_of(cause);
  return record_to_python(
      unwrap(h.run([&](session& s) { return s.unarchive(of.entity, of.key, revision, why); })));
}

py::dict purge(session_handle& h, const py::object& before, const py::object& cause,
               const py::object& callback) {
  purge_options options;
  if (!before.is_none()) {
    const value v = from_python(before, "before");
    if (v.type() != value_type::instant)
      throw py::type_error("`before` is a datetime with a time zone");
    options.before = v.as_instant();
  }
  options.cause = cause_of(cause);
  reporter told(callback);
  if (!callback.is_none()) options.on_progress = told.told();
  result<purge_report> done = h.run([&](session& s) { return s.purge(options); });
  told.rethrow();
  const purge_report report = unwrap(std::move(done));
  py::dict out;
  out["purged"] = report.purged;
  out["kept"] = report.kept;
  out["complete"] = report.complete;
  return out;
}

}  // namespace

void bind_delete_calls(session_class& c) {
  c.def("delete", &remove, py::arg("expected_revision") = py::none(),
        py::arg("cause") = py::none(),
        "Deletes a record with what goes along with it, guarded as in change.");
  c.def("restore", &restore, py::arg("cause") = py::none(),
        "Brings back what was deleted together with a record; gives how many records came back.");
  c.def("restore_batch", &restore_batch, py::arg("batch"), py::kw_only(),
        py::arg("cause") = py::none(),
        "Brings back one batch: the `deletion_batch` of the records in \"from account deleted\".");
  c.def("archive", &archive, py::arg("expected_revision") = py::none(),
        py::arg("cause") = py::none(),
        "Puts a record away: read-only, and only in queries `with archived`.");
  c.def("unarchive", &unarchive, py::arg("expected_revision") = py::none(),
        py::arg("cause") = py::none(), "Takes an archived record back.");
  c.def("purge", &purge, py::arg("before") = py::none(), py::kw_only(),
        py::arg("cause") = py::none(), py::arg("progress") = py::none(),
        "Takes out of the tables what was deleted before an instant, by default 30 days ago or\n"
        "what the setting purge_after_days says; gives what was purged and kept. The change log\n"
        "keeps the last image of each.\n\n"
        "progress(done, total) is told of records; False ends it between two transactions.");
}

}  // namespace guanxi::python
