#include "limits.hpp"

#include <sqlite3.h>

namespace guanxi::store::sqlite {

namespace {

constexpr int mebi = 1 << 20;

struct bound {
  int what, most;
};

constexpr bound bounds[] = {
    {SQLITE_LIMIT_LENGTH, 256 * mebi},      // a row; a damaged one may claim any size
    {SQLITE_LIMIT_SQL_LENGTH, 16 * mebi},
    {SQLITE_LIMIT_ATTACHED, 0},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 1},
    {SQLITE_LIMIT_WORKER_THREADS, 0},
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 << 10},
};

}  // namespace

void limit(sqlite3* db) noexcept {
  for (const bound& each : bounds) sqlite3_limit(db, each.what, each.most);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

}  // namespace guanxi::store::sqlite
