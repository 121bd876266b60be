// Reading what C hands in, and handing out what it asked for: what the generated exports use. All
// of these throw failure, to be used within a barrier.
//
//   const std::string_view name = text_of(entity, entity_length, "entity");
//   guanxi_record*& into = output(record, "record");
#pragma once

#include "barrier.hpp"
#include "handles.hpp"
#include "strided.hpp"

#include "guanxi/base/environment.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace guanxi::capi {

[[noreturn]] void refuse_null(std::string_view argument);

/// What a pointer points to, unless it is NULL.
template <class T>
T& need(T* given, std::string_view argument) {
  if (!given) refuse_null(argument);
  return *given;
}

/// Where a handle or text shall be put: cleared, so that a failed call leaves NULL.
template <class T>
T*& output(T** given, std::string_view argument) {
  T*& into = need(given, argument);
  into = nullptr;
  return into;
}

template <class T>
T& output_number(T* given, std::string_view argument, std::type_identity_t<T> empty) {
  T& into = need(given, argument);
  into = empty;
  return into;
}

/// A handle that the caller may not want, made before the work so that want of memory cannot follow
/// a success.
template <class T>
class wanted {
 public:
  explicit wanted(T** into) : into_(into) {
    if (!into_) return;
    *into_ = nullptr;
    made_ = std::make_unique<T>();
  }
  T* get() const noexcept { return made_.get(); }
  void hand_over() noexcept {
    if (into_) *into_ = made_.release();
  }

 private:
  T** into_;
  std::unique_ptr<T> made_;
};

/// An array of the caller's; it may be NULL where it has no elements.
template <class T>
std::span<T> elements(T* given, std::size_t count, std::string_view argument) {
  if (count > 0) need(given, argument);
  if (count > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T))
    refuse(errc::invalid_argument, "the `count` of `" + std::string(argument) + "` is not one");
  return {given, count};
}

template <class T>
std::span<T*> outputs(T** given, std::size_t count, std::string_view argument) {
  const std::span<T*> into = elements(given, count, argument);
  for (T*& one : into) one = nullptr;
  return into;
}

template <class T>
void each_needed(std::span<T* const> given, std::string_view argument) {
  for (T* one : given) need(one, argument);
}

/// Well-formed text of `length` bytes or, with GUANXI_NTS, up to its NUL. It holds no NUL.
std::string_view text_of(const char* given, std::size_t length, std::string_view argument);
/// The same, or nothing for NULL.
std::optional<std::string_view> optional_text(const char* given, std::size_t length,
                                              std::string_view argument);
/// The length of a text of a struct, once the text is found well-formed; 0 for NULL.
std::size_t checked_length(const char* given, std::size_t length, std::string_view argument);

std::int64_t this_process() noexcept;

/// Whether a handle was made by this process and not before a fork.
template <class Handle>
bool is_here(const Handle& handle) noexcept {
  return handle.process == this_process();
}
[[noreturn]] void refuse_forked();
[[noreturn]] void refuse_inside();
template <class Handle>
Handle& live(Handle& handle) {
  if (!is_here(handle)) refuse_forked();
  if (handle.inside && handle.inside->here()) refuse_inside();
  return handle;
}

inline work work_of(guanxi_work_callback callback, void* user) {
  return [callback, user](guanxi_session& session) { return callback(user, &session); };
}

inline event event_of(guanxi_event_callback callback, void* user) {
  return [callback, user](const guanxi_events& events) { return callback(user, &events); };
}

/// A stream that a call uses up, whatever becomes of it.
struct taken_stream {
  taken_stream(ArrowArrayStream* given, std::string_view argument)
      : stream(std::exchange(need(given, argument), ArrowArrayStream{})) {}
  taken_stream(const taken_stream&) = delete;
  taken_stream& operator=(const taken_stream&) = delete;
  ~taken_stream() {
    if (stream.release) stream.release(&stream);
  }
  ArrowArrayStream stream;
};

/// The callback as the library's progress; empty for NULL.
progress progress_of(guanxi_progress_callback callback, void* user);

/// Whether the caller's version of a struct is long enough to have a field.
template <class Struct, class Field>
bool has(const Struct& in, Field Struct::*field) noexcept {
  const auto* begin = reinterpret_cast<const char*>(&in);
  const auto* at = reinterpret_cast<const char*>(&(in.*field));
  return static_cast<std::size_t>(at - begin) + sizeof(Field) <= in.struct_size;
}

[[noreturn]] void refuse_size(std::string_view argument);
/// Throws unless struct_size is set.
template <class Struct>
void check_size(const Struct* given, std::string_view argument) {
  if (need(given, argument).struct_size < sizeof(given->struct_size)) refuse_size(argument);
}

/// A struct as the caller's version of it goes; what it lacks is zero.
template <class Struct, class... Fields>
Struct options_of(const Struct* given, std::string_view argument, Fields Struct::*... fields) {
  Struct out = {};
  if (!given) return out;
  check_size(given, argument);
  const auto take = [&](auto field) {
    if (has(*given, field)) out.*field = given->*field;
  };
  (take(fields), ...);
  return out;
}

/// An array of structs; it may be NULL where it has no elements.
template <class Struct>
strided<Struct> strided_of(const Struct* given, std::size_t count, std::string_view argument) {
  elements(given, count, argument);
  if (count == 0) return {};
  check_size(given, argument);
  return {given, count, given->struct_size};
}

/// Fills the caller's struct as far as his version of it goes.
template <class Struct, class... Fields>
void give_fields(const Struct& from, Struct& into, Fields Struct::*... fields) noexcept {
  const auto put = [&](auto field) {
    if (has(into, field)) into.*field = from.*field;
  };
  (put(fields), ...);
}

}  // namespace guanxi::capi
