// SHA-256 (FIPS 180-4), by which a page's content security policy names the scripts that may run.
// Nothing secret passes through it.
//
//   base64(sha256("abc")) == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
//
// Thread rule: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace guanxi::edge::report {

std::array<std::uint8_t, 32> sha256(std::string_view text);
/// RFC 4648, with padding.
std::string base64(std::span<const std::uint8_t> bytes);

}  // namespace guanxi::edge::report
