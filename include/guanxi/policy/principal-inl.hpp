#pragma once

#include "guanxi/policy/principal.hpp"
#include "guanxi/policy/rules.hpp"

#include <utility>

namespace guanxi::policy {

GUANXI_INLINE std::string_view name(action a) noexcept {
  switch (a) {
    case action::read: return "read";
    case action::create: return "create";
    case action::edit: return "edit";
    case action::remove: return "delete";
    case action::transfer: return "transfer";
    case action::share: return "share";
  }
  return "do";
}

GUANXI_INLINE principal principal::of(const policy::user& u) {
  return {u.key, u.login, u.role, false, {}};
}

GUANXI_INLINE principal principal::system_sight(std::string cause) {
  principal p;
  p.login = "system";
  p.system = true;
  p.cause = std::move(cause);
  return p;
}

}  // namespace guanxi::policy
