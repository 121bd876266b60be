#include "user.hpp"

#include "../measure.hpp"

#include "guanxi/guanxi.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace guanxi::bench::load {
namespace {

using namespace crm;

/// How often a write is tried in all before a program would tell its user to come back later.
constexpr int most_attempts = 20;

constexpr const char* columns =
    "select id, name, account.name as customer, stage.name as stage, amount, currency, close_date "
    "from opportunity ";

std::vector<expr::parameter_value> with(const char* name, value v) {
  return {{name, std::move(v), {}, false}};
}

template <class Answer>
result<void> done(result<Answer> from) {
  if (!from) return passed(from);
  return {};
}

}  // namespace

user::user(const company& at, const person& who, std::size_t number, std::uint64_t seed)
    : company_(at), person_(who), number_(number), session_(at.as(who)), script_(seed, number),
      day_(need(session_.last_change())) {
  // What a user works on is settled before anybody begins, so that nobody's choice follows from
  // who was quicker.
  const rows found = need(session_.query(
      "select id from opportunity where stage.is_open "
      "order by close_date desc, id desc limit 100"));
  for (std::size_t row = 0; row < found.size(); ++row)
    opportunities_.push_back(found.at(row, 0).as_id());
  if (opportunities_.empty()) {
    const rows any = need(session_.query("select id from opportunity order by id limit 100"));
    for (std::size_t row = 0; row < any.size(); ++row)
      opportunities_.push_back(any.at(row, 0).as_id());
  }
  if (opportunities_.empty())
    give_up(error(errc::internal, "`" + person_.login + "` has no opportunity within reach"));
  std::sort(opportunities_.begin(), opportunities_.end());
}

id user::pick(std::uint64_t which) const { return opportunities_[which % opportunities_.size()]; }

std::string user::mark() {
  return "User " + std::to_string(number_) + ", change " + std::to_string(++marks_) + " since " +
         std::to_string(day_);
}

void user::act() {
  const action next = script_.next();
  const auto begun = std::chrono::steady_clock::now();
  const result<void> ended = perform(next);
  const auto took = std::chrono::steady_clock::now() - begun;
  if (ended) {
    diary_.took_ns[static_cast<std::size_t>(next.what)].push_back(
        std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
    return;
  }
  ++diary_.failed[ended.error().code()];
  if (diary_.first_failure.empty())
    diary_.first_failure =
        std::string(words_of[static_cast<std::size_t>(next.what)].name) + ", as `" +
        person_.login + "`: " + std::string(ended.error().message());
}

result<void> user::perform(const action& a) {
  const id opportunity = pick(a.which);
  const auto one = [&](result<acknowledged> (user::*what)(id)) {
    return write([&]() -> result<written> {
      auto made = (this->*what)(opportunity);
      if (!made) return passed(made);
      return written{std::move(*made)};
    });
  };
  switch (a.what) {
    case kind::own_list: return own_list();
    case kind::team_list: return team_list();
    case kind::team_accounts: return team_accounts();
    case kind::open_record: return open_record(opportunity);
    case kind::history: return done(session_.history("opportunity", opportunity));
    case kind::log_activity: return one(&user::log_activity);
    case kind::move_stage: return one(&user::move_stage);
    case kind::change_field: return one(&user::change_field);
    case kind::call_and_move:
      return write([&]() -> result<written> {
        auto call = log_activity(opportunity);
        if (!call) return passed(call);
        auto moved = move_stage(opportunity);
        if (!moved) return passed(moved);
        return written{std::move(*call), std::move(*moved)};
      }, true);
    case kind::report: return report();
  }
  return unexpected(errc::internal, "no such action");
}

result<void> user::own_list() {
  return done(session_.query(std::string(columns) + "where owner = :me and " +
                                 (misspells_ ? "stage.is_opne" : "stage.is_open") +
                                 " order by close_date desc, id desc limit 50",
                             with("me", person_.user)));
}

result<void> user::team_list() {
  return done(session_.query(std::string(columns) + "order by close_date desc, id desc limit 50"));
}

result<void> user::team_accounts() {
  return done(session_.query(
      "select id, name, industry, city, owner.name as agent from account "
      "where owner in (select id from user where manager = :lead) order by name limit 50",
      with("lead", person_.manager ? person_.manager : person_.user)));
}

result<void> user::open_record(id opportunity) {
  if (auto ok = session_.begin_reading(); !ok) return ok;
  const auto read = [&]() -> result<void> {
    auto deal = session_.get(opportunity::entity, opportunity);
    if (!deal) return passed(deal);
    if (const auto account = (*deal)[opportunity::account])
      if (auto buyer = session_.get(account::entity, *account); !buyer) return passed(buyer);
    return done(session_.query(
        "select id, type, subject, due_on, owner.name as who from activity "
        "where opportunity = :o order by created_at desc, id desc limit 20",
        with("o", opportunity)));
  };
  result<void> found = read();
  result<void> ended = session_.end_reading();
  return found ? ended : found;
}

result<void> user::report() {
  return done(session_.query(
      "select stage.name as stage, currency, count() as deals, sum(amount) as value "
      "from opportunity where stage.is_open group by stage.name, currency order by stage.name"));
}

result<acknowledged> user::log_activity(id opportunity) {
  const std::string subject = mark();
  auto made = session_.create(
      activity::entity, {activity::subject = subject, activity::type = "call",
                         activity::opportunity = opportunity});
  if (!made) return passed(made);
  return booked(*made, "activity", "subject", value(subject));
}

result<acknowledged> user::move_stage(id opportunity) {
  auto deal = session_.get(opportunity::entity, opportunity);
  if (!deal) return passed(deal);
  const id next = company_.after((*deal)[opportunity::stage].value());
  auto made = session_.change(*deal, {opportunity::stage = next});
  if (!made) return passed(made);
  return booked(*made, "opportunity", "stage", value(next));
}

result<acknowledged> user::change_field(id opportunity) {
  auto deal = session_.get(opportunity::entity, opportunity);
  if (!deal) return passed(deal);
  const std::string text = mark();
  auto made = session_.change(*deal, {opportunity::next_step = text});
  if (!made) return passed(made);
  return booked(*made, "opportunity", "next_step", value(text));
}

acknowledged user::booked(const record& made, const char* entity, const char* field,
                          value after) const {
  return {person_.user, made.key(), made.revision(), entity, field, std::move(after)};
}

result<void> user::write(const std::function<result<written>()>& attempt, bool as_one) {
  std::map<errc, std::int64_t> told;
  for (int left = most_attempts;; --left) {
    // One attempt each: what is to be tried again is counted here.
    result<written> made =
        !as_one ? attempt() : session_.transact([&](session&) { return attempt(); }, 1);
    if (made) {
      for (acknowledged& each : *made) diary_.changes.push_back(std::move(each));
      break;
    }
    const errc code = made.error().code();
    const bool again = code == errc::busy || code == errc::conflict;
    if (!again || left <= 1) return passed(made);
    ++told[code];
  }
  for (const auto& [code, times] : told) diary_.retried[code] += times;
  auto last = session_.last_change();
  if (!last) return passed(last);
  if (*last <= diary_.last_sequence) ++diary_.sequences_back;
  diary_.last_sequence = *last;
  return {};
}

}  // namespace guanxi::bench::load
