#include "row.hpp"

#include "guanxi/base/text_services.hpp"
#include "guanxi/store/store.hpp"

namespace guanxi::store::host_row {

namespace {

/// What is wrong with a value that is of the field's type, or nothing.
std::string fault_of(const schema::field& f, const value& v) {
  switch (v.type()) {
    case value_type::text:
      if (const auto at = utf8_fault(v.as_text()))
        return "text that is not UTF-8 at byte " + std::to_string(*at);
      if (v.as_text().find('\0') != std::string_view::npos) return "text that holds a NUL";
      return {};
    case value_type::decimal:
      if (v.as_decimal().scale > max_scale || !exact_at(v.as_decimal(), f.scale) ||
          !rescale(v.as_decimal(), f.scale))
        return "a number that does not fit " + std::to_string(f.scale) + " digits after the point";
      return {};
    case value_type::reference:
      return v.as_id() ? "" : "the id " + std::to_string(v.as_id().value) + ", which is none";
    default: return {};
  }
}

std::string field_fault(const schema::field& f, const value& v) {
  if (v.is_null()) {
    const bool needed = f.slot == schema::system_slot::id ||
                        (f.slot == schema::system_slot::revision && !bare(*f.of));
    return needed ? "null" : "";
  }
  if (v.type() != schema::stored_as(f.type))
    return "a value of type " + std::string(name(v.type())) + ", which holds " +
           std::string(name(schema::stored_as(f.type)));
  return fault_of(f, v);
}

}  // namespace

unexpected refused(const asked& of_whom, const schema::entity& of, id key,
                   const std::string& with) {
  return unexpected(error(errc::store_corrupt,
                          "the store " + in_backticks(of_whom.store) + " answered `" +
                              std::string(of_whom.function) + "` of `" + std::string(of.name()) +
                              "` with " + with + "; check the store with store_check")
                        .in_entity(of.name())
                        .of_record(key.value));
}

id key_of(std::span<const value> row) noexcept {
  if (row.empty() || row[schema::system_slot::id].type() != value_type::reference) return {};
  const id key = row[schema::system_slot::id].as_id();
  return key.value > 0 ? key : id{};
}

std::int64_t revision_of(std::span<const value> row) noexcept {
  constexpr std::uint16_t at = schema::system_slot::revision;
  const bool kept = row.size() > at && row[at].type() == value_type::integer;
  return kept ? row[at].as_integer() : 1;
}

result<void> fill(std::span<const value> row, schema::record& into, const asked& of_whom) {
  const schema::entity& of = into.of();
  const id key = key_of(row);
  if (row.size() != of.slots())
    return refused(of_whom, of, key, "a row of " + std::to_string(row.size()) + " values in place "
                                     "of " + std::to_string(of.slots()));
  for (const schema::field& f : of.fields()) {
    const value& v = row[f.slot];
    if (const std::string fault = field_fault(f, v); !fault.empty()) {
      unexpected why = refused(of_whom, of, key, fault + " for `" + f.name + "`");
      why.error().in_field(f.name);
      return why;
    }
    if (v.type() == value_type::decimal) into.set(f.slot, *rescale(v.as_decimal(), f.scale));
    else into.set(f.slot, v);
  }
  if (!bare(of) && into.revision() < 1)
    return refused(of_whom, of, key,
                   "revision " + std::to_string(into.revision()) + ", and revisions begin at 1");
  return {};
}

}  // namespace guanxi::store::host_row
