// One SQLite connection: opened, configured, its errors translated, its statements kept prepared.
#pragma once

#include "copies.hpp"
#include "functions.hpp"
#include "guanxi/base/value.hpp"
#include "guanxi/store/sqlite.hpp"
#include "names.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace guanxi::store::sqlite {

struct close_connection {
  bool ours = true;  ///< else a host's, which stays open
  void operator()(sqlite3* db) const noexcept {
    if (ours) sqlite3_close_v2(db);
  }
};
struct finalize_statement {
  const sqlite_functions* api = nullptr;
  void operator()(sqlite3_stmt* s) const noexcept { api->finalize(s); }
};
using statement_ptr = std::unique_ptr<sqlite3_stmt, finalize_statement>;

/// A text that one connection runs again and again; prepared when it is first needed.
struct statement {
  std::string sql;
  statement_ptr ready = {};
};

class connection {
 public:
  /// Refuses a path with nothing there, unless a file may be made, and a folder.
  static result<void> look(const sqlite_options& options);
  static result<std::unique_ptr<connection>> open(const sqlite_options& options, bool may_create,
                                                  const environment& world);

  /// A host's connection: only savepoints, and none of its settings is touched.
  static result<std::unique_ptr<connection>> borrow(sqlite3* db, copy_ptr copy, names called,
                                                    const environment& world);
  bool lent() const noexcept { return !db_.get_deleter().ours; }
  const names& called() const noexcept { return called_; }

  result<void> run(const std::string& sql);
  result<std::int64_t> number(const std::string& sql);
  /// A prepared statement, reset and unbound, kept for the next call with the same text.
  result<sqlite3_stmt*> prepared(const std::string& sql);
  /// The same for a statement that its owner keeps; what was bound before stays bound.
  result<sqlite3_stmt*> prepared(statement& s);
  /// SQLITE_ROW, SQLITE_DONE, or the error.
  result<int> step(sqlite3_stmt* s);
  void reset(sqlite3_stmt* s) const noexcept { api().reset(s); }
  int bind(sqlite3_stmt* s, int at, std::int64_t v) const { return api().bind_int64(s, at, v); }
  /// Binds a value at a place counted from 1: a decimal its coefficient at `scale`. A text is not
  /// copied: it must stay until the statement is bound anew or run no more.
  int bind(sqlite3_stmt* s, int at, const value& v, int scale) const;
  /// Reads a column as a value of the given type.
  value read(sqlite3_stmt* s, int column, value_type type, std::uint8_t scale) const;
  /// The last error of the connection, as ours.
  error failed(std::string_view doing) const;
  sqlite3* raw() const noexcept { return db_.get(); }
  /// SQLite's functions, of the copy that opened the connection: a call of any other is undefined.
  const sqlite_functions& api() const noexcept { return copy_->api; }
  /// What long functions of ours ask; on a host's connection those of an earlier tenant may stand,
  /// which ask nobody.
  running& now() noexcept { return *now_; }
  /// The path as a message shows it.
  const std::string& shown_path() const noexcept { return shown_; }

  // Transactions; on a host's connection a savepoint, in the host's transaction or in none. SQLite
  // undoes one by itself after some errors; what is then written would be committed at once, so
  // these calls refuse to go on without the transaction that they belong to.
  result<void> begin();
  result<void> commit();
  result<void> rollback();
  /// Runs a statement that makes sense inside the transaction only.
  result<void> run_inside(const std::string& sql);
  /// The same for one that will come again, such as a savepoint.
  result<void> step_inside(const std::string& sql);
  /// An error (aborted) if the open transaction is gone.
  result<void> still_inside() const;
  /// What to say when the host has ended the transaction that ours stands in.
  static error gone();

 private:
  connection(copy_ptr copy, std::string_view path);
  result<statement_ptr> prepare(const std::string& sql);
  result<void> begin_within();
  result<void> lock_within();
  result<void> end_within(bool keep);
  std::string shown_;
  names called_;
  /// On a host's connection, made beforehand: what was begun must end without memory, too.
  std::string begin_sql_, keep_sql_, undo_sql_;
  bool inside_ = false;     ///< between begin and its end, as the caller sees it
  mutable bool unsynced_ = false;  ///< the disk has refused a sync: what it keeps is unknown
  copy_ptr copy_;
  std::shared_ptr<running> now_ = std::make_shared<running>();
  std::unique_ptr<sqlite3, close_connection> db_;
  std::unordered_map<std::string, statement_ptr> statements_;
};

}  // namespace guanxi::store::sqlite
