// Error objects, codes, versions and buffers.
#include "arguments.hpp"

#include "guanxi/base/config.hpp"

#include <exception>
#include <new>

using guanxi::errc;
using namespace guanxi::capi;

// Both headers write the version and the codes; a difference does not compile.
static_assert(GUANXI_OK == static_cast<int>(errc::ok));
static_assert(GUANXI_INVALID_ARGUMENT == static_cast<int>(errc::invalid_argument));
static_assert(GUANXI_INVALID_TEXT == static_cast<int>(errc::invalid_text));
static_assert(GUANXI_UNKNOWN_NAME == static_cast<int>(errc::unknown_name));
static_assert(GUANXI_PARSE == static_cast<int>(errc::parse));
static_assert(GUANXI_TYPE_MISMATCH == static_cast<int>(errc::type_mismatch));
static_assert(GUANXI_OVERFLOW == static_cast<int>(errc::overflow));
static_assert(GUANXI_MIXED_CURRENCY == static_cast<int>(errc::mixed_currency));
static_assert(GUANXI_PERMISSION == static_cast<int>(errc::permission));
static_assert(GUANXI_NOT_FOUND == static_cast<int>(errc::not_found));
static_assert(GUANXI_VALIDATION == static_cast<int>(errc::validation));
static_assert(GUANXI_DUPLICATE == static_cast<int>(errc::duplicate));
static_assert(GUANXI_CONFLICT == static_cast<int>(errc::conflict));
static_assert(GUANXI_EFFECT_LIMIT == static_cast<int>(errc::effect_limit));
static_assert(GUANXI_FILE_MISSING == static_cast<int>(errc::file_missing));
static_assert(GUANXI_NOT_A_DATABASE == static_cast<int>(errc::not_a_database));
static_assert(GUANXI_NEWER_SCHEMA == static_cast<int>(errc::newer_schema));
static_assert(GUANXI_STORE_FULL == static_cast<int>(errc::store_full));
static_assert(GUANXI_STORE_IO == static_cast<int>(errc::store_io));
static_assert(GUANXI_STORE_CORRUPT == static_cast<int>(errc::store_corrupt));
static_assert(GUANXI_BUSY == static_cast<int>(errc::busy));
static_assert(GUANXI_READ_ONLY == static_cast<int>(errc::read_only));
static_assert(GUANXI_UNSUPPORTED == static_cast<int>(errc::unsupported));
static_assert(GUANXI_INTERRUPTED == static_cast<int>(errc::interrupted));
static_assert(GUANXI_LIMIT == static_cast<int>(errc::limit));
static_assert(GUANXI_OUT_OF_MEMORY == static_cast<int>(errc::out_of_memory));
static_assert(GUANXI_MISUSE == static_cast<int>(errc::misuse));
static_assert(GUANXI_INTERNAL == static_cast<int>(errc::internal));

namespace guanxi::capi {
namespace {

guanxi_error owned(const error& why) {
  guanxi_error out{why, {}};
  out.others.reserve(why.others().size());
  for (const error& other : why.others()) out.others.push_back(owned(other));
  return out;
}

/// Without memory for the object, the code alone has to do.
std::int32_t report(guanxi_error** err, errc code, const error& why) noexcept {
  if (!err) return static_cast<std::int32_t>(code);
  try {
    *err = new guanxi_error(owned(why));
  } catch (...) {
    *err = nullptr;
  }
  return static_cast<std::int32_t>(code);
}

std::int32_t report_internal(guanxi_error** err, const char* what) noexcept {
  try {
    return report(err, errc::internal,
                  error(errc::internal, "an exception reached the C interface: " +
                                            in_backticks(what) + "; nothing more was done"));
  } catch (...) {
    return GUANXI_INTERNAL;
  }
}

}  // namespace

std::int32_t report_current(guanxi_error** err) noexcept {
  try {
    throw;
  } catch (const failure& why) {
    return report(err, why.error().code(), why.error());
  } catch (const std::bad_alloc&) {
    try {
      return report(err, errc::out_of_memory, error(errc::out_of_memory, "memory ran out"));
    } catch (...) {
      return GUANXI_OUT_OF_MEMORY;
    }
  } catch (const std::exception& other) {
    return report_internal(err, other.what());
  } catch (...) {
    return report_internal(err, "something that is no std::exception");
  }
}

}  // namespace guanxi::capi

const char* guanxi_version(void) { return GUANXI_VERSION_STRING; }

int32_t guanxi_version_number(void) {
  return GUANXI_VERSION_MAJOR * 1'000'000 + GUANXI_VERSION_MINOR * 1'000 + GUANXI_VERSION_PATCH;
}

const char* guanxi_code_name(int32_t code) {
  return guanxi::name(static_cast<errc>(code)).data();  // names are literals
}

void guanxi_error_release(guanxi_error* error) { delete error; }

int32_t guanxi_error_code(const guanxi_error* error) {
  return error ? static_cast<int32_t>(error->content.code()) : GUANXI_OK;
}

const char* guanxi_error_name(const guanxi_error* error) {
  return guanxi_code_name(guanxi_error_code(error));
}

const char* guanxi_error_message(const guanxi_error* error, size_t* length) {
  return borrowed(error ? error->content.message() : std::string_view(), length);
}

const char* guanxi_error_entity(const guanxi_error* error, size_t* length) {
  return borrowed(error ? error->content.entity() : std::string_view(), length);
}

const char* guanxi_error_field(const guanxi_error* error, size_t* length) {
  return borrowed(error ? error->content.field() : std::string_view(), length);
}

int64_t guanxi_error_record(const guanxi_error* error) {
  return error ? error->content.record() : 0;
}

int64_t guanxi_error_line(const guanxi_error* error) { return error ? error->content.line() : 0; }

int64_t guanxi_error_offset(const guanxi_error* error) {
  return error ? error->content.offset() : -1;
}

int32_t guanxi_error_store_code(const guanxi_error* error) {
  return error ? error->content.store_code() : 0;
}

int32_t guanxi_error_is_retriable(const guanxi_error* error) {
  return error && error->content.retriable() ? 1 : 0;
}

int32_t guanxi_error_is_aborted(const guanxi_error* error) {
  return error && error->content.aborted() ? 1 : 0;
}

int32_t guanxi_error_other_count(const guanxi_error* error) {
  return error ? count_of(error->others.size()) : 0;
}

const guanxi_error* guanxi_error_other(const guanxi_error* error, int32_t index) {
  if (index < 0 || index >= guanxi_error_other_count(error)) return nullptr;
  return &error->others[static_cast<std::size_t>(index)];
}

void guanxi_buffer_release(guanxi_buffer* buffer) { delete buffer; }

const char* guanxi_buffer_data(const guanxi_buffer* buffer, size_t* length) {
  return borrowed(buffer ? std::string_view(buffer->content) : std::string_view(), length);
}
