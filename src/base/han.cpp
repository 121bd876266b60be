#include "han.hpp"

#include <string_view>
#include <vector>

namespace guanxi::han {

namespace {

constexpr char32_t first = 0x3400, last = 0xfaff;  // Han characters of the basic plane

constexpr bool in_table(char32_t c) noexcept { return c >= first && c <= last; }

/// What the table says of each character.
struct sorted {
  std::vector<std::uint16_t> simplified;
  std::vector<std::uint32_t> starts;  ///< of a character's readings; the next one's are behind them
  std::vector<std::uint16_t> readings;
};

/// The characters of the table are of three bytes each.
template <class Visit>
void each_character(std::string_view text, Visit visit) {
  for (std::size_t i = 0; i + 2 < text.size(); i += 3)
    visit(static_cast<std::size_t>(((text[i] & 0x0f) << 12) | ((text[i + 1] & 0x3f) << 6) |
                                   (text[i + 2] & 0x3f)) -
          first);
}

sorted sort_table() {
  constexpr std::size_t count = last - first + 1;
  sorted out;
  out.simplified.assign(count, 0);
  std::size_t of = count;
  each_character(simplified_pairs, [&](std::size_t c) {
    if (of == count) {
      of = c;
      return;
    }
    out.simplified[of] = static_cast<std::uint16_t>(c + first);
    of = count;
  });
  out.starts.assign(count + 1, 0);
  for (std::size_t s = 0; s < syllable_count; ++s)
    each_character(syllables[s].characters, [&](std::size_t c) { ++out.starts[c + 1]; });
  for (std::size_t c = 0; c < count; ++c) out.starts[c + 1] += out.starts[c];
  out.readings.resize(out.starts.back());
  std::vector<std::uint32_t> next(out.starts.begin(), out.starts.end() - 1);
  for (std::size_t s = 0; s < syllable_count; ++s)
    each_character(syllables[s].characters, [&](std::size_t c) {
      out.readings[next[c]++] = static_cast<std::uint16_t>(s);
    });
  return out;
}

const sorted& table() {
  static const sorted it = sort_table();
  return it;
}

}  // namespace

char32_t simplified(char32_t c) {
  if (!in_table(c)) return c;
  const std::uint16_t other = table().simplified[c - first];
  return other == 0 ? c : other;
}

std::span<const std::uint16_t> readings_of(char32_t c) {
  if (!in_table(c)) return {};
  const sorted& all = table();
  const std::uint32_t from = all.starts[c - first], to = all.starts[c - first + 1];
  return {all.readings.data() + from, to - from};
}

}  // namespace guanxi::han
