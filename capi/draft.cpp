// Drafts. The C++ draft keeps its faults for the create or change that takes it; here each call
// says at once what is wrong, and leaves the draft as it was.
#include "bodies.hpp"
#include "fields.hpp"
#include "values.hpp"

namespace guanxi::capi::body {
namespace {

using schema::assignment;
using schema::field;

assignment to(const field& f, value v, currency in) {
  return {f.system ? 0u : f.of->tag(), f.slot, std::move(v), in};
}

/// A draft with what another has set, and none of its faults.
schema::draft faultless(const guanxi_draft& d) {
  schema::draft out(d.content.of());
  for (const auto& entry : d.content.entries())
    out.set(to(d.content.of().at(entry.slot), entry.content,
               entry.slot == d.priced_slot ? d.priced_in : currency()));
  return out;
}

void assign(guanxi_draft& d, const field& f, value v, currency in = {}) {
  d.content.set(to(f, std::move(v), in));
  if (!d.content.errors().empty()) {
    const error why = d.content.errors().front();
    d.content = faultless(d);
    throw failure(why);
  }
  if (in.empty()) return;
  d.priced_slot = f.slot;
  d.priced_in = in;
}

const field& named(const guanxi_draft& d, std::string_view name) {
  return field_named(d.content.of(), d.visible.get(), name);
}

}  // namespace

std::int32_t slot(guanxi_session& session, std::string_view entity, std::string_view field) {
  const sight of = sight_of(session.content, entity);
  return field_named(*of.entity, of.visible.get(), field).slot;
}

std::unique_ptr<guanxi_draft> draft_create(guanxi_session& session, std::string_view entity) {
  sight of = sight_of(session.content, entity);
  schema::draft empty(*of.entity);
  return std::make_unique<guanxi_draft>(
      guanxi_draft{std::move(of.catalog), std::move(of.visible), std::move(empty)});
}

void draft_set_text(guanxi_draft& draft, std::string_view field, std::string_view text) {
  assign(draft, named(draft, field), text);
}

void draft_set_integer(guanxi_draft& draft, std::string_view field, std::int64_t value) {
  assign(draft, named(draft, field), value);
}

void draft_set_decimal(guanxi_draft& draft, std::string_view field, std::int64_t coefficient,
                       std::int32_t scale) {
  assign(draft, named(draft, field), decimal_value(coefficient, scale));
}

void draft_set_money(guanxi_draft& draft, std::string_view field, std::int64_t coefficient,
                     std::int32_t scale, std::string_view currency) {
  assign(draft, named(draft, field), decimal_value(coefficient, scale),
         currency::parse(currency).value());
}

void draft_set_date(guanxi_draft& draft, std::string_view field, std::int32_t days) {
  assign(draft, named(draft, field), date_value(days));
}

void draft_set_instant(guanxi_draft& draft, std::string_view field, std::int64_t microseconds) {
  assign(draft, named(draft, field), instant_value(microseconds));
}

void draft_set_reference(guanxi_draft& draft, std::string_view field, std::int64_t id) {
  assign(draft, named(draft, field), reference_value(id));
}

void draft_set_boolean(guanxi_draft& draft, std::string_view field, std::int32_t value) {
  assign(draft, named(draft, field), value != 0);
}

void draft_set_null(guanxi_draft& draft, std::string_view field) {
  assign(draft, named(draft, field), nullptr);
}

void draft_set_at(guanxi_draft& draft, std::int32_t slot, const guanxi_value& value) {
  assign(draft, field_at(draft.content.of(), draft.visible.get(), slot), value_of(value));
}

}  // namespace guanxi::capi::body
