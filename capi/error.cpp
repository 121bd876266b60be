// Error objects, codes, versions and buffers.
#include "arguments.hpp"
#include "bodies.hpp"
#include "handles.hpp"
#include "values.hpp"

#include <exception>
#include <new>

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

namespace body {

namespace {

/// One of the versions that a conflict brings.
std::unique_ptr<guanxi_record> version_of(const guanxi_error& from,
                                          record schema::conflict::*which) {
  const schema::conflict* both = schema::conflict_of(from.content);
  if (!both || (both->*which).empty())
    refuse(errc::not_found, "this error brings no such version of a record");
  return std::make_unique<guanxi_record>(guanxi_record{both->*which});
}

}  // namespace

const char* version() { return GUANXI_VERSION_STRING; }

std::int32_t version_number() {
  return GUANXI_VERSION_MAJOR * 1'000'000 + GUANXI_VERSION_MINOR * 1'000 + GUANXI_VERSION_PATCH;
}

const char* code_name(std::int32_t code) {
  return name(static_cast<errc>(code)).data();  // names are literals
}

std::int32_t error_code(const guanxi_error& error) {
  return static_cast<std::int32_t>(error.content.code());
}

const char* error_name(const guanxi_error& error) { return code_name(error_code(error)); }
std::string_view error_message(const guanxi_error& error) { return error.content.message(); }
std::string_view error_entity(const guanxi_error& error) { return error.content.entity(); }
std::string_view error_field(const guanxi_error& error) { return error.content.field(); }
std::int64_t error_record(const guanxi_error& error) { return error.content.record(); }
std::string_view error_token(const guanxi_error& error) { return error.content.token(); }

std::unique_ptr<guanxi_record> error_stored(const guanxi_error& error) {
  return version_of(error, &schema::conflict::stored);
}
std::unique_ptr<guanxi_record> error_wanted(const guanxi_error& error) {
  return version_of(error, &schema::conflict::wanted);
}
std::int64_t error_line(const guanxi_error& error) { return error.content.line(); }
std::int64_t error_offset(const guanxi_error& error) { return error.content.offset(); }
std::int32_t error_store_code(const guanxi_error& error) { return error.content.store_code(); }
std::int32_t error_is_retriable(const guanxi_error& error) {
  return error.content.retriable() ? 1 : 0;
}
std::int32_t error_is_aborted(const guanxi_error& error) { return error.content.aborted() ? 1 : 0; }
std::int32_t error_other_count(const guanxi_error& error) { return count_of(error.others.size()); }

const guanxi_error* error_other(const guanxi_error& error, std::int32_t index) {
  if (index < 0 || index >= error_other_count(error)) return nullptr;
  return &error.others[static_cast<std::size_t>(index)];
}

std::string_view buffer_data(const guanxi_buffer& buffer) { return buffer.content; }

}  // namespace body
}  // namespace guanxi::capi
