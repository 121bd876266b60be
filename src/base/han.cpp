#include "han.hpp"

#include <algorithm>

namespace guanxi {

namespace {

const han_data::row* row_of(char32_t c) noexcept {
  const han_data::row* const end = han_data::rows + han_data::count;
  const han_data::row* at = std::lower_bound(
      han_data::rows, end, c, [](const han_data::row& r, char32_t code) { return r.code < code; });
  return at != end && at->code == c ? at : nullptr;
}

}  // namespace

char32_t simplified(char32_t c) noexcept {
  const han_data::row* row = row_of(c);
  return row ? row->simplified : c;
}

std::vector<std::string_view> readings_of(char32_t c) {
  std::vector<std::string_view> out;
  const han_data::row* row = row_of(c);
  std::string_view left = row ? han_data::readings[row->readings] : std::string_view();
  while (!left.empty()) {
    const std::string_view syllable = left.substr(0, left.find(' '));
    out.push_back(syllable);
    left.remove_prefix(std::min(syllable.size() + 1, left.size()));
  }
  return out;
}

}  // namespace guanxi
