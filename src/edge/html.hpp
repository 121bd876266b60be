// Text on its way into HTML and into a script.
//
//   append_escaped_html(out, "<Acme> & \"Co\"");   // &lt;Acme&gt; &amp; &quot;Co&quot;
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace guanxi::edge {

/// For the content of an element and for an attribute in quotes.
void append_escaped_html(std::string& out, std::string_view text);

/// Appends a quoted JSON string that cannot end the element it stands in, nor open a comment there:
/// < > & and the line separators U+2028 and U+2029 are written as escapes.
void append_script_text(std::string& out, std::string_view text);

}  // namespace guanxi::edge
