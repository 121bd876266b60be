// The classes Row and RowIterator, written against Python's C API: there are millions of rows.
#include "row.hpp"

namespace guanxi::python {
namespace {

PyTypeObject* row_type = nullptr;
PyTypeObject* iterator_type = nullptr;

/// A place in a result, and the objects of those of its cells that were asked for.
struct row_object {
  PyObject_VAR_HEAD
  PyObject* owner;
  sheet* of;
  name_table::view names;  ///< of the sheet
  const query::batch* in;
  std::size_t at;          ///< within the batch
  PyObject* cells[1];      ///< one a column; the type's item size makes room for the rest
};

struct iterator_object {
  PyObject_HEAD
  PyObject* owner;
  sheet* of;
  std::size_t batch, at;
};

row_object* as_row(PyObject* self) { return reinterpret_cast<row_object*>(self); }
const std::vector<query::column_info>& columns_of(PyObject* self) {
  return as_row(self)->of->content.columns();
}

PyObject* make_row(PyObject* owner, sheet& of, const query::batch& in, std::size_t at) {
  const auto width = static_cast<Py_ssize_t>(of.content.columns().size());
  PyObject* const made = row_type->tp_alloc(row_type, width);
  if (!made) return nullptr;
  row_object* const r = as_row(made);
  r->owner = Py_NewRef(owner);
  r->of = &of;
  r->names = of.names.look();
  r->in = &in;
  r->at = at;
  return made;
}

/// A cell's object, kept by the row; borrowed.
PyObject* kept_cell(row_object* r, std::size_t column) {
  PyObject*& kept = r->cells[column];
  if (kept) return kept;
  if (r->of->branches[column])
    kept = result_to_python(r->of->content.children(r->in->first + r->at, column)).release().ptr();
  else
    kept = cell_object(r->in->columns[column], r->at, r->of->texts[column]);
  return kept;
}

PyObject* cell(PyObject* self, std::size_t column) {
  return Py_XNewRef(kept_cell(as_row(self), column));
}

/// All cells as a new tuple.
PyObject* as_tuple(PyObject* self) {
  PyObject* const out = PyTuple_New(Py_SIZE(self));
  if (!out) return nullptr;
  for (Py_ssize_t i = 0; i < Py_SIZE(self); ++i) {
    PyObject* const made = kept_cell(as_row(self), static_cast<std::size_t>(i));
    if (!made) {
      Py_DECREF(out);
      return nullptr;
    }
    PyTuple_SET_ITEM(out, i, Py_NewRef(made));
  }
  return out;
}

py::object cells(PyObject* self) {
  PyObject* const made = as_tuple(self);
  if (!made) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}

PyObject* by_text(PyObject* self, PyObject* name, PyObject* exception) {
  const std::string word = text_from_python(name, "column");
  const std::ptrdiff_t at = as_row(self)->of->content.column(word);
  if (at >= 0) return cell(self, static_cast<std::size_t>(at));
  nearest_name near(word);
  for (const query::column_info& c : columns_of(self)) near.offer(c.name);
  PyErr_SetString(exception,
                  ("no column " + in_backticks(word) + " in the result" + near.hint()).c_str());
  return nullptr;
}

PyObject* attribute(PyObject* self, PyObject* name) {
  const std::int32_t column = as_row(self)->names.find(name);
  if (column >= 0) {
    if (PyObject* kept = as_row(self)->cells[column]) return Py_NewRef(kept);
    return guarded([&] { return cell(self, static_cast<std::size_t>(column)); });
  }
  PyObject* const of_class = PyObject_GenericGetAttr(self, name);
  if (of_class || !PyErr_ExceptionMatches(PyExc_AttributeError)) return of_class;
  PyErr_Clear();
  return guarded([&] { return by_text(self, name, PyExc_AttributeError); });
}

PyObject* item(PyObject* self, PyObject* key) {
  return guarded([&]() -> PyObject* {
    if (PyUnicode_Check(key)) return by_text(self, key, PyExc_KeyError);
    if (PySlice_Check(key)) return PyObject_GetItem(cells(self).ptr(), key);
    return cell(self, position(key, static_cast<std::size_t>(Py_SIZE(self)), "column"));
  });
}

PyObject* numbered_item(PyObject* self, Py_ssize_t column) {
  if (column >= 0 && column < Py_SIZE(self))
    return guarded([&] { return cell(self, static_cast<std::size_t>(column)); });
  PyErr_SetString(PyExc_IndexError, "column index out of range");
  return nullptr;
}

PyObject* iterate(PyObject* self) {
  return guarded([&] { return PyObject_GetIter(cells(self).ptr()); });
}

PyObject* compare(PyObject* self, PyObject* other, int how) {
  const bool is_row = Py_IS_TYPE(other, row_type);
  if ((how != Py_EQ && how != Py_NE) || (!is_row && !PyTuple_Check(other)))
    return Py_NewRef(Py_NotImplemented);
  return guarded([&] {
    const py::object theirs =
        is_row ? cells(other) : py::reinterpret_borrow<py::object>(other);
    return PyObject_RichCompare(cells(self).ptr(), theirs.ptr(), how);
  });
}

Py_hash_t hash(PyObject* self) {
  return guarded<Py_hash_t>(-1, [&] { return PyObject_Hash(cells(self).ptr()); });
}

PyObject* to_dict(PyObject* self, PyObject*) {
  return guarded([&]() -> PyObject* {
    py::dict out;
    for (std::size_t c = 0; c < columns_of(self).size(); ++c) {
      PyObject* const made = kept_cell(as_row(self), c);
      if (!made) return nullptr;
      py::object cell = py::reinterpret_borrow<py::object>(made);
      if (as_row(self)->of->branches[c]) {
        py::list children;
        for (const py::handle child : cell) children.append(child.attr("to_dict")());
        cell = std::move(children);
      }
      const py::object name = interned(columns_of(self)[c].name);
      if (PyDict_SetItem(out.ptr(), name.ptr(), cell.ptr()) != 0) return nullptr;
    }
    return out.release().ptr();
  });
}

PyObject* directory(PyObject* self, PyObject*) {
  return guarded([&] {
    py::list out = py::module_::import("builtins").attr("dir")(py::type::of(self));
    for (const query::column_info& column : columns_of(self)) out.append(py::str(column.name));
    return out.release().ptr();
  });
}

/// At most 20 cells of at most 60 bytes.
PyObject* representation(PyObject* self) {
  return guarded([&] {
    constexpr std::size_t most = 20;
    const std::size_t width = columns_of(self).size();
    std::string out = "Row(";
    for (std::size_t c = 0; c < std::min(width, most); ++c) {
      const value v = as_row(self)->in->columns[c].at(as_row(self)->at);
      if (c) out += ", ";
      out += columns_of(self)[c].name + "=" +
             (v.type() == value_type::text ? in_backticks(v.as_text())
                                           : py::repr(to_python(v)).cast<std::string>());
    }
    return text_object(out + (width > most ? ", …)" : ")"));
  });
}

void deallocate(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  for (Py_ssize_t i = 0; i < Py_SIZE(self); ++i) Py_XDECREF(as_row(self)->cells[i]);
  PyObject* const owner = as_row(self)->owner;
  type->tp_free(self);
  Py_DECREF(owner);
  Py_DECREF(type);
}

PyObject* next(PyObject* self) {
  auto* const i = reinterpret_cast<iterator_object*>(self);
  const std::vector<query::batch>& batches = i->of->content.batches();
  while (i->batch < batches.size() && i->at == batches[i->batch].rows()) ++i->batch, i->at = 0;
  if (i->batch == batches.size()) return nullptr;
  return make_row(i->owner, *i->of, batches[i->batch], i->at++);
}

void deallocate_iterator(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  Py_DECREF(reinterpret_cast<iterator_object*>(self)->owner);
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef methods[] = {{"to_dict", to_dict, METH_NOARGS, nullptr},
                         {"__getattr__", attribute, METH_O, nullptr},
                         {"__dir__", directory, METH_NOARGS, nullptr},
                         {nullptr, nullptr, 0, nullptr}};

template <class Function>
void* slot(Function* f) {
  return reinterpret_cast<void*>(f);
}

/// A method of the class hides a column of its name, which is then read by key. A name that comes
/// twice is its first column's.
std::vector<py::object> names_of(const rows& from) {
  const py::handle type(reinterpret_cast<PyObject*>(row_type));
  std::vector<py::object> out;
  for (const query::column_info& c : from.columns()) {
    py::object name = interned(c.name);
    out.push_back(py::hasattr(type, name) ? py::object() : std::move(name));
  }
  return out;
}

}  // namespace

sheet::sheet(const rows& from)
    : content(from), names(names_of(from)), texts(from.columns().size()) {
  for (std::size_t c = 0; c < from.columns().size(); ++c)
    branches.push_back(from.branch(c) != nullptr);
}

py::object row_to_python(py::handle owner, sheet& of, std::size_t number) {
  const auto [in, at] = of.content.place(number);
  PyObject* const made = make_row(owner.ptr(), of, *in, at);
  if (!made) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}

py::object row_iterator_to_python(py::handle owner, sheet& of) {
  PyObject* const made = iterator_type->tp_alloc(iterator_type, 0);
  if (!made) throw py::error_already_set();
  auto* const i = reinterpret_cast<iterator_object*>(made);
  i->owner = Py_NewRef(owner.ptr());
  i->of = &of;
  return py::reinterpret_steal<py::object>(made);
}

std::size_t position(py::handle from, std::size_t size, const char* of) {
  py::ssize_t index = PyNumber_AsSsize_t(from.ptr(), PyExc_IndexError);
  if (index == -1 && PyErr_Occurred()) throw py::error_already_set();
  if (index < 0) index += static_cast<py::ssize_t>(size);
  if (index < 0 || index >= static_cast<py::ssize_t>(size))
    throw py::index_error(std::string(of) + " index out of range");
  return static_cast<std::size_t>(index);
}

void bind_row(py::module_& m) {
  static const char row_text[] = "A row of a result: like a tuple, with columns by name too.";
  PyType_Slot row_slots[] = {{Py_tp_doc, const_cast<char*>(row_text)},
                             {Py_tp_dealloc, slot(deallocate)},
                             {Py_tp_getattro, slot(attribute)},
                             {Py_tp_repr, slot(representation)},
                             {Py_tp_iter, slot(iterate)},
                             {Py_tp_richcompare, slot(compare)},
                             {Py_tp_hash, slot(hash)},
                             {Py_tp_methods, methods},
                             {Py_mp_subscript, slot(item)},
                             {Py_mp_length, slot(+[](PyObject* self) { return Py_SIZE(self); })},
                             {Py_sq_length, slot(+[](PyObject* self) { return Py_SIZE(self); })},
                             {Py_sq_item, slot(numbered_item)},
                             {0, nullptr}};
  PyType_Spec row_spec{"guanxi.Row", sizeof(row_object) - sizeof(PyObject*), sizeof(PyObject*),
                       Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, row_slots};
  row_type = add_type(m, row_spec);

  static const char iterator_text[] = "The rows of a result, one after the other.";
  PyType_Slot iterator_slots[] = {{Py_tp_doc, const_cast<char*>(iterator_text)},
                                  {Py_tp_dealloc, slot(deallocate_iterator)},
                                  {Py_tp_iter, slot(PyObject_SelfIter)},
                                  {Py_tp_iternext, slot(next)},
                                  {0, nullptr}};
  PyType_Spec iterator_spec{"guanxi.RowIterator", sizeof(iterator_object), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                            iterator_slots};
  iterator_type = add_type(m, iterator_spec);
}

}  // namespace guanxi::python
