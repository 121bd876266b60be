// Comparison with earlier periods, for prior and delta: the same statement read a second time, its
// conditions on the field of the period moved back.
//
//   select period(close_date, month) as m, sum(amount), prior(sum(amount), 1 year)
//   from opportunity where close_date in this_year group by m
//
// reads `close_date in last_year` too, and puts 2025-03 of that beside 2026-03.
//
// Days move so that each period falls on its counterpart, whole on whole: the end of February is
// that of another February. A day that has no counterpart moves to the end of its period.
// Thread rule: functions of their arguments.
#pragma once

#include "guanxi/base/calendar.hpp"
#include "guanxi/expr/bind.hpp"
#include "guanxi/query/batch.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace guanxi::query {

struct plan;
using plan_ptr = std::shared_ptr<const plan>;

/// How far back the earlier of two readings lies, and of what kind the periods are.
struct look_back {
  calendar_unit key = calendar_unit::month;
  std::int64_t count = 1;
  calendar_unit unit = calendar_unit::year;
  calendar_ptr calendar;
};

struct values_hash {
  std::size_t operator()(const std::vector<value>& key) const noexcept {
    std::size_t h = 1469598103934665603ULL;
    for (const value& v : key) h = (h ^ hash(v)) * 1099511628211ULL;
    return h;
  }
};
/// What groups had in the periods before, by the keys of those that it stands beside.
using prior_values = std::unordered_map<std::vector<value>, std::vector<value>, values_hash>;

/// The statement as it is read for prior and delta: its conditions moved back, without having,
/// order and limits. Its outputs are the keys, a day of the period, and what is asked of it.
struct earlier_reading {
  plan_ptr what;
  look_back by;
  std::uint32_t period = 0;            ///< which key is the period
  std::optional<std::uint32_t> mark;   ///< the key that tells whether it is rolled up
  bool totals = false;  ///< whether a total over all periods has one before: both ends are bounded
  std::shared_ptr<const prior_values> values;  ///< once it has been run
};

/// A column behind the aggregates: what an earlier reading gives for the group.
struct prior {
  std::uint32_t reading = 0, place = 0;
};

/// The units that a period of this kind may be compared by: "`month`, `quarter` or `year`".
std::string units_before(calendar_unit key);

/// A condition as it stands for the earlier reading, as conditions of which each holds. `of` is
/// what the period is of. Those that do not read its fields stay as they are.
struct moved_condition {
  std::vector<expr::expression> parts;
  bool from = false, to = false;  ///< whether it is a bound below, a bound above
};
/// Errors: errc::parse, at the condition, for one on the field that is no comparison with a
/// constant; errc::undefined_period and errc::overflow where the calendar does not go so far back.
result<moved_condition> moved_back(const look_back& by, const expr::expression& condition,
                                   const expr::expression& of);
/// Whether an expression reads a field that `of` reads.
bool shares_fields(const expr::expression& e, const expr::expression& of);
/// The first and the last day that a condition lets through, where it compares what a period is of
/// with a constant.
std::pair<std::optional<date>, std::optional<date>> days_within(const calendar_ptr& by,
                                                                const expr::expression& condition,
                                                                const expr::expression& of);

/// The earlier reading's answer, by the keys of the groups that its values stand beside.
result<prior_values> beside_later_groups(const earlier_reading& r, const rows& answer);

}  // namespace guanxi::query
