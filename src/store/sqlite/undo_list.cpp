#include "undo_list.hpp"

#include <string>
#include <utility>

namespace guanxi::store::sqlite {

namespace {

/// Writes of one call that the list remembers; most calls have fewer than ten.
constexpr std::size_t most = 200;

/// With the tenant's prefix, since a host's connection may bear several, and savepoints of its own.
std::string named(const connection& c, int level) {
  return identifier(c.called().prefix + "n" + std::to_string(level));
}

}  // namespace

void undo_list::clear() noexcept {
  levels_.clear();
  writes_.clear();
}

result<void> undo_list::begin(connection& c, int number) {
  // Where SQLite keeps a level it keeps the inner ones, too.
  const bool kept = !levels_.empty() && levels_.back().left_to_sqlite;
  if (kept)
    if (auto ok = c.step_inside("SAVEPOINT " + named(c, number)); !ok) return ok;
  levels_.push_back({number, writes_.size(), kept});
  return {};
}

result<void> undo_list::add(connection& c, const schema::entity& of, id key,
                            const schema::record* before) {
  if (levels_.empty() || levels_.back().left_to_sqlite) return {};
  if (writes_.size() >= most) return leave_to(c);
  writes_.push_back({&of, key, before ? *before : schema::record()});
  return {};
}

result<void> undo_list::leave_to(connection& c) {
  // All levels, for what an inner one has written is the outer one's to undo once it has ended.
  for (level& each : levels_) {
    if (each.left_to_sqlite) continue;
    if (auto ok = c.step_inside("SAVEPOINT " + named(c, each.number)); !ok) return ok;
    each.left_to_sqlite = true;
  }
  return {};
}

result<void> undo_list::end(connection& c, int number) {
  while (!levels_.empty() && levels_.back().number >= number) {
    const level last = levels_.back();
    if (last.left_to_sqlite)
      if (auto ok = c.step_inside("RELEASE " + named(c, last.number)); !ok) return ok;
    levels_.pop_back();
    if (levels_.empty()) writes_.clear();
  }
  return {};
}

result<void> undo_list::go_back(connection& c, int number,
                                const std::function<result<void>(const written&)>& take_back) {
  while (!levels_.empty() && levels_.back().number > number) levels_.pop_back();
  if (levels_.empty() || levels_.back().number != number) return {};
  const level& to = levels_.back();
  if (to.left_to_sqlite)
    if (auto ok = c.step_inside("ROLLBACK TO " + named(c, number)); !ok) return ok;
  for (std::size_t i = writes_.size(); i > to.from; --i)
    if (auto ok = take_back(writes_[i - 1]); !ok) return ok;
  // An outer level's savepoint is younger than these writes: going back to it brings them back.
  if (!to.left_to_sqlite) writes_.resize(to.from);
  return {};
}

}  // namespace guanxi::store::sqlite
