#include "tenant.hpp"

#include "modules.hpp"

#include <algorithm>

namespace guanxi::python {

host_clock::host_clock(py::object source) : source_(std::move(source)) { ask(); }

host_clock::~host_clock() {
  // The last owner may be a thread that runs without the interpreter's lock.
  const py::gil_scoped_acquire locked;
  source_ = py::object();
}

void host_clock::ask() {
  const py::object now = PyCallable_Check(source_.ptr()) ? source_() : source_;
  now_ = instant_from_python(now, "clock").microseconds;
}

void raised::keep(const py::error_already_set& thrown) {
  forget();
  kept_.emplace_back(std::this_thread::get_id(), thrown);
}

void raised::forget() {
  std::erase_if(kept_, [](const auto& k) { return k.first == std::this_thread::get_id(); });
}

void raised::rethrow() {
  for (const auto& [thread, thrown] : kept_) {
    if (thread != std::this_thread::get_id()) continue;
    py::error_already_set out(thrown);
    forget();
    throw out;
  }
}

void raised::need_outside() const {
  if (std::find(inside_.begin(), inside_.end(), std::this_thread::get_id()) == inside_.end())
    return;
  throw failure(error(errc::misuse,
                      "a function of a module called the library on the tenant that is calling it; "
                      "nothing was done; use what it was lent, or let it return first"));
}

raised::visit::~visit() {
  const auto mine =
      std::find(of_.inside_.begin(), of_.inside_.end(), std::this_thread::get_id());
  of_.inside_.erase(mine);
}

int milliseconds_of(double seconds, const char* what) {
  if (!(seconds >= 0 && seconds <= 600))
    raise(error(errc::invalid_argument,
                "`" + std::string(what) + "` is no number of seconds from 0 to 600"));
  return static_cast<int>(seconds * 1000);
}

namespace {

store_kind kind_named(const py::str& word) {
  const std::string wanted = text_from_python(word, "store");
  if (wanted == "sqlite") return store_kind::sqlite;
  if (wanted == "memory") return store_kind::memory;
  nearest_name near(wanted);
  near.offer("sqlite");
  near.offer("memory");
  raise(error(errc::invalid_argument, "no store " + in_backticks(wanted) + near.hint()));
}

}  // namespace

std::shared_ptr<host_clock> clock_from_python(const py::object& now, open_options& options) {
  if (now.is_none()) return nullptr;
  auto clock = std::make_shared<host_clock>(now);
  options.world = default_environment();
  options.world->clock = clock;
  return clock;
}

py::object tenant_to_python(tenant t, std::shared_ptr<host_clock> clock, std::string name,
                            std::shared_ptr<raised> by_host) {
  return py::cast(std::make_shared<tenant_handle>(std::move(t), std::move(clock), std::move(name),
                                                  std::move(by_host)));
}

namespace {

std::shared_ptr<tenant_handle> open_path(const py::object& path, const py::str& store, bool create,
                                         bool read_only, const py::str& base_currency,
                                         const py::object& now, double busy_timeout,
                                         const py::str& vfs, bool may_lose_last_commits,
                                         const py::object& modules) {
  const std::string name = path_from_python(path, "path");
  open_options options;
  options.store = kind_named(store);
  options.create = create;
  options.read_only = read_only;
  options.base_currency = text_from_python(base_currency, "base_currency");
  options.busy_timeout_ms = milliseconds_of(busy_timeout, "busy_timeout");
  options.vfs = text_from_python(vfs, "vfs");
  options.may_lose_last_commits = may_lose_last_commits;
  std::shared_ptr<host_clock> clock = clock_from_python(now, options);
  auto by_host = std::make_shared<raised>();
  options.modules = modules_from_python(modules, by_host);
  result<tenant> made = [&] {
    const py::gil_scoped_release unlocked;
    return open(name, options);
  }();
  return std::make_shared<tenant_handle>(unwrap(std::move(made)), std::move(clock), name,
                                         std::move(by_host));
}

}  // namespace

void bind_tenant(py::module_& m) {
  auto c = python_class<tenant_handle, std::shared_ptr<tenant_handle>>(
      m, "Tenant",
      "One company's CRM, as guanxi.open gives it. A with block closes it and its sessions.",
      py::release_gil_before_calling_cpp_dtor());
  bind_keeping(m, c);
  bind_tick(c);
  c.def("as_user", &tenant_handle::as_user, py::keep_alive<0, 1>(), py::arg("login"),
        "A session that sees and may do what this user may.");
  c.def("as_system", &tenant_handle::as_system, py::keep_alive<0, 1>(), py::arg("cause"),
        "A session that sees and may do all; the cause is written on every change.");
  c.def("close", &tenant_handle::close,
        "Closes the tenant and its sessions; a second time does nothing.");
  c.def("save", &tenant_handle::save, py::arg("path") = py::none(),
        "Memory stores: writes what is committed to a snapshot file, by default the one that was\n"
        "opened; it takes the place of an older one at once.");
  c.def("outcome_of", &tenant_handle::outcome_of, py::arg("token"),
        "What became of a commit that raised CommitUnknown, by the token of that error, once the\n"
        "store was opened again: \"committed\", \"not_committed\" or \"unknown\".");
  c.def_property_readonly("closed", &tenant_handle::closed);
  c.def_property_readonly("store", &tenant_handle::store, "What keeps the records: \"sqlite\", …");
  c.def_property_readonly("fresh", &tenant_handle::fresh, "Whether this open made the store.");
  c.def("__enter__", [](std::shared_ptr<tenant_handle> t) { return t; });
  c.def("__exit__", [](tenant_handle& t, const py::args&) { t.close(); });
  c.def("__repr__", &tenant_handle::repr);

  m.def("open", &open_path, py::arg("path"), py::kw_only(), py::arg("store") = "sqlite",
        py::arg("create") = true, py::arg("read_only") = false, py::arg("base_currency") = "USD",
        py::arg("clock") = py::none(), py::arg("busy_timeout") = 5.0, py::arg("vfs") = "",
        py::arg("may_lose_last_commits") = false, py::arg("modules") = py::none(),
        "Opens a CRM file, and makes it if it is missing and create is true.\n\n"
        "store is \"sqlite\", whose file is always current, or \"memory\", whose file\n"
        "Tenant.save writes; the path \":memory:\" has no file.\n"
        "base_currency is the currency of amounts that name none; a new store keeps it.\n"
        "clock is an aware datetime or a callable that gives one; it is asked once a call.\n"
        "busy_timeout is how many seconds a write waits for another process; vfs names a\n"
        "registered SQLite VFS. With may_lose_last_commits a power cut may take the last commits,\n"
        "whole ones, and writes wait less for the disk. modules are guanxi.Module objects.");
}

}  // namespace guanxi::python
