// Who acts, and what can be done to a record.
//
//   principal li = principal::of(*policy->find_user("li"));
//   principal host = principal::system_sight("nightly import");
//
// Thread rule: values.
#pragma once

#include "guanxi/base/id.hpp"

#include <string>
#include <string_view>

namespace guanxi::policy {

struct user;

enum class action : std::uint8_t { read, create, edit, remove, transfer, share };
std::string_view name(action a) noexcept;

/// Who acts, with everything the user stands for expanded.
struct principal {
  id user;
  std::string login;
  id role;
  bool system = false;  ///< sees and does all; given by the host, written as the cause of changes
  std::string cause;    ///< system sight: why

  static principal of(const policy::user& u);
  static principal system_sight(std::string cause);
};

}  // namespace guanxi::policy

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/policy/principal-inl.hpp"
#endif
