// The parts of a SQLite VFS that pass everything on to the default one, for those that put
// something in between.
//
//   struct file : passed_file { my_disk* disk; };
//   struct my_disk::hooks : passing { static int write(…) { …; return passing::write(…); } };
//   passing::install(vfs, name, this, sizeof(file), hooks::open, hooks::remove);
//
// Thread rule: functions of their arguments.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <string>

namespace guanxi::test {

/// The file of a VFS in between; the one of the default VFS lies right behind it.
struct passed_file : sqlite3_file {
  sqlite3_file* real;
};

struct passing {
  static sqlite3_file* real(sqlite3_file* f) { return static_cast<passed_file*>(f)->real; }

  // Files.
  static int close(sqlite3_file* f) {
    return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
  }
  static int read(sqlite3_file* f, void* to, int bytes, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), to, bytes, at);
  }
  static int write(sqlite3_file* f, const void* from, int bytes, sqlite3_int64 at) {
    return real(f)->pMethods->xWrite(real(f), from, bytes, at);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    return real(f)->pMethods->xTruncate(real(f), size);
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

  // The file system.
  static sqlite3_vfs* below() { return sqlite3_vfs_find(nullptr); }
  /// Opens the file behind `f`, which then answers with `methods`.
  static int open_below(passed_file& f, const sqlite3_io_methods& methods, sqlite3_filename path,
                        int flags, int* granted) {
    const int code = below()->xOpen(below(), path, f.real, flags, granted);
    if (f.real->pMethods) f.pMethods = &methods;
    return code;
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

  /// Fills and registers a VFS that is not the default one. `name` must outlive it.
  static void install(sqlite3_vfs& v, const std::string& name, void* owner, std::size_t file_size,
                      int (*open)(sqlite3_vfs*, sqlite3_filename, sqlite3_file*, int, int*),
                      int (*remove)(sqlite3_vfs*, const char*, int)) {
    sqlite3_initialize();
    v = {};
    v.iVersion = 1;
    v.szOsFile = static_cast<int>(file_size) + below()->szOsFile;
    v.mxPathname = below()->mxPathname;
    v.zName = name.c_str();
    v.pAppData = owner;
    v.xOpen = open;
    v.xDelete = remove;
    v.xAccess = access;
    v.xFullPathname = full_path;
    v.xRandomness = randomness;
    v.xSleep = sleep;
    v.xCurrentTime = now;
    v.xGetLastError = last_error;
    sqlite3_vfs_register(&v, 0);
  }
};

}  // namespace guanxi::test
