#include "contents.hpp"

#include <algorithm>

namespace guanxi::store::memory {

namespace {

/// Changes that are forgotten under one hold of the gate, so that readers wait for none longer.
constexpr std::size_t tidied_at_once = 2048;

}  // namespace

sight contents::seen(const schema::entity& of, moment at) const noexcept {
  const table* t = memory::find(tables_, of.number());
  if (t) t = seen(*t, at);
  if (!t) return {};
  if (t->name == of.name()) return {t, !t->fits(of)};
  // Asked for by a name that it had; else it is a stranger with the same number.
  const auto was = std::find_if(t->former.rbegin(), t->former.rend(),
                                [&](const table::former_name& f) { return f.name == of.name(); });
  if (was == t->former.rend()) return {};
  return {t, was->until <= at || !t->fits(of)};
}

row_number contents::rows(const table& t, moment at) const noexcept {
  // Most readers are of now, and the open transaction's growth is the last one.
  row_number out = t.columns.rows();
  for (auto g = t.growths.rbegin(); g != t.growths.rend() && g->during > at; ++g) out = g->rows;
  return out;
}

row_number contents::find(const table& t, id key, moment at) const {
  // A record keeps its row for good, also when it is erased and written again.
  const row_number now = t.columns.find(key);
  const row_number row = now != no_row ? now : t.columns.hole(key);
  if (row == no_row || row >= rows(t, at)) return no_row;
  if (!past_.changed(t, row, at)) return now;
  return past_.cell(t, row, schema::system_slot::id, at).is_null() ? no_row : row;
}

std::vector<value> contents::image(const table& t, row_number row, moment at) const {
  std::vector<value> out(t.columns.slots());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = t.columns.column(static_cast<std::uint16_t>(i)).at(row);
  past_.image(t, row, at, out);
  return out;
}

bool contents::read(const table& t, row_number row, moment at, schema::record& into) const {
  if (!past_.changed(t, row, at)) {
    t.columns.fill(row, into);
    return true;
  }
  std::vector<value> cells = image(t, row, at);
  if (cells[schema::system_slot::id].is_null()) return false;
  const std::size_t slots = std::min(cells.size(), into.slots().size());
  for (std::size_t i = 0; i < slots; ++i)
    into.set(static_cast<std::uint16_t>(i), std::move(cells[i]));
  return true;
}

void contents::watch(watcher& w) {
  const std::lock_guard lock(watchers_mutex_);
  w.at = committed_;
  watchers_.push_back(w);
}

void contents::leave(watcher& w) noexcept {
  bool oldest = false;
  {
    const std::lock_guard lock(watchers_mutex_);
    oldest = &watchers_.front() == &w;
    watchers_.erase(watchers_.iterator_to(w));
  }
  // The last one out clears up, unless somebody is at work here who will do it later.
  while (oldest) {
    std::unique_ptr<table> gone;
    const std::unique_lock held(gate_, std::try_to_lock);
    oldest = held && tidy_some(seen_by_all(), tidied_at_once, gone);
  }
}

moment contents::seen_by_all() const {
  const std::lock_guard lock(watchers_mutex_);
  return watchers_.empty() ? committed_ : watchers_.front().at;
}

bool contents::tidy_some(moment seen, std::size_t at_most,
                         std::unique_ptr<table>& gone) noexcept {
  if (past_.forget(seen, at_most)) return true;
  const auto cut_off = [&](table& from) {
    table* last = from.before.get();
    while (last->before) last = last->before.get();
    last->before = std::move(gone);
    gone = std::move(from.before);
  };
  for (const std::unique_ptr<table>& t : tables_) {
    table* oldest = t.get();
    while (oldest->before && oldest->born > seen) oldest = oldest->before.get();
    if (oldest->before) cut_off(*oldest);
    const auto kept = std::find_if(t->growths.begin(), t->growths.end(),
                                   [&](const table::growth& g) { return g.during > seen; });
    t->growths.erase(t->growths.begin(), kept);
  }
  return false;
}

void contents::tidy() {
  for (bool more = true; more;) {
    std::unique_ptr<table> gone;
    const std::unique_lock held(gate_);
    more = tidy_some(seen_by_all(), tidied_at_once, gone);
  }
}

}  // namespace guanxi::store::memory
