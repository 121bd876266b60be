// What is due. Each slice is one write transaction that looks for what is due by itself, so that
// nothing runs twice, whatever other threads and processes tick.
#include "acting.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace guanxi {

namespace {

constexpr std::size_t slice = 100;         // records in one transaction
constexpr std::size_t most_failures = 100;
constexpr std::size_t largest_tick = 1'000'000;

/// A record whose time has come.
struct errand {
  const work::installed_timer* by;
  id record;
  instant due;
};

bool earlier(const errand& a, const errand& b) {
  if (a.due != b.due) return a.due < b.due;
  if (a.by != b.by) return a.by->row.name < b.by->row.name;
  return a.record < b.record;
}

}  // namespace

/// One call of tick, on its way.
struct session::state::round {
  state& of;
  const work::timer_set& timers;
  call in;
  const tick_options& options;
  tick_report report = {};
  std::set<std::pair<const work::installed_timer*, std::int64_t>> failed = {};

  result<rows> ask(const std::string& text, const policy::grants& all, store::reading* by,
                   std::vector<expr::parameter_value> with) const {
    with.push_back({.name = "now", .content = in.when.now});
    result<std::shared_ptr<prepared::state>> q = of.of->texts.find(text);
    return q ? of.run(**q, all, with, in, by) : passed(q);
  }

  /// What is due first, as far as it is certain that nothing is due before it; at most so many.
  result<std::vector<errand>> due(const policy::grants& all, store::reading* by,
                                  std::size_t at_most) const {
    std::vector<errand> out;
    std::optional<errand> horizon;  // of what may lie behind a timer's page
    for (const work::installed_timer& t : timers.all()) {
      const std::size_t page = at_most + failures_of(t);
      result<rows> found = ask(t.due_text, all, by,
                               {{.name = "most", .content = static_cast<std::int64_t>(page)}});
      if (!found) return passed(found);
      for (std::size_t i = 0; i < found->size(); ++i) {
        const errand e{&t, found->at(i, 0).as_id(), found->at(i, 1).as_instant()};
        if (i + 1 == page && (!horizon || earlier(e, *horizon))) horizon = e;
        if (!failed.count({&t, e.record.value})) out.push_back(e);
      }
    }
    std::sort(out.begin(), out.end(), earlier);
    if (horizon)
      out.erase(std::upper_bound(out.begin(), out.end(), *horizon, earlier), out.end());
    if (out.size() > at_most)
      out.erase(out.begin() + static_cast<std::ptrdiff_t>(at_most), out.end());
    return out;
  }

  std::size_t failures_of(const work::installed_timer& t) const {
    return static_cast<std::size_t>(
        std::count_if(failed.begin(), failed.end(), [&](const auto& f) { return f.first == &t; }));
  }

  /// Runs one of them in the open transaction; the record must not be due afterwards. False: what
  /// ran before it has left it no longer due.
  result<bool> run(const errand& e, const policy::grants& all) {
    const std::vector<expr::parameter_value> itself = {{.name = "record", .content = e.record}};
    result<rows> waits = ask(e.by->still_text, all, nullptr, itself);
    if (!waits) return passed(waits);
    if (waits->empty()) return false;
    const auto read = [&](std::string_view text, const policy::grants& as,
                          const std::vector<expr::parameter_value>& with) -> result<rows> {
      result<std::shared_ptr<prepared::state>> q = of.of->texts.find(text);
      return q ? of.answer_to(**q, as, true, with, in, nullptr) : passed(q);
    };
    acting sees(all, all, in.when, read,
                [&](const policy::grant& g, id key) { return of.read(g, key, nullptr); },
                [&](const query::trimmed_plan& p) { return of.open->read(p, in.within); });
    result<record> stored = sees.get_all(e.by->of->name(), e.record);
    if (!stored) return passed(stored);
    if (stored->empty()) return false;
    work::outcome wanted(all.catalog());
    if (auto ok = e.by->row.run(*stored, sees, wanted); !ok) return passed(ok);
    if (auto ok = well_made(wanted); !ok) return passed(ok);
    if (wanted.steps().size() > 1 && !of.of->store->transactional())
      return unexpected(errc::unsupported, "`" + e.by->row.name + "` makes several writes that "
                                           "have to be one, and this store has no transactions");
    taking steps(*of.open, all, all, {.cause = e.by->row.name, .within = in.within});
    if (auto ok = steps.all(wanted); !ok) return passed(ok);
    result<rows> still = ask(e.by->still_text, all, nullptr, itself);
    if (!still) return passed(still);
    if (still->empty()) return true;
    return unexpected(errc::misuse, "the timer `" + e.by->row.name + "` leaves its record due, "
                                    "which would run for ever");
  }

  /// Runs one of them whole, or notes why it could not.
  result<void> try_one(const errand& e, const policy::grants& all) {
    result<int> mark = of.open->savepoint();
    if (!mark) return passed(mark);
    result<bool> done = run(e, all);
    if (done) {
      report.ran += *done;
      return of.open->release(*mark);
    }
    error why = std::move(done.error());
    // Cut short from outside, or the transaction is gone: that is the whole call's fault.
    const bool cut = why.code() == errc::interrupted || why.code() == errc::out_of_memory ||
                     !in.within.check();
    if (auto back = of.open->rollback_to(*mark); !back || cut || why.aborted())
      return unexpected(std::move(why));
    if (auto ok = of.open->release(*mark); !ok) return ok;
    failed.insert({e.by, e.record.value});
    if (report.failures.size() < most_failures)
      report.failures.push_back(
          {e.by->row.name, std::string(e.by->of->name()), e.record, std::move(why)});
    return {};
  }

  /// One transaction of at most so many. False: nothing was due.
  result<bool> turn(std::size_t at_most) {
    // Whoever only looks keeps no writer waiting.
    bool any = false;
    const auto look = [&](const policy::grants& all, store::reading* by) -> result<void> {
      result<std::vector<errand>> found = due(all, by, 1);
      if (!found) return passed(found);
      any = !found->empty();
      return {};
    };
    if (auto ok = of.look_so(look); !ok) return passed(ok);
    if (!any) return false;
    const tick_report before = report;
    const auto failed_before = failed;
    bool some = false;
    const auto work = [&](const policy::grants& all, store::reading*) -> result<rows> {
      result<std::vector<errand>> found = due(all, nullptr, at_most);
      if (!found) return passed(found);
      some = !found->empty();
      for (const errand& e : *found)
        if (auto ok = try_one(e, all); !ok) return passed(ok);
      return rows();
    };
    if (result<rows> done = of.act_within(work, in.within); !done) {
      report = before;  // what the transaction did is undone
      failed = failed_before;
      return passed(done);
    }
    return some;
  }

  result<void> find_next() {
    const auto look = [&](const policy::grants& all, store::reading* by) -> result<void> {
      report.next.reset();
      result<std::vector<errand>> waiting = due(all, by, 1);
      if (!waiting) return passed(waiting);
      report.more = !waiting->empty();
      if (report.more) {
        report.next = in.when.now;
        return {};
      }
      for (const work::installed_timer& t : timers.all()) {
        result<rows> found = ask(t.next_text, all, by, {});
        if (!found) return passed(found);
        if (found->empty()) continue;
        const instant at = found->at(0, 0).as_instant();
        if (!report.next || at < *report.next) report.next = at;
      }
      return {};
    };
    return of.look_so(look);
  }
};

result<tick_report> session::state::tick(const tick_options& options) {
  result<std::shared_ptr<const work::timer_set>> timers = of->current_timers();
  if (!timers) return passed(timers);
  result<call> in = call_of({.deadline_ms = options.deadline_ms});
  if (!in) return passed(in);
  round now{*this, **timers, std::move(*in), options};
  // Without transactions each stands alone.
  const std::size_t at_once = of->store->transactional() ? slice : 1;
  for (std::size_t left = options.at_most; left > 0;) {
    const std::size_t before = static_cast<std::size_t>(now.report.ran) + now.failed.size();
    result<bool> some = now.turn(std::min(at_once, left));
    if (!some) {
      // What earlier slices did stands; a deadline only ends the call.
      if (some.error().code() == errc::limit && now.report.ran > 0) {
        now.report.more = true;
        now.report.next = now.in.when.now;
        return std::move(now.report);
      }
      return passed(some);
    }
    if (!*some) break;
    const std::size_t tried = static_cast<std::size_t>(now.report.ran) + now.failed.size();
    left -= std::min(left, tried - before);
    if (options.on_progress &&
        !options.on_progress(static_cast<std::uint64_t>(now.report.ran), 0))
      break;
  }
  if (auto ok = now.find_next(); !ok) return passed(ok);
  return std::move(now.report);
}

result<tick_report> tenant::tick(const tick_options& options) const {
  if (options.at_most < 1 || options.at_most > largest_tick)
    return unexpected(errc::invalid_argument, "`at_most` must be 1 to 1,000,000");
  session::state by;
  by.of = state_;
  by.who = policy::principal::system_sight("tick");
  return by.tick(options);
}

}  // namespace guanxi
