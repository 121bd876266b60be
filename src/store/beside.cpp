#include "beside.hpp"

#include "guanxi/base/text_services.hpp"
#include "shown_path.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace guanxi::store {

namespace {

error failed(std::string_view doing, const std::string& path) {
  const int code = errno;
  const bool full = code == ENOSPC || code == EDQUOT;
  return error(full ? errc::store_full : errc::store_io,
               "could not " + std::string(doing) + " " + shown(path) + ": " +
                   std::generic_category().message(code) +
                   (full ? "; free some space and try again"
                         : "; check the disk and the permissions of file and folder"))
      .with_store_code(code);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

result<void> sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool done = file >= 0 && ::fsync(file) == 0;
  const int code = errno;
  if (file >= 0) ::close(file);
  errno = code;
  return done ? result<void>() : unexpected(failed("write to", path));
}

}  // namespace

result<lock_file> lock_file::take(const std::string& path) {
  constexpr int attempts = 100;
  for (int i = 0; i < attempts; ++i) {
    lock_file out(path, ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (out.file_ < 0) return unexpected(failed("make", path));
    if (::flock(out.file_, LOCK_EX | LOCK_NB) != 0) {
      ::close(std::exchange(out.file_, -1));
      break;
    }
    // Whoever held it before may have removed it between our opening and our locking.
    struct stat ours = {}, there = {};
    if (::fstat(out.file_, &ours) == 0 && ::stat(path.c_str(), &there) == 0 &&
        ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
      return out;
    ::close(std::exchange(out.file_, -1));
  }
  return unexpected(error(errc::busy, "somebody else is at work on " + shown(path) + "; try again")
                        .set_retriable(true));
}

lock_file::lock_file(lock_file&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

lock_file& lock_file::operator=(lock_file&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  return *this;
}

lock_file::~lock_file() {
  if (file_ < 0) return;
  ::unlink(path_.c_str());
  ::close(file_);
}

bool has_log_beside(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path + "-wal", ignored);
}

result<content> look_at(const std::string& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return content::nothing;
    return unexpected(failed("read", path));
  }
  if (!S_ISREG(found.st_mode)) return content::other;
  // Whoever opens and closes a file takes the locks away that SQLite holds on it in this process.
  if (has_log_beside(path)) return content::sqlite_store;
  std::array<char, 72> head = {};
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return unexpected(failed("read", path));
  const ssize_t got = ::read(file, head.data(), head.size());
  const int code = errno;
  ::close(file);
  errno = code;
  if (got < 0) return unexpected(failed("read", path));
  if (std::memcmp(head.data(), "SQLite format 3", 16) == 0 &&
      std::memcmp(head.data() + 68, "GXR1", 4) == 0)
    return content::sqlite_store;
  if (std::memcmp(head.data(), "\x89GXM\r\n\x1a\n", 8) == 0) return content::memory_store;
  return content::other;
}

void remove_with_side_files(const std::string& path) noexcept {
  for (const char* tail : {"", "-wal", "-shm", "-journal", "-lock"}) {
    std::array<char, 4096> name = {};
    const int size = std::snprintf(name.data(), name.size(), "%s%s", path.c_str(), tail);
    if (size > 0 && static_cast<std::size_t>(size) < name.size()) ::unlink(name.data());
  }
}

result<beside> beside::of(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos || utf8_fault(path))
    return unexpected(errc::invalid_argument,
                      "a path must be UTF-8 text without NUL, and not empty");
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder_of(path), ignored))
    return unexpected(errc::store_io, "there is no folder " + shown(folder_of(path)) +
                                          "; make it or choose another path");
  result<lock_file> lock = lock_file::take(path + ".new-made");
  if (!lock) return passed(lock);
  beside out(path, std::move(*lock));
  remove_with_side_files(out.beside_);
  return out;
}

beside::~beside() {
  if (!beside_.empty()) remove_with_side_files(beside_);
}

result<void> beside::take_place() {
  if (auto ok = sync(beside_, O_RDWR); !ok) return ok;
  if (::rename(beside_.c_str(), path_.c_str()) != 0)
    return unexpected(failed("put in place", path_));
  return sync(folder_of(path_), O_RDONLY | O_DIRECTORY);
}

}  // namespace guanxi::store
