// The conformance kit: it finds nothing wrong with right stores, and each planted fault.
#include "guanxi/store/check.hpp"

#include "guanxi/store/memory.hpp"
#include "guanxi/store/sqlite.hpp"
#include "support/c_store.hpp"
#include "support/faulty_host.hpp"
#include "support/map_store.hpp"
#include "support/stores.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace guanxi::test {
namespace {

using store::check_options;
using store::check_report;
using store::store_fault;
using store::opening;

std::string told(const check_report& r) {
  std::string out;
  for (const store_fault& f : r.faults) {
    out += f.function + ": " + f.text + "\n";
    for (const std::string& s : f.steps) out += "    " + s + "\n";
  }
  return out;
}

check_options few(std::uint64_t seed) { return {.seed = seed, .operations = 1'200}; }

class check_of : public testing::TestWithParam<tested_store> {};
INSTANTIATE_TEST_SUITE_P(on, check_of, every_store, store_name);

TEST_P(check_of, finds_nothing_wrong) {
  const std::uint64_t seed = chosen_seed();
  const std::string path = fresh_path();
  const bool stays = GetParam() == tested_store::sqlite_file;
  const auto report = store::check(
      [&](opening how) -> result<std::unique_ptr<store::driver>> {
        if (how == opening::again && !stays)
          return unexpected(errc::unsupported, "nothing stays");
        if (how == opening::fresh) remove_store(path);
        return make_driver(GetParam(), default_environment(), path, seed);
      },
      few(seed));
  remove_store(path);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(told(*report), "") << "seed " << seed;
  EXPECT_GE(report->operations, 1'200u);
  EXPECT_GE(report->cases, 18u);
}

TEST(check_of_a_host, finds_nothing_wrong_with_a_right_one) {
  const std::uint64_t seed = chosen_seed();
  faulty_host::shelf kept;
  const auto report = store::check_host(
      [&](opening how) -> result<std::unique_ptr<store::host>> {
        if (how == opening::fresh) kept = {};
        return std::make_unique<faulty_host>(kept, fault::none);
      },
      few(seed)).value();
  EXPECT_EQ(told(report), "") << "seed " << seed;
  EXPECT_TRUE(report.skipped.empty());
}

TEST(check_of_c_functions, finds_nothing_wrong_whatever_they_offer) {
  const std::uint64_t seed = chosen_seed();
  for (const c_offer offer :
       {c_offer::plain, c_offer::transactions, c_offer::all, c_offer::plans}) {
    c_shelf kept;
    const auto report = store::check(
        [&](opening how) -> result<std::unique_ptr<store::driver>> {
          if (how == opening::fresh) kept = c_shelf();
          else if (offer != c_offer::plain) kept.back_to(0);
          return over_c(kept, offer);
        },
        few(seed)).value();
    EXPECT_EQ(told(report), "") << "seed " << seed;
  }
}

class planted : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(each, planted,
                         testing::Range(1, static_cast<int>(fault::last) + 1),
                         [](const auto& info) { return name(static_cast<fault>(info.param)); });

TEST_P(planted, fault_is_found_and_its_function_named) {
  const auto f = static_cast<fault>(GetParam());
  faulty_host::shelf kept;
  const auto report = store::check_host(
      [&](opening how) -> result<std::unique_ptr<store::host>> {
        if (how == opening::fresh) kept = {};
        return std::make_unique<faulty_host>(kept, f);
      },
      {.seed = 1, .operations = 240}).value();
  ASSERT_FALSE(report.faults.empty()) << name(f);
  const store_fault& first = report.faults.front();
  EXPECT_EQ(first.function, function_of(f)) << told(report);
  EXPECT_NE(first.text.find("look at `" + first.function + "`"), std::string::npos);
  EXPECT_LE(first.steps.size(), 8u) << told(report);
  if (std::getenv("GUANXI_TEST_TELL")) std::cout << told(report);
}

TEST(check_of_a_host, on_one_store_throughout_takes_tables_of_new_names) {
  faulty_host::shelf kept;
  for (const fault f : {fault::none, fault::scan_inclusive}) {
    const auto report = store::check_host(
        [&](opening how) -> result<std::unique_ptr<store::host>> {
          if (how == opening::again) return unexpected(errc::unsupported, "there is one only");
          return std::make_unique<faulty_host>(kept, f);
        },
        {.seed = 3, .operations = 600, .always_fresh = false}).value();
    EXPECT_EQ(report.faults.empty(), f == fault::none) << told(report);
    EXPECT_EQ(report.skipped.size(), 1u);
  }
}

TEST(check_of_a_host, can_be_stopped) {
  faulty_host::shelf kept;
  std::uint64_t told_of = 0;
  const auto report = store::check_host(
      [&](opening) { return result<std::unique_ptr<store::host>>(
                         std::make_unique<faulty_host>(kept, fault::none)); },
      {.on_progress = [&](std::uint64_t done, std::uint64_t total) {
         told_of = done;
         return done < total / 2;
       }});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), errc::interrupted);
  EXPECT_GE(told_of, 2'500u);
}

/// A right driver, but for one thing that only drivers offer.
class crooked final : public store::driver {
 public:
  enum class way { replaces_without_texts, finds_the_dead, finds_nobody, shows_what_is_open };
  explicit crooked(way how) : how_(how), inner_(store::open_memory({}).value()) {}

  std::string_view name() const noexcept override { return "crooked"; }
  bool transactional() const noexcept override { return true; }
  bool snapshots() const noexcept override { return true; }
  bool finds() const noexcept override { return true; }
  result<bool> get(const schema::entity& of, id key, store::view at,
                   schema::record& into) override {
    return inner_->get(of, key, how_ == way::shows_what_is_open ? store::view::writing : at, into);
  }
  result<void> put(const schema::record& r, std::int64_t expected_revision) override {
    return inner_->put(r, expected_revision);
  }
  result<void> replace(const schema::record& before, const schema::record& after) override {
    schema::record now = after;
    if (const schema::field* words = after.of().find("words");
        words && how_ == way::replaces_without_texts)
      now.set(words->slot, before.at(words->slot));
    return inner_->replace(before, now);
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
  result<void> begin() override { return inner_->begin(); }
  result<void> commit() override { return inner_->commit(); }
  result<void> rollback() override { return inner_->rollback(); }
  result<void> savepoint(int n) override { return inner_->savepoint(n); }
  result<void> release(int n) override { return inner_->release(n); }
  result<void> rollback_to(int n) override { return inner_->rollback_to(n); }
  result<std::optional<id>> find(const schema::entity& of, std::uint16_t slot, const value& v,
                                 store::view at) override {
    if (how_ == way::finds_nobody) return std::optional<id>();
    auto found = inner_->find(of, slot, v, at);
    if (how_ != way::finds_the_dead || !found || *found) return found;
    // Ids of the kit are in its unique values: u7 is record 7.
    const id dead{std::stoll(std::string(v.as_text().substr(1)))};
    schema::record r(known_, of);
    return inner_->get(of, dead, at, r).value() && r.deleted() && r.at(slot) == v
               ? std::optional<id>(dead)
               : std::nullopt;
  }

 private:
  way how_;
  std::unique_ptr<store::driver> inner_;
  schema::catalog_ptr known_ = schema::catalog::compile({}).value();
};

TEST(check_of_a_driver, names_what_only_drivers_offer) {
  const std::pair<crooked::way, const char*> all[] = {
      {crooked::way::replaces_without_texts, "replace"},
      {crooked::way::finds_the_dead, "find"},
      {crooked::way::finds_nobody, "find"},
      {crooked::way::shows_what_is_open, "snapshots"},
  };
  for (const auto& [how, function] : all) {
    const auto report = store::check([&, how = how](opening when) {
      if (when == opening::again)
        return result<std::unique_ptr<store::driver>>(unexpected(errc::unsupported, "no file"));
      return result<std::unique_ptr<store::driver>>(std::make_unique<crooked>(how));
    }, {.operations = 1'500}).value();
    ASSERT_FALSE(report.faults.empty()) << function;
    EXPECT_EQ(report.faults.front().function, function) << told(report);
  }
}

/// A driver that throws is found out and does not throw past the kit.
class throwing final : public store::driver {
 public:
  std::string_view name() const noexcept override { return "throwing"; }
  result<bool> get(const schema::entity&, id, store::view, schema::record&) override {
    throw std::runtime_error("no disk");
  }
  result<void> put(const schema::record&, std::int64_t) override { return {}; }
  result<void> erase(const schema::entity&, id) override { return {}; }
  result<void> scan(const schema::catalog_ptr&, const schema::entity&, id, std::size_t, store::view,
                    const std::function<result<bool>(const schema::record&)>&) override {
    return {};
  }
  result<void> migrate(const schema::catalog&, std::span<const schema::step>) override {
    return {};
  }
};

TEST(check_of_a_driver, that_throws_is_found_out) {
  const auto report = store::check([](opening) {
    return result<std::unique_ptr<store::driver>>(std::make_unique<throwing>());
  }, {.operations = 100}).value();
  ASSERT_FALSE(report.faults.empty());
  EXPECT_NE(told(report).find("threw an exception: no disk"), std::string::npos) << told(report);
}

}  // namespace
}  // namespace guanxi::test
