#include "query/columns/column_table.hpp"

#include "capi/scarce_memory.hpp"
#include "random_values.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <map>
#include <new>

namespace {

using namespace guanxi;
using namespace guanxi::query;
using column_tests::random_values;
using schema::kind;
namespace system_slot = schema::system_slot;

schema::catalog_ptr catalog_with(std::vector<schema::field_definition> more = {}) {
  schema::entity_definition deal{.name = "deal", .custom = false};
  deal.fields = {{.name = "title", .type = kind::text, .flags = schema::title},
                 {.name = "stage", .type = kind::choice, .flags = schema::indexed,
                  .choices = {{.code = "new"}, {.code = "open"}, {.code = "won"}}},
                 {.name = "amount", .type = kind::money, .flags = schema::indexed},
                 {.name = "close_date", .type = kind::date, .flags = schema::indexed},
                 {.name = "code", .type = kind::text, .flags = schema::unique},
                 {.name = "parent", .type = kind::reference, .flags = schema::indexed,
                  .target = "deal"},
                 {.name = "note", .type = kind::text}};
  for (schema::field_definition& f : deal.fields) f.custom = false;
  deal.fields.insert(deal.fields.end(), more.begin(), more.end());
  return schema::catalog::compile({&deal, 1}).value();
}

/// Draws whole records of an entity.
class random_records {
 public:
  random_records(schema::catalog_ptr catalog, std::uint64_t seed)
      : catalog_(std::move(catalog)), of_(*catalog_->find("deal")) {
    for (const schema::field& f : of_.fields()) {
      expr::type type{.base = schema::stored_as(f.type)};
      if (type.base == value_type::decimal) type.scale = f.scale;
      fields_.emplace_back(type, seed * 1000 + f.slot);
    }
  }

  schema::record next(id key) {
    schema::record r(catalog_, of_);
    for (const schema::field& f : of_.fields()) r.set(f.slot, fields_[f.slot].next());
    r.set(system_slot::id, key);
    return r;
  }
  /// The same record with some fields drawn anew.
  schema::record changed(const std::vector<value>& from) {
    schema::record r(catalog_, of_);
    for (const schema::field& f : of_.fields()) {
      const bool anew = f.slot != system_slot::id && below(4) == 0;
      r.set(f.slot, anew ? fields_[f.slot].next() : from[f.slot]);
    }
    return r;
  }
  std::uint64_t below(std::uint64_t n) { return fields_[0].below(n); }
  void spread() {
    for (random_values& f : fields_) f.spread();
  }
  const schema::entity& of() const { return of_; }
  const schema::catalog_ptr& catalog() const { return catalog_; }

 private:
  schema::catalog_ptr catalog_;
  const schema::entity& of_;
  std::vector<random_values> fields_;
};

/// What a table should hold: by id, with the row that must not change.
struct stored {
  row_number row;
  std::vector<value> values;
};
using model = std::map<std::int64_t, stored>;

std::vector<value> values_of(const schema::record& r) {
  return {r.slots().begin(), r.slots().end()};
}

void expect_same(column_table& table, const model& wanted) {
  std::size_t live = 0;
  for (row_number row = 0; row < table.rows(); ++row) live += table.live(row);
  ASSERT_EQ(live, wanted.size());
  id at{0};
  bool rising = true;
  row_number last = 0;
  for (const auto& [key, one] : wanted) {
    ASSERT_EQ(table.find(id{key}), one.row);
    ASSERT_EQ(table.hole(id{key}), no_row);
    ASSERT_EQ(table.next(at), one.row) << "after " << at.value;
    at = id{key};
    rising = rising && one.row >= last;
    last = one.row;
    for (std::uint16_t slot = 0; slot < table.slots(); ++slot)
      ASSERT_EQ(table.column(slot).at(one.row), one.values[slot]) << "slot " << slot;
  }
  ASSERT_EQ(table.next(at), no_row);
  ASSERT_TRUE(rising || !table.ordered());
}

void expect_indexed(column_table& table, const model& wanted) {
  while (table.settle(1 + wanted.size() / 3)) {}
  ASSERT_TRUE(table.settled());
  for (std::uint16_t slot = 0; slot < table.slots(); ++slot) {
    if (!table.index(slot)) continue;
    std::vector<std::pair<value, row_number>> order;
    for (const auto& [key, one] : wanted) order.emplace_back(one.values[slot], one.row);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      if (column_tests::less(a.first, b.first)) return true;
      return !column_tests::less(b.first, a.first) && a.second < b.second;
    });
    std::vector<row_number> rows;
    table.index(slot)->collect({}, false, no_row, nullptr, rows);
    ASSERT_EQ(rows.size(), order.size()) << "slot " << slot;
    for (std::size_t i = 0; i < rows.size(); ++i)
      ASSERT_EQ(rows[i], order[i].second) << "slot " << slot;
  }
}

/// Random transactions against a map, some undone as a store undoes them: by the cells that rows
/// had, and by cutting off the new ones.
class random_transactions {
 public:
  random_transactions(std::uint64_t seed, bool late_ids)
      : records_(catalog_with(), seed), table_(records_.of()), late_ids_(late_ids) {}

  void run(int count) {
    for (int i = 0; i < count && !testing::Test::HasFatalFailure(); ++i) {
      if (i % 40 == 39) records_.spread();
      transaction();
      if (i % 10 == 0) expect_same(table_, model_);
      if (i % 20 == 0) expect_indexed(table_, model_);
    }
  }
  column_table& table() { return table_; }
  model& held() { return model_; }
  random_records& records() { return records_; }

 protected:
  struct before {
    row_number row;
    std::vector<value> cells;
  };

  void transaction() {
    const model committed = model_;
    const row_number rows = table_.rows();
    std::map<row_number, std::vector<value>> images;
    for (std::uint64_t n = 1 + records_.below(12); n > 0; --n) write(images);
    if (records_.below(4) == 0) {
      for (const auto& [row, cells] : images)
        if (row < rows) undo(row, cells);
      table_.truncate(rows);
      model_ = committed;
    }
    table_.keep();
    if (records_.below(8) == 0) table_.prepare();
    if (records_.below(8) == 0) table_.settle(records_.below(20));
  }

  /// By all cells, or by those alone that differ.
  void undo(row_number row, const std::vector<value>& cells) {
    if (records_.below(2) == 0) return table_.restore(row, cells);
    std::vector<const value*> changed;
    for (std::uint16_t slot = 0; slot < table_.slots(); ++slot)
      changed.push_back(table_.column(slot).holds(row, cells[slot]) ? nullptr : &cells[slot]);
    table_.restore(row, changed);
  }

  void write(std::map<row_number, std::vector<value>>& images) {
    const auto remember = [&](row_number row) {
      std::vector<value> cells;
      for (std::uint16_t slot = 0; slot < table_.slots(); ++slot)
        cells.push_back(table_.column(slot).at(row));
      images.try_emplace(row, std::move(cells));
    };
    if (model_.empty() || records_.below(3) == 0) {
      const schema::record r = records_.next(fresh_id());
      row_number row = table_.hole(r.key());
      if (row == no_row) {
        row = table_.append(r);
      } else {
        remember(row);
        table_.replace(row, r);
      }
      model_[r.key().value] = {row, values_of(r)};
      return;
    }
    auto at = model_.lower_bound(static_cast<std::int64_t>(records_.below(
        static_cast<std::uint64_t>(model_.rbegin()->first) + 1)));
    if (at == model_.end()) at = model_.begin();
    remember(at->second.row);
    if (records_.below(4) == 0) {
      table_.erase(at->second.row);
      model_.erase(at);
      return;
    }
    const schema::record r = records_.changed(at->second.values);
    table_.replace(at->second.row, r);
    at->second.values = values_of(r);
  }

  id fresh_id() {
    for (;;) {
      id out{last_id_ += 1 + static_cast<std::int64_t>(records_.below(5))};
      if (records_.below(50) == 0) last_id_ += 1000;
      if (late_ids_ && records_.below(5) == 0)
        out.value = 1 + static_cast<std::int64_t>(records_.below(
                            static_cast<std::uint64_t>(last_id_)));
      if (!model_.contains(out.value)) return out;
    }
  }

  random_records records_;
  column_table table_;
  bool late_ids_;
  model model_;
  std::int64_t last_id_ = 0;
};

TEST(column_table, random_transactions_agree_with_a_map) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    random_transactions(seed, seed % 2 == 0).run(400);
    if (HasFatalFailure()) return;
  }
}

/// What a comparison complains of.
template <class Comparison>
int complaints(const Comparison& of) {
  testing::TestPartResultArray found;
  testing::ScopedFakeTestPartResultReporter instead(
      testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &found);
  of();
  return found.size();
}

TEST(column_table, comparisons_find_a_planted_fault) {
  random_transactions run(4, false);
  run.run(40);
  column_table& table = run.table();
  const std::uint16_t amount = run.records().of().find("amount")->slot;
  const stored& one = run.held().begin()->second;
  table.settle();
  EXPECT_EQ(complaints([&] { expect_same(table, run.held()); }), 0);
  EXPECT_EQ(complaints([&] { expect_indexed(table, run.held()); }), 0);
  // An index that was not told of a row.
  auto& index = const_cast<field_index&>(*table.index(amount));
  index.remove(one.row);
  EXPECT_GT(complaints([&] { expect_indexed(table, run.held()); }), 0);
  index.add(one.row);
  EXPECT_EQ(complaints([&] { expect_indexed(table, run.held()); }), 0);
  // A cell that was written by nobody.
  const_cast<cells&>(table.column(amount)).set(one.row, decimal{12'345'678'901, 2});
  EXPECT_GT(complaints([&] { expect_same(table, run.held()); }), 0);
}

TEST(column_table, indices_are_over_flagged_fields_and_owners) {
  const schema::catalog_ptr catalog = catalog_with();
  const schema::entity& deal = *catalog->find("deal");
  const column_table table(deal);
  for (const char* name :
       {"owner", "owner_role", "stage", "amount", "close_date", "code", "parent"})
    EXPECT_TRUE(table.index(deal.find(name)->slot)) << name;
  for (const char* name : {"id", "title", "note", "created_by", "modified_at"})
    EXPECT_FALSE(table.index(deal.find(name)->slot)) << name;
}

TEST(column_table, an_erased_row_is_a_hole_that_its_record_gets_again) {
  random_records records(catalog_with(), 7);
  column_table table(records.of());
  for (int key = 1; key <= 3; ++key) table.append(records.next(id{key}));
  table.erase(1);
  EXPECT_EQ(table.find(id{2}), no_row);
  EXPECT_EQ(table.hole(id{2}), 1u);
  EXPECT_EQ(table.next(id{1}), 2u);
  for (std::uint16_t slot = 0; slot < table.slots(); ++slot)
    EXPECT_TRUE(table.column(slot).is_null(1));
  const schema::record again = records.next(id{2});
  table.replace(1, again);
  EXPECT_EQ(table.find(id{2}), 1u);
  EXPECT_EQ(table.append(records.next(id{4})), 3u);
}

TEST(column_table, a_column_that_is_put_in_is_null_and_indexed) {
  random_records records(catalog_with(), 11);
  column_table table(records.of());
  for (int key = 1; key <= 500; ++key) table.append(records.next(id{key}));
  table.settle();
  const schema::catalog_ptr wider =
      catalog_with({{.name = "x_region", .type = kind::text, .flags = schema::indexed}});
  const schema::field& region = *wider->find("deal")->find("x_region");
  const value title = table.column(records.of().find("title")->slot).at(17);
  table.insert_column(*wider->find("deal"), region.slot);
  EXPECT_EQ(table.slots(), wider->find("deal")->slots());
  EXPECT_TRUE(table.column(region.slot).is_null(17));
  EXPECT_EQ(table.column(wider->find("deal")->find("title")->slot).at(17), title);
  const value south("south");
  const key_range in{.low = &south, .high = &south};
  EXPECT_EQ(table.index(region.slot)->size(), 500u);
  schema::record r(wider, *wider->find("deal"));
  table.fill(17, r);
  r.set(region.slot, south);
  table.replace(17, r);
  EXPECT_EQ(table.index(region.slot)->count(in, 10), 1u);
  // A record of the older catalog takes what it has slots for.
  schema::record older(records.catalog(), records.of());
  table.fill(17, older);
  EXPECT_EQ(older.at(records.of().find("title")->slot), title);
  table.remove_column(region.slot);
  EXPECT_EQ(table.slots(), records.of().slots());
  EXPECT_EQ(table.column(records.of().find("title")->slot).at(17), title);
}

TEST(column_table, a_write_without_memory_changes_nothing) {
  random_transactions run(3, true);
  run.run(120);
  column_table& table = run.table();
  random_records& records = run.records();
  std::int64_t key = 1'000'000;
  for (int round = 0; round < 40 && !HasFatalFailure(); ++round) {
    if (round % 8 == 0) records.spread();
    const bool appends = round % 2 == 0;
    auto one = run.held().begin();
    std::advance(one, static_cast<std::ptrdiff_t>(records.below(run.held().size())));
    const schema::record r =
        appends ? records.next(id{++key}) : records.changed(one->second.values);
    table.settle();
    for (long failing = 0;; ++failing) {
      bool failed = false;
      row_number row = one->second.row;
      scarce_memory::fail_after(failing, round % 4 < 2);
      try {
        if (appends) row = table.append(r);
        else table.replace(row, r);
      } catch (const std::bad_alloc&) {
        failed = true;
      }
      scarce_memory::fail_never();
      if (!failed) {
        run.held()[r.key().value] = {row, values_of(r)};
        break;
      }
      ASSERT_LT(failing, 10'000);
      expect_same(table, run.held());
      if (failing % 5 == 0) expect_indexed(table, run.held());
    }
    expect_same(table, run.held());
    expect_indexed(table, run.held());
  }
}

TEST(column_table, what_is_undone_needs_no_memory) {
  for (std::uint64_t seed = 1; seed <= 10 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    random_transactions run(seed, seed % 2 == 0);
    run.run(60);
    column_table& table = run.table();
    random_records& records = run.records();
    for (int round = 0; round < 20 && !HasFatalFailure(); ++round) {
      records.spread();
      table.keep();
      const row_number rows = table.rows();
      std::map<row_number, std::vector<value>> images;
      for (auto one = run.held().begin(); one != run.held().end(); ++one) {
        if (records.below(3) != 0) continue;
        images[one->second.row] = one->second.values;
        if (records.below(3) == 0) table.erase(one->second.row);
        else table.replace(one->second.row, records.changed(one->second.values));
      }
      for (int fresh = 0; fresh < 30; ++fresh)
        table.append(records.next(id{2'000'000'000 + fresh}));
      scarce_memory::fail_after(0, true);
      for (const auto& [row, cells] : images) table.restore(row, cells);
      table.truncate(rows);
      scarce_memory::fail_never();
      expect_same(table, run.held());
      expect_indexed(table, run.held());
    }
  }
}

TEST(column_table, what_was_prepared_is_taken_at_once_or_lost_to_a_write) {
  random_transactions run(9, false);
  run.run(50);
  column_table& table = run.table();
  const auto grow = [&](int first) {
    for (int key = first; key < first + 200; ++key) {
      const schema::record r = run.records().next(id{key});
      run.held()[r.key().value] = {table.append(r), values_of(r)};
    }
    table.prepare();
  };
  grow(1'000'000);
  EXPECT_FALSE(table.settle(1));
  EXPECT_TRUE(table.settled());
  expect_indexed(table, run.held());
  grow(2'000'000);
  auto& [row, values] = run.held().at(1'000'000);
  const schema::record r = run.records().changed(values);
  table.replace(row, r);
  values = values_of(r);
  EXPECT_TRUE(table.settle(1));
  expect_indexed(table, run.held());
}

TEST(column_table, settling_without_memory_can_be_done_again) {
  random_transactions run(5, false);
  run.run(100);
  column_table& table = run.table();
  for (int key = 0; key < 300; ++key) {
    const schema::record r = run.records().next(id{5'000'000 + key});
    run.held()[r.key().value] = {table.append(r), values_of(r)};
  }
  for (long failing = 0;; ++failing) {
    scarce_memory::fail_after(failing, true);
    bool failed = false;
    try {
      if (failing % 2 == 0) table.prepare();
      while (table.settle(100)) {}
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    scarce_memory::fail_never();
    expect_same(table, run.held());
    if (!failed) break;
    ASSERT_LT(failing, 100'000);
  }
  expect_indexed(table, run.held());
}

}  // namespace
