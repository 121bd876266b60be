// Samples by size: as many records as asked for, an organisation of a given size, and the same
// company on every store.
#include "guanxi/edge/sample.hpp"

#include "sample_print.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace guanxi::edge {
namespace {

using test::tested_store;

TEST(sample_size, has_about_as_many_records_as_asked_for) {
  for (std::int64_t wanted : {2'000, 10'000, 25'000}) {
    sample_shop s;
    ASSERT_TRUE(s.generate({.seed = 3, .records = wanted}));
    EXPECT_NEAR(static_cast<double>(records_of(s.all())), static_cast<double>(wanted),
                static_cast<double>(wanted) / 20);
  }
}

TEST(sample_size, refuses_sizes_out_of_range) {
  sample_shop s;
  const auto why = [&](const sample_options& o) {
    const auto made = s.generate(o);
    EXPECT_EQ(test::code(made), errc::invalid_argument);
    return test::message(made);
  };
  for (std::int64_t n : {std::int64_t{-1}, std::int64_t{999}, std::int64_t{10'000'001}})
    EXPECT_NE(why({.records = n}).find("`records`"), std::string::npos) << n;
  EXPECT_NE(why({.staff = {.users = 99}}).find("`users`"), std::string::npos);
  EXPECT_NE(why({.staff = {.users = 100'001}}).find("`users`"), std::string::npos);
  EXPECT_NE(why({.staff = {.roles = 50}}).find("`users`"), std::string::npos);
  EXPECT_NE(why({.staff = {.users = 200, .role_levels = 2}}).find("`role_levels`"),
            std::string::npos);
  EXPECT_NE(why({.staff = {.users = 200, .role_levels = 21}}).find("`role_levels`"),
            std::string::npos);
  EXPECT_NE(why({.staff = {.users = 200, .roles = 101}}).find("`roles`"), std::string::npos);
  EXPECT_NE(why({.staff = {.users = 200, .roles = 27, .role_levels = 5}}).find("28 to 100"),
            std::string::npos);
  EXPECT_NE(why({.records = 1'000, .staff = {.users = 1'000}}).find("1000 users"),
            std::string::npos)
      << "the staff alone is more";
  EXPECT_EQ(s.number("select count() from role"), 0);
}

TEST(sample_size, has_the_staff_asked_for) {
  for (const sample_staff staff : {sample_staff{.users = 100, .roles = 28, .role_levels = 5},
                                   sample_staff{.users = 900, .roles = 120, .role_levels = 8},
                                   sample_staff{.users = 300}}) {
    sample_shop s;
    ASSERT_TRUE(s.generate({.opportunities = 200, .staff = staff}));
    const std::int64_t roles = staff.roles ? staff.roles : 30;
    const std::int64_t levels = staff.role_levels ? staff.role_levels : 5;
    EXPECT_EQ(s.number("select count() from user where login != 'admin'"), staff.users);
    EXPECT_EQ(s.number("select count() from role"), roles);
    std::map<std::int64_t, std::int64_t> level;
    std::int64_t deepest = 0;
    const rows tree = s.all().query("select id, parent from role order by id").value();
    for (std::size_t i = 0; i < tree.size(); ++i) {
      const value above = tree.at(i, 1);
      const std::int64_t at = above.is_null() ? 1 : level.at(above.as_id().value) + 1;
      level[tree.at(i, 0).as_id().value] = at;
      deepest = std::max(deepest, at);
    }
    EXPECT_EQ(deepest, levels);
    // Whoever has a manager has one in a role above the own.
    EXPECT_EQ(s.number("select count() from user where manager is not null and role.parent is not "
                       "null and manager.role != role.parent"),
              0);
    EXPECT_EQ(s.number("select count() from user where manager is null and login != 'admin'"), 3);
    // Nobody is without a customer, and nobody leads who sells.
    EXPECT_GT(s.number("select count(distinct owner) from account"), staff.users * 6 / 10);
    EXPECT_EQ(s.number("select count() from account where owner.role in (select parent from role)"),
              0);
  }
}

TEST(sample_size, is_the_same_on_every_store) {
  // Written down once: another number is another company for everybody who uses this seed.
  constexpr std::uint64_t print = 11356923682395271401U;
  for (tested_store kind : {tested_store::sqlite_memory, tested_store::sqlite_file,
                            tested_store::map, tested_store::choosy, tested_store::memory}) {
    sample_shop s(kind);
    ASSERT_TRUE(s.generate({.seed = 7, .records = 1'000}));
    EXPECT_EQ(fingerprint(s.all()), print) << test::name(kind);
  }
  sample_shop other;
  ASSERT_TRUE(other.generate({.seed = 8, .records = 1'000}));
  EXPECT_NE(fingerprint(other.all()), print) << "the fingerprint would not notice another company";
}

TEST(sample_size, is_the_same_at_a_hundred_thousand_records) {
  sample_shop s;
  ASSERT_TRUE(s.generate({.seed = 7, .records = 100'000}));
  EXPECT_EQ(fingerprint(s.all()), 11860959816016385422U);
}

}  // namespace
}  // namespace guanxi::edge
