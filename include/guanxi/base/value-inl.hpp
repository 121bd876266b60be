#pragma once

#include "guanxi/base/value.hpp"

#include <functional>

namespace guanxi {

namespace detail_value {

/// Types in their order; integers and decimals are one kind, compared by value.
GUANXI_INLINE int rank(const value& v) noexcept {
  return static_cast<int>(v.is_number() ? value_type::integer : v.type());
}

GUANXI_INLINE std::size_t mixed(std::size_t seed, std::size_t part) noexcept {
  std::uint64_t x = (static_cast<std::uint64_t>(seed) + 0x9e37'79b9'7f4a'7c15ULL) ^ part;
  x = (x ^ (x >> 30)) * 0xbf58'476d'1ce4'e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d0'49bb'1331'11ebULL;
  return static_cast<std::size_t>(x ^ (x >> 31));
}

/// Equal decimals have equal hashes: the shortest form is hashed.
GUANXI_INLINE std::size_t hash_of(decimal x) noexcept {
  while (x.scale > 0 && x.coefficient % 10 == 0) {
    x.coefficient /= 10;
    --x.scale;
  }
  return mixed(x.scale, static_cast<std::size_t>(x.coefficient));
}

}  // namespace detail_value

GUANXI_INLINE std::string_view name(value_type t) noexcept {
  switch (t) {
    case value_type::null: return "null";
    case value_type::boolean: return "boolean";
    case value_type::integer: return "integer";
    case value_type::decimal: return "decimal";
    case value_type::text: return "text";
    case value_type::date: return "date";
    case value_type::instant: return "instant";
    case value_type::reference: return "reference";
  }
  return "null";
}

GUANXI_INLINE std::string value::to_string() const {
  switch (type()) {
    case value_type::null: return "null";
    case value_type::boolean: return as_boolean() ? "true" : "false";
    case value_type::integer: return std::to_string(as_integer());
    case value_type::decimal: return as_decimal().to_string();
    case value_type::text: return std::string(as_text());
    case value_type::date: return as_date().to_string();
    case value_type::instant: return as_instant().to_string();
    case value_type::reference: return std::to_string(as_id().value);
  }
  return {};
}

GUANXI_INLINE std::strong_ordering order(const value& a, const value& b) noexcept {
  const int kind = detail_value::rank(a);
  if (const auto by_kind = kind <=> detail_value::rank(b); by_kind != 0) return by_kind;
  switch (a.type()) {
    case value_type::null: return std::strong_ordering::equal;
    case value_type::boolean: return a.as_boolean() <=> b.as_boolean();
    case value_type::integer:
    case value_type::decimal: return compare(a.number(), b.number());
    // Bytes of UTF-8 sort as the code points do.
    case value_type::text: return a.as_text() <=> b.as_text();
    case value_type::date: return a.as_date() <=> b.as_date();
    case value_type::instant: return a.as_instant() <=> b.as_instant();
    case value_type::reference: return a.as_id() <=> b.as_id();
  }
  return std::strong_ordering::equal;
}

GUANXI_INLINE bool operator==(const value& a, const value& b) noexcept { return order(a, b) == 0; }

GUANXI_INLINE std::size_t hash(const value& v) noexcept {
  const auto bits = [](auto x) { return static_cast<std::size_t>(x); };
  std::size_t content = 0;
  switch (v.type()) {
    case value_type::null: break;
    case value_type::boolean: content = bits(v.as_boolean()); break;
    case value_type::integer:
    case value_type::decimal: content = detail_value::hash_of(v.number()); break;
    case value_type::text: content = std::hash<std::string_view>()(v.as_text()); break;
    case value_type::date: content = bits(v.as_date().days); break;
    case value_type::instant: content = bits(v.as_instant().microseconds); break;
    case value_type::reference: content = bits(v.as_id().value); break;
  }
  return detail_value::mixed(bits(detail_value::rank(v)), content);
}

}  // namespace guanxi
