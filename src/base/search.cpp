#include "search.hpp"

#include "han.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace guanxi {

namespace {

using letters = std::u32string_view;

/// Longer words than this are no pinyin.
constexpr std::size_t max_pinyin = 64;
/// A number is found from so many digits before its end on.
constexpr std::size_t last_digits = 4;

constexpr bool is_digit(char32_t c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_pinyin_letter(char32_t c) noexcept { return c >= 'a' && c <= 'z'; }

/// Writing without blanks between its words.
constexpr bool in_run(char32_t c) noexcept {
  constexpr struct { char32_t first, last; } blocks[] = {
      {0x0e00, 0x0eff},    // Thai, Lao
      {0x1000, 0x109f},    // Myanmar
      {0x1100, 0x11ff},    // Hangul Jamo
      {0x1780, 0x17ff},    // Khmer
      {0x2e80, 0x2fdf},    // radicals
      {0x3005, 0x3007}, {0x3040, 0x30ff}, {0x3130, 0x318f}, {0x31f0, 0x31ff},
      {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xac00, 0xd7ff}, {0xf900, 0xfaff},
      {0x20000, 0x3ffff}};
  for (const auto& b : blocks)
    if (c >= b.first && c <= b.last) return true;
  return false;
}

/// The code points of well-formed text.
template <class Visit>
void each_code_point(std::string_view text, Visit visit) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t c = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      c = (c << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3fu);
    visit(c);
    i += length;
  }
}

/// Whether folding changes nothing but the case of A to Z: the common Chinese and English texts.
bool is_plain(std::string_view text) noexcept {
  bool plain = true;
  each_code_point(text, [&plain](char32_t c) {
    plain = plain && (c < 0x80 || (c >= 0x4e00 && c <= 0x9fff));
  });
  return plain;
}

/// The code points that are compared; signs are blanks.
std::u32string compared(std::string_view text, const search_forms& by) {
  std::u32string out;
  out.reserve(text.size());
  if (is_plain(text)) {
    each_code_point(text, [&](char32_t c) {
      if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
      const bool sign = c < 0x80 && !is_digit(c) && !is_pinyin_letter(c);
      out += sign ? U' ' : han::simplified(c);
    });
    return out;
  }
  each_code_point(by.plain_words(text), [&](char32_t c) { out += han::simplified(c); });
  return out;
}

/// The digits of a text that is a telephone number and nothing else; none for any other. `abroad`:
/// it begins with a country code.
struct telephone {
  std::u32string digits;
  bool abroad = false;
};

telephone number_in(std::string_view text, const search_forms& by) {
  std::string folded;
  if (text.find("\xef\xbc") != text.npos) text = folded = by.folded(text);  // wide digits
  telephone out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (text.substr(i, 3) == "(0)" && !out.digits.empty()) {
      i += 2;  // the trunk zero that is not dialled behind a country code
    } else if (is_digit(static_cast<unsigned char>(c))) {
      out.digits += static_cast<char32_t>(c);
    } else if (c == '+' && out.digits.empty()) {
      out.abroad = true;
    } else if (std::string_view(" -().,/").find(c) == std::string_view::npos) {
      return {};
    }
  }
  if (!out.abroad && out.digits.starts_with(U"00")) {
    out.digits.erase(0, 2);
    out.abroad = true;
  }
  return out.digits.size() < 7 ? telephone() : out;
}

/// The number within its country: without country code and trunk zero. ITU-T E.164: codes have one
/// digit in zones 1 and 7, two where the list has them, else three.
letters national(const telephone& of) {
  letters rest = of.digits;
  if (of.abroad) {
    constexpr std::string_view two =
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 "
        "63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";
    const char start[] = {static_cast<char>(rest[0]), static_cast<char>(rest[1])};
    const bool one_digit = start[0] == '1' || start[0] == '7';
    const bool two_digits = two.find(std::string_view(start, 2)) != std::string_view::npos;
    rest.remove_prefix(one_digit ? 1 : two_digits ? 2 : 3);
  }
  while (rest.size() > last_digits && rest.front() == '0') rest.remove_prefix(1);
  return rest;
}

struct part {
  letters text;
  bool run = false;
  bool first = false;  ///< nothing stands before it
};

/// What a text is made of.
std::vector<part> parts_of(const std::u32string& text) {
  std::vector<part> out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == U' ') {
      ++i;
      continue;
    }
    const bool run = in_run(text[i]);
    std::size_t end = i + 1;
    while (end < text.size() && text[end] != U' ' && in_run(text[end]) == run) ++end;
    out.push_back({letters(text).substr(i, end - i), run, out.empty()});
    i = end;
  }
  return out;
}

/// Without the blanks between characters of a run.
void join_runs(std::u32string& text) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == U' ' && kept > 0 && in_run(text[kept - 1])) {
      std::size_t next = i;
      while (next < text.size() && text[next] == U' ') ++next;
      if (next < text.size() && in_run(text[next])) {
        i = next - 1;
        continue;
      }
    }
    text[kept++] = text[i];
  }
  text.resize(kept);
}

/// Whether the word is the beginning of how the run is read, syllable by syllable; the last one may
/// be cut short.
bool reads_as(letters run, letters word) {
  // Which letters of the word may come next: several, for a character has several readings.
  std::uint64_t open = 1;
  for (const char32_t c : run) {
    std::uint64_t next = 0;
    for (const std::uint16_t r : han::readings_of(c)) {
      const std::string_view syllable = han::syllables[r].letters;
      for (std::uint64_t left = open; left != 0; left &= left - 1) {
        const auto at = static_cast<std::size_t>(__builtin_ctzll(left));
        const std::size_t length = std::min(syllable.size(), word.size() - at);
        if (!std::equal(syllable.begin(), syllable.begin() + static_cast<std::ptrdiff_t>(length),
                        word.begin() + static_cast<std::ptrdiff_t>(at)))
          continue;
        if (at + syllable.size() >= word.size()) return true;
        next |= std::uint64_t{1} << (at + syllable.size());
      }
    }
    open = next;
    if (open == 0) return false;
  }
  return false;
}

bool begins_with_letter(char32_t c, char32_t letter) {
  for (const std::uint16_t r : han::readings_of(c))
    if (static_cast<char32_t>(han::syllables[r].letters[0]) == letter) return true;
  return false;
}

bool has_initials(letters run, letters word) {
  if (run.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i)
    if (!begins_with_letter(run[i], word[i])) return false;
  return true;
}

enum class kind : std::uint8_t {
  letters,  ///< of writing with blanks between words
  pinyin,   ///< a to z alone
  digits,   ///< 0 to 9 alone
  run,
  number    ///< of a telephone
};

struct word {
  std::u32string text;
  kind what = kind::letters;
  std::u32string national = {};  ///< of a number
};

kind kind_of(const part& p) {
  if (p.run) return kind::run;
  if (std::all_of(p.text.begin(), p.text.end(), is_digit)) return kind::digits;
  const bool plain = std::all_of(p.text.begin(), p.text.end(), is_pinyin_letter);
  return plain && p.text.size() < max_pinyin ? kind::pinyin : kind::letters;
}

/// A text that is looked at.
struct sight {
  std::u32string text;
  std::vector<part> parts;
  telephone number;
};

int in_number(const telephone& of, letters digits) {
  if (of.digits == digits) return 6;
  const std::size_t at = of.digits.find(digits);
  if (at == std::u32string::npos || at + std::max(last_digits, digits.size()) > of.digits.size())
    return 0;
  return at == 0 ? 5 : 4;
}

int in_part(const part& p, const word& w) {
  if (!p.run) {
    if (w.what == kind::run || !p.text.starts_with(w.text)) return 0;
    return p.first ? 5 : 4;
  }
  if (w.what == kind::run) {
    const std::size_t at = p.text.find(w.text);
    return at == letters::npos ? 0 : at == 0 && p.first ? 5 : 4;
  }
  if (w.what != kind::pinyin) return 0;
  int best = 0;
  for (std::size_t at = 0; at < p.text.size() && best < 2; ++at) {
    const letters rest = p.text.substr(at);
    if (!begins_with_letter(rest[0], w.text[0])) continue;
    if (reads_as(rest, w.text)) best = at == 0 ? 3 : 2;
    else if (has_initials(rest, w.text)) best = std::max(best, at == 0 ? 2 : 1);
  }
  return best;
}

/// A look that costs little: false where the text cannot have the word, whatever its folding.
bool may_have(std::string_view text, const word& w) {
  const char32_t wanted = w.text[0];
  bool may = false;
  each_code_point(text, [&](char32_t c) {
    if (may) return;
    if (c < 0x80) {
      const char32_t lower = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
      may = w.what == kind::number ? is_digit(c) : lower == wanted;
    } else if (c < 0x4e00 || c > 0x9fff) {
      may = true;
    } else if (w.what == kind::run) {
      may = han::simplified(c) == wanted;
    } else {
      may = w.what == kind::pinyin && begins_with_letter(han::simplified(c), wanted);
    }
  });
  return may;
}

int in_text(const sight& of, const word& w) {
  if (!of.number.digits.empty()) {
    if (w.what == kind::digits) return in_number(of.number, w.text);
    if (w.what != kind::number) return 0;
    const int whole = in_number(of.number, w.text);
    return whole != 0 ? whole : in_number(of.number, w.national) != 0 ? 4 : 0;
  }
  if (w.what == kind::number) return 0;
  if (of.parts.size() == 1 && of.parts[0].text == w.text) return 6;
  int best = 0;
  for (const part& p : of.parts) best = std::max(best, in_part(p, w));
  return best;
}

class typed_words final : public search_words {
 public:
  typed_words(std::string_view typed, const search_forms& by) : by_(by) {
    if (telephone whole = number_in(typed, by); !whole.digits.empty()) {
      std::u32string inland(national(whole));
      words_.push_back({std::move(whole.digits), kind::number, std::move(inland)});
    }
    const std::u32string text = compared(typed, by);
    for (const part& p : parts_of(text)) {
      if (groups_.size() == max_search_words) break;
      groups_.push_back({std::u32string(p.text), kind_of(p)});
    }
  }

  int relevance(std::span<const std::string_view> texts) const override {
    if (!may_find(words_, texts) && !may_find(groups_, texts)) return 0;
    std::vector<sight> seen(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) look_at(texts[i], seen[i]);
    const int as_number = of(words_, seen);
    return std::max(as_number, of(groups_, seen));
  }

 private:
  const search_forms& by_;
  std::vector<word> words_;   ///< the whole as a telephone number, if it is one
  std::vector<word> groups_;  ///< word by word

  /// In its place, for the parts are views of its text.
  void look_at(std::string_view text, sight& out) const {
    out.number = number_in(text, by_);
    if (!out.number.digits.empty()) return;
    out.text = compared(text, by_);
    join_runs(out.text);
    out.parts = parts_of(out.text);
  }

  static bool may_find(const std::vector<word>& words, std::span<const std::string_view> texts) {
    return !words.empty() && std::all_of(words.begin(), words.end(), [&](const word& w) {
      return std::any_of(texts.begin(), texts.end(),
                         [&](std::string_view text) { return may_have(text, w); });
    });
  }

  static int of(const std::vector<word>& words, const std::vector<sight>& seen) {
    int sum = 0;
    for (const word& w : words) {
      int best = 0;
      for (const sight& s : seen) best = std::max(best, in_text(s, w));
      if (best == 0) return 0;
      sum += best;
    }
    return sum;
  }
};

}  // namespace

std::unique_ptr<const search_words> words_to_find(std::string_view typed, const search_forms& by) {
  return std::make_unique<typed_words>(typed, by);
}

}  // namespace guanxi
