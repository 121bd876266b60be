#include "guanxi/edge/sample.hpp"

#include "sample/deals.hpp"
#include "sample/rates.hpp"

#include "guanxi/base/json.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace guanxi::edge {

namespace {

constexpr std::int64_t most_opportunities = 10'000'000;
constexpr std::int64_t least_records = 1'000, most_records = 10'000'000;

/// Deals between two calls of the progress callback.
constexpr std::int64_t stride = 50;

unexpected refused(const std::string& why) { return unexpected(errc::invalid_argument, why); }

/// The staff asked for, complete.
result<sample_staff> staff_of(const sample_options& options) {
  sample_staff out = options.staff;
  if (out.users == 0) {
    if (out.roles == 0 && out.role_levels == 0) return out;
    return refused("a sample's `roles` and `role_levels` need its `users`");
  }
  if (out.users < 100 || out.users > 100'000)
    return refused("`users` is " + std::to_string(out.users) + "; a sample has 100 to 100000");
  if (out.role_levels == 0) out.role_levels = 5;
  if (out.role_levels < 3 || out.role_levels > 20)
    return refused("`role_levels` is " + std::to_string(out.role_levels) + "; give 3 to 20");
  // Every region has a branch of all levels; the top and three roles beside it are needed, too.
  const std::int64_t least = sample::region_count * (out.role_levels - 1) + 4;
  if (out.roles == 0) out.roles = std::max(out.users / 10, least);
  if (out.roles < least || out.roles > out.users / 2)
    return refused("`roles` is " + std::to_string(out.roles) + "; for " +
                   std::to_string(out.users) + " users and " + std::to_string(out.role_levels) +
                   " levels give " + std::to_string(least) + " to " +
                   std::to_string(out.users / 2));
  return out;
}

result<sample::company_size> size_of(const sample_options& options) {
  result<sample_staff> staff = staff_of(options);
  if (!staff) return passed(staff);
  if (options.records == 0) return sample::company_size::of(options.opportunities, *staff);
  if (options.records < least_records || options.records > most_records)
    return refused("`records` is " + std::to_string(options.records) +
                   "; a sample has 1000 to 10000000");
  const auto size = sample::company_size::of_records(options.records, *staff);
  if (size.opportunities > 0) return size;
  return refused("`records` is " + std::to_string(options.records) + ", but " +
                 std::to_string(staff->users) + " users and their customers alone are " +
                 std::to_string(sample::company_size::of(1, *staff).records()));
}

/// Undoes the transaction unless it was committed.
class all_or_nothing {
 public:
  explicit all_or_nothing(session& s) : session_(s) {}
  ~all_or_nothing() {
    // A rollback that fails leaves the store to undo it when it next opens.
    try {
      if (session_.in_transaction()) static_cast<void>(session_.rollback());
    } catch (const std::bad_alloc&) {
    }
  }
  all_or_nothing(const all_or_nothing&) = delete;
  all_or_nothing& operator=(const all_or_nothing&) = delete;

 private:
  session& session_;
};

result<void> check(const session& into, const sample_options& options) {
  if (options.opportunities < 1 || options.opportunities > most_opportunities)
    return refused("`opportunities` is " + std::to_string(options.opportunities) +
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

/// Tells the host how far it is; false once the host has had enough.
class teller {
 public:
  teller(const progress& to, std::int64_t total) : to_(to), total_(total) {}
  bool at(std::int64_t done) const {
    return !to_ || to_(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(total_));
  }

 private:
  const progress& to_;
  std::int64_t total_;
};

/// Whether all deals were made; else the writer has failed or the host has had enough.
bool write_deals(const sample::writer& to, sample::business& company, date today,
                 const sample::company_size& size, const teller& tell) {
  const date first = sample::first_day(today);
  const auto by_day = sample::opened_by_day(first, today, size.opportunities);
  std::int64_t done = 0;
  for (std::size_t day = 0; day < by_day.size(); ++day)
    for (std::int64_t i = 0; i < by_day[day]; ++i) {
      company.deal(sample::plus(first, static_cast<std::int64_t>(day)), done + 1);
      if (to.failed()) return false;
      if (++done % stride == 0 && !tell.at(done)) return false;
    }
  return done % stride == 0 || tell.at(done);
}

}  // namespace

std::int64_t sample_summary::count(std::string_view entity) const {
  const auto found = counts.find(entity);
  return found == counts.end() ? 0 : found->second;
}

result<sample_summary> generate_sample(session& into, const sample_options& options) {
  if (auto ok = check(into, options); !ok) return passed(ok);
  auto size = size_of(options);
  if (!size) return passed(size);
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
  sample::random by(options.seed);
  sample::writer to(into, made);
  const teller tell(options.on_progress, size->opportunities);
  sample::found(to, by, *size, state);
  sample::stock_up(to, state);
  bool whole = sample::find_customers(to, by, *size, today, [&] { return tell.at(0); }, state);
  if (whole && !to.failed()) {
    sample::business company(to, by, state, now);
    whole = tell.at(0) && write_deals(to, company, today, *size, tell);
  }
  if (whole) sample::quote(to, today, state);
  if (to.failed()) return unexpected(std::move(to.why()));
  if (!whole)
    return unexpected(errc::interrupted, "the sample was cancelled; nothing was kept");
  if (options.on_summary) options.on_summary(made);
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
