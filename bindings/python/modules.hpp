// Modules in Python: guanxi.Module's rows and functions, as modules of the library.
//
//   auto by_host = std::make_shared<raised>();
//   options.modules = modules_from_python(modules, by_host);
//
// Thread rule: with the interpreter's lock held; its functions take it when they are called.
#pragma once

#include "binding.hpp"

#include "guanxi/session/modules.hpp"

namespace guanxi::python {

/// What the functions of the modules raise is kept in `by_host`, so that the call which fails can
/// raise it. None is no modules.
std::vector<work::module_ptr> modules_from_python(const py::object& modules,
                                                  const std::shared_ptr<raised>& by_host);

void bind_modules(py::module_& m);

}  // namespace guanxi::python
