// The C page shows code that is compiled and run: each of its blocks stands in the example.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace {

std::string text_of(const char* root, const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(root + path).rdbuf();
  return out.str();
}

TEST(capi_page, shows_the_lines_of_the_example) {
  const char* root = std::getenv("GUANXI_SOURCE_DIR");
  if (!root) GTEST_SKIP() << "GUANXI_SOURCE_DIR does not name the sources";
  const std::string page = text_of(root, "/docs/c.md");
  const std::string example = text_of(root, "/examples/from_c.c");
  const std::string opening = "```c\n", closing = "```";
  int blocks = 0;
  for (std::size_t at = page.find(opening); at != std::string::npos;
       at = page.find(opening, at), ++blocks) {
    at += opening.size();
    const std::string block = page.substr(at, page.find(closing, at) - at);
    EXPECT_NE(example.find(block), std::string::npos) << "not in examples/from_c.c:\n" << block;
  }
  EXPECT_GE(blocks, 5);
}

}  // namespace
