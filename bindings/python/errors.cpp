#include "binding.hpp"

namespace guanxi::python {
namespace {

/// Names of the classes in guanxi.errors.
const char* class_of(errc code) {
  switch (code) {
    case errc::not_found: return "NotFound";
    case errc::conflict: return "Conflict";
    case errc::permission: return "Permission";
    case errc::busy: return "Busy";
    case errc::interrupted: return "Interrupted";
    case errc::parse:
    case errc::unknown_name:
    case errc::type_mismatch: return "Query";
    case errc::invalid_argument:
    case errc::invalid_text:
    case errc::overflow:
    case errc::mixed_currency:
    case errc::undefined_period:
    case errc::missing_rate:
    case errc::validation:
    case errc::duplicate:
    case errc::effect_limit: return "Validation";
    case errc::commit_unknown: return "CommitUnknown";
    case errc::file_missing:
    case errc::not_a_database:
    case errc::newer_schema:
    case errc::store_full:
    case errc::store_io:
    case errc::store_corrupt:
    case errc::read_only:
    case errc::unsupported:
    case errc::pruned: return "Store";
    default: return "Error";
  }
}

py::object text_or_none(std::string_view text) {
  return text.empty() ? py::object(py::none()) : py::object(py::str(text.data(), text.size()));
}

py::object number_or_none(std::int64_t number, std::int64_t none) {
  return number == none ? py::object(py::none()) : py::object(py::int_(number));
}

py::object exception_of(const error& why) {
  const std::string_view message = why.message();
  py::object out = py::module_::import("guanxi.errors")
                       .attr(class_of(why.code()))(py::str(message.data(), message.size()));
  out.attr("code") = py::int_(static_cast<std::int32_t>(why.code()));
  out.attr("name") = text_or_none(name(why.code()));
  out.attr("entity") = text_or_none(why.entity());
  out.attr("field") = text_or_none(why.field());
  out.attr("record") = number_or_none(why.record(), 0);
  out.attr("line") = number_or_none(why.line(), 0);
  out.attr("offset") = number_or_none(why.offset(), -1);
  out.attr("store_code") = number_or_none(why.store_code(), 0);
  out.attr("aborted") = py::bool_(why.aborted());
  out.attr("retriable") = py::bool_(why.retriable());
  if (const schema::conflict* both = schema::conflict_of(why)) {
    out.attr("stored") = record_to_python(both->stored);
    if (!both->wanted.empty()) out.attr("wanted") = record_to_python(both->wanted);
  }
  if (!why.token().empty()) out.attr("token") = text_or_none(why.token());
  py::list others;
  for (const error& other : why.others()) others.append(exception_of(other));
  out.attr("others") = py::tuple(others);
  return out;
}

}  // namespace

void raise(const error& why) {
  const py::object exception = exception_of(why);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
  throw py::error_already_set();
}

}  // namespace guanxi::python
