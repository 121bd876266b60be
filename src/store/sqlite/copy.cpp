#include "keeping.hpp"

#include "store/shown_path.hpp"
#include "write_gate.hpp"

#include <utility>

namespace guanxi::store::sqlite {

namespace {

struct end_copy {
  void operator()(sqlite3_backup* b) const noexcept { sqlite3_backup_finish(b); }
};

error failed(sqlite3* into, const std::string& path, int code) {
  const int primary = code & 0xff;
  const errc what = primary == SQLITE_FULL    ? errc::store_full
                    : primary == SQLITE_NOMEM ? errc::out_of_memory
                    : primary == SQLITE_BUSY || primary == SQLITE_LOCKED ? errc::busy
                    : primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB
                        ? errc::store_corrupt
                        : errc::store_io;
  const char* said = sqlite3_errcode(into) == SQLITE_OK ? sqlite3_errstr(code)
                                                        : linked_copy()->api.errmsg(into);
  return error(what, "could not copy to " + shown(path) + ": " + said +
                         (what == errc::busy ? "; try again" : "; check the disk"))
      .with_store_code(code)
      .set_retriable(what == errc::busy);
}

using database = std::unique_ptr<sqlite3, close_connection>;

result<database> opened(const std::string& path, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  database out(raw);
  if (!raw) return unexpected(errc::out_of_memory, "no memory to copy a store");
  if (code != SQLITE_OK) return unexpected(failed(raw, path, code));
  sqlite3_extended_result_codes(raw, 1);
  return out;
}

result<void> run(sqlite3* on, const std::string& path, const char* sql) {
  const int code = linked_copy()->api.exec(on, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? result<void>() : unexpected(failed(on, path, code));
}

/// Page by page, all of them at the source's one moment.
result<void> transfer(sqlite3* from, sqlite3* into, const std::string& path,
                      const progress& told) {
  std::unique_ptr<sqlite3_backup, end_copy> work(sqlite3_backup_init(into, "main", from, "main"));
  if (!work) return unexpected(failed(into, path, sqlite3_errcode(into)));
  constexpr int pages_at_once = 256;
  for (int code = SQLITE_OK; code != SQLITE_DONE;) {
    code = sqlite3_backup_step(work.get(), pages_at_once);
    if (code != SQLITE_OK && code != SQLITE_DONE) return unexpected(failed(into, path, code));
    const auto all = static_cast<std::uint64_t>(sqlite3_backup_pagecount(work.get()));
    const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(work.get()));
    if (told && code != SQLITE_DONE && !told(all - left, all))
      return unexpected(errc::interrupted, "the copy was cancelled; nothing was kept of it");
  }
  const int code = sqlite3_backup_finish(work.release());
  return code == SQLITE_OK ? result<void>() : unexpected(failed(into, path, code));
}

}  // namespace

result<void> copy(connection& from, const std::string& path, const progress& told) {
  result<database> into = opened(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (!into) return passed(into);
  // The whole file is confirmed before it takes its place; until then nobody needs a journal.
  for (const char* sql : {"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"})
    if (auto ok = run(into->get(), path, sql); !ok) return ok;
  if (auto ok = transfer(from.raw(), into->get(), path, told); !ok) return ok;
  // So that it can be read where nothing may be written; opening it for writing brings WAL back.
  return run(into->get(), path, "PRAGMA journal_mode = DELETE");
}

result<void> copy_over(const std::string& from, const std::string& path, const progress& told) {
  result<database> source = opened(from, SQLITE_OPEN_READONLY);
  if (!source) return passed(source);
  constexpr int patience_ms = 5000;
  write_gate gate(may_lose_at_reset(linked_copy()->api.libversion_number()) ? path + "-lock" : "",
                  patience_ms);
  if (auto ok = gate.enter(); !ok) return ok;
  result<database> into = opened(path, SQLITE_OPEN_READWRITE);
  if (!into) return passed(into);
  sqlite3_busy_timeout(into->get(), patience_ms);
  if (auto ok = run(into->get(), path, "PRAGMA synchronous = FULL"); !ok) return ok;
  return transfer(source->get(), into->get(), path, told);
}

}  // namespace guanxi::store::sqlite
