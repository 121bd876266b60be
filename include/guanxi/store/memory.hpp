// The memory store: records as columns, indices as B-trees, snapshots that never wait.
//
//   auto d = open_memory({}).value();                       // empty
//   auto d = open_memory({.path = "shop.gxm"}).value();     // as it was last saved
//
// Nothing reaches a file until save() is called: then one snapshot file is written beside the path
// and takes its place at once, so a crash leaves the old or the new file. What was committed since
// the last save is lost with the process.
#pragma once

#include "guanxi/store/driver.hpp"

#include <memory>
#include <string>

namespace guanxi::store {

struct memory_options {
  std::string path = {};  ///< a snapshot file that save() writes; empty: none
  bool create = true;     ///< begin empty if there is no such file; else errc::file_missing
  bool read_only = false; ///< writes and save() are errc::read_only; the file must be there
};

/// Errors: errc::file_missing, errc::not_a_database (no snapshot of ours), errc::newer_schema (a
/// later format), errc::store_corrupt (the checksum does not fit), errc::store_io, each naming the
/// path.
result<std::unique_ptr<driver>> open_memory(const memory_options& options = {});

}  // namespace guanxi::store
