// Import, reports and the sample company.
#include "bodies.hpp"
#include "parameters.hpp"

#include "guanxi/edge/import.hpp"
#include "guanxi/edge/report.hpp"
#include "guanxi/edge/sample.hpp"

namespace guanxi::capi::body {
namespace {

edge::sample_options options_from(const guanxi_sample_options& given) {
  edge::sample_options out;
  if (given.seed != 0) out.seed = given.seed;
  if (given.opportunities != 0) out.opportunities = given.opportunities;
  if (given.currency) out.currency.assign(given.currency, given.currency_length);
  out.mixed_currencies = given.mixed_currencies != 0;
  return out;
}

}  // namespace

void import_files(guanxi_session& session, std::string_view mapping, std::string_view directory,
                  progress progress, guanxi_buffer* report) {
  const edge::import_report done =
      edge::import_files(session.content, mapping, directory, {std::move(progress)}).value();
  if (report) report->content = edge::to_json(done);
}

std::unique_ptr<guanxi_buffer> report(guanxi_session& session, std::string_view definition,
                                      const guanxi_parameters* parameters) {
  return std::make_unique<guanxi_buffer>(guanxi_buffer{
      edge::run_report(session.content, definition, content_of(parameters)).value()});
}

void generate_sample(guanxi_session& session, const guanxi_sample_options& options,
                     progress progress, guanxi_buffer* summary) {
  edge::sample_options how = options_from(options);
  how.on_progress = std::move(progress);
  const edge::sample_summary made = edge::generate_sample(session.content, how).value();
  if (summary) summary->content = edge::to_json(made);
}

}  // namespace guanxi::capi::body
