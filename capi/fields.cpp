#include "fields.hpp"

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

}  // namespace guanxi::capi
