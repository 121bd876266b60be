#include "deals.hpp"

#include <algorithm>

namespace guanxi::bench {
namespace {

/// SplitMix64: the same numbers on every machine.
class random {
 public:
  explicit random(std::uint64_t seed) : state_(seed) {}
  std::int64_t below(std::int64_t bound) {
    std::uint64_t z = state_ += 0x9e37'79b9'7f4a'7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11ebULL;
    z ^= z >> 31;
    return static_cast<std::int64_t>(z % static_cast<std::uint64_t>(bound));
  }
  template <class List>
  const char* word(const List& from) {
    return from[static_cast<std::size_t>(below(static_cast<std::int64_t>(from.size())))];
  }

 private:
  std::uint64_t state_;
};

constexpr std::array<const char*, 16> makers = {
    "Aster", "Borealis", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbour",
    "Indigo", "Juniper", "Kestrel", "Lumen", "Meridian", "Nimbus", "Orchid", "Prairie"};
constexpr std::array<const char*, 8> things = {
    "tills", "scanners", "licences", "support", "printers", "terminals", "training", "displays"};
constexpr std::array<std::int64_t, 8> quantities = {1, 2, 3, 5, 8, 10, 20, 40};
constexpr std::array<std::int64_t, 6> discounts = {0, 0, 5, 10, 15, 25};

std::string padded(std::int64_t number, std::size_t width) {
  std::string out = std::to_string(number);
  return std::string(out.size() < width ? width - out.size() : 0, '0') + out;
}

/// Few owners have many deals: the lesser of two draws, squared.
std::int64_t uneven(random& by, std::int64_t bound) {
  const double x = static_cast<double>(by.below(1'000'000)) / 1e6;
  return std::min(bound - 1, static_cast<std::int64_t>(static_cast<double>(bound) * x * x * x));
}

deal make_deal(random& by, const deals& around, std::int64_t number) {
  deal d{};
  d.id = first_deal + number;
  d.owner = first_user + uneven(by, around.users);
  d.account = first_account + by.below(around.accounts);
  d.contact = by.below(100) < 7 ? 0 : first_contact + by.below(around.contacts);
  const std::int64_t product = by.below(around.products);
  d.product = first_product + product;
  const std::int64_t price = 4'900 + product * product * 1'700;
  const std::int64_t pieces = quantities[static_cast<std::size_t>(by.below(8))];
  const std::int64_t discount = discounts[static_cast<std::size_t>(by.below(6))];
  d.amount = price * pieces * (100 - discount) / 100;
  d.stage = static_cast<std::uint8_t>(by.below(10));
  d.region = static_cast<std::uint8_t>(by.below(12));
  d.category = static_cast<std::uint8_t>(by.below(5));
  d.source = static_cast<std::uint8_t>(by.below(8));
  d.currency = 0;
  d.probability = static_cast<std::int32_t>(by.below(21) * 500);
  d.opened_on = 19'358 + static_cast<std::int32_t>(by.below(1'096));   // 2023 to 2025
  d.close_date = std::min(20'453, d.opened_on + static_cast<std::int32_t>(by.below(180)));
  d.name =
      std::string(by.word(makers)) + " – " + std::to_string(pieces) + " × " + by.word(things);
  d.number = "D" + std::to_string(2023 + (d.opened_on - 19'358) / 366) + "-" + padded(number, 7);
  return d;
}

}  // namespace

deals make_deals(std::size_t count, std::uint64_t seed) {
  random by(seed);
  const auto rows = static_cast<std::int64_t>(count);
  deals out;
  out.users = std::clamp<std::int64_t>(rows / 100, 10, 10'000);
  out.accounts = std::clamp<std::int64_t>(rows / 10, 10, 100'000);
  out.contacts = std::clamp<std::int64_t>(rows / 5, 10, 200'000);
  out.products = 40;
  out.list.reserve(count);
  for (std::int64_t i = 0; i < rows; ++i) out.list.push_back(make_deal(by, out, i));
  std::vector<std::pair<std::int64_t, std::int64_t>> counts(static_cast<std::size_t>(out.users));
  for (std::size_t u = 0; u < counts.size(); ++u)
    counts[u] = {0, first_user + static_cast<std::int64_t>(u)};
  for (const deal& d : out.list) --counts[static_cast<std::size_t>(d.owner - first_user)].first;
  std::sort(counts.begin(), counts.end());
  for (std::size_t u = 0; u < std::min<std::size_t>(20, counts.size()); ++u)
    out.busiest.push_back(counts[u].second);
  return out;
}

schema::entity_definition deal_definition() {
  using schema::kind;
  schema::entity_definition e;
  e.name = "x_deal";
  e.label_en = "Deal", e.label_zh = "商机", e.plural_en = "Deals", e.plural_zh = "商机";
  const auto add = [&e](const char* name, kind type, std::uint32_t flags = schema::no_flags) {
    schema::field_definition f;
    f.name = name;
    f.type = type;
    f.label_en = name, f.label_zh = name;
    f.flags = flags;
    e.fields.push_back(std::move(f));
    return &e.fields.back();
  };
  const auto choices = [](schema::field_definition* f, const auto& codes) {
    for (const char* code : codes) f->choices.push_back({code, code, code});
  };
  add("name", kind::text, schema::required | schema::title);
  add("number", kind::text);
  add("account", kind::reference, schema::indexed)->target = "account";
  add("contact", kind::reference)->target = "contact";
  add("product", kind::reference)->target = "product";
  choices(add("stage", kind::choice, schema::required | schema::indexed), stages);
  choices(add("region", kind::choice), regions);
  add("amount", kind::money);
  add("currency", kind::text);
  add("probability", kind::decimal);
  choices(add("forecast_category", kind::choice), categories);
  add("source", kind::text);
  add("opened_on", kind::date);
  add("close_date", kind::date, schema::indexed);
  return e;
}

deal_slots::deal_slots(const schema::entity& of) {
  const auto slot = [&of](const char* field) { return of.find(field)->slot; };
  name = slot("name"), number = slot("number"), account = slot("account");
  contact = slot("contact"), product = slot("product"), stage = slot("stage");
  region = slot("region"), amount = slot("amount"), currency = slot("currency");
  probability = slot("probability"), category = slot("forecast_category");
  source = slot("source"), opened_on = slot("opened_on"), close_date = slot("close_date");
}

void fill(schema::record& into, const deal_slots& at, const deal& from, std::int64_t revision) {
  namespace slot = schema::system_slot;
  into.set(slot::id, id{from.id});
  into.set(slot::revision, revision);
  into.set(slot::owner, id{from.owner});
  into.set(at.name, std::string_view(from.name));
  into.set(at.number, std::string_view(from.number));
  into.set(at.account, id{from.account});
  into.set(at.contact, from.contact ? value(id{from.contact}) : value());
  into.set(at.product, id{from.product});
  into.set(at.stage, stages[from.stage]);
  into.set(at.region, regions[from.region]);
  into.set(at.amount, decimal{from.amount, 2});
  into.set(at.currency, currencies[from.currency]);
  into.set(at.probability, decimal{from.probability, 2});
  into.set(at.category, categories[from.category]);
  into.set(at.source, sources[from.source]);
  into.set(at.opened_on, date{from.opened_on});
  into.set(at.close_date, date{from.close_date});
}

schema::draft draft_of(const schema::entity& of, const deal_slots& at, const deal& from) {
  schema::draft d(of);
  d.set("owner", id{from.owner});
  d.set_slot(at.name, std::string_view(from.name));
  d.set_slot(at.number, std::string_view(from.number));
  d.set_slot(at.account, id{from.account});
  if (from.contact) d.set_slot(at.contact, id{from.contact});
  d.set_slot(at.product, id{from.product});
  d.set_slot(at.stage, stages[from.stage]);
  d.set_slot(at.region, regions[from.region]);
  d.set_slot(at.amount, decimal{from.amount, 2});
  d.set_slot(at.currency, currencies[from.currency]);
  d.set_slot(at.probability, decimal{from.probability, 2});
  d.set_slot(at.category, categories[from.category]);
  d.set_slot(at.source, sources[from.source]);
  d.set_slot(at.opened_on, date{from.opened_on});
  d.set_slot(at.close_date, date{from.close_date});
  return d;
}

}  // namespace guanxi::bench
