// Rows of a result as Python objects.
//
//   auto shared = std::make_shared<sheet>(content);
//   py::object first = row_to_python(self, *shared, 0);   // keeps `self`, the Result, alive
//
// Thread rule: with the interpreter's lock held.
#pragma once

#include "objects.hpp"

namespace guanxi::python {

/// What the rows of one result share: the objects of its column names, and of texts that repeat.
struct sheet {
  explicit sheet(const rows& from);
  const rows& content;
  name_table names;
  std::vector<text_cache> texts;  ///< one a column
  std::vector<bool> branches;     ///< by column: it is of children
};

/// `owner` is the Python object that keeps the sheet and its rows.
py::object row_to_python(py::handle owner, sheet& of, std::size_t number);
py::object row_iterator_to_python(py::handle owner, sheet& of);
/// A place by a Python index, negative ones counted from the end; `of` names what is indexed.
std::size_t position(py::handle from, std::size_t size, const char* of);

void bind_row(py::module_& m);

}  // namespace guanxi::python
