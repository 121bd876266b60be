// The exports: each makes sure of its arguments and calls its body, and lets nothing that is
// thrown past.
// This file is written by scripts/generate_c_api.py from capi/api.yaml; change that.
#include "arguments.hpp"
#include "bodies.hpp"

#include "guanxi/base/config.hpp"
#include "guanxi/edge/report_page.hpp"
#include "guanxi/edge/table.hpp"
#include "guanxi/session/own_store.hpp"

using namespace guanxi::capi;

// Both sides write the version and the constants; a difference does not compile.
static_assert(GUANXI_OK == static_cast<int>(guanxi::errc::ok));
static_assert(GUANXI_INVALID_ARGUMENT == static_cast<int>(guanxi::errc::invalid_argument));
static_assert(GUANXI_INVALID_TEXT == static_cast<int>(guanxi::errc::invalid_text));
static_assert(GUANXI_UNKNOWN_NAME == static_cast<int>(guanxi::errc::unknown_name));
static_assert(GUANXI_PARSE == static_cast<int>(guanxi::errc::parse));
static_assert(GUANXI_TYPE_MISMATCH == static_cast<int>(guanxi::errc::type_mismatch));
static_assert(GUANXI_OVERFLOW == static_cast<int>(guanxi::errc::overflow));
static_assert(GUANXI_MIXED_CURRENCY == static_cast<int>(guanxi::errc::mixed_currency));
static_assert(GUANXI_UNDEFINED_PERIOD == static_cast<int>(guanxi::errc::undefined_period));
static_assert(GUANXI_MISSING_RATE == static_cast<int>(guanxi::errc::missing_rate));
static_assert(GUANXI_PERMISSION == static_cast<int>(guanxi::errc::permission));
static_assert(GUANXI_NOT_FOUND == static_cast<int>(guanxi::errc::not_found));
static_assert(GUANXI_VALIDATION == static_cast<int>(guanxi::errc::validation));
static_assert(GUANXI_DUPLICATE == static_cast<int>(guanxi::errc::duplicate));
static_assert(GUANXI_CONFLICT == static_cast<int>(guanxi::errc::conflict));
static_assert(GUANXI_EFFECT_LIMIT == static_cast<int>(guanxi::errc::effect_limit));
static_assert(GUANXI_FILE_MISSING == static_cast<int>(guanxi::errc::file_missing));
static_assert(GUANXI_NOT_A_DATABASE == static_cast<int>(guanxi::errc::not_a_database));
static_assert(GUANXI_NEWER_SCHEMA == static_cast<int>(guanxi::errc::newer_schema));
static_assert(GUANXI_STORE_FULL == static_cast<int>(guanxi::errc::store_full));
static_assert(GUANXI_STORE_IO == static_cast<int>(guanxi::errc::store_io));
static_assert(GUANXI_STORE_CORRUPT == static_cast<int>(guanxi::errc::store_corrupt));
static_assert(GUANXI_BUSY == static_cast<int>(guanxi::errc::busy));
static_assert(GUANXI_READ_ONLY == static_cast<int>(guanxi::errc::read_only));
static_assert(GUANXI_UNSUPPORTED == static_cast<int>(guanxi::errc::unsupported));
static_assert(GUANXI_COMMIT_UNKNOWN == static_cast<int>(guanxi::errc::commit_unknown));
static_assert(GUANXI_PRUNED == static_cast<int>(guanxi::errc::pruned));
static_assert(GUANXI_INTERRUPTED == static_cast<int>(guanxi::errc::interrupted));
static_assert(GUANXI_LIMIT == static_cast<int>(guanxi::errc::limit));
static_assert(GUANXI_OUT_OF_MEMORY == static_cast<int>(guanxi::errc::out_of_memory));
static_assert(GUANXI_MISUSE == static_cast<int>(guanxi::errc::misuse));
static_assert(GUANXI_INTERNAL == static_cast<int>(guanxi::errc::internal));
static_assert(GUANXI_TYPE_NULL == static_cast<int>(guanxi::value_type::null));
static_assert(GUANXI_TYPE_BOOLEAN == static_cast<int>(guanxi::value_type::boolean));
static_assert(GUANXI_TYPE_INTEGER == static_cast<int>(guanxi::value_type::integer));
static_assert(GUANXI_TYPE_DECIMAL == static_cast<int>(guanxi::value_type::decimal));
static_assert(GUANXI_TYPE_TEXT == static_cast<int>(guanxi::value_type::text));
static_assert(GUANXI_TYPE_DATE == static_cast<int>(guanxi::value_type::date));
static_assert(GUANXI_TYPE_INSTANT == static_cast<int>(guanxi::value_type::instant));
static_assert(GUANXI_TYPE_REFERENCE == static_cast<int>(guanxi::value_type::reference));
static_assert(GUANXI_KIND_BOOLEAN == static_cast<int>(guanxi::schema::kind::boolean));
static_assert(GUANXI_KIND_INTEGER == static_cast<int>(guanxi::schema::kind::integer));
static_assert(GUANXI_KIND_DECIMAL == static_cast<int>(guanxi::schema::kind::decimal));
static_assert(GUANXI_KIND_MONEY == static_cast<int>(guanxi::schema::kind::money));
static_assert(GUANXI_KIND_TEXT == static_cast<int>(guanxi::schema::kind::text));
static_assert(GUANXI_KIND_CHOICE == static_cast<int>(guanxi::schema::kind::choice));
static_assert(GUANXI_KIND_DATE == static_cast<int>(guanxi::schema::kind::date));
static_assert(GUANXI_KIND_INSTANT == static_cast<int>(guanxi::schema::kind::instant));
static_assert(GUANXI_KIND_REFERENCE == static_cast<int>(guanxi::schema::kind::reference));
static_assert(GUANXI_FIELD_REQUIRED == static_cast<int>(guanxi::schema::required));
static_assert(GUANXI_FIELD_UNIQUE == static_cast<int>(guanxi::schema::unique));
static_assert(GUANXI_FIELD_INDEXED == static_cast<int>(guanxi::schema::indexed));
static_assert(GUANXI_FIELD_TITLE == static_cast<int>(guanxi::schema::title));
static_assert(GUANXI_FIELD_DERIVED == static_cast<int>(guanxi::schema::derived));
static_assert(GUANXI_FIELD_TRACKED == static_cast<int>(guanxi::schema::tracked));
static_assert(GUANXI_FIELD_SEARCHABLE == static_cast<int>(guanxi::schema::searchable));
static_assert(GUANXI_AUTHORITY_USER == static_cast<int>(guanxi::work::outcome::authority::user));
static_assert(GUANXI_AUTHORITY_ACTION ==
              static_cast<int>(guanxi::work::outcome::authority::action));
static_assert(GUANXI_TRIGGER_CREATED == static_cast<int>(guanxi::work::trigger::created));
static_assert(GUANXI_TRIGGER_UPDATED == static_cast<int>(guanxi::work::trigger::updated));
static_assert(GUANXI_TRIGGER_REMOVED == static_cast<int>(guanxi::work::trigger::removed));
static_assert(GUANXI_TRIGGER_RESTORED == static_cast<int>(guanxi::work::trigger::restored));
static_assert(GUANXI_WRITE_CLASS_INITIAL == static_cast<int>(guanxi::work::write_class::initial));
static_assert(GUANXI_WRITE_CLASS_CALLER == static_cast<int>(guanxi::work::write_class::caller));
static_assert(GUANXI_WRITE_CLASS_RULE == static_cast<int>(guanxi::work::write_class::rule));
static_assert(GUANXI_WRITE_CLASS_DERIVED == static_cast<int>(guanxi::work::write_class::derived));
static_assert(GUANXI_ON_DELETE_LEAVE == static_cast<int>(guanxi::schema::on_delete::leave));
static_assert(GUANXI_ON_DELETE_CLEAR == static_cast<int>(guanxi::schema::on_delete::clear));
static_assert(GUANXI_ON_DELETE_RESTRICT == static_cast<int>(guanxi::schema::on_delete::restrict));
static_assert(GUANXI_ON_DELETE_CASCADE == static_cast<int>(guanxi::schema::on_delete::cascade));
static_assert(GUANXI_ON_DELETE_FOLLOW == static_cast<int>(guanxi::schema::on_delete::follow));
static_assert(GUANXI_ACTION_READ == static_cast<int>(guanxi::action::read));
static_assert(GUANXI_ACTION_CREATE == static_cast<int>(guanxi::action::create));
static_assert(GUANXI_ACTION_EDIT == static_cast<int>(guanxi::action::edit));
static_assert(GUANXI_ACTION_DELETE == static_cast<int>(guanxi::action::remove));
static_assert(GUANXI_ACTION_TRANSFER == static_cast<int>(guanxi::action::transfer));
static_assert(GUANXI_ACTION_SHARE == static_cast<int>(guanxi::action::share));
static_assert(GUANXI_OUTCOME_UNKNOWN == static_cast<int>(guanxi::commit_outcome::unknown));
static_assert(GUANXI_OUTCOME_COMMITTED == static_cast<int>(guanxi::commit_outcome::committed));
static_assert(GUANXI_OUTCOME_NOT_COMMITTED ==
              static_cast<int>(guanxi::commit_outcome::not_committed));
static_assert(GUANXI_LANGUAGE_ENGLISH == static_cast<int>(guanxi::edge::language::english));
static_assert(GUANXI_LANGUAGE_CHINESE == static_cast<int>(guanxi::edge::language::chinese));
static_assert(GUANXI_FORMAT_CSV == static_cast<int>(guanxi::edge::text_format::csv));
static_assert(GUANXI_FORMAT_JSON == static_cast<int>(guanxi::edge::text_format::json));
static_assert(GUANXI_FORMAT_JSON_LINES == static_cast<int>(guanxi::edge::text_format::json_lines));
static_assert(GUANXI_THEME_SYSTEM == static_cast<int>(guanxi::edge::page_theme::system));
static_assert(GUANXI_THEME_LIGHT == static_cast<int>(guanxi::edge::page_theme::light));
static_assert(GUANXI_THEME_DARK == static_cast<int>(guanxi::edge::page_theme::dark));
static_assert(GUANXI_STORE_KIND_SQLITE == static_cast<int>(guanxi::store_kind::sqlite));
static_assert(GUANXI_STORE_KIND_MEMORY == static_cast<int>(guanxi::store_kind::memory));
static_assert(GUANXI_COMPARE_EQUAL == static_cast<int>(guanxi::store::comparison::equal));
static_assert(GUANXI_COMPARE_NOT_EQUAL == static_cast<int>(guanxi::store::comparison::not_equal));
static_assert(GUANXI_COMPARE_LESS == static_cast<int>(guanxi::store::comparison::less));
static_assert(GUANXI_COMPARE_LESS_EQUAL == static_cast<int>(guanxi::store::comparison::less_equal));
static_assert(GUANXI_COMPARE_GREATER == static_cast<int>(guanxi::store::comparison::greater));
static_assert(GUANXI_COMPARE_GREATER_EQUAL ==
              static_cast<int>(guanxi::store::comparison::greater_equal));
static_assert(GUANXI_COMPARE_IN == static_cast<int>(guanxi::store::comparison::in));
static_assert(GUANXI_COMPARE_IS_NULL == static_cast<int>(guanxi::store::comparison::is_null));
static_assert(GUANXI_COMPARE_IS_NOT_NULL ==
              static_cast<int>(guanxi::store::comparison::is_not_null));
static_assert(GUANXI_COMPARE_STARTS_WITH ==
              static_cast<int>(guanxi::store::comparison::starts_with));
static_assert(GUANXI_VERDICT_UNSUPPORTED == static_cast<int>(guanxi::query::verdict::unsupported));
static_assert(GUANXI_VERDICT_PRUNE == static_cast<int>(guanxi::query::verdict::prune));
static_assert(GUANXI_VERDICT_EXACT == static_cast<int>(guanxi::query::verdict::exact));

namespace {

guanxi_value read(const guanxi_value* given, std::string_view argument) {
  guanxi_value out = options_of(given, argument, &guanxi_value::type, &guanxi_value::integer,
                                &guanxi_value::text, &guanxi_value::text_length,
                                &guanxi_value::scale);
  out.text_length = checked_length(out.text, out.text_length, "text");
  return out;
}

void give(const guanxi_value& from, guanxi_value& into) {
  give_fields(from, into, &guanxi_value::type, &guanxi_value::integer, &guanxi_value::text,
              &guanxi_value::text_length, &guanxi_value::scale);
}

guanxi_open_options read(const guanxi_open_options* given, std::string_view argument) {
  guanxi_open_options out = options_of(given, argument, &guanxi_open_options::must_exist,
                                       &guanxi_open_options::read_only,
                                       &guanxi_open_options::base_currency,
                                       &guanxi_open_options::base_currency_length,
                                       &guanxi_open_options::vfs, &guanxi_open_options::vfs_length,
                                       &guanxi_open_options::store,
                                       &guanxi_open_options::busy_timeout_ms,
                                       &guanxi_open_options::may_lose_last_commits);
  out.base_currency_length = checked_length(out.base_currency, out.base_currency_length,
                                            "base_currency");
  out.vfs_length = checked_length(out.vfs, out.vfs_length, "vfs");
  return out;
}

guanxi_join_options read(const guanxi_join_options* given, std::string_view argument) {
  guanxi_join_options out = options_of(given, argument, &guanxi_join_options::must_exist,
                                       &guanxi_join_options::prefix,
                                       &guanxi_join_options::prefix_length,
                                       &guanxi_join_options::base_currency,
                                       &guanxi_join_options::base_currency_length);
  out.prefix_length = checked_length(out.prefix, out.prefix_length, "prefix");
  out.base_currency_length = checked_length(out.base_currency, out.base_currency_length,
                                            "base_currency");
  return out;
}

guanxi_tick_options read(const guanxi_tick_options* given, std::string_view argument) {
  guanxi_tick_options out = options_of(given, argument, &guanxi_tick_options::at_most,
                                       &guanxi_tick_options::deadline_ms);
  return out;
}

void give(const guanxi_tick_report& from, guanxi_tick_report& into) {
  give_fields(from, into, &guanxi_tick_report::ran, &guanxi_tick_report::more,
              &guanxi_tick_report::has_next, &guanxi_tick_report::next,
              &guanxi_tick_report::failed);
}

guanxi_write_options read(const guanxi_write_options* given, std::string_view argument) {
  guanxi_write_options out = options_of(given, argument, &guanxi_write_options::expected_revision,
                                        &guanxi_write_options::cause,
                                        &guanxi_write_options::cause_length);
  out.cause_length = checked_length(out.cause, out.cause_length, "cause");
  return out;
}

guanxi_purge_options read(const guanxi_purge_options* given, std::string_view argument) {
  guanxi_purge_options out = options_of(given, argument, &guanxi_purge_options::before,
                                        &guanxi_purge_options::cause,
                                        &guanxi_purge_options::cause_length);
  out.cause_length = checked_length(out.cause, out.cause_length, "cause");
  return out;
}

void give(const guanxi_purge_report& from, guanxi_purge_report& into) {
  give_fields(from, into, &guanxi_purge_report::purged, &guanxi_purge_report::kept,
              &guanxi_purge_report::complete);
}

guanxi_query_options read(const guanxi_query_options* given, std::string_view argument) {
  guanxi_query_options out = options_of(given, argument, &guanxi_query_options::deadline_ms,
                                        &guanxi_query_options::max_rows,
                                        &guanxi_query_options::as_of_sequence,
                                        &guanxi_query_options::as_of_at,
                                        &guanxi_query_options::time_zone,
                                        &guanxi_query_options::time_zone_length,
                                        &guanxi_query_options::max_memory);
  out.time_zone_length = checked_length(out.time_zone, out.time_zone_length, "time_zone");
  return out;
}

guanxi_search_options read(const guanxi_search_options* given, std::string_view argument) {
  guanxi_search_options out = options_of(given, argument, &guanxi_search_options::entities,
                                         &guanxi_search_options::entities_length,
                                         &guanxi_search_options::limit,
                                         &guanxi_search_options::deadline_ms);
  out.entities_length = checked_length(out.entities, out.entities_length, "entities");
  return out;
}

guanxi_invoke_options read(const guanxi_invoke_options* given, std::string_view argument) {
  guanxi_invoke_options out = options_of(given, argument, &guanxi_invoke_options::preview,
                                         &guanxi_invoke_options::cause,
                                         &guanxi_invoke_options::cause_length);
  out.cause_length = checked_length(out.cause, out.cause_length, "cause");
  return out;
}

void give(const guanxi_column_info& from, guanxi_column_info& into) {
  give_fields(from, into, &guanxi_column_info::name, &guanxi_column_info::name_length,
              &guanxi_column_info::label_en, &guanxi_column_info::label_en_length,
              &guanxi_column_info::label_zh, &guanxi_column_info::label_zh_length,
              &guanxi_column_info::type, &guanxi_column_info::scale, &guanxi_column_info::is_money);
}

void give(const guanxi_reason_info& from, guanxi_reason_info& into) {
  give_fields(from, into, &guanxi_reason_info::grants, &guanxi_reason_info::code,
              &guanxi_reason_info::code_length, &guanxi_reason_info::text_en,
              &guanxi_reason_info::text_en_length, &guanxi_reason_info::text_zh,
              &guanxi_reason_info::text_zh_length);
}

void give(const guanxi_entry_info& from, guanxi_entry_info& into) {
  give_fields(from, into, &guanxi_entry_info::sequence, &guanxi_entry_info::at,
              &guanxi_entry_info::user, &guanxi_entry_info::cause, &guanxi_entry_info::cause_length,
              &guanxi_entry_info::action, &guanxi_entry_info::action_length,
              &guanxi_entry_info::field_count);
}

guanxi_feed_options read(const guanxi_feed_options* given, std::string_view argument) {
  guanxi_feed_options out = options_of(given, argument, &guanxi_feed_options::entities,
                                       &guanxi_feed_options::entities_length,
                                       &guanxi_feed_options::fields,
                                       &guanxi_feed_options::fields_length,
                                       &guanxi_feed_options::actions,
                                       &guanxi_feed_options::actions_length,
                                       &guanxi_feed_options::start_after);
  out.entities_length = checked_length(out.entities, out.entities_length, "entities");
  out.fields_length = checked_length(out.fields, out.fields_length, "fields");
  out.actions_length = checked_length(out.actions, out.actions_length, "actions");
  return out;
}

void give(const guanxi_event_info& from, guanxi_event_info& into) {
  give_fields(from, into, &guanxi_event_info::sequence, &guanxi_event_info::batch,
              &guanxi_event_info::record, &guanxi_event_info::at, &guanxi_event_info::user,
              &guanxi_event_info::entity, &guanxi_event_info::entity_length,
              &guanxi_event_info::action, &guanxi_event_info::action_length,
              &guanxi_event_info::cause, &guanxi_event_info::cause_length,
              &guanxi_event_info::field_count);
}

void give(const guanxi_cursor_info& from, guanxi_cursor_info& into) {
  give_fields(from, into, &guanxi_cursor_info::name, &guanxi_cursor_info::name_length,
              &guanxi_cursor_info::user, &guanxi_cursor_info::acknowledged,
              &guanxi_cursor_info::moved_at);
}

void give(const guanxi_entity_info& from, guanxi_entity_info& into) {
  give_fields(from, into, &guanxi_entity_info::name, &guanxi_entity_info::name_length,
              &guanxi_entity_info::label_en, &guanxi_entity_info::label_en_length,
              &guanxi_entity_info::label_zh, &guanxi_entity_info::label_zh_length,
              &guanxi_entity_info::plural_en, &guanxi_entity_info::plural_en_length,
              &guanxi_entity_info::plural_zh, &guanxi_entity_info::plural_zh_length,
              &guanxi_entity_info::is_custom, &guanxi_entity_info::field_count);
}

void give(const guanxi_field_info& from, guanxi_field_info& into) {
  give_fields(from, into, &guanxi_field_info::name, &guanxi_field_info::name_length,
              &guanxi_field_info::label_en, &guanxi_field_info::label_en_length,
              &guanxi_field_info::label_zh, &guanxi_field_info::label_zh_length,
              &guanxi_field_info::kind, &guanxi_field_info::flags, &guanxi_field_info::scale,
              &guanxi_field_info::slot, &guanxi_field_info::is_system,
              &guanxi_field_info::is_custom, &guanxi_field_info::target,
              &guanxi_field_info::target_length, &guanxi_field_info::initial,
              &guanxi_field_info::initial_length, &guanxi_field_info::choice_count,
              &guanxi_field_info::on_delete);
}

void give(const guanxi_choice_info& from, guanxi_choice_info& into) {
  give_fields(from, into, &guanxi_choice_info::code, &guanxi_choice_info::code_length,
              &guanxi_choice_info::label_en, &guanxi_choice_info::label_en_length,
              &guanxi_choice_info::label_zh, &guanxi_choice_info::label_zh_length);
}

guanxi_store read(const guanxi_store* given, std::string_view argument) {
  guanxi_store out = options_of(given, argument, &guanxi_store::name, &guanxi_store::name_length,
                                &guanxi_store::get, &guanxi_store::put, &guanxi_store::erase,
                                &guanxi_store::scan, &guanxi_store::release, &guanxi_store::migrate,
                                &guanxi_store::begin, &guanxi_store::commit,
                                &guanxi_store::rollback, &guanxi_store::savepoint,
                                &guanxi_store::keep, &guanxi_store::undo,
                                &guanxi_store::write_batch, &guanxi_store::plan,
                                &guanxi_store::execute);
  out.name_length = checked_length(out.name, out.name_length, "name");
  return out;
}

guanxi_store_check_options read(const guanxi_store_check_options* given,
                                std::string_view argument) {
  guanxi_store_check_options out = options_of(given, argument, &guanxi_store_check_options::seed,
                                              &guanxi_store_check_options::operations,
                                              &guanxi_store_check_options::make,
                                              &guanxi_store_check_options::make_user);
  return out;
}

void give(const guanxi_store_fault& from, guanxi_store_fault& into) {
  give_fields(from, into, &guanxi_store_fault::function, &guanxi_store_fault::function_length,
              &guanxi_store_fault::text, &guanxi_store_fault::text_length,
              &guanxi_store_fault::steps, &guanxi_store_fault::steps_length,
              &guanxi_store_fault::found_by, &guanxi_store_fault::found_by_length,
              &guanxi_store_fault::seed);
}

void give(const guanxi_request_term& from, guanxi_request_term& into) {
  give_fields(from, into, &guanxi_request_term::slot, &guanxi_request_term::comparison,
              &guanxi_request_term::constant_count);
}

void give(const guanxi_request_sort& from, guanxi_request_sort& into) {
  give_fields(from, into, &guanxi_request_sort::slot, &guanxi_request_sort::is_descending,
              &guanxi_request_sort::nulls_first);
}

guanxi_module_action read(const guanxi_module_action* given, std::string_view argument) {
  guanxi_module_action out = options_of(given, argument, &guanxi_module_action::name,
                                        &guanxi_module_action::name_length,
                                        &guanxi_module_action::entity,
                                        &guanxi_module_action::entity_length,
                                        &guanxi_module_action::label_en,
                                        &guanxi_module_action::label_en_length,
                                        &guanxi_module_action::label_zh,
                                        &guanxi_module_action::label_zh_length,
                                        &guanxi_module_action::needs,
                                        &guanxi_module_action::only_reads,
                                        &guanxi_module_action::parameters,
                                        &guanxi_module_action::parameters_length,
                                        &guanxi_module_action::results,
                                        &guanxi_module_action::results_length,
                                        &guanxi_module_action::run, &guanxi_module_action::release);
  out.name_length = checked_length(out.name, out.name_length, "name");
  out.entity_length = checked_length(out.entity, out.entity_length, "entity");
  out.label_en_length = checked_length(out.label_en, out.label_en_length, "label_en");
  out.label_zh_length = checked_length(out.label_zh, out.label_zh_length, "label_zh");
  out.parameters_length = checked_length(out.parameters, out.parameters_length, "parameters");
  out.results_length = checked_length(out.results, out.results_length, "results");
  return out;
}

guanxi_module_timer read(const guanxi_module_timer* given, std::string_view argument) {
  guanxi_module_timer out = options_of(given, argument, &guanxi_module_timer::name,
                                       &guanxi_module_timer::name_length,
                                       &guanxi_module_timer::entity,
                                       &guanxi_module_timer::entity_length,
                                       &guanxi_module_timer::due, &guanxi_module_timer::due_length,
                                       &guanxi_module_timer::where,
                                       &guanxi_module_timer::where_length,
                                       &guanxi_module_timer::run, &guanxi_module_timer::release);
  out.name_length = checked_length(out.name, out.name_length, "name");
  out.entity_length = checked_length(out.entity, out.entity_length, "entity");
  out.due_length = checked_length(out.due, out.due_length, "due");
  out.where_length = checked_length(out.where, out.where_length, "where");
  return out;
}

guanxi_module_effect read(const guanxi_module_effect* given, std::string_view argument) {
  guanxi_module_effect out = options_of(given, argument, &guanxi_module_effect::name,
                                        &guanxi_module_effect::name_length,
                                        &guanxi_module_effect::entity,
                                        &guanxi_module_effect::entity_length,
                                        &guanxi_module_effect::triggers,
                                        &guanxi_module_effect::write_class,
                                        &guanxi_module_effect::fields,
                                        &guanxi_module_effect::fields_length,
                                        &guanxi_module_effect::paths,
                                        &guanxi_module_effect::paths_length,
                                        &guanxi_module_effect::queries,
                                        &guanxi_module_effect::queries_length,
                                        &guanxi_module_effect::writes,
                                        &guanxi_module_effect::writes_length,
                                        &guanxi_module_effect::after,
                                        &guanxi_module_effect::after_length,
                                        &guanxi_module_effect::run, &guanxi_module_effect::release);
  out.name_length = checked_length(out.name, out.name_length, "name");
  out.entity_length = checked_length(out.entity, out.entity_length, "entity");
  out.fields_length = checked_length(out.fields, out.fields_length, "fields");
  out.paths_length = checked_length(out.paths, out.paths_length, "paths");
  out.queries_length = checked_length(out.queries, out.queries_length, "queries");
  out.writes_length = checked_length(out.writes, out.writes_length, "writes");
  out.after_length = checked_length(out.after, out.after_length, "after");
  return out;
}

guanxi_report_options read(const guanxi_report_options* given, std::string_view argument) {
  guanxi_report_options out = options_of(given, argument, &guanxi_report_options::language,
                                         &guanxi_report_options::width,
                                         &guanxi_report_options::ascii,
                                         &guanxi_report_options::colour,
                                         &guanxi_report_options::theme,
                                         &guanxi_report_options::title,
                                         &guanxi_report_options::title_length,
                                         &guanxi_report_options::chart_library,
                                         &guanxi_report_options::chart_library_length);
  out.title_length = checked_length(out.title, out.title_length, "title");
  out.chart_library_length = checked_length(out.chart_library, out.chart_library_length,
                                            "chart_library");
  return out;
}

guanxi_sample_options read(const guanxi_sample_options* given, std::string_view argument) {
  guanxi_sample_options out = options_of(given, argument, &guanxi_sample_options::seed,
                                         &guanxi_sample_options::opportunities,
                                         &guanxi_sample_options::currency,
                                         &guanxi_sample_options::currency_length,
                                         &guanxi_sample_options::mixed_currencies,
                                         &guanxi_sample_options::records,
                                         &guanxi_sample_options::users,
                                         &guanxi_sample_options::roles,
                                         &guanxi_sample_options::role_levels);
  out.currency_length = checked_length(out.currency, out.currency_length, "currency");
  return out;
}

}  // namespace

const char* guanxi_version() {
  return shelter<const char*>("", [&] { return body::version(); });
}

int32_t guanxi_version_number() {
  return shelter<std::int32_t>(0, [&] { return body::version_number(); });
}

const char* guanxi_code_name(int32_t code) {
  return shelter<const char*>("", [&] { return body::code_name(code); });
}

void guanxi_error_release(guanxi_error* error) {
  shelter([&] { delete error; });
}

int32_t guanxi_error_code(const guanxi_error* error) {
  return shelter<std::int32_t>(0, [&] { return error ? body::error_code(*error) : 0; });
}

const char* guanxi_error_name(const guanxi_error* error) {
  return shelter<const char*>("ok", [&] { return error ? body::error_name(*error) : "ok"; });
}

const char* guanxi_error_message(const guanxi_error* error, size_t* length) {
  return lend(length, [&] { return error ? body::error_message(*error) : std::string_view(); });
}

const char* guanxi_error_entity(const guanxi_error* error, size_t* length) {
  return lend(length, [&] { return error ? body::error_entity(*error) : std::string_view(); });
}

const char* guanxi_error_field(const guanxi_error* error, size_t* length) {
  return lend(length, [&] { return error ? body::error_field(*error) : std::string_view(); });
}

int64_t guanxi_error_record(const guanxi_error* error) {
  return shelter<std::int64_t>(0, [&] { return error ? body::error_record(*error) : 0; });
}

int64_t guanxi_error_line(const guanxi_error* error) {
  return shelter<std::int64_t>(0, [&] { return error ? body::error_line(*error) : 0; });
}

int64_t guanxi_error_offset(const guanxi_error* error) {
  return shelter<std::int64_t>(-1, [&] { return error ? body::error_offset(*error) : -1; });
}

int32_t guanxi_error_store_code(const guanxi_error* error) {
  return shelter<std::int32_t>(0, [&] { return error ? body::error_store_code(*error) : 0; });
}

int32_t guanxi_error_is_retriable(const guanxi_error* error) {
  return shelter<std::int32_t>(0, [&] { return error ? body::error_is_retriable(*error) : 0; });
}

int32_t guanxi_error_is_aborted(const guanxi_error* error) {
  return shelter<std::int32_t>(0, [&] { return error ? body::error_is_aborted(*error) : 0; });
}

const char* guanxi_error_token(const guanxi_error* error, size_t* length) {
  return lend(length, [&] { return error ? body::error_token(*error) : std::string_view(); });
}

int32_t guanxi_error_stored(const guanxi_error* error, guanxi_record** record, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_record*& into_record = output(record, "record");
    auto& given_error = need(error, "error");
    into_record = body::error_stored(given_error).release();
  });
}

int32_t guanxi_error_wanted(const guanxi_error* error, guanxi_record** record, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_record*& into_record = output(record, "record");
    auto& given_error = need(error, "error");
    into_record = body::error_wanted(given_error).release();
  });
}

int32_t guanxi_error_other_count(const guanxi_error* error) {
  return shelter<std::int32_t>(0, [&] { return error ? body::error_other_count(*error) : 0; });
}

const guanxi_error* guanxi_error_other(const guanxi_error* error, int32_t index) {
  return shelter<const guanxi_error*>(nullptr, [&] {
    return error ? body::error_other(*error, index) : nullptr;
  });
}

void guanxi_buffer_release(guanxi_buffer* buffer) {
  shelter([&] { delete buffer; });
}

const char* guanxi_buffer_data(const guanxi_buffer* buffer, size_t* length) {
  return lend(length, [&] { return buffer ? body::buffer_data(*buffer) : std::string_view(); });
}

int32_t guanxi_environment_create(guanxi_environment** environment, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_environment*& into_environment = output(environment, "environment");
    into_environment = body::environment_create().release();
  });
}

void guanxi_environment_release(guanxi_environment* environment) {
  shelter([&] { delete environment; });
}

int32_t guanxi_environment_set_clock(guanxi_environment* environment, guanxi_clock_callback now,
                                     void* user, guanxi_release_callback release,
                                     guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_environment = need(environment, "environment");
    need(now, "now");
    body::environment_set_clock(given_environment, now, user, release);
  });
}

int32_t guanxi_open(const guanxi_environment* environment, const char* path, size_t path_length,
                    const guanxi_open_options* options, guanxi_tenant** tenant,
                    guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_tenant*& into_tenant = output(tenant, "tenant");
    const auto given_path = text_of(path, path_length, "path");
    const guanxi_open_options given_options = read(options, "options");
    into_tenant = body::open(environment, given_path, given_options).release();
  });
}

int32_t guanxi_open_in(const guanxi_environment* environment, struct sqlite3* connection,
                       const struct guanxi_sqlite_functions* functions,
                       const guanxi_join_options* options, guanxi_tenant** tenant,
                       guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_tenant*& into_tenant = output(tenant, "tenant");
    auto& given_connection = need(connection, "connection");
    auto& given_functions = need(functions, "functions");
    const guanxi_join_options given_options = read(options, "options");
    into_tenant = body::open_in(environment, given_connection, given_functions,
                                given_options).release();
  });
}

void guanxi_tenant_release(guanxi_tenant* tenant) {
  shelter([&] { if (tenant && is_here(*tenant)) delete tenant; });
}

int32_t guanxi_tick(guanxi_tenant* tenant, const guanxi_tick_options* options,
                    guanxi_progress_callback progress, void* user, guanxi_tick_report* report,
                    guanxi_buffer** failures, guanxi_error** err) {
  return barrier(err, [&] {
    if (report) check_size(report, "report");
    guanxi_tick_report filled_report = {};
    wanted<guanxi_buffer> into_failures(failures);
    auto& given_tenant = live(need(tenant, "tenant"));
    const guanxi_tick_options given_options = read(options, "options");
    body::tick(given_tenant, given_options, progress_of(progress, user),
               report ? &filled_report : nullptr, into_failures.get());
    if (report) give(filled_report, *report);
    into_failures.hand_over();
  });
}

int32_t guanxi_tenant_is_fresh(const guanxi_tenant* tenant) {
  return shelter<std::int32_t>(0, [&] { return tenant ? body::tenant_is_fresh(*tenant) : 0; });
}

const char* guanxi_tenant_store_name(const guanxi_tenant* tenant, size_t* length) {
  return lend(length, [&] {
    return tenant ? body::tenant_store_name(*tenant) : std::string_view();
  });
}

int32_t guanxi_tenant_save(const guanxi_tenant* tenant, const char* path, size_t path_length,
                           guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_tenant = live(need(tenant, "tenant"));
    const auto given_path = optional_text(path, path_length, "path");
    body::tenant_save(given_tenant, given_path);
  });
}

int32_t guanxi_as_user(const guanxi_tenant* tenant, const char* login, size_t login_length,
                       guanxi_session** session, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_session*& into_session = output(session, "session");
    auto& given_tenant = live(need(tenant, "tenant"));
    const auto given_login = text_of(login, login_length, "login");
    into_session = body::as_user(given_tenant, given_login).release();
  });
}

int32_t guanxi_as_system(const guanxi_tenant* tenant, const char* cause, size_t cause_length,
                         guanxi_session** session, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_session*& into_session = output(session, "session");
    auto& given_tenant = live(need(tenant, "tenant"));
    const auto given_cause = text_of(cause, cause_length, "cause");
    into_session = body::as_system(given_tenant, given_cause).release();
  });
}

void guanxi_session_release(guanxi_session* session) {
  shelter([&] { if (session && is_here(*session)) delete session; });
}

int64_t guanxi_session_user(const guanxi_session* session) {
  return shelter<std::int64_t>(0, [&] { return session ? body::session_user(*session) : 0; });
}

const char* guanxi_session_login(const guanxi_session* session, size_t* length) {
  return lend(length, [&] { return session ? body::session_login(*session) : std::string_view(); });
}

const char* guanxi_session_base_currency(const guanxi_session* session, size_t* length) {
  return lend(length, [&] {
    return session ? body::session_base_currency(*session) : std::string_view();
  });
}

int32_t guanxi_begin(guanxi_session* session, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    body::begin(given_session);
  });
}

int32_t guanxi_commit(guanxi_session* session, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    body::commit(given_session);
  });
}

int32_t guanxi_rollback(guanxi_session* session, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    body::rollback(given_session);
  });
}

int32_t guanxi_in_transaction(const guanxi_session* session) {
  return shelter<std::int32_t>(0, [&] { return session ? body::in_transaction(*session) : 0; });
}

int32_t guanxi_savepoint(guanxi_session* session, int32_t* savepoint, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_savepoint = output_number(savepoint, "savepoint", 0);
    auto& given_session = live(need(session, "session"));
    into_savepoint = body::savepoint(given_session);
  });
}

int32_t guanxi_release_savepoint(guanxi_session* session, int32_t savepoint, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    body::release_savepoint(given_session, savepoint);
  });
}

int32_t guanxi_rollback_to(guanxi_session* session, int32_t savepoint, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    body::rollback_to(given_session, savepoint);
  });
}

int32_t guanxi_transact(guanxi_session* session, guanxi_work_callback work, void* user,
                        int32_t attempts, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    need(work, "work");
    body::transact(given_session, work_of(work, user), attempts);
  });
}

int32_t guanxi_begin_reading(guanxi_session* session, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    body::begin_reading(given_session);
  });
}

int32_t guanxi_end_reading(guanxi_session* session, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    body::end_reading(given_session);
  });
}

int32_t guanxi_set_deadline(guanxi_session* session, int64_t milliseconds, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    body::set_deadline(given_session, milliseconds);
  });
}

int32_t guanxi_outcome(const guanxi_tenant* tenant, const char* token, size_t token_length,
                       int32_t* outcome, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_outcome = output_number(outcome, "outcome", 0);
    auto& given_tenant = live(need(tenant, "tenant"));
    const auto given_token = text_of(token, token_length, "token");
    into_outcome = body::outcome(given_tenant, given_token);
  });
}

void guanxi_interrupt(const guanxi_session* session) {
  shelter([&] { if (session) body::interrupt(*session); });
}

int32_t guanxi_slot(guanxi_session* session, const char* entity, size_t entity_length,
                    const char* field, size_t field_length, int32_t* slot, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_slot = output_number(slot, "slot", -1);
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const auto given_field = text_of(field, field_length, "field");
    into_slot = body::slot(given_session, given_entity, given_field);
  });
}

int32_t guanxi_draft_create(guanxi_session* session, const char* entity, size_t entity_length,
                            guanxi_draft** draft, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_draft*& into_draft = output(draft, "draft");
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_draft = body::draft_create(given_session, given_entity).release();
  });
}

void guanxi_draft_release(guanxi_draft* draft) {
  shelter([&] { delete draft; });
}

int32_t guanxi_draft_set_text(guanxi_draft* draft, const char* field, size_t field_length,
                              const char* text, size_t text_length, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    const auto given_text = text_of(text, text_length, "text");
    body::draft_set_text(given_draft, given_field, given_text);
  });
}

int32_t guanxi_draft_set_integer(guanxi_draft* draft, const char* field, size_t field_length,
                                 int64_t value, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    body::draft_set_integer(given_draft, given_field, value);
  });
}

int32_t guanxi_draft_set_decimal(guanxi_draft* draft, const char* field, size_t field_length,
                                 int64_t coefficient, int32_t scale, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    body::draft_set_decimal(given_draft, given_field, coefficient, scale);
  });
}

int32_t guanxi_draft_set_money(guanxi_draft* draft, const char* field, size_t field_length,
                               int64_t coefficient, int32_t scale, const char* currency,
                               size_t currency_length, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    const auto given_currency = text_of(currency, currency_length, "currency");
    body::draft_set_money(given_draft, given_field, coefficient, scale, given_currency);
  });
}

int32_t guanxi_draft_set_date(guanxi_draft* draft, const char* field, size_t field_length,
                              int32_t days, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    body::draft_set_date(given_draft, given_field, days);
  });
}

int32_t guanxi_draft_set_instant(guanxi_draft* draft, const char* field, size_t field_length,
                                 int64_t microseconds, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    body::draft_set_instant(given_draft, given_field, microseconds);
  });
}

int32_t guanxi_draft_set_reference(guanxi_draft* draft, const char* field, size_t field_length,
                                   int64_t id, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    body::draft_set_reference(given_draft, given_field, id);
  });
}

int32_t guanxi_draft_set_boolean(guanxi_draft* draft, const char* field, size_t field_length,
                                 int32_t value, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    body::draft_set_boolean(given_draft, given_field, value);
  });
}

int32_t guanxi_draft_set_null(guanxi_draft* draft, const char* field, size_t field_length,
                              guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const auto given_field = text_of(field, field_length, "field");
    body::draft_set_null(given_draft, given_field);
  });
}

int32_t guanxi_draft_set_at(guanxi_draft* draft, int32_t slot, const guanxi_value* value,
                            guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_draft = need(draft, "draft");
    const guanxi_value given_value = read(&need(value, "value"), "value");
    body::draft_set_at(given_draft, slot, given_value);
  });
}

int32_t guanxi_create(guanxi_session* session, const guanxi_draft* draft,
                      const guanxi_write_options* options, guanxi_record** record,
                      guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_record> into_record(record);
    auto& given_session = live(need(session, "session"));
    auto& given_draft = need(draft, "draft");
    const guanxi_write_options given_options = read(options, "options");
    body::create(given_session, given_draft, given_options, into_record.get());
    into_record.hand_over();
  });
}

int32_t guanxi_change(guanxi_session* session, int64_t id, const guanxi_draft* draft,
                      const guanxi_write_options* options, guanxi_record** record,
                      guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_record> into_record(record);
    auto& given_session = live(need(session, "session"));
    auto& given_draft = need(draft, "draft");
    const guanxi_write_options given_options = read(options, "options");
    body::change(given_session, id, given_draft, given_options, into_record.get());
    into_record.hand_over();
  });
}

int32_t guanxi_get(guanxi_session* session, const char* entity, size_t entity_length, int64_t id,
                   guanxi_record** record, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_record*& into_record = output(record, "record");
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_record = body::get(given_session, given_entity, id).release();
  });
}

int32_t guanxi_get_as_of(guanxi_session* session, const char* entity, size_t entity_length,
                         int64_t id, int64_t sequence, int64_t at, guanxi_record** record,
                         guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_record*& into_record = output(record, "record");
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_record = body::get_as_of(given_session, given_entity, id, sequence, at).release();
  });
}

int32_t guanxi_delete(guanxi_session* session, const char* entity, size_t entity_length, int64_t id,
                      const guanxi_write_options* options, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const guanxi_write_options given_options = read(options, "options");
    body::remove(given_session, given_entity, id, given_options);
  });
}

int32_t guanxi_restore(guanxi_session* session, const char* entity, size_t entity_length,
                       int64_t id, const guanxi_write_options* options, int64_t* records,
                       guanxi_error** err) {
  return barrier(err, [&] {
    if (records) *records = 0;
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const guanxi_write_options given_options = read(options, "options");
    body::restore(given_session, given_entity, id, given_options, records);
  });
}

int32_t guanxi_restore_batch(guanxi_session* session, int64_t batch,
                             const guanxi_write_options* options, int64_t* records,
                             guanxi_error** err) {
  return barrier(err, [&] {
    if (records) *records = 0;
    auto& given_session = live(need(session, "session"));
    const guanxi_write_options given_options = read(options, "options");
    body::restore_batch(given_session, batch, given_options, records);
  });
}

int32_t guanxi_archive(guanxi_session* session, const char* entity, size_t entity_length,
                       int64_t id, const guanxi_write_options* options, guanxi_record** record,
                       guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_record> into_record(record);
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const guanxi_write_options given_options = read(options, "options");
    body::archive(given_session, given_entity, id, given_options, into_record.get());
    into_record.hand_over();
  });
}

int32_t guanxi_unarchive(guanxi_session* session, const char* entity, size_t entity_length,
                         int64_t id, const guanxi_write_options* options, guanxi_record** record,
                         guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_record> into_record(record);
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const guanxi_write_options given_options = read(options, "options");
    body::unarchive(given_session, given_entity, id, given_options, into_record.get());
    into_record.hand_over();
  });
}

int32_t guanxi_purge(guanxi_session* session, const guanxi_purge_options* options,
                     guanxi_progress_callback progress, void* user, guanxi_purge_report* report,
                     guanxi_error** err) {
  return barrier(err, [&] {
    if (report) check_size(report, "report");
    guanxi_purge_report filled_report = {};
    auto& given_session = live(need(session, "session"));
    const guanxi_purge_options given_options = read(options, "options");
    body::purge(given_session, given_options, progress_of(progress, user),
                report ? &filled_report : nullptr);
    if (report) give(filled_report, *report);
  });
}

int32_t guanxi_put_many(guanxi_session* session, const guanxi_draft* const* drafts, int64_t* ids,
                        size_t count, const guanxi_write_options* options,
                        guanxi_progress_callback progress, void* user, guanxi_error** err) {
  return barrier(err, [&] {
    const auto into_ids = elements(ids, count, "ids");
    auto& given_session = live(need(session, "session"));
    const auto given_drafts = elements(drafts, count, "drafts");
    each_needed(given_drafts, "drafts");
    const guanxi_write_options given_options = read(options, "options");
    body::put_many(given_session, given_drafts, into_ids, given_options, progress_of(progress,
        user));
  });
}

int32_t guanxi_put_table(guanxi_session* session, const char* entity, size_t entity_length,
                         struct ArrowArrayStream* rows, struct ArrowArrayStream* ids,
                         const guanxi_write_options* options, guanxi_progress_callback progress,
                         void* user, guanxi_error** err) {
  return barrier(err, [&] {
    taken_stream taken_rows(rows, "rows");
    need(ids, "ids").release = nullptr;  // to its reader, a stream that was never made
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const guanxi_write_options given_options = read(options, "options");
    body::put_table(given_session, given_entity, taken_rows.stream, *ids, given_options,
                    progress_of(progress, user));
  });
}

int32_t guanxi_delete_many(guanxi_session* session, const char* entity, size_t entity_length,
                           const int64_t* ids, size_t count, const guanxi_write_options* options,
                           guanxi_progress_callback progress, void* user, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const auto given_ids = elements(ids, count, "ids");
    const guanxi_write_options given_options = read(options, "options");
    body::remove_many(given_session, given_entity, given_ids, given_options,
                      progress_of(progress, user));
  });
}

int32_t guanxi_get_many(guanxi_session* session, const char* entity, size_t entity_length,
                        const int64_t* ids, guanxi_record** records, size_t count,
                        guanxi_error** err) {
  return barrier(err, [&] {
    const auto into_records = outputs(records, count, "records");
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const auto given_ids = elements(ids, count, "ids");
    body::get_many(given_session, given_entity, given_ids, into_records);
  });
}

void guanxi_record_release(guanxi_record* record) {
  shelter([&] { delete record; });
}

int64_t guanxi_record_id(const guanxi_record* record) {
  return shelter<std::int64_t>(0, [&] { return record ? body::record_id(*record) : 0; });
}

int64_t guanxi_record_revision(const guanxi_record* record) {
  return shelter<std::int64_t>(0, [&] { return record ? body::record_revision(*record) : 0; });
}

const char* guanxi_record_entity(const guanxi_record* record, size_t* length) {
  return lend(length, [&] { return record ? body::record_entity(*record) : std::string_view(); });
}

int32_t guanxi_record_is_visible(const guanxi_record* record, const char* field,
                                 size_t field_length, int32_t* is_visible, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_is_visible = output_number(is_visible, "is_visible", 0);
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    into_is_visible = body::record_is_visible(given_record, given_field);
  });
}

int32_t guanxi_record_is_null(const guanxi_record* record, const char* field, size_t field_length,
                              int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_is_null = output_number(is_null, "is_null", 0);
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    into_is_null = body::record_is_null(given_record, given_field);
  });
}

int32_t guanxi_record_value(const guanxi_record* record, const char* field, size_t field_length,
                            guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(value, "value");
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    give(body::record_value(given_record, given_field), *value);
  });
}

int32_t guanxi_record_value_at(const guanxi_record* record, int32_t slot, guanxi_value* value,
                               guanxi_error** err) {
  return barrier(err, [&] {
    check_size(value, "value");
    auto& given_record = need(record, "record");
    give(body::record_value_at(given_record, slot), *value);
  });
}

int32_t guanxi_record_boolean(const guanxi_record* record, const char* field, size_t field_length,
                              int32_t* value, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_value = output_number(value, "value", 0);
    if (is_null) *is_null = 0;
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    body::record_boolean(given_record, given_field, into_value, is_null);
  });
}

int32_t guanxi_record_integer(const guanxi_record* record, const char* field, size_t field_length,
                              int64_t* value, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_value = output_number(value, "value", 0);
    if (is_null) *is_null = 0;
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    body::record_integer(given_record, given_field, into_value, is_null);
  });
}

int32_t guanxi_record_decimal(const guanxi_record* record, const char* field, size_t field_length,
                              int64_t* coefficient, int32_t* scale, int32_t* is_null,
                              guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_coefficient = output_number(coefficient, "coefficient", 0);
    auto& into_scale = output_number(scale, "scale", 0);
    if (is_null) *is_null = 0;
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    body::record_decimal(given_record, given_field, into_coefficient, into_scale, is_null);
  });
}

int32_t guanxi_record_money(const guanxi_record* record, const char* field, size_t field_length,
                            int64_t* coefficient, int32_t* scale, const char** currency,
                            int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_coefficient = output_number(coefficient, "coefficient", 0);
    auto& into_scale = output_number(scale, "scale", 0);
    const char*& into_currency = output(currency, "currency");
    if (is_null) *is_null = 0;
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    body::record_money(given_record, given_field, into_coefficient, into_scale, into_currency,
        is_null);
  });
}

int32_t guanxi_record_text(const guanxi_record* record, const char* field, size_t field_length,
                           const char** text, size_t* length, guanxi_error** err) {
  return barrier(err, [&] {
    const char*& into_text = output(text, "text");
    if (length) *length = 0;
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    body::record_text(given_record, given_field, into_text, length);
  });
}

int32_t guanxi_record_date(const guanxi_record* record, const char* field, size_t field_length,
                           int32_t* days, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_days = output_number(days, "days", 0);
    if (is_null) *is_null = 0;
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    body::record_date(given_record, given_field, into_days, is_null);
  });
}

int32_t guanxi_record_instant(const guanxi_record* record, const char* field, size_t field_length,
                              int64_t* microseconds, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_microseconds = output_number(microseconds, "microseconds", 0);
    if (is_null) *is_null = 0;
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    body::record_instant(given_record, given_field, into_microseconds, is_null);
  });
}

int32_t guanxi_record_reference(const guanxi_record* record, const char* field, size_t field_length,
                                int64_t* id, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_id = output_number(id, "id", 0);
    if (is_null) *is_null = 0;
    auto& given_record = need(record, "record");
    const auto given_field = text_of(field, field_length, "field");
    body::record_reference(given_record, given_field, into_id, is_null);
  });
}

int32_t guanxi_parameters_create(guanxi_parameters** parameters, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_parameters*& into_parameters = output(parameters, "parameters");
    into_parameters = body::parameters_create().release();
  });
}

void guanxi_parameters_release(guanxi_parameters* parameters) {
  shelter([&] { delete parameters; });
}

int32_t guanxi_parameters_set_null(guanxi_parameters* parameters, const char* name,
                                   size_t name_length, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    body::parameters_set_null(given_parameters, given_name);
  });
}

int32_t guanxi_parameters_set_boolean(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int32_t value, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    body::parameters_set_boolean(given_parameters, given_name, value);
  });
}

int32_t guanxi_parameters_set_integer(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int64_t value, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    body::parameters_set_integer(given_parameters, given_name, value);
  });
}

int32_t guanxi_parameters_set_decimal(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int64_t coefficient, int32_t scale,
                                      guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    body::parameters_set_decimal(given_parameters, given_name, coefficient, scale);
  });
}

int32_t guanxi_parameters_set_text(guanxi_parameters* parameters, const char* name,
                                   size_t name_length, const char* text, size_t text_length,
                                   guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    const auto given_text = text_of(text, text_length, "text");
    body::parameters_set_text(given_parameters, given_name, given_text);
  });
}

int32_t guanxi_parameters_set_date(guanxi_parameters* parameters, const char* name,
                                   size_t name_length, int32_t days, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    body::parameters_set_date(given_parameters, given_name, days);
  });
}

int32_t guanxi_parameters_set_instant(guanxi_parameters* parameters, const char* name,
                                      size_t name_length, int64_t microseconds,
                                      guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    body::parameters_set_instant(given_parameters, given_name, microseconds);
  });
}

int32_t guanxi_parameters_set_reference(guanxi_parameters* parameters, const char* name,
                                        size_t name_length, int64_t id, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    body::parameters_set_reference(given_parameters, given_name, id);
  });
}

int32_t guanxi_parameters_set_list(guanxi_parameters* parameters, const char* name,
                                   size_t name_length, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    body::parameters_set_list(given_parameters, given_name);
  });
}

int32_t guanxi_parameters_append(guanxi_parameters* parameters, const char* name,
                                 size_t name_length, const guanxi_value* value,
                                 guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_parameters = need(parameters, "parameters");
    const auto given_name = text_of(name, name_length, "name");
    const guanxi_value given_value = read(&need(value, "value"), "value");
    body::parameters_append(given_parameters, given_name, given_value);
  });
}

int32_t guanxi_query(guanxi_session* session, const char* text, size_t text_length,
                     const guanxi_parameters* parameters, const guanxi_query_options* options,
                     guanxi_result** result, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into_result = output(result, "result");
    auto& given_session = live(need(session, "session"));
    const auto given_text = text_of(text, text_length, "text");
    const guanxi_query_options given_options = read(options, "options");
    into_result = body::query(given_session, given_text, parameters, given_options).release();
  });
}

int32_t guanxi_search(guanxi_session* session, const char* typed, size_t typed_length,
                      const guanxi_search_options* options, guanxi_result** result,
                      guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into_result = output(result, "result");
    auto& given_session = live(need(session, "session"));
    const auto given_typed = text_of(typed, typed_length, "typed");
    const guanxi_search_options given_options = read(options, "options");
    into_result = body::search(given_session, given_typed, given_options).release();
  });
}

int32_t guanxi_invoke(guanxi_session* session, const char* action, size_t action_length,
                      const guanxi_parameters* parameters, const guanxi_invoke_options* options,
                      guanxi_result** result, guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_result> into_result(result);
    auto& given_session = live(need(session, "session"));
    const auto given_action = text_of(action, action_length, "action");
    const guanxi_invoke_options given_options = read(options, "options");
    body::invoke(given_session, given_action, parameters, given_options, into_result.get());
    into_result.hand_over();
  });
}

int32_t guanxi_session_actions(guanxi_session* session, guanxi_result** result,
                               guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into_result = output(result, "result");
    auto& given_session = live(need(session, "session"));
    into_result = body::session_actions(given_session).release();
  });
}

int32_t guanxi_prepare(const char* text, size_t text_length, guanxi_prepared** prepared,
                       guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_prepared*& into_prepared = output(prepared, "prepared");
    const auto given_text = text_of(text, text_length, "text");
    into_prepared = body::prepare(given_text).release();
  });
}

void guanxi_prepared_release(guanxi_prepared* prepared) {
  shelter([&] { delete prepared; });
}

int32_t guanxi_prepared_parameter_count(const guanxi_prepared* prepared) {
  return shelter<std::int32_t>(0, [&] {
    return prepared ? body::prepared_parameter_count(*prepared) : 0;
  });
}

int32_t guanxi_prepared_parameter(const guanxi_prepared* prepared, int32_t index, const char** name,
                                  size_t* length, guanxi_error** err) {
  return barrier(err, [&] {
    const char*& into_name = output(name, "name");
    if (length) *length = 0;
    auto& given_prepared = need(prepared, "prepared");
    body::prepared_parameter(given_prepared, index, into_name, length);
  });
}

int32_t guanxi_query_prepared(guanxi_session* session, const guanxi_prepared* prepared,
                              const guanxi_parameters* parameters,
                              const guanxi_query_options* options, guanxi_result** result,
                              guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into_result = output(result, "result");
    auto& given_session = live(need(session, "session"));
    auto& given_prepared = need(prepared, "prepared");
    const guanxi_query_options given_options = read(options, "options");
    into_result = body::query_prepared(given_session, given_prepared, parameters,
                                       given_options).release();
  });
}

void guanxi_result_release(guanxi_result* result) {
  shelter([&] { delete result; });
}

int32_t guanxi_result_column_count(const guanxi_result* result) {
  return shelter<std::int32_t>(0, [&] { return result ? body::result_column_count(*result) : 0; });
}

int64_t guanxi_result_row_count(const guanxi_result* result) {
  return shelter<std::int64_t>(0, [&] { return result ? body::result_row_count(*result) : 0; });
}

int32_t guanxi_result_has_children(const guanxi_result* result, int32_t column) {
  return shelter<std::int32_t>(0, [&] {
    return result ? body::result_has_children(*result, column) : 0;
  });
}

int32_t guanxi_result_children(const guanxi_result* result, int64_t row, int32_t column,
                               guanxi_result** children, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into_children = output(children, "children");
    auto& given_result = need(result, "result");
    into_children = body::result_children(given_result, row, column).release();
  });
}

int32_t guanxi_result_page(const guanxi_result* result, const char** next, size_t* length,
                           int64_t* since, guanxi_error** err) {
  return barrier(err, [&] {
    const char*& into_next = output(next, "next");
    if (length) *length = 0;
    if (since) *since = 0;
    auto& given_result = need(result, "result");
    body::result_page(given_result, into_next, length, since);
  });
}

int32_t guanxi_result_column(const guanxi_result* result, const char* name, size_t name_length,
                             int32_t* column, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_column = output_number(column, "column", -1);
    auto& given_result = need(result, "result");
    const auto given_name = text_of(name, name_length, "name");
    into_column = body::result_column(given_result, given_name);
  });
}

int32_t guanxi_result_column_info(const guanxi_result* result, int32_t column,
                                  guanxi_column_info* info, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_result = need(result, "result");
    give(body::result_column_info(given_result, column), *info);
  });
}

int32_t guanxi_result_is_null(const guanxi_result* result, int64_t row, int32_t column,
                              int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_is_null = output_number(is_null, "is_null", 0);
    auto& given_result = need(result, "result");
    into_is_null = body::result_is_null(given_result, row, column);
  });
}

int32_t guanxi_result_value(const guanxi_result* result, int64_t row, int32_t column,
                            guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(value, "value");
    auto& given_result = need(result, "result");
    give(body::result_value(given_result, row, column), *value);
  });
}

int32_t guanxi_result_boolean(const guanxi_result* result, int64_t row, int32_t column,
                              int32_t* value, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_value = output_number(value, "value", 0);
    if (is_null) *is_null = 0;
    auto& given_result = need(result, "result");
    body::result_boolean(given_result, row, column, into_value, is_null);
  });
}

int32_t guanxi_result_integer(const guanxi_result* result, int64_t row, int32_t column,
                              int64_t* value, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_value = output_number(value, "value", 0);
    if (is_null) *is_null = 0;
    auto& given_result = need(result, "result");
    body::result_integer(given_result, row, column, into_value, is_null);
  });
}

int32_t guanxi_result_decimal(const guanxi_result* result, int64_t row, int32_t column,
                              int64_t* coefficient, int32_t* scale, int32_t* is_null,
                              guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_coefficient = output_number(coefficient, "coefficient", 0);
    if (scale) *scale = 0;
    if (is_null) *is_null = 0;
    auto& given_result = need(result, "result");
    body::result_decimal(given_result, row, column, into_coefficient, scale, is_null);
  });
}

int32_t guanxi_result_text(const guanxi_result* result, int64_t row, int32_t column,
                           const char** text, size_t* length, guanxi_error** err) {
  return barrier(err, [&] {
    const char*& into_text = output(text, "text");
    if (length) *length = 0;
    auto& given_result = need(result, "result");
    body::result_text(given_result, row, column, into_text, length);
  });
}

int32_t guanxi_result_date(const guanxi_result* result, int64_t row, int32_t column, int32_t* days,
                           int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_days = output_number(days, "days", 0);
    if (is_null) *is_null = 0;
    auto& given_result = need(result, "result");
    body::result_date(given_result, row, column, into_days, is_null);
  });
}

int32_t guanxi_result_instant(const guanxi_result* result, int64_t row, int32_t column,
                              int64_t* microseconds, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_microseconds = output_number(microseconds, "microseconds", 0);
    if (is_null) *is_null = 0;
    auto& given_result = need(result, "result");
    body::result_instant(given_result, row, column, into_microseconds, is_null);
  });
}

int32_t guanxi_result_reference(const guanxi_result* result, int64_t row, int32_t column,
                                int64_t* id, int32_t* is_null, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_id = output_number(id, "id", 0);
    if (is_null) *is_null = 0;
    auto& given_result = need(result, "result");
    body::result_reference(given_result, row, column, into_id, is_null);
  });
}

int32_t guanxi_result_json(const guanxi_result* result, guanxi_buffer** json, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_json = output(json, "json");
    auto& given_result = need(result, "result");
    into_json = body::result_json(given_result).release();
  });
}

int32_t guanxi_result_csv(const guanxi_result* result, guanxi_buffer** csv, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_csv = output(csv, "csv");
    auto& given_result = need(result, "result");
    into_csv = body::result_csv(given_result).release();
  });
}

int32_t guanxi_result_save(const guanxi_result* result, int32_t format, const char* path,
                           size_t path_length, guanxi_progress_callback progress, void* user,
                           guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_result = need(result, "result");
    const auto given_path = text_of(path, path_length, "path");
    body::result_save(given_result, format, given_path, progress_of(progress, user));
  });
}

int32_t guanxi_result_arrow_stream(const guanxi_result* result, struct ArrowArrayStream* stream,
                                   guanxi_error** err) {
  return barrier(err, [&] {
    need(stream, "stream").release = nullptr;  // to its reader, a stream that was never made
    auto& given_result = need(result, "result");
    body::result_arrow_stream(given_result, *stream);
  });
}

int32_t guanxi_statement_to_json(const char* text, size_t text_length, guanxi_buffer** json,
                                 guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_json = output(json, "json");
    const auto given_text = text_of(text, text_length, "text");
    into_json = body::statement_to_json(given_text).release();
  });
}

int32_t guanxi_statement_from_json(const char* json, size_t json_length, guanxi_buffer** text,
                                   guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_text = output(text, "text");
    const auto given_json = text_of(json, json_length, "json");
    into_text = body::statement_from_json(given_json).release();
  });
}

int32_t guanxi_explain_query(guanxi_session* session, const char* text, size_t text_length,
                             const guanxi_parameters* parameters, const char* login,
                             size_t login_length, guanxi_buffer** shape, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_shape = output(shape, "shape");
    auto& given_session = live(need(session, "session"));
    const auto given_text = text_of(text, text_length, "text");
    const auto given_login = optional_text(login, login_length, "login");
    into_shape = body::explain_query(given_session, given_text, parameters, given_login).release();
  });
}

int32_t guanxi_explain(guanxi_session* session, int32_t action, const char* entity,
                       size_t entity_length, int64_t id, const char* field, size_t field_length,
                       guanxi_explanation** explanation, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_explanation*& into_explanation = output(explanation, "explanation");
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const auto given_field = optional_text(field, field_length, "field");
    into_explanation = body::explain(given_session, action, given_entity, id,
        given_field).release();
  });
}

int32_t guanxi_explain_for(guanxi_session* session, const char* login, size_t login_length,
                           int32_t action, const char* entity, size_t entity_length, int64_t id,
                           guanxi_explanation** explanation, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_explanation*& into_explanation = output(explanation, "explanation");
    auto& given_session = live(need(session, "session"));
    const auto given_login = text_of(login, login_length, "login");
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_explanation = body::explain_for(given_session, given_login, action, given_entity,
                                         id).release();
  });
}

void guanxi_explanation_release(guanxi_explanation* explanation) {
  shelter([&] { delete explanation; });
}

int32_t guanxi_explanation_is_allowed(const guanxi_explanation* explanation) {
  return shelter<std::int32_t>(0, [&] {
    return explanation ? body::explanation_is_allowed(*explanation) : 0;
  });
}

int32_t guanxi_explanation_reason_count(const guanxi_explanation* explanation) {
  return shelter<std::int32_t>(0, [&] {
    return explanation ? body::explanation_reason_count(*explanation) : 0;
  });
}

int32_t guanxi_explanation_reason(const guanxi_explanation* explanation, int32_t reason,
                                  guanxi_reason_info* info, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_explanation = need(explanation, "explanation");
    give(body::explanation_reason(given_explanation, reason), *info);
  });
}

int32_t guanxi_history_read(guanxi_session* session, const char* entity, size_t entity_length,
                            int64_t id, guanxi_history** history, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_history*& into_history = output(history, "history");
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_history = body::history_read(given_session, given_entity, id).release();
  });
}

void guanxi_history_release(guanxi_history* history) {
  shelter([&] { delete history; });
}

int32_t guanxi_history_count(const guanxi_history* history) {
  return shelter<std::int32_t>(0, [&] { return history ? body::history_count(*history) : 0; });
}

int32_t guanxi_history_entry(const guanxi_history* history, int32_t entry, guanxi_entry_info* info,
                             guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_history = need(history, "history");
    give(body::history_entry(given_history, entry), *info);
  });
}

int32_t guanxi_history_field(const guanxi_history* history, int32_t entry, int32_t field,
                             const char** name, guanxi_value* before, guanxi_value* after,
                             guanxi_error** err) {
  return barrier(err, [&] {
    if (name) *name = nullptr;
    if (before) check_size(before, "before");
    guanxi_value filled_before = {};
    if (after) check_size(after, "after");
    guanxi_value filled_after = {};
    auto& given_history = need(history, "history");
    body::history_field(given_history, entry, field, name, before ? &filled_before : nullptr,
                        after ? &filled_after : nullptr);
    if (before) give(filled_before, *before);
    if (after) give(filled_after, *after);
  });
}

int32_t guanxi_history_of_field(guanxi_session* session, const char* entity, size_t entity_length,
                                int64_t id, const char* field, size_t field_length,
                                guanxi_history** history, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_history*& into_history = output(history, "history");
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const auto given_field = text_of(field, field_length, "field");
    into_history = body::history_of_field(given_session, given_entity, id, given_field).release();
  });
}

int32_t guanxi_events_open(guanxi_session* session, const char* cursor, size_t cursor_length,
                           const guanxi_feed_options* options, guanxi_events** events,
                           guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_events*& into_events = output(events, "events");
    auto& given_session = live(need(session, "session"));
    const auto given_cursor = text_of(cursor, cursor_length, "cursor");
    const guanxi_feed_options given_options = read(options, "options");
    into_events = body::events_open(given_session, given_cursor, given_options).release();
  });
}

void guanxi_events_release(guanxi_events* events) {
  shelter([&] { if (events && is_here(*events)) delete events; });
}

int32_t guanxi_events_next(guanxi_events* events, int32_t* there, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_there = output_number(there, "there", 0);
    auto& given_events = live(need(events, "events"));
    into_there = body::events_next(given_events);
  });
}

int32_t guanxi_events_info(const guanxi_events* events, guanxi_event_info* info,
                           guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_events = live(need(events, "events"));
    give(body::events_info(given_events), *info);
  });
}

int32_t guanxi_events_field(const guanxi_events* events, int32_t field, const char** name,
                            guanxi_value* before, guanxi_value* after, guanxi_error** err) {
  return barrier(err, [&] {
    if (name) *name = nullptr;
    if (before) check_size(before, "before");
    guanxi_value filled_before = {};
    if (after) check_size(after, "after");
    guanxi_value filled_after = {};
    auto& given_events = live(need(events, "events"));
    body::events_field(given_events, field, name, before ? &filled_before : nullptr,
                       after ? &filled_after : nullptr);
    if (before) give(filled_before, *before);
    if (after) give(filled_after, *after);
  });
}

int32_t guanxi_events_each(guanxi_events* events, int64_t at_most, guanxi_event_callback event,
                           void* user, int64_t* told, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_told = output_number(told, "told", 0);
    auto& given_events = live(need(events, "events"));
    need(event, "event");
    into_told = body::events_each(given_events, at_most, event_of(event, user));
  });
}

int32_t guanxi_events_acknowledge(guanxi_events* events, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_events = live(need(events, "events"));
    body::events_acknowledge(given_events);
  });
}

int32_t guanxi_events_rewind(guanxi_events* events, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_events = live(need(events, "events"));
    body::events_rewind(given_events);
  });
}

int32_t guanxi_last_change(guanxi_session* session, int64_t* sequence, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_sequence = output_number(sequence, "sequence", 0);
    auto& given_session = live(need(session, "session"));
    into_sequence = body::last_change(given_session);
  });
}

int32_t guanxi_cursors_read(guanxi_session* session, guanxi_cursors** cursors, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_cursors*& into_cursors = output(cursors, "cursors");
    auto& given_session = live(need(session, "session"));
    into_cursors = body::cursors_read(given_session).release();
  });
}

void guanxi_cursors_release(guanxi_cursors* cursors) {
  shelter([&] { delete cursors; });
}

int32_t guanxi_cursors_count(const guanxi_cursors* cursors) {
  return shelter<std::int32_t>(0, [&] { return cursors ? body::cursors_count(*cursors) : 0; });
}

int32_t guanxi_cursors_at(const guanxi_cursors* cursors, int32_t cursor, guanxi_cursor_info* info,
                          guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_cursors = need(cursors, "cursors");
    give(body::cursors_at(given_cursors, cursor), *info);
  });
}

int32_t guanxi_cursor_move(guanxi_session* session, const char* cursor, size_t cursor_length,
                           int64_t user, int64_t sequence, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    const auto given_cursor = text_of(cursor, cursor_length, "cursor");
    body::cursor_move(given_session, given_cursor, user, sequence);
  });
}

int32_t guanxi_cursor_drop(guanxi_session* session, const char* cursor, size_t cursor_length,
                           int64_t user, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    const auto given_cursor = text_of(cursor, cursor_length, "cursor");
    body::cursor_drop(given_session, given_cursor, user);
  });
}

int32_t guanxi_prune_changes(guanxi_session* session, int64_t older_than, int32_t unread,
                             guanxi_progress_callback progress, void* user, int64_t* pruned_up_to,
                             guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_pruned_up_to = output_number(pruned_up_to, "pruned_up_to", 0);
    auto& given_session = live(need(session, "session"));
    into_pruned_up_to = body::prune_changes(given_session, older_than, unread,
                                            progress_of(progress, user));
  });
}

int32_t guanxi_define_entity(guanxi_session* session, const char* json, size_t json_length,
                             guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    const auto given_json = text_of(json, json_length, "json");
    body::define_entity(given_session, given_json);
  });
}

int32_t guanxi_define_field(guanxi_session* session, const char* entity, size_t entity_length,
                            const char* json, size_t json_length, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_session = live(need(session, "session"));
    const auto given_entity = text_of(entity, entity_length, "entity");
    const auto given_json = text_of(json, json_length, "json");
    body::define_field(given_session, given_entity, given_json);
  });
}

int32_t guanxi_preview_schema(guanxi_session* session, const char* requests, size_t requests_length,
                              guanxi_buffer** steps, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_steps = output(steps, "steps");
    auto& given_session = live(need(session, "session"));
    const auto given_requests = text_of(requests, requests_length, "requests");
    into_steps = body::preview_schema(given_session, given_requests).release();
  });
}

int32_t guanxi_change_schema(guanxi_session* session, const char* requests, size_t requests_length,
                             guanxi_buffer** steps, guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_buffer> into_steps(steps);
    auto& given_session = live(need(session, "session"));
    const auto given_requests = text_of(requests, requests_length, "requests");
    body::change_schema(given_session, given_requests, into_steps.get());
    into_steps.hand_over();
  });
}

int32_t guanxi_catalog_read(guanxi_session* session, guanxi_catalog** catalog, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_catalog*& into_catalog = output(catalog, "catalog");
    auto& given_session = live(need(session, "session"));
    into_catalog = body::catalog_read(given_session).release();
  });
}

void guanxi_catalog_release(guanxi_catalog* catalog) {
  shelter([&] { delete catalog; });
}

int32_t guanxi_catalog_entity_count(const guanxi_catalog* catalog) {
  return shelter<std::int32_t>(0, [&] {
    return catalog ? body::catalog_entity_count(*catalog) : 0;
  });
}

int32_t guanxi_catalog_entity(const guanxi_catalog* catalog, const char* name, size_t name_length,
                              int32_t* entity, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_entity = output_number(entity, "entity", -1);
    auto& given_catalog = need(catalog, "catalog");
    const auto given_name = text_of(name, name_length, "name");
    into_entity = body::catalog_entity(given_catalog, given_name);
  });
}

int32_t guanxi_catalog_entity_info(const guanxi_catalog* catalog, int32_t entity,
                                   guanxi_entity_info* info, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_catalog = need(catalog, "catalog");
    give(body::catalog_entity_info(given_catalog, entity), *info);
  });
}

int32_t guanxi_catalog_field(const guanxi_catalog* catalog, int32_t entity, const char* name,
                             size_t name_length, int32_t* field, guanxi_error** err) {
  return barrier(err, [&] {
    auto& into_field = output_number(field, "field", -1);
    auto& given_catalog = need(catalog, "catalog");
    const auto given_name = text_of(name, name_length, "name");
    into_field = body::catalog_field(given_catalog, entity, given_name);
  });
}

int32_t guanxi_catalog_field_info(const guanxi_catalog* catalog, int32_t entity, int32_t field,
                                  guanxi_field_info* info, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_catalog = need(catalog, "catalog");
    give(body::catalog_field_info(given_catalog, entity, field), *info);
  });
}

int32_t guanxi_catalog_choice_info(const guanxi_catalog* catalog, int32_t entity, int32_t field,
                                   int32_t choice, guanxi_choice_info* info, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_catalog = need(catalog, "catalog");
    give(body::catalog_choice_info(given_catalog, entity, field, choice), *info);
  });
}

int32_t guanxi_open_store(const guanxi_environment* environment, const guanxi_store* store,
                          void* self, const guanxi_open_options* options, guanxi_tenant** tenant,
                          guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_tenant*& into_tenant = output(tenant, "tenant");
    const guanxi_store given_store = read(&need(store, "store"), "store");
    const guanxi_open_options given_options = read(options, "options");
    into_tenant = body::open_store(environment, given_store, self, given_options).release();
  });
}

int32_t guanxi_store_check(const guanxi_store* store, void* self,
                           const guanxi_store_check_options* options,
                           guanxi_progress_callback progress, void* user,
                           guanxi_store_faults** faults, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_store_faults*& into_faults = output(faults, "faults");
    const guanxi_store given_store = read(&need(store, "store"), "store");
    const guanxi_store_check_options given_options = read(options, "options");
    into_faults = body::store_check(given_store, self, given_options,
                                    progress_of(progress, user)).release();
  });
}

void guanxi_store_faults_release(guanxi_store_faults* store_faults) {
  shelter([&] { delete store_faults; });
}

int32_t guanxi_store_faults_count(const guanxi_store_faults* faults) {
  return shelter<std::int32_t>(0, [&] { return faults ? body::store_faults_count(*faults) : 0; });
}

int32_t guanxi_store_faults_get(const guanxi_store_faults* faults, int32_t index,
                                guanxi_store_fault* fault, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(fault, "fault");
    auto& given_faults = need(faults, "faults");
    give(body::store_faults_get(given_faults, index), *fault);
  });
}

const char* guanxi_store_faults_skipped(const guanxi_store_faults* faults, size_t* length) {
  return lend(length, [&] {
    return faults ? body::store_faults_skipped(*faults) : std::string_view();
  });
}

const char* guanxi_table_name(const guanxi_table* table, size_t* length) {
  return lend(length, [&] { return table ? body::table_name(*table) : std::string_view(); });
}

int32_t guanxi_table_slots(const guanxi_table* table) {
  return shelter<std::int32_t>(0, [&] { return table ? body::table_slots(*table) : 0; });
}

int32_t guanxi_table_field(const guanxi_table* table, int32_t slot, guanxi_field_info* info,
                           guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_table = need(table, "table");
    give(body::table_field(given_table, slot), *info);
  });
}

int32_t guanxi_request_term_count(const guanxi_request* request) {
  return shelter<std::int32_t>(0, [&] { return request ? body::request_term_count(*request) : 0; });
}

int32_t guanxi_request_term_info(const guanxi_request* request, int32_t term,
                                 guanxi_request_term* info, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_request = need(request, "request");
    give(body::request_term_info(given_request, term), *info);
  });
}

int32_t guanxi_request_constant(const guanxi_request* request, int32_t term, int32_t constant,
                                guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(value, "value");
    auto& given_request = need(request, "request");
    give(body::request_constant(given_request, term, constant), *value);
  });
}

int32_t guanxi_request_sort_count(const guanxi_request* request) {
  return shelter<std::int32_t>(0, [&] { return request ? body::request_sort_count(*request) : 0; });
}

int32_t guanxi_request_sort_info(const guanxi_request* request, int32_t key,
                                 guanxi_request_sort* info, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(info, "info");
    auto& given_request = need(request, "request");
    give(body::request_sort_info(given_request, key), *info);
  });
}

uint64_t guanxi_request_limit(const guanxi_request* request) {
  return shelter<std::uint64_t>(0, [&] { return request ? body::request_limit(*request) : 0; });
}

int64_t guanxi_request_after(const guanxi_request* request) {
  return shelter<std::int64_t>(0, [&] { return request ? body::request_after(*request) : 0; });
}

int32_t guanxi_request_wants(const guanxi_request* request, int32_t slot) {
  return shelter<std::int32_t>(0, [&] {
    return request ? body::request_wants(*request, slot) : 0;
  });
}

int32_t guanxi_answer_verdict(guanxi_answer* answer, int32_t term, int32_t verdict,
                              guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_answer = need(answer, "answer");
    body::answer_verdict(given_answer, term, verdict);
  });
}

int32_t guanxi_answer_sorts(guanxi_answer* answer, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_answer = need(answer, "answer");
    body::answer_sorts(given_answer);
  });
}

int32_t guanxi_answer_row(guanxi_answer* answer, const guanxi_value* row, size_t count,
                          int32_t* more, guanxi_error** err) {
  return barrier(err, [&] {
    if (more) *more = 0;
    auto& given_answer = need(answer, "answer");
    const auto given_row = strided_of(row, count, "row");
    body::answer_row(given_answer, given_row, more);
  });
}

int32_t guanxi_answer_explain(guanxi_answer* answer, const char* message, size_t message_length,
                              int32_t store_code, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_answer = need(answer, "answer");
    const auto given_message = text_of(message, message_length, "message");
    body::answer_explain(given_answer, given_message, store_code);
  });
}

int32_t guanxi_module_create(const char* name, size_t name_length, guanxi_module** module,
                             guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_module*& into_module = output(module, "module");
    const auto given_name = text_of(name, name_length, "name");
    into_module = body::module_create(given_name).release();
  });
}

void guanxi_module_release(guanxi_module* module) {
  shelter([&] { delete module; });
}

int32_t guanxi_module_add_entity(guanxi_module* module, const char* json, size_t json_length,
                                 guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_module = need(module, "module");
    const auto given_json = text_of(json, json_length, "json");
    body::module_add_entity(given_module, given_json);
  });
}

int32_t guanxi_module_add_action(guanxi_module* module, const guanxi_module_action* action,
                                 void* self, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_module = need(module, "module");
    const guanxi_module_action given_action = read(&need(action, "action"), "action");
    body::module_add_action(given_module, given_action, self);
  });
}

int32_t guanxi_module_add_timer(guanxi_module* module, const guanxi_module_timer* timer, void* self,
                                guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_module = need(module, "module");
    const guanxi_module_timer given_timer = read(&need(timer, "timer"), "timer");
    body::module_add_timer(given_module, given_timer, self);
  });
}

int32_t guanxi_module_add_effect(guanxi_module* module, const guanxi_module_effect* effect,
                                 void* self, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_module = need(module, "module");
    const guanxi_module_effect given_effect = read(&need(effect, "effect"), "effect");
    body::module_add_effect(given_module, given_effect, self);
  });
}

int32_t guanxi_environment_add_module(guanxi_environment* environment, const guanxi_module* module,
                                      guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_environment = need(environment, "environment");
    auto& given_module = need(module, "module");
    body::environment_add_module(given_environment, given_module);
  });
}

int64_t guanxi_call_user(const guanxi_call* call) {
  return shelter<std::int64_t>(0, [&] { return call ? body::call_user(*call) : 0; });
}

int64_t guanxi_call_now(const guanxi_call* call) {
  return shelter<std::int64_t>(0, [&] { return call ? body::call_now(*call) : 0; });
}

int32_t guanxi_call_argument(const guanxi_call* call, const char* name, size_t name_length,
                             guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(value, "value");
    auto& given_call = need(call, "call");
    const auto given_name = text_of(name, name_length, "name");
    give(body::call_argument(given_call, given_name), *value);
  });
}

int32_t guanxi_call_record(const guanxi_call* call, guanxi_record** record, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_record*& into_record = output(record, "record");
    auto& given_call = need(call, "call");
    into_record = body::call_record(given_call).release();
  });
}

int32_t guanxi_call_query(guanxi_call* call, const char* text, size_t text_length,
                          const guanxi_parameters* parameters, guanxi_result** result,
                          guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into_result = output(result, "result");
    auto& given_call = need(call, "call");
    const auto given_text = text_of(text, text_length, "text");
    into_result = body::call_query(given_call, given_text, parameters).release();
  });
}

int32_t guanxi_call_query_all(guanxi_call* call, const char* text, size_t text_length,
                              const guanxi_parameters* parameters, guanxi_result** result,
                              guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into_result = output(result, "result");
    auto& given_call = need(call, "call");
    const auto given_text = text_of(text, text_length, "text");
    into_result = body::call_query_all(given_call, given_text, parameters).release();
  });
}

int32_t guanxi_call_get(guanxi_call* call, const char* entity, size_t entity_length, int64_t id,
                        guanxi_record** record, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_record*& into_record = output(record, "record");
    auto& given_call = need(call, "call");
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_record = body::call_get(given_call, given_entity, id).release();
  });
}

int32_t guanxi_call_get_all(guanxi_call* call, const char* entity, size_t entity_length, int64_t id,
                            guanxi_record** record, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_record*& into_record = output(record, "record");
    auto& given_call = need(call, "call");
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_record = body::call_get_all(given_call, given_entity, id).release();
  });
}

int32_t guanxi_call_need(guanxi_call* call, int32_t right, const char* entity, size_t entity_length,
                         int64_t id, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_call = need(call, "call");
    const auto given_entity = text_of(entity, entity_length, "entity");
    body::call_need(given_call, right, given_entity, id);
  });
}

int32_t guanxi_call_draft(guanxi_call* call, const char* entity, size_t entity_length,
                          guanxi_draft** draft, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_draft*& into_draft = output(draft, "draft");
    auto& given_call = need(call, "call");
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_draft = body::call_draft(given_call, given_entity).release();
  });
}

int32_t guanxi_call_create(guanxi_call* call, const guanxi_draft* draft, int32_t authority,
                           int32_t* step, guanxi_error** err) {
  return barrier(err, [&] {
    if (step) *step = -1;
    auto& given_call = need(call, "call");
    auto& given_draft = need(draft, "draft");
    body::call_create(given_call, given_draft, authority, step);
  });
}

int32_t guanxi_call_change(guanxi_call* call, int64_t id, const guanxi_draft* draft,
                           int32_t authority, int32_t* step, guanxi_error** err) {
  return barrier(err, [&] {
    if (step) *step = -1;
    auto& given_call = need(call, "call");
    auto& given_draft = need(draft, "draft");
    body::call_change(given_call, id, given_draft, authority, step);
  });
}

int32_t guanxi_call_delete(guanxi_call* call, const char* entity, size_t entity_length, int64_t id,
                           int32_t authority, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_call = need(call, "call");
    const auto given_entity = text_of(entity, entity_length, "entity");
    body::call_delete(given_call, given_entity, id, authority);
  });
}

int32_t guanxi_call_tie(guanxi_call* call, int32_t step, const char* field, size_t field_length,
                        int32_t to, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_call = need(call, "call");
    const auto given_field = text_of(field, field_length, "field");
    body::call_tie(given_call, step, given_field, to);
  });
}

int32_t guanxi_call_answer(guanxi_call* call, const guanxi_value* row, size_t count,
                           guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_call = need(call, "call");
    const auto given_row = strided_of(row, count, "row");
    body::call_answer(given_call, given_row);
  });
}

int32_t guanxi_call_answer_step(guanxi_call* call, int32_t place, int32_t step,
                                guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_call = need(call, "call");
    body::call_answer_step(given_call, place, step);
  });
}

int32_t guanxi_call_explain(guanxi_call* call, const char* message, size_t message_length,
                            const char* entity, size_t entity_length, const char* field,
                            size_t field_length, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_call = need(call, "call");
    const auto given_message = text_of(message, message_length, "message");
    const auto given_entity = optional_text(entity, entity_length, "entity");
    const auto given_field = optional_text(field, field_length, "field");
    body::call_explain(given_call, given_message, given_entity, given_field);
  });
}

int32_t guanxi_reaction_trigger(const guanxi_reaction* reaction) {
  return shelter<std::int32_t>(0, [&] { return reaction ? body::reaction_trigger(*reaction) : 0; });
}

int64_t guanxi_reaction_now(const guanxi_reaction* reaction) {
  return shelter<std::int64_t>(0, [&] { return reaction ? body::reaction_now(*reaction) : 0; });
}

int32_t guanxi_reaction_before(const guanxi_reaction* reaction, const char* field,
                               size_t field_length, guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(value, "value");
    auto& given_reaction = need(reaction, "reaction");
    const auto given_field = text_of(field, field_length, "field");
    give(body::reaction_before(given_reaction, given_field), *value);
  });
}

int32_t guanxi_reaction_after(const guanxi_reaction* reaction, const char* field,
                              size_t field_length, guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    check_size(value, "value");
    auto& given_reaction = need(reaction, "reaction");
    const auto given_field = text_of(field, field_length, "field");
    give(body::reaction_after(given_reaction, given_field), *value);
  });
}

int32_t guanxi_reaction_path(const guanxi_reaction* reaction, int32_t path, guanxi_value* value,
                             guanxi_error** err) {
  return barrier(err, [&] {
    check_size(value, "value");
    auto& given_reaction = need(reaction, "reaction");
    give(body::reaction_path(given_reaction, path), *value);
  });
}

int32_t guanxi_reaction_query(const guanxi_reaction* reaction, int32_t query,
                              guanxi_result** result, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_result*& into_result = output(result, "result");
    auto& given_reaction = need(reaction, "reaction");
    into_result = body::reaction_query(given_reaction, query).release();
  });
}

int32_t guanxi_reaction_set(guanxi_reaction* reaction, const char* field, size_t field_length,
                            const guanxi_value* value, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_reaction = need(reaction, "reaction");
    const auto given_field = text_of(field, field_length, "field");
    const guanxi_value given_value = read(&need(value, "value"), "value");
    body::reaction_set(given_reaction, given_field, given_value);
  });
}

int32_t guanxi_reaction_draft(const guanxi_reaction* reaction, const char* entity,
                              size_t entity_length, guanxi_draft** draft, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_draft*& into_draft = output(draft, "draft");
    auto& given_reaction = need(reaction, "reaction");
    const auto given_entity = text_of(entity, entity_length, "entity");
    into_draft = body::reaction_draft(given_reaction, given_entity).release();
  });
}

int32_t guanxi_reaction_create(guanxi_reaction* reaction, const guanxi_draft* draft,
                               guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_reaction = need(reaction, "reaction");
    auto& given_draft = need(draft, "draft");
    body::reaction_create(given_reaction, given_draft);
  });
}

int32_t guanxi_reaction_change(guanxi_reaction* reaction, int64_t id, const guanxi_draft* draft,
                               guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_reaction = need(reaction, "reaction");
    auto& given_draft = need(draft, "draft");
    body::reaction_change(given_reaction, id, given_draft);
  });
}

int32_t guanxi_reaction_explain(guanxi_reaction* reaction, const char* message,
                                size_t message_length, const char* entity, size_t entity_length,
                                const char* field, size_t field_length, guanxi_error** err) {
  return barrier(err, [&] {
    auto& given_reaction = need(reaction, "reaction");
    const auto given_message = text_of(message, message_length, "message");
    const auto given_entity = optional_text(entity, entity_length, "entity");
    const auto given_field = optional_text(field, field_length, "field");
    body::reaction_explain(given_reaction, given_message, given_entity, given_field);
  });
}

int32_t guanxi_import(guanxi_session* session, const char* mapping, size_t mapping_length,
                      const char* directory, size_t directory_length,
                      guanxi_progress_callback progress, void* user, guanxi_buffer** report,
                      guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_buffer> into_report(report);
    auto& given_session = live(need(session, "session"));
    const auto given_mapping = text_of(mapping, mapping_length, "mapping");
    const auto given_directory = text_of(directory, directory_length, "directory");
    body::import_files(given_session, given_mapping, given_directory, progress_of(progress, user),
                       into_report.get());
    into_report.hand_over();
  });
}

int32_t guanxi_report(guanxi_session* session, const char* definition, size_t definition_length,
                      const guanxi_parameters* parameters, guanxi_buffer** report,
                      guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_report = output(report, "report");
    auto& given_session = live(need(session, "session"));
    const auto given_definition = text_of(definition, definition_length, "definition");
    into_report = body::report(given_session, given_definition, parameters).release();
  });
}

int32_t guanxi_report_text(guanxi_session* session, const char* definition,
                           size_t definition_length, const guanxi_parameters* parameters,
                           const guanxi_report_options* options, guanxi_buffer** text,
                           guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_text = output(text, "text");
    auto& given_session = live(need(session, "session"));
    const auto given_definition = text_of(definition, definition_length, "definition");
    const guanxi_report_options given_options = read(options, "options");
    into_text = body::report_text(given_session, given_definition, parameters,
        given_options).release();
  });
}

int32_t guanxi_report_page(guanxi_session* session, const char* definition,
                           size_t definition_length, const guanxi_parameters* parameters,
                           const guanxi_report_options* options, guanxi_buffer** page,
                           guanxi_error** err) {
  return barrier(err, [&] {
    guanxi_buffer*& into_page = output(page, "page");
    auto& given_session = live(need(session, "session"));
    const auto given_definition = text_of(definition, definition_length, "definition");
    const guanxi_report_options given_options = read(options, "options");
    into_page = body::report_page(given_session, given_definition, parameters,
        given_options).release();
  });
}

int32_t guanxi_generate_sample(guanxi_session* session, const guanxi_sample_options* options,
                               guanxi_progress_callback progress, void* user,
                               guanxi_buffer** summary, guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_buffer> into_summary(summary);
    auto& given_session = live(need(session, "session"));
    const guanxi_sample_options given_options = read(options, "options");
    body::generate_sample(given_session, given_options, progress_of(progress, user),
                          into_summary.get());
    into_summary.hand_over();
  });
}

int32_t guanxi_tenant_verify(const guanxi_tenant* tenant, uint64_t max_findings,
                             guanxi_progress_callback progress, void* user, int64_t* findings,
                             guanxi_buffer** report, guanxi_error** err) {
  return barrier(err, [&] {
    if (findings) *findings = 0;
    wanted<guanxi_buffer> into_report(report);
    auto& given_tenant = live(need(tenant, "tenant"));
    body::tenant_verify(given_tenant, max_findings, progress_of(progress, user), findings,
                        into_report.get());
    into_report.hand_over();
  });
}

int32_t guanxi_tenant_backup(const guanxi_tenant* tenant, const char* path, size_t path_length,
                             guanxi_progress_callback progress, void* user, int64_t* sequence,
                             guanxi_buffer** report, guanxi_error** err) {
  return barrier(err, [&] {
    if (sequence) *sequence = 0;
    wanted<guanxi_buffer> into_report(report);
    auto& given_tenant = live(need(tenant, "tenant"));
    const auto given_path = text_of(path, path_length, "path");
    body::tenant_backup(given_tenant, given_path, progress_of(progress, user), sequence,
                        into_report.get());
    into_report.hand_over();
  });
}

int32_t guanxi_restore_backup(const char* backup, size_t backup_length, const char* path,
                              size_t path_length, int32_t overwrite,
                              guanxi_progress_callback progress, void* user, guanxi_buffer** report,
                              guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_buffer> into_report(report);
    const auto given_backup = text_of(backup, backup_length, "backup");
    const auto given_path = text_of(path, path_length, "path");
    body::restore(given_backup, given_path, overwrite, progress_of(progress, user),
        into_report.get());
    into_report.hand_over();
  });
}

int32_t guanxi_salvage(const char* path, size_t path_length, const char* into, size_t into_length,
                       uint64_t max_findings, guanxi_progress_callback progress, void* user,
                       guanxi_buffer** report, guanxi_error** err) {
  return barrier(err, [&] {
    wanted<guanxi_buffer> into_report(report);
    const auto given_path = text_of(path, path_length, "path");
    const auto given_into = text_of(into, into_length, "into");
    body::salvage(given_path, given_into, max_findings, progress_of(progress, user),
        into_report.get());
    into_report.hand_over();
  });
}
