#pragma once

#include "guanxi/base/text_services.hpp"
#include "guanxi/base/width-inl.hpp"

#include <cstdint>
#include <cstring>

namespace guanxi {

namespace detail_utf8 {

struct decoded {
  std::uint32_t code_point = 0;
  std::size_t length = 0;  ///< 0: ill-formed
};

/// What a first byte says of its sequence, after table 3-7 of the Unicode standard: the bounds of
/// the second byte are what excludes overlong forms, surrogates and all above U+10FFFF.
struct lead_rule {
  std::size_t length = 0;
  unsigned char second_low = 0x80;
  unsigned char second_high = 0xbf;
};

GUANXI_INLINE lead_rule rule_of(unsigned char lead) noexcept {
  if (lead < 0x80) return {1};
  if (lead < 0xc2 || lead > 0xf4) return {0};
  if (lead < 0xe0) return {2};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead < 0xf0) return {3};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {4};
}

GUANXI_INLINE decoded decode(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const lead_rule rule = rule_of(byte(0));
  if (rule.length == 0 || text.size() - at < rule.length) return {};
  if (rule.length == 1) return {byte(0), 1};
  if (byte(1) < rule.second_low || byte(1) > rule.second_high) return {};
  std::uint32_t c = byte(0) & (0x7fu >> rule.length);
  for (std::size_t i = 1; i < rule.length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    c = (c << 6) | (byte(i) & 0x3fu);
  }
  return {c, rule.length};
}

/// The first place at or after `at` that is not ASCII, eight bytes at a time.
GUANXI_INLINE std::size_t past_ascii(std::string_view text, std::size_t at) noexcept {
  while (text.size() - at >= 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, 8);
    if ((block & 0x8080'8080'8080'8080ULL) != 0) break;
    at += 8;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace detail_utf8

GUANXI_INLINE std::optional<std::size_t> utf8_fault(std::string_view text) noexcept {
  std::size_t at = 0;
  while ((at = detail_utf8::past_ascii(text, at)) < text.size()) {
    const std::size_t length = detail_utf8::decode(text, at).length;
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

GUANXI_INLINE std::size_t code_points(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

GUANXI_INLINE std::size_t display_width(std::string_view text) noexcept {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const detail_utf8::decoded c = detail_utf8::decode(text, at);
    at += c.length == 0 ? 1 : c.length;
    if (c.length == 0 || c.code_point < 0x300) {
      ++columns;
    } else if (!detail_width::holds(detail_width::no_width, c.code_point)) {
      columns += detail_width::holds(detail_width::wide, c.code_point) ? 2 : 1;
    }
  }
  return columns;
}

}  // namespace guanxi
