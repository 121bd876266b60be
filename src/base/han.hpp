// Han characters: their simplified forms, and how they are read.
//
//   simplified(U'長') == U'长';   readings_of(U'长');   // {"chang", "zhang"}
//
// From the Unicode Character Database (scripts/generate_han.py). Thread rule: constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace guanxi {

/// The simplified character that stands for this one; itself where there is none.
char32_t simplified(char32_t c) noexcept;
/// In pinyin without tones, ü as v, the likeliest first; none for what is no Han character.
std::vector<std::string_view> readings_of(char32_t c);

namespace han_data {

struct row {
  std::uint16_t code, simplified, readings;
};
extern const char* const readings[];  ///< syllables, a blank between them
extern const row rows[];              ///< by code
extern const std::size_t count;

}  // namespace han_data
}  // namespace guanxi
