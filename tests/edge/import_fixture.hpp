// A folder of small files and a store in memory, for tests of imports and reports.
#pragma once

#include "guanxi/edge/csv.hpp"
#include "guanxi/edge/import.hpp"
#include "guanxi/edge/report.hpp"
#include "guanxi/guanxi.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

namespace guanxi::edge {

/// A file of the project.
inline std::string project_file(const std::string& name) {
  const char* root = std::getenv("GUANXI_SOURCE_DIR");
  return read_file(std::string(root ? root : ".") + "/" + name).value();
}

class import_fixture : public testing::Test {
 protected:
  import_fixture() : import_fixture(open(":memory:").value()) {}
  explicit import_fixture(tenant crm)
      : crm_(std::move(crm)), admin_(crm_.as_user("admin").value()) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    // Below the folder in which the tests of this build run, so that two builds never meet.
    folder_ = std::filesystem::current_path() / "import" /
              (std::string(test->test_suite_name()) + "-" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~import_fixture() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string folder() const { return folder_.string(); }

  result<import_report> run(const std::string& mapping, const import_options& options = {}) {
    return import_files(admin_, mapping, folder(), options);
  }

  /// The answer of a query, a line a row, cells joined by " | ".
  static std::string answer(const session& as, const std::string& text) {
    const result<rows> got = as.query(text);
    if (!got) return "error: " + std::string(got.error().message());
    std::string out;
    for (std::size_t r = 0; r < got->size(); ++r)
      for (std::size_t c = 0; c < got->columns().size(); ++c)
        out += (c > 0 ? " | " : "") + got->at(r, c).to_string() +
               (c + 1 == got->columns().size() ? "\n" : "");
    return out;
  }
  std::string answer(const std::string& text) const { return answer(admin_, text); }

  tenant crm_;
  session admin_;
  std::filesystem::path folder_;
};

}  // namespace guanxi::edge
