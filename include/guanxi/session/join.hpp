// A CRM in the host's own SQLite database, on the host's own connection: an insert of the host's
// and a record of ours commit or roll back together.
//
//   #include <sqlite3.h>                     // the host's
//   #include "guanxi/session/join.hpp"
//   tenant crm = open_in(db, guanxi_sqlite_functions_here()).value();
//   sqlite3_exec(db, "BEGIN", …);            // the host's order and our opportunity are one
//
// Inside a transaction of the host's our writes are savepoints, which it keeps or takes back; what
// we remember of rules and definitions is then read again. Without one, each write commits by
// itself. We never commit for the host, nor touch its settings, hooks or handlers.
// Ownership: the connection stays the host's, and must outlive the tenant and its sessions.
// Thread rule: all that stands on one connection is used by one thread at a time, as it itself.
#pragma once

#include "guanxi/session/session.hpp"
#include "guanxi/store/sqlite_functions.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace guanxi {

struct join_options {
  bool create = true;        ///< make the tables if they are missing; else errc::file_missing
  std::string prefix = "gx_";         ///< of tables, views and indices: a-z, 0-9, _, and _ last
  std::string base_currency = "USD";  ///< currency of amounts that name none; kept by a new CRM
  std::optional<environment> world = {};  ///< empty: default_environment()
  std::vector<std::shared_ptr<const work::module>> modules = {};  ///< as of open_options
};

/// `functions` are of the copy of SQLite that opened the connection. What opening makes stands in
/// the host's transaction, if one is open. One tenant of a prefix on a connection. Errors:
/// errc::unsupported (a SQLite before 3.37, a database of UTF-16), errc::newer_schema, errc::busy,
/// errc::limit (connections of more than three other copies of SQLite).
result<tenant> open_in(sqlite3* connection, const store::sqlite_functions& functions,
                       const join_options& options = {});

}  // namespace guanxi
