// What of the change log may go.
#include "guanxi/work/log_keeper.hpp"
#include "state.hpp"

#include <algorithm>

namespace guanxi {

namespace {

constexpr std::size_t at_once = 1000;

/// The greatest sequence that may go, before cursors are asked.
result<std::int64_t> wanted(const prune_options& what, work::change_log& log) {
  result<std::int64_t> last = log.last();
  if (!last) return last;
  if (what.up_to) {
    if (*what.up_to < 0 || *what.up_to > *last)
      return unexpected(errc::invalid_argument,
                        "the log is pruned up to a sequence of 0 to " + std::to_string(*last));
    return *what.up_to;
  }
  result<std::int64_t> kept = log.first_since(*what.older_than);
  if (!kept) return kept;
  return *kept == 0 ? *last : *kept - 1;
}

/// Keeps what a cursor has not read, unless it lacks some of it already.
std::int64_t spared(std::int64_t up_to, std::int64_t gone,
                    const std::vector<work::cursor>& cursors, prune_report& report) {
  for (const work::cursor& c : cursors) {
    if (c.position >= up_to || c.position < gone) continue;
    up_to = c.position;
    report.kept_for = c.name;
  }
  return up_to;
}

}  // namespace

result<prune_report> session::prune_changes(const prune_options& what) {
  if (what.older_than.has_value() == what.up_to.has_value())
    return unexpected(errc::invalid_argument,
                      "pruning takes either `older_than` or `up_to`; give one of them");
  if (state_->open)
    return unexpected(errc::misuse, "the log is not pruned inside a transaction; end it first");
  if (auto ok = state_->administers("prune the change log"); !ok) return passed(ok);
  prune_report out;
  std::int64_t up_to = 0, from = 0;
  const auto look = [&](const policy::grants&, work::change_log& log) -> result<void> {
    result<std::int64_t> most = wanted(what, log);
    if (!most) return passed(most);
    auto cursors = log.cursors();
    if (!cursors) return passed(cursors);
    result<std::int64_t> gone = log.pruned();
    if (!gone) return passed(gone);
    out.kept_for.reset();
    up_to = what.unread ? *most : spared(*most, *gone, *cursors, out);
    out.pruned_up_to = from = *gone;
    return {};
  };
  if (auto ok = state_->look_at_log(look); !ok) return passed(ok);
  const std::int64_t total = std::max<std::int64_t>(up_to - from, 0);
  for (std::size_t erased = 1; erased > 0;) {
    const auto erase = [&](work::pipeline& in, const policy::grants&) -> result<void> {
      work::change_log log(in);
      auto cursors = log.cursors();
      if (!cursors) return passed(cursors);
      result<std::int64_t> gone = log.pruned();
      if (!gone) return passed(gone);
      const std::int64_t now = what.unread ? up_to : spared(up_to, *gone, *cursors, out);
      result<std::size_t> done = work::log_keeper(in).prune(now, at_once);
      if (!done) return passed(done);
      erased = *done;
      gone = log.pruned();
      if (!gone) return passed(gone);
      out.pruned_up_to = *gone;
      return {};
    };
    if (auto ok = state_->write_log(erase); !ok) return passed(ok);
    out.erased += static_cast<std::int64_t>(erased);
    const std::int64_t done = std::min(std::max<std::int64_t>(out.pruned_up_to - from, 0), total);
    if (what.on_progress && !what.on_progress(static_cast<std::uint64_t>(done),
                                              static_cast<std::uint64_t>(total)))
      return unexpected(errc::interrupted, "pruning was stopped; " + std::to_string(out.erased) +
                                               " entries are gone, the others are there");
  }
  return out;
}

}  // namespace guanxi
