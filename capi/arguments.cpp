#include "arguments.hpp"

#include "guanxi/base/text_services.hpp"

#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace guanxi::capi {

void refuse_null(std::string_view argument) {
  refuse(errc::invalid_argument, "`" + std::string(argument) + "` is NULL");
}

void refuse_size(std::string_view argument) {
  refuse(errc::invalid_argument, "`struct_size` of `" + std::string(argument) +
                                     "` is not set; set it to sizeof the struct");
}

void refuse_forked() {
  refuse(errc::misuse, "the handle was made before a fork; open the store again in the child");
}

void refuse_inside() {
  refuse(errc::misuse, "a callback of a module called the library on the tenant that is calling "
                       "it; nothing was done; use what it was lent, or let it return first");
}

std::string_view text_of(const char* given, std::size_t length, std::string_view argument) {
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

std::optional<std::string_view> optional_text(const char* given, std::size_t length,
                                              std::string_view argument) {
  if (!given) return std::nullopt;
  return text_of(given, length, argument);
}

std::size_t checked_length(const char* given, std::size_t length, std::string_view argument) {
  return given ? text_of(given, length, argument).size() : 0;
}

std::int64_t this_process() noexcept {
#if defined(__unix__) || defined(__APPLE__)
  return ::getpid();
#else
  return 0;
#endif
}

progress progress_of(guanxi_progress_callback callback, void* user) {
  if (!callback) return {};
  return [callback, user](std::uint64_t done, std::uint64_t total) {
    return callback(user, done, total) == 0;
  };
}

}  // namespace guanxi::capi
