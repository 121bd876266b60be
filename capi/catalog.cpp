// The catalog as a user sees it, and definitions at run time.
#include "bodies.hpp"
#include "fields.hpp"
#include "values.hpp"

#include "guanxi/schema/definition.hpp"

namespace guanxi::capi::body {
namespace {

using schema::field;

const guanxi_catalog::entity& entity_of(const guanxi_catalog& catalog, std::int32_t entity) {
  return element(catalog.entities, entity, "entity");
}

const field& field_of(const guanxi_catalog& catalog, std::int32_t entity, std::int32_t at) {
  return *element(entity_of(catalog, entity).fields, at, "field");
}

/// What the user sees of an entity; no fields if he does not see it at all.
guanxi_catalog::entity seen_of(const session& s, const schema::entity& of) {
  guanxi_catalog::entity out{&of, {}};
  const auto visible = s.visible(of.name());
  if (!visible) {
    if (visible.error().code() == errc::unknown_name) return out;
    throw failure(visible.error());
  }
  for (const field& f : of.fields())
    if (f.slot < (*visible)->size() && (**visible)[f.slot]) out.fields.push_back(&f);
  return out;
}

}  // namespace

void define_entity(guanxi_session& session, std::string_view json) {
  session.content.define(schema::entity_from_json(json).value()).value();
}

void define_field(guanxi_session& session, std::string_view entity, std::string_view json) {
  session.content.define(entity, schema::field_from_json(json).value()).value();
}

std::unique_ptr<guanxi_catalog> catalog_read(guanxi_session& session) {
  auto out = std::make_unique<guanxi_catalog>();
  out->content = session.content.catalog();
  for (const auto& e : out->content->entities()) {
    guanxi_catalog::entity seen = seen_of(session.content, *e);
    if (!seen.fields.empty()) out->entities.push_back(std::move(seen));
  }
  return out;
}

std::int32_t catalog_entity_count(const guanxi_catalog& catalog) {
  return count_of(catalog.entities.size());
}

std::int32_t catalog_entity(const guanxi_catalog& catalog, std::string_view name) {
  nearest_name near(name);
  for (std::size_t i = 0; i < catalog.entities.size(); ++i) {
    if (catalog.entities[i].of->name() == name) return count_of(i);
    near.offer(catalog.entities[i].of->name());
  }
  refuse(errc::unknown_name, "no entity " + in_backticks(name) + near.hint());
}

guanxi_entity_info catalog_entity_info(const guanxi_catalog& catalog, std::int32_t entity) {
  const guanxi_catalog::entity& e = entity_of(catalog, entity);
  const auto& d = e.of->definition();
  guanxi_entity_info out = {};
  lend_text(e.of->name(), out.name, out.name_length);
  lend_text(d.label_en, out.label_en, out.label_en_length);
  lend_text(d.label_zh, out.label_zh, out.label_zh_length);
  lend_text(d.plural_en, out.plural_en, out.plural_en_length);
  lend_text(d.plural_zh, out.plural_zh, out.plural_zh_length);
  out.is_custom = e.of->custom() ? 1 : 0;
  out.field_count = count_of(e.fields.size());
  return out;
}

std::int32_t catalog_field(const guanxi_catalog& catalog, std::int32_t entity,
                           std::string_view name) {
  const guanxi_catalog::entity& e = entity_of(catalog, entity);
  std::vector<bool> visible(e.of->slots(), false);
  for (const field* f : e.fields) visible[f->slot] = true;
  const field& found = field_named(*e.of, &visible, name);
  std::size_t at = 0;
  while (e.fields[at] != &found) ++at;
  return count_of(at);
}

guanxi_field_info catalog_field_info(const guanxi_catalog& catalog, std::int32_t entity,
                                     std::int32_t field) {
  return field_info_of(field_of(catalog, entity, field));
}

guanxi_choice_info catalog_choice_info(const guanxi_catalog& catalog, std::int32_t entity,
                                       std::int32_t field, std::int32_t choice) {
  const auto& c = element(field_of(catalog, entity, field).choices, choice, "choice");
  guanxi_choice_info out = {};
  lend_text(c.code, out.code, out.code_length);
  lend_text(c.label_en, out.label_en, out.label_en_length);
  lend_text(c.label_zh, out.label_zh, out.label_zh_length);
  return out;
}

}  // namespace guanxi::capi::body
