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
#include <span>
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

/// What a person types to find a record, ready to be looked for in many texts.
///
/// Texts are compared without regard to case, width and accents, and in simplified characters. A
/// word is what stands between other signs than letters and digits; Chinese, Japanese, Korean and
/// South-East Asian writing is a run, in which blanks do not count. Each word that was typed must
/// be found, in whichever text, and counts by its best place:
///
///     6   it is the whole text
///     5   the text begins with it
///     4   another word of the text begins with it, or it is inside a run
///     3   it is pinyin of a run from its beginning: zhang, zhangs or zhangsan for 张三
///     2   it is pinyin from a later character on, or the initials from the beginning: zs
///     1   it is the initials from a later character on: cc for 上海长城
///
/// Characters of several readings are found by each: 长 by chang and zhang, 单 also by shan, as the
/// surname is read. Pinyin (ISO 7098) is without tones, ü as v; readings and simplified forms are
/// those of the Unicode Character Database.
///
/// A text of a telephone number's signs alone with seven digits or more is a number. It is found by
/// whatever part of it begins four digits or more before its end, however grouped, and by a whole
/// number with or without country code (behind + or 00) and trunk zero.
/// Thread rule: a constant.
class search_words {
 public:
  virtual ~search_words() = default;
  /// The sum over all words; 0 if one is found nowhere, or if there is none.
  virtual int relevance(std::span<const std::string_view> texts) const = 0;
};

/// Words behind so many are not looked for.
inline constexpr std::size_t max_search_words = 32;

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
  /// What `search` and `relevance` look for; it must not outlive the services. Null: these services
  /// do not search.
  virtual std::shared_ptr<const search_words> look_for(std::string_view typed) const {
    static_cast<void>(typed);
    return nullptr;
  }
};

/// The built-in services, on ICU.
std::shared_ptr<const text_services> make_text_services();

}  // namespace guanxi

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/base/utf8-inl.hpp"
#endif
