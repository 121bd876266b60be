#include "modules.hpp"

#include "guanxi/policy/grant.hpp"

#include <pybind11/stl.h>

#include <algorithm>
#include <functional>

namespace guanxi::python {
namespace {

using work::outcome;

[[noreturn]] void refuse(errc code, std::string message) {
  raise(error(code, std::move(message)));
}

/// A function of a module, given up with the last that may call it.
class held_function {
 public:
  explicit held_function(py::object f) : f_(std::move(f)) {}
  ~held_function() {
    const py::gil_scoped_acquire locked;
    f_ = py::object();
  }
  held_function(const held_function&) = delete;
  held_function& operator=(const held_function&) = delete;
  const py::object& get() const { return f_; }

 private:
  py::object f_;
};

/// What the function of an action or timer is lent; nothing once it has returned.
struct lent_call {
  work::sight* in = nullptr;
  outcome* out = nullptr;
  std::vector<std::string> results = {};  ///< names of the columns of the answer
  py::object arguments = py::none();      ///< a dict; None for a timer
  py::object due = py::none();            ///< the record of a timer
};
using call_ptr = std::shared_ptr<lent_call>;

/// A step that a function has asked for, as a value of later ones.
struct step_of_call {
  call_ptr of;
  outcome::step* made;
};

/// The same for the function of an effect.
struct lent_reaction {
  const work::change* what = nullptr;
  const work::reads* read = nullptr;
  work::output* out = nullptr;
  const work::effect* row = nullptr;
};

template <class Lent>
Lent& open(Lent& lent) {
  if (!lent.out)
    refuse(errc::misuse, "what a function of a module was lent is of no use once it has returned");
  return lent;
}

const schema::entity& entity_of(const schema::catalog_ptr& catalog, const std::string& name) {
  return *unwrap(catalog->need(name));
}

std::optional<step_of_call> step_from_python(py::handle x, const lent_call& in) {
  if (!py::isinstance<step_of_call>(x)) return std::nullopt;
  step_of_call out = x.cast<step_of_call>();
  if (out.of.get() != &in) refuse(errc::misuse, "a step of another call was given");
  return out;
}

void take_errors(const schema::draft& d) {
  if (!d.errors().empty()) raise(d.errors().front());
}

/// Each field and its value, from a dict or from keywords.
void each_value(const py::object& values, const py::kwargs& fields,
                const std::function<void(const std::string&, py::handle)>& take) {
  const auto all = [&](const py::dict& from) {
    for (const auto& [key, content] : from) take(text_from_python(key, "field"), content);
  };
  if (!values.is_none()) all(values.cast<py::dict>());
  all(fields);
}

void join(outcome::step& to, const std::string& field, const outcome::step& made) {
  const schema::field* f = to.content.of().find(field);
  if (!f) {
    to.content.set(field, value());  // which says that there is none
    take_errors(to.content);
  }
  if (schema::stored_as(f->type) != value_type::reference)
    refuse(errc::type_mismatch, in_backticks(field) + " is no reference");
  to.ties.emplace_back(f->slot, &made);
}

/// What a step is to hold, before there is one: a mistake in it leaves none behind.
outcome::step filled_step(lent_call& in, const std::string& entity, const py::object& values,
                          const py::kwargs& fields) {
  outcome::step to{.key = {}, .content = schema::draft(entity_of(open(in).in->catalog(), entity))};
  each_value(values, fields, [&](const std::string& name, py::handle content) {
    if (const auto made = step_from_python(content, in)) join(to, name, *made->made);
    else to.content.set(name, from_python(content, name));
  });
  take_errors(to.content);
  return to;
}

outcome::step& take(outcome::step& made, outcome::step filled) {
  made.content = std::move(filled.content);
  made.ties = std::move(filled.ties);
  return made;
}

outcome::authority authority_of(const py::str& by) {
  const std::string word = text_from_python(by, "by");
  if (word == "user") return outcome::authority::user;
  if (word == "action") return outcome::authority::action;
  refuse(errc::invalid_argument, "`by` is \"user\" or \"action\", not " + in_backticks(word));
}

policy::action right_of(const py::str& right) {
  const std::string word = text_from_python(right, "right");
  nearest_name near(word);
  for (int i = 0; i <= static_cast<int>(policy::action::share); ++i) {
    const auto a = static_cast<policy::action>(i);
    if (policy::name(a) == word) return a;
    near.offer(policy::name(a));
  }
  refuse(errc::invalid_argument, "no right " + in_backticks(word) + near.hint());
}

/// A query of a function's, without the interpreter's lock.
template <class Run>
py::object asked(const py::object& query, const py::object& values, const py::kwargs& parameters,
                 Run&& run) {
  std::vector<expr::parameter_value> given;
  if (!values.is_none()) given = parameters_from_python(values.cast<py::dict>());
  for (expr::parameter_value& p : parameters_from_python(parameters))
    given.push_back(std::move(p));
  const std::string text = query_from_python(query);
  result<rows> found = [&] {
    const py::gil_scoped_release unlocked;
    return run(text, given);
  }();
  return result_to_python(unwrap(std::move(found)));
}

py::object call_query(lent_call& c, const py::object& query, const py::object& values,
                      const py::kwargs& parameters) {
  return asked(query, values, parameters, [in = open(c).in](const auto& text, const auto& given) {
    return in->query(text, given);
  });
}

py::object call_query_all(lent_call& c, const py::object& query, const py::object& values,
                          const py::kwargs& parameters) {
  return asked(query, values, parameters, [in = open(c).in](const auto& text, const auto& given) {
    return in->query_all(text, given);
  });
}

py::object call_get(lent_call& c, const py::args& of) {
  const target t = target_of(of, 0, "get");
  return record_to_python(unwrap(open(c).in->get(t.entity, t.key)));
}

py::object call_get_all(lent_call& c, const py::args& of) {
  const target t = target_of(of, 0, "get_all");
  record found = unwrap(open(c).in->get_all(t.entity, t.key));
  if (found.empty()) raise(policy::not_found(entity_of(c.in->catalog(), t.entity), t.key));
  return record_to_python(std::move(found));
}

void call_need(lent_call& c, const py::str& right, const py::args& of) {
  const target t = target_of(of, 0, "need");
  unwrap(open(c).in->need(right_of(right), t.entity, t.key));
}

step_of_call call_create(const call_ptr& c, const py::str& entity, const py::object& values,
                         const py::str& by, const py::kwargs& fields) {
  const std::string name = text_from_python(entity, "entity");
  const outcome::authority as = authority_of(by);
  outcome::step filled = filled_step(*c, name, values, fields);
  return {c, &take(c->out->create(name, as), std::move(filled))};
}

step_of_call call_change(const call_ptr& c, const py::args& of, const py::str& by,
                         const py::kwargs& fields) {
  const target t = target_of(of, 0, "change");
  const outcome::authority as = authority_of(by);
  outcome::step filled = filled_step(
      *c, t.entity, of.size() > t.used ? py::object(of[t.used]) : py::object(py::none()), fields);
  return {c, &take(c->out->change(t.entity, t.key, as), std::move(filled))};
}

void call_delete(const call_ptr& c, const py::args& of, const py::str& by) {
  const target t = target_of(of, 0, "delete");
  entity_of(open(*c).in->catalog(), t.entity);
  c->out->remove(t.entity, t.key, authority_of(by));
}

outcome::cell cell_from_python(py::handle x, const lent_call& in, const std::string& name) {
  if (const auto made = step_from_python(x, in)) return *made->made;
  return from_python(x, name);
}

/// A row of the answer: values in their order, or by their names.
void call_answer(lent_call& c, const py::args& row, const py::kwargs& named) {
  if (open(c).arguments.is_none()) refuse(errc::misuse, "a timer answers nobody");
  std::vector<outcome::cell> cells;
  for (const py::handle x : row)
    cells.push_back(cell_from_python(x, c, cells.size() < c.results.size()
                                               ? c.results[cells.size()]
                                               : "a value beyond the last result"));
  if (!named.empty()) {
    if (!cells.empty()) throw py::type_error("answer() takes values in order, or by name");
    cells.assign(c.results.size(), outcome::cell(value()));
    for (const auto& [key, x] : named) {
      const std::string name = text_from_python(key, "result");
      const auto at = std::find(c.results.begin(), c.results.end(), name);
      if (at == c.results.end()) {
        nearest_name near(name);
        for (const std::string& known : c.results) near.offer(known);
        refuse(errc::unknown_name, "no result " + in_backticks(name) + near.hint());
      }
      cells[static_cast<std::size_t>(at - c.results.begin())] = cell_from_python(x, c, name);
    }
  }
  c.out->answer(std::move(cells));
}

const schema::catalog_ptr& catalog_of(const work::change& c) {
  return (c.after ? c.after : c.before)->catalog();
}

py::object image(const record* r) {
  return r ? record_to_python(*r) : py::object(py::none());
}

std::string trigger_of(const lent_reaction& r) {
  switch (open(r).what->what) {
    case work::created: return "created";
    case work::removed: return "removed";
    case work::restored: return "restored";
    case work::updated: break;
  }
  return "updated";
}

py::dict paths_of(const lent_reaction& r) {
  py::dict out;
  for (std::size_t i = 0; i < open(r).row->paths.size(); ++i)
    out[py::str(r.row->paths[i])] = to_python(r.read->paths[i]);
  return out;
}

py::tuple queries_of(const lent_reaction& r) {
  py::tuple out(open(r).read->queries.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = result_to_python(r.read->queries[i]);
  return out;
}

void reaction_set(lent_reaction& r, const py::object& values, const py::kwargs& fields) {
  if (!open(r).what->after) refuse(errc::misuse, "the record is gone, and has no fields to set");
  const schema::entity& of = r.what->after->of();
  each_value(values, fields, [&](const std::string& name, py::handle content) {
    const schema::field* f = of.find(name);
    if (!f) {
      schema::draft unknown(of);
      unknown.set(name, value());
      take_errors(unknown);
    }
    r.out->set({f->system ? 0u : f->of->tag(), f->slot,
                unwrap(schema::fitted(*f, from_python(content, name))), currency()});
  });
}

void reaction_write(lent_reaction& r, const std::string& entity, id key, const py::object& values,
                    const py::kwargs& fields) {
  const schema::entity& of = entity_of(catalog_of(*open(r).what), entity);
  schema::draft d(of);
  each_value(values, fields, [&](const std::string& name, py::handle content) {
    d.set(name, from_python(content, name));
  });
  take_errors(d);
  r.out->change(schema::entity_row{.name = of.name()}, key) = std::move(d);
}

void reaction_create(lent_reaction& r, const py::str& entity, const py::object& values,
                     const py::kwargs& fields) {
  reaction_write(r, text_from_python(entity, "entity"), {}, values, fields);
}

void reaction_change(lent_reaction& r, const py::args& of, const py::kwargs& fields) {
  const target t = target_of(of, 0, "change");
  reaction_write(r, t.entity, t.key,
                 of.size() > t.used ? py::object(of[t.used]) : py::object(py::none()), fields);
}

/// The code of an exception of the package that a function raised; of another it is a mistake.
errc code_of(const py::error_already_set& thrown) {
  const py::module_ errors = py::module_::import("guanxi.errors");
  if (thrown.matches(errors.attr("Error"))) {
    const auto code = py::cast<std::int32_t>(thrown.value().attr("code"));
    if (code != 0) return static_cast<errc>(code);
  }
  const std::pair<const char*, errc> known[] = {
      {"NotFound", errc::not_found},       {"Conflict", errc::conflict},
      {"Validation", errc::validation},    {"Permission", errc::permission},
      {"Busy", errc::busy},                {"Interrupted", errc::interrupted}};
  for (const auto& [name, code] : known)
    if (thrown.matches(errors.attr(name))) return code;
  if (thrown.matches(PyExc_MemoryError)) return errc::out_of_memory;
  if (thrown.matches(PyExc_KeyboardInterrupt)) return errc::interrupted;
  return errc::internal;
}

std::string attribute_of(const py::error_already_set& thrown, const char* name) {
  if (!py::hasattr(thrown.value(), name)) return {};
  const py::object text = thrown.value().attr(name);
  return py::isinstance<py::str>(text) ? text.cast<std::string>() : std::string();
}

error error_of(const py::error_already_set& thrown, const std::string& what, raised& by_host) {
  by_host.keep(thrown);
  try {
    error why(code_of(thrown), what + ": " + std::string(py::str(thrown.value())));
    if (const std::string at = attribute_of(thrown, "entity"); !at.empty()) why.in_entity(at);
    if (const std::string at = attribute_of(thrown, "field"); !at.empty()) why.in_field(at);
    why.set_retriable(why.code() == errc::busy);
    return why;
  } catch (const py::error_already_set&) {  // an exception that cannot say what it is
    return error(errc::internal, what + " raised an exception");
  }
}

/// Lets a function of the module run, with the interpreter's lock and known to be inside.
std::optional<error> run_function(const held_function& f, const py::object& lent,
                                  const std::string& what, raised& by_host) {
  const raised::visit inside(by_host);
  try {
    f.get()(lent);
    return std::nullopt;
  } catch (const py::error_already_set& thrown) {
    return error_of(thrown, what, by_host);
  } catch (const py::builtin_exception& wrong) {
    wrong.set_error();
    return error_of(py::error_already_set(), what, by_host);
  }
}

/// Runs the function of an action or timer with what `lend` puts into its call.
template <class Lend>
result<void> run_call(const held_function& f, work::sight& in, outcome& out,
                      const std::string& what, raised& by_host, Lend&& lend) {
  const py::gil_scoped_acquire locked;
  auto lent = std::make_shared<lent_call>();
  lent->in = &in;
  lent->out = &out;
  lend(*lent);
  std::optional<error> why = run_function(f, py::cast(lent), what, by_host);
  lent->in = nullptr;
  lent->out = nullptr;
  return why ? result<void>(unexpected(std::move(*why))) : result<void>();
}

std::string text_at(const py::dict& row, const char* key) {
  return text_from_python(row[key], key);
}

std::vector<std::string> texts_at(const py::dict& row, const char* key) {
  if (py::isinstance<py::str>(row[key]))
    throw py::type_error("`" + std::string(key) + "` is a list of texts, not a str");
  std::vector<std::string> out;
  for (const py::handle x : row[key].cast<py::iterable>()) out.push_back(text_from_python(x, key));
  return out;
}

std::vector<schema::field_definition> fields_at(const py::dict& row, const char* key) {
  std::vector<schema::field_definition> out;
  for (const py::handle x : row[key].cast<py::iterable>())
    out.push_back(unwrap(schema::field_from_json(json_from_python(x, key))));
  return out;
}

std::shared_ptr<held_function> function_at(const py::dict& row) {
  const py::object f = row["run"];
  if (!PyCallable_Check(f.ptr())) throw py::type_error("what a module runs is a function");
  return std::make_shared<held_function>(f);
}

work::action action_of(const py::dict& row, const std::shared_ptr<raised>& by_host) {
  work::action out;
  out.name = text_at(row, "name");
  out.entity = text_at(row, "entity");
  out.label_en = text_at(row, "label_en");
  out.label_zh = text_at(row, "label_zh");
  out.needs = right_of(row["needs"].cast<py::str>());
  out.writes = row["writes"].cast<bool>();
  out.parameters = fields_at(row, "parameters");
  out.results = fields_at(row, "results");
  std::vector<std::string> parameters, results;
  for (const schema::field_definition& f : out.parameters) parameters.push_back(f.name);
  for (const schema::field_definition& f : out.results) results.push_back(f.name);
  out.run = [f = function_at(row), by_host, parameters, results,
             what = "the action `" + out.name + "`"](const work::arguments& given,
                                                     work::sight& in, outcome& wanted) {
    return run_call(*f, in, wanted, what, *by_host, [&](lent_call& lent) {
      py::dict all;
      for (const std::string& name : parameters) all[py::str(name)] = to_python(given[name]);
      lent.arguments = std::move(all);
      lent.results = results;
    });
  };
  return out;
}

work::timer timer_of(const py::dict& row, const std::shared_ptr<raised>& by_host) {
  work::timer out;
  out.name = text_at(row, "name");
  out.entity = text_at(row, "entity");
  out.due = text_at(row, "due");
  out.where = text_at(row, "where");
  out.run = [f = function_at(row), by_host, what = "the timer `" + out.name + "`"](
                const record& of, work::sight& in, outcome& wanted) {
    return run_call(*f, in, wanted, what, *by_host,
                    [&](lent_call& lent) { lent.due = record_to_python(of); });
  };
  return out;
}

std::uint8_t triggers_at(const py::dict& row) {
  std::uint8_t out = 0;
  for (const std::string& word : texts_at(row, "on")) {
    const std::pair<const char*, work::trigger> known[] = {{"created", work::created},
                                                           {"updated", work::updated},
                                                           {"removed", work::removed},
                                                           {"restored", work::restored}};
    const auto at = std::find_if(std::begin(known), std::end(known),
                                 [&](const auto& k) { return word == k.first; });
    nearest_name near(word);
    for (const auto& [name, bit] : known) near.offer(name);
    if (at == std::end(known))
      refuse(errc::invalid_argument, "nothing happens that is called " + in_backticks(word) +
                                         near.hint());
    out = static_cast<std::uint8_t>(out | at->second);
  }
  return out;
}

work::write_class class_at(const py::dict& row) {
  const std::string word = text_at(row, "write_class");
  if (word == "initial") return work::write_class::initial;
  if (word == "caller") return work::write_class::caller;
  if (word == "rule") return work::write_class::rule;
  if (word == "derived") return work::write_class::derived;
  refuse(errc::invalid_argument, "`write_class` is \"initial\", \"caller\", \"rule\" or "
                                 "\"derived\", not " + in_backticks(word));
}

work::effect effect_of(const py::dict& row, const std::shared_ptr<raised>& by_host) {
  work::effect out;
  out.name = text_at(row, "name");
  out.entity = text_at(row, "entity");
  out.on = triggers_at(row);
  out.as = class_at(row);
  out.fields = texts_at(row, "fields");
  out.paths = texts_at(row, "paths");
  out.queries = texts_at(row, "queries");
  out.writes = texts_at(row, "writes");
  out.after = texts_at(row, "after");
  const auto shown = std::make_shared<const work::effect>(out);
  out.run = [f = function_at(row), by_host, shown, what = "the effect `" + out.name + "`"](
                const work::change& c, const work::reads& in, work::output& wanted) {
    const py::gil_scoped_acquire locked;
    auto lent = std::make_shared<lent_reaction>();
    *lent = {.what = &c, .read = &in, .out = &wanted, .row = shown.get()};
    std::optional<error> why = run_function(*f, py::cast(lent), what, *by_host);
    *lent = {};
    if (why) wanted.refuse(std::move(*why));
  };
  return out;
}

work::module_ptr module_of(const py::handle& from, const std::shared_ptr<raised>& by_host) {
  auto out = std::make_shared<work::module>();
  out->name = text_from_python(from.attr("name"), "name");
  const auto each = [&](const char* rows, auto&& take) {
    for (const py::handle row : from.attr(rows).cast<py::iterable>()) take(row.cast<py::dict>());
  };
  each("_entities", [&](const py::dict& row) {
    out->entities.push_back(unwrap(schema::entity_from_json(json_from_python(row, "entity"))));
  });
  each("_actions", [&](const py::dict& row) { out->actions.push_back(action_of(row, by_host)); });
  each("_timers", [&](const py::dict& row) { out->timers.push_back(timer_of(row, by_host)); });
  each("_effects", [&](const py::dict& row) { out->effects.push_back(effect_of(row, by_host)); });
  return out;
}

}  // namespace

std::vector<work::module_ptr> modules_from_python(const py::object& modules,
                                                  const std::shared_ptr<raised>& by_host) {
  std::vector<work::module_ptr> out;
  if (modules.is_none()) return out;
  const py::object type = py::module_::import("guanxi.modules").attr("Module");
  for (const py::handle one : modules.cast<py::iterable>()) {
    if (!py::isinstance(one, type))
      throw py::type_error("`modules` is a list of guanxi.Module");
    out.push_back(module_of(one, by_host));
  }
  return out;
}

void bind_modules(py::module_& m) {
  python_class<step_of_call>(
      m, "Step",
      "What an action wants written: a value of later steps' references, and of its answer.");
  auto call = python_class<lent_call, call_ptr>(
      m, "Call", "What the function of an action or timer is lent, until it returns.");
  call.def_property_readonly("arguments", [](const lent_call& c) { return open(c).arguments; },
                             "The arguments of an action by name; None for a timer.");
  call.def_property_readonly("record", [](const lent_call& c) { return open(c).due; },
                             "The record whose time has come; None for an action.");
  call.def_property_readonly(
      "user", [](const lent_call& c) { return open(c).in->who().user.value; },
      "The id of who acts; 0 for a timer.");
  call.def_property_readonly("now", [](const lent_call& c) {
    return to_python(value(open(c).in->now()));
  }, "The time of the call.");
  call.def("query", &call_query, py::arg(), py::arg() = py::none(),
           "Runs a query as the acting user.");
  call.def("query_all", &call_query_all, py::arg(), py::arg() = py::none(),
           "Runs a query on system sight: what it finds may be acted upon, and must not be told.");
  call.def("get", &call_get, "A live record as the acting user sees it.");
  call.def("get_all", &call_get_all, "A live record on system sight.");
  call.def("need", &call_need, py::arg(),
           "Raises unless the acting user may \"read\", \"edit\", \"delete\", … a live record.");
  call.def("create", &call_create, py::arg(), py::arg() = py::none(), py::kw_only(),
           py::arg("by") = "user",
           "Wants a record created, after the steps asked for before. by is \"user\", whose\n"
           "rights are checked, or \"action\", which has checked what it needs.");
  call.def("change", &call_change, py::kw_only(), py::arg("by") = "user",
           "Wants a record changed.");
  call.def("delete", &call_delete, py::kw_only(), py::arg("by") = "user",
           "Wants a record deleted.");
  call.def("answer", &call_answer,
           "Adds a row to an action's answer: values in the order of its results, or by name.");
  auto reaction = python_class<lent_reaction, std::shared_ptr<lent_reaction>>(
      m, "Reaction", "What the function of an effect is lent, until it returns.");
  reaction.def_property_readonly("trigger", &trigger_of,
                                 "\"created\", \"updated\", \"removed\" or \"restored\".");
  reaction.def_property_readonly("now", [](const lent_reaction& r) {
    return to_python(value(open(r).what->now));
  }, "The time of the change.");
  reaction.def_property_readonly(
      "before", [](const lent_reaction& r) { return image(open(r).what->before); },
      "The record as it was, on system sight; None for a created one.");
  reaction.def_property_readonly(
      "after", [](const lent_reaction& r) { return image(open(r).what->after); },
      "The record as it is in this round, on system sight.");
  reaction.def_property_readonly("paths", &paths_of, "What the effect's paths have read, by path.");
  reaction.def_property_readonly("queries", &queries_of,
                                 "What the effect's queries have read, in their order.");
  reaction.def("set", &reaction_set, py::arg() = py::none(),
               "Sets fields of the changed record itself, which the effect says that it writes.");
  reaction.def("create", &reaction_create, py::arg(), py::arg() = py::none(),
               "Creates a record of an entity that the effect says that it writes.");
  reaction.def("change", &reaction_change,
               "Changes a record of an entity that the effect says that it writes.");
}

}  // namespace guanxi::python
