// Random histories of many threads, checked against one order: the change log's. Every transaction
// must have read what stood before it in that order, and every reading one state of it.
#include "support/forwarding_driver.hpp"
#include "support/stores.hpp"

#include "guanxi/store/memory.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <random>
#include <thread>

namespace guanxi::test {
namespace {

using namespace crm;

constexpr std::size_t registers = 4;
using state = std::array<std::int64_t, registers>;

/// A transaction as its thread saw it: what it read at its beginning, and what it wrote.
struct seen {
  state read = {};
  std::vector<std::pair<std::size_t, std::int64_t>> wrote;  ///< register, and a value used once
};

struct history {
  std::vector<seen> transactions;
  std::vector<std::vector<state>> readings;  ///< several looks each
};

class random_history {
 public:
  random_history(tenant& crm, std::uint64_t seed) : crm_(crm), seed_(seed) {
    session s = crm_.as_system("test");
    s.define("account", {.name = "x_register", .type = schema::kind::integer, .label_en = "R"})
        .value();
    for (std::size_t i = 0; i < registers; ++i) {
      schema::draft d(*s.catalog()->find("account"));
      d.set("name", "R" + std::to_string(i)).set("x_register", std::int64_t{0});
      keys_[i] = s.create(d).value().key();
    }
  }

  void run(int writers, int readers, int each) {
    std::vector<std::thread> all;
    for (int t = 0; t < writers; ++t) all.emplace_back([this, t, each] { write(t, each); });
    for (int t = 0; t < readers; ++t) all.emplace_back([this] { look(); });
    for (int t = 0; t < writers; ++t) all[static_cast<std::size_t>(t)].join();
    over_ = true;
    for (std::size_t t = static_cast<std::size_t>(writers); t < all.size(); ++t) all[t].join();
  }

  /// What is wrong with the history, or nothing.
  std::string fault() const {
    // The order of the log, by the values, of which each was written once.
    session s = crm_.as_system("test");
    std::map<std::int64_t, std::int64_t> sequence_of;
    for (const id key : keys_) {
      const std::vector<history_entry> entries = s.history("account", key).value();
      for (const history_entry& e : entries)
        for (const history_entry::field& f : e.fields)
          if (f.name == "x_register" && !f.after.is_null())
            sequence_of[f.after.as_integer()] = e.sequence;
    }
    std::vector<std::pair<std::int64_t, const seen*>> order;
    for (const seen& t : of_.transactions) {
      const auto at = sequence_of.find(t.wrote.back().second);
      if (at == sequence_of.end()) return "a transaction that was acknowledged is not in the log";
      order.emplace_back(at->second, &t);
    }
    std::sort(order.begin(), order.end());
    std::vector<state> states = {state{}};
    for (const auto& [sequence, t] : order) {
      if (t->read != states.back())
        return "the transaction at " + std::to_string(sequence) + " read another state than the "
               "one before it";
      state next = states.back();
      for (const auto& [place, v] : t->wrote) next[place] = v;
      states.push_back(next);
    }
    for (const std::vector<state>& one : of_.readings)
      for (const state& look : one) {
        if (look != one.front()) return "a reading saw two states";
        if (std::find(states.begin(), states.end(), look) == states.end())
          return "a reading saw a state that never was";
      }
    return {};
  }
  std::size_t readings() const { return of_.readings.size(); }

 private:
  state all_of(const session& s) const {
    state out = {};
    for (std::size_t i = 0; i < registers; ++i) {
      const record r = s.get("account", keys_[i]).value();
      out[i] = r.at(r.of().find("x_register")->slot).as_integer();
    }
    return out;
  }

  void write(int thread, int each) {
    std::mt19937_64 random(seed_ + static_cast<std::uint64_t>(thread));
    session s = crm_.as_system("test");
    for (int i = 0; i < each; ++i) {
      seen now;
      const result<void> done = s.transact([&](session& in) -> result<void> {
        now = {};
        now.read = all_of(in);
        const std::size_t writes = 1 + random() % 2;
        for (std::size_t w = 0; w < writes; ++w) {
          const std::size_t place = random() % registers;
          const std::int64_t v = ++last_;
          // Now and then something is written and taken back.
          if (random() % 3 == 0) {
            const int before = in.savepoint().value();
            if (auto ok = put(in, (place + 1) % registers, -v); !ok) return ok;
            if (auto ok = in.rollback_to(before); !ok) return ok;
          }
          if (auto ok = put(in, place, v); !ok) return ok;
          now.wrote.emplace_back(place, v);
        }
        if (random() % 8 == 0) return unexpected(errc::validation, "given up");
        return {};
      });
      const std::lock_guard lock(mutex_);
      if (done) of_.transactions.push_back(now);
    }
  }

  result<void> put(session& in, std::size_t place, std::int64_t v) const {
    schema::draft d(*in.catalog()->find("account"));
    result<record> w = in.change(keys_[place], d.set("x_register", v));
    if (!w) return passed(w);
    return {};
  }

  void look() {
    session s = crm_.as_system("test");
    while (!over_) {
      if (!s.begin_reading()) return;
      std::vector<state> looks = {all_of(s), all_of(s)};
      s.end_reading().value();
      const std::lock_guard lock(mutex_);
      of_.readings.push_back(std::move(looks));
    }
  }

  tenant& crm_;
  const std::uint64_t seed_;
  std::array<id, registers> keys_;
  std::atomic<std::int64_t> last_{0};
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  history of_;
};

class serial_case : public on_every_store {};
INSTANTIATE_TEST_SUITE_P(on, serial_case, every_store, store_name);

TEST_P(serial_case, random_histories_have_one_order) {
  if (session s = system(); !s.begin()) return;
  const std::uint64_t seed = chosen_seed();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  random_history all(*at.crm, seed);
  all.run(4, 2, 25);
  EXPECT_EQ(all.fault(), "");
}

/// A store whose readers do not hold what they say they hold.
class forgetful final : public forwarding_driver {
 public:
  forgetful() : forwarding_driver(store::open_memory().value()) {}
  result<std::unique_ptr<store::reader>> open_reader() override {
    class loose final : public store::reader {
     public:
      explicit loose(driver& of) : of_(of) {}
      driver& on() noexcept override { return of_; }
      result<void> hold() override { return {}; }
      void let_go() override {}

     private:
      driver& of_;
    };
    return std::unique_ptr<store::reader>(new loose(*this));
  }
};

/// A store that does not undo what a savepoint should.
class obstinate final : public forwarding_driver {
 public:
  obstinate() : forwarding_driver(store::open_memory().value()) {}
  result<void> rollback_to(int) override { return {}; }
};

std::string planted(std::unique_ptr<store::driver> d, std::uint64_t seed) {
  tenant crm = open(std::move(d)).value();
  random_history all(crm, seed);
  all.run(3, 2, 20);
  return all.fault();
}

TEST(serial_check, catches_a_reading_that_holds_nothing) {
  std::string found;
  for (std::uint64_t seed = 1; seed <= 20 && found.empty(); ++seed)
    found = planted(std::make_unique<forgetful>(), seed * 1000);
  EXPECT_NE(found.find("a reading saw"), std::string::npos) << found;
}

TEST(serial_check, catches_what_is_not_undone) {
  EXPECT_NE(planted(std::make_unique<obstinate>(), 1), "");
}

}  // namespace
}  // namespace guanxi::test
