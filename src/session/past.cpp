// Reads of records as they were.
#include "guanxi/work/past.hpp"
#include "state.hpp"

#include <utility>

namespace guanxi {

namespace {

/// Where a store cannot hold a moment, others may commit between the log and the records.
constexpr int tries = 10;

result<std::int64_t> sequence_of(const as_of& when, work::change_log& log) {
  if (when.sequence.has_value() == when.at.has_value())
    return unexpected(errc::invalid_argument,
                      "`as_of` takes either a sequence or an instant; give one of them");
  if (when.at) return log.last_at(*when.at);
  if (*when.sequence < 0)
    return unexpected(errc::invalid_argument, "a sequence to read as of must be 0 or more");
  return *when.sequence;
}

/// Runs a read of the records as they were, at one moment of the log.
result<void> then(work::change_log& log, const as_of& when,
                  const std::function<result<work::past>(std::int64_t sequence)>& after,
                  const std::function<result<void>(work::past& then)>& read) {
  result<bool> still = log.hold();
  if (!still) return passed(still);
  result<std::int64_t> sequence = sequence_of(when, log);
  if (!sequence) return passed(sequence);
  for (int i = 0; i < tries; ++i) {
    result<std::int64_t> first = log.last();
    if (!first) return passed(first);
    result<work::past> past = after(*sequence);
    if (!past) return passed(past);
    auto done = read(*past);
    if (*still) return done;
    result<std::int64_t> last = log.last();
    if (!last) return passed(last);
    if (*last == *first) return done;
  }
  return unexpected(
      error(errc::busy, "others write all the time, and this store holds no moment; try again")
          .set_retriable(true));
}

}  // namespace

result<record> session::get(std::string_view entity, id key, const as_of& when) const {
  record out;
  static_cast<void>(state_->begin_call());
  const auto work = [&](const policy::grants& mine, work::change_log& log) -> result<void> {
    const schema::entity* of = mine.catalog()->find(entity);
    if (!of || !mine.of(*of).may_read) return unexpected(query::unknown_entity(entity, mine));
    const auto after = [&](std::int64_t sequence) {
      return work::past::of_record(log, sequence, mine, *of, key);
    };
    return then(log, when, after, [&](work::past& past) -> result<void> {
      result<record> was = past.get(*of, key);
      if (!was) return passed(was);
      query::loaded_relatives others = log.related();
      const bool there = !was->empty() && mine.of(*of).allows(action::read, *was, others);
      if (auto failed = others.failed()) return unexpected(std::move(*failed));
      if (!there)
        return unexpected(policy::not_found(*of, key));
      was->hide_behind(mine.of(*of).visible);
      out = std::move(*was);
      return {};
    });
  };
  if (auto ok = state_->look_at_log(work); !ok) return passed(ok);
  return out;
}

result<rows> session::state::run_then(const query::statement& q,
                                      const std::vector<expr::parameter_value>& parameters,
                                      const as_of& then_of, const call& in) const {
  std::optional<rows> out;
  const auto work = [&](const policy::grants& mine, work::change_log& log) -> result<void> {
    expr::moment when = in.when;
    std::optional<query::trimmed_plan> asked;
    const auto after = [&](std::int64_t sequence) -> result<work::past> {
      if (converts_amounts(q)) {
        result<rates_ptr> rates = rates_then(mine, log, sequence, in.within);
        if (!rates) return passed(rates);
        when.rates = std::move(*rates);
      }
      expr::pace pace = in.within.pace();
      result<query::plan_ptr> p = query::bind(q, mine, parameters, &when, &pace);
      if (!p) return passed(p);
      result<query::trimmed_plan> t = query::trim(*p, mine);
      if (!t) return passed(t);
      asked.emplace(std::move(*t));
      return work::past::after(log, sequence, mine, *asked, in.within);
    };
    return then(log, then_of, after, [&](work::past& past) -> result<void> {
      result<rows> got = past.run(*asked, in.within);
      if (!got) return passed(got);
      out.emplace(std::move(*got));
      return {};
    });
  };
  if (auto ok = look_at_log(work); !ok) return passed(ok);
  return std::move(*out);
}

}  // namespace guanxi
