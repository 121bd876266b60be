// SQLite goes back to any savepoint as the least store does, whatever was written since and however
// much: by its own list, by savepoints of SQLite's, and over both.
#include "memory_sample.hpp"

#include "guanxi/store/sqlite.hpp"
#include "support/map_store.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <iostream>

using namespace guanxi;
using namespace guanxi::test;
using store::view;

namespace {

std::string everything(store::driver& d, const schema::catalog_ptr& catalog) {
  std::string out;
  for (const auto& e : catalog->entities())
    d.scan(catalog, *e, id{}, 100'000, view::writing,
           [&](const schema::record& r) -> result<bool> {
             for (const value& v : r.slots()) out += v.to_string() + "|";
             out += "\n";
             return true;
           })
        .value();
  return out;
}

/// The same calls on SQLite and on a map, and what both hold in the end.
class pair {
 public:
  explicit pair(std::uint64_t seed) : by_(seed) {
    const schema::catalog_ptr nothing = schema::catalog::compile({}).value();
    catalog_ = catalog_of(sample_definitions());
    sqlite_ = store::open_sqlite({.path = ":memory:"}, default_environment()).value();
    for (store::driver* d : both()) migrate(*d, *nothing, *catalog_);
  }
  std::vector<store::driver*> both() { return {sqlite_.get(), &map_}; }
  void begin() { for (store::driver* d : both()) d->begin().value(); }
  void commit() { for (store::driver* d : both()) d->commit().value(); }
  void savepoint(int n) { for (store::driver* d : both()) d->savepoint(n).value(); }
  void release(int n) { for (store::driver* d : both()) d->release(n).value(); }
  void go_back(int n) {
    for (store::driver* d : both()) d->rollback_to(n).value();
    release(n);
  }
  /// Inserts, replaces in one of two ways, or erases.
  void write() {
    const schema::entity& of = *catalog_->find("thing");
    const id key{1 + static_cast<std::int64_t>(by_.below(80))};
    schema::record stored(catalog_, of);
    const bool there = map_.get(of, key, view::writing, stored).value();
    const auto kind = by_.below(10);
    if (there && kind == 0) {
      for (store::driver* d : both()) d->erase(of, key).value();
      return;
    }
    schema::record next = by_.record(catalog_, "thing", key, there ? stored.revision() + 1 : 1);
    next.set(of.find("code")->slot, value());  // who guards unique values is another question
    if (there && kind > 3)  // a change of few fields
      for (std::uint16_t slot = schema::system_slot::count; slot < of.slots(); ++slot)
        if (by_.chance(70)) next.set(slot, stored.at(slot));
    for (store::driver* d : both()) {
      if (!there) d->put(next, 0).value();
      else if (kind == 1) d->put(next, stored.revision()).value();
      else d->replace(stored, next).value();
    }
  }
  void expect_the_same() {
    ASSERT_TRUE(everything(*sqlite_, catalog_) == everything(map_, catalog_));
  }
  random_records& by() { return by_; }
  store::driver& sqlite() { return *sqlite_; }
  const schema::catalog_ptr& catalog() { return catalog_; }

 private:
  random_records by_;
  schema::catalog_ptr catalog_;
  std::unique_ptr<store::driver> sqlite_;
  map_store map_;
};

}  // namespace

TEST(sqlite_undo, goes_back_as_the_least_store_does) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "seed " << seed << "\n";
  for (std::uint64_t round = 0; round < 60; ++round) {
    pair p(seed + round);
    p.begin();
    int open = 0;
    for (int step = 0; step < 40; ++step) {
      const std::size_t what = p.by().below(10);
      if (what < 3 && open < 4) p.savepoint(++open);
      else if (what == 3 && open > 0) p.release(open--);
      else if (what < 6 && open > 0) p.go_back(open--);
      // Now and then more than the list remembers.
      for (std::size_t n = p.by().chance(5) ? 300 : p.by().below(6); n > 0; --n) p.write();
      ASSERT_NO_FATAL_FAILURE(p.expect_the_same()) << "round " << round << " step " << step;
    }
    for (; open > 0; --open) p.release(open);
    p.commit();
    ASSERT_NO_FATAL_FAILURE(p.expect_the_same()) << "round " << round;
  }
}

TEST(sqlite_undo, takes_back_nothing_that_a_failed_write_met) {
  pair p(1);
  const schema::entity& of = *p.catalog()->find("thing");
  schema::record first = p.by().record(p.catalog(), "thing", id{5}, 1);
  schema::record other = p.by().record(p.catalog(), "thing", id{5}, 1);
  p.sqlite().begin().value();
  p.sqlite().put(first, 0).value();
  const std::string before = everything(p.sqlite(), p.catalog());
  p.sqlite().savepoint(1).value();
  EXPECT_FALSE(p.sqlite().put(other, 0)) << "the id is taken";
  EXPECT_FALSE(p.sqlite().put(other, 7)) << "another revision is stored";
  p.sqlite().rollback_to(1).value();
  p.sqlite().release(1).value();
  EXPECT_EQ(everything(p.sqlite(), p.catalog()), before);
  schema::record now(p.catalog(), of);
  EXPECT_TRUE(p.sqlite().get(of, id{5}, view::writing, now).value());
  p.sqlite().commit().value();
}

TEST(sqlite_undo, notices_a_store_that_goes_back_nowhere) {
  pair p(2);
  p.begin();
  p.write();
  p.savepoint(1);
  for (int i = 0; i < 20; ++i) p.write();
  p.both()[1]->rollback_to(1).value();  // SQLite is not told
  EXPECT_NE(everything(p.sqlite(), p.catalog()), everything(*p.both()[1], p.catalog()));
}
