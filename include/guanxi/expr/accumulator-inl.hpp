#pragma once

#include "guanxi/expr/evaluate.hpp"
#include "guanxi/expr/total.hpp"

#include <algorithm>

namespace guanxi::expr {

namespace detail_accumulator {

inline bool before(const value& a, const value& b) noexcept { return order(a, b) < 0; }

GUANXI_INLINE unexpected does_not_fit(function fn) {
  return unexpected(errc::overflow,
                    "the result of `" + std::string(name(fn)) + "` does not fit in 64 bits");
}

inline std::size_t bytes_of(const value& v) noexcept {
  return sizeof(value) + (v.type() == value_type::text ? v.as_text().size() : 0);
}

/// Sorts and keeps each value once.
GUANXI_INLINE void settle(std::vector<value>& kept) {
  std::sort(kept.begin(), kept.end(), before);
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
}

}  // namespace detail_accumulator

GUANXI_INLINE accumulator::accumulator(function fn, bool distinct, type argument, int scale,
                                       decimal fraction)
    : fn_(fn), distinct_(distinct), argument_(argument), scale_(scale), fraction_(fraction) {}

/// Keeps the row if it goes before (last: behind) the one that is kept.
GUANXI_INLINE void accumulator::choose(const value& v, std::span<const value> by) {
  if (std::any_of(by.begin(), by.end(), [](const value& key) { return key.is_null(); })) return;
  if (count_++ > 0) {
    std::strong_ordering c = std::strong_ordering::equal;
    for (std::size_t i = 0; i < by.size() && c == 0; ++i) c = order(by[i], kept_[i]);
    if (fn_ == function::first ? c >= 0 : c <= 0) return;
  }
  best_ = v;
  kept_.assign(by.begin(), by.end());
}

GUANXI_INLINE result<void> accumulator::add(const value& v, std::span<const value> by) {
  if (goes_by(fn_)) {
    choose(v, by);
    return {};
  }
  if (fn_ == function::count && argument_.base == value_type::null) {
    ++count_;
    return {};
  }
  if (v.is_null()) return {};
  ++count_;
  switch (fn_) {
    case function::count:
      if (!distinct_) return {};
      kept_.push_back(v);
      held_ += detail_accumulator::bytes_of(v);
      if (kept_.size() >= 1024 && kept_.size() > 2 * settled_) {
        detail_accumulator::settle(kept_);
        settled_ = kept_.size();
        held_ = 0;
        for (const value& one : kept_) held_ += detail_accumulator::bytes_of(one);
      }
      return {};
    case function::min:
      if (best_.is_null() || order(v, best_) < 0) best_ = v;
      return {};
    case function::max:
      if (best_.is_null() || order(v, best_) > 0) best_ = v;
      return {};
    default: break;
  }
  if (!v.is_number())
    return unexpected(errc::type_mismatch, "`" + std::string(name(fn_)) + "` takes a number, not " +
                                               std::string(guanxi::name(v.type())));
  const decimal d = v.number();
  const int at = argument_.base == value_type::decimal ? argument_.scale : 0;
  const auto coefficient = rescaled(d.coefficient, d.scale, at);
  if (!coefficient) return detail_accumulator::does_not_fit(fn_);
  if (fn_ == function::median || fn_ == function::percentile)
    numbers_.push_back(*coefficient);
  else
    sum_ += *coefficient;
  return {};
}

GUANXI_INLINE result<value> accumulator::finish() const {
  if (fn_ == function::count) {
    if (!distinct_) return value(count_);
    std::vector<value> single = kept_;
    detail_accumulator::settle(single);
    return value(static_cast<std::int64_t>(single.size()));
  }
  if (count_ == 0) return value();
  if (fn_ == function::min || fn_ == function::max || goes_by(fn_)) return best_;
  if (fn_ == function::median || fn_ == function::percentile) {
    std::vector<std::int64_t> numbers = numbers_;
    return percentile(fn_, fraction_, argument_, scale_, numbers);
  }
  return total(fn_, argument_, scale_, sum_, count_);
}

}  // namespace guanxi::expr
