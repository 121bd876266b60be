// Import, reports and the sample company.
#include "arguments.hpp"
#include "parameters.hpp"

#include "guanxi/edge/import.hpp"
#include "guanxi/edge/report.hpp"
#include "guanxi/edge/sample.hpp"

using namespace guanxi::capi;
using guanxi::errc;

namespace {

guanxi::progress progress_of(guanxi_progress_callback progress, void* user) {
  if (!progress) return {};
  return [progress, user](std::uint64_t done, std::uint64_t total) {
    return progress(user, done, total) == 0;
  };
}

/// Made before the work, so that want of memory for it cannot follow a success.
class text_answer {
 public:
  explicit text_answer(guanxi_buffer** into) : into_(into) {
    if (!into_) return;
    *into_ = nullptr;
    buffer_ = std::make_unique<guanxi_buffer>();
  }
  bool wanted() const noexcept { return into_ != nullptr; }
  void give(std::string&& content) {
    buffer_->content = std::move(content);
    *into_ = buffer_.release();
  }

 private:
  guanxi_buffer** into_;
  std::unique_ptr<guanxi_buffer> buffer_;
};

guanxi::edge::sample_options read(const guanxi_sample_options* options) {
  using given = guanxi_sample_options;
  const given chosen =
      options_of(options, &given::seed, &given::opportunities, &given::currency,
                 &given::currency_length, &given::mixed_currencies);
  guanxi::edge::sample_options out;
  if (chosen.seed != 0) out.seed = chosen.seed;
  if (chosen.opportunities != 0) out.opportunities = chosen.opportunities;
  if (chosen.currency)
    out.currency = currency_value(chosen.currency, chosen.currency_length).text();
  out.mixed_currencies = chosen.mixed_currencies != 0;
  return out;
}

}  // namespace

int32_t guanxi_import(guanxi_session* session, const char* mapping, size_t mapping_length,
                      const char* directory, size_t directory_length,
                      guanxi_progress_callback progress, void* user, guanxi_buffer** report,
                      guanxi_error** err) {
  return barrier(err, [&] {
    text_answer into(report);
    guanxi::session& s = live(session);
    const auto done = guanxi::edge::import_files(s, text(mapping, mapping_length, "mapping"),
                                                 text(directory, directory_length, "directory"),
                                                 {progress_of(progress, user)})
                          .value();
    if (into.wanted()) into.give(guanxi::edge::to_json(done));
  });
}

int32_t guanxi_report(guanxi_session* session, const char* definition, size_t definition_length,
                      const guanxi_parameters* parameters, guanxi_buffer** report,
                      guanxi_error** err) {
  return barrier(err, [&] {
    need(report, "report");
    text_answer into(report);
    guanxi::session& s = live(session);
    into.give(guanxi::edge::run_report(s, text(definition, definition_length, "definition"),
                                       content_of(parameters))
                  .value());
  });
}

int32_t guanxi_generate_sample(guanxi_session* session, const guanxi_sample_options* options,
                               guanxi_progress_callback progress, void* user,
                               guanxi_buffer** summary, guanxi_error** err) {
  return barrier(err, [&] {
    text_answer into(summary);
    guanxi::session& s = live(session);
    guanxi::edge::sample_options how = read(options);
    how.on_progress = progress_of(progress, user);
    const auto made = guanxi::edge::generate_sample(s, how).value();
    if (into.wanted()) into.give(guanxi::edge::to_json(made));
  });
}
