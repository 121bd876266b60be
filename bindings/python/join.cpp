// A CRM in the database of a host's connection. Python's SQLite modules show nobody their
// connection; but one that loads this module as an extension of SQLite tells it itself, and the
// functions of the SQLite that opened it.
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

#include "modules.hpp"

#include "guanxi/session/join.hpp"

#include <optional>

namespace {

struct lent {
  sqlite3* connection;
  guanxi_sqlite_functions functions;
};

/// What an extension's start was given last, for the call that had it loaded: on the same thread.
thread_local std::optional<lent> just_lent;

constexpr int oldest = 3'037'000;

}  // namespace

/// SQLite calls it by the name that it makes of the file's: lib, _ and what follows a dot left out.
extern "C" __attribute__((visibility("default"))) int sqlite3_guanxi_init(
    sqlite3* connection, char** why, const sqlite3_api_routines* routines) {
  SQLITE_EXTENSION_INIT2(routines);
  if (sqlite3_libversion_number() < oldest) {
    *why = sqlite3_mprintf("guanxi needs SQLite 3.37 or later, not %s", sqlite3_libversion());
    return SQLITE_ERROR;
  }
  just_lent = lent{connection, guanxi_sqlite_functions_here()};
  return SQLITE_OK_LOAD_PERMANENTLY;  // functions of ours stay on the connection
}

namespace guanxi::python {

namespace {

lent borrowed(const py::object& connection) {
  if (!py::hasattr(connection, "enable_load_extension"))
    raise(error(errc::unsupported,
                "`connection` loads no extensions, so it cannot tell which SQLite it is of; give a "
                "connection of `sqlite3`, built with extensions, or of `apsw`"));
  just_lent.reset();
  const std::string module = py::str(py::module_::import("guanxi._guanxi").attr("__file__"));
  connection.attr("enable_load_extension")(true);
  try {
    connection.attr("load_extension")(module);
  } catch (...) {
    connection.attr("enable_load_extension")(false);
    throw;
  }
  connection.attr("enable_load_extension")(false);
  if (!just_lent)
    raise(error(errc::unsupported, "`connection` has loaded the module on another thread"));
  const lent out = *just_lent;
  just_lent.reset();
  return out;
}

py::object open_in_connection(const py::object& connection, const py::str& prefix, bool create,
                              const py::str& base_currency, const py::object& now,
                              const py::object& modules) {
  join_options options;
  options.prefix = text_from_python(prefix, "prefix");
  options.create = create;
  options.base_currency = text_from_python(base_currency, "base_currency");
  open_options clocked;
  std::shared_ptr<host_clock> clock = clock_from_python(now, clocked);
  options.world = clocked.world;
  auto by_host = std::make_shared<raised>();
  options.modules = modules_from_python(modules, by_host);
  const lent from = borrowed(connection);
  result<tenant> made = [&] {
    const py::gil_scoped_release unlocked;
    return open_in(from.connection, from.functions, options);
  }();
  return tenant_to_python(unwrap(std::move(made)), std::move(clock), options.prefix,
                          std::move(by_host));
}

}  // namespace

void bind_join(py::module_& m) {
  m.def("open_in", &open_in_connection, py::keep_alive<0, 1>(), py::arg("connection"),
        py::kw_only(), py::arg("prefix") = "gx_", py::arg("create") = true,
        py::arg("base_currency") = "USD", py::arg("clock") = py::none(),
        py::arg("modules") = py::none(),
        "Opens a CRM in the database of a connection of yours, of sqlite3 or apsw, and makes it\n"
        "if it is missing and create is true.\n\n"
        "What your transaction keeps or takes back, it keeps or takes back of ours. prefix begins\n"
        "the names of tables, views and indices. Close the tenant before the connection, and use\n"
        "both on one thread. Extensions are switched on for a moment, so that the connection can\n"
        "load this module, and are off afterwards.");
}

}  // namespace guanxi::python
