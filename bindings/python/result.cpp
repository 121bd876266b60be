#include "guanxi/edge/arrow.hpp"
#include "guanxi/edge/table.hpp"

#include "binding.hpp"

namespace guanxi::python {
namespace {

using rows_ptr = std::shared_ptr<const rows>;

/// A Python result owns its rows together with every row, array and stream that came from it.
struct answer {
  rows_ptr content;
};

struct row {
  rows_ptr content;
  std::size_t number;

  std::size_t size() const { return content->columns().size(); }
  py::object at(std::size_t column) const { return to_python(content->at(number, column)); }
};

struct row_iterator {
  rows_ptr content;
  std::size_t next = 0;
};

/// A place by a Python index, negative ones counted from the end.
std::size_t position(const py::object& from, std::size_t size, const char* of) {
  py::ssize_t index = PyNumber_AsSsize_t(from.ptr(), PyExc_IndexError);
  if (index == -1 && PyErr_Occurred()) throw py::error_already_set();
  if (index < 0) index += static_cast<py::ssize_t>(size);
  if (index < 0 || index >= static_cast<py::ssize_t>(size))
    throw py::index_error(std::string(of) + " index out of range");
  return static_cast<std::size_t>(index);
}

std::string no_column(const row& r, const std::string& name) {
  nearest_name near(name);
  for (const query::column_info& c : r.content->columns()) near.offer(c.name);
  return "no column " + in_backticks(name) + " in the result" + near.hint();
}

py::object attribute(const row& r, const py::str& name) {
  const std::string word = text_from_python(name, "column");
  const std::ptrdiff_t at = r.content->column(word);
  if (at < 0) throw py::attribute_error(no_column(r, word));
  return r.at(static_cast<std::size_t>(at));
}

py::tuple cells(const row& r) {
  py::tuple out(r.size());
  for (std::size_t c = 0; c < r.size(); ++c) out[c] = r.at(c);
  return out;
}

py::object row_item(const row& r, const py::object& key) {
  if (py::isinstance<py::str>(key)) {
    const std::string word = text_from_python(key, "column");
    const std::ptrdiff_t at = r.content->column(word);
    if (at < 0) throw py::key_error(no_column(r, word));
    return r.at(static_cast<std::size_t>(at));
  }
  if (py::isinstance<py::slice>(key)) return cells(r)[key];
  return r.at(position(key, r.size(), "column"));
}

py::dict to_dict(const row& r) {
  py::dict out;
  for (std::size_t c = 0; c < r.size(); ++c) out[py::str(r.content->columns()[c].name)] = r.at(c);
  return out;
}

/// At most 20 cells of at most 60 bytes.
std::string repr(const row& r) {
  constexpr std::size_t most = 20;
  std::string out = "Row(";
  for (std::size_t c = 0; c < std::min(r.size(), most); ++c) {
    const value v = r.content->at(r.number, c);
    if (c) out += ", ";
    out += r.content->columns()[c].name + "=" +
           (v.type() == value_type::text ? in_backticks(v.as_text())
                                         : py::repr(to_python(v)).cast<std::string>());
  }
  return out + (r.size() > most ? ", …)" : ")");
}

py::object item(const answer& a, const py::object& key) {
  if (!py::isinstance<py::slice>(key))
    return py::cast(row{a.content, position(key, a.content->size(), "row")});
  py::ssize_t start = 0, stop = 0, step = 0, length = 0;
  if (!key.cast<py::slice>().compute(static_cast<py::ssize_t>(a.content->size()), &start, &stop,
                                     &step, &length))
    throw py::error_already_set();
  py::list out;
  for (py::ssize_t i = 0; i < length; ++i, start += step)
    out.append(row{a.content, static_cast<std::size_t>(start)});
  return out;
}

void release_capsule(PyObject* capsule) {
  auto* stream =
      static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, "arrow_array_stream"));
  if (!stream) return PyErr_Clear();
  if (stream->release) stream->release(stream);
  delete stream;
}

/// The consumer may ask for other types; this interface lets a producer answer with its own.
py::capsule arrow_stream(const answer& a, const py::object&) {
  auto stream = std::make_unique<ArrowArrayStream>();
  edge::export_stream(a.content, stream.get());
  PyObject* made = PyCapsule_New(stream.get(), "arrow_array_stream", release_capsule);
  if (!made) {
    stream->release(stream.get());
    throw py::error_already_set();
  }
  stream.release();
  return py::reinterpret_steal<py::capsule>(made);
}

py::module_ need_module(const char* name, const char* call, const char* extra) {
  try {
    return py::module_::import(name);
  } catch (py::error_already_set& why) {
    if (!why.matches(PyExc_ImportError)) throw;
    const std::string text = std::string(call) + "() needs " + name +
                             "; install it with `pip install guanxi[" + extra + "]`";
    py::raise_from(why, PyExc_ImportError, text.c_str());
    throw py::error_already_set();
  }
}

py::object to_arrow(const py::object& self) {
  return need_module("pyarrow", "to_arrow", "arrow").attr("table")(self);
}

py::object to_pandas(const py::object& self) {
  need_module("pandas", "to_pandas", "pandas");
  const py::object table = need_module("pyarrow", "to_pandas", "pandas").attr("table")(self);
  return table.attr("to_pandas")();
}

py::object to_polars(const py::object& self) {
  return need_module("polars", "to_polars", "polars").attr("DataFrame")(self);
}

/// The whole answer as text, made without the interpreter's lock.
py::str written(const answer& a, std::string (*write)(const rows&)) {
  std::string text;
  {
    const py::gil_scoped_release unlocked;
    text = write(*a.content);
  }
  return py::str(text);
}

void bind_row(py::module_& m) {
  auto c = python_class<row>(
      m, "Row", "A row of a result: like a tuple, with columns by name too.");
  c.def("__len__", &row::size);
  c.def("__getitem__", &row_item);
  c.def("__getattr__", &attribute);
  c.def("__iter__", [](const row& r) { return py::iter(cells(r)); });
  c.def("__eq__", [](const row& r, const py::object& other) -> py::object {
    const bool comparable = py::isinstance<row>(other) || py::isinstance<py::tuple>(other);
    if (!comparable) return py::reinterpret_borrow<py::object>(Py_NotImplemented);
    return py::bool_(cells(r).equal(py::tuple(other)));
  });
  c.def("__hash__", [](const row& r) { return py::hash(cells(r)); });
  c.def("__dir__", [](const py::object& self) {
    py::list out = py::module_::import("builtins").attr("dir")(py::type::of(self));
    for (const query::column_info& column : self.cast<const row&>().content->columns())
      out.append(py::str(column.name));
    return out;
  });
  c.def("to_dict", &to_dict);
  c.def("__repr__", &repr);
}

void bind_iterator(py::module_& m) {
  auto c = python_class<row_iterator>(
      m, "RowIterator", "The rows of a result, one after the other.");
  c.def("__iter__", [](const py::object& self) { return self; });
  c.def("__next__", [](row_iterator& i) {
    if (i.next == i.content->size()) throw py::stop_iteration();
    return row{i.content, i.next++};
  });
}

}  // namespace

py::object result_to_python(rows from) {
  return py::cast(answer{std::make_shared<const rows>(std::move(from))});
}

void bind_result(py::module_& m) {
  bind_row(m);
  bind_iterator(m);
  auto c = python_class<answer>(
      m, "Result",
      "The complete answer of a query: rows, and an Arrow stream of its columns.",
      py::release_gil_before_calling_cpp_dtor());
  c.def_property_readonly("columns", [](const answer& a) {
    py::list names;
    for (const query::column_info& column : a.content->columns())
      names.append(py::str(column.name));
    return py::tuple(names);
  }, "Names of the columns.");
  c.def("__len__", [](const answer& a) { return a.content->size(); });
  c.def("__getitem__", &item);
  c.def("__iter__", [](const answer& a) { return row_iterator{a.content}; });
  c.def("__arrow_c_stream__", &arrow_stream, py::arg("requested_schema") = py::none(),
        "The columns as an Arrow stream, without a copy.");
  c.def("to_arrow", &to_arrow, "A pyarrow.Table.");
  c.def("to_pandas", &to_pandas, "A pandas.DataFrame; decimals stay exact Decimal objects.");
  c.def("to_polars", &to_polars, "A polars.DataFrame.");
  c.def("to_json", [](const answer& a) { return written(a, edge::to_json); },
        "An array of an object per row; ids, dates and instants are strings.");
  c.def("to_csv", [](const answer& a) { return written(a, edge::to_csv); },
        "CSV with a header row; text that a spreadsheet would run gets a leading apostrophe.");
  c.def("__repr__", [](const answer& a) {
    std::string text = edge::to_text(*a.content);
    text.pop_back();
    return text;
  });
  c.def("_repr_html_", [](const answer& a) { return edge::to_html(*a.content); });
}

}  // namespace guanxi::python
