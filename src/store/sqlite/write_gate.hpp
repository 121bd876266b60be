// One writer at a time among all who have a file open, checkpoints included: our own lock, for
// copies of SQLite whose WAL may be reset beneath a checkpoint.
//
//   write_gate gate(path, busy_timeout_ms);
//   gate.enter().value();   …BEGIN, COMMIT, checkpoint…   gate.leave();
//
// Up to 3.51.2, a checkpoint that begins when all is checkpointed already, and during which another
// connection commits and so starts the WAL anew, notes that part of the new WAL is checkpointed. It
// is not, and is lost. Nobody commits while this gate is held, so no checkpoint within it can err.
// The lock is flock's on a file beside the store: the system lets go of it when its holder dies.
// Thread rule: belongs to the writing connection.
#pragma once

#include "guanxi/base/result.hpp"

#include <string>
#include <utility>

namespace guanxi::store::sqlite {

/// Whether this SQLite (its version number) has the fault.
bool may_lose_at_reset(int version) noexcept;

class write_gate {
 public:
  /// No path: everybody may enter.
  write_gate(std::string path, int busy_timeout_ms)
      : path_(std::move(path)), timeout_ms_(busy_timeout_ms) {}
  ~write_gate();
  write_gate(const write_gate&) = delete;
  write_gate& operator=(const write_gate&) = delete;

  /// Waits for others. Errors: errc::busy, errc::store_io.
  result<void> enter();
  void leave() noexcept;

 private:
  result<bool> try_once();
  std::string path_;
  int timeout_ms_;
  int file_ = -1;
  bool inside_ = false;
};

}  // namespace guanxi::store::sqlite
