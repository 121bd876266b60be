// What a run may take: time, rows, memory, and until when nobody interrupts it.
//
//   memory_account account(1 << 30);
//   bounds within{.text = services, .clock = &clock, .deadline = clock.now() + second,
//                 .memory = &account};
//
// Thread rule: a value; `interrupted` may be set by any thread.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/base/text_services.hpp"
#include "guanxi/base/time.hpp"
#include "guanxi/base/value.hpp"
#include "guanxi/expr/pace.hpp"

#include <atomic>
#include <optional>
#include <span>
#include <vector>

namespace guanxi::query {

/// What one statement keeps at a time, its nested selects included, as they count it: rows, groups,
/// lists and the answer, in bytes, without what the allocator needs besides.
class memory_account {
 public:
  explicit memory_account(std::size_t most) noexcept : most_(most) {}
  std::size_t kept() const noexcept { return kept_; }
  result<void> add(std::size_t bytes);
  void take_off(std::size_t bytes) noexcept { kept_ -= bytes < kept_ ? bytes : kept_; }
  /// What somebody keeps, in place of what he kept before; remembers it there.
  result<void> become(std::size_t& before, std::size_t now);

 private:
  std::size_t most_, kept_ = 0;
};

/// What values need where they are kept.
inline std::size_t bytes_of(const value& v) noexcept {
  return sizeof(value) + (v.type() == value_type::text ? v.as_text().size() : 0);
}
inline std::size_t bytes_of(std::span<const value> values) noexcept {
  std::size_t out = sizeof(std::vector<value>);
  for (const value& v : values) out += bytes_of(v);
  return out;
}

/// Bounds of one run. Breaking one is errc::limit or errc::interrupted; nothing else changes.
struct bounds {
  const text_services* text = nullptr;
  const guanxi::clock* clock = nullptr;
  std::optional<instant> deadline = {};              ///< by the clock
  std::size_t max_rows = 10'000'000;            ///< rows, groups or nested values held at once
  const std::atomic<bool>* interrupted = nullptr;
  memory_account* memory = nullptr;             ///< null: nobody counts
  /// errc::interrupted, errc::limit, or nothing. Cheap enough to ask every few hundred rows.
  result<void> check() const;
  /// errc::limit where a cap on memory is broken.
  result<void> keep(std::size_t bytes) const {
    return memory ? memory->add(bytes) : result<void>();
  }
  void let_go(std::size_t bytes) const noexcept {
    if (memory) memory->take_off(bytes);
  }
  std::size_t kept() const noexcept { return memory ? memory->kept() : 0; }
  /// Lets go of all that is kept beyond what was before.
  void let_go_to(std::size_t before) const noexcept { let_go(kept() - before); }
  result<void> keep(std::size_t& before, std::size_t now) const {
    return memory ? memory->become(before, now) : result<void>();
  }
  /// Asks check(); these bounds must outlive it.
  expr::pace pace() const {
    return expr::pace([this] { return check(); });
  }
};

}  // namespace guanxi::query

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/query/bounds-inl.hpp"
#endif
