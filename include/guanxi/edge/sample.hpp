// A sample company: three years of a sales organisation's life, made up from a seed.
//
//   session s = crm.as_system("sample");
//   sample_summary made = generate_sample(s, {.seed = 7, .opportunities = 5'000}).value();
//   made.count("opportunity") == 5'000
//
//   generate_sample(s, {.records = 1'000'000});                      // about so many in all
//   generate_sample(s, {.staff = {.users = 10'000, .roles = 1'000, .role_levels = 8}});
//
// The years end on the day that the session's clock shows. The same seed, options and clock give
// the same company on every machine. It has regions with uneven agents, Chinese and English names,
// quarter ends and the quiet weeks of the Spring Festival and August, stalled deals, a long tail of
// slow ones, leads that convert by source, and products that cause more tickets than others.
// Every person and company in it is invented.
#pragma once

#include "guanxi/session/session.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace guanxi::edge {

/// An organisation of a given size, in place of one that suits the business.
struct sample_staff {
  std::int64_t users = 0;        ///< 0: as the business needs; else 100 to 100,000
  std::int64_t roles = 0;        ///< at most half as many as users; 0: a tenth
  std::int64_t role_levels = 0;  ///< of the tallest branches, 3 to 20; 0: 5
};

struct sample_summary;

struct sample_options {
  std::uint64_t seed = 1;
  std::int64_t opportunities = 2'000;  ///< 1 to 10,000,000; the rest of the company grows with it
  /// About so many records in all, in place of `opportunities`: 1,000 to 10,000,000, met within
  /// 5 % (10 % below 2,000). Three of eight are stage visits, which follow from moving deals.
  std::int64_t records = 0;
  sample_staff staff = {};
  std::string currency = {};           ///< of every amount; empty: the session's base currency
  /// Chinese customers pay in CNY and others in USD, in place of the one currency. Sums then need a
  /// group or a filter by currency.
  bool mixed_currencies = false;
  progress on_progress = {};           ///< counts opportunities, the last thing that is made
  /// Told what was made before that is kept; if it throws, nothing is.
  std::function<void(const sample_summary&)> on_summary = {};
};

struct sample_summary {
  std::uint64_t seed = 0;
  std::string currency;  ///< of every amount; empty if they are mixed
  /// Records that were made, by entity; without those that effects add, such as stage_visit.
  std::map<std::string, std::int64_t, std::less<>> counts;
  /// 0 for an entity of which none was made.
  std::int64_t count(std::string_view entity) const;
};

/// Fills a store with the sample company in one transaction: all of it or, after an error or a
/// cancelling progress callback, nothing. The session must be allowed to make users, permissions
/// and records of other owners: system sight or an administrator.
/// Errors: errc::invalid_argument for options out of range, errc::interrupted, errc::duplicate for
/// a store that has the sample already, errc::misuse inside a transaction, and those of create.
result<sample_summary> generate_sample(session& into, const sample_options& options = {});

/// {"seed": 1, "currency": "USD", "created": {"account": 333, …}}
std::string to_json(const sample_summary& made);

}  // namespace guanxi::edge
