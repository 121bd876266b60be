// Han characters: their simplified forms, and how they are read.
//
//   han::simplified(U'長') == U'长';   han::readings_of(U'长');   // "chang", "zhang"
//
// The table is made from the Unicode Character Database by scripts/generate_han.py.
// Thread rule: constants, which are sorted at the first use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace guanxi::han {

/// A syllable of pinyin without its tone, ü as v, and the characters that are read so.
struct syllable {
  const char* letters;
  const char* characters;
};

/// The simplified character that stands for this one; itself where there is none.
char32_t simplified(char32_t c);
/// Places of its readings among the syllables, rising; none for what is no Han character, and for a
/// traditional one that has a simplified form.
std::span<const std::uint16_t> readings_of(char32_t c);

extern const char* const simplified_pairs;  ///< each behind the one that it stands for
extern const syllable syllables[];          ///< by their letters
extern const std::size_t syllable_count;

}  // namespace guanxi::han
