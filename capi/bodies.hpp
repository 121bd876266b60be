// What the exports call once their arguments are checked: written by hand, in the sources
// beside this file. A body throws failure for what goes wrong, and its barrier reports it.
// An out parameter holds nothing yet; one that is the only product is returned.
// This file is written by scripts/generate_c_api.py from capi/api.yaml; change that.
#pragma once

#include "barrier.hpp"
#include "strided.hpp"

#include "guanxi/base/environment.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace guanxi::capi::body {

// library
const char* version();
std::int32_t version_number();
const char* code_name(std::int32_t code);

// errors
std::int32_t error_code(const guanxi_error& error);
const char* error_name(const guanxi_error& error);
std::string_view error_message(const guanxi_error& error);
std::string_view error_entity(const guanxi_error& error);
std::string_view error_field(const guanxi_error& error);
std::int64_t error_record(const guanxi_error& error);
std::int64_t error_line(const guanxi_error& error);
std::int64_t error_offset(const guanxi_error& error);
std::int32_t error_store_code(const guanxi_error& error);
std::int32_t error_is_retriable(const guanxi_error& error);
std::int32_t error_is_aborted(const guanxi_error& error);
std::string_view error_token(const guanxi_error& error);
std::unique_ptr<guanxi_record> error_stored(const guanxi_error& error);
std::unique_ptr<guanxi_record> error_wanted(const guanxi_error& error);
std::int32_t error_other_count(const guanxi_error& error);
const guanxi_error* error_other(const guanxi_error& error, std::int32_t index);

// buffers
std::string_view buffer_data(const guanxi_buffer& buffer);

// environment
std::unique_ptr<guanxi_environment> environment_create();
void environment_set_clock(guanxi_environment& environment, guanxi_clock_callback now, void* user,
                           guanxi_release_callback release);

// tenants and sessions
std::unique_ptr<guanxi_tenant> open(const guanxi_environment* environment, std::string_view path,
                                    const guanxi_open_options& options);
std::unique_ptr<guanxi_tenant> open_in(const guanxi_environment* environment,
                                       struct sqlite3& connection,
                                       const struct guanxi_sqlite_functions& functions,
                                       const guanxi_join_options& options);
void tick(guanxi_tenant& tenant, const guanxi_tick_options& options, progress progress,
          guanxi_tick_report* report, guanxi_buffer* failures);
std::int32_t tenant_is_fresh(const guanxi_tenant& tenant);
std::string_view tenant_store_name(const guanxi_tenant& tenant);
void tenant_save(const guanxi_tenant& tenant, std::optional<std::string_view> path);
std::unique_ptr<guanxi_session> as_user(const guanxi_tenant& tenant, std::string_view login);
std::unique_ptr<guanxi_session> as_system(const guanxi_tenant& tenant, std::string_view cause);
std::int64_t session_user(const guanxi_session& session);
std::string_view session_login(const guanxi_session& session);
std::string_view session_base_currency(const guanxi_session& session);
void begin(guanxi_session& session);
void commit(guanxi_session& session);
void rollback(guanxi_session& session);
std::int32_t in_transaction(const guanxi_session& session);
std::int32_t savepoint(guanxi_session& session);
void release_savepoint(guanxi_session& session, std::int32_t savepoint);
void rollback_to(guanxi_session& session, std::int32_t savepoint);
void transact(guanxi_session& session, work work, std::int32_t attempts);
void begin_reading(guanxi_session& session);
void end_reading(guanxi_session& session);
void set_deadline(guanxi_session& session, std::int64_t milliseconds);
std::int32_t outcome(const guanxi_tenant& tenant, std::string_view token);
void interrupt(const guanxi_session& session);

// drafts
std::int32_t slot(guanxi_session& session, std::string_view entity, std::string_view field);
std::unique_ptr<guanxi_draft> draft_create(guanxi_session& session, std::string_view entity);
void draft_set_text(guanxi_draft& draft, std::string_view field, std::string_view text);
void draft_set_integer(guanxi_draft& draft, std::string_view field, std::int64_t value);
void draft_set_decimal(guanxi_draft& draft, std::string_view field, std::int64_t coefficient,
                       std::int32_t scale);
void draft_set_money(guanxi_draft& draft, std::string_view field, std::int64_t coefficient,
                     std::int32_t scale, std::string_view currency);
void draft_set_date(guanxi_draft& draft, std::string_view field, std::int32_t days);
void draft_set_instant(guanxi_draft& draft, std::string_view field, std::int64_t microseconds);
void draft_set_reference(guanxi_draft& draft, std::string_view field, std::int64_t id);
void draft_set_boolean(guanxi_draft& draft, std::string_view field, std::int32_t value);
void draft_set_null(guanxi_draft& draft, std::string_view field);
void draft_set_at(guanxi_draft& draft, std::int32_t slot, const guanxi_value& value);

// writing and reading records
void create(guanxi_session& session, const guanxi_draft& draft, const guanxi_write_options& options,
            guanxi_record* record);
void change(guanxi_session& session, std::int64_t id, const guanxi_draft& draft,
            const guanxi_write_options& options, guanxi_record* record);
std::unique_ptr<guanxi_record> get(guanxi_session& session, std::string_view entity,
                                   std::int64_t id);
std::unique_ptr<guanxi_record> get_as_of(guanxi_session& session, std::string_view entity,
                                         std::int64_t id, std::int64_t sequence, std::int64_t at);
void remove(guanxi_session& session, std::string_view entity, std::int64_t id,
            const guanxi_write_options& options);
void restore(guanxi_session& session, std::string_view entity, std::int64_t id,
             const guanxi_write_options& options, std::int64_t* records);
void restore_batch(guanxi_session& session, std::int64_t batch, const guanxi_write_options& options,
                   std::int64_t* records);
void archive(guanxi_session& session, std::string_view entity, std::int64_t id,
             const guanxi_write_options& options, guanxi_record* record);
void unarchive(guanxi_session& session, std::string_view entity, std::int64_t id,
               const guanxi_write_options& options, guanxi_record* record);
void purge(guanxi_session& session, const guanxi_purge_options& options, progress progress,
           guanxi_purge_report* report);
void put_many(guanxi_session& session, std::span<const guanxi_draft* const> drafts,
              std::span<std::int64_t> ids, const guanxi_write_options& options, progress progress);
void put_table(guanxi_session& session, std::string_view entity, ArrowArrayStream& rows,
               ArrowArrayStream& ids, const guanxi_write_options& options, progress progress);
void remove_many(guanxi_session& session, std::string_view entity,
                 std::span<const std::int64_t> ids, const guanxi_write_options& options,
                 progress progress);
void get_many(guanxi_session& session, std::string_view entity, std::span<const std::int64_t> ids,
              std::span<guanxi_record*> records);

// records
std::int64_t record_id(const guanxi_record& record);
std::int64_t record_revision(const guanxi_record& record);
std::string_view record_entity(const guanxi_record& record);
std::int32_t record_is_visible(const guanxi_record& record, std::string_view field);
std::int32_t record_is_null(const guanxi_record& record, std::string_view field);
guanxi_value record_value(const guanxi_record& record, std::string_view field);
guanxi_value record_value_at(const guanxi_record& record, std::int32_t slot);
void record_boolean(const guanxi_record& record, std::string_view field, std::int32_t& value,
                    std::int32_t* is_null);
void record_integer(const guanxi_record& record, std::string_view field, std::int64_t& value,
                    std::int32_t* is_null);
void record_decimal(const guanxi_record& record, std::string_view field, std::int64_t& coefficient,
                    std::int32_t& scale, std::int32_t* is_null);
void record_money(const guanxi_record& record, std::string_view field, std::int64_t& coefficient,
                  std::int32_t& scale, const char*& currency, std::int32_t* is_null);
void record_text(const guanxi_record& record, std::string_view field, const char*& text,
                 std::size_t* length);
void record_date(const guanxi_record& record, std::string_view field, std::int32_t& days,
                 std::int32_t* is_null);
void record_instant(const guanxi_record& record, std::string_view field, std::int64_t& microseconds,
                    std::int32_t* is_null);
void record_reference(const guanxi_record& record, std::string_view field, std::int64_t& id,
                      std::int32_t* is_null);

// parameters
std::unique_ptr<guanxi_parameters> parameters_create();
void parameters_set_null(guanxi_parameters& parameters, std::string_view name);
void parameters_set_boolean(guanxi_parameters& parameters, std::string_view name,
                            std::int32_t value);
void parameters_set_integer(guanxi_parameters& parameters, std::string_view name,
                            std::int64_t value);
void parameters_set_decimal(guanxi_parameters& parameters, std::string_view name,
                            std::int64_t coefficient, std::int32_t scale);
void parameters_set_text(guanxi_parameters& parameters, std::string_view name,
                         std::string_view text);
void parameters_set_date(guanxi_parameters& parameters, std::string_view name, std::int32_t days);
void parameters_set_instant(guanxi_parameters& parameters, std::string_view name,
                            std::int64_t microseconds);
void parameters_set_reference(guanxi_parameters& parameters, std::string_view name,
                              std::int64_t id);
void parameters_set_list(guanxi_parameters& parameters, std::string_view name);
void parameters_append(guanxi_parameters& parameters, std::string_view name,
                       const guanxi_value& value);

// queries and results
std::unique_ptr<guanxi_result> query(guanxi_session& session, std::string_view text,
                                     const guanxi_parameters* parameters,
                                     const guanxi_query_options& options);
std::unique_ptr<guanxi_result> search(guanxi_session& session, std::string_view typed,
                                      const guanxi_search_options& options);
void invoke(guanxi_session& session, std::string_view action, const guanxi_parameters* parameters,
            const guanxi_invoke_options& options, guanxi_result* result);
std::unique_ptr<guanxi_result> session_actions(guanxi_session& session);
std::unique_ptr<guanxi_prepared> prepare(std::string_view text);
std::int32_t prepared_parameter_count(const guanxi_prepared& prepared);
void prepared_parameter(const guanxi_prepared& prepared, std::int32_t index, const char*& name,
                        std::size_t* length);
std::unique_ptr<guanxi_result> query_prepared(guanxi_session& session,
                                              const guanxi_prepared& prepared,
                                              const guanxi_parameters* parameters,
                                              const guanxi_query_options& options);
std::int32_t result_column_count(const guanxi_result& result);
std::int64_t result_row_count(const guanxi_result& result);
std::int32_t result_has_children(const guanxi_result& result, std::int32_t column);
std::unique_ptr<guanxi_result> result_children(const guanxi_result& result, std::int64_t row,
                                               std::int32_t column);
void result_page(const guanxi_result& result, const char*& next, std::size_t* length,
                 std::int64_t* since);
std::int32_t result_column(const guanxi_result& result, std::string_view name);
guanxi_column_info result_column_info(const guanxi_result& result, std::int32_t column);
std::int32_t result_is_null(const guanxi_result& result, std::int64_t row, std::int32_t column);
guanxi_value result_value(const guanxi_result& result, std::int64_t row, std::int32_t column);
void result_boolean(const guanxi_result& result, std::int64_t row, std::int32_t column,
                    std::int32_t& value, std::int32_t* is_null);
void result_integer(const guanxi_result& result, std::int64_t row, std::int32_t column,
                    std::int64_t& value, std::int32_t* is_null);
void result_decimal(const guanxi_result& result, std::int64_t row, std::int32_t column,
                    std::int64_t& coefficient, std::int32_t* scale, std::int32_t* is_null);
void result_text(const guanxi_result& result, std::int64_t row, std::int32_t column,
                 const char*& text, std::size_t* length);
void result_date(const guanxi_result& result, std::int64_t row, std::int32_t column,
                 std::int32_t& days, std::int32_t* is_null);
void result_instant(const guanxi_result& result, std::int64_t row, std::int32_t column,
                    std::int64_t& microseconds, std::int32_t* is_null);
void result_reference(const guanxi_result& result, std::int64_t row, std::int32_t column,
                      std::int64_t& id, std::int32_t* is_null);
std::unique_ptr<guanxi_buffer> result_json(const guanxi_result& result);
std::unique_ptr<guanxi_buffer> result_csv(const guanxi_result& result);
void result_save(const guanxi_result& result, std::int32_t format, std::string_view path,
                 progress progress);
void result_arrow_stream(const guanxi_result& result, ArrowArrayStream& stream);

// queries as JSON
std::unique_ptr<guanxi_buffer> statement_to_json(std::string_view text);
std::unique_ptr<guanxi_buffer> statement_from_json(std::string_view json);

// explanations
std::unique_ptr<guanxi_buffer> explain_query(guanxi_session& session, std::string_view text,
                                             const guanxi_parameters* parameters,
                                             std::optional<std::string_view> login);
std::unique_ptr<guanxi_explanation> explain(guanxi_session& session, std::int32_t action,
                                            std::string_view entity, std::int64_t id,
                                            std::optional<std::string_view> field);
std::unique_ptr<guanxi_explanation> explain_for(guanxi_session& session, std::string_view login,
                                                std::int32_t action, std::string_view entity,
                                                std::int64_t id);
std::int32_t explanation_is_allowed(const guanxi_explanation& explanation);
std::int32_t explanation_reason_count(const guanxi_explanation& explanation);
guanxi_reason_info explanation_reason(const guanxi_explanation& explanation, std::int32_t reason);

// history
std::unique_ptr<guanxi_history> history_read(guanxi_session& session, std::string_view entity,
                                             std::int64_t id);
std::int32_t history_count(const guanxi_history& history);
guanxi_entry_info history_entry(const guanxi_history& history, std::int32_t entry);
void history_field(const guanxi_history& history, std::int32_t entry, std::int32_t field,
                   const char** name, guanxi_value* before, guanxi_value* after);
std::unique_ptr<guanxi_history> history_of_field(guanxi_session& session, std::string_view entity,
                                                 std::int64_t id, std::string_view field);

// change feed
std::unique_ptr<guanxi_events> events_open(guanxi_session& session, std::string_view cursor,
                                           const guanxi_feed_options& options);
std::int32_t events_next(guanxi_events& events);
guanxi_event_info events_info(const guanxi_events& events);
void events_field(const guanxi_events& events, std::int32_t field, const char** name,
                  guanxi_value* before, guanxi_value* after);
std::int64_t events_each(guanxi_events& events, std::int64_t at_most, event event);
void events_acknowledge(guanxi_events& events);
void events_rewind(guanxi_events& events);
std::int64_t last_change(guanxi_session& session);
std::unique_ptr<guanxi_cursors> cursors_read(guanxi_session& session);
std::int32_t cursors_count(const guanxi_cursors& cursors);
guanxi_cursor_info cursors_at(const guanxi_cursors& cursors, std::int32_t cursor);
void cursor_move(guanxi_session& session, std::string_view cursor, std::int64_t user,
                 std::int64_t sequence);
void cursor_drop(guanxi_session& session, std::string_view cursor, std::int64_t user);
std::int64_t prune_changes(guanxi_session& session, std::int64_t older_than, std::int32_t unread,
                           progress progress);

// schema
void define_entity(guanxi_session& session, std::string_view json);
void define_field(guanxi_session& session, std::string_view entity, std::string_view json);
std::unique_ptr<guanxi_buffer> preview_schema(guanxi_session& session, std::string_view requests);
void change_schema(guanxi_session& session, std::string_view requests, guanxi_buffer* steps);
std::unique_ptr<guanxi_catalog> catalog_read(guanxi_session& session);
std::int32_t catalog_entity_count(const guanxi_catalog& catalog);
std::int32_t catalog_entity(const guanxi_catalog& catalog, std::string_view name);
guanxi_entity_info catalog_entity_info(const guanxi_catalog& catalog, std::int32_t entity);
std::int32_t catalog_field(const guanxi_catalog& catalog, std::int32_t entity,
                           std::string_view name);
guanxi_field_info catalog_field_info(const guanxi_catalog& catalog, std::int32_t entity,
                                     std::int32_t field);
guanxi_choice_info catalog_choice_info(const guanxi_catalog& catalog, std::int32_t entity,
                                       std::int32_t field, std::int32_t choice);

// a host's own store
std::unique_ptr<guanxi_tenant> open_store(const guanxi_environment* environment,
                                          const guanxi_store& store, void* self,
                                          const guanxi_open_options& options);
std::unique_ptr<guanxi_store_faults> store_check(const guanxi_store& store, void* self,
                                                 const guanxi_store_check_options& options,
                                                 progress progress);
std::int32_t store_faults_count(const guanxi_store_faults& faults);
guanxi_store_fault store_faults_get(const guanxi_store_faults& faults, std::int32_t index);
std::string_view store_faults_skipped(const guanxi_store_faults& faults);
std::string_view table_name(const guanxi_table& table);
std::int32_t table_slots(const guanxi_table& table);
guanxi_field_info table_field(const guanxi_table& table, std::int32_t slot);
std::int32_t request_term_count(const guanxi_request& request);
guanxi_request_term request_term_info(const guanxi_request& request, std::int32_t term);
guanxi_value request_constant(const guanxi_request& request, std::int32_t term,
                              std::int32_t constant);
std::int32_t request_sort_count(const guanxi_request& request);
guanxi_request_sort request_sort_info(const guanxi_request& request, std::int32_t key);
std::uint64_t request_limit(const guanxi_request& request);
std::int64_t request_after(const guanxi_request& request);
std::int32_t request_wants(const guanxi_request& request, std::int32_t slot);
void answer_verdict(guanxi_answer& answer, std::int32_t term, std::int32_t verdict);
void answer_sorts(guanxi_answer& answer);
void answer_row(guanxi_answer& answer, strided<guanxi_value> row, std::int32_t* more);
void answer_explain(guanxi_answer& answer, std::string_view message, std::int32_t store_code);

// modules
std::unique_ptr<guanxi_module> module_create(std::string_view name);
void module_add_entity(guanxi_module& module, std::string_view json);
void module_add_action(guanxi_module& module, const guanxi_module_action& action, void* self);
void module_add_timer(guanxi_module& module, const guanxi_module_timer& timer, void* self);
void module_add_effect(guanxi_module& module, const guanxi_module_effect& effect, void* self);
void environment_add_module(guanxi_environment& environment, const guanxi_module& module);
std::int64_t call_user(const guanxi_call& call);
std::int64_t call_now(const guanxi_call& call);
guanxi_value call_argument(const guanxi_call& call, std::string_view name);
std::unique_ptr<guanxi_record> call_record(const guanxi_call& call);
std::unique_ptr<guanxi_result> call_query(guanxi_call& call, std::string_view text,
                                          const guanxi_parameters* parameters);
std::unique_ptr<guanxi_result> call_query_all(guanxi_call& call, std::string_view text,
                                              const guanxi_parameters* parameters);
std::unique_ptr<guanxi_record> call_get(guanxi_call& call, std::string_view entity,
                                        std::int64_t id);
std::unique_ptr<guanxi_record> call_get_all(guanxi_call& call, std::string_view entity,
                                            std::int64_t id);
void call_need(guanxi_call& call, std::int32_t right, std::string_view entity, std::int64_t id);
std::unique_ptr<guanxi_draft> call_draft(guanxi_call& call, std::string_view entity);
void call_create(guanxi_call& call, const guanxi_draft& draft, std::int32_t authority,
                 std::int32_t* step);
void call_change(guanxi_call& call, std::int64_t id, const guanxi_draft& draft,
                 std::int32_t authority, std::int32_t* step);
void call_delete(guanxi_call& call, std::string_view entity, std::int64_t id,
                 std::int32_t authority);
void call_tie(guanxi_call& call, std::int32_t step, std::string_view field, std::int32_t to);
void call_answer(guanxi_call& call, strided<guanxi_value> row);
void call_answer_step(guanxi_call& call, std::int32_t place, std::int32_t step);
void call_explain(guanxi_call& call, std::string_view message,
                  std::optional<std::string_view> entity, std::optional<std::string_view> field);
std::int32_t reaction_trigger(const guanxi_reaction& reaction);
std::int64_t reaction_now(const guanxi_reaction& reaction);
guanxi_value reaction_before(const guanxi_reaction& reaction, std::string_view field);
guanxi_value reaction_after(const guanxi_reaction& reaction, std::string_view field);
guanxi_value reaction_path(const guanxi_reaction& reaction, std::int32_t path);
std::unique_ptr<guanxi_result> reaction_query(const guanxi_reaction& reaction, std::int32_t query);
void reaction_set(guanxi_reaction& reaction, std::string_view field, const guanxi_value& value);
std::unique_ptr<guanxi_draft> reaction_draft(const guanxi_reaction& reaction,
                                             std::string_view entity);
void reaction_create(guanxi_reaction& reaction, const guanxi_draft& draft);
void reaction_change(guanxi_reaction& reaction, std::int64_t id, const guanxi_draft& draft);
void reaction_explain(guanxi_reaction& reaction, std::string_view message,
                      std::optional<std::string_view> entity,
                      std::optional<std::string_view> field);

// long calls
void import_files(guanxi_session& session, std::string_view mapping, std::string_view directory,
                  progress progress, guanxi_buffer* report);
std::unique_ptr<guanxi_buffer> report(guanxi_session& session, std::string_view definition,
                                      const guanxi_parameters* parameters);
std::unique_ptr<guanxi_buffer> report_text(guanxi_session& session, std::string_view definition,
                                           const guanxi_parameters* parameters,
                                           const guanxi_report_options& options);
std::unique_ptr<guanxi_buffer> report_page(guanxi_session& session, std::string_view definition,
                                           const guanxi_parameters* parameters,
                                           const guanxi_report_options& options);
void generate_sample(guanxi_session& session, const guanxi_sample_options& options,
                     progress progress, guanxi_buffer* summary);

// keeping
void tenant_verify(const guanxi_tenant& tenant, std::uint64_t max_findings, progress progress,
                   std::int64_t* findings, guanxi_buffer* report);
void tenant_backup(const guanxi_tenant& tenant, std::string_view path, progress progress,
                   std::int64_t* sequence, guanxi_buffer* report);
void restore(std::string_view backup, std::string_view path, std::int32_t overwrite,
             progress progress, guanxi_buffer* report);
void salvage(std::string_view path, std::string_view into, std::uint64_t max_findings,
             progress progress, guanxi_buffer* report);

}  // namespace guanxi::capi::body
