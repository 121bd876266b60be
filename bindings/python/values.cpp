#include "guanxi/edge/csv.hpp"

#include "objects.hpp"

#include <datetime.h>
#include <pybind11/gil_safe_call_once.h>

namespace guanxi::python {
namespace {

py::object decimal_class() {
  PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::object> kept;
  return kept
      .call_once_and_store_result([] { return py::module_::import("decimal").attr("Decimal"); })
      .get_stored();
}

/// The functions of datetime.h go through a table that each source file must have loaded.
void need_datetime() {
  if (PyDateTimeAPI) return;
  PyDateTime_IMPORT;
  if (!PyDateTimeAPI) throw py::error_already_set();
}

std::string quoted(std::string_view what) { return in_backticks(what); }

[[noreturn]] void refuse(errc code, std::string_view what, const std::string& rest) {
  raise(error(code, quoted(what) + " " + rest).in_field(what));
}

py::object steal(PyObject* made) {
  if (!made) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}

date date_from_python(py::handle x) {
  return unwrap(date::from_civil({PyDateTime_GET_YEAR(x.ptr()), PyDateTime_GET_MONTH(x.ptr()),
                                  PyDateTime_GET_DAY(x.ptr())}));
}

decimal decimal_from_python(py::handle x, std::string_view what) {
  if (!x.attr("is_finite")().cast<bool>())
    refuse(errc::invalid_argument, what, "is " + py::str(x).cast<std::string>() +
                                             ", which is no amount; use None for no value");
  // Beyond this no digit could be kept, and the digits of 1E+999999 need not be written out.
  const int magnitude = x.attr("adjusted")().cast<int>();
  const bool zero = !x.attr("__bool__")().cast<bool>();
  if (!zero && (magnitude > 40 || magnitude < -40))
    refuse(errc::overflow, what, "does not fit a decimal of 18 digits");
  std::string digits =
      zero ? "0" : py::module_::import("builtins").attr("format")(x, "f").cast<std::string>();
  const std::size_t point = digits.find('.');
  if (point != std::string::npos)
    while (digits.size() - point - 1 > static_cast<std::size_t>(max_scale) && digits.back() == '0')
      digits.pop_back();
  result<decimal> read = decimal::parse(digits);
  if (!read) refuse(errc::overflow, what, "cannot be kept exactly: " +
                                              std::string(read.error().message()));
  return *read;
}

std::int64_t integer_from_python(py::handle x, std::string_view what) {
  const py::object number = steal(PyNumber_Index(x.ptr()));
  int overflow = 0;
  const long long out = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow) refuse(errc::overflow, what, "does not fit an integer of 64 bits");
  if (out == -1 && PyErr_Occurred()) throw py::error_already_set();
  return out;
}

/// Whatever gives items is a list, such as a column of a data frame; what is one value is not.
bool lists(py::handle x) {
  PyObject* const p = x.ptr();
  return Py_TYPE(p)->tp_iter && !PyUnicode_Check(p) && !PyBytes_Check(p) &&
         !PyByteArray_Check(p) && !PyDict_Check(p) && !record_of(x);
}

std::vector<value> list_from_python(py::handle x, std::string_view what) {
  constexpr std::size_t most = 1'000'000;  // an iterator may have no end
  std::vector<value> out;
  for (const py::handle item : py::reinterpret_borrow<py::iterable>(x)) {
    if (out.size() == most) refuse(errc::limit, what, "has more than 1,000,000 members");
    out.push_back(from_python(item, what));
  }
  return out;
}

}  // namespace

py::object to_python(const value& v) { return steal(object_of(v)); }

std::optional<std::int64_t> count_from_python(py::handle x, std::string_view what) {
  if (x.is_none()) return std::nullopt;
  const value v = from_python(x, what);
  if (v.type() != value_type::integer) throw py::type_error(quoted(what) + " is of type int");
  return v.as_integer();
}

instant instant_from_python(py::handle x, std::string_view what) {
  need_datetime();
  if (!PyDateTime_Check(x.ptr()))
    throw py::type_error(quoted(what) + " is of type " + Py_TYPE(x.ptr())->tp_name +
                         "; use a datetime with a time zone");
  const py::object offset = x.attr("utcoffset")();
  if (offset.is_none())
    refuse(errc::invalid_argument, what,
           "is a datetime without a time zone; say which instant it is, for example with "
           "tzinfo=datetime.timezone.utc");
  const std::int64_t seconds =
      PyDateTime_DATE_GET_HOUR(x.ptr()) * 3600 + PyDateTime_DATE_GET_MINUTE(x.ptr()) * 60 +
      PyDateTime_DATE_GET_SECOND(x.ptr()) - PyDateTime_DELTA_GET_SECONDS(offset.ptr());
  const std::int64_t days =
      date_from_python(x).days - std::int64_t{PyDateTime_DELTA_GET_DAYS(offset.ptr())};
  return {days * microseconds_per_day + seconds * microseconds_per_second +
          PyDateTime_DATE_GET_MICROSECOND(x.ptr()) -
          PyDateTime_DELTA_GET_MICROSECONDS(offset.ptr())};
}

std::string text_from_python(py::handle x, std::string_view what) {
  if (!PyUnicode_Check(x.ptr()))
    throw py::type_error(quoted(what) + " is of type " + Py_TYPE(x.ptr())->tp_name + "; use str");
  Py_ssize_t size = 0;
  if (const char* bytes = PyUnicode_AsUTF8AndSize(x.ptr(), &size))
    return {bytes, static_cast<std::size_t>(size)};
  if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) throw py::error_already_set();
  PyErr_Clear();
  refuse(errc::invalid_text, what, "has half of a surrogate pair, which no UTF-8 text can have");
}

value from_python(py::handle x, std::string_view what) {
  need_datetime();
  PyObject* const p = x.ptr();
  if (p == Py_None) return {};
  if (PyBool_Check(p)) return value(p == Py_True);
  if (PyUnicode_Check(p)) return value(text_from_python(x, what));
  if (PyDateTime_Check(p)) return value(instant_from_python(x, what));
  if (PyDate_Check(p)) return value(date_from_python(x));
  if (PyFloat_Check(p))
    throw py::type_error(quoted(what) +
                         " is a float, which is not exact; use Decimal or int, for example "
                         "Decimal(\"9.95\")");
  if (const record* r = record_of(x)) return value(r->key());
  if (py::isinstance(x, decimal_class())) return value(decimal_from_python(x, what));
  if (PyIndex_Check(p)) return value(integer_from_python(x, what));
  throw py::type_error(quoted(what) + " is of type " + Py_TYPE(p)->tp_name +
                       "; use None, bool, int, Decimal, str, date, datetime or a record");
}

std::string path_from_python(py::handle x, std::string_view what) {
  const py::object path = steal(PyOS_FSPath(x.ptr()));
  return text_from_python(path, what);
}

std::string json_from_python(py::handle x, std::string_view what) {
  if (py::isinstance<py::dict>(x) || py::isinstance<py::list>(x))
    return text_from_python(
        py::module_::import("json").attr("dumps")(x, py::arg("ensure_ascii") = false), what);
  std::string text = path_from_python(x, what);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool found = PyUnicode_Check(x.ptr()) && first != std::string::npos;
  if (found && (text[first] == '{' || text[first] == '[')) return text;
  return unwrap(edge::read_file(text));
}

py::object json_to_python(std::string_view text) {
  return py::module_::import("json").attr("loads")(py::str(text.data(), text.size()),
                                                   py::arg("parse_float") = decimal_class());
}

std::vector<expr::parameter_value> parameters_from_python(const py::dict& from) {
  std::vector<expr::parameter_value> out;
  for (const auto& [key, content] : from) {
    expr::parameter_value p;
    p.name = text_from_python(key, "parameter");
    p.is_list = lists(content);
    if (p.is_list) p.list = list_from_python(content, p.name);
    else p.content = from_python(content, p.name);
    out.push_back(std::move(p));
  }
  return out;
}

}  // namespace guanxi::python
