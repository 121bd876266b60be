// A host that has a SQLite database of its own, opened with a copy of SQLite that is not the
// library's, and tables of its own in it.
//
//   host_sqlite host(fresh_path());
//   tenant crm = open_in(host.db(), host.functions()).value();
//   host.run("BEGIN"); … host.run("ROLLBACK");
#pragma once

#include <sqlite3.h>

#include "guanxi/session/join.hpp"

#include <string>

namespace guanxi::test {

class host_sqlite {
 public:
  explicit host_sqlite(const std::string& path, const std::string& first_sql = {});
  ~host_sqlite();
  host_sqlite(const host_sqlite&) = delete;
  host_sqlite& operator=(const host_sqlite&) = delete;

  sqlite3* db() const noexcept { return db_; }
  const store::sqlite_functions& functions() const noexcept { return functions_; }
  /// The rows, cells joined by "|", rows ended by "\n"; or "error: " and what SQLite says.
  std::string run(const std::string& sql) const;
  /// Whether the copy is another than the one that this program is linked with.
  bool is_another_copy() const;
  /// As sqlite3_close: gives SQLite's code, and closes nothing while statements are left.
  int close();

 private:
  store::sqlite_functions functions_;
  int (*close_)(sqlite3*);
  sqlite3* db_ = nullptr;
};

}  // namespace guanxi::test
