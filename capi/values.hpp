// Values on their way between C and C++, by the rules for types and nulls in guanxi.h; `what` names
// the value in errors.
//
//   put_integer(record.at(slot), value, is_null, "quantity");
#pragma once

#include "barrier.hpp"

#include "guanxi/base/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace guanxi::capi {

value decimal_value(std::int64_t coefficient, std::int32_t scale);
value date_value(std::int32_t days);
value instant_value(std::int64_t microseconds);
value reference_value(std::int64_t id);
/// A value of the type that it says; its text was checked.
value value_of(const guanxi_value& given);

/// As C sees it. Text is borrowed from `v`, or is the same text where it is kept, NUL-terminated.
guanxi_value c_value(const value& v);
guanxi_value c_value(const value& v, std::string_view kept);

/// Says whether v is null; where nobody asked, a null is an error.
bool put_null(const value& v, std::int32_t* is_null, std::string_view what);
/// Throws errc::type_mismatch unless v is of the type, or null.
void need_type(const value& v, value_type type, std::string_view what);
void put_boolean(const value& v, std::int32_t& into, std::int32_t* is_null, std::string_view what);
void put_integer(const value& v, std::int64_t& into, std::int32_t* is_null, std::string_view what);
void put_decimal(const value& v, std::int64_t& into, std::int32_t* scale, std::int32_t* is_null,
                 std::string_view what);
void put_text(const value& v, const char*& into, std::size_t* length, std::string_view what);
void put_date(const value& v, std::int32_t& into, std::int32_t* is_null, std::string_view what);
void put_instant(const value& v, std::int64_t& into, std::int32_t* is_null, std::string_view what);
void put_reference(const value& v, std::int64_t& into, std::int32_t* is_null,
                   std::string_view what);

/// The element at a position that C gave, or errc::invalid_argument.
template <class T>
const T& element(const std::vector<T>& of, std::int32_t at, std::string_view what) {
  if (at >= 0 && static_cast<std::size_t>(at) < of.size()) return of[static_cast<std::size_t>(at)];
  refuse(errc::invalid_argument, std::string(what) + " " + std::to_string(at) + " is none of " +
                                     std::to_string(of.size()));
}

/// Text of a struct that is filled, NUL-terminated where it is kept.
inline void lend_text(std::string_view kept, const char*& into, std::size_t& length) noexcept {
  into = kept.data() ? kept.data() : "";
  length = kept.size();
}

inline std::int32_t count_of(std::size_t n) noexcept { return static_cast<std::int32_t>(n); }

}  // namespace guanxi::capi
