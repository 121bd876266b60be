#include "rates.hpp"

#include "calendar.hpp"

#include "guanxi/crm/currencies.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace guanxi::edge::sample {

namespace {

namespace exchange_rate = crm::exchange_rate;

/// About what a unit is worth, in millionths of a US dollar.
struct quotation { currency code; std::int64_t worth; };
constexpr quotation quotations[] = {
    {currency("CNY"), 139'000}, {currency("EUR"), 1'085'000}, {currency("GBP"), 1'270'000},
    {currency("HKD"), 128'000}, {currency("JPY"), 6'700},     {currency("TWD"), 31'300},
    {currency("USD"), 1'000'000}};

const quotation* find(currency code) noexcept {
  const auto at = std::find_if(std::begin(quotations), std::end(quotations),
                               [&](const quotation& q) { return q.code == code; });
  return at == std::end(quotations) ? nullptr : at;
}

/// In the quarter, in millionths of a dollar; up to two per cent off.
std::int64_t worth(const quotation& q, std::int64_t quarter) noexcept {
  const std::int64_t per_mille = 980 + (quarter * 7 + (&q - quotations) * 13) % 41;
  return q.worth * (q.code == currency("USD") ? 1'000 : per_mille);
}

bool has_rates(writer& into) {
  result<rows> there = into.into().query("select id from exchange_rate with archived limit 1");
  if (!there) into.fail(std::move(there.error()));
  return into.failed() || !there->empty();
}

}  // namespace

void quote(writer& into, date today, const company_state& state) {
  if (into.failed()) return;
  const result<currency> code = currency::parse(into.into().base_currency());
  const quotation* base = code ? find(*code) : nullptr;
  if (!base || has_rates(into)) return;
  std::vector<currency> wanted = {currency("CNY"), currency("EUR"), currency("USD")};
  for (const currency_use& use : state.currencies)
    if (std::find(wanted.begin(), wanted.end(), use.code) == wanted.end())
      wanted.push_back(use.code);
  const civil first = first_day(today).to_civil(), last = today.to_civil();
  const int until = last.year * 4 + (last.month - 1) / 3;
  for (int q = first.year * 4 + (first.month - 1) / 3; q <= until; ++q) {
    const result<date> from = date::from_civil({q / 4, q % 4 * 3 + 1, 1});
    for (const currency of : wanted) {
      const quotation* quoted = find(of);
      if (!quoted || quoted == base || !from) continue;
      const result<decimal> rate = divide({worth(*quoted, q), 0}, {worth(*base, q), 0}, rate_scale);
      if (rate)
        into.add(exchange_rate::entity, {exchange_rate::currency = of.text(),
                                         exchange_rate::rate = *rate,
                                         exchange_rate::valid_from = *from});
    }
  }
}

}  // namespace guanxi::edge::sample
