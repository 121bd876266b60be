// The catalog as a user sees it, and definitions at run time.
#include "arguments.hpp"
#include "fields.hpp"

#include "guanxi/schema/definition.hpp"

using namespace guanxi::capi;
using guanxi::errc;
using guanxi::schema::field;

namespace {

static_assert(GUANXI_KIND_BOOLEAN == static_cast<int>(guanxi::schema::kind::boolean));
static_assert(GUANXI_KIND_MONEY == static_cast<int>(guanxi::schema::kind::money));
static_assert(GUANXI_KIND_REFERENCE == static_cast<int>(guanxi::schema::kind::reference));
static_assert(GUANXI_FIELD_REQUIRED == static_cast<int>(guanxi::schema::required));
static_assert(GUANXI_FIELD_TITLE == static_cast<int>(guanxi::schema::title));
static_assert(GUANXI_FIELD_SEARCHABLE == static_cast<int>(guanxi::schema::searchable));
static_assert(GUANXI_TYPE_DECIMAL == static_cast<int>(guanxi::value_type::decimal));
static_assert(GUANXI_TYPE_REFERENCE == static_cast<int>(guanxi::value_type::reference));

const guanxi_catalog::entity* entity_of(const guanxi_catalog* catalog, std::int32_t entity) {
  return catalog ? element(catalog->entities, entity) : nullptr;
}

const field* field_of(const guanxi_catalog* catalog, std::int32_t entity, std::int32_t at) {
  const guanxi_catalog::entity* e = entity_of(catalog, entity);
  const field* const* f = e ? element(e->fields, at) : nullptr;
  return f ? *f : nullptr;
}

/// What the user sees of an entity; no fields if he does not see it at all.
guanxi_catalog::entity seen_of(const guanxi::session& s, const guanxi::schema::entity& of) {
  guanxi_catalog::entity out{&of, {}};
  const auto visible = s.visible(of.name());
  if (!visible) {
    if (visible.error().code() == errc::unknown_name) return out;
    throw guanxi::failure(visible.error());
  }
  for (const field& f : of.fields())
    if (f.slot < (*visible)->size() && (**visible)[f.slot]) out.fields.push_back(&f);
  return out;
}

bool scaled(const field& f) {
  return f.type == guanxi::schema::kind::decimal || f.type == guanxi::schema::kind::money;
}

}  // namespace

int32_t guanxi_define_entity(guanxi_session* session, const char* json, size_t json_length,
                             guanxi_error** err) {
  return barrier(err, [&] {
    guanxi::session& s = live(session);
    s.define(guanxi::schema::entity_from_json(text(json, json_length, "json")).value()).value();
  });
}

int32_t guanxi_define_field(guanxi_session* session, const char* entity, size_t entity_length,
                            const char* json, size_t json_length, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi::session& s = live(session);
    const std::string_view of = text(entity, entity_length, "entity");
    s.define(of, guanxi::schema::field_from_json(text(json, json_length, "json")).value()).value();
  });
}

int32_t guanxi_catalog_read(guanxi_session* session, guanxi_catalog** catalog,
                            guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_catalog*& into = output(catalog, "catalog");
    guanxi::session& s = live(session);
    auto out = std::make_unique<guanxi_catalog>();
    out->content = s.catalog();
    for (const auto& e : out->content->entities()) {
      guanxi_catalog::entity seen = seen_of(s, *e);
      if (!seen.fields.empty()) out->entities.push_back(std::move(seen));
    }
    into = out.release();
  });
}

void guanxi_catalog_release(guanxi_catalog* catalog) { delete catalog; }

int32_t guanxi_catalog_entity_count(const guanxi_catalog* catalog) {
  return catalog ? count_of(catalog->entities.size()) : 0;
}

int32_t guanxi_catalog_entity(const guanxi_catalog* catalog, const char* name, size_t name_length,
                              int32_t* entity, guanxi_error** err) {
  return barrier(err, [&] {
    const guanxi_catalog& in = need(catalog, "catalog");
    std::int32_t& into = need(entity, "entity");
    into = -1;
    const std::string_view asked = text(name, name_length, "name");
    guanxi::nearest_name near(asked);
    for (std::size_t i = 0; i < in.entities.size(); ++i) {
      if (in.entities[i].of->name() == asked) {
        into = count_of(i);
        return;
      }
      near.offer(in.entities[i].of->name());
    }
    refuse(errc::unknown_name, "no entity " + guanxi::in_backticks(asked) + near.hint());
  });
}

const char* guanxi_catalog_entity_name(const guanxi_catalog* catalog, int32_t entity,
                                       size_t* length) {
  const auto* e = entity_of(catalog, entity);
  return e ? borrowed(e->of->name(), length) : nothing(length);
}

const char* guanxi_catalog_entity_label(const guanxi_catalog* catalog, int32_t entity,
                                        int32_t language, size_t* length) {
  const auto* e = entity_of(catalog, entity);
  if (!e) return nothing(length);
  const auto& d = e->of->definition();
  return borrowed(in_language(language, d.label_en, d.label_zh), length);
}

const char* guanxi_catalog_entity_plural(const guanxi_catalog* catalog, int32_t entity,
                                         int32_t language, size_t* length) {
  const auto* e = entity_of(catalog, entity);
  if (!e) return nothing(length);
  const auto& d = e->of->definition();
  return borrowed(in_language(language, d.plural_en, d.plural_zh), length);
}

int32_t guanxi_catalog_entity_is_custom(const guanxi_catalog* catalog, int32_t entity) {
  const auto* e = entity_of(catalog, entity);
  return e && e->of->custom() ? 1 : 0;
}

int32_t guanxi_catalog_field_count(const guanxi_catalog* catalog, int32_t entity) {
  const auto* e = entity_of(catalog, entity);
  return e ? count_of(e->fields.size()) : 0;
}

int32_t guanxi_catalog_field(const guanxi_catalog* catalog, int32_t entity, const char* name,
                             size_t name_length, int32_t* field, guanxi_error** err) {
  return barrier(err, [&] {
    need(catalog, "catalog");
    std::int32_t& into = need(field, "field");
    into = -1;
    const auto* e = entity_of(catalog, entity);
    if (!e)
      refuse(errc::invalid_argument, "entity " + std::to_string(entity) + " is none of " +
                                         std::to_string(catalog->entities.size()));
    std::vector<bool> visible(e->of->slots(), false);
    for (const auto* f : e->fields) visible[f->slot] = true;
    const auto& found = field_named(*e->of, &visible, text(name, name_length, "name"));
    std::int32_t at = 0;
    while (e->fields[static_cast<std::size_t>(at)] != &found) ++at;
    into = at;
  });
}

const char* guanxi_catalog_field_name(const guanxi_catalog* catalog, int32_t entity, int32_t field,
                                      size_t* length) {
  const auto* f = field_of(catalog, entity, field);
  return f ? borrowed(f->name, length) : nothing(length);
}

const char* guanxi_catalog_field_label(const guanxi_catalog* catalog, int32_t entity,
                                       int32_t field, int32_t language, size_t* length) {
  const auto* f = field_of(catalog, entity, field);
  return f ? borrowed(in_language(language, f->label_en, f->label_zh), length) : nothing(length);
}

int32_t guanxi_catalog_field_kind(const guanxi_catalog* catalog, int32_t entity, int32_t field) {
  const auto* f = field_of(catalog, entity, field);
  return f ? static_cast<int32_t>(f->type) : 0;
}

uint32_t guanxi_catalog_field_flags(const guanxi_catalog* catalog, int32_t entity, int32_t field) {
  const auto* f = field_of(catalog, entity, field);
  return f ? f->flags : 0;
}

int32_t guanxi_catalog_field_scale(const guanxi_catalog* catalog, int32_t entity, int32_t field) {
  const auto* f = field_of(catalog, entity, field);
  return f && scaled(*f) ? f->scale : 0;
}

int32_t guanxi_catalog_field_slot(const guanxi_catalog* catalog, int32_t entity, int32_t field) {
  const auto* f = field_of(catalog, entity, field);
  return f ? f->slot : -1;
}

int32_t guanxi_catalog_field_is_system(const guanxi_catalog* catalog, int32_t entity,
                                       int32_t field) {
  const auto* f = field_of(catalog, entity, field);
  return f && f->system ? 1 : 0;
}

int32_t guanxi_catalog_field_is_custom(const guanxi_catalog* catalog, int32_t entity,
                                       int32_t field) {
  const auto* f = field_of(catalog, entity, field);
  return f && f->custom ? 1 : 0;
}

const char* guanxi_catalog_field_target(const guanxi_catalog* catalog, int32_t entity,
                                        int32_t field, size_t* length) {
  const auto* f = field_of(catalog, entity, field);
  return f ? borrowed(f->target, length) : nothing(length);
}

const char* guanxi_catalog_field_initial(const guanxi_catalog* catalog, int32_t entity,
                                         int32_t field, size_t* length) {
  const auto* f = field_of(catalog, entity, field);
  return f ? borrowed(f->initial, length) : nothing(length);
}

int32_t guanxi_catalog_choice_count(const guanxi_catalog* catalog, int32_t entity, int32_t field) {
  const auto* f = field_of(catalog, entity, field);
  return f ? count_of(f->choices.size()) : 0;
}

const char* guanxi_catalog_choice_code(const guanxi_catalog* catalog, int32_t entity,
                                       int32_t field, int32_t choice, size_t* length) {
  const auto* f = field_of(catalog, entity, field);
  const auto* c = f ? element(f->choices, choice) : nullptr;
  return c ? borrowed(c->code, length) : nothing(length);
}

const char* guanxi_catalog_choice_label(const guanxi_catalog* catalog, int32_t entity,
                                        int32_t field, int32_t choice, int32_t language,
                                        size_t* length) {
  const auto* f = field_of(catalog, entity, field);
  const auto* c = f ? element(f->choices, choice) : nullptr;
  return c ? borrowed(in_language(language, c->label_en, c->label_zh), length) : nothing(length);
}
