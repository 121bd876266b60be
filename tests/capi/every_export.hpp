// Every export, called with nothing in its hands: for tests that hold for all of them.
// This file is written by scripts/generate_c_api.py from capi/api.yaml; change that.
#pragma once

#include "guanxi.h"

#include <cstddef>
#include <string_view>

namespace every_export {

inline bool is_text(const char* given, std::string_view text) { return given && given == text; }
inline bool is_empty(const char* given) { return is_text(given, ""); }

struct exported {
  const char* name;
  bool takes_handle;
  std::int32_t (*fails)(guanxi_error** err);  ///< of a call that can fail; else NULL
  bool (*gives_nothing)();  ///< of one that cannot: whether it gave what it gives for NULL
};

inline constexpr exported all[] = {
    {"guanxi_version", false, nullptr, [] {
       return is_text(guanxi_version(), ""); }},
    {"guanxi_version_number", false, nullptr, [] {
       return guanxi_version_number() == 0; }},
    {"guanxi_code_name", false, nullptr, [] {
       return is_text(guanxi_code_name(0), ""); }},
    {"guanxi_error_release", true, nullptr, [] {
       guanxi_error_release(nullptr);
       return true; }},
    {"guanxi_error_code", true, nullptr, [] {
       return guanxi_error_code(nullptr) == 0; }},
    {"guanxi_error_name", true, nullptr, [] {
       return is_text(guanxi_error_name(nullptr), "ok"); }},
    {"guanxi_error_message", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_error_message(nullptr, &length)) && length == 0; }},
    {"guanxi_error_entity", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_error_entity(nullptr, &length)) && length == 0; }},
    {"guanxi_error_field", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_error_field(nullptr, &length)) && length == 0; }},
    {"guanxi_error_record", true, nullptr, [] {
       return guanxi_error_record(nullptr) == 0; }},
    {"guanxi_error_line", true, nullptr, [] {
       return guanxi_error_line(nullptr) == 0; }},
    {"guanxi_error_offset", true, nullptr, [] {
       return guanxi_error_offset(nullptr) == -1; }},
    {"guanxi_error_store_code", true, nullptr, [] {
       return guanxi_error_store_code(nullptr) == 0; }},
    {"guanxi_error_is_retriable", true, nullptr, [] {
       return guanxi_error_is_retriable(nullptr) == 0; }},
    {"guanxi_error_is_aborted", true, nullptr, [] {
       return guanxi_error_is_aborted(nullptr) == 0; }},
    {"guanxi_error_token", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_error_token(nullptr, &length)) && length == 0; }},
    {"guanxi_error_stored", true, [](guanxi_error** err) {
       return guanxi_error_stored(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_error_wanted", true, [](guanxi_error** err) {
       return guanxi_error_wanted(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_error_other_count", true, nullptr, [] {
       return guanxi_error_other_count(nullptr) == 0; }},
    {"guanxi_error_other", true, nullptr, [] {
       return guanxi_error_other(nullptr, 0) == nullptr; }},
    {"guanxi_buffer_release", true, nullptr, [] {
       guanxi_buffer_release(nullptr);
       return true; }},
    {"guanxi_buffer_data", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_buffer_data(nullptr, &length)) && length == 0; }},
    {"guanxi_environment_create", false, [](guanxi_error** err) {
       return guanxi_environment_create(nullptr, err); },
     nullptr},
    {"guanxi_environment_release", true, nullptr, [] {
       guanxi_environment_release(nullptr);
       return true; }},
    {"guanxi_environment_set_clock", true, [](guanxi_error** err) {
       return guanxi_environment_set_clock(nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_open", true, [](guanxi_error** err) {
       return guanxi_open(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_open_in", true, [](guanxi_error** err) {
       return guanxi_open_in(nullptr, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_tenant_release", true, nullptr, [] {
       guanxi_tenant_release(nullptr);
       return true; }},
    {"guanxi_tick", true, [](guanxi_error** err) {
       return guanxi_tick(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_tenant_is_fresh", true, nullptr, [] {
       return guanxi_tenant_is_fresh(nullptr) == 0; }},
    {"guanxi_tenant_store_name", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_tenant_store_name(nullptr, &length)) && length == 0; }},
    {"guanxi_tenant_save", true, [](guanxi_error** err) {
       return guanxi_tenant_save(nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_as_user", true, [](guanxi_error** err) {
       return guanxi_as_user(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_as_system", true, [](guanxi_error** err) {
       return guanxi_as_system(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_session_release", true, nullptr, [] {
       guanxi_session_release(nullptr);
       return true; }},
    {"guanxi_session_user", true, nullptr, [] {
       return guanxi_session_user(nullptr) == 0; }},
    {"guanxi_session_login", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_session_login(nullptr, &length)) && length == 0; }},
    {"guanxi_session_base_currency", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_session_base_currency(nullptr, &length)) && length == 0; }},
    {"guanxi_begin", true, [](guanxi_error** err) {
       return guanxi_begin(nullptr, err); },
     nullptr},
    {"guanxi_commit", true, [](guanxi_error** err) {
       return guanxi_commit(nullptr, err); },
     nullptr},
    {"guanxi_rollback", true, [](guanxi_error** err) {
       return guanxi_rollback(nullptr, err); },
     nullptr},
    {"guanxi_in_transaction", true, nullptr, [] {
       return guanxi_in_transaction(nullptr) == 0; }},
    {"guanxi_savepoint", true, [](guanxi_error** err) {
       return guanxi_savepoint(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_release_savepoint", true, [](guanxi_error** err) {
       return guanxi_release_savepoint(nullptr, 0, err); },
     nullptr},
    {"guanxi_rollback_to", true, [](guanxi_error** err) {
       return guanxi_rollback_to(nullptr, 0, err); },
     nullptr},
    {"guanxi_transact", true, [](guanxi_error** err) {
       return guanxi_transact(nullptr, nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_begin_reading", true, [](guanxi_error** err) {
       return guanxi_begin_reading(nullptr, err); },
     nullptr},
    {"guanxi_end_reading", true, [](guanxi_error** err) {
       return guanxi_end_reading(nullptr, err); },
     nullptr},
    {"guanxi_set_deadline", true, [](guanxi_error** err) {
       return guanxi_set_deadline(nullptr, 0, err); },
     nullptr},
    {"guanxi_outcome", true, [](guanxi_error** err) {
       return guanxi_outcome(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_interrupt", true, nullptr, [] {
       guanxi_interrupt(nullptr);
       return true; }},
    {"guanxi_slot", true, [](guanxi_error** err) {
       return guanxi_slot(nullptr, nullptr, 0, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_draft_create", true, [](guanxi_error** err) {
       return guanxi_draft_create(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_draft_release", true, nullptr, [] {
       guanxi_draft_release(nullptr);
       return true; }},
    {"guanxi_draft_set_text", true, [](guanxi_error** err) {
       return guanxi_draft_set_text(nullptr, nullptr, 0, nullptr, 0, err); },
     nullptr},
    {"guanxi_draft_set_integer", true, [](guanxi_error** err) {
       return guanxi_draft_set_integer(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_draft_set_decimal", true, [](guanxi_error** err) {
       return guanxi_draft_set_decimal(nullptr, nullptr, 0, 0, 0, err); },
     nullptr},
    {"guanxi_draft_set_money", true, [](guanxi_error** err) {
       return guanxi_draft_set_money(nullptr, nullptr, 0, 0, 0, nullptr, 0, err); },
     nullptr},
    {"guanxi_draft_set_date", true, [](guanxi_error** err) {
       return guanxi_draft_set_date(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_draft_set_instant", true, [](guanxi_error** err) {
       return guanxi_draft_set_instant(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_draft_set_reference", true, [](guanxi_error** err) {
       return guanxi_draft_set_reference(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_draft_set_boolean", true, [](guanxi_error** err) {
       return guanxi_draft_set_boolean(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_draft_set_null", true, [](guanxi_error** err) {
       return guanxi_draft_set_null(nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_draft_set_at", true, [](guanxi_error** err) {
       return guanxi_draft_set_at(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_create", true, [](guanxi_error** err) {
       return guanxi_create(nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_change", true, [](guanxi_error** err) {
       return guanxi_change(nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_get", true, [](guanxi_error** err) {
       return guanxi_get(nullptr, nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_get_as_of", true, [](guanxi_error** err) {
       return guanxi_get_as_of(nullptr, nullptr, 0, 0, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_delete", true, [](guanxi_error** err) {
       return guanxi_delete(nullptr, nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_restore", true, [](guanxi_error** err) {
       return guanxi_restore(nullptr, nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_restore_batch", true, [](guanxi_error** err) {
       return guanxi_restore_batch(nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_archive", true, [](guanxi_error** err) {
       return guanxi_archive(nullptr, nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_unarchive", true, [](guanxi_error** err) {
       return guanxi_unarchive(nullptr, nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_purge", true, [](guanxi_error** err) {
       return guanxi_purge(nullptr, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_put_many", true, [](guanxi_error** err) {
       return guanxi_put_many(nullptr, nullptr, nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_put_table", true, [](guanxi_error** err) {
       return guanxi_put_table(nullptr, nullptr, 0, nullptr, nullptr, nullptr, nullptr, nullptr,
                               err); },
     nullptr},
    {"guanxi_delete_many", true, [](guanxi_error** err) {
       return guanxi_delete_many(nullptr, nullptr, 0, nullptr, 0, nullptr, nullptr, nullptr,
                                 err); },
     nullptr},
    {"guanxi_get_many", true, [](guanxi_error** err) {
       return guanxi_get_many(nullptr, nullptr, 0, nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_record_release", true, nullptr, [] {
       guanxi_record_release(nullptr);
       return true; }},
    {"guanxi_record_id", true, nullptr, [] {
       return guanxi_record_id(nullptr) == 0; }},
    {"guanxi_record_revision", true, nullptr, [] {
       return guanxi_record_revision(nullptr) == 0; }},
    {"guanxi_record_entity", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_record_entity(nullptr, &length)) && length == 0; }},
    {"guanxi_record_is_visible", true, [](guanxi_error** err) {
       return guanxi_record_is_visible(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_record_is_null", true, [](guanxi_error** err) {
       return guanxi_record_is_null(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_record_value", true, [](guanxi_error** err) {
       return guanxi_record_value(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_record_value_at", true, [](guanxi_error** err) {
       return guanxi_record_value_at(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_record_boolean", true, [](guanxi_error** err) {
       return guanxi_record_boolean(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_record_integer", true, [](guanxi_error** err) {
       return guanxi_record_integer(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_record_decimal", true, [](guanxi_error** err) {
       return guanxi_record_decimal(nullptr, nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_record_money", true, [](guanxi_error** err) {
       return guanxi_record_money(nullptr, nullptr, 0, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_record_text", true, [](guanxi_error** err) {
       return guanxi_record_text(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_record_date", true, [](guanxi_error** err) {
       return guanxi_record_date(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_record_instant", true, [](guanxi_error** err) {
       return guanxi_record_instant(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_record_reference", true, [](guanxi_error** err) {
       return guanxi_record_reference(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_parameters_create", false, [](guanxi_error** err) {
       return guanxi_parameters_create(nullptr, err); },
     nullptr},
    {"guanxi_parameters_release", true, nullptr, [] {
       guanxi_parameters_release(nullptr);
       return true; }},
    {"guanxi_parameters_set_null", true, [](guanxi_error** err) {
       return guanxi_parameters_set_null(nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_parameters_set_boolean", true, [](guanxi_error** err) {
       return guanxi_parameters_set_boolean(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_parameters_set_integer", true, [](guanxi_error** err) {
       return guanxi_parameters_set_integer(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_parameters_set_decimal", true, [](guanxi_error** err) {
       return guanxi_parameters_set_decimal(nullptr, nullptr, 0, 0, 0, err); },
     nullptr},
    {"guanxi_parameters_set_text", true, [](guanxi_error** err) {
       return guanxi_parameters_set_text(nullptr, nullptr, 0, nullptr, 0, err); },
     nullptr},
    {"guanxi_parameters_set_date", true, [](guanxi_error** err) {
       return guanxi_parameters_set_date(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_parameters_set_instant", true, [](guanxi_error** err) {
       return guanxi_parameters_set_instant(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_parameters_set_reference", true, [](guanxi_error** err) {
       return guanxi_parameters_set_reference(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_parameters_set_list", true, [](guanxi_error** err) {
       return guanxi_parameters_set_list(nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_parameters_append", true, [](guanxi_error** err) {
       return guanxi_parameters_append(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_query", true, [](guanxi_error** err) {
       return guanxi_query(nullptr, nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_search", true, [](guanxi_error** err) {
       return guanxi_search(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_invoke", true, [](guanxi_error** err) {
       return guanxi_invoke(nullptr, nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_session_actions", true, [](guanxi_error** err) {
       return guanxi_session_actions(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_prepare", false, [](guanxi_error** err) {
       return guanxi_prepare(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_prepared_release", true, nullptr, [] {
       guanxi_prepared_release(nullptr);
       return true; }},
    {"guanxi_prepared_parameter_count", true, nullptr, [] {
       return guanxi_prepared_parameter_count(nullptr) == 0; }},
    {"guanxi_prepared_parameter", true, [](guanxi_error** err) {
       return guanxi_prepared_parameter(nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_query_prepared", true, [](guanxi_error** err) {
       return guanxi_query_prepared(nullptr, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_release", true, nullptr, [] {
       guanxi_result_release(nullptr);
       return true; }},
    {"guanxi_result_column_count", true, nullptr, [] {
       return guanxi_result_column_count(nullptr) == 0; }},
    {"guanxi_result_row_count", true, nullptr, [] {
       return guanxi_result_row_count(nullptr) == 0; }},
    {"guanxi_result_has_children", true, nullptr, [] {
       return guanxi_result_has_children(nullptr, 0) == 0; }},
    {"guanxi_result_children", true, [](guanxi_error** err) {
       return guanxi_result_children(nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_result_page", true, [](guanxi_error** err) {
       return guanxi_result_page(nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_column", true, [](guanxi_error** err) {
       return guanxi_result_column(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_result_column_info", true, [](guanxi_error** err) {
       return guanxi_result_column_info(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_result_is_null", true, [](guanxi_error** err) {
       return guanxi_result_is_null(nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_result_value", true, [](guanxi_error** err) {
       return guanxi_result_value(nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_result_boolean", true, [](guanxi_error** err) {
       return guanxi_result_boolean(nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_integer", true, [](guanxi_error** err) {
       return guanxi_result_integer(nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_decimal", true, [](guanxi_error** err) {
       return guanxi_result_decimal(nullptr, 0, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_text", true, [](guanxi_error** err) {
       return guanxi_result_text(nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_date", true, [](guanxi_error** err) {
       return guanxi_result_date(nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_instant", true, [](guanxi_error** err) {
       return guanxi_result_instant(nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_reference", true, [](guanxi_error** err) {
       return guanxi_result_reference(nullptr, 0, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_json", true, [](guanxi_error** err) {
       return guanxi_result_json(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_csv", true, [](guanxi_error** err) {
       return guanxi_result_csv(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_save", true, [](guanxi_error** err) {
       return guanxi_result_save(nullptr, 0, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_result_arrow_stream", true, [](guanxi_error** err) {
       return guanxi_result_arrow_stream(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_statement_to_json", false, [](guanxi_error** err) {
       return guanxi_statement_to_json(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_statement_from_json", false, [](guanxi_error** err) {
       return guanxi_statement_from_json(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_explain_query", true, [](guanxi_error** err) {
       return guanxi_explain_query(nullptr, nullptr, 0, nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_explain", true, [](guanxi_error** err) {
       return guanxi_explain(nullptr, 0, nullptr, 0, 0, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_explain_for", true, [](guanxi_error** err) {
       return guanxi_explain_for(nullptr, nullptr, 0, 0, nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_explanation_release", true, nullptr, [] {
       guanxi_explanation_release(nullptr);
       return true; }},
    {"guanxi_explanation_is_allowed", true, nullptr, [] {
       return guanxi_explanation_is_allowed(nullptr) == 0; }},
    {"guanxi_explanation_reason_count", true, nullptr, [] {
       return guanxi_explanation_reason_count(nullptr) == 0; }},
    {"guanxi_explanation_reason", true, [](guanxi_error** err) {
       return guanxi_explanation_reason(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_history_read", true, [](guanxi_error** err) {
       return guanxi_history_read(nullptr, nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_history_release", true, nullptr, [] {
       guanxi_history_release(nullptr);
       return true; }},
    {"guanxi_history_count", true, nullptr, [] {
       return guanxi_history_count(nullptr) == 0; }},
    {"guanxi_history_entry", true, [](guanxi_error** err) {
       return guanxi_history_entry(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_history_field", true, [](guanxi_error** err) {
       return guanxi_history_field(nullptr, 0, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_history_of_field", true, [](guanxi_error** err) {
       return guanxi_history_of_field(nullptr, nullptr, 0, 0, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_events_open", true, [](guanxi_error** err) {
       return guanxi_events_open(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_events_release", true, nullptr, [] {
       guanxi_events_release(nullptr);
       return true; }},
    {"guanxi_events_next", true, [](guanxi_error** err) {
       return guanxi_events_next(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_events_info", true, [](guanxi_error** err) {
       return guanxi_events_info(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_events_field", true, [](guanxi_error** err) {
       return guanxi_events_field(nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_events_each", true, [](guanxi_error** err) {
       return guanxi_events_each(nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_events_acknowledge", true, [](guanxi_error** err) {
       return guanxi_events_acknowledge(nullptr, err); },
     nullptr},
    {"guanxi_events_rewind", true, [](guanxi_error** err) {
       return guanxi_events_rewind(nullptr, err); },
     nullptr},
    {"guanxi_last_change", true, [](guanxi_error** err) {
       return guanxi_last_change(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_cursors_read", true, [](guanxi_error** err) {
       return guanxi_cursors_read(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_cursors_release", true, nullptr, [] {
       guanxi_cursors_release(nullptr);
       return true; }},
    {"guanxi_cursors_count", true, nullptr, [] {
       return guanxi_cursors_count(nullptr) == 0; }},
    {"guanxi_cursors_at", true, [](guanxi_error** err) {
       return guanxi_cursors_at(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_cursor_move", true, [](guanxi_error** err) {
       return guanxi_cursor_move(nullptr, nullptr, 0, 0, 0, err); },
     nullptr},
    {"guanxi_cursor_drop", true, [](guanxi_error** err) {
       return guanxi_cursor_drop(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_prune_changes", true, [](guanxi_error** err) {
       return guanxi_prune_changes(nullptr, 0, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_define_entity", true, [](guanxi_error** err) {
       return guanxi_define_entity(nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_define_field", true, [](guanxi_error** err) {
       return guanxi_define_field(nullptr, nullptr, 0, nullptr, 0, err); },
     nullptr},
    {"guanxi_preview_schema", true, [](guanxi_error** err) {
       return guanxi_preview_schema(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_change_schema", true, [](guanxi_error** err) {
       return guanxi_change_schema(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_catalog_read", true, [](guanxi_error** err) {
       return guanxi_catalog_read(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_catalog_release", true, nullptr, [] {
       guanxi_catalog_release(nullptr);
       return true; }},
    {"guanxi_catalog_entity_count", true, nullptr, [] {
       return guanxi_catalog_entity_count(nullptr) == 0; }},
    {"guanxi_catalog_entity", true, [](guanxi_error** err) {
       return guanxi_catalog_entity(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_catalog_entity_info", true, [](guanxi_error** err) {
       return guanxi_catalog_entity_info(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_catalog_field", true, [](guanxi_error** err) {
       return guanxi_catalog_field(nullptr, 0, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_catalog_field_info", true, [](guanxi_error** err) {
       return guanxi_catalog_field_info(nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_catalog_choice_info", true, [](guanxi_error** err) {
       return guanxi_catalog_choice_info(nullptr, 0, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_open_store", true, [](guanxi_error** err) {
       return guanxi_open_store(nullptr, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_store_check", false, [](guanxi_error** err) {
       return guanxi_store_check(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_store_faults_release", true, nullptr, [] {
       guanxi_store_faults_release(nullptr);
       return true; }},
    {"guanxi_store_faults_count", true, nullptr, [] {
       return guanxi_store_faults_count(nullptr) == 0; }},
    {"guanxi_store_faults_get", true, [](guanxi_error** err) {
       return guanxi_store_faults_get(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_store_faults_skipped", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_store_faults_skipped(nullptr, &length)) && length == 0; }},
    {"guanxi_table_name", true, nullptr, [] {
       std::size_t length = 1;
       return is_empty(guanxi_table_name(nullptr, &length)) && length == 0; }},
    {"guanxi_table_slots", true, nullptr, [] {
       return guanxi_table_slots(nullptr) == 0; }},
    {"guanxi_table_field", true, [](guanxi_error** err) {
       return guanxi_table_field(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_request_term_count", true, nullptr, [] {
       return guanxi_request_term_count(nullptr) == 0; }},
    {"guanxi_request_term_info", true, [](guanxi_error** err) {
       return guanxi_request_term_info(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_request_constant", true, [](guanxi_error** err) {
       return guanxi_request_constant(nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_request_sort_count", true, nullptr, [] {
       return guanxi_request_sort_count(nullptr) == 0; }},
    {"guanxi_request_sort_info", true, [](guanxi_error** err) {
       return guanxi_request_sort_info(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_request_limit", true, nullptr, [] {
       return guanxi_request_limit(nullptr) == 0; }},
    {"guanxi_request_after", true, nullptr, [] {
       return guanxi_request_after(nullptr) == 0; }},
    {"guanxi_request_wants", true, nullptr, [] {
       return guanxi_request_wants(nullptr, 0) == 0; }},
    {"guanxi_answer_verdict", true, [](guanxi_error** err) {
       return guanxi_answer_verdict(nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_answer_sorts", true, [](guanxi_error** err) {
       return guanxi_answer_sorts(nullptr, err); },
     nullptr},
    {"guanxi_answer_row", true, [](guanxi_error** err) {
       return guanxi_answer_row(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_answer_explain", true, [](guanxi_error** err) {
       return guanxi_answer_explain(nullptr, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_module_create", false, [](guanxi_error** err) {
       return guanxi_module_create(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_module_release", true, nullptr, [] {
       guanxi_module_release(nullptr);
       return true; }},
    {"guanxi_module_add_entity", true, [](guanxi_error** err) {
       return guanxi_module_add_entity(nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_module_add_action", true, [](guanxi_error** err) {
       return guanxi_module_add_action(nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_module_add_timer", true, [](guanxi_error** err) {
       return guanxi_module_add_timer(nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_module_add_effect", true, [](guanxi_error** err) {
       return guanxi_module_add_effect(nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_environment_add_module", true, [](guanxi_error** err) {
       return guanxi_environment_add_module(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_call_user", true, nullptr, [] {
       return guanxi_call_user(nullptr) == 0; }},
    {"guanxi_call_now", true, nullptr, [] {
       return guanxi_call_now(nullptr) == 0; }},
    {"guanxi_call_argument", true, [](guanxi_error** err) {
       return guanxi_call_argument(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_call_record", true, [](guanxi_error** err) {
       return guanxi_call_record(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_call_query", true, [](guanxi_error** err) {
       return guanxi_call_query(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_call_query_all", true, [](guanxi_error** err) {
       return guanxi_call_query_all(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_call_get", true, [](guanxi_error** err) {
       return guanxi_call_get(nullptr, nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_call_get_all", true, [](guanxi_error** err) {
       return guanxi_call_get_all(nullptr, nullptr, 0, 0, nullptr, err); },
     nullptr},
    {"guanxi_call_need", true, [](guanxi_error** err) {
       return guanxi_call_need(nullptr, 0, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_call_draft", true, [](guanxi_error** err) {
       return guanxi_call_draft(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_call_create", true, [](guanxi_error** err) {
       return guanxi_call_create(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_call_change", true, [](guanxi_error** err) {
       return guanxi_call_change(nullptr, 0, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_call_delete", true, [](guanxi_error** err) {
       return guanxi_call_delete(nullptr, nullptr, 0, 0, 0, err); },
     nullptr},
    {"guanxi_call_tie", true, [](guanxi_error** err) {
       return guanxi_call_tie(nullptr, 0, nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_call_answer", true, [](guanxi_error** err) {
       return guanxi_call_answer(nullptr, nullptr, 0, err); },
     nullptr},
    {"guanxi_call_answer_step", true, [](guanxi_error** err) {
       return guanxi_call_answer_step(nullptr, 0, 0, err); },
     nullptr},
    {"guanxi_call_explain", true, [](guanxi_error** err) {
       return guanxi_call_explain(nullptr, nullptr, 0, nullptr, 0, nullptr, 0, err); },
     nullptr},
    {"guanxi_reaction_trigger", true, nullptr, [] {
       return guanxi_reaction_trigger(nullptr) == 0; }},
    {"guanxi_reaction_now", true, nullptr, [] {
       return guanxi_reaction_now(nullptr) == 0; }},
    {"guanxi_reaction_before", true, [](guanxi_error** err) {
       return guanxi_reaction_before(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_reaction_after", true, [](guanxi_error** err) {
       return guanxi_reaction_after(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_reaction_path", true, [](guanxi_error** err) {
       return guanxi_reaction_path(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_reaction_query", true, [](guanxi_error** err) {
       return guanxi_reaction_query(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_reaction_set", true, [](guanxi_error** err) {
       return guanxi_reaction_set(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_reaction_draft", true, [](guanxi_error** err) {
       return guanxi_reaction_draft(nullptr, nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_reaction_create", true, [](guanxi_error** err) {
       return guanxi_reaction_create(nullptr, nullptr, err); },
     nullptr},
    {"guanxi_reaction_change", true, [](guanxi_error** err) {
       return guanxi_reaction_change(nullptr, 0, nullptr, err); },
     nullptr},
    {"guanxi_reaction_explain", true, [](guanxi_error** err) {
       return guanxi_reaction_explain(nullptr, nullptr, 0, nullptr, 0, nullptr, 0, err); },
     nullptr},
    {"guanxi_import", true, [](guanxi_error** err) {
       return guanxi_import(nullptr, nullptr, 0, nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_report", true, [](guanxi_error** err) {
       return guanxi_report(nullptr, nullptr, 0, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_report_text", true, [](guanxi_error** err) {
       return guanxi_report_text(nullptr, nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_report_page", true, [](guanxi_error** err) {
       return guanxi_report_page(nullptr, nullptr, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_generate_sample", true, [](guanxi_error** err) {
       return guanxi_generate_sample(nullptr, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_tenant_verify", true, [](guanxi_error** err) {
       return guanxi_tenant_verify(nullptr, 0, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_tenant_backup", true, [](guanxi_error** err) {
       return guanxi_tenant_backup(nullptr, nullptr, 0, nullptr, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_restore_backup", false, [](guanxi_error** err) {
       return guanxi_restore_backup(nullptr, 0, nullptr, 0, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
    {"guanxi_salvage", false, [](guanxi_error** err) {
       return guanxi_salvage(nullptr, 0, nullptr, 0, 0, nullptr, nullptr, nullptr, err); },
     nullptr},
};

}  // namespace every_export
