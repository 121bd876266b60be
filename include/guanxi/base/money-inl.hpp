#pragma once

#include "guanxi/base/money.hpp"

namespace guanxi {

GUANXI_INLINE result<currency> currency::parse(std::string_view text) {
  currency out;
  bool good = text.size() == 3;
  for (std::size_t i = 0; good && i < 3; ++i) {
    good = text[i] >= 'A' && text[i] <= 'Z';
    out.code_[i] = text[i];
  }
  if (good) return out;
  return unexpected(errc::parse,
                    in_backticks(text) +
                        " is not a currency; write three upper-case letters such as USD");
}

}  // namespace guanxi
