#include "binding.hpp"

#include <array>

namespace guanxi::python {
namespace {

using policy::reason;

action action_named(const py::str& word) {
  const std::string wanted = text_from_python(word, "action");
  nearest_name near(wanted);
  for (const action a :
       {action::read, action::create, action::edit, action::remove, action::transfer,
        action::share}) {
    // `delete` is what the other calls and the change log say.
    if (name(a) == wanted || (a == action::remove && wanted == "delete")) return a;
    near.offer(name(a));
  }
  raise(error(errc::invalid_argument, "no action " + in_backticks(wanted) + near.hint()));
}

explanation explain(session_handle& h, const py::str& what, const py::args& arguments) {
  const action a = action_named(what);
  const target of = target_of(arguments, 0, "explain");
  if (arguments.size() > of.used + 1)
    throw py::type_error("explain() takes an action, a record and at most one field");
  if (arguments.size() == of.used)
    return unwrap(h.run([&](session& s) { return s.explain(a, of.entity, of.key); }));
  const std::string field = text_from_python(arguments[of.used], "field");
  return unwrap(h.run([&](session& s) { return s.explain(a, of.entity, of.key, field); }));
}

explanation explain_for(session_handle& h, const py::str& login, const py::str& what,
                        const py::args& arguments) {
  const action a = action_named(what);
  const std::string name = text_from_python(login, "login");
  const target of = target_of(arguments, 0, "explain_for");
  if (arguments.size() > of.used)
    throw py::type_error("explain_for() takes a login, an action and a record");
  return unwrap(h.run([&](session& s) { return s.explain_for(name, a, of.entity, of.key); }));
}

py::object explain_query(session_handle& h, const py::object& asked, const py::object& values,
                         const py::object& login, const py::object& zone,
                         const py::kwargs& parameters) {
  const std::string query_text = query_from_python(asked);
  const std::string name = login.is_none() ? std::string() : text_from_python(login, "login");
  query_options how;
  if (!zone.is_none()) how.time_zone = text_from_python(zone, "time_zone");
  std::vector<expr::parameter_value> given;
  if (!values.is_none()) given = parameters_from_python(values.cast<py::dict>());
  for (expr::parameter_value& p : parameters_from_python(parameters))
    given.push_back(std::move(p));
  return json_to_python(query::to_json(unwrap(
      h.run([&](session& s) { return s.explain_query(query_text, given, name, how); }))));
}

py::list history(session_handle& h, const py::args& arguments) {
  const target of = target_of(arguments, 0, "history");
  if (arguments.size() > of.used + 1)
    throw py::type_error("history() takes a record and at most one field");
  const bool one = arguments.size() > of.used;
  const std::string field = one ? text_from_python(arguments[of.used], "field") : std::string();
  py::list out;
  for (history_entry& e : unwrap(h.run([&](session& s) {
         return one ? s.history(of.entity, of.key, field) : s.history(of.entity, of.key);
       })))
    out.append(std::move(e));
  return out;
}

std::string text_of(const explanation& e) {
  std::string out = e.allowed ? "allowed" : "not allowed";
  for (std::size_t i = 0; i < e.reasons.size(); ++i)
    out += (i ? "; " : ": ") + e.reasons[i].text_en;
  return out;
}

py::dict fields_of(const history_entry& e) {
  py::dict out;
  for (const history_entry::field& f : e.fields)
    out[py::str(f.name)] = py::make_tuple(to_python(f.before), to_python(f.after));
  return out;
}

void bind_explanation(py::module_& m) {
  auto r = python_class<reason>(m, "Reason", "A path that grants, or a gate that failed.");
  r.def_property_readonly("grants", [](const reason& x) { return x.grants; });
  r.def_property_readonly("code", [](const reason& x) { return x.code; });
  r.def("text", [](const reason& x, const std::string& language) {
    if (language != "en" && language != "zh")
      throw py::value_error("no language " + in_backticks(language) + "; texts are in en and zh");
    return language == "en" ? x.text_en : x.text_zh;
  }, py::arg("language") = "en");
  r.def("__repr__", [](const reason& x) {
    return "<guanxi.Reason " + x.code + ": " + x.text_en + ">";
  });
  auto c = python_class<explanation>(
      m, "Explanation", "Why the acting user may or may not do something.");
  c.def_property_readonly("allowed", [](const explanation& e) { return e.allowed; });
  c.def_property_readonly("reasons", [](const explanation& e) {
    py::list out;
    for (const reason& x : e.reasons) out.append(x);
    return py::tuple(out);
  });
  c.def("__bool__", [](const explanation& e) { return e.allowed; });
  c.def("__str__", &text_of);
  c.def("__repr__", [](const explanation& e) { return "<guanxi.Explanation " + text_of(e) + ">"; });
}

void bind_history(py::module_& m) {
  auto c = python_class<history_entry>(
      m, "HistoryEntry",
      "One change of a record, with the fields that the acting user sees.");
  c.def_property_readonly("sequence", [](const history_entry& e) { return e.sequence; });
  c.def_property_readonly("batch", [](const history_entry& e) { return e.batch; },
                          "The sequence of the first change of the same commit.");
  c.def_property_readonly("entity", [](const history_entry& e) { return e.entity; });
  c.def_property_readonly("record", [](const history_entry& e) { return e.record.value; },
                          "Id of the record.");
  c.def_property_readonly("at", [](const history_entry& e) { return to_python(value(e.at)); });
  c.def_property_readonly("user", [](const history_entry& e) {
    return e.user ? py::object(py::int_(e.user.value)) : py::object(py::none());
  }, "Id of the user; None for system sight.");
  c.def_property_readonly("cause", [](const history_entry& e) { return e.cause; });
  c.def_property_readonly("action", [](const history_entry& e) { return e.action; });
  c.def_property_readonly("fields", &fields_of, "Field name → (before, after).");
  c.def("__repr__", [](const history_entry& e) {
    return "<guanxi.HistoryEntry " + std::to_string(e.sequence) + ": " + e.action + ", " +
           std::to_string(e.fields.size()) + " fields>";
  });
}

}  // namespace

void bind_insight(py::module_& m) {
  bind_explanation(m);
  bind_history(m);
}

void bind_insight_calls(session_class& c) {
  c.def("explain", &explain,
        "Why the acting user may or may not do this: explain(\"edit\", record[, field]) or\n"
        "explain(\"edit\", \"account\", id[, field]).");
  c.def("explain_for", &explain_for,
        "The same for another user's right to a record; for those who administer permissions.");
  c.def("explain_query", &explain_query, py::arg(), py::arg() = py::none(), py::kw_only(),
        py::arg("login") = py::none(), py::arg("time_zone") = py::none(),
        "How a query would be answered, as a dict: what the store does of it, by which indices,\n"
        "and which conditions the rights of the user (by default, of oneself) add; for those who\n"
        "administer permissions.");
  c.def("history", &history,
        "What happened to a record within reach, oldest first; or to one field of it:\n"
        "history(record, \"amount\").");
}

}  // namespace guanxi::python
