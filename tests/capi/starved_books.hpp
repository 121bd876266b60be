// Calls that write, starved in a store of their own: what fails has written nothing, what then goes
// well has written once.
#pragma once

#include "starving.hpp"

#include <string>
#include <tuple>

namespace starving {

using namespace shop;

/// Too long to lie in a string itself, so that each copy of it needs memory.
inline constexpr const char* long_name = "A name that is too long to fit in a small string";

/// A store of its own for each test.
struct books {
  explicit books(std::int32_t which) : s(which), kind(which) {}

  /// An account of li's, and its id.
  std::int64_t account() const { return guanxi_record_id(s.account(li, long_name).get()); }
  draft of_account() const {
    draft d = new_draft(li, "account");
    set(d, "name", long_name);
    return d;
  }
  draft of_deal() const {
    draft d = new_draft(li, "opportunity");
    set(d, "name", long_name);
    point(d, "stage", s.qualified);
    return d;
  }
  std::int64_t answer_to(const std::string& text) const {
    const answer a = query(s.system.get(), text);
    fault f;
    std::int64_t out = -1;
    must(guanxi_result_integer(a.get(), 0, 0, &out, nullptr, f.out()), f);
    return out;
  }

  store s;
  guanxi_session* li = s.li.get();
  std::int32_t kind;
};

/// A write that can be tried again and again: a failed one leaves the log where it was, and each
/// that goes well adds to it, which `count` tells more of.
inline void starve_write(const books& in, const call& c, step before = nullptr,
                  const std::function<std::int64_t()>& count = nullptr, std::int64_t adds = 1,
                         long one_by_one = 100) {
  std::int64_t last = 0, counted = 0;
  starve(c, {.before =
                 [&] {
                   if (before) before();
                   last = last_change(in.s.system.get());
                   if (count) counted = count();
                 },
             .failed =
                 [&] {
                   EXPECT_EQ(last_change(in.s.system.get()), last) << "something was written";
                   if (count) { EXPECT_EQ(count(), counted); }
                   EXPECT_EQ(guanxi_in_transaction(in.li), 0);
                 },
             .done =
                 [&] {
                   EXPECT_GT(last_change(in.s.system.get()), last);
                   if (count) { EXPECT_EQ(count(), counted + adds); }
                 },
             .one_by_one = one_by_one});
}

/// What is done on both stores of the library; each test has a store of its own.
class on_both_stores
    : public testing::TestWithParam<std::tuple<starved_in<books>, std::int32_t>> {
 public:
  void run() const {
    const auto& [one, kind] = GetParam();
    const books in(kind);
    one.run(in);
    in.account();
    EXPECT_EQ(faults_of(in.s.crm.get()), 0);
  }
  static std::string named(const testing::TestParamInfo<ParamType>& of) {
    const auto& [one, kind] = of.param;
    const bool in_sqlite = kind == GUANXI_STORE_KIND_SQLITE;
    return std::string(one.name) + (in_sqlite ? "_in_sqlite_" : "_in_memory_") +
           std::to_string(of.index);
  }
  static auto both() {
    return testing::Values(std::int32_t{GUANXI_STORE_KIND_SQLITE},
                           std::int32_t{GUANXI_STORE_KIND_MEMORY});
  }
};

}  // namespace starving
