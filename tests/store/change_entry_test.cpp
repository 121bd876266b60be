// Entries of the change log: the packed form is fixed, tells every change, and no text that a
// damaged file may hold in its place does harm.
#include "guanxi/base/text_services.hpp"
#include "guanxi/store/change_entry.hpp"
#include "guanxi/store/store.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

using namespace guanxi;
using namespace guanxi::store;

namespace {

using before_and_after = std::pair<value, value>;

schema::catalog_ptr own_tables() {
  static const schema::catalog_ptr c = schema::catalog::compile(system_definitions()).value();
  return c;
}

schema::record row_of(std::string_view entry, instant at) {
  schema::record row(own_tables(), *own_tables()->find("gx_change"));
  row.set(schema::system_slot::id, id{42});
  row.set(system_table::change["at"].slot, at);
  row.set(system_table::change["user"].slot, std::int64_t{7});
  row.set(system_table::change["record"].slot, std::int64_t{9});
  row.set(system_table::change["entry"].slot, entry);
  return row;
}

result<change_entry> read(std::string_view entry, instant at = instant{1'000'000}) {
  return unpacked(row_of(entry, at), *own_tables(), [](std::uint32_t word) {
    return result<std::string>(word == 5 ? "import" : "");
  });
}

value random_value(std::mt19937_64& by) {
  const auto n = [&] {
    const int bits = static_cast<int>(by() % 64);
    return static_cast<std::int64_t>(by()) >> bits;
  };
  static constexpr const char* pieces[] = {"", "a", "上", "下", "海", "|", "0", "é", "😀", "Ünïted"};
  switch (by() % 9) {
    case 0: return {};
    case 1: return by() % 2 == 0;
    case 2: return n();
    case 3: return decimal{n(), static_cast<std::uint8_t>(by() % 19)};
    case 4: return date{static_cast<std::int32_t>(n())};
    case 5: return instant{n()};
    case 6: return id{n()};
    default: {
      std::string text;
      for (std::uint64_t left = by() % 40; left > 0; --left) text += pieces[by() % 10];
      return text;
    }
  }
}

/// Two values that are as alike as edits are.
value edited(const value& v, std::mt19937_64& by) {
  if (v.type() != value_type::text || by() % 4 == 0) return random_value(by);
  std::string text(v.as_text());
  std::size_t at = by() % (text.size() + 1);
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  return text.substr(0, at) + (by() % 2 ? "下" : "x") + text.substr(at);
}

}  // namespace

TEST(change_entry, has_a_form_that_stays) {
  // Worked out by hand from docs/decisions/0023: a changed form must have a letter of its own.
  std::string out;
  packer to(out);
  to.head(change_kind::create, 5, instant{1'000'000}, {});
  to.only(16, "Acme");                  // field 16 text; 4 bytes
  to.only(17, decimal{109650, 2});      // the next field; scale 2; 2 * 109650 in digits of 5 bits
  to.only(18, instant{1'000'000});      // the entry's own time
  to.only(20, true);
  EXPECT_EQ(out, "c50W94AcmeH2TUf6`091");
  packer again(out);
  again.head(change_kind::edit, 5, instant{1'000'000}, {.word = 5});
  again.change(6, instant{999'999}, instant{1'000'000});
  again.change(16, "Acme Ltd", "Acme & Co Ltd");
  again.change(17, decimal{109650, 2}, decimal{109651, 2});
  again.change(18, value(), id{3});
  again.change(40, false, true);
  EXPECT_EQ(out, "e57f160W28Acme Ltd8535& Co H2TUf682076?>08");
}

TEST(change_entry, tells_all_that_was_packed) {
  const std::uint64_t seed = test::chosen_seed();
  SCOPED_TRACE("GUANXI_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 by(seed);
  std::string out;
  for (int i = 0; i < 20'000; ++i) {
    const change_kind what = std::string_view("cedrp")[by() % 5] == 'c' ? change_kind::create
                             : by() % 5 == 0                             ? change_kind::purge
                                                                         : change_kind::edit;
    std::map<std::uint32_t, before_and_after> told;
    for (std::uint64_t left = by() % 12; left > 0; --left) {
      const value before = random_value(by);
      told[static_cast<std::uint32_t>(by() % (by() % 8 ? 60 : 60'000))] = {before,
                                                                           edited(before, by)};
    }
    const instant at{static_cast<std::int64_t>(by()) >> (by() % 20)};
    const std::string own = by() % 2 ? "a cause 因" : "";
    packer to(out);
    to.head(what, static_cast<std::uint32_t>(by() % 200), at, {by() % 3 ? 0u : 5u, own});
    for (const auto& [field, values] : told) {
      if (what == change_kind::create) to.only(field, values.second);
      else if (what == change_kind::purge) to.only(field, values.first);
      else to.change(field, values.first, values.second);
    }
    ASSERT_FALSE(utf8_fault(out)) << out;
    ASSERT_EQ(out.find('\0'), std::string::npos);
    const change_entry e = read(out, at).value();
    EXPECT_EQ(e.what, what);
    EXPECT_EQ(e.at, at);
    EXPECT_EQ(e.user, id{7});
    EXPECT_EQ(e.record, id{9});
    EXPECT_EQ(e.batch, 42);
    EXPECT_TRUE(e.cause == "import" || e.cause == own || (own.empty() && e.cause == "api"));
    ASSERT_EQ(e.fields.size(), told.size());
    std::size_t i_field = 0;
    for (const auto& [field, values] : told) {
      const field_change& f = e.fields[i_field++];
      EXPECT_EQ(f.field, field);
      const value none;
      const value& before = what == change_kind::create ? none : values.first;
      const value& after = what == change_kind::purge ? none : values.second;
      EXPECT_EQ(f.before, before);
      EXPECT_EQ(f.before.type(), before.type());
      EXPECT_EQ(f.after, after) << out;
      EXPECT_EQ(f.after.type(), after.type());
    }
  }
}

TEST(change_entry, goes_on_where_a_later_version_adds_to_it) {
  EXPECT_EQ(read("c50W94Acme|sum=1234").value().fields.at(0).after, value("Acme"));
}

TEST(change_entry, of_any_text_is_an_entry_or_an_error) {
  const std::uint64_t seed = test::chosen_seed();
  SCOPED_TRACE("GUANXI_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 by(seed);
  const std::string good = "e57f160W28Acme Ltd8535& Co H2TUf682076?>08";
  for (std::size_t size = 0; size < good.size(); ++size)
    static_cast<void>(read(good.substr(0, size)));
  int refused = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text = good;
    for (std::uint64_t left = 1 + by() % 3; left > 0; --left)
      text[by() % text.size()] = static_cast<char>(by() % 4 ? '0' + by() % 64 : by() % 256);
    const auto e = read(text);
    refused += !e;
    ASSERT_TRUE(e || e.error().code() == errc::store_corrupt) << text;
  }
  EXPECT_GT(refused, 1'000);
  for (const char* bad : {"", "x50", "c", "c5", "c5oooooooooooooooo", "c51", "c51~", "c50W9o0",
                          "c58", "e50m0", "e5078", "e50H2TUf6", "c50?o", "c50_oooooooo7"})
    EXPECT_EQ(test::code(read(bad)), errc::store_corrupt) << bad;
}
