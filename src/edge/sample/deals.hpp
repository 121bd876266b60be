// The sample's daily business: deals with their leads, activities and tickets.
#pragma once

#include "calendar.hpp"
#include "company.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace guanxi::edge::sample {

class business {
 public:
  business(writer& into, random& by, const company_state& of, instant now);

  /// One deal that was opened on this day, with all that belongs to it.
  void deal(date opened, std::int64_t number);

 private:
  struct visit { id stage; date on; };
  /// A deal while it is thought up.
  struct plan {
    const customer* of = nullptr;
    const agent* by = nullptr;
    const source_words* source = nullptr;
    std::size_t product = 0;
    std::int64_t quantity = 1, discount = 0;  ///< per cent
    date opened, close;
    bool renewal = false, won = false, open = false, stalled = false,
         nameless = false;
    std::size_t reached = 0;                  ///< open stages that it came through
  };

  plan think(date opened);
  void price(plan& p);
  void course(plan& p);
  std::vector<visit> visits(const plan& p);
  id write(const plan& p, std::int64_t number);
  void write_lead(const plan& p, id opportunity);
  void write_lost_leads(const plan& p);
  void fill_lead(schema::draft& d, const plan& p, bool chinese, date received);
  void write_activities(const plan& p, id opportunity);
  void write_tickets(const plan& p);
  void write_ticket(const plan& p, date opened);
  id contact_of(const customer& c);

  const sales_process& process_of(const plan& p) const noexcept {
    return p.renewal ? state_.renewal : state_.standard;
  }

  writer& into_;
  random& by_;
  const company_state& state_;
  people names_;
  instant now_;
  date today_;
  lottery agents_;
};

}  // namespace guanxi::edge::sample
