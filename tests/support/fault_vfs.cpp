#include "support/fault_vfs.hpp"

#include <sqlite3.h>

#include <new>

namespace guanxi::test {

namespace {

using call = fault_vfs::call;

/// Our file, with the wrapped one right behind it.
struct file : sqlite3_file {
  fault_vfs* disk;
  sqlite3_file* real;
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

struct fault_vfs::hooks {
  static fault_vfs& disk_of(sqlite3_vfs* v) { return *static_cast<fault_vfs*>(v->pAppData); }
  static file& of(sqlite3_file* f) { return *static_cast<file*>(f); }
  static int struck(sqlite3_file* f, call kind) { return of(f).disk->struck(kind); }
  static sqlite3_file* real(sqlite3_file* f) { return of(f).real; }

  // Files.
  static int close(sqlite3_file* f) {
    return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
  }
  static int read(sqlite3_file* f, void* to, int bytes, sqlite3_int64 at) {
    if (const int code = struck(f, call::read)) return code;
    return real(f)->pMethods->xRead(real(f), to, bytes, at);
  }
  static int write(sqlite3_file* f, const void* from, int bytes, sqlite3_int64 at) {
    if (const int code = struck(f, call::write)) return code;
    const fault_vfs& disk = *of(f).disk;
    if (of(f).database && disk.writing_) disk.writing_();
    if (disk.lying_ && disk.calls(call::write) >= disk.lie_at_) return SQLITE_OK;
    return real(f)->pMethods->xWrite(real(f), from, bytes, at);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    if (const int code = struck(f, call::truncate)) return code;
    return real(f)->pMethods->xTruncate(real(f), size);
  }
  static int sync(sqlite3_file* f, int) {
    // No power is cut here, so the cost of a true sync buys nothing.
    return struck(f, call::sync);
  }
  static int size(sqlite3_file* f, sqlite3_int64* out) {
    return real(f)->pMethods->xFileSize(real(f), out);
  }
  static int lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
  static int unlock(sqlite3_file* f, int level) {
    return real(f)->pMethods->xUnlock(real(f), level);
  }
  static int reserved(sqlite3_file* f, int* out) {
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
  }
  static int control(sqlite3_file* f, int op, void* argument) {
    return real(f)->pMethods->xFileControl(real(f), op, argument);
  }
  static int sector(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
  static int device(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
  static int shm_map(sqlite3_file* f, int page, int bytes, int extend, void volatile** out) {
    return real(f)->pMethods->xShmMap(real(f), page, bytes, extend, out);
  }
  static int shm_lock(sqlite3_file* f, int at, int count, int flags) {
    return real(f)->pMethods->xShmLock(real(f), at, count, flags);
  }
  static void shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
  static int shm_unmap(sqlite3_file* f, int remove) {
    return real(f)->pMethods->xShmUnmap(real(f), remove);
  }

  static int fetch(sqlite3_file*, sqlite3_int64, int, void** out) {
    *out = nullptr;
    return SQLITE_OK;
  }
  static int unfetch(sqlite3_file* f, sqlite3_int64, void*) {
    if (of(f).disk->begun_) of(f).disk->begun_();
    return SQLITE_OK;
  }

  // The file system.
  static sqlite3_vfs* below() { return sqlite3_vfs_find(nullptr); }
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
    const int code = below()->xOpen(below(), path, f.real, flags, granted);
    if (f.real->pMethods) f.pMethods = &methods;
    return code;
  }
  static int remove(sqlite3_vfs* v, const char* path, int sync_folder) {
    if (const int code = disk_of(v).struck(call::remove)) return code;
    return below()->xDelete(below(), path, sync_folder);
  }
  static int access(sqlite3_vfs*, const char* path, int flags, int* out) {
    return below()->xAccess(below(), path, flags, out);
  }
  static int full_path(sqlite3_vfs*, const char* path, int room, char* out) {
    return below()->xFullPathname(below(), path, room, out);
  }
  static int randomness(sqlite3_vfs*, int bytes, char* out) {
    return below()->xRandomness(below(), bytes, out);
  }
  static int sleep(sqlite3_vfs*, int microseconds) {
    return below()->xSleep(below(), microseconds);
  }
  static int now(sqlite3_vfs*, double* out) { return below()->xCurrentTime(below(), out); }
  static int last_error(sqlite3_vfs*, int room, char* out) {
    return below()->xGetLastError(below(), room, out);
  }
};

fault_vfs::fault_vfs() : vfs_(std::make_unique<sqlite3_vfs>()) {
  static int made = 0;
  name_ = "fault_" + std::to_string(++made);
  sqlite3_initialize();
  sqlite3_vfs& v = *vfs_;
  v = {};
  v.iVersion = 1;
  v.szOsFile = static_cast<int>(sizeof(file)) + hooks::below()->szOsFile;
  v.mxPathname = hooks::below()->mxPathname;
  v.zName = name_.c_str();
  v.pAppData = this;
  v.xOpen = hooks::open;
  v.xDelete = hooks::remove;
  v.xAccess = hooks::access;
  v.xFullPathname = hooks::full_path;
  v.xRandomness = hooks::randomness;
  v.xSleep = hooks::sleep;
  v.xCurrentTime = hooks::now;
  v.xGetLastError = hooks::last_error;
  sqlite3_vfs_register(&v, 0);
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
