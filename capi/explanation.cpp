// Explanations and histories: why something is allowed, and what has happened.
#include "bodies.hpp"
#include "handles.hpp"
#include "parameters.hpp"
#include "values.hpp"

namespace guanxi::capi::body {
namespace {

guanxi::action action_of(std::int32_t action) {
  if (action < GUANXI_ACTION_READ || action > GUANXI_ACTION_SHARE)
    refuse(errc::invalid_argument, "an action of " + std::to_string(action) +
                                       " is none; the actions are 0 (read) to 5 (share)");
  return static_cast<guanxi::action>(action);
}

std::unique_ptr<guanxi_explanation> handle_of(explanation content) {
  return std::make_unique<guanxi_explanation>(guanxi_explanation{std::move(content)});
}

}  // namespace

std::unique_ptr<guanxi_buffer> explain_query(guanxi_session& session, std::string_view text,
                                             const guanxi_parameters* parameters,
                                             std::optional<std::string_view> login) {
  return std::make_unique<guanxi_buffer>(guanxi_buffer{query::to_json(
      session.content.explain_query(text, content_of(parameters), login.value_or("")).value())});
}

std::unique_ptr<guanxi_explanation> explain(guanxi_session& session, std::int32_t action,
                                            std::string_view entity, std::int64_t id,
                                            std::optional<std::string_view> field) {
  const guanxi::action a = action_of(action);
  if (!field) return handle_of(session.content.explain(a, entity, {id}).value());
  if (action != GUANXI_ACTION_READ && action != GUANXI_ACTION_EDIT)
    refuse(errc::invalid_argument, "a field is read or edited; explain another action without one");
  return handle_of(session.content.explain(a, entity, {id}, *field).value());
}

std::unique_ptr<guanxi_explanation> explain_for(guanxi_session& session, std::string_view login,
                                                std::int32_t action, std::string_view entity,
                                                std::int64_t id) {
  return handle_of(
      session.content.explain_for(login, action_of(action), entity, {id}).value());
}

std::int32_t explanation_is_allowed(const guanxi_explanation& explanation) {
  return explanation.content.allowed ? 1 : 0;
}

std::int32_t explanation_reason_count(const guanxi_explanation& explanation) {
  return count_of(explanation.content.reasons.size());
}

guanxi_reason_info explanation_reason(const guanxi_explanation& explanation, std::int32_t reason) {
  const policy::reason& r = element(explanation.content.reasons, reason, "reason");
  guanxi_reason_info out = {};
  out.grants = r.grants ? 1 : 0;
  lend_text(r.code, out.code, out.code_length);
  lend_text(r.text_en, out.text_en, out.text_en_length);
  lend_text(r.text_zh, out.text_zh, out.text_zh_length);
  return out;
}

std::unique_ptr<guanxi_history> history_read(guanxi_session& session, std::string_view entity,
                                             std::int64_t id) {
  return std::make_unique<guanxi_history>(
      guanxi_history{session.content.history(entity, {id}).value()});
}

std::unique_ptr<guanxi_history> history_of_field(guanxi_session& session, std::string_view entity,
                                                 std::int64_t id, std::string_view field) {
  return std::make_unique<guanxi_history>(
      guanxi_history{session.content.history(entity, {id}, field).value()});
}

std::int32_t history_count(const guanxi_history& history) {
  return count_of(history.content.size());
}

guanxi_entry_info history_entry(const guanxi_history& history, std::int32_t entry) {
  const guanxi::history_entry& e = element(history.content, entry, "entry");
  guanxi_entry_info out = {};
  out.sequence = e.sequence;
  out.at = e.at.microseconds;
  out.user = e.user.value;
  lend_text(e.cause, out.cause, out.cause_length);
  lend_text(e.action, out.action, out.action_length);
  out.field_count = count_of(e.fields.size());
  return out;
}

void history_field(const guanxi_history& history, std::int32_t entry, std::int32_t field,
                   const char** name, guanxi_value* before, guanxi_value* after) {
  const auto& f = element(element(history.content, entry, "entry").fields, field, "field");
  if (name) *name = f.name.c_str();
  if (before) *before = c_value(f.before);
  if (after) *after = c_value(f.after);
}

}  // namespace guanxi::capi::body
