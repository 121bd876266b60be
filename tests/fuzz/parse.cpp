// Any text: a statement or an expression reads as the same tree again when it is printed, and what
// is neither is refused with a place inside it.
#include "property.hpp"

#include "guanxi/expr/parse.hpp"
#include "guanxi/expr/print.hpp"

#include <cstdint>

namespace {

using namespace fuzz;

void walk_statement(std::string_view text) {
  const result<query::statement> s = query::parse(text);
  if (!s) return require_good(s.error(), text.size(), true);
  printed(*s);
}

void walk_expression(std::string_view text) {
  const result<expr::tree> t = expr::parse(text);
  if (!t) return require_good(t.error(), text.size(), true);
  const std::string once = expr::print(*t);
  const result<expr::tree> again = expr::parse(once);
  require(again.has_value(), "what is printed cannot be read", once);
  const query::statement nothing;
  require(same(nothing, *t, t->root, nothing, *again, again->root),
          "what is printed reads as another tree", once);
  require(expr::print(*again) == once, "a second reading prints another text", once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  walk_statement(text);
  walk_expression(text);
  return 0;
}
