#include "query/columns/cells.hpp"

#include "random_values.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using namespace guanxi;
using namespace guanxi::query;
using column_tests::random_values;

using limits = std::numeric_limits<std::int64_t>;

cells integers() { return cells({.base = value_type::integer}, false); }
cells texts(bool repeats) { return cells({.base = value_type::text}, repeats); }

TEST(cells, of_nulls_take_no_room) {
  cells c = integers();
  for (row_number row = 0; row < 1000; ++row) c.set(row, value());
  EXPECT_EQ(c.width(), 0);
  EXPECT_EQ(c.byte_size(), sizeof c);
  EXPECT_TRUE(c.at(999).is_null());
  EXPECT_TRUE(c.is_null(5'000'000));
}

TEST(cells, are_as_narrow_as_their_values_allow) {
  cells c = integers();
  c.set(0, 100);
  c.set(3, 140);
  EXPECT_EQ(c.width(), 1);
  EXPECT_TRUE(c.at(1).is_null());
  c.set(4, 20'000);
  EXPECT_EQ(c.width(), 2);
  c.set(5, -2'000'000'000);
  EXPECT_EQ(c.width(), 4);
  c.set(6, value(std::int64_t{1} << 40));
  EXPECT_EQ(c.width(), 8);
  EXPECT_EQ(c.at(0), value(100));
  EXPECT_EQ(c.at(3), value(140));
  EXPECT_EQ(c.at(4), value(20'000));
  EXPECT_EQ(c.at(5), value(-2'000'000'000));
  EXPECT_EQ(c.at(6), value(std::int64_t{1} << 40));
  EXPECT_TRUE(c.rising());
}

TEST(cells, hold_both_ends_of_int64_and_null) {
  cells c = integers();
  c.set(0, value(limits::min()));
  c.set(1, value(limits::max() - 1));
  EXPECT_TRUE(c.rising());
  c.set(2, value(limits::max()));
  c.set(3, value(0));
  c.set(4, value());
  EXPECT_FALSE(c.rising());
  EXPECT_EQ(c.at(0), value(limits::min()));
  EXPECT_EQ(c.at(1), value(limits::max() - 1));
  EXPECT_EQ(c.at(2), value(limits::max()));
  EXPECT_EQ(c.at(3), value(0));
  EXPECT_TRUE(c.is_null(4));
  // Whatever integer null's code would stand for can be stored too.
  const std::int64_t unused = c.integer(0);
  c.set(5, value(unused));
  EXPECT_EQ(c.at(5), value(unused));
  EXPECT_EQ(c.at(0), value(limits::min()));
  EXPECT_TRUE(c.is_null(4));
}

TEST(cells, whose_values_fall_do_not_move_their_base_each_time) {
  cells c = integers();
  std::set<std::int64_t> bases;
  for (row_number row = 0; row < 100'000; ++row) {
    c.set(row, value(-static_cast<std::int64_t>(row)));
    bases.insert(c.base());
  }
  EXPECT_LT(bases.size(), 64u);
  EXPECT_EQ(c.at(99'999), value(-99'999));
}

TEST(cells, of_a_dictionary_give_a_code_per_text) {
  cells c = texts(true);
  for (row_number row = 0; row < 100; ++row) c.set(row, row % 2 ? "上海" : "");
  EXPECT_EQ(c.kept_as(), cells::form::dictionary);
  EXPECT_EQ(c.code(0), c.code(98));
  EXPECT_EQ(c.text(c.code(1)), "上海");
  EXPECT_EQ(c.text(c.code(0)), "");
  EXPECT_EQ(c.code_limit(), 3u);
  EXPECT_EQ(c.find(value("上海")), c.code(1));
  EXPECT_FALSE(c.find(value("北京")));
  EXPECT_FALSE(c.find(value(7)));
  EXPECT_EQ(c.find(value()), 0u);
}

TEST(cells, with_many_texts_become_an_arena) {
  cells c = texts(true);
  for (row_number row = 0; row < 5000; ++row) c.set(row, "text " + std::to_string(row));
  EXPECT_EQ(c.kept_as(), cells::form::arena);
  EXPECT_FALSE(c.find(value("text 1")));
  for (row_number row = 0; row < 5000; ++row)
    ASSERT_EQ(c.at(row), value("text " + std::to_string(row)));
}

TEST(cells, find_numbers_of_any_scale) {
  cells c({.base = value_type::decimal, .scale = 2}, false);
  c.set(0, decimal{150, 2});
  EXPECT_EQ(c.find(value(decimal{15, 1})), c.code(0));
  EXPECT_EQ(c.find(value(decimal{1500, 3})), c.code(0));
  EXPECT_FALSE(c.find(value(decimal{1501, 3})));
  EXPECT_FALSE(c.find(value(2)));
  EXPECT_FALSE(c.find(value(limits::max())));
  EXPECT_FALSE(c.find(value("1.50")));
  c.set(1, decimal{200, 2});
  EXPECT_EQ(c.find(value(2)), c.code(1));
}

TEST(cells, replaced_texts_do_not_pile_up) {
  cells c = texts(false);
  for (int round = 0; round < 200; ++round) {
    for (row_number row = 0; row < 100; ++row)
      c.set(row, std::string(1000, static_cast<char>('a' + round % 26)));
    c.keep();
  }
  EXPECT_LT(c.byte_size(), 4u * 100 * 1000);
  EXPECT_EQ(c.at(99), value(std::string(1000, static_cast<char>('a' + 199 % 26))));
}

TEST(cells, random_writes_are_read_back) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    for (const expr::type& type : column_tests::column_types()) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << name(type.base));
      random_values values(type, seed);
      cells c(type, seed % 2 == 0);
      std::vector<value> model;
      std::vector<value> committed;  // what truncate and restore lead back to
      for (int step = 0; step < 3000; ++step) {
        if (step % 500 == 499) values.spread();
        const auto row = static_cast<row_number>(values.below(model.size() + 1));
        switch (values.below(12)) {
          case 0: {  // a transaction that is undone
            c.keep();
            committed = model;
            for (int write = 0; write < 20; ++write) {
              const auto at = static_cast<row_number>(values.below(model.size() + 1));
              const value v = values.next();
              if (at == model.size()) model.emplace_back();
              model[at] = v;
              c.set(at, v);
            }
            c.truncate(static_cast<row_number>(committed.size()));
            for (row_number at = 0; at < committed.size(); ++at)
              if (!c.holds(at, committed[at])) c.restore(at, committed[at]);
            model = committed;
            c.keep();
            break;
          }
          case 1:
            if (values.below(10) == 0) {
              c.truncate(row);
              model.resize(row);
            }
            break;
          default: {
            const value v = values.next();
            if (row == model.size()) model.emplace_back();
            model[row] = v;
            c.set(row, v);
            ASSERT_EQ(c.at(row), v);
            if (const auto code = c.find(v)) ASSERT_EQ(*code, c.code(row));
            else ASSERT_EQ(c.kept_as(), cells::form::arena);
          }
        }
        if (step % 100 != 0) continue;
        for (row_number at = 0; at < model.size(); ++at) {
          ASSERT_EQ(c.at(at), model[at]) << "row " << at << ", step " << step;
          ASSERT_TRUE(c.holds(at, model[at]));
          ASSERT_LE(c.code(at), c.code_limit());
        }
        ASSERT_TRUE(c.is_null(static_cast<row_number>(model.size())));
      }
    }
  }
}

}  // namespace
