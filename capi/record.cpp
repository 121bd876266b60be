// Records: each value by name, and any by slot.
#include "bodies.hpp"
#include "fields.hpp"
#include "values.hpp"

namespace guanxi::capi::body {
namespace {

using schema::field;

/// A field that its record shows, and its value there.
struct seen {
  const record& in;
  const field& of;
  const value& content() const { return in.at(of.slot); }
};

seen named(const guanxi_record& record, std::string_view name) {
  const guanxi::record& r = record.content;
  const field* f = r.of().find(name);
  if (!f || !r.visible(f->slot)) throw failure(r.find(name).error());
  return {r, *f};
}

}  // namespace

std::int64_t record_id(const guanxi_record& record) { return record.content.key().value; }
std::int64_t record_revision(const guanxi_record& record) { return record.content.revision(); }
std::string_view record_entity(const guanxi_record& record) { return record.content.of().name(); }

std::int32_t record_is_visible(const guanxi_record& record, std::string_view field) {
  const auto* f = record.content.of().find(field);
  return f && record.content.visible(f->slot) ? 1 : 0;
}

std::int32_t record_is_null(const guanxi_record& record, std::string_view field) {
  return named(record, field).content().is_null() ? 1 : 0;
}

guanxi_value record_value(const guanxi_record& record, std::string_view field) {
  return c_value(named(record, field).content());
}

guanxi_value record_value_at(const guanxi_record& record, std::int32_t slot) {
  const guanxi::record& r = record.content;
  const bool shown = slot >= 0 && static_cast<std::size_t>(slot) < r.slots().size() &&
                     r.visible(static_cast<std::uint16_t>(slot));
  return c_value(r.at(field_at(r.of(), nullptr, shown ? slot : -1).slot));
}

void record_boolean(const guanxi_record& record, std::string_view field, std::int32_t& value,
                    std::int32_t* is_null) {
  put_boolean(named(record, field).content(), value, is_null, field);
}

void record_integer(const guanxi_record& record, std::string_view field, std::int64_t& value,
                    std::int32_t* is_null) {
  put_integer(named(record, field).content(), value, is_null, field);
}

void record_decimal(const guanxi_record& record, std::string_view field, std::int64_t& coefficient,
                    std::int32_t& scale, std::int32_t* is_null) {
  put_decimal(named(record, field).content(), coefficient, &scale, is_null, field);
}

void record_money(const guanxi_record& record, std::string_view field, std::int64_t& coefficient,
                  std::int32_t& scale, const char*& currency, std::int32_t* is_null) {
  const seen f = named(record, field);
  put_decimal(f.content(), coefficient, &scale, is_null, field);
  const std::uint16_t at = f.in.of().currency_slot();
  const bool known = at != schema::no_slot && f.in.at(at).type() == value_type::text;
  currency = known ? f.in.at(at).as_text().data() : "";
}

void record_text(const guanxi_record& record, std::string_view field, const char*& text,
                 std::size_t* length) {
  put_text(named(record, field).content(), text, length, field);
}

void record_date(const guanxi_record& record, std::string_view field, std::int32_t& days,
                 std::int32_t* is_null) {
  put_date(named(record, field).content(), days, is_null, field);
}

void record_instant(const guanxi_record& record, std::string_view field, std::int64_t& microseconds,
                    std::int32_t* is_null) {
  put_instant(named(record, field).content(), microseconds, is_null, field);
}

void record_reference(const guanxi_record& record, std::string_view field, std::int64_t& id,
                      std::int32_t* is_null) {
  put_reference(named(record, field).content(), id, is_null, field);
}

}  // namespace guanxi::capi::body
