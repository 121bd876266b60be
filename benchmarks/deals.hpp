// The data of all comparisons: opportunities with 15 typical fields, of 10,000 users, shaped like
// those of the sample company (amounts are a price times a quantity less a discount, owners are
// uneven, a few deals belong to no contact), and made again the same from a seed.
//
//   const deals all = make_deals(1'000'000);
//   all.list[7].amount;      // a coefficient, in cents
#pragma once

#include "guanxi/schema/definition.hpp"
#include "guanxi/schema/record.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace guanxi::bench {

inline constexpr std::array<const char*, 10> stages = {
    "qualify", "discover", "demo", "trial", "proposal",
    "negotiate", "sign", "won", "lost", "stalled"};
inline constexpr std::array<const char*, 12> regions = {
    "north", "north_east", "east", "south_east", "south", "south_west",
    "west", "north_west", "centre", "islands", "abroad", "online"};
inline constexpr std::array<const char*, 5> categories = {
    "omitted", "pipeline", "best_case", "commit", "closed"};
inline constexpr std::array<const char*, 8> sources = {
    "referral", "web form", "trade fair", "cold call",
    "partner", "existing customer", "newsletter", "advertisement"};
inline constexpr std::array<const char*, 3> currencies = {"USD", "EUR", "CNY"};

/// What a caller of any side would hold in hand. Codes are places in the lists above.
struct deal {
  std::int64_t id, owner, account, contact, product;  ///< contact 0: none
  std::int64_t amount;                                ///< at scale 2
  std::int32_t probability;                           ///< at scale 2
  std::int32_t opened_on, close_date;                 ///< days since 1970
  std::uint8_t stage, region, category, source, currency;
  std::string name, number;
};

struct deals {
  std::vector<deal> list;         ///< by rising id
  std::int64_t users = 0, accounts = 0, contacts = 0, products = 0;
  std::vector<std::int64_t> busiest;  ///< owners with most deals, at most 20
};

// Ids of each kind begin here, so that all are different.
inline constexpr std::int64_t first_user = 10'001, first_product = 30'001, first_account = 40'001,
                              first_contact = 400'001, first_right = 700'001,
                              first_deal = 1'000'001;

deals make_deals(std::size_t count, std::uint64_t seed = 1);

/// The entity `x_deal`: the fields of a deal, indexed by owner, account, stage and close date.
schema::entity_definition deal_definition();

/// Slots of a deal's fields in its entity.
struct deal_slots {
  explicit deal_slots(const schema::entity& of);
  std::uint16_t name, number, account, contact, product, stage, region, amount, currency,
      probability, category, source, opened_on, close_date;
};
/// Writes a deal into a record of the entity, system fields too.
void fill(schema::record& into, const deal_slots& at, const deal& from, std::int64_t revision);
/// A draft with the deal's fields and its owner.
schema::draft draft_of(const schema::entity& of, const deal_slots& at, const deal& from);

/// The 15 fields, as every side is asked for them.
inline constexpr const char* deal_fields =
    "id, name, number, account, contact, product, stage, region, amount, currency, probability, "
    "forecast_category, source, close_date, owner";

}  // namespace guanxi::bench
