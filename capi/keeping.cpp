// Checks, backups and what becomes of a store's file while nobody has it open.
#include "arguments.hpp"
#include "bodies.hpp"

#include "guanxi/edge/keeping.hpp"

namespace guanxi::capi::body {
namespace {

/// Writes a report down before what it tells takes its place, so that no memory is needed after.
template <class Report>
store::report_listener<Report> writing_to(guanxi_buffer* into) {
  return [into](const Report& made) {
    if (into) into->content = edge::to_json(made);
  };
}

}  // namespace

void tenant_verify(const guanxi_tenant& tenant, std::uint64_t max_findings, progress progress,
                   std::int64_t* findings, guanxi_buffer* report) {
  store::verify_options how;
  if (max_findings != 0) how.max_findings = max_findings;
  how.on_progress = std::move(progress);
  const store::verification seen = tenant.content.verify(how).value();
  if (findings) *findings = static_cast<std::int64_t>(seen.findings.size());
  if (report) report->content = edge::to_json(seen);
}

void tenant_backup(const guanxi_tenant& tenant, std::string_view path, progress progress,
                   std::int64_t* sequence, guanxi_buffer* report) {
  const store::backup_report made =
      tenant.content
          .backup(path, {std::move(progress), writing_to<store::backup_report>(report)})
          .value();
  if (sequence) *sequence = made.sequence;
}

void restore(std::string_view backup, std::string_view path, std::int32_t overwrite,
             progress progress, guanxi_buffer* report) {
  guanxi::restore(backup, path,
                  {overwrite != 0, std::move(progress), writing_to<store::backup_report>(report)})
      .value();
}

void salvage(std::string_view path, std::string_view into, std::uint64_t max_findings,
             progress progress, guanxi_buffer* report) {
  store::salvage_options how;
  if (max_findings != 0) how.max_findings = max_findings;
  how.on_progress = std::move(progress);
  how.on_report = writing_to<store::salvage_report>(report);
  guanxi::salvage(path, into, how).value();
}

}  // namespace guanxi::capi::body
