// Where one is in a document of JSON, and what is said of what stands there.
//
//   return malformed(where.at("limit"), "a limit is a number,");   // … at `/limit`
//
// Thread rule: values.
#pragma once

#include "guanxi/base/error.hpp"
#include "guanxi/base/json.hpp"
#include "guanxi/base/result.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace guanxi::query::json_form {

using words = std::span<const std::string_view>;

inline bool among_words(words list, std::string_view word) noexcept {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Where in the document one is: a key or an index, and what it is in.
struct place {
  const place* in = nullptr;
  std::string_view key = {};
  std::size_t index = 0;

  place at(std::string_view member) const { return {this, member, 0}; }
  place at(std::size_t item) const { return {this, {}, item}; }

  /// The JSON pointer; of a very long one the end.
  std::string pointer() const {
    constexpr std::size_t longest = 400;
    std::string out;
    for (const place* p = this; p->in; p = p->in) {
      if (out.size() > longest) return "…" + out;
      out.insert(0, "/" + (p->key.empty() ? std::to_string(p->index) : std::string(p->key)));
    }
    return out;
  }
};

inline unexpected refused(errc code, const place& where, const std::string& what) {
  const std::string pointer = where.pointer();
  return unexpected(code, what + (pointer.empty() ? " at the top" : " at `" + pointer + "`"));
}

inline unexpected malformed(const place& where, const std::string& what) {
  return refused(errc::invalid_argument, where, what);
}

inline std::string_view described(const json& x) noexcept {
  switch (x.kind()) {
    case json::type::null: return "null";
    case json::type::boolean: return "a boolean";
    case json::type::number: return "a number";
    case json::type::text: return "a string";
    case json::type::array: return "an array";
    case json::type::object: return "an object";
  }
  return "nothing";
}

inline unexpected expected(const place& where, std::string_view what, const json& got) {
  return malformed(where,
                   "expected " + std::string(what) + ", not " + std::string(described(got)));
}

inline unexpected unknown(const place& where, std::string_view what, std::string_view word,
                   const nearest_name& near) {
  return refused(errc::unknown_name, where,
                 "no " + std::string(what) + " " + in_backticks(word) + near.hint());
}

inline result<std::string> read_text(const json& x, const place& where, std::string_view what) {
  if (!x.is(json::type::text)) return expected(where, what, x);
  if (x.as_text().find('\0') != std::string::npos)
    return refused(errc::invalid_text, where, "the text has an embedded NUL");
  return x.as_text();
}

inline result<std::string> read_name(const json& x, const place& where, std::string_view what) {
  result<std::string> out = read_text(x, where, what);
  if (out && out->empty())
    return malformed(where, "expected " + std::string(what) + ", not an empty string");
  return out;
}

template <class T, std::size_t N>
inline result<T> read_word(const json& x, const place& where, std::string_view what,
                    const std::pair<std::string_view, T> (&known)[N]) {
  result<std::string> word = read_text(x, where, "a string");
  if (!word) return passed(word);
  nearest_name near(*word);
  for (const auto& [name, meaning] : known) {
    if (name == *word) return meaning;
    near.offer(name);
  }
  std::string hint = near.hint();
  if (hint.empty())
    for (const auto& [name, meaning] : known)
      hint += (hint.empty() ? "; use `" : ", `") + std::string(name) + "`";
  return refused(errc::unknown_name, where,
                 "no " + std::string(what) + " " + in_backticks(*word) + hint);
}

/// Objects with keys of a fixed set.
inline result<void> check_keys(const json& x, words known, const place& where) {
  if (!x.is(json::type::object)) return expected(where, "an object", x);
  for (const json::member& m : x.members()) {
    if (among_words(known, m.first)) continue;
    nearest_name near(m.first);
    for (std::string_view key : known) near.offer(key);
    return unknown(where, "key", m.first, near);
  }
  return {};
}

}  // namespace guanxi::query::json_form
