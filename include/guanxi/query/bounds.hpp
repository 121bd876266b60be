// What a run may take: time, rows, and until when nobody interrupts it.
//
//   bounds within{.text = services, .clock = &clock, .deadline = clock.now() + second};
//
// Thread rule: a value; `interrupted` may be set by any thread.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/base/text_services.hpp"
#include "guanxi/base/time.hpp"

#include <atomic>
#include <optional>

namespace guanxi::query {

/// Bounds of one run. Breaking one is errc::limit or errc::interrupted; nothing else changes.
struct bounds {
  const text_services* text = nullptr;
  const guanxi::clock* clock = nullptr;
  std::optional<instant> deadline = {};              ///< by the clock
  std::size_t max_rows = 10'000'000;            ///< rows, groups or nested values held at once
  const std::atomic<bool>* interrupted = nullptr;
  /// errc::interrupted, errc::limit, or nothing. Cheap enough to ask every few hundred rows.
  result<void> check() const;
};

}  // namespace guanxi::query

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/bounds-inl.hpp"
#endif
