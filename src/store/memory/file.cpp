#include "file.hpp"

#include "store/shown_path.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace guanxi::store::memory {

namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 18;

errc meaning(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return errc::store_full;
    case ENOMEM: return errc::out_of_memory;
    default: return errc::store_io;
  }
}

std::string_view remedy(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT: return "; free some space and try again";
    case EFBIG: return "; the system allows no file of that size";
    case EACCES:
    case EPERM:
    case EROFS: return "; check the permissions of file and folder, or choose another path";
    default: return "; check the disk";
  }
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// Where a link leads, so that the file behind it is replaced and not the link.
std::string behind_links(const std::string& path) {
  std::error_code failed;
  if (!std::filesystem::is_symlink(path, failed)) return path;
  const std::filesystem::path target = std::filesystem::weakly_canonical(path, failed);
  return failed ? path : target.string();
}

}  // namespace

int system_calls::open(const char* path, int flags, mode_t mode) {
  return ::open(path, flags, mode);
}
ssize_t system_calls::write(int file, const void* bytes, std::size_t size) {
  return ::write(file, bytes, size);
}
int system_calls::sync(int file) { return ::fsync(file); }
int system_calls::rename(const char* from, const char* to) { return ::rename(from, to); }
int system_calls::remove(const char* path) { return ::unlink(path); }

file_handle::~file_handle() {
  if (file_ >= 0) ::close(file_);
}
file_handle::file_handle(file_handle&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
file_handle& file_handle::operator=(file_handle&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

struct checksum::state {
  XXH3_state_t sum;
};

checksum::checksum() : state_(std::make_unique<state>()) { XXH3_64bits_reset(&state_->sum); }
checksum::checksum(checksum&&) noexcept = default;
checksum::~checksum() = default;
void checksum::add(std::span<const std::uint8_t> bytes) noexcept {
  XXH3_64bits_update(&state_->sum, bytes.data(), bytes.size());
}
std::uint64_t checksum::value() const noexcept { return XXH3_64bits_digest(&state_->sum); }

error new_file::failed(std::string_view doing) const {
  const int code = errno;
  return error(meaning(code), "could not " + std::string(doing) + " " + shown(path_) + ": " +
                                  std::generic_category().message(code) +
                                  std::string(remedy(code)))
      .with_store_code(code);
}

result<new_file> new_file::beside(const std::string& asked, system_calls& calls) {
  const std::string path = behind_links(asked);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return unexpected(errc::store_io, "nothing was saved, since " + shown(path) +
                                          " is a folder; give the path of a file");
  if (!std::filesystem::is_directory(folder_of(path), ignored))
    return unexpected(errc::store_io, "nothing was saved, since there is no folder " +
                                          shown(folder_of(path)) +
                                          "; make it or choose another path");
  new_file out(path, calls);
  if (auto ok = out.take_place(); !ok) return passed(ok);
  return out;
}

result<void> new_file::take_place() {
  // Whoever finds its file renamed away between opening and locking begins again.
  constexpr int attempts = 100;
  folder_ = file_handle(
      calls_->open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
  if (folder_.get() < 0) return unexpected(failed("save to"));
  for (int i = 0; i < attempts; ++i) {
    file_handle opened(calls_->open(beside_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (opened.get() < 0) return unexpected(failed("save to"));
    if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) break;
    struct stat ours = {}, there = {};
    if (::fstat(opened.get(), &ours) != 0) return unexpected(failed("save to"));
    if (::stat(beside_.c_str(), &there) != 0 || ours.st_ino != there.st_ino ||
        ours.st_dev != there.st_dev)
      continue;
    if (::ftruncate(opened.get(), 0) != 0) return unexpected(failed("save to"));
    struct stat before = {};
    if (::stat(path_.c_str(), &before) == 0) ::fchmod(opened.get(), before.st_mode & 07777);
    file_ = std::move(opened);
    waiting_.reserve(buffer_size);
    return {};
  }
  return unexpected(error(errc::busy, "nothing was saved, since another process is saving to " +
                                          shown(path_) + "; try again")
                        .set_retriable(true));
}

new_file::~new_file() {
  if (file_.get() >= 0) calls_->remove(beside_.c_str());
}

result<void> new_file::flush() {
  std::span<const std::uint8_t> left(waiting_);
  while (!left.empty()) {
    const ssize_t done = calls_->write(file_.get(), left.data(), left.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return unexpected(failed("save to"));
    left = left.subspan(static_cast<std::size_t>(done));
  }
  waiting_.clear();
  return {};
}

result<void> new_file::write(std::span<const std::uint8_t> bytes) {
  sum_.add(bytes);
  written_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t now = std::min(bytes.size(), buffer_size - waiting_.size());
    const auto some = bytes.first(now);
    waiting_.insert(waiting_.end(), some.begin(), some.end());
    bytes = bytes.subspan(now);
    if (waiting_.size() == buffer_size)
      if (auto ok = flush(); !ok) return ok;
  }
  return {};
}

result<void> new_file::replace() {
  if (auto ok = flush(); !ok) return ok;
  if (calls_->sync(file_.get()) != 0) return unexpected(failed("save to"));
  if (calls_->rename(beside_.c_str(), path_.c_str()) != 0)
    return unexpected(failed("save to"));
  file_ = file_handle();
  if (calls_->sync(folder_.get()) != 0)
    return unexpected(error(errc::store_io, "the snapshot is in " + shown(path_) +
                                                ", but the disk did not confirm it; save again")
                          .with_store_code(errno));
  return {};
}

result<old_file> old_file::open(const std::string& path) {
  old_file out;
  out.shown_ = shown(path);
  out.file_ = file_handle(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (out.file_.get() < 0) {
    const int code = errno;
    if (code == ENOENT || code == ENOTDIR)
      return unexpected(errc::file_missing,
                        "no file " + out.shown_ + "; create it or check the path");
    return unexpected(error(meaning(code), "could not read " + out.shown_ + ": " +
                                               std::generic_category().message(code) +
                                               std::string(remedy(code)))
                          .with_store_code(code));
  }
  struct stat found = {};
  if (::fstat(out.file_.get(), &found) != 0 || !S_ISREG(found.st_mode))
    return unexpected(errc::not_a_database,
                      out.shown_ + (S_ISDIR(found.st_mode) ? " is a folder" : " is no file") +
                          "; give the path of a snapshot file");
  out.size_ = static_cast<std::uint64_t>(found.st_size);
  return out;
}

result<void> old_file::read(std::uint64_t at, std::span<std::uint8_t> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(file_.get(), into.data(), into.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return unexpected(error(errc::store_io, "could not read " + shown_ + ": " +
                                                  std::generic_category().message(errno) +
                                                  "; check the disk")
                            .with_store_code(errno));
    if (got == 0)
      return unexpected(errc::store_corrupt,
                        shown_ + " ends before its time; restore a backup");
    into = into.subspan(static_cast<std::size_t>(got));
    at += static_cast<std::uint64_t>(got);
  }
  return {};
}

}  // namespace guanxi::store::memory
