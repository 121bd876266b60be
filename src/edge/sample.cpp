#include "guanxi/edge/sample.hpp"

#include "sample/deals.hpp"

#include "guanxi/base/json.hpp"

#include <utility>

namespace guanxi::edge {

namespace {

constexpr std::int64_t most_opportunities = 10'000'000;

/// Deals between two calls of the progress callback.
constexpr std::int64_t stride = 50;

/// Undoes the transaction unless it was committed.
class all_or_nothing {
 public:
  explicit all_or_nothing(session& s) : session_(s) {}
  ~all_or_nothing() {
    // A rollback that fails leaves the store to undo it when it next opens.
    if (session_.in_transaction()) static_cast<void>(session_.rollback());
  }
  all_or_nothing(const all_or_nothing&) = delete;
  all_or_nothing& operator=(const all_or_nothing&) = delete;

 private:
  session& session_;
};

result<void> check(const session& into, const sample_options& options) {
  if (options.opportunities < 1 || options.opportunities > most_opportunities)
    return unexpected(errc::invalid_argument,
                      "`opportunities` is " + std::to_string(options.opportunities) +
                          "; a sample has 1 to 10000000");
  if (options.mixed_currencies && !options.currency.empty())
    return unexpected(errc::invalid_argument,
                      "a sample has one `currency` or `mixed_currencies`, not both");
  const int year = into.world().clock->now().utc_date().to_civil().year;
  if (year < 1900 || year > 9900)
    return unexpected(errc::invalid_argument, "the clock shows the year " + std::to_string(year) +
                                                  "; a sample ends between 1900 and 9900");
  if (into.in_transaction())
    return unexpected(errc::misuse,
                      "a sample is a transaction of its own; commit or undo the open one first");
  return {};
}

result<std::vector<sample::currency_use>> purses(const session& into,
                                                 const sample_options& options) {
  if (options.mixed_currencies)
    return std::vector<sample::currency_use>{{currency("CNY"), {}}, {currency("USD"), {}}};
  const std::string_view code =
      options.currency.empty() ? into.base_currency() : std::string_view(options.currency);
  result<currency> one = currency::parse(code);
  if (!one) return passed(one);
  return std::vector<sample::currency_use>{{*one, {}}};
}

result<void> write_deals(sample::writer& to, sample::business& company, date today,
                         const sample_options& options) {
  const auto told = [&](std::int64_t done) {
    return !options.on_progress ||
           options.on_progress(static_cast<std::uint64_t>(done),
                               static_cast<std::uint64_t>(options.opportunities));
  };
  const unexpected cancelled(errc::interrupted, "the sample was cancelled; nothing was kept");
  const date first = sample::first_day(today);
  const auto by_day = sample::opened_by_day(first, today, options.opportunities);
  std::int64_t done = 0;
  if (!told(done)) return cancelled;
  for (std::size_t day = 0; day < by_day.size(); ++day)
    for (std::int64_t i = 0; i < by_day[day]; ++i) {
      company.deal(sample::plus(first, static_cast<std::int64_t>(day)), done + 1);
      if (to.failed()) return unexpected(std::move(to.why()));
      if (++done % stride == 0 && !told(done)) return cancelled;
    }
  if (done % stride != 0 && !told(done)) return cancelled;
  return {};
}

}  // namespace

std::int64_t sample_summary::count(std::string_view entity) const {
  const auto found = counts.find(entity);
  return found == counts.end() ? 0 : found->second;
}

result<sample_summary> generate_sample(session& into, const sample_options& options) {
  if (auto ok = check(into, options); !ok) return passed(ok);
  sample::company_state state;
  auto money = purses(into, options);
  if (!money) return passed(money);
  state.currencies = std::move(*money);
  sample_summary made;
  made.seed = options.seed;
  if (state.currencies.size() == 1) made.currency = state.currencies.front().code.text();

  if (auto ok = into.begin(); !ok) return passed(ok);
  const all_or_nothing undo(into);
  const instant now = into.world().clock->now();
  const date today = now.utc_date();
  const auto size = sample::company_size::of(options.opportunities);
  sample::random by(options.seed);
  sample::writer to(into, made);
  sample::found(to, by, size, state);
  sample::stock_up(to, state);
  sample::find_customers(to, by, size, today, state);
  if (to.failed()) return unexpected(std::move(to.why()));
  sample::business company(to, by, state, now);
  if (auto ok = write_deals(to, company, today, options); !ok) return passed(ok);
  if (auto ok = into.commit(); !ok) return passed(ok);
  return made;
}

std::string to_json(const sample_summary& made) {
  std::string out = "{\"seed\": " + std::to_string(made.seed) + ", \"currency\": ";
  if (made.currency.empty()) out += "null";
  else append_json_text(out, made.currency);
  out += ", \"created\": {";
  bool first = true;
  for (const auto& [entity, count] : made.counts) {
    if (!std::exchange(first, false)) out += ", ";
    append_json_text(out, entity);
    out += ": " + std::to_string(count);
  }
  return out + "}}";
}

}  // namespace guanxi::edge
