#include <sqlite3.h>

#include "copies.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <string>

namespace guanxi::store::sqlite {

namespace {

constexpr int oldest = 3'037'000;  // which brought STRICT tables

constexpr std::size_t first_entry = offsetof(sqlite_functions, libversion_number);

// What a process has loaded is a fact of the process, so this alone is not an object of a tenant's.
constinit std::mutex mutex;
constinit std::array<sqlite_functions, most_copies> apis = {};
constinit std::array<std::weak_ptr<const copy>, most_copies> held;

const char* entries_of(const sqlite_functions& f) {
  return reinterpret_cast<const char*>(&f) + first_entry;
}

bool same(const sqlite_functions& a, const sqlite_functions& b) {
  return std::memcmp(entries_of(a), entries_of(b), sizeof a - first_entry) == 0;
}

bool complete(const sqlite_functions& given) {
  for (std::size_t at = 0; at < sizeof given - first_entry; at += sizeof(void (*)())) {
    void (*entry)() = nullptr;
    std::memcpy(&entry, entries_of(given) + at, sizeof entry);
    if (!entry) return false;
  }
  return true;
}

copy_ptr settle(std::size_t place, const sqlite_functions& api) {
  apis[place] = api;
  auto made = std::make_shared<const copy>(copy{api, static_cast<int>(place)});
  held[place] = made;
  return made;
}

}  // namespace

const copy_ptr& linked_copy() {
  static const copy_ptr ours = [] {
    const std::lock_guard lock(mutex);
    return settle(0, guanxi_sqlite_functions_here());
  }();
  return ours;
}

result<copy_ptr> copy_of(const sqlite_functions& given) {
  if (given.struct_size != sizeof(sqlite_functions) || !complete(given))
    return unexpected(errc::invalid_argument,
                      "the table of SQLite's functions is not whole; fill it by "
                      "`guanxi_sqlite_functions_here`");
  if (given.libversion_number() < oldest)
    return unexpected(errc::unsupported, "the host's SQLite has the version number " +
                                             std::to_string(given.libversion_number()) +
                                             "; 3037000 (3.37) is the oldest that will do");
  if (const copy_ptr& ours = linked_copy(); same(ours->api, given)) return ours;
  const std::lock_guard lock(mutex);
  for (std::size_t place = 1; place < most_copies; ++place)
    if (copy_ptr known = held[place].lock(); known && same(known->api, given)) return known;
  for (std::size_t place = 1; place < most_copies; ++place)
    if (held[place].expired()) return settle(place, given);
  return unexpected(errc::limit, "this process has lent connections of " +
                                     std::to_string(most_copies - 1) +
                                     " other copies of SQLite already; close one's tenants first");
}

const sqlite_functions& functions_at(int place) noexcept {
  return apis[static_cast<std::size_t>(place)];
}

}  // namespace guanxi::store::sqlite
