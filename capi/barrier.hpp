// What stands between C and C++: no exception crosses it, and every failure becomes a code and an
// error object.
//
//   int32_t guanxi_begin(guanxi_session* session, guanxi_error** err) {
//     return barrier(err, [&] { body::begin(live(need(session, "session"))); });
//   }
//
// The exports are generated from api.yaml; bodies call value() on results and throw failure, and
// what they throw ends here.
#pragma once

#include "guanxi.h"

#include "guanxi/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#ifdef GUANXI_TEST_THROWS
#include "throw_on_entry.hpp"  // of a test, in which every export throws
#endif

namespace guanxi::capi {

/// What guanxi_transact runs: the host's function with its `user`.
using work = std::function<std::int32_t(guanxi_session&)>;
/// What guanxi_events_each tells of each change.
using event = std::function<std::int32_t(const guanxi_events&)>;

#ifndef GUANXI_TEST_THROWS
constexpr void throw_on_entry() noexcept {}
#endif

/// Turns the exception in flight into a code and, if `err` is not NULL, an error object.
std::int32_t report_current(guanxi_error** err) noexcept;

template <class Body>
std::int32_t barrier(guanxi_error** err, Body&& body) noexcept {
  if (err) *err = nullptr;
  try {
    throw_on_entry();
    std::forward<Body>(body)();
    return GUANXI_OK;
  } catch (...) {
    return report_current(err);
  }
}

/// For calls that cannot fail: what is thrown nevertheless gives `nothing`.
template <class Answer, class Body>
Answer shelter(Answer nothing, Body&& body) noexcept {
  try {
    throw_on_entry();
    return std::forward<Body>(body)();
  } catch (...) {
    return nothing;
  }
}

template <class Body>
void shelter(Body&& body) noexcept {
  try {
    throw_on_entry();
    std::forward<Body>(body)();
  } catch (...) {  // nobody can be told
  }
}

/// The same for borrowed text, which is NUL-terminated where it is kept; none is "".
template <class Body>
const char* lend(std::size_t* length, Body&& body) noexcept {
  const std::string_view kept =
      shelter<std::string_view>(std::string_view(), std::forward<Body>(body));
  if (length) *length = kept.size();
  return kept.data() ? kept.data() : "";
}

[[noreturn]] inline void refuse(errc code, std::string message) {
  throw failure(error(code, std::move(message)));
}

}  // namespace guanxi::capi
