// Words, numbers, texts and signs of the language, with their place. Shared by expressions and
// queries.
//
// Keywords are contextual: the lexer knows none. A word is [A-Za-z_][A-Za-z0-9_]* or any word in
// double quotes; a text is in single quotes with '' for a quote; a parameter is :name; comments run
// from -- to the end of the line.
#pragma once

#include "guanxi/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guanxi::expr {

enum class token_kind : std::uint8_t { word, quoted_word, number, text, parameter, sign, end };

struct token {
  token_kind what = token_kind::end;
  std::string text;          ///< unquoted, unescaped; a sign as written (<=, <>, !=, …)
  std::uint32_t offset = 0;  ///< byte offset in the source
};

/// Splits `source`, which must be UTF-8, into tokens; the last is `end`. At most 1 MiB.
result<std::vector<token>> tokenise(std::string_view source);

/// Walks over tokens; expressions and queries are parsed with the same one.
class cursor {
 public:
  explicit cursor(std::vector<token> tokens) : tokens_(std::move(tokens)) {}
  const token& peek(std::size_t ahead = 0) const noexcept;
  token take();
  bool at_end() const noexcept { return peek().what == token_kind::end; }
  /// Whether the next token is this keyword (any case, never a quoted word).
  bool at_word(std::string_view keyword, std::size_t ahead = 0) const noexcept;
  bool at_sign(std::string_view sign, std::size_t ahead = 0) const noexcept;
  bool take_word(std::string_view keyword);
  bool take_sign(std::string_view sign);
  result<void> expect_word(std::string_view keyword);
  result<void> expect_sign(std::string_view sign);
  /// errc::parse at the next token: "expected {what}, not `{token}`".
  error expected(std::string_view what) const;

 private:
  std::vector<token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace guanxi::expr

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/expr/lexer-inl.hpp"
#endif
