// An amount with its currency.
//
//   money m{decimal{105450, 2}, currency("USD")};
//
// A record has one currency (its `currency` field); money fields store the amount alone.
#pragma once

#include "guanxi/base/decimal.hpp"

#include <array>
#include <string_view>

namespace guanxi {

/// An ISO 4217 alphabetic code: three upper-case letters.
class currency {
 public:
  constexpr currency() = default;
  /// Takes a literal such as "USD"; parse() is for input.
  consteval explicit currency(const char (&code)[4]) : code_{code[0], code[1], code[2]} {
    for (char c : code_) if (c < 'A' || c > 'Z') throw "a currency is three upper-case letters";
  }
  static result<currency> parse(std::string_view text);
  constexpr std::string_view text() const noexcept { return {code_.data(), empty() ? 0u : 3u}; }
  constexpr bool empty() const noexcept { return code_[0] == '\0'; }
  friend constexpr bool operator==(currency, currency) = default;

 private:
  std::array<char, 3> code_{};
};

struct money {
  decimal amount;
  guanxi::currency currency;
  friend bool operator==(money, money) = default;
};

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/money-inl.hpp"
#endif
