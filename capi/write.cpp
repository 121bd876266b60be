// Creating, changing, reading and deleting records.
#include "bodies.hpp"
#include "handles.hpp"
#include "write_options.hpp"

#include "guanxi/edge/arrow.hpp"
#include "guanxi/edge/batch.hpp"

#include <utility>

namespace guanxi::capi::body {
namespace {

/// A stream that goes with its scope, unless it is handed on.
struct own_stream {
  own_stream() = default;
  own_stream(const own_stream&) = delete;
  own_stream& operator=(const own_stream&) = delete;
  ~own_stream() {
    if (stream.release) stream.release(&stream);
  }
  ArrowArrayStream stream = {};
};

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

std::unique_ptr<guanxi_record> get_as_of(guanxi_session& session, std::string_view entity,
                                         std::int64_t id, std::int64_t sequence, std::int64_t at) {
  as_of when;
  if (sequence != 0) when.sequence = sequence;
  else when.at = instant{at};
  return std::make_unique<guanxi_record>(
      guanxi_record{session.content.get(entity, {id}, when).value()});
}

void remove_many(guanxi_session& session, std::string_view entity,
                 std::span<const std::int64_t> ids, const guanxi_write_options& options,
                 progress progress) {
  unguarded(options);
  std::vector<guanxi::id> keys;
  keys.reserve(ids.size());
  for (const std::int64_t one : ids) keys.push_back({one});
  edge::remove_many(session.content, entity, keys,
                    {std::string(cause_of(options)), std::move(progress)})
      .value();
}

void put_table(guanxi_session& session, std::string_view entity, ArrowArrayStream& rows,
               ArrowArrayStream& ids, const guanxi_write_options& options, progress progress) {
  unguarded(options);
  own_stream answer;
  // Made before the records are kept, so that no memory is needed after.
  const auto make = [&](std::span<const guanxi::id> keys) {
    query::rows out({query::column_info{"id", {value_type::integer}}}, session.content.catalog());
    for (const guanxi::id key : keys) {
      const value row[] = {value(key.value)};
      out.append(row);
    }
    edge::export_stream(std::move(out), &answer.stream);
  };
  edge::put_table(session.content, entity, rows,
                  {std::string(cause_of(options)), std::move(progress), make})
      .value();
  ids = std::exchange(answer.stream, ArrowArrayStream{});
}

void put_many(guanxi_session& session, std::span<const guanxi_draft* const> drafts,
              std::span<std::int64_t> ids, const guanxi_write_options& options, progress progress) {
  unguarded(options);
  std::vector<edge::put_row> rows;
  rows.reserve(drafts.size());
  for (std::size_t i = 0; i < drafts.size(); ++i)
    rows.push_back({{ids[i]}, &drafts[i]->content});
  const std::vector<guanxi::id> keys =
      edge::put_many(session.content, rows, {std::string(cause_of(options)), std::move(progress)})
          .value();
  for (std::size_t i = 0; i < keys.size(); ++i) ids[i] = keys[i].value;
}

void get_many(guanxi_session& session, std::string_view entity, std::span<const std::int64_t> ids,
              std::span<guanxi_record*> records) {
  std::vector<guanxi::id> keys;
  keys.reserve(ids.size());
  for (const std::int64_t one : ids) keys.push_back({one});
  std::vector<std::optional<record>> found =
      edge::get_many(session.content, entity, keys).value();
  std::vector<std::unique_ptr<guanxi_record>> made;
  made.reserve(found.size());
  for (std::optional<record>& one : found)
    made.push_back(one ? std::make_unique<guanxi_record>(guanxi_record{std::move(*one)}) : nullptr);
  for (std::size_t i = 0; i < made.size(); ++i) records[i] = made[i].release();
}

}  // namespace guanxi::capi::body
