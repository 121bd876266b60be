// A path in an error message.
//
//   shown("shop.gx") == "`shop.gx`"
#pragma once

#include "guanxi/base/text_services.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace guanxi::store {

/// A path in backticks, whole, with control characters and what is not UTF-8 as `?`.
inline std::string shown(std::string_view path) {
  std::string out = "`";
  while (!path.empty()) {
    const std::size_t good = std::min(utf8_fault(path).value_or(path.size()), path.size());
    for (char c : path.substr(0, good)) {
      const auto byte = static_cast<unsigned char>(c);
      out += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    path.remove_prefix(good);
    if (path.empty()) break;
    out += '?';
    path.remove_prefix(1);
  }
  return out + '`';
}

}  // namespace guanxi::store
