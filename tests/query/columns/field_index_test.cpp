#include "query/columns/field_index.hpp"

#include "random_values.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace {

using namespace guanxi;
using namespace guanxi::query;
using column_tests::random_values;

/// Rows of a range by going through all of them.
std::vector<row_number> expected(const std::vector<value>& cells, const std::set<row_number>& known,
                                 const key_range& in, bool backwards) {
  std::vector<row_number> out;
  for (const row_number row : known) {
    const value& v = cells[row];
    if (in.low && (v.is_null() || column_tests::less(v, *in.low))) continue;
    if (in.low && in.low_open && !column_tests::less(*in.low, v)) continue;
    if (in.high && column_tests::less(*in.high, v)) continue;
    if (in.high && in.high_open && !v.is_null() && !column_tests::less(v, *in.high)) continue;
    out.push_back(row);
  }
  std::stable_sort(out.begin(), out.end(), [&](row_number a, row_number b) {
    return column_tests::less(cells[a], cells[b]);
  });
  if (backwards) std::reverse(out.begin(), out.end());
  return out;
}

/// All of a range, in as many parts as `at_most` makes.
std::vector<row_number> collected(const field_index& index, const key_range& in, bool backwards,
                                  std::size_t at_most) {
  std::vector<row_number> out;
  bool more = index.collect(in, backwards, at_most, nullptr, out);
  while (more) {
    const row_number last = out.back();
    more = index.collect(in, backwards, at_most, &last, out);
  }
  return out;
}

class walked {
 public:
  walked(const expr::type& type, std::uint64_t seed)
      : values_(type, seed), cells_(type, seed % 2 == 0), index_(cells_) {}

  void run(int steps) {
    for (int step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) {
      if (step % 400 == 399) values_.spread();
      write();
      if (step % 40 == 0) compare();
    }
  }

 private:
  void write() {
    const auto row = static_cast<row_number>(values_.below(model_.size() + 1));
    if (values_.below(60) == 0) {  // many at once
      const auto first = static_cast<row_number>(model_.size());
      for (std::uint64_t i = values_.below(400); i > 0; --i) {
        model_.push_back(values_.next());
        cells_.set(static_cast<row_number>(model_.size() - 1), model_.back());
      }
      index_.add_all(first, static_cast<row_number>(model_.size()));
      for (row_number fresh = first; fresh < model_.size(); ++fresh) known_.insert(fresh);
      return;
    }
    if (row == model_.size()) model_.emplace_back();
    const bool was = known_.contains(row);
    if (was) index_.remove(row);
    known_.erase(row);
    if (was && values_.below(3) == 0) return;
    model_[row] = values_.next();
    cells_.set(row, model_[row]);
    index_.add(row);
    known_.insert(row);
  }

  void compare() {
    ASSERT_EQ(index_.size(), known_.size());
    const value low = values_.next(), high = values_.next();
    key_range in;
    if (!low.is_null() && values_.below(3) != 0) in.low = &low;
    if (!high.is_null() && values_.below(3) != 0) in.high = &high;
    in.low_open = values_.below(2) == 0;
    in.high_open = values_.below(2) == 0;
    const bool backwards = values_.below(2) == 0;
    const std::vector<row_number> wanted = expected(model_, known_, in, backwards);
    ASSERT_EQ(collected(index_, in, backwards, 1 + values_.below(300)), wanted);
    ASSERT_EQ(index_.count(in, 1'000'000), wanted.size());
    ASSERT_EQ(index_.count(in, 3), std::min<std::size_t>(3, wanted.size()));
    if (backwards) return;
    ASSERT_EQ(index_.first(in), wanted.empty() ? no_row : wanted.front());
  }

  random_values values_;
  cells cells_;
  field_index index_;
  std::vector<value> model_;
  std::set<row_number> known_;
};

TEST(field_index, random_walks_agree_with_a_sorted_list) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed)
    for (const expr::type& type : column_tests::column_types()) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << name(type.base));
      walked(type, seed).run(3000);
      if (HasFatalFailure()) return;
    }
}

TEST(field_index, nulls_come_first_and_only_without_a_low_bound) {
  cells c({.base = value_type::integer}, false);
  c.set(0, 5);
  c.set(1, value());
  c.set(2, 3);
  field_index index(c);
  index.add_all(0, 3);
  const value three(3), null;
  EXPECT_EQ(collected(index, {}, false, 10), (std::vector<row_number>{1, 2, 0}));
  EXPECT_EQ(collected(index, {}, true, 10), (std::vector<row_number>{0, 2, 1}));
  EXPECT_EQ(collected(index, {.high = &three}, false, 10), (std::vector<row_number>{1, 2}));
  EXPECT_EQ(collected(index, {.low = &three}, false, 10), (std::vector<row_number>{2, 0}));
  EXPECT_EQ(index.count({.low = &null}, 10), 0u);
}

TEST(field_index, bounds_of_another_scale_are_exact) {
  cells c({.base = value_type::decimal, .scale = 2}, false);
  c.set(0, decimal{-101, 2});
  c.set(1, decimal{-100, 2});
  c.set(2, decimal{100, 2});
  c.set(3, decimal{101, 2});
  field_index index(c);
  index.add_all(0, 4);
  const value one(1), above(decimal{1001, 3}), below(decimal{-1001, 3});
  const value huge(std::numeric_limits<std::int64_t>::max());
  const value tiny(std::numeric_limits<std::int64_t>::min()), text("1");
  EXPECT_EQ(collected(index, {.low = &one}, false, 9), (std::vector<row_number>{2, 3}));
  EXPECT_EQ(collected(index, {.low = &one, .low_open = true}, false, 9),
            (std::vector<row_number>{3}));
  EXPECT_EQ(collected(index, {.low = &above}, false, 9), (std::vector<row_number>{3}));
  EXPECT_EQ(collected(index, {.high = &above, .high_open = true}, false, 9),
            (std::vector<row_number>{0, 1, 2}));
  EXPECT_EQ(collected(index, {.low = &below}, false, 9), (std::vector<row_number>{1, 2, 3}));
  EXPECT_EQ(collected(index, {.high = &below}, false, 9), (std::vector<row_number>{0}));
  EXPECT_EQ(index.count({.low = &huge}, 9), 0u);
  EXPECT_EQ(index.count({.high = &huge}, 9), 4u);
  EXPECT_EQ(index.count({.low = &tiny}, 9), 4u);
  EXPECT_EQ(index.count({.high = &tiny}, 9), 0u);
  EXPECT_EQ(index.count({.high = &text}, 9), 4u);
  EXPECT_EQ(index.count({.low = &text}, 9), 0u);
}

TEST(field_index, order_of_texts_is_by_code_point_and_beyond_eight_bytes) {
  cells c({.base = value_type::text}, false);
  const char* rising[] = {"", "A", "a", "opportunities", "opportunity", "opportunity 2", "é",
                          "\xef\xbc\xa1", "\xf0\x9f\x98\x80"};
  const auto count = static_cast<row_number>(std::size(rising));
  for (row_number row = 0; row < count; ++row) c.set(count - 1 - row, rising[row]);
  field_index index(c);
  for (row_number row = 0; row < count; ++row) index.add(row);
  std::vector<row_number> rows;
  index.collect({}, false, 100, nullptr, rows);
  for (row_number row = 0; row < count; ++row) EXPECT_EQ(rows[row], count - 1 - row);
}

}  // namespace
