#pragma once

#include "guanxi/query/bounds.hpp"

#include <string>
#include <utility>

namespace guanxi::query {

GUANXI_INLINE result<void> memory_account::add(std::size_t bytes) {
  if (bytes <= most_ && kept_ <= most_ - bytes) {
    kept_ += bytes;
    return {};
  }
  return unexpected(errc::limit, "the statement keeps more than its cap of " +
                                     std::to_string(most_) +
                                     " bytes; ask for less, or allow it more memory");
}

GUANXI_INLINE result<void> memory_account::become(std::size_t& before, std::size_t now) {
  take_off(std::exchange(before, 0));
  if (auto ok = add(now); !ok) return ok;
  before = now;
  return {};
}

GUANXI_INLINE result<void> bounds::check() const {
  if (interrupted && interrupted->load(std::memory_order_relaxed))
    return unexpected(errc::interrupted, "the call was interrupted");
  if (deadline && clock && clock->now() > *deadline)
    return unexpected(errc::limit, "the statement ran past its deadline");
  return {};
}

}  // namespace guanxi::query
