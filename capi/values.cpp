#include "values.hpp"

namespace guanxi::capi {

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

value value_of(const guanxi_value& given) {
  switch (given.type) {
    case GUANXI_TYPE_NULL: return {};
    case GUANXI_TYPE_BOOLEAN: return given.integer != 0;
    case GUANXI_TYPE_INTEGER: return given.integer;
    case GUANXI_TYPE_DECIMAL: return decimal_value(given.integer, given.scale);
    case GUANXI_TYPE_TEXT:
      if (!given.text) refuse(errc::invalid_argument, "`text` of the value is NULL");
      return std::string_view(given.text, given.text_length);
    case GUANXI_TYPE_DATE:
      if (given.integer != static_cast<std::int32_t>(given.integer)) break;
      return date_value(static_cast<std::int32_t>(given.integer));
    case GUANXI_TYPE_INSTANT: return instant_value(given.integer);
    case GUANXI_TYPE_REFERENCE: return reference_value(given.integer);
    default:
      refuse(errc::invalid_argument, "a value of type " + std::to_string(given.type) +
                                         " is none; the types are 0 (null) to 7 (reference)");
  }
  refuse(errc::invalid_argument, "a date of " + std::to_string(given.integer) +
                                     " days lies outside the years 1 to 9999");
}

namespace {

std::string quoted(std::string_view what) { return "`" + std::string(what) + "`"; }

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

guanxi_value c_value(const value& v, std::string_view kept) {
  guanxi_value out = {};
  out.type = static_cast<std::int32_t>(v.type());
  out.integer = raw(v);
  if (v.type() == value_type::text) {
    out.text = kept.data();
    out.text_length = kept.size();
  }
  if (v.type() == value_type::decimal) out.scale = v.as_decimal().scale;
  return out;
}

guanxi_value c_value(const value& v) {
  return c_value(v, v.type() == value_type::text ? v.as_text() : std::string_view());
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
void put(const value& v, value_type type, Out& into, std::int32_t* is_null, std::string_view what) {
  need_type(v, type, what);
  if (!put_null(v, is_null, what)) into = static_cast<Out>(raw(v));
}

}  // namespace

void put_boolean(const value& v, std::int32_t& into, std::int32_t* is_null, std::string_view what) {
  put(v, value_type::boolean, into, is_null, what);
}

void put_integer(const value& v, std::int64_t& into, std::int32_t* is_null, std::string_view what) {
  put(v, value_type::integer, into, is_null, what);
}

void put_decimal(const value& v, std::int64_t& into, std::int32_t* scale, std::int32_t* is_null,
                 std::string_view what) {
  const bool whole = v.type() == value_type::integer;
  put(v, whole ? value_type::integer : value_type::decimal, into, is_null, what);
  if (scale && v.type() == value_type::decimal) *scale = v.as_decimal().scale;
}

void put_text(const value& v, const char*& into, std::size_t* length, std::string_view what) {
  need_type(v, value_type::text, what);
  if (v.is_null()) return;
  into = v.as_text().data();
  if (length) *length = v.as_text().size();
}

void put_date(const value& v, std::int32_t& into, std::int32_t* is_null, std::string_view what) {
  put(v, value_type::date, into, is_null, what);
}

void put_instant(const value& v, std::int64_t& into, std::int32_t* is_null, std::string_view what) {
  put(v, value_type::instant, into, is_null, what);
}

void put_reference(const value& v, std::int64_t& into, std::int32_t* is_null,
                   std::string_view what) {
  put(v, value_type::reference, into, is_null, what);
}

}  // namespace guanxi::capi
