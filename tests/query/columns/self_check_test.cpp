#include "query/columns/self_check.hpp"

#include "guanxi/schema/catalog.hpp"

#include <gtest/gtest.h>

using namespace guanxi;
using namespace guanxi::query;

namespace {

class self_check_of_a_table : public testing::Test {
 protected:
  self_check_of_a_table() {
    for (int i = 1; i <= 40; ++i) {
      schema::record r(catalog_, of_);
      r.set(schema::system_slot::id, id{i * 3});
      r.set(city_, i % 7 == 0 ? value() : value(i % 5 == 0 ? "Oslo" : "Bergen"));
      r.set(code_, "c" + std::to_string(i));
      table_.append(r);
    }
    table_.erase(11);
    while (table_.settle()) {}
  }

  std::vector<disagreement> disagreements() const {
    std::vector<disagreement> out;
    std::vector<bool> unique(of_.slots());
    unique[code_] = true;
    const auto tell = [&](const disagreement& d) {
      out.push_back(d);
      return true;
    };
    EXPECT_TRUE(self_check(table_, unique, schema::system_slot::deletion_batch, tell,
                           [](row_number) { return true; }));
    return out;
  }
  /// The planted fault: a cell that changes beneath its index.
  void change_beneath(std::uint16_t slot, row_number row, const value& v) {
    const_cast<cells&>(table_.column(slot)).set(row, v);
  }

  static schema::catalog_ptr compiled() {
    const schema::entity_definition place{
        .name = "x_place", .label_en = "Place", .plural_en = "Places",
        .fields = {{.name = "x_city", .label_en = "City", .flags = schema::indexed},
                   {.name = "x_code", .label_en = "Code", .flags = schema::unique}}};
    return schema::catalog::compile({&place, 1}).value();
  }
  schema::catalog_ptr catalog_ = compiled();
  const schema::entity& of_ = *catalog_->find("x_place");
  std::uint16_t city_ = of_.find("x_city")->slot, code_ = of_.find("x_code")->slot;
  column_table table_{of_};
};

}  // namespace

TEST_F(self_check_of_a_table, finds_nothing_in_a_sound_one) {
  EXPECT_TRUE(disagreements().empty());
}

TEST_F(self_check_of_a_table, finds_a_value_that_its_index_does_not_know) {
  change_beneath(city_, 5, value("Stavanger"));
  const std::vector<disagreement> seen = disagreements();
  ASSERT_FALSE(seen.empty());
  for (const disagreement& d : seen) EXPECT_EQ(d.slot, city_);
}

TEST_F(self_check_of_a_table, finds_a_null_that_its_index_does_not_know) {
  change_beneath(city_, 5, value());
  EXPECT_FALSE(disagreements().empty());
}

TEST_F(self_check_of_a_table, finds_an_id_that_leads_elsewhere) {
  change_beneath(schema::system_slot::id, 5, value(id{1000}));
  const std::vector<disagreement> seen = disagreements();
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.front().row, 5u);
}

TEST_F(self_check_of_a_table, finds_a_unique_value_that_is_there_twice) {
  schema::record r(catalog_, of_);
  r.set(schema::system_slot::id, id{999});
  r.set(code_, "c1");
  table_.append(r);
  while (table_.settle()) {}
  const std::vector<disagreement> seen = disagreements();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_TRUE(seen.front().twice);
  EXPECT_EQ(seen.front().row, 40u);
}
