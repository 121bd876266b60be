#include "guanxi/schema/request.hpp"

#include "guanxi/base/error.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::schema {

namespace {

using definitions = std::vector<entity_definition>;

unexpected refused(errc code, const std::string& why, const std::string& entity,
                   const std::string& field = {}) {
  return unexpected(error(code, why).in_entity(entity).in_field(field));
}

/// An entity's definition among all, with the field that a request names.
struct target {
  entity_definition* entity = nullptr;
  field_definition* field = nullptr;
};

std::string field_of(const std::string& field, const std::string& entity) {
  return "`" + field + "` of `" + entity + "`";
}

/// Only what is custom can be renamed or dropped: the library needs its own.
result<target> find_custom(const catalog& from, definitions& all, const request& asked,
                           const std::string& verb) {
  result<const entity*> of = from.need(asked.entity);
  if (!of) return passed(of);
  target out;
  out.entity = &all[(*of)->number()];
  if (asked.field.empty()) {
    if ((*of)->custom()) return out;
    return refused(errc::invalid_argument, "`" + asked.entity + "` is a standard entity and cannot "
                                           "be " + verb, asked.entity);
  }
  result<const field*> f = from.need(asked.entity, asked.field);
  if (!f) return passed(f);
  auto& fields = out.entity->fields;
  const auto at = std::find_if(fields.begin(), fields.end(),
                               [&](const field_definition& d) { return d.name == asked.field; });
  if ((*f)->system || at == fields.end() || !at->custom)
    return refused(errc::invalid_argument, field_of(asked.field, asked.entity) +
                                               " is not custom and cannot be " + verb,
                   asked.entity, asked.field);
  out.field = &*at;
  return out;
}

/// Fields that refer to an entity, other than its own.
result<void> nobody_refers(const definitions& all, const std::string& entity) {
  for (const entity_definition& e : all)
    for (const field_definition& f : e.fields)
      if (f.target == entity && e.name != entity)
        return refused(errc::invalid_argument,
                       field_of(f.name, e.name) + " refers to `" + entity +
                           "`, which was not dropped; drop that field first",
                       e.name, f.name);
  return {};
}

/// The field that a catalog gives to amounts for their currency goes with the last of them.
void drop_idle_currency(entity_definition& of, reshaping& out, const catalog& from) {
  const bool priced = std::any_of(of.fields.begin(), of.fields.end(),
                                  [](const field_definition& f) { return f.type == kind::money; });
  const auto at = std::find_if(of.fields.begin(), of.fields.end(), [](const field_definition& f) {
    return f.name == "currency" && f.type == kind::text && f.label_en == "Currency";
  });
  if (priced || at == of.fields.end()) return;
  const entity& was = *from.find(of.name);
  std::uint16_t slot = was.find("currency")->slot;
  if (slot > out.steps.back().slot) --slot;
  out.steps.push_back({step::kind::drop_field, of.name, slot, "currency"});
  of.fields.erase(at);
}

result<reshaping> dropped(const catalog& from, definitions all, const request& asked) {
  result<target> at = find_custom(from, all, asked, "dropped");
  if (!at) return passed(at);
  reshaping out;
  if (at->field) {
    const std::uint16_t slot = from.find(asked.entity)->find(asked.field)->slot;
    out.steps.push_back({step::kind::drop_field, asked.entity, slot, asked.field});
    auto& fields = at->entity->fields;
    const bool amount = at->field->type == kind::money;
    fields.erase(fields.begin() + (at->field - fields.data()));
    if (amount) drop_idle_currency(*at->entity, out, from);
  } else {
    if (auto ok = nobody_refers(all, asked.entity); !ok) return passed(ok);
    const std::string gone = gone_name(from.find(asked.entity)->number());
    out.steps.push_back({step::kind::drop_entity, asked.entity, 0, {}});
    out.steps.push_back({step::kind::add_entity, gone, 0, {}});
    *at->entity = entity_definition();
    at->entity->name = gone;
    at->entity->custom = false;
  }
  out.definitions = std::move(all);
  return out;
}

result<reshaping> renamed(const catalog& from, definitions all, const request& asked) {
  result<target> at = find_custom(from, all, asked, "renamed");
  if (!at) return passed(at);
  reshaping out;
  if (at->field) {
    const entity& of = *from.find(asked.entity);
    field_definition next = *at->field;
    next.name = asked.to;
    if (auto ok = check(next, of.custom()); !ok) return passed(ok);
    if (of.find(asked.to))
      return refused(errc::duplicate, "there is a field `" + asked.to + "` on `" + asked.entity +
                                          "` already", asked.entity, asked.to);
    out.steps.push_back({step::kind::rename_field, asked.entity, of.find(asked.field)->slot,
                         asked.to, asked.field});
    *at->field = std::move(next);
  } else {
    if (from.find(asked.to))
      return refused(errc::duplicate, "there is an entity `" + asked.to + "` already", asked.to);
    at->entity->name = asked.to;
    entity_definition own = *at->entity;
    if (auto ok = check(own); !ok) return passed(ok);
    for (entity_definition& e : all)
      for (field_definition& f : e.fields)
        if (f.target == asked.entity) f.target = asked.to;
    out.steps.push_back({step::kind::rename_entity, asked.to, 0, {}, asked.entity});
  }
  out.definitions = std::move(all);
  return out;
}

bool same_storage(const field_definition& was, const field_definition& is) {
  const bool scaled = was.type == kind::decimal || was.type == kind::money;
  return stored_as(was.type) == stored_as(is.type) && (!scaled || was.scale == is.scale);
}

/// Whether values of one kind are values of the other, exactly.
bool widens(const field_definition& was, const field_definition& is) {
  if (was.type == kind::integer && is.type == kind::decimal) return true;
  if (was.type == is.type && (is.type == kind::decimal || is.type == kind::money))
    return is.scale >= was.scale;
  if (was.type == is.type) return was.target == is.target;
  // A text may be what the choices are; the records are asked.
  return (was.type == kind::choice && is.type == kind::text) ||
         (was.type == kind::text && is.type == kind::choice);
}

std::string kind_in_words(const field_definition& f) {
  std::string out(name(f.type));
  if (f.type == kind::decimal || f.type == kind::money)
    out += " of scale " + std::to_string(f.scale);
  return f.target.empty() ? out : out + " to `" + f.target + "`";
}

constexpr std::uint32_t index_flags = unique | indexed;

/// The steps that turn a field into what is asked of it.
result<void> redefine(const entity& of, const field_definition& was, field_definition& is,
                      std::vector<step>& steps) {
  if (!widens(was, is))
    return refused(errc::invalid_argument,
                   field_of(was.name, std::string(of.name())) + " is " + kind_in_words(was) +
                       " and cannot become " + kind_in_words(is) +
                       "; add a field of another name instead",
                   std::string(of.name()), was.name);
  step s{step::kind::redefine_field, std::string(of.name()), of.find(was.name)->slot, was.name};
  s.before = was, s.after = is;
  if (!same_storage(was, is)) {
    s.what = step::kind::convert_field;
    steps.push_back(s);
  }
  if ((was.flags & index_flags) != (is.flags & index_flags)) {
    s.what = step::kind::index_field;
    steps.push_back(s);
  }
  s.what = step::kind::redefine_field;
  steps.push_back(std::move(s));
  return {};
}

result<reshaping> defined(const catalog& from, definitions all, const request& asked) {
  reshaping out;
  const entity_definition& wanted = asked.definition;
  const entity* of = from.find(wanted.name);
  if (!of) {
    if (auto ok = check(wanted); !ok) return passed(ok);
    all.push_back(wanted);
    take_numbers({}, all.back());
    index_references(all.back());
    out.steps.push_back({step::kind::add_entity, wanted.name, 0, {}});
    out.definitions = std::move(all);
    return out;
  }
  entity_definition& is = all[of->number()];
  if (of->custom()) {
    is.label_en = wanted.label_en, is.label_zh = wanted.label_zh;
    is.plural_en = wanted.plural_en, is.plural_zh = wanted.plural_zh;
  }
  for (field_definition f : wanted.fields) {
    if (auto ok = check(f, of->custom()); !ok) return passed(ok);
    const auto at = std::find_if(is.fields.begin(), is.fields.end(),
                                 [&](const field_definition& d) { return d.name == f.name; });
    f.number = at == is.fields.end() ? std::uint16_t{0} : at->number;
    index_references(f);
    if (at == is.fields.end()) {
      is.fields.push_back(std::move(f));
      continue;  // the steps for what is new come from the catalogs
    }
    if (!at->custom)
      return refused(errc::invalid_argument, field_of(f.name, wanted.name) +
                                                 " is not custom and stays as it is",
                     wanted.name, f.name);
    f.custom = true;
    if (f == *at) continue;
    if (auto ok = redefine(*of, *at, f, out.steps); !ok) return passed(ok);
    *at = std::move(f);
  }
  out.definitions = std::move(all);
  return out;
}

}  // namespace

std::string gone_name(std::uint16_t number) {
  return std::string(gone_prefix) + std::to_string(number);
}

result<reshaping> reshaped(const catalog& from, const request& asked) {
  definitions all;
  for (const std::unique_ptr<entity>& e : from.entities()) all.push_back(e->definition());
  switch (asked.what) {
    case request::kind::define: return defined(from, std::move(all), asked);
    case request::kind::rename: return renamed(from, std::move(all), asked);
    case request::kind::drop: return dropped(from, std::move(all), asked);
  }
  return unexpected(errc::invalid_argument, "a request is to define, rename or drop");
}

std::string in_words(const step& s) {
  const std::string field = "the field " + field_of(s.field, s.entity);
  switch (s.what) {
    case step::kind::add_entity: return "adds the entity `" + s.entity + "`";
    case step::kind::add_field: return "adds " + field;
    case step::kind::rename_entity:
      return "renames the entity `" + s.was + "` to `" + s.entity + "`";
    case step::kind::rename_field:
      return "renames the field " + field_of(s.was, s.entity) + " to `" + s.field + "`";
    case step::kind::drop_entity: return "drops the entity `" + s.entity + "` and its records";
    case step::kind::drop_field: return "drops " + field + " and its values";
    case step::kind::convert_field:
      return "makes " + field + " " + kind_in_words(s.after) + ", which was " +
             kind_in_words(s.before);
    case step::kind::index_field:
      if ((s.after.flags & unique) != (s.before.flags & unique))
        return std::string((s.after.flags & unique) ? "makes" : "no longer keeps") + " " + field +
               " unique";
      return std::string((s.after.flags & indexed) ? "makes" : "drops") + " an index of " + field;
    case step::kind::redefine_field: break;
  }
  const bool required_now = (s.after.flags & required) != 0 && (s.before.flags & required) == 0;
  return required_now ? "makes " + field + " required" : "describes " + field + " anew";
}

}  // namespace guanxi::schema
