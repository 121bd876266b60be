// What stands between C and C++: no exception crosses it, and every failure becomes a code and an
// error object.
//
//   int32_t guanxi_begin(guanxi_session* session, guanxi_error** err) {
//     return barrier(err, [&] { live(session).begin().value(); });
//   }
//
// Bodies call value() on results and throw failure; what they throw ends here.
#pragma once

#include "guanxi.h"

#include "guanxi/base/result.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace guanxi::capi {

/// Turns the exception in flight into a code and, if `err` is not NULL, an error object.
std::int32_t report_current(guanxi_error** err) noexcept;

template <class Body>
std::int32_t barrier(guanxi_error** err, Body&& body) noexcept {
  if (err) *err = nullptr;
  try {
    std::forward<Body>(body)();
    return GUANXI_OK;
  } catch (...) {
    return report_current(err);
  }
}

[[noreturn]] inline void refuse(errc code, std::string message) {
  throw failure(error(code, std::move(message)));
}

}  // namespace guanxi::capi
