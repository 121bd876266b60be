// Import, reports and the sample company.
#include "bodies.hpp"
#include "parameters.hpp"

#include "guanxi/edge/import.hpp"
#include "guanxi/edge/report.hpp"
#include "guanxi/edge/report_page.hpp"
#include "guanxi/edge/sample.hpp"

namespace guanxi::capi::body {
namespace {

edge::sample_options options_from(const guanxi_sample_options& given) {
  edge::sample_options out;
  if (given.seed != 0) out.seed = given.seed;
  if (given.opportunities != 0) out.opportunities = given.opportunities;
  if (given.currency) out.currency.assign(given.currency, given.currency_length);
  out.mixed_currencies = given.mixed_currencies != 0;
  out.records = given.records;
  out.staff = {.users = given.users, .roles = given.roles, .role_levels = given.role_levels};
  return out;
}

/// One of the numbers that an enumeration has, from 0 to `last`.
template <class Enum>
Enum one_of(std::int32_t given, Enum last, std::string_view what) {
  if (given < 0 || given > static_cast<std::int32_t>(last))
    refuse(errc::invalid_argument, "a `" + std::string(what) + "` of " + std::to_string(given) +
                                       " is none; it is 0 to " +
                                       std::to_string(static_cast<int>(last)));
  return static_cast<Enum>(given);
}

edge::language language_of(const guanxi_report_options& given) {
  return one_of(given.language, edge::language::chinese, "language");
}

std::unique_ptr<guanxi_buffer> buffer_of(std::string content) {
  return std::make_unique<guanxi_buffer>(guanxi_buffer{std::move(content)});
}

}  // namespace

void import_files(guanxi_session& session, std::string_view mapping, std::string_view directory,
                  progress progress, guanxi_buffer* report) {
  // Written down before the rows are kept, so that no memory is needed after.
  const auto tell = [&](const edge::import_report& done) {
    if (report) report->content = edge::to_json(done);
  };
  edge::import_files(session.content, mapping, directory, {std::move(progress), tell}).value();
}

std::unique_ptr<guanxi_buffer> report(guanxi_session& session, std::string_view definition,
                                      const guanxi_parameters* parameters) {
  return buffer_of(edge::run_report(session.content, definition, content_of(parameters)).value());
}

std::unique_ptr<guanxi_buffer> report_text(guanxi_session& session, std::string_view definition,
                                           const guanxi_parameters* parameters,
                                           const guanxi_report_options& options) {
  edge::report_text_options how;
  how.language = language_of(options);
  if (options.width < 0)
    refuse(errc::invalid_argument, "a `width` below 0 is none; 0 stands for 80 columns");
  if (options.width > 0) how.width = static_cast<std::size_t>(options.width);
  how.ascii = options.ascii != 0;
  how.colour = options.colour != 0;
  return buffer_of(
      edge::report_text(session.content, definition, how, content_of(parameters)).value());
}

std::unique_ptr<guanxi_buffer> report_page(guanxi_session& session, std::string_view definition,
                                           const guanxi_parameters* parameters,
                                           const guanxi_report_options& options) {
  edge::page_options how;
  how.language = language_of(options);
  how.theme = one_of(options.theme, edge::page_theme::dark, "theme");
  how.title.assign(options.title ? options.title : "", options.title_length);
  how.chart_library = {options.chart_library, options.chart_library_length};
  return buffer_of(
      edge::report_page(session.content, definition, how, content_of(parameters)).value());
}

void generate_sample(guanxi_session& session, const guanxi_sample_options& options,
                     progress progress, guanxi_buffer* summary) {
  edge::sample_options how = options_from(options);
  how.on_progress = std::move(progress);
  // Written down before the company is kept, so that no memory is needed after.
  how.on_summary = [&](const edge::sample_summary& made) {
    if (summary) summary->content = edge::to_json(made);
  };
  edge::generate_sample(session.content, how).value();
}

}  // namespace guanxi::capi::body
