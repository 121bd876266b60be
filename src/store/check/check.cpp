#include "guanxi/store/check.hpp"

#include "pair.hpp"

#include "store/host/requesting.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace guanxi::store {

namespace {

using checking::function_names;
using checking::pair;
using checking::parting;
using checking::script;

/// What each function promises, for those who look at it.
std::string promise_of(const std::string& function) {
  static const std::map<std::string, std::string> all = {
      {"get", "which gives the row of an id as it was last put, in every field, or none"},
      {"put", "which stores every value of a row as it is, or null, and refuses with `conflict`, "
              "writing nothing, unless the expected revision (0: no row) is what is stored"},
      {"replace", "which stores every value of the row after, and refuses with `conflict` unless "
                  "the revision of the row before is what is stored"},
      {"erase", "which forgets that row of that table and no other, and succeeds where there is "
                "none"},
      {"scan", "which gives the rows of one table with ids above `after`, rising, at most as many "
               "as it is asked for"},
      {"plan", "which calls a term exact only if `execute` then gives no row that fails it, and "
               "exact or prune only if it gives every row that passes"},
      {"execute", "which gives every row that passes the terms that it is asked for, as it is in "
                  "every wanted slot, above `after`, in the order asked for, at most as many as "
                  "the limit"},
      {"write_batch", "which stores the same as one put after another"},
      {"put_all", "which stores the same as one put after another"},
      {"migrate", "which makes room for new tables, and gives every row a null in a new field's "
                  "slot, moving those from there on up by one"},
      {"begin", "which begins a transaction: until commit, what is written can be taken back"},
      {"commit", "which makes all that was written since begin permanent"},
      {"rollback", "which takes back all that was written since begin"},
      {"savepoint", "which remembers where its level begins"},
      {"keep", "which makes what was written since the savepoint part of what is around it"},
      {"undo", "which takes back what was written since the savepoint, and no more"},
      {"release", "which makes what was written since the savepoint part of what is around it"},
      {"rollback_to", "which takes back what was written since the savepoint, and no more"},
      {"find", "which gives the living record with a value in a unique field"},
      {"snapshots", "which promises that readers see the last commit beside an open transaction"},
  };
  const auto at = all.find(function);
  return at == all.end() ? std::string() : ", " + at->second;
}

/// One check of one store.
class checker {
 public:
  checker(const driver_maker& make, const check_options& how, function_names names)
      : make_(make), how_(how), names_(names) {}
  result<check_report> run();

 private:
  static constexpr std::size_t length = 60;  ///< calls of one sequence
  static constexpr int most_shortenings = 200;
  static constexpr std::size_t enough = 8;   ///< faults by chance

  result<void> probe();
  result<std::optional<parting>> part(const script& steps);
  result<void> add(const script& steps, parting found, const std::string& by, std::uint64_t seed);
  result<std::pair<script, parting>> shortened(script steps, parting found);
  result<void> tell(std::size_t done);
  bool known(const std::string& function, const std::string& by) const;

  const driver_maker& make_;
  const check_options& how_;
  const function_names names_;
  bool reopens_ = false;
  int stores_ = 0;  ///< made so far
  check_report report_;
};

/// What the store offers, and whether what it keeps can be opened again.
result<void> checker::probe() {
  auto first = make_(opening::fresh);
  if (!first) return passed(first);
  const driver& d = **first;
  const auto skip = [&](bool offered, const char* what) {
    if (!offered) report_.skipped.emplace_back(what);
  };
  skip(d.transactional(), "transactions and savepoints: the store offers none, so that writes of "
                          "several records are not atomic");
  const auto* door = dynamic_cast<const host_row::requesting*>(&d);
  skip(!door || door->plans(), "plan and execute: the store offers none, so that the library finds "
                               "rows by reading all of a table");
  first->reset();
  reopens_ = make_(opening::again).has_value();
  skip(reopens_, "opening again: nothing stays, or nothing was given that opens it");
  return {};
}

result<std::optional<parting>> checker::part(const script& steps) {
  ++stores_;
  pair two(make_, {.suffix = how_.always_fresh ? "" : "_" + std::to_string(stores_),
                   .reopens = reopens_,
                   .names = names_});
  return two.run(steps);
}

/// Whether enough is said of a function: its first faults may well be the causes of the others.
bool checker::known(const std::string& function, const std::string& by) const {
  constexpr std::ptrdiff_t enough_of_one = 3;
  const auto times = std::count_if(report_.faults.begin(), report_.faults.end(),
                                   [&](const store_fault& f) { return f.function == function; });
  return by == "chance" ? times > 0 : times >= enough_of_one;
}

/// Leaves out what the store does wrong without: ever smaller pieces, then what rows hold.
result<std::pair<script, parting>> checker::shortened(script steps, parting found) {
  int tries = 0;
  const auto still = [&](const script& candidate) -> result<bool> {
    if (++tries > most_shortenings) return false;
    auto at = part(candidate);
    if (!at) return passed(at);
    if (!*at || (*at)->function != found.function) return false;
    found = std::move(**at);
    return true;
  };
  steps.resize(std::min(steps.size(), found.at + 1));
  for (std::size_t piece = std::max<std::size_t>(steps.size() / 2, 1); piece > 0; piece /= 2)
    for (std::size_t from = 0; from < steps.size();) {
      script less = steps;
      less.erase(less.begin() + static_cast<std::ptrdiff_t>(from),
                 less.begin() + static_cast<std::ptrdiff_t>(std::min(from + piece, less.size())));
      const result<bool> same = still(less);
      if (!same) return unexpected(same.error());
      if (*same) steps = std::move(less);
      else from += piece;
    }
  for (checking::step& s : steps) {
    const std::uint64_t held = std::exchange(s.content, checking::plain);
    const result<bool> same = held == checking::plain ? result<bool>(true) : still(steps);
    if (!same) return unexpected(same.error());
    if (!*same) s.content = held;
  }
  return std::pair{std::move(steps), std::move(found)};
}

result<void> checker::add(const script& steps, parting found, const std::string& by,
                          std::uint64_t seed) {
  if (known(found.function, by)) return {};
  auto least = shortened(steps, std::move(found));
  if (!least) return passed(least);
  const parting& where = least->second;
  const std::string seeded = seed == 0 ? "" : " (seed " + std::to_string(seed) + ")";
  report_.faults.push_back(
      {.function = where.function,
       .text = where.text + "; look at `" + where.function + "`" + promise_of(where.function) +
               "; found by " + (seed == 0 ? "the case: " + by : by) + seeded,
       .steps = where.told,
       .found_by = by,
       .seed = seed});
  return {};
}

result<void> checker::tell(std::size_t done) {
  if (!how_.on_progress || how_.on_progress(done, how_.operations)) return {};
  return unexpected(errc::interrupted, "the check of the store was stopped");
}

result<check_report> checker::run() {
  if (auto ok = probe(); !ok) return passed(ok);
  for (const checking::named_script& each : checking::cases()) {
    if (auto ok = tell(0); !ok) return passed(ok);
    ++report_.cases;
    auto at = part(each.steps);
    if (!at) return passed(at);
    if (!*at) continue;
    if (auto ok = add(each.steps, std::move(**at), each.name, 0); !ok) return passed(ok);
  }
  std::size_t by_chance = 0;
  for (std::uint64_t seed = how_.seed; report_.operations < how_.operations; ++seed) {
    if (auto ok = tell(report_.operations); !ok) return passed(ok);
    const script steps = checking::by_chance(seed, length);
    report_.operations += steps.size();
    auto at = part(steps);
    if (!at) return passed(at);
    if (!*at || by_chance == enough) continue;
    const std::size_t before = report_.faults.size();
    if (auto ok = add(steps, std::move(**at), "chance", seed); !ok) return passed(ok);
    by_chance += report_.faults.size() - before;
  }
  if (auto ok = tell(how_.operations); !ok) return passed(ok);
  return std::move(report_);
}

}  // namespace

result<check_report> check(const driver_maker& make, const check_options& options) {
  return checker(make, options, {.batches = options.batches}).run();
}

result<check_report> check_host(const host_maker& make, const check_options& options) {
  const driver_maker over = [&](opening how) -> result<std::unique_ptr<driver>> {
    auto own = make(how);
    if (!own) return passed(own);
    return guarded(std::move(*own));
  };
  const function_names names{
      .replace = "put", .keep = "keep", .undo = "undo", .batches = options.batches};
  return checker(over, options, names).run();
}

}  // namespace guanxi::store
