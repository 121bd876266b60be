// Tree to canonical text: parse(print(t)) is t again.
#pragma once

#include "guanxi/expr/tree.hpp"

#include <functional>
#include <string>

namespace guanxi::expr {

/// Prints nested selects, parentheses included, through `subselect(index)`;
/// without it they print as `(select)`.
std::string print(const tree& t);
std::string print(const tree& t, const std::function<std::string(std::uint32_t)>& subselect);

/// A word as the language needs it: in double quotes if it is not a plain word.
std::string quoted_name(std::string_view word);
std::string quoted_text(std::string_view text);

}  // namespace guanxi::expr

#ifdef GUANXI_HEADER_ONLY
#include "guanxi/expr/print-inl.hpp"
#endif
