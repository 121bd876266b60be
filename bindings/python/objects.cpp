#include "objects.hpp"

#include <datetime.h>

#include <array>
#include <charconv>
#include <cstring>

namespace guanxi::python {
namespace {

/// Loaded once, and kept to the process's end as Python keeps its own. (A static with an
/// initialiser would hold its lock while the import lets go of the interpreter's.)
PyObject* decimal_class() {
  static PyObject* kept = nullptr;
  if (!kept) kept = py::object(py::module_::import("decimal").attr("Decimal")).release().ptr();
  return kept;
}

/// The functions of datetime.h go through a table that each source file must have loaded.
void need_datetime() {
  if (PyDateTimeAPI) return;
  PyDateTime_IMPORT;
  if (!PyDateTimeAPI) throw py::error_already_set();
}

/// Objects by a number, one per place: a newer one takes the place of an older. What is kept is
/// bounded, and stays to the process's end.
template <std::size_t Size>
class number_cache {
 public:
  /// A new reference, or nullptr without an exception.
  PyObject* find(std::int64_t number, std::uint8_t kind) const noexcept {
    const entry& e = entries_[place(number, kind)];
    if (!e.made || e.number != number || e.kind != kind) return nullptr;
    return Py_NewRef(e.made);
  }
  PyObject* keep(std::int64_t number, std::uint8_t kind, PyObject* made) noexcept {
    if (!made) return nullptr;
    entry& e = entries_[place(number, kind)];
    PyObject* const older = e.made;
    e = {number, Py_NewRef(made), kind};
    Py_XDECREF(older);
    return made;
  }

 private:
  struct entry {
    std::int64_t number = 0;
    PyObject* made = nullptr;
    std::uint8_t kind = 0;
  };
  static std::size_t place(std::int64_t number, std::uint8_t kind) noexcept {
    const auto mixed = (static_cast<std::uint64_t>(number) + kind) * 0x9e37'79b9'7f4a'7c15ULL;
    return static_cast<std::size_t>(mixed >> 40) % Size;
  }
  std::array<entry, Size> entries_{};
};

number_cache<8192>& decimals() {
  static number_cache<8192> kept;
  return kept;
}
number_cache<4096>& dates() {
  static number_cache<4096> kept;
  return kept;
}

template <class T>
T load(const void* from, std::size_t row) {
  T out;
  std::memcpy(&out, static_cast<const char*>(from) + row * sizeof out, sizeof out);
  return out;
}

}  // namespace

PyObject* text_object(std::string_view text) {
  const auto size = static_cast<Py_ssize_t>(text.size());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8)
    if (load<std::uint64_t>(bytes + at, 0) & 0x8080'8080'8080'8080ULL) break;
  while (at < text.size() && bytes[at] < 0x80) ++at;
  if (at < text.size()) return PyUnicode_DecodeUTF8(text.data(), size, nullptr);
  if (text.size() < 2) return PyUnicode_FromStringAndSize(text.data(), size);  // shared ones
  PyObject* out = PyUnicode_New(size, 127);
  if (out) std::memcpy(PyUnicode_1BYTE_DATA(out), text.data(), text.size());
  return out;
}

PyObject* decimal_object(decimal d) {
  if (PyObject* known = decimals().find(d.coefficient, d.scale)) return known;
  const std::string digits = d.to_string();
  const py::object text = py::reinterpret_steal<py::object>(text_object(digits));
  if (!text) return nullptr;
  return decimals().keep(d.coefficient, d.scale, PyObject_CallOneArg(decimal_class(), text.ptr()));
}

PyObject* date_object(date d) {
  if (PyObject* known = dates().find(d.days, 0)) return known;
  need_datetime();
  const civil c = d.to_civil();
  return dates().keep(d.days, 0, PyDate_FromDate(c.year, c.month, c.day));
}

PyObject* instant_object(instant at) {
  need_datetime();
  const civil c = at.utc_date().to_civil();
  const std::int64_t within =
      at.microseconds - std::int64_t{at.utc_date().days} * microseconds_per_day;
  const std::int64_t seconds = within / microseconds_per_second;
  return PyDateTimeAPI->DateTime_FromDateAndTime(
      c.year, c.month, c.day, static_cast<int>(seconds / 3600),
      static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
      static_cast<int>(within % microseconds_per_second), PyDateTime_TimeZone_UTC,
      PyDateTimeAPI->DateTimeType);
}

PyObject* object_of(const value& v) {
  switch (v.type()) {
    case value_type::null: return Py_NewRef(Py_None);
    case value_type::boolean: return Py_NewRef(v.as_boolean() ? Py_True : Py_False);
    case value_type::integer: return PyLong_FromLongLong(v.as_integer());
    case value_type::decimal: return decimal_object(v.as_decimal());
    case value_type::text: return text_object(v.as_text());
    case value_type::date: return date_object(v.as_date());
    case value_type::instant: return instant_object(v.as_instant());
    case value_type::reference: return PyLong_FromLongLong(v.as_id().value);
  }
  return Py_NewRef(Py_None);
}

py::object interned(std::string_view text) {
  PyObject* made = text_object(text);
  if (!made) throw py::error_already_set();
  PyUnicode_InternInPlace(&made);
  return py::reinterpret_steal<py::object>(made);
}

PyObject* text_cache::object(std::string_view text) {
  constexpr std::size_t places = 256, longest = 40;
  constexpr std::uint32_t trial = 1024;
  if (!useful_ || text.size() > longest || text.size() < 2) return text_object(text);
  if (entries_.empty()) entries_.resize(places);
  std::uint64_t head = 0, tail = 0;
  const std::size_t part = std::min<std::size_t>(text.size(), 8);
  std::memcpy(&head, text.data(), part);
  std::memcpy(&tail, text.data() + text.size() - part, part);
  const std::uint64_t mixed =
      (head ^ (tail << 7 | tail >> 57) ^ text.size()) * 0x9e37'79b9'7f4a'7c15ULL;
  entry& e = entries_[mixed >> 56];
  ++asked_;
  if (e.made && e.text == text) {
    ++met_;
    return Py_NewRef(e.made.ptr());
  }
  PyObject* made = text_object(text);
  if (!made) return nullptr;
  e.text = text;
  e.made = py::reinterpret_borrow<py::object>(made);
  if (asked_ == trial) {
    useful_ = met_ * 2 > asked_;
    asked_ = met_ = 0;
    if (!useful_) entries_ = {};
  }
  return made;
}

PyObject* cell_object(const query::column& from, std::size_t row, text_cache& texts) {
  if (from.is_null(row)) return Py_NewRef(Py_None);
  const void* bytes = from.data();
  switch (from.type().base) {
    case value_type::integer:
    case value_type::reference: return PyLong_FromLongLong(load<std::int64_t>(bytes, row));
    case value_type::text: {
      const auto begin = static_cast<std::size_t>(from.offsets()[row]);
      const auto end = static_cast<std::size_t>(from.offsets()[row + 1]);
      return texts.object({static_cast<const char*>(bytes) + begin, end - begin});
    }
    case value_type::decimal:
      // The low half of the 128 bits is the coefficient: what does not fit it is no value of ours.
      return decimal_object({load<std::int64_t>(bytes, row * 2), from.type().scale});
    case value_type::date: return date_object({load<std::int32_t>(bytes, row)});
    case value_type::instant: return instant_object({load<std::int64_t>(bytes, row)});
    default: return object_of(from.at(row));
  }
}

name_table::name_table(std::vector<py::object> names) : names_(std::move(names)) {
  std::size_t size = 16;
  while (size < names_.size() * 4) size *= 2;
  places_.resize(size);
  look_.places_ = places_.data();
  look_.mask_ = size - 1;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    PyObject* const name = names_[i].ptr();
    if (!name || look_.find(name) >= 0) continue;
    std::size_t at = look_.place(name);
    while (places_[at].name) at = (at + 1) & look_.mask_;
    places_[at] = {name, static_cast<std::int32_t>(i)};
  }
}

void set_python_error() noexcept {
  try {
    throw;
  } catch (py::error_already_set& why) {
    why.restore();
  } catch (const py::builtin_exception& why) {
    why.set_error();
  } catch (const failure& why) {
    try {
      raise(why.error());
    } catch (py::error_already_set& made) {
      made.restore();
    }
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& why) {
    PyErr_SetString(PyExc_RuntimeError, why.what());
  }
}

PyTypeObject* add_type(py::module_& m, PyType_Spec& spec) {
  PyObject* made = PyType_FromModuleAndSpec(m.ptr(), &spec, nullptr);
  if (!made) throw py::error_already_set();
  auto* const type = reinterpret_cast<PyTypeObject*>(made);
  if (PyModule_AddType(m.ptr(), type) != 0) throw py::error_already_set();
  return type;  // for as long as the process: objects of it may outlive the module
}

}  // namespace guanxi::python
