#include "checkpoints.hpp"

namespace guanxi::store::sqlite {

namespace {

constexpr int many_pages = 1000;  // as SQLite's own

}  // namespace

void checkpoints::watch(connection& c) {
  const auto told = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<checkpoints*>(self)->pages_ = pages;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(c.raw(), told, this);
}

void checkpoints::run_if_due(connection& c) {
  if (pages_ < many_pages) return;
  pages_ = 0;
  if (sqlite3_wal_checkpoint_v2(c.raw(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) !=
      SQLITE_OK)
    static_cast<void>(c.failed("write to"));  // which remembers a sync that was refused
}

}  // namespace guanxi::store::sqlite
