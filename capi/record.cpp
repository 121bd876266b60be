// Records: each value by name and by slot.
#include "arguments.hpp"
#include "fields.hpp"

using namespace guanxi::capi;
using guanxi::value;
using guanxi::schema::field;

namespace {

/// A field that its record shows, and its value there.
struct seen {
  const guanxi::record& in;
  const field& of;
  const value& content() const { return in.at(of.slot); }
};

seen named(const guanxi_record* record, const char* name, std::size_t length) {
  const guanxi::record& r = need(record, "record").content;
  const std::string_view asked = text(name, length, "field");
  const field* f = r.of().find(asked);
  if (!f || !r.visible(f->slot)) throw guanxi::failure(r.find(asked).error());
  return {r, *f};
}

seen placed(const guanxi_record* record, std::int32_t slot) {
  const guanxi::record& r = need(record, "record").content;
  const bool shown = slot >= 0 && static_cast<std::size_t>(slot) < r.slots().size() &&
                     r.visible(static_cast<std::uint16_t>(slot));
  return {r, field_at(r.of(), nullptr, shown ? slot : -1)};
}

void put_money(const seen& f, std::int64_t* coefficient, std::int32_t* scale, const char** currency,
               std::int32_t* is_null) {
  const char*& into = output(currency, "currency");
  into = "";
  put_decimal(f.content(), coefficient, scale, is_null, f.of.name);
  const std::uint16_t at = f.in.of().currency_slot();
  if (at != guanxi::schema::no_slot && f.in.at(at).type() == guanxi::value_type::text)
    into = f.in.at(at).as_text().data();
}

}  // namespace

void guanxi_record_release(guanxi_record* record) { delete record; }

int64_t guanxi_record_id(const guanxi_record* record) {
  return record ? record->content.key().value : 0;
}

int64_t guanxi_record_revision(const guanxi_record* record) {
  return record ? record->content.revision() : 0;
}

const char* guanxi_record_entity(const guanxi_record* record, size_t* length) {
  return borrowed(record ? record->content.of().name() : std::string_view(), length);
}

int32_t guanxi_record_is_visible(const guanxi_record* record, const char* field,
                                 size_t field_length, int32_t* is_visible, guanxi_error** err) {
  return barrier(err, [&] {
    const guanxi::record& r = need(record, "record").content;
    const auto* f = r.of().find(text(field, field_length, "field"));
    need(is_visible, "is_visible") = f && r.visible(f->slot) ? 1 : 0;
  });
}

int32_t guanxi_record_is_visible_at(const guanxi_record* record, int32_t slot, int32_t* is_visible,
                                    guanxi_error** err) {
  return barrier(err, [&] {
    const guanxi::record& r = need(record, "record").content;
    need(is_visible, "is_visible") =
        slot >= 0 && static_cast<std::size_t>(slot) < r.slots().size() &&
                r.visible(static_cast<std::uint16_t>(slot))
            ? 1
            : 0;
  });
}

int32_t guanxi_record_type(const guanxi_record* record, const char* field, size_t field_length,
                           int32_t* type, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    need(type, "type") = static_cast<int32_t>(f.content().type());
  });
}

int32_t guanxi_record_is_null(const guanxi_record* record, const char* field, size_t field_length,
                              int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    need(is_null, "is_null") = f.content().is_null() ? 1 : 0;
  });
}

int32_t guanxi_record_value(const guanxi_record* record, const char* field, size_t field_length,
                            guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_value(f.content(), value);
  });
}

int32_t guanxi_record_boolean(const guanxi_record* record, const char* field, size_t field_length,
                              int32_t* value, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_boolean(f.content(), value, is_null, f.of.name);
  });
}

int32_t guanxi_record_integer(const guanxi_record* record, const char* field, size_t field_length,
                              int64_t* value, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_integer(f.content(), value, is_null, f.of.name);
  });
}

int32_t guanxi_record_decimal(const guanxi_record* record, const char* field, size_t field_length,
                              int64_t* coefficient, int32_t* scale, int32_t* is_null,
                              guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_decimal(f.content(), coefficient, &need(scale, "scale"), is_null, f.of.name);
  });
}

int32_t guanxi_record_money(const guanxi_record* record, const char* field, size_t field_length,
                            int64_t* coefficient, int32_t* scale, const char** currency,
                            int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_money(f, coefficient, &need(scale, "scale"), currency, is_null);
  });
}

int32_t guanxi_record_text(const guanxi_record* record, const char* field, size_t field_length,
                           const char** text, size_t* length, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_text(f.content(), text, length, f.of.name);
  });
}

int32_t guanxi_record_date(const guanxi_record* record, const char* field, size_t field_length,
                           int32_t* days, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_date(f.content(), days, is_null, f.of.name);
  });
}

int32_t guanxi_record_instant(const guanxi_record* record, const char* field, size_t field_length,
                              int64_t* microseconds, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_instant(f.content(), microseconds, is_null, f.of.name);
  });
}

int32_t guanxi_record_reference(const guanxi_record* record, const char* field, size_t field_length,
                                int64_t* id, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = named(record, field, field_length);
    put_reference(f.content(), id, is_null, f.of.name);
  });
}

int32_t guanxi_record_type_at(const guanxi_record* record, int32_t slot, int32_t* type,
                              guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    need(type, "type") = static_cast<int32_t>(f.content().type());
  });
}

int32_t guanxi_record_is_null_at(const guanxi_record* record, int32_t slot, int32_t* is_null,
                                 guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    need(is_null, "is_null") = f.content().is_null() ? 1 : 0;
  });
}

int32_t guanxi_record_value_at(const guanxi_record* record, int32_t slot, guanxi_value* value,
                               guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_value(f.content(), value);
  });
}

int32_t guanxi_record_boolean_at(const guanxi_record* record, int32_t slot, int32_t* value,
                                 int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_boolean(f.content(), value, is_null, f.of.name);
  });
}

int32_t guanxi_record_integer_at(const guanxi_record* record, int32_t slot, int64_t* value,
                                 int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_integer(f.content(), value, is_null, f.of.name);
  });
}

int32_t guanxi_record_decimal_at(const guanxi_record* record, int32_t slot, int64_t* coefficient,
                                 int32_t* scale, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_decimal(f.content(), coefficient, &need(scale, "scale"), is_null, f.of.name);
  });
}

int32_t guanxi_record_money_at(const guanxi_record* record, int32_t slot, int64_t* coefficient,
                               int32_t* scale, const char** currency, int32_t* is_null,
                               guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_money(f, coefficient, &need(scale, "scale"), currency, is_null);
  });
}

int32_t guanxi_record_text_at(const guanxi_record* record, int32_t slot, const char** text,
                              size_t* length, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_text(f.content(), text, length, f.of.name);
  });
}

int32_t guanxi_record_date_at(const guanxi_record* record, int32_t slot, int32_t* days,
                              int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_date(f.content(), days, is_null, f.of.name);
  });
}

int32_t guanxi_record_instant_at(const guanxi_record* record, int32_t slot, int64_t* microseconds,
                                 int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_instant(f.content(), microseconds, is_null, f.of.name);
  });
}

int32_t guanxi_record_reference_at(const guanxi_record* record, int32_t slot, int64_t* id,
                                   int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    const seen f = placed(record, slot);
    put_reference(f.content(), id, is_null, f.of.name);
  });
}
