// Calls whose memory runs out at one allocation after another: the first, then the second and so
// on, once and for ever. A call that is starved fails with GUANXI_OUT_OF_MEMORY or goes well.
//
//   starve([&](auto err) { return guanxi_begin(li, err); },
//          {.failed = [&] { EXPECT_EQ(guanxi_in_transaction(li), 0); },
//           .done = [&] { must(guanxi_rollback(li, f.out()), f); }});
#pragma once

#include "scarce_memory.hpp"
#include "shop.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <ostream>
#include <string_view>
#include <vector>

namespace starving {

/// A call by the name of its export, and the test that starves it.
template <class Place>
struct starved_in {
  const char* name;
  void (*run)(const Place& in);

  friend void PrintTo(const starved_in& one, std::ostream* to) { *to << one.name; }
};

/// The names that each file of such tests starves, which together are all that can fail.
std::vector<std::string_view> starved_reads();
std::vector<std::string_view> starved_writes();
std::vector<std::string_view> starved_changes();
std::vector<std::string_view> starved_openings();
std::vector<std::string_view> starved_modules();

template <class Cases>
std::vector<std::string_view> names_of(const Cases& cases) {
  std::vector<std::string_view> out;
  for (const auto& one : cases) out.push_back(one.name);
  return out;
}

using call = std::function<std::int32_t(guanxi_error** err)>;
using step = std::function<void()>;

/// What is done with memory enough around each attempt.
struct around {
  step before = nullptr;
  step failed = nullptr;  ///< after a call that failed
  step done = nullptr;    ///< after one that went well, as the last of each of the two ways does
  /// So many allocations are tried one by one; beyond, every k-th, k growing with their number. A
  /// call that takes long gives fewer.
  long one_by_one = 100;
  long last_ones = 20;  ///< tried one by one too
};

/// For calls that are long themselves: twice as many each time.
inline constexpr long of_long_calls = 1;

/// For a long run every allocation is tried.
inline bool patient() { return std::getenv("GUANXI_EVERY_ALLOCATION") != nullptr; }

/// One attempt; gives how many allocations were enough to the end, or -1 if memory was short.
inline long attempt(long allocations, bool for_good, const call& c, const around& a) {
  if (a.before) a.before();
  guanxi_error* err = nullptr;
  scarce_memory::fail_after(allocations, for_good);
  const std::int32_t code = c(&err);
  const long left = scarce_memory::left();
  const bool was_short = scarce_memory::fail_never();
  const bool well = code == GUANXI_OK;
  EXPECT_TRUE(well || (code == GUANXI_OUT_OF_MEMORY && was_short))
      << "at allocation " << allocations << (for_good ? " and ever after: " : " alone: ")
      << guanxi_code_name(code) << ": " << guanxi_error_message(err, nullptr);
  EXPECT_TRUE(err ? guanxi_error_code(err) == code : well || was_short)
      << "at allocation " << allocations << ": only for want of memory is there no error object";
  guanxi_error_release(err);
  if (const step& then = well ? a.done : a.failed; then) then();
  return was_short ? -1 : allocations - left;
}

/// A shortage may go unnoticed where less memory will do, so that a call that goes well is no end.
/// The last allocations are tried too: what is made when all is written may be no more than told.
inline void starve(const call& c, const around& a = {}) {
  for (const bool for_good : {false, true}) {
    long enough = -1;
    for (long k = 0; enough < 0; k += patient() ? 1 : 1 + k / a.one_by_one) {
      ASSERT_LT(k, 10'000'000) << "it never goes well";
      enough = attempt(k, for_good, c, a);
      if (testing::Test::HasFailure()) return;  // the first tells enough
    }
    if (enough < a.one_by_one) continue;
    for (long k = enough - a.last_ones; k <= enough && !testing::Test::HasFailure(); ++k)
      attempt(std::max(k, 0L), for_good, c, a);
  }
}

/// A call that makes a handle, which is looked at and given up at once.
template <class Handle>
call releasing(std::function<std::int32_t(Handle**, guanxi_error**)> make,
               void (*release)(Handle*), std::function<void(Handle*)> look = nullptr) {
  return [=](guanxi_error** err) {
    Handle* out = nullptr;
    const std::int32_t code = make(&out, err);
    const scarce_memory::plenty for_us;
    EXPECT_EQ(out == nullptr, code != GUANXI_OK);
    if (out && look) look(out);
    release(out);
    return code;
  };
}

/// How many faults the store finds in itself: none, whatever ran out.
inline std::int64_t faults_of(const guanxi_tenant* crm) {
  shop::fault f;
  std::int64_t out = -1;
  guanxi_buffer* report = nullptr;
  shop::must(guanxi_tenant_verify(crm, 0, nullptr, nullptr, &out, &report, f.out()), f);
  const shop::buffer owned(report);
  if (out != 0) ADD_FAILURE() << guanxi_buffer_data(report, nullptr);
  return out;
}

inline std::int64_t last_change(guanxi_session* s) {
  shop::fault f;
  std::int64_t out = -1;
  shop::must(guanxi_last_change(s, &out, f.out()), f);
  return out;
}

}  // namespace starving
