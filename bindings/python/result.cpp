#include "guanxi/edge/arrow.hpp"
#include "guanxi/edge/table.hpp"

#include "reporter.hpp"
#include "row.hpp"

namespace guanxi::python {
namespace {

using rows_ptr = std::shared_ptr<const rows>;

/// The rows are shared with every stream that came from the result; rows of it keep it itself.
class answer {
 public:
  explicit answer(rows from) : content(std::make_shared<const rows>(std::move(from))) {}
  answer(answer&&) = default;
  ~answer() {
    // The rows are let go without the interpreter's lock, but names and texts are Python objects.
    if (!sheet_) return;
    const py::gil_scoped_acquire locked;
    sheet_.reset();
  }

  sheet& as_sheet() {
    if (!sheet_) sheet_ = std::make_unique<sheet>(*content);
    return *sheet_;
  }

  rows_ptr content;

 private:
  std::unique_ptr<sheet> sheet_;  ///< made with the first row that is asked for
};

py::object item(const py::object& self, const py::object& key) {
  auto& a = self.cast<answer&>();
  if (!py::isinstance<py::slice>(key))
    return row_to_python(self, a.as_sheet(), position(key, a.content->size(), "row"));
  py::ssize_t start = 0, stop = 0, step = 0, length = 0;
  if (!key.cast<py::slice>().compute(static_cast<py::ssize_t>(a.content->size()), &start, &stop,
                                     &step, &length))
    throw py::error_already_set();
  py::list out(static_cast<std::size_t>(length));
  for (py::ssize_t i = 0; i < length; ++i, start += step)
    out[static_cast<std::size_t>(i)] =
        row_to_python(self, a.as_sheet(), static_cast<std::size_t>(start));
  return out;
}

/// The same columns with the same rows.
bool equal(const py::object& self, const py::object& other) {
  const rows_ptr a = self.cast<answer&>().content, b = other.cast<answer&>().content;
  if (a == b) return true;
  if (a->size() != b->size() || a->columns().size() != b->columns().size()) return false;
  for (std::size_t c = 0; c < a->columns().size(); ++c)
    if (a->columns()[c].name != b->columns()[c].name) return false;
  for (std::size_t i = 0; i < a->size(); ++i)
    if (!item(self, py::int_(i)).equal(item(other, py::int_(i)))) return false;
  return true;
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

/// The format that is asked for, or else that of the path's ending.
edge::text_format format_of(std::string_view path, const py::object& asked) {
  const std::size_t dot = path.rfind('.');
  const std::string named = !asked.is_none()    ? text_from_python(asked, "format")
                            : dot == path.npos  ? std::string()
                                                : std::string(path.substr(dot + 1));
  if (named == "csv") return edge::text_format::csv;
  if (named == "json") return edge::text_format::json;
  if (named == "jsonl") return edge::text_format::json_lines;
  const std::string known = "\"csv\", \"json\" or \"jsonl\"";
  raise(error(errc::invalid_argument,
              asked.is_none() ? "the path says no format; give format=" + known
                              : "no format " + in_backticks(named) + "; use " + known));
}

void save(const answer& a, const py::object& path, const py::object& format,
          const py::object& callback) {
  const std::string to = path_from_python(path, "path");
  const edge::text_format as = format_of(to, format);
  reporter told(callback);
  result<void> done;
  {
    const py::gil_scoped_release unlocked;
    done = edge::save(*a.content, as, to, told.told());
  }
  told.rethrow();
  unwrap(std::move(done));
}

}  // namespace

py::object result_to_python(rows from) {
  return py::cast(answer(std::move(from)));
}

void bind_result(py::module_& m) {
  bind_row(m);
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
  c.def_property_readonly("schema", [](const answer& a) { return columns_to_python(a.content); },
                          "What each column holds.");
  c.def_property_readonly("next_page", [](const answer& a) -> py::object {
    const std::string& next = a.content->page().next;
    return next.empty() ? py::object(py::none()) : py::object(py::str(next));
  }, "The cursor to the page behind, of a query with `after`; None on the last page.");
  c.def_property_readonly("since", [](const answer& a) { return a.content->page().since; },
                          "Of a query with `after`: the last change of the log when the first\n"
                          "page was asked for.");
  c.def("__len__", [](const answer& a) { return a.content->size(); });
  c.def("__eq__", [](const py::object& self, const py::object& other) -> py::object {
    if (!py::isinstance<answer>(other))
      return py::reinterpret_borrow<py::object>(Py_NotImplemented);
    return py::bool_(equal(self, other));
  }, py::arg("other"), py::is_operator());
  c.def("__getitem__", &item);
  c.def("__iter__", [](const py::object& self) {
    return row_iterator_to_python(self, self.cast<answer&>().as_sheet());
  });
  c.def("__arrow_c_stream__", &arrow_stream, py::arg("requested_schema") = py::none(),
        "The columns as an Arrow stream, without a copy.");
  c.def("to_arrow", &to_arrow, "A pyarrow.Table.");
  c.def("to_pandas", &to_pandas, "A pandas.DataFrame; decimals stay exact Decimal objects.");
  c.def("to_polars", &to_polars, "A polars.DataFrame.");
  c.def("to_json", [](const answer& a) { return written(a, edge::to_json); },
        "An array of an object per row; ids, dates and instants are strings.");
  c.def("to_csv", [](const answer& a) { return written(a, edge::to_csv); },
        "CSV with a header row; text that a spreadsheet would run gets a leading apostrophe.");
  c.def("save", &save, py::arg("path"), py::kw_only(), py::arg("format") = py::none(),
        py::arg("progress") = py::none(),
        "Writes the answer to a file as CSV, JSON or JSON lines, by the path's ending or format=\n"
        "\"csv\", \"json\", \"jsonl\": whole, or what was there stays. progress(done, total) is\n"
        "told rows; False cancels.");
  c.def("__repr__", [](const answer& a) {
    std::string text = edge::to_text(*a.content);
    text.pop_back();
    return text;
  });
  c.def("_repr_html_", [](const answer& a) { return edge::to_html(*a.content); });
}

}  // namespace guanxi::python
