// What an exchange rate must be, and what it is called: one of a currency and day.
#include "effects.hpp"
#include "guanxi/crm/currencies.hpp"

namespace guanxi::crm {

namespace {

using work::change;
using work::output;
using work::reads;
using work::write_class;

error fault(const schema::handle<decimal>& of, std::string why) {
  return error(errc::validation, std::move(why))
      .in_entity(exchange_rate::entity.name)
      .in_field(of.name());
}

/// "EUR 2026-03-01". That it is unique keeps a second rate from the same day.
work::effect rate_name() {
  return {.name = "exchange_rate.name", .entity = "exchange_rate",
          .fields = {"currency", "valid_from"}, .as = write_class::derived, .writes = {"name"},
          .run = [](const change& c, const reads&, output& out) {
            const auto of = (*c.after)[exchange_rate::currency];
            const auto from = (*c.after)[exchange_rate::valid_from];
            if (of && from)
              out.set(exchange_rate::name = std::string(*of) + " " + from->to_string());
          }};
}

work::effect rate_check() {
  return {.name = "exchange_rate.check", .entity = "exchange_rate", .fields = {"currency", "rate"},
          .queries = {"select content from setting with archived where name = 'base_currency'"},
          .run = [](const change& c, const reads& in, output& out) {
            const auto of = (*c.after)[exchange_rate::currency];
            const auto worth = (*c.after)[exchange_rate::rate];
            if (of)
              if (auto good = currency::parse(*of); !good)
                out.refuse(error(errc::validation, std::string(good.error().message()))
                               .in_entity(exchange_rate::entity.name)
                               .in_field(exchange_rate::currency.name()));
            if (worth && worth->coefficient <= 0)
              return out.refuse(fault(exchange_rate::rate,
                                      "`rate` must be above 0: it is what one unit of the currency "
                                      "is worth in the base currency"));
            const query::rows& base = in.queries[0];
            const bool own = of && !base.empty() && base.at(0, 0) == value(*of);
            if (own && worth && *worth != decimal{1, 0})
              out.refuse(fault(exchange_rate::rate,
                               "`rate` of the base currency " + std::string(*of) +
                                   " is 1 on every day; rates are of other currencies"));
          }};
}

}  // namespace

std::vector<work::effect> rate_effects() { return {rate_name(), rate_check()}; }

}  // namespace guanxi::crm
