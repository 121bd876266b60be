// Signatures of what is given out and must come back unchanged, by keyed BLAKE2b (RFC 7693).
//
//   const secret key = random_secret();
//   std::string token = signed_text(key, "content", "what it is for");
//   signed_content(key, token, "what it is for");    // "content"; nothing: it is not ours
//
// Thread rule: functions of their arguments.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guanxi {

/// 126 random bits: two positive numbers, which any store keeps.
using secret = std::array<std::int64_t, 2>;
/// From the system's source of randomness.
secret random_secret();

/// Any bytes and their signature as text for URLs (base64url). `context` is not in it, but must be
/// the same when it comes back.
std::string signed_text(const secret& key, std::string_view content, std::string_view context);
std::optional<std::string> signed_content(const secret& key, std::string_view token,
                                          std::string_view context);

}  // namespace guanxi
