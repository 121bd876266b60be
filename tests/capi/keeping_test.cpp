// Checks, backups, restoring and salvage by the C interface.
#include "shop.hpp"

#include <filesystem>
#include <fstream>

namespace {

using namespace shop;

/// A file of this test's own, gone with its side files afterwards.
struct file {
  explicit file(const std::string& end)
      : path(std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + end) {
    clear();
  }
  ~file() { clear(); }
  void clear() const {
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path + tail);
  }
  std::string path;
};

tenant opened(const std::string& path) {
  fault f;
  guanxi_tenant* out = nullptr;
  must(guanxi_open(nullptr, path.data(), path.size(), nullptr, &out, f.out()), f);
  return tenant(out);
}

void add_account(const tenant& t, std::string_view name) {
  fault f;
  guanxi_session* out = nullptr;
  must(guanxi_as_system(t.get(), "test", nts, &out, f.out()), f);
  const session s(out);
  const draft d = new_draft(s.get(), "account");
  set(d, "name", name);
  create(s.get(), d);
}

constexpr guanxi_progress_callback stop = [](void*, std::uint64_t, std::uint64_t) -> std::int32_t {
  return 1;
};

}  // namespace

TEST(capi_keeping, a_check_counts_and_tells_what_it_finds) {
  const file shop_file(".gx");
  { add_account(opened(shop_file.path), "Acme of Lisbon"); }
  fault f;
  std::int64_t findings = -1;
  guanxi_buffer* out = nullptr;
  {
    const tenant t = opened(shop_file.path);
    ASSERT_EQ(guanxi_tenant_verify(t.get(), 0, nullptr, nullptr, &findings, &out, f.out()),
              GUANXI_OK) << f.message();
    const buffer sound(out);
    EXPECT_EQ(findings, 0);
    EXPECT_NE(std::string(guanxi_buffer_data(out, nullptr)).find("\"sound\": true"),
              std::string::npos);
    EXPECT_EQ(guanxi_tenant_verify(t.get(), 0, stop, nullptr, nullptr, nullptr, f.out()),
              GUANXI_INTERRUPTED);
    EXPECT_EQ(guanxi_tenant_verify(t.get(), 1'000'001, nullptr, nullptr, nullptr, nullptr, f.out()),
              GUANXI_INVALID_ARGUMENT);
  }
  {
    std::fstream disk(shop_file.path, std::ios::in | std::ios::out | std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(disk), {});
    for (std::size_t at = 0; (at = content.find("Lisbon", at)) != std::string::npos; ++at)
      disk.seekp(static_cast<std::streamoff>(at)).put('R');
  }
  const tenant t = opened(shop_file.path);
  ASSERT_EQ(guanxi_tenant_verify(t.get(), 0, nullptr, nullptr, &findings, &out, f.out()),
            GUANXI_OK) << f.message();
  const buffer broken(out);
  EXPECT_GT(findings, 0);
  const std::string text = guanxi_buffer_data(out, nullptr);
  EXPECT_NE(text.find("\"part\": \"record\""), std::string::npos) << text;
}

TEST(capi_keeping, a_backup_is_made_and_restored) {
  const file shop_file(".gx"), monday(".monday"), back(".back");
  const tenant t = opened(shop_file.path);
  add_account(t, "Acme");
  fault f;
  std::int64_t sequence = 0;
  guanxi_buffer* out = nullptr;
  ASSERT_EQ(guanxi_tenant_backup(t.get(), monday.path.data(), nts, nullptr, nullptr, &sequence,
                                 &out, f.out()), GUANXI_OK) << f.message();
  const buffer report(out);
  EXPECT_GT(sequence, 0);
  EXPECT_NE(std::string(guanxi_buffer_data(out, nullptr))
                .find("\"sequence\": " + std::to_string(sequence)), std::string::npos);
  for (const std::int32_t expected : {GUANXI_OK, GUANXI_DUPLICATE})
    EXPECT_EQ(guanxi_restore_backup(monday.path.data(), nts, back.path.data(), nts, 0,
                                    nullptr, nullptr, nullptr, f.out()), expected) << f.message();
  EXPECT_EQ(guanxi_restore_backup(monday.path.data(), nts, back.path.data(), nts, 1,
                                  nullptr, nullptr, nullptr, f.out()), GUANXI_OK) << f.message();
  EXPECT_EQ(guanxi_restore_backup("no such file", nts, back.path.data(), nts, 1, nullptr, nullptr,
                                  nullptr, f.out()), GUANXI_FILE_MISSING);
}

TEST(capi_keeping, a_damaged_store_is_salvaged) {
  const file shop_file(".gx"), rescued(".rescued");
  { add_account(opened(shop_file.path), "Acme"); }
  {
    std::fstream disk(shop_file.path, std::ios::in | std::ios::out | std::ios::binary);
    disk.write(std::string(100, '\0').data(), 100);
  }
  fault f;
  guanxi_buffer* out = nullptr;
  ASSERT_EQ(guanxi_salvage(shop_file.path.data(), nts, rescued.path.data(), nts, 0, nullptr,
                           nullptr, &out, f.out()), GUANXI_OK) << f.message();
  const buffer report(out);
  EXPECT_NE(std::string(guanxi_buffer_data(out, nullptr)).find("\"lost\": 0"), std::string::npos);
  opened(rescued.path);
  EXPECT_EQ(guanxi_salvage(shop_file.path.data(), nts, rescued.path.data(), nts, 0, nullptr,
                           nullptr, nullptr, f.out()), GUANXI_DUPLICATE);
}
