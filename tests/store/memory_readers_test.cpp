// Readers of the memory store see one moment, whole, whatever the writer does beside them.
#include "memory_sample.hpp"

#include "guanxi/store/memory.hpp"
#include "store/memory/reading.hpp"
#include "store/memory/writer.hpp"
#include "support/stores.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <iostream>
#include <map>
#include <thread>

using namespace guanxi;
using namespace guanxi::test;
using store::memory::committed_source;
using store::memory::contents;
using store::memory::no_row;
using store::memory::row_number;
using store::memory::writer;

namespace {

using records = std::map<std::int64_t, std::vector<value>>;

/// A reader, and what was committed when it began.
struct reader {
  std::unique_ptr<committed_source> from;
  records then;
};

/// What a source shows of a table, by id; or a complaint.
std::string shown(committed_source& from, const schema::entity& of, records& into) {
  const query::column_table* t = from.table(of);
  from.lock();
  std::vector<row_number> changed;
  from.changed(*t, changed);
  std::string said;
  for (row_number row = 0; row < from.rows(*t); ++row) {
    const bool listed = std::count(changed.begin(), changed.end(), row) == 1;
    if (listed != from.changed(*t, row)) said = "a changed row is not among the changed ones";
    std::vector<value> cells;
    if (listed) {
      const std::vector<value>* image = from.image(*t, row);
      if (image) cells = *image;
    } else if (t->live(row)) {
      for (std::uint16_t slot = 0; slot < t->slots(); ++slot)
        cells.push_back(t->column(slot).at(row));
    }
    if (cells.empty()) continue;
    const id key = cells[schema::system_slot::id].as_id();
    if (from.find(*t, key) != row) said = "record " + std::to_string(key.value) + " is not found";
    cells.resize(of.slots());
    into[key.value] = std::move(cells);
  }
  from.unlock();
  return said;
}

/// One writer and several readers in turn, by chance. With a fault, readers are held to what is
/// committed now.
std::string random_readers(std::uint64_t seed, int steps, bool planted) {
  random_records by(seed);
  const schema::catalog_ptr catalog = catalog_of(sample_definitions());
  const schema::entity& thing = *catalog->find("thing");
  contents inside;
  writer with(inside);
  with.begin();
  with.migrate(*catalog, schema::steps_between(*catalog_of({}), *catalog).value()).value();
  with.commit();
  records now, open;
  bool writing = false;
  std::deque<reader> readers;
  for (int i = 0; i < steps; ++i) {
    const std::size_t what = by.below(100);
    if (what < 8) {
      if (readers.size() < 6) readers.push_back({std::make_unique<committed_source>(inside), now});
    } else if (what < 16 && !readers.empty()) {
      std::swap(readers[by.below(readers.size())], readers.back());
      readers.pop_back();
    } else if (what < 30 && !readers.empty()) {
      const reader& r = readers[by.below(readers.size())];
      records seen;
      std::string said = shown(*r.from, thing, seen);
      if (said.empty() && seen != (planted ? now : r.then)) said = "it sees another moment";
      if (!said.empty()) return "seed " + std::to_string(seed) + ", step " + std::to_string(i) +
                                ": " + said;
    } else if (!writing) {
      with.begin();
      writing = true;
      open = now;
    } else if (what < 40) {
      writing = false;
      if (by.chance(60)) {
        with.commit();
        now = open;
      } else {
        with.rollback();
      }
    } else {
      const id key{1 + static_cast<std::int64_t>(by.below(40))};
      const auto at = open.find(key.value);
      if (at != open.end() && by.chance(25)) {
        with.erase(thing, key);
        open.erase(at);
        continue;
      }
      const std::int64_t revision = at == open.end() ? 0 : at->second[1].as_integer();
      const schema::record r = by.record(catalog, "thing", key, revision + 1);
      with.put(r, revision).value();
      open[key.value] = {r.slots().begin(), r.slots().end()};
    }
  }
  readers.clear();
  if (writing) with.rollback();
  return inside.past().remembered() == 0 ? "" : "history is kept for nobody";
}

/// The memory store; with a fault it commits each transaction in parts.
class splitting_driver final : public store::driver {
 public:
  splitting_driver(std::unique_ptr<store::driver> inner, const std::atomic<long>& reads)
      : inner_(std::move(inner)), reads_(reads) {}
  std::string_view name() const noexcept override { return "splitting"; }
  result<bool> get(const schema::entity& of, id key, store::view at,
                   schema::record& into) override {
    return inner_->get(of, key, at, into);
  }
  result<void> put(const schema::record& r, std::int64_t expected) override {
    if (auto ok = inner_->put(r, expected); !ok) return ok;
    if (!splits || r.of().name() != "opportunity") return {};
    inner_->commit().value();
    const long before = reads_;
    while (reads_ < before + 2) std::this_thread::yield();  // somebody looks in between
    return inner_->begin();
  }
  result<void> erase(const schema::entity& of, id key) override { return inner_->erase(of, key); }
  result<void> scan(const schema::catalog_ptr& catalog, const schema::entity& of, id after,
                    std::size_t at_most, store::view at,
                    const std::function<result<bool>(const schema::record&)>& visit) override {
    return inner_->scan(catalog, of, after, at_most, at, visit);
  }
  result<void> migrate(const schema::catalog& to, std::span<const schema::step> steps) override {
    return inner_->migrate(to, steps);
  }
  bool transactional() const noexcept override { return true; }
  bool snapshots() const noexcept override { return true; }
  bool parallel_reads() const noexcept override { return true; }
  result<void> begin() override { return inner_->begin(); }
  result<void> commit() override { return inner_->commit(); }
  result<void> rollback() override { return inner_->rollback(); }
  bool finds() const noexcept override { return inner_->finds(); }
  result<std::optional<id>> find(const schema::entity& of, std::uint16_t slot, const value& v,
                                 store::view at) override {
    return inner_->find(of, slot, v, at);
  }
  query::pushdown consider(const query::trimmed_plan& p) override { return inner_->consider(p); }
  result<void> answer(const query::fragment& f, store::view at, const query::bounds& within,
                      query::rows& into) override {
    return inner_->answer(f, at, within, into);
  }
  std::atomic<bool> splits = false;

 private:
  std::unique_ptr<store::driver> inner_;
  const std::atomic<long>& reads_;
};

struct race {
  long reads = 0, wrong = 0;
};

/// One thread moves amounts from deal to deal, two at a time in a transaction; others add them up.
race run_race(int transactions, int threads, bool planted) {
  std::atomic<long> reads = 0, wrong = 0;
  auto made = std::make_unique<splitting_driver>(store::open_memory().value(), reads);
  splitting_driver& driver = *made;
  const tenant company = open(std::move(made)).value();
  session admin = company.as_user("admin").value();
  const id talk = [&] {
    using namespace crm;
    const id line = admin.create(pipeline::entity, {pipeline::name = "Sales"}).value().key();
    return admin.create(stage::entity, {stage::name = "Talk", stage::pipeline = line})
        .value()
        .key();
  }();
  constexpr int deals = 40;
  constexpr std::int64_t each = 1000;
  std::vector<id> keys;
  const auto add = [&](std::int64_t amount) {
    return admin
        .create(crm::opportunity::entity,
                {crm::opportunity::name = "Deal", crm::opportunity::stage = talk,
                 crm::opportunity::amount = money{decimal{amount, 2}, currency("USD")}})
        .value()
        .key();
  };
  for (int i = 0; i < deals; ++i) keys.push_back(add(each));
  std::atomic<bool> done = false;
  std::vector<std::thread> others;
  for (int t = 0; t < threads; ++t)
    others.emplace_back([&, t] {
      const session mine = company.as_user("admin").value();
      while (!done) {
        std::int64_t sum = 0;
        if (t % 2 == 0) {
          sum = mine.query("select sum(amount) from opportunity").value().at(0, 0)
                    .as_decimal().coefficient;
        } else {
          const rows all =
              mine.query("select name, amount from opportunity order by amount").value();
          for (std::size_t i = 0; i < all.size(); ++i)
            sum += all.at(i, 1).as_decimal().coefficient;
        }
        if (sum != deals * each) ++wrong;
        ++reads;
      }
    });
  driver.splits = planted;
  random_records by(5);
  for (int i = 0; i < transactions || reads < 5 * threads; ++i) {
    const std::int64_t amount = 1 + static_cast<std::int64_t>(by.below(50));
    admin.begin().value();
    const std::size_t from = by.below(keys.size()), to = by.below(keys.size());
    const auto move = [&](std::size_t which, std::int64_t by_much) {
      const record r = admin.get("opportunity", keys[which]).value();
      const std::int64_t now = (*r[crm::opportunity::amount]).amount.coefficient;
      admin.change(r, {crm::opportunity::amount =
                           money{decimal{now + by_much, 2}, currency("USD")}})
          .value();
    };
    move(from, -amount);
    const std::vector<id> before = keys;
    if (by.chance(30)) keys.push_back(add(amount));
    else move(to, amount);
    if (by.chance(80) || planted) {
      admin.commit().value();
    } else {
      admin.rollback().value();
      keys = before;
    }
  }
  done = true;
  for (std::thread& t : others) t.join();
  return {reads, wrong};
}

}  // namespace

TEST(memory_readers, see_the_moment_at_which_they_began) {
  const std::uint64_t seed = chosen_seed();
  std::cout << "seeds from " << seed << "\n";
  for (std::uint64_t i = 0; i < 40; ++i) EXPECT_EQ(random_readers(seed + i, 600, false), "");
  EXPECT_NE(random_readers(1, 600, true), "") << "a planted fault went unnoticed";
}

TEST(memory_readers, see_whole_transactions_beside_a_writer) {
  const race r = run_race(200, 3, false);
  EXPECT_GT(r.reads, 0);
  EXPECT_EQ(r.wrong, 0);
}

TEST(memory_readers, notice_a_transaction_in_two_parts) {
  EXPECT_GT(run_race(5, 2, true).wrong, 0) << "a planted fault went unnoticed";
}

TEST(memory_readers, do_not_wait_for_the_writer_nor_the_writer_for_them) {
  // One thread alone: whoever waited would wait for ever.
  random_records by(3);
  const schema::catalog_ptr catalog = catalog_of(sample_definitions());
  auto d = store::open_memory().value();
  migrate(*d, *catalog_of({}), *catalog);
  const schema::entity& thing = *catalog->find("thing");
  d->begin().value();
  d->put(by.record(catalog, "thing", id{1}, 1), 0).value();
  d->commit().value();
  d->begin().value();
  schema::record r(catalog, thing);
  int visits = 0;
  const auto each = [&](const schema::record&) -> result<bool> {
    ++visits;
    d->put(by.record(catalog, "thing", id{1}, 1 + visits), visits).value();
    EXPECT_TRUE(d->get(thing, id{1}, store::view::committed, r).value());
    EXPECT_EQ(r.revision(), 1);
    d->commit().value();
    d->begin().value();
    return true;
  };
  d->scan(catalog, thing, {}, 10, store::view::committed, each).value();
  EXPECT_EQ(visits, 1);
  d->rollback().value();
  EXPECT_TRUE(d->get(thing, id{1}, store::view::committed, r).value());
  EXPECT_EQ(r.revision(), 2);
}
