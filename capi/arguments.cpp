#include "arguments.hpp"

#include "guanxi/base/text_services.hpp"

#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace guanxi::capi {

std::string_view text(const char* given, std::size_t length, std::string_view argument) {
  const auto refused = [&](errc code, const std::string& rest, std::size_t at) {
    throw failure(error(code, "`" + std::string(argument) + "` " + rest)
                      .at_offset(static_cast<std::int64_t>(at)));
  };
  need(given, argument);
  if (length == GUANXI_NTS) length = std::strlen(given);
  if (length > static_cast<std::size_t>(PTRDIFF_MAX))
    refuse(errc::invalid_argument, "the length of `" + std::string(argument) +
                                       "` is not one; pass bytes, or GUANXI_NTS");
  const std::string_view view(given, length);
  if (const auto fault = utf8_fault(view))
    refused(errc::invalid_text, "is not UTF-8 at byte " + std::to_string(*fault), *fault);
  if (const std::size_t nul = view.find('\0'); nul != std::string_view::npos)
    refused(errc::invalid_text,
            "has a NUL at byte " + std::to_string(nul) + "; pass its length without one", nul);
  return view;
}

std::string_view optional_text(const char* given, std::size_t length, std::string_view argument) {
  return given ? text(given, length, argument) : std::string_view();
}

value decimal_value(std::int64_t coefficient, std::int32_t scale) {
  if (scale < 0 || scale > max_scale)
    refuse(errc::invalid_argument,
           "a scale of " + std::to_string(scale) + " is none; a scale is 0 to 18");
  return decimal{coefficient, static_cast<std::uint8_t>(scale)};
}

namespace {

const date first_day = date::from_civil({1, 1, 1}).value_or(date{});
const date last_day = date::from_civil({9999, 12, 31}).value_or(date{});

}  // namespace

value date_value(std::int32_t days) {
  if (days < first_day.days || days > last_day.days)
    refuse(errc::invalid_argument,
           "a date of " + std::to_string(days) + " days lies outside the years 1 to 9999");
  return date{days};
}

value instant_value(std::int64_t microseconds) {
  if (microseconds < first_day.days * microseconds_per_day ||
      microseconds >= (last_day.days + std::int64_t{1}) * microseconds_per_day)
    refuse(errc::invalid_argument, "an instant of " + std::to_string(microseconds) +
                                       " microseconds lies outside the years 1 to 9999");
  return instant{microseconds};
}

value reference_value(std::int64_t key) {
  if (key <= 0)
    refuse(errc::invalid_argument, "an id of " + std::to_string(key) +
                                       " is none; ids are greater than 0, and no record is null");
  return id{key};
}

currency currency_value(const char* given, std::size_t length) {
  return currency::parse(text(given, length, "currency")).value();
}

std::int64_t this_process() noexcept {
#if defined(__unix__) || defined(__APPLE__)
  return ::getpid();
#else
  return 0;
#endif
}

namespace {

void check_process(std::int64_t made_by) {
  if (made_by != this_process())
    refuse(errc::misuse, "the handle was made before a fork; open the store again in the child");
}

}  // namespace

guanxi::session& live(guanxi_session* session) {
  check_process(need(session, "session").process);
  return session->content;
}

const guanxi::tenant& live(const guanxi_tenant* tenant) {
  check_process(need(tenant, "tenant").process);
  return tenant->content;
}

namespace {

std::string quoted(std::string_view what) { return "`" + std::string(what) + "`"; }

/// Writes a field of the caller's struct, if his version of it has the field.
template <class Field>
void give(guanxi_value& into, Field guanxi_value::*field, Field content) {
  const auto* begin = reinterpret_cast<const char*>(&into);
  const auto* at = reinterpret_cast<const char*>(&(into.*field));
  if (static_cast<std::size_t>(at - begin) + sizeof(Field) <= into.struct_size)
    into.*field = content;
}

std::int64_t raw(const value& v) {
  switch (v.type()) {
    case value_type::boolean: return v.as_boolean() ? 1 : 0;
    case value_type::integer: return v.as_integer();
    case value_type::decimal: return v.as_decimal().coefficient;
    case value_type::date: return v.as_date().days;
    case value_type::instant: return v.as_instant().microseconds;
    case value_type::reference: return v.as_id().value;
    case value_type::null:
    case value_type::text: return 0;
  }
  return 0;
}

}  // namespace

void put_value(const value& v, guanxi_value* into, std::string_view kept) {
  guanxi_value& out = need(into, "value");
  if (out.struct_size < sizeof(out.struct_size))
    refuse(errc::invalid_argument, "`struct_size` of the value is not set; set it to sizeof");
  const bool is_text = v.type() == value_type::text;
  give(out, &guanxi_value::type, static_cast<std::int32_t>(v.type()));
  give(out, &guanxi_value::integer, raw(v));
  give(out, &guanxi_value::text, is_text ? kept.data() : static_cast<const char*>(nullptr));
  give(out, &guanxi_value::length, is_text ? kept.size() : std::size_t{0});
  give(out, &guanxi_value::scale,
       v.type() == value_type::decimal ? std::int32_t{v.as_decimal().scale} : std::int32_t{0});
}

void put_value(const value& v, guanxi_value* into) {
  put_value(v, into, v.type() == value_type::text ? v.as_text() : std::string_view());
}

void need_type(const value& v, value_type type, std::string_view what) {
  if (v.type() == type || v.is_null()) return;
  refuse(errc::type_mismatch, quoted(what) + " is of type " + std::string(name(v.type())) +
                                  ", not " + std::string(name(type)));
}

bool put_null(const value& v, std::int32_t* is_null, std::string_view what) {
  if (v.is_null() && !is_null)
    refuse(errc::type_mismatch, quoted(what) + " is null; pass `is_null` to be told of nulls");
  if (is_null) *is_null = v.is_null() ? 1 : 0;
  return v.is_null();
}

namespace {

template <class Out>
void put(const value& v, value_type type, Out* into, std::int32_t* is_null, std::string_view what) {
  Out& out = need(into, "value");
  out = 0;
  need_type(v, type, what);
  if (!put_null(v, is_null, what)) out = static_cast<Out>(raw(v));
}

}  // namespace

void put_boolean(const value& v, std::int32_t* into, std::int32_t* is_null, std::string_view what) {
  put(v, value_type::boolean, into, is_null, what);
}

void put_integer(const value& v, std::int64_t* into, std::int32_t* is_null, std::string_view what) {
  put(v, value_type::integer, into, is_null, what);
}

void put_decimal(const value& v, std::int64_t* into, std::int32_t* scale, std::int32_t* is_null,
                 std::string_view what) {
  if (scale) *scale = 0;
  const bool whole = v.type() == value_type::integer;
  put(v, whole ? value_type::integer : value_type::decimal, into, is_null, what);
  if (scale && v.type() == value_type::decimal) *scale = v.as_decimal().scale;
}

void put_text(const value& v, const char** into, std::size_t* length, std::string_view what) {
  const char*& out = output(into, "text");
  if (length) *length = 0;
  need_type(v, value_type::text, what);
  if (!v.is_null()) out = borrowed(v.as_text(), length);
}

void put_date(const value& v, std::int32_t* into, std::int32_t* is_null, std::string_view what) {
  put(v, value_type::date, into, is_null, what);
}

void put_instant(const value& v, std::int64_t* into, std::int32_t* is_null, std::string_view what) {
  put(v, value_type::instant, into, is_null, what);
}

void put_reference(const value& v, std::int64_t* into, std::int32_t* is_null,
                   std::string_view what) {
  put(v, value_type::reference, into, is_null, what);
}

}  // namespace guanxi::capi
