#include "opening.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

namespace guanxi::cli {

namespace fs = std::filesystem;

content content_of(const std::string& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return content::nothing;
  // Somebody has it open; reading its first bytes here could cost SQLite a lock.
  if (fs::exists(path + "-wal", ignored)) return content::sqlite;
  std::ifstream in(path, std::ios::binary);
  std::array<char, 16> head = {};
  in.read(head.data(), head.size());
  const std::string_view start(head.data(), static_cast<std::size_t>(in.gcount()));
  if (start == std::string_view("SQLite format 3\0", 16)) return content::sqlite;
  if (start.starts_with("\x89GXM\r\n\x1a\n")) return content::snapshot;
  return content::other;
}

result<tenant> open_file(const common_options& how) {
  open_options options{.create = false, .read_only = how.read_only};
  if (content_of(how.file) == content::snapshot) options.store = store_kind::memory;
  return open(how.file, options);
}

result<tenant> open_unchanged(common_options how) {
  const bool demanded = std::exchange(how.read_only, true);
  result<tenant> out = open_file(how);
  if (out || demanded || out.error().code() != errc::read_only) return out;
  how.read_only = false;
  return open_file(how);
}

result<session> act(const tenant& in, const actor& as) {
  if (!as.login.empty()) return in.as_user(as.login);
  return in.as_system(as.cause);
}

result<void> keep(const tenant& of) {
  if (of.store_name() != "memory") return {};
  return of.save();
}

}  // namespace guanxi::cli
