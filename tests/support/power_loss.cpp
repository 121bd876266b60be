#include "support/power_loss.hpp"

#include "support/fault_loop.hpp"
#include "support/passing_vfs.hpp"
#include "support/stores.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace guanxi::test {

namespace {

using deed = tape_entry::deed;

struct file : passed_file {
  std::vector<tape_entry>* tape;  ///< null: of no interest
  bool log;
};

}  // namespace

struct tape_vfs::hooks : passing {
  static tape_vfs& disk_of(sqlite3_vfs* v) { return *static_cast<tape_vfs*>(v->pAppData); }
  static void note(sqlite3_file* f, deed what, std::size_t at, std::string bytes = {}) {
    const file& of = *static_cast<file*>(f);
    if (of.tape) of.tape->push_back({of.log, what, at, std::move(bytes)});
  }

  static int write(sqlite3_file* f, const void* from, int bytes, sqlite3_int64 at) {
    note(f, deed::write, static_cast<std::size_t>(at),
         std::string(static_cast<const char*>(from), static_cast<std::size_t>(bytes)));
    return passing::write(f, from, bytes, at);
  }
  static int truncate(sqlite3_file* f, sqlite3_int64 size) {
    note(f, deed::truncate, static_cast<std::size_t>(size));
    return passing::truncate(f, size);
  }
  static int sync(sqlite3_file* f, int) {
    note(f, deed::sync, 0);
    return SQLITE_OK;
  }
  // No promise of the disk is passed on: the worst one is tested.
  static int device(sqlite3_file*) { return 0; }

  static int open(sqlite3_vfs* v, sqlite3_filename path, sqlite3_file* into, int flags,
                  int* granted) {
    static const sqlite3_io_methods methods = {2,           close,     read,    write,   truncate,
                                               sync,        size,      lock,    unlock,  reserved,
                                               control,     sector,    device,  shm_map, shm_lock,
                                               shm_barrier, shm_unmap, nullptr, nullptr};
    file& f = *new (into) file;
    f.pMethods = nullptr;
    f.log = (flags & SQLITE_OPEN_WAL) != 0;
    f.tape = f.log || (flags & SQLITE_OPEN_MAIN_DB) != 0 ? &disk_of(v).tape_ : nullptr;
    f.real = reinterpret_cast<sqlite3_file*>(&f + 1);
    f.real->pMethods = nullptr;
    return open_below(f, methods, path, flags, granted);
  }
  static int remove(sqlite3_vfs* v, const char* path, int sync_folder) {
    if (std::string_view(path).ends_with("-wal"))
      disk_of(v).tape_.push_back({true, deed::remove, 0, {}});
    return below()->xDelete(below(), path, sync_folder);
  }
};

tape_vfs::tape_vfs() : vfs_(std::make_unique<sqlite3_vfs>()) {
  static int made = 0;
  name_ = "tape_" + std::to_string(++made);
  passing::install(*vfs_, name_, this, sizeof(file), hooks::open, hooks::remove);
}

tape_vfs::~tape_vfs() { sqlite3_vfs_unregister(vfs_.get()); }

void images::apply(std::string& to, const tape_entry& e) {
  switch (e.what) {
    case deed::write:
      if (to.size() < e.at + e.bytes.size()) to.resize(e.at + e.bytes.size());
      to.replace(e.at, e.bytes.size(), e.bytes);
      break;
    case deed::truncate: to.resize(e.at); break;
    case deed::remove: to.clear(); break;
    case deed::sync: break;
  }
}

void images::keep(file& f) {
  for (const tape_entry* e : f.waiting) apply(f.synced, *e);
  f.waiting.clear();
}

void images::forward_to(std::size_t n) {
  for (; at_ < n; ++at_) {
    const tape_entry& e = tape_[at_];
    file& f = e.log ? log_ : database_;
    if (e.what != deed::sync) {
      if (!e.log && log_sync_due_) {
        keep(log_);
        log_sync_due_ = false;
      }
      f.waiting.push_back(&e);
      continue;
    }
    if (which_ == syncs::none) continue;
    if (which_ == syncs::as_normal && e.log) log_sync_due_ = true;
    else keep(f);
  }
}

std::string images::after_loss(const file& f, unsynced how, std::mt19937_64& random) {
  constexpr std::size_t sector = 512;
  std::string out = f.synced;
  if (how == unsynced::dropped) return out;
  for (const tape_entry* e : f.waiting) {
    if (how == unsynced::some && random() % 2 == 0) continue;
    if (how != unsynced::torn || e->what != deed::write) {
      apply(out, *e);
      continue;
    }
    // Sectors of the disk are whole; a write spans several.
    for (std::size_t at = 0; at < e->bytes.size();) {
      const std::size_t end =
          std::min(e->bytes.size(), ((e->at + at) / sector + 1) * sector - e->at);
      if (random() % 2 == 0)
        apply(out, {e->log, deed::write, e->at + at, e->bytes.substr(at, end - at)});
      at = end;
    }
  }
  return out;
}

void images::write(const std::string& path, unsynced how, std::mt19937_64& random) const {
  remove_store(path);
  write_file(path, after_loss(database_, how, random));
  if (const std::string log = after_loss(log_, how, random); !log.empty())
    write_file(path + "-wal", log);
}

}  // namespace guanxi::test
