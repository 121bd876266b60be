#include "guanxi/base/text_services.hpp"

#include "search.hpp"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/coll.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>

namespace guanxi {

namespace {

constexpr std::size_t max_collators = 64;

bool is_ascii(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// ICU counts in int32, and a text can grow 18-fold on its way; what is longer is left as it is.
bool too_long(std::string_view text) noexcept {
  return text.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max() / 18);
}

icu::StringPiece piece(std::string_view text) noexcept {
  return {text.data(), static_cast<std::int32_t>(text.size())};
}

std::string ascii_cased(std::string_view text, char first, char last) {
  std::string out(text);
  for (char& c : out) {
    if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
  }
  return out;
}

std::string normalized(const icu::Normalizer2* form, std::string_view text) {
  if (form == nullptr || too_long(text)) return std::string(text);
  std::string out;
  icu::StringByteSink<std::string> sink(&out, static_cast<std::int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  form->normalizeUTF8(0, piece(text), sink, nullptr, status);
  return U_SUCCESS(status) ? out : std::string(text);
}

using case_change = void (*)(const char*, std::uint32_t, icu::StringPiece, icu::ByteSink&,
                             icu::Edits*, UErrorCode&);

std::string recased(case_change change, std::string_view text) {
  if (too_long(text)) return std::string(text);
  std::string out;
  icu::StringByteSink<std::string> sink(&out, static_cast<std::int32_t>(text.size()));
  UErrorCode status = U_ZERO_ERROR;
  change("", 0, piece(text), sink, nullptr, status);  // "": the root locale, no Turkish dotless i
  return U_SUCCESS(status) ? out : std::string(text);
}

/// The locale's collator, or null. For "zh" pinyin is asked for by name, not left to ICU's data.
std::shared_ptr<const icu::Collator> make_collator(std::string_view tag) {
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale locale = icu::Locale::forLanguageTag(piece(tag), status);
  if (U_FAILURE(status) || locale.isBogus()) locale = icu::Locale::getRoot();
  if (tag == "zh") {
    status = U_ZERO_ERROR;
    locale.setKeywordValue("collation", "pinyin", status);
  }
  status = U_ZERO_ERROR;
  std::shared_ptr<const icu::Collator> made(icu::Collator::createInstance(locale, status));
  return U_SUCCESS(status) ? made : nullptr;
}

class icu_text_services final : public text_services, private search_forms {
 public:
  icu_text_services() {
    UErrorCode status = U_ZERO_ERROR;
    fold_ = icu::Normalizer2::getNFKCCasefoldInstance(status);
    if (U_FAILURE(status)) fold_ = nullptr;
    status = U_ZERO_ERROR;
    compose_ = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) compose_ = nullptr;
    status = U_ZERO_ERROR;
    decompose_ = icu::Normalizer2::getNFDInstance(status);
    if (U_FAILURE(status)) decompose_ = nullptr;
  }

  std::string folded(std::string_view text) const override {
    return is_ascii(text) ? ascii_cased(text, 'A', 'Z') : normalized(fold_, text);
  }

  std::string lowered(std::string_view text) const override {
    return is_ascii(text) ? ascii_cased(text, 'A', 'Z') : recased(icu::CaseMap::utf8ToLower, text);
  }

  std::string uppered(std::string_view text) const override {
    return is_ascii(text) ? ascii_cased(text, 'a', 'z') : recased(icu::CaseMap::utf8ToUpper, text);
  }

  std::string composed(std::string_view text) const override {
    return is_ascii(text) ? std::string(text) : normalized(compose_, text);
  }

  std::string sort_key(std::string_view text, std::string_view locale) const override {
    const std::shared_ptr<const icu::Collator> collator = collator_of(locale);
    if (!collator || too_long(text)) return folded(text);
    const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(piece(text));
    std::string key(text.size() * 4 + 16, '\0');
    const auto write = [&] {
      return collator->getSortKey(wide, reinterpret_cast<std::uint8_t*>(key.data()),
                                  static_cast<std::int32_t>(key.size()));
    };
    std::int32_t length = write();
    if (length > static_cast<std::int32_t>(key.size())) {
      key.resize(static_cast<std::size_t>(length));
      length = write();
    }
    if (length <= 0) return folded(text);
    key.resize(static_cast<std::size_t>(length) - 1);  // without ICU's closing zero byte
    return key;
  }

  // A condition asks anew for every record, mostly for the same.
  std::shared_ptr<const search_words> look_for(std::string_view typed) const override {
    const std::lock_guard hold(lock_);
    for (const sought& known : sought_)
      if (known.words && known.typed == typed) return known.words;
    sought& place = sought_[next_sought_];
    place.words.reset();
    place.typed = typed;
    place.words = words_to_find(typed, *this);
    next_sought_ = (next_sought_ + 1) % sought_.size();
    return place.words;
  }

 private:
  std::string plain_words(std::string_view text) const override {
    if (too_long(text)) return std::string(text);
    const icu::UnicodeString wide =
        icu::UnicodeString::fromUTF8(piece(normalized(decompose_, normalized(fold_, text))));
    icu::UnicodeString plain;
    for (std::int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
      const UChar32 c = wide.char32At(i);
      if (c >= 0x300 && c <= 0x36f) continue;
      const bool counts = u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
      plain.append(counts ? c : UChar32{' '});
    }
    std::string out;
    plain.toUTF8String(out);
    return normalized(compose_, out);
  }

  std::shared_ptr<const icu::Collator> collator_of(std::string_view locale) const {
    const std::lock_guard hold(lock_);
    if (const auto known = collators_.find(locale); known != collators_.end()) return known->second;
    std::shared_ptr<const icu::Collator> made = make_collator(locale);
    // Locale names come from outside: a stream of invented ones must not fill the memory.
    if (collators_.size() < max_collators) collators_.emplace(locale, made);
    return made;
  }

  struct sought {
    std::string typed;
    std::shared_ptr<const search_words> words;
  };

  const icu::Normalizer2* fold_ = nullptr;     // ICU's own; never deleted
  const icu::Normalizer2* compose_ = nullptr;  // ICU's own; never deleted
  const icu::Normalizer2* decompose_ = nullptr;  // ICU's own; never deleted
  mutable std::mutex lock_;
  mutable std::map<std::string, std::shared_ptr<const icu::Collator>, std::less<>> collators_;
  mutable std::array<sought, 8> sought_;  // of those who search at once
  mutable std::size_t next_sought_ = 0;
};

}  // namespace

std::shared_ptr<const text_services> make_text_services() {
  return std::make_shared<icu_text_services>();
}

}  // namespace guanxi
