// The sample's own random numbers: those of the standard distributions differ between libraries.
#pragma once

#include "guanxi/base/decimal.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace guanxi::edge::sample {

/// xoshiro256** (Blackman and Vigna), seeded by splitmix64. Whole numbers only.
class random {
 public:
  explicit random(std::uint64_t seed) noexcept {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15ULL;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t next() noexcept {
    const std::uint64_t out = rotated(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotated(state_[3], 45);
    return out;
  }

  /// 0 to bound - 1; bound is at least 1. The bias of 2^-32 per bound is below what a sample shows.
  std::int64_t below(std::int64_t bound) noexcept {
    return static_cast<std::int64_t>((static_cast<wide>(next() >> 1) * bound) >> 63);
  }
  /// Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    return low + below(high - low + 1);
  }
  bool chance(std::int64_t per_mille) noexcept { return below(1000) < per_mille; }

  template <class T>
  const T& pick(std::span<const T> of) noexcept {
    return of[static_cast<std::size_t>(below(static_cast<std::int64_t>(of.size())))];
  }
  template <class T, std::size_t N>
  const T& pick(const T (&of)[N]) noexcept {
    return of[static_cast<std::size_t>(below(static_cast<std::int64_t>(N)))];
  }
  /// A member of rows that have a `weight`.
  template <class T, std::size_t N>
  const T& weighted(const T (&of)[N]) noexcept {
    std::int64_t total = 0;
    for (const T& each : of) total += each.weight;
    std::int64_t at = below(total);
    for (const T& each : of) {
      if (at < each.weight) return each;
      at -= each.weight;
    }
    return of[N - 1];
  }

 private:
  static std::uint64_t rotated(std::uint64_t x, int by) noexcept {
    return (x << by) | (x >> (64 - by));
  }
  std::array<std::uint64_t, 4> state_{};
};

/// Draws positions with unequal chances, however many there are.
class lottery {
 public:
  void add(std::int64_t weight) { upto_.push_back((upto_.empty() ? 0 : upto_.back()) + weight); }
  std::size_t draw(random& by) const {
    const auto at = std::upper_bound(upto_.begin(), upto_.end(), by.below(upto_.back()));
    return static_cast<std::size_t>(at - upto_.begin());
  }

 private:
  std::vector<std::int64_t> upto_;  ///< the weights so far
};

}  // namespace guanxi::edge::sample
