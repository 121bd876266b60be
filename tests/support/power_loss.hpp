// A disk that remembers what was written to it and when it was told to keep it, so that every
// moment at which the power may fail can be looked at afterwards.
//
//   tape_vfs disk;   auto crm = open(path, {.vfs = disk.name()}).value();   …
//   images all(start, disk.tape());   all.forward_to(n);   all.write(path, unsynced::torn, random);
//
// What was synced is there after a loss of power. What was not may be there, or not, or in pieces
// of a sector, each file's writes in any mixture.
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

struct sqlite3_vfs;

namespace guanxi::test {

struct tape_entry {
  enum class deed : unsigned char { write, truncate, sync, remove };
  bool log = false;  ///< the write-ahead log; else the database
  deed what = deed::write;
  std::size_t at = 0;         ///< of a write; of a truncation the new size
  std::string bytes = {};
};

/// Passes everything on to the default VFS but syncs, and writes it down.
class tape_vfs {
 public:
  tape_vfs();
  ~tape_vfs();
  tape_vfs(const tape_vfs&) = delete;
  tape_vfs& operator=(const tape_vfs&) = delete;
  const std::string& name() const noexcept { return name_; }
  const std::vector<tape_entry>& tape() const noexcept { return tape_; }

 private:
  struct hooks;
  friend struct hooks;
  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::vector<tape_entry> tape_;
};

/// What becomes of writes that no sync has followed.
enum class unsynced : unsigned char { dropped, kept, some, torn };

/// Which syncs count: all; those of the log only before the database is written, as with
/// synchronous=NORMAL; none, as with OFF. The latter two are what the harness must see through.
enum class syncs : unsigned char { all, as_normal, none };

class images {
 public:
  /// `start`: the database when the tape began, without a log.
  images(std::string start, const std::vector<tape_entry>& tape, syncs which = syncs::all)
      : tape_(tape), which_(which), database_{.synced = std::move(start)} {}
  /// Up to the n-th entry; only ever forward.
  void forward_to(std::size_t n);
  /// The files as they may be after a loss of power now.
  void write(const std::string& path, unsynced how, std::mt19937_64& random) const;

 private:
  struct file {
    std::string synced = {};
    std::vector<const tape_entry*> waiting = {};
  };
  static void apply(std::string& to, const tape_entry& e);
  static void keep(file& f);
  static std::string after_loss(const file& f, unsynced how, std::mt19937_64& random);

  const std::vector<tape_entry>& tape_;
  syncs which_;
  std::size_t at_ = 0;
  bool log_sync_due_ = false;
  file database_, log_;
};

}  // namespace guanxi::test
