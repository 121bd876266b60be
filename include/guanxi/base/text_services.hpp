// What the library asks of a text library, behind an interface, so that only one source file of the
// project knows ICU and a host may bring its own.
//
//   auto services = make_text_services();   services->folded("Ｇｕａｎｘｉ ÄÖ") == "guanxi äö"
//
// Thread rule: const members may be called concurrently.
#pragma once

#include "guanxi/base/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace guanxi {

/// Byte offset of the first fault, or nothing if the text is well-formed UTF-8 (no surrogates, no
/// overlong forms, at most U+10FFFF).
std::optional<std::size_t> utf8_fault(std::string_view text) noexcept;
/// Number of code points of well-formed text.
std::size_t code_points(std::string_view text) noexcept;
/// Columns a terminal needs: 2 for wide East Asian characters, 0 for combining marks, else 1.
std::size_t display_width(std::string_view text) noexcept;

class text_services {
 public:
  virtual ~text_services() = default;
  /// NFKC with full case folding: equal for texts that differ by case, width or composition only.
  virtual std::string folded(std::string_view text) const = 0;
  virtual std::string lowered(std::string_view text) const = 0;
  virtual std::string uppered(std::string_view text) const = 0;
  /// Canonical composition, the form in which text is stored.
  virtual std::string composed(std::string_view text) const = 0;
  /// Bytes whose order is the linguistic order of the locale ("en", "zh" by pinyin).
  virtual std::string sort_key(std::string_view text, std::string_view locale) const = 0;
};

/// The built-in services, on ICU.
std::shared_ptr<const text_services> make_text_services();

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/utf8-inl.hpp"
#endif
