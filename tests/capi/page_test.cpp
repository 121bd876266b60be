// The C page shows code that is compiled and run: each of its blocks stands in the example.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
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

TEST(capi_page, names_no_proof_that_is_not_there) {
  const char* root = std::getenv("GUANXI_SOURCE_DIR");
  if (!root) GTEST_SKIP() << "GUANXI_SOURCE_DIR does not name the sources";
  std::set<std::string> known;
  const auto* unit = testing::UnitTest::GetInstance();
  for (int i = 0; i < unit->total_test_suite_count(); ++i) {
    const auto* suite = unit->GetTestSuite(i);
    for (int j = 0; j < suite->total_test_count(); ++j)
      known.insert(std::string(suite->name()) + "." + suite->GetTestInfo(j)->name());
  }
  const std::string page = text_of(root, "/docs/decisions/0013-api-source.md");
  const std::regex named("`(capi_\\w+\\.\\w+)`");
  int names = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), named), end; at != end; ++at, ++names)
    if ((*at)[1].str().find("capi_throws.") != 0) {
      EXPECT_EQ(known.count((*at)[1]), 1U) << (*at)[1];
    }
  EXPECT_GE(names, 10);
}

}  // namespace
