// A sort that asks on the way whether it may go on.
//
//   if (auto ok = sort(rows, before, pace); !ok) return ok;    // then they are in no order
//
// Thread rule: a function of its arguments.
#pragma once

#include "guanxi/expr/pace.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace guanxi::query {

/// Runs that are sorted at once, and then merged two by two; what is equal may change places.
template <class T, class Before>
result<void> sort(std::vector<T>& all, Before before, expr::pace& pace) {
  constexpr std::size_t run = 4096;
  const auto asked = [&](std::size_t elements) {
    return pace.due(elements * expr::pace::step) ? pace.ask() : result<void>();
  };
  const auto at = [](std::vector<T>& of, std::size_t n) {
    return of.begin() + static_cast<std::ptrdiff_t>(std::min(n, of.size()));
  };
  for (std::size_t first = 0; first < all.size(); first += run) {
    std::sort(at(all, first), at(all, first + run), before);
    if (auto ok = asked(run); !ok) return ok;
  }
  if (all.size() <= run) return {};
  std::vector<T> merged;
  merged.reserve(all.size());
  for (std::size_t width = run; width < all.size(); width *= 2) {
    merged.clear();
    for (std::size_t first = 0; first < all.size(); first += 2 * width) {
      auto a = at(all, first), b = at(all, first + width);
      const auto a_end = b, b_end = at(all, first + 2 * width);
      while (a != a_end || b != b_end) {
        const bool second = a == a_end || (b != b_end && before(*b, *a));
        merged.push_back(std::move(second ? *b++ : *a++));
        if (auto ok = asked(1); !ok) return ok;
      }
    }
    all.swap(merged);
  }
  return {};
}

}  // namespace guanxi::query
