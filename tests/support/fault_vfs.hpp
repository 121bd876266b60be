// A disk that fails when told: a SQLite VFS around the default one, registered under its own name.
//
//   fault_vfs disk;
//   auto crm = open(path, {.vfs = disk.name()}).value();
//   disk.fail(fault_vfs::call::sync, {.at = 3});   // the third sync from now on fails, once
//   …;  disk.lift();
//
// Ownership: unregisters itself; close every connection first. Thread rule: one thread.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>

struct sqlite3_vfs;

namespace guanxi::test {

class fault_vfs {
 public:
  enum class call : unsigned char { open, read, write, sync, truncate, remove, any };
  /// What the disk says: that it is full (for writes; else as io), or that it cannot.
  enum class fault : unsigned char { io, full };
  struct plan {
    long at = 1;             ///< which call of the kind fails, from 1, counted from now
    bool for_ever = false;   ///< and every one after it
    fault says = fault::io;
  };

  using counts = std::array<long, 7>;  ///< by call

  fault_vfs();
  ~fault_vfs();
  fault_vfs(const fault_vfs&) = delete;
  fault_vfs& operator=(const fault_vfs&) = delete;

  const std::string& name() const noexcept { return name_; }
  void fail(call kind, plan how);
  /// No further faults; what was seen stays countable.
  void lift() noexcept { armed_ = false, lying_ = false; }
  /// Calls of a kind since fail() or count_from_here().
  long calls(call kind) const noexcept { return calls_[static_cast<std::size_t>(kind)]; }
  const counts& all_calls() const noexcept { return calls_; }
  void count_from_here() noexcept { calls_ = {}, strikes_ = 0; }
  /// Faults given so far.
  long strikes() const noexcept { return strikes_; }
  /// A planted fault for checkers: writes are acknowledged, and from the `at`-th on they are lost.
  void lie_about_writes(long at) noexcept;
  /// Called when a checkpoint has read how far the log goes and its connection learnt news by that;
  /// and whenever the database itself is written, which in WAL mode a checkpoint alone does.
  void watch_checkpoints(std::function<void()> begun, std::function<void()> writing) {
    begun_ = std::move(begun), writing_ = std::move(writing);
  }
  /// Opens for writing are granted for reading only, as on a medium that is write-protected.
  void protect(bool yes) noexcept { protected_ = yes; }

 private:
  struct hooks;
  friend struct hooks;
  /// 0, or the code with which this call must fail.
  int struck(call kind);

  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  counts calls_{};
  call kind_ = call::any;
  plan how_;
  bool armed_ = false, lying_ = false, protected_ = false;
  long lie_at_ = 0, strikes_ = 0;
  std::function<void()> begun_, writing_;
};

}  // namespace guanxi::test
