// Whatever the records, the statement, the principal and the writers: columns answer as the
// evaluator does, record by record, errors included.
#include "random_company.hpp"

#include "guanxi/base/text_services.hpp"

#include <cstdlib>
#include <iostream>

using namespace guanxi;
using namespace guanxi::test;

namespace {

std::string text(const query::rows& r) {
  std::string out;
  for (std::size_t i = 0; i < r.size(); ++i) {
    for (std::size_t c = 0; c < r.columns().size(); ++c) {
      const value v = r.at(i, c);
      out += std::string(name(v.type())) + ":" + v.to_string() + "|";
    }
    out += "\n";
  }
  return out;
}

std::string text(const result<query::rows>& r) {
  if (r) return text(*r);
  return "error " + std::string(name(r.error().code())) + ": " + std::string(r.error().message());
}

struct tally {
  std::size_t asked = 0, answered = 0, failed = 0;
  std::size_t totals = 0;  ///< answered with several grouping sets
};
/// What the tests plant to be caught.
enum class fault { none, forgets_changes, leaves_out_totals };

class one_company {
 public:
  explicit one_company(std::uint64_t seed, fault planted = fault::none)
      : at_(seed), statements_(at_.random, at_.wide), planted_(planted) {
    at_.source.forgets_changes = planted == fault::forgets_changes;
  }

  void write(std::size_t most) { at_.write(most); }

  /// What differs in the answers to a random statement, or nothing.
  std::string ask(tally& count, bool writes) {
    const std::string statement = statements_.statement();
    const auto parsed = query::parse(statement);
    if (!parsed) return {};
    const bool all = at_.random.one_in(3);
    const policy::grants who(at_.rules, at_.catalog,
                             all ? policy::principal::system_sight("test")
                                 : policy::principal::of(*at_.rules->find_user(
                                       id{static_cast<std::int64_t>(1 + at_.random.below(5))})));
    // Half of the statements go by a calendar of their own.
    const expr::moment when{instant::parse("2017-03-01T20:00:00Z").value(),
                            at_.random.one_in(2) ? plain_calendar() : shanghai()};
    const auto bound = query::bind(*parsed, who, {}, &when);
    if (!bound) return {};
    const auto trimmed = query::trim(*bound, who);
    if (!trimmed) return {};
    query::bounds within{.text = at_.random.one_in(20) ? nullptr : services()};
    if (at_.random.one_in(6)) within.max_rows = at_.random.below(80);
    const std::string expected = text(by_record(*trimmed, within));
    // Columns hold no related records at all.
    if (expected.find("related records") != std::string::npos) return {};
    if (writes) {
      at_.write(3);
      at_.source.between = [this] {
        if (at_.random.one_in(3)) at_.write(2);
      };
    }
    query::rows out(trimmed->what().columns, trimmed->what().catalog);
    const auto ran = columns::answer(seen(*trimmed), at_.source, within, out);
    at_.source.between = nullptr;
    const std::string got = ran ? text(out) : text(result<query::rows>(unexpected(ran.error())));
    ++count.asked;
    ++(ran ? count.answered : count.failed);
    count.totals += ran && trimmed->what().sets.size() > 1;
    if (got == expected) return {};
    return statement + "\nexpected:\n" + expected + "\ngot:\n" + got;
  }

 private:
  static calendar_ptr shanghai() {
    static const calendar_ptr one =
        make_calendar({.time_zone = "Asia/Shanghai",
                       .fiscal_calendar = R"({"kind": "weeks", "ends": "last", "month": 1,
                                              "weekday": "sunday", "pattern": "13 periods"})"},
                      *make_time_zones())
            .value();
    return one;
  }

  random_company at_;
  statement_writer statements_;
  fault planted_;

  /// The plan as columns get it.
  query::trimmed_plan seen(const query::trimmed_plan& p) const {
    if (planted_ != fault::leaves_out_totals || p.what().sets.empty()) return p;
    auto less = std::make_shared<query::plan>(p.what());
    less->sets.pop_back();
    return p.with(std::move(less));
  }

  static const text_services* services() {
    static const auto made = make_text_services();
    return made.get();
  }
  result<query::rows> by_record(const query::trimmed_plan& p, const query::bounds& within) {
    const query::plan& what = p.what();
    query::engine core(what, {.filters = std::vector<bool>(what.filters.size(), true)}, within);
    auto ran = query::gather(p, at_.source, within,
                             [&](std::span<const value> paths) { return core.take(paths); });
    if (!ran) return passed(ran);
    return core.finish();
  }
};

std::uint64_t first_seed() {
  const char* given = std::getenv("GUANXI_TEST_SEED");
  return given ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

/// What differs first in so many companies, or nothing.
std::string differs(std::size_t companies, std::size_t statements, bool writes, tally& count,
                    fault planted = fault::none) {
  const std::uint64_t first = first_seed();
  for (std::uint64_t seed = first; seed < first + companies; ++seed) {
    one_company at(seed, planted);
    if (writes) at.write(40);
    for (std::size_t i = 0; i < statements; ++i)
      if (std::string wrong = at.ask(count, writes); !wrong.empty())
        return "GUANXI_TEST_SEED=" + std::to_string(seed) + "\n" + wrong;
  }
  return {};
}

}  // namespace

TEST(random_run, answers_as_record_by_record) {
  tally count;
  EXPECT_EQ(differs(60, 60, false, count), "");
  std::cout << count.answered << " answers, " << count.totals << " with totals, " << count.failed
            << " errors\n";
  EXPECT_GT(count.answered, count.asked / 2);
  EXPECT_GT(count.failed, 0u);
  EXPECT_GT(count.totals, count.asked / 50);
}

TEST(random_run, answers_as_of_its_moment_while_others_write) {
  tally count;
  EXPECT_EQ(differs(60, 60, true, count), "");
  std::cout << count.answered << " answers, " << count.totals << " with totals, " << count.failed
            << " errors\n";
  EXPECT_GT(count.answered, count.asked / 2);
}

TEST(random_run, notices_a_writer_that_is_seen_too_early) {
  tally count;
  EXPECT_NE(differs(60, 60, true, count, fault::forgets_changes), "");
}

TEST(random_run, notices_a_total_that_is_left_out) {
  tally count;
  EXPECT_NE(differs(60, 60, false, count, fault::leaves_out_totals), "");
}
