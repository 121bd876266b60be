#include "keeping.hpp"

#include <limits>
#include <utility>

namespace guanxi::store::sqlite {

patience::patience(connection& c, std::function<bool()> on) : db_(c), on_(std::move(on)) {
  if (db_.lent()) return;  // the handler is the host's
  const auto ask = [](void* self) { return static_cast<patience*>(self)->on_() ? 0 : 1; };
  db_.api().progress_handler(db_.raw(), 100'000, ask, this);
}

patience::~patience() {
  if (!db_.lent()) db_.api().progress_handler(db_.raw(), 0, nullptr, nullptr);
}

/// Visits as far as it goes, or until the visitor has enough.
result<void> walk::one_way(bool up, id& reached,
                           const std::function<result<bool>(sqlite3_stmt*)>& visit) {
  const char* order = up ? " ORDER BY \"id\"" : " ORDER BY \"id\" DESC";
  result<sqlite3_stmt*> s = db_.prepared(select_ + order);
  for (bool first = true; s; first = false) {
    result<int> row = db_.step(*s);
    if (!row) {
      s = passed(row);
      break;
    }
    if (*row != SQLITE_ROW) break;
    const id here{db_.api().column_int64(*s, 0)};
    if (!first && (up ? here <= reached : here >= reached)) {  // a broken tree may lead in circles
      db_.reset(*s);
      obstacle_ = "ids are out of order";
      return {};
    }
    reached = here;
    result<bool> on = visit(*s);
    if (on && *on) continue;
    db_.reset(*s);
    return on ? result<void>() : passed(on);
  }
  if (!s) {
    const errc code = s.error().code();
    if (code == errc::interrupted || code == errc::out_of_memory) return passed(s);
    obstacle_ = db_.api().errmsg(db_.raw());
    return {};
  }
  db_.reset(*s);
  return {};
}

result<void> walk::run(const std::function<result<void>(sqlite3_stmt*)>& visit) {
  using limits = std::numeric_limits<std::int64_t>;
  low_ = {limits::min()}, high_ = {limits::max()};
  const auto each = [&](sqlite3_stmt* row) -> result<bool> {
    if (auto ok = visit(row); !ok) return passed(ok);
    return true;
  };
  if (auto ok = one_way(true, low_, each); !ok || obstacle_.empty()) return ok;
  const std::string first = std::exchange(obstacle_, {});
  const auto beyond = [&](sqlite3_stmt* row) -> result<bool> {
    // Down to where the other way ended: nothing lies between.
    if (db_.api().column_int64(row, 0) <= low_.value) return false;
    return each(row);
  };
  auto back = one_way(false, high_, beyond);
  obstacle_ = first;
  return back;
}

}  // namespace guanxi::store::sqlite
