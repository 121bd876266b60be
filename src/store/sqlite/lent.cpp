// A host's connection: what we do on it stands in savepoints, which the host's transaction keeps or
// takes back; where it has none open, the outermost savepoint is a transaction of its own.
#include <sqlite3.h>

#include "connection.hpp"
#include "functions.hpp"

#include <new>
#include <utility>

namespace guanxi::store::sqlite {

error connection::gone() {
  return error(errc::misuse,
               "the host has ended the transaction that this one stood in; nothing more is written "
               "in it, begin again")
      .set_aborted(true);
}

result<std::unique_ptr<connection>> connection::borrow(sqlite3* db, copy_ptr copy, names called,
                                                       const environment& world) {
  std::unique_ptr<connection> out(new connection(std::move(copy), {}));
  out->shown_ = "the host's database";
  out->called_ = std::move(called);
  const std::string name = "\"" + out->called_.prefix + "write\"";
  out->begin_sql_ = "SAVEPOINT " + name;
  out->keep_sql_ = "RELEASE " + name;
  out->undo_sql_ = "ROLLBACK TO " + name + "; RELEASE " + name;
  out->db_ = {db, close_connection{false}};
  // Functions cannot be taken from a connection that runs statements, so they stay with it, and the
  // next tenant finds them.
  sqlite3_stmt* probe = nullptr;
  const int known = out->api().prepare_v3(db, "SELECT gx_compare(1, -1, 2, -1)", -1, 0, &probe,
                                          nullptr);
  out->api().finalize(probe);
  if (known == SQLITE_OK) return out;
  if (auto ok = register_functions(out->copy_, db, world.text, out->now_); !ok) return passed(ok);
  return out;
}

result<void> connection::begin_within() {
  const bool alone = api().get_autocommit(db_.get()) != 0;
  if (auto ok = run(begin_sql_); !ok) return ok;
  inside_ = true;
  if (!alone) return {};
  result<void> locked;
  try {
    locked = lock_within();
  } catch (const std::bad_alloc&) {
    static_cast<void>(end_within(false));
    throw;
  }
  if (!locked) static_cast<void>(end_within(false));
  return locked;
}

/// A transaction that reads first and writes later may find that another process wrote between.
result<void> connection::lock_within() {
  const std::string lock = "UPDATE " + called_.table("gx_meta") + " SET \"id\" = \"id\" WHERE 0";
  result<sqlite3_stmt*> s = prepared(lock);
  if (!s) return {};  // a new tenant has no tables yet
  result<int> done = step(*s);
  reset(*s);
  if (!done) return passed(done);
  return {};
}

result<void> connection::end_within(bool keep) {
  if (!std::exchange(inside_, false)) return {};
  if (api().get_autocommit(db_.get()) != 0)
    return keep ? result<void>(unexpected(gone())) : result<void>();
  if (auto ok = run(keep ? keep_sql_ : undo_sql_); !ok) {
    if (std::string_view(api().errmsg(db_.get())).starts_with("no such savepoint"))
      return unexpected(gone());
    inside_ = keep;  // a commit that failed is still to be rolled back
    return ok;
  }
  return {};
}

}  // namespace guanxi::store::sqlite
