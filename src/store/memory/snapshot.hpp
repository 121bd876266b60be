// A memory store as a file: everything that was committed at one moment, in one piece.
//
//   snapshot::save(contents, "shop.gxm", calls).value();
//   snapshot::load(contents, old_file::open("shop.gxm").value()).value();   // into empty contents
//
// The file, integers little-endian:
//   8 bytes  89 'G' 'X' 'M' 0D 0A 1A 0A
//   4 bytes  format version; 4 bytes 0
//   blocks   definitions of entities as JSON, and the columns' codes, ends and texts
//   text     the directory: a Boost.Serialization text archive of numbers, which says where blocks
//            are and what shape the columns have
//   32 bytes where the directory begins, its length, the file's length, and XXH3 of all before
// Indices are not in it: they are made anew, so they cannot disagree with the records.
// Thread rule: save beside readers and a writer; load alone.
#pragma once

#include "contents.hpp"
#include "file.hpp"

#include <string>

namespace guanxi::store::memory {

class snapshot {
 public:
  /// Errors: those of new_file; an older file is then as it was.
  static result<void> save(contents& of, const std::string& path, system_calls& calls);
  /// Errors: errc::not_a_database, errc::newer_schema, errc::store_corrupt, errc::store_io; what
  /// was loaded by then is no use.
  static result<void> load(contents& into, const old_file& from);
};

}  // namespace guanxi::store::memory
