#include "support/fault_vfs.hpp"

#include "support/passing_vfs.hpp"

#include <new>

namespace guanxi::test {

namespace {

using call = fault_vfs::call;

struct file : passed_file {
  fault_vfs* disk;
  bool database;
};

int code_of(call kind, fault_vfs::fault says) {
  switch (kind) {
    case call::open: return SQLITE_CANTOPEN;
    case call::read: return SQLITE_IOERR_READ;
    case call::write: return says == fault_vfs::fault::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case call::sync: return SQLITE_IOERR_FSYNC;
    case call::truncate: return SQLITE_IOERR_TRUNCATE;
    case call::remove: return SQLITE_IOERR_DELETE;
    case call::any: break;
  }
  return SQLITE_IOERR;
}

}  // namespace

struct fault_vfs::hooks : passing {
  static fault_vfs& disk_of(sqlite3_vfs* v) { return *static_cast<fault_vfs*>(v->pAppData); }
  static file& of(sqlite3_file* f) { return *static_cast<file*>(f); }
  static int struck(sqlite3_file* f, call kind) { return of(f).disk->struck(kind); }

  static int read(sqlite3_file* f, void* to, int bytes, sqlite3_int64 at) {
    if (const int code = struck(f, call::read)) return code;
    return passing::read(f, to, bytes, at);
  }
  static int write(sqlite3_file* f, const void* from, int bytes, sqlite3_int64 at) {
    if (const int code = struck(f, call::write)) return code;
    const fault_vfs& disk = *of(f).disk;
    if (of(f).database && disk.writing_) disk.writing_();
    if (disk.lying_ && disk.calls(call::write) >= disk.lie_at_) return SQLITE_OK;
    return passing::write(f, from, bytes, at);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    if (const int code = struck(f, call::truncate)) return code;
    return passing::truncate(f, size);
  }
  static int sync(sqlite3_file* f, int) {
    // No power is cut here, so the cost of a true sync buys nothing.
    return struck(f, call::sync);
  }
  static int fetch(sqlite3_file*, sqlite3_int64, int, void** out) {
    *out = nullptr;
    return SQLITE_OK;
  }
  static int unfetch(sqlite3_file* f, sqlite3_int64, void*) {
    if (of(f).disk->begun_) of(f).disk->begun_();
    return SQLITE_OK;
  }

  static int open(sqlite3_vfs* v, sqlite3_filename path, sqlite3_file* into, int flags,
                  int* granted) {
    static const sqlite3_io_methods methods = {3,           close,     read,    write,   truncate,
                                               sync,        size,      lock,    unlock,  reserved,
                                               control,     sector,    device,  shm_map, shm_lock,
                                               shm_barrier, shm_unmap, fetch,   unfetch};
    file& f = *new (into) file;
    f.pMethods = nullptr;
    f.disk = &disk_of(v);
    f.database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    f.real = reinterpret_cast<sqlite3_file*>(&f + 1);
    f.real->pMethods = nullptr;
    if (const int code = f.disk->struck(call::open)) return code;
    if (f.disk->protected_ && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
      flags &= ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
      flags |= SQLITE_OPEN_READONLY;
    }
    return open_below(f, methods, path, flags, granted);
  }
  static int remove(sqlite3_vfs* v, const char* path, int sync_folder) {
    if (const int code = disk_of(v).struck(call::remove)) return code;
    return below()->xDelete(below(), path, sync_folder);
  }
};

fault_vfs::fault_vfs() : vfs_(std::make_unique<sqlite3_vfs>()) {
  static int made = 0;
  name_ = "fault_" + std::to_string(++made);
  passing::install(*vfs_, name_, this, sizeof(file), hooks::open, hooks::remove);
}

fault_vfs::~fault_vfs() { sqlite3_vfs_unregister(vfs_.get()); }

void fault_vfs::fail(call kind, plan how) {
  count_from_here();
  kind_ = kind;
  how_ = how;
  armed_ = true;
}

void fault_vfs::lie_about_writes(long at) noexcept {
  count_from_here();
  lie_at_ = at;
  lying_ = true;
}

int fault_vfs::struck(call kind) {
  ++calls_[static_cast<std::size_t>(kind)];
  ++calls_[static_cast<std::size_t>(call::any)];
  if (!armed_ || (kind_ != kind && kind_ != call::any)) return SQLITE_OK;
  const long n = calls(kind_);
  if (n < how_.at || (n > how_.at && !how_.for_ever)) return SQLITE_OK;
  ++strikes_;
  return code_of(kind, how_.says);
}

}  // namespace guanxi::test
