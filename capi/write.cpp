// Creating, changing, reading and deleting records.
#include "arguments.hpp"

using namespace guanxi::capi;

namespace {

struct how {
  std::int64_t expected_revision = 0;
  std::string_view cause;
};

how read(const guanxi_write_options* options) {
  using given = guanxi_write_options;
  const given chosen =
      options_of(options, &given::expected_revision, &given::cause, &given::cause_length);
  if (chosen.expected_revision < 0)
    refuse(guanxi::errc::invalid_argument, "`expected_revision` is below 0; revisions start at 1");
  return {chosen.expected_revision, optional_text(chosen.cause, chosen.cause_length, "cause")};
}

/// Made before the write, so that want of memory cannot follow a success.
class answer {
 public:
  explicit answer(guanxi_record** into) : into_(into) {
    if (!into_) return;
    *into_ = nullptr;
    record_ = std::make_unique<guanxi_record>();
  }
  void give(guanxi::record&& r) {
    if (!into_) return;
    record_->content = std::move(r);
    *into_ = record_.release();
  }

 private:
  guanxi_record** into_;
  std::unique_ptr<guanxi_record> record_;
};

}  // namespace

int32_t guanxi_create(guanxi_session* session, const guanxi_draft* draft,
                      const guanxi_write_options* options, guanxi_record** record,
                      guanxi_error** err) {
  return barrier(err, [&] {
    answer into(record);
    guanxi::session& s = live(session);
    const how chosen = read(options);
    into.give(s.create(need(draft, "draft").content, chosen.cause).value());
  });
}

int32_t guanxi_change(guanxi_session* session, int64_t id, const guanxi_draft* draft,
                      const guanxi_write_options* options, guanxi_record** record,
                      guanxi_error** err) {
  return barrier(err, [&] {
    answer into(record);
    guanxi::session& s = live(session);
    const how chosen = read(options);
    into.give(s.change({id}, need(draft, "draft").content, chosen.expected_revision, chosen.cause)
                  .value());
  });
}

int32_t guanxi_get(guanxi_session* session, const char* entity, size_t entity_length, int64_t id,
                   guanxi_record** record, guanxi_error** err) {
  return barrier(err, [&] {
    need(record, "record");
    answer into(record);
    into.give(live(session).get(text(entity, entity_length, "entity"), {id}).value());
  });
}

int32_t guanxi_delete(guanxi_session* session, const char* entity, size_t entity_length, int64_t id,
                      const guanxi_write_options* options, guanxi_error** err) {
  return barrier(err, [&] {
    guanxi::session& s = live(session);
    const how chosen = read(options);
    s.remove(text(entity, entity_length, "entity"), {id}, chosen.expected_revision, chosen.cause)
        .value();
  });
}
