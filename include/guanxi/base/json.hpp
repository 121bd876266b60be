// JSON as a small tree for mapping files, definitions and logs, and a writer that appends to text.
//
//   json doc = json::parse(text).value();
//   doc.find("currency")->as_text() == "USD"
//
// Numbers keep their text, so that no digit is lost. Nesting is bounded, at 64 levels unless more
// is asked for. Duplicate keys are an error. Thread rule: a value.
#pragma once

#include "guanxi/base/result.hpp"
#include "guanxi/base/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guanxi {

class json {
 public:
  enum class type : std::uint8_t { null, boolean, number, text, array, object };
  using member = std::pair<std::string, json>;

  static constexpr std::size_t usual_depth = 64;

  /// Strict RFC 8259 text, UTF-8. The error has the line and byte offset.
  static result<json> parse(std::string_view text, std::size_t max_depth = usual_depth);

  json() = default;
  static json make_boolean(bool b);
  static json make_number(std::string text);
  static json make_text(std::string text);
  static json make_array();
  static json make_object();

  type kind() const noexcept { return kind_; }
  bool is(type t) const noexcept { return kind_ == t; }
  bool as_boolean() const noexcept { return flag_; }
  /// Text of a string, or the digits of a number as written.
  const std::string& as_text() const noexcept { return text_; }
  const std::vector<json>& items() const noexcept { return items_; }
  const std::vector<member>& members() const noexcept { return members_; }
  std::vector<json>& items() noexcept { return items_; }
  std::vector<member>& members() noexcept { return members_; }
  /// A member of an object, or nullptr.
  const json* find(std::string_view key) const noexcept;

  std::string dump(int indent = -1) const;  ///< indent < 0: one line

 private:
  type kind_ = type::null;
  bool flag_ = false;
  std::string text_;
  std::vector<json> items_;
  std::vector<member> members_;
};

/// Appends a quoted, escaped JSON string.
void append_json_text(std::string& out, std::string_view text);
/// Appends a value: numbers as numbers, ids, dates and instants as strings.
void append_json_value(std::string& out, const value& v);

}  // namespace guanxi
