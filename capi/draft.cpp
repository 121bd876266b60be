// Drafts. The C++ draft keeps its faults for the create or change that takes it; here each call
// says at once what is wrong, and leaves the draft as it was.
#include "arguments.hpp"
#include "fields.hpp"

using namespace guanxi::capi;
using guanxi::currency;
using guanxi::errc;
using guanxi::value;
using guanxi::schema::assignment;
using guanxi::schema::field;

namespace {

assignment to(const field& f, value v, currency in) {
  return {f.system ? 0u : f.of->tag(), f.slot, std::move(v), in};
}

/// A draft with what another has set, and none of its faults.
guanxi::schema::draft faultless(const guanxi_draft& d) {
  guanxi::schema::draft out(d.content.of());
  for (const auto& entry : d.content.entries())
    out.set(to(d.content.of().at(entry.slot), entry.content,
               entry.slot == d.priced_slot ? d.priced_in : currency()));
  return out;
}

/// The draft is there: the field was found through it.
void assign(guanxi_draft* draft, const field& f, value v, currency in = {}) {
  guanxi_draft& d = *draft;
  d.content.set(to(f, std::move(v), in));
  if (!d.content.errors().empty()) {
    const guanxi::error why = d.content.errors().front();
    d.content = faultless(d);
    throw guanxi::failure(why);
  }
  if (in.empty()) return;
  d.priced_slot = f.slot;
  d.priced_in = in;
}

const field& named(guanxi_draft* draft, const char* name, std::size_t length) {
  guanxi_draft& d = need(draft, "draft");
  return field_named(d.content.of(), d.visible.get(), text(name, length, "field"));
}

const field& placed(guanxi_draft* draft, std::int32_t slot) {
  guanxi_draft& d = need(draft, "draft");
  return field_at(d.content.of(), d.visible.get(), slot);
}

value text_value(const char* given, std::size_t length) {
  if (!given) refuse(errc::invalid_argument, "`text` is NULL; to empty a field, set it to null");
  return text(given, length, "text");
}

}  // namespace

int32_t guanxi_slot(guanxi_session* session, const char* entity, size_t entity_length,
                    const char* field, size_t field_length, int32_t* slot, guanxi_error** err) {
  return barrier(err, [&] {
    std::int32_t& into = need(slot, "slot");
    into = -1;
    const sight of = sight_of(live(session), text(entity, entity_length, "entity"));
    into = field_named(*of.entity, of.visible.get(), text(field, field_length, "field")).slot;
  });
}

int32_t guanxi_draft_create(guanxi_session* session, const char* entity, size_t entity_length,
                            guanxi_draft** draft, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_draft*& into = output(draft, "draft");
    sight of = sight_of(live(session), text(entity, entity_length, "entity"));
    into = new guanxi_draft{std::move(of.catalog), std::move(of.visible),
                            guanxi::schema::draft(*of.entity)};
  });
}

void guanxi_draft_release(guanxi_draft* draft) { delete draft; }

int32_t guanxi_draft_set_text(guanxi_draft* draft, const char* field, size_t field_length,
                              const char* text, size_t text_length, guanxi_error** err) {
  return barrier(err, [&] {
    assign(draft, named(draft, field, field_length), text_value(text, text_length));
  });
}

int32_t guanxi_draft_set_integer(guanxi_draft* draft, const char* field, size_t field_length,
                                 int64_t value, guanxi_error** err) {
  return barrier(err, [&] { assign(draft, named(draft, field, field_length), value); });
}

int32_t guanxi_draft_set_decimal(guanxi_draft* draft, const char* field, size_t field_length,
                                 int64_t coefficient, int32_t scale, guanxi_error** err) {
  return barrier(err, [&] {
    assign(draft, named(draft, field, field_length), decimal_value(coefficient, scale));
  });
}

int32_t guanxi_draft_set_money(guanxi_draft* draft, const char* field, size_t field_length,
                               int64_t coefficient, int32_t scale, const char* currency,
                               size_t currency_length, guanxi_error** err) {
  return barrier(err, [&] {
    assign(draft, named(draft, field, field_length), decimal_value(coefficient, scale),
           currency_value(currency, currency_length));
  });
}

int32_t guanxi_draft_set_date(guanxi_draft* draft, const char* field, size_t field_length,
                              int32_t days, guanxi_error** err) {
  return barrier(err, [&] { assign(draft, named(draft, field, field_length), date_value(days)); });
}

int32_t guanxi_draft_set_instant(guanxi_draft* draft, const char* field, size_t field_length,
                                 int64_t microseconds, guanxi_error** err) {
  return barrier(err, [&] {
    assign(draft, named(draft, field, field_length), instant_value(microseconds));
  });
}

int32_t guanxi_draft_set_reference(guanxi_draft* draft, const char* field, size_t field_length,
                                   int64_t id, guanxi_error** err) {
  return barrier(err,
                 [&] { assign(draft, named(draft, field, field_length), reference_value(id)); });
}

int32_t guanxi_draft_set_boolean(guanxi_draft* draft, const char* field, size_t field_length,
                                 int32_t value, guanxi_error** err) {
  return barrier(err, [&] { assign(draft, named(draft, field, field_length), value != 0); });
}

int32_t guanxi_draft_set_null(guanxi_draft* draft, const char* field, size_t field_length,
                              guanxi_error** err) {
  return barrier(err, [&] { assign(draft, named(draft, field, field_length), nullptr); });
}

int32_t guanxi_draft_set_text_at(guanxi_draft* draft, int32_t slot, const char* text,
                                 size_t text_length, guanxi_error** err) {
  return barrier(err, [&] { assign(draft, placed(draft, slot), text_value(text, text_length)); });
}

int32_t guanxi_draft_set_integer_at(guanxi_draft* draft, int32_t slot, int64_t value,
                                    guanxi_error** err) {
  return barrier(err, [&] { assign(draft, placed(draft, slot), value); });
}

int32_t guanxi_draft_set_decimal_at(guanxi_draft* draft, int32_t slot, int64_t coefficient,
                                    int32_t scale, guanxi_error** err) {
  return barrier(
      err, [&] { assign(draft, placed(draft, slot), decimal_value(coefficient, scale)); });
}

int32_t guanxi_draft_set_money_at(guanxi_draft* draft, int32_t slot, int64_t coefficient,
                                  int32_t scale, const char* currency, size_t currency_length,
                                  guanxi_error** err) {
  return barrier(err, [&] {
    assign(draft, placed(draft, slot), decimal_value(coefficient, scale),
           currency_value(currency, currency_length));
  });
}

int32_t guanxi_draft_set_date_at(guanxi_draft* draft, int32_t slot, int32_t days,
                                 guanxi_error** err) {
  return barrier(err, [&] { assign(draft, placed(draft, slot), date_value(days)); });
}

int32_t guanxi_draft_set_instant_at(guanxi_draft* draft, int32_t slot, int64_t microseconds,
                                    guanxi_error** err) {
  return barrier(err, [&] { assign(draft, placed(draft, slot), instant_value(microseconds)); });
}

int32_t guanxi_draft_set_reference_at(guanxi_draft* draft, int32_t slot, int64_t id,
                                      guanxi_error** err) {
  return barrier(err, [&] { assign(draft, placed(draft, slot), reference_value(id)); });
}

int32_t guanxi_draft_set_boolean_at(guanxi_draft* draft, int32_t slot, int32_t value,
                                    guanxi_error** err) {
  return barrier(err, [&] { assign(draft, placed(draft, slot), value != 0); });
}

int32_t guanxi_draft_set_null_at(guanxi_draft* draft, int32_t slot, guanxi_error** err) {
  return barrier(err, [&] { assign(draft, placed(draft, slot), nullptr); });
}
