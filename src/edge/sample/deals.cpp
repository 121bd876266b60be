#include "deals.hpp"

#include <algorithm>
#include <utility>

namespace guanxi::edge::sample {

namespace {

using namespace guanxi::crm;
using schema::system_field::owner;

/// Days of silence after which an open deal counts as stalled here.
constexpr std::int64_t stalled_days = 100;

/// Per cent off the list price: most deals get none, some a lot.
constexpr std::int64_t discounts[] = {0, 0, 0, 0, 0, 0, 5, 5, 5, 8, 10, 10, 10, 15, 20, 30};

constexpr std::int64_t quantities[] = {1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 40};

/// Share of a deal's time that has passed when it enters each stage, in per mille.
constexpr std::int64_t four_stages[] = {0, 180, 430, 740};
constexpr std::int64_t two_stages[] = {0, 450};

text in_words(const job_words& w, bool chinese) noexcept { return chinese ? w.zh : w.en; }

/// What a deal is worth in hundredths of its currency.
std::int64_t worth(const stock_item& item, std::int64_t quantity, std::int64_t discount) noexcept {
  return item.price * quantity / 100 * (100 - discount);
}

}  // namespace

business::business(writer& into, random& by, const company_state& of, instant now)
    : into_(into), by_(by), state_(of), names_(by), now_(now), today_(now.utc_date()) {
  for (const agent& a : state_.agents) agents_.add(a.weight);
}

id business::contact_of(const customer& c) {
  // The first contact is the one that usually decides.
  const std::int64_t other = by_.below(c.contacts);
  const std::int64_t at = by_.chance(550) ? 0 : other;
  return state_.contacts[c.first_contact + static_cast<std::size_t>(at)];
}

business::plan business::think(date opened) {
  plan p;
  p.opened = opened;
  p.by = &state_.agents[agents_.draw(by_)];
  p.of = &state_.customers[by_.pick(std::span(p.by->accounts))];
  p.source = &by_.weighted(sources);
  p.product = static_cast<std::size_t>(&by_.weighted(products) - products);
  p.renewal = by_.chance(110);
  price(p);
  course(p);
  return p;
}

void business::price(plan& p) {
  p.quantity = by_.pick(quantities);
  // Nobody buys forty enterprise licences.
  if (products[p.product].price > 5'000) p.quantity = std::min<std::int64_t>(p.quantity, 3);
  p.discount = by_.pick(discounts);
  if (p.quantity >= 10) p.discount = std::min<std::int64_t>(p.discount + 5, 35);
}

/// How long a deal takes, how it ends, and whether that has happened yet.
void business::course(plan& p) {
  const industry_words& in = industries[p.of->industry];
  std::int64_t days = cycle_days(by_);
  const std::int64_t listed = products[p.product].price * p.quantity;
  if (listed > 20'000) days = days * 13 / 10;
  if (listed < 1'000) days = days * 8 / 10;
  if (p.renewal) days = days / 2 + 1;
  const date earliest = plus(p.opened, 2);
  p.close = usual_close(plus(p.opened, days), earliest, by_);

  std::int64_t chance = in.win_per_mille + p.by->skill + p.source->bonus;
  if (p.renewal) chance += 230;
  if (listed > 50'000) chance -= 70;
  p.won = by_.chance(std::clamp<std::int64_t>(chance, 80, 950));
  const std::size_t stages = process_of(p).open.size();
  const auto lost_at = static_cast<std::size_t>(by_.below(static_cast<std::int64_t>(stages)));
  const auto late = static_cast<std::size_t>(by_.below(static_cast<std::int64_t>(stages)));
  // Lost deals are lost anywhere, rather late than early; won ones come through all stages.
  p.reached = p.won ? stages : std::max(lost_at, late) + 1;

  const bool stalls = by_.chance(70);
  p.stalled = stalls && days_between(p.opened, today_) > stalled_days;
  p.open = p.stalled || p.close >= today_;
  // Deals fall asleep anywhere on their way.
  const auto asleep = static_cast<std::size_t>(by_.below(static_cast<std::int64_t>(stages)));
  if (p.stalled) p.reached = asleep + 1;
  // A few early deals are noted before it is known who will buy.
  const bool unnamed = by_.chance(150);
  p.nameless = unnamed && p.open && !p.renewal && days_between(p.opened, today_) < 30;
}

/// The stages that a deal has entered by today, the last one included.
std::vector<business::visit> business::visits(const plan& p) {
  const sales_process& process = process_of(p);
  const std::int64_t* shares = p.renewal ? two_stages : four_stages;
  // A deal that stalls did so early in its time; one that is lost goes faster through fewer stages.
  const std::int64_t days = p.stalled ? std::min<std::int64_t>(days_between(p.opened, p.close), 90)
                                      : days_between(p.opened, p.close);
  const std::int64_t whole = p.reached < process.open.size() ? shares[p.reached] : 1000;
  std::vector<visit> out;
  for (std::size_t i = 0; i < p.reached; ++i) {
    const std::int64_t jitter = i == 0 ? 0 : by_.between(-40, 40);
    const std::int64_t share = std::clamp<std::int64_t>(shares[i] * 1000 / whole + jitter, 0, 1000);
    date on = plus(p.opened, days * share / 1000);
    if (!out.empty()) on = std::max(on, out.back().on);
    if (i > 0 && on > today_) break;
    out.push_back({process.open[i], on});
  }
  if (!p.open) out.push_back({p.won ? process.won : process.lost, p.close});
  return out;
}

id business::write(const plan& p, std::int64_t number) {
  std::vector<visit> way = visits(p);
  // Every second deal is walked stage by stage; of the others only the end of the way is known, as
  // in a company that began to use its CRM late.
  const bool walked = by_.chance(500);
  const std::size_t from = walked || way.size() < 2 ? 0 : way.size() - (p.open ? 1 : 2);
  const currency_use& purse = state_.currencies[p.of->pays_in];
  const stock_item& item = purse.stock[p.product];
  const product_words& what = products[p.product];
  const std::string pieces = std::to_string(p.quantity) + " × " + std::string(what.name);
  schema::draft d = into_.draft(opportunity::entity);
  const std::string prefix = p.renewal ? (p.of->chinese ? "续约 " : "Renewal ") : "";
  const std::string buyer = p.nameless ? "" : company_of(*p.of, state_).name + " – ";
  d.set(opportunity::name = prefix + buyer + pieces);
  d.set(opportunity::number =
            "D" + std::to_string(p.opened.to_civil().year) + "-" + padded(number, 7));
  if (!p.nameless) {
    d.set(opportunity::account = p.of->account);
    d.set(opportunity::contact = contact_of(*p.of));
  }
  d.set(opportunity::product = item.product);
  d.set(opportunity::amount =
            money{decimal{worth(item, p.quantity, p.discount), 2}, purse.code});
  d.set(opportunity::opened_on = p.opened).set(opportunity::close_date = p.close);
  d.set(opportunity::source = p.renewal ? text("existing customer") : p.source->name);
  if (p.discount > 0)
    d.set(opportunity::description = std::to_string(p.discount) + " % off the list price");
  if (p.open && !p.stalled)
    d.set(opportunity::next_step = in_words(by_.pick(next_steps), p.of->chinese));
  d.set(owner = p.by->user);
  instant entered = working_hour(way[from].on, now_, by_);
  d.set(opportunity::stage = way[from].stage).set(opportunity::stage_entered_at = entered);
  const id key = into_.add(d);

  for (std::size_t i = from + 1; i < way.size(); ++i) {
    // Two stages of one day follow each other by minutes.
    const std::int64_t pause = by_.between(5, 50) * 60 * microseconds_per_second;
    const instant hour = working_hour(way[i].on, now_, by_);
    entered = std::min(std::max(hour, instant{entered.microseconds + pause}), now_);
    schema::draft move = into_.draft(opportunity::entity);
    move.set(opportunity::stage = way[i].stage).set(opportunity::stage_entered_at = entered);
    const bool last = i + 1 == way.size();
    if (last && !p.open && !p.won)
      move.set(opportunity::lost_reason = by_.weighted(lost_reasons).words);
    // Some agents know better than their stage how likely a deal is.
    if (last && p.open && by_.chance(90))
      move.set(opportunity::probability = decimal{by_.between(3, 18) * 500, 2});
    into_.change(key, move);
  }
  return key;
}

void business::fill_lead(schema::draft& d, const plan& p, bool chinese, date received) {
  const person who = names_.next(chinese);
  d.set(lead::name = who.name).set(lead::source = p.source->name);
  d.set(lead::email = who.login + "@mail.example");
  d.set(lead::phone = telephone(chinese ? china.mobile : united_states.mobile, by_));
  d.set(lead::received_on = received).set(owner = p.by->user);
}

void business::write_lead(const plan& p, id opportunity) {
  const date received = plus(p.opened, -by_.between(1, 21));
  schema::draft d = into_.draft(lead::entity);
  fill_lead(d, p, p.of->chinese, received);
  d.set(lead::status = text("converted")).set(lead::converted_on = p.opened);
  d.set(lead::account = p.of->account).set(lead::opportunity = opportunity);
  d.set(lead::score = by_.between(45, 100));
  into_.add(d);
}

/// The leads of a source that came to nothing, as many as its rate of conversion says.
void business::write_lost_leads(const plan& p) {
  for (int bound = 0; bound < 40 && !by_.chance(p.source->converts); ++bound) {
    const date received = std::min(plus(p.opened, by_.between(-30, 30)), today_);
    const bool fresh = days_between(received, today_) < 45;
    schema::draft d = into_.draft(lead::entity);
    fill_lead(d, p, p.of->chinese, received);
    // A third of the leads come from companies that nobody here knows yet.
    if (by_.chance(650)) {
      const country_words& country = *regions[p.by->region].country;
      const place& at = by_.pick(regions[p.by->region].cities);
      const industry_words& in = by_.weighted(industries);
      const text ending = by_.pick(country.endings);
      d.set(lead::company = company_of(by_.below(5'000'000), country, at, in, ending).name);
    }
    const bool working = by_.chance(450);
    const bool qualified = by_.chance(120);
    if (fresh) {
      d.set(lead::status = text(qualified ? "qualified" : working ? "working" : "new"));
      d.set(lead::score = by_.between(10, 90));
    } else {
      d.set(lead::status = text("unqualified"));
      d.set(lead::score = by_.between(0, 55));
      d.set("description", by_.weighted(unqualified_reasons).words);
    }
    into_.add(d);
  }
}

void business::write_activities(const plan& p, id opportunity) {
  const std::int64_t most = p.stalled ? 1 : p.won ? 4 : 3;
  const std::int64_t n = by_.below(most + 1);
  const date end = std::min(p.close, today_);
  const std::int64_t days = std::max<std::int64_t>(days_between(p.opened, end), 1);
  for (std::int64_t i = 0; i < n; ++i) {
    const activity_words& what = by_.weighted(activities);
    date on = plus(p.opened, days * (2 * i + 1) / (2 * n));
    if (weekday(on) > 5) on = plus(on, -2);
    on = std::max(on, p.opened);
    schema::draft d = into_.draft(activity::entity);
    d.set(activity::subject = p.of->chinese ? what.zh : what.en).set(activity::type = what.type);
    d.set(activity::opportunity = opportunity);
    if (!p.nameless) {
      d.set(activity::account = p.of->account);
      d.set(activity::contact = contact_of(*p.of));
    }
    d.set(activity::due_on = on).set(activity::done_at = working_hour(on, now_, by_));
    d.set(owner = p.by->user);
    into_.add(d);
  }
  if (!p.open || p.stalled || !by_.chance(600)) return;
  // What is still to be done; some of it is late.
  const job_words& step = by_.pick(next_steps);
  schema::draft d = into_.draft(activity::entity);
  d.set(activity::subject = in_words(step, p.of->chinese)).set(activity::type = text("task"));
  d.set(activity::opportunity = opportunity);
  if (!p.nameless) d.set(activity::account = p.of->account);
  d.set(activity::due_on = plus(today_, by_.between(-6, 24))).set(owner = p.by->user);
  into_.add(d);
}

void business::write_ticket(const plan& p, date opened) {
  const bool troubled = products[p.product].tickets > 1500;
  const weighted_text priority = by_.weighted(ticket_priorities);
  const instant at = working_hour(opened, now_, by_);
  // Hours until it is resolved: urgent ones are quick, and a tail of hard ones is not.
  std::int64_t hours = by_.between(1, priority.words == "urgent" ? 10 : 60);
  for (int i = 0; i < 3 && by_.chance(troubled ? 420 : 250); ++i) hours *= 3;
  if (by_.chance(90)) hours *= 20;
  const instant resolved{at.microseconds + hours * 3600 * microseconds_per_second};

  schema::draft d = into_.draft(ticket::entity);
  d.set(ticket::subject = in_words(by_.pick(ticket_subjects), p.of->chinese));
  d.set(ticket::account = p.of->account).set(ticket::contact = contact_of(*p.of));
  d.set(ticket::product = state_.currencies[p.of->pays_in].stock[p.product].product);
  d.set(ticket::priority = priority.words);
  d.set(ticket::channel = by_.weighted(ticket_channels).words).set(ticket::opened_at = at);
  d.set(owner = by_.pick(std::span(state_.service)));
  const bool rated = by_.chance(580);
  const std::int64_t mood = by_.between(0, 2);
  const bool waits = by_.chance(350);
  if (resolved <= now_) {
    const bool closed = now_.microseconds - resolved.microseconds > 14 * microseconds_per_day;
    d.set(ticket::status = text(closed ? "closed" : "resolved"));
    d.set(ticket::resolved_at = resolved);
    const std::int64_t best = hours < 24 ? 5 : hours < 96 ? 4 : 3;
    const std::int64_t stars = best - mood + (troubled || mood == 0 ? 0 : 1);
    if (rated) d.set(ticket::satisfaction = std::clamp<std::int64_t>(stars, 1, 5));
  } else {
    const bool fresh = now_.microseconds - at.microseconds < microseconds_per_day;
    d.set(ticket::status = text(fresh ? "new" : waits ? "pending" : "open"));
  }
  into_.add(d);
}

/// What a sale leads to in the following year, by product and quantity.
void business::write_tickets(const plan& p) {
  if (!p.won || p.open || p.renewal) return;
  std::int64_t due = products[p.product].tickets + (p.quantity >= 10 ? 300 : 0);
  for (; due > 0; due -= 1000) {
    const bool happens = by_.chance(std::min<std::int64_t>(due, 1000));
    const date opened = plus(p.close, by_.between(3, 380));
    if (happens && opened <= today_) write_ticket(p, opened);
  }
}

void business::deal(date opened, std::int64_t number) {
  const plan p = think(opened);
  const id key = write(p, number);
  if (!p.renewal && !p.nameless && by_.chance(240)) {
    write_lead(p, key);
    write_lost_leads(p);
  }
  write_activities(p, key);
  write_tickets(p);
}

}  // namespace guanxi::edge::sample
