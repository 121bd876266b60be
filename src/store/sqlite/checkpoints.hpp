// Checkpoints that we run ourselves, between a commit and letting the gate go.
//
//   checkpoints ours;   ours.watch(connection);   …;   ours.run_if_due(connection);
//
// Thread rule: belongs to the writing connection.
#pragma once

#include "connection.hpp"

namespace guanxi::store::sqlite {

class checkpoints {
 public:
  /// From here on SQLite tells how long the log is after a commit, and runs no checkpoint itself.
  /// This must stay where it is until the connection closes.
  void watch(connection& c);
  /// Brings the log's pages to the file once there are many. What fails is tried again after a
  /// later commit; a sync that fails ends writing, as it does in a commit.
  void run_if_due(connection& c);

 private:
  int pages_ = 0;  ///< in the log, as of the last commit
};

}  // namespace guanxi::store::sqlite
