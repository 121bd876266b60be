// One dynamically typed value: what a slot of a record, a literal or a result cell holds.
//
//   value v = decimal{109650, 2};   v.is(value::decimal_type);   v.as_decimal().scale == 2
//
// Money is a decimal here; its currency is the record's (money.hpp). A choice is its code, a text.
// Thread rule: a value.
#pragma once

#include "guanxi/base/decimal.hpp"
#include "guanxi/base/id.hpp"
#include "guanxi/base/time.hpp"

#include <cstddef>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace guanxi {

/// What a value can be. The numbers are those of the C API.
enum class value_type : std::uint8_t {
  null = 0, boolean = 1, integer = 2, decimal = 3, text = 4, date = 5, instant = 6, reference = 7
};
std::string_view name(value_type t) noexcept;

class value {
 public:
  value() noexcept = default;
  value(std::nullptr_t) noexcept {}
  template <std::same_as<bool> Bool>
  value(Bool x) noexcept : data_(static_cast<bool>(x)) {}
  value(int x) noexcept : data_(std::int64_t{x}) {}
  value(std::int64_t x) noexcept : data_(x) {}
  value(long long x) noexcept : data_(std::int64_t{x}) {}
  value(guanxi::decimal x) noexcept : data_(x) {}
  value(guanxi::date x) noexcept : data_(x) {}
  value(guanxi::instant x) noexcept : data_(x) {}
  value(guanxi::id x) noexcept : data_(x) {}
  value(std::string x) noexcept : data_(std::move(x)) {}
  value(std::string_view x) : data_(std::string(x)) {}
  value(const char* x) : data_(std::string(x)) {}
  value(const value& x) : data_(x.copied()) {}
  value(value&&) noexcept = default;
  value& operator=(const value& x) { return *this = value(x); }
  value& operator=(value&&) noexcept = default;
  ~value() = default;

  value_type type() const noexcept { return static_cast<value_type>(data_.index()); }
  bool is_null() const noexcept { return data_.index() == 0; }

  // Each is for a value of just that type; asking for another is a mistake of the caller's.
  bool as_boolean() const { return std::get<bool>(data_); }
  std::int64_t as_integer() const { return std::get<std::int64_t>(data_); }
  guanxi::decimal as_decimal() const { return std::get<guanxi::decimal>(data_); }
  std::string_view as_text() const { return std::get<std::string>(data_); }
  guanxi::date as_date() const { return std::get<guanxi::date>(data_); }
  guanxi::instant as_instant() const { return std::get<guanxi::instant>(data_); }
  guanxi::id as_id() const { return std::get<guanxi::id>(data_); }

  /// An integer or a decimal, as a decimal.
  bool is_number() const noexcept {
    return type() == value_type::integer || type() == value_type::decimal;
  }
  guanxi::decimal number() const {
    return type() == value_type::integer ? guanxi::decimal{as_integer(), 0} : as_decimal();
  }

  /// For people and logs: ISO dates, plain decimals, "true", "null", text as it is.
  std::string to_string() const;

  /// Same type and content; null equals null; 1.0 equals 1.00; an integer equals its decimal.
  friend bool operator==(const value& a, const value& b) noexcept;

 private:
  using content = std::variant<std::monostate, bool, std::int64_t, guanxi::decimal, std::string,
                               guanxi::date, guanxi::instant, guanxi::id>;

  /// A text is copied before it is put in: where there is no memory for one, the variant's own
  /// copying is undefined in libstdc++ 12, which takes the variant for one that is never empty.
  content copied() const {
    if (const auto* text = std::get_if<std::string>(&data_)) return content(std::string(*text));
    return data_;
  }

  content data_;
};

/// Total order of the language: null first, then by content (text by code point); numbers by value.
std::strong_ordering order(const value& a, const value& b) noexcept;
std::size_t hash(const value& v) noexcept;

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/value-inl.hpp"
#endif
