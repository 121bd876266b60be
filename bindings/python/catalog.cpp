#include "guanxi/schema/definition.hpp"
#include "guanxi/session/schema_change.hpp"

#include "binding.hpp"

#include <algorithm>
#include <map>

namespace guanxi::python {
namespace {

/// What the acting user sees of the catalog: names that are hidden are not there.
struct sight {
  schema::catalog_ptr catalog;
  std::vector<std::pair<const schema::entity*, std::vector<const schema::field*>>> entities;

  bool sees(const schema::entity* e) const {
    return std::any_of(entities.begin(), entities.end(),
                       [&](const auto& known) { return known.first == e; });
  }
};
using sight_ptr = std::shared_ptr<const sight>;

struct entity_view {
  sight_ptr seen;
  std::size_t number;
  const schema::entity& of() const { return *seen->entities[number].first; }
  const std::vector<const schema::field*>& fields() const {
    return seen->entities[number].second;
  }
};

struct field_view {
  sight_ptr seen;
  const schema::field* of;
};

/// The query language already knows who sees what: `select *` names the visible fields, and an
/// entity that may not be read is unknown to it.
result<sight_ptr> look(session& s) {
  auto out = std::make_shared<sight>();
  out->catalog = s.catalog();
  for (const auto& e : out->catalog->entities()) {
    const result<rows> none = s.query("select * from " + std::string(e->name()) + " limit 0");
    if (!none && none.error().code() == errc::unknown_name) continue;
    if (!none) return unexpected(none.error());
    std::vector<const schema::field*> fields;
    for (const query::column_info& c : none->columns())
      if (const schema::field* f = e->find(c.name)) fields.push_back(f);
    std::sort(fields.begin(), fields.end(),
              [](const auto* a, const auto* b) { return a->slot < b->slot; });
    out->entities.emplace_back(e.get(), std::move(fields));
  }
  return sight_ptr(std::move(out));
}

std::string label_of(const std::string& en, const std::string& zh, const std::string& language) {
  if (language != "en" && language != "zh")
    throw py::value_error("no language " + in_backticks(language) + "; labels are in en and zh");
  return language == "en" ? en : zh;
}

py::object entity_named(const sight_ptr& seen, const py::str& name) {
  const std::string word = text_from_python(name, "entity");
  nearest_name near(word);
  for (std::size_t i = 0; i < seen->entities.size(); ++i) {
    if (seen->entities[i].first->name() == word) return py::cast(entity_view{seen, i});
    near.offer(seen->entities[i].first->name());
  }
  throw py::key_error("no entity " + in_backticks(word) + near.hint());
}

py::object field_named(const entity_view& e, const py::str& name) {
  const std::string word = text_from_python(name, "field");
  nearest_name near(word);
  for (const schema::field* f : e.fields()) {
    if (f->name == word) return py::cast(field_view{e.seen, f});
    near.offer(f->name);
  }
  throw py::key_error("no field " + in_backticks(word) + " on `" + std::string(e.of().name()) +
                      "`" + near.hint());
}

py::tuple fields_of(const entity_view& e) {
  py::list out;
  for (const schema::field* f : e.fields()) out.append(field_view{e.seen, f});
  return py::tuple(out);
}

py::tuple entities_of(const sight_ptr& seen) {
  py::list out;
  for (std::size_t i = 0; i < seen->entities.size(); ++i) out.append(entity_view{seen, i});
  return py::tuple(out);
}

/// None where the target is an entity that the acting user may not read.
py::object target_name(const field_view& f) {
  const bool known = f.of->target_entity && f.seen->sees(f.of->target_entity);
  return known ? py::object(py::str(f.of->target)) : py::object(py::none());
}

py::object scale_of(const field_view& f) {
  const bool scaled = f.of->type == schema::kind::decimal || f.of->type == schema::kind::money;
  return scaled ? py::object(py::int_(f.of->scale)) : py::object(py::none());
}

void bind_choice(py::module_& m) {
  using choice = schema::choice_definition;
  auto c = python_class<choice>(m, "Choice", "One of the values that a choice field may have.");
  c.def_property_readonly("code", [](const choice& x) { return x.code; });
  c.def("label", [](const choice& x, const std::string& language) {
    return label_of(x.label_en, x.label_zh, language);
  }, py::arg("language") = "en");
  c.def("__repr__", [](const choice& x) { return "<guanxi.Choice " + in_backticks(x.code) + ">"; });
}

void bind_field(py::module_& m) {
  auto c = python_class<field_view>(m, "Field", "A field of an entity.");
  c.def_property_readonly("name", [](const field_view& f) { return f.of->name; });
  c.def_property_readonly("kind", [](const field_view& f) {
    return std::string(name(f.of->type));
  }, "boolean, integer, decimal, money, text, choice, date, instant or reference.");
  c.def("label", [](const field_view& f, const std::string& language) {
    return label_of(f.of->label_en, f.of->label_zh, language);
  }, py::arg("language") = "en");
  const auto flag = [&](const char* name, schema::field_flag bit) {
    c.def_property_readonly(name, [bit](const field_view& f) { return f.of->has(bit); });
  };
  flag("required", schema::required);
  flag("unique", schema::unique);
  flag("indexed", schema::indexed);
  flag("title", schema::title);
  flag("derived", schema::derived);
  flag("tracked", schema::tracked);
  flag("searchable", schema::searchable);
  c.def_property_readonly("custom", [](const field_view& f) { return f.of->custom; });
  c.def_property_readonly("system", [](const field_view& f) { return f.of->system; });
  c.def_property_readonly("target", &target_name, "Name of the entity that a reference points to.");
  c.def_property_readonly("on_delete", [](const field_view& f) {
    return std::string(name(f.of->on_delete));
  }, "What becomes of records whose reference leads to a deleted one: leave, clear, restrict,\n"
     "cascade or follow.");
  c.def_property_readonly("scale", &scale_of,
                          "Digits after the point, of a decimal or money field.");
  c.def_property_readonly("initial", [](const field_view& f) -> py::object {
    return f.of->initial.empty() ? py::object(py::none()) : py::object(py::str(f.of->initial));
  }, "The expression that gives its default.");
  c.def_property_readonly("choices", [](const field_view& f) {
    py::list out;
    for (const schema::choice_definition& choice : f.of->choices) out.append(choice);
    return py::tuple(out);
  });
  c.def("__repr__", [](const field_view& f) {
    return "<guanxi.Field " + std::string(f.of->of->name()) + "." + f.of->name + ": " +
           std::string(name(f.of->type)) + ">";
  });
}

void bind_entity(py::module_& m) {
  auto c = python_class<entity_view>(
      m, "Entity", "An entity: its labels and its fields, also by name.");
  c.def_property_readonly("name", [](const entity_view& e) { return std::string(e.of().name()); });
  c.def_property_readonly("custom", [](const entity_view& e) { return e.of().custom(); });
  c.def_property_readonly("fields", &fields_of);
  c.def("label", [](const entity_view& e, const std::string& language) {
    return label_of(e.of().definition().label_en, e.of().definition().label_zh, language);
  }, py::arg("language") = "en");
  c.def("plural", [](const entity_view& e, const std::string& language) {
    return label_of(e.of().definition().plural_en, e.of().definition().plural_zh, language);
  }, py::arg("language") = "en");
  c.def("__getitem__", &field_named);
  c.def("__contains__", [](const entity_view& e, const py::object& name) {
    return std::any_of(e.fields().begin(), e.fields().end(), [&](const schema::field* f) {
      return py::str(f->name).equal(name);
    });
  });
  c.def("__len__", [](const entity_view& e) { return e.fields().size(); });
  c.def("__iter__", [](const entity_view& e) { return py::iter(fields_of(e)); });
  c.def("__repr__", [](const entity_view& e) {
    return "<guanxi.Entity " + std::string(e.of().name()) + ": " +
           std::to_string(e.fields().size()) + " fields>";
  });
}

}  // namespace

void bind_catalog(py::module_& m) {
  bind_choice(m);
  bind_field(m);
  bind_entity(m);
  auto c = python_class<sight, std::shared_ptr<sight>>(
      m, "Catalog", "The entities and fields that the acting user sees, at the time of asking.");
  c.def_property_readonly("entities", [](std::shared_ptr<sight> s) { return entities_of(s); });
  c.def("__getitem__", [](std::shared_ptr<sight> s, const py::str& name) {
    return entity_named(s, name);
  });
  c.def("__contains__", [](const sight& s, const py::object& name) {
    return std::any_of(s.entities.begin(), s.entities.end(), [&](const auto& e) {
      return py::str(std::string(e.first->name())).equal(name);
    });
  });
  c.def("__len__", [](const sight& s) { return s.entities.size(); });
  c.def("__iter__", [](std::shared_ptr<sight> s) { return py::iter(entities_of(s)); });
  c.def("__repr__", [](const sight& s) {
    return "<guanxi.Catalog: " + std::to_string(s.entities.size()) + " entities>";
  });
}

void bind_schema_calls(session_class& c) {
  c.def_property_readonly("catalog", [](session_handle& h) {
    return std::const_pointer_cast<sight>(unwrap(h.run([](session& s) { return look(s); })));
  }, "The entities and fields that the acting user sees.");
  c.def("define_entity", [](session_handle& h, const py::object& definition) {
    const schema::entity_definition e =
        unwrap(schema::entity_from_json(json_from_python(definition, "definition")));
    unwrap(h.run([&](session& s) { return s.define(e); }));
  }, py::arg("definition"), "Adds a custom entity, named x_…, from a dict.");
  c.def("define_field", [](session_handle& h, const py::str& entity,
                           const py::object& definition) {
    const schema::field_definition f =
        unwrap(schema::field_from_json(json_from_python(definition, "definition")));
    const std::string of = text_from_python(entity, "entity");
    unwrap(h.run([&](session& s) { return s.define(of, f); }));
  }, py::arg("entity"), py::arg("definition"), "Adds a custom field, named x_…, from a dict.");
  const auto reshaped = [](session_handle& h, const py::object& requests, bool keep) {
    const std::vector<schema::request> asked =
        unwrap(schema::requests_from_json(json_from_python(requests, "requests")));
    return json_to_python(to_json(unwrap(h.run([&](session& s) {
      return keep ? s.change_schema(asked) : s.preview_schema(asked);
    }))));
  };
  c.def("preview_schema", [reshaped](session_handle& h, const py::object& requests) {
    return reshaped(h, requests, false);
  }, py::arg("requests"),
        "What requests would do to the schema, step by step, as dicts; nothing is done.");
  c.def("change_schema", [reshaped](session_handle& h, const py::object& requests) {
    return reshaped(h, requests, true);
  }, py::arg("requests"),
        "Defines, renames and drops as requests say, all or nothing; gives the steps.\n\n"
        "A request is {\"define\": {entity}}, {\"rename\": {\"entity\": …, \"field\": …, "
        "\"to\": …}} or\n{\"drop\": {\"entity\": …, \"field\": …}}; requests are a list, "
        "its JSON or the path of a file.");
}

}  // namespace guanxi::python
