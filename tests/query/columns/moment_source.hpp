// A source for tests of columns::answer: tables at a moment, and a writer that goes on after it.
//
//   moment_source s(catalog);   s.append(record);   s.settle();
//   s.keep_moment();            // what runs see from here on, whatever is written
//   s.replace(row, record);     // the row is seen through its image now
//
// Oracle: s.records(entity) holds the records of the moment apart from the columns.
#pragma once

#include "guanxi/query/run.hpp"
#include "query/columns/lookup_cache.hpp"
#include "query/columns/run.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace guanxi::test {

namespace columns = query::columns;
using query::column_table;
using query::row_number;

class moment_source final : public columns::source, public query::record_source {
 public:
  explicit moment_source(schema::catalog_ptr catalog) : catalog_(std::move(catalog)) {}

  /// Called whenever a run lets go of the source: the writer's chance.
  std::function<void()> between;
  std::size_t hold = columns::hold_rows;
  std::unique_ptr<columns::lookup_cache> kept;
  /// A fault for the tests to catch: writes since the moment go unnoticed.
  bool forgets_changes = false;

  column_table& at(const schema::entity& of) {
    entry& e = entries_[of.number()];
    if (!e.table) e.table = std::make_unique<column_table>(of);
    return *e.table;
  }

  row_number append(const schema::record& r) {
    entry& e = entry_of(r.of());
    const row_number row = at(r.of()).append(r);
    if (!in_moment_) e.records[r.key().value] = r;
    return row;
  }
  void replace(const schema::entity& of, row_number row, const schema::record& r) {
    before_write(of, row);
    at(of).replace(row, r);
    if (!in_moment_) entry_of(of).records[r.key().value] = r;
  }
  void erase(const schema::entity& of, row_number row) {
    before_write(of, row);
    if (!in_moment_) {
      schema::record r(catalog_, of);
      at(of).fill(row, r);
      entry_of(of).records.erase(r.key().value);
    }
    at(of).erase(row);
  }
  void settle() {
    for (auto& [number, e] : entries_)
      while (e.table && e.table->settle()) {
      }
  }
  void keep_moment() {
    in_moment_ = true;
    for (auto& [number, e] : entries_) {
      e.rows = e.table ? e.table->rows() : 0;
      e.version = ++versions_;
      e.images.clear();
    }
  }
  const std::map<std::int64_t, schema::record>& records(const schema::entity& of) {
    return entry_of(of).records;
  }

  // What runs ask.
  void lock() override {
    ASSERT_FALSE(held_) << "held twice";
    held_ = true;
  }
  void unlock() override {
    ASSERT_TRUE(held_);
    held_ = false;
    if (between) between();
  }
  const column_table* table(const schema::entity& of) override {
    return entry_of(of).table.get();
  }
  std::size_t rows_per_hold() const override { return hold; }
  row_number rows(const column_table& t) const override { return held(t).rows; }
  bool changed(const column_table& t) const override {
    return !forgets_changes && !held(t).images.empty();
  }
  bool changed(const column_table& t, row_number row) const override {
    return !forgets_changes && held(t).images.contains(row);
  }
  const std::vector<value>* image(const column_table& t, row_number row) const override {
    const auto& found = held(t).images.at(row);
    return found ? &*found : nullptr;
  }
  void changed(const column_table& t, std::vector<row_number>& into) const override {
    if (!forgets_changes)
      for (const auto& [row, image] : held(t).images) into.push_back(row);
  }
  row_number find(const column_table& t, id key) const override {
    const entry& e = held(t);
    const auto at = e.records.find(key.value);
    if (at == e.records.end()) return query::no_row;
    const row_number row = t.find(key);
    if (row != query::no_row && row < e.rows) return row;
    for (const auto& [changed_row, image] : e.images)
      if (image && (*image)[schema::system_slot::id] == value(key)) return changed_row;
    return query::no_row;
  }
  std::uint64_t version(const column_table& t) const override { return held(t).version; }
  columns::lookup_cache* cache() override { return kept.get(); }

  // What the oracle asks.
  result<void> scan(const schema::entity& of, query::standing which,
                    const std::function<result<bool>(const schema::record&)>& visit) override {
    for (const auto& [key, r] : entry_of(of).records) {
      if (!query::among(which, r.deleted(), r.archived())) continue;
      result<bool> more = visit(r);
      if (!more) return passed(more);
      if (!*more) break;
    }
    return {};
  }
  result<schema::record> get(const schema::entity& of, id key) override {
    const auto& all = entry_of(of).records;
    const auto found = all.find(key.value);
    return found == all.end() || found->second.deleted() ? schema::record() : found->second;
  }

 private:
  struct entry {
    std::unique_ptr<column_table> table;
    std::map<std::int64_t, schema::record> records;  ///< of the moment
    std::map<row_number, std::optional<std::vector<value>>> images;
    row_number rows = 0;
    std::uint64_t version = 0;
  };

  schema::catalog_ptr catalog_;
  std::map<std::uint16_t, entry> entries_;
  bool in_moment_ = false, held_ = false;
  std::uint64_t versions_ = 0;

  entry& entry_of(const schema::entity& of) { return entries_[of.number()]; }
  const entry& held(const column_table& t) const {
    EXPECT_TRUE(held_) << "asked without holding";
    for (const auto& [number, e] : entries_)
      if (e.table.get() == &t) return e;
    throw std::logic_error("no such table");
  }
  void before_write(const schema::entity& of, row_number row) {
    entry& e = entry_of(of);
    if (!in_moment_ || row >= e.rows || e.images.contains(row)) return;
    std::optional<std::vector<value>>& image = e.images[row];
    if (!e.table->live(row)) return;
    image.emplace();
    for (std::uint16_t slot = 0; slot < of.slots(); ++slot)
      image->push_back(e.table->column(slot).at(row));
  }
};

}  // namespace guanxi::test
