// Explanations and histories: why something is allowed, and what has happened.
#include "arguments.hpp"

using namespace guanxi::capi;
using guanxi::errc;

namespace {

guanxi::action action_of(std::int32_t action) {
  if (action < GUANXI_ACTION_READ || action > GUANXI_ACTION_TRANSFER)
    refuse(errc::invalid_argument, "an action of " + std::to_string(action) +
                                       " is none; the actions are 0 (read) to 4 (transfer)");
  return static_cast<guanxi::action>(action);
}

static_assert(GUANXI_ACTION_READ == static_cast<int>(guanxi::action::read));
static_assert(GUANXI_ACTION_CREATE == static_cast<int>(guanxi::action::create));
static_assert(GUANXI_ACTION_EDIT == static_cast<int>(guanxi::action::edit));
static_assert(GUANXI_ACTION_DELETE == static_cast<int>(guanxi::action::remove));
static_assert(GUANXI_ACTION_TRANSFER == static_cast<int>(guanxi::action::transfer));

const guanxi::policy::reason* reason_of(const guanxi_explanation* of, std::int32_t reason) {
  return of ? element(of->content.reasons, reason) : nullptr;
}

const guanxi::history_entry* entry_of(const guanxi_history* of, std::int32_t entry) {
  return of ? element(of->content, entry) : nullptr;
}

const guanxi::history_entry::field& field_of(const guanxi_history* history, std::int32_t entry,
                                             std::int32_t field) {
  need(history, "history");
  const guanxi::history_entry* e = entry_of(history, entry);
  if (!e)
    refuse(errc::invalid_argument, "entry " + std::to_string(entry) + " is none of " +
                                       std::to_string(history->content.size()));
  const auto* f = element(e->fields, field);
  if (!f)
    refuse(errc::invalid_argument,
           "field " + std::to_string(field) + " is none of " + std::to_string(e->fields.size()));
  return *f;
}

}  // namespace

int32_t guanxi_explain(guanxi_session* session, int32_t action, const char* entity,
                       size_t entity_length, int64_t id, const char* field, size_t field_length,
                       guanxi_explanation** explanation, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_explanation*& into = output(explanation, "explanation");
    guanxi::session& s = live(session);
    const guanxi::action a = action_of(action);
    const std::string_view of = text(entity, entity_length, "entity");
    if (!field) {
      into = new guanxi_explanation{s.explain(a, of, {id}).value()};
      return;
    }
    if (action != GUANXI_ACTION_READ && action != GUANXI_ACTION_EDIT)
      refuse(errc::invalid_argument,
             "a field is read or edited; explain another action without one");
    into = new guanxi_explanation{
        s.explain(a, of, {id}, text(field, field_length, "field")).value()};
  });
}

int32_t guanxi_explain_for(guanxi_session* session, const char* login, size_t login_length,
                           int32_t action, const char* entity, size_t entity_length, int64_t id,
                           guanxi_explanation** explanation, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_explanation*& into = output(explanation, "explanation");
    guanxi::session& s = live(session);
    into = new guanxi_explanation{s.explain_for(text(login, login_length, "login"),
                                                action_of(action),
                                                text(entity, entity_length, "entity"), {id})
                                      .value()};
  });
}

void guanxi_explanation_release(guanxi_explanation* explanation) { delete explanation; }

int32_t guanxi_explanation_is_allowed(const guanxi_explanation* explanation) {
  return explanation && explanation->content.allowed ? 1 : 0;
}

int32_t guanxi_explanation_reason_count(const guanxi_explanation* explanation) {
  return explanation ? count_of(explanation->content.reasons.size()) : 0;
}

int32_t guanxi_explanation_reason_grants(const guanxi_explanation* explanation, int32_t reason) {
  const auto* r = reason_of(explanation, reason);
  return r && r->grants ? 1 : 0;
}

const char* guanxi_explanation_reason_code(const guanxi_explanation* explanation, int32_t reason,
                                           size_t* length) {
  const auto* r = reason_of(explanation, reason);
  return r ? borrowed(r->code, length) : nothing(length);
}

const char* guanxi_explanation_reason_text(const guanxi_explanation* explanation, int32_t reason,
                                           int32_t language, size_t* length) {
  const auto* r = reason_of(explanation, reason);
  return r ? borrowed(in_language(language, r->text_en, r->text_zh), length) : nothing(length);
}

int32_t guanxi_history_read(guanxi_session* session, const char* entity, size_t entity_length,
                            int64_t id, guanxi_history** history, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_history*& into = output(history, "history");
    into = new guanxi_history{
        live(session).history(text(entity, entity_length, "entity"), {id}).value()};
  });
}

void guanxi_history_release(guanxi_history* history) { delete history; }

int32_t guanxi_history_count(const guanxi_history* history) {
  return history ? count_of(history->content.size()) : 0;
}

int64_t guanxi_history_sequence(const guanxi_history* history, int32_t entry) {
  const auto* e = entry_of(history, entry);
  return e ? e->sequence : 0;
}

int64_t guanxi_history_at(const guanxi_history* history, int32_t entry) {
  const auto* e = entry_of(history, entry);
  return e ? e->at.microseconds : 0;
}

int64_t guanxi_history_user(const guanxi_history* history, int32_t entry) {
  const auto* e = entry_of(history, entry);
  return e ? e->user.value : 0;
}

const char* guanxi_history_cause(const guanxi_history* history, int32_t entry, size_t* length) {
  const auto* e = entry_of(history, entry);
  return e ? borrowed(e->cause, length) : nothing(length);
}

const char* guanxi_history_action(const guanxi_history* history, int32_t entry, size_t* length) {
  const auto* e = entry_of(history, entry);
  return e ? borrowed(e->action, length) : nothing(length);
}

int32_t guanxi_history_field_count(const guanxi_history* history, int32_t entry) {
  const auto* e = entry_of(history, entry);
  return e ? count_of(e->fields.size()) : 0;
}

const char* guanxi_history_field_name(const guanxi_history* history, int32_t entry, int32_t field,
                                      size_t* length) {
  const auto* e = entry_of(history, entry);
  const auto* f = e ? element(e->fields, field) : nullptr;
  return f ? borrowed(f->name, length) : nothing(length);
}

int32_t guanxi_history_before(const guanxi_history* history, int32_t entry, int32_t field,
                              guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] { put_value(field_of(history, entry, field).before, value); });
}

int32_t guanxi_history_after(const guanxi_history* history, int32_t entry, int32_t field,
                             guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] { put_value(field_of(history, entry, field).after, value); });
}
