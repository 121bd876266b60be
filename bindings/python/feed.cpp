// The change feed as an iterator, cursors, and pruning.
#include "guanxi/session/feed.hpp"

#include "binding.hpp"
#include "reporter.hpp"

namespace guanxi::python {
namespace {

/// One reader of the feed; what it gave last is done with when the next is asked for.
class feed_handle {
 public:
  feed_handle(std::shared_ptr<session_handle> of, feed content)
      : session_(std::move(of)), feed_(std::move(content)) {}

  history_entry next() {
    auto some = session_->run([this](session&) -> result<std::vector<history_entry>> {
      if (auto done = feed_.acknowledge(); !done) return passed(done);
      return feed_.next(1);
    });
    std::vector<history_entry> given = unwrap(std::move(some));
    if (!given.empty()) return std::move(given.front());
    unwrap(session_->run([this](session&) { return feed_.acknowledge(); }));
    throw py::stop_iteration();
  }
  py::list take(std::size_t at_most) {
    py::list out;
    for (history_entry& e :
         unwrap(session_->run([&](session&) { return feed_.next(at_most); })))
      out.append(std::move(e));
    return out;
  }
  void acknowledge() {
    unwrap(session_->run([this](session&) { return feed_.acknowledge(); }));
  }
  void rewind() { feed_.rewind(); }
  std::int64_t acknowledged() const { return feed_.acknowledged(); }
  std::string cursor() const { return std::string(feed_.cursor()); }

 private:
  std::shared_ptr<session_handle> session_;
  feed feed_;
};

std::vector<std::string> names_from(const py::iterable& from, std::string_view what) {
  std::vector<std::string> out;
  if (py::isinstance<py::str>(from)) {
    out.push_back(text_from_python(from, what));
    return out;
  }
  for (py::handle each : from) out.push_back(text_from_python(each, what));
  return out;
}

feed_handle changes(std::shared_ptr<session_handle> h, const py::str& cursor,
                    const py::iterable& entities, const py::iterable& fields,
                    const py::iterable& actions, const py::object& start_after) {
  const std::string name = text_from_python(cursor, "cursor");
  const feed_options how{names_from(entities, "entities"), names_from(fields, "fields"),
                         names_from(actions, "actions"),
                         count_from_python(start_after, "start_after")};
  feed made = unwrap(h->run([&](session& s) { return s.feed(name, how); }));
  return feed_handle(std::move(h), std::move(made));
}

/// Whose cursor is meant; nothing: the acting user's.
std::optional<id> whose(const py::object& user) {
  const std::optional<std::int64_t> of = count_from_python(user, "user");
  return of ? std::optional(id{*of}) : std::nullopt;
}

py::dict cursors(session_handle& h) {
  py::dict out;
  for (const feed_cursor& c : unwrap(h.run([](session& s) { return s.cursors(); })))
    out[py::make_tuple(c.user ? py::object(py::int_(c.user.value)) : py::object(py::none()),
                       c.name)] = c.acknowledged;
  return out;
}

std::int64_t prune(session_handle& h, const py::object& older_than,
                   const py::object& up_to, bool unread, const py::object& callback) {
  prune_options what;
  if (!older_than.is_none()) what.older_than = instant_from_python(older_than, "older_than");
  what.up_to = count_from_python(up_to, "up_to");
  what.unread = unread;
  reporter told(callback);
  what.on_progress = told.told();
  auto done = h.run([&](session& s) { return s.prune_changes(what); });
  told.rethrow();
  return unwrap(std::move(done)).pruned_up_to;
}

}  // namespace

void bind_feed(py::module_& m) {
  auto c = python_class<feed_handle>(
      m, "Feed",
      "Changes in the order in which they were committed, from a named cursor on.\n\n"
      "A loop ends when there is no more; what it was given is acknowledged when it asks for the\n"
      "next. Left early, or dead, it gets the change that it was at again.");
  c.def("__iter__", [](py::object self) { return self; });
  c.def("__next__", &feed_handle::next);
  c.def("take", &feed_handle::take, py::arg("at_most") = 500,
        "The next changes as a list; acknowledge() says that they are done with.");
  c.def("acknowledge", &feed_handle::acknowledge,
        "Everything given is done with; in a transaction, if that is committed.");
  c.def("rewind", &feed_handle::rewind, "Goes back to what is acknowledged.");
  c.def_property_readonly("cursor", &feed_handle::cursor);
  c.def_property_readonly("acknowledged", &feed_handle::acknowledged, "A sequence.");
}

void bind_feed_calls(session_class& c) {
  c.def("changes", &changes, py::arg("cursor"), py::kw_only(), py::arg("entities") = py::tuple(),
        py::arg("fields") = py::tuple(), py::arg("actions") = py::tuple(),
        py::arg("start_after") = py::none(),
        "The feed of changes, at a cursor of the acting user's, which is kept in the store.");
  c.def("cursors", &cursors,
        "(user id or None, name) → the sequence that is acknowledged, for each cursor.");
  c.def("move_cursor",
        [](session_handle& h, const py::str& cursor, std::int64_t sequence,
           const py::object& user) {
          const std::string name = text_from_python(cursor, "cursor");
          const std::optional<id> of = whose(user);
          unwrap(h.run([&](session& s) { return s.move_cursor(name, sequence, of); }));
        },
        py::arg("cursor"), py::arg("sequence"), py::kw_only(), py::arg("user") = py::none(),
        "Moves a cursor: the acting user's, or, for those who administer permissions, that of the\n"
        "user with this id; 0 for system sight's.");
  c.def("drop_cursor",
        [](session_handle& h, const py::str& cursor, const py::object& user) {
          const std::string name = text_from_python(cursor, "cursor");
          const std::optional<id> of = whose(user);
          unwrap(h.run([&](session& s) { return s.drop_cursor(name, of); }));
        },
        py::arg("cursor"), py::kw_only(), py::arg("user") = py::none(),
        "Forgets a cursor; user as for move_cursor.");
  c.def("last_change",
        [](session_handle& h) {
          return unwrap(h.run([](session& s) { return s.last_change(); }));
        },
        "The sequence of the last committed change.");
  c.def("prune_changes", &prune, py::arg("older_than") = py::none(), py::kw_only(),
        py::arg("up_to") = py::none(), py::arg("unread") = false, py::arg("progress") = py::none(),
        "Erases old entries of the change log, for those who administer permissions; what cursors\n"
        "have not acknowledged stays unless unread is True. Gives up to which sequence all is\n"
        "gone.");
}

}  // namespace guanxi::python
