#include "content.hpp"

#include "guanxi/store/store.hpp"

#include <array>
#include <limits>
#include <random>

namespace guanxi::store::checking {

namespace {

using schema::field_definition;
using schema::kind;

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

constexpr std::array<const char*, 10> texts = {
    "", "a", "张记茶业", "𝒯😀", "it's \"quoted\"; drop table x; --", "two\nlines\ttab\r\n",
    "NULL", " spaces ", "0012", "é"};

/// Of one byte a character, or of three.
std::string long_text(bool ascii) {
  constexpr std::size_t beyond_16_bits = 70'000;
  if (ascii) return std::string(beyond_16_bits, 'x');
  std::string out;
  while (out.size() < beyond_16_bits) out += "汉";
  return out;
}

value number_of(std::uint64_t n, const field_definition& f) {
  const std::array<std::int64_t, 8> all = {0, 1, -1, most, least, 100, -12'345, 1'000'000'007};
  const std::int64_t x = all[n % all.size()];
  if (f.type == kind::integer) return x;
  return decimal{x, f.scale};
}

/// The n-th edge value of a field; some are null.
value edge_value(const field_definition& f, id key, std::uint64_t n) {
  switch (f.type) {
    case kind::boolean: return n % 3 == 2 ? value() : value(n % 3 == 0);
    case kind::integer:
    case kind::decimal:
    case kind::money: return n % 9 == 8 ? value() : number_of(n, f);
    case kind::choice: return n % 3 == 2 ? value() : value(n % 3 == 0 ? "one" : "two");
    case kind::date: {
      const std::array<const char*, 5> all = {"1970-01-01", "0001-01-01", "9999-12-31",
                                              "1969-12-31", "2024-02-29"};
      return n % 6 == 5 ? value() : value(date::parse(all[n % 6 % all.size()]).value_or(date{}));
    }
    case kind::instant: {
      const std::array<const char*, 4> all = {
          "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z",
          "9999-12-31T23:59:59.999999Z"};
      return n % 5 == 4 ? value()
                        : value(instant::parse(all[n % 5 % all.size()]).value_or(instant{}));
    }
    case kind::reference: return n % 3 == 2 ? value() : value(id{n % 3 == 0 ? 1 : most});
    case kind::text: break;
  }
  if ((f.flags & schema::unique) != 0) return "u" + std::to_string(key.value);
  const std::size_t which = n % (texts.size() + 1);
  return which == texts.size() ? value() : value(texts[which]);
}

field_definition field(const char* name, kind type, std::uint8_t scale = 2) {
  field_definition out;
  out.name = name;
  out.type = type;
  out.scale = scale;
  out.custom = false;
  return out;
}

schema::entity_definition all_kinds_definition(const std::string& name, int added) {
  schema::entity_definition out;
  out.name = name;
  out.custom = false;
  field_definition single = field("single", kind::text);
  single.flags = schema::unique;
  field_definition choice = field("chosen", kind::choice);
  choice.choices = {{"one", "One", "一"}, {"two", "Two", "二"}};
  field_definition other = field("other", kind::reference);
  other.target = name;
  out.fields = {single, field("flag", kind::boolean), field("count", kind::integer),
                field("rate", kind::decimal, 6), field("whole", kind::decimal, 0),
                field("amount", kind::money), field("words", kind::text), choice,
                field("day", kind::date), field("moment", kind::instant), other};
  if (added > 0) out.fields.push_back(field("later", kind::text));
  if (added > 1) out.fields.insert(out.fields.begin() + 2, field("between", kind::integer));
  return out;
}

std::string shortened(const value& v) {
  if (v.is_null()) return "null";
  std::string out = in_backticks(v.to_string());
  if (v.type() == value_type::text && v.as_text().size() > 60)
    out += " of " + std::to_string(v.as_text().size()) + " bytes";
  return out;
}

}  // namespace

schema::catalog_ptr catalog_of(std::string_view suffix, int added) {
  std::vector<schema::entity_definition> all;
  all.push_back(all_kinds_definition("check_all" + std::string(suffix), added));
  schema::entity_definition b;
  b.name = "check_all" + std::string(suffix) + "_b";
  b.custom = false;
  b.fields = {field("words", kind::text), field("count", kind::integer)};
  all.push_back(b);
  b.name = "gx_check" + std::string(suffix);
  all.push_back(std::move(b));
  return schema::catalog::compile(all).value();
}

const schema::entity& table_of(const schema::catalog& in, std::size_t number) {
  return *in.entities()[number];
}

schema::record row_of(const schema::catalog_ptr& in, std::size_t table, id key,
                      std::int64_t revision, std::uint64_t content) {
  const schema::entity& of = table_of(*in, table);
  schema::record out(in, of);
  out.set(schema::system_slot::id, key);
  if (!bare(of)) out.set(schema::system_slot::revision, revision);
  if (content == plain) return out;
  if (content == long_texts) {
    out.set(of.find("words")->slot, long_text(key.value % 2 == 1));
    return out;
  }
  std::mt19937_64 random(content);
  const bool chance = content >= first_chance;
  if (chance && !bare(of)) {
    namespace slot = schema::system_slot;
    if (random() % 4 == 0) out.set(slot::owner, id{static_cast<std::int64_t>(random() % 9) + 1});
    constexpr int years = 12;  // bits that keep an instant within the years there are
    const auto moment = static_cast<std::int64_t>(random() >> years);
    if (random() % 4 == 0) out.set(slot::created_at, instant{moment});
    if (random() % 8 == 0) out.set(slot::record_type, "kind");
    if (random() % 8 == 0) out.set(slot::deletion_batch, std::int64_t{1});
    if (random() % 8 == 0) out.set(slot::archived, true);
  }
  for (const schema::field& f : of.fields()) {
    if (f.system) continue;
    const std::uint64_t n = chance ? random() : content - 1;
    if (of.currency_slot() == f.slot) out.set(f.slot, n % 3 == 2 ? value() : value("USD"));
    else out.set(f.slot, edge_value(f, key, n));
  }
  return out;
}

std::string shown(const schema::record& r) {
  std::string out;
  for (const schema::field& f : r.of().fields())
    if (!r.at(f.slot).is_null() && f.slot != schema::system_slot::id)
      out += (out.empty() ? "" : ", ") + f.name + " = " + shortened(r.at(f.slot));
  return out;
}

std::string difference(const schema::record& got, const schema::record& due) {
  for (const schema::field& f : due.of().fields()) {
    const value &is = got.at(f.slot), &was = due.at(f.slot);
    const bool scales = is.type() == value_type::decimal && was.type() == value_type::decimal &&
                        is.as_decimal().scale != was.as_decimal().scale;
    if (is.type() == was.type() && is == was && !scales) continue;
    return "`" + f.name + "` = " + shortened(is) + " in place of " + shortened(was);
  }
  return {};
}

}  // namespace guanxi::store::checking
