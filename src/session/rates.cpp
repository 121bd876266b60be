// Exchange rates are records, too: read once for a statement, and kept until they change.
#include "guanxi/work/past.hpp"
#include "state.hpp"

#include <utility>

namespace guanxi {

namespace {

/// What reads a plan, now or then.
using plan_reader = std::function<result<rows>(const query::trimmed_plan& p)>;

/// All rates on system sight, archived ones too: who puts one away does not change old reports.
result<query::trimmed_plan> all_rates(const policy::grants& all) {
  result<query::statement> q = query::parse(
      "select currency, valid_from, rate from " + std::string(query::rate_entity) +
      " with archived");
  if (!q) return passed(q);
  result<query::plan_ptr> p = query::bind(*q, all);
  if (!p) return passed(p);
  return query::trim(std::move(*p), all);
}

/// What no write lets in, a record of other makers may hold; it is no rate.
result<rates_ptr> compiled(const rows& found, currency base) {
  std::vector<dated_rate> out;
  out.reserve(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const value code = found.at(i, 0), from = found.at(i, 1), worth = found.at(i, 2);
    if (code.is_null() || from.is_null() || worth.is_null()) continue;
    const result<currency> of = currency::parse(code.as_text());
    const result<decimal> at = rescale(worth.number(), rate_scale);
    if (of && at && at->coefficient > 0) out.push_back({*of, from.as_date(), at->coefficient});
  }
  return std::make_shared<const exchange_rates>(base, std::move(out));
}

result<rates_ptr> load_rates(const policy::grants& mine, std::string_view base_currency,
                             const plan_reader& read) {
  result<currency> base = currency::parse(base_currency);
  if (!base) return passed(base);
  const policy::grants all(mine.policy_shared(), mine.catalog(),
                           policy::principal::system_sight("exchange rates"));
  result<query::trimmed_plan> p = all_rates(all);
  if (!p) return passed(p);
  result<rows> found = read(*p);
  if (!found) return passed(found);
  return compiled(*found, *base);
}

}  // namespace

rates_ptr tenant::state::kept_rates(std::int64_t epoch) const {
  const std::lock_guard lock(mutex);
  return rates && rates_epoch == epoch ? rates : nullptr;
}

void tenant::state::keep_rates(rates_ptr found, std::int64_t epoch) {
  const std::lock_guard lock(mutex);
  if (rates && epoch < rates_epoch) return;
  rates = std::move(found);
  rates_epoch = epoch;
}

result<rates_ptr> session::state::rates_for(const policy::grants& mine,
                                            store::reading* by) const {
  const query::bounds within{.text = of->world.text.get()};
  // Inside a transaction rates may be as yet unwritten.
  if (!by)
    return load_rates(mine, of->base_currency, [&](const query::trimmed_plan& p) {
      return open->read(p, within);
    });
  // Rates and amounts of one moment, where the store can hold one.
  if (!by->holds())
    if (auto held = by->hold(); !held && held.error().code() != errc::unsupported)
      return passed(held);
  // A change of rates is one of the epoch. A host may take back what was seen, and reach the same
  // epoch by another way.
  result<std::int64_t> epoch = by->epoch();
  if (!epoch) return passed(epoch);
  const bool lasting = !of->store->lent();
  if (rates_ptr known = lasting ? of->kept_rates(*epoch) : nullptr) return known;
  result<rates_ptr> found = load_rates(
      mine, of->base_currency,
      [&](const query::trimmed_plan& p) { return by->read(p, within); });
  if (!found || !lasting) return found;
  // A store that holds no moment may have moved on while they were read.
  result<std::int64_t> still = by->epoch();
  if (!still) return passed(still);
  if (*still == *epoch) of->keep_rates(*found, *epoch);
  return found;
}

result<rates_ptr> session::state::rates_then(const policy::grants& mine, work::change_log& log,
                                             std::int64_t sequence,
                                             const query::bounds& within) const {
  const policy::grants all(mine.policy_shared(), mine.catalog(),
                           policy::principal::system_sight("exchange rates"));
  return load_rates(mine, of->base_currency,
                    [&](const query::trimmed_plan& p) -> result<rows> {
                      result<work::past> then =
                          work::past::after(log, sequence, all, p, within);
                      if (!then) return passed(then);
                      return then->run(p, within);
                    });
}

}  // namespace guanxi
