// The largest sizes of the sample company; they take minutes.
#include "sample_print.hpp"

#include <gtest/gtest.h>

namespace guanxi::edge {
namespace {

using test::tested_store;

TEST(sample_size_long, is_the_same_at_a_million_records) {
  sample_shop s(tested_store::sqlite_file);
  ASSERT_TRUE(s.generate({.seed = 7, .records = 1'000'000}));
  EXPECT_NEAR(static_cast<double>(records_of(s.all())), 1e6, 5e4);
  EXPECT_EQ(fingerprint(s.all()), 17275296220181218803U);
}

TEST(sample_size_long, reaches_ten_million_records) {
  sample_shop s(tested_store::sqlite_file);
  ASSERT_TRUE(s.generate({.seed = 7, .records = 10'000'000}));
  EXPECT_NEAR(static_cast<double>(records_of(s.all())), 1e7, 5e5);
  EXPECT_EQ(s.number("select count() from opportunity where account.name is null and "
                     "not stage.is_open"),
            0);
}

}  // namespace
}  // namespace guanxi::edge
