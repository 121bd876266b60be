#include "edge/html.hpp"

#include "guanxi/base/json.hpp"

namespace guanxi::edge {

void append_escaped_html(std::string& out, std::string_view text) {
  for (char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
}

void append_script_text(std::string& out, std::string_view text) {
  std::string plain;
  append_json_text(plain, text);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const std::string_view rest = std::string_view(plain).substr(i);
    if (rest[0] == '<') out += "\\u003c";
    else if (rest[0] == '>') out += "\\u003e";
    else if (rest[0] == '&') out += "\\u0026";
    else if (rest.starts_with("\xe2\x80\xa8")) out += "\\u2028", i += 2;
    else if (rest.starts_with("\xe2\x80\xa9")) out += "\\u2029", i += 2;
    else out += rest[0];
  }
}

}  // namespace guanxi::edge
