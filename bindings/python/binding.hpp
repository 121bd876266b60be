// What the files of the Python module share: errors and values on their way over, and the handle
// of a session.
//
//   value v = from_python(x, "amount");   py::object y = to_python(v);
//   record r = unwrap(handle.run([&](session& s) { return s.get("account", key); }));
//
// Thread rule: all of it with the interpreter's lock held; what session_handle::run is given runs
// without it.
#pragma once

#include "guanxi/session/session.hpp"

#include <pybind11/pybind11.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace guanxi::python {

namespace py = pybind11;

/// Throws the exception of guanxi.errors that the code of an error belongs to.
[[noreturn]] void raise(const error& why);

template <class T>
T unwrap(result<T> from) {
  if (!from) raise(from.error());
  if constexpr (!std::is_void_v<T>) return std::move(*from);
}

/// None, bool, int, Decimal, str, date, aware datetime or, for a reference, a record or int.
py::object to_python(const value& v);
/// `what` names the value in errors. A float is a TypeError, since it is not exact; a datetime
/// without time zone, a number that does not fit and text that is not UTF-8 are guanxi.Validation.
value from_python(py::handle x, std::string_view what);
instant instant_from_python(py::handle x, std::string_view what);
/// An int, or nothing for None.
std::optional<std::int64_t> count_from_python(py::handle x, std::string_view what);

/// Python text as UTF-8.
std::string text_from_python(py::handle x, std::string_view what);
/// A path: str or os.PathLike.
std::string path_from_python(py::handle x, std::string_view what);
/// A JSON text: of a dict, a str that is one, or of the file that a path names.
std::string json_from_python(py::handle x, std::string_view what);
/// What a JSON text holds; numbers with a point become Decimal.
py::object json_to_python(std::string_view text);
/// The text of a query that is one, a dict of the JSON form, or a select(…).
std::string query_from_python(const py::object& query);
/// Keyword arguments of a query: a list, set or other iterable is the list of an `in`.
std::vector<expr::parameter_value> parameters_from_python(const py::dict& from);

/// The clock that a host gave: a callable, asked once on entry to each call, so that what it throws
/// comes back before anything has happened.
class host_clock final : public clock {
 public:
  explicit host_clock(py::object source);
  ~host_clock() override;
  host_clock(const host_clock&) = delete;
  host_clock& operator=(const host_clock&) = delete;
  void ask();
  instant now() const override { return {now_.load()}; }

 private:
  py::object source_;
  std::atomic<std::int64_t> now_{0};
};

/// What the functions of a store or module in Python have raised: a call that fails for it raises
/// it again; and which threads are inside one of a module's. Used with the interpreter's lock held.
class raised {
 public:
  /// Keeps the exception in flight for the call that this thread is in.
  void keep(const py::error_already_set& thrown);
  /// Forgets what this thread was told before.
  void forget();
  void rethrow();
  /// Refuses a call of the library out of a module's function that it is calling.
  void need_outside() const;
  class visit {
   public:
    explicit visit(raised& of) : of_(of) { of_.inside_.push_back(std::this_thread::get_id()); }
    ~visit();
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

   private:
    raised& of_;
  };

 private:
  std::vector<std::pair<std::thread::id, py::error_already_set>> kept_;
  std::vector<std::thread::id> inside_;
};

/// Runs a call of the library; where it fails because a store in Python raised something, that is
/// thrown.
template <class Work>
auto raising(raised* by_store, Work&& work) {
  if (by_store) by_store->need_outside();
  if (by_store) by_store->forget();
  if constexpr (std::is_void_v<decltype(work())>) {
    work();
  } else {
    auto out = work();
    if constexpr (requires { out.error(); })
      if (by_store && !out) by_store->rethrow();
    return out;
  }
}

/// A session that Python threads may share: its calls take turns, since a session is used by one
/// thread at a time.
class session_handle {
 public:
  session_handle(session s, std::shared_ptr<host_clock> clock, std::shared_ptr<raised> by_store)
      : session_(std::make_shared<session>(std::move(s))),
        clock_(std::move(clock)),
        by_store_(std::move(by_store)) {}

  /// Runs `work` on the session without the interpreter's lock; what it returns is made with it.
  template <class Work>
  auto run(Work&& work) {
    if (clock_) clock_->ask();
    return raising(by_store_.get(), [&] {
      const py::gil_scoped_release unlocked;
      const turn mine(*this);
      return work(*need());
    });
  }
  /// Also while another thread runs a query.
  void interrupt();
  void close();
  bool closed() const;

 private:
  class turn {
   public:
    explicit turn(session_handle& of);
    ~turn();
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

   private:
    session_handle& of_;
  };
  std::shared_ptr<session> need() const;

  std::shared_ptr<session> session_;
  std::shared_ptr<host_clock> clock_;
  std::shared_ptr<raised> by_store_;
  mutable std::mutex pointer_;
  std::mutex turn_;
  std::atomic<std::thread::id> owner_;
};

/// A class of the package. Its metaclass is Python's own, so that it is what the stubs say and goes
/// together with any other. Its objects come from calls alone: one that Python code made, or a
/// subclass that starts without the C++ half, would be read before it holds anything.
template <class T, class... Options, class... Extra>
py::class_<T, Options...> python_class(py::module_& m, const char* name, const char* doc,
                                       const Extra&... extra) {
  py::class_<T, Options...> out(m, name, py::metaclass(reinterpret_cast<PyObject*>(&PyType_Type)),
                                py::is_final(), doc, extra...);
  reinterpret_cast<PyTypeObject*>(out.ptr())->tp_new = nullptr;
  out.attr("__module__") = "guanxi";
  return out;
}

using session_class = py::class_<session_handle, std::shared_ptr<session_handle>>;

void bind_catalog(py::module_& m);
void bind_record(py::module_& m);
void bind_column(py::module_& m);
void bind_result(py::module_& m);
void bind_insight(py::module_& m);  ///< history and explanations
void bind_feed(py::module_& m);
void bind_statement(py::module_& m);
void bind_tenant(py::module_& m);
void bind_join(py::module_& m);
void bind_own_store(py::module_& m);
void bind_session(py::module_& m);
void bind_delete_calls(session_class& c);  ///< delete, restore, archive, purge
void bind_schema_calls(session_class& c);
void bind_insight_calls(session_class& c);
void bind_action_calls(session_class& c);
void bind_feed_calls(session_class& c);
void bind_bulk_calls(session_class& c);  ///< import, sample
void bind_report_calls(session_class& c);

py::object result_to_python(rows from);
py::tuple columns_to_python(const std::shared_ptr<const rows>& of);
py::object record_to_python(record from);
py::object tenant_to_python(tenant t, std::shared_ptr<host_clock> clock, std::string name,
                            std::shared_ptr<raised> by_host = nullptr);
/// The clock that a keyword argument names, which `options` then have, too; null: none.
std::shared_ptr<host_clock> clock_from_python(const py::object& now, open_options& options);
/// The record that a Python object is, or nullptr.
const record* record_of(py::handle x);

/// The record that a call is about: `(record)`, `(entity, id)` or `((entity, id))`.
struct target {
  std::string entity;
  id key;
  std::int64_t revision = 0;  ///< of a record; 0 for an id
  std::size_t used = 0;       ///< arguments that named it
};
target target_of(const py::args& arguments, std::size_t from, std::string_view call);
/// Why, for the change log; None: as the library says.
std::string cause_of(const py::object& cause);
/// The revision that a write expects: what was given, else that of a record that was given.
std::int64_t revision_of(const py::object& expected, const target& of);
/// A record's id, from an int greater than 0 or a record; 0 for None.
id id_from_python(py::handle x);

}  // namespace guanxi::python
