#include "edge/cell.hpp"

#include "guanxi/base/text_services.hpp"

#include <algorithm>

namespace guanxi::edge {
namespace {

/// Bytes of the character at the front of well-formed text.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(size, text.size());
}

/// Controls (C0, DEL, C1), line separators and direction marks: what could forge a terminal line.
bool unprintable(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7f;
  const auto second = static_cast<unsigned char>(character[1]);
  if (character.size() == 2) return first == 0xc2 && second < 0xa0;
  if (character.size() != 3 || first != 0xe2) return false;
  const auto third = static_cast<unsigned char>(character[2]);
  const bool embedding = second == 0x80 && third >= 0xa8 && third <= 0xae;  // U+2028 to U+202E
  const bool isolate = second == 0x81 && third >= 0xa6 && third <= 0xa9;    // U+2066 to U+2069
  return embedding || isolate;
}

}  // namespace

cell shown_text(std::string_view text, std::size_t most) {
  cell out;
  std::size_t before_end = 0, width_before_end = 0;  // where "…" still fits
  while (!text.empty()) {
    std::string_view character = text.substr(0, character_size(text));
    text.remove_prefix(character.size());
    if (unprintable(character)) character = "?";
    const std::size_t width = display_width(character);
    if (out.width + width > most) {
      out.text.resize(before_end);
      out.text += "…";
      out.width = width_before_end + 1;
      return out;
    }
    out.text += character;
    out.width += width;
    if (out.width + 1 <= most) {
      before_end = out.text.size();
      width_before_end = out.width;
    }
  }
  return out;
}

void append_cell(std::string& out, const cell& c, std::size_t width, bool right, bool last) {
  const std::string padding(width - std::min(width, c.width), ' ');
  if (right) out += padding;
  out += c.text;
  if (!right && !last) out += padding;
}

}  // namespace guanxi::edge
