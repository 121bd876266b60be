#include "base/signature.hpp"

#include <gtest/gtest.h>

using namespace guanxi;

TEST(signature, comes_back_with_what_it_signs) {
  const secret key = random_secret();
  for (const std::string& content : {std::string(), std::string("a"), std::string(1000, '\xff'),
                                    std::string("a\0b", 3)}) {
    const std::string token = signed_text(key, content, "here");
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
              token.npos)
        << "it stands in a URL as it is";
    EXPECT_EQ(signed_content(key, token, "here"), content);
  }
}

TEST(signature, is_of_one_key_one_content_and_one_purpose) {
  const secret key = random_secret();
  EXPECT_NE(key, random_secret());
  const std::string token = signed_text(key, "content", "here");
  EXPECT_EQ(token, signed_text(key, "content", "here"));
  EXPECT_FALSE(signed_content(random_secret(), token, "here"));
  EXPECT_FALSE(signed_content(key, token, "there"));
  for (std::size_t at = 0; at < token.size(); ++at)
    for (const char other : {'A', 'B', '=', ' ', '\0', '\x80'}) {
      std::string forged = token;
      if (forged[at] == other) continue;
      forged[at] = other;
      EXPECT_FALSE(signed_content(key, forged, "here")) << at;
    }
  for (std::size_t length = 0; length < token.size(); ++length)
    EXPECT_FALSE(signed_content(key, token.substr(0, length), "here")) << length;
  EXPECT_NE(signed_text(key, "ab", "c"), signed_text(key, "a", "bc"));
}

TEST(signature, keys_are_numbers_that_any_store_keeps) {
  for (int i = 0; i < 100; ++i)
    for (const std::int64_t half : random_secret()) EXPECT_GT(half, 0);
}
