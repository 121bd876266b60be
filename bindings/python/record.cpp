// The class Record, written against Python's C API: an attribute of it is read everywhere.
#include "objects.hpp"

#include <unordered_map>

namespace guanxi::python {
namespace {

PyTypeObject* record_type = nullptr;

/// What the records of one entity share: the objects of its field names, by slot.
struct face {
  std::weak_ptr<const schema::catalog> of;  ///< the entity's address says nothing once it is gone
  name_table names;
};
using face_ptr = std::shared_ptr<const face>;

/// A record, and the objects of those of its values that were asked for.
struct record_object {
  PyObject_VAR_HEAD
  record content;
  face_ptr shared;
  name_table::view names;  ///< of `shared`
  PyObject* listed;        ///< the names that the user sees, a list, once they were asked for
  PyObject* cells[1];  ///< one a slot; the type's item size makes room for the rest
};

record_object* as_record(PyObject* self) { return reinterpret_cast<record_object*>(self); }
const record& content_of(PyObject* self) { return as_record(self)->content; }

/// Fields that an attribute of the class hides stand nowhere: they are read by key. The class's own
/// `id` and `revision` are what those fields hold.
face_ptr make_face(const record& r) {
  const py::handle type(reinterpret_cast<PyObject*>(record_type));
  std::vector<py::object> names(r.of().slots());
  for (const schema::field& f : r.of().fields()) {
    py::object name = interned(f.name);
    if (f.slot <= schema::system_slot::revision || !py::hasattr(type, name))
      names[f.slot] = std::move(name);
  }
  return std::make_shared<const face>(face{r.catalog(), name_table(std::move(names))});
}

face_ptr face_of(const record& r) {
  // Never destroyed: at the process's end the interpreter is gone before it would be.
  static auto& known = *new std::unordered_map<const schema::entity*, face_ptr>;
  const auto found = known.find(&r.of());
  const auto same = [&r](const face& f) {
    return !f.of.owner_before(r.catalog()) && !r.catalog().owner_before(f.of);
  };
  if (found != known.end() && same(*found->second)) return found->second;
  std::erase_if(known, [](const auto& entry) { return entry.second->of.expired(); });
  return known[&r.of()] = make_face(r);
}

PyObject* cell(record_object* r, std::uint16_t slot) {
  PyObject*& kept = r->cells[slot];
  if (!kept) kept = object_of(r->content.at(slot));
  return Py_XNewRef(kept);
}

PyObject* by_text(PyObject* self, PyObject* name, PyObject* exception) {
  const record& r = content_of(self);
  const std::string word = text_from_python(name, "field");
  if (const schema::field* f = r.of().find(word); f && r.visible(f->slot))
    return cell(as_record(self), f->slot);
  const std::string said(r.find(word).error().message());
  PyErr_SetString(exception, said.c_str());
  return nullptr;
}

/// Whatever is no field's value that was read before.
[[gnu::noinline]] PyObject* other_attribute(PyObject* self, PyObject* name) {
  record_object* const r = as_record(self);
  const std::int32_t slot = r->names.find(name);
  if (slot >= 0) {
    if (r->content.visible(static_cast<std::uint16_t>(slot)))
      return guarded([&] { return cell(r, static_cast<std::uint16_t>(slot)); });
  }
  PyObject* const of_class = PyObject_GenericGetAttr(self, name);
  if (of_class || !PyErr_ExceptionMatches(PyExc_AttributeError)) return of_class;
  PyErr_Clear();
  return guarded([&] { return by_text(self, name, PyExc_AttributeError); });
}

PyObject* attribute(PyObject* self, PyObject* name) {
  const record_object* const r = as_record(self);
  const std::int32_t slot = r->names.find(name);
  if (slot >= 0)
    if (PyObject* kept = r->cells[slot]) return Py_NewRef(kept);
  return other_attribute(self, name);
}

int set_attribute(PyObject* self, PyObject* name, PyObject*) {
  return guarded(-1, [&] {
    const std::string said = "a record is a value; write session.change(record, " +
                             text_from_python(name, "field") + "=…) to change the `" +
                             std::string(content_of(self).of().name()) + "`";
    PyErr_SetString(PyExc_AttributeError, said.c_str());
    return -1;
  });
}

PyObject* item(PyObject* self, PyObject* name) {
  record_object* const r = as_record(self);
  const std::int32_t slot = r->names.find(name);
  if (slot >= 0)
    if (PyObject* kept = r->cells[slot]) return Py_NewRef(kept);
  return guarded([&]() -> PyObject* {
    if (PyUnicode_Check(name)) return by_text(self, name, PyExc_KeyError);
    PyErr_Format(PyExc_TypeError, "a field is named by a str, not by %s", Py_TYPE(name)->tp_name);
    return nullptr;
  });
}

int contains(PyObject* self, PyObject* name) {
  return guarded(-1, [&] {
    if (!PyUnicode_Check(name)) return 0;
    const record& r = content_of(self);
    const schema::field* f = r.of().find(text_from_python(name, "field"));
    return f && r.visible(f->slot) ? 1 : 0;
  });
}

/// The object of a field's name; shared, unless an attribute of the class has it.
py::object name_of(record_object* r, const schema::field& f) {
  const py::object& shared = r->shared->names.name(f.slot);
  return shared ? shared : interned(f.name);
}

/// The names that the user sees; borrowed, and not to be changed.
PyObject* names_of(PyObject* self) {
  record_object* const r = as_record(self);
  if (r->listed) return r->listed;
  py::list out;
  for (const schema::field& f : r->content.of().fields())
    if (r->content.visible(f.slot)) out.append(name_of(r, f));
  return r->listed = out.release().ptr();
}

PyObject* keys(PyObject* self, PyObject*) {
  return guarded([&] { return PyList_GetSlice(names_of(self), 0, PY_SSIZE_T_MAX); });
}

PyObject* iterate(PyObject* self) {
  const auto names = py::reinterpret_steal<py::object>(keys(self, nullptr));
  return names ? PyObject_GetIter(names.ptr()) : nullptr;
}

Py_ssize_t length(PyObject* self) {
  Py_ssize_t out = 0;
  for (const schema::field& f : content_of(self).of().fields())
    out += content_of(self).visible(f.slot) ? 1 : 0;
  return out;
}

PyObject* to_dict(PyObject* self, PyObject*) {
  return guarded([&]() -> PyObject* {
    py::dict out;
    for (const schema::field& f : content_of(self).of().fields()) {
      if (!content_of(self).visible(f.slot)) continue;
      const auto made = py::reinterpret_steal<py::object>(cell(as_record(self), f.slot));
      if (!made || PyDict_SetItem(out.ptr(), name_of(as_record(self), f).ptr(), made.ptr()) != 0)
        return nullptr;
    }
    return out.release().ptr();
  });
}

PyObject* directory(PyObject* self, PyObject*) {
  return guarded([&] {
    py::list out = py::module_::import("builtins").attr("dir")(py::type::of(self));
    for (const py::handle name : py::reinterpret_borrow<py::list>(names_of(self)))
      if (!out.contains(name)) out.append(name);
    return out.release().ptr();
  });
}

PyObject* representation(PyObject* self) {
  return guarded([&] {
    const record& r = content_of(self);
    std::string out =
        "<guanxi.Record " + std::string(r.of().name()) + " " + std::to_string(r.key().value);
    const std::uint16_t title = r.of().title_slot();
    if (title != schema::no_slot && r.visible(title) && !r.at(title).is_null())
      out += " " + in_backticks(r.at(title).to_string());
    return text_object(out + ">");
  });
}

void deallocate(PyObject* self) {
  record_object* const r = as_record(self);
  PyTypeObject* const type = Py_TYPE(self);
  for (Py_ssize_t i = 0; i < Py_SIZE(self); ++i) Py_XDECREF(r->cells[i]);
  Py_XDECREF(r->listed);
  r->content.~record();
  r->shared.~face_ptr();
  type->tp_free(self);
  Py_DECREF(type);
}

PyMethodDef methods[] = {
    {"keys", keys, METH_NOARGS, "Names of the fields that the acting user sees."},
    {"to_dict", to_dict, METH_NOARGS, "The fields that the acting user sees."},
    {"__getattr__", attribute, METH_O, nullptr},
    {"__dir__", directory, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

PyGetSetDef properties[] = {
    {"entity_name",
     [](PyObject* self, void*) { return text_object(content_of(self).of().name()); }, nullptr,
     nullptr, nullptr},
    {"id", [](PyObject* self, void*) { return PyLong_FromLongLong(content_of(self).key().value); },
     nullptr, nullptr, nullptr},
    {"revision",
     [](PyObject* self, void*) { return PyLong_FromLongLong(content_of(self).revision()); },
     nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

template <class Function>
void* slot(Function* f) {
  return reinterpret_cast<void*>(f);
}

}  // namespace

void bind_record(py::module_& m) {
  static const char text[] =
      "A record as the acting user sees it: fields by attribute and by key.\n\n"
      "It is a value: session.change gives the next one. A field that has the "
      "name of a method is read by key.";
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(text)},
                         {Py_tp_dealloc, slot(deallocate)},
                         {Py_tp_getattro, slot(attribute)},
                         {Py_tp_setattro, slot(set_attribute)},
                         {Py_tp_repr, slot(representation)},
                         {Py_tp_iter, slot(iterate)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties},
                         {Py_mp_subscript, slot(item)},
                         {Py_mp_length, slot(length)},
                         {Py_sq_contains, slot(contains)},
                         {0, nullptr}};
  PyType_Spec spec{"guanxi.Record", sizeof(record_object) - sizeof(PyObject*), sizeof(PyObject*),
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  record_type = add_type(m, spec);
}

py::object record_to_python(record from) {
  face_ptr shared = face_of(from);
  const auto count = static_cast<Py_ssize_t>(from.of().slots());
  PyObject* const made = record_type->tp_alloc(record_type, count);
  if (!made) throw py::error_already_set();
  new (&as_record(made)->content) record(std::move(from));
  as_record(made)->names = shared->names.look();
  new (&as_record(made)->shared) face_ptr(std::move(shared));
  return py::reinterpret_steal<py::object>(made);
}

const record* record_of(py::handle x) {
  return Py_IS_TYPE(x.ptr(), record_type) ? &content_of(x.ptr()) : nullptr;
}

}  // namespace guanxi::python
