// F1's other side: what one would write by hand against Python's C interface to hand out a list of
// names and records of the same library, with nothing between.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "guanxi/session/session.hpp"

#include <optional>

namespace {

struct names_object {
  PyObject_HEAD
  PyObject* names;
};

PyObject* names_new(PyTypeObject* type, PyObject* arguments, PyObject*) {
  PyObject* names = nullptr;
  if (!PyArg_ParseTuple(arguments, "O!", &PyList_Type, &names)) return nullptr;
  PyObject* self = type->tp_alloc(type, 0);
  if (self) reinterpret_cast<names_object*>(self)->names = Py_NewRef(names);
  return self;
}

PyObject* names_keys(PyObject* self, PyObject*) {
  PyObject* const names = reinterpret_cast<names_object*>(self)->names;
  PyObject* const out = PyList_New(PyList_GET_SIZE(names));
  if (!out) return nullptr;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(names); ++i)
    PyList_SET_ITEM(out, i, Py_NewRef(PyList_GET_ITEM(names, i)));
  return out;
}

PyTypeObject* record_type = nullptr;

struct record_object {
  PyObject_HEAD
  guanxi::record content;
};

void record_dealloc(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  reinterpret_cast<record_object*>(self)->content.~record();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* record_id(PyObject* self, void*) {
  return PyLong_FromLongLong(reinterpret_cast<record_object*>(self)->content.key().value);
}

struct session_object {
  PyObject_HEAD
  std::optional<guanxi::session> session;
};

PyObject* session_new(PyTypeObject* type, PyObject* arguments, PyObject*) {
  const char* path = nullptr;
  if (!PyArg_ParseTuple(arguments, "s", &path)) return nullptr;
  guanxi::open_options options;
  options.store = guanxi::store_kind::memory;
  auto opened = guanxi::open(path, options);
  if (!opened) {
    PyErr_SetString(PyExc_OSError, std::string(opened.error().message()).c_str());
    return nullptr;
  }
  PyObject* self = type->tp_alloc(type, 0);
  if (self)
    new (&reinterpret_cast<session_object*>(self)->session)
        std::optional<guanxi::session>(opened->as_system("by hand"));
  return self;
}

void session_dealloc(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  reinterpret_cast<session_object*>(self)->session.~optional();
  type->tp_free(self);
  Py_DECREF(type);
}

PyObject* session_get(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 2) return PyErr_Format(PyExc_TypeError, "get() takes an entity and an id");
  Py_ssize_t size = 0;
  const char* entity = PyUnicode_AsUTF8AndSize(arguments[0], &size);
  if (!entity) return nullptr;
  const long long key = PyLong_AsLongLong(arguments[1]);
  if (key == -1 && PyErr_Occurred()) return nullptr;
  guanxi::result<guanxi::record> found =
      reinterpret_cast<session_object*>(self)->session->get(
          std::string_view(entity, static_cast<std::size_t>(size)), guanxi::id{key});
  if (!found) return PyErr_Format(PyExc_KeyError, "no such record");
  PyObject* out = record_type->tp_alloc(record_type, 0);
  if (out)
    new (&reinterpret_cast<record_object*>(out)->content) guanxi::record(std::move(*found));
  return out;
}

PyMethodDef names_methods[] = {{"keys", names_keys, METH_NOARGS, nullptr},
                               {nullptr, nullptr, 0, nullptr}};
PyMethodDef session_methods[] = {
    {"get", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(session_get)), METH_FASTCALL,
     nullptr},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef record_fields[] = {{"id", record_id, nullptr, nullptr, nullptr},
                               {nullptr, nullptr, nullptr, nullptr, nullptr}};

template <class Function>
void* slot(Function* f) {
  return reinterpret_cast<void*>(f);
}

PyObject* add_type(PyObject* module, const char* name, std::size_t size, PyType_Slot* slots) {
  PyType_Spec spec{name, static_cast<int>(size), 0, Py_TPFLAGS_DEFAULT, slots};
  PyObject* type = PyType_FromModuleAndSpec(module, &spec, nullptr);
  if (type && PyModule_AddType(module, reinterpret_cast<PyTypeObject*>(type)) != 0) return nullptr;
  return type;
}

PyModuleDef definition = {PyModuleDef_HEAD_INIT, "by_hand", nullptr, -1, nullptr,
                          nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit_by_hand() {
  PyObject* const module = PyModule_Create(&definition);
  if (!module) return nullptr;
  PyType_Slot names[] = {{Py_tp_new, slot(names_new)}, {Py_tp_methods, names_methods},
                         {0, nullptr}};
  PyType_Slot session[] = {{Py_tp_new, slot(session_new)}, {Py_tp_dealloc, slot(session_dealloc)},
                           {Py_tp_methods, session_methods}, {0, nullptr}};
  PyType_Slot record[] = {{Py_tp_dealloc, slot(record_dealloc)}, {Py_tp_getset, record_fields},
                          {0, nullptr}};
  record_type = reinterpret_cast<PyTypeObject*>(
      add_type(module, "by_hand.Record", sizeof(record_object), record));
  if (!record_type || !add_type(module, "by_hand.Names", sizeof(names_object), names) ||
      !add_type(module, "by_hand.Session", sizeof(session_object), session))
    return nullptr;
  return module;
}
