#include "shop.hpp"

#include <filesystem>
#include <fstream>

namespace {

using namespace shop;

constexpr const char* mapping =
    R"({"guanxi_mapping": 1, "tables": [{"file": "accounts.csv", "records": [
        {"entity": "account", "key": ["name"],
         "fields": {"name": "customer", "city": "town"}}]}]})";

/// A folder of this test's own, as tests run beside each other.
struct folder {
  explicit folder(const std::string& accounts)
      : name(testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::create_directory(name);
    std::ofstream(name + "/accounts.csv") << accounts;
  }
  ~folder() { std::filesystem::remove_all(name); }
  std::string name;
};

TEST(capi_import, writes_what_the_files_hold_and_reports_it) {
  const store s;
  const folder files("customer,town\nAcme,Lisbon\nBeta,上海\n");
  fault f;
  guanxi_buffer* out = nullptr;
  ASSERT_EQ(guanxi_import(s.system.get(), mapping, nts, files.name.data(), nts, nullptr, nullptr,
                          &out, f.out()), GUANXI_OK) << f.message();
  const buffer report(out);
  const std::string text = guanxi_buffer_data(out, nullptr);
  EXPECT_NE(text.find("\"created\": 2"), std::string::npos) << text;
  EXPECT_EQ(s.count("account"), 2);
}

TEST(capi_import, an_error_names_the_line_and_nothing_is_written) {
  const store s;
  const folder files("customer,town\nAcme,Lisbon\n,Porto\n");
  fault f;
  guanxi_buffer* out = nullptr;
  EXPECT_NE(guanxi_import(s.system.get(), mapping, nts, files.name.data(), nts, nullptr, nullptr,
                          &out, f.out()), GUANXI_OK);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(guanxi_error_line(f.get()), 3) << f.message();
  EXPECT_EQ(s.count("account"), 0);
}

TEST(capi_import, a_non_zero_progress_cancels_it) {
  const store s;
  const folder files("customer,town\nAcme,Lisbon\n");
  fault f;
  EXPECT_EQ(guanxi_import(
                s.system.get(), mapping, nts, files.name.data(), nts,
                [](void*, std::uint64_t, std::uint64_t) -> std::int32_t { return 1; }, nullptr,
                nullptr, f.out()), GUANXI_INTERRUPTED) << f.message();
  EXPECT_EQ(s.count("account"), 0);
}

TEST(capi_report, answers_as_its_user) {
  const store s;
  s.deal(s.li.get(), "Tills", 10965);
  const char* definition =
      R"({"guanxi_report": 1, "sections": [{"key": "deals", "shape": "value",
          "query": "select count() from opportunity where amount >= :least"}]})";
  fault f;
  guanxi_parameters* p = nullptr;
  ASSERT_EQ(guanxi_parameters_create(&p, f.out()), GUANXI_OK);
  const parameters with(p);
  ASSERT_EQ(guanxi_parameters_set_integer(p, "least", nts, 1, f.out()), GUANXI_OK);
  for (const auto& [who, expected] :
       {std::pair(s.li.get(), "{\"deals\": 1}"), std::pair(s.wang.get(), "{\"deals\": 0}")}) {
    guanxi_buffer* out = nullptr;
    ASSERT_EQ(guanxi_report(who, definition, nts, p, &out, f.out()), GUANXI_OK) << f.message();
    const buffer report(out);
    std::string text = guanxi_buffer_data(out, nullptr);
    std::erase(text, '\n');
    std::erase(text, ' ');
    std::string wanted = expected;
    std::erase(wanted, ' ');
    EXPECT_EQ(text, wanted);
  }
  guanxi_buffer* out = nullptr;
  EXPECT_NE(guanxi_report(s.li.get(), "{}", nts, nullptr, &out, f.out()), GUANXI_OK);
  EXPECT_EQ(out, nullptr);
}

TEST(capi_sample, makes_what_was_asked_for_and_tells_its_progress) {
  const store s;
  guanxi_sample_options how = {};
  how.struct_size = sizeof how;
  how.seed = 7;
  how.opportunities = 30;
  std::uint64_t calls = 0;
  fault f;
  guanxi_buffer* out = nullptr;
  ASSERT_EQ(guanxi_generate_sample(
                s.system.get(), &how,
                [](void* user, std::uint64_t, std::uint64_t) -> std::int32_t {
                  ++*static_cast<std::uint64_t*>(user);
                  return 0;
                },
                &calls, &out, f.out()), GUANXI_OK) << f.message();
  const buffer summary(out);
  EXPECT_GT(calls, 0U);
  EXPECT_EQ(s.count("opportunity"), 30);
  EXPECT_NE(std::string(guanxi_buffer_data(out, nullptr)).find("\"seed\": 7"), std::string::npos);
  how.opportunities = -1;
  EXPECT_EQ(guanxi_generate_sample(s.system.get(), &how, nullptr, nullptr, nullptr, f.out()),
            GUANXI_INVALID_ARGUMENT);
}

TEST(capi_sample, has_as_many_users_and_roles_as_asked_for) {
  const store s;
  const auto roles_before = s.count("role");
  guanxi_sample_options how = {};
  how.struct_size = sizeof how;
  how.records = 3000;
  how.users = 120;
  how.roles = 30;
  how.role_levels = 4;
  fault f;
  ASSERT_EQ(guanxi_generate_sample(s.system.get(), &how, nullptr, nullptr, nullptr, f.out()),
            GUANXI_OK) << f.message();
  EXPECT_EQ(s.count("role") - roles_before, 30);
  EXPECT_GE(s.count("user"), 120);
  how.records = 999;
  EXPECT_EQ(guanxi_generate_sample(s.system.get(), &how, nullptr, nullptr, nullptr, f.out()),
            GUANXI_INVALID_ARGUMENT);
}

constexpr const char* definition =
    R"({"guanxi_report": 1, "title": {"en": "Accounts", "zh": "客户"}, "sections": [
        {"key": "names", "shape": "list", "query": "select name from account order by name"}]})";

std::string bytes_of(const guanxi_buffer* b) {
  std::size_t length = 0;
  const char* data = guanxi_buffer_data(b, &length);
  return {data, length};
}

TEST(capi_long_calls, a_report_is_written_for_people_too) {
  const store s;
  s.account(s.li.get(), "Acme & <Co>");
  s.account(s.wang.get(), "Wang's own");
  fault f;
  guanxi_report_options how = {};
  how.struct_size = sizeof how;
  how.title = "Names";
  how.title_length = nts;
  guanxi_buffer* out = nullptr;
  ASSERT_EQ(guanxi_report_page(s.li.get(), definition, nts, nullptr, &how, &out, f.out()),
            GUANXI_OK) << f.message();
  const buffer page(out);
  EXPECT_NE(bytes_of(out).find("<title>Names</title>"), std::string::npos);
  EXPECT_NE(bytes_of(out).find("Acme &amp; &lt;Co&gt;"), std::string::npos);
  EXPECT_EQ(bytes_of(out).find("Wang"), std::string::npos);
  ASSERT_EQ(guanxi_report_text(s.li.get(), definition, nts, nullptr, nullptr, &out, f.out()),
            GUANXI_OK) << f.message();
  const buffer text(out);
  EXPECT_NE(bytes_of(out).find("Acme & <Co>"), std::string::npos);
}

TEST(capi_long_calls, options_of_a_report_out_of_range_are_refused) {
  const store s;
  fault f;
  guanxi_buffer* out = nullptr;
  const auto refused = [&](auto call, std::int32_t guanxi_report_options::*field,
                           std::int32_t number) {
    guanxi_report_options how = {};
    how.struct_size = sizeof how;
    how.*field = number;
    EXPECT_EQ(call(s.li.get(), definition, nts, nullptr, &how, &out, f.out()),
              GUANXI_INVALID_ARGUMENT);
    EXPECT_EQ(out, nullptr);
  };
  refused(guanxi_report_text, &guanxi_report_options::width, -1);
  refused(guanxi_report_text, &guanxi_report_options::width, 39);
  refused(guanxi_report_text, &guanxi_report_options::language, 2);
  refused(guanxi_report_page, &guanxi_report_options::language, -1);
  refused(guanxi_report_page, &guanxi_report_options::theme, 3);
}

}  // namespace
