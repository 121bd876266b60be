// Changes of the schema with all that names what they change: rights follow a new name, and go with
// what is dropped.
#include "guanxi/session/schema_change.hpp"

#include "guanxi/base/json.hpp"
#include "guanxi/expr/parse.hpp"
#include "guanxi/expr/print.hpp"
#include "state.hpp"

#include <utility>

namespace guanxi {

namespace {

using schema::request;

std::string kind_name(schema::step::kind k) {
  using kind = schema::step::kind;
  switch (k) {
    case kind::add_entity: return "add_entity";
    case kind::add_field: return "add_field";
    case kind::rename_entity: return "rename_entity";
    case kind::rename_field: return "rename_field";
    case kind::drop_entity: return "drop_entity";
    case kind::drop_field: return "drop_field";
    case kind::convert_field: return "convert_field";
    case kind::index_field: return "index_field";
    case kind::redefine_field: return "redefine_field";
  }
  return {};
}

/// What the permission rules say of an entity or a field, brought to its new name or removed.
class rights_keeper {
 public:
  rights_keeper(work::pipeline& p, const policy::grants& all, const text_services* text)
      : p_(p), all_(all), text_(text) {}

  /// The number of rules that it concerned.
  result<std::int64_t> follow(const request& r) {
    if (r.what == request::kind::define) return std::int64_t{0};
    std::int64_t concerned = 0;
    if (auto ok = follow_criteria(r, concerned); !ok) return passed(ok);
    if (auto ok = follow_parent(r, concerned); !ok) return passed(ok);
    for (const char* table : {"field_right", "implied_access", "entity_right", "sharing_default",
                              "sharing_rule", "restriction_rule", "record_share", "team_member",
                              "territory"}) {
      const std::string_view name = table;
      const bool of_fields = name == "field_right" || name == "implied_access";
      if (!r.field.empty() && !of_fields) continue;
      result<rows> found = rules(table, r);
      if (!found) return passed(found);
      for (std::size_t i = 0; i < found->size(); ++i, ++concerned)
        if (auto ok = follow(table, found->at(i, 0).as_id(), r); !ok) return passed(ok);
    }
    return concerned;
  }

 private:
  result<rows> rules(const std::string& table, const request& r) {
    std::string text = "select id from " + table + " where entity = :entity";
    std::vector<expr::parameter_value> given{{"entity", value(r.entity)}};
    if (!r.field.empty()) {
      text += " and field = :field";
      given.push_back({"field", value(r.field)});
    }
    return read(text, given);
  }
  result<rows> read(const std::string& text, const std::vector<expr::parameter_value>& given) {
    result<query::statement> q = query::parse(text);
    if (!q) return passed(q);
    result<query::plan_ptr> plan = query::bind(*q, all_, given);
    if (!plan) return passed(plan);
    result<query::trimmed_plan> t = query::trim(*plan, all_);
    if (!t) return passed(t);
    return p_.read(*t, {.text = text_});
  }
  result<void> follow(const std::string& table, id key, const request& r) {
    const schema::entity& of = *all_.catalog()->find(table);
    if (r.what == request::kind::drop) return p_.remove(all_, of, {&key, 1});
    schema::draft d(of);
    d.set(r.field.empty() ? "entity" : "field", r.to);
    return change(of, key, d);
  }
  result<void> change(const schema::entity& of, id key, const schema::draft& d) {
    result<record> done = p_.change(all_, of, key, d, {.follows_schema = true});
    return done ? result<void>() : result<void>(passed(done));
  }

  /// The reference to a controlling parent has its new name. It is not dropped: without it those
  /// who own the records would have what the parent keeps from them.
  result<void> follow_parent(const request& r, std::int64_t& concerned) {
    if (r.field.empty()) return {};
    result<rows> found = read("select id from sharing_default with archived where "
                              "entity = :entity and parent = :field",
                              {{"entity", value(r.entity)}, {"field", value(r.field)}});
    if (!found) return passed(found);
    const schema::entity& of = *all_.catalog()->find("sharing_default");
    for (std::size_t i = 0; i < found->size(); ++i, ++concerned) {
      const id key = found->at(i, 0).as_id();
      if (r.what == request::kind::drop)
        return unexpected(kept(of, key, r, "sharing default", "parent"));
      if (auto ok = change(of, key, schema::draft(of).set("parent", r.to)); !ok) return ok;
    }
    return {};
  }

  /// Criteria follow a field's new name. A rule that shares by a field goes with it, and a
  /// territory is left without records; a restriction by a field keeps the field, since without it
  /// everybody would see more.
  result<void> follow_criteria(const request& r, std::int64_t& concerned) {
    if (r.field.empty()) return {};
    for (const char* table : {"sharing_rule", "restriction_rule", "territory"}) {
      result<rows> found =
          read("select id, criteria from " + std::string(table) +
                   " with archived where entity = :entity and criteria is not null",
               {{"entity", value(r.entity), {}, false}});
      if (!found) return passed(found);
      for (std::size_t i = 0; i < found->size(); ++i) {
        result<expr::tree> t = expr::parse(found->at(i, 1).as_text());
        if (!t || !renamed(*t, r)) continue;
        ++concerned;
        const id key = found->at(i, 0).as_id();
        if (auto ok = follow_criteria(*all_.catalog()->find(table), key, *t, r); !ok) return ok;
      }
    }
    return {};
  }
  /// Whether criteria name the field; they then have its new name.
  static bool renamed(expr::tree& t, const request& r) {
    bool any = false;
    for (expr::node& n : t.nodes) {
      if (n.what != expr::op::path || n.text != r.field) continue;
      any = true;
      if (!r.to.empty()) n.text = r.to;
    }
    return any;
  }
  result<void> follow_criteria(const schema::entity& of, id key, const expr::tree& t,
                               const request& r) {
    if (r.what != request::kind::drop)
      return change(of, key, schema::draft(of).set("criteria", expr::print(t)));
    if (of.name() == "sharing_rule") return p_.remove(all_, of, {&key, 1});
    if (of.name() == "territory")
      return change(of, key, schema::draft(of).set("criteria", nullptr));
    return unexpected(kept(of, key, r, "restriction rule", "criteria"));
  }
  static error kept(const schema::entity& of, id key, const request& r, const std::string& rule,
                    const std::string& field) {
    return error(errc::validation, "the field `" + r.field + "` of `" + r.entity +
                                       "` is not dropped, since a " + rule +
                                       " goes by it; change or delete that rule first")
        .in_entity(of.name())
        .of_record(key.value)
        .in_field(field);
  }

  work::pipeline& p_;
  const policy::grants& all_;
  const text_services* text_;
};

schema_step told(const store::taken_step& s) {
  return {kind_name(s.what.what), s.what.entity, s.what.field, schema::in_words(s.what),
          s.records};
}

schema_step rights_told(const request& r, std::int64_t rules) {
  const bool drops = r.what == request::kind::drop;
  const std::string of = r.field.empty() ? "`" + r.entity + "`"
                                         : "`" + r.field + "` of `" + r.entity + "`";
  return {drops ? "drop_rights" : "rename_rights", r.entity, r.field,
          (drops ? "drops the rules of permission about "
                 : "brings to the new name the rules of permission about ") +
              of,
          rules};
}

}  // namespace

result<std::vector<schema_step>> session::state::reshape(std::span<const request> asked,
                                                         const steps_listener* keep) {
  if (open || held)
    return unexpected(errc::misuse, "the schema cannot change inside a transaction or a reading; "
                                    "end it first");
  if (auto ok = quiet(); !ok) return passed(ok);
  if (auto ok = administers("change the schema"); !ok) return passed(ok);
  if (!of->store->transactional())
    return unexpected(errc::unsupported, "this store has no transactions, so a change of the "
                                         "schema could be left half-done; only define() is safe");
  auto effects = of->current_effects();
  if (!effects) return passed(effects);
  auto p = work::pipeline::begin(*of->store, *effects, {.base_currency = of->base_currency});
  if (!p) return passed(p);
  if (auto ok = administers("change the schema"); !ok) return passed(ok);  // still, now that it is
  std::vector<schema_step> out;
  const policy::grants all(of->current_rules(), of->store->catalog(),
                           policy::principal::system_sight("schema change by " + who.login));
  rights_keeper rights(**p, all, of->world.text.get());
  for (const request& each : asked) {
    result<std::int64_t> rules = rights.follow(each);
    if (!rules) return passed(rules);
    if (*rules > 0) out.push_back(rights_told(each, *rules));
  }
  auto taken = (*p)->reshape(asked);
  if (!taken) return passed(taken);
  for (const store::taken_step& s : *taken) out.push_back(told(s));
  if (keep && *keep) (*keep)(out);
  auto done = keep && !out.empty() ? finish(**p) : (*p)->rollback();
  if (!done) return passed(done);
  return out;
}

std::string to_json(std::span<const schema_step> steps) {
  json out = json::make_array();
  for (const schema_step& s : steps) {
    json step = json::make_object();
    const auto put = [&](std::string key, json content) {
      step.members().emplace_back(std::move(key), std::move(content));
    };
    put("kind", json::make_text(s.kind));
    put("entity", json::make_text(s.entity));
    put("field", json::make_text(s.field));
    put("words", json::make_text(s.words));
    put("records", json::make_number(std::to_string(s.records)));
    out.items().push_back(std::move(step));
  }
  return out.dump();
}

result<std::vector<schema_step>> session::preview_schema(std::span<const request> asked) const {
  return state_->reshape(asked, nullptr);
}

result<std::vector<schema_step>> session::change_schema(std::span<const request> asked,
                                                        const steps_listener& on_steps) {
  return state_->reshape(asked, &on_steps);
}

}  // namespace guanxi
