// A file on its way to its place: written beside it, then renamed there at once.
//
//   result<beside> b = beside::of("monday.gx");
//   write(b->path());   b->take_place().value();
//
// What a crash leaves beside a path the next one overwrites. Two at a time for one path: the second
// is errc::busy. Thread rule: one thread.
#pragma once

#include "guanxi/base/result.hpp"

#include <string>

namespace guanxi::store {

/// A file that is locked as long as the object lives, and goes with it.
class lock_file {
 public:
  /// Errors: errc::busy (another holds it), errc::store_io.
  static result<lock_file> take(const std::string& path);
  lock_file(lock_file&& other) noexcept;
  lock_file& operator=(lock_file&& other) noexcept;
  ~lock_file();

 private:
  lock_file(std::string path, int file) : path_(std::move(path)), file_(file) {}
  std::string path_;
  int file_ = -1;
};

/// What a path holds, as far as the first bytes tell.
enum class content : unsigned char { nothing, sqlite_store, memory_store, other };
/// Errors: errc::store_io. A store that somebody has open is told by its side files alone.
result<content> look_at(const std::string& path);
/// Whether SQLite's side file is there: somebody has the store open, or it must be opened once.
bool has_log_beside(const std::string& path);
void remove_with_side_files(const std::string& path) noexcept;

class beside {
 public:
  /// Errors: errc::invalid_argument (no path), errc::store_io (no such folder), errc::busy.
  static result<beside> of(const std::string& path);
  beside(beside&&) noexcept = default;
  ~beside();
  const std::string& path() const noexcept { return beside_; }
  /// Errors: errc::store_io, errc::store_full; what was there is as it was, unless it is the folder
  /// that was not confirmed.
  result<void> take_place();

 private:
  beside(std::string path, lock_file lock)
      : path_(std::move(path)), beside_(path_ + ".new"), lock_(std::move(lock)) {}
  std::string path_, beside_;
  lock_file lock_;
};

}  // namespace guanxi::store
