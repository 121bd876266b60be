// Creating, changing, reading and deleting records.
#include "barrier.hpp"
#include "bodies.hpp"
#include "handles.hpp"

namespace guanxi::capi::body {
namespace {

std::string_view cause_of(const guanxi_write_options& options) {
  return {options.cause, options.cause_length};
}

std::int64_t revision_of(const guanxi_write_options& options) {
  if (options.expected_revision < 0)
    refuse(errc::invalid_argument, "`expected_revision` is below 0; revisions start at 1");
  return options.expected_revision;
}

}  // namespace

void create(guanxi_session& session, const guanxi_draft& draft, const guanxi_write_options& options,
            guanxi_record* record) {
  revision_of(options);
  guanxi::record made = session.content.create(draft.content, cause_of(options)).value();
  if (record) record->content = std::move(made);
}

void change(guanxi_session& session, std::int64_t id, const guanxi_draft& draft,
            const guanxi_write_options& options, guanxi_record* record) {
  guanxi::record changed =
      session.content.change({id}, draft.content, revision_of(options), cause_of(options)).value();
  if (record) record->content = std::move(changed);
}

std::unique_ptr<guanxi_record> get(guanxi_session& session, std::string_view entity,
                                   std::int64_t id) {
  return std::make_unique<guanxi_record>(guanxi_record{session.content.get(entity, {id}).value()});
}

void remove(guanxi_session& session, std::string_view entity, std::int64_t id,
            const guanxi_write_options& options) {
  session.content.remove(entity, {id}, revision_of(options), cause_of(options)).value();
}

}  // namespace guanxi::capi::body
