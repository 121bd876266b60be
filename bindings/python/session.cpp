#include "binding.hpp"

#include <optional>

namespace guanxi::python {

session_handle::turn::turn(session_handle& of) : of_(of) {
  if (of_.owner_ == std::this_thread::get_id())
    throw failure(error(errc::misuse,
                        "the session is in the middle of a call; a progress callback must not "
                        "use it"));
  of_.turn_.lock();
  of_.owner_ = std::this_thread::get_id();
}

session_handle::turn::~turn() {
  of_.owner_ = std::thread::id();
  of_.turn_.unlock();
}

std::shared_ptr<session> session_handle::need() const {
  const std::lock_guard lock(pointer_);
  if (!session_)
    throw failure(error(errc::misuse, "the session is closed; open another with as_user"));
  return session_;
}

void session_handle::interrupt() { need()->interrupt(); }

void session_handle::close() {
  const turn mine(*this);
  std::shared_ptr<session> last;
  const std::lock_guard lock(pointer_);
  last.swap(session_);
}

bool session_handle::closed() const {
  const std::lock_guard lock(pointer_);
  return !session_;
}

target target_of(const py::args& arguments, std::size_t from, std::string_view call) {
  const auto wrong = [&] {
    return py::type_error(std::string(call) +
                          "() takes a record, or the name of an entity and an id");
  };
  if (arguments.size() <= from) throw wrong();
  const py::object first = arguments[from];
  if (const record* r = record_of(first))
    return {std::string(r->of().name()), r->key(), r->revision(), 1};
  const bool pair = py::isinstance<py::tuple>(first) && py::len(first) == 2;
  if (!pair && (!py::isinstance<py::str>(first) || arguments.size() < from + 2)) throw wrong();
  const py::object entity = pair ? py::object(first.cast<py::tuple>()[0]) : first;
  const py::object key = pair ? py::object(first.cast<py::tuple>()[1])
                              : py::object(arguments[from + 1]);
  const value number = from_python(key, "id");
  target out{text_from_python(entity, "entity"), {}, 0, pair ? 1u : 2u};
  if (number.type() == value_type::integer) out.key = id{number.as_integer()};
  else if (number.type() == value_type::reference) out.key = number.as_id();
  else throw wrong();
  return out;
}

std::string cause_of(const py::object& cause) {
  return cause.is_none() ? std::string() : text_from_python(cause, "cause");
}

std::int64_t revision_of(const py::object& expected, const target& of) {
  if (expected.is_none()) return of.revision;
  const value v = from_python(expected, "expected_revision");
  if (v.type() != value_type::integer)
    throw py::type_error("`expected_revision` is a record's revision, an int");
  return v.as_integer();
}

namespace {

using assignments = std::vector<std::pair<std::string, value>>;

/// Fields from a dict, for names that keywords cannot have, and from keywords.
assignments assignments_of(const py::object& values, const py::kwargs& fields) {
  assignments out;
  const auto take = [&](const py::dict& from) {
    for (const auto& [key, content] : from) {
      std::string name = text_from_python(key, "field");
      value v = from_python(content, name);
      out.emplace_back(std::move(name), std::move(v));
    }
  };
  if (!values.is_none()) take(values.cast<py::dict>());
  take(fields);
  return out;
}

result<schema::draft> draft_of(session& s, const std::string& entity, const assignments& fields) {
  result<schema::draft> out = s.draft(entity);
  if (out)
    for (const auto& [name, v] : fields) out->set(name, v);
  return out;
}

py::object create(session_handle& h, const py::str& entity, const py::object& values,
                  const py::object& cause, const py::kwargs& fields) {
  const std::string why = cause_of(cause);
  const assignments given = assignments_of(values, fields);
  const std::string of = text_from_python(entity, "entity");
  return record_to_python(unwrap(h.run([&](session& s) -> result<record> {
    result<schema::draft> d = draft_of(s, of, given);
    if (!d) return passed(d);
    return s.create(*d, why);
  })));
}

py::object change(session_handle& h, const py::args& arguments, const py::object& expected,
                  const py::object& cause, const py::kwargs& fields) {
  const target of = target_of(arguments, 0, "change");
  if (arguments.size() > of.used + 1)
    throw py::type_error("change() takes the fields as keywords or as one dict");
  const py::object values =
      arguments.size() > of.used ? py::object(arguments[of.used]) : py::object(py::none());
  const assignments given = assignments_of(values, fields);
  const std::int64_t revision = revision_of(expected, of);
  const std::string why = cause_of(cause);
  return record_to_python(unwrap(h.run([&](session& s) -> result<record> {
    result<schema::draft> d = draft_of(s, of.entity, given);
    if (!d) return passed(d);
    return s.change(of.key, *d, revision, why);
  })));
}

/// A sequence or an instant.
as_of moment_from_python(const py::object& x) {
  as_of out;
  if (x.is_none()) return out;
  if (py::isinstance<py::int_>(x)) out.sequence = count_from_python(x, "as_of");
  else out.at = instant_from_python(x, "as_of");
  return out;
}

py::object get(session_handle& h, const py::args& arguments, const py::object& when) {
  const target of = target_of(arguments, 0, "get");
  if (arguments.size() > of.used) throw py::type_error("get() takes one record");
  const as_of then = moment_from_python(when);
  return record_to_python(unwrap(h.run([&](session& s) {
    return when.is_none() ? s.get(of.entity, of.key) : s.get(of.entity, of.key, then);
  })));
}

/// A cap of at least 1, or the default.
void take_cap(std::size_t& into, const py::object& given, const char* name) {
  const std::optional<std::int64_t> most = count_from_python(given, name);
  if (most && *most < 1)
    raise(error(errc::invalid_argument,
                in_backticks(name) + " is below 1; None stands for the default"));
  if (most) into = static_cast<std::size_t>(*most);
}

query_options limits_of(const py::object& deadline_ms, const py::object& max_rows,
                        const py::object& max_memory, const py::object& when,
                        const py::object& zone) {
  query_options out;
  if (!zone.is_none()) out.time_zone = text_from_python(zone, "time_zone");
  out.as_of = moment_from_python(when);
  out.deadline_ms = count_from_python(deadline_ms, "deadline_ms");
  take_cap(out.max_rows, max_rows, "max_rows");
  take_cap(out.max_memory, max_memory, "max_memory");
  return out;
}

py::object query(session_handle& h, const py::object& asked, const py::object& values,
                 const py::object& deadline_ms, const py::object& max_rows,
                 const py::object& max_memory, const py::object& when, const py::object& zone,
                 const py::kwargs& parameters) {
  const query_options within = limits_of(deadline_ms, max_rows, max_memory, when, zone);
  std::vector<expr::parameter_value> given;
  if (!values.is_none()) given = parameters_from_python(values.cast<py::dict>());
  for (expr::parameter_value& p : parameters_from_python(parameters))
    given.push_back(std::move(p));
  if (py::isinstance<prepared>(asked))
    return result_to_python(unwrap(h.run([q = asked.cast<prepared>(), &given, &within](session& s) {
      return s.query(q, given, within);
    })));
  const std::string query_text = query_from_python(asked);
  return result_to_python(
      unwrap(h.run([&](session& s) { return s.query(query_text, given, within); })));
}

py::object search(session_handle& h, const py::str& typed, const py::object& entities,
                  std::int64_t limit, const py::object& deadline_ms) {
  search_options how;
  if (!entities.is_none()) {
    if (py::isinstance<py::str>(entities))
      throw py::type_error("entities is a list of names, not a str");
    for (const py::handle& name : entities)
      how.entities.push_back(text_from_python(name.cast<py::str>(), "entities"));
  }
  how.limit = limit < 0 ? 0 : static_cast<std::size_t>(limit);
  how.deadline_ms = count_from_python(deadline_ms, "deadline_ms");
  const std::string words = text_from_python(typed, "typed");
  return result_to_python(unwrap(h.run([&](session& s) { return s.search(words, how); })));
}

/// One unit of work, begun on entry; committed on a good exit, else rolled back.
class unit {
 public:
  explicit unit(std::shared_ptr<session_handle> s) : session_(std::move(s)) {}

  std::shared_ptr<session_handle> enter() {
    unwrap(session_->run([](session& s) { return s.begin(); }));
    return session_;
  }

  void exit(const py::object& thrown) {
    if (thrown.is_none()) {
      result<void> done = session_->run([](session& s) {
        result<void> committed = s.commit();
        if (!committed && s.in_transaction()) undo(s);
        return committed;
      });
      unwrap(std::move(done));
      return;
    }
    // What ended the block is the exception to show, so a failing rollback does not replace it.
    if (!session_->closed()) session_->run([](session& s) {
      if (s.in_transaction()) undo(s);
    });
  }

 private:
  static void undo(session& s) {
    const result<void> undone = s.rollback();
    static_cast<void>(undone);
  }
  std::shared_ptr<session_handle> session_;
};

/// A place in the transaction, left behind by a good exit, come back to after an exception.
class place {
 public:
  explicit place(std::shared_ptr<session_handle> s) : session_(std::move(s)) {}

  std::shared_ptr<session_handle> enter() {
    number_ = unwrap(session_->run([](session& s) { return s.savepoint(); }));
    return session_;
  }

  void exit(const py::object& thrown) {
    const int number = number_;
    if (thrown.is_none()) {
      unwrap(session_->run([&](session& s) { return s.release(number); }));
      return;
    }
    // What ended the block is the exception to show.
    if (!session_->closed()) session_->run([&](session& s) {
      if (s.in_transaction() && s.rollback_to(number)) {
        const result<void> left = s.release(number);
        static_cast<void>(left);
      }
    });
  }

 private:
  std::shared_ptr<session_handle> session_;
  int number_ = 0;
};

/// Several reads of one moment.
class reads {
 public:
  explicit reads(std::shared_ptr<session_handle> s) : session_(std::move(s)) {}

  std::shared_ptr<session_handle> enter() {
    unwrap(session_->run([](session& s) { return s.begin_reading(); }));
    return session_;
  }
  void exit() {
    if (session_->closed()) return;
    unwrap(session_->run([](session& s) { return s.end_reading(); }));
  }

 private:
  std::shared_ptr<session_handle> session_;
};

/// The pages of a query, each asked for when it is wanted.
class pages {
 public:
  pages(py::object session, py::args text, py::kwargs how)
      : session_(std::move(session)), text_(std::move(text)), how_(std::move(how)) {}

  py::object next() {
    if (over_) throw py::stop_iteration();
    how_["cursor"] = cursor_;
    py::object page = session_.attr("query")(*text_, **how_);
    cursor_ = page.attr("next_page");
    over_ = cursor_.is_none();
    return page;
  }

 private:
  py::object session_;
  py::args text_;
  py::kwargs how_;
  py::object cursor_ = py::none();
  bool over_ = false;
};

/// Whether what was thrown is an error of ours that says that the same may succeed later.
bool retriable(const py::error_already_set& thrown) {
  const py::object flag = py::getattr(thrown.value(), "retriable", py::bool_(false));
  const py::object base = py::module_::import("guanxi.errors").attr("Error");
  return thrown.matches(base) && flag.is(py::bool_(true));
}

py::object transact(std::shared_ptr<session_handle> s, const py::function& work, int attempts) {
  if (attempts < 1)
    raise(error(errc::invalid_argument, "`attempts` is below 1; give how many in all"));
  for (int left = attempts;; --left) {
    try {
      unit one(s);
      one.enter();
      py::object out;
      try {
        out = work(s);
      } catch (const py::error_already_set& thrown) {
        one.exit(thrown.value());
        throw;
      }
      one.exit(py::none());
      return out;
    } catch (const py::error_already_set& thrown) {
      if (left <= 1 || !retriable(thrown)) throw;
    }
  }
}

std::string repr(session_handle& h) {
  if (h.closed()) return "<guanxi.Session (closed)>";
  return h.run([](session& s) {
    const policy::principal& who = s.who();
    return "<guanxi.Session as " +
           (who.system ? "system, cause " + in_backticks(who.cause) : in_backticks(who.login)) +
           ">";
  });
}

void bind_transaction(py::module_& m) {
  auto c = python_class<unit>(
      m, "Transaction",
      "Several writes as one: `with session.transaction(): …`.",
      py::release_gil_before_calling_cpp_dtor());
  c.def("__enter__", &unit::enter);
  c.def("__exit__", [](unit& u, const py::args& thrown) { u.exit(thrown[0]); });

  auto p = python_class<place>(m, "Savepoint",
                               "A place in a transaction: `with session.savepoint(): …`.",
                               py::release_gil_before_calling_cpp_dtor());
  p.def("__enter__", &place::enter);
  p.def("__exit__", [](place& at, const py::args& thrown) { at.exit(thrown[0]); });

  auto r = python_class<reads>(m, "Reading",
                               "Several reads of one moment: `with session.reading(): …`.",
                               py::release_gil_before_calling_cpp_dtor());
  r.def("__enter__", &reads::enter);
  r.def("__exit__", [](reads& of, const py::args&) { of.exit(); });
}

void bind_pages(py::module_& m, session_class& c) {
  auto p = python_class<pages>(m, "Pages", "The pages of a query, one after the other.");
  p.def("__iter__", [](py::object self) { return self; });
  p.def("__next__", &pages::next);
  c.def("pages", [](py::object self, py::args text, py::kwargs how) {
    return pages(std::move(self), std::move(text), std::move(how));
  }, "The pages of a query with `limit n after :cursor`, one Result after the other, as they are\n"
     "asked for; arguments are those of query().");
}

void bind_records(session_class& c) {
  c.def("create", &create, py::arg(), py::arg() = py::none(), py::kw_only(),
        py::arg("cause") = py::none(),
        "Creates a record from keywords, or from a dict for names that keywords cannot have.\n\n"
        "cause says why, in the record's history; else it is \"api\".");
  c.def("get", &get, py::arg("as_of") = py::none(),
        "A live record within reach: get(\"account\", id); or a record, read again; as_of: as it\n"
        "was, after a change, by its sequence, or at a datetime.");
  c.def("change", &change, py::arg("expected_revision") = py::none(),
        py::arg("cause") = py::none(),
        "Changes fields: change(record, stage=…) or change(\"opportunity\", id, stage=…).\n\n"
        "A record is guarded by its revision: guanxi.Conflict if it has changed meanwhile.\n"
        "An id is not, unless expected_revision is given; expected_revision=0 guards neither.");
  c.def("query", &query, py::arg(), py::arg() = py::none(), py::kw_only(),
        py::arg("deadline_ms") = py::none(), py::arg("max_rows") = py::none(),
        py::arg("max_memory") = py::none(), py::arg("as_of") = py::none(),
        py::arg("time_zone") = py::none(),
        "Runs a query: text, a select(…) or a dict of the JSON form; parameters such as :name are\n"
        "keywords, a list is for `in :names`.\n\n"
        "as_of reads records as they were: after a change, by its sequence, or at a datetime.\n"
        "time_zone, such as \"Asia/Shanghai\", says whose days these are, if not the calendar's.\n"
        "deadline_ms is how long it may take, 1 to 86,400,000, max_rows how much it may give\n"
        "(10,000,000), and max_memory how many bytes it may keep (8 GiB); beyond them it is\n"
        "refused.");
  c.def("search", &search, py::arg("typed"), py::kw_only(), py::arg("entities") = py::none(),
        py::arg("limit") = 20, py::arg("deadline_ms") = py::none(),
        "The records that answer best what a person typed into one box: entity, id, title and\n"
        "relevance, the most relevant first.\n\n"
        "entities are the names of those to look through, by default all that have a searchable\n"
        "field within sight; limit is how many records in all, 1 to 1,000.");
}

void bind_life(session_class& c) {
  c.def("transaction", [](std::shared_ptr<session_handle> s) { return unit(std::move(s)); },
        "Several writes as one, in a with block: an exception undoes all of them.");
  c.def("savepoint", [](std::shared_ptr<session_handle> s) { return place(std::move(s)); },
        "A place inside a transaction, in a with block: an exception undoes what came after it,\n"
        "and the transaction goes on for who catches it.");
  c.def("transact", &transact, py::arg("work"), py::kw_only(), py::arg("attempts") = 5,
        "Runs work(session) in a transaction and gives what it gives; an exception undoes it.\n"
        "Where that says retriable, it is run again from the start, attempts times in all.");
  c.def("reading", [](std::shared_ptr<session_handle> s) { return reads(std::move(s)); },
        "Several reads of one moment, in a with block: they see the records as they were when it\n"
        "began, and cost less than each on its own. Nothing is written meanwhile.");
  c.def_property("deadline_ms",
                 [](session_handle& h) -> py::object {
                   const auto ms = h.run([](session& s) { return s.deadline(); });
                   return ms ? py::object(py::int_(*ms)) : py::object(py::none());
                 },
                 [](session_handle& h, const py::object& ms) {
                   const std::optional<std::int64_t> given = count_from_python(ms, "deadline_ms");
                   unwrap(h.run([&](session& s) { return s.set_deadline(given); }));
                 },
                 "How long each call may take, 1 to 86,400,000 ms; None: no limit.");
  c.def_property_readonly("in_transaction", [](session_handle& h) {
    return h.run([](session& s) { return s.in_transaction(); });
  });
  c.def("interrupt", &session_handle::interrupt,
        "Stops the call that another thread makes on this session.");
  c.def("close", &session_handle::close, py::call_guard<py::gil_scoped_release>(),
        "Closes the session; an open transaction is rolled back.");
  c.def_property_readonly("closed", &session_handle::closed);
  c.def_property_readonly("login", [](session_handle& h) -> py::object {
    const policy::principal who = h.run([](session& s) { return s.who(); });
    return who.system ? py::object(py::none()) : py::object(py::str(who.login));
  }, "The acting user's login; None with system sight.");
  c.def_property_readonly("user", [](session_handle& h) -> py::object {
    const id user = h.run([](session& s) { return s.who().user; });
    return user ? py::object(py::int_(user.value)) : py::object(py::none());
  }, "The acting user's id; None with system sight.");
  c.def_property_readonly("base_currency", [](session_handle& h) {
    return h.run([](session& s) { return std::string(s.base_currency()); });
  });
  c.def("__enter__", [](std::shared_ptr<session_handle> s) { return s; });
  c.def("__exit__", [](session_handle& s, const py::args&) {
    const py::gil_scoped_release unlocked;
    s.close();
  });
  c.def("__repr__", &repr);
}

}  // namespace

void bind_session(py::module_& m) {
  bind_transaction(m);
  auto c = python_class<session_handle, std::shared_ptr<session_handle>>(
      m, "Session", "Acts as one user: what it reads is trimmed to what the user may see.",
      py::release_gil_before_calling_cpp_dtor());
  bind_records(c);
  bind_pages(m, c);
  bind_delete_calls(c);
  bind_schema_calls(c);
  bind_insight_calls(c);
  bind_action_calls(c);
  bind_feed_calls(c);
  bind_bulk_calls(c);
  bind_report_calls(c);
  bind_life(c);
}

}  // namespace guanxi::python
