#pragma once

#include "guanxi/query/bounds.hpp"

namespace guanxi::query {

GUANXI_INLINE result<void> bounds::check() const {
  if (interrupted && interrupted->load(std::memory_order_relaxed))
    return unexpected(errc::interrupted, "the call was interrupted");
  if (deadline && clock && clock->now() > *deadline)
    return unexpected(errc::limit, "the statement ran past its deadline");
  return {};
}

}  // namespace guanxi::query
