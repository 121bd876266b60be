// The native half of the Python package. The package's own files give it a face (__init__.py) and
// its types (_guanxi.pyi); stubtest holds the two together.
#include "modules.hpp"

PYBIND11_MODULE(_guanxi, m) {
  using namespace guanxi::python;
  py::options options;
  options.disable_function_signatures();  // the stubs have better ones
  m.attr("__version__") = GUANXI_VERSION_STRING;
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const guanxi::failure& why) {
      try {
        raise(why.error());
      } catch (py::error_already_set& made) {
        made.restore();
      }
    }
  });
  bind_catalog(m);
  bind_record(m);
  bind_column(m);
  bind_result(m);
  bind_insight(m);
  bind_feed(m);
  bind_statement(m);
  bind_session(m);
  bind_tenant(m);
  bind_join(m);
  bind_own_store(m);
  bind_modules(m);
}
