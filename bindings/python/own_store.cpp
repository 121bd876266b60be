#include "own_store.hpp"

#include "modules.hpp"
#include "objects.hpp"
#include "reporter.hpp"
#include "tenant.hpp"

#include <pybind11/stl.h>

namespace guanxi::python {

namespace {

bool has(const py::object& object, const char* function) {
  return py::hasattr(object, function) && PyCallable_Check(object.attr(function).ptr());
}

/// Whether a group of functions is there; half of one is a mistake.
bool offered(const py::object& object, std::initializer_list<const char*> group) {
  std::string names;
  std::size_t there = 0;
  for (const char* function : group) {
    there += has(object, function) ? 1 : 0;
    names += (names.empty() ? "`" : ", `") + std::string(function) + "`";
  }
  if (there != 0 && there != group.size())
    throw py::type_error("a store has " + names + " together, or none of them");
  return there != 0;
}

py::tuple row_to_python(std::span<const value> row) {
  py::tuple out(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) out[i] = to_python(row[i]);
  return out;
}

/// A row that a function gave; an int where the field holds a reference is an id.
std::vector<value> row_from_python(const schema::entity& of, py::handle given) {
  std::vector<value> out;
  for (const py::handle cell : py::reinterpret_borrow<py::iterable>(given)) {
    if (out.size() > schema::no_slot) break;
    const auto slot = static_cast<std::uint16_t>(out.size());
    const bool known = slot < of.slots();
    value v = from_python(cell, known ? of.at(slot).name : "a value beyond the last field");
    if (known && v.type() == value_type::integer &&
        schema::stored_as(of.at(slot).type) == value_type::reference)
      v = id{v.as_integer()};
    out.push_back(std::move(v));
  }
  return out;
}

/// The code that the library takes an exception of the store for.
errc code_of(const py::error_already_set& thrown) {
  const py::module_ errors = py::module_::import("guanxi.errors");
  if (thrown.matches(errors.attr("Conflict"))) return errc::conflict;
  if (thrown.matches(errors.attr("Busy"))) return errc::busy;
  if (thrown.matches(errors.attr("Interrupted"))) return errc::interrupted;
  if (thrown.matches(PyExc_MemoryError)) return errc::out_of_memory;
  return errc::store_io;
}

std::string words_of(const py::error_already_set& thrown) {
  std::string out = reinterpret_cast<PyTypeObject*>(thrown.type().ptr())->tp_name;
  const py::object text = py::reinterpret_steal<py::object>(PyObject_Str(thrown.value().ptr()));
  // Whatever it says, this runs where nothing may be raised.
  const py::object bytes = text ? py::reinterpret_steal<py::object>(PyUnicode_AsEncodedString(
                                      text.ptr(), "utf-8", "backslashreplace"))
                                : py::object();
  if (!bytes) PyErr_Clear();
  else if (PyBytes_GET_SIZE(bytes.ptr()) > 0)
    out.append(": ").append(PyBytes_AS_STRING(bytes.ptr()));
  return out;
}

py::tuple fields_of(const schema::entity& of) {
  py::list out;
  for (const schema::field& f : of.fields()) {
    const bool scaled = schema::stored_as(f.type) == value_type::decimal;
    const std::string_view kind = schema::name(f.type);
    out.append(py::make_tuple(f.name, py::str(kind.data(), kind.size()),
                              scaled ? py::object(py::int_(f.scale)) : py::object(py::none())));
  }
  return py::tuple(out);
}

py::object term_to_python(const py::object& type, const store::term& t) {
  const std::string_view how = store::name(t.how);
  py::tuple constants(t.constants.size());
  for (std::size_t i = 0; i < t.constants.size(); ++i) constants[i] = to_python(t.constants[i]);
  return type(t.of->name, t.of->slot, py::str(how.data(), how.size()), constants);
}

/// A request as one of guanxi.requests.
py::object request_to_python(const store::request& asked) {
  const py::module_ types = py::module_::import("guanxi.requests");
  py::tuple terms(asked.terms.size()), sort(asked.sort.size()), slots(asked.columns.size());
  const py::object term = types.attr("Term"), key = types.attr("SortKey");
  for (std::size_t i = 0; i < asked.terms.size(); ++i)
    terms[i] = term_to_python(term, asked.terms[i]);
  for (std::size_t i = 0; i < asked.sort.size(); ++i) {
    const store::sort_key& k = asked.sort[i];
    sort[i] = key(k.of->name, k.of->slot, k.descending, k.nulls_first);
  }
  for (std::size_t i = 0; i < asked.columns.size(); ++i) slots[i] = py::int_(asked.columns[i]);
  return types.attr("Request")(
      terms, sort, asked.limit == 0 ? py::object(py::none()) : py::object(py::int_(asked.limit)),
      asked.after.value, slots);
}

query::verdict verdict_of(const py::handle& given) {
  for (const query::verdict v :
       {query::verdict::unsupported, query::verdict::prune, query::verdict::exact})
    if (PyUnicode_Check(given.ptr()) && given.cast<std::string>() == query::name(v)) return v;
  throw py::type_error("`plan` gives a verdict `exact`, `prune` or `unsupported` for each term");
}

/// What plan returned: the verdicts, and whether it sorts.
result<void> said_from_python(const py::object& given, store::plan_answer& said) {
  if (!PyTuple_Check(given.ptr()) || py::len(given) != 2)
    throw py::type_error("`plan` returns a list of verdicts and whether it sorts, as a tuple");
  const py::tuple both(given);
  said.terms.clear();
  for (const py::handle verdict : py::reinterpret_borrow<py::iterable>(both[0]))
    said.terms.push_back(verdict_of(verdict));
  said.sort = PyObject_IsTrue(py::object(both[1]).ptr()) == 1;
  return {};
}

py::str name_of(const schema::entity& of) { return {of.name().data(), of.name().size()}; }

}  // namespace

python_store::python_store(py::object object, std::shared_ptr<raised> by_store)
    : object_(std::move(object)), by_store_(std::move(by_store)) {
  name_ = Py_TYPE(object_.ptr())->tp_name;
  for (const char* function : {"get", "put", "erase", "scan"})
    if (!has(object_, function))
      throw py::type_error("a store has the functions get, put, erase and scan, and `" + name_ +
                           "` has no " + function);
  offers_ = {.transactions = offered(object_, {"begin", "commit", "rollback"}),
             .savepoints = offered(object_, {"savepoint", "keep", "undo"}),
             .migrations = has(object_, "migrate"),
             .plans = offered(object_, {"plan", "execute"})};
  if (offers_.savepoints && !offers_.transactions)
    throw py::type_error("a store with savepoints has begin, commit and rollback, too");
  batches_ = has(object_, "put_all");
}

python_store::~python_store() {
  // The last owner may be a thread that runs without the interpreter's lock.
  const py::gil_scoped_acquire locked;
  object_ = py::object();
}

/// Runs a function of the store; what it raises is kept for the call that fails with it.
template <class Work>
result<void> python_store::run(Work&& work) {
  const py::gil_scoped_acquire locked;
  try {
    return work();
  } catch (const py::error_already_set& thrown) {
    const errc code = code_of(thrown);
    if (code != errc::conflict) by_store_->keep(thrown);
    return unexpected(error(code, words_of(thrown)));
  } catch (const py::builtin_exception& wrong) {
    wrong.set_error();
    const py::error_already_set thrown;
    by_store_->keep(thrown);
    return unexpected(error(errc::store_io, words_of(thrown)));
  }
}

template <class... Level>
result<void> python_store::plain(const char* function, Level... level) {
  return run([&]() -> result<void> {
    object_.attr(function)(level...);
    return {};
  });
}

result<void> python_store::get(const schema::entity& of, id key, const store::row_taker& take) {
  return run([&]() -> result<void> {
    const py::object found = object_.attr("get")(name_of(of), key.value);
    if (found.is_none()) return {};
    const result<bool> taken = take(row_from_python(of, found));
    return taken ? result<void>() : unexpected(taken.error());
  });
}

result<void> python_store::put(const schema::entity& of, std::span<const value> row,
                               std::int64_t expected_revision) {
  return run([&]() -> result<void> {
    object_.attr("put")(name_of(of), row_to_python(row), expected_revision);
    return {};
  });
}

result<void> python_store::erase(const schema::entity& of, id key) {
  return run([&]() -> result<void> {
    object_.attr("erase")(name_of(of), key.value);
    return {};
  });
}

result<void> python_store::scan(const schema::entity& of, id after, std::size_t at_most,
                                const store::row_taker& take) {
  return run([&]() -> result<void> {
    return take_rows(of, object_.attr("scan")(name_of(of), after.value, at_most), take);
  });
}

/// Rows that a function gave, until no more are wanted.
result<void> python_store::take_rows(const schema::entity& of, const py::object& found,
                                     const store::row_taker& take) {
  for (const py::handle row : py::reinterpret_borrow<py::iterable>(found)) {
    result<bool> more = take(row_from_python(of, row));
    if (!more) return passed(more);
    if (!*more) break;
  }
  return {};
}

result<void> python_store::plan(const schema::entity& of, const store::request& asked,
                                store::plan_answer& said) {
  return run([&]() -> result<void> {
    const py::object answer = object_.attr("plan")(name_of(of), request_to_python(asked));
    return said_from_python(answer, said);
  });
}

result<void> python_store::execute(const schema::entity& of, const store::request& asked,
                                   const store::row_taker& take) {
  return run([&]() -> result<void> {
    return take_rows(of, object_.attr("execute")(name_of(of), request_to_python(asked)), take);
  });
}

result<void> python_store::put_all(std::span<const schema::record> fresh) {
  if (!batches_ || fresh.empty()) return host::put_all(fresh);
  return run([&]() -> result<void> {
    py::list rows;
    for (const schema::record& r : fresh) rows.append(row_to_python(r.slots()));
    object_.attr("put_all")(name_of(fresh.front().of()), rows);
    return {};
  });
}

result<void> python_store::migrate(const schema::entity& of, const schema::step& what) {
  return run([&]() -> result<void> {
    const bool table = what.what == schema::step::kind::add_entity;
    object_.attr("migrate")(name_of(of), fields_of(of),
                            table ? py::object(py::none()) : py::object(py::int_(what.slot)));
    return {};
  });
}

namespace {

std::shared_ptr<tenant_handle> open_store(const py::object& store, bool read_only,
                                          const py::str& base_currency, const py::object& now,
                                          double busy_timeout, const py::object& modules) {
  open_options options;
  options.read_only = read_only;
  options.base_currency = text_from_python(base_currency, "base_currency");
  options.busy_timeout_ms = milliseconds_of(busy_timeout, "busy_timeout");
  auto by_store = std::make_shared<raised>();
  auto own = std::make_unique<python_store>(store, by_store);
  options.modules = modules_from_python(modules, by_store);
  std::string name(own->name());
  std::shared_ptr<host_clock> clock = clock_from_python(now, options);
  result<tenant> made = raising(by_store.get(), [&] {
    const py::gil_scoped_release unlocked;
    return open(std::move(own), options);
  });
  return std::make_shared<tenant_handle>(unwrap(std::move(made)), std::move(clock),
                                         std::move(name), std::move(by_store));
}

/// A store for the kit: `make` is a class or another callable that gives a new and empty one, or
/// the one store itself.
store::host_maker maker_of(const py::object& store, const py::object& reopen,
                           const std::shared_ptr<raised>& by_store) {
  const bool makes = PyCallable_Check(store.ptr()) && !has(store, "get");
  const bool is_class = PyType_Check(store.ptr());
  auto last = std::make_shared<py::object>();
  return [=](store::opening how) -> result<std::unique_ptr<store::host>> {
    const py::gil_scoped_acquire locked;
    try {
      if (how == store::opening::again && reopen.is_none())
        return unexpected(errc::unsupported, "no `reopen` was given");
      py::object made = store;
      if (how == store::opening::again) made = reopen(*last);
      else if (makes || is_class) made = store();
      *last = made;
      return std::make_unique<python_store>(std::move(made), by_store);
    } catch (const py::error_already_set& thrown) {
      by_store->keep(thrown);
      return unexpected(error(code_of(thrown), words_of(thrown)));
    } catch (const py::builtin_exception& wrong) {
      wrong.set_error();
      by_store->keep(py::error_already_set());
      return unexpected(errc::invalid_argument, wrong.what());
    }
  };
}

py::list store_check(const py::object& store, const py::object& seed, const py::object& operations,
                     const py::object& reopen, const py::object& callback) {
  const value from = from_python(seed, "seed"), count = from_python(operations, "operations");
  if (from.type() != value_type::integer || count.type() != value_type::integer)
    throw py::type_error("`seed` and `operations` are of type int");
  if (count.as_integer() < 0)
    raise(error(errc::invalid_argument, "`operations` is below 0"));
  auto by_store = std::make_shared<raised>();
  reporter told(callback);
  store::check_options how;
  how.seed = static_cast<std::uint64_t>(from.as_integer());
  how.operations = static_cast<std::size_t>(count.as_integer());
  how.on_progress = told.told();
  how.always_fresh = PyType_Check(store.ptr()) || !has(store, "get");
  const store::host_maker make = maker_of(store, reopen, by_store);
  result<store::check_report> done = [&] {
    const py::gil_scoped_release unlocked;
    return store::check_host(make, how);
  }();
  told.rethrow();
  if (!done) by_store->rethrow();
  const py::object fault = py::module_::import("guanxi.checking").attr("StoreFault");
  py::list out;
  for (const store::store_fault& f : unwrap(std::move(done)).faults)
    out.append(fault(f.function, f.text, py::tuple(py::cast(f.steps)), f.found_by,
                       f.seed == 0 ? py::object(py::none()) : py::object(py::int_(f.seed))));
  return out;
}

}  // namespace

void bind_own_store(py::module_& m) {
  m.def("store_check", &store_check, py::arg("store"), py::kw_only(), py::arg("seed") = 1,
        py::arg("operations") = 5000, py::arg("reopen") = py::none(),
        py::arg("progress") = py::none(),
        "Checks a store of your own, and gives what it does wrong as a list of StoreFault.\n\n"
        "store is its class, or a callable that gives a new and empty store; or one empty store,\n"
        "which is then filled with tables of the kit's own. reopen(store) gives one that opens\n"
        "what that one kept. Small cases by name come first, then as many operations by chance,\n"
        "from the seed. progress(done, total) is told of operations; False stops it.");
  m.def("open_store", &open_store, py::arg("store"), py::kw_only(), py::arg("read_only") = false,
        py::arg("base_currency") = "USD", py::arg("clock") = py::none(),
        py::arg("busy_timeout") = 5.0, py::arg("modules") = py::none(),
        "Opens a CRM on a store of your own, and makes it in an empty one.\n\n"
        "A store has the functions get(entity, id), put(entity, row, expected_revision),\n"
        "erase(entity, id) and scan(entity, after, at_most); a row is a tuple of values by slot,\n"
        "with the id in slot 0 and the revision in slot 1. put raises guanxi.Conflict, and writes\n"
        "nothing, if there is a row although 0 is expected, or none or one of another revision\n"
        "although one is. Optional are begin, commit and rollback; savepoint, keep and undo, each\n"
        "with a level; migrate(entity, fields, slot); put_all(entity, rows); and, to find rows\n"
        "itself, plan(entity, request) with execute(entity, request): see guanxi.requests. What\n"
        "they raise comes back from the call as itself. They must not use the tenant.");
}

}  // namespace guanxi::python
