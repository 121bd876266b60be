// Files of snapshots: a new one takes the old one's place at once, and both are whole or not there.
//
//   auto f = new_file::beside("shop.gxm", calls);   f->write(bytes);   f->replace();
//   auto old = old_file::open("shop.gxm");          old->read(0, bytes);
//
// A new file is written under the path with ".saving" behind it, locked against another process
// that saves too; what a crash leaves there the next save overwrites.
// Thread rule: one thread a file.
#pragma once

#include "guanxi/base/result.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace guanxi::store::memory {

/// What is asked of the system to write a file; tests let it fail.
class system_calls {
 public:
  virtual ~system_calls() = default;
  virtual int open(const char* path, int flags, mode_t mode);
  virtual ssize_t write(int file, const void* bytes, std::size_t size);
  virtual int sync(int file);
  virtual int rename(const char* from, const char* to);
  virtual int remove(const char* path);
};

class file_handle {
 public:
  explicit file_handle(int file = -1) noexcept : file_(file) {}
  ~file_handle();
  file_handle(file_handle&& other) noexcept;
  file_handle& operator=(file_handle&& other) noexcept;
  int get() const noexcept { return file_; }

 private:
  int file_;
};

/// XXH3 of 64 bits, piece by piece.
class checksum {
 public:
  checksum();
  ~checksum();
  checksum(checksum&&) noexcept;
  void add(std::span<const std::uint8_t> bytes) noexcept;
  std::uint64_t value() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

class new_file {
 public:
  /// Errors: errc::store_io (no such folder, no right, a folder in the way), errc::busy (another
  /// process is saving there).
  static result<new_file> beside(const std::string& path, system_calls& calls);
  new_file(new_file&&) = default;
  ~new_file();  ///< removes what has not taken its place

  /// Errors: errc::store_full, errc::store_io.
  result<void> write(std::span<const std::uint8_t> bytes);
  std::uint64_t written() const noexcept { return written_; }
  std::uint64_t sum() const noexcept { return sum_.value(); }
  result<void> replace();

 private:
  new_file(std::string path, system_calls& calls)
      : path_(std::move(path)), beside_(path_ + ".saving"), calls_(&calls) {}
  result<void> take_place();
  result<void> flush();
  error failed(std::string_view doing) const;

  std::string path_, beside_;
  system_calls* calls_;
  file_handle folder_, file_;
  checksum sum_;
  std::uint64_t written_ = 0;
  std::vector<std::uint8_t> waiting_;
};

class old_file {
 public:
  /// Errors: errc::file_missing, errc::not_a_database (a folder or device), errc::store_io.
  static result<old_file> open(const std::string& path);
  std::uint64_t size() const noexcept { return size_; }
  /// Reads just so many bytes. Errors: errc::store_io, errc::store_corrupt (it has become shorter).
  result<void> read(std::uint64_t at, std::span<std::uint8_t> into) const;
  const std::string& shown_path() const noexcept { return shown_; }

 private:
  file_handle file_;
  std::uint64_t size_ = 0;
  std::string shown_;
};

}  // namespace guanxi::store::memory
