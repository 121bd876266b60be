// Record ids: positive int64, 15 bits of site above 48 bits of sequence; site 0 gives 1, 2, 3, …
// There is no clock in them. In JSON they are strings, since JSON readers lose digits past 2^53.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace guanxi {

struct id {
  std::int64_t value = 0;  ///< 0: no record
  static constexpr id of(std::uint16_t site, std::uint64_t sequence) noexcept {
    return {static_cast<std::int64_t>((static_cast<std::uint64_t>(site & 0x7fff) << 48) |
                                      (sequence & 0xffff'ffff'ffffULL))};
  }
  constexpr explicit operator bool() const noexcept { return value > 0; }
  friend constexpr auto operator<=>(id, id) = default;
};

}  // namespace guanxi

template <>
struct std::hash<guanxi::id> {
  std::size_t operator()(guanxi::id x) const noexcept { return std::hash<std::int64_t>()(x.value); }
};
