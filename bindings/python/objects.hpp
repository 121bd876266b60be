// Python objects of single values, made as fast as the C API allows and shared where values repeat;
// and what the package's own types (Record, Row) need to be written against that API.
//
//   PyObject* amount = object_of(value(decimal{109650, 2}));   // a new reference, or an exception
//
// Thread rule: all of it with the interpreter's lock held.
#pragma once

#include "binding.hpp"

#include "guanxi/query/batch.hpp"

namespace guanxi::python {

// A new reference; nullptr with an exception set.
PyObject* object_of(const value& v);
PyObject* text_object(std::string_view text);
PyObject* decimal_object(decimal d);
PyObject* date_object(date d);
PyObject* instant_object(instant at);

/// A text as an interned object, whose address then stands for it.
py::object interned(std::string_view text);

/// Texts of one result column that come again and again (choices, currencies, cities): a text met
/// again is the object made before. It stops looking once most texts turn out to be new. The texts
/// it is asked for must stay where they are while it lives.
class text_cache {
 public:
  PyObject* object(std::string_view text);

 private:
  struct entry {
    std::string_view text;
    py::object made;
  };
  std::vector<entry> entries_;
  std::uint32_t asked_ = 0, met_ = 0;
  bool useful_ = true;
};

/// The object of a cell of a result; `texts` is the cache of its column.
PyObject* cell_object(const query::column& from, std::size_t row, text_cache& texts);

/// Where a name stands, found by the address of its interned object: what an attribute costs.
class name_table {
 public:
  /// Names in order of their positions; one that comes again, or is empty, stands nowhere.
  explicit name_table(std::vector<py::object> names);

  /// A look into a table, which must outlive it: one step less to each name.
  class view {
   public:
    /// -1: no such name, or not its interned object.
    std::int32_t find(PyObject* name) const noexcept {
      for (std::size_t at = place(name);; ++at) {
        const named& here = places_[at & mask_];
        if (here.name == name) return here.position;
        if (!here.name) return -1;
      }
    }

   private:
    friend class name_table;
    struct named {
      PyObject* name = nullptr;
      std::int32_t position = -1;
    };
    std::size_t place(PyObject* name) const noexcept {
      const auto address = reinterpret_cast<std::uintptr_t>(name);
      return ((address >> 4) ^ (address >> 12)) & mask_;
    }
    const named* places_ = nullptr;
    std::size_t mask_ = 0;
  };
  view look() const noexcept { return look_; }
  const py::object& name(std::size_t position) const { return names_[position]; }

 private:
  std::vector<py::object> names_;
  std::vector<view::named> places_;  ///< a power of two, at most a quarter full
  view look_;
};

/// Puts what a C++ exception says into the interpreter.
void set_python_error() noexcept;

/// Runs what may throw inside a function that the interpreter calls; `failed` is what such a
/// function returns with an exception set.
template <class Result, class Work>
Result guarded(Result failed, Work&& work) noexcept {
  try {
    return work();
  } catch (...) {
    set_python_error();
    return failed;
  }
}

template <class Work>
PyObject* guarded(Work&& work) noexcept {
  return guarded<PyObject*>(nullptr, std::forward<Work>(work));
}

/// Makes a type of the package out of slots; its objects come from calls alone.
PyTypeObject* add_type(py::module_& m, PyType_Spec& spec);

}  // namespace guanxi::python
