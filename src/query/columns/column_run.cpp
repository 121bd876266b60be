#include "column_run.hpp"

#include "held.hpp"

#include <algorithm>

namespace guanxi::query::columns {

using schema::system_slot::archived;
using schema::system_slot::deletion_batch;
using schema::system_slot::id;

column_run::column_run(const trimmed_plan& p, source& from, const bounds& within, bool hashed)
    : within_(within), pace_(within.pace()),
      frame_(p, from, within.text, &pace_), hashed_(hashed) {}

column_run::end column_run::given_up() const noexcept {
  const bool outgrown = std::any_of(groups_.begin(), groups_.end(),
                                    [](const grouping& g) { return g.outgrown(); });
  return outgrown ? end::outgrown : end::failed;
}

/// Whether time and memory are left, between two holds of the source.
result<void> column_run::ask() {
  if (auto ok = within_.check(); !ok) return ok;
  std::size_t now = list_ ? list_->held() : 0;
  for (const grouping& g : groups_) now += g.held();
  return within_.keep(kept_, now);
}

namespace {

/// What a standing wants of a mark such as `archived`.
enum class mark : std::uint8_t { any, absent, set };

mark wanted_deleted(standing which) noexcept {
  if (which == standing::all) return mark::any;
  return which == standing::deleted ? mark::set : mark::absent;
}

mark wanted_archived(standing which) noexcept {
  if (which == standing::current) return mark::absent;
  return which == standing::archived ? mark::set : mark::any;
}

/// How many of these rows have not the mark that is wanted; a column without content has none set.
std::size_t unfit(const cells& marks, mark wanted, const selection& rows) {
  if (wanted == mark::any) return 0;
  if (marks.width() == 0) return wanted == mark::set ? rows.count : 0;
  std::size_t set = 0;
  for_codes(marks, rows, [&set](std::size_t, auto code) { set += code != 0; });
  return wanted == mark::set ? rows.count - set : set;
}

bool fits(const cells& marks, mark wanted, row_number row) {
  return wanted == mark::any || marks.is_null(row) == (wanted == mark::absent);
}

}  // namespace

/// Of these rows, those that hold a record of the standing that is asked for.
selection column_run::standing_so(selection rows) {
  const cells& ids = frame_.column(id);
  const cells& deleted = frame_.column(deletion_batch);
  const cells& put_away = frame_.column(archived);
  const mark want_deleted = wanted_deleted(frame_.what().standing);
  const mark want_archived = wanted_archived(frame_.what().standing);
  std::size_t out = unfit(deleted, want_deleted, rows) + unfit(put_away, want_archived, rows);
  if (frame_.root()->holed())
    for_codes(ids, rows, [&out](std::size_t, auto code) { out += code == 0; });
  if (out == 0) return rows;
  there_.resize(rows.count);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.count; ++i) {
    const row_number row = rows.at(i);
    there_[kept] = row;
    kept += !ids.is_null(row) && fits(deleted, want_deleted, row) &&
            fits(put_away, want_archived, row);
  }
  here_.swap(there_);
  return {here_.data(), 0, kept};
}

namespace {

std::size_t count_of(const selection& rows) noexcept { return rows.count; }
std::size_t count_of(const root_row&) noexcept { return 1; }

}  // namespace

/// A selection, or a row that is changed.
template <class Rows>
bool column_run::take(const Rows& rows) {
  if (list_) return list_->take(frame_, rows);
  std::size_t met = 0;
  for (grouping& g : groups_) {
    if (groups_.size() > 1 && pace_.due(count_of(rows) * expr::pace::step) && !pace_.ask())
      return false;
    if (!g.take(frame_, rows)) return false;
    met += g.met();
  }
  return met <= within_.max_rows;
}

/// Takes the rows that pass all conditions; none of them is changed.
bool column_run::pass(selection rows) {
  rows = standing_so(rows);
  for (condition& c : conditions_) {
    if (rows.count == 0) return true;
    there_.resize(rows.count);
    const std::size_t kept = c.keep(frame_, rows, there_.data());
    if (frame_.failed()) return false;
    if (kept == rows.count) continue;
    here_.swap(there_);
    rows = {here_.data(), 0, kept};
  }
  return rows.count == 0 || take(rows);
}

bool column_run::pass_changed(row_number row) {
  const auto at = frame_.at(row);
  if (!at || !frame_.reached(*at)) return true;
  // The guard's condition is among them, and holds again.
  for (condition& c : conditions_) {
    const bool in = c.holds(frame_, *at);
    if (frame_.failed()) return false;
    if (!in) return true;
  }
  return take(*at);
}

/// Rows in blocks, letting go of the source between holds.
result<column_run::end> column_run::look_at(const std::vector<row_number>& rows,
                                            std::optional<held>& now) {
  const std::size_t per_hold = frame_.from().rows_per_hold();
  std::vector<row_number> same;
  for (std::size_t first = 0; first < rows.size(); first += per_hold) {
    if (first > 0) {
      now.reset();
      now.emplace(frame_.from());
      if (!frame_.look()) return end::moved;
    }
    if (auto ok = ask(); !ok) return passed(ok);
    const std::size_t last = std::min(rows.size(), first + per_hold);
    for (std::size_t at = first; at < last; at += block_rows) {
      const std::size_t stop = std::min(last, at + block_rows);
      selection block{rows.data() + at, 0, stop - at};
      if (frame_.changed()) {
        same.clear();
        for (std::size_t i = at; i < stop; ++i) {
          if (!frame_.from().changed(*frame_.root(), rows[i])) same.push_back(rows[i]);
          else if (!pass_changed(rows[i])) return given_up();
        }
        block = {same.data(), 0, same.size()};
      }
      if (!pass(block)) return given_up();
    }
    if (list_ && list_->full()) break;
  }
  if (auto ok = ask(); !ok) return passed(ok);
  return end::answered;
}

result<column_run::end> column_run::scan(std::optional<held>& now) {
  const row_number rows = frame_.rows();
  const std::size_t per_hold = frame_.from().rows_per_hold();
  std::vector<row_number> same;
  for (row_number first = 0; first < rows;) {
    if (first > 0) {
      now.reset();
      now.emplace(frame_.from());
      if (!frame_.look()) return end::moved;
    }
    if (auto ok = ask(); !ok) return passed(ok);
    changed_.clear();
    if (frame_.changed()) {
      frame_.from().changed(*frame_.root(), changed_);
      std::sort(changed_.begin(), changed_.end());
    }
    const auto last = static_cast<row_number>(std::min<std::size_t>(rows, first + per_hold));
    for (; first < last && !(list_ && list_->full());) {
      const auto stop = static_cast<row_number>(std::min<std::size_t>(last, first + block_rows));
      const auto from = std::lower_bound(changed_.begin(), changed_.end(), first);
      const auto to = std::lower_bound(from, changed_.end(), stop);
      selection block{nullptr, first, stop - first};
      if (from != to) {
        same.clear();
        auto next = from;
        for (row_number row = first; row < stop; ++row) {
          if (next != to && *next == row) ++next;
          else same.push_back(row);
        }
        block = {same.data(), 0, same.size()};
        for (auto at = from; at != to; ++at)
          if (!pass_changed(*at)) return given_up();
      }
      if (!pass(block)) return given_up();
      first = stop;
    }
    if (list_ && list_->full()) break;
  }
  if (auto ok = ask(); !ok) return passed(ok);
  return end::answered;
}

/// Follows an index in the wanted order until enough rows are found and the next would come later.
/// Nothing: they are too far apart.
std::optional<column_run::end> column_run::walk(const access& along, std::size_t enough) {
  if (frame_.changed()) {
    frame_.from().changed(*frame_.root(), changed_);
    for (row_number row : changed_)
      if (row < frame_.rows() && !pass_changed(row)) return given_up();
  }
  const cells& order = frame_.column(along.slot);
  const key_range range{.low = along.low, .high = along.high};
  std::vector<row_number> page;
  std::optional<row_number> after;
  // Enough are found: only ties of this can matter. (Equal texts of an arena differ in code.)
  std::optional<value> last;
  std::size_t found = 0, size = std::clamp<std::size_t>(2 * enough, 64, block_rows);
  const std::size_t most = frame_.from().rows_per_hold();
  bool ended = enough == 0;
  for (std::size_t seen = 0; !ended && seen < most; size = std::min(2 * size, block_rows)) {
    page.clear();
    ended = !frame_.root()->index(along.slot)->collect(range, along.backwards, size,
                                                       after ? &*after : nullptr, page);
    seen += page.size();
    if (page.empty()) continue;
    after = page.back();
    if (last) {
      const auto stop = std::find_if_not(page.begin(), page.end(), [&](row_number row) {
        return order.holds(row, *last);
      });
      ended = ended || stop != page.end();
      page.erase(stop, page.end());
    }
    std::erase_if(page, [&](row_number row) {
      return row >= frame_.rows() ||
             (frame_.changed() && frame_.from().changed(*frame_.root(), row));
    });
    const std::size_t before = list_->taken();
    if (!pass({page.data(), 0, page.size()})) return given_up();
    found += list_->taken() - before;
    if (!last && found >= enough) last = order.at(*after);
  }
  return ended ? std::optional(end::answered) : std::nullopt;
}

void column_run::prepare(std::size_t expected_rows) {
  conditions_.clear();
  groups_.clear();
  list_.reset();
  const policy::reach& guard = frame_.trimmed().guard(0);
  if (guard.how_far == policy::reach::extent::some) {
    std::vector<path_source> places;
    for (const expr::bound_path& path : guard.paths->entries())
      places.push_back({0, path.last().slot});
    formula seen(guard.filter, places, nullptr);
    seen.ties = guard.ties;
    conditions_.emplace_back(frame_, std::move(seen), expected_rows, true);
  }
  for (const expr::expression& e : frame_.what().filters)
    conditions_.emplace_back(frame_, frame_.formula_of(e), expected_rows);
  const plan& what = frame_.what();
  if (!what.grouped) list_.emplace(frame_, within_, expected_rows);
  else if (what.sets.empty()) groups_.emplace_back(frame_, within_, expected_rows, hashed_);
  for (const grouping_set& set : what.sets)
    groups_.emplace_back(frame_, within_, expected_rows, hashed_, &set);
}

bool column_run::finish_groups(rows& into) {
  if (frame_.what().sets.empty()) return groups_.front().finish(into);
  arrangement all(frame_.what(), within_);
  std::size_t groups = 0;
  for (grouping& g : groups_)
    if (!g.collect(all, groups)) return false;
  return all.finish(into).has_value();
}

result<column_run::end> column_run::look_at_all() {
  const auto enough = frame_.what().grouped ? std::nullopt
                                            : listing::enough(frame_.what(), within_);
  std::optional<held> now(std::in_place, frame_.from());
  frame_.look();
  access way = choose_access(frame_, enough);
  if (way.how == access::way::walk) {
    prepare(4 * *enough + 1024);
    if (const auto done = walk(way, *enough)) return *done;
    changed_.clear();
  }
  const bool named = way.how == access::way::list;
  prepare(named ? way.list.size() : frame_.rows());
  if (frame_.trimmed().guard(0).how_far == policy::reach::extent::none) return end::answered;
  return named ? look_at(way.list, now) : scan(now);
}

result<column_run::end> column_run::answer(rows& into) {
  const std::size_t before = within_.kept();
  result<end> out = try_to_answer(into);
  if (auto ok = within_.keep(kept_, 0); !ok) return passed(ok);
  // What is thrown away counts no more.
  if (!out || *out != end::answered) within_.let_go_to(before);
  // What has failed for want of time is not tried again.
  if (out && *out == end::failed)
    if (auto ok = within_.check(); !ok) return passed(ok);
  return out;
}

result<column_run::end> column_run::try_to_answer(rows& into) {
  result<end> looked = look_at_all();
  if (!looked || *looked != end::answered) return looked;
  if (!list_) return finish_groups(into) ? end::answered : end::failed;
  result<bool> listed = list_->finish(frame_, into);
  if (!listed) return passed(listed);
  return *listed ? end::answered : end::failed;
}

}  // namespace guanxi::query::columns
