// Small numbers for values and for pairs of numbers, so that keys are compared as integers.
//
//   value_numbers names;   names.of(value("Lin")) == 1;   names.at(1) == value("Lin");
//   pair_numbers groups;   groups.of(region, stage) == 0;
//
// Thread rule: values; reads may run at once.
#pragma once

#include "guanxi/base/value.hpp"

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace guanxi::query::columns {

/// Values by number, in the order in which they came; 0 is null.
class value_numbers {
 public:
  std::uint32_t of(const value& v) {
    if (v.is_null()) return 0;
    const auto [at, fresh] = known_.emplace(v, static_cast<std::uint32_t>(values_.size()));
    if (fresh) {
      values_.push_back(v);
      if (v.type() == value_type::text) texts_ += 2 * v.as_text().size();
    }
    return at->second;
  }
  /// Bytes that it keeps.
  std::size_t held() const noexcept {
    constexpr std::size_t place = 2 * sizeof(value) + 48;
    return texts_ + values_.size() * place;
  }
  const value& at(std::uint32_t number) const noexcept { return values_[number]; }
  std::size_t size() const noexcept { return values_.size(); }
  /// Numbers them in the order of the values; gives the new number of each.
  std::vector<std::uint32_t> sort();
  /// The place of each number in the order of their values: equal values have one number.
  std::vector<std::uint32_t> ranks() const;

 private:
  struct hashed {
    std::size_t operator()(const value& v) const noexcept { return hash(v); }
  };
  std::size_t texts_ = 0;
  std::vector<value> values_ = {value()};
  std::unordered_map<value, std::uint32_t, hashed> known_;
};

/// Pairs by number from 0, in the order in which they came: an open hash table.
class pair_numbers {
 public:
  std::uint32_t of(std::uint64_t left, std::uint32_t right) {
    if (2 * (pairs_.size() + 1) > slots_.size()) grow();
    std::size_t at = place(left, right);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
      const auto& known = pairs_[slots_[at] - 1];
      if (known.first == left && known.second == right) return slots_[at] - 1;
    }
    pairs_.emplace_back(left, right);
    slots_[at] = static_cast<std::uint32_t>(pairs_.size());
    return slots_[at] - 1;
  }
  const std::pair<std::uint64_t, std::uint32_t>& at(std::uint32_t number) const noexcept {
    return pairs_[number];
  }
  std::size_t size() const noexcept { return pairs_.size(); }
  /// Bytes that it keeps.
  std::size_t held() const noexcept {
    return pairs_.capacity() * sizeof(pairs_[0]) + slots_.size() * sizeof(slots_[0]);
  }

 private:
  std::vector<std::pair<std::uint64_t, std::uint32_t>> pairs_;
  std::vector<std::uint32_t> slots_;  ///< one more than a pair's number; 0: free

  std::size_t place(std::uint64_t left, std::uint32_t right) const noexcept {
    std::uint64_t h = (left ^ (std::uint64_t{right} << 40)) * 0x9e37'79b9'7f4a'7c15ULL;
    h = (h ^ (h >> 32) ^ right) * 0xd6e8'feb8'6659'fd93ULL;
    return static_cast<std::size_t>(h ^ (h >> 29)) & (slots_.size() - 1);
  }
  void grow();
};

}  // namespace guanxi::query::columns
