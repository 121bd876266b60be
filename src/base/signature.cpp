#include "signature.hpp"

#include <sodium.h>

#include <new>

namespace guanxi {

namespace {

constexpr std::size_t signature_bytes = 16;
constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

unsigned char* raw(char* text) { return reinterpret_cast<unsigned char*>(text); }
const unsigned char* raw(const char* text) { return reinterpret_cast<const unsigned char*>(text); }

std::string signature(const secret& key, std::string_view content, std::string_view context) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(key.data()), sizeof key,
                          signature_bytes);
  const auto length = static_cast<std::uint64_t>(content.size());  // where the one ends
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&length),
                            sizeof length);
  crypto_generichash_update(&state, raw(content.data()), content.size());
  crypto_generichash_update(&state, raw(context.data()), context.size());
  std::string out(signature_bytes, '\0');
  crypto_generichash_final(&state, raw(out.data()), out.size());
  return out;
}

}  // namespace

secret random_secret() {
  if (sodium_init() < 0) throw std::bad_alloc();  // the system has no randomness to give
  secret out;
  for (std::int64_t& half : out) {
    std::uint64_t bits = 0;
    randombytes_buf(&bits, sizeof bits);
    half = static_cast<std::int64_t>(bits >> 1 | 1);
  }
  return out;
}

std::string signed_text(const secret& key, std::string_view content, std::string_view context) {
  const std::string whole = std::string(content) + signature(key, content, context);
  std::string out(sodium_base64_encoded_len(whole.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), raw(whole.data()), whole.size(), variant);
  out.pop_back();  // its NUL
  return out;
}

std::optional<std::string> signed_content(const secret& key, std::string_view token,
                                          std::string_view context) {
  std::string whole(token.size(), '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(raw(whole.data()), whole.size(), token.data(), token.size(), nullptr,
                        &length, &end, variant) != 0 ||
      end != token.data() + token.size() || length < signature_bytes)
    return std::nullopt;
  whole.resize(length - signature_bytes);
  // As text, since some bytes that are no characters of base64 are read as if they were.
  const std::string wanted = signed_text(key, whole, context);
  if (token.size() != wanted.size() ||
      sodium_memcmp(token.data(), wanted.data(), wanted.size()) != 0)
    return std::nullopt;
  return whole;
}

}  // namespace guanxi
