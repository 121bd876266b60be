// Progress of long calls, told to Python.
//
//   reporter told(callback);   options.on_progress = told.told();   …;   told.rethrow();
//
// Thread rule: made and asked with the interpreter's lock; what told() gives runs without it.
#pragma once

#include "binding.hpp"

#include <optional>
#include <utility>

namespace guanxi::python {

/// A Python callback as the library's progress. What it throws stops the call and comes back from
/// it as itself; so does an interrupt from the keyboard, which Python notices nowhere else while
/// the library is at work.
class reporter {
 public:
  explicit reporter(py::object callback) : callback_(std::move(callback)) {}

  progress told() {
    return [this](std::uint64_t done, std::uint64_t total) { return tell(done, total); };
  }
  void rethrow() const {
    if (thrown_) throw py::error_already_set(*thrown_);
  }

 private:
  bool tell(std::uint64_t done, std::uint64_t total) {
    const py::gil_scoped_acquire locked;
    if (thrown_) return false;
    try {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (callback_.is_none()) return true;
      const py::object answer = callback_(done, total);
      if (answer.is_none()) return true;
      const int yes = PyObject_IsTrue(answer.ptr());
      if (yes < 0) throw py::error_already_set();
      return yes == 1;
    } catch (py::error_already_set& thrown) {
      thrown_ = thrown;
      return false;
    }
  }

  py::object callback_;
  std::optional<py::error_already_set> thrown_;
};

}  // namespace guanxi::python
