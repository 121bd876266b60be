// Order keys, and which of two rows comes first by them.
//
//   std::sort(all.begin(), all.end(), [&](auto& a, auto& b) { return before(p.order, a, b); });
//
// Thread rule: a function of its arguments.
#pragma once

#include "guanxi/expr/bind.hpp"

#include <cstddef>
#include <span>

namespace guanxi::query {

struct order_key {
  expr::expression by;
  bool descending = false;
  bool nulls_first = true;
};

/// The values are those of the keys, one each.
inline bool before(std::span<const order_key> keys, std::span<const value> a,
                   std::span<const value> b) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const value &x = a[i], &y = b[i];
    if (x.is_null() != y.is_null()) return x.is_null() == keys[i].nulls_first;
    const auto c = order(x, y);
    if (c != 0) return keys[i].descending ? c > 0 : c < 0;
  }
  return false;
}

}  // namespace guanxi::query
