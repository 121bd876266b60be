#pragma once

#include "guanxi/base/text_services.hpp"
#include "guanxi/expr/lexer.hpp"

#include <algorithm>

namespace guanxi::expr {

namespace detail_lexer {

inline constexpr std::size_t max_source = 1u << 20;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool starts_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool in_word(char c) noexcept { return starts_word(c) || is_digit(c); }
constexpr char lowered(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Reads one token after another; `at` is where the next begins.
struct scanner {
  std::string_view source;
  std::size_t at = 0;

  char peek(std::size_t ahead = 0) const noexcept {
    return at + ahead < source.size() ? source[at + ahead] : '\0';
  }

  void skip_blanks() noexcept {
    while (at < source.size()) {
      const char c = source[at];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at;
      } else if (c == '-' && peek(1) == '-') {
        while (at < source.size() && source[at] != '\n') ++at;
      } else {
        return;
      }
    }
  }

  std::string_view word() noexcept {
    const std::size_t start = at;
    while (in_word(peek())) ++at;
    return source.substr(start, at - start);
  }

  result<std::string> enclosed(char quote) {
    const std::size_t start = at++;
    std::string out;
    while (at < source.size()) {
      const char c = source[at++];
      if (c != quote) {
        out += c;
      } else if (peek() == quote) {
        out += c;
        ++at;
      } else {
        return out;
      }
    }
    return unexpected(error(errc::parse, std::string("the ") +
                                             (quote == '\'' ? "text" : "quoted word") +
                                             " that starts here has no closing `" + quote + "`")
                          .at_offset(static_cast<std::int64_t>(start)));
  }

  result<std::string> number() {
    const std::size_t start = at;
    while (is_digit(peek())) ++at;
    if (peek() == '.' && is_digit(peek(1))) {
      ++at;
      while (is_digit(peek())) ++at;
    }
    if (!in_word(peek()) && peek() != '.') return std::string(source.substr(start, at - start));
    while (in_word(peek()) || peek() == '.') ++at;
    return unexpected(error(errc::parse, in_backticks(source.substr(start, at - start)) +
                                             " is not a number; write digits such as 12 or 1.50")
                          .at_offset(static_cast<std::int64_t>(start)));
  }

  result<std::string> parameter() {
    const std::size_t start = at++;
    std::string out(word());
    while (!out.empty() && peek() == '.' && starts_word(peek(1))) {
      ++at;
      out += '.';
      out += word();
    }
    if (!out.empty() && starts_word(out.front())) return out;
    return unexpected(error(errc::parse, "after `:` comes the name of a parameter, such as `:min`")
                          .at_offset(static_cast<std::int64_t>(start)));
  }

  result<std::string> sign() {
    static constexpr std::string_view signs[] = {"<=", ">=", "<>", "!=", "<", ">", "=", "(", ")",
                                                 ",",  ".",  "+",  "-",  "*", "/"};
    for (std::string_view s : signs) {
      if (source.substr(at, s.size()) != s) continue;
      at += s.size();
      return std::string(s);
    }
    std::size_t length = 1;  // the whole code point, so that the message is UTF-8
    while ((static_cast<unsigned char>(peek(length)) & 0xc0) == 0x80) ++length;
    return unexpected(error(errc::parse, in_backticks(source.substr(at, length)) +
                                             " has no meaning here; texts stand in single quotes, "
                                             "unusual names in double quotes")
                          .at_offset(static_cast<std::int64_t>(at)));
  }

  result<token> next() {
    skip_blanks();
    token t;
    t.offset = static_cast<std::uint32_t>(at);
    if (at == source.size()) return t;
    const char c = peek();
    result<std::string> text = std::string();
    if (starts_word(c)) {
      t.what = token_kind::word;
      text = std::string(word());
    } else if (c == '"') {
      t.what = token_kind::quoted_word;
      text = enclosed(c);
      if (text && text->empty())
        return unexpected(error(errc::parse, "a quoted word needs at least one letter")
                              .at_offset(t.offset));
    } else if (c == '\'') {
      t.what = token_kind::text;
      text = enclosed(c);
    } else if (is_digit(c)) {
      t.what = token_kind::number;
      text = number();
    } else if (c == ':' && (peek(1) == ' ' || peek(1) == '\n' || peek(1) == '\t')) {
      t.what = token_kind::sign;
      text = std::string(1, c);
      ++at;
    } else if (c == ':') {
      t.what = token_kind::parameter;
      text = parameter();
    } else {
      t.what = token_kind::sign;
      text = sign();
    }
    if (!text) return passed(text);
    t.text = std::move(*text);
    return t;
  }
};

}  // namespace detail_lexer

GUANXI_INLINE result<std::vector<token>> tokenise(std::string_view source) {
  if (source.size() > detail_lexer::max_source)
    return unexpected(errc::limit, "the text is longer than 1 MiB; pass long lists as parameters");
  if (const auto fault = utf8_fault(source))
    return unexpected(error(errc::invalid_text, "the text is not UTF-8")
                          .at_offset(static_cast<std::int64_t>(*fault)));
  if (const std::size_t nul = source.find('\0'); nul != source.npos)
    return unexpected(error(errc::invalid_text, "the text has an embedded NUL")
                          .at_offset(static_cast<std::int64_t>(nul)));
  std::vector<token> out;
  detail_lexer::scanner scan{source};
  do {
    result<token> t = scan.next();
    if (!t) return passed(t);
    out.push_back(std::move(*t));
  } while (out.back().what != token_kind::end);
  return out;
}

GUANXI_INLINE const token& cursor::peek(std::size_t ahead) const noexcept {
  static const token nothing;
  if (tokens_.empty()) return nothing;
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

GUANXI_INLINE token cursor::take() {
  token t = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return t;
}

GUANXI_INLINE bool cursor::at_word(std::string_view keyword, std::size_t ahead) const noexcept {
  const token& t = peek(ahead);
  return t.what == token_kind::word &&
         std::equal(t.text.begin(), t.text.end(), keyword.begin(), keyword.end(),
                    [](char a, char b) {
                      return detail_lexer::lowered(a) == detail_lexer::lowered(b);
                    });
}

GUANXI_INLINE bool cursor::at_sign(std::string_view sign, std::size_t ahead) const noexcept {
  const token& t = peek(ahead);
  return t.what == token_kind::sign && t.text == sign;
}

GUANXI_INLINE bool cursor::take_word(std::string_view keyword) {
  if (!at_word(keyword)) return false;
  take();
  return true;
}

GUANXI_INLINE bool cursor::take_sign(std::string_view sign) {
  if (!at_sign(sign)) return false;
  take();
  return true;
}

GUANXI_INLINE result<void> cursor::expect_word(std::string_view keyword) {
  if (take_word(keyword)) return {};
  return unexpected(expected("`" + std::string(keyword) + "`"));
}

GUANXI_INLINE result<void> cursor::expect_sign(std::string_view sign) {
  if (take_sign(sign)) return {};
  return unexpected(expected("`" + std::string(sign) + "`"));
}

GUANXI_INLINE error cursor::expected(std::string_view what) const {
  const token& t = peek();
  std::string message = "expected " + std::string(what) + ", not ";
  switch (t.what) {
    case token_kind::end: message += "the end"; break;
    case token_kind::text: message += "a text"; break;
    case token_kind::parameter: message += in_backticks(":" + t.text); break;
    default: message += in_backticks(t.text); break;
  }
  return error(errc::parse, std::move(message)).at_offset(t.offset);
}

}  // namespace guanxi::expr
