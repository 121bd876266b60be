#include "connection.hpp"

#include "functions.hpp"
#include "limits.hpp"
#include "store/shown_path.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <new>
#include <utility>

namespace guanxi::store::sqlite {

namespace {

constexpr std::size_t kept_statements = 512;

errc meaning(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return errc::store_full;
    case SQLITE_IOERR: return errc::store_io;
    case SQLITE_CANTOPEN: return errc::store_io;
    case SQLITE_CORRUPT: return errc::store_corrupt;
    case SQLITE_NOTADB: return errc::not_a_database;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return errc::busy;
    case SQLITE_READONLY:
    case SQLITE_PERM: return errc::read_only;
    case SQLITE_INTERRUPT: return errc::interrupted;
    case SQLITE_NOMEM: return errc::out_of_memory;
    case SQLITE_TOOBIG: return errc::limit;
    case SQLITE_CONSTRAINT: return errc::duplicate;
    default: return errc::internal;
  }
}

/// What a user can do about it.
std::string_view remedy(errc code) {
  switch (code) {
    case errc::store_full: return "; free some space and try again";
    case errc::store_io: return "; check the disk and the file's permissions";
    case errc::store_corrupt: return "; restore a backup";
    case errc::busy: return "; another process is writing, try again";
    case errc::read_only: return "; open it for writing, or check the file's permissions";
    case errc::not_a_database: return "; open a file that Guanxi made";
    default: return "";
  }
}

}  // namespace

connection::connection(copy_ptr copy, std::string_view path)
    : shown_(shown(path)), copy_(std::move(copy)) {}

std::string identifier(std::string_view name) {
  std::string out = "\"";
  for (char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

error connection::failed(std::string_view doing) const {
  const int code = api().extended_errcode(db_.get());
  const std::string_view said = api().errmsg(db_.get());
  // Errors of our own functions keep their meaning across SQL.
  using meaningful = std::pair<std::string_view, errc>;
  for (const auto& [prefix, meant] :
       {meaningful("overflow: ", errc::overflow), meaningful("limit: ", errc::limit)})
    if (said.starts_with(prefix))
      return error(meant, std::string(said.substr(prefix.size()))).with_store_code(code);
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) unsynced_ = true;
  const errc what = meaning(code);
  std::string text = "could not " + std::string(doing) + " " + shown_ + ": " + std::string(said) +
                     std::string(remedy(what));
  return error(what, std::move(text))
      .with_store_code(code)
      .set_retriable(what == errc::busy)
      .set_aborted(inside_ && api().get_autocommit(db_.get()) != 0);
}

result<void> connection::begin() {
  if (lent()) return begin_within();
  // After a refused sync nobody knows what the disk holds, so no further commit can be promised.
  if (unsynced_)
    return unexpected(errc::store_io, "the disk did not confirm what was written to " + shown_ +
                                          "; nothing more is written until it is opened again");
  if (auto ok = run("BEGIN IMMEDIATE"); !ok) return ok;
  inside_ = true;
  return {};
}

result<void> connection::commit() {
  if (lent()) return end_within(true);
  if (auto ok = still_inside(); !ok) return ok;
  const bool synced = !unsynced_;
  auto done = run("COMMIT");
  if (done) inside_ = false;
  if (done || synced == !unsynced_) return done;
  // The log may hold the whole of it: SQLite finds it there, or not, when the file is next opened.
  return unexpected(error(errc::commit_unknown,
                          "the disk did not confirm the commit to " + shown_ +
                              ", so it may have been made or not; open the store again to know, "
                              "by the error's token if it has one")
                        .with_store_code(done.error().store_code())
                        .set_aborted(true));
}

result<void> connection::rollback() {
  if (lent()) return end_within(false);
  inside_ = false;
  // SQLite may have rolled back by itself (disk full, I/O error); then there is nothing to do.
  if (api().get_autocommit(db_.get())) return {};
  return run("ROLLBACK");
}

result<void> connection::still_inside() const {
  if (!inside_ || api().get_autocommit(db_.get()) == 0) return {};
  if (lent()) return unexpected(gone());
  return unexpected(error(errc::store_io, "an earlier error has undone the transaction on " +
                                              shown_ + "; nothing of it was kept, begin again")
                        .set_aborted(true));
}

result<void> connection::run_inside(const std::string& sql) {
  if (auto ok = still_inside(); !ok) return ok;
  return run(sql);
}

result<void> connection::step_inside(const std::string& sql) {
  if (auto ok = still_inside(); !ok) return ok;
  result<sqlite3_stmt*> s = prepared(sql);
  if (!s) return passed(s);
  result<int> done = step(*s);
  if (!done) return passed(done);
  reset(*s);
  return {};
}

result<void> connection::look(const sqlite_options& options) {
  std::error_code ignored;
  if (std::filesystem::is_directory(options.path, ignored))
    return unexpected(errc::not_a_database,
                      shown(options.path) + " is a folder; give the path of a file");
  // SQLite takes a file of one byte for an empty one, and would write over it.
  if (std::filesystem::file_size(options.path, ignored) == 1)
    return unexpected(errc::not_a_database,
                      shown(options.path) + " is no database; open a file that Guanxi made");
  if (options.create && !options.read_only) return {};
  sqlite3_vfs* files = sqlite3_vfs_find(options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (!files) return {};  // opening tells that there is no such VFS
  int there = 0;
  if (files->xAccess(files, options.path.c_str(), SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK &&
      !there &&
      // SQLite answers that an empty file is not there.
      !std::filesystem::exists(options.path, ignored))
    return unexpected(errc::file_missing,
                      "no file " + shown(options.path) + "; create it or check the path");
  return {};
}

result<std::unique_ptr<connection>> connection::open(const sqlite_options& options, bool may_create,
                                                     const environment& world) {
  std::unique_ptr<connection> out(new connection(linked_copy(), options.path));
  // The store makes one call of a connection at a time, so SQLite need not lock at every call.
  int flags = SQLITE_OPEN_NOMUTEX |
              (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  if (may_create && !options.read_only) flags |= SQLITE_OPEN_CREATE;
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(options.path.c_str(), &db, flags,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  out->db_.reset(db);
  if (!db) return unexpected(errc::out_of_memory, "no memory to open a store");
  if (code != SQLITE_OK) return unexpected(out->failed("open"));
  if (!options.read_only && out->api().db_readonly(db, "main") == 1)
    return unexpected(errc::read_only, out->shown_ + " may be read but not written; open it "
                                                     "read-only, or change its permissions");
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, options.busy_timeout_ms);
  limit(db);
  if (auto ok = register_functions(out->copy_, db, world.text, out->now_); !ok) return passed(ok);
  return out;
}

result<void> connection::run(const std::string& sql) {
  if (api().exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return unexpected(failed("write to"));
  return {};
}

result<std::int64_t> connection::number(const std::string& sql) {
  result<sqlite3_stmt*> s = prepared(sql);
  if (!s) return passed(s);
  result<int> row = step(*s);
  if (!row) return passed(row);
  const std::int64_t out = *row == SQLITE_ROW ? api().column_int64(*s, 0) : 0;
  reset(*s);
  return out;
}

result<sqlite3_stmt*> connection::prepared(const std::string& sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) {
    reset(found->second.get());
    api().clear_bindings(found->second.get());
    return found->second.get();
  }
  result<statement_ptr> made = prepare(sql);
  if (!made) return passed(made);
  if (statements_.size() >= kept_statements) statements_.clear();
  return statements_.emplace(sql, std::move(*made)).first->second.get();
}

result<sqlite3_stmt*> connection::prepared(statement& s) {
  if (s.ready) {
    reset(s.ready.get());
    return s.ready.get();
  }
  result<statement_ptr> made = prepare(s.sql);
  if (!made) return passed(made);
  s.ready = std::move(*made);
  return s.ready.get();
}

result<statement_ptr> connection::prepare(const std::string& sql) {
  sqlite3_stmt* s = nullptr;
  const int code = api().prepare_v3(db_.get(), sql.c_str(), static_cast<int>(sql.size() + 1),
                                      SQLITE_PREPARE_PERSISTENT, &s, nullptr);
  if (code != SQLITE_OK) return unexpected(failed("read"));
  return statement_ptr(s, {&api()});
}

result<int> connection::step(sqlite3_stmt* s) {
  const int code = api().step(s);
  if (code == SQLITE_ROW || code == SQLITE_DONE) return code;
  error why = failed(api().stmt_readonly(s) ? "read" : "write to");
  reset(s);
  return unexpected(std::move(why));
}

int connection::bind(sqlite3_stmt* s, int at, const value& v, int scale) const {
  switch (v.type()) {
    case value_type::null: return api().bind_null(s, at);
    case value_type::boolean: return api().bind_int64(s, at, v.as_boolean());
    case value_type::integer: return api().bind_int64(s, at, v.as_integer());
    case value_type::decimal:
      return api().bind_int64(
          s, at, rescaled(v.as_decimal().coefficient, v.as_decimal().scale, scale).value_or(0));
    case value_type::text:
      return api().bind_text64(s, at, v.as_text().data(), v.as_text().size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    case value_type::date: return api().bind_int64(s, at, v.as_date().days);
    case value_type::instant: return api().bind_int64(s, at, v.as_instant().microseconds);
    case value_type::reference: return api().bind_int64(s, at, v.as_id().value);
  }
  return SQLITE_MISUSE;
}

value connection::read(sqlite3_stmt* s, int column, value_type type, std::uint8_t scale) const {
  if (api().column_type(s, column) == SQLITE_NULL) return {};
  switch (type) {
    case value_type::null: return {};
    case value_type::boolean: return api().column_int64(s, column) != 0;
    case value_type::integer: return std::int64_t{api().column_int64(s, column)};
    case value_type::decimal: return decimal{api().column_int64(s, column), scale};
    case value_type::date: return date{static_cast<std::int32_t>(api().column_int64(s, column))};
    case value_type::instant: return instant{api().column_int64(s, column)};
    case value_type::reference: return id{api().column_int64(s, column)};
    case value_type::text: {
      const auto* text = reinterpret_cast<const char*>(api().column_text(s, column));
      if (!text) throw std::bad_alloc();  // not null, so there was no memory to show it
      return std::string_view(text, static_cast<std::size_t>(api().column_bytes(s, column)));
    }
  }
  return {};
}

}  // namespace guanxi::store::sqlite
