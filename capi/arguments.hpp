// Reading what C hands in, and handing out what it asked for. All of these throw failure, to be
// used within a barrier.
//
//   std::string_view name = text(entity, entity_length, "entity");
//   guanxi_record*& into = output(record, "record");
#pragma once

#include "barrier.hpp"
#include "handles.hpp"

#include "guanxi/base/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace guanxi::capi {

/// The pointer itself, unless it is NULL.
template <class T>
T& need(T* given, std::string_view argument) {
  if (!given) refuse(errc::invalid_argument, "`" + std::string(argument) + "` is NULL");
  return *given;
}

/// Where a handle shall be put: cleared, so that a failed call leaves NULL.
template <class T>
T*& output(T** given, std::string_view argument) {
  T*& into = need(given, argument);
  into = nullptr;
  return into;
}

/// Well-formed text of `length` bytes or, with GUANXI_NTS, up to its NUL. It holds no NUL.
std::string_view text(const char* given, std::size_t length, std::string_view argument);
/// The same, or nothing for NULL.
std::string_view optional_text(const char* given, std::size_t length, std::string_view argument);

value decimal_value(std::int64_t coefficient, std::int32_t scale);
value date_value(std::int32_t days);
value instant_value(std::int64_t microseconds);
value reference_value(std::int64_t id);
currency currency_value(const char* given, std::size_t length);

/// The session or tenant behind a handle of this process.
guanxi::session& live(guanxi_session* session);
const guanxi::tenant& live(const guanxi_tenant* tenant);
std::int64_t this_process() noexcept;

/// Copies a field of a versioned struct if the caller's struct is long enough to have it.
template <class Struct, class Field>
void take(const Struct& given, Struct& into, Field Struct::*field) {
  const auto* begin = reinterpret_cast<const char*>(&given);
  const auto* at = reinterpret_cast<const char*>(&(given.*field));
  const auto end = static_cast<std::size_t>(at - begin) + sizeof(Field);
  if (end <= given.struct_size) into.*field = given.*field;
}

/// The options as the caller's version of the struct has them; what it lacks is zero.
template <class Struct, class... Fields>
Struct options_of(const Struct* given, Fields Struct::*... fields) {
  Struct out = {};
  if (!given) return out;
  if (given->struct_size < sizeof(given->struct_size))
    refuse(errc::invalid_argument, "`struct_size` of the options is not set; set it to sizeof");
  (take(*given, out, fields), ...);
  return out;
}

/// Fills a guanxi_value as far as the caller's version of it goes. Text is borrowed from `v`, or is
/// the same text where it is kept, NUL-terminated.
void put_value(const value& v, guanxi_value* into);
void put_value(const value& v, guanxi_value* into, std::string_view kept);

// Answers of one type, by the rules for types and nulls in guanxi.h; `what` names the value in
// errors.
/// Says whether v is null; where nobody asked, a null is an error.
bool put_null(const value& v, std::int32_t* is_null, std::string_view what);
/// Throws errc::type_mismatch unless v is of the type, or null.
void need_type(const value& v, value_type type, std::string_view what);
void put_boolean(const value& v, std::int32_t* into, std::int32_t* is_null, std::string_view what);
void put_integer(const value& v, std::int64_t* into, std::int32_t* is_null, std::string_view what);
void put_decimal(const value& v, std::int64_t* into, std::int32_t* scale, std::int32_t* is_null,
                 std::string_view what);
void put_text(const value& v, const char** into, std::size_t* length, std::string_view what);
void put_date(const value& v, std::int32_t* into, std::int32_t* is_null, std::string_view what);
void put_instant(const value& v, std::int64_t* into, std::int32_t* is_null,
                 std::string_view what);
void put_reference(const value& v, std::int64_t* into, std::int32_t* is_null,
                   std::string_view what);

/// For accessors that cannot fail: text that is NUL-terminated where it is kept.
inline const char* borrowed(std::string_view kept, std::size_t* length) noexcept {
  if (length) *length = kept.size();
  return kept.data() ? kept.data() : "";
}
inline const char* nothing(std::size_t* length) noexcept {
  if (length) *length = 0;
  return nullptr;
}

/// GUANXI_CHINESE gives the second, any other number the first.
inline const std::string& in_language(std::int32_t language, const std::string& en,
                                      const std::string& zh) noexcept {
  return language == GUANXI_CHINESE ? zh : en;
}

/// The element at a position that C gave, or NULL.
template <class T>
const T* element(const std::vector<T>& of, std::int32_t at) noexcept {
  return at >= 0 && static_cast<std::size_t>(at) < of.size() ? &of[static_cast<std::size_t>(at)]
                                                              : nullptr;
}

inline std::int32_t count_of(std::size_t n) noexcept { return static_cast<std::int32_t>(n); }

}  // namespace guanxi::capi
