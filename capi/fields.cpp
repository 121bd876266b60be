#include "fields.hpp"

#include "values.hpp"

namespace guanxi::capi {

sight sight_of(const guanxi::session& s, std::string_view entity) {
  sight out;
  // Another thread may define a field in between; then the catalog is read again.
  do {
    out.catalog = s.catalog();
    out.visible = s.visible(entity).value();
    out.entity = out.catalog->find(entity);
  } while (!out.entity || out.visible->size() != out.entity->slots());
  return out;
}

const schema::field& field_named(const schema::entity& of, const std::vector<bool>* visible,
                                 std::string_view name) {
  const auto seen = [&](const schema::field& f) { return !visible || (*visible)[f.slot]; };
  const schema::field* f = of.find(name);
  if (f && seen(*f)) return *f;
  nearest_name near(name);
  for (const schema::field& other : of.fields())
    if (seen(other)) near.offer(other.name);
  throw failure(error(errc::unknown_name, "no field " + in_backticks(name) + " on `" +
                                              std::string(of.name()) + "`" + near.hint())
                    .in_entity(of.name())
                    .in_field(name));
}

const schema::field& field_at(const schema::entity& of, const std::vector<bool>* visible,
                              std::int32_t slot) {
  if (slot >= 0 && static_cast<std::size_t>(slot) < of.slots()) {
    const auto at = static_cast<std::uint16_t>(slot);
    if (!visible || (*visible)[at]) return of.at(at);
  }
  throw failure(error(errc::unknown_name, "no field in slot " + std::to_string(slot) + " of `" +
                                              std::string(of.name()) +
                                              "`; ask guanxi_slot for a field's slot")
                    .in_entity(of.name()));
}

guanxi_field_info field_info_of(const schema::field& f) noexcept {
  const bool scaled = f.type == schema::kind::decimal || f.type == schema::kind::money;
  guanxi_field_info out = {};
  lend_text(f.name, out.name, out.name_length);
  lend_text(f.label_en, out.label_en, out.label_en_length);
  lend_text(f.label_zh, out.label_zh, out.label_zh_length);
  lend_text(f.target, out.target, out.target_length);
  lend_text(f.initial, out.initial, out.initial_length);
  out.kind = static_cast<std::int32_t>(f.type);
  out.flags = f.flags;
  out.scale = scaled ? f.scale : 0;
  out.slot = f.slot;
  out.is_system = f.system ? 1 : 0;
  out.is_custom = f.custom ? 1 : 0;
  out.choice_count = count_of(f.choices.size());
  out.on_delete = static_cast<std::int32_t>(f.on_delete);
  return out;
}

}  // namespace guanxi::capi
