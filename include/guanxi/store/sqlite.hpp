// The embedded store: one SQLite file, WAL with synchronous=FULL, a readable table per entity.
//
//   auto d = open_sqlite({.path = "shop.gx"}).value();
//
// Integers hold what is exact: a decimal its coefficient, a date days, an instant microseconds UTC,
// a boolean 0 or 1. For each table there is a view `readable_<entity>` with dates and amounts
// written out, for any tool that opens the file.
#pragma once

#include "guanxi/base/environment.hpp"
#include "guanxi/store/driver.hpp"
#include "guanxi/store/sqlite_functions.hpp"

#include <memory>
#include <string>

namespace guanxi::store {

struct sqlite_options {
  std::string path = {};      ///< a file; ":memory:" keeps everything in memory, for one process
  bool create = true;         ///< make the file if it is missing; else errc::file_missing
  bool read_only = false;
  std::string vfs = {};       ///< name of a registered SQLite VFS; empty: the default
  int busy_timeout_ms = 5000; ///< how long a write waits for another process, 0 to 600,000
  /// A power cut may take the last commits, whole ones, and the disk is waited for at checkpoints
  /// alone (synchronous=NORMAL). A process that dies loses nothing either way.
  bool may_lose_last_commits = false;
};

/// Errors: errc::file_missing, errc::not_a_database (also for a SQLite file of somebody else's),
/// errc::newer_schema, errc::store_io, errc::busy, each naming the path.
result<std::unique_ptr<driver>> open_sqlite(const sqlite_options& options,
                                            const environment& world);

struct sqlite_join {
  std::string prefix = "gx_";  ///< of tables, views and indices, for the host has its own
  bool create = true;          ///< make the tables if they are missing; else errc::file_missing
};

/// A driver on a connection of the host's, which must outlive it, in its `main` database. It uses
/// savepoints alone and touches no setting, hook or handler; functions of SQL named gx_… stay on
/// the connection. Errors: errc::invalid_argument, errc::unsupported, errc::limit.
result<std::unique_ptr<driver>> open_sqlite_in(sqlite3* db, const sqlite_functions& functions,
                                               const sqlite_join& how, const environment& world);

}  // namespace guanxi::store
