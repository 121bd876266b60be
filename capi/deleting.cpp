// Deleting, restoring, putting away and erasing records.
#include "bodies.hpp"
#include "handles.hpp"
#include "write_options.hpp"

namespace guanxi::capi::body {

void remove(guanxi_session& session, std::string_view entity, std::int64_t id,
            const guanxi_write_options& options) {
  session.content.remove(entity, {id}, revision_of(options), cause_of(options)).value();
}

void restore(guanxi_session& session, std::string_view entity, std::int64_t id,
             const guanxi_write_options& options, std::int64_t* records) {
  unguarded(options);
  const std::int64_t back = session.content.restore(entity, {id}, cause_of(options)).value();
  if (records) *records = back;
}

void restore_batch(guanxi_session& session, std::int64_t batch,
                   const guanxi_write_options& options, std::int64_t* records) {
  unguarded(options);
  const std::int64_t back = session.content.restore_batch(batch, cause_of(options)).value();
  if (records) *records = back;
}

void archive(guanxi_session& session, std::string_view entity, std::int64_t id,
             const guanxi_write_options& options, guanxi_record* record) {
  guanxi::record done =
      session.content.archive(entity, {id}, revision_of(options), cause_of(options)).value();
  if (record) record->content = std::move(done);
}

void unarchive(guanxi_session& session, std::string_view entity, std::int64_t id,
               const guanxi_write_options& options, guanxi_record* record) {
  guanxi::record done =
      session.content.unarchive(entity, {id}, revision_of(options), cause_of(options)).value();
  if (record) record->content = std::move(done);
}

void purge(guanxi_session& session, const guanxi_purge_options& options, progress progress,
           guanxi_purge_report* report) {
  purge_options how;
  if (options.before != 0) how.before = instant{options.before};
  how.cause.assign(options.cause ? options.cause : "", options.cause_length);
  how.on_progress = std::move(progress);
  const purge_report done = session.content.purge(how).value();
  if (!report) return;
  report->purged = done.purged;
  report->kept = done.kept;
  report->complete = done.complete ? 1 : 0;
}

}  // namespace guanxi::capi::body
