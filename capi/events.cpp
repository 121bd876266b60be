// The change feed, its cursors, and pruning.
#include "arguments.hpp"
#include "bodies.hpp"
#include "handles.hpp"
#include "values.hpp"

#include <algorithm>
#include <new>
#include <optional>

namespace guanxi::capi::body {
namespace {

std::vector<std::string> names_of(const char* text, std::size_t length) {
  std::vector<std::string> out;
  if (!text) return out;
  std::string_view left(text, length);
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(','), left.size());
    if (end > 0) out.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return out;
}

/// Whose cursor is meant; nothing: the acting user's.
std::optional<guanxi::id> whose(std::int64_t user) {
  if (user < -1) refuse(errc::invalid_argument, "`user` is below -1, which stands for the own");
  return user == -1 ? std::nullopt : std::optional(guanxi::id{user});
}

const guanxi::history_entry& told(const guanxi_events& events) {
  if (events.given.empty())
    refuse(errc::invalid_argument, "the feed has given no change; ask for the next first");
  return events.given.front();
}

}  // namespace

std::unique_ptr<guanxi_events> events_open(guanxi_session& session, std::string_view cursor,
                                           const guanxi_feed_options& options) {
  feed_options how;
  how.entities = names_of(options.entities, options.entities_length);
  how.fields = names_of(options.fields, options.fields_length);
  how.actions = names_of(options.actions, options.actions_length);
  if (options.start_after != 0) how.start_after = options.start_after;
  // Memory for the handle comes first: were there none after, a cursor would be stored for nobody.
  struct free_memory {
    void operator()(void* at) const { ::operator delete(at); }
  };
  std::unique_ptr<void, free_memory> room(::operator new(sizeof(guanxi_events)));
  feed content = session.content.feed(cursor, how).value();
  return std::unique_ptr<guanxi_events>(
      new (room.release()) guanxi_events{std::move(content), this_process(),
                                               session.inside});
}

std::int32_t events_next(guanxi_events& events) {
  events.given = events.content.next(1).value();
  return events.given.empty() ? 0 : 1;
}

guanxi_event_info events_info(const guanxi_events& events) {
  const guanxi::history_entry& e = told(events);
  guanxi_event_info out = {};
  out.sequence = e.sequence;
  out.batch = e.batch;
  out.record = e.record.value;
  out.at = e.at.microseconds;
  out.user = e.user.value;
  lend_text(e.entity, out.entity, out.entity_length);
  lend_text(e.action, out.action, out.action_length);
  lend_text(e.cause, out.cause, out.cause_length);
  out.field_count = count_of(e.fields.size());
  return out;
}

void events_field(const guanxi_events& events, std::int32_t field, const char** name,
                  guanxi_value* before, guanxi_value* after) {
  const auto& f = element(told(events).fields, field, "field");
  if (name) *name = f.name.c_str();
  if (before) *before = c_value(f.before);
  if (after) *after = c_value(f.after);
}

std::int64_t events_each(guanxi_events& events, std::int64_t at_most, event event) {
  if (at_most < 1) refuse(errc::invalid_argument, "`at_most` is below 1; give how many at most");
  const auto take = [&](const guanxi::history_entry& e) {
    events.given.assign(1, e);
    return event(events) == 0;
  };
  return events.content.each(static_cast<std::size_t>(at_most), take).value();
}

void events_acknowledge(guanxi_events& events) { events.content.acknowledge().value(); }

void events_rewind(guanxi_events& events) { events.content.rewind(); }

std::int64_t last_change(guanxi_session& session) {
  return session.content.last_change().value();
}

std::unique_ptr<guanxi_cursors> cursors_read(guanxi_session& session) {
  return std::make_unique<guanxi_cursors>(guanxi_cursors{session.content.cursors().value()});
}

std::int32_t cursors_count(const guanxi_cursors& cursors) {
  return count_of(cursors.content.size());
}

guanxi_cursor_info cursors_at(const guanxi_cursors& cursors, std::int32_t cursor) {
  const feed_cursor& c = element(cursors.content, cursor, "cursor");
  guanxi_cursor_info out = {};
  lend_text(c.name, out.name, out.name_length);
  out.user = c.user.value;
  out.acknowledged = c.acknowledged;
  out.moved_at = c.moved_at.microseconds;
  return out;
}

void cursor_move(guanxi_session& session, std::string_view cursor, std::int64_t user,
                 std::int64_t sequence) {
  session.content.move_cursor(cursor, sequence, whose(user)).value();
}

void cursor_drop(guanxi_session& session, std::string_view cursor, std::int64_t user) {
  session.content.drop_cursor(cursor, whose(user)).value();
}

std::int64_t prune_changes(guanxi_session& session, std::int64_t older_than, std::int32_t unread,
                           progress progress) {
  prune_options what;
  what.older_than = instant{older_than};
  what.unread = unread != 0;
  what.on_progress = std::move(progress);
  return session.content.prune_changes(what).value().pruned_up_to;
}

}  // namespace guanxi::capi::body
