// Any text as JSON: a tree that is written reads as the same tree again, and a statement comes back
// from JSON as it went there. Text that begins with `select` walks from its own tree to JSON and
// back.
#include "property.hpp"

#include "guanxi/base/json.hpp"
#include "guanxi/query/statement_json.hpp"

#include <cstdint>

namespace {

using namespace fuzz;

bool same(const json& a, const json& b) {
  return a.kind() == b.kind() && a.as_text() == b.as_text() && a.as_boolean() == b.as_boolean() &&
         std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                    [](const json& x, const json& y) { return same(x, y); }) &&
         std::equal(a.members().begin(), a.members().end(), b.members().begin(),
                    b.members().end(), [](const auto& x, const auto& y) {
                      return x.first == y.first && same(x.second, y.second);
                    });
}

void walk_json(std::string_view text) {
  const result<json> tree = json::parse(text);
  if (!tree) return require_good(tree.error(), text.size(), true);
  for (const int indent : {-1, 2}) {
    const std::string written = tree->dump(indent);
    const result<json> again = json::parse(written);
    require(again && same(*tree, *again), "JSON that is written reads as another tree", written);
  }
}

/// The pointer at the end of a message leads into the document, which is its place.
void require_pointer(const error& e) {
  const std::string_view said = e.message();
  const bool of_json = said.starts_with("JSON cannot be read");
  require(of_json || said.ends_with("at the top") || said.find("at `/") != said.npos,
          "an error without its place", said);
}

void walk_statement(const query::statement& s) {
  const std::string text = printed(s);
  const std::string written = query::to_json(s);
  const result<query::statement> back = query::statement_from_json(written);
  require(back.has_value(), "JSON that is written cannot be read", written);
  require(fuzz::same(s, *back), "JSON that is written reads as another tree", written);
  require(query::print(*back) == text, "JSON that is written prints another text", written);
  require(query::to_json(*back) == written, "a second walk writes other JSON", written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (text.starts_with("select")) {
    if (const auto s = query::parse(text)) walk_statement(*s);
    return 0;
  }
  walk_json(text);
  const result<query::statement> s = query::statement_from_json(text);
  if (s) {
    walk_statement(*s);
  } else {
    require_good(s.error(), text.size(), false);
    require_pointer(s.error());
  }
  return 0;
}
