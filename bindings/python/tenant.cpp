#include "binding.hpp"

#include <optional>

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

namespace {

class tenant_handle {
 public:
  tenant_handle(tenant t, std::shared_ptr<host_clock> clock, std::string path)
      : tenant_(std::move(t)), clock_(std::move(clock)), path_(std::move(path)) {}

  std::shared_ptr<session_handle> as_user(const py::str& login) {
    const std::string name = text_from_python(login, "login");
    return opened(run([&](const tenant& t) { return t.as_user(name); }));
  }

  std::shared_ptr<session_handle> as_system(const py::str& cause) {
    const std::string why = text_from_python(cause, "cause");
    return opened(run([&](const tenant& t) { return result<session>(t.as_system(why)); }));
  }

  /// Closes the sessions too: a file is closed when Python code says so.
  void close() {
    const py::gil_scoped_release unlocked;
    std::vector<std::weak_ptr<session_handle>> sessions;
    std::optional<tenant> last;
    {
      const std::lock_guard lock(mutex_);
      sessions.swap(sessions_);
      last.swap(tenant_);
    }
    for (const auto& s : sessions)
      if (const auto alive = s.lock()) alive->close();
  }

  bool closed() const {
    const std::lock_guard lock(mutex_);
    return !tenant_;
  }
  std::string store() {
    return run([](const tenant& t) { return result<std::string>(std::string(t.store_name())); })
        .value();
  }
  void save(const py::object& path) {
    const std::string to = path.is_none() ? std::string() : path_from_python(path, "path");
    unwrap(run([&](const tenant& t) { return t.save(to); }));
  }
  std::string outcome_of(const py::str& token) {
    const std::string asked = text_from_python(token, "token");
    switch (unwrap(run([&](const tenant& t) { return t.outcome_of(asked); }))) {
      case commit_outcome::committed: return "committed";
      case commit_outcome::not_committed: return "not_committed";
      case commit_outcome::unknown: break;
    }
    return "unknown";
  }
  bool fresh() {
    return run([](const tenant& t) { return result<bool>(t.fresh()); }).value();
  }
  std::string repr() const {
    const std::string file = path_.substr(path_.find_last_of('/') + 1);
    return "<guanxi.Tenant " + in_backticks(file) + (closed() ? " (closed)>" : ">");
  }

 private:
  template <class Work>
  auto run(Work&& work) -> decltype(work(std::declval<const tenant&>())) {
    if (clock_) clock_->ask();
    const py::gil_scoped_release unlocked;
    std::optional<tenant> mine;
    {
      const std::lock_guard lock(mutex_);
      mine = tenant_;
    }
    if (!mine) return unexpected(errc::misuse, "the tenant is closed; open it again");
    return work(*mine);
  }

  std::shared_ptr<session_handle> opened(result<session> s) {
    auto out = std::make_shared<session_handle>(unwrap(std::move(s)), clock_);
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [](const auto& known) { return known.expired(); });
    sessions_.push_back(out);
    return out;
  }

  mutable std::mutex mutex_;
  std::optional<tenant> tenant_;
  std::shared_ptr<host_clock> clock_;
  std::string path_;
  std::vector<std::weak_ptr<session_handle>> sessions_;
};

store_kind kind_named(const py::str& word) {
  const std::string wanted = text_from_python(word, "store");
  if (wanted == "sqlite") return store_kind::sqlite;
  if (wanted == "memory") return store_kind::memory;
  nearest_name near(wanted);
  near.offer("sqlite");
  near.offer("memory");
  raise(error(errc::invalid_argument, "no store " + in_backticks(wanted) + near.hint()));
}

int milliseconds_of(double seconds, const char* what) {
  if (!(seconds >= 0 && seconds <= 600))
    raise(error(errc::invalid_argument,
                "`" + std::string(what) + "` is no number of seconds from 0 to 600"));
  return static_cast<int>(seconds * 1000);
}

}  // namespace

std::shared_ptr<host_clock> clock_from_python(const py::object& now, open_options& options) {
  if (now.is_none()) return nullptr;
  auto clock = std::make_shared<host_clock>(now);
  options.world = default_environment();
  options.world->clock = clock;
  return clock;
}

py::object tenant_to_python(tenant t, std::shared_ptr<host_clock> clock, std::string name) {
  return py::cast(std::make_shared<tenant_handle>(std::move(t), std::move(clock), std::move(name)));
}

namespace {

std::shared_ptr<tenant_handle> open_path(const py::object& path, const py::str& store, bool create,
                                         bool read_only, const py::str& base_currency,
                                         const py::object& now, double busy_timeout,
                                         const py::str& vfs) {
  const std::string name = path_from_python(path, "path");
  open_options options;
  options.store = kind_named(store);
  options.create = create;
  options.read_only = read_only;
  options.base_currency = text_from_python(base_currency, "base_currency");
  options.busy_timeout_ms = milliseconds_of(busy_timeout, "busy_timeout");
  options.vfs = text_from_python(vfs, "vfs");
  std::shared_ptr<host_clock> clock = clock_from_python(now, options);
  result<tenant> made = [&] {
    const py::gil_scoped_release unlocked;
    return open(name, options);
  }();
  return std::make_shared<tenant_handle>(unwrap(std::move(made)), std::move(clock), name);
}

}  // namespace

void bind_tenant(py::module_& m) {
  auto c = python_class<tenant_handle, std::shared_ptr<tenant_handle>>(
      m, "Tenant",
      "One company's CRM, as guanxi.open gives it. A with block closes it and its sessions.",
      py::release_gil_before_calling_cpp_dtor());
  c.def("as_user", &tenant_handle::as_user, py::arg("login"),
        "A session that sees and may do what this user may.");
  c.def("as_system", &tenant_handle::as_system, py::arg("cause"),
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
        "Opens a CRM file, and makes it if it is missing and create is true.\n\n"
        "store is \"sqlite\", whose file is always current, or \"memory\", whose file\n"
        "Tenant.save writes; the path \":memory:\" has no file.\n"
        "base_currency is the currency of amounts that name none; a new store keeps it.\n"
        "clock is an aware datetime or a callable that gives one; it is asked once a call.\n"
        "busy_timeout is how many seconds a write waits for another process; vfs names a\n"
        "registered SQLite VFS.");
}

}  // namespace guanxi::python
