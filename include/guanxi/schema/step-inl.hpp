#pragma once

#include "guanxi/schema/step.hpp"

namespace guanxi::schema {

namespace detail_step {

inline unexpected changed(const field& was, const std::string& what) {
  return unexpected(error(errc::invalid_argument,
                          "`" + was.name + "` of `" + std::string(was.of->name()) + "` " + what +
                              "; add a field of another name instead")
                        .in_entity(was.of->name())
                        .in_field(was.name));
}

inline unexpected lacks(const entity& of, std::string_view field_name) {
  const std::string what =
      field_name.empty() ? "an entity `" + std::string(of.name()) + "`"
                         : "a field `" + std::string(field_name) + "` on `" +
                               std::string(of.name()) + "`";
  return unexpected(error(errc::newer_schema,
                          "the store has " + what +
                              " that this library does not know; open it with a later version")
                        .in_entity(of.name())
                        .in_field(field_name));
}

inline result<void> same_form(const field& was, const field& is) {
  if (was.type != is.type)
    return changed(was, "is of kind " + std::string(name(was.type)) + " and cannot become " +
                            std::string(name(is.type)));
  const bool scaled = was.type == kind::decimal || was.type == kind::money;
  if (scaled && was.scale != is.scale)
    return changed(was, "has a scale of " + std::to_string(was.scale) + " and cannot get one of " +
                            std::to_string(is.scale));
  if (was.target != is.target)
    return changed(was, "refers to `" + was.target + "` and cannot refer to `" + is.target + "`");
  return {};
}

/// What `from` keeps must still stand in `to`, in the same form.
inline result<void> keeps(const entity& from, const entity& to) {
  for (const field& was : from.fields()) {
    const field* is = to.find(was.name);
    if (!is) return lacks(from, was.name);
    if (result<void> same = same_form(was, *is); !same) return same;
  }
  return {};
}

}  // namespace detail_step

GUANXI_INLINE result<std::vector<step>> steps_between(const catalog& from, const catalog& to) {
  for (const std::unique_ptr<entity>& was : from.entities()) {
    const entity* is = to.find(was->name());
    if (!is) return detail_step::lacks(*was, {});
    if (result<void> kept = detail_step::keeps(*was, *is); !kept) return passed(kept);
  }
  std::vector<step> entities, fields;
  for (const std::unique_ptr<entity>& is : to.entities()) {
    const entity* was = from.find(is->name());
    if (!was) {
      entities.push_back({step::kind::add_entity, std::string(is->name()), 0, {}});
      continue;
    }
    for (const field& f : is->fields())
      if (!was->find(f.name))
        fields.push_back({step::kind::add_field, std::string(is->name()), f.slot, f.name});
  }
  // Entities first, so that a new reference finds what it refers to.
  entities.insert(entities.end(), fields.begin(), fields.end());
  return entities;
}

GUANXI_INLINE std::vector<step> index_steps_between(const catalog& from, const catalog& to) {
  std::vector<step> out;
  for (const std::unique_ptr<entity>& is : to.entities()) {
    const entity* was = from.find(is->name());
    if (!was) continue;
    for (const field& f : is->fields()) {
      const field* before = was->find(f.name);
      if (!before || ((before->flags ^ f.flags) & (unique | indexed)) == 0) continue;
      out.push_back({step::kind::index_field, std::string(is->name()), f.slot, f.name});
      out.back().before = *before;
      out.back().after = f;
    }
  }
  return out;
}

}  // namespace guanxi::schema
